#include "plugins/service/mysql/modes.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>

namespace plimsoll::mysql {
namespace {

/// What stat(2) says of a file that is there; what cannot be looked at is a gap.
std::optional<Stat> look(const Root& root, std::string_view path, std::string_view key,
                         Facts& facts) {
  const auto stat = root.stat(path);
  if (stat) return *stat;
  if (stat.error().code != ErrorCode::not_found)
    facts.gap(stat.error(), {}, Gap::Effect::may_add, {key});
  return std::nullopt;
}

void tell(std::string key, std::string_view path, const Stat& stat, const Origin& origin,
          Facts& facts) {
  facts.setting(std::move(key), fmt::format("{} has the mode {:04o}", path, stat.mode), origin);
}

void write_key(const Root& root, Facts& facts) {
  const Fact* key = facts.find("ssl-key");
  if (key == nullptr || key->value.empty()) return;
  const std::string path = key->value;
  const Origin origin = key->origin;
  const auto stat = look(root, join_path("/var/lib/mysql", path), "@readable-key", facts);
  // A group of its own may read it, as Debian's ssl-cert.
  if (stat && (stat->mode & 037U) != 0) tell("@readable-key", path, *stat, origin, facts);
}

void write_data(const Root& root, Facts& facts) {
  const Fact* data = facts.find("datadir");
  const std::string path = data == nullptr ? "/var/lib/mysql" : data->value;
  const auto stat = look(root, path, "@open-datadir", facts);
  if (stat && (stat->mode & 027U) != 0)
    tell("@open-datadir", path, *stat, {normal_path(path), 0, 0}, facts);
}

}  // namespace

void write_modes(const Root& root, const std::vector<Origin>& option_files, Facts& facts) {
  std::set<std::string> seen;
  for (const Origin& file : option_files) {
    if (!seen.insert(file.file).second) continue;
    const auto stat = look(root, file.file, "@readable-config", facts);
    if (stat && (stat->mode & 027U) != 0)
      tell("@readable-config", file.file, *stat, {file.file, 0, 0}, facts);
  }
  write_key(root, facts);
  write_data(root, facts);
}

}  // namespace plimsoll::mysql
