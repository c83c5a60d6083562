#include <doctest/doctest.h>

#include "tests/plugins/kube-flags/told.h"

using namespace plimsoll;
using namespace plimsoll::kube_test;

namespace {

constexpr const char* kKey = "metrics-bind-address";

/// A ConfigMap as kubeadm writes it, and the DaemonSet that mounts one.
std::string kubeadm(std::string_view mounted) {
  return fmt::format(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: kube-proxy}}\ndata:\n  config.conf: |-\n"
      "    apiVersion: kubeproxy.config.k8s.io/v1alpha1\n    kind: KubeProxyConfiguration\n"
      "    metricsBindAddress: 0.0.0.0\n---\n"
      "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: kube-proxy}}\nspec:\n  template:\n"
      "    spec:\n      volumes: [{{name: v, configMap: {{name: {}}}}}]\n      containers:\n"
      "      - name: p\n        command: [kube-proxy, --config=/var/lib/kube-proxy/config.conf]\n",
      mounted);
}

}  // namespace

TEST_CASE("kube-proxy: the address of its metrics") {
  struct Case {
    const char* why;
    const char* flags;
    const char* file;
    const char* address;
  };
  const Case cases[] = {
      {"the flag alone", "--metrics-bind-address=0.0.0.0", "", "0.0.0.0"},
      {"nothing", "--v=1", "", "127.0.0.1:10249 (default)"},
      {"the file alone, even where it is silent", "--config=/p, --metrics-bind-address=0.0.0.0",
       "kind: KubeProxyConfiguration\n", "127.0.0.1:10249 (default)"},
      {"empty is the default", "--config=/p", "metricsBindAddress: ''\n",
       "127.0.0.1:10249 (default)"},
      {"the file", "--config=/p, --metrics-bind-address=127.0.0.1",
       "metricsBindAddress: '[::]:1'\n", "[::]:1"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    Files files = node("kube-proxy", c.flags);
    files["/p"] = c.file;
    CHECK(value(on_node("kube-proxy", files), kKey) == c.address);
  }
}

TEST_CASE("kube-proxy: the ConfigMap that its pod mounts is its file") {
  const Facts facts = in_document("kube-proxy", kubeadm("kube-proxy"));
  CHECK(value(facts, kKey, "DaemonSet/default/kube-proxy > p") == "0.0.0.0");
  CHECK(value(facts, kKey, "KubeProxyConfiguration") == "-");
  CHECK(facts.gaps.empty());
  // Another one is judged by itself, and the file of the pod is not known.
  const Facts apart = in_document("kube-proxy", kubeadm("other"));
  CHECK(value(apart, kKey, "KubeProxyConfiguration") == "0.0.0.0");
  CHECK(hides(apart, kKey));
}
