"""Shared by the differential tests: generate nasty configurations, ask the real program and plimsoll, expect no difference.

A test is a script `tests/differential/<probe>.py` that calls `run(probe, generate, oracle, ...)`:

    generate(rng, root)       writes a configuration below `root` (a pathlib.Path, empty but for what `prepare` put there)
    oracle(root)              what the real program makes of it: a sorted list of comparable rows, or None when the program
                              refuses the configuration (then plimsoll is only asked not to crash)
    mine(rows)                turns plimsoll's rows (list of dicts) into the same kind of list

Usage: <probe>.py --plimsoll PATH [--cases 300] [--seed 1] [--keep DIR]     exit 0 without a difference, 77 when the program
is not installed. Every failing case is named by its seed and shown as a difference of rows.
"""
import argparse
import difflib
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile


def facts(plimsoll, probe, root, extra=()):
    done = subprocess.run([plimsoll, "facts", probe, "--root", str(root), "--format", "jsonl", *extra],
                          capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 3):
        raise RuntimeError("plimsoll facts %s: exit %d: %s" % (probe, done.returncode, done.stderr.decode(errors="replace")[-300:]))
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(probe, generate, oracle, mine, prepare=None, needs=None, extra=()):
    ap = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    ap.add_argument("--plimsoll", required=True)
    ap.add_argument("--cases", type=int, default=300)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--keep", help="leave the first differing root here")
    a = ap.parse_args()
    for program in needs or ():
        if shutil.which(program) is None:
            print("%s is not installed" % program)
            sys.exit(77)
    compared = refused = different = 0
    seed = a.seed
    while compared < a.cases and refused < 3 * a.cases + 50:
        with tempfile.TemporaryDirectory(prefix="differential-") as folder:
            root = pathlib.Path(folder) / "root"
            root.mkdir()
            if prepare:
                prepare(root)
            generate(random.Random(seed), root)
            wanted = oracle(root)
            got = mine(facts(a.plimsoll, probe, root, extra))
            if wanted is None:
                refused += 1
            else:
                compared += 1
                if wanted != got:
                    different += 1
                    if different <= 5:
                        print("seed %d differs (program, then plimsoll):" % seed)
                        print("\n".join(list(difflib.unified_diff([str(r) for r in wanted], [str(r) for r in got], lineterm="", n=0))[2:42]))
                    if a.keep and different == 1:
                        shutil.copytree(root, a.keep, symlinks=True)
        seed += 1
    print("%s: %d compared, %d refused by the program, %d differences" % (probe, compared, refused, different))
    sys.exit(1 if different or compared < a.cases else 0)
