#include <doctest/doctest.h>

#include "tests/plugins/kube-flags/told.h"

using namespace plimsoll;
using namespace plimsoll::kube_test;

TEST_CASE("kube-controller-manager: feature gates") {
  struct Case {
    const char* why;
    const char* flags;
    const char* gates;
  };
  const Case cases[] = {
      {"values have one spelling", "'--feature-gates=A=T,B=0'", "A=true,B=false"},
      {"blanks do not count", "'--feature-gates=A = true , B=f'", "A=true,B=false"},
      {"repeated flags merge", "--feature-gates=A=true, '--feature-gates=B=true,A=false'",
       "A=false,B=true"},
      {"AllBeta speaks for a gate that nothing names", "--feature-gates=AllBeta=false",
       "AllBeta=false,RotateKubeletServerCertificate=false"},
      {"and not for one that is named",
       "'--feature-gates=AllBeta=false,RotateKubeletServerCertificate=true'",
       "AllBeta=false,RotateKubeletServerCertificate=true"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts =
        on_node("kube-controller-manager", node("kube-controller-manager", c.flags));
    CHECK(value(facts, "feature-gates") == c.gates);
  }
}

TEST_CASE("kube-controller-manager: defaults, and a unit") {
  const Facts facts =
      on_node("kube-controller-manager",
              unit("kube-controller-manager",
                   "ExecStart=/bin/bash -c 'kube-controller-manager --profiling=0'\n"));
  CHECK(value(facts, "profiling") == "false");
  CHECK(value(facts, "bind-address") == "0.0.0.0 (default)");
  CHECK_FALSE(on_node("kube-controller-manager", {}).not_applicable.empty());
}
