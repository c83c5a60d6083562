#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kPath = "/etc/aliases";
constexpr std::array kFiles = {kPath};
constexpr std::size_t kSteps = 1'000'000;  // from alias to alias, of all of them

constexpr std::array kFields = {
    Field{"name", Type::text, "whose mail it is, in lower case"},
    Field{"targets", Type::list,
          "what the line says, unquoted: names, addresses, /files, |commands"},
    Field{"delivered_to", Type::list,
          "where the mail ends up when aliases of aliases are followed; a name that leads back to "
          "itself is its own mailbox"},
};

/// One alias: the first line of a name counts.
struct Alias {
  std::string name;
  std::vector<std::string> targets;
  std::uint32_t line = 0;
};

/// Without quotes and backslashes.
std::string unquote(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') continue;
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  return out;
}

/// The first such character outside of double quotes.
std::size_t find_outside_quotes(std::string_view text, char wanted) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[at] == wanted) {
      return at;
    }
  }
  return std::string_view::npos;
}

std::vector<std::string> split_targets(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(find_outside_quotes(text, ','), text.size());
    const std::string_view target = trim(text.substr(0, end));
    if (!target.empty()) out.push_back(unquote(target));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

struct LogicalLine {
  std::string text;
  std::uint32_t number = 0;
};

/// aliases(5): a line that begins with a blank continues the one before; empty lines and comments
/// may stand between them.
std::vector<LogicalLine> logical_lines(std::string_view text) {
  std::vector<LogicalLine> out;
  for (const Line& line : lines(text)) {
    const std::string_view body = trim(line.text);
    if (body.empty() || body.front() == '#') continue;
    if (!out.empty() && kBlanks.find(line.text.front()) != std::string_view::npos)
      out.back().text += std::string(" ").append(body);
    else
      out.push_back({std::string(body), line.number});
  }
  return out;
}

using Aliases = std::map<std::string, Alias, std::less<>>;

Aliases parse(std::string_view text, Facts& facts) {
  Aliases out;
  for (const LogicalLine& logical : logical_lines(text)) {
    const Line line{logical.text, logical.number};
    const std::size_t colon = find_outside_quotes(line.text, ':');
    if (colon == std::string_view::npos || colon == 0) {
      facts.gap({ErrorCode::invalid,
                 "no alias: a name, a colon and where it leads",
                 {std::string(kPath), line.number, 1}},
                {}, Gap::Effect::may_add);
      continue;
    }
    std::string name = lower(unquote(trim(line.text.substr(0, colon))));
    Alias alias{name, split_targets(line.text.substr(colon + 1)), line.number};
    out.try_emplace(std::move(name), std::move(alias));
  }
  return out;
}

/// local(8): a name is looked up again, unless it led here. Null when the steps are used up.
Value follow(const Alias& start, const Aliases& aliases, std::size_t& steps) {
  std::vector<std::string> out;
  std::vector<std::string_view> waiting(start.targets.begin(), start.targets.end());
  std::unordered_set<std::string> seen;
  while (!waiting.empty()) {
    if (steps == 0) return {};
    --steps;
    const std::string_view target = waiting.back();
    waiting.pop_back();
    const auto found = aliases.find(lower(target));
    if (found == aliases.end() || found->first == start.name)
      out.emplace_back(target);
    else if (seen.insert(found->first).second)
      waiting.insert(waiting.end(), found->second.targets.begin(), found->second.targets.end());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Facts read_aliases(const Request& request) {
  Facts facts;
  const auto text = request.root.read(kPath);
  if (!text) {
    // No file, no aliases: everybody's mail stays their own.
    if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
    return facts;
  }
  const Aliases aliases = parse(*text, facts);
  std::vector<const Alias*> in_order;
  for (const auto& [name, alias] : aliases) in_order.push_back(&alias);
  std::sort(in_order.begin(), in_order.end(),
            [](const Alias* a, const Alias* b) { return a->line < b->line; });
  std::size_t steps = kSteps;
  for (const Alias* alias : in_order)
    facts.row({alias->name, alias->targets, follow(*alias, aliases, steps)},
              {std::string(kPath), alias->line, 1});
  if (steps == 0)
    facts.gap(
        {ErrorCode::limit, "more than a million aliases to follow", {std::string(kPath), 0, 0}});
  return facts;
}

}  // namespace

extern const Probe aliases_probe;
const Probe aliases_probe{
    .name = "aliases",
    .group = "service",
    .summary = "who gets whose mail on this host",
    .semantics = "aliases(5), local(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_aliases,
    .files = kFiles,
};

}  // namespace plimsoll
