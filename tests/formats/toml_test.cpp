#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/formats/data/data_tree.h"

using namespace plimsoll;

TEST_CASE("toml: what nests too deep, or is too long, is an error") {
  struct Case {
    const char* why;
    std::string text;
    bool read;
    std::uint32_t line;
  };
  std::string deep = "a", dotted;
  for (int i = 0; i < 100; ++i) deep += ".a";
  for (int i = 0; i < 200'000; ++i) dotted += "a.";
  const Case cases[] = {
      {"a key of many parts", "x = 1\n" + deep + " = 1\n", false, 2},
      {"a header of many parts", "\n\n[" + deep + "]\n", false, 3},
      {"very many", dotted + "a = 1\n", false, 1},
      {"quoted parts count", "x = \"\"\"\n\"\"\"\n\"a\"." + deep + " = 1\n", false, 3},
      {"in an inline table", "x = { " + deep + " = 1 }\n", false, 1},
      {"dots in strings do not count", "x = \"" + deep + "\"\ny = '" + deep + "'\n", true, 0},
      {"nor those in comments and long strings",
       "# " + deep + "\nx = \"\"\"\n\\\"" + deep + "\"\"\"\ny = '''" + deep + "'''\n", true, 0},
      {"short keys on many lines", "a.b = 1\na.c = 2\n[d.e.f]\n[[g.h]]\n[[g.h]]\n", true, 0},
      {"many nested arrays", "x = " + std::string(10'000, '['), false, 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const DataTree tree = read_toml(c.text, "/x.toml");
    CHECK(!tree.error == c.read);
    if (tree.error) CHECK(tree.error->where.line == c.line);
  }
  CHECK(read_toml(std::string(2U << 20U, '\n'), "/x.toml").error->code == ErrorCode::limit);
}

TEST_CASE("toml: a line that begins with a letter beyond ASCII is an error at its place") {
  for (const char* letter : {"\u00e9", "\u00fe", "\u0394", "\u0499", "\ufdd0"}) {
    CAPTURE(letter);
    const DataTree tree = read_toml(fmt::format("a = 1\n{} = 2\n", letter), "/x.toml");
    REQUIRE(tree.error);
    CHECK(tree.error->where.line == 2);
  }
}

TEST_CASE("toml: as a tree") {
  const DataTree tree = read_toml(
      "b = 0x1f\n[a]\nx = \"1\"\ny.z = [true, 1979-05-27]\n[[c]]\nd = 1\n[a.e]\n", "/x.toml");
  REQUIRE(tree.documents.size() == 1);
  const DataNode& root = *tree.documents[0];
  CHECK(root.find("b")->text == "31");
  CHECK(root.find({"a", "x"})->text == "1");
  CHECK_FALSE(root.find({"a", "x"})->plain);
  CHECK(root.find({"a", "x"})->line == 3);
  const DataNode* list = root.find({"a", "y", "z"});
  REQUIRE(list->is_sequence());
  CHECK(list->entries[0].value->as_bool() == true);
  CHECK(list->entries[1].value->text == "1979-05-27");
  CHECK(root.find("c")->entries[0].value->find("d")->line == 6);
  CHECK(root.find({"a", "e"})->is_mapping());
}
