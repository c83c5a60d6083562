"""podman: containers.conf, registries.conf, storage.conf and drop-ins against what `podman --log-level=trace info` has read; policy.json against skopeo.

podman reads fixed places, so each case is mounted over them in a mount name space of its own; this takes root.

Usage: podman.py --plimsoll PATH [--cases 400] [--seed 1]     exit 77 where podman cannot be asked.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

PODMAN = "/usr/bin/podman"
# Without PATH podman does not ask dpkg which packages its helpers are from.
SCRIPT = """set -e
mount --bind "$1/etc/containers" /etc/containers
mount --bind "$1/usr/share/containers" /usr/share/containers
mount --bind "$1/root" /root
mkdir -p /var/lib/containers /run/containers /run/libpod
for d in /var/lib/containers /run/containers /run/libpod; do mount -t tmpfs none $d; done
exec env -i HOME=/root PATH=/nonexistent %s --log-level=trace info --format json
""" % PODMAN
TEXTS = ['""', '"host"', '"private"', "'a b'", '"unconfined"', '"/x/y"', '"keep-id:uid=1"']
FLAGS = ["true", "false"]
LISTS = ["[]", '["a"]', '["b", "c"]', '["SYS_ADMIN", "cap_chown"]', "['x=1',\n  # y\n 'z=2']"]
NUMBERS = ["7", "0", "-1", "1_000", "0x10", "4096"]
NATURALS = ["7", "0", "1_000", "0x10"]
# Table and option → its name in the dump, values that are taken, and one that is not.
OPTIONS = {
    ("containers", "apparmor_profile"): ("ApparmorProfile", TEXTS, "1"),
    ("containers", "cgroupns"): ("CgroupNS", TEXTS, "true"),
    ("containers", "cgroups"): ("Cgroups", TEXTS, "3"),
    ("containers", "default_capabilities"): ("DefaultCapabilities", ['["SYS_ADMIN", "cap_chown"]', '["CAP_NET_RAW"]', "[]", '["chown",]'], '"x"'),
    ("containers", "default_sysctls"): ("DefaultSysctls", LISTS, "[1]"),
    ("containers", "devices"): ("Devices", ["[]", '["/dev/fuse"]', '["/dev/a:/dev/b:rw", "/dev/c:r"]'], '["/dev/a:x"]'),
    ("containers", "dns_servers"): ("DNSServers", LISTS, '["a", {append = true}]'),
    ("containers", "env"): ("Env", LISTS, "{a = 1}"),
    ("containers", "env_host"): ("EnvHost", FLAGS, '"true"'),
    ("containers", "http_proxy"): ("HTTPProxy", FLAGS, "yes"),
    ("containers", "init"): ("Init", FLAGS, "1"),
    ("containers", "ipcns"): ("IPCNS", TEXTS, "[]"),
    ("containers", "keyring"): ("EnableKeyring", FLAGS, '""'),
    ("containers", "label"): ("EnableLabeling", FLAGS, '"x"'),
    ("containers", "log_driver"): ("LogDriver", TEXTS, "1979-05-27"),
    ("containers", "log_size_max"): ("LogSizeMax", ["-1", "8192", "100000"], "8191"),
    ("containers", "netns"): ("NetNS", TEXTS, "1.5"),
    ("containers", "no_hosts"): ("NoHosts", FLAGS, "0"),
    ("containers", "pids_limit"): ("PidsLimit", NUMBERS, '"7"'),
    ("containers", "pidns"): ("PidNS", TEXTS, "7"),
    ("containers", "seccomp_profile"): ("SeccompProfile", TEXTS, "false"),
    ("containers", "umask"): ("Umask", ['"0022"', '"77"', '"0"'], '"0088"'),
    ("containers", "userns"): ("UserNS", TEXTS, "7"),
    ("containers", "userns_size"): ("UserNSSize", NUMBERS, '""'),
    ("containers", "utsns"): ("UTSNS", TEXTS, "7"),
    ("containers", "volumes"): ("Volumes", LISTS, '"/:/host"'),
    ("engine", "cgroup_manager"): ("CgroupManager", ['"cgroupfs"'], "7"),
    ("engine", "compat_api_enforce_docker_hub"): ("CompatAPIEnforceDockerHub", FLAGS, "7"),
    ("engine", "events_logger"): ("EventsLogger", ['"file"', '"none"'], "7"),
    ("engine", "events_logfile_max_size"): ("EventsLogFileMaxSize", ["7", "100"], "[]"),
    ("engine", "hooks_dir"): ("HooksDir", LISTS, '"/x"'),
    ("engine", "image_default_transport"): ("ImageDefaultTransport", TEXTS, "7"),
    ("engine", "no_pivot_root"): ("NoPivotRoot", FLAGS, '"no"'),
    ("engine", "num_locks"): ("NumLocks", ["2048", "0x800"], "-1"),
    ("engine", "pull_policy"): ("PullPolicy", ['"always"', '"NEVER"', '""', '"newer"'], '"sometimes"'),
    ("engine", "service_timeout"): ("ServiceTimeout", NATURALS + ["-7"], '"7"'),
    ("engine", "static_dir"): ("StaticDir", ['"/run/libpod/s"'], '"s"'),
    ("engine", "stop_timeout"): ("StopTimeout", NATURALS, "1.0"),
    ("network", "default_network"): ("DefaultNetwork", ['"podman"'], "1"),
    ("network", "dns_bind_port"): ("DNSBindPort", ["53", "0"], "70000"),
    ("secrets", "driver"): ("Driver", ['"file"', '"pass"'], "1"),
}
# What the host decides: told by podman alone where no file says it.
OF_HOST = {("containers", "cgroupns"), ("containers", "label"), ("containers", "log_driver"), ("engine", "cgroup_manager"), ("engine", "events_logger"),
           ("engine", "static_dir"), ("containers", "env"), ("containers", "seccomp_profile"), ("containers", "apparmor_profile")}
SPELL = [str, str, str, str, str, str, str.upper, str.title]
NAMES = ["p.example", "q.example/x", "r.example:5000/", "s.example", ""]
PLACES = ["p.example", "l.example/y", "n.example", "m.example/", "o.example:7//"]


def containers_conf(rng):
    tables = {}
    for _ in range(rng.randrange(0, 7)):
        table, key = rng.choice(sorted(OPTIONS))
        _, good, bad = OPTIONS[table, key]
        if key in {line.split(" ")[0].lower() for line in tables.get(table, [])}:
            continue
        value = bad if rng.random() < 0.012 else rng.choice(good)
        tables.setdefault(table, []).append("%s = %s%s" % (rng.choice(SPELL)(key), value, rng.choice(["", "", " # c"])))
    if rng.random() < 0.2:
        tables.setdefault("containers", []).append(rng.choice(["nope = 1", "# pids_limit = 9", "annotations = []", "privileged = true", "read_only = true"]))
    text = ""
    for table in rng.sample(sorted(tables), len(tables)):
        if table != "network" and rng.random() < 0.15:
            text += "".join("%s.%s\n" % (table, line) for line in tables[table]) if not text else "[%s]\n%s\n" % (table, "\n".join(tables[table]))
        else:
            text += "%s\n%s\n" % (rng.choice(["[%s]", "[ %s ] # c", '["%s"]']) % rng.choice(SPELL)(table), "\n".join(tables[table]))
    if rng.random() < 0.15:
        text += "[engine.runtimes]\nrunc = [%s]\n%s = ['/x/%d']\n" % (rng.choice(["", "'/usr/bin/runc'"]), rng.choice(["mine", "Other", '"a b"']), rng.randrange(3))
        if re.search(r"(?mi)^\[? ?\"?engine", text.split("[engine.runtimes]")[0]):
            text = text[:text.index("[engine.runtimes]")]
    if rng.random() < 0.02:
        text += rng.choice(["x =\n", "[containers]\n[containers]\n", "[engine]\na = 1\na = 2\n", "\tx = 'a\n", "[[network]]\n", "containers = 1\n"])
    return text


def old_format(rng):
    text = ""
    for table in rng.sample(["search", "insecure", "block"], rng.randrange(1, 4)):
        names = rng.sample(["a.example", "b.example", "c.example/", "d.example:5000"], rng.choice([0, 0, 1, 2]))
        text += "[registries.%s]\n%s = %s\n" % (table, rng.choice(["registries", "registries", "Registries"]), json.dumps(names))
    return text


def registry(rng):
    text = "[[registry]]\n"
    prefix, location = rng.choice(NAMES), rng.choice(PLACES)
    if rng.random() < 0.06:
        prefix, location = rng.choice([("*.w.example", ""), ("", ""), ("p.example", ""), ("*.w.example", "l.example"), ("*.w.example/x", ""), ("*.v.example", ""), ("/", "a.example")])
    if rng.random() < 0.02:
        location = rng.choice(["https://l.example", "ftp://l.example"])
    if prefix:
        text += "%s = %s\n" % (rng.choice(SPELL)("prefix"), json.dumps(prefix))
    if location:
        text += "location = %s\n" % json.dumps(location)
    for key in ("insecure", "blocked", "mirror-by-digest-only"):
        if rng.random() < 0.2:
            text += "%s = %s\n" % (rng.choice(SPELL)(key), rng.choice(FLAGS if rng.random() < 0.98 else ["1", '"true"']))
    if rng.random() < 0.03:
        text += rng.choice(["nope = 1\n", 'pull-from-mirror = ""\n', 'pull-from-mirror = "all"\n'])
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        text += "[[registry.mirror]]\nlocation = %s\n" % json.dumps(rng.choice(["m1.example", "m2.example/z", "m3.example/"] if rng.random() < 0.97 else ["", "/", "http://m"]))
        if rng.random() < 0.5:
            text += "insecure = %s\n" % rng.choice(FLAGS)
        if rng.random() < 0.05:
            text += "pull-from-mirror = %s\n" % json.dumps(rng.choice(["all", "digest-only", "tag-only", "x"]))
    return text


def registries_conf(rng):
    if rng.random() < 0.12:
        return old_format(rng) + ("[aliases]\n" if rng.random() < 0.1 else "") + ('[aliases]\nx = "a.b/x"\n' if rng.random() < 0.05 else "")
    text = ""
    if rng.random() < 0.5:
        names = ["a.example", "b.example/", "c.example", "localhost:5000", "x"] if rng.random() < 0.96 else ["a.example/y", "-a", "a_b", "a:", ""]
        text += "%s = %s\n" % (rng.choice(SPELL)("unqualified-search-registries"), json.dumps(rng.sample(names, rng.randrange(0, 3))))
    if rng.random() < 0.4:
        text += "short-name-mode = %s\n" % json.dumps(rng.choice(["enforcing", "permissive", "disabled", ""] if rng.random() < 0.97 else ["x", "Enforcing"]))
    if rng.random() < 0.1:
        text += "credential-helpers = %s\n" % json.dumps(rng.choice([[], ["x"], ["containers-auth.json", "y"]]))
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
        text += registry(rng)
    if rng.random() < 0.15:
        name, target = rng.choice([("x", "a.example/x"), ("x/y", "docker.io/y"), ("z", ""), ("a-b__c", "localhost/q/r_s"), ("d.e", "docker.io/library/d")])
        if rng.random() < 0.15:
            name, target = rng.choice([("X", "a.b/x"), ("a.b/c", "a.b/c"), ("x", "y"), ("x:1", "a.b/x"), ("x", "a.b/x:1"), ("x", "a.b/x@sha256:0"), ("x", "a.b/X"), ("a..b", "a.b/x"), ("a:1/b", "a.b/c")])
        text += "[aliases]\n%s = %s\n" % (json.dumps(name), json.dumps(target))
    if rng.random() < 0.04:
        text += old_format(rng)
    return text


def storage_conf(rng):
    table = rng.choice(["storage", "storage", "Storage"])
    text = "[%s]\n" % table
    for key, values in (("driver", ['"vfs"', '"vfs"', '"vfs"', "7"]), ("runroot", ['"/run/containers/storage"', '"/run/containers/r"']),
                        ("graphroot", ['"/var/lib/containers/storage"', '"/var/lib/containers/g"'])):
        if rng.random() < 0.97:
            text += "%s = %s\n" % (key, values[0] if rng.random() < 0.5 else rng.choice(values))
    return text + rng.choice(["", "", "[%s.options]\nadditionalimagestores = []\n" % table, "[%s.options]\nadditionalimagestores = 7\n" % table, '[%s.options.overlay]\nmountopt = "nodev"\n' % table])


def drop_ins(rng, folder, text_of):
    kind = rng.random()
    if kind < 0.04:
        (folder.parent / "elsewhere").mkdir(exist_ok=True)
        folder.symlink_to(folder.parent / "elsewhere")
    elif kind < 0.07:
        return folder.write_text("x")
    else:
        folder.mkdir(parents=True)
    for name in rng.sample(["10-a.conf", "20-b.conf", ".c.conf", "d.conf.bak", "E.conf"], rng.randrange(0, 4)):
        (folder / name).write_text(text_of(rng))
    if rng.random() < 0.03:
        (folder / "30-f.conf").symlink_to("/nonexistent")
    if rng.random() < 0.03:
        (folder / "40-g.conf").mkdir()


def generate(rng, root):
    etc, share, own = root / "etc/containers", root / "usr/share/containers", root / "root/.config/containers"
    for folder in (etc, share, root / "root", root / "usr/bin", root / "var/lib/dpkg"):
        folder.mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text("Package: podman\nStatus: install ok installed\nArchitecture: amd64\nVersion: 4.3.1+ds1-8\n\n")
    (root / "usr/bin/podman").write_text("")
    shutil.copy("/usr/share/containers/seccomp.json", share)
    if rng.random() < 0.8:
        shutil.copy("/usr/share/containers/containers.conf", share)
    elif rng.random() < 0.5:
        (share / "containers.conf").write_text(containers_conf(rng))
    if rng.random() < 0.9:
        (etc / "containers.conf").write_text(containers_conf(rng))
    if rng.random() < 0.9:
        (etc / "registries.conf").write_text(registries_conf(rng))
    if rng.random() < 0.7:
        drop_ins(rng, etc / "containers.conf.d", containers_conf)
        drop_ins(rng, etc / "registries.conf.d", registries_conf)
    if rng.random() < 0.2:
        own.mkdir(parents=True)
        if rng.random() < 0.5:
            (own / "registries.conf").write_text(registries_conf(rng))
        if rng.random() < 0.7:
            drop_ins(rng, own / "registries.conf.d", registries_conf)
        (own / "containers.conf").write_text(containers_conf(rng))
    if rng.random() < 0.3:
        ((etc if rng.random() < 0.6 else share) / "storage.conf").write_text(storage_conf(rng))


def field(dump, name):
    """`Name:value` in what Go prints of a structure: the value reaches to the next name."""
    found = re.search(r"[ {]%s:(\[.*?\]|.*?)(?= [A-Za-z]+:|[}]|$)" % name, dump)
    return found.group(1) if found else None


def section(dump, table):
    names = {"containers": "Containers", "engine": "Engine", "network": "Network", "secrets": "Secrets"}
    return dump[dump.index("%s:{" % names[table]):] if table != "containers" else dump


def as_go(values, is_list):
    return "[%s]" % " ".join(values) if is_list else "".join(values[:1])


def theirs(root):
    done = subprocess.run(["unshare", "-m", "sh", "-c", SCRIPT, "sh", str(root)], capture_output=True, text=True, timeout=120)
    lines = [json.loads('"%s"' % line) for line in re.findall(r'level=trace msg="(&{Containers.*)"$', done.stderr, re.M)]
    # What stops it before it has a runtime: a file that it does not take. "Error: " is what a later step says.
    out = {"conf": done.returncode == 0 or "msg=\"Using conmon" in done.stderr or "Initializing" in done.stderr}
    if not out["conf"]:
        return out, done.stderr
    out["dump"] = lines[-1] if lines else None
    out["ignored"] = sorted(name for line in re.findall(r'Failed to decode the keys (.*?) from', done.stderr) for name in re.findall(r'\\"(.*?)\\"', line))
    if done.returncode == 0:
        info = json.loads(done.stdout)
        out["info"] = {"seccomp": info["host"]["security"]["seccompProfilePath"], "graphroot": info["store"]["graphRoot"], "runroot": info["store"]["runRoot"]}
        found = info["registries"] or {}
        registries = {"search": found.pop("search", None) or []}
        for prefix, place in found.items():
            registries[prefix] = (place["Location"], place["Insecure"], place["Blocked"], place["MirrorByDigestOnly"],
                                  sorted((mirror["Location"], mirror["Insecure"]) for mirror in place["Mirrors"] or []))
        out["registries"] = registries
    elif "registr" in done.stderr.splitlines()[-1] or "wildcard" in done.stderr.lower() or "short-name" in done.stderr or "mirror" in done.stderr.splitlines()[-1]:
        out["registries"] = None
    return out, "\n".join(line for line in done.stderr.splitlines() if "level=trace" not in line and "level=debug" not in line)


def facts(plimsoll, root):
    done = subprocess.run([plimsoll, "facts", "podman", "--root", str(root), "--format", "jsonl"], capture_output=True, text=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.strip()


def ours(plimsoll, root):
    rows, gaps = facts(plimsoll, root)
    of_registries = len(re.findall(r"--> .*/registries\.conf", gaps))
    out = {"conf": len(re.findall("-->", gaps)) == of_registries, "values": {}, "ignored": [], "info": {}}
    registries = {"search": []}
    places = {}
    for row in rows:
        scope, key, value = row["scope"], row["key"], row["value"]
        if key == "unqualified-search-registries":
            registries["search"].append(value)
        elif scope.startswith("registries > ") and scope != "registries > aliases":
            prefix, _, mirror = scope[len("registries > "):].partition(" > mirror ")
            place = places.setdefault(prefix, {"mirrors": []})
            if not mirror:
                place[key] = value
            elif key == "insecure":
                place["mirrors"].append((mirror, value == "true"))
        elif key == "@ignored" and scope == "":
            out["ignored"].append(value)
        elif scope == "storage":
            out["info"][key] = value
        else:
            out["values"].setdefault((scope, key), []).append(value)
            if row["origin"].get("default"):
                out["values"][scope, key, "default"] = True
    for prefix, place in places.items():
        registries[prefix] = (place["location"], place["insecure"] == "true", place["blocked"] == "true", place["mirror-by-digest-only"] == "true", sorted(place["mirrors"]))
    out["registries"] = None if of_registries else registries
    return out, gaps


def differences(wanted, got):
    if wanted["conf"] != got["conf"]:
        return ["podman %s, plimsoll does not agree" % ("starts" if wanted["conf"] else "refuses")]
    if not wanted["conf"]:
        return []
    found = []
    if wanted["dump"]:
        for (table, key), (name, good, _) in OPTIONS.items():
            values = got["values"].get((table, key), [])
            if (table, key) in OF_HOST and (not values or (table, key, "default") in got["values"]):
                continue
            theirs_ = field(section(wanted["dump"], table), name)
            is_list = good[0].startswith("[") or good is LISTS
            if key == "default_capabilities":
                theirs_ = "[%s]" % " ".join(cap.upper() if cap.upper().startswith("CAP_") else "CAP_" + cap.upper() for cap in theirs_.strip("[]").split())
            if theirs_ != as_go(values, is_list):
                found.append((key, theirs_, as_go(values, is_list)))
    # An unknown table is told with all that is in it.
    if sorted(name for name in wanted["ignored"] if name.count(".") < 2) != sorted(got["ignored"]):
        found.append(("ignored", wanted["ignored"], got["ignored"]))
    if "registries" in wanted and wanted["registries"] != got["registries"]:
        found.append(("registries", wanted["registries"], got["registries"]))
    for key, value in wanted.get("info", {}).items():
        if key == "seccomp":
            mine = got["values"].get(("containers", "seccomp_profile"), [""])[0] or "/usr/share/containers/seccomp.json"
        else:
            mine = got["info"].get(key)
        if mine != value:
            found.append((key, value, mine))
    return found


def requirement(rng):
    kind = rng.random()
    if kind < 0.6:
        return {"type": rng.choice(["insecureAcceptAnything", "reject"])}
    out = {"type": rng.choice(["signedBy", "signedBy", "sigstoreSigned", "signedBaseLayer"])}
    identity = rng.choice([{"type": "matchExact"}, {"type": "matchRepository"}, {"type": "remapIdentity", "prefix": "a.example", "signedPrefix": "b.example"},
                           {"type": "exactRepository", "dockerRepository": "a.example/x"}, {"type": "exactReference", "dockerReference": "a.example/x:1"}])
    if out["type"] == "signedBaseLayer":
        return dict(out, baseLayerIdentity=identity)
    if out["type"] == "signedBy":
        out["keyType"] = rng.choice(["GPGKeys", "signedByGPGKeys"])
    out.update(rng.choice([{"keyPath": "/k"}, {"keyData": "YQ=="}]))
    if rng.random() < 0.3:
        out["signedIdentity"] = identity
    return out


def spoil(rng, item):
    """Something small that containers/image may not take."""
    kind = rng.randrange(6)
    if kind == 0:
        item["nope"] = 1
    elif kind == 1:
        item.pop(rng.choice(sorted(item)))
    elif kind == 2:
        item["type"] = rng.choice(["x", "Reject", 1, None])
    elif kind == 3:
        item["keyType"] = rng.choice(["x", "X509Certificates", None])
    elif kind == 4:
        item["keyPaths"] = rng.choice([[], ["/a"], "/a"])
    else:
        item["signedIdentity"] = rng.choice([{"type": "x"}, {}, 1, {"type": "matchExact", "x": 1}])


def policy(rng, directory):
    """A policy, and what it asks of the image in `directory`."""
    def some():
        items = [requirement(rng) for _ in range(rng.choice([1, 1, 2]))]
        if rng.random() < 0.06:
            spoil(rng, rng.choice(items))
        return items if rng.random() < 0.98 else rng.choice([[], None, {}])
    scopes = {name: some() for name in rng.sample([directory, "", "/other"], rng.randrange(0, 3))}
    out = {"default": some()}
    if rng.random() < 0.7:
        transports = {"dir": scopes}
        if rng.random() < 0.4:
            transports[rng.choice(["docker", "unknown", "docker-archive", "oci"])] = {rng.choice(["", "a.example", "/x", "/x/", "/"]): some()}
        out["transports"] = transports if rng.random() < 0.98 else []
    text = json.dumps(out, indent=rng.choice([None, 2]))
    if rng.random() < 0.06:
        text = rng.choice([text.replace('"default"', '"Default"', 1), '{"default": [{"type": "reject"}], ' + text[1:], text + "x", "", "\n" + text, text[:-1] + ', "x": 1}'])
    return text


def image(directory):
    config = b"{}"
    import hashlib
    digest = hashlib.sha256(config).hexdigest()
    directory.mkdir()
    (directory / digest).write_bytes(config)
    (directory / "version").write_text("Directory Transport Version: 1.1\n")
    (directory / "manifest.json").write_text(json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config), "digest": "sha256:" + digest}, "layers": []}))


def compare_policy(plimsoll, rng, root):
    directory = root / "image"
    image(directory)
    text = policy(rng, str(directory))
    (root / "etc/containers").mkdir(parents=True, exist_ok=True)
    (root / "etc/containers/policy.json").write_text(text)
    done = subprocess.run(["skopeo", "copy", "--policy", str(root / "etc/containers/policy.json"), "dir:%s" % directory, "dir:%s" % (root / "copy")], capture_output=True, text=True, timeout=60)
    taken = "Error loading trust policy" not in done.stderr
    rows, gaps = facts(plimsoll, root)
    mine = "policy.json" not in gaps
    if taken != mine:
        return ["policy: skopeo %s\n%s\n%s\n%s" % ("takes it" if taken else "refuses", text, done.stderr, gaps)]
    if not taken:
        return []
    accepts = {row["scope"]: row["value"] for row in rows if row["key"] == "accepts"}
    # The nearest scope of the transport counts, then the transport, then the default.
    answer = accepts.get("policy > dir > %s" % directory, accepts.get("policy > dir > *", accepts["policy"]))
    if (done.returncode == 0) != (answer == "anything"):
        return ["policy: %s, told as %s\n%s" % (done.stderr, answer, text)]
    return []


def compare(plimsoll, seed):
    with tempfile.TemporaryDirectory(prefix="differential-") as name:
        root = pathlib.Path(name)
        rng = random.Random(seed)
        generate(rng, root)
        wanted, why = theirs(root)
        got, gaps = ours(plimsoll, root)
        found = [] if "two spellings" in gaps else differences(wanted, got)
        files = "\n".join("--- %s\n%s" % (path, path.read_text()) for path in sorted(root.rglob("*.conf")) if path.is_file() and path.stat().st_size < 5000)
        texts = ["seed %d: %s\n%s\npodman: %s\nplimsoll: %s" % (seed, found, files, why, gaps)] if found else []
        texts += compare_policy(plimsoll, rng, root)
        return wanted["conf"], wanted.get("registries") is not None, texts


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--plimsoll", required=True)
    ap.add_argument("--cases", type=int, default=400)
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    able = os.path.exists(PODMAN) and shutil.which("skopeo") and os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"]).returncode == 0
    version = subprocess.run([PODMAN, "--version"], capture_output=True, text=True).stdout if able else ""
    if " 4.3." not in version:
        print("podman 4.3 cannot be asked here")
        sys.exit(77)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda seed: compare(a.plimsoll, seed), range(a.seed, a.seed + a.cases)))
    different = [text for _, _, texts in results for text in texts]
    print("\n".join(different[:4]))
    print("podman: %d compared, %d of them taken by podman, %d with registries, %d differences" % (
        len(results), sum(conf for conf, _, _ in results), sum(with_registries for _, with_registries, _ in results), len(different)))
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
