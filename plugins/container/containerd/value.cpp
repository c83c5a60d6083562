#include "plugins/container/containerd/value.h"

namespace plimsoll::containerd {

const Value* Value::find(std::string_view name) const {
  const auto found = members.find(name);
  return found == members.end() ? nullptr : &found->second;
}

bool Value::is_zero() const {
  switch (kind) {
    case Kind::list:
      return items.empty();
    case Kind::table:
      return members.empty();
    case Kind::scalar:
      break;
  }
  return quoted ? text.empty() : text == "0" || text == "false";
}

Value value_of(const DataNode& node, const std::string& file) {
  Value out;
  out.origin = {file, node.line, node.column};
  if (node.is_scalar()) {
    out.kind = Value::Kind::scalar;
    out.quoted = !node.plain;
    out.text = node.text;
  } else if (node.is_sequence()) {
    out.kind = Value::Kind::list;
    for (const DataEntry& entry : node.entries) out.items.push_back(value_of(*entry.value, file));
  } else {
    for (const DataEntry& entry : node.entries) {
      Value& member = out.members[std::string(entry.key->text)] = value_of(*entry.value, file);
      if (!member.is_table()) member.origin = {file, entry.key->line, entry.key->column};
    }
  }
  return out;
}

}  // namespace plimsoll::containerd
