"""systemd-sysctl and plimsoll agree on what is written to /proc/sys.

The real program runs in a chroot that holds a /proc/sys of plain files; its debug log names each write."""
import fnmatch
import os
import re

import differential
from staged import Staged

PROGRAM = "/lib/systemd/systemd-sysctl"
KEYS = ["kernel/dmesg_restrict", "kernel/sysrq", "net/ipv4/ip_forward", "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/default/rp_filter",
        "net/ipv4/conf/eth0.100/rp_filter", "net/ipv4/conf/eth0/rp_filter", "net/ipv4/conf/eth0/accept_source_route", "fs/suid_dumpable"]
NAMES = ["10-a.conf", "50-b.conf", "50-B.conf", "99-z.conf", "9-c.conf", "a.conf", "x.conf~", ".hidden.conf", "noconf", "README", "99-sysctl.conf", "50-b.conf.dpkg-old"]
FOLDERS = ["etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d"]
PATTERNS = ["net.ipv4.conf.*.rp_filter", "net/ipv4/conf/*/rp_filter", "net.ipv4.conf.eth?.rp_filter", "kernel.[ds]*", "net.*", "net.ipv4.conf.[!d]*.rp_filter", "fs.suid_dump*"]

staged = Staged(PROGRAM)


def prepare(root):
    staged.put_into(root)
    for key in KEYS:
        file = root / "proc/sys" / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("old\n")


def spelling(rng, key):
    if rng.random() < 0.2:
        return rng.choice(PATTERNS)
    if rng.random() < 0.3:
        return rng.choice(["", "/", "./"]) + key.replace("/", rng.choice(["/", "/", "//", "/./"])) + rng.choice(["", "", "/"])
    return rng.choice(["", "", "", "."]) + key.translate(str.maketrans("/.", "./"))


def line(rng):
    blank = lambda: rng.choice(["", "", " ", "\t", "  "])
    key = spelling(rng, rng.choice(KEYS))
    value = rng.choice(["0", "1", "2", "", "1 2\t3", "a=b", "1 # no comment", "-1"])
    kind = rng.random()
    if kind < 0.08:
        return blank() + rng.choice("#;") + key + " = " + value
    if kind < 0.12:
        return rng.choice(["nonsense", key, "=", "= 1", "- = 1", "-", "\ufeff" + key + "=1", "\\"])
    if kind < 0.25:
        return blank() + "-" + blank() + key + blank()
    return blank() + rng.choice(["", "", "", "-"]) + key + blank() + "=" + blank() + value + blank()


def text(rng):
    end = rng.choice(["\n", "\n", "\n", "\r\n", "\r"])
    body = end.join(line(rng) for _ in range(rng.randint(0, 7)))
    return (body + rng.choice(["", end, end + end, "\0", "\nkernel.sysrq=8\0kernel.sysrq=9\n"])).encode()


def generate(rng, root):
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/sysctl.conf").write_bytes(text(rng))
    for folder in FOLDERS:
        if rng.random() < 0.25:
            continue
        (root / folder).mkdir(parents=True, exist_ok=True)
        for name in rng.sample(NAMES, rng.randint(0, 4)):
            path = root / folder / name
            kind = rng.random()
            if kind < 0.12:
                path.symlink_to("/dev/null")
            elif kind < 0.2:
                path.symlink_to(rng.choice(["../sysctl.conf", "/etc/sysctl.conf", "nowhere", "/usr/lib/sysctl.d/10-a.conf", "99-z.conf"]))
            elif kind < 0.24:
                path.mkdir()
            elif kind < 0.3:
                path.touch()
            else:
                path.write_bytes(text(rng))


def oracle(root):
    done = staged.run(root, SYSTEMD_LOG_LEVEL="debug", SYSTEMD_LOG_TARGET="console")
    log = done.stderr.decode("utf-8", "replace")
    written = {}
    for key, value in re.findall(r"(?m)^Setting '(.*?)' to '(.*)'", log):
        written[key] = value
    # A pattern that matches nothing is tried as it stands, and one that matches a folder tries that: neither writes anything.
    kept = {os.path.relpath(k, "/proc/sys"): v for k, v in written.items() if not set(k) & set("*?[") and not (root / k.lstrip("/")).is_dir()}
    return sorted(kept.items())


def swapped(key):
    return key.translate(str.maketrans("/.", "./"))


def matches(pattern, key):
    a, b = pattern.split("/"), key.split("/")
    return len(a) == len(b) and all(fnmatch.fnmatchcase(y, x) for x, y in zip(a, b))


def mine(rows):
    plain, patterns, excluded = {}, [], set()
    for row in rows:
        key = row["key"]
        if key.startswith("-") and row["value"] == "":
            excluded.add(swapped(key[1:]))
        elif set(key) & set("*?["):
            patterns.append((swapped(key), row["value"]))
        else:
            plain[swapped(key)] = row["value"]
    written = dict(plain)
    for pattern, value in patterns:
        for key in KEYS:
            if matches(pattern, key) and key not in plain and key not in excluded:
                written[key] = value
    return sorted(written.items())


differential.run("sysctl", generate, oracle, mine, prepare=prepare)
