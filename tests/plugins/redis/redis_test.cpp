#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;
const std::string kConf = "/etc/redis/redis.conf";
const std::string kUnit = "/lib/systemd/system/redis-server.service";

Facts read(const Root& root, const Document* document = nullptr) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("redis")->run({root, context, {}, 1, nullptr, document});
}

Facts host(const std::string& text, Files others = {}) {
  others[kConf] = text;
  return read(*Root::in_memory(others));
}

Facts document(const std::string& text, const Files& others = {},
               const char* path = "/deploy/redis.conf") {
  const Document one{path, text};
  return read(*Root::in_memory(others), &one);
}

/// The value of a setting, `(none)`, or `(refused)` where the server does not start.
std::string value(const Facts& facts, std::string_view key, std::string_view scope = {}) {
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
  std::string text, key, want;
};

void check(const Case& c, const Facts& facts) {
  CAPTURE(c.why);
  CHECK(value(facts, c.key) == c.want);
}

}  // namespace

TEST_CASE("redis: lines") {
  using namespace std::string_literals;
  const Case cases[] = {
      {"capitals in the name", "TimeOut 5\n", "timeout", "5"},
      {"the name in quotes", "\"timeout\" '5'\n", "timeout", "5"},
      {"the last one stands", "timeout 5\ntimeout 6\n", "timeout", "6"},
      {"an older name is the same parameter", "lua-time-limit 5\n", "busy-reply-threshold", "5"},
      {"a comment behind blanks", "\t # timeout 5\r\n", "timeout", "0"},
      {"a comment behind a value is an argument", "timeout 5 # x\n", "timeout", "(refused)"},
      {"a comment behind a vertical tab is a name", "\v# x\n", "timeout", "(refused)"},
      {"a carriage return at the end", "timeout 5\r\n", "timeout", "5"},
      {"no end of the line", "timeout 5", "timeout", "5"},
      {"a form feed ends no word", "timeout 5\f\n", "timeout", "(refused)"},
      {"escapes", R"(masterauth "\x41\n\t\b\a\q\"\\")", "masterauth", "A\n\t\b\aq\"\\"},
      {"no hexadecimal digits", R"(masterauth "\x4g")", "masterauth", "x4g"},
      {"single quotes have one escape", R"(masterauth 'a\'b\n')", "masterauth", "a'b\\n"},
      {"a quote within a word", "masterauth a\"b c\"\n", "masterauth", "ab c"},
      {"something behind a quote", "masterauth \"a\"b\n", "timeout", "(refused)"},
      {"a quote that does not close", "masterauth \"a\n", "timeout", "(refused)"},
      {"an unknown name", "no-such 1\n", "timeout", "(refused)"},
      {"a byte-order mark", "\xef\xbb\xbftimeout 5\n", "timeout", "(refused)"},
      {"too few arguments", "timeout\n", "timeout", "(refused)"},
      {"too many", "timeout 5 6\n", "timeout", "(refused)"},
      {"one that counts no more", "list-max-ziplist-entries 5\n", "timeout", "0"},
      {"a NUL takes the end of its line", "timeout 5\0x\n\ntimeout 6\n"s, "timeout", "6"},
      {"a name of the other program", "sentinel monitor x\n", "timeout", "(refused)"},
      {"the comment of the other program's name", "sentinel\n", "timeout", "0"},
      {"a parameter of a module that nobody loads", "x.y 5\n", "timeout", "(refused)"},
      {"a parameter of a module", "loadmodule /x.so\nx.y 5 6\n", "x.y", "5 6"},
  };
  for (const Case& c : cases) check(c, host(c.text));
}

TEST_CASE("redis: values") {
  const std::string kLimits = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60";
  const Case cases[] = {
      {"yes in capitals", "appendonly YES\n", "appendonly", "yes"},
      {"nothing but yes and no", "appendonly on\n", "appendonly", "(refused)"},
      {"a word in capitals", "loglevel Debug\n", "loglevel", "debug"},
      {"no such word", "loglevel loud\n", "loglevel", "(refused)"},
      {"two words for one thing", "oom-score-adj relative\n", "oom-score-adj", "yes"},
      {"several words", "shutdown-on-sigterm force NOW\n", "shutdown-on-sigterm", "now force"},
      {"that exclude each other", "shutdown-on-sigint save nosave\n", "port", "(refused)"},
      {"k is 1000", "maxmemory 5k\n", "maxmemory", "5000"},
      {"kb is 1024", "maxmemory 5Kb\n", "maxmemory", "5120"},
      {"gigabytes", "maxmemory 2GB\n", "maxmemory", "2147483648"},
      {"a unit that there is not", "maxmemory 1tb\n", "maxmemory", "(refused)"},
      {"no number is 0", "maxmemory \"\"\n", "maxmemory", "0"},
      {"what does not fit wraps around", "maxmemory 17179869184gb\n", "maxmemory", "0"},
      {"percent", "maxmemory-clients 5%\n", "maxmemory-clients", "5%"},
      {"more than all", "maxmemory-clients 101%\n", "port", "(refused)"},
      {"a leading zero", "timeout 07\n", "timeout", "(refused)"},
      {"a sign", "timeout +7\n", "timeout", "(refused)"},
      {"out of bounds", "port 65536\n", "port", "(refused)"},
      {"octal", "unixsocketperm 0770\n", "unixsocketperm", "770"},
      {"no octal digit", "unixsocketperm 780\n", "unixsocketperm", "(refused)"},
      {"hz has a most", "hz 1000\n", "hz", "500"},
      {"and a least", "hz 0\n", "hz", "1"},
      {"lines of save add up", "save 900 1\nsave 60 5 30 7\n", "save", "900 1 60 5 30 7"},
      {"an empty one takes all away", "save 900 1\nsave \"\"\n", "save", ""},
      {"one argument is split", "save \"900 1 60 5\"\n", "save", "900 1 60 5"},
      {"half a pair", "save 900\n", "save", "(refused)"},
      {"the default of save", "port 1\n", "save", "3600 1 300 100 60 10000"},
      {"classes that are not named stay", "client-output-buffer-limit replica 1mb 2k 3\n",
       "client-output-buffer-limit",
       "normal 0 0 0 slave 1048576 2000 3 pubsub 33554432 8388608 60"},
      {"no such class", "client-output-buffer-limit master 0 0 0\n", "port", "(refused)"},
      {"no classes at all", "client-output-buffer-limit\n", "client-output-buffer-limit", kLimits},
      {"events in the server's order", "notify-keyspace-events lKxg\n", "notify-keyspace-events",
       "glxK"},
      {"all of them have a letter", "notify-keyspace-events mg$lshzxetdn\n",
       "notify-keyspace-events", "Am"},
      {"percentiles", "latency-tracking-info-percentiles 50.000 1e1 99.9\n",
       "latency-tracking-info-percentiles", "50 10 99.9"},
      {"of whom it is a replica", "slaveof h 5\n", "replicaof", "h 5"},
      {"of nobody", "replicaof h 5\nreplicaof no ONE\n", "replicaof", ""},
      {"bind with optional addresses", "bind 127.0.0.1 -::1\n", "bind", "127.0.0.1 -::1"},
      {"a path is no name of a file", "dbfilename a/b\n", "dbfilename", "(refused)"},
      {"a title with an unknown name", "proc-title-template {x}\n", "port", "(refused)"},
      {"what Debian's build lacks", "activedefrag yes\n", "port", "(refused)"},
  };
  for (const Case& c : cases) check(c, host(c.text));
}

TEST_CASE("redis: what stops the server once all is read") {
  const std::string tls = "tls-port 6380\ntls-cert-file /c\ntls-key-file /k\n";
  const Case cases[] = {
      {"no port", "port 0\n", "port", "(refused)"},
      {"a socket will do", "port 0\nunixsocket /s\n", "port", "0"},
      {"no address", "bind \"\"\n", "port", "(refused)"},
      {"an address twice", "bind 127.0.0.1 -127.0.0.1\n", "port", "(refused)"},
      {"any address and one of them", "bind 0.0.0.0 127.0.0.1\n", "port", "(refused)"},
      {"of the other family", "bind 0.0.0.0 ::1\n", "port", "6379"},
      {"one that may be missing", "bind * -10.0.0.5\n", "port", "6379"},
      {"TLS without a certificate", "tls-port 6380\n", "port", "(refused)"},
      {"without authorities", tls, "port", "(refused)"},
      {"which nobody asks for", tls + "tls-auth-clients no\n", "tls-port", "6380"},
      {"versions of TLS", tls + "tls-auth-clients no\ntls-protocols SSLv3\n", "port", "(refused)"},
      {"a replica in a cluster", "cluster-enabled yes\nreplicaof h 5\n", "port", "(refused)"},
      {"a high port in a cluster", "cluster-enabled yes\nport 60000\n", "port", "(refused)"},
  };
  for (const Case& c : cases) check(c, host(c.text));
}

// TRAPS, 16: a later line wins, so where an include stands decides.
TEST_CASE("redis: includes stand where they are written") {
  const Files others = {{"/etc/redis/x.conf", "timeout 1\n"},
                        {"/etc/redis/d/a.conf", "timeout 2"},
                        {"/etc/redis/d/b.conf", "0\nmaxclients 7\n"},
                        {"/etc/redis/s.conf", "save 30 3\nsave 40 4\n"},
                        {"/etc/redis/loop.conf", "include /etc/redis/loop.conf\n"},
                        {"/y.conf", "timeout 9\n"}};
  const Case cases[] = {
      {"one placed first is overridden", "include /etc/redis/x.conf\ntimeout 5\n", "timeout", "5"},
      {"one placed last overrides", "timeout 5\ninclude /etc/redis/x.conf\n", "timeout", "1"},
      {"relative to where the server works, which is /", "include y.conf\n", "timeout", "9"},
      {"not to the file", "include x.conf\n", "timeout", "(refused)"},
      {"unless it works there", "dir /etc/redis\ninclude x.conf\n", "timeout", "1"},
      {"files of a pattern are one text", "include /etc/redis/d/*.conf\n", "timeout", "20"},
      {"a pattern that matches nothing", "include /etc/redis/n*.conf\n", "timeout", "0"},
      {"a file that is not there", "include /etc/redis/n.conf\n", "timeout", "(refused)"},
      {"a directory has no lines", "include /etc/redis/d\n", "timeout", "0"},
      {"save behind an include replaces", "save 10 1\ninclude /etc/redis/x.conf\nsave 20 2\n",
       "save", "20 2"},
      {"but adds up within it", "save 10 1\ninclude /etc/redis/s.conf\n", "save", "10 1 30 3 40 4"},
  };
  for (const Case& c : cases) check(c, host(c.text, others));
  const Facts loop = host("include /etc/redis/loop.conf\n", others);
  REQUIRE(loop.gaps.size() == 1);
  CHECK(loop.gaps[0].error.code == ErrorCode::limit);
}

// TRAPS, 16: the ACL governs authentication more than requirepass does.
TEST_CASE("redis: how connections begin") {
  const Files others = {{"/users.acl", "user bob on >x ~* +@all\n"},
                        {"/default.acl", "user default on #" + std::string(64, 'a') + " +get\n"},
                        {"/comment.acl", "# users\n"}};
  const Case cases[] = {
      {"nothing is said", "\n", "@default-user", "nopass"},
      {"a password", "requirepass x\n", "@default-user", "password"},
      {"an empty one", "requirepass x\nrequirepass ''\n", "@default-user", "nopass"},
      {"a line begins with nothing", "requirepass x\nuser default on +@all\n", "@default-user",
       "locked"},
      {"and may take it away", "requirepass x\nuser default on nopass\n", "@default-user",
       "nopass"},
      {"whatever the order", "user default on nopass\nrequirepass x\n", "@default-user", "nopass"},
      {"off unless it says on", "user default nopass\n", "@default-user", "off"},
      {"of a file without it", "requirepass x\naclfile /users.acl\n", "@default-user", "nopass"},
      {"of a file", "aclfile /default.acl\n", "@default-user", "password"},
      {"users in both places", "user a on\naclfile /users.acl\n", "@default-user", "(refused)"},
      {"no comments in a file", "aclfile /comment.acl\n", "@default-user", "(refused)"},
      {"a file that is not there", "aclfile /none.acl\n", "@default-user", "(refused)"},
      {"a user twice", "user a on\nuser a off\n", "@default-user", "(refused)"},
      {"a blank in a name", "user \"a b\" on\n", "@default-user", "(refused)"},
      {"a command that there is not", "user a +nope\n", "@default-user", "(refused)"},
  };
  for (const Case& c : cases) check(c, host(c.text, others));
  const Facts module = host("loadmodule /x.so\nuser a on +nope\n");
  CHECK(module.find("@refused") == nullptr);
  CHECK(module.gaps.size() == 1);
}

// TRAPS, 16: protected mode matters only without a password.
TEST_CASE("redis: where other hosts give commands without a password") {
  const Case cases[] = {
      {"protected mode turns them away", "bind *\n", "@open", ""},
      {"it is off", "bind * -::*\nprotected-mode no\n", "@open", "*:6379;[::*]:6379;"},
      {"also with an address that was chosen", "bind 10.0.0.5\nprotected-mode no\n", "@open",
       "10.0.0.5:6379;"},
      {"the loopback is nobody else's", "bind 127.0.0.1 -::1\nprotected-mode no\n", "@open", ""},
      {"a password", "bind *\nprotected-mode no\nrequirepass x\n", "@open", ""},
      {"reached all the same", "bind *\nrequirepass x\n", "@remote", "*:6379;"},
      {"with a certificate",
       "bind *\nprotected-mode no\nport 0\ntls-port 1\ntls-cert-file c\ntls-key-file "
       "k\ntls-ca-cert-file a\n",
       "@open", ""},
      {"without one",
       "bind *\nprotected-mode no\nport 0\ntls-port 1\ntls-cert-file c\ntls-key-file "
       "k\ntls-auth-clients no\n",
       "@open", "*:1 (TLS);"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(values(host(c.text), c.key) == c.want);
  }
}

TEST_CASE("redis: users as ACL LIST prints them") {
  struct Rules {
    const char *why, *rules, *key, *want;
  };
  const std::string hash(64, 'a');
  const Rules cases[] = {
      {"a new user may do nothing", "", "commands", "-@all"},
      {"and is off", "", "state", "off"},
      {"a category", "+@read", "commands", "-@all +@read"},
      {"all but one", "+@all -@dangerous", "commands", "+@all -@dangerous"},
      {"single commands", "+set +GET", "commands", "-@all +get +set"},
      {"a command with its parts", "+config", "commands", "-@all +config"},
      {"a part", "+config|get", "commands", "-@all +config|get"},
      {"all but a part", "+@all -config|set", "commands", "+@all -config|set"},
      {"a first argument", "+select|0", "commands", "-@all +select|0"},
      {"keys", "~a* %R~b %W~b %w~c", "keys", "~a* ~b %W~c"},
      {"all keys", "~a allkeys", "keys", "~*"},
      {"a pattern behind all keys", "~* ~a", "keys", "(refused)"},
      {"channels", "resetchannels &a &b &a", "channels", "resetchannels &a &b"},
      {"passwords are counted once", ">a >b >a", "passwords", "2"},
      {"nopass takes them away", ">a nopass", "passwords", "0"},
      {"a password ends nopass", "nopass >a", "nopass", "no"},
      {"one that is not there", "<a", "passwords", "(refused)"},
      {"no hash", "#abc", "passwords", "(refused)"},
      {"reset", "on >a ~* +@all reset", "state", "off"},
      {"a selector", "( ~a +get )", "selector", "~a resetchannels -@all +get"},
      {"that is not closed", "(~a +get", "selector", "(refused)"},
      {"the shortest password", ">abcd >ab", "@password-length", "2"},
      {"what is dangerous", "+@all -@dangerous +debug", "@dangerous", "debug"},
  };
  for (const Rules& c : cases) {
    CAPTURE(c.why);
    const std::string line = std::string("user bob ") + c.rules + "\n";
    CHECK(value(host(line), c.key, "user bob") == c.want);
    // An ACL file has no quotes, and says the same of all of these.
    const Facts file = host("aclfile /u\n", {{"/u", line}});
    CHECK(value(file, c.key, "user bob") == c.want);
  }
  CHECK(value(host("acl-pubsub-default allchannels\nuser bob on\n"), "channels", "user bob") ==
        "&*");
  const Facts renamed = host("rename-command DEBUG \"\"\nuser bob +debug\n");
  CHECK(value(renamed, "@dangerous", "user bob").empty());
  CHECK(value(renamed, "rename-command") == "DEBUG \"\"");
  CHECK(value(host("rename-command GET set\n"), "port") == "(refused)");
  CHECK(value(host("rename-command GET ''\nrename-command SET get\n"), "port") == "6379");
}

TEST_CASE("redis: neither passwords nor hashes are told of users") {
  for (const Fact& fact : host("user bob on >hunter2 #" + std::string(64, 'a') + " +get\n").rows) {
    CHECK(fact.value.find("hunter2") == std::string::npos);
    CHECK(fact.value.find("aaaa") == std::string::npos);
  }
  const Facts refused = host("user bob on <hunter2\n");
  CHECK(refused.find("@refused")->value.find("hunter2") == std::string::npos);
}

TEST_CASE("redis: the command line of the unit") {
  const auto with = [](const std::string& words) {
    return host("timeout 5\nsave 900 1\n",
                {{kUnit, "[Service]\nExecStart=/usr/bin/redis-server " + words + "\n"},
                 {"/srv/r.conf", "timeout 7\n"}});
  };
  CHECK(value(with("/etc/redis/redis.conf --timeout 6"), "timeout") == "6");
  CHECK(value(with("/etc/redis/redis.conf '--timeout 6'"), "timeout") == "6");
  CHECK(value(with("/etc/redis/redis.conf --save --port 5"), "save").empty());
  CHECK(value(with("/etc/redis/redis.conf --save --port 5"), "port") == "5");
  CHECK(value(with("/etc/redis/redis.conf --masterauth --x"), "masterauth") == "--x");
  CHECK(value(with("/srv/r.conf"), "timeout") == "7");
  CHECK(value(with("--timeout 8"), "timeout") == "8");
  CHECK(value(with("/etc/redis/redis.conf --nope 1"), "timeout") == "(refused)");
  CHECK_FALSE(with("/etc/redis/redis.conf --sentinel").not_applicable.empty());
}

TEST_CASE("redis: the version that is installed") {
  const auto with = [](const std::string& version, const std::string& text) {
    return host(text, {{"/var/lib/dpkg/status",
                        "Package: redis-server\nStatus: install ok installed\nArchitecture: "
                        "amd64\nVersion: " +
                            version + "\n\n"}});
  };
  CHECK(value(with("5:7.0.15-1", ""), "set-max-listpack-entries") == "(none)");
  CHECK(value(with("5:8.0.2-3", ""), "set-max-listpack-entries") == "128");
  CHECK(value(with("5:8.0.2-3", "server_cpulist 0\n"), "server-cpulist") == "0");
  CHECK(value(with("5:8.0.2-3", "no-such 1\n"), "port") == "(refused)");
  CHECK(value(with("5:8.0.2-3", "cluster-enabled yes\n"), "databases") == "1");
  // Since 7.2 rules are printed as they were given.
  CHECK(value(with("5:8.0.2-3", "user bob +set +get +SET\n"), "commands", "user bob") ==
        "-@all +get +set");
}

TEST_CASE("redis: documents of a source tree") {
  const Facts facts = document("maxmemory 1mb\nunknown-to-all 5\n");
  CHECK(value(facts, "maxmemory") == "1048576");
  CHECK(value(facts, "timeout") == "(none)");
  CHECK(value(facts, "@default-user") == "(none)");
  CHECK(value(document("requirepass x\n"), "@default-user") == "password");
  CHECK(value(document("maxmemory 1xb\n"), "maxmemory") == "(refused)");
  CHECK(value(document("include x.conf\n", {{"/deploy/x.conf", "timeout 5\n"}}), "timeout") == "5");
  const Facts elsewhere = document("timeout 5\ninclude /etc/redis/x.conf\n");
  CHECK(value(elsewhere, "timeout") == "5");
  CHECK(elsewhere.gaps.size() == 1);
  CHECK(document("requirepass ${PASSWORD}\n").passed_over);
}

TEST_CASE("redis: which documents") {
  const DocumentClaim& claim = find_builtin_probe("redis")->documents;
  CHECK(claim.by_name("/a/redis.conf"));
  CHECK(claim.by_name("/redis/prod.conf"));
  CHECK_FALSE(claim.by_name("/a/redis.yaml"));
  CHECK_FALSE(claim.by_name("/a/redis-sentinel.conf"));
  CHECK_FALSE(claim.by_name("/a/nginx.conf"));
  const auto looks_so = [&](std::string_view text) {
    return claim.by_text({"/a/redis.conf", text});
  };
  CHECK(looks_so("# x\nport 6379\nbind 127.0.0.1\nno-such 5\n"));
  CHECK_FALSE(looks_so("[program:redis]\ncommand=redis-server\n"));
  CHECK_FALSE(looks_so("port 26379\nsentinel monitor a b 1 2\n"));
  CHECK_FALSE(looks_so("upstream redis {\n  server 10.0.0.5:6379;\n}\n"));
}

TEST_CASE("redis: hosts without it, and input without end") {
  CHECK_FALSE(read(*Root::in_memory({{"/etc/hostname", "x\n"}})).not_applicable.empty());
  CHECK(value(read(*Root::in_memory({{"/usr/bin/redis-server", ""}})), "port") == "(refused)");
  std::string users;
  for (int i = 0; i < 2000; ++i) users += "user u" + std::to_string(i) + " on\n";
  const Facts many = host(users);
  CHECK_FALSE(many.gaps.empty());
  std::string patterns = "user bob";
  for (int i = 0; i < 3000; ++i) patterns += " ~" + std::to_string(i);
  CHECK_FALSE(host(patterns + "\n").gaps.empty());
}
