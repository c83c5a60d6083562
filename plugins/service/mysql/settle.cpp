#include "plugins/service/mysql/settle.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "plugins/service/mysql/values.h"
#include "scanner/base/text.h"

namespace plimsoll::mysql {
namespace {

constexpr std::string_view kStyle = "PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,";
constexpr std::string_view kPlain = "NO_KEY_OPTIONS,NO_TABLE_OPTIONS,NO_FIELD_OPTIONS,";

/// sys_vars.cc, expand_sql_mode: modes that stand for several.
std::string expanded_modes(std::string_view modes) {
  std::string all(modes);
  for (const std::string_view mode : words(modes, ",")) {
    if (mode == "ANSI") all.append(",REAL_AS_FLOAT,").append(kStyle);
    if (is_one_of(mode, "ORACLE MSSQL POSTGRESQL DB2 MAXDB"))
      all.append(",").append(kStyle).append(kPlain);
    if (is_one_of(mode, "ORACLE MAXDB")) all += ",NO_AUTO_CREATE_USER";
    if (mode == "ORACLE") all += ",SIMULTANEOUS_ASSIGNMENT";
    if (is_one_of(mode, "MYSQL40 MYSQL323")) all += ",HIGH_NOT_PRECEDENCE";
    if (mode == "TRADITIONAL")
      all +=
          ",STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
          "ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION";
  }
  return join(words(all, ","), ",");
}

double real(std::string_view text) {
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

class Settling {
 public:
  explicit Settling(Variables& variables) : variables_(variables) {}
  void run();

 private:
  /// Replaces the value and says that the same line did it.
  void change(std::string_view slot, std::string value);
  /// What follows from `cause` where no line sets it.
  void follow(std::string_view slot, std::string value, std::string_view cause);
  void logs();
  void limits();
  void paths();
  void wsrep();
  [[nodiscard]] std::string_view value(std::string_view slot) const {
    const Variable* found = variables_.find(slot);
    return found == nullptr ? std::string_view() : found->value;
  }

  Variables& variables_;
};

void Settling::change(std::string_view slot, std::string value) {
  const auto found = variables_.set.find(slot);
  if (found != variables_.set.end()) found->second.value = std::move(value);
}

void Settling::follow(std::string_view slot, std::string value, std::string_view cause) {
  if (variables_.find(slot) == nullptr)
    variables_.put(slot, std::move(value), variables_.find(cause)->origin);
}

void Settling::logs() {
  if (variables_.find("binlog-expire-logs-seconds") != nullptr)
    follow("expire-logs-days",
           fmt::format("{:g}", real(value("binlog-expire-logs-seconds")) / 86400),
           "binlog-expire-logs-seconds");
  else if (variables_.find("expire-logs-days") != nullptr)
    follow("binlog-expire-logs-seconds",
           fmt::format("{}", static_cast<std::uint64_t>(real(value("expire-logs-days")) * 86400)),
           "expire-logs-days");
}

/// Sizes for which 0 asks the server to choose, and those that others bound.
void Settling::limits() {
  const std::string_view cache = value("query-cache-size");
  if (!cache.empty() && cache != "0") follow("query-cache-type", "ON", "query-cache-size");
  const std::string_view set = value("max-connections");
  const std::int64_t connections = to_integer(set.empty() ? "151" : set).value_or(151);
  if (!set.empty()) {
    follow("back-log", "0", "max-connections");
    follow("thread-cache-size", "256", "max-connections");
  }
  if (value("back-log") == "0")
    change("back-log", fmt::format("{}", std::min<std::int64_t>(900, 50 + connections / 5)));
  if (to_integer(value("thread-cache-size")).value_or(0) > connections)
    change("thread-cache-size", fmt::format("{}", connections));
  if (variables_.find("max-binlog-size") != nullptr)
    follow("max-relay-log-size", "0", "max-binlog-size");
  if (value("max-relay-log-size") == "0") {
    const std::string_view most = value("max-binlog-size");
    change("max-relay-log-size", std::string(most.empty() ? "1073741824" : most));
  }
}

/// Places, as the server completes them.
void Settling::paths() {
  const std::string_view base = value("basedir");
  for (const std::string_view slot : {"datadir", "plugin-dir"})
    if (variables_.find(slot) != nullptr && !value(slot).starts_with('/'))
      change(slot, join_path(base.empty() ? "/usr" : base, value(slot)));
  const std::string_view data = value("datadir");
  const std::string_view pid = value("pid-file");
  if (variables_.find("pid-file") != nullptr && !pid.starts_with('/'))
    change("pid-file", join_path(data.empty() ? "/var/lib/mysql" : data, pid));
  // Without a name they have the one of the host.
  for (const std::string_view slot : {"general-log-file", "log-slow-query-file"})
    if (value(slot).empty()) variables_.set.erase(std::string(slot));
  const std::string_view log = value("log-bin");
  const std::size_t dot = log.find('.', log.rfind('/') + 1);
  if (dot != std::string_view::npos) change("log-bin", std::string(log.substr(0, dot)));
  const std::string_view files = value("secure-file-priv");
  if (files.starts_with('/')) change("secure-file-priv", normal_path(files));
}

void Settling::wsrep() {
  if (value("wsrep-causal-reads") == "TRUE") follow("wsrep-sync-wait", "1", "wsrep-causal-reads");
  const Variable* wait = variables_.find("wsrep-sync-wait");
  if (wait != nullptr)
    follow("wsrep-causal-reads", (to_integer(wait->value).value_or(0) & 1) != 0 ? "TRUE" : "FALSE",
           "wsrep-sync-wait");
}

void Settling::run() {
  if (variables_.find("sql-mode") != nullptr) {
    const Option* option = OptionTable::get().named("sql-mode");
    change("sql-mode", in_order(*option, expanded_modes(value("sql-mode"))));
  }
  if (value("skip-networking") == "TRUE")
    variables_.put("port", "0", variables_.find("skip-networking")->origin);
  else if (value("port") == "0")
    change("port", "3306");
  if (variables_.find("myisam-recover-options") != nullptr &&
      value("myisam-recover-options").empty())
    change("myisam-recover-options", "OFF");
  // A file system of Linux tells large letters from small ones.
  if (value("lower-case-table-names") == "2") change("lower-case-table-names", "0");
  if (value("old") == "TRUE")
    follow("old-mode",
           "NO_PROGRESS_INFO,UTF8_IS_UTF8MB3,IGNORE_INDEX_ONLY_FOR_JOIN,COMPAT_5_1_CHECKSUM",
           "old");
  logs();
  paths();
  wsrep();
  limits();
}

}  // namespace

void settle(Variables& variables) { Settling(variables).run(); }

}  // namespace plimsoll::mysql
