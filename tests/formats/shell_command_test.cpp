#include "scanner/formats/shell_command.h"

#include <doctest/doctest.h>

using namespace plimsoll;

namespace {

/// Commands separated by `/`, each with its words between brackets; what joins them in front.
std::string shape(const shell::Script& script) {
  std::string out;
  for (const shell::Command& command : script.commands) {
    if (!out.empty()) out += " / ";
    constexpr std::string_view kJoints[] = {"", "&& ", "|| ", "| "};
    out += kJoints[static_cast<std::size_t>(command.joint)];
    for (const shell::Assignment& one : command.assignments)
      out += one.name + ":=" + one.value.text + " ";
    for (const shell::Word& word : command.words) out += "[" + word.text + "]";
    for (const shell::Redirect& one : command.redirects) out += " " + one.op + one.target.text;
  }
  return out + (script.complete ? "" : " incomplete");
}

}  // namespace

TEST_CASE("shell: commands, words and what joins them") {
  struct Case {
    const char* why;
    const char* script;
    const char* expected;
  };
  const Case cases[] = {
      {"operators", "a;b&c&&d||e|f\ng", "[a] / [b] / [c] / && [d] / || [e] / | [f] / [g]"},
      {"quotes", "a 'b c' \"d 'e'\" f\\ g $'h\\n'", "[a][b c][d 'e'][f g][h\n]"},
      {"operators in quotes", "echo \"a && b\" 'c|d' e\\;f", "[echo][a && b][c|d][e;f]"},
      {"comments", "a # b; c\nd#e", "[a] / [d#e]"},
      {"continued lines", "a \\\n b", "[a][b]"},
      {"assignments", "A=1 B='x y' c D=2", "A:=1 B:=x y [c][D=2]"},
      {"if", "if a; then b; elif c; then d; else e; fi | f", "[a] / [b] / [c] / [d] / [e] / | [f]"},
      {"for", "for i in x y; do a $i; done", "[a][$i]"},
      {"while", "while a; do b; done", "[a] / [b]"},
      {"case", "case $x in a|b) c ;; (d) e;; *) f; esac; g", "[c] / [e] / [f] / [g]"},
      {"functions", "f() { a; }; function g { b; }; f", "[a] / [b] / [f]"},
      {"subshell and group", "(a; b) | c; { d; } && e", "[a] / [b] / | [c] / [d] / && [e]"},
      {"conditions", "[[ $a < b && ( c || d ) ]] && e", "&& [e]"},
      {"substitution", "a $(b | c) \"$(d)\"", "[b] / | [c] / [d] / [a][$(b | c)][$(d)]"},
      {"backquotes", "a `b \\`c\\``", "[c] / [b][`c`] / [a][`b \\`c\\``]"},
      {"arithmetic", "a $((1 + (2))) && ((x++)); b", "[a][$((1 + (2)))] / [b]"},
      {"process substitution", "a <(b) c", "[b] / [a][<(b)][c]"},
      {"redirections", "a >b 2>&1 <c >>d &>e", "[a] >b >&1 <c >>d &>e"},
      {"here-document", "a <<X; b\nc\nX\nd", "[a] <<c\n / [b] / [d]"},
      {"here-string", "a <<<b c", "[a][c] <<<b"},
      {"a here-document for a shell", "bash <<-'X'\n\tc\n\tX\nd", "[bash] <<\tc\n / [c] / [d]"},
      {"sh -c", "sh -euc 'a; b' c", "[sh][-euc][a; b][c] / [a] / [b]"},
      {"bash -o pipefail -c", "bash -o pipefail -c 'a | b'",
       "[bash][-o][pipefail][-c][a | b] / [a] / | [b]"},
      {"wrappers", "exec env -u A B=1 nice -n 5 a",
       "[exec][env][-u][A][B=1][nice][-n][5][a] / [env][-u][A][B=1][nice][-n][5][a] / "
       "[nice][-n][5][a] / [a]"},
      {"variables of the script", "V=1; a $V; V=$(x); a $V",
       "V:=1  / [a][1] / [x] / V:=$(x)  / [a][$V]"},
      {"values are split, in quotes they are not", "V='b c'; a $V \"$V\"",
       "V:=b c  / [a][b][c][b c]"},
      {"an array is one word", "A=(b c); d", "A:=(b c)  / [d]"},
      {"open quote", "a 'b", "[a][b] incomplete"},
      {"a parenthesis too many", "a ) b", "[a] / [b]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(shape(shell::parse(c.script)) == std::string(c.expected));
  }
}

TEST_CASE("shell: nesting and length are bounded") {
  std::string deep, wide;
  for (int i = 0; i < 100000; ++i) deep += "$(", wide += "env ";
  CHECK(!shell::parse(deep).complete);
  CHECK(shell::parse(wide).commands.size() < 20);
}
