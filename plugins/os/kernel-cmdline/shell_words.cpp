#include "plugins/os/kernel-cmdline/shell_words.h"

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::string_view kEnds = "\n;&|";

bool is_name_char(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

bool is_shell_name(std::string_view text) {
  if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
  for (const char c : text)
    if (!is_name_char(c)) return false;
  return true;
}

char ShellReader::take() {
  const char c = text_[at_++];
  if (c == '\n') ++line_;
  return c;
}

void ShellReader::skip_blanks() {
  for (;;) {
    if (peek() == ' ' || peek() == '\t' || peek() == '\r') {
      take();
    } else if (peek() == '\\' && peek(1) == '\n') {
      take();
      take();
    } else {
      break;
    }
  }
  if (peek() == '#')
    while (!at_end() && peek() != '\n') take();
}

bool ShellReader::next(std::vector<ShellWord>& command) {
  command.clear();
  while (!at_end()) {
    skip_blanks();
    if (at_end()) break;
    if (kEnds.find(peek()) != std::string_view::npos) {
      take();
      if (!command.empty()) return true;
      continue;
    }
    read_word(command);
  }
  return !command.empty();
}

void ShellReader::read_single(ShellWord& word) {
  word.quoted = true;
  take();
  while (!at_end() && peek() != '\'') word.text += take();
  if (!at_end()) take();
}

void ShellReader::read_double(ShellWord& word) {
  word.quoted = true;
  take();
  while (!at_end() && peek() != '"') {
    std::string value;
    if (peek() == '\\' && std::string_view("$`\"\\\n").find(peek(1)) != std::string_view::npos &&
        peek(1) != '\0') {
      take();
      if (const char c = take(); c != '\n') word.text += c;
    } else if (read_expansion(value, word)) {
      word.text += value;
    } else {
      word.text += take();
    }
  }
  if (!at_end()) take();
}

void ShellReader::skip_substitution(char close) {
  for (std::size_t depth = 0; !at_end();) {
    const char c = take();
    if (close == ')' && c == '(') ++depth;
    if (c != close) continue;
    if (depth <= 1) return;
    --depth;
  }
}

/// `$name`, `${name}`, `$(...)` and back quotes; false when none of them starts here.
bool ShellReader::read_expansion(std::string& value, ShellWord& word) {
  if (peek() == '`') {
    take();
    skip_substitution('`');
    word.computed = true;
    return true;
  }
  if (peek() != '$') return false;
  const bool braces = peek(1) == '{';
  if (peek(1) == '(') {
    take();
    skip_substitution(')');
    word.computed = true;
    return true;
  }
  if (!braces && !is_name_char(peek(1))) return false;
  take();
  if (braces) take();
  std::string name;
  while (is_name_char(peek())) name += take();
  if (braces) {
    if (peek() != '}') word.computed = true;  // ${name:-...} and the like
    while (!at_end() && peek() != '}') take();
    if (!at_end()) take();
  }
  if (const auto found = variables_.find(name); found != variables_.end()) {
    // Variables that hold each other twice would grow without end.
    if (found->second.size() > budget_) {
      gave_up_ = true;
      at_ = text_.size();
      return true;
    }
    budget_ -= found->second.size();
    value = found->second;
  }
  return true;
}

void ShellReader::read_word(std::vector<ShellWord>& command) {
  ShellWord word;
  word.line = line_;
  bool any = false;  // an empty expansion outside quotes is no word
  const auto flush = [&] {
    if (any || word.quoted) command.push_back(word);
    word = {};
    word.line = line_;
    any = false;
  };
  while (!at_end() && peek() != ' ' && peek() != '\t' && peek() != '\r' &&
         kEnds.find(peek()) == std::string_view::npos) {
    std::string value;
    if (peek() == '\'') {
      read_single(word);
    } else if (peek() == '"') {
      read_double(word);
    } else if (peek() == '\\') {
      take();
      if (at_end()) break;
      any = true;
      if (const char c = take(); c != '\n') word.text += c;
    } else if (read_expansion(value, word)) {
      const bool assigns = word.equals != std::string::npos;  // an assignment is not split
      const auto parts = assigns ? std::vector<std::string_view>{value} : words(value);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) flush();
        word.text += parts[i];
        any = true;
      }
    } else {
      const char c = take();
      if (c == '=' && word.equals == std::string::npos && !word.quoted && is_shell_name(word.text))
        word.equals = word.text.size();
      word.text += c;
      any = true;
    }
  }
  flush();
}

}  // namespace plimsoll
