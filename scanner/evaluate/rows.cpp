// A question about the rows that satisfy some conditions: every, some, none, exactly so many.
#include <fmt/format.h>

#include <algorithm>

#include "scanner/evaluate/check.h"
#include "scanner/evaluate/doubt.h"

namespace plimsoll {
namespace {

constexpr std::size_t kMostSupport = 3;

class RowsCheck {
 public:
  RowsCheck(const CompiledCheck& check, const FactIndex& facts, const CheckInput& input,
            bool want_support)
      : check_(check),
        facts_(facts),
        input_(input),
        doubt_(facts.facts(), check),
        settings_(check.probe->shape == Shape::settings),
        want_support_(want_support) {}

  CheckResult evaluate() {
    if (settings_ && !check_.check->key.empty())
      for (const Fact* fact : facts_.with_key(check_.check->key)) look_at(*fact);
    else
      for (const Fact& fact : facts_.facts().rows) look_at(fact);
    out_.truth = verdict();
    if (out_.truth == Truth::unknown) out_.reason = std::move(unknown_);
    return std::move(out_);
  }

 private:
  using Quantifier = Check::Quantifier;

  // --- one row

  void look_at(const Fact& fact) {
    Truth selected = hold(check_.selection.where, fact);
    if (selected == Truth::no) return;
    if (selected == Truth::yes)
      if (const Gap* gap = doubt_about(fact)) selected = unknown(describe(*gap));
    if (selected == Truth::yes)
      ++selected_;
    else
      ++unsure_;
    const Truth conforms = hold(check_.expects, fact);
    switch (check_.check->quantifier) {
      case Quantifier::every:
      case Quantifier::some:
        return count_expected(fact, selected, conforms);
      case Quantifier::none:
        return count_unwanted(fact, selected);
      case Quantifier::exactly:
        break;
    }
  }

  void count_expected(const Fact& fact, Truth selected, Truth conforms) {
    const bool every = check_.check->quantifier == Quantifier::every;
    if (conforms == Truth::unknown) unsure_expected_ = true;
    if (selected != Truth::yes) return;
    if (conforms == Truth::yes) {
      ++conforming_;
      if (want_support_ && out_.support.size() < kMostSupport)
        out_.support.push_back(finding(fact, check_.expects));
    }
    if (conforms != Truth::no || !every) return;
    ++violating_;
    Finding made = finding(fact, check_.expects);
    made.message = fmt::format("{}: {}; wanted: {}", subject(fact),
                               values(fact, check_.expects, true), made.expected);
    out_.add(std::move(made));
  }

  void count_unwanted(const Fact& fact, Truth selected) {
    if (selected != Truth::yes) return;
    Finding made = finding(fact, check_.selection.where);
    made.expected = "none";
    const std::string with = values(fact, check_.selection.where, false);
    made.message =
        fmt::format("{} should not be there{}{}", subject(fact), with.empty() ? "" : ": ", with);
    out_.add(std::move(made));
  }

  Truth hold(const std::vector<Predicate>& predicates, const Fact& fact) {
    Truth truth = Truth::yes;
    for (const Predicate& predicate : predicates) {
      if (doubt_.doubts_fields() && predicate.on == Predicate::On::field)
        if (const Gap* gap = doubt_.about_field(identity(fact), name(predicate))) {
          truth = unknown(describe(*gap));
          continue;
        }
      const Result<bool> holds = test(predicate, fact);
      if (holds && !*holds) return Truth::no;
      if (!holds)
        truth =
            unknown(fmt::format("{}: {}: {}", subject(fact), name(predicate), holds.error().what));
    }
    return truth;
  }

  [[nodiscard]] Result<bool> test(const Predicate& predicate, const Fact& fact) const {
    switch (predicate.on) {
      case Predicate::On::scope:
        return predicate.matcher.test(fact.scope);
      case Predicate::On::key:
        return predicate.matcher.test(fact.key);
      case Predicate::On::value:
        return predicate.matcher.test(fact.value);
      case Predicate::On::field:
        break;
    }
    if (predicate.index >= fact.fields.size()) return predicate.matcher.test(Value{});
    const Value& value = fact.fields[predicate.index];
    // Nearly all rows fail at such a condition (`kind = "user"`), of nearly all rules.
    const Matcher& matcher = predicate.matcher;
    if (matcher.op() == Op::equals && matcher.type() == Type::text)
      if (const auto* text = std::get_if<std::string>(&value))
        return *text == matcher.operands().front();
    return matcher.test(value);
  }

  [[nodiscard]] bool applies(const Predicate& predicate, const Fact& fact) const {
    return predicate.on != Predicate::On::field ||
           (predicate.index < fact.fields.size() &&
            !std::holds_alternative<std::monostate>(fact.fields[predicate.index]));
  }

  [[nodiscard]] const Gap* doubt_about(const Fact& fact) const {
    if (const Gap* gap = doubt_.about(fact.scope)) return gap;
    return settings_ ? nullptr : doubt_.about(identity(fact));
  }

  // --- all rows

  Truth verdict() {
    const bool nothing = selected_ == 0 && unsure_ == 0;
    const Gap* gap = doubt_.about_completeness();
    if (gap == nullptr) gap = doubt_.about_missing_rows();
    if (nothing && gap == nullptr && check_.check->when_absent_given) return verdict_on_nothing();
    if (gap != nullptr) unknown(describe(*gap));
    const bool complete = gap == nullptr && unsure_ == 0 && !unsure_expected_;
    switch (check_.check->quantifier) {
      case Quantifier::every:
        return refuted(violating_ > 0, complete);
      case Quantifier::none:
        return refuted(selected_ > 0, complete);
      case Quantifier::some:
        return verdict_on_some(complete);
      case Quantifier::exactly:
        break;
    }
    return verdict_on_count(complete);
  }

  static Truth refuted(bool by_a_row, bool complete) {
    if (by_a_row) return Truth::no;
    return complete ? Truth::yes : Truth::unknown;
  }

  Truth verdict_on_nothing() {
    const Truth truth = truth_when_absent(check_.check->when_absent);
    const std::string message = described() + " is not there";
    if (truth == Truth::unknown) return unknown(message);
    if (truth == Truth::not_applicable) out_.reason = message;
    if (truth == Truth::no) add_summary(message, "none", wanted());
    return truth;
  }

  Truth verdict_on_some(bool complete) {
    if (conforming_ > 0) return Truth::yes;
    if (!complete) return Truth::unknown;
    if (selected_ == 0 && !check_.check->called.empty())
      add_summary(described() + " is not there", "none", "one");
    else if (selected_ == 0)
      add_summary(fmt::format("{} is not there; wanted: {}", described(), wanted()), "none",
                  wanted());
    else
      add_summary(fmt::format("none of the {} found has what is wanted: {}",
                              facts_in_words(selected_), wanted()),
                  fmt::format("none of {}", selected_), wanted());
    return Truth::no;
  }

  Truth verdict_on_count(bool complete) {
    const auto count = static_cast<std::size_t>(check_.check->count);
    if (selected_ <= count && !complete) return Truth::unknown;
    if (selected_ == count) return Truth::yes;
    if (selected_ == 0 && count == 1)
      add_summary(described() + " is not there", "none", "one");
    else
      add_summary(fmt::format("{} found; wanted: {}", facts_in_words(selected_), count),
                  std::to_string(selected_), std::to_string(count));
    return Truth::no;
  }

  // --- words

  [[nodiscard]] std::string identity(const Fact& fact) const {
    if (settings_ || fact.fields.empty()) return fact.key;
    return to_text(fact.fields.front(), check_.probe->fields.front().type);
  }

  [[nodiscard]] std::string subject(const Fact& fact) const {
    std::string out = fmt::format("`{}`", shown(identity(fact)));
    if (settings_) out += fmt::format(" `{}`", shown(fact.value));
    if (!fact.scope.empty()) out += fmt::format(" in `{}`", shown(fact.scope));
    return out;
  }

  [[nodiscard]] std::string_view name(const Predicate& predicate) const {
    switch (predicate.on) {
      case Predicate::On::scope:
        return "scope";
      case Predicate::On::key:
        return "key";
      case Predicate::On::value:
        return "value";
      case Predicate::On::field:
        break;
    }
    return check_.probe->fields[predicate.index].name;
  }

  [[nodiscard]] std::string value(const Predicate& predicate, const Fact& fact) const {
    switch (predicate.on) {
      case Predicate::On::scope:
        return fact.scope;
      case Predicate::On::key:
        return fact.key;
      case Predicate::On::value:
        return fact.value;
      case Predicate::On::field:
        break;
    }
    if (predicate.index >= fact.fields.size()) return {};
    return to_text(fact.fields[predicate.index], check_.probe->fields[predicate.index].type);
  }

  /// "`mode` is `0777` and `owner` is `bin`": the fields that the predicates look at, without what
  /// the subject says already; `failing`: only those that do not hold.
  [[nodiscard]] std::string values(const Fact& fact, const std::vector<Predicate>& predicates,
                                   bool failing) const {
    std::string out;
    for (const Predicate& predicate : predicates) {
      const bool said = settings_ || predicate.index == 0 || is_on_place(predicate, *check_.probe);
      if (failing ? test(predicate, fact).value_or(false) : said) continue;
      const std::string_view before = out.empty() ? "" : " and ";
      out += applies(predicate, fact)
                 ? fmt::format("{}`{}` {}", before, name(predicate),
                               what_it_is(value(predicate, fact), predicate.matcher))
                 : fmt::format("{}there is no `{}`", before, name(predicate));
    }
    return out;
  }

  /// The condition that names the rows (`path = "/etc/x"`), or null.
  [[nodiscard]] const Predicate* naming() const {
    const auto& where = check_.selection.where;
    const auto found = std::find_if(where.begin(), where.end(), [&](const Predicate& one) {
      const bool first = settings_ ? one.on == Predicate::On::key : one.index == 0;
      return first && (one.matcher.op() == Op::equals || one.matcher.op() == Op::one_of);
    });
    return found == where.end() ? nullptr : &*found;
  }

  /// " with `type` `file` and `mode` all bits of `4000`": what rows are asked about, but for what
  /// names them.
  [[nodiscard]] std::string conditions(const std::vector<Predicate>& predicates,
                                       std::string_view before) const {
    std::string out;
    for (const Predicate& predicate : predicates)
      if (&predicate != naming())
        out += fmt::format("{}`{}` {}", out.empty() ? before : " and ", name(predicate),
                           predicate.matcher.describe());
    return out;
  }

  /// "`/etc/x` with `type` `file`", "a fact of `file` with …"
  [[nodiscard]] std::string described() const {
    if (!check_.check->called.empty()) return check_.check->called;
    const Predicate* named = naming();
    return (named != nullptr ? named->matcher.describe()
                             : fmt::format("a fact of `{}`", check_.probe->name)) +
           conditions(check_.selection.where, " with ");
  }

  [[nodiscard]] std::string facts_in_words(std::size_t count) const {
    const Predicate* named = naming();
    const std::string of =
        named != nullptr ? named->matcher.describe() : fmt::format("`{}`", check_.probe->name);
    return fmt::format("{} fact{} of {}{}", count, count == 1 ? "" : "s", of,
                       conditions(check_.selection.where, " with "));
  }

  [[nodiscard]] std::string wanted() const {
    const std::string fields = conditions(check_.expects, "");
    return fields.empty() ? "such a fact" : fields;
  }

  [[nodiscard]] Finding finding(const Fact& fact, const std::vector<Predicate>& predicates) const {
    Finding out;
    out.scope = fact.scope;
    out.key = identity(fact);
    std::vector<const Predicate*> told;
    const bool only_failing = &predicates == &check_.expects && violates(fact);
    for (const Predicate& predicate : predicates)
      if (!only_failing || !test(predicate, fact).value_or(false)) told.push_back(&predicate);
    for (const Predicate* predicate : told) {
      const std::string field =
          told.size() == 1 ? std::string() : fmt::format("{} ", name(*predicate));
      const std::string_view before = predicate == told.front() ? "" : ", ";
      out.actual.append(before).append(field).append(value(*predicate, fact));
      out.expected.append(before).append(field).append(predicate->matcher.describe());
    }
    out.message = fmt::format("{} is there", subject(fact));
    out.origin = fact.origin;
    out.shadowed = fact.shadowed;
    out.fingerprint = fingerprint(input_.rule, fact.scope, out.key,
                                  settings_ ? std::string_view(fact.value) : std::string_view{});
    return out;
  }

  [[nodiscard]] bool violates(const Fact& fact) const {
    return std::any_of(check_.expects.begin(), check_.expects.end(),
                       [&](const Predicate& one) { return !test(one, fact).value_or(true); });
  }

  void add_summary(std::string message, std::string actual, std::string expected) {
    Finding out;
    const Predicate* named = naming();
    out.key = named != nullptr ? named->matcher.operands().front() : check_.check->key;
    out.actual = std::move(actual);
    out.expected = std::move(expected);
    out.message = std::move(message);
    out.fingerprint = fingerprint(input_.rule, {}, out.key);
    out_.add(std::move(out));
  }

  Truth unknown(std::string reason) {
    if (unknown_.empty()) unknown_ = std::move(reason);
    return Truth::unknown;
  }

  const CompiledCheck& check_;
  const FactIndex& facts_;
  const CheckInput& input_;
  Doubt doubt_;
  bool settings_;
  bool want_support_;
  std::size_t selected_ = 0, unsure_ = 0, conforming_ = 0, violating_ = 0;
  bool unsure_expected_ = false;
  std::string unknown_;
  CheckResult out_;
};

}  // namespace

CheckResult evaluate_rows(const CompiledCheck& check, const FactIndex& facts,
                          const CheckInput& input, bool want_support) {
  return RowsCheck(check, facts, input, want_support).evaluate();
}

}  // namespace plimsoll
