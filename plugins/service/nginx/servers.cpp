// Servers as wholes: which one answers whom, and what it lets out.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "plugins/service/nginx/addresses.h"
#include "plugins/service/nginx/analysis.h"
#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

constexpr std::string_view kHidden = "/.git/config";

std::string_view port_of(const Listen& listen) {
  const std::size_t colon = listen.address.rfind(':');
  return colon == std::string::npos ? std::string_view()
                                    : std::string_view(listen.address).substr(colon + 1);
}

bool refuses(const Block& block) {
  for (const Directive* one : block.lines("return"))
    if (one->arg(0).starts_with('4')) return true;
  const Lines& denied = effective("deny", block);
  return !denied.empty() && effective("allow", block).empty() &&
         std::any_of(denied.begin(), denied.end(),
                     [](const Directive* one) { return one->arg(0) == "all"; });
}

bool finds(const Location& location, std::string_view uri) {
  if (!location.is_regex()) return location.modifier != "=" && uri.starts_with(location.name);
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  options.set_case_sensitive(location.modifier == "~");
  // `(?!` keeps `.well-known` open and is no part of RE2: for other names it holds.
  std::string expression = location.name;
  const std::size_t look = expression.find("(?!");
  if (look != std::string::npos) {
    const std::size_t end = expression.find(')', look);
    if (end != std::string::npos) expression.erase(look, end + 1 - look);
  }
  const re2::RE2 compiled(expression, options);
  return compiled.ok() &&
         re2::RE2::PartialMatch(re2::StringPiece(uri.data(), uri.size()), compiled);
}

/// Whether files of a server whose names begin with a dot are sent: some location that is for them
/// refuses, or the one that they fall into has no files.
void look_at_hidden_files(Analysis& analysis, const Server& server) {
  const Block& block = *server.block;
  if (block.at == nullptr || is_answered(block)) return;
  const Block* longest = nullptr;
  std::size_t length = 0;
  bool has_files = effective_line("root", block) != nullptr;
  for (const Block* child : block.children) {
    if (child->level != kLocation) continue;
    const Location location = location_of(*child->at);
    has_files = has_files || !child->lines("root").empty() || !child->lines("alias").empty();
    if (!finds(location, kHidden)) continue;
    if (refuses(*child)) return;
    if (!location.is_regex() && location.name.size() >= length)
      longest = child, length = location.name.size();
  }
  const Directive* root = effective_line("root", longest == nullptr ? block : *longest);
  if (!has_files || root == nullptr || (longest != nullptr && is_answered(*longest))) return;
  analysis.tell("@hidden_files", block, *root, fmt::format("{} below {}", kHidden, root->arg(0)));
}

bool sends_elsewhere(const Block& block) {
  const auto is_secure = [](const Block& at) {
    for (const std::string_view name : {"return", "rewrite"})
      for (const Directive* one : at.lines(name))
        if (one->text().find("https://") != std::string::npos || one->arg(0).starts_with('4'))
          return true;
    return false;
  };
  return is_secure(block) || std::any_of(block.children.begin(), block.children.end(),
                                         [&](const Block* child) { return is_secure(*child); });
}

/// A site that has TLS, and shows its pages without it too.
void look_at_plain_twin(Analysis& analysis, const Server& server) {
  if (!server.has_plain() || sends_elsewhere(*server.block)) return;
  const auto plain =
      std::find_if(server.listens.begin(), server.listens.end(),
                   [](const Listen& one) { return !one.is_tls && !is_loopback(one.address); });
  if (plain == server.listens.end()) return;
  const bool has_tls = server.has_tls() ||
                       (!server.names.empty() && analysis.tls_names.contains(server.names.front()));
  if (has_tls)
    analysis.tell("@plain_twin", *server.block,
                  plain->at == nullptr ? *server.block->at : *plain->at, plain->address);
}

void look_at_listens(Analysis& analysis, const Server& server) {
  const Block& block = *server.block;
  for (const Listen& listen : server.listens) {
    if (listen.at == nullptr) continue;
    if (!listen.is_tls && (port_of(listen) == "443" || port_of(listen) == "8443"))
      analysis.tell("@plain_on_443", block, *listen.at, listen.at->text());
    // Names that nobody has configured get to the default server.
    if (!analysis.config.is_whole || is_loopback(listen.address) ||
        analysis.config.default_server(listen.address) != &server)
      continue;
    if (refuses(block) || iequals(effective_word("ssl_reject_handshake", block), "on")) continue;
    analysis.tell("@default_server", block, *listen.at,
                  fmt::format("{} answers for every name", listen.address));
  }
}

}  // namespace

void look_at_servers(Analysis& analysis, const Server& server) {
  if (server.block->at == nullptr) return;
  look_at_listens(analysis, server);
  look_at_hidden_files(analysis, server);
  look_at_plain_twin(analysis, server);
  look_at_server_headers(analysis, server);
  look_at_server_tls(analysis, server);
}

}  // namespace plimsoll::nginx
