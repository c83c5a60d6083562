#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/probe/matcher.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root, std::span<const Selection> selections = {}) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("account")->read({root, context, selections, 1});
}

std::size_t index_of(std::string_view name) {
  const auto fields = find_builtin_probe("account")->fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].name == name) return i;
  FAIL("no field " << name);
  return 0;
}

/// A field of the row, as text; `null` when it does not apply.
std::string field(const Fact& row, std::string_view name) {
  const std::size_t at = index_of(name);
  const Value& value = row.fields.at(at);
  if (std::holds_alternative<std::monostate>(value)) return "null";
  return to_text(value, find_builtin_probe("account")->fields[at].type);
}

struct Case {
  const char* why;
  std::map<std::string, std::string> files;
  const char* name;
  const char* field;
  const char* value;
};

constexpr char kAlice[] = "alice:x:1000:1000:Alice:/home/alice:/bin/bash\n";

const Case kCases[] = {
    {"passwd(5): `x` sends to shadow",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:$y$j9T$s$h:19000:0:90:7:30::\n"}},
     "alice",
     "password",
     "set"},
    {"crypt(5): the prefix names the method",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:$y$j9T$s$h:19000:0:90:7:30::\n"}},
     "alice",
     "hash",
     "yescrypt"},
    {"shadow(5): an empty field has no value",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:*:19000::90:7:30::\n"}},
     "alice",
     "min_days",
     "null"},
    {"shadow(5): -1 disables, like empty",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:*:19000:0:4294967295:7:30::\n"}},
     "alice",
     "max_days",
     "null"},
    {"an empty shadow password asks for none",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice::19000:0:90:7:::\n"}},
     "alice",
     "password",
     "empty"},
    {"a change after shadow's own date, 2026-01-01",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:*:20456:0:90:7:::\n"}},
     "alice",
     "last_change_ahead",
     "2"},
    {"a change on that very day",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:*:20454:0:90:7:::\n"}},
     "alice",
     "last_change_ahead",
     "0"},
    {"`!` before a hash locks it",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:!$6$s$h:1::::::\n"}},
     "alice",
     "password",
     "locked"},
    {"and the method is still known",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:!$6$s$h:1::::::\n"}},
     "alice",
     "hash",
     "sha512"},
    {"`*` is no hash of anything",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:*:1::::::\n"}},
     "alice",
     "password",
     "none"},
    {"thirteen characters are a DES hash",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice:abcdefghijklm:1::::::\n"}},
     "alice",
     "hash",
     "des"},
    {"x without a shadow entry opens nothing",
     {{"/etc/passwd", kAlice}},
     "alice",
     "password",
     "missing"},
    {"a hash in passwd itself counts, whatever shadow says",
     {{"/etc/passwd", "alice:$1$s$h:1000:1000:::\n"}, {"/etc/shadow", "alice:*:1::::::\n"}},
     "alice",
     "hash",
     "md5"},
    {"getspnam(3): the first entry counts",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "alice::1::::::\nalice:*:1::::::\n"}},
     "alice",
     "password",
     "empty"},
    {"a commented shadow line is none",
     {{"/etc/passwd", kAlice}, {"/etc/shadow", "#alice::1::::::\nalice:*:1::::::\n"}},
     "alice",
     "password",
     "none"},
    {"passwd(5): an empty shell is /bin/sh",
     {{"/etc/passwd", "alice:x:1000:1000::/:\n"}, {"/etc/shells", "/bin/sh\n"}},
     "alice",
     "shell_listed",
     "true"},
    {"shells(5): a commented shell is not listed",
     {{"/etc/passwd", kAlice}, {"/etc/shells", "#/bin/bash\n/bin/sh # /bin/bash\n"}},
     "alice",
     "shell_listed",
     "false"},
    {"getusershell(3): without /etc/shells only two are listed",
     {{"/etc/passwd", kAlice}},
     "alice",
     "shell_listed",
     "false"},
    {"a carriage return is part of the shell",
     {{"/etc/passwd", "alice:x:1000:1000::/:/bin/bash\r\n"}, {"/etc/shells", "/bin/bash\n"}},
     "alice",
     "shell_listed",
     "false"},
    {"nologin in any directory lets nobody in",
     {{"/etc/passwd", "alice::1000:1000::/:/opt/sbin/nologin\n"}},
     "alice",
     "can_login",
     "false"},
    {"an empty password and a shell let anybody in",
     {{"/etc/passwd", "alice::1000:1000::/:/bin/sh\n"}},
     "alice",
     "can_login",
     "true"},
    {"login.defs(5) moves the border of system accounts",
     {{"/etc/passwd", kAlice}, {"/etc/login.defs", "#UID_MIN 500\nUID_MIN\t2000\n"}},
     "alice",
     "is_system",
     "true"},
    {"nobody is no person",
     {{"/etc/passwd", "nobody:x:65534:65534:::\n"}},
     "nobody",
     "is_system",
     "true"},
    {"ids beyond UID_MAX are people's",
     {{"/etc/passwd", "ldapish:x:100000:1:::\n"}},
     "ldapish",
     "is_system",
     "false"},
    {"an entry of shadow alone is no account",
     {{"/etc/passwd", "root:x:0:0:::\n"}, {"/etc/shadow", "ghost::1::::::\n"}},
     "ghost",
     "in_passwd",
     "false"},
    {"two names with one uid",
     {{"/etc/passwd", "root:x:0:0:::\ntoor:x:0:0:::\n"}},
     "root",
     "duplicate_uid",
     "true"},
    {"a NIS line does not count as a second root",
     {{"/etc/passwd", "root:x:0:0:::\n+::0:0:::\n"}},
     "root",
     "duplicate_uid",
     "false"},
    {"glibc drops a line with a malformed uid",
     {{"/etc/passwd", "root:x:0:0:::\ntoor:x:0a:0:::\n"}},
     "root",
     "duplicate_uid",
     "false"},
    {"numbers may have a sign and leading blanks",
     {{"/etc/passwd", "root:x:0:0:::\ntoor:x: +0:0:::\n"}},
     "toor",
     "uid",
     "0"},
    {"the primary group has a name",
     {{"/etc/passwd", kAlice}, {"/etc/group", "users:x:1000:\n"}},
     "alice",
     "primary_group",
     "users"},
    {"or there is none of that id",
     {{"/etc/passwd", kAlice}, {"/etc/group", "users:x:100:alice\n"}},
     "alice",
     "primary_group",
     "null"},
    {"member lists add groups",
     {{"/etc/passwd", kAlice}, {"/etc/group", "sudo:x:27: alice,bob\nusers:x:1000:alice\n"}},
     "alice",
     "groups",
     "users,sudo"},
    {"a home that is missing", {{"/etc/passwd", kAlice}}, "alice", "home_exists", "false"},
    {"a home that is a file is none",
     {{"/etc/passwd", kAlice}, {"/home/alice", ""}},
     "alice",
     "home_mode",
     "null"},
    {"root owns the home, not alice",
     {{"/etc/passwd", kAlice}, {"/home/alice/.bashrc", ""}},
     "alice",
     "home_owned",
     "false"},
};

}  // namespace

TEST_CASE("account: each line is read and joined as the C library does") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const auto root = Root::in_memory(c.files);
    const Facts facts = read(*root);
    CHECK(facts.gaps.empty());
    const auto row = std::find_if(facts.rows.begin(), facts.rows.end(),
                                  [&](const Fact& fact) { return field(fact, "name") == c.name; });
    REQUIRE(row != facts.rows.end());
    CHECK(field(*row, c.field) == c.value);
  }
}

TEST_CASE("account: what is no entry is no row") {
  const auto root =
      Root::in_memory({{"/etc/passwd",
                        "# comment\n\n  \nname-only\nno-gid:x:1\nempty-uid:x::1:::\n"
                        "too-big:x:4294967296:0:::\nminus:x:-1:0:::\nshort:x:1:2\n"}});
  const Facts facts = read(*root);
  REQUIRE(facts.rows.size() == 1);
  CHECK(field(facts.rows[0], "name") == "short");
  CHECK(facts.rows[0].origin == Origin{"/etc/passwd", 9, 1});
}

TEST_CASE("account: NIS lines have no ids") {
  const auto root = Root::in_memory({{"/etc/passwd", "+\n-bob\n+@admins:::::/root:\n"}});
  const Facts facts = read(*root);
  REQUIRE(facts.rows.size() == 3);
  for (const Fact& row : facts.rows) {
    CHECK(field(row, "nis") == "true");
    CHECK(field(row, "uid") == "null");
  }
}

TEST_CASE("account: what cannot be read is a gap, what is not there is none") {
  CHECK(read(*Root::in_memory({})).not_applicable == "there is no /etc/passwd");
  CHECK(read(*Root::in_memory({{"/etc/passwd", kAlice}})).gaps.empty());
  MemoryRoot shadow_closed;
  shadow_closed.add_file("/etc/passwd", kAlice);
  shadow_closed.add_file("/etc/shadow", "alice:*:1::::::\n", 0600);
  shadow_closed.deny("/etc/shadow");
  const Facts facts = read(shadow_closed);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].error.code == ErrorCode::denied);
  REQUIRE(facts.rows.size() == 1);
  CHECK(field(facts.rows[0], "password") == "null");
  CHECK(field(facts.rows[0], "max_days") == "null");
  CHECK(field(facts.rows[0], "can_login") == "null");
  CHECK(field(facts.rows[0], "shadowed") == "true");
  CHECK(field(facts.rows[0], "login_shell") == "true");
  const auto& doubtful = facts.gaps[0].fields;
  const auto in_doubt = [&](std::string_view name) {
    return std::find(doubtful.begin(), doubtful.end(), name) != doubtful.end();
  };
  for (const std::string_view name : {"password", "hash", "in_passwd", "expire", "can_login"})
    CHECK(in_doubt(name));
  for (const std::string_view name : {"uid", "shadowed", "shell", "duplicate_uid", "home_mode"})
    CHECK(!in_doubt(name));
  MemoryRoot closed;
  closed.add_file("/etc/passwd", kAlice);
  closed.deny("/etc/passwd");
  CHECK(read(closed).gaps.size() == 1);
  CHECK(read(closed).rows.empty());
}

TEST_CASE("account: homes are looked at only when a rule asks") {
  const auto root = Root::in_memory({{"/etc/passwd", kAlice}, {"/home/alice/x", ""}});
  const auto selection = [](std::string_view name) {
    auto matcher = Matcher::compile(Op::present, Type::text, {"true"});
    REQUIRE(matcher.has_value());
    return std::vector<Selection>{{{{Predicate::On::field, index_of(name), *matcher}}, {}}};
  };
  CHECK(field(read(*root, selection("uid")).rows[0], "home_exists") == "null");
  CHECK(field(read(*root, selection("home_mode")).rows[0], "home_exists") == "true");
}

TEST_CASE("account: hostile text ends quickly") {
  std::string many;
  for (int i = 0; i < 100000; ++i)
    many.append("u").append(std::to_string(i % 7)).append(":x:1:1:::/bin/sh\n");
  const auto root = Root::in_memory({{"/etc/passwd", many},
                                     {"/etc/shadow", std::string(1000000, ':')},
                                     {"/etc/group", "g:x:1:" + std::string(1000000, ',')}});
  CHECK(read(*root).rows.size() == 100000);
}

TEST_CASE("account: many of one name that is in many groups come to an end") {
  std::string passwd, group;
  for (int i = 0; i < 3000; ++i) {
    passwd += "u:x:0:0::/:/bin/sh\n";
    group += "g" + std::to_string(i) + ":x:" + std::to_string(i) + ":u\n";
  }
  const Facts facts = read(*Root::in_memory({{"/etc/passwd", passwd}, {"/etc/group", group}}));
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].error.code == ErrorCode::limit);
  CHECK(facts.gaps[0].fields == std::vector<std::string_view>{"groups"});
  CHECK(facts.rows.size() == 3000);
}
