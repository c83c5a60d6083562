#!/usr/bin/python3
"""nss: which services glibc asks, in which order and up to which answer, against the order that the rows of plimsoll tell.

Services that only say that they were asked are built, put into a root with a crafted nsswitch.conf, and a program asks every
database there. What the services answer differs from case to case."""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import differential

HERE = pathlib.Path(__file__).resolve().parent
DATABASES = ["passwd", "group", "shadow", "gshadow", "protocols", "services", "rpc", "aliases"]
ASKED = [name for name in DATABASES if name != "rpc"]
SERVICES = 4
STATUSES = ["TRYAGAIN", "UNAVAIL", "NOTFOUND", "SUCCESS"]  # as the services number them, from -2
stage = tempfile.TemporaryDirectory(prefix="differential-")
STAGE = pathlib.Path(stage.name)
SEEDS = {}


def build():
    def compile_(source, output, *words):
        subprocess.run(["cc", "-w", "-O1", "-o", str(output), str(HERE / source), *words], check=True)
    compile_("nss_driver.c", STAGE / "driver")
    listed = subprocess.run(["ldd", str(STAGE / "driver")], capture_output=True, text=True, check=True).stdout
    libraries = [path for path in re.findall(r"(/\S+) \(0x", listed)]
    folder = next(os.path.dirname(path) for path in libraries if "libc.so" in path)
    for number in range(SERVICES):
        output = STAGE / ("root" + folder) / ("libnss_t%d.so.2" % number)
        output.parent.mkdir(parents=True, exist_ok=True)
        compile_("nss_service.c", output, "-shared", "-fPIC", "-DNUMBER=%d" % number)
    for path in libraries:
        copy = STAGE / ("root" + path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(path), copy)


def prepare(root):
    for path in sorted((STAGE / "root").rglob("*")):
        copy = root / path.relative_to(STAGE / "root")
        if path.is_dir():
            copy.mkdir(exist_ok=True)
        else:
            os.link(path, copy)
    (root / "etc").mkdir()


def blank(rng):
    return rng.choice([" ", " ", " ", "\t", "  ", "\v", ""])


def action(rng):
    status = rng.choice(STATUSES * 3 + ["success", "NotFound", "RETURN", "", "UNAVAILABLE"])
    negated = "!" if rng.random() < 0.25 else ""
    verb = rng.choice(["return", "continue", "RETURN", "Continue"] * 3 + ["stop", ""])
    if not negated and status.upper() != "SUCCESS" and rng.random() < 0.15:
        verb = "merge"  # after any other answer it goes on
    return negated + (" " if rng.random() < 0.01 else "") + status + blank(rng) + ("=" if rng.random() < 0.98 else "") + blank(rng) + verb


def services(rng):
    out = ""
    for _ in range(rng.choice([0, 1, 2, 2, 3, 4, 5])):
        out += rng.choice(["t0", "t1", "t2", "t3", "nosuch", "T1"])
        if rng.random() < 0.4:
            actions = rng.choice([" ", "\t"]).join(action(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))
            out += blank(rng) + "[" + blank(rng) + actions + blank(rng) + ("]" if rng.random() < 0.98 else "")
            if rng.random() < 0.03:
                out += blank(rng) + "[NOTFOUND=return]"
        out += rng.choice([" ", " ", "\t", "  "])
    if rng.random() < 0.15:
        out += rng.choice(["# t0", "#t1", "[", "[]", "]", "=", ":", "t2:"])
    return out


def line(rng, database):
    name = database if rng.random() < 0.95 else rng.choice([database.upper(), "#" + database, database + "x", "sudoers"])
    return blank(rng) + name + rng.choice([":", ":", ":", ": ", " : ", "\t:", " ", "::", ": :"]) + blank(rng) + services(rng) + rng.choice(["\n"] * 8 + ["\r\n"])


def generate(rng, root):
    names = [name for name in DATABASES if rng.random() < 0.7] + [rng.choice(DATABASES) for _ in range(rng.choice([0, 0, 1, 2]))]
    rng.shuffle(names)
    text = "".join(rng.choice(["", "", "", "\n", "# x\n", "passwd\n", "  \n"]) + line(rng, name) for name in names)
    if rng.random() < 0.15:
        text = text.rstrip("\n")
    (root / "etc/nsswitch.conf").write_text(text)
    SEEDS[str(root)] = rng.randrange(1 << 16)


def oracle(root):
    done = subprocess.run([str(STAGE / "driver"), str(root)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          timeout=20, env={"SEED": str(SEEDS[str(root)])})
    if done.returncode:
        raise RuntimeError("the driver ended with %d: %r" % (done.returncode, done.stderr[-200:]))
    oracle.seed = SEEDS[str(root)]
    return [row.strip() for row in done.stderr.decode().splitlines() if row.strip()]


def asked(value, database, seed):
    """Who is asked, by the text of a row."""
    out = []
    for service, actions in re.findall(r"(\S+)(?: \[([^\]]*)\])?", value):
        rules = {"SUCCESS": "return", "NOTFOUND": "continue", "UNAVAIL": "continue", "TRYAGAIN": "continue"}
        rules.update(pair.split("=") for pair in actions.split())
        status = "UNAVAIL"
        if re.fullmatch("t[0-3]", service):
            out.append(service)
            status = STATUSES[seed // (1 << (2 * ((int(service[1]) + DATABASES.index(database)) % 8))) % 4]
        else:
            # Of a service that cannot be loaded glibc passes on to the next only where it says `continue`.
            rules["UNAVAIL"] = rules["UNAVAIL"].replace("merge", "return")
        if rules[status] == "return":
            break
    return out


def mine(rows):
    values = {row["key"]: row["value"] for row in rows if not row["key"].startswith("@")}
    if not rows:
        return list(ASKED)  # glibc answers nothing
    # The services of the default, files, are not ours and say nothing.
    return [" ".join([name, *asked(values.get(name, ""), name, oracle.seed)]) for name in ASKED]


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("chroot(2) needs root")
        sys.exit(77)
    if not shutil.which("cc"):
        print("cc is not installed")
        sys.exit(77)
    build()
    differential.run("nss", generate, oracle, mine, prepare=prepare)
