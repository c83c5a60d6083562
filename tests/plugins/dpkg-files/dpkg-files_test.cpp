#include <doctest/doctest.h>

#include "scanner/base/md5.h"
#include "scanner/probe/deep_reading.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"
#include "tests/root/temporary_tree.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

std::string md5(std::string_view text) {
  Md5 sum;
  sum.add(text);
  return sum.hex();
}

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("dpkg-files")->run({root, context, {}, 2});
}

/// "altered /usr/bin/a of a", and "gap: …"; the sum as "2 files, 5 bytes of 1".
std::string text(const Facts& facts) {
  std::string out;
  for (const Fact& fact : facts.rows) {
    const auto field = [&](std::size_t i) { return to_text(fact.fields.at(i), Type::text); };
    if (field(1) == "checked")
      out += field(7) + " files, " + field(8) + " bytes of " + field(6);
    else
      out += field(1) + " " + field(0) + (field(2).empty() ? "" : " of " + field(2)) +
             (field(3) == "true" ? " (conffile)" : "");
    out += "; ";
  }
  for (const Gap& gap : facts.gaps)
    out += "gap: " + gap.error.where.file + ": " + gap.error.what + "; ";
  return out + facts.not_applicable;
}

std::string stanza(const std::string& name, const std::string& more = {}) {
  return "Package: " + name + "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n" +
         more + "\n";
}

const std::string kInfo = "/var/lib/dpkg/info/";
const std::string kStatus = "/var/lib/dpkg/status";

struct Case {
  const char* why;
  Files files;
  const char* wanted;
};

}  // namespace

TEST_CASE("md5: RFC 1321, A.5, whole and in pieces") {
  CHECK(md5("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(md5("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  Md5 sum;
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz")) sum.add({&c, 1});
  CHECK(sum.hex() == "c3fcd3d76192e4007dfb496cca67e13b");
  CHECK(sum.hex() == "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_CASE("dpkg-files: what differs, what does not, and what cannot be known") {
  const std::string one = md5("one"), two = md5("two");
  const Case cases[] = {
      {"without a database there is nothing to say",
       {{"/usr/bin/a", "one"}},
       "there is no dpkg database below /var/lib/dpkg"},
      {"a database without packages is no pass",
       {{kStatus, ""}},
       "0 files, 0 bytes of 0; gap: /var/lib/dpkg/status: no package is installed by this "
       "database; "},
      {"a file as installed is no row; the sum tells that it was looked at",
       {{kStatus, stanza("a")},
        {kInfo + "a.list", "/.\n/srv\n/srv/a\n"},
        {kInfo + "a.md5sums", one + "  srv/a\n"},
        {"/srv/a", "one"}},
       "3 files, 3 bytes of 1; "},
      {"deb-md5sums(5): a path may begin with ./ and a list name a directory with a slash",
       {{kStatus, stanza("a")},
        {kInfo + "a.list", "/srv/\n/srv/a\n"},
        {kInfo + "a.md5sums", one + "  ./srv/a\n"},
        {"/srv/a", "two"}},
       "altered /srv/a of a; 2 files, 3 bytes of 1; "},
      {"the sum of a conffile stands in the status, flags behind it, blanks in its name",
       {{kStatus, stanza("a", "Conffiles:\n /etc/a b " + one + " obsolete\n /etc/c " + one + "\n")},
        {kInfo + "a.list", "/etc/a b\n/etc/c\n/etc/d\n"},
        {kInfo + "a.md5sums", ""},
        {"/etc/a b", "two"},
        {"/etc/c", "one"},
        {"/etc/d", "one"}},
       "altered /etc/a b of a (conffile); 3 files, 6 bytes of 1; gap: /etc/d: the package a has no "
       "MD5 sum of this file; "},
      {"no sums at all: each file is a gap, directories and links need none",
       {{kStatus, stanza("a")}, {kInfo + "a.list", "/srv\n/srv/a\n"}, {"/srv/a", "one"}},
       "2 files, 0 bytes of 1; gap: /srv/a: the package a has no MD5 sum of this file; "},
      {"a package without a list is a gap, one of which configuration is left may have none",
       {{kStatus, stanza("a") + "Package: b\nStatus: deinstall ok config-files\nVersion: 1\n"}},
       "0 files, 0 bytes of 2; gap: /var/lib/dpkg/info/a.list: the list of the package's files is "
       "missing; "},
      {"a list that is cut off is a gap, and what it says counts",
       {{kStatus, stanza("a")}, {kInfo + "a.list", "/srv/gone\n/srv/a"}},
       "missing /srv/gone of a; 1 files, 0 bytes of 1; gap: /var/lib/dpkg/info/a.list: the last "
       "line is cut off; "},
      {"sums that dpkg would not take are a gap, never a match",
       {{kStatus, stanza("a")},
        {kInfo + "a.list", "/srv/a\n"},
        {kInfo + "a.md5sums", one + " *srv/a\n"},
        {"/srv/a", "one"}},
       "1 files, 0 bytes of 1; gap: /var/lib/dpkg/info/a.md5sums: neither a sum nor two blanks and "
       "a path behind it; gap: /srv/a: the package a has no MD5 sum of this file; "},
      {"`Multi-Arch: same`: the files in info carry the architecture",
       {{kStatus, stanza("a", "Multi-Arch: same\n")},
        {kInfo + "a:amd64.list", "/srv/a\n"},
        {kInfo + "a:amd64.md5sums", one + "  srv/a\n"},
        {kInfo + "a.list", "/srv/trap\n"},
        {"/srv/a", "two"}},
       "altered /srv/a of a:amd64; 1 files, 3 bytes of 1; "},
      {"dpkg-divert(1): the file of all but the diverting package lies elsewhere, and is compared "
       "there",
       {{kStatus, stanza("a") + stanza("b")},
        {kInfo + "a.list", "/srv/x\n/srv/y\n"},
        {kInfo + "a.md5sums", one + "  srv/x\n" + one + "  srv/y\n"},
        {kInfo + "b.list", "/srv/x\n"},
        {kInfo + "b.md5sums", two + "  srv/x\n"},
        {"/var/lib/dpkg/diversions", "/srv/x\n/srv/x.a\nb\n/srv/y\n/srv/y.local\n:\n"},
        {"/srv/x", "two"},
        {"/srv/x.a", "three"},
        {"/srv/y.local", "one"}},
       "altered /srv/x.a of a; 3 files, 11 bytes of 2; "},
      {"dpkg.cfg(5): the last filter that matches says whether a file was left out; one that is "
       "there is compared all the same",
       {{kStatus, stanza("a")},
        {kInfo + "a.list", "/srv/a\n/srv/b\n/srv/c/d\n"},
        {kInfo + "a.md5sums", one + "  srv/a\n"},
        {"/etc/dpkg/dpkg.cfg.d/x", "path-exclude = \"/srv/*\"\n"},
        {"/etc/dpkg/dpkg.cfg.d/y.conf", "path-include=/srv/*\n"},
        {"/etc/dpkg/dpkg.cfg", "# path-include /srv/c*\npath-include /srv/b\n"},
        {"/srv/a", "two"}},
       "altered /srv/a of a; missing /srv/b of a; 3 files, 3 bytes of 1; "},
      {"images that were made without dpkg keep stanza and sums side by side",
       {{"/var/lib/dpkg/status.d/tz", "Package: tz\nVersion: 1\nArchitecture: all\n"},
        {"/var/lib/dpkg/status.d/tz.md5sums", one + "  usr/a\n" + one + "  usr/b\n"},
        {"/usr/a", "one"}},
       "missing /usr/b of tz; 2 files, 3 bytes of 1; "},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(text(read(*Root::in_memory(c.files))) == c.wanted);
  }
}

TEST_CASE(
    "dpkg-files: what is no file any more, what may not be read, what leads out of the root") {
  MemoryRoot root;
  root.add_file(kStatus, stanza("a"));
  root.add_file(kInfo + "a.list", "/bin/a\n/bin/b\n/bin/c\n/bin/d\n/bin/e\n/bin/f\n");
  std::string sums;
  for (const char* name : {"a", "b", "c", "d", "e", "f"})
    sums += md5("one") + "  bin/" + name + "\n";
  root.add_file(kInfo + "a.md5sums", sums);
  root.add_link("/bin", "/usr/bin");  // absolute, and still of this root
  root.add_file("/usr/bin/a", "one");
  root.add_link("/usr/bin/b", "a");
  root.add_directory("/usr/bin/c");
  root.add_special("/usr/bin/d", FileType::fifo);
  root.add_file("/usr/bin/e", "one");
  root.deny("/usr/bin/e");
  root.add_link("/usr/bin/f", "f");
  CHECK(text(read(root)) ==
        "not-regular /bin/b of a; not-regular /bin/c of a; not-regular /bin/d of a; not-regular "
        "/bin/f of a; 6 files, 3 bytes of 1; gap: /bin/e: permission denied; ");
}

TEST_CASE("dpkg-files: a program is of a package by whatever path it is listed") {
  MemoryRoot root;
  root.add_file(kStatus, stanza("a") + stanza("b"));
  root.add_file(kInfo + "a.list", "/bin/a\n/lib64/ld.so\n/usr/bin/x\n");
  root.add_file(kInfo + "b.list", "/usr/bin/x\n");
  root.add_file("/var/lib/dpkg/diversions", "/usr/bin/x\n/usr/bin/x.a\nb\n");
  root.add_link("/bin", "usr/bin");
  root.add_link("/lib64", "usr/lib/deep");
  for (const char* path : {"/usr/bin/a", "/usr/lib/deep/ld.so", "/usr/bin/x", "/usr/bin/x.a",
                           "/usr/bin/x.b", "/usr/bin/A", "/usr/local/bin/mine"})
    root.add_file(path, "#!", 0755);
  root.add_file("/usr/bin/data", "x", 0644);
  const std::string all = text(read(root));
  CHECK(all.find("unpackaged /usr/bin/A; unpackaged /usr/bin/x.b; ") != std::string::npos);
  CHECK(all.find("unpackaged /usr/bin/a") == std::string::npos);
  CHECK(all.find("x.a;") == std::string::npos);
  CHECK(all.find("unpackaged /usr/l") == std::string::npos);
}

TEST_CASE("dpkg-files: a program is not called unpackaged when a list could not be read") {
  const auto root = Root::in_memory({{kStatus, stanza("a")}, {"/usr/bin/.keep", ""}});
  MemoryRoot with;
  with.add_file(kStatus, stanza("a"));
  with.add_file("/usr/bin/a", "#!", 0755);
  CHECK(text(read(with)).find("unpackaged") == std::string::npos);
  CHECK_FALSE(read(with).gaps.empty());
}

TEST_CASE(
    "dpkg-files: a file beyond the cap is refused by its size, and nothing is kept in memory") {
  const TemporaryTree tree;
  tree.file(kStatus, stanza("a"));
  tree.file(kInfo + "a.list", "/srv/huge\n/srv/large\n");
  tree.file(kInfo + "a.md5sums",
            md5("") + "  srv/huge\n" + md5(std::string(3U << 20U, '\0')) + "  srv/large\n");
  tree.sparse("/srv/huge", off_t{10} << 30U);
  tree.sparse("/srv/large", 3 << 20);
  const auto root = Root::directory(tree.top());
  REQUIRE(root.has_value());
  const std::uint64_t before = deep_reading().bytes;
  CHECK(text(read(**root)) ==
        "2 files, 3145728 bytes of 1; gap: /srv/huge: larger than the cap of 4294967296 bytes; ");
  CHECK(deep_reading().bytes - before == 3U << 20U);
  CHECK(deep_reading().files == deep_reading().planned);
  // Nothing of it is evidence or counts as memory of the scan.
  for (const FileRead& file : (*root)->files_read()) CHECK(file.path.find("/srv/") != 0);
}

TEST_CASE("dpkg-files: only what is asked for is looked at") {
  MemoryRoot root;
  root.add_file(kStatus, stanza("a", "Conffiles:\n /etc/a " + md5("one") + "\n"));
  root.add_file(kInfo + "a.list", "/etc/a\n/srv/a\n/srv/b\n");
  root.add_file(kInfo + "a.md5sums", md5("one") + "  srv/a\n");
  root.add_file("/etc/a", "two");
  root.deny("/etc/a");
  root.add_file("/srv/a", "two");
  const Probe& probe = *find_builtin_probe("dpkg-files");
  const auto ask = [&](const char* state, const char* conffile) {
    Selection selection;
    const auto add = [&](std::size_t index, Type type, const char* operand) {
      selection.where.push_back(
          {Predicate::On::field, index, *Matcher::compile(Op::equals, type, {operand})});
    };
    add(1, Type::text, state);
    if (conffile != nullptr) add(3, Type::boolean, conffile);
    const Selection selections[] = {selection};
    return text(probe.run({root, {}, selections, 1}));
  };
  CHECK(ask("altered", "false") ==
        "altered /srv/a of a; missing /srv/b of a; 2 files, 3 bytes of 1; ");
  CHECK(ask("altered", nullptr).find("gap: /etc/a: permission denied") != std::string::npos);
  CHECK(ask("missing", nullptr) == "missing /srv/b of a; 3 files, 0 bytes of 1; ");
  CHECK(ask("unpackaged", nullptr) == "");
}
