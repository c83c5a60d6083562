"""The rules that AIDE itself says it has taken from a configuration are the ones that plimsoll tells: `aide --config-check`
at the log level `rule` prints each with its file and line, groups worked out."""
import re
import subprocess

import differential

ATTRIBUTES = ["p", "i", "n", "u", "g", "s", "b", "m", "a", "c", "l", "ftype", "acl", "xattrs", "selinux", "e2fsattrs", "caps", "md5", "sha256", "sha512", "rmd160", "crc32", "growing", "ANF", "ARF", "I", "R", "L", "X", "H", "E", ">"]
TREE = re.compile(r"^\s+RULE: [│\s]+'([!=])?(/.*)' \((.*?):(\d+): ")
TYPES = r" (\(none\)|[fdlcbpsDP](?:,[fdlcbpsDP])*)"
RULE = {True: re.compile("(.*?)" + TYPES + "()$"), False: re.compile("(.*?)" + TYPES + " ([^ ]*)$")}


class Writer:
    def __init__(self, rng):
        self.rng, self.groups = rng, []

    def expression(self):
        names = [self.rng.choice(ATTRIBUTES + self.groups * 6) for _ in range(self.rng.randint(1, 5))]
        text = names[0]
        for name in names[1:]:
            text += self.rng.choice(["+", "+", "+", "-", " + ", "+ ", " -"]) + name
        return text if self.rng.random() < 0.98 else text + self.rng.choice(["+nosuch", "+", "++p", " p"])

    def path(self):
        return "/" + "/".join(self.rng.choice(["etc", "var", "@@{V}", "@@{NOT}x", "a\\ b", "log$", "[a-z]+", "c\\.d", "at\\@x", ".*", "usr", "%20", "(x|y)"]) for _ in range(self.rng.randint(1, 3)))

    def line(self, depth=0):
        rng = self.rng
        kind = rng.random()
        if kind < 0.5:
            sign = rng.choice(["", "", "", "!", "="])
            types = rng.choice(["", "", "", " f", " d,l", " f , s", " 0"])
            return rng.choice(["", "", " ", "\t"]) + sign + self.path() + types + ("" if sign == "!" else rng.choice([" ", "\t", "  "]) + self.expression()) + rng.choice(["", "", " "]) + "\n"
        if kind < 0.65:
            name = rng.choice(["A", "B", "MyGroup", "x9"])
            self.groups.append(name) if name not in self.groups else None
            return name + rng.choice(["=", " = ", "\t= "]) + self.expression() + "\n"
        if kind < 0.72:
            return rng.choice(["@@define V %s\n" % rng.choice(["v", "w/w", "@@{V}2", "x y"]), "@@undef V\n", "# @@define V q\n", "  # /no p\n"])
        if kind < 0.84 and depth < 3:
            test = rng.choice(["@@if defined V", "@@if not defined V", "@@ifdef V", "@@ifndef NOT", "@@if exists /", "@@if not exists /no/such", "@@if not hostname no-such", "@@ifnhost no-such"])
            inner = "".join(self.line(depth + 1) for _ in range(rng.randint(0, 3)))
            other = "@@else\n" + "".join(self.line(depth + 1) for _ in range(rng.randint(1, 2))) if rng.random() < 0.5 else ""
            return test + "\n" + inner + other + "@@endif\n"
        if kind < 0.92:
            return rng.choice(["@@include /etc/aide/aide.conf.d ^[a-z_]+$\n", "@@include /etc/aide/aide.conf.d [0-9] /pre\n", "@@x_include /etc/aide/aide.conf.d ^[a-z_]+$\n", "@@include /etc/aide/aide.conf.d/abc\n"]) if depth == 0 else "\n"
        return rng.choice(["database_in=file:/a\n", "report_url=stdout\n", "gzip_dbout=yes\n", "log_level=warning\n", "\n", "report_level = minimal\n"])


def generate(rng, root):
    writer = Writer(rng)
    folder = root / "etc/aide/aide.conf.d"
    folder.mkdir(parents=True)
    for name in ["abc", "10_x", "a.conf"]:
        (folder / name).write_text("".join(writer.line(1) for _ in range(rng.randint(0, 3))))
    (root / "etc/hostname").write_text("host\n")
    writer.groups = []
    (root / "etc/aide/aide.conf").write_text("".join(writer.line() for _ in range(rng.randint(1, 10))))


def oracle(root):
    copy = root.parent / "copy"
    (copy / "aide.conf.d").mkdir(parents=True)
    for path in [root / "etc/aide/aide.conf", *(root / "etc/aide/aide.conf.d").iterdir()]:
        (copy / path.relative_to(root / "etc/aide")).write_text(path.read_text().replace("/etc/aide/", str(copy) + "/"))
    done = subprocess.run(["aide", "--config-check", "--config", str(copy / "aide.conf"), "--log-level", "rule"], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    rows = []
    for line in done.stderr.splitlines():
        found = TREE.match(line)
        if found:
            sign, text, file, number = found.groups()
            regex, types, attributes = RULE[sign == "!"].match(text).groups()
            wanted = sorted(a for a in attributes.split("+") if a)
            rows.append((file.replace(str(copy), "/etc/aide"), int(number), sign or "", regex, [] if types == "(none)" else sorted(types.split(",")), wanted))
    return sorted(rows)


def mine(rows):
    return sorted((r["origin"]["file"], r["origin"]["line"], r["sign"], r["name"], sorted(r["types"]), sorted(r["attributes"])) for r in rows if r["kind"] == "rule")


differential.run("aide", generate, oracle, mine, needs=["aide"])
