#include <doctest/doctest.h>

#include "tests/plugins/kube-flags/told.h"

using namespace plimsoll;
using namespace plimsoll::kube_test;

namespace {

constexpr const char* kProbe = "etcd";

}  // namespace

TEST_CASE("etcd: flags as Go's own package reads them") {
  struct Case {
    const char* why;
    const char* flags;
    const char* key;
    const char* value;
  };
  const Case cases[] = {
      {"one dash or two", "-client-cert-auth=true", "client-cert-auth", "true"},
      {"a boolean takes no word, and the word ends the flags",
       "--auto-tls, 'false', --peer-auto-tls", "peer-auto-tls", "false (default)"},
      {"so it is true", "--auto-tls, 'false'", "auto-tls", "true"},
      {"underscores are no dashes", "--client_cert_auth=true", "client-cert-auth",
       "false (default)"},
      {"the last one counts", "--auto-tls, --auto-tls=false", "auto-tls", "false"},
      {"a text takes the next word", "--cert-file, /x", "cert-file", "/x"},
      {"an empty text is none", "--cert-file=", "cert-file", "-"},
      {"with a certificate of its own make nobody has to show one",
       "--auto-tls, --client-cert-auth", "client-cert-auth", "false"},
      {"a certificate that is given is not replaced",
       "--auto-tls, --client-cert-auth, --cert-file=/x", "client-cert-auth", "true"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(on_node(kProbe, node(kProbe, c.flags)), c.key) == c.value);
  }
}

TEST_CASE("etcd: variables, and the file that puts an end to them") {
  const auto of_unit = [](std::string_view variable, std::string_view flags, std::string_view key) {
    Files files = unit(kProbe, fmt::format("Environment={}\nExecStart=etcd {}\n", variable, flags));
    files["/etcd.yml"] = "client-transport-security:\n  auto-tls: false\npeer-auto-tls: 1\n";
    return value(on_node(kProbe, files), key);
  };
  CHECK(of_unit("ETCD_AUTO_TLS=true", "", "auto-tls") == "true");
  CHECK(of_unit("ETCD_AUTO_TLS=true", "--auto-tls=false", "auto-tls") == "false");
  CHECK(of_unit("ETCD_AUTO_TLS=", "", "auto-tls") == "false (default)");
  CHECK(of_unit("AUTO_TLS=true", "", "auto-tls") == "false (default)");
  CHECK(of_unit("ETCD_AUTO_TLS=true", "--config-file=/etcd.yml --auto-tls", "auto-tls") == "false");
  CHECK(of_unit("ETCD_CONFIG_FILE=/etcd.yml", "--auto-tls", "auto-tls") == "false");
  // Outside of its section it is no setting.
  CHECK(of_unit("A=b", "--config-file=/etcd.yml", "peer-auto-tls") == "false (default)");
}

TEST_CASE("etcd: the authority beside that of the API server") {
  Files files = node(kProbe, "--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt");
  CHECK(value(on_node(kProbe, files), "@shares-cluster-ca") == "-");
  files.merge(node("kube-apiserver", "--client-ca-file, /etc/kubernetes/pki/ca.crt"));
  CHECK(value(on_node(kProbe, files), "@shares-cluster-ca") == "false");
  files["/etc/kubernetes/manifests/etcd.yaml"] =
      pod(kProbe, "--trusted-ca-file=/etc/kubernetes/pki/ca.crt");
  CHECK(value(on_node(kProbe, files), "@shares-cluster-ca") == "true");
  const std::string both = pod(kProbe, "--trusted-ca-file=/ca.crt") + "---\n" +
                           pod("kube-apiserver", "--client-ca-file=/ca.crt");
  CHECK(value(in_document(kProbe, both), "@shares-cluster-ca", "Pod/default/x > main") == "true");
}

TEST_CASE("etcd: containers that have no command") {
  const auto of = [](std::string_view container) {
    return value(
        in_document(kProbe, fmt::format("kind: StatefulSet\nmetadata: {{name: s}}\nspec:\n  "
                                        "template:\n    spec:\n      containers:\n"
                                        "      - name: c\n        {}\n",
                                        container)),
        "auto-tls", "StatefulSet/default/s > c");
  };
  CHECK(of("image: quay.io/coreos/etcd:v3.5.0") == "false (default)");
  CHECK(of("image: etcd\n        env: [{name: ETCD_AUTO_TLS, value: 'true'}]") == "true");
  CHECK(of("image: etcd\n        args: [/usr/local/bin/etcd, --auto-tls]") == "true");
  CHECK(of("image: etcd\n        args: [etcdctl, --auto-tls]") == "-");
  CHECK(of("image: etcd-operator") == "-");
  CHECK(of("image: x\n        command: [pgrep, etcd]") == "-");
}
