#include "plugins/service/bind/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/formats/shell_assignment.h"
#include "scanner/formats/systemd/unit_command.h"
#include "scanner/probe/open_mode.h"

namespace plimsoll::bind {
namespace {

constexpr std::array<std::string_view, 2> kUnits = {"named.service", "bind9.service"};
constexpr std::array<std::string_view, 2> kPrograms = {"/usr/sbin/named", "/usr/local/sbin/named"};
/// Debian's, that of Fedora and its kin, BIND as it comes.
constexpr std::array<std::string_view, 3> kFiles = {"/etc/bind/named.conf", "/etc/named.conf",
                                                    "/usr/local/etc/named.conf"};
constexpr std::array<std::string_view, 2> kDefaults = {"/etc/default/named", "/etc/default/bind9"};

struct Word {
  std::string text;
  Origin origin;
};

/// named(8), as getopt(3) takes options apart: `-4f`, `-u bind`, `-ubind`.
void read_options(const std::vector<Word>& words, Host& out) {
  constexpr std::string_view kWithValue = "AcdDELmMnNpStTuUxX";
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i].text;
    if (word.size() < 2 || word[0] != '-') continue;
    for (std::size_t at = 1; at < word.size(); ++at) {
      if (kWithValue.find(word[at]) == std::string_view::npos) continue;
      const char option = word[at];
      std::string value = word.substr(at + 1);
      if (value.empty() && i + 1 < words.size()) value = words[++i].text;
      const Origin& origin = words[i].origin;
      if (option == 'c') out.file = join_path("/", value);
      if (option == 't') {
        out.chroot = normal_path(value);
        out.chroot_origin = origin;
      }
      if (option == 'u') {
        out.user = value;
        out.user_origin = origin;
      }
      break;
    }
  }
}

/// What Debian's script of the init system and its unit start named with.
void read_defaults(const Root& root, Host& out, Facts& facts) {
  for (const std::string_view path : kDefaults) {
    const auto text = root.read(path);
    if (!text) {
      if (text.error().code != ErrorCode::not_found)
        facts.gap(text.error(), {}, Gap::Effect::may_override, {"@user", "@chroot"});
      continue;
    }
    for (const ShellCommand& command : read_shell(*text).commands)
      for (const ShellAssignment& one : shell_assignments(command)) {
        if (one.name != "OPTIONS") continue;
        std::vector<Word> words;
        for (const std::string_view word : plimsoll::words(one.value))
          words.push_back({std::string(word), {std::string(path), command.line, 0}});
        out.user = "root";
        out.user_origin = {std::string(path), command.line, 0};
        read_options(words, out);
      }
    return;
  }
}

void read_version(const std::string& package, Host& out) {
  const std::string_view whole = std::string_view(package).substr(package.find(':') + 1);
  out.version_text = whole.substr(0, whole.find_first_not_of("0123456789."));
  const auto parts = split(out.version_text, '.');
  if (parts.size() < 2 || parts[0] != "9") return;
  out.version.minor = static_cast<int>(to_integer(parts[1]).value_or(18));
  out.version.is_known = true;
}

void tell_writable(const Root& root, const std::string& path, Facts& facts) {
  const auto stat = root.stat(path);
  if (!stat) {
    facts.gap(stat.error(), {}, Gap::Effect::may_add, {"@writable-config"});
    return;
  }
  constexpr std::uint32_t kWriters = 0022;
  if ((stat->mode & kWriters) != 0)
    facts.setting("@writable-config", fmt::format("{} has the mode {:04o}", path, stat->mode),
                  {path, 0, 0});
  else if (stat->uid != 0)
    facts.setting("@writable-config", fmt::format("{} belongs to user {}", path, stat->uid),
                  {path, 0, 0});
}

/// Files in which statements `secret` stand, and those that hold keys of TLS.
std::set<std::string> secret_files(const Block& block, const Configuration& configuration) {
  std::set<std::string> out;
  for (const Setting& one : block.settings) {
    if (one.key == "secret") out.insert(configuration.origin(one.place).file);
    if (one.key == "key-file")
      out.insert(configuration.chroot + normal_path(join_path("/", one.value.text)));
    if (!is_one_of(one.key, "key tls view")) continue;
    if (const Block* inner = block_of(one.value)) out.merge(secret_files(*inner, configuration));
  }
  return out;
}

}  // namespace

Host read_host(const Root& root, Facts& facts) {
  Host out;
  out.has_server = std::any_of(kPrograms.begin(), kPrograms.end(),
                               [&](std::string_view path) { return root.exists(path); });
  if (const auto package = installed_version(root, "bind9")) {
    out.has_server = true;
    read_version(*package, out);
  }
  if (const auto started = systemd::unit_command(root, kUnits, facts)) {
    out.has_server = true;
    const systemd::Setting* user = started->loaded.find("Service", "User");
    out.user = user == nullptr ? "root" : user->assignment.value;
    std::vector<Word> words;
    for (const systemd::ExecText& word : started->command.words)
      words.push_back({word.text, word.origin});
    if (!words.empty()) out.user_origin = words[0].origin;
    read_options(words, out);
  } else {
    read_defaults(root, out, facts);
  }
  if (!out.file.empty()) return out;
  out.file = kFiles[0];
  for (const std::string_view path : kFiles) {
    const auto there = root.lstat(out.chroot + std::string(path));
    if (!there && there.error().code == ErrorCode::not_found) continue;
    out.file = path;
    break;
  }
  return out;
}

void write_host(const Root& root, const Host& host, const Configuration& configuration,
                Facts& facts) {
  if (!host.version_text.empty())
    facts.setting("@version", host.version_text, {"/var/lib/dpkg/status", 0, 0});
  if (host.user) facts.setting("@user", *host.user, host.user_origin);
  if (!host.chroot.empty()) facts.setting("@chroot", host.chroot, host.chroot_origin);
  const std::set<std::string> files(configuration.files.begin(), configuration.files.end());
  std::set<std::string> directories;
  for (const std::string& file : files) {
    tell_writable(root, file, facts);
    directories.emplace(parent_path(file));
  }
  for (const std::string& directory : directories) tell_writable(root, directory, facts);
  if (!configuration.files.empty())
    tell_open_mode(root, "@open-directory", std::string(parent_path(configuration.files[0])), 0750,
                   {}, facts);
  std::set<std::string> secrets = secret_files(configuration.top, configuration);
  for (const std::string_view name : {"/etc/bind/rndc.key", "/etc/rndc.key"})
    secrets.insert(host.chroot + std::string(name));
  for (const std::string& file : secrets)
    tell_open_mode(root, "@readable-key", file, 0640, {}, facts);
}

}  // namespace plimsoll::bind
