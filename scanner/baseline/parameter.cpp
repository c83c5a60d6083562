#include "scanner/baseline/parameter.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::string range_problem(const Parameter& parameter, const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr) return {};
  if (parameter.least && *number < *parameter.least)
    return fmt::format("is below {}, the least that `{}` may be", *parameter.least, parameter.name);
  if (parameter.most && *number > *parameter.most)
    return fmt::format("is above {}, the most that `{}` may be", *parameter.most, parameter.name);
  return {};
}

std::string element_problem(const Parameter& parameter, const std::string& element) {
  if (!parameter.choices.empty() && std::find(parameter.choices.begin(), parameter.choices.end(),
                                              element) == parameter.choices.end())
    return fmt::format("`{}` is not one of `{}`", element, join(parameter.choices, "`, `"));
  const auto value = parse_value(parameter.type, element);
  if (!value) return value.error().what;
  const std::string range = range_problem(parameter, *value);
  return range.empty() ? range : fmt::format("`{}` {}", element, range);
}

}  // namespace

std::string_view parameter_reference(std::string_view operand) {
  const bool named = operand.starts_with('$') && is_name(operand.substr(1));
  return named ? operand.substr(1) : std::string_view{};
}

std::string literal_operand(std::string_view operand) {
  const bool escaped = operand.starts_with("$$") && is_name(operand.substr(2));
  return std::string(escaped ? operand.substr(1) : operand);
}

std::vector<std::string> resolve_operands(const std::vector<std::string>& operands,
                                          std::span<const Parameter> parameters) {
  std::vector<std::string> out;
  for (const std::string& operand : operands) {
    const std::string_view name = parameter_reference(operand);
    if (name.empty()) {
      out.push_back(literal_operand(operand));
      continue;
    }
    const auto found = std::find_if(parameters.begin(), parameters.end(),
                                    [&](const Parameter& one) { return one.name == name; });
    if (found != parameters.end()) out.insert(out.end(), found->value.begin(), found->value.end());
  }
  return out;
}

std::string value_problem(const Parameter& parameter, const std::vector<std::string>& value) {
  if (!parameter.is_list && value.size() != 1) return "takes one value";
  for (const std::string& element : value)
    if (std::string problem = element_problem(parameter, element); !problem.empty()) return problem;
  return {};
}

std::vector<std::string> value_from_text(const Parameter& parameter, std::string_view text) {
  if (!parameter.is_list) return {std::string(text)};
  std::vector<std::string> out;
  for (const std::string_view piece : split(text, ','))
    if (const std::string_view element = trim(piece); !element.empty()) out.emplace_back(element);
  return out;
}

}  // namespace plimsoll
