"""mount: what fstab mounts, against the units that systemd-fstab-generator writes."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from differential import run

GENERATOR = "/usr/lib/systemd/system-generators/systemd-fstab-generator"
SOURCES = ["tmpfs", "server:/x", "//h/s\\040t", "none", "overlay", "sshfs#u@h:/"]
TARGETS = ["/a", "/a/b", "/a\\040b", "/var/log", "/x-y", "/a/", "/a//b", "none", "/c/./d", "relative", "/.hidden", "/dev/shm", "/proc"]
TYPES = ["tmpfs", "nfs", "cifs", "swap", "autofs", "auto", "overlay"]
OPTIONS = ["defaults", "nodev,nosuid", "noexec,exec", "noauto", "noauto,auto", "ro", "size=1M,mode=1777", "noauto,x-systemd.automount", "user", 'context="a,b"']


def generate(rng, root):
    lines = []
    for _ in range(rng.randint(0, 10)):
        fields = [rng.choice(SOURCES), rng.choice(TARGETS), rng.choice(TYPES), rng.choice(OPTIONS)] + rng.choice([[], ["0", "0"], ["0", "2"], ["#", "note"], ["x"]])
        line = rng.choice([" ", "\t", "  "]).join(fields)
        lines.append(rng.choice(["", "", "", "", "#", "  ", " #"]) + line)
        if rng.random() < 0.1:
            lines.append(rng.choice(["", "# x", "one", "\t"]))
    (root / "etc").mkdir()
    (root / "etc/fstab").write_text("\n".join(lines) + rng.choice(["\n", ""]))


def unescape(name):
    path = "/" + name.replace("-", "/") if name != "-" else "/"
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found.group(1), 16)), path)


def oracle(root):
    rows = []
    with tempfile.TemporaryDirectory(prefix="differential-") as folder:
        subprocess.run([GENERATOR, folder, folder, folder], env=dict(os.environ, SYSTEMD_FSTAB=str(root / "etc/fstab"), SYSTEMD_LOG_LEVEL="emerg"), stderr=subprocess.DEVNULL)
        wanted = {path.name for path in pathlib.Path(folder).glob("*.*/*")}
        for path in pathlib.Path(folder).glob("*.mount"):
            if path.is_symlink() or "/etc/fstab" not in path.read_text():
                continue
            fields = dict(re.findall(r"^(What|Type|Where)=(.*)$", path.read_text(), flags=re.M))
            stem = path.name[:-len(".mount")]
            rows.append((unescape(stem), fields["What"].replace("\\x20", " "), fields.get("Type", "auto"), path.name in wanted or stem + ".automount" in wanted))
    return sorted(rows)


def mine(rows):
    return sorted((row["mount_point"], row["source"], row["fstype"] or "auto", row["is_separate"]) for row in rows if row["from"] == "fstab" and row["mount_point"] not in ("/dev/shm", "/proc"))


if __name__ == "__main__":
    if not os.path.exists(GENERATOR):
        print("%s is not installed" % GENERATOR)
        sys.exit(77)
    run("mount", generate, oracle, mine)
