#!/usr/bin/python3
"""The scripts of RUN, beside the parser of shfmt (mvdan.cc/sh): each simple command with its words and its line.  Which lines of a Dockerfile are instructions is compared in the unit tests."""
import json
import subprocess

import differential


# ---- scripts ----

class Script:
    """A random script; the names of commands are none that the probe looks into."""

    def __init__(self, rng):
        self.rng, self.budget = rng, 40

    def pick(self, *choices):
        return self.rng.choice(choices)

    def word(self, depth=0):
        kinds = ["w%d" % self.rng.randrange(99), "-x", "a.b/c", "'s q; | &'", '"d q && %s"' % self.pick("x", "$u", "\\$v \\\\ \\\"", "`z1`"),
                 "e\\ f", "$u", "${u}x", "a'b'\"c\"", "x#y", "\\;", "{}", "a=b", "!", "$((1 + (2 * 3)))", "~/x", "a{b,c}", "''", "$1$@",
                 "${u:-a b}", "${u%\\}*}", "$'t\\'q'", "*.c", "[a-z]", "a\\\nb"]
        if depth < 2 and self.budget > 0:
            kinds += ["$(%s)" % self.commands(depth + 1), '"$(%s)"' % self.commands(depth + 1), "`y%d`" % self.rng.randrange(9),
                      "<(%s)" % self.commands(depth + 1)]
        return self.rng.choice(kinds)

    def simple(self, depth):
        self.budget -= 1
        parts = ["%s=%s" % (self.pick("AA", "BB"), self.pick("1", "'x y'", '"z"', "")) for _ in range(self.rng.randrange(3) // 2)]
        parts.append("c%d" % self.rng.randrange(9))
        parts += [self.word(depth) for _ in range(self.rng.randrange(4))]
        if self.rng.random() < 0.2:
            parts.append(self.pick(">out", "2>&1", "</dev/null", ">>o", "&>e", "2>/dev/null", "<<<$u"))
        return self.pick(" ", " ", "  ", " \\\n ").join(parts)

    def compound(self, depth):
        inner = lambda: self.commands(depth + 1)
        return self.pick(
            lambda: "if %s; then %s; elif %s; then\n%s\nelse %s; fi" % (inner(), inner(), inner(), inner(), inner()),
            lambda: "while %s; do %s; done" % (inner(), inner()),
            lambda: "until %s\ndo\n%s\ndone" % (inner(), inner()),
            lambda: "for i in a $u 'b c'; do %s; done" % inner(),
            lambda: "for i\ndo %s; done" % inner(),
            lambda: "for ((i=0; i<3; i++)); do %s; done" % inner(),
            lambda: "case $u in a|'b c') %s ;; (d*) %s;;\n # e)\n *) %s\n esac" % (inner(), inner(), inner()),
            lambda: "(%s)" % inner(),
            lambda: "{ %s; }" % inner(),
            lambda: "{ %s\n} >o 2>&1" % inner(),
            lambda: "f%d() { %s; }" % (self.rng.randrange(9), inner()),
            lambda: "function g { %s; }" % inner(),
            lambda: "[[ -f $u && ( a < b || $u =~ ^x ) ]] && %s" % inner(),
            lambda: "(( u > 1 )) || %s" % inner(),
            lambda: "! %s" % inner(),
        )()

    def command(self, depth):
        if depth < 3 and self.budget > 0 and self.rng.random() < 0.3:
            return self.compound(depth)
        return self.simple(depth)

    def commands(self, depth=0):
        out = self.command(depth)
        for _ in range(self.rng.choice((0, 0, 1, 2))):
            if self.budget <= 0:
                break
            out += self.pick(" && ", "&&", " || ", " | ", "|", "; ", ";", " |& ", "\n", " # note; x\n", " &\n", " \\\n && ") + self.command(depth)
        return out

    def text(self):
        lines = [self.commands() for _ in range(1 + self.rng.randrange(4))]
        if self.rng.random() < 0.3:
            lines.append("h1 <<X a; h2 <<-'Y' | h3\nin $u\nX\n\tc1 'not\n\tY\nh4")
        return "\n".join(lines) + "\n"


def generate(rng, root):
    (root / "Dockerfile").write_text("FROM scratch\nRUN <<'END_OF_SCRIPT'\n%sEND_OF_SCRIPT\n" % Script(rng).text())


# ---- the tree of shfmt ----

def unescape(text, only=None):
    out, i = "", 0
    while i < len(text):
        if text[i] == "\\" and i + 1 < len(text) and (only is None or text[i + 1] in only):
            i += 1
            out += "" if text[i] == "\n" else text[i]
        else:
            out += text[i]
        i += 1
    return out


def value(word, source):
    out = ""
    for part in word["Parts"]:
        kind = part["Type"]
        raw = source[part["Pos"]["Offset"]:part["End"]["Offset"]].decode()
        if kind == "Lit":
            out += unescape(raw)
        elif kind == "SglQuoted":
            text = part.get("Value", "")
            out += text.replace("\\'", "'") if part.get("Dollar") else text
        elif kind == "DblQuoted":
            for inner in part.get("Parts") or ():
                text = source[inner["Pos"]["Offset"]:inner["End"]["Offset"]].decode()
                out += unescape(text, "$`\"\\\n") if inner["Type"] == "Lit" else text
        else:
            out += raw
    return out


def walk(node, source, out):
    """Every simple command."""
    if isinstance(node, list):
        for one in node:
            walk(one, source, out)
    if not isinstance(node, dict):
        return
    if node.get("Type") == "CallExpr" and node.get("Args"):
        out.append(shown(node["Pos"]["Line"] + 2, " ".join(value(word, source) for word in node["Args"])))
    for child in node.values():
        walk(child, source, out)


def shown(line, words):
    # Longer ones are cut in a report.
    return "%d %s" % (line, words if len(words) <= 100 else words[:60])


def oracle(root):
    text = (root / "Dockerfile").read_text()
    script = text[text.index("END_OF_SCRIPT'\n") + len("END_OF_SCRIPT'\n"):text.rindex("END_OF_SCRIPT")].encode()
    done = subprocess.run(["shfmt", "-ln", "bash", "--to-json"], input=script, capture_output=True, timeout=60)
    if done.returncode != 0:
        return None
    out = []
    walk(json.loads(done.stdout)["Stmts"], script, out)
    return sorted(out)


def mine(rows):
    return sorted(shown(row["origin"]["line"], row["subject"]) for row in rows if row["kind"] == "command")


if __name__ == "__main__":
    differential.run("dockerfile", generate, oracle, mine, needs=["shfmt"])
