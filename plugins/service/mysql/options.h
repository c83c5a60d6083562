#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::mysql {

/// How the server reads the value of an option.
enum class Kind : std::uint8_t {
  action,   ///< takes no value and has none
  boolean,  ///< on or off
  bit,      ///< the same, kept as one bit of another variable
  integer,  ///< signed
  natural,  ///< unsigned
  real,
  text,
  choice,   ///< one of `words`
  set,      ///< any of `words`, separated by commas
  flags,    ///< `word=on`, `word=off`, `word=default`
  removed,  ///< accepted with a warning, without effect
};

enum class Takes : std::uint8_t { nothing, maybe, value };

/// One option of the server.
struct Option {
  std::string_view name;  ///< as the dump writes it, with dashes
  Kind kind = Kind::text;
  Takes takes = Takes::value;
  unsigned stage = 0;                 ///< see OptionTable
  std::uint64_t least = 0, most = 0;  ///< of numbers; of signed ones their bits
  double least_real = 0, most_real = 0;
  std::uint64_t block = 1;     ///< numbers are rounded down to a multiple of it
  std::string_view stored_as;  ///< another name of the same variable, the one that is kept
  std::vector<std::string_view> words;
  std::string_view initial;  ///< of flags, what they begin with
  bool is_variable = true;   ///< the dump shows it
  bool sets_itself = false;  ///< without a value the server works one out
  /// What `maximum-` before the name does: bound what sessions may set, set the variable itself, or
  /// stop the server.
  enum class Maximum : std::uint8_t { bounds, sets, none };
  Maximum maximum = Maximum::bounds;

  /// Under which name its value is kept.
  [[nodiscard]] std::string_view slot() const { return stored_as.empty() ? name : stored_as; }
};

/// What a name in a file may mean.
struct Match {
  std::size_t count = 0;  ///< options that begin so; 1 where one has just that name
  const Option* option = nullptr;
};

/// The options of MariaDB 10.11, stage by stage: the server goes through its arguments once for
/// itself and once for each plug-in, and an abbreviation has to be unique only there.
class OptionTable {
 public:
  static const OptionTable& get();

  [[nodiscard]] std::size_t stages() const { return stages_.size(); }
  /// `name` with dashes for underscores. With `whole`, no abbreviation is taken.
  [[nodiscard]] Match find(std::size_t stage, std::string_view name, bool whole) const;
  /// The option of that very name, of any stage, or null.
  [[nodiscard]] const Option* named(std::string_view name) const;
  [[nodiscard]] const std::vector<Option>& all() const { return options_; }

 private:
  OptionTable();
  void read(std::string_view table);
  std::vector<Option> options_;
  std::vector<std::map<std::string_view, const Option*>> stages_;
};

/// The tables: a line for each option, blanks between the columns name, kind (`*`: no variable,
/// `@`: sets itself, `^` and `!`: Maximum::sets and ::none), whether it takes a value (none, may,
/// must), stage, least, most, block, name it is stored as, words, what flags begin with; columns at
/// the end may be missing.
std::string_view server_options();
std::string_view plugin_options();

}  // namespace plimsoll::mysql
