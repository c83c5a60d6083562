#include "scanner/base/sha256.h"

#include <array>
#include <cstdint>

#include "scanner/base/bytes.h"

namespace plimsoll {

void Sha256::add(std::string_view piece) {
  sha256_update(&context_, piece.size(), reinterpret_cast<const std::uint8_t*>(piece.data()));
}

std::string Sha256::hex() {
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest;
  sha256_digest(&context_, digest.size(), digest.data());
  return hex_of({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string sha256_hex(std::string_view text) {
  Sha256 sum;
  sum.add(text);
  return sum.hex();
}

}  // namespace plimsoll
