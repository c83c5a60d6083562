"""The command line as a user meets it: exit codes, nonsense, closed pipes, full disks, colour, output files, unknown names."""
import argparse
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import tempfile
import time

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--plimsoll", required=True)
arguments.add_argument("--source", required=True)
options = arguments.parse_args()
plimsoll = str(pathlib.Path(options.plimsoll).resolve())
failures = []
CLEAN = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "TERM")}


def run(*args, env=None, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL):
    done = subprocess.run([plimsoll, *args], stdout=stdout, stderr=subprocess.PIPE, timeout=60, stdin=stdin, env=dict(CLEAN, **(env or {})))
    done.out = (done.stdout or b"").decode("utf-8")
    done.err = done.stderr.decode("utf-8")
    return done


def check(condition, what, shown=""):
    if not condition:
        failures.append("%s%s" % (what, "\n    " + str(shown)[:600].replace("\n", "\n    ") if shown else ""))


def refuses(args, *wanted):
    """Exit 2, nothing on stdout, an error on stderr that holds these words."""
    done = run(*args)
    name = "plimsoll " + " ".join(args)
    check(done.returncode == 2, "%s: exit %d, not 2" % (name, done.returncode), done.err)
    check(done.out == "", name + ": prints to stdout although it failed", done.out)
    check(done.err.startswith("error: "), name + ": no `error: ` on stderr", done.err)
    for text in wanted:
        check(text in done.err, "%s: stderr does not say %r" % (name, text), done.err)


def make_root(folder, sshd="PermitRootLogin no\n"):
    root = pathlib.Path(folder)
    (root / "etc/ssh").mkdir(parents=True, exist_ok=True)
    (root / "etc/ssh/sshd_config").write_text(sshd)
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian"\n')
    return str(root)


# A baseline of our own, so that these cases do not depend on what the shipped ones say.
BASELINE = """
schema = 1
id = "cli-test"
version = "1.0.0"
title = "rules for the tests of the command line"
owner = "tests"
reviewed = 2026-11-25
review_days = 36500
element = "os"

[parameter.codename]
type = "text"
default = "bookworm"
doc = "the release"

[[rule]]
id = "cli-test.codename"
title = "the release is the wanted one"
severity = "medium"
probe = "os-release"
key = "version_codename"
expect = { equals = "$codename" }
when_absent = "unknown"
rationale = "a test"
references = { manual = ["os-release(5)"] }
[rule.remediation]
summary = "upgrade"
"""


def nonsense():
    refuses([], "no command", "plimsoll --help")
    refuses(["scna"], "unknown command `scna`", "did you mean `scan`?")
    refuses(["frobnicate"], "unknown command `frobnicate`", "plimsoll --help")
    refuses(["--bogus"], "unknown option `--bogus`")
    refuses(["scan", "--fromat", "json"], "unknown option `--fromat`", "did you mean `--format`?")
    refuses(["scan", "--format", "jsn"], "did you mean `json`?", "`sarif`")
    refuses(["scan", "--format"], "`--format`", "takes one value")
    refuses(["scan", "--fail-on", "hgih"], "did you mean `high`?")
    refuses(["scan", "--color", "sometimes"], "`always`")
    refuses(["scan", "--jobs", "0"], "`--jobs`", "from 1 to")
    refuses(["scan", "--jobs", "9999999999999999999999"], "`--jobs`")
    refuses(["scan", "--jobs", "two"], "`--jobs`")
    refuses(["scan", "--set", "x"], "has no `=`", "PARAMETER=VALUE")
    refuses(["scan", "--set", "=1"], "nothing before it")
    refuses(["scan", "--output", "json"], "FORMAT=FILE")
    refuses(["scan", "--output", "json="], "names no file")
    refuses(["scan", "--output", "xml=report"], "does not know `xml`")
    refuses(["scan", "--output", "json=/tmp/a", "--output", "sarif=/tmp/a"], "two reports")
    refuses(["scan", "extra"], "unexpected argument `extra`")
    refuses(["scan", "--imag", "x"], "did you mean `--image`?")
    refuses(["facts"], "no probe is named")
    refuses(["facts", "os-relase"], "unknown probe `os-relase`", "did you mean `os-release`?")
    refuses(["facts", "\x1b[31m"], "unknown probe `\\x1b[31m`")
    refuses(["facts", "os-release", "--context", "user"], "user=bob")
    refuses(["probes", "os-relase"], "did you mean `os-release`?")
    refuses(["probes", "a", "b"], "name one probe")
    refuses(["explain"], "name one rule")
    refuses(["baseline"], "no command", "plimsoll baseline --help")
    refuses(["baseline", "lnt"], "did you mean `lint`?")
    refuses(["facts", "os-release", "--root", "/nonexistent"], "/nonexistent")
    refuses(["facts", "os-release", "--root", "/etc/passwd"], "/etc/passwd")
    refuses(["facts", "os-release", "--root", ""], "cannot read")
    refuses(["facts", "os-release", "--plugin-dir", "/nonexistent"], "/nonexistent")


def help_and_version():
    for args in (["--version"], ["--version", "--help"], ["--help"], ["scan", "--help"], ["scan", "-h"], ["baseline", "lint", "--help"]):
        done = run(*args)
        check(done.returncode == 0 and done.err == "" and done.out, "plimsoll %s" % " ".join(args), done.err)
    check(re.fullmatch(r"plimsoll [0-9]+\.[0-9]+\.[0-9]+\n", run("--version").out), "--version", run("--version").out)


def scans(folder):
    baseline = folder / "cli-test.toml"
    baseline.write_text(BASELINE)
    root = make_root(folder / "root")
    mine = ["scan", "--baseline", str(baseline), "--root", root]
    config = folder / "plimsoll.toml"
    config.write_text("")
    mine += ["--config", str(config)]

    done = run(*mine)
    check(done.returncode == 0, "a clean scan exits with 0", done.out + done.err)
    check("1 rule: 1 pass, 0 drift" in done.out, "the summary of a clean scan", done.out)
    done = run(*mine, "--set", "cli-test.codename=trixie")
    check(done.returncode == 1, "drift exits with 1", done.out + done.err)
    check("drift[cli-test.codename] medium: the release is the wanted one" in done.out, "the title of a finding", done.out)
    check("/etc/os-release:3" in done.out and "VERSION_CODENAME=bookworm" in done.out, "the place and the line", done.out)
    done = run(*mine, "--set", "codename=trixie", "--fail-on", "high")
    check(done.returncode == 0, "drift below --fail-on exits with 0", done.out + done.err)
    check("1 drift (1 medium)" in done.out, "and is still reported", done.out)
    (pathlib.Path(root) / "etc/os-release").write_text("ID=debian\n")
    done = run(*mine)
    check(done.returncode == 3, "something unknown exits with 3", done.out + done.err)
    make_root(folder / "root")
    done = run(*mine, "--quiet")
    check(len(done.out.splitlines()) == 1 and done.err == "", "--quiet prints the summary alone", done.out + done.err)

    refuses(mine[:3] + ["--root", str(folder / "nowhere")], "cannot scan")
    refuses(mine[:3] + ["--root", str(baseline)], "cannot scan")
    (folder / "empty").mkdir()
    refuses(mine[:3] + ["--root", str(folder / "empty")], "nothing to check")
    refuses(mine + ["--rules", "cli-test.codname"], "cli-test.codname", "use `cli-test.codename`")
    refuses(mine + ["--set", "cli-test.codnam=x"], "codnam")
    refuses(["scan", "--root", root, "--baseline", "no-such-baseline"], "no-such-baseline")
    refuses(mine[:-1] + [str(folder / "missing.toml")], "missing.toml")
    outputs(folder, mine)
    colours(mine)
    pipes(mine)


def outputs(folder, mine):
    json_file, sarif_file, junit_file, text_file = (folder / name for name in ("r.json", "r.sarif", "r.xml", "r.txt"))
    json_file.write_text("an old report " * 1000)
    files = ["--output", "json=%s" % json_file, "--output", "sarif=%s" % sarif_file, "--output", "junit=%s" % junit_file, "--output", "text=%s" % text_file]
    done = run(*mine, *files, env={"COLUMNS": "60"})
    check(done.returncode == 0, "a scan with four outputs", done.err)
    check(json.loads(json_file.read_text())["summary"]["pass"] == 1, "a JSON file replaces what was there")
    check(json.loads(sarif_file.read_text())["version"] == "2.1.0", "a SARIF file")
    check(junit_file.read_text().startswith("<?xml"), "a JUnit file")
    check("1 rule: 1 pass" in text_file.read_text() and "\x1b" not in text_file.read_text(), "a text file is plain")
    done = run(*mine, "--format", "json", "--color", "always")
    check(json.loads(done.out)["results"][0]["rule"] == "cli-test.codename", "JSON on stdout is JSON, whatever the colour", done.out)

    refuses(mine + ["--output", "json=%s" % (folder / "no/such/folder/r.json")], "cannot write to")
    refuses(mine + ["--output", "json=%s" % folder], "cannot write to")
    done = run(*mine, "--output", "json=/dev/full")
    check(done.returncode == 2 and "cannot write the report" in done.err, "a full disk under --output is an error", done.err)
    with open("/dev/full", "wb") as full:
        done = run(*mine, stdout=full)
    check(done.returncode == 2 and "cannot write the report" in done.err, "a full disk under stdout is an error", done.err)
    with open("/dev/full", "wb") as full:
        done = run("facts", "os-release", stdout=full)
    check(done.returncode == 2, "and so for facts", done.err)


def colours(mine):
    check("\x1b" not in run(*mine).out, "no colour without a terminal")
    check("\x1b[" in run(*mine, "--color", "always").out, "--color always colours a pipe")
    check("\x1b[" in run(*mine, "--color", "always", env={"NO_COLOR": "1"}).out, "--color always beats NO_COLOR: it was asked for")
    check("\x1b[" in on_terminal(*mine, env={"TERM": "xterm"}), "colour on a terminal")
    check("\x1b[" not in on_terminal(*mine, env={"TERM": "xterm", "NO_COLOR": "1"}), "NO_COLOR")
    check("\x1b[" in on_terminal(*mine, env={"TERM": "xterm", "NO_COLOR": ""}), "an empty NO_COLOR does not count")
    check("\x1b[" not in on_terminal(*mine, env={"TERM": "dumb"}), "a dumb terminal")
    check("\x1b[" not in on_terminal(*mine, "--color", "never", env={"TERM": "xterm"}), "--color never")


def on_terminal(*args, env):
    """What a terminal of 80 columns gets."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(plimsoll, [plimsoll, *args], dict(CLEAN, **env))
    out = b""
    end = time.monotonic() + 60
    while time.monotonic() < end and select.select([terminal], [], [], 60)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.close(terminal)
    os.waitpid(pid, 0)
    return out.decode("utf-8")


def pipes(mine):
    """A reader that goes away is no error, and nothing is said of it."""
    for args in ([*mine, "--format", "json"], ["probes", "--format", "json"], ["--help"], ["facts", "os-release"]):
        reading, writing = os.pipe()
        os.close(reading)
        process = subprocess.Popen([plimsoll, *args], stdout=writing, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=CLEAN)
        os.close(writing)
        err = process.communicate(timeout=60)[1]
        check(process.returncode == 0 and err == b"", "plimsoll %s into a closed pipe" % " ".join(args), "exit %d: %s" % (process.returncode, err.decode()))
    done = subprocess.run([plimsoll, "--version"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, preexec_fn=lambda: os.close(1))
    check(done.returncode == 2, "a closed stdout is an error", done.stderr.decode())


def listings(folder):
    names = run("probes", "--format", "names").out.split()
    check("os-release" in names and names == sorted(names), "probe names, sorted", names)
    check([p["name"] for p in json.loads(run("probes", "--format", "json").out)] == names, "the same probes as JSON")
    baseline = folder / "cli-test.toml"
    ids = run("rules", "--baseline", str(baseline), "--format", "ids").out.split()
    check(ids == ["cli-test.codename"], "rule ids", ids)
    rules = json.loads(run("rules", "--baseline", str(baseline), "--format", "json").out)
    check(rules[0]["parameters"][0]["name"] == "cli-test.codename", "a parameter is named as --set takes it", rules)
    all_ids = run("rules", "--format", "ids").out.split()
    check(all_ids == sorted(set(all_ids)) and all_ids, "all rules, each once, sorted")
    done = run("explain", "cli-test.codename", "--baseline", str(baseline))
    for text in ("the release is the wanted one", "a test", "upgrade", "os-release(5)", "cli-test.codename = bookworm"):
        check(text in done.out, "explain says %r" % text, done.out + done.err)
    refuses(["explain", "cli-test.codname", "--baseline", str(baseline)], "unknown rule", "did you mean `cli-test.codename`?")
    for text in (done.out, run("probes").out, run("rules").out, run("probes", "os-release").out, run("baseline", "list").out):
        check(max(map(len, text.splitlines())) <= 80, "a listing is wider than 80 columns", text)


def facts(folder):
    root = str(folder / "root")
    rows = [json.loads(line) for line in run("facts", "os-release", "--root", root, "--format", "jsonl").out.splitlines()]
    check({"probe": "os-release", "scope": "", "key": "id", "value": "debian", "origin": {"file": "/etc/os-release", "line": 1}} in rows, "a fact as JSON", rows)
    check("debian" in run("facts", "os-release", "--root", root).out, "facts are a table by default")
    two = run("facts", "os-release", "fstab", "--root", root)
    check("# os-release" in two.out, "several probes are told apart", two.out)


MANIFEST = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    # the only one
    - name: app
      image: registry.example.org/web:1
      securityContext:
        privileged: true
"""
# Keys in JSON on one line, a Dockerfile with a continuation, CRLF line ends.
EDITED = {
    "pod.yaml": MANIFEST,
    "pod.json": '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "j"}, "spec": {"containers": [{"name": "a", "image": "r.example.org/a:1"}]}}\n',
    "sub/Dockerfile": "FROM debian:12.5\nRUN apt-get update && \\\n    apt-get install -y git\nADD a b /srv/\nUSER 1\n",
    "crlf.yaml": MANIFEST.replace("name: web", "name: crlf").replace("\n", "\r\n"),
}


def edits(folder):
    """Every diff applies with patch(1), and a scan of what comes of it no longer has the finding."""
    tree = folder / "tree"
    for name, text in EDITED.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(text.encode())

    def findings():
        done = run("scan", "--path", str(tree), "--format", "json")
        check(done.returncode == 1, "a tree that drifts", done.err)
        report = json.loads(done.out or '{"results": []}')
        return {(result["rule"], one["fingerprint"]): one for result in report["results"] for one in result["findings"]}

    before = findings()
    mended = {}
    for (rule, fingerprint), one in before.items():
        if "diff" not in one:
            continue
        patch = lambda *more: subprocess.run(["patch", "-s", "-p1", "--binary", "-d", str(tree), *more], input=one["diff"].encode(), capture_output=True)
        done = patch()
        check(done.returncode == 0, "patch takes the edit of " + rule, one["diff"] + done.stdout.decode())
        after = findings()
        check((rule, fingerprint) not in after, "the edit of %s mends it" % rule, one["diff"])
        check(not {r for r, _ in set(after) - set(before)} - {"dockerfile." + n for n in ("apt-unpinned", "package-cache", "apt-lists")}, "the edit of %s breaks nothing" % rule, set(after) - set(before))
        mended.setdefault(one["origin"]["file"], set()).add(rule)
        patch("-R")
    for name, rules in {"/pod.yaml": {"kubernetes.privileged", "kubernetes.drop-all"}, "/pod.json": {"kubernetes.drop-all"},
                        "/sub/Dockerfile": {"dockerfile.add-local", "dockerfile.apt-recommends"}, "/crlf.yaml": {"kubernetes.read-only-root"}}.items():
        check(rules <= mended.get(name, set()), "%s is mended" % name, (rules - mended.get(name, set()), mended.get(name)))
    text = run("scan", "--path", str(tree), "--diff").out
    check("+        privileged: false" in text, "--diff shows the edit", text[:3000])
    check("+        privileged: false" not in run("scan", "--path", str(tree)).out, "no diff without --diff")
    host = run("scan", "--root", make_root(folder / "drifting", "PermitRootLogin yes\n"), "--rules", "sshd.permit-root-login", "--diff").out
    check("-PermitRootLogin yes\n+PermitRootLogin no\n" in host, "--diff on a root", host)
    (folder / "drifting/etc/login.defs").write_text("PASS_MAX_DAYS\t99999\n")
    tabs = run("scan", "--root", str(folder / "drifting"), "--rules", "login-defs.pass-max-days", "--diff").out
    check("-PASS_MAX_DAYS\t99999\n+PASS_MAX_DAYS\t" in tabs, "a diff keeps its tabs", tabs)
    carriage = run("scan", "--path", str(tree / "crlf.yaml"), "--rules", "kubernetes.privileged", "--diff").out
    check("\r" not in carriage and "not for a terminal" in carriage, "no carriage return on a terminal", carriage)
    sarif = json.loads(run("scan", "--path", str(tree / "crlf.yaml"), "--rules", "kubernetes.privileged", "--format", "sarif").out)
    fix = sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    check(fix["insertedContent"]["text"] == "        privileged: false\r\n", "an inserted line ends as the file's do", fix)


nonsense()
help_and_version()
with tempfile.TemporaryDirectory(prefix="cli-") as name:
    scans(pathlib.Path(name))
    listings(pathlib.Path(name))
    facts(pathlib.Path(name))
    edits(pathlib.Path(name))

for failure in failures:
    print(failure)
print("%d failures" % len(failures))
sys.exit(1 if failures else 0)
