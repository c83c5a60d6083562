#include <doctest/doctest.h>

#include "plugins/os/logrotate/values.h"
#include "scanner/base/text.h"
#include "scanner/probe/matcher.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("logrotate", root); }

/// `kind names frequency rotate` of each row, `error` alone.
std::string rows(const Facts& facts) {
  std::string out;
  for (const Fact& row : facts.rows) {
    out += std::get<std::string>(row.fields[0]);
    if (const auto* names = std::get_if<std::vector<std::string>>(&row.fields[2]))
      out += " " + join(*names, ",");
    if (const auto* frequency = std::get_if<std::string>(&row.fields[3]))
      out += " " + *frequency + " " + std::to_string(std::get<std::int64_t>(row.fields[4]));
    out += "; ";
  }
  return out;
}

std::string of(const std::string& text) {
  return rows(read(*Root::in_memory({{"/etc/logrotate.conf", text},
                                     {"/etc/passwd", "root:x:0:0::/:\n"},
                                     {"/etc/group", "adm:x:4:\n"}})));
}

}  // namespace

TEST_CASE("logrotate: words, definitions and mistakes") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"nothing is a size of 1 MiB", "\n", "end size 0; "},
      {"the last word counts", "daily\nweekly\n", "end weekly 0; "},
      {"several on a line", "daily compress rotate 3\n", "end daily 3; "},
      {"a word wants something behind it, be it the end of the line", "daily",
       "error; end size 0; "},
      {"a comment", "# weekly\ndaily # weekly\n", "end daily 0; "},
      {"but not behind weekly", "daily\nweekly # x\n", "error; end weekly 0; "},
      {"a definition takes what is global at that place", "daily\n/a {\n}\nweekly\n",
       "log /a daily 0; end weekly 0; "},
      {"on one line", "/a { daily }\n", "log /a daily 0; end size 0; "},
      {"names over several lines, with quotes", "/a\n# /c {\n\"/b c\" '/d' {\n}\n",
       "log /a,/b c,/d size 0; end size 0; "},
      {"text of a script is none of the configuration",
       "/a {\npostrotate\n weekly\n}\n endscript\n daily\n}\n", "log /a daily 0; end size 0; "},
      {"a mistake costs the definition", "/a {\n rotate x\n}\n/b {\n}\n",
       "error; log /b size 0; end size 0; "},
      {"but outside of one the file", "/a {\n}\n*\n/b {\n}\n",
       "log /a size 0; error; end size 0; "},
      {"an unknown word is passed over with its line", "nosuch weekly\ndaily\n",
       "error; end daily 0; "},
      {"a number may be octal or hexadecimal", "rotate=0x10\n/a {\n rotate 010\n}\n",
       "log /a size 8; end size 16; "},
      {"all old versions", "rotate -1\n", "end size -1; "},
      {"a brace that never closes", "/a {\ndaily\n", "log /a daily 0; end size 0; "},
      {"a script that never ends", "/a {\npostrotate\n}\n", "error; end size 0; "},
      {"owners must exist", "/a {\ncreate 600 nobody adm\n}\n/b {\ncreate root adm\n}\n",
       "error; log /b size 0; end size 0; "},
      {"su wants both, or has them from before",
       "/a {\nsu root\n}\nsu root adm\n/b {\nsu root\n}\n", "error; log /b size 0; end size 0; "},
      {"olddir has to be there", "/a {\nolddir /old\n}\n", "error; end size 0; "},
      {"or to be made", "/a {\nolddir /old\ncreateolddir\n}\n", "log /a size 0; end size 0; "},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(of(c.text) == c.want);
  }
}

TEST_CASE("logrotate: includes") {
  const auto facts = read(*Root::in_memory({
      {"/etc/logrotate.conf",
       "daily\ntabooext + .no\ninclude /etc/logrotate.d\ninclude more\nweekly\n"},
      {"/etc/logrotate.d/a", "monthly\n/a {\n}\n"},
      {"/etc/logrotate.d/b.no", "/b {\n}\n"},
      {"/etc/logrotate.d/c~", "/c {\n}\n"},
      {"/etc/logrotate.d/.d~", "/d {\n}\n"},
      {"/etc/logrotate.d/e", "yearly\n/e {\n}\n}\n"},
      {"/more", "/f {\n}\n"},
  }));
  // What a file with a mistake has changed for others is taken back.
  CHECK(rows(facts) ==
        "include /etc/logrotate.d daily 0; log /d daily 0; log /a monthly 0; log /e yearly 0; "
        "error; include more monthly 0; log /f monthly 0; end weekly 0; ");
  CHECK(facts.gaps.empty());
}

TEST_CASE("logrotate: what is not read") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  MemoryRoot root;
  root.add_file("/etc/logrotate.conf", "include /etc/a\ninclude /etc/b\ndaily\n");
  root.add_file("/etc/a", "weekly\n", 0664);  // others may write it: ignored
  root.add_file("/etc/b", "yearly\n");
  root.deny("/etc/b");
  const Facts facts = read(root);
  CHECK(facts.gaps.size() == 1);
  CHECK(rows(facts) == "include /etc/a size 0; error; include /etc/b size 0; end daily 0; ");
  // Includes that include themselves come to an end.
  CHECK(read(*Root::in_memory({{"/etc/logrotate.conf", "include /etc/logrotate.conf\n"}}))
            .gaps.empty());
}

TEST_CASE("logrotate: numbers and sizes") {
  using logrotate::to_number;
  using logrotate::to_size;
  CHECK(to_number("08") == std::nullopt);
  CHECK(to_number(" -3") == -3);
  CHECK(to_number("4 x") == std::nullopt);
  CHECK(to_size("2k") == 2048);
  CHECK(to_size("2K") == 2048);
  CHECK(to_size("1G") == 1 << 30);
  CHECK(to_size("1g") == std::nullopt);
  CHECK(to_size("") == std::nullopt);
}
