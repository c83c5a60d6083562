#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugins/service/php/ini.h"
#include "scanner/probe/probe.h"

namespace plimsoll::php {

/// Files, keys that have a default printed, and what pools of FPM are made of.
std::span<const Field> fields();

/// What the files of one interface say: php.ini, then those of its scan directory.
class Settings {
 public:
  explicit Settings(std::string interface);
  /// `scope` is for gaps: values that are made of others may grow beyond all measure.
  void read(std::string_view text, const std::string& file, const std::string& scope, Facts& facts);
  /// Writes what counts, with built-in defaults when `defaults` is set.
  void write(Facts& facts, const std::string& scope, bool defaults) const;
  /// Whether anything was set that PHP, or an extension that is loaded, knows.
  [[nodiscard]] bool says_something() const;
  /// How `text` is read with what is known so far.
  [[nodiscard]] Reading reading(std::function<void(Statement)> take) const;
  /// The value that counts, the default where none is set.
  [[nodiscard]] std::string value(std::string_view name) const;
  /// What the files say, where they say something that PHP takes.
  [[nodiscard]] std::optional<std::string> given(std::string_view name) const;
  /// Whether a module that is built in, or an extension that is loaded, has the setting.
  [[nodiscard]] bool is_known(std::string_view name) const;

 private:
  struct Entry {
    std::string value;
    Origin origin;
    bool is_list = false;
    std::vector<Shadowed> earlier;
  };
  void take(Statement statement, const std::string& file, bool& is_special, bool& is_apart);
  void load(const Statement& statement);
  void set(const std::string& name, Entry entry);
  void put(Facts& facts, const std::string& scope, const std::string& name,
           const Entry& entry) const;

  std::string interface_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::set<std::string, std::less<>> extensions_;
  bool loads_ = false;
  mutable std::size_t filled_in_ = 0;  ///< bytes that `${name}` has brought
};

/// What the settings of an extension begin with; a path and an ending may be written:
/// `/usr/lib/php/20220829/exif.so`.
std::string extension_prefix(std::string_view written);

/// Says that a file was left at that line, as values made of others grew too large.
Error too_much_filled_in(const std::string& file, std::uint32_t line);

/// The pools of FPM: php-fpm.conf and what it includes.
void read_pools(const Root& root, const std::string& directory, const Settings& settings,
                const std::string& scope, Facts& facts);

}  // namespace plimsoll::php
