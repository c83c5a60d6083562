#include <algorithm>
#include <array>
#include <map>

#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kMain = "/etc/sssd/sssd.conf";
constexpr std::string_view kSnippets = "/etc/sssd/conf.d";
constexpr std::string_view kProgram = "/usr/sbin/sssd";
constexpr std::array<std::string_view, 2> kFiles = {kMain, "/etc/sssd/conf.d/10-local.conf"};
constexpr std::size_t kShadowed = 16;
constexpr std::size_t kName = 1024;        // bytes of a section's name
constexpr std::size_t kSettings = 50'000;  // lines that set something

constexpr std::array kFields = {
    Field{"services", Type::set, "what sssd starts: nss, pam, sudo, ssh, ..."},
    Field{"domains", Type::list, "domains in the order in which they are asked"},
    Field{"id_provider", Type::text, "where a domain's accounts come from"},
    Field{"ldap_id_use_start_tls", Type::boolean, "LDAP connections are encrypted with StartTLS"},
    Field{"ldap_tls_reqcert", Type::text,
          "never, allow, try, demand or hard: what a bad certificate does"},
    Field{"@file", Type::text, "the files read, in reading order"},
};

struct Setting {
  std::string value;
  Origin origin;
  std::vector<Shadowed> shadowed;
};
using Section = std::map<std::string, Setting>;

class Reader {
 public:
  Reader(const Root& root, Facts& facts) : root_(root), facts_(facts) {}

  void read() {
    // sssd.conf(5): snippets alone will do.
    if (const auto stat = root_.stat(kMain); stat || stat.error().code != ErrorCode::not_found)
      file(std::string(kMain));
    const auto entries = root_.list(kSnippets);
    if (!entries) {
      if (entries.error().code != ErrorCode::not_found) facts_.gap(entries.error());
    } else {
      for (const DirEntry& entry : *entries)
        if (entry.name.ends_with(".conf") && entry.name.front() != '.')
          file(join_path(kSnippets, entry.name));
    }
    for (auto& [name, section] : sections_) {
      add_defaults(name, section);
      for (auto& [key, setting] : section)
        facts_.setting(key, std::move(setting.value), std::move(setting.origin), name).shadowed =
            std::move(setting.shadowed);
    }
  }

 private:
  void file(const std::string& path) {
    const auto text = root_.read(path);
    if (!text) return facts_.gap(text.error());
    facts_.setting("@file", path, {path, 0, 0});
    Section* section = nullptr;
    for (const Line& each : lines(*text)) {
      const std::string_view line = trim(each.text);
      if (line.empty() || line.front() == '#' || line.front() == ';') continue;
      const auto equals = line.find('=');
      if (line.front() == '[' && line.ends_with(']') && line.size() < kName) {
        section = &sections_[std::string(trim(line.substr(1, line.size() - 2)))];
      } else if (section != nullptr && equals != std::string_view::npos && equals > 0) {
        if (++settings_ > kSettings)
          return facts_.gap({ErrorCode::limit, "more than 50000 settings", {path, each.number, 1}});
        set((*section)[std::string(trim(line.substr(0, equals)))], trim(line.substr(equals + 1)),
            {path, each.number, 1});
      } else {
        // sssd does not start with such a file.
        return facts_.gap({ErrorCode::invalid,
                           "neither a section nor `key = value` in one",
                           {path, each.number, 1}});
      }
    }
  }

  static void set(Setting& setting, std::string_view value, Origin origin) {
    if (!setting.origin.file.empty() && setting.shadowed.size() < kShadowed)
      setting.shadowed.push_back({std::move(setting.value), std::move(setting.origin),
                                  "a later line or snippet sets it again"});
    setting.value = value;
    setting.origin = std::move(origin);
  }

  /// sssd-ldap(5); only for domains that ask an LDAP server, or do not say whom they ask.
  static void add_defaults(const std::string& name, Section& section) {
    if (!name.starts_with("domain/")) return;
    const auto provider = section.find("id_provider");
    if (provider != section.end() && !iequals(provider->second.value, "ldap")) return;
    section.try_emplace("ldap_id_use_start_tls", Setting{"false", {}, {}});
    section.try_emplace("ldap_tls_reqcert", Setting{"hard", {}, {}});
  }

  const Root& root_;
  Facts& facts_;
  std::map<std::string, Section> sections_;
  std::size_t settings_ = 0;
};

Facts read_sssd(const Request& request) {
  Facts facts;
  const auto stat = request.root.stat(kMain);
  if (!stat && stat.error().code == ErrorCode::not_found) {
    const Root::Glob snippets = request.root.glob("/etc/sssd/conf.d/*.conf");
    if (snippets.paths.empty() && snippets.errors.empty()) {
      // sssd.conf(5): an installed sssd without its file answers nobody.
      if (request.root.stat(kProgram)) return facts;
      facts.not_applicable = "there is no /etc/sssd/sssd.conf";
      return facts;
    }
  }
  Reader(request.root, facts).read();
  return facts;
}

}  // namespace

extern const Probe sssd_probe;
const Probe sssd_probe{
    .name = "sssd",
    .group = "os",
    .summary = "services and domains of SSSD",
    .semantics = "sssd.conf(5), sssd-ldap(5)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_sssd,
    .files = kFiles,
};

}  // namespace plimsoll
