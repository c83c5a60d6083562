#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "plugins/service/nginx/config.h"
#include "plugins/service/nginx/values.h"

namespace plimsoll::nginx {

/// What the looks at a configuration share, and where they tell what they find: settings with keys
/// that begin with `@`.
class Analysis {
 public:
  Analysis(const Root& of_root, const Config& of_config, Facts& facts);

  void tell(std::string_view key, const Block& block, const Directive& at, std::string value);

  const Root& root;
  const Config& config;
  Values values;
  std::unordered_set<std::string_view> tls_names;  ///< of servers that speak TLS
  std::string version;  ///< of nginx on a host, where the package tells it

 private:
  Facts& facts_;
  std::size_t told_ = 0;
};

// One for each file of that name; `block` is any level.
void look_at_proxying(Analysis& analysis, const Block& block);
void look_at_splitting(Analysis& analysis, const Block& block);
void look_at_origins(Analysis& analysis, const Block& block);
void look_at_headers(Analysis& analysis, const Block& block);
void look_at_access(Analysis& analysis, const Block& block);
void look_at_handling(Analysis& analysis, const Block& block);
void look_at_logging(Analysis& analysis, const Block& block);
void look_at_tls(Analysis& analysis, const Block& block);
void look_at_servers(Analysis& analysis, const Server& server);
void look_at_server_headers(Analysis& analysis, const Server& server);
void look_at_server_tls(Analysis& analysis, const Server& server);

/// All of them.
void analyse(Analysis& analysis);

/// Whether a level answers by itself with `return`, or hands requests on.
bool is_answered(const Block& block);
/// Whether who may ask is limited there: addresses, a password, or nothing from outside.
bool is_guarded(const Block& block);

}  // namespace plimsoll::nginx
