#include "scanner/formats/shell_assignment.h"

#include <doctest/doctest.h>

#include "scanner/base/text.h"

using namespace plimsoll;

namespace {

struct Case {
  const char* why;
  const char* script;
  const char* commands;  ///< words with commas between, `?` before a conditional one, one a line
};

const Case kCases[] = {
    {"words", "umask 022\nA=b\n", "umask,022\nA=b\n"},
    {"comments begin at a word", "A=b#c # d\n#E=f\n", "A=b#c\n"},
    {"single quotes keep all", "A='b \"$c\" \\'\n", "A=b \"$c\" \\\n"},
    {"double quotes know four escapes", R"(A="b \" \$ \x")", "A=b \" $ \\x\n"},
    {"a backslash joins lines", "umask \\\n 022\n", "umask,022\n"},
    {"a substitution is kept whole", "A=$(b; c \")\") D\n", "A=$(b; c \")\"),D\n"},
    {"so is one in quotes", "A=\"$(b \"c\")\"\n", "A=$(b \"c\")\n"},
    {"semicolons separate", "A=b; C=d\n", "A=b\nC=d\n"},
    {"if makes conditional, fi ends it", "if x; then A=b; else A=c; fi; A=d\n",
     "?x\n?A=b\n?A=c\nA=d\n"},
    {"so do loops", "for i in 1 2; do A=$i; done\nB=c\n", "?A=$i\nB=c\n"},
    {"and case, whose patterns are no commands", "case $x in\n a) A=b ;;\n *) A=c;;\nesac\nB=c\n",
     "?A=b\n?A=c\nB=c\n"},
    {"and functions", "f () {\n A=b\n}\nB=c\n", "?A=b\nB=c\n"},
    {"and subshells", "(A=b)\nB=c\n", "?A=b\nB=c\n"},
    {"behind && and || nothing is certain", "x && A=b || A=c\nB=c\n", "x\n?A=b\n?A=c\nB=c\n"},
    {"a here-document holds no commands", "cat <<E\nA=b\nE\nB=c\n", "cat\nB=c\n"},
    {"even with tabs and quotes", "cat <<-'E'\n\tA=b\n\tE\nB=c\n", "cat\nB=c\n"},
    {"reserved words count only in front", "echo if\nB=c\n", "echo,if\nB=c\n"},
};

std::string render(const ShellScript& script) {
  std::string out;
  for (const ShellCommand& command : script.commands)
    out.append(command.conditional ? "?" : "").append(join(command.words, ",")).append("\n");
  return out;
}

}  // namespace

TEST_CASE("shell: commands and whether they are certain to run") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const ShellScript script = read_shell(c.script);
    CHECK(render(script) == c.commands);
    CHECK(script.broken_at == 0);
  }
}

TEST_CASE("shell: what has no end is said to have none") {
  CHECK(read_shell("A=b\nB='c\n").broken_at == 2);
  CHECK(read_shell("A=\"b\n").broken_at == 1);
  CHECK(read_shell("A=$(b\n").broken_at == 1);
  CHECK(read_shell("A=`b\n").broken_at == 1);
}

TEST_CASE("shell: assignments to the shell itself") {
  const auto of = [](const char* text) {
    std::string out;
    for (const ShellAssignment& a : shell_assignments(read_shell(text).commands.at(0)))
      out.append(a.name)
          .append(a.has_value ? "=" + a.value : "")
          .append(a.exported ? " x" : "")
          .append(a.read_only ? " r" : "")
          .append(";");
    return out;
  };
  CHECK(of("A=b C=d") == "A=b;C=d;");
  CHECK(of("A=b program") == "");
  CHECK(of("export A=b C") == "A=b x;C x;");
  CHECK(of("typeset -xr A=b") == "A=b x r;");
  CHECK(of("readonly A") == "A r;");
  CHECK(of("1A=b") == "");
}

TEST_CASE("shell: hostile text ends quickly") {
  for (const char* part : {"if ", "((((", "$(", "${", "<<E\n", "a;", "\\", "&&", "'\"`"}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += part;
    static_cast<void>(read_shell(text));
  }
}
