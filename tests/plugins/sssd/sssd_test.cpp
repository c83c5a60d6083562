#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("sssd", root); }

/// `[scope] key value` of what files say.
std::string settings(const Facts& facts) {
  std::string out;
  for (const Fact& row : facts.rows)
    if (!row.origin.is_default() && row.key != "@file")
      out += "[" + row.scope + "] " + row.key + " " + row.value + "; ";
  return out;
}

}  // namespace

TEST_CASE("sssd: sections and snippets") {
  struct Case {
    const char *why, *text, *snippet, *want;
  };
  const Case cases[] = {
      {"the last line stands", "[a]\nk=1\n k = 2 \r\n", "", "[a] k 2; "},
      {"a snippet is read behind the main file", "[a]\nk=1\nl=1\n", "[a]\nk=2\n",
       "[a] k 2; [a] l 1; "},
      {"comments are lines of their own", "[a]\n#k=1\n;k=1\nk = 2 # x\n", "", "[a] k 2 # x; "},
      {"sections of one name are one", "[a]\nk=1\n[b]\nk=2\n[a]\nl=3\n", "",
       "[a] k 1; [a] l 3; [b] k 2; "},
      {"keys have a case, values may be empty", "[a]\nK=1\nk=\n", "", "[a] K 1; [a] k ; "},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/etc/sssd/sssd.conf", c.text},
                                               {"/etc/sssd/conf.d/x.conf", c.snippet},
                                               {"/etc/sssd/conf.d/.y.conf", "[a]\nk=hidden\n"},
                                               {"/etc/sssd/conf.d/z.bak", "[a]\nk=old\n"}}));
    CHECK(facts.gaps.empty());
    CHECK(settings(facts) == c.want);
  }
}

TEST_CASE("sssd: defaults of domains that ask an LDAP server") {
  const Facts facts = read(*Root::in_memory(
      {{"/etc/sssd/sssd.conf",
        "[domain/a]\nid_provider=LDAP\n[domain/b]\nid_provider=ad\n[domain/c]\n"}}));
  CHECK(facts.find("ldap_tls_reqcert", "domain/a")->value == "hard");
  CHECK(facts.find("ldap_tls_reqcert", "domain/b") == nullptr);
  CHECK(facts.find("ldap_id_use_start_tls", "domain/c")->value == "false");
}

TEST_CASE("sssd: broken, not there, not readable, snippets alone") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  for (const char* wrong : {"k=1\n", "[a]\nnonsense\n", "[a\nk=1\n", "[a]\n=1\n"})
    CHECK(read(*Root::in_memory({{"/etc/sssd/sssd.conf", wrong}})).gaps.size() == 1);
  CHECK(settings(read(*Root::in_memory({{"/etc/sssd/conf.d/a.conf", "[a]\nk=1\n"}}))) ==
        "[a] k 1; ");
  MemoryRoot root;
  root.add_file("/etc/sssd/sssd.conf", "");
  root.deny("/etc/sssd/sssd.conf");
  CHECK(read(root).gaps.size() == 1);
}
