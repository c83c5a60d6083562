#include "scanner/report/check_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

std::string expectation_text(const Expectation& expect) {
  std::string name(name_of(expect.op));
  std::replace(name.begin(), name.end(), '_', ' ');
  if (expect.op == Op::present || expect.op == Op::absent) return fmt::format("is {}", name);
  std::string operands;
  for (const std::string& operand : expect.operands)
    operands += fmt::format("{}`{}`", operands.empty() ? "" : ", ", operand);
  return fmt::format("{} {}", name, operands);
}

std::string conditions_text(const std::vector<FieldExpectation>& conditions) {
  std::string out;
  for (const FieldExpectation& one : conditions)
    out +=
        fmt::format("{}{} {}", out.empty() ? "" : " and ", one.field, expectation_text(one.expect));
  return out;
}

std::string setting_line(const Check& check) {
  std::string out = fmt::format("{}: `{}`", check.probe, check.key);
  if (check.expect) out += fmt::format(" {}", expectation_text(*check.expect));
  if (!check.where.empty()) out += fmt::format(", where {}", conditions_text(check.where));
  if (check.explicit_value) out += ", written down";
  return out;
}

std::string rows_line(const Check& check) {
  using Quantifier = Check::Quantifier;
  std::string out = fmt::format("{}: ", check.probe);
  switch (check.quantifier) {
    case Quantifier::every:
      out += "every row";
      break;
    case Quantifier::some:
      out += "some row";
      break;
    case Quantifier::none:
      out += "no row";
      break;
    case Quantifier::exactly:
      out += fmt::format("exactly {} rows", check.count);
      break;
  }
  if (!check.where.empty()) out += fmt::format(" where {}", conditions_text(check.where));
  if (!check.expects.empty()) out += fmt::format(": {}", conditions_text(check.expects));
  return out;
}

std::string composition_line(const Check& check) {
  switch (check.kind) {
    case Check::Kind::all:
      return "all of";
    case Check::Kind::any:
      return "any of";
    case Check::Kind::negation:
      return "not";
    default:
      return "the first implies the second";
  }
}

void append_lines(const Check& check, const std::string& indent, std::vector<std::string>& out) {
  if (check.kind == Check::Kind::setting)
    out.push_back(indent + setting_line(check));
  else if (check.kind == Check::Kind::rows)
    out.push_back(indent + rows_line(check));
  else
    out.push_back(indent + composition_line(check));
  for (const Check& child : check.children) append_lines(child, indent + "  ", out);
}

void take_parameters(const Expectation& expect, std::set<std::string>& names) {
  for (const std::string& operand : expect.operands)
    if (operand.starts_with('$')) names.insert(operand.substr(1));
}

void take_parameters(const Check& check, std::set<std::string>& names) {
  if (check.expect) take_parameters(*check.expect, names);
  for (const FieldExpectation& one : check.where) take_parameters(one.expect, names);
  for (const FieldExpectation& one : check.expects) take_parameters(one.expect, names);
  for (const Check& child : check.children) take_parameters(child, names);
}

}  // namespace

std::vector<std::string> check_lines(const Check& check) {
  std::vector<std::string> out;
  append_lines(check, "", out);
  return out;
}

std::string_view first_probe(const Check& check) {
  if (!check.probe.empty() || check.children.empty()) return check.probe;
  return first_probe(check.children.front());
}

std::vector<std::string> parameters_of(const Rule& rule) {
  std::set<std::string> names;
  take_parameters(rule.check, names);
  if (rule.when) take_parameters(*rule.when, names);
  return {names.begin(), names.end()};
}

}  // namespace plimsoll
