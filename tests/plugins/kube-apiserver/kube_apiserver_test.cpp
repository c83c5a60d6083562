#include <doctest/doctest.h>

#include "tests/plugins/kube-flags/told.h"

using namespace plimsoll;
using namespace plimsoll::kube_test;

namespace {

constexpr const char* kProbe = "kube-apiserver";

struct Case {
  const char* why;
  const char* flags;
  const char* key;
  const char* value;
};

}  // namespace

TEST_CASE("kube-apiserver: flags as pflag reads them") {
  const Case cases[] = {
      {"the last one of a flag counts", "--profiling=false, --profiling=true", "profiling", "true"},
      {"a boolean without a value is true", "--profiling=false, --profiling", "profiling", "true"},
      {"a boolean takes no word behind it", "--profiling, 'false'", "profiling", "true"},
      {"every spelling of strconv.ParseBool", "--profiling=F", "profiling", "false"},
      {"`no` is none of them and stays", "--profiling='no'", "profiling", "'no'"},
      {"a text takes the next word, whatever it is", "--audit-log-path, --profiling=false",
       "profiling", "true (default)"},
      {"so it does have it", "--audit-log-path, --profiling=false", "audit-log-path",
       "--profiling=false"},
      {"a flag that nobody knows leaves other flags alone", "--new-thing, --profiling=false",
       "profiling", "false"},
      {"underscores are dashes", "--audit_log_path=/x", "audit-log-path", "/x"},
      {"one dash is a short flag", "-profiling=false", "profiling", "true (default)"},
      {"-- ends the flags", "--, --profiling=false", "profiling", "true (default)"},
      {"case counts", "--Profiling=false", "profiling", "true (default)"},
      {"lists add up", "'--enable-admission-plugins=A,B', --enable-admission-plugins=C",
       "enable-admission-plugins", "A,B,C"},
      {"an empty list is none", "--tls-cipher-suites=", "tls-cipher-suites", "-"},
      {"an empty text is none, even after a full one",
       "--client-ca-file=/ca, --client-ca-file=", "client-ca-file", "-"},
      {"an empty boolean is no boolean, and no default", "--profiling=", "profiling", ""},
      {"the old list of all plugins", "'--admission-control=NodeRestriction,ServiceAccount'",
       "disable-admission-plugins", "NamespaceLifecycle"},
      {"a default", "--v=2", "authorization-mode", "AlwaysAllow (default)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(on_node(kProbe, node(kProbe, c.flags)), c.key) == c.value);
  }
}

TEST_CASE("kube-apiserver: words that are no flags keep it from starting") {
  CHECK(on_node(kProbe, node(kProbe, "--profiling, 'false'")).gaps.size() == 1);
  CHECK(on_node(kProbe, node(kProbe, "--, --profiling=false")).gaps.size() == 1);
  CHECK(on_node(kProbe, node(kProbe, "--profiling=false, --")).gaps.empty());
}

TEST_CASE("kube-apiserver: commands that start it") {
  struct Start {
    const char* why;
    const char* container;
    const char* profiling;
  };
  const Start cases[] = {
      {"a path", "command: [/usr/local/bin/kube-apiserver, --profiling=false]", "false"},
      {"arguments apart", "command: [kube-apiserver]\n    args: [--profiling=false]", "false"},
      {"hyperkube", "command: [/hyperkube, kube-apiserver, --profiling=false]", "false"},
      {"a program that starts another",
       "command: [/go-runner, --log-file=/x, /usr/bin/kube-apiserver, --profiling=false]", "false"},
      {"a script", "command: [sh, -c, 'set -e; exec kube-apiserver --profiling=false | tee /x']",
       "false"},
      {"a script with a variable of the container",
       "command: [sh, -c, 'kube-apiserver --profiling=$P']\n    env: [{name: P, value: 'false'}]",
       "false"},
      {"no command, and the container is named for it",
       "name: kube-apiserver\n    args: [--profiling=false]", "false"},
      {"no command, and the image is",
       "image: k8s.gcr.io/kube-apiserver-amd64:v1.9.0\n    args: [--profiling=false]", "false"},
      {"arguments that name another program",
       "name: kube-apiserver\n    args: [sleep, kube-apiserver]", "-"},
      {"a longer name", "command: [kube-apiserver-proxy, --profiling=false]", "-"},
      {"the name as an argument", "command: [kubectl, logs, kube-apiserver]", "-"},
      {"it says its version and ends", "command: [kube-apiserver, --version]", "-"},
      {"a variable in $( )",
       "command: [kube-apiserver, --profiling=$(P)]\n    env: [{name: P, value: 'false'}]",
       "false"},
      {"a dollar sign twice is one", "command: [kube-apiserver, --profiling=$$(P)]", "$(P)"},
      {"without a variable it stays", "command: [kube-apiserver, --profiling=$(P)]", "$(P)"},
  };
  for (const Start& c : cases) {
    CAPTURE(c.why);
    const std::string text =
        fmt::format("kind: Pod\nspec:\n  containers:\n  - x: 1\n    {}\n", c.container);
    const Facts facts = on_node(kProbe, {{"/etc/kubernetes/manifests/a", text}});
    CHECK(value(facts, "profiling") == c.profiling);
  }
}

TEST_CASE("kube-apiserver: what cannot be told is said") {
  struct Open {
    const char* why;
    const char* container;
    const char* hidden;  ///< the key; empty: every key
  };
  const Open cases[] = {
      {"an expansion may hold any flag", "command: [sh, -c, 'kube-apiserver $ARGS']", ""},
      {"the value of one flag", "command: [sh, -c, 'kube-apiserver --profiling=$P']", "profiling"},
      {"a variable from a secret",
       "command: [kube-apiserver, --profiling=$(P)]\n    env: [{name: P, valueFrom: {x: y}}]",
       "profiling"},
      {"a word from elsewhere", "command: [kube-apiserver, $(ARGS)]\n    envFrom: [{x: y}]", ""},
      {"a file that is not there", "command: [kube-apiserver, --authorization-config=/x]",
       "authorization-mode"},
  };
  for (const Open& c : cases) {
    CAPTURE(c.why);
    const std::string text = fmt::format(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - name: c\n    "
        "{}\n",
        c.container);
    const Facts facts = in_document(kProbe, text);
    REQUIRE(facts.gaps.size() == 1);
    CHECK(facts.gaps[0].subject == "Pod/default/a > c");
    CHECK(facts.gaps[0].fields.empty() == (*c.hidden == '\0'));
    CHECK(hides(facts, c.hidden));
    CHECK_FALSE((*c.hidden != '\0' && hides(facts, "audit-log-path")));
  }
}

TEST_CASE("kube-apiserver: static pods that the kubelet takes") {
  const std::string good = pod(kProbe, "--profiling=false");
  const Files hidden = {{"/etc/kubernetes/manifests/.kube-apiserver.yaml", good}};
  CHECK_FALSE(on_node(kProbe, hidden).not_applicable.empty());
  const Files second = {{"/etc/kubernetes/manifests/a.yaml", "kind: Pod\n---\n" + good}};
  CHECK_FALSE(on_node(kProbe, second).not_applicable.empty());
  const Files backup = {{"/etc/kubernetes/manifests/a.bak", good}};
  CHECK(value(on_node(kProbe, backup), "profiling") == "false");
  const Files two = {{"/etc/kubernetes/manifests/a.yaml", good},
                     {"/etc/kubernetes/manifests/b.yaml", pod(kProbe, "--v=1")}};
  const Facts facts = on_node(kProbe, two);
  CHECK(value(facts, "profiling") == "false");
  CHECK(value(facts, "profiling", "/etc/kubernetes/manifests/b.yaml") == "true (default)");
}

TEST_CASE("kube-apiserver: documents of a source tree") {
  const std::string deployment =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: enc}\ndata:\n  enc.yaml: |\n"
      "    kind: EncryptionConfiguration\n    resources:\n    - resources: [secrets]\n"
      "      providers: [{identity: {}}]\n---\n"
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n"
      "  metadata: {name: api, namespace: vcluster}\n  spec:\n    template:\n      spec:\n"
      "        volumes: [{name: e, configMap: {name: enc}}]\n        containers:\n"
      "        - {name: api, command: [kube-apiserver, "
      "--encryption-provider-config=/e/enc.yaml]}\n";
  const Facts facts = in_document(kProbe, deployment);
  const char* scope = "Deployment/vcluster/api > api";
  CHECK(value(facts, "anonymous-auth", scope) == "true (default)");
  CHECK(value(facts, "@encryption-provider", scope) == "identity");
  REQUIRE(facts.find("@encryption-provider", scope) != nullptr);
  CHECK(facts.find("@encryption-provider", scope)->origin.line == 9);
  CHECK(facts.find("@encryption-provider", "EncryptionConfiguration") == nullptr);
  CHECK(facts.gaps.empty());

  const std::string alone =
      "{\"apiVersion\":\"apiserver.config.k8s.io/v1\",\"kind\":\"EncryptionConfiguration\","
      "\"resources\":[{\"resources\":[\"secrets\"],\"providers\":[{\"kms\":{}}]}]}";
  CHECK(value(in_document(kProbe, alone, "/enc.json"), "@encryption-provider",
              "EncryptionConfiguration") == "kms");

  const std::string chart =
      "kind: Pod\nspec:\n  containers:\n  - name: kube-apiserver\n    args: {{ .a }}\n  x: {{\n";
  CHECK(in_document(kProbe, chart).gaps.empty());
  CHECK_FALSE(in_document(kProbe, chart).not_applicable.empty());

  const std::string broken = pod(kProbe, "--v=1") + "  - [\n";
  CHECK(in_document(kProbe, broken).gaps.size() == 1);
}

TEST_CASE("kube-apiserver: documents that are none of its own") {
  const char* const texts[] = {
      "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: kube-apiserver-proxy}]}\n",
      "apiVersion: v1\nkind: ConfigMap\ndata: {containers: '/etc/kube-apiserver.yaml'}\n",
      "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: my.kube-apiserver}]}\n",
  };
  for (const char* text : texts) {
    CAPTURE(text);
    const Facts facts = in_document(kProbe, text);
    CHECK(facts.rows.empty());
    CHECK(facts.gaps.empty());
  }
  CHECK(in_document(kProbe, pod(kProbe, "--v=1"), "/x.md").rows.empty());
}
