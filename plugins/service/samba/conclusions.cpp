#include "plugins/service/samba/conclusions.h"

#include <fmt/format.h>

#include <cstdlib>
#include <set>

#include "plugins/service/samba/words.h"
#include "scanner/base/text.h"
#include "scanner/probe/open_mode.h"

namespace plimsoll::samba {
namespace {

constexpr std::size_t kMostUsershares = 1000;

bool is_yes(const Section& section, std::string_view key) { return section.value(key) == "Yes"; }

unsigned mode_of(const std::string& text) {
  return static_cast<unsigned>(std::strtoul(text.c_str(), nullptr, 8)) & 07777U;
}

class Share {
 public:
  Share(const Section& section, bool with_defaults, Facts& facts)
      : section_(section), with_defaults_(with_defaults), facts_(facts) {}

  /// A conclusion; it is told where the setting that decides it stands.
  void tell(std::string key, std::string value, std::string_view decides) {
    const Origin& origin = section_.setting(decides).origin;
    if (with_defaults_ || !origin.is_default())
      facts_.setting(std::move(key), std::move(value), origin, section_.name);
  }

  void write() {
    const bool lets_guests = is_yes(section_, "guest ok");
    tell("@guest", section_.value("guest ok"), "guest ok");
    tell("@guest-only", lets_guests ? section_.value("guest only") : "No", "guest only");
    tell("@valid-users", section_.value("valid users"), "valid users");
    tell("@encryption", section_.value("server smb encrypt"), "server smb encrypt");
    if (is_yes(section_, "printable")) return;
    tell("@read-only", section_.value("read only"), "read only");
    tell("@wide-links", section_.value("wide links"), "wide links");
    if (lets_guests) tell("@guest-symlinks", section_.value("follow symlinks"), "follow symlinks");
    const bool is_written = !is_yes(section_, "read only") || !section_.value("write list").empty();
    if (!is_written) return;
    tell_mode("@create-mask", "create mask", "force create mode");
    tell_mode("@directory-mask", "directory mask", "force directory mode");
  }

 private:
  void tell_mode(std::string key, std::string_view mask, std::string_view forced) {
    const unsigned all = mode_of(section_.value(mask));
    const unsigned more = mode_of(section_.value(forced));
    tell(std::move(key), fmt::format("{:04o}", all | more), (more & ~all) != 0 ? forced : mask);
  }

  const Section& section_;
  bool with_defaults_;
  Facts& facts_;
};

/// What stands behind `key=` on one of the lines.
std::optional<std::string_view> entry(std::string_view text, std::string_view key) {
  for (const Line& line : lines(text))
    if (line.text.starts_with(key)) return line.text.substr(key.size());
  return std::nullopt;
}

void write_usershare(const Root& root, const std::string& file, bool allows_guests, Facts& facts) {
  const auto text = root.read(file);
  if (!text) return facts.gap(text.error(), {}, Gap::Effect::may_add, {"@usershare", "@guest"});
  const auto path = entry(*text, "path=");
  if (!text->starts_with("#VERSION ") || !path) return;
  const std::string name(base_name(file));
  const auto guests = entry(*text, "guest_ok=");
  const bool lets_guests = allows_guests && guests && guests->starts_with('y');
  facts.setting("@usershare", std::string(trim(*path, " ")), {file, 0, 0}, name);
  facts.setting("@guest", lets_guests ? "Yes" : "No", {file, 0, 0}, name);
}

}  // namespace

void write_shares(const Configuration& configuration, bool with_defaults, Facts& facts) {
  for (std::size_t i = 1; i < configuration.sections.size(); ++i) {
    const Section& section = configuration.sections[i];
    if (is_yes(section, "available") && is_yes(section, "-valid"))
      Share(section, with_defaults, facts).write();
  }
}

void write_usershares(const Root& root, const Configuration& configuration, Facts& facts) {
  const std::string& path = configuration.value("usershare path");
  if (path.empty() || configuration.value("usershare max shares") == "0") return;
  const auto stat = root.stat(path);
  const auto entries = stat ? root.list(path) : Result<std::vector<DirEntry>>(fail(stat.error()));
  if (!entries) {
    if (entries.error().code != ErrorCode::not_found)
      facts.gap(entries.error(), {}, Gap::Effect::may_add, {"@usershare", "@guest"});
    return;
  }
  // load_usershare_shares: root's directory, sticky, and not everybody's.
  constexpr unsigned kSticky = 01000;
  constexpr unsigned kOthersWrite = 0002;
  if (stat->uid != 0 || (stat->mode & kSticky) == 0 || (stat->mode & kOthersWrite) != 0) return;
  std::size_t count = 0;
  for (const DirEntry& one : *entries) {
    if (one.type != FileType::regular || one.name.starts_with(':')) continue;
    if (++count > kMostUsershares)
      return facts.gap({ErrorCode::limit,
                        fmt::format("more than {} shares of users", kMostUsershares),
                        {path, 0, 0}},
                       {}, Gap::Effect::may_add, {"@usershare", "@guest"});
    write_usershare(root, join_path(path, one.name),
                    configuration.value("usershare allow guests") == "Yes", facts);
  }
}

void write_modes(const Root& root, const Configuration& configuration, Facts& facts) {
  for (const Origin& file : configuration.files)
    tell_open_mode(root, "@writable-config", file.file, 0755, {}, facts);
  std::set<std::string> secrets = {configuration.value("smb passwd file")};
  for (const std::string_view name : {"passdb.tdb", "secrets.tdb", "secrets.ldb", "sam.ldb"})
    secrets.insert(join_path(configuration.value("private dir"), name));
  for (const std::string& file : secrets)
    if (file.starts_with('/')) tell_open_mode(root, "@readable-secrets", file, 0600, {}, facts);
}

}  // namespace plimsoll::samba
