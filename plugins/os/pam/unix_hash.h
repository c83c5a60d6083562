#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// How pam_unix hashes a new password.
struct UnixHash {
  std::string method;                  ///< as the option that asks for it: `yescrypt`, `sha512`
  std::optional<std::int64_t> rounds;  ///< of sha256 and sha512; else the cost; of old ones none
  bool operator==(const UnixHash&) const = default;
};

/// pam_unix(8), "OPTIONS", and what /etc/login.defs says where the options say nothing. Reads the
/// file, and the version of the module, when first asked.
class UnixHashes {
 public:
  explicit UnixHashes(const Root& root) : root_(root) {}
  /// Of a line of the type `password`. Nothing, and `error` set, where it cannot be told.
  std::optional<UnixHash> of(const std::vector<std::string>& arguments);
  [[nodiscard]] const Error& error() const { return error_; }

 private:
  void read();

  const Root& root_;
  bool is_read_ = false;
  std::optional<Error> unreadable_;
  std::string preset_;  ///< ENCRYPT_METHOD as an option; empty: none that is known
  std::optional<std::string> sha_rounds_, yescrypt_cost_;
  std::optional<int> release_;
  Error error_;
};

}  // namespace plimsoll
