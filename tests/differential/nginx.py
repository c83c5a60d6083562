#!/usr/bin/env python3
"""nginx: generated configurations beside the program.

`nginx -T` says whether a configuration is one and which files it is made of, in order. Then nginx is started on a socket in a
directory of its own and asked, server by server and location by location: the headers that it adds (with status 200 and 404),
whether it tells its version, sends an ETag, lists a directory, and what type it gives a file that it does not know.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import differential

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
KEYS = ("add_header", "server_tokens", "etag", "autoindex", "default_type")
SYNTAX = re.compile(r"unexpected|too long parameter|is not terminated|has no opening|invalid number of arguments|not allowed here|"
                    r"is duplicate|duplicate location|it must be \"on\" or \"off\"|directive invalid|invalid value \"[^\"]*\" in")


# ---- what is generated ----

def word(rng, text):
    """One spelling of a word among those that nginx takes for the same."""
    plain = re.fullmatch(r"[A-Za-z0-9./_:=*^~$-]+", text) is not None
    style = rng.randrange(4)
    if style == 0 and plain:
        return text
    if style == 1 and plain:
        at = rng.randrange(len(text) + 1)
        return text[:at] + text[at:]
    quote = rng.choice("\"'")
    return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


def line(rng, *words):
    gap = lambda: rng.choice([" ", "  ", "\t", "\n", " # c; }{\n", "\r\n"])
    out = word(rng, words[0]) if rng.random() < 0.1 else words[0]
    for one in words[1:]:
        out += gap() + word(rng, one)
    return out + rng.choice(["", " ", "\n"]) + ";" + rng.choice(["", "\n", " ", "\r\n", " # server_tokens on;\n"])


VALUES = ["1", "a b", "it's", 'say "x"', "semi;colon", "{brace}", "back\\slash", "max-age=31536000; includeSubDomains",
          "#none", "tab\\t", "DENY", "${scheme}", "$scheme", "x${scheme}y", "nosniff", ""]


def settings(rng, budget):
    out = []
    used = set()
    for _ in range(rng.randrange(budget)):
        what = rng.choice(["add_header"] * 4 + ["server_tokens", "etag", "autoindex", "default_type", "comment"])
        if what == "comment":
            out.append(rng.choice(["# add_header X-A no;\n", "#server_tokens off;\n", "   \t\r\n", "#\n"]))
        elif what == "add_header":
            words = [what, "X-" + rng.choice("ABCD"), rng.choice(VALUES)] + (["always"] if rng.random() < 0.4 else [])
            out.append(line(rng, *words))
        elif what not in used or rng.random() < 0.03:
            used.add(what)
            value = {"server_tokens": ["on", "off", "OFF", "On", "build"], "etag": ["on", "off", "Off"],
                     "autoindex": ["on", "off", "ON"],
                     "default_type": ["text/html", "application/x-a", "a/b", "text/plain;x"]}[what]
            out.append(line(rng, what, rng.choice(value)))
    return out


class Maker:
    def __init__(self, rng, root):
        self.rng, self.etc, self.files = rng, root / "etc/nginx", 0

    def split(self, pieces, budget=3):
        """Puts some of the pieces into files that are included."""
        rng = self.rng
        if rng.random() < 0.6 or budget == 0:
            return "".join(pieces)
        start = rng.randrange(len(pieces) + 1)
        end = rng.randrange(start, len(pieces) + 1)
        self.files += 1
        folder = "d%d" % self.files
        (self.etc / folder).mkdir(exist_ok=True)
        names = rng.sample(["10-a.conf", "9-b.conf", "B.conf", "a.conf", ".hidden.conf", "c.conf~", "z.txt"], rng.randint(1, 3))
        inner = self.split(pieces[start:end], budget - 1)
        matching = sorted(n for n in names if n.endswith(".conf") and not n.startswith("."))
        how = rng.randrange(3)
        if how == 0 or not matching:
            (self.etc / folder / "one").write_text(inner, newline="")
            include = line(rng, "include", folder + "/one")
        else:
            for name in names:
                (self.etc / folder / name).write_text("# nothing\n" if name in matching else "add_header X-Lost 1;\n")
            (self.etc / folder / matching[rng.randrange(len(matching))]).write_text(inner, newline="")
            include = line(rng, "include", folder + rng.choice(["/*.conf", "/[!.]*.con?"]))
        if rng.random() < 0.2:
            include += line(rng, "include", "none-of-these/*.conf")
        return "".join(pieces[:start]) + include + "".join(pieces[end:])

    def location(self, prefix, depth):
        rng = self.rng
        name = prefix + rng.choice(["l%d/", "l%d"]) % rng.randrange(1000)
        modifier = rng.choice(["", "", "", "^~", "=", "~", "~*"]) if depth == 0 else rng.choice(["", "", "^~"])
        shown = name
        if modifier == "=":
            shown = name.rstrip("/")
        if modifier.startswith("~"):
            shown = "^" + name + rng.choice([".", "(?<x>[^;]*)", "\\S", "[a-z.]{1,9}"])
        words = [modifier, shown] if modifier else [shown]
        pieces = settings(rng, 6)
        if depth < 2 and modifier in ("", "^~") and rng.random() < 0.5:
            for _ in range(rng.randint(1, 2)):
                pieces.insert(rng.randrange(len(pieces) + 1), self.location(name, depth + 1))
        return "location " + " ".join(word(rng, w) for w in words) + rng.choice([" ", "", "\n"]) + "{" + self.split(pieces) + "}" + \
            rng.choice(["", "\n"])

    def server(self, number):
        rng = self.rng
        pieces = [line(rng, "server_name", "s%d.test" % number, *rng.choice([[], ["other%d" % number]])), "listen unix:SOCKET;"]
        pieces += settings(rng, 7)
        for _ in range(rng.randrange(4)):
            pieces.insert(rng.randrange(len(pieces) + 1), self.location("/", 0))
        return "server" + rng.choice([" ", "\n", ""]) + "{" + self.split(pieces) + "}"

    def whole(self):
        rng = self.rng
        pieces = [line(rng, "root", "html"), "access_log off;", *settings(rng, 8)]
        for number in range(rng.randint(1, 3)):
            pieces.insert(rng.randrange(len(pieces) + 1), self.server(number))
        return "events {}" + rng.choice(["", "\n"]) + "http {" + self.split(pieces) + "}\n"


def damage(rng, text):
    at = rng.randrange(len(text))
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1:]
    if kind == 1:
        return text[:at] + rng.choice(["{", "}", ";", "\"", "'", "\\", "#", "$", "${", " ", "\n", "server_tokens off;", "location /x {}"]) + text[at:]
    if kind == 2:
        return text[:at] + "#" + "x" * rng.choice([4093, 4094, 4095, 4096, 5000]) + "\n" + text[at:]
    return text[:at] + "\"" + "x" * rng.choice([4090, 4094, 4095, 4096]) + "\"" + text[at:]


def generate(rng, root):
    (root / "etc/nginx").mkdir(parents=True)
    text = Maker(rng, root).whole()
    if rng.random() < 0.25:
        text = damage(rng, text)
        (root / "damaged").write_text("")  # whether it is a configuration is the question, and nothing else
    (root / "etc/nginx/nginx.conf").write_text(text, newline="")


# ---- what nginx makes of it ----

def facts_of(root):
    return differential.facts(plimsoll(), "nginx", root)


def plimsoll():
    return sys.argv[sys.argv.index("--plimsoll") + 1]


class Serving:
    """nginx on a copy whose sockets and files are real."""

    def __init__(self, root):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nginx-"))
        shutil.copytree(root / "etc/nginx", self.folder / "c")
        self.socket = str(self.folder / "s")
        for path in (self.folder / "c").rglob("*"):
            if path.is_file():
                path.write_bytes(path.read_bytes().replace(b"SOCKET", self.socket.encode()))
        self.process = None

    def command(self, *words):
        return [NGINX, "-p", str(self.folder), "-c", "c/nginx.conf", "-e", str(self.folder / "log"),
                "-g", "daemon off; master_process off; pid %s/pid;" % self.folder, *words]

    def dump(self):
        return subprocess.run(self.command("-T"), capture_output=True, timeout=20)

    def file_in_html(self, uri, is_directory=False):
        path = self.folder / "html" / uri.lstrip("/")
        try:
            if is_directory:
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.exists():
                    path.write_text("x")
        except OSError:
            return False
        return True

    def start(self):
        self.process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(500):
            if os.path.exists(self.socket) or self.process.poll() is not None:
                break
            time.sleep(0.002)

    def ask(self, host, uri):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            for _ in range(100):
                try:
                    s.connect(self.socket)
                    break
                except OSError:
                    time.sleep(0.005)
            s.sendall(("GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" % (uri, host)).encode())
            data = b""
            while more := s.recv(65536):
                data += more
        head = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        return status, [tuple(h.split(": ", 1)) if ": " in h else (h.rstrip(":"), "") for h in head[1:]]

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def uri_of(location):
    """A file below a location, or the location itself; None where the name is odd (in a damaged configuration)."""
    words = location.split(" ")
    name = words[-1]
    if words[0] == "=":
        return name, None
    if words[0] in ("~", "~*"):
        name = re.split(r"[.(\\\[]", name.lstrip("^"), maxsplit=1)[0]
        return name + ("f" if name.endswith("/") else "f"), None
    base = name if name.endswith("/") else name + "/"
    return base + "f", base + "dir/"


def answers(serving, scope):
    """What the program shows of a scope, as rows."""
    parts = scope.split(" > location ")
    host = parts[0][len("server "):]
    uri, directory = uri_of(parts[-1]) if len(parts) > 1 else ("/f", "/dir/")
    rows = []
    status, headers = serving.ask(host, uri)
    rows.append(("status", str(status)))
    rows += [("add_header", "%s: %s" % h) for h in headers if h[0].startswith("X-")]
    rows += [("server_tokens", "on" if "/" in v else "off") for n, v in headers if n == "Server"]
    rows.append(("etag", "on" if any(n == "ETag" for n, _ in headers) else "off"))
    rows += [("default_type", v) for n, v in headers if n == "Content-Type"]
    if directory is not None:
        rows.append(("autoindex", "on" if serving.ask(host, directory)[0] == 200 else "off"))
        status, headers = serving.ask(host, uri + "-is-not-there")
        rows += [("add_header always", "%s: %s" % h) for h in headers if h[0].startswith("X-")]
    return rows


def scopes_of(rows):
    return sorted({r["scope"] for r in rows if r["scope"].startswith("server s")})


asked = {"servers": True}  # of the case that was looked at last


def oracle(root):
    asked["servers"] = not (root / "damaged").exists()
    serving = Serving(root)
    try:
        dumped = serving.dump()
        said = dumped.stderr.decode(errors="replace")
        if dumped.returncode != 0:
            return [("refused",)] if SYNTAX.search(said) else None
        names = re.findall(r"^# configuration file (.*):$", dumped.stdout.decode(errors="replace"), re.M)
        rows = [("@file", n.replace(str(serving.folder) + "/c", "/etc/nginx", 1)) for n in names]
        if not asked["servers"]:
            return rows
        scopes = scopes_of(facts_of(root))
        for scope in scopes:
            parts = scope.split(" > location ")
            uri, directory = uri_of(parts[-1]) if len(parts) > 1 else ("/f", "/dir/")
            if not serving.file_in_html(uri) or (directory and not serving.file_in_html(directory, True)):
                return None
        serving.start()
        for scope in scopes:
            rows += [(scope, *row) for row in answers(serving, scope)]
        return rows
    finally:
        serving.stop()


def shown(value):
    """What a client sees of a value with the one variable that is used."""
    return value.replace("${scheme}", "http").replace("$scheme", "http")


def mine(rows):
    if not rows or any(r["key"] == "@refused" for r in rows):
        return [("refused",)]
    out = [("@file", r["value"]) for r in rows if r["key"] == "@file"]
    for scope in scopes_of(rows) if asked["servers"] else []:
        own = [r for r in rows if r["scope"] == scope and r["key"] in KEYS]
        def of(key):
            return [r["value"] for r in own if r["key"] == key]
        headers = [(v[:-7] if v.endswith(" always") else v, v.endswith(" always")) for v in of("add_header")]
        row = lambda v: "%s: %s" % tuple(shown(v).split(" ", 1))
        out.append((scope, "status", "200"))
        out += [(scope, "add_header", row(v)) for v, _ in headers]
        out += [(scope, "server_tokens", "off" if v == "off" else "on") for v in of("server_tokens")]
        out += [(scope, "etag", v) for v in of("etag")]
        out += [(scope, "default_type", v) for v in of("default_type")]
        if uri_of(scope.split(" > location ")[-1])[1] is not None:
            out += [(scope, "autoindex", v) for v in of("autoindex")]
            out += [(scope, "add_header always", row(v)) for v, is_always in headers if is_always]
    return out


if __name__ == "__main__":
    differential.run("nginx", generate, oracle, mine, needs=["nginx"])
