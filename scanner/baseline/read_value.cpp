#include "scanner/baseline/read_value.h"

#include <fmt/format.h>

#include <span>

namespace plimsoll {

std::vector<std::string> read_value(const TomlNode& node, const TableReader& owner) {
  using Kind = TomlNode::Kind;
  std::vector<std::string> out;
  const std::span<const TomlNode> items =
      node.kind == Kind::array ? std::span(node.items) : std::span(&node, 1);
  for (const TomlNode& item : items) {
    if (item.kind == Kind::text || item.kind == Kind::integer || item.kind == Kind::boolean)
      out.push_back(item.text);
    else
      owner.error(item, fmt::format("a value cannot be {}", name_of(item.kind)),
                  item.is_scalar()
                      ? "write it in quotes"
                      : "a name with a dot is written in quotes: \"sshd.max_auth_tries\"");
  }
  return out;
}

}  // namespace plimsoll
