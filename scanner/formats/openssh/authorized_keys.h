#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/formats/openssh/public_key.h"

namespace plimsoll::openssh {

/// One line that sshd takes a key from.
struct AuthorizedKey {
  PublicKey key;
  /// As written, but with the name in lower case and the value without quotes: `no-pty`,
  /// `command=/bin/true`.
  std::vector<std::string> options;
  std::uint32_t line = 0;
};

/// The options in front of a key (sshd(8), AUTHORIZED_KEYS FILE FORMAT), which end at the first
/// blank outside quotes. Empty when sshd refuses them, and so passes over the line.
std::optional<std::vector<std::string>> parse_key_options(std::string_view text);

/// The key of one line; empty for blank lines, comments and whatever sshd passes over.
std::optional<AuthorizedKey> parse_authorized_key(std::string_view line);

}  // namespace plimsoll::openssh
