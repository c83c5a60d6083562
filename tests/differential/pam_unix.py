#!/usr/bin/python3
"""pam_unix: with which method, and how many rounds, it hashes a new password, against what it writes to /etc/shadow."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import differential

HERE = pathlib.Path(__file__).parent
SECURITY = "lib/x86_64-linux-gnu/security"
METHODS = ["md5", "bigcrypt", "sha256", "sha512", "blowfish", "des", "gost_yescrypt", "yescrypt"]
OTHERS = ["obscure", "use_authtok_not", "SHA512", "Yescrypt", "shadow", "quiet", "sha51", "sha512crypt", "des3", "round=7", "nullok"]
NUMBERS = ["0", "-1", "2", "3", "4", "5", "6", "7", "8", "07", "7x", "+6", "x", "", "32", "999", "1000", "4999", "5000", "9000", "65536", "70000", "2147483647",
           "4294972296", "99999999999999999999", "0x1000"]
STATUS = "Package: libpam-modules\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n"
CRYPT = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
built = pathlib.Path(tempfile.mkdtemp(prefix="pam-unix-"))


def version():
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libpam-modules"], capture_output=True, text=True)
    return asked.stdout if asked.returncode == 0 else ""


def build():
    if os.geteuid() != 0:
        print("changing the root takes root")
        sys.exit(77)
    if shutil.which("cc") is None or not pathlib.Path("/usr/include/security/pam_appl.h").exists():
        print("cc or libpam0g-dev is not installed")
        sys.exit(77)
    subprocess.run(["cc", "-O1", "-o", built / "driver", HERE / "pam_unix_driver.c", "-lpam"], check=True)
    module = pathlib.Path("/") / SECURITY / "pam_unix.so"
    (built / SECURITY).mkdir(parents=True)
    shutil.copy(module, built / SECURITY)
    for library in re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", module], capture_output=True, text=True).stdout):
        target = built / library[1:]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, target)


def prepare(root):
    for folder in ("lib", "lib64"):
        if (built / folder).exists():
            shutil.copytree(built / folder, root / folder, copy_function=os.link)
    (root / "etc/pam.d").mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n")
    (root / "etc/shadow").write_text("user:*:19000:0:99999:7:::\n")
    (root / "etc/nsswitch.conf").write_text("passwd: files\nshadow: files\n")
    (root / "var/lib/dpkg").mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text(STATUS % version())


def generate(rng, root):
    arguments = []
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        arguments.append(rng.choice(METHODS + ["yescrypt", "sha512"] * 3))
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        arguments.append("rounds=" + rng.choice(NUMBERS))
    for _ in range(rng.choice([0, 1])):
        arguments.append(rng.choice(OTHERS))
    rng.shuffle(arguments)
    (root / "etc/pam.d/svc").write_text("password required pam_unix.so %s\n" % " ".join(arguments))
    if rng.random() < 0.1:
        return
    text = ""
    for _ in range(rng.randint(0, 5)):
        name = rng.choice(["ENCRYPT_METHOD"] * 3 + ["SHA_CRYPT_MAX_ROUNDS"] * 2 + ["SHA_CRYPT_MIN_ROUNDS", "YESCRYPT_COST_FACTOR", "encrypt_method", "UMASK"])
        value = rng.choice(["SHA512", "sha256", "YESCRYPT", "DES", "MD5", "BCRYPT", "SHA512x", "SHA", "\"SHA512\""]) if "METHOD" in name.upper() else rng.choice(NUMBERS)
        text += rng.choice(["", "", "", " ", "\t", "#", "# "]) + name + rng.choice([" ", "\t", "=", " = ", "  ", ""]) + value + rng.choice(["", "", " ", " # c", "#c", "\r"]) + "\n"
    (root / "etc/login.defs").write_text(text)


def oracle(root):
    done = subprocess.run([built / "driver", root, "svc"], capture_output=True)
    if done.returncode != 0:
        return None
    hashed = (root / "etc/shadow").read_text().split(":")[1]
    if not hashed.startswith("$"):
        return [("des" if len(hashed) == 13 else "bigcrypt", None)]
    kind = hashed.split("$")[1]
    method = {"1": "md5", "5": "sha256", "6": "sha512", "2b": "blowfish", "y": "yescrypt", "gy": "gost_yescrypt"}[kind]
    setting = hashed.split("$")[2]
    if kind in ("5", "6"):
        return [(method, int(setting[7:]) if setting.startswith("rounds=") else 5000)]
    if kind == "2b":
        return [(method, int(setting))]
    # crypt(5): the second letter of the parameters says the size of the memory, which the cost gives from 3 on.
    return [(method, None if kind == "1" else CRYPT.index(setting[1]) - 6)]


def mine(rows):
    return [(row["hash"], row["rounds"]) for row in rows if row["service"] == "svc" and row["type"] == "password"]


if __name__ == "__main__":
    build()
    try:
        differential.run("pam", generate, oracle, mine, prepare)
    finally:
        shutil.rmtree(built)
