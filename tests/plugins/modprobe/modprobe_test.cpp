#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root, const char* module = nullptr) {
  static const std::map<std::string, std::string, std::less<>> context;
  std::vector<Selection> selections;
  if (module != nullptr) {
    auto key = Matcher::compile(Op::equals, Type::text, {"@loadable"});
    auto scope = Matcher::compile(Op::equals, Type::text, {module});
    REQUIRE(key.has_value());
    REQUIRE(scope.has_value());
    selections.push_back({{{Predicate::On::key, 0, *key}, {Predicate::On::scope, 0, *scope}}, {}});
  }
  return find_builtin_probe("modprobe")->read({root, context, selections, 1});
}

}  // namespace

TEST_CASE("modprobe: whether a module can be loaded") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> files;
    const char* loadable;
  };
  const std::string conf = "/etc/modprobe.d/a.conf";
  const Case cases[] = {
      {"nothing is said", {}, "yes"},
      {"false loads nothing", {{conf, "install usb-storage /bin/false\n"}}, "no"},
      {"neither does true", {{conf, "install usb-storage /usr/bin/true # why\n"}}, "no"},
      {"nor a path to nothing", {{conf, "install usb-storage /nonexistent\n"}}, "no"},
      {"a program that is there may load it",
       {{conf, "install usb-storage /sbin/load\n"}, {"/sbin/load", "#!/bin/sh\n"}},
       "yes"},
      {"a blacklist stops aliases only", {{conf, "blacklist usb-storage\n"}}, "yes"},
      {"commented out", {{conf, "# install usb-storage /bin/false\n"}}, "yes"},
      {"a comment goes on behind a backslash",
       {{conf, "# \\\ninstall usb-storage /bin/false\n"}},
       "yes"},
      {"the first command stands",
       {{conf,
         "install usb-storage /sbin/modprobe --ignore-install usb-storage\n"
         "install usb_storage /bin/false\n"},
        {"/sbin/modprobe", ""}},
       "yes"},
      {"a pattern that is read first",
       {{conf, "install usb* /bin/false\ninstall usb_storage x\n"}},
       "no"},
      {"what a shell would do is not judged",
       {{conf, "install usb-storage /bin/false || modprobe -i usb-storage\n"}},
       "yes"},
      {"hidden by an empty namesake",
       {{conf, ""}, {"/lib/modprobe.d/a.conf", "install usb-storage /bin/false\n"}},
       "yes"},
      {"inside the kernel, so no command matters",
       {{conf, "install usb-storage /bin/false\n"},
        {"/lib/modules/6.1.0/modules.builtin", "kernel/drivers/usb/storage/usb-storage.ko\n"}},
       "builtin"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory(c.files), "usb_storage");
    const Fact* found = facts.find("@loadable", "usb_storage");
    REQUIRE(found != nullptr);
    CHECK(found->value == c.loadable);
  }
}

TEST_CASE("modprobe: lines as kmod splits them") {
  struct Case {
    const char *why, *text, *key, *scope, *value;  // no key: no row
    std::uint32_t line;
  };
  const Case cases[] = {
      {"a directive over several lines starts at the first", "\nblacklist \\\n a-b\n", "blacklist",
       "a_b", "a_b", 2},
      {"a backslash elsewhere vanishes", "install a b\\c", "install", "a", "bc", 1},
      {"options keep their spelling, tabs become blanks", "options a x=1\ty=\"z z\"", "options",
       "a", "x=1 y=\"z z\"", 1},
      {"both sides of an alias", "alias net-pf-3 off-x extra", "alias", "net_pf_3", "off_x", 1},
      {"dashes inside brackets stay", "blacklist a-[0-9]", "blacklist", "a_[0-9]", "a_[0-9]", 1},
      {"a carriage return belongs to the word", "blacklist a\r\n", "blacklist", "a\r", "a\r", 1},
      {"soft dependencies as kmod prints them", "softdep a pre: b  c post: d", "softdep", "a",
       "pre: b cpost: d", 1},
      {"no command", "install a", nullptr, "", "", 0},
      {"an unbalanced bracket", "blacklist a]", nullptr, "", "", 0},
      {"directives have a case", "Blacklist a", nullptr, "", "", 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/etc/modprobe.d/a.conf", c.text}}));
    REQUIRE(facts.rows.size() == (c.key == nullptr ? 0 : 1));
    if (c.key == nullptr) continue;
    CHECK(facts.rows[0].key == c.key);
    CHECK(facts.rows[0].scope == c.scope);
    CHECK(facts.rows[0].value == c.value);
    CHECK(facts.rows[0].origin.line == c.line);
  }
}

TEST_CASE("modprobe: what cannot be read is a gap") {
  MemoryRoot root;
  root.add_file("/etc/modprobe.d/a.conf", "blacklist a\n");
  root.deny("/etc/modprobe.d/a.conf");
  root.add_special("/etc/modprobe.d/b.conf", FileType::fifo);
  root.add_link("/etc/modprobe.d/c.conf", "/dev/null");
  root.add_link("/etc/modprobe.d/d.conf", "nowhere");
  root.add_directory("/etc/modprobe.d/e.conf");
  const Facts facts = read(root);
  CHECK(facts.gaps.size() == 2);
  CHECK(facts.rows.empty());
}
