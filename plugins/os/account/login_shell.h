#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// What getusershell(3) takes from one line of /etc/shells: the first word that begins with `/`, up
/// to a blank or `#`. Empty when there is none.
std::string_view listed_shell(std::string_view line);

/// The shells that /etc/shells calls valid (shells(5), getusershell(3)).
class LoginShells {
 public:
  static LoginShells read(const Root& root, Facts& facts);
  /// An empty shell field means /bin/sh (passwd(5)).
  [[nodiscard]] bool lists(std::string_view shell) const;
  /// False for the programs that only turn people away: nologin, false.
  static bool lets_in(std::string_view shell);

 private:
  std::unordered_set<std::string_view> listed_;
};

/// The ids of people: from UID_MIN of login.defs(5). Where useradd stops, UID_MAX, is no border:
/// ids beyond are given by hand or by other programs; only nobody's are nobody's.
struct UidRange {
  std::int64_t least = 1000;

  static UidRange read(const Root& root, Facts& facts);
  [[nodiscard]] bool contains(std::int64_t uid) const {
    return uid >= least && uid != 65534 && uid != 65535;
  }
};

}  // namespace plimsoll
