#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("docker-daemon", root); }

Facts of_json(const std::string& text, const std::string& version = {}) {
  std::map<std::string, std::string> files = {{"/etc/docker/daemon.json", text}};
  if (!version.empty()) {
    files["/usr/bin/dockerd"] = "";
    files["/var/lib/dpkg/status"] = fmt::format(
        "Package: docker-ce\nStatus: install ok installed\nArchitecture: amd64\nVersion: {}\n",
        version);
  }
  return read(*Root::in_memory(files));
}

std::string value(const Facts& facts, std::string_view key, std::string_view scope = {}) {
  const Fact* fact = facts.find(key, scope);
  return fact == nullptr ? "(none)" : fact->value;
}

std::string all(const Facts& facts, std::string_view key) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.key == key) out += (out.empty() ? "" : " ") + fact.value;
  return out;
}

}  // namespace

TEST_CASE("docker-daemon: what the file gives") {
  struct Case {
    const char *why, *json, *key, *scope, *want;
  };
  const Case cases[] = {
      {"the later of two names counts", R"({"icc": true, "icc": false})", "icc", "", "false"},
      {"null makes a boolean false: pflag sets what it cannot parse", R"({"icc": null})", "icc", "",
       "false"},
      {"an empty text is as good as none", R"({"log-level": ""})", "log-level", "", "info"},
      {"and so is 0", R"({"mtu": 0})", "mtu", "", "1500"},
      {"a boolean in an object that nobody knows", R"({"x": {"icc": false}})", "icc", "", "false"},
      {"a text there has no effect", R"({"x": {"log-driver": "none"}})", "log-driver", "",
       "json-file"},
      {"objects of one name grow together", R"({"log-opts": {"a": "1"}, "log-opts": {"b": "2"}})",
       "a", "log-opts", "1"},
      {"a flag's name is accepted and not read", R"({"insecure-registry": ["x"]})", "@ignored", "",
       "insecure-registry"},
      {"members of a limit match in any case", R"({"default-ulimits": {"nproc": {"SOFT": 1}}})",
       "nproc", "default-ulimits", "1:0"},
      {"sizes are bytes", R"({"default-shm-size": "1.5g"})", "default-shm-size", "", "1610612736"},
      {"proxies have an object of their own", R"({"proxies": {"http-proxy": "http://p"}})",
       "http-proxy", "", "http://p"},
      {"on top they are accepted and not read", R"({"http-proxy": "http://p"})", "http-proxy", "",
       ""},
      {"nested options of networks",
       R"({"default-network-opts": {"bridge": {"com.docker.network.driver.mtu": "1400"}}})",
       "com.docker.network.driver.mtu", "default-network-opts > bridge", "1400"},
      {"pools", R"({"default-address-pools": [{"BASE": "10.0.0.0/8", "size": 24}]})",
       "default-address-pools", "", "base=10.0.0.0/8,size=24"},
      {"an empty file", " \n", "icc", "", "true"},
      {"a byte-order mark", "\xEF\xBB\xBF{\"icc\": false}", "icc", "", "false"},
      {"null is an empty object", "null", "icc", "", "true"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = of_json(c.json);
    for (const Gap& gap : facts.gaps) CAPTURE(gap.error.what);
    CHECK(facts.gaps.empty());
    CHECK(value(facts, c.key, c.scope) == c.want);
  }
}

TEST_CASE("docker-daemon: what stops the daemon is a gap") {
  struct Case {
    const char *why, *json, *version, *words;
  };
  const Case cases[] = {
      {"an unknown name", R"({"nope": 1})", "", "`nope` is no option"},
      {"names have a case", R"({"Icc": true})", "", "`Icc` is no option"},
      {"a number where a text must be", R"({"log-opts": {"max-file": 3}})", "", "is no text"},
      {"a text where an array must be", R"({"dns": "1.1.1.1"})", "", "array"},
      {"no JSON", "{\"icc\": true,}", "", "no JSON"},
      {"a comment is no JSON", "{} // x", "", "no JSON"},
      {"a text where a switch must be", R"({"tlsverify": "/etc"})", "", "tlsverify"},
      {"an array", "[]", "", "no JSON object"},
      {"a level that is none", R"({"log-level": "loud"})", "", "loud"},
      {"two values of a label", R"({"labels": ["a=1", "a=2"]})", "", "two values"},
      {"a host that is none", R"({"hosts": ["http://x"]})", "", "http://x"},
      {"icc needs iptables", R"({"icc": false, "iptables": false})", "", "`icc` is false"},
      {"20.10 knows no empty file", "", "5:20.10.24", "no JSON"},
      {"nor newer options", R"({"log-format": "json"})", "5:20.10.24", "log-format"},
      {"an option that is gone", R"({"oom-score-adjust": 1})", "5:27.1.0", "oom-score-adjust"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = of_json(c.json, c.version);
    REQUIRE_FALSE(facts.gaps.empty());
    CAPTURE(facts.gaps[0].error.what);
    CHECK(facts.gaps[0].error.what.find(c.words) != std::string::npos);
  }
  CHECK(of_json("{\"icc\": true} x", "5:20.10.24").gaps.empty());
  CHECK(value(of_json("{}", "5:26.1.5"), "ip6tables") == "false");
  CHECK(value(of_json("{}", "5:27.0.1"), "ip6tables") == "true");
}

TEST_CASE("docker-daemon: flags of the unit") {
  struct Case {
    const char *why, *command, *key, *want;
  };
  const Case cases[] = {
      {"a value behind `=`", "dockerd --icc=0", "icc", "false"},
      {"a switch takes no word behind it", "dockerd -D --icc", "debug", "true"},
      {"short flags together, the last with its value", "dockerd -Dl warn", "log-level", "warn"},
      {"the last of two counts", "dockerd --mtu 1 --mtu=2", "mtu", "2"},
      {"lists grow", "dockerd --dns 1.1.1.1 --dns ::1", "dns", "1.1.1.1 ::1"},
      {"a variable of its own is split", "dockerd $OPTS", "dns", "1.1.1.1 8.8.8.8"},
      {"in braces it is one word", "dockerd --data-root ${DIR}", "data-root", "/a b"},
      {"a variable that is not set is nothing", "dockerd $NOPE --icc=false", "icc", "false"},
      {"with `:` nothing is filled in", ":/usr/bin/dockerd --data-root ${DIR}", "data-root",
       "${DIR}"},
      {"`@` gives it another name", "@/usr/bin/dockerd docker --icc=false", "icc", "false"},
      {"hosts are sorted, each once", "dockerd -H unix:// -Htcp://[::1] -H :2375 -H unix://",
       "hosts", "tcp://[::1]:2375 tcp://localhost:2375 unix:///var/run/docker.sock"},
      {"TLS without a host of its own", "dockerd --tls", "hosts", "unix:///var/run/docker.sock"},
      {"another file", "dockerd --config-file /srv/d.json", "log-level", "warn"},
      {"TLS by a flag has its files at home", "dockerd --tlsverify", "tlscacert",
       "/root/.docker/ca.pem"},
      {"without TLS they mean nothing", "dockerd --tlscacert /x", "tlscacert", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const std::string command =
        c.command[0] == 'd' ? fmt::format("/usr/bin/{}", c.command) : c.command;
    const Facts facts = read(*Root::in_memory(
        {{"/etc/systemd/system/docker.service",
          "[Service]\nEnvironment='DIR=/a b'\nEnvironmentFile=/etc/default/docker\nExecStart=" +
              command + "\n"},
         {"/etc/default/docker", "OPTS = --dns 1.1.1.1 \\\n --dns '8.8.8.8'\n"},
         {"/srv/d.json", "{\"log-level\": \"warn\"}"}}));
    for (const Gap& gap : facts.gaps) CAPTURE(gap.error.what);
    if (c.why == std::string("TLS without a host of its own")) {
      CHECK(all(facts, "hosts") == "tcp://localhost:2376");
      continue;
    }
    CHECK(facts.gaps.empty());
    CHECK(all(facts, c.key) == c.want);
  }
}

TEST_CASE("docker-daemon: commands that cannot be told, and what is not there") {
  const auto gap_of = [](const std::string& command) {
    const Facts facts = read(*Root::in_memory(
        {{"/etc/systemd/system/docker.service", "[Service]\nExecStart=" + command + "\n"}}));
    return facts.gaps.empty() ? std::string() : facts.gaps[0].error.what;
  };
  CHECK(gap_of("/bin/sh -c dockerd").find("program of its own") != std::string::npos);
  CHECK(gap_of("/usr/bin/dockerd --nope").find("no flag `--nope`") != std::string::npos);
  CHECK(gap_of("/usr/bin/dockerd --log-level").find("lacks its value") != std::string::npos);
  CHECK(gap_of("/usr/bin/dockerd x").find("no arguments") != std::string::npos);
  CHECK(gap_of("/usr/bin/dockerd --icc=yes").find("no value of") != std::string::npos);
  CHECK(gap_of("/usr/bin/dockerd --config-file /x").find("there is no `/x`") != std::string::npos);
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  CHECK_FALSE(
      read(*Root::in_memory({{"/etc/docker/daemon.json", "{}"}, {"/var/lib/dpkg/status", ""}}))
          .not_applicable.empty());
}

TEST_CASE("docker-daemon: a swarm that may not be read is in doubt alone") {
  MemoryRoot root;
  root.add_file("/etc/docker/daemon.json", "{}");
  root.add_file("/var/lib/docker/swarm/docker-state.json", "{}");
  root.add_file("/var/lib/docker/swarm/raft/wal", "");
  root.add_file("/var/lib/docker/swarm/certificates/swarm-node.key", "");
  root.deny("/var/lib/docker/swarm/certificates/swarm-node.key");
  const Facts facts = read(root);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].fields.size() == 3);
  CHECK(value(facts, "@swarm") == "active");
}
