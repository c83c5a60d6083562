"""dpkg --verify and plimsoll name the same files that are not as their packages left them.

Two things dpkg does not do, and debsums does: it does not compare the content of diverted files, and it misses files that
path-exclude kept from being unpacked. They are taken out of the comparison here and have unit tests.
"""
import fnmatch
import hashlib
import re
import subprocess

import differential

DIRECTORIES = ["usr/bin", "bin", "sbin", "usr/sbin", "usr/lib/x", "lib/y", "etc", "etc/default", "usr/share/doc/a", "usr/share/a b", "opt/é"]
NAMES = ["a", "b.conf", "a b", " lead", "trail ", "é", "*", "back\\slash", "q'uo\"te", "-dash", "#hash", "a:amd64", "x  y", "$HOME", "[x]", "...", "~"]
PACKAGES = ["aa", "b0", "lib+x", "c.d", "divert", "gone"]
STATES = ["installed"] * 6 + ["unpacked", "half-configured", "half-installed", "config-files", "not-installed"]
LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib"}


def md5(data):
    return hashlib.md5(data).hexdigest()


class Tree:
    def __init__(self, rng, root):
        self.rng, self.root, self.taken, self.diverted, self.filters = rng, root, set(), [], []
        self.info = root / "var/lib/dpkg/info"
        for folder in (self.info, root / "var/lib/dpkg/updates", root / "etc/dpkg"):
            folder.mkdir(parents=True)
        if rng.random() < 0.9:
            (self.info / "format").write_text("1\n")
        if rng.random() < 0.7:
            for name, target in LINKS.items():
                (root / target).mkdir(parents=True, exist_ok=True)
                (root / name).symlink_to(target)

    def real(self, path):
        """The path without the links of a merged /usr: no two packages put a file at the same place."""
        first, _, rest = path.partition("/")
        return LINKS[first] + "/" + rest if first in LINKS and (self.root / first).is_symlink() else path

    def new_path(self):
        while True:
            path = self.rng.choice(DIRECTORIES) + "/" + self.rng.choice(NAMES)
            if self.real(path) not in self.taken:
                self.taken.add(self.real(path))
                return path

    def put(self, path, data):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def change(self, path):
        """What time, users and intruders do to a file."""
        place, rng = self.root / path, self.rng
        kind = rng.choice(["none"] * 6 + ["alter", "touch", "delete", "link-same", "link-gone", "link-loop", "directory", "empty", "longer"])
        if kind == "none":
            return
        data = place.read_bytes()
        if kind == "touch":
            place.chmod(0o777)
        elif kind == "alter":
            place.write_bytes(bytes([data[0] ^ 1]) + data[1:] if data else b"x")
        elif kind == "longer":
            place.write_bytes(data + b"\0")
        elif kind == "empty":
            place.write_bytes(b"")
        else:
            place.unlink()
            if kind == "link-same":
                place.symlink_to(".target")
                (place.parent / ".target").write_bytes(data)
            elif kind == "link-gone":
                place.symlink_to("nowhere")
            elif kind == "link-loop":
                place.symlink_to(place.name)
            elif kind == "directory" and rng.random() < 0.2:
                place.mkdir()

    def data(self):
        size = self.rng.choice([0, 1, 55, 56, 63, 64, 65, 119, 1000, 131071, 131072, 131073, 262144])
        return self.rng.randbytes(size)

    def package(self, name):
        rng = self.rng
        state, same = rng.choice(STATES), rng.random() < 0.3
        arch = rng.choice(["amd64", "amd64", "i386"])
        listed, sums, conffiles, changed = ["/."], [], [], []
        for _ in range(rng.randint(0, 6)):
            path, data = self.new_path(), self.data()
            for parent in reversed(list((self.root / path).relative_to(self.root).parents)[:-1]):
                listed.append("/%s%s" % (parent, rng.choice(["", "", "/"])))
            listed.append("/" + path)
            place = path
            if rng.random() < 0.15:
                place = path + ".distrib"
                self.taken.add(self.real(place))
                self.diverted.append((path, place, rng.choice([":", "divert", "other", name])))
                if self.diverted[-1][2] == name:
                    place = path
            self.put(place, data)
            changed.append(place)
            kind = rng.choice(["sum"] * 5 + ["none", "conffile", "conffile", "both"])
            if kind in ("sum", "both"):
                sums.append("%s  %s%s\n" % (md5(data), rng.choice(["", "", "/", "./"]), path))
            if kind in ("conffile", "both"):
                flag = rng.choice(["", "", " obsolete", " remove-on-upgrade"])
                # The end of a name in blanks is not told from what separates it from the sum.
                if not path.endswith(" "):
                    conffiles.append(" /%s %s%s\n" % (path, md5(data), flag))
        if rng.random() < 0.3:
            listed.append("/usr/share/doc/never-there")
        if rng.random() < 0.2:
            sums.append("%s  usr/share/doc/not-in-the-list\n" % md5(b"x"))
        for place in changed:
            self.change(place)
        stem = "%s:%s" % (name, arch) if same and (self.info / "format").exists() else name
        if rng.random() < 0.97:
            (self.info / (stem + ".list")).write_text("".join(p + "\n" for p in listed))
        if rng.random() < 0.95:
            (self.info / (stem + ".md5sums")).write_text("".join(sums))
        return "Package: %s\nStatus: install ok %s\nArchitecture: %s\nVersion: 1\n%s%sDescription: d\n Conffiles:\n /etc/trap 0\n" % (
            name, state, arch, "Multi-Arch: same\n" if same else "", "Conffiles:\n" + "".join(conffiles) if conffiles else "")


def generate(rng, root):
    tree = Tree(rng, root)
    stanzas = [tree.package(name) for name in rng.sample(PACKAGES, rng.randint(1, 5))]
    (root / "var/lib/dpkg/status").write_text("\n".join(stanzas))
    (root / "var/lib/dpkg/diversions").write_text("".join("/%s\n/%s\n%s\n" % d for d in tree.diverted))
    if rng.random() < 0.3:
        patterns = rng.sample(["/usr/share/doc/*", "/etc/*", "/usr/*", "/*/a", "/opt/*/a", "*never*"], 2)
        (root / "etc/dpkg/dpkg.cfg").write_text("# comment\n\nno-debsig\npath-exclude=%s\npath-include \"%s\"\n" % tuple(patterns))


def filters(root):
    """What path-exclude leaves out: the last filter that matches decides."""
    config = root / "etc/dpkg/dpkg.cfg"
    rules = re.findall(r'^path-(\w+)[= ]"?([^"\n]*)', config.read_text(), re.M) if config.exists() else []

    def leave_out(path):
        kinds = [kind for kind, pattern in rules if fnmatch.fnmatchcase(path, pattern)]
        return bool(kinds) and kinds[-1] == "exclude"
    return leave_out


current = {}


def oracle(root):
    lines = (root / "var/lib/dpkg/diversions").read_text().splitlines()
    current["diverted"] = set(lines[1::3])
    done = subprocess.run(["dpkg", "--root", str(root), "--verify"], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        return None
    leave_out, rows = filters(root), []
    for line in done.stdout.splitlines():
        path = re.sub(r" \((Not a directory|Too many levels of symbolic links)\)$", "", line[12:])
        state = "missing" if line.startswith("missing") else "not-regular" if line[1] == "M" else "altered"
        if state == "missing" and leave_out(path):
            continue
        if state == "missing" or path not in current["diverted"]:
            rows.append("%s %s %s" % (path, state, line[10] if path not in current["diverted"] else " "))
    return sorted(rows)


def mine(rows):
    kept = [r for r in rows if r["state"] == "missing" or (r["state"] in ("altered", "not-regular") and r["path"] not in current["diverted"])]
    return sorted("%s %s %s" % (r["path"], r["state"], "c" if r["conffile"] and r["path"] not in current["diverted"] else " ") for r in kept)


differential.run("dpkg-files", generate, oracle, mine, needs=["dpkg"])
