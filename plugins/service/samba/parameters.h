#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::samba {

/// The versions that Debian 12 and 13 have; others are taken for the nearer one.
enum class Version : std::uint8_t { v4_17, v4_22 };

/// How Samba takes a value (lib/param/loadparm.c, set_variable_helper).
enum class Kind : std::uint8_t {
  yesno,
  integer,
  bytes,
  octal,
  character,
  text,
  upper,  ///< text in capitals
  list,   ///< `+x` and `-x` change it
  words,  ///< a list that is replaced whole
  choice
};

/// One value of a choice: the spelling that testparm prints, then the others.
using Spellings = std::vector<std::string_view>;

/// A row of param_table. The views point into the tables, which stand for ever.
struct Parameter {
  std::string_view label;  ///< as testparm prints it
  std::string key;         ///< the same in lower case: the key of the facts
  Kind kind = Kind::text;
  std::string_view fallback;         ///< the default, as testparm prints it
  bool is_local = false;             ///< of sections; its values in [global] are their defaults
  std::size_t index = 0;             ///< among those of its class
  std::optional<Version> only = {};  ///< the one version that has this row
  const std::vector<Spellings>* choices = nullptr;
};

/// A name of a parameter, of which there may be several.
struct Name {
  const Parameter* parameter = nullptr;
  bool is_reverse = false;  ///< yes is no: `writable` is `read only`
};

/// What Samba has; names are compared as strwicmp does. Both versions have one index.
class ParameterTable {
 public:
  static const ParameterTable& get();
  [[nodiscard]] std::optional<Name> named(std::string_view name, Version version) const;
  /// Of either version, the newer one first.
  [[nodiscard]] std::optional<Name> named(std::string_view name) const;
  /// The parameter of a key that there is for certain.
  [[nodiscard]] const Parameter& at(std::string_view key) const;
  [[nodiscard]] std::span<const Parameter> globals() const { return globals_; }
  [[nodiscard]] std::span<const Parameter> locals() const { return locals_; }

 private:
  ParameterTable();
  void add_name(std::string_view name, const Parameter& parameter, bool is_reverse);
  void add_rows(std::string_view rows, bool is_local, std::vector<Parameter>& out);
  const std::vector<Spellings>* choices(std::string_view text);

  std::map<std::string_view, std::vector<Spellings>> choices_;
  std::map<std::string_view, std::string_view> nicknames_;
  std::vector<Parameter> globals_, locals_;
  std::array<std::map<std::string, Name, std::less<>>, 2> names_;  ///< by Version
};

/// The spelling that stands for a value of a choice, or nothing.
std::optional<std::string_view> choice_named(const Parameter& parameter, std::string_view value);

// The rows of the table (parameters_global.cpp, parameters_local.cpp).
std::string_view global_rows();
std::string_view local_rows();
std::string_view choice_rows();

}  // namespace plimsoll::samba
