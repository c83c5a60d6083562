#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/baseline/diagnostic.h"
#include "scanner/baseline/model.h"

namespace plimsoll {

/// A dated, signed-off exception. What is empty does not narrow it; `*` and `?` are wild.
struct Waiver {
  std::string rule;  ///< id or glob
  std::string scope, key, path, value, host;
  std::string reason, owner, approver, ticket;
  std::string expires;  ///< YYYY-MM-DD; the last day on which it holds
  std::uint32_t line = 0;
};

struct Override {
  std::string rule;  ///< id or glob
  std::optional<Severity> severity;
  bool disabled = false;
  std::string reason;
  std::uint32_t line = 0;
};

/// A site's own file, plimsoll.toml.
struct Site {
  std::string file;
  std::vector<std::string> baselines;  ///< ID, ID@VERSION or a file
  std::string level;
  std::vector<Baseline::Assigned> set;
  std::vector<Override> overrides;
  std::vector<Waiver> waivers;
};

/// Reads and validates it; what needs the baselines (do the rules exist?) is left to `make_plan`.
Site load_site(std::string_view text, const std::string& file, Diagnostics& problems);

}  // namespace plimsoll
