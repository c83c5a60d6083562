#!/usr/bin/env bash
# What a pipeline waits for: a tree of 10,000 manifests and Dockerfiles (50 MB), one file of it, and an image with one large
# gzip layer, the last beside `gzip -dc` on that layer.
#
#     tests/bench/gate.sh [PROGRAM]        GATE_FILES=10000 GATE_LAYER_MB=1900 change the sizes
set -euo pipefail
plimsoll=$(realpath "${1:-build/release/plimsoll}")
source "$(dirname "$0")/../packages.sh"
need_packages python3 hyperfine time pigz
work=$(mktemp -d /var/tmp/plimsoll-gate.XXXXXX)
trap 'rm -rf "$work"' EXIT

/usr/bin/python3 - "$work" "${GATE_FILES:-10000}" "${GATE_LAYER_MB:-1900}" <<'PYTHON'
import hashlib, io, json, os, random, sys, tarfile
work, files, megabytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(1)
MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{n}
  namespace: team-{m}
  labels: {{app: app-{n}}}
  annotations:
    note: "{note}"
spec:
  replicas: 2
  selector: {{matchLabels: {{app: app-{n}}}}}
  template:
    metadata: {{labels: {{app: app-{n}}}}}
    spec:
      containers:
        - name: main
          image: registry.example.test/app:{n}
          securityContext: {{runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {{drop: [ALL]}}}}
          resources: {{limits: {{memory: 64Mi, cpu: 100m}}, requests: {{memory: 64Mi, cpu: 100m}}}}
          env:
{env}
"""
DOCKERFILE = "FROM debian:12.5\nRUN apt-get update && apt-get install -y --no-install-recommends curl={n} && rm -rf /var/lib/apt/lists/*\n{copies}USER 1000\n"
for n in range(files):
    folder = os.path.join(work, "tree", "team-%d" % (n % 100), "app-%d" % n)
    os.makedirs(folder)
    if n % 10:
        env = "\n".join("            - {name: VARIABLE_%d, value: \"%x\"}" % (i, random.getrandbits(200)) for i in range(44))
        text, name = MANIFEST.format(n=n, m=n % 100, note="x" * 200, env=env), "deployment.yaml"
    else:
        text, name = DOCKERFILE.format(n=n, copies="".join("COPY file-%d /srv/file-%d\n" % (i, i) for i in range(150))), "Dockerfile"
    open(os.path.join(folder, name), "w").write(text)
# A layer as a distribution with programs has it: a third of its size when it is packed.
with tarfile.open(os.path.join(work, "layer.tar"), "w") as layer:
    words = [("%x" % random.getrandbits(64)).encode() for _ in range(4000)]
    left, number = megabytes << 20, 0
    while left > 0:
        size = min(left, 1 << 20)
        data = b" ".join(random.choice(words) for _ in range(size // 17 + 1))[:size]
        info = tarfile.TarInfo("usr/lib/app/%d/%d.bin" % (number % 97, number))
        info.size = len(data)
        layer.addfile(info, io.BytesIO(data))
        left, number = left - size, number + 1
    for name, text in (("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n"), ("etc/shadow", b"root:*:19000:0:99999:7:::\n")):
        info = tarfile.TarInfo(name)
        info.size = len(text)
        layer.addfile(info, io.BytesIO(text))
PYTHON
pigz -p 2 -6 "$work/layer.tar"
/usr/bin/python3 - "$work" <<'PYTHON'
import json, os, subprocess, sys
work = sys.argv[1]
open(work + "/config.json", "w").write(json.dumps({"config": {"User": "app"}, "history": [{"created_by": "ADD x /"}]}))
open(work + "/manifest.json", "w").write(json.dumps([{"Config": "config.json", "RepoTags": ["bench:1"], "Layers": ["layer.tar.gz"]}]))
subprocess.run(["tar", "-C", work, "-cf", work + "/image.tar", "manifest.json", "config.json", "layer.tar.gz"], check=True)
PYTHON

cpu() { # the median of user and system time, in seconds
  hyperfine --ignore-failure --warmup 1 --runs 5 --export-json "$work/times.json" -N "$1" > /dev/null 2>&1
  /usr/bin/python3 -c 'import json, sys; r = json.load(open(sys.argv[1]))["results"][0]; print("%.3f %.3f" % (r["median"], r["user"] + r["system"]))' "$work/times.json"
}
rss() { /usr/bin/time -f %M "$@" 2>&1 > /dev/null | tail -1; }
size() { find "$1" -type f -printf "%s\n" | awk "{ sum += \$1 } END { print sum }"; }

read -r wall used < <(cpu "$plimsoll scan --path $work/tree --format json")
printf 'tree of %d files, %d MB: %s s wall (at most 1.5), %s s of CPU, %d MiB (64)\n' "$(find "$work/tree" -type f | wc -l)" \
  $(($(size "$work/tree") / 1000000)) "$wall" "$used" $(($(rss "$plimsoll" scan --path "$work/tree" --format json) / 1024))
read -r wall used < <(cpu "$plimsoll scan --path $work/tree/team-1/app-1/deployment.yaml")
printf 'one file: %s s wall (at most 0.015)\n' "$wall"
read -r wall used < <(cpu "$plimsoll scan --image $work/image.tar")
read -r gzip_wall gzip_used < <(cpu "gzip -dc $work/layer.tar.gz")
printf 'image with a gzip layer of %d MB: %s s of CPU beside %s s of gzip -dc = %s (at most 0.4), %d MiB (256)\n' \
  $(($(size "$work/layer.tar.gz") / 1000000)) "$used" "$gzip_used" \
  "$(/usr/bin/python3 -c 'import sys; print("%.2f" % (float(sys.argv[1]) / float(sys.argv[2])))' "$used" "$gzip_used")" \
  $(($(rss "$plimsoll" scan --image "$work/image.tar") / 1024))
