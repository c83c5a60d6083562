#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"max_log_file", Type::integer, "size of a log file in MiB at which its action comes"},
    Field{"max_log_file_action", Type::text, "ignore, syslog, suspend, rotate or keep_logs"},
    Field{"space_left", Type::text, "MiB, or a share such as `25%`, below which its action comes"},
    Field{"space_left_action", Type::text,
          "ignore, syslog, rotate, email, exec, suspend, single, halt"},
    Field{"admin_space_left_action", Type::text, "the same, when space is nearly used up"},
    Field{"disk_full_action", Type::text, "the same, when nothing is left"},
    Field{"disk_error_action", Type::text, "the same, when writing fails"},
    Field{"action_mail_acct", Type::text, "who gets the mail of `email`"},
};

constexpr std::array<std::string_view, 1> kFiles = {"/etc/audit/auditd.conf"};

// auditd-config.c reads a line into 160 bytes and passes over what does not fit.
constexpr std::size_t kLineBytes = 158;

constexpr std::int64_t kMostOfInt = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMostOfLong = std::numeric_limits<std::int64_t>::max();

enum class Kind : std::uint8_t { text, number, share, word };
struct Keyword {
  std::string_view name;
  std::string_view fallback;  ///< what holds without it; empty: nothing
  Kind kind = Kind::text;
  std::string_view words = {};                 ///< of `word`
  bool takes_option = false;                   ///< `exec /path`
  std::int64_t least = 0, most = kMostOfLong;  ///< of `number`
};

constexpr std::string_view kYesNo = "yes no";
constexpr std::string_view kActions = "ignore syslog rotate email exec suspend single halt";
constexpr std::string_view kFullActions = "ignore syslog rotate exec suspend single halt";
constexpr std::string_view kErrorActions = "ignore syslog exec suspend single halt";
// auditd.conf(5); defaults are those of clear_config() in auditd-config.c of audit 3.0.
constexpr auto kKeywords = std::to_array<Keyword>({
    {"local_events", "yes", Kind::word, kYesNo},
    {"write_logs", "yes", Kind::word, kYesNo},
    {"log_file", "/var/log/audit/audit.log"},
    {"log_format", "enriched", Kind::word, "raw nolog enriched"},
    {"log_group", "root"},
    {"flush", "none", Kind::word, "none incremental incremental_async data sync"},
    {"freq", "0", Kind::number, {}, false, 0, kMostOfInt},
    {"num_logs", "0", Kind::number, {}, false, 0, 999},
    {"dispatcher", ""},
    {"name_format", "none", Kind::word, "none hostname fqd numeric user"},
    {"name", ""},
    {"disp_qos", ""},
    {"max_log_file", "0", Kind::number},
    {"max_log_file_action", "ignore", Kind::word, "ignore syslog suspend rotate keep_logs"},
    {"space_left", "0", Kind::share},
    {"space_left_action", "ignore", Kind::word, kActions, true},
    {"action_mail_acct", "root"},
    {"verify_email", "yes", Kind::word, kYesNo},
    {"admin_space_left", "0", Kind::share},
    {"admin_space_left_action", "ignore", Kind::word, kActions, true},
    {"disk_full_action", "ignore", Kind::word, kFullActions, true},
    {"disk_error_action", "syslog", Kind::word, kErrorActions, true},
    {"priority_boost", "4", Kind::number, {}, false, 0, kMostOfInt},
    {"tcp_listen_port", "", Kind::number, {}, false, 1, 65535},
    {"tcp_listen_queue", "5", Kind::number, {}, false, 1, 65535},
    {"tcp_max_per_addr", "1", Kind::number, {}, false, 1, 1024},
    {"use_libwrap", "yes", Kind::word, kYesNo},
    {"tcp_client_ports", ""},
    {"tcp_client_max_idle", "0", Kind::number, {}, false, 0, kMostOfInt},
    {"transport", "tcp", Kind::word, "tcp krb5"},
    {"enable_krb5", "no", Kind::word, kYesNo},
    {"krb5_principal", ""},
    {"krb5_key_file", ""},
    {"distribute_network", "no", Kind::word, kYesNo},
    {"q_depth", "2000", Kind::number, {}, false, 0, 99999},
    {"overflow_action", "syslog", Kind::word, "ignore syslog suspend single halt"},
    {"max_restarts", "10", Kind::number, {}, false, 0, kMostOfInt},
    {"plugin_dir", "/etc/audit/plugins.d"},
    {"end_of_event_timeout", "2", Kind::number, {}, false, 0, kMostOfInt},
});

/// Digits alone, as much as auditd takes.
bool is_number(std::string_view text, std::int64_t least, std::int64_t most) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const auto value = to_integer(text);
  return value && *value >= least && *value <= most;
}

/// validate_email() in auditd-config.c; whether the host can be found stops nothing.
bool is_mail_address(std::string_view text) {
  const auto is_legal = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("@.-_").find(c) != std::string_view::npos;
  };
  if (text.size() < 2 || !std::all_of(text.begin(), text.end(), is_legal)) return false;
  const auto at = text.find('@');
  const auto dot = text.rfind('.');
  return at == std::string_view::npos || (dot != std::string_view::npos && at <= dot);
}

/// The value in one spelling, or empty where auditd refuses it.
std::string canonical(const Keyword& keyword, std::string_view value) {
  switch (keyword.kind) {
    case Kind::text:
      break;
    case Kind::number:
      return is_number(value, keyword.least, keyword.most) ? std::string(value) : std::string();
    case Kind::share: {
      const bool is_share = value.ends_with('%');
      const std::string_view digits = value.substr(0, value.size() - (is_share ? 1 : 0));
      return (is_share && digits.empty()) || is_number(digits, 0, is_share ? 99 : kMostOfLong)
                 ? std::string(value)
                 : std::string();
    }
    case Kind::word: {
      const auto known = words(keyword.words);
      const std::string word = lower(value);
      return std::find(known.begin(), known.end(), word) == known.end() ? std::string() : word;
    }
  }
  return std::string(value);
}

class Reader {
 public:
  explicit Reader(Facts& facts) : facts_(facts) {}

  /// Why auditd refuses a line and with it the whole file; empty when it does not.
  std::string read(const Line& line) {
    if (line.text.size() > kLineBytes) return {};
    const auto parts = words(line.text, " ");
    if (parts.empty() || parts[0].starts_with('#')) return {};
    if (parts.size() < 2 || parts[1] != "=") return "auditd wants `=` between blanks";
    if (parts.size() < 3) return "auditd wants a value";
    const auto keyword = std::find_if(kKeywords.begin(), kKeywords.end(), [&](const Keyword& one) {
      return iequals(one.name, parts[0]);
    });
    if (keyword == kKeywords.end()) return fmt::format("auditd knows no `{}`", parts[0]);
    if (parts.size() > 3 && !keyword->takes_option)
      return fmt::format("`{}` takes one value", keyword->name);
    std::string value = canonical(*keyword, parts[2]);
    if (keyword->name == "action_mail_acct" && verifies_mail_ && !is_mail_address(value))
      value.clear();
    if (value.empty()) return fmt::format("auditd refuses `{}` for `{}`", parts[2], keyword->name);
    if (value == "exec") {
      if (parts.size() < 4 || !parts[3].starts_with('/')) return "`exec` needs an absolute path";
      value += " " + std::string(parts[3]);
    }
    if (keyword->name == "verify_email") verifies_mail_ = value == "yes";
    set(*keyword, std::move(value), {std::string(kFiles[0]), line.number, 1});
    return {};
  }

  /// What is not set has the value that auditd begins with.
  void add_defaults() {
    for (const Keyword& keyword : kKeywords)
      if (!keyword.fallback.empty() && facts_.find(keyword.name, "") == nullptr)
        facts_.setting(std::string(keyword.name), std::string(keyword.fallback), {});
  }

 private:
  void set(const Keyword& keyword, std::string value, Origin origin) {
    const auto before = std::find_if(facts_.rows.begin(), facts_.rows.end(),
                                     [&](const Fact& fact) { return fact.key == keyword.name; });
    if (before == facts_.rows.end()) {
      facts_.setting(std::string(keyword.name), std::move(value), std::move(origin));
      return;
    }
    if (before->shadowed.size() < kMostShadowed)
      before->shadowed.push_back(
          {std::move(before->value), std::move(before->origin), "a later line sets it again"});
    before->value = std::move(value);
    before->origin = std::move(origin);
  }

  static constexpr std::size_t kMostShadowed = 64;
  Facts& facts_;
  bool verifies_mail_ = true;  ///< as far as the file is read
};

/// Why auditd does not open the file (load_config in auditd-config.c); empty when it does.
std::string why_not_opened(const Root& root) {
  const auto link = root.lstat(kFiles[0]);
  if (link && link->type == FileType::symlink) return "auditd follows no link to its configuration";
  const auto stat = root.stat(kFiles[0]);
  if (!stat) return {};
  if (stat->uid != 0) return "auditd wants its configuration to be root's";
  if ((stat->mode & 02U) != 0) return "auditd takes no configuration that everybody may write";
  return {};
}

Facts read_auditd(const Request& request) {
  Facts facts;
  if (std::string refusal = why_not_opened(request.root); !refusal.empty()) {
    facts.gap({ErrorCode::invalid,
               std::move(refusal) + ", and does not start",
               {std::string(kFiles[0]), 0, 0}});
    return facts;
  }
  const auto text = request.root.read(kFiles[0]);
  if (!text) {
    if (text.error().code == ErrorCode::not_found)
      facts.not_applicable = "there is no /etc/audit/auditd.conf";
    else
      facts.gap(text.error());
    return facts;
  }
  Reader reader(facts);
  // The last line counts only with its newline: auditd takes it for one that is too long.
  const auto end = text->rfind('\n');
  for (const Line& line : lines(text->substr(0, end == std::string_view::npos ? 0 : end))) {
    std::string refusal = reader.read(line);
    if (refusal.empty()) continue;
    facts.gap({ErrorCode::invalid,
               std::move(refusal) + ", and does not start",
               {std::string(kFiles[0]), line.number, 1}});
    break;
  }
  reader.add_defaults();
  return facts;
}

}  // namespace

extern const Probe auditd_probe;
const Probe auditd_probe{
    .name = "auditd",
    .group = "os",
    .summary = "configuration of the audit daemon",
    .semantics = "auditd.conf(5)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_auditd,
    .files = kFiles,
};

}  // namespace plimsoll
