#!/usr/bin/python3
"""plimsoll's `file` rows beside find -printf, getfacl and getcap, on trees with everything a file system can hold."""
import os
import pathlib
import re
import socket
import stat
import subprocess
import sys

import differential

NAMES = [b"plain", b"with blank", b"new\nline", b"tab\there", b"\xff\xfe not utf-8", b"quote'\"", b"-dash", b"*star*",
         b"[x]", b"back\\slash", b".hidden", "ä".encode(), b"{a,b}", b"$HOME", b"%s", b"a" * 255]
IDS = [0, 0, 0, 1, 42, 1000, 12345, 65534, 4294967294]
PASSWD = "root:x:0:0::/root:/bin/bash\ndaemon:x:1:1::/:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/bash\nalice2:x:1000:1000::/:/bin/sh\n"
GROUP = "root:x:0:\ndaemon:x:1:\nshadow:x:42:\nalice:x:1000:\n"
USERS = {0: "root", 1: "daemon", 1000: "alice"}
GROUPS = {0: "root", 1: "daemon", 42: "shadow", 1000: "alice"}
TYPES = {"f": "file", "d": "directory", "l": "link", "p": "fifo", "s": "socket", "c": "character-device", "b": "block-device"}
CAPS = ["cap_net_raw=ep", "cap_net_bind_service,cap_net_admin=eip", "cap_chown=p", "cap_bpf,cap_perfmon=ep", "cap_setfcap=i"]


def make(rng, path):
    kind = rng.choices(["file", "directory", "link", "fifo", "socket", "device"], [8, 4, 3, 1, 1, 1])[0]
    if os.path.lexists(path):
        return
    if kind == "file":
        with open(path, "wb") as f:
            f.write(b"x" * rng.choice([0, 1, 5000]))
    elif kind == "directory":
        os.mkdir(path)
    elif kind == "link":
        os.symlink(rng.choice([b"/", b"..", b"nowhere", os.path.basename(path), b"/etc/passwd", b"plain", b"new\nline"]), path)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        here = os.open(os.path.dirname(path), os.O_PATH)
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.bind(b"/proc/self/fd/%d/" % here + os.path.basename(path)[:60])
        finally:
            os.close(here)
        path = os.path.join(os.path.dirname(path), os.path.basename(path)[:60])
    else:
        os.mknod(path, rng.choice([stat.S_IFCHR, stat.S_IFBLK]) | 0o600, os.makedev(rng.choice([1, 240]), 3))
    if not os.path.lexists(path):
        return
    os.chown(path, rng.choice(IDS), rng.choice(IDS), follow_symlinks=False)
    if kind == "link":
        return
    os.chmod(path, rng.choice([0o644, 0o755, 0o600, 0, 0o777, 0o1777, 0o4755, 0o2755, 0o6711, 0o7777, rng.randrange(0o10000)]))
    if kind in ("file", "directory") and rng.random() < 0.15:
        flag = ["-d"] if kind == "directory" and rng.random() < 0.5 else []
        subprocess.run(["setfacl", *flag, "-m", rng.choice(["u:1000:rw", "g:42:r", "u:alice:rwx,g:1:x"]).replace("alice", "1000"), path], check=True)
    if kind == "file" and rng.random() < 0.15:
        subprocess.run(["setcap", rng.choice(CAPS), path], check=True)


def generate(rng, root):
    (root / "etc").mkdir()
    (root / "etc/passwd").write_text(PASSWD)
    (root / "etc/group").write_text(GROUP)
    top = os.fsencode(str(root))
    for _ in range(rng.randrange(5, 30)):
        folders = [f for f, _, _ in os.walk(top)]
        make(rng, os.path.join(rng.choice(folders), rng.choice(NAMES)))
    if rng.random() < 0.5:
        os.link(os.path.join(top, b"etc/passwd"), os.path.join(top, b"linked"))


def text(raw):
    """As JSON has it: each byte that is no UTF-8 becomes U+FFFD."""
    out = ""
    while raw:
        try:
            return out + raw.decode()
        except UnicodeDecodeError as e:
            out += raw[:e.start].decode() + "\ufffd"
            raw = raw[e.start + 1:]
    return out


def oracle(root):
    top = str(root)
    found = subprocess.run(["find", top, "-xdev", "-printf", "%P\\0%y\\0%m\\0%U\\0%G\\0%s\\0%n\\0%l\\0"], capture_output=True, check=True)
    fields = found.stdout.split(b"\0")[:-1]
    rows = []
    for i in range(0, len(fields), 8):
        path, kind, mode, uid, gid, size, links, target = fields[i:i + 8]
        full = os.path.join(os.fsencode(top), path)
        mode, uid, gid = int(mode, 8), int(uid), int(gid)
        has_acl = None
        if kind != b"l":
            listing = subprocess.run(["getfacl", "-cpn", full], capture_output=True, check=True).stdout.split(b"\n")
            has_acl = any(re.match(rb"(default:|user:\d|group:\d|mask:)", line) for line in listing)
        capabilities = None
        if kind == b"f":
            try:
                os.getxattr(full, "security.capability")
                shown = subprocess.run(["getcap", full], capture_output=True, check=True).stdout
                capabilities = shown[len(full) + 1:].strip().decode()
            except OSError:
                pass
        rows.append((text(b"/" + path), TYPES[kind.decode()], mode, uid, gid, USERS.get(uid, str(uid)), GROUPS.get(gid, str(gid)),
                     int(size) if kind in (b"f", b"l") else None, None if kind == b"d" else int(links), uid not in USERS, gid not in GROUPS,
                     None if kind == b"l" else bool(mode & 0o2), bool(has_acl), capabilities, text(target) if kind == b"l" else None))
    return sorted(rows, key=repr)


def getcap_words(elements):
    """Elements `cap_x=ep` in the words of getcap: those with the same flags together, as cap_to_text(3) orders them."""
    if elements is None:
        return None
    by_flags = {}
    for element in elements:
        name, flags = element.split("=")
        by_flags.setdefault(flags, []).append(name)
    return " ".join(",".join(names) + "=" + flags for flags, names in by_flags.items())


def mine(rows):
    return sorted(((r["path"], r["type"], int(r["mode"], 8), r["uid"], r["gid"], r["user"], r["group"],
                    r["size"] if r["type"] in ("file", "link") else None, r["links"], r["unowned"], r["ungrouped"],
                    r["world_writable"], r["has_acl"], getcap_words(r["capabilities"]), r["target"]) for r in rows), key=repr)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("needs root: owners, devices and capabilities cannot be made without")
        sys.exit(77)
    differential.run("file", generate, oracle, mine, needs=["find", "getfacl", "setfacl", "getcap", "setcap"])
