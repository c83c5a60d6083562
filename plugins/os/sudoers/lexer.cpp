#include "plugins/os/sudoers/lexer.h"

#include <algorithm>
#include <array>

#include "plugins/os/sudoers/lengths.h"
#include "scanner/base/text.h"

namespace plimsoll::sudoers {
namespace {

using View = std::string_view;

// The rules, in the order that settles a tie.
enum Rule : int {
  kListComma,
  kScopeBlank,
  kName,
  kNameComma,
  kAssign,
  kAdd,
  kRemove,
  kValueQuote,
  kValue,
  kStringContinuation,
  kStringEnd,
  kStringBackslash,
  kStringBody,
  kArgumentGlob,
  kArgumentEscape,
  kCommandEnd,
  kArgument,
  kRegexEscape,
  kRegexBroken,
  kRegexEnd,
  kRegexBody,
  kHexDigest,
  kBase64Digest,
  kInclude,
  kIncludeDirectory,
  kOldInclude,
  kOldIncludeDirectory,
  kDefaults,
  kAliasKind,
  kTag,
  kEmptyGroup,
  kNetgroup,
  kGroup,
  kAddress,
  kAll,
  kOption,
  kAlias,
  kScopeCommand,
  kDigestType,
  kSudoedit,
  kOptionPath,
  kPath,
  kRegexCommand,
  kQuote,
  kWord,
  kIncludePath,
  kIncludeQuote,
  kPunctuation,
  kBangs,
  kNewline,
  kBlanks,
  kContinuation,
  kComment,
  kNoMatch,
};

// As Debian builds it: with SELinux, without AppArmor and Solaris privileges.
constexpr std::array<View, 7> kOptions = {"TIMEOUT", "NOTBEFORE", "NOTAFTER", "CWD",
                                          "CHROOT",  "ROLE",      "TYPE"};
constexpr std::array<std::pair<View, std::size_t>, 4> kDigests = {
    {{"sha224", 28}, {"sha256", 32}, {"sha384", 48}, {"sha512", 64}}};

template <class Test>
std::size_t run(View text, Test&& test) {
  std::size_t i = 0;
  while (i < text.size() && test(text[i])) ++i;
  return i;
}

int hex_value(char c) {
  if (digit(c)) return c - '0';
  return (c >= 'a' ? c - 'a' : c - 'A') + 10;
}

/// Backslashes fall away; `\xHH` is a byte.
std::string unescape(View text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
    } else if (text[i + 1] == 'x' && i + 3 < text.size() && hex(text[i + 2]) && hex(text[i + 3])) {
      out += static_cast<char>(hex_value(text[i + 2]) * 16 + hex_value(text[i + 3]));
      i += 3;
    } else {
      out += text[++i];
    }
  }
  return out;
}

}  // namespace

Lexer::Lexer(std::string_view text) {
  text_.reserve(text.size() + 1);
  for (const Line& one : lines(text)) {
    text_ += one.text.substr(0, one.text.find('\0'));
    text_ += '\n';
  }
}

/// States in which the words of rules are read.
bool Lexer::in_rules() const {
  return state_ == State::initial || state_ == State::scope || state_ == State::digest ||
         state_ == State::option_path;
}

void Lexer::offer(Reading& best, int rule, std::size_t length) const {
  if (length > best.length || (length == best.length && length > 0 && rule < best.rule))
    best = {length, rule};
}

void Lexer::choose_rule_words(Reading& best) const {
  const View text = rest();
  if (state_ == State::initial) {
    offer(best, kInclude, exactly(text, "@include"));
    offer(best, kIncludeDirectory, exactly(text, "@includedir"));
    if (line_start_) {
      offer(best, kOldInclude, line_of(text, "#include"));
      offer(best, kOldIncludeDirectory, line_of(text, "#includedir"));
      offer(best, kDefaults, defaults_word(text));
      offer(best, kAliasKind, alias_kind(text));
    }
    for (const View option : kOptions) offer(best, kOption, exactly(text, option));
  }
  if (state_ == State::scope) {
    const std::size_t lead = blanks(text);
    if (lead < text.size() && text[lead] == ',')
      offer(best, kListComma, lead + 1 + blanks(text, lead + 1));
    offer(best, kScopeBlank, lead);
    offer(best, kScopeCommand, std::max({path(text), regex(text), exactly(text, "sudoedit")}));
  }
  if (state_ == State::digest) {
    offer(best, kHexDigest, run(text, hex));
    offer(best, kBase64Digest, run(text, [](char c) {
            return digit(c) || upper_case(c) || (c >= 'a' && c <= 'z') || one_of(c, "+/=");
          }));
  }
}

void Lexer::choose_words(Reading& best) const {
  const View text = rest();
  choose_rule_words(best);
  offer(best, kTag, tag(text));
  if (text.starts_with('+'))
    offer(best, kNetgroup, word(text.substr(1)) == 0 ? 0 : 1 + word(text.substr(1)));
  if (text.starts_with('%')) {
    const std::size_t lead = text.starts_with("%:") ? 2 : 1;
    const std::size_t name = word_or_id(text.substr(lead));
    if (name > 0) offer(best, kGroup, lead + name);
  }
  const bool words_too = state_ == State::initial || state_ == State::scope;
  if (words_too && (text.starts_with('+') || text.starts_with('%')))
    offer(best, kEmptyGroup, text.starts_with("%:") ? 2 : 1);
  offer(best, kAddress, address(text));
  offer(best, kAll, exactly(text, "ALL"));
  if (!text.empty() && upper_case(text[0]))
    offer(best, kAlias, run(text, [](char c) { return upper_case(c) || digit(c) || c == '_'; }));
  for (const auto& [name, bytes] : kDigests) offer(best, kDigestType, exactly(text, name));
  offer(best, kSudoedit, exactly(text, "sudoedit"));
  if (state_ == State::option_path) offer(best, kOptionPath, std::max(path(text), word(text)));
  offer(best, kPath, path(text));
  offer(best, kRegexCommand, regex(text));
  if (words_too) {
    offer(best, kQuote, exactly(text, "\""));
    offer(best, kWord, word_or_id(text));
  }
  if (!text.empty() && one_of(text[0], "(),=:")) offer(best, kPunctuation, 1);
}

/// Rules that hold in every state.
void Lexer::choose_common(Reading& best) const {
  const View text = rest();
  offer(best, kBangs, run(text, [](char c) { return c == '!'; }));
  offer(best, kNewline, newline_at(text, 0));
  offer(best, kBlanks, blanks(text));
  if (text.starts_with('\\')) {
    const std::size_t lead = 1 + blanks(text, 1);
    if (const std::size_t end = newline_at(text, lead); end > 0)
      offer(best, kContinuation, lead + end);
  }
  if (state_ == State::initial || state_ == State::before_name || state_ == State::after_name)
    offer(best, kComment, comment(text));
  offer(best, kNoMatch, 1);
}

Lexer::Reading Lexer::choose() const {
  const View text = rest();
  const char c = text[0];
  Reading best;
  if (in_rules()) {
    choose_words(best);
  } else if (state_ == State::before_name) {
    offer(best, kName, run(text, [](char x) { return (x >= 'a' && x <= 'z') || x == '_'; }));
  } else if (state_ == State::after_name) {
    if (c == ',') offer(best, kNameComma, 1);
    if (c == '=') offer(best, kAssign, 1);
    offer(best, kAdd, exactly(text, "+="));
    offer(best, kRemove, exactly(text, "-="));
    if (c == '"') offer(best, kValueQuote, 1);
    if (c != '!') offer(best, kValue, word_length(text, "#=, \t\r\n\"", "\r\n"));
  } else if (state_ == State::string) {
    const std::size_t lead = c == '\\' ? 1 + blanks(text, 1) : 0;
    const std::size_t end = lead > 0 ? newline_at(text, lead) : 0;
    if (end > 0) offer(best, kStringContinuation, lead + end + blanks(text, lead + end));
    if (c == '"') offer(best, kStringEnd, 1);
    if (c == '\\') offer(best, kStringBackslash, 1);
    std::size_t i = 0;
    while (i < text.size()) {
      const bool quoted = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"';
      if (!quoted && one_of(text[i], "\"\r\n\\")) break;
      i += quoted ? 2 : 1;
    }
    offer(best, kStringBody, i);
  } else if (state_ == State::command) {
    if (c == '\\' && text.size() > 1) {
      if (one_of(text[1], "*?[]!^")) offer(best, kArgumentGlob, 2);
      if (one_of(text[1], ":\\,= \t#")) offer(best, kArgumentEscape, 2);
    }
    if (one_of(c, "#:,=\r\n")) offer(best, kCommandEnd, 1);
    offer(best, kArgument, run(text, [](char x) { return !one_of(x, "#\\:, \t\r\n"); }));
  } else if (state_ == State::regex) {
    if (c == '\\' && text.size() > 1 && !one_of(text[1], "\r\n")) offer(best, kRegexEscape, 2);
    if (one_of(c, "#\r\n")) offer(best, kRegexBroken, 1);
    if (c == '$') offer(best, kRegexEnd, 1);
    offer(best, kRegexBody, run(text, [](char x) { return !one_of(x, "#\\\r\n$"); }));
  } else if (state_ == State::include_path) {
    if (c == '"') offer(best, kIncludeQuote, 1);
    if (!one_of(c, "\" \t\r\n\v\f")) {
      std::size_t i = 1;
      while (i < text.size()) {
        const bool escaped = text[i] == '\\' && i + 1 < text.size() && blank(text[i + 1]);
        if (!escaped && one_of(text[i], " \t\r\n\v\f")) break;
        i += escaped ? 2 : 1;
      }
      offer(best, kIncludePath, i);
    }
  }
  choose_common(best);
  return best;
}

bool Lexer::fail(Token& token, std::string why) const {
  token.kind = Kind::error;
  token.text = std::move(why);
  return true;
}

void Lexer::begin_command(std::string_view matched) {
  command_.clear();
  arguments_.clear();
  has_arguments_ = false;
  saw_blank_ = false;
  if (matched.starts_with('^')) {
    command_ = matched;
    return;
  }
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (matched[i] == '\\' && i + 1 < matched.size() && one_of(matched[i + 1], ",:= \t#")) ++i;
    command_ += matched[i];
  }
  // sudoers(5) sudoedit: a path before it is dropped.
  if (command_.ends_with("/sudoedit")) command_ = "sudoedit";
}

void Lexer::add_argument(std::string_view text, bool blank_before) {
  if (has_arguments_ && blank_before) arguments_ += ' ';
  arguments_ += text;
  has_arguments_ = true;
}

bool Lexer::end_string(Token& token) {
  state_ = after_string_;
  if (!has_value_) return fail(token, "an empty string");
  token.kind = Kind::word;
  if (after_string_ == State::initial || after_string_ == State::scope) {
    if (value_ == "%" || value_ == "%:") return fail(token, "an empty group");
    if (value_ == "+") return fail(token, "an empty netgroup");
    if (value_[0] == '%') token.kind = Kind::group;
    if (value_[0] == '+') token.kind = Kind::netgroup;
  }
  token.text = value_;
  return true;
}

/// Words that begin a line.
bool Lexer::act_line(int rule, std::string_view matched, Token& token) {
  if (continued_) return fail(token, "a directive in a continued line");
  if (rule == kAliasKind) {
    token.kind = Kind::alias_kind;
    token.text = trim(matched);
    return true;
  }
  if (rule != kDefaults) {
    const bool directory = rule == kIncludeDirectory || rule == kOldIncludeDirectory;
    token.kind = directory ? Kind::include_directory : Kind::include;
    // The old form matched to the end of the line to tell it from a comment; its path comes next.
    if (rule == kOldInclude) at_ = at_ - matched.size() + View("#include").size();
    if (rule == kOldIncludeDirectory) at_ = at_ - matched.size() + View("#includedir").size();
    line_start_ = false;
    state_ = State::include_path;
    return true;
  }
  const std::size_t start = blanks(matched) + View("Defaults").size();
  token.kind = Kind::defaults;
  state_ = State::scope;
  if (start < matched.size()) {
    token.text = matched.substr(start, 1);
    at_ = at_ - matched.size() + start + 1 + blanks(matched, start + 1);
  }
  return true;
}

bool Lexer::act_word(int rule, std::string_view matched, Token& token) {
  token.text = unescape(matched);
  switch (rule) {
    case kTag:
      token.kind = Kind::tag;
      token.text = trim_right(matched.substr(0, matched.size() - 1));
      return true;
    case kEmptyGroup:
      return fail(token, "an empty group or netgroup");
    case kNetgroup:
      token.kind = Kind::netgroup;
      return true;
    case kGroup:
      token.kind = Kind::group;
      return true;
    case kAll:
      token.kind = Kind::all;
      return true;
    case kAlias:
      token.kind = Kind::alias;
      return true;
    case kOption:
      token.kind = Kind::option;
      if (matched == "CWD" || matched == "CHROOT") state_ = State::option_path;
      return true;
    case kScopeCommand:
      begin_command(matched);
      token.kind = Kind::command;
      token.text = command_;
      return true;
    case kDigestType:
      token.kind = Kind::digest_type;
      state_ = State::digest;
      for (const auto& [name, bytes] : kDigests)
        if (name == matched) digest_bytes_ = bytes;
      return true;
    case kOptionPath:
      state_ = State::initial;
      token.kind = Kind::word;
      return true;
    case kIncludePath:
      state_ = State::initial;
      token.kind = Kind::word;
      return true;
    case kPath:
    case kSudoedit:
    case kRegexCommand:
      begin_command(matched);
      if (rule == kPath && matched.back() == '/') {  // directories take no arguments
        token.kind = Kind::command;
        token.text = command_;
        return true;
      }
      state_ = State::command;
      return false;
    case kHexDigest:
    case kBase64Digest: {
      state_ = State::initial;
      const std::size_t padded = 4 * ((digest_bytes_ + 2) / 3);
      const std::size_t bare = (4 * digest_bytes_ + 2) / 3;
      const std::size_t wanted = rule == kHexDigest      ? digest_bytes_ * 2
                                 : matched.back() == '=' ? padded
                                                         : bare;
      if (matched.size() != wanted) return false;
      token.kind = Kind::digest;
      return true;
    }
    default:
      token.kind = Kind::word;
      return true;
  }
}

/// What happens inside Defaults lists, strings and commands.
bool Lexer::act_state(int rule, std::string_view matched, Token& token) {
  const auto command_token = [&] {
    state_ = State::initial;
    token.kind = Kind::command;
    token.text = has_arguments_ ? command_ + " " + arguments_ : command_;
    return true;
  };
  const auto punctuation = [&](char c) {
    token.kind = Kind::punctuation;
    token.text = std::string(1, c);
    return true;
  };
  switch (rule) {
    case kListComma:
      return punctuation(',');
    case kScopeBlank:
      state_ = State::before_name;
      return false;
    case kName:
      state_ = State::after_name;
      token.kind = Kind::variable;
      token.text = matched;
      return true;
    case kNameComma:
      state_ = State::before_name;
      return punctuation(',');
    case kAssign:
      return punctuation('=');
    case kAdd:
      return punctuation('+');
    case kRemove:
      return punctuation('-');
    case kQuote:
    case kValueQuote:
    case kIncludeQuote:
      after_string_ = rule == kIncludeQuote ? State::initial : state_;
      state_ = State::string;
      value_.clear();
      has_value_ = false;
      return false;
    case kStringContinuation:
      continued_ = true;
      return false;
    case kStringEnd:
      return end_string(token);
    case kStringBackslash:
    case kStringBody:
      value_ += unescape(matched);
      has_value_ = true;
      return false;
    case kArgumentGlob:
    case kArgumentEscape:
      add_argument(rule == kArgumentGlob ? matched : matched.substr(1), saw_blank_);
      saw_blank_ = false;
      return false;
    case kCommandEnd:
    case kRegexBroken:
      at_ -= matched.size();
      line_start_ = false;
      if (rule == kCommandEnd) return command_token();
      state_ = State::initial;
      return fail(token, "a regular expression that does not end");
    case kArgument:
      if (!has_arguments_ && matched.starts_with('^')) {
        state_ = State::regex;
        at_ -= matched.size();
        return false;
      }
      add_argument(matched, saw_blank_);
      saw_blank_ = false;
      return false;
    case kRegexEscape:
      add_argument(matched, false);
      return false;
    case kRegexEnd:
      add_argument(matched, false);
      continued_ = false;
      return command_token();
    case kRegexBody:
      add_argument(continued_ ? trim_left(matched, " \t") : matched, false);
      continued_ = false;
      return false;
    default:
      return fail(token, "syntax error");
  }
}

bool Lexer::act(const Reading& reading, Token& token) {
  const std::string matched(rest().substr(0, reading.length));
  const auto line_ends =
      static_cast<std::uint32_t>(std::count(matched.begin(), matched.end(), '\n'));
  at_ += reading.length;
  line_start_ = matched.back() == '\n';
  switch (reading.rule) {
    case kOldInclude:
    case kOldIncludeDirectory:
      return act_line(reading.rule, matched, token);
    case kNewline:
      if (state_ == State::string) {
        state_ = State::initial;
        at_ -= matched.size();
        return fail(token, "a string that does not end on its line");
      }
      [[fallthrough]];
    case kComment:
      line_ += line_ends;
      if (line_ends > 0) {
        state_ = State::initial;
        continued_ = false;
      }
      token.kind = Kind::newline;
      return true;
    case kContinuation:
      line_ += line_ends;
      saw_blank_ = true;
      continued_ = true;
      return false;
    case kStringContinuation:
      line_ += line_ends;
      break;
    case kBlanks:
      saw_blank_ = true;
      return false;
    case kBangs:
    case kPunctuation:
      if (reading.rule == kBangs && matched.size() % 2 == 0) return false;
      token.kind = Kind::punctuation;
      token.text = matched.substr(0, 1);
      return true;
    case kInclude:
    case kIncludeDirectory:
    case kDefaults:
    case kAliasKind:
      return act_line(reading.rule, matched, token);
    case kNoMatch:
      return fail(token, "syntax error");
    default:
      break;
  }
  const bool is_word = (reading.rule >= kTag && reading.rule <= kRegexCommand) ||
                       reading.rule == kWord || reading.rule == kIncludePath ||
                       reading.rule == kValue || reading.rule == kHexDigest ||
                       reading.rule == kBase64Digest;
  return is_word ? act_word(reading.rule, matched, token) : act_state(reading.rule, matched, token);
}

Token Lexer::next() {
  Token token;
  while (at_ < text_.size()) {
    token.line = line_;
    if (act(choose(), token)) return token;
  }
  token.line = line_;
  token.kind = Kind::end;
  return token;
}

}  // namespace plimsoll::sudoers
