#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("auditd", root); }

/// `key=value` for each row that is not a default, then `gap: why`.
std::string rows(const std::string& conf) {
  const Facts facts = read(*Root::in_memory({{"/etc/audit/auditd.conf", conf}}));
  std::string out;
  for (const Fact& fact : facts.rows)
    if (!fact.origin.is_default()) out += fact.key + "=" + fact.value + "\n";
  for (const Gap& gap : facts.gaps) out += "gap: " + gap.error.what + "\n";
  return out;
}

}  // namespace

TEST_CASE("auditd: what auditd takes of a line") {
  struct Case {
    const char* why;
    std::string text, expected;
  };
  const Case cases[] = {
      {"words are told in lower case", "Flush = INCREMENTAL\n", "flush=incremental\n"},
      {"the last line stands", "num_logs = 5\nNUM_LOGS = 7\n", "num_logs=7\n"},
      {"a comment begins a line", "# freq = 1\n  #freq = 2\n", ""},
      {"blanks around the equals sign are needed", "freq=50\n",
       "gap: auditd wants `=` between blanks, and does not start\n"},
      {"what was read before a refusal stays", "freq = 50\nbogus = 1\nnum_logs = 3\n",
       "freq=50\ngap: auditd knows no `bogus`, and does not start\n"},
      {"a tab is no blank", "freq\t=\t50\n",
       "gap: auditd wants `=` between blanks, and does not start\n"},
      {"a number is digits", "freq = 5x\n",
       "gap: auditd refuses `5x` for `freq`, and does not start\n"},
      {"a number within its bounds", "num_logs = 999\ntcp_listen_port = 0\n",
       "num_logs=999\ngap: auditd refuses `0` for `tcp_listen_port`, and does not start\n"},
      {"an address with a carriage return", "action_mail_acct = root\r\n",
       "gap: auditd refuses `root\r` for `action_mail_acct`, and does not start\n"},
      {"that is not looked at", "verify_email = no\naction_mail_acct = a,b\n",
       "verify_email=no\naction_mail_acct=a,b\n"},
      {"a host without a dot", "action_mail_acct = me@host\n",
       "gap: auditd refuses `me@host` for `action_mail_acct`, and does not start\n"},
      {"more of the disk than there is", "space_left = 100%\n",
       "gap: auditd refuses `100%` for `space_left`, and does not start\n"},
      {"a share of the disk", "space_left = 25%\n", "space_left=25%\n"},
      {"a second value where none is taken", "freq = 5 6\n",
       "gap: `freq` takes one value, and does not start\n"},
      {"a program to run", "space_left_action = EXEC /bin/x\n", "space_left_action=exec /bin/x\n"},
      {"a program without its path", "space_left_action = exec x\n",
       "gap: `exec` needs an absolute path, and does not start\n"},
      {"the last line counts only with its newline", "freq = 5\nfreq = 7", "freq=5\n"},
      {"an action that the key does not have", "disk_error_action = email\n",
       "gap: auditd refuses `email` for `disk_error_action`, and does not start\n"},
      {"a line that is too long is passed over", "freq = 5" + std::string(160, ' ') + "\n", ""},
      {"a value is missing", "freq =\n", "gap: auditd wants a value, and does not start\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(rows(c.text) == c.expected);
  }
}

TEST_CASE("auditd: without the file there is nothing to say") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
}

TEST_CASE("auditd: a file that auditd does not open gives it nothing") {
  const auto gap = [](const MemoryRoot& root) {
    const Facts facts = read(root);
    CHECK(facts.rows.empty());
    return facts.gaps.empty() ? std::string() : facts.gaps.front().error.what;
  };
  MemoryRoot link;
  link.add_file("/etc/audit/real.conf", "freq = 5\n");
  link.add_link("/etc/audit/auditd.conf", "real.conf");
  CHECK(gap(link) == "auditd follows no link to its configuration, and does not start");
  MemoryRoot foreign;
  foreign.add_file("/etc/audit/auditd.conf", "freq = 5\n", 0640, 1);
  CHECK(gap(foreign) == "auditd wants its configuration to be root's, and does not start");
  MemoryRoot open;
  open.add_file("/etc/audit/auditd.conf", "freq = 5\n", 0642);
  CHECK(gap(open) == "auditd takes no configuration that everybody may write, and does not start");
  MemoryRoot group;
  group.add_file("/etc/audit/auditd.conf", "freq = 5\n", 0664, 0, 7);
  CHECK(read(group).gaps.empty());
}
