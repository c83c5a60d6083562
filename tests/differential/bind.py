"""named-checkconf and plimsoll agree on what a named.conf says.

named-checkconf -p prints the generated files, read in a root of their own (-t); what it refuses plimsoll must refuse
too. Durations in ISO 8601 are compared in seconds, which is how plimsoll prints every time."""
import os
import re
import subprocess

import differential

ALONE = [] if os.geteuid() == 0 else ["unshare", "-r"]
SCOPES = {"options", "zone", "view", "logging", "channel", "controls", "key", "server", "tls", "http", "dnssec-policy",
          "dlz", "statistics-channels"}
TOKEN = re.compile(r'"((?:[^"\\]|\\.|\\\n)*)"|([{};!])|([^\s{};!"]+)', re.S)
ISO = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
START = re.compile(r"(acl|controls|dnssec-policy|http|logging|masters|options|primaries|statistics-channels|tls|view|key|server|trust-anchors|zone) [^:]*[{]")
UNITS = (31536000, 2678400, 604800, 86400, 3600, 60, 1)

# Values by the kind of the statement: what named takes, and what it refuses for the most part.
BOOL = (["yes", "no", "true", "False", "1", "0", "YES"], ["on", '"yes"', "2", ""])
NUMBER = (["1", "20", "0x10", "010", "100", "0"], ["08", "0x1f", "-1", "x", "4294967296", '"5"', "1.5", "5k"])
SMALL = (["1", "2", "5", "0x3", "04"], ["0", "5000", "x"])
TIME = (["60", "1h", "1h30m", "2w", "1d2h3m4s", "PT5M", "P1D", "p1dt2h", "PT0S", "10S", "P1W", "1H1D", "007"],
        ["1x", "P1DW", "P1WT1H", "h", "1h5", "-1", "99999999999", '"60"', "PT", "P", "1y", "P5", "0s5", "P+1D"])
SHORT = (["60", "1m", "PT1M", "90", "PT30S"], ["91", "1h", "P1D", "x"])
SIZE = (["10m", "1G", "5k", "100", "0", "unlimited", "default", "UNLIMITED", "3K"],
        ["5kb", "1t", "k", "x", "1.5m", '"5"', "-1", "99999999999999999999", "99999999999g"])
QUOTED = (['"x"', '"a b"', '"it\'s"', '"a\\"b"', '"a\\\\b"', '"/var/x/y.z"', '"a;{}#//b"', '"two\nlines"', '""'],
          ["x", "none-at-all", '"x'])
OR_NONE = (QUOTED[0] + ["none", "NONE", '"none"'], ["x", "no", "5"])
TEXT = (["x", '"x y"', '"a.b."', "UPPER", "x-y_z.1", "'a'", "a=b"], ["{ x; }", "", "!x"])
NAME = (["example.com", '"example.org."', ".", "a.b-c_d", '"\\065.x"', "@", "*.x"],
        ["a..b", '""', "x" * 64, '"a\\999"', ".a"])


def pick(rng, state, values):
    good, bad = values
    return rng.choice(bad if state["wild"] and rng.random() < 0.06 else good)


def addresses(rng, state):
    return pick(rng, state, (["10.0.0.1", "192.0.2.5", "::1", "2001:db8::5", "2001:DB8:0:0::5", "127.0.0.1",
                              "fe80::1%2", "::ffff:10.0.0.1"], ["10.0.0", "10.0.0.256", "x", "1::2::3", '"10.0.0.1"']))


def entry(rng, state, depth=0):
    kind = rng.random()
    if kind < 0.15:
        inner = entry(rng, state, depth + 1)
        return inner if inner[0] == "!" and not (state["wild"] and
                                                 rng.random() < 0.1) else rng.choice(["!", "! ", "!/**/"]) + inner
    if kind < 0.25 and depth < 4:
        return acl(rng, state, depth + 1)
    if kind < 0.5:
        return rng.choice(["any", "none", "localhost", "localnets", "ANY", '"any"', "None"])
    if kind < 0.6:
        return "key " + rng.choice(state["keys"] + ["other.", '"x.y"'] + (["a..b"] if state["wild"] else []))
    if kind < 0.7 and state["acls"]:
        return rng.choice(state["acls"] + ([rng.choice(["nowhere", "Inner"])] if state["wild"] else []))
    return pick(rng, state, (["10.0.0.0/8", "10/8", "10.1/16", "192.168.1/24", "10.1.1.1", "10.1.1.1/32",
                              "2001:db8::/32", "::1", "0/0", "0.0.0.0/0", "::/0", "172.16.0.0 / 12", "fe80::%1/64",
                              "10.0.0.0 /*x*/ /8", "fd00::1/128", "geoip country US", "geoip db country country DE"],
                             ["10.0.0.1/8", "10", "10.1.1", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0.0/x", "key",
                              "1.2.3.4.5", "a/8", "10.0.0.0/8x", "geoip", "geoip country USA", "geoip city",
                              '"10.0.0.0/8"', "2001:db8::1/32"]))


def acl(rng, state, depth=0):
    return "{" + rng.choice([" ", "", "\n\t", " /* x */ "]) + "".join(entry(rng, state,
                                                            depth) + rng.choice(["; ", ";", ";\n", " ;", "; # x }\n",
                                                            "; // y\n"]) for _ in range(rng.randint(0,
                                                            3 if depth else 4))) + rng.choice(["}", " }"])


def port(rng, state):
    return pick(rng, state, (["", "", "", " port 53", " port 5353", " PORT 1053", " port 0010"],
                             [" port 65536", " port x", " port 5 port 6", " port", " port 0x5"]))


def sockets(rng, state):
    return "{ " + "".join(addresses(rng, state) + port(rng, state) + "; " for _ in range(rng.randint(0, 3))) + "}"


def remotes(rng, state, least=0):
    one = lambda: rng.choice(state["remotes"]) if state["remotes"] and rng.random() < 0.2 else addresses(rng,
                                                            state) + port(rng,
                                                            state) + rng.choice(["", "", " key k1", ' key "k2."'])
    return rng.choice(["", "", "port 5300 "]) + "{ " + "".join(one() + "; " for _ in range(rng.randint(least, 2))) + "}"


def source(rng, state, v6):
    return pick(rng, state, (["*", "::1", "2001:db8::1 port 5400", "* port 1234"] if v6 else ["*", "10.0.0.1",
                                                            "10.0.0.1 port 5400", "* port *", "192.0.2.1 dscp 5"],
                             ["x", "10.0.0" if not v6 else "10.0.0.1", "* port 70000", "any"]))


def query_source(rng, state, v6):
    return pick(rng, state, (["address *", "address * port 5354", "port * address " + ("::1" if v6 else "10.0.0.1"),
                              "port 5354", "::5" if v6 else "10.0.0.9", "*", "address * dscp 4"],
                             ["", "port", "address x", "port 5 port 6", "address * address *", "dscp 4",
                              "* address *"]))


def names(rng, state):
    return "{ " + "".join(pick(rng, state, NAME) + "; " for _ in range(rng.randint(0, 3))) + "}"


def block(lines):
    return "{ " + " ".join(line + ";" for line in lines) + " }"


def rate_limit(rng, state):
    many = {n: (["5", "0", "100"], ["1001", "x"]) for n in ("responses-per-second", "errors-per-second",
                                                            "all-per-second", "nodata-per-second",
                                                            "nxdomains-per-second", "referrals-per-second")}
    many.update({"window": (["5", "3600"], ["0", "3601"]), "slip": (["0", "2", "10"], ["11"]),
                 "ipv4-prefix-length": (["24", "32"], ["5", "33"]), "ipv6-prefix-length": (["56"], ["15", "65"]),
                 "log-only": BOOL, "qps-scale": (["250"], ["0"]), "max-table-size": (["20000"], ["100"]),
                 "min-table-size": (["500"], ["30000"])})
    lines = ["%s %s" % (n, pick(rng, state, many[n])) for n in rng.sample(sorted(many), rng.randint(0, 5))]
    if rng.random() < 0.3:
        lines.append("exempt-clients " + acl(rng, state))
    return block(lines)


def dns64(rng, state):
    lines = rng.sample(["clients " + acl(rng, state), "mapped " + acl(rng, state), "recursive-only yes",
                        "break-dnssec 0", "suffix ::"], rng.randint(0, 3))
    return pick(rng, state, (["64:ff9b::/96", "2001:db8::/32", "2001:db8:1::/48"],
                             ["10.0.0.0/8", "2001:db8::/33", "64:ff9b::1"])) + " " + block(lines)


def response_policy(rng, state):
    zones = rng.sample(state["served"], min(len(state["served"]), rng.randint(1, 2)))
    one = lambda z: "zone %s%s" % (z, rng.choice(["", " policy given", " log no policy cname x.y",
                                                  " policy NXDOMAIN max-policy-ttl 1h",
                                                  " recursive-only yes add-soa no",
                                                  " min-update-interval 5 policy drop"]))
    return "{ %s }%s" % ("".join(one(z) + "; " for z in zones),
                         rng.choice(["", " qname-wait-recurse no", " break-dnssec yes min-ns-dots 1 max-policy-ttl 5m",
                                     " nsip-enable no"]))


def view_option(rng, state):
    """A statement that `options` and views have."""
    table = {
        "recursion": BOOL, "auth-nxdomain": BOOL, "minimal-any": BOOL, "empty-zones-enable": BOOL,
             "dnssec-accept-expired": BOOL, "message-compression": BOOL, "synth-from-dnssec": BOOL,
             "stale-answer-enable": BOOL, "request-nsid": BOOL, "glue-cache": BOOL,
        "minimal-responses": (BOOL[0] + ["no-auth", "no-auth-recursive", "No-Auth"], ["auto", "5"]),
             "dnssec-validation": (["yes", "no", "auto", "AUTO", "1"], ['"auto"', "maybe"]),
             "max-cache-size": (SIZE[0] + ["50%", "%", "101%"], SIZE[1] + ["5%%"]),
        "max-cache-ttl": TIME, "lame-ttl": TIME, "max-stale-ttl": TIME, "stale-answer-ttl": TIME, "servfail-ttl": TIME,
             "min-cache-ttl": SHORT, "min-ncache-ttl": SHORT, "nta-recheck": (["1h", "P1D", "0"], ["P8D"]),
             "nta-lifetime": (["1h", "7d"], ["0", "8d"]),
        "max-udp-size": NUMBER, "edns-udp-size": NUMBER, "clients-per-query": NUMBER, "max-recursion-depth": NUMBER,
             "v6-bias": NUMBER, "max-query-restarts": SMALL, "prefetch": (["2 9", "2", "0",
                                                            "3 9;max-recursion-queries 7"], ["x", "2 9 5"]),
        "qname-minimization": (["strict", "relaxed", "off", "Disabled"], ["yes"]),
             "stale-answer-client-timeout": (["off", "disabled", "1800", "0"], ["1h"]),
             "transfer-format": (["many-answers", "one-answer"], ["few"]), "attach-cache": TEXT,
             "preferred-glue": (["a", "AAAA", "none", "b"], ["{"]),
        "empty-server": NAME, "empty-contact": NAME, "dns64-contact": NAME,
             "fetches-per-server": (["5", "5 drop", "5 FAIL"], ["drop", "5 x"]),
             "fetch-quota-params": (["100 0.1 0.3 0.7", "1 .5 1. 10", "5 00.10 0 99999"],
                                    ["1 2 3", "1 x 2 3", "1 0.123 1 1", "1 . 1 1"]),
        "ixfr-from-differences": (BOOL[0] + ["primary", "slave"], ["all"]), "new-zones-directory": QUOTED,
             "lmdb-mapsize": (["32M", "1048576", "1g"], ["5k", "2000g", "unlimited"]),
             "root-delegation-only": (["", "exclude { com; \"net.\"; }"], ["exclude", "x"]),
             "nocookie-udp-size": NUMBER,
        "disable-algorithms": (["example.com { RSASHA1; 8; }", '"." { ecdsa256; }'],
                               ["x { nope; }", "x { 256; }", "a..b { 8; }"]),
             "disable-ds-digests": (["x. { SHA-1; 2; sha384; }"], ["x { md5; }"]),
             "dnssec-must-be-secure": (["%s yes" % rng.choice("abcdefg")], ["x maybe", "a..b no"]),
        "disable-empty-zone": NAME, "check-names": (["response warn", "primary ignore", "secondary fail"],
                                                    ["master fail", "all warn", "primary"]),
             "rrset-order": (["{ order cyclic; }", '{ class IN type A name "x.y" order random; type AAAA order none; }',
                              "{ class ANY order fixed; }"], ["{ order up; }", "{ type NOPE order none; }",
                                                            "{ cyclic; }"]),
        "sortlist": None, "allow-recursion": None, "allow-query-cache": None, "allow-recursion-on": None,
             "response-padding": None, "deny-answer-addresses": None, "deny-answer-aliases": None, "query-source": None,
             "query-source-v6": None, "dual-stack-servers": None, "validate-except": None, "rate-limit": None,
             "dns64": None, "response-policy": None,
    }
    name = rng.choice(sorted(table))
    if table[name]:
        return name, name + " " + pick(rng, state, table[name])
    value = {"response-padding": lambda: acl(rng, state) + " block-size " + pick(rng, state, NUMBER),
             "deny-answer-addresses": lambda: acl(rng, state) + rng.choice(["", " except-from { x; }"]),
             "deny-answer-aliases": lambda: names(rng, state), "query-source": lambda: query_source(rng, state, False),
             "query-source-v6": lambda: query_source(rng, state, True),
             "dual-stack-servers": lambda: rng.choice(["", "port 53 "]) + pick(rng, state,
                                                            (["{ host.x; 10.0.0.1 port 5; }", '{ "a b" port 7; ::1; }'],
                                                            ["{ a..b; }", "{ x port 65536; }"])),
             "validate-except": lambda: names(rng, state), "rate-limit": lambda: rate_limit(rng, state),
             "dns64": lambda: dns64(rng, state), "response-policy": lambda: response_policy(rng,
                                                            state) if state["served"] else "{ }"}.get(name,
                                                            lambda: acl(rng, state))()
    return name, name + " " + value


def zone_option(rng, state, kind="options"):
    """A statement that `options`, views and zones have; kind is the type of a zone."""
    table = {
        "allow-transfer": ("PSM", None), "allow-query": ("PSMBR", None), "allow-query-on": ("PSM", None),
             "allow-update": ("P", None), "allow-notify": ("SM", None), "allow-update-forwarding": ("SM", None),
             "also-notify": ("PSM", None), "notify-source": ("PSM", None), "transfer-source-v6": ("SMB", None),
        "forward": ("PSBF", (["first", "only"], ["never"])), "forwarders": ("PSBF", None),
             "notify": ("PS", (BOOL[0] + ["explicit", "master-only", "primary-only"], ["all"])),
             "max-zone-ttl": ("PR", (TIME[0] + ["unlimited", "Unlimited"], TIME[1])), "check-integrity": ("P", BOOL),
             "check-mx": ("P", (["warn", "FAIL", "ignore"], ["yes"])),
        "check-spf": ("P", (["warn", "ignore"], ["fail"])), "max-journal-size": ("PSM", SIZE),
             "max-records": ("PSMBR", NUMBER), "min-retry-time": ("SMB", (["5", "100"], ["0"])),
             "max-refresh-time": ("SMB", (["5", "100"], ["0"])),
             "max-transfer-time-in": ("SMB", (["5", "40320"], ["40321"])),
             "max-ixfr-ratio": ("PSM", (["50%", "unlimited", "200%"], ["0%", "5"])),
        "zone-statistics": ("PSMBR", (BOOL[0] + ["full", "Terse", "none"], ["some"])),
             "serial-update-method": ("P", (["date", "increment", "unixtime"], ["none"])),
             "masterfile-format": ("PSMBR", (["text", "raw"], ["map"])), "key-directory": ("PS", QUOTED),
             "sig-validity-interval": ("PS", (["30", "30 7", "5 24"], ["0", "4000", "30 40"])),
             "dialup": ("PS", (["yes", "no", "notify"], ["refresh-all"])),
        "zero-no-soa-ttl": ("PSM", BOOL), "notify-delay": ("PSM", NUMBER), "request-ixfr": ("SM", BOOL),
             "multi-master": ("SMB", BOOL), "dnssec-loadkeys-interval": ("P", NUMBER), "update-check-ksk": ("P", BOOL),
             "dnssec-policy": ("none", (["none"], ["nowhere", "default"])),
             "auto-dnssec": ("none", (["off"], ["maintain", "x"])),
             "sig-signing-type": ("P", (["65280", "65534"], ["5"])),
    }
    name = rng.choice([n for n in sorted(table) if kind == "options" or kind in table[n][0] or
                       (state["wild"] and rng.random() < 0.02)])
    if name == "forward" and "forwarders" not in state["once"] and not (state["wild"] and rng.random() < 0.1):
        name = "forwarders"
    values = table[name][1]
    if values:
        return name, name + " " + pick(rng, state, values)
    value = {"also-notify": lambda: remotes(rng, state), "forwarders": lambda: rng.choice(["",
                                                            "port 54 "]) + sockets(rng, state),
             "notify-source": lambda: source(rng, state, False), "transfer-source-v6": lambda: source(rng, state, True),
             "allow-transfer": lambda: pick(rng, state, (["", "", "port 853 transport tls ", "transport TCP ",
                                                          "port 53 "],
                                                         ["transport udp ", "port 65535 ", "x "])) + acl(rng,
                                                            state)}.get(name, lambda: acl(rng, state))()
    return name, name + " " + value


def server_option(rng, state):
    table = {
        "version": OR_NONE, "hostname": OR_NONE, "server-id": (OR_NONE[0] + ["hostname", "HostName"], OR_NONE[1]),
             "pid-file": OR_NONE, "dump-file": QUOTED, "geoip-directory": OR_NONE,
             "port": (["53", "5353", "0x35"], ["65535", "x"]), "tcp-clients": NUMBER, "recursive-clients": NUMBER,
             "querylog": BOOL, "answer-cookie": BOOL, "interface-interval": (["60", "1h", "0"], ["40321", "30d"]),
        "cookie-algorithm": (["siphash24", "AES"], ["md5"]), "cookie-secret": (['"' + "0a" * 16 + '"', "0B" * 16],
                                                            ["0a", '"xy"', "0a" * 20]), "listen-on": None,
             "listen-on-v6": None, "blackhole": None, "avoid-v4-udp-ports": (["{ 53; range 100 200; }", "{ }"],
                                                            ["{ 70000; }", "{ range 5 4; }", "{ x; }"]),
             "max-rsa-exponent-size": (["0", "35", "4096"], ["5"]), "session-keyalg": TEXT, "files": SIZE,
        "dnstap-output": (['file "/x"', 'unix "/y"', 'file "/x" size 5m versions 3',
                           'FILE "/x" suffix increment size unlimited'],
                          ['unix "/x" size 5', 'file "/x" size default', 'file x', 'file "/x" what']),
             "dnstap-identity": (['"x"', "none", "hostname"], ["x"]), "tkey-gssapi-keytab": QUOTED,
             "tls-port": (["853"], ["65536"]), "keep-response-order": None,
             "fstrm-set-input-queue-size": (["512", "4"], ["5", "1"]),
        "statistics-file": QUOTED, "notify-rate": NUMBER, "tcp-listen-queue": NUMBER,
             "heartbeat-interval": (["60"], ["40321"]), "match-mapped-addresses": BOOL, "memstatistics": BOOL,
             "reuseport": BOOL, "lock-file": OR_NONE, "transfers-in": NUMBER,
    }
    name = rng.choice(sorted(table))
    if table[name]:
        return name, name + " " + pick(rng, state, table[name])
    if name.startswith("listen"):
        front = pick(rng, state, (["", "", "port 53 ", "port 853 tls ephemeral ",
                                   "port 443 tls ephemeral http default ", "tls none http default port 80 "[:0] or
                                   "port 80 tls none http default ", "port 853 tls t1 " if state["tls"] else ""],
                                  ["tls nope ", "http default ", "port 65535 ", "port x ", "tls ephemeral tls none "]))
        return name, name + " " + front + acl(rng, state)
    return name, name + " " + acl(rng, state)


def statements(rng, state, makers, count, many):
    """Lines of a block: a name that stands there once, mostly."""
    seen, out = set(), []
    for _ in range(count):
        name, line = rng.choice(makers)(rng, state)
        for part in line.split(";") if name == "prefetch" else [line]:
            seen.add(part.split(" ")[0]) if part.split(" ")[0] not in seen or name in many else None
        if name in state["once"] and name not in many and not (state["wild"] and rng.random() < 0.03):
            continue
        state["once"].add(name)
        out.append(spelled(rng, line))
    return out


MANY = {"listen-on", "listen-on-v6", "cookie-secret", "check-names", "disable-algorithms", "disable-ds-digests",
        "disable-empty-zone", "dns64", "dnssec-must-be-secure"}


def spelled(rng, line):
    """The first word in other letters now and then, and comments and blanks between words outside of quotes."""
    if rng.random() < 0.1:
        head, _, rest = line.partition(" ")
        line = head.upper() + " " + rest
    if rng.random() < 0.2 and '"' not in line and "//" not in line and "#" not in line:
        at = line.find(" ")
        line = line[:at] + rng.choice([" /* a\nb */ ", "\t", "\n", " // x ; }\n", " # y {\n", "  ", "\r\n",
                                       "/**/ "[:0] or " /***/ "]) + line[at + 1:]
    return line


def zone(rng, state, name, in_view=False):
    kind = rng.choice("PPPSSBFHR"[: 8 if name != "." else 9] if name != "." else "HFSR")
    types = {"P": ["master", "primary", "PRIMARY", "Master"], "S": ["slave", "secondary"], "B": ["stub"],
             "F": ["forward"], "H": ["hint"], "R": ["redirect"]}
    state["once"] = set()
    lines = ["type " + rng.choice(types[kind])]
    if kind in "PHR" or rng.random() < 0.4 and kind in "SB":
        if not (state["wild"] and rng.random() < 0.05):
            lines.append('file "%s"' % rng.choice(["%s.db" % name, "/var/lib/bind/%s" % name,
                                                   "db.%s.%d" % (name, rng.randint(0, 999))]))
    if kind in "SB" and not (state["wild"] and rng.random() < 0.05):
        lines.append(rng.choice(["masters ", "primaries "]) + remotes(rng, state, 1))
    if kind == "P" and rng.random() < 0.2:
        state["once"].add("allow-update")
        lines.append("update-policy " + pick(rng, state, (["local", "LOCAL", "{ grant k1 zonesub ANY; }",
                                                           "{ grant k1 name a.b TXT A; deny * subdomain x. ; }",
                                                           "{ grant * selfsub * A AAAA; }",
                                                           '{ grant "k1." wildcard *.x TXT; grant local-ddns zonesub any; }', "{ }", "{ grant k tcp-self . PTR(1); }"],
                                                          ["remote", "{ grant k1 name; }", "{ grant k1 nope x A; }",
                                                           "{ grant k1 name x NOPE; }", "{ grant k1 wildcard x A; }",
                                                           "{ grant k1 self k2 A; }", "{ grant a..b name x A; }",
                                                           "{ grant k1 subdomain A; }", "{ grant k ms-self x A; }"])))
    if kind == "F" and rng.random() < 0.8:
        state["once"].add("forwarders")
        lines.append("forwarders " + sockets(rng, state))
    elif kind != "F":
        state["once"].add("forward")
    if rng.random() < 0.1 and kind in "PSH":
        lines.append("check-names " + pick(rng, state, (["warn", "fail"], ["primary warn"])))
    if kind != "H":
        lines += statements(rng, state, [lambda r, s: zone_option(r, s, kind)], rng.randint(0, 4), ())
    rng.shuffle(lines)
    if name != "." and kind in "PS":
        state["served"].append(name)
    return "zone %s%s { %s }" % (rng.choice([name, '"%s"' % name]),
                                 rng.choice(["", "", " IN", " in"] + ([" CH"] if state["wild"] and
                                                            rng.random() < 0.1 else [])),
                                 " ".join(line + ";" for line in lines))


def channel(rng, state, name):
    lines = [pick(rng, state, (['file "/var/log/%s"' % name, 'file "x" versions 3 size 5m',
                                'file "x" size unlimited versions unlimited suffix timestamp', 'file "y" bogus',
                                "syslog", "syslog daemon", 'syslog "local3"', "null", "stderr"],
                               ["print-category yes", "file x", 'null; stderr', 'file "x" versions x', "syslog { }"]))]
    lines += rng.sample(["severity " + pick(rng, state, (["info", "DEBUG", "debug 3", "debug 010", "dynamic", "warning",
                                                          "Error"], ["loud", "debug x", ""])),
                         "print-time " + pick(rng, state, (BOOL[0] + ["iso8601", "LOCAL", "iso8601-utc"], ["utc"])),
                         "print-severity " + pick(rng, state, BOOL), "buffered " + pick(rng, state, BOOL)],
                        rng.randint(0, 3))
    rng.shuffle(lines)
    return "channel %s %s" % (name, block(lines))


def logging(rng, state):
    channels = rng.sample(["c1", "c2", '"c 3"'], rng.randint(0, 3))
    lines = [channel(rng, state, c) for c in channels]
    for _ in range(rng.randint(0, 3)):
        where = [rng.choice(channels + ["null", "default_syslog", "default_debug",
                                        "DEFAULT_STDERR"] + (["nowhere"] if state["wild"] and
                                                            rng.random() < 0.2 else [])) for _ in range(rng.randint(0,
                                                            2))]
        lines.append("category %s { %s }" % (pick(rng, state,
                                                  (["security", '"default"', "queries", "xfer-in", "update-security",
                                                    "rate-limit", "unmatched"], ["Security", "packet", "nope"])),
                                             " ".join(w + ";" for w in where)))
    rng.shuffle(lines)
    return "logging " + block(lines)


def controls(rng, state):
    one = lambda: "inet %s%s allow %s%s%s" % (pick(rng, state, (["127.0.0.1", "*", "::1", "10.0.0.1"], ["x", "10"])),
                                              pick(rng, state, (["", " port 953", " port *"], [" port 70000"])),
                                              acl(rng, state),
                                              rng.choice(["",
                                                          " keys { %s }" % " ".join(k + ";" for k in rng.sample(state["keys"], min(len(state["keys"]), 1)) + (["nokey"] if state["wild"] and rng.random() < 0.1 else []))]), rng.choice(["", " read-only yes"]))
    unix = 'unix "/run/x" perm 0600 owner 0 group 0'
    return "controls " + block([one() if rng.random() < 0.85 else unix for _ in range(rng.randint(0, 2))])


def key(rng, state, name):
    lines = ["algorithm " + pick(rng, state, (["hmac-sha256", '"hmac-md5"', "HMAC-SHA512", "hmac-sha256-128",
                                               "hmac-sha1-80"],
                                              ["sha256", "hmac-sha256-300", "hmac-sha256-9", "hmac-sha256-x"])),
             "secret " + pick(rng, state, (['"YWJjZA=="', "YWJj", '"YW Jj"', '"abcd"'],
                                           ['"YWJjZA"', "{", '"a=b="', '"YWJjZB=="']))]
    rng.shuffle(lines)
    if state["wild"] and rng.random() < 0.05:
        lines.pop()
    return "key %s %s" % (name, block(lines))


def tls(rng, state, name):
    lines = rng.sample(['key-file "/k"; cert-file "/c"', "protocols " + pick(rng, state,
                                                            (["{ TLSv1.2; }", "{ tlsv1.3; TLSv1.2; }"],
                                                            ["{ TLSv1.1; }", "{ }", "{ TLSv1.2; TLSv1.2; }"])),
                        'ciphers "HIGH:!aNULL"', "session-tickets no", "prefer-server-ciphers yes",
                        'remote-hostname "x"'], rng.randint(0, 4))
    return "tls %s %s" % (name, block(lines))


def policy(rng, state, name):
    lines = rng.sample(["dnskey-ttl 600", "max-zone-ttl P1D",
                        "signatures-refresh " + pick(rng, state, (["P5D", "5d"], ["P20D"])), "signatures-validity 14d",
                        "purge-keys 0", "nsec3param iterations 0 optout no salt-length 0", "nsec3param",
                        "keys " + pick(rng, state, (["{ csk lifetime unlimited algorithm 13; }",
                                                     "{ ksk key-directory lifetime 365d algorithm ecdsa256; zsk lifetime P60D algorithm 13; }", "{ csk lifetime 0 algorithm rsasha256 2048; }"],
                       ["{ ksk lifetime unlimited algorithm 13; }", "{ csk lifetime UNLIMITED algorithm 13; }",
                        "{ csk lifetime 1d algorithm nope; }", "{ csk lifetime 5 algorithm 8 100; }"]))],
                       rng.randint(0, 4))
    if sum(line.startswith("nsec3param") for line in lines) > 1 and not state["wild"]:
        lines = [line for line in lines if line != "nsec3param"]
    return "dnssec-policy %s %s" % (name, block(lines))


def server(rng, state, where):
    lines = rng.sample(["bogus yes", "edns no", "transfers 5", "transfer-format one-answer",
                        "keys " + rng.choice(state["known"] or ["k1"]), "padding 128", "request-ixfr no",
                        "tcp-only 1"] + (["keys { nokey; }", "notify-source ::1"] if state["wild"] else []),
                       rng.randint(0, 4))
    if sum(line.startswith("keys") for line in lines) > 1 or ("keys k1" in " ".join(lines) and not state["known"]):
        lines = [line for line in lines if not line.startswith("keys")]
    return "server %s %s" % (where, block(lines))


ANCHOR = '"AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTO"'


def anchors(rng, state):
    one = lambda: pick(rng, state, (['"." initial-key 257 3 8 %s' % ANCHOR,
                                     "example.com static-ds 20326 8 2 \"E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\"", "x. initial-ds 1 8 2 \"ab cd\""], ['. static 1 2 3 "x"', 'x initial-key 257 3 8 "***"', 'x initial-key 70000 3 8 "AwEA"', 'a..b initial-key 257 3 8 "AwEA"', "x initial-ds 1 8 2 \"zz\"", 'x initial-key 257 3 8']))
    return "trust-anchors { %s }" % " ".join(one() + ";" for _ in range(rng.randint(0, 2)))


def top(rng, state):
    """All statements of a configuration, in an order in which most may stand."""
    state["keys"] = rng.sample(["k1", '"k2."', "k.3", "K4"], rng.randint(0, 3))
    state["known"] = [k for k in state["keys"]]
    state["tls"] = ["t1"] if rng.random() < 0.3 else []
    out = []
    for name in rng.sample(["inner", '"outer net"', "DMZ", "a-b.c"], rng.randint(0, 3)):
        out.append("acl %s %s" % (name, acl(rng, state)))
        state["acls"].append(name)
    for name in rng.sample(["p1", '"p2"'], rng.randint(0, 2)):
        out.append("%s %s %s" % (rng.choice(["masters", "primaries"]), name, remotes(rng, state, 1)))
        state["remotes"].append(name)
    out += [key(rng, state, k) for k in state["keys"]] + [tls(rng, state, t) for t in state["tls"]]
    if rng.random() < 0.5:
        out.append(logging(rng, state))
    if rng.random() < 0.4:
        out.append(controls(rng, state))
    if rng.random() < 0.15:
        out.append(anchors(rng, state))
    if rng.random() < 0.15:
        out.append(policy(rng, state, rng.choice(["pol", '"a b"'])))
    if rng.random() < 0.2:
        out.append(server(rng, state, pick(rng, state, (["10.0.0.1", "10.0.0.0/24", "::1", "10/8"],
                                                        ["10", "x", "10.0.0.1/8"]))))
    if rng.random() < 0.15:
        out.append("statistics-channels " + block("inet %s%s%s" % (rng.choice(["127.0.0.1", "*", "::1"]),
                                                            rng.choice(["", " port 8053"]),
                                                            rng.choice(["",
                                                            " allow " + acl(rng, state)])) for _ in range(rng.randint(0,
                                                            2))))
    if rng.random() < 0.05:
        out.append('http local { endpoints { "/dns-query"; }; listener-clients 5; }')
    zones = rng.sample(["example.com", "a.b.example", "1.168.192.in-addr.arpa", "local", "X.Org", "."],
                       rng.randint(0, 3))
    if rng.random() < 0.3:
        for name in rng.sample(["inside", '"out side"', "v3"], rng.randint(1, 2)):
            state["served"] = []
            lines = [zone(rng, state, z) for z in rng.sample(zones, rng.randint(0, len(zones)))]
            state["once"] = set()
            lines += statements(rng, state, [view_option, zone_option, lambda r,
                                             s: ("match-clients", "match-clients " + acl(r, s)), lambda r,
                                             s: ("match-recursive-only", "match-recursive-only yes")],
                                rng.randint(0, 4), MANY)
            out.append("view %s%s %s" % (name, rng.choice(["", " IN"]), block(lines)))
        state["served"] = []
        if state["wild"] and rng.random() < 0.1:
            out.append(zone(rng, state, "top.level"))
    else:
        out += [zone(rng, state, z) for z in zones]
    if rng.random() < 0.9:
        state["once"] = set()
        out.append("options " + block(statements(rng, state, [server_option, view_option, zone_option],
                                                 rng.randint(0, 9), MANY)))
    if state["wild"] and rng.random() < 0.15:
        out.append(rng.choice(["nonsense 1", "options { }", "zone x { type primary; }",
                               "zone z { type primary; file \"q\"; }; zone Z. { type primary; file \"r\"; }",
                               "acl any { none; }", "options { dnssec-enable yes; }", "lwres { }",
                               "include \"none.conf\"", "include x", "acl loop { loop; }; server 9.9.9.9 { }",
                               "}", "key", "/* no end", "\"options\" { }", "options { dnsrps-enable no; }",
                               "view v9 { zone q { in-view inside; }; }",
                               "key k9 { algorithm hmac-sha256; secret \"YWJj\"", "\ufeffacl q { }",
                               "options { recursion yes recursion no; }"]))
    rng.shuffle(out)
    return [spelled(rng, line) if rng.random() < 0.2 else line for line in out]


def generate(rng, root):
    state = {"wild": rng.random() < 0.4, "acls": [], "remotes": [], "served": [], "keys": [], "known": [], "tls": [],
             "once": set()}
    lines = [line + rng.choice([";", " ;", ";\n", "; # x\n", ";// y\n", "\n;"]) for line in top(rng, state)]
    files = {}
    # Some statements go to files of their own, some of these to files that those include.
    for name in rng.sample(["named.conf.local", "zones/a.conf", "zones/b.conf", "zones/.h.conf", "x y.conf"],
                           rng.randint(0, 4)):
        cut = sorted(rng.randint(0, len(lines)) for _ in range(2))
        files["etc/bind/" + name] = rng.choice(["", "\n",
                                                "# c\n"]) + "\n".join(lines[cut[0]:cut[1]]) + rng.choice(["\n", "",
                                                            "# end"])
        pattern = rng.choice(['"/etc/bind/%s"' % name] * 3 + ['"etc/bind/%s"' % name])
        lines[cut[0]:cut[1]] = ["include %s;" % pattern]
    if rng.random() < 0.15:
        files["etc/bind/zones/g1.conf"] = "acl g1 { any; };"
        files["etc/bind/zones/g2.conf"] = "acl g2 { g1; };\n"
        lines.append('include "/etc/bind/zones/g?.conf";')
    if rng.random() < 0.1:
        files["etc/bind/opt.inc"] = "querylog no; max-cache-ttl 5;"
        lines = [line.replace("options { ", 'options { include "/etc/bind/opt.inc"; ',
                              1) if line.startswith("options { ") and "querylog" not in line.lower() and
                 "max-cache-ttl" not in line.lower() else line for line in lines]
    if rng.random() < 0.15:
        files["var/cache/bind/rel.conf"] = "acl rel { none; };"
        where = rng.choice(['"/var/cache/bind"', '"var/cache/bind"', '"/var/../var/cache/bind/"'])
        for i, line in enumerate(lines):
            if line.startswith("options { "):
                lines[i] = line.replace("options { ", "options { directory %s; " % where, 1)
                lines.insert(i + 1, 'include "rel.conf";')
                break
    text = rng.choice(["", "\n", "// start\n"]) + "\n".join(lines) + rng.choice(["\n", "", "\r\n", " // end", "\n\n"])
    if state["wild"] and rng.random() < 0.08:
        text = text[: rng.randint(0, len(text))]
    files["etc/bind/named.conf"] = text
    (root / "var/cache/bind").mkdir(parents=True, exist_ok=True)
    (root / "etc/bind/zones").mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (root / name).write_bytes(body.encode())


def seconds(word):
    found = ISO.fullmatch(word)
    return str(min(sum(int(n or 0) * u for n, u in zip(found.groups(), UNITS)), 4294967295)) if found else word


def tokens(text):
    for quoted, special, word in TOKEN.findall(text):
        yield (special, special) if special else ("word", seconds(word)) if word else ("word",
                                                            quoted.replace('\\"', '"'))


def written(parts):
    out = ""
    for kind, text in parts:
        out += text if kind == ";" or not out or out.endswith("!") else " " + text
    return out


def block_rows(stream, scope, rows):
    """The statements up to the brace that closes the block."""
    parts, depth = [], 0
    for token in stream:
        kind = token[0]
        if kind == "}" and depth == 0:
            return
        if kind == "{" and depth == 0 and parts and parts[0][1] in SCOPES and scope.split(" ")[0] not in ("options",
                                                            "zone") and not (scope.split(" > ")[-1].split(" ")[0] in ("zone", "server", "key")):
            name = [text for _, text in parts[: 2]]
            if parts[0][1] in ("zone", "view") or len(parts) <= 2:
                block_rows(stream, (scope + " > " if scope else "") + " ".join(name), rows)
                parts = [("inner", "")]
                continue
        depth += (kind == "{") - (kind == "}")
        if kind == ";" and depth == 0:
            if parts and parts[0][0] != "inner":
                rows.append((scope, parts[0][1], written(parts[1:])))
            parts = []
        else:
            parts.append(token)


def oracle(root):
    command = [*ALONE, "named-checkconf", "-p", "-t", str(root), "/etc/bind/named.conf"]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    if done.returncode:
        return [("@refused",)]
    rows = []
    text = done.stdout.decode(errors="replace")
    if text and not START.match(text):
        # Warnings stand in front; without -p there is nothing else.
        text = text[len(subprocess.run(command[:-4] + command[-3:], capture_output=True, stdin=subprocess.DEVNULL,
                                       timeout=60).stdout.decode(errors="replace")):]
    block_rows(tokens(text), "", rows)
    return sorted(rows)


def mine(rows):
    if any(row["key"] == "@refused" for row in rows):
        return [("@refused",)]
    return sorted((row["scope"], row["key"], row["value"]) for row in rows if row["key"][0] != "@")


if __name__ == "__main__":
    differential.run("bind", generate, oracle, mine, needs=["named-checkconf"])
