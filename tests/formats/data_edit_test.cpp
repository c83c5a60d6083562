// Ways to write a value into YAML and JSON; each is read again here, as whoever uses them does.
#include "scanner/formats/data/data_edit.h"

#include <doctest/doctest.h>

using namespace plimsoll;

namespace {

/// The text after the first way, below the mapping around a place; "no way" without one.
std::string set(const std::string& text, std::uint32_t line, std::uint32_t column,
                const std::vector<std::string>& keys, const char* value, std::size_t way = 0) {
  const DataTree tree = read_yaml(text, "t");
  REQUIRE(!tree.documents.empty());
  const auto around = mappings_around(*tree.documents.front(), line, column);
  REQUIRE(!around.empty());
  const auto ways = ways_to_set(text, *around.front(), keys, value);
  if (ways.size() <= way) return "no way";
  return applied(text, ways[way]).value_or("not applied");
}

}  // namespace

TEST_CASE("the mapping around a place is the innermost") {
  const std::string text = "a:\n  - b: 1\n    c: 2\n  - d: 3\n";
  const DataTree tree = read_yaml(text, "t");
  const auto at_c = mappings_around(*tree.documents.front(), 3, 8);
  REQUIRE(at_c.size() == 2);
  CHECK(at_c[0]->entry("c") != nullptr);
  CHECK(at_c[1]->entry("a") != nullptr);
  CHECK(mappings_around(*tree.documents.front(), 4, 5)[0]->entry("d") != nullptr);
}

TEST_CASE("a key that is there gets the value") {
  CHECK(set("a: 1 # why\nb: 2\n", 1, 1, {"a"}, "7") == "a: 7 # why\nb: 2\n");
  CHECK(set("a: \"x y\" # why\n", 1, 1, {"a"}, "7") == "a: 7 # why\n");
  CHECK(set("a:\n  b: 1\n", 1, 1, {"a", "b"}, "7") == "a:\n  b: 7\n");
  CHECK(set("a: {b: 1, c: 2}\n", 1, 1, {"a", "b"}, "7") == "a: {b: 7, c: 2}\n");
  CHECK(set("{\"a\": 1}\n", 1, 1, {"a"}, "7") == "{\"a\": 7}\n");
}

TEST_CASE("a key that is not there joins the others, as deep as they are") {
  CHECK(set("- a: 1\n  b: 2\n", 1, 3, {"c", "d"}, "7") == "- a: 1\n  b: 2\n  c:\n    d: 7\n");
  CHECK(set("a:\n  b: 1\nz: 2\n", 2, 3, {"c"}, "7") == "a:\n  b: 1\n  c: 7\nz: 2\n");
  CHECK(set("a:\n  b: 1\n", 1, 1, {"a", "c"}, "7") == "a:\n  b: 1\n  c: 7\n");
  CHECK(set("a: {b: 1}\n", 1, 1, {"a", "c"}, "7") == "a: {c: 7, b: 1}\n");
  CHECK(set("{\"a\": {\"b\": 1}}\n", 1, 1, {"a", "c", "d"}, "7") ==
        "{\"a\": {\"c\": {\"d\": 7}, \"b\": 1}}\n");
}

TEST_CASE("JSON quotes what YAML does not") {
  CHECK(set("{\"a\": {\"b\": 1}}\n", 1, 1, {"c"}, "[ALL, X]") ==
        "{\"c\": [\"ALL\", \"X\"], \"a\": {\"b\": 1}}\n");
  CHECK(set("{\"a\": 1}\n", 1, 1, {"a"}, "yes") == "{\"a\": \"yes\"}\n");
}

TEST_CASE("a key without a value, or with an empty mapping, is filled") {
  CHECK(set("a:\nb: 1\n", 1, 1, {"a", "c"}, "7") == "a:\n  c: 7\nb: 1\n");
  CHECK(set("a: {}\n", 1, 1, {"a", "c"}, "7") == "a: {c: 7}\n");
}

TEST_CASE("a list gets one more item") {
  CHECK(set("a:\n  - X\n", 1, 1, {"a"}, "[ALL]") == "a:\n  - ALL\n  - X\n");
  CHECK(set("a: [X]\n", 1, 1, {"a"}, "[ALL]") == "a: [ALL, X]\n");
  CHECK(set("a:\n  - X\n", 1, 1, {"a"}, "7") == "no way");
}

TEST_CASE("behind a text of several lines there is another way") {
  const std::string text = "a: 1\nb: |\n  x\n  y\n";
  CHECK(set(text, 1, 1, {"c"}, "7", 1) == "a: 1\nc: 7\nb: |\n  x\n  y\n");
}
