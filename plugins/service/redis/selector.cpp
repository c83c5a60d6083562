#include "plugins/service/redis/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>

#include "plugins/service/redis/words.h"
#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

constexpr std::size_t kMostPatterns = 2000;  // of one selector

Applied syntax_error() { return {"Syntax error"}; }
Applied unknown_command() { return {"Unknown command or category name in ACL", true}; }
Applied too_many() { return {"more than 2000 patterns of one user", false, true}; }

Applied behind_all(std::string_view flag, std::string_view reset, std::string_view what) {
  return {
      fmt::format("Adding a pattern after the * pattern (or the '{}' flag) is not valid and does "
                  "not have any effect. Try '{}' to start with an empty list of {}",
                  flag, reset, what)};
}

bool has_blanks(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c == '\0' || is_blank(c); });
}

}  // namespace

Applied Selector::apply(std::string_view rule) {
  const std::string word = lower(c_text(rule));
  if (is_one_of(word, "allkeys ~* resetkeys")) {
    all_keys_ = word != "resetkeys";
    keys_.clear();
    return {};
  }
  if (is_one_of(word, "allchannels &* resetchannels")) {
    all_channels_ = word != "resetchannels";
    channels_.clear();
    return {};
  }
  if (is_one_of(word, "allcommands +@all nocommands -@all")) {
    set_all(word == "allcommands" || word == "+@all");
    return {};
  }
  const char first = rule.empty() ? '\0' : rule[0];
  if (first == '~' || first == '%') return add_keys(rule);
  if (first == '&') return add_channel(rule);
  if (first != '+' && first != '-') return syntax_error();
  if (word.size() > 1 && word[1] == '@') return set_category(c_text(rule));
  if (first == '+') return add_command(c_text(rule).substr(1));
  const auto command = commands_->find(word.substr(1));
  if (!command) return unknown_command();
  set_command(*command, false);
  note_rule(word);
  return {};
}

/// `~PATTERN`, or `%R~PATTERN`, `%W~PATTERN`, `%RW~PATTERN`.
Applied Selector::add_keys(std::string_view rule) {
  if (all_keys_) return behind_all("allkeys", "resetkeys", "patterns");
  Keys keys;
  std::size_t at = 1;
  if (rule[0] == '%') {
    keys.read = keys.write = false;
    for (; at < rule.size() && rule[at] != '~'; ++at) {
      const std::string letter = lower(rule.substr(at, 1));
      bool& flag = letter == "r" ? keys.read : keys.write;
      if ((letter != "r" && letter != "w") || flag) return syntax_error();
      flag = true;
    }
    at = std::min(at + 1, rule.size());
    if (version_ == Version::v8 && !keys.read && !keys.write) return syntax_error();
  }
  keys.pattern = rule.substr(at);
  if (has_blanks(keys.pattern)) return syntax_error();
  for (Keys& one : keys_)
    if (one.pattern == keys.pattern) {
      one.read = one.read || keys.read;
      one.write = one.write || keys.write;
      return {};
    }
  if (keys_.size() >= kMostPatterns) return too_many();
  keys_.push_back(std::move(keys));
  return {};
}

Applied Selector::add_channel(std::string_view rule) {
  if (all_channels_) return behind_all("allchannels", "resetchannels", "channels");
  const std::string pattern(rule.substr(1));
  if (has_blanks(pattern)) return syntax_error();
  if (std::find(channels_.begin(), channels_.end(), pattern) != channels_.end()) return {};
  if (channels_.size() >= kMostPatterns) return too_many();
  channels_.push_back(pattern);
  return {};
}

Applied Selector::add_command(std::string_view name) {
  if (const std::size_t bar = name.rfind('|'); bar != std::string_view::npos)
    return add_part(name, bar);
  const auto command = commands_->find(name);
  if (!command) return unknown_command();
  set_command(*command, true);
  note_rule("+" + lower(name));
  return {};
}

/// A subcommand, or a first argument of a command that has none.
Applied Selector::add_part(std::string_view name, std::size_t bar) {
  const std::string_view rest = name.substr(bar + 1);
  const auto command = commands_->find(name.substr(0, bar));
  if (!command) return unknown_command();
  const Command& whole = commands_->all()[*command];
  if (whole.is_part) return {"Allowing first-arg of a subcommand is not supported"};
  if (rest.empty()) return syntax_error();
  if (!whole.parts.empty()) {
    const auto part = commands_->find(name);
    if (!part) return unknown_command();
    set_command(*part, true);
  } else {
    auto& known = firsts_[*command];
    if (known.size() >= kMostPatterns) return too_many();
    const bool is_known = std::any_of(known.begin(), known.end(),
                                      [&](const std::string& one) { return iequals(one, rest); });
    if (!is_known) known.emplace_back(rest);
  }
  note_rule("+" + lower(name));
  return {};
}

Applied Selector::set_category(std::string_view rule) {
  const auto category = category_named(rule.substr(2));
  if (!category) return unknown_command();
  set_members(*category, rule[0] == '+');
  note_rule(lower(rule));
  return {};
}

void Selector::set_all(bool allow) {
  allowed_.assign(allowed_.size(), allow);
  future_ = allow;
  firsts_.clear();
  rules_.clear();
}

void Selector::set_command(std::size_t command, bool allow) {
  allowed_[command] = allow;
  firsts_.erase(command);
  for (const std::size_t part : commands_->all()[command].parts) allowed_[part] = allow;
}

void Selector::set_members(std::size_t category, bool allow) {
  for (const std::size_t command : commands_->members(category)) set_command(command, allow);
}

/// acl.c of 7.2, ACLUpdateCommandRules: a rule takes the place of the same one before, and of those
/// on parts of its command.
void Selector::note_rule(std::string_view rule) {
  if (version_ == Version::v7) return;
  const std::string_view name = rule.substr(1);
  const auto is_replaced = [&](const std::string& one) {
    const std::string_view old = std::string_view(one).substr(1);
    return old == name || (old.starts_with(name) && old[name.size()] == '|');
  };
  rules_.erase(std::remove_if(rules_.begin(), rules_.end(), is_replaced), rules_.end());
  rules_.emplace_back(rule);
}

std::string Selector::keys() const {
  if (all_keys_) return "~*";
  std::vector<std::string> out;
  for (const Keys& one : keys_) {
    const std::string_view sign = one.read && one.write ? "~"
                                  : one.read            ? "%R~"
                                  : one.write           ? "%W~"
                                                        : "%~";
    out.push_back(std::string(sign) + one.pattern);
  }
  return join(out, " ");
}

std::string Selector::channels() const {
  if (all_channels_) return "&*";
  std::string out = "resetchannels";
  for (const std::string& one : channels_) (out += " &") += one;
  return out;
}

std::string Selector::commands() const {
  if (version_ == Version::v7) return worked_out();
  std::string out = future_ ? "+@all" : "-@all";
  for (const std::string& rule : rules_) (out += " ") += rule;
  return out;
}

std::string Selector::text() const {
  std::string out = keys();
  if (!out.empty()) out += ' ';
  return out + channels() + " " + commands();
}

/// acl.c of 7.0, ACLDescribeSelectorCommandRules: the categories that come nearest to what is
/// allowed, the best one first, and then single commands.
std::string Selector::worked_out() const {
  std::string out = future_ ? "+@all" : "-@all";
  Selector so_far(version_, false);
  so_far.set_all(future_);
  Selector rest = *this;
  std::vector<bool> is_used(categories().size());
  while (true) {
    std::size_t best = categories().size();
    std::size_t least = INT_MAX;
    std::size_t most = 0;
    for (std::size_t i = 0; i < categories().size(); ++i) {
      if (is_used[i]) continue;
      const auto& members = commands_->members(i);
      const auto on = static_cast<std::size_t>(
          std::count_if(members.begin(), members.end(),
                        [&](std::size_t command) { return rest.allowed_[command]; }));
      const std::size_t off = members.size() - on;
      const std::size_t different = future_ ? on : off;
      const std::size_t same = future_ ? off : on;
      if (same <= different || different > least || (different == least && same <= most)) continue;
      best = i;
      least = different;
      most = same;
    }
    if (best == categories().size()) break;
    is_used[best] = true;
    so_far.set_members(best, !future_);
    rest.set_members(best, future_);
    ((out += ' ') += future_ ? "-@" : "+@") += categories()[best];
  }
  for (std::size_t i = 0; i < allowed_.size(); ++i) describe(i, so_far, out);
  return out;
}

/// What has to be said of one command when `so_far` holds.
void Selector::describe(std::size_t command, Selector& so_far, std::string& out) const {
  const std::string_view name = commands_->all()[command].name;
  if (allowed_[command] != so_far.allowed_[command]) {
    ((out += ' ') += allowed_[command] ? '+' : '-') += name;
    so_far.set_command(command, allowed_[command]);
  }
  const auto firsts = firsts_.find(command);
  if (allowed_[command] || firsts == firsts_.end()) return;
  for (const std::string& first : firsts->second) (((out += " +") += name) += '|') += first;
}

}  // namespace plimsoll::redis
