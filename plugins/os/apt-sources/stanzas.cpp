#include <algorithm>
#include <array>

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

/// Where the stanza that starts here ends: behind the newline before an empty line.
std::size_t end_of_stanza(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    at = text.find('\n', at);
    if (at == text.npos) return text.size();
    ++at;
    const std::size_t next = text.find_first_not_of('\r', at);
    if (next == text.npos || text[next] == '\n') return at;
  }
  return text.size();
}

/// The fields of a stanza, names in lower case; nothing when it has a line without a colon. Like
/// apt, looks for the colon in the lines below, too.
std::optional<Fields> fields_of(std::string_view stanza) {
  Fields fields;
  std::size_t at = 0;
  while (at < stanza.size() && is_blank(stanza[at])) {
    const std::size_t newline = stanza.find('\n', at);  // a continuation of nothing
    at = newline == stanza.npos ? stanza.size() : newline + 1;
  }
  while (at < stanza.size()) {
    const std::size_t colon = stanza.find(':', at);
    if (colon == stanza.npos) return {};
    std::size_t end = colon;
    do {
      end = stanza.find('\n', end);
      end = end == stanza.npos ? stanza.size() : end + 1;
    } while (end < stanza.size() && is_blank(stanza[end]));
    // The last one of a name stands.
    fields[lower(trim_right(stanza.substr(at, colon - at)))] =
        std::string(trim(stanza.substr(colon + 1, end - colon - 1)));
    at = end;
  }
  return fields;
}

std::size_t newlines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string parse_stanza(std::string_view stanza, Entry& entry) {
  const auto fields = fields_of(stanza);
  if (!fields) return "a line without a colon";
  if (fields->find("types") == fields->end()) return "a stanza without `Types`";
  if (const auto enabled = fields->find("enabled"); enabled != fields->end())
    entry.enabled = enabled->second.empty() || to_bool(enabled->second, true);
  for (const std::string_view option : kOptions)
    if (const auto found = fields->find(option); found != fields->end())
      entry.options.emplace(option, found->second);
  entry.types = words_of(*fields, "types");
  entry.uris = words_of(*fields, "uris");
  entry.suites = words_of(*fields, "suites");
  entry.components = words_of(*fields, "components");
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
  std::size_t line = 0;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = end_of_stanza(all, at);
    const std::string_view stanza = all.substr(at, end - at);
    if (const std::size_t first = stanza.find_first_not_of(kBlanks); first != stanza.npos) {
      Entry entry;
      entry.origin = {file, body.numbers[line + newlines(stanza.substr(0, first))], 1};
      out.mistake = parse_stanza(stanza, entry);
      out.where = entry.origin;
      if (!out.mistake.empty()) break;
      out.entries.push_back(std::move(entry));
    }
    line += newlines(stanza);
    at = end;
  }
  return out;
}

}  // namespace plimsoll::apt
