#!/usr/bin/python3
"""Includes point downward only: base < root < formats < probe < (plugins) < baseline < evaluate < report < cli.

Also: each third-party library is included in one folder, and the heavy headers in one translation unit each.
"""
import argparse
import pathlib
import re
import sys

LAYERS = ["base", "root", "formats", "probe", "plugins", "baseline", "evaluate", "report", "cli"]
# Heavy headers, and how many files may include them.
ONE_UNIT = {"toml++/": 1, "CLI/": 1}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]')


def layer_of(path):
    parts = pathlib.PurePath(path).parts
    if parts[0] == "plugins":
        return "plugins"
    return parts[1] if parts[0] == "scanner" and len(parts) > 2 else None


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--plimsoll")
    ap.add_argument("--source", required=True)
    source = pathlib.Path(ap.parse_args().source)
    wrong, heavy, checked = [], {name: [] for name in ONE_UNIT}, 0
    for folder in ("scanner", "plugins"):
        for file in sorted((source / folder).rglob("*")):
            if file.suffix not in (".cpp", ".h"):
                continue
            here = file.relative_to(source)
            mine = layer_of(here)
            checked += 1
            for number, line in enumerate(file.read_text().splitlines(), 1):
                found = INCLUDE.match(line)
                if not found:
                    continue
                for name in ONE_UNIT:
                    if found.group(1).startswith(name):
                        heavy[name].append(str(here))
                theirs = layer_of(found.group(1))
                if theirs in LAYERS and mine in LAYERS and LAYERS.index(theirs) > LAYERS.index(mine):
                    wrong.append("%s:%d: %s includes upward: %s" % (here, number, mine, found.group(1)))
    for name, files in heavy.items():
        if len(set(files)) > ONE_UNIT[name]:
            wrong.append("%s is included by more than one file: %s" % (name, ", ".join(sorted(set(files)))))
    print("\n".join(wrong))
    print("%d files checked, %d includes point the wrong way" % (checked, len(wrong)))
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
