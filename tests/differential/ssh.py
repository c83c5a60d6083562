"""ssh: what `ssh -G` makes of the system's files for a host, against the first row whose scopes hold.

Every key of the dump is compared, with the order of those that add up. Only `host`, the argument itself, is left out. What ssh does
with the settings once they are settled is done here: expanding `~` and `%` for the host, and what one setting makes of another."""
import os
import re
import subprocess

import differential

HOSTS = ["example", "db.example.org", "web1", "10.0.0.7", "box", "localhost"]
PATTERNS = ["*", "example", "*.example.org", "web?", "web? !web1", "!example *", "10.*", "db* box", "nohost", "\"*\"", "EXAMPLE", "!nothing"]
MATCHES = ["all", "host example", "host *.org,box", "host !box,*", "originalhost web1", "user root", "user nobody", "localuser root", "!user root", "host web1 user root", "Host \"box\"", "host=box", "!host box", "originalhost *", "host *"]
FLAGS = ["ForwardAgent", "ForwardX11", "BatchMode", "hashknownhosts", "GSSAPIAuthentication", "PasswordAuthentication", "CheckHostIP", "PermitLocalCommand", "IdentitiesOnly", "GatewayPorts", "TCPKeepAlive", "KeepAlive",
         "ChallengeResponseAuthentication", "HostbasedAuthentication", "ForwardX11Trusted", "ProxyUseFdpass", "VisualHostKey", "EnableEscapeCommandline"]
LINES = {"StrictHostKeyChecking": ["yes", "no", "ask", "off", "accept-new", "Accept-New", "maybe"], "VerifyHostKeyDNS": ["yes", "ask", "no", "true"], "UpdateHostKeys": ["yes", "no", "ask"], "Compression": ["yes", "no", "true"],
         "AddressFamily": ["inet", "INET6", "any"], "ControlMaster": ["auto", "yes", "ask", "autoask", "no"], "Tunnel": ["yes", "ethernet", "point-to-point", "no"], "RequestTTY": ["force", "yes", "auto"], "SessionType": ["none", "default"],
         "PubkeyAuthentication": ["yes", "unbound", "host-bound", "no"], "LogLevel": ["INFO", "debug", "Debug2", "quiet", "loud"], "FingerprintHash": ["md5", "SHA256"], "CanonicalizeMaxDots": ["0", "3", "-1"],
         "NumberOfPasswordPrompts": ["1", "007", "x"], "ConnectionAttempts": ["2"], "ServerAliveCountMax": ["5"], "RequiredRSASize": ["2048"], "ConnectTimeout": ["10", "1m30s", "none", "1w", "5x"], "ServerAliveInterval": ["15", "2m"],
         "Port": ["22", "2222", "ssh", "0", "70000"], "EscapeChar": ["none", "~", "^B", "x", "^"], "IPQoS": ["lowdelay", "af21 cs1", "none", "0x20 throughput", "bad"], "TunnelDevice": ["any", "3", "3:4", "any:any", "x"],
         "ControlPersist": ["yes", "no", "0", "10m", "true"], "RekeyLimit": ["1G", "512K 1h", "default none", "0", "1", "2M 30", "1G none", "default 1d", "64K"], "AddKeysToAgent": ["yes", "confirm", "confirm 5m", "10m", "ask", "no"], "ProxyCommand": ["none", "nc %h %p", "= x", "\"a b\" c"],
         "ProxyJump": ["none", "bastion", "me@bastion:2222", "a,b", "10.0.0.1", "[::1]:22"], "LocalCommand": ["echo x # y", "none"], "RemoteCommand": ["uptime", "none"], "ControlPath": ["~/.ssh/c-%r", "none", "None", "/run/c"], "HostKeyAlias": ["alias"], "BindAddress": ["127.0.0.1"],
         "PreferredAuthentications": ["publickey,password"], "GlobalKnownHostsFile": ["/etc/a /etc/b", "none", "none /x"], "CanonicalDomains": ["example.org example.com", "none", "Example.ORG.", "a..b"], "CanonicalizePermittedCNAMEs": ["none", "None", "*", "*.A.org:*.b.org c:d", "x"], "LogVerbose": ["a b", "none", "kex.c"], "User": ["root"], "HostName": ["%h"],
         "UserKnownHostsFile": ["~/.ssh/known_hosts", "/etc/ssh/k", "none", "~/.ssh/known_hosts /x"], "RevokedHostKeys": ["none", "/etc/ssh/revoked"], "PKCS11Provider": ["none", "/usr/lib/p.so"], "SecurityKeyProvider": ["none", "internal", "/x.so"],
         "KnownHostsCommand": ["none", "/bin/x"], "ClearAllForwardings": ["yes", "no"], "ForwardAgent": ["no", "yes", "/run/agent", "$SOCK"], "XAuthLocation": ["/bin/xauth"],
         "Ciphers": ["aes256-ctr", "+3des-cbc", "-aes128-*", "^aes256-gcm@openssh.com", "bogus", "aes256-ctr,aes128-ctr"], "MACs": ["hmac-sha2-256", "-umac-*", "+hmac-md5"], "KexAlgorithms": ["curve25519-sha256", "-*sha1", "+diffie-hellman-group14-sha1"],
         "HostKeyAlgorithms": ["ssh-ed25519", "+ssh-rsa", "-ecdsa*", "^rsa-sha2-512"], "PubkeyAcceptedKeyTypes": ["ssh-ed25519", "+ssh-rsa"], "CASignatureAlgorithms": ["-ecdsa*", "ssh-ed25519"], "IdentityAgent": ["SSH_AUTH_SOCK", "/run/agent"],
         "IdentityFile": ["~/.ssh/a", "/etc/ssh/b", "~/.ssh/a", "\"/x y\""], "CertificateFile": ["/etc/ssh/c-cert.pub"], "SendEnv": ["LANG LC_*", "FOO", "A=B", "-LC_*", "-*", "FOO -L* LANG", "-F?O", "LC_ALL"], "SetEnv": ["A=1 B=2", "A=1 A=2", "X"], "LocalForward": ["8080 localhost:80", "127.0.0.1:81 web:82", "83", "*:84 [::1]:85"],
         "RemoteForward": ["9090 localhost:90", "91", "[::1]:92 db:93"], "DynamicForward": ["1080", "127.0.0.1:1081"], "PermitRemoteOpen": ["any", "none", "web:80 db:*"], "StreamLocalBindMask": ["0177", "77", "9", "0"], "SyslogFacility": ["AUTH", "local3", "user"],
         "Protocol": ["2"], "UsePrivilegedPort": ["no"], "Cipher": ["x"], "NoSuchKeyword": ["1"], "IgnoreUnknown": ["NoSuch*", "Other,nosuch*", "Other"]}
ADD_UP = {"identityfile", "certificatefile", "sendenv", "localforward", "remoteforward", "dynamicforward"}
LEFT_OUT = {"host", "@file"}
HOME = "/root"
IDENTITIES = ["~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ecdsa_sk", "~/.ssh/id_ed25519", "~/.ssh/id_ed25519_sk", "~/.ssh/id_xmss", "~/.ssh/id_dsa"]
FORWARDS = {"localforward", "remoteforward", "dynamicforward"}
EXPANDED = {"controlpath", "userknownhostsfile", "forwardagent", "identityagent"}
FORGOTTEN = {"controlpath", "knownhostscommand", "localcommand", "pkcs11provider", "proxycommand", "proxyjump", "remotecommand", "revokedhostkeys", "securitykeyprovider"}


def line(rng):
    kind = rng.random()
    if kind < 0.35:
        key, value = rng.choice(FLAGS), rng.choice(["yes", "no", "yes", "no", "YES", "True", "false", "maybe" if rng.random() < 0.1 else "no"])
    elif kind < 0.4:
        return rng.choice(["", "# comment", "  # more", "\t"])
    else:
        key = rng.choice(list(LINES))
        values = LINES[key]
        if key in ("NoSuchKeyword",) and rng.random() < 0.5:
            key, values = "Port", ["22"]
        value = rng.choice(values if rng.random() < 0.06 else [v for v in values if v not in ("maybe", "loud", "x", "5x", "0", "70000", "^", "bad", "bogus", "none /x", "A=B", "X", "83", "9", "1", "-1", "true", "= x", "a..b")] or values)
    key = rng.choice([key, key, key.lower(), key.upper()])
    return rng.choice(["", "    ", "\t"]) + key + rng.choice([" ", " ", "=", " = ", "\t"]) + value + rng.choice(["", "", "", " ", " # why" if key.lower() not in ("proxycommand", "localcommand", "remotecommand", "proxyjump") else ""])


def body(rng, depth):
    out = []
    for _ in range(rng.randrange(9)):
        kind = rng.random()
        if kind < 0.16:
            out.append(rng.choice(["Host ", "host\t", "HOST = "]) + rng.choice(PATTERNS))
        elif kind < 0.26:
            out.append(rng.choice(["Match ", "match "]) + rng.choice(MATCHES))
        elif kind < 0.33 and depth < 3:
            out.append("Include " + rng.choice(["/etc/ssh/ssh_config.d/*.conf", "ssh_config.d/a.conf", "/etc/ssh/none.conf", "ssh_config.d/b.conf ssh_config.d/c"]))
        else:
            out.append(line(rng))
    text = rng.choice(["\n", "\n", "\n", "\r\n"]).join(out)
    return text + ("\n" if rng.random() < 0.9 else "")


def generate(rng, root):
    folder = root / "etc/ssh/ssh_config.d"
    folder.mkdir(parents=True)
    (root / "etc/ssh/ssh_config").write_text(body(rng, 0))
    for name in ("a.conf", "b.conf", "c"):
        if rng.random() < 0.6:
            (folder / name).write_text(body(rng, 3))
    (root / "host").write_text(rng.choice(HOSTS))


def oracle(root):
    host = (root / "host").read_text()
    script = "mount --bind %s /etc/ssh && exec ssh -G %s" % (root / "etc/ssh", host)
    done = subprocess.run(["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, stdin=subprocess.DEVNULL, env={"HOME": "/nonexistent", "PATH": os.environ["PATH"]})
    global HOST
    HOST = host
    if done.returncode != 0:
        return None
    rows = [row.split(" ", 1) for row in done.stdout.splitlines()]
    return sorted(((key.lower(), value) for key, value in rows if key not in LEFT_OUT), key=lambda row: row[0])


def pattern_matches(text, pattern):
    return re.fullmatch("".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern), text, re.S) is not None


def list_matches(text, patterns):
    found = False
    for pattern in patterns.split(","):
        if pattern.startswith("!"):
            if pattern_matches(text, pattern[1:].lower()):
                return False
        elif pattern_matches(text, pattern.lower()):
            found = True
    return found


def holds(scope, host):
    words = scope.split(" ")
    if words[0] == "Host":
        active = False
        for pattern in words[1:]:
            if pattern_matches(host, pattern.lstrip("!")):
                if pattern.startswith("!"):
                    return False
                active = True
        return active
    result, at = True, 1
    while at < len(words):
        name, negated = words[at].lstrip("!").lower(), words[at].startswith("!")
        if name == "all":
            return result and not negated
        value = words[at + 1]
        one = list_matches(host, value) if name in ("host", "originalhost") else list_matches("root", value)
        result = result and one != negated
        at += 2
    return result


def remove(out, pattern):
    """ssh_config(5) SendEnv: `-PATTERN` takes away what was given before."""
    out[:] = [row for row in out if row[0] != "sendenv" or not pattern_matches(row[1], pattern)]


def settle(rows):
    """For each key the first row whose scopes hold, or all of those that add up."""
    taken, out = {}, []
    for row in rows:
        key, value = row["key"], row["value"]
        if key in LEFT_OUT or not all(holds(part, HOST) for part in row["scope"].split(" && ") if part):
            continue
        if key == "setenv":
            if taken.setdefault(key, row["origin"]) != row["origin"]:
                continue
        elif key == "sendenv" and value.startswith("-"):
            remove(out, value[1:])
            continue
        elif key in ADD_UP:
            if key != "sendenv" and (key, value) in out:
                continue
        elif {"proxyjump": "proxycommand"}.get(key, key) in taken:
            continue
        taken.setdefault({"proxyjump": "proxycommand"}.get(key, key), True)
        if key not in FORGOTTEN or value != "none":
            out.append((key, value))
    return out


def mine(rows):
    out = settle(rows)
    one = dict(out)
    if "user" not in one:
        out.append(("user", "root"))
    if "hostname" not in one:
        out.append(("hostname", HOST))
    if "userknownhostsfile" not in one:
        out.append(("userknownhostsfile", "~/.ssh/known_hosts ~/.ssh/known_hosts2"))
    if "identityfile" not in one:
        out += [("identityfile", name) for name in IDENTITIES]
    done = []
    for key, value in out:
        if key in EXPANDED:
            value = " ".join(HOME + word[1:] if word.startswith("~/") else word for word in value.split(" ")).replace("%r", "root")
        if key == "hostname":
            value = value.replace("%h", HOST)
        if key in FORWARDS and one["clearallforwardings"] == "yes":
            continue
        if key == "proxyusefdpass" and "proxyjump" in one:
            value = "no"
        if key == "updatehostkeys" and value == "ask":
            quiet = one["loglevel"] in ("SILENT", "QUIET", "FATAL", "ERROR")
            if "remotecommand" in one or one["requesttty"] == "false" or quiet or (one["controlpersist"] != "no" and "controlpath" in one):
                value = "false"
        done.append((key, value))
    return sorted(done, key=lambda row: row[0])


if __name__ == "__main__":
    import sys

    if os.geteuid() != 0:
        print("this needs root for a mount of its own")
        sys.exit(77)
    differential.run("ssh", generate, oracle, mine, needs=["ssh", "unshare"])
