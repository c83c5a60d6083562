"""The lines of auditd.conf that auditd takes, up to one that it refuses, are what plimsoll tells.

auditd runs in name spaces of its own, in which the kernel lets it do nothing. No configuration here passes its last check (`space_left` above
`admin_space_left`), so that it ends once it has read the file.
"""
import os
import re
import subprocess

import differential

NAMES = {"max_log_size": "max_log_file", "max_log_size_action": "max_log_file_action", "space_action": "space_left_action", "eoe_timeout": "end_of_event_timeout"}
WORDS = {
    "local_events": ["yes", "No", "1"], "write_logs": ["YES", "no", "true"], "log_format": ["raw", "ENRICHED", "json"], "flush": ["none", "INCREMENTAL", "incremental_async", "data", "Sync", "async"],
    "freq": ["0", "50", "x", "-1"], "num_logs": ["5", "099", "5x"], "name_format": ["NONE", "hostname", "fqd", "numeric", "user", "x"], "name": ["me", "#x"], "max_log_file": ["8", "6", "08", "8M", "-8"],
    "max_log_file_action": ["ROTATE", "keep_logs", "ignore", "syslog", "suspend", "email", "halt"], "space_left": ["0", "99%", "100%", "%"], "space_left_action": ["SYSLOG", "email", "exec /usr/bin/env", "exec", "exec env", "single", "halt", "rotate", "x"],
    "action_mail_acct": ["root", "postmaster", "r", "a b", "a@b", "a.b@c", "a@b.c", "x@@y.z", "r\xe9", "r,b"], "verify_email": ["yes", "no", "maybe"], "admin_space_left": ["50", "75", "5M"], "admin_space_left_action": ["SUSPEND", "email", "Single", "halt", "Exec /usr/bin/env", "x"],
    "disk_full_action": ["SUSPEND", "rotate", "email", "halt", "single", "halt x"], "disk_error_action": ["syslog", "rotate", "email", "HALT", "single"], "priority_boost": ["4", "a", "2147483648"], "max_restarts": ["10", "ten"],
    "overflow_action": ["SYSLOG", "halt", "single", "ignore", "suspend", "email"], "distribute_network": ["no", "yes", "x"], "transport": ["TCP", "udp"], "use_libwrap": ["yes", "no", "x"], "q_depth": ["2000", "q", "99999", "100000"], "nothing": ["x"],
}


def line(rng):
    key = rng.choice(list(WORDS)[:-1]) if rng.random() < 0.99 else "nothing"
    value = WORDS[key][0] if rng.random() < 0.6 else rng.choice(WORDS[key])
    key = rng.choice([key, key, key.upper(), key.title()])
    kind = rng.random()
    if kind < 0.75:
        text = rng.choice(["", "", " "]) + key + rng.choice([" ", " ", "  "]) + "=" + rng.choice([" ", " ", "   "]) + value + rng.choice(["", "", " ", " " * rng.randint(120, 150)])
    elif kind < 0.95:
        text = rng.choice(["#", " # ", "##", ""]) + rng.choice(["", "# x"])
    else:
        text = rng.choice([key + "=" + value, key + " = ", key, key + "\t= " + value, key + " = " + value + " # x", key + " == " + value, "\t", "x" * rng.randint(156, 161), key + " = " + value + "\r", "\t# x"])
    return text


def generate(rng, root):
    folder = root / "etc/audit"
    folder.mkdir(parents=True)
    text = "\n".join(["num_logs = 5"] + [line(rng) for _ in range(rng.randint(0, 9))])
    (folder / "auditd.conf").write_text(text + rng.choice(["\n", "\n", "\n", ""]) if "\n" in text else text + "\n")
    (folder / "auditd.conf").chmod(rng.choice([0o640, 0o640, 0o640, 0o660, 0o604, 0o642]))
    kind = rng.random()
    if kind < 0.05:
        (folder / "auditd.conf").rename(folder / "real.conf")
        (folder / "auditd.conf").symlink_to("real.conf")
    elif kind < 0.1:
        os.chown(folder / "auditd.conf", 1, 0)


def oracle(root):
    done = subprocess.run(["unshare", "-n", "-p", "-f", "auditd", "-f", "-c", str(root / "etc/audit")], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    loaded = "must be larger than" in done.stderr
    values, last = [], None
    for text in done.stderr.splitlines():
        found = re.match(r"(\w+)_parser called with: (.*)", text)
        if found:
            last = NAMES.get(found[1], found[1])
            values.append((last, found[2]))
        elif not loaded and re.search(r"not found|only be numbers|Illegal option|path needed|Wrong|illegal|less than 100|should have|or less|is too ", text) and last is not None:
            # What is said last is said of the line on which it stops.
            if not re.search(r"Wrong|Missing", text):
                values.pop()
    settled = dict(values)
    return sorted((k, v.split()[0].lower()) for k, v in settled.items())


def mine(rows):
    return sorted((r["key"], r["value"].split()[0].lower()) for r in rows if "file" in r["origin"])


differential.run("auditd", generate, oracle, mine, needs=["auditd", "unshare"])
