// Families and examples: placeholders, their mistakes, files of every kind.
#include <doctest/doctest.h>

#include "scanner/baseline/load.h"
#include "tests/baseline/demo_probes.h"

using namespace plimsoll;

namespace {

const std::string kHead = R"(schema = 1
id = "demo"
version = "1.0.0"
title = "demo"
owner = "us"
reviewed = 2026-11-25
element = "os"
)";

const std::string kFamily = R"([[family]]
probe = "demo"
id = "demo.{slug}"
title = "{title}"
severity = "low"
key = "{key}"
expect = "{expect}"
rationale = "r {{braces}} of {slug}"
references = "{refs}"
remediation = { summary = "set {key}" }
rows = [
  { slug = "a", title = "A", key = "maxauthtries", expect = { at_most = 4 }, refs = { ssg = ["x", "y"] }, bad = "9" },
  { slug = "b", title = "B", key = "other", expect = ["p", "q"], refs = {}, severity = "high", bad = "z" },
]
)";

Loaded load(const std::string& text, const std::string& examples = {}) {
  Loaded loaded = load_baseline(text, "demo.toml", demo::kProbes);
  if (!examples.empty()) load_examples(examples, "demo.examples.toml", loaded);
  return loaded;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

std::string headlines(const Diagnostics& problems) {
  std::string out;
  for (const Diagnostic& problem : problems)
    out += std::to_string(problem.where.line) + ": " + problem.what +
           (problem.help.empty() ? "" : " (" + problem.help + ")") + "\n";
  return out;
}

}  // namespace

TEST_CASE("a family becomes a rule for each row") {
  const Loaded loaded = load(kHead + kFamily);
  REQUIRE(headlines(loaded.problems) == "");
  REQUIRE(loaded.baseline.rules.size() == 2);
  const Rule& a = loaded.baseline.rules[0];
  CHECK(a.id == "demo.a");
  CHECK(a.title == "A");
  CHECK(a.rationale == "r {braces} of a");
  CHECK(a.remediation.summary == "set maxauthtries");
  CHECK(a.check.expect->op == Op::at_most);
  CHECK(a.references.by_name.at("ssg") == std::vector<std::string>{"x", "y"});
  CHECK(a.line == 19);
  const Rule& b = loaded.baseline.rules[1];
  CHECK(b.check.expect->op == Op::one_of);
  CHECK(b.check.expect->operands == std::vector<std::string>{"p", "q"});
  CHECK(b.references.by_name.empty());
  CHECK(a.severity == Severity::low);
  CHECK(b.severity == Severity::high);
}

TEST_CASE("a row key that is a placeholder does not set the field of that name") {
  std::string text = replaced(kFamily, "key = \"{key}\"", "key = \"x{type}\"");
  text = replaced(text, "bad = \"9\"", "type = \"file\", bad = \"9\"");
  text = replaced(text, "bad = \"z\"", "type = \"dir\", bad = \"z\"");
  text = replaced(text, "key = \"maxauthtries\", expect = { at_most = 4 }", "expect = 4");
  text = replaced(text, "key = \"other\", ", "");
  text = replaced(text, "set {key}", "s");
  const Loaded loaded = load(kHead + text);
  REQUIRE(headlines(loaded.problems) == "");
  CHECK(loaded.baseline.rules[0].check.key == "xfile");
  CHECK_FALSE(loaded.baseline.rules[0].check.expect->type.has_value());
}

TEST_CASE("mistakes in a family") {
  const struct {
    std::string why, from, to, said;
  } cases[] = {
      {"a name that rows do not have", "\"{title}\"", "\"the {titel}\"",
       "11: placeholder `{titel}` has no value in the row on line 19 (use `title`)\n"
       "11: placeholder `{titel}` has no value in the row on line 20 (use `title`)\n"},
      {"a brace that is not closed", "set {key}", "set {key",
       "17: `{` without its `}` in `set {key` (write `{{` for a brace)\n"
       "17: `{` without its `}` in `set {key` (write `{{` for a brace)\n"},
      {"a table inside a text", "\"{title}\"", "\"the {refs}\"",
       "19: a table cannot stand inside the text `the {refs}`\n"
       "20: a table cannot stand inside the text `the {refs}`\n"},
      {"no rows", "rows =", "rwos =",
       "8: family `demo.{slug}` has no `rows`\n18: unknown key `rwos` in family `demo.{slug}` (use "
       "`rows`)\n0: baseline `demo` has no rules\n"},
      {"a row that is no table", "rows = [", "rows = [\"a\",",
       "18: `rows` in family `demo.{slug}` must be an array of tables, not a text\n"},
      {"a mistake in one row", "at_most = 4", "atmost = 4",
       "19: unknown operator `atmost` in rule `demo.a` (use `at_most`)\n"},
      {"two rows of one id", "slug = \"b\"", "slug = \"a\"",
       "10: a second rule `demo.a` (ids are never used twice)\n"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    auto problems = load(kHead + replaced(kFamily, c.from, c.to)).problems;
    std::stable_sort(problems.begin(), problems.end(),
                     [](const Diagnostic& a, const Diagnostic& b) {
                       return a.where.line != 0 && b.where.line != 0 && a.where.line < b.where.line;
                     });
    CHECK(headlines(problems) == c.said);
  }
}

TEST_CASE("a family-example stands for every row") {
  const Loaded loaded = load(kHead + kFamily, R"([[family-example]]
family = "demo.{slug}"
verdict = "drift"
files."/etc/{slug}.conf" = "{key} = {bad}\n"
)");
  REQUIRE(headlines(loaded.problems) == "");
  REQUIRE(loaded.examples.size() == 2);
  CHECK(loaded.examples[1].rule == "demo.b");
  CHECK(loaded.examples[1].source == "demo.examples.toml");
  REQUIRE(loaded.examples[1].files.size() == 1);
  CHECK(loaded.examples[1].files[0].path == "/etc/b.conf");
  CHECK(loaded.examples[1].files[0].text == "other = z\n");
}

TEST_CASE("files of an example") {
  const Loaded loaded = load(kHead + kFamily, R"([[example]]
rule = "demo.a"
verdict = "pass"
files."/plain" = "text"
files."/secret" = { text = "x", mode = "0640", owner = "root", group = "shadow" }
files."/link" = { link = "/secret" }
files."/dir" = { directory = true }
files."/pipe" = { fifo = true }
files."/long" = { text = "ab", repeat = 3 }
)");
  REQUIRE(headlines(loaded.problems) == "");
  const auto& files = loaded.examples.at(0).files;
  REQUIRE(files.size() == 6);
  CHECK(files[0].text == "text");
  CHECK(files[0].mode == 0644);
  CHECK(files[1].mode == 0640);
  CHECK(files[1].group == "shadow");
  CHECK(files[2].type == "link");
  CHECK(files[2].text == "/secret");
  CHECK(files[3].type == "directory");
  CHECK(files[3].mode == 0755);
  CHECK(files[4].type == "fifo");
  CHECK(files[5].text == "ababab");
}

TEST_CASE("mistakes in examples") {
  const struct {
    std::string why, text, said;
  } cases[] = {
      {"an unknown rule", "[[example]]\nrule = \"demo.aa\"\nverdict = \"pass\"\n",
       "2: an example of the unknown rule `demo.aa` (use `demo.a`)\n"},
      {"an unknown family", "[[family-example]]\nfamily = \"demo.{slag}\"\nverdict = \"pass\"\n",
       "2: an example of the unknown family `demo.{slag}` (use `demo.{slug}`)\n"},
      {"an unknown verdict", "[[example]]\nrule = \"demo.a\"\nverdict = \"fail\"\n",
       "3: unknown verdict `fail` in an example of `demo.a` (one of `pass`, `drift`, `unknown`, "
       "`not_applicable`)\n"},
      {"no verdict", "[[example]]\nrule = \"demo.a\"\n",
       "1: an example of `demo.a` has no `verdict`\n"},
      {"a relative path",
       "[[example]]\nrule = \"demo.a\"\nverdict = \"pass\"\nfiles.\"etc/x\" = \"\"\n",
       "4: `etc/x` in an example of `demo.a` is not an absolute path\n"},
      {"a mode that is a number",
       "[[example]]\nrule = \"demo.a\"\nverdict = \"pass\"\nfiles.\"/x\" = { text = \"\", mode = "
       "640 }\n",
       "4: `mode` in `/x` in an example of `demo.a` must be an octal number in quotes, as "
       "\"0640\"\n"},
      {"an unknown parameter",
       "[[example]]\nrule = \"demo.a\"\nverdict = \"pass\"\nset.p = \"1\"\n",
       "4: unknown parameter `p` in an example of `demo.a`\n"},
      {"something else", "[[rule]]\nid = \"x\"\n",
       "1: unknown key `rule` in the examples (one of `example`, `family-example`)\n"},
      {"too much of a good thing",
       "[[example]]\nrule = \"demo.a\"\nverdict = \"pass\"\nfiles.\"/x\" = { text = \"\", repeat = "
       "1000000000 }\n",
       "4: `repeat` in `/x` in an example of `demo.a` must be from 1 to 1000000\n"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    CHECK(headlines(load(kHead + kFamily, c.text).problems) == c.said);
  }
}
