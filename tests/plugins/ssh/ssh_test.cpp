#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("ssh")->read({root, context, {}, 1});
}

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
      {"the first of a block stands", "Port 1\nPort 2\nHost a\nPort 3\n",
       "port=1\n[Host a] port=3\n"},
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
