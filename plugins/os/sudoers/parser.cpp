#include "plugins/os/sudoers/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <climits>
#include <optional>

#include "plugins/os/sudoers/lexer.h"
#include "scanner/base/text.h"

namespace plimsoll::sudoers {
namespace {

constexpr unsigned kIncludeDepth = 128;  // sudo's own
constexpr std::size_t kIncludes = 4096;  // ours: readings of files

struct TagName {
  std::string_view on, off;
};
constexpr std::array<TagName, 8> kTagNames = {{{"NOPASSWD", "PASSWD"},
                                               {"NOEXEC", "EXEC"},
                                               {"INTERCEPT", "NOINTERCEPT"},
                                               {"SETENV", "NOSETENV"},
                                               {"LOG_INPUT", "NOLOG_INPUT"},
                                               {"LOG_OUTPUT", "NOLOG_OUTPUT"},
                                               {"MAIL", "NOMAIL"},
                                               {"FOLLOW", "NOFOLLOW"}}};
constexpr std::size_t kSetenv = 3;

/// What stopped a line; the caller skips to its end.
struct Failure {
  std::string what;
};

bool valid_timeout(std::string_view text) {
  constexpr std::string_view kUnits = "dhms";
  std::size_t unit = 0;
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    const auto number = to_integer(text.substr(0, digits));
    if (digits == 0 || !number || *number > INT_MAX) return false;
    text.remove_prefix(digits);
    if (text.empty()) return true;
    // Larger units come first.
    unit = kUnits.find(lower(text.substr(0, 1)), unit);
    if (unit == std::string_view::npos) return false;
    text.remove_prefix(1);
  }
  return true;
}

/// RFC 4517 generalized time: at least year to hour, then Z or an offset.
bool valid_time(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits < 10 || digits > 14 || digits % 2 != 0) return false;
  text.remove_prefix(digits);
  if (text.starts_with('.') || text.starts_with(',')) {
    text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of("0123456789"), text.size()));
  }
  return text.empty() || text == "Z" || text.front() == '+' || text.front() == '-';
}

class Parser {
 public:
  Parser(const Root& root, Policy& policy) : root_(root), policy_(policy) {}
  void read_file(const std::string& path, bool must_exist, const Origin& from, unsigned depth);

 private:
  struct File {
    std::string path;
    Lexer lexer;
    Token token;
    unsigned depth = 0;
    std::uint32_t entry_line = 0;
  };

  void advance() { file_->token = file_->lexer.next(); }
  [[nodiscard]] const Token& token() const { return file_->token; }
  [[nodiscard]] Origin here() const { return {file_->path, file_->entry_line, 1}; }
  std::string take() {
    std::string text = std::move(file_->token.text);
    advance();
    return text;
  }

  [[nodiscard]] Failure unexpected_token() const {
    if (token().kind == Kind::error) return {token().text};
    if (token().kind == Kind::newline || token().kind == Kind::end)
      return {"the line ends too early"};
    return {"syntax error"};
  }
  void report(const Failure& failure) {
    policy_.errors.push_back({ErrorCode::invalid,
                              failure.what + "; sudo skips the line",
                              {file_->path, token().line, 1}});
  }
  void skip_line();
  std::optional<Failure> expect(char c);

  void entry();
  std::optional<Failure> directive();
  std::optional<Failure> defaults();
  std::optional<Failure> defaults_entry(DefaultsEntry& entry);
  std::optional<Failure> aliases();
  std::optional<Failure> rule();
  std::optional<Failure> privilege(Rule& rule);
  std::optional<Failure> command_spec(CommandSpec& spec);
  std::optional<Failure> runas(CommandSpec& spec);
  std::optional<Failure> option();
  std::optional<Failure> include();
  void include_directory(const std::string& path, const Origin& where);
  std::optional<std::string> include_path(std::string_view text, const Origin& where);

  enum class What : std::uint8_t { user, host, group };
  std::optional<Failure> list(Members& out, What what);
  std::optional<Failure> member(Members& out, What what);
  std::optional<Failure> command_list(Members& out);
  std::optional<Failure> command(Member& out);

  const Root& root_;
  Policy& policy_;
  File* file_ = nullptr;
  std::size_t includes_ = 0;
};

/// sudoers(5) Tag_Spec: what a command does not say it has from the one before it. A SETENV that
/// ALL implies is not handed on, and neither is what stood before it.
void inherit(CommandSpec& spec, const CommandSpec& before) {
  for (std::size_t i = 0; i < kTagNames.size(); ++i)
    if (spec.written.said[i] == Said::unsaid) spec.written.said[i] = before.written.said[i];
  for (std::size_t i = 0; i < kTagNames.size(); ++i)
    if (spec.tags.said[i] == Said::unsaid && before.tags.said[i] != Said::implied)
      spec.tags.said[i] = before.tags.said[i];
  if (!spec.runas_users_given && !spec.runas_groups_given) {
    spec.runas_users = before.runas_users;
    spec.runas_groups = before.runas_groups;
    spec.runas_users_given = before.runas_users_given;
    spec.runas_groups_given = before.runas_groups_given;
  }
}

void Parser::skip_line() {
  while (token().kind != Kind::newline && token().kind != Kind::end) advance();
}

std::optional<Failure> Parser::expect(char c) {
  if (!token().is(c)) return unexpected_token();
  advance();
  return std::nullopt;
}

std::optional<Failure> Parser::member(Members& out, What what) {
  Member one;
  if (token().is('!')) {
    one.negated = true;
    advance();
  }
  switch (token().kind) {
    case Kind::alias:
      one.type = Member::Type::alias;
      break;
    case Kind::all:
      one.type = Member::Type::all;
      break;
    case Kind::word:
      break;
    case Kind::netgroup:
      if (what == What::group) return unexpected_token();
      break;
    case Kind::group:
      if (what != What::user) return unexpected_token();
      break;
    default:
      return unexpected_token();
  }
  one.text = take();
  if (one.type == Member::Type::all) one.text.clear();
  out.push_back(std::move(one));
  return std::nullopt;
}

std::optional<Failure> Parser::list(Members& out, What what) {
  while (true) {
    if (auto failure = member(out, what)) return failure;
    if (!token().is(',')) return std::nullopt;
    advance();
  }
}

/// sudoers(5) Digest_List: digests, then one command.
std::optional<Failure> Parser::command(Member& out) {
  while (token().kind == Kind::digest_type) {
    if (!out.digest.empty()) out.digest += ", ";
    out.digest += take() + ":";
    if (auto failure = expect(':')) return failure;
    if (token().kind != Kind::digest) return unexpected_token();
    out.digest += take();
    if (!token().is(',')) break;
    advance();
    if (token().kind != Kind::digest_type) return unexpected_token();
  }
  if (token().is('!')) {
    out.negated = true;
    advance();
  }
  if (token().kind == Kind::all) {
    out.type = Member::Type::all;
  } else if (token().kind == Kind::alias) {
    if (!out.digest.empty()) return Failure{"a digest needs a path"};
    out.type = Member::Type::alias;
  } else if (token().kind == Kind::command ||
             (token().kind == Kind::word && token().text == "list")) {
    out.type = Member::Type::command;
  } else if (token().kind == Kind::word) {
    return Failure{"a command is not an absolute path"};
  } else {
    return unexpected_token();
  }
  out.text = take();
  if (out.type == Member::Type::all) out.text.clear();
  return std::nullopt;
}

std::optional<Failure> Parser::command_list(Members& out) {
  while (true) {
    if (auto failure = command(out.emplace_back())) return failure;
    if (!token().is(',')) return std::nullopt;
    advance();
  }
}

std::optional<Failure> Parser::defaults_entry(DefaultsEntry& entry) {
  if (token().is('!')) {
    entry.op = '!';
    advance();
  }
  if (token().kind != Kind::variable) return unexpected_token();
  entry.name = take();
  if (entry.op == '!') return std::nullopt;
  for (const char op : {'=', '+', '-'}) {
    if (!token().is(op)) continue;
    entry.op = op;
    advance();
    if (token().kind != Kind::word) return unexpected_token();
    entry.value = take();
  }
  return std::nullopt;
}

std::optional<Failure> Parser::defaults() {
  DefaultsEntry head;
  head.origin = here();
  const std::string kind = take();
  head.scope_kind = kind.empty() ? '\0' : kind[0];
  std::optional<Failure> failure;
  if (head.scope_kind == '!')
    failure = command_list(head.scope);
  else if (head.scope_kind != 0)
    failure = list(head.scope, head.scope_kind == '@' ? What::host : What::user);
  std::vector<DefaultsEntry> settings;
  while (!failure) {
    failure = defaults_entry(settings.emplace_back(head));
    if (failure || !token().is(',')) break;
    advance();
  }
  if (failure) return failure;
  if (token().kind != Kind::newline && token().kind != Kind::end) return unexpected_token();
  for (DefaultsEntry& setting : settings) policy_.entries.emplace_back(std::move(setting));
  return std::nullopt;
}

std::optional<Failure> Parser::aliases() {
  const std::string word = take();
  const AliasKind kind = word.starts_with('U')   ? AliasKind::user
                         : word.starts_with('H') ? AliasKind::host
                         : word.starts_with('R') ? AliasKind::runas
                                                 : AliasKind::command;
  while (true) {
    if (token().kind == Kind::all || token().kind == Kind::option)
      return Failure{fmt::format("`{}` is a reserved word and no name for an alias", token().text)};
    if (token().kind != Kind::alias) return unexpected_token();
    std::string name = take();
    if (auto failure = expect('=')) return failure;
    Members members;
    auto failure = kind == AliasKind::command
                       ? command_list(members)
                       : list(members, kind == AliasKind::host ? What::host : What::user);
    if (failure) return failure;
    if (!policy_.aliases.try_emplace({kind, name}, std::move(members)).second)
      return Failure{fmt::format("the alias `{}` is defined already", name)};
    if (!token().is(':')) break;
    advance();
  }
  if (token().kind != Kind::newline && token().kind != Kind::end) return unexpected_token();
  return std::nullopt;
}

std::optional<Failure> Parser::runas(CommandSpec& spec) {
  advance();
  if (token().is(')')) {
    spec.runas_users = {{Member::Type::myself, {}, {}, false}};
    spec.runas_users_given = true;
    advance();
    return std::nullopt;
  }
  if (!token().is(':')) {
    spec.runas_users_given = true;
    if (auto failure = list(spec.runas_users, What::user)) return failure;
    if (token().is(')')) {
      advance();
      return std::nullopt;
    }
    if (!token().is(':')) return unexpected_token();
    advance();
  } else {
    advance();
    if (token().is(')')) {  // `(:)` is `()`
      spec.runas_users = {{Member::Type::myself, {}, {}, false}};
      spec.runas_users_given = true;
      advance();
      return std::nullopt;
    }
  }
  spec.runas_groups_given = true;
  if (auto failure = list(spec.runas_groups, What::group)) return failure;
  return expect(')');
}

std::optional<Failure> Parser::option() {
  const std::string name = take();
  if (auto failure = expect('=')) return failure;
  if (token().kind != Kind::word) return unexpected_token();
  const std::string value = take();
  const bool path = name == "CWD" || name == "CHROOT";
  if (path && value != "*" && !value.starts_with('/') && !value.starts_with('~'))
    return Failure{fmt::format("the value of `{}` is no path", name)};
  if ((name == "TIMEOUT" && !valid_timeout(value)) ||
      ((name == "NOTBEFORE" || name == "NOTAFTER") && !valid_time(value)))
    return Failure{fmt::format("the value of `{}` is no time", name)};
  return std::nullopt;
}

std::optional<Failure> Parser::command_spec(CommandSpec& spec) {
  if (token().is('('))
    if (auto failure = runas(spec)) return failure;
  while (token().kind == Kind::option)
    if (auto failure = option()) return failure;
  while (token().kind == Kind::tag) {
    const std::string name = take();
    for (std::size_t i = 0; i < kTagNames.size(); ++i) {
      if (name == kTagNames[i].on) spec.tags.said[i] = Said::yes;
      if (name == kTagNames[i].off) spec.tags.said[i] = Said::no;
    }
  }
  if (auto failure = command(spec.command)) return failure;
  spec.written = spec.tags;
  // sudoers(5) SETENV: implied where the command is ALL itself.
  if (spec.command.type == Member::Type::all && !spec.command.negated &&
      spec.tags.said[kSetenv] == Said::unsaid)
    spec.tags.said[kSetenv] = Said::implied;
  return std::nullopt;
}

std::optional<Failure> Parser::privilege(Rule& rule) {
  if (auto failure = list(rule.hosts, What::host)) return failure;
  if (auto failure = expect('=')) return failure;
  while (true) {
    CommandSpec spec;
    if (auto failure = command_spec(spec)) return failure;
    if (!rule.commands.empty()) inherit(spec, rule.commands.back());
    rule.commands.push_back(std::move(spec));
    if (!token().is(',')) return std::nullopt;
    advance();
  }
}

std::optional<Failure> Parser::rule() {
  Rule head;
  head.origin = here();
  if (auto failure = list(head.users, What::user)) return failure;
  std::vector<Rule> rules;
  while (true) {
    Rule one = head;
    if (auto failure = privilege(one)) {
      if (rules.empty()) return failure;
      // What stands before the colon holds; the rest is skipped to the next one.
      report(*failure);
      while (token().kind != Kind::newline && token().kind != Kind::end && !token().is(':'))
        advance();
    } else {
      rules.push_back(std::move(one));
    }
    if (!token().is(':')) break;
    advance();
  }
  if (token().kind != Kind::newline && token().kind != Kind::end) return unexpected_token();
  for (Rule& one : rules) policy_.entries.emplace_back(std::move(one));
  return std::nullopt;
}

/// sudoers(5) Including other files: relative to the including file; `%h` is the short host name.
std::optional<std::string> Parser::include_path(std::string_view text, const Origin& where) {
  std::string out;
  if (!text.starts_with('/')) out = std::string(parent_path(file_->path)) + "/";
  const std::size_t first = text.find("%h");
  if (first == std::string_view::npos) return out.append(text);
  const auto name = root_.read("/etc/hostname");
  const std::string_view host = name ? trim(name->substr(0, name->find_first_of(".\n"))) : "";
  if (host.empty()) {
    policy_.errors.push_back({ErrorCode::unsupported,
                              fmt::format("`{}` depends on the host name, and there is no "
                                          "/etc/hostname",
                                          text),
                              where});
    return std::nullopt;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("%h")) {
      out += host;
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

void Parser::include_directory(const std::string& path, const Origin& where) {
  const auto entries = root_.list(path);
  if (!entries) {
    // A missing directory, or something else of that name, is passed over.
    const ErrorCode code = entries.error().code;
    if (code != ErrorCode::not_found && code != ErrorCode::wrong_type)
      policy_.errors.push_back(entries.error());
    return;
  }
  for (const DirEntry& entry : *entries) {
    const std::string file = join_path(path, entry.name);
    const auto stat = root_.stat(file);
    if (!stat || stat->type != FileType::regular) continue;
    // sudoers(5): names that hold a dot or end in `~` are skipped.
    if (entry.name.ends_with('~') || entry.name.find('.') != std::string::npos) {
      policy_.skipped.push_back(file);
      continue;
    }
    read_file(file, false, where, file_->depth + 1);
  }
}

std::optional<Failure> Parser::include() {
  const Origin where = here();
  const bool directory = token().kind == Kind::include_directory;
  advance();
  if (token().kind != Kind::word) return unexpected_token();
  const std::string word = token().text;
  advance();
  if (token().kind != Kind::newline && token().kind != Kind::end) {
    report(unexpected_token());
    skip_line();
  }
  const auto path = include_path(word, where);
  if (!path) return std::nullopt;
  if (directory)
    include_directory(*path, where);
  else
    read_file(*path, true, where, file_->depth + 1);
  return std::nullopt;
}

std::optional<Failure> Parser::directive() {
  switch (token().kind) {
    case Kind::include:
    case Kind::include_directory:
      return include();
    case Kind::defaults:
      return defaults();
    case Kind::alias_kind:
      return aliases();
    default:
      return rule();
  }
}

void Parser::entry() {
  if (token().kind == Kind::newline) {
    advance();
    return;
  }
  file_->entry_line = token().line;
  if (const auto failure = directive()) {
    report(*failure);
    skip_line();
  }
  if (token().kind == Kind::newline) advance();
}

void Parser::read_file(const std::string& path, bool must_exist, const Origin& from,
                       unsigned depth) {
  if (depth > kIncludeDepth) {
    policy_.errors.push_back(
        {ErrorCode::limit, fmt::format("includes nest deeper than {}", kIncludeDepth), from});
    return;
  }
  if (++includes_ > kIncludes) {
    if (includes_ == kIncludes + 1)  // the first tells it for all the others
      policy_.errors.push_back(
          {ErrorCode::limit, fmt::format("more than {} files are included", kIncludes), from});
    return;
  }
  const auto text = root_.read(path);
  if (!text) {
    const bool absent = text.error().code == ErrorCode::not_found;
    if (absent && !must_exist) return;
    policy_.errors.push_back({text.error().code, fmt::format("{}: {}", path, text.error().what),
                              from.line != 0 ? from : text.error().where});
    return;
  }
  const auto stat = root_.stat(path);
  constexpr std::uint32_t kWorldWritable = 0002;
  if (stat && (stat->mode & kWorldWritable) != 0) {
    policy_.errors.push_back(
        {ErrorCode::invalid, "everybody may write to this file, so sudo does not read it", {path}});
    return;
  }
  if (std::find(policy_.files.begin(), policy_.files.end(), path) == policy_.files.end())
    policy_.files.push_back(path);
  File file{path, Lexer(*text), {}, depth, 0};
  File* const outer = std::exchange(file_, &file);
  advance();
  while (token().kind != Kind::end) entry();
  file_ = outer;
}

}  // namespace

std::string_view tag_name(std::size_t index, bool on) {
  return on ? kTagNames[index].on : kTagNames[index].off;
}

Policy parse(const Root& root, const std::string& main_file) {
  Policy policy;
  Parser(root, policy).read_file(main_file, true, {}, 0);
  return policy;
}

}  // namespace plimsoll::sudoers
