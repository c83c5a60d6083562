#include "plugins/service/samba/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/formats/systemd/unit_command.h"

namespace plimsoll::samba {
namespace {

constexpr std::string_view kVersion = "4.17.12-Debian";
constexpr std::int64_t kOldestMinor = 17;
constexpr std::int64_t kNewerMinor = 20;  // from here on, 4.22 is nearer
constexpr std::array<std::string_view, 1> kUnits = {"smbd.service"};
constexpr std::array<std::string_view, 2> kPrograms = {"/usr/sbin/smbd",
                                                       "/usr/local/samba/sbin/smbd"};
// All are built from one source.
constexpr std::array<std::string_view, 3> kPackages = {"samba", "samba-common-bin", "samba-libs"};

/// `2:4.17.12+dfsg-0+deb12u4` is version `4.17.12`.
std::string upstream(std::string_view version) {
  version.remove_prefix(version.find(':') + 1);
  return std::string(version.substr(0, version.find_first_of("+-~")));
}

void read_versions(const Root& root, Host& out) {
  for (const std::string_view package : kPackages) {
    const auto version = installed_version(root, package);
    if (!version) continue;
    const std::string number = upstream(*version);
    const auto parts = split(number, '.');
    const std::int64_t minor = parts.size() > 1 ? to_integer(parts[1]).value_or(0) : 0;
    const bool is_newer = parts[0] != "4" || minor >= kNewerMinor;
    out.surroundings.release = is_newer ? Version::v4_22 : Version::v4_17;
    out.surroundings.version = number + "-Debian";
    out.is_older = !is_newer && minor < kOldestMinor;
    // debian/rules: the vendor's part has the version of the package by then.
    if (is_newer) out.surroundings.version += "-" + version->substr(version->find(':') + 1);
    out.is_other_version = !number.starts_with("4.17.") && !number.starts_with("4.22.");
    return;
  }
}

Host::Server server_of(const Root& root) {
  if (installed_version(root, "samba") ||
      std::any_of(kPrograms.begin(), kPrograms.end(),
                  [&](std::string_view path) { return root.exists(path); }))
    return Host::Server::yes;
  return root.exists("/var/lib/dpkg/status") ? Host::Server::no : Host::Server::unknown;
}

/// hostname(5): the first line that is no comment.
std::string hostname_of(const Root& root) {
  const auto text = root.read("/etc/hostname");
  if (!text) return {};
  for (const Line& line : lines(*text)) {
    const std::string_view name = trim(line.text);
    if (!name.empty() && name[0] != '#') return std::string(name.substr(0, name.find('.')));
  }
  return {};
}

/// smbd(8): `-s FILE`, `--configfile=FILE`, `--option=NAME=VALUE`.
void read_options(const systemd::ExecCommand& command, Host& out, Facts& facts) {
  const auto& words = command.words;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i].text;
    const bool has_next = i + 1 < words.size();
    if ((word == "-s" || word == "--configfile") && has_next)
      out.file = words[++i].text;
    else if (word.starts_with("--configfile="))
      out.file = word.substr(word.find('=') + 1);
    else if (word.starts_with("-s") && word.size() > 2)
      out.file = word.substr(2);
    else if (word.starts_with("--option"))
      facts.gap({ErrorCode::unsupported,
                 "smbd is started with settings of its own, which stand above those of the file",
                 words[i].origin});
  }
}

}  // namespace

Surroundings unknown_surroundings() { return {Version::v4_17, std::string(kVersion), {}}; }

Host read_host(const Root& root, Facts& facts) {
  Host out;
  out.surroundings = unknown_surroundings();
  out.surroundings.hostname = hostname_of(root);
  out.server = server_of(root);
  read_versions(root, out);
  if (const auto started = systemd::unit_command(root, kUnits, facts)) {
    if (out.server == Host::Server::unknown) out.server = Host::Server::yes;
    read_options(started->command, out, facts);
  }
  return out;
}

}  // namespace plimsoll::samba
