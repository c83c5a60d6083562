#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/nginx/pattern_class.h"

namespace plimsoll::nginx {

/// What a group of a regular expression can match, as far as single bytes tell.
struct Group {
  Bytes bytes;                     ///< that may be somewhere in it
  bool begins_with_slash = false;  ///< every match does
};

/// The groups of a PCRE expression. An expression that is not understood may match anything.
struct Pattern {
  std::vector<Group> groups;  ///< the whole match first, then by number
  std::map<std::string, std::size_t, std::less<>> names;
  [[nodiscard]] const Group* named(std::string_view name) const;
};

Pattern read_pattern(std::string_view expression);

}  // namespace plimsoll::nginx
