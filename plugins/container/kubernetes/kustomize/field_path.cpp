#include "plugins/container/kubernetes/kustomize/field_path.h"

#include <charconv>
#include <optional>

namespace plimsoll::kubernetes::kustomize {
namespace {

std::optional<std::size_t> number(std::string_view text) {
  std::size_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

}  // namespace

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> out(1);
  bool in_bracket = false;
  for (std::size_t at = 0; at < path.size(); ++at) {
    const char c = path[at];
    if (c == '\\' && at + 1 < path.size() && path[at + 1] == '.') {
      out.back() += path[++at];
      continue;
    }
    in_bracket = c == '[' || (in_bracket && c != ']');
    if (c == '.' && !in_bracket)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

bool is_meant(std::string_view part, Node element, std::size_t position) {
  if (part == "*") return true;
  if (const auto index = number(part)) return *index == position;
  if (!part.starts_with('[') || !part.ends_with(']')) return false;
  part = part.substr(1, part.size() - 2);
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view key = part.substr(0, equals), wanted = part.substr(equals + 1);
  return key.empty() ? element->text == wanted : text_of(field(element, key)) == wanted;
}

Node read_at(Node node, std::span<const std::string> path) {
  if (path.empty() || node == nullptr) return node;
  if (!node->is_sequence()) return read_at(field(node, path.front()), path.subspan(1));
  for (std::size_t i = 0; i < node->entries.size(); ++i)
    if (is_meant(path.front(), node->entries[i].value, i))
      return read_at(node->entries[i].value, path.subspan(1));
  return nullptr;
}

}  // namespace plimsoll::kubernetes::kustomize
