#include <algorithm>
#include <array>

#include "scanner/formats/shell_parser.h"

// Reserved words: compound commands, functions, conditions.
namespace plimsoll::shell {
namespace {

/// Reserved words after which a command may begin, so that they are just left out.
bool is_opening(std::string_view word) {
  constexpr std::array<std::string_view, 9> kWords = {"if",    "then",  "elif", "else",  "do",
                                                      "while", "until", "!",    "coproc"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}
bool starts_group(std::string_view word) {
  return word == "{" || word == "if" || word == "while" || word == "until";
}
bool ends_group(std::string_view word) { return word == "}" || word == "fi" || word == "done"; }

}  // namespace

bool Parser::word_or_reserved(Closer closer) {
  const bool first = now_.command.words.empty() && now_.command.assignments.empty();
  const std::size_t before = pos_;
  std::vector<Word> got = word();
  if (pos_ == before) return ++pos_, false;  // never without progress
  if (got.empty()) return false;
  if (first && got.size() == 1 && !got[0].quoted && !got[0].open) {
    if (got[0].text == "esac" && closer == Closer::clause) return pos_ = before, true;
    if (reserved(got[0].text)) return false;
  }
  const bool may_assign = now_.command.words.empty();
  if (now_.command.words.empty() && now_.command.assignments.empty())
    now_.command.offset = base_ + before;
  if (may_assign && take_assignment(got)) return false;
  for (Word& one : got) now_.command.words.push_back(std::move(one));
  return false;
}

bool Parser::reserved(std::string_view text) {
  if (starts_group(text)) now_.groups.push_back(now_.start);
  if (is_opening(text) || text == "{") return true;
  if (ends_group(text)) {
    if (now_.groups.empty()) return text != "}";
    now_.start = now_.groups.back();
    now_.groups.pop_back();
    return true;
  }
  if (text == "for" || text == "select") return loop_head(), true;
  if (text == "case") return case_clause(), true;
  if (text == "function") return function_head(), true;
  if (text == "[[") return skip_condition(), true;
  return text == "esac";
}

void Parser::loop_head() {
  now_.groups.push_back(now_.start);
  while (pos_ < text_.size() && at(pos_) != '\n' && at(pos_) != ';') {
    if (is_blank(at(pos_))) {
      ++pos_;
    } else if (next_is("((")) {
      if (!skip_arithmetic(pos_ + 2)) ++pos_;
    } else {
      const std::size_t before = pos_;
      const auto got = word();
      if (got.size() == 1) forget(got[0].text);
      if (pos_ == before) ++pos_;
    }
  }
}

void Parser::function_head() {
  skip_blanks();
  word();
  const std::size_t after = text_.find_first_not_of(" \t()", pos_);
  pos_ = after == std::string_view::npos ? text_.size() : after;
}

void Parser::skip_blanks() {
  while (pos_ < text_.size() && (is_blank(at(pos_)) || at(pos_) == '\n')) ++pos_;
}

void Parser::case_clause() {
  skip_blanks();
  word();
  skip_blanks();
  if (next_is("in")) pos_ += 2;
  ++depth_;
  while (pos_ < text_.size()) {
    skip_blanks();
    if (at(pos_) == '#') {
      skip_comment();
      continue;
    }
    if (next_is("esac") && !is_name_char(at(pos_ + 4))) {
      pos_ += 4;
      break;
    }
    if (at(pos_) == '(') ++pos_;
    skip_pattern();
    list(Closer::clause);
  }
  --depth_;
}

void Parser::skip_pattern() {
  while (pos_ < text_.size() && at(pos_) != ')') {
    const std::size_t before = pos_;
    if (!is_blank(at(pos_)) && at(pos_) != '|') word();
    if (pos_ == before) ++pos_;
  }
  ++pos_;
}

void Parser::skip_condition() {
  while (pos_ < text_.size() && !next_is("]]")) {
    const std::size_t before = pos_;
    if (std::string_view(" \t\n()<>&|;").find(at(pos_)) == std::string_view::npos) {
      const auto got = word();
      if (got.size() == 1 && got[0].text == "]]") return;
    }
    if (pos_ == before) ++pos_;
  }
  if (pos_ < text_.size()) pos_ += 2;
}

bool Parser::take_assignment(std::vector<Word>& got) {
  Word& word = got.front();
  const std::size_t length = name_length(word.text);
  if (length == 0) return false;
  std::size_t equals = length;
  if (equals < word.text.size() && word.text[equals] == '+') ++equals;
  if (equals >= word.text.size() || word.text[equals] != '=') return false;
  std::string name = word.text.substr(0, length);
  // No splitting in an assignment.
  for (std::size_t i = 1; i < got.size(); ++i) word.text += " " + got[i].text;
  word.text.erase(0, equals + 1);
  if (equals != length) word.open = true;
  now_.command.assignments.push_back({std::move(name), std::move(word)});
  return true;
}

}  // namespace plimsoll::shell
