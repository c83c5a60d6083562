#include <doctest/doctest.h>

#include "tests/plugins/kube-flags/told.h"

using namespace plimsoll;
using namespace plimsoll::kube_test;

namespace {

constexpr const char* kProbe = "kubelet";
constexpr const char* kScope = "KubeletConfiguration";

std::string configuration(std::string_view body) {
  return fmt::format("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n{}",
                     body);
}

}  // namespace

TEST_CASE("kubelet: the configuration file") {
  struct Case {
    const char* why;
    const char* body;
    const char* key;
    const char* value;
  };
  const Case cases[] = {
      {"a file closes what flags leave open", "", "authentication.anonymous.enabled",
       "false (default)"},
      {"and the port", "", "readonlyport", "0 (default)"},
      {"yes is a boolean of YAML 1.1", "seccompDefault: yes\n", "seccompdefault", "true"},
      {"names count with their case", "SeccompDefault: true\n", "seccompdefault",
       "false (default)"},
      {"so do the outer ones", "Authorization: {mode: AlwaysAllow}\n", "authorization.mode",
       "Webhook (default)"},
      {"the last one of a key counts", "readOnlyPort: 10255\nreadOnlyPort: 0\n", "readonlyport",
       "0"},
      {"null is not set", "protectKernelDefaults: ~\n", "protectkerneldefaults", "false (default)"},
      {"an empty path is none", "authentication: {x509: {clientCAFile: ''}}\n",
       "authentication.x509.clientcafile", "-"},
      {"an empty list is none", "tlsCipherSuites: []\n", "tlsciphersuites", "-"},
      {"zero is no time-out of the file", "streamingConnectionIdleTimeout: 0s\n",
       "streamingconnectionidletimeout", "4h0m0s (default)"},
      {"a gate of its own beats AllBeta",
       "featureGates: {AllBeta: false, RotateKubeletServerCertificate: true}\n",
       "featuregates.rotatekubeletservercertificate", "true"},
      {"AllBeta speaks for the others", "featureGates: {AllBeta: false}\n",
       "featuregates.rotatekubeletservercertificate", "false"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const std::string text = configuration(c.body);
    CHECK(value(on_node(kProbe, {{"/var/lib/kubelet/config.yaml", text}}), c.key) == c.value);
    CHECK(value(in_document(kProbe, text), c.key, kScope) == c.value);
  }
}

TEST_CASE("kubelet: a text in place of a boolean or a number is a gap") {
  CHECK(in_document(kProbe, configuration("protectKernelDefaults: 'true'\n")).gaps.size() == 1);
  CHECK(in_document(kProbe, configuration("readOnlyPort: 'none'\n")).gaps.size() == 1);
  CHECK(in_document(kProbe, configuration("readOnlyPort: 0\n")).gaps.empty());
}

TEST_CASE("kubelet: flags over files") {
  struct Case {
    const char* why;
    const char* exec;
    const char* key;
    const char* value;
  };
  const Case cases[] = {
      {"flags alone leave anonymous requests in", "", "authentication.anonymous.enabled",
       "true (default)"},
      {"and the port open", "", "readonlyport", "10255 (default)"},
      {"a flag beats the file", "--config=/k.yaml --read-only-port=1", "readonlyport", "1"},
      {"the file counts where no flag does", "--config=/k.yaml", "readonlyport", "7"},
      {"a drop-in beats the file", "--config=/k.yaml --config-dir=/k.d", "readonlyport", "8"},
      {"gates merge", "--config=/k.yaml --feature-gates=A=false", "featuregates.nodeswap", "true"},
      {"a flag of zero is a time-out", "--streaming-connection-idle-timeout=0",
       "streamingconnectionidletimeout", "0"},
      {"a flag of the command line alone", "--hostname-override=a", "hostname-override", "a"},
      {"quotes of systemd", "\"--hostname-override=a b\"", "hostname-override", "a b"},
      {"a file that is not there: no defaults", "--config=/none.yaml", "readonlyport", "-"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    Files files = unit(kProbe, fmt::format("ExecStart=/usr/bin/kubelet {}\n", c.exec));
    files["/k.yaml"] = configuration("readOnlyPort: 7\nfeatureGates: {NodeSwap: true}\n");
    files["/k.d/1.conf"] = configuration("readOnlyPort: 8\n");
    CHECK(value(on_node(kProbe, files), c.key) == c.value);
  }
}

TEST_CASE("kubelet: variables of a unit") {
  struct Case {
    const char* why;
    const char* lines;
    const char* value;  ///< of readonlyport
  };
  const Case cases[] = {
      {"a variable is split at blanks",
       "Environment=\"A=--v=1 --read-only-port=1\"\nExecStart=kubelet $A\n", "1"},
      {"in braces it is one word", "Environment=P=2\nExecStart=kubelet --read-only-port=${P}\n",
       "2"},
      {"what is not set is nothing", "ExecStart=kubelet $A --read-only-port=3\n", "3"},
      {"a file beats Environment=, whatever the order",
       "EnvironmentFile=/env\nEnvironment=P=5\nExecStart=kubelet --read-only-port=${P}\n", "4"},
      {"an empty ExecStart= takes the first away",
       "ExecStart=kubelet --read-only-port=6\nExecStart=\nExecStart=kubelet --read-only-port=7\n",
       "7"},
      {"the name that @ hands over is no word", "ExecStart=@kubelet node --read-only-port=8\n",
       "8"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    Files files = unit(kProbe, c.lines);
    files["/env"] = "P=4\n";
    CHECK(value(on_node(kProbe, files), "readonlyport") == c.value);
  }
  const Facts literal =
      on_node(kProbe, unit(kProbe, "Environment=P=2\nExecStart=:kubelet --read-only-port=${P}\n"));
  CHECK(value(literal, "readonlyport") == "${P}");
  const Facts without = on_node(kProbe, unit(kProbe, "EnvironmentFile=/none\nExecStart=kubelet\n"));
  CHECK(without.gaps.size() == 1);
}

TEST_CASE("kubelet: documents of a source tree") {
  const std::string kubeadm =
      "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n---\n" +
      configuration("rotateCertificates: true\n") + "---\n" + configuration("readOnlyPort: 1\n");
  const Facts facts = in_document(kProbe, kubeadm);
  CHECK(value(facts, "rotatecertificates", kScope) == "true");
  CHECK(value(facts, "readonlyport", "KubeletConfiguration #2") == "1");
  CHECK(facts.find("rotatecertificates", kScope)->origin.line == 6);

  const std::string map =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubelet-config}\ndata:\n  kubelet: |\n"
      "    kind: KubeletConfiguration\n    readOnlyPort: 2\n";
  const Facts embedded = in_document(kProbe, map);
  CHECK(value(embedded, "readonlyport", kScope) == "2");
  CHECK(embedded.find("readonlyport", kScope)->origin.line == 7);

  // Without a kind, its group tells it.
  const std::string bare = "apiVersion: kubelet.config.k8s.io/v1beta1\nreadOnlyPort: 3\n";
  CHECK(value(in_document(kProbe, bare), "readonlyport", kScope) == "3");
}

TEST_CASE("kubelet: a container whose configuration is elsewhere") {
  const std::string text = pod(kProbe, "--config=/var/lib/kubelet/config.yaml, --read-only-port=0");
  const char* scope = "Pod/default/x > main";
  const Facts facts = in_document(kProbe, text);
  CHECK(value(facts, "readonlyport", scope) == "0");
  CHECK(hides(facts, "rotatecertificates"));
  CHECK_FALSE(hides(facts, "readonlyport"));
  CHECK_FALSE(hides(facts, "hostname-override"));
  const Facts whole =
      in_document(kProbe, text, "/x.yaml",
                  {{"/var/lib/kubelet/config.yaml", configuration("rotateCertificates: true\n")}});
  CHECK(whole.gaps.empty());
  CHECK(value(whole, "rotatecertificates", scope) == "true");
}

TEST_CASE("kubelet: the tree of a node") {
  const std::string exec = "[Service]\nExecStart=kubelet --config=/k.yaml --seccomp-default\n";
  const std::string file = configuration("readOnlyPort: 0\n");
  const char* unit_path = "/etc/systemd/system/kubelet.service";
  const Facts of_unit = in_document(kProbe, exec, unit_path, {{"/k.yaml", file}});
  CHECK(value(of_unit, "seccompdefault", unit_path) == "true");
  CHECK(value(of_unit, "readonlyport", unit_path) == "0");
  // Judged together with the unit, not alone.
  const Facts of_file = in_document(kProbe, file, "/k.yaml", {{unit_path, exec}});
  CHECK(of_file.rows.empty());
  CHECK(of_file.not_applicable == "/k.yaml is read together with " + std::string(unit_path));
  // A unit that another one hides, and one that lies where systemd does not look.
  CHECK_FALSE(
      in_document(kProbe, exec, "/usr/lib/systemd/system/kubelet.service", {{unit_path, exec}})
          .not_applicable.empty());
  CHECK(in_document(kProbe, exec, "/files/kubelet.service").rows.empty());
}
