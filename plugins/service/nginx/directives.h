#pragma once

#include <cstdint>
#include <string_view>

namespace plimsoll::nginx {

/// Where a directive may stand (NGX_HTTP_LOC_CONF and its kin).
enum Place : std::uint16_t {
  kMain = 1,
  kEvents = 2,
  kHttp = 4,
  kServer = 8,
  kLocation = 16,
  kUpstream = 32,
  kServerIf = 64,
  kLocationIf = 128,
  kLimitExcept = 256
};

/// How the module that owns a directive takes and merges it.
enum class Kind : std::uint8_t {
  block,
  flag,  ///< `on` or `off`; this and all below that are not said to be otherwise: once a level
  number,
  size,
  time,
  one,
  bits,      ///< words that add up over several lines of a level; a level with none inherits
  list,      ///< lines that add up; a level with none inherits all, a level with any inherits none
  own,       ///< holds at its own level alone, any number of times
  own_once,  ///< the same, once
};

inline constexpr std::uint8_t kAny = 99;

struct DirectiveType {
  std::uint16_t places = 0;
  std::uint8_t least = 0, most = 0;  ///< arguments
  Kind kind = Kind::one;

  /// A level without it has what the level above has.
  [[nodiscard]] bool inherits() const {
    return kind != Kind::own && kind != Kind::own_once && kind != Kind::block &&
           (places & (kHttp | kServer | kLocation)) != 0;
  }
  [[nodiscard]] bool is_single() const {
    return kind != Kind::bits && kind != Kind::list && kind != Kind::own && kind != Kind::block;
  }
};

/// A directive of the http, event and core modules that Debian builds, or null: stream, mail and
/// modules of others.
const DirectiveType* find_directive(std::string_view name);

/// What a directive that no level sets does, as nginx 1.22 has it; empty: there is no such value.
std::string_view default_of(std::string_view name);

}  // namespace plimsoll::nginx
