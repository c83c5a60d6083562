"""firewall: against nft (`nft -f`, then `nft list ruleset` as text and JSON) and iptables-restore with iptables-save, each
in a network namespace of its own."""
import json
import subprocess

from differential import run

NAMESPACE = ["unshare", "--map-root-user", "--net"]

# ---- nft

PORTS = ["22", "ssh", "http", "0x50", "443", "8080", "53", "1024-65535", "80-90", "20-25", "65535"]
ADDRESSES = ["10.0.0.0/8", "192.168.1.7", "127.0.0.1", "127.0.0.0/8", "1.2.3.4-1.2.3.9", "10.1.2.3/8", "224.0.0.0/4", "0.0.0.0/0", "192.0.2.0/25"]
ADDRESSES6 = ["::1", "fe80::/10", "2001:db8:0:0:1::0", "fe80:0:0:0::1", "2001:DB8::1-2001:db8::9", "ff02::/16", "::1/128"]
INTERFACES = ["lo", "eth0", '"eth1"', '"wlan0"', "eth*", '"br-*"', "docker0", "veth.1"]
STATES = ["established", "related", "new", "invalid", "untracked"]
ICMP = ["echo-request", "8", "3", "time-exceeded", "destination-unreachable", "parameter-problem", "11"]
ICMP6 = ["nd-neighbor-solicit", "nd-router-advert", "echo-request", "135", "packet-too-big", "1", "nd-neighbor-advert"]
PROTOCOLS = ["tcp", "udp", "icmp", "6", "sctp", "esp", "icmpv6", "igmp"]


def some(rng, pool, most=4):
    return rng.sample(pool, rng.randint(1, min(most, len(pool))))


def braces(rng, items):
    comma = rng.choice([", ", ",", " , ", ",\n\t\t", ", # note\n  "])
    end = rng.choice([" }", "}", "\n}", ", }", ",\n}"] + (["\n\n}"] if rng.random() < 0.01 else []))
    return rng.choice(["{ ", "{", "{\n"]) + comma.join(items) + end


def values(rng, pool, most=4):
    return rng.choice(pool) if rng.random() < 0.5 else braces(rng, some(rng, pool, most))


def sign(rng):
    return rng.choice(["", "", "", "", "== ", "!= ", "ne ", "eq "])


def plain(pool):
    return [each for each in pool if "-" not in each or each.startswith(('"', "d", "nd", "echo", "time", "packet", "param"))]


def conditions(rng, family, number):
    """A packet is of one family and one protocol: mostly the rules ask for no more."""
    network = rng.choice(["ip", "ip6"]) if family == "inet" else family
    transport = rng.choice(["tcp", "udp", "icmp", "none"])
    for _ in range(number):
        if rng.random() < 0.02:
            network, transport = rng.choice(["ip", "ip6"]), rng.choice(["tcp", "udp", "icmp"])
        special = ["l4proto", "th", {"ip": "ip protocol", "ip6": "nexthdr"}[network]] if transport == "none" else []
        kinds = ["iifname", "state", "iif", "%s saddr" % network, "%s daddr" % network]
        kinds += {"tcp": ["tcp dport"], "udp": ["udp sport"], "icmp": ["icmp type" if network == "ip" else "icmpv6 type"], "none": special, "said": []}[transport] * 3
        kind = rng.choice(kinds)
        if kind in special:
            transport = "said"
        yield condition(rng, kind)


def condition(rng, kind):
    if kind == "tcp dport" and rng.random() < 0.15:
        return "tcp flags %s" % rng.choice(["syn", "& (fin|syn) == fin|syn", "& (syn | ack) == syn", "syn / fin,syn,rst,ack", "ack,syn / syn,ack", "& (fin|syn|rst|ack) != syn"])
    if kind in ("tcp dport", "udp sport"):
        return "%s %s%s" % (kind, sign(rng), values(rng, PORTS))
    if kind == "th":
        return "meta l4proto { tcp, udp } th dport %s" % values(rng, PORTS)
    if kind == "iifname":
        return "%s%s %s%s" % (rng.choice(["", "meta "]), rng.choice(["iifname", "oifname"]), sign(rng), values(rng, INTERFACES))
    if kind == "iif":
        return rng.choice(["iif lo", "iif \"lo\"", "iif != lo", "oif lo", "meta iif lo"])
    if kind == "state":
        form = rng.random()
        if form < 0.6:
            return "ct state %s" % ",".join(some(rng, STATES))
        if form < 0.8:
            return "ct state %s" % braces(rng, some(rng, STATES))
        return "ct state != %s" % rng.choice(STATES)
    if kind in ("ip saddr", "ip daddr"):
        return "%s %s%s" % (kind, sign(rng), values(rng, ADDRESSES))
    if kind in ("ip6 saddr", "ip6 daddr"):
        return "%s %s%s" % (kind, sign(rng), values(rng, ADDRESSES6))
    if kind == "icmp type":
        return "icmp type %s" % values(rng, ICMP)
    if kind == "icmpv6 type":
        return "icmpv6 type %s" % values(rng, ICMP6)
    if kind == "nexthdr":
        return "ip6 nexthdr %s" % values(rng, ["tcp", "udp", "icmpv6", "17"])
    if kind == "ip protocol":
        return "ip protocol %s" % values(rng, ["tcp", "udp", "icmp", "17"])
    return "meta l4proto %s%s" % (sign(rng), values(rng, PROTOCOLS))


def action(rng):
    return rng.choice(["counter", "counter packets 3 bytes 40", "log", 'log prefix "x y: "', "log prefix abc level info", "log level warn flags all",
                       "limit rate 10/second", "limit rate over 5/minute burst 7 packets", "limit rate 3/hour burst 5 packets", "limit rate 9/day",
                       "log group 3 prefix \"z\"", "log level debug flags tcp sequence,options flags ip options", "meta mark set 5", "ct mark set 0x1f"])


def verdict(rng, family, chains):
    abstract = ["reject with icmpx admin-prohibited", "reject with icmpx type host-unreachable"] if family == "inet" or rng.random() < 0.02 else ["drop"]
    return rng.choice(["accept", "drop", "accept", "drop", "reject", "return", "continue", "", *abstract, "jump %s" % rng.choice(chains), "goto %s" % rng.choice(chains)])


def rule(rng, family, chains, variables):
    if rng.random() < 0.08:
        return rng.choice(["ct state vmap { invalid : drop, established : accept, related : accept }", "tcp dport vmap { ssh : accept, 80 : jump %s, }" % chains[0],
                           "iifname vmap { eth0 : accept, lo : continue }", "meta l4proto vmap { udp : drop, tcp : accept }"])
    parts = list(conditions(rng, family, rng.choice([0, 1, 1, 1, 2, 2, 3])))
    if variables and rng.random() < 0.3:
        name, kind = rng.choice(variables)
        parts = ["ct state new"] if rng.random() < 0.5 else []
        parts.append("%s %s" % (kind, rng.choice(["$" + name, "{ $%s }" % name, "{ $%s, %s }" % (name, "9999" if "port" in kind else "8.8.8.8")])))
    parts += [action(rng) for _ in range(rng.choice([0, 0, 1]))]
    end = verdict(rng, family, chains)
    parts += [end] if end else []
    if not parts:
        parts = ["counter"]
    if rng.random() < 0.15:
        parts.append("comment %s" % rng.choice(['"a ; b } # c"', "word", '"x"']))
    return rng.choice([" ", "  ", " \\\n   "]).join(parts)


def separator(rng):
    return rng.choice(["\n", "\n", "\n\n", ";", " ; \n", "\n# comment ; } {\n", " # tail\n"])


def generate_nft(rng, root):
    (root / "etc/nft.d").mkdir(parents=True)
    text = rng.choice(["", "#!/usr/sbin/nft -f\n", "flush ruleset\n", "#!/usr/sbin/nft -f\n\nflush ruleset\n\n"])
    variables = []
    for name, kind, pool in (("ports", "tcp dport", ["{ 22, 80 }", "ssh", "{ http, 443,\n 8443 }", "1000-2000", "{ 5, { 6, 7 } }"]),
                             ("net", "ip saddr", ["10.0.0.0/8", "{ 10.0.0.0/8, 1.2.3.4 }", "192.0.2.1", '{ 1.1.1.1, # c\n 2.2.2.2 }'])):
        if rng.random() < 0.6:
            line = "define %s = %s%s" % (name, rng.choice(pool), separator(rng))
            if rng.random() < 0.2:
                line += "redefine %s = %s\n" % (name, rng.choice(pool))
            if rng.random() < 0.1:
                line += "define again_%s = $%s\n" % (name, name)
            text += line
            variables.append((name, kind))
    spare = ["define p = 10", "define word = filter"]
    text += "".join(each + "\n" for each in spare if rng.random() < 0.3)
    commands = []
    for number in range(rng.randint(1, 3)):
        family = rng.choice(["inet", "inet", "ip", "ip6"])
        usable = [v for v in variables if "ip" not in v[1] or family != "ip6"]
        table = "t%d" % number
        chains = ["sub%d" % number, "other"]
        block = "table %s %s {%s" % (family, table, separator(rng))
        if rng.random() < 0.4:
            block += "set s {%stype ipv4_addr; flags interval%selements = { 10.0.0.0/8,\n 1.2.3.4 }\n}\n" % (separator(rng), separator(rng))
        names = []
        for hook in some(rng, ["input", "forward", "output"], 3):
            priority = rng.choice(["filter", "0", "-150", "filter + 5", "mangle", "raw", "security", "filter - 3", "-5", "10"])
            policy = rng.choice(["", "policy drop;", "policy accept;", "policy drop\n"])
            header = "type filter hook %s priority %s%s%s" % (hook, priority, rng.choice([";", " ;", "\n"]), policy)
            header += rng.choice(["\n", " \n\n"])
            rules = "".join(rule(rng, family, chains, usable) + separator(rng) for _ in range(rng.randint(0, 6)))
            block += "chain %s {%s%s%s}%s" % (hook, rng.choice(["\n", " "]), header, rules, separator(rng))
            names.append(hook)
        for chain in chains:
            rules = "".join(rule(rng, family, ["leaf"], usable) + separator(rng) for _ in range(rng.randint(0, 3)))
            block += "chain %s { %s }%s" % (chain, rules, separator(rng))
        block += "chain leaf { }\n}\n"
        if rng.random() < 0.25:
            place = rng.choice(["nft.d/%s.nft" % table, "nft.d/.hidden.nft"])
            (root / "etc" / place).write_text(block)
            text += 'include "%s"\n' % rng.choice(["nft.d/*.nft", "nft.d/*.nft", place, "nft.d/t?.nft", "nft.d/none*"])
            if rng.random() < 0.3:
                text += "table %s %s { chain %s { }\n }\n" % (family, table, names[0])
        else:
            text += block
        target = "%s %s" % (family, table)
        flushes = rng.random() < 0.5  # after a flush nft counts the rules of before for `index`
        for _ in range(rng.choice([0, 0, 1, 3])):
            name = rng.choice(names + chains)
            commands.append(rng.choice([
                "add rule %s %s %s" % (target, name, rule(rng, family, ["leaf"], usable)),
                "insert rule %s %s %s" % (target, name, rule(rng, family, ["leaf"], usable)),
                "%s %s tcp dport 99 accept" % (target, name),
                *(["flush chain %s %s" % (target, name), "flush table %s" % target, "delete table %s" % target, "delete chain %s leaf" % target] if flushes else
                  ["add rule %s %s index 0 tcp dport 7" % (target, name), "insert rule %s %s index 1 tcp dport 8" % (target, name)]),
                "add chain %s %s { policy drop; }" % (target, names[0]),
                "table %s { chain %s { policy accept; }\n }" % (target, names[0]),
                "table %s { chain %s { tcp dport 6; }\n }" % (target, name),
                "add table %s" % target,
                "create table %s" % target,
                "chain %s new_one { type nat hook prerouting priority dstnat; }" % target,
                "add element %s s { 9.9.9.9 }" % target,
            ]))
    text += separator(rng).join(commands)
    if rng.random() < 0.9:
        text += "\n"
    if rng.random() < 0.03:
        text = text.replace("\n", "\r\n", 1)
    (root / "etc/nftables.conf").write_text(text, newline="")


def nft_rows(listing, objects):
    rows, table, chain = [], None, None
    depth_of_set = 0
    for line in listing.splitlines():
        bare = line.strip()
        if line.startswith("table "):
            table = line.split()[1:3]
        elif line.startswith("\tchain "):
            chain = bare.split()[1]
        elif line.startswith("\tset "):
            depth_of_set = 1
        elif line == "\t}":
            chain, depth_of_set = None, 0
        elif chain and bare and not bare.startswith("type ") and not depth_of_set:
            rows.append(("rule", *table, chain, bare))
    for entry in objects["nftables"]:
        if "chain" in entry:
            each = entry["chain"]
            rows.append(("chain", each["family"], each["table"], each["name"], each.get("type"), each.get("hook"), each.get("prio"), each.get("policy")))
        elif "table" in entry:
            rows.append(("table", entry["table"]["family"], entry["table"]["name"]))
    return rows


def oracle_nft(root):
    script = 'cd /; nft -I "$1/etc" -f "$1/etc/nftables.conf" && nft list ruleset && echo ==== && nft -j list ruleset'
    done = subprocess.run([*NAMESPACE, "sh", "-c", script, "sh", str(root)], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    listing, _, objects = done.stdout.partition("====\n")
    return nft_rows(listing, json.loads(objects))


# ---- iptables

V4 = ["10.0.0.0/8", "192.168.1.7", "127.0.0.0/8", "1.2.3.4/255.255.255.0", "10.1.2.3/8", "0/0", "0.0.0.0/0", "1.1.1.1,2.2.2.2", "10/8", "172.16/12"]
V6 = ["::1", "fe80::/10", "2001:DB8::1", "::/0", "ff00::/8", "::1,::2"]


def iptables_match(rng, six, chain):
    sides = {"INPUT": "i", "OUTPUT": "o"}.get(chain, "io") if rng.random() < 0.97 else "io"
    kind = rng.choice(["s", "d", *sides, "port", "port", "state", "ctstate", "multiport", "icmp", "comment", "limit", "flags", "proto"] + (["mac"] if chain == "INPUT" else []))
    no = rng.choice(["", "", "", "! "])
    if kind in "sd":
        address = rng.choice(V6 if six else V4)
        if "," in address or address.endswith("/0") or address == "0/0":
            no = ""
        return "%s%s %s" % (no, rng.choice({"s": ["-s", "--source", "--src"], "d": ["-d", "--destination", "--dst"]}[kind]), address)
    if kind in "io":
        return "%s-%s %s" % (no, kind, rng.choice(["lo", "eth0", "eth+", '"wlan0"']))
    if kind == "port":
        protocol = rng.choice(["tcp", "udp"])
        option = rng.choice(["--dport", "--sport", "--destination-port", "--dport"])
        return "-p %s %s%s%s %s" % (protocol, rng.choice(["", "-m %s " % protocol]), no, option, rng.choice(["22", "ssh" if protocol == "tcp" else "53", "1024:65535", ":1023", "80:90", "443"]))
    if kind == "state":
        return "-m state %s--state %s" % (no, ",".join(some(rng, ["NEW", "ESTABLISHED", "RELATED", "INVALID"])))
    if kind == "ctstate":
        return "-m conntrack %s--ctstate %s" % (no, ",".join(some(rng, ["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"])))
    if kind == "multiport":
        return "-p %s -m multiport %s%s %s" % (rng.choice(["tcp", "udp"]), no, rng.choice(["--dports", "--sports", "--ports"]), rng.choice(["22,80", "domain,8000:8010", "53"]))
    if kind == "icmp":
        return "-p ipv6-icmp -m icmp6 --icmpv6-type %s" % rng.choice(["128", "135", "1"]) if six else "-p icmp -m icmp --icmp-type %s" % rng.choice(["8", "3", "11"])
    if kind == "comment":
        return "-m comment --comment %s" % rng.choice(['"a b \\" c"', "word", '"x-y"', '"it\'s # no comment"'])
    if kind == "limit":
        return "-m limit --limit %s%s" % (rng.choice(["5/min", "10/second", "3/hour", "7/m"]), rng.choice(["", " --limit-burst 5", " --limit-burst 9"]))
    if kind == "flags":
        return "-p tcp -m tcp --tcp-flags %s" % rng.choice(["FIN,SYN FIN", "SYN,ACK SYN", "FIN,SYN,RST,ACK SYN"])
    if kind == "mac":
        return "-m mac --mac-source 00:11:22:33:44:55"
    return "%s-p %s" % (no, rng.choice(["tcp", "udp", "17", "6", "esp"]))


def iptables_rule(rng, six, table, chain, chains):
    text, protocol, seen = [], None, set()
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        each = iptables_match(rng, six, chain)
        letters = {word for word in each.split() if word in ("-s", "-d", "-i", "-o", "-p", "--src", "--source", "--dst", "--destination", "-m")}
        letters = {{"--src": "-s", "--source": "-s", "--dst": "-d", "--destination": "-d"}.get(x, x) for x in letters}
        if letters & seen - {"-m"}:
            continue
        seen |= letters
        text.append(each)
    target = rng.choice(["-j ACCEPT", "-j DROP", "-j REJECT", "-j RETURN", '-j LOG --log-prefix "in: "', "--jump ACCEPT", "", "-j REJECT --reject-with tcp-reset",
                         "-j %s" % rng.choice(chains), "-g %s" % rng.choice(chains)])
    if target == "-g ACCEPT":
        target = "-j ACCEPT"
    if "REJECT" in target and table != "filter" and rng.random() < 0.95:
        target = "-j DROP"
    if "tcp-reset" in target:
        if "-p" in seen:
            target = "-j REJECT"
        else:
            text.append("-p tcp")
    return " ".join(text + [target]).strip()


def generate_iptables(rng, root, six):
    (root / "etc/iptables").mkdir(parents=True, exist_ok=True)
    text = rng.choice(["", "# Generated by hand\n", "\n"])
    for table in some(rng, ["filter", "filter", "mangle"], 2):
        hooks = ["INPUT", "FORWARD", "OUTPUT"]
        text += "*%s\n" % table
        for hook in hooks:
            text += ":%s %s%s\n" % (hook, rng.choice(["ACCEPT", "DROP"]), rng.choice([" [0:0]", " [12:3456]", ""]))
        chains = ["user-one", "LOGGING"]
        text += "".join(rng.choice([":%s - [0:0]\n", "-N %s\n"]) % chain for chain in chains)
        for _ in range(rng.randint(0, 8)):
            where = rng.choice(hooks + hooks + chains)
            command = rng.choice(["-A %s", "-A %s", "-A %s", "-I %s", "-I %s 1", "--append %s", "[3:4] -A %s"]) % where
            text += "%s %s\n" % (command, iptables_rule(rng, six, table, where, ["LOGGING"] if where == "user-one" else ["user-one", "LOGGING"] if where != "LOGGING" else ["ACCEPT"]))
            if rng.random() < 0.1:
                text += "# note\n"
        if rng.random() < 0.1:
            text += "-P INPUT DROP\n"
        text += "COMMIT\n" if rng.random() < 0.97 else ""
    (root / ("etc/iptables/rules.v%d" % (6 if six else 4))).write_text(text)


def oracle_iptables(root, six):
    name, program = ("rules.v6", "ip6tables") if six else ("rules.v4", "iptables")
    done = subprocess.run([*NAMESPACE, "sh", "-c", "%s-restore < \"$1\" && %s-save" % (program, program), "sh", str(root / "etc/iptables" / name)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return None
    return saved_rows(done.stdout, "ip6" if six else "ip")


def saved_rows(text, family):
    """Of what iptables-save prints."""
    rows, table = [], None
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:]
            rows.append(("table", family, table))
        elif line.startswith(":"):
            chain, policy = line[1:].split()[:2]
            rows.append(("chain", family, table, chain, None if policy == "-" else policy.lower()))
        elif line.startswith("-A"):
            rows.append(("rule", family, table, line.split()[1], line))
    return rows


# ---- both

def generate(rng, root):
    kind = rng.choice(["nft", "nft", "nft", "v4", "v6"])
    if kind == "nft":
        generate_nft(rng, root)
    else:
        generate_iptables(rng, root, kind == "v6")


def oracle(root):
    if (root / "etc/nftables.conf").exists():
        rows = oracle_nft(root)
    else:
        rows = oracle_iptables(root, (root / "etc/iptables/rules.v6").exists())
    # What the program refuses it does not load at all: there must be no rows either.
    return sorted_rows(rows or [])


def sorted_rows(rows):
    """Tables and chains in any order, the rules of a chain in theirs."""
    return sorted((each for each in rows if each[0] != "rule"), key=str) + sorted((each for each in rows if each[0] == "rule"), key=lambda each: each[:4])


def mine(rows):
    found = []
    for row in rows:
        place = (row["item"], row["family"], row["table"])
        if row["item"] == "table":
            found.append(place)
        elif row["item"] == "chain" and row["manager"] == "nftables":
            found.append((*place, row["chain"], row["type"], row["hook"], row["priority"], row["policy"]))
        elif row["item"] == "chain":
            found.append((*place, row["chain"], row["policy"]))
        elif row["item"] == "rule":
            found.append((*place, row["chain"], row["rule"]))
    return sorted_rows(found)


if __name__ == "__main__":
    run("firewall", generate, oracle, mine, needs=["nft", "iptables-restore", "iptables-save", "unshare"])
