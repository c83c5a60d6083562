#include "scanner/formats/openssh/syntax.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::openssh {
namespace {

constexpr std::string_view kWhitespace = " \t\r\n";
/// Longer subpatterns never match (ssh keeps them in a buffer of this size).
constexpr std::size_t kLongestPattern = 1022;

}  // namespace

std::vector<ConfigLine> config_lines(std::string_view text) {
  std::vector<ConfigLine> out;
  ConfigLine pending;
  for (const Line& line : lines(text)) {
    if (pending.text.empty()) pending.number = line.number;
    const std::string_view body = trim_left(line.text, " \t\r");
    const auto nul = body.find('\0');
    pending.text += body.substr(0, nul);
    if (nul != std::string_view::npos) continue;
    out.push_back(std::move(pending));
    pending = {};
  }
  if (!pending.text.empty()) out.push_back(std::move(pending));
  return out;
}

void WordReader::skip_blanks() {
  at_ = std::min(text_.find_first_not_of(kWhitespace, at_), text_.size());
}

std::optional<std::string> WordReader::next() {
  if (ended_) return std::nullopt;
  const std::size_t start = at_;
  const std::size_t stop = text_.find_first_of(" \t\r\n\"=", at_);
  if (stop == std::string_view::npos) {
    ended_ = true;
    return std::string(text_.substr(start));
  }
  std::string word(text_.substr(start, stop - start));
  if (text_[stop] == '"') {
    const std::size_t close = text_.find('"', stop + 1);
    if (close == std::string_view::npos) {
      ended_ = true;
      return std::nullopt;
    }
    word += text_.substr(stop + 1, close - stop - 1);
    at_ = close + 1;
    skip_blanks();
    return word;
  }
  at_ = stop + 1;
  skip_blanks();
  // Only one `=` is a separator: `Port = 22`, but not `Port == 22`.
  if (text_[stop] != '=' && at_ < text_.size() && text_[at_] == '=') {
    ++at_;
    skip_blanks();
  }
  return word;
}

std::optional<std::string_view> WordReader::rest() const {
  if (ended_) return std::nullopt;
  return text_.substr(at_);
}

std::optional<Directive> read_directive(std::string_view line) {
  // A form feed counts as a blank at the end of a line only; the first character always stays.
  while (line.size() > 1 &&
         std::string_view(" \t\r\n\f").find(line.back()) != std::string_view::npos)
    line.remove_suffix(1);
  WordReader words(line);
  auto keyword = words.next();
  if (keyword && keyword->empty()) keyword = words.next();
  if (!keyword || keyword->empty() || keyword->starts_with('#')) return std::nullopt;
  return Directive{std::move(*keyword), words.rest()};
}

std::optional<std::vector<std::string>> split_arguments(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text[i] == '\t') continue;
    if (text[i] == '#') break;
    std::string& word = out.emplace_back();
    char quote = 0;
    for (; i < text.size(); ++i) {
      const char c = text[i];
      const char after = i + 1 < text.size() ? text[i + 1] : '\0';
      if (c == '\\' &&
          (after == '\'' || after == '"' || after == '\\' || (quote == 0 && after == ' '))) {
        word += text[++i];
      } else if (quote == 0 && (c == ' ' || c == '\t')) {
        break;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    }
    if (i >= text.size() && quote != 0) return std::nullopt;
  }
  return out;
}

bool matches_pattern(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

ListMatch matches_list(std::string_view text, std::string_view patterns, bool fold_case) {
  ListMatch found = ListMatch::none;
  if (patterns.empty()) return found;
  std::size_t at = 0;
  while (at < patterns.size()) {
    const bool negated = patterns[at] == '!';
    if (negated) ++at;
    const std::size_t comma = std::min(patterns.find(',', at), patterns.size());
    const std::string_view sub = patterns.substr(at, comma - at);
    at = comma + 1;
    if (sub.size() > kLongestPattern) return ListMatch::none;
    if (!matches_pattern(text, fold_case ? lower(sub) : std::string(sub))) continue;
    if (negated) return ListMatch::negative;
    found = ListMatch::positive;
  }
  return found;
}

}  // namespace plimsoll::openssh
