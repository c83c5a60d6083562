#!/usr/bin/env python3
"""A plug-in that fails in a scan costs its own rules an `unknown` with a reason, and nothing else: the other rule
passes, nothing it started is left running, and the scan is not green."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("--plimsoll", required=True)
parser.add_argument("--source")
args = parser.parse_args()

MARK = "98765.4321"  # seconds to sleep: how what was left behind is found
SCHEMA = """#!/bin/sh
echo '{"schema":{"protocol":1,"name":"%s","shape":"settings"}}'
read -r request
"""
FACT = """echo '{"key":"k","value":"good","origin":{"default":true}}'\n"""
HELP = FACT + """echo '{"end":true}'\n"""
# Name, what it does after it was asked (None: instead of all of it), part of the reason.
BAD = [
    ("dies", FACT + "kill -SEGV $$; exit 9\n", "ended before its answer was complete"),
    ("stops", FACT + "exit 4\n", "exited with status 4"),
    ("raves", f"sleep {MARK} & sleep {MARK} & echo what; sleep {MARK}\n", "no JSON object"),
    ("floods", "yes '{\"key\":\"k\",\"value\":\"v\",\"origin\":{\"default\":true}}'\n", "more than 200000 facts"),
    ("lies", HELP.replace('"k"', "7"), "is no text"),
    ("mute", None, "ended before"),
]
BASELINE = """schema = 1
id = "two"
version = "1.0.0"
title = "one rule of a plug-in, one of a built-in probe"
owner = "tests"
reviewed = 2026-11-25
element = "os"
[[rule]]
id = "two.plugin"
title = "the plug-in says good"
severity = "medium"
probe = "%s"
key = "k"
expect = { equals = "good" }
rationale = "a test"
remediation = { summary = "none" }
[[rule]]
id = "two.builtin"
title = "this is Debian"
severity = "medium"
probe = "os-release"
key = "id"
expect = { equals = "debian" }
rationale = "a test"
remediation = { summary = "none" }
"""
failures = []


def left_running():
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if MARK in process.read_bytes().decode(errors="replace"):
                found.append(process.parent.name)
        except OSError:
            continue  # it is gone
    return found


def try_plugin(work, name, body, verdict, reason):
    folder = work / name
    folder.mkdir(mode=0o755)
    program = folder / name
    program.write_text("#!/bin/sh\nexit 1\n" if body is None else SCHEMA % name + body)
    program.chmod(0o755)
    baseline = folder / "two.toml"
    baseline.write_text(BASELINE % name)
    run = subprocess.run([args.plimsoll, "scan", "--root", work / "root", "--plugin-dir", folder, "--baseline", baseline,
                          "--format", "json"], capture_output=True, text=True, timeout=60)
    try:
        results = {r["rule"]: r for r in json.loads(run.stdout)["results"]}
    except ValueError:
        failures.append(f"{name}: no report: exit {run.returncode}: {run.stdout[:300]} {run.stderr[:300]}")
        return
    got = (results["two.plugin"]["verdict"], results["two.builtin"]["verdict"], run.returncode)
    if got != (verdict, "pass", 3 if verdict == "unknown" else 0):
        failures.append(f"{name}: {got}: {run.stderr[:300]}")
    if reason not in json.dumps(results["two.plugin"]):
        failures.append(f"{name}: no reason like `{reason}`: {json.dumps(results['two.plugin'])[:800]}")
    for _ in range(100):  # what was killed takes a moment to be gone
        left = left_running()
        if not left:
            break
        time.sleep(0.05)
    if left:
        failures.append(f"{name}: left running: {left}")


with tempfile.TemporaryDirectory(prefix="plimsoll-plugins-") as directory:
    work = pathlib.Path(directory)
    work.chmod(0o755)
    (work / "root/etc").mkdir(parents=True)
    (work / "root/etc/os-release").write_text("ID=debian\n")
    try_plugin(work, "helps", HELP, "pass", "")
    for name, body, reason in BAD:
        try_plugin(work, name, body, "unknown", reason)
for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
