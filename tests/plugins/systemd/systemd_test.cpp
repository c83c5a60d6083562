#include <doctest/doctest.h>

#include "scanner/formats/systemd/directives.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/formats/systemd/value_syntax.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("systemd", root); }

/// The values of one key of a.service's [Service], with a bar between; `-` when there is no row.
std::string values(const Facts& facts, std::string_view key,
                   std::string_view scope = "a.service [Service]") {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.key == key && fact.scope == scope) out += (out.empty() ? "" : "|") + fact.value;
  return out.empty() && facts.find(key, scope) == nullptr ? "-" : out;
}

std::string value(const std::string& service, std::string_view key) {
  const auto root = Root::in_memory({{"/etc/systemd/system/a.service", "[Service]\n" + service}});
  return values(read(*root), key);
}

}  // namespace

TEST_CASE("systemd: what one unit file says") {
  struct Case {
    const char* why;
    std::string text;
    const char* key;
    const char* expected;
  };
  const Case cases[] = {
      {"the last value of a scalar stands", "User=a\nUser=b\n", "user", "b"},
      {"an empty assignment resets a name", "User=a\nUser=\n", "user", "-"},
      {"but an empty boolean is invalid, so the one before it stands",
       "PrivateTmp=yes\nPrivateTmp=\n", "privatetmp", "yes"},
      {"an invalid value leaves the good one before it",
       "ProtectSystem=strict\nProtectSystem=most\n", "protectsystem", "strict"},
      {"names are compared with case", "privatetmp=yes\nPRIVATETMP=yes\n", "privatetmp", "-"},
      {"a list grows", "ReadWritePaths=/a\nReadWritePaths=/b /c\n", "readwritepaths", "/a|/b /c"},
      {"and starts anew behind an empty assignment",
       "ReadWritePaths=/a\nReadWritePaths=\nReadWritePaths=/b\n", "readwritepaths", "/b"},
      {"an old name fills the same list", "ReadOnlyDirectories=/a\nReadOnlyPaths=/b\n",
       "readonlypaths", "/a|/b"},
      {"an empty capability set is a value",
       "CapabilityBoundingSet=CAP_KILL\nCapabilityBoundingSet=\n", "capabilityboundingset", ""},
      {"a boolean starts the list of namespaces over",
       "RestrictNamespaces=net\nRestrictNamespaces=yes\n", "restrictnamespaces", "yes"},
      {"one unknown namespace spoils the assignment", "RestrictNamespaces=net bogus\n",
       "restrictnamespaces", "-"},
      {"BindPaths= and BindReadOnlyPaths= are one list", "BindPaths=/a\nBindReadOnlyPaths=\n",
       "bindpaths", "-"},
      {"a continuation line is joined with a blank for the backslash",
       "ExecStart=/bin/a \\\n# not a comment line of the value\n  b\n", "execstart", "/bin/a    b"},
      {"two backslashes at the end are no continuation", "Environment=A=b\\\\\nUser=x\n", "user",
       "x"},
      {"quotes stay as written", "Environment=\"A=b c\"\n", "environment", "\"A=b c\""},
      {"a DOS line end is a line end", "PrivateTmp=yes\r\nUser=x\r\n", "privatetmp", "yes"},
      {"a lone carriage return is one, too", "PrivateTmp=yes\rUser=x\r", "user", "x"},
      {"settings of a section that systemd does not know do not count",
       "[X-Mine]\nPrivateTmp=yes\n[service]\nPrivateTmp=yes\n", "privatetmp", "-"},
      {"TimeoutSec= sets both of its parts again", "TimeoutStopSec=5\nTimeoutSec=7\n",
       "timeoutstopsec", "-"},
      {"a specifier of a machine is fine in a path", "RootDirectory=/srv/%H\n", "rootdirectory",
       "/srv/%H"},
      {"the last line may be cut off in a continuation", "User=x\\", "user", "x"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(c.text, c.key) == c.expected);
  }
}

TEST_CASE("systemd: conditions of all kinds are one list, and one empty line resets them") {
  const auto root = Root::in_memory(
      {{"/etc/systemd/system/a.service",
        "[Unit]\nConditionPathExists=/x\nConditionHost=a\nConditionUser=\nConditionHost=b\n"}});
  const Facts facts = read(*root);
  CHECK(values(facts, "conditionpathexists", "a.service [Unit]") == "-");
  CHECK(values(facts, "conditionhost", "a.service [Unit]") == "b");
}

TEST_CASE("systemd: what was pushed aside is kept with the reason") {
  const auto root =
      Root::in_memory({{"/usr/lib/systemd/system/a.service", "[Service]\nUser=a\n"},
                       {"/etc/systemd/system/a.service.d/x.conf", "[Service]\nUser=b\n"}});
  const Facts facts = read(*root);
  const Fact* user = facts.find("user", "a.service [Service]");
  REQUIRE(user != nullptr);
  CHECK(user->origin == Origin{"/etc/systemd/system/a.service.d/x.conf", 2, 1});
  REQUIRE(user->shadowed.size() == 1);
  CHECK(user->shadowed[0].value == "a");
  CHECK(user->shadowed[0].why == "a later line sets it again");
}

TEST_CASE(
    "systemd: drop-ins sort by name across directories, the first directory hides namesakes") {
  const auto root = Root::in_memory({
      {"/usr/lib/systemd/system/a-b.service", "[Service]\nUser=0\n"},
      {"/usr/lib/systemd/system/a-b.service.d/20.conf", "[Service]\nUser=late\n"},
      {"/etc/systemd/system/a-b.service.d/10.conf", "[Service]\nUser=early\n"},
      {"/etc/systemd/system/a-.service.d/30.conf", "[Service]\nGroup=prefix\n"},
      {"/usr/lib/systemd/system/a-b.service.d/30.conf", "[Service]\nGroup=hidden\n"},
      {"/etc/systemd/system/service.d/99.conf", "[Service]\nPrivateTmp=yes\n"},
      {"/etc/systemd/system/a-b.service.d/.40.conf", "[Service]\nGroup=dot\n"},
      {"/etc/systemd/system/a-b.service.d/50.conf~", "[Service]\nGroup=backup\n"},
  });
  const Facts facts = read(*root);
  CHECK(values(facts, "user", "a-b.service [Service]") == "late");
  CHECK(values(facts, "group", "a-b.service [Service]") == "prefix");
  CHECK(values(facts, "privatetmp", "a-b.service [Service]") == "yes");
}

TEST_CASE("systemd: a mask is an empty file or a link to /dev/null, of the unit or of a drop-in") {
  MemoryRoot root;
  root.add_file("/usr/lib/systemd/system/a.service", "[Service]\nUser=a\n");
  root.add_link("/etc/systemd/system/a.service", "/dev/null");
  root.add_file("/usr/lib/systemd/system/b.service", "[Service]\nUser=a\n");
  root.add_file("/run/systemd/system/b.service", "");
  root.add_file("/usr/lib/systemd/system/c.service", "[Service]\nUser=a\n");
  root.add_file("/usr/lib/systemd/system/c.service.d/x.conf", "[Service]\nUser=b\n");
  root.add_link("/etc/systemd/system/c.service.d/x.conf", "/dev/null");
  const Facts facts = read(root);
  CHECK(values(facts, "@load-state", "a.service") == "masked");
  CHECK(values(facts, "@unit-file-state", "a.service") == "masked");
  CHECK(values(facts, "user", "a.service [Service]") == "-");
  CHECK(values(facts, "@load-state", "b.service") == "masked");
  CHECK(values(facts, "@unit-file-state", "b.service") == "masked-runtime");
  CHECK(values(facts, "user", "c.service [Service]") == "a");
}

TEST_CASE("systemd: aliases are no units of their own; instances are") {
  MemoryRoot root;
  root.add_file("/usr/lib/systemd/system/ssh.service", "[Service]\nUser=a\n");
  root.add_link("/etc/systemd/system/sshd.service", "/usr/lib/systemd/system/ssh.service");
  root.add_file("/etc/systemd/system/sshd.service.d/x.conf", "[Service]\nUser=b\n");
  root.add_file("/usr/lib/systemd/system/t@.service", "[Service]\nUser=%i\n");
  root.add_link("/etc/systemd/system/x.target.wants/t@i.service",
                "/usr/lib/systemd/system/t@.service");
  const Facts facts = read(root);
  CHECK(values(facts, "@load-state", "sshd.service") == "-");
  CHECK(values(facts, "user", "ssh.service [Service]") == "b");
  CHECK(values(facts, "user", "t@i.service [Service]") == "%i");
}

TEST_CASE("systemd: enablement is a matter of links, not of presets") {
  MemoryRoot root;
  const std::string text = "[Service]\nUser=a\n";
  const std::string installable = text + "[Install]\nWantedBy=multi-user.target\n";
  for (const char* name : {"on", "off", "rt"})
    root.add_file("/usr/lib/systemd/system/" + std::string(name) + ".service", installable);
  root.add_file("/usr/lib/systemd/system/still.service", text);
  root.add_link("/etc/systemd/system/multi-user.target.wants/on.service", "/anywhere");
  root.add_link("/run/systemd/system/multi-user.target.requires/rt.service", "../rt.service");
  root.add_link("/usr/lib/systemd/system/multi-user.target.wants/still.service",
                "../still.service");
  root.add_file("/opt/linked.service", installable);
  root.add_link("/etc/systemd/system/linked.service", "/opt/linked.service");
  root.add_file("/usr/lib/systemd/system/other.service", installable);
  root.add_link("/etc/systemd/system/nick.service", "/usr/lib/systemd/system/other.service");
  root.add_file("/usr/lib/systemd/system-preset/00.preset", "enable off.service\n");
  root.add_file("/run/systemd/generator/gen.service", text);
  root.add_file("/usr/lib/systemd/system/t@.service",
                text + "[Install]\nWantedBy=x.target\nDefaultInstance=i\n");
  root.add_link("/etc/systemd/system/x.target.wants/t@i.service",
                "/usr/lib/systemd/system/t@.service");
  const Facts facts = read(root);
  const std::pair<const char*, const char*> expected[] = {
      {"t@", "enabled"},   {"on", "enabled"},    {"off", "disabled"},   {"rt", "enabled-runtime"},
      {"still", "static"}, {"linked", "linked"}, {"other", "indirect"}, {"gen", "generated"}};
  for (const auto& [unit, state] : expected) {
    const std::string name = std::string(unit) + ".service";
    CAPTURE(name);
    CHECK(values(facts, "@unit-file-state", name) == state);
  }
}

TEST_CASE("systemd: an init script without a unit is started by the links of the runlevels") {
  MemoryRoot root;
  for (const char* name : {"old", "idle", "native"})
    root.add_file("/etc/init.d/" + std::string(name), "#!/bin/sh\n");
  root.add_link("/etc/rc3.d/S01old", "../init.d/old");
  root.add_link("/etc/rc3.d/K01idle", "../init.d/idle");
  root.add_link("/etc/rc3.d/S01native", "../init.d/native");
  root.add_file("/usr/lib/systemd/system/native.service", "[Service]\nUser=a\n");
  const Facts facts = read(root);
  CHECK(values(facts, "@unit-file-state", "old.service") == "generated");
  CHECK(values(facts, "@unit-file-state", "idle.service") == "-");
  CHECK(values(facts, "@unit-file-state", "native.service") == "static");
}

TEST_CASE("systemd: only the units that rules ask for are read") {
  static const std::map<std::string, std::string, std::less<>> context;
  const auto root = Root::in_memory({{"/etc/systemd/system/a.service", "[Service]\nUser=a\n"},
                                     {"/etc/systemd/system/b.service", "[Service]\nUser=b\n"}});
  const Selection selection{{{Predicate::On::scope, 0,
                              *Matcher::compile(Op::equals, Type::text, {"b.service [Service]"})}},
                            {}};
  const Facts facts =
      find_builtin_probe("systemd")->read({*root, context, std::span(&selection, 1), 1});
  CHECK(values(facts, "user", "a.service [Service]") == "-");
  CHECK(values(facts, "user", "b.service [Service]") == "b");
}

TEST_CASE("systemd: an unreadable file is a gap of its unit alone") {
  MemoryRoot root;
  root.add_file("/etc/systemd/system/a.service", "[Service]\nUser=a\n");
  root.deny("/etc/systemd/system/a.service");
  root.add_file("/etc/systemd/system/b.service", "[Service]\nUser=b\n");
  const Facts facts = read(root);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "a.service");
  CHECK(values(facts, "user", "b.service [Service]") == "b");
  CHECK(values(facts, "@load-state", "a.service") == "-");
}

TEST_CASE("systemd: without unit files the probe does not apply") {
  CHECK(!read(*Root::in_memory({})).not_applicable.empty());
}

TEST_CASE("systemd: names and paths") {
  using systemd::classify;
  using systemd::NameKind;
  CHECK(classify("a.service") == NameKind::plain);
  CHECK(classify("a@.service") == NameKind::unit_template);
  CHECK(classify("a@b.service") == NameKind::instance);
  CHECK(classify("a.svc") == NameKind::invalid);
  CHECK(classify("@b.service") == NameKind::invalid);
  CHECK(classify("a b.service") == NameKind::invalid);
  CHECK(systemd::escape_path("/var/my-log/") == "var-my\\x2dlog");
  CHECK(systemd::escape_path("/") == "-");
  CHECK(systemd::unescape_path("var-my\\x2dlog") == "/var/my-log");
}

TEST_CASE("systemd: times, sizes and shares") {
  CHECK(systemd::time_span("1h 30min") == 5'400'000'000);
  CHECK(systemd::time_span("5") == 5'000'000);
  CHECK(!systemd::time_span("5x"));
  CHECK(!systemd::time_span("1.2.3"));
  CHECK(systemd::byte_size("1K1", 1024) == 1025);
  CHECK(!systemd::byte_size("1M1G", 1024));
  CHECK(systemd::permyriad("12.5%") == 1250);
  CHECK(!systemd::permyriad("12.345%"));
}

TEST_CASE("systemd: a drop-in of every unit is read so often and no more") {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 200; ++i)
    files["/etc/systemd/system/u" + std::to_string(i) + ".service"] = "[Service]\nExecStart=/x\n";
  std::string comments = "[Service]\nNice=1\n";
  while (comments.size() < 1'000'000) comments += "# a comment that fills the file with nothing\n";
  files["/etc/systemd/system/service.d/all.conf"] = comments;
  const Facts large = read(*Root::in_memory(files));
  CHECK_FALSE(large.gaps.empty());
  CHECK(large.gaps.size() < 180);  // the first are read
  for (const Gap& gap : large.gaps) CHECK(gap.error.code == ErrorCode::limit);

  std::string settings = "[Service]\n";
  for (int i = 0; i < 5000; ++i) settings += "ExecStartPre=/x\n";
  files["/etc/systemd/system/service.d/all.conf"] = settings;
  const Facts many = read(*Root::in_memory(files));
  REQUIRE(many.gaps.size() == 1);
  CHECK(many.gaps[0].subject.empty());
}
