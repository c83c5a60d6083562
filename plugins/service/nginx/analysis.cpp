#include "plugins/service/nginx/analysis.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::size_t kMostTold = 50'000;

}  // namespace

Analysis::Analysis(const Root& of_root, const Config& of_config, Facts& facts)
    : root(of_root), config(of_config), values(of_config), facts_(facts) {
  for (const Server& server : config.servers)
    if (server.has_tls()) tls_names.insert(server.names.begin(), server.names.end());
}

void Analysis::tell(std::string_view key, const Block& block, const Directive& at,
                    std::string value) {
  if (++told_ == kMostTold)
    facts_.gap({ErrorCode::limit, fmt::format("more than {} findings", kMostTold),
                config.tree.origin(at)});
  if (told_ < kMostTold)
    facts_.setting(std::string(key), std::move(value), config.tree.origin(at), block.scope);
}

bool is_answered(const Block& block) {
  if (!block.lines("return").empty()) return true;
  return std::any_of(block.order.begin(), block.order.end(),
                     [](const Directive* one) { return one->name.ends_with("_pass"); });
}

bool is_guarded(const Block& block) {
  if (!block.lines("internal").empty()) return true;
  const Directive* password = effective_line("auth_basic", block);
  if (password != nullptr && password->arg(0) != "off") return true;
  if (effective_line("auth_request", block) != nullptr &&
      effective_word("auth_request", block) != "off")
    return true;
  if (effective_word("ssl_verify_client", block) == "on") return true;
  const Lines& denied = effective("deny", block);
  return std::any_of(denied.begin(), denied.end(),
                     [](const Directive* one) { return one->arg(0) == "all"; });
}

void analyse(Analysis& analysis) {
  for (const Block& block : analysis.config.blocks) {
    look_at_proxying(analysis, block);
    look_at_splitting(analysis, block);
    look_at_origins(analysis, block);
    look_at_headers(analysis, block);
    look_at_access(analysis, block);
    look_at_handling(analysis, block);
    look_at_logging(analysis, block);
    look_at_tls(analysis, block);
  }
  for (const Server& server : analysis.config.servers) look_at_servers(analysis, server);
}

}  // namespace plimsoll::nginx
