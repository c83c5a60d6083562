#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/podman/decode.h"

namespace plimsoll::podman {

struct Option;

/// containers.conf(5): the tables of one file over those of files before it.
class ContainersConf {
 public:
  explicit ContainersConf(Version version) : version_(version) {}
  void add(const DataNode& top, const std::string& path, Facts& facts);
  /// `root`: where programs and profiles are looked for that defaults depend on; null for a file by
  /// itself.
  void write(const Root* root, Facts& facts) const;

 private:
  void option(const DataEntry& in, const DataEntry& entry, Source& source);
  void collection(const std::string& table, const DataEntry& entry, Source& source);
  void list(const std::string& table, const std::string& key, const DataEntry& entry,
            Source& source);
  bool appends(const std::string& table, const std::string& key, const DataNode& list,
               Source& source);
  void add_default(const Option& option, const Root* root, Facts& facts) const;

  Version version_;
  Settings settings_;
  /// Lists that grow, as the last table `{append = …}` in one of them left it.
  std::map<std::pair<std::string, std::string>, bool> appends_;
};

/// containers-registries.conf(5), one file over the files before it.
class Registries {
 public:
  void add(const DataNode& top, const std::string& path, bool is_drop_in, Facts& facts);
  void write(Facts& facts) const;

 private:
  Settings settings_;
};

/// containers-policy.json(5).
void write_policy(std::string_view text, const std::string& path, Version version, Facts& facts);

/// containers-storage.conf(5), of the one file that counts.
void write_storage(const DataNode& top, const std::string& path, Facts& facts);

/// Whether it could stand before the first slash of an image's name: `a.example:5000`.
bool is_domain(std::string_view text);
/// Whether it is the name of an image without tag or digest; `domain` is what stands before the
/// first slash, if that can be one.
bool is_image_name(std::string_view text, std::string_view* domain);

}  // namespace plimsoll::podman
