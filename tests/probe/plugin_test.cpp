// Every way a plug-in can misbehave costs an `unknown` of its own rules, with a reason, and no more
// time than it was given. The objects are built from badplugins/; programs are written here.
#include "scanner/probe/plugin.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "scanner/probe/plugin_set.h"
#include "scanner/probe/plugin_trust.h"
#include "scanner/report/facts_jsonl.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

namespace fs = std::filesystem;
using Context = std::map<std::string, std::string, std::less<>>;

// Small caps, but time enough for a machine that is busy: only what hangs is given little.
constexpr PluginLimits kSmall{std::chrono::seconds(20), 1000, 4U << 20U, 1U << 20U};

/// A plug-in directory that only the running user can change, removed at the end.
struct PluginDirectory {
  fs::path path;
  PluginDirectory() {
    std::string name = (fs::temp_directory_path() / "plimsoll-plugins-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~PluginDirectory() { fs::remove_all(path); }

  void add_object(const std::string& name) const {
    const fs::path file = path / (name + ".so");
    fs::copy_file(fs::path(PLIMSOLL_BAD_PLUGINS) / (name + ".so"), file);
    ::chmod(file.c_str(), 0755);
  }
  void add_program(const std::string& name, const std::string& text) const {
    std::ofstream(path / name) << text;
    ::chmod((path / name).c_str(), 0755);
  }
  [[nodiscard]] std::vector<Error> load(const PluginLimits& limits = kSmall) const {
    auto problems = load_plugins({path.string()}, limits);
    REQUIRE(problems.has_value());
    return *problems;
  }
};

Facts run(const std::string& name, const Root& root, const Context& context = {}) {
  const Probe* probe = find_probe(name);
  REQUIRE(probe != nullptr);
  return probe->run({root, context, {}, 1});
}

/// What keeps an answer from counting: the one gap of a plug-in that failed.
std::string reason(const std::string& name) {
  const MemoryRoot root;
  const Facts facts = run(name, root);
  CHECK(facts.rows.empty());
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject.empty());
  return facts.gaps[0].error.what;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string schema_line(const std::string& name, const std::string& rest = "") {
  return "#!/bin/sh\necho '{\"schema\":{\"protocol\":1,\"name\":\"" + name +
         "\",\"shape\":\"settings\"" + rest + "}}'\n";
}

constexpr const char* kEnd = "echo '{\"end\":true}'\n";
constexpr const char* kRead = "read -r request || exit 0\n";

}  // namespace

TEST_CASE("plugin: an object uses every function of the host") {
  const PluginDirectory directory;
  directory.add_object("good");
  CHECK(directory.load().empty());
  MemoryRoot root;
  root.add_file("/etc/x", "hello", 0640);
  root.add_link("/etc/link", "x");
  const Probe* probe = find_probe("good");
  REQUIRE(probe != nullptr);
  CHECK(probe->broken.empty());
  CHECK(probe->files[0] == "/etc/x");
  for (int again = 0; again < 2; ++again) {
    const Facts facts = run("good", root, {{"user", "bob"}});
    CHECK(
        facts_jsonl(*probe, facts, false) ==
        R"({"probe":"good","what":"read_file","flag":true,"mode":null,"names":["hello"],"origin":{"file":"/etc/x","line":1}}
{"probe":"good","what":"stat","flag":true,"mode":"0640","names":["x"],"origin":{"default":true}}
{"probe":"good","what":"list","flag":true,"mode":null,"names":["link","x"],"origin":{"default":true}}
{"probe":"good","what":"glob","flag":true,"mode":null,"names":["/etc/x"],"origin":{"default":true}}
{"probe":"good","what":"context","flag":true,"mode":null,"names":["bob"],"origin":{"default":true}}
)");
    REQUIRE(facts.rows.size() == 5);
    REQUIRE(facts.rows[0].shadowed.size() == 1);
    CHECK(facts.rows[0].shadowed[0].why == "a later one wins");
    CHECK(facts.rows[0].origin.column == 2);
    REQUIRE(facts.gaps.size() == 1);
    CHECK(facts.gaps[0].error.code == ErrorCode::denied);
    CHECK(facts.gaps[0].subject == "/etc");
    CHECK(facts.gaps[0].effect == Gap::Effect::may_add);
  }
}

TEST_CASE("plugin: an object that cannot be used is a broken probe with a reason") {
  const struct {
    const char* name;
    const char* reason;
  } cases[] = {
      {"crash-on-load", "signal 11"},
      {"wrong-version", "built for version 99 of the plug-in interface, this is version 1"},
      {"wrong-size", "its plimsoll_probe has 8 bytes"},
      {"wrong-field-size", "its plimsoll_field has"},
      {"wrong-name", "it calls itself `another-name`, its file says `wrong-name`"},
      {"no-entry", "exports no `plimsoll_probe_entry`"},
  };
  const PluginDirectory directory;
  for (const auto& c : cases) directory.add_object(c.name);
  std::ofstream(directory.path / "not-elf.so") << "text";
  CHECK(directory.load().size() == std::size(cases) + 1);
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const Probe* probe = find_probe(c.name);
    REQUIRE(probe != nullptr);
    const std::string broken(probe->broken);
    CAPTURE(broken);
    CHECK(has(broken, c.reason));
    CHECK(reason(c.name) == broken);
  }
  CHECK(has(reason("not-elf"), "cannot be loaded"));
}

TEST_CASE("plugin: an object that misbehaves while it reads makes its own rules unknown") {
  const struct {
    const char* name;
    const char* reason;
  } cases[] = {
      {"crash", "signal 11"},
      {"abort", "it wrote `something was not as it should be`"},
      {"flood-rows", "more than 1000 facts"},
      {"flood-bytes", "more than 4194304 bytes"},
      {"rubbish", "a frame of no known kind"},
      {"rubbish-size", "more than 1048576 bytes at once"},
      {"cut-off", "a fact that is cut off"},
      {"early-exit", "it exited with status 7"},
      {"closes-pipe", "ended before its answer was complete"},
      {"bad-row", "a row of 1 values for 2 fields"},
      {"bad-kind", "the field `mode` of a row is not of its type"},
      {"undeclared-key", "does not declare the key `surprise`"},
      {"gives-up", ""},
  };
  const PluginDirectory directory;
  for (const auto& c : cases) directory.add_object(c.name);
  CHECK(directory.load().empty());
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const std::string why = reason(c.name);
    CAPTURE(why);
    CHECK(has(why, c.reason));
    CHECK_FALSE(reason(c.name).empty());  // asked again: still no answer, and no hang
  }
}

TEST_CASE("plugin: what hangs is ended when its time is up, with all that it started") {
  const struct {
    const char* name;
    std::string after_schema;  ///< of a program
    const char* reason;
  } cases[] = {
      {"hang", "", "did not answer within 1 s"},
      {"hang-on-load", "", "did not answer within 1 s"},
      {"prog-hang", std::string(kRead) + "sleep 1000\n", "did not answer within 1 s"},
      {"prog-busy", std::string(kRead) + "while :; do :; done\n", "did not answer within 1 s"},
      {"prog-orphan", std::string(kRead) + "sleep 1000 & sleep 1000 & wait\n",
       "did not answer within 1 s"},
      // Whether the request was written before it closed its end is a matter of luck.
      {"prog-deaf", "exec 0<&-\nsleep 1000\n", ""},
      {"prog-silent", "", "did not answer within 1 s"},
  };
  const PluginDirectory directory;
  for (const auto& c : cases) {
    const std::string name = c.name;
    if (name == "prog-silent")
      directory.add_program(name, "#!/bin/sh\nsleep 1000\n");
    else if (name.starts_with("prog-"))
      directory.add_program(name, schema_line(name) + c.after_schema);
    else
      directory.add_object(name);
  }
  PluginLimits limits = kSmall;
  limits.time = std::chrono::seconds(1);
  CHECK(directory.load(limits).size() >= 2);  // those that say nothing from the start
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const auto begun = std::chrono::steady_clock::now();
    const std::string why = reason(c.name);
    CAPTURE(why);
    CHECK(has(why, c.reason));
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(15));
  }
}

TEST_CASE("plugin: what an object writes to standard error is drained") {
  const PluginDirectory directory;
  directory.add_object("flood-stderr");
  CHECK(directory.load().empty());
  const MemoryRoot root;
  const Facts facts = run("flood-stderr", root);
  CHECK(facts.gaps.empty());
  CHECK(facts.find("flooded") != nullptr);
}

TEST_CASE("plugin: an object can neither write, nor connect, nor exec, nor read past its host") {
  const PluginDirectory directory;
  directory.add_object("attempts");
  const fs::path target = directory.path / "target";
  std::ofstream(target) << "kept";
  CHECK(directory.load().empty());
  const MemoryRoot root;
  const Facts facts = run("attempts", root, {{"path", target.string()}});
  CHECK(facts.gaps.empty());
  CHECK(facts.rows.size() == 15);
  for (const Fact& fact : facts.rows) {
    CAPTURE(fact.key);
    CHECK(fact.value == "refused");
  }
  CHECK(fs::file_size(target) == 4);
  CHECK_FALSE(fs::exists("/tmp/plimsoll-should-not-be"));
}

TEST_CASE("plugin: a program hands over settings, gaps and what does not apply") {
  const PluginDirectory directory;
  directory.add_program("prog-good", schema_line("prog-good", ",\"files\":[\"/etc/*.conf\"]") +
                                         R"(while read -r request; do
case $request in *'"/etc/a.conf":{"text":"a\nb"}'*) a=handed-over;; *) a=missing;; esac
case $request in *'"user":"bob"'*) b=bob;; *) b=nobody;; esac
echo '{"probe":"prog-good","scope":"","key":"a","value":"'$a'","origin":{"file":"/etc/a.conf","line":1,"column":3}}'
echo '{"key":"a","value":"lost","origin":{"default":true},"shadowed":true,"why":"a later one wins"}'
echo '{"scope":"s","key":"b","value":"'$b'","origin":{"default":true}}'
echo '{"gap":{"what":"a part was hidden","file":"/etc/b","line":7,"subject":"s","effect":"may_add"}}'
echo '{"end":true}'
done
)");
  directory.add_program("prog-absent", schema_line("prog-absent") + kRead +
                                           "echo '{\"not_applicable\":\"not installed\"}'\n" +
                                           kEnd);
  CHECK(directory.load().empty());
  MemoryRoot root;
  root.add_file("/etc/a.conf", "a\nb");
  root.add_file("/etc/c.conf", "secret");
  root.deny("/etc/c.conf");
  for (int again = 0; again < 2; ++again) {
    const Facts facts = run("prog-good", root, {{"user", "bob"}});
    REQUIRE(facts.rows.size() == 2);
    CHECK(facts.rows[0].value == "handed-over");
    CHECK(facts.rows[0].origin == Origin{"/etc/a.conf", 1, 3});
    REQUIRE(facts.rows[0].shadowed.size() == 1);
    CHECK(facts.rows[0].shadowed[0].value == "lost");
    CHECK(facts.rows[1].scope == "s");
    CHECK(facts.rows[1].value == "bob");
    CHECK(facts.rows[1].origin.is_default());
    REQUIRE(facts.gaps.size() == 2);  // the unreadable file is one, whatever the program says
    CHECK(facts.gaps[0].error.where.file == "/etc/c.conf");
    CHECK(facts.gaps[1].error.where.line == 7);
    CHECK(facts.gaps[1].effect == Gap::Effect::may_add);
  }
  CHECK(run("prog-absent", root).not_applicable == "not installed");
}

TEST_CASE("plugin: a program that misbehaves makes its own rules unknown") {
  const std::string fact = "echo '{\"key\":\"k\",\"value\":\"v\",\"origin\":{\"default\":true}}'\n";
  const std::string rows = ",\"fields\":[{\"name\":\"n\",\"type\":\"integer\"}]";
  const struct {
    const char* name;
    std::string after_schema;
    const char* reason;
  } cases[] = {
      {"prog-no-end", kRead + fact, "ended before its answer was complete"},
      {"prog-exit", kRead + fact + "exit 3\n", "it exited with status 3"},
      {"prog-flood", std::string(kRead) + "while :; do " + fact + "done\n", "more than"},
      {"prog-long-line", std::string(kRead) + "cat /dev/zero\n", "more than 1048576 bytes at once"},
      {"prog-rubbish", std::string(kRead) + "echo hello\n", "a line that is no JSON object"},
      {"prog-binary", std::string(kRead) + "printf '\\000\\377\\n'\n", "no JSON object"},
      {"prog-deep", std::string(kRead) + "head -c 500000 /dev/zero | tr '\\0' '['; echo\n",
       "no JSON object"},
      {"prog-no-origin", std::string(kRead) + "echo '{\"key\":\"k\",\"value\":\"v\"}'\n",
       "a fact without `origin`"},
      {"prog-no-key",
       std::string(kRead) + "echo '{\"value\":\"v\",\"origin\":{\"default\":true}}'\n",
       "`scope`, `key` or `value`"},
      {"prog-bad-line",
       std::string(kRead) +
           "echo '{\"key\":\"k\",\"value\":\"v\",\"origin\":{\"file\":\"/x\",\"line\":-1}}'\n",
       "a fact without `origin`"},
      {"prog-bad-gap", std::string(kRead) + "echo '{\"gap\":{\"what\":7}}'\n", "a gap"},
      {"prog-bad-end", std::string(kRead) + "echo '{\"end\":false}'\n", "`end` is not true"},
      {"prog-stderr",
       std::string(kRead) + "i=0; while [ $i -lt 20000 ]; do echo too much to say >&2; " +
           "i=$((i+1)); done; exit 1\n",
       "it wrote `too much to say"},
  };
  const PluginDirectory directory;
  for (const auto& c : cases) directory.add_program(c.name, schema_line(c.name) + c.after_schema);
  const auto problems = directory.load();
  CHECK(problems.empty());
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const std::string why = reason(c.name);
    CAPTURE(why);
    CHECK(has(why, c.reason));
  }
}

TEST_CASE("plugin: a program without a usable schema is a broken probe with a reason") {
  const struct {
    const char* name;
    std::string text;
    const char* reason;
  } cases[] = {
      {"schema-none", "#!/bin/sh\nexit 0\n", "ended before"},
      {"schema-noexec", "#!/no/such/interpreter\n", "cannot be started"},
      {"schema-rubbish", "#!/bin/sh\necho hello\n", "no JSON object"},
      {"schema-fact", "#!/bin/sh\necho '{\"key\":\"k\"}'\n", "no `schema`"},
      {"schema-version", "#!/bin/sh\necho '{\"schema\":{\"protocol\":2}}'\n",
       "version 2 of the protocol, this is version 1"},
      {"schema-name", schema_line("other"), "it calls itself `other`"},
      {"schema-type", schema_line("schema-type", ",\"fields\":[{\"name\":\"n\",\"type\":\"x\"}]"),
       "field 1"},
      {"schema-twice",
       schema_line("schema-twice", ",\"fields\":[{\"name\":\"n\"},{\"name\":\"n\"}]"),
       "the field `n` twice"},
  };
  const PluginDirectory directory;
  for (const auto& c : cases) directory.add_program(c.name, c.text);
  CHECK(directory.load().size() == std::size(cases));
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const std::string why = reason(c.name);
    CAPTURE(why);
    CHECK(has(why, c.reason));
  }
}

TEST_CASE("plugin: a program changes nothing either") {
  const PluginDirectory directory;
  const std::string target = (directory.path / "kept").string();
  std::ofstream(target) << "kept";
  directory.add_program(
      "prog-attempts",
      schema_line("prog-attempts") + kRead +
          "t() { if \"$@\" >&2; then r=possible; else r=refused; fi\n"
          "echo '{\"key\":\"'$1$2'\",\"value\":\"'$r'\",\"origin\":{\"default\":true}}'; }\n"
          "w() { echo x > " +
          target +
          "; }\n"
          "t w; t rm -f " +
          target +
          "; t mkdir /tmp/plimsoll-should-not-be\n"
          "t chmod 0 " +
          target + "; t kill -9 $PPID; t mv " + target +
          " /tmp/plimsoll-should-not-be\n"
          "t grep -q kept " +
          target + "\n" + kEnd);
  CHECK(directory.load().empty());
  const MemoryRoot root;
  const Facts facts = run("prog-attempts", root);
  REQUIRE(facts.gaps.empty());
  REQUIRE(facts.rows.size() == 7);
  for (const Fact& fact : facts.rows) {
    CAPTURE(fact.key);
    CHECK(fact.value == (fact.key == "grep-q" ? "possible" : "refused"));
  }
  CHECK(fs::file_size(target) == 4);
}

TEST_CASE("plugin: what others could have changed is refused") {
  const PluginDirectory directory;
  directory.add_program("trust-file", schema_line("trust-file"));
  const std::string file = (directory.path / "trust-file").string();
  CHECK(trusted_path(file).has_value());
  const auto refusal = [&] {
    const auto path = trusted_path(file);
    return path ? std::string() : path.error().what;
  };
  ::chmod(file.c_str(), 0775);
  CHECK(has(refusal(), "trust-file` is writable by its group (mode 0775)"));
  CHECK(directory.load().size() == 1);
  CHECK(has(reason("trust-file"), "refused: "));
  ::chmod(file.c_str(), 0757);
  CHECK(has(refusal(), "is writable by everybody"));
  ::chmod(file.c_str(), 0755);
  ::chmod(directory.path.c_str(), 0777);
  CHECK(has(refusal(), "is writable by everybody (mode 0777)"));
  ::chmod(directory.path.c_str(), 01777);  // sticky is not enough for the directory itself
  CHECK(has(refusal(), "is writable by everybody"));
  ::chmod(directory.path.c_str(), 0755);

  // A link is judged by where it leads.
  fs::create_directory(directory.path / "shared");
  ::chmod((directory.path / "shared").c_str(), 0777);
  fs::copy_file(file, directory.path / "shared" / "trust-far");
  fs::create_symlink("shared/trust-far", directory.path / "trust-link");
  CHECK_FALSE(trusted_path((directory.path / "trust-link").string()).has_value());
  // So is a parent further up, unless it is sticky.
  fs::create_directory(directory.path / "shared" / "deep");
  fs::copy_file(file, directory.path / "shared" / "deep" / "far");
  CHECK_FALSE(trusted_path((directory.path / "shared/deep/far").string()).has_value());
  ::chmod((directory.path / "shared").c_str(), 01777);
  CHECK(trusted_path((directory.path / "shared/deep/far").string()).has_value());
  if (::geteuid() == 0) {
    REQUIRE(::chown(file.c_str(), 12345, 12345) == 0);
    CHECK(has(refusal(), "belongs to user 12345"));
  }
}

TEST_CASE("plugin: names, files that are no plug-ins, directories that are not there") {
  const PluginDirectory directory;
  directory.add_program("os-release", schema_line("os-release"));
  directory.add_program(".hidden", schema_line("hidden"));
  directory.add_program("backup~", schema_line("backup"));
  std::ofstream(directory.path / "readme.txt") << "not executable\n";
  const auto problems = directory.load();
  REQUIRE(problems.size() == 1);
  CHECK(has(problems[0].what, "there is a probe `os-release` already"));
  CHECK(find_probe("os-release") == find_builtin_probe("os-release"));
  CHECK(find_probe("readme") == nullptr);
  CHECK_FALSE(load_plugins({(directory.path / "missing").string()}).has_value());
}

TEST_CASE("plugin: all_probes is sorted and holds both kinds") {
  const auto probes = all_probes();
  CHECK(probes.size() >= builtin_probes().size());
  for (std::size_t i = 1; i < probes.size(); ++i) CHECK(probes[i - 1]->name < probes[i]->name);
}
