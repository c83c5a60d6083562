#include "plugins/container/docker-daemon/options.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <map>
#include <utility>

#include "scanner/base/text.h"

namespace plimsoll::docker {
namespace {

// cmd/dockerd/config.go, config_unix.go and options.go of moby 20.10 to 29; names of the file from
// daemon/config.
constexpr std::array kOptions = {
    // What is asked most.
    Option{"hosts", "host", Kind::list, 'H'},
    Option{"tls", "tls", Kind::boolean, 0, "false", 0, 1000, true},
    Option{"tlsverify", "tlsverify", Kind::boolean, 0, "false", 0, 1000, true},
    Option{"tlscacert", "tlscacert"},
    Option{"tlscert", "tlscert"},
    Option{"tlskey", "tlskey"},
    Option{"icc", "icc", Kind::boolean, 0, "true"},
    Option{"log-level", "log-level", Kind::text, 'l', "info"},
    Option{"log-driver", "log-driver", Kind::text, 0, "json-file"},
    Option{"log-opts", "log-opt", Kind::map},
    Option{"iptables", "iptables", Kind::boolean, 0, "true"},
    Option{"ip6tables", "ip6tables", Kind::boolean, 0, "false", 0, 27},
    Option{"ip6tables", "ip6tables", Kind::boolean, 0, "true", 27},
    Option{"insecure-registries", "insecure-registry", Kind::list},
    Option{"registry-mirrors", "registry-mirror", Kind::list},
    Option{"storage-driver", "storage-driver", Kind::text, 's'},
    Option{"storage-opts", "storage-opt", Kind::list},
    Option{"default-ulimits", "default-ulimit", Kind::ulimits},
    Option{"userns-remap", "userns-remap"},
    Option{"cgroup-parent", "cgroup-parent"},
    Option{"authorization-plugins", "authorization-plugin", Kind::list},
    Option{"no-new-privileges", "no-new-privileges", Kind::boolean, 0, "false"},
    Option{"live-restore", "live-restore", Kind::boolean, 0, "false"},
    Option{"userland-proxy", "userland-proxy", Kind::boolean, 0, "true"},
    Option{"seccomp-profile", "seccomp-profile", Kind::text, 0, "builtin"},
    Option{"experimental", "experimental", Kind::boolean, 0, "false"},
    Option{"selinux-enabled", "selinux-enabled", Kind::boolean, 0, "false"},
    Option{"data-root", "data-root", Kind::text, 0, "/var/lib/docker"},
    Option{"default-address-pools", "default-address-pool", Kind::pools},
    Option{"rootless", "rootless", Kind::boolean, 0, "false"},
    Option{"group", "group", Kind::text, 'G', "docker"},
    Option{"debug", "debug", Kind::boolean, 'D', "false"},
    // The rest.
    Option{"allow-direct-routing", "allow-direct-routing", Kind::boolean, 0, "false", 28},
    Option{"allow-nondistributable-artifacts", "allow-nondistributable-artifacts", Kind::list, 0,
           "", 0, 28},
    Option{"allow-nondistributable-artifacts", "", Kind::opaque, 0, "", 28},
    Option{"api-cors-header", "api-cors-header", Kind::text, 0, "", 0, 28},
    Option{"bip", "bip"},
    Option{"bip6", "bip6", Kind::text, 0, "", 28},
    Option{"bridge", "bridge", Kind::text, 'b'},
    Option{"bridge-accept-fwmark", "bridge-accept-fwmark", Kind::text, 0, "", 28},
    Option{"builder", "", Kind::opaque},
    Option{"cdi-spec-dirs", "cdi-spec-dir", Kind::list, 0, "", 25},
    Option{"cluster-advertise", "cluster-advertise", Kind::text, 0, "", 0, 24},
    Option{"cluster-store", "cluster-store", Kind::text, 0, "", 0, 24},
    Option{"cluster-store-opts", "cluster-store-opt", Kind::map, 0, "", 0, 24},
    Option{"config-file", "config-file", Kind::opaque},
    Option{"containerd", "containerd"},
    Option{"containerd-namespace", "containerd-namespace", Kind::text, 0, "moby"},
    Option{"containerd-plugins-namespace", "containerd-plugins-namespace", Kind::opaque},
    Option{"cpu-rt-period", "cpu-rt-period", Kind::integer, 0, "0"},
    Option{"cpu-rt-runtime", "cpu-rt-runtime", Kind::integer, 0, "0"},
    Option{"cri-containerd", "cri-containerd", Kind::boolean, 0, "false"},
    Option{"default-cgroupns-mode", "default-cgroupns-mode"},
    Option{"default-gateway", "default-gateway", Kind::address},
    Option{"default-gateway-v6", "default-gateway-v6", Kind::address},
    Option{"default-ipc-mode", "default-ipc-mode", Kind::text, 0, "private"},
    Option{"default-network-opts", "default-network-opt", Kind::network_opts, 0, "", 24},
    Option{"default-runtime", "default-runtime", Kind::text, 0, "runc"},
    Option{"default-shm-size", "default-shm-size", Kind::size, 0, "67108864"},
    Option{"deprecated-key-path", ""},
    Option{"dns", "dns", Kind::list},
    Option{"dns-opts", "dns-opt", Kind::list},
    Option{"dns-search", "dns-search", Kind::list},
    Option{"exec-opts", "exec-opt", Kind::list},
    Option{"exec-root", "exec-root", Kind::text, 0, "/var/run/docker"},
    Option{"features", "", Kind::features, 0, "", 0, 28},
    Option{"features", "feature", Kind::features, 0, "", 28},
    Option{"firewall-backend", "firewall-backend", Kind::text, 0, "", 29},
    Option{"fixed-cidr", "fixed-cidr"},
    Option{"fixed-cidr-v6", "fixed-cidr-v6"},
    Option{"graph", "graph", Kind::text, 'g', "", 0, 24},
    Option{"help", "help", Kind::opaque},
    Option{"host-gateway-ip", "host-gateway-ip", Kind::address, 0, "", 0, 28},
    Option{"host-gateway-ip", "", Kind::opaque, 0, "", 28},
    Option{"host-gateway-ips", "host-gateway-ip", Kind::list, 0, "", 28},
    Option{"http-proxy", "http-proxy", Kind::text, 0, "", 23, 1000, false, true},
    Option{"https-proxy", "https-proxy", Kind::text, 0, "", 23, 1000, false, true},
    Option{"init", "init", Kind::boolean, 0, "false"},
    Option{"init-path", "init-path"},
    Option{"ip", "ip", Kind::address, 0, "0.0.0.0"},
    Option{"ip-forward", "ip-forward", Kind::boolean, 0, "true"},
    Option{"ip-forward-no-drop", "ip-forward-no-drop", Kind::boolean, 0, "false", 28},
    Option{"ip-masq", "ip-masq", Kind::boolean, 0, "true"},
    Option{"ipv6", "ipv6", Kind::boolean, 0, "false"},
    Option{"labels", "label", Kind::list},
    Option{"log-format", "log-format", Kind::text, 0, "text", 25},
    Option{"max-concurrent-downloads", "max-concurrent-downloads", Kind::integer, 0, "3"},
    Option{"max-concurrent-uploads", "max-concurrent-uploads", Kind::integer, 0, "5"},
    Option{"max-download-attempts", "max-download-attempts", Kind::integer, 0, "5"},
    Option{"metrics-addr", "metrics-addr"},
    Option{"mtu", "mtu", Kind::integer, 0, "1500"},
    Option{"network-control-plane-mtu", "network-control-plane-mtu", Kind::integer, 0, "1500"},
    Option{"network-diagnostic-port", "network-diagnostic-port", Kind::integer, 0, "0"},
    Option{"no-proxy", "no-proxy", Kind::text, 0, "", 23, 1000, false, true},
    Option{"node-generic-resources", "node-generic-resource", Kind::list},
    Option{"nri-opts", "nri-opts", Kind::opaque, 0, "", 29},
    Option{"oom-score-adjust", "oom-score-adjust", Kind::integer, 0, "0", 0, 25},
    Option{"pidfile", "pidfile", Kind::text, 'p', "/var/run/docker.pid"},
    Option{"raw-logs", "raw-logs", Kind::boolean, 0, "false"},
    Option{"restart", "restart", Kind::opaque, 'r'},
    Option{"runtimes", "add-runtime", Kind::runtimes},
    Option{"shutdown-timeout", "shutdown-timeout", Kind::integer, 0, "15"},
    Option{"swarm-default-advertise-addr", "swarm-default-advertise-addr"},
    Option{"userland-proxy-path", "userland-proxy-path"},
    Option{"validate", "validate", Kind::opaque, 0, "", 23},
    Option{"version", "version", Kind::opaque, 'v'},
};

template <class Found>
const Option* first_option(int version, const Found& found) {
  for (const Option& option : kOptions)
    if (option.is_known(version) && found(option)) return &option;
  return nullptr;
}

}  // namespace

std::span<const Option> options() { return kOptions; }

const Option* option_of_flag(std::string_view flag, int version) {
  if (flag.empty()) return nullptr;
  return first_option(version, [&](const Option& option) { return option.flag == flag; });
}

const Option* option_of_shorthand(char shorthand, int version) {
  return first_option(version, [&](const Option& option) { return option.shorthand == shorthand; });
}

const Option* option_of_key(std::string_view key, int version, bool ignore_case) {
  return first_option(version, [&](const Option& option) {
    return ignore_case ? iequals(option.key, key) : option.key == key;
  });
}

bool is_accepted_name(std::string_view name, int version) {
  return option_of_key(name, version, false) != nullptr || option_of_flag(name, version) != nullptr;
}

std::size_t index_of(const Option& option) {
  return static_cast<std::size_t>(&option - kOptions.data());
}

bool Given::is_zero(Kind kind) const {
  if (items.empty()) return true;
  switch (kind) {
    case Kind::boolean:
      return items[0].text == "false";
    case Kind::integer:
    case Kind::size:
      return items[0].text == "0";
    case Kind::text:
    case Kind::address:
      return items[0].text.empty();
    default:
      return false;
  }
}

void keep_last(std::vector<Item>& items) {
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> last;
  for (std::size_t i = 0; i < items.size(); ++i) last[{items[i].scope, items[i].name}] = i;
  if (last.size() == items.size()) return;
  std::vector<Item> kept;
  kept.reserve(last.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    if (last.at({items[i].scope, items[i].name}) == i) kept.push_back(items[i]);
  items = std::move(kept);
}

std::optional<std::int64_t> ram_in_bytes(std::string_view text) {
  const auto digits = text.find_first_not_of("0123456789.");
  const std::string number(text.substr(0, digits));
  std::string unit = digits == std::string_view::npos ? "" : lower(text.substr(digits));
  if (number.empty() || number.front() == '.' || number.back() == '.') return {};
  if (unit.starts_with(' ')) unit.erase(0, 1);
  constexpr std::string_view kUnits = "kmgtp";
  int shift = 0;
  if (!unit.empty() && kUnits.find(unit[0]) != std::string_view::npos) {
    shift = 10 * (static_cast<int>(kUnits.find(unit[0])) + 1);
    unit.erase(0, 1);
    if (unit.starts_with('i')) unit.erase(0, 1);
  }
  if (unit != "" && unit != "b") return {};
  char* end = nullptr;
  const double bytes = std::strtod(number.c_str(), &end) * static_cast<double>(1LL << shift);
  if (*end != '\0' || bytes >= 9e18) return {};
  return static_cast<std::int64_t>(bytes);
}

std::optional<bool> go_bool(std::string_view text) {
  if (is_one_of(text, "1 t T TRUE true True")) return true;
  if (is_one_of(text, "0 f F FALSE false False")) return false;
  return {};
}

std::optional<Item> parse_ulimit(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return {};
  const std::string_view limits = text.substr(equals + 1);
  const auto colon = limits.find(':');
  const auto soft = to_integer(limits.substr(0, colon));
  const auto hard = colon == std::string_view::npos ? soft : to_integer(limits.substr(colon + 1));
  if (!soft || !hard || (*hard != -1 && (*soft == -1 || *soft > *hard))) return {};
  constexpr std::string_view kNames =
      "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending "
      "stack";
  const std::string_view name = text.substr(0, equals);
  if (!is_one_of(name, kNames)) return {};
  return Item{std::string(name), fmt::format("{}:{}", *soft, *hard), {}};
}

}  // namespace plimsoll::docker
