#include <doctest/doctest.h>
#include <fmt/format.h>

#include "plugins/os/audit-rules/rule_files.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("audit-rules")->read({root, context, {}, 1});
}

std::string shown(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return join(*list, ",");
  return "-";
}

/// `state list,action arch syscall path perm filters keys` of each rule; `! why` of each error.
std::string rules(const Facts& facts) {
  std::string out;
  for (const Fact& row : facts.rows) {
    const auto field = [&](std::size_t i) { return shown(row.fields[i]); };
    if (field(0) == "error") out += fmt::format("! {}\n", field(14));
    if (field(0) == "rule")
      out += fmt::format("{} {},{} {} {} {} {} [{}] [{}]\n", field(1), field(2), field(3), field(4),
                         field(5), field(6), field(9), field(10), field(11));
  }
  return out;
}

std::string rules(const std::string& text) {
  return rules(
      read(*Root::in_memory({{"/etc/audit/rules.d/x.rules", text},
                             {"/etc/passwd", "root:x:0:0::/:/bin/sh\nbob:x:1007:7::/:/bin/sh\n"},
                             {"/d/f", ""}})));
}

}  // namespace

TEST_CASE("audit-rules: spellings of one rule give the same rows") {
  struct Case {
    const char *why, *one, *other;
  };
  const Case cases[] = {
      {"a watch is a rule on a path", "-w /x -p wa -k y",
       "-a always,exit -F path=/x -F perm=aw -F key=y"},
      {"a directory is watched with all below", "-w /d/ -p r",
       "-a exit,always -F dir=/d -F perm=r"},
      {"without letters all count", "-w /x", "-w /x -p xarw"},
      {"lists of calls", "-a always,exit -F arch=b64 -S open,creat",
       "-a always,exit -F arch=b64 -S creat -S open -S open"},
      {"numbers of calls", "-a always,exit -F arch=b64 -S 90",
       "-a always,exit -F arch=x86_64 -S chmod"},
      {"unset in three ways", "-a always,exit -S all -F auid!=-1",
       "-a always,exit -F auid!=4294967295"},
      {"names of errors", "-a always,exit -F exit=-13", "-a always,exit -F exit=-EACCES"},
      {"names of users", "-a always,exit -F uid=bob", "-a always,exit -F uid=1007"},
      {"hexadecimal", "-a always,exit -F arch=b64 -S kill -F a1=0xf",
       "-a always,exit -F arch=b64 -S kill -F a1=15"},
      {"comparisons either way round", "-a always,exit -C uid!=euid",
       "-a always,exit -C euid!=uid"},
      {"blanks", "  -w   /x  -p  wa ", "-w /x -p wa"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const std::string one = rules(std::string(c.one) + "\n");
    CHECK(one == rules(std::string(c.other) + "\n"));
    CHECK(one.find("! ") == std::string::npos);
    CHECK(one.starts_with("effective exit,always b"));
  }
}

TEST_CASE("audit-rules: what auditctl or the kernel refuses stops it") {
  for (const std::string wrong : {"-w x",
                                  "-w /x -p q",
                                  "-w /x -p",
                                  "-a always",
                                  "-a always,exit -S nothing",
                                  "-S open",
                                  "-a always,exit -F arch=b32 -S 3000",
                                  "-a always,exit -S open -F arch=b64",
                                  "-k y",
                                  "-a always,exit -F nothing=1",
                                  "-a always,exit -F auid>1000x -F uid=nobodyelse",

                                  "-w /x -w /y",
                                  "word",
                                  "--nothing",
                                  "-a always,exit -F path=x",
                                  "-R /x",
                                  "-w\t/x",
                                  "-a always,exit -F path=/x/",
                                  "-W /x",
                                  "-a always,exit -C uid!=gid"}) {
    CAPTURE(wrong);
    const std::string found = rules(fmt::format("-w /a -p w\n{}\n-w /b -p w\n", wrong));
    CHECK(found.starts_with("! "));
    CHECK(found.find("effective exit,always b32 all /a w") != std::string::npos);
    CHECK(found.find("not-loaded exit,always b32 all /b w") != std::string::npos);
    const std::string passed = rules(fmt::format("-i\n{}\n-w /b -p w\n", wrong));
    CHECK(passed.find("effective exit,always b32 all /b w") != std::string::npos);
  }
}

TEST_CASE("audit-rules: order") {
  struct Case {
    const char *why, *text, *state;
  };
  const Case cases[] = {
      {"an earlier never takes all", "-a never,exit\n-w /x -p w\n", "shadowed"},
      {"a later one nothing", "-w /x -p w\n-a never,exit\n", "effective"},
      {"unless it is put first", "-w /x -p w\n-A never,exit\n", "shadowed"},
      {"no task is audited", "-w /x -p w\n-a never,task\n", "shadowed"},
      {"only some tasks are not", "-w /x -p w\n-a never,task -F uid=0\n", "effective"},
      {"a never of one user hides a part", "-a never,exit -F auid=7\n-w /x -p w\n", "effective"},
      {"a never of other accesses", "-a never,exit -F path=/x -F perm=r\n-w /x -p w\n",
       "effective"},
      {"a never of one ABI", "-a never,exit -F arch=b32\n-w /x -p w\n", "effective"},
      {"another list", "-a never,exclude -F msgtype=CWD\n-w /x -p w\n", "effective"},
      {"auditing is off", "-w /x -p w\n-e 0\n", "disabled"},
      {"by an option among others on its line", "-w /x -p w\n-b 64 -e 0 -f 1\n", "disabled"},
      {"which locks out what is behind it", "-b 64 -e 2\n-w /x -p w\n", "not-loaded"},
      {"a wrong `-b` goes to the top, and nothing behind it is loaded", "-w /x -p w\n-b many\n",
       "not-loaded"},
      {"a wrong `-e` comes last", "-e 3\n-w /x -p w\n", "effective"},
      {"`-e` goes to the end, so nothing is locked out", "-e 2\n-w /x -p w\n", "effective"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const std::string found = rules(std::string(c.text));
    CHECK(found.find(fmt::format("{} exit,always b64 all /x w", c.state)) != std::string::npos);
  }
}

TEST_CASE("audit-rules: a rule for both ABIs at once is for neither") {
  const auto first_row = [](const std::string& fields) {
    return rules("-a always,exit " + fields + " -S all -k k\n");
  };
  CHECK(first_row("-F arch=b64 -F arch=b32").starts_with("void exit,always"));
  CHECK(first_row("-F arch=b64 -F arch!=b64").starts_with("void exit,always"));
  CHECK(first_row("-F arch=b64 -F arch!=b32").starts_with("effective exit,always b64 all"));
  const std::string never = rules("-a never,exit -F arch=b64 -F arch=b32\n-w /x -p w\n");
  CHECK(never.find("effective exit,always b64 all /x w") != std::string::npos);
}

TEST_CASE("audit-rules: a never hides the calls and ABIs that it names, and no others") {
  const std::string calls =
      rules("-a never,exit -F arch=b64 -S chmod\n-a always,exit -F arch=b64 -S chmod,chown\n");
  CHECK(calls.find("shadowed exit,always b64 chmod") != std::string::npos);
  CHECK(calls.find("effective exit,always b64 chown") != std::string::npos);
  const std::string abis = rules("-a never,exit -F arch=b32 -F path=/x\n-w /x -p w\n");
  CHECK(abis.find("shadowed exit,always b32 all /x w") != std::string::npos);
  CHECK(abis.find("effective exit,always b64 all /x w") != std::string::npos);
  const std::string several = rules(
      "-a never,exit -F arch=b32\n-a never,exit -F arch=b64\n-a always,exit -S all -F auid=7\n");
  CHECK(several.find("effective exit,always") == std::string::npos);
}

TEST_CASE("audit-rules: removed rules are gone") {
  CHECK(rules("-w /x -p w -k a\n-D -k a\n").empty());
  CHECK(rules("-w /x -p w\n-W /x -p w\n").empty());
  CHECK(rules("-w /x -p w\n -D\n").empty());
  // A -D at the start of its line goes to the top.
  CHECK(rules("-w /x -p w\n-D\n").starts_with("effective"));
}

TEST_CASE("audit-rules: ls -v") {
  const char* sorted[] = {"9.rules", "09-a.rules", "10-a.rules", "A.rules",
                          "a.rules", "a1.rules",   "a10.rules"};
  for (std::size_t i = 0; i + 1 < std::size(sorted); ++i) {
    CAPTURE(sorted[i]);
    CHECK(audit::natural_order(sorted[i], sorted[i + 1]) < 0);
    CHECK(audit::natural_order(sorted[i + 1], sorted[i]) > 0);
  }
}

TEST_CASE("audit-rules: what cannot be read is a gap") {
  MemoryRoot root;
  root.add_file("/etc/audit/rules.d/a.rules", "-w /x -p w\n", 0000);
  root.add_file("/etc/audit/rules.d/b.rules", std::string("-w /y\0-p w\n", 11));
  CHECK(!read(root).gaps.empty());
  CHECK(!read(MemoryRoot()).not_applicable.empty());
}

namespace {

/// The rows of one rule on a host with these files; `? why` of each gap.
std::string rules_on(std::map<std::string, std::string> files, const std::string& text) {
  files["/etc/audit/rules.d/a.rules"] = text + "\n";
  const Facts facts = read(*Root::in_memory(files));
  std::string out = rules(facts);
  for (const Gap& gap : facts.gaps) out += fmt::format("? {}\n", gap.error.what.substr(0, 12));
  return out;
}

}  // namespace

TEST_CASE("audit-rules: names and numbers of calls are those of the host's ABIs") {
  const std::map<std::string, std::string> amd64 = {{"/lib64/ld-linux-x86-64.so.2", ""},
                                                    {"/lib/ld-linux.so.2", ""}};
  const std::map<std::string, std::string> arm64 = {{"/lib/ld-linux-aarch64.so.1", ""},
                                                    {"/lib/ld-linux-armhf.so.3", ""}};
  const std::map<std::string, std::string> armhf = {{"/lib/ld-linux-armhf.so.3", ""},
                                                    {"/lib/modules/6.1.0-1-armmp/x", ""}};
  const std::map<std::string, std::string> i386 = {{"/lib/ld-linux.so.2", ""},
                                                   {"/lib/modules/6.1.0-1-686-pae/x", ""}};
  struct Case {
    const char* why;
    const std::map<std::string, std::string>& host;
    const char *line, *want;
  };
  const std::string rule = "effective exit,always ";
  const Case cases[] = {
      {"b64 is amd64", amd64, "-F arch=b64 -S 90", "b64 chmod"},
      {"b32 is i386", amd64, "-F arch=b32 -S 15", "b32 chmod"},
      {"b64 is aarch64", arm64, "-F arch=b64 -S 53", "b64 fchmodat"},
      {"which has no open", arm64, "-F arch=b64 -S open", "!"},
      {"b32 is arm", arm64, "-F arch=b32 -S open", "b32 open"},
      {"arm by name", arm64, "-F arch=armv7l -S 5", "b32 open"},
      {"by the number of ELF", arm64, "-F arch=0xc00000b7 -S openat", "b64 openat"},
      {"the native table", arm64, "-S 56", "b64 openat"},
      {"in capital letters", arm64, "-F arch=AARCH64 -S OpenAt", "b64 openat"},
      {"no name of a machine", arm64, "-F arch=arm64 -S openat", "!"},
      {"another host's", arm64, "-F arch=x86_64 -S open", "void"},
      {"all but another host's", arm64, "-F arch!=x86_64 -S all", "b32 all"},
      {"no b64", armhf, "-F arch=b64 -S open", "!"},
      {"one ABI", armhf, "-S open", "b32 open"},
      {"one ABI without calls", i386, "-F auid=7", "b32 all"},
      {"no b64 on i386", i386, "-F arch=b64", "!"},
      {"the table of what is not meant", amd64, "-F arch!=b32 -S open", "b64 fstat"},
      {"the last arch gives the table", amd64, "-F arch=b64 -F arch!=i386 -S open", "b64 fstat"},
      {"octal", amd64, "-F arch=b64 -S 0132", "b64 chmod"},
      {"hexadecimal", amd64, "-F arch=b64 -S 0x5aq", "b64 chmod"},
      {"the last bit", amd64, "-F arch=b64 -S 2047", "b64 2047"},
      {"more than there are bits", amd64, "-F arch=b64 -S 2048", "!"},
      {"low bits of it", amd64, "-F arch=b64 -S 4294967386", "b64 chmod"},
      {"more than fits", amd64, "-F arch=b64 -S 99999999999999999999", "!"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const std::string got = rules_on(c.host, std::string("-a always,exit ") + c.line);
    CHECK(got.find("?") == std::string::npos);
    const std::string want = *c.want == 'b' ? rule + c.want + " " : c.want;
    CHECK(got.substr(0, want.size()) == want);
  }
  const std::string foreign = "-a always,exit -F arch=s390x -S open";
  CHECK(rules_on(amd64, foreign).find("? the system c") != std::string::npos);
}

TEST_CASE("audit-rules: a host whose ABIs are not known is a gap") {
  const std::string line = "-a always,exit -F arch=b64 -S open -k x";
  for (const char* loader : {"/lib64/ld64.so.2", "/lib/ld-linux-riscv64-lp64d.so.1",
                             "/lib/ld-linux.so.2", "/lib/ld-linux-armhf.so.3"}) {
    CAPTURE(loader);
    CHECK(rules_on({{loader, ""}}, line).find("? ") != std::string::npos);
  }
  const std::string wide = rules_on(
      {{"/lib/ld-linux.so.2", ""}, {"/lib/modules/1-686/x", ""}, {"/lib/modules/1-amd64/x", ""}},
      line);
  CHECK(wide.find("? ") != std::string::npos);
  CHECK(rules_on({}, line).find("? ") == std::string::npos);
}
