"""The file that `augenrules` writes is the one plimsoll works out: byte for byte the same, and not the same once altered."""
import pathlib
import random
import subprocess

import differential

PROGRAM = pathlib.Path("/usr/sbin/augenrules")
NAMES = ["audit.rules", "10-a.rules", "9-b.rules", "09-c.rules", "010-d.rules", "99-z.rules", "a.rules", "A.rules", "_u.rules", "10a.rules", "10-a.b.rules", "10-a~.rules", "x.rules.rules", "v1.10.rules", "v1.9.rules",
         "a.rules.bak", "norules", "b.rule", "-x.rules", "z~.rules", "10-.rules", "10.rules", "1.rules", "+p.rules", "two words.rules", "é.rules", ".hidden.rules", "rules", "~t.rules", "0.rules", "00.rules", "k1b.rules"]
LINES = ["-D", "-D ", " -D", "-D -k x", "-b 8192", "-b 320", "\t-b 1", "-f 1", "-f 2", "-e 1", "-e 2", " -e 2", "s-e 0", "ss-D", "-Ds", "-e2", "-b8192", "--backlog_wait_time 60000", "-w /etc/passwd -p wa -k id", "# comment", " # comment",
         "\t# x", "s# y", "", " ", "\t", "-a always,exit -F arch=b64 -S open,openat -F key=x", "-a never,task", "-i", "-c", "-r 100", "\r", "-D\r", "-e 2\r", "%s %d", "\\n -w", "-w /é -p r", "-eject", "-far", "-bar", "#", "\v-e 1"]


def text(rng):
    out = "\n".join(rng.choice(LINES) for _ in range(rng.randint(0, 12)))
    return out + rng.choice(["\n", "\n", "\n", "", "\n\n"])


def generate(rng, root):
    rules = root / "etc/audit/rules.d"
    rules.mkdir(parents=True)
    for name in rng.sample(NAMES, rng.randint(0, 9)):
        path = rules / name
        kind = rng.random()
        if kind < 0.04:
            path.mkdir()
        elif kind < 0.08:
            path.symlink_to("/nowhere")
        elif kind < 0.12:
            (root / "etc/real").write_text(text(rng))
            path.symlink_to("../../real")
        else:
            path.write_text(text(rng))
    (root / "seed").write_text(str(rng.random()))


def oracle(root):
    # The script itself, with the root before the two names that it works on.
    script = PROGRAM.read_text().replace("=/etc/audit", "=%s/etc/audit" % root)
    subprocess.run(["sh", "-c", script], capture_output=True, timeout=30)
    written = root / "etc/audit/audit.rules"
    content = written.read_bytes().replace(str(root).encode(), b"")
    rng = random.Random((root / "seed").read_text())
    kept = content
    if rng.random() < 0.4:
        parts = content.split(b"\n")
        at = rng.randrange(len(parts) - 1)
        kind = rng.random()
        if kind < 0.4:
            parts.pop(at)
        elif kind < 0.7:
            parts[at] += b" "
        else:
            other = rng.randrange(len(parts) - 1)
            parts[at], parts[other] = parts[other], parts[at]
        content = b"\n".join(parts)
    written.write_bytes(content)
    return ["same" if content == kept else "differs"]


def mine(rows):
    return [r["value"] for r in rows if r.get("kind") == "generated"]


differential.run("audit-rules", generate, oracle, mine, needs=["augenrules", "ls", "awk"])
