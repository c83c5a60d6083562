"""containerd: config.toml with imports, against `containerd config dump`.

Usage: containerd.py --plimsoll PATH [--cases 300] [--seed 1]     exit 77 where containerd is not installed.
"""
import argparse
import concurrent.futures
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib

CRI = "io.containerd.grpc.v1.cri"
# Path of the option in the dump → values to try, as TOML.
CORE = {
    ("root",): ['"/a"', '""', "3"], ("state",): ['"/s"', "'/t'"], ("oom_score",): ["1", "0", "-5", '"x"'], ("plugin_dir",): ['"/p"'],
    ("grpc", "address"): ['"/a.sock"', '""'], ("grpc", "uid"): ["0", "5"], ("grpc", "gid"): ["7", "0x10"],
    ("grpc", "tcp_address"): ['"127.0.0.1:1"', '""'], ("grpc", "tcp_tls_ca"): ['"/ca"'], ("debug", "level"): ['"debug"', '""', '"info"'],
    ("debug", "address"): ['"/d.sock"'], ("debug", "uid"): ["1", "0"], ("metrics", "address"): ['"127.0.0.1:9"', '""'],
    ("metrics", "grpc_histogram"): ["true", "false"], ("cgroup", "path"): ['"/c"'], ("ttrpc", "uid"): ["3"],
}
IN_CRI = {
    ("enable_selinux",): ["true", "false", "1"], ("disable_apparmor",): ["true", "false"], ("disable_tcp_service",): ["true", "false"],
    ("stream_server_address",): ['"0.0.0.0"', '""'], ("stream_server_port",): ['"10010"'], ("enable_tls_streaming",): ["true"],
    ("unset_seccomp_profile",): ['"unconfined"', '""'], ("enable_unprivileged_ports",): ["true"], ("enable_unprivileged_icmp",): ["true"],
    ("restrict_oom_score_adj",): ["true"], ("containerd", "no_pivot"): ["true"], ("containerd", "default_runtime_name"): ['"kata"'],
    ("containerd", "snapshotter"): ['"native"'], ("registry", "config_path"): ['"/c"'],
}
OTHER = {("io.containerd.internal.v1.opt", "path"): ['"/opt/x"']}
LISTS = ["disabled_plugins", "required_plugins"]


def table_name(rng, parts):
    return ".".join('"%s"' % part if "." in part or rng.random() < 0.1 else part for part in parts)


def one_file(rng, version, imports, long_names):
    top, tables = [], {}
    if version is not None:
        top.append("version = %d" % version)
    if imports:
        top.append("imports = %s" % json.dumps(imports))
    for name in LISTS:
        if rng.random() < 0.15:
            uris = ["io.containerd.a.v1.b", "io.containerd.c.v1.d", "io.containerd.e.v1"]
            if name == "disabled_plugins":
                uris += [CRI, "cri"]
            top.append("%s = %s" % (name, json.dumps(rng.sample(uris[:2] if rng.random() < 0.6 else uris, rng.randrange(0, 3)))))
    for path in rng.sample(sorted(CORE), rng.randrange(0, 5)):
        value = rng.choice(CORE[path][:2] if rng.random() < 0.95 else CORE[path])
        key = path[-1].upper() if rng.random() < 0.04 else path[-1]
        if len(path) == 1:
            top.append("%s = %s" % (key, value))
        else:
            tables.setdefault(path[:-1], []).append("%s = %s" % (key, value))
    cri = CRI if long_names else "cri"
    for path in rng.sample(sorted(IN_CRI), rng.randrange(0, 4)):
        value = rng.choice(IN_CRI[path][:2])
        if path == ("enable_selinux",) and rng.random() < 0.05:
            value = "1"
        tables.setdefault(("plugins", cri) + path[:-1], []).append("%s = %s" % (path[-1], value))
    if rng.random() < 0.2:
        tables.setdefault(("plugins", "io.containerd.internal.v1.opt" if long_names else "opt"), []).append('path = "/opt/x"')
    if rng.random() < 0.2:
        tables.setdefault(("timeouts",), []).append('"io.containerd.timeout.shim.load" = "%ds"' % rng.randrange(1, 9))
    if rng.random() < 0.05:
        top.append(rng.choice(["nope = 1", "root = ", "[grpc", "x = [1, 'a']", "root = \"\"\"\n/m\"\"\"", "grpc = 3", "oom_score = 1_0", "# c"]))
    text = "\n".join(top) + "\n"
    order = sorted(tables)
    rng.shuffle(order)
    for name in order:
        text += "[%s]%s\n%s\n" % (table_name(rng, name), rng.choice(["", " # x"]), "\n".join("  " + line for line in tables[name]))
    return text


def generate(rng, root):
    folder = root / "etc/containerd"
    (folder / "conf.d").mkdir(parents=True)
    version = rng.choice([2, 2, 2, 2, 1, None, 3])
    long_names = version in (2, 3)
    if rng.random() < 0.05:
        long_names = not long_names
    imports = rng.choice([[], ["b.toml"], ["etc/containerd/conf.d/*.toml"], ["b.toml", "etc/containerd/conf.d/*.toml"], ["../containerd/b.toml"],
                          ["./b.toml", "etc/nothing/*.toml"], ["b.toml", "b.toml"], ["config.toml"]])
    if rng.random() < 0.03:
        imports = ["missing.toml"]
    (folder / "config.toml").write_text(one_file(rng, version, imports, long_names))
    for name in ("b.toml", "conf.d/1.toml", "conf.d/0.toml"):
        own = rng.choice([None, version, version])
        nested = ["conf.d/0.toml"] if name == "b.toml" and rng.random() < 0.3 else []
        (folder / name).write_text(one_file(rng, own, nested, long_names))
    (root / "var/lib/dpkg").mkdir(parents=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/containerd").write_text("")
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "containerd"], capture_output=True, text=True).stdout or "1.6.20"
    (root / "var/lib/dpkg/status").write_text(
        "Package: containerd\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n" % found)


def text_of(value):
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def theirs(root):
    done = subprocess.run(["containerd", "--config", "etc/containerd/config.toml", "config", "dump"], cwd=root, capture_output=True, text=True,
                          timeout=60)
    if done.returncode != 0:
        return None, done.stderr.strip()
    dump = tomllib.loads(done.stdout)
    out = {}
    for path in CORE:
        value = dump
        for part in path:
            value = value.get(part, {})
        if value != {}:
            out[path] = text_of(value)
    for name in LISTS:
        out[(name,)] = list(dump.get(name, []))
    out[("timeouts", "io.containerd.timeout.shim.load")] = dump["timeouts"]["io.containerd.timeout.shim.load"]
    plugins = dump.get("plugins", {})
    if CRI not in dump.get("disabled_plugins", []) and "cri" not in dump.get("disabled_plugins", []):
        for path in IN_CRI:
            value = plugins.get(CRI, {})
            for part in path:
                value = value.get(part, {})
            if value != {}:
                out[("plugins", CRI) + path] = text_of(value)
    if "io.containerd.internal.v1.opt" in plugins:
        out[("plugins", "io.containerd.internal.v1.opt", "path")] = plugins["io.containerd.internal.v1.opt"].get("path")
    return out, ""


def ours(plimsoll, root):
    done = subprocess.run([plimsoll, "facts", "containerd", "--root", str(root), "--format", "jsonl"], capture_output=True, text=True, timeout=60)
    out = {(name,): [] for name in LISTS}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        if row["key"].startswith("@"):
            continue
        path = tuple(part for part in row["scope"].split(" > ") if part) + (row["key"],)
        if path[-1] in LISTS and len(path) == 1:
            out[path].append(row["value"])
        else:
            out[path] = row["value"]
    return done.returncode == 0, out, done.stderr.strip()


# Defaults that are not told.
QUIET = {("plugin_dir",): "", ("metrics", "grpc_histogram"): "false", ("cgroup", "path"): "", ("ttrpc", "uid"): "0",
         ("plugins", CRI, "registry", "config_path"): "", ("plugins", "io.containerd.internal.v1.opt", "path"): "/opt/containerd",
         ("timeouts", "io.containerd.timeout.shim.load"): "5s"}


def compare(plimsoll, seed):
    with tempfile.TemporaryDirectory(prefix="differential-") as name:
        root = pathlib.Path(name)
        generate(random.Random(seed), root)
        wanted, why = theirs(root)
        taken, got, gaps = ours(plimsoll, root)
        files = "\n".join("--- %s\n%s" % (path, (root / "etc/containerd" / path).read_text()) for path in ("config.toml", "b.toml", "conf.d/0.toml", "conf.d/1.toml"))
        if (wanted is not None) != taken:
            return wanted is not None, "seed %d: containerd %s, plimsoll does not agree\n%s\n%s\n%s" % (
                seed, "starts" if wanted is not None else "refuses", files, why, gaps)
        if wanted is None:
            return False, None
        found = [(path, value, got.get(path, QUIET.get(path))) for path, value in sorted(wanted.items())
                 if got.get(path, QUIET.get(path)) != value]
        return True, "seed %d: %s\n%s" % (seed, found, files) if found else None


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--plimsoll", required=True)
    ap.add_argument("--cases", type=int, default=300)
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    if shutil.which("containerd") is None:
        print("containerd is not installed")
        sys.exit(77)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda seed: compare(a.plimsoll, seed), range(a.seed, a.seed + a.cases)))
    different = [text for _, text in results if text]
    print("\n".join(different[:5]))
    print("containerd: %d compared, %d of them taken by containerd, %d differences" % (
        len(results), sum(taken for taken, _ in results), len(different)))
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
