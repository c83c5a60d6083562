#include "scanner/evaluate/check.h"

#include <fmt/format.h>

#include <bit>

#include "scanner/base/sha256.h"
#include "scanner/evaluate/doubt.h"

namespace plimsoll {
namespace {

constexpr std::size_t kFingerprintDigits = 32;
constexpr std::size_t kLongestShown = 160;
constexpr std::size_t kMostNamed = 3;

CheckResult evaluate_leaf(const CompiledCheck& check, const CheckInput& input, bool want_support) {
  CheckResult out;
  const auto found = input.facts.find(check.probe);
  if (found == input.facts.end()) {
    out.truth = Truth::unknown;
    out.reason = fmt::format("probe `{}` was not run", check.probe->name);
    return out;
  }
  const Facts& facts = found->second.facts();
  if (!check.probe->broken.empty() || (!facts.not_applicable.empty() && !facts.gaps.empty())) {
    out.truth = Truth::unknown;
    out.reason =
        facts.gaps.empty() ? std::string(check.probe->broken) : describe(facts.gaps.front());
    return out;
  }
  if (!facts.not_applicable.empty()) {
    out.truth = Truth::not_applicable;
    out.reason = facts.not_applicable;
    return out;
  }
  return check.check->kind == Check::Kind::setting
             ? evaluate_setting(check, found->second, input, want_support)
             : evaluate_rows(check, found->second, input, want_support);
}

/// `all` and `any` differ in which truth decides alone and which is the rest.
CheckResult combine(const CompiledCheck& check, const CheckInput& input, bool want_support,
                    Truth decides) {
  CheckResult out;
  const Truth rest = decides == Truth::no ? Truth::yes : Truth::no;
  out.truth = Truth::not_applicable;
  std::string unknown, not_applicable;
  for (const CompiledCheck& child : check.children) {
    CheckResult part = evaluate_check(child, input, want_support);
    if (part.truth == Truth::not_applicable) {
      if (not_applicable.empty()) not_applicable = std::move(part.reason);
      continue;
    }
    out.add_all(part);
    if (part.truth == Truth::unknown && unknown.empty()) unknown = std::move(part.reason);
    const bool decided = out.truth == decides || part.truth == decides;
    const bool open = out.truth == Truth::unknown || part.truth == Truth::unknown;
    out.truth = decided ? decides : open ? Truth::unknown : rest;
  }
  if (out.truth == Truth::not_applicable) out.reason = std::move(not_applicable);
  if (out.truth == Truth::unknown) out.reason = std::move(unknown);
  return out;
}

CheckResult negate(const CompiledCheck& check, const CheckInput& input, bool want_support) {
  CheckResult part = evaluate_check(check.children.front(), input, true);
  CheckResult out;
  out.truth = part.truth == Truth::yes  ? Truth::no
              : part.truth == Truth::no ? Truth::yes
                                        : part.truth;
  out.reason = std::move(part.reason);
  if (want_support) out.support = std::move(part.findings);
  if (out.truth != Truth::no) return out;
  for (Finding& finding : part.support) {
    finding.expected = "not " + finding.expected;
    out.add(std::move(finding));
  }
  if (out.findings.empty()) {
    Finding finding;
    finding.message = "what the rule excludes is the case";
    finding.fingerprint = fingerprint(input.rule, {}, {});
    out.add(std::move(finding));
  }
  return out;
}

CheckResult imply(const CompiledCheck& check, const CheckInput& input, bool want_support) {
  CheckResult condition = evaluate_check(check.children.at(0), input);
  CheckResult out;
  if (condition.truth == Truth::no || condition.truth == Truth::not_applicable) {
    out.truth = Truth::not_applicable;
    out.reason = condition.findings.empty() ? condition.reason : condition.findings.front().message;
    return out;
  }
  out = evaluate_check(check.children.at(1), input, want_support);
  if (condition.truth == Truth::unknown && out.truth == Truth::no) {
    out.truth = Truth::unknown;
    out.reason = std::move(condition.reason);
  }
  return out;
}

}  // namespace

// Made for every document, so without a node a key: a flat table, and a counting sort.
FactIndex::FactIndex(const Facts& facts, Shape shape) : facts_(facts) {
  if (shape != Shape::settings || facts.rows.empty()) return;
  slots_.resize(std::bit_ceil(facts.rows.size() * 2));
  std::vector<std::uint32_t> key_of;
  key_of.reserve(facts.rows.size());
  for (const Fact& fact : facts.rows) {
    std::uint32_t& slot = slots_[slot_of(fact.key)];
    if (slot == 0) {
      keys_.push_back({fact.key});
      slot = static_cast<std::uint32_t>(keys_.size());
    }
    ++keys_[slot - 1].end;
    key_of.push_back(slot - 1);
  }
  std::uint32_t begin = 0;
  for (Key& key : keys_) {
    const std::uint32_t count = key.end;
    key.begin = key.end = begin;
    begin += count;
  }
  by_key_.resize(facts.rows.size());
  for (std::size_t i = 0; i < key_of.size(); ++i) by_key_[keys_[key_of[i]].end++] = &facts.rows[i];
}

/// Where that key is, or the free place where it would be.
std::size_t FactIndex::slot_of(std::string_view key) const {
  std::size_t at = std::hash<std::string_view>{}(key) & (slots_.size() - 1);
  while (slots_[at] != 0 && keys_[slots_[at] - 1].name != key) at = (at + 1) & (slots_.size() - 1);
  return at;
}

std::span<const Fact* const> FactIndex::with_key(std::string_view key) const {
  if (slots_.empty()) return {};
  const std::uint32_t slot = slots_[slot_of(key)];
  if (slot == 0) return {};
  const Key& found = keys_[slot - 1];
  return {by_key_.data() + found.begin, found.end - found.begin};
}

CheckResult evaluate_check(const CompiledCheck& check, const CheckInput& input, bool want_support) {
  switch (check.check->kind) {
    case Check::Kind::setting:
    case Check::Kind::rows:
      return evaluate_leaf(check, input, want_support);
    case Check::Kind::all:
      return combine(check, input, want_support, Truth::no);
    case Check::Kind::any:
      return combine(check, input, want_support, Truth::yes);
    case Check::Kind::negation:
      return negate(check, input, want_support);
    case Check::Kind::implies:
      break;
  }
  return imply(check, input, want_support);
}

std::string fingerprint(std::string_view rule, std::string_view scope, std::string_view key,
                        std::string_view identity) {
  std::string text;
  for (const std::string_view part : {rule, scope, key, identity}) {
    // The length in front keeps "a"+"bc" apart from "ab"+"c".
    text += fmt::format("{}:", part.size());
    text += part;
  }
  return sha256_hex(text).substr(0, kFingerprintDigits);
}

std::string shown(std::string_view value) {
  if (value.size() <= kLongestShown) return std::string(value);
  return fmt::format("{}… ({} bytes)", value.substr(0, kLongestShown), value.size());
}

std::string what_it_is(std::string_view value, const Matcher& wanted) {
  const bool is_list = wanted.type() == Type::list || wanted.type() == Type::set;
  if (wanted.op() == Op::contains && is_list && wanted.test(value).value_or(false))
    return fmt::format("has `{}`", shown(wanted.operands().front()));
  const auto unwanted = wanted.unwanted(value);
  if (unwanted.empty()) return fmt::format("is `{}`", shown(value));
  std::string out = "has ";
  const std::size_t named = unwanted.size() <= kMostNamed + 1 ? unwanted.size() : kMostNamed;
  for (std::size_t i = 0; i < named; ++i) {
    const bool last = i + 1 == unwanted.size();
    out += fmt::format("{}`{}`", i == 0 ? "" : last ? " and " : ", ", shown(unwanted[i]));
  }
  if (named < unwanted.size()) out += fmt::format(" and {} more", unwanted.size() - named);
  return out;
}

Truth truth_when_absent(Check::WhenAbsent when) {
  switch (when) {
    case Check::WhenAbsent::drift:
      return Truth::no;
    case Check::WhenAbsent::pass:
      return Truth::yes;
    case Check::WhenAbsent::not_applicable:
      return Truth::not_applicable;
    case Check::WhenAbsent::unknown:
      break;
  }
  return Truth::unknown;
}

}  // namespace plimsoll
