#include "plugins/os/cron/crontab.h"

#include <algorithm>
#include <array>
#include <limits>
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

/// Reads the elements of a field as cron does (entry.c of Debian's cron, get_range): what follows
/// the last of them up to the blank is passed over, and a range from high to low holds nothing.
class Elements {
 public:
  Elements(std::string_view text, const Range& range) : text_(text), range_(range) {}

  /// A bit for each value.
  std::optional<std::uint64_t> read() {
    do {
      if (!element()) return std::nullopt;
    } while (take(','));
    return values_;
  }

 private:
  bool take(char wanted) {
    const bool is_next = at_ < text_.size() && text_[at_] == wanted;
    at_ += is_next ? 1 : 0;
    return is_next;
  }

  /// `*`, `n` or `a-b`, the first and last perhaps with `/step`.
  bool element() {
    std::optional<int> low = range_.least, high = range_.most;
    if (!take('*')) {
      low = high = number(range_.names);
      const bool is_range = low && take('-');
      if (!is_range && take('/')) return false;
      if (is_range) high = number(range_.names);
    }
    const std::optional<int> step = take('/') ? number({}) : 1;
    if (!low || !high || !step || *step <= 0 || !is_within(*low) || !is_within(*high)) return false;
    for (std::int64_t value = *low; value <= *high; value += *step)
      values_ |= std::uint64_t{1} << value;
    return true;
  }

  [[nodiscard]] bool is_within(int value) const {
    return value >= range_.least && value <= range_.most;
  }

  std::optional<int> number(std::string_view names) {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_alnum(text_[at_])) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.empty() || word.size() >= kLongestNumber) return std::nullopt;
    for (std::size_t i = 0; word.size() == 3 && i < names.size(); i += 3)
      if (iequals(word, names.substr(i, 3))) return range_.least + static_cast<int>(i / 3);
    if (!std::all_of(word.begin(), word.end(), is_digit)) return std::nullopt;
    // atoi(3) of the C library goes by way of a long.
    const auto value = to_integer(word).value_or(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int32_t>(value);
  }

  static constexpr std::size_t kLongestNumber = 1000;
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_alnum(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  std::string_view text_;
  const Range& range_;
  std::size_t at_ = 0;
  std::uint64_t values_ = 0;
};

std::optional<std::uint64_t> list_values(std::string_view text, const Range& range) {
  return Elements(text, range).read();
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
  if (!has_user && text.starts_with('*')) return "a command that begins with `*`";
  if (has_user) {
    // cron reads a name up to a blank, into the next line where there is none.
    if (text.find_first_of(kBlank) == std::string_view::npos) return "no command";
    entry.user = take_word(text);
  }
  entry.command = command_of(text);
  return "";
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
