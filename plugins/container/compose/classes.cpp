#include "plugins/container/compose/classes.h"

#include <algorithm>
#include <array>

#include "plugins/container/compose/variables.h"
#include "scanner/base/text.h"
#include "scanner/formats/secrets.h"
#include "scanner/root/root.h"

namespace plimsoll::compose {
namespace {

/// The numbers of a port or of a range of them.
bool range_has(std::string_view range, std::int64_t first, std::int64_t last) {
  const std::size_t dash = range.find('-');
  const auto from = to_integer(range.substr(0, dash));
  const auto to = dash == std::string_view::npos ? from : to_integer(range.substr(dash + 1));
  return from && to && *from <= last && *to >= first;
}

constexpr std::string_view kWellKnown =
    "root admin administrator password passw0rd example changeme change-me change_me secret "
    "default test guest 123456 12345678 1234 postgres mysql mariadb toor qwerty letmein";

}  // namespace

std::string capability(std::string_view text) {
  std::string name = upper(trim(text));
  return name.starts_with("CAP_") ? name.substr(4) : name;
}

std::string security_option(std::string_view text) {
  std::string out(trim(text));
  const std::size_t at = out.find_first_of(":=");
  if (at != std::string::npos) out[at] = ':';
  if (out == "no-new-privileges") out += ":true";
  return out;
}

SecurityOptions read_security_options(const Node* list) {
  SecurityOptions out;
  if (list == nullptr) return out;
  for (const Node& item : list->entries) {
    const std::string text = security_option(item.text);
    const std::size_t colon = text.find(':');
    const std::string name = text.substr(0, colon);
    const std::string value = colon == std::string::npos ? std::string() : text.substr(colon + 1);
    if (name == "no-new-privileges") {
      out.no_new_privileges = boolean(value) == "true" || value == "1" || value == "t";
      out.no_new_privileges_at = &item;
    } else if (name == "seccomp") {
      out.seccomp = value == "unconfined" ? value : "profile";
      out.seccomp_at = &item;
    } else if (name == "apparmor") {
      out.apparmor = value == "unconfined" ? value : "profile";
      out.apparmor_at = &item;
    } else if (name == "label") {
      if (out.selinux != "disabled") out.selinux_at = &item;
      if (value == "disable")
        out.selinux = "disabled";
      else if (out.selinux != "disabled")
        out.selinux = "labels";
    }
  }
  return out;
}

bool is_root(std::string_view user) {
  const std::string_view name = user.substr(0, user.find(':'));
  if (name == "root") return true;
  return !name.empty() && name.find_first_not_of('0') == std::string_view::npos;
}

std::string_view secret_class(const Node& variable) {
  if (!variable.is_scalar()) return names_secret(variable.key) ? "reference" : "no";
  const bool is_named = names_secret(variable.key);
  shell::Command as_word;
  as_word.words.push_back({variable.literal});
  if (!is_named) return has_secret(as_word) ? "literal" : "no";
  if (!may_be_secret(variable.literal)) return variable.literal.empty() ? "reference" : "no";
  return is_one_of(lower(variable.literal), kWellKnown) ? "default" : "literal";
}

bool has_secret_variables(std::string_view text) {
  Variables variables;
  read_env_file(text, variables);
  return std::any_of(variables.begin(), variables.end(), [](const auto& one) {
    return names_secret(one.first) && may_be_secret(one.second);
  });
}

std::string_view exposure(std::string_view host_ip) {
  if (host_ip.empty() || host_ip == "0.0.0.0" || host_ip == "::" || host_ip == "*") return "all";
  if (host_ip.starts_with("127.") || host_ip == "::1" || host_ip == "localhost") return "loopback";
  return "address";
}

std::string_view port_class(std::string_view target, std::string_view published) {
  if (range_has(target, 22, 22)) return "ssh";
  return range_has(published, 1, 1023) ? "privileged" : "other";
}

std::string_view mount_class(std::string_view source) {
  if (!source.starts_with('/')) return "other";
  const std::string path = normal_path(source);
  const std::string_view name = base_name(path);
  // The directory of the sockets hands them over as well.
  if (is_one_of(name, "docker.sock containerd.sock podman.sock crio.sock docker.sock.raw") ||
      is_one_of(path,
                "/run /var/run /run/containerd /var/run/containerd /run/podman /var/run/podman"))
    return "engine-socket";
  return is_one_of(path,
                   "/ /boot /dev /etc /lib /lib64 /proc /sys /usr /root /bin /sbin /var /var/lib "
                   "/var/lib/docker /var/lib/containerd /home")
             ? "system"
             : "other";
}

// What Kubernetes calls safe, and what docker run documents as belonging to a namespace.
bool is_safe_sysctl(std::string_view name) {
  return is_one_of(name,
                   "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies "
                   "net.ipv4.ping_group_range net.ipv4.ip_unprivileged_port_start "
                   "net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time "
                   "net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl "
                   "net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem "
                   "net.core.somaxconn");
}

}  // namespace plimsoll::compose
