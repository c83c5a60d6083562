#include <doctest/doctest.h>

#include "plugins/service/nginx/addresses.h"
#include "plugins/service/nginx/pattern.h"
#include "plugins/service/nginx/witness.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;
using Files = std::map<std::string, std::string>;

namespace {

Facts read(const Files& files) {
  const auto root = Root::in_memory(files);
  return read_probe("nginx", *root);
}

Facts host(const std::string& text) { return read({{"/etc/nginx/nginx.conf", text}}); }

/// As a document of a source tree.
Facts document(const std::string& text, const Files& others = {}) {
  static const std::map<std::string, std::string, std::less<>> context;
  const auto root = Root::in_memory(others);
  const Document one{"/deploy/nginx.conf", text};
  return find_builtin_probe("nginx")->run({*root, context, {}, 1, nullptr, &one});
}

/// The values of that key in that scope, a bar between.
std::string all(const Facts& facts, std::string_view scope, std::string_view key) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.scope == scope && fact.key == key) out += (out.empty() ? "" : "|") + fact.value;
  return out;
}

bool tells(const Facts& facts, std::string_view key) {
  for (const Fact& fact : facts.rows)
    if (fact.key == key) return true;
  return false;
}

std::string in_server(const std::string& lines) {
  return "events {}\nhttp {\nserver {\nserver_name a;\n" + lines + "}\n}\n";
}

}  // namespace

TEST_CASE("nginx: words, quotes, escapes and comments") {
  const struct {
    std::string_view why, line, value;
  } cases[] = {
      {"quotes go, blanks in them stay", "add_header X 'a  b' always;", "X a  b always"},
      {"a backslash before other letters stays", R"(add_header X "a\.b\"c";)", R"(X a\.b"c)"},
      {"some letters stand for bytes", R"(add_header X a\tb;)", "X a\tb"},
      {"a brace of a variable is no block", "add_header X ${scheme}x;", "X ${scheme}x"},
      {"a closing brace in a word is one", "add_header X a};", "X a}"},
      {"a hash within a word begins no comment", "add_header X a#b;", "X a#b"},
      {"a comment may stand between words", "add_header # ; }\n X 1;", "X 1"},
      {"a carriage return is a blank", "add_header\r\nX\r\n1;\r\n", "X 1"},
      {"an empty value adds no header", "add_header X \"\";", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    CHECK(all(host(in_server(std::string(c.line))), "server a", "add_header") == c.value);
  }
}

TEST_CASE("nginx: what it would not start with") {
  const struct {
    std::string_view why, line;
    bool is_refused;
  } cases[] = {
      {"twice on one level", "etag on; etag off;", true},
      {"twice on two levels", "etag on; location / { etag off; }", false},
      {"a list may have many lines", "add_header A 1; add_header A 1;", false},
      {"no flag", "etag yes;", true},
      {"not in a server", "worker_processes 1;", true},
      {"too many arguments", "server_tokens on off;", true},
      {"an include of two files", "include a b;", true},
      {"one place, written in two ways", "location ^~ /a {} location /a {}", true},
      {"exact and prefix are two", "location = /a {} location /a {}", false},
      {"outside of its parent", "location /a { location /b {} }", true},
      {"a module of others", "more_set_headers x;", false},
      {"units from large to small", "client_body_timeout 1m30s;", false},
      {"and not the other way", "client_body_timeout 30s1m;", true},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    CHECK(tells(host(in_server(std::string(c.line))), "@refused") == c.is_refused);
  }
}

TEST_CASE("nginx: text that is none, or that was not read, is a gap") {
  for (const std::string_view text :
       {"http {", "}", "http { server { listen 80 } }", "a \"b", ";"}) {
    CAPTURE(text);
    const Facts facts = host(std::string(text));
    CHECK(facts.gaps.size() == 1);
    CHECK(facts.rows.empty());
  }
  CHECK(host("http { include gone; }").gaps.size() == 1);
  CHECK(host("http { include gone/*; }").gaps.empty());
  CHECK(host("include nginx.conf;").gaps.front().error.what == "more than 32 includes deep");
  CHECK(host(std::string(100, 'a') + "#" + std::string(5000, 'x') + "\n;").gaps.size() == 1);
  std::string deep;
  for (int i = 0; i < 10000; ++i) deep += "a {";
  CHECK(host(deep).gaps.size() == 1);
  CHECK(read({}).not_applicable == "nginx is not installed: there is no /etc/nginx/nginx.conf");
}

TEST_CASE("nginx: the unit says which file is read") {
  const Facts facts =
      read({{"/etc/systemd/system/nginx.service",
             "[Service]\nExecStart=/usr/sbin/nginx -g 'user root;' -c /srv/n/main.conf\n"},
            {"/srv/n/main.conf", "events {}\nhttp { include x; }\n"},
            {"/srv/n/x", "server { server_name s; }"}});
  CHECK(all(facts, "", "@file") == "/srv/n/main.conf|/srv/n/x");
  CHECK(all(facts, "", "user") == "root");
  CHECK(facts.find("user")->origin.file == "/etc/systemd/system/nginx.service");
  CHECK(all(facts, "server s", "server_tokens") == "on");
}

TEST_CASE("nginx: a document begins where what it holds may stand") {
  CHECK(all(document("location /a { add_header X 1; }"), "location /a", "add_header") == "X 1");
  CHECK(all(document("proxy_set_header Host $host;"), "http", "proxy_set_header") == "Host $host");
  CHECK(all(document("server { server_name b; etag off; }"), "server b", "etag") == "off");
  CHECK(all(document("server { listen 1; proxy_pass b; }"), "server", "proxy_pass").empty());
  CHECK(all(document("events {}\nuser root;"), "", "user") == "root");
}

TEST_CASE("nginx: includes of a document lead into the tree") {
  const Files others = {{"/deploy/conf.d/x.conf", "etag off;"}, {"/deploy/fastcgi_params", "a b;"}};
  CHECK(all(document("server { include /etc/nginx/conf.d/*.conf; }", others), "server", "etag") ==
        "off");
  const Facts hidden = document("server { include mime.types; include /etc/x; }", others);
  REQUIRE(hidden.gaps.size() == 2);
  CHECK(hidden.gaps[0].fields == std::vector<std::string_view>{"types"});
  CHECK(hidden.gaps[1].fields.empty());
  const Facts made = document("server { server_name {{ name }}; }");
  CHECK(made.passed_over);
  CHECK(made.gaps.empty());
}

TEST_CASE("nginx: what a group of an expression can match") {
  const struct {
    std::string_view why, expression;
    bool line_feed, slash_first;
  } cases[] = {
      {"a dot stops at line ends", "(.*)", false, false},
      {"unless it is told not to", "(?s)(.*)", true, false},
      {"for one group only", "(?s:a)(.*)", false, false},
      {"what is not a slash may be a line feed", "([^/]+)", true, false},
      {"blanks taken out", R"(([^/\s]+))", false, false},
      {"the opposite of a blank", R"((\S+))", false, false},
      {"the opposite of a word", R"((\W*))", true, false},
      {"in brackets", R"(([\W]))", true, false},
      {"a range across it", R"(([\x00-\x20]))", true, false},
      {"a POSIX class", "([[:space:]])", true, false},
      {"a slash first", "(/.*)", false, true},
      {"a slash perhaps", "(/?.*)", false, false},
      {"in each alternative", "(/a|/b)", false, true},
      {"in one of them", "(/a|b)", false, false},
      {"in an inner group", "((?:/a)+)", false, true},
      {"quoted text", R"((\Q/[^\E))", false, true},
      {"an unknown construct may match anything", "((?R)a)", true, false},
      {"a lookahead consumes nothing", "((?=\n)a)", false, false},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    const nginx::Pattern pattern = nginx::read_pattern(c.expression);
    REQUIRE(pattern.groups.size() > 1);
    CHECK(nginx::has(pattern.groups[1].bytes, '\n') == c.line_feed);
    CHECK(pattern.groups[1].begins_with_slash == c.slash_first);
  }
  CHECK(nginx::read_pattern("(?<a>.)(?P<b>[^x])(?'c'y)").named("b") != nullptr);
}

TEST_CASE("nginx: texts that an expression matches") {
  CHECK(nginx::witnesses("^(a|b)c?$").size() == 4);
  CHECK(nginx::witnesses("a{3}") == std::vector<std::string>{"aaa"});
  CHECK(nginx::witnesses("(").empty());
  CHECK(nginx::witnesses("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)").size() <= 48);
}

TEST_CASE("nginx: which expressions on Origin accept a stranger") {
  const struct {
    std::string_view why, expression;
    bool is_loose;
  } cases[] = {
      {"all of it", R"(^https://example\.com$)", false},
      {"a port", R"(^https?://example\.com(:\d+)?$)", false},
      {"a page below", R"(^https://example\.com/)", false},
      {"any label in front", R"(^https://[^/.]+\.example\.com$)", false},
      {"no end", R"(^https://example\.com)", true},
      {"no start", R"(example\.com$)", true},
      {"a bare dot", R"(^https://www.example\.com$)", true},
      {"a label that goes on", R"(^https://[a-z]+example\.com$)", true},
      {"a path may be in front", R"(^https://.*\.example\.com$)", true},
      {"one alternative is enough", R"(^https://(a\.com|b.com)$)", true},
      {"the alternatives stand outside", R"(^https://a\.com|b\.com$)", true},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    const std::string text =
        "location / { if ($http_origin ~ \"" + std::string(c.expression) + "\") { return 204; } }";
    CHECK(tells(document(text), "@loose_origin") == c.is_loose);
  }
}

TEST_CASE("nginx: where clients choose the target") {
  const struct {
    std::string_view why, lines;
    bool is_open;
  } cases[] = {
      {"an argument is the target", "location /a { proxy_pass $arg_a; }", true},
      {"only the path is theirs", "location ~ ^/a/(.*) { proxy_pass http://b/$1; }", false},
      {"the path begins with its slash", "location / { proxy_pass http://b$request_uri; }", false},
      {"the host goes on", "location ~ ^/a(?<p>.*) { proxy_pass http://b$p; }", true},
      {"by way of set", "location / { set $t http://$arg_h/; proxy_pass $t; }", true},
      {"set in an if", "location / { if ($arg_a) { set $t $arg_a; } proxy_pass http://$t; }", true},
      {"set in another location",
       "location /b { set $t $arg_a; } location /a { proxy_pass http://$t; }", false},
      {"no dot, no slash", "location ~ ^/([a-z0-9]+)/ { proxy_pass http://$1/; }", false},
      {"pinned to a domain", R"(location ~ ^/([a-z.]+)/ { proxy_pass http://$1.in.test/; })",
       false},
      {"internal", "location /a { internal; proxy_pass $arg_a; }", false},
      {"a loop of variables ends", "location / { set $a $b; set $b $a; proxy_pass http://$a; }",
       false},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    CHECK(tells(document(std::string(c.lines)), "@ssrf") == c.is_open);
  }
  const std::string map =
      "map $arg_a $t { default a; ~^(?<x>.+)$ $x; b c; }\nserver { location / { ";
  CHECK(tells(document(map + "proxy_pass http://$t; } }"), "@ssrf"));
  CHECK(!tells(
      document(
          "map $arg_a $t { default a; ~^x b; }\nserver { location / { proxy_pass http://$t; } }"),
      "@ssrf"));
}

TEST_CASE("nginx: where a line feed gets through") {
  const struct {
    std::string_view why, lines;
    bool is_open;
  } cases[] = {
      {"the decoded path", "return 301 https://a$uri;", true},
      {"a body is no header", "location / { return 200 $uri; }", false},
      {"a rewrite escapes its numbers", R"(rewrite ^/(\W*)$ https://a/$1 permanent;)", false},
      {"the expression lets it through", R"(location ~ ^/([^.]*)$ { add_header X $1; })", true},
      {"the condition is on a header, which has none",
       R"(if ($http_a ~ "^([^.]*)$") { set $b $1; } add_header X $b;)", false},
      {"by way of set", "set $b $document_uri; add_header X $b;", true},
      {"handed on", "location / { proxy_pass http://b$uri; }", true},
      {"nobody logs in", "proxy_set_header X $remote_user;", true},
      {"a password is asked for", "auth_basic a; proxy_set_header X $remote_user;", false},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    CHECK(tells(document(in_server(std::string(c.lines))), "@splitting") == c.is_open);
  }
}

TEST_CASE("nginx: addresses of one's own") {
  for (const std::string_view own : {"10.1.2.3", "[fd00::1]:53", "127.0.0.53:53", "dns",
                                     "a.svc.cluster.local", "fe80::1", "172.31.0.1"})
    CHECK_MESSAGE(nginx::is_private(own), own);
  for (const std::string_view other :
       {"8.8.8.8", "172.32.0.1", "[2001:db8::1]", "dns.example.com", "192.169.0.1:53"})
    CHECK_MESSAGE(!nginx::is_private(other), other);
}

TEST_CASE("nginx: which files of a tree are taken for one") {
  const auto takes = [](std::string_view path, std::string_view text) {
    const DocumentClaim& claim = find_builtin_probe("nginx")->documents;
    return claim.by_name(path) && claim.by_text({path, text});
  };
  CHECK(takes("/a/nginx.conf", ""));
  CHECK(takes("/a/site.conf", "# x\nserver {\n  listen 80;\n}\n"));
  CHECK(takes("/sites-available/default", "server\n{\n  root /srv;\n}\n"));
  CHECK(!takes("/a/application.conf", "server {\n  port = 80\n}\n"));
  CHECK(!takes("/a/named.conf", "zone \"a\" {\n  type master;\n};\n"));
  CHECK(!takes("/a/httpd.conf", "<VirtualHost *:80>\nServerName a\n</VirtualHost>\n"));
  CHECK(!takes("/a/main.c", "server {\n  listen 80;\n}\n"));
}

TEST_CASE("nginx: one address by several spellings has one default server") {
  const auto told = [](const std::string& first, const std::string& second) {
    return all(host("events {}\nhttp {\n server { listen " + first +
                    "; server_name a; root /a; }\n server { listen " + second +
                    " default_server; return 444; }\n}\n"),
               "server a", "@default_server");
  };
  CHECK(told("80", "81") == "*:80 answers for every name");
  CHECK(told("[::]:80", "[::]:81") == "[::]:80 answers for every name");
  CHECK(told("80", "*:80") == "");
  CHECK(told("80", "0.0.0.0") == "");
  CHECK(told("[::]", "[::]:80") == "");
  CHECK(told("127.0.0.1", "127.0.0.1:80") == "");
  CHECK(told("[2001:db8::1]:443", "[2001:db8::1]") == "[2001:db8::1]:443 answers for every name");
}
