#include <algorithm>
#include <array>

#include "scanner/probe/probe.h"

namespace plimsoll {

// Every built-in probe, by name. A new one is a folder below plugins/ and a line in each of these
// two lists.
extern const Probe account_probe;
extern const Probe aide_probe;
extern const Probe aliases_probe;
extern const Probe apparmor_probe;
extern const Probe apt_probe;
extern const Probe apt_sources_probe;
extern const Probe audit_rules_probe;
extern const Probe auditd_probe;
extern const Probe banner_probe;
extern const Probe compose_probe;
extern const Probe cron_probe;
extern const Probe dconf_probe;
extern const Probe dockerfile_probe;
extern const Probe dpkg_files_probe;
extern const Probe faillock_probe;
extern const Probe file_probe;
extern const Probe firewall_probe;
extern const Probe fstab_probe;
extern const Probe group_probe;
extern const Probe hardware_probe;
extern const Probe image_probe;
extern const Probe kernel_build_probe;
extern const Probe kernel_cmdline_probe;
extern const Probe kubernetes_probe;
extern const Probe limits_probe;
extern const Probe login_defs_probe;
extern const Probe logrotate_probe;
extern const Probe modprobe_probe;
extern const Probe mount_probe;
extern const Probe nss_probe;
extern const Probe os_release_probe;
extern const Probe package_probe;
extern const Probe pam_probe;
extern const Probe process_probe;
extern const Probe pwhistory_probe;
extern const Probe pwquality_probe;
extern const Probe rsyslog_probe;
extern const Probe shell_probe;
extern const Probe shell_profile_probe;
extern const Probe socket_probe;
extern const Probe ssh_probe;
extern const Probe sshd_probe;
extern const Probe sssd_probe;
extern const Probe sudoers_probe;
extern const Probe swap_probe;
extern const Probe sysctl_probe;
extern const Probe systemd_conf_probe;
extern const Probe systemd_probe;
extern const Probe systemd_security_probe;
extern const Probe time_sync_probe;
extern const Probe ufw_probe;
extern const Probe user_files_probe;

namespace {
constexpr std::array kProbes = {
    &account_probe,
    &aide_probe,
    &aliases_probe,
    &apparmor_probe,
    &apt_probe,
    &apt_sources_probe,
    &audit_rules_probe,
    &auditd_probe,
    &banner_probe,
    &compose_probe,
    &cron_probe,
    &dconf_probe,
    &dockerfile_probe,
    &dpkg_files_probe,
    &faillock_probe,
    &file_probe,
    &firewall_probe,
    &fstab_probe,
    &group_probe,
    &hardware_probe,
    &image_probe,
    &kernel_build_probe,
    &kernel_cmdline_probe,
    &kubernetes_probe,
    &limits_probe,
    &login_defs_probe,
    &logrotate_probe,
    &modprobe_probe,
    &mount_probe,
    &nss_probe,
    &os_release_probe,
    &package_probe,
    &pam_probe,
    &process_probe,
    &pwhistory_probe,
    &pwquality_probe,
    &rsyslog_probe,
    &shell_probe,
    &shell_profile_probe,
    &socket_probe,
    &ssh_probe,
    &sshd_probe,
    &sssd_probe,
    &sudoers_probe,
    &swap_probe,
    &sysctl_probe,
    &systemd_conf_probe,
    &systemd_probe,
    &systemd_security_probe,
    &time_sync_probe,
    &ufw_probe,
    &user_files_probe,
};
}  // namespace

std::span<const Probe* const> builtin_probes() { return kProbes; }

const Probe* find_builtin_probe(std::string_view name) {
  const auto found = std::find_if(kProbes.begin(), kProbes.end(),
                                  [&](const Probe* probe) { return probe->name == name; });
  return found == kProbes.end() ? nullptr : *found;
}

}  // namespace plimsoll
