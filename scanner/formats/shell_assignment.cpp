#include "scanner/formats/shell_assignment.h"

#include <algorithm>
#include <array>
#include <span>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

bool among(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  ShellScript read() {
    while (at_ < text_.size() && script_.broken_at == 0) step();
    end_word();
    end_command();
    return std::move(script_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void step() {
    const char c = peek();
    if (c == '\\') return backslash();
    if (c == '\'') return single_quotes();
    if (c == '"') return double_quotes();
    if (c == '`' || (c == '$' && peek(1) == '(') || (c == '$' && peek(1) == '{')) {
      in_word_ = true;
      return substitution();
    }
    if (c == '#' && !in_word_) return comment();
    if (c == '<' && peek(1) == '<' && peek(2) != '<') return here_document();
    if (std::string_view("\n;&|()").find(c) != std::string_view::npos) return separator();
    if (c == ' ' || c == '\t' || c == '\r') {
      end_word();
      ++at_;
      return;
    }
    take();
  }

  void take() {
    if (!in_word_) begin_word();
    word_ += text_[at_];
    advance();
  }
  void begin_word() {
    in_word_ = true;
    if (command_.words.empty()) command_.line = line_;
  }
  void advance() {
    if (text_[at_] == '\n') ++line_;
    ++at_;
  }

  void backslash() {
    if (peek(1) == '\n') {
      ++line_;
      at_ += 2;
      return;
    }
    begin_word();
    ++at_;
    if (at_ < text_.size()) take();
  }

  void single_quotes() {
    begin_word();
    const std::uint32_t start = line_;
    for (++at_; at_ < text_.size() && peek() != '\'';) take();
    close(start);
  }

  void double_quotes() {
    begin_word();
    const std::uint32_t start = line_;
    ++at_;
    while (at_ < text_.size() && peek() != '"' && script_.broken_at == 0) {
      if (peek() == '\\' && std::string_view("$`\"\\\n").find(peek(1)) != std::string_view::npos) {
        if (peek(1) == '\n')
          ++line_;
        else
          word_ += peek(1);
        at_ = std::min(at_ + 2, text_.size());
      } else if (peek() == '`' || (peek() == '$' && (peek(1) == '(' || peek(1) == '{'))) {
        substitution();
      } else {
        take();
      }
    }
    close(start);
  }

  void close(std::uint32_t start) {
    if (at_ >= text_.size())
      script_.broken_at = start;
    else
      ++at_;
  }

  /// `...`, $(...), ${...}: taken over as they are written, to the bracket that closes them.
  void substitution() {
    const std::uint32_t start = line_;
    begin_word();
    if (peek() == '`') {
      for (take(); at_ < text_.size() && peek() != '`';) take();
      if (at_ < text_.size()) return take();
      script_.broken_at = start;
      return;
    }
    take();
    std::size_t depth = 0;
    char quote = 0;
    while (at_ < text_.size()) {
      const char c = peek();
      if (c == '\\' && quote != '\'')
        take();
      else if (quote != 0)
        quote = c == quote ? '\0' : quote;
      else if (c == '\'' || c == '"')
        quote = c;
      else if (c == '(' || c == '{')
        ++depth;
      else if (c == ')' || c == '}')
        --depth;
      if (at_ >= text_.size()) break;
      take();
      if (depth == 0 && quote == 0) return;
    }
    script_.broken_at = start;
  }

  void comment() {
    while (at_ < text_.size() && peek() != '\n') ++at_;
  }

  /// `<< WORD`: the lines up to WORD alone are no commands. They begin behind this line.
  void here_document() {
    end_word();
    at_ += 2;
    strip_tabs_ = peek() == '-';
    if (strip_tabs_) ++at_;
    while (peek() == ' ' || peek() == '\t') ++at_;
    here_.clear();
    while (at_ < text_.size() &&
           std::string_view(" \t\n;&|()").find(peek()) == std::string_view::npos) {
      if (peek() != '\'' && peek() != '"' && peek() != '\\') here_ += peek();
      ++at_;
    }
  }

  void skip_here_document() {
    while (!here_.empty() && at_ < text_.size()) {
      const auto end = std::min(text_.find('\n', at_), text_.size());
      std::string_view body = text_.substr(at_, end - at_);
      if (strip_tabs_) body = trim_left(body, "\t");
      at_ = std::min(end + 1, text_.size());
      ++line_;
      if (body == here_) here_.clear();
    }
    here_.clear();
  }

  void separator() {
    const char c = peek();
    const bool twice = (c == '&' || c == '|' || c == ';') && peek(1) == c;
    end_word();
    // A pattern of `case` ends in `)`; its words are no command.
    if (c == ')' && in_case()) command_.words.clear();
    if (c == '(' && !command_.words.empty()) command_.words.clear();  // NAME () begins a function
    end_command();
    if (c == '(') ++parentheses_;
    if (c == ')' && parentheses_ > 0) --parentheses_;
    // `a && b`: b hangs on a. `a | b` and `a & b` run in shells of their own.
    if (twice && c != ';') behind_operator_ = true;
    if (!twice && (c == '|' || c == '&')) behind_operator_ = c == '|';
    if (c == '\n' || c == ';') behind_operator_ = false;
    at_ += twice ? 2 : 1;
    if (c == '\n') {
      ++line_;
      skip_here_document();
    }
  }

  [[nodiscard]] bool in_case() const { return !open_.empty() && open_.back() == "esac"; }

  void end_word() {
    if (in_word_) command_.words.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  /// Reserved words open and close blocks, and stand before the command proper.
  bool take_reserved(const std::string& word) {
    struct Pair {
      std::string_view opens, closes;
    };
    static constexpr std::array kPairs = {
        Pair{"if", "fi"},      Pair{"case", "esac"}, Pair{"for", "done"}, Pair{"while", "done"},
        Pair{"until", "done"}, Pair{"{", "}"},       Pair{"function", ""}};
    static constexpr std::array<std::string_view, 5> kInner = {"then", "else", "elif", "do", "!"};
    if (among(word, kInner)) return true;
    if (!open_.empty() && word == open_.back()) {
      open_.pop_back();
      return true;
    }
    for (const Pair& pair : kPairs) {
      if (word != pair.opens) continue;
      if (!pair.closes.empty()) open_.push_back(pair.closes);
      return true;
    }
    return false;
  }

  void end_command() {
    std::size_t first = 0;
    bool header = false;
    while (first < command_.words.size() && !header) {
      const std::string& word = command_.words[first];
      header = word == "for" || word == "case" || word == "function";  // what follows is no command
      if (!take_reserved(word)) break;
      ++first;
    }
    command_.conditional = !open_.empty() || parentheses_ > 0 || behind_operator_;
    command_.words.erase(command_.words.begin(),
                         command_.words.begin() + static_cast<std::ptrdiff_t>(first));
    if (!command_.words.empty() && !header) script_.commands.push_back(std::move(command_));
    command_ = {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::string word_;
  bool in_word_ = false;
  ShellCommand command_;
  std::vector<std::string_view> open_;  ///< words that close the blocks around
  std::size_t parentheses_ = 0;
  bool behind_operator_ = false;
  std::string here_;
  bool strip_tabs_ = false;
  ShellScript script_;
};

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return !text.empty() && (text[0] < '0' || text[0] > '9') &&
         std::all_of(text.begin(), text.end(), fits);
}

/// False when the word assigns nothing.
bool split_assignment(std::string_view word, ShellAssignment& out) {
  const auto equals = word.find('=');
  if (equals == std::string_view::npos || !is_name(word.substr(0, equals))) return false;
  out.name = word.substr(0, equals);
  out.value = word.substr(equals + 1);
  return true;
}

}  // namespace

ShellScript read_shell(std::string_view text) { return Reader(text).read(); }

std::vector<ShellAssignment> shell_assignments(const ShellCommand& command) {
  static constexpr std::array<std::string_view, 4> kBuiltins = {"export", "readonly", "declare",
                                                                "typeset"};
  std::vector<ShellAssignment> out;
  ShellAssignment one;
  if (!among(command.words.front(), kBuiltins)) {
    for (const std::string& word : command.words) {
      if (!split_assignment(word, one)) return {};
      out.push_back(one);
    }
    return out;
  }
  one.exported = command.words.front() == "export";
  one.read_only = command.words.front() == "readonly";
  for (std::size_t i = 1; i < command.words.size(); ++i) {
    const std::string& word = command.words[i];
    if (word.starts_with('-')) {
      one.exported = one.exported || word.find('x') != std::string::npos;
      one.read_only = one.read_only || word.find('r') != std::string::npos;
      continue;
    }
    one.has_value = split_assignment(word, one);
    if (!one.has_value) {
      if (!is_name(word)) continue;
      one.name = word;
      one.value.clear();
    }
    out.push_back(one);
  }
  return out;
}

}  // namespace plimsoll
