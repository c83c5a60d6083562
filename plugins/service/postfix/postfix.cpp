#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "plugins/service/postfix/expand.h"
#include "plugins/service/postfix/files.h"
#include "plugins/service/postfix/parameters.h"
#include "plugins/service/postfix/versions.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

using postfix::Assigned;
using postfix::LogicalLine;
using postfix::Service;
using postfix::Setting;
using postfix::Settings;

constexpr std::string_view kMain = "/etc/postfix/main.cf";
constexpr std::string_view kMaster = "/etc/postfix/master.cf";
constexpr std::array kFiles = {kMain, kMaster};
constexpr std::string_view kUsualVersion = "3.7.11";
constexpr std::size_t kBudget = std::size_t{1} << 26U;  // steps and bytes of all expansions

// Those whose defaults are printed.
constexpr std::array kFields = {
    Field{"@file", Type::text, "the files read"},
    Field{"@inet-service", Type::text,
          "the name of each service of type inet in master.cf: a port, or `host:port`"},
    Field{"allow_percent_hack", Type::boolean, "`user%domain` is rewritten to `user@domain`"},
    Field{"biff", Type::boolean, "local users are told of new mail"},
    Field{"compatibility_level", Type::text, "which changes of defaults are taken over"},
    Field{"debug_peer_list", Type::list, "peers whose sessions are logged in detail"},
    Field{"disable_vrfy_command", Type::boolean, "VRFY is refused"},
    Field{"inet_interfaces", Type::list, "addresses on which mail is received"},
    Field{"inet_protocols", Type::list, "`ipv4`, `ipv6` or `all`"},
    Field{"mailbox_size_limit", Type::integer, "bytes of a local mailbox; 0: no limit"},
    Field{"message_size_limit", Type::integer, "bytes of a message; 0: no limit"},
    Field{"mydestination", Type::list, "domains that are delivered locally"},
    Field{"mynetworks", Type::list, "clients that may relay; no default is printed"},
    Field{"mynetworks_style", Type::text, "where mynetworks is not set: host, subnet or class"},
    Field{"recipient_delimiter", Type::text, "separates a user from an extension"},
    Field{"relayhost", Type::text, "where mail for other domains goes"},
    Field{"smtp_sasl_auth_enable", Type::boolean, "this host logs in to other servers"},
    Field{"smtp_tls_mandatory_protocols", Type::list, "versions where TLS is required"},
    Field{"smtp_tls_protocols", Type::list, "versions where TLS is optional"},
    Field{"smtp_tls_security_level", Type::text, "whether mail leaves by TLS"},
    Field{"smtpd_banner", Type::text, "what clients are greeted with"},
    Field{"smtpd_client_connection_count_limit", Type::integer,
          "connections of one client at once"},
    Field{"smtpd_client_connection_rate_limit", Type::integer,
          "connections of one client in anvil_rate_time_unit; 0: no limit"},
    Field{"smtpd_client_restrictions", Type::list, "what is asked when a client connects"},
    Field{"smtpd_data_restrictions", Type::list, "what is asked at DATA"},
    Field{"smtpd_forbid_bare_newline", Type::text, "what becomes of lines that end in LF alone"},
    Field{"smtpd_forbid_unauth_pipelining", Type::boolean, "commands sent too early are refused"},
    Field{"smtpd_helo_required", Type::boolean, "clients must say HELO or EHLO"},
    Field{"smtpd_helo_restrictions", Type::list, "what is asked at HELO"},
    Field{"smtpd_recipient_restrictions", Type::list, "what is asked at RCPT TO"},
    Field{"smtpd_relay_restrictions", Type::list, "who may relay"},
    Field{"smtpd_sasl_auth_enable", Type::boolean, "clients may log in"},
    Field{"smtpd_sasl_security_options", Type::list, "ways of logging in that are not offered"},
    Field{"smtpd_sender_restrictions", Type::list, "what is asked at MAIL FROM"},
    Field{"smtpd_tls_auth_only", Type::boolean, "no login without TLS"},
    Field{"smtpd_tls_eecdh_grade", Type::text, "curves of ephemeral keys"},
    Field{"smtpd_tls_exclude_ciphers", Type::list, "ciphers that are left out"},
    Field{"smtpd_tls_loglevel", Type::integer, "0: nothing of TLS is logged; 1: a line a session"},
    Field{"smtpd_tls_mandatory_ciphers", Type::text, "grade where TLS is required"},
    Field{"smtpd_tls_mandatory_protocols", Type::list, "versions where TLS is required"},
    Field{"smtpd_tls_protocols", Type::list, "versions where TLS is optional"},
    Field{"smtpd_tls_security_level", Type::text, "whether mail arrives by TLS"},
    Field{"swap_bangpath", Type::boolean, "`site!user` is rewritten to `user@site`"},
    Field{"tls_preempt_cipherlist", Type::boolean, "the server's order of ciphers decides"},
};

/// What the `-o` options of one service say; services of one name and type share it.
struct Scope {
  std::string service, program;
  Settings settings;
};

class Configuration {
 public:
  /// The version of the package; empty where dpkg knows of none.
  Configuration(const Root& root, Facts& facts, std::string_view version)
      : root_(root), facts_(facts) {
    if (version.empty()) version = kUsualVersion;
    builtin_ = postfix::parameters_of(version);
    machine_["mail_version"] = postfix::upstream_version(version);
  }
  void read();

 private:
  bool read_main();
  void read_master();
  void add_options(const Service& service);
  void find_machine();
  void find_known();
  void mention(const Settings& settings, const Scope* scope);
  void mention_tables(std::string_view value, const Scope* scope);
  void know(std::string_view name, const Scope* scope);
  [[nodiscard]] std::optional<std::string_view> find_default(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> look_up(std::string_view name,
                                                        const Scope* scope) const;
  std::string expand(std::string_view value, const Scope* scope, Origin where);
  void put(const std::string& key, const Setting& setting, std::string_view file,
           const Scope* scope, const std::string& name);
  void put_main();
  void put_defaults();
  void refuse(Error error, std::string_view file, std::uint32_t line);

  const Root& root_;
  Facts& facts_;
  std::vector<postfix::Parameter> builtin_;
  Settings main_;
  std::map<std::string, Scope, std::less<>> scopes_;
  std::map<std::string, std::string, std::less<>> transports_;  // and what runs them
  std::map<std::string, std::string, std::less<>> machine_;     // defaults that depend on it
  std::set<std::string, std::less<>> known_;  // names of main.cf that some value mentions
  std::size_t budget_ = kBudget;
  bool refused_ = false;
};

/// Postfix does not start: nothing that was found can be relied on.
void Configuration::refuse(Error error, std::string_view file, std::uint32_t line) {
  if (error.code != ErrorCode::limit)
    error.what = "Postfix refuses its configuration: " + error.what;
  error.where = {std::string(file), line, 1};
  if (!refused_) facts_.gap(std::move(error));
  refused_ = true;
}

bool Configuration::read_main() {
  const auto text = root_.read(kMain);
  if (!text) {
    facts_.gap(text.error());
    return false;
  }
  facts_.setting("@file", std::string(kMain), {std::string(kMain), 0, 0});
  for (const LogicalLine& line : postfix::logical_lines(*text)) {
    const auto parts = postfix::name_and_value(line.text);
    if (!parts)
      refuse(parts.error(), kMain, line.number);
    else if (!postfix::is_read_only(parts->first))
      postfix::assign(main_, parts->first, parts->second, line.number);
  }
  return true;
}

void Configuration::read_master() {
  const auto text = root_.read(kMaster);
  if (!text) {
    // Without it there is no service, and postconf is content.
    if (text.error().code != ErrorCode::not_found) facts_.gap(text.error());
    return;
  }
  facts_.setting("@file", std::string(kMaster), {std::string(kMaster), 0, 0});
  for (const LogicalLine& line : postfix::logical_lines(*text)) {
    const auto service = postfix::parse_service(line);
    if (!service) {
      refuse(service.error(), kMaster, line.number);
      continue;
    }
    if (service->type == "inet")
      facts_.setting("@inet-service", service->name, {std::string(kMaster), service->line, 1});
    transports_.try_emplace(service->name, service->program);
    add_options(*service);
  }
}

void Configuration::add_options(const Service& service) {
  Scope* scope = nullptr;
  for (const std::string& option : service.options) {
    const auto parts = postfix::name_and_value(option);
    if (!parts) {
      // postconf passes over it; the program that is started with it does not.
      facts_.gap({ErrorCode::invalid,
                  service.program + " does not start: `-o " + option + "`",
                  {std::string(kMaster), service.line, 1}},
                 service.name + "/" + service.type);
      continue;
    }
    if (scope == nullptr) {
      scope = &scopes_[service.name + "/" + service.type];
      scope->service = service.name;
      scope->program = service.program;
    }
    if (!postfix::is_read_only(parts->first))
      postfix::assign(scope->settings, parts->first, parts->second, service.line);
  }
}

/// postconf(5), myhostname and mydomain: the name of the host, with `mydomain` where it has no dot;
/// mydomain is what follows the first dot of myhostname. What cannot be told from files stands for
/// itself.
void Configuration::find_machine() {
  machine_["mynetworks"] = "$$mynetworks";
  machine_["process_id"] = "$$process_id";
  machine_["process_name"] = "$$process_name";
  machine_["service_name"] = "";
  const auto text = root_.read(root_.is_live() ? "/proc/sys/kernel/hostname" : "/etc/hostname");
  std::string name(text ? trim(*text) : std::string_view("localhost"));
  const auto domain = main_.find("mydomain");
  if (name.find('.') == std::string::npos)
    name += "." + (domain == main_.end() ? std::string("localdomain") : domain->second.value);
  machine_["myhostname"] = name;
  if (const auto set = main_.find("myhostname"); set != main_.end())
    name = expand(set->second.value, nullptr, {std::string(kMain), set->second.line, 1});
  const std::size_t dot = name.find('.');
  machine_["mydomain"] = dot == std::string::npos ? "localdomain" : name.substr(dot + 1);
}

std::optional<std::string_view> Configuration::find_default(std::string_view name) const {
  if (const auto found = machine_.find(name); found != machine_.end()) return found->second;
  if (const auto found = postfix::default_of(builtin_, name)) return found;
  // `relay_recipient_limit` of the service `relay`
  for (std::size_t at = name.find('_'); at != std::string_view::npos; at = name.find('_', at + 1)) {
    const auto transport = transports_.find(name.substr(0, at));
    if (transport == transports_.end()) continue;
    for (const postfix::Parameter& own : postfix::transport_parameters(transport->second))
      if (own.name == name.substr(at)) return own.value;
  }
  return std::nullopt;
}

/// master.cf first, then main.cf, then the default.
std::optional<std::string_view> Configuration::look_up(std::string_view name,
                                                       const Scope* scope) const {
  if (scope != nullptr) {
    if (name == "service_name") return scope->service;
    if (name == "process_name") return scope->program;
    if (const auto own = scope->settings.find(name); own != scope->settings.end())
      return own->second.value;
  }
  if (const auto set = main_.find(name); set != main_.end()) return set->second.value;
  return find_default(name);
}

/// postconf prints values with one blank for many.
std::string Configuration::expand(std::string_view value, const Scope* scope, Origin where) {
  const auto text = postfix::expand(
      value, [&](std::string_view name) { return look_up(name, scope); }, budget_);
  if (text) return join(words(*text, " \t\r\n"), " ");
  refuse(text.error(), where.file.empty() ? kMain : std::string_view(where.file), where.line);
  return {};
}

/// A name that no parameter of Postfix has counts where something mentions it.
void Configuration::know(std::string_view name, const Scope* scope) {
  if (scope != nullptr && scope->settings.find(name) != scope->settings.end()) return;
  if (main_.find(name) != main_.end()) known_.emplace(name);
}

void Configuration::mention(const Settings& settings, const Scope* scope) {
  const std::string_view file = scope == nullptr ? kMain : kMaster;
  const auto visit = [&](std::string_view name) { know(name, scope); };
  if (const auto found = settings.find("smtpd_restriction_classes"); found != settings.end()) {
    const std::string classes =
        expand(found->second.value, scope, {std::string(file), found->second.line, 1});
    for (const std::string_view name : words(classes, ", \t\r\n")) know(name, scope);
  }
  for (const auto& [name, setting] : settings) {
    if (postfix::is_raw(name)) continue;
    postfix::for_each_name(setting.value, visit);
    if (find_default(name) && !postfix::is_legacy(name))
      mention_tables(expand(setting.value, scope, {std::string(file), setting.line, 1}), scope);
  }
}

/// Words that may name a table of a database: `ldap:accounts`.
void Configuration::mention_tables(std::string_view value, const Scope* scope) {
  for (std::string_view table : words(value, ", \t\r\n")) {
    while (table.starts_with("proxy:")) table.remove_prefix(6);
    const std::size_t colon = table.find(':');
    if (colon == std::string_view::npos || table.substr(colon + 1).starts_with('/')) continue;
    for (const auto suffix : words(postfix::table_parameters(table.substr(0, colon))))
      know(std::string(table.substr(colon + 1)).append("_").append(suffix), scope);
  }
}

void Configuration::find_known() {
  for (const auto& [name, scope] : scopes_) mention(scope.settings, &scope);
  for (const postfix::Parameter& builtin : builtin_)
    if (main_.find(builtin.name) == main_.end())
      postfix::for_each_name(builtin.value, [&](std::string_view name) { know(name, nullptr); });
  mention(main_, nullptr);
}

void Configuration::put(const std::string& key, const Setting& setting, std::string_view file,
                        const Scope* scope, const std::string& name) {
  const Origin origin{std::string(file), setting.line, 1};
  const bool raw = scope == nullptr && postfix::is_raw(key);
  std::string value =
      raw ? join(words(setting.value, " \t\r\n"), " ") : expand(setting.value, scope, origin);
  Fact& fact = facts_.setting(key, std::move(value), origin, name);
  for (const Assigned& before : setting.earlier) {
    Shadowed& lost = fact.shadowed.emplace_back();
    lost.value = before.value;
    lost.origin = {std::string(file), before.line, 1};
    lost.why = "a later line sets it again";
  }
}

void Configuration::put_main() {
  std::vector<const Settings::value_type*> in_order;
  for (const auto& setting : main_)
    if (find_default(setting.first) || known_.find(setting.first) != known_.end())
      in_order.push_back(&setting);
  std::sort(in_order.begin(), in_order.end(),
            [](const auto* a, const auto* b) { return a->second.line < b->second.line; });
  for (const auto* setting : in_order) put(setting->first, setting->second, kMain, nullptr, {});
}

void Configuration::put_defaults() {
  for (const Field& field : kFields) {
    if (field.name.starts_with('@') || main_.find(field.name) != main_.end()) continue;
    if (const auto value = postfix::default_of(builtin_, field.name))
      facts_.setting(std::string(field.name), expand(*value, nullptr, {}), {});
  }
}

void Configuration::read() {
  if (!read_main()) return;
  read_master();
  find_machine();
  find_known();
  put_main();
  put_defaults();
  for (const auto& [name, scope] : scopes_)
    for (const auto& [key, setting] : scope.settings) put(key, setting, kMaster, &scope, name);
}

Facts read_postfix(const Request& request) {
  Facts facts;
  const auto version = installed_version(request.root, "postfix");
  // Without main.cf Debian does not start Postfix ("no configuration" in the package's questions).
  if (const auto stat = request.root.lstat(kMain);
      !stat && stat.error().code == ErrorCode::not_found) {
    facts.not_applicable = "there is no " + std::string(kMain);
    return facts;
  }
  if (!version && !request.root.exists("/usr/sbin/postfix") &&
      request.root.exists("/var/lib/dpkg/info/postfix.list")) {
    facts.not_applicable = "postfix is not installed any more";
    return facts;
  }
  Configuration(request.root, facts, version.value_or(std::string())).read();
  if (version && !postfix::is_known_version(*version)) {
    std::vector<std::string_view> defaults;
    for (const Fact& fact : facts.rows)
      for (const Field& field : kFields)
        if (fact.origin.is_default() && fact.key == field.name) defaults.push_back(field.name);
    facts.gap({ErrorCode::unsupported,
               "defaults of Postfix " + *version + " are not known",
               {std::string(kMain), 0, 0}},
              {}, Gap::Effect::may_override, std::move(defaults));
  }
  return facts;
}

}  // namespace

extern const Probe postfix_probe;
const Probe postfix_probe{
    .name = "postfix",
    .group = "service",
    .summary = "what the mail server Postfix is configured to do",
    .semantics = "postconf(5), master(5)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_postfix,
    .files = kFiles,
};

}  // namespace plimsoll
