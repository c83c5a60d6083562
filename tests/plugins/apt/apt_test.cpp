#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("apt")->read({root, context, {}, 1});
}

/// `key=value` of what files have set, and `!` for each gap.
std::string set_in(const Files& files) {
  const auto root = Root::in_memory(files);
  const Facts facts = read(*root);
  std::string out;
  for (const Fact& fact : facts.rows)
    if (!fact.origin.is_default() && fact.key != "@file") out += fact.key + "=" + fact.value + "\n";
  return out + std::string(facts.gaps.size(), '!');
}

/// All values of a key, a blank behind each.
std::string values(const Files& files, std::string_view key) {
  const auto root = Root::in_memory(files);
  std::string out;
  for (const Fact& fact : read(*root).rows)
    if (fact.key == key) out += fact.value + " ";
  return out;
}

}  // namespace

TEST_CASE("apt: statements, blocks and lists") {
  struct Case {
    const char* why;
    std::string text, expected;
  };
  const Case cases[] = {
      {"several statements in a line", "A \"1\"; B 2;C \"3\";", "a=1\nb=2\nc=3\n"},
      {"a statement over several lines", "A\n  \"1\"\n;", "a=1\n"},
      {"blocks and colons name the same option, in any case", "A { B \"1\"; };\na::b \"2\";",
       "a::b=2\n"},
      {"a block may have a value of its own", "A \"x\" { B 1 }", "a=x\na::b=1\n"},
      {"a list without names", "A { \"x\"; y; };\nA:: \"z\";", "a::=x\na::=y\na::=z\n"},
      {"an element has no options of its own", "A:: { B 1; };A:: { B 2; };", "a::::b=2\n"},
      {"strings side by side are one value", "A \"x\" \"y\"; B \"x\"\"y\"; C \"x\"y;",
       "a=x y\nb=xy\nc=xy\n"},
      {"a tab in quotes is eight blanks", "A \"x\ty\";", "a=x        y\n"},
      {"semicolons and braces in quotes are text", "A \"x;{}\";", "a=x;{}\n"},
      {"a tag may have quotes and codes", "\"A::B\" 1; A::%43 2;", "a::b=1\na::c=2\n"},
      {"a key is spelled as in the dump", "\"A b=\" 1;", "a%20b%3d=1\n"},
      {"an empty value takes the earlier one away", "A 1; A \"\";", ""},
      {"more braces close than open", "A 1; }; } B 2;", "a=1\nb=2\n"},
      {"a block may stay open", "A { B 1;", "a::b=1\n"},
      {"lines may end with CR LF", "A 1;\r\nB\r\n2;\r\n", "a=1\nb=2\n"},
      {"a line ends at a NUL", std::string("A 1;\0 x y z;\nB 2;", 17), "a=1\nb=2\n"},
      {"a colon behind a separator belongs to the tag", "A::::B 1; A:::C 2;",
       "a::::b=1\na:::c=2\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(set_in({{"/etc/apt/apt.conf", c.text}}) == c.expected);
  }
}

TEST_CASE("apt: comments and directives") {
  struct Case {
    const char* why;
    std::string text, expected;
  };
  const Case cases[] = {
      {"three kinds of comments", "// A 1;\n# B 1;\nC 1; /* D 1;\nE 1; */ F 1; # G 1;\n",
       "c=1\nf=1\n"},
      {"none of them in quotes", "A \"x//y\"; B \"x#y\"; C \"/*x*/\";", "a=x//y\nb=x#y\nc=/*x*/\n"},
      {"an address without quotes is cut", "A http://x;\n;", "a=http:\n"},
      {"`//` goes before `*/`", "/* A 1; // */ B 1;\nC 1; */ D 1;\n", "d=1\n"},
      {"a comment may split a word in two lines only", "A 1/* x */2;", "a=12\n"},
      {"`#clear` empties all below", "A { B 1; C 2; };\n#clear A;\nA::D 3;", "a::d=3\n"},
      {"`#clear` of one default", "#clear APT::Sandbox::User;", ""},
      {"in other letters it is a comment", "A 1;\n#Clear A;\n##clear A;\n", "a=1\n"},
      {"not in a block", "A { #clear B; };", "!"},
      {"nor without a name", "#clear;", "!"},
      {"nor anything else", "#clearly A;", "!"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(set_in({{"/etc/apt/apt.conf", c.text}}) == c.expected);
  }
}

TEST_CASE("apt: mistakes that make apt stop are gaps") {
  for (const char* text : {"A x y;", "{ A 1; }", "A \"1;\n", "A 1", "A x\"y z;", "[A 1;",
                           "#include \"/nothing\";", "#include \"/none/\";"}) {
    CAPTURE(text);
    CHECK(set_in({{"/etc/apt/apt.conf.d/10-bad", text}, {"/etc/apt/apt.conf.d/20-good", "B 2;"}}) ==
          "b=2\n!");
  }
}

TEST_CASE("apt: which files are read, and in which order") {
  struct Case {
    const char* why;
    Files files;
    std::string expected;
  };
  const Case cases[] = {
      {"the main file comes last",
       {{"/etc/apt/apt.conf", "A main;"}, {"/etc/apt/apt.conf.d/99", "A part;"}},
       "a=main\n"},
      {"in the order of the bytes",
       {{"/etc/apt/apt.conf.d/b", "A b;"}, {"/etc/apt/apt.conf.d/Z", "A Z;"}},
       "a=b\n"},
      {"names that count",
       {{"/etc/apt/apt.conf.d/a-b_c", "A 1;"},
        {"/etc/apt/apt.conf.d/x.y.conf", "B 1;"},
        {"/etc/apt/apt.conf.d/c:d", "C 1;"}},
       "a=1\nc=1\nb=1\n"},
      {"names that do not",
       {{"/etc/apt/apt.conf.d/a.bak", "A 1;"},
        {"/etc/apt/apt.conf.d/.b", "B 1;"},
        {"/etc/apt/apt.conf.d/c~", "C 1;"},
        {"/etc/apt/apt.conf.d/d.", "D 1;"},
        {"/etc/apt/apt.conf.d/e f", "E 1;"},
        {"/etc/apt/apt.conf.d/f.Conf", "F 1;"}},
       ""},
      {"an include stands in its place",
       {{"/etc/apt/apt.conf", "A 1;\n#include \"/etc/x\";\nB 1;"}, {"/etc/x", "A 2; B 2;"}},
       "a=2\nb=1\n"},
      {"of a directory",
       {{"/etc/apt/apt.conf", "#include \"/etc/x/\";"},
        {"/etc/x/2", "A 2;"},
        {"/etc/x/1", "A 1;"},
        {"/etc/x/3.off", "A 3;"}},
       "a=2\n"},
      {"the directory moves the main file",
       {{"/etc/apt/apt.conf.d/1", "Dir::Etc::main \"other\";"},
        {"/etc/apt/apt.conf", "A 1;"},
        {"/etc/apt/other", "A 2;"}},
       "dir::etc::main=other\na=2\n"},
      {"a loop of includes makes apt stop",
       {{"/etc/apt/apt.conf", "A 1;\n#include \"/etc/apt/apt.conf\";"}},
       "a=1\n!"},
      {"a relative one depends on where apt is run",
       {{"/etc/apt/apt.conf", "#include \"x\";"}, {"/x", "A 1;"}},
       "a=1\n!"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(set_in(c.files) == c.expected);
  }
}

TEST_CASE("apt: defaults that are worked out when all files are read") {
  struct Case {
    const char* why;
    std::string text;
    std::string_view key;
    std::string expected;
  };
  const std::string_view status = "dir::state::status";
  const Case cases[] = {
      {"dpkg's folder is below Dir", "", status, "/var/lib/dpkg/status "},
      {"it moves with Dir", "Dir \"/srv//\";", status, "/srv/var/lib/dpkg/status "},
      {"Dir may be relative, and the value with it", "Dir \"srv\";", status,
       "srv/var/lib/dpkg/status "},
      {"it stands beside a folder named apt", "Dir::State \"/srv/apt/\";", status,
       "/srv/dpkg/status "},
      {"a name that only ends in apt is no such folder", "Dir::State \"/srv/myapt\";", status,
       "/var/lib/dpkg/status "},
      {"nor is one without a folder around it", "Dir::State \"/apt\";", status,
       "/var/lib/dpkg/status "},
      {"a file's own word stands", "Dir::State::status \"x\";", status, "x "},
      {"an empty one stands, too", "Dir::State::status \"\";", status, ""},
      {"a cleared option is still an option", "Dir::State::status x; #clear Dir::State::status;",
       status, ""},
      {"what is below a cleared one is gone", "Dir::State::status x; #clear Dir::State;", status,
       "/var/lib/dpkg/status "},
      {"a program that is emptied is filled in again", "Dir::Bin::dpkg \"\";", "dir::bin::dpkg",
       "/usr/bin/dpkg "},
      {"an address that is emptied is not", "Acquire::Changelogs::URI::Origin::Debian \"\";",
       "acquire::changelogs::uri::origin::debian", ""},
      {"a tree that is cleared is gone", "#clear Acquire::IndexTargets;",
       "acquire::indextargets::deb::packages::metakey", ""},
      {"but not what apt fills in later", "#clear Binary::apt;", "binary::apt::apt::color", "1 "},
      {"lzma is not xz where there is none", "Dir::Bin::lzma \"/x\";", "dir::bin::lzma", "/x "},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(values({{"/etc/apt/apt.conf", c.text}}, c.key) == c.expected);
  }
  CHECK(values({{"/etc/apt/apt.conf", "Dir::Bin::lzma \"/x\";"}, {"/usr/bin/xz", ""}},
               "dir::bin::lzma") == "/usr/bin/xz ");
}

TEST_CASE("apt: lists that apt replaces once it has read all") {
  const std::string main_file = "/etc/apt/apt.conf";
  const std::string languages = "acquire::languages::";
  CHECK(values({}, languages) == "en ");
  CHECK(values({{main_file, "Acquire::Languages \"none\";"}}, languages) == "none ");
  CHECK(values({{main_file, "Acquire::Languages { \"de\"; \"environment\"; \"de\"; };"},
                {"/var/lib/apt/lists/h_Translation-pt%5fBR", ""}},
               languages) == "de en none pt_BR ");
  const std::string architectures = "apt::architectures::";
  const Files dpkg = {{"/var/lib/dpkg/arch", "amd64\ni386\n"}, {"/usr/bin/dpkg", ""}};
  CHECK(values(dpkg, architectures) == "amd64 i386 ");
  Files other = dpkg;
  other[main_file] = "Dir::Bin::dpkg \"/no/dpkg\";";
  CHECK_MESSAGE(values(other, architectures) == "amd64 ", "nobody is there to be asked");
  CHECK(values({{main_file, "APT::Architectures \"i386,arm64,\";"}}, architectures) ==
        "amd64 i386 arm64 ");
}

TEST_CASE("apt: what cannot be read is a gap") {
  MemoryRoot root;
  root.add_special("/etc/apt/apt.conf", FileType::fifo);
  CHECK(read(root).gaps.size() == 1);
  CHECK(set_in({{"/etc/apt/apt.conf", std::string(3000, 'x') + " 1;"}}) == "!");
}
