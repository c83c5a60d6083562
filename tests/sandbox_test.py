#!/usr/bin/env python3
"""Watches the real program from outside: once it may read the target, it neither starts a program, nor
opens a socket, nor opens anything for writing; and it reads nothing of the target before that."""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("--plimsoll", required=True)
parser.add_argument("--source")
args = parser.parse_args()

FORBIDDEN = re.compile(
    r"^(?:execve|execveat|fork|vfork|socket|socketpair|connect|bind|sendto|sendmsg|ptrace|creat|unlink\w*|rename\w*|link\w*"
    r"|symlink\w*|mkdir\w*|mknod\w*|f?chmod\w*|[fl]?chown\w*|f?truncate|f?setxattr|utimensat|mount|umount2|kill)\(")
WRITING = re.compile(r"^open\w*\(.*\bO_(?:WRONLY|RDWR|CREAT|TRUNC|TMPFILE)\b")
failures = []


def calls(trace):
    """The calls of a trace, without the number of the thread in front."""
    for line in trace.read_text(errors="replace").splitlines():
        yield re.sub(r"^\d+\s+", "", line)


def plimsoll_lines(*words):
    return subprocess.run([args.plimsoll, *words], capture_output=True, text=True, check=True).stdout.split()


def watch(work, root, *words):
    trace = work / "trace"
    subprocess.run(["strace", "-f", "-o", trace, "-s", "300", args.plimsoll, *words, "--root", root],
                   stdin=subprocess.DEVNULL, capture_output=True, timeout=400)
    name = f"plimsoll {words[0]} --root {root}"
    inside = False
    reads_before = reads_after = 0
    for call in calls(trace):
        if call.startswith("seccomp(SECCOMP_SET_MODE_FILTER"):
            inside = True
            if not call.endswith("= 0"):
                failures.append(f"{name}: {call}")
        if not inside:
            # The root's top directory is opened first: a descriptor that says where it is.
            reads_before += bool(re.search(r'"(?:/proc/self/fd/|[^"]*/etc/(?:ssh|passwd|shadow|os-release))', call))
        elif FORBIDDEN.match(call) or WRITING.match(call):
            failures.append(f"{name}: {call}")
        else:
            reads_after += call.startswith(("openat2(", "openat("))
    if not inside:
        failures.append(f"{name}: the sandbox was not entered")
    if reads_before or not reads_after:
        failures.append(f"{name}: {reads_before} files of the target before the sandbox, {reads_after} after")


if not shutil.which("strace"):
    print("strace is not installed")
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="plimsoll-sandbox-") as directory:
    work = pathlib.Path(directory)
    (work / "root/etc").mkdir(parents=True)
    (work / "root/etc/os-release").write_text("ID=debian\nVERSION_ID=12\n")
    (work / "root/etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    watch(work, work / "root", "facts", *plimsoll_lines("probes", "--format", "names"))
    watch(work, work / "root", "scan")
    watch(work, pathlib.Path("/"), "facts", "os-release", "account")
    # Of the live host what needs no walk and reads no file whole: every call is stopped at, and there may be millions of files.
    rules = [rule for rule in plimsoll_lines("rules", "--format", "ids") if not rule.startswith(("file.", "dpkg-files.", "image."))]
    watch(work, pathlib.Path("/"), "scan", "--rules", ",".join(rules))
for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
