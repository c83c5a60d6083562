// What follows from several properties, or from a part of a value.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/framework/spring/names.h"
#include "plugins/framework/spring/settings.h"
#include "scanner/base/text.h"

namespace plimsoll::spring {
namespace {

// --- credentials

constexpr std::array<std::string_view, 17> kSecretEnds = {
    "password",   "passwd",           "pwd",         "passphrase",  "secret",
    "secret-key", "secretkey",        "token",       "api-key",     "apikey",
    "access-key", "private-key",      "signing-key", "account-key", "encryption-key",
    "shared-key", "secret-access-key"};

/// By the last part of its name; where a credential is (`token-uri`) is none.
bool names_credential(std::string_view name) {
  const std::string_view part = last_part(name);
  return std::any_of(kSecretEnds.begin(), kSecretEnds.end(), [&](std::string_view end) {
    if (!part.ends_with(end)) return false;
    const std::size_t before = part.size() - end.size();
    return before == 0 || part[before - 1] == '-' || end == "password" || end == "secret";
  });
}

/// Not a reference, not encrypted (Jasypt, Spring Cloud Config), not hashed, not the name of a
/// file.
bool is_plain_credential(const Value& value) {
  const std::string_view text = value.text;
  if (value.open || trim(text).empty()) return false;
  if (is_one_of(lower(text), "true false none null")) return false;
  for (const std::string_view start :
       {"ENC(", "{cipher}", "{vault}", "vault:", "{bcrypt}", "{argon2", "{pbkdf2", "{scrypt}",
        "$2a$", "$2b$", "$2y$", "classpath:", "file:", "/", "http://", "https://", "sm://", "{{",
        "AQICA"})
    if (text.starts_with(start)) return false;
  return true;
}

/// `scheme://user:password@host`.
bool has_password(std::string_view url) {
  for (std::size_t at = url.find("://"); at != std::string_view::npos;
       at = url.find("://", at + 3)) {
    std::string_view authority = url.substr(at + 3);
    authority = authority.substr(0, authority.find_first_of("/?#, "));
    const std::size_t sign = authority.rfind('@');
    const std::size_t colon = authority.find(':');
    if (sign == std::string_view::npos || colon >= sign) continue;
    const std::string_view password = authority.substr(colon + 1, sign - colon - 1);
    if (!password.empty() && password[0] != '$') return true;
  }
  return false;
}

/// The value of a parameter of a JDBC address, which `?`, `&` or `;` stands before.
std::optional<std::string> parameter(std::string_view url, std::string_view name) {
  const std::size_t start = url.find_first_of("?;");
  if (start == std::string_view::npos) return std::nullopt;
  for (const std::string_view part : words(url.substr(start + 1), "?&;")) {
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos && iequals(trim(part.substr(0, equals)), name))
      return lower(trim(part.substr(equals + 1)));
  }
  return std::nullopt;
}

bool has_password_parameter(std::string_view url) {
  const auto password = parameter(url, "password");
  return password && !password->empty() && !password->starts_with("$");
}

// --- databases

bool is_loopback(std::string_view host) {
  return host.empty() || iequals(host, "localhost") || host.starts_with("127.") ||
         host.starts_with("[::1]");
}

bool is_any(const std::optional<std::string>& value, std::string_view list) {
  return value && is_one_of(*value, list);
}

/// Connector/J and MariaDB Connector/J: `sslMode` goes before `useSSL`.
std::string_view mysql_tls(std::string_view url) {
  const auto mode = parameter(url, "sslMode");
  if (is_any(mode, "disabled disable false")) return "off";
  if (is_any(mode, "required verify_ca verify_identity verify-ca verify-full trust true"))
    return "required";
  if (is_any(parameter(url, "useSSL"), "false no 0")) return "off";
  const bool is_asked = is_any(parameter(url, "useSSL"), "true yes 1");
  if (is_asked && is_any(parameter(url, "requireSSL"), "true yes 1")) return "required";
  return "default";
}

/// pgJDBC, "Using SSL": `ssl=true` alone is verify-full; without either it is `prefer`.
std::string_view postgresql_tls(std::string_view url) {
  const auto mode = parameter(url, "sslmode");
  if (is_any(mode, "require verify-ca verify-full")) return "required";
  if (is_any(mode, "disable")) return "off";
  if (mode) return "default";
  const auto ssl = parameter(url, "ssl");
  return ssl && *ssl != "false" ? "required" : "default";
}

/// Microsoft's driver encrypts by default since 10.2.
std::string_view sqlserver_tls(std::string_view url) {
  return is_any(parameter(url, "encrypt"), "false no optional") ? "off" : "required";
}

/// Empty for what has no word on it.
std::string_view database_tls(std::string_view url) {
  const std::size_t slashes = url.find("://");
  if (slashes == std::string_view::npos) return {};
  const std::string_view before = url.substr(0, slashes);
  const std::string_view scheme = before.substr(before.rfind(':') + 1);
  // Testcontainers start a database of their own.
  if (before.find(":tc:") != std::string_view::npos) return "local";
  std::string_view host = url.substr(slashes + 3);
  host = host.substr(0, host.find_first_of("/?;,"));
  if (const std::size_t user = host.rfind('@'); user != std::string_view::npos)
    host.remove_prefix(user + 1);
  const bool has_port = host.rfind(':') != std::string_view::npos && !host.starts_with('[');
  std::string_view (*ask)(std::string_view) = nullptr;
  if (is_one_of(scheme, "mysql mariadb")) ask = mysql_tls;
  if (is_one_of(scheme, "postgresql postgres pool")) ask = postgresql_tls;
  if (is_one_of(scheme, "sqlserver mssql")) ask = sqlserver_tls;
  if (ask == nullptr) return {};
  return is_loopback(has_port ? host.substr(0, host.rfind(':')) : host) ? "local" : ask(url);
}

// --- endpoints

class Conclusions {
 public:
  explicit Conclusions(const Telling& telling) : telling_(telling), env_(telling.environment) {}

  void tell() {
    for (const auto& [key, hits] : env_.properties())
      for (const Hit& hit : hits)
        if (env_.effective(hits, hit.scope) == &hit) tell_value(hit);
    const bool web = is_web(env_);
    for (std::uint32_t scope = 0; scope < env_.scopes().size(); ++scope) {
      tell_endpoints(scope);
      if (web) tell_tls(scope);
    }
  }

 private:
  Fact& add(std::string_view key, std::string value, const Hit& hit, const Origin& origin) {
    return telling_.facts[hit.home].setting(std::string(key), std::move(value), origin,
                                            telling_.scope_name(hit.scope));
  }

  void tell_value(const Hit& hit) {
    for (const Entry* entry : hit.elements) {
      const Value value = env_.value(*entry, hit.scope);
      if (names_credential(entry->name) && is_plain_credential(value))
        add("@literal-secret", entry->name, hit, entry->origin);
      const bool is_address = value.text.find("://") != std::string::npos;
      if (is_address && (has_password(value.text) || has_password_parameter(value.text)))
        add("@url-credentials", entry->name, hit, entry->origin);
      if (!is_one_of(last_part(entry->name), "url jdbc-url")) continue;
      if (value.text.starts_with("jdbc:") || value.text.starts_with("r2dbc:"))
        tell_database(value, *entry, hit);
      else if (value.open && is_of_database(entry->name))
        doubt("@database-tls", value.text, *entry, hit);
    }
  }

  static bool is_of_database(std::string_view name) {
    return name.starts_with("spring.datasource.") || name.starts_with("spring.r2dbc.");
  }

  void tell_database(const Value& value, const Entry& entry, const Hit& hit) {
    const std::string_view tls = database_tls(value.text);
    const std::size_t parameters = value.text.find_first_of("?;");
    const bool hides =
        parameters != std::string::npos && value.text.find("${", parameters) != std::string::npos;
    if (!tls.empty()) add("@database-tls", std::string(tls), hit, entry.origin);
    if (hides && tls == "default") doubt("@database-tls", value.text, entry, hit);
  }

  void doubt(std::string_view key, std::string_view text, const Entry& entry, const Hit& hit) {
    telling_.facts[hit.home].gap(
        {ErrorCode::unsupported,
         fmt::format("`{}` is `{}`, which nothing in the files gives a value", entry.name,
                     printable(text)),
         entry.origin},
        telling_.scope_name(hit.scope), Gap::Effect::may_override, {key});
  }

  // --- what holds in a scope

  [[nodiscard]] std::string text_of(std::string_view key, std::uint32_t scope) const {
    const auto value = env_.value_of(key, scope);
    return value ? lower(value->text) : std::string();
  }

  [[nodiscard]] std::vector<std::string> list_of(std::string_view key, std::uint32_t scope) const {
    std::vector<std::string> out;
    const Hit* hit = env_.effective(key, scope);
    if (hit == nullptr) return out;
    for (const Entry* entry : hit->elements) {
      const Value value = env_.value(*entry, scope);
      for (const std::string_view one : words(value.text, ", \t\r\n")) out.push_back(lower(one));
    }
    return out;
  }

  /// The strongest word of these on a scope of its own; null where it only has what others say.
  const Hit* said_in(std::uint32_t scope, std::initializer_list<std::string_view> keys) const {
    const Hit* out = nullptr;
    for (const std::string_view key : keys)
      if (const Hit* hit = env_.effective(key, scope); hit != nullptr && hit->scope == scope)
        if (out == nullptr) out = hit;
    return out;
  }

  [[nodiscard]] bool is_off(const std::string& endpoint, std::uint32_t scope) const {
    const std::string prefix = "management.endpoint." + relaxed(endpoint);
    const std::string enabled = text_of(prefix + ".enabled", scope);
    const std::string access = text_of(prefix + ".access", scope);
    if (enabled == "false" || access == "none") return true;
    if (!enabled.empty() || !access.empty()) return false;
    return text_of("management.endpoints.enabledbydefault", scope) == "false" ||
           text_of("management.endpoints.access.default", scope) == "none";
  }

  [[nodiscard]] std::vector<std::string> exposed(std::uint32_t scope) const {
    std::vector<std::string> out;
    if (text_of("management.server.port", scope) == "-1") return out;
    std::vector<std::string> included = list_of(kInclude, scope);
    const auto excluded = list_of(kExclude, scope);
    if (env_.effective(kInclude, scope) == nullptr) included = {"health"};
    const auto is_open = [&](const std::string& one) {
      const auto is = [&](std::string_view name) { return relaxed(name) == relaxed(one); };
      return std::none_of(excluded.begin(), excluded.end(),
                          [&](const std::string& name) { return name == "*" || is(name); }) &&
             !is_off(one, scope);
    };
    const bool all = std::find(included.begin(), included.end(), "*") != included.end();
    for (const std::string& one : included)
      if (one == "*" ? !is_all_excluded(excluded) : is_open(one)) out.push_back(one);
    if (!all) return out;
    if (is_open("heapdump")) out.emplace_back("heapdump");
    const auto gateway = env_.properties().lower_bound("spring.cloud.gateway.");
    if (gateway != env_.properties().end() && gateway->first.starts_with("spring.cloud.gateway.") &&
        is_open("gateway"))
      out.emplace_back("gateway");
    return out;
  }

  static bool is_all_excluded(const std::vector<std::string>& excluded) {
    return std::find(excluded.begin(), excluded.end(), "*") != excluded.end();
  }

  const Hit* word_on_endpoints(std::uint32_t scope) const {
    if (const Hit* hit =
            said_in(scope, {kInclude, kExclude, "management.server.port",
                            "management.server.address", "management.endpoints.enabledbydefault",
                            "management.endpoints.access.default"}))
      return hit;
    for (auto it = env_.properties().lower_bound("management.endpoint.");
         it != env_.properties().end() && it->first.starts_with("management.endpoint."); ++it)
      if (it->first.ends_with(".enabled") || it->first.ends_with(".access"))
        if (const Hit* hit = said_in(scope, {it->first})) return hit;
    return nullptr;
  }

  void tell_endpoints(std::uint32_t scope) {
    const Hit* word = word_on_endpoints(scope);
    if (word == nullptr) {
      if (scope == 0 && telling_.main)
        telling_.facts[*telling_.main].setting("@exposed", "health", {});
      return;
    }
    const auto open = exposed(scope);
    for (const std::string& one : open) add("@exposed", one, *word, origin_of(one, *word));
    for (const std::string_view key : {kInclude, kExclude}) {
      const Hit* hit = env_.effective(key, scope);
      if (hit == nullptr) continue;
      for (const Entry* entry : hit->elements)
        if (const Value value = env_.value(*entry, scope); value.open)
          doubt("@exposed", value.text, *entry, *hit);
    }
    tell_management(open, *word, scope);
  }

  /// The item of a list that says so, else the property.
  static Origin origin_of(std::string_view endpoint, const Hit& hit) {
    for (const Entry* entry : hit.elements)
      if (iequals(entry->value, endpoint)) return entry->origin;
    return hit.elements.front()->origin;
  }

  void tell_management(const std::vector<std::string>& open, const Hit& word, std::uint32_t scope) {
    const bool is_more = std::any_of(open.begin(), open.end(), [](const std::string& one) {
      return one != "health" && one != "info";
    });
    if (!is_more) return;
    const std::string port = text_of("management.server.port", scope);
    const std::string own = text_of("server.port", scope);
    const std::string address = text_of("management.server.address", scope);
    const bool is_shared = port.empty() || port == (own.empty() ? "8080" : own);
    const bool is_near = !address.empty() && is_loopback(address == "::1" ? "[::1]" : address);
    add("@management",
        is_shared ? "shared"
        : is_near ? "loopback"
                  : "own-port",
        word, word.elements.front()->origin);
  }

  // --- TLS of the server

  [[nodiscard]] bool has_tls(std::uint32_t scope) const {
    if (text_of("server.ssl.enabled", scope) == "false") return false;
    for (const std::string_view key :
         {"server.ssl.keystore", "server.ssl.bundle", "server.ssl.certificate"})
      if (!text_of(key, scope).empty()) return true;
    return false;
  }

  void tell_tls(std::uint32_t scope) {
    const Hit* word =
        said_in(scope, {"server.ssl.enabled", "server.ssl.bundle", "server.ssl.keystore",
                        "server.ssl.certificate", "server.forwardheadersstrategy", "server.port",
                        "server.tomcat.remoteip.internalproxies"});
    if (word == nullptr) {
      if (scope == 0 && telling_.main) telling_.facts[*telling_.main].setting("@tls", "off", {});
      return;
    }
    const std::string strategy = text_of("server.forwardheadersstrategy", scope);
    const bool behind = strategy == "native" || strategy == "framework" ||
                        text_of("server.useforwardheaders", scope) == "true";
    const bool tls = has_tls(scope);
    const Origin& origin = word->elements.front()->origin;
    add("@tls", tls ? "on" : behind ? "proxy" : "off", *word, origin);
    if (const auto enabled = env_.value_of("server.ssl.enabled", scope); enabled && enabled->open)
      doubt("@tls", enabled->text, *env_.effective("server.ssl.enabled", scope)->elements.front(),
            *word);
    const bool anybody = text_of("server.tomcat.remoteip.internalproxies", scope) == ".*";
    if (behind && (tls || anybody)) add("@forwarded", "open", *word, origin);
  }

  static constexpr std::string_view kInclude = "management.endpoints.web.exposure.include";
  static constexpr std::string_view kExclude = "management.endpoints.web.exposure.exclude";

  const Telling& telling_;
  const Environment& env_;
};

}  // namespace

void tell_conclusions(const Telling& telling) { Conclusions(telling).tell(); }

}  // namespace plimsoll::spring
