#include "scanner/report/json.h"

#include <doctest/doctest.h>

#include "scanner/report/source_lines.h"

using namespace plimsoll;

TEST_CASE("json: strings are valid, and harmless to look at") {
  struct Case {
    const char* why;
    std::string text;
    const char* written;
  };
  const Case cases[] = {
      {"quotes and backslashes", "a\"b\\c", R"("a\"b\\c")"},
      {"a terminal would obey an escape", "\x1b[2J", R"("\u001b[2J")"},
      {"NUL is a character like others", std::string("a\0b", 3), R"("a\u0000b")"},
      {"line breaks and tabs", "a\n\tb\r", R"("a\n\tb\u000d")"},
      {"DEL and C1 controls", "\x7F\xC2\x9B", R"("\u007f\u009b")"},
      {"bidirectional marks disguise names", "\xE2\x80\xAEtxt", R"("\u202etxt")"},
      {"bytes that are not UTF-8", "\xFF", "\"\xEF\xBF\xBD\""},
      {"other text stays as it is", "é 日本 😀", "\"é 日本 😀\""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    Json json(Json::Style::compact);
    json.text(c.text);
    CHECK(json.take() == std::string(c.written) + "\n");
  }
}

TEST_CASE("json: one text after the other") {
  Json json(Json::Style::compact);
  for (const char* name : {"a", "b"}) {
    json.begin_object();
    json.member(name, "x");
    json.end_object();
    CHECK(json.take() == std::string("{\"") + name + "\":\"x\"}\n");
  }
}

TEST_CASE("source lines: counted from one, and never of a file with password hashes") {
  const auto root = Root::in_memory({{"/etc/x", "one\ntwo\nthree"},
                                     {"/etc/shadow", "root:$y$secret:1::::::\n"},
                                     {"/etc/shadow-", "root:$y$secret:1::::::\n"}});
  SourceLines lines(*root);
  CHECK(lines.line({"/etc/x", 1, 1})->text == "one");
  CHECK(lines.line({"/etc/x", 3, 1})->text == "three");
  CHECK(!lines.line({"/etc/x", 4, 1}));
  CHECK(!lines.line({"/etc/x", 0, 0}));
  CHECK(!lines.line({"/etc/missing", 1, 1}));
  CHECK(!lines.line({"/etc/shadow", 1, 1}));
  CHECK(!lines.line({"/etc/shadow-", 1, 1}));
}

TEST_CASE("source lines: credentials are left out, and columns move with them") {
  const auto root = Root::in_memory({{"/x", "url=http://u:hunter2@h/ mode=any\nrequirepass a\n"}});
  SourceLines lines(*root);
  const auto before = lines.line({"/x", 1, 5}), behind = lines.line({"/x", 1, 25});
  REQUIRE(before);
  REQUIRE(behind);
  CHECK(before->text == "url=http://u:***@h/ mode=any");
  CHECK(before->is_redacted);
  CHECK(before->column == 5);
  CHECK(behind->text.substr(behind->column - 1) == "mode=any");
  const auto itself = lines.line({"/x", 2, 13});
  CHECK(itself->text.substr(itself->column - 1) == "***");
  const auto within = lines.line({"/x", 1, 16});
  CHECK(within->text.substr(within->column - 1) == "***@h/ mode=any");
}
