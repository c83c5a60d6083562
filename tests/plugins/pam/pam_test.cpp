#include <doctest/doctest.h>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("pam")->read({root, context, {}, 1});
}

Value field(const Fact& row, std::string_view name) {
  const auto fields = find_builtin_probe("pam")->fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].name == name) return row.fields.at(i);
  FAIL("no field " << name);
  return {};
}

std::string text(const Fact& row, std::string_view name) {
  const Value value = field(row, name);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return join(*list, ",");
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  const auto* string = std::get_if<std::string>(&value);
  return string == nullptr ? "null" : *string;
}

/// `module(arguments)` of one stack, in order; `!` for a line that libpam cannot use.
std::string stack(const Facts& facts, std::string_view service, std::string_view type) {
  std::string out;
  for (const Fact& row : facts.rows) {
    if (text(row, "service") != service || text(row, "type") != type) continue;
    const std::string arguments = text(row, "arguments");
    const std::string module = text(row, "module");
    out.append(out.empty() ? "" : " ").append(module.empty() ? "!" : module);
    if (!arguments.empty()) out += "(" + arguments + ")";
  }
  return out;
}

struct StackCase {
  const char* why;
  Files files;
  const char* expected;  ///< the auth stack of `svc`
};

const StackCase kStacks[] = {
    {"comments end a line wherever they stand",
     {{"/etc/pam.d/svc", "# x\nauth required pam_a.so b # nullok\n#auth required pam_c.so\n"}},
     "pam_a.so(b)"},
    {"a backslash continues a line, past comments",
     {{"/etc/pam.d/svc", "auth \\\n# not the end\n\n required \\\n pam_a.so\n"}},
     "pam_a.so"},
    {"brackets make one argument",
     {{"/etc/pam.d/svc", "auth required pam_a.so [x=a b\\]c] d\n"}},
     "pam_a.so(x=a b]c,d)"},
    {"types and keywords ignore case, other types stay out",
     {{"/etc/pam.d/svc", "AUTH Required pam_a.so\naccount required pam_b.so\n"}},
     "pam_a.so"},
    {"a module may have a path",
     {{"/etc/pam.d/svc", "-auth optional /lib/security/pam_a.so\n"}},
     "pam_a.so"},
    {"@include splices, include takes one type",
     {{"/etc/pam.d/svc", "@include x\nauth include x\n"},
      {"/etc/pam.d/x", "account required pam_a.so\nauth required pam_b.so\n"}},
     "pam_b.so pam_b.so"},
    {"a substack's modules stand in their place",
     {{"/etc/pam.d/svc", "auth substack x\nauth required pam_c.so\n"},
      {"/etc/pam.d/x", "auth required pam_a.so\n"}},
     "pam_a.so pam_c.so"},
    {"/etc hides /usr/lib",
     {{"/etc/pam.d/svc", "auth required pam_a.so\n"},
      {"/usr/lib/pam.d/svc", "auth required pam_b.so\n"}},
     "pam_a.so"},
    {"a vendor's service counts where /etc has none",
     {{"/etc/pam.d/x", ""}, {"/usr/lib/pam.d/svc", "auth required pam_b.so\n"}},
     "pam_b.so"},
    {"a type without lines comes from other",
     {{"/etc/pam.d/svc", "account required pam_a.so\n"},
      {"/etc/pam.d/other", "auth required pam_deny.so\n"}},
     "pam_deny.so"},
    {"a missing include denies in its place",
     {{"/etc/pam.d/svc", "auth include x\nauth required pam_a.so\n"}},
     "! pam_a.so"},
    {"a missing @include ends it all",
     {{"/etc/pam.d/svc", "auth required pam_a.so\n@include x\n"}},
     "!"},
    {"so does a file that ends inside a line",
     {{"/etc/pam.d/svc", "auth required pam_a.so \\\n"}},
     "!"},
    {"a line of an unknown type denies in auth",
     {{"/etc/pam.d/svc", "auht required pam_a.so\nauth required pam_b.so\n"}},
     "! pam_b.so"},
    {"pam.conf counts without the directories",
     {{"/etc/pam.conf", "SVC auth required pam_a.so\nother auth required pam_b.so\n"}},
     "pam_a.so"},
    {"names of services in pam.conf ignore case",
     {{"/etc/pam.conf", "svc auth required pam_a.so\nSvc auth required pam_b.so\n"}},
     "pam_a.so pam_b.so"},
    {"pam.conf does not count beside a directory",
     {{"/etc/pam.conf", "svc auth required pam_a.so\n"}, {"/etc/pam.d/other", ""}},
     ""},
    {"what a packaging tool left is no service",
     {{"/etc/pam.d/svc.dpkg-old", "auth required pam_a.so\n"}},
     ""},
};

struct WayCase {
  const char* why;
  const char* lines;  ///< of /etc/pam.d/svc
  const char* module;
  const char* expected;  ///< can_succeed, on_every_success, failure_denies, before
};

constexpr char kDebianAuth[] =
    "auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\n"
    "auth required pam_permit.so\n";

const WayCase kWays[] = {
    {"Debian's jump over pam_deny leaves no other way", kDebianAuth, "pam_unix.so",
     "yes yes yes pam_permit.so"},
    {"a sufficient line goes round what follows",
     "auth sufficient pam_a.so\nauth required pam_b.so\n", "pam_b.so", "yes no yes "},
    {"but itself runs on every way", "auth sufficient pam_a.so\nauth required pam_b.so\n",
     "pam_a.so", "yes yes no pam_b.so"},
    {"an optional module runs and decides nothing",
     "auth optional pam_a.so\nauth required pam_b.so\n", "pam_a.so", "yes yes no pam_b.so"},
    {"a jump skips a required line",
     "auth [success=1 default=ignore] pam_a.so\nauth required pam_b.so\nauth required pam_c.so\n",
     "pam_b.so", "yes no yes "},
    {"a jump past the end is a failure",
     "auth [success=2 default=ignore] pam_a.so\nauth required pam_b.so\n", "pam_b.so",
     "yes yes yes "},
    {"`ignore` for everything grants nothing", "auth [default=ignore] pam_a.so\n", "pam_a.so",
     "no yes yes "},
    {"bad for success cannot be mended",
     "auth [success=bad default=ignore] pam_a.so\nauth required pam_b.so\n", "pam_a.so",
     "yes yes no pam_b.so"},
    {"reset forgets a failure",
     "auth required pam_a.so\nauth [default=reset] pam_b.so\nauth required pam_c.so\n", "pam_a.so",
     "yes yes no pam_b.so,pam_c.so"},
    {"a mistake in a list makes all of it bad",
     "auth [success=ok defualt=ignore] pam_a.so\nauth required pam_b.so\n", "pam_b.so",
     "no yes yes "},
    {"a dash does not change what a module does",
     "-auth required pam_a.so\nauth required pam_b.so\n", "pam_a.so", "yes yes yes pam_b.so"},
};

std::string verdict(const Files& files, std::string_view module) {
  for (const Fact& row : read(*Root::in_memory(files)).rows)
    if (text(row, "service") == "svc" && text(row, "module") == module)
      return text(row, "can_succeed") + " " + text(row, "on_every_success") + " " +
             text(row, "failure_denies") + " " + text(row, "before");
  return "no row";
}

}  // namespace

TEST_CASE("pam: stacks are put together as libpam does") {
  for (const StackCase& c : kStacks) {
    CAPTURE(c.why);
    CHECK(stack(read(*Root::in_memory(c.files)), "svc", "auth") == c.expected);
  }
}

TEST_CASE("pam: what runs on every way to success") {
  for (const WayCase& c : kWays) {
    CAPTURE(c.why);
    CHECK(verdict({{"/etc/pam.d/svc", c.lines}}, c.module) == c.expected);
  }
}

TEST_CASE("pam: pam_rootok lets root alone round what follows") {
  struct Case {
    const char *why, *lines, *want;
  };
  const Case cases[] = {
      {"root goes round it", "auth sufficient pam_rootok.so\nauth required pam_x.so\n", "no yes"},
      {"users go round it, too",
       "auth sufficient pam_rootok.so\nauth sufficient pam_unix.so\nauth required pam_x.so\n",
       "no no"},
      {"its failure changes nothing",
       "auth sufficient pam_rootok.so\nauth optional pam_x.so\nauth required pam_unix.so\n",
       "no no"},
      {"without pam_rootok all are alike", "auth required pam_x.so\n", "yes yes"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    for (const Fact& row : read(*Root::in_memory({{"/etc/pam.d/svc", c.lines}})).rows)
      if (text(row, "module") == "pam_x.so")
        CHECK(text(row, "on_every_success") + " " + text(row, "holds_for_users") == c.want);
  }
}

TEST_CASE("pam: a substack keeps done and die to itself, an include does not") {
  const Files inner = {{"/etc/pam.d/x", "auth sufficient pam_a.so\nauth required pam_b.so\n"}};
  Files files = inner;
  files["/etc/pam.d/svc"] = "auth substack x\nauth required pam_c.so\n";
  CHECK(verdict(files, "pam_c.so") == "yes yes yes ");
  files["/etc/pam.d/svc"] = "auth include x\nauth required pam_c.so\n";
  CHECK(verdict(files, "pam_c.so") == "yes no yes ");
}

TEST_CASE("pam: fragments are marked and get nothing from other") {
  const Facts facts =
      read(*Root::in_memory({{"/etc/pam.d/svc", "@include common-auth\n"},
                             {"/etc/pam.d/common-auth", kDebianAuth},
                             {"/etc/pam.d/other", "account required pam_deny.so\n"}}));
  CHECK(stack(facts, "common-auth", "account").empty());
  CHECK(stack(facts, "svc", "account") == "pam_deny.so");
  for (const Fact& row : facts.rows)
    CHECK(text(row, "fragment") == (text(row, "service") == "common-auth" ? "yes" : "no"));
}

TEST_CASE("pam: an include loop is a gap for its service alone") {
  const Facts facts = read(*Root::in_memory(
      {{"/etc/pam.d/svc", "auth include svc\n"}, {"/etc/pam.d/ok", "auth required pam_a.so\n"}}));
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "svc");
  CHECK(facts.gaps[0].error.code == ErrorCode::limit);
  CHECK(stack(facts, "ok", "auth") == "pam_a.so");
}

TEST_CASE("pam: the number of entries is bounded however includes multiply") {
  Files files;
  for (int i = 0; i < 30; ++i)
    files["/etc/pam.d/f" + std::to_string(i)] =
        "@include f" + std::to_string(i + 1) + "\n@include f" + std::to_string(i + 1) + "\n";
  files["/etc/pam.d/f30"] = "auth required pam_a.so\n";
  CHECK_FALSE(read(*Root::in_memory(files)).gaps.empty());
}

TEST_CASE("pam: a long stack of jumps and resets ends quickly") {
  std::string lines;
  for (int i = 0; i < 300; ++i)
    lines += "auth [success=" + std::to_string(i % 7 + 1) +
             " ignore=reset new_authtok_reqd=ok default=bad] pam_" + std::to_string(i) + ".so\n";
  const Facts facts = read(*Root::in_memory({{"/etc/pam.d/svc", lines}}));
  CHECK(facts.rows.size() == 300);
}

TEST_CASE("pam: a file that may not be read is a gap") {
  MemoryRoot root;
  root.add_file("/etc/pam.d/svc", "auth include x\n");
  root.add_file("/etc/pam.d/x", "auth required pam_a.so\n", 0600);
  root.deny("/etc/pam.d/x");
  const Facts facts = read(root);
  REQUIRE_FALSE(facts.gaps.empty());
  CHECK(facts.gaps[0].error.code == ErrorCode::denied);
  CHECK(read(*Root::in_memory({})).not_applicable ==
        "there is no /etc/pam.d, /usr/lib/pam.d or /etc/pam.conf");
}

TEST_CASE("pam: how pam_unix hashes a new password") {
  struct Case {
    const char *why, *arguments, *login_defs, *version, *want;
  };
  const Case cases[] = {
      {"nothing is said", "", "", "1.5.2-6", "des null"},
      {"the default cost", "yescrypt", "", "1.5.2-6", "yescrypt 5"},
      {"the method named last", "sha512 yescrypt rounds=7 md5", "", "1.5.2-6", "md5 null"},
      {"an option counts by how it begins", "sha512crypt", "", "1.5.2-6", "sha512 5000"},
      {"but has a case", "SHA512", "", "1.5.2-6", "des null"},
      {"login.defs names the method", "obscure", "ENCRYPT_METHOD yescrypt # c\n", "1.5.2-6",
       "yescrypt 5"},
      {"its first line counts, in any case", "", "encrypt_method=SHA256\nENCRYPT_METHOD SHA512\n",
       "1.5.2-6", "sha256 5000"},
      {"and its most rounds", "", "ENCRYPT_METHOD SHA512\nSHA_CRYPT_MAX_ROUNDS 70000\n", "1.5.2-6",
       "sha512 70000"},
      {"the least rounds mean nothing", "", "ENCRYPT_METHOD SHA512\nSHA_CRYPT_MIN_ROUNDS 70000\n",
       "1.5.2-6", "sha512 5000"},
      {"1.5: not where the method is no SHA there", "sha512", "SHA_CRYPT_MAX_ROUNDS 70000\n",
       "1.5.2-6", "sha512 5000"},
      {"1.7: also then", "sha512", "SHA_CRYPT_MAX_ROUNDS 70000\n", "1.7.0-5", "sha512 70000"},
      {"1.7: the cost of yescrypt", "yescrypt", "YESCRYPT_COST_FACTOR 9\n", "1.7.0-5",
       "yescrypt 9"},
      {"1.5 knows no such name", "yescrypt", "YESCRYPT_COST_FACTOR 9\n", "1.5.2-6", "yescrypt 5"},
      {"a number stands for all methods", "rounds=6 blowfish", "", "1.5.2-6", "blowfish 6"},
      {"1.5: out of range is 5", "gost_yescrypt rounds=65536", "", "1.5.2-6", "gost_yescrypt 5"},
      {"1.7: out of range is the end of it", "gost_yescrypt rounds=65536", "", "1.7.0-5",
       "gost_yescrypt 11"},
      {"too few rounds are none", "sha256 rounds=999", "", "1.5.2-6", "sha256 5000"},
      {"too many are the most", "sha256 rounds=2000000000", "", "1.5.2-6", "sha256 9999999"},
      {"1.5: an int overflows", "sha512 rounds=4294972296", "", "1.5.2-6", "sha512 5000"},
      {"no version is needed where both agree", "yescrypt rounds=11", "", "", "yescrypt 11"},
      {"it is where they do not", "yescrypt rounds=12", "", "", "null null"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    Files files = {{"/etc/pam.d/svc", std::string("password required pam_unix.so ") + c.arguments},
                   {"/etc/login.defs", c.login_defs}};
    if (*c.version != '\0')
      files["/var/lib/dpkg/status"] =
          std::string("Package: libpam-modules\nStatus: install ok installed\nVersion: ") +
          c.version + "\n";
    const Facts facts = read(*Root::in_memory(files));
    REQUIRE_FALSE(facts.rows.empty());
    const Fact& row = facts.rows.front();
    CHECK(text(row, "hash") + " " + text(row, "rounds") == c.want);
    CHECK(facts.gaps.size() == (text(row, "hash") == "null" ? 1 : 0));
  }
}

TEST_CASE("pam: a login.defs that cannot be read leaves open what it would say") {
  MemoryRoot root;
  root.add_file("/etc/pam.d/svc", "password required pam_unix.so yescrypt rounds=7\n");
  root.add_file("/etc/pam.d/other", "password required pam_unix.so yescrypt\n");
  root.add_file("/etc/login.defs", "");
  root.deny("/etc/login.defs");
  const Facts facts = read(root);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps.front().subject == "other");
  CHECK(facts.gaps.front().fields.size() == 2);
}

TEST_CASE("pam: many services that include a long file end in one gap for all") {
  std::string long_file;
  for (int i = 0; i < 2000; ++i) long_file += "auth optional pam_x.so\n";
  Files files{{"/etc/pam.d/long", long_file}};
  for (int i = 100; i < 150; ++i) files["/etc/pam.d/s" + std::to_string(i)] = "@include long\n";
  const Facts facts = read(*Root::in_memory(files));
  std::vector<std::string> for_all;
  for (const Gap& gap : facts.gaps)
    if (gap.subject.empty()) for_all.push_back(gap.error.what);
  REQUIRE(for_all.size() == 1);
  CHECK(for_all[0].find("from `s131` on") != std::string::npos);
}
