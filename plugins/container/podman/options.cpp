#include "plugins/container/podman/options.h"

#include <array>

namespace plimsoll::podman {
namespace {

using Type = Option::Type;

// containers.conf(5).
constexpr std::array kOptions = {
    Option{"containers", "annotations", Type::list},
    Option{"containers", "apparmor_profile", Type::text},
    Option{"containers", "base_hosts_file", Type::text, ""},
    Option{"containers", "cgroupns", Type::text, "private"},
    Option{"containers", "cgroups", Type::text, "enabled"},
    Option{"containers", "default_capabilities", Type::list},
    Option{"containers", "default_sysctls", Type::list},
    Option{"containers", "default_ulimits", Type::list},
    Option{"containers", "devices", Type::list},
    Option{"containers", "dns_options", Type::list},
    Option{"containers", "dns_searches", Type::list},
    Option{"containers", "dns_servers", Type::list},
    Option{"containers", "env", Type::list},
    Option{"containers", "env_host", Type::flag, "false"},
    Option{"containers", "host_containers_internal_ip", Type::text, ""},
    Option{"containers", "http_proxy", Type::flag, "true"},
    Option{"containers", "init", Type::flag, "false"},
    Option{"containers", "init_path", Type::text, ""},
    Option{"containers", "ipcns", Type::text, "shareable"},
    Option{"containers", "keyring", Type::flag, "true"},
    Option{"containers", "label", Type::flag},
    Option{"containers", "log_driver", Type::text},
    Option{"containers", "log_size_max", Type::number, "-1"},
    Option{"containers", "log_tag", Type::text, ""},
    Option{"containers", "netns", Type::text, "private"},
    Option{"containers", "no_hosts", Type::flag, "false"},
    Option{"containers", "pidns", Type::text, "private"},
    Option{"containers", "pids_limit", Type::number, "2048"},
    Option{"containers", "prepare_volume_on_create", Type::flag, "false"},
    Option{"containers", "privileged", Type::flag, "false", 8},
    Option{"containers", "read_only", Type::flag, "false", 4},
    Option{"containers", "seccomp_profile", Type::text},
    Option{"containers", "shm_size", Type::text, "65536k"},
    Option{"containers", "tz", Type::text, ""},
    Option{"containers", "umask", Type::text, "0022"},
    Option{"containers", "userns", Type::text, ""},
    Option{"containers", "userns_size", Type::number, "65536"},
    Option{"containers", "utsns", Type::text, "private"},
    Option{"containers", "volumes", Type::list},
    Option{"engine", "active_service", Type::text, ""},
    Option{"engine", "cgroup_check", Type::flag, "false"},
    Option{"engine", "cgroup_manager", Type::text},
    Option{"engine", "chown_copied_files", Type::flag, "true"},
    Option{"engine", "compat_api_enforce_docker_hub", Type::flag, "true"},
    Option{"engine", "compression_format", Type::text},
    Option{"engine", "conmon_env_vars", Type::list},
    Option{"engine", "conmon_path", Type::list},
    Option{"engine", "conmonrs_path", Type::list},
    Option{"engine", "detach_keys", Type::text, "ctrl-p,ctrl-q"},
    Option{"engine", "enable_port_reservation", Type::flag, "true"},
    Option{"engine", "env", Type::list},
    Option{"engine", "events_logfile_max_size", Type::size, "1000000"},
    Option{"engine", "events_logfile_path", Type::text},
    Option{"engine", "events_logger", Type::text},
    Option{"engine", "exit_command_delay", Type::word, "300"},
    Option{"engine", "helper_binaries_dir", Type::list},
    Option{"engine", "hooks_dir", Type::list, "/usr/share/containers/oci/hooks.d"},
    Option{"engine", "image_build_format", Type::text, "oci"},
    Option{"engine", "image_copy_tmp_dir", Type::text, "/var/tmp"},
    Option{"engine", "image_default_format", Type::text, ""},
    Option{"engine", "image_default_transport", Type::text, "docker://"},
    Option{"engine", "image_parallel_copies", Type::word, "0"},
    Option{"engine", "image_volume_mode", Type::text},
    Option{"engine", "infra_command", Type::text, ""},
    Option{"engine", "infra_image", Type::text, ""},
    Option{"engine", "init_path", Type::text},
    Option{"engine", "lock_type", Type::text, "shm"},
    Option{"engine", "machine_enabled", Type::flag, "false"},
    Option{"engine", "multi_image_archive", Type::flag, "false"},
    Option{"engine", "namespace", Type::text, ""},
    Option{"engine", "network_cmd_options", Type::list},
    Option{"engine", "network_cmd_path", Type::text, ""},
    Option{"engine", "no_pivot_root", Type::flag, "false"},
    Option{"engine", "num_locks", Type::natural, "2048"},
    Option{"engine", "pod_exit_policy", Type::text, "continue"},
    Option{"engine", "pull_policy", Type::text, "missing"},
    Option{"engine", "remote", Type::flag, "false"},
    Option{"engine", "remote_identity", Type::text, ""},
    Option{"engine", "remote_uri", Type::text, ""},
    Option{"engine", "runtime", Type::text},
    Option{"engine", "runtime_path", Type::list},
    Option{"engine", "runtime_supports_json", Type::list},
    Option{"engine", "runtime_supports_kvm", Type::list},
    Option{"engine", "runtime_supports_nocgroup", Type::list},
    Option{"engine", "runtimes", Type::lists},
    Option{"engine", "service_destinations", Type::any},
    Option{"engine", "service_timeout", Type::word, "5"},
    Option{"engine", "ssh_config", Type::text},
    Option{"engine", "static_dir", Type::text},
    Option{"engine", "stop_timeout", Type::word, "10"},
    Option{"engine", "tmp_dir", Type::text},
    Option{"engine", "volume_path", Type::text},
    Option{"engine", "volume_plugin_timeout", Type::word, "5"},
    Option{"engine", "volume_plugins", Type::texts},
    Option{"machine", "cpus", Type::word},
    Option{"machine", "disk_size", Type::word},
    Option{"machine", "image", Type::text},
    Option{"machine", "memory", Type::word},
    Option{"machine", "user", Type::text},
    Option{"machine", "volumes", Type::list},
    Option{"network", "cni_plugin_dirs", Type::list},
    Option{"network", "default_network", Type::text, "podman"},
    Option{"network", "default_subnet", Type::text, "10.88.0.0/16"},
    Option{"network", "default_subnet_pools", Type::any},
    Option{"network", "dns_bind_port", Type::half, "0"},
    Option{"network", "network_backend", Type::text},
    Option{"network", "network_config_dir", Type::text},
    Option{"secrets", "driver", Type::text, "file"},
    Option{"secrets", "opts", Type::texts},
    Option{"configmaps", "driver", Type::text, ""},
    Option{"configmaps", "opts", Type::texts},
};

}  // namespace

std::span<const Option> options() { return kOptions; }

const Option* find_option(std::string_view table, std::string_view key) {
  for (const Option& each : kOptions)
    if (each.table == table && each.key == key) return &each;
  return nullptr;
}

std::string_view default_capabilities(Version version) {
  return version.is_at_least(4, 4)
             ? "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_NET_BIND_SERVICE "
               "CAP_SETFCAP CAP_SETGID CAP_SETPCAP CAP_SETUID"
             : "CAP_AUDIT_WRITE CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL "
               "CAP_MKNOD CAP_NET_BIND_SERVICE CAP_NET_RAW CAP_SETFCAP CAP_SETGID CAP_SETPCAP "
               "CAP_SETUID CAP_SYS_CHROOT";
}

}  // namespace plimsoll::podman
