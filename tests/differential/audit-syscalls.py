"""Which calls of which ABI a rule is about: auditctl on a host of each architecture, its requests kept from the kernel by
audit_shim.c, against plimsoll. Seed by seed the names of all tables come up on all hosts; what an ABI has is also held against ausyscall."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import differential

HERE = pathlib.Path(__file__).resolve().parent
TABLES = ["x86_64", "i386", "aarch64", "arm"]
ELF = {"x86_64": 0xc000003e, "i386": 0x40000003, "aarch64": 0xc00000b7, "arm": 0x40000028}
# What uname(2) says, the ABIs by their names here, the files that tell plimsoll.
HOSTS = {
    "x86_64": ({"b64": "x86_64", "b32": "i386"}, ["lib64/ld-linux-x86-64.so.2"]),
    "aarch64": ({"b64": "aarch64", "b32": "arm"}, ["lib/ld-linux-aarch64.so.1"]),
    "armv7l": ({"b32": "arm"}, ["lib/ld-linux-armhf.so.3", "lib/modules/6.1.0-9-armmp/x"]),
    "i686": ({"b32": "i386"}, ["lib/ld-linux.so.2", "lib/modules/6.1.0-9-686-pae/x"]),
}
ARCHES = ["b64", "b32", "B64", "x86_64", "i386", "i586", "I686", "aarch64", "arm", "armeb", "armv5tejl", "armv5tel", "armv6l", "armv7l", "armv8l", "arm64", "amd64", "riscv64", "b16", "0xc000003e", "3221225534", "0x40000028", "010000000003",
          "0x40000003x", "0xc00000b7", "0x1c00000b7", "0x40000029", "8", "99999999999999999999"]
ODD = ["all", "nosuch", "0", "1", "010", "08", "0x10", "0X1fz", "17x", "450", "2015", "2047", "2048", "4294967297", "2147483648", "99999999999999999999", "9223372036854775809", "-1", "+1", "OPENAT", "Kill", "sys_open", "open "]
EQUAL, NOT_EQUAL, ARCH = 0x40000000, 0x30000000, 11


def dump(machine):
    text = subprocess.run(["ausyscall", machine, "--dump"], capture_output=True, text=True, timeout=30).stdout
    return {int(number): name for number, name in (line.split("\t") for line in text.splitlines()[1:])}


def build(folder):
    shim = folder / "shim.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", str(shim), str(HERE / "audit_shim.c")], check=True)
    return shim


def call(rng, at):
    # Each name has its turn, so that a few hundred cases have them all.
    if at is not None:
        return NAMES[at % len(NAMES)]
    return rng.choice(ODD) if rng.random() < 0.35 else str(rng.randrange(470)) if rng.random() < 0.3 else rng.choice(NAMES)


def rule(rng, at):
    words = ["-a", "always,exit"]
    for _ in range(rng.choice([0, 1, 1, 1, 1, 2])):
        words += ["-F", "arch" + rng.choice(["=", "=", "=", "=", "!="]) + rng.choice(ARCHES[:2] if rng.random() < 0.6 else ARCHES)]
    for i in range(rng.choice([0, 1, 1, 1, 2])):
        words += ["-S", ",".join(call(rng, at if i == 0 and j == 0 else None) for j in range(rng.choice([1, 1, 1, 2, 3])))]
    return words + ["-F", "key=k"] if "-S" in words else words


def generate(rng, root):
    machine = rng.choice(sorted(HOSTS))
    for file in HOSTS[machine][1]:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("")
    begin = rng.randrange(len(NAMES))
    (root / "etc/audit/rules.d").mkdir(parents=True)
    lines = [" ".join(rule(rng, begin + 7 * i)) + " -F auid=%d" % i for i in range(12)]  # none is there twice
    (root / "etc/audit/rules.d/a.rules").write_text("-i\n" + "".join(line + "\n" for line in lines))
    (root / "machine").write_text(machine)


def meant(host, fields, numbers):
    """What the kernel makes of it: each ABI for which all fields hold, and its calls by their own names."""
    conditions = [(operator, value) for field, operator, value in fields if field == ARCH]
    holds = [abi for abi, table in sorted(host.items()) if all((value == ELF[table]) == (operator == EQUAL) for operator, value in conditions)]
    if not holds:
        return ["void"]
    if len(numbers) == 2048:
        return ["%s all" % abi for abi in holds]
    abi = "b64" if len(holds) > 1 else holds[0]
    names = DUMPS[host[abi]]
    return ["%s %s" % (abi, name) for name in sorted(names.get(number, str(number)) for number in numbers)]


def oracle(root):
    machine = (root / "machine").read_text()
    host = HOSTS[machine][0]
    out = ["abi %s %s %s" % (abi, table, ",".join(sorted(DUMPS[table].values()))) for abi, table in sorted(host.items())]
    for number, line in enumerate((root / "etc/audit/rules.d/a.rules").read_text().splitlines(), 1):
        if number == 1:
            continue
        # The shell is not between: only blanks separate words, as in a file.
        done = subprocess.run(["auditctl", *filter(None, line.split(" "))], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, env={**os.environ, "LD_PRELOAD": str(SHIM), "MACHINE": machine})
        sent = [text for text in done.stdout.splitlines() if text.startswith("rule ")]
        if not sent:
            out.append("%d refused" % number)
            continue
        fields, numbers = sent[0].split(" calls")
        fields = [(int(a), int(b, 16), int(c, 16)) for a, b, c in (field.split(":") for field in fields.split()[3:])]
        out += ["%d %s" % (number, text) for text in meant(host, fields, [int(one) for one in numbers.split()])]
    return sorted(out)


def mine(rows):
    out = set()
    for row in rows:
        at = row["origin"].get("line")
        if row["kind"] == "abi":
            out.add("abi %s %s %s" % (row["arch"], row["value"], ",".join(row["calls"])))
        elif row["kind"] == "error":
            out.add("%d refused" % at)
        elif row["kind"] == "rule":
            out.add("%d %s" % (at, "void" if row["state"] == "void" else "%s %s" % (row["arch"], row["syscall"])))
    return sorted(out)


if not all(shutil.which(program) for program in ["auditctl", "ausyscall", "cc"]):
    print("auditctl, ausyscall or cc is not installed")
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="differential-") as made:
    SHIM = build(pathlib.Path(made))
    DUMPS = {table: dump(table) for table in TABLES}
    NAMES = sorted({name for table in DUMPS.values() for name in table.values()})
    differential.run("audit-rules", generate, oracle, mine)
