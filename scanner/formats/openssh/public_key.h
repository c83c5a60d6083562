#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Public keys as OpenSSH writes them down: sshd(8), AUTHORIZED_KEYS FILE FORMAT.
namespace plimsoll::openssh {

struct PublicKey {
  std::string type;       ///< by the key itself: `ssh-rsa`, `ecdsa-sha2-nistp256`, ...
  std::int64_t bits = 0;  ///< of the modulus (RSA, DSA) or the curve, as `ssh-keygen -l` counts
};

/// The bytes of a base64 text as b64_pton(3) takes it: blanks are nothing, padding is strict.
std::optional<std::string> decode_base64(std::string_view text);

/// A plain key from its binary form (RFC 4253 6.6, RFC 5656, RFC 8709). Empty for certificates,
/// for what OpenSSH refuses (RSA below 1024 bits) and for anything that is left over. Whether a
/// point lies on its curve is not looked at.
std::optional<PublicKey> parse_key_blob(std::string_view blob);

/// `TYPE BASE64` at the start of the text, the rest a comment.
std::optional<PublicKey> read_public_key(std::string_view text);

/// Takes fields off a binary key.
class BlobReader {
 public:
  explicit BlobReader(std::string_view bytes) : rest_(bytes) {}
  std::optional<std::uint32_t> number();
  std::optional<std::string_view> string();
  /// The length in bits of a number that is not negative; empty when it is, or is too large.
  std::optional<std::int64_t> bits_of_number();
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace plimsoll::openssh
