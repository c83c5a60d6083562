#include <algorithm>

#include "scanner/formats/shell_parser.h"

// Words: quotes, variables, substitutions.
namespace plimsoll::shell {
namespace {

/// `$X $X $X ...` with a long value must not make much out of little.
constexpr std::size_t kMostExpanded = 1U << 20U;

}  // namespace

std::vector<Word> Parser::word() {
  std::vector<Word> out;
  Word current;
  current.offset = base_ + pos_;
  bool begun = false;
  while (pos_ < text_.size()) {
    const char c = text_[pos_];
    if (is_blank(c) || c == '\n' || c == ';' || c == '&' || c == '|' || c == ')') break;
    if (c == '<' || c == '>') {
      if (!current.text.empty() || at(pos_ + 1) != '(') break;
    }
    if (c == '(' && !opens_array(current)) break;
    const bool split = unquoted(c, current, out);
    begun = begun || !split;
  }
  if (begun || !current.text.empty()) out.push_back(std::move(current));
  return out;
}

bool Parser::opens_array(const Word& word) {
  return word.text.ends_with('=') ||
         (word.text.size() == 1 && word.text.find_first_of("@?*+!") == 0);
}

bool Parser::unquoted(char c, Word& word, std::vector<Word>& out) {
  switch (c) {
    case '\\':
      if (at(pos_ + 1) != '\n' && pos_ + 1 < text_.size()) word.text += text_[pos_ + 1];
      pos_ += 2;
      word.quoted = true;
      return false;
    case '\'':
      return single_quoted(word), false;
    case '"':
      return double_quoted(word), false;
    case '`':
      return backquoted(word), false;
    case '$':
      return dollar(word, &out);
    case '<':
    case '>':
      return substitution(word, 2), false;
    case '(':
      return array(word), false;
    default:
      word.text += c;
      ++pos_;
      return false;
  }
}

void Parser::single_quoted(Word& word) {
  word.quoted = true;
  const std::size_t end = text_.find('\'', pos_ + 1);
  if (end == std::string_view::npos) shared_.out.complete = false;
  word.text += text_.substr(pos_ + 1, end == std::string_view::npos ? end : end - pos_ - 1);
  pos_ = end == std::string_view::npos ? text_.size() : end + 1;
}

// sh(1), "Double Quotes": a backslash keeps its meaning before $ ` " \ and newline only.
void Parser::double_quoted(Word& word) {
  word.quoted = true;
  for (++pos_; pos_ < text_.size();) {
    const char c = text_[pos_];
    if (c == '"') return void(++pos_);
    if (c == '\\' && std::string_view("$`\"\\\n").find(at(pos_ + 1)) != std::string_view::npos) {
      if (at(pos_ + 1) != '\n') word.text += at(pos_ + 1);
      pos_ += 2;
    } else if (c == '$') {
      dollar(word, nullptr);
    } else if (c == '`') {
      backquoted(word);
    } else {
      word.text += c;
      ++pos_;
    }
  }
  shared_.out.complete = false;
}

void Parser::ansi_quoted(Word& word) {
  word.quoted = true;
  for (pos_ += 2; pos_ < text_.size() && text_[pos_] != '\''; ++pos_) {
    if (text_[pos_] == '\\' && pos_ + 1 < text_.size()) {
      const char c = text_[++pos_];
      word.text += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    } else {
      word.text += text_[pos_];
    }
  }
  ++pos_;
}

void Parser::array(Word& word) {
  const std::size_t begin = pos_++;
  std::size_t depth = 1;
  for (; pos_ < text_.size() && depth > 0; ++pos_) {
    if (text_[pos_] == '(') ++depth;
    if (text_[pos_] == ')') --depth;
  }
  word.text += text_.substr(begin, pos_ - begin);
  word.open = true;
}

bool Parser::dollar(Word& word, std::vector<Word>* out) {
  const char next = at(pos_ + 1);
  if (next == '\'' && out != nullptr) return ansi_quoted(word), false;
  if (next == '"' && out != nullptr) return ++pos_, false;
  if (next == '(') {
    const std::size_t begin = pos_;
    if (at(pos_ + 2) == '(' && skip_arithmetic(pos_ + 3)) {
      word.text += text_.substr(begin, pos_ - begin);
      word.open = true;
      return false;
    }
    return substitution(word, 2), false;
  }
  if (next == '{') return braces(word, out);
  const std::size_t length = name_length(text_.substr(pos_ + 1));
  if (length > 0) {
    const std::string_view name = text_.substr(pos_ + 1, length);
    const std::string_view written = text_.substr(pos_, length + 1);
    pos_ += length + 1;
    return expand(name, written, word, out);
  }
  const bool special = is_digit(next) || (next != '\0' && std::string_view("@*#?-$!").find(next) !=
                                                              std::string_view::npos);
  word.text += text_.substr(pos_, special ? 2 : 1);
  word.open = word.open || special;
  pos_ += special ? 2 : 1;
  return false;
}

bool Parser::braces(Word& word, std::vector<Word>* out) {
  const std::size_t begin = pos_;
  std::size_t depth = 0;
  for (; pos_ < text_.size(); ++pos_) {
    const char c = text_[pos_];
    if (c == '\\') {
      ++pos_;
    } else if (c == '{' && text_[pos_ - 1] == '$') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      break;
    }
  }
  if (pos_ >= text_.size()) {
    shared_.out.complete = false;
    pos_ = text_.size();
  } else {
    ++pos_;
  }
  const std::string_view written = text_.substr(begin, pos_ - begin);
  const std::string_view inside = written.substr(2, written.size() < 3 ? 0 : written.size() - 3);
  const std::size_t length = name_length(inside);
  if (length > 0 && length == inside.size()) return expand(inside, written, word, out);
  const std::string_view rest = inside.substr(length);
  if (length > 0 && (rest.starts_with(":-") || rest.starts_with(":=")) &&
      rest.find_first_of("$`'\"\\") == std::string_view::npos) {
    const std::string_view name = inside.substr(0, length);
    const auto value = value_of(name);
    if (value && !value->empty()) return expand(name, written, word, out);
    if (value) return add(rest.substr(2), word, out);
  }
  word.text += written;
  word.open = true;
  return false;
}

std::optional<std::string_view> Parser::value_of(std::string_view name) const {
  const auto& lost = shared_.lost;
  if (const auto own = shared_.known.find(name); own != shared_.known.end()) return own->second;
  if (std::find(lost.begin(), lost.end(), name) != lost.end()) return {};
  if (const auto given = shared_.given.find(name); given != shared_.given.end())
    return given->second;
  return {};
}

bool Parser::expand(std::string_view name, std::string_view written, Word& word,
                    std::vector<Word>* out) {
  const auto value = value_of(name);
  if (value && shared_.expanded + value->size() <= kMostExpanded) {
    shared_.expanded += value->size();
    return add(*value, word, out);
  }
  word.text += written;
  word.open = true;
  return false;
}

bool Parser::add(std::string_view value, Word& word, std::vector<Word>* out) {
  if (out == nullptr) {
    word.text += value;
    return false;
  }
  const bool open = word.open;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!is_blank(value[i]) && value[i] != '\n') {
      word.text += value[i];
    } else if (!word.text.empty()) {
      const std::size_t offset = word.offset;
      out->push_back(std::move(word));
      word = Word();
      word.offset = offset;
    }
  }
  word.open = word.open || open;
  return true;
}

void Parser::substitution(Word& word, std::size_t opening) {
  const std::size_t begin = pos_;
  pos_ += opening;
  ++depth_;
  list(Closer::parenthesis);
  --depth_;
  word.text += text_.substr(begin, pos_ - begin);
  word.open = true;
}

// sh(1), "Command Substitution": between backquotes a backslash goes before $ ` and \.
void Parser::backquoted(Word& word) {
  const std::size_t begin = pos_++;
  std::string inside;
  while (pos_ < text_.size() && text_[pos_] != '`') {
    if (text_[pos_] == '\\' &&
        std::string_view("$`\\").find(at(pos_ + 1)) != std::string_view::npos)
      ++pos_;
    if (pos_ < text_.size()) inside += text_[pos_++];
  }
  if (pos_ >= text_.size()) shared_.out.complete = false;
  pos_ = std::min(pos_ + 1, text_.size());
  inner_script(inside, base_ + begin + 1);
  word.text += text_.substr(begin, pos_ - begin);
  word.open = true;
}

void Parser::inner_script(std::string_view text, std::size_t base) {
  if (depth_ + 1 >= kDeepest)
    shared_.out.complete = false;
  else
    Parser(text, base, depth_ + 1, shared_).run();
}

bool Parser::skip_arithmetic(std::size_t from) {
  if (arithmetic_tries_ >= kDeepest) return false;
  ++arithmetic_tries_;
  std::size_t depth = 2;
  for (std::size_t i = from; i < text_.size(); ++i) {
    if (text_[i] == '(') ++depth;
    if (text_[i] != ')' || --depth != 1) continue;
    if (at(i + 1) != ')') return false;
    --arithmetic_tries_;
    pos_ = i + 2;
    return true;
  }
  return false;
}

}  // namespace plimsoll::shell
