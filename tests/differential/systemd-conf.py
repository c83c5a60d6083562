"""systemd-conf: against `systemd-analyze cat-config`: which files count, in which order, and what the last of them say."""
import re
import subprocess

from differential import run

DIRS = ["etc/systemd", "run/systemd", "usr/local/lib/systemd", "usr/lib/systemd"]
FILES = {  # file: (section, {key: ({valid values}, [invalid ones])})
    "journald.conf": ("Journal", {"Storage": (["auto", "none", "persistent"], ["disk", "", "Auto"]), "Seal": (["yes", "off", "1"], ["maybe", ""]), "SystemMaxUse": (["1G", "100M", "5"], ["lots", "-1", ""]),
                                  "MaxLevelStore": (["debug", "err", "3"], ["loud", "8", ""]), "SyncIntervalSec": (["5m", "1h 2min"], ["5x", ""]), "SystemMaxFiles": (["7", "0x10"], ["x", ""])}),
    "logind.conf": ("Login", {"KillUserProcesses": (["yes", "no"], ["yess", ""]), "IdleAction": (["lock", "ignore"], ["sleep", ""]), "StopIdleSessionSec": (["900", "15min"], ["x", ""]), "InhibitorsMax": (["1"], ["-"])}),
    "coredump.conf": ("Coredump", {"Storage": (["none", "journal"], ["auto", ""]), "ProcessSizeMax": (["0", "2G"], ["x", ""])}),
    "resolved.conf": ("Resolve", {"DNSSEC": (["yes", "allow-downgrade"], ["sure", ""]), "LLMNR": (["resolve", "no"], ["x", ""])}),
}
NOISE = ["storage=none", "Storage none", "# Storage=none", ";Seal=yes", "", "  ", "X-Seal=no", "Bogus=1", "=x"]


def body(rng, section, keys):
    lines = []
    for _ in range(rng.randint(0, 6)):
        kind = rng.random()
        if kind < 0.15:
            lines.append(rng.choice(NOISE))
        elif kind < 0.3:
            lines.append("[%s]" % rng.choice([section, section, "Unit", section.lower()]))
        else:
            key = rng.choice(sorted(keys))
            lines.append(key + rng.choice(["=", " = "]) + rng.choice(keys[key][rng.random() < 0.3]))
    if rng.random() < 0.8:
        lines.insert(0, "[%s]" % section)
    return "\n".join(lines) + rng.choice(["\n", "\n", ""])


def generate(rng, root):
    (root / "etc/systemd").mkdir(parents=True)
    for name, (section, keys) in FILES.items():
        if rng.random() < 0.8:
            (root / "etc/systemd" / name).write_text(body(rng, section, keys))
        for _ in range(rng.randint(0, 5)):
            path = root / rng.choice(DIRS) / (name + ".d") / rng.choice(["10-a.conf", "20-b.conf", "a.conf", "Z.conf", ".x.conf", "b.conf~", "c.config"])
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() or path.is_symlink():
                continue
            kind = rng.random()
            if kind < 0.1:
                path.symlink_to("/dev/null")
            elif kind < 0.2:
                path.write_text("")
            else:
                path.write_text(body(rng, section, keys))


def oracle(root):
    rows = []
    for name, (section, keys) in FILES.items():
        text = subprocess.run(["systemd-analyze", "--no-pager", "--root=%s" % root, "cat-config", "systemd/" + name], capture_output=True, text=True, env={"SYSTEMD_COLORS": "0", "PATH": "/usr/bin:/bin"}).stdout
        at, values = None, {}
        for line in text.splitlines():
            found = re.match(r"# (%s/\S+)$" % re.escape(str(root)), line)
            if found:
                at = None
                rows.append((name, "@file", found.group(1)[len(str(root)):]))
            elif line.strip().startswith("["):
                at = line.strip()[1:-1]
            elif at == section and "=" in line and not line.strip().startswith(("#", ";")):
                key, value = (part.strip() for part in line.split("=", 1))
                if key in keys and value in keys[key][0]:
                    values[key] = value
        rows += [(name, key.lower(), value) for key, value in sorted(values.items())]
    return sorted(rows[:0] + rows, key=lambda row: (row[0], row[1] != "@file", row[1] if row[1] != "@file" else ""))


def mine(rows):
    out = []
    for row in rows:
        name = row["scope"].split(" ")[0]
        if name in FILES and not row["origin"].get("default"):
            out.append((name, row["key"], row["value"]))
    return sorted(out, key=lambda row: (row[0], row[1] != "@file", row[1] if row[1] != "@file" else ""))


if __name__ == "__main__":
    run("systemd-conf", generate, oracle, mine, needs=["systemd-analyze"])
