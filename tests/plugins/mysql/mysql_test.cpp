#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

Facts read(const Root& root, const Document* document = nullptr) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("mysql")->run({root, context, {}, 1, nullptr, document});
}

Facts host(const std::string& text, Files others = {}) {
  others["/etc/my.cnf"] = text;
  return read(*Root::in_memory(others));
}

Facts document(const std::string& text, const Files& others = {}) {
  const Document one{"/deploy/my.cnf", text};
  return read(*Root::in_memory(others), &one);
}

/// The value of a variable, `(none)`, or `(refused)` where the server would not start.
std::string value(const Facts& facts, std::string_view key) {
  if (facts.find("@refused") != nullptr) return "(refused)";
  const Fact* fact = facts.find(key);
  return fact == nullptr ? "(none)" : fact->value;
}

std::string set(const std::string& line, std::string_view key) {
  return value(host("[mysqld]\n" + line + "\n"), key);
}

}  // namespace

TEST_CASE("mysql: lines of option files") {
  struct Case {
    const char* why;
    std::string text;
    const char* want;
  };
  const Case cases[] = {
      {"blanks around the name and the value", "[mysqld]\n  socket\t= /a \r\n", "/a"},
      {"the last one stands", "[mysqld]\nsocket=/a\nsocket=/b\n", "/b"},
      {"in whatever group of the server", "[mariadb]\nsocket=/b\n[mysqld]\nsocket=/a\n", "/a"},
      {"a group of another version", "[mysqld]\nsocket=/a\n[mysqld-8.0]\nsocket=/b\n", "/a"},
      {"a group in capitals", "[MySQLd]\nsocket=/a\n", "/a"},
      {"a blank in the group makes it another", "[mysqld]\nsocket=/a\n[ mysqld]\nsocket=/b\n",
       "/a"},
      {"after the bracket anything may stand", "[mysqld] x\nsocket=/a\n", "/a"},
      {"comments", "[mysqld]\nsocket=/a # b\n#socket=/c\n ;socket=/d\n", "/a"},
      {"a semicolon within a line is none", "[mysqld]\nsocket=/a ; b\n", "/a ; b"},
      {"quotes keep the sign of a comment", "[mysqld]\nsocket=\"/a#b\"#c\n", "/a#b"},
      {"one quote is a character", "[mysqld]\nsocket='/a\n", "'/a"},
      {"quotes that do not match", "[mysqld]\nsocket='/a\"\n", "'/a\""},
      {"escapes", "[mysqld]\nsocket=/a\\sb\\\\c\\xd\\\n", "/a b\\c\\xd\\"},
      {"the first `=` divides", "[mysqld]\nsocket=a=b\n", "a=b"},
      {"an empty value is one", "[mysqld]\nsocket=/a\nsocket=\n", ""},
      {"what follows a NUL is not seen", std::string("[mysqld]\nsocket=/a\0b\n", 21), "/a"},
      {"before the first group: the server gives up", "socket=/a\n[mysqld]\n", "(refused)"},
      {"also for a byte-order mark", "\xef\xbb\xbf[mysqld]\nsocket=/a\n", "(refused)"},
      {"a group without an end", "[mysqld]\nsocket=/a\n[x\n", "(refused)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(host(c.text), "socket") == c.want);
  }
}

TEST_CASE("mysql: includes") {
  const Files others = {{"/etc/d/a.cnf", "[mysqld]\nport=1\n"},
                        {"/etc/d/b.conf", "[mysqld]\nport=2\n"},
                        {"/etc/d/B.cnf", "[mysqld]\nport=3\n"},
                        {"/etc/bad.cnf", "[mysqld]\nport=4\n[x\nport=5\n"},
                        {"/etc/early.cnf", "port=6\n"},
                        {"/etc/loop.cnf", "[mysqld]\nport=7\n!include /etc/loop.cnf\n"}};
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"only .cnf, in the order of bytes", "!includedir /etc/d\n", "1"},
      {"in place", "!includedir /etc/d/\n[mysqld]\nport=9\n", "9"},
      {"later lines of the group go on", "[mysqld]\n!include /etc/d/a.cnf\nport=9\n", "9"},
      {"the group is not handed down", "[mysqld]\nport=9\n!include /etc/early.cnf\n", "9"},
      {"a mistake ends the included file alone", "!include /etc/bad.cnf\n", "4"},
      {"a file that is not there is fine", "!include /etc/none.cnf\n[mysqld]\nport=9\n", "9"},
      {"a directory must be there", "!includedir /none\n[mysqld]\nport=9\n", "(refused)"},
      {"without a name", "!include\n[mysqld]\nport=9\n", "(refused)"},
      {"ten deep", "!include /etc/loop.cnf\n", "7"},
      {"the last byte of a file is taken for the line feed",
       "[mysqld]\nport=9\n!include /etc/d/a.cnf", "9"},
      {"another directive means nothing", "[mysqld]\nport=9\n!foo\n", "9"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(host(c.text, others), "port") == c.want);
  }
}

TEST_CASE("mysql: names and prefixes") {
  struct Case {
    const char *why, *line, *key, *want;
  };
  const Case cases[] = {
      {"dashes, underscores and capitals", "Local-INFILE=0", "local-infile", "FALSE"},
      {"an abbreviation", "local_inf=0", "local-infile", "FALSE"},
      {"one that fits several", "log=1", "log-error", "(refused)"},
      {"skip", "skip-local-infile", "local-infile", "FALSE"},
      {"twice is on", "skip-local-infile=0", "local-infile", "TRUE"},
      {"loosely", "loose-skip-local-infile", "local-infile", "FALSE"},
      {"the prefix next to the name decides", "skip-loose-local-infile", "local-infile", "TRUE"},
      {"enable", "enable_skip_name_resolve", "skip-name-resolve", "TRUE"},
      {"what is not known", "no-such=1", "port", "(refused)"},
      {"loosely it is passed over", "loose-no-such=1", "port", "3306"},
      {"an option of former times", "log-raw=1", "log-raw", "(none)"},
      {"of a structure", "x.port=5", "port", "5"},
      {"of another key cache", "hot.key_buffer_size=1M", "key-buffer-size", "(none)"},
      {"a maximum is none of its own", "maximum-sort_buffer_size=1M", "sort-buffer-size", "(none)"},
      {"without a value", "port", "port", "(refused)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(set(c.line, c.key) == c.want);
  }
}

TEST_CASE("mysql: values") {
  struct Case {
    const char *why, *line, *key, *want;
  };
  const Case cases[] = {
      {"no value is on", "local-infile", "local-infile", "TRUE"},
      {"what is not understood is off", "local-infile=yes", "local-infile", "FALSE"},
      {"a suffix, whatever follows it", "sort_buffer_size=3Mx", "sort-buffer-size", "3145728"},
      {"blocks", "max_allowed_packet=1048577", "max-allowed-packet", "1048576"},
      {"not below the least", "max_allowed_packet=1", "max-allowed-packet", "1024"},
      {"not above the most", "port=70000", "port", "65535"},
      {"no negative number", "port=-1", "port", "(refused)"},
      {"no fraction", "port=1.5", "port", "(refused)"},
      {"a fraction", "long_query_time=0.5", "long-query-time", "0.5"},
      {"a word of several", "binlog_format=mix", "binlog-format", "MIXED"},
      {"its number", "binlog_format=1", "binlog-format", "STATEMENT"},
      {"no such word", "binlog_format=none", "binlog-format", "(refused)"},
      {"modes that stand for others", "sql_mode=ansi", "sql-mode",
       "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ANSI"},
      {"a set by its number", "sql_mode=5", "sql-mode", "REAL_AS_FLOAT,ANSI_QUOTES"},
      {"an empty set", "sql_mode=", "sql-mode", ""},
      {"a comma at the end", "sql_mode=ansi,", "sql-mode", "(refused)"},
      {"no TCP, no port", "skip-networking", "port", "0"},
      {"a key means TLS", "ssl-key=/a", "ssl", "TRUE"},
      {"two names of one variable", "slow_query_log", "log-slow-query", "TRUE"},
      {"one flag of many", "optimizer_trace=enabled=on", "optimizer-trace", "enabled=on"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(set(c.line, c.key) == c.want);
  }
}

TEST_CASE("mysql: files of a host") {
  SUBCASE("/etc/my.cnf is read before /etc/mysql/my.cnf") {
    const Facts facts = host("[mysqld]\nport=1\n", {{"/etc/mysql/my.cnf", "[mysqld]\nport=2\n"}});
    CHECK(value(facts, "port") == "2");
    REQUIRE(facts.find("port")->shadowed.size() == 1);
    CHECK(facts.find("port")->shadowed[0].origin.file == "/etc/my.cnf");
  }
  SUBCASE("a file that anybody may write is ignored") {
    MemoryRoot root;
    root.add_file("/etc/my.cnf", "[mysqld]\nport=1\n", 0666);
    CHECK(value(read(root), "port") == "3306");
  }
  SUBCASE("the command line wins") {
    const Facts facts =
        host("[mysqld]\nport=1\n",
             {{"/usr/lib/systemd/system/mariadb.service",
               "[Service]\nExecStart=/usr/sbin/mariadbd --user bob --port=5 $OPTS\n"}});
    CHECK(value(facts, "port") == "5");
    CHECK(value(facts, "user") == "bob");
  }
  SUBCASE("another option file is named on the command line") {
    const Facts facts = host("[mysqld]\nport=1\n",
                             {{"/srv/x.cnf", "[mysqld]\nport=2\n[mysqld@a]\nport=3\n"},
                              {"/usr/lib/systemd/system/mariadb.service",
                               "[Service]\nExecStart=/usr/sbin/mariadbd --defaults-file=/srv/x.cnf "
                               "--defaults-group-suffix=@a\n"}});
    CHECK(value(facts, "port") == "3");
  }
  SUBCASE("no server") {
    CHECK(!read(*Root::in_memory({})).not_applicable.empty());
    CHECK(!host("[client]\nport=1\n", {{"/var/lib/dpkg/status", "\n"}}).not_applicable.empty());
  }
}

TEST_CASE("mysql: documents") {
  SUBCASE("what is not set has no default") {
    CHECK(value(document("[mysqld]\nport=1\n"), "local-infile") == "(none)");
  }
  SUBCASE("options of MySQL are no mistake, nonsense is one") {
    CHECK(value(document("[mysqld-8.0]\nmysqlx=0\n"), "mysqlx") == "0");
    CHECK(value(document("[mysqld]\nport=-1\n"), "port") == "(refused)");
  }
  SUBCASE("neighbours are included, what is not in the tree is a gap") {
    const Facts facts =
        document("!include more.cnf\n", {{"/deploy/more.cnf", "[mysqld]\nport=4\n"}});
    CHECK(value(facts, "port") == "4");
    CHECK(facts.gaps.empty());
    CHECK(document("!includedir /etc/mysql/conf.d\n").gaps.size() == 1);
  }
  SUBCASE("a template is passed over") {
    CHECK(document("[mysqld]\nport={{ port }}\n").passed_over);
  }
  SUBCASE("by name and content") {
    const DocumentClaim& claim = find_builtin_probe("mysql")->documents;
    CHECK(claim.by_name("/x/openssl.cnf"));
    CHECK_FALSE(claim.by_text({"/x/openssl.cnf", "[ req ]\n[server]\n"}));
    CHECK(claim.by_text({"/x/tuning.cnf", "[mysqld-8.0]\n"}));
    CHECK(claim.by_text({"/x/my.cnf", ""}));
  }
}
