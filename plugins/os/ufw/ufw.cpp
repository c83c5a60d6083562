#include <array>
#include <utility>

#include "plugins/os/ufw-settings/ufw_settings.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 2> kFiles = {"/etc/ufw/ufw.conf", "/etc/default/ufw"};

constexpr std::array kFields = {
    Field{"enabled", Type::text, "`yes`: the rules are loaded at boot"},
    Field{"default_input_policy", Type::text, "ACCEPT, DROP or REJECT what no rule is about"},
    Field{"default_output_policy", Type::text, "the same for what this host sends"},
    Field{"default_forward_policy", Type::text, "the same for what it passes on"},
    Field{"ipv6", Type::text, "`yes`: IPv6 is filtered, too"},
    Field{"loglevel", Type::text, "off, low, medium, high or full"},
};

Facts read_ufw(const Request& request) {
  Facts facts;
  UfwSettings settings = read_ufw_settings(request.root);
  for (Error& error : settings.errors) facts.gap(std::move(error));
  for (UfwSetting& each : settings.all) {
    // A shell's variables have case: `enabled` is another one than `ENABLED`.
    if (upper(each.name) != each.name) continue;
    facts.setting(lower(each.name), each.value, std::move(each.origin));
    facts.rows.back().shadowed = std::move(each.shadowed);
  }
  if (!settings.found && facts.gaps.empty())
    facts.not_applicable = "there is neither /etc/ufw/ufw.conf nor /etc/default/ufw";
  return facts;
}

}  // namespace

extern const Probe ufw_probe;
const Probe ufw_probe{
    .name = "ufw",
    .group = "os",
    .summary = "whether ufw is on, and its default policies",
    .semantics = "ufw(8), ufw-framework(8)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_ufw,
    .files = kFiles,
};

}  // namespace plimsoll
