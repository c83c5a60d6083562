#include "scanner/probe/matcher.h"

#include <fmt/format.h>

#include "scanner/base/text.h"

namespace plimsoll {

std::string to_text(const Value& value, Type type) {
  if (std::holds_alternative<std::monostate>(value)) return {};
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return type == Type::mode ? fmt::format("{:04o}", *number) : std::to_string(*number);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return join(*list, ",");
  return std::get<std::string>(value);
}

}  // namespace plimsoll
