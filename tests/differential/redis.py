"""redis-server and plimsoll agree on what a configuration comes to.

The server starts on the generated files and is asked with CONFIG GET and ACL LIST; where it gives up, plimsoll must say so too.
The files lie below the root as they are, and a second time, with that place in their paths, where the server finds them. It runs
in a network of its own where the kernel lets it; elsewhere its ports are turned off, and are not compared."""
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import time

import differential

ALONE = "DIFFERENTIAL_REDIS_ALONE"  # set: in a network of its own
FILES, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
YESNO = ["protected-mode", "appendonly", "rdbcompression", "rdbchecksum", "tls-replication", "tls-cluster", "tls-prefer-server-ciphers", "replica-read-only", "slave-serve-stale-data",
         "lazyfree-lazy-expire", "activerehashing", "syslog-enabled", "aof-load-truncated", "latency-tracking", "crash-log-enabled", "cluster-enabled", "replica-announced", "activedefrag",
         "dynamic-hz", "set-proc-title", "disable-thp", "jemalloc-bg-thread", "io-threads-do-reads", "no-appendfsync-on-rewrite", "always-show-logo", "slave-lazy-flush", "daemonize"]
WORDS = {"loglevel": (["debug", "Verbose", "notice", "WARNING"], ["nothing", ""]), "maxmemory-policy": (["allkeys-lru", "noeviction", "Volatile-TTL"], ["lru"]), "appendfsync": (["always", "everysec", "no"], ["yes"]),
         "enable-debug-command": (["yes", "local", "no"], ["true"]), "enable-module-command": (["yes", "LOCAL", "no"], ["0"]), "enable-protected-configs": (["yes", "local", "no"], ["off"]),
         "acl-pubsub-default": (["allchannels", "resetchannels"], ["all"]), "oom-score-adj": (["yes", "relative", "absolute", "no"], ["2"]), "syslog-facility": (["user", "local3", "LOCAL7"], ["daemon"]),
         "tls-auth-clients": (["yes", "no", "optional"], ["y"]), "sanitize-dump-payload": (["clients", "yes", "no"], ["all"]), "supervised": (["no", "auto"], ["x"]), "repl-diskless-load": (["swapdb", "disabled"], ["yes"]),
         "shutdown-on-sigterm": (["save now", "default", "nosave force now", "force force", "default save", "save"], ["save nosave", "", "save x"]), "shutdown-on-sigint": (["now", "FORCE now"], ["x"]),
         "propagation-error-behavior": (["panic", "ignore"], ["fail"]), "cluster-preferred-endpoint-type": (["hostname", "ip", "unknown-endpoint"], ["dns"])}
NUMBERS = ["databases", "timeout", "tcp-keepalive", "tcp-backlog", "hz", "maxmemory-samples", "lfu-log-factor", "replica-priority", "slave-priority", "slowlog-log-slower-than", "lua-time-limit",
           "busy-reply-threshold", "acllog-max-len", "list-max-ziplist-size", "list-max-listpack-size", "hash-max-ziplist-entries", "zset-max-listpack-entries", "repl-timeout", "repl-backlog-ttl",
           "active-expire-effort", "maxclients", "min-slaves-to-write", "min-replicas-max-lag", "cluster-node-timeout", "tracking-table-max-keys", "io-threads", "socket-mark-id", "stream-node-max-entries",
           "tls-session-cache-size", "list-max-ziplist-entries", "active-defrag-cycle-max", "repl-ping-slave-period", "watchdog-period", "shutdown-timeout"]
SIZES = ["maxmemory", "maxmemory-clients", "repl-backlog-size", "client-query-buffer-limit", "proto-max-bulk-len", "hash-max-ziplist-value", "auto-aof-rewrite-min-size", "stream-node-max-bytes",
         "active-defrag-ignore-bytes", "cluster-link-sendbuf-limit", "hll-sparse-max-bytes"]
TEXTS = ["masterauth", "masteruser", "requirepass", "syslog-ident", "replica-announce-ip", "slave-announce-ip", "cluster-announce-ip", "proc-title-template", "dbfilename", "appendfilename", "appenddirname",
         "tls-cert-file", "tls-key-file", "tls-ca-cert-file", "tls-protocols", "tls-ciphers", "tls-key-file-pass", "bind-source-addr", "ignore-warnings", "cluster-announce-hostname", "cluster-config-file", "server_cpulist"]
SMALL = {"active-expire-effort", "io-threads"}
MEDIUM = {"active-defrag-cycle-max"}
FROM_NOTHING = {"timeout", "tcp-keepalive", "hz", "lfu-log-factor", "slave-priority", "lua-time-limit", "repl-backlog-ttl", "min-slaves-to-write", "socket-mark-id", "shutdown-timeout"}
LARGE = {"client-query-buffer-limit", "proto-max-bulk-len"}
CATEGORIES = "keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast slow blocking dangerous connection transaction scripting all Read".split()
PARTS = "config|get CONFIG|SET client|kill acl|whoami xinfo|stream memory|usage".split()
COMMANDS = "get set config debug flushall KEYS shutdown acl select|0 select|1 Select|A SELECT|a debug|object script function pubsub sort client".split() + PARTS


def pick(rng, state, good, bad):
    """One of `good`; in a wild configuration now and then one of `bad`, which the server mostly refuses."""
    return rng.choice(bad if state["wild"] and rng.random() < 0.15 else good)


def quoted(rng, state, text):
    kind = rng.random()
    if kind < 0.6:
        return text
    if kind < 0.8:
        return '"%s"' % "".join("\\x%02x" % ord(c) if rng.random() < 0.2 else c for c in text)
    return pick(rng, state, ["'%s'", '"%s"', "'%s'\v", '"%s"\f'], ["'%s", '"%s', '"%s"x', 'x"%s"']) % text.replace("'", "")


def number(rng, state, name):
    good = ["1", "2", "5", "10", "8"] + ([] if name in SMALL else ["50", "60", "99"] + ([] if name in MEDIUM else ["100", "300", "512", "1000", "5000"]))
    good += ["0"] if name in FROM_NOTHING else []
    good += ["-1"] if name in ("slowlog-log-slower-than", "list-max-ziplist-size", "list-max-listpack-size", "watchdog-period") else []
    return pick(rng, state, good, ["0", "07", "-1", "-2", "+5", "1.5", "", "x", "5x", "0x10", "99999999999", "9223372036854775808", "-0", " 5"])


def size(rng, state, name):
    good = ["100mb", "1GB", "64Mb", "1g", "2m", "10485760", "1048577b", "20000K", "3000kB"] + ([] if name in LARGE else ["5k", "1024kb", "1b", "7"])
    good += {"maxmemory-clients": ["50%", "0%", "100%", "18446744073709551615"], "maxmemory": ["0", "kb", "", "99999999999999999999", "17179869184gb", "5tb"[:1], "18446744073709551615"]}.get(name, [])
    return pick(rng, state, good, ["kb", "", "1.5gb", "-1", "5tb", "99999999999999999999", "17179869185gb", "50%", "101%", "-5%", "3m ", "9223372036854775807", "18446744073709551615", "1" * 128 + "k"])


def text(rng, state, name):
    good = {"tls-protocols": ["TLSv1.2", "TLSv1.2 TLSv1.3", "SSLv3", "TLSv1.2  TLSv1.3"], "proc-title-template": ["{title} {listen-addr}", "{{{port}", "x", "a}b", "{config-file}"], "cluster-announce-hostname": ["host-1.example", "", "H"],
            "server_cpulist": ["0"]}.get(name)
    good = good or (["a.rdb", "x y", "é", "a:b"] if "filename" in name or "dirname" in name else ["nodes", "n x"] if name == "cluster-config-file" else ["secret", "s e c", "a#b", "x\\ny", "p@ss", "10.0.0.5", "", "b\\tc", "it's", "\\x41\\x00z", "\\xZZ", "\t", "é", "../x", "%s"[:1]])
    return pick(rng, state, good, ["{nope}", "{", "", " ", "{title}", "../x", "a\\\\b", "h_1", "x" * 256])


def acl_rule(rng, state):
    kind = rng.random()
    if kind < 0.2:
        return rng.choice(["on", "off", "ON", "nopass", "resetpass", "allkeys", "resetkeys", "allchannels", "resetchannels", "reset", "sanitize-payload", "skip-sanitize-payload", "clearselectors", "allcommands", "nocommands"])
    if kind < 0.45:
        return rng.choice("+-+") + "@" + pick(rng, state, CATEGORIES, ["nothing", "", "READ "])
    if kind < 0.7:
        return pick(rng, state, ["+" + c for c in COMMANDS] + ["-" + c for c in COMMANDS if "|" not in c or c in PARTS], ["+nope", "-select|0", "+get|", "+config|nope", "+config|get|x", "+config|", "-config|x", "+", "-"])
    if kind < 0.8:
        return pick(rng, state, ["resetkeys ~a:*", "resetkeys %R~b* %w~b*", "%RW~c" if state["wild"] else "resetkeys %RW~c", "~*", "&*", "resetchannels &ch* &a", "resetchannels &a &a", "resetkeys ~", "resetkeys %Wr~q"], ["~a:*", "&ch", "%rr~x", "%X~y", "%R"])
    if kind < 0.92:
        return pick(rng, state, [">secret", ">two", "#" + "0a" * 32, ">", ">two <two", "#%s !%s" % ("0b" * 32, "0b" * 32)], ["<two", "!" + "0a" * 32, "#0A", "!x"])
    return pick(rng, state, ["(~s:* +get)", "(+@read %R~x)", "( +get ~* )", "()", "(-@all +config|get resetchannels &z)", "(+@all -@slow)", '(~"a b" +get)'[:0] or "(+set)"], ["(~a", "+get)", "bogus", "(+nope)", "(on)", "(~* ~x)"])


def acl_user(rng, state, name):
    return "user %s %s" % (name, " ".join(acl_rule(rng, state) for _ in range(rng.randint(0, 7))))


def bind(rng, state):
    return " ".join(pick(rng, state, ["127.0.0.1", "-::1", "-10.9.8.7", "-192.0.2.1"], ["*", "0.0.0.0", "-::*", "::"]) for _ in range(rng.randint(0, 3)))


def directive(rng, state):
    kind = rng.random()
    if kind < 0.18:
        return rng.choice(YESNO) + " " + quoted(rng, state, pick(rng, state, ["yes", "no", "YES", "No"], ["on", "1", "", "yess"]))
    if kind < 0.3:
        name = rng.choice(list(WORDS))
        return name + " " + quoted(rng, state, pick(rng, state, *WORDS[name]))
    if kind < 0.43:
        name = rng.choice(NUMBERS)
        value = number(rng, state, name)
        # What the machine bounds is no matter of files, and neither is its memory.
        if name == "maxclients" and len(value) > 4 or name in ("databases", "io-threads") and len(value) > 3:
            value = "40"
        return name + " " + quoted(rng, state, value)
    if kind < 0.53:
        name = rng.choice(SIZES)
        return name + " " + quoted(rng, state, size(rng, state, name) or '""')
    if kind < 0.65:
        name = rng.choice(TEXTS)
        value = text(rng, state, name)
        return name + " " + (quoted(rng, state, value) if value.strip() and " " not in value else '"%s"' % value)
    if kind < 0.72:
        return "save " + pick(rng, state, ['""', "900 1", "60 1000", "300 10 60 5", '"900 1 60 3"', "", "' '", "60 99999999999", '"10 20"', '"\\"x"'], ["0 1", "5", "9 x", "1 -1"])
    if kind < 0.8 and state["users"]:
        name = rng.choice(state["users"])
        if not state["wild"]:
            state["users"].remove(name)
        return acl_user(rng, state, name)
    if kind < 0.84:
        return "client-output-buffer-limit " + pick(rng, state, ["normal 0 0 0", "replica 256mb 64mb 60", "pubsub 1m 1k 5 slave 1 2 3", '"normal 1kb 2kb 3"', "", "SLAVE 5 6 7", "pubsub 1 1 4294967297"], ["normal 1 2", "master 0 0 0", "pubsub 1 1 -1", "x 1 2 3", "pubsub 1 1 2147483648"])
    if kind < 0.88:
        name = rng.choice(state["commands"] or ["nope"])
        if not state["wild"] and name != "nope":
            state["commands"].remove(name)
        return pick(rng, state, ["rename-command %s %s" % (name, rng.choice(['""', "x" + name, "''"]) if name != "config" else "cfg")] if name != "nope" else ["timeout 3"], ["rename-command " + bad for bad in ("KEYS get", "config|get x", "nope x", "x1 y", "get", "get a b")])
    if kind < 0.93:
        return rng.choice(["notify-keyspace-events " + pick(rng, state, ["KEA", '""', "Elg", "g$lshzxetdn", "Km"], ["Kq", ""]), "oom-score-adj-values " + pick(rng, state, ["0 1 2", '"1 2 3"', "-5 0 2000"], ["1 2", "-5 0 2001", "a b c"]),
                           "latency-tracking-info-percentiles " + pick(rng, state, ["50 99.9", "100", '""', "1e1", "0.123456789", "", "-0", "0x10"], ["101", "nan", "x", "-1", "1e400"]),
                           "replicaof " + pick(rng, state, ["127.0.0.1 6399", "no one", "NO ONE", '"127.0.0.1 6398"'], ["h 70000", "h", "127.0.0.1 x", "h 4294967297"]),
                           "unixsocketperm " + pick(rng, state, ["700", "770", "0777", "0", "7", '""', '" 7"', "+70"], ["1000", "8", "-1", "0x7"]), "dir " + pick(rng, state, ["@/var/lib/redis", "@/etc/redis/../redis", "@/etc/redis/", "@/etc/redis/./conf.d/.."], ["@/nowhere/../none"[:0] or ".", "conf.d"])])
    if kind < 0.96:
        return rng.choice(["bind " + bind(rng, state), "port " + pick(rng, state, ["0", "6390", "6391"], ["70000", "x"]), "tls-port " + pick(rng, state, ["0"], ["6400"])])
    return pick(rng, state, ["# comment", "\t# comment", "", "  ", "#", "list-max-ziplist-entries 5", "lua-replicate-commands yes", "sentinel", "\v", '"timeout" 7', "'timeout' '8'", "TimeOut 9", "\vtimeout 6", "timeout\f 5"[:0] or "timeout \f5"],
                ["nope 1", "timeout", "timeout 1 2", "foo.bar 1", "foo.bar", "sentinel monitor x", "include", "requirepass x # x", '""', "\ufeffport 0", "\v# x", "user", "timeout\v 5", "lua-replicate-commands"])


def text_of(rng, state, includes, most):
    out = [directive(rng, state) for _ in range(rng.randint(0, most))]
    for _ in range(rng.randint(0, 2) if includes else 0):
        out.insert(rng.randint(0, len(out)), rng.choice(["include ", "Include ", "include\t"]) + pick(rng, state, includes[:-3], includes[-3:]))
    out = [rng.choice(["", "", "", " ", "\t"]) + line + rng.choice(["", "", "", " ", "\r"]) for line in out]
    return "\n".join(out) + rng.choice(["\n", "\n", "\n", "", "\n\n", "\0\n"[: 1 if rng.random() < 0.1 else 0]])


def generate(rng, root):
    real = root.parent / "real"
    state = {"users": ["default", "alice", "bob", "a:b", '""'] if rng.random() < 0.5 else [], "wild": rng.random() < 0.3, "commands": ["flushall", "DEBUG", "keys", "shutdown", "config"]}
    files = {"etc/redis/conf.d/%s" % name: text_of(rng, state, [], 3) for name in rng.sample(["a.conf", "B.conf", "10.conf", "9.conf", ".h.conf", "x.txt"], rng.randint(0, 3))}
    files["etc/redis/one.conf"] = text_of(rng, state, [], 4)
    files["etc/redis/two.conf"] = text_of(rng, state, ["@/etc/redis/one.conf"] * 3 + ["one.conf"] * 3, 3)
    files["etc/redis/conf.d/.keep"] = files["var/lib/redis/.keep"] = ""
    acl = rng.random() < 0.25
    if acl:
        lines = ["user %s %s" % (name, " ".join(acl_rule(rng, state) for _ in range(rng.randint(0, 6)))) for name in rng.sample(["default", "alice", "bob", "carol"], rng.randint(0, 3))]
        if state["wild"] and rng.random() < 0.2:
            lines.insert(0, rng.choice(["# comment", "", "user", "User x on", "user x  on", "\tuser x on\r", "user alice on"]))
        files["etc/redis/users.acl"] = "\n".join(lines) + rng.choice(["\n", ""])
        if not state["wild"] or rng.random() < 0.8:
            state["users"] = []
    includes = ["@/etc/redis/one.conf", "@/etc/redis/conf.d/*.conf", "@/etc/redis/two.conf", "@/etc/redis/conf.d/[a-z]*", "@/etc/redis/none*.conf", "@/etc/redis/conf.d", "one.conf", "conf.d/?.conf", "@/etc/redis/none.conf"]
    main = text_of(rng, state, includes, 14)
    # Somebody has to ask.
    asker = "user zz-asker on >asking ~* &* +@all\n"
    if not acl:
        main += "\n" + asker
    else:
        files["etc/redis/users.acl"] += "\n" + asker
        main += "\naclfile " + rng.choice(["@/etc/redis/users.acl"] * 6 + (["users.acl", "@/none.acl"] if state["wild"] else []))
    files["etc/redis/redis.conf"] = main + "\n"
    for place, prefix in ((root, ""), (real, str(real))):
        for name, body in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(body.replace("@/", prefix + "/").encode())
    unit = root / "etc/systemd/system/redis-server.service"
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]\nType=exec\nWorkingDirectory=/etc/redis\nExecStart=/usr/bin/redis-server /etc/redis/redis.conf %s\n" % " ".join(flags(root)))


def flags(root):
    socket_at = root.parent / "s"
    out = ["--unixsocket", str(socket_at), "--daemonize", "no", "--pidfile", str(root.parent / "pid"), "--logfile", str(root.parent / "log")]
    return out if os.environ.get(ALONE) else out + ["--port", "0"]


class Connection:
    """As much of the protocol as is needed."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(str(path))
        self.reader = self.socket.makefile("rb")

    def ask(self, *words):
        words = [w if isinstance(w, bytes) else w.encode() for w in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return self.answer()

    def answer(self):
        line = self.reader.readline()
        if line[:1] == b"$":
            return None if line.startswith(b"$-1") else self.reader.read(int(line[1:]) + 2)[:-2].decode(errors="replace")
        if line[:1] == b"*":
            return [self.answer() for _ in range(int(line[1:]))]
        return line.decode(errors="replace").rstrip()


def normal(line):
    """A line of ACL LIST with a number for its passwords, and single commands in order, where the server has none."""
    out = []
    for part in line.replace("(", "\0(").split("\0"):
        words = part.split(" ")
        at = max([i for i, w in enumerate(words) if w[:2] in ("+@", "-@")] or [-1]) + 1
        out.append(" ".join(w for w in words[:at] if not w.startswith("#")) + " " + " ".join(sorted(w.rstrip(")") for w in words[at:] if w.strip(")"))))
    return [line.split(" ")[1], sum(w.startswith("#") for w in line.split(" "))] + out


OLD_NAMES = re.compile(r"slave|ziplist|lua-time-limit")


def ask(path):
    connection = Connection(path)
    connection.ask("AUTH", "zz-asker", "asking")
    config = connection.ask("CONFIG", "GET", "*")
    if isinstance(config, str):
        config = connection.ask("cfg", "GET", "*")
    acl = connection.ask("ACL", "LIST")
    return dict(zip(config[::2], config[1::2])), acl


def oracle(root):
    real, path = root.parent / "real", root.parent / "s"
    server = subprocess.Popen(["redis-server", str(real / "etc/redis/redis.conf"), *flags(root)], cwd=real / "etc/redis", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.time() + 20
        while server.poll() is None and time.time() < end:
            try:
                config, acl = ask(path)
                break
            except (OSError, ValueError):
                time.sleep(0.002)
        else:
            if server.poll() is None:
                raise RuntimeError("the server neither answers nor gives up")
            return [("@refused",)]
    finally:
        server.kill()
        server.wait()
    rows = [(name, value.replace(str(real), "")) for name, value in config.items() if not OLD_NAMES.search(name) and name not in OF_MACHINE]
    return sorted(rows) + sorted(normal(line) for line in acl)


def mine(rows):
    if any(row["key"] == "@refused" for row in rows):
        return [("@refused",)]
    config, users = [], {}
    for row in rows:
        if row["scope"]:
            users.setdefault(row["scope"], {}).setdefault(row["key"], []).append(row["value"])
        elif row["key"][0] != "@" and row["key"] not in OTHERS | OF_MACHINE:
            config.append((row["key"], row["value"]))
    lines = []
    for scope, keys in users.items():
        one = lambda key: keys.get(key, [""])[0]
        words = [scope, one("state"), "nopass" if one("nopass") == "yes" else "", one("sanitize-payload")] + ["#x"] * int(one("passwords")) + [one("keys"), one("channels"), one("commands")]
        lines.append(normal(" ".join(w for w in words if w) + "".join(" (%s)" % s for s in keys.get("selector", []))))
    return sorted(config) + sorted(lines)


# Rows that CONFIG GET does not have: lines that are no parameters, and parameters it hides.
OTHERS = {"rename-command", "watchdog-period"}
# Without a network of its own, the test chooses the port.
OF_MACHINE = set() if os.environ.get(ALONE) else {"port", "tls-port"}


def be_alone():
    """Runs this script again in a network where no port is taken, if that can be had."""
    alone = ["unshare", "-rn", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]
    if os.environ.get(ALONE) or not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True).returncode:
        return
    os.execvpe(alone[0], [*alone, sys.executable, *sys.argv], {**os.environ, ALONE: "yes"})


if __name__ == "__main__":
    be_alone()
    differential.run("redis", generate, oracle, mine, needs=["redis-server"])
