#!/usr/bin/python3
"""logrotate: definitions of logs after all files are read, against `logrotate -d` in a chroot."""
import re
import shlex
import subprocess

import differential
import staged

stage = staged.Staged("/usr/sbin/logrotate")
LOGS = ["/var/log/a%d", "/var/log/c.log%d", "/var/log/d*%d", '"/var/log/e f%d"', "'/var/log/g%d'", "/var/log/h\\ i%d", "~/x.log%d", "/nowhere/k%d", "/var/log/l#m%d"]
COUNT = iter(range(1 << 30))  # no log twice
PLAIN = ["daily", "weekly", "monthly", "yearly", "hourly", "weekly 3", "weekly 7", "rotate 4", "rotate 0", "rotate -1", "rotate=3", "rotate = 0x10",
         "rotate 010", "size 10k", "size 5M", "size 1G", "size=100", "minsize 3k", "maxsize 7M", "maxsize 0", "minage 2", "maxage 30", "ifempty", "notifempty",
         "missingok", "nomissingok", "compress", "nocompress", "delaycompress", "copytruncate", "create", "create 0640 root adm", "create 640", "create root adm",
         "create 0600 bob", "create 0600 1000 4", "nocreate", "su root adm", "mail bob@here", "nomail", "mailfirst", "maillast", "dateext", "dateformat -%Y",
         "extension .log", "addextension .x", "shred", "shredcycles 3", "sharedscripts", "start 1", "olddir old", "olddir /var/old", "noolddir",
         "createolddir 750 root adm", "createolddir", "compresscmd /bin/gzip", "compressext .gz", "compressoptions -9 \"a b\"", "errors x", "ignoreduplicates",
         "allowhardlink", "renamecopy", "nosuchword", "nosuchword 3 daily", "# daily", "", "\t", "daily missingok rotate 2", "daily # x", "notifempty  compress",
         "postrotate\n  /bin/true {\n }\nendscript", "prerotate\nendscript", "firstaction\nx\n  endscript daily", "preremove\nweekly\nendscript"]
BAD = ["rotate x", "rotate", "rotate 4 x", "rotate -2", "rotate 08", "rotate 0x", "weekly 8", "weekly # x", "weekly daily", "size 3x", "size", "size x", "size -3",
       "size 10kB", "minage -1", "maxage 3d", "su bob", "su nobodyatall adm", "create 0640 nosuch adm", "create 0640 root nosuch", "create 0640 root adm x",
       "create 0999 root", "mail a b", "mail", "daily;", "daily,", "rotate:4", "*bad", "-x", "3", "daily{", "olddir /nonexistent", "olddir", "olddir a b", "tabooext + .x",
       "start -1", "shredcycles x", "compressoptions a\\", "dateformat", "extension", "compressext a b", "/var/log/x", "endscript",
       "postrotate\nx", "postrotate\n}", "DAILY", "Daily"]
GLOBAL_ONLY = ["include /etc/logrotate.d", "include /etc/logrotate.d/one", "include extra", "include=/etc/extra", "include /nosuch", "include /dev/null",
               "tabooext .bad", "tabooext + .bad, .worse", "tabooext", "tabooext + .x,,.y", "taboopat *x*", "taboopat + o?e", "include /etc/loop"]


def setting(rng, bad):
    return rng.choice(BAD) if rng.random() < bad else rng.choice(PLAIN)


def definition(rng):
    names = rng.choice([" ", " ", "\n", " \n# daily {\n"]).join(rng.choice(LOGS) % next(COUNT) for _ in range(rng.choice([1, 1, 1, 2, 3])))
    close = rng.choice(["\n}\n"] * 12 + ["\n  }\n", "\nmissingok }\n", "\ndaily}\n", "\n} \n", "\n} daily\n", "\n} # x\n", "\n}", "\n"])
    bad = 0.06 if "}" in close else 0  # what is left of a definition that has a mistake and no end is for nobody to tell
    body = rng.choice(["\n", "\n", "\n   "]).join([""] + [setting(rng, bad) for _ in range(rng.randrange(6))])
    return names + rng.choice([" {", "{", "\n{", " { "]) + body + close


def text(rng, definitions, include=""):
    out = [include] if include and rng.random() < 0.3 else []
    for _ in range(rng.randrange(1, 7)):
        roll = rng.random()
        if roll < definitions:
            out.append(definition(rng))
        elif roll < definitions + 0.08:
            out.append(rng.choice(GLOBAL_ONLY) + "\n")
        else:
            out.append(setting(rng, 0.02) + "\n")
        # An include inside of a definition is beyond what logrotate itself can tell.
        if out[-1].rstrip().endswith("}") and include and rng.random() < 0.5:
            out.append(include)
            include = ""
    whole = "".join(out)
    return whole.rstrip("\n") if rng.random() < 0.06 else whole


def write(path, content, rng):
    path.write_text(content)
    path.chmod(rng.choice([0o644] * 12 + [0o664, 0o646, 0o600, 0o755]))


def prepare(root):
    stage.put_into(root)
    for folder in ("etc/logrotate.d", "var/log/old", "var/old", "var/log/directory.d", "bin", "root"):
        (root / folder).mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\nadm:x:4:\nbob:x:1000:\n")
    for name in ("a", "b", "d1", "d2", "e f"):
        (root / "var/log" / name).write_text("")


def generate(rng, root):
    main = text(rng, 0.35, "include /etc/logrotate.d\n")
    write(root / "etc/logrotate.conf", main, rng)
    for name in rng.sample(["one", "two", ".hidden", "three.dpkg-old", "four~", ".five~", "six.bad", "seven", "eight.rpmsave", "nine,v", "extra", "zz"], 4):
        write(root / "etc/logrotate.d" / name, text(rng, 0.6), rng)
    (root / "etc/logrotate.d/folder").mkdir()
    write(root / "etc/extra", text(rng, 0.5), rng)
    write(root / "etc/loop", "include /etc/loop\n", rng)


def oracle(root):
    try:
        # Some mistakes make it print for ever.
        done = subprocess.run(["prlimit", "--as=200000000", "--cpu=2", "/usr/sbin/chroot", str(root), stage.program, "-d", "-s", "/dev/null", "/etc/logrotate.conf"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=10, env={"HOME": "/root", "LC_ALL": "C"})
    except subprocess.TimeoutExpired:
        return None
    if done.returncode not in (0, 1):
        return None
    said = done.stderr.decode("latin-1")
    if "duplicate log entry" in said:  # a file that is included twice
        return None
    rows = []
    for found in re.finditer(r"^rotating pattern: (.*?)\s+(after 1 days|hourly|weekly|monthly|yearly|(\d+) bytes)\s+(\((?:(-?\d+) rotations|no old logs will be kept)\)\n|)"
                             r"(olddir is (.*?), )?empty log files are (not )?rotated, (?:only log files >= (\d+) bytes are rotated, )?(?:log files >= (\d+) are rotated earlier, )?"
                             r"(?:only log files older than (-?\d+) days are rotated, )?(old logs are removed|old logs mailed to ([^\n]*))$", said, re.M | re.S):
        frequency = {"after 1 days": "daily"}.get(found[2], "size" if found[3] else found[2])
        rotate = -1 if not found[4] else int(found[5] or 0)
        rows.append("%s %s size=%s rotate=%d olddir=%s ifempty=%s min=%s max=%s age=%s mail=%s" % (
            shlex.split(found[1]), frequency, found[3], rotate, found[7], not found[8], int(found[9] or 0), int(found[10] or 0), int(found[11] or 0), found[13]))
    if len(rows) != said.count("rotating pattern: "):
        raise RuntimeError("output that is not understood: " + said)
    return rows


def mine(rows):
    out = []
    for row in rows:
        if row["kind"] != "log":
            continue
        out.append("%s %s size=%s rotate=%d olddir=%s ifempty=%s min=%s max=%s age=%s mail=%s" % (
            row["names"], row["frequency"], row["size"] if row["frequency"] == "size" else None, row["rotate"], row["olddir"], row["ifempty"],
            row["minsize"], row["maxsize"], row["minage"], row["mail"]))
    return out


if __name__ == "__main__":
    differential.run("logrotate", generate, oracle, mine, prepare=prepare)
