"""What dconf itself reads through a profile, of databases that it has compiled itself, is what plimsoll tells."""
import os
import subprocess

import differential

KEYS = ["k", "m", "name", "x-y"]
VALUES = ["true", "false", "1", "uint32 5", "'one'", "\"two\"", "['a', 'b']", "[1,2]", "('x', 3)", "'it\\\\'s'", "\"say 'no'\"", "-7", "@as []", "''", "  true ", "{'a': 1}", "<'v'>"]


def keyfile(rng):
    out = ""
    for _ in range(rng.randint(0, 3)):
        out += "[%s]\n" % rng.choice(["org/a", "org/b/c", "/", "org/a"])
        for _ in range(rng.randint(0, 3)):
            out += rng.choice(["# no\n", "\n", "%s=%s\n", "%s = %s\n", "%s=%s \n", " %s=%s\n"] + ["%s=%s\n"] * 6).replace("%s", rng.choice(KEYS), 1).replace("%s", rng.choice(VALUES + ["nonsense", "1 # c", "'x"] * (rng.random() < 0.06)), 1)
    return out + rng.choice([""] * 30 + ["[broken\n", "k\n"])


def generate(rng, root):
    profile = root / "etc/dconf/profile"
    profile.mkdir(parents=True)
    names = ["local", "site"][:rng.randint(1, 2)]
    (profile / "user").write_text(rng.choice(["user-db:user\n", "", "# c\nuser-db:user # d\n"]) + "".join("system-db:%s\n" % n for n in names))
    for name in names:
        folder = root / "etc/dconf/db" / (name + ".d")
        (folder / "locks").mkdir(parents=True)
        for file in rng.sample(["00-a", "10-b", "9-c", ".hidden"], rng.randint(0, 3)):
            (folder / file).write_text(keyfile(rng))
        if rng.random() < 0.6:
            (folder / "locks/l").write_text("".join(rng.choice(["/org/a/k\n", "/org/b/c/m\n", "/k\n", "# /org/a/m\n", "\n"]) for _ in range(3)))


def oracle(root):
    lines = []
    for line in (root / "etc/dconf/profile/user").read_text().splitlines():
        if line.startswith("system-db:"):
            name = line[10:]
            out = root.parent / (name + ".db")
            done = subprocess.run(["dconf", "compile", str(out), str(root / "etc/dconf/db" / (name + ".d"))], capture_output=True, text=True)
            if done.returncode != 0:
                return None
            lines.append("file-db:%s\n" % out)
    profile = root.parent / "profile"
    profile.write_text("".join(lines))
    text = subprocess.run(["dconf", "dump", "/"], capture_output=True, text=True, env={**os.environ, "DCONF_PROFILE": str(profile)}).stdout
    rows, group = [], ""
    for line in text.splitlines():
        if line.startswith("["):
            group = "/" if line == "[/]" else "/" + line[1:-1] + "/"
        elif line:
            rows.append(group + line.replace("=uint32 ", "=", 1))
    return sorted(rows)


def mine(rows):
    return sorted(r["key"] + "=" + r["value"] for r in rows if not r["key"].startswith("@") and r["scope"] == "user")


differential.run("dconf", generate, oracle, mine, needs=["dconf"])
