// How many of all messages come to an action.
#include "plugins/os/rsyslog/messages.h"

#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;
using rsyslog::Share;

TEST_CASE("rsyslog: what a filter lets through") {
  struct Case {
    const char *why, *filter;
    Share want;
  };
  const Case cases[] = {
      {"all facilities and severities", "*.*", Share::all},
      {"the least severity is all of them", "*.debug", Share::all},
      {"one facility", "mail.*", Share::some},
      {"all but some severities", "*.info", Share::some},
      {"one facility taken away", "*.*;mail.none", Share::some},
      {"and given back", "*.*;mail.none;mail.*", Share::all},
      {"none is nothing", "mail.none", Share::none},
      {"all taken away", "*.*;*.none", Share::none},
      {"one severity alone", "*.=info", Share::some},
      {"all but the severest", "*.*;*.!emerg", Share::some},
      {"all but all", "*.*;*.!debug", Share::none},
      {"old names", "security,auth.warn", Share::some},
      {"a facility that is none", "nothing.*", Share::some},
      {"a property", ":msg, contains, \"*.*\"", Share::some},
      {"an expression", "$syslogseverity <= 7", Share::some},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(rsyslog::share_of_filter(c.filter) == c.want);
  }
}

TEST_CASE("rsyslog: what comes to an action") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"nothing before it", "*.* @@h\n", "all"},
      {"a stop for all", "*.* stop\n*.* @@h\n", "none"},
      {"the old sign for it", "*.* ~\n*.* @@h\n", "none"},
      {"a stop behind a filter", "mail.* stop\n*.* @@h\n", "rest"},
      {"an action joined to a filtered one", "mail.* /var/log/mail\n& stop\n*.* @@h\n", "rest"},
      {"a stop in a block", "if $msg == \"x\" then {\n  stop\n}\n*.* @@h\n", "rest"},
      {"a selector of nothing before stop", "mail.none stop\n*.* @@h\n", "all"},
      {"a block around it", "mail.* {\n  *.* @@h\n}\n", "some"},
      {"the other branch", "if $msg == \"x\" then stop else @@h\n", "some"},
      {"a ruleset that is called", "ruleset(name=\"r\") {\n*.* @@h\n}\n*.* call r\n", "all"},
      {"one that is called with some", "ruleset(name=\"r\") {\n*.* @@h\n}\nmail.* call r\n",
       "some"},
      {"called after a stop", "ruleset(name=\"r\") {\n*.* @@h\n}\nstop\ncall r\n", "none"},
      {"called by one that nobody calls",
       "ruleset(name=\"r\") {\n*.* @@h\n}\nruleset(name=\"s\") {\ncall r\n}\n", "none"},
      {"a stop in one that is called before", "ruleset(name=\"rr\") {\nstop\n}\ncall rr\n*.* @@h\n",
       "none"},
      {"one that stops, and is declared later",
       "call rr\n*.* @@h\nruleset(name=\"rr\") {\nstop\n}\n", "none"},
      {"one that stops some", "ruleset(name=\"rr\") {\nmail.* stop\n}\ncall rr\n*.* @@h\n", "rest"},
      {"one that stops, called with some",
       "ruleset(name=\"rr\") {\nstop\n}\nmail.* call rr\n*.* @@h\n", "rest"},
      {"one that calls one that stops",
       "ruleset(name=\"ss\") {\ncall rr\n}\nruleset(name=\"rr\") {\nstop\n}\ncall ss\n*.* @@h\n",
       "none"},
      {"one that stops, called after the action",
       "ruleset(name=\"rr\") {\nstop\n}\n*.* @@h\ncall rr\n", "all"},
      {"one that stops behind a queue of its own",
       "ruleset(name=\"rr\" queue.type=\"LinkedList\") {\nstop\n}\ncall rr\n*.* @@h\n", "all"},
      {"one that is called after one that stops",
       "ruleset(name=\"rr\") {\nstop\n}\nruleset(name=\"tt\") {\n*.* @@h\n}\ncall rr\ncall tt\n",
       "none"},
      {"for one input", "ruleset(name=\"r\") {\n*.* @@h\n}\ninput(type=\"imudp\" ruleset=\"r\")\n",
       "some"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read_probe("rsyslog", *Root::in_memory({{"/etc/rsyslog.conf", c.text}}));
    CHECK(facts.gaps.empty());
    std::string share = "(no action)";
    for (const Fact& fact : facts.rows)
      if (std::get<std::string>(fact.fields[1]) == "omfwd")
        share = std::get<std::string>(fact.fields[6]);
    CHECK(share == c.want);
  }
}
