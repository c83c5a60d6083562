#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "plugins/container/dockerfile/expand.h"
#include "plugins/container/dockerfile/packages.h"
#include "plugins/container/dockerfile/run.h"
#include "plugins/container/dockerfile/syntax.h"
#include "scanner/base/text.h"
#include "scanner/formats/secrets.h"
#include "scanner/probe/matcher.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const std::string& text) {
  const auto root = Root::in_memory({{"/Dockerfile", text}});
  return read_probe("dockerfile", *root);
}

std::string column(const Fact& fact, std::string_view name) {
  const Probe& probe = *find_builtin_probe("dockerfile");
  for (std::size_t i = 0; i < fact.fields.size(); ++i)
    if (probe.fields[i].name == name) return to_text(fact.fields[i], probe.fields[i].type);
  return {};
}

/// That column of each row of the kind, blanks between.
std::string all(const Facts& facts, std::string_view kind, std::string_view name) {
  std::string out;
  for (const Fact& fact : facts.rows)
    if (column(fact, "kind") == kind) out += (out.empty() ? "" : " ") + column(fact, name);
  return out;
}

std::string traits_of(const std::string& text, std::string_view kind) {
  return all(read(text), kind, "traits");
}

const std::string kFrom = "FROM debian:12.5\n";

}  // namespace

TEST_CASE("dockerfile: lines become instructions") {
  struct Case {
    const char* why;
    const char* text;
    const char* expected;  ///< `KEYWORD@line rest|`
  };
  const Case cases[] = {
      {"keywords ignore case", "from a\nRuN b\n", "FROM@1 a|RUN@2 b|"},
      {"a line goes on; comments and empty lines between go", "RUN a \\\n # c\n\n  b\n",
       "RUN@1 a   b|"},
      {"a blank behind the escape is allowed", "RUN a \\ \n b\nRUN c\n", "RUN@1 a  b|RUN@3 c|"},
      {"an escaped escape ends the line", "RUN a \\\\\nRUN b\n", "RUN@1 a \\\\|RUN@2 b|"},
      {"the directive changes it", "# escape=`\nRUN a `\n b\\\nRUN c\n", "RUN@2 a  b\\|RUN@4 c|"},
      {"a directive below a comment is a comment", "# x\n# escape=`\nRUN a `\nRUN b\n",
       "RUN@3 a `|RUN@4 b|"},
      {"a here-document is not read as instructions", "RUN <<EOF\nFROM x\nEOF\nRUN b\n",
       "RUN@1 <<EOF|RUN@4 b|"},
      {"its tabs go with a dash", "RUN <<-EOF\nx\n\tEOF\nRUN b\n", "RUN@1 <<-EOF|RUN@4 b|"},
      {"a here-string is none", "RUN cat <<<x\nRUN b\n", "RUN@1 cat <<<x|RUN@2 b|"},
      {"one in quotes is none", "RUN echo \"<<EOF\"\nRUN b\n", "RUN@1 echo \"<<EOF\"|RUN@2 b|"},
      {"several", "COPY <<A <<B /x/\na\nA\nb\nB\nRUN b\n", "COPY@1 <<A <<B /x/|RUN@6 b|"},
      {"the instruction behind ONBUILD is one, too", "ONBUILD RUN a\n", "ONBUILD@1 RUN a|RUN@1 a|"},
      {"flags are no arguments", "RUN --mount=type=cache,target=/x --network=none a --b\n",
       "RUN@1 a --b|"},
      {"carriage returns and a byte-order mark",
       "\xEF\xBB\xBF"
       "FROM a\r\nRUN b \\\r\n c\r\n",
       "FROM@1 a|RUN@2 b  c|"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    std::string got;
    for (const auto& one : dockerfile::parse(c.text, "/Dockerfile").instructions)
      got += fmt::format("{}@{} {}|", one.keyword, one.line, one.rest.text);
    CHECK(got == std::string(c.expected));
  }
}

TEST_CASE("dockerfile: variables are replaced") {
  dockerfile::Scope scope;
  scope.set("A", "value", true);
  scope.set("E", "", true);
  scope.set("P", "usr/local/lib", true);
  struct Case {
    const char* text;
    const char* expected;
  };
  const Case cases[] = {
      {"$A-${A}", "value-value"},
      {"\\$A '$A' \"$A\"", "$A $A value"},
      {"$UNSET", "$UNSET (open)"},
      {"${UNSET:-d}${E:-d}${E-d}", "dd"},
      {"${A:+y}${E:+y}${E+y}${UNSET+y}", "yy"},
      {"${UNSET:-${A}}", "value"},
      {"${P#*/} ${P##*/} ${P%/*} ${P%%/*}", "local/lib lib usr/local usr"},
      {"${P/l/L} ${P//l/L}", "usr/Local/lib usr/LocaL/Lib"},
      {"${A", "value (broken)"},
      {"\"x", "x (broken)"},
      {"'C:\\'", "C:\\"},
      {"a\\ b", "a b"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto got = dockerfile::expand(c.text, scope, '\\');
    CHECK(got.text + (got.open ? " (open)" : "") + (got.broken ? " (broken)" : "") ==
          std::string(c.expected));
  }
}

TEST_CASE("dockerfile: where variables hold") {
  struct Case {
    const char* why;
    const char* text;
    const char* expected;  ///< users
  };
  const Case cases[] = {
      {"one before FROM is not seen in a stage", "ARG U=app\nFROM a:1\nUSER $U\n", "$U"},
      {"unless the stage declares it", "ARG U=app\nFROM a:1\nARG U\nUSER $U\n", "app"},
      {"ENV goes before ARG", "FROM a:1\nENV U=env\nARG U=arg\nUSER $U\n", "env"},
      {"a stage has the variables of the one it is built from",
       "FROM a:1 AS x\nENV U=x\nFROM X\nUSER $U\n", "x"},
      {"and of no other", "FROM a:1 AS x\nENV U=x\nFROM b:1\nUSER $U\n", "$U"},
      {"one ENV sees what was before it", "FROM a:1\nENV U=old\nENV U=new V=$U\nUSER $V\n", "old"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(all(read(c.text), "user", "name") == std::string(c.expected));
  }
}

TEST_CASE("dockerfile: the user that the image ends with") {
  struct Case {
    const char* why;
    const char* text;
    const char* expected;  ///< root of the effective one
  };
  const Case cases[] = {
      {"the last one counts", "FROM a:1\nUSER app\nUSER root\n", "root=true"},
      {"a number with a group", "FROM a:1\nUSER 0:0\n", "root=true"},
      {"00 is 0", "FROM a:1\nUSER 00\n", "root=true"},
      {"that of the stage below", "FROM a:1 AS x\nUSER root\nFROM x\n", "root=true"},
      {"not that of another stage", "FROM a:1 AS x\nUSER root\nFROM b:1\n", ""},
      {"one behind ONBUILD is for another build", "FROM a:1\nUSER app\nONBUILD USER root\n",
       "root=false"},
      {"quotes go", "FROM a:1\nUSER \"root\"\n", "root=true"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    std::string got;
    const Facts facts = read(c.text);
    for (const Fact& fact : facts.rows)
      if (column(fact, "kind") == "user" && column(fact, "effective") == "true")
        got += "root=" + column(fact, "root");
    CHECK(got == std::string(c.expected));
  }
}

TEST_CASE("dockerfile: base images") {
  struct Case {
    const char* reference;
    const char* expected;  ///< name tagged latest by_digest
  };
  const Case cases[] = {
      {"debian", "docker.io/library/debian false false false"},
      {"debian:latest", "docker.io/library/debian true true false"},
      {"user/app:1", "docker.io/user/app true false false"},
      {"localhost/app", "localhost/app false false false"},
      {"host:5000/app", "host:5000/app false false false"},
      {"host:5000/app:latest@sha256:ab", "host:5000/app true false true"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.reference);
    const Facts facts = read(fmt::format("FROM {}\n", c.reference));
    CHECK(fmt::format("{} {} {} {}", all(facts, "image", "name"), all(facts, "image", "tagged"),
                      all(facts, "image", "latest"),
                      all(facts, "image", "by_digest")) == std::string(c.expected));
  }
  const Facts open = read("ARG T\nFROM ${R}/app:1\nFROM app:$T\nFROM ${R}/app\n");
  CHECK(all(open, "image", "tagged") == "true true false");
  CHECK(all(open, "image", "latest").starts_with("false app:$T (a variable"));
}

TEST_CASE("dockerfile: what commands do") {
  struct Case {
    const char* why;
    const char* run;
    const char* expected;  ///< traits of all commands
  };
  const Case cases[] = {
      {"two -q mean -y", "apt-get install -q -q --no-install-recommends a=1", ""},
      {"so does a cluster", "apt-get -fmy install --no-install-recommends a=1", ""},
      {"a value is no switch", "curl -o -k https://x", ""},
      {"a switch in a cluster", "curl -sSLk https://x", "curl-insecure"},
      {"cleaning comes after", "dnf clean all && dnf -y install a-1", "cache-kept"},
      {"installing after the update",
       "apt-get update; apt-get -y upgrade; rm -rf /var/lib/apt/lists/*", "system-upgrade"},
      {"no index in another RUN", "apt-get update && rm -r /var/lib/apt/lists", "update-alone"},
      {"what echo says is no command", "echo sudo apt-get install x", ""},
      {"through wrappers", "env A=1 nice -n 5 sudo -u x curl -k y", "sudo curl-insecure"},
      {"in a shell", "sh -ec 'cd /x; wget -q z'", "directory-change"},
      {"piped to a shell through sudo", "curl x | sudo -E bash -",
       "sudo pipe-unchecked download-to-shell"},
      {"data is no program", "set -o pipefail; curl x | python3 -m json.tool", ""},
      {"to a shell in parentheses", "set -o pipefail; curl x | (sh)", "download-to-shell"},
      {"process substitution", "bash <(curl x)", "download-to-shell"},
      {"the sticky bit", "chmod 1777 /tmp", ""},
      {"symbolic modes", "chmod u=rwx,go+w /x", "world-writable"},
      {"set-id", "chmod -R 2755 /x && chmod +s /y", "set-id set-id"},
      {"global -n of zypper", "zypper -n in a=1 && zypper clean", ""},
      {"-n behind install is another one", "zypper in -n a=1 && zypper clean", "unconfirmed"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    std::string got;
    const std::string traits = traits_of(kFrom + "RUN " + c.run + "\n", "command");
    for (const std::string_view word : words(traits, " ,"))
      got += (got.empty() ? "" : " ") + std::string(word);
    CHECK(got == std::string(c.expected));
  }
}

TEST_CASE("dockerfile: packages and their versions") {
  struct Case {
    const char* run;
    const char* expected;  ///< `name=version`, or `name!` without one
  };
  const Case cases[] = {
      {"apt-get install -y -t stable a b=1 c/stable ./d.deb", "a! b=1 c=stable ./d.deb="},
      {"apk add --virtual .x a b~1.2 c=3 'd>4'", "a! b=1.2 c=3 d=4"},
      {"dnf install -y java-1.8.0-openjdk gcc-c++-1.1 openssl-1:1.1.1k @core",
       "java-1.8.0-openjdk! gcc-c++=1.1 openssl=1:1.1.1k"},
      {"dnf module install -y a b:9", "a! b=9"},
      {"dnf group install -y 'Development Tools'", ""},
      {"zypper in -y a 'b>=1'", "a! b=1"},
      {"pip install -i https://x a b==1 'c>=2' git+https://x/y.git git+https://x/y@v1 .",
       "a! b===1 c=>=2 git+https://x/y.git! git+https://x/y=v1 .="},
      {"python3 -m pip install a", "a!"},
      {"pipenv install a", ""},
      {"npm i -g a @s/b @s/c@1 ./d", "a! @s/b! @s/c=1 ./d="},
      {"gem install a b:1 -- --with-x", "a! b=1"},
      {"gem install a -v 1", "a=1"},
      {"go install -ldflags '-s -w' a.org/b@v1 a.org/c@latest ./d", "a.org/b=v1 a.org/c@latest!"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.run);
    std::string got;
    const Facts facts = read(kFrom + "RUN " + c.run + "\n");
    for (const Fact& fact : facts.rows)
      if (column(fact, "kind") == "package")
        got += (got.empty() ? "" : " ") + column(fact, "name") +
               (column(fact, "pinned") == "true" ? "=" + column(fact, "version") : "!");
    CHECK(got == std::string(c.expected));
  }
}

TEST_CASE("dockerfile: names of credentials") {
  for (const char* name :
       {"DB_PASSWORD", "GITHUB_TOKEN", "token", "AWS_SECRET_ACCESS_KEY", "API_KEY_2", "MYSQL_PWD"})
    CHECK_MESSAGE(names_secret(name), name);
  for (const char* name : {"DB_PASSWORD_FILE", "MAX_TOKENS", "TOKENIZERS_PARALLELISM", "SECRETARY",
                           "GOPRIVATE", "KEYBOARD"})
    CHECK_MESSAGE(!names_secret(name), name);
}

TEST_CASE("dockerfile: a line that is no instruction is a gap") {
  const Facts facts = read("FROM a:1\nRNU b\n");
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].error.where.line == 2);
  CHECK(read("FROM a:1\nRUN <<EOF\nx\n").gaps.size() == 1);
}

TEST_CASE("dockerfile: which files are read") {
  const DocumentClaim& claim = find_builtin_probe("dockerfile")->documents;
  for (const char* path : {"/Dockerfile", "/a/Dockerfile.prod", "/Containerfile", "/x.dockerfile",
                           "/dockerfile", "/Dockerfile-dev"})
    CHECK_MESSAGE(claim.by_name(path), path);
  for (const char* path : {"/Dockerfile.dockerignore", "/.dockerignore", "/MyDockerfile",
                           "/Dockerfile~", "/docker-compose.yml"})
    CHECK_MESSAGE(!claim.by_name(path), path);
  CHECK(claim.by_text({"/any", "# c\n\nFROM x\n"}));
  CHECK(!claim.by_text({"/any", "from: x\n"}));
}
