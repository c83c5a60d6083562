"""`kubectl kustomize` (Kustomize 5) and plimsoll make the same objects of a directory: the facts of what the one prints are those
that the other tells of the tree.

Left out is the hash in the names of generated objects, which plimsoll does not work out.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import differential

KUBECTL = shutil.which("kubectl")
NAMES = ["web", "db", "api"]
KINDS = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Pod", "Job"]
APIS = {"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "CronJob": "batch/v1", "Job": "batch/v1", "Pod": "v1"}
SECURITY = ["runAsNonRoot: true", "runAsUser: 1000", "privileged: true", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false",
            "capabilities: {drop: [ALL]}", "capabilities: {add: [NET_ADMIN]}", "seccompProfile: {type: RuntimeDefault}", "runAsUser: null", "privileged: null"]
POD = ["hostNetwork: true", "hostPID: true", "automountServiceAccountToken: false", "securityContext: {runAsNonRoot: true}",
       "securityContext: {fsGroup: 2000, runAsUser: 0}", "volumes: [{name: h, hostPath: {path: /etc}}]", "volumes: [{name: h, emptyDir: {}}, {name: k, hostPath: {path: /}}]",
       "dnsPolicy: Default", "hostNetwork: null", "imagePullSecrets: [{name: reg}]", "priorityClassName: high"]
CONTAINER = ["resources: {limits: {cpu: 100m}}", "resources: {limits: {memory: 1Gi}, requests: {cpu: 50m}}", "env: [{name: A, value: '1'}, {name: DB_PASSWORD, value: x}]",
             "env: [{name: A, value: '2'}, {name: S, valueFrom: {secretKeyRef: {name: reg, key: k}}}]", "env: [{name: A, $patch: delete}]", "ports: [{containerPort: 80}]",
             "ports: [{containerPort: 80, hostPort: 8080}, {containerPort: 53, protocol: UDP}]", "command: [sh, -c, sudo x]", "args: [--debug]",
             "command: ['$(DB)', $(PORT), a$$(A)-$(X_1)$(NOPE)$, $(A]", "env: [{name: DB_PASSWORD, value: $(DB)}, {name: N, value: x$(X_1)}]", "volumeMounts: [{name: h, mountPath: /$(DB)}]", "imagePullPolicy: Never",
             "livenessProbe: {httpGet: {path: /, port: 80}}", "livenessProbe: null", "volumeMounts: [{name: h, mountPath: /h}]", "volumeMounts: [{name: h, mountPath: /h, readOnly: true, subPath: z}]",
             "envFrom: [{secretRef: {name: reg}}]", "stdin: true"]
IMAGES = ["nginx", "nginx:1.25", "reg.io:5000/a/nginx:2", "reg.io/app@sha256:%s" % ("0" * 64), "redis:latest"]


def indent(text, by):
    return "".join(" " * by + line + "\n" for line in text.splitlines())


def container(rng, name, patch=False):
    lines = ["name: %s" % name]
    if not patch or rng.random() < 0.3:
        lines.append("image: %s" % rng.choice(IMAGES))
    own = {}
    for line in rng.sample(CONTAINER, rng.randint(0, 4)):
        if patch or not ("null" in line or "$patch" in line):
            own.setdefault(line.split(":")[0], line)
    lines += own.values()
    context = {line.split(":")[0]: line for line in rng.sample(SECURITY, rng.randint(0, 3)) if patch or "null" not in line}
    if context:
        lines.append("securityContext:")
        lines += ["  " + line for line in context.values()]
    return "- " + "\n  ".join(lines) + "\n"


def pod_spec(rng, patch=False, containers=("app",)):
    text = ""
    seen = set()
    for line in rng.sample(POD, rng.randint(0, 3)):
        key = line.split(":")[0]
        if key not in seen and (patch or "null" not in line):
            text += line + "\n"
            seen.add(key)
    if rng.random() < 0.4:
        text += "serviceAccountName: %s\n" % rng.choice(["sa", "default", "other"])
    if rng.random() < 0.3:
        text += "initContainers:\n" + container(rng, "init", patch)
    text += "containers:\n"
    for name in containers:
        text += container(rng, name, patch)
    # Both in one list: kustomize keeps what was there and drops what the patch does not name.
    if patch and rng.random() < 0.2:
        text += "- name: side\n  $patch: delete\n"
    elif patch and rng.random() < 0.1:
        text += "- $patch: replace\n"
    return text


def workload(rng, kind, name, patch=False, space=None):
    head = "apiVersion: %s\nkind: %s\nmetadata:\n  name: %s\n" % (APIS[kind], kind, name)
    if space:
        head += "  namespace: %s\n" % space
    if rng.random() < 0.4:
        head += "  labels: {app: %s, team: %s}\n" % (name, rng.choice("ab"))
    if rng.random() < 0.2:
        head += "  annotations: {note: x, email: a@b}\n"
    names = ["app"] if patch or rng.random() < 0.5 else ["app", "side"]
    spec = pod_spec(rng, patch, names)
    if kind == "Pod":
        return head + "spec:\n" + indent(spec, 2)
    template = "template:\n  metadata:\n    labels: {app: %s}\n  spec:\n" % name + indent(spec, 4)
    if kind == "CronJob":
        return head + "spec:\n  schedule: '* * * * *'\n  jobTemplate:\n    spec:\n" + indent(template, 6)
    extra = ""
    if kind in ("Deployment", "StatefulSet") and rng.random() < 0.5:
        extra += "  replicas: %d\n" % rng.randint(1, 4)
    if kind != "Job" and not patch:
        extra += "  selector:\n    matchLabels: {app: %s}\n" % name
    return head + "spec:\n" + extra + indent(template, 2)


def others(rng, name):
    return rng.sample([
        "apiVersion: v1\nkind: Service\nmetadata: {name: %s}\nspec:\n  type: %s\n  selector: {app: %s}\n  ports: [{port: %d, name: http}]\n" % (name, rng.choice(["NodePort", "ClusterIP"]), name, rng.choice([80, 22])),
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa}\nautomountServiceAccountToken: %s\n" % rng.choice(["true", "false"]),
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{apiGroups: [''], resources: [secrets], verbs: [%s]}]\n" % rng.choice(["get", "'*'"]),
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: rb}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: sa}, {kind: ServiceAccount, name: default, namespace: x}]\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: cr}\nrules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]\n",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: np}\nspec:\n  podSelector: {matchLabels: {app: %s}}\n  policyTypes: [Ingress]\n" % name,
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: %s}}\n" % rng.choice(["baseline", "restricted"]),
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %s}, maxReplicas: 3}\n" % name,
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: p}\nspec: {minAvailable: 1, selector: {matchLabels: {app: %s}}}\n" % name,
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: %s, port: {number: 80}}}}]}}]\n" % name,
        "apiVersion: v1\nkind: Secret\nmetadata: {name: reg}\ndata: {k: eA==}\n",
    ], rng.randint(0, 5))


JSON_PATCHES = ["- {op: remove, path: /spec/template/spec/containers/0/image}\n", "- op: add\n  path: /spec/template/spec/hostIPC\n  value: true\n",
                "- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: swapped:3\n", "- op: add\n  path: /metadata/labels\n  value: {owner: me}\n",
                "- op: add\n  path: /spec/template/spec/containers/-\n  value: {name: late%d, image: 'x:1', securityContext: {privileged: true}}\n",
                "- op: test\n  path: /kind\n  value: Deployment\n- op: copy\n  from: /spec/template/spec/containers/0\n  path: /spec/template/spec/initContainers\n",
                "- op: add\n  path: /spec/template/metadata/annotations\n  value: {a~1b: c}\n- op: add\n  path: /spec/template/metadata/annotations/x~1y\n  value: z\n"]


def kustomization(rng, lines, objects, folder):
    """Fields that change what `objects` (kind, name) there are."""
    if rng.random() < 0.3:
        lines.append("namespace: %s\n" % rng.choice(["prod", "default"]))
    if rng.random() < 0.3:
        lines.append("namePrefix: %s\n" % rng.choice(["p-", "x"]))
    if rng.random() < 0.2:
        lines.append("nameSuffix: -v2\n")
    if rng.random() < 0.2:
        lines.append("commonLabels: {stage: prod, app.kubernetes.io/name: shop}\n")
    if rng.random() < 0.2:
        lines.append("labels:\n- pairs: {owner: us}\n  %s: true\n" % rng.choice(["includeSelectors", "includeTemplates"]))
    if rng.random() < 0.2:
        lines.append("commonAnnotations: {email: x@y, seccomp.security.alpha.kubernetes.io/pod: runtime/default}\n")
    if rng.random() < 0.4:
        lines.append("images:\n" + "".join(rng.sample([
            "- {name: nginx, newTag: '9.9'}\n", "- {name: nginx, newName: mirror/nginx}\n", "- {name: reg.io:5000/a/nginx, newName: q, digest: 'sha256:%s'}\n" % ("1" * 64),
            "- {name: redis, newTag: '7', newName: reg.io/redis}\n", "- {name: reg.io/app, newTag: v1}\n", "- {name: ngin, newTag: v}\n"], rng.randint(1, 3))))
    scaled = [name for kind, name in objects if kind in ("Deployment", "StatefulSet")]
    if scaled and rng.random() < 0.3:
        lines.append("replicas: [{name: %s, count: %d}]\n" % (rng.choice(scaled), rng.randint(1, 5)))
    patches = ""
    merges = []
    for number in range(rng.randint(0, 3)):
        kind, name = rng.choice(objects)
        way = rng.random()
        if way < 0.25:
            (folder / ("patch%d.yaml" % number)).write_text(workload(rng, kind, name, True))
            merges.append("- patch%d.yaml\n" % number)
        elif way < 0.5:
            patches += "- patch: |-\n" + indent(workload(rng, kind, name, True), 4)
        elif way < 0.65:
            (folder / ("patch%d.yaml" % number)).write_text(workload(rng, kind, "any", True))
            patches += "- path: patch%d.yaml\n  target: {kind: %s, name: %s}\n" % (number, kind, rng.choice([name, ".*", name[:1] + ".*"]))
        elif way < 0.75:
            patches += "- patch: |\n    $patch: delete\n    apiVersion: %s\n    kind: %s\n    metadata: {name: %s}\n" % (APIS[kind], kind, name)
        elif kind in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
            patches += "- target: {kind: %s%s}\n  patch: |-\n" % (kind, rng.choice(["", ", labelSelector: 'team=a'", ", name: %s" % name])) + indent(rng.choice(JSON_PATCHES).replace("%d", str(rng.randint(0, 99999))), 4)
    if merges:
        lines.append("patchesStrategicMerge:\n" + "".join(merges))
    if patches:
        lines.append("patches:\n" + patches)
    if rng.random() < 0.2:
        lines.append("configMapGenerator:\n- name: cm\n  literals: [PASSWORD=hunter2, 'A=\"b c\"']\n  options: {disableNameSuffixHash: true}\n")
    if rng.random() < 0.2:
        (folder / "s.env").write_text("# c\nTOKEN=abc\n\nX=1\n")
        lines.append("secretGenerator:\n- name: sec\n  envs: [s.env]\n  options: {disableNameSuffixHash: true}\n")
    if rng.random() < 0.25:
        kind, name = rng.choice(objects)
        pod = {"Pod": "spec", "CronJob": "spec.jobTemplate.spec.template.spec"}.get(kind, "spec.template.spec")
        source = rng.choice(["source: {kind: %s, name: %s}" % (kind, name), "source: {kind: %s, name: %s, fieldPath: '%s.containers.[name=app].name'}" % (kind, name, pod),
                             "source: {kind: %s, name: %s, fieldPath: %s.containers.0.image, options: {delimiter: ':', index: 0}}" % (kind, name, pod)])
        target = rng.choice(["fieldPaths: ['%s.containers.[name=app].image'], options: {delimiter: ':', index: %d}" % (pod, rng.randint(-1, 2)),
                             "fieldPaths: ['%s.containers.*.image']" % pod, "fieldPaths: ['metadata.annotations.a\\.b/c', metadata.labels.mark], options: {create: true}",
                             "fieldPaths: [%s.serviceAccountName, %s.hostname], options: {create: true}" % (pod, pod)]).replace("\\", "\\")
        lines.append("replacements:\n- %s\n  targets:\n  - {select: {kind: %s%s}%s, %s}\n" % (source, kind, rng.choice(["", ", name: %s" % name]), rng.choice(["", ", reject: [{name: db}]"]), target))
    if rng.random() < 0.25:
        lines.append(variables(rng, objects))
    rng.shuffle(lines)
    if rng.random() < 0.5:
        lines.insert(0, "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n")
    (folder / rng.choice(["kustomization.yaml", "kustomization.yml", "Kustomization"])).write_text("".join(lines))


def variables(rng, objects):
    """`vars`, some of which kustomize refuses."""
    text = ""
    for name in rng.sample(["DB", "PORT", "A", "X_1"], rng.randint(1, 2)):
        kind, of = rng.choice(objects + [("Nothing", "there")] if rng.random() < 0.05 else objects)
        pod = {"Pod": "spec", "CronJob": "spec.jobTemplate.spec.template.spec"}.get(kind, "spec.template.spec")
        api = "" if rng.random() < 0.05 else ", apiVersion: %s" % APIS.get(kind, "v1")
        ref = rng.choice(["", "", ", fieldref: {fieldpath: '%s.containers[0].image'}" % pod, ", fieldref: {fieldPath: '%s.containers.0.name'}" % pod,
                          ", fieldref: {fieldpath: spec.replicas}", ", fieldref: {fieldpath: spec.selector}"])
        text += "- {name: %s, objref: {kind: %s, name: %s%s}%s}\n" % (name, kind, of, api, ref)
    return "vars:\n" + text


def base(rng, folder):
    folder.mkdir(parents=True)
    objects = []
    files = []
    for name in rng.sample(NAMES, rng.randint(1, 2)):
        kind = rng.choice(KINDS)
        objects.append((kind, name))
        texts = [workload(rng, kind, name)] + (others(rng, name) if name == objects[0][1] else [])
        (folder / (name + ".yaml")).write_text("---\n".join(texts))
        files.append("- %s%s.yaml\n" % (rng.choice(["", "./"]), name))
    kustomization(rng, ["resources:\n" + "".join(files)], objects, folder)
    return objects


def generate(rng, root):
    objects = base(rng, root / "base")
    top = ["resources:\n- ../base\n"]
    folder = root / "top"
    if rng.random() < 0.3:
        kustomization_folder = root / "mid"
        kustomization_folder.mkdir()
        kustomization(rng, list(top), objects, kustomization_folder)
        top = ["resources: [../mid]\n"]
    folder.mkdir()
    if rng.random() < 0.3:
        (folder / "more.yaml").write_text(workload(rng, "Deployment", "more"))
        top[0] = top[0].replace("[../mid]", "\n- ../mid") + "- more.yaml\n"
        objects = objects + [("Deployment", "more")]
    if rng.random() < 0.25:
        part = root / "part"
        part.mkdir()
        kind, name = rng.choice(objects)
        (part / "kustomization.yaml").write_text("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- patch: |-\n" + indent(workload(rng, kind, name, True), 4))
        top.append("components: [../part]\n")
    kustomization(rng, top, objects, folder)


def oracle(root):
    done = subprocess.run([KUBECTL, "kustomize", str(root / "top")], capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        return None
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "built.yaml"
        out.write_bytes(done.stdout)
        return mine(differential.facts(PLIMSOLL, "kubernetes", folder))


def mine(rows):
    return sorted(str((row.get("scope"), row.get("key"), row.get("value"))) for row in rows if "key" in row)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--plimsoll")
    PLIMSOLL = parser.parse_known_args()[0].plimsoll
    told = subprocess.run([KUBECTL, "version", "--client"], capture_output=True, text=True).stdout if KUBECTL else ""
    version = re.search(r"Kustomize Version: v(\d+)", told)
    if not version or int(version.group(1)) < 5:
        print("no kubectl with Kustomize 5 is installed")
        sys.exit(77)
    differential.run("kubernetes", generate, oracle, mine)
