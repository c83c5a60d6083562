#include "plugins/os/firewall/nft_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "plugins/os/firewall/nft_input.h"
#include "plugins/os/firewall/nft_rule.h"
#include "plugins/os/firewall/nft_values.h"
#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

// Inserting in the middle of a long chain is what takes time.
constexpr std::size_t kInsertions = 4096;
// So does looking for what still jumps to a chain that is deleted.
constexpr std::size_t kDeletions = 4096;

struct Place {
  std::string family;
  std::string table;
  std::string chain;
};

struct Position {
  std::optional<std::size_t> index;
};

/// Carries out the commands of a ruleset file on a ruleset that begins empty.
class NftReader {
 public:
  NftReader(const Root& root, Ruleset& ruleset)
      : in_(root), services_(root), rules_(in_, services_), ruleset_(ruleset) {}

  std::optional<Error> read(const std::string& path, const std::vector<std::string>& directories) {
    if (!directories.empty()) in_.include_directories = directories;
    if (auto error = in_.lexer.open(path, {path, 0, 0})) return error;
    while (!in_.failed() && in_.peek().kind != Token::Kind::end) line();
    return in_.error();
  }

 private:
  void line() {
    if (in_.peek().is_separator()) {
      in_.next();
      return;
    }
    if (in_.common()) return;
    command();
    if (!in_.failed()) in_.separator();
  }

  void command() {
    const Token at = in_.peek();
    for (const std::string_view verb : {"list", "get", "reset", "describe", "export", "monitor"})
      if (in_.take(verb)) return skip_statement();
    if (in_.take("flush")) return flush();
    if (in_.take("delete")) return remove(true);
    if (in_.take("destroy")) return remove(false);  // since nftables 1.0.7
    if (in_.take("rename")) return rename();
    if (in_.take("insert")) {
      if (in_.expect("rule")) add_rule(true);
      return;
    }
    for (const std::string_view verb : {"replace", "import"})
      if (in_.take(verb)) return in_.unsupported("it speaks of a ruleset that is loaded", at);
    const bool create = in_.take("create");
    if (!create) in_.take("add");
    add(create);
  }

  void add(bool create) {
    const Token at = in_.peek();
    if (in_.take("table")) return add_table(create);
    if (in_.take("chain")) return add_chain_command(create);
    for (const std::string_view object : {"set", "map", "element", "flowtable", "counter", "quota",
                                          "limit", "secmark", "synproxy", "ct"})
      if (in_.take(object)) return object_command(object);
    if (create) return in_.fail("nothing can be created so", at);
    in_.take("rule");
    add_rule(false);
  }

  // ---- names

  std::string family() {
    for (const std::string_view each : {"ip", "ip6", "inet", "arp", "bridge", "netdev"})
      if (in_.take(each)) return std::string(each);
    return "ip";
  }

  Place table_place() {
    Place place;
    place.family = family();
    place.table = in_.identifier();
    return place;
  }

  Place chain_place() {
    Place place = table_place();
    if (!in_.failed()) place.chain = in_.identifier();
    return place;
  }

  Table* known_table(const Place& place, const Token& at) {
    Table* table = in_.failed() ? nullptr : ruleset_.find(place.family, place.table);
    if (table == nullptr && !in_.failed())
      in_.fail(fmt::format("there is no table `{} {}`", place.family, place.table), at);
    return table;
  }

  Chain* known_chain(const Place& place, const Token& at) {
    const Table* table = known_table(place, at);
    Chain* chain = table == nullptr ? nullptr : table->find(place.chain);
    if (table != nullptr && chain == nullptr)
      in_.fail(fmt::format("there is no chain `{}`", place.chain), at);
    return chain;
  }

  // ---- tables

  void add_table(bool create) {
    const Token at = in_.peek();
    const Place place = table_place();
    if (in_.failed()) return;
    Table* table = ruleset_.find(place.family, place.table);
    if (table != nullptr && create) return in_.fail("the table exists", at);
    if (table == nullptr) table = &ruleset_.add(place.family, place.table, in_.lexer.origin(at));
    if (!in_.take("{")) return;
    in_.open_scope();
    // nft makes all chains before it adds the rules, so a rule may jump to a chain below.
    while (!in_.failed() && !in_.peek().is("}")) table_line(*table);
    in_.close_scope();
    in_.expect("}");
    check_references();
  }

  void table_line(Table& table) {
    const Token at = in_.peek();
    if (at.is_separator()) {
      in_.next();
    } else if (in_.common()) {
    } else if (in_.take("flags")) {
      const Token flag = in_.next();
      if (!flag.is("dormant") && !flag.is("owner")) return in_.fail("no such table flag", flag);
      table.dormant = table.dormant || flag.is("dormant");
      in_.separator();
    } else if (in_.take("comment")) {
      in_.next();
      in_.separator();
    } else if (in_.take("chain")) {
      const Token name = in_.peek();
      const std::string chain = in_.identifier();
      if (!in_.failed()) chain_block(table, chain, name, false);
      if (!in_.failed()) in_.separator();
    } else if (is_object(at)) {
      in_.next();
      if (at.is("ct")) in_.next();
      const std::string name = in_.identifier();
      if (at.is("set") || at.is("map")) table.sets.insert(name);
      if (!in_.failed()) skip_block();
      if (!in_.failed()) in_.separator();
    } else {
      in_.fail("nothing in a table begins so", at);
    }
  }

  static bool is_object(const Token& token) {
    constexpr auto kObjects = std::to_array<std::string_view>(
        {"set", "map", "flowtable", "counter", "quota", "ct", "limit", "secmark", "synproxy"});
    return std::any_of(kObjects.begin(), kObjects.end(),
                       [&](std::string_view each) { return token.is(each); });
  }

  // ---- chains

  void add_chain_command(bool create) {
    const Token at = in_.peek();
    const Place place = chain_place();
    Table* table = known_table(place, at);
    if (table == nullptr) return;
    if (create && table->find(place.chain) != nullptr) return in_.fail("the chain exists", at);
    chain_block(*table, place.chain, at, true);
    check_references();
  }

  void chain_block(Table& table, const std::string& name, const Token& at, bool may_lack_block) {
    Chain* chain = table.find(name);
    const bool is_new = chain == nullptr;
    if (is_new) chain = &table.add(name, in_.lexer.origin(at));
    if (may_lack_block && !in_.peek().is("{")) return;
    if (!in_.expect("{")) return;
    in_.open_scope();
    has_policy_ = false;
    while (!in_.failed() && !in_.peek().is("}")) chain_line(table, *chain, is_new);
    in_.close_scope();
    in_.expect("}");
    if (has_policy_ && chain->hook.empty()) in_.fail("only a base chain has a policy", at);
  }

  void chain_line(const Table& table, Chain& chain, bool is_new) {
    const Token at = in_.peek();
    if (at.is_separator()) {
      in_.next();
      return;
    }
    if (in_.common()) return;
    if (in_.take("type"))
      hook(table, chain, is_new, at);
    else if (in_.take("policy"))
      policy(chain, at);
    else if (in_.take("flags"))
      in_.expect("offload");
    else if (in_.take("comment"))
      in_.next();
    else
      chain.rules.push_back(read_rule(table));
    if (!in_.failed()) in_.separator();
  }

  /// `type filter hook input device "eth0" priority filter + 5`
  void hook(const Table& table, Chain& chain, bool is_new, const Token& at) {
    const std::string type(in_.next().text);
    if (type != "filter" && type != "nat" && type != "route")
      return in_.fail("no such chain type", at);
    if (!in_.expect("hook")) return;
    const std::string hook(in_.next().text);
    constexpr auto kHooks = std::to_array<std::string_view>(
        {"prerouting", "input", "forward", "output", "postrouting", "ingress", "egress"});
    if (std::find(kHooks.begin(), kHooks.end(), hook) == kHooks.end())
      return in_.fail("no such hook", at);
    devices();
    if (in_.failed() || !in_.expect("priority")) return;
    const std::int64_t value = priority(table.family, hook);
    if (in_.failed()) return;
    // The kernel turns no existing chain into a base chain and changes none but its policy.
    if (!is_new && (chain.type != type || chain.hook != hook || chain.priority != value))
      return in_.fail("the chain exists and is another", at);
    if (!is_new) return;
    chain.type = type;
    chain.hook = hook;
    chain.priority = value;
    // nft(8): the default policy is accept.
    if (chain.policy.empty()) chain.policy = "accept";
    chain.policy_origin = in_.lexer.origin(at);
  }

  void devices() {
    if (in_.take("device")) {
      in_.expand();
      in_.next();
    } else if (in_.take("devices")) {
      if (!in_.expect("=")) return;
      in_.expand();
      skip_block();
    }
  }

  std::int64_t number() {
    const Token token = in_.next();
    const auto value = token.kind == Token::Kind::number ? to_integer(token.text) : std::nullopt;
    if (!value || *value > 0x7fffffff) {
      in_.fail("a number is missing", token);
      return 0;
    }
    return *value;
  }

  /// nft(8), table "Standard priority names": what they stand for depends on family and hook.
  std::optional<std::int64_t> named_priority(std::string_view name, std::string_view family,
                                             std::string_view hook) {
    struct Named {
      std::string_view name;
      std::int64_t other;
      std::int64_t bridge;
    };
    constexpr auto kNames = std::to_array<Named>({{"raw", -300, 0},
                                                  {"mangle", -150, 0},
                                                  {"dstnat", -100, -300},
                                                  {"filter", 0, -200},
                                                  {"security", 50, 0},
                                                  {"srcnat", 100, 300},
                                                  {"out", 0, 100}});
    const bool bridge = family == "bridge";
    for (const Named& each : kNames) {
      if (each.name != name) continue;
      if (bridge ? each.bridge == 0 : name == "out") return {};
      if (name == "dstnat" && hook != "prerouting" && !(hook == "output" && bridge)) return {};
      if (name == "srcnat" && hook != "postrouting") return {};
      return bridge ? each.bridge : each.other;
    }
    return {};
  }

  std::int64_t priority(std::string_view family, std::string_view hook) {
    in_.expand();
    if (in_.take("-")) return -number();
    const Token at = in_.peek();
    if (at.kind == Token::Kind::number) return number();
    in_.next();
    // A variable may hold the whole of it in quotes: `"filter - 3"`.
    const auto parts =
        at.kind == Token::Kind::quoted ? words(at.text) : std::vector<std::string_view>{at.text};
    const auto base = parts.empty() ? std::nullopt : named_priority(parts[0], family, hook);
    if (!base) {
      in_.fail("no such priority here", at);
      return 0;
    }
    if (parts.size() == 3) {
      const auto offset = to_integer(parts[2]);
      if (offset && (parts[1] == "+" || parts[1] == "-"))
        return *base + (parts[1] == "+" ? *offset : -*offset);
      in_.fail("no such priority here", at);
    }
    if (in_.take("+")) return *base + number();
    if (in_.take("-")) return *base - number();
    return *base;
  }

  void policy(Chain& chain, const Token& at) {
    if (has_policy_) return in_.fail("the policy is set twice", at);
    has_policy_ = true;
    in_.expand();
    const Token word = in_.next();
    if (word.text != "accept" && word.text != "drop") return in_.fail("no such policy", word);
    chain.policy = std::string(word.text);
    chain.policy_origin = in_.lexer.origin(at);
  }

  // ---- rules

  void add_rule(bool first) {
    const Token at = in_.peek();
    Place place = chain_place();
    if (in_.failed()) return;
    Position position;
    if (in_.take("index")) position.index = static_cast<std::size_t>(number());
    if (in_.peek().is("handle") || in_.peek().is("position"))
      return in_.unsupported("it names a rule that is loaded", in_.peek());
    Chain* chain = known_chain(place, at);
    if (chain == nullptr) return;
    auto rule = read_rule(*ruleset_.find(place.family, place.table));
    check_references();
    if (in_.failed()) return;
    if (!position.index) {
      if (first)
        chain->rules.push_front(std::move(rule));
      else
        chain->rules.push_back(std::move(rule));
      return;
    }
    if (*position.index >= chain->rules.size())
      return in_.fail("there is no rule of that index", at);
    if (++insertions_ > kInsertions)
      return in_.fail({ErrorCode::limit,
                       fmt::format("more than {} rules are put at an index", kInsertions),
                       in_.lexer.origin(at)});
    const auto offset = static_cast<std::ptrdiff_t>(*position.index + (first ? 0 : 1));
    chain->rules.insert(chain->rules.begin() + offset, std::move(rule));
  }

  // ---- what is taken away

  void flush() {
    const Token at = in_.peek();
    if (in_.take("ruleset")) {
      const bool all = in_.peek().is_separator() || in_.peek().kind == Token::Kind::end;
      ruleset_.clear(all ? std::string() : family());
    } else if (in_.take("table")) {
      const Table* table = known_table(table_place(), at);
      if (table == nullptr) return;
      for (const auto& chain : table->chains) chain->rules.clear();
    } else if (in_.take("chain")) {
      Chain* chain = known_chain(chain_place(), at);
      if (chain != nullptr) chain->rules.clear();
    } else if (in_.take("set") || in_.take("map") || in_.take("meter")) {
      skip_statement();
    } else {
      in_.fail("nothing can be flushed so", at);
    }
  }

  void remove(bool must_exist) {
    const Token at = in_.peek();
    if (in_.take("table")) {
      const Place place = table_place();
      if (in_.peek().is("handle")) return in_.unsupported("it names a table that is loaded", at);
      if (must_exist && known_table(place, at) == nullptr) return;
      ruleset_.remove(place.family, place.table);
    } else if (in_.take("chain")) {
      const Place place = chain_place();
      if (!must_exist && ruleset_.find(place.family, place.table) == nullptr) return;
      Table* table = known_table(place, at);
      if (table == nullptr) return;
      if (must_exist && table->find(place.chain) == nullptr)
        return in_.fail("there is no such chain", at);
      remove_chain(*table, place.chain, at);
    } else if (in_.peek().is("rule")) {
      in_.unsupported("it names a rule that is loaded", at);
    } else if (in_.take("element") || is_object(at)) {
      skip_statement();
    } else {
      in_.fail("nothing can be deleted so", at);
    }
  }

  void remove_chain(Table& table, const std::string& name, const Token& at) {
    if (++deletions_ > kDeletions)
      return in_.fail({ErrorCode::limit, fmt::format("more than {} chains are deleted", kDeletions),
                       in_.lexer.origin(at)});
    for (const auto& chain : table.chains)
      for (const auto& rule : chain->rules) {
        bool used = rule->verdict.target == name || chain->name == name;
        for (const auto& [condition, verdict] : rule->map) used = used || verdict.target == name;
        if (used) return in_.fail("the chain has rules, or something jumps to it", at);
      }
    table.remove(name);
  }

  void rename() {
    const Token at = in_.peek();
    if (!in_.expect("chain")) return;
    const Place place = chain_place();
    // nft asks the running kernel for the chain, not what the file has made so far.
    if (!in_.failed()) in_.unsupported("it names a chain that is loaded", at);
  }

  // ---- what is read past

  void object_command(std::string_view object) {
    const Token at = in_.peek();
    if (object == "ct") in_.next();
    const Place place = chain_place();
    Table* table = known_table(place, at);
    if (table == nullptr) return;
    if (object == "set" || object == "map") table->sets.insert(place.chain);
    if (object == "element" && table->sets.find(place.chain) == table->sets.end())
      return in_.fail("there is no such set", at);
    skip_statement();
  }

  void skip_statement() {
    std::size_t depth = 0;
    while (!in_.failed()) {
      const Token& token = in_.peek();
      if (token.kind == Token::Kind::end) break;
      if (depth == 0 && (token.is_separator() || token.is("}"))) break;
      if (token.kind == Token::Kind::junk) return in_.fail("no token begins so", token);
      if (token.is("{")) ++depth;
      if (token.is("}")) --depth;
      const bool line_end = in_.next().kind == Token::Kind::newline;
      if (line_end && depth > 1 && in_.peek().kind == Token::Kind::newline)
        return in_.fail("an empty line in a set", in_.peek());
    }
    if (depth > 0) in_.fail("`}` is missing", in_.peek());
  }

  void skip_block() {
    if (in_.peek().is("{"))
      skip_statement();
    else
      in_.fail("`{` is missing", in_.peek());
  }

  // ---- what rules refer to

  struct Reference {
    const Table* table;
    std::string name;
    bool is_set;
    Origin origin;
  };

  std::unique_ptr<Rule> read_rule(const Table& table) {
    auto rule = std::make_unique<Rule>(rules_.read(table.family));
    const auto refer = [&](const Condition& condition, const Verdict& verdict) {
      if (!verdict.target.empty())
        references_.push_back({&table, verdict.target, false, rule->origin});
      for (const std::string& value : condition.values)
        if (value.starts_with('@'))
          references_.push_back({&table, value.substr(1), true, rule->origin});
    };
    for (const Condition& condition : rule->conditions) refer(condition, {});
    refer({}, rule->verdict);
    for (const auto& [condition, verdict] : rule->map) refer(condition, verdict);
    return rule;
  }

  /// The kernel refuses a jump to a chain, or the name of a set, that is not there when the command
  /// is carried out; a table's block makes all its chains before it adds rules.
  void check_references() {
    for (const Reference& each : references_) {
      if (each.is_set && each.table->sets.find(each.name) == each.table->sets.end())
        in_.fail({ErrorCode::invalid, fmt::format("there is no set `{}`", each.name), each.origin});
      const Chain* target = each.is_set ? nullptr : each.table->find(each.name);
      if (!each.is_set && (target == nullptr || !target->hook.empty()))
        in_.fail({ErrorCode::invalid, fmt::format("there is no chain `{}` to jump to", each.name),
                  each.origin});
    }
    references_.clear();
  }

  NftInput in_;
  Services services_;
  NftRuleReader rules_;
  Ruleset& ruleset_;
  bool has_policy_ = false;
  std::size_t insertions_ = 0;
  std::size_t deletions_ = 0;
  std::vector<Reference> references_;
};

}  // namespace

Result<Ruleset> read_nft(const Root& root, const std::string& path,
                         const std::vector<std::string>& include_directories) {
  Ruleset ruleset;
  if (auto error = NftReader(root, ruleset).read(path, include_directories)) return fail(*error);
  return ruleset;
}

}  // namespace plimsoll::firewall
