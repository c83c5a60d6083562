#include <doctest/doctest.h>

#include "scanner/base/text.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

Facts read(const Root& root) { return read_probe("apt-sources", root); }

/// `type uri suite components` for each row, with what it says of trust, a `-` before those that
/// are off; `!` for each gap.
std::string sources(const Files& files) {
  const auto root = Root::in_memory(files);
  const Facts facts = read(*root);
  const auto flag = [](const Value& value, const char* name) {
    if (value.index() == 0) return std::string();
    return std::string(" ") + name + (std::get<bool>(value) ? "=yes" : "=no");
  };
  std::string out;
  for (const Fact& fact : facts.rows) {
    const auto text = [&](std::size_t field) { return std::get<std::string>(fact.fields[field]); };
    out += std::get<bool>(fact.fields[1]) ? "" : "-";
    out += text(2) + " " + text(3) + " " + text(6) + " " +
           join(std::get<std::vector<std::string>>(fact.fields[7]), ",");
    if (fact.fields[8].index() != 0) out += " " + text(8);
    out += flag(fact.fields[9], "trusted") + flag(fact.fields[13], "valid");
    out += std::get<bool>(fact.fields[10]) ? " insecure\n" : "\n";
  }
  return out + std::string(facts.gaps.size(), '!');
}

std::string of_line(const std::string& text) { return sources({{"/etc/apt/sources.list", text}}); }
std::string of_stanza(const std::string& text) {
  return sources({{"/etc/apt/sources.list.d/a.sources", text}});
}

}  // namespace

TEST_CASE("apt-sources: lines") {
  struct Case {
    const char* why;
    std::string text, expected;
  };
  const Case cases[] = {
      {"blanks and comments", " deb\thttp://h  s\tmain x# y\r\n#deb http://h t main\n\n",
       "deb http://h/ s main,x\n"},
      {"options", "deb [ trusted=yes signed-by=/a,/b ] http://h/d s main\n",
       "deb http://h/d/ s main /a,/b trusted=yes\n"},
      {"the bracket may follow the value, and a comment sign be in it",
       "deb [x=y#z trusted=0] http://h s main\n", "deb http://h/ s main trusted=no\n"},
      {"of two alike the last stands", "deb [trusted=yes trusted=no] http://h s main\n",
       "deb http://h/ s main trusted=no\n"},
      {"a word that is neither yes nor no is no", "deb [trusted=maybe] http://h s main\n",
       "deb http://h/ s main trusted=no\n"},
      {"options have to be spelled in lower case", "deb [Trusted=yes] http://h s main\n",
       "deb http://h/ s main\n"},
      {"a path has no components", "deb file:///srv ./\n", "deb file:/srv/ ./ \n"},
      {"users and passwords are left out", "deb https://u:p@h:8443/d s main\n",
       "deb https://h:8443/d/ s main\n"},
      {"the architecture is put into addresses and paths, not into names",
       "deb http://h/$(ARCH) x/$(ARCH)/\ndeb http://h s$(ARCH) main\n",
       "deb http://h/amd64/ x/amd64/ \ndeb http://h/ s$(ARCH) main\n"},
      {"this source alone need not be signed", "deb [allow-insecure=yes] http://h s main\n",
       "deb http://h/ s main insecure\n"},
      {"an unknown type ends the file", "deb http://h s main\nrpm http://h s main\n",
       "deb http://h/ s main\n!"},
      {"one word", "deb\n", "!"},
      {"no component", "deb http://h s\n", "!"},
      {"components of a path", "deb http://h ./ main\n", "!"},
      {"no address", "deb nothing s main\n", "!"},
      {"brackets that stay open", "deb [trusted=yes http://h s main\n", "!"},
      {"an option without a value", "deb [trusted=] http://h s main\n", "!"},
      {"a key that is no fingerprint", "deb [signed-by=debian] http://h s main\n", "!"},
      {"two lines on one suite that differ, be it over another transport",
       "deb http://h s main\ndeb [trusted=yes] https://h s contrib\n", "deb http://h/ s main\n!"},
      {"a key may be added by a later line, not left out",
       "deb http://h s a\ndeb [signed-by=/k] http://h s b\ndeb http://h s c\n",
       "deb http://h/ s a\ndeb http://h/ s b /k\n!"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(of_line(c.text) == c.expected);
  }
}

TEST_CASE("apt-sources: stanzas") {
  const std::string most = "URIs: http://h\nSuites: s\nComponents: main\n";
  struct Case {
    const char* why;
    std::string text, expected;
  };
  const Case cases[] = {
      {"each type, address and suite is a source",
       "Types: deb deb-src\nURIs: http://h https://i\nSuites: s\nComponents: a b\n",
       "deb http://h/ s a,b\ndeb https://i/ s a,b\ndeb-src http://h/ s a,b\n"
       "deb-src https://i/ s a,b\n"},
      {"fields over several lines with comments between them, in any case",
       "\n# x\nTYPES:\n deb\nuris: http://h\nSuites: s\n# Components: y\nComponents:\n a\n# b\n "
       "c\n",
       "deb http://h/ s a,c\n"},
      {"an empty line ends a stanza, a carriage return in it or not",
       "Types: deb\n" + most + "\r\nTypes: deb-src\r\n" + most,
       "deb http://h/ s main\ndeb-src http://h/ s main\n"},
      {"a stanza that is off needs nothing else",
       "Types: deb\nEnabled: no\n" + most + "\n" + "Types: deb\nEnabled: off\n",
       "-deb http://h/ s main\n"},
      {"one that is said to be neither is on", "Types: deb\nEnabled: maybe\n" + most,
       "deb http://h/ s main\n"},
      {"the last of two fields stands", "Types: deb\nTrusted: no\n" + most + "trusted: yes\n",
       "deb http://h/ s main trusted=yes\n"},
      {"a field of the manual that does nothing", "Types: deb\nAllow-Insecure: yes\n" + most,
       "deb http://h/ s main\n"},
      {"keys", "Types: deb\nSigned-By: /a /b\n" + most, "deb http://h/ s main /a,/b\n"},
      {"dates", "Types: deb\nCheck-Valid-Until: no\n" + most, "deb http://h/ s main valid=no\n"},
      {"a key itself",
       "Types: deb\n" + most + "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n",
       "deb http://h/ s main -----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n\n"},
      {"a word without a colon swallows the next field, over an empty line, too",
       "Types: deb\n" + most + "x\n\nTypes: rpm\n" + most, "deb http://h/ s main\n"},
      {"no types", most, "!"},
      {"no colon", "Types: deb\n" + most + "\nx\n", "deb http://h/ s main\n!"},
      {"an unknown type, also of a stanza that is off", "Types: rpm\nEnabled: no\n" + most, "!"},
      {"no suite", "Types: deb\nURIs: http://h\n", "!"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(of_stanza(c.text) == c.expected);
  }
}

TEST_CASE("apt-sources: which files are read") {
  const std::string line = " http://h s main\n";
  CHECK(sources({{"/etc/apt/sources.list", "deb" + line},
                 {"/etc/apt/sources.list.d/b.list", "deb-src" + line},
                 {"/etc/apt/sources.list.d/a.list", "deb file:/a ./\n"},
                 {"/etc/apt/sources.list.d/c.list.save", "deb file:/c ./\n"},
                 {"/etc/apt/sources.list.d/.d.list", "deb file:/d ./\n"},
                 {"/etc/apt/sources.list.d/e", "deb file:/e ./\n"}}) ==
        "deb http://h/ s main\ndeb file:/a/ ./ \ndeb-src http://h/ s main\n");
  CHECK(sources({{"/etc/apt/apt.conf", "Dir::Etc { sourcelist \"x.list\"; sourceparts \"y\"; };"},
                 {"/etc/apt/sources.list", "deb" + line},
                 {"/etc/apt/x.list", "deb-src" + line},
                 {"/etc/apt/y/z.list", "deb file:/z ./\n"}}) ==
        "deb-src http://h/ s main\ndeb file:/z/ ./ \n");
  CHECK(sources({{"/etc/apt/apt.conf", "Acquire::AllowInsecureRepositories 1;"},
                 {"/etc/apt/sources.list", "deb" + line}}) == "deb http://h/ s main insecure\n");
  // A mistake ends its own file; the list is refused all the same.
  CHECK(sources({{"/etc/apt/sources.list", "bad\n"},
                 {"/etc/apt/sources.list.d/a.list", "deb" + line}}) == "deb http://h/ s main\n!");
}

TEST_CASE("apt-sources: what cannot be read is a gap") {
  MemoryRoot root;
  root.add_special("/etc/apt/sources.list", FileType::fifo);
  CHECK(read(root).gaps.size() == 1);
  CHECK(sources({{"/etc/apt/apt.conf", "mistake"}}) == "!");
  std::string many;
  for (int n = 0; n < 2000; ++n) many += " s" + std::to_string(n);
  const std::string sources_of_all =
      sources({{"/etc/apt/sources.list.d/a.sources",
                "Types: deb\nURIs: http://h\nComponents:" + many + "\nSuites:" + many + "\n"}});
  CHECK(sources_of_all.ends_with("\n!"));
}
