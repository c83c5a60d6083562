// A question about one setting, in each scope where it counts.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "scanner/base/text.h"
#include "scanner/evaluate/check.h"
#include "scanner/evaluate/doubt.h"
#include "scanner/probe/value_text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kMostSupport = 3;
/// Up to here looking through all of them is faster than a table.
constexpr std::size_t kFewGroups = 16;

struct Group {
  std::string_view scope;
  std::vector<const Fact*> facts;
};

class SettingCheck {
 public:
  SettingCheck(const CompiledCheck& check, const FactIndex& facts, const CheckInput& input,
               bool want_support)
      : check_(check),
        facts_(facts),
        input_(input),
        doubt_(facts.facts(), check),
        key_(check.check->key),
        want_support_(want_support) {}

  CheckResult evaluate() {
    gather_groups();
    out_.truth = Truth::not_applicable;
    for (const Group& group : groups_) {
      const Truth truth = judge(group);
      if (truth == Truth::not_applicable) continue;
      const bool decided = out_.truth == Truth::no || truth == Truth::no;
      const bool open = out_.truth == Truth::unknown || truth == Truth::unknown;
      out_.truth = decided ? Truth::no : open ? Truth::unknown : Truth::yes;
    }
    // What was not read may set it, also where nothing that was read does.
    if (out_.truth == Truth::yes || out_.truth == Truth::not_applicable)
      if (const Gap* gap = doubt_.about_completeness()) out_.truth = unknown(describe(*gap));
    out_.reason = std::move(out_.truth == Truth::unknown ? unknown_ : absent_);
    return std::move(out_);
  }

 private:
  // --- which scopes

  [[nodiscard]] const Predicate* scope_predicate() const {
    const auto& where = check_.selection.where;
    const auto found = std::find_if(where.begin(), where.end(), [](const Predicate& predicate) {
      return predicate.on == Predicate::On::scope;
    });
    return found == where.end() ? nullptr : &*found;
  }

  Group& group(std::string_view scope) {
    if (!groups_.empty() && groups_.back().scope == scope) return groups_.back();
    if (groups_.size() < kFewGroups) {
      const auto found = std::find_if(groups_.begin(), groups_.end(),
                                      [&](const Group& one) { return one.scope == scope; });
      return found != groups_.end() ? *found : groups_.emplace_back(Group{scope, {}});
    }
    for (; indexed_ < groups_.size(); ++indexed_)
      by_scope_.emplace(groups_[indexed_].scope, indexed_);
    const auto found = by_scope_.find(scope);
    return found != by_scope_.end() ? groups_[found->second]
                                    : groups_.emplace_back(Group{scope, {}});
  }

  void gather_groups() {
    const Predicate* scope = scope_predicate();
    if (scope == nullptr)
      group({});
    else if (scope->matcher.op() == Op::equals || scope->matcher.op() == Op::one_of)
      for (const std::string& name : scope->matcher.operands()) group(name);
    else if (check_.check->when_absent_given)
      for (const Fact& fact : facts_.facts().rows)
        if (in_scope(scope, fact.scope)) group(fact.scope);
    for (const Fact* fact : facts_.with_key(key_))
      if (in_scope(scope, fact->scope)) group(fact->scope).facts.push_back(fact);
    if (scope == nullptr && groups_.size() > 1 && groups_.front().facts.empty() &&
        is_set_everywhere())
      groups_.erase(groups_.begin());
    if (groups_.empty()) group({});
  }

  [[nodiscard]] bool is_set_everywhere() const {
    const auto& facts = facts_.with_key(key_);
    return std::any_of(facts.begin(), facts.end(),
                       [](const Fact* fact) { return fact->everywhere; });
  }

  static bool in_scope(const Predicate* scope, std::string_view name) {
    return scope == nullptr || scope->matcher.test(name).value_or(false);
  }

  // --- one scope

  Truth judge(const Group& group) {
    if (const Gap* gap = doubt_.about(group.scope)) return unknown(describe(*gap));
    if (group.facts.empty()) return judge_absent(group);
    if (check_.expect->op() == Op::absent) return judge_unwanted(group);
    Truth truth = Truth::yes;
    if (check_.explicit_value)
      for (const Fact* fact : group.facts)
        if (fact->origin.is_default()) truth = judge_default(*fact, group);
    if (truth != Truth::yes) return truth;
    return accumulates() ? judge_together(group) : judge_each(group);
  }

  Truth judge_absent(const Group& group) {
    Truth truth = truth_when_absent(check_.check->when_absent);
    if (check_.expect->op() == Op::absent && !check_.check->when_absent_given) truth = Truth::yes;
    const bool wanted = check_.expect->op() == Op::present || check_.explicit_value;
    if (wanted && !check_.check->when_absent_given) truth = Truth::no;
    if (truth != Truth::yes && truth != Truth::not_applicable)
      if (const Gap* gap = doubt_.about_completeness()) return unknown(describe(*gap));
    if (truth == Truth::unknown)
      return unknown(
          fmt::format("nothing sets `{}`{}, and no default is known", key_, in_words(group.scope)));
    if (truth == Truth::not_applicable && !input_.no_idle_reason)
      absent_ = fmt::format("nothing sets `{}`{}", key_, in_words(group.scope));
    if (truth == Truth::no && !only_counted())
      add(group, nullptr, {}, {},
          fmt::format("`{}` is not set{}; wanted: {}", key_, in_words(group.scope), expected()));
    return truth;
  }

  Truth judge_unwanted(const Group& group) {
    Truth truth = Truth::yes;
    for (const Fact* fact : group.facts) {
      if (fact->origin.is_default()) continue;
      truth = Truth::no;
      add(group, fact, fact->value, group.facts.size() > 1 ? fact->value : std::string_view{},
          fmt::format("`{}` is set to `{}`{}; it should not be set", key_, shown(fact->value),
                      in_words(group.scope)));
    }
    return truth;
  }

  /// Not written down is drift either way; the message says whether the value itself would do.
  Truth judge_default(const Fact& fact, const Group& group) {
    const Result<bool> holds = accumulates() ? check_.expect->test(Value{elements(group)})
                                             : check_.expect->test(fact.value);
    const std::string where = in_words(group.scope);
    add(group, &fact, fact.value, {},
        holds.value_or(false)
            ? fmt::format("`{}` is `{}`{}, right by default, but the rule wants it written down",
                          key_, shown(fact.value), where)
            : fmt::format("`{}` {} by default{}; wanted: {}", key_,
                          what_it_is(fact.value, *check_.expect), where, expected()));
    return Truth::no;
  }

  /// All rows of a list or set in one scope are one value, whatever operator asks; an expression
  /// looks at each row as it is written.
  [[nodiscard]] bool accumulates() const {
    const Type type = check_.expect->type();
    return (type == Type::list || type == Type::set) && check_.expect->op() != Op::matches;
  }

  static std::vector<std::string> elements(const Group& group) {
    std::vector<std::string> out;
    for (const Fact* fact : group.facts)
      for (const std::string_view element : words(fact->value, kSeparators))
        out.emplace_back(element);
    return out;
  }

  Truth judge_together(const Group& group) {
    std::vector<std::string> all = elements(group);
    const std::string actual = join(all, ",");
    const Fact& last = *group.facts.back();
    return judge_value(group, last, actual, {}, check_.expect->test(Value{std::move(all)}));
  }

  Truth judge_each(const Group& group) {
    Truth truth = Truth::yes;
    for (const Fact* fact : group.facts) {
      const std::string_view identity = group.facts.size() > 1 ? fact->value : std::string_view{};
      const Truth one =
          judge_value(group, *fact, fact->value, identity, check_.expect->test(fact->value));
      if (truth != Truth::no && one != Truth::yes) truth = one;
    }
    return truth;
  }

  Truth judge_value(const Group& group, const Fact& fact, std::string_view actual,
                    std::string_view identity, const Result<bool>& holds) {
    if (!holds)
      return unknown(
          fmt::format("the value of `{}`{}: {}", key_, in_words(group.scope), holds.error().what));
    if (!*holds ? !only_counted() : want_support_)
      add(group, &fact, actual, identity,
          fmt::format("`{}` {}{}{}; wanted: {}", key_, what_it_is(actual, *check_.expect),
                      fact.origin.is_default() ? " by default" : "", in_words(group.scope),
                      expected()),
          *holds);
    return *holds ? Truth::yes : Truth::no;
  }

  // --- findings

  /// Counts a finding that nobody wants to read.
  bool only_counted() {
    const bool full = out_.findings.size() >= CheckResult::kMostFindings;
    if (input_.counts_only || full) ++out_.found;
    return input_.counts_only || full;
  }

  void add(const Group& group, const Fact* fact, std::string_view actual, std::string_view identity,
           std::string message, bool supports = false) {
    Finding finding;
    finding.scope = group.scope;
    finding.key = key_;
    finding.actual = actual;
    finding.expected = expected();
    finding.message = std::move(message);
    if (fact != nullptr) {
      finding.origin = fact->origin;
      finding.shadowed = fact->shadowed;
    }
    finding.fingerprint = fingerprint(input_.rule, group.scope, key_, identity);
    if (!supports) return out_.add(std::move(finding));
    finding.message = fmt::format("`{}` is `{}`{}", key_, shown(actual), in_words(group.scope));
    if (out_.support.size() < kMostSupport) out_.support.push_back(std::move(finding));
  }

  Truth unknown(std::string reason) {
    if (unknown_.empty()) unknown_ = std::move(reason);
    return Truth::unknown;
  }

  [[nodiscard]] std::string expected() const {
    std::string words = check_.expect->describe();
    return check_.explicit_value ? words + ", written down" : words;
  }

  static std::string in_words(std::string_view scope) {
    return scope.empty() ? std::string() : fmt::format(" in `{}`", shown(scope));
  }

  const CompiledCheck& check_;
  const FactIndex& facts_;
  const CheckInput& input_;
  Doubt doubt_;
  std::string_view key_;
  bool want_support_;
  std::vector<Group> groups_;
  std::unordered_map<std::string_view, std::size_t> by_scope_;  ///< of the first indexed_ groups
  std::size_t indexed_ = 0;
  std::string unknown_, absent_;  ///< why
  CheckResult out_;
};

}  // namespace

CheckResult evaluate_setting(const CompiledCheck& check, const FactIndex& facts,
                             const CheckInput& input, bool want_support) {
  return SettingCheck(check, facts, input, want_support).evaluate();
}

}  // namespace plimsoll
