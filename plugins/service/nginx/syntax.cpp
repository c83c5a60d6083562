#include "plugins/service/nginx/syntax.h"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll::nginx {
namespace {

/// NGX_CONF_BUFFER: a word, or a comment, that fills it with more of the file to come is refused.
constexpr std::size_t kBuffer = 4096;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Escapes stand for something before `"`, `'`, `\`, `t`, `r` and `n` alone.
std::string unescaped(std::string_view word) {
  std::string out;
  out.reserve(word.size());
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char next = word[i] == '\\' && i + 1 < word.size() ? word[i + 1] : '\0';
    const std::size_t known = std::string_view("\"'\\trn").find(next);
    if (next == '\0' || known == std::string_view::npos) {
      out += word[i];
    } else {
      out += "\"'\\\t\r\n"[known];
      ++i;
    }
  }
  return out;
}

}  // namespace

Reader::Token Reader::fail(std::string why) {
  error_ = std::move(why);
  return Token::error;
}

bool Reader::take(char& c) {
  if (at_ >= buffered_) {
    if (at_ >= text_.size()) return false;
    if (at_ - start_ == kBuffer) {
      error_ = "too long parameter";
      return false;
    }
    buffered_ = std::min(text_.size(), start_ + kBuffer);
  }
  c = text_[at_++];
  if (c == '\n') ++line_;
  return true;
}

void Reader::end_word(Statement& statement, std::size_t end) {
  statement.words.push_back(unescaped(text_.substr(start_, end - start_)));
}

/// The first character of what follows a blank.
Reader::Token Reader::begin_word(char c, Statement& statement, bool& is_done) {
  start_ = at_ - 1;
  if (is_blank(c)) return Token::simple;
  if (c == ';' || c == '{') {
    is_done = true;
    if (statement.words.empty()) return fail(fmt::format("unexpected \"{}\"", c));
    return c == '{' ? Token::block_start : Token::simple;
  }
  if (c == '}') {
    is_done = true;
    return statement.words.empty() ? Token::block_end : fail("unexpected \"}\"");
  }
  if (c == '#') {
    is_comment_ = true;
    return Token::simple;
  }
  if (statement.words.empty()) statement.line = line_;
  state_ = c == '"' ? State::double_quoted : c == '\'' ? State::single_quoted : State::plain;
  if (state_ != State::plain) ++start_;
  is_escaped_ = c == '\\';
  if (c == '$') is_variable_ = true;
  return Token::simple;
}

Reader::Token Reader::next(Statement& statement) {
  statement.words.clear();
  state_ = State::between;
  start_ = at_;
  is_variable_ = is_comment_ = is_escaped_ = false;
  char c = '\0';
  while (take(c)) {
    if (c == '\n') is_comment_ = false;
    if (is_comment_) continue;
    if (is_escaped_) {
      is_escaped_ = false;
      continue;
    }
    if (state_ == State::after_quote) {
      if (c == ';') return Token::simple;
      if (c == '{') return Token::block_start;
      if (!is_blank(c) && c != ')') return fail(fmt::format("unexpected \"{}\"", c));
      state_ = State::between;
      if (is_blank(c)) continue;
    }
    if (state_ == State::between) {
      bool is_done = false;
      const Token token = begin_word(c, statement, is_done);
      if (is_done) return token;
      continue;
    }
    // `${name}`: this brace begins no block.
    if (c == '{' && is_variable_) continue;
    is_variable_ = c == '$';
    is_escaped_ = c == '\\';
    if (is_variable_ || is_escaped_) continue;
    if (state_ != State::plain) {
      if (c != (state_ == State::double_quoted ? '"' : '\'')) continue;
      end_word(statement, at_ - 1);
      state_ = State::after_quote;
    } else if (is_blank(c) || c == ';' || c == '{') {
      end_word(statement, at_ - 1);
      state_ = State::between;
      if (c == ';') return Token::simple;
      if (c == '{') return Token::block_start;
    }
  }
  if (!error_.empty()) return Token::error;
  if (!statement.words.empty() || state_ != State::between)
    return fail("unexpected end of file, expecting \";\" or \"}\"");
  return Token::end;
}

/// `[[ ... ]]`, `[=[ ... ]=]`; the first bracket has been taken. True unless it is never closed.
bool Reader::skip_long_bracket() {
  std::size_t level = at_;
  while (level < text_.size() && text_[level] == '=') ++level;
  if (level >= text_.size() || text_[level] != '[') return true;
  const std::string close = "]" + std::string(text_.substr(at_, level - at_)) + "]";
  const std::size_t end = text_.find(close, level);
  if (end == std::string_view::npos) return false;
  for (; at_ < end + close.size(); ++at_)
    if (text_[at_] == '\n') ++line_;
  return true;
}

bool Reader::skip_lua() {
  std::size_t depth = 1;
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '\n') ++line_;
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) {
      buffered_ = std::max(buffered_, at_);
      return true;
    }
    if (c == '[' && !skip_long_bracket()) return false;
    if (c == '-' && at_ < text_.size() && text_[at_] == '-') {
      ++at_;
      const std::size_t before = at_;
      if (at_ < text_.size() && text_[at_] == '[') {
        ++at_;
        if (!skip_long_bracket()) return false;
      }
      if (at_ <= before + 1)
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    }
    if (c == '"' || c == '\'') {
      while (at_ < text_.size() && text_[at_] != c && text_[at_] != '\n')
        at_ += text_[at_] == '\\' ? 2 : 1;
      at_ = std::min(at_ + 1, text_.size());
    }
  }
  return false;
}

}  // namespace plimsoll::nginx
