#include <algorithm>

#include "plugins/os/apt-sources/source.h"
#include "plugins/os/apt/grammar.h"
#include "scanner/base/text.h"

namespace plimsoll::apt {
namespace {

/// A `#` begins a comment unless a bracket is open before it.
std::string_view without_comment(std::string_view line) {
  int open = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '[') ++open;
    if (line[at] == ']') --open;
    if (line[at] == '#' && open <= 0) return line.substr(0, at);
  }
  return line;
}

/// `[ key=value … ]` in front of the address; the reason when it is wrong. `rest` stands behind it
/// afterwards.
std::string take_options(std::string_view& rest, Entry& entry) {
  if (!rest.starts_with('[')) return {};
  const std::string_view all = rest = trim_left(rest.substr(1));
  while (!rest.starts_with(']')) {
    auto option = take_word(rest);
    if (!option) return "options that do not end";
    if (option->size() < 3) return "an option that is too short";
    // The bracket may follow the last value without a blank.
    if (option->ends_with(']')) {
      rest = all.substr(all.substr(0, all.size() - rest.size() + 1).rfind(']'));
      option->pop_back();
    }
    const std::size_t equals = option->find('=');
    if (equals == std::string::npos) return "an option without a value";
    if (equals == 0 || equals + 1 == option->size()) return "an option without a name or value";
    entry.options[option->substr(0, equals)] = option->substr(equals + 1);
  }
  rest = trim_left(rest.substr(1));
  return {};
}

/// The reason why the line is none, or nothing.
std::string parse_line(std::string_view line, Entry& entry) {
  const std::string_view type = line.substr(0, line.find_first_of(" \t\v"));
  if (type.size() == line.size()) return "a line of one word";
  if (type != "deb" && type != "deb-src") return "the unknown type `" + std::string(type) + "`";
  entry.types.emplace_back(type);
  std::string_view rest = trim_left(line.substr(type.size()));
  if (auto mistake = take_options(rest, entry); !mistake.empty()) return mistake;
  auto uri = take_word(rest);
  auto suite = uri ? take_word(rest) : std::nullopt;
  if (!suite) return uri ? "no suite" : "no address";
  while (auto component = take_word(rest)) entry.components.push_back(std::move(*component));
  entry.uris.push_back(std::move(*uri));
  entry.suites.push_back(std::move(*suite));
  return {};
}

}  // namespace

Entries parse_lines(std::string_view text, const std::string& file) {
  Entries out;
  LineReader in(text);
  while (const auto line = in.next_raw()) {
    const std::string_view code = trim(without_comment(trim_right(*line, "\r\n")), " \t\r");
    if (code.empty()) continue;
    Entry entry;
    entry.origin = {file, in.number(), 1};
    out.mistake = parse_line(code, entry);
    out.where = entry.origin;
    if (!out.mistake.empty()) break;
    out.entries.push_back(std::move(entry));
  }
  return out;
}

}  // namespace plimsoll::apt
