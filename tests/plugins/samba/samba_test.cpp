#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;
const std::string kConf = "/etc/samba/smb.conf";

Facts read(const Root& root, const Document* document = nullptr) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("samba")->run({root, context, {}, 1, nullptr, document});
}

Facts host(const std::string& text, Files others = {}) {
  others[kConf] = text;
  return read(*Root::in_memory(others));
}

Facts document(const std::string& text, const Files& others = {}) {
  const Document one{"/deploy/smb.conf", text};
  return read(*Root::in_memory(others), &one);
}

/// The value of a setting, `(none)`, or `(refused)` where Samba does not load the file.
std::string value(const Facts& facts, std::string_view key, std::string_view scope = "global") {
  if (facts.find("@refused") != nullptr) return "(refused)";
  const Fact* fact = facts.find(key, key == "@role" || key == "@server" ? "" : scope);
  return fact == nullptr ? "(none)" : fact->value;
}

std::string values(const Facts& facts, std::string_view key) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (fact.key == key) out += fact.value + ";";
  return out;
}

struct Case {
  const char* why;
  std::string text, key, want;
  std::string scope = "global";
};

void check(const Case& c) {
  CAPTURE(c.why);
  CHECK(value(host(c.text), c.key, c.scope) == c.want);
}

}  // namespace

TEST_CASE("samba: lines") {
  using namespace std::string_literals;
  const Case cases[] = {
      {"[global] needs no heading", "workgroup = a\n", "workgroup", "A"},
      {"the last line stands", "deadtime = 1\ndeadtime = 2\n", "deadtime", "2"},
      {"a comment behind blanks", " \t; deadtime = 1\n#deadtime = 2\n", "deadtime", "10080"},
      {"a comment is not continued", "# x \\\ndeadtime = 3\n", "deadtime", "3"},
      {"a line goes on into a comment", "comment = a \\\n# b\n", "comment", "a # b"},
      {"behind blanks, too", "comment = a\\ \t\n b\n", "comment", "a b"},
      {"in the middle of a name", "dead\\\ntime = 3\n", "deadtime", "3"},
      {"several blanks are one", "comment = a \t  b\n", "comment", "a b"},
      {"the first of them", "comment = a\t b\n", "comment", "a\tb"},
      {"a carriage return", "deadtime = 3\r\n", "deadtime", "3"},
      {"a backslash before a carriage return", "comment = a\\\r\n b\n", "comment", "a b"},
      {"no end of the line", "deadtime = 3", "deadtime", "3"},
      {"a backslash at the end of the file", "comment = a\\", "comment", "a\\"},
      {"a NUL ends the text", "comment = a\0b\n"s, "comment", "a"},
      {"a NUL before all", "\0deadtime = 3\n"s, "deadtime", "10080"},
      {"a line without =", "deadtime 3\ndeadtime\n", "deadtime", "10080"},
      {"the first = parts", "comment = a = b\n", "comment", "a = b"},
      {"nothing before =", "= 3\n", "deadtime", "(refused)"},
      {"a blank that was continued is a name", "\\\n = 3\n", "deadtime", "10080"},
      {"a byte-order mark hides a heading", "\xef\xbb\xbf[a]\ndeadtime = 3\n", "deadtime", "3"},
      {"a heading that does not close", "[a\n", "deadtime", "(refused)"},
      {"what follows a heading", "[a] deadtime = 3\n", "deadtime", "10080"},
      {"a heading without a name", "[]\n", "deadtime", "(refused)"},
      {"names in capitals, with blanks or none", "D e a dTIME = 3\n", "deadtime", "3"},
      {"unknown names", "no such name = 3\n", "deadtime", "10080"},
      {"a parametric option", "  VFS : Option = A b\n", "vfs : option", "A b"},
      {"replaces one with other blanks", "a:b = 1\nA : B = 2\n", "a:b", "2"},
  };
  for (const Case& c : cases) check(c);
}

TEST_CASE("samba: values") {
  const std::string kServices =
      "s3fs, rpc, nbt, wrepl, ldap, cldap, kdc, drepl, winbindd, ntp_signd, kcc, dnsupdate";
  const Case cases[] = {
      {"yes", "guest ok = TRUE\n", "guest ok", "Yes"},
      {"no, with a blank", "guest ok = o f f\n", "guest ok", "No"},
      {"none of the two", "guest ok = y\n", "guest ok", "(refused)"},
      {"nothing at all", "guest ok =\n", "guest ok", "(refused)"},
      {"another name", "public = yes\n", "guest ok", "Yes"},
      {"a reverse one", "writable = yes\n", "read only", "No"},
      {"a choice by another spelling", "min protocol = smb2_10\n", "server min protocol", "SMB2"},
      {"without its blank", "map to guest = baduser\n", "map to guest", "Bad User"},
      {"no such choice", "map to guest = x\n", "map to guest", "(refused)"},
      {"an old name of a protocol", "protocol = CORE+\n", "server max protocol", "COREPLUS"},
      {"octal", "create mode = 660\n", "create mask", "0660"},
      {"what follows the digits", "create mask = 68\n", "create mask", "0006"},
      {"all bits", "create mask = -1\n", "create mask", "-1"},
      {"no octal digit", "create mask = 8\n", "create mask", "(refused)"},
      {"a number", "deadtime = 0x10\n", "deadtime", "16"},
      {"an octal one", "deadtime = 010\n", "deadtime", "8"},
      {"no number is 0", "deadtime = x\n", "deadtime", "0"},
      {"nothing is -1", "deadtime =\n", "deadtime", "-1"},
      {"32 bits", "deadtime = 4294967297\n", "deadtime", "1"},
      {"a size", "max log size = 5 k\n", "max log size", "5120"},
      {"that wraps around", "max log size = 17179869184G\n", "max log size", "0"},
      {"below nothing", "max log size = -5\n", "max log size", "(refused)"},
      {"beyond 31 bits", "max log size = 3G\n", "max log size", "(refused)"},
      {"one letter", "mangling char = ab\n", "mangling char", "a"},
      {"capitals", "netbios name = a b\n", "netbios name", "A B"},
      {"beyond ASCII", "workgroup = m\xc3\xbcn\xcf\x82\xc3\xbf\xe1\xbd\xb0\n", "workgroup",
       "M\xc3\x9cN\xce\xa3\xc5\xb8\xe1\xbe\xba"},
      {"no UTF-8 has no capitals", "workgroup = a\xff\n", "workgroup", ""},
      {"a realm without", "realm = a\xff\n", "workgroup", "(refused)"},
      {"an option without", "a\xff:b = 1\n", "workgroup", "(refused)"},
      {"an option beyond ASCII", "\xc3\x84:b = 1\n\xc3\xa4 : B = 2\n", "\xc3\xa4:b", "2"},
      {"a realm", "realm = example.org\n", "realm", "EXAMPLE.ORG"},
      {"a list", "hosts allow = a, b;c\n", "hosts allow", "a b c"},
      {"with quotes", "valid users = \"a b\" c\"d e\"\n", "valid users", "\"a b\" \"cd e\""},
      {"an empty one", "hosts allow = a\nhosts allow =\n", "hosts allow", ""},
      {"words that change a list", "server services = -dns +x +rpc\n", "server services",
       kServices + ", x"},
      {"an empty value does not", "server services =\n", "server services", kServices + ", dns"},
      {"words beside changes", "server services = +a b\n", "server services", "(refused)"},
      {"a list that was never made has no plus", "mit kdc command = +a\n", "mit kdc command", "+a"},
      {"UTF-8 is no charset of DOS", "dos charset = utf8\n", "dos charset", "CP850"},
      {"ports", "smb ports = 445,+139\n", "smb ports", "445 +139"},
      {"a port too high", "smb ports = 65536\n", "smb ports", "(refused)"},
      {"ways to find a name", "name resolve order = host dns\n", "wins server", "(refused)"},
      {"a range", "rpc server dynamic port range = 2000 - 3000x\n", "rpc server dynamic port range",
       "2000 - 3000x"},
      {"from above", "rpc server dynamic port range = 3000-2000\n", "workgroup", "(refused)"},
      {"credits have a default", "smb2 max credits = 0\n", "smb2 max credits", "8192"},
      {"types of encryption", "kdc supported enctypes = rc4-hmac 0x10\n", "kdc supported enctypes",
       "20"},
      {"of session keys", "kdc supported enctypes = aes256-cts-sk\n", "workgroup", "(refused)"},
      {"of a domain", "kdc default domain supported enctypes = AES256-CTS-SK\n",
       "kdc default domain supported enctypes", "32"},
      {"an older name sets an option", "idmap backend = ad\n", "idmap config * : backend", "ad"},
  };
  for (const Case& c : cases) check(c);
}

TEST_CASE("samba: sections") {
  const Case cases[] = {
      {"[global] hands down", "guest ok = yes\n[a]\n", "guest ok", "Yes", "a"},
      {"what it said before", "[a]\n[global]\nguest ok = yes\n", "guest ok", "No", "a"},
      {"a section comes again", "[a]\nguest ok = yes\n[b]\n[A]\ncomment = x\n", "guest ok", "Yes",
       "a"},
      {"beyond ASCII", "[\xc3\xa4]\npath = /x\n[b]\n[\xc3\x84]\npath = /y\n", "path", "/y",
       "\xc3\xa4"},
      {"what is no UTF-8", "[a\xff]\npath = /x\n[b]\n[A\xff]\npath = /y\n", "path", "/y", "a\xff"},
      {"without its options", "[a]\nx:y = 1\n[a]\n", "x:y", "(none)", "a"},
      {"blanks count", "[a]\n[ a]\nguest ok = yes\n", "guest ok", "Yes", " a"},
      {"but for [global]", "[glo bals]\ndeadtime = 3\n", "deadtime", "3"},
      {"a parameter of [global] elsewhere", "[a]\ndeadtime = 3\n", "deadtime", "10080"},
      {"is nothing of the section", "[a]\ndeadtime = 3\n", "deadtime", "(none)", "a"},
      {"no path", "[a]\ncomment = x\n", "available", "No", "a"},
      {"a path", "[a]\ndirectory = /srv\n", "available", "Yes", "a"},
      {"a path that comes too late", "[a]\n[b]\n[a]\npath = /srv\n", "available", "No", "a"},
      {"homes need none", "[HOMES]\n", "available", "Yes", "HOMES"},
      {"a proxy needs none", "[a]\nmsdfs proxy = \\x\\y\n", "available", "Yes", "a"},
      {"printers print", "[printers]\npath = /tmp\n", "printable", "Yes", "printers"},
      {"and are not listed", "[printers]\nbrowsable = yes\n", "browseable", "No", "printers"},
      {"a section that is turned off", "[a]\n-valid = no\n", "path", "(none)", "a"},
      {"printing brings commands", "[a]\nprinting = bsd\n", "lprm command", "lprm -P'%p' %j", "a"},
      {"not from [global]", "printing = bsd\n[a]\n", "lprm command", "", "a"},
      {"copies", "[a]\npath = /srv\nx:y = 1\n[b]\ncopy = A\n", "path", "/srv", "b"},
      {"options, too", "[a]\npath = /srv\nx:y = 1\n[b]\ncopy = A\n", "x:y", "1", "b"},
      {"but nothing of its own", "[a]\npath = /srv\n[b]\npath = /b\ncopy = a\n", "path", "/b", "b"},
      {"also what the other one has of [global]", "[a]\n[global]\ncomment = x\n[b]\ncopy = a\n",
       "comment", "", "b"},
      {"a line behind it", "[a]\npath = /srv\n[b]\ncopy = a\npath = /b\n", "path", "/b", "b"},
      {"nothing to copy from", "[b]\ncopy = a\n", "workgroup", "(refused)"},
      {"one that is turned off", "[a]\n-valid = no\n[b]\ncopy = a\n", "workgroup", "(refused)"},
      {"itself", "[b]\ncopy = B\n", "workgroup", "(refused)"},
      {"in [global]", "[b]\n[global]\ncopy = b\n", "workgroup", "(refused)"},
  };
  for (const Case& c : cases) check(c);
}

TEST_CASE("samba: what follows from settings") {
  const Case cases[] = {
      {"alone", "", "@role", "standalone server"},
      {"a member", "security = ads\n", "@role", "member server"},
      {"security against role", "server role = dc\nsecurity = ads\n", "@role", "member server"},
      {"a member by its role", "server role = member\nsecurity = user\n", "@role",
       "standalone server"},
      {"logons", "domain logons = yes\n", "@role", "classic primary domain controller"},
      {"without being the master", "domain logons = yes\ndomain master = no\n", "@role",
       "classic backup domain controller"},
      {"a controller has modules", "server role = dc\n[a]\n", "vfs objects", "dfs_samba4 acl_xattr",
       "a"},
      {"more of them", "server role = dc\nposix : eadb = x\n[a]\n", "vfs objects",
       "dfs_samba4 acl_xattr posix_eadb", "a"},
      {"unless it names some", "server role = dc\nvfs objects = x\n[a]\n", "vfs objects", "x", "a"},
      {"not before a section begins", "server role = dc\n", "vfs objects", ""},
      {"its own accounts", "server role = dc\npassdb backend = x\n", "passdb backend",
       "samba_dsdb"},
      {"plain passwords need more", "client plaintext auth = yes\n", "client plaintext auth", "No"},
      {"than one line", "client plaintext auth = yes\nclient lanman auth = yes\n",
       "client plaintext auth", "No"},
      {"than two",
       "client plaintext auth = yes\nclient lanman auth = yes\nclient ntlmv2 auth = no\n",
       "client plaintext auth", "Yes"},
  };
  for (const Case& c : cases) check(c);
  const Facts facts = host("client plaintext auth = yes\n");
  const Fact* fact = facts.find("client plaintext auth", "global");
  REQUIRE(fact != nullptr);
  REQUIRE(fact->shadowed.size() == 1);
  CHECK(fact->shadowed[0].origin.line == 1);
}

TEST_CASE("samba: includes") {
  const Files files = {{"/etc/samba/a.conf", "deadtime = 3\n[x]\npath = /x\n"},
                       {"/etc/samba/b.conf", "deadtime = 4\n"},
                       {"/etc/samba/FILES.conf", "deadtime = 5\n"},
                       {"/etc/hostname", "files.example.org\n"}};
  const auto with = [&](const std::string& text) { return host(text, files); };
  CHECK(value(with("include = /etc/samba/a.conf\n"), "deadtime") == "3");
  CHECK(value(with("include = /etc/samba/a.conf\n"), "include") == "/etc/samba/a.conf");
  CHECK(value(with("include = /etc/samba/a.conf\ncomment = y\n"), "comment", "x") == "y");
  CHECK(value(with("[s]\ninclude = /etc/samba/b.conf\n"), "deadtime") == "10080");
  CHECK(value(with("include = etc/samba/b.conf\n"), "deadtime") == "4");
  CHECK(value(with("include = /etc/samba/%L.conf\n"), "deadtime") == "5");
  CHECK(value(with("include = /etc/samba/none.conf\n"), "deadtime") == "10080");
  CHECK(value(with("include = /etc/samba\n"), "include") == "/etc/samba");
  CHECK(value(with("include = /x/%m%U.%I\n"), "include") == "/x/%U.0.0.0.0");
  CHECK(values(with("include = /etc/samba/b.conf\ninclude = /etc/samba/b.conf\n"), "@file") ==
        "/etc/samba/smb.conf;/etc/samba/b.conf;");
  CHECK(value(with("include = " + kConf + "\n"), "deadtime") == "(refused)");
  CHECK(with("include = /etc/samba/none.%m\n").gaps.empty());
  CHECK(with("include = /etc/samba/%m.conf\n").gaps.size() == 1);
  CHECK(with("include = registry\n").gaps.size() == 2);
  CHECK(value(with("[s]\ninclude = registry\n"), "deadtime") == "(refused)");
  CHECK(with("config backend = registry\n").gaps.size() == 1);
  CHECK(with("config file = /etc/samba/b.conf\n").gaps.size() == 1);
  CHECK(with("config file = /etc/samba/none\n").gaps.empty());
  // Without the name of the host nobody knows which file that is.
  CHECK(host("include = /etc/samba/%h.conf\n").gaps.size() == 1);
}

TEST_CASE("samba: lines that a later one replaces, and where values stand") {
  const Facts facts = host(
      "deadtime = 1\n[a]\nguest ok = yes\n[global]\ndeadtime = 2\n[a]\n"
      "public = no\n  path = \\\n  /srv\n");
  const Fact* fact = facts.find("deadtime", "global");
  REQUIRE(fact != nullptr);
  CHECK(fact->origin == Origin{kConf, 5, 12});
  REQUIRE(fact->shadowed.size() == 1);
  CHECK(fact->shadowed[0].origin == Origin{kConf, 1, 12});
  const Fact* guest = facts.find("guest ok", "a");
  REQUIRE(guest != nullptr);
  CHECK(guest->value == "No");
  CHECK(guest->shadowed.size() == 1);
  CHECK(facts.find("path", "a")->origin.line == 8);
  // One that [global] hands down is no line of the share.
  const Facts handed = host("guest ok = yes\n[a]\nguest ok = no\n[b]\n");
  CHECK(handed.find("guest ok", "a")->shadowed.empty());
  CHECK(handed.find("guest ok", "b")->origin.line == 1);
}

TEST_CASE("samba: homes of users") {
  const Files files = {{"/etc/passwd", "root:x:0:0::/root:/bin/sh\nal:x:1:1::/home/al:/bin/sh\n"}};
  const Facts facts = host("auto services = \"AL root\"\n[homes]\nguest ok = yes\n[root]\n", files);
  CHECK(value(facts, "path", "AL") == "/home/al");
  CHECK(value(facts, "guest ok", "AL") == "Yes");
  CHECK(value(facts, "comment", "AL") == "Home directory of AL");
  CHECK(value(facts, "path", "root").empty());
  CHECK(facts.gaps.empty());
  CHECK(value(host("preload = al\n", files), "path", "al") == "(none)");
  CHECK(host("preload = nobody\n[homes]\n", files).gaps.size() == 1);
}

TEST_CASE("samba: shares that clients can connect to") {
  const auto with = [](const std::string& text) { return host("[a]\npath = /srv\n" + text); };
  CHECK(value(with("public = yes\n"), "@guest", "a") == "Yes");
  CHECK(value(with("available = no\n"), "@guest", "a") == "(none)");
  CHECK(value(with("only guest = yes\n"), "@guest-only", "a") == "No");
  CHECK(value(with("only guest = yes\nguest ok = yes\n"), "@guest-only", "a") == "Yes");
  CHECK(value(with(""), "@create-mask", "a") == "(none)");
  CHECK(value(with("read only = no\n"), "@create-mask", "a") == "0744");
  CHECK(value(with("write list = x\nforce create mode = 2\n"), "@create-mask", "a") == "0746");
  CHECK(value(with("printable = yes\nread only = no\n"), "@read-only", "a") == "(none)");
  CHECK(value(with("guest ok = yes\n"), "@guest-symlinks", "a") == "Yes");
}

TEST_CASE("samba: shares of users") {
  const std::string kShare =
      "#VERSION 2\npath=/home/bob \ncomment=\nusershare_acl=S-1-1-0:R\nguest_ok=y\n";
  const auto with = [&](const std::string& text, unsigned mode) {
    MemoryRoot root;
    root.add_file(kConf, text);
    root.add_directory("/var/lib/samba/usershares", mode);
    root.add_file("/var/lib/samba/usershares/bob", kShare);
    root.add_file("/var/lib/samba/usershares/:tmp", kShare);
    return read(root);
  };
  CHECK(value(with("", 01770), "@usershare", "bob") == "/home/bob");
  CHECK(value(with("", 01770), "@guest", "bob") == "No");
  CHECK(value(with("usershare allow guests = yes\n", 01770), "@guest", "bob") == "Yes");
  CHECK(values(with("usershare max shares = 0\n", 01770), "@usershare").empty());
  CHECK(values(with("", 01777), "@usershare").empty());
  CHECK(values(with("", 0770), "@usershare").empty());
}

TEST_CASE("samba: hosts") {
  CHECK_FALSE(read(*Root::in_memory({{"/etc/hostname", "x\n"}})).not_applicable.empty());
  CHECK(value(read(*Root::in_memory({{"/usr/sbin/smbd", ""}})), "workgroup") == "(refused)");
  const auto with = [](const std::string& package, const std::string& version) {
    return host("deadtime = 3\n",
                {{"/var/lib/dpkg/status", "Package: " + package +
                                              "\nStatus: install ok installed\nArchitecture: "
                                              "amd64\nVersion: " +
                                              version + "\n\n"}});
  };
  CHECK(value(host(""), "@server") == "yes");
  CHECK(value(with("samba", "2:4.17.9+dfsg-1"), "@server") == "yes");
  CHECK(value(with("samba", "2:4.17.9+dfsg-1"), "server string") == "Samba 4.17.9-Debian");
  CHECK(with("samba", "2:4.17.9+dfsg-1").gaps.empty());
  CHECK(value(with("samba-common-bin", "2:4.17.12+dfsg-0"), "@server") == "no");
  const Facts newer = with("samba", "2:4.22.3+dfsg-4+deb13u1");
  CHECK(newer.gaps.empty());
  CHECK(value(newer, "winbind debug traceid") == "Yes");
  CHECK(value(newer, "client use krb5 netlogon") == "default");
  CHECK(value(newer, "cldap port") == "(none)");
  CHECK(value(newer, "server string") == "Samba 4.22.3-Debian-4.22.3+dfsg-4+deb13u1");
  CHECK(value(with("samba", "2:4.17.9"), "cldap port") == "389");
  CHECK(value(with("samba", "2:4.17.9"), "client use krb5 netlogon") == "(none)");
  const Facts older = with("samba", "2:4.13.13+dfsg-1");
  REQUIRE(older.gaps.size() == 1);
  const auto& all = older.gaps[0].fields;
  CHECK(std::find(all.begin(), all.end(), "deadtime") != all.end());
  const Facts other = with("samba", "2:4.19.5+dfsg-1");
  REQUIRE(other.gaps.size() == 1);
  const auto& keys = other.gaps[0].fields;
  CHECK(std::find(keys.begin(), keys.end(), "deadtime") == keys.end());
  CHECK(std::find(keys.begin(), keys.end(), "guest ok") != keys.end());
}

TEST_CASE("samba: the command line of the unit") {
  const auto with = [](const std::string& words) {
    return host("deadtime = 3\n",
                {{"/lib/systemd/system/smbd.service",
                  "[Service]\nEnvironmentFile=-/etc/default/samba\nExecStart=/usr/sbin/smbd "
                  "--foreground $SMBDOPTIONS\n"},
                 {"/etc/default/samba", "SMBDOPTIONS=\"" + words + "\"\n"},
                 {"/srv/other.conf", "deadtime = 4\n"}});
  };
  CHECK(value(with(""), "deadtime") == "3");
  CHECK(value(with("-s /srv/other.conf"), "deadtime") == "4");
  CHECK(value(with("-s/srv/other.conf"), "deadtime") == "4");
  CHECK(value(with("--configfile=/srv/other.conf"), "deadtime") == "4");
  CHECK(with("--option=deadtime=5").gaps.size() == 1);
  CHECK(with("-d 3").gaps.empty());
}

TEST_CASE("samba: documents of a source tree") {
  const Facts facts = document("[global]\ndeadtime = 5\n[a]\npublic = yes\npath = /srv\n");
  CHECK(value(facts, "deadtime") == "5");
  CHECK(value(facts, "workgroup") == "(none)");
  CHECK(value(facts, "guest ok", "a") == "Yes");
  CHECK(value(facts, "read only", "a") == "(none)");
  CHECK(value(facts, "@guest", "a") == "Yes");
  CHECK(value(facts, "@read-only", "a") == "(none)");
  CHECK(value(facts, "@role") == "(none)");
  CHECK(value(document("security = ads\n"), "@role") == "member server");
  CHECK(value(document("read only = x\n"), "deadtime") == "(refused)");
  const Files beside = {{"/deploy/x.conf", "deadtime = 6\n"}};
  CHECK(value(document("include = x.conf\n", beside), "deadtime") == "6");
  CHECK(document("include = /etc/samba/x.conf\n").gaps.size() == 1);
  CHECK(document("workgroup = {{ domain }}\n").passed_over);
}

TEST_CASE("samba: which documents") {
  const DocumentClaim& claim = find_builtin_probe("samba")->documents;
  CHECK(claim.by_name("/a/smb.conf"));
  CHECK(claim.by_name("/samba/shares.conf"));
  CHECK_FALSE(claim.by_name("/a/smb.conf.j2"));
  CHECK_FALSE(claim.by_name("/a/nginx.conf"));
  const auto looks_so = [&](std::string_view text) { return claim.by_text({"/a/smb.conf", text}); };
  CHECK(looks_so("# x\n[global]\n workgroup = x\n unknown = 1\nguest ok = no\n"));
  CHECK_FALSE(looks_so("[program:smbd]\ncommand = smbd\nautostart = true\n"));
  CHECK_FALSE(looks_so("vfs:x = 1\n"));
  CHECK_FALSE(looks_so("server {\n  listen 80;\n}\n"));
}

TEST_CASE("samba: input without end") {
  std::string sections;
  for (int i = 0; i < 2000; ++i) sections += "[s" + std::to_string(i) + "]\n";
  CHECK_FALSE(host(sections).gaps.empty());
  std::string many;
  for (int i = 0; i < 900; ++i) many += "[s" + std::to_string(i) + "]\n";
  // Each of them would have the whole text of [global].
  CHECK_FALSE(host("comment = " + std::string(1U << 20U, 'x') + "\n" + many).gaps.empty());
  std::string list = "server services =";
  for (int i = 0; i < 9000; ++i) list += " +x" + std::to_string(i);
  CHECK_FALSE(host(list + "\n").gaps.empty());
  CHECK_FALSE(host("[" + std::string(5000, 'x') + "]\n").gaps.empty());
  std::string options = "[a]\n";
  for (int i = 0; i < 3000; ++i) options += "x:" + std::to_string(i) + " = 1\n";
  for (int i = 0; i < 90; ++i) options += "[b" + std::to_string(i) + "]\ncopy = a\n";
  CHECK_FALSE(host(options).gaps.empty());
  CHECK(value(host(std::string(50000, '[') + "]\n"), "deadtime") == "10080");
}
