#include <doctest/doctest.h>
#include <sys/xattr.h>

#include <algorithm>

#include "plugins/os/file/capabilities.h"
#include "plugins/os/file/row.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/directory_root.h"
#include "scanner/root/memory_root.h"
#include "tests/root/temporary_tree.h"

using namespace plimsoll;

namespace {

const Probe& probe() { return *find_builtin_probe("file"); }

std::size_t column(std::string_view name) {
  const auto& fields = probe().fields;
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  REQUIRE(found != fields.end());
  return static_cast<std::size_t>(found - fields.begin());
}

/// A predicate in few words: field, operator, operands.
Predicate on(std::string_view field, Op op, std::vector<std::string> operands) {
  const std::size_t index = column(field);
  auto matcher = Matcher::compile(op, probe().fields[index].type, std::move(operands));
  REQUIRE(matcher.has_value());
  return {Predicate::On::field, index, *matcher};
}
Predicate is(std::string_view field, std::string value) {
  return on(field, Op::equals, {std::move(value)});
}
Predicate is_no_link() { return on("type", Op::none_of, {"link"}); }

Facts read(const Root& root, const std::vector<Selection>& selections = {}, unsigned jobs = 1) {
  static const std::map<std::string, std::string, std::less<>> context;
  return probe().read({root, context, selections, jobs});
}

std::string field(const Fact& fact, std::string_view name) {
  const std::size_t index = column(name);
  return std::holds_alternative<std::monostate>(fact.fields[index])
             ? "-"
             : to_text(fact.fields[index], probe().fields[index].type);
}

const Fact& row(const Facts& facts, std::string_view path) {
  const auto found = std::find_if(facts.rows.begin(), facts.rows.end(),
                                  [&](const Fact& fact) { return fact.origin.file == path; });
  REQUIRE(found != facts.rows.end());
  return *found;
}

std::string paths(const Facts& facts) {
  std::string out;
  for (const Fact& fact : facts.rows) out.append(out.empty() ? "" : " ").append(fact.origin.file);
  return out;
}

/// A small host: two users of one number, links to a directory, to a file and to nothing, set-id.
MemoryRoot& host() {
  static MemoryRoot root;
  static const bool planted = [] {
    root.add_file("/etc/passwd",
                  "root:x:0:0::/root:/bin/bash\n"
                  "daemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n"
                  "alice:x:1000:1000::/home/alice:/bin/bash\n"
                  "twin:x:1000:1000::/home/twin:/bin/bash\n"
                  "backup:x:1001:1001::/home/backup:/usr/sbin/nologin\n");
    root.add_file("/etc/group", "root:x:0:\nshadow:x:42:\nalice:x:1000:\n");
    root.add_file("/etc/shadow", "x", 0640, 0, 42);
    root.add_file("/usr/bin/su", "x", 04755);
    root.add_file("/usr/bin/wall", "x", 02755, 0, 5);
    root.add_link("/bin", "usr/bin");
    root.add_directory("/tmp", 01777);
    root.add_file("/var/log/open.log", "x", 0666);
    root.add_file("/var/log/sub/deep.log", "x", 0600);
    root.add_link("/var/log/link.log", "/srv/real.log");
    root.add_file("/srv/real.log", "x", 0604, 7, 7);
    root.add_link("/etc/motd", "/run/none");
    root.add_directory("/home/alice", 0750, 1000, 1000);
    root.add_file("/home/alice/.bashrc", "x", 0644, 1000, 1000);
    root.add_file("/home/alice/.ssh/id", "x", 0600, 0, 0);
    root.add_directory("/home/backup", 0755);
    root.add_special("/run/pipe", FileType::fifo);
    return true;
  }();
  REQUIRE(planted);
  return root;
}

struct Case {
  const char* why;
  std::vector<Predicate> where;
  std::vector<Predicate> conforming;
  const char* paths;
};

}  // namespace

TEST_CASE("file: a selection yields the files that it asks for") {
  const Case cases[] = {
      {"a named path", {is("path", "/etc/shadow")}, {}, "/etc/shadow"},
      {"a named path that is not there", {is("path", "/etc/none")}, {}, ""},
      {"several named paths",
       {on("path", Op::one_of, {"/etc/shadow", "/tmp", "/none"})},
       {},
       "/etc/shadow /tmp"},
      {"a named path that does not satisfy the rest",
       {is("path", "/etc/shadow"), is("type", "directory")},
       {},
       ""},
      {"a link is what it leads to", {is("path", "/bin"), is("type", "directory")}, {}, "/bin"},
      {"or itself, where links are asked for",
       {is("path", "/bin"), is("type", "link")},
       {},
       "/bin"},
      {"a link to nothing is only a link", {is("path", "/etc/motd"), is_no_link()}, {}, ""},
      {"a pattern",
       {on("glob", Op::contains, {"/var/log/*.log"}), is_no_link()},
       {},
       "/var/log/link.log /var/log/open.log"},
      {"a pattern with braces",
       {on("glob", Op::contains, {"/{etc,usr/bin}/s[hu]*"})},
       {},
       "/etc/shadow /usr/bin/su"},
      {"a pattern over any number of directories",
       {on("glob", Op::contains, {"/var/**/*.log"}), is_no_link()},
       {},
       "/var/log/open.log /var/log/sub/deep.log"},
      {"all but what patterns match",
       {on("under", Op::contains, {"/var"}), is("type", "file"),
        on("glob", Op::lacks, {"/var/**/deep*", "/srv/*"})},
       {},
       "/var/log/open.log"},
      {"what lies directly in a directory",
       {is("directory", "/var/log"), is_no_link()},
       {},
       "/var/log/link.log /var/log/open.log /var/log/sub"},
      {"and matches a regular expression",
       {is("directory", "/var/log"), on("name", Op::matches, {"op.*"})},
       {},
       "/var/log/open.log"},
      {"a directory behind a link, by the link's name",
       {is("directory", "/bin")},
       {},
       "/bin/su /bin/wall"},
      {"everything below a directory",
       {on("under", Op::contains, {"/var/log"}), is("type", "file")},
       {},
       "/var/log/open.log /var/log/sub/deep.log"},
      {"below a link: by the real path",
       {on("under", Op::contains, {"/bin"}), is("type", "file")},
       {},
       "/usr/bin/su /usr/bin/wall"},
      {"below several directories, one of them a link",
       {on("under", Op::contains, {"/{bin,var/log/sub,none}"}), is("type", "file")},
       {},
       "/usr/bin/su /usr/bin/wall /var/log/sub/deep.log"},
      {"what an owner's number decides",
       {on("under", Op::contains, {"/{srv,usr}"}), is("type", "file")},
       {is("uid", "0")},
       "/srv/real.log"},
      {"set-id in the whole tree", {is("setuid", "true")}, {}, "/usr/bin/su"},
      {"world-writable: never a link, whose bits mean nothing",
       {is("world_writable", "true")},
       {},
       "/tmp /var/log/open.log"},
      {"conforming rows are left out",
       {is("world_writable", "true")},
       {is("sticky", "true")},
       "/var/log/open.log"},
      {"a mode that is stricter conforms",
       {on("under", Op::contains, {"/var/log"}), is("type", "file")},
       {on("mode", Op::at_most, {"0640"})},
       "/var/log/open.log"},
      {"nobody's files", {is("unowned", "true")}, {}, "/srv/real.log"},
      {"no group's files", {is("ungrouped", "true")}, {}, "/srv/real.log /usr/bin/wall"},
      {"a FIFO", {is("type", "fifo")}, {}, "/run/pipe"},
      {"home directories of those who can log in",
       {on("home_of", Op::present, {"true"})},
       {},
       "/home/alice"},
      {"what lies in them",
       {on("in_home_of", Op::present, {"true"})},
       {},
       "/home/alice/.bashrc /home/alice/.ssh"},
      {"and is not theirs",
       {on("in_home_of", Op::present, {"true"}), is("home_owner", "false")},
       {},
       "/home/alice/.ssh"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(host(), {{c.where, c.conforming}});
    CHECK(paths(facts) == c.paths);
    CHECK(facts.gaps.empty());
    // What a selection finds must be found by the evaluator, too, who tests the rows again.
    for (const Fact& fact : facts.rows)
      for (const Predicate& predicate : c.where)
        CHECK(predicate.matcher.test(fact.fields[predicate.index]).value());
  }
}

TEST_CASE("file: the rows of several selections are one list, each row once") {
  const Facts facts = read(host(), {{{is("path", "/usr/bin/su")}, {}},
                                    {{is("setuid", "true")}, {}},
                                    {{is("path", "/bin"), is_no_link()}, {}},
                                    {{is("type", "link"), is("user", "root")}, {}}});
  CHECK(paths(facts) == "/bin /bin /etc/motd /usr/bin/su /var/log/link.log");
  CHECK(field(facts.rows[0], "type") == "directory");
  CHECK(field(facts.rows[1], "type") == "link");
}

TEST_CASE("file: the fields of a row") {
  const Facts facts = read(host());
  const Fact& shadow = row(facts, "/etc/shadow");
  CHECK(field(shadow, "mode") == "0640");
  CHECK(field(shadow, "user") == "root");
  CHECK(field(shadow, "group") == "shadow");
  CHECK(field(shadow, "under") == "/,/etc");
  CHECK(field(shadow, "world_readable") == "false");
  CHECK(field(shadow, "home_owner") == "-");
  const Fact& wall = row(facts, "/usr/bin/wall");
  CHECK(field(wall, "setgid") == "true");
  CHECK(field(wall, "group") == "5");  // no such group
  CHECK(field(wall, "ungrouped") == "true");
  const Fact& link = row(facts, "/var/log/link.log");
  CHECK(field(link, "type") == "link");
  CHECK(field(link, "target") == "/srv/real.log");
  CHECK(field(link, "world_writable") == "-");
  const Fact& home = row(facts, "/home/alice");
  CHECK(field(home, "home_of") == "alice");
  CHECK(field(home, "home_group") == "true");
  CHECK(field(row(facts, "/"), "under").empty());
  CHECK(field(row(facts, "/etc"), "under") == "/");
  CHECK(field(row(facts, "/home/alice/.bashrc"), "user") == "alice");  // the first of two names
}

TEST_CASE("file: a named link tells where it leads, and has the permissions of that") {
  const Facts facts = read(host(), {{{is("path", "/var/log/link.log"), is_no_link()}, {}}});
  const Fact& log = row(facts, "/var/log/link.log");
  CHECK(field(log, "type") == "file");
  CHECK(field(log, "mode") == "0604");
  CHECK(field(log, "target") == "/srv/real.log");
}

TEST_CASE("file: what cannot be seen is a gap that may add rows, with its path") {
  MemoryRoot root;
  root.add_file("/etc/passwd", "root:x:0:0::/root:/bin/bash\n");
  root.add_file("/closed/x", "x");
  root.deny("/closed");
  for (const Selection& selection :
       {Selection{{is("setuid", "true")}, {}}, Selection{{is("directory", "/closed")}, {}},
        Selection{{on("glob", Op::contains, {"/closed/*"})}, {}}}) {
    const Facts facts = read(root, {selection});
    REQUIRE(facts.gaps.size() == 1);
    CHECK(facts.gaps[0].subject == "/closed");
    CHECK(facts.gaps[0].effect == Gap::Effect::may_add);
    CHECK(facts.gaps[0].error.code == ErrorCode::denied);
  }
}

TEST_CASE("file: without a passwd file nobody can say that a file is nobody's") {
  MemoryRoot root;
  root.add_file("/x", "x", 0644, 12345);
  const Facts facts = read(root, {{{is("unowned", "true")}, {}}});
  CHECK(facts.rows.empty());
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].error.where.file == "/etc/passwd");
  CHECK(read(root, {{{is("setuid", "true")}, {}}}).gaps.empty());
}

TEST_CASE("file: accounts of the distribution in /usr/lib count where nsswitch.conf says so") {
  for (const bool altfiles : {false, true}) {
    MemoryRoot root;
    root.add_file("/etc/passwd", "root:x:0:0::/root:/bin/bash\n");
    root.add_file("/usr/lib/passwd", "svc:x:77:77::/:/bin/false\n");
    root.add_file("/x", "x", 0644, 77);
    if (altfiles) root.add_file("/etc/nsswitch.conf", "passwd: files altfiles # both\n");
    CHECK(paths(read(root, {{{is("unowned", "true")}, {}}})) == (altfiles ? "" : "/x"));
  }
}

TEST_CASE("file: auditd's log is where auditd.conf says, and its readers are") {
  struct Log {
    const char* why;
    const char* config;
    const char* selected;
    const char* roles;
  };
  const Log cases[] = {
      {"no configuration", nullptr, "/var/log/audit /var/log/audit/audit.log",
       "audit-log,audit-log:root"},
      {"the defaults written down", "log_file = /var/log/audit/audit.log\nlog_group = root\n",
       "/var/log/audit /var/log/audit/audit.log", "audit-log,audit-log:root"},
      {"another group, which the file has", "LOG_GROUP = adm\n# log_group = root\n",
       "/var/log/audit /var/log/audit/audit.log", "audit-log,audit-log:group,audit-log-group"},
      {"another place", "log_file = /srv/audit/a.log\nlog_group = other\n",
       "/srv/audit /srv/audit/a.log", "audit-log,audit-log:group"},
  };
  for (const Log& c : cases) {
    CAPTURE(c.why);
    MemoryRoot root;
    root.add_file("/etc/group", "root:x:0:\nadm:x:4:\n");
    root.add_file("/var/log/audit/audit.log", "x", 0640, 0, 4);
    root.add_file("/srv/audit/a.log", "x", 0640, 0, 4);
    if (c.config != nullptr) root.add_file("/etc/audit/auditd.conf", c.config);
    const Facts facts = read(root, {{{on("role", Op::present, {"true"})}, {}}});
    CHECK(paths(facts) == c.selected);
    CHECK(field(facts.rows.back(), "role") == c.roles);
  }
}

TEST_CASE("file: ACLs and capabilities are read from a real file system") {
  const TemporaryTree tree;
  tree.file("/acl", "x", 0660);
  tree.file("/ping", "x", 0755);
  tree.file("/plain", "x");
  // acl(5): version 2, then user::rw-, user:1000:rw-, group::---, mask::rw-, other::---
  const std::string acl(
      "\2\0\0\0\1\0\6\0\377\377\377\377\2\0\6\0\350\3\0\0\4\0\0\0\377\377\377\377"
      "\20\0\6\0\377\377\377\377\40\0\0\0\377\377\377\377",
      44);
  const std::string capability("\1\0\0\2\0\40\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  const bool has_acl = ::setxattr(tree.at("/acl").c_str(), "system.posix_acl_access", acl.data(),
                                  acl.size(), 0) == 0;
  const bool has_capability = ::setxattr(tree.at("/ping").c_str(), "security.capability",
                                         capability.data(), capability.size(), 0) == 0;
  const auto root = DirectoryRoot::open(tree.top());
  for (const std::vector<Selection>& selections :
       {std::vector<Selection>{},
        std::vector<Selection>{{{on("path", Op::one_of, {"/acl", "/ping", "/plain"})}, {}}}}) {
    const Facts facts = read(**root, selections, 2);
    if (has_acl) CHECK(field(row(facts, "/acl"), "has_acl") == "true");
    if (has_acl) CHECK(field(row(facts, "/acl"), "mode") == "0660");  // the mask
    if (has_capability) CHECK(field(row(facts, "/ping"), "capabilities") == "cap_net_raw=ep");
    CHECK(field(row(facts, "/plain"), "has_acl") == "false");
    CHECK(field(row(facts, "/plain"), "capabilities") == "-");
  }
}

TEST_CASE("file: capability attributes of all revisions, and what is none") {
  struct Attribute {
    const char* why;
    std::string bytes;
    const char* text;
  };
  const Attribute cases[] = {
      {"no attribute", "", ""},
      {"revision 2, effective", std::string("\1\0\0\2\0\40\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20),
       "cap_net_raw=ep"},
      {"revision 1, not effective", std::string("\0\0\0\1\1\0\0\0\0\0\0\0", 12), "cap_chown=p"},
      {"revision 3, inheritable too",
       std::string("\0\0\0\3\1\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\350\3\0\0", 24),
       "cap_chown=p cap_dac_override=i"},
      {"the second word", std::string("\1\0\0\2\0\0\0\0\0\0\0\0\200\0\0\0\0\0\0\0", 20),
       "cap_bpf=ep"},
      {"a capability without a name", std::string("\1\0\0\2\0\0\0\0\0\0\0\0\0\0\0\200\0\0\0\0", 20),
       "63=ep"},
      {"truncated", std::string("\1\0", 2), "unknown format"},
      {"an unknown revision", std::string("\1\0\0\7\0\40\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20),
       "unknown format"},
  };
  for (const Attribute& c : cases) {
    CAPTURE(c.why);
    CHECK(join(files::decode_capabilities(c.bytes), " ") == c.text);
  }
}

TEST_CASE("file: patterns with braces") {
  using files::expand_braces;
  const auto matches = [](const char* pattern, std::string_view path) {
    return files::GlobPattern(pattern).matches(path);
  };
  CHECK(expand_braces("/a") == std::vector<std::string>{"/a"});
  CHECK(expand_braces("/{a,b}/{c,}") == std::vector<std::string>{"/a/", "/a/c", "/b/", "/b/c"});
  CHECK(expand_braces("/{a,{b,c}}") == std::vector<std::string>{"/a", "/b", "/c"});
  CHECK(expand_braces("/{a") == std::vector<std::string>{"/{a"});
  CHECK(matches("/home/*/.{bash,z}rc", "/home/x/.zrc"));
  CHECK_FALSE(matches("/home/*", "/home/x/y"));
  CHECK(matches("/a/**/z", "/a/z"));
  CHECK(matches("/a/**/m/**/z", "/a/m/x/m/y/z"));
  CHECK(matches("/a/**", "/a/b/.c"));
  CHECK_FALSE(matches("/a/**", "/a"));
  CHECK_FALSE(matches("/a/**/z", "/a/z/y"));
  std::string bomb;
  for (int i = 0; i < 40; ++i) bomb += "{a,b}";
  CHECK(expand_braces(bomb).empty());
}
