#include "plugins/os/user-files/private_key.h"

#include <string>

#include "scanner/base/text.h"

namespace plimsoll::user_files {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kPrivate = "PRIVATE KEY-----";

/// openssh-key-v1: a magic word, the cipher, how the passphrase becomes its key, the number of keys
/// and the public half of the first one.
PrivateKey read_openssh(std::string_view bytes) {
  constexpr std::string_view kMagic("openssh-key-v1\0", 15);
  PrivateKey out;
  if (!bytes.starts_with(kMagic)) return out;
  openssh::BlobReader in(bytes.substr(kMagic.size()));
  const auto cipher = in.string();
  if (!cipher) return out;
  out.encrypted = *cipher != "none";
  const bool has_public_half = in.string() && in.string() && in.number();
  if (const auto blob = has_public_half ? in.string() : std::nullopt)
    out.key = openssh::parse_key_blob(*blob);
  return out;
}

/// The lines between BEGIN and END.
PrivateKey read_armoured(std::string_view label, std::string_view text) {
  std::string body;
  bool encrypted = label.find("ENCRYPTED ") != std::string_view::npos;
  for (const Line& line : lines(text)) {
    if (line.text.starts_with(kEnd)) break;
    // RFC 1421, 4.6.1.1: the header of an encrypted text.
    if (line.text.starts_with("Proc-Type:") &&
        line.text.find("ENCRYPTED") != std::string_view::npos)
      encrypted = true;
    body += line.text;
  }
  if (!label.starts_with("OPENSSH ")) return {encrypted, std::nullopt};
  return read_openssh(openssh::decode_base64(body).value_or(""));
}

std::optional<PrivateKey> read_putty(std::string_view text) {
  for (const Line& line : lines(text))
    if (line.text.starts_with("Encryption:"))
      return PrivateKey{trim(line.text.substr(11)) != "none", std::nullopt};
  return PrivateKey{};
}

}  // namespace

std::optional<PrivateKey> read_private_key(std::string_view text) {
  if (text.starts_with("PuTTY-User-Key-File-")) return read_putty(text);
  if (text.starts_with("SSH PRIVATE KEY FILE FORMAT 1.1\n")) return PrivateKey{};
  for (const Line& line : lines(text)) {
    const std::string_view head = trim_right(line.text);
    if (!head.starts_with(kBegin) || !head.ends_with(kPrivate)) continue;
    const auto after = static_cast<std::size_t>(line.text.data() + line.text.size() - text.data());
    return read_armoured(head.substr(kBegin.size()), text.substr(after));
  }
  return std::nullopt;
}

}  // namespace plimsoll::user_files
