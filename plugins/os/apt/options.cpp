#include "plugins/os/apt/options.h"

#include <array>

#include "plugins/os/apt/reader.h"
#include "scanner/base/text.h"

namespace plimsoll::apt {
namespace {

struct Default {
  std::string_view name;
  std::string_view value;
};

// pkgInitConfig() of apt 2.6. They are there before the files are read, so an empty value in a file
// leaves nothing.
constexpr std::array kDefaults = {
    Default{"APT::Architecture", kNative},
    Default{"APT::Build-Essential::", "build-essential"},
    Default{"APT::Install-Recommends", "1"},
    Default{"APT::Install-Suggests", "0"},
    Default{"Dir", "/"},
    Default{"Dir::State", "var/lib/apt"},
    Default{"Dir::State::lists", "lists/"},
    Default{"Dir::State::cdroms", "cdroms.list"},
    Default{"Dir::Cache", "var/cache/apt"},
    Default{"Dir::Cache::archives", "archives/"},
    Default{"Dir::Cache::srcpkgcache", "srcpkgcache.bin"},
    Default{"Dir::Cache::pkgcache", "pkgcache.bin"},
    Default{"Dir::Etc", "etc/apt"},
    Default{"Dir::Etc::sourcelist", "sources.list"},
    Default{"Dir::Etc::sourceparts", "sources.list.d"},
    Default{"Dir::Etc::main", "apt.conf"},
    Default{"Dir::Etc::netrc", "auth.conf"},
    Default{"Dir::Etc::netrcparts", "auth.conf.d"},
    Default{"Dir::Etc::parts", "apt.conf.d"},
    Default{"Dir::Etc::preferences", "preferences"},
    Default{"Dir::Etc::preferencesparts", "preferences.d"},
    Default{"Dir::Etc::trusted", "trusted.gpg"},
    Default{"Dir::Etc::trustedparts", "trusted.gpg.d"},
    Default{"Dir::Bin::methods", "/usr/lib/apt/methods"},
    Default{"Dir::Bin::solvers::", "/usr/lib/apt/solvers"},
    Default{"Dir::Bin::planners::", "/usr/lib/apt/planners"},
    Default{"Dir::Media::MountPath", "/media/apt"},
    Default{"Dir::Log", "var/log/apt"},
    Default{"Dir::Log::Terminal", "term.log"},
    Default{"Dir::Log::History", "history.log"},
    Default{"Dir::Log::Planner", "eipp.log.xz"},
    Default{"Dir::Ignore-Files-Silently::", "~$"},
    Default{"Dir::Ignore-Files-Silently::", "\\.disabled$"},
    Default{"Dir::Ignore-Files-Silently::", "\\.bak$"},
    Default{"Dir::Ignore-Files-Silently::", "\\.dpkg-[a-z]+$"},
    Default{"Dir::Ignore-Files-Silently::", "\\.ucf-[a-z]+$"},
    Default{"Dir::Ignore-Files-Silently::", "\\.save$"},
    Default{"Dir::Ignore-Files-Silently::", "\\.orig$"},
    Default{"Dir::Ignore-Files-Silently::", "\\.distUpgrade$"},
    Default{"Acquire::AllowInsecureRepositories", "0"},
    Default{"Acquire::AllowWeakRepositories", "0"},
    Default{"Acquire::AllowDowngradeToInsecureRepositories", "0"},
    Default{"Acquire::cdrom::mount", "/media/cdrom/"},
    Default{"APT::Sandbox::User", "_apt"},
    Default{"Acquire::IndexTargets::deb::Packages::MetaKey",
            "$(COMPONENT)/binary-$(ARCHITECTURE)/Packages"},
    Default{"Acquire::IndexTargets::deb::Packages::flatMetaKey", "Packages"},
    Default{"Acquire::IndexTargets::deb::Packages::ShortDescription", "Packages"},
    Default{"Acquire::IndexTargets::deb::Packages::Description",
            "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Packages"},
    Default{"Acquire::IndexTargets::deb::Packages::flatDescription", "$(RELEASE) Packages"},
    Default{"Acquire::IndexTargets::deb::Packages::Optional", "0"},
    Default{"Acquire::IndexTargets::deb::Translations::MetaKey",
            "$(COMPONENT)/i18n/Translation-$(LANGUAGE)"},
    Default{"Acquire::IndexTargets::deb::Translations::flatMetaKey", "$(LANGUAGE)"},
    Default{"Acquire::IndexTargets::deb::Translations::ShortDescription",
            "Translation-$(LANGUAGE)"},
    Default{"Acquire::IndexTargets::deb::Translations::Description",
            "$(RELEASE)/$(COMPONENT) Translation-$(LANGUAGE)"},
    Default{"Acquire::IndexTargets::deb::Translations::flatDescription",
            "$(RELEASE) Translation-$(LANGUAGE)"},
    Default{"Acquire::IndexTargets::deb-src::Sources::MetaKey", "$(COMPONENT)/source/Sources"},
    Default{"Acquire::IndexTargets::deb-src::Sources::flatMetaKey", "Sources"},
    Default{"Acquire::IndexTargets::deb-src::Sources::ShortDescription", "Sources"},
    Default{"Acquire::IndexTargets::deb-src::Sources::Description",
            "$(RELEASE)/$(COMPONENT) Sources"},
    Default{"Acquire::IndexTargets::deb-src::Sources::flatDescription", "$(RELEASE) Sources"},
    Default{"Acquire::IndexTargets::deb-src::Sources::Optional", "0"},
    Default{"Acquire::Changelogs::URI::Origin::Debian",
            "https://metadata.ftp-master.debian.org/changelogs/@CHANGEPATH@_changelog"},
    Default{"Acquire::Changelogs::URI::Origin::Ubuntu",
            "https://changelogs.ubuntu.com/changelogs/pool/@CHANGEPATH@/changelog"},
    Default{"Acquire::Changelogs::AlwaysOnline::Origin::Ubuntu", "1"},
    Default{"DPkg::Path", "/usr/sbin:/usr/bin:/sbin:/bin"},
};

}  // namespace

bool to_bool(std::string_view text, bool otherwise) {
  for (const std::string_view yes : {"1", "yes", "true", "with", "on", "enable"})
    if (iequals(text, yes)) return true;
  for (const std::string_view no : {"0", "no", "false", "without", "off", "disable"})
    if (iequals(text, no)) return false;
  // strtol(3) with the base that the text shows; other numbers are neither.
  text = trim_left(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const bool is_hex = istarts_with(text, "0x");
  const auto number = to_integer(is_hex ? text.substr(2) : text, is_hex ? 16 : 8);
  return number && (*number == 0 || *number == 1) ? *number == 1 : otherwise;
}

std::vector<std::string> read_options(const Root& root, Facts& facts, Tree& tree) {
  for (const Default& one : kDefaults) tree.set_default(one.name, std::string(one.value));
  Reader reader(root, facts);
  reader.read_directory(tree, normal_path(tree.file("Dir::Etc::parts", "/dev/null")));
  const std::string main_file = normal_path(tree.file("Dir::Etc::main", "/dev/null"));
  const auto stat = root.stat(main_file);
  const bool is_absent = !stat && stat.error().code == ErrorCode::not_found;
  if (!main_file.starts_with("/dev/null") && !is_absent) reader.read_file(tree, main_file);
  return reader.files();
}

}  // namespace plimsoll::apt
