"""docker-compose 1.29 (its own loader, as `docker-compose config` uses it) and plimsoll make the same services of a project.

Left out is what the specification changed since: `!reset`, `!override`, `include`, uniqueness by key of ports in an override, and
which lists an `extends` may not take along.
"""
import sys

import differential

# This script has the name of the module that it asks.
HERE = sys.path.pop(0)
try:
    from compose.config import config as loader
    from compose.config.environment import Environment
    from compose.config.errors import ConfigurationError
except ImportError:
    loader = None
sys.path.insert(0, HERE)

SCALARS = {
    "image": ["a:1", "a", "${IMG}", "${IMG:-b}:${TAG-2}", "x/${NONE}y", "$$a", "${EMPTY:-e}", "${EMPTY-e}f", "a:$TAG", "r:5000/a@sha256:0123"],
    "user": ["root", "'0:0'", "${WHO}", "'1000'", "\"${WHO:-app}\""],
    "privileged": ["true", "false", "yes", "off"],
    "read_only": ["true", "no"],
    "restart": ["always", "\"no\"", "on-failure:3", "unless-stopped"],
    "network_mode": ["host", "bridge", "none"],
    "pid": ["host"], "ipc": ["host", "shareable"], "userns_mode": ["host"],
    "hostname": ["h", "${TAG}", "'#h'", "h # c"],
    "cgroup_parent": ["m", "*name"],
    "working_dir": ["/x", ">-\n        /y\n        z", "|-\n        /w", "\"/a\\x62\""],
}
LISTS = {
    "cap_add": ["NET_ADMIN", "SYS_TIME", "ALL", "${CAP:-CHOWN}"],
    "cap_drop": ["ALL", "NET_RAW"],
    "security_opt": ["no-new-privileges:true", "seccomp:unconfined", "'label:disable'", "apparmor:${TAG}"],
    "dns": ["10.0.0.1", "10.0.0.2", "${IP:-10.0.0.3}"],
    "tmpfs": ["/run", "/tmp:size=1"],
    "command": ["a", "'b c'", "$$x", "${TAG}"],
    "entrypoint": ["/e", "-f"],
}
PORTS = ["'80'", "'8080:80'", "'127.0.0.1:81:81'", "'53:53/udp'", "'0.0.0.0:${PORT:-9}:99'", "'127.0.0.1::7'", "'[::1]:6:6'", "{target: 44, published: 4044}", "{target: 45, published: 4045, protocol: udp}"]
VOLUMES = ["/anon", "named:/n", "named:/o:ro", "/etc:/e", "/etc/:/f:ro", "./rel:/r", "/s:/s:ro,rshared", "/var/run/docker.sock:/d", "/z:/z:z", "{type: bind, source: /l, target: /l, read_only: true}",
           "{type: volume, source: named, target: /m}", "/p${TAG}:/p", "{type: bind, source: /q, target: /q, bind: {propagation: rslave}}"]
DEVICES = ["/dev/a", "/dev/b:/dev/x", "/dev/c:/dev/c:r"]
VARIABLES = [("A", "1"), ("B", "x=y"), ("C", "${TAG}"), ("D", "${NONE}"), ("E", "$$e"), ("F", "${NONE:-a b}"), ("G", "${TAG:+t}"), ("H", None), ("I", "")]
ULIMITS = ["nproc: 5", "nofile: {soft: 1, hard: 2}", "nproc: -1"]


def quoted(text):
    return "'%s'" % text


def variables(rng):
    chosen = rng.sample(VARIABLES, rng.randint(1, 4))
    if rng.random() < 0.5:
        return "\n" + "".join("      - %s\n" % quoted(n if v is None else n + "=" + v) for n, v in chosen)
    return "\n" + "".join("      %s:%s\n" % (n, "" if v is None else " " + quoted(v)) for n, v in chosen)


def some(rng, items, most=3):
    return rng.sample(items, rng.randint(1, min(most, len(items))))


def listed(rng, items):
    items = some(rng, items)
    if rng.random() < 0.3 and not any("\n" in i for i in items):
        return " [%s]\n" % ", ".join(items if all(i[0] in "'{" for i in items) else [i if i[0] in "'{" else quoted(i) for i in items])
    return "\n" + "".join("      - %s\n" % i for i in items)


def service(rng, name, over=False):
    lines = []
    for key in rng.sample(sorted(SCALARS), rng.randint(0 if over else 1, 5)):
        value = rng.choice(SCALARS[key])
        lines.append("    %s: %s\n" % (key, "m" if value == "*name" else value))
    for key in rng.sample(sorted(LISTS), rng.randint(0, 3)):
        lines.append("    %s:%s" % (key, listed(rng, LISTS[key]) if rng.random() < 0.8 or key.startswith(("cap", "sec")) else " %s\n" % LISTS[key][0]))
    if rng.random() < 0.4:
        lines.append("    environment:%s" % variables(rng))
    if rng.random() < 0.4 and not over:
        lines.append("    ports:%s" % listed(rng, PORTS))
    if rng.random() < 0.4:
        lines.append("    volumes:%s" % listed(rng, VOLUMES))
    if rng.random() < 0.2:
        lines.append("    devices:%s" % listed(rng, DEVICES))
    if rng.random() < 0.2:
        lines.append("    ulimits:\n      %s\n" % rng.choice(ULIMITS))
    if not over and not any(l.startswith("    image:") for l in lines) and rng.random() < 0.9:
        lines.append("    image: z\n")
    rng.shuffle(lines)
    return "  %s:\n%s" % (name, "".join(lines) or "    hostname: h\n")


def project(rng, names, over=False, extends=()):
    text = "version: '3.9'\n" if rng.random() < 0.2 else ""
    merged = not over and rng.random() < 0.3
    if merged:
        text += "x-base: &base\n  cap_drop: [ALL]\n  privileged: true\n  environment: {A: base, M: m}\n"
    text += "services:\n"
    for name in names:
        body = service(rng, name, over)
        head, rest = body.split("\n", 1)
        if merged and rng.random() < 0.6:
            head += "\n    <<: *base"
        if extends and rng.random() < 0.5:
            head += "\n    extends: " + rng.choice(extends)
        text += head + "\n" + rest
    # A named volume has to be declared.
    return text + "volumes:\n  named:\n"


def generate(rng, root):
    (root / ".env").write_text("IMG=img\nTAG=7 # seven\nEMPTY=\nWHO='me'\n")
    names = ["web", "db", "api"][:rng.randint(1, 3)]
    extends = []
    if rng.random() < 0.5:
        (root / "sub").mkdir()
        (root / "sub/base.yml").write_text(project(rng, ["one", "two"]))
        extends = ["{file: sub/base.yml, service: one}", "{file: ./sub/../sub/base.yml, service: two}"]
    if len(names) > 1 and rng.random() < 0.3:
        extends.append("{service: own}")
        names.append("own")
    (root / "docker-compose.yml").write_text(project(rng, names, extends=extends if names[-1] != "own" else extends[:0]) if names[-1] != "own"
                                             else project(rng, names[:-1], extends=extends).replace("volumes:\n  named:\n", service(rng, "own") + "volumes:\n  named:\n"))
    if rng.random() < 0.5:
        (root / "docker-compose.override.yml").write_text(project(rng, rng.sample(names, rng.randint(1, len(names))), over=True))


def text(value):
    return {True: "true", False: "false", None: ""}[value] if value is None or isinstance(value, bool) else str(value)


def port_rows(scope, port):
    out = {"protocol": port.protocol or "tcp", "target": str(port.target)}
    if port.published:
        out["published"] = str(port.published)
    if port.external_ip:
        out["host_ip"] = port.external_ip.strip("[]")
    return [(scope + " port", " ".join("%s=%s" % one for one in sorted(out.items())), "")]


def volume_rows(scope, root, volume):
    if hasattr(volume, "repr"):
        volume = volume.repr()
    if isinstance(volume, dict):
        source, target = volume.get("source") or "", volume["target"]
        mode = ["ro"] if volume.get("read_only") else []
        if volume.get("bind"):
            mode.append(volume["bind"]["propagation"])
    else:
        parts = volume.split(":")
        source, target = (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])
        mode = [m for m in (parts[2].split(",") if len(parts) > 2 else []) if m not in ("rw", "z")]
    # The program makes paths absolute.
    if source.startswith(str(root)):
        source = "./" + source.rsplit("/", 1)[1]
    return [(scope + " mount " + target, source.rstrip("/") or source, ",".join(sorted(mode)))]


def oracle(root):
    import logging
    logging.disable(logging.CRITICAL)
    try:
        # What stands in the environment of the test must not count.
        found = loader.load(loader.find(str(root), None, Environment.from_env_file(str(root)), None))
    except ConfigurationError:
        return None
    rows = []
    for one in found.services:
        scope = one["name"]
        for key in SCALARS:
            if key in one:
                rows.append((scope, key, text(one[key]) if key != "restart" else restart(one[key])))
        for key in LISTS:
            value = one.get(key)
            if value is None:
                continue
            value = value if isinstance(value, (list, tuple, set)) else [value]
            rows.append((scope, key, " ".join(value if key in ("command", "entrypoint") else sorted({v if isinstance(v, str) else v.repr() for v in value}))))
        for name, value in (one.get("environment") or {}).items():
            rows.append((scope + " env " + name, text(value), str(value is not None)))
        for port in one.get("ports") or []:
            rows += port_rows(scope, port)
        for volume in one.get("volumes") or []:
            rows += volume_rows(scope, root, volume)
        for device in one.get("devices") or []:
            parts = device.split(":")
            rows.append((scope + " device", parts[0], parts[1] if len(parts) > 1 else parts[0]))
        for name, limit in (one.get("ulimits") or {}).items():
            for side in ("soft", "hard"):
                rows.append((scope, "ulimits.%s.%s" % (name, side), str(limit[side] if isinstance(limit, dict) else limit)))
    return sorted(rows)


def restart(value):
    if isinstance(value, dict):
        return value["Name"] + (":%d" % value["MaximumRetryCount"] if value["MaximumRetryCount"] else "")
    return str(value)


def mine(rows):
    below, out, lists = {}, [], {}
    for row in rows:
        # What a file that is extended has is judged as a document of its own, too.
        scope, _, rest = row["scope"].partition(" > ")
        if not scope.startswith("service ") or scope in ("service one", "service two"):
            continue
        name = scope.split(" ", 1)[1]
        if rest:
            below.setdefault((name, rest), {})[row["key"]] = row["value"]
        elif row["key"] in LISTS:
            if row["value"] or row["key"] not in ("cap_drop",):
                lists.setdefault((name, row["key"]), []).append(row["value"])
        elif (row["key"] in SCALARS or row["key"].startswith("ulimits.")) and not row["origin"].get("default"):
            out.append((name, row["key"], row["value"]))
    for (name, key), values in lists.items():
        out.append((name, key, " ".join(values if key in ("command", "entrypoint") else sorted(values) if key.startswith(("cap", "sec")) else sorted(set(values)))))
    for (name, rest), fields in below.items():
        kind, what = rest.split(" ", 1)
        if kind == "variable":
            out.append(("%s env %s" % (name, what), fields.get("value", ""), str("value" in fields)))
        elif kind == "port":
            out.append((name + " port", " ".join("%s=%s" % (k, fields[k]) for k in ("host_ip", "protocol", "published", "target") if k in fields), ""))
        elif kind == "mount":
            mode = ["ro"] * (fields["read_only"] == "true") + [fields[k] for k in ("bind.propagation",) if k in fields]
            out.append(("%s mount %s" % (name, what), fields.get("source", "").rstrip("/") or fields.get("source", ""), ",".join(sorted(mode))))
        elif kind == "device":
            out.append((name + " device", fields["source"], fields["target"]))
    return sorted(out)


if __name__ == "__main__":
    if loader is None:
        print("docker-compose is not installed")
        sys.exit(77)
    differential.run("compose", generate, oracle, mine)
