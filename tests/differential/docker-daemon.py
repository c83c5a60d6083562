"""docker-daemon against dockerd itself.

Two comparisons. `start`: does dockerd take this daemon.json with these flags? It is asked with a pid file that names a living
process, so it stops right behind its configuration. `dump`: what is in force? A daemon that really runs prints its whole
configuration when it gets SIGHUP; this takes root and about a second a case, and is left out where no daemon can run.

Usage: docker-daemon.py --plimsoll PATH [--cases 300] [--dumps 12] [--seed 1]     exit 77 where dockerd is not installed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BOOLEANS = ["icc", "ip6tables", "no-new-privileges", "live-restore", "userland-proxy", "experimental", "selinux-enabled", "debug",
            "ip-forward", "ip-masq", "init", "raw-logs"]
TEXTS = {"log-level": ["debug", "INFO", "warn", "warning", "loud", ""], "log-driver": ["json-file", "syslog", ""],
         "cgroup-parent": ["/foo", ""], "data-root": [], "userns-remap": [""],
         "seccomp-profile": ["unconfined", "/x.json", ""], "default-ipc-mode": ["private", "shareable", "host", ""],
         "default-cgroupns-mode": ["host", "private", "x"], "bip": ["10.1.0.1/24", ""], "group": ["docker", ""],
         "default-runtime": ["runc", "kata", "io.containerd.runc.v2", "io.containerd.runtime.v1.linux", ""],
         "graph": [""], "cluster-store": [""], "metrics-addr": ["127.0.0.1:9323"], "api-cors-header": ["*"]}
INTEGERS = ["mtu", "max-concurrent-downloads", "max-concurrent-uploads", "max-download-attempts", "shutdown-timeout",
            "network-control-plane-mtu", "oom-score-adjust", "cpu-rt-period"]
LISTS = {"insecure-registries": ["10.0.0.0/8", "r.example:5000"], "registry-mirrors": ["https://m.example/"],
         "authorization-plugins": ["opa"], "dns": ["1.1.1.1", "::1", "nope"], "dns-opts": ["ndots:1"], "dns-search": ["example.org"],
         "labels": ["a=1", "a=2", "b=1", "c"], "exec-opts": ["native.cgroupdriver=cgroupfs"], "storage-opts": ["dm.basesize=10G"],
         "allow-nondistributable-artifacts": ["r.example"], "hosts": ["tcp://127.0.0.1:2375", "fd://", ""]}
FLAG_OF = {"insecure-registries": "insecure-registry", "registry-mirrors": "registry-mirror", "labels": "label", "dns-opts": "dns-opt",
           "authorization-plugins": "authorization-plugin", "exec-opts": "exec-opt", "storage-opts": "storage-opt", "hosts": "host"}
OTHERS = ["insecure-registry", "label", "help", "version", "config-file", "restart", "swarm-raft-heartbeat-tick", "default-init",
          "log-format", "http-proxy", "proxies", "nope", "", "deprecated-key-path", "features", "builder", "containerd-plugins-namespace",
          "containerd-plugin-namespace", "host", "dns-opt", "D", "H", "network-diagnostic-port", "resolv-conf", "cdi-spec-dirs"]
OPAQUE = ["features", "builder", "proxies"]


def json_value(rng, key, nasty=0.12):
    if rng.random() < nasty:
        return rng.choice([None, True, "x", 1, -1, 1.5, [], ["x"], {}, {"a": "b"}, "", "true", [1], [None], 0, False, {"icc": False}])
    if key in BOOLEANS or key == "restart":
        return rng.random() < 0.5
    if key in TEXTS:
        return rng.choice(TEXTS[key] or ["/srv/docker"])
    if key in INTEGERS:
        return rng.choice([0, 1, 1400, -5, 10])
    if key in LISTS:
        return rng.sample(LISTS[key], rng.randrange(0, len(LISTS[key]) + 1))
    if key == "log-opts":
        return rng.choice([{"max-size": "10m"}, {"max-size": "10m", "max-file": "3"}, {"max-file": 3}, {}, {"a": None}])
    if key == "default-ulimits":
        return rng.choice([{"nofile": {"Name": "nofile", "Hard": 5, "Soft": 4}}, {"nproc": {"hard": 1, "SOFT": 1}}, {"core": None}, {"x": 1},
                           {"nofile": {"Hard": "5"}}])
    if key == "default-shm-size":
        return rng.choice(["64M", "1g", "64 MiB", "1.5g", 64, "x", "", "-1", "10kb", "0", "12 34"])
    if key in ("tls", "tlsverify"):
        return rng.choice([False, None, "false"])
    if key == "ip":
        return rng.choice(["127.0.0.1", "", "x", "::", "1.2.3.04"])
    if key == "runtimes":
        return rng.choice([{"kata": {"path": "/usr/bin/kata"}}, {"runc": {"path": "/x"}}, {}, {"a": {}}, {"a": {"path": 1}}, {"a": None}])
    if key == "default-address-pools":
        return rng.choice([[{"base": "10.10.0.0/16", "size": 24}], [], [{"Base": "10.10.0.0/16", "size": "x"}], {}])
    if key == "x":
        return {rng.choice(BOOLEANS + ["nope", "log-driver"]): rng.choice([True, False, "x", None])}
    return rng.choice([True, "x", {}, [], {"a": True}, 3])


KEYS = (BOOLEANS + list(TEXTS) + INTEGERS + list(LISTS) + OTHERS +
        ["log-opts", "default-ulimits", "default-shm-size", "tls", "tlsverify", "ip", "runtimes", "default-address-pools", "x"])


def spell(rng, pairs):
    """An object with the pairs as they are: names may come twice, and in other letters."""
    parts = []
    for key, value in pairs:
        if rng.random() < 0.03:
            key = key.title()
        parts.append("%s%s:%s%s" % (rng.choice(["", " ", "\n"]), json.dumps(key), rng.choice(["", " "]), json.dumps(value)))
    text = "{" + ",".join(parts) + "}"
    roll = rng.random()
    if roll < 0.02:
        text = text[:-1]
    elif roll < 0.04:
        text += rng.choice([" x", "{}", "\n\n", "]", "// c"])
    elif roll < 0.05:
        text = rng.choice(["", "null", "[]", "3", "\"x\"", "\ufeff" + text, "{,}", "{\"icc\": true,}", "{'icc': true}"])
    elif roll < 0.06:
        text = text.replace("\"x\"", "\"\x01\"")
    return text


def flags_of(rng):
    out = []
    for _ in range(rng.choice([0, 0, 1, 2])):
        roll = rng.random()
        if roll < 0.4:
            out.append("--%s%s" % (rng.choice(BOOLEANS), rng.choice(["", "=true", "=false", "=0", "=T", "=yes"])))
        elif roll < 0.7:
            key = rng.choice(list(LISTS))
            if key == "labels" or LISTS[key][0] in ("opa",):
                key = "exec-opts"
            value = LISTS[key][0]
            flag = FLAG_OF.get(key, key)
            out += rng.choice([["--%s=%s" % (flag, value)], ["--" + flag, value]])
        elif roll < 0.95:
            out += rng.choice([["-D"], ["-l", "warn"], ["-lwarn"], ["-l=warn"], ["--mtu", "1400"], ["--mtu=x"], ["--nope"], ["-Dlwarn"],
                               ["--log-opt", "max-size=1m"], ["--default-ulimit", "nofile=5:4"], ["--default-ulimit=nofile=4:5"],
                               ["--default-shm-size", "1g"], ["--add-runtime", "kata=/usr/bin/kata"], ["--label=a=1"], ["x"], ["-z"], ["--"],
                               ["--ip", "127.0.0.1"], ["--log-level"], ["--tls=false"], ["-s", "vfs"], ["--default-ulimit", "what=3"]])
    return out


def case(seed):
    rng = random.Random(seed)
    names = [rng.choice(KEYS) for _ in range(rng.randrange(0, 4))]
    pairs = [(name, json_value(rng, name)) for name in names]
    # An empty object names no option, so dockerd goes on with names that are none to their types.
    pairs = [(name, "x" if name in OTHERS and isinstance(value, dict) and name not in OPAQUE else value) for name, value in pairs]
    flags = flags_of(rng)
    return spell(rng, pairs), flags


def prepare(folder, text, flags):
    root = folder / "root"
    for directory in ("etc/docker", "etc/systemd/system", "var/lib/dpkg", "usr/sbin"):
        (root / directory).mkdir(parents=True)
    (root / "etc/docker/daemon.json").write_text(text)
    (root / "usr/sbin/dockerd").write_text("")
    version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "docker.io"], capture_output=True, text=True).stdout or "20.10.24"
    (root / "var/lib/dpkg/status").write_text(
        "Package: docker.io\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n" % version)
    words = " ".join("'%s'" % flag for flag in flags)
    (root / "etc/systemd/system/docker.service").write_text("[Service]\nExecStart=/usr/sbin/dockerd --config-file=/etc/docker/daemon.json %s\n" % words)
    return root


def facts(plimsoll, root):
    done = subprocess.run([plimsoll, "facts", "docker-daemon", "--root", str(root), "--format", "jsonl"], capture_output=True, timeout=60)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode(errors="replace")


def start(plimsoll, seed):
    text, flags = case(seed)
    with tempfile.TemporaryDirectory(prefix="differential-") as name:
        folder = pathlib.Path(name)
        root = prepare(folder, text, flags)
        (folder / "pid").write_text("%d" % os.getpid())
        done = subprocess.run(["dockerd", "--config-file", str(root / "etc/docker/daemon.json"), "--pidfile", str(folder / "pid"), *flags],
                              capture_output=True, timeout=60, text=True)
        taken = "pid file found" in done.stderr
        code, _, why = facts(plimsoll, root)
        ours = code == 0
        if taken == ours:
            return taken, None
        return taken, "seed %d: dockerd %s, plimsoll %s\n  %s\n  %s\n  %s\n  %s" % (
            seed, "starts" if taken else "refuses", "agrees not", text, flags, done.stderr.strip()[-300:], why.strip()[-300:])


def ours_as_dump(rows):
    """plimsoll's rows in the shape of the daemon's dump, for the keys that it prints."""
    out = {}
    lists = set(LISTS) | {"hosts"}
    for row in rows:
        key, value, scope = row["key"], row["value"], row["scope"]
        if key.startswith("@"):
            continue
        if scope:
            out.setdefault(scope, {})[key] = value
        elif key in lists:
            out.setdefault(key, []).append(value)
        elif value in ("true", "false"):
            out[key] = value == "true"
        else:
            out[key] = value
    return out


def normal(dump):
    """The dump with its omitted zero values left out, and numbers as text."""
    out = {}
    for key, value in dump.items():
        if key == "default-ulimits":
            value = {name: limit if isinstance(limit, str) else "%d:%d" % (limit.get("Soft", 0), limit.get("Hard", 0))
                     for name, limit in value.items()}
        if key == "runtimes":
            continue  # the daemon adds its own
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value in (None, "", False, "0", [], {}):
            continue
        out[key] = value
    return out


DUMP_KEYS = ["icc", "no-new-privileges", "userland-proxy", "experimental", "live-restore", "debug", "ip-forward", "log-level", "log-driver",
             "log-opts", "mtu", "max-concurrent-downloads", "max-download-attempts", "shutdown-timeout", "insecure-registries", "dns-opts",
             "dns-search", "exec-opts", "default-ulimits", "default-shm-size", "cgroup-parent", "storage-driver", "group", "hosts",
             "iptables", "init", "raw-logs", "default-ipc-mode", "network-control-plane-mtu", "tls", "tlsverify", "ip"]


def dump(plimsoll, seed):
    rng = random.Random(seed)
    safe = [key for key in BOOLEANS if key not in ("icc", "ip6tables", "selinux-enabled")]
    names = rng.sample(safe, 4) + rng.sample(["mtu", "max-concurrent-downloads", "network-control-plane-mtu"], 2)
    names += rng.sample(["insecure-registries", "dns-opts", "dns-search", "log-opts", "default-ulimits", "default-shm-size"], 3)
    pairs = []
    for name in names:
        value = None if rng.random() < 0.2 else json_value(rng, name, 0)
        if name in ("default-shm-size", "default-ulimits", "log-opts") or value == -5:
            value = {"default-shm-size": "1.5g", "default-ulimits": {"nofile": {"name": "nofile", "Hard": 5}}, "log-opts": {"max-size": "1m"}}.get(name, 7)
        pairs.append((name, value))
    if rng.random() < 0.5:
        pairs.append(("log-level", rng.choice(["debug", "", "Info"])))  # others hide the dump
    if rng.random() < 0.5:
        pairs.append(("insecure-registry", ["ignored.example"]))
    if rng.random() < 0.5:
        pairs.append(("x", {name: rng.random() < 0.5 for name in ("userland-proxy", "init") if name not in names}))
    text = "{" + ",".join("%s:%s" % (json.dumps(key), json.dumps(value)) for key, value in pairs) + "}"
    with tempfile.TemporaryDirectory(prefix="differential-") as name:
        folder = pathlib.Path(name)
        flags = ["--iptables=false", "--bridge=none", "--storage-driver=vfs", "--group=root", "-H", "unix://%s/sock" % folder,
                 "--data-root", "%s/data" % folder, "--exec-root", "%s/exec" % folder, "--pidfile", "%s/pid" % folder]
        root = prepare(folder, text, flags)
        log = folder / "log"
        with log.open("w") as out:
            daemon = subprocess.Popen(["unshare", "-m", "dockerd", "--config-file", str(root / "etc/docker/daemon.json"), *flags], stdout=out, stderr=out)
        try:
            wait_for(daemon, log, "API listen")
            if daemon.poll() is not None:
                return None, text + log.read_text()[-300:]
            daemon.send_signal(signal.SIGHUP)
            line = wait_for(daemon, log, "Reloaded configuration: ")
        finally:
            daemon.terminate()
            daemon.wait(timeout=60)
        if line is None:
            return None, text + log.read_text()[-600:]
        theirs = normal(json.loads(json.loads('"' + line.split('msg="', 1)[1].rsplit('"', 1)[0] + '"').split(": ", 1)[1]))
        ours = normal(ours_as_dump(facts(plimsoll, root)[1]))
        for side in (theirs, ours):
            for key in ("insecure-registries", "hosts"):
                side[key] = sorted(side.get(key, []))
        found = [(key, theirs.get(key), ours.get(key)) for key in DUMP_KEYS if theirs.get(key) != ours.get(key)]
        return True, "seed %d: %s\n  %s" % (seed, text, found) if found else None


def wait_for(daemon, log, word):
    for _ in range(150):
        for line in log.read_text().splitlines():
            if word in line:
                return line
        if daemon.poll() is not None:
            return None
        time.sleep(0.1)
    return None


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--plimsoll", required=True)
    ap.add_argument("--cases", type=int, default=300)
    ap.add_argument("--dumps", type=int, default=12)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--verbose", action="store_true", help="say why a daemon did not run")
    a = ap.parse_args()
    if shutil.which("dockerd") is None:
        print("dockerd is not installed")
        sys.exit(77)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda seed: start(a.plimsoll, seed), range(a.seed, a.seed + a.cases)))
    different = [text for _, text in results if text]
    print("\n".join(different[:12]))
    print("docker-daemon: %d compared, %d of them taken by dockerd, %d differences" % (
        len(results), sum(taken for taken, _ in results), len(different)))
    dumped = refused = 0
    for seed in range(a.seed, a.seed + a.dumps if os.geteuid() == 0 else a.seed):
        ran, text = dump(a.plimsoll, seed)
        dumped += ran is not None
        refused += ran is None
        if ran is None and a.verbose:
            print(text)
        if ran and text:
            different.append(text)
            print(text)
    print("docker-daemon: %d running daemons compared, %d did not run, %d differences in all" % (dumped, refused, len(different)))
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
