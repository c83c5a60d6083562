#!/usr/bin/python3
"""apt-sources: every source with its address, suite and components, against `apt-get indextargets`."""
import os
import re
import subprocess
import urllib.parse

import differential

FORMAT = "\t".join("$(%s)" % name for name in ["SOURCESENTRY", "TARGET_OF", "REPO_URI", "RELEASE", "COMPONENT"])
TYPES = ["deb", "deb", "deb", "deb-src"]
URIS = ["http://deb.debian.org/debian", "http://deb.debian.org/debian/", "https://deb.debian.org/debian-security", "http://user:pw@h.example/x",
        "file:/srv/mirror", "file:///srv/mirror/", "copy:/srv", "mirror+https://m.example/list.txt", "http://h.example", "http://[::1]:8080/d", "ftp://h.example:21/$(ARCH)/x",
        "cdrom:[Debian_12]/", "tor+http://abc.onion/debian", "HTTP://Caps.example/D//e", "http://h.example/a%20b"]
SUITES = ["bookworm", "bookworm-security", "stable", "bookworm/updates", "./", "/", "path/$(ARCH)/", "sid$(ARCH)", "a_b"]
COMPONENTS = ["main", "contrib", "non-free", "non-free-firmware", "updates/main", "x"]
FINGERPRINT = "0123456789abcdefABCD0123456789ABCDEF0123"
KEYS = ["/usr/share/keyrings/a.gpg", FINGERPRINT, FINGERPRINT + "!", "/a.gpg," + FINGERPRINT, "/a.gpg,/b.asc"]
FILES = ["a.list", "b.sources", "c.list", "z.sources", "x.y.list", "0.sources"]
NO_FILES = ["plain", "d.list.save", ".e.list", "f.List", "g h.list", "i.sources~", "j.conf", "k.list."]
BLANKS = [" ", " ", "  ", "\t"]


def option(rng):
    return rng.choice(["trusted=yes", "trusted=no", "arch=amd64", "lang=none", "check-valid-until=no", "allow-insecure=yes", "signed-by=" + rng.choice(KEYS), "x=y#z", "allow-weak=1",
                       "by-hash=force"] if rng.random() < 0.95 else ["x", "a=", "=b", "ab", "signed-by=nothing", "signed-by=0123"])


def line(rng):
    text = rng.choice(TYPES if rng.random() < 0.98 else ["rpm", "DEB", "deb\v"]) + rng.choice(BLANKS)
    if rng.random() < 0.4:
        options = rng.choice(BLANKS).join(option(rng) for _ in range(rng.randint(1, 3)))
        text += "[" + rng.choice(["", " "]) + options + rng.choice(["]", " ]", "]", " ] "]) + rng.choice([" ", "", "\t"])
    suite = rng.choice(SUITES)
    uri = rng.choice(URIS) if rng.random() < 0.98 else rng.choice(["nothing", "\"http://q.example/a b\"", ""])
    text += uri + rng.choice(BLANKS) + suite
    if not suite.endswith("/") or rng.random() < 0.02:
        for component in rng.sample(COMPONENTS, rng.choice([1, 1, 2, 3] if rng.random() < 0.98 else [0])):
            text += rng.choice(BLANKS) + component
    return rng.choice(["", "", "", " ", "\t"]) + text + rng.choice(["", "", "", " # why", "# why", " ", "\r", "#"])


def lines(rng):
    out = ""
    for _ in range(rng.randrange(4)):
        out += rng.choice(["", "", "# deb http://off.example x main\n", "\n", "  \n", "#\n"]) + line(rng) + "\n"
    return out.rstrip("\n") if rng.random() < 0.1 else out


def field(rng, name, values):
    name = name if rng.random() < 0.8 else rng.choice([name.lower(), name.upper()])
    values = list(values)
    text = name + ":" + rng.choice([" ", " ", "", "\t", "  "])
    for n, value in enumerate(values):
        text += ("" if n == 0 and rng.random() < 0.9 else rng.choice([" ", " ", "  ", "\n ", "\n\t", "\n# why\n ", "\n  "])) + value
    return text + rng.choice(["", "", "", " ", "\r"]) + "\n"


def stanza(rng):
    suites = rng.sample(SUITES, rng.choice([1, 1, 2]))
    fields = [field(rng, "Types", rng.sample(["deb", "deb-src"], rng.choice([1, 1, 2]))), field(rng, "URIs", rng.sample(URIS, rng.choice([1, 1, 2]))),
              field(rng, "Suites", suites)]
    if not all(suite.endswith("/") for suite in suites):
        fields.append(field(rng, "Components", rng.sample(COMPONENTS, rng.choice([1, 1, 2]))))
        if any(suite.endswith("/") for suite in suites) and rng.random() < 0.95:
            fields[2] = field(rng, "Suites", [suite for suite in suites if not suite.endswith("/")])
    more = [("Enabled", ["no", "yes", "0", "maybe", "off", "FALSE"]), ("Trusted", ["yes", "no", "1"]), ("Signed-By", KEYS + ["/a.gpg /b.gpg"]), ("Allow-Insecure", ["yes"]),
            ("Check-Valid-Until", ["no"]), ("X-Note", ["deb http://x y z", "Types: rpm"]), ("Languages", ["none"]), ("Architectures", ["amd64"])]
    for name, values in rng.sample(more, rng.choice([0, 0, 1, 2])):
        fields.append(field(rng, name, [rng.choice(values)]))
    if rng.random() < 0.05:
        fields.append(rng.choice([fields[0], "Suites: again\n", "nothing\n", "X\n", "Types: rpm\n", "Signed-By: nothing\n", "URIs:\n", "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n"]))
    if rng.random() < 0.03:
        fields.pop(rng.randrange(len(fields)))
    rng.shuffle(fields)
    for _ in range(rng.choice([0, 0, 1])):
        fields.insert(rng.randrange(len(fields) + 1), rng.choice(["# why\n", "#Types: rpm\n"]))
    return "".join(fields)


def stanzas(rng):
    text = rng.choice(["", "", "\n", "# top\n", "# top\n\n", "\r\n"])
    for _ in range(rng.randrange(4)):
        text += stanza(rng) + rng.choice(["\n", "\n", "\n\n", "\r\n", "# why\n\n", "\n# why\n"])
    return text.rstrip("\n") if rng.random() < 0.2 else text


def body(rng, name):
    return stanzas(rng) if name.endswith(".sources") else lines(rng)


def write(path, text):
    path.write_bytes(text.encode())


def generate(rng, root):
    apt = root / "etc/apt"
    parts = apt / "sources.list.d"
    parts.mkdir(parents=True)
    (apt / "apt.conf.d").mkdir()
    if rng.random() < 0.8:
        write(apt / "sources.list", lines(rng))
    for name in rng.sample(FILES, rng.randrange(4)) + rng.sample(NO_FILES, rng.randrange(2)):
        write(parts / name, body(rng, name))
    if rng.random() < 0.1:
        write(apt / "apt.conf", rng.choice(["Dir::Etc::sourcelist \"other.sources\";", "Dir::Etc::sourceparts \"elsewhere\";", "Dir::Etc::sourcelist \"/dev/null\";",
                                            "Dir::Etc::sourceparts \"\";", "Acquire::AllowInsecureRepositories 1;", "APT::Architecture \"arm64\";"]))
        (apt / "elsewhere").mkdir()
        write(apt / "elsewhere/a.list", lines(rng))
        write(apt / "other.sources", stanzas(rng))
    if rng.random() < 0.1:
        (parts / "link.list").symlink_to(rng.choice(["../linked", "/nothing"]))
        write(apt / "linked", lines(rng))


def stanza_numbers(text):
    """The number of the stanza for each line on which one begins. A field that still wants its colon does not end."""
    numbers, count, inside, wants = {}, 0, False, False
    for number, one in enumerate(text.split("\n"), 1):
        if one.startswith("#"):
            continue
        if one.strip("\r") == "":
            inside = wants
        elif not inside:
            inside = True
            count += 1
            numbers[number] = count
        wants = ":" not in one if wants or not one[:1].isspace() and one.strip("\r") else False
    return numbers


def without_user(uri):
    return urllib.parse.unquote(re.sub(r"//[^/@]*@", "//", uri))


def source(place, kind, uri, suite, component):
    is_path = suite == "" or suite.endswith("/")
    return (kind, without_user(uri), suite if suite != "/" else "", "" if is_path else component), place


def oracle(root):
    conf = root.parent / "apt.conf"
    conf.write_text('Dir "%s"; Dir::State::status "/dev/null"; Dir::Bin::dpkg "/bin/true";' % root)
    ROOT[:] = [root]
    done = subprocess.run(["apt-get", "indextargets", "--no-release-info", "--format", FORMAT], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
                          env={"PATH": os.environ["PATH"], "APT_CONFIG": str(conf), "LC_ALL": "C.UTF-8"})
    if done.returncode != 0:
        return None
    out = {}
    for one in done.stdout.splitlines():
        place, kind, uri, suite, component = one.removeprefix(str(root)).split("\t")
        out.setdefault(*source(re.sub("/+", "/", place), kind, uri, suite, component))
    return sorted(out.items())


ROOT = []


def mine(rows):
    """apt keeps the first of several that are the same."""
    out = {}
    for row in rows:
        if not row["enabled"]:
            continue
        file, number = row["origin"]["file"], row["origin"]["line"]
        if file.endswith(".sources"):
            number = stanza_numbers((ROOT[0] / file.lstrip("/")).read_bytes().decode())[number]
        for component in row["components"] or [""]:
            out.setdefault(*source("%s:%d" % (file, number), row["type"], row["uri"], row["suite"], component))
    return sorted(out.items())


if __name__ == "__main__":
    differential.run("apt-sources", generate, oracle, mine, needs=["apt-get"])
