#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/unit_index.h"

namespace plimsoll::systemd {

/// Answers what `systemctl is-enabled` prints: whether links, not presets, start a unit.
class Enablement {
 public:
  Enablement(const Root& root, const UnitIndex& index);

  /// `enabled`, `enabled-runtime`, `linked`, `linked-runtime`, `masked`, `masked-runtime`,
  /// `static`, `disabled`, `indirect`, `generated`, `transient`; empty where systemctl reports an
  /// error.
  [[nodiscard]] std::string state(const Unit& unit, const LoadedUnit& loaded) const;

 private:
  /// The links of one unit directory.
  struct Links {
    std::string directory;
    std::set<std::string, std::less<>> wanted;  ///< in .wants and .requires
    std::map<std::string, std::set<std::string>, std::less<>>
        instances;                                            ///< template → wanted ones
    std::map<std::string, std::string, std::less<>> targets;  ///< link → last part of its target
    std::map<std::string, std::vector<std::string>, std::less<>> by_target;
  };
  /// The unit file as `systemctl enable` finds it.
  struct Found {
    std::string path;
    bool masked = false;
  };
  struct Names;
  enum class Link { none, other_name, same_name };

  void scan(const std::string& directory, Links& links) const;
  [[nodiscard]] bool search(const std::string& name, Found& found) const;
  [[nodiscard]] bool follow(const std::string& name, Found& found) const;
  [[nodiscard]] static Link find_link(const Links& links, const Names& names, bool known_only,
                                      bool ignore_same_name);
  [[nodiscard]] std::string linked_state(const Names& names, const std::string& path,
                                         bool known_only) const;

  const Root& root_;
  const UnitIndex& index_;
  std::vector<Links> links_;  ///< by priority
};

}  // namespace plimsoll::systemd
