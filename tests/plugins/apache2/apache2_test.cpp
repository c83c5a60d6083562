#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;
using Files = std::map<std::string, std::string>;

namespace {

constexpr const char* kMain = "/etc/apache2/apache2.conf";

Facts read(const Files& files, std::span<const Selection> selections = {}) {
  static const std::map<std::string, std::string, std::less<>> context;
  const auto root = Root::in_memory(files);
  return find_builtin_probe("apache2")->run({*root, context, selections, 1});
}

Facts host(const std::string& text) { return read({{kMain, text}}); }

/// As a document of a source tree.
Facts document(const std::string& path, const std::string& text, const Files& others = {}) {
  static const std::map<std::string, std::string, std::less<>> context;
  const auto root = Root::in_memory(others);
  const Document one{path, text};
  return find_builtin_probe("apache2")->run({*root, context, {}, 1, nullptr, &one});
}

/// The values of that key in that scope, a bar between.
std::string all(const Facts& facts, std::string_view scope, std::string_view key) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.scope == scope && fact.key == key) out += (out.empty() ? "" : "|") + fact.value;
  return out;
}

std::string repeated(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("apache2: lines, words, variables") {
  const struct {
    std::string_view why, text, value;
  } cases[] = {
      {"the name has no case", "sErVeRaDmIn a", "a"},
      {"a comment is continued, too", "# no \\\nServerAdmin b\nServerAdmin a\n", "a"},
      {"a comment begins a line", "ServerAdmin a#b", "a#b"},
      {"a line is continued in a word", "ServerAdmin a\\\nb", "ab"},
      {"a carriage return does not hinder it", "ServerAdmin a\\\r\n b\r\n", "a b"},
      {"quotes go", "ServerAdmin \"a  b\"", "a  b"},
      {"a quote behind a backslash is one", R"(ServerAdmin "a\"b")", "a\"b"},
      {"what has no quotes stays as it is", R"(ServerAdmin a\\b   c)", R"(a\\b   c)"},
      {"a variable", "Define X v\nServerAdmin a${x}b", "avb"},
      {"its value is not looked at again", "Define X '$'\nServerAdmin ${X}{X}", "${X}"},
      {"what nothing defines stays", "ServerAdmin ${X}", "${X}"},
      {"undefined again", "Define X v\nUnDefine X\nServerAdmin ${X}", "${X}"},
      {"an empty value is none", "Define X v\nDefine X \"\"\nServerAdmin ${X}", "v"},
      {"without an end it is no variable", "Define X v\nServerAdmin ${X", "${X"},
      {"the last one counts", "ServerAdmin a\nServerAdmin b", "b"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    CHECK(all(host(std::string(c.text)), "", "serveradmin") == c.value);
  }
}

TEST_CASE("apache2: conditions") {
  const struct {
    std::string_view why, condition;
    bool holds;
  } cases[] = {
      {"built in, by its source", "IfModule mod_so.c", true},
      {"built in, by its name", "IfModule so_module", true},
      {"names of modules have a case", "IfModule MOD_SO.C", false},
      {"not loaded", "IfModule mod_ssl.c", false},
      {"not loaded, which is asked", "IfModule !mod_ssl.c", true},
      {"loaded, whose source has another name", "IfModule util_ldap.c", true},
      {"quotes go", "IfModule \"mod_so.c\"", true},
      {"a blank before the end", "IfModule mod_so.c ", true},
      {"defined", "IfDefine SET", true},
      {"names of defines have a case", "IfDefine set", false},
      {"a version", "IfVersion >= 2.4", true},
      {"a version that is not", "IfVersion !> 2.4.0", false},
      {"a file", "IfFile apache2.conf", true},
      {"no such file", "IfFile x.conf", false},
      {"a directive of the core", "IfDirective Options", true},
      {"one of a module that is not loaded", "IfDirective SSLEngine", false},
      {"a section", "IfSection Directory", true},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    const std::string word(c.condition.substr(0, c.condition.find(' ')));
    const std::string text = "LoadModule ldap_module x.so\nDefine SET\n<" +
                             std::string(c.condition) + ">\nTimeout 7\n</" + word + ">\n";
    CHECK(all(host(text), "", "timeout") == (c.holds ? "7" : "60"));
  }
}

TEST_CASE("apache2: what it would not start with") {
  const struct {
    std::string_view why, text;
    bool is_refused;
  } cases[] = {
      {"a section without an end", "<Directory /x>\n", true},
      {"an end without a section", "</Directory>\n", true},
      {"another end", "<Directory /x>\n</Files>\n", true},
      {"a condition that holds may be left open", "<IfModule core.c>\n", false},
      {"one that does not may not", "<IfModule x.c>\n", true},
      {"it must not end within a section", "<IfModule core.c>\n<Files x>\n</IfModule>\n</Files>\n",
       true},
      {"an Include of nothing", "Include x.conf\n", true},
      {"which is optional", "IncludeOptional x.conf\nIncludeOptional y/*.conf\n", false},
      {"a pattern that matches nothing", "Include *.none\n", true},
      {"it includes itself", "Include apache2.conf\n", true},
      {"mod_macro is not loaded, and Use is no directive", "Use x\n", false},
      {"a macro that is not there", "LoadModule macro_module x\nUse x\n", true},
      {"a macro within itself", "LoadModule macro_module x\n<Macro m>\nUse m\n</Macro>\nUse m\n",
       true},
      {"a variable with a colon", "Define a:b c\n", true},
      {"Error", "Error \"not like this\"\n", true},
      {"Error that is not read", "<IfModule x.c>\nError no\n</IfModule>\n", false},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    const Facts facts = host(std::string(c.text));
    CHECK((facts.find("@refused") != nullptr) == c.is_refused);
    CHECK(facts.gaps.empty() != c.is_refused);
  }
}

TEST_CASE("apache2: a main file that cannot be read is a gap and nothing else") {
  static const std::map<std::string, std::string, std::less<>> context;
  MemoryRoot root;
  root.add_file(kMain, "ServerTokens Prod\n");
  root.deny(kMain);
  const Facts facts = find_builtin_probe("apache2")->run({root, context, {}, 1});
  CHECK(facts.rows.empty());
  CHECK(facts.gaps.size() == 1);
  CHECK(facts.not_applicable.empty());
}

TEST_CASE("apache2: macros") {
  const std::string text =
      "LoadModule macro_module x\n<Macro M $a $ab @c>\nServerAdmin $ab-$a-@c\n</Macro>\n"
      "Use m 1 2 'x\"y'\nServerName lost";
  CHECK(all(host(text), "", "serveradmin") == "2-1-\"x\\\"y\"");
  CHECK(all(host(text), "", "servername").empty());
  CHECK(all(host(text + "\n"), "", "servername") == "lost");
}

TEST_CASE("apache2: sections of one name are one, unless rules are asked") {
  const std::string text =
      "<VirtualHost *:80>\nTraceEnable On\n</VirtualHost>\n"
      "<virtualhost  \"*:80\">\nTraceEnable Off\n</virtualhost>\n";
  CHECK(all(host(text), "virtualhost *:80", "traceenable") == "Off");
  const std::vector<Selection> selections(1);
  CHECK(all(read({{kMain, text}}, selections), "virtualhost *:80", "traceenable") == "On|Off");
}

TEST_CASE("apache2: what several lines come to") {
  const std::string site = "<VirtualHost *:443>\n";
  const std::string end = "</VirtualHost>\n";
  const struct {
    std::string_view why;
    std::string text;
    std::string_view scope, key, value;
  } cases[] = {
      {"a version without a sign replaces those before",
       "SSLProtocol TLSv1.2 TLSv1.3\nSSLEngine on\n", "", "@tls_versions", "TLSv1.3"},
      {"signs add and take away", "SSLProtocol -all +tlsv1.2 +TLSv1.3\nSSLEngine on\n", "",
       "@tls_versions", "TLSv1.2 TLSv1.3"},
      {"a virtual host has it from the main server",
       "SSLProtocol -all +TLSv1.2\n" + site + "SSLEngine on\n" + end, "virtualhost *:443",
       "@tls_versions", "TLSv1.2"},
      {"the default", site + "SSLEngine on\n" + end, "virtualhost *:443", "@tls_versions",
       "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"},
      {"a host without TLS has no versions", site + "ServerName a\n" + end, "virtualhost *:443",
       "@tls_versions", ""},
      {"options add up",
       "<Directory /x>\nOptions Indexes\nOptions +ExecCGI -Indexes\n</Directory>\n", "directory /x",
       "@options", "ExecCGI"},
      {"a list without signs begins anew",
       "<Directory /x>\nOptions All\nOptions MultiViews\n</Directory>\n", "directory /x",
       "@options", "MultiViews"},
      {"the last root section with rules counts",
       "<Directory />\nRequire all denied\n</Directory>\n<Directory \"/\">\nOptions None\n"
       "</Directory>\n",
       "", "@root_access", "denied"},
      {"old rules", "<Directory />\nOrder allow,deny\nDeny from all\n</Directory>\n", "",
       "@root_access", "denied"},
      {"one address more is not nobody",
       "<Directory />\nRequire all denied\nRequire ip 10.0.0.1\n</Directory>\n", "", "@root_access",
       "limited"},
      {"everybody, if something else holds as well",
       "<Location /s>\nSetHandler server-status\n<RequireAll>\nRequire all granted\nRequire ip "
       "10.1\n</RequireAll>\n</Location>\n",
       "location /s", "@open_status", ""},
      {"no rule is everybody", "<Location /s>\nSetHandler Server-Status\n</Location>\n",
       "location /s", "@open_status", "server-status"},
      {"a header that is taken away again",
       "Header set Strict-Transport-Security max-age=9\n" + site +
           "SSLEngine on\nHeader unset Strict-Transport-Security\n" + end,
       "virtualhost *:443", "@hsts_age", "0"},
      {"a header for every place",
       site +
           "SSLEngine on\n<Location />\nHeader always set "
           "Strict-Transport-Security \"includeSubDomains; max-age=7\"\n</Location>\n" +
           end,
       "virtualhost *:443", "@hsts_age", "7"},
      {"a host that only redirects has no pages", site + "Redirect / https://a/\n" + end,
       "virtualhost *:443", "@missing_header", ""},
      {"a target in a section", "<Location /a>\nProxyPass http://b/\n</Location>\n", "location /a",
       "@proxy_plain", "http://b/"},
      {"a target on the host", "ProxyPass / http://[::1]:80/\nProxyPass /a http://LOCALHOST\n", "",
       "@proxy_plain", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    CHECK(all(host(c.text), c.scope, c.key) == c.value);
  }
}

TEST_CASE("apache2: files of a source tree") {
  const std::string site =
      "<VirtualHost *:443>\n<IfModule mod_ssl.c>\nSSLEngine on\n</IfModule>\n"
      "</VirtualHost>\n";
  const Facts part = document("/deploy/site.conf", site);
  CHECK(all(part, "virtualhost *:443", "sslengine") == "on");
  CHECK(part.find("servertokens") == nullptr);
  const Facts whole = document("/conf/httpd.conf", "Include conf/extra/a.conf\nInclude b.conf\n",
                               {{"/conf/extra/a.conf", "Timeout 5\n"}});
  CHECK(all(whole, "", "timeout") == "5");
  CHECK(all(whole, "", "servertokens") == "Full");
  REQUIRE(whole.gaps.size() == 2);
  CHECK(whole.gaps[0].effect == Gap::Effect::may_add);
  CHECK(whole.gaps[1].effect == Gap::Effect::may_override);
  CHECK_FALSE(whole.gaps[1].fields.empty());
}

TEST_CASE("apache2: which files of a tree are read") {
  const auto claims = [](std::string_view path, std::string_view text) {
    const DocumentClaim& claim = find_builtin_probe("apache2")->documents;
    return claim.by_name(path) && claim.by_text({path, text});
  };
  CHECK(claims("/x/site.conf", "# a site\n<VirtualHost *:80>\n</VirtualHost>\n"));
  CHECK(claims("/x/httpd.conf", "ServerRoot /x\n"));
  CHECK_FALSE(claims("/x/nginx.conf", "server {\n  listen 80;\n}\n"));
  CHECK_FALSE(claims("/x/proftpd.conf", "ServerType standalone\n<Directory /*>\n</Directory>\n"));
  CHECK_FALSE(claims("/x/fonts.conf", "<?xml version=\"1.0\"?>\n<fontconfig>\n"));
  CHECK_FALSE(claims("/x/site.txt", "<VirtualHost *:80>\n"));
}

TEST_CASE("apache2: what multiplies is bounded") {
  const std::string head = "LoadModule macro_module x\n";
  const struct {
    std::string_view why;
    std::string text;
  } cases[] = {
      {"variables made of themselves",
       "Define X 12345678\n" + repeated("Define X ${X}${X}\n", 40) + "ServerAdmin ${X}\n"},
      {"macros that use macros",
       [&] {
         std::string out = head + "<Macro m0>\nTimeout 1\n</Macro>\n";
         for (int i = 1; i < 30; ++i)
           out += "<Macro m" + std::to_string(i) + ">\n" +
                  repeated("Use m" + std::to_string(i - 1) + "\n", 2) + "</Macro>\n";
         return out + "Use m29\n";
       }()},
      {"sections in sections", repeated("<Directory /x>\n", 5000)},
      {"conditions in conditions", repeated("<IfModule core.c>\n", 5000)},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    CHECK_FALSE(host(c.text).gaps.empty());
  }
}
