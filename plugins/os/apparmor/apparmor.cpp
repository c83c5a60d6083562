#include <algorithm>
#include <array>

#include "plugins/os/apparmor/profile_file.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kDirectory = "/etc/apparmor.d";
constexpr std::string_view kLoaded = "/sys/kernel/security/apparmor/profiles";
constexpr std::array<std::string_view, 2> kFiles = {"/etc/apparmor.d/usr.bin.local", kLoaded};

constexpr std::array kFields = {
    Field{"name", Type::text, "the profile; of a child or hat `parent//child`"},
    Field{"mode", Type::text, "enforce, complain, kill, unconfined, or disabled (not loaded)"},
    Field{"flags", Type::set, "as written"},
    Field{"source", Type::text, "file: as it will be loaded; kernel: as it is loaded now"},
};

// What apparmor_parser passes over in a directory (its aa_is_ignored_file).
constexpr std::array<std::string_view, 11> kIgnored = {
    ".dpkg-new", ".dpkg-old", ".dpkg-dist", ".dpkg-bak", ".dpkg-remove", ".pacsave",
    ".pacnew",   ".rpmnew",   ".rpmsave",   ".orig",     ".rej"};
constexpr std::array<std::string_view, 4> kModes = {"complain", "kill", "unconfined", "enforce"};

bool is_ignored(std::string_view name) {
  if (name.starts_with('.') || name.ends_with('~') || name == "README") return true;
  return std::any_of(kIgnored.begin(), kIgnored.end(),
                     [&](std::string_view suffix) { return name.ends_with(suffix); });
}

std::string mode_of(const apparmor::Profile& profile) {
  for (const std::string_view mode : kModes)
    if (std::find(profile.flags.begin(), profile.flags.end(), mode) != profile.flags.end())
      return std::string(mode);
  return "enforce";
}

class Reader {
 public:
  Reader(const Root& root, Facts& facts) : root_(root), facts_(facts) {}

  void read_directory() {
    const auto entries = root_.list(kDirectory);
    if (!entries) return facts_.gap(entries.error());
    for (const DirEntry& entry : *entries)
      if (!is_ignored(entry.name)) read_entry(join_path(kDirectory, entry.name), entry.name);
  }

  /// One line a profile: `name (mode)`.
  void read_loaded() {
    const auto text = root_.read(kLoaded);
    if (!text) {
      if (text.error().code != ErrorCode::not_found) facts_.gap(text.error());
      return;
    }
    for (const Line& line : lines(*text)) {
      const auto open = line.text.rfind(" (");
      if (open == std::string_view::npos || !line.text.ends_with(')')) continue;
      const std::string_view mode = line.text.substr(open + 2, line.text.size() - open - 3);
      facts_.row({std::string(line.text.substr(0, open)), std::string(mode),
                  std::vector<std::string>{}, std::string("kernel")},
                 {std::string(kLoaded), line.number, 1});
    }
  }

 private:
  void read_entry(const std::string& path, const std::string& name) {
    const auto stat = root_.stat(path);
    if (!stat) {
      if (stat.error().code != ErrorCode::not_found) gap(stat.error());
      return;
    }
    if (stat->type == FileType::directory) return;
    const auto text = root_.read(path);
    if (!text) return gap(text.error());
    const auto profiles = apparmor::parse_profiles(*text, path);
    if (!profiles) return gap(profiles.error());
    // apparmor_parser(8): a file of that name in one of these directories, be it a link to nothing.
    const bool disabled = is_named_in("disable", name);
    const bool complain = is_named_in("force-complain", name);
    for (const apparmor::Profile& profile : *profiles)
      facts_.row({profile.name,
                  disabled   ? "disabled"
                  : complain ? "complain"
                             : mode_of(profile),
                  profile.flags, std::string("file")},
                 {path, profile.line, 1});
  }

  bool is_named_in(std::string_view directory, const std::string& name) {
    const std::string path = join_path(join_path(kDirectory, directory), name);
    const auto stat = root_.lstat(path);
    if (!stat && stat.error().code != ErrorCode::not_found) gap(stat.error());
    return stat.has_value();
  }

  void gap(Error error) { facts_.gap(std::move(error)); }

  const Root& root_;
  Facts& facts_;
};

Facts read_apparmor(const Request& request) {
  Facts facts;
  const auto stat = request.root.stat(kDirectory);
  if (!stat && stat.error().code == ErrorCode::not_found) {
    facts.not_applicable = "there is no /etc/apparmor.d";
    return facts;
  }
  Reader reader(request.root, facts);
  reader.read_directory();
  reader.read_loaded();
  return facts;
}

}  // namespace

extern const Probe apparmor_probe;
const Probe apparmor_probe{
    .name = "apparmor",
    .group = "os",
    .summary = "AppArmor profiles and the modes they are loaded in",
    .semantics = "apparmor.d(5), apparmor_parser(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_apparmor,
    .files = kFiles,
};

}  // namespace plimsoll
