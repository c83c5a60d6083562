#include "plugins/service/nginx/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::size_t kMostRows = 200'000;
constexpr std::size_t kMostShadows = 8;
constexpr std::array<std::string_view, 4> kEverywhere = {"autoindex", "default_type", "etag",
                                                         "server_tokens"};
constexpr std::array<std::string_view, 14> kHttpDefaults = {"client_body_buffer_size",
                                                            "client_body_timeout",
                                                            "client_header_buffer_size",
                                                            "client_header_timeout",
                                                            "client_max_body_size",
                                                            "disable_symlinks",
                                                            "gzip",
                                                            "ignore_invalid_headers",
                                                            "keepalive_requests",
                                                            "keepalive_timeout",
                                                            "large_client_header_buffers",
                                                            "merge_slashes",
                                                            "send_timeout",
                                                            "underscores_in_headers"};

/// A value as nginx understands it: words that it compares without case are in lower case.
std::string value_of(const Directive& one) {
  const DirectiveType* type = find_directive(one.name);
  const bool is_word = (type != nullptr && type->kind == Kind::flag) || one.name == "server_tokens";
  return is_word ? lower(one.text()) : one.text();
}

/// Headers that an empty value takes away; of all others it makes none (ngx_http_add_header).
bool is_without_effect(const Directive& one) {
  return one.name == "add_header" && one.args.size() > 1 && one.args[1].empty() &&
         !iequals(one.args[0], "last-modified") && !iequals(one.args[0], "etag");
}

class Writer {
 public:
  Writer(const Config& config, bool is_brief, Facts& facts)
      : config_(config), is_brief_(is_brief), facts_(facts) {}

  void run() {
    for (const std::string& name : config_.tree.names)
      facts_.setting("@file", name, {normal_path(name), 1});
    for (const Block& block : config_.blocks) {
      if (rows_ > kMostRows) break;
      write(block);
    }
    if (rows_ > kMostRows)
      facts_.gap({ErrorCode::limit,
                  fmt::format("more than {} settings, inherited ones included", kMostRows),
                  {config_.tree.files.front()}});
  }

 private:
  [[nodiscard]] static bool shows_inherited(const Block& block) {
    return (block.level & (kServer | kLocation)) != 0;
  }

  void write(const Block& block) {
    std::unordered_set<std::string_view> done;
    const bool is_full = !is_brief_ && shows_inherited(block);
    std::vector<const Block*> chain;
    for (const Block* at = &block; at != nullptr && (at == &block || is_full); at = at->parent)
      chain.push_back(at);
    for (auto at = chain.rbegin(); at != chain.rend(); ++at)
      for (const Directive* one : (*at)->order) {
        if (one->is_block || one->name == "include") continue;
        if (*at != &block && !is_inherited(*one, block)) continue;
        if (!done.insert(one->name).second) continue;
        write_name(one->name, block);
        if (rows_ > kMostRows) return;
      }
    write_defaults(block, done);
  }

  [[nodiscard]] static bool is_inherited(const Directive& one, const Block& block) {
    const DirectiveType* type = find_directive(one.name);
    return type != nullptr && type->inherits() && (type->places & block.level) != 0;
  }

  void write_name(std::string_view name, const Block& block) {
    const Block* from = nullptr;
    const Lines& lines = effective(name, block, &from);
    if (lines.empty() || (is_brief_ && !is_used(name, block))) return;
    const DirectiveType* type = find_directive(name);
    const Kind kind = type == nullptr ? Kind::own : type->kind;
    if (kind == Kind::bits) {
      std::vector<std::string> values;
      for (const Directive* one : lines) values.push_back(value_of(*one));
      add(*lines.front(), join(values, " "), block, from);
      return;
    }
    const bool is_single = type != nullptr && type->is_single();
    for (const Directive* one : lines) {
      if (is_single && one != lines.front()) break;  // nginx refuses a second one
      if (!is_without_effect(*one)) add(*one, value_of(*one), block, from);
    }
  }

  /// Whether http gives it to a level that has none of its own.
  [[nodiscard]] bool is_used(std::string_view name, const Block& block) const {
    const DirectiveType* type = find_directive(name);
    if (block.level != kHttp || type == nullptr || !type->inherits() || config_.servers.empty())
      return true;
    const bool is_of_tls = name.starts_with("ssl_");
    return std::any_of(block.children.begin(), block.children.end(), [&](const Block* child) {
      const Server* server = child->level == kServer ? config_.server_of(*child) : nullptr;
      return server != nullptr && reaches(name, block, *child) && (!is_of_tls || server->has_tls());
    });
  }

  void add(const Directive& one, std::string value, const Block& block, const Block* from) {
    ++rows_;
    Fact& fact = facts_.setting(one.name, std::move(value), config_.tree.origin(one), block.scope);
    if (from != &block || block.parent == nullptr || rows_ > kMostRows / 4) return;
    const DirectiveType* type = find_directive(one.name);
    if (type == nullptr || !type->inherits()) return;
    for (const Directive* outer : effective(one.name, *block.parent)) {
      if (fact.shadowed.size() == kMostShadows) break;
      fact.shadowed.push_back({value_of(*outer), config_.tree.origin(*outer),
                               type->kind == Kind::list
                                   ? "a level that has any of its own inherits none"
                                   : "the inner level sets it again"});
    }
  }

  void write_defaults(const Block& block, const std::unordered_set<std::string_view>& done) {
    const auto write = [&](std::string_view name) {
      if (done.contains(name) || effective_line(name, block) != nullptr) return;
      ++rows_;
      facts_.setting(std::string(name), std::string(default_of(name)), {}, block.scope);
    };
    if (!is_brief_ && shows_inherited(block))
      for (const std::string_view name : kEverywhere) write(name);
    if (block.level != kHttp || !config_.is_whole) return;
    for (const std::string_view name : kHttpDefaults)
      if (is_used(name, block)) write(name);
    if (!is_brief_) return;
    for (const std::string_view name : kEverywhere)
      if (is_used(name, block)) write(name);
  }

  const Config& config_;
  const bool is_brief_;
  Facts& facts_;
  std::size_t rows_ = 0;
};

}  // namespace

void write_settings(const Config& config, bool is_brief, Facts& facts) {
  Writer(config, is_brief, facts).run();
}

}  // namespace plimsoll::nginx
