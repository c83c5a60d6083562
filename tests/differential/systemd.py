"""systemd: against the manager's own dump (`systemd-analyze verify` with debug output) and `systemctl list-unit-files`.

Each value comes from a pool that knows what the dump says of it, so every final assignment, reset and ignored line shows.
"""
import os
import re
import subprocess

from differential import run

BAD = "(ignored)"  # systemd ignores the assignment; None: it resets the setting
POOLS = {  # key: (name in the dump, default, {value: what the dump says})
    "Description": ("Description", None, {"one two": "one two", "a = b": "a = b", '"quoted"': '"quoted"', "50%%": "50%", "x\\y": "x\\y", "": None}),
    "User": ("User", None, {"root": "root", "www-data": "www-data", "0": "0", "a b": "a b", "": None}),
    "Type": ("Type", "simple", {"exec": "exec", "notify": "notify", "Exec": BAD, "": BAD, "fork": BAD, "simple": "simple"}),
    "Restart": ("Restart", "no", {"always": "always", "on-failure": "on-failure", "yes": BAD, "": BAD, "no": "no"}),
    "KillMode": ("KillMode", "control-group", {"process": "process", "mixed": "mixed", "bogus": BAD, "": "control-group"}),
    "UMask": ("UMask", "0022", {"077": "0077", "0027": "0027", "0999": BAD, "+77": BAD, "": BAD, "10000": BAD, "7": "0007"}),
    "PrivateTmp": ("PrivateTmp", "no", {"yes": "yes", "On": "yes", "1": "yes", "0": "no", "FALSE": "no", "t": "yes", "maybe": BAD, "": BAD, "2": BAD}),
    "ProtectControlGroups": ("ProtectControlGroups", "no", {"y": "yes", "n": "no", "yes please": BAD, "": BAD}),
    "ProtectSystem": ("ProtectSystem", "no", {"full": "full", "strict": "strict", "true": "yes", "off": "no", "Strict": BAD, "": BAD}),
    "ProtectHome": ("ProtectHome", "no", {"read-only": "read-only", "tmpfs": "tmpfs", "on": "yes", "readonly": BAD, "": BAD}),
    "ProtectProc": ("ProtectProc", "default", {"invisible": "invisible", "noaccess": "noaccess", "yes": BAD, "": BAD}),
    "RestartSec": ("RestartSec", "100ms", {"5": "5s", "2min 3s": "2min 3s", "1.5h": "1h 30min", "0": "0", "5 s": "5s", "5x": BAD, "": BAD, "-1": BAD, "infinity": "infinity", "1s2s": "3s"}),
    "TimeoutStopSec": ("TimeoutStopSec", "1min 30s", {"7": "7s", "0": "infinity", "1.2.3": BAD, "": BAD}),
    "RootDirectory": ("RootDirectory", "/", {"/srv/x": "/srv/x", "/srv//x/": "/srv/x", "": "/"}),
    "WorkingDirectory": ("WorkingDirectory", "/", {"/srv": "/srv", "-/opt/./x": "/opt/x", "-rel": BAD, "": "/"}),
    "Nice": ("Nice", None, {"5": "5", "-20": "-20", "20": BAD, "x": BAD, "": None}),
    "OOMScoreAdjust": ("OOMScoreAdjust", None, {"-1000": "-1000", "1001": BAD, "7": "7", "": None}),
    "LimitNOFILE": ("LimitNOFILE", None, {"1024": "1024", "1:2": "2", "2:1": BAD, "infinity": "infinity", "1K": BAD, "": BAD}),
    "TasksMax": ("TasksMax", None, {"17": "17", "0": BAD, "18446744073709551615": BAD, "x": BAD}),
    "MemoryMax": ("MemoryMax", None, {"1G": "1073741824", "1.5M": "1572864", "1K1": "1025", "0": BAD, "lots": BAD, "5T1G": "5498631880704"}),
    "CPUWeight": ("CPUWeight", None, {"100": "100", "10001": BAD, "idle": "0", "0": BAD}),
    "KillSignal": ("KillSignal", "SIGTERM", {"SIGINT": "SIGINT", "HUP": "SIGHUP", "9": "SIGKILL", "RTMIN+3": "SIGRTMIN+3", "sigint": BAD, "65": BAD, "": BAD}),
    "StandardOutput": ("StandardOutput", "inherit", {"null": "null", "journal+console": "journal+console", "kmsg": "kmsg", "pipe": BAD, "file:rel": BAD, "": BAD}),
    "DevicePolicy": ("DevicePolicy", "auto", {"closed": "closed", "strict": "strict", "open": BAD, "": BAD}),
    "KeyringMode": ("KeyringMode", "private", {"shared": "shared", "inherit": "inherit", "none": BAD, "": BAD}),
}
LISTS = {  # key: (name in the dump, {value: elements})
    "ReadWritePaths": ("ReadWritePaths", {"/a /b": ["/a", "/b"], "-/c": ["-/c"], "rel": [], '"/d e"': ["/d e"], "/f/../g": [], "+/h//i/": ["+/h/i"], "rel /j": ["/j"], '/k "/l': ["/k"]}),
    "InaccessibleDirectories": ("InaccessiblePaths", {"/old": ["/old"], "old": []}),
    "InaccessiblePaths": ("InaccessiblePaths", {"/new": ["/new"], "-/x": ["-/x"]}),
    "SupplementaryGroups": ("SupplementaryGroups", {"adm": ["adm"], "a b": ["a", "b"], "0": ["0"]}),
    "Documentation": ("Documentation", {"man:x(1)": ["man:x(1)"], "http://a https://b": ["http://a", "https://b"], "ftp://c": [], "x": [], "file:/y z": ["file:/y"]}),
    "ExecStartPre": ("ExecStartPre", {"/bin/a b": ["/bin/a b"], "-/bin/c": ["/bin/c"], "/bin/d ; /bin/e f": ["/bin/d", "/bin/e f"], '"/bin/g h" i': ['"/bin/g h" i'], "-/bin/x/": [], "-": [],
                                      '/bin/j "k l"': ['/bin/j "k l"'], "@/bin/m n": ["n"], '"unbalanced': [], "-/bin/o %Z": []}),
    "Environment": ("Environment", {"A1=b": ["A1=b"], "B2=c D3=e": ["B2=c", "D3=e"], '"F4=g h"': ["F4=g h"], "1I=x": [], "noequals": [], "J5=k 2=l": ["J5=k"]}),
    "PassEnvironment": ("PassEnvironment", {"HOME": ["HOME"], "X Y": ["X", "Y"], "9": [], "A-B C": ["C"]}),
}
FATAL = ["User=a:b", "DynamicUser=perhaps", "RootDirectory=rel", "ExecStart=/bin/x/", "ExecStart=/bin/date +%z", "SupplementaryGroups=b/c", "WorkingDirectory=rel", "PIDFile=/../x", "[Service", "[Ser'vice]", "ExecStop=a/b", "User=65535"]
NOISE = ["privatetmp=yes", "PrivateTmp yes", "=x", "X-Foo=1", "Bogus=1", "# PrivateTmp=yes", "; User=x", "  # indented", "", "   ", "PRIVATETMP=yes", "Private Tmp=yes", "User =", "Capabilities=x"]
SECTION = {"Description": "Unit", "Documentation": "Unit"}

DIRS = ["etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system"]
NAMES = ["foo.service", "foo-bar.service", "foo-bar-baz.service", "t@.service", "a-t@.service", "t@x.service", "a-t@x-y.service", "one.service", "ghost.service"]
DROPS = ["10-a.conf", "20-b.conf", "50-c.conf", "a.conf", "z.conf", ".hidden.conf", "x.conf~", "README"]


def assignment(rng):
    kind = rng.random()
    if kind < 0.5:
        key = rng.choice(list(POOLS))
        values = list(POOLS[key][2])
    else:
        key = rng.choice(list(LISTS))
        values = list(LISTS[key][1]) + [""]
    value = rng.choice(values)
    text = key + rng.choice(["=", "=", "=", " = ", "= "]) + value
    if rng.random() < 0.12 and " " in value and '"' not in value and "\\" not in value and key in LISTS:
        at = text.rindex(" ")
        text = text[:at] + rng.choice([" \\\n", "\\\n", " \\\n# comment in between\n", "\\\n;\n   "]) + text[at + 1:]
    return SECTION.get(key, "Service"), text


def body(rng, count, bad=0.02):
    lines, section = [], None
    for _ in range(count):
        if rng.random() < 0.12:
            lines.append(rng.choice(NOISE))
            continue
        if rng.random() < bad:
            if section != "Service":
                lines.append("[Service]")
                section = "Service"
            lines.append(rng.choice(FATAL))
            if lines[-1].startswith("["):
                section = None
            continue
        wanted, text = assignment(rng)
        if wanted != section or rng.random() < 0.1:
            if rng.random() < 0.05:
                lines.append(rng.choice(["[X-Vendor]", "[Unknown]", "[service]", "[ Service ]", "[Install]"]))
                lines.append("PrivateTmp=yes")
            lines.append(rng.choice(["[%s]", "[%s]", "  [%s]  "]) % wanted)
            section = wanted
        lines.append(text)
    end = rng.choice(["\n"] * 6 + ["\r\n", "\r"])
    text = end.join(line.replace("\n", end) for line in lines)
    if rng.random() < 0.9:
        text += end
    if rng.random() < 0.05:
        text = "\ufeff" + text
    return text


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() and not path.is_symlink():
        path.write_text(text, newline="", encoding="utf-8")


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() and not path.is_symlink():
        path.symlink_to(target)


def install(rng, name):
    if rng.random() < 0.5:
        return ""
    lines = ["WantedBy=multi-user.target", "RequiredBy=x.target y.target", "Alias=al.service", "Also=one.service", "WantedBy=", "DefaultInstance=x", "wantedby=z.target", "Alias=", "Alias=other-name.service"]
    return "\n[Install]\n" + "\n".join(rng.sample(lines, rng.randint(0, 3))) + "\n"


def own_name(root, name):
    """The name of the unit that a name leads to through links in the unit directories, if they lead to a file."""
    first = name
    for _ in range(8):
        files = [name] if any((root / folder / name).is_symlink() or (root / folder / name).exists() for folder in DIRS) else [re.sub("@.*[.]", "@.", name)]
        for folder in DIRS:
            path = root / folder / files[0]
            if path.is_symlink() and "/" not in os.readlink(path).replace("../system/", ""):
                target = os.readlink(path).rsplit("/")[-1]
                if target == name or target.endswith(".target"):
                    continue
                if "@." in target and "@." not in name:
                    target = target.replace("@.", "@" + name.split("@")[1].rsplit(".", 1)[0] + ".") if "@" in name else None
                if target is None or ("@" in target) != ("@" in name) or ("@." in name) != ("@." in target):
                    continue
                if "@" in name and target.split("@")[1] != name.split("@")[1]:
                    continue
                if target == name:
                    return name
                name = target
                break
            if path.exists() or path.is_symlink():
                return name
        else:
            return first
    return first


def generate(rng, root):
    write(root / "dev/null", "")
    for name in NAMES:
        if name == "ghost.service" or rng.random() < 0.15:
            continue
        for _ in range(rng.choice([1, 1, 2])):
            place = root / rng.choice(DIRS)
            kind = rng.random()
            if kind < 0.07:
                link(place / name, "/dev/null")
            elif kind < 0.1:
                write(place / name, "")
            elif kind < 0.16:
                write(root / "opt" / name, "[Service]\nExecStart=/bin/true\n" + body(rng, 5) + install(rng, name))
                link(place / name, os.path.relpath(root / "opt" / name, place))
            elif kind < 0.22:
                link(place / name, rng.choice(["foo.service", "one.service", "t@.service", "missing.service", "../system/one.service", "foo.target", name]))
            else:
                write(place / name, "[Service]\nExecStart=/bin/true\n" + body(rng, rng.randint(2, 12), 0.01) + install(rng, name))
    for alias in rng.sample(["al.service", "al-t@.service", "t@al.service", "al@z.service", "other-name.service"], 2):
        targets = ["foo.service", "one.service", "al.service"] if "@" not in alias else ["t@.service", "t@z.service", "a-t@.service", "t@al.service"]
        link(root / rng.choice(DIRS) / alias, rng.choice(targets))
    owners = ["multi-user.target", "foo.service", "x.target", "foo-.target"]
    for _ in range(rng.randint(0, 5)):
        unit = rng.choice(["t@w.service", "t@x.service", "a-t@q-r.service", "foo.service", "al@z.service", "al-t@i.service", "t@.service"])
        target = rng.choice(["../" + unit, "../t@.service", "/nowhere/" + unit] + ["/dev/null"] * ("@" not in unit))
        link(root / rng.choice(DIRS) / (rng.choice(owners) + rng.choice([".wants", ".requires"])) / unit, target)
    owners = ["foo.service", "foo-.service", "foo-bar-.service", "foo-bar-baz.service", "service", "t@.service", "t@x.service", "a-.service", "a-@.service", "a-@x-y.service", "al.service", "al-t@.service", "ghost.service", "one.service", "t@al.service"]
    for _ in range(rng.randint(0, 8)):
        path = root / rng.choice(DIRS) / (rng.choice(owners) + ".d") / rng.choice(DROPS)
        kind = rng.random()
        if kind < 0.08:
            link(path, "/dev/null")
        elif kind < 0.12:
            write(path, "")
        elif kind < 0.15:
            link(path, "nowhere")
        elif kind < 0.17:
            path.mkdir(parents=True, exist_ok=True) if not path.exists() and not path.is_symlink() else None
        else:
            write(path, body(rng, rng.randint(1, 5), 0.04) + (install(rng, "") if rng.random() < 0.2 else ""))


def unit_names(root):
    """Every service with a file, and every instance that a link names."""
    names = set()
    for folder in DIRS:
        for path in sorted((root / folder).glob("*")):
            if path.name.endswith(".service") and "@." not in path.name:
                names.add(path.name)
            if path.name.endswith((".wants", ".requires")):
                names |= {entry.name for entry in path.iterdir() if re.fullmatch(r"[^@]+@.+\.service", entry.name)}
    return sorted(names)


def oracle(root):
    env = {"SYSTEMD_LOG_LEVEL": "debug", "SYSTEMD_LOG_TARGET": "console", "SYSTEMD_COLORS": "0", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    names = unit_names(root)
    rows = []
    if names:
        done = subprocess.run(["systemd-analyze", "--root=%s" % root, "verify", "--man=no", "--generators=no", *names], capture_output=True, env=env, cwd="/")
        text = done.stdout.decode(errors="replace")
        for chunk in re.split(r"^\t-> Unit ", text, flags=re.M)[1:]:
            rows += unit_rows(chunk)
        for name in re.findall(r"Unit (\S+) (?:has a bad unit file setting|failed to load properly)", done.stderr.decode(errors="replace")):
            rows.append((own_name(root, name), "bad"))
        for name in re.findall(r"Unit (\S+) is masked", done.stderr.decode(errors="replace")):
            rows.append((own_name(root, name), "masked"))
    # It complains of units, too, that it was not asked about: what a template in a .requires directory becomes.
    asked = set(names) | {own_name(root, name) for name in names}
    rows = [row for row in rows if row[0] in asked]
    done = subprocess.run(["systemctl", "--root=%s" % root, "list-unit-files", "--no-legend", "--no-pager"], capture_output=True, text=True, env=env)
    for line in done.stdout.splitlines():
        words = line.split()
        if len(words) > 1 and words[1] not in ("alias", "bad") and own_name(root, words[0]) == words[0]:
            rows.append((words[0], "state", words[1]))
    return sorted({row for row in rows if row[1:] != ("bad",) or (row[0], "masked") not in rows}, key=repr)


def unit_rows(chunk):
    name = chunk.split(":\n")[0]
    fields, commands = {}, {}
    command = None
    for line in chunk.splitlines():
        found = re.match(r"\t\t-> (\w+):$", line)
        if found:
            command = found.group(1)
        elif line.startswith("\t\t\tCommand Line: "):
            commands.setdefault(command, []).append(line[17:])
        elif re.match(r"\t\t\w+: ", line):
            key, _, value = line[2:].partition(": ")
            fields.setdefault(key, []).append(value)
    rows = []
    for key, (dumped, default, _) in POOLS.items():
        value = fields.get(dumped, [None])[0]
        rows.append((name, key, told(key, name, value)))
    for dumped in sorted({dumped for dumped, _ in LISTS.values()}):
        elements = commands.get("ExecStartPre", []) if dumped == "ExecStartPre" else fields.get(dumped, [])
        rows.append((name, dumped, listed(dumped, elements)))
    return rows


def listed(dumped, elements):
    if dumped in ("ReadWritePaths", "InaccessiblePaths", "SupplementaryGroups", "PassEnvironment"):
        elements = " ".join(elements).split()
    if dumped == "PassEnvironment" or dumped == "Environment":
        return tuple(sorted(set(elements)))
    return tuple(elements)


def told(key, name, value):
    """A default that the dump prints is no row of ours."""
    if key == "Description" and value == name:
        return None
    if key in ("MemoryMax", "CPUWeight", "TasksMax") and value is not None and int(value) > 2 ** 40 * 10:
        return None
    if key == "LimitNOFILE" and value == "18446744073709551615":
        return "infinity"
    if value == POOLS[key][1]:
        return None
    return value


def mine(rows):
    out, units, states = [], {}, {}
    for row in rows:
        if row["scope"].endswith(".service") and row["key"] == "@load-state":
            states[row["scope"]] = row["value"]
            units.setdefault(row["scope"], {})
        elif row["key"] == "@unit-file-state":
            out.append((row["scope"], "state", row["value"]))
        elif row["scope"].endswith((" [Service]", " [Unit]")):
            name, section = row["scope"].split(" ")
            units.setdefault(name, {}).setdefault(row["key"], []).append(row["value"])
    for name, settings in units.items():
        if "@." in name:
            continue
        if states[name] != "loaded":
            out.append((name, "masked" if states[name] == "masked" else "bad"))
            continue
        for key in POOLS:
            values = settings.get(key.lower(), [])
            if len(values) > 1:
                out.append((name, key, "more than one row"))
            value = POOLS[key][2].get(values[-1], BAD) if values else None
            if values and value in (BAD, None):
                value = "printed, but without effect: " + values[-1]
            out.append((name, key, told(key, name, value)))
        done = set()
        for key, (dumped, _) in LISTS.items():
            if dumped in done:
                continue
            done.add(dumped)
            elements = []
            pool = {" ".join(v.split()): e for k, (d, p) in LISTS.items() if d == dumped for v, e in p.items()}
            for value in settings.get(dumped.lower(), []):
                elements += pool.get(" ".join(value.split())) or ["printed, but without effect: " + value]
            out.append((name, dumped, listed(dumped, elements)))
    return sorted(set(out), key=repr)


def keep_files(rows):
    return [row for row in rows if not (row[1] == "state" and re.match(r".*@[^.]", row[0]))]


if __name__ == "__main__":
    run("systemd", generate, lambda root: keep_files(oracle(root)), lambda rows: keep_files(mine(rows)), needs=["systemd-analyze", "systemctl"])
