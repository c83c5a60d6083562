// Which rules a scan has, and with which values: benchmarks, levels, globs, the site, --set.
#include "scanner/baseline/plan.h"

#include <doctest/doctest.h>

#include "scanner/baseline/load.h"
#include "tests/baseline/demo_probes.h"

using namespace plimsoll;

namespace {

std::string component(const std::string& id, const std::string& version, const std::string& extra,
                      std::initializer_list<const char*> rules) {
  std::string out = "schema = 1\nid = \"" + id + "\"\nversion = \"" + version +
                    "\"\ntitle = \"t\"\nowner = \"us\"\nreviewed = 2026-11-25\n";
  out += extra;
  for (const char* rule : rules)
    out += "[[rule]]\nid = \"" + id + "." + rule +
           "\"\ntitle = \"t\"\nseverity = \"low\"\nrationale = \"r\"\nremediation = { summary = "
           "\"s\" }\n"
           "probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = { at_most = \"$tries\" }\n";
  return out;
}

const std::string kTries =
    "element = \"os\"\n[parameter.tries]\ntype = \"integer\"\ndefault = 4\nleast = 1\ndoc = "
    "\"guesses\"\n";

const std::string kBenchmark = R"(schema = 1
id = "bench"
version = "1.0.0"
title = "t"
owner = "us"
reviewed = 2026-11-25
benchmark = true
levels = ["one", "two"]
select = [
  { rule = "web.a", levels = ["one"], section = "1.1", severity = "high", explicit = true },
  { rule = "web.*", levels = ["two"] },
  { rule = "mail.*" },
]
[set]
"web.tries" = 3
[level.two.set]
"web.tries" = 2
)";

Packed packed(const std::string& text) {
  Loaded loaded = load_baseline(text, "baselines/x.toml", demo::kProbes);
  CHECK(render(loaded.problems) == "");
  return {std::move(loaded.baseline), text, ""};
}

std::string shipped() {
  return pack({packed(component("web", "1.0.0", kTries, {"a", "b"})),
               packed(component("web", "1.10.0", kTries, {"a", "b", "c"})),
               packed(component("web", "1.9.0", kTries, {"a"})),
               packed(component("mail", "1.0.0", kTries, {"z"})), packed(kBenchmark)});
}

struct Asked {
  Choice choice;
  std::string site;
};

/// Rules with severity and section, then the values of parameters, then what is wrong.
std::string plan_of(const Choice& choice, const std::string& site_text = {}) {
  const std::string bytes = shipped();
  Library library(bytes);
  Diagnostics problems;
  const Site site = load_site(site_text, "plimsoll.toml", problems);
  const Plan plan = make_plan(choice, site, library, problems);
  std::string out;
  for (const PlannedRule& planned : plan.rules) {
    out += planned.rule->id;
    if (planned.severity != Severity::low) out += "!" + std::string(name_of(planned.severity));
    if (!planned.section.empty()) out += "#" + planned.section;
    if (planned.explicit_value) out += *planned.explicit_value ? "+" : "-";
    out += ' ';
  }
  for (const auto& entry : library.entries())
    for (const auto& [baseline, parameters] : plan.parameters)
      if (baseline == entry.baseline.get())
        out += entry.baseline->id + "=" + parameters.at(0).value.at(0) + " ";
  for (const Diagnostic& problem : problems) {
    out += "\n" + problem.where.file;
    if (problem.where.line > 0) out += ":" + std::to_string(problem.where.line);
    out += " " + problem.what;
    if (!problem.help.empty()) out += " (" + problem.help + ")";
  }
  return out;
}

struct Case {
  std::string why;
  Choice choice;
  std::string site;
  std::string plan;
};

const Case kCases[] = {
    {"nothing asked, no default benchmark: all components, the latest of each",
     {},
     "",
     "mail.z web.a web.b web.c mail=4 web=4 "},
    {"a component by id", {{"web"}, "", {}, {}}, "", "web.a web.b web.c web=4 "},
    {"1.10.0 is later than 1.9.0", {{"web@1.9.0"}, "", {}, {}}, "", "web.a web=4 "},
    {"globs without a baseline: the rules of all components",
     {{}, "", {"*.a", "mail.z"}, {}},
     "",
     "mail.z web.a mail=4 web=4 "},
    {"globs narrow a baseline", {{"web"}, "", {"*.a", "mail.z"}, {}}, "", "web.a web=4 "},
    {"a benchmark selects, sets and maps; the first selection stands",
     {{"bench"}, "", {}, {}},
     "",
     "mail.z web.a!high#1.1+ web.b web.c mail=4 web=3 "},
    {"a level", {{"bench"}, "two", {}, {}}, "", "mail.z web.a web.b web.c mail=4 web=2 "},
    {"another level", {{"bench"}, "one", {}, {}}, "", "mail.z web.a!high#1.1+ mail=4 web=3 "},
    {"the site picks baselines and sets values",
     {},
     "baselines = [\"web@1.0.0\"]\n[set]\ntries = 5\n",
     "web.a web.b web=5 "},
    {"the command line comes last",
     {{}, "", {}, {{"web.tries", "6"}}},
     "baselines = [\"bench\"]\nlevel = \"one\"\n[set]\n\"web.tries\" = 5\n",
     "mail.z web.a!high#1.1+ mail=4 web=6 "},
    {"what the command line names is used in place of what the site picks",
     {{"mail"}, "", {}, {}},
     "baselines = [\"web\"]\n",
     "mail.z mail=4 "},
    {"overrides change and disable",
     {{"web"}, "", {}, {}},
     "[[override]]\nrule = \"web.a\"\nseverity = \"critical\"\n[[override]]\nrule = \"web.[bc]\"\n"
     "disabled = true\nreason = \"not ours\"\n",
     "web.a!critical web=4 "},
    {"a parameter of a component that has no rule here is of no consequence",
     {{"mail"}, "", {}, {{"web.tries", "3"}}},
     "",
     "mail.z mail=4 "},
};

const Case kMistakes[] = {
    {"an unknown baseline", {{"wbe"}, "", {}, {}}, "", "\n unknown baseline `wbe` (use `web`)"},
    {"an unknown baseline in the site's file",
     {},
     "baselines = [\"wbe\"]\n",
     "\nplimsoll.toml unknown baseline `wbe` (use `web`)"},
    {"an unknown version",
     {{"web@2.0.0"}, "", {}, {}},
     "",
     "\n no such version: `web@2.0.0` (there is `1.0.0`, `1.9.0`, `1.10.0`)"},
    {"an unknown level",
     {{"bench"}, "tow", {}, {}},
     "",
     "mail.z mail=4 \n unknown level `tow` (use `two`)"},
    {"a level without a benchmark",
     {{"mail"}, "one", {}, {}},
     "",
     "mail.z mail=4 \n unknown level `one` (only a benchmark has levels; name one with "
     "`--baseline`)"},
    {"an unknown rule",
     {{}, "", {"web.aa"}, {}},
     "",
     "\n `--rules` asks for the unknown rule `web.aa` (use `web.a`)"},
    {"a glob that matches nothing",
     {{}, "", {"wbe.*"}, {}},
     "",
     "\n `--rules` asks for `wbe.*`, which matches no rule (`plimsoll rules` lists them)"},
    {"an unknown parameter",
     {{"mail"}, "", {}, {{"mail.trise", "1"}}},
     "",
     "mail.z mail=4 \n unknown parameter `mail.trise` (use `mail.tries`)"},
    {"an unknown bare parameter",
     {{"mail"}, "", {}, {{"trise", "1"}}},
     "",
     "mail.z mail=4 \n unknown parameter `trise` (use `tries`)"},
    {"a bare name that two components have",
     {{}, "", {}, {{"tries", "1"}}},
     "",
     "mail.z web.a web.b web.c mail=4 web=4 \n `tries` is a parameter of several components (write "
     "`mail.tries` or `web.tries`)"},
    {"a value that is not of the type",
     {{"mail"}, "", {}, {{"tries", "many"}}},
     "",
     "mail.z mail=4 \n parameter `mail.tries`: `many` is not an integer (guesses)"},
    {"a value out of range",
     {{"mail"}, "", {}, {{"tries", "0"}}},
     "",
     "mail.z mail=4 \n parameter `mail.tries`: `0` is below 1, the least that `tries` may be "
     "(guesses)"},
    {"a value in the site's file",
     {{"mail"}, "", {}, {}},
     "[set]\n\"mail.tries\" = 0\n",
     "mail.z mail=4 \nplimsoll.toml:2 parameter `mail.tries`: `0` is below 1, the least that "
     "`tries` may be (guesses)"},
    {"an override of nothing",
     {{"mail"}, "", {}, {}},
     "[[override]]\nrule = \"mail.y\"\nseverity = \"low\"\n",
     "mail.z mail=4 \nplimsoll.toml:1 an override names the unknown rule `mail.y` (use `mail.z`)"},
};

}  // namespace

TEST_CASE("a plan is worked out from what is asked for") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    CHECK(plan_of(c.choice, c.site) == c.plan);
  }
}

TEST_CASE("what does not exist is said, with the nearest name") {
  for (const Case& c : kMistakes) {
    CAPTURE(c.why);
    CHECK(plan_of(c.choice, c.site) == c.plan);
  }
}

TEST_CASE("a benchmark that selects what is not there") {
  std::string text = kBenchmark;
  text.replace(text.find("mail.*"), 6, "mial.*");
  const std::string bytes = pack({packed(component("web", "1.0.0", kTries, {"a"})), packed(text)});
  Library library(bytes);
  Diagnostics problems;
  make_plan({{"bench"}, "", {}, {}}, {}, library, problems);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].what == "benchmark `bench` selects `mial.*`, which matches no rule");
  CHECK(problems[0].where == Origin{"baselines/x.toml", 12, 0});
}

TEST_CASE("a benchmark may leave rules out of a selection") {
  std::string text = kBenchmark;
  text.replace(text.find("{ rule = \"mail.*\" }"), 19,
               "{ rule = \"mail.*\", except = [\"mail.z\", \"mail.nope\"] }");
  const std::string bytes =
      pack({packed(component("web", "1.0.0", kTries, {"a"})),
            packed(component("mail", "1.0.0", kTries, {"y", "z"})), packed(text)});
  Library library(bytes);
  Diagnostics problems;
  const Plan plan = make_plan({{"bench"}, "", {}, {}}, {}, library, problems);
  REQUIRE(plan.rules.size() == 2);
  CHECK(plan.rules[0].rule->id == "mail.y");
  CHECK(plan.rules[1].rule->id == "web.a");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].what == "benchmark `bench` leaves out the unknown rule `mail.nope`");
}

TEST_CASE("a benchmark may name the version it selects from") {
  std::string text = kBenchmark;
  text.replace(text.find("select"), 6, "components = [\"web@1.0.0\"]\nselect");
  const std::string bytes = pack({packed(component("web", "1.0.0", kTries, {"a", "b"})),
                                  packed(component("web", "2.0.0", kTries, {"a", "b", "c"})),
                                  packed(component("mail", "1.0.0", kTries, {"z"})), packed(text)});
  Library library(bytes);
  Diagnostics problems;
  const Plan plan = make_plan({{"bench"}, "", {}, {}}, {}, library, problems);
  CHECK(render(problems) == "");
  CHECK(plan.rules.size() == 3);
}

TEST_CASE("packing keeps everything that a scan and a report need") {
  Packed one = packed(component("web", "1.0.0", kTries, {"a"}));
  one.examples = "# examples\n";
  const std::string source = one.source;
  const Baseline before = one.baseline;
  const std::string bytes = pack({one});
  Library library(bytes);
  REQUIRE(library.entries().size() == 1);
  const Library::Entry& entry = library.entries()[0];
  CHECK(entry.source == source);
  CHECK(entry.examples == "# examples\n");
  CHECK(entry.baseline == nullptr);
  const Baseline& after = library.baseline(entry);
  CHECK(entry.baseline != nullptr);
  CHECK(pack({{after, source, "# examples\n"}}) == bytes);
  CHECK(after.rules.at(0).check.expect->operands == before.rules.at(0).check.expect->operands);
  CHECK(after.parameters.at(0).least == 1);
}

TEST_CASE("bytes of another layout are no baselines") {
  CHECK(Library("").entries().empty());
  CHECK(Library("rubbish, and quite a lot of it").entries().empty());
}

TEST_CASE("a file takes the place of what is shipped under its id") {
  const std::string bytes = shipped();
  Library library(bytes);
  library.add(packed(component("web", "0.1.0", kTries, {"mine"})).baseline);
  REQUIRE(library.find("web") != nullptr);
  CHECK(library.find("web")->version == "0.1.0");
  CHECK(library.find("web", "1.0.0") == nullptr);
  CHECK(library.find_named("mail@") == nullptr);
}

TEST_CASE("plan: deep rules are left out unless asked for, and never without a word") {
  std::string text = component("web", "1.0.0", kTries, {"a", "b"});
  text.insert(text.find("probe = \"demo\""), "deep = true\n");  // of web.a
  const std::string bytes = pack({packed(text)});
  const auto plan = [&](std::vector<std::string> globs, bool deep) {
    Library library(bytes);
    Diagnostics problems;
    const Plan made = make_plan({{}, "", std::move(globs), {}, {}, deep}, {}, library, problems);
    std::string out;
    for (const PlannedRule& rule : made.rules) out += rule.rule->id + " ";
    for (const std::string& id : made.left_out) out += "(" + id + ") ";
    return out + render(problems);
  };
  CHECK(plan({}, true) == "web.a web.b ");
  CHECK(plan({}, false) == "web.b (web.a) ");
  CHECK(plan({"web.*"}, false) == "web.b (web.a) ");
  CHECK(plan({"web.a"}, true) == "web.a ");
  CHECK(plan({"web.a"}, false).find("asks for `web.a`, which is a deep rule") != std::string::npos);
  // Beside rules that can be run it would be lost in silence.
  CHECK(plan({"web.a", "web.b"}, false).find("which is a deep rule") != std::string::npos);
  CHECK(plan({"*a"}, false).find("which matches deep rules only") != std::string::npos);
}
