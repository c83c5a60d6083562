"""systemd, value by value: which values of each directive does systemd ignore, or refuse the unit for?

Every directive of services that `systemd --dump-configuration-items` lists is given each of the values below; `systemd-analyze verify`
says which lines it ignores. Words of a list that are ignored one by one are not asked for here, only assignments of one word.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MANAGER = "/usr/lib/systemd/systemd"
VALUES = """yes no 0 1 5 -5 100 65536 1G 1.5K 10% 110% 12.34% infinity 5s 1h2 5x 3ns 0755 0x10 08 +3 /abs/path /abs//p/ /a/../b relative -/opt ~ none all
full main always kill journal null file:/x fd:x fd:a:b tcp:80 any localhost 10.0.0.0/8 ::1/128 CAP_KILL HUP SIGRTMIN+2 RTMAX-31 EPERM native x86-64
system.slice foo.service foo.socket foo@.service http://x man:x A=b 1A=b %z %n id:val cpu 1-3,5 9999 aGVsbG8= aGVs! org.a.B org |/x |!/x reboot root 65535
. .. eth0 verylonginterfacename debug 8 idle rr shared net bogus default 1‰ maybe ON -1 19 20 -20 -1000 -1001 1:2 2:1 10001 9 262145""".split()
# an unknown word leaves an allow list empty, or only delegates nothing: the assignment has its effect
SKIP = {"RestrictAddressFamilies", "SystemCallFilter", "SystemCallLog", "RestrictFileSystems", "Delegate", "RestrictNetworkInterfaces", "ExtensionImages"}
OBSOLETE = re.compile("please use|unsafe|deprecated|obsolete|updating|Special user|escape sequences|references a path|IP firewall")


def directives():
    items, section = [], None
    for line in subprocess.run([MANAGER, "--dump-configuration-items"], capture_output=True, text=True).stdout.splitlines():
        if line.startswith("["):
            section = line[1:-1]
        elif section in ("Unit", "Service") and "=" in line and line.split("=")[0] not in SKIP:
            items.append((section, line.split("=")[0]))
    return items


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--plimsoll", required=True)
    ap.add_argument("--cases", type=int, default=len(VALUES), help="how many of the values")
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    if shutil.which("systemd-analyze") is None or not os.path.exists(MANAGER):
        print("systemd is not installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="differential-") as folder:
        units = pathlib.Path(folder) / "etc/systemd/system"
        units.mkdir(parents=True)
        lines = {}
        for number, value in enumerate(VALUES[:a.cases]):
            for section, key in directives():
                # one unit for each: some values end the reading of a file
                alone = section == "Service" and re.match("Exec[CS]|ExecReload|User|Group|Supp|Work|PIDF|SELinux|AppA|Smack|Dynamic|Root(Dir|Image$|Ver)", key)
                name = "v%d%s.service" % (number, "-" + key.lower() if alone else "-" + section.lower())
                lines.setdefault(name, ["[Service]", "ExecStart=/bin/true", "[%s]" % section]).append("%s=%s" % (key, value))
        for name, text in lines.items():
            (units / name).write_text("\n".join(text) + "\n")
        warned = collections.defaultdict(list)
        names = sorted(lines)
        env = {"SYSTEMD_LOG_LEVEL": "info", "SYSTEMD_LOG_TARGET": "console", "SYSTEMD_COLORS": "0", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        for start in range(0, len(names), 60):
            done = subprocess.run(["systemd-analyze", "--root=" + folder, "verify", "--man=no", "--generators=no", *names[start:start + 60]], capture_output=True, env=env, cwd="/")
            for name, line, text in re.findall(r"^%s/(\S+?):(\d+): (.*)$" % re.escape(str(units)), done.stderr.decode(errors="replace"), flags=re.M):
                if not OBSOLETE.search(text):
                    warned[name, int(line)].append(text)
        done = subprocess.run([a.plimsoll, "facts", "systemd", "--root", folder, "--format", "jsonl", "--shadowed"], capture_output=True, text=True)
        printed = {(os.path.basename(row["origin"].get("file", "")), row["origin"].get("line")) for row in map(json.loads, done.stdout.splitlines())}
        compared = different = 0
        for name, text in sorted(lines.items()):
            for number, line in enumerate(text[3:], 4):
                compared += 1
                if bool(warned[name, number]) == ((name, number) in printed):
                    different += 1
                    if different <= 20:
                        print("%s: systemd says %s" % (line, warned[name, number][:1] or "nothing"))
        print("systemd-values: %d compared, 0 refused by the program, %d differences" % (compared, different))
        sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
