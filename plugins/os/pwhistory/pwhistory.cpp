#include <algorithm>
#include <array>
#include <charconv>

#include "plugins/os/pam/module_options.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"remember", Type::integer, "old passwords that may not be used again; 0 to 400"},
    Field{"retry", Type::integer, "how often a user may try"},
    Field{"enforce_for_root", Type::boolean, "root's passwords count, too"},
    Field{"use_authtok", Type::boolean, "the password that an earlier module checked is taken"},
};

constexpr std::string_view kConf = "/etc/security/pwhistory.conf";
constexpr std::array<std::string_view, 2> kFiles = {"/etc/pam.d/common-password", kConf};

/// strtol(3): the number at the start, 0 without one.
std::int64_t leading_number(std::string_view text) {
  text = trim_left(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  static_cast<void>(std::from_chars(text.data(), text.data() + text.size(), value));
  return value;
}

/// pam_pwhistory(8): the last argument of a kind stands.
void set_option(OptionValues& values, const OptionLine& argument, const Origin& origin) {
  constexpr std::string_view kWhy = "an argument overrides it";
  if (argument.name == "enforce_for_root" || argument.name == "use_authtok") {
    values.assign(argument.name, "1", origin, kWhy);
  } else if (argument.name == "remember") {
    const auto kept = std::clamp<std::int64_t>(leading_number(argument.value), 0, 400);
    values.assign("remember", std::to_string(kept), origin, kWhy);
  } else if (argument.name == "retry") {
    const auto tries = std::max<std::int64_t>(leading_number(argument.value), 1);
    values.assign("retry", std::to_string(tries), origin, kWhy);
  }
}

/// pwhistory.conf(5), which Linux-PAM reads since 1.5.3: of two lines with one name the first
/// counts.
void read_file(const Root& root, OptionValues& values, Facts& facts) {
  const auto version = installed_version(root, "libpam-modules");
  if (!version || compare_versions(*version, "1.5.3") < 0) return;
  const auto text = root.read(kConf);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
    return;
  }
  for (const Line& line : lines(*text)) {
    const auto option = option_line(line.text);
    if (!option || option->name == "use_authtok") continue;
    const Fact* known = values.find(option->name);
    if (known != nullptr && known->origin.is_default())
      set_option(values, *option, {std::string(kConf), line.number, 1});
  }
}

Facts read_pwhistory(const Request& request) {
  Facts facts;
  OptionValues base;
  for (const auto& [key, value] : {std::pair{"remember", "10"},
                                   {"retry", "1"},
                                   {"enforce_for_root", "0"},
                                   {"use_authtok", "0"}})
    base.set_default(key, value);
  read_file(request.root, base, facts);
  for (const PamModuleCall& call : pam_module_calls(request.root, facts, "pam_pwhistory.so")) {
    OptionValues values = base;
    for (const std::string& argument : call.arguments)
      set_option(values, option_argument(argument), call.origin);
    values.add_to(facts, call.scope);
  }
  return facts;
}

}  // namespace

extern const Probe pwhistory_probe;
const Probe pwhistory_probe{
    .name = "pwhistory",
    .group = "os",
    .summary = "how many old passwords pam_pwhistory remembers, wherever it is called",
    .semantics = "pam_pwhistory(8), pwhistory.conf(5)",
    .shape = Shape::settings,
    .fields = kFields,
    .open_keys = false,
    .read = read_pwhistory,
    .files = kFiles,
};

}  // namespace plimsoll
