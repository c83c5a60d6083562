#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/origin.h"

namespace plimsoll::apt {

/// A line or stanza, taken apart: each type with each address and each suite is a source.
struct Entry {
  std::vector<std::string> types, uris, suites, components;
  std::map<std::string, std::string, std::less<>> options;  ///< `trusted`, `signed-by`, …
  bool enabled = true;
  Origin origin;
};

/// What a file of sources has in it, up to the mistake that ends it.
struct Entries {
  std::vector<Entry> entries;
  std::string mistake;  ///< empty: none
  Origin where;
};

/// sources.list(5), "ONE-LINE-STYLE FORMAT".
Entries parse_lines(std::string_view text, const std::string& file);
/// sources.list(5), "DEB822-STYLE FORMAT".
Entries parse_stanzas(std::string_view text, const std::string& file);

/// An address as apt spells it: with a slash at the end, `file:/x` for `file:///x`. A user and
/// password are left out.
struct Address {
  std::string text, transport, host;
};
std::optional<Address> parse_address(std::string_view uri);

/// The keys of `Signed-By` with commas between them, or the text of a key; nothing when one is
/// neither a path nor a fingerprint.
std::optional<std::string> normal_keys(std::string_view keys);

}  // namespace plimsoll::apt
