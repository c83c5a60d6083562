#include <algorithm>
#include <array>

#include "plugins/os/dconf/database.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kDatabases = "/etc/dconf/db";
// dconf's engine looks for a profile in /etc first, then in the data directories.
constexpr std::array<std::string_view, 2> kProfiles = {"/etc/dconf/profile",
                                                       "/usr/share/dconf/profile"};
constexpr std::array<std::string_view, 4> kFiles = {
    "/etc/dconf/profile/user", "/etc/dconf/db/local.d/00-local",
    "/etc/dconf/db/local.d/locks/00-local", "/etc/gdm3/daemon.conf"};
constexpr std::string_view kBanner = "/org/gnome/login-screen/banner-message-text";
constexpr std::string_view kGdm = "/etc/gdm3/daemon.conf";
constexpr std::string_view kGdmProgram = "/usr/sbin/gdm3";
constexpr std::size_t kSources = 8;  // databases of one profile
constexpr std::size_t kMostProfiles = 32;

constexpr std::array kFields = {
    Field{"@lock", Type::text, "a key that the profile's users cannot change"},
    Field{"/org/gnome/login-screen/banner-message-enable", Type::boolean,
          "the login screen shows a banner"},
    Field{"@banner-text", Type::text,
          "what stands between the quotes of /org/gnome/login-screen/banner-message-text"},
    Field{"/org/gnome/login-screen/disable-user-list", Type::boolean,
          "the login screen lists no users"},
    Field{"/org/gnome/desktop/media-handling/automount", Type::boolean,
          "media are mounted when put in"},
    Field{"/org/gnome/desktop/media-handling/automount-open", Type::boolean, "and opened"},
    Field{"/org/gnome/desktop/media-handling/autorun-never", Type::boolean,
          "programs on media are never started"},
    Field{"/org/gnome/desktop/session/idle-delay", Type::integer,
          "seconds without input until the screen saver starts; 0: never"},
    Field{"/org/gnome/desktop/screensaver/lock-delay", Type::integer,
          "seconds from then until it locks"},
    Field{"/org/gnome/desktop/screensaver/lock-enabled", Type::boolean, "the screen saver locks"},
    Field{"enable", Type::boolean, "of gdm's daemon.conf, in its section [xdmcp]"},
};

class Reader {
 public:
  Reader(const Root& root, Facts& facts) : root_(root), facts_(facts) {}

  void profile(const std::string& path, const std::string& name) {
    const auto text = root_.read(path);
    if (!text) return facts_.gap(text.error(), name);
    std::vector<const dconf::Database*> sources;
    for (const Line& line : lines(*text)) {
      const std::string_view source = trim(line.text.substr(0, line.text.find('#')));
      if (source.starts_with("file-db:")) {
        facts_.gap(
            {ErrorCode::unsupported, "a compiled database is not read", {path, line.number, 1}},
            name);
      } else if (source.starts_with("system-db:")) {
        if (sources.size() >= kSources) {
          facts_.gap({ErrorCode::limit, "more than 8 databases", {path, line.number, 1}}, name);
          break;
        }
        sources.push_back(&database(join_path(kDatabases, source.substr(10)) + ".d"));
        for (const Error& error : sources.back()->errors) facts_.gap(error, name);
      }
    }
    tell(sources, name);
  }

  /// GKeyFile: gdm reads booleans `true` and `false`; the last line of a key stands.
  void gdm() {
    const auto text = root_.read(kGdm);
    if (!text) {
      if (text.error().code != ErrorCode::not_found)
        facts_.gap(text.error(), std::string(kGdm));
      else if (root_.exists(kGdmProgram))
        facts_.setting("enable", "false", {}, "gdm3/daemon.conf [xdmcp]");
      return;
    }
    std::string section;
    std::map<std::string, std::pair<std::string, Origin>> settings;
    for (const Line& each : lines(*text)) {
      const std::string_view line = trim(each.text);
      const auto equals = line.find('=');
      if (line.empty() || line.front() == '#') continue;
      if (line.front() == '[' && line.ends_with(']')) {
        section = line.substr(0, 256);
      } else if (equals != std::string_view::npos && !section.empty()) {
        settings[section + '\n' + lower(trim(line.substr(0, equals)))] = {
            std::string(trim(line.substr(equals + 1))), {std::string(kGdm), each.number, 1}};
      } else {
        // GKeyFile refuses the file, and gdm works with its defaults.
        return facts_.gap({ErrorCode::invalid,
                           "neither a section nor `key=value`",
                           {std::string(kGdm), each.number, 1}},
                          "gdm3/daemon.conf");
      }
    }
    settings.try_emplace("[xdmcp]\nenable", "false", Origin{});
    for (auto& [name, setting] : settings) {
      const auto end = name.find('\n');
      facts_.setting(name.substr(end + 1), std::move(setting.first), std::move(setting.second),
                     "gdm3/daemon.conf " + name.substr(0, end));
    }
  }

 private:
  const dconf::Database& database(const std::string& directory) {
    const auto found = databases_.find(directory);
    if (found != databases_.end()) return found->second;
    return databases_.emplace(directory, dconf::read_database(root_, directory)).first->second;
  }

  /// A key has the value of the first source that gives one, beginning with the last that locks it.
  void tell(const std::vector<const dconf::Database*>& sources, const std::string& name) {
    std::set<std::string> keys, locks;
    for (const dconf::Database* source : sources) {
      for (const auto& [key, value] : source->values) keys.insert(key);
      for (const auto& [lock, origin] : source->locks)
        if (locks.insert(lock).second) facts_.setting("@lock", lock, origin, name);
    }
    for (const std::string& key : keys) {
      std::size_t first = 0;
      for (std::size_t i = 0; i < sources.size(); ++i)
        if (sources[i]->locks.contains(key)) first = i;
      for (std::size_t i = first; i < sources.size(); ++i) {
        const auto found = sources[i]->values.find(key);
        if (found == sources[i]->values.end()) continue;
        facts_.setting(key, found->second.text, found->second.origin, name).shadowed =
            found->second.shadowed;
        if (key == kBanner) banner(found->second, name);
        break;
      }
    }
  }

  /// Rules compare a text; the quotes are those of a GVariant. Any other type is no text.
  void banner(const dconf::Value& value, const std::string& name) {
    const std::string_view text = value.text;
    if (text.size() < 2 || (text[0] != '\'' && text[0] != '"') || text.back() != text[0]) return;
    facts_.setting("@banner-text", std::string(text.substr(1, text.size() - 2)), value.origin,
                   name);
  }

  const Root& root_;
  Facts& facts_;
  std::map<std::string, dconf::Database> databases_;  // each is read once
};

Facts read_dconf(const Request& request) {
  Facts facts;
  Reader reader(request.root, facts);
  std::map<std::string, std::string> profiles;  // the first directory's file of a name
  for (const std::string_view directory : kProfiles) {
    const auto entries = request.root.list(directory);
    if (!entries && entries.error().code != ErrorCode::not_found) facts.gap(entries.error());
    if (!entries) continue;
    for (const DirEntry& entry : *entries)
      if (entry.type != FileType::directory)
        profiles.emplace(entry.name, join_path(directory, entry.name));
  }
  std::size_t told = 0;
  for (const auto& [name, path] : profiles) {
    if (++told > kMostProfiles) {
      facts.gap({ErrorCode::limit, "more than 32 profiles", {path, 0, 0}});
      break;
    }
    reader.profile(path, name);
  }
  reader.gdm();
  if (facts.rows.empty() && facts.gaps.empty() && !request.root.exists("/etc/dconf") &&
      !request.root.exists("/usr/bin/dconf"))
    facts.not_applicable = "there is neither dconf nor gdm3";
  return facts;
}

}  // namespace

extern const Probe dconf_probe;
const Probe dconf_probe{
    .name = "dconf",
    .group = "os",
    .summary = "GNOME's settings for all users and the login screen, with their locks",
    .semantics = "dconf(7), dconf(1)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_dconf,
    .files = kFiles,
};

}  // namespace plimsoll
