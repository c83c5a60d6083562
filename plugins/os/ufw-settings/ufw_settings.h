#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// A variable of ufw's start script, with what it was before.
struct UfwSetting {
  std::string name;
  std::string value;
  Origin origin;
  std::vector<Shadowed> shadowed;
};

/// /etc/default/ufw and /etc/ufw/ufw.conf as the start script sources them: ufw-framework(8).
struct UfwSettings {
  std::vector<UfwSetting> all;  ///< in the order in which they are set first
  std::vector<Error> errors;
  bool found = false;     ///< one of the files is there
  bool complete = false;  ///< both are, and neither is empty: without them the script does nothing

  [[nodiscard]] const UfwSetting* find(std::string_view name) const;
  [[nodiscard]] std::string_view value(std::string_view name) const;
  /// Only these two spellings turn a thing on.
  [[nodiscard]] bool is_yes(std::string_view name) const;
};
UfwSettings read_ufw_settings(const Root& root);

}  // namespace plimsoll
