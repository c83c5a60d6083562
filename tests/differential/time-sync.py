"""What `chronyd -p` prints of a configuration, includes and directories worked out, is what plimsoll tells."""
import subprocess

import differential

REPEATED = {"server", "pool", "peer", "allow", "deny", "log"}


def line(rng, depth):
    kind = rng.random()
    if kind < 0.55:
        text = rng.choice(["server a.example iburst", "pool  p.example\tiburst maxsources 4", "Server b.example", "peer c.example", "user _chrony", "USER root", "cmdport 0", "port 123", "keyfile /etc/k", "allow", "allow 10.0.0.0/8", "allow all",
                           "deny 10.1", "log tracking  measurements", "driftfile /var/d", "rtcsync", "makestep 1 3", "maxupdateskew 100.0", "leapsectz right/UTC", "logdir /var/log/x"])
        return rng.choice(["", "", " ", "\t"]) + text + rng.choice(["", "", " ", "\r"])
    if kind < 0.7:
        return rng.choice(["# server no", "! server no", ";server no", "%server no", "", "  # x", "\t"])
    if kind < 0.74:
        return rng.choice(["bogus x", "server", "include", "confdir"])
    if depth > 0:
        return ""
    return rng.choice(["confdir /etc/chrony/a /etc/chrony/b", "confdir /etc/chrony/b", "include /etc/chrony/inc*.conf", "include /etc/chrony/b/x.conf", "confdir /etc/chrony/none", "include /etc/chrony/none*", "INCLUDE /etc/chrony/[a]/*.conf"])


def text_of(rng, depth, most):
    return "".join(line(rng, depth) + "\n" for _ in range(rng.randint(0, most))) + rng.choice(["", "", "cmdport 1"])


def generate(rng, root):
    top = root / "etc/chrony"
    for folder in ("a", "b"):
        (top / folder).mkdir(parents=True)
        for name in rng.sample(["x.conf", "y.conf", "10.conf", "z.confx", ".h.conf", "q"], rng.randint(0, 4)):
            (top / folder / name).write_text(text_of(rng, 1, 3))
    (top / "inc1.conf").write_text(text_of(rng, 1, 2))
    (top / "chrony.conf").write_text(text_of(rng, 0, 8))


def oracle(root):
    copy = root.parent / "chrony"
    for path in (root / "etc/chrony").rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(root / "etc/chrony")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text().replace("/etc/chrony", str(copy)))
    done = subprocess.run(["chronyd", "-p", "-f", str(copy / "chrony.conf")], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    rows, last = [], {}
    for text in done.stdout.splitlines():
        key, _, value = text.partition(" ")
        if key.lower() in REPEATED:
            rows.append((key.lower(), value))
        else:
            last[key.lower()] = value
    return sorted(rows + list(last.items()))


def mine(rows):
    return sorted((r["key"], r["value"]) for r in rows if not r["key"].startswith("@") and "file" in r["origin"])


differential.run("time-sync", generate, oracle, mine, needs=["chronyd"])
