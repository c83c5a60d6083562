#!/usr/bin/env python3
"""Bad input, for every probe that is built in: its main file empty, binary, cut off, huge, unreadable, a FIFO, a
link to itself and so on. Each run ends quickly, without a crash, with facts or with a reason why there are none;
where the file cannot have been read there is a reason; and no scan of such a root is green.

  bad_input_test.py --plimsoll BIN --source DIR [--only PROBE]
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("--plimsoll", required=True)
parser.add_argument("--source", required=True)
parser.add_argument("--only")
args = parser.parse_args()

SECONDS = 10  # of processor time for one run
ATTEMPTS = 3  # a neighbour on the machine slows a run down threefold; what it cannot do is make one faster
WALL_SECONDS = 60  # by the clock: a busy machine is no failure, a run that waits for ever is
MANY_BYTES = 15 << 20  # below the cap of 16 MiB a file, so that all of it is parsed
FIXTURES = pathlib.Path(args.source) / "tests" / "plugins"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
# Where the program itself, or the search for documents, passes over a FIFO, or a link to itself, as if nothing were there.
PASSED_OVER = {"systemd", "systemd-security", "dockerfile", "helm", "kubernetes", "compose", "spring"}


class Failures(list):
    """Said at once, in case the whole run is cut short."""

    def append(self, failure):
        print(failure, flush=True)
        super().append(failure)


failures = Failures()
slowest = [(0.0, "")]


# ---- running the program ----

def processor_time():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(what, *words, prefix=()):
    """Exit code and standard error; crashes and runs that take too long each time are noted."""
    times = []
    while not times or (times[-1] > SECONDS and len(times) < ATTEMPTS):
        before = processor_time()
        try:
            done = subprocess.run([*prefix, PLIMSOLL, *map(str, words)], capture_output=True, timeout=WALL_SECONDS,
                                  stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            failures.append(f"{what}: not done after {WALL_SECONDS} s")
            return None, ""
        times.append(processor_time() - before)
    slowest.append((min(times), what))
    if min(times) > SECONDS:
        failures.append(f"{what}: took " + ", ".join(f"{seconds:.1f}" for seconds in times) + " s of processor time")
    if done.returncode not in (0, 1, 2, 3):
        failures.append(f"{what}: ended with {done.returncode}: {done.stderr[-300:]!r}")
    return done.returncode, done.stderr.decode(errors="replace")


def facts(what, probe, root, unknown=False, prefix=()):
    """The facts of one probe. `unknown`: something was not read, so there must be a gap."""
    code, errors = run(f"{probe}: {what}", "facts", probe, "--root", root, "--format", "jsonl", prefix=prefix)
    if code == 3 and "warning" not in errors:
        failures.append(f"{probe}: {what}: unknown without a reason")
    if code in (1, 2) or (unknown and code == 0):
        failures.append(f"{probe}: {what}: exit {code}: {errors[-300:]}")


def scan(what, root, prefix=()):
    code, errors = run(f"scan: {what}", "scan", "--root", root, "--format", "json", prefix=prefix)
    if code == 0:
        failures.append(f"scan: {what}: green")
    if code == 2 and not errors:
        failures.append(f"scan: {what}: refused without a word")


# ---- making roots ----

class Root:
    """A directory that is gone when the case is done."""

    def __init__(self):
        self.top = pathlib.Path(tempfile.mkdtemp(dir=WORK))
        self.top.chmod(0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.top, ignore_errors=True)

    def at(self, path):
        place = self.top / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def write(self, path, content):
        self.at(path).write_bytes(content if isinstance(content, bytes) else content.encode())


def seed(probe, path):
    """The longest content of a probe's main file in its fixtures."""
    found = [f for f in FIXTURES.glob(f"{probe}/fixtures/*/root{path}") if f.is_file()]
    return max((f.read_bytes() for f in found), key=len, default=b"") or b"key = value\n"


def sparse(place, size, start=b"", end=b""):
    with open(place, "wb") as out:
        out.write(start)
        out.truncate(size)
        out.seek(0, os.SEEK_END)
        out.write(end)


# ---- the cases: content ----

def mutations(text):
    yield "empty", b""
    yield "only a newline", b"\n"
    yield "binary", bytes(range(256)) * 64
    yield "cut off in the middle", text[: len(text) // 2]
    yield "cut off after a third", text[: len(text) // 3]
    yield "CRLF", text.replace(b"\n", b"\r\n")
    yield "NUL bytes", text.replace(b"\n", b"\0\n").replace(b" ", b" \0")
    yield "no final newline", text.rstrip(b"\n")
    yield "byte-order mark", b"\xef\xbb\xbf" + text
    yield "not UTF-8", text.replace(b"e", b"\xe9")
    yield "brackets", b"{[(<" * 20000
    yield "quotes", b"\"'`" * 20000
    yield "backslashes", b"a = \\\n" * 20000


def try_content(probe, path):
    for what, content in mutations(seed(probe, path)):
        with Root() as root:
            root.write(path, content)
            facts(what, probe, root.top)


def try_size(probe, path):
    text = seed(probe, path)
    lines = text.count(b"\n") or 1
    times = max(1, min(1_000_000 // lines, MANY_BYTES // len(text)))
    with Root() as root:
        root.write(path, text * times)
        facts("a million lines", probe, root.top)
        root.write(path, b"#\n" * 1_000_000)
        facts("a million comments", probe, root.top)
        root.write(path, text.split(b"\n")[0] + b"a" * MANY_BYTES + b"\n")
        facts("a line of 15 MB", probe, root.top)
        root.write(path, (text.split(b"\n")[0] + b" ") * (MANY_BYTES // (len(text.split(b"\n")[0]) + 1)))
        facts("a line of many words", probe, root.top)
        place = root.at(path)
        sparse(place, 100 << 20, text.rstrip(b"\n"), b"\n")
        facts("a line of 100 MB", probe, root.top, unknown=path in READ_WHOLE[probe])
        sparse(place, 1 << 30, text)
        facts("a file of 1 GiB", probe, root.top, unknown=path in READ_WHOLE[probe])


# ---- the cases: what is there is no readable file ----

def try_kinds(probe, path):
    must = path in READ_WHOLE[probe]
    with Root() as root:
        os.mkfifo(root.at(path))
        facts("a FIFO", probe, root.top, unknown=must and probe not in PASSED_OVER)
    with Root() as root:
        root.at(path).symlink_to(pathlib.Path(path).name)
        facts("a link to itself", probe, root.top, unknown=must and probe not in PASSED_OVER)
    with Root() as root:
        root.at(path).mkdir()
        facts("a directory", probe, root.top)
    with Root() as root:
        root.at(path).symlink_to("/dev/zero")
        facts("a dangling link", probe, root.top)
    with Root() as root:
        root.at(path).symlink_to("../" * 50 + "etc/hostname")
        facts("a link that tries to leave", probe, root.top)
    with Root() as root:
        parent = pathlib.Path(path).parent
        if str(parent) != "/":
            root.at(str(parent)).write_bytes(b"a file\n")
            facts("a file for a parent", probe, root.top)
    with Root() as root:
        root.write(path, seed(probe, path))
        root.at(path).chmod(0)
        facts("unreadable", probe, root.top, unknown=must, prefix=NOBODY)
        root.at(path).chmod(0o644)
        # The top itself cannot even be opened: that is an error, not a gap.
        if str(pathlib.Path(path).parent) != "/":
            root.at(path).parent.chmod(0)
            facts("in an unreadable directory", probe, root.top, unknown=must, prefix=NOBODY)
            root.at(path).parent.chmod(0o755)


# ---- the cases: many, deep, circular ----

def many_users(root):
    numbers = range(100_000)
    root.write("/etc/passwd", "".join(f"u{n}:x:{n}:{n}::/home/u{n}:/bin/sh\n" for n in numbers))
    root.write("/etc/shadow", "".join(f"u{n}:!:19000:0:99999:7:::\n" for n in numbers))
    root.write("/etc/group", "".join(f"u{n}:x:{n}:u{n}\n" for n in numbers))
    root.write("/etc/gshadow", "".join(f"u{n}:!::u{n}\n" for n in numbers))


def include_loops(root):
    root.write("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config\nInclude /etc/ssh/sshd_config.d/*.conf\n")
    root.write("/etc/ssh/sshd_config.d/a.conf", "Include /etc/ssh/sshd_config.d/*.conf\nInclude /etc/ssh/sshd_config\n")
    root.write("/etc/sudoers", "@include /etc/sudoers\n@includedir /etc/sudoers.d\nroot ALL=(ALL) ALL\n")
    root.write("/etc/sudoers.d/a", "#include /etc/sudoers\n#includedir /etc/sudoers.d\n")
    root.write("/etc/pam.d/a", "@include b\nauth include b\n")
    root.write("/etc/pam.d/b", "@include a\nauth substack a\nauth [success=9 default=2] pam_x.so\n")


def many_includes(root):
    many = range(10_000)
    root.write("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n")
    root.write("/etc/sudoers", "@includedir /etc/sudoers.d\n")
    for n in many:
        root.write(f"/etc/ssh/sshd_config.d/{n}.conf", f"Match User u{n}\nPermitRootLogin no\n")
        root.write(f"/etc/sudoers.d/{n}", f"u{n} ALL=(ALL) NOPASSWD: ALL\n")
        root.write(f"/etc/pam.d/s{n}", f"auth include s{n + 1}\n")
        root.write(f"/etc/sysctl.d/{n}.conf", f"net.ipv4.conf.eth{n}.rp_filter = 1\nnet.ipv4.conf.*.rp_filter = 0\n")
        root.write(f"/etc/modprobe.d/{n}.conf", f"install m{n} /bin/true\nblacklist m*\n")
        root.write(f"/etc/systemd/system/u{n}.service", f"[Service]\nExecStart=/bin/true {n}\n")


def deep_chain(root):
    for n in range(2000):
        root.write(f"/etc/ssh/c{n}", f"Include /etc/ssh/c{n + 1}\n")
        root.write(f"/etc/sudoers.c{n}", f"@include /etc/sudoers.c{n + 1}\n")
        root.write(f"/etc/pam.d/c{n}", f"auth substack c{n + 1}\n")
    root.write("/etc/ssh/sshd_config", "Include /etc/ssh/c0\n")
    root.write("/etc/sudoers", "@include /etc/sudoers.c0\n")


def nested_directories(root):
    place = root.top
    for _ in range(200):
        place = place / "d"
    place.mkdir(parents=True)
    (place / "up").symlink_to("../" * 200)


def try_crowds(probes):
    for make in (many_users, include_loops, many_includes, deep_chain, nested_directories):
        with Root() as root:
            make(root)
            what = make.__name__.replace("_", " ")
            for probe in probes:
                run(f"{probe}: {what}", "facts", probe, "--root", root.top, "--format", "jsonl")
            scan(what, root.top)


# ---- the cases: the root itself, and whole scans ----

def try_scans(files):
    with Root() as root:
        scan("an empty root", root.top)
        root.write("/file", "text")
        scan("a root that is a file", root.at("/file"))
        scan("a root that is not there", root.at("/missing"))
    for what, content in [("empty", b""), ("binary", bytes(range(256)) * 64), ("NUL bytes", b"a\0b\n\0\n"),
                          ("long", b"a" * MANY_BYTES)]:
        with Root() as root:
            for path in files:
                root.write(path, content)
            scan(f"every file {what}", root.top)
    with Root() as root:
        for path in files:
            os.mkfifo(root.at(path))
        scan("every file a FIFO", root.top)
    with Root() as root:
        for path in files:
            root.at(path).mkdir()
        scan("every file a directory", root.top)
    with Root() as root:
        for path in files:
            root.write(path, b"\n")
            root.at(path).chmod(0)
        scan("every file unreadable", root.top, prefix=NOBODY)


with tempfile.TemporaryDirectory(prefix="plimsoll-bad-") as directory:
    WORK = directory
    os.chmod(WORK, 0o755)
    PLIMSOLL = shutil.copy(args.plimsoll, WORK)  # where nobody may execute it too
    if os.geteuid() != 0:
        NOBODY = []
    shown = subprocess.run([PLIMSOLL, "probes", "--format", "json"], capture_output=True, check=True).stdout
    MAIN = {p["name"]: [f for f in p["files"] if "*" not in f] for p in json.loads(shown)}
    # The probes whose main file decides everything: what cannot be read of it has to be told.
    READ_WHOLE = {name: files[:1] if name != "file" else [] for name, files in MAIN.items()}
    names = [name for name in MAIN if args.only in (None, name)]
    for name in names:
        for path in MAIN[name][:1]:
            try_content(name, path)
            try_size(name, path)
        for path in MAIN[name][:2]:
            try_kinds(name, path)
    try_crowds(names)
    if not args.only:
        try_scans(sorted({path for files in MAIN.values() for path in files}))

print("slowest:", *(f"{seconds:.1f} s {what};" for seconds, what in sorted(slowest, reverse=True)[:5]))
sys.exit(1 if failures else 0)
