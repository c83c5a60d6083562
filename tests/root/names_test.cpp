#include <doctest/doctest.h>
#include <fnmatch.h>
#include <glob.h>

#include <array>
#include <random>

#include "scanner/root/directory_root.h"
#include "scanner/root/memory_root.h"
#include "tests/root/temporary_tree.h"

using namespace plimsoll;

TEST_CASE("names: patterns match as fnmatch(3) has them") {
  struct Case {
    const char* why;
    const char* pattern;
    const char* name;
    bool matches;
  };
  const Case cases[] = {
      {"a star takes nothing, too", "*.conf", ".conf", false},
      {"a leading dot needs a dot", "*", ".hidden", false},
      {"and a dot will do", ".*", ".hidden", true},
      {"a bracket is no dot", "[.]x", ".x", false},
      {"a backslash makes a star plain", "a\\*", "a*", true},
      {"a backslash at the end matches nothing", "a\\", "a\\", false},
      {"a bracket that never closes is itself", "[ab", "[ab", true},
      {"] first is a member", "[]x]", "]", true},
      {"negation by !", "[!a]", "b", true},
      {"negation by ^", "[^a]", "a", false},
      {"a range", "f[0-9]", "f5", true},
      {"a dash at the end is a member", "[a-]", "-", true},
      {"a class", "[[:digit:]x]", "7", true},
      {"a class beside its negation", "[![:upper:]]", "A", false},
      {"stars cost no exponential time", "*a*a*a*a*a*a*a*a*a*a*a*b",
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(name_matches(c.pattern, c.name) == c.matches);
    CHECK((::fnmatch(c.pattern, c.name, FNM_PERIOD) == 0) == c.matches);
  }
}

TEST_CASE("names: ten thousand random patterns match as fnmatch(3) has them") {
  constexpr std::string_view kPattern = "ab.*?[]!^-\\";
  constexpr std::string_view kName = "ab.*]-\\[";
  std::mt19937 random(1);
  const auto word = [&](std::string_view letters, std::size_t most) {
    std::string out;
    for (std::size_t i = random() % (most + 1); i > 0; --i)
      out += letters[random() % letters.size()];
    return out;
  };
  for (int i = 0; i < 10000; ++i) {
    const std::string pattern = word(kPattern, 8);
    const std::string name = word(kName, 5);
    CAPTURE(pattern);
    CAPTURE(name);
    CHECK(name_matches(pattern, name) ==
          (::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0));
  }
}

TEST_CASE("names: a glob finds what glob(3) finds, in its order") {
  const TemporaryTree tree;
  for (const char* path : {"/etc/a.conf", "/etc/b.conf", "/etc/.hidden.conf", "/etc/a/x.conf",
                           "/etc/a-b/x.conf", "/etc/A.conf", "/etc/[x].conf"})
    tree.file(path, "");
  tree.link("/etc/dangling.conf", "nowhere");
  tree.link("/etc/link", "a");
  const auto root = DirectoryRoot::open(tree.top());
  for (const char* pattern :
       {"/etc/*.conf", "/etc/*/x.conf", "/etc/?.conf", "/etc/[ab].conf", "/etc/.*.conf", "/etc/*/",
        "/etc/\\[x\\].conf", "/etc/none*", "/none/*", "/etc/a.conf", "/*/*/*", "/etc/dangling.conf",
        "/etc/a/../*.conf"}) {
    CAPTURE(pattern);
    ::glob_t found{};
    std::vector<std::string> wanted;
    if (::glob((tree.top() + pattern).c_str(), 0, nullptr, &found) == 0)
      for (std::size_t i = 0; i < found.gl_pathc; ++i) {
        std::string path = found.gl_pathv[i] + tree.top().size();
        while (path.ends_with('/')) path.pop_back();
        wanted.push_back(path);
      }
    ::globfree(&found);
    CHECK((*root)->glob(pattern).paths == wanted);
  }
}

TEST_CASE("names: drop-ins: an earlier directory hides namesakes of later ones") {
  constexpr std::array<std::string_view, 3> kDirs = {"/etc/x.d", "/run/x.d", "/usr/lib/x.d"};
  MemoryRoot root;
  root.add_file("/usr/lib/x.d/10-vendor.conf", "a");
  root.add_file("/usr/lib/x.d/20-hidden.conf", "a");
  root.add_file("/etc/x.d/20-hidden.conf", "a");
  root.add_file("/usr/lib/x.d/30-masked-by-link.conf", "a");
  root.add_link("/etc/x.d/30-masked-by-link.conf", "/dev/null");
  root.add_file("/usr/lib/x.d/35-masked-by-relative-link.conf", "a");
  root.add_link("/run/x.d/35-masked-by-relative-link.conf", "../../dev/null");
  root.add_file("/usr/lib/x.d/40-masked-by-empty.conf", "a");
  root.add_file("/etc/x.d/40-masked-by-empty.conf", "");
  root.add_file("/run/x.d/05-run.conf", "a");
  root.add_file("/etc/x.d/.hidden.conf", "a");
  root.add_file("/etc/x.d/backup.conf~", "a");
  root.add_file("/etc/x.d/.conf", "a");
  root.add_file("/usr/lib/x.d/50-below-a-directory.conf", "a");
  root.add_directory("/etc/x.d/50-below-a-directory.conf");
  root.add_link("/etc/x.d/60-link.conf", "/srv/real");
  root.add_file("/srv/real", "a");
  root.add_special("/etc/x.d/70-fifo.conf", FileType::fifo);
  const auto found = root.drop_ins(kDirs, ".conf");
  CHECK(found.errors.empty());
  CHECK(found.files ==
        std::vector<std::string>{"/run/x.d/05-run.conf", "/usr/lib/x.d/10-vendor.conf",
                                 "/etc/x.d/20-hidden.conf", "/etc/x.d/60-link.conf",
                                 "/etc/x.d/70-fifo.conf"});  // reading it will say what it is
}

TEST_CASE("names: a drop-in directory that cannot be listed is reported") {
  constexpr std::array<std::string_view, 1> kDirs = {"/etc/x.d"};
  MemoryRoot root;
  root.add_file("/etc/x.d/a.conf", "a");
  root.deny("/etc/x.d");
  const auto found = root.drop_ins(kDirs, ".conf");
  REQUIRE(found.errors.size() == 1);
  CHECK(found.errors[0].code == ErrorCode::denied);
  CHECK(root.glob("/etc/x.d/*").errors.size() == 1);
}
