#include "plugins/service/redis/words.h"

#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

/// Reads one line; a byte beyond its end is NUL, as in C.
class Words {
 public:
  explicit Words(std::string_view line) : line_(c_text(line)) {}

  std::optional<std::vector<std::string>> read() {
    std::vector<std::string> out;
    while (true) {
      while (is_blank(here())) ++at_;
      if (here() == '\0') return out;
      std::string& word = out.emplace_back();
      if (!bare(word)) return std::nullopt;
    }
  }

 private:
  [[nodiscard]] char here(std::size_t ahead = 0) const {
    return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0';
  }

  /// A word up to a blank. A quote in the midst of it opens one as well, and its end is the word's.
  bool bare(std::string& word) {
    while (true) {
      const char c = here();
      if (c == '\0') return true;
      ++at_;
      // Vertical tabs and form feeds part words, but do not end one.
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') return true;
      if (c == '"') return quoted(word);
      if (c == '\'') return single_quoted(word);
      word += c;
    }
  }

  bool quoted(std::string& word) {
    while (here() != '\0') {
      const char c = here();
      ++at_;
      if (c == '"') return closes();
      if (c == '\\' && here() != '\0')
        word += escape();
      else
        word += c;
    }
    return false;
  }

  char escape() {
    if (here() == 'x' && at_ + 2 < line_.size() && line_[at_ + 1] != '-' && line_[at_ + 1] != '+')
      if (const auto byte = to_integer(line_.substr(at_ + 1, 2), 16)) {
        at_ += 3;
        return static_cast<char>(*byte);
      }
    const char c = here();
    ++at_;
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'b':
        return '\b';
      case 'a':
        return '\a';
      default:
        return c;
    }
  }

  bool single_quoted(std::string& word) {
    while (here() != '\0') {
      const char c = here();
      ++at_;
      if (c == '\'') return closes();
      const bool is_quote = c == '\\' && here() == '\'';
      word += is_quote ? '\'' : c;
      if (is_quote) ++at_;
    }
    return false;
  }

  [[nodiscard]] bool closes() const { return here() == '\0' || is_blank(here()); }

  std::string_view line_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<std::string>> split_words(std::string_view line) {
  return Words(line).read();
}

std::string_view c_text(std::string_view text) { return text.substr(0, text.find('\0')); }

bool c_equals(std::string_view text, std::string_view word) { return iequals(c_text(text), word); }

bool is_blank(char c) { return c != '\0' && kBlanks.find(c) != std::string_view::npos; }

}  // namespace plimsoll::redis
