#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scanner/base/origin.h"
#include "scanner/base/result.h"

namespace plimsoll::systemd {

/// One `Key=Value` as systemd's configuration parser sees it.
struct Assignment {
  std::string section;
  std::string key;    ///< as written; systemd compares with case
  std::string value;  ///< continuation lines joined by a blank for the backslash, ends stripped
  Origin origin;      ///< the line on which it starts
};

/// What a consumer says of an assignment: go on, or give up on the rest of this file.
enum class Next { go_on, stop };

/// Reads one file in the syntax of systemd.syntax(7) and hands over its assignments in order: those
/// in one of `sections`, the others have no effect. Returns why systemd gives up on the file at
/// some line (a broken section header, text that is not UTF-8, a line over 1 MiB), or nothing.
std::optional<Error> parse_unit_file(std::string_view text, const std::string& path,
                                     std::span<const std::string_view> sections,
                                     const std::function<Next(Assignment)>& take);

}  // namespace plimsoll::systemd
