#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "plugins/container/podman/decode.h"

namespace plimsoll::podman {

/// An option of containers.conf and what it is when no file says so.
struct Option {
  enum class Type : std::uint8_t {
    text,
    number,   ///< a whole one
    half,     ///< one of 16 bits, without a sign
    natural,  ///< one of 32 bits, without a sign
    word,     ///< one of 64 bits without a sign: below zero it becomes a large one
    flag,
    size,  ///< a number, or a text such as "1M"
    list,
    texts,  ///< names, each with a text
    lists,  ///< names, each with a list
    any,    ///< its type is not checked
  };
  std::string_view table, key;
  Type type = Type::text;
  /// A list has its elements in one text, blanks between. Null where the host decides, or where it
  /// is of no use to know.
  std::string_view fallback = {};
  int since_minor = 0;  ///< of podman 4: the first that knows it
};

/// All of podman 4.3, and of later ones those that have a part in hardening.
std::span<const Option> options();
/// Null for a name that podman 4.3 does not know.
const Option* find_option(std::string_view table, std::string_view key);
/// The names of the tables of 4.3, blanks between.
inline constexpr std::string_view kTables = "containers engine machine network secrets configmaps";
/// What containers may do when no file says so.
std::string_view default_capabilities(Version version);

}  // namespace plimsoll::podman
