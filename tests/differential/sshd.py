#!/usr/bin/env python3
"""The sshd probe against `sshd -T` and `sshd -T -C`: generated configurations with includes, Match blocks, odd spelling.

Needs root: sshd reads /etc/ssh, so each case is mounted over it in a mount namespace of its own.
"""
import ctypes
import ipaddress
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import differential  # noqa: E402

USERS = {"root": 0, "sshd": 109, "alice": 1000, "bob": 1001, "carol-x": 1002, "www": 33}
GROUPS = {"root": (0, ""), "wheel": (10, "alice,bob"), "staff": (50, "carol-x"), "users": (100, ""), "www": (33, "bob")}
SERVICES = "ssh 22/tcp\nhttp 80/tcp www # web\nhttps 443/tcp\nntp 123/udp\n"

FLAGS = ["yes", "no", "YES", "No", '"yes"', "'no'", "yes # on"]
CIPHERS = ["aes256-ctr", "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com", "3des-cbc", "aes192-cbc"]
MACS = ["hmac-sha2-256", "hmac-sha2-512-etm@openssh.com", "umac-64@openssh.com", "hmac-md5", "hmac-sha1-96"]
KEX = ["curve25519-sha256", "ecdh-sha2-nistp521", "diffie-hellman-group14-sha1", "sntrup761x25519-sha512", "diffie-hellman-group1-sha1"]
KEYS = ["ssh-rsa", "ssh-ed25519", "rsa-sha2-512", "ecdsa-*", "*-cert-*", "ssh-dss", "sk-*", "RSA", "ssh-r?a"]
TIMES = ["0", "30", "5m", "1h30m", "2d", "1w", "10M", "1H1s", "90s", "+7"]
PATHS = ["none", "NONE", "/etc/issue.net", "/a b", '"/with space"', "~/x", "~alice/y", "/etc//ssh/z", "~"]
ENV = ["LANG", "LC_*", "XMODIFIERS", "A?B", "\"Q\"", "!X"]
FORWARD = ["yes", "no", "local", "remote", "all", "ALL"]


def edited(rng, names, wildcards=False):
    some = rng.sample(names, rng.randint(1, 3))
    text = ",".join(some)
    kind = rng.random()
    if kind < 0.3:
        return text
    if kind < 0.5:
        return "+" + text
    if kind < 0.65:
        return "^" + text
    if kind < 0.97:
        return "-" + rng.choice([text, "*cbc", "hmac-*", "*nistp*,*sha1", "bogus", "*@openssh.com", "a*,!aes256*"])
    return rng.choice(["-*", "bogus", "+", text + ",,x", "!x", "*"])


def words(rng, pool, most=3):
    return " ".join(rng.choice(pool) for _ in range(rng.randint(1, most)))


def pick(pool):
    return lambda rng: rng.choice(pool)


MATCH_KEYS = {
    "PermitRootLogin": pick(["yes", "no", "prohibit-password", "without-password", "forced-commands-only", "Prohibit-Password"]),
    "LogLevel": pick(["INFO", "verbose", "QUIET", "silent", "DEBUG", "debug1", "DEBUG3", "fatal", "Error"]),
    "LogVerbose": pick(["none", "kex.c:*", "a b", "none x"]),
    "HostbasedAcceptedKeyTypes": lambda r: edited(r, KEYS), "HostbasedAcceptedAlgorithms": lambda r: edited(r, KEYS),
    "PubkeyAcceptedKeyTypes": lambda r: edited(r, KEYS), "PubkeyAcceptedAlgorithms": lambda r: edited(r, KEYS),
    "CASignatureAlgorithms": lambda r: edited(r, KEYS),
    "PubkeyAuthOptions": pick(["none", "touch-required", "verify-required touch-required", "none verify-required", "#x", "bogus"]),
    "IgnoreRhosts": pick(["yes", "no", "shosts-only"]),
    "X11DisplayOffset": pick(["10", "0", "007", "+5", " 3"]), "MaxAuthTries": pick(["1", "4", "06", "2147483647"]),
    "MaxSessions": pick(["0", "3", "10"]), "RequiredRSASize": pick(["1024", "2048", "3072"]),
    "ClientAliveCountMax": pick(["0", "3", "5"]), "ClientAliveInterval": pick(TIMES),
    "RekeyLimit": pick(["default", "1G", "500M 1h", "default none", "1.5G 30", "16", "0 0", "1K 5m", "2g", "default 1d"]),
    "AllowTcpForwarding": pick(FORWARD), "AllowStreamLocalForwarding": pick(FORWARD),
    "GatewayPorts": pick(["yes", "no", "clientspecified"]),
    "AllowUsers": lambda r: words(r, ["alice", "bob", "b*", "root@10.0.0.0/8", "?lice", "!carol-x", "x@192.0.2.*"]),
    "DenyUsers": lambda r: words(r, ["mallory", "guest", "*@203.0.113.0/24", "\"a b\""]),
    "AllowGroups": lambda r: words(r, ["wheel", "staff", "w*"]), "DenyGroups": lambda r: words(r, ["nogroup", "games"]),
    "Banner": pick(PATHS), "TrustedUserCAKeys": pick(PATHS), "RevokedKeys": pick(PATHS),
    "AuthorizedPrincipalsFile": pick(PATHS), "ChrootDirectory": pick(["none", "NONE", "/srv/%u", "%h", "~/x", '"/a b"']),
    "AuthorizedKeysFile": lambda r: words(r, [".ssh/authorized_keys", "/etc/keys/%u", "none", "~/k", '"a b"', "#c"]),
    "AuthorizedKeysCommand": pick(["/usr/bin/k %u", "none", "NONE", '/x "y z" # w', "bin/k"]),
    "AuthorizedKeysCommandUser": pick(["nobody", "root"]),
    "AuthorizedPrincipalsCommand": pick(["/usr/bin/p %u", "none", "/q"]), "AuthorizedPrincipalsCommandUser": pick(["nobody", "alice"]),
    "AcceptEnv": lambda r: words(r, ENV), "SetEnv": lambda r: words(r, ["A=1", "B=2", "A=3", 'C="x y"', "D=", "E=#x"]),
    "PermitTunnel": pick(["yes", "no", "ethernet", "point-to-point"]),
    "PermitOpen": lambda r: r.choice(["any", "none", words(r, ["h:22", "[::1]:80", "10.0.0.1:*", "*:443", "x:http"])]),
    "PermitListen": lambda r: r.choice(["any", "none", words(r, ["22", "h:8080", "*", "localhost:*", "ssh"])]),
    "ForceCommand": pick(["none", "NONE", "internal-sftp", 'echo "a  b" \'c\'', "/bin/x # not a comment", '"a b"']),
    "IPQoS": pick(["none", "af21 cs1", "lowdelay", "0x10 8", "le", "reliability", "0", "ef throughput", "255", "CS0"]),
    "AuthenticationMethods": lambda r: words(r, ["publickey", "password,publickey", "any", "keyboard-interactive:pam", "publickey,keyboard-interactive"], 2),
    "StreamLocalBindMask": pick(["0177", "077", "0", "777", "0022"]),
    "ChannelTimeout": pick(["none", "session=5m", "x11-connection=1h session:*=0", "session=1 none", "none session=1"]),
    "UnusedConnectionTimeout": pick(["none", "0", "5m", "NONE"]),
    "RhostsRSAAuthentication": pick(["yes"]), "RSAAuthentication": pick(["no"]), "AuthorizedKeysFile2": pick(["x"]),
}
for flag in ("HostbasedAuthentication HostbasedUsesNameFromPacketOnly PubkeyAuthentication KerberosAuthentication "
             "GSSAPIAuthentication PasswordAuthentication KbdInteractiveAuthentication ChallengeResponseAuthentication "
             "SkeyAuthentication X11Forwarding X11UseLocalhost PermitTTY PermitUserRC PermitEmptyPasswords "
             "AllowAgentForwarding DisableForwarding StreamLocalBindUnlink ExposeAuthInfo").split():
    MATCH_KEYS[flag] = pick(FLAGS)

GLOBAL_KEYS = {
    "Port": pick(["22", "2222", "ssh", "022", "443", "http"]), "AddressFamily": pick(["any", "any", "inet", "inet6", "INET"]),
    "ListenAddress": pick(["0.0.0.0", "::", "[::1]:2200", "127.0.0.1:23", "10.1", "2001:DB8::1", "[::]", "0", "0x7f.1:80", "127.0.0.1:http"]),
    "HostKey": pick(["/etc/ssh/ssh_host_rsa_key", "/etc/ssh/other", "none", "~/hk"]), "HostDSAKey": pick(["/etc/ssh/ssh_host_rsa_key"]),
    "HostKeyAgent": pick(["none", "SSH_AUTH_SOCK", "/run/agent", "ssh_auth_sock"]), "HostCertificate": pick(["/etc/ssh/c", "none"]),
    "PidFile": pick(PATHS), "ModuliFile": pick(["/etc/ssh/moduli"]), "XAuthLocation": pick(PATHS),
    "LoginGraceTime": pick(TIMES), "SyslogFacility": pick(["AUTH", "authpriv", "LOCAL7", "daemon", "User"]),
    "Compression": pick(["yes", "no", "delayed", "Delayed"]),
    "Ciphers": lambda r: edited(r, CIPHERS), "MACs": lambda r: edited(r, MACS), "KexAlgorithms": lambda r: edited(r, KEX),
    "HostKeyAlgorithms": lambda r: edited(r, KEYS), "GSSAPIKexAlgorithms": pick(["gss-gex-sha1-", "gss-group14-sha256-,gss-nistp256-sha256-", "gss-x"]),
    "PermitUserEnvironment": pick(["yes", "no", "LANG,LC_*", "YES"]),
    "MaxStartups": pick(["10", "10:30:60", "5:100:5", "20:1:200x", "10:30", "3x"]),
    "PerSourceMaxStartups": pick(["none", "5", "0", "2147483647"]), "PerSourceNetBlockSize": pick(["24:64", "32:128", "0:0"]),
    "FingerprintHash": pick(["sha256", "md5", "SHA512"]), "SecurityKeyProvider": pick(["internal", "INTERNAL", "none", "/usr/lib/sk.so"]),
    "VersionAddendum": pick(["none", "Debian-x", 'a "b" # c', "None"]),
    "Subsystem": pick(["sftp /usr/lib/openssh/sftp-server -f  AUTH", "netconf /bin/n", 'x "/a b" c', "sftp internal-sftp"]),
    "Protocol": pick(["2", "2,1"]), "UseLogin": pick(["no"]), "UsePrivilegeSeparation": pick(["sandbox"]), "KeyRegenerationInterval": pick(["1h"]),
    "KerberosGetAFSToken": pick(["no"]), "DSAAuthentication": pick(["yes", "no"]), "GSSAPICleanupCreds": pick(["no"]), "KeepAlive": pick(["no", "yes"]),
}
for flag in ("UsePAM KerberosOrLocalPasswd KerberosTicketCleanup GSSAPICleanupCredentials GSSAPIStrictAcceptorCheck "
             "GSSAPIKeyExchange GSSAPIStoreCredentialsOnRekey PrintMotd PrintLastLog IgnoreUserKnownHosts StrictModes "
             "TCPKeepAlive UseDNS").split():
    GLOBAL_KEYS[flag] = pick(FLAGS)

CRITERIA = [("User", ["alice", "bob,carol-x", "*,!bob", "!alice", "al*", "BOB"]), ("Group", ["wheel", "staff,w*", "*,!wheel", "users"]),
            ("Host", ["*.example.org", "Gw?.example.org", "*,!evil.*"]), ("Address", ["10.0.0.0/8", "192.0.2.*", "10.0.0.5,!10.0.0.6", "*,!10.0.0.0/24", "2001:db8::/32"]),
            ("LocalAddress", ["10.1.1.1", "*"])]
CONTEXTS = ["user=alice", "user=bob,addr=10.0.0.5", "user=carol-x,host=gw1.example.org,addr=192.0.2.7,laddr=10.1.1.1",
            "user=nosuch,addr=2001:db8::1", "addr=10.0.0.6,host=evil.org", "user=root,host=GW2.Example.ORG,addr=10.0.0.5,lport=22,laddr=10.1.1.1"]

state = {}


def spelled(rng, name):
    return "".join(c.upper() if rng.random() < 0.5 else c.lower() for c in name) if rng.random() < 0.3 else name


def line(rng, in_match):
    pool = MATCH_KEYS if in_match or rng.random() < 0.5 else GLOBAL_KEYS
    if in_match and rng.random() < 0.004:
        pool = GLOBAL_KEYS
    name = rng.choice(sorted(pool))
    value = pool[name](rng)
    name = spelled(rng, name)
    roll = rng.random()
    if roll < 0.75:
        text = "%s %s" % (name, value)
    elif roll < 0.85:
        text = "%s%s%s" % (name, rng.choice(["=", " = ", "= ", " =", "\t", "  \t "]), value)
    elif roll < 0.9:
        text = '"%s" %s' % (name, value)
    elif roll < 0.93:
        text = '%s"%s" %s' % (name[:3], name[3:], value)
    elif roll < 0.97:
        text = "#%s %s" % (name, value)
    elif roll < 0.98:
        text = "=%s %s" % (name, value)
    elif roll < 0.99:
        text = '"%s %s' % (name, value)
    else:
        text = rng.choice(["", "   ", "\t# x", "\x00junk", "%s %s\x00lost" % (name, value), "\f#", "X11Forwarding yes\f \f"])
    return rng.choice(["", "", "", " ", "\t"]) + text + rng.choice(["", "", "", " ", "\t", " \f", "  # c" if "Command" not in name else ""])


def match_line(rng, with_all):
    if with_all and rng.random() < 0.3:
        return rng.choice(["Match all", "match ALL", "Match all # c", 'Match "all"'])
    parts = []
    for name, patterns in rng.sample(CRITERIA, rng.randint(1, 2)):
        pattern = rng.choice(patterns)
        parts.append(spelled(rng, name) + rng.choice([" ", " ", "=", " = ", "  "]) + rng.choice([pattern, '"%s"' % pattern]))
    if rng.random() < 0.03:
        parts.append("LocalPort " + rng.choice(["22", "ssh"]))
    return spelled(rng, "Match") + " " + rng.choice([" ", "  "]).join(parts) + rng.choice(["", "", " # c"])


def section(rng, depth, includes, in_match, with_all, most):
    out = []
    for _ in range(rng.randint(0, most)):
        roll = rng.random()
        if roll < 0.12 and depth < 3:
            out.append(spelled(rng, "Include") + " " + rng.choice(includes[depth]))
        elif roll < (0.2 if depth else 0.14):
            out.append(match_line(rng, with_all))
            in_match = True
        else:
            out.append(line(rng, in_match))
    return out


def generate(rng, root):
    ssh = root / "etc/ssh"
    (ssh / "conf.d").mkdir(parents=True)
    (ssh / "sub").mkdir()
    shutil.copy("/etc/ssh/ssh_host_rsa_key", ssh / "ssh_host_rsa_key")
    state["root"], state["all"] = root, rng.random() < 0.4
    state["context"] = rng.choice(CONTEXTS)
    includes = [["conf.d/*.conf", "/etc/ssh/conf.d/1?-*.conf", "missing/*", "conf.d/10-a.conf conf.d/20-b.conf", '"conf.d/[12]*"', "conf.d"],
                ["sub/*", "sub/x", "/etc/ssh/sub/y # c"], ["sub/../deep", "nothing"]]
    # A file that may be read inside a Match block must not hold global keywords there.
    files = {"conf.d/10-a.conf": 1, "conf.d/20-b.conf": 1, "conf.d/.hidden.conf": 1, "sub/x": 2, "sub/y": 2, "deep": 3}
    for name, depth in files.items():
        if rng.random() < 0.7:
            write(rng, ssh / name, section(rng, depth, includes, rng.random() < 0.8, state["all"], 5))
    write(rng, ssh / "sshd_config", section(rng, 0, includes, False, state["all"], rng.choice([4, 10, 25])) +
          ["HostKey /etc/ssh/ssh_host_rsa_key"] * (rng.random() < 0.05) +
          [item for _ in range(rng.randint(0, 3)) for item in [match_line(rng, state["all"])] + section(rng, 1, includes, True, state["all"], 6)])
    (root / "etc/passwd").write_text("".join("%s:x:%d:%d::/home/%s:/bin/sh\n" % (u, i, i if i in (0, 33) else 100, u) for u, i in USERS.items()).replace("/home/root", "/root"))
    (root / "etc/group").write_text("".join("%s:x:%d:%s\n" % (g, i, m) for g, (i, m) in GROUPS.items()))
    (root / "etc/services").write_text(SERVICES)


def write(rng, path, text_lines):
    ending = "\r\n" if rng.random() < 0.1 else "\n"
    text = ending.join(text_lines) + (ending if rng.random() < 0.8 else "")
    path.write_bytes(text.encode())


libc = ctypes.CDLL(None, use_errno=True)
MS_BIND, MNT_DETACH = 4096, 2


class Mounted:
    def __init__(self, root):
        self.pairs = [(root / name, "/" + name) for name in ("etc/ssh", "etc/passwd", "etc/group", "etc/services")]

    def __enter__(self):
        for source, target in self.pairs:
            if libc.mount(str(source).encode(), target.encode(), b"none", MS_BIND, None) != 0:
                raise OSError(ctypes.get_errno(), "mount " + target)

    def __exit__(self, *_):
        for _, target in reversed(self.pairs):
            libc.umount2(target.encode(), MNT_DETACH)


def dump(arguments):
    done = subprocess.run(["/usr/sbin/sshd", "-T", *arguments], capture_output=True, cwd="/", stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin:/usr/sbin"})
    if done.returncode != 0:
        # Without a host key sshd stops before it has dumped anything; that is not about the configuration.
        if b"no hostkeys" in done.stderr:
            return "no key"
        return "no port" if b"'lport' not in" in done.stderr else "refused"
    out = {}
    for text in done.stdout.decode(errors="replace").splitlines():
        key, _, value = text.partition(" ")
        out.setdefault(key, []).append(value)
    return out


def oracle(root):
    with Mounted(root):
        plain, there = dump([]), dump(["-C", state["context"]])
    state["lport"] = plain == "no port"
    if "no key" in (plain, there):
        return None
    out = []
    # -T lets `Match all` hold; the rows of the main part do not.
    if not state["all"] and not state["lport"]:
        out += rendered("main", plain)
    return out + rendered("connection", there)


def rendered(name, found):
    if isinstance(found, str):
        return [name + " refused"]
    return ["%s %s %s" % (name, key, value) for key in sorted(found) for value in found[key]]


def gathered(*extra):
    done = subprocess.run([state["plimsoll"], "facts", "sshd", "--root", str(state["root"]), "--format", "jsonl", *extra], capture_output=True)
    if done.returncode == 3:
        return "refused"
    out = {}
    for row in map(json.loads, done.stdout.splitlines()):
        if row["scope"] == "" and not row["key"].startswith("@") and row["key"] != "debianbanner":
            out.setdefault(row["key"], []).append(row["value"])
    return out


LAST = ("ipqos", "streamlocalbindmask", "unusedconnectiontimeout", "authorizedprincipalscommand", "authorizedkeyscommand", "rekeylimit", "authenticationmethods")


def wildcard(text, pattern):
    return re.fullmatch("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), text) is not None


def in_list(test, patterns):
    found = False
    for item in patterns.split(","):
        if test(item.lstrip("!")):
            if item.startswith("!"):
                return False
            found = True
    return found


def holds(scope, known):
    for block in scope.split(" && "):
        words = block.split(" ")[1:]
        for name, pattern in zip(words[::2], words[1::2]):
            if name == "user":
                ok = "user" in known and in_list(lambda p: wildcard(known["user"], p), pattern)
            elif name == "group":
                user = known.get("user")
                gid = (USERS[user] if USERS[user] in (0, 33) else 100) if user in USERS else None
                names = [g for g, (i, m) in GROUPS.items() if user in m.split(",") or i == gid]
                results = [in_list(lambda p: wildcard(n, p), pattern) or (None if any(wildcard(n, i[1:]) for i in pattern.split(",") if i[0] == "!") else False) for n in names]
                ok = True in results and None not in results
            elif name == "host":
                ok = "host" in known and in_list(lambda p: wildcard(known["host"].lower(), p.lower()), pattern)
            else:
                address = known.get("addr" if name == "address" else "laddr")
                ok = address is not None and in_list(lambda p: ipaddress.ip_address(address) in ipaddress.ip_network(p) if "/" in p else wildcard(address, p), pattern)
            if not ok:
                return False
    return True


def by_scopes(rows):
    """What the rows of the scopes that hold come to, for settings that the first of them decides."""
    known = dict(pair.split("=") for pair in state["context"].split(","))
    out, listed = {}, {}
    for row in rows:
        if row["scope"] and not row["key"].startswith("@") and row["key"] not in LAST and holds(row["scope"], known):
            if row["key"] in ("acceptenv", "allowusers", "denyusers", "allowgroups", "denygroups"):
                listed.setdefault(row["key"], []).append(row["value"])
            elif row["key"] != "setenv":
                out.setdefault(row["key"], [row["value"]])
    return {**out, **listed}


def mine(rows):
    out = []
    if not state["all"] and not state["lport"]:
        out += rendered("main", gathered())
    there = gathered("--context", state["context"])
    out += rendered("connection", there)
    if not isinstance(there, str) and not state["all"]:
        for key, values in by_scopes(rows).items():
            if there.get(key, []) != values:
                out.append("scopes %s: %s, not %s" % (key, values, there.get(key)))
    return out


if __name__ == "__main__":
    if shutil.which("sshd", path="/usr/sbin:/usr/bin") is None or os.geteuid() != 0:
        print("sshd is not installed, or this is not root")
        sys.exit(77)
    if os.environ.get("DIFFERENTIAL_NAMESPACE") != "1":
        os.environ["DIFFERENTIAL_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable] + sys.argv)
    os.makedirs("/run/sshd", exist_ok=True)
    state["plimsoll"] = sys.argv[sys.argv.index("--plimsoll") + 1]
    differential.run("sshd", generate, oracle, mine)
