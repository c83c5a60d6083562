#!/usr/bin/python3
"""apt: options as they stand after all files are read, against `apt-config dump` in a chroot."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import differential

TREES = ["APT", "Acquire", "Dir", "DPkg", "Unattended-Upgrade", "Foo"]
TAGS = ["Install-Recommends", "Install-Suggests", "Sandbox", "User", "AllowInsecureRepositories", "Get", "AllowUnauthenticated", "http",
        "Proxy", "Periodic", "Post-Invoke", "Languages", "a", "B", "A", "b", "x.y", "Architectures", "Build-Profiles", "Etc", "NeverAutoRemove"]
NAMES = ["APT::Install-Recommends", "apt::sandbox::USER", "Acquire::AllowInsecureRepositories", "Acquire::Languages", "Acquire::Languages::",
         "APT::Get::AllowUnauthenticated", "APT::Periodic::Unattended-Upgrade", "Unattended-Upgrade::Origins-Pattern::", "APT::Architectures",
         "APT::Architectures::", "APT::Build-Profiles", "APT::NeverAutoRemove::", "DPkg::Post-Invoke::", "Foo::Bar", "foo::bar::", "FOO::bar::baz",
         "Acquire::http::Proxy", "Dir::Log", "Dir::Ignore-Files-Silently", "Dir::Ignore-Files-Silently::", "Dir::Cache::pkgcache", "Dir::State::status", "Dir::State",
         "a::::b", "a:::b", "::a", "a::::", "Foo:Bar", "Foo::Bar::::", "APT::Barbarian-Architectures", "APT::BarbarianArchitectures",
         "APT::Build-Essential", "APT::Build-Essential::", "APT::Architecture", "A%2eB", "A%3dB", "Foo::%20x", "\"Foo::Quoted\"", "Foo::[a b]",
         "Binary::apt::APT::Get::AllowUnauthenticated", "Acquire", "Dir::State::lists", "Dir", "Dir::Bin::dpkg", "Dir::State::extended_states", "Dir::State::status::x",
         "Acquire::CompressionTypes::Order::", "Acquire::CompressionTypes::gz", "Acquire::GzipIndexes", "Acquire::Changelogs::URI::Origin::Debian", "Acquire::Changelogs::AlwaysOnline",
         "Acquire::IndexTargets::deb::Packages::MetaKey", "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled", "Binary::apt::APT::Color", "Binary::apt::DPkg::Lock::Timeout",
         "Dir::Bin::xz", "Dir::Bin::solvers::", "DPkg::Path", "Acquire::cdrom::mount", "APT::Sandbox", "APT::Sandbox::User", "Acquire::AllowWeakRepositories"]
VALUES = ["1", "0", "true", "false", "no", "yes", "", "_apt", "root", "http://proxy:3128/", "a;b", "a{b", "}", "x // y", "x # y", "/* in */",
          "a  b", "a\tb", " lead", "trail ", "none", "en", "de,en", "environment", "amd64", "i386,amd64", "origin=Debian,label=${x}", "%41", "é", "a=b", "\\",
          "#clear", "a,,b,", "/srv/apt", "/srv/apt/", "/apt", "apt", "var/lib/apt//", "./x", "../y", "~/z", "/./a/.//b", "/dev/null", "/dev/nullx"]
FILES = ["10first", "50second.conf", "99last", "A", "a-b_c", "z.conf", "x.y.conf", "05:colon", "conf"]
NO_FILES = ["20off.bak", "30.dpkg-old", ".hidden", "40x~", "b.Conf", "c d", "70end.", "ü.conf", "e+f", "d.conf.disabled"]
# Trees that apt-config fills besides the files: tables that come with the library, what the compressors installed make of
# APT::Compressor, the looks of `apt`. Rows there that an empty configuration has too are left out; what files say is compared.
OF_THE_PROGRAM = re.compile(r"apt::compressor|acquire::(indextargets|changelogs|compressiontypes)|binary::apt::|dir::bin::(gzip|bzip2|xz|lz4|zstd|lzma)")
# What apt-config notes of itself.
OF_THE_RUN = re.compile(r"commandline(::|$)|binary$")
DEFAULTS = set()


def value(rng):
    text = rng.choice(VALUES)
    kind = rng.random()
    if kind < 0.75 or text == "":
        return '"%s"' % text
    if kind < 0.9 and not re.search(r"[\s;{}#/\"]", text):
        return text
    return '"%s" "%s"' % (text, rng.choice(VALUES)) if kind < 0.97 else '"%s"%s"%s"' % (text, rng.choice(["", "  "]), rng.choice(VALUES))


def comment(rng):
    return rng.choice(["// APT::Sandbox::User \"root\";", "# APT::Get \"1\";", "/* x */", "/* one\n two \" */", "# it's \"", "/* // */ y */", "/*\n Foo \"1\"; */",
                       "##clear APT;", "#Clear APT;", "// /* no", "/**/", "/*/ x */", "# /* z"])


def name(rng):
    return rng.choice(NAMES) if rng.random() < 0.7 else "::".join(rng.choice(TREES if i == 0 else TAGS) for i in range(rng.randint(1, 3)))


def statement(rng, depth=0):
    kind = rng.random()
    if kind < 0.08 and depth == 0:
        return '#clear %s;' % rng.choice([name(rng), '"%s"' % rng.choice(TREES), "APT", "Acquire::Languages", "Dir::Ignore-Files-Silently", "Nothing", "Dir::State", "Dir::State::status",
                                           "Dir::Bin", "Acquire::Changelogs", "Acquire::IndexTargets", "Acquire::CompressionTypes", "APT::Architectures", "Binary::apt"])
    if kind < 0.30 and depth < 3:
        inner = "".join(statement(rng, depth + 1) + rng.choice(["\n", " ", "\n\n", "\t"]) for _ in range(rng.randrange(4)))
        return "%s%s{%s%s}%s" % (name(rng), rng.choice([" ", "", "\n", ' "own" ']), rng.choice(["\n", " ", ""]), inner, rng.choice(["", ";", ";;"]))
    if kind < 0.38:
        return comment(rng)
    if kind < 0.52:
        return value(rng) + ";"
    if kind < 0.55:
        return name(rng) + ";"
    return "%s%s%s%s;" % (name(rng), rng.choice([" ", "\t", "  ", "\n", " \n\t"]), value(rng), rng.choice(["", " "]))


def body(rng):
    text = ""
    for _ in range(rng.randrange(7)):
        text += statement(rng) + rng.choice(["\n", "\n", "\r\n", " ", "\n\n", " # why\n", " // why\n", " /* why */\n", ";\n"])
    kind = rng.random()
    if kind < 0.05:
        text += rng.choice(["}\n", "Foo {\n", "Foo \"1\"", "{ x; }", "Foo a b;\n", "Foo \"1;\n", "#clear;\n", "#clearall x;\n", "[a;\n", "Foo { #clear x; }\n",
                            "#include;\n", "Foo \"a\nb\";\n", "#include \"/nothing\";\n", "#include \"/etc/apt/none/\";\n", "Foo \"a\"b;\n"])
    elif kind < 0.08:
        text += "Foo::Long \"" + "x" * rng.choice([4080, 4081, 4082, 4083, 4084, 8000]) + "\";\nFoo::After 1;\n"
    elif kind < 0.10:
        text += "Foo::Nul \"a\0b\";\nFoo::Next 1;\n"
    elif kind < 0.12:
        text = "\ufeff" + text
    return text.rstrip("\n") if rng.random() < 0.15 else text


def write(path, text):
    path.write_bytes(text.encode())


def generate(rng, root):
    apt = root / "etc/apt"
    parts = apt / "apt.conf.d"
    parts.mkdir(parents=True)
    (root / "var/lib/dpkg").mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    for file in rng.sample(FILES, rng.randrange(5)) + rng.sample(NO_FILES, rng.randrange(3)):
        write(parts / file, body(rng))
    if rng.random() < 0.2:
        (apt / "more").mkdir()
        for file in rng.sample(FILES + NO_FILES, 2):
            write(apt / "more" / file, body(rng))
        write(parts / "60include", body(rng) + '#include "%s";\n' % rng.choice(["/etc/apt/more/", "/etc/apt/more/", "/etc/apt/loop", "/etc/apt/one"]) + body(rng))
        write(apt / "one", body(rng))
        write(apt / "loop", '#include "/etc/apt/loop";')
    if rng.random() < 0.1:
        (parts / "70link").symlink_to(rng.choice(["/etc/apt/linked", "../linked", "/nothing", "/etc/apt"]))
        write(apt / "linked", body(rng))
    if rng.random() < 0.1:
        (parts / "80directory.conf").mkdir()
    if rng.random() < 0.15:
        write(parts / "90dir", rng.choice(["Dir::Etc::main \"other.conf\";", "Dir::Etc \"/etc/apt/../apt\";", "Dir::Etc::main \"/etc/apt/other.conf\";", "Dir::Etc \"opt\";",
                                           "RootDir \"/opt\";", "Dir \"/opt/\";", "Dir::Etc::main \"\";", "#clear Dir::Etc;", "Dir::Etc::main \"/dev/null\";",
                                           "Dir::Etc::main \"./other.conf\";", "Dir::Etc::parts \"elsewhere\";", "Dir::Etc::Main::x \"1\";"]))
        for other in ["etc/apt/other.conf", "opt/apt.conf", "opt/etc/apt/apt.conf", "other.conf"]:
            (root / other).parent.mkdir(parents=True, exist_ok=True)
            write(root / other, "Foo::Other \"%s\";\n" % other)
    if rng.random() < 0.7:
        write(apt / "apt.conf", body(rng))
    if rng.random() < 0.2:
        (root / "var/lib/apt/lists").mkdir(parents=True)
        (root / "var/lib/apt/lists" / rng.choice(["h_dists_s_main_i18n_Translation-de", "h_Translation-pt%5fBR", "h_Translation-en", "h_Translation-de.bak"])).touch()
    if rng.random() < 0.2:
        write(root / "var/lib/dpkg/arch", "amd64\ni386\narmhf\n")


def libraries(program):
    return re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout)


def prepare(root):
    """What apt-config and the dpkg that it asks need inside of the chroot; links where they can be."""
    for program in ["/usr/bin/apt-config", "/usr/bin/dpkg"]:
        for file in [program, *libraries(program)]:
            target = root / file.lstrip("/")
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                place(os.path.realpath(file), target)
    for table in ["cputable", "tupletable", "triplettable"]:
        source = "/usr/share/dpkg/" + table
        if os.path.exists(source):
            (root / "usr/share/dpkg").mkdir(parents=True, exist_ok=True)
            place(source, root / "usr/share/dpkg" / table)


def place(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def unquoted_name(line):
    found = re.fullmatch(rb'(.*?) "(.*)";', line, re.DOTALL)
    return found.group(1).decode("latin-1").lower(), found.group(2).decode("utf-8", "replace")


def oracle(root):
    done = subprocess.run(["/usr/sbin/chroot", str(root), "/usr/bin/apt-config", "dump"], capture_output=True, stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/bin:/bin"}, timeout=60)
    if done.returncode != 0:
        return None
    return compared(map(unquoted_name, done.stdout.split(b"\n")[:-1]))


def compared(rows):
    return [row for row in rows if row[1] and not OF_THE_RUN.match(row[0]) and row not in DEFAULTS]


def find_defaults():
    """What apt-config says of no configuration at all, in the trees that come with it."""
    with tempfile.TemporaryDirectory(prefix="differential-") as folder:
        root = pathlib.Path(folder)
        prepare(root)
        (root / "etc/apt/apt.conf.d").mkdir(parents=True)
        (root / "var/lib/dpkg").mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        DEFAULTS.update(row for row in oracle(root) if OF_THE_PROGRAM.match(row[0]))


def mine(rows):
    return compared((row["key"], row["value"]) for row in rows if row["key"] != "@file")


if __name__ == "__main__":
    if os.path.exists("/usr/bin/apt-config"):
        find_defaults()
    differential.run("apt", generate, oracle, mine, prepare=prepare, needs=["apt-config", "dpkg", "chroot"])
