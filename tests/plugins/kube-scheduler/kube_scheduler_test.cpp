#include <doctest/doctest.h>

#include "tests/plugins/kube-flags/told.h"

using namespace plimsoll;
using namespace plimsoll::kube_test;

TEST_CASE("kube-scheduler: profiling is a matter of the file where there is one") {
  struct Case {
    const char* why;
    const char* flags;
    const char* file;
    const char* profiling;
  };
  const Case cases[] = {
      {"the flag alone", "--profiling=false", "", "false"},
      {"the file does not speak of it, and its default is true", "--config=/s, --profiling=false",
       "kind: KubeSchedulerConfiguration\n", "true (default)"},
      {"the file decides", "--config=/s, --profiling=true",
       "kind: KubeSchedulerConfiguration\nenableProfiling: no\n", "false"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    Files files = node("kube-scheduler", c.flags);
    files["/s"] = c.file;
    CHECK(value(on_node("kube-scheduler", files), "profiling") == c.profiling);
  }
}

TEST_CASE("kube-scheduler: a file that is not there hides profiling alone") {
  const Facts facts =
      on_node("kube-scheduler", node("kube-scheduler", "--config=/s, --profiling=false"));
  CHECK(hides(facts, "profiling"));
  CHECK_FALSE(hides(facts, "bind-address"));
}

TEST_CASE("kube-scheduler: its configuration as a document") {
  const Facts facts =
      in_document("kube-scheduler",
                  "apiVersion: x/v1\nkind: KubeSchedulerConfiguration\nenableProfiling: false\n");
  CHECK(value(facts, "profiling", "KubeSchedulerConfiguration") == "false");
  CHECK(value(facts, "bind-address", "KubeSchedulerConfiguration") == "-");
}
