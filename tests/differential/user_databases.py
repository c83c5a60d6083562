"""Shared by account.py and group.py: nasty user databases, and what glibc's `files` service makes of them.

The service reads /etc of the root alone, so it is asked in a child process that has changed its root (needs root)."""
import ctypes
import ctypes.util
import grp
import json
import os
import pwd
import spwd
import sys

libc = ctypes.CDLL(None, use_errno=True)


class Sgrp(ctypes.Structure):
    _fields_ = [("namp", ctypes.c_char_p), ("passwd", ctypes.c_char_p),
                ("adm", ctypes.POINTER(ctypes.c_char_p)), ("mem", ctypes.POINTER(ctypes.c_char_p))]


libc.getsgent.restype = ctypes.POINTER(Sgrp)
libc.getusershell.restype = ctypes.c_char_p

NAMES = ["root", "daemon", "alice", "bob", "carol", "dave", "x" * 40, "a b", "#c", "+", "-", "+alice", "-bob", "+@net", "", "ROOT", "bob\r", "d.e-f_$"]
NUMBERS = ["0", "1", "1000", "1000", "1001", "65534", "4294967295", "4294967296", "-1", "-2", "+5", " 7", "\t8", "007", "0x10", "", " ", "abc", "12a",
           "99999999999999999999", "-18446744073709551615", "-0", "1 ", "--1", "+", "-"]
DAYS = NUMBERS + ["", "", "", "19000", "99999", "7", "2147483648", "3000000000"]
FIELDS = ["x", "x", "x", "", "*", "!", "!!", "!*", "*LK*", "##alice", "$6$salt$hashhash", "!$6$salt$hash", "$y$j9T$a$b", "$1$a$b", "abcdefghijklm",
          "$2b$12$x", "$5$a$b", "_J9..rasm", "$9$what$this", "plain", "$", "$$", "x "]
TEXTS = ["", "Alice A.", "/home/alice", "/root", "/", "relative", "/bin/bash", "/bin/sh", "/usr/sbin/nologin", "/bin/false", "/bin/bash ", "a,b,,c", "\u00e9"]
MEMBERS = ["", "alice", "alice,bob", "alice,,bob", " alice , bob", ",", ", ,", "bob,", "root", "alice bob", "carol\r", "alice:bob", ":", "\tbob"]


def line(rng, *fields):
    fields = list(fields)
    if rng.random() < 0.15:
        fields = fields[:rng.randrange(len(fields) + 1)]
    if rng.random() < 0.08:
        fields.append(rng.choice(TEXTS))
    text = ":".join(fields)
    if rng.random() < 0.07:
        text = rng.choice([" ", "\t", "#", " #", "\f", "\0"]) + text
    if rng.random() < 0.04:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(["\0", " ", ":", "#", "\r"]) + text[at:]
    return text


def text(rng, make):
    ending = rng.choice(["\n"] * 6 + ["\r\n"])
    rows = [make() for _ in range(rng.randrange(9))]
    # glibc 2.36 reads the last characters twice where a line with leading blanks has no newline or a NUL byte: left alone.
    rows = [row.replace("\0", "") if row[:1].isspace() else row for row in rows]
    if rows and rng.random() < 0.2 and not rows[-1][:1].isspace():
        return ending.join(rows)
    return ending.join(rows) + ending * rng.choice([1, 1, 1, 2])


def number(rng, choices):
    return str(rng.choice([0, 0, 1, 2, 1000, 1001])) if rng.random() < 0.6 else rng.choice(choices)


def generate(rng, root):
    (root / "etc").mkdir()
    name = lambda: rng.choice(NAMES[:6]) if rng.random() < 0.6 else rng.choice(NAMES)
    days = lambda: number(rng, DAYS)
    makers = {
        "passwd": lambda: line(rng, name(), rng.choice(FIELDS), number(rng, NUMBERS), number(rng, NUMBERS), rng.choice(TEXTS), rng.choice(TEXTS), rng.choice(TEXTS)),
        "shadow": lambda: line(rng, name(), rng.choice(FIELDS), days(), days(), days(), days(), days(), days(), rng.choice(["", "", "", "0", "junk", " "])),
        "group": lambda: line(rng, name(), rng.choice(FIELDS), number(rng, NUMBERS), rng.choice(MEMBERS)),
        "gshadow": lambda: line(rng, name(), rng.choice(FIELDS), rng.choice(MEMBERS), rng.choice(MEMBERS)),
        "shells": lambda: rng.choice(["/bin/sh", "/bin/bash", "# /bin/bash", " /usr/sbin/nologin # no", "/bin/bash extra", "bin/false", "x/bin/false", "", "/bin/false#", "/bin/bash\r", "#", "/"]),
    }
    for database, make in makers.items():
        if rng.random() < 0.95:
            (root / "etc" / database).write_bytes(text(rng, make).encode("utf-8"))


def strings(pointer):
    out, i = [], 0
    while pointer and pointer[i]:
        out.append(pointer[i].decode())
        i += 1
    return out


def unsigned(value):
    return value & 0xFFFFFFFF


def ask():
    def all_gshadow():
        libc.setsgent()
        while True:
            entry = libc.getsgent()
            if not entry:
                return
            e = entry.contents
            yield [e.namp.decode(), (e.passwd or b"").decode(), strings(e.adm), strings(e.mem)]

    def all_shells():
        libc.setusershell()
        while True:
            shell = libc.getusershell()
            if shell is None:
                return
            yield shell.decode()

    return {
        "passwd": [[e.pw_name, e.pw_passwd or "", unsigned(e.pw_uid), unsigned(e.pw_gid), e.pw_gecos or "", e.pw_dir or "", e.pw_shell or ""] for e in pwd.getpwall()],
        "shadow": [[e.sp_namp, e.sp_pwdp or "", e.sp_lstchg, e.sp_min, e.sp_max, e.sp_warn, e.sp_inact, e.sp_expire] for e in spwd.getspall()],
        "group": [[e.gr_name, e.gr_passwd or "", unsigned(e.gr_gid), e.gr_mem] for e in grp.getgrall()],
        "gshadow": list(all_gshadow()), "shells": list(all_shells()),
    }


def entries(root):
    """All five databases of a root as glibc reads them."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(receive)
            os.chroot(root)
            os.chdir("/")
            with os.fdopen(send, "w") as out:
                json.dump(ask(), out)
        finally:
            os._exit(0)
    os.close(send)
    with os.fdopen(receive) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text)


def need_root():
    if os.geteuid() != 0:
        print("glibc can only be asked about another root by root")
        sys.exit(77)


def is_nis(name):
    return name[:1] in ("+", "-")


def first(rows):
    out = {}
    for row in rows:
        out.setdefault(row[0], row)
    return out


def count(values, value):
    return sum(1 for v in values if v == value)
