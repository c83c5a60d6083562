#include "scanner/base/date.h"

#include <fmt/format.h>

#include <chrono>

#include "scanner/base/text.h"

namespace plimsoll {

namespace chrono = std::chrono;

std::optional<std::int64_t> day_number(std::string_view date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return std::nullopt;
  const auto year = to_integer(date.substr(0, 4)), month = to_integer(date.substr(5, 2)),
             day = to_integer(date.substr(8, 2));
  if (!year || !month || !day || *month < 1 || *day < 1) return std::nullopt;
  const chrono::year_month_day ymd{chrono::year(static_cast<int>(*year)),
                                   chrono::month(static_cast<unsigned>(*month)),
                                   chrono::day(static_cast<unsigned>(*day))};
  if (!ymd.ok()) return std::nullopt;
  return chrono::sys_days(ymd).time_since_epoch().count();
}

std::string utc_text(std::int64_t seconds) {
  const chrono::sys_seconds moment{chrono::seconds(seconds)};
  const auto day = chrono::floor<chrono::days>(moment);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss time(moment - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace plimsoll
