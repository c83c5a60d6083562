#include "scanner/formats/shell_command.h"

#include <algorithm>
#include <array>
#include <optional>

#include "scanner/base/text.h"
#include "scanner/formats/shell_words.h"

namespace plimsoll::shell {
namespace {

constexpr unsigned kDeepest = 24;
constexpr int kMostWrappers = 8;
/// `$X $X $X ...` with a long value must not make much out of little.
constexpr std::size_t kMostExpanded = 1U << 20U;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) { return is_name_start(c) || is_digit(c); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::size_t name_length(std::string_view text) {
  if (text.empty() || !is_name_start(text[0])) return 0;
  std::size_t i = 1;
  while (i < text.size() && is_name_char(text[i])) ++i;
  return i;
}

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

/// What all levels of one script share.
struct Shared {
  Script out;
  Variables known;                ///< what assignments in the script have set
  std::vector<std::string> lost;  ///< set in the script to something that is not known
  const Variables& given;
  std::size_t expanded = 0;
};

/// Which character or word ends a list.
enum class Closer : std::uint8_t { end, parenthesis, clause };

class Parser {
 public:
  Parser(std::string_view text, std::size_t base, unsigned depth, Shared& shared)
      : text_(text), base_(base), depth_(depth), shared_(shared) {}

  void run() {
    // A `)` or `esac` too many: the shell would stop there, the rest is read all the same.
    do {
      list(Closer::end);
    } while (pos_ < text_.size());
  }

 private:
  using Joint = Command::Joint;

  // --- characters

  [[nodiscard]] char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  [[nodiscard]] bool next_is(std::string_view what) const {
    return text_.substr(pos_, what.size()) == what;
  }
  std::vector<Command>& commands() { return shared_.out.commands; }

  // --- lists of commands

  struct State {
    Command command;
    Joint joint = Joint::sequence;
    std::size_t start = 0;            ///< of the pipeline
    std::size_t inner = 0;            ///< where the commands of this one's substitutions begin
    std::vector<std::size_t> groups;  ///< the pipelines around `{`, `if`, `while`
  };

  /// `joint`: what ties the list to the command before; of a subshell the input is its first
  /// command's.
  void list(Closer closer, Joint joint = Joint::sequence) {
    if (depth_ >= kDeepest) return give_up();
    State outer = std::move(now_);
    now_ = State();
    now_.joint = joint;
    now_.inner = commands().size();
    now_.start = joint == Joint::pipe ? outer.start : now_.inner;
    while (pos_ < text_.size() && !step(closer)) {
    }
    finish();
    now_ = std::move(outer);
  }

  void give_up() {
    shared_.out.complete = false;
    pos_ = text_.size();
  }

  /// Reads one token; true when it was the closer.
  bool step(Closer closer) {
    const char c = text_[pos_];
    if (is_blank(c)) return ++pos_, false;
    if (c == '\\' && (at(pos_ + 1) == '\n' || pos_ + 1 == text_.size())) return pos_ += 2, false;
    if (c == '\n') return new_line(), false;
    if (c == '#') return skip_comment(), false;
    if (c == ';') return semicolon(closer);
    if (c == '&' && at(pos_ + 1) != '>') return ampersand(), false;
    if (c == '|') return bar(), false;
    if (c == '(') return parenthesis(), false;
    if (c == ')') return ++pos_, close(closer);
    if (at_redirect()) return redirect(), false;
    return word_or_reserved(closer);
  }

  void skip_comment() {
    const std::size_t end = text_.find('\n', pos_);
    pos_ = end == std::string_view::npos ? text_.size() : end;
  }

  void separate(Joint joint, std::size_t length) {
    finish();
    pos_ += length;
    now_.joint = joint;
    if (joint != Joint::pipe) now_.start = now_.inner = commands().size();
    now_.inner = commands().size();
  }

  void new_line() {
    separate(Joint::sequence, 1);
    read_heredocs();
  }

  bool semicolon(Closer closer) {
    const bool ends_clause = at(pos_ + 1) == ';' || at(pos_ + 1) == '&';
    separate(Joint::sequence, ends_clause ? 2 : 1);
    if (ends_clause && at(pos_) == '&') ++pos_;
    return ends_clause && closer == Closer::clause;
  }

  void ampersand() {
    const bool both = at(pos_ + 1) == '&';
    separate(both ? Joint::and_then : Joint::sequence, both ? 2 : 1);
  }

  void bar() {
    if (at(pos_ + 1) == '|') return separate(Joint::or_else, 2);
    separate(Joint::pipe, at(pos_ + 1) == '&' ? 2 : 1);
  }

  bool close(Closer closer) {
    if (closer == Closer::parenthesis) return true;
    separate(Joint::sequence, 0);
    return false;
  }

  void parenthesis() {
    if (now_.command.words.empty() && next_is("((")) {
      if (skip_arithmetic(pos_ + 2)) return;
    }
    const std::size_t after = text_.find_first_not_of(" \t", pos_ + 1);
    if (now_.command.words.size() == 1 && at(after) == ')') {  // the head of a function
      now_.command = Command();
      pos_ = after + 1;
      return;
    }
    ++pos_;
    ++depth_;
    list(Closer::parenthesis, now_.joint);
    --depth_;
  }

  // --- words

  bool word_or_reserved(Closer closer) {
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

  bool reserved(std::string_view text) {
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

  /// `for NAME in WORDS`: up to the separator before `do`.
  void loop_head() {
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

  void function_head() {
    skip_blanks();
    word();
    const std::size_t after = text_.find_first_not_of(" \t()", pos_);
    pos_ = after == std::string_view::npos ? text_.size() : after;
  }

  void skip_blanks() {
    while (pos_ < text_.size() && (is_blank(at(pos_)) || at(pos_) == '\n')) ++pos_;
  }

  void case_clause() {
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

  void skip_pattern() {
    while (pos_ < text_.size() && at(pos_) != ')') {
      const std::size_t before = pos_;
      if (!is_blank(at(pos_)) && at(pos_) != '|') word();
      if (pos_ == before) ++pos_;
    }
    ++pos_;
  }

  /// `[[ ... ]]`: its operators are not those of commands.
  void skip_condition() {
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

  bool take_assignment(std::vector<Word>& got) {
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

  /// One word; several where an unquoted variable has blanks in it, none where it is empty.
  std::vector<Word> word() {
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

  static bool opens_array(const Word& word) {
    return word.text.ends_with('=') ||
           (word.text.size() == 1 && word.text.find_first_of("@?*+!") == 0);
  }

  /// Reads one piece; true when it was an expansion that leaves no word by itself.
  bool unquoted(char c, Word& word, std::vector<Word>& out) {
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

  void single_quoted(Word& word) {
    word.quoted = true;
    const std::size_t end = text_.find('\'', pos_ + 1);
    if (end == std::string_view::npos) shared_.out.complete = false;
    word.text += text_.substr(pos_ + 1, end == std::string_view::npos ? end : end - pos_ - 1);
    pos_ = end == std::string_view::npos ? text_.size() : end + 1;
  }

  // sh(1), "Double Quotes": a backslash keeps its meaning before $ ` " \ and newline only.
  void double_quoted(Word& word) {
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

  /// $'...': escapes as in C.
  void ansi_quoted(Word& word) {
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

  /// A list in parentheses after `NAME=` or a pattern: read past, as written.
  void array(Word& word) {
    const std::size_t begin = pos_++;
    std::size_t depth = 1;
    for (; pos_ < text_.size() && depth > 0; ++pos_) {
      if (text_[pos_] == '(') ++depth;
      if (text_[pos_] == ')') --depth;
    }
    word.text += text_.substr(begin, pos_ - begin);
    word.open = true;
  }

  // --- expansions

  bool dollar(Word& word, std::vector<Word>* out) {
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
    const bool special =
        is_digit(next) ||
        (next != '\0' && std::string_view("@*#?-$!").find(next) != std::string_view::npos);
    word.text += text_.substr(pos_, special ? 2 : 1);
    word.open = word.open || special;
    pos_ += special ? 2 : 1;
    return false;
  }

  /// `${...}`: the whole as written, or its value when it is a name alone or with a default.
  bool braces(Word& word, std::vector<Word>* out) {
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

  [[nodiscard]] std::optional<std::string_view> value_of(std::string_view name) const {
    const auto& lost = shared_.lost;
    if (const auto own = shared_.known.find(name); own != shared_.known.end()) return own->second;
    if (std::find(lost.begin(), lost.end(), name) != lost.end()) return {};
    if (const auto given = shared_.given.find(name); given != shared_.given.end())
      return given->second;
    return {};
  }

  bool expand(std::string_view name, std::string_view written, Word& word, std::vector<Word>* out) {
    const auto value = value_of(name);
    if (value && shared_.expanded + value->size() <= kMostExpanded) {
      shared_.expanded += value->size();
      return add(*value, word, out);
    }
    word.text += written;
    word.open = true;
    return false;
  }

  /// A value; unquoted (`out`) it is split at blanks (sh(1), "White Space Splitting").
  bool add(std::string_view value, Word& word, std::vector<Word>* out) {
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

  /// `$(`, `<(`, `>(`: the commands inside are commands of the script, too.
  void substitution(Word& word, std::size_t opening) {
    const std::size_t begin = pos_;
    pos_ += opening;
    ++depth_;
    list(Closer::parenthesis);
    --depth_;
    word.text += text_.substr(begin, pos_ - begin);
    word.open = true;
  }

  // sh(1), "Command Substitution": between backquotes a backslash goes before $ ` and \.
  void backquoted(Word& word) {
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

  void inner_script(std::string_view text, std::size_t base) {
    if (depth_ + 1 >= kDeepest)
      shared_.out.complete = false;
    else
      Parser(text, base, depth_ + 1, shared_).run();
  }

  /// From behind `((` to behind `))`; false, and nowhere, when it is not arithmetic.
  bool skip_arithmetic(std::size_t from) {
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

  // --- redirections

  [[nodiscard]] bool at_redirect() const {
    std::size_t i = pos_;
    while (is_digit(at(i)) && i - pos_ < 3) ++i;
    if (i == pos_ && at(i) == '&') ++i;
    if (at(i) != '<' && at(i) != '>') return false;
    return at(i + 1) != '(';
  }

  void redirect() {
    while (is_digit(at(pos_))) ++pos_;
    std::string op;
    while (pos_ < text_.size() &&
           std::string_view("<>&|").find(at(pos_)) != std::string_view::npos && op.size() < 3 &&
           (op.empty() || at(pos_) != '<' || op.back() == '<')) {
      op += text_[pos_++];
      if ((op == ">&" || op == "<&" || op == ">|" || op == ">>" || op == "<<<" || op == "&>>"))
        break;
    }
    const bool heredoc = op == "<<";
    const bool strip = heredoc && at(pos_) == '-';
    if (strip) ++pos_;
    while (is_blank(at(pos_))) ++pos_;
    const std::vector<Word> got = word();
    Redirect made{std::move(op), got.empty() ? Word() : got.front()};
    if (heredoc)
      heredocs_.push_back(
          {made.target.text, strip, commands().size(), now_.command.redirects.size()});
    now_.command.redirects.push_back(std::move(made));
  }

  struct Heredoc {
    std::string delimiter;
    bool strip = false;
    std::size_t command = 0;   ///< the index that its command gets, or a later one of its line
    std::size_t redirect = 0;  ///< which of the redirections of the command it is
  };

  void read_heredocs() {
    std::vector<Heredoc> wanted = std::move(heredocs_);
    heredocs_.clear();
    for (const Heredoc& one : wanted) {
      const std::size_t begin = pos_;
      std::size_t end = text_.size();
      bool closed = false;
      while (pos_ < text_.size() && !closed) {
        const std::size_t next = std::min(text_.find('\n', pos_), text_.size());
        std::string_view line = text_.substr(pos_, next - pos_);
        if (one.strip) line = trim_left(line, "\t");
        closed = trim_right(line, "\r") == one.delimiter;
        if (closed) end = pos_;
        pos_ = std::min(next + 1, text_.size());
      }
      give_heredoc(one, begin, text_.substr(begin, end - begin));
    }
    now_.start = now_.inner = commands().size();
  }

  void give_heredoc(const Heredoc& heredoc, std::size_t begin, std::string_view body) {
    // The commands of substitutions on the line may stand before its own.
    for (std::size_t i = heredoc.command; i < commands().size(); ++i) {
      auto& redirects = commands()[i].redirects;
      if (heredoc.redirect >= redirects.size()) continue;
      Redirect& redirect = redirects[heredoc.redirect];
      if (redirect.op != "<<" || redirect.target.offset == kTaken) continue;
      redirect.target.text = body;
      redirect.target.offset = kTaken;
      if (reads_program(commands()[i])) inner_script(std::string(body), base_ + begin);
      return;
    }
  }
  static constexpr std::size_t kTaken = std::string_view::npos;

  // --- commands

  void forget(const std::string& name) {
    shared_.known.erase(name);
    if (name_length(name) == name.size() && !name.empty() && shared_.lost.size() < 64)
      shared_.lost.push_back(name);
  }

  void remember(const std::string& name, const Word& value) {
    if (value.open || shared_.known.size() > 256)
      forget(name);
    else
      shared_.known[name] = value.text;
  }

  /// What later commands of the script see: assignments without a command, `export` and the like.
  void note_assignments(const Command& command) {
    if (command.words.empty()) {
      for (const Assignment& one : command.assignments) remember(one.name, one.value);
      return;
    }
    const std::string_view name = command.name();
    if (name == "read") {
      for (std::size_t i = 1; i < command.words.size(); ++i) forget(command.words[i].text);
    }
    if (name != "export" && name != "declare" && name != "local" && name != "readonly") return;
    for (std::size_t i = 1; i < command.words.size(); ++i) {
      const Word& word = command.words[i];
      const std::size_t equals = word.text.find('=');
      if (equals == std::string::npos || name_length(word.text) != equals) continue;
      Word value = word;
      value.text.erase(0, equals + 1);
      remember(word.text.substr(0, equals), value);
    }
  }

  void finish() {
    Command command = std::move(now_.command);
    now_.command = Command();
    if (command.words.empty() && command.assignments.empty()) return;
    note_assignments(command);
    command.joint = now_.joint;
    command.depth = depth_;
    command.pipeline_start = std::min(now_.start, commands().size());
    command.inner_start = std::min(now_.inner, commands().size());
    commands().push_back(std::move(command));
    unwrap(0);
    now_.inner = commands().size();
  }

  /// The command just added may start another one.
  void unwrap(int level) {
    const std::size_t index = commands().size() - 1;
    const Wrapped inner = wrapped_command(commands()[index]);
    if (inner.script) {
      const bool all = commands()[index].name() == "eval";
      std::string script = commands()[index].words[*inner.script].text;
      const std::size_t offset = commands()[index].words[*inner.script].offset;
      for (std::size_t i = *inner.script + 1; all && i < commands()[index].words.size(); ++i)
        script += " " + commands()[index].words[i].text;
      // The output of a command is not known; the command itself stands before this one already.
      if (!script.starts_with("$(") && !script.starts_with('`')) inner_script(script, offset + 1);
    } else if (inner.first > 0 && level < kMostWrappers) {
      Command made = commands()[index];
      made.via = made.name();
      made.words.erase(made.words.begin(),
                       made.words.begin() + static_cast<std::ptrdiff_t>(inner.first));
      commands().push_back(std::move(made));
      unwrap(level + 1);
    }
  }

  std::string_view text_;
  std::size_t base_;
  unsigned depth_;
  Shared& shared_;
  std::size_t pos_ = 0;
  State now_;
  std::vector<Heredoc> heredocs_;
  unsigned arithmetic_tries_ = 0;  ///< failed ones: each looks at all that follows
};

}  // namespace

std::string_view Command::name() const {
  if (words.empty()) return {};
  const std::string_view word = words.front().text;
  // What a substitution yields is not known.
  if (words.front().open && word.find_first_of("(`") != std::string_view::npos) return word;
  return word.substr(word.rfind('/') + 1);
}

Script parse(std::string_view script, const Variables& variables) {
  Shared shared{{}, {}, {}, variables};
  Parser(script, 0, 0, shared).run();
  return std::move(shared.out);
}

Script parse_exec(const std::vector<std::string>& words, const Variables& variables) {
  // Quoted, each word stands for itself.
  std::string script;
  for (const std::string& word : words) {
    script += script.empty() ? "'" : " '";
    for (const char c : word) script += c == '\'' ? std::string("'\\''") : std::string(1, c);
    script += '\'';
  }
  return parse(script, variables);
}

}  // namespace plimsoll::shell
