#include "plugins/os/cron/crontab.h"

#include <algorithm>
#include <array>
#include <optional>

#include "scanner/base/text.h"

namespace plimsoll::cron {
namespace {

constexpr std::string_view kBlank = " \t";

struct Range {
  std::string_view what;
  int least, most;
  std::string_view names;  // of the values from `least` on, three letters each
};
constexpr std::array<Range, 5> kFields = {{{"minute", 0, 59, ""},
                                           {"hour", 0, 23, ""},
                                           {"day-of-month", 1, 31, ""},
                                           {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
                                           {"day-of-week", 0, 7, "sunmontuewedthufrisatsun"}}};
constexpr std::array<std::string_view, 8> kNicknames = {"reboot", "yearly", "annually", "monthly",
                                                        "weekly", "daily",  "midnight", "hourly"};

std::optional<int> number_or_name(std::string_view text, const Range& range) {
  if (!text.empty() &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    const auto value = to_integer(text);
    if (!value || *value < range.least || *value > range.most) return std::nullopt;
    return static_cast<int>(*value);
  }
  for (std::size_t i = 0; text.size() == 3 && i < range.names.size(); i += 3)
    if (iequals(text, range.names.substr(i, 3))) return range.least + static_cast<int>(i / 3);
  return std::nullopt;
}

/// The values of `*`, `n`, `a-b`, the first and last perhaps with `/step`: a bit each.
std::optional<std::uint64_t> range_values(std::string_view text, const Range& range) {
  const auto slash = text.find('/');
  const std::string_view span = text.substr(0, slash);
  int low = range.least;
  int high = range.most;
  bool is_span = span == "*";
  if (!is_span) {
    const auto dash = span.find('-');
    const auto first = number_or_name(span.substr(0, dash), range);
    if (!first) return std::nullopt;
    low = high = *first;
    if (dash != std::string_view::npos) {
      const auto last = number_or_name(span.substr(dash + 1), range);
      if (!last || *last < low) return std::nullopt;
      high = *last;
      is_span = true;
    }
  }
  std::int64_t step = 1;
  if (slash != std::string_view::npos) {
    const auto given = to_integer(text.substr(slash + 1));
    if (!is_span || !given || *given <= 0 || text[slash + 1] == '+') return std::nullopt;
    step = std::min<std::int64_t>(*given, range.most + 1);
  }
  std::uint64_t values = 0;
  for (std::int64_t value = low; value <= high; value += step) values |= std::uint64_t{1} << value;
  return values;
}

std::optional<std::uint64_t> list_values(std::string_view text, const Range& range) {
  std::uint64_t values = 0;
  for (const std::string_view part : split(text, ',')) {
    const auto more = range_values(part, range);
    if (!more) return std::nullopt;
    values |= *more;
  }
  return values;
}

/// The days on which a job runs. crontab(5): where neither field begins with `*`, one of them is
/// enough.
struct Days {
  std::uint64_t of_month = 0, months = 0, of_week = 0;
  bool either = false;

  [[nodiscard]] bool has(int day, int month, int weekday) const {
    const bool in_month = (of_month >> day & 1) != 0;
    const bool in_week = (of_week >> weekday & 1) != 0;
    return (months >> month & 1) != 0 && (either ? in_month || in_week : in_month && in_week);
  }
};

constexpr std::array<int, 12> kLengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr int kYears = 5;  // from one leap year into the next

/// The longest time between two of these days, looked for in five years.
int longest_wait(const Days& days) {
  int longest = 0;
  int waited = 1;
  int weekday = 6;  // 1 January 2000, a leap year, was a Saturday
  for (int year = 0; year < kYears; ++year)
    for (int month = 1; month <= 12; ++month) {
      const int length = kLengths[static_cast<std::size_t>(month - 1)];
      for (int day = 1; day <= length + (month == 2 && year % 4 == 0 ? 1 : 0); ++day, ++waited) {
        if (days.has(day, month, weekday)) {
          longest = std::max(longest, waited);
          waited = 0;
        }
        weekday = (weekday + 1) % 7;
      }
    }
  return std::max(longest, waited);
}

/// crontab(5): `name = value`, both perhaps in quotes.
bool is_variable(std::string_view line) {
  std::size_t end = 0;
  if (line.front() == '"' || line.front() == '\'') {
    end = line.find(line.front(), 1);
    if (end == std::string_view::npos) return false;
    ++end;
  } else {
    end = std::min(line.size(), line.find_first_of(" \t="));
  }
  if (end == 0) return false;
  const std::string_view rest = trim_left(line.substr(end), kBlank);
  if (!rest.starts_with('=')) return false;
  const std::string_view value = trim(rest.substr(1));
  if (value.empty()) return false;  // nothing has to be written as ""
  // A quote that begins the value has to end it.
  if (!value.starts_with('"') && !value.starts_with('\'')) return true;
  return value.size() > 1 && value.find(value.front(), 1) == value.size() - 1;
}

std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.size(), text.find_first_of(kBlank));
  const std::string_view word = text.substr(0, end);
  text = trim_left(text.substr(end), kBlank);
  return word;
}

/// What the shell is given: up to the first `%` that no backslash takes away.
std::string command_of(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && text[at] != '%'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '%') ++at;
    out += text[at];
  }
  return out;
}

/// Fills in an entry; what is wrong with it, or nothing.
std::string parse_entry(std::string_view text, bool has_user, Entry& entry) {
  if (text.starts_with('@')) {
    const std::string_view word = take_word(text);
    if (std::find(kNicknames.begin(), kNicknames.end(), word.substr(1)) == kNicknames.end())
      return "a bad time specifier";
    entry.schedule = word;
  } else {
    for (const Range& range : kFields) {
      const std::string_view word = take_word(text);
      if (!list_values(word, range)) return "a bad " + std::string(range.what);
      if (!entry.schedule.empty()) entry.schedule += ' ';
      entry.schedule += word;
    }
  }
  if (has_user) entry.user = take_word(text);
  if (has_user && entry.user.empty()) return "no user";
  entry.command = command_of(text);
  return text.empty() && !entry.schedule.starts_with('@') ? "no command" : "";
}

}  // namespace

std::optional<std::int64_t> longest_wait(std::string_view schedule) {
  if (schedule.starts_with('@')) schedule.remove_prefix(1);
  if (schedule == "hourly" || schedule == "daily" || schedule == "midnight") return 1;
  if (schedule == "weekly") return 7;
  if (schedule == "monthly") return 31;
  if (schedule == "yearly" || schedule == "annually") return 366;
  const auto fields = split(schedule, ' ');
  if (fields.size() != kFields.size()) return std::nullopt;
  Days days;
  days.of_month = list_values(fields[2], kFields[2]).value_or(0);
  days.months = list_values(fields[3], kFields[3]).value_or(0);
  days.of_week = list_values(fields[4], kFields[4]).value_or(0);
  days.of_week |= days.of_week >> 7 & 1;  // 7 is Sunday, too
  days.either = !fields[2].starts_with('*') && !fields[4].starts_with('*');
  return longest_wait(days);
}

Result<std::vector<Entry>> parse_crontab(std::string_view text, const std::string& file,
                                         bool has_user) {
  std::vector<Entry> out;
  if (!text.empty() && !text.ends_with('\n'))
    return fail(ErrorCode::invalid, "cron ignores the file: its last line has no end",
                {file, 0, 0});
  for (const Line& line : lines(text)) {
    const std::string_view rest = trim_left(line.text, kBlank);
    if (rest.empty() || rest.front() == '#' || is_variable(rest)) continue;
    Entry entry;
    entry.line = line.number;
    const std::string wrong = parse_entry(rest, has_user, entry);
    const Origin here{file, line.number, 1};
    if (!wrong.empty()) return fail(ErrorCode::invalid, "cron ignores the file: " + wrong, here);
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace plimsoll::cron
