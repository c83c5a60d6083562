#!/usr/bin/python3
"""user-files: keys of authorized_keys against `ssh-keygen -l`, and options in front of keys against what sshd says while it
turns a user away (one connection judges a hundred lines; without root only the keys are compared)."""
import base64
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

import differential

STAGE = tempfile.TemporaryDirectory(prefix="differential-")
WORK = pathlib.Path(STAGE.name)
NAMES = {"RSA": "ssh-rsa", "DSA": "ssh-dss", "ED25519": "ssh-ed25519", "ED25519-SK": "sk-ssh-ed25519@openssh.com"}
OPTIONS = ["no-pty", "PTY", "restrict", "no-restrict", "cert-authority", "port-forwarding", "No-Port-Forwarding", "no-agent-forwarding",
           "X11-forwarding", "no-touch-required", "verify-required", "user-rc", "ptyx", "", "bad", "no-", "no-no-pty", "restrict=",
           'command="x y"', 'command="\\"x y\\" z"', 'Command="\\"q\\" \\\\"', "command=x", 'command=""', 'command="a"b', 'command ="a"', 'principals="a,b"', 'from="10.0.0.0/8,!x"',
           'from="nonsense@@"', 'environment="A=1"', 'environment="A"', 'environment="=1"', 'environment="A-B=1"', 'environment="_9=\\"x"',
           'permitopen="h:80"', 'permitopen="80"', 'permitopen="h:*"', 'permitopen="[::1]:22"', 'permitopen="[::1]22"', 'permitopen="[::1"',
           'permitopen="h:0"', 'permitopen="h:65536"', 'permitopen="h:"', 'permitopen=":80"', 'permitopen="h/80"', 'permitopen="::1:80"',
           'permitlisten="80"', 'permitlisten="h:80"', 'permitlisten="*"', 'permitlisten=""', 'permitlisten="0"', 'permitlisten="h/80"',
           'tunnel="any"', 'tunnel="0"', 'tunnel="-1"', 'tunnel="1:2"', 'tunnel="2147483645"', 'tunnel="2147483646"', 'tunnel="x"', 'tunnel=""',
           'expiry-time="20301231"', 'expiry-time="203012312359"', 'expiry-time="20301231235960"', 'expiry-time="20301231Z"',
           'expiry-time="20301231utc"', 'expiry-time="20301331"', 'expiry-time="20300230"', 'expiry-time="2030123"', 'expiry-time="203012312460"',
           'expiry-time="Z"', 'expiry-time="20301200"', 'expiry-time="19691231"', 'expiry-time=""']


def string(data):
    return struct.pack(">I", len(data)) + data


def rsa(rng):
    bits = rng.choice([1, 8, 512, 1023, 1024, 1025, 2047, 2048, 4096, 16383, 16384, 16385, 16392])
    number = (1 << (bits - 1) | rng.getrandbits(bits)) & ((1 << bits) - 1)
    data = number.to_bytes((bits + 7) // 8, "big")
    if data[0] & 0x80 and rng.random() < 0.95:
        data = b"\0" + data
    data = rng.choice([b"", b"", b"\0"]) + data
    return string(b"ssh-rsa") + string(rng.choice([b"\1\0\1", b"\3", b"", b"\x83"])) + string(data)


def blob(rng):
    kind = rng.randrange(6)
    if kind < 2:
        return rsa(rng)
    if kind == 2:
        return string(b"ssh-ed25519") + string(rng.randbytes(rng.choice([32, 32, 32, 31, 33, 0])))
    if kind == 3:
        return string(b"sk-ssh-ed25519@openssh.com") + string(rng.randbytes(32)) + rng.choice([string(b"ssh:"), string(b""), b""])
    return base64.b64decode(rng.choice(POOL).split()[1])


def key(rng):
    data = blob(rng)
    roll = rng.random()
    if roll < 0.04:
        data = data[:rng.randrange(len(data))]
    elif roll < 0.08:
        data += rng.choice([b"\0", string(b"x")])
    length = struct.unpack(">I", data[:4])[0] if len(data) > 3 else 0
    name = data[4:4 + length].decode(errors="replace") if rng.random() < 0.95 else rng.choice(["ssh-rsa", "ssh-ed25519", "SSH-RSA", "rsa"])
    if name == "ssh-rsa" and rng.random() < 0.2:
        name = rng.choice(["rsa-sha2-256", "rsa-sha2-512", "rsa-sha2-384"])
    text = base64.b64encode(data).decode()
    roll = rng.random()
    if roll < 0.05:
        text = text.rstrip("=") + rng.choice(["", "=", "==", "===", "A"])
    elif roll < 0.1 and text:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(["\v", "\f", "-", "_", "\x80", "=", "\r"]) + text[at:]
    return name + rng.choice([" ", " ", "\t", " \t "]) + text + rng.choice(["", " ", " comment", "\tme@here #x", ' "'])


def options_of(rng):
    return ",".join(rng.choice(OPTIONS) for _ in range(rng.choice([1, 1, 2, 3])))


def line(rng):
    roll = rng.random()
    if roll < 0.1:
        return rng.choice(["", "#", "# " + key(rng), "  \t", "ssh-rsa", "ssh-rsa ", "nonsense", '"', "a b c", CERTIFICATE])
    text = key(rng)
    if roll < 0.5:
        # Options that sshd takes: ssh-keygen does not look at them. It wants one blank behind them, where sshd takes any number.
        text = rng.choice(['no-pty', 'command="a b",restrict', 'command="\\"x\\" y"', 'from="a b",no-user-rc', 'environment="A= #"']) + \
            rng.choice([" ", "\t"]) + text
    elif roll < 0.55:
        text = rng.choice(['command="a ', '" ']) + text
    return rng.choice(["", "", " ", "\t "]) + text


def write_accounts(root):
    for name, text in (("etc/passwd", "bob:x:0:0::/home/bob:/bin/sh\n"), ("etc/group", "root:x:0:\n")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "home/bob/.ssh").mkdir(parents=True)


def generate(rng, root):
    text = "".join(line(rng) + rng.choice(["\n", "\n", "\n", "\r\n"]) for _ in range(rng.randrange(1, 12)))
    if rng.random() < 0.2:
        text = text.rstrip("\n")
    (root / "home/bob/.ssh/authorized_keys").write_bytes(text.encode("latin-1"))


def oracle(root):
    path = root / "home/bob/.ssh/authorized_keys"
    done = subprocess.run(["ssh-keygen", "-l", "-f", str(path)], capture_output=True, stdin=subprocess.DEVNULL, timeout=20)
    rows = []
    # What it prints for a comment may be memory that it has already given back, line ends and all.
    for bits, name, certificate in re.findall(rb"^(\d+) SHA256:[A-Za-z0-9+/]{43} .*?\(([A-Z0-9]+(?:-SK)?)(-CERT)?\)$", done.stdout, re.M | re.S):
        if not certificate:
            name = name.decode()
            rows.append((int(bits), NAMES.get(name) or "ecdsa-sha2-nistp" + bits.decode()))
    return rows


def mine(rows):
    return [(row["bits"], row["key_type"]) for row in rows if row["kind"] == "authorized-key"]


# ---- options, as sshd takes them ----

SSHD_CONFIG = "HostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nPidFile none\nUsePAM no\nLogLevel DEBUG3\n"


def refused_by_sshd(path):
    """The numbers of the lines whose options sshd finds bad, or behind which it finds no key."""
    config = WORK / "sshd_config"
    config.write_text(SSHD_CONFIG % (WORK / "host", path))
    os.makedirs("/run/sshd", exist_ok=True)
    done = subprocess.run(["ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes",
                           "-o", "BatchMode=yes", "-o", "PreferredAuthentications=publickey", "-i", str(WORK / "visitor"),
                           "-o", "ProxyCommand=/usr/sbin/sshd -i -e -f %s" % config, "root@here", "true"],
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    said = done.stderr.decode(errors="replace")
    if "authorized_keys: processed" not in said:
        raise RuntimeError("sshd did not read the keys: " + said[-500:])
    return {int(number) for number in re.findall(r"authorized_keys:(\d+): (?:bad key options|advance:)", said)}


def is_whole(options):
    """Whether all of it stands in front of the key: no blank outside quotes, no quote left open."""
    quoted = False
    for piece in re.findall(r'\\"|.', options):
        if piece == '"':
            quoted = not quoted
        elif piece in " \t" and not quoted:
            return False
    return not quoted


def compare_options(plimsoll, rounds):
    if os.geteuid() != 0 or not os.path.exists("/usr/sbin/sshd"):
        print("options are not compared: that needs root and sshd")
        return 0
    differences = compared = 0
    for number in range(rounds):
        rng = random.Random(number)
        lines = list(filter(is_whole, (options_of(rng) for _ in range(120))))
        with tempfile.TemporaryDirectory(prefix="differential-") as folder:
            root = pathlib.Path(folder)
            write_accounts(root)
            path = root / "home/bob/.ssh/authorized_keys"
            path.write_text("".join("%s%s%s\n" % (options, rng.choice([" ", "\t", " \t "]), ABSENT) for options in lines))
            refused = refused_by_sshd(path)
            taken = {row["origin"]["line"] for row in differential.facts(plimsoll, "user-files", root) if row["kind"] == "authorized-key"}
        for at, options in enumerate(lines, 1):
            compared += 1
            if (at in taken) == (at in refused):
                differences += 1
                print("options %r: sshd %s them, plimsoll does not" % (options, "refuses" if at in refused else "takes"))
    print("options: %d compared, %d differences" % (compared, differences))
    return differences


def make_keys():
    def keygen(name, *words):
        subprocess.run(["ssh-keygen", "-q", "-N", "", "-f", str(WORK / name), *words], check=True, stdin=subprocess.DEVNULL)
        return " ".join((WORK / (name + ".pub")).read_text().split()[:2])
    pool = [keygen("k%d" % i, *words) for i, words in enumerate((
        ("-t", "rsa", "-b", "2048"), ("-t", "dsa"), ("-t", "ecdsa", "-b", "256"), ("-t", "ecdsa", "-b", "384"), ("-t", "ecdsa", "-b", "521"), ("-t", "ed25519")))]
    for name in ("host", "visitor"):
        keygen(name, "-t", "ed25519")
    subprocess.run(["ssh-keygen", "-q", "-s", str(WORK / "host"), "-I", "id", str(WORK / "k5.pub")], check=True, stdin=subprocess.DEVNULL)
    return pool, (WORK / "k5-cert.pub").read_text().strip()


if __name__ == "__main__":
    import shutil
    if not shutil.which("ssh-keygen"):
        print("ssh-keygen is not installed")
        sys.exit(77)
    POOL, CERTIFICATE = make_keys()
    ABSENT = POOL[5]
    if "--plimsoll" in sys.argv and compare_options(sys.argv[sys.argv.index("--plimsoll") + 1], 10):
        sys.exit(1)
    differential.run("user-files", generate, oracle, mine, prepare=write_accounts, needs=["ssh-keygen"])
