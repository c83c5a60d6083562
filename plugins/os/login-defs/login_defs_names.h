#pragma once

#include <array>
#include <span>
#include <string_view>

#include "scanner/probe/probe.h"

namespace plimsoll {

/// A name that shadow 4.13 knows in login.defs; lines with any other name mean nothing to it.
struct LoginDefsName {
  enum class Kind : std::uint8_t { text, boolean, number, mode };
  std::string_view name;
  Kind kind;
  std::string_view default_value;  ///< empty: none that is worth a row
};

/// All of them, sorted by name.
std::span<const LoginDefsName> login_defs_names();
/// The one of that name, in capitals as written, or null.
const LoginDefsName* login_defs_name(std::string_view name);
/// The well-known keys of the probe.
inline constexpr std::array kLoginDefsFields = {
    Field{"encrypt_method", Type::text,
          "how passwords are hashed: YESCRYPT, SHA512, SHA256, MD5, DES"},
    Field{"pass_max_days", Type::integer,
          "days until a new account's password expires; -1 is never"},
    Field{"pass_min_days", Type::integer, "days until a new account may change its password again"},
    Field{"pass_warn_age", Type::integer, "days of warning before a password expires"},
    Field{"umask", Type::mode, "what is taken away from the mode of new files and homes"},
    Field{"home_mode", Type::mode, "mode of new home directories; without it, 0777 without umask"},
    Field{"uid_min", Type::integer, "the first user id of ordinary users"},
    Field{"usergroups_enab", Type::boolean, "each user gets a group of the same name"},
    Field{"sha_crypt_min_rounds", Type::integer, "rounds of the SHA hashes, at least"},
    Field{"yescrypt_cost_factor", Type::integer, "cost of yescrypt, 1 to 11"},
    Field{"inactive", Type::integer,
          "scope useradd: days from expiry to the lock of a new account; -1 is never"},
    Field{"group", Type::text, "scope useradd: primary group where users have none of their own"},
    Field{"home", Type::text, "scope useradd: where home directories are made"},
    Field{"shell", Type::text, "scope useradd: login shell"},
    Field{"skel", Type::text, "scope useradd: what a home directory is filled from"},
    Field{"expire", Type::text, "scope useradd: the day on which a new account expires"},
    Field{"create_mail_spool", Type::boolean, "scope useradd: whether a mail file is made"},
    Field{"log_init", Type::boolean, "scope useradd: whether lastlog and faillog are reset"},
};

}  // namespace plimsoll
