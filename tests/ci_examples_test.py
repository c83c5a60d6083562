#!/usr/bin/python3
"""Runs what examples/ci tells a pipeline to run, in a tree with drift and in one without.

    ci_examples_test.py --plimsoll PROGRAM --source DIR
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

BAD = "FROM debian:12\nRUN sudo make\n"
GOOD = """FROM debian:12.5@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
COPY app /usr/local/bin/app
USER 10001
HEALTHCHECK CMD ["/usr/local/bin/app", "--check"]
ENTRYPOINT ["/usr/local/bin/app"]
"""

problems = []


def check(good, what):
    if not good:
        problems.append(what)


def commands(path):
    """The lines of a pipeline file that call plimsoll, as the shell gets them."""
    text = path.read_text()
    return [shlex.split(line) for line in re.findall(r"(?<=[ '])plimsoll scan [^'\n]*", text)]


def run(words, folder):
    return subprocess.run([options.plimsoll, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=60)


def check_pipeline(name, reports):
    found = commands(examples / name)
    check(len(found) == 1, "%s: %d calls of plimsoll" % (name, len(found)))
    for words in found:
        for dockerfile, wanted in ((BAD, 1), (GOOD, 0)):
            with tempfile.TemporaryDirectory(prefix="ci-") as folder:
                pathlib.Path(folder, "Dockerfile").write_text(dockerfile)
                done = run(words, folder)
                check(done.returncode == wanted, "%s: exit %d, not %d: %s" % (name, done.returncode, wanted, done.stderr[-300:]))
                for report, read in reports.items():
                    try:
                        read(pathlib.Path(folder, report))
                    except Exception as error:
                        problems.append("%s: %s: %s" % (name, report, error))
                if "github" in words and wanted == 1:
                    check("file=Dockerfile,line=2" in done.stdout, "%s: no annotation at the line: %s" % (name, done.stdout[:300]))


def git(folder, *words):
    return subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.test", *words], cwd=folder, capture_output=True, text=True, env=environment)


def check_hook():
    with tempfile.TemporaryDirectory(prefix="ci-") as folder:
        tree = pathlib.Path(folder)
        git(folder, "init", "-q")
        (tree / ".git/hooks").mkdir(exist_ok=True)
        shutil.copy(examples / "pre-commit", tree / ".git/hooks/pre-commit")
        (tree / "Dockerfile").write_text(BAD)
        git(folder, "add", "Dockerfile")
        # What is staged counts, not what lies there now.
        (tree / "Dockerfile").write_text(GOOD)
        done = git(folder, "commit", "-q", "-m", "bad")
        check(done.returncode != 0 and "refused" in done.stderr, "the hook lets drift in: " + done.stderr[-300:])
        (tree / "Dockerfile").write_text(BAD)
        accepted = subprocess.run([options.plimsoll, "accept", "--path", ".", ".plimsoll-accepted"], cwd=folder, capture_output=True, text=True)
        check(accepted.returncode == 0, "accept: exit %d: %s" % (accepted.returncode, accepted.stderr))
        git(folder, "add", "--all")
        done = git(folder, "commit", "-q", "-m", "known")
        check(done.returncode == 0, "the hook refuses known drift: " + done.stderr[-300:])
        (tree / "Dockerfile").write_text(GOOD)
        git(folder, "add", "--all")
        done = git(folder, "commit", "-q", "-m", "good")
        check(done.returncode == 0, "the hook refuses a good file: " + done.stderr[-300:])


arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--plimsoll", required=True)
arguments.add_argument("--source", required=True)
options = arguments.parse_args()
options.plimsoll = os.path.abspath(options.plimsoll)
examples = pathlib.Path(options.source).resolve() / "examples/ci"
environment = dict(os.environ, PATH=os.path.dirname(options.plimsoll) + ":" + os.environ["PATH"], HOME="/nonexistent")

check_pipeline("github-actions.yml", {"plimsoll.sarif": lambda path: json.loads(path.read_text())["runs"]})
check_pipeline("gitlab-ci.yml", {"gl-code-quality-report.json": lambda path: json.loads(path.read_text()), "plimsoll.xml": xml.etree.ElementTree.parse})
check_pipeline("Jenkinsfile", {"plimsoll.json": lambda path: json.loads(path.read_text())["results"], "plimsoll.xml": xml.etree.ElementTree.parse})
check_hook()
print("\n".join(problems))
print("%d problems" % len(problems))
sys.exit(1 if problems else 0)
