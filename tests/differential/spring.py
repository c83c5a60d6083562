#!/usr/bin/python3
"""application.properties against java.util.Properties itself, all cases in one Java process and one of plimsoll.

Keys are written in brackets, where Spring Boot leaves them as they are. Blanks at both ends of a value are dropped on both sides: Spring Boot
does that after reading.

Usage: spring.py --plimsoll PATH [--cases 300] [--seed 1] [--keep DIR]     exit 77 where there is no Java compiler.
"""
import argparse
import base64
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

BLANKS = "".join(map(chr, range(0x21)))  # what String.trim takes away
PIECES = ["a", "b", "key", "Key_x", "-", ".", "1", " ", "\t", "\f", "=", ":", "#", "!", "\\", "\\\\", "\\ ", "\\=", "\\:", "\\#", "\\!", "\\t", "\\n",
          "\\r", "\\f", "\\z", "\\\"", "\\u0041", "\\u00e4", "\\u20AC", "\\ud83d\\ude00", "\\ud83d", "\\ude00", "\xe4", "\xc3\xa4", "\xff", ",",
          "\\\n", "\\\r\n", "\\\n  ", "\\\r\t", "\\\\\n", "\\\\\\\n", "\"", "'", "$", "{", "}", "\\u0000", "\\u005c", "\x01", "\x85", "\xa0"]
LOWER = {ord(c): c.lower() for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
ENDS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n", " \n", "\t\f\r\n"]
# A sign of a comment after nothing but continued lines: Java takes it for one, Spring Boot does not. A line of a template: not Spring Boot's.
APART = re.compile(rb"(?:^|[\r\n])[ \t\f]*(?:\\(?:\r\n|\r|\n)[ \t\f]*)+[#!]|(?:^|\n)\{\{")
COMMENTS = ["# a=b", "!a:b", "  # x \\", "\t!x", "#", "! \\", "#\\u12"]


def text(rng, pieces):
    return "".join(rng.choice(PIECES) for _ in range(rng.randrange(pieces)))


def assignment(rng):
    inside = "".join(p for p in (rng.choice(PIECES) for _ in range(rng.randrange(7))))
    for closes in "[]":
        inside = inside.replace(closes, "")
    # A blank or a separator in the brackets ends the key there: the bracket stays open.
    key = "k[_" + inside + "]"
    separator = rng.choice(["=", ":", " ", " = ", "\t:\t", " =:", "", "  ", "\f", "=\\\n  ", " \\\n = "])
    return rng.choice(["", "", " ", "\t\f"]) + key + separator + text(rng, 9)


def properties(rng):
    out = []
    for _ in range(rng.randrange(1, 9)):
        line = rng.choice(COMMENTS) if rng.random() < 0.2 else assignment(rng)
        if rng.random() < 0.01:
            line += rng.choice(["\\u12", "\\u00g0", "\\u"])
        out.append(line + rng.choice(ENDS))
    whole = "".join(out)
    return (whole.rstrip("\r\n") if rng.random() < 0.3 else whole).encode("latin-1")


def javas(files):
    with tempfile.TemporaryDirectory(prefix="differential-") as folder:
        source = pathlib.Path(folder) / "Main.java"
        shutil.copy(pathlib.Path(__file__).with_name("spring_properties.java"), source)
        done = subprocess.run(["java", "-XX:TieredStopAtLevel=1", str(source), *map(str, files)], capture_output=True, timeout=120, check=True)
    out = {}
    for block in done.stdout.decode().split("\n\n"):
        name, *lines = block.strip("\n").split("\n")
        if not name:
            continue
        pairs = [[base64.b64decode(part).decode().strip(BLANKS) for part in line.split(" ")] for line in lines if line != "refused"]
        out[name] = None if "refused" in lines else sorted(p for p in pairs if p[0])
    return out


def mine(plimsoll, top):
    done = subprocess.run([plimsoll, "facts", "spring", "--path", str(top), "--format", "jsonl"], capture_output=True, timeout=120)
    if done.returncode not in (0, 3):
        raise RuntimeError("exit %d: %s" % (done.returncode, done.stderr.decode(errors="replace")[-300:]))
    out = {}
    for line in done.stdout.decode().splitlines():
        row = json.loads(line)
        if "file" in row["origin"]:
            out.setdefault(str(top) + row["origin"]["file"], []).append([row["key"], row["value"]])
    return out


def relaxed(key):
    """What keeps keys apart: case, dashes and underscores do not, but for what stands in brackets."""
    parts = re.split(r"(\[[^\]]*(?:\]|$))", key)
    return "".join(part if part.startswith("[") else re.sub("[-_]", "", part).translate(LOWER) for part in parts)


def comparable(pairs):
    """The values of each key."""
    out = {}
    for key, value in pairs:
        out.setdefault(relaxed(key), []).append(value)
    return out


def differences(wanted, got):
    """Of keys that Java has twice in spellings that mean the same, plimsoll has the last."""
    wanted, got = comparable(wanted), comparable(got)
    return {key for key in wanted.keys() | got.keys()
            if not (wanted.get(key) == got.get(key) or (len(wanted.get(key, [])) > 1 and set(got.get(key, [])) <= set(wanted[key])))}


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--plimsoll", required=True)
    ap.add_argument("--cases", type=int, default=300)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--keep", help="leave the first differing file here")
    a = ap.parse_args()
    if shutil.which("java") is None or shutil.which("javac") is None:
        print("there is no Java compiler")
        sys.exit(77)
    different = refused = 0
    with tempfile.TemporaryDirectory(prefix="differential-") as folder:
        top = pathlib.Path(folder)
        files = []
        for seed in range(a.seed, a.seed + a.cases + a.cases // 4):
            file = top / str(seed) / "application.properties"
            file.parent.mkdir()
            file.write_bytes(properties(random.Random(seed)))
            files.append(file)
        wanted, got = javas(files), mine(a.plimsoll, top)
        for file in files:
            if wanted[str(file)] is None or APART.search(file.read_bytes()):
                refused += 1
            elif differences(wanted[str(file)], got.get(str(file), [])):
                different += 1
                if different <= 5:
                    print("seed %s differs: %r" % (file.parent.name, file.read_bytes()))
                    print("  Java:     %r\n  plimsoll: %r" % (wanted[str(file)], sorted(got.get(str(file), []))))
                if a.keep and different == 1:
                    shutil.copy(file, a.keep)
    compared = len(files) - refused
    print("spring: %d compared, %d refused by the program or left out, %d differences" % (compared, refused, different))
    sys.exit(1 if different or compared < a.cases else 0)


if __name__ == "__main__":
    main()
