#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/redis/configuration.h"
#include "plugins/service/redis/selector.h"

namespace plimsoll::redis {

/// A user of the server (acl.c). A new one is off, and may do nothing.
class User {
 public:
  User(std::string name, Version version, bool all_channels)
      : name_(std::move(name)),
        version_(version),
        all_channels_(all_channels),
        selectors_{Selector(version, all_channels)} {}

  Applied apply(std::string_view rule);

  Origin origin;  ///< of the line that makes it, or gives it its password

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool is_on() const { return on_; }
  [[nodiscard]] bool needs_no_password() const { return nopass_; }
  [[nodiscard]] std::size_t passwords() const { return passwords_.size(); }
  /// Bytes of the shortest password that stands there itself; nothing where there are only hashes.
  [[nodiscard]] std::optional<std::size_t> shortest_password() const;
  [[nodiscard]] std::string_view sanitize() const { return sanitize_; }
  /// The first one is the user's own, the others stand in parentheses.
  [[nodiscard]] const std::vector<Selector>& selectors() const { return selectors_; }

 private:
  void reset();
  Applied add_selector(std::string_view text);
  Applied change_password(std::string_view rule);

  std::string name_;
  Version version_;
  bool all_channels_;
  bool on_ = false;
  bool nopass_ = false;
  std::string_view sanitize_;  ///< the flag, where one was given
  struct Password {
    std::string hash;                   ///< SHA-256
    std::optional<std::size_t> length;  ///< where it stands there itself
  };
  std::vector<Password> passwords_;
  std::vector<Selector> selectors_;
};

/// The rules of a line, those in parentheses put together; nothing where a parenthesis stays open.
std::optional<std::vector<std::string>> merge_selectors(const std::vector<std::string>& words);
/// acl-pubsub-default, as it is now.
bool is_open_by_default(const Configuration& configuration);

}  // namespace plimsoll::redis
