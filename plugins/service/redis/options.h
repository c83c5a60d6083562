#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace plimsoll::redis {

/// The versions that Debian 12 and 13 have; others are taken for the nearer one.
enum class Version : std::uint8_t { v7, v8 };

/// How the server reads a value (config.c); the last eight have a reader each.
enum class Kind : std::uint8_t {
  yesno,
  word,          ///< one of `words`
  words,         ///< several of `words`
  text,          ///< ends at a NUL
  bytes,         ///< may have NULs
  integer,       ///< 64 bits, signed
  natural,       ///< 64 bits, unsigned
  size,          ///< bytes with a unit, signed
  natural_size,  ///< bytes with a unit, unsigned
  share,         ///< bytes with a unit, or percent
  octal,
  dir,
  save,
  limits,
  scores,
  events,
  bind,
  replica,
  percentiles
};

/// One parameter of CONFIG GET. The views point into the table, which stands for ever.
struct Option {
  std::string_view name;
  std::string_view alias;  ///< its older name; empty for most
  Kind kind = Kind::text;
  bool hidden = false;        ///< `CONFIG GET *` passes over it
  std::string_view fallback;  ///< the default, as CONFIG GET prints it
  std::int64_t least = 0;
  std::int64_t most = 0;                ///< of unsigned kinds the bits count
  std::vector<std::string_view> words;  ///< `a=b`: a is written, b is printed

  /// It takes any number of arguments, and splits a single one once more (MULTI_ARG_CONFIG).
  [[nodiscard]] bool takes_many() const;
};

class OptionTable {
 public:
  static const OptionTable& of(Version version);
  /// By name or older name, which is in lower case; or null.
  [[nodiscard]] const Option* named(std::string_view name) const;
  [[nodiscard]] std::span<const Option> all() const { return options_; }  ///< sorted by name

 private:
  explicit OptionTable(char version);
  std::vector<Option> options_;
  std::map<std::string_view, std::size_t> names_;
};

/// The rows of both versions (options_table.cpp).
std::string_view option_rows();

}  // namespace plimsoll::redis
