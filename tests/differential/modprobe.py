"""`modprobe --showconfig` and plimsoll read modprobe.d alike.

The real program runs in a chroot, as it looks for its directories nowhere else; its own index is not compared."""

import differential
from staged import Staged

PROGRAM = "/sbin/modprobe"
MODULES = ["usb-storage", "usb_storage", "cramfs", "snd-*", "net-pf-[0-9]-x", "a]b", "[a-b", "x", "pci:v*d*", "dccp\r"]
NAMES = ["10-a.conf", "50-b.conf", "B.conf", "a.conf", ".hidden.conf", "x.conf~", "README", "noconf", ".conf", "cramfs.conf"]
FOLDERS = ["etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "lib/modprobe.d", "usr/lib/modprobe.d"]

staged = Staged(PROGRAM)


def prepare(root):
    staged.put_into(root)


def line(rng):
    gap = lambda: rng.choice([" ", " ", " ", "\t", "  ", " \\\n ", "\\\n "])
    module = rng.choice(MODULES)
    kind = rng.random()
    if kind < 0.1:
        return rng.choice(["# comment", "#blacklist x", " # blacklist x", "", " ", "#a \\\nblacklist eaten", "nonsense x", "include /etc/x", "BLACKLIST x", "\\", "blacklist"])
    if kind < 0.3:
        return rng.choice(["", "", " ", "\t"]) + "blacklist" + gap() + module + rng.choice(["", "", " ", " # why", "\t"])
    if kind < 0.5:
        return rng.choice(["install", "remove"]) + gap() + module + rng.choice(["", gap() + rng.choice(["/bin/false", "/bin/true # no", "sh -c 'a b'", "/sbin/modprobe --ignore-install x && true", "a\\b", "c \\\n d", "e\tf"])])
    if kind < 0.7:
        return "options" + gap() + module + rng.choice(["", gap(), gap() + rng.choice(["a=1", "a=1\tb=2", "a=\"x y\"", "a", "a=1 \\\n\tb=2"])])
    if kind < 0.85:
        return "alias" + gap() + module + rng.choice(["", gap() + rng.choice(MODULES + ["off"])]) + rng.choice(["", " extra"])
    return "softdep" + gap() + module + rng.choice(["", gap() + rng.choice(["pre: a-b c post: d", "post: d", "a pre: b", "pre:", "pre:a b", "pre: a  pre: b\tpost:", "none", "pre: a post: b pre: c"])])


def text(rng):
    end = rng.choice(["\n", "\n", "\n", "\r\n"])
    return (end.join(line(rng) for _ in range(rng.randint(0, 8))) + rng.choice(["", end, "\nblacklist n\0ul\n"])).encode()


def generate(rng, root):
    # kmod looks at the type of a link that leads nowhere in what it knows of the file before it (conf_files_filter_out()
    # passes over the error of fstatat()), so directories and such links are never in one case.
    has_directories = rng.random() < 0.5
    for folder in FOLDERS:
        if rng.random() < 0.25:
            continue
        (root / folder).parent.mkdir(parents=True, exist_ok=True)
        if rng.random() < 0.04:
            (root / folder).write_bytes(text(rng))
            continue
        (root / folder).mkdir(parents=True, exist_ok=True)
        for name in rng.sample(NAMES, rng.randint(0, 4)):
            path = root / folder / name
            kind = rng.random()
            if kind < 0.08:
                path.symlink_to("/dev/null")
            elif kind < 0.16:
                path.symlink_to("/sbin" if has_directories else rng.choice(["nowhere", "/lib/modprobe.d/10-a.conf", "a.conf"]))
            elif kind < 0.22 and has_directories:
                path.mkdir()
            elif kind < 0.28:
                path.touch()
            else:
                path.write_bytes(text(rng))


def oracle(root):
    done = staged.run(root, "--showconfig")
    if done.returncode != 0:
        return None
    rows, seen = [], set()
    for text_line in done.stdout.decode("utf-8", "replace").split("\n"):
        if text_line.startswith("# End of configuration files"):
            break
        if not text_line or text_line.startswith("#"):
            continue
        kind, name, *rest = text_line.split(" ", 2)
        if kind in ("install", "remove"):
            if (kind, name) in seen:
                continue
            seen.add((kind, name))
        value = name if kind == "blacklist" else (rest[0] if rest else "").lstrip(" \t")
        rows.append((kind, name, value))
    return grouped(rows)


def grouped(rows):
    kinds = ["blacklist", "install", "remove", "alias", "options", "softdep"]
    return sorted(rows, key=lambda row: kinds.index(row[0]))


def mine(rows):
    return grouped([(r["key"], r["scope"], r["value"]) for r in rows if not r["key"].startswith("@")])


differential.run("modprobe", generate, oracle, mine, prepare=prepare)
