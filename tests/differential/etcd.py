#!/usr/bin/python3
"""etcd against etcd itself.

Each case is a static pod with flags, variables and a configuration file. The program is started with them and says in its log what it
has made of them; it is stopped as soon as it serves. Cases that it does not start with are refused.

Usage: etcd.py --plimsoll PATH [--cases 300] [--seed 1] [--keep DIR]     exit 77 where etcd is not installed.
"""
import atexit
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import differential

BOOLEANS = ["client-cert-auth", "auto-tls", "peer-client-cert-auth", "peer-auto-tls", "pre-vote"]
FILES = ["cert-file", "key-file", "peer-cert-file", "peer-key-file", "trusted-ca-file"]
TEXTS = {"initial-cluster-token": ["one", "two words", "-x", "--pre-vote", "false", "a=b", "$(TOKEN)"],
         "snapshot-count": ["10", "20", "10", "30", "many"], "max-wals": ["3", "7"]}
DEFAULTS = {"pre-vote": "false", "initial-cluster-token": "etcd-cluster", "snapshot-count": "100000", "max-wals": "5"}
TRUTHS = ["true", "false", "1", "0", "t", "F", "TRUE", "False", "T", "f"]
COMPARED = BOOLEANS + FILES + list(TEXTS)

# In memory: etcd waits for its disk.
scratch = tempfile.mkdtemp(prefix="differential-etcd-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
atexit.register(shutil.rmtree, scratch, True)


def value_of(rng, name):
    if name in BOOLEANS:
        return rng.choice(["yes", "", "no"]) if rng.random() < 0.01 else rng.choice(TRUTHS)
    if name in FILES:
        return rng.choice(["/pki/key.pem" if "key" in name else "/pki/cert.pem"] * 20 + ["/pki/none.pem", ""])
    return rng.choice(TEXTS[name])


def flag(rng, name):
    dashes = rng.choice(["-", "--", "--", "--", "---" if rng.random() < 0.005 else "--"])
    spelling = name.replace("-", "_") if rng.random() < 0.005 else name.upper() if rng.random() < 0.005 else name
    value = value_of(rng, name)
    if name in BOOLEANS and rng.random() < 0.3:
        return [dashes + spelling] + (["false"] if rng.random() < 0.02 else [])
    return [dashes + spelling, value] if rng.random() < 0.2 else [dashes + spelling + "=" + value]


def generate(rng, root):
    words, variables, in_file = [], {}, {}
    for name in rng.choices(COMPARED, k=rng.randrange(0, 9)):
        words += flag(rng, name)
    if rng.random() < 0.05:
        words.insert(rng.randrange(len(words) + 1), rng.choice(["--", "start", "", "-", "false", "--nope"]))
    for name in rng.choices(COMPARED, k=rng.randrange(0, 5)):
        variables["ETCD_" + name.upper().replace("-", "_")] = value_of(rng, name)
    if rng.random() < 0.1:
        variables["TOKEN"] = "three"
    if rng.random() < 0.25:
        for name in rng.sample(COMPARED, k=rng.randrange(0, 6)):
            in_file[name] = value_of(rng, name)
        if rng.random() < 0.3:
            variables["ETCD_CONFIG_FILE"] = "/etc/etcd.yml"
        else:
            words.insert(0, "--config-file=/etc/etcd.yml")
    container = {"name": "etcd", "command": ["etcd"] + words,
                 "env": [{"name": name, "value": value} for name, value in variables.items()]}
    manifests = root / "etc/kubernetes/manifests"
    manifests.mkdir(parents=True)
    (manifests / "etcd.yaml").write_text(json.dumps({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}}))
    (root / "etc/etcd.yml").write_text(config_file(in_file))
    shutil.copytree(scratch + "/pki", root / "pki")


def config_file(settings):
    parts = {"": [], "client-transport-security": [], "peer-transport-security": []}
    for name, value in settings.items():
        if name in BOOLEANS:
            value = {"true": "true", "1": "true", "t": "yes", "TRUE": "True", "T": "on"}.get(value, "false")
        section = "peer-transport-security" if name.startswith("peer-") else "client-transport-security"
        if name in TEXTS or name == "pre-vote":
            section = ""
        text = json.dumps(value) if name == "initial-cluster-token" or name in FILES else value
        parts[section].append("%s: %s" % (name.removeprefix("peer-") if section else name, text))
    out = "name: x\n" + "".join(line + "\n" for line in parts.pop(""))
    for section, lines in parts.items():
        if lines:
            out += section + ":\n" + "".join("  %s\n" % line for line in lines)
    return out


# ---- what etcd makes of it ----

FIXED = {"listen-peer-urls": "http://127.0.0.1:0", "listen-client-urls": "http://127.0.0.1:0",
         "advertise-client-urls": "http://127.0.0.1:1", "logger": "zap", "log-outputs": "stderr"}


def oracle(root):
    container = json.loads((root / "etc/kubernetes/manifests/etcd.yaml").read_text())["spec"]["containers"][0]
    variables = {one["name"]: one["value"] for one in container["env"]}
    inside = lambda text: text.replace("/pki/", str(root) + "/pki/").replace("/etc/etcd.yml", str(root / "etc/etcd.yml"))
    words = [inside(re.sub(r"\$\((\w+)\)", lambda m: variables.get(m[1], m[0]), word)) for word in container["command"]]
    data = tempfile.mkdtemp(dir=scratch)
    fixed = dict(FIXED, **{"data-dir": data})
    config = root / "etc/etcd.yml"
    as_written = config.read_text()
    # YAML wants the list of outputs as one; both ways of saying it are given, one of which counts.
    config.write_text(inside(as_written) + "".join(
        "%s: %s\n" % (name, "[stderr]" if name == "log-outputs" else json.dumps(value)) for name, value in fixed.items()))
    environment = dict(os.environ, **{name: inside(value) for name, value in variables.items()})
    words[1:1] = ["--%s=%s" % pair for pair in fixed.items()]
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
        log = []
        for line in server.stderr:
            log.append(line)
            if "now serving peer/client/metrics" in line:
                break
        else:
            log = None
        server.kill()
    config.write_text(as_written)
    shutil.rmtree(data, ignore_errors=True)
    return None if log is None else told("".join(log), str(root), data)


def told(log, root, data):
    out = {}
    for line in log.splitlines():
        if '"starting an etcd server"' in line:
            start = json.loads(line)
            for name in DEFAULTS:
                if name in start:
                    out[name] = str(start[name]).lower() if name == "pre-vote" else str(start[name])
    for prefix, side in (("", "client"), ("peer-", "peer")):
        info = re.search(r'"starting with %s TLS","tls-info":"cert = (.*?), key = (.*?), trusted-ca = (.*?), client-cert-auth' % side, log)
        own = info is not None and "/fixtures/" in info[1]
        given = info is not None and not own
        out[prefix + "cert-file"] = info[1].removeprefix(root) if given else ""
        out[prefix + "key-file"] = info[2].removeprefix(root) if given else ""
        if prefix == "":
            out["trusted-ca-file"] = info[3].removeprefix(root) if given else ""
        # A certificate is made up only where none is given.
        out[prefix + "auto-tls"] = "given" if given else str(own).lower()
        out[prefix + "client-cert-auth"] = str("while --%sclient-cert-auth is enabled" % prefix in log).lower()
    return sorted(out.items())


def mine(rows):
    out = dict(DEFAULTS, **{name: "" for name in FILES})
    out.update({row["key"]: row["value"] for row in rows if row["key"] in COMPARED})
    for prefix in ("", "peer-"):
        names = [prefix + "cert-file", prefix + "key-file"] + (["trusted-ca-file"] if prefix == "" else [])
        if out[names[0]] or out[names[1]]:
            out[prefix + "auto-tls"] = "given"
        else:
            out.update({name: "" for name in names})
    return sorted(out.items())


def make_certificate():
    """etcd itself makes one up."""
    pathlib.Path(scratch, "pki").mkdir()
    arguments = ["--%s=%s" % pair for pair in dict(FIXED, **{"data-dir": scratch + "/first"}).items()]
    with subprocess.Popen(["etcd", "--peer-auto-tls"] + arguments, stderr=subprocess.PIPE, text=True) as server:
        for line in server.stderr:
            if "starting with peer TLS" in line:
                break
        server.kill()
    for name in ("cert.pem", "key.pem"):
        shutil.copy(scratch + "/first/fixtures/peer/" + name, scratch + "/pki/" + name)


if shutil.which("etcd") is not None:
    make_certificate()
differential.run("etcd", generate, oracle, mine, needs=["etcd"])
