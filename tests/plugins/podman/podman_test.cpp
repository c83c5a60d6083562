#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

constexpr const char* kOld = "4.3.1+ds1-8";
constexpr const char* kNew = "5.4.2+ds1-2";

Facts read(Files files, const char* version = kOld) {
  files["/usr/bin/podman"] = "";
  files["/var/lib/dpkg/status"] = fmt::format(
      "Package: podman\nStatus: install ok installed\nArchitecture: amd64\nVersion: {}\n", version);
  return read_probe("podman", *Root::in_memory(files));
}

std::string value(const Facts& facts, std::string_view key, std::string_view scope = {}) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.key == key && fact.scope == scope) out += (out.empty() ? "" : " ") + fact.value;
  return out.empty() ? "(none)" : out;
}

constexpr const char* kConf = "/etc/containers/containers.conf";
constexpr const char* kDropIn = "/etc/containers/containers.conf.d/a.conf";
constexpr const char* kRegistries = "/etc/containers/registries.conf";
constexpr const char* kMoreRegistries = "/etc/containers/registries.conf.d/a.conf";
constexpr const char* kPolicy = "/etc/containers/policy.json";
constexpr const char* kStorage = "/etc/containers/storage.conf";

}  // namespace

TEST_CASE("podman: what is in force") {
  struct Case {
    const char* why;
    Files files;
    const char *version, *scope, *key, *want;
  };
  const Case cases[] = {
      {"nothing is set", {}, kOld, "containers", "pids_limit", "2048"},
      {"4.3 begins with what docker begins with",
       {},
       kOld,
       "containers",
       "default_capabilities",
       "CAP_AUDIT_WRITE CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_MKNOD "
       "CAP_NET_BIND_SERVICE CAP_NET_RAW CAP_SETFCAP CAP_SETGID CAP_SETPCAP CAP_SETUID "
       "CAP_SYS_CHROOT"},
      {"names have no case",
       {{kConf, "[ENGINE]\nNo_Pivot_Root = true\n"}},
       kOld,
       "engine",
       "no_pivot_root",
       "true"},
      {"below zero without a sign is a large number",
       {{kConf, "[engine]\nstop_timeout = -7\n"}},
       kOld,
       "engine",
       "stop_timeout",
       "18446744073709551609"},
      {"4.3 does not know the option",
       {{kConf, "[containers]\nprivileged = true\n"}},
       kOld,
       "containers",
       "privileged",
       "(none)"},
      {"5.4 knows it",
       {{kConf, "[containers]\nprivileged = true\n"}},
       kNew,
       "containers",
       "privileged",
       "true"},
      {"a list grows on demand, from the one that is built in",
       {{kConf, "[containers]\ndefault_capabilities = [\"net_raw\", {append = true}]\n"}},
       kNew,
       "containers",
       "default_capabilities",
       "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_NET_BIND_SERVICE "
       "CAP_SETFCAP CAP_SETGID CAP_SETPCAP CAP_SETUID CAP_NET_RAW"},
      {"until a later file says that it does not",
       {{kConf, "[containers]\nvolumes = [\"/a\", {append = true}]\n"},
        {kDropIn, "[containers]\nvolumes = [\"/b\", {append = false}]\n"}},
       kNew,
       "containers",
       "volumes",
       "/b"},
      {"root's own file is read since podman 5",
       {{"/root/.config/containers/containers.conf", "[containers]\nnetns = \"host\"\n"}},
       kNew,
       "containers",
       "netns",
       "host"},
      {"and was not before",
       {{"/root/.config/containers/containers.conf", "[containers]\nnetns = \"host\"\n"}},
       kOld,
       "containers",
       "netns",
       "private"},
      {"a profile of the administrator goes before that of the package",
       {{"/etc/containers/seccomp.json", "{}"}, {"/usr/share/containers/seccomp.json", "{}"}},
       kOld,
       "containers",
       "seccomp_profile",
       "/etc/containers/seccomp.json"},
      {"of two tables for one prefix in a file the first counts",
       {{kRegistries,
         "[[registry]]\nprefix = \"p\"\nlocation = \"a\"\ninsecure = true\n"
         "[[registry]]\nprefix = \"p/\"\nlocation = \"b\"\n"}},
       kOld,
       "registries > p",
       "location",
       "a"},
      {"of two files the later one",
       {{kRegistries, "[[registry]]\nlocation = \"p\"\ninsecure = true\n"},
        {kMoreRegistries, "[[registry]]\nlocation = \"p\"\n"}},
       kOld,
       "registries > p",
       "insecure",
       "false"},
      {"of two mirrors in one place both are there",
       {{kRegistries,
         "[[registry]]\nlocation = \"p\"\n[[registry.mirror]]\nlocation = \"m\"\n"
         "[[registry.mirror]]\nlocation = \"m\"\ninsecure = true\n"}},
       kOld,
       "registries > p > mirror m",
       "insecure",
       "false true"},
      {"an old format without a name in it is none",
       {{kRegistries, "short-name-mode = \"enforcing\"\n[registries.search]\nregistries = []\n"}},
       kOld,
       "registries",
       "short-name-mode",
       "enforcing"},
      {"an image has to satisfy each requirement",
       {{kPolicy,
         R"({"default": [{"type": "insecureAcceptAnything"}, {"type": "signedBy", "keyType": "GPGKeys", "keyPath": "/k"}]})"}},
       kOld,
       "policy",
       "accepts",
       "signed"},
      {"a base layer cannot be checked",
       {{kPolicy,
         R"({"default": [{"type": "signedBaseLayer", "baseLayerIdentity": {"type": "matchExact"}}]})"}},
       kOld,
       "policy",
       "accepts",
       "nothing"},
      {"the empty scope is for all of a transport",
       {{kPolicy,
         R"({"default": [{"type": "reject"}], "transports": {"docker": {"": [{"type": "insecureAcceptAnything"}]}}})"}},
       kOld,
       "policy > docker > *",
       "accepts",
       "anything"},
      {"the administrator's file stands for that of the package",
       {{kStorage, "[storage]\ndriver = \"overlay2\"\nrunroot = \"/r\"\ngraphroot = \"/g\"\n"},
        {"/usr/share/containers/storage.conf", "[storage]\ngraphroot = \"/h\"\n"}},
       kOld,
       "storage",
       "driver",
       "overlay"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(c.files, c.version);
    CHECK(facts.gaps.empty());
    CHECK(value(facts, c.key, c.scope) == c.want);
  }
}

TEST_CASE("podman: what it does not take is a gap of what it would have said") {
  struct Case {
    const char* why;
    const char *file, *text, *version;
    const char* subject;  ///< null: no gap
  };
  const Case cases[] = {
      {"a wrong type", kConf, "[containers]\npids_limit = \"7\"\n", kOld, ""},
      {"a whole number is none with a point", kConf, "[engine]\nstop_timeout = 1.0\n", kOld, ""},
      {"below zero", kConf, "[engine]\nnum_locks = -1\n", kOld, ""},
      {"more than its bits hold", kConf, "[network]\ndns_bind_port = 70000\n", kOld, ""},
      {"a table that is a value", kConf, "containers = 1\n", kOld, ""},
      {"a device that is none", kConf, "[containers]\ndevices = [\"/tmp/x\"]\n", kOld, ""},
      {"a device in two places", kConf, "[containers]\ndevices = [\"/dev/x:/y:rw\"]\n", kOld,
       nullptr},
      {"`append` of a later version", kConf, "[containers]\nenv = [{append = true}]\n", kOld, ""},
      {"two spellings of one name", kConf, "[containers]\ninit = true\nInit = false\n", kOld, ""},
      {"a name that is not known", kConf, "[containers]\nnope = 1\n", kOld, nullptr},
      {"no TOML", kConf, "[containers\n", kOld, ""},
      {"a scheme", kRegistries, "[[registry]]\nlocation = \"https://x\"\n", kOld, "registries"},
      {"a star without a location", kRegistries, "[[registry]]\nprefix = \"*.x\"\n", kOld, nullptr},
      {"a star and a path", kRegistries, "[[registry]]\nprefix = \"*.x/y\"\n", kOld, "registries"},
      {"two tables that disagree", kRegistries,
       "[[registry]]\nlocation = \"x\"\n[[registry]]\nprefix = \"y\"\nlocation = \"x\"\nblocked = "
       "true\n",
       kOld, "registries"},
      {"two formats", kRegistries,
       "short-name-mode = \"enforcing\"\n[registries.search]\nregistries = [\"x\"]\n", kOld,
       "registries"},
      {"the old format in a drop-in", kMoreRegistries,
       "[registries.search]\nregistries = [\"x\"]\n", kOld, "registries"},
      {"no registry", kRegistries, "unqualified-search-registries = [\"a/b\"]\n", kOld,
       "registries"},
      {"no short name", kRegistries, "[aliases]\n\"a.b/c\" = \"a.b/c\"\n", kOld, "registries"},
      {"an alias with a tag", kRegistries, "[aliases]\nc = \"a.b/c:1\"\n", kOld, "registries"},
      {"an alias that is taken back", kRegistries, "[aliases]\nc = \"\"\n", kOld, nullptr},
      {"a policy without a default", kPolicy, "{}", kOld, "policy"},
      {"a list without a requirement", kPolicy, R"({"default": []})", kOld, "policy"},
      {"a name that comes twice", kPolicy,
       R"({"default": [{"type": "reject"}], "default": [{"type": "reject"}]})", kOld, "policy"},
      {"two sources of keys", kPolicy,
       R"({"default": [{"type": "sigstoreSigned", "keyPath": "/a", "keyData": ""}]})", kOld,
       "policy"},
      {"names of a later version", kPolicy,
       R"({"default": [{"type": "sigstoreSigned", "keyPaths": ["/a"]}]})", kOld, "policy"},
      {"which that version knows", kPolicy,
       R"({"default": [{"type": "sigstoreSigned", "keyPaths": ["/a"]}]})", kNew, nullptr},
      {"a scope of a path that is none", kPolicy,
       R"({"default": [{"type": "reject"}], "transports": {"dir": {"/a/": [{"type": "reject"}]}}})",
       kOld, "policy"},
      {"storage without a place", kStorage, "[storage]\ndriver = \"vfs\"\n", kOld, "storage"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read({{c.file, c.text}}, c.version);
    REQUIRE(facts.gaps.size() == (c.subject == nullptr ? 0 : 1));
    if (c.subject != nullptr) CHECK(facts.gaps[0].subject == c.subject);
  }
}

TEST_CASE("podman: without the program its files are of no account") {
  static const std::map<std::string, std::string, std::less<>> context;
  const auto root = Root::in_memory({{"/var/lib/dpkg/status", ""}, {kPolicy, "{}"}});
  CHECK(!find_builtin_probe("podman")->read({*root, context, {}, 1}).not_applicable.empty());
}

TEST_CASE("podman: where the service listens") {
  const Facts facts =
      read({{"/lib/systemd/system/podman.socket", "[Socket]\nListenStream=%t/podman/podman.sock\n"},
            {"/etc/systemd/system/podman.socket.d/x.conf", "[Socket]\nListenStream=2375\n"}});
  CHECK(value(facts, "@remote-api") == "2375");
}
