// Expressions that are to tell friends by their Origin or Referer header, and accept others.
#include <fmt/format.h>

#include <algorithm>

#include "plugins/service/nginx/analysis.h"
#include "plugins/service/nginx/witness.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::string_view kStranger = "evil.example";

/// What a stranger would send that looks like a text of the expression; empty: nothing does.
std::string evil_twin(std::string text) {
  const bool from_start = text.starts_with(kStart);
  const bool to_end = text.ends_with(kEnd);
  std::erase(text, kStart);
  std::erase(text, kEnd);
  if (!from_start) return fmt::format("http://{}/{}", kStranger, text);
  const std::size_t scheme = text.find("://");
  if (scheme == std::string::npos || !text.starts_with("http")) {
    // No address of a page at all (`null`, an extension), unless what is open may become one.
    if (text.find_first_of({kMaybeSlash, kMany}) == std::string::npos && to_end) return {};
    return fmt::format("http://{}", kStranger);
  }
  const std::size_t host = scheme + 3;
  const std::size_t host_end = std::min(text.find_first_of("/?#", host), text.size());
  std::string name = text.substr(host, host_end - host);
  if (text.substr(0, host_end).find(kMaybeSlash) != std::string::npos)
    return fmt::format("{}{}/", text.substr(0, host), kStranger);
  if (host_end == text.size() && !to_end) return fmt::format("{}.{}", text, kStranger);
  name = name.substr(0, name.find(':'));
  // Whose name it is, the last two parts of it tell.
  const std::size_t last = name.rfind('.');
  const std::size_t before =
      last == std::string::npos || last == 0 ? std::string::npos : name.rfind('.', last - 1);
  const std::string owner = before == std::string::npos ? name : name.substr(before + 1);
  if (owner.find(kMany) == std::string::npos) return {};
  return fmt::format("{}evil{}", text.substr(0, host),
                     last == std::string::npos ? "" : name.substr(last));
}

std::string shown(std::string text) {
  for (char& c : text)
    if (c == kMaybeSlash || c == kMany) c = 'x';
  return text;
}

void look_at(Analysis& analysis, const Block& block, const Directive& at,
             std::string_view expression) {
  for (const std::string& text : witnesses(expression)) {
    const std::string twin = evil_twin(text);
    if (twin.empty()) continue;
    return analysis.tell("@loose_origin", block, at,
                         fmt::format("{} accepts {}", expression, shown(twin)));
  }
}

bool is_origin(std::string_view variable) {
  return iequals(variable, "http_origin") || iequals(variable, "http_referer");
}

}  // namespace

void look_at_origins(Analysis& analysis, const Block& block) {
  if (block.at != nullptr && (block.level & (kServerIf | kLocationIf)) != 0) {
    const IfPattern found = if_pattern(*block.at);
    if (is_origin(found.variable)) look_at(analysis, block, *block.at, found.expression);
  }
  if (block.level != kHttp) return;
  for (const Directive* map : block.lines("map")) {
    if (!map->arg(0).starts_with('$') || !is_origin(map->arg(0).substr(1))) continue;
    for (const Directive& entry : map->children) {
      const std::string_view key = entry.name;
      if (!key.starts_with('~') || entry.arg(0).empty() || entry.arg(0) == "0") continue;
      look_at(analysis, block, entry, key.substr(key.starts_with("~*") ? 2 : 1));
    }
  }
}

}  // namespace plimsoll::nginx
