#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"

namespace plimsoll::cron {

struct Entry {
  std::string schedule;  // the five fields, one blank apart, or `@daily`
  std::string user;      // system crontabs only
  std::string command;
  std::uint32_t line = 0;
};

/// The entries of a crontab(5). One wrong line makes cron ignore the whole file.
Result<std::vector<Entry>> parse_crontab(std::string_view text, const std::string& file,
                                         bool has_user);

/// Days from one run of a schedule to the next, where they are furthest apart. Nothing for
/// `@reboot`.
std::optional<std::int64_t> longest_wait(std::string_view schedule);

}  // namespace plimsoll::cron
