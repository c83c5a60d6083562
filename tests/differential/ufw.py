"""ufw's start script sources /etc/default/ufw and /etc/ufw/ufw.conf; what sh has in its variables then is what plimsoll tells."""
import subprocess

import differential

NAMES = ["ENABLED", "LOGLEVEL", "IPV6", "DEFAULT_INPUT_POLICY", "DEFAULT_FORWARD_POLICY"]


def line(rng):
    name = rng.choice(NAMES)
    value = rng.choice(["yes", "no", "\"yes\"", "'no'", "DROP", "\"ACCEPT\"", "", "\"\"", "y\"e\"s", "a\\ b", "yes # c", "yes#c", "'a b'", "yes;IPV6=no", "\"a\\\"b\""])
    return rng.choice(["", "", "", "  ", "\t", "#", "export "]) + name + "=" + value + rng.choice(["", "", " ", ";"])


def generate(rng, root):
    for path in ("etc/default/ufw", "etc/ufw/ufw.conf"):
        (root / path).parent.mkdir(parents=True)
        if rng.random() < 0.9:
            (root / path).write_text("".join(line(rng) + "\n" for _ in range(rng.randint(0, 6))) + rng.choice(["", "", "ENABLED=yes"]))


def oracle(root):
    script = "unset %s; for f in etc/default/ufw etc/ufw/ufw.conf; do [ ! -s $f ] || . ./$f; done\n" % " ".join(NAMES)
    script += "".join("[ -z \"${%s+x}\" ] || printf '%%s=%%s\\n' %s \"$%s\"\n" % (n, n.lower(), n) for n in NAMES)
    done = subprocess.run(["/bin/sh", "-c", script], cwd=root, capture_output=True, text=True, env={"PATH": ""}, timeout=10)
    return None if done.returncode != 0 or done.stderr else sorted(done.stdout.splitlines())


def mine(rows):
    return sorted("%s=%s" % (r["key"], r["value"]) for r in rows)


differential.run("ufw", generate, oracle, mine, needs=["/bin/sh"])
