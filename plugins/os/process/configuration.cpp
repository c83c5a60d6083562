#include "plugins/os/process/configuration.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

// Written by the manager at each reload or change, and in effect at once.
constexpr std::array<std::string_view, 5> kByManager = {
    "/run/systemd/generator", "/run/systemd/transient", "/run/systemd/system.control",
    "/etc/systemd/system.control", "/run/systemd/units"};

// The start is known to the second, and the time of boot that it is counted from, too.
constexpr std::int64_t kTolerance = 1;

bool is_by_manager(std::string_view path) {
  return std::any_of(kByManager.begin(), kByManager.end(),
                     [&](std::string_view prefix) { return path.starts_with(prefix); });
}

}  // namespace

void Configuration::add_if_after(const std::string& path, std::int64_t moment,
                                 std::vector<std::string>& out) {
  const auto there = root_.stat(path);
  if (there && there->type == FileType::regular && there->mtime > moment + kTolerance)
    out.push_back(path);
  // A link that leads nowhere configures nothing.
  if (!there && there.error().code != ErrorCode::not_found) errors_.push_back(there.error());
}

std::vector<std::string> Configuration::unit_files_after(const std::string& unit,
                                                         std::int64_t moment) {
  std::vector<std::string> out;
  const auto found = units_.find(unit);
  if (!found) return out;
  if (!is_by_manager(found->fragment)) add_if_after(found->fragment, moment, out);
  for (const std::string& path : units_.drop_ins(*found))
    if (!is_by_manager(path)) add_if_after(path, moment, out);
  return out;
}

std::vector<std::string> Configuration::files_after(const Daemon& daemon, std::int64_t moment) {
  std::vector<std::string> out;
  for (const std::string_view pattern : daemon.files) {
    const Root::Glob glob = root_.glob(pattern);
    errors_.insert(errors_.end(), glob.errors.begin(), glob.errors.end());
    for (const std::string& path : glob.paths) add_if_after(path, moment, out);
  }
  return out;
}

std::int64_t Configuration::time_of_pid_file(std::string_view path, std::int64_t pid) const {
  const auto text = root_.read_now(path);
  const auto there = root_.stat(path);
  if (!text || !there || to_integer(trim(*text)) != pid) return 0;
  return there->mtime;
}

std::vector<Error> Configuration::errors() const {
  std::vector<Error> out = errors_;
  out.insert(out.end(), units_.errors().begin(), units_.errors().end());
  return out;
}

}  // namespace plimsoll
