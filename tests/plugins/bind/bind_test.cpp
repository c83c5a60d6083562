#include <doctest/doctest.h>

#include <algorithm>

#include "plugins/service/bind/grammar.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;
const std::string kConf = "/etc/bind/named.conf";
const std::string kUnit = "/lib/systemd/system/named.service";
const std::string kStatus = "/var/lib/dpkg/status";
const std::string kKey = "key k { algorithm hmac-sha256; secret \"c2VjcmV0\"; };\n";

Facts read(const Root& root, const Document* document = nullptr) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("bind")->run({root, context, {}, 1, nullptr, document});
}

Facts host(const std::string& text, Files others = {}) {
  others[kConf] = text;
  return read(*Root::in_memory(others));
}

Facts document(const std::string& text, const Files& others = {},
               const char* path = "/deploy/named.conf") {
  const Document one{path, text};
  return read(*Root::in_memory(others), &one);
}

std::string package(const std::string& version) {
  return "Package: bind9\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:" +
         version + "\n";
}

/// The value of a setting, `(none)`, or `(refused)` where named does not start.
std::string value(const Facts& facts, std::string_view key, std::string_view scope = "options") {
  if (facts.find("@refused") != nullptr) return "(refused)";
  const Fact* fact = facts.find(key, scope);
  return fact == nullptr ? "(none)" : fact->value;
}

/// All values of a key, in order.
std::string values(const Facts& facts, std::string_view key) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.key == key) out += fact.value + ";";
  return out;
}

struct Case {
  const char* why;
  std::string text;
  const char* key;
  const char* wanted;
  const char* scope = "options";
};

void check(const Case& c, const Facts& facts) {
  CAPTURE(c.why);
  CAPTURE(c.text);
  CHECK(value(facts, c.key, c.scope) == c.wanted);
}

std::string in_options(const std::string& text) { return "options { " + text + " };\n"; }

}  // namespace

TEST_CASE("bind: all forms of the grammar can be made") {
  using bind::Clause;
  using bind::Grammar;
  // A form that cannot be read would end the program in a build with assertions.
  CHECK(Grammar::get().top().named("options") != nullptr);
  const Clause* transfer = Grammar::get().block("zone")->named("allow-transfer");
  REQUIRE(transfer != nullptr);
  CHECK(transfer->zones == (bind::kPrimary | bind::kSecondary | bind::kMirror));
  CHECK(transfer->type.parts.size() == 3);
  // The same name is another statement in a zone.
  CHECK(Grammar::get().block("view")->named("check-names")->type.kind ==
        bind::Type::Kind::sequence);
  CHECK(Grammar::get().block("zone")->named("check-names")->type.kind == bind::Type::Kind::choice);
  CHECK(Grammar::get().block("options")->named("dnssec-enable")->is_gone);
}

TEST_CASE("bind: words and comments") {
  using namespace std::string_literals;
  const Case cases[] = {
      {"three kinds of comments", "options { # a }\n // b ;\n /* c\n */ port 54; };", "port", "54"},
      {"a comment ends a word", in_options("version/**/none;"), "version", "(refused)"},
      {"the end of a line ends one", "options { port 54;//x\n };", "port", "54"},
      {"stars within a comment", in_options("/***/ port /* * / **/ 54;"), "port", "54"},
      {"a comment that nothing closes", "options { }; /* x", "port", "(refused)"},
      {"no comment in quotes", in_options("version \"a /* b # c // d\";"), "version",
       "a /* b # c // d"},
      {"a quote in quotes", in_options(R"(version "it's \"x\" \\ \n";)"), "version",
       R"(it's "x" \\ \n)"},
      {"a quoted text over two lines", in_options("version \"a\nb\";"), "version", "a\nb"},
      {"a quote that nothing closes", in_options("version \"a;"), "version", "(refused)"},
      {"names in any case", "OPTIONS { VERSION \"x\"; };", "version", "x"},
      {"a name in quotes is none", "\"options\" { };", "version", "(refused)"},
      {"a byte-order mark", "\xef\xbb\xbfoptions { };", "version", "(refused)"},
      {"carriage returns", "options {\r\nport 54;\r\n};\r\n", "port", "54"},
      {"a NUL ends a text", "options { version \"a\0b\"; };"s, "version", "a"},
      {"no semicolon at the end", "options { port 54; }", "port", "(refused)"},
      {"a semicolon too many", "options { port 54; };;", "port", "(refused)"},
      {"a brace too many", "options { port 54; } };", "port", "(refused)"},
      {"an empty file", "", "port", "(none)"},
  };
  for (const Case& c : cases) check(c, host(c.text));
}

TEST_CASE("bind: values") {
  const Case cases[] = {
      {"kibibytes", in_options("max-cache-size 5K;"), "max-cache-size", "5120"},
      {"gibibytes", in_options("max-cache-size 2g;"), "max-cache-size", "2147483648"},
      {"percent", in_options("max-cache-size 50%;"), "max-cache-size", "50%"},
      {"a word in the spelling of the file", in_options("max-cache-size Unlimited;"),
       "max-cache-size", "Unlimited"},
      {"a unit that there is not", in_options("max-cache-size 5t;"), "max-cache-size", "(refused)"},
      {"seconds", in_options("max-cache-ttl 3600;"), "max-cache-ttl", "3600"},
      {"units of time", in_options("max-cache-ttl 1w2d3h4m5s;"), "max-cache-ttl", "788645"},
      {"ISO 8601", in_options("max-cache-ttl P1DT2H3M;"), "max-cache-ttl", "93780"},
      {"a month and minutes", in_options("max-cache-ttl P1MT1M;"), "max-cache-ttl", "2678460"},
      {"weeks stand alone", in_options("max-cache-ttl P1W1D;"), "max-cache-ttl", "(refused)"},
      {"a number behind units", in_options("max-cache-ttl 1h5;"), "max-cache-ttl", "(refused)"},
      {"octal", in_options("tcp-clients 010;"), "tcp-clients", "8"},
      {"hexadecimal, of decimal digits", in_options("tcp-clients 0x10;"), "tcp-clients", "16"},
      {"and of no others", in_options("tcp-clients 0x1f;"), "tcp-clients", "(refused)"},
      {"no octal number", in_options("tcp-clients 08;"), "tcp-clients", "(refused)"},
      {"more than 32 bits", in_options("tcp-clients 4294967296;"), "tcp-clients", "(refused)"},
      {"true", in_options("recursion TRUE;"), "recursion", "yes"},
      {"0", in_options("recursion 0;"), "recursion", "no"},
      {"no truth", in_options("recursion on;"), "recursion", "(refused)"},
      {"nor one in quotes", in_options("recursion \"yes\";"), "recursion", "(refused)"},
      {"none is a word", in_options("version NONE;"), "version", "none"},
      {"two decimals", in_options("fetch-quota-params 100 .1 0.30 1;"), "fetch-quota-params",
       "100 0.10 0.30 1.00"},
      {"keywords in the order of the grammar",
       in_options("listen-on http default tls ephemeral { any; };"), "listen-on",
       "tls ephemeral http default { any; }"},
      {"behind them no port", in_options("listen-on tls ephemeral port 853 { any; };"), "listen-on",
       "(refused)"},
      {"the port stands first",
       in_options("listen-on port 443 http default tls ephemeral { any; };"), "listen-on",
       "port 443 tls ephemeral http default { any; }"},
      {"a block within is a value, in the order of the grammar",
       in_options("rate-limit { window 5; responses-per-second 3; };"), "rate-limit",
       "{ responses-per-second 3; window 5; }"},
      {"ranges of ports", in_options("avoid-v4-udp-ports { 53; range 100 200; };"),
       "avoid-v4-udp-ports", "{ 53; range 100 200; }"},
      {"an address with a port", in_options("query-source port 5354 address 10.0.0.1;"),
       "query-source", "address 10.0.0.1 port 5354"},
      {"any address", in_options("query-source-v6 *;"), "query-source-v6", "::"},
      {"an empty statement", in_options("root-delegation-only;"), "root-delegation-only", ""},
      {"lists of servers", "primaries p port 5300 { 10.0.0.1 key k; };\n" + kKey, "primaries",
       "p port 5300 { 10.0.0.1 key k; }", ""},
      {"debug has a level", "logging { channel c { stderr; severity debug; }; };", "severity",
       "debug 1", "logging > channel c"},
      {"a facility that is left out", "logging { channel c { syslog; }; };", "syslog", "",
       "logging > channel c"},
      {"options of a file in the order of the grammar",
       "logging { channel c { file \"x\" size 5k versions 3; }; };", "file",
       "x versions 3 size 5120", "logging > channel c"},
      {"a word that named passes over", "logging { channel c { file \"x\" what; }; };", "file", "x",
       "logging > channel c"},
      {"channels", "controls { inet * allow { any; } read-only yes; };", "inet",
       "0.0.0.0 allow { any; } read-only yes", "controls"},
      {"grants", "zone x { type primary; file \"f\"; update-policy { grant k zonesub TXT(3); }; };",
       "update-policy", "{ grant k zonesub TXT(3); }", "zone x"},
      {"a key of a server in braces", kKey + "server 10/8 { keys { k; }; };", "keys", "k",
       "server 10.0.0.0/8"},
      {"a zone in a view", "view \"a b\" IN { zone x. IN { type hint; file \"f\"; }; };", "type",
       "hint", "view a b > zone x."},
  };
  for (const Case& c : cases) check(c, host(c.text));
}

TEST_CASE("bind: address match lists") {
  const auto list = [](const std::string& entries) {
    return value(host("acl inner { 10.9.0.0/16; };\n" + kKey +
                      in_options("allow-query { " + entries + " };")),
                 "allow-query");
  };
  CHECK(list("10/8;") == "{ 10.0.0.0/8; }");
  CHECK(list("10.1.1.1; ::1;") == "{ 10.1.1.1/32; ::1/128; }");
  CHECK(list("2001:DB8:0:0::/32; 0/0;") == "{ 2001:db8::/32; 0.0.0.0/0; }");
  CHECK(list("! inner; !{ !ANY; };") == "{ !inner; !{ !ANY; }; }");
  CHECK(list("key \"k\"; \"inner\"; { };") == "{ key k; inner; { }; }");
  CHECK(list("fe80::%1/64;") == "{ fe80::%1/64; }");
  CHECK(list("geoip country DE;") == "{ country DE; }");
  CHECK(list("") == "{ }");
  CHECK(list("10;") == "(refused)");
  CHECK(list("10.0.0.1/8;") == "(refused)");
  CHECK(list("10.0.0.0/33;") == "(refused)");
  CHECK(list("any") == "(refused)");
  CHECK(list("!!any;") == "(refused)");
  CHECK(list("elsewhere;") == "(refused)");
  CHECK(list("\"10.0.0.0/8\";") == "(refused)");
}

TEST_CASE("bind: includes") {
  const std::string dir = "/etc/bind/";
  Facts facts = host(
      "include \"/etc/bind/a\";\nacl z { any; };\n",
      {{dir + "a", "acl a { any; };\ninclude \"etc/bind/b\";\n"}, {dir + "b", "acl b { any; };"}});
  CHECK(values(facts, "acl") == "a { any; };b { any; };z { any; };");
  CHECK(values(facts, "@file") == kConf + ";/etc/bind/a;/etc/bind/b;");
  CHECK(facts.find("acl")->origin.file == "/etc/bind/a");
  CHECK(facts.find("acl")->origin.line == 1);
  // Within a block, and with a brace that the file around it closes.
  CHECK(value(host("options { include \"/etc/bind/a\"; };", {{dir + "a", "port 54;"}}), "port") ==
        "54");
  CHECK(value(host("include \"/etc/bind/a\"; };", {{dir + "a", "options { port 54;"}}), "port") ==
        "54");
  // What a pattern matches is opened in order: the last one is read first.
  facts = host("include \"/etc/bind/z/*.conf\";", {{dir + "z/1.conf", "acl a { any; };"},
                                                   {dir + "z/2.conf", "acl b { any; };"},
                                                   {dir + "z/.3.conf", "}"}});
  CHECK(values(facts, "acl") == "b { any; };a { any; };");
  CHECK(values(facts, "@file") == kConf + ";/etc/bind/z/2.conf;/etc/bind/z/1.conf;");
  CHECK(value(host("include \"/etc/bind/none\";"), "port") == "(refused)");
  CHECK(value(host("include \"/etc/bind/*.none\";"), "port") == "(refused)");
  CHECK(value(host("include /etc/bind/a;", {{dir + "a", ""}}), "port") == "(refused)");
  CHECK(value(host("include \"/etc/bind\";"), "port") == "(refused)");
  // Paths begin in the directory as soon as it is read.
  facts = host("options { directory \"/var/cache/bind\"; };\ninclude \"a\";",
               {{"/var/cache/bind/a", "acl a { any; };"}});
  CHECK(values(facts, "@file") == kConf + ";/var/cache/bind/a;");
  // One that leads to itself is a limit.
  facts = host("include \"/etc/bind/named.conf\";");
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].error.code == ErrorCode::limit);
}

TEST_CASE("bind: what named-checkconf refuses, and where") {
  struct Refusal {
    const char* why;
    std::string text;
    std::uint32_t line;
  };
  const std::string zone = "zone x { type primary; file \"f\"; ";
  const Refusal cases[] = {
      {"an unknown option", "options {\n foo 1;\n};", 2},
      {"one that is gone", "options {\n dnssec-enable yes;\n};", 2},
      {"one that Debian leaves out", "options {\n dnsrps-enable yes;\n};", 2},
      {"twice", "options { };\noptions { };", 2},
      {"a zone without a type", "\nzone x { file \"f\"; };", 2},
      {"without a file", "zone x { type primary; };", 1},
      {"without primaries", "zone x { type slave; };", 1},
      {"a statement of another type", zone + "\n masters { 10.0.0.1; }; };", 2},
      {"a second zone", zone + "};\nzone X. { type primary; file \"g\"; };", 2},
      {"a file of two zones",
       zone + "};\nzone y { type secondary; primaries { ::1; };\nfile \"f\"; };", 3},
      {"a class of its own", "zone x CH { type hint; file \"f\"; };", 1},
      {"a zone beside views", "view v { };\n" + zone + "};", 2},
      {"a second view", "view v { };\nview v { };", 2},
      {"no such view", "view v { zone x { in-view\n nowhere; }; };", 2},
      {"a second acl", "acl a { any; };\nacl A { any; };", 2},
      {"a built-in acl", "acl none { any; };", 1},
      {"acls in a circle", "acl a { b; };\nacl b { a; };\noptions { allow-query { a; }; };", 2},
      {"a key without a secret", "key k { algorithm hmac-sha256; };", 1},
      {"an unknown algorithm", "key k { algorithm\n sha256; secret \"c2VjcmV0\"; };", 2},
      {"no base64", "key k { algorithm hmac-sha256; secret\n \"*\"; };", 2},
      {"a second key", kKey + "key K. { algorithm hmac-sha256; secret \"c2VjcmV0\"; };", 2},
      {"an unknown key", "server ::1 { keys\n k; };", 2},
      {"of a channel", "controls { inet ::1 allow { any; } keys {\n k; }; };", 2},
      {"an unknown channel", "logging { category default {\n x; }; };", 2},
      {"an unknown category", "logging {\n category Default { null; }; };", 2},
      {"a channel to nowhere", "logging {\n channel x { severity info; }; };", 2},
      {"and to two places", "logging {\n channel x { null; stderr; }; };", 2},
      {"forward without forwarders", "options {\n forward only; };", 2},
      {"a policy that nobody wrote", zone + "dnssec-policy\n p; };", 2},
      {"one without signing", zone + "dnssec-policy default; };", 1},
      {"allow-update beside a policy", zone + "allow-update { any; }; update-policy\n local; };",
       2},
      {"a grant without a name", zone + "update-policy {\n grant k name A; }; };", 2},
      {"an interval out of range", "options { max-transfer-time-in\n 40321; };", 2},
      {"TLS that nobody wrote", "options { listen-on tls\n t { any; }; };", 2},
      {"an old version", "tls t { protocols {\n TLSv1.1; }; };", 2},
      {"a rate", "options { rate-limit { slip\n 11; }; };", 2},
      {"a static anchor of the root",
       "options { dnssec-validation auto; };\ntrust-anchors {\n . static-ds 1 8 2 \"00\"; };", 3},
      {"a prefix of DNS64", "options {\n dns64 2001:db8::/33 { }; };", 2},
      {"a list of servers that nobody wrote", "zone x { type secondary; primaries {\n p; }; };", 2},
      {"dnstap without a place", "options { dnstap\n { all; }; };", 2},
      {"a policy's keys", "dnssec-policy p { keys\n { ksk lifetime unlimited algorithm 13; }; };",
       2},
  };
  for (const Refusal& c : cases) {
    CAPTURE(c.why);
    const Facts facts = host(c.text);
    const Fact* refused = facts.find("@refused");
    REQUIRE(refused != nullptr);
    CHECK(refused->origin.file == kConf);
    CHECK(refused->origin.line == c.line);
    // Nothing else is sure then.
    REQUIRE(facts.gaps.size() == 1);
    const auto& doubted = facts.gaps[0].fields;
    CHECK(std::find(doubted.begin(), doubted.end(), "recursion") != doubted.end());
    CHECK(std::find(doubted.begin(), doubted.end(), "@refused") == doubted.end());
    CHECK(std::none_of(facts.rows.begin(), facts.rows.end(),
                       [](const Fact& fact) { return fact.key == "acl" || fact.key == "type"; }));
  }
}

TEST_CASE("bind: whom lists let in") {
  const Case cases[] = {
      {"nobody", "none;", "@allow-recursion", "none"},
      {"the empty list", "", "@allow-recursion", "none"},
      {"the host", "127.0.0.0/8; ::1; localhost;", "@allow-recursion", "localhost"},
      {"kinds add up", "key k; 192.0.2.1; 192.0.2.0/24; localnets;", "@allow-recursion",
       "key address localnets network"},
      {"all of a family", "::/0;", "@allow-recursion", "any"},
      {"a good part of the Internet", "2000::/3;", "@allow-recursion", "any"},
      {"but not of what is private", "fc00::/7; 10.0.0.0/8;", "@allow-recursion", "network"},
      {"by name", "inner;", "@allow-recursion", "network"},
      {"the first that matches", "!any; any;", "@allow-recursion", "none"},
      {"none is !any", "none; any;", "@allow-recursion", "none"},
      {"and !none is any", "!none;", "@allow-recursion", "any"},
      {"some are turned away", "!inner; any;", "@allow-recursion", "any"},
      {"a list within", "{ inner; key k; };", "@allow-recursion", "key network"},
      {"it says nothing about whom it denies", "{ !inner; 192.0.2.1; }; any;", "@allow-recursion",
       "address network any"},
      {"a network and a key", "!{ !inner; any; }; key k;", "@allow-recursion", "key"},
      {"a network only", "!{ !inner; any; }; any;", "@allow-recursion", "network"},
      {"the same by name", "!outer; any;", "@allow-recursion", "network"},
      {"nobody is left", "!{ any; }; any;", "@allow-recursion", "none"},
      {"those whom none of it matches", "!{ 192.0.2.1; }; any;", "@allow-recursion", "any"},
      {"none in it denies nobody", "!{ !192.0.2.1; none; }; any;", "@allow-recursion",
       "address any"},
  };
  for (const Case& c : cases)
    check(c, host("acl inner { 10.9.0.0/16; };\nacl outer { !inner; any; };\n" + kKey +
                  in_options("allow-recursion { " + c.text + " };")));
}

TEST_CASE("bind: options, views and zones") {
  const std::string zone = "zone x { type primary; file \"f\"; ";
  Facts facts = host(
      "options { recursion yes; allow-transfer { none; }; };\n"
      "view a { match-clients { 10.0.0.0/8; }; allow-recursion { any; }; };\n"
      "view b { recursion no; " +
      zone + "allow-transfer { any; }; }; };\n");
  CHECK(value(facts, "@allow-recursion", "view a") == "network");
  CHECK(value(facts, "@allow-recursion", "view b") == "none");
  CHECK(value(facts, "@authoritative", "view b") == "public");
  CHECK(value(facts, "@allow-transfer", "view b > zone x") == "any");
  // Its only zone does not go by it.
  CHECK(value(facts, "@allow-transfer", "view b") == "(none)");
  CHECK(value(facts, "@allow-transfer", "view a") == "none");
  CHECK(values(facts, "@mixed-roles").empty());
  CHECK(values(facts, "@unlimited") == "zones for everybody, and no rate-limit;");

  // Three lists stand in for each other.
  CHECK(value(host(in_options("allow-query-cache { any; };")), "@allow-recursion") == "any");
  CHECK(value(host(in_options("allow-query { any; };")), "@allow-recursion") == "any");
  CHECK(value(host(in_options("allow-query { any; }; allow-recursion { localhost; };")),
              "@allow-query-cache") == "localhost");
  CHECK(value(host(in_options("")), "@allow-recursion") == "localhost localnets");
  CHECK(value(host(in_options("recursion no;")), "@allow-query-cache") == "none");

  // Defaults, and how they changed.
  CHECK(value(host(zone + "};"), "@allow-transfer") == "any");
  CHECK(value(host(zone + "};", {{kStatus, package("9.20.4-1")}}), "@allow-transfer") == "none");
  CHECK(value(host("zone x { type mirror; primaries { ::1; }; };"), "@allow-transfer", "zone x") ==
        "(none)");
  CHECK(value(host(in_options("dnssec-validation yes;")), "@dnssec-validation") == "unanchored");
  CHECK(value(host(in_options("")), "@shown-version") == "real");
  CHECK(value(host(in_options("server-id hostname;")), "@server-id") == "real");
  CHECK(value(host(in_options("server-id \"hostname\";")), "@server-id") == "hostname");
  // A view of another class resolves nothing.
  CHECK(value(host("view c CH { };"), "@recursion", "view c") == "(none)");

  CHECK(value(host(zone + "update-policy local; };"), "@update", "zone x") == "policy");
  CHECK(value(host(zone + "allow-update { 10.0.0.1; }; };"), "@update", "zone x") == "address");
  CHECK(values(host(zone + "forwarders { }; };"), "@forward-plain").empty());
  CHECK(values(host(zone + "forwarders { ::1; }; };"), "@forward-plain") == "{ ::1; };");
  CHECK(value(host("controls { inet 127.0.0.1 allow { any; }; inet ::1 port 5 allow { any; }; inet "
                   "* port 953 allow { any; }; };"),
              "@control-remote", "controls") == "0.0.0.0 port 953");
}

TEST_CASE("bind: where messages of security go") {
  const auto log = [](const std::string& text) {
    return value(host("logging { channel f { file \"x\"; }; " + text + " };"), "@log-security",
                 "logging");
  };
  CHECK(log("") == "debug syslog");
  CHECK(log("category security { f; default_syslog; };") == "file syslog");
  CHECK(log("category default { f; };") == "file");
  CHECK(log("category default { f; }; category security { null; };") == "null");
  CHECK(log("category default { f; }; category security { };") == "null");
  CHECK(log("channel g { syslog; severity Error; }; category security { g; f; };") ==
        "file severe");
  CHECK(log("channel g { syslog; severity debug 3; }; category security { g; };") == "syslog");
  CHECK(value(host(""), "@log-security", "logging") == "debug syslog");
}

TEST_CASE("bind: the command line of the unit") {
  const auto unit = [](const std::string& words, const std::string& more = "") {
    return "[Service]\nEnvironmentFile=-/etc/default/named\nExecStart=/usr/sbin/named " + words +
           "\n" + more;
  };
  const auto user = [&](const std::string& words, const std::string& options = "") {
    return value(host("", {{kUnit, unit(words)}, {"/etc/default/named", options}}), "@user", "");
  };
  CHECK(user("-f") == "root");
  CHECK(user("-f -u bind") == "bind");
  CHECK(user("-4fubind") == "bind");
  CHECK(user("-f $OPTIONS", "OPTIONS=\"-u bind -4\"\n") == "bind");
  CHECK(user("-f $OPTIONS", "#OPTIONS=\"-u bind\"\n") == "root");
  CHECK(value(host("", {{kUnit, unit("-f", "User=named\n")}}), "@user", "") == "named");
  CHECK(value(host("", {{"/etc/default/bind9", "OPTIONS='-u bind'\n"}}), "@user", "") == "bind");
  CHECK(value(host(""), "@user", "") == "(none)");
  // Another file, and paths below another root.
  Facts facts = read(*Root::in_memory({{kUnit, unit("-t /srv/dns -c /etc/n.conf")},
                                       {"/srv/dns/etc/n.conf", "include \"/etc/m.conf\";"},
                                       {"/srv/dns/etc/m.conf", "options { port 54; };"}}));
  CHECK(value(facts, "port") == "54");
  CHECK(value(facts, "@chroot", "") == "/srv/dns");
  CHECK(values(facts, "@file") == "/srv/dns/etc/n.conf;/srv/dns/etc/m.conf;");
}

TEST_CASE("bind: modes of files") {
  const auto made = [](std::uint32_t conf, std::uint32_t key, std::uint32_t directory,
                       std::uint32_t owner) {
    MemoryRoot root;
    root.add_directory("/etc/bind", directory);
    root.add_file(kConf,
                  "include \"/etc/bind/k\";\n"
                  "tls t { key-file \"/etc/bind/t\"; cert-file \"/c\"; };\n",
                  conf, owner);
    root.add_file("/etc/bind/k", kKey, key);
    root.add_file("/etc/bind/t", "x", key);
    return read(root);
  };
  Facts facts = made(0644, 0644, 0755, 0);
  CHECK(values(facts, "@readable-key") ==
        "/etc/bind/k has the mode 0644;/etc/bind/t has the mode 0644;");
  CHECK(values(facts, "@writable-config").empty());
  CHECK(values(facts, "@open-directory") == "/etc/bind has the mode 0755;");
  facts = made(0664, 0640, 02750, 0);
  CHECK(values(facts, "@readable-key").empty());
  CHECK(values(facts, "@open-directory").empty());
  CHECK(values(facts, "@writable-config") == kConf + " has the mode 0664;");
  CHECK(values(made(0640, 0640, 0750, 101), "@writable-config") == kConf + " belongs to user 101;");
}

TEST_CASE("bind: a directory that is not there") {
  const Facts facts = host(in_options("directory \"/var/cache/none\";"));
  // It may be mounted when named starts: only that it starts is not sure.
  CHECK(value(facts, "directory") == "/var/cache/none");
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].fields == std::vector<std::string_view>{"@refused"});
}

TEST_CASE("bind: another version is read as it is written") {
  const Files newer = {{kStatus, package("9.20.4-1")}};
  Facts facts = host(
      "options { allow-proxy { 10/8; !any; };\n forwarders tls t { ::1 tls u; };\n recursion "
      "maybe; };\n",
      newer);
  CHECK(value(facts, "@version", "") == "9.20.4");
  CHECK(value(facts, "allow-proxy") == "{ 10/8; !any; }");
  CHECK(value(facts, "forwarders") == "tls t { ::1 tls u; }");
  CHECK(values(facts, "@forward-plain").empty());
  const Facts mixed = host("options { forwarders { ::1 tls u; 192.0.2.1; }; };", newer);
  CHECK(values(mixed, "@forward-plain") == "{ ::1 tls u; 192.0.2.1; };");
  CHECK(value(facts, "recursion") == "maybe");
  CHECK(value(host("options { allow-proxy { 10/8; };", newer), "port") == "(refused)");
  CHECK(value(host("options { dnssec-enable no; };", {{kStatus, package("9.11.5-5")}}),
              "dnssec-enable") == "no");
}

TEST_CASE("bind: documents of a source tree") {
  Facts facts = document("options { version \"x\"; unknown-to-all { a; }; };\n");
  CHECK(value(facts, "version") == "x");
  CHECK(value(facts, "unknown-to-all") == "{ a; }");
  // Nobody knows the version, and what else there is.
  CHECK(value(facts, "@recursion") == "(none)");
  CHECK(value(facts, "@allow-transfer") == "(none)");
  CHECK(value(facts, "@hostname") == "(none)");
  CHECK(facts.gaps.empty());
  facts = document("zone x { type primary; file \"f\"; allow-transfer { elsewhere; }; };\n");
  CHECK(value(facts, "@allow-transfer", "zone x") == "(none)");
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "zone x");
  CHECK(value(document("options { port 54; }"), "port") == "(refused)");
  CHECK(document("options { version \"{{ version }}\"; };").passed_over);
}

TEST_CASE("bind: includes of documents") {
  const std::string options = "options { port 54; };";
  const std::string text = "include \"/etc/bind/named.conf.options\";\n";
  CHECK(value(document(text, {{"/deploy/named.conf.options", options}}), "port") == "54");
  CHECK(value(document(text, {{"/image/etc/bind/named.conf.options", options}},
                       "/image/etc/bind/named.conf"),
              "port") == "54");
  CHECK(value(document("include \"o\";\n", {{"/deploy/o", options}}), "port") == "54");
  CHECK(document(text).gaps.size() == 1);
  CHECK(document("include \"/etc/bind/named.conf.default-zones\";\noptions { };\n").gaps.empty());
}

TEST_CASE("bind: which documents") {
  const DocumentClaim& claim = find_builtin_probe("bind")->documents;
  CHECK(claim.by_name("/deploy/named.conf"));
  CHECK(claim.by_name("/etc/bind/named.conf.options"));
  CHECK(claim.by_name("/x/bind/zones.conf"));
  CHECK(claim.by_name("/bind.conf"));
  CHECK_FALSE(claim.by_name("/nginx.conf"));
  CHECK_FALSE(claim.by_name("/named.txt"));
  const auto looks = [&](const std::string& text) { return claim.by_text({"/named.conf", text}); };
  CHECK(looks("// x\noptions {\n  recursion no;\n};\n"));
  CHECK(looks("acl a { any; };\nzone \"x\" IN { type hint; };\n"));
  CHECK(looks("include \"/etc/bind/rndc.key\";\noptions { };\n"));
  CHECK_FALSE(looks("server { listen 80; };\nhttp { };\n"));
  CHECK_FALSE(looks("include \"x\";\n"));
  CHECK_FALSE(looks("[options]\nx = 1\n"));
  CHECK_FALSE(looks("zones { a { b } }"));
  CHECK_FALSE(looks(""));
}

TEST_CASE("bind: hosts without it, and input without end") {
  CHECK_FALSE(read(*Root::in_memory({{"/etc/hostname", "x\n"}})).not_applicable.empty());
  CHECK(read(*Root::in_memory({{"/usr/sbin/named", ""}})).gaps.size() == 1);

  const auto first_gap = [](const std::string& text) {
    const Facts facts = host(text);
    REQUIRE_FALSE(facts.gaps.empty());
    return facts.gaps[0].error.code;
  };
  const auto times = [](std::size_t count, const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
  };
  CHECK(first_gap(in_options("allow-query " + times(200, "{") + times(200, "};"))) ==
        ErrorCode::limit);
  CHECK(first_gap(in_options("allow-query { " + times(200, "!") + "any; };")) == ErrorCode::limit);
  CHECK(first_gap(in_options("allow-query { " + times(1100000, "any;") + " };")) ==
        ErrorCode::limit);
  std::string chain = "acl a0 { any; };\n";
  for (int i = 1; i < 2000; ++i)
    chain += "acl a" + std::to_string(i) + " { a" + std::to_string(i - 1) + "; };\n";
  CHECK(first_gap(chain + in_options("allow-query { a1999; };")) == ErrorCode::limit);
  CHECK(first_gap(times(300, "view ")) == ErrorCode::invalid);
  // Each list is looked into once, however often it is named.
  std::string doubled = "acl b0 { 10.0.0.0/8; };\n";
  for (int i = 1; i < 60; ++i) {
    const std::string last = "b" + std::to_string(i - 1);
    doubled += "acl b" + std::to_string(i) + " { !" + last + "; " + last + "; };\n";
  }
  CHECK(value(host(doubled + in_options("allow-recursion { b59; };")), "@allow-recursion") !=
        "(refused)");
}
