#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plugins/service/php/defaults.h"
#include "plugins/service/php/pools.h"
#include "scanner/base/text.h"

namespace plimsoll::php {
namespace {

constexpr std::size_t kMostDisabled = 64U << 10U;

constexpr std::string_view kPoolTexts =
    "prefix user group listen listen.acl_users listen.acl_groups listen.owner listen.group "
    "listen.mode listen.allowed_clients pm.status_path pm.status_listen ping.path ping.response "
    "access.log access.format slowlog chroot chdir security.limit_extensions apparmor_hat";
constexpr std::string_view kPoolIntegers =
    "listen.backlog process.priority pm.max_children pm.start_servers pm.min_spare_servers "
    "pm.max_spare_servers pm.max_spawn_rate pm.max_requests request_slowlog_trace_depth "
    "rlimit_files";
constexpr std::string_view kPoolTimes =
    "pm.process_idle_timeout request_slowlog_timeout request_terminate_timeout";
constexpr std::string_view kPoolBooleans =
    "process.dumpable request_terminate_timeout_track_finished catch_workers_output "
    "decorate_workers_output clear_env";
constexpr std::string_view kGlobalTexts = "pid error_log syslog.ident events.mechanism";
constexpr std::string_view kGlobalIntegers =
    "log_limit emergency_restart_threshold process.max process.priority rlimit_files";
constexpr std::string_view kGlobalTimes =
    "emergency_restart_interval process_control_timeout systemd_interval";
constexpr std::string_view kGlobalBooleans = "log_buffering daemonize";
constexpr std::string_view kFacilities =
    "auth authpriv cron daemon ftp kern lpr mail news syslog user uucp local0 local1 local2 local3 "
    "local4 local5 local6 local7";

bool is_whole(std::string_view value) {
  if (value.starts_with('-')) value.remove_prefix(1);
  return value.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string unless(bool is_good, std::string_view why) {
  return is_good ? std::string() : std::string(why);
}

/// fpm_php.h: FPM_PHP_INI_TO_EXPAND, those of PHP's own modules.
constexpr std::string_view kPaths =
    "error_log extension_dir sendmail_path session.cookie_path soap.wsdl_cache_dir "
    "mime_magic.magicfile session_pgsql.sem_file_name uploadprogress.file.filename_template "
    "xdebug.output_dir xdebug.profiler_output_dir xdebug.trace_output_dir xmms.path "
    "axis2.client_home blenc.key_file coin_acceptor.device";

/// fpm_evaluate_full_path: what does not begin with a slash lies below the prefix, that one below
/// /usr.
std::string full_path(const Pool& pool, const std::string& path) {
  if (path.starts_with('/')) return path;
  const auto prefix = pool.directives.find("prefix");
  if (prefix == pool.directives.end()) return "/usr/" + path;
  const std::string& value = prefix->second.value;
  return fmt::format("{}{}/{}", value.empty() || value.starts_with('/') ? "" : "/usr/", value,
                     path);
}

bool is_local(std::string_view listen) {
  return listen.find(':') == std::string_view::npos &&
         listen.find_first_not_of("0123456789") != std::string_view::npos;
}

/// What one setting comes to while the lines are applied.
struct Outcome {
  std::string value;
  Origin origin;
  bool is_set = false;
  std::vector<Shadowed> lost;

  void lose(const std::string& what, const Origin& where, std::string_view why) {
    if (lost.size() < 8) lost.push_back({what, where, std::string(why)});
  }
};

/// fpm_php_apply_defines: php_value and php_flag from the last line to the first, then the two of
/// the administrator, from the last to the first as well; so a first line stands. A value that PHP
/// does not take from a running process leaves what stood before.
class Applied {
 public:
  Applied(const Pool& pool, const Settings& settings) : pool_(pool), settings_(settings) {
    apply(pool.values, false);
    apply(pool.admin_values, true);
  }
  std::map<std::string, Outcome> outcomes;

 private:
  void apply(const std::vector<Given>& given, bool is_admin) {
    for (auto one = given.rbegin(); one != given.rend(); ++one) apply(*one, is_admin);
  }
  void apply(const Given& given, bool is_admin);
  [[nodiscard]] std::string worked_out(const Given& given, bool is_admin) const;

  const Pool& pool_;
  const Settings& settings_;
  std::set<std::string, std::less<>> loaded_;
};

std::string Applied::worked_out(const Given& given, bool is_admin) const {
  const std::string key = lower(given.key);
  if (pool_.directives.find("chroot") != pool_.directives.end() || !is_one_of(key, kPaths))
    return given.value;
  // The word is spared for the administrator alone.
  if (is_admin && key == "error_log" && iequals(given.value, "syslog")) return given.value;
  return full_path(pool_, given.value);
}

/// Names have a case, and those that nothing has registered are passed over with a line in the log.
void Applied::apply(const Given& given, bool is_admin) {
  if (given.key == "extension" && !given.value.empty()) {
    loaded_.insert(extension_prefix(given.value));
    return;
  }
  const std::size_t dot = std::min(given.key.find('.'), given.key.size());
  if (!settings_.is_known(given.key) &&
      (dot == given.key.size() || loaded_.find(given.key.substr(0, dot)) == loaded_.end()))
    return;
  Outcome& place = outcomes[given.key];
  std::string value = worked_out(given, is_admin);
  if (given.key == "disable_functions" || given.key == "disable_classes") {
    // What is disabled once stays so: php.ini's and all lines add up.
    if (!place.is_set) place.value = settings_.value(given.key);
    if (value.empty() || place.value.size() > kMostDisabled) return;
    if (place.is_set) place.lose(given.value, given.origin, "names of all lines add up");
    place.value += (place.value.empty() ? "" : ",") + value;
    place.origin = place.is_set ? place.origin : given.origin;
    place.is_set = true;
    return;
  }
  const std::string before = place.is_set ? place.value : settings_.value(given.key);
  if (!is_taken_later(given.key, value, before, settings_.given(given.key)))
    return place.lose(value, given.origin, "a running PHP refuses this value");
  if (place.is_set)
    place.lose(
        place.value, place.origin,
        is_admin ? "a php_admin_value, or an earlier one, stands" : "an earlier line stands");
  place.value = std::move(value);
  place.origin = given.origin;
  place.is_set = true;
}

}  // namespace

std::optional<bool> boolean(std::string_view value) {
  if (is_one_of(value, "1 yes true on")) return true;
  if (value.empty() || is_one_of(value, "0 no none false off")) return false;
  return std::nullopt;
}

std::string refusal(std::string_view directive, std::string_view value, bool is_pool) {
  if (is_one_of(directive, is_pool ? kPoolTexts : kGlobalTexts)) return {};
  if (is_one_of(directive, is_pool ? kPoolIntegers : kGlobalIntegers))
    return unless(is_whole(value), "wants a number");
  if (is_one_of(directive, is_pool ? kPoolTimes : kGlobalTimes))
    return unless(!value.empty() && std::string_view("0123456789smhd").find(value.back()) !=
                                        std::string_view::npos,
                  "wants a time");
  if (is_one_of(directive, is_pool ? kPoolBooleans : kGlobalBooleans))
    return unless(boolean(value).has_value(), "is on or off");
  if (directive == "rlimit_core")
    return unless(iequals(value, "unlimited") || (is_whole(value) && !value.starts_with('-')),
                  "wants a number, or `unlimited`");
  const std::string word = lower(value);
  if (is_pool && directive == "pm")
    return unless(is_one_of(word, "static dynamic ondemand"), "is static, dynamic or ondemand");
  if (!is_pool && directive == "log_level")
    return unless(is_one_of(word, "debug notice warning warn error alert"), "names no level");
  if (!is_pool && directive == "syslog.facility")
    return unless(is_one_of(word, kFacilities), "names no facility");
  return "is not known there";
}

void write_pool(const Pool& pool, const Settings& settings, const std::string& scope,
                Facts& facts) {
  constexpr std::pair<std::string_view, std::string_view> kDefaults[] = {
      {"listen.mode", "0660"},
      {"listen.allowed_clients", ""},
      {"security.limit_extensions", ".php .phar"},
      {"clear_env", "yes"}};
  const auto listen = pool.directives.find("listen");
  const bool is_socket = listen != pool.directives.end() && is_local(listen->second.value);
  for (const auto& [key, given] : pool.directives) {
    std::string value = given.value;
    if (key == "clear_env") value = boolean(value).value_or(true) ? "yes" : "no";
    if (key == "listen" && is_socket) value = full_path(pool, value);
    if (key == "listen.mode" && value.empty()) value = "0660";
    facts.setting(key, std::move(value), given.origin, scope).shadowed = given.earlier;
  }
  for (const auto& [key, value] : kDefaults) {
    // Only connections over TCP have an address to ask for.
    if (is_socket && key == "listen.allowed_clients") continue;
    if (pool.directives.find(key) == pool.directives.end())
      facts.setting(std::string(key), std::string(value), {}, scope);
  }
  const Applied applied(pool, settings);
  for (const auto& [key, outcome] : applied.outcomes) {
    if (!outcome.is_set) continue;
    if (outcome.value.size() > kMostDisabled)
      facts.gap({ErrorCode::limit, key + " is too long", outcome.origin},
                scope + " > " + lower(key));
    facts.setting(lower(key), outcome.value, outcome.origin, scope).shadowed = outcome.lost;
  }
}

void drop_overridden(const std::vector<std::string>& pool_scopes, const std::string& scope,
                     Facts& facts) {
  if (pool_scopes.empty()) return;
  const std::set<std::string, std::less<>> pools(pool_scopes.begin(), pool_scopes.end());
  std::map<std::string, std::vector<std::size_t>, std::less<>> rows;  // of pools, by key
  for (std::size_t at = 0; at < facts.rows.size(); ++at)
    if (pools.find(facts.rows[at].scope) != pools.end()) rows[facts.rows[at].key].push_back(at);
  std::vector<std::pair<std::size_t, Shadowed>> lost;
  std::vector<bool> gone(facts.rows.size());
  for (std::size_t at = 0; at < facts.rows.size(); ++at) {
    const Fact& fact = facts.rows[at];
    const auto found = rows.find(fact.key);
    if (fact.scope != scope || found == rows.end() || found->second.size() != pools.size())
      continue;
    gone[at] = true;
    if (fact.origin.is_default()) continue;
    for (const std::size_t one : found->second)
      lost.emplace_back(one,
                        Shadowed{fact.value, fact.origin, "every pool has a value of its own"});
  }
  for (auto& [at, shadowed] : lost) facts.rows[at].shadowed.push_back(std::move(shadowed));
  std::size_t at = 0;
  std::erase_if(facts.rows, [&](const Fact&) { return gone[at++]; });
}

}  // namespace plimsoll::php
