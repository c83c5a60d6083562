"""The profiles that apparmor_parser finds in a file, with their modes (`apparmor_parser -Q -K -d`, and `-N` for children), are the
ones that plimsoll tells."""
import re
import subprocess

import differential

PROGRAM = "/usr/sbin/apparmor_parser"
RULES = ["/a r,", "/{usr/,}bin/** rix,", "capability chown,", "deny /x w,", "# profile no {", "owner @{V}/x rw,", "network inet stream,", "file,", "signal (send, receive) peer=x,", "\"/b c\" r,", "/x Cx -> kid,", "audit deny /{a,b}{c,d} w,",
         "mount options=(ro, bind) /a -> /b,", "set rlimit nofile <= 10,", "/a\\{b r,", "/d/{,**} r,", "change_profile -> x,", "ptrace (read)\n    peer=unconfined,"]


class Writer:
    def __init__(self, rng):
        self.rng, self.count = rng, 0

    def flags(self, child=False):
        rng = self.rng
        if rng.random() < 0.5:
            return ""
        flags = rng.choice(["complain", "enforce", "complain,attach_disconnected", "attach_disconnected", "attach_disconnected mediate_deleted", "mediate_deleted, complain"])
        return rng.choice([" flags=(%s)", " flags=(%s)", " flags = ( %s )", " (%s)"] if not child else [" flags=(%s)"]) % flags

    def body(self, depth):
        rng, out = self.rng, ""
        for _ in range(rng.randint(0, 4)):
            kind = rng.random()
            if kind < 0.75 or depth > 0:
                out += "  " + rng.choice(RULES) + "\n"
            elif kind < 0.85:
                self.count += 1
                out += "  " + rng.choice(["profile kid%d%s {\n%s  }\n", "^hat%d%s {\n%s  }\n", "hat hut%d%s {\n%s  }\n"]) % (self.count, self.flags(True), self.body(1))
            elif kind < 0.95:
                out += "  if $B {\n    /y r,\n  } else {\n    /z r,\n  }\n"
            else:
                out += "  include if exists <none>\n"
        return out

    def profile(self):
        self.count += 1
        head = self.rng.choice(["profile p%d", "profile p%d /usr/bin/{x,y}%d", "/usr/bin/z%d", "profile \"q %d\"", "/usr/{,s}bin/z%d", "\"/opt/a b%d\"", "profile r%d xattrs=(security.x=y)", "/**/v%d"])
        head = head % ((self.count,) * head.count("%d"))
        space = self.rng.choice([" ", "\n", "  "])
        return head + self.flags() + space + "{" + self.rng.choice(["\n", " # c {\n"]) + self.body(0) + "}\n"


def generate(rng, root):
    writer = Writer(rng)
    for folder in ("disable", "force-complain"):
        (root / "etc/apparmor.d" / folder).mkdir(parents=True)
    for name in rng.sample(["usr.bin.x", "local.dpkg-old", ".hidden", "b~", "sbin.y"], rng.randint(1, 4)):
        text = rng.choice(["@{V}=/v /w\n$B = true\n", "@{V} = /v # {\n@{V} += \"/w x\"\n$B=false\nalias /a -> /b,\n"])
        text += "".join(writer.profile() + rng.choice(["", "\n", "# profile x { }\n"]) for _ in range(rng.randint(0, 3))) + rng.choice([""] * 12 + ["profile broken {\n", "}\n"])
        (root / "etc/apparmor.d" / name).write_text(text)
        for folder in ("disable", "force-complain"):
            if rng.random() < 0.12:
                (root / "etc/apparmor.d" / folder / name).symlink_to("../" + name)


def oracle(root):
    top, rows = root / "etc/apparmor.d", []
    for path in sorted(top.iterdir()):
        if path.is_dir() or path.name.endswith("~") or path.name.startswith(".") or path.name.endswith(".dpkg-old"):
            continue
        disabled = (top / "disable" / path.name).is_symlink()
        arguments = ["--base", "/nonexistent"] if disabled else ["--base", str(top)]
        done = subprocess.run([PROGRAM, "-Q", "-K", "-d", *arguments, str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        names = subprocess.run([PROGRAM, "-N", "--base", "/nonexistent", str(path)], capture_output=True, text=True)
        if names.returncode != 0 or done.returncode != 0:
            return None
        modes = dict(re.findall(r"(?m)^Name:\t\t(.*)\nMode: (.*)$", done.stdout))
        for name in names.stdout.splitlines():
            top_level = modes.get(name.split("//")[0], "")
            if "//" in name:
                rows.append((name, "child"))
            else:
                rows.append((name, "disabled" if disabled else top_level.strip() or "enforce"))
    return sorted(rows)


def mine(rows):
    return sorted((r["name"], "child" if "//" in r["name"] else r["mode"]) for r in rows)


differential.run("apparmor", generate, oracle, mine, needs=[PROGRAM])
