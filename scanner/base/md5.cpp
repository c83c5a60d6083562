#include "scanner/base/md5.h"

#include <array>
#include <cstdint>

#include "scanner/base/bytes.h"

namespace plimsoll {

void Md5::add(std::string_view piece) {
  md5_update(&context_, piece.size(), reinterpret_cast<const std::uint8_t*>(piece.data()));
}

std::string Md5::hex() {
  std::array<std::uint8_t, MD5_DIGEST_SIZE> digest;
  md5_digest(&context_, digest.size(), digest.data());
  return hex_of({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace plimsoll
