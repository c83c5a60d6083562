#include <doctest/doctest.h>

#include "plugins/os/user-files/private_key.h"
#include "scanner/formats/openssh/authorized_keys.h"
#include "scanner/probe/matcher.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

constexpr char kPasswd[] = "root:x:0:0::/root:/bin/bash\nbob:x:1001:1001::/home/bob:/bin/sh\n";
constexpr char kKey[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

Facts read(const Root& root) { return read_probe("user-files", root); }

std::string field(const Fact& row, std::string_view name) {
  const auto fields = find_builtin_probe("user-files")->fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].name == name)
      return std::holds_alternative<std::monostate>(row.fields.at(i))
                 ? "null"
                 : to_text(row.fields.at(i), fields[i].type);
  FAIL("no field " << name);
  return {};
}

/// `path kind type` of each row.
std::string rows(const Facts& facts) {
  std::string out;
  for (const Fact& row : facts.rows)
    out += field(row, "path") + " " + field(row, "kind") + " " + field(row, "type") + "; ";
  return out;
}

/// The options with `|` between, or `refused`.
std::string options(std::string_view text) {
  const auto parsed = openssh::parse_key_options(text);
  if (!parsed) return "refused";
  std::string out;
  for (const std::string& option : *parsed) out += (out.empty() ? "" : "|") + option;
  return out;
}

}  // namespace

TEST_CASE("authorized_keys: options as sshd takes them") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"names ignore case", "No-X11-Forwarding,PTY", "no-x11-forwarding|pty"},
      {"they end at the first blank", "pty ,bad", "pty"},
      {"a comma may stand alone", ",,pty", "pty"},
      {"but not at the end", "pty,", "refused"},
      {"a quote inside a value", "command=\"a \\\"b\\\" \\\\c\"", "command=a \"b\" \\\\c"},
      {"a value wants quotes", "command=ls", "refused"},
      {"a quote that never closes", "command=\"ls", "refused"},
      {"nothing between value and comma", "from=\"a\"x", "refused"},
      {"`restrict` has no opposite", "no-restrict", "refused"},
      {"a name that only begins well", "ptyx", "refused"},
      {"one command", "command=\"a\",command=\"b\"", "refused"},
      {"many environments", "environment=\"A=1\",environment=\"B_2=\"",
       "environment=A=1|environment=B_2="},
      {"an environment is NAME=VALUE", "environment=\"A\"", "refused"},
      {"letters, digits and `_` alone", "environment=\"A.B=1\"", "refused"},
      {"permitopen wants a host", "permitopen=\"80\"", "refused"},
      {"permitlisten does not", "permitlisten=\"8080\"", "permitlisten=8080"},
      {"any port", "permitopen=\"h:*\"", "permitopen=h:*"},
      {"an address in brackets", "permitopen=\"[::1]:22\"", "permitopen=[::1]:22"},
      {"that closes", "permitopen=\"[::1:22\"", "refused"},
      {"port 0 is none", "permitopen=\"h:0\"", "refused"},
      {"a day", "expiry-time=\"20301231\"", "expiry-time=20301231"},
      {"a minute, in UTC", "expiry-time=\"203012312359Z\"", "expiry-time=203012312359Z"},
      {"no such month", "expiry-time=\"20301331\"", "refused"},
      {"tunnel device", "tunnel=\"any\",tunnel=\"3\"", "tunnel=any|tunnel=3"},
      {"or not", "tunnel=\"x\"", "refused"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(options(c.text) == c.want);
  }
}

TEST_CASE("authorized_keys: a key wants its own type, and nothing left over") {
  CHECK(openssh::parse_authorized_key(kKey).has_value());
  CHECK(openssh::parse_authorized_key(std::string("\t ") + kKey + " comment").has_value());
  CHECK(openssh::parse_authorized_key(std::string(kKey) + "\r").has_value());
  CHECK_FALSE(openssh::parse_authorized_key(std::string("#") + kKey));
  CHECK_FALSE(openssh::parse_authorized_key(std::string(kKey) + "AAAA"));  // trailing bytes
  CHECK_FALSE(openssh::parse_authorized_key(std::string(kKey) + "="));     // padding too much
  CHECK_FALSE(openssh::parse_authorized_key("ssh-rsa" + std::string(kKey).substr(11)));
  CHECK_FALSE(openssh::parse_authorized_key("ssh-ed25519"));
  CHECK_FALSE(openssh::parse_authorized_key(""));
  CHECK_FALSE(openssh::parse_authorized_key(std::string("pty\0", 4) + " " + kKey));
}

TEST_CASE("base64 is as strict as b64_pton") {
  CHECK(openssh::decode_base64("QUJD") == "ABC");
  CHECK(openssh::decode_base64(" QU\nI= ") == "AB");
  CHECK(openssh::decode_base64("QQ==") == "A");
  CHECK_FALSE(openssh::decode_base64("QQ="));
  CHECK_FALSE(openssh::decode_base64("QR=="));  // bits that padding replaces are not zero
  CHECK_FALSE(openssh::decode_base64("QQ==Q"));
  CHECK_FALSE(openssh::decode_base64("Q"));
  CHECK_FALSE(openssh::decode_base64("QUJD="));
  CHECK(openssh::decode_base64("") == "");
}

TEST_CASE("private keys are told by what is in them") {
  using user_files::read_private_key;
  CHECK_FALSE(read_private_key("Host x\n"));
  CHECK_FALSE(read_private_key("-----BEGIN PUBLIC KEY-----\n"));
  CHECK(read_private_key("-----BEGIN PRIVATE KEY-----\n")->encrypted == false);
  CHECK(read_private_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\r\n")->encrypted == true);
  CHECK(read_private_key("Bag Attributes\n-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END")
            ->encrypted == false);
  CHECK(read_private_key("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\n")->encrypted ==
        true);
  CHECK(read_private_key("PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\n")->encrypted ==
        false);
  // Cut off before it says: no claim either way.
  CHECK_FALSE(read_private_key("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n")->encrypted);
  CHECK_FALSE(read_private_key("SSH PRIVATE KEY FILE FORMAT 1.1\nx")->encrypted);
}

TEST_CASE("user-files: what cannot be looked at is a gap about that home") {
  MemoryRoot root;
  root.add_file("/etc/passwd", kPasswd);
  root.add_directory("/home/bob", 0700, 1001, 1001);
  root.deny("/home/bob");
  const Facts facts = read(root);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "/home/bob");
  CHECK(facts.gaps[0].effect == Gap::Effect::may_add);
}

TEST_CASE("user-files: a home full of files does not hide its keys") {
  MemoryRoot root;
  root.add_file("/etc/passwd", kPasswd);
  for (int i = 0; i < 12'000; ++i) root.add_file("/home/bob/." + std::to_string(i), "");
  root.add_file("/home/bob/.ssh/authorized_keys", std::string(kKey) + "\n", 0600, 1001, 1001);
  root.add_file("/root/.netrc", "");
  const Facts facts = read(root);
  CHECK(facts.gaps.size() == 1);
  CHECK(facts.rows.size() == 10'001);
  CHECK(field(facts.rows[1], "kind") == "authorized-key");
  CHECK(field(facts.rows.back(), "path") == "/root/.netrc");
}

TEST_CASE("user-files: homes and files of another kind") {
  MemoryRoot root;
  root.add_file("/etc/passwd",
                "a:x:1:1::/home/a:/bin/sh\nb:x:2:2::/home/a/:/bin/sh\nc:x:3:3::relative:/bin/sh\n"
                "+nis\nd:x:4:4::/etc/passwd:/bin/sh\ne:x:5:5::/none:/bin/sh\n");
  root.add_special("/home/a/.forward", FileType::fifo);
  root.add_special("/home/a/.ssh/authorized_keys", FileType::fifo);
  root.add_special("/home/a/.ssh/id_rsa", FileType::socket);
  root.add_file("/home/a/.aws", "a file where a directory should be");
  root.add_link("/home/a/.docker", "/home/a/.docker");
  const Facts facts = read(root);
  CHECK(facts.gaps.empty());
  CHECK(rows(facts) ==
        "/home/a/.ssh/authorized_keys ssh-authorized-keys other; /home/a/.forward forward other; "
        "/home/a/.aws dot-file file; /home/a/.docker dot-file link; /home/a/.ssh dot-file "
        "directory; ");
  CHECK(field(facts.rows[0], "user") == "a,b");
}

TEST_CASE("user-files: without accounts there are no homes") {
  CHECK_FALSE(read(*Root::in_memory({{"/home/bob/.netrc", ""}})).not_applicable.empty());
  MemoryRoot root;
  root.add_link("/etc/passwd", "/etc/passwd");
  CHECK(read(root).gaps.size() == 1);
}
