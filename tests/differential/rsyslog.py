"""The log files that rsyslogd makes, and with which permissions, are the ones that plimsoll names.

rsyslogd has no dump of its configuration, so each case runs it until it has logged its own start, and looks at the files."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import differential

PROGRAM = "/usr/sbin/rsyslogd"
# Complaints about the configuration are logged before the start is, and may be of other severities.
LAST = ":msg, contains, \"] start\" /log/last\n"


class Writer:
    def __init__(self, rng):
        self.rng, self.files, self.rulesets = rng, 0, 0

    def name(self, prefix=""):
        self.files += 1
        return "/log/%s%d" % (prefix, self.files)

    def selector(self):
        return self.rng.choice(["*.*", "*.info", "syslog.*", "*.*;mail.none", "syslog,mail.info;cron.!err", "*.=info", "SYSLOG.*", ":programname, isequal, \"rsyslogd\"", ":msg,!contains,\"\\\"x\"",
                                "  *.info"]) + self.rng.choice([" ", "\t", "  \t", "\n"])

    def mode(self, quoted=False):
        good = ["0600", "0640", "0644", "0604", "0000", "00640" if quoted else "0666"]
        return self.rng.choice(good if quoted else good + ["640", "0o640", "08888", "0640x", "0640 # c", "+640", ""])

    def old(self, prefix=""):
        return self.rng.choice(["", "", "\\\n  "]) + self.rng.choice(["", "-"]) + self.name(prefix) + self.rng.choice(["", "", "", ";RSYSLOG_FileFormat", " ; RSYSLOG_ForwardFormat", "  # no comment", " x"])

    def new(self, prefix=""):
        parameters = ["type=\"%s\"" % self.rng.choice(["omfile", "omfile", "OMFILE", "builtin:omfile"])]
        parameters.append(self.rng.choice(["file", "File"]) + " = \"%s\"" % self.name(prefix))
        if self.rng.random() < 0.5:
            parameters.append(self.rng.choice(["fileCreateMode", "FileCreateMode"]) + "=\"%s\"" % self.mode(True))
        if self.rng.random() < 0.15:
            parameters.append("fileCreateMode=\"%s\"" % self.mode(True))
        if self.rng.random() < 0.15:
            parameters.append("file=\"%s\"" % self.name(prefix))
        if self.rng.random() < 0.3:
            parameters.append("template=\"RSYSLOG_FileFormat\"")
        rest = parameters[1:]
        self.rng.shuffle(rest)
        gap = self.rng.choice([" ", " ", "\n  ", " /* a \" ) */ ", "\n# ) \"\n"])
        return self.rng.choice(["action(", "action (", "ACTION("]) + gap.join(parameters[:1] + rest) + ")"

    def act(self, prefix=""):
        first = self.old(prefix) if self.rng.random() < 0.6 else self.new(prefix)
        return first + "".join("\n&" + self.rng.choice([" ", "", "\t"]) + (self.old(prefix) if self.rng.random() < 0.5 else self.new(prefix)) for _ in range(self.rng.choice([0, 0, 0, 1, 2])))

    def block(self, depth, prefix=""):
        return "{\n" + "".join(self.statement(depth + 1, prefix) for _ in range(self.rng.randint(1, 3))) + "}\n"

    def statement(self, depth, prefix=""):
        kind = self.rng.random()
        if kind < 0.45 or depth > 2:
            return self.selector() + self.act(prefix) + "\n"
        if kind < 0.55:
            return self.selector() + self.block(depth, prefix)
        if kind < 0.7:
            return "if %s then " % self.rng.choice(["1", "$programname == 'rsyslogd'", "not ($msg contains \"then {\")", "$syslogseverity <= 6 /* then */ and 1 == 1"]) + \
                (self.block(depth, prefix) if self.rng.random() < 0.6 else self.act(prefix) + "\n")
        if kind < 0.8:
            return "if $msg contains 'never' then %selse %s" % (self.block(depth, "never"), self.block(depth, prefix))
        if kind < 0.85:
            return "set $.x = \"then }\" & 'a';\n"
        if kind < 0.92:
            return "# *.* /log/never\n" if self.rng.random() < 0.5 else "/* *.* /log/never\n { */\n"
        return "$FileCreateMode %s\n" % self.mode()

    def top(self):
        kind = self.rng.random()
        if kind < 0.55:
            return self.statement(0)
        if kind < 0.75:
            return self.rng.choice(["$FileCreateMode ", "  $filecreatemode\t", "$FileCreateMode  "]) + self.mode() + "\n"
        if kind < 0.8:
            return "$FileCreateMode 06\\\n   %s\n" % self.rng.choice(["40", "00"])
        if kind < 0.85:
            return "module(load=\"builtin:omfile\" fileCreateMode=\"%s\")\n" % self.mode(True)
        if kind < 0.93:
            self.rulesets += 1
            prefix = self.rng.choice(["", "", "never"])
            text = "ruleset(name=\"r%d\") %s" % (self.rulesets, self.block(1, prefix))
            return text if prefix else text + "*.* call r%d\n" % self.rulesets
        if kind < 0.97:
            return self.rng.choice(["$IncludeConfig /etc/rsyslog.d/*.conf\n", "include(file=\"/etc/rsyslog.d/*.conf\")\n", "$IncludeConfig /etc/rsyslog.d/\n", "include(file=\"/etc/rsyslog.d\" mode=\"optional\")\n",
                                    "include(file=\"/etc/rsyslog.none\" mode=\"optional\")\n", "$IncludeConfig /etc/rsyslog.none/*.conf\n"])
        return self.rng.choice(["template(name=\"t%d\" type=\"list\") { property(name=\"msg\") constant(value=\"} {\\n\") }\n" % self.files, "$IncludeConfig /etc/rsyslog.none\n", "}\n", "action(type=)\n", "*.* stop )\n", "\n\r\n"])


def generate(rng, root):
    writer = Writer(rng)
    (root / "etc/rsyslog.d/sub").mkdir(parents=True)
    head = "global(processInternalMessages=\"on\")\n$umask 0000\n"
    (root / "etc/rsyslog.conf").write_text(head + "".join(writer.top() for _ in range(rng.randint(1, 9))) + LAST)
    for name in rng.sample(["10-a.conf", "20-b.conf", "30-c.txt", ".d.conf", "sub/e.conf"], rng.randint(0, 4)):
        (root / "etc/rsyslog.d" / name).write_text("".join(writer.statement(1) for _ in range(rng.randint(0, 3))))


def is_at_rest(pid):
    """No thread runs or waits for the disk: on a busy machine one that is not done yet does."""
    states = []
    for stat in pathlib.Path("/proc/%d/task" % pid).glob("*/stat"):
        try:
            states.append(stat.read_text().rsplit(")", 1)[1].split()[0])
        except OSError:
            return False
    return all(state == "S" for state in states)


def log_files(conf, logs):
    """The files of one run with their modes, and whether the last statement was reached."""
    logs.mkdir()
    daemon = subprocess.Popen([PROGRAM, "-n", "-f", str(conf), "-i", "NONE"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    resting = 0
    while resting < 60 and daemon.poll() is None and not (logs / "last").exists():
        time.sleep(0.005)
        resting = resting + 1 if is_at_rest(daemon.pid) else 0
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    made = sorted((name, "%04o" % (os.stat(logs / name).st_mode & 0o7777)) for name in os.listdir(logs))
    shutil.rmtree(logs)
    return made, any(name == "last" for name, _ in made)


def oracle(root):
    """A copy of everything, with the paths of the case. A mistake may swallow the last statement; then nothing says that
    the daemon is done, and two runs have to agree."""
    logs, copy = root.parent / "log", root.parent / "etc"
    for path in (root / "etc").rglob("*"):
        target = copy / path.relative_to(root / "etc")
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text()
            target.write_text(text.replace("/log/", str(logs) + "/").replace("/etc/", str(copy) + "/"))
    before = None
    while True:
        made, is_done = log_files(copy / "rsyslog.conf", logs)
        if is_done or made == before:
            return made
        before = made


def mine(rows):
    out = {}
    for row in rows:
        if row["kind"] == "action" and row["name"] == "omfile" and row["used"] and not re.match("/log/never", row["target"]):
            out.setdefault(row["target"].removeprefix("/log/"), row["file_create_mode"])
    return sorted(out.items())


differential.run("rsyslog", generate, oracle, mine, needs=[PROGRAM])
