#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

const std::map<std::string, std::string, std::less<>> kNoContext;

Facts read(const std::map<std::string, std::string>& files) {
  return find_builtin_probe("php")->read({*Root::in_memory(files), kNoContext, {}, 1});
}

std::string value(const Facts& facts, std::string_view key, std::string_view scope) {
  const Fact* fact = facts.find(key, scope);
  return fact == nullptr ? "(none)" : fact->value;
}

std::string agent(const std::string& text) {
  return value(read({{"/etc/php/8.2/cli/php.ini", text}}), "user_agent", "cli");
}

}  // namespace

TEST_CASE("php: values as the program computes them") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"words are 1 and nothing, in any case", "user_agent = oN", "1"},
      {"a longer word is text", "user_agent = only", "only"},
      {"a comment ends a value", "user_agent = a b ; c\n", "a b"},
      {"a comment that never ends its line leaves no value", "user_agent = ;x", "(none)"},
      {"double quotes keep signs, and know three escapes", R"(user_agent = "a;\"\\\$\n")",
       "a;\"\\$\\n"},
      {"an escaped quote at a line end closes", "user_agent = \"a\\\"\n", "a\\"},
      {"single quotes keep all", "user_agent = 'E_ALL${a}'", "E_ALL${a}"},
      {"empty single quotes end the value", "user_agent = a'' b\n", "a"},
      {"a single quote that is left open drops the rest", "user_agent = 'a\nuser_agent = b",
       "(none)"},
      {"a setting read before", "own = 1\nuser_agent = ${own}${none}", "1"},
      {"the command line program begins with this one", "user_agent = ${display_errors}", "1"},
      {"constants", "user_agent = E_ALL & ~E_NOTICE", "32759"},
      {"those of later modules are text", "user_agent = M_PI", "M_PI"},
      {"signs bind alike, from the left", "user_agent = 1|2&4^1", "1"},
      {"numbers have 32 bits", "user_agent = 99999999999|0", "1215752191"},
      {"a dollar takes the next character along", "user_agent = x$\ny", "x$\ny"},
      {"with a backslash the one after it, the end of the file too", "user_agent = a$\\", "(none)"},
      {"what stands before that counts", "user_agent = a b$\\", "a "},
      {"a value that is complete counts before an error", "user_agent = 1 = 2", "1 "},
      {"one that is not does not", "user_agent = (1", "(none)"},
      {"a word is no name", "on = 1\nuser_agent = 1", "(none)"},
      {"names have a case", "USER_AGENT = 1", "(none)"},
      {"an ordinary section does not end [PATH]", "[PATH=/x]\n[PHP]\nuser_agent = 1", "(none)"},
      {"[PATH] of nothing counts", "[PATH]\nuser_agent = 1", "1"},
      {"line ends of all kinds, a byte order mark",
       "\xef\xbb\xbf"
       "from=1\ruser_agent=2\r\n",
       "2"},
      {"thousands of brackets end in an error", "user_agent = ((((((((((((((((((((((1", "(none)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(agent(c.text) == c.want);
  }
}

TEST_CASE("php: values that are refused leave the default") {
  const Facts facts = read({{"/etc/php/8.2/fpm/php.ini",
                             "session.name = 12\nsession.sid_length = 300\nmemory_limit = -1 x\n"
                             "session.sid_bits_per_character = 5.\n"
                             "max_input_vars = -1\nexpose_php = abc\n"}});
  CHECK(value(facts, "session.name", "fpm") == "PHPSESSID");
  CHECK(value(facts, "session.sid_length", "fpm") == "32");
  CHECK(value(facts, "session.sid_bits_per_character", "fpm") == "4");
  CHECK(value(facts, "memory_limit", "fpm") == "128M");
  CHECK(value(facts, "max_input_vars", "fpm") == "1000");
  CHECK(value(facts, "expose_php", "fpm") == "abc");
  CHECK(facts.find("session.name", "fpm")->shadowed.size() == 1);
}

TEST_CASE("php: versions and interfaces stand apart") {
  const Facts facts = read({{"/etc/php/8.2/fpm/php.ini", "expose_php = Off\n"},
                            {"/etc/php/7.4/fpm/php.ini", "user_agent = x\n"},
                            {"/etc/php/8.2/cli/php.ini", "expose_php = On\n"},
                            {"/etc/php/8.2/cli/php-cli.ini", "expose_php = 7\n"}});
  CHECK(value(facts, "expose_php", "fpm").empty());
  CHECK(value(facts, "expose_php", "cli") == "7");
  CHECK(value(facts, "user_agent", "fpm [7.4]") == "x");
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "fpm [7.4]");
}

TEST_CASE("php: files of a source tree") {
  const auto document = [](std::string_view path, std::string_view text) {
    const Document one{path, text};
    const Probe* probe = find_builtin_probe("php");
    if (!probe->documents.by_name(path) || !probe->documents.by_text(one)) return Facts{};
    const auto root = Root::in_memory({});
    Request request{*root, kNoContext, {}, 1};
    request.document = &one;
    return probe->read(request);
  };
  CHECK(value(document("/docker/php.ini", "memory_limit = 1G\n"), "expose_php", "") == "1");
  CHECK(value(document("/conf.d/x.ini", "memory_limit = 1G\n"), "expose_php", "") == "(none)");
  CHECK(value(document("/conf.d/x.ini", "memory_limit = 1G\n"), "memory_limit", "") == "1G");
  CHECK(document("/conf.d/x.ini", "[supervisord]\nnodaemon = true\n").rows.empty());
}

TEST_CASE("php: pools") {
  const Facts facts =
      read({{"/etc/php/8.2/fpm/php.ini", "disable_functions = exec\n"},
            {"/etc/php/8.2/fpm/php-fpm.conf", "include = /etc/php/8.2/fpm/*.pool\n"},
            {"/etc/php/8.2/fpm/a.pool",
             "[a]\nlisten = /run/a.sock\nphp_admin_flag[log_errors] = off\n"
             "php_value[log_errors] = 7\nphp_value[disable_functions] = system\n"
             "[b]\nlisten = 9000\nclear_env = no\n"}});
  struct Case {
    const char *why, *key, *scope, *want;
  };
  const Case cases[] = {
      {"what the administrator sets stands", "log_errors", "fpm > a", "0"},
      {"functions add up", "disable_functions", "fpm > a", "exec,system"},
      {"a socket has no addresses", "listen.allowed_clients", "fpm > a", "(none)"},
      {"a port has, and everybody by default", "listen.allowed_clients", "fpm > b", ""},
      {"words of FPM", "clear_env", "fpm > b", "no"},
      {"defaults of a pool", "security.limit_extensions", "fpm > b", ".php .phar"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(facts, c.key, c.scope) == c.want);
  }
  const Facts broken = read({{"/etc/php/8.2/fpm/php-fpm.conf", "[a]\nlisten = (\n"}});
  REQUIRE(broken.gaps.size() == 1);
  CHECK(broken.gaps[0].error.where.line == 2);
  const Facts loop = read({{"/etc/php/8.2/fpm/php-fpm.conf",
                            "include = /etc/php/8.2/fpm/php-fpm.conf\n"
                            "include = /etc/php/8.2/fpm/php-fpm.conf\n"}});
  CHECK(!loop.gaps.empty());
}

namespace {

constexpr std::string_view kFpm = "/etc/php/8.2/fpm/";

Facts pools(const std::string& text, const std::string& ini = "") {
  const std::string folder(kFpm);
  return read({{folder + "php.ini", ini}, {folder + "php-fpm.conf", text}});
}

}  // namespace

TEST_CASE("php: which line of a pool stands") {
  struct Case {
    const char *why, *ini, *lines, *key, *want;
  };
  const Case cases[] = {
      {"the first php_value", "", "php_value[from] = a\nphp_value[from] = b\n", "from", "a"},
      {"the first php_admin_value, after any php_value", "",
       "php_value[from] = a\nphp_admin_value[from] = b\nphp_admin_value[from] = c\n", "from", "b"},
      {"a value that is refused leaves the next line", "",
       "php_value[session.name] = 12\nphp_value[session.name] = x\n", "session.name", "x"},
      {"names have a case", "", "php_value[Memory_Limit] = 1G\n", "memory_limit", "(none)"},
      {"extensions that are not loaded have no settings", "", "php_value[phar.readonly] = 1\n",
       "phar.readonly", "(none)"},
      {"assertions are compiled out at the start alone", "zend.assertions = 1\n",
       "php_admin_value[zend.assertions] = -1\n", "zend.assertions", "(none)"},
      {"nor are they put in later", "zend.assertions = -1\n", "php_value[zend.assertions] = 1\n",
       "zend.assertions", "(none)"},
      {"between the two that compile them a pool is free", "zend.assertions = 1\n",
       "php_value[zend.assertions] = 0\n", "zend.assertions", "0"},
      {"what phar has on stays on", "extension = phar\n", "php_admin_flag[phar.readonly] = off\n",
       "phar.readonly", "(none)"},
      {"what is off may go on", "extension = phar\nphar.readonly = 0\n",
       "php_flag[phar.readonly] = on\n", "phar.readonly", "1"},
      {"settings of the system are free", "", "php_value[allow_url_include] = On\n",
       "allow_url_include", "1"},
      {"functions of all lines add up", "disable_functions = exec\n",
       "php_value[disable_functions] = a\nphp_admin_value[disable_functions] = b\n",
       "disable_functions", "exec,a,b"},
      {"a relative log lies below /usr, the word too", "", "php_value[error_log] = syslog\n",
       "error_log", "/usr/syslog"},
      {"but not the administrator's", "", "php_admin_value[error_log] = syslog\n", "error_log",
       "syslog"},
      {"nor in a chroot", "", "chroot = /\nphp_value[error_log] = x\n", "error_log", "x"},
      {"the name of the pool", "", "php_value[from] = $pool/$pool\n", "from", "Www/Www"},
      {"the last line of a directive", "", "user = a\nuser = b\n", "user", "b"},
      {"a socket below the prefix", "", "prefix = /srv\nlisten = run/x\n", "listen", "/srv/run/x"},
      {"words in quotes", "", "clear_env = \"false\"\n", "clear_env", "no"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = pools(std::string("[Www]\n") + c.lines, c.ini);
    CHECK(facts.gaps.empty());
    CHECK(value(facts, c.key, "fpm > Www") == c.want);
  }
}

TEST_CASE("php: php.ini is shadowed where every pool has a value of its own") {
  const std::string both = "[a]\nphp_flag[expose_php] = off\n[b]\n";
  const Facts one = pools(both, "expose_php = On\n");
  CHECK(value(one, "expose_php", "fpm") == "1");
  const Facts all = pools(both + "php_admin_flag[expose_php] = off\n", "expose_php = On\n");
  CHECK(value(all, "expose_php", "fpm") == "(none)");
  CHECK(value(all, "memory_limit", "fpm") == "128M");
  REQUIRE(all.find("expose_php", "fpm > b") != nullptr);
  CHECK(all.find("expose_php", "fpm > b")->shadowed.back().origin.file ==
        "/etc/php/8.2/fpm/php.ini");
  // A value that is refused shadows nothing.
  const Facts refused = pools("[a]\nphp_value[zend.assertions] = -1\n", "zend.assertions = 1\n");
  CHECK(value(refused, "zend.assertions", "fpm") == "1");
}

TEST_CASE("php: what FPM does not start with is a gap") {
  struct Case {
    const char *why, *text;
    std::uint32_t line;
  };
  const Case cases[] = {
      {"a directive that is not known", "[a]\nlisten = /x\nfoo = 1\n", 3},
      {"a directive of [global] in a pool", "[a]\npid = /x\n", 2},
      {"a list in [global]", "php_value[from] = 1\n", 1},
      {"lists have a case", "[a]\nPHP_VALUE[from] = 1\n", 2},
      {"a flag that is neither on nor off", "[a]\nphp_flag[from] = 2\n", 2},
      {"a number that is none", "[a]\npm.max_children = 5x\n", 2},
      {"a time that is none", "[a]\nrequest_terminate_timeout = 5w\n", 2},
      {"each line is read for itself", "[a]\nphp_value[from] = \"a\nb\"\n", 2},
      {"two includes in one line", "include = /a\rinclude = /b\n", 1},
      {"`$pool` outside a pool", "error_log = /$pool\n", 1},
      {"a name that brings itself again", "[$pool]\nuser = $pool\n", 2},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = pools(c.text);
    REQUIRE(facts.gaps.size() == 1);
    CHECK(facts.gaps[0].subject == "fpm");
    CHECK(facts.gaps[0].error.where.line == c.line);
  }
}

TEST_CASE("php: a value that is made of itself again and again stops") {
  std::string text = "own = aaaaaaaaaaaaaaaa\n";
  for (int i = 0; i < 64; ++i) text += "own = \"${own}${own}\"\n";
  const Facts facts = read({{"/etc/php/8.2/cli/php.ini", text + "user_agent = x\n"}});
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps.front().error.code == ErrorCode::limit);
}
