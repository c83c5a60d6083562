#pragma once

#include <optional>
#include <string_view>

#include "scanner/formats/openssh/public_key.h"

namespace plimsoll::user_files {

/// What a file with a private key tells without its passphrase.
struct PrivateKey {
  std::optional<bool> encrypted;  ///< empty: this form does not say
  std::optional<openssh::PublicKey> key;
};

/// Recognises private keys by content: OpenSSH's own form, PEM (RFC 7468, RFC 1421), PuTTY's and
/// that of ssh version 1. Empty for anything else.
std::optional<PrivateKey> read_private_key(std::string_view text);

}  // namespace plimsoll::user_files
