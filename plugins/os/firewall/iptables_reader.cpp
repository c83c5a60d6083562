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

class Reader {
 public:
  Reader(const Root& root, std::string path, bool is_six)
      : path_(std::move(path)), family_(is_six ? "ip6" : "ip"), is_six_(is_six), services_(root) {}

  Result<Ruleset> read(std::string_view text) {
    for (const Line& each : lines(text)) {
      line_ = each.number;
      if (!line(each.text)) break;
    }
    if (!error_ && table_ != nullptr) wrong(fmt::format("`*{}` lacks its COMMIT", table_->name));
    if (error_) return fail(*error_);
    return std::move(ruleset_);
  }

 private:
  Origin here() const { return {path_, line_, 1}; }

  bool wrong(std::string what, ErrorCode code = ErrorCode::invalid) {
    if (!error_) error_ = Error{code, std::move(what), here()};
    return false;
  }

  bool line(std::string_view text) {
    // iptables-restore(8) knows comments and empty lines only at the very beginning of a line.
    if (text.empty() || text[0] == '#') return true;
    if (text[0] == '*') return begin(trim(text.substr(1)));
    if (trim(text) == "COMMIT" && table_ != nullptr) {
      check_targets();
      table_ = nullptr;
      return !error_;
    }
    if (table_ == nullptr) return wrong("a rule stands outside of a table");
    if (text[0] == ':') return chain(text.substr(1));
    return command(text);
  }

  bool begin(std::string_view name) {
    if (table_ != nullptr) return wrong(fmt::format("`*{}` lacks its COMMIT", table_->name));
    const bool known = std::any_of(kBuiltin.begin(), kBuiltin.end(),
                                   [&](const Builtin& each) { return each.table == name; });
    if (!known) return wrong(fmt::format("there is no table `{}`", name));
    // A table that comes again is flushed first; the policies stay.
    table_ = ruleset_.find(family_, std::string(name));
    if (table_ != nullptr) {
      std::vector<std::string> gone;
      for (const auto& each : table_->chains) {
        each->rules.clear();
        if (each->hook.empty()) gone.push_back(each->name);
      }
      for (const std::string& each : gone) table_->remove(each);
    } else {
      table_ = &ruleset_.add(family_, std::string(name), here());
      // All built-in chains of a table are there as soon as it is.
      for (const Builtin& each : kBuiltin)
        if (each.table == name) known_chain(std::string(each.chain));
    }
    return true;
  }

  Chain* known_chain(const std::string& name) {
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

  bool policy(const std::string& name, std::string_view word) {
    Chain* chain = builtin(table_->name, name) == nullptr ? nullptr : known_chain(name);
    if (chain == nullptr) return wrong(fmt::format("`{}` is no built-in chain", name));
    if (word != "ACCEPT" && word != "DROP") return wrong(fmt::format("`{}` is no policy", word));
    chain->policy = lower(word);
    chain->policy_origin = here();
    return true;
  }

  /// `:INPUT DROP [0:0]`
  bool chain(std::string_view text) {
    const auto fields = words(text);
    if (fields.size() < 2 || fields.size() > 3) return wrong("a chain wants a name and a policy");
    const std::string name(fields[0]);
    if (fields.size() == 3 && !(fields[2].starts_with('[') && fields[2].ends_with(']')))
      return wrong("counters stand in brackets");
    if (builtin(table_->name, name) != nullptr)
      return fields[1] == "-" ? known_chain(name) != nullptr : policy(name, fields[1]);
    if (table_->find(name) == nullptr)
      table_->add(name, here());
    else
      table_->find(name)->rules.clear();
    return true;
  }

  bool command(std::string_view text) {
    if (text[0] == '[') {
      const std::size_t end = text.find(']');
      if (end == std::string_view::npos) return wrong("counters lack their bracket");
      text = text.substr(end + 1);
    }
    auto found = iptables_words(text);
    if (!found) return wrong("a quote without its end");
    if (found->empty()) return wrong("a command is missing");
    std::vector<std::string>& words = *found;
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
    if (is("-F", "--flush") && !name.empty()) {
      Chain* chain = known_chain(name);
      if (chain == nullptr) return wrong(fmt::format("there is no chain `{}`", name));
      chain->rules.clear();
      return true;
    }
    return wrong(fmt::format("`{}` is not understood in a stored ruleset", verb),
                 ErrorCode::unsupported);
  }

  bool add(std::vector<std::string>& words, bool insert) {
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
    for (Rule& rule : *rules) {
      rule.origin = here();
      rule.text = fmt::format("-A {} {}", chain->name, rule.text);
      rule.text.resize(trim_right(rule.text).size());
      auto made = std::make_unique<Rule>(std::move(rule));
      if (!insert)
        chain->rules.push_back(std::move(made));
      else if (position == 1)
        chain->rules.push_front(std::move(made));
      else
        chain->rules.insert(chain->rules.begin() + static_cast<std::ptrdiff_t>(position - 1),
                            std::move(made));
    }
    return true;
  }

  void check_targets() {
    for (const auto& chain : table_->chains)
      for (const auto& rule : chain->rules) {
        const std::string& target = rule->verdict.target;
        if (target.empty()) continue;
        const Chain* found = table_->find(target);
        if (found == nullptr || !found->hook.empty()) {
          wrong(fmt::format("there is no chain or target `{}`", target));
          error_->where = rule->origin;
          return;
        }
      }
  }

  std::string path_;
  std::string family_;
  bool is_six_;
  Services services_;
  Ruleset ruleset_;
  Table* table_ = nullptr;
  std::uint32_t line_ = 0;
  std::size_t count_ = 0;
  std::size_t insertions_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<Ruleset> read_iptables(const Root& root, const std::string& path, bool is_six) {
  const auto text = root.read(path);
  if (!text) return fail(text.error());
  return Reader(root, path, is_six).read(*text);
}

}  // namespace plimsoll::firewall
