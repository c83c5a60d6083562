#include "scanner/formats/openssh/public_key.h"

#include <algorithm>
#include <array>
#include <bit>

#include "scanner/base/text.h"

namespace plimsoll::openssh {
namespace {

constexpr std::size_t kLargestNumber = 16384 / 8;  // bytes; OpenSSH takes no larger one
constexpr std::int64_t kSmallestRsa = 1024;        // bits; a smaller key is no key to OpenSSH

enum class Shape : std::uint8_t { rsa, dsa, ecdsa, ed25519, hardware_ecdsa, hardware_ed25519 };

struct KeyType {
  std::string_view name;  ///< what the line says
  std::string_view blob;  ///< what the key says of itself
  Shape shape;
  std::string_view curve = {};
  std::int64_t bits = 0;
};

constexpr std::array kKeyTypes = {
    KeyType{"ssh-ed25519", "ssh-ed25519", Shape::ed25519, {}, 256},
    KeyType{"sk-ssh-ed25519@openssh.com",
            "sk-ssh-ed25519@openssh.com",
            Shape::hardware_ed25519,
            {},
            256},
    KeyType{"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", Shape::ecdsa, "nistp256", 256},
    KeyType{"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", Shape::ecdsa, "nistp384", 384},
    KeyType{"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", Shape::ecdsa, "nistp521", 521},
    KeyType{"sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
            Shape::hardware_ecdsa, "nistp256", 256},
    KeyType{"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
            Shape::hardware_ecdsa, "nistp256", 256},
    KeyType{"ssh-dss", "ssh-dss", Shape::dsa},
    KeyType{"ssh-rsa", "ssh-rsa", Shape::rsa},
    // Names of signatures that stand for the kind of key.
    KeyType{"rsa-sha2-256", "ssh-rsa", Shape::rsa},
    KeyType{"rsa-sha2-512", "ssh-rsa", Shape::rsa},
};

const KeyType* find_type(std::string_view name) {
  const auto found = std::find_if(kKeyTypes.begin(), kKeyTypes.end(),
                                  [&](const KeyType& type) { return type.name == name; });
  return found == kKeyTypes.end() ? nullptr : &*found;
}

std::optional<std::int64_t> rsa_bits(BlobReader& in) {
  if (!in.bits_of_number()) return std::nullopt;  // the exponent
  const auto modulus = in.bits_of_number();
  if (!modulus || *modulus < kSmallestRsa) return std::nullopt;
  return modulus;
}

std::optional<std::int64_t> dsa_bits(BlobReader& in) {
  const auto p = in.bits_of_number();
  for (int number = 0; number < 3; ++number)
    if (!in.bits_of_number()) return std::nullopt;
  return p;
}

/// A point without compression: 4, then both coordinates.
std::optional<std::int64_t> ecdsa_bits(BlobReader& in, const KeyType& type) {
  const auto curve = in.string();
  const auto point = in.string();
  if (!curve || *curve != type.curve || !point || !point->starts_with('\x04')) return std::nullopt;
  if (point->size() != 1 + 2 * static_cast<std::size_t>((type.bits + 7) / 8)) return std::nullopt;
  return type.bits;
}

std::optional<std::int64_t> ed25519_bits(BlobReader& in, const KeyType& type) {
  const auto key = in.string();
  if (!key || key->size() != 32) return std::nullopt;
  return type.bits;
}

std::optional<std::int64_t> key_bits(BlobReader& in, const KeyType& type) {
  switch (type.shape) {
    case Shape::rsa:
      return rsa_bits(in);
    case Shape::dsa:
      return dsa_bits(in);
    case Shape::ecdsa:
      return ecdsa_bits(in, type);
    case Shape::ed25519:
      return ed25519_bits(in, type);
    case Shape::hardware_ecdsa:
    case Shape::hardware_ed25519: {
      const auto bits =
          type.shape == Shape::hardware_ecdsa ? ecdsa_bits(in, type) : ed25519_bits(in, type);
      return bits && in.string() ? bits : std::nullopt;  // the application that the key is for
    }
  }
  return std::nullopt;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

/// What stands from the first `=` on: as many as are missing, and the bits they replace are zero.
bool ends_well(std::string_view padding, std::size_t digits, std::uint32_t left_over) {
  std::size_t signs = 0;
  for (const char c : padding) {
    if (kBlanks.find(c) != std::string_view::npos) continue;
    if (c != '=') return false;
    ++signs;
  }
  if (digits % 4 == 0) return signs == 0;
  return digits % 4 != 1 && signs == 4 - digits % 4 && left_over == 0;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  unsigned count = 0;  // bits that wait for a whole byte
  std::size_t digits = 0, at = 0;
  for (; at < text.size() && text[at] != '='; ++at) {
    if (kBlanks.find(text[at]) != std::string_view::npos) continue;
    const int digit = base64_digit(text[at]);
    if (digit < 0) return std::nullopt;
    ++digits;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xffU);
      bits &= (1U << count) - 1;
    }
  }
  if (!ends_well(text.substr(at), digits, bits)) return std::nullopt;
  return out;
}

std::optional<std::uint32_t> BlobReader::number() {
  if (rest_.size() < 4) return std::nullopt;
  std::uint32_t out = 0;
  for (const char c : rest_.substr(0, 4)) out = out << 8U | static_cast<unsigned char>(c);
  rest_.remove_prefix(4);
  return out;
}

std::optional<std::string_view> BlobReader::string() {
  const auto length = number();
  if (!length || *length > rest_.size()) return std::nullopt;
  const std::string_view out = rest_.substr(0, *length);
  rest_.remove_prefix(*length);
  return out;
}

std::optional<std::int64_t> BlobReader::bits_of_number() {
  auto bytes = string();
  if (!bytes) return std::nullopt;
  if (!bytes->empty() && (static_cast<unsigned char>(bytes->front()) & 0x80U) != 0)
    return std::nullopt;  // negative
  if (bytes->size() > kLargestNumber + 1 ||
      (bytes->size() == kLargestNumber + 1 && bytes->front() != '\0'))
    return std::nullopt;
  while (bytes->starts_with('\0')) bytes->remove_prefix(1);
  if (bytes->empty()) return 0;
  const auto first = std::bit_width(static_cast<unsigned char>(bytes->front()));
  return static_cast<std::int64_t>(bytes->size() - 1) * 8 + first;
}

std::optional<PublicKey> parse_key_blob(std::string_view blob) {
  BlobReader in(blob);
  const auto name = in.string();
  const KeyType* type = name ? find_type(*name) : nullptr;
  if (type == nullptr) return std::nullopt;
  const auto bits = key_bits(in, *type);
  if (!bits || !in.at_end()) return std::nullopt;
  return PublicKey{std::string(type->blob), *bits};
}

std::optional<PublicKey> read_public_key(std::string_view text) {
  const auto space = text.find_first_of(" \t");
  if (space == std::string_view::npos) return std::nullopt;
  const KeyType* type = find_type(text.substr(0, space));
  if (type == nullptr) return std::nullopt;
  const std::string_view rest = trim_left(text.substr(space), " \t");
  const auto blob = decode_base64(rest.substr(0, rest.find_first_of(" \t")));
  auto key = blob ? parse_key_blob(*blob) : std::nullopt;
  if (!key || key->type != type->blob) return std::nullopt;
  return key;
}

}  // namespace plimsoll::openssh
