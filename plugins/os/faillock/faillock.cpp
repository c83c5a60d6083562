#include <algorithm>
#include <array>
#include <limits>

#include "plugins/os/pam/module_options.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"deny", Type::integer, "failures within the interval that lock an account; 0: never"},
    Field{"fail_interval", Type::integer, "seconds in which the failures must fall"},
    Field{"unlock_time", Type::integer, "seconds until it unlocks by itself; 0: never"},
    Field{"root_unlock_time", Type::integer, "the same for root; unlock_time where it is not set"},
    Field{"even_deny_root", Type::boolean, "root can be locked, too"},
    Field{"admin_group", Type::text, "members of this group are treated like root"},
    Field{"dir", Type::text, "where failures are recorded"},
    Field{"audit", Type::boolean, "unknown user names are logged"},
    Field{"silent", Type::boolean, "the user is not told"},
    Field{"no_log_info", Type::boolean, "nothing is logged"},
    Field{"local_users_only", Type::boolean, "users who are not in /etc/passwd are not tracked"},
    Field{"nodelay", Type::boolean, "no delay after a failure"},
};

constexpr std::array<std::string_view, 6> kFlags = {
    "even_deny_root", "audit", "silent", "no_log_info", "local_users_only", "nodelay"};
constexpr std::string_view kMainFile = "/etc/security/faillock.conf";
constexpr std::array<std::string_view, 2> kFiles = {kMainFile, "/etc/pam.d/common-auth"};
constexpr std::uint64_t kLongestTime = 604800;  // seven days

/// sscanf(3) with %u: blanks, a sign, digits; what follows is left alone.
std::optional<std::uint64_t> leading_number(std::string_view text) {
  text = trim_left(text);
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10)
      return std::numeric_limits<std::uint64_t>::max();
    value = value * 10 + digit;
  }
  return minus ? 0 - value : value;
}

/// Empty: the value is not taken, and the setting keeps the one it had.
std::optional<std::string> canonical(std::string_view name, std::string_view value) {
  if (name == "dir")
    return value.starts_with('/') ? std::optional<std::string>(value) : std::nullopt;
  if (name == "admin_group") return std::string(value);
  const bool unlocks = name == "unlock_time" || name == "root_unlock_time";
  if (unlocks && value == "never") return "0";
  const auto number = leading_number(value);
  if (!number) return std::nullopt;
  if (name == "deny") return std::to_string(*number & 0xffffU);  // kept in 16 bits
  const std::uint64_t seconds = *number & 0xffffffffU;
  return seconds > kLongestTime ? std::nullopt : std::optional(std::to_string(seconds));
}

void set_option(OptionValues& values, const OptionLine& line, const Origin& origin) {
  constexpr std::string_view kWhy = "a later setting overrides it";
  // faillock.conf(5): flags are enabled by being there, whatever stands behind.
  if (std::find(kFlags.begin(), kFlags.end(), line.name) != kFlags.end())
    return values.assign(line.name, "1", origin, kWhy);
  if (values.find(line.name) == nullptr) return;
  if (auto value = canonical(line.name, line.value))
    values.assign(line.name, std::move(*value), origin, kWhy);
}

OptionValues defaults() {
  OptionValues values;
  for (const auto& [key, value] : {std::pair{"deny", "3"},
                                   {"fail_interval", "900"},
                                   {"unlock_time", "600"},
                                   {"root_unlock_time", ""},
                                   {"admin_group", ""},
                                   {"dir", "/var/run/faillock"}})
    values.set_default(key, value);
  for (const std::string_view flag : kFlags) values.set_default(flag, "0");
  return values;
}

void read_file(const Root& root, const std::string& path, OptionValues& values, Facts& facts,
               const std::string& scope) {
  constexpr std::size_t kLongest = 1022;  // longer lines are skipped
  const auto text = root.read(path);
  if (!text) {
    // Without the default file the defaults stand; without one that was asked for the module fails.
    if (text.error().code != ErrorCode::not_found || path != kMainFile)
      facts.gap(text.error(), scope);
    return;
  }
  for (const Line& line : lines(*text)) {
    if (line.text.size() > kLongest) continue;
    if (const auto option = option_line(line.text))
      set_option(values, *option, {path, line.number, 1});
  }
}

/// faillock.conf(5): root unlocks like everybody else unless it says otherwise.
void add_to(Facts& facts, OptionValues values, const std::string& scope) {
  if (values.find("root_unlock_time")->origin.is_default())
    values.set_default("root_unlock_time", values.find("unlock_time")->value);
  values.add_to(facts, scope);
}

/// `preauth` and the like, which are no options but say which of its jobs the module does here.
std::string_view job(const PamModuleCall& call) {
  for (const std::string& argument : call.arguments)
    if (argument == "preauth" || argument == "authfail" || argument == "authsucc") return argument;
  return name_of(call.type);
}

Facts read_faillock(const Request& request) {
  Facts facts;
  OptionValues base = defaults();
  read_file(request.root, std::string(kMainFile), base, facts, {});
  add_to(facts, base, {});
  for (const PamModuleCall& call : pam_module_calls(request.root, facts, "pam_faillock.so", job)) {
    OptionValues values = base;
    for (const std::string& argument : call.arguments)
      if (argument.starts_with("conf=")) {
        values = defaults();
        read_file(request.root, argument.substr(5), values, facts, call.scope);
      }
    for (const std::string& argument : call.arguments)
      set_option(values, option_argument(argument), call.origin);
    add_to(facts, std::move(values), call.scope);
  }
  return facts;
}

}  // namespace

extern const Probe faillock_probe;
const Probe faillock_probe{
    .name = "faillock",
    .group = "os",
    .summary = "when pam_faillock locks an account, wherever it is called",
    .semantics = "faillock.conf(5), pam_faillock(8)",
    .shape = Shape::settings,
    .fields = kFields,
    .open_keys = false,
    .read = read_faillock,
    .files = kFiles,
};

}  // namespace plimsoll
