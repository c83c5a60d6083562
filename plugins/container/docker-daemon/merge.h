#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/docker-daemon/options.h"
#include "scanner/base/result.h"

namespace plimsoll::docker {

/// The options as the daemon begins with them.
struct Merged {
  Values values;                ///< a scalar without an item has its default
  std::vector<Error> refusals;  ///< what Validate() of dockerd does not let pass

  [[nodiscard]] const Given& of(std::string_view key, int version) const;
  /// Of a scalar, its default filled in.
  [[nodiscard]] std::string text(std::string_view key, int version) const;
  [[nodiscard]] bool is_true(std::string_view key, int version) const {
    return text(key, version) == "true";
  }
};

/// mergo.Merge: what the file leaves at Go's zero value comes from the flags, whose booleans the
/// file has set before.
Merged merge(const Values& file, const Values& flags, int version);

}  // namespace plimsoll::docker
