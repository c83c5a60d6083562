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

TEST_CASE("php: a value that is made of itself again and again stops") {
  std::string text = "own = aaaaaaaaaaaaaaaa\n";
  for (int i = 0; i < 64; ++i) text += "own = \"${own}${own}\"\n";
  const Facts facts = read({{"/etc/php/8.2/cli/php.ini", text + "user_agent = x\n"}});
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps.front().error.code == ErrorCode::limit);
}
