#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

constexpr const char* kMain = "/etc/sudoers";
const std::map<std::string, std::string, std::less<>> kNoContext;

Facts read(const std::map<std::string, std::string>& files) {
  const auto root = Root::in_memory(files);
  return find_builtin_probe("sudoers")->read({*root, kNoContext, {}, 1});
}

/// `scope | value` of every row of a key, with a line end between.
std::string rows(const Facts& facts, std::string_view key) {
  std::vector<std::string> out;
  for (const Fact& fact : facts.rows)
    if (fact.key == key) out.push_back(fact.scope + " | " + fact.value);
  return join(out, "\n");
}

}  // namespace

TEST_CASE("sudoers: rules") {
  struct Case {
    const char* why;
    const char* text;
    const char* want;
  };
  const Case cases[] = {
      {"ALL of the rule itself implies SETENV", "root ALL=(ALL:ALL) ALL\n",
       "root | ALL=(ALL:ALL) SETENV: ALL"},
      {"but not ALL of an alias", "Cmnd_Alias A = ALL\nbob ALL=A\n", "bob | ALL=ALL"},
      {"NOPASSWD carries on", "bob ALL=NOPASSWD: /a, /b\n",
       "bob | ALL=NOPASSWD: /a\nbob | ALL=NOPASSWD: /b"},
      {"until PASSWD takes it back", "bob ALL=NOPASSWD: /a, PASSWD: /b\n",
       "bob | ALL=NOPASSWD: /a\nbob | ALL=PASSWD: /b"},
      {"and not to another host list", "bob a=NOPASSWD: /a : b=/b\n",
       "bob | a=NOPASSWD: /a\nbob | b=/b"},
      {"the run-as list carries on", "bob ALL=(op) /a, /b\n",
       "bob | ALL=(op) /a\nbob | ALL=(op) /b"},
      {"a group list alone", "bob ALL=(:adm) /a\n", "bob | ALL=(:adm) /a"},
      {"tags are sorted", "bob ALL=NOPASSWD:EXEC: /a\n", "bob | ALL=EXEC:NOPASSWD: /a"},
      {"aliases may be defined later, and negation turns them round",
       "A ALL=!C\nUser_Alias A = x, !y\nCmnd_Alias C = /a, !/b\n", "x,!y | ALL=!/a\nx,!y | ALL=/b"},
      {"an alias loop ends", "User_Alias A = B : B = A, x\nA ALL=/a\n", "A,x | ALL=/a"},
      {"an undefined alias is a name, but no command", "X Y=Z, /a\n", "X | Y=/a"},
      {"escapes and quotes are resolved", "\"a b\",c\\,d ALL=/a\\:b x\\=y \"q  r\"\n",
       "a b,c,d | ALL=/a:b x=y \"q r\""},
      {"two negations cancel out", "!!bob ALL=!/a\n", "bob | ALL=!/a"},
      {"a number is a user, other number signs are comments",
       "#1000,%#5 ALL=/a # bob ALL=/b\n#x ALL=/c\n#-y\n", "#1000,%#5 | ALL=/a"},
      {"a continued line", "bob \\\n ALL=/a \\\n  -x\n", "bob | ALL=/a -x"},
      {"a digest stays with its command",
       "bob ALL=sha224:0GomF8mNN3wlDt1HD9XldjJ3SNgpFdbjO1+NsQ== /a\n",
       "bob | ALL=sha224:0GomF8mNN3wlDt1HD9XldjJ3SNgpFdbjO1+NsQ== /a"},
      {"options are not part of the value", "bob ALL=TIMEOUT=5m CWD=/x NOPASSWD: /a\n",
       "bob | ALL=NOPASSWD: /a"},
      {"regular expressions", "bob ALL=^/bin/[a-z]+$ ^x.*$\n", "bob | ALL=^/bin/[a-z]+$ ^x.*$"},
      {"a NUL ends its line", std::string_view("bob ALL=/a\0, /b\n", 16).data(), "bob | ALL=/a"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read({{kMain, c.text}});
    CHECK(facts.gaps.empty());
    CHECK(rows(facts, "rule") == c.want);
  }
}

TEST_CASE("sudoers: defaults") {
  const Facts facts = read({{kMain,
                             "Defaults env_reset, !!use_pty , !lecture, logfile=\"/var/log/x\"\n"
                             "Defaults env_keep += \"A  B\"\n"
                             "Defaults:U,%wheel !authenticate\n"
                             "Defaults@10.0.0.0/8 umask = 077\n"
                             "Defaults!/bin/x noexec\nDefaults>#0 set_home\n"
                             "Defaults no_such_option, use_pty=1, umask\n"}});
  CHECK(facts.gaps.empty());
  CHECK(rows(facts, "defaults") ==
        " | env_reset\n | use_pty\n | !lecture\n | logfile=/var/log/x\n | env_keep+=A B\n"
        "Defaults:U,%wheel | !authenticate\nDefaults@10.0.0.0/8 | umask=077\n"
        "Defaults!/bin/x | noexec\nDefaults>#0 | set_home");
}

TEST_CASE("sudoers: the last line of a kind decides an option") {
  const Facts facts = read({{kMain,
                             "Defaults use_pty\nDefaults !use_pty\nDefaults use_pty\n"
                             "Defaults:bob !use_pty, !timestamp_timeout\n"}});
  CHECK(rows(facts, "option.use_pty") == " | yes\nDefaults:bob | no");
  CHECK(rows(facts, "option.timestamp_timeout") == "Defaults:bob | 0\n | 15");
  const Fact* pty = facts.find("option.use_pty");
  CHECK(pty->origin == Origin{kMain, 3, 1});
  CHECK(pty->shadowed.size() == 2);
  CHECK(rows(facts, "option.authenticate") == " | yes");
}

TEST_CASE("sudoers: a rule is taken apart") {
  const Facts facts = read({{kMain, "bob ALL=(op,root) NOPASSWD: !/a x, () /b, (:g) ALL\n"}});
  CHECK(rows(facts, "rule.command") == "bob | !/a x\nbob | /b\nbob | ALL");
  CHECK(rows(facts, "rule.runas") == "bob | op,root\nbob | \nbob | ");
  CHECK(rows(facts, "rule.tag") == "bob | NOPASSWD\nbob | NOPASSWD\nbob | NOPASSWD\nbob | SETENV");
  // sudo itself: an implied SETENV is not handed on, and neither is what came before it.
  const Facts chain = read({{kMain, "bob ALL=NOSETENV: /a, ALL, /b\n"}});
  CHECK(rows(chain, "rule.tag") == "bob | NOSETENV\nbob | SETENV");
}

TEST_CASE("sudoers: includes") {
  const Facts facts = read({{kMain, "#includedir d\n@include \"e f\"\n@includedir /nowhere\n"},
                            {"/etc/d/b", "b ALL=/b\n"},
                            {"/etc/d/a", "a ALL=/a\n"},
                            {"/etc/d/c.conf", "c ALL=/c\n"},
                            {"/etc/d/d~", "d ALL=/d\n"},
                            {"/etc/e f", "@include %h\n"},
                            {"/etc/hostname", "web1.example.org\n"},
                            {"/etc/web1", "h ALL=/h\n"}});
  CHECK(facts.gaps.empty());
  CHECK(rows(facts, "rule") == "a | ALL=/a\nb | ALL=/b\nh | ALL=/h");
  CHECK(facts.rows[0].key == "@file");
  CHECK(rows(facts, "@skipped") == " | /etc/d/c.conf\n | /etc/d/d~");

  CHECK(read({{kMain, "@include sudoers\n"}}).gaps.size() == 1);
  CHECK(read({{kMain, "@include missing\n"}}).gaps.size() == 1);
  CHECK(read({{kMain, "@include %h\n"}}).gaps.size() == 1);
  std::map<std::string, std::string> bomb{{kMain, "@include 0\n@include 0\n"}};
  for (int i = 0; i < 20; ++i) {
    const std::string next = "@include " + std::to_string(i + 1) + "\n";
    bomb["/etc/" + std::to_string(i)] = next + next;
  }
  CHECK_FALSE(read(bomb).gaps.empty());

  std::map<std::string, std::string> many{{kMain, "@includedir d\n"}};
  for (int i = 0; i < 5000; ++i) many["/etc/d/" + std::to_string(i)] = "a ALL=/a\n";
  CHECK(read(many).gaps.size() == 1);  // not one for each file that is too much
}

TEST_CASE("sudoers: aliases that multiply each other have a limit, which is said once") {
  std::string hosts = "Host_Alias H = h";
  std::string commands = "Cmnd_Alias C = /c";
  for (int i = 0; i < 2000; ++i) {
    hosts += ",h" + std::to_string(i);
    commands += ",/c" + std::to_string(i);
  }
  std::string text = hosts + "\n" + commands + "\n";
  for (int i = 0; i < 10; ++i) text += "a H=C\n";
  const Facts facts = read({{kMain, text}});
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].effect == Gap::Effect::may_add);
  CHECK(facts.gaps[0].error.where.line == 4);  // the second rule goes beyond it
}

TEST_CASE("sudoers: a line that sudo skips is a gap with its place") {
  const char* cases[] = {
      "bob ALL=\n",
      "bob ALL=bin/x\n",
      "bob\n",
      "Defaults\n",
      "Defaults a,,b\n",
      "Defaults umask=\n",
      "User_Alias ROLE=a\n",
      "User_Alias A=a\nUser_Alias A=b\n",
      "bob ALL=(root:) /a\n",
      "bob ALL=NOPASSWD /a\n",
      "\"open\n",
      "bob ALL=/a\r\n",
      "bob ALL=TIMEOUT=x /a\n",
      "% ALL=/a\n",
      "bob ALL=sha256:00 /a\n",
  };
  for (const char* text : cases) {
    CAPTURE(text);
    const Facts facts = read({{kMain, std::string("alice ALL=/ok\n") + text + "carol ALL=/ok\n"}});
    REQUIRE_FALSE(facts.gaps.empty());
    CHECK(facts.gaps[0].error.where.file == kMain);
    CHECK(facts.gaps[0].error.where.line >= 2);
    const std::string found = rows(facts, "rule");
    CHECK(found.starts_with("alice | ALL=/ok"));
    CHECK(found.find("carol | ALL=/ok") != std::string::npos);
  }
  // What stands before the colon holds.
  CHECK(rows(read({{kMain, "bob a=/a : b= : c=/c\n"}}), "rule") == "bob | a=/a\nbob | c=/c");
}

TEST_CASE("sudoers: files that are not there, not readable, not trusted") {
  CHECK_FALSE(read({{"/etc/passwd", ""}}).not_applicable.empty());
  CHECK(read({{"/usr/bin/sudo", ""}}).gaps.size() == 1);
  MemoryRoot root;
  root.add_file(kMain, "@includedir /etc/d\n");
  root.add_file("/etc/d/open", "bob ALL=ALL\n", 0666);
  root.add_file("/etc/d/closed", "bob ALL=ALL\n");
  root.deny("/etc/d/closed");
  root.add_special("/etc/d/pipe", FileType::fifo);
  const Facts facts = find_builtin_probe("sudoers")->read({root, kNoContext, {}, 1});
  CHECK(facts.gaps.size() == 2);
  CHECK(rows(facts, "rule").empty());
}

TEST_CASE("sudoers: bad input ends quickly in an answer or a reason") {
  std::string bomb = "User_Alias A0 = x, y\n";
  for (int i = 1; i < 40; ++i)
    bomb += "User_Alias A" + std::to_string(i) + " = A" + std::to_string(i - 1) + ", A" +
            std::to_string(i - 1) + "\n";
  CHECK_FALSE(read({{kMain, bomb + "A39 ALL=/a\n"}}).gaps.empty());
  CHECK_FALSE(read({{kMain, std::string(1000000, '\\')}}).gaps.empty());
  CHECK_FALSE(read({{kMain, std::string(999999, '!')}}).gaps.empty());
  CHECK_FALSE(read({{kMain, std::string(300000, '"')}}).gaps.empty());
  CHECK_FALSE(read({{kMain, std::string(1000000, '^')}}).gaps.empty());
  CHECK(read({{kMain, std::string(100000, '\0')}}).gaps.empty());
  CHECK(read({{kMain, std::string(200000, '#') + "\n"}}).gaps.empty());
}
