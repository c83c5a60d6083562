#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("ssh", root); }

/// `[scope] key=value` for each row of the files, then `gap: why`.
std::string rows(const std::string& config) {
  const Facts facts = read(*Root::in_memory({{"/etc/ssh/ssh_config", config}}));
  std::string out;
  for (const Fact& fact : facts.rows)
    if (!fact.origin.is_default() && fact.key != "@file")
      out +=
          (fact.scope.empty() ? "" : "[" + fact.scope + "] ") + fact.key + "=" + fact.value + "\n";
  for (const Gap& gap : facts.gaps) out += "gap: " + gap.error.what + "\n";
  return out;
}

}  // namespace

TEST_CASE("ssh: values as ssh -G tells them") {
  struct Case {
    const char* why;
    std::string text, expected;
  };
  const Case cases[] = {
      {"words of more than two states are told by their first spelling",
       "StrictHostKeyChecking off\nTunnel yes\nVerifyHostKeyDNS yes\n",
       "stricthostkeychecking=false\ntunnel=point-to-point\nverifyhostkeydns=true\n"},
      {"flags are yes and no", "BatchMode TRUE\n", "batchmode=yes\n"},
      {"old names", "KeepAlive no\nPubkeyAcceptedKeyTypes ssh-ed25519\n",
       "tcpkeepalive=no\npubkeyacceptedalgorithms=ssh-ed25519\n"},
      {"times are seconds, and none is nothing", "ConnectTimeout 1m\nForwardX11Timeout none\n",
       "connecttimeout=60\n"},
      {"the first of a block stands", "Port 1\nPort 2\nHost a\nPort 3\n", "port=1\n"},
      {"and one before all blocks, in Host * or Match all decides for the blocks behind it",
       "Host a\nPort 1\nHost * b\nPort 2\nMatch all\nPort 3\nHost a\nPort 4\n",
       "[Host a] port=1\n[Host * b] port=2\n"},
      {"a negated pattern leaves hosts out", "Host * !a\nPort 1\nHost a\nPort 2\n",
       "[Host * !a] port=1\n[Host a] port=2\n"},
      {"the same criteria may hold later where HostName or User changed",
       "Match host a\nPort 1\nMatch host a\nPort 2\nMatch originalhost a\nPort 3\n"
       "Match originalhost a\nPort 4\n",
       "[Match host a] port=1\n[Match host a] port=2\n[Match originalhost a] port=3\n"},
      {"SyslogFacility counts from a block that does not hold, the first of all",
       "Host nobody\nSyslogFacility AUTH\nHost *\nSyslogFacility USER\n", "syslogfacility=AUTH\n"},
      {"StreamLocalBindMask as well, the last of all",
       "StreamLocalBindMask 0111\nHost nobody\nStreamLocalBindMask 077\n",
       "streamlocalbindmask=077\n"},
      {"names that SendEnv takes away again", "SendEnv LANG LC_*\nSendEnv -L*_\nSendEnv -LC_?\n",
       "sendenv=LANG\n"},
      {"names that only some hosts lose", "SendEnv LANG FOO\nHost a\nSendEnv -LANG -X BAR\n",
       "sendenv=LANG\nsendenv=FOO\n[Host a] sendenv=-LANG\n[Host a] sendenv=BAR\n"},
      {"the halves of RekeyLimit from two lines of one block", "RekeyLimit 1K\nRekeyLimit 2K 1m\n",
       "rekeylimit=1024 60\n"},
      {"and from two blocks: a row for the hosts of both",
       "Host a\nRekeyLimit 1K none\nHost b\nRekeyLimit 2K 1m\n",
       "[Host a && Host b] rekeylimit=1024 60\n[Host a] rekeylimit=1024 0\n"
       "[Host b] rekeylimit=2048 60\n"},
      {"a socket of ForwardAgent is told before any flag",
       "Host a\nForwardAgent no\nHost b\nForwardAgent /s\n",
       "[Host b] forwardagent=/s\n[Host a] forwardagent=no\n"},
      {"none is nothing", "ControlPath NONE\nHost a\nControlPath /x\n", ""},
      {"but where it hides a line behind it",
       "Host a\nControlPath NONE\nHost *\nControlPath /x\nHost b\nControlPath none\n",
       "[Host a] controlpath=none\n[Host *] controlpath=/x\n"},
      {"names to canonicalize to", "CanonicalizePermittedCNAMEs *.A:b *\n",
       "canonicalizepermittedcnames=*.a:b *:*\n"},
      {"names to canonicalize to that are none", "CanonicalizePermittedCNAMEs x\n",
       "gap: `canonicalizepermittedcnames`: `x` is no pair of lists; ssh does not go on with "
       "this\n"},
      {"domains are told in lower case", "CanonicalDomains A.Org. b\n",
       "canonicaldomains=a.org b\n"},
      {"IgnoreUnknown of a block leaves the other hosts without",
       "Host a\nIgnoreUnknown Foo\nFoo 1\n",
       "[Host a] ignoreunknown=Foo\ngap: ssh knows no `foo`, and not for every host an "
       "`IgnoreUnknown` before it names it; ssh does not go on with this\n"},
      {"which another one makes up for",
       "Host a\nIgnoreUnknown Foo\nHost *\nIgnoreUnknown F*\nFoo 1\n",
       "[Host a] ignoreunknown=Foo\n[Host *] ignoreunknown=F*\n"},
      {"the first IgnoreUnknown of a host stands", "IgnoreUnknown Foo\nIgnoreUnknown Bar\nBar 1\n",
       "ignoreunknown=Foo\ngap: ssh knows no `bar`; ssh does not go on with this\n"},
      {"what adds up does", "IdentityFile a\nIdentityFile b\nIdentityFile a\n",
       "identityfile=a\nidentityfile=b\n"},
      {"a command is the rest of the line", "ProxyCommand = nc \"%h\" # %p\n",
       "proxycommand=nc \"%h\" # %p\n"},
      {"of a jump and a command the first stands", "ProxyJump a,me@b:22\nProxyCommand nc\n",
       "proxyjump=a,me@b:22\n"},
      {"forwards", "LocalForward 80 [::1]:81\nDynamicForward 1080\nRemoteForward 90\n",
       "localforward=80 [::1]:81\ndynamicforward=1080\nremoteforward=90 [socks]:0\n"},
      {"criteria as written, one space apart", "Match  Host=a,b   !user root\nPort 3\n",
       "[Match Host a,b !user root] port=3\n"},
      {"unknown keywords that IgnoreUnknown names, in any case", "IgnoreUnknown Foo*\nFooBar 1\n",
       "ignoreunknown=Foo*\n"},
      {"deprecated keywords are read past", "Protocol 2\nUseRoaming no\n", ""},
      {"sizes and times of a key", "RekeyLimit 1G 1h\n", "rekeylimit=1073741824 3600\n"},
      {"an escape character", "EscapeChar ^B\n", "escapechar=\\^B\n"},
      {"a keyword without an argument", "Port\n",
       "gap: `port` has no argument; ssh does not go on with this\n"},
      {"a word too many", "Port 22 23\n",
       "gap: `port`: `23` is one argument too many; ssh does not go on with this\n"},
      {"criteria that cannot go together", "Match user root host a all\n",
       "gap: `all` cannot be combined; ssh does not go on with this\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(rows(c.text) == c.expected);
  }
}

TEST_CASE("ssh: an included file that others may write is refused") {
  MemoryRoot root;
  root.add_file("/etc/ssh/ssh_config", "Include x\n");
  root.add_file("/etc/ssh/x", "Port 1\n", 0666);
  CHECK(read(root).gaps.size() == 1);
}

TEST_CASE("ssh: a file that includes itself ends") {
  const Facts facts = read(*Root::in_memory({{"/etc/ssh/ssh_config", "Include ssh_config\n"}}));
  CHECK(facts.gaps.size() == 1);
}

TEST_CASE("ssh: defaults that hang on other settings of a host") {
  const Facts facts = read(*Root::in_memory(
      {{"/etc/ssh/ssh_config",
        "Host a\nBatchMode yes\nVerifyHostKeyDNS no\nHost b\nUserKnownHostsFile /k\n"}}));
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.key == "serveraliveinterval" || fact.key == "updatehostkeys")
      out += "[" + fact.scope + "] " + fact.key + "=" + fact.value + "\n";
  CHECK(out ==
        "[Host a] serveraliveinterval=300\n[] serveraliveinterval=0\n"
        "[Host a && Host b] updatehostkeys=false\n[Host a] updatehostkeys=true\n"
        "[Host b] updatehostkeys=false\n[] updatehostkeys=true\n");
}

TEST_CASE("ssh: a default is told only where no line decides for every host") {
  const auto root = Root::in_memory({{"/etc/ssh/ssh_config", "Host *\nHashKnownHosts yes\n"}});
  const Facts facts = read(*root);
  CHECK(facts.find("hashknownhosts") == nullptr);
  CHECK(facts.find("hashknownhosts", "Host *")->value == "yes");
}

TEST_CASE("ssh: another version has its own lists, defaults and keywords") {
  const auto client = [](const std::string& version, const std::string& config) {
    return read(*Root::in_memory(
        {{"/var/lib/dpkg/status",
          "Package: openssh-client\nStatus: install ok installed\nVersion: " + version +
              "\nArchitecture: amd64\n"},
         {"/etc/ssh/ssh_config", config}}));
  };
  const std::string config = "ObscureKeystrokeTiming no\nCiphers aes256-new\n";
  const Facts trixie = client("1:10.0p1-7", config);
  CHECK(trixie.gaps.empty());
  CHECK(trixie.find("obscurekeystroketiming")->value == "no");
  CHECK(trixie.find("ciphers")->value == "aes256-new");
  CHECK(trixie.find("macs") == nullptr);
  CHECK(trixie.find("checkhostip")->value == "no");
  CHECK(client("1:10.0p1-7", "Ciphers +aes256-cbc\n").gaps.size() == 1);
  const Facts bullseye = client("1:8.4p1-5+deb11u3", "");
  CHECK(bullseye.find("checkhostip")->value == "yes");
  CHECK(bullseye.find("updatehostkeys")->value == "false");
  CHECK(client("1:9.2p1-2+deb12u3", "ObscureKeystrokeTiming no\n").gaps.size() == 1);
}

TEST_CASE("ssh: without a client there is nothing to configure") {
  CHECK(!read(*Root::in_memory({{"/etc/passwd", ""}})).not_applicable.empty());
  CHECK(read(*Root::in_memory({{"/usr/bin/ssh", ""}})).not_applicable.empty());
}
