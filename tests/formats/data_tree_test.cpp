#include "scanner/formats/data/data_tree.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

using namespace plimsoll;

namespace {

/// A node in flow style with the line of each scalar: `{a: x@1}`; quoted scalars in quotes.
std::string dump(const DataNode& node) {
  if (node.is_scalar()) {
    const std::string quote = node.plain ? "" : "\"";
    return fmt::format("{}{}{}{}@{}", node.tag.empty() ? "" : std::string(node.tag) + " ", quote,
                       node.text, quote, node.line);
  }
  std::string out = node.is_mapping() ? "{" : "[";
  for (const DataEntry& entry : node.entries) {
    if (out.size() > 1) out += ", ";
    if (entry.key != nullptr) out += std::string(entry.key->text) + ": ";
    out += dump(*entry.value);
  }
  return out + (node.is_mapping() ? "}" : "]");
}

std::string dump(const DataTree& tree) {
  std::string out;
  for (const DataNode* document : tree.documents) out += dump(*document) + "\n";
  if (tree.error) out += fmt::format("error:{}: {}\n", tree.error->where.line, tree.error->what);
  return out;
}

std::string yaml(const std::string& text, DataLimits limits = {}) {
  return dump(read_yaml(text, "/f.yaml", limits));
}

std::string json(const std::string& text) { return dump(read_json(text, "/f.json")); }

}  // namespace

TEST_CASE("yaml, json and toml: no text at all, not even an address") {
  for (const auto& tree : {read_yaml({}, "/x"), read_toml({}, "/x")}) CHECK_FALSE(tree.error);
  CHECK(read_json({}, "/x").error);
}

TEST_CASE("yaml: documents, block and flow, quoting") {
  CHECK(yaml("") == "");
  CHECK(yaml("# only a comment\n") == "");
  CHECK(yaml("a: 1\nb: 'x'\n---\n- c\n- {d: e}\n") == "{a: 1@1, b: \"x\"@2}\n[c@4, {d: e@5}]\n");
  CHECK(yaml("\xef\xbb\xbf"
             "a: b\r\n") == "{a: b@1}\n");
  CHECK(yaml("a: |\n  x\n  y\nb: !reset null\n") == "{a: \"x\ny\n\"@1, b: !reset null@4}\n");
}

TEST_CASE("yaml: anchors, aliases and merge keys") {
  CHECK(yaml("a: &x {k: 1}\nb: *x\n") == "{a: {k: 1@1}, b: {k: 1@1}}\n");
  // The mapping's own key wins wherever it stands; an earlier merge wins over a later one.
  CHECK(yaml("x: &x {k: 1, l: 2}\ny: &y {k: 3, m: 4}\nz:\n  k: 5\n  <<: [*x, *y]\n") ==
        "{x: {k: 1@1, l: 2@1}, y: {k: 3@2, m: 4@2}, z: {l: 2@1, m: 4@2, k: 5@4}}\n");
  CHECK(yaml("a: {\"<<\": {k: 1}}\n") == "{a: {<<: {k: 1@1}}}\n");
  CHECK(yaml("a: *nope\n") == "error:1: `*nope` names no anchor\n");
  CHECK(yaml("a: &a [*a]\n") == "error:1: `*a` stands inside what it names\n");
  CHECK(yaml("a: &x 1\n---\nb: *x\n") == "{a: 1@1}\nerror:3: `*x` names no anchor\n");
}

TEST_CASE("yaml: what stops it keeps the documents before") {
  CHECK(yaml("a: 1\n---\nb: [\n").starts_with("{a: 1@1}\nerror:4: "));
  CHECK(yaml(std::string(1000, '[')) == "error:1: nested more than 200 levels deep\n");
  // Nine levels of ten aliases each would be a thousand million values.
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    bomb += fmt::format("a{0}: &a{0} [", i);
    for (int k = 0; k < 10; ++k) bomb += fmt::format("*a{},", i - 1);
    bomb += "]\n";
  }
  CHECK(yaml(bomb).find("values in one document") != std::string::npos);
}

TEST_CASE("yaml: types of plain scalars") {
  const DataTree tree = read_yaml(
      "a: yes\nb: 'yes'\nc: 0644\nd: 0o644\ne: 1_000\nf: ~\ng: -7\nh: 1.5\ni:\nj: 08\n", "/f");
  const DataNode& top = *tree.documents.at(0);
  CHECK(top.find("a")->as_bool() == true);
  CHECK_FALSE(top.find("b")->as_bool().has_value());
  CHECK(top.find("c")->as_integer() == 0644);
  CHECK(top.find("d")->as_integer() == 0644);
  CHECK(top.find("e")->as_integer() == 1000);
  CHECK(top.find("f")->is_null());
  CHECK(top.find("g")->as_integer() == -7);
  CHECK_FALSE(top.find("h")->as_integer().has_value());
  CHECK(top.find("i")->is_null());
  CHECK_FALSE(top.find("j")->as_integer().has_value());
  CHECK(top.find("nope") == nullptr);
}

TEST_CASE("a key that is there twice: the last one counts, as in Go") {
  const DataTree tree = read_yaml("a: 1\na: 2\n", "/f");
  CHECK(tree.documents.at(0)->find("a")->text == "2");
}

TEST_CASE("json: lines, nesting, errors") {
  CHECK(json("{\"a\": [1, true,\n null, \"x\\u00e9\"],\n \"b\": {}}") ==
        "{a: [1@1, true@1, null@2, \"x\xc3\xa9\"@2], b: {}}\n");
  CHECK(json("{\"a\": 1,}").starts_with("error:1: "));
  CHECK(json("{\"<<\": {\"a\": 1}}") == "{<<: {a: 1@1}}\n");
  CHECK(json("").starts_with("error:1: "));
  CHECK(json(std::string(100000, '[')) == "error:1: nested more than 200 levels deep\n");
}

TEST_CASE("a bracket of JSON is where it stands, also as the first of its line") {
  const DataTree tree = read_json("{\n\"a\":\n[\n  {\"b\": 1}\n]}", "/f.json");
  REQUIRE(tree.documents.size() == 1);
  const DataNode* top = tree.documents.front();
  const DataNode* list = top->find("a");
  REQUIRE(list != nullptr);
  CHECK(top->line == 1);
  CHECK(top->column == 1);
  CHECK(list->line == 3);
  CHECK(list->column == 1);
  CHECK(list->entries.front().value->line == 4);
  CHECK(list->entries.front().value->column == 3);
}
