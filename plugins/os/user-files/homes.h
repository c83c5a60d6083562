#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::user_files {

/// A home directory and whose it is.
struct Home {
  std::string path;                ///< as passwd(5) has it, normalised
  std::vector<std::string> users;  ///< the first of them; who is named is enough for a report
  std::set<std::uint32_t> uids;
  bool interactive = false;  ///< one of the users has a shell that lets somebody in

  [[nodiscard]] bool belongs_to(std::uint32_t uid) const { return uids.contains(uid); }
};

/// The homes of all accounts, by path. No account: empty, and `facts` says why.
std::vector<Home> find_homes(const Root& root, Facts& facts);

}  // namespace plimsoll::user_files
