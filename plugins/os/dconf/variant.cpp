#include <algorithm>
#include <array>

#include "plugins/os/dconf/database.h"
#include "scanner/base/text.h"

namespace plimsoll::dconf {
namespace {

constexpr int kDepth = 32;  // values in values
constexpr std::array<std::string_view, 8> kIntegers = {"byte",   "int16", "uint16", "int32",
                                                       "uint32", "int64", "uint64", "handle"};
constexpr std::array<std::string_view, 5> kTypes = {"boolean", "double", "string", "objectpath",
                                                    "signature"};

/// GVariant text format: checks a value's form and copies it with its strings in single quotes.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::string whole() {
    const bool good = value(0);
    blanks();
    return good && at_ == text_.size() ? out_ : std::string();
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void blanks() {
    while (at_ < text_.size() && kBlanks.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  bool value(int depth) {
    blanks();
    if (depth > kDepth) return false;
    const char c = peek();
    if (c == '\'' || c == '"') return string(c);
    if (c == '[') return list('[', ']', depth);
    if (c == '(') return list('(', ')', depth);
    if (c == '{') return list('{', '}', depth);
    if (c == '<') return list('<', '>', depth);
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           std::string_view(" \t,:[](){}<>'\"").find(text_[at_]) == std::string_view::npos)
      ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word.empty()) return false;
    // A number stands without the name of its type.
    const bool integer = std::find(kIntegers.begin(), kIntegers.end(), word) != kIntegers.end();
    if (integer && depth == 0) return value(depth + 1);
    out_ += word;
    if (word == "true" || word == "false" || word == "nothing") return true;
    const bool typed = integer || std::find(kTypes.begin(), kTypes.end(), word) != kTypes.end();
    if (typed || word.front() == '@') {
      out_ += ' ';
      return value(depth + 1);
    }
    return word.find_first_not_of("0123456789abcdefABCDEFxX.+-einf") == std::string_view::npos &&
           word.find_first_of("0123456789") != std::string_view::npos;
  }

  /// Printed in single quotes unless there is one in it.
  bool string(char quote) {
    std::string inside;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\') {
        if (++at_ >= text_.size()) return false;
        if (text_[at_] != '"' && text_[at_] != '\'') inside += '\\';
      }
      inside += text_[at_];
    }
    const char mark = inside.find('\'') == std::string::npos ? '\'' : '"';
    out_ += mark;
    for (const char c : inside) {
      if (c == mark) out_ += '\\';
      out_ += c;
    }
    out_ += mark;
    return at_++ < text_.size();
  }

  bool list(char open, char close, int depth) {
    out_ += open;
    ++at_;
    blanks();
    while (peek() != close) {
      if (!value(depth + 1)) return false;
      blanks();
      const char c = peek();
      if (c == ',' || (c == ':' && open == '{')) {
        out_ += c;
        out_ += ' ';
        ++at_;
        blanks();
      } else if (c != close) {
        return false;
      }
    }
    ++at_;
    out_ += close;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string canonical_variant(std::string_view text) { return Parser(text).whole(); }

}  // namespace plimsoll::dconf
