#include "plugins/service/apache2/syntax.h"

#include "scanner/base/text.h"

namespace plimsoll::apache2 {
namespace {

constexpr std::size_t kLongestLine = 1U << 20U;

/// Where the quoted word that begins at 0 ends: its closing quote, or the end of the text.
std::size_t closing_quote(std::string_view text, char quote) {
  std::size_t at = 1;
  while (at < text.size() && text[at] != quote) {
    const bool is_escape =
        text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == quote || text[at + 1] == '\\');
    at += is_escape ? 2 : 1;
  }
  return at;
}

std::string unescaped(std::string_view text, char quote) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() &&
        (text[i + 1] == '\\' || (quote != '\0' && text[i + 1] == quote)))
      ++i;
    out += text[i];
  }
  return out;
}

}  // namespace

std::string take_word(std::string_view& rest) {
  rest = trim_left(rest);
  if (rest.empty()) return {};
  std::string word;
  const char first = rest.front();
  if (first == '"' || first == '\'') {
    const std::size_t end = closing_quote(rest, first);
    word = unescaped(rest.substr(1, end - 1), first);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  } else {
    const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
    word = unescaped(rest.substr(0, end), '\0');
    rest.remove_prefix(end);
  }
  rest = trim_left(rest);
  return word;
}

std::vector<std::string> all_words(std::string_view text) {
  std::vector<std::string> out;
  for (text = trim_left(text); !text.empty();) out.push_back(take_word(text));
  return out;
}

bool FileLines::next(Statement& out, bool after_macro) {
  if (at_ >= text_.size()) return false;
  out.text.clear();
  out.file = file_;
  out.line = line_ + 1;
  while (at_ < text_.size()) {
    const std::size_t end = text_.find('\n', at_);
    std::string_view piece = text_.substr(at_, end - at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    ++line_;
    if (after_macro && end == std::string_view::npos) break;
    // A NUL byte ends the string for httpd, and the line break behind it with it.
    const std::size_t nul = piece.find('\0');
    const bool has_break = end != std::string_view::npos && nul == std::string_view::npos;
    piece = piece.substr(0, nul);
    std::string_view bare = piece;
    if (bare.ends_with('\r')) bare.remove_suffix(1);
    if (!has_break || !bare.ends_with('\\')) {
      out.text += piece;
      break;
    }
    out.text += bare.substr(0, bare.size() - 1);
  }
  const std::string_view trimmed = trim(out.text);
  if (trimmed.size() != out.text.size()) out.text = std::string(trimmed);
  return true;
}

void Variables::define(const std::string& name, const std::string* value) {
  defined_[name] = true;
  if (value != nullptr) values_[lower(name)] = *value;
}

void Variables::undefine(const std::string& name) {
  defined_.erase(name);
  values_.erase(lower(name));
}

const std::string* Variables::value_of(std::string_view name) const {
  const auto defined = values_.find(lower(name));
  if (defined != values_.end()) return &defined->second;
  const auto inherited = environment.find(name);
  return inherited == environment.end() ? nullptr : &inherited->second;
}

bool Variables::resolve(std::string_view text, std::string& out) const {
  out.clear();
  for (;;) {
    const std::size_t at = text.find("${");
    const std::size_t end = at == std::string_view::npos ? at : text.find('}', at + 2);
    if (end == std::string_view::npos) break;
    out += text.substr(0, at);
    const std::string* value = value_of(text.substr(at + 2, end - at - 2));
    out += value != nullptr ? std::string_view(*value) : text.substr(at, end + 1 - at);
    if (out.size() > kLongestLine) return false;
    text.remove_prefix(end + 1);
  }
  out += text;
  return true;
}

}  // namespace plimsoll::apache2
