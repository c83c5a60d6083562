#pragma once

#include <array>

#include "plugins/container/compose/node.h"
#include "scanner/probe/probe.h"

namespace plimsoll::compose {

inline constexpr std::array<Field, 62> kFields = {
    Field{"image", Type::text, "the reference as it is written, variables replaced"},
    Field{"image.registry", Type::text, "`docker.io` where none is written"},
    Field{"image.pin", Type::text, "digest, tag, latest, none, or built (it has no image)"},
    Field{"build", Type::boolean, "the service is built here"},
    Field{"build.context", Type::text, "as it is written"},
    Field{"build.dockerfile", Type::text, "as it is written"},
    Field{"build.privileged", Type::boolean, "the build runs with all privileges"},
    Field{"build.entitlements", Type::set, "what the build may do beyond the ordinary"},
    Field{"privileged-build", Type::boolean,
          "build.privileged or the entitlement security.insecure"},
    Field{"command", Type::list, "one row for each word; a text in one"},
    Field{"entrypoint", Type::list, "one row for each word; a text in one"},
    Field{"privileged", Type::boolean, "false by default"},
    Field{"read_only", Type::boolean, "the root file system; false by default"},
    Field{"user", Type::text, "user and group; the image decides where it is not set"},
    Field{"runs-as", Type::text, "root, user, or image (no user is set)"},
    Field{"cap_add", Type::set, "upper case, without CAP_"},
    Field{"cap_drop", Type::set, "upper case, without CAP_"},
    Field{"security_opt", Type::set, "`=` is written as `:`"},
    Field{"no-new-privileges", Type::boolean, "security_opt has it, and not as false"},
    Field{"seccomp", Type::text, "default, unconfined or a profile"},
    Field{"apparmor", Type::text, "default, unconfined or a profile"},
    Field{"selinux", Type::text, "default, disabled or labels"},
    Field{"network_mode", Type::text, "as it is written"},
    Field{"networks", Type::set, "names of networks"},
    Field{"network", Type::text, "default (the one of the project), host, none, named, shared"},
    Field{"pid", Type::text, "`host` or whose namespace"},
    Field{"ipc", Type::text, "`host`, or whose namespace"},
    Field{"uts", Type::text, "`host`"},
    Field{"userns_mode", Type::text, "`host`"},
    Field{"cgroup", Type::text, "host or private"},
    Field{"cgroup_parent", Type::text, "a cgroup of the host"},
    Field{"memory-limit", Type::text, "of mem_limit or deploy.resources.limits.memory; none"},
    Field{"cpu-limit", Type::text,
          "of cpus, cpu_quota, cpu_shares or deploy.resources.limits.cpus; none"},
    Field{"pids-limit", Type::text, "of pids_limit or deploy.resources.limits.pids; none"},
    Field{"ulimit", Type::text, "unlimited when nofile or nproc is -1, else set or none"},
    Field{"healthcheck", Type::text, "set, disabled, or image (it decides)"},
    Field{"restart", Type::text, "as it is written; `no` by default"},
    Field{"restart-policy", Type::text, "no, bounded or unbounded"},
    Field{"logging.driver", Type::text, "as it is written"},
    Field{"logging", Type::text, "off, bounded, unbounded (files that grow), remote"},
    Field{"sysctl", Type::text, "in a scope of its own: namespaced or other"},
    Field{"profiles", Type::set, "the service starts only with one of them"},
    Field{"env_file", Type::set, "paths as they are written"},
    Field{"value", Type::text, "of an environment variable or build argument"},
    Field{"secret", Type::text,
          "literal (a credential stands here), default (a well-known one), reference, no"},
    Field{"published", Type::text, "port of the host, or a range; absent: any free one"},
    Field{"target", Type::text, "port or path in the container"},
    Field{"protocol", Type::text, "tcp or udp"},
    Field{"host_ip", Type::text, "address of the host that a port is bound to"},
    Field{"exposure", Type::text, "of a port: all addresses, loopback, address"},
    Field{"port-class", Type::text,
          "of a port: ssh (22 in the container), privileged (below 1024 on the host), other"},
    Field{"type", Type::text, "of a mount: bind, volume, tmpfs, npipe, cluster, image"},
    Field{"source", Type::text, "of a mount or device, as it is written"},
    Field{"bind.propagation", Type::text, "of a mount"},
    Field{"propagation", Type::text, "of a mount: shared, other, default"},
    Field{"mount-class", Type::text, "of a mount: engine-socket, system, other"},
    Field{"permissions", Type::text, "of a device; rwm by default"},
    Field{"device-class", Type::text, "of a device: device or cdi"},
    Field{"readable-secrets", Type::boolean,
          "of an env_file or secret in the tree: others than the owner may read credentials in it"},
    Field{"encrypted", Type::boolean, "of a network with the driver overlay"},
    Field{"obsolete-version", Type::boolean, "of the file: it has the key `version`"},
    Field{"file", Type::text, "of a secret or configuration: where its value is"},
};

/// Writes what a project says as settings: a scope for each service and for what it has several of.
void write_settings(const Node& project, const Request& request, Facts& facts);

}  // namespace plimsoll::compose
