#!/usr/bin/env python3
"""The example plug-ins, built and used as their READMEs say: facts, baseline examples, a scan."""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("--plimsoll", required=True)
parser.add_argument("--source", required=True)
args = parser.parse_args()
EXAMPLES = pathlib.Path(args.source).resolve() / "examples"
HEADER = pathlib.Path(args.source).resolve() / "scanner" / "probe"
failures = []


def check(what, got, wanted):
    if got != wanted:
        failures.append(f"{what}: got {got!r}, wanted {wanted!r}")


def plimsoll(*words):
    return subprocess.run([args.plimsoll, *map(str, words)], capture_output=True, text=True, timeout=60)


def copy_private(folder, to):
    """A checkout may be writable by its group, which plimsoll refuses."""
    shutil.copytree(folder, to)
    for path in [to, *to.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o022)
    return to


def write_tree(top, files):
    for name, text in files.items():
        path = top / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return top


def verdicts(run):
    try:
        return {r["rule"]: r["verdict"] for r in json.loads(run.stdout)["results"]}
    except (ValueError, KeyError) as error:
        return f"no report ({error}): exit {run.returncode}: {run.stdout[:300]} {run.stderr[:300]}"


def scan(name, folder, root, code, wanted):
    run = plimsoll("scan", "--root", root, "--plugin-dir", folder, "--baseline",
                   folder / f"{name}.toml", "--format", "json")
    check(f"{name} in {root.name}: verdicts", verdicts(run), wanted)
    check(f"{name} in {root.name}: exit", run.returncode, code)


def try_cron(work):
    folder = copy_private(EXAMPLES / "plugin-c", work / "plugin-c")
    if shutil.which("make"):
        subprocess.run(["make", "-s", "-C", folder, f"PLIMSOLL_INCLUDE={HEADER}"], check=True)
    else:
        subprocess.run(["cc", "-std=c11", f"-I{HEADER}", "-fPIC", "-shared", "-o", folder / "cron-access.so",
                        folder / "cron-access.c"], check=True)
    root = write_tree(work / "cron-drift", {"/usr/bin/crontab": "", "/etc/cron.deny": "guest\n"})
    run = plimsoll("facts", "cron-access", "--plugin-dir", folder, "--root", root, "--format", "jsonl")
    check("cron-access: facts", [json.loads(line) for line in run.stdout.splitlines()], [
        {"probe": "cron-access", "scope": "", "key": "policy", "value": "deny-list",
         "origin": {"file": "/etc/cron.deny"}},
        {"probe": "cron-access", "scope": "", "key": "denied", "value": "guest",
         "origin": {"file": "/etc/cron.deny", "line": 1}}])
    lists, users = "cron-access.allow-list", "cron-access.allowed-users"
    scan("cron-access", folder, root, 1, {lists: "drift", users: "pass"})
    root = write_tree(work / "cron-pass", {
        "/usr/bin/crontab": "", "/etc/cron.allow": "root\n", "/etc/cron.deny": "guest\n"})
    scan("cron-access", folder, root, 0, {lists: "pass", users: "pass"})
    tests("cron-access", folder)


def try_rsyncd(work):
    folder = copy_private(EXAMPLES / "plugin-exec", work / "plugin-exec")
    reading, users = "rsyncd.read-only", "rsyncd.authenticated"
    root = write_tree(work / "rsyncd-drift", {
        "/etc/rsyncd.conf": "auth users = backup\n[pub]\npath = /srv\nread only = no\n"})
    scan("rsyncd", folder, root, 1, {reading: "drift", users: "pass"})
    root = write_tree(work / "rsyncd-unknown", {
        "/etc/rsyncd.conf": "&include /etc/rsyncd.d\n[pub]\nauth users = backup\n"})
    scan("rsyncd", folder, root, 3, {reading: "unknown", users: "unknown"})
    tests("rsyncd", folder)

    # A directory that others can write to is refused, and nothing is green for it.
    root = write_tree(work / "rsyncd-refused", {
        "/etc/rsyncd.conf": "[pub]\npath = /srv\nauth users = backup\n"})
    scan("rsyncd", folder, root, 0, {reading: "pass", users: "pass"})
    (folder / "rsyncd").chmod(0o777)
    scan("rsyncd", folder, root, 3, {reading: "unknown", users: "unknown"})


def tests(name, folder):
    run = plimsoll("baseline", "test", folder / f"{name}.toml", "--plugin-dir", folder)
    check(f"{name}: baseline test {run.stdout[-600:]} {run.stderr[-600:]}", run.returncode, 0)
    run = plimsoll("baseline", "lint", folder / f"{name}.toml", "--plugin-dir", folder)
    check(f"{name}: baseline lint {run.stderr[-600:]}", run.returncode, 0)
    wrong = folder / "wrong.toml"
    text = (folder / f"{name}.toml").read_text()
    wrong.write_text(text.replace('probe      = "', 'probe      = "x', 1))
    check(f"{name}: an unknown probe", plimsoll("baseline", "lint", wrong, "--plugin-dir", folder).returncode, 2)


with tempfile.TemporaryDirectory(prefix="plimsoll-examples-") as directory:
    os.umask(0o022)
    try_cron(pathlib.Path(directory))
    try_rsyncd(pathlib.Path(directory))
for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
