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

/// `*`, `n`, `a-b`, each of the first and last with `/step`.
bool is_range(std::string_view text, const Range& range) {
  const auto slash = text.find('/');
  std::string_view span = text.substr(0, slash);
  bool is_span = span == "*";
  if (!is_span) {
    const auto dash = span.find('-');
    const auto low = number_or_name(span.substr(0, dash), range);
    if (!low) return false;
    if (dash != std::string_view::npos) {
      const auto high = number_or_name(span.substr(dash + 1), range);
      if (!high || *high < *low) return false;
      is_span = true;
    }
  }
  if (slash == std::string_view::npos) return true;
  const auto step = to_integer(text.substr(slash + 1));
  return is_span && step && *step > 0 && text[slash + 1] != '+';
}

bool is_list(std::string_view text, const Range& range) {
  const auto parts = split(text, ',');
  return std::all_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return is_range(part, range); });
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
      if (!is_list(word, range)) return "a bad " + std::string(range.what);
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
