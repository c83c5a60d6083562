#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/samba/parameters.h"
#include "plugins/service/samba/values.h"
#include "scanner/base/fact.h"

namespace plimsoll::samba {

/// What a line, or the program itself, gives to one parameter. Sections that inherit it share it.
struct Setting {
  Held held;
  Origin origin;
  std::size_t section = 0;                  ///< that it was set in; 0 is [global]
  std::shared_ptr<const Setting> previous;  ///< of the same section, which this one replaced
  std::string why;                          ///< it was replaced
  unsigned depth = 0;                       ///< how many stand before it
};
using SettingPtr = std::shared_ptr<const Setting>;

/// `vfs:option = value`.
struct Parametric {
  std::string key;  ///< as first written, in lower case
  SettingPtr setting;
};

/// [global] or another section.
struct Section {
  std::string name;
  Origin origin;
  std::vector<SettingPtr> locals;  ///< by Parameter::index
  /// What `copy` does not touch: a line of the section set it (copymap).
  std::vector<bool> is_own;
  std::vector<Parametric> options;
  std::map<std::string, std::size_t, std::less<>> option_index;  ///< by the folded key

  [[nodiscard]] const std::string& value(std::string_view key) const;
  [[nodiscard]] const Setting& setting(std::string_view key) const;
};

/// What is known of a host beside its files.
struct Surroundings {
  Version release = Version::v4_17;
  std::string version;   ///< of Samba, as `%v` has it
  std::string hostname;  ///< without its domain; empty: not known
};

/// What smb.conf says with all that it includes.
struct Configuration {
  Surroundings host;
  std::vector<SettingPtr> globals;  ///< by Parameter::index
  /// In order of their first appearance; the first is [global].
  std::vector<Section> sections;
  std::vector<Origin> files;  ///< read, in order, each once
  std::vector<Gap> gaps;
  std::optional<Error> refused;  ///< Samba does not load it

  [[nodiscard]] const std::string& value(std::string_view key) const;
  [[nodiscard]] const Setting& setting(std::string_view key) const;
  [[nodiscard]] Section& global() { return sections[0]; }
  [[nodiscard]] const Section& global() const { return sections[0]; }
};

/// With every parameter as it is before a file is read.
Configuration begin_configuration(Surroundings host);

/// Puts a setting in the place of another.
void replace(SettingPtr& place, Held held, const Origin& origin, std::size_t section,
             std::string why = {});
/// Sets a parametric option, or replaces it.
void set_option(Section& section, std::string_view key, std::string value, const Origin& origin,
                std::size_t number);

}  // namespace plimsoll::samba
