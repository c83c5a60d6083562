#include "plugins/service/nginx/values.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::size_t kDeepest = 40;

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_number(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Bytes that arrive as they are in a request line or header: everything but blanks and controls.
Bytes visible() {
  Bytes out;
  for (unsigned i = 0x21; i < 256; ++i)
    if (i != 0x7f) out.set(i);
  return out;
}

/// ngx_http_validate_host lets through what is no slash, blank or control.
Bytes host_bytes() { return visible() & ~bytes_of("/"); }

struct Builtin {
  std::string_view name;  ///< with `_` at its end: the beginning of a name
  enum class Holds : std::uint8_t { path, text, host, raw_path, anything, method } holds;
};

// ngx_http_core_module, "Embedded Variables". The decoded URI and what is made from it may hold any
// byte, a newline too, and so may the name in an Authorization header; the others are as they came.
// X-Accel-Redirect, cookies and headers of the server behind are not the client's.
using Holds = Builtin::Holds;
constexpr std::array kBuiltins = {
    Builtin{"uri", Holds::path},
    Builtin{"document_uri", Holds::path},
    Builtin{"request_filename", Holds::path},
    Builtin{"fastcgi_script_name", Holds::path},
    Builtin{"fastcgi_path_info", Holds::path},
    Builtin{"request_uri", Holds::raw_path},
    Builtin{"request_body", Holds::anything},
    Builtin{"remote_user", Holds::anything},
    Builtin{"host", Holds::host},
    Builtin{"http_host", Holds::text},
    Builtin{"http_", Holds::text},
    Builtin{"arg_", Holds::text},
    Builtin{"cookie_", Holds::text},
    Builtin{"args", Holds::text},
    Builtin{"query_string", Holds::text},
    Builtin{"content_type", Holds::text},
    Builtin{"proxy_add_x_forwarded_for", Holds::text},
    Builtin{"ssl_server_name", Holds::host},
    Builtin{"request_method", Holds::method},
};

const Builtin* find_builtin(std::string_view name) {
  for (const Builtin& one : kBuiltins)
    if (one.name == name || (one.name.ends_with('_') && name.starts_with(one.name))) return &one;
  return nullptr;
}

Content content_of(const Builtin& builtin) {
  Content out;
  switch (builtin.holds) {
    case Holds::path:
      out.begins_with_slash = true;
      [[fallthrough]];
    case Holds::anything:
      out.bytes.set();
      out.bytes.reset(0);
      break;
    case Holds::raw_path:
      out.begins_with_slash = true;
      [[fallthrough]];
    case Holds::text:
      out.bytes = visible();
      break;
    case Holds::host:
      out.bytes = host_bytes();
      break;
    case Holds::method:
      out.bytes = bytes_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
      break;
  }
  return out;
}

/// Whether every request that gets to a server carries a name that stands in its configuration.
bool has_fixed_host(const Config& config, const Block& block) {
  const Server* server = config.server_of(block);
  if (server == nullptr || server->names.empty() || !config.is_whole) return false;
  for (const std::string_view name : server->names)
    if (name.empty() || name.front() == '~' || name.front() == '.' || name == "_" ||
        name.find('*') != std::string_view::npos || name.front() == '$')
      return false;
  // The default server of an address gets all other names as well.
  return std::none_of(server->listens.begin(), server->listens.end(), [&](const Listen& listen) {
    return config.default_server(listen.address) == server;
  });
}

void unite(Content& into, const Content& one, bool is_first) {
  into.bytes |= one.bytes;
  into.begins_with_slash = one.begins_with_slash && (is_first || into.begins_with_slash);
  if (into.from.empty()) into.from = one.from;
}

}  // namespace

std::vector<Part> parts_of(std::string_view text) {
  std::vector<Part> out;
  std::size_t start = 0, at = 0;
  while (at < text.size()) {
    if (text[at] != '$' || at + 1 == text.size()) {
      ++at;
      continue;
    }
    const bool is_braced = text[at + 1] == '{';
    const std::size_t name = at + (is_braced ? 2 : 1);
    std::size_t end = name;
    if (!is_braced && text[name] >= '1' && text[name] <= '9')
      ++end;
    else
      while (end < text.size() && is_name_byte(text[end])) ++end;
    if (end == name || (is_braced && (end == text.size() || text[end] != '}'))) {
      ++at;
      continue;
    }
    if (at > start) out.push_back({text.substr(start, at - start)});
    out.push_back({text.substr(name, end - name), true});
    start = at = end + (is_braced ? 1 : 0);
  }
  if (start < text.size()) out.push_back({text.substr(start)});
  return out;
}

IfPattern if_pattern(const Directive& directive) {
  IfPattern out;
  // `( $a ~ b )`: the parentheses may stand apart.
  std::vector<std::string> words = directive.args;
  if (words.empty() || !words.front().starts_with('(')) return out;
  words.front().erase(0, 1);
  if (words.front().empty()) words.erase(words.begin());
  if (words.empty() || !words.back().ends_with(')')) return out;
  words.back().pop_back();
  if (words.back().empty()) words.pop_back();
  if (words.size() != 3 || !words[0].starts_with('$')) return out;
  std::string_view op = words[1];
  if (op.starts_with('!')) {
    out.is_negated = true;
    op.remove_prefix(1);
  }
  if (op != "~" && op != "~*") return {};
  out.ignore_case = op == "~*";
  out.variable = words[0].substr(1);
  out.expression = words[2];
  return out;
}

Values::Values(const Config& config) : config_(config) {
  for (const Block& block : config.blocks) {
    if (block.level == kHttp)
      for (const std::string_view name : {"map", "geo", "split_clients"})
        for (const Directive* one : block.lines(name))
          if (!one->args.empty() && one->args.back().starts_with('$'))
            maps_[std::string_view(one->args.back()).substr(1)].push_back(one);
    const Block* owner = &block;
    // An `if` runs where it stands, and what it sets stays set.
    if ((block.level & (kServerIf | kLocationIf)) != 0 && block.parent != nullptr)
      owner = block.parent;
    for (const Directive* one : block.lines("set"))
      if (one->arg(0).starts_with('$')) {
        sets_[owner][one->arg(0).substr(1)].push_back(one);
        if (owner != &block) sets_[&block][one->arg(0).substr(1)].push_back(one);
      }
  }
}

const Pattern& Values::pattern(const Directive& owner, std::string_view expression) {
  auto& all = patterns_[&owner];
  const auto found = all.find(std::string(expression));
  if (found != all.end()) return found->second;
  return all.emplace(expression, read_pattern(expression)).first->second;
}

const Lines& Values::sets(std::string_view variable, const Block& block) const {
  static const Lines none;
  for (const Block* at = &block; at != nullptr; at = at->parent) {
    const auto level = sets_.find(at);
    if (level == sets_.end()) continue;
    const auto found = level->second.find(variable);
    if (found != level->second.end()) return found->second;
  }
  return none;
}

const Content& Values::of(std::string_view variable, const Block& block) {
  static const Content nothing;
  auto& known = known_[&block];
  const auto [entry, is_new] = known.try_emplace(std::string(variable));
  if (!is_new) return entry->second;  // or it is being found out: a variable that is made of itself
  if (depth_ >= kDeepest) return nothing;
  ++depth_;
  Content found = find(variable, block);
  --depth_;
  if (found.is_foreign() && found.from.empty()) found.from = "$" + std::string(variable);
  Content& out = known_[&block][std::string(variable)];
  out = std::move(found);
  return out;
}

Content Values::find(std::string_view variable, const Block& block) {
  Content out;
  bool is_first = true;
  for (const Directive* one : sets(variable, block)) {
    unite(out, of_text(one->arg(1), block), is_first);
    is_first = false;
  }
  if (!is_first || from_captures(variable, block, out)) return out;
  if (const auto map = maps_.find(variable); map != maps_.end()) {
    for (const Directive* one : map->second) {
      unite(out, of_map(*one, block), is_first);
      is_first = false;
    }
    return out;
  }
  const Builtin* builtin = find_builtin(variable);
  if (builtin == nullptr) return out;
  if (builtin->holds == Holds::host && has_fixed_host(config_, block)) return out;
  return content_of(*builtin);
}

Content Values::of_text(std::string_view text, const Block& block) {
  Content out;
  bool is_first = true;
  for (const Part& part : parts_of(text)) {
    const Content* content = part.is_variable ? &of(part.text, block) : nullptr;
    if (is_first)
      out.begins_with_slash =
          content == nullptr ? part.text.starts_with('/') : content->begins_with_slash;
    is_first = false;
    if (content == nullptr) continue;
    out.bytes |= content->bytes;
    if (out.from.empty()) out.from = content->from;
  }
  return out;
}

/// The value of a map for each of its entries; a regular expression in it may catch a part of the
/// source.
Content Values::of_map(const Directive& map, const Block& block) {
  Content out;
  if (map.name != "map") return out;
  const Content source = of_text(map.arg(0), block);
  bool is_first = true;
  for (const Directive& entry : map.children) {
    const std::string_view key = entry.name;
    const bool is_regex = key.starts_with('~');
    const std::string_view expression = key.substr(key.starts_with("~*") ? 2 : is_regex ? 1 : 0);
    Content value;
    bool at_start = true;
    for (const Part& part : parts_of(entry.arg(0))) {
      Content one;
      if (part.is_variable && !(is_regex && capture(map, expression, part.text, source, one)))
        one = of(part.text, block);
      if (!part.is_variable) one.begins_with_slash = part.text.starts_with('/');
      value.bytes |= one.bytes;
      if (at_start) value.begins_with_slash = one.begins_with_slash;
      if (value.from.empty()) value.from = one.from;
      at_start = false;
    }
    unite(out, value, is_first);
    is_first = false;
  }
  return out;
}

/// Whether the expression has such a group; then what it may catch of the source.
bool Values::capture(const Directive& owner, std::string_view expression, std::string_view variable,
                     const Content& source, Content& out) {
  const Pattern& known = pattern(owner, expression);
  const Group* group = nullptr;
  if (is_number(variable)) {
    const auto index = to_integer(variable).value_or(0);
    if (index >= 0 && static_cast<std::size_t>(index) < known.groups.size())
      group = &known.groups[static_cast<std::size_t>(index)];
  } else {
    group = known.named(variable);
  }
  if (group == nullptr) return false;
  out.bytes |= group->bytes & source.bytes;
  out.begins_with_slash = group->begins_with_slash;
  return true;
}

bool Values::from_captures(std::string_view variable, const Block& block, Content& out) {
  for (const Block* at = &block; at != nullptr; at = at->parent)
    if (from_level(variable, *at, out)) return true;
  return false;
}

/// What the expressions of one level catch: `if` its condition; a location its own and those of its
/// rewrites and `if`s; a server those and its names.
bool Values::from_level(std::string_view variable, const Block& level, Content& out) {
  bool is_caught = false;
  const Content uri = content_of(kBuiltins.front());
  const auto add = [&](const Directive& owner, std::string_view expression, const Content& source) {
    Content one;
    if (!capture(owner, expression, variable, source, one)) return;
    unite(out, one, !is_caught);
    is_caught = true;
  };
  const auto add_if = [&](const Block& condition) {
    const IfPattern found = if_pattern(*condition.at);
    if (!found.expression.empty())
      add(*condition.at, found.expression, of(found.variable, *condition.parent));
  };
  if (level.at != nullptr && (level.level & (kServerIf | kLocationIf)) != 0) add_if(level);
  if (level.at != nullptr && level.level == kLocation) {
    const Location location = location_of(*level.at);
    if (location.is_regex()) add(*level.at, location.name, uri);
  }
  for (const Directive* one : level.lines("rewrite")) add(*one, one->arg(0), uri);
  // Numbers are those of the last expression that was tried; a name stays.
  for (const Block* child : level.children)
    if ((child->level & (kServerIf | kLocationIf)) != 0 && !is_number(variable)) add_if(*child);
  if (level.level == kServer) {
    Content host;
    host.bytes = host_bytes();
    for (const Directive* one : level.lines("server_name"))
      for (const std::string& name : one->args)
        if (name.starts_with('~')) add(*one, std::string_view(name).substr(1), host);
  }
  return is_caught;
}

}  // namespace plimsoll::nginx
