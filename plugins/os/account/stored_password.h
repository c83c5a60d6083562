#pragma once

#include <string_view>

namespace plimsoll {

/// What the password field of passwd(5) or shadow(5) lets somebody do.
enum class PasswordState {
  empty,   ///< no password is asked for
  locked,  ///< begins with `!`: passwd -l was here, or none was ever set
  none,    ///< `*` or anything else that no password hashes to
  set,     ///< a hash: the password opens the account
  missing  ///< passwd points to shadow, which has no such entry
};
std::string_view name_of(PasswordState state);
PasswordState state_of(std::string_view field);

/// The hash method of crypt(5) by its prefix: `yescrypt`, `sha512`, ...; empty when it is none.
/// A leading `!` of a locked password is skipped.
std::string_view hash_scheme(std::string_view field);

}  // namespace plimsoll
