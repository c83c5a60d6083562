#include "plugins/container/dockerfile/expand.h"

#include <fnmatch.h>

#include <algorithm>
#include <optional>

namespace plimsoll::dockerfile {
namespace {

constexpr std::size_t kMostText = 1U << 16U;
constexpr std::size_t kMostVariables = 1000;
constexpr int kDeepest = 8;
/// Patterns are matched only against short values: `#`, `%` and `/` try every part of it.
constexpr std::size_t kMostPatternValue = 128;
/// fnmatch(3) tries each place for each `*`.
constexpr std::size_t kMostPattern = 32;
constexpr std::ptrdiff_t kMostStars = 2;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_char(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

bool fits(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

/// `#`, `##`, `%`, `%%`: the shortest or longest part at the start or end that matches goes.
std::string without(const std::string& value, std::string_view op, const std::string& pattern) {
  const bool front = op[0] == '#', longest = op.size() == 2;
  for (std::size_t i = 0; i <= value.size(); ++i) {
    const std::size_t length = longest ? value.size() - i : i;
    const std::size_t from = front ? 0 : value.size() - length;
    if (!fits(pattern, value.substr(from, length))) continue;
    return front ? value.substr(length) : value.substr(0, from);
  }
  return value;
}

/// `/`, `//`: the first or every part that matches is replaced.
std::string replaced(const std::string& value, bool all, const std::string& pattern,
                     const std::string& with) {
  if (pattern.empty()) return value;
  std::string out;
  std::size_t i = 0;
  bool more = true;
  while (i < value.size()) {
    std::size_t length = more ? value.size() - i : 0;
    while (length > 0 && !fits(pattern, value.substr(i, length))) --length;
    if (length == 0) {
      out += value[i++];
      continue;
    }
    out += with;
    i += length;
    more = all;
  }
  return out;
}

class Expander {
 public:
  Expander(std::string_view text, const Scope& scope, char escape, int depth,
           std::vector<std::string>* names)
      : text_(text), scope_(scope), escape_(escape), depth_(depth), names_(names) {}

  Expanded run() {
    while (pos_ < text_.size() && out_.text.size() <= kMostText) piece();
    if (out_.text.size() > kMostText) out_.open = true;
    return std::move(out_);
  }

 private:
  void piece() {
    const char c = text_[pos_];
    if (c == '\'') return single();
    if (c == '"') return twofold();
    if (c == '$') return dollar();
    if (c == escape_ && pos_ + 1 < text_.size()) {
      out_.text += text_[pos_ + 1];
      pos_ += 2;
      return;
    }
    out_.text += c;
    ++pos_;
  }

  void single() {
    out_.quoted = true;
    const std::size_t end = text_.find('\'', pos_ + 1);
    out_.broken = out_.broken || end == std::string_view::npos;
    const std::size_t stop = std::min(end, text_.size());
    out_.text += text_.substr(pos_ + 1, stop - pos_ - 1);
    pos_ = stop == text_.size() ? stop : stop + 1;
  }

  // Between double quotes the escape character goes before `"`, `$` and itself only.
  void twofold() {
    out_.quoted = true;
    for (++pos_; pos_ < text_.size() && out_.text.size() <= kMostText;) {
      const char c = text_[pos_];
      if (c == '"') return void(++pos_);
      if (c == '$') {
        dollar();
        continue;
      }
      const char next = pos_ + 1 < text_.size() ? text_[pos_ + 1] : '\0';
      if (c == escape_ && (next == '"' || next == '$' || next == escape_)) ++pos_;
      out_.text += text_[pos_++];
    }
    out_.broken = true;
  }

  void dollar() {
    const std::size_t begin = pos_++;
    if (pos_ < text_.size() && text_[pos_] == '{') return braces(begin);
    const std::string_view name = take_name();
    if (name.empty()) {
      out_.text += '$';
      return;
    }
    add(value_of(name), begin);
  }

  std::string_view take_name() {
    const std::size_t begin = pos_;
    if (pos_ < text_.size() && is_name_start(text_[pos_]))
      while (pos_ < text_.size() && is_name_char(text_[pos_])) ++pos_;
    const std::string_view name = text_.substr(begin, pos_ - begin);
    if (names_ != nullptr && !name.empty()) names_->emplace_back(name);
    return name;
  }

  [[nodiscard]] std::optional<std::string> value_of(std::string_view name) const {
    const auto found = scope_.known.find(name);
    if (found == scope_.known.end()) return {};
    return found->second;
  }

  void add(const std::optional<std::string>& value, std::size_t begin) {
    if (value) {
      out_.text += *value;
      return;
    }
    out_.text += text_.substr(begin, pos_ - begin);
    out_.open = true;
  }

  /// The text up to the brace that closes, nested ones skipped.
  std::string_view word_in_braces() {
    const std::size_t begin = pos_;
    for (int depth = 0; pos_ < text_.size(); ++pos_) {
      if (text_[pos_] == escape_) {
        ++pos_;
      } else if (text_[pos_] == '{') {
        ++depth;
      } else if (text_[pos_] == '}' && depth-- == 0) {
        return text_.substr(begin, pos_ - begin);
      }
    }
    pos_ = text_.size();
    out_.broken = true;
    return text_.substr(begin);
  }

  Expanded inner(std::string_view word) {
    if (depth_ >= kDeepest) return {std::string(word), true, false, false};
    return Expander(word, scope_, escape_, depth_ + 1, names_).run();
  }

  void braces(std::size_t begin) {
    ++pos_;
    const std::string_view name = take_name();
    const std::string_view rest = word_in_braces();
    if (pos_ < text_.size()) ++pos_;
    if (name.empty() ||
        (!rest.empty() && std::string_view(":-+?#%/").find(rest[0]) == std::string_view::npos)) {
      out_.broken = out_.broken || name.empty() || !rest.empty();
      return add({}, begin);
    }
    if (rest.empty()) return add(value_of(name), begin);
    modified(value_of(name), rest, begin);
  }

  void modified(const std::optional<std::string>& value, std::string_view rest, std::size_t begin) {
    const bool colon = rest[0] == ':';
    const char op = rest[colon ? 1 : 0];
    if (op == '#' || op == '%' || op == '/') return pattern(value, rest, begin);
    const Expanded word = inner(rest.substr(std::min(rest.size(), std::size_t{colon ? 2U : 1U})));
    const bool set = value && !(colon && value->empty());
    if (op == '-') return set ? add(value, begin) : add_word(word);
    if (op == '+') return set ? add_word(word) : void();
    add(value, begin);
  }

  void add_word(const Expanded& word) {
    out_.text += word.text;
    out_.open = out_.open || word.open;
    out_.broken = out_.broken || word.broken;
  }

  void pattern(const std::optional<std::string>& value, std::string_view rest, std::size_t begin) {
    const bool twice = rest.size() > 1 && rest[1] == rest[0];
    const std::string_view op = rest.substr(0, twice ? 2 : 1);
    rest.remove_prefix(op.size());
    const std::size_t slash = op[0] == '/' ? rest.find('/') : std::string_view::npos;
    const std::string glob = inner(rest.substr(0, slash)).text;
    const bool cheap = value && value->size() <= kMostPatternValue && glob.size() <= kMostPattern &&
                       std::count(glob.begin(), glob.end(), '*') <= kMostStars &&
                       scope_.patterns_left > 0;
    if (!cheap) return add({}, begin);
    --scope_.patterns_left;
    if (op[0] != '/') return add(without(*value, op, glob), begin);
    const std::string with =
        slash == std::string_view::npos ? std::string() : inner(rest.substr(slash + 1)).text;
    add(replaced(*value, twice, glob, with), begin);
  }

  std::string_view text_;
  const Scope& scope_;
  char escape_;
  int depth_;
  std::vector<std::string>* names_;
  std::size_t pos_ = 0;
  Expanded out_;
};

}  // namespace

void Scope::set(const std::string& name, std::string value, bool is_env) {
  if (!is_env && fixed.count(name) != 0) return;
  if (known.size() >= kMostVariables && known.count(name) == 0) return declare(name, is_env);
  open.erase(name);
  known[name] = std::move(value);
  if (is_env) fixed.insert(name);
}

void Scope::declare(const std::string& name, bool is_env) {
  if (!is_env && fixed.count(name) != 0) return;
  known.erase(name);
  if (open.size() < kMostVariables) open.insert(name);
  if (is_env && fixed.size() < kMostVariables) fixed.insert(name);
}

Expanded expand(std::string_view word, const Scope& scope, char escape) {
  return Expander(word, scope, escape, 0, nullptr).run();
}

std::vector<std::string> references(std::string_view word, char escape) {
  std::vector<std::string> names;
  Expander(word, {}, escape, 0, &names).run();
  return names;
}

}  // namespace plimsoll::dockerfile
