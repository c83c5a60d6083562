#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "plugins/os/firewall/iptables_reader.h"
#include "plugins/os/firewall/nft_reader.h"
#include "plugins/os/firewall/outcome.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;
using namespace plimsoll::firewall;

namespace {

/// All rules of all chains, one a line, or why there are none.
std::string rules(const Result<Ruleset>& ruleset) {
  if (!ruleset) return "error: " + ruleset.error().what;
  std::vector<std::string> texts;
  for (const auto& table : ruleset->tables)
    for (const auto& chain : table->chains)
      for (const auto& rule : chain->rules) texts.push_back(rule->text);
  return join(texts, "\n");
}

std::string nft_rules(std::map<std::string, std::string> files) {
  return rules(read_nft(*Root::in_memory(files), "/etc/nftables.conf", {}));
}

std::string in_chain(const std::string& text) {
  return nft_rules({{"/etc/nftables.conf", "table inet t {\nchain c {\n" + text + "\n}\n}\n"}});
}

/// unmatched, loopback, spoofed and established of a hook.
std::string outcome_of(const Ruleset& ruleset, std::string_view family, std::string_view hook) {
  for (const HookOutcome& each : outcomes(ruleset)) {
    if (each.family != family || each.hook != hook) continue;
    const auto word = [](bool accept) { return accept ? "accept" : "drop"; };
    return fmt::format("{} {} {} {}", word(!each.drops_unmatched), word(each.accepts_loopback),
                       word(!each.drops_spoofed), word(each.accepts_established));
  }
  return "none";
}

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("firewall")->run({root, context, {}, 1});
}

/// The zone of the row that says it is the default one.
std::string default_zone(const Facts& facts) {
  for (const Fact& row : facts.rows)
    if (std::get<std::string>(row.fields[1]) == "default-zone")
      return std::get<std::string>(row.fields[21]);
  return {};
}

}  // namespace

TEST_CASE("firewall: rules in the spelling of nft's listing") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"names become numbers, sets are sorted", "tcp dport { https, ssh, 80 } accept",
       "tcp dport { 22, 80, 443 } accept"},
      {"spans that touch are joined", "tcp dport { 22, 23-25, 26 }", "tcp dport { 22-26 }"},
      {"one element alone is compared", "tcp dport { 22 } counter",
       "tcp dport 22 counter packets 0 bytes 0"},
      {"a prefix hides its host part", "ip saddr 10.1.2.3/8 drop", "ip saddr 10.0.0.0/8 drop"},
      {"an address in short", "ip6 saddr fe80:0:0:0::/10", "ip6 saddr fe80::/10"},
      {"states in the order of their bits", "ct state related,established accept",
       "ct state established,related accept"},
      {"a negated list", "ct state != established,related", "ct state != established | related"},
      {"what the next selector says anyway", "meta l4proto tcp tcp dport 22", "tcp dport 22"},
      {"but not past a statement", "meta l4proto tcp counter tcp dport 22",
       "meta l4proto tcp counter packets 0 bytes 0 tcp dport 22"},
      {"word operators, a line that goes on", "tcp dport ne 22 \\\n drop", "tcp dport != 22 drop"},
      {"interfaces by length", "iifname { eth0, lo } accept",
       "iifname { \"lo\", \"eth0\" } accept"},
      {"reject names what it answers with", "ip saddr 1.1.1.1 reject",
       "ip saddr 1.1.1.1 reject with icmp port-unreachable"},
      {"the default burst is left out", "limit rate 5/second burst 5 packets",
       "limit rate 5/second"},
      {"separators inside of a comment", "accept comment \"a ; b } # c\"",
       "accept comment \"a ; b } # c\""},
      {"flags of flags", "tcp flags syn / syn,ack drop", "tcp flags syn / syn,ack drop"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(in_chain(c.text) == c.want);
  }
}

TEST_CASE("firewall: what nft refuses is no ruleset") {
  struct Case {
    const char *why, *text;
  };
  const Case cases[] = {
      {"a block needs a separator behind it", "table ip t { chain c { accept; } }\n"},
      {"the chain is not there", "table ip t { chain c { jump d; }\n}\n"},
      {"nor is the table", "add rule t c accept\n"},
      {"defined twice", "define a = 1\ndefine a = 2\n"},
      {"not defined", "table ip t { chain c { tcp dport $a; }\n}\n"},
      {"two protocols in one rule", "table ip t { chain c { tcp dport 1 udp dport 2; }\n}\n"},
      {"an empty line in a set", "table ip t { chain c { tcp dport { 1,\n\n2 }; }\n}\n"},
      {"a carriage return", "table ip t { }\r\n"},
      {"a byte-order mark", "\xef\xbb\xbftable ip t { }\n"},
      {"a policy without a hook", "table ip t { chain c { policy drop; }\n}\n"},
      {"another hook for a chain that is there",
       "table ip t { chain c { }\n}\ntable ip t { chain c { type filter hook input priority 0; "
       "}\n}\n"},
      {"no such set", "table ip t { chain c { ip saddr @x; }\n}\n"},
      {"an include that is not there", "include \"/etc/x.nft\"\n"},
      {"a file that includes itself", "include \"nftables.conf\"\n"},
      {"a quote without its end", "table ip t { comment \"x\n}\n"},
      {"rules that follow a verdict", "table ip t { chain c { accept tcp dport 1; }\n}\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(nft_rules({{"/etc/nftables.conf", c.text}}).starts_with("error: "));
  }
}

TEST_CASE("firewall: commands, variables and included files") {
  CHECK(nft_rules(
            {{"/etc/nftables.conf",
              "add table t\nadd chain t c\nadd rule t c tcp dport 1\ninsert rule t c tcp dport 2\n"
              "t c tcp dport 3\nadd rule t c index 0 tcp dport 4\n"}}) ==
        "tcp dport 2\ntcp dport 4\ntcp dport 1\ntcp dport 3");
  CHECK(nft_rules({{"/etc/nftables.conf",
                    "define a = 1\ntable t { redefine a = { 2, 3 }\nchain c { tcp dport $a;\n}\n}\n"
                    "t c tcp sport $a\n"}}) == "tcp dport { 2, 3 }\ntcp sport 1");
  CHECK(nft_rules(
            {{"/etc/nftables.conf", "include \"d/*.nft\"\ninclude \"/none/*\"\nt c tcp dport 9\n"},
             {"/etc/d/1.nft", "table t {\nchain c {\n"},
             {"/etc/d/2.nft", "tcp dport 8\n}\n}\n"},
             {"/etc/d/.3.nft", "broken"}}) == "tcp dport 8\ntcp dport 9");
  CHECK(nft_rules({{"/etc/nftables.conf", "table t { chain c { accept; }\n}\nflush ruleset\n"}})
            .empty());
}

TEST_CASE("firewall: saved rules in the spelling of iptables-save") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"the match of a protocol is named", "-A INPUT -p tcp --dport ssh -j ACCEPT",
       "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT"},
      {"a mask by its length", "-A INPUT --source 10.1.2.3/255.0.0.0 -j DROP",
       "-A INPUT -s 10.0.0.0/8 -j DROP"},
      {"everywhere is left out", "-A INPUT -s 0/0 -i lo -j ACCEPT", "-A INPUT -i lo -j ACCEPT"},
      {"a list makes two rules", "-A INPUT -s 1.1.1.1,2.2.2.2 -j DROP",
       "-A INPUT -s 1.1.1.1/32 -j DROP\n-A INPUT -s 2.2.2.2/32 -j DROP"},
      {"inserted first", "-A INPUT -j DROP\n[1:2] -I INPUT -j ACCEPT",
       "-A INPUT -j ACCEPT\n-A INPUT -j DROP"},
      {"a comment that looks like a target", "-A INPUT -m comment --comment \"-j DROP\" -j ACCEPT",
       "-A INPUT -m comment --comment \"-j DROP\" -j ACCEPT"},
      {"not a comment in the middle", "# -A INPUT -j DROP\n-A INPUT -j LOG --log-prefix \"# \"",
       "-A INPUT -j LOG --log-prefix \"# \""},
      {"no such chain", "-A INPUT -j nowhere", "error: there is no chain or target `nowhere`"},
      {"an interface to go out by", "-A INPUT -o lo -j DROP", "error: `-o` is not for INPUT"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const auto root = Root::in_memory({{"/r", fmt::format("*filter\n{}\nCOMMIT\n", c.text)}});
    CHECK(rules(read_iptables(*root, "/r", false)) == c.want);
  }
  CHECK(rules(read_iptables(*Root::in_memory({{"/r", "*filter\n-A INPUT -j DROP\n"}}), "/r",
                            false)) == "error: `*filter` lacks its COMMIT");
}

TEST_CASE("firewall: what becomes of a packet at the hook input") {
  struct Case {
    const char *why, *rules, *want;  // unmatched, loopback, spoofed, established
  };
  const Case cases[] = {
      {"the policy alone", "", "drop drop drop drop"},
      {"what a good ruleset does",
       "iif lo accept\nip saddr 127.0.0.0/8 drop\nct state established accept\ntcp dport 22 accept",
       "drop accept drop accept"},
      {"an open port lets a loopback source in", "iif lo accept\ntcp dport 22 accept",
       "drop accept accept drop"},
      {"a rule that asks for nothing", "counter accept", "accept accept accept accept"},
      {"new is everything", "ct state new accept", "accept accept accept drop"},
      {"so is a limit", "limit rate 9/second accept", "accept drop accept drop"},
      {"all of UDP", "meta l4proto udp accept", "accept drop accept drop"},
      {"all ports", "tcp dport 0-65535 accept", "accept drop accept drop"},
      {"everywhere", "ip saddr 0.0.0.0/0 accept", "accept accept accept accept"},
      {"everywhere but there", "ip saddr != 10.0.0.0/8 accept", "accept accept accept accept"},
      {"one network", "ip saddr 10.0.0.0/8 accept", "drop drop drop drop"},
      {"one interface", "iifname eth0 accept", "drop drop accept drop"},
      {"all but lo", "iifname != lo accept", "accept drop accept accept"},
      {"the other family", "ip6 saddr ::/0 accept", "drop drop drop drop"},
      {"a jump that comes back", "jump sub", "drop drop drop accept"},
      {"a map", "ct state vmap { established : accept, new : goto sub }", "drop drop drop accept"},
      {"what follows a drop is not asked", "drop\naccept", "drop drop drop drop"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const std::string text = fmt::format(
        "table inet t {{\nchain sub {{ ct state established accept; }}\nchain c {{\ntype filter "
        "hook input "
        "priority 0; policy drop;\n{}\n}}\n}}\n",
        c.rules);
    const auto ruleset =
        read_nft(*Root::in_memory({{"/etc/nftables.conf", text}}), "/etc/nftables.conf", {});
    REQUIRE(ruleset.has_value());
    CHECK(outcome_of(*ruleset, "ip", "input") == c.want);
  }
}

TEST_CASE("firewall: every base chain of a hook must accept; a dormant table sees nothing") {
  const auto outcome = [](const std::string& text) {
    const auto ruleset =
        read_nft(*Root::in_memory({{"/etc/nftables.conf", text}}), "/etc/nftables.conf", {});
    REQUIRE(ruleset.has_value());
    return outcome_of(*ruleset, "ip", "input");
  };
  const std::string open =
      "table ip a { chain c { type filter hook input priority 0; accept;\n}\n}\n";
  const std::string shut =
      "table ip b { chain c { type filter hook input priority 9; policy drop;\n}\n}\n";
  CHECK(outcome(open) == "accept accept accept accept");
  CHECK(outcome(open + shut) == "drop drop drop drop");
  CHECK(outcome(open +
                "table ip b { flags dormant; chain c { type filter hook input priority 9; policy "
                "drop;\n}\n}\n") == "accept accept accept accept");
}

TEST_CASE("firewall: loops and nests end") {
  std::string text = "table ip t {\n";
  for (int i = 0; i < 40; ++i)
    text += fmt::format("chain c{} {{ jump c{};\njump c{};\n}}\n", i, (i + 1) % 40, (i + 1) % 40);
  text += "chain base { type filter hook input priority 0; jump c0;\n}\n}\n";
  const Facts facts = read(*Root::in_memory({{"/etc/nftables.conf", text}}));
  CHECK_FALSE(facts.gaps.empty());

  std::string laughs = "define a0 = { 1, 2 }\n";
  for (int i = 1; i < 60; ++i)
    laughs += fmt::format("define a{} = {{ $a{}, $a{} }}\n", i, i - 1, i - 1);
  CHECK(nft_rules({{"/etc/nftables.conf", laughs}}).starts_with("error: "));
}

TEST_CASE("firewall: managers, and what is not there or not readable") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  MemoryRoot root;
  root.add_file("/etc/nftables.conf", "table ip t { }\n");
  root.deny("/etc/nftables.conf");
  CHECK(read(root).gaps.size() == 1);

  const std::string unit =
      "[Service]\nExecStart=nft -f /etc/other.nft\n[Install]\nWantedBy=a.target\n";
  MemoryRoot other;
  other.add_file("/usr/lib/systemd/system/nftables.service", unit);
  other.add_link("/etc/systemd/system/a.target.wants/nftables.service",
                 "/usr/lib/systemd/system/nftables.service");
  other.add_file("/etc/nftables.conf", "not this one");
  other.add_file("/etc/other.nft", "table ip t { chain c { accept;\n}\n}\n");
  const Facts facts = read(other);
  CHECK(facts.gaps.empty());
  REQUIRE(facts.rows.size() > 4);
  CHECK(std::get<bool>(facts.rows[0].fields[2]));
  CHECK(facts.rows[4].origin.file == "/etc/other.nft");
}

TEST_CASE("firewall: zones that are not well formed, or not there, are gaps") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> files;
    std::size_t gaps;
  };
  const Case cases[] = {
      {"the package's zone alone", {{"/usr/lib/firewalld/zones/public.xml", "<zone/>"}}, 0},
      {"cut off",
       {{"/etc/firewalld/zones/home.xml", "<zone>"},
        {"/usr/lib/firewalld/zones/public.xml", "<zone/>"}},
       1},
      {"something else", {{"/etc/firewalld/zones/public.xml", "<service/>"}}, 1},
      {"no default zone, nor one to fall back to",
       {{"/etc/firewalld/zones/home.xml", "<zone/>"}},
       1},
      {"a zone put together of several files",
       {{"/etc/firewalld/zones/public.xml", "<zone/>"},
        {"/etc/firewalld/zones/home/1.xml", "<zone/>"}},
       1},
      {"direct rules",
       {{"/etc/firewalld/zones/public.xml", "<zone/>"}, {"/etc/firewalld/direct.xml", "<direct/>"}},
       1},
      {"a policy",
       {{"/etc/firewalld/zones/public.xml", "<zone/>"},
        {"/etc/firewalld/policies/a.xml", "<policy/>"}},
       1},
      {"a service that includes itself, and one that is not there",
       {{"/etc/firewalld/zones/public.xml",
         "<zone><service name=\"a\"/><service name=\"none\"/></zone>"},
        {"/etc/firewalld/services/a.xml", "<service><include service=\"a\"/></service>"}},
       0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(read(*Root::in_memory(c.files)).gaps.size() == c.gaps);
  }
}

TEST_CASE("firewall: the default zone of firewalld.conf") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"the first of two lines counts", "DefaultZone=home\nDefaultZone=trusted\n", "home"},
      {"a line without a value does not count", "DefaultZone=\nDefaultZone=home\n", "home"},
      {"nor one with two signs", "DefaultZone=a=b\nDefaultZone=home\n", "home"},
      {"nor a comment", "#DefaultZone=trusted\n ; DefaultZone=trusted\nDefaultZone=home\n", "home"},
      {"blanks around both", "  DefaultZone \t=  home \x1f\n", "home"},
      {"a comment behind the value belongs to it", "DefaultZone=home # ours\n", "public"},
      {"so do quotes", "DefaultZone=\"home\"\n", "public"},
      {"names have case", "DefaultZone=Home\n", "public"},
      {"keys, too", "defaultzone=home\n", "public"},
      {"a byte-order mark is part of the key",
       "\xef\xbb\xbf"
       "DefaultZone=home\n",
       "public"},
      {"what is no text is not read", "DefaultZone=home\n# \xe9\n", "public"},
      {"a carriage return ends a line", "x=1\rDefaultZone=home\r\n", "home"},
      {"a zone that is not there", "DefaultZone=work\n", "public"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    std::map<std::string, std::string> files = {{"/etc/firewalld/firewalld.conf", c.text}};
    for (const char* zone : {"public", "home", "trusted", "block"})
      files[fmt::format("/usr/lib/firewalld/zones/{}.xml", zone)] = "<zone/>";
    const Facts facts = read(*Root::in_memory(files));
    CHECK(facts.gaps.empty());
    CHECK(default_zone(facts) == c.want);
  }
}

TEST_CASE("firewall: what firewalld falls back to, public being not there") {
  const auto with = [](const std::vector<std::string>& zones) {
    std::map<std::string, std::string> files;
    for (const std::string& zone : zones)
      files[fmt::format("/usr/lib/firewalld/zones/{}.xml", zone)] = "<zone/>";
    return default_zone(read(*Root::in_memory(files)));
  };
  CHECK(with({"block", "external", "home"}) == "external");
  CHECK(with({"block", "home"}) == "block");
}

namespace {

std::map<std::string, std::string> ufw_host() {
  return {{"/etc/ufw/ufw.conf", "ENABLED=yes\n"},
          {"/etc/default/ufw",
           "IPV6=yes\nDEFAULT_INPUT_POLICY=DROP\nDEFAULT_OUTPUT_POLICY=ACCEPT\n"
           "DEFAULT_FORWARD_POLICY=REJECT\n"},
          {"/etc/ufw/before.rules",
           "*filter\n:ufw-before-input - [0:0]\n-A ufw-before-input -i lo -j ACCEPT\nCOMMIT\n"},
          {"/etc/ufw/user.rules",
           "*filter\n:ufw-user-input - [0:0]\n"
           "-A ufw-user-input -p tcp --dport 22 -j ufw-user-limit-accept\n"
           ":ufw-user-limit-accept - [0:0]\n-A ufw-user-limit-accept -j ACCEPT\nCOMMIT\n"}};
}

/// Of ufw: the hook's unmatched, loopback and established; nothing where there is no such row.
std::string ufw_hook(const Facts& facts, std::string_view family, std::string_view hook) {
  for (const Fact& row : facts.rows) {
    const auto text = [&](std::size_t column) {
      const auto* found = std::get_if<std::string>(&row.fields[column]);
      return found == nullptr ? std::string() : *found;
    };
    if (text(0) == "ufw" && text(1) == "hook" && text(4) == family && text(8) == hook)
      return text(13) + " " + text(14) + " " + text(16);
  }
  return {};
}

}  // namespace

TEST_CASE("firewall: what ufw loads") {
  struct Case {
    const char *why, *file, *text, *family, *hook, *want;
  };
  const Case cases[] = {
      {"the policy, and the rules before it", "", "", "ip", "input", "drop accept drop"},
      {"an accepting policy", "", "", "ip", "output", "accept accept accept"},
      {"REJECT is DROP with an answer", "", "", "ip", "forward", "drop drop drop"},
      {"a policy in ufw.conf stands", "/etc/ufw/ufw.conf",
       "ENABLED=yes\nDEFAULT_INPUT_POLICY=ACCEPT\n", "ip", "input", "accept accept accept"},
      {"a rule of the user comes before it", "/etc/ufw/user.rules",
       "*filter\n-A ufw-user-input -j ACCEPT\nCOMMIT\n", "ip", "input", "accept accept accept"},
      {"a file that is not there is left out", "/etc/ufw/after.rules", "", "ip", "input",
       "drop accept drop"},
      {"IPv6 has files of its own", "", "", "ip6", "input", "drop drop drop"},
      {"without IPv6 all but lo is shut", "/etc/default/ufw",
       "IPV6=no\nDEFAULT_INPUT_POLICY=ACCEPT\nDEFAULT_OUTPUT_POLICY=ACCEPT\n"
       "DEFAULT_FORWARD_POLICY=ACCEPT\n",
       "ip6", "output", "drop accept drop"},
      {"no defaults, no rules", "/etc/default/ufw", "", "ip", "input", ""},
      {"what matches stand behind the target", "/etc/ufw/user.rules",
       "*filter\n-A ufw-user-input -j ACCEPT -i eth0 -p tcp --dport 22\nCOMMIT\n", "ip", "input",
       "drop accept drop"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    auto files = ufw_host();
    if (*c.file != '\0') files[c.file] = c.text;
    const Facts facts = read(*Root::in_memory(files));
    CHECK(facts.gaps.empty());
    CHECK(ufw_hook(facts, c.family, c.hook) == c.want);
  }
}

TEST_CASE("firewall: what of ufw is not loaded, or cannot be followed, is a gap") {
  struct Case {
    const char *why, *file, *text;
  };
  const Case cases[] = {
      {"a policy that iptables does not know", "/etc/default/ufw",
       "DEFAULT_INPUT_POLICY=deny\nDEFAULT_OUTPUT_POLICY=DROP\nDEFAULT_FORWARD_POLICY=DROP\n"},
      {"a chain that is not there", "/etc/ufw/user.rules",
       "*filter\n-A ufw-user-output -j none\nCOMMIT\n"},
      {"a table without its end", "/etc/ufw/after.rules", "*filter\n"},
      {"more arguments than iptables-restore takes", "/etc/ufw/after.rules", nullptr},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    auto files = ufw_host();
    std::string many = "*filter\n-A ufw-after-input -m comment";
    for (int i = 0; i < 300; ++i) many += " --comment=a";
    files[c.file] = c.text == nullptr ? many + "\nCOMMIT\n" : c.text;
    CHECK_FALSE(read(*Root::in_memory(files)).gaps.empty());
  }
  MemoryRoot root;
  for (const auto& [path, text] : ufw_host()) root.add_file(path, text);
  root.add_file("/etc/ufw/before.init", "#!/bin/sh\n", 0750);
  CHECK_FALSE(read(root).gaps.empty());
}
