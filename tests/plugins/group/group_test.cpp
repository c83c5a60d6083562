#include <doctest/doctest.h>

#include "scanner/report/facts_jsonl.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("group", root); }

struct Case {
  const char* why;
  std::map<std::string, std::string> files;
  const char* part;  ///< of the only row's JSON
};

const Case kCases[] = {
    {"blanks before members and empty members are dropped",
     {{"/etc/group", "g:x:5: alice,, bob,\n"}},
     R"("members":["alice","bob"])"},
    {"users with that primary group belong to it",
     {{"/etc/group", "shadow:x:42:\n"}, {"/etc/passwd", "eve:x:1:42:::\n+eve::42:42:::\n"}},
     R"("primary_of":["eve"],"member_count":1)"},
    {"a user counts once",
     {{"/etc/group", "g:x:42:eve,eve,bob\n"}, {"/etc/passwd", "eve:x:1:42:::\n"}},
     R"("member_count":2)"},
    {"`x` sends to gshadow",
     {{"/etc/group", "g:x:5:\n"}, {"/etc/gshadow", "g:$6$s$h:root:alice\n"}},
     R"("password":"set","hash":"sha512","shadowed":true,"in_gshadow":true,"admins":["root"],"gshadow_members":["alice"])"},
    {"the first gshadow entry counts",
     {{"/etc/group", "g:x:5:\n"}, {"/etc/gshadow", "g:!::\ng:::\n"}},
     R"("password":"locked")"},
    {"x without a gshadow entry", {{"/etc/group", "g:x:5:\n"}}, R"("password":"missing")"},
    {"a comment is no group", {{"/etc/group", "#root:x:0:\ng:x:0:\n"}}, R"("duplicate_gid":false)"},
    {"a line without a gid is none",
     {{"/etc/group", "g:x:0:\nh:x\ng:x::\n"}},
     R"("duplicate_name":false)"},
    {"a NIS line has no gid", {{"/etc/group", "+:::\n"}}, R"("name":"+","gid":null)"},
};

}  // namespace

TEST_CASE("group: each line is read and joined as the C library does") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const auto root = Root::in_memory(c.files);
    const Facts facts = read(*root);
    REQUIRE(facts.rows.size() == 1);
    const std::string json = facts_jsonl(*find_builtin_probe("group"), facts, false);
    CAPTURE(json);
    CHECK(json.find(c.part) != std::string::npos);
  }
}

TEST_CASE("group: duplicates are marked on every line concerned") {
  const auto root = Root::in_memory({{"/etc/group", "root:x:0:\nwheel:x:0:\nwheel:x:7:\n+:::\n"}});
  const std::string json = facts_jsonl(*find_builtin_probe("group"), read(*root), false);
  CHECK(
      json.find(
          R"("duplicate_gid":true,"duplicate_name":false,"nis":false,"origin":{"file":"/etc/group","line":1})") !=
      std::string::npos);
  CHECK(
      json.find(
          R"("duplicate_gid":true,"duplicate_name":true,"nis":false,"origin":{"file":"/etc/group","line":2})") !=
      std::string::npos);
  CHECK(
      json.find(
          R"("duplicate_gid":false,"duplicate_name":true,"nis":false,"origin":{"file":"/etc/group","line":3})") !=
      std::string::npos);
}

TEST_CASE("group: what cannot be read is a gap, what is not there is none") {
  CHECK(read(*Root::in_memory({})).not_applicable == "there is no /etc/group");
  CHECK(read(*Root::in_memory({{"/etc/group", "g:x:1:\n"}})).gaps.empty());
  MemoryRoot closed;
  closed.add_file("/etc/group", "g:x:1:\n");
  closed.add_file("/etc/gshadow", "", 0640);
  closed.deny("/etc/gshadow");
  CHECK(read(closed).gaps.size() == 1);
}
