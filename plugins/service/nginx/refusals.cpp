#include <fmt/format.h>

#include <optional>
#include <unordered_set>

#include "plugins/service/nginx/settings.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

/// ngx_parse_size: digits with k, m or (offsets) g.
bool is_size(std::string_view text) {
  if (!text.empty() && std::string_view("kKmMgG").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// ngx_parse_time: numbers with units from the largest to the smallest, the last one perhaps bare.
bool is_time(std::string_view text) {
  constexpr std::string_view kUnits = "yMwdhm";
  std::size_t next = 0, i = 0;
  bool is_valid = false;
  while (i < text.size()) {
    const std::size_t digits = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    if (i == digits) return false;
    is_valid = true;
    if (i == text.size()) break;
    if (text.substr(i) == "ms" || text.substr(i) == "s") break;
    const std::size_t unit = kUnits.find(text[i]);
    if (unit == std::string_view::npos || unit < next) return false;
    next = unit + 1;
    for (++i; i < text.size() && text[i] == ' ';) ++i;
  }
  return is_valid;
}

std::optional<std::string> bad_value(const Directive& one, Kind kind) {
  if (one.args.size() != 1) return {};
  const std::string& value = one.args.front();
  if (kind == Kind::flag && !iequals(value, "on") && !iequals(value, "off"))
    return fmt::format("invalid value \"{}\" in \"{}\" directive, it must be \"on\" or \"off\"",
                       value, one.name);
  if (one.name == "server_tokens" && !is_one_of(lower(value), "on off build"))
    return fmt::format("invalid value \"{}\"", value);
  if (kind == Kind::number &&
      (value.empty() || value.find_first_not_of("0123456789") != std::string::npos))
    return fmt::format("\"{}\" directive invalid number", one.name);
  if ((kind == Kind::size && !is_size(value)) || (kind == Kind::time && !is_time(value)))
    return fmt::format("\"{}\" directive invalid value", one.name);
  return {};
}

bool has_count(const Directive& one, const DirectiveType& type) {
  return one.args.size() >= type.least && (type.most == kAny || one.args.size() <= type.most);
}

std::optional<std::string> why_refused(const Directive& one, const Block& block) {
  // One that stands in the tree with one argument leads out of it; any other nginx refuses.
  if (one.name == "include" && one.args.size() == 1) return {};
  if (one.name == "include")
    return fmt::format("invalid number of arguments in \"{}\" directive", one.name);
  const DirectiveType* type = find_directive(one.name);
  if (type == nullptr) return {};
  std::uint16_t places = type->places;
  const bool is_upstream_server = one.name == "server" && block.level == kUpstream;
  if (one.name == "server") places = is_upstream_server ? kUpstream : kHttp;
  if ((places & block.level) == 0)
    return fmt::format("\"{}\" directive is not allowed here", one.name);
  if (is_upstream_server) return {};
  if (type->kind == Kind::block && !one.is_block)
    return fmt::format("directive \"{}\" has no opening \"{{\"", one.name);
  if (type->kind != Kind::block && one.is_block)
    return fmt::format("directive \"{}\" is not terminated by \";\"", one.name);
  if (!has_count(one, *type))
    return fmt::format("invalid number of arguments in \"{}\" directive", one.name);
  if (type->is_single() && block.lines(one.name).front() != &one)
    return fmt::format("\"{}\" directive is duplicate", one.name);
  return bad_value(one, type->kind);
}

/// What stands inside the one location and cannot be reached through the other.
std::optional<std::string> why_misplaced(const Location& inner, const Location& outer) {
  if (outer.modifier == "=" || outer.name.starts_with('@'))
    return fmt::format("location \"{}\" cannot be inside the location \"{}\"", inner.name,
                       outer.name);
  if (inner.name.starts_with('@') && !inner.is_regex())
    return fmt::format("named location \"{}\" can be on the server level only", inner.name);
  if (!inner.is_regex() && !inner.name.starts_with(outer.name))
    return fmt::format("location \"{}\" is outside location \"{}\"", inner.name, outer.name);
  return {};
}

class Checker {
 public:
  Checker(const Config& config, Facts& facts) : config_(config), facts_(facts) {}

  void run() {
    for (const Block& block : config_.blocks)
      if (refused(block)) return;
  }

 private:
  bool refused(const Block& block) {
    for (const Directive* one : block.order)
      if (const auto why = why_refused(*one, block)) return tell(*one, *why);
    std::unordered_set<std::string> seen;
    for (const Block* child : block.children) {
      if (child->level != kLocation) continue;
      const Location location = location_of(*child->at);
      if (block.level == kLocation && block.at != nullptr)
        if (const auto why = why_misplaced(location, location_of(*block.at)))
          return tell(*child->at, *why);
      // A regular expression may stand there twice: the first one that matches counts. `^~` says
      // how to search, not what.
      const bool is_exact = location.modifier == "=";
      if (!location.is_regex() && !seen.insert((is_exact ? "= " : "") + location.name).second)
        return tell(*child->at, fmt::format("duplicate location \"{}\"", child->at->text()));
    }
    return false;
  }

  bool tell(const Directive& one, std::string why) {
    facts_.setting("@refused", std::move(why), config_.tree.origin(one));
    return true;
  }

  const Config& config_;
  Facts& facts_;
};

}  // namespace

void write_refusals(const Config& config, Facts& facts) { Checker(config, facts).run(); }

}  // namespace plimsoll::nginx
