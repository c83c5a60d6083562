#include "plugins/service/redis/settle.h"

#include <algorithm>
#include <string>
#include <vector>

#include "plugins/service/redis/exposure.h"
#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

std::int64_t number(const Configuration& of, std::string_view name) {
  return to_integer(of.value(name)).value_or(0);
}

bool is_yes(const Configuration& of, std::string_view name) { return of.value(name) == "yes"; }

/// Where the first of these parameters stands that a file sets.
Origin place(const Configuration& of, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const Origin origin = of.origin(name); !origin.is_default()) return origin;
  return {};
}

/// tls.c, parseProtocolsConfig: single blanks only.
bool are_protocols(std::string_view text) {
  if (text.empty()) return true;
  const auto parts = split(text, ' ');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return is_one_of(lower(part), "tlsv1 tlsv1.1 tlsv1.2 tlsv1.3");
  });
}

std::string_view tls_complaint(const Configuration& of) {
  const bool has_peers = is_yes(of, "tls-cluster") || is_yes(of, "tls-replication");
  if (number(of, "tls-port") == 0 && !has_peers) return {};
  if (of.value("tls-cert-file").empty()) return "No tls-cert-file configured!";
  if (of.value("tls-key-file").empty()) return "No tls-key-file configured!";
  const bool wants_authority = has_peers || of.value("tls-auth-clients") != "no";
  if (wants_authority && of.value("tls-ca-cert-file").empty() &&
      of.value("tls-ca-cert-dir").empty())
    return "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, "
           "tls-replication or tls-auth-clients are enabled!";
  if (!are_protocols(of.value("tls-protocols"))) return "Invalid tls-protocols specified";
  return {};
}

std::string_view socket_complaint(const Configuration& of) {
  const bool has_ports = number(of, "port") != 0 || number(of, "tls-port") != 0;
  const bool has_addresses = !of.value("bind").empty();
  if (!(has_ports && has_addresses) && of.value("unixsocket").empty())
    return "Configured to not listen anywhere, exiting.";
  return {};
}

/// An address of `bind`, as far as two of them can be compared.
struct Address {
  explicit Address(std::string_view word)
      : is_optional(word.starts_with('-')), text(word.substr(is_optional ? 1 : 0)) {}
  bool is_optional;
  std::string_view text;
  [[nodiscard]] bool is_ipv6() const { return text.find(':') != std::string_view::npos; }
  [[nodiscard]] bool is_any() const { return is_one_of(text, "* 0.0.0.0 :: ::*"); }
  /// It is one of the host for certain, or the server does not start without it.
  [[nodiscard]] bool counts() const { return !is_optional || is_any() || is_local_address(text); }
};

/// Two sockets on one port collide where the addresses are the same, or one of them is any.
std::string_view collision(const Configuration& of) {
  const bool has_port = number(of, "port") != 0;
  const bool has_tls = number(of, "tls-port") != 0;
  // A node listens for the other ones as well.
  const bool listens = has_port || has_tls || is_yes(of, "cluster-enabled");
  std::vector<Address> before;
  for (const std::string_view word : words(of.value("bind"))) {
    const Address now(word);
    for (const Address& other : before)
      if (now.counts() && other.counts() && now.is_ipv6() == other.is_ipv6() &&
          (now.is_any() || other.is_any() || now.text == other.text) && listens)
        return "Failed listening: two addresses of bind collide.";
    before.push_back(now);
    if (has_port && has_tls && now.counts() && of.value("port") == of.value("tls-port"))
      return "Failed listening: port and tls-port are the same.";
  }
  return {};
}

std::string_view cluster_complaint(const Configuration& of) {
  constexpr std::int64_t kHighest = 55535;
  if (!is_yes(of, "cluster-enabled")) return {};
  const auto port = number(of, is_yes(of, "tls-cluster") ? "tls-port" : "port");
  if (number(of, "cluster-port") == 0 && port > kHighest)
    return "Redis port number too high: that of the cluster is 10,000 higher.";
  if (of.value("bind").empty())
    return "No bind address is configured, but it is required for the Cluster bus.";
  return {};
}

/// Parameters of modules where no module is loaded.
const OtherLine* stray_parameter(const Configuration& of) {
  if (of.loads_modules()) return nullptr;
  const auto found = std::find_if(of.others.begin(), of.others.end(),
                                  [](const OtherLine& one) { return one.key != "rename-command"; });
  return found == of.others.end() ? nullptr : &*found;
}

}  // namespace

void check_start(Configuration& configuration) {
  if (configuration.refused) return;
  const auto refuse = [&](std::string_view what, const Origin& where) {
    if (!what.empty() && !configuration.refused)
      configuration.refused = Error{ErrorCode::invalid, std::string(what), where};
  };
  refuse(tls_complaint(configuration),
         place(configuration, {"tls-port", "tls-replication", "tls-cluster"}));
  refuse(socket_complaint(configuration), place(configuration, {"port", "bind"}));
  refuse(collision(configuration), place(configuration, {"bind", "port"}));
  refuse(cluster_complaint(configuration), place(configuration, {"cluster-enabled"}));
  if (const OtherLine* stray = stray_parameter(configuration))
    refuse(
        "Module Configuration detected without loadmodule directive or no ApplyConfig call: "
        "aborting",
        stray->origin);
}

}  // namespace plimsoll::redis
