"""systemd-security: against `systemd-analyze security --offline=true`, every test and the level of the unit.

A case is a root with some units; two calls of the program judge all of them. What systemd refuses as a whole must have no rows here.
"""
import json
import os
import re
import subprocess

from differential import run
from systemd import DIRS, own_name, unit_names

DROPS = ["10-a.conf", "20-b.conf", "50-c.conf", "z.conf", ".hidden.conf", "x.conf~"]
NAMES = ["foo.service", "foo-bar.service", "one.service", "t@.service", "t@x.service", "a-t@y-z.service", "a-t@.service", "root.service", "nobody.service",
         "0.service", "two.service", "three.service"]
BOOLEANS = ["yes", "no", "1", "0", "on", "OFF", "True", "f", "maybe", "", "y", "2"]
FLAGS = ["PrivateDevices", "PrivateMounts", "PrivateNetwork", "PrivateTmp", "PrivateUsers", "ProtectControlGroups", "ProtectKernelModules", "ProtectKernelTunables",
         "ProtectKernelLogs", "ProtectClock", "ProtectHostname", "LockPersonality", "MemoryDenyWriteExecute", "NoNewPrivileges", "RemoveIPC", "RestrictRealtime",
         "RestrictSUIDSGID", "DynamicUser", "RemainAfterExit"]
CAPABILITIES = ["CAP_SYS_ADMIN", "cap_kill", "CAP_CHOWN", "CAP_NET_BIND_SERVICE", "CAP_SYS_TIME", "CAP_SYS_RAWIO", "CAP_MKNOD", "CAP_SETUID", "Cap_Setgid", "21", "0", "63",
                "64", "-1", "0x15", "CAP_NONE", "SYS_ADMIN", "CAP_BPF", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_AUDIT_READ", "CAP_DAC_OVERRIDE", '"CAP_SYS_PTRACE"', 'CAP_"LEASE"',
                "'CAP_KILL CAP_CHOWN'", "CAP_MAC_ADMIN", "CAP_SYS_NICE", "CAP_PERFMON", "CAP_CHECKPOINT_RESTORE", "CAP_SETPCAP", "CAP_SETFCAP", "CAP_IPC_LOCK"]
CALLS = ["@swap", "@obsolete", "@clock", "@cpu-emulation", "@debug", "@mount", "@module", "@raw-io", "@reboot", "@privileged", "@resources", "@system-service", "@default",
         "@known", "@basic-io", "@file-system", "@process", "@setuid", "@signal", "@timer", "@sync", "@network-io", "@ipc", "@io-event", "@aio", "@chown", "@keyring",
         "@memlock", "@pkey", "@nosuch", "swapon", "swapoff", "uselib", "mount", "open", "read", "chown", "chown32", "socketcall", "nosuch", "reboot", "clock_settime", "Mount",
         "@clock:EPERM", "mount:kill", "swapon:0", "@swap:5000", "read:EBOGUS", ":EPERM", "ptrace:1", "@privileged:38", "iopl", "s390_pci_mmio_read", "vm86", "bpf",
         "@reboot:", '"@debug"', "clone3", "ioprio_set", "sched_setaffinity", "personality", "setpriority", "cachestat", "arm_fadvise64_64", "_sysctl"]
FAMILIES = ["AF_INET", "AF_INET6", "AF_UNIX", "AF_LOCAL", "AF_FILE", "AF_NETLINK", "AF_ROUTE", "AF_PACKET", "AF_CAN", "AF_VSOCK", "AF_DECnet", "AF_UNSPEC", "AF_BOGUS",
            "af_inet", "INET", '"AF_INET"', "AF_KEY", "AF_SECURITY", "AF_MCTP", "AF_ALG", "none"]
NAMESPACES = ["user", "mnt", "ipc", "pid", "cgroup", "net", "uts", "time", "bogus", "User"]
ADDRESSES = ["any", "localhost", "link-local", "multicast", "0.0.0.0/0", "::/0", "127.0.0.1", "127.0.0.0/8", "127.0.0.0/7", "::1", "::1/128", "::1/127", "10.0.0.0/8",
             "bogus", "LocalHost", "x.localhost", "localhost.localdomain.", "localhostx", "10.0.0.0/33", "fe80::/64", "0.0.0.0", "any/0", "localhost/8", "1.2.3", "127.1.2.3/32",
             "0.0.0.0/00", "::/0x0", "1.2.3.4/+0", "::ffff:127.0.0.1", "Any"]
SCALARS = {
    "User": ["root", "0", "nobody", "www-data", "%p", "%u", "%U", "%i", "", "%N", "daemon"],
    "ProtectHome": BOOLEANS + ["read-only", "tmpfs", "readonly"],
    "ProtectSystem": BOOLEANS + ["full", "strict", "Full"],
    "RootDirectory": ["/", "//", "/srv", "", "/./", "/srv/%p", "/."],
    "RootImage": ["/", "/img.raw", "", "//"],
    "UMask": ["0022", "077", "0", "7", "0027", "0002", "0020", "0040", "07777", "10000", "+7", "", "0777", "26", "67", "57", "x"],
    "KeyringMode": ["private", "shared", "inherit", "", "Private"],
    "ProtectProc": ["invisible", "ptraceable", "noaccess", "default", "", "yes"],
    "ProcSubset": ["all", "pid", "", "none"],
    "NotifyAccess": ["all", "main", "none", "exec", "", "All"],
    "Type": ["simple", "notify", "oneshot", "exec", "dbus", "forking", "bogus", ""],
    "WatchdogSec": ["5", "0"],
    "DevicePolicy": ["auto", "closed", "strict", "", "open"],
    "BusName": ["org.example.u%i%p", "", "org"],
    "Restart": ["always", "on-success", "on-failure", "no"],
    "KillMode": ["process", "mixed", "control-group", "", "none"],
    "PAMName": ["login", ""],
    "ExitType": ["main", "cgroup"],
    "LimitNOFILE": ["5"],
}
LISTS = {
    "SupplementaryGroups": ["adm", "adm disk", "0", "", "%p"],
    "Delegate": BOOLEANS + ["cpu memory", "bogus", '"cpu', "cpu 'pids'", '""'],
    "SystemCallArchitectures": ["native", "x86-64", "native x86", "bogus", "", '"native"', "native native", "x32 'bogus'", "native bogus", '"x86'],
    "DeviceAllow": ["/dev/null rw", "char-pts", "block-loop rwm", "/dev/sda x", "/etc/passwd", "", "/dev/%p r", '"/dev/zero" r', "char-rtc"],
    "MountImages": ["/a.raw:/mnt", "/a.raw", "", "rel:/mnt", "-/a:/b"],
    "LoadCredential": ["a:/etc/a", "b", "", "%p:/x", "a/b:/c"],
    "LoadCredentialEncrypted": ["a:/etc/a", "c", "", "%p:/x", "a:rel/x"],
    "SetCredential": ["a:text", "d:x\\n", "", "a"],
    "SetCredentialEncrypted": ["a:QUJD", "d:!!", "", "e:QUJD"],
    "IPIngressFilterPath": ["/sys/fs/bpf/x", "rel", ""],
    "IPEgressFilterPath": ["/sys/fs/bpf/%p", "", "/../x"],
    "RestartForceExitStatus": ["1", "", "SIGBOGUS"],
    "ExecStart": ["/bin/true", "/bin/true ; /bin/false", "", "-/bin/x/", "/bin/a \\; b"],
    "ExecStop": ["/bin/true", ""],
}
FATAL = ["User=a:b", "DynamicUser=perhaps", "RootDirectory=rel", "ExecStart=/bin/x/", "SupplementaryGroups=b/c"]
NOISE = ["privatetmp=yes", "PrivateTmp yes", "# PrivateTmp=yes", ";User=x", "", "PrivateTmp\\", "[Unit]\nDefaultDependencies=no\n[Service]", "[Unit]\nDefaultDependencies=no\n[Service]",
         "[Unit]\nDefaultDependencies=yes\n[Service]", "[Unit]\nSuccessAction=reboot\n[Service]", "[Unit]\nPrivateTmp=yes\n[Service]", "[Install]\nPrivateNetwork=yes\n[Service]"]


def words(rng, pool, most=4):
    text = " ".join(rng.choice(pool) for _ in range(rng.randint(1, most)))
    kind = rng.random()
    if kind < 0.06:
        return ""
    if kind < 0.09:
        return "~"
    if kind < 0.13:
        return text + rng.choice([' "broken', " 'x", " \\\n   " + rng.choice(pool), " \\\n# between\n " + rng.choice(pool)])
    return rng.choice(["", "", "~", "~", "~ "]) + text


def assignment(rng):
    kind = rng.random()
    if kind < 0.3:
        return "%s=%s" % (rng.choice(FLAGS), rng.choice(BOOLEANS))
    if kind < 0.5:
        key = rng.choice([key for key in SCALARS if rng.random() < 0.5 or key not in ("Type", "BusName", "Restart", "KillMode", "PAMName", "ExitType")] or ["User"])
        return "%s=%s" % (key, rng.choice(SCALARS[key]))
    if kind < 0.6:
        key = rng.choice([key for key in LISTS if not key.startswith("Exec") or rng.random() < 0.2])
        return "%s=%s" % (key, rng.choice(LISTS[key]))
    if kind < 0.7:
        return "SystemCallFilter=" + words(rng, CALLS, 5)
    if kind < 0.78:
        return "CapabilityBoundingSet=" + words(rng, CAPABILITIES)
    if kind < 0.81:
        return "AmbientCapabilities=" + words(rng, CAPABILITIES, 2)
    if kind < 0.88:
        return "RestrictAddressFamilies=" + rng.choice([words(rng, FAMILIES), words(rng, FAMILIES), "none"])
    if kind < 0.94:
        return "RestrictNamespaces=" + rng.choice([words(rng, NAMESPACES), words(rng, NAMESPACES[:8]), rng.choice(BOOLEANS)])
    return "%s=%s" % (rng.choice(["IPAddressDeny", "IPAddressDeny", "IPAddressAllow"]), rng.choice(["any", words(rng, ADDRESSES), words(rng, ADDRESSES).lstrip("~")]))


def body(rng, count, bad=0.01):
    lines = ["[Service]"]
    for _ in range(count):
        kind = rng.random()
        lines.append(rng.choice(NOISE) if kind < 0.08 else rng.choice(FATAL) if kind < 0.08 + bad else assignment(rng))
    return "\n".join(lines) + "\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() and not path.is_symlink():
        path.write_text(text, encoding="utf-8")


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() and not path.is_symlink():
        path.symlink_to(target)


def generate(rng, root):
    write(root / "dev/null", "")
    names = rng.sample(NAMES, 5)
    for name in names:
        place = root / rng.choice(DIRS)
        if rng.random() < 0.04:
            link(place / name, "/dev/null")
        else:
            write(place / name, "[Service]\nExecStart=/bin/true\n" + body(rng, rng.choice([0, 3, 8, 15, 30])))
    if rng.random() < 0.3:
        link(root / rng.choice(DIRS) / "al.service", rng.choice([name for name in names if "@" not in name] or ["foo.service"]))
    for name in names:
        if name.endswith("t@.service") and rng.random() < 0.5:
            link(root / rng.choice(DIRS) / "multi-user.target.wants" / name.replace("@", "@" + rng.choice(["w", "x-y"])), "../" + name)
    owners = names + ["service", "foo-.service", "a-.service", "al.service"]
    for _ in range(rng.randint(0, 6)):
        write(root / rng.choice(DIRS) / (rng.choice(owners) + ".d") / rng.choice(DROPS), body(rng, rng.randint(1, 8), 0.03))


def analyze(root, names, *options):
    env = {"SYSTEMD_ANALYZE_DEBUG": "1", "SYSTEMD_COLORS": "0", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--root=%s" % root, "--no-pager", *options, *names], capture_output=True, env=env, cwd="/")
    return done.stdout.decode(errors="replace")


def oracle(root):
    names = sorted(set(unit_names(root)) | {path.name for folder in DIRS for path in (root / folder).glob("*@.service")})
    # A unit that is loaded by an alias first takes the alias for its name in specifiers.
    names.sort(key=lambda name: (own_name(root, name) != name, name))
    if not names:
        return None
    levels = re.findall(r"Overall exposure level for (\S+): (\S+) (\S+)", analyze(root, names))
    units = [json.loads(line) for line in analyze(root, names, "--json=short").splitlines()]
    if len(levels) != len(units):
        return [("the program gave %d levels and %d tables" % (len(levels), len(units)),)]
    rows = set()
    for (unit, exposure, level), tests in zip(levels, units):
        rows.add((unit, "overall", exposure, level))
        for test in tests:
            bad = None if test["set"] is None else test["badness"]
            example = re.search(r"e\.g\. (\w+) is allowed", test["description"] or "")
            rows.add((unit, test["json_field"], test["name"], test["set"], test["weight"], bad, test["range"],
                      test["exposure"] or (None if bad is None else "0.0"), example.group(1) if example else None))
    return sorted(rows, key=repr)


def mine(rows):
    out = set()
    for row in rows:
        unit = row["unit"].replace("@.", "@i.")
        if row["name"] == "overall":
            out.add((unit, "overall", row["exposure"], row["level"]))
            continue
        example = re.search(r"`(\w+)` for one", row["description"])
        out.add((unit, row["json_field"], row["name"], row["set"], row["weight"], row["badness"], row["range"], row["exposure"], example.group(1) if example else None))
    return sorted(out, key=repr)


if __name__ == "__main__":
    run("systemd-security", generate, oracle, mine, needs=["systemd-analyze"])
