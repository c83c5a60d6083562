#include "plugins/os/firewall/ufw_rules.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>

#include "plugins/os/firewall/iptables_reader.h"
#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

constexpr auto kHooks = std::to_array<std::string_view>({"input", "output", "forward"});
/// The chains that every packet of a hook goes through, in this order: ufw-framework(8).
constexpr auto kStages = std::to_array<std::string_view>(
    {"before-logging", "before", "after", "after-logging", "reject", "track"});
constexpr std::string_view kDirectory = "/etc/ufw/";

std::string policy_variable(std::string_view hook) {
  return fmt::format("DEFAULT_{}_POLICY", upper(hook));
}

class Loader {
 public:
  Loader(const Root& root, const UfwSettings& settings, bool is_six)
      : root_(root),
        settings_(settings),
        is_six_(is_six),
        prefix_(is_six ? "ufw6" : "ufw"),
        restore_(root, is_six) {}

  Result<Ruleset> read() {
    if (is_six_ && !settings_.is_yes("IPV6"))
      closed();
    else if (scripts_are_plain() && policies_are_known())
      filtered();
    if (error_) return fail(*error_);
    return restore_.take();
  }

 private:
  /// Without IPv6 only what the host says to itself is let through.
  void closed() {
    const UfwSetting* why = settings_.find("IPV6");
    load(why == nullptr ? origin("ENABLED") : why->origin,
         ":INPUT DROP\n:FORWARD DROP\n:OUTPUT DROP\n"
         "-A INPUT -i lo -j ACCEPT\n-A OUTPUT -o lo -j ACCEPT\n");
  }

  void filtered() {
    primary_chains();
    for (const std::string_view hook : kHooks) refusing_or_tracking(hook);
    load(origin("ENABLED"), chains({"logging-deny", "logging-allow"}));
    for (const std::string_view hook : kHooks)
      load(origin(policy_variable(hook)),
           chains({fmt::format("skip-to-policy-{}", hook)}) +
               fmt::format("-A {}-skip-to-policy-{} -j {}\n", prefix_, hook,
                           settings_.value(policy_variable(hook))));
    file("before");
    file("after");
    user_rules();
    // Last, so that the rules are there before the policy shuts the rest out.
    for (const std::string_view hook : kHooks) {
      const bool open = settings_.value(policy_variable(hook)) == "ACCEPT";
      load(origin(policy_variable(hook)),
           fmt::format(":{} {}\n", upper(hook), open ? "ACCEPT" : "DROP"));
    }
  }

  void primary_chains() {
    std::string text;
    for (const std::string_view stage : kStages)
      for (const std::string_view hook : kHooks)
        text += fmt::format(":{}-{}-{} -\n", prefix_, stage, hook);
    for (const std::string_view hook : kHooks)
      for (const std::string_view stage : kStages)
        text += fmt::format("-A {} -j {}-{}-{}\n", upper(hook), prefix_, stage, hook);
    load(origin("ENABLED"), text);
  }

  void refusing_or_tracking(std::string_view hook) {
    const std::string variable = policy_variable(hook);
    const std::string_view policy = settings_.value(variable);
    if (policy == "REJECT")
      load(origin(variable), fmt::format("-A {}-reject-{} -j REJECT\n", prefix_, hook));
    if (policy != "ACCEPT") return;
    for (const std::string_view protocol : {"tcp", "udp"})
      load(origin(variable),
           fmt::format("-A {}-track-{} -p {} -m conntrack --ctstate NEW -j ACCEPT\n", prefix_, hook,
                       protocol));
  }

  void user_rules() {
    if (!present("user")) return;
    std::vector<std::string> names;
    for (const std::string_view hook : kHooks) names.push_back(fmt::format("user-{}", hook));
    for (const std::string_view hook : kHooks)
      names.push_back(fmt::format("user-logging-{}", hook));
    names.insert(names.end(), {"user-limit", "user-limit-accept"});
    load(origin("ENABLED"), chains(names));
    file("user");
    std::string hooked;
    for (const std::string_view hook : kHooks)
      hooked += fmt::format("-A {}-before-{} -j {}-user-{}\n", prefix_, hook, prefix_, hook);
    load(origin("ENABLED"), hooked);
  }

  std::string chains(const std::vector<std::string>& names) const {
    std::string text;
    for (const std::string& name : names) text += fmt::format(":{}-{} -\n", prefix_, name);
    return text;
  }

  void load(const Origin& why, std::string_view rules) {
    if (!error_) error_ = restore_.generated(why, fmt::format("*filter\n{}COMMIT\n", rules), true);
  }

  [[nodiscard]] std::string path(std::string_view name) const {
    return fmt::format("{}{}{}.rules", kDirectory, name, is_six_ ? "6" : "");
  }

  /// One that is missing or empty is complained about, and the rest is loaded.
  [[nodiscard]] bool present(std::string_view name) const {
    const auto stat = root_.stat(path(name));
    return stat ? stat->size > 0 : stat.error().code != ErrorCode::not_found;
  }

  void file(std::string_view name) {
    if (error_) return;
    const auto text = root_.read(path(name));
    if (text && !text->empty())
      error_ = restore_.file(path(name), *text, true);
    else if (!text && text.error().code != ErrorCode::not_found)
      error_ = text.error();
  }

  Origin origin(std::string_view variable) const {
    const UfwSetting* found = settings_.find(variable);
    return found == nullptr ? Origin{"/etc/ufw/ufw.conf", 1, 1} : found->origin;
  }

  /// Scripts that run before and after may do anything; they do not run without the x bit.
  bool scripts_are_plain() {
    for (const std::string_view name : {"before.init", "after.init"}) {
      const std::string script = fmt::format("{}{}", kDirectory, name);
      const auto stat = root_.stat(script);
      if (!stat && stat.error().code == ErrorCode::not_found) continue;
      if (stat && (stat->mode & 0111) == 0) continue;
      error_ =
          Error{ErrorCode::unsupported, "what the script loads is not followed", {script, 0, 0}};
      return false;
    }
    return true;
  }

  /// iptables(8) takes anything else for the name of a chain that is not there.
  bool policies_are_known() {
    for (const std::string_view hook : kHooks) {
      const std::string variable = policy_variable(hook);
      const std::string_view value = settings_.value(variable);
      if (is_one_of(value, "ACCEPT DROP REJECT")) continue;
      error_ = Error{ErrorCode::invalid, fmt::format("`{}` is no policy for {}", value, variable),
                     origin(variable)};
      return false;
    }
    return true;
  }

  const Root& root_;
  const UfwSettings& settings_;
  bool is_six_;
  std::string_view prefix_;
  IptablesRestore restore_;
  std::optional<Error> error_;
};

}  // namespace

Result<Ruleset> read_ufw_rules(const Root& root, const UfwSettings& settings, bool is_six) {
  return Loader(root, settings, is_six).read();
}

std::string ufw_file(bool is_six) {
  return fmt::format("{}user{}.rules", kDirectory, is_six ? "6" : "");
}

}  // namespace plimsoll::firewall
