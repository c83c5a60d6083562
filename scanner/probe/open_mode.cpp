#include "scanner/probe/open_mode.h"

#include <fmt/format.h>

namespace plimsoll {

void tell_open_mode(const Root& root, std::string_view key, const std::string& path,
                    unsigned allowed, const std::string& scope, Facts& facts) {
  const auto stat = root.stat(path);
  if (!stat) {
    if (stat.error().code != ErrorCode::not_found)
      facts.gap(stat.error(), {}, Gap::Effect::may_add, {key});
    return;
  }
  if ((stat->mode & 0777U & ~allowed) != 0)
    facts.setting(std::string(key), fmt::format("{} has the mode {:04o}", path, stat->mode),
                  {path, 0, 0}, scope);
}

}  // namespace plimsoll
