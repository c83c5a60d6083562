#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll::files {

/// A user who can log in: the one whose home directory and files in it rules ask about.
struct HomeUser {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

/// Who the numbers of the root's files are, by its own passwd(5) and group(5).
class Names {
 public:
  explicit Names(const Root& root);

  /// The name, or the number where there is none.
  [[nodiscard]] std::string user(std::uint32_t uid) const;
  [[nodiscard]] std::string group(std::uint32_t gid) const;
  [[nodiscard]] bool has_user(std::uint32_t uid) const { return no_users_ || users_.contains(uid); }
  [[nodiscard]] bool has_group(std::uint32_t gid) const {
    return no_groups_ || groups_.contains(gid);
  }

  /// Home directory (as passwd(5) has it, normalised) → who has it.
  [[nodiscard]] const std::map<std::string, std::vector<HomeUser>, std::less<>>& homes() const {
    return homes_;
  }
  /// Why there are no user (group) names at all; empty when there are.
  [[nodiscard]] const std::optional<Error>& users_error() const { return users_error_; }
  [[nodiscard]] const std::optional<Error>& groups_error() const { return groups_error_; }

 private:
  using ById = std::unordered_map<std::uint32_t, std::string>;
  void read_users(const Root& root, std::string_view path);
  void read_groups(const Root& root, std::string_view path);

  ById users_, groups_;
  std::map<std::string, std::vector<HomeUser>, std::less<>> homes_;
  std::optional<Error> users_error_, groups_error_;
  /// An image may go without names: then every number is as good as another.
  bool no_users_ = false, no_groups_ = false;
};

}  // namespace plimsoll::files
