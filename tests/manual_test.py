"""The manual page has no warnings and names every option; the completions parse and know every option and command."""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--plimsoll", required=True)
arguments.add_argument("--source", required=True)
options = arguments.parse_args()
plimsoll = pathlib.Path(options.plimsoll).resolve()
folder = pathlib.Path(options.source) / "scanner/cli"
problems = []

COMMANDS = [["scan"], ["facts"], ["explain"], ["rules"], ["probes"], ["baseline"]]
COMMANDS += [["baseline", action] for action in ("lint", "test", "list", "show", "diff")]
ENGLISH = dict(os.environ, LC_ALL="C.UTF-8", COLUMNS="80", MANWIDTH="80")


def run(*argv, **more):
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, **more)


def help_of(command):
    return run(str(plimsoll), *command, "--help").stdout


def options_of(command):
    return set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", help_of(command), re.MULTILINE))


def check_help():
    for command in [[]] + COMMANDS:
        text = help_of(command)
        name = "plimsoll %s --help" % " ".join(command)
        if max(map(len, text.splitlines()), default=0) > 80:
            problems.append(name + " is wider than 80 columns")
        if len(text.splitlines()) > 30:
            problems.append("%s has %d lines: more than one screen" % (name, len(text.splitlines())))
        if not re.search(r"^example: plimsoll ", text, re.MULTILINE) or text.splitlines()[-1][:9] not in ("example: ", " " * 9):
            problems.append(name + " does not end with an example")


def check_man():
    page = (folder / "man/plimsoll.1.in").read_text(encoding="utf-8")
    plain = page.replace("\\-", "-")
    for command in COMMANDS:
        for option in options_of(command):
            if not re.search(re.escape(option) + r"(?![a-z-])", plain):
                problems.append("the manual page does not know %s" % option)
        if " ".join(command) not in plain:
            problems.append("the manual page does not know `%s`" % " ".join(command))
    for option in set(re.findall(r"--[a-z][a-z-]+", plain)) - set().union(*map(options_of, COMMANDS)) - {"--version"}:
        problems.append("the manual page invents %s" % option)
    for tool in (["groff", "-man", "-ww", "-z"], ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"]):
        if shutil.which(tool[0]) is None:
            continue
        done = run(*tool, str(folder / "man/plimsoll.1.in"), env=ENGLISH)
        if done.stderr.strip():
            problems.append("%s: %s" % (tool[0], done.stderr.strip()))


def check_completions():
    for shell, name in (("bash", "plimsoll.bash"), ("zsh", "_plimsoll"), ("fish", "plimsoll.fish")):
        path = folder / "completions" / name
        text = path.read_text(encoding="utf-8")
        if shutil.which(shell):
            done = run(shell, "-n", str(path))
            if done.returncode or done.stderr:
                problems.append("%s: %s" % (name, done.stderr.strip()))
        for command in COMMANDS:
            if not re.search(r"\b%s\b" % command[-1], text):
                problems.append("%s does not know `%s`" % (name, " ".join(command)))
            for option in options_of(command):
                spelled = "-l " + option[2:] if shell == "fish" else option
                if shell != "bash" and spelled not in text:
                    problems.append("%s does not know %s" % (name, option))


def completed(*words):
    """What bash offers for the last of these words."""
    script = ("source %s; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _plimsoll; printf '%%s\\n' \"${COMPREPLY[@]}\""
              % (folder / "completions/plimsoll.bash"))
    env = dict(os.environ, PATH="%s:%s" % (plimsoll.parent, os.environ["PATH"]))
    return run("bash", "-c", script, "bash", *words, env=env).stdout.split()


def check_bash():
    cases = [
        (("plimsoll", "sc"), "scan", "commands"),
        (("plimsoll", "facts", "os-"), "os-release", "probes, as the program names them"),
        (("plimsoll", "scan", "--for"), "--format", "options, from the help"),
        (("plimsoll", "scan", "--format", "sa"), "sarif", "formats"),
        (("plimsoll", "rules", "--format", "i"), "ids", "formats of another command"),
        (("plimsoll", "baseline", "li"), "lint", "actions"),
        (("plimsoll", "baseline", "test", "--pl"), "--plugin-dir", "options of an action"),
        (("plimsoll", "scan", "--fail-on", "cr"), "critical", "severities"),
        (("plimsoll", "scan", "--output", "ju"), "junit=", "a format with its `=`"),
    ]
    for words, wanted, why in cases:
        got = completed(*words)
        if wanted not in got:
            problems.append("bash offers %s for %s, not %s (%s)" % (got, " ".join(words), wanted, why))


check_help()
check_man()
check_completions()
check_bash()
print("\n".join(problems))
print("%d problems" % len(problems))
sys.exit(1 if problems else 0)
