"""postconf and plimsoll agree on what main.cf and master.cf say.

`postconf -x` lists what main.cf sets and Postfix heeds, and the defaults; `postconf -P -x` the options of each service."""
import concurrent.futures
import os
import re
import subprocess

import differential

NAMES = ["myorigin", "mydestination", "inet_interfaces", "smtpd_banner", "mynetworks", "relayhost", "biff", "smtpd_relay_restrictions", "smtpd_recipient_restrictions",
         "smtpd_client_restrictions", "smtpd_tls_security_level", "mail_name", "mydomain", "compatibility_level", "relay_domains", "smtpd_restriction_classes", "smtpd_reject_footer",
         "default_rbl_reply", "relay_destination_concurrency_limit", "own_recipient_limit", "pipe_time_limit", "virtual_maps", "smtp_per_record_deadline", "forward_path", "alias_maps",
         "process_name", "service_name", "own", "other", "class_a", "foo_server_host", "Foo", "x-y", "2bounce_notice_recipient", "syslog_name", "stress", "multi_instance_name"]
DEFAULTS = ["biff", "disable_vrfy_command", "inet_interfaces", "mailbox_size_limit", "message_size_limit", "mydestination", "recipient_delimiter", "relayhost", "smtp_tls_security_level",
            "smtpd_banner", "smtpd_client_restrictions", "smtpd_helo_required", "smtpd_recipient_restrictions", "smtpd_relay_restrictions", "smtpd_sasl_auth_enable",
            "smtpd_tls_auth_only", "smtpd_tls_loglevel", "smtpd_tls_mandatory_ciphers", "smtpd_tls_security_level", "smtpd_tls_protocols", "mynetworks_style", "compatibility_level"]
WORDS = ["all", "loopback-only", "permit_mynetworks", "no", "yes", "3.6", "2", "a=b", "#c", "x#y", "ldap:foo", "proxy:mysql:foo,", "hash:/etc/aliases", "10", "9", "a,b", "{x}", "}", "\u00e9", "class_a"]
REFERENCES = ["own", "other", "mydomain", "myhostname", "mail_name", "mail_version", "biff", "nothing", "stress", "class_a", "syslog_name", "mydestination", "compatibility_level", "relay_domains", "virtual_maps"]
SERVICES = ["smtp", "submission", "relay", "own", "pipe", "127.0.0.1:10025", "[::1]:smtps", "policy"]


def blank(rng, least=0):
    return rng.choice(["", " ", "\t", "  "][least:] if least else ["", "", " ", " ", "\t"])


def expression(rng, depth=0):
    name = rng.choice(REFERENCES)
    inner = lambda: value(rng, depth + 1)
    kind = rng.random()
    if depth > 2 or kind < 0.35:
        return rng.choice(["$%s", "${%s}", "$(%s)", "${ %s }", "$%s."]) % name
    if kind < 0.5:
        return "${%s%s%s%s}" % (name, blank(rng), rng.choice("?:"), rng.choice(WORDS).replace("}", ""))
    if kind < 0.7:
        return "${%s?%s{%s}%s:%s{%s}}" % (name, blank(rng), inner(), blank(rng), blank(rng), inner())
    if kind < 0.8:
        return "${%s%s{%s}}" % (name, rng.choice("?:"), inner())
    operator = rng.choice(["==", "!=", "<", "<=", ">", ">=", "==", "<level", ">=level", "==level"])
    left = rng.choice(["$compatibility_level", "3.6", "3.10", "2"] if "level" in operator else ["$%s" % name, "10", "9", "abc", ""])
    right = rng.choice(["3.6", "3.9", "2", "$compatibility_level"] if "level" in operator else ["no", "10", "09", "$own", ""])
    tail = rng.choice(["? {%s} : {%s}", "?{%s}:{%s}", ":{%s%s}", "?%s%s"]) % (inner(), inner()) if rng.random() < 0.9 else ""
    return "${{%s}%s%s%s{%s}%s%s}" % (left, blank(rng), operator, blank(rng), right, blank(rng), tail)


def value(rng, depth=0):
    parts = []
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        kind = rng.random()
        word = rng.choice(WORDS)
        parts.append(expression(rng, depth) if kind < 0.45 else "$$own" if kind < 0.5 else word.strip("{}") if depth else word)
    return rng.choice([" ", " ", "  ", ", ", "\t"]).join(parts)


def broken(rng):
    return rng.choice(["${own", "$", "${}", "${a-b}", "${own ? {x} y}", "${{a} = {b}}", "${{a} ==foo {b}}", "$own$(", "${own?{x}:{y}z}", "${{x} <level {3}?a}"])


def fold(rng, text):
    """The same with some blanks as line breaks, and comments between."""
    out = ""
    for part in re.split(r"( )", text):
        if part == " " and rng.random() < 0.25:
            out += rng.choice(["\n ", "\n\t", "\n# comment\n ", "\n\n  ", "\n   # comment\n ", "\r\n "])
        else:
            out += part
    return out


def main_line(rng):
    name = rng.choice(NAMES)
    kind = rng.random()
    if kind < 0.06:
        return rng.choice(["#", " #", "\t# "]) + name + " = " + value(rng)
    if kind < 0.08:
        return rng.choice(["", " ", "\t \t"])
    if kind < 0.09:
        return rng.choice([" leading = blank", "no equals sign", "= no name"])
    if name == "compatibility_level":
        return name + " = " + rng.choice(["3.6", "2", "1", "3.10", " 3.7.1", "0"])
    if name in ("inet_interfaces", "mydomain"):
        text = rng.choice(["all", "loopback-only", "127.0.0.1"]) if name == "inet_interfaces" else rng.choice(["own.test", "$own", "sub.test"])
    else:
        text = broken(rng) if rng.random() < 0.01 else value(rng)
    return name + blank(rng) + "=" + blank(rng) + fold(rng, text) + rng.choice(["", "", " ", "\t", "\r"])


def option(rng):
    name = rng.choice(NAMES)
    text = value(rng)
    kind = rng.random()
    if kind < 0.35 and not re.search(r"[ \t{}]", text):
        return "-o %s=%s" % (name, text)
    if kind < 0.4:
        return rng.choice(["-v", "-vv", "-D", "-voown=1", "-ofoo=loc", "-o nothing", "-o{ own = a b }", "-o {own=z}x", "-o own={a b}"])
    if text.count("{") != text.count("}"):
        text = "plain"
    return "-o%s{%s%s%s=%s%s%s}" % (blank(rng), blank(rng), name, blank(rng), blank(rng), text, blank(rng))


def service(rng):
    kind = rng.random()
    if kind < 0.05:
        return rng.choice(["# smtp inet n - y - - smtpd", " -o own=1", "", "  # comment"])
    if kind < 0.06:
        return rng.choice(["smtp inet n - y - -", "smtp tcp n - y - - smtpd", "smtp inet q - y - - smtpd", "smtp inet n - y x - smtpd", "smtp inet n - y - x? smtpd"])
    columns = [rng.choice(SERVICES), rng.choice(["inet", "unix", "fifo", "pass", "unix-dgram"]), rng.choice("yn-"), rng.choice("yn-"), rng.choice("yn-"),
               rng.choice(["-", "60", "1000?", "0"]), rng.choice(["-", "0", "10"]), rng.choice(["smtpd", "smtp", "pipe", "local", "spawn", "qmgr"])]
    out = rng.choice([" ", "\t", "  ", "\n "] if kind < 0.2 else [" "]).join(columns)
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        out += rng.choice([" ", "\n  ", "\n\t", "\n# comment\n  ", "\n\n "]) + option(rng)
    if rng.random() < 0.2:
        out += rng.choice([" flags=F user=x argv=/bin/x -o own=1", " -- -o own=2", " { a b }"])
    return out


def generate(rng, root):
    folder = root / "etc/postfix"
    folder.mkdir(parents=True)
    (root / "etc/hostname").write_text("unused.example\n")
    text = "".join(main_line(rng) + "\n" for _ in range(rng.randint(0, 12)))
    text = "myhostname = %s\n" % rng.choice(["mail.example.test", "mail", "${own:mail.test}"]) + text + ("own = 1" if rng.random() < 0.4 else "")
    (folder / "main.cf").write_text(text, newline="")
    (folder / "master.cf").write_text("".join(service(rng) + "\n" for _ in range(rng.randint(0, 4))), newline="")
    # Postfix reads a file again and again while its time is that of the moment.
    for name in ("main.cf", "master.cf"):
        os.utime(folder / name, (1767225600, 1767225600))


def postconf(root, *arguments):
    return subprocess.run(["postconf", "-c", root / "etc/postfix", *arguments], capture_output=True)


def settings(output):
    for line in output.decode(errors="replace").splitlines():
        name, _, text = line.partition(" =")
        yield name, text.strip(" ")


def oracle(root):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        all_names, services = pool.map(lambda a: postconf(root, a), ["-x", "-Px"])
    if all_names.returncode or services.returncode:
        return None
    text = (root / "etc/postfix/main.cf").read_text()
    written = [name for name in NAMES + ["myhostname"] if re.search(r"(?m)^%s[ \t]*=" % re.escape(name), text) and name not in ("process_name", "service_name")]
    rows = {("", name): text for name, text in settings(all_names.stdout) if name in written + DEFAULTS}
    for name, text in settings(services.stdout):
        name, kind, key = name.split("/", 2)
        rows[name + "/" + kind, key] = text
    return sorted((*key, text) for key, text in rows.items())


def mine(rows):
    written = [row for row in rows if not row["key"].startswith("@") and (row["key"] in DEFAULTS or not row["origin"].get("default"))]
    return sorted((row["scope"], row["key"], row["value"]) for row in written)


differential.run("postfix", generate, oracle, mine, needs=["postconf"])
