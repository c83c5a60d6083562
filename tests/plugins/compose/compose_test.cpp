#include <doctest/doctest.h>

#include "plugins/container/compose/classes.h"
#include "plugins/container/compose/loader.h"
#include "plugins/container/compose/variables.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;
using Files = std::map<std::string, std::string>;

namespace {

Facts read(const Files& files) {
  const auto root = Root::in_memory(files);
  return read_probe("compose", *root);
}

/// The values of that key in that scope, blanks between.
std::string all(const Facts& facts, std::string_view scope, std::string_view key) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.scope == scope && fact.key == key) out += (out.empty() ? "" : " ") + fact.value;
  return out;
}

std::string web(const std::string& lines) { return "services:\n  web:\n    image: a:1\n" + lines; }

const std::string kFile = "/compose.yaml", kOver = "/compose.override.yaml";

}  // namespace

TEST_CASE("compose: variables") {
  const compose::Variables known = {{"A", "x"}, {"EMPTY", ""}};
  struct Case {
    const char* why;
    const char* text;
    const char* value;
    bool open;
  };
  const Case cases[] = {
      {"both spellings", "$A-${A}", "x-x", false},
      {"a dollar", "$$A $${A}", "$A ${A}", false},
      {"unset is empty, and open", "a$B", "a", true},
      {"the default where it is unset", "${B-d}${B:-e}", "de", false},
      {"an empty one is set without the colon", "${EMPTY-d}|${EMPTY:-e}", "|e", false},
      {"nested defaults", "${B:-${C:-${A}}}", "x", false},
      {"an alternative", "${A:+y}${B:+n}${EMPTY+z}${EMPTY:+n}", "yz", false},
      {"one that must be set", "${B:?no}", "", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const compose::Expansion found = compose::expand(c.text, known);
    CHECK(found.problem.empty());
    CHECK(found.text == c.value);
    CHECK(found.open == c.open);
  }
  for (const char* bad : {"a $ b", "${", "${A", "${}", "${A:=x}", "$1"}) {
    CAPTURE(bad);
    CHECK_FALSE(compose::expand(bad, known).problem.empty());
  }
  // What .env gives is not written in the file.
  CHECK(compose::expand("p-$A-${B:-q}", known).literal == "p--q");
}

TEST_CASE("compose: .env") {
  compose::Variables found;
  compose::read_env_file(
      "# no=1\nA=1 # c\nexport B = 'x $A' \nC=\"y $A\"\nD=\nE=a#b\nF=${A}${Z:-z}\n\r\nG\n", found);
  const compose::Variables expected = {{"A", "1"}, {"B", "x $A"}, {"C", "y 1"},
                                       {"D", ""},  {"E", "a#b"},  {"F", "1z"}};
  CHECK(found == expected);
}

TEST_CASE("compose: short forms are the long ones") {
  struct Case {
    const char* why;
    const char* lines;
    const char* scope;
    const char* key;
    const char* value;
  };
  const Case cases[] = {
      {"a port alone", "    ports: [80]\n", "service web > port 80/tcp", "exposure", "all"},
      {"an IPv6 address", "    ports: ['[::1]:53:53/udp']\n", "service web > port ::1:53:53/udp",
       "exposure", "loopback"},
      {"a range", "    ports: ['1020-1030:20-30']\n", "service web > port 1020-1030:20-30/tcp",
       "port-class", "ssh"},
      {"any port of an address", "    ports: ['10.0.0.1::80']\n",
       "service web > port 10.0.0.1:80/tcp", "exposure", "address"},
      {"a volume alone is anonymous", "    volumes: [/etc]\n", "service web > mount /etc",
       "mount-class", "other"},
      {"a mount with options", "    volumes: ['/etc/:/x:ro,shared']\n", "service web > mount /x",
       "mount-class", "system"},
      {"the propagation of the long form",
       "    volumes: [{type: bind, source: /a, target: /b, bind: {propagation: rshared}}]\n",
       "service web > mount /b", "propagation", "shared"},
      {"a drive of Windows", "    volumes: ['C:\\x:/y']\n", "service web > mount /y", "source",
       "C:\\x"},
      {"environment as a list", "    environment: ['A=b=c', D]\n", "service web > variable A",
       "value", "b=c"},
      {"build as a text", "    build: ./dir\n", "service web", "build.context", "./dir"},
      {"one number for both limits", "    ulimits: {nproc: -1}\n", "service web", "ulimit",
       "unlimited"},
      {"a device", "    devices: ['/dev/a:/dev/b']\n", "service web > device /dev/a", "permissions",
       "rwm"},
      {"a text as test", "    healthcheck: {test: x}\n", "service web", "healthcheck", "set"},
      {"a test that is none", "    healthcheck: {test: [NONE]}\n", "service web", "healthcheck",
       "disabled"},
      {"capabilities have one spelling", "    cap_add: [cap_net_raw]\n", "service web", "cap_add",
       "NET_RAW"},
      {"a boolean of YAML 1.1", "    privileged: on\n", "service web", "privileged", "true"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(all(read({{kFile, web(c.lines)}}), c.scope, c.key) == c.value);
  }
}

TEST_CASE("compose: files are merged as the program does") {
  struct Case {
    const char* why;
    const char* base;
    const char* over;
    const char* scope;
    const char* key;
    const char* value;
  };
  const char* const kWeb = "service web";
  const Case cases[] = {
      {"lists append", "    cap_add: [A]\n", "    cap_add: [B]\n", kWeb, "cap_add", "A B"},
      {"a capability is there once", "    cap_add: [A, B]\n", "    cap_add: [B, C]\n", kWeb,
       "cap_add", "A B C"},
      {"a port of an address may have none on the host", "    ports: ['127.0.0.1::7']\n",
       "    user: x\n", "service web > port 127.0.0.1:7/tcp", "published", ""},
      {"a command is replaced", "    command: [a]\n", "    command: [b, c]\n", kWeb, "command",
       "b c"},
      {"a text replaces a list", "    command: [a]\n", "    command: b\n", kWeb, "command", "b"},
      {"a test is replaced", "    healthcheck: {test: [CMD, a]}\n",
       "    healthcheck: {test: [NONE]}\n", kWeb, "healthcheck", "disabled"},
      {"forms of environment meet", "    environment: ['A=1']\n", "    environment: {A: 2}\n",
       "service web > variable A", "value", "2"},
      {"volumes are unique by target", "    volumes: ['/etc:/x']\n", "    volumes: ['/srv:/x']\n",
       "service web > mount /x", "source", "/srv"},
      {"reset", "    privileged: true\n", "    privileged: !reset null\n", kWeb, "privileged", ""},
      {"override", "    cap_add: [A]\n", "    cap_add: !override [B]\n", kWeb, "cap_add", "B"},
      {"options stay with their driver", "    logging: {driver: syslog, options: {max-size: 1}}\n",
       "    logging: {driver: json-file}\n", kWeb, "logging", "unbounded"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Files files = {{kFile, web(c.base)},
                         {kOver, std::string("services:\n  web:\n") + c.over}};
    CHECK(all(read(files), c.scope, c.key) == c.value);
  }
  const Files two = {{kFile, web("")}, {kOver, "services:\n  web:\n    user: root\n"}};
  const Fact* user = nullptr;
  const Facts facts = read(two);
  user = facts.find("user", kWeb);
  REQUIRE(user != nullptr);
  CHECK(user->origin == Origin{kOver, 3, 11});
}

TEST_CASE("compose: extends") {
  const Files files = {
      {"/app/compose.yaml",
       "services:\n  web:\n    extends: {file: ../lib/base.yaml, service: b}\n    cap_add: [C]\n"
       "  own: {extends: web, user: me}\n"},
      {"/lib/base.yaml",
       "services:\n  a: {image: 'a:1', cap_add: [A]}\n  b: {extends: a, cap_add: [B]}\n"}};
  const Facts facts = read(files);
  CHECK(facts.gaps.empty());
  CHECK(all(facts, "service web", "cap_add") == "A B C");
  CHECK(all(facts, "service own", "cap_add") == "A B C");
  CHECK(facts.find("image", "service own")->origin.file == "/lib/base.yaml");
}

TEST_CASE("compose: what cannot be followed is a gap") {
  struct Case {
    const char* why;
    const char* text;
    const char* what;
  };
  const Case cases[] = {
      {"a circle", "services: {a: {extends: b}, b: {extends: a}}\n", "itself"},
      {"no such service", "services: {a: {extends: b}}\n", "no service"},
      {"no such file", "services: {a: {extends: {file: x.yml, service: b}}}\n", "x.yml"},
      {"above the root", "services: {a: {extends: {file: ../x.yml, service: b}}}\n", "outside"},
      {"an include from elsewhere", "include: ['oci://x/y']\nservices: {}\n", "not in the tree"},
      {"a file that includes itself", "include: [compose.yaml]\nservices: {}\n", "again"},
      {"a key twice", "services: {a: {image: x, image: y}}\n", "twice"},
      {"a lone dollar", "services: {a: {image: 'x$'}}\n", "$$"},
      {"no YAML", "services: [\n", ""},
      {"a variable that decides", "services: {a: {image: $X}}\n", "variable"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read({{kFile, c.text}});
    REQUIRE_FALSE(facts.gaps.empty());
    CHECK(facts.gaps.front().error.what.find(c.what) != std::string::npos);
  }
}

TEST_CASE("compose: include") {
  const Files files = {{kFile, "include:\n  - sub/compose.yaml\nservices: {web: {image: 'a:1'}}\n"},
                       {"/sub/compose.yaml", "services: {db: {image: 'b:$TAG'}}\n"},
                       {"/sub/.env", "TAG=7\n"}};
  const Facts facts = read(files);
  CHECK(all(facts, "service db", "image").starts_with("b:7"));
}

TEST_CASE("compose: which files are read") {
  const auto claims = [](const char* path, const char* text) {
    const DocumentClaim& claim = find_builtin_probe("compose")->documents;
    return claim.by_name(path) && claim.by_text({path, text});
  };
  CHECK(claims("/x/docker-compose.prod.yml", ""));
  CHECK(claims("/x/web.compose.yaml", ""));
  CHECK(claims("/x/stack.yml", "services:\n  a:\n    image: x\n"));
  CHECK_FALSE(claims("/x/stack.yml", "services:\n  - a\n"));
  CHECK_FALSE(claims("/x/stack.yml", "services:\n  a:\n    class: x\n"));
  CHECK_FALSE(claims("/x/k.yml", "apiVersion: v1\nservices:\n  a:\n    image: x\n"));
  CHECK_FALSE(claims("/x/compose.json", "{}"));
}

TEST_CASE("compose: a file that only overrides says nothing of what it lacks") {
  const Facts facts = read({{"/docker-compose.prod.yml", "services: {web: {cap_add: [A]}}\n"}});
  CHECK(facts.find("cap_add", "service web") != nullptr);
  CHECK(facts.find("read_only", "service web") == nullptr);
  CHECK(facts.find("runs-as", "service web") == nullptr);
}

TEST_CASE("compose: a chain of services that copy one another is bounded") {
  std::string text = "services:\n  s0:\n    image: x\n    cap_add: [";
  for (int i = 0; i < 2000; ++i) text += "A,";
  text += "B]\n";
  for (int i = 1; i < 1000; ++i)
    text += "  s" + std::to_string(i) + ": {extends: s0, cap_add: [C]}\n";
  const Facts facts = read({{kFile, text}});
  CHECK_FALSE(facts.gaps.empty());
  CHECK(facts.rows.size() < 700000);
}

TEST_CASE("compose: classes") {
  CHECK(compose::is_root("0"));
  CHECK(compose::is_root("00:5"));
  CHECK(compose::is_root("root:app"));
  CHECK_FALSE(compose::is_root("1000:0"));
  CHECK(compose::mount_class("/var/run/docker.sock") == "engine-socket");
  CHECK(compose::mount_class("/srv/../etc/") == "system");
  CHECK(compose::mount_class("./etc") == "other");
  CHECK(path_beside("/a/b.yml", "../../c") == std::nullopt);
  CHECK(path_beside("/a/b.yml", "../c") == "/c");
}
