#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root, std::span<const Selection> selections = {}) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("systemd-security")->read({root, context, selections, 1});
}

std::size_t column(std::string_view name) {
  const auto fields = find_builtin_probe("systemd-security")->fields;
  std::size_t at = 0;
  while (fields[at].name != name) ++at;
  return at;
}

std::string text(const Fact& fact, std::string_view name) {
  const std::size_t at = column(name);
  return to_text(fact.fields[at], find_builtin_probe("systemd-security")->fields[at].type);
}

const Fact* find(const Facts& facts, const std::string& id) {
  for (const Fact& fact : facts.rows)
    if (text(fact, "id") == id) return &fact;
  return nullptr;
}

}  // namespace

TEST_CASE("systemd-security: what one line does to one test") {
  struct Case {
    const char* why;
    std::string text;  // of [Service]; ExecStart= is on its second line
    const char* test;
    const char* badness;  // empty where it does not matter
    std::uint32_t line;   // 0: the default decided
  };
  const Case cases[] = {
      {"nothing is set", "", "PrivateTmp=", "1", 0},
      {"a boolean", "PrivateTmp=yes\n", "PrivateTmp=", "0", 3},
      {"an empty one is ignored", "PrivateTmp=yes\nPrivateTmp=\n", "PrivateTmp=", "0", 3},
      {"DynamicUser= implies it, whatever is written", "PrivateTmp=no\nDynamicUser=yes\n",
       "PrivateTmp=", "0", 4},
      {"DynamicUser= makes the file system read-only", "ProtectSystem=no\nDynamicUser=1\n",
       "ProtectSystem=", "0", 4},
      {"but leaves a better ProtectHome=", "ProtectHome=tmpfs\nDynamicUser=1\n",
       "ProtectHome=", "1", 3},
      {"root by default", "", "User=/DynamicUser=", "10", 0},
      {"root by number", "User=0\n", "User=/DynamicUser=", "10", 3},
      {"a user that others share", "User=nobody\n", "User=/DynamicUser=", "9", 3},
      {"a specifier names the user", "User=%p\n", "User=/DynamicUser=", "0", 3},
      {"a dynamic user called root is root", "User=root\nDynamicUser=yes\n",
       "User=/DynamicUser=", "10", 3},
      {"groups do not matter to root", "SupplementaryGroups=adm\n", "SupplementaryGroups=", "", 0},
      {"groups of others", "User=a\nSupplementaryGroups=adm\n", "SupplementaryGroups=", "1", 4},
      {"no tests of /tmp early at boot", "[Unit]\nDefaultDependencies=no\n", "PrivateTmp=", "", 4},
      {"/ is no root directory of its own", "RootDirectory=/./\n", "RootDirectory=/RootImage=", "1",
       3},
      {"the first list replaces the full set", "CapabilityBoundingSet=CAP_KILL\n",
       "CapabilityBoundingSet=~CAP_SYS_ADMIN", "0", 3},
      {"a later one adds", "CapabilityBoundingSet=CAP_KILL\nCapabilityBoundingSet=cap_sys_admin\n",
       "CapabilityBoundingSet=~CAP_SYS_ADMIN", "1", 4},
      {"~ takes away", "CapabilityBoundingSet=~CAP_KILL\nCapabilityBoundingSet=~CAP_SYS_ADMIN\n",
       "CapabilityBoundingSet=~CAP_SYS_ADMIN", "0", 4},
      {"a single ~ gives all back", "CapabilityBoundingSet=CAP_KILL\nCapabilityBoundingSet=~\n",
       "CapabilityBoundingSet=~CAP_SYS_ADMIN", "1", 4},
      {"a device file is out of reach with PrivateDevices=",
       "CapabilityBoundingSet=CAP_MKNOD\nPrivateDevices=yes\n", "CapabilityBoundingSet=~CAP_MKNOD",
       "0", 4},
      {"ambient capabilities are none by default", "", "AmbientCapabilities=", "0", 0},
      {"inverted ones are all others", "AmbientCapabilities=~CAP_KILL\n",
       "AmbientCapabilities=", "1", 3},
      {"UMask= is 0022", "", "UMask=", "5", 0},
      {"all masked", "UMask=077\n", "UMask=", "0", 3},
      {"the write bit of others comes first", "UMask=0070\n", "UMask=", "10", 3},
      {"the keyring is private", "", "KeyringMode=", "0", 0},
      {"processes of others are seen, but not entered", "ProtectProc=noaccess\n",
       "ProtectProc=", "1", 3},
      {"any child may notify", "NotifyAccess=all\n", "NotifyAccess=", "1", 3},
      {"an empty Delegate= means yes", "Delegate=no\nDelegate=\n", "Delegate=", "1", 4},
      {"an unknown controller, too", "Delegate=bogus\n", "Delegate=", "1", 3},
      {"a boolean starts namespaces over", "RestrictNamespaces=user\nRestrictNamespaces=yes\n",
       "RestrictNamespaces=~user", "0", 4},
      {"a list of namespaces allows them", "RestrictNamespaces=net\n", "RestrictNamespaces=~net",
       "1", 3},
      {"and takes back", "RestrictNamespaces=net user\nRestrictNamespaces=~user\n",
       "RestrictNamespaces=~user", "0", 4},
      {"one family denied stands for its kind", "RestrictAddressFamilies=~AF_INET6\n",
       "RestrictAddressFamilies=~AF_(INET|INET6)", "0", 3},
      {"none denies all", "RestrictAddressFamilies=none\n", "RestrictAddressFamilies=~AF_UNIX", "0",
       3},
      {"a list after none starts anew",
       "RestrictAddressFamilies=none\nRestrictAddressFamilies=~AF_CAN\n",
       "RestrictAddressFamilies=~AF_UNIX", "1", 4},
      {"an allow list emptied again allows nothing",
       "RestrictAddressFamilies=AF_UNIX\nRestrictAddressFamilies=~AF_LOCAL\n",
       "RestrictAddressFamilies=~AF_UNIX", "0", 4},
      {"native only", "SystemCallArchitectures=native bogus\n", "SystemCallArchitectures=", "0", 3},
      {"x86-64 is not native", "SystemCallArchitectures=x86-64\n", "SystemCallArchitectures=", "8",
       3},
      {"no filter", "", "SystemCallFilter=~@swap", "10", 0},
      {"an allow list without them", "SystemCallFilter=@system-service\n",
       "SystemCallFilter=~@swap", "0", 3},
      {"an allow list with one of them", "SystemCallFilter=read\nSystemCallFilter=swapoff\n",
       "SystemCallFilter=~@swap", "9", 4},
      {"a deny list with one of two", "SystemCallFilter=~swapoff\n", "SystemCallFilter=~@swap",
       "10", 3},
      {"a deny list of the group, with an error number", "SystemCallFilter=~@swap:EPERM\n",
       "SystemCallFilter=~@swap", "0", 3},
      {"an error number in an allow list spoils the word", "SystemCallFilter=read swapon:EPERM\n",
       "SystemCallFilter=~@swap", "0", 3},
      {"a filter that was emptied is none", "SystemCallFilter=~swapoff\nSystemCallFilter=swapoff\n",
       "SystemCallFilter=~@clock", "10", 3},
      {"an empty assignment resets", "SystemCallFilter=~@swap\nSystemCallFilter=\n",
       "SystemCallFilter=~@swap", "10", 0},
      {"both address families must be denied", "IPAddressDeny=0.0.0.0/0\n", "IPAddressDeny=", "10",
       3},
      {"all denied", "IPAddressDeny=any\n", "IPAddressDeny=", "0", 3},
      {"the loopback allowed", "IPAddressDeny=::/0 0.0.0.0/0\nIPAddressAllow=127.0.0.0/8 ::1\n",
       "IPAddressDeny=", "2", 4},
      {"more than the loopback", "IPAddressDeny=any\nIPAddressAllow=127.0.0.0/7\n",
       "IPAddressDeny=", "5", 4},
      {"a packet filter of its own", "IPIngressFilterPath=/x\n", "IPAddressDeny=", "0", 3},
      {"a list alone is no policy", "DeviceAllow=/dev/null rw\n", "DeviceAllow=", "10", 0},
      {"PrivateDevices= closes the list", "PrivateDevices=yes\n", "DeviceAllow=", "0", 3},
      {"ProtectClock= opens it for the clock", "PrivateDevices=yes\nProtectClock=yes\n",
       "DeviceAllow=", "5", 4},
      {"an encrypted credential that a plain one replaced opens nothing",
       "DevicePolicy=strict\nLoadCredentialEncrypted=a:/x\nLoadCredential=a:/x\n",
       "DeviceAllow=", "0", 3},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const auto root = Root::in_memory(
        {{"/etc/systemd/system/a.service", "[Service]\nExecStart=/bin/true\n" + c.text}});
    const Facts facts = read(*root);
    const Fact* row = find(facts, std::string("a.service > ") + c.test);
    REQUIRE(row != nullptr);
    CHECK(text(*row, "badness") == c.badness);
    CHECK(row->origin.line == c.line);
  }
}

TEST_CASE("systemd-security: units that systemd refuses have no rows") {
  struct Case {
    const char* why;
    const char* text;
    bool refused;
  };
  const Case cases[] = {
      {"one command", "ExecStart=/bin/true\n", false},
      {"no command", "PrivateTmp=yes\n", true},
      {"two commands", "ExecStart=/bin/true\nExecStart=/bin/true\n", true},
      {"two in one line", "ExecStart=/bin/true ; /bin/true\n", true},
      {"two are fine for this type", "Type=oneshot\nExecStart=/bin/true\nExecStart=/bin/true\n",
       false},
      {"only something to stop, but it does not remain", "ExecStop=/bin/true\n", true},
      {"it remains", "ExecStop=/bin/true\nRemainAfterExit=yes\n", false},
      {"no bus name", "Type=dbus\nExecStart=/bin/true\n", true},
      {"restarted for ever", "Type=oneshot\nRestart=always\nExecStart=/bin/true\n", true},
      {"PAM and a kill mode that spares processes",
       "PAMName=login\nKillMode=process\nExecStart=/bin/true\n", true},
      {"an empty DynamicUser= is a fatal mistake", "ExecStart=/bin/true\nDynamicUser=\n", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const auto root =
        Root::in_memory({{"/etc/systemd/system/a.service", std::string("[Service]\n") + c.text}});
    CHECK(read(*root).rows.empty() == c.refused);
  }
}

TEST_CASE("systemd-security: what starts a service and where it listens") {
  MemoryRoot root;
  const std::string service = "[Service]\nExecStart=/bin/true\n";
  root.add_file("/usr/lib/systemd/system/a.service", service);
  root.add_file("/usr/lib/systemd/system/b@.service", service);
  root.add_file("/usr/lib/systemd/system/c.service", service + "PrivateNetwork=yes\n");
  root.add_file("/usr/lib/systemd/system/a.socket",
                "[Socket]\nListenStream=80\nListenStream=/run/a\nListenDatagram=127.0.0.1:80\n");
  root.add_file("/usr/lib/systemd/system/b.socket",
                "[Socket]\nListenStream=[::]:81\nAccept=yes\nService=other.service\n");
  root.add_file("/usr/lib/systemd/system/c.socket", "[Socket]\nListenStream=82\n");
  for (const char* name : {"a", "b"})
    root.add_link(std::string("/etc/systemd/system/sockets.target.wants/") + name + ".socket",
                  std::string("/usr/lib/systemd/system/") + name + ".socket");
  const Facts facts = read(root);
  struct Case {
    const char *why, *unit, *service, *started, *listens, *network;
  };
  const Case cases[] = {
      {"a socket starts it; only the network counts", "a.service", "a", "true", "80", "true"},
      {"a template for each connection", "b@.service", "b@", "", "[::]:81", "true"},
      {"nothing starts its socket", "c.service", "c", "false", "", "false"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Fact* row = find(facts, c.unit);
    REQUIRE(row != nullptr);
    CHECK(text(*row, "service") == c.service);
    CHECK(text(*row, "started") == c.started);
    CHECK(text(*row, "listens") == c.listens);
    CHECK(text(*row, "network") == c.network);
    CHECK(text(*row, "name") == "overall");
  }
}

TEST_CASE("systemd-security: only what a rule asks for is yielded") {
  const std::string service = "[Service]\nExecStart=/bin/true\n";
  const auto root = Root::in_memory(
      {{"/etc/systemd/system/a.service", service}, {"/etc/systemd/system/b.service", service}});
  const auto unit = Matcher::compile(Op::equals, Type::text, {"b.service"});
  const auto name = Matcher::compile(Op::equals, Type::text, {"overall"});
  REQUIRE(unit.has_value());
  REQUIRE(name.has_value());
  const Selection selection{{{Predicate::On::field, column("unit"), *unit},
                             {Predicate::On::field, column("name"), *name}},
                            {}};
  const Facts facts = read(*root, std::span(&selection, 1));
  REQUIRE(facts.rows.size() == 1);
  CHECK(text(facts.rows[0], "exposure") == "9.6");
  CHECK(text(facts.rows[0], "level") == "UNSAFE");
}

TEST_CASE("systemd-security: what cannot be read is a gap of its unit") {
  MemoryRoot root;
  CHECK_FALSE(read(root).not_applicable.empty());
  root.add_file("/etc/systemd/system/a.service", "[Service]\nExecStart=/bin/true\n");
  root.add_file("/etc/systemd/system/a.service.d/x.conf", "[Service]\nPrivateTmp=no\n");
  root.deny("/etc/systemd/system/a.service.d/x.conf");
  const Facts facts = read(root);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "a.service");
}
