#include "plugins/service/apache2/analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "plugins/service/apache2/rows.h"
#include "plugins/service/apache2/servers.h"
#include "scanner/base/text.h"

namespace plimsoll::apache2 {
namespace {

constexpr std::size_t kMostTold = 50'000;
constexpr std::size_t kLongestScope = 16384;

/// What a server with TLS does: the key it is told under, the directive, and its default.
struct TlsSetting {
  std::string_view key, directive, otherwise;
};
constexpr std::array kTlsSettings = {
    TlsSetting{"@tls_ciphers", "sslciphersuite", "DEFAULT"},
    TlsSetting{"@tls_cipher_order", "sslhonorcipherorder", "off"},
    TlsSetting{"@tls_compression", "sslcompression", "off"},
    TlsSetting{"@tls_renegotiation", "sslinsecurerenegotiation", "off"},
    TlsSetting{"@tls_tickets", "sslsessiontickets", "on"},
    TlsSetting{"@tls_stapling", "sslusestapling", "off"},
};

constexpr std::array<std::string_view, 3> kWantedHeaders = {
    "x-frame-options", "x-content-type-options", "content-security-policy"};

/// A Header line: what it does, to which header, with what value.
struct HeaderLine {
  std::string action, name, value;
};

HeaderLine read_header(const Directive& line) {
  std::vector<std::string> given = all_words(line.args);
  if (!given.empty() && (iequals(given[0], "always") || iequals(given[0], "onsuccess")))
    given.erase(given.begin());
  given.resize(3);
  return {lower(given[0]), lower(trim_right(given[1], ":")), given[2]};
}

/// What lines of a server make of each header; nothing where the last of them takes it away.
using Headers = std::unordered_map<std::string, std::optional<std::string>>;

void add_header(const Directive& one, Headers& out) {
  HeaderLine line = read_header(one);
  if (line.action == "echo" || line.action.starts_with("edit")) return;
  out[line.name] = line.action == "unset" ? std::nullopt : std::optional(std::move(line.value));
}

/// `<Location />` is about every request, as the server is.
Headers headers_of(const Server& server) {
  Headers out;
  const auto found = server.lines.find("header");
  if (found != server.lines.end())
    for (const Directive* one : found->second) add_header(*one, out);
  for (const Directive& section : server.section->children) {
    if (section.name != "<location" || trim(section.args, "\"' ") != "/") continue;
    for (const Directive& one : section.children)
      if (one.name == "header") add_header(one, out);
  }
  return out;
}

class Analysis {
 public:
  Analysis(const Root& root, const Tree& tree, bool is_document, bool is_whole, Facts& facts)
      : root_(root),
        tree_(tree),
        is_document_(is_document),
        is_whole_(is_whole),
        facts_(facts),
        servers_(servers_of(tree)),
        of_main_(headers_of(servers_.front())) {}

  void run() {
    for (const Server& server : servers_) {
      look_at_tls(server);
      look_at_headers(server);
      if (!is_document_) look_at_keys(server);
    }
    for (const Server& server : servers_) walk(*server.section, server.scope, server);
    if (is_whole_) look_at_whole();
  }

 private:
  void tell(std::string_view key, const std::string& scope, const Directive& at,
            std::string value) {
    tell(key, scope, &at == &tree_.top ? whole() : tree_.origin(at), std::move(value));
  }
  void tell(std::string_view key, const std::string& scope, Origin origin, std::string value) {
    if (++told_ == kMostTold)
      facts_.gap({ErrorCode::limit, fmt::format("more than {} findings", kMostTold), origin});
    if (told_ < kMostTold)
      facts_.setting(std::string(key), std::move(value), std::move(origin), scope);
  }
  [[nodiscard]] Origin whole() const { return {tree_.files.front(), 0, 0}; }

  void look_at_tls(const Server& server) {
    const bool is_on = server.has_tls();
    const auto versions = server.lines.find("sslprotocol");
    const bool says_versions = versions != server.lines.end();
    const Directive* protocol = server.line("sslprotocol");
    if ((is_on && (protocol != nullptr || is_whole_)) || says_versions)
      tell("@tls_versions", server.scope, protocol != nullptr ? *protocol : *server.section,
           tls_versions(protocol != nullptr ? value_of(*protocol) : "all -SSLv3"));
    for (const TlsSetting& one : kTlsSettings) {
      const Directive* line = server.line(one.directive);
      const bool is_said = server.lines.find(one.directive) != server.lines.end();
      if (!is_said && (!is_on || (line == nullptr && !is_whole_))) continue;
      tell(one.key, server.scope, line != nullptr ? *line : *server.section,
           line != nullptr ? lower_flag(value_of(*line)) : std::string(one.otherwise));
    }
  }
  static std::string lower_flag(std::string value) {
    return iequals(value, "on") || iequals(value, "off") ? lower(value) : value;
  }

  /// Only servers that answer with pages of their own are asked for headers.
  void look_at_headers(const Server& server) {
    const bool is_main = server.main == nullptr;
    if ((is_main && (!is_whole_ || servers_.size() > 1)) || server.only_redirects()) return;
    const Headers own = is_main ? Headers() : headers_of(server);
    for (const std::string_view name : kWantedHeaders)
      if (!header(own, name))
        tell("@missing_header", server.scope, *server.section, std::string(name));
    if (server.has_tls()) look_at_hsts(server, header(own, "strict-transport-security"));
    const auto origin = header(own, "access-control-allow-origin");
    if (origin && trim(*origin) == "*" && header(own, "access-control-allow-credentials"))
      tell("@open_cors", server.scope, *server.section, "* with credentials");
  }

  [[nodiscard]] std::optional<std::string> header(const Headers& own, std::string_view name) const {
    for (const Headers* from : {&own, &of_main_}) {
      const auto found = from->find(std::string(name));
      if (found != from->end()) return found->second;
    }
    return std::nullopt;
  }

  void look_at_hsts(const Server& server, const std::optional<std::string>& header) {
    const std::string value = lower(header.value_or(""));
    const std::size_t at = value.find("max-age=");
    std::string_view rest;
    if (at != std::string::npos) rest = trim_left(std::string_view(value).substr(at + 8), "\"");
    const auto age = to_integer(rest.substr(0, rest.find_first_not_of("0123456789")));
    tell("@hsts_age", server.scope, *server.section, std::to_string(age.value_or(0)));
  }

  void look_at_target(const Directive& one, const std::string& scope, bool is_verified) {
    for (const std::string& word : all_words(one.args)) {
      if (istarts_with(word, "http://") && !is_on_host(word))
        tell("@proxy_plain", scope, one, word);
      if (istarts_with(word, "https://") && !is_verified && !is_on_host(word))
        tell("@proxy_unverified", scope, one, word);
    }
  }

  /// The file is looked at where it lies; what cannot be seen is a gap of its own.
  void look_at_keys(const Server& server) {
    const auto found = server.lines.find("sslcertificatekeyfile");
    if (found == server.lines.end()) return;
    for (const Directive* one : found->second) {
      const std::string path = value_of(*one);
      if (!path.starts_with('/')) continue;
      const auto file = root_.stat(path);
      if (!file) {
        if (file.error().code != ErrorCode::not_found)
          facts_.gap(file.error(), server.scope, Gap::Effect::may_add);
        continue;
      }
      if ((file->mode & 07U) != 0 || file->uid != 0 || (file->mode & 020U) != 0)
        tell("@readable_key", server.scope, *one,
             fmt::format("{}: {:04o}, user {}", path, file->mode, file->uid));
    }
  }

  void walk(const Directive& section, const std::string& scope, const Server& server) {
    std::vector<const Directive*> options;
    const Directive* handler = nullptr;
    const Directive* basic = nullptr;
    bool wants_tls = false;
    const Directive* verify = server.line("sslproxyverify");
    const bool is_verified = verify != nullptr && istarts_with(value_of(*verify), "require");
    for (const Directive& one : section.children) {
      if (one.name == "options") options.push_back(&one);
      if (one.name == "sethandler") handler = &one;
      if (one.name == "proxypass" || one.name == "proxypassmatch" || one.name == "balancermember")
        look_at_target(one, scope, is_verified);
      if (one.name == "authtype") basic = iequals(value_of(one), "basic") ? &one : nullptr;
      wants_tls = wants_tls || one.name == "sslrequiressl";
      if (one.is_section() && one.name != "<virtualhost") walk_into(one, scope, server);
    }
    if (!options.empty()) tell("@options", scope, *options.back(), options_on(options));
    if (handler != nullptr) look_at_handler(section, scope, *handler);
    // What stands outside of virtual hosts holds in those with TLS as well as in others.
    const bool is_plain = server.main != nullptr || (is_whole_ && servers_.size() == 1);
    if (basic != nullptr && !wants_tls && is_plain && !server.has_tls())
      tell("@password_in_clear", scope, *basic, "Basic");
  }

  void walk_into(const Directive& section, const std::string& scope, const Server& server) {
    if (told_ >= kMostTold) return;
    if (scope.size() < kLongestScope) return walk(section, scope_within(scope, section), server);
    if (!has_deep_)
      facts_.gap({ErrorCode::limit, "sections with long names", tree_.origin(section)});
    has_deep_ = true;
  }

  void look_at_handler(const Directive& section, const std::string& scope,
                       const Directive& handler) {
    const std::string name = lower(value_of(handler));
    if (name != "server-status" && name != "server-info" && name != "ldap-status" &&
        name != "balancer-manager")
      return;
    const Access access = access_of(section);
    if (access == Access::unsaid || access == Access::open)
      tell("@open_status", scope, handler, name);
  }

  void look_at_whole() {
    const Directive* root_section = nullptr;
    bool has_options = servers_.front().lines.count("options") > 0;
    bool hides_files = false;
    for (const Directive& one : tree_.top.children) {
      if (!one.is_section()) continue;
      const auto given = all_words(one.args);
      const bool is_root = one.name == "<directory" && given.size() == 1 && given[0] == "/";
      if (is_root && access_of(one) != Access::unsaid) root_section = &one;
      if (is_root)
        for (const Directive& line : one.children)
          has_options = has_options || (line.name == "options" && !line.args.empty() &&
                                        line.args.find_first_of("+-") != 0);
      if (one.name.starts_with("<files") && one.args.find(".ht") != std::string::npos)
        hides_files = hides_files || access_of(one) == Access::denied;
    }
    const Access access = root_section == nullptr ? Access::unsaid : access_of(*root_section);
    tell("@root_access", {}, root_section == nullptr ? tree_.top : *root_section,
         access == Access::denied    ? "denied"
         : access == Access::limited ? "limited"
         : access == Access::open    ? "granted"
                                     : "nothing denies it");
    if (!has_options) tell("@options", {}, tree_.top, "FollowSymLinks");
    if (!hides_files) tell("@hidden_files", {}, tree_.top, "nothing denies .ht*");
    const bool has_log = std::any_of(servers_.begin(), servers_.end(), [](const Server& one) {
      return one.lines.count("customlog") + one.lines.count("transferlog") +
                 one.lines.count("globallog") >
             0;
    });
    if (!has_log) tell("@no_access_log", {}, tree_.top, "no CustomLog");
  }

  const Root& root_;
  const Tree& tree_;
  bool is_document_, is_whole_;
  Facts& facts_;
  std::vector<Server> servers_;
  Headers of_main_;
  std::size_t told_ = 0;
  bool has_deep_ = false;
};

}  // namespace

void write_analysis(const Root& root, const Tree& tree, bool is_document, bool is_whole,
                    Facts& facts) {
  Analysis(root, tree, is_document, is_whole, facts).run();
}

}  // namespace plimsoll::apache2
