// What counts as a credential in the values of a chart, and whose values a subchart's are.
#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const std::map<std::string, std::string>& files) {
  MemoryRoot root;
  for (const auto& [path, text] : files) root.add_file(path, text);
  return read_probe("helm", root);
}

}  // namespace

TEST_CASE("helm: literal credentials in values") {
  struct Case {
    std::string_view why;
    std::string text;
    bool is_one;
  };
  const Case cases[] = {
      {"camel case", "adminPassword: x\n", true},
      {"below others", "a: {b: [{dbPassword: x}]}\n", true},
      {"dashes", "api-token: abc\n", true},
      {"an empty one", "password: ''\n", false},
      {"none at all", "password:\n", false},
      {"a switch", "password: false\n", false},
      {"the name of a Secret", "existingSecret: web\nsecretName: s\n", false},
      {"a key in a Secret", "passwordKey: admin-password\ntokenKey: t\n", false},
      {"filled in when it is installed", "password: ${PASSWORD}\n", false},
      {"by a template", "password: '{{ .Values.x }}'\n", false},
      {"to be replaced", "password: <your password>\n", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read({{"/values.yaml", c.text}});
    bool is_one = false;
    for (const Fact& fact : facts.rows) is_one = is_one || fact.key == "credential";
    CHECK(is_one == c.is_one);
  }
}

TEST_CASE("helm: the chart around a subchart has the last word") {
  const std::string sub = "securityContext: {privileged: true}\nhostNetwork: true\n";
  const std::string around = "db: {securityContext: {privileged: false}}\n";
  const Facts facts = read({{"/charts/db/values.yaml", sub}, {"/values.yaml", around}});
  const Fact* set = facts.find("privileged", "db.securityContext");
  REQUIRE(set != nullptr);
  CHECK(set->value == "false");
  CHECK(facts.find("privileged", "securityContext") == nullptr);
  CHECK(facts.find("hostnetwork") != nullptr);
}

TEST_CASE("helm: what is no YAML is a gap; manifests and other files are none of its business") {
  CHECK(read({{"/values.yaml", "a: [\n"}}).gaps.size() == 1);
  CHECK(read({{"/values.yaml", "apiVersion: v1\nkind: Pod\nhostNetwork: true\n"}}).rows.empty());
  CHECK(read({{"/value.yaml", "hostNetwork: true\n"}}).rows.empty());
  CHECK(read({{"/prod-values.yml", "hostNetwork: true\n"}}).rows.size() == 1);
}
