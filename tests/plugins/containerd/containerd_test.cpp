#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

Facts read(Files files, const char* version = "1.6.20") {
  files["/usr/bin/containerd"] = "";
  files["/var/lib/dpkg/status"] = fmt::format(
      "Package: containerd\nStatus: install ok installed\nArchitecture: amd64\nVersion: {}\n",
      version);
  return read_probe("containerd", *Root::in_memory(files));
}

std::string value(const Facts& facts, std::string_view key, std::string_view scope = {}) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.key == key && fact.scope == scope) out += (out.empty() ? "" : " ") + fact.value;
  return out.empty() ? "(none)" : out;
}

constexpr const char* kMain = "/etc/containerd/config.toml";
constexpr const char* kCri = "plugins > io.containerd.grpc.v1.cri";

}  // namespace

TEST_CASE("containerd: what is in force") {
  struct Case {
    const char* why;
    Files files;
    const char *version, *scope, *key, *want;
  };
  const Case cases[] = {
      {"short names of format 1",
       {{kMain, "[plugins.cri]\nenable_selinux = true\n"}},
       "1.6.20",
       kCri,
       "enable_selinux",
       "true"},
      {"long names in format 1 are not looked for",
       {{kMain, "[plugins.\"io.containerd.grpc.v1.cri\"]\nenable_selinux = true\n"}},
       "1.6.20",
       kCri,
       "enable_selinux",
       "false"},
      {"containerd 2 knows them",
       {{kMain, "[plugins.\"io.containerd.grpc.v1.cri\"]\nenable_selinux = true\n"}},
       "2.0.1",
       kCri,
       "enable_selinux",
       "true"},
      {"names of options have no case",
       {{kMain, "[GRPC]\nUID = 5\n"}},
       "1.6.20",
       "grpc",
       "uid",
       "5"},
      {"an import that says 0 changes nothing",
       {{kMain, "version = 2\nimports = [\"b.toml\"]\n[grpc]\nuid = 5\n"},
        {"/etc/containerd/b.toml", "version = 2\n[grpc]\nuid = 0\n"}},
       "1.6.20",
       "grpc",
       "uid",
       "5"},
      {"lists grow",
       {{kMain, "version = 2\nimports = [\"b.toml\"]\ndisabled_plugins = [\"a.b.c.d\"]\n"},
        {"/etc/containerd/b.toml", "disabled_plugins = [\"a.b.c.d\", \"e.f.g.h\"]\n"}},
       "1.6.20",
       "",
       "disabled_plugins",
       "a.b.c.d a.b.c.d e.f.g.h"},
      {"from 2 on each is there once",
       {{kMain, "version = 2\nimports = [\"b.toml\"]\ndisabled_plugins = [\"a.b.c.d\"]\n"},
        {"/etc/containerd/b.toml", "disabled_plugins = [\"a.b.c.d\", \"e.f.g.h\"]\n"}},
       "2.1.0",
       "",
       "disabled_plugins",
       "a.b.c.d e.f.g.h"},
      {"a relative pattern of 1 begins at /",
       {{kMain, "version = 2\nimports = [\"conf.d/*.toml\"]\n"},
        {"/etc/containerd/conf.d/x.toml", "root = \"/x\"\n"},
        {"/conf.d/x.toml", "root = \"/y\"\n"}},
       "1.7.24",
       "",
       "root",
       "/y"},
      {"that of 2 beside the file",
       {{kMain, "version = 2\nimports = [\"conf.d/*.toml\"]\n"},
        {"/etc/containerd/conf.d/x.toml", "root = \"/x\"\n"},
        {"/conf.d/x.toml", "root = \"/y\"\n"}},
       "2.1.0",
       "",
       "root",
       "/x"},
      {"files that import each other",
       {{kMain, "version = 2\nimports = [\"config.toml\"]\nroot = \"/r\"\n"}},
       "1.6.20",
       "",
       "root",
       "/r"},
      {"a plug-in that is off has no defaults",
       {{kMain, "version = 2\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n"}},
       "1.6.20",
       kCri,
       "disable_apparmor",
       "(none)"},
      {"its short name in format 1",
       {{kMain, "disabled_plugins = [\"cri\"]\n"}},
       "1.6.20",
       kCri,
       "disable_apparmor",
       "(none)"},
      {"another file by a flag",
       {{"/etc/systemd/system/containerd.service",
         "[Service]\nExecStart=/usr/bin/containerd -c /srv/c.toml --address=/srv/c.sock\n"},
        {"/srv/c.toml", "version = 2\n[grpc]\naddress = \"/a\"\ngid = 3\n"}},
       "1.6.20",
       "grpc",
       "address",
       "/srv/c.sock"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(c.files, c.version);
    for (const Gap& gap : facts.gaps) CAPTURE(gap.error.what);
    CHECK(facts.gaps.empty());
    CHECK(value(facts, c.key, c.scope) == c.want);
  }
}

TEST_CASE("containerd: what stops it is a gap") {
  struct Case {
    const char *why, *text, *words;
  };
  const Case cases[] = {
      {"no TOML", "root = \n", ""},
      {"a wrong type", "version = 2\n[grpc]\nuid = \"x\"\n", "wrong type"},
      {"a wrong type in a plug-in",
       "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"]\nenable_selinux = 1\n", "wrong type"},
      {"a short name in format 2", "version = 2\n[plugins.cri]\nenable_selinux = true\n", "URI"},
      {"a file that is not there", "version = 2\nimports = [\"/x.toml\"]\n", "no such file"},
      {"a table that is none", "version = 2\ngrpc = 3\n", "no table"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read({{kMain, c.text}});
    REQUIRE(facts.gaps.size() == 1);
    CHECK(facts.gaps[0].error.what.find(c.words) != std::string::npos);
  }
  CHECK_FALSE(read({{kMain, "version = 9\n"}}, "2.0.0").gaps.empty());
}

TEST_CASE("containerd: nothing is there") {
  static const std::map<std::string, std::string, std::less<>> context;
  const auto root = Root::in_memory({{"/etc/hosts", ""}});
  CHECK_FALSE(
      find_builtin_probe("containerd")->read({*root, context, {}, 1}).not_applicable.empty());
}
