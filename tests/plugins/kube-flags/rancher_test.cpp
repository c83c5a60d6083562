#include <doctest/doctest.h>

#include "tests/plugins/kube-flags/told.h"

using namespace plimsoll;
using namespace plimsoll::kube_test;

TEST_CASE("k3s and RKE2: what they start programs with") {
  struct Case {
    const char* why;
    Files files;
    const char* probe;
    const char* key;
    const char* value;
  };
  const std::string k3s = "/etc/rancher/k3s/config.yaml";
  const Case cases[] = {
      {"their own choice is no default of the program",
       {{k3s, ""}},
       "kube-apiserver",
       "anonymous-auth",
       "false (default)"},
      {"a flag takes its place",
       {{k3s, "kube-apiserver-arg: [anonymous-auth=true]\n"}},
       "kube-apiserver",
       "anonymous-auth",
       "true"},
      {"so does a list",
       {{k3s, "kube-apiserver-arg: enable-admission-plugins=A\n"}},
       "kube-apiserver",
       "enable-admission-plugins",
       "A"},
      {"with a plus it joins",
       {{k3s, "kube-apiserver-arg: [enable-admission-plugins+=A]\n"}},
       "kube-apiserver",
       "enable-admission-plugins",
       "NodeRestriction,A"},
      {"without a value it is true",
       {{k3s, "kube-scheduler-arg: [profiling]\n"}},
       "kube-scheduler",
       "profiling",
       "true"},
      {"a later file replaces a list",
       {{k3s, "kubelet-arg: [read-only-port=1]\n"},
        {k3s + ".d/1.yaml", "kubelet-arg: [pod-max-pids=2]\n"}},
       "kubelet",
       "readonlyport",
       "0 (default)"},
      {"with a plus it adds to it",
       {{k3s, "kubelet-arg: [read-only-port=1]\n"},
        {k3s + ".d/1.yaml", "kubelet-arg+: [pod-max-pids=2]\n"}},
       "kubelet",
       "readonlyport",
       "1"},
      {"files of another ending are not read",
       {{k3s, "kubelet-arg: [read-only-port=1]\n"}, {k3s + ".d/1.bak", "kubelet-arg: []\n"}},
       "kubelet",
       "readonlyport",
       "1"},
      {"the command line stands behind the files",
       {{k3s, "kube-controller-manager-arg: [profiling=false]\n"},
        {"/etc/systemd/system/k3s.service",
         "[Service]\nExecStart=k3s server --kube-controller-manager-arg profiling=true\n"}},
       "kube-controller-manager",
       "profiling",
       "true"},
      {"a profile of RKE2",
       {{"/etc/rancher/rke2/config.yaml", "profile: cis\n"}},
       "kubelet",
       "protectkerneldefaults",
       "true"},
      {"an agent has no API server",
       {{"/etc/systemd/system/k3s-agent.service", "[Service]\nExecStart=k3s agent\n"}},
       "kube-apiserver",
       "profiling",
       "-"},
      {"but a kubelet",
       {{"/etc/systemd/system/k3s-agent.service", "[Service]\nExecStart=k3s agent\n"}},
       "kubelet",
       "authorization.mode",
       "Webhook (default)"},
      {"static pods of RKE2 are read in place of what they are made from",
       {{"/etc/rancher/rke2/config.yaml", "kube-scheduler-arg: [profiling=true]\n"},
        {"/var/lib/rancher/rke2/agent/pod-manifests/kube-scheduler.yaml",
         pod("kube-scheduler", "--profiling=false")}},
       "kube-scheduler",
       "profiling",
       "false"},
      {"nothing of theirs is there",
       {{"/etc/rancher/node/password", "x"}},
       "kubelet",
       "readonlyport",
       "-"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(on_node(c.probe, c.files), c.key) == c.value);
  }
}

TEST_CASE("k3s: what hangs on its release is not known") {
  const Facts facts = on_node("kube-apiserver", {{"/etc/rancher/k3s/config.yaml", ""}});
  CHECK(hides(facts, "etcd-cafile"));
  CHECK_FALSE(hides(facts, "profiling"));
  const Facts written =
      on_node("kube-apiserver", {{"/etc/rancher/k3s/config.yaml",
                                  "kube-apiserver-arg: [tls-cipher-suites=A, etcd-cafile=/ca]\n"}});
  CHECK_FALSE(hides(written, "tls-cipher-suites"));
  CHECK_FALSE(hides(written, "etcd-cafile"));
  const Facts broken = on_node("kubelet", {{"/etc/rancher/k3s/config.yaml", "a: [\n"}});
  CHECK(hides(broken));
}
