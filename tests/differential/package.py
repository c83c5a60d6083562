"""dpkg-query -W and plimsoll list the same packages with the same versions and states."""
import subprocess

import differential

FORMAT = "|".join("${%s}" % f for f in ("Package", "Version", "Architecture", "db:Status-Status", "db:Status-Want", "Essential",
                                        "source:Package", "source:Version")) + "\n"
NAMES = ["a", "b0", "lib+x", "c.d-e", "Zed", "telnetd", "openssh-server", "aa", "a-a", "a+a"]
VERSIONS = ["1", "0:1", "00:2", "1:9.2p1-2+deb12u3", "007:1", "1.0~rc1-1", "2:0~0", "1-1-1", "1.2.3+dfsg", "0:0-0", "1:1:1-1"]
STATES = ["installed", "config-files", "unpacked", "half-configured", "half-installed", "not-installed"]


def blanks(rng):
    return rng.choice(["", " ", "  ", "\t", " \t "])


def field(rng, name, value):
    name = rng.choice([name, name, name.lower(), name.upper()])
    return "%s%s:%s%s%s\n" % (name, rng.choice(["", "", " "]), blanks(rng), value, rng.choice(["", "", " ", "\t"]))


def stanza(rng, name):
    status = "%s %s %s" % (rng.choice(["install", "hold", "deinstall", "purge"]), rng.choice(["ok", "ok", "reinstreq"]), rng.choice(STATES + ["installed"] * 3))
    fields = [field(rng, "Package", name), field(rng, "Status", status), field(rng, "Architecture", rng.choice(["amd64", "amd64", "i386", "all"])),
              field(rng, "Version", rng.choice(VERSIONS)), "Maintainer: x\n",
              "Description: d\n" + rng.choice(["", " Package: trap\n Status: install ok installed\n .\n"])]
    if rng.random() < 0.3:
        fields.append(field(rng, "Essential", rng.choice(["yes", "no"])))
    if rng.random() < 0.5:
        fields.append(field(rng, "Source", rng.choice(["src", "src (1.0-1)", "src (2:1.0)", "src  (3)"])))
    if rng.random() < 0.3:
        fields.append("Conffiles:\n /etc/x 0123\n /etc/Version: 1\n")
    if rng.random() < 0.5:
        fields.append(field(rng, "Multi-Arch", rng.choice(["same", "foreign", "no", "allowed"])))
    if rng.random() < 0.04:
        fields.append(rng.choice(["nonsense\n", "Version: 5\n", " \n", ": x\n"]))
    rng.shuffle(fields)
    if fields[0].startswith(" "):
        fields.append(fields.pop(0))
    return "".join(fields)


def stanzas(rng, names):
    return "\n".join(stanza(rng, n) + rng.choice(["", "", "\n", "\n\n"]) for n in names)


def generate(rng, root):
    folder = root / "var/lib/dpkg"
    for name in ("updates", "info"):
        (folder / name).mkdir(parents=True)
    names = rng.sample(NAMES, rng.randint(0, 6))
    text = rng.choice(["", "\n"]) + stanzas(rng, names)
    if rng.random() < 0.3:
        text += "\n" + stanzas(rng, rng.sample(NAMES, 2))
    (folder / "status").write_text(text)
    for number in range(rng.choice([0, 0, 0, 1, 2])):
        (folder / "updates" / ("%04d" % number)).write_text(stanza(rng, rng.choice(NAMES)))


def oracle(root):
    done = subprocess.run(["dpkg-query", "--admindir", str(root / "var/lib/dpkg"), "-W", "-f", FORMAT], capture_output=True, text=True)
    if done.returncode != 0 or "error" in done.stderr:
        return None
    return sorted(done.stdout.splitlines())


def mine(rows):
    return sorted("|".join(r[f] or "" if f != "essential" else ("yes" if r[f] else "no")
                           for f in ("name", "version", "architecture", "status", "want", "essential", "source", "source_version"))
                  for r in rows)


differential.run("package", generate, oracle, mine, needs=["dpkg-query"])
