"""fstab: against `findmnt --fstab` (util-linux)."""
import json
import subprocess

from differential import run

SOURCES = ["/dev/sda1", "UUID=5a3c", "LABEL=a b", "tmpfs", "//host/share\\040x", "host:/x", "UUID=", "\\040", "#x", "none", "proc", 'LABEL="q"']
TARGETS = ["/", "/tmp", "/var/log", "/a\\040b", "/a\\134b", "/x\\04", "none", "swap", "/tmp/", "/a\\000b", "/\\303\\244", "rel/ative"]
TYPES = ["ext4", "tmpfs", "swap", "auto", "ext3,ext4", "nfs4", "none", "\\145xt4"]
OPTIONS = ["defaults", "ro,nosuid,nodev", "noexec,,nodev", ",", "size=50%,mode=1777", 'context="a,b",ro', '"', "x-systemd.automount", "ro\\054rw", "#no", "comment=a\\040b", "=", "rw,ro"]
NUMBERS = ["0", "1", "2", "-1", "+3", "007", "08", "0x1", "1x", "x", "4294967296", "2147483648", "99999999999999999999", "#", "\v4", "1\r"]
SEPARATORS = [" ", "\t", "  ", " \t ", "\t\t"]
LINES = ["", "# comment", "  # indented", " \t", "\r", "one", "one two", "#", "\f", "a\rb /c ext4 ro"]


def line(rng):
    if rng.random() < 0.15:
        return rng.choice(LINES)
    fields = [rng.choice(pool) for pool in (SOURCES, TARGETS, TYPES, OPTIONS, NUMBERS, NUMBERS)]
    if rng.random() < 0.6:
        fields[4:] = [rng.choice("01"), rng.choice("012")]
    fields = fields[:rng.choice([6, 6, 6, 6, 5, 4, 3, 2])]
    if rng.random() < 0.2:
        fields.append(rng.choice(["# note", "3", "extra words"]))
    text = rng.choice(SEPARATORS) if rng.random() < 0.1 else ""
    for field in fields:
        text += field + rng.choice(SEPARATORS)
    return text.rstrip(" \t") if rng.random() < 0.8 else text


def generate(rng, root):
    end = rng.choice(["\n", "\n", "\n", "\r\n"])
    text = end.join(line(rng) for _ in range(rng.randint(0, 12)))
    if rng.random() < 0.8:
        text += end
    if rng.random() < 0.05:
        text = "\ufeff" + text
    (root / "etc").mkdir()
    (root / "etc/fstab").write_text(text, newline="")


def oracle(root):
    done = subprocess.run(["findmnt", "--fstab", "--tab-file", str(root / "etc/fstab"), "--json", "-o", "TARGET,SOURCE,FSTYPE,OPTIONS,FREQ,PASSNO"],
                          capture_output=True, env={"LC_ALL": "C.UTF-8"})
    rows = []
    for entry in json.loads(done.stdout, strict=False)["filesystems"] if done.stdout.strip() else []:
        rows += [(entry["target"], key, str(entry[key])) for key in ("source", "fstype", "options", "freq", "passno") if entry[key] is not None]
    return rows


def mine(rows):
    return [(row["scope"], row["key"], row["value"]) for row in rows]


if __name__ == "__main__":
    run("fstab", generate, oracle, mine, needs=["findmnt"])
