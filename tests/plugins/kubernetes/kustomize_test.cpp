// What kustomizations build, told as facts of the tree; and what cannot be built.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

constexpr std::string_view kDeployment =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {team: a}}\nspec:\n"
    "  template:\n    spec:\n      containers:\n"
    "      - {name: app, image: 'nginx:1', args: [a, b], env: [{name: A, value: '1'}]}\n"
    "      - {name: side, image: side, ports: [{containerPort: 53}, {containerPort: 53, protocol: "
    "UDP}]}\n";

Facts facts_of(const Files& files) {
  MemoryRoot root;
  for (const auto& [path, text] : files) root.add_file(path, text);
  return read_probe("kubernetes", root);
}

/// A kustomization in /k beside deployment.yaml.
Facts built(const std::string& kustomization, Files more = {}) {
  more.emplace("/k/deployment.yaml", kDeployment);
  more.emplace("/k/kustomization.yaml", "resources: [deployment.yaml]\n" + kustomization);
  return facts_of(more);
}

std::string value(const Facts& facts, std::string_view key, std::string_view scope) {
  const Fact* fact = facts.find(key, scope);
  return fact == nullptr ? "(absent)" : fact->value;
}

/// The gap that says it, or "".
std::string gap_with(const Facts& facts, std::string_view words) {
  for (const Gap& gap : facts.gaps)
    if (gap.error.what.find(words) != std::string::npos) return gap.error.what;
  return {};
}

std::string strategic(const std::string& containers) {
  return "patches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: "
         "{name: "
         "web}\n    spec: {template: {spec: {containers: " +
         containers + "}}}\n";
}

constexpr std::string_view kApp = "Deployment/default/web > container app";
constexpr std::string_view kSide = "Deployment/default/web > container side";

}  // namespace

TEST_CASE("kubernetes: strategic merge patches of a kustomization") {
  struct Case {
    std::string_view why;
    std::string containers;
    std::string_view scope, key, value;
  };
  const Case cases[] = {
      {"a container is found by its name, other fields stay", "[{name: app, image: 'n:2'}]", kApp,
       "image", "n:2"},
      {"what is not named stays", "[{name: app, image: 'n:2'}]", kSide, "image", "side"},
      {"null removes", "[{name: side, image: null}]", kSide, "image", "unset"},
      {"$patch: delete removes an element", "[{name: side, $patch: delete}]", kSide, "image",
       "(absent)"},
      {"$patch: replace as an element replaces the list",
       "[{name: x, image: y}, {$patch: replace}]", kApp, "image", "(absent)"},
      {"a new element is added", "[{name: x, image: z}]", "Deployment/default/web > container x",
       "image", "z"},
      {"variables are found by name", "[{name: app, env: [{name: DB_PASSWORD, value: x}]}]", kApp,
       "env.literal-credential", "DB_PASSWORD"},
      {"a port is its number and its protocol",
       "[{name: side, ports: [{containerPort: 53, protocol: UDP, hostPort: 9}]}]", kSide,
       "ports.hostport", "9"},
      {"an empty list changes nothing", "[]", kApp, "image", "nginx:1"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(built(strategic(c.containers)), c.key, c.scope) == c.value);
  }
}

TEST_CASE("kubernetes: what changes every resource of a kustomization") {
  struct Case {
    std::string_view why;
    std::string text;
    std::string_view scope, key, value;
  };
  const Case cases[] = {
      {"a tag", "images: [{name: nginx, newTag: '2'}]\n", kApp, "image", "nginx:2"},
      {"a digest takes the tag's place", "images: [{name: nginx, digest: 'sha256:0'}]\n", kApp,
       "image", "nginx@sha256:0"},
      {"the whole name has to match", "images: [{name: ngin, newTag: '2'}]\n", kApp, "image",
       "nginx:1"},
      {"replicas", "replicas: [{name: web, count: 4}]\n", "Deployment/default/web", "replicas",
       "4"},
      {"namespace and prefix", "namespace: ns\nnamePrefix: p-\n", "Deployment/ns/p-web",
       "metadata.namespace", "ns"},
      {"labels", "commonLabels: {owner: me}\n", "Deployment/default/web", "labels.owner", "yes"},
      {"annotations", "commonAnnotations: {email: a@b}\n", "Deployment/default/web",
       "annotations.email", "a@b"},
      {"a JSON patch",
       "patches:\n- target: {kind: Deploy.*}\n  patch: '[{op: add, path: "
       "/spec/template/spec/hostPID, value: true}]'\n",
       "Deployment/default/web", "hostpid", "true"},
      {"a target that selects nothing is none",
       "patches:\n- target: {labelSelector: team=b}\n  patch: '[{op: remove, path: /nowhere}]'\n",
       kApp, "image", "nginx:1"},
      {"a replacement of a part",
       "replacements:\n- sourceValue: '7'\n  targets:\n  - {select: {kind: Deployment}, "
       "fieldPaths: "
       "['spec.template.spec.containers.[name=app].image'], options: {delimiter: ':', index: 1}}\n",
       kApp, "image", "nginx:7"},
      {"a generated secret", "secretGenerator: [{name: s, literals: [TOKEN=x]}]\n",
       "Secret/default/s", "secret.data", "TOKEN"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = built(c.text);
    CHECK(facts.gaps.empty());
    CHECK(value(facts, c.key, c.scope) == c.value);
  }
}

TEST_CASE(
    "kubernetes: values are found where they stand, in a base, a patch or the kustomization") {
  const Facts facts = built("images: [{name: nginx, newTag: '2'}]\n" +
                            strategic("[{name: app, securityContext: {privileged: true}}]"));
  const Fact* image = facts.find("image", kApp);
  const Fact* privileged = facts.find("securitycontext.privileged", kApp);
  const Fact* side = facts.find("image", kSide);
  REQUIRE(image != nullptr);
  REQUIRE(privileged != nullptr);
  REQUIRE(side != nullptr);
  CHECK(image->origin == Origin{"/k/kustomization.yaml", 2, 10});
  // The column inside a text of its own is not the file's.
  CHECK(privileged->origin == Origin{"/k/kustomization.yaml", 8, 0});
  CHECK(side->origin.file == "/k/deployment.yaml");
}

TEST_CASE("kubernetes: vars of a kustomization stand where kustomize puts them") {
  const std::string objects =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf, annotations: "
      "{config.kubernetes.io/local-config: 'true'}}\ndata: {RUN: sudo ls, a.b: x}\n---\n"
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: "
      "'i:$(RUN)', command: [sh, -c, TEXT], env: [{name: DB_PASSWORD, value: TEXT}]}\n";
  struct Case {
    std::string_view why;
    std::string text;  ///< in a command and in the environment
    std::string field;
    std::string_view sudo, credential;
  };
  const Case cases[] = {
      {"a text that is one name", "$(VAR)", "data.RUN", "yes", "DB_PASSWORD"},
      {"a name within a text", "true; $(VAR)", "data.RUN", "yes", "DB_PASSWORD"},
      {"a key with a dot", "sudo $(VAR)", "'data[a.b]'", "yes", "DB_PASSWORD"},
      {"a name that is not defined stays", "$(OTHER)", "data.RUN", "no", "none"},
      {"two signs are one, and no name", "$$(VAR)", "data.RUN", "no", "none"},
      {"a name without an end stays", "$(VAR", "data.RUN", "no", "none"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    std::string text = objects;
    for (std::size_t at = 0; (at = text.find("TEXT")) != std::string::npos;)
      text.replace(at, 4, fmt::format("'{}'", c.text));
    const Facts facts =
        facts_of({{"/k/objects.yaml", text},
                  {"/k/kustomization.yaml",
                   fmt::format("resources: [objects.yaml]\nnamePrefix: x-\nvars:\n- {{name: VAR, "
                               "objref: {{apiVersion: v1, kind: ConfigMap, name: conf}}, fieldref: "
                               "{{fieldpath: {}}}}}\n",
                               c.field)}});
    CHECK(facts.gaps.empty());
    CHECK(value(facts, "command.sudo", "Pod/default/x-p > container c") == c.sudo);
    CHECK(value(facts, "env.literal-credential", "Pod/default/x-p > container c") == c.credential);
    CHECK(value(facts, "image", "Pod/default/x-p > container c") == "i:$(RUN)");
  }
}

TEST_CASE("kubernetes: what kustomize would refuse, or what is not there to be read, is a gap") {
  struct Case {
    std::string_view why;
    std::string text;
    std::string_view says;
    bool is_built;
  };
  const Case cases[] = {
      {"a patch that names nothing",
       "patches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: "
       "x}\n",
       "no object is called Deployment `x`", false},
      {"a JSON patch of what is not there",
       "patches: [{target: {kind: Deployment}, patch: '[{op: remove, path: /a}]'}]\n",
       "`remove` of `/a`", false},
      {"a missing file", "components: [../gone]\n", "`../gone` is not there", false},
      {"a broken patch", "patches: [{path: broken.yaml}]\n", "did not find expected", false},
      {"itself as a base", "components: [.]\n", "among its own bases", false},
      {"a base elsewhere", "components: ['https://example.org/x?ref=1']\n", "is not fetched", true},
      {"a base above the tree", "components: [../../../x]\n", "outside of what is scanned", true},
      {"a chart", "helmCharts: [{name: x}]\n", "what `helmCharts` makes", true},
      {"a plug-in", "transformers: [t.yaml]\n", "what `transformers` changes", true},
      {"two of one name", "resources: [deployment.yaml, ./deployment.yaml]\n",
       "`web` is there twice", false},
      {"what fields are touched", "configurations: [c.yaml]\n", "what `configurations` changes",
       true},
      {"a variable of nothing", "vars: [{name: A, objref: {kind: Service, name: x}}]\n",
       "the object of one of `vars` is not there", false},
      {"a variable of a field that is not there",
       "vars: [{name: A, objref: {apiVersion: apps/v1, kind: Deployment, name: web}, fieldref: "
       "{fieldPath: spec.x}}]\n",
       "variable `A` has no `spec.x`", false},
      {"a variable twice",
       "vars:\n- &v {name: A, objref: {apiVersion: apps/v1, kind: Deployment, name: web}}\n- *v\n",
       "`vars` has `A` twice", false},
      {"a variable of what may lie elsewhere",
       "components: ['https://example.org/x?ref=1']\nvars: [{name: A, objref: {kind: Service, "
       "name: x}}]\n",
       "the values of `vars` are not known", true},
      {"replicas of nothing", "replicas: [{name: x, count: 1}]\n", "`replicas` names `x`", false},
      {"a file of a generator", "configMapGenerator: [{name: c, files: [gone.txt]}]\n",
       "no such file", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = built(c.text, {{"/k/broken.yaml", "a: [\n"}});
    CHECK(gap_with(facts, c.says) != "");
    CHECK((value(facts, "image", kApp) == "nginx:1") == c.is_built);
  }
}

TEST_CASE("kubernetes: files of a kustomization are judged as it builds them, and nowhere else") {
  const Files tree = {{"/base/kustomization.yaml", "resources: [d.yaml]\n"},
                      {"/base/d.yaml", std::string(kDeployment)},
                      {"/top/kustomization.yml", "resources: [../base]\nnamespace: top\n"}};
  const Facts facts = facts_of(tree);
  CHECK(value(facts, "image", "Deployment/top/web > container app") == "nginx:1");
  CHECK(value(facts, "image", kApp) == "(absent)");

  SUBCASE("each of several overlays is told") {
    Files more = tree;
    more["/other/Kustomization"] = "resources: [../base]\n";
    CHECK(value(facts_of(more), "image", kApp) == "nginx:1");
  }
  SUBCASE("those that use only each other are told, as gaps") {
    Files more = tree;
    more["/base/kustomization.yaml"] = "resources: [d.yaml, ../top]\n";
    CHECK(gap_with(facts_of(more), "among its own bases") != "");
  }
  SUBCASE("a component is built by who uses it") {
    const Facts alone = facts_of({{"/c/kustomization.yaml", "kind: Component\nnamespace: n\n"}});
    CHECK(alone.not_applicable.find("is a component") != std::string::npos);
  }
  SUBCASE("Flux's objects of that kind build nothing here") {
    const Facts flux =
        facts_of({{"/f/kustomization.yaml",
                   "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
                   "metadata: {name: f}\nspec: {path: ./x}\n"}});
    CHECK(flux.rows.empty());
    CHECK(flux.gaps.empty());
  }
}

TEST_CASE("kubernetes: a kustomization that would grow without end stops") {
  Files tree;
  for (int i = 0; i < 40; ++i) {
    const std::string next = "../k" + std::to_string(i + 1);
    tree["/k" + std::to_string(i) + "/kustomization.yaml"] =
        "resources: [" + next + ", " + next + "]\nnamePrefix: x\n";
  }
  tree["/k40/kustomization.yaml"] = "resources: [d.yaml]\n";
  tree["/k40/d.yaml"] = std::string(kDeployment);
  CHECK(gap_with(facts_of(tree), "than are followed") != "");

  SUBCASE("nor one whose variables are long and stand often") {
    std::string args;
    for (int i = 0; i < 10'000; ++i) args += "$(A)";
    const std::string objects =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {x: " +
        std::string(100'000, 'v') +
        "}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, "
        "args: ['" +
        args + "']}]}\n";
    const Facts facts = facts_of(
        {{"/k/o.yaml", objects},
         {"/k/kustomization.yaml",
          "resources: [o.yaml]\nvars: [{name: A, objref: {apiVersion: v1, kind: ConfigMap, name: "
          "c}, fieldref: {fieldPath: data.x}}]\n"}});
    CHECK(gap_with(facts, "more values than can be put together") != "");
  }
  SUBCASE("nor one whose values are made of themselves") {
    std::string text = "replacements:\n";
    for (int i = 0; i < 64; ++i)
      text +=
          "- source: {kind: Deployment, fieldPath: spec.x}\n  targets: [{select: {kind: "
          "Deployment}, "
          "fieldPaths: [spec.x], options: {delimiter: ',', index: -1}}]\n";
    const Facts facts = built(
        "patches: [{target: {kind: Deployment}, patch: '[{op: add, path: /spec/x, value: "
        "abcdefgh}]'}]\n" +
        text);
    CHECK(gap_with(facts, "more values than can be put together") != "");
  }
}

TEST_CASE("kubernetes: a name that no object can have does not fill a report") {
  const Facts facts =
      facts_of({{"/a.yaml",
                 "apiVersion: v1\nkind: Pod\nmetadata: {name: " + std::string(5000, 'a') + "}\n"}});
  REQUIRE(!facts.rows.empty());
  CHECK(facts.rows.front().scope.size() < 300);
}
