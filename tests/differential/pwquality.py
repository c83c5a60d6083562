#!/usr/bin/python3
"""pwquality: the files and the arguments against libpwquality itself, in a changed root."""
import ctypes
import ctypes.util
import json
import os
import sys

import differential

IDS = {"difok": 1, "minlen": 3, "dcredit": 4, "ucredit": 5, "lcredit": 6, "ocredit": 7, "minclass": 8, "maxrepeat": 9,
       "maxclassrepeat": 11, "gecoscheck": 12, "maxsequence": 14, "dictcheck": 15, "usercheck": 16, "enforcing": 17, "retry": 18,
       "enforce_for_root": 19, "local_users_only": 20, "usersubstr": 21}
NAMES = list(IDS) + ["minlen", "minlen", "MinLen", "badwords", "dictpath", "unknown", "minle", ""]
VALUES = ["0", "1", "14", "-1", "5", "9", "+7", " 3", "0x5", "3 4", "abc", "", "2147483646", "2147483647", "-2147483648", "007", "1.5", "== 4", "= 4"]
MAIN = "/etc/security/pwquality.conf"


def line(rng):
    name = rng.choice(NAMES[:22]) if rng.random() < 0.95 else rng.choice(NAMES)
    value = rng.choice(["0", "1", "14", "-1", "5", "9"]) if rng.random() < 0.85 else rng.choice(VALUES)
    if name in ("badwords", "dictpath"):
        value = rng.choice(["a b", "/x", ""])
    text = name + rng.choice([" = ", "=", " ", "\t=\t", " =", "= "]) + value
    if rng.random() < 0.15:
        text = rng.choice(["# " + text, "  " + text, text + " # " + text, text + "#x", "", "   ", text + "\r", name, "#" * 1200, text + " " * 1100])
    return text + "\n"


def body(rng):
    text = "".join(line(rng) for _ in range(rng.randrange(7)))
    return text[:-1] if rng.random() < 0.1 else text


def generate(rng, root):
    security = root / "etc" / "security"
    security.mkdir(parents=True)
    if rng.random() < 0.9:
        (security / "pwquality.conf").write_text(body(rng))
    if rng.random() < 0.5:
        (security / "pwquality.conf.d").mkdir()
        for name in rng.sample(["10-a.conf", "9.conf", "b.conf", "A.conf", ".conf", "x.conf.bak", "y.conf.conf", "z"], rng.randrange(1, 5)):
            (security / "pwquality.conf.d" / name).write_text(body(rng))
    arguments = [rng.choice(NAMES) + rng.choice(["=", "=", "=", ""]) + rng.choice(VALUES).strip().replace(" ", "") for _ in range(rng.randrange(5))]
    (root / "etc" / "pam.d").mkdir()
    (root / "etc" / "pam.d" / "passwd").write_text("password requisite pam_pwquality.so " + " ".join(arguments) + "\n")
    (root / "arguments").write_text(json.dumps(" ".join(arguments).split()))


def ask(library, arguments):
    settings = library.pwquality_default_settings()
    detail = ctypes.c_void_p()
    library.pwquality_read_config(settings, None, ctypes.byref(detail))
    rows = {}
    for scope in ("", "/etc/pam.d/passwd"):
        if scope:
            for argument in arguments:
                library.pwquality_set_option(settings, argument.encode())
        for name, number in IDS.items():
            value = ctypes.c_int()
            library.pwquality_get_int_value(settings, number, ctypes.byref(value))
            rows[scope + " " + name] = str(value.value)
    return rows


def oracle(root):
    library = ctypes.CDLL(ctypes.util.find_library("pwquality"))
    library.pwquality_default_settings.restype = ctypes.c_void_p
    library.pwquality_read_config.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    library.pwquality_set_option.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.pwquality_get_int_value.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
    arguments = json.loads((root / "arguments").read_text())
    receive, send = os.pipe()
    if os.fork() == 0:
        try:
            os.chroot(root)
            os.chdir("/")
            os.write(send, json.dumps(ask(library, arguments)).encode())
        finally:
            os._exit(0)
    os.close(send)
    with os.fdopen(receive) as answer:
        text = answer.read()
    os.wait()
    return sorted(json.loads(text).items())


def mine(rows):
    return sorted((r["scope"] + " " + r["key"], r["value"]) for r in rows if r["key"] in IDS)


if __name__ == "__main__":
    if os.geteuid() != 0 or ctypes.util.find_library("pwquality") is None:
        print("libpwquality is not installed, or there is no right to change the root")
        sys.exit(77)
    differential.run("pwquality", generate, oracle, mine)
