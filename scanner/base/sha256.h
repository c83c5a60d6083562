#pragma once

#include <nettle/sha2.h>

#include <string>
#include <string_view>

namespace plimsoll {

/// A SHA-256 that is made piece by piece.
class Sha256 {
 public:
  Sha256() { sha256_init(&context_); }
  void add(std::string_view piece);
  /// 64 hex digits, lower case. Begins anew afterwards.
  [[nodiscard]] std::string hex();

 private:
  sha256_ctx context_;
};

/// The SHA-256 of a text as 64 hex digits.
std::string sha256_hex(std::string_view text);

}  // namespace plimsoll
