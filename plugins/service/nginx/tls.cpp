// TLS: versions, ciphers, keys.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/service/nginx/analysis.h"
#include "scanner/base/text.h"
#include "scanner/probe/matcher.h"

namespace plimsoll::nginx {
namespace {

constexpr std::string_view kOld = "SSLv2 SSLv3 TLSv1 TLSv1.1";

/// Protocols are agreed on before the client has said which server it wants: those of the default
/// server of the address count for all on it (ngx_http_ssl_module, before 1.27.4). Which version
/// reads a source tree nobody knows: every server counts there.
bool decides_versions(const Config& config, const Server& server) {
  return std::any_of(server.listens.begin(), server.listens.end(), [&](const Listen& one) {
    return one.is_tls && (config.is_document || config.default_server(one.address) == &server);
  });
}

/// Whether a line of a level counts for a server that speaks TLS, or may for one elsewhere.
bool counts(const Analysis& analysis, std::string_view name, const Block& block, bool is_version) {
  const Config& config = analysis.config;
  if (config.servers.empty() || (block.level == kServer && block.at == nullptr)) return true;
  const auto uses = [&](const Server& server) {
    return server.has_tls() && reaches(name, block, *server.block) &&
           (!is_version || decides_versions(config, server));
  };
  if (block.level == kServer) {
    const Server* server = config.server_of(block);
    return server != nullptr && uses(*server);
  }
  return std::any_of(block.children.begin(), block.children.end(), [&](const Block* child) {
    const Server* server = child->level == kServer ? config.server_of(*child) : nullptr;
    return server != nullptr && uses(*server);
  });
}

std::string old_of(const Lines& lines) {
  std::vector<std::string_view> old;
  for (const Directive* one : lines)
    for (const std::string& word : one->args)
      if (is_one_of(word, kOld)) old.push_back(word);
  return join(old, " ");
}

void look_at_versions(Analysis& analysis, const Block& block) {
  const Lines& own = block.lines("ssl_protocols");
  const std::string old = old_of(own);
  if (!old.empty() && counts(analysis, "ssl_protocols", block, true))
    analysis.tell("@old_tls", block, *own.front(), old);
  const Lines& behind = block.lines("proxy_ssl_protocols");
  const std::string old_behind = old_of(behind);
  if (!old_behind.empty()) analysis.tell("@old_tls_behind", block, *behind.front(), old_behind);
}

/// What OpenSSL calls broken, or selects something broken (ciphers(1)).
constexpr std::string_view kBroken =
    "NULL ENULL ANULL ADH AECDH EXP EXPORT EXPORT40 EXPORT56 LOW MEDIUM DES 3DES RC2 RC4 IDEA SEED "
    "MD5 ALL COMPLEMENTOFALL "
    "COMPLEMENTOFDEFAULT DEFAULT DSS";

struct CipherList {
  std::vector<std::string> wanted, removed;
};

CipherList read_ciphers(std::string_view text) {
  CipherList out;
  for (const std::string_view token : words(text, ": ,;")) {
    if (token.starts_with('@') || token.starts_with('+')) continue;
    if (token.starts_with('!') || token.starts_with('-'))
      out.removed.push_back(upper(token.substr(1)));
    else
      out.wanted.push_back(upper(token));
  }
  return out;
}

/// A name like `DES-CBC3-SHA` is made of parts, a selector like `HIGH+aRSA` as well.
std::string broken_part(const CipherList& list, std::string_view token) {
  if (token == "ALL" || token == "DEFAULT" || token == "COMPLEMENTOFDEFAULT" ||
      token == "COMPLEMENTOFALL") {
    // They select nothing that the common exclusions leave: without them, they do.
    for (const std::string_view must : {"ANULL", "MD5"})
      if (token != "DEFAULT" &&
          std::find(list.removed.begin(), list.removed.end(), must) == list.removed.end())
        return std::string(token);
    return {};
  }
  for (const std::string_view part : words(token, "-+_")) {
    std::string_view name = part;
    if (name == "CBC3" || token == "3DES") name = "3DES";
    if (name == "DES" && token.find("CBC3") != std::string_view::npos) name = "3DES";
    if (!is_one_of(name, kBroken)) continue;
    if (std::find(list.removed.begin(), list.removed.end(), name) != list.removed.end()) continue;
    return std::string(token);
  }
  return {};
}

bool is_forward_secret_aead(std::string_view token) {
  if (token.starts_with("TLS_")) return true;
  const bool is_agreed =
      token.find("ECDHE") != std::string_view::npos || token.starts_with("DHE") ||
      token.find("EECDH") != std::string_view::npos || token.find("EDH") != std::string_view::npos;
  const bool is_aead = token.find("GCM") != std::string_view::npos ||
                       token.find("CHACHA20") != std::string_view::npos ||
                       token.find("CCM") != std::string_view::npos;
  return is_agreed && is_aead;
}

void look_at_ciphers(Analysis& analysis, const Block& block) {
  const Directive* line = block.line("ssl_ciphers");
  if (line == nullptr || line->arg(0).starts_with("PROFILE=") ||
      !counts(analysis, "ssl_ciphers", block, false))
    return;
  const CipherList list = read_ciphers(line->arg(0));
  for (const std::string& token : list.wanted) {
    const std::string broken = broken_part(list, token);
    if (broken.empty()) continue;
    analysis.tell("@weak_ciphers", block, *line, broken);
    return;
  }
  for (const std::string& token : list.wanted)
    if (!is_forward_secret_aead(token)) return analysis.tell("@other_ciphers", block, *line, token);
}

bool is_before(const std::string& version, std::string_view other) {
  const auto at_least = Matcher::compile(Op::at_least, Type::version, {std::string(other)});
  return !version.empty() && at_least && !at_least->test(std::string_view(version)).value_or(true);
}

/// ngx_http_ssl_module: the default has TLS 1.0 and 1.1 before 1.23.4.
void look_at_default_versions(Analysis& analysis, const Server& server) {
  const Block& block = *server.block;
  if (effective_line("ssl_protocols", block) != nullptr) return;
  const auto tls = std::find_if(server.listens.begin(), server.listens.end(),
                                [](const Listen& one) { return one.is_tls; });
  const Directive& at = tls->at == nullptr ? *block.at : *tls->at;
  analysis.tell("@tls_versions_unset", block, at, "no ssl_protocols");
  if (is_before(analysis.version, "1.23.4") && decides_versions(analysis.config, server))
    analysis.tell("@old_tls", block, at, "TLSv1 TLSv1.1, by default");
}

void look_at_key(Analysis& analysis, const Block& block) {
  if (analysis.config.is_document) return;
  for (const Directive* one : block.lines("ssl_certificate_key")) {
    if (one->arg(0).find_first_of("$:") != std::string_view::npos) continue;
    const std::string path =
        join_path(parent_path(analysis.config.tree.files.front()), one->arg(0));
    const auto stat = analysis.root.stat(path);
    // A group of its own may read keys (ssl-cert); nobody else may.
    if (stat && ((stat->mode & 0137U) != 0 || stat->uid != 0))
      analysis.tell("@readable_key", block, *one,
                    fmt::format("{}: {:04o} of user {}", path, stat->mode & 07777U, stat->uid));
  }
}

}  // namespace

void look_at_tls(Analysis& analysis, const Block& block) {
  if ((block.level & (kHttp | kServer | kLocation | kLocationIf)) == 0) return;
  look_at_versions(analysis, block);
  look_at_ciphers(analysis, block);
  look_at_key(analysis, block);
}

void look_at_server_tls(Analysis& analysis, const Server& server) {
  if (!server.has_tls()) return;
  const Block& block = *server.block;
  look_at_default_versions(analysis, server);
  const Directive* tickets = effective_line("ssl_session_tickets", block);
  if (effective_line("ssl_session_ticket_key", block) == nullptr &&
      (tickets == nullptr ? analysis.config.is_whole : !iequals(tickets->arg(0), "off")))
    analysis.tell("@session_tickets", block, tickets == nullptr ? *block.at : *tickets,
                  "on, with one key until the next restart");
  if (iequals(effective_word("ssl_stapling", block), "on") &&
      !iequals(effective_word("ssl_stapling_verify", block), "on"))
    analysis.tell("@stapling_unverified", block, *effective_line("ssl_stapling", block),
                  "ssl_stapling without ssl_stapling_verify");
  if (iequals(effective_word("gzip", block), "on") &&
      std::any_of(block.children.begin(), block.children.end(), [](const Block* child) {
        return is_answered(*child) && child->lines("return").empty() &&
               iequals(effective_word("gzip", *child), "on");
      }))
    analysis.tell("@gzip_tls", block, *effective_line("gzip", block),
                  "gzip for pages made on demand");
}

}  // namespace plimsoll::nginx
