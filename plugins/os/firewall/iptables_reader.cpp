#include "plugins/os/firewall/iptables_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "plugins/os/firewall/iptables_rule.h"
#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

// A list of sources times a list of destinations.
constexpr std::size_t kRules = std::size_t{1} << 18;
constexpr std::size_t kInsertions = 4096;
constexpr std::size_t kArguments = 250;  // 255 with those that iptables-restore adds itself
constexpr std::size_t kFlushed = std::size_t{1} << 22;  // chains looked at for `-F`

struct Builtin {
  std::string_view table, chain, hook;
  std::int64_t priority;
};
// iptables(8), "TABLES"; the priorities are those of the kernel (linux/netfilter_ipv4.h).
constexpr auto kBuiltin = std::to_array<Builtin>({
    {"filter", "INPUT", "input", 0},
    {"filter", "FORWARD", "forward", 0},
    {"filter", "OUTPUT", "output", 0},
    {"nat", "PREROUTING", "prerouting", -100},
    {"nat", "INPUT", "input", 100},
    {"nat", "OUTPUT", "output", -100},
    {"nat", "POSTROUTING", "postrouting", 100},
    {"mangle", "PREROUTING", "prerouting", -150},
    {"mangle", "INPUT", "input", -150},
    {"mangle", "FORWARD", "forward", -150},
    {"mangle", "OUTPUT", "output", -150},
    {"mangle", "POSTROUTING", "postrouting", -150},
    {"raw", "PREROUTING", "prerouting", -300},
    {"raw", "OUTPUT", "output", -300},
    {"security", "INPUT", "input", 50},
    {"security", "FORWARD", "forward", 50},
    {"security", "OUTPUT", "output", 50},
});

const Builtin* builtin(std::string_view table, std::string_view chain) {
  const auto found = std::find_if(kBuiltin.begin(), kBuiltin.end(), [&](const Builtin& each) {
    return each.table == table && each.chain == chain;
  });
  return found == kBuiltin.end() ? nullptr : &*found;
}

}  // namespace

IptablesRestore::IptablesRestore(const Root& root, bool is_six)
    : family_(is_six ? "ip6" : "ip"), is_six_(is_six), services_(root) {}

std::optional<Error> IptablesRestore::file(const std::string& path, std::string_view text,
                                           bool keep) {
  origin_ = {path, 0, 1};
  return load(text, keep);
}

std::optional<Error> IptablesRestore::generated(const Origin& origin, std::string_view text,
                                                bool keep) {
  origin_ = origin;
  return load(text, keep);
}

std::optional<Error> IptablesRestore::load(std::string_view text, bool keep) {
  keep_ = keep;
  for (const Line& each : lines(text)) {
    line_ = each.number;
    if (!line(each.text)) break;
  }
  if (!error_ && table_ != nullptr) wrong(fmt::format("`*{}` lacks its COMMIT", table_->name));
  return error_;
}

Origin IptablesRestore::here() const {
  return {origin_.file, origin_.line == 0 ? line_ : origin_.line, 1};
}

bool IptablesRestore::wrong(std::string what, ErrorCode code) {
  if (!error_) error_ = Error{code, std::move(what), here()};
  return false;
}

bool IptablesRestore::line(std::string_view text) {
  // iptables-restore(8) knows comments and empty lines only at the very beginning of a line.
  if (text.empty() || text[0] == '#') return true;
  if (text[0] == '*') return begin(trim(text.substr(1)));
  if (trim(text) == "COMMIT" && table_ != nullptr) return commit();
  if (table_ == nullptr) return wrong("a rule stands outside of a table");
  if (text[0] == ':') return chain(text.substr(1));
  return command(text);
}

bool IptablesRestore::begin(std::string_view name) {
  if (table_ != nullptr) return wrong(fmt::format("`*{}` lacks its COMMIT", table_->name));
  const bool known = std::any_of(kBuiltin.begin(), kBuiltin.end(),
                                 [&](const Builtin& each) { return each.table == name; });
  if (!known) return wrong(fmt::format("there is no table `{}`", name));
  table_ = ruleset_.find(family_, std::string(name));
  if (table_ == nullptr) {
    table_ = &ruleset_.add(family_, std::string(name), here());
    // All built-in chains of a table are there as soon as it is.
    for (const Builtin& each : kBuiltin)
      if (each.table == name) known_chain(std::string(each.chain));
  } else if (!keep_) {
    // A table that comes again is flushed first; the policies stay.
    std::erase_if(table_->by_name, [](const auto& each) { return each.second->hook.empty(); });
    std::erase_if(table_->chains, [](const auto& each) { return each->hook.empty(); });
    for (const auto& each : table_->chains) each->rules.clear();
  }
  return true;
}

Chain* IptablesRestore::known_chain(const std::string& name) {
  Chain* found = table_->find(name);
  const Builtin* base = builtin(table_->name, name);
  if (found != nullptr || base == nullptr) return found;
  found = &table_->add(name, here());
  found->type = table_->name == "nat" ? "nat" : "filter";
  found->hook = base->hook;
  found->priority = base->priority;
  found->policy = "accept";
  found->policy_origin = here();
  return found;
}

bool IptablesRestore::policy(const std::string& name, std::string_view word) {
  Chain* chain = builtin(table_->name, name) == nullptr ? nullptr : known_chain(name);
  if (chain == nullptr) return wrong(fmt::format("`{}` is no built-in chain", name));
  if (word != "ACCEPT" && word != "DROP") return wrong(fmt::format("`{}` is no policy", word));
  chain->policy = lower(word);
  chain->policy_origin = here();
  return true;
}

/// `:INPUT DROP [0:0]`
bool IptablesRestore::chain(std::string_view text) {
  const auto fields = words(text);
  if (fields.size() < 2 || fields.size() > 3) return wrong("a chain wants a name and a policy");
  const std::string name(fields[0]);
  if (fields.size() == 3 && !(fields[2].starts_with('[') && fields[2].ends_with(']')))
    return wrong("counters stand in brackets");
  if (builtin(table_->name, name) != nullptr)
    return fields[1] == "-" ? known_chain(name) != nullptr : policy(name, fields[1]);
  // One that is there is emptied, also with `--noflush`.
  if (Chain* there = table_->find(name))
    there->rules.clear();
  else
    table_->add(name, here());
  return true;
}

bool IptablesRestore::command(std::string_view text) {
  if (text[0] == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return wrong("counters lack their bracket");
    text = text.substr(end + 1);
  }
  auto found = iptables_words(text);
  if (!found) return wrong("a quote without its end");
  if (found->empty()) return wrong("a command is missing");
  std::vector<std::string>& words = *found;
  if (words.size() > kArguments) return wrong("more arguments than iptables-restore takes");
  const std::string verb = words[0];
  const std::string name = words.size() > 1 ? words[1] : std::string();
  const auto is = [&](std::string_view brief, std::string_view full) {
    return verb == brief || verb == full;
  };
  if (is("-A", "--append") || is("-I", "--insert")) return add(words, is("-I", "--insert"));
  if (is("-P", "--policy")) return policy(name, words.size() > 2 ? words[2] : std::string());
  if (is("-N", "--new-chain")) {
    if (name.empty() || known_chain(name) != nullptr) return wrong("the chain cannot be made");
    table_->add(name, here());
    return true;
  }
  if (is("-F", "--flush")) return flush(name);
  return wrong(fmt::format("`{}` is not understood in a stored ruleset", verb),
               ErrorCode::unsupported);
}

/// Of one chain, or of all when none is named.
bool IptablesRestore::flush(const std::string& name) {
  if (name.empty()) {
    flushed_ += table_->chains.size();
    if (flushed_ > kFlushed) return wrong("tables are flushed too often", ErrorCode::limit);
    for (const auto& each : table_->chains) each->rules.clear();
    return true;
  }
  Chain* chain = known_chain(name);
  if (chain == nullptr) return wrong(fmt::format("there is no chain `{}`", name));
  chain->rules.clear();
  return true;
}

bool IptablesRestore::add(std::vector<std::string>& words, bool insert) {
  if (words.size() < 2) return wrong("a chain is missing");
  Chain* chain = known_chain(words[1]);
  if (chain == nullptr) return wrong(fmt::format("there is no chain `{}`", words[1]));
  std::size_t used = 2;
  std::size_t position = 1;
  if (insert && words.size() > 2 && to_integer(words[2])) {
    position = static_cast<std::size_t>(std::max<std::int64_t>(1, *to_integer(words[2])));
    if (position > chain->rules.size() + 1) return wrong("there is no rule of that number");
    if (position > 1 && ++insertions_ > kInsertions)
      return wrong(fmt::format("more than {} rules are put at a number", kInsertions),
                   ErrorCode::limit);
    ++used;
  }
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(used));
  // iptables(8): `-4` and `-6` lines count for one of the two programs only.
  for (const std::string_view each : {"-4", "--ipv4", "-6", "--ipv6"}) {
    const auto found = std::find(words.begin(), words.end(), each);
    if (found == words.end()) continue;
    if ((each.find('6') != std::string_view::npos) != is_six_) return true;
    words.erase(found);
  }
  auto rules = IptablesRule(is_six_, services_).read(table_->name, chain->name, words);
  if (!rules) return wrong(rules.error().what);
  count_ += rules->size();
  if (count_ > kRules) return wrong(fmt::format("more than {} rules", kRules), ErrorCode::limit);
  for (Rule& rule : *rules) place(*chain, std::move(rule), insert ? position : 0);
  return true;
}

/// At a position from 1, or at the end.
void IptablesRestore::place(Chain& chain, Rule rule, std::size_t position) {
  rule.origin = here();
  rule.text = fmt::format("-A {} {}", chain.name, rule.text);
  rule.text.resize(trim_right(rule.text).size());
  const std::string& target = rule.verdict.target;
  if (!target.empty() && !is_target(target)) open_targets_.push_back({target, rule.origin});
  auto made = std::make_unique<Rule>(std::move(rule));
  if (position == 0)
    chain.rules.push_back(std::move(made));
  else if (position == 1)
    chain.rules.push_front(std::move(made));
  else
    chain.rules.insert(chain.rules.begin() + static_cast<std::ptrdiff_t>(position - 1),
                       std::move(made));
}

bool IptablesRestore::is_target(std::string_view name) const {
  const Chain* found = table_->find(name);
  return found != nullptr && found->hook.empty();
}

bool IptablesRestore::commit() {
  for (const Target& each : open_targets_)
    if (!is_target(each.name)) {
      wrong(fmt::format("there is no chain or target `{}`", each.name));
      error_->where = each.origin;
      return false;
    }
  open_targets_.clear();
  table_ = nullptr;
  return true;
}

Result<Ruleset> read_iptables(const Root& root, const std::string& path, bool is_six) {
  const auto text = root.read(path);
  if (!text) return fail(text.error());
  IptablesRestore restore(root, is_six);
  if (const auto error = restore.file(path, *text, false)) return fail(*error);
  return restore.take();
}

}  // namespace plimsoll::firewall
