#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

const Probe& probe() { return *find_builtin_probe("rsyslog"); }

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return probe().read({root, context, {}, 1});
}

std::string field(const Fact& row, std::string_view name) {
  for (std::size_t i = 0; i < probe().fields.size(); ++i)
    if (probe().fields[i].name == name) {
      if (const auto* text = std::get_if<std::string>(&row.fields[i])) return *text;
      if (const auto* yes = std::get_if<bool>(&row.fields[i])) return *yes ? "yes" : "no";
    }
  return "-";
}

/// The wanted fields of all actions, `target mode; ...`.
std::string actions(const Facts& facts, std::initializer_list<const char*> names) {
  std::string out;
  for (const Fact& row : facts.rows) {
    if (field(row, "kind") != "action") continue;
    if (!out.empty()) out += "; ";
    for (const char* name : names) out += (name == *names.begin() ? "" : " ") + field(row, name);
  }
  return out;
}

}  // namespace

TEST_CASE("rsyslog: the mode of new files") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"the built-in mode", "*.* /a\n", "/a 0644"},
      {"a directive holds for what follows", "*.* /a\n$FileCreateMode 0600\n*.* -/b\n",
       "/a 0644; /b 0600"},
      {"but not for actions in the new form",
       "$FileCreateMode 0600\naction(type=\"omfile\" file=\"/a\")\n", "/a 0644"},
      {"which have defaults of their own",
       "module(load=\"builtin:omfile\" fileCreateMode=\"0600\")\n*.* /a\n& action(type=\"omfile\" "
       "file=\"/b\")\n",
       "/a 0644; /b 0600"},
      {"three digits are no mode", "$FileCreateMode 600\n*.* /a\n", "/a 0644"},
      {"a fifth digit is ignored", "$FileCreateMode 06001\n*.* /a\n", "/a 0600"},
      {"the last parameter of a name stands",
       "action(type=\"omfile\" file=\"/a\" filecreatemode=\"0666\" FileCreateMode=\"0600\")\n",
       "/a 0600"},
      {"lines are joined before they are read",
       "$FileCreateMode 06\\\n   40\n# \\\n*.* /b\n*.* /a\n", "/a 0640"},
      {"a template follows", "*.* /a;RSYSLOG_FileFormat\n*.* /b # c\n", "/a 0644; /b 0644"},
      {"with anything else behind it, the action is dropped", "*.* /a b\n*.* /c\n", "/c 0644"},
      {"an action of a user's name is none of a file", "*.emerg root,joe\n*.* *\n",
       "root,joe -; * -"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(actions(read(*Root::in_memory({{"/etc/rsyslog.conf", c.text}})),
                  {"target", "file_create_mode"}) == c.want);
  }
}

TEST_CASE("rsyslog: what selects messages for an action") {
  const Facts facts = read(*Root::in_memory(
      {{"/etc/rsyslog.conf",
        "mail.* {\n  if $msg contains 'then {' then /a\n  else /b\n  *.info;mail.none /c\n& /d\n}\n"
        ":msg, contains, \"\\\"x\" /e\n/f\nruleset(name=\"r\") { /g\n}\n$RuleSet s\n*.* /h\n"}}));
  CHECK(facts.gaps.empty());
  CHECK(actions(facts, {"target", "filter", "ruleset", "used"}) ==
        "/a mail.* > if $msg contains 'then {'  yes; /b mail.* > else  yes; "
        "/c mail.* > *.info;mail.none  yes; /d mail.* > *.info;mail.none  yes; "
        "/e :msg, contains, \"\\\"x\"  yes; /f   yes; /g  r no; /h *.* s no");
}

TEST_CASE("rsyslog: forwarding in both forms") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"UDP", "*.* @h\n", "h 514 udp no"},
      {"TCP with options and a template", "*.* @@(o,z9)[::1]:6514;RSYSLOG_ForwardFormat\n",
       "::1 6514 tcp no"},
      {"directives turn TLS on for old actions",
       "$DefaultNetstreamDriver gtls\n$ActionSendStreamDriverMode 1\n*.* @@h\n", "h 514 tcp yes"},
      {"not for new ones",
       "$DefaultNetstreamDriver gtls\n$ActionSendStreamDriverMode 1\naction(type=\"omfwd\" "
       "target=\"h\" protocol=\"tcp\")\n",
       "h 514 tcp no"},
      {"a driver that is named later is the default, too",
       "action(type=\"omfwd\" target=\"h\" protocol=\"tcp\" "
       "streamdrivermode=\"1\")\nglobal(defaultNetstreamDriver=\"ossl\")\n",
       "h 514 tcp yes"},
      {"UDP is never encrypted",
       "action(type=\"omfwd\" target=\"h\" protocol=\"udp\" streamdriver=\"gtls\" "
       "streamdrivermode=\"1\")\n",
       "h 514 udp no"},
      {"RELP has its own switch", "action(type=\"omrelp\" target=\"h\" port=\"1\" tls=\"on\")\n",
       "h 1 relp yes"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(actions(read(*Root::in_memory({{"/etc/rsyslog.conf", c.text}})),
                  {"target", "port", "protocol", "tls"}) == c.want);
  }
}

TEST_CASE("rsyslog: includes work in place") {
  const Facts facts = read(
      *Root::in_memory({{"/etc/rsyslog.conf",
                         "$IncludeConfig /etc/rsyslog.d/*.conf\ninclude(file=\"/etc/none\" "
                         "mode=\"optional\")\n*.* /z\n"},
                        {"/etc/rsyslog.d/b.conf", "$IncludeConfig /etc/rsyslog.d/b.conf\n*.* /b"},
                        {"/etc/rsyslog.d/a.conf", "$FileCreateMode 0600\n*.* /a\n"},
                        {"/etc/rsyslog.d/c.txt", "*.* /c\n"}}));
  CHECK(facts.gaps.empty());
  CHECK(actions(facts, {"target", "file_create_mode"}) == "/a 0600; /b 0600; /z 0600");
}

TEST_CASE("rsyslog: what cannot be read to its end says so") {
  const char* const texts[] = {
      "*.* /a\naction(type=omfile)\n*.* /b\n",       // syntax error: rsyslog reads no further
      "*.* /a\n*.* {\n# nothing\n}\n*.* /b\n",       // a block needs a statement
      "*.* /a\nif 1 then {\n*.* /b\n*.* {\n}\n}\n",  // the whole outer statement is lost
      "*.* /a\n}\n*.* /b\n",                         // closes nothing
      "*.* /a\n$IncludeConfig /none\n*.* /b\n",      // ends all reading
      "*.* /a\nif $msg contains 'x' the /b\n",       // no `then`
      "*.* /a\naction(type=\"omfile\" file=\"/b",    // cut off
      "*.* /a\nset $.x = `echo $B\n",
  };
  for (const char* text : texts) {
    CAPTURE(text);
    const Facts facts = read(*Root::in_memory({{"/etc/rsyslog.conf", text}}));
    CHECK(facts.gaps.size() == 1);
    CHECK(actions(facts, {"target"}) == "/a");
  }
}

TEST_CASE("rsyslog: not there, not readable, endless") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  MemoryRoot root;
  root.add_file("/etc/rsyslog.conf", "$IncludeConfig /etc/x\n");
  root.add_file("/etc/x", "*.* /a\n");
  root.deny("/etc/x");
  CHECK(read(root).gaps.size() == 1);
  MemoryRoot loop;
  loop.add_file("/etc/rsyslog.conf", "$IncludeConfig /d\n");
  loop.add_file("/d/a", "$IncludeConfig /d\n");
  loop.add_link("/d/b", ".");
  CHECK_FALSE(read(loop).gaps.empty());
}
