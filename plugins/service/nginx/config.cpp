#include "plugins/service/nginx/config.h"

#include <algorithm>
#include <array>
#include <bit>

#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::array kOutermostFirst = {kMain, kHttp, kServer, kLocation, kUpstream};

/// A proxy of TCP connections (ngx_stream_core_module): no web server passes on without a location.
bool is_stream_server(const Directive& one) {
  if (one.name != "server" || !one.is_block) return false;
  const auto has = [&](std::string_view name) {
    return std::any_of(one.children.begin(), one.children.end(),
                       [&](const Directive& child) { return child.name == name; });
  };
  return has("proxy_pass") && !has("location") && !has("server_name");
}

/// The outermost level in which as much as possible of what a file holds may stand.
Place level_of(const Directive& top) {
  std::array<std::size_t, kOutermostFirst.size()> fits{};
  for (const Directive& one : top.children) {
    if (one.name == "upstream" && one.is_block) ++fits[1];
    const DirectiveType* type = find_directive(one.name);
    if (type == nullptr || one.name == "upstream") continue;
    std::uint16_t places = type->places;
    if (one.name == "server") places = one.is_block ? kHttp : kUpstream;
    for (std::size_t i = 0; i < fits.size(); ++i)
      if ((places & kOutermostFirst[i]) != 0) ++fits[i];
  }
  const auto best = std::max_element(fits.begin(), fits.end());
  if (*best == 0) return kHttp;
  return kOutermostFirst[static_cast<std::size_t>(best - fits.begin())];
}

Place level_inside(const Directive& one, Place around) {
  if (one.name == "http" && around == kMain) return kHttp;
  if (one.name == "events" && around == kMain) return kEvents;
  if (one.name == "server" && around == kHttp) return kServer;
  if (one.name == "upstream" && around == kHttp) return kUpstream;
  const bool in_location = (around & (kLocation | kLocationIf | kLimitExcept)) != 0;
  if (one.name == "location" && (around == kServer || in_location)) return kLocation;
  if (one.name == "if" && around == kServer) return kServerIf;
  if (one.name == "if" && in_location) return kLocationIf;
  if (one.name == "limit_except" && in_location) return kLimitExcept;
  return Place{};
}

std::string scope_of(const Directive& one, Place level, const Block& around) {
  if (level == kHttp || level == kEvents) return one.name;
  std::string own = one.name;
  if (level == kServer) {
    // The first name of the first server_name: what nginx calls the server.
    for (const Directive& child : one.children)
      if (child.name == "server_name" && !child.args.empty()) {
        if (!child.args.front().empty()) own += " " + child.args.front();
        break;
      }
    return own;
  }
  if (!one.args.empty()) own += " " + one.text();
  if (level == kUpstream || around.scope.empty() || around.level == kHttp) return own;
  return around.scope + " > " + own;
}

Listen read_listen(const Directive& one) {
  Listen out;
  out.at = &one;
  const std::string_view where = one.arg(0);
  const bool is_port = !where.empty() && where.find_first_not_of("0123456789") == std::string::npos;
  // In brackets are the colons of an IPv6 address; what follows them is the port.
  const std::size_t bracket = where.rfind(']'), colon = where.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (is_port)
    out.address = "*:" + std::string(where);
  else if (where.starts_with("unix:") || has_port)
    out.address = where;
  else
    out.address = std::string(where) + ":80";
  if (out.address.starts_with("0.0.0.0:")) out.address.replace(0, 7, "*");
  for (std::size_t i = 1; i < one.args.size(); ++i) {
    const std::string& word = one.args[i];
    if (word == "ssl" || word == "quic") out.is_tls = true;
    if (word == "default_server" || word == "default") out.is_default = true;
    if (word == "http2") out.is_http2 = true;
  }
  return out;
}

Server read_server(const Block& block) {
  Server out;
  out.block = &block;
  for (const Directive* one : block.lines("listen")) out.listens.push_back(read_listen(*one));
  if (out.listens.empty() && block.at != nullptr && block.lines("include").empty())
    out.listens.emplace_back().address = "*:80";
  const bool is_all_tls = effective_word("ssl", block) == "on";
  for (Listen& listen : out.listens) listen.is_tls = listen.is_tls || is_all_tls;
  for (const Directive* one : block.lines("server_name"))
    out.names.insert(out.names.end(), one->args.begin(), one->args.end());
  return out;
}

class Arranger {
 public:
  explicit Arranger(Config& config) : config_(config) {}

  Block& add(const Directive& one, const Directive* at, Place level, Block* parent,
             std::string scope) {
    Block& block = config_.blocks.emplace_back();
    block.level = level;
    block.at = at;
    block.parent = parent;
    block.scope = std::move(scope);
    if (parent != nullptr) parent->children.push_back(&block);
    for (const Directive& child : one.children) {
      block.own[child.name].push_back(&child);
      block.order.push_back(&child);
      if (!child.is_block || (parent == nullptr && is_stream_server(child))) continue;
      const Place inside = level_inside(child, level);
      if (inside != Place{}) add(child, &child, inside, &block, scope_of(child, inside, block));
    }
    return block;
  }

 private:
  Config& config_;
};

/// Directives that one array or field of the module holds together.
std::string_view partner(std::string_view name) {
  if (name == "allow") return "deny";
  if (name == "deny") return "allow";
  if (name == "root") return "alias";
  if (name == "alias") return "root";
  return {};
}

bool has_own(std::string_view name, const Block& block) {
  if (block.own.contains(name)) return true;
  const std::string_view other = partner(name);
  return !other.empty() && block.own.contains(other);
}

/// A content handler goes on into `if` and `limit_except` and nowhere else.
bool goes_into(std::string_view name, const Block& block) {
  const DirectiveType* type = find_directive(name);
  if (type == nullptr) return false;
  // Only error_log is known to the main level as well.
  if (block.level == kHttp) return name == "error_log";
  if (type->inherits() || name == "types") return block.level != kUpstream;
  return (block.level & (kLocationIf | kLimitExcept)) != 0 && name.ends_with("_pass");
}

}  // namespace

const Lines& Block::lines(std::string_view name) const {
  static const Lines none;
  const auto found = own.find(name);
  return found == own.end() ? none : found->second;
}

const Directive* Block::line(std::string_view name) const {
  const Lines& all = lines(name);
  return all.empty() ? nullptr : all.back();
}

const Block* Block::within(std::uint16_t levels) const {
  const Block* block = this;
  while (block != nullptr && (block->level & levels) == 0) block = block->parent;
  return block;
}

Location location_of(const Directive& directive) {
  if (directive.args.size() > 1) return {directive.args[0], directive.args[1]};
  const std::string_view name = directive.arg(0);
  for (const std::string_view start : {"=", "^~", "~*", "~"})
    if (name.starts_with(start))
      return {std::string(start), std::string(name.substr(start.size()))};
  return {{}, std::string(name)};
}

bool Server::has_tls() const {
  return std::any_of(listens.begin(), listens.end(), [](const Listen& one) { return one.is_tls; });
}

bool Server::has_plain() const {
  return std::any_of(listens.begin(), listens.end(), [](const Listen& one) { return !one.is_tls; });
}

const Server* Config::server_of(const Block& block) const {
  const Block* around = block.within(kServer);
  const auto found = server_index.find(around);
  return found == server_index.end() ? nullptr : &servers[found->second];
}

const Server* Config::default_server(const std::string& address) const {
  const auto found = defaults.find(address);
  return found == defaults.end() ? nullptr : &servers[found->second];
}

Config arrange(Tree tree, bool is_document) {
  Config config;
  config.is_document = is_document;
  config.tree = std::move(tree);
  const Directive& top = config.tree.top;
  const Place level = is_document ? level_of(top) : kMain;
  Arranger(config).add(top, nullptr, level, nullptr, level == kHttp ? "http" : "");
  for (const Block& block : config.blocks) {
    if (block.level == kUpstream && block.at != nullptr)
      config.upstreams.emplace(block.at->arg(0), &block);
    if (block.level != kServer) continue;
    config.server_index.emplace(&block, config.servers.size());
    config.servers.push_back(read_server(block));
  }
  for (std::size_t i = 0; i < config.servers.size(); ++i)
    for (const Listen& listen : config.servers[i].listens) {
      // The first one, unless another says that it is.
      const bool is_new = config.defaults.try_emplace(listen.address, i).second;
      if (!is_new && listen.is_default) config.defaults[listen.address] = i;
    }
  const Block& main = config.blocks.front();
  config.is_whole = level == kMain && main.own.contains("http");
  return config;
}

const Lines& effective(std::string_view name, const Block& block, const Block** from) {
  const Block* at = &block;
  while (!has_own(name, *at) && at->parent != nullptr && goes_into(name, *at)) at = at->parent;
  if (from != nullptr) *from = at;
  return at->lines(name);
}

const Directive* effective_line(std::string_view name, const Block& block) {
  const Lines& all = effective(name, block);
  return all.empty() ? nullptr : all.back();
}

std::string_view effective_word(std::string_view name, const Block& block) {
  const Directive* line = effective_line(name, block);
  return line == nullptr ? default_of(name) : line->arg(0);
}

bool reaches(std::string_view name, const Block& from, const Block& to) {
  const Block* source = nullptr;
  (void)effective(name, to, &source);
  return source == &from;
}

}  // namespace plimsoll::nginx
