#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;
using Context = std::map<std::string, std::string, std::less<>>;

constexpr const char* kMain = "/etc/ssh/sshd_config";

Facts read(const Files& files, const Context& context = {}) {
  const auto root = Root::in_memory(files);
  return find_builtin_probe("sshd")->read({*root, context, {}, 1});
}

/// All values of a key in a scope, with a bar between.
std::string values(const Facts& facts, std::string_view key, std::string_view scope = {}) {
  std::vector<std::string> out;
  for (const Fact& fact : facts.rows)
    if (fact.key == key && fact.scope == scope) out.push_back(fact.value);
  return join(out, "|");
}

}  // namespace

TEST_CASE("sshd: one line gives the value that sshd -T prints") {
  struct Case {
    const char* why;
    const char* text;
    const char* key;
    const char* value;
  };
  const Case cases[] = {
      {"keywords ignore case", "permitROOTlogin no\n", "permitrootlogin", "no"},
      {"the old name of a value is the one printed", "PermitRootLogin prohibit-password\n",
       "permitrootlogin", "without-password"},
      {"`=` separates", "Port = 2222\n", "port", "2222"},
      {"the keyword may be quoted", "\"Port\" 2222\n", "port", "2222"},
      {"a quote that never closes makes the line nothing", "\"Port 2222\n", "port", "22"},
      {"carriage returns are blanks at the end", "X11Forwarding yes\r\n", "x11forwarding", "yes"},
      {"a comment behind an argument", "MaxAuthTries 3 # guesses\n", "maxauthtries", "3"},
      {"no comment behind a command", "ForceCommand /bin/x # y\n", "forcecommand", "/bin/x # y"},
      {"a NUL swallows the rest of its line and the line end", std::string_view("#\0x\n", 4).data(),
       "port", "22"},
      {"an alias prints its main name", "ChallengeResponseAuthentication no\n",
       "kbdinteractiveauthentication", "no"},
      {"times are seconds", "LoginGraceTime 1h30m\n", "logingracetime", "5400"},
      {"levels print their first name", "LogLevel quiet\n", "loglevel", "SILENT"},
      {"the first value stands", "MaxSessions 1\nMaxSessions 9\n", "maxsessions", "1"},
      {"the last IPQoS stands", "IPQoS af21\nIPQoS cs1 cs2\n", "ipqos", "cs1 cs2"},
      {"the last MaxStartups stands, the rate is kept", "MaxStartups 5:50:9\nMaxStartups 20\n",
       "maxstartups", "20:50:20"},
      {"the halves of RekeyLimit are decided apart", "RekeyLimit 1G\nRekeyLimit default 1h\n",
       "rekeylimit", "1073741824 3600"},
      {"one number of PerSourceNetBlockSize", "PerSourceNetBlockSize 24\n", "persourcenetblocksize",
       "24:0"},
      {"`+` appends to the built-in list", "MACs +hmac-md5\n", "macs",
       "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-"
       "512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,"
       "hmac-"
       "sha2-256,hmac-sha2-512,hmac-sha1,hmac-md5"},
      {"`-` takes patterns", "Ciphers -*ctr,chacha*\n", "ciphers",
       "aes128-gcm@openssh.com,aes256-gcm@openssh.com"},
      {"a list from which all is taken is not set", "Ciphers -*\n", "ciphers",
       "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,"
       "aes256-gcm@openssh.com"},
      {"addresses without a port take each port", "ListenAddress 10.1\nPort 22\nPort 23\n",
       "listenaddress", "10.0.0.1:22|10.0.0.1:23"},
      {"environment patterns accumulate", "AcceptEnv LANG\nAcceptEnv LC_* X\n", "acceptenv",
       "LANG|LC_*|X"},
      {"the first SetEnv line stands", "SetEnv A=1 B=2 A=3\nSetEnv C=4\n", "setenv", "A=1|B=2"},
      {"AuthorizedPrincipalsCommand is deaf after AuthorizedKeysCommand",
       "AuthorizedKeysCommand /k\nAuthorizedKeysCommandUser n\nAuthorizedPrincipalsCommand /p\n",
       "authorizedprincipalscommand", "none"},
      {"a deprecated keyword says nothing", "Protocol 1\n", "protocol", ""},
      {"an unset list has no row", "", "allowusers", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read({{kMain, c.text}});
    CHECK(facts.gaps.empty());
    CHECK(values(facts, c.key) == c.value);
  }
}

TEST_CASE("sshd: a line that sshd refuses is a gap with its place") {
  const char* cases[] = {
      "Bogus yes\n",
      "Port\n",
      "Port 0\n",
      "Port 22 23\n",
      "PermitRootLogin maybe\n",
      "Banner 'open\n",
      "Ciphers none\n",
      "Ciphers +\n",
      "HostKeyAlgorithms RSA\n",
      "MaxStartups 10:30\n",
      "Subsystem sftp /a\nSubsystem sftp /b\n",
      "AllowUsers x@10.0.0.1/8\n",
      "AuthenticationMethods any\nAuthenticationMethods any\n",
      "AuthenticationMethods gssapi-with-mic\n",
      "AuthorizedKeysCommand /k\n",
      "RDomain none\n",
      "ListenAddress ::1\nAddressFamily inet\n",
      "Match\n",
      "Match all user bob\n",
      "Match user\n",
      "Match address 10.0.0.1/8\n",
      "Match user bob\nPort 22\n",
      "Match user bob\nProtocol 2\n",
      "Include \"\"\n",
  };
  for (const char* text : cases) {
    CAPTURE(text);
    const Facts facts = read({{kMain, std::string("\n") + text}});
    REQUIRE(facts.gaps.size() == 1);
    CHECK(facts.gaps[0].error.where.file == kMain);
    CHECK(facts.gaps[0].error.where.line >= 2);
    CHECK(facts.gaps[0].effect == Gap::Effect::may_add);
  }
}

TEST_CASE("sshd: what stands in a refused line is a row of its own") {
  const Facts facts = read({{kMain,
                             "UsePAM yes\nUsePAM wrong\nMatch user\nBanner /x\n"
                             "Match user bob\nPermitTTY maybe # c\n"}});
  CHECK(facts.gaps.size() == 3);
  CHECK(values(facts, "usepam") == "yes|wrong");
  CHECK(values(facts, "banner") == "none");
  CHECK(values(facts, "permittty", "Match user bob") == "maybe # c");
}

TEST_CASE("sshd: lines that say nothing, and lines that say two things") {
  const Facts facts =
      read({{kMain, "Include a\nProtocol 2\nMaxSessions 2\nMaxSessions 3\nBanner /b\n"},
            {"/etc/ssh/a", "Banner /a\n"}});
  CHECK(values(facts, "@ignored") == "protocol 2");
  // Another file may well say something else: that is what drop-ins are for.
  CHECK(values(facts, "@contradiction") == "maxsessions");
}

TEST_CASE("sshd: includes") {
  const Facts facts = read({{kMain, "Include conf.d/*.conf\nBanner /main\n"},
                            {"/etc/ssh/conf.d/a.conf", "Match user bob\nBanner /bob\n"},
                            {"/etc/ssh/conf.d/b.conf", "Banner /b\n"},
                            {"/etc/ssh/conf.d/.hidden.conf", "Banner /hidden\n"}});
  CHECK(values(facts, "banner") == "/b");
  CHECK(values(facts, "banner", "Match user bob") == "/bob");
  CHECK(values(facts, "@file") ==
        "/etc/ssh/sshd_config|/etc/ssh/conf.d/a.conf|/etc/ssh/conf.d/b.conf");
  const Fact* banner = facts.find("banner");
  REQUIRE(banner->shadowed.size() == 1);
  CHECK(banner->shadowed[0].origin == Origin{kMain, 2, 1});

  SUBCASE("an include of itself ends at sshd's own limit") {
    const Facts loop = read({{kMain, "Include sshd_config\n"}});
    REQUIRE(loop.gaps.size() == 1);
    CHECK(loop.gaps[0].error.code == ErrorCode::limit);
  }
  SUBCASE("a bomb of includes ends at ours") {
    Files files{{kMain, "Include 0 0 0 0\n"}};
    for (int i = 0; i < 14; ++i) {
      const std::string next = std::to_string(i + 1);
      files["/etc/ssh/" + std::to_string(i)] =
          "Include " + next + " " + next + " " + next + " " + next + "\n";
    }
    const Facts bomb = read(files);
    REQUIRE(bomb.gaps.size() == 1);
    CHECK(bomb.gaps[0].error.code == ErrorCode::limit);
  }
  SUBCASE("a file that cannot be read is unknown, at the line that includes it") {
    MemoryRoot root;
    root.add_file(kMain, "Include x\n");
    root.add_file("/etc/ssh/x", "");
    root.deny("/etc/ssh/x");
    const Context none;
    const Facts denied = find_builtin_probe("sshd")->read({root, none, {}, 1});
    REQUIRE(denied.gaps.size() == 1);
    CHECK(denied.gaps[0].error.where == Origin{kMain, 1, 1});
  }
}

TEST_CASE("sshd: Match blocks") {
  const Facts facts = read({{kMain,
                             "PasswordAuthentication yes\n"
                             "Match User=\"alice,bob\" ADDRESS 10.0.0.0/8 # c\n"
                             "PasswordAuthentication no\nPasswordAuthentication yes\n"
                             "RekeyLimit 1G\nPubkeyAcceptedAlgorithms -*cert*,ecdsa*,sk-*\n"
                             "Include in\n"
                             "Match all\nPort 2222\nBanner none\n"},
                            {"/etc/ssh/in", "PermitTTY no\nMatch group wheel\nPermitTTY yes\n"}});
  const char* block = "Match user alice,bob address 10.0.0.0/8";
  CHECK(facts.gaps.empty());
  CHECK(values(facts, "passwordauthentication") == "yes");
  CHECK(values(facts, "passwordauthentication", block) == "no");
  CHECK(values(facts, "rekeylimit", block) == "1073741824 0");
  CHECK(values(facts, "pubkeyacceptedalgorithms", block) ==
        "ssh-ed25519,rsa-sha2-512,rsa-sha2-256");
  CHECK(values(facts, "permittty", block) == "no");
  CHECK(values(facts, "permittty", std::string(block) + " && Match group wheel") == "yes");
  // What counts only outside Match is never in a Match scope, though sshd takes it in `Match all`.
  CHECK(values(facts, "port") == "2222");
  CHECK(values(facts, "port", "Match all").empty());
  CHECK(values(facts, "banner", "Match all") == "none");
}

TEST_CASE("sshd: a context asks for one connection") {
  const Files files{{kMain,
                     "AllowUsers a\nBanner /main\n"
                     "Match group *,!wheel\nBanner /others\n"
                     "Match user bob\nAllowUsers bob c\nBanner /bob\n"
                     "Match address 10.0.0.0/8,!10.0.0.9\nPermitTTY no\n"
                     "Match host *.example.org\nX11Forwarding yes\n"},
                    {"/etc/passwd", "bob:x:1:5::/b:/bin/sh\neve:x:2:6::/e:/bin/sh\n"},
                    {"/etc/group", "wheel:x:5:\nusers:x:6:\n"}};
  const Facts bob = read(files, {{"user", "bob"}, {"addr", "10.0.0.5"}, {"host", "A.Example.ORG"}});
  CHECK(values(bob, "banner") == "/bob");
  CHECK(values(bob, "allowusers") == "bob|c");
  CHECK(values(bob, "permittty") == "no");
  CHECK(values(bob, "x11forwarding") == "yes");
  CHECK(bob.find("banner")->shadowed.size() == 1);
  const Facts eve = read(files, {{"user", "eve"}, {"addr", "10.0.0.9"}});
  CHECK(values(eve, "banner") == "/others");
  CHECK(values(eve, "allowusers") == "a");
  CHECK(values(eve, "permittty") == "yes");
  CHECK(values(read(files, {{"user", "nobody-there"}}), "banner") == "/main");
  CHECK_FALSE(read(files, {{"usr", "bob"}}).gaps.empty());
  CHECK_FALSE(read({{kMain, "Match localport 22\n"}}, {{"user", "bob"}}).gaps.empty());
}

TEST_CASE("sshd: whether there is a server at all") {
  CHECK_FALSE(read({}).not_applicable.empty());
  CHECK_FALSE(read({{"/usr/etc/ssh/sshd_config", "Port 23\n"}}).rows.empty());
  const char* installed =
      "Package: openssh-server\nStatus: install ok installed\nVersion: 1:9.2p1-2\n\n";
  CHECK(read({{"/var/lib/dpkg/status", installed}}).gaps.size() == 1);
}

TEST_CASE("sshd: another version has lists and keywords of its own") {
  const char* ten =
      "Package: openssh-server\nStatus: install ok installed\nVersion: 1:10.0p1-7\n\n";
  const auto with = [&](const char* text) {
    return read({{kMain, text}, {"/var/lib/dpkg/status", ten}});
  };
  const Facts facts = with("PerSourcePenalties no\nKexAlgorithms mlkem768x25519-sha256\n");
  CHECK(facts.gaps.empty());
  CHECK(values(facts, "persourcepenalties") == "no");
  CHECK(values(facts, "kexalgorithms") == "mlkem768x25519-sha256");
  CHECK(values(facts, "ciphers").empty());
  CHECK(values(facts, "maxauthtries") == "6");
  CHECK(with("Ciphers +3des-cbc\n").gaps.size() == 1);
}

TEST_CASE("sshd: bad input ends quickly in an answer or a reason") {
  std::string lines_text;
  for (int i = 0; i < 300000; ++i) lines_text += "IPQoS af21\nAcceptEnv A\n";
  CHECK(values(read({{kMain, lines_text}}), "ipqos") == "af21 af21");
  CHECK(read({{kMain, "Ciphers -" + std::string(4000000, ',')}}).gaps.empty());
  CHECK_FALSE(read({{kMain, "Match user " + std::string(2000000, '"')}}).gaps.empty());
  CHECK(read({{kMain, std::string(1000, '\0')}}).gaps.empty());
  MemoryRoot root;
  root.add_special(kMain, FileType::fifo);
  const Context none;
  CHECK(find_builtin_probe("sshd")->read({root, none, {}, 1}).gaps.size() == 1);
}
