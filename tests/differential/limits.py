#!/usr/bin/python3
"""limits: what sessions get from the rows, against what pam_limits itself sets for three users."""
import ctypes
import json
import os
import pathlib
import re
import resource
import sys
import tempfile

import differential

USERS = {"root": (0, 0), "daemon": (1, 1), "www-data": (33, 33)}
GROUPS = {"root": 0, "daemon": 1, "www-data": 33}
# Those that a process can do with none of, and whose limits no container narrows beforehand.
ITEMS = {"core": (resource.RLIMIT_CORE, 1024), "nproc": (resource.RLIMIT_NPROC, 1), "locks": (10, 1), "sigpending": (resource.RLIMIT_SIGPENDING, 1), "msgqueue": (resource.RLIMIT_MSGQUEUE, 1),
         "nice": (resource.RLIMIT_NICE, 0), "rtprio": (resource.RLIMIT_RTPRIO, 1),
         "rss": (resource.RLIMIT_RSS, 1024)}
DOMAINS = ["*", "*", "root", "daemon", "daemon", "www-data", "@daemon", "@www-data", "@root", "%", "%daemon", "1:1", ":1", "1:", "0:40",
           "2:", ":", "@:33", "@1:", "@0:20", "@x:", "1:x", "%:1", "%1:", "nobody", "@nobody", "+1:33", "a:b", "\\*", "DAEMON"]
TYPES = ["soft", "hard", "-", "hard", "Hard", "SOFT", "both", "--", "h"]
VALUES = ["0", "1", "7", "100", "5000", "unlimited", "infinity", "-1", "-", "Unlimited", "007", "+5", "12abc", "abc", "0x10", "-3",
          "99999999999999999999", "18446744073709551615", "20000000000000000"]
CLONE_NEWNS, MS_REC, MS_PRIVATE, MS_BIND = 0x20000, 0x4000, 1 << 18, 4096
UNLIMITED = 2 ** 64 - 1
CAP_SYS_RESOURCE = 24
MAY_RAISE = int(re.search(r"CapEff:\s*(\w+)", pathlib.Path("/proc/self/status").read_text()).group(1), 16) >> CAP_SYS_RESOURCE & 1


def line(rng):
    words = [rng.choice(DOMAINS), rng.choice(TYPES if rng.random() < 0.3 else TYPES[:4]), rng.choice(list(ITEMS) + ["CORE", "bogus"]),
             rng.choice(VALUES if rng.random() < 0.6 else VALUES[:6])]
    kind = rng.random()
    if kind < 0.05:
        words = words[:rng.randint(1, 3)]
    elif kind < 0.08:
        words[1:] = [rng.choice(["-", "-x"])]
    elif kind < 0.12:
        words.append("more")
    text = rng.choice([" ", "\t", "  ", " \t", " \v"]).join(words)
    kind = rng.random()
    if kind < 0.2:
        text = rng.choice(["# " + text, "  " + text, text + " # why", text + "#", "", " ", text + "\r", "x" * 1022 + " " + text, text + "\0 x"])
    return text + "\n"


def body(rng):
    text = "".join(line(rng) for _ in range(rng.randrange(8)))
    return text[:-1] if rng.random() < 0.1 else text


def generate(rng, root):
    security = root / "etc/security"
    security.mkdir(parents=True)
    (security / "limits.conf").write_text(body(rng))
    if rng.random() < 0.6:
        (security / "limits.d").mkdir()
        for name in rng.sample(["10-a.conf", "9.conf", "b.conf", "A.conf", ".conf", "x.conf.bak", "z"], rng.randrange(1, 5)):
            (security / "limits.d" / name).write_text(body(rng))


class Conversation(ctypes.Structure):
    _fields_ = [("conv", ctypes.c_void_p), ("data", ctypes.c_void_p)]


def session(root, user, say):
    """In a child: the limits of this process after pam_limits has opened a session."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) or libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None):
        os._exit(9)
    if libc.mount(str(root / "etc/security").encode(), b"/etc/security", None, MS_BIND, None):
        os._exit(9)
    pam = ctypes.CDLL("libpam.so.0")
    conversation, handle = Conversation(None, None), ctypes.c_void_p()
    pam.pam_start_confdir(b"limits", user.encode(), ctypes.byref(conversation), str(SERVICES).encode(), ctypes.byref(handle))
    pam.pam_open_session(handle, 0)
    os.write(say, json.dumps({item: resource.getrlimit(number) for item, (number, _) in ITEMS.items()}).encode())
    os._exit(0)


def limits_of(root, user):
    hear, say = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            session(root, user, say)
        finally:
            os._exit(8)
    os.close(say)
    with os.fdopen(hear) as pipe:
        text = pipe.read()
    status = os.waitpid(child, 0)[1]
    if status != 0:
        raise RuntimeError("pam_limits could not be asked: %d" % status)
    # Python tells RLIM_INFINITY as -1, and what strtoull() makes of -3 is as good as that.
    return {item: [limit if 0 <= limit < 2 ** 63 else UNLIMITED for limit in pair] for item, pair in json.loads(text).items()}


def show(limits):
    return sorted((user, item, *pair) for user, items in limits.items() for item, pair in items.items())


def oracle(root):
    return show({user: limits_of(root, user) for user in USERS})


def within(number, bounds):
    low, high = bounds.split(":")
    if low == "":
        return number == int(high)
    return number >= int(low) and (high == "" or number <= int(high))


def rank(row, user):
    """How near a row's domain is to a user, as in process_limit(); None: it is not about him."""
    uid, gid = USERS[user]
    domain = row["domain"].lstrip("%")
    if row["kind"] == "user" and domain == user or row["kind"] == "users" and within(uid, domain):
        return 0
    if row["kind"] == "group" and GROUPS.get(domain[1:]) == gid or row["kind"] == "groups" and within(gid, domain[1:]):
        if uid != 0 or row["type"] == "exempt":
            return 1
        # Debian: limits of groups are not root's, but a range of groups is then taken for one of users.
        return 0 if row["kind"] == "groups" else None
    if row["kind"] == "default" and uid != 0:
        return 4
    return None


def amount(row):
    factor = ITEMS[row["item"]][1]
    if row["item"] == "nice":
        return 20 - min(19, max(-20, row["number"]))
    if row["value"] == "unlimited" or row["number"] >= UNLIMITED // factor:
        return UNLIMITED
    return row["number"] * factor


def mine(rows):
    out = {user: {item: list(pair) for item, pair in DEFAULTS[user].items()} for user in USERS}
    for user in USERS:
        sources = {}
        exempt_in = None
        for row in rows:
            near = rank(row, user)
            # The rest of that file, and of the directory, is not read for him, but what was read before holds.
            if near is None or exempt_in is not None:
                continue
            if row["type"] == "exempt":
                out[user] = {item: list(pair) for item, pair in DEFAULTS[user].items()}
                exempt_in = row["file"]
                continue
            if row["item"] not in ITEMS:
                continue
            for half, name in enumerate(("soft", "hard")):
                if row["type"] in (name, "both"):
                    if sources.get((row["item"], half), 5) < near:
                        break
                    sources[(row["item"], half)] = near
                    out[user][row["item"]][half] = amount(row)
        for item, pair in out[user].items():
            pair[0] = min(pair)
            if not MAY_RAISE and pair[1] > DEFAULTS[user][item][1]:
                pair[:] = DEFAULTS[user][item]
    return show(out)


if os.geteuid() != 0 or not any(pathlib.Path("/usr/lib").glob("*/security/pam_limits.so")):
    print("pam_limits is not installed, or this is not root")
    sys.exit(77)
with tempfile.TemporaryDirectory() as folder:
    SERVICES = pathlib.Path(folder)
    (SERVICES / "limits").write_text("session required pam_limits.so\n")
    empty = SERVICES / "empty"
    (empty / "etc/security").mkdir(parents=True)
    (empty / "etc/security/limits.conf").write_text("")
    DEFAULTS = {user: limits_of(empty, user) for user in USERS}
    differential.run("limits", generate, oracle, mine)
