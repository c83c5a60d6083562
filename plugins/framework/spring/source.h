#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/framework/spring/profiles.h"
#include "scanner/base/fact.h"

namespace plimsoll::spring {

/// One property of a document.
struct Entry {
  std::string name;  ///< canonical
  std::string key;   ///< what relaxed binding compares
  std::string value;
  Origin origin;
};

/// One of the documents of a file: a property source of its own.
struct Part {
  Conditions when;
  std::vector<Entry> entries;
};

struct Source {
  std::vector<Part> parts;    ///< a later one wins
  std::vector<Error> errors;  ///< what keeps the program from starting, or was not read
};

/// Reads a file of that name (`.properties`, else YAML); `when` is the profile of its name.
Source read_source(std::string_view text, const std::string& path, const Conditions& when);

/// `@project.version@`: the build puts something in its place.
bool is_filled_in_by_build(std::string_view value);

}  // namespace plimsoll::spring
