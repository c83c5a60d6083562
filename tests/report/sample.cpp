#include "tests/report/sample.h"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll::testing {

Sample::Sample() {
  scan.tool_version = "0.1.0";
  scan.target = "/srv/image";
  scan.target_kind = "root";
  scan.started = "2026-11-25T03:00:00Z";
  scan.baselines = {{"debian-12-server", "1.0.0"}};
  scan.evidence = {{"/etc/ssh/sshd_config", std::string(64, 'a')},
                   {"/etc/sudoers", std::string(64, 'b')}};
}

Baseline& Sample::baseline(std::string id) {
  Baseline& made = baselines.emplace_back();
  made.id = std::move(id);
  made.version = "1.0.0";
  return made;
}

Outcome& Sample::outcome(std::string id, std::string title, Severity severity, Verdict verdict) {
  Rule& rule = rules.emplace_back();
  rule.id = std::move(id);
  rule.title = std::move(title);
  rule.severity = severity;
  rule.check.probe = baselines.back().id;
  Outcome& made = scan.outcomes.emplace_back();
  made.rule = &rule;
  made.baseline = &baselines.back();
  made.severity = severity;
  made.verdict = verdict;
  return made;
}

const ScanResult& Sample::done() {
  std::stable_sort(scan.outcomes.begin(), scan.outcomes.end(),
                   [](const Outcome& a, const Outcome& b) { return a.rule->id < b.rule->id; });
  for (const Outcome& outcome : scan.outcomes) {
    ++scan.by_verdict[static_cast<std::size_t>(outcome.verdict)];
    if (outcome.verdict == Verdict::drift)
      ++scan.drift_by_severity[static_cast<std::size_t>(outcome.severity)];
  }
  return scan;
}

namespace {

Finding found(std::string scope, std::string key, std::string actual, std::string expected,
              std::string message, Origin origin, std::vector<Shadowed> shadowed,
              std::string fingerprint) {
  Finding finding;
  finding.scope = std::move(scope);
  finding.key = std::move(key);
  finding.actual = std::move(actual);
  finding.expected = std::move(expected);
  finding.message = std::move(message);
  finding.origin = std::move(origin);
  finding.shadowed = std::move(shadowed);
  finding.fingerprint = std::move(fingerprint);
  return finding;
}

Shadowed lost(std::string value, Origin origin) {
  Shadowed shadowed;
  shadowed.value = std::move(value);
  shadowed.origin = std::move(origin);
  shadowed.why = "the first value stands";
  return shadowed;
}

void add_sshd(Sample& sample) {
  sample.baseline("sshd");
  Outcome& root =
      sample.outcome("sshd.permit-root-login", "root may not log in over ssh with a password",
                     Severity::high, Verdict::drift);
  root.section = "5.1.20";
  sample.rules.back().rationale =
      "the name `root` is known to everybody, so only the password is left to guess";
  sample.rules.back().references.by_name = {{"nist_800_53", {"AC-6(2)"}},
                                            {"ssg", {"sshd_disable_root_login"}}};
  sample.rules.back().remediation = {
      "no",
      "set `PermitRootLogin no` where sshd reads it first, outside any Match block; reload sshd",
      "sshd -T | grep -i permitrootlogin", "backups that log in as root stop working"};
  root.findings.push_back(
      found("", "permitrootlogin", "yes", "`no` or `prohibit-password`",
            "`permitrootlogin` is `yes`", {"/etc/ssh/sshd_config.d/50-cloud.conf", 3, 17},
            {lost("no", {"/etc/ssh/sshd_config", 41, 1})}, "0123456789abcdef0123456789abcdef"));
  Outcome& tries = sample.outcome("sshd.max-auth-tries", "a connection gets few password guesses",
                                  Severity::medium, Verdict::drift);
  tries.waiver = "the waiver of 2026-10-31 by ops (OPS-12) has expired";
  sample.rules.back().remediation.summary = "set `MaxAuthTries 4`; reload sshd";
  tries.findings.push_back(found("", "maxauthtries", "6", "at most `4`", "`maxauthtries` is `6`",
                                 {}, {}, "1123456789abcdef0123456789abcdef"));
  tries.findings.push_back(found("Match user backup,ops address 10.0.0.0/8", "maxauthtries", "20",
                                 "at most `4`", "`maxauthtries` is `20`",
                                 {"/etc/ssh/sshd_config", 120, 2}, {},
                                 "2123456789abcdef0123456789abcdef"));
  sample.outcome("sshd.x11-forwarding", "X11 is not forwarded", Severity::low, Verdict::pass);
  Outcome& banner =
      sample.outcome("sshd.banner", "a banner is shown", Severity::info, Verdict::waived);
  banner.waiver = "until 2027-01-31: no banner on build hosts (owner ops, ticket OPS-7)";
  banner.findings.push_back(found("", "banner", "none", "`/etc/issue.net`", "`banner` is `none`",
                                  {}, {}, "3123456789abcdef0123456789abcdef"));
}

void add_pam(Sample& sample) {
  sample.baseline("pam");
  Outcome& nullok = sample.outcome("pam.no-empty-password", "nobody gets in without a password",
                                   Severity::medium, Verdict::drift);
  sample.rules.back().remediation.summary = "remove `nullok` from the lines named";
  for (const char* service : {"chfn", "chsh", "login", "passwd", "sshd", "su", "sudo"})
    nullok.findings.push_back(found(service, service, "nullok", "", "`nullok` should not be there",
                                    {"/etc/pam.d/common-auth", 17, 1}, {}, std::string(32, '8')));
}

void add_files(Sample& sample) {
  sample.baseline("file");
  Outcome& open = sample.outcome("file.world-writable", "no file may be written by everybody",
                                 Severity::high, Verdict::drift);
  sample.rules.back().remediation.summary = "take the right to write away: `chmod o-w FILE`";
  for (int i = 1; i <= 40; ++i)
    open.findings.push_back(found("", "", "0666", "at most `0664`", "mode is `0666`",
                                  {fmt::format("/srv/data/upload-{:02}.bin", i), 0, 0}, {},
                                  fmt::format("{:032x}", i)));
  Outcome& shadow = sample.outcome("account.hash-scheme", "passwords are hashed with yescrypt",
                                   Severity::critical, Verdict::unknown);
  shadow.reason = "/etc/shadow: permission denied";
  Outcome& age = sample.outcome("account.password-age", "passwords are changed once a year",
                                Severity::low, Verdict::unknown);
  age.reason = shadow.reason;
  Outcome& long_one = sample.outcome(
      "sudo.no-passwd",
      "sudo asks for a password before it runs anything as somebody else, whoever asks",
      Severity::critical, Verdict::drift);
  sample.rules.back().remediation.summary = "delete `NOPASSWD:` from the line; run `visudo -c`";
  long_one.findings.push_back(found("", "tag", "NOPASSWD", "`PASSWD`",
                                    "`%admins` may run `ALL` without a password",
                                    {"/etc/sudoers", 9, 1}, {}, std::string(32, '4')));
  Outcome& idle = sample.outcome("nginx.tokens", "nginx does not tell its version", Severity::low,
                                 Verdict::not_applicable);
  idle.reason = "nginx is not installed";
}

}  // namespace

const ScanResult& everyday_scan() {
  static Sample sample;
  if (sample.scan.outcomes.empty()) {
    add_sshd(sample);
    add_files(sample);
    add_pam(sample);
    sample.scan.notices = {
        "waiver of `apache2.*` matches nothing (/etc/plimsoll/plimsoll.toml:12)"};
    sample.done();
  }
  return sample.scan;
}

const ScanResult& clean_scan() {
  static Sample sample;
  if (sample.scan.outcomes.empty()) {
    sample.scan.target = "/";
    sample.scan.target_kind = "host";
    sample.baseline("sshd");
    sample.outcome("sshd.x11-forwarding", "X11 is not forwarded", Severity::low, Verdict::pass);
    sample.done();
  }
  return sample.scan;
}

const ScanResult& hostile_scan() {
  static Sample sample;
  if (sample.scan.outcomes.empty()) {
    sample.scan.target = "/srv/\x1b[2Jimage\n";
    sample.baseline("sshd");
    Outcome& drift =
        sample.outcome("sshd.banner", "a banner is shown", Severity::high, Verdict::drift);
    const std::string name = "/etc/\x1b]0;owned\x07/\xE2\x80\xAEgpj.exe\nfake: line";
    drift.findings.push_back(found("Match user \x1b[31mred", "banner", "\x1b[8mhidden\xff",
                                   "`/etc/issue`", "`banner` is `\x1b[8mhidden\xff\x00`",
                                   {name, 1, 8},
                                   {lost("\xC2\x9B"
                                         "31m",
                                         {name, 2, 1})},
                                   std::string(32, '5')));
    drift.findings.push_back(found("", "banner", "]]>&<\"'\xEF\xBF\xBF", "`x`",
                                   "`banner` is `]]>&<\"'\xEF\xBF\xBF`", {"/etc/long", 7, 0}, {},
                                   std::string(32, '6')));
    drift.findings.push_back(found("", "banner", "値", "`x`", "`banner` is `値`",
                                   {"/etc/wide", 3, 0}, {}, std::string(32, '7')));
    Outcome& unknown =
        sample.outcome("sshd.port", "the port is known", Severity::low, Verdict::unknown);
    unknown.reason = name + ": \x1b[5mbinary\xfe text";
    sample.scan.evidence = {{name, std::string(64, 'c')}};
    sample.scan.notices = {"waiver \x1b[7m of nothing"};
    sample.done();
  }
  return sample.scan;
}

std::optional<std::string> sample_line(const Origin& origin) {
  if (origin.file == "/etc/ssh/sshd_config.d/50-cloud.conf") return "PermitRootLogin yes";
  if (origin.file == "/etc/ssh/sshd_config") return "\tMaxAuthTries 20  # for the robots";
  if (origin.file == "/etc/sudoers") return "%admins\tALL=(ALL:ALL) NOPASSWD: ALL";
  if (origin.file == "/etc/pam.d/common-auth") return "auth\trequired\tpam_unix.so nullok";
  if (origin.file == "/etc/long")
    return std::string(5000, 'x') + " ]]>&<\"'\xEF\xBF\xBF " + std::string(5000, 'y');
  if (origin.file == "/etc/wide") return "banner 日本語 値 é ok";
  if (origin.line == 1) return "Banner \x1b[8mhidden\xff\r";
  return std::nullopt;
}

}  // namespace plimsoll::testing
