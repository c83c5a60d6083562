"""What useradd does to a new account is what plimsoll reads in login.defs and in /etc/default/useradd.

useradd has no dump of login.defs, so each case makes an account in a chroot and looks at it."""
import re
import stat

import differential
from staged import Staged

PROGRAM = "/usr/sbin/useradd"
NUMBERS = ["PASS_MAX_DAYS", "PASS_MIN_DAYS", "PASS_WARN_AGE", "UID_MIN", "HOME_MODE", "UMASK"]
staged = Staged(PROGRAM)


def prepare(root):
    staged.put_into(root)
    for folder in ("etc/default", "etc/skel", "home", "h"):
        (root / folder).mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    (root / "etc/shadow").write_text("root:*:1::::::\n")
    (root / "etc/group").write_text("root:x:0:\nusers:x:100:\n")
    (root / "etc/gshadow").write_text("root:*::\nusers:*::\n")


def login_line(rng):
    name = rng.choice(NUMBERS + ["CREATE_HOME", "USERGROUPS_ENAB"])
    if name in ("CREATE_HOME", "USERGROUPS_ENAB"):
        value = rng.choice(["yes", "YES", "no", "true", "1", "\"yes\"", "yes # really", "yes\"no\""])
    elif name == "UID_MIN":
        value = rng.choice(["1000", "2000", "0x800", "03000", "12x", "500"])
    elif name in ("HOME_MODE", "UMASK"):
        value = rng.choice(["027", "0700", "077", "27", "0x1f", "022", "o22", "\"007\"", "0", "002 # c"])
    else:
        value = rng.choice(["0", "7", "365", "-1", "0x10", "010", "99999", "\"30\"", "5 # five", "many", "", "+9", "08", " 4", "\"\"6", "1\t2"])
    lead = rng.choice(["", "", "", " ", "\t", "#", " # "])
    return lead + rng.choice([name, name, name, name, name.lower(), "X" + name]) + rng.choice([" ", "\t", "  ", "\t\t ", "=", " = ", " \""]) + value + rng.choice(["", "", " ", "\t", "\r"])


def useradd_line(rng):
    name, values = rng.choice([("INACTIVE", ["30", "-1", "0x1e", "030", "-2", "x", "", "30 ", "30#"]), ("SHELL", ["/bin/bash", "/bin/sh ", "", "'/bin/x'"]), ("HOME", ["/home", "/h"]),
                               ("EXPIRE", ["", "2030-01-01"]), ("SKEL", ["", "/etc/skel"]), ("CREATE_MAIL_SPOOL", ["", "no", "yes"]), ("GROUP", ["100", "users"])])
    return rng.choice(["", "", "", "", " ", "#"]) + name + rng.choice(["=", "=", "=", "=", " =", "= "]) + rng.choice(values)


def generate(rng, root):
    if rng.random() < 0.9:
        (root / "etc/login.defs").write_text("".join(login_line(rng) + "\n" for _ in range(rng.randint(0, 14))) + rng.choice(["", "PASS_MAX_DAYS 3"]))
    if rng.random() < 0.8:
        (root / "etc/default/useradd").write_text("".join(useradd_line(rng) + "\n" for _ in range(rng.randint(0, 6))) + rng.choice(["", "INACTIVE=12"]))


def oracle(root):
    shown = staged.run(root, "-D")
    made = staged.run(root, "joe")
    if shown.returncode != 0 or made.returncode != 0:
        return None
    shadow = (root / "etc/shadow").read_text().split("\njoe:")[1].split("\n")[0].split(":")
    passwd = (root / "etc/passwd").read_text().split("\njoe:")[1].split("\n")[0].split(":")
    home = root / passwd[4].lstrip("/")
    rows = dict(line.split("=", 1) for line in shown.stdout.decode().splitlines() if "=" in line)
    rows = {"useradd " + k.lower(): v for k, v in rows.items() if k != "GROUP"}
    rows.update(min=shadow[2], max=shadow[3], warn=shadow[4], inactive=shadow[5], uid=passwd[1], created=str(home.exists()),
                own_group=str("joe:" in (root / "etc/group").read_text()))
    if home.exists():
        rows["mode"] = "%04o" % stat.S_IMODE(home.stat().st_mode)
    return sorted(rows.items())


def days(value):
    value = value.strip()
    number = int(value, 0 if not re.fullmatch(r"[-+]?0[0-7]+", value) else 8)
    return "" if number == -1 else str(number)


def mine(rows):
    found = {r["scope"] + " " + r["key"]: r["value"] for r in rows}
    out = {k: v for k, v in found.items() if k.startswith("useradd ") and k != "useradd group"}
    inactive = days(found["useradd inactive"])
    out["useradd inactive"] = inactive or "-1"
    out.update(min=days(found[" pass_min_days"]), max=days(found[" pass_max_days"]), warn=days(found[" pass_warn_age"]), inactive=inactive,
               uid=days(found[" uid_min"]), created=str(found[" create_home"] == "yes"), own_group=str(found[" usergroups_enab"] == "yes"))
    if found[" create_home"] == "yes":
        out["mode"] = "%04o" % int(found[" home_mode"], 8)
    return sorted(out.items())


differential.run("login-defs", generate, oracle, mine, prepare=prepare)
