#!/usr/bin/env python3
"""The sudoers probe against `cvtsudoers`: generated policies with includes, aliases, tags, odd spelling."""
import json
import pathlib
import random
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import differential  # noqa: E402

TAGS = ["NOPASSWD", "PASSWD", "NOEXEC", "EXEC", "INTERCEPT", "NOINTERCEPT", "SETENV", "NOSETENV", "LOG_INPUT", "NOLOG_INPUT", "LOG_OUTPUT", "NOLOG_OUTPUT",
        "MAIL", "NOMAIL", "FOLLOW", "NOFOLLOW"]
NAMES = {"authenticate": ("PASSWD", "NOPASSWD"), "noexec": ("NOEXEC", "EXEC"), "intercept": ("INTERCEPT", "NOINTERCEPT"), "setenv": ("SETENV", "NOSETENV"),
         "log_input": ("LOG_INPUT", "NOLOG_INPUT"), "log_output": ("LOG_OUTPUT", "NOLOG_OUTPUT"), "send_mail": ("MAIL", "NOMAIL"), "sudoedit_follow": ("FOLLOW", "NOFOLLOW")}
USERS = ["alice", "bob", "%wheel", "%:dom", "%#10", "#1000", "+net", '"quoted name"', "a\\ b", "ALL", '"%dom users"', "u-1", "x\\,y", "bob\\x40dom", "alice@host"]
HOSTS = ["ALL", "web1", "10.0.0.1", "10.0.0.0/8", "10.0.0.0/255.0.0.0", "fe80::1", "2001:db8::/32", "+nodes", "host-2", "::1"]
COMMANDS = ["/bin/ls", "/usr/bin/apt update", "/bin/dir/", "/bin/x \"\"", "/bin/y a\\,b c\\:d", "/bin/z *.log [!a] ?", "sudoedit /etc/hosts", "/bin/*", "/sbin/r  -a   -b",
            "/bin/e k\\=v e=f", "ALL", "^/bin/[a-c]+$", "/bin/k ^[a-z]+$", "/bin/w\\ s", "list", "sha224:0GomF8mNN3wlDt1HD9XldjJ3SNgpFdbjO1+NsQ== /bin/dig",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 /bin/hex", "/bin/h \\#x", "/bin/star \\*", "/bin/back \\\\"]
RUNAS = ["root", "ALL", "#0", "%adm", "op", "\"op 2\"", "+ng"]
GROUPS = ["adm", "ALL", "#4", "shadow"]
FLAGS = ["env_reset", "use_pty", "requiretty", "ignore_dot", "noexec", "authenticate", "visiblepw", "log_input", "lecture", "syslog", "setenv", "set_home"]
VALUES = ["timestamp_timeout=%s" % v for v in ("0", "-1", "5", "1.5")] + ["umask=0077", "logfile=/var/log/sudo.log", 'logfile="/var/log/x y"', "secure_path=/a:/b",
          'secure_path = "/usr/bin:/bin"', "passwd_tries=3", 'badpass_message="no \\"way\\", x"', "syslog=auth", "lecture=always", "env_keep += \"A  B_* C\"", "env_keep-=D", "env_check=LANG",
          "env_delete += \"X%s Y\"", "editor=/bin/vi\\:x", "passprompt=a\\ b", "!logfile", "!syslog", "!lecture", "!env_keep", "timestamp_type=global", "log_servers = \"a b\"", "iolog_mode=0600"]


def blanks(rng, optional=True):
    return rng.choice((["", ""] if optional else []) + [" ", " ", "  ", "\t", " \\\n  "])


state = {"setenv": False}


def listed(rng, pool, most=3):
    out = []
    for _ in range(rng.randint(1, most)):
        out.append(rng.choice(["", "", "", "", "!", "!!"]) + rng.choice(pool))
    return (blanks(rng) + "," + blanks(rng)).join(out)




class Generator:
    def __init__(self, rng, file):
        self.rng, self.file, self.defined = rng, file, {"U": [], "H": [], "C": [], "R": []}

    def pool(self, kind, plain):
        return plain + 2 * self.defined[kind]

    def command(self):
        pool = self.pool("C", COMMANDS)
        return self.rng.choice(["", "", "", "", "!"]) * 0 + self.rng.choice(pool) if self.rng.random() < 0.85 else "!" + self.rng.choice([c for c in pool if not c.startswith("sha")])

    def spec(self):
        rng, out = self.rng, ""
        if rng.random() < 0.35:
            users = listed(rng, self.pool("R", RUNAS), 2) if rng.random() < 0.8 else ""
            groups = ":" + blanks(rng) + listed(rng, self.pool("R", GROUPS), 2) if rng.random() < 0.4 else ""
            out += "(" + blanks(rng) + users + blanks(rng) + groups + blanks(rng) + ")" + blanks(rng)
        for _ in range(rng.choice([0, 0, 0, 1, 2])):
            out += rng.choice(["TIMEOUT=5m", "CWD=/tmp", "CWD=~", "CHROOT=*", "NOTBEFORE=20200101000000Z", "ROLE=sysadm_r", "TYPE=sysadm_t", "TIMEOUT=1d2h"]) + " "
        for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
            out += rng.choice(TAGS) + rng.choice(["", "", " "]) + ":" + blanks(rng)
        return out + self.command()

    def privilege(self):
        rng = self.rng
        return listed(rng, self.pool("H", HOSTS), 2) + blanks(rng) + "=" + blanks(rng) + (blanks(rng) + "," + blanks(rng)).join(self.spec() for _ in range(rng.randint(1, 4)))

    def line(self):
        rng, roll = self.rng, self.rng.random()
        lead = rng.choice(["", "", "", " ", "\t"])
        if roll < 0.3:
            who = rng.choice(["", "", ":" + listed(rng, self.pool("U", USERS), 2), "@" + listed(rng, self.pool("H", HOSTS), 2), ">" + listed(rng, self.pool("R", RUNAS), 2),
                              "!" + listed(rng, self.pool("C", ["/bin/ls", "/bin/a", "sudoedit", "ALL"]), 2)])
            settings = [rng.choice(["", "", "!", "!!"]) + rng.choice(FLAGS) if rng.random() < 0.5 else rng.choice(VALUES) for _ in range(rng.randint(1, 3))]
            return lead + "Defaults" + who + blanks(rng, False) + (blanks(rng) + "," + blanks(rng)).join(settings)
        if roll < 0.5:
            kind, word, pool = rng.choice([("U", "User_Alias", USERS), ("H", "Host_Alias", HOSTS), ("R", "Runas_Alias", RUNAS), ("C", rng.choice(["Cmnd_Alias", "Cmd_Alias"]), None)])
            parts = []
            for _ in range(rng.choice([1, 1, 2])):
                name = kind + rng.choice("ABC") + rng.choice(["", "_1"]) + "F%d" % self.file
                if name in self.defined[kind] and rng.random() < 0.97:
                    continue
                if pool is None:
                    parts.append(name + blanks(rng) + "=" + blanks(rng) + ", ".join(self.command() for _ in range(rng.randint(1, 3))))
                else:
                    parts.append(name + blanks(rng) + "=" + blanks(rng) + listed(rng, self.pool(kind, pool)))
                self.defined[kind].append(name)
            return lead + word + " " + (blanks(rng) + ":" + blanks(rng)).join(parts) if parts else ""
        if roll < 0.9:
            return lead + listed(rng, self.pool("U", USERS)) + blanks(rng, False) + (blanks(rng) + ":" + blanks(rng)).join(self.privilege() for _ in range(rng.choice([1, 1, 2])))
        if roll < 0.98:
            return rng.choice(["", "# comment", "#-x", "\t# alice ALL=ALL", "#include", "#includedirx /etc", "alice ALL=/bin/c # tail", "#"])
        return rng.choice(["alice ALL=", "Defaults", "Defaults x=", "bob ALL=bin/x", "=", "User_Alias ROLE=a", "alice ALL=(root:) /bin/x", "Defaults a,,b", '"unclosed', "alice ALL=/a : h=", "x\\"])


def generate(rng, root):
    etc = root / "etc"
    (etc / "sudoers.d").mkdir(parents=True)
    # cvtsudoers only looks up includes with the path as it stands, so they are relative.
    includes = ["@includedir sudoers.d", "#includedir sudoers.d", "@include extra", "#include  extra", '@include "extra two"', "@include extra\\ two"]
    rng.shuffle(includes)
    for number, name in enumerate(("extra", "extra two", "sudoers.d/10-a", "sudoers.d/20-b", "sudoers.d/z.conf", "sudoers.d/old~")):
        gen = Generator(rng, number)
        write(rng, etc / name, [gen.line() for _ in range(rng.randint(0, 2))] + (["Defaults bad_name_x"] if rng.random() < 0.03 else []))
    gen = Generator(rng, 9)
    lines = [gen.line() for _ in range(rng.randint(1, 8))]
    for include in includes[: rng.choice([0, 1, 2])]:
        lines.insert(rng.randint(0, len(lines)), include)
    write(rng, etc / "sudoers", lines)


def write(rng, path, text_lines):
    path.write_text("\n".join(text_lines) + ("\n" if rng.random() < 0.85 else ""))


def member(entry):
    (kind, value), = [(k, v) for k, v in entry.items() if k != "negated" and not k.startswith("sha")]
    prefix = {"usergroup": "%", "nonunixgroup": "%:", "netgroup": "+", "userid": "#", "usergid": "%#", "nonunixgid": "%:#"}.get(kind, "")
    digest = ", ".join("%s:%s" % (k, d) for k, v in entry.items() if k.startswith("sha") for d in (v if isinstance(v, list) else [v]))
    return (digest + " " if digest else "") + ("!" if entry.get("negated") else "") + prefix + str(value)


def members(entries):
    return ",".join(member(e) for e in entries)


def defaults_rows(group):
    scope = ""
    if group.get("Binding"):
        scope = "?" + members(group["Binding"])
    for option in group["Options"]:
        op = {"list_assign": "=", "list_add": "+=", "list_remove": "-="}.get(option.pop("operation", ""), "=")
        (name, value), = option.items()
        if isinstance(value, bool):
            yield "defaults %s %s%s" % (scope, "" if value else "!", name)
        else:
            yield "defaults %s %s%s%s" % (scope, name, op, " ".join(value) if isinstance(value, list) else value)


def rule_rows(spec):
    users, hosts = members(spec["User_List"]), members(spec["Host_List"])
    for group in spec["Cmnd_Specs"]:
        options = {k: v for o in group.get("Options", []) for k, v in o.items()}
        tags = sorted(NAMES[k][0 if v else 1] for k, v in options.items() if k in NAMES and (k != "setenv" or state["setenv"]))
        runas = ""
        if "runasusers" in group or "runasgroups" in group:
            runas = "(" + members(group.get("runasusers", [])) + (":" + ",".join(member(g).replace("%", "") for g in group["runasgroups"]) if "runasgroups" in group else "") + ") "
        for command in group["Commands"]:
            yield "rule %s %s=%s%s%s" % (users, hosts, runas, ":".join(tags) + ": " if tags else "", member(command))


def converted(root, *arguments):
    done = subprocess.run(["cvtsudoers", *arguments, "-f", "json", "sudoers"], cwd=root / "etc", capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout.startswith("{"):
        return None
    # cvtsudoers 1.9.13 leaves the braces out where an option is no flag.
    text = re.sub(r'(?m)^(\s*)("(?:command_timeout|notbefore|notafter|runcwd|runchroot|role|type)": [^\n]*?)(,?)$', r"\1{ \2 }\3", done.stdout)
    try:
        return json.loads(text)
    except ValueError:
        return None


def oracle(root):
    named, expanded = converted(root), converted(root, "-e")
    if named is None or expanded is None:
        return None
    # cvtsudoers gives neighbours of ALL the SETENV that it has for itself, so that tag is compared where there is no ALL.
    state["setenv"] = '"command": "ALL"' not in json.dumps(expanded)
    out = [row for group in named.get("Defaults", []) for row in defaults_rows(group)]
    return out + [row for spec in expanded.get("User_Specs", []) for row in rule_rows(spec)]


def mine(rows):
    out = []
    for row in rows:
        if row["key"] == "defaults":
            scope = row["scope"] and "?" + row["scope"][len("Defaults:"):]
            out.append("defaults %s %s" % (scope, row["value"]))
    for row in rows:
        if row["key"] == "rule":
            head, _, tail = row["value"].partition("=")
            tags = re.match(r"((?:\([^)]*\) )?)((?:[A-Z_]+:)* ?)(.*)$", tail, re.S)
            kept = [t for t in tags.group(2).strip().split(":") if t and (state["setenv"] or t not in ("SETENV", "NOSETENV"))]
            users, colon, groups = tags.group(1).partition(":")
            runas = users + colon + groups.replace("%", "")
            out.append("rule %s %s=%s%s%s" % (row["scope"], head, runas, ":".join(kept) + ": " if kept else "", tags.group(3)))
    return out


if __name__ == "__main__":
    differential.run("sudoers", generate, oracle, mine, needs=["cvtsudoers"])
