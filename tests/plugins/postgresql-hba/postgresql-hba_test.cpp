#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

Facts read(const Root& root, const Document* document = nullptr) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("postgresql-hba")->run({root, context, {}, 1, nullptr, document});
}

Facts host(const std::string& text, Files others = {}, const char* version = "15") {
  const std::string directory = fmt::format("/etc/postgresql/{}/main/", version);
  others[directory + "postgresql.conf"] = fmt::format("hba_file = '{}pg_hba.conf'\n", directory);
  others[directory + "pg_hba.conf"] = text;
  return read(*Root::in_memory(others));
}

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return join(*list, "|");
  return "-";
}

/// Each record as `type database user address mask method options reach`, or `!` and why it is
/// refused; several with `; ` between.
std::string told(const Facts& facts) {
  std::vector<std::string> out;
  for (const Fact& row : facts.rows) {
    std::vector<std::string> fields;
    for (std::size_t i = 1; i < 9; ++i) fields.push_back(text_of(row.fields[i]));
    const std::string error = text_of(row.fields[10]);
    out.push_back(error == "-" ? join(fields, " ") : "!" + error);
  }
  return join(out, "; ");
}

}  // namespace

TEST_CASE("postgresql-hba: words") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"commas make a list, with blanks behind them", "local a,b, c d peer", "a|b|c d - - peer"},
      {"a blank before the comma ends the field", "local a ,b peer", "a b - - peer"},
      {"quotes", "local \"a b,c#d\" x peer", "a b,c#d x - - peer"},
      {"a doubled quote", "local \"a\"\"b\" x peer", "a\"b x - - peer"},
      {"an empty word is one", "local \"\" x peer", " x - - peer"},
      {"a keyword in quotes is a name", "local \"all\" \"+x\" peer", "\"all\" \"+x\" - - peer"},
      {"a comment in a word", "local a#b peer\nlocal a x peer", "!the line ends before the user"},
      {"`ident` of the socket is `peer`", "local all x ident", "all x - - peer"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const std::string all = told(host(c.text));
    const std::string first = all.substr(0, all.find(';'));
    const std::string want = c.want[0] == '!' ? c.want : "local " + std::string(c.want) + "  local";
    CHECK(first == want);
  }
}

TEST_CASE("postgresql-hba: lines that go on") {
  CHECK(told(host("local all \\\n x peer\n")) == "local all x - - peer  local");
  CHECK(told(host("local all x peer # a\\\nlocal b y peer\n")) == "local all x - - peer  local");
  CHECK(told(host("local all x peer\\")) == "local all x - - peer  local");
  const Facts old = host("local all x \\\n", {}, "13");
  CHECK(told(old) == "!unknown method `\\`");
}

TEST_CASE("postgresql-hba: addresses") {
  struct Case {
    const char *why, *address, *want;
  };
  const Case cases[] = {
      {"a network", "10.0.0.0/8", "10.0.0.0 8 network"},
      {"with a mask of its own", "10.0.0.0 255.0.0.0", "10.0.0.0 255.0.0.0 network"},
      {"inet_aton(3) knows shorter ones", "127.1/32", "127.1 32 loopback"},
      {"loopback", "127.0.0.0/8", "127.0.0.0 8 loopback"},
      {"more than loopback", "127.0.0.0/7", "127.0.0.0 7 network"},
      {"of IPv6", "::1/128", "::1 128 loopback"},
      {"everything", "0.0.0.0/0", "0.0.0.0 0 everywhere"},
      {"whatever the address", "10.0.0.1/0", "10.0.0.1 0 everywhere"},
      {"and all of it", "all", "all - everywhere"},
      {"of this host", "samehost", "samehost - loopback"},
      {"its networks", "samenet", "samenet - network"},
      {"a name", ".example.org", ".example.org - network"},
      {"a keyword in quotes is a name", "\"all\"", "all - network"},
      {"no mask", "10.0.0.1", "!invalid mask `md5`"},
      {"a name with a mask", "example.org/8", "!a host name with a mask"},
      {"too many bits", "10.0.0.0/33", "!invalid mask `33`"},
      {"two families", "10.0.0.0 ffff::", "!the address and the mask are of two families"},
      {"a number is an address, too", "10.0.0.0 8", "10.0.0.0 0.0.0.8 network"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = host(fmt::format("host all all {} md5\n", c.address));
    REQUIRE(facts.rows.size() == 1);
    const Fact& row = facts.rows[0];
    const std::string error = text_of(row.fields[10]);
    CHECK((error == "-" ? fmt::format("{} {} {}", text_of(row.fields[4]), text_of(row.fields[5]),
                                      text_of(row.fields[8]))
                        : "!" + error) == c.want);
  }
}

TEST_CASE("postgresql-hba: methods and options") {
  struct Case {
    const char *why, *record, *want;
  };
  const Case cases[] = {
      {"capitals", "host all all all Trust", "unknown method `Trust`"},
      {"peer over the network", "host all all all peer", "`peer` needs the type `local`"},
      {"gss over the socket", "local all all gss", "`gss` needs a connection over the network"},
      {"cert without TLS", "host all all all cert", "`cert` needs the type `hostssl`"},
      {"cert with less", "hostssl all all all cert clientcert=verify-ca",
       "`cert` takes `clientcert=verify-full` alone"},
      {"a certificate without TLS", "host all all all md5 clientcert=verify-full",
       "`clientcert` needs the type `hostssl`"},
      {"no value", "host all all all md5 x", "`x` has no value"},
      {"an option of another method", "host all all all md5 map=x", "`map` is no option of `md5`"},
      {"nobody knows it", "host all all all md5 x=y", "unknown option `x`"},
      {"ldap without a place to look", "host all all all ldap ldapserver=x",
       "`ldap` needs `ldapbasedn`, `ldapprefix` or `ldapsuffix`"},
      {"what 13 knew", "hostssl all all all md5 clientcert=1", "invalid `clientcert` `1`"},
      {"ldap by an address", "host all all all ldap ldapurl=ldaps://x/dc=y", "-"},
      {"radius without a secret", "host all all all radius radiusservers=10.0.0.1",
       "`radius` needs `radiussecrets`"},
      {"oauth comes with 18", "host all all all oauth", "unknown method `oauth`"},
      {"two types", "local,host all all md5", "several values for the type"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = host(c.record);
    REQUIRE(facts.rows.size() == 1);
    CHECK(text_of(facts.rows[0].fields[10]) == c.want);
    CHECK(facts.gaps.empty() == (std::string_view(c.want) == "-"));
  }
}

TEST_CASE("postgresql-hba: how passwords go to a directory") {
  struct Case {
    const char *why, *options, *want;
  };
  const Case cases[] = {
      {"as they are", "ldapserver=x ldapbasedn=y", "plain"},
      {"TLS is asked for", "ldapserver=x ldapbasedn=y ldaptls=1", "tls"},
      {"only `1` asks", "ldapserver=x ldapbasedn=y ldaptls=yes", "plain"},
      {"from the start", "ldapscheme=ldaps ldapbasedn=y", "tls"},
      {"by an address", "ldapurl=ldaps://x/y", "tls"},
      {"by another one", "ldapurl=ldap://x/y", "plain"},
      {"the last one stands", "ldapbasedn=y ldaptls=1 ldaptls=0", "plain"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = host(fmt::format("host all all all ldap {}\n", c.options));
    REQUIRE(facts.rows.size() == 1);
    CHECK(text_of(facts.rows[0].fields[9]) == c.want);
  }
}

TEST_CASE("postgresql-hba: a record that an earlier one hides") {
  struct Case {
    const char *why, *earlier, *later;
    bool hidden;
  };
  const Case cases[] = {
      {"the same", "local a b peer", "local a b trust", true},
      {"all databases", "local all b peer", "local a,c b trust", true},
      {"but not replication", "local all b peer", "local replication b trust", false},
      {"unless it says so", "local all,replication b peer", "local replication b trust", true},
      {"a database of that name", "local all b peer", "local \"replication\" b trust", true},
      {"a name is no keyword", "local \"all\" b peer", "local a b trust", false},
      {"all users", "local a all peer", "local a +x,y trust", true},
      {"members are others than the role", "local a +x peer", "local a \"+x\" trust", false},
      {"one of two users", "local a b peer", "local a b,c trust", false},
      {"the socket is no network", "host all all all reject", "local all all trust", false},
      {"host has hostssl", "host a b all reject", "hostssl a b all trust", true},
      {"hostssl lacks others", "hostssl a b all reject", "host a b all trust", false},
      {"hostnossl has GSSAPI", "hostnossl a b all reject", "hostgssenc a b all trust", true},
      {"a network within another", "host a b 10.0.0.0/8 reject", "host a b 10.1.0.0/16 trust",
       true},
      {"one beside it", "host a b 10.0.0.0/8 reject", "host a b 11.1.0.0/16 trust", false},
      {"a larger one", "host a b 10.0.0.0/8 reject", "host a b 0.0.0.0/0 trust", false},
      {"of the other family", "host a b 0.0.0.0/0 reject", "host a b ::1/128 trust", false},
      {"a name of a host", "host a b x.org reject", "host a b X.org trust", true},
      {"what the server refuses hides nothing", "host all all all Trust", "host a b all trust",
       false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = host(fmt::format("{}\n{}\n", c.earlier, c.later));
    CHECK((facts.rows.size() == 1) == c.hidden);
    CHECK(facts.rows[0].shadowed.size() == (c.hidden ? 1U : 0U));
  }
}

TEST_CASE("postgresql-hba: files of names and of records") {
  const std::string dir = "/etc/postgresql/16/main/";
  const Files others = {{"/etc/postgresql/15/main/names", "a, b\nc # d\n@more\n"},
                        {"/etc/postgresql/15/main/more", "e\n"},
                        {"/etc/postgresql/15/main/loop", "@loop\n"},
                        {dir + "d/b.conf", "local b x peer\n"},
                        {dir + "d/a.conf", "local a x peer\n"},
                        {dir + "d/.c.conf", "local c x peer\n"}};
  const std::string x = " x - - peer  local";
  CHECK(told(host("local @names x peer\n", others)) == "local a|b|c|e" + x);
  CHECK(told(host("local \"@names\" x peer\n", others)) == "local @names" + x);
  CHECK(told(host("local @none x peer\n")) == "!/etc/postgresql/15/main/none is not there");
  CHECK(told(host("local @loop x peer\n", others)) ==
        "!files include each other more than ten deep");
  CHECK(told(host("include d\n")) == "!unknown type `include`");
  CHECK(read(*Root::in_memory({{dir + "postgresql.conf", ""}})).rows.size() == 1);
  const Files of_16 = {others.begin(), others.end()};
  CHECK(told(host("include_dir d\n", of_16, "16")) == "local a" + x + "; local b" + x);
  CHECK(told(host("include_if_exists none\nlocal a x peer\n", of_16, "16")) == "local a" + x);
}

TEST_CASE("postgresql-hba: documents") {
  const DocumentClaim& claim = find_builtin_probe("postgresql-hba")->documents;
  CHECK(claim.by_name("/db/pg_hba.conf"));
  CHECK(claim.by_name("/db/hba-prod.conf"));
  CHECK_FALSE(claim.by_name("/db/postgresql.conf"));
  CHECK(claim.by_text({"/db/hba-prod.conf", "# x\n\nlocal all all peer\n"}));
  CHECK_FALSE(claim.by_text({"/db/hba-prod.conf", "local = x\n"}));
  const Document one{"/db/pg_hba.conf", "include site\nlocal a x peer\n"};
  const Facts facts = read(*Root::in_memory({{"/x", ""}}), &one);
  CHECK(told(facts) == "local a x - - peer  local");
  CHECK(facts.gaps.size() == 1);
  const Document made{"/db/pg_hba.conf", "host all all {{ net }} md5\n"};
  CHECK(read(*Root::in_memory({{"/x", ""}}), &made).passed_over);
}
