#!/usr/bin/env python3
"""apache2: generated configurations beside httpd's own dump of what it reads (mod_info, `-D DUMP_CONFIG -D DUMP_INCLUDES`)."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import differential

APACHE = shutil.which("apache2") or "/usr/sbin/apache2"
MODULES = "/usr/lib/apache2/modules"
LAST = set("""adddefaultcharset allowoverride documentroot fileetag hostnamelookups keepalive keepalivetimeout limitrequestbody
limitrequestfields maxkeepaliverequests serveradmin servername serversignature servertokens timeout traceenable usecanonicalname""".split())
ENVIRONMENT = {"APACHE_RUN_USER": "www-data", "APACHE_RUN_GROUP": "www-data", "APACHE_LOG_DIR": "/var/log/apache2",
               "APACHE_RUN_DIR": "/var/run/apache2", "APACHE_EMPTY": ""}
LOADED = ["mpm_event", "authz_core", "info", "macro", "alias", "dir", "env", "headers", "setenvif"]


# ---- what is generated ----

def mixed(rng, text):
    return "".join(rng.choice([c.lower(), c.upper(), c]) for c in text) if rng.random() < 0.3 else text


def quoted(rng, text):
    style = rng.randrange(4)
    if style == 0 and not re.search(r"[\s\"'\\]|^$", text):
        return text
    quote = rng.choice("\"\"'")
    return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


WORDS = ["a", "x.test", "www-data", "/srv/a b", "it's", 'say "x"', "back\\slash", "a>b", "#no", "$x", "${FOO}", "${Foo}", "${NONE}", "${APACHE_LOG_DIR}",
         "${APACHE_RUN_USER}x", "${EMPTY}y", "<x>", "%h", "\\.php$", "^/(.*)\\\\", "${FOO", "}"]
WHERE_ONE = {"server": ["ServerName", "ServerAdmin", "DocumentRoot", "KeepAlive", "KeepAliveTimeout", "Timeout", "TraceEnable", "MaxKeepAliveRequests",
                        "LimitRequestFields", "ServerSignature", "UseCanonicalName", "HostnameLookups", "AddDefaultCharset", "FileETag", "LimitRequestBody",
                        "SetEnv", "Header", "SetEnvIf", "UnsetEnv", "PassEnv", "DirectoryIndex", "Redirect", "ErrorDocument", "ServerAlias", "LogFormat"],
             "directory": ["AllowOverride", "Options", "Require", "FileETag", "SetEnv", "Header", "ServerSignature", "DirectoryIndex", "LimitRequestBody",
                           "AddDefaultCharset", "HostnameLookups", "UseCanonicalName", "ErrorDocument", "UnsetEnv"]}
SAFE = {"keepalive": ["On", "off", "ON"], "keepalivetimeout": ["5", "15", "100ms"], "timeout": ["60", "1", "300"], "traceenable": ["on", "Off", "extended"],
        "maxkeepaliverequests": ["100", "0"], "limitrequestfields": ["100", "50"], "serversignature": ["On", "OFF", "EMail"],
        "usecanonicalname": ["On", "off", "DNS"], "hostnamelookups": ["On", "Off", "Double"], "adddefaultcharset": ["Off", "utf-8"],
        "fileetag": ["None", "MTime Size", "All", "INode"], "limitrequestbody": ["0", "1024"], "allowoverride": ["None", "All", "AuthConfig Limit"],
        "options": ["None", "All", "Indexes FollowSymLinks", "-Indexes +FollowSymLinks", "+Includes"],
        "require": ["all granted", "all denied", "method GET POST"], "servertokens": ["Prod", "full", "OS", "Minimal"],
        "documentroot": ["/tmp", "\"/tmp\"", "/"]}


def directive(rng, place):
    name = rng.choice(["ServerTokens", *WHERE_ONE["server"][:-2], "LogFormat"] if place == "main" else WHERE_ONE[place])
    key = name.lower()
    one = lambda: quoted(rng, rng.choice(WORDS))
    if key in SAFE:
        args = rng.choice(SAFE[key])
        if " " not in args and "\"" not in args and rng.random() < 0.3:
            args = quoted(rng, args)
    elif key == "servername":
        args = quoted(rng, rng.choice(["a.test", "b.test:80", "https://c.test:443", "${HOST}"]))
    elif key == "header":
        args = rng.choice(["set", "always set", "append", "Unset"])
        args += " X-" + rng.choice("AB") + ("" if args == "Unset" else " " + one())
    elif key in ("setenv",):
        args = "V" + rng.choice("abc") + " " + one()
    elif key == "setenvif":
        args = "User-Agent " + quoted(rng, rng.choice(["^a", "b c", "\\.x$"])) + " v=" + rng.choice("ab")
    elif key in ("unsetenv", "passenv"):
        args = "V1 V2"
    elif key == "redirect":
        args = rng.choice(["", "permanent "]) + "/" + rng.choice("abc") + " https://x.test/"
    elif key == "errordocument":
        args = "404 " + quoted(rng, rng.choice(["/x.html", "not here"]))
    elif key == "logformat":
        args = '"%h \\"%r\\" %>s" ' + rng.choice(["common", "x"])
    elif key == "directoryindex":
        args = "index.html   " + rng.choice(["index.php", "\"a b\""])
    else:
        args = one()
    gap = rng.choice([" ", "  ", "\t", " \\\n  ", "\\\n "])
    return mixed(rng, name) + gap + args


def noise(rng):
    return rng.choice(["# comment", "#<Directory /x>", "# continued \\\nTimeout 999", "", "   ", "\t# indented", "\\", "#</VirtualHost>",
                       "Define EMPTY \"\"", "Define FOO bar", "Define foo \"b-z\"", "UnDefine FOO", "Define SET", "UnDefine SET", "Define Deep ${FOO}${FOO}",
                       "define HOST h.test", "IncludeOptional none/*.conf", "IncludeOptional nothing.conf", "LoadModule rewrite_module %s/mod_rewrite.so" % MODULES])


CONDITIONS = ["IfModule mod_macro.c", "IfModule !mod_macro.c", "IfModule macro_module", "IfModule mod_nope.c", "IfModule !nope_module", "IfModule core.c",
              "IfModule mod_rewrite.c", "IfModule !rewrite_module", "IfModule event.c", "IfModule MOD_MACRO.C", "IfModule \"mod_so.c\"", "IfModule mod_so.c x",
              "IfDefine SET", "IfDefine !SET", "IfDefine FOO", "IfDefine set", "IfDefine \"SET\"", "IfDefine ${FOO}",
              "IfVersion >= 2.4", "IfVersion 2.2", "IfVersion < 2.4", "IfVersion !> 2.4.0", "IfVersion > 2.4.0 ", "IfVersion = 2.4.0", "IfVersion <= 2.5",
              "IfFile apache2.conf", "IfFile !apache2.conf", "IfFile \"none.conf\"", "IfFile d1", "IfFile /no/such", "IfDirective RewriteEngine", "IfDirective Options",
              "IfDirective !SSLEngine", "IfSection Directory", "IfSection !IfModule", "IfSection Proxy"]


def case(rng, name):
    return rng.choice([name, name.lower(), name.upper()])


class Maker:
    def __init__(self, rng, etc):
        self.rng, self.etc, self.files, self.macros = rng, etc, 0, 0

    def lines(self, place, budget):
        rng = self.rng
        out = []
        for _ in range(rng.randint(1, 7)):
            kind = rng.random()
            if kind < 0.6 or budget == 0:
                out.append(directive(rng, place))
            elif kind < 0.75:
                out.append(noise(rng))
            elif kind < 0.9:
                condition = rng.choice(CONDITIONS)
                word = condition.split()[0]
                out.append("<%s%s>" % (condition.replace(word, case(rng, word)), rng.choice(["", " ", ""]) if not condition.startswith("IfV") else ""))
                out += self.lines(place, budget - 1)
                out.append("</%s>%s" % (case(rng, word), rng.choice([""] * 9 + [" "])))
            elif kind < 0.95:
                out += self.include(place, budget - 1)
            else:
                out += self.macro(place)
        return out

    def section(self, place, depth=0):
        rng = self.rng
        if place == "server" and depth == 0 and rng.random() < 0.5:
            name, args = "VirtualHost", rng.choice(["*:80", "*:80", "10.0.0.1:443", "\"*:80\"", "*:80 10.0.0.2:80", "_default_:80"])
            body = self.lines("server", 2)
            for _ in range(rng.randrange(3)):
                body += self.section("server", 1)
        else:
            name, args = rng.choice([("Directory", "/srv"), ("Directory", "\"/srv/a b\""), ("Directory", "/srv/"), ("Files", "*.php"), ("Files", "~ \"\\.ht\""),
                                     ("FilesMatch", "\"^\\.ht\""), ("Location", "/x"), ("LocationMatch", "'^/(a|b)>c'"), ("DirectoryMatch", "^/srv/.*\\.d$"),
                                     ("Location", "  \"/it's\" "), ("Directory", "${DIR}"), ("Location", "/${FOO}")])
            body = [l for l in self.lines("directory", 1)]
        return ["<%s%s%s>" % (case(rng, name), rng.choice([" ", "   ", "\t"]), args), *body, "</%s>" % case(rng, name)]

    def include(self, place, budget):
        rng = self.rng
        self.files += 1
        folder = "d%d" % self.files
        (self.etc / folder / "sub").mkdir(parents=True)
        (self.etc / folder / "empty").mkdir()
        names = rng.sample(["10-a.conf", "9-b.conf", "B.conf", "a.conf", ".hidden.conf", "c.conf~", "z.txt", "sub/s.conf", "sub/.t", "[x].conf"], rng.randint(1, 4))
        for name in names:
            (self.etc / folder / name).write_text(self.text(self.lines(place, budget if name == names[0] else 0)), newline="")
        if rng.random() < 0.2:
            os.symlink(names[0], self.etc / folder / "link.conf")
        if rng.random() < 0.2:
            os.symlink("sub", self.etc / folder / "links")
        how = rng.choice([folder, folder + "/", folder + "/*.conf", folder + "/[!.]*.con?", folder + "/" + names[0], "d*/a.conf", folder + "/s*", folder + "/*",
                          folder + "/*/*", "./" + folder + "/../" + folder + "/*.conf", folder + "/{a,b}.conf", folder + "/\\*.conf", "*/sub/*.conf", folder + "//*b.conf"])
        name = rng.choice(["Include", "IncludeOptional", "IncludeOptional"])
        return [mixed(rng, name) + " " + quoted(rng, how)]

    def macro(self, place):
        rng = self.rng
        self.macros += 1
        name = rng.choice(["m%d", "M%d", "Mac-%d"]) % self.macros
        parameters = rng.sample(["$a", "$ab", "%b", "@c", "$(d)", "plain"], rng.randint(0, 4))
        body = []
        for _ in range(rng.randint(1, 4)):
            line = rng.choice([directive(rng, place), "SetEnv V " + (rng.choice(parameters) if parameters else "x"), "# $a %b",
                               "SetEnv W \"" + "-".join(p for p in parameters if p != "@c") + "\"", "SetEnv Q x" + (rng.choice(parameters) if parameters else "") + "y"])
            body.append(line)
        out = ["<%s %s %s>" % (case(rng, "Macro"), name, " ".join(parameters)), *body, "</%s>" % case(rng, "Macro")]
        for _ in range(rng.randint(0, 2)):
            values = [quoted(rng, rng.choice(["v", "a b", "x\"y", "b\\s", "${FOO}", "$ab", "%b"])) for _ in parameters]
            if rng.random() < 0.05:
                values.append("more")
            out.append("%s %s %s" % (case(rng, "Use"), case(rng, name), " ".join(values)))
        if rng.random() < 0.1:
            out.append("UndefMacro " + name)
        return out

    def text(self, lines):
        rng = self.rng
        end = rng.choice(["\n", "\n", "\r\n"])
        return end.join(rng.choice(["", "", "  ", "\t"]) + line.replace("\n", end) for line in lines) + rng.choice([end, end, ""])

    def whole(self):
        out = ["Define DIR /srv/x", "ErrorLog /dev/null"]
        for _ in range(self.rng.randint(1, 5)):
            out += self.rng.choice([self.lines("main", 3), self.section("server"), self.section("server")])
        return self.text(out)


def damage(rng, text):
    at = rng.randrange(len(text))
    return rng.choice([text[:at] + text[at + 1:], text[:at] + rng.choice(["<", ">", "\"", "\\", "\\\n", "\n", "\0", "</IfModule>\n", "<IfDefine X>\n", "${", "#"]) + text[at:]])


def generate(rng, root):
    etc = root / "etc/apache2"
    etc.mkdir(parents=True)
    head = "".join("LoadModule %s_module %s/mod_%s.so\n" % (m, MODULES, m) for m in LOADED)
    text = Maker(rng, etc).whole()
    if rng.random() < 0.2:
        text = damage(rng, text)
    (etc / "apache2.conf").write_text(head + text, newline="")
    (etc / "envvars").write_text("unset HOME\n# variables\n" + "".join("export %s=%s\n" % v for v in ENVIRONMENT.items()))


# ---- what httpd makes of it ----

def take_word(text):
    """A word as httpd takes it, and the rest."""
    text = text.lstrip(" \t\r\n\v\f")
    if text[:1] in ("\"", "'") and text:
        quote, i, out = text[0], 1, ""
        while i < len(text) and text[i] != quote:
            if text[i] == "\\" and text[i + 1:i + 2] in (quote, "\\") and text[i + 1:i + 2]:
                i += 1
            out += text[i]
            i += 1
        return out, text[i + 1:].lstrip(" \t\r\n\v\f")
    word = re.match(r"[^ \t\r\n\v\f]*", text)[0]
    return word.replace("\\\\", "\\"), text[len(word):].lstrip(" \t\r\n\v\f")


def words(text):
    out = []
    text = text.strip(" \t\r\n\v\f")
    while text:
        word, text = take_word(text)
        out.append(word)
    return out


def shown(args):
    """As plimsoll's page has it: as written, or unquoted where there are quotes."""
    return " ".join(words(args)) if re.search("[\"']", args) else args


def oracle(root):
    etc = root / "etc/apache2"
    done = subprocess.run([APACHE, "-d", str(etc), "-f", "apache2.conf", "-t", "-D", "DUMP_CONFIG", "-D", "DUMP_INCLUDES"], capture_output=True, timeout=20,
                          env={**ENVIRONMENT, "PATH": "/usr/bin:/usr/sbin"}, cwd="/")
    out = done.stdout.decode(errors="surrogateescape")
    if re.search(b"Can't locate API module|Cannot load ", done.stderr):
        return None  # what is in the files of modules is not looked at
    if b"apache2: Syntax error" in done.stderr:  # while it read; what single directives say comes later
        return [("refused",)]
    if done.returncode != 0 or "# In file" not in out:
        return None
    head, _, config = out.partition("# In file: ")
    rows = [("@file", f.replace(str(root), "", 1)) for f in re.findall(r"^ +\((?:\d+|\*)\) (.*)$", head, re.M)]
    scopes, found, level, number, file = [], [], None, 0, None
    for text in ("# In file: " + config).split("\n"):
        if m := re.fullmatch(r"# In file: (.*)", text):
            file = m[1]
        elif m := re.fullmatch(r"((?:  )*)# *(\d+):", text):
            level, number = len(m[1]) // 2, int(m[2])
        elif level is not None and not text.lstrip().startswith("</"):
            text = text[2 * level:]
            name, _, args = text.partition(" ")
            del scopes[level:]
            if name.startswith("<"):
                scopes.append(" ".join([name[1:].lower(), *words(args[:args.rfind(">")])]))
            else:
                found.append((" > ".join(scopes), name.lower(), shown(args)))
            level = None
    for i, (scope, key, value) in enumerate(found):
        if key not in LAST or not any((s, k) == (scope, key) for s, k, _ in found[i + 1:]):
            rows.append((scope, key, value))
    return rows


def mine(rows):
    if any(r["key"] == "@refused" for r in rows):
        return [("refused",)]
    out = [("@file", r["value"]) for r in rows if r["key"] == "@file"]
    return out + [(r["scope"], r["key"], r["value"]) for r in rows if not r["key"].startswith("@") and "line" in r["origin"]]


if __name__ == "__main__":
    differential.run("apache2", generate, oracle, mine, needs=["apache2"])
