#include <algorithm>
#include <array>
#include <optional>

#include "plugins/os/apt-sources/source.h"
#include "plugins/os/apt/options.h"
#include "scanner/base/text.h"

namespace plimsoll::apt {
namespace {

// What pkgSourceList::Type::ParseStanza() of apt 2.6 passes on. `Allow-Insecure` and its like,
// which sources.list(5) has, are not among them.
constexpr std::array<std::string_view, 4> kOptions = {"trusted", "signed-by", "check-valid-until",
                                                      "check-date"};

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

using Fields = std::map<std::string, std::string, std::less<>>;

std::vector<std::string> words_of(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  std::vector<std::string> out;
  if (found != fields.end())
    for (const std::string_view word : words(found->second)) out.emplace_back(word);
  return out;
}

/// A text without its comments, and the line that each of its lines has in the file.
struct Lines {
  std::string text;
  std::vector<std::uint32_t> numbers;
};
Lines without_comments(std::string_view text) {
  Lines out;
  for (const Line& line : lines(text)) {
    if (line.text.starts_with('#')) continue;
    out.text += line.text;
    out.text += '\n';
    out.numbers.push_back(line.number);
  }
  return out;
}

/// A stanza's fields, their names in lower case, and where the next one starts.
struct Stanza {
  Fields fields;
  std::size_t end = 0;
};

/// pkgTagSection::Scan(): nothing when a line has no colon. A field without one ends at the first
/// colon below, even behind an empty line.
std::optional<Stanza> scan(std::string_view text, std::size_t at) {
  Stanza out;
  std::string name;
  std::size_t value = 0;
  // The last one of a name stands.
  const auto end_field = [&](std::size_t end) {
    if (value != 0) out.fields[name] = std::string(trim_right(text.substr(value, end - value)));
  };
  while (at < text.size()) {
    if (!is_blank(text[at])) {
      end_field(at);
      const std::size_t colon = text.find(':', at);
      if (colon == text.npos) return {};
      name = lower(trim_right(text.substr(at, colon - at)));
      // Blanks go, but of line ends only those before a blank: a tab keeps its newline.
      at = colon + 1;
      while (is_blank(text[at]) && (text[at] != '\n' || text.substr(at + 1).starts_with(' '))) ++at;
      value = at;
    }
    at = text.find('\n', at);
    while (at + 1 < text.size() && text[at + 1] == '\r') ++at;
    if (at + 1 >= text.size() || text[at + 1] == '\n') {
      end_field(at);
      out.end = text.find_first_not_of("\r\n", at);
      return out;
    }
    ++at;
  }
  return {};
}

std::size_t newlines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string take(const Fields& fields, Entry& entry) {
  if (fields.find("types") == fields.end()) return "a stanza without `Types`";
  if (const auto enabled = fields.find("enabled"); enabled != fields.end())
    entry.enabled = enabled->second.empty() || to_bool(enabled->second, true);
  for (const std::string_view option : kOptions)
    if (const auto found = fields.find(option); found != fields.end())
      entry.options.emplace(option, found->second);
  entry.types = words_of(fields, "types");
  entry.uris = words_of(fields, "uris");
  entry.suites = words_of(fields, "suites");
  entry.components = words_of(fields, "components");
  for (const std::string& type : entry.types)
    if (type != "deb" && type != "deb-src") return "the unknown type `" + type + "`";
  if (entry.types.empty() || !entry.enabled) return {};
  return entry.uris.empty() ? "no address" : entry.suites.empty() ? "no suite" : "";
}

}  // namespace

Entries parse_stanzas(std::string_view text, const std::string& file) {
  Entries out;
  const Lines body = without_comments(text);
  const std::string_view all = body.text;
  std::size_t line = 0, counted = 0;
  for (std::size_t at = all.find_first_not_of(kBlanks); at < all.size();) {
    line += newlines(all.substr(counted, at - counted));
    counted = at;
    Entry entry;
    entry.origin = out.where = {file, body.numbers[line], 1};
    const auto stanza = scan(all, at);
    out.mistake = stanza ? take(stanza->fields, entry) : "a line without a colon";
    if (!out.mistake.empty()) break;
    out.entries.push_back(std::move(entry));
    at = stanza->end;
  }
  return out;
}

}  // namespace plimsoll::apt
