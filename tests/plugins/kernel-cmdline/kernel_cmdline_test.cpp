#include <doctest/doctest.h>

#include "plugins/os/kernel-cmdline/kernel_arguments.h"
#include "plugins/os/kernel-cmdline/shell_words.h"
#include "scanner/base/text.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("kernel-cmdline", root); }

std::string grub(const std::string& body) {
  return "menuentry 'Debian' --class x {\n" + body + "}\n";
}

}  // namespace

TEST_CASE("kernel-cmdline: what all entries have stands in the main scope") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> files;
    const char* value;  // of `audit` in the scope ""; null: no row
  };
  const std::string cfg = "/boot/grub/grub.cfg";
  const std::string defaults = "/etc/default/grub";
  const Case cases[] = {
      {"one entry", {{cfg, grub("linux /vmlinuz ro audit=1\n")}}, "1"},
      {"commented out", {{cfg, grub("# linux /vmlinuz ro audit=1\nlinux /vmlinuz ro\n")}}, nullptr},
      {"the last of two wins", {{cfg, grub("linux /vmlinuz audit=1 audit=0\n")}}, "0"},
      {"a longer name", {{cfg, grub("linux /vmlinuz noaudit=1 audit_x=1\n")}}, nullptr},
      {"for init", {{cfg, grub("linux /vmlinuz -- audit=1\n")}}, nullptr},
      {"one of two lacks it",
       {{cfg, grub("linux /vmlinuz audit=1\n") + grub("linux /vmlinuz single\n")}},
       nullptr},
      {"memtest is no kernel of ours",
       {{cfg, grub("linux /vmlinuz audit=1\n") + grub("linux16 /memtest86+.bin\n")}},
       "1"},
      {"the next update drops it",
       {{cfg, grub("linux /vmlinuz audit=1\n")}, {defaults, "GRUB_CMDLINE_LINUX=\"\"\n"}},
       nullptr},
      {"the next update keeps it",
       {{cfg, grub("linux /vmlinuz audit=1\n")}, {defaults, "GRUB_CMDLINE_LINUX=\"audit=1\"\n"}},
       "1"},
      {"only ordinary entries would have it",
       {{cfg, grub("linux /vmlinuz audit=1\n")},
        {defaults, "GRUB_CMDLINE_LINUX_DEFAULT=audit=1\n"}},
       nullptr},
      {"and there are no others",
       {{cfg, grub("linux /vmlinuz audit=1\n")},
        {defaults,
         "GRUB_DISABLE_RECOVERY=\"true\"\nexport GRUB_CMDLINE_LINUX_DEFAULT='quiet audit=1'\n"}},
       "1"},
      {"a later file adds to it",
       {{defaults, "GRUB_CMDLINE_LINUX='quiet'\n"},
        {"/etc/default/grub.d/x.cfg", "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX audit=1\"\n"}},
       "1"},
      {"a loader entry with GRUB's variable",
       {{"/boot/loader/entries/a.conf", "title A\nlinux /vmlinuz\noptions $kernelopts quiet\n"},
        {"/boot/grub/grubenv", "# GRUB Environment Block\nkernelopts=root=/dev/sda audit=1\n####"}},
       "1"},
      {"a variable of the menu",
       {{cfg, "set extra=\"ro audit=1\"\n" + grub("linux /vmlinuz ${extra}\n")}},
       "1"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory(c.files));
    const Fact* found = facts.find("audit");
    REQUIRE((found != nullptr) == (c.value != nullptr));
    if (found != nullptr) CHECK(found->value == c.value);
  }
}

TEST_CASE("kernel-cmdline: entries keep titles of their own") {
  const Facts facts = read(*Root::in_memory(
      {{"/boot/grub/grub.cfg",
        "set superusers=\"boss\"\npassword_pbkdf2 boss grub.pbkdf2.sha512.1.2.3\n"
        "submenu 'Advanced options' {\n" +
            grub("if [ x = y ]; then\n  linux /vmlinuz a=1\nelse\n  linux /vmlinuz \\\n   "
                 "a=2\nfi\n") +
            "}\n" + grub("\tlinux /vmlinuz \"dyndbg=file x +p\" a=3; initrd /i\n")}}));
  CHECK(facts.find("a", "Advanced options > Debian")->value == "1");
  CHECK(facts.find("a", "Advanced options > Debian #2")->value == "2");
  CHECK(facts.find("a", "Debian")->value == "3");
  CHECK(facts.find("dyndbg", "Debian")->value == "file x +p");
  CHECK(facts.find("a")->value == "1");  // they differ; each is judged in its own scope
  CHECK(facts.find("@superusers")->value == "boss");
  CHECK(facts.find("@password", "boss")->value == "pbkdf2");
}

TEST_CASE("kernel-cmdline: the kernel's own cut of the line") {
  std::vector<KernelArgument> out;
  parse_command_line("slab-nomerge a=\"b c\" \"d=e f\" =g  h= --  i\n", {}, out);
  REQUIRE(out.size() == 4);
  CHECK(out[0].name == "slab_nomerge");
  CHECK(out[1].value == "b c");
  CHECK(out[2].name == "d");
  CHECK(out[2].value == "e f");
  CHECK(out[3].name == "h");
}

TEST_CASE("kernel-cmdline: words of a script") {
  struct Case {
    const char *text, *words;  // joined with `|`
  };
  const Case cases[] = {
      {"a b#c # d", "a|b#c"},
      {"'a b'\\''c' \"d\\\"e\\n\"", "a b'c|d\"e\\n"},
      {"a$v ${v} '$v' \"$v\"", "a1|2|1|2|$v|1 2"},
      {"$none a", "a"},
      {"\"$none\"", ""},
      {"a\\\nb \\\n c", "ab|c"},
      {"x=$v", "x=1 2"},
      {"a`b c`d $(e (f) g)h", "ad|h"},
      {"'open", "open"},
  };
  const ShellVariables variables = {{"v", "1 2"}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    ShellReader reader(c.text, variables);
    std::vector<ShellWord> command;
    REQUIRE(reader.next(command));
    std::vector<std::string> texts;
    for (const ShellWord& word : command) texts.push_back(word.text);
    CHECK(join(texts, "|") == c.words);
  }
}

TEST_CASE("kernel-cmdline: what cannot be told is a gap, and then nothing is common to all") {
  MemoryRoot denied;
  denied.add_file("/boot/grub/grub.cfg", "");
  denied.deny("/boot/grub/grub.cfg");
  denied.add_file("/etc/default/grub", "GRUB_CMDLINE_LINUX=audit=1\n");
  Facts facts = read(denied);
  CHECK(facts.gaps.size() == 1);
  CHECK(facts.find("audit") == nullptr);
  facts =
      read(*Root::in_memory({{"/etc/default/grub", "GRUB_CMDLINE_LINUX=\"$(cat /x) audit=1\"\n"}}));
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "update-grub");
  std::string growing = "A=xxxxxxxxxxxxxxxx\n";
  for (int i = 0; i < 40; ++i) growing += "A=\"$A$A\"\n";
  CHECK(read(*Root::in_memory({{"/etc/default/grub", growing}})).gaps.size() == 1);
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
}

TEST_CASE("kernel-cmdline: the running kernel counts on the live host only") {
  MemoryRoot root;
  root.add_file("/boot/grub/grub.cfg", grub("linux /vmlinuz audit=1\n"));
  root.add_file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz ro\n");
  CHECK(read(root).find("audit") != nullptr);
  root.set_live(true);
  CHECK(read(root).find("audit") == nullptr);
  CHECK(read(root).find("ro", "running") != nullptr);
}
