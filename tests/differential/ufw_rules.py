"""The rules of ufw: its own start script (package ufw) loads a generated /etc/ufw in a network namespace of its own, and iptables-save and
ip6tables-save tell what is there then."""
import pathlib
import subprocess
import sys

import differential
import firewall

SHIPPED = pathlib.Path("/usr/share/ufw/iptables")
SCRIPT = pathlib.Path("/lib/ufw/ufw-init")
UNIT = "[Service]\nExecStart=/lib/ufw/ufw-init start quiet\n[Install]\nWantedBy=multi-user.target\n"

# As ufw writes user.rules for `ufw allow`, `deny`, `limit`, `route`, with applications and comments.
USER = ["-A %su-input -p tcp --dport 22 -j ACCEPT", "-A %su-input -p tcp --dport 80 -j ACCEPT -m comment --comment 'dapp_Nginx%%20HTTP'",
        "-A %su-input -p tcp -m multiport --dports 80,443 -j ACCEPT", "-A %su-input -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set",
        "-A %su-input -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 30 --hitcount 6 -j %su-limit",
        "-A %su-input -p tcp --dport 22 -j %su-limit-accept", "-A %su-input -i eth0 -p udp --dport 53 -j DROP", "-A %su-input -j REJECT",
        "-A %su-input -p tcp --dport 25 -j REJECT --reject-with tcp-reset", "-A %su-output -p tcp --dport 25 -j REJECT", "-A %su-forward -i eth0 -o eth1 -j ACCEPT",
        "-A %su-logging-input -p tcp --dport 23 -j LOG --log-prefix \"[UFW BLOCK] \" -m limit --limit 3/min --limit-burst 10", "-A %su-input -p esp -j ACCEPT"]
NAT = "*nat\n:POSTROUTING ACCEPT [0:0]\n%s-A POSTROUTING -o eth0 -j MASQUERADE\nCOMMIT\n"


def insert(rng, text, rules):
    """Some rules before the last COMMIT, some between those that are there."""
    body = text.rstrip("\n").split("\n")
    last = max(i for i, line in enumerate(body) if line == "COMMIT")
    first = max([i for i, line in enumerate(body) if line.startswith(":")], default=0) + 1
    for rule in rules:
        body.insert(last if rng.random() < 0.6 else rng.randint(first, last), rule)
        last += 1
    return "\n".join(body) + rng.choice(["\n", "\n", "\n\n"])


def generate(rng, root):
    (root / "etc/ufw").mkdir(parents=True)
    (root / "etc/default").mkdir()
    units = root / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    (units / "ufw.service").write_text(UNIT)
    wants = root / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True)
    (wants / "ufw.service").symlink_to("/usr/lib/systemd/system/ufw.service")
    policy = lambda: rng.choice(["ACCEPT", "DROP", "REJECT", '"DROP"', "'ACCEPT'", "DROP # c"] * 4 + ["drop", ""])
    settings = ["IPV6=%s" % rng.choice(["yes", "yes", "no", "YES", "'yes'", "Yes"]), "MANAGE_BUILTINS=no", "IPT_SYSCTL=", 'IPT_MODULES=""']
    settings += ["DEFAULT_%s_POLICY=%s" % (hook, policy()) for hook in ("INPUT", "OUTPUT", "FORWARD")]
    rng.shuffle(settings)
    (root / "etc/default/ufw").write_text("\n".join(settings) + "\n")
    conf = ["ENABLED=%s" % rng.choice(["yes"] * 12 + ["YES", "no", "Yes"])]
    conf += [rng.choice(["LOGLEVEL=low", "DEFAULT_INPUT_POLICY=DROP", "#ENABLED=no", "IPV6=yes"])] if rng.random() < 0.3 else []
    if rng.random() < 0.97:
        (root / "etc/ufw/ufw.conf").write_text("\n".join(conf) + rng.choice(["\n", ""]))
    for six in (False, True):
        own = "ufw6" if six else "ufw"
        for name in ("before", "after", "user"):
            text = (SHIPPED / ("%s%s.rules" % (name, "6" if six else ""))).read_text()
            rules = []
            for _ in range(rng.choice([0, 1, 3])):
                chain = "%s-%s-%s" % (own, name, rng.choice(["input", "output", "forward"]))
                rules.append("-A %s %s" % (chain, firewall.iptables_rule(rng, six, "filter", chain, ["%s-logging-deny" % own, "%s-skip-to-policy-input" % own])))
            if name == "user":
                rules += [each.replace("%su", own + "-user").replace("%%", "%") for each in firewall.some(rng, USER, 6)]
            text = insert(rng, text, rules)
            if name == "before" and rng.random() < 0.3:
                nat = NAT % rng.choice(["", "-F\n", "-F POSTROUTING\n"])
                text = nat + text if rng.random() < 0.5 else text + nat
            if rng.random() < 0.99:
                (root / ("etc/ufw/%s%s.rules" % (name, "6" if six else ""))).write_text(text)
    if rng.random() < 0.3:
        script = root / "etc/ufw/before.init"
        script.write_text("#!/bin/sh\niptables -F\n")
        script.chmod(0o640)


def oracle(root):
    done = subprocess.run([*firewall.NAMESPACE, "sh", "-c", "\"$1\" --datadir \"$2\" start >&2 && iptables-save && echo '# six' && ip6tables-save", "sh", str(SCRIPT), str(root)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return None
    four, _, six = done.stdout.partition("# six\n")
    return firewall.sorted_rows(firewall.saved_rows(four, "ip") + firewall.saved_rows(six, "ip6"))


def mine(rows):
    return firewall.mine([row for row in rows if row["manager"] == "ufw" and row["enabled"]])


if not SCRIPT.exists():
    print("ufw is not installed")
    sys.exit(77)
if not any(each.startswith("--cases") for each in sys.argv):
    sys.argv += ["--cases", "150"]  # the script starts dozens of programs for each
differential.run("firewall", generate, oracle, mine, needs=["iptables-save", "ip6tables-save", "unshare"])
