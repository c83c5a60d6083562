#include <doctest/doctest.h>

#include <algorithm>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("postfix")->read({root, context, {}, 1});
}

Facts main_cf(const std::string& text, const std::string& master = {}) {
  return read(
      *Root::in_memory({{"/etc/postfix/main.cf", text}, {"/etc/postfix/master.cf", master}}));
}

/// The value of one parameter, `(none)`, or `(gap)` when Postfix would not start.
std::string value(const Facts& facts, std::string_view key, std::string_view scope = {}) {
  if (!facts.gaps.empty()) return "(gap)";
  const Fact* fact = facts.find(key, scope);
  return fact == nullptr ? "(none)" : fact->value;
}

}  // namespace

TEST_CASE("postfix: lines of main.cf") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"blanks around the name and the value", "myorigin \t=  a  b\t\r\n", "a b"},
      {"the last one stands", "myorigin = a\nmyorigin = b\n", "b"},
      {"also when it is empty", "myorigin = a\nmyorigin =\n", ""},
      {"a comment needs a line of its own", "myorigin = a # b\n#myorigin = c\n", "a # b"},
      {"a blank at the start continues, over comments and empty lines",
       "myorigin = a\n# x\n\n  # y\n b\n", "a b"},
      {"without a blank where the lines meet", "myorigin = a\n\tb\n", "a b"},
      {"a continuation of nothing is ignored", "  myorigin = a\n b\nmyorigin = c\n", "c"},
      {"no `=`: Postfix does not start", "myorigin a\n", "(gap)"},
      {"no name: it does not start", "= a\n", "(gap)"},
      {"a name that nothing mentions", "other = a\n", "(none)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(main_cf(c.text), "myorigin") == c.want);
  }
}

TEST_CASE("postfix: names in values") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"three spellings", "$a ${a} $(a)", "1 1 1"},
      {"two dollars are one", "$$a", "$a"},
      {"what is not defined is empty", "x${nothing}y", "xy"},
      {"names in values of names", "$b", "1"},
      {"defaults count as values", "$mail_name $mail_version", "Postfix 3.7.11"},
      {"when it is not empty", "${a?yes}${empty?no}", "yes"},
      {"when it is empty", "${a:no}${empty:yes}", "yes"},
      {"both", "${a ? {yes} : {no}} ${empty?{no}:{yes}}", "yes yes"},
      {"without braces all that follows is text", "${a?b:c}", "b:c"},
      {"text is compared", "${{$a} == {1} ? {yes} : {no}}", "yes"},
      {"numbers as numbers", "${{9} < {10} ? {yes} : {no}} ${{b9} < {b10} ? {yes} : {no}}",
       "yes no"},
      {"compatibility levels by their parts", "${{3.9} <level {3.10} ? {yes}}", "yes"},
      {"a comparison alone", "${{a} != {b}}", "true"},
      {"a name with other characters", "${a-b}", "(gap)"},
      {"a brace that is not closed", "${a", "(gap)"},
      {"a dollar alone", "5$ x", "(gap)"},
      {"no such comparison", "${{a} = {b}}", "(gap)"},
      {"no compatibility level", "${{a} <level {1}}", "(gap)"},
      {"text behind an expression", "${a?{b}:{c}d}", "(gap)"},
      {"a circle", "$myorigin", "(gap)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = main_cf("a = 1\nb = $a\nempty =\nmyorigin = " + std::string(c.text) + "\n");
    CHECK(value(facts, "myorigin") == c.want);
  }
}

TEST_CASE("postfix: which names count") {
  const Facts facts = main_cf(
      "class = permit\nsmtpd_restriction_classes = class\nin_master = 1\nalias_maps = ldap:acc\n"
      "acc_server_host = h\nacc_nothing = h\nslow_recipient_limit = 3\nfast_recipient_limit = 3\n"
      "process_name = x\nforward_path = $home/.forward\n",
      "slow unix - - n - - smtp\nfast unix - - n - - smtpd -o myorigin=$in_master$process_name\n");
  CHECK(value(facts, "class") == "permit");
  CHECK(value(facts, "in_master") == "1");
  CHECK(value(facts, "acc_server_host") == "h");
  CHECK(value(facts, "acc_nothing") == "(none)");
  CHECK(value(facts, "slow_recipient_limit") == "3");
  CHECK(value(facts, "fast_recipient_limit") == "(none)");
  CHECK(value(facts, "process_name") == "(none)");
  CHECK(value(facts, "forward_path") == "$home/.forward");
  CHECK(value(facts, "myorigin", "fast/unix") == "1smtpd");
}

TEST_CASE("postfix: options of services") {
  struct Case {
    const char *why, *master, *want;
  };
  const Case cases[] = {
      {"two words", "smtp inet n - y - - smtpd -o biff=x\n", "x"},
      {"one word", "smtp inet n - y - - smtpd -obiff=x\n", "x"},
      {"on a line of its own, between comments", "smtp inet n - y - - smtpd\n# c\n -o biff=x\n",
       "x"},
      {"in braces, with blanks", "smtp inet n - y - - smtpd -o { biff = x  $mail_name }\n",
       "x Postfix"},
      {"the last one stands", "smtp inet n - y - - smtpd -o biff=a -o biff=x\n", "x"},
      {"also of another service of that name",
       "smtp inet n - y - - smtpd\nsmtp inet n - y - - smtpd -o biff=x\n", "x"},
      {"behind other options", "smtp inet n - y - - smtpd -v -vobiff=x\n", "x"},
      {"not behind other arguments", "smtp inet n - y - - smtpd a -o biff=x\n", "(none)"},
      {"nor behind two dashes", "smtp inet n - y - - smtpd -- -o biff=x\n", "(none)"},
      {"a service lacks a column", "smtp inet n - y - - -o\n", "(none)"},
      {"seven columns", "smtp inet n - y - -\n", "(gap)"},
      {"an unknown type", "smtp tcp n - y - - smtpd\n", "(gap)"},
      {"neither y nor n", "smtp inet n - x - - smtpd\n", "(gap)"},
      {"no number", "smtp inet n - y a - smtpd\n", "(gap)"},
      {"an option without a value", "smtp inet n - y - - smtpd -o biff\n", "(gap)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(value(main_cf("", c.master), "biff", "smtp/inet") == c.want);
  }
}

TEST_CASE("postfix: whether it is there, and what is in doubt") {
  CHECK(!read(*Root::in_memory({{"/etc/hostname", "a\n"}})).not_applicable.empty());
  CHECK(!read(*Root::in_memory(
                  {{"/etc/postfix/main.cf", ""}, {"/var/lib/dpkg/info/postfix.list", ""}}))
             .not_applicable.empty());
  const Facts newer = read(
      *Root::in_memory({{"/etc/postfix/main.cf", "biff = no\n"},
                        {"/var/lib/dpkg/status",
                         "Package: postfix\nStatus: install ok installed\nVersion: 3.11.1-1\n"}}));
  REQUIRE(newer.gaps.size() == 1);
  const auto& doubtful = newer.gaps[0].fields;
  CHECK(std::find(doubtful.begin(), doubtful.end(), "inet_interfaces") != doubtful.end());
  CHECK(std::find(doubtful.begin(), doubtful.end(), "biff") == doubtful.end());
  MemoryRoot root;
  root.add_file("/etc/postfix/main.cf", "biff = no\n");
  root.deny("/etc/postfix/main.cf");
  CHECK(read(root).gaps.size() == 1);
}

TEST_CASE("postfix: defaults are those of the version that is installed") {
  struct Case {
    const char *why, *version, *key, *text, *want;
  };
  const char* const kNewline = "smtpd_forbid_bare_newline";
  const char* const kPipelining = "smtpd_forbid_unauth_pipelining";
  const Case cases[] = {
      {"Debian 12: told by the program", "3.7.11-0+deb12u1", kNewline, "", "no"},
      {"Debian 12: told by the program", "3.7.11-0+deb12u1", kPipelining, "", "no"},
      {"Debian 13: postconf(5), Postfix 3.9 and later", "3.10.5-1~deb13u1", kNewline, "",
       "normalize"},
      {"Debian 13: postconf(5), Postfix 3.9 and later", "3.10.5-1~deb13u1", kPipelining, "", "yes"},
      {"a line counts there, too", "3.10.5-1~deb13u1", kPipelining,
       "smtpd_forbid_unauth_pipelining = no\n", "no"},
      {"3.10 is more than 3.9", "3.9.1-1", kPipelining, "", "yes"},
      {"3.8 has it, turned off", "3.8.6-1", kPipelining, "", "no"},
      {"3.8.0 does not have it", "3.8.0-1", kPipelining, "smtpd_forbid_unauth_pipelining = yes\n",
       "(none)"},
      {"the first Debian 12 did not have it and ignores the line", "3.7.5-2", kPipelining,
       "smtpd_forbid_unauth_pipelining = yes\n", "(none)"},
      {"an update brought it", "3.7.6-0+deb12u2", kPipelining,
       "smtpd_forbid_unauth_pipelining = yes\n", "yes"},
      {"that one did not bring the other", "3.7.6-0+deb12u2", kNewline,
       "smtpd_forbid_bare_newline = yes\n", "(none)"},
      {"the next one did", "3.7.9-0+deb12u1", kNewline, "smtpd_forbid_bare_newline = yes\n", "yes"},
      {"a name of 3.10", "3.10.5-1", "smtpd_hide_client_session",
       "smtpd_hide_client_session = yes\n", "yes"},
      {"which 3.7 does not have", "3.7.11-1", "smtpd_hide_client_session",
       "smtpd_hide_client_session = yes\n", "(none)"},
      {"a default in a value", "3.10.5-1", "myorigin",
       "myorigin = $smtpd_client_ipv6_prefix_length\n", "84"},
      {"which is empty where there is none", "3.7.11-1", "myorigin",
       "myorigin = $smtpd_client_ipv6_prefix_length\n", ""},
      {"old ciphers are left out", "3.8.6-1", "myorigin", "myorigin = $tls_null_cipherlist\n",
       "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL"},
      {"the version itself", "3.10.5-1~deb13u1", "smtpd_banner", "smtpd_banner = $mail_version\n",
       "3.10.5"},
      {"levels as before", "3.10.5-1", "smtpd_relay_restrictions", "compatibility_level = 3.6\n",
       "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CAPTURE(c.version);
    const std::string status = "Package: postfix\nStatus: install ok installed\nVersion: ";
    const auto root = Root::in_memory(
        {{"/etc/postfix/main.cf", c.text}, {"/var/lib/dpkg/status", status + c.version + "\n"}});
    CHECK(value(read(*root), c.key) == c.want);
  }
}

TEST_CASE("postfix: a version whose defaults are not known may have what came with an update") {
  const auto root =
      Root::in_memory({{"/etc/postfix/main.cf", "smtpd_forbid_unauth_pipelining = yes\n"},
                       {"/var/lib/dpkg/status",
                        "Package: postfix\nStatus: install ok installed\nVersion: 3.5.25-0\n"}});
  const Facts facts = read(*root);
  CHECK(facts.gaps.size() == 1);
  CHECK(facts.find("smtpd_forbid_unauth_pipelining", "") != nullptr);
}

TEST_CASE("postfix: values that double are stopped") {
  std::string text = "a0 = xxxxxxxxxxxxxxxx\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "$a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + " = " + before + before + "\n";
  }
  CHECK(value(main_cf(text + "myorigin = $a59\n"), "myorigin") == "(gap)");
}
