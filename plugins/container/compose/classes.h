#pragma once

#include <string>
#include <string_view>

#include "plugins/container/compose/node.h"

namespace plimsoll::compose {

/// `SYS_ADMIN` for `cap_sys_admin`.
std::string capability(std::string_view text);
/// One spelling: `no-new-privileges:true` for `no-new-privileges` and `no-new-privileges=true`.
std::string security_option(std::string_view text);

/// What the list security_opt comes to; a later item wins. The places are null where none says it.
struct SecurityOptions {
  bool no_new_privileges = false;
  std::string seccomp = "default", apparmor = "default", selinux = "default";
  const Node* no_new_privileges_at = nullptr;
  const Node* seccomp_at = nullptr;
  const Node* apparmor_at = nullptr;
  const Node* selinux_at = nullptr;
};
SecurityOptions read_security_options(const Node* list);

/// `root`, `0`, with or without a group.
bool is_root(std::string_view user);
/// literal, default, reference or no: whether a credential stands in the file.
std::string_view secret_class(const Node& variable);
/// A text of `NAME=value` lines in which a credential has a value.
bool has_secret_variables(std::string_view text);
/// all, loopback or address.
std::string_view exposure(std::string_view host_ip);
/// ssh, privileged or other.
std::string_view port_class(std::string_view target, std::string_view published);
/// engine-socket, system or other, of a path of the host.
std::string_view mount_class(std::string_view source);
/// Of a namespace of the container, and without effect beyond it.
bool is_safe_sysctl(std::string_view name);

}  // namespace plimsoll::compose
