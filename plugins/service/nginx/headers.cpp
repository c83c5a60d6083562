// Headers of answers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "plugins/service/nginx/analysis.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

/// More headers than these are not looked through again for each level that has some.
constexpr std::size_t kMostHeaders = 128;

constexpr std::string_view kProtective =
    "x-frame-options x-content-type-options x-xss-protection content-security-policy "
    "strict-transport-security cache-control referrer-policy permissions-policy";

std::span<const Directive* const> some(const Lines& lines) {
  return std::span(lines).first(std::min(lines.size(), kMostHeaders));
}

/// ngx_http_headers_module: a level with any add_header of its own inherits none from above.
void look_at_inheritance(Analysis& analysis, const Block& block) {
  const Lines& own = block.lines("add_header");
  if (own.empty() || block.parent == nullptr) return;
  std::vector<std::string> lost, lost_others;
  for (const Directive* outer : some(effective("add_header", *block.parent))) {
    const bool is_kept = std::any_of(some(own).begin(), some(own).end(), [&](const Directive* one) {
      return iequals(one->arg(0), outer->arg(0));
    });
    if (is_kept) continue;
    (is_one_of(lower(outer->arg(0)), kProtective) ? lost : lost_others).emplace_back(outer->arg(0));
  }
  if (!lost.empty())
    analysis.tell("@header_redefinition", block, *own.front(), "lost: " + join(lost, ", "));
  if (!lost_others.empty())
    analysis.tell("@other_headers_lost", block, *own.front(), "lost: " + join(lost_others, ", "));
}

const Directive* find_header(const Block& block, std::string_view name) {
  for (const Directive* one : some(effective("add_header", block)))
    if (iequals(one->arg(0), name)) return one;
  return nullptr;
}

bool checks_origin(const Block& block) {
  for (const Block* at = &block; at != nullptr; at = at->parent)
    if (at->at != nullptr && at->at->name == "if" &&
        at->at->text().find("$http_origin") != std::string::npos)
      return true;
  return false;
}

void look_at_sharing(Analysis& analysis, const Block& block, const Directive& one) {
  if (!iequals(one.arg(0), "access-control-allow-origin")) return;
  const Directive* credentials = find_header(block, "access-control-allow-credentials");
  const bool is_any =
      one.arg(1) == "*" && credentials != nullptr && iequals(credentials->arg(1), "true");
  const bool is_echo =
      (one.arg(1) == "$http_origin" || one.arg(1) == "${http_origin}") && !checks_origin(block);
  if (is_any || is_echo) analysis.tell("@open_cors", block, one, one.text());
}

void look_at_policy(Analysis& analysis, const Block& block, const Directive& one) {
  if (!iequals(one.arg(0), "content-security-policy")) return;
  for (const std::string_view directive : split(one.arg(1), ';')) {
    const std::string text = lower(directive);
    const auto all = words(text);
    if (all.empty()) continue;
    const bool is_script = is_one_of(all[0], "default-src script-src script-src-elem object-src");
    for (std::size_t i = 1; is_script && i < all.size(); ++i)
      if (is_one_of(all[i], "'unsafe-inline' 'unsafe-eval' * http: https: data:"))
        return analysis.tell("@weak_csp", block, one, std::string(trim(directive)));
  }
}

void look_at_one(Analysis& analysis, const Block& block, const Directive& one) {
  const bool is_more = one.name == "more_set_headers";
  for (const std::string& arg : one.args)
    if (arg.find('\n') != std::string::npos) {
      analysis.tell("@multiline_header", block, one, std::string(one.arg(0)));
      break;
    }
  if (is_more) return;
  if (iequals(one.arg(0), "content-type"))
    analysis.tell("@content_type_header", block, one, one.text());
  look_at_sharing(analysis, block, one);
  look_at_policy(analysis, block, one);
  const std::string value = lower(one.arg(1));
  if (iequals(one.arg(0), "set-cookie") && !value.empty() &&
      (value.find("secure") == std::string::npos || value.find("httponly") == std::string::npos))
    analysis.tell("@cookie_flags", block, one, one.text());
}

/// Seconds of max-age; 0 where there is none.
std::int64_t max_age(std::string_view value) {
  for (const std::string_view part : split(value, ';')) {
    const std::string_view one = trim(part);
    if (!istarts_with(one, "max-age")) continue;
    return to_integer(trim(one.substr(std::min(one.find('=') + 1, one.size())), " \"")).value_or(0);
  }
  return 0;
}

constexpr std::int64_t kHalfYear = 15'768'000;

void look_at_transport_header(Analysis& analysis, const Server& server) {
  const Block& block = *server.block;
  const Directive* header = find_header(block, "strict-transport-security");
  if (header == nullptr) {
    if (analysis.config.is_whole)
      analysis.tell("@no_hsts", block, *block.at, "no Strict-Transport-Security");
  } else if (header->arg(1).find('$') == std::string_view::npos &&
             (max_age(header->arg(1)) < kHalfYear || header->arg(2) != "always")) {
    analysis.tell("@weak_hsts", block, *header, header->text());
  }
}

}  // namespace

void look_at_headers(Analysis& analysis, const Block& block) {
  look_at_inheritance(analysis, block);
  for (const std::string_view name : {"add_header", "more_set_headers"})
    for (const Directive* one : block.lines(name)) look_at_one(analysis, block, *one);
}

void look_at_server_headers(Analysis& analysis, const Server& server) {
  const Block& block = *server.block;
  // A server that only sends elsewhere shows no page.
  if (!block.lines("return").empty()) return;
  if (server.has_tls()) look_at_transport_header(analysis, server);
  if (!analysis.config.is_whole) return;
  const Directive* policy = find_header(block, "content-security-policy");
  const auto want = [&](std::string_view header, std::string_view key) {
    if (find_header(block, header) == nullptr)
      analysis.tell(key, block, *block.at, fmt::format("no {}", header));
  };
  if (policy == nullptr || lower(policy->arg(1)).find("frame-ancestors") == std::string::npos)
    want("X-Frame-Options", "@no_frame_options");
  want("X-Content-Type-Options", "@no_content_type_options");
  want("Content-Security-Policy", "@no_csp");
  want("Referrer-Policy", "@no_referrer_policy");
}

}  // namespace plimsoll::nginx
