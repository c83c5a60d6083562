#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::dconf {

struct Value {
  std::string text;  // GVariant text as dconf prints it, integers without their type
  Origin origin;
  std::vector<Shadowed> shadowed;
};

/// What `dconf update` makes of one directory of keyfiles.
struct Database {
  std::map<std::string, Value> values;  // by path: `/org/gnome/login-screen/x`
  std::map<std::string, Origin, std::less<>> locks;
  std::vector<Error> errors;  // what cannot be read, or makes dconf refuse all of it
};

Database read_database(const Root& root, const std::string& directory);

/// The text of a GVariant as dconf prints it, integers without their type; nothing when it is none.
std::string canonical_variant(std::string_view text);

}  // namespace plimsoll::dconf
