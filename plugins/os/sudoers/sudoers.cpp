#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plugins/os/sudoers/parser.h"
#include "plugins/os/sudoers/variables.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

using sudoers::AliasKind;
using sudoers::Member;
using sudoers::Members;
using sudoers::Policy;
using sudoers::Said;
using sudoers::Variable;

constexpr std::array kFields = {
    Field{"defaults", Type::text,
          "one setting of a Defaults line, as `name`, `!name`, `name=value`"},
    Field{"rule", Type::text, "one command of a rule: `HOSTS=(RUNAS:GROUPS) TAG:TAG: COMMAND`"},
    Field{"rule.command", Type::text, "that command alone, `!` before a negated one"},
    Field{"rule.runas", Type::list, "the users it may run as; root where the rule says nothing"},
    Field{"rule.tag", Type::text, "a tag in force for it; one row each"},
    Field{"option.authenticate", Type::boolean, "users give a password"},
    Field{"option.env_reset", Type::boolean, "commands get a small environment"},
    Field{"option.ignore_dot", Type::boolean, "`.` in PATH is not searched"},
    Field{"option.lecture", Type::text, "never, once, always or no"},
    Field{"option.log_input", Type::boolean, "what users type is logged"},
    Field{"option.log_output", Type::boolean, "what commands print is logged"},
    Field{"option.logfile", Type::text, "a log file of sudo's own, or no"},
    Field{"option.noexec", Type::boolean, "commands may not start others"},
    Field{"option.passwd_timeout", Type::text, "minutes until the prompt gives up; 0 is never"},
    Field{"option.passwd_tries", Type::integer, "attempts to give a password"},
    Field{"option.pwfeedback", Type::boolean, "typing shows asterisks"},
    Field{"option.requiretty", Type::boolean, "sudo needs a terminal"},
    Field{"option.rootpw", Type::boolean, "root's password is asked for"},
    Field{"option.runaspw", Type::boolean, "the password of runas_default is asked for"},
    Field{"option.secure_path", Type::text, "the PATH of commands, or no"},
    Field{"option.setenv", Type::boolean, "users may set the environment"},
    Field{"option.syslog", Type::text, "facility of log messages, or no"},
    Field{"option.targetpw", Type::boolean, "the target's password is asked for"},
    Field{"option.timestamp_timeout", Type::text,
          "minutes until the password is asked for again; negative is never"},
    Field{"option.timestamp_type", Type::text, "what shares a ticket: global, ppid, tty or kernel"},
    Field{"option.umask", Type::mode, "umask of commands"},
    Field{"option.use_pty", Type::boolean, "commands run in a terminal of their own"},
    Field{"option.visiblepw", Type::boolean, "a password may be asked for where it shows"},
    Field{"@file", Type::text, "a file that was read"},
    Field{"@skipped", Type::text,
          "a file in an included directory that sudo passes over by its name"},
};

constexpr std::array<std::string_view, 1> kFiles = {"/etc/sudoers"};

/// Elements that one list may come to when its aliases are expanded.
constexpr std::size_t kExpanded = 10000;
constexpr std::size_t kRuleBytes = 32U << 20U;  // of the texts of all rows of rules

/// A list with its aliases replaced by what they stand for.
class Expansion {
 public:
  Expansion(const Policy& policy, AliasKind kind) : policy_(policy), kind_(kind) {}

  Members of(const Members& members) {
    Members out;
    add(members, false, out);
    return out;
  }
  [[nodiscard]] bool truncated() const { return truncated_; }

 private:
  void add(const Members& members, bool negated, Members& out) {
    for (const Member& member : members) {
      if (out.size() >= kExpanded) {
        truncated_ = true;
        return;
      }
      const auto alias = member.type == Member::Type::alias
                             ? policy_.aliases.find({kind_, member.text})
                             : policy_.aliases.end();
      const bool defined = alias != policy_.aliases.end() && !open_.contains(member.text);
      if (defined && ++steps_ <= kExpanded) {
        open_.insert(member.text);
        add(alias->second, negated != member.negated, out);
        open_.erase(member.text);
      } else if (defined) {
        truncated_ = true;
        return;
      } else if (member.type != Member::Type::alias || kind_ != AliasKind::command) {
        // An undefined alias is a name, but no command.
        out.push_back(member);
        out.back().negated = negated != member.negated;
      }
    }
  }

  const Policy& policy_;
  AliasKind kind_;
  std::set<std::string, std::less<>> open_;
  std::size_t steps_ = 0;
  bool truncated_ = false;
};

std::string text_of(const Member& member) {
  std::string out = member.digest.empty() ? "" : member.digest + " ";
  if (member.negated) out += "!";
  return out + (member.type == Member::Type::all ? "ALL" : member.text);
}

std::string text_of(const Members& members) {
  std::vector<std::string> parts;
  for (const Member& member : members) parts.push_back(text_of(member));
  return join(parts, ",");
}

std::vector<std::string> names_of(const sudoers::Tags& tags) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < std::size(tags.said); ++i)
    if (tags.said[i] != Said::unsaid)
      out.emplace_back(sudoers::tag_name(i, tags.said[i] != Said::no));
  std::sort(out.begin(), out.end());
  return out;
}

/// Tags as a reader takes them: ALL has SETENV for itself unless NOSETENV holds.
std::vector<std::string> written_tags(const sudoers::CommandSpec& spec) {
  std::vector<std::string> out = names_of(spec.written);
  const bool itself = spec.command.type == Member::Type::all && !spec.command.negated;
  const auto said = [&](std::string_view name) {
    return std::find(out.begin(), out.end(), name) != out.end();
  };
  if (itself && !said("SETENV") && !said("NOSETENV")) out.emplace_back("SETENV");
  std::sort(out.begin(), out.end());
  return out;
}

/// Tags as sudo has them for one command; what ALL implies goes for the word itself alone.
std::vector<std::string> tags_in_force(const sudoers::CommandSpec& spec) {
  sudoers::Tags tags = spec.tags;
  for (Said& said : tags.said)
    if (said == Said::implied && spec.command.type != Member::Type::all) said = Said::unsaid;
  return names_of(tags);
}

class Report {
 public:
  Report(const Policy& policy, Facts& facts) : policy_(policy), facts_(facts) {}

  void run() {
    for (const std::string& file : policy_.files) facts_.setting("@file", file, {file, 0, 0});
    for (const std::string& file : policy_.skipped) facts_.setting("@skipped", file, {file, 0, 0});
    for (const auto& entry : policy_.entries) {
      if (const auto* rule = std::get_if<sudoers::Rule>(&entry))
        add_rule(*rule);
      else
        add_defaults(std::get<sudoers::DefaultsEntry>(entry));
    }
    add_options();
  }

 private:
  Members expand(AliasKind kind, const Members& members, const Origin& where) {
    Expansion expansion(policy_, kind);
    Members out = expansion.of(members);
    if (expansion.truncated())
      facts_.gap({ErrorCode::limit, fmt::format("aliases come to more than {} elements", kExpanded),
                  where});
    return out;
  }

  /// Whether so many bytes more may be told of rules; the first time not, it is said.
  bool has_room(std::size_t bytes, const Origin& where) {
    if (rule_bytes_ <= kRuleBytes && (rule_bytes_ += bytes) > kRuleBytes)
      facts_.gap(
          {ErrorCode::limit,
           fmt::format("the rules come to more than {} MiB once their aliases are filled in; "
                       "the rest of them is not told",
                       kRuleBytes >> 20U),
           where},
          {}, Gap::Effect::may_add);
    return rule_bytes_ <= kRuleBytes;
  }

  void add_rule(const sudoers::Rule& rule);
  void add_command(const sudoers::Rule& rule, const sudoers::CommandSpec& spec,
                   const std::string& scope, const std::string& hosts);
  void add_defaults(const sudoers::DefaultsEntry& entry);
  void note_option(const sudoers::DefaultsEntry& entry, const Variable& variable,
                   const std::string& scope);
  void add_options();

  const Policy& policy_;
  Facts& facts_;
  std::size_t rule_bytes_ = 0;
  struct Option {
    std::string scope, name, value;
    Origin origin;
    std::vector<Shadowed> shadowed;
  };
  std::vector<Option> options_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;
  std::map<std::string, std::vector<Shadowed>> refused_;
};

void Report::add_rule(const sudoers::Rule& rule) {
  const std::string scope = text_of(expand(AliasKind::user, rule.users, rule.origin));
  const std::string hosts = text_of(expand(AliasKind::host, rule.hosts, rule.origin));
  for (const sudoers::CommandSpec& spec : rule.commands)
    if (has_room(0, rule.origin)) add_command(rule, spec, scope, hosts);
}

void Report::add_command(const sudoers::Rule& rule, const sudoers::CommandSpec& spec,
                         const std::string& scope, const std::string& hosts) {
  const std::string users = text_of(expand(AliasKind::runas, spec.runas_users, rule.origin));
  const std::string groups = text_of(expand(AliasKind::runas, spec.runas_groups, rule.origin));
  std::string head = hosts + "=";
  if (spec.runas_users_given || spec.runas_groups_given)
    head += "(" + users + (spec.runas_groups_given ? ":" + groups : "") + ") ";
  const std::vector<std::string> written = written_tags(spec);
  if (!written.empty()) head += join(written, ":") + ": ";
  const std::vector<std::string> tags = tags_in_force(spec);
  for (const Member& command : expand(AliasKind::command, {spec.command}, rule.origin)) {
    const std::string text = text_of(command);
    const std::size_t rows = 3 + tags.size();
    if (!has_room(head.size() + users.size() + 2 * text.size() + rows * scope.size(), rule.origin))
      return;
    facts_.setting("rule", head + text, rule.origin, scope);
    facts_.setting("rule.command", text, rule.origin, scope);
    // With a group list alone, and with empty parentheses, the user stays who he is.
    const bool own = spec.runas_groups_given && !spec.runas_users_given;
    const std::string runas = !spec.runas_users_given && !own ? "root" : users;
    facts_.setting("rule.runas", runas, rule.origin, scope);
    for (const std::string& tag : tags) facts_.setting("rule.tag", tag, rule.origin, scope);
  }
}

/// Whether sudo takes the setting; it warns of others and goes on without them.
std::string refusal(const sudoers::DefaultsEntry& entry, const Variable& variable) {
  const bool bare = entry.op == 0;
  if (variable.type == Variable::Type::flag && !bare && entry.op != '!')
    return "sudo ignores it: the option takes no value";
  if (variable.type != Variable::Type::flag && bare && !variable.may_be_bare)
    return "sudo ignores it: the option needs a value";
  if (entry.op == '!' && !variable.may_be_off)
    return "sudo ignores it: the option cannot be switched off";
  if ((entry.op == '+' || entry.op == '-') && variable.type != Variable::Type::list)
    return "sudo ignores it: the option is no list";
  return {};
}

std::string scope_of(const sudoers::DefaultsEntry& entry) {
  if (entry.scope_kind == 0) return {};
  return "Defaults" + std::string(1, entry.scope_kind) + text_of(entry.scope);
}

void Report::add_defaults(const sudoers::DefaultsEntry& entry) {
  const Variable* variable = sudoers::find_variable(entry.name);
  if (variable == nullptr) return;  // sudo warns of names it does not know and ignores them
  const std::string scope = scope_of(entry);
  if (const std::string why = refusal(entry, *variable); !why.empty()) {
    refused_[entry.name].push_back({entry.value, entry.origin, why});
    return;
  }
  std::string text = entry.op == '!' ? "!" + entry.name : entry.name;
  if (entry.op != 0 && entry.op != '!') {
    text += entry.op == '=' ? "=" : std::string(1, entry.op) + "=";
    text +=
        variable->type == Variable::Type::list ? join(words(entry.value, " \t"), " ") : entry.value;
  }
  facts_.setting("defaults", text, entry.origin, scope);
  if (variable->type != Variable::Type::list) note_option(entry, *variable, scope);
}

/// sudoers(5) Defaults: within one kind of scope a later line overrides an earlier one.
void Report::note_option(const sudoers::DefaultsEntry& entry, const Variable& variable,
                         const std::string& scope) {
  std::string value = entry.op == '!' ? "no" : entry.op == 0 ? "yes" : entry.value;
  const bool minutes = variable.name == "timestamp_timeout" || variable.name == "passwd_timeout";
  if (entry.op == '!' && minutes) value = "0";
  const auto [found, is_new] = index_.try_emplace({scope, entry.name}, options_.size());
  if (is_new) {
    options_.push_back({scope, entry.name, std::move(value), entry.origin, {}});
    return;
  }
  Option& option = options_[found->second];
  option.shadowed.push_back(
      {std::move(option.value), option.origin, "a later Defaults line sets it again"});
  option.value = std::move(value);
  option.origin = entry.origin;
}

void Report::add_options() {
  for (Option& option : options_) {
    Fact& fact = facts_.setting("option." + option.name, option.value, option.origin, option.scope);
    fact.shadowed = std::move(option.shadowed);
    if (!option.scope.empty()) continue;
    for (const Shadowed& lost : refused_[option.name]) fact.shadowed.push_back(lost);
  }
  for (const Variable& variable : sudoers::variables()) {
    if (variable.initial.empty() || index_.contains({"", std::string(variable.name)})) continue;
    Fact& fact =
        facts_.setting("option." + std::string(variable.name), std::string(variable.initial), {});
    fact.shadowed = refused_[std::string(variable.name)];
  }
}

Facts read_sudoers(const Request& request) {
  Facts facts;
  const auto stat = request.root.lstat(kFiles[0]);
  if (!stat && stat.error().code == ErrorCode::not_found) {
    if (request.root.exists("/usr/bin/sudo"))
      facts.gap({ErrorCode::not_found,
                 "sudo is installed, but /etc/sudoers is missing",
                 {std::string(kFiles[0])}});
    else
      facts.not_applicable = "there is no /etc/sudoers and no /usr/bin/sudo";
    return facts;
  }
  const Policy policy = sudoers::parse(request.root, std::string(kFiles[0]));
  // A line that sudo skips has no effect, so what was found stands; but visudo would not take it.
  for (const Error& error : policy.errors)
    facts.gap(error, {},
              error.code == ErrorCode::invalid ? Gap::Effect::may_add : Gap::Effect::may_override);
  Report(policy, facts).run();
  return facts;
}

}  // namespace

extern const Probe sudoers_probe;
const Probe sudoers_probe{
    .name = "sudoers",
    .group = "os",
    .summary = "who may run what as whom with sudo, and how",
    .semantics = "sudoers(5)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_sudoers,
    .files = kFiles,
};

}  // namespace plimsoll
