"""Holds what plimsoll prints against its own JSON Schemas, the rules of SARIF 2.1.0 and what CI servers accept as JUnit XML.

Two sources: the goldens beside this file (hostile names included), and the real output of the built program on the fixture
roots of the probes and on a small root made here.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

problems = []


def complain(where, what):
    problems.append("%s: %s" % (where, what))


def validator(path):
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def hold(check, document, where):
    for error in list(check.iter_errors(document))[:5]:
        complain(where, "%s: %s" % ("/".join(map(str, error.absolute_path)), error.message[:300]))


# What a schema cannot say of SARIF: indices agree, levels follow kinds (3.27.10), base ids exist.
def check_sarif(text, where):
    document = json.loads(text)
    hold(sarif_schema, document, where)
    for run in document["runs"]:
        rules = run["tool"]["driver"]["rules"]
        ids = [rule["id"] for rule in rules]
        if len(set(ids)) != len(ids):
            complain(where, "a rule id occurs twice")
        # A source tree that was named by a relative path has no base: its URIs begin where the pipeline runs.
        bases = run.get("originalUriBaseIds", {})
        for result in run["results"]:
            if ids[result["ruleIndex"]] != result["ruleId"]:
                complain(where, "ruleIndex of %s leads to another rule" % result["ruleId"])
            if (result["kind"] == "fail") == (result["level"] == "none"):
                complain(where, "level and kind of %s disagree" % result["ruleId"])
            for location in result["locations"] + result.get("relatedLocations", []):
                base = location["physicalLocation"]["artifactLocation"].get("uriBaseId")
                if (base is None) != (not bases) or (bases and base not in bases):
                    complain(where, "uriBaseId %s is not defined" % base)
        for base in bases.values():
            if "uri" in base and not base["uri"].endswith("/"):
                complain(where, "the uri of a base does not end in /")


# The attributes and children that the XSD of Jenkins' xunit plug-in knows; it refuses others.
JUNIT = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
                  {"name", "tests", "failures", "errors"}, {"testcase", "properties", "system-out", "system-err"}),
    "testcase": ({"name", "time", "classname", "group"}, {"name"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "skipped": ({"type", "message"}, set(), set()),
}


def check_junit_element(element, where):
    if element.tag not in JUNIT:
        return complain(where, "element <%s> is not known" % element.tag)
    allowed, required, children = JUNIT[element.tag]
    for name in set(element.attrib) - allowed:
        complain(where, "<%s> may not have the attribute %s" % (element.tag, name))
    for name in required - set(element.attrib):
        complain(where, "<%s> lacks the attribute %s" % (element.tag, name))
    if not re.fullmatch(r"[0-9]*(\.[0-9]*)?", element.get("time", "")):
        complain(where, "time %s is not a number" % element.get("time"))
    for child in element:
        if child.tag not in children:
            complain(where, "<%s> within <%s>" % (child.tag, element.tag))
        check_junit_element(child, where)


def check_junit(text, where):
    top = ElementTree.fromstring(text)
    if top.tag != "testsuites":
        complain(where, "the top element is <%s>" % top.tag)
    check_junit_element(top, where)
    for suite in [top] + list(top.iter("testsuite")):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if name in suite.attrib and int(suite.get(name)) != len(list(suite.iter(tag))):
                complain(where, "%s of %s is %s" % (name, suite.get("name"), suite.get(name)))


def harmless(text, where):
    if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text):
        complain(where, "a control character is printed as it is")


def run(*args, codes=(0, 1, 3)):
    done = subprocess.run([options.plimsoll, *args], capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
    text = done.stdout.decode("utf-8")
    where = "plimsoll " + " ".join(args)
    if done.returncode not in codes:
        complain(where, "exit %d: %s" % (done.returncode, done.stderr.decode(errors="replace")[-300:]))
    harmless(text, where)
    return text, where


def check_github(text, where):
    """Nothing but workflow commands, each on its line, whose properties the runner can take apart."""
    for line in text.splitlines():
        if not re.fullmatch(r"::(error|warning|notice) title=[^:,]+(,file=[^:,]+)?(,line=[1-9][0-9]*)?::.+", line):
            complain(where, "no workflow command: " + line)


def check_gitlab(text, where, made_by_hand=False):
    """The fields that GitLab reads of a Code Quality report; fingerprints tell issues apart."""
    issues = json.loads(text)
    for issue in issues:
        if issue["severity"] not in ("info", "minor", "major", "critical", "blocker"):
            complain(where, "severity " + issue["severity"])
        if not (issue["description"] and issue["check_name"] and issue["location"]["path"] and issue["location"]["lines"]["begin"] >= 1):
            complain(where, "an issue lacks a field: " + json.dumps(issue))
    if not made_by_hand and len({issue["fingerprint"] for issue in issues}) != len(issues):
        complain(where, "two issues have one fingerprint")


def check_goldens():
    golden = source / "tests/report/golden"
    for path in sorted(golden.glob("*.json")):
        hold(schema["scan"], json.loads(path.read_text(encoding="utf-8")), path.name)
    for path in sorted(golden.glob("*.sarif")):
        check_sarif(path.read_text(encoding="utf-8"), path.name)
    for path in sorted(golden.glob("*.xml")):
        check_junit(path.read_text(encoding="utf-8"), path.name)
    for path in sorted(golden.glob("*.github")):
        check_github(path.read_text(encoding="utf-8"), path.name)
    for path in sorted(golden.glob("*.gitlab")):
        check_gitlab(path.read_text(encoding="utf-8"), path.name, made_by_hand=True)
    for path in sorted(golden.glob("hostile*")):
        harmless(path.read_text(encoding="utf-8"), path.name)


def check_facts():
    names = run("probes", "--format", "names")[0].split()
    seen = 0
    for name in names:
        for root in sorted((source / "tests/plugins" / name / "fixtures").glob("*/root")):
            text, where = run("facts", name, "--root", str(root), "--format", "jsonl", "--shadowed")
            for line in text.splitlines():
                hold(schema["facts"], json.loads(line), where)
                seen += 1
    if seen == 0:
        complain("facts", "no fixture gave a fact")


def check_scan(folder):
    root = pathlib.Path(folder)
    (root / "etc/ssh").mkdir(parents=True)
    (root / "etc/ssh/sshd_config").write_text("PermitRootLogin yes\nMaxAuthTries 20\n# \x1b[2J\n")
    (root / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="\x1b[31mDebian"\n')
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    text, where = run("scan", "--root", folder, "--format", "json")
    if text:
        hold(schema["scan"], json.loads(text), where)
    text, where = run("scan", "--root", folder, "--format", "sarif")
    if text:
        check_sarif(text, where)
    text, where = run("scan", "--root", folder, "--format", "junit")
    if text:
        check_junit(text, where)
    check_github(*run("scan", "--root", folder, "--format", "github"))
    check_gitlab(*run("scan", "--root", folder, "--format", "gitlab"))
    run("scan", "--root", folder, "--format", "markdown")


def check_tree(folder):
    """Edits, which only a source tree has without being asked."""
    tree = pathlib.Path(folder) / "tree"
    tree.mkdir()
    (tree / "pod.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: 'a```'\n    image: a:1\n")
    text, where = run("scan", "--path", str(tree), "--format", "json")
    hold(schema["scan"], json.loads(text), where)
    if '"diff"' not in text:
        complain(where, "no edit")
    text, where = run("scan", "--path", str(tree), "--format", "sarif")
    check_sarif(text, where)
    lines = (tree / "pod.yaml").read_text().splitlines(keepends=True)
    fixes = 0
    for result in json.loads(text)["runs"][0]["results"]:
        for fix in result.get("fixes", []):
            region = fix["artifactChanges"][0]["replacements"][0]["deletedRegion"]
            if not 1 <= region["startLine"] <= region["endLine"] <= len(lines) + 1:
                complain(where, "a fix outside the file: %s" % region)
            fixes += 1
    if fixes == 0:
        complain(where, "no fix")
    text, where = run("scan", "--path", str(tree), "--format", "markdown")
    if "````diff\n" not in text:
        complain(where, "a fence that the manifest cannot close")


arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--plimsoll", required=True)
arguments.add_argument("--source", required=True)
options = arguments.parse_args()
source = pathlib.Path(options.source)
schema = {name: validator(source / "scanner/report/schemas" / (name + ".schema.json")) for name in ("scan", "rules", "probes", "facts", "baselines")}
sarif_schema = validator(source / "tests/report/sarif.schema.json")

check_goldens()
check_facts()
text, where = run("probes", "--format", "json")
hold(schema["probes"], json.loads(text), where)
text, where = run("rules", "--format", "json")
hold(schema["rules"], json.loads(text or "[]"), where)
text, where = run("baseline", "list", "--format", "json")
hold(schema["baselines"], json.loads(text), where)
with tempfile.TemporaryDirectory(prefix="formats-") as folder:
    check_scan(folder)
    check_tree(folder)

for problem in problems[:40]:
    print(problem)
print("%d problems" % len(problems))
sys.exit(1 if problems else 0)
