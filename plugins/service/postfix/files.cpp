#include "plugins/service/postfix/files.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::postfix {
namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::size_t kColumns = 8;   // of a service, its program the last
constexpr std::size_t kEarlier = 16;  // assignments kept beside the one that stands

bool is_space(char c) { return kBlanks.find(c) != std::string_view::npos; }

/// master(5): words between blanks; what stands in braces is one word.
std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
    if (text.empty()) return out;
    std::ptrdiff_t open = 0;
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
      if (text[end] == '{') ++open;
      if (text[end] == '}') --open;
      if (open == 0 && kBlank.find(text[end]) != std::string_view::npos) break;
    }
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

bool digits_only(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string refused(const std::vector<std::string>& columns) {
  if (columns.size() < kColumns) return "a service has eight columns";
  if (!is_one_of(columns[1], "unix fifo inet pass unix-dgram"))
    return "no type of a service: `" + columns[1] + "`";
  for (std::size_t at = 2; at <= 4; ++at)
    if (!is_one_of(columns[at], "y n -")) return "neither `y`, `n` nor `-`: `" + columns[at] + "`";
  std::string_view wakeup = columns[5];
  if (wakeup.ends_with('?')) wakeup.remove_suffix(1);
  if (wakeup != "-" && !digits_only(wakeup)) return "no number of seconds: `" + columns[5] + "`";
  if (columns[6] != "-" && !digits_only(columns[6]))
    return "no number of processes: `" + columns[6] + "`";
  return {};
}

/// The text in braces, without blanks around it and without what follows.
std::string_view inside_braces(std::string_view text) {
  std::size_t open = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '{') ++open;
    if (text[at] == '}' && --open == 0) return trim(text.substr(1, at - 1));
  }
  return trim(text.substr(1));
}

/// `-o name=value`, `-o {name = value}`.
std::string option_value(std::string_view word) {
  if (!word.starts_with('{')) return std::string(word);
  const std::string_view inside = inside_braces(word);
  const auto parts = name_and_value(inside);
  if (!parts) return std::string(inside);
  return std::string(parts->first).append("=").append(parts->second);
}

/// Options stand before all other arguments. An `o` inside of one begins an option of its own, as
/// in `-voname=value`, and takes what follows it.
void take_options(std::vector<std::string> words, Service& service) {
  std::reverse(words.begin(), words.end());  // the next one is at the end
  while (!words.empty() && words.back().starts_with('-') && words.back() != "--") {
    std::string word;
    word.swap(words.back());
    words.pop_back();
    const std::size_t next = word.find('o', 2);
    if (next != std::string::npos) words.push_back("-" + word.substr(next));
    const std::string_view option = std::string_view(word).substr(0, next);
    if (!option.starts_with("-o")) continue;
    if (option.size() > 2) {
      service.options.push_back(option_value(option.substr(2)));
    } else if (!words.empty()) {
      service.options.push_back(option_value(words.back()));
      words.pop_back();
    }
  }
}

}  // namespace

std::vector<LogicalLine> logical_lines(std::string_view text) {
  std::vector<LogicalLine> out;
  LogicalLine current;
  const auto finish = [&] {
    // What follows a NUL byte is lost on Postfix.
    current.text.resize(std::min(current.text.find('\0'), current.text.size()));
    if (!current.text.empty() && !is_space(current.text.front())) out.push_back(current);
    current = {};
  };
  for (const Line& line : lines(text)) {
    const bool continues =
        line.text.empty() || line.text.front() == '#' || is_space(line.text.front());
    if (!current.text.empty() && !continues) finish();
    const std::string_view body = trim_left(line.text);
    if (body.empty() || body.front() == '#') continue;
    if (current.text.empty()) current.number = line.number;
    current.text += line.text;
  }
  finish();
  return out;
}

Result<std::pair<std::string_view, std::string_view>> name_and_value(std::string_view text) {
  text = trim(text);
  const std::size_t end = std::min(text.find_first_of("= \t\r\n\v\f"), text.size());
  const std::string_view name = text.substr(0, end), rest = trim_left(text.substr(end));
  if (name.empty()) return fail(ErrorCode::invalid, "a name is missing before `=`");
  if (!rest.starts_with('=')) return fail(ErrorCode::invalid, "a `=` is missing after the name");
  return std::pair(name, trim_left(rest.substr(1)));
}

void assign(Settings& settings, std::string_view name, std::string_view value, std::uint32_t line) {
  const auto found = settings.find(name);
  if (found == settings.end()) {
    settings.emplace(std::string(name), Setting{{std::string(value), line}, {}});
    return;
  }
  Setting& setting = found->second;
  Assigned before{std::exchange(setting.value, std::string(value)),
                  std::exchange(setting.line, line)};
  if (setting.earlier.size() < kEarlier) setting.earlier.push_back(std::move(before));
}

Result<Service> parse_service(const LogicalLine& line) {
  std::vector<std::string> columns = split_words(line.text);
  if (std::string why = refused(columns); !why.empty())
    return fail(ErrorCode::invalid, std::move(why));
  Service out{columns[0], columns[1], columns[7], line.number, {}};
  columns.erase(columns.begin(), columns.begin() + kColumns);
  take_options(std::move(columns), out);
  return out;
}

}  // namespace plimsoll::postfix
