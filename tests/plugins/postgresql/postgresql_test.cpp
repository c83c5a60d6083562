#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;
const std::string kConf = "/etc/postgresql/15/main/postgresql.conf";

Facts read(const Root& root, const Document* document = nullptr) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("postgresql")->run({root, context, {}, 1, nullptr, document});
}

Facts host(const std::string& text, Files others = {}) {
  others[kConf] = text;
  return read(*Root::in_memory(others));
}

Facts document(const std::string& text, const Files& others = {},
               const char* path = "/db/postgresql.conf") {
  const Document one{path, text};
  return read(*Root::in_memory(others), &one);
}

/// The value of a parameter, `(none)`, or `(refused)` where the server takes none of its files.
std::string value(const Facts& facts, std::string_view key) {
  if (facts.find("@refused") != nullptr) return "(refused)";
  const Fact* fact = facts.find(key);
  return fact == nullptr ? "(none)" : fact->value;
}

}  // namespace

TEST_CASE("postgresql: lines") {
  struct Case {
    const char* why;
    std::string text;
    const char* want;
  };
  const Case cases[] = {
      {"a quoted value", "a.b = 'x y'\n", "x y"},
      {"without `=`", "a.b 'x'\n", "x"},
      {"without blanks", "a.b'x'# note", "x"},
      {"a carriage return is a blank", "a.b\r=\r'x'\r\n", "x"},
      {"capitals in the name", "A.B = X\n", "X"},
      {"the last one stands", "a.b = x\na.b = y\n", "y"},
      {"a comment", "a.b = x\n#a.b = y\n", "x"},
      {"a sign of a comment in quotes", "a.b = 'x#y'\n", "x#y"},
      {"a doubled quote", "a.b = 'x''y'\n", "x'y"},
      {"a quote behind a backslash", "a.b = 'x\\'y'\n", "x'y"},
      {"escapes", "a.b = '\\b\\f\\n\\r\\t\\q\\\\'\n", "\b\f\n\r\tq\\"},
      {"octal digits, three at most", "a.b = '\\101\\60\\0601'\n", "A001"},
      {"a NUL ends it", "a.b = 'x\\0y'\n", "x"},
      {"numbers with units", "a.b = 100MB\n", "100MB"},
      {"hexadecimal", "a.b = 0x1Fkb\n", "0x1Fkb"},
      {"fractions", "a.b = -.5e+3\n", "-.5e+3"},
      {"a dash needs no quotes", "a.b = scram-sha-256\n", "scram-sha-256"},
      {"nor do slashes, colons and several dots", "a.b = a.b.c:d/e\n", "a.b.c:d/e"},
      {"two names with one dot are no value", "a.b = c.d\n", "(refused)"},
      {"nor is a path", "a.b = /tmp\n", "(refused)"},
      {"nor an address", "a.b = 127.0.0.1\n", "(refused)"},
      {"nor a star", "a.b = *\n", "(refused)"},
      {"nor a number with a letter in the middle", "a.b = 5x6\n", "(refused)"},
      {"nor `0X`", "a.b = 0X1F\n", "(refused)"},
      {"nothing at all", "a.b =\n", "(refused)"},
      {"two values", "a.b = x y\n", "(refused)"},
      {"a quote that is not closed", "a.b = 'x\n'\n", "(refused)"},
      {"a backslash at the end", "a.b = 'x\\\n'\n", "(refused)"},
      {"three names", "a.b.c = x\n", "(refused)"},
      {"a byte-order mark is part of the name", "\xef\xbb\xbfport = 1\n", "(refused)"},
      {"a form feed is no blank", "a.b = x\f\n", "(refused)"},
      {"an unknown name without a dot", "a.b = x\nno_such = 1\n", "(refused)"},
      {"a name that is not shown", "a.b = x\nsort_mem = 1\n", "x"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(host(c.text), "a.b") == c.want);
  }
}

TEST_CASE("postgresql: includes") {
  const std::string dir = "/etc/postgresql/15/main/";
  const Files others = {
      {dir + "d/a.conf", "port = 1\n"},     {dir + "d/B.conf", "port = 2\n"},
      {dir + "d/.c.conf", "port = 3\n"},    {dir + "d/d.cnf", "port = 4\n"},
      {dir + "d/.conf", "port = 5\n"},      {dir + "sub/e", "include f\n"},
      {dir + "sub/f", "port = 6\n"},        {dir + "loop", "port = 7\ninclude loop\n"},
      {dir + "x.conf/g.conf", "port = 8\n"}};
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"a directory in the order of bytes", "include_dir d\n", "1"},
      {"by its whole path", "include_dir '/etc/postgresql/15/main/d/'\n", "1"},
      {"in place", "Include_Dir 'd'\nport = 9\n", "9"},
      {"relative to the file", "include 'sub/e'\n", "6"},
      {"that is not there", "include none\nport = 9\n", "(refused)"},
      {"if it exists", "include_if_exists none\nport = 9\n", "9"},
      {"a directory that is not there", "include_dir none\nport = 9\n", "(refused)"},
      {"without a name", "include ''\nport = 9\n", "(refused)"},
      {"each other", "include loop\n", "(refused)"},
      {"a directory among the files", "include_dir '.'\n", "(refused)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(host(c.text, others), "port") == c.want);
  }
}

TEST_CASE("postgresql: which files of a host") {
  SUBCASE("postgresql.auto.conf is read last, where the data lie") {
    const Facts facts = host("data_directory = '/srv/pg'\nport = 1\n",
                             {{"/srv/pg/postgresql.auto.conf", "port = 2\n"},
                              {"/var/lib/postgresql/15/main/postgresql.auto.conf", "port = 3\n"}});
    CHECK(value(facts, "port") == "2");
    REQUIRE(facts.find("port")->shadowed.size() == 1);
    CHECK(facts.find("port")->shadowed[0].origin.file == kConf);
  }
  SUBCASE("without data_directory Debian's place is taken") {
    CHECK(value(host("", {{"/var/lib/postgresql/15/main/postgresql.auto.conf", "port = 3\n"}}),
                "port") == "3");
  }
  SUBCASE("several clusters have scopes") {
    const Facts facts =
        host("port = 1\n", {{"/etc/postgresql/13/b/postgresql.conf", "port = 2\n"}});
    CHECK(facts.find("port", "15/main")->value == "1");
    CHECK(facts.find("port", "13/b")->value == "2");
    CHECK(facts.find("port") == nullptr);
  }
  SUBCASE("the names of another version are not known") {
    const Facts facts =
        read(*Root::in_memory({{"/etc/postgresql/17/main/postgresql.conf", "new_one = 1\n"}}));
    CHECK(value(facts, "new_one") == "1");
  }
  SUBCASE("options of the command line win over postgresql.auto.conf") {
    const Facts facts = host(
        "ssl = off\n", {{"/var/lib/postgresql/15/main/postgresql.auto.conf", "ssl = off\n"},
                        {"/etc/postgresql/15/main/pg_ctl.conf", "pg_ctl_options = '-o -lp99'"}});
    CHECK(value(facts, "ssl") == "true");
    CHECK(value(facts, "port") == "99");
  }
  SUBCASE("no cluster, no facts") {
    CHECK_FALSE(read(*Root::in_memory({{"/etc/x", ""}})).not_applicable.empty());
  }
  SUBCASE("a file that may not be read is a gap") {
    MemoryRoot root;
    root.add_file(kConf, "port = 1\n");
    root.deny(kConf);
    CHECK(read(root).gaps.size() == 1);
  }
}

TEST_CASE("postgresql: documents") {
  SUBCASE("no defaults, and no name is a mistake") {
    const Facts facts = document("new_one = 1\n");
    CHECK(value(facts, "new_one") == "1");
    CHECK(facts.find("ssl") == nullptr);
  }
  SUBCASE("what is included lies beside it") {
    CHECK(value(document("include_dir 'conf.d'\n", {{"/db/conf.d/a.conf", "port = 1\n"}}),
                "port") == "1");
  }
  SUBCASE("or elsewhere, which leaves doubt") {
    const Facts facts = document("port = 1\ninclude '/etc/site.conf'\n");
    CHECK(value(facts, "port") == "1");
    REQUIRE(facts.gaps.size() == 1);
    CHECK(facts.gaps[0].effect == Gap::Effect::may_add);
  }
  SUBCASE("a template is passed over, a prefix of the log is none") {
    CHECK(document("port = {{ port }}\n").passed_over);
    CHECK(document("port = ${PORT}\n").passed_over);
    CHECK(value(document("#krb_server_keyfile = 'FILE:${sysconfdir}/krb5.keytab'\nport = 1\n"),
                "port") == "1");
    CHECK(value(document("archive_command = 'cp %p ${ARCHIVE}/%f'\nport = 1\n"), "port") == "1");
    CHECK(value(document("log_line_prefix = '<%t> {%p}'\n"), "log_line_prefix") == "<%t> {%p}");
  }
}

TEST_CASE("postgresql: which files of a tree") {
  const DocumentClaim& claim = find_builtin_probe("postgresql")->documents;
  struct Case {
    const char *why, *path, *text;
    bool want;
  };
  const Case cases[] = {
      {"the well-known name, even empty", "/a/postgresql.conf", "", true},
      {"a part of it", "/deploy/postgres/conf.d/tune.conf", "shared_buffers = 1GB\n", true},
      {"beside it lies something else", "/deploy/postgres/nginx.conf", "http {\n}\n", false},
      {"a word that others have, too", "/postgres/x.conf", "port = 1\n", false},
      {"another place", "/a/tune.conf", "shared_buffers = 1GB\n", false},
      {"the records of who may connect", "/postgres/pg_hba.conf", "local all all peer\n", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK((claim.by_name(c.path) && claim.by_text({c.path, c.text})) == c.want);
  }
}

TEST_CASE("postgresql: modes") {
  MemoryRoot root;
  root.add_file(kConf, "ssl_key_file = '/etc/key.pem'\nhba_file = '/etc/hba'\n");
  root.add_file("/etc/key.pem", "", 0644);
  root.add_file("/etc/hba", "", 0660);
  root.add_directory("/var/lib/postgresql/15/main", 0755);
  const Facts facts = read(root);
  REQUIRE(facts.find("@readable-key") != nullptr);
  CHECK(facts.find("@readable-key")->origin.file == "/etc/key.pem");
  REQUIRE(facts.find("@open-hba") != nullptr);
  CHECK(facts.find("@open-hba")->value == "/etc/hba has the mode 0660");
  CHECK(facts.find("@open-datadir") != nullptr);
}
