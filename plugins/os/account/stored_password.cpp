#include "plugins/os/account/stored_password.h"

#include <algorithm>
#include <array>

namespace plimsoll {
namespace {

struct Scheme {
  std::string_view prefix, name;
};

// crypt(5), "Available hashing methods".
constexpr std::array kSchemes = {
    Scheme{"$y$", "yescrypt"}, Scheme{"$gy$", "gost-yescrypt"},
    Scheme{"$7$", "scrypt"},   Scheme{"$2a$", "bcrypt"},
    Scheme{"$2b$", "bcrypt"},  Scheme{"$2x$", "bcrypt"},
    Scheme{"$2y$", "bcrypt"},  Scheme{"$6$", "sha512"},
    Scheme{"$5$", "sha256"},   Scheme{"$sha1$", "sha1"},
    Scheme{"$md5", "sunmd5"},  Scheme{"$1$", "md5"},
    Scheme{"$3$", "nt"},       Scheme{"_", "bsdi"},
};

bool is_crypt_char(char c) {
  return (c >= '.' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// crypt(5): DES hashes have no prefix but a fixed length; bigcrypt appends blocks of eleven.
std::string_view des_scheme(std::string_view hash) {
  if (hash.size() < 13 || !std::all_of(hash.begin(), hash.end(), is_crypt_char)) return {};
  if (hash.size() == 13) return "des";
  return (hash.size() - 13) % 11 == 0 && hash.size() <= 178 ? "bigcrypt" : std::string_view{};
}

}  // namespace

std::string_view hash_scheme(std::string_view field) {
  field.remove_prefix(std::min(field.find_first_not_of('!'), field.size()));
  for (const Scheme& scheme : kSchemes)
    if (field.starts_with(scheme.prefix) && field.size() > scheme.prefix.size()) return scheme.name;
  if (field.size() > 3 && field.front() == '$' && field.find('$', 1) > 1 &&
      field.find('$', 1) != std::string_view::npos)
    return "unknown";
  return des_scheme(field);
}

PasswordState state_of(std::string_view field) {
  if (field.empty()) return PasswordState::empty;
  if (field.front() == '!') return PasswordState::locked;
  return hash_scheme(field).empty() ? PasswordState::none : PasswordState::set;
}

std::string_view name_of(PasswordState state) {
  switch (state) {
    case PasswordState::empty:
      return "empty";
    case PasswordState::locked:
      return "locked";
    case PasswordState::none:
      return "none";
    case PasswordState::set:
      return "set";
    case PasswordState::missing:
      return "missing";
  }
  return "none";
}

}  // namespace plimsoll
