"""testparm and plimsoll agree on what smb.conf comes to, and on whether Samba loads it.

The files lie below the root as they are, and a second time, with that place in their paths, where testparm finds them.
What testparm prints of a section stands above what [global] hands down. It takes no `log level` from the file, and
passes over values of a section that differ from those of [global] in capitals alone; both are no matter of the
comparison."""
import functools
import os
import re
import shutil
import socket
import subprocess

import differential

# What would have testparm look elsewhere, or change how it prints.
APART = {"copy", "include", "config backend", "registry shares", "clustering", "auto services", "preload", "printing",
         "unix charset", "dos charset", "server role", "security", "domain logons",
         "domain master", "log level", "debuglevel", "path", "directory", "idmap backend", "idmap uid", "idmap gid",
         "winbind uid", "winbind gid", "-valid", "smb ports", "name resolve order",
         "rpc server dynamic port range", "kdc supported enctypes", "kdc default domain supported enctypes", "realm",
         "client lanman auth", "client plaintext auth", "client ntlmv2 auth"}
SPECIAL = {"unix charset": (["UTF-8", "utf8", "ASCII"], []), "dos charset": (["CP850", "ASCII", "utf8", "UTF-8",
                                                            "Utf-8"], []),
           "printing": (["bsd", "CUPS", "sysv", "qnx", "lprng", "nt", "os2", "plp", "hpux", "aix", "iprint"],
                        ["vlp", ""]),
           "server role": (["auto", "standalone", "member server", "dc", "Domain Controller",
                            "classic primary domain controller", "activedirectorydomaincontroller"], ["x"]),
           "security": (["user", "ADS", "auto", "domain"], ["share", ""]),
           "domain logons": (["yes", "no"], ["x"]), "domain master": (["auto", "no", "yes"], []),
           "log level": (["3", "1 auth_audit:3", "x"], []), "idmap backend": (["ad", "rid", ""], []),
           "idmap uid": (["1-2", ""], []), "winbind gid": (["3 - 4"], []),
           "-valid": (["no", "yes"], []), "smb ports": (["445", "445 139", "0445,+139", ",", "445\t139"],
                                                        ["", "0", "x", "70000", "4294967741", "-1", "445 x"]),
           "name resolve order": (["host", "bcast wins", "lmhosts,host"], ["", "dns", "host dns", ","]),
           "rpc server dynamic port range": (["1024-2048", "49152 - 65535", "2000 -+3000x"],
                                             ["1-2", "3000-2000", "", "x", "2000", "1024-70000", "2000--3000"]),
           "realm": (["example.org", "", "A b", "é.org"], []),
           "kdc supported enctypes": (["rc4-hmac", "AES128-CTS aes256-cts", "0x18", "28", "",
                                       "aes256-cts-hmac-sha1-96-sk,0x4", "4294967295"],
                                      ["x", "0x", "-1", "99999999999999999999", "0X18", "01X"]),
           "kdc default domain supported enctypes": (["arcfour-hmac-md5", "0x1f"], ["des"]),
           "client lanman auth": (["yes", "no"], []), "client plaintext auth": (["yes", "no"], []),
           "client ntlmv2 auth": (["yes", "no"], []),
           "config file": (["", "@/none.conf"], []), "server string": (["%h server (Samba, Ubuntu)", "", "x"], []),
           "workgroup": (["lab", "A b", "wörk"[:1]], [])}
VALUES = {"BOOL": (["yes", "No", "TRUE", "false", "on", "OFF", "1", "0", "y es"], ["y", "", "2", "enabled"]),
          "INTEGER": (["0", "7", "-1", "0x1f", "010", "", "x", "5x", " 3", "4294967297", "99999999999999999999",
                       "-99999999999999999999"], []),
          "BYTES": (["0", "5", "5k", "5 K", "3M", "1g", "007", "+5", "17179869184G", "16384P"],
                    ["", "x", "5x", "-5", "3G", "2T", "99999999999999999999", "5kk"]),
          "OCTAL": (["0644", "644", "0", "777", "0x1", "68", "-1", "+7", "37777777777", "99"[:0] or
                     "7777777777777777777777777"], ["", "x", "8", "-"]),
          "CHAR": (["~", "", "ab", "\\"], []), "STRING": (["x", "a b", "", "\"q\"", "%S", "/srv/%U", "a;b", "#c",
                                                           "a = b", "[x]", "x\\ty", "A B", "a\tb", "a\vb", "é"], []),
          "USTRING": (["x", "a b", "", "%h", "straße", "ÿıΐñς", "Ωж1ⅳａ", "é"], []),
          "CMDLIST": (["a", "a b", "", ",", "a, b;c", "\"a b\" c", "@g +x", "a\"b c\"d", "\"open", "A", "\"\" x",
                       "a\vb"], []), "LIST": (["a", "+x", "-s3fs", "-dns +smb", "", "a b +c", "+AES-128-GCM",
                                               "-nothing", "+x +x -x", "+", "-", "\"+a b\"", "-unixuid -default"],
                                              ["+a b", "-a b", "+x y -z"])}


@functools.cache
def parameters():
    """name → (is it of sections, kind, spellings of a choice)"""
    out, is_local = {}, False
    for line in subprocess.run(["testparm", "--show-all-parameters"], capture_output=True,
                               text=True).stdout.splitlines():
        if line in ("[local]", "[global]"):
            is_local = line == "[local]"
            continue
        name, kind, rest = re.fullmatch(r"(.+?)=P_([A-Z]+),(.*)", line).groups()
        out[name] = (is_local, kind.replace("BOOLREV", "BOOL"), rest.split(",")[0].split("|"))
    return out


def pick(rng, state, good, bad):
    """One of `good`; in a wild configuration now and then one of `bad`, which Samba mostly does not load."""
    return rng.choice(bad if bad and state["wild"] and rng.random() < 0.15 else good)


def value(rng, state, name):
    if name in SPECIAL:
        return pick(rng, state, *SPECIAL[name])
    _, kind, spellings = parameters()[name]
    if kind == "ENUM":
        return rng.choice(["%s", "%s", " %s"]) % pick(rng, state,
                                                      spellings + [s.upper() for s in spellings] + [s.replace(" ",
                                                            "") for s in spellings], ["x", "", "yess"])
    return pick(rng, state, *VALUES[kind])


def spelt(rng, name):
    """In capitals, with other blanks, or as it is."""
    kind = rng.random()
    if kind < 0.7:
        return name
    return rng.choice([name.upper(), name.title(), name.replace(" ", ""), name.replace(" ", "  "),
                       name.replace(" ", "\t"), " ".join(name)])


def setting(rng, state):
    names = parameters()
    kind = rng.random()
    if kind < 0.08:
        return "path = " + rng.choice(["/srv/a", "/srv/%U", "", "/tmp", "/", "x"])
    if kind < 0.15:
        name, text = rng.choice(["vfs:x", "idmap config * : range", "recycle:Repository", "IDMAP CONFIG LAB:backend",
                                 "recycle: repository", ":", "x_y:file", "Ä:b", "ä : B", "é:x", "xattr_tdb:file",
                                 "posix:eadb"]), rng.choice(["1-2", "x", "", "A b", "%U"])
    elif kind < 0.2:
        name, text = pick(rng, state, ["no such name", "workgrp", "é", "x y z"], ["[x"]), rng.choice(["1", ""])
    elif kind < 0.4:
        name = rng.choice(sorted(SPECIAL) + ["printing", "client ntlmv2 auth", "client lanman auth",
                                             "client plaintext auth", "server role"])
        text = value(rng, state, name)
    elif kind < 0.55:
        name = rng.choice(["guest ok", "public", "read only", "writable", "writeable", "write ok", "available",
                           "browsable", "hosts allow", "allow hosts", "valid users", "create mode", "unix extensions",
                           "enable spoolss", "server services",
                           "min protocol", "protocol", "smb encrypt", "map to guest", "comment", "force user",
                           "printable", "print ok", "msdfs proxy", "vfs object", "ntvfs handler", "max log size",
                           "interfaces", "case sensitive"])
        text = value(rng, state, name)
    else:
        name = rng.choice(state["local"] if rng.random() < 0.6 else state["all"])
        text = value(rng, state, name)
    return spelt(rng, name) + rng.choice([" = ", "=", " =", "= ", "  =\t"]) + text


def line(rng, state, includes):
    kind = rng.random()
    if kind < 0.06:
        return rng.choice(["# comment", "; comment", "  ; read only = no", "#x \\", "", "   ", "\t", "no equals sign",
                           "x", "\\", "\v", "\f# y", "a\\ "])
    if kind < 0.1 and includes:
        return "include = " + rng.choice(includes)
    if kind < 0.13:
        return "copy = " + pick(rng, state, state["known"] or ["homes"],
                                ["nope", "global", "", "A", "t w o"]) if state["known"] or state["wild"] else "copy x"
    if kind < 0.14 and state["wild"]:
        return rng.choice(["= x", "[", "[x", "[]", "=", "include = registry", "\\\n = y", "read only = x"])
    out = setting(rng, state)
    if rng.random() < 0.08:
        cut = rng.randint(0, len(out))
        out = out[:cut] + rng.choice(["\\\n", "\\ \n", "\\\t \n  ", "\\\n# ", " \\\n  ", "\\\r\n"]) + out[cut:]
    return out


def section(rng, state, name, includes, most):
    """A heading with lines. Where the path is left out, the share is not available."""
    head = rng.choice(["[%s]", "[%s]", " [%s]", "[%s] x = y", "\t[%s"  "]\\"]) % name if name is not None else ""
    out = [head] + ["path = /srv/p"] * (rng.random() < 0.5) + [line(rng, state,
                                                            includes) for _ in range(rng.randint(0, most))]
    if name and "global" not in name.lower():
        if name in state["known"]:
            state["known"].remove(name)
        # A section does not copy itself, unless it is meant to fail.
        out = [one for one in out if state["wild"] or not one.startswith("copy = " + name)]
        state["known"].append(name)
    else:
        out = [one for one in out if state["wild"] or not one.startswith("copy")]
    return out


NAMES = ["a", "A", "b", "homes", "printers", "Printers", "t w o", "t  w o", " a", "global", "Global", "globals",
         "glo bal", "IPC$", "x[y", "%U", "nobody", "é", "É", "print$", "c", "d", "ΑΣ", "ας"]


def text_of(rng, state, includes, most, sections):
    out = section(rng, state, rng.choice(["global", None, "global"]), includes, most) if rng.random() < 0.9 else []
    for _ in range(sections):
        out += section(rng, state, rng.choice(NAMES), includes, most)
    return rng.choice(["\n", "\n", "\n", "\r\n"]).join(rng.choice(["", "", "  ", "\t"]) + one + rng.choice(["", "", " ",
                                                            " \t"]) for one in out) + rng.choice(["\n", "\n", "",
                                                            "\0\n", "\\", "\\\n"])


def generate(rng, root):
    real = root.parent / "real"
    names = parameters()
    state = {"wild": rng.random() < 0.3, "known": [], "local": sorted(n for n, p in names.items() if p[0] and
                                                            n not in APART),
             "all": sorted(n for n in names if n not in APART)}
    files = {"etc/samba/one.conf": "\n".join(setting(rng, state) for _ in range(rng.randint(0, 4))) + "\n"}
    files["etc/samba/two.conf"] = text_of(rng, state, ["@/etc/samba/one.conf"], 3, rng.randint(0, 2))
    files["etc/samba/%s.conf" % socket.gethostname().partition(".")[0].upper()] = "comment = mine\n"
    files["etc/samba/.conf"] = "guest ok = yes\n"
    if state["wild"] and rng.random() < 0.1:
        files["etc/samba/loop.conf"] = "include = @/etc/samba/loop.conf\n"
    state["known"] = []
    includes = ["@/etc/samba/one.conf", "@/etc/samba/one.conf", "@/etc/samba/two.conf", "@/etc/samba/none.conf",
                "@/etc/samba", "@/etc/samba/%L.conf", "@/etc/samba/%m.conf", "@/etc/samba/%U%m.conf",
                "etc/samba/one.conf", "", "@/etc/samba/%I", "@/etc/samba/loop.conf"]
    main = text_of(rng, state, includes, 9, rng.randint(0, 5))
    if rng.random() < 0.1:
        main = "server role = dc\n" + main
    if rng.random() < 0.25:
        main = "auto services = %s\n" % rng.choice(["root nobody", "Nobody,daemon", '"root"', "root;bin nosuchuser a",
                                                    "%U"]) + main
    files["etc/samba/smb.conf"] = main
    # Now and then a letter is none.
    broken = b"\xff" if rng.random() < 0.05 else "é".encode()
    for place, prefix in ((root, ""), (real, str(real))):
        for name, body in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(body.replace("@/", prefix + "/").encode().replace("é".encode(), broken))
    (root / "etc/hostname").write_text(socket.gethostname() + "\n")
    shutil.copy("/etc/passwd", root / "etc/passwd")


IGNORED = {"max open files", "log level", "-valid", "unix extensions"}


def dump(root):
    real = root.parent / "real"
    done = subprocess.run(["testparm", "-s", "-v", "-l", str(real / "etc/samba/smb.conf")], capture_output=True,
                          cwd=real, stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if b"Error loading services" in done.stderr:
        return None
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError("testparm: exit %d: %s" % (done.returncode, done.stderr[-300:]))
    out, current = {}, None
    for one in done.stdout.decode(errors="replace").replace(str(real), "").split("\n"):
        if one.startswith("["):
            current = out.setdefault(one[1:-1], {})
        elif one.startswith("\t"):
            key, _, text = one[1:].partition(" = ")
            current[key.lower()] = text.rstrip("\0")
    return out


LAST = {}


def oracle(root):
    LAST["dump"] = sections = dump(root)
    if sections is None:
        return [("@refused",)]
    of_sections = {name.lower() for name, p in parameters().items() if p[0]}
    inherited = {key: text for key, text in sections["global"].items() if key in of_sections}
    return sorted((name, key, text) for name, own in sections.items() for key,
                  text in ({**inherited, **own} if name != "global" else own).items() if key not in IGNORED)


def mine(rows):
    if any(row["key"] == "@refused" for row in rows):
        return [("@refused",)]
    out, sections = [], LAST["dump"] or {}
    for row in rows:
        scope, key, text = row["scope"], row["key"], row["value"]
        if key[0] == "@" or key in IGNORED:
            continue
        handed_down = sections.get("global", {}).get(key, "")
        if scope != "global" and key not in sections.get(scope, {}) and text.lower() == handed_down.lower():
            text = handed_down
        out.append((scope, key, text))
    return sorted(out)


if __name__ == "__main__":
    differential.run("samba", generate, oracle, mine, needs=["testparm"])
