#include "scanner/formats/shell_command.h"

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/formats/shell_parser.h"
#include "scanner/formats/shell_words.h"

namespace plimsoll::shell {
namespace {

constexpr int kMostWrappers = 8;

}  // namespace

std::size_t name_length(std::string_view text) {
  if (text.empty() || !is_name_start(text[0])) return 0;
  std::size_t i = 1;
  while (i < text.size() && is_name_char(text[i])) ++i;
  return i;
}

void Parser::run() {
  // A `)` or `esac` too many: the shell would stop there, the rest is read all the same.
  do {
    list(Closer::end);
  } while (pos_ < text_.size());
}

bool Parser::next_is(std::string_view what) const {
  return text_.substr(pos_, what.size()) == what;
}

void Parser::list(Closer closer, Joint joint) {
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

void Parser::give_up() {
  shared_.out.complete = false;
  pos_ = text_.size();
}

bool Parser::step(Closer closer) {
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

void Parser::skip_comment() {
  const std::size_t end = text_.find('\n', pos_);
  pos_ = end == std::string_view::npos ? text_.size() : end;
}

void Parser::separate(Joint joint, std::size_t length) {
  finish();
  pos_ += length;
  now_.joint = joint;
  if (joint != Joint::pipe) now_.start = now_.inner = commands().size();
  now_.inner = commands().size();
}

void Parser::new_line() {
  separate(Joint::sequence, 1);
  read_heredocs();
}

bool Parser::semicolon(Closer closer) {
  const bool ends_clause = at(pos_ + 1) == ';' || at(pos_ + 1) == '&';
  separate(Joint::sequence, ends_clause ? 2 : 1);
  if (ends_clause && at(pos_) == '&') ++pos_;
  return ends_clause && closer == Closer::clause;
}

void Parser::ampersand() {
  const bool both = at(pos_ + 1) == '&';
  separate(both ? Joint::and_then : Joint::sequence, both ? 2 : 1);
}

void Parser::bar() {
  if (at(pos_ + 1) == '|') return separate(Joint::or_else, 2);
  separate(Joint::pipe, at(pos_ + 1) == '&' ? 2 : 1);
}

bool Parser::close(Closer closer) {
  if (closer == Closer::parenthesis) return true;
  separate(Joint::sequence, 0);
  return false;
}

void Parser::parenthesis() {
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

// --- redirections

bool Parser::at_redirect() const {
  std::size_t i = pos_;
  while (is_digit(at(i)) && i - pos_ < 3) ++i;
  if (i == pos_ && at(i) == '&') ++i;
  if (at(i) != '<' && at(i) != '>') return false;
  return at(i + 1) != '(';
}

void Parser::redirect() {
  while (is_digit(at(pos_))) ++pos_;
  std::string op;
  while (pos_ < text_.size() && std::string_view("<>&|").find(at(pos_)) != std::string_view::npos &&
         op.size() < 3 && (op.empty() || at(pos_) != '<' || op.back() == '<')) {
    op += text_[pos_++];
    if ((op == ">&" || op == "<&" || op == ">|" || op == ">>" || op == "<<<" || op == "&>>")) break;
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

void Parser::read_heredocs() {
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

void Parser::give_heredoc(const Heredoc& heredoc, std::size_t begin, std::string_view body) {
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

// --- commands

void Parser::forget(const std::string& name) {
  shared_.known.erase(name);
  if (name_length(name) == name.size() && !name.empty() && shared_.lost.size() < 64)
    shared_.lost.push_back(name);
}

void Parser::remember(const std::string& name, const Word& value) {
  if (value.open || shared_.known.size() > 256)
    forget(name);
  else
    shared_.known[name] = value.text;
}

void Parser::note_assignments(const Command& command) {
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

void Parser::finish() {
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

void Parser::unwrap(int level) {
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
