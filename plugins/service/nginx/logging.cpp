// Traces of what happened, and bounds on how much may happen.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "plugins/service/nginx/analysis.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

/// What an investigator needs of a record: one of the variables of each line.
constexpr std::string_view kNeeded[] = {
    "remote_addr realip_remote_addr http_x_forwarded_for proxy_protocol_addr http_x_real_ip "
    "binary_remote_addr",
    "time_local time_iso8601 msec",
    "request request_uri uri",
    "status",
};

void look_at_formats(Analysis& analysis, const Block& block) {
  std::unordered_set<std::string_view> used;
  for (const Block& level : analysis.config.blocks)
    for (const Directive* log : level.lines("access_log")) used.insert(log->arg(1));
  for (const Directive* format : block.lines("log_format")) {
    if (!used.contains(format->arg(0))) continue;
    std::vector<std::string_view> variables;
    for (std::size_t i = 1; i < format->args.size(); ++i)
      for (const Part& part : parts_of(format->args[i]))
        if (part.is_variable) variables.push_back(part.text);
    for (const std::string_view needed : kNeeded)
      if (std::none_of(variables.begin(), variables.end(),
                       [&](std::string_view one) { return is_one_of(one, needed); })) {
        analysis.tell(
            "@thin_log", block, *format,
            fmt::format("{} lacks ${}", format->arg(0), needed.substr(0, needed.find(' '))));
        break;
      }
  }
}

void look_at_limits(Analysis& analysis, const Block& block) {
  const auto is_used = [&](std::string_view name) {
    return std::any_of(analysis.config.blocks.begin(), analysis.config.blocks.end(),
                       [&](const Block& one) { return !one.lines(name).empty(); });
  };
  if (!is_used("limit_conn"))
    analysis.tell("@no_connection_limit", block, *block.at, "no limit_conn");
  if (!is_used("limit_req")) analysis.tell("@no_request_limit", block, *block.at, "no limit_req");
}

}  // namespace

void look_at_logging(Analysis& analysis, const Block& block) {
  if ((block.level & (kHttp | kServer)) != 0)
    for (const Directive* one : block.lines("access_log"))
      if (one->arg(0) == "off") analysis.tell("@no_access_log", block, *one, one->text());
  for (const Directive* one : block.lines("error_log"))
    if (one->arg(0) == "/dev/null") analysis.tell("@no_error_log", block, *one, one->text());
  if (block.level != kHttp) return;
  // A second http is refused; these two look through all levels.
  const auto& blocks = analysis.config.blocks;
  const auto http = std::find_if(blocks.begin(), blocks.end(),
                                 [](const Block& one) { return one.level == kHttp; });
  if (&*http != &block) return;
  look_at_formats(analysis, block);
  if (analysis.config.is_whole && !analysis.config.servers.empty()) look_at_limits(analysis, block);
}

}  // namespace plimsoll::nginx
