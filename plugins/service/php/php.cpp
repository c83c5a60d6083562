#include <fmt/format.h>

#include <array>

#include "plugins/service/php/defaults.h"
#include "plugins/service/php/settings.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace php {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {"/etc/php/8.2/fpm/php.ini",
                                                    "/etc/php/8.2/fpm/conf.d/20-site.ini",
                                                    "/etc/php/8.2/fpm/php-fpm.conf"};
constexpr std::string_view kTop = "/etc/php";
constexpr std::string_view kVersion = "8.2";
constexpr std::size_t kMostVersions = 32;

/// False where the file is not there; one that cannot be read is a gap.
bool read_file(const Root& root, const std::string& file, const std::string& scope,
               Settings& settings, Facts& facts) {
  const auto text = root.read(file);
  if (!text) {
    if (text.error().code == ErrorCode::not_found && !root.lstat(file)) return false;
    facts.gap(text.error(), scope);
    return true;
  }
  facts.setting("@file", file, {file, 0, 0}, scope);
  settings.read(*text, file, scope, facts);
  return true;
}

/// php_ini.c: names that end in `.ini`, in alphabetical order, also with a leading dot.
void read_scan_directory(const Root& root, const std::string& directory, const std::string& scope,
                         Settings& settings, Facts& facts) {
  const auto entries = root.list(directory);
  if (!entries) {
    if (entries.error().code != ErrorCode::not_found) facts.gap(entries.error(), scope);
    return;
  }
  for (const DirEntry& entry : *entries) {
    if (!entry.name.ends_with(".ini")) continue;
    const std::string file = join_path(directory, entry.name);
    const auto stat = root.stat(file);
    if (stat && stat->type != FileType::regular) continue;
    if (!stat && stat.error().code == ErrorCode::not_found) continue;  // a link to nowhere
    read_file(root, file, scope, settings, facts);
  }
}

/// Defaults are those of one version.
void doubt_defaults(std::string_view version, const std::string& scope, Facts& facts) {
  if (version == kVersion) return;
  std::vector<std::string_view> keys;
  for (const Fact& fact : facts.rows)
    for (const Field& field : fields())
      if (fact.scope == scope && fact.origin.is_default() && fact.key == field.name)
        keys.push_back(field.name);
  facts.gap({ErrorCode::unsupported,
             fmt::format("defaults of PHP {} are not known", version),
             {std::string(kTop), 0, 0}},
            scope, Gap::Effect::may_override, std::move(keys));
}

/// A file for one interface (php-cli.ini) takes the place of php.ini.
void read_interface(const Root& root, const std::string& directory, std::string_view interface,
                    const std::string& scope, Facts& facts) {
  Settings settings{std::string(interface)};
  const std::string_view name = interface == "fpm"       ? "fpm-fcgi"
                                : interface == "apache2" ? "apache2handler"
                                : interface == "cgi"     ? "cgi-fcgi"
                                                         : interface;
  if (!read_file(root, fmt::format("{}/php-{}.ini", directory, name), scope, settings, facts))
    read_file(root, directory + "/php.ini", scope, settings, facts);
  read_scan_directory(root, directory + "/conf.d", scope, settings, facts);
  settings.write(facts, scope, true);
  if (interface == "fpm") read_pools(root, directory, settings, scope, facts);
}

bool is_version(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// An interface is there when it has a php.ini or a scan directory of its own.
void read_version(const Root& root, const std::string& version, bool is_newest, Facts& facts) {
  for (const std::string_view interface : {"apache2", "cgi", "cli", "fpm", "embed", "phpdbg"}) {
    const std::string directory = fmt::format("{}/{}/{}", kTop, version, interface);
    const auto there = root.lstat(directory);
    if (!there && there.error().code == ErrorCode::not_found) continue;
    const std::string scope =
        is_newest ? std::string(interface) : fmt::format("{} [{}]", interface, version);
    if (!there) {
      facts.gap(there.error(), scope);
      continue;
    }
    read_interface(root, directory, interface, scope, facts);
    doubt_defaults(version, scope, facts);
  }
}

std::int64_t rank(std::string_view version) {
  std::int64_t value = 0;
  const auto parts = split(version, '.');
  for (std::size_t at = 0; at < 2; ++at)
    value = value * 1000 + (at < parts.size() ? to_integer(parts[at]).value_or(0) % 1000 : 0);
  return value;
}

Facts read_host(const Root& root) {
  Facts facts;
  const auto entries = root.list(kTop);
  if (!entries) {
    if (entries.error().code == ErrorCode::not_found)
      facts.not_applicable = fmt::format("PHP is not installed: there is no {}", kTop);
    else
      facts.gap(entries.error());
    return facts;
  }
  std::vector<std::string> versions;
  std::string newest;
  for (const DirEntry& entry : *entries) {
    if (!is_version(entry.name)) continue;
    if (versions.size() == kMostVersions) {
      facts.gap({ErrorCode::limit,
                 fmt::format("more than {} versions of PHP", kMostVersions),
                 {std::string(kTop)}});
      break;
    }
    versions.push_back(entry.name);
    if (newest.empty() || rank(newest) <= rank(entry.name)) newest = entry.name;
  }
  for (const std::string& version : versions) read_version(root, version, version == newest, facts);
  if (facts.rows.empty() && facts.gaps.empty())
    facts.not_applicable = fmt::format("no interface of PHP is set up below {}", kTop);
  return facts;
}

bool is_main(std::string_view path) {
  const std::string_view name = base_name(path);
  return name == "php.ini" || name == "php.ini-production";
}

/// Extra files lie in a directory that is named for what they are.
bool is_named_so(std::string_view path) {
  const std::string_view name = base_name(path);
  if (is_main(path) || name == ".user.ini") return true;
  return name.ends_with(".ini") && (name.find("php") != std::string_view::npos ||
                                    path.find("/conf.d/") != std::string_view::npos ||
                                    path.find("/php/") != std::string_view::npos);
}

bool looks_so(const Document& document) {
  if (is_main(document.path) || base_name(document.path) == ".user.ini") return true;
  Settings settings({});
  Facts unused;
  settings.read(document.text, std::string(document.path), {}, unused);
  return settings.says_something();
}

/// A php.ini takes the place of the distribution's, so what it leaves out has the built-in default;
/// an extra file says nothing of what it leaves out.
Facts read(const Request& request) {
  if (request.document == nullptr) return read_host(request.root);
  const std::string file(request.document->path);
  Facts facts;
  facts.setting("@file", file, {file, 0, 0});
  Settings settings({});
  settings.read(request.document->text, file, {}, facts);
  settings.write(facts, {}, is_main(file));
  return facts;
}

}  // namespace
}  // namespace php

extern const Probe php_probe;
const Probe php_probe{
    .name = "php",
    .group = "service",
    .summary = "settings of PHP: php.ini, scan directories and pools of each interface",
    .semantics = "PHP manual: The configuration file; php.ini directives; FPM configuration",
    .shape = Shape::settings,
    .fields = php::fields(),
    .read = php::read,
    .files = php::kFiles,
    .documents = {.by_name = php::is_named_so,
                  .by_text = php::looks_so,
                  .called = "php.ini",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
