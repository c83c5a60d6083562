#include <doctest/doctest.h>

#include "scanner/formats/nsswitch.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

std::string canonical(std::string_view text) {
  const auto services = parse_nss_services(text);
  return services ? nss_text(*services) : "refused";
}

Facts read(const Root& root) { return read_probe("nss", root); }

}  // namespace

TEST_CASE("nss: services and actions") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"blanks of any kind", "files\t \v nis", "files nis"},
      {"the default is left out", "files [SUCCESS=return NOTFOUND=continue]", "files"},
      {"case does not matter in actions", "files [notfound=RETURN]", "files [NOTFOUND=return]"},
      {"but in services", "Files", "Files"},
      {"in a fixed order", "a [TRYAGAIN=return SUCCESS=continue]",
       "a [SUCCESS=continue TRYAGAIN=return]"},
      {"`!` is all the others", "dns [!UNAVAIL=return] files",
       "dns [NOTFOUND=return TRYAGAIN=return] files"},
      {"which keeps what was said of that one", "a [UNAVAIL=return !UNAVAIL=continue]",
       "a [SUCCESS=continue UNAVAIL=return]"},
      {"no blank is needed before the bracket", "a[NOTFOUND=return]b", "a [NOTFOUND=return] b"},
      {"blanks around the sign", "a [ NOTFOUND = return ]", "a [NOTFOUND=return]"},
      {"a second bracket ends the list", "a [NOTFOUND=return] [UNAVAIL=return] b",
       "a [NOTFOUND=return]"},
      {"and so does one in front", "[NOTFOUND=return] a", ""},
      {"nothing is a list as well", "", ""},
      {"a word of its own", "a # b", "a # b"},
      {"no such action", "a [NOTFOUND=stop]", "refused"},
      {"no such status", "a [RETURN=return]", "refused"},
      {"a bracket that never closes", "a [NOTFOUND=return", "refused"},
      {"an empty one", "a []", "refused"},
      {"a blank after `!`", "a [! UNAVAIL=return]", "refused"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(canonical(c.text) == c.want);
  }
}

TEST_CASE("nss: which line is about which database") {
  const auto of = [](std::string_view text) {
    std::string out;
    for (const NssLine& line : nss_lines(text))
      out += std::to_string(line.number) + std::string(line.database) + "=" +
             std::string(line.services) + ";";
    return out;
  };
  CHECK(of("passwd: files\n") == "1passwd=files;");
  CHECK(of("\n passwd : : files\n") == "2passwd=files;");
  CHECK(of("passwd files\n") == "1passwd=files;");  // the colon may be missing
  CHECK(of("passwd\n") == "1passwd=;");
  CHECK(of("passwd: files") == "");  // the last line needs its end
  CHECK(of("passwd: files\r\n") == "1passwd=files\r;");
  CHECK(of(": files\n") == "");
  CHECK(of("#passwd: files\n") == "1#passwd=files;");
  CHECK(of(std::string_view("passwd: a\0b\n", 12)) == "1passwd=a;");
  CHECK(of(std::string_view("passwd\0b\n", 9)) == "");
}

TEST_CASE("nss: more databases than anybody has are not told") {
  std::string many;
  for (int i = 0; i < 70000; ++i) many += "a: b\n";
  const Facts facts = read(*Root::in_memory({{"/etc/nsswitch.conf", many}}));
  CHECK(facts.gaps.size() == 1);
  CHECK(facts.rows.empty());
}

TEST_CASE("nss: an unreadable file is a gap, a missing one is not") {
  CHECK(read(*Root::in_memory({})).gaps.empty());
  CHECK(read(*Root::in_memory({})).find("hosts")->value == "files dns");
  MemoryRoot root;
  root.add_file("/etc/nsswitch.conf", "");
  root.deny("/etc/nsswitch.conf");
  const Facts facts = read(root);
  CHECK(facts.gaps.size() == 1);
  CHECK(facts.rows.empty());
}
