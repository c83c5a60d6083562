#!/usr/bin/python3
"""pam: every way to success that libpam itself finds, against the analysis of the stacks."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import differential

HERE = pathlib.Path(__file__).parent
FAILED = {"7", "10", "14"}
FREE = ["pam_a.so", "pam_b.so", "pam_c.so", "pam_d.so"]
KEYWORDS = ["required", "requisite", "sufficient", "optional", "Required", "SUFFICIENT"]
VALUES = ["success", "new_authtok_reqd", "ignore", "user_unknown", "default"]
ACTIONS = ["ignore", "ok", "done", "bad", "die", "reset", "1", "2", "3"]
built = pathlib.Path(tempfile.mkdtemp(prefix="pam-driver-"))


def build():
    if os.geteuid() != 0:
        print("changing the root takes root")
        sys.exit(77)
    compile = ["cc", "-O1", "-fPIC"]
    if shutil.which("cc") is None or not pathlib.Path("/usr/include/security/pam_modules.h").exists():
        print("cc or libpam0g-dev is not installed")
        sys.exit(77)
    subprocess.run(compile + ["-rdynamic", "-o", built / "driver", HERE / "pam_driver.c", "-lpam"], check=True)
    for name, fixed in (("scripted", None), ("permit", (0, 0)), ("deny", (7, 14))):
        defines = ["-DFIXED_AUTH=%d" % fixed[0], "-DFIXED_SESSION=%d" % fixed[1]] if fixed else []
        subprocess.run(compile + ["-shared", "-o", built / name, HERE / "pam_scripted.c"] + defines, check=True)


def prepare(root):
    folder = root / "lib" / "x86_64-linux-gnu" / "security"
    folder.mkdir(parents=True)
    (root / "etc").mkdir()
    for module in FREE:
        shutil.copy(built / "scripted", folder / module)
    shutil.copy(built / "permit", folder / "pam_permit.so")
    shutil.copy(built / "deny", folder / "pam_deny.so")


def control(rng):
    if rng.random() < 0.5:
        return rng.choice(KEYWORDS)
    pairs = []
    for _ in range(rng.randrange(1, 5)):
        equals = rng.choice(["=", "=", "=", " = ", " =", ""]) if rng.random() < 0.1 else "="
        value, action = rng.choice(VALUES), rng.choice(ACTIONS)
        if rng.random() < 0.03:
            value, action = rng.choice([("sucess", "ok"), ("success", "0"), ("success", "okay"), ("success", ""), ("", "ok"), ("default", "99")])
        pairs.append(value + equals + action)
    return "[" + rng.choice([" ", "  ", "\t"]).join(pairs) + rng.choice(["", " "]) + "]"


class Writer:
    def __init__(self, rng):
        self.rng, self.ids, self.files = rng, 0, 0
        self.folders, self.kept = {}, set()

    def entry(self, type_):
        rng = self.rng
        self.ids += 1
        r = rng.random()
        module = "pam_permit.so" if r < 0.1 else "pam_deny.so" if r < 0.2 else rng.choice(FREE)
        if rng.random() < 0.05:
            module = "/lib/x86_64-linux-gnu/security/" + module
        gap = lambda: rng.choice([" ", "\t", "  ", " \\\n ", " \\\n# note\n\t"]) if rng.random() < 0.2 else " "
        arguments = rng.choice(["", "", "nullok ", "[a b] ", "[x\\]y] "])
        text = rng.choice(["", "", "-", " "]) + rng.choice([type_, type_, type_.upper()]) + gap() + control(rng) + gap() + module + gap() + arguments + "id%d" % self.ids
        return text + rng.choice(["", "", " # comment", "\t"]) + "\n"

    def line(self, type_, depth):
        rng = self.rng
        r = rng.random()
        if r < 0.03:
            return rng.choice(["# auth sufficient pam_permit.so\n", "\n", "  \n", "\t# x\n"])
        if r < 0.05:
            return rng.choice(["%s\n", "%s required\n", "%s [ok\n", "bogus required pam_a.so\n", "%s required # pam_a.so\n", "%s include\n", "%s substack missing\n", "%s include missing\n", "%s sufficient\n"]).replace("%s", type_)
        if r < 0.22 and depth < 3:
            name = self.file(depth + 1)
            kinds = ["%s include F", "%s substack F", "%s substack F", "@include F", "%s  SUBSTACK\tF"]
            kind = rng.choice(kinds)
            if depth > 0 and kind.startswith("@"):
                self.kept.add(name)  # a missing one is chance
            return kind.replace("%s", type_).replace("F", rng.choice([name, name, name, "/etc/pam.d/" + name])) + "\n"
        return self.entry(type_)

    def file(self, depth):
        self.files += 1
        name = "inc%d" % self.files if depth else "svc"
        types = ["auth"] * 5 + ["account", "session"] if self.rng.random() < 0.5 else ["auth", "account", "session"]
        lines = [self.line(self.rng.choice(types), depth) for _ in range(self.rng.randrange(1, 7 if depth == 0 else 4))]
        text = "".join(lines)
        if self.rng.random() < 0.05:
            text = text.rstrip("\n")
        if self.rng.random() < 0.02:
            text += "auth required \\"
        self.folders[name] = text
        return name


def generate(rng, root):
    writer = Writer(rng)
    writer.file(0)
    if rng.random() < 0.5:
        writer.folders["other"] = writer.entry("auth") + writer.entry("account")
    if rng.random() < 0.1:
        (root / "etc" / "pam.conf").write_text("".join(
            rng.choice(["svc", "SVC", "svc", "other", "sv"]) + " " + writer.line(rng.choice(["auth", "account", "session"]), 9) for _ in range(5)))
        return
    for name, text in writer.folders.items():
        for folder in rng.choice([["etc"], ["etc"], ["etc", "usr/lib"], ["etc"] if name in writer.kept else ["usr/lib"]]):
            (root / folder / "pam.d").mkdir(parents=True, exist_ok=True)
            (root / folder / "pam.d" / name).write_text(text if folder == "etc" or rng.random() < 0.7 else "auth required pam_deny.so idz\n")


def oracle(root):
    rows = []
    for type_ in ("auth", "account", "session"):
        done = subprocess.run([built / "driver", root, "svc", type_], capture_output=True, text=True)
        if done.returncode in (3, -11):  # too many ways; libpam itself crashes on some lines
            return None
        assert done.returncode == 0, done
        ways = [[tuple(step.split("=")) for step in line.split()] for line in set(done.stdout.splitlines())]
        rows.append((type_, ways))
    return Ways(rows)


class Ways:
    """Compares equal to plimsoll's rows when they say the same of every way."""

    def __init__(self, stacks):
        self.stacks = stacks
        self.said = []

    def check(self, rows):
        for type_, ways in self.stacks:
            mine = [r for r in rows if r["service"] == "svc" and r["type"] == type_]
            modules = {r["arguments"][-1]: r["module"] for r in mine if r["module"]}
            for way in ways:
                for name, _ in way:
                    if name not in modules:
                        yield "%s: libpam runs %s" % (type_, name)
                        return
            if not mine and ways:
                yield "%s: no rows" % type_
            for row in mine:
                if row["can_succeed"] != bool(ways):
                    yield "%s: can_succeed is %s, %d ways" % (type_, row["can_succeed"], len(ways))
                if row["module"]:
                    yield from self.check_row(row, type_, ways, modules)

    def check_row(self, row, type_, ways, modules):
        me = row["arguments"][-1]
        names = [[n for n, _ in way] for way in ways]
        every = all(me in way for way in names)
        denies = not any(n == me and r in FAILED for way in ways for n, r in way)
        lie, early = set(), set()
        for way in names:
            for at, name in enumerate(way):
                if name != me:
                    lie.add(modules[name])
                    if me not in way[:at]:
                        early.add(modules[name])
        wanted = [every, denies, sorted(lie - early)]
        got = [row["on_every_success"], row["failure_denies"], row["before"]]
        if wanted != got:
            yield "%s %s %s: libpam %s, plimsoll %s" % (type_, me, row["control"], wanted, got)

    def __eq__(self, rows):
        self.said = list(self.check(rows))
        return not self.said

    def __ne__(self, rows):
        return not self == rows

    def __iter__(self):
        return iter(self.said)


if __name__ == "__main__":
    build()
    try:
        differential.run("pam", generate, oracle, lambda rows: rows, prepare)
    finally:
        shutil.rmtree(built)
