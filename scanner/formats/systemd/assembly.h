#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/formats/systemd/directives.h"
#include "scanner/formats/systemd/unit_file.h"

namespace plimsoll::systemd {

/// One assignment that stands at the end, with those that it pushed aside.
struct Setting {
  const Directive* directive = nullptr;
  Assignment assignment;
  std::vector<Shadowed> shadowed;
};

/// Puts assignments together as systemd does while it reads the files of one unit, or of one of its
/// own programs: what is invalid is passed over, scalars are replaced, lists grow and are reset.
class Assembly {
 public:
  /// `unit`: its name, for specifiers.
  explicit Assembly(std::string unit) : unit_(std::move(unit)) {}

  /// From now on values are judged as those of that unit.
  void judge_as(std::string unit) { unit_ = std::move(unit); }

  Next take(Assignment assignment);
  /// Why the reading of the last file ended early: a value that systemd refuses. Forgets it.
  std::optional<Error> refusal() { return std::exchange(refusal_, std::nullopt); }
  /// What stands: [Unit] first, [Install] last, in the order of assignment.
  std::vector<Setting> finish();

 private:
  struct Field {
    std::vector<std::pair<std::size_t, Setting>> entries;
    std::vector<Shadowed> pending;  ///< forgotten ones that no later assignment has taken yet
  };
  static void forget(Field& field, const char* why);
  void clear(const Directive& directive, Assignment& assignment);
  void add(Field& field, const Directive& directive, Assignment assignment);

  std::string unit_;
  std::map<std::string, Field, std::less<>> fields_;
  std::size_t count_ = 0;
  std::optional<Error> refusal_;
};

}  // namespace plimsoll::systemd
