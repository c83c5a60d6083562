// Values as the API server would have them, and what only several objects together tell.
#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(std::string_view text) {
  static const std::map<std::string, std::string, std::less<>> context;
  const MemoryRoot root;
  const Document document{"/a.yaml", text};
  return find_builtin_probe("kubernetes")->run({root, context, {}, 1, nullptr, &document});
}

std::string value(const Facts& facts, std::string_view key, std::string_view scope) {
  const Fact* fact = facts.find(key, scope);
  return fact == nullptr ? "(absent)" : fact->value;
}

constexpr std::string_view kHead = "apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n";
constexpr std::string_view kContainer = "Pod/default/p > container c";

}  // namespace

TEST_CASE("kubernetes: a container's security context over its pod's, field by field") {
  struct Case {
    std::string_view why, pod, container, key, value;
  };
  const Case cases[] = {
      {"the pod's user stands where the container says nothing", "runAsUser: 7", "",
       "securitycontext.runasuser", "7"},
      {"the container's user wins", "runAsUser: 7", "runAsUser: 8", "securitycontext.runasuser",
       "8"},
      {"null is nothing said", "runAsUser: 7", "runAsUser: null", "securitycontext.runasuser", "7"},
      {"user 0 is root even where runAsNonRoot forbids to start it", "runAsNonRoot: true",
       "runAsUser: 0", "runs-as-root", "yes"},
      {"the image decides", "", "", "runs-as-root", "unknown"},
      {"another user is not root, whatever runAsNonRoot says", "runAsUser: 1",
       "runAsNonRoot: false", "runs-as-root", "no"},
      {"privileged is the container's alone", "privileged: true", "", "securitycontext.privileged",
       "false"},
      {"escalation is allowed unless it is forbidden", "", "",
       "securitycontext.allowprivilegeescalation", "true"},
      {"YAML 1.1 truth", "", "privileged: on", "securitycontext.privileged", "true"},
      {"single capabilities come back after ALL was dropped", "",
       "capabilities: { drop: [ALL], add: [chown] }", "capabilities.effective", "CHOWN"},
      {"drop wins over add of the same", "", "capabilities: { add: [ALL], drop: [ALL] }",
       "capabilities.effective", ""},
      {"a privileged container has all", "", "privileged: true, capabilities: { drop: [ALL] }",
       "capabilities.effective", "ALL"},
      {"the pod's profile is its containers'", "seccompProfile: { type: Localhost }", "", "seccomp",
       "Localhost"},
      {"nothing is known without one", "", "", "seccomp", "unset"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const std::string text = std::string(kHead) + "  securityContext: { " + std::string(c.pod) +
                             " }\n  containers: [ { name: c, securityContext: { " +
                             std::string(c.container) + " } } ]\n";
    CHECK(value(read(text), c.key, kContainer) == c.value);
  }
}

TEST_CASE("kubernetes: images and when they are pulled") {
  struct Case {
    std::string_view container, pinned, refresh;
  };
  const Case cases[] = {
      {"image: nginx", "latest", "always"},
      {"image: 'localhost:5000/nginx'", "latest", "always"},
      {"image: 'nginx:1'", "tag", "tag-from-cache"},
      {"image: 'nginx:latest', imagePullPolicy: IfNotPresent", "latest", "latest-from-cache"},
      {"image: 'nginx:latest@sha256:00'", "digest", "digest"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.container);
    const Facts facts = read(std::string(kHead) + "  containers: [ { name: c, " +
                             std::string(c.container) + " } ]\n");
    CHECK(value(facts, "image.pinned", kContainer) == c.pinned);
    CHECK(value(facts, "image.refresh", kContainer) == c.refresh);
  }
}

TEST_CASE("kubernetes: a request that is not written is the limit, by default") {
  const Facts facts = read(std::string(kHead) +
                           "  containers: [ { name: c, resources: { limits: { cpu: 1 } } } ]\n");
  const Fact* request = facts.find("resources.requests.cpu", kContainer);
  REQUIRE(request != nullptr);
  CHECK(request->value == "1");
  CHECK(request->origin.is_default());
}

TEST_CASE("kubernetes: every kind that makes pods is followed down to its containers") {
  const std::string pod = "{ spec: { containers: [ { name: c } ] } }";
  const std::pair<std::string, std::string> cases[] = {
      {"apps/v1\nkind: Deployment", "spec: { template: " + pod + " }"},
      {"apps/v1\nkind: StatefulSet", "spec: { template: " + pod + " }"},
      {"extensions/v1beta1\nkind: DaemonSet", "spec: { template: " + pod + " }"},
      {"apps/v1\nkind: ReplicaSet", "spec: { template: " + pod + " }"},
      {"v1\nkind: ReplicationController", "spec: { template: " + pod + " }"},
      {"batch/v1\nkind: Job", "spec: { template: " + pod + " }"},
      {"batch/v1beta1\nkind: CronJob",
       "spec: { jobTemplate: { spec: { template: " + pod + " } } }"},
      {"v1\nkind: PodTemplate", "template: " + pod},
      {"apps.openshift.io/v1\nkind: DeploymentConfig", "spec: { template: " + pod + " }"},
  };
  for (const auto& [start, body] : cases) {
    const std::string& head = start;
    CAPTURE(head);
    const Facts facts = read("apiVersion: " + head + "\nmetadata: { name: p }\n" + body + "\n");
    const std::string kind = head.substr(head.rfind(' ') + 1);
    CHECK(value(facts, "container", kind + "/default/p > container c") == "ordinary");
  }
}

TEST_CASE("kubernetes: what is no manifest has no facts, what is broken is a gap") {
  CHECK(read("a: {{ x }} b\n# apiVersion kind\n").not_applicable.find("template") !=
        std::string::npos);
  CHECK(read("apiVersion: example.org/v1\nkind: Service\n").rows.empty());
  CHECK(read("key: value\n").rows.empty());
  const Facts broken = read("apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: [\n");
  CHECK(broken.gaps.size() == 1);
  CHECK_FALSE(broken.rows.empty());
}

TEST_CASE("kubernetes: more containers than can be told are a gap") {
  std::string text(kHead);
  text += "  containers:\n";
  for (int i = 0; i < 5000; ++i) text += "  - {}\n";
  const Facts facts = read(text);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps.front().error.code == ErrorCode::limit);
}

TEST_CASE("kubernetes: selectors find pods in their own namespace, whatever the file") {
  MemoryRoot root;
  root.add_file("/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: p, labels: { app: a } }\n"
                "spec: { containers: [ { name: c } ] }\n");
  root.add_file("/x/here.yaml",
                "apiVersion: v1\nkind: Service\nmetadata: { name: here }\n"
                "spec: { selector: { app: a } }\n");
  root.add_file("/x/there.yaml",
                "apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: there }\n"
                "spec: { selector: { app: a } }\n");
  const Facts facts = find_builtin_probe("kubernetes")->run({root, {}, {}, 1});
  CHECK(value(facts, "selector.pods", "Service/default/here") == "some");
  CHECK(value(facts, "selector.pods", "Service/there/s") == "none");
  const Fact* fact = facts.find("selector.pods", "Service/there/s");
  CHECK(fact->origin.file == "/x/there.yaml");
}
