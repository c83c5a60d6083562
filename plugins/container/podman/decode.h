#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/root/root.h"

namespace plimsoll::podman {

/// Of podman. What cannot be told is taken for a recent one.
struct Version {
  int major = 5;
  int minor = 4;
  [[nodiscard]] bool is_at_least(int wanted_major, int wanted_minor) const {
    return std::pair{major, minor} >= std::pair{wanted_major, wanted_minor};
  }
};

/// One value of an option; a list has several.
struct Item {
  std::string text;
  Origin origin;
};

/// Options by scope and key, as later files leave them.
class Settings {
 public:
  /// Replaces what was there, which is kept as shadowed. An empty list is a value, too.
  void set(const std::string& scope, const std::string& key, std::vector<Item> items);
  void append(const std::string& scope, const std::string& key, std::vector<Item> items);
  /// Takes a scope and all below it away; what is set there again shows the values that were there.
  void forget(const std::string& scope);
  [[nodiscard]] bool has(const std::string& scope, const std::string& key) const;
  [[nodiscard]] std::span<const Item> items(const std::string& scope, const std::string& key) const;
  void write(Facts& facts) const;

 private:
  struct Entry {
    bool is_set = false;
    std::vector<Item> items;
    std::vector<Shadowed> shadowed;
    void shadow();
  };
  std::map<std::pair<std::string, std::string>, Entry> entries_;
};

/// One file in the hands of the decoder that podman has for TOML: names are taken in any case, a
/// value of another type stops it, names that it does not know are passed over.
class Source {
 public:
  explicit Source(std::string path) : path_(std::move(path)) {}

  /// The entry of that name; null where there is none.
  const DataEntry* member(const DataNode& table, std::string_view name);
  const DataNode* table(const DataNode& in, std::string_view name);
  const DataNode* list(const DataNode& in, std::string_view name);
  std::optional<Item> text(const DataNode& in, std::string_view name);
  std::optional<Item> flag(const DataNode& in, std::string_view name);
  /// A list of texts; nothing where the name is not there.
  std::optional<std::vector<Item>> texts(const DataNode& in, std::string_view name);

  /// Notes names that are in no `names`, a list with blanks, as passed over.
  void passes_over(const DataNode& table, std::string_view names, const std::string& called);
  void pass_over(const DataNode& key, std::string name);
  /// Says why podman does not take this file. The first reason stays.
  void refuse(const DataNode& node, std::string why);
  void wrong_type(const DataEntry& entry);
  void two_spellings(const DataNode& key);

  [[nodiscard]] Origin at(const DataNode& node) const { return {path_, node.line, node.column}; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }
  [[nodiscard]] const std::vector<Item>& ignored() const { return ignored_; }

 private:
  std::string path_;
  std::optional<Error> refused_;
  std::vector<Item> ignored_;
};

/// The files of a drop-in directory, sorted; hidden ones count. `follows_link`: a directory that is
/// itself a link is read.
std::vector<std::string> conf_files(const Root& root, const std::string& directory,
                                    bool follows_link, std::string_view subject, Facts& facts);

/// The text of a file, read as TOML. What is wrong with it becomes a gap of `subject`, and null
/// comes back. A file that is not there is none, if it `must_exist`.
const DataNode* read_tree(const Root& root, const std::string& path, bool must_exist,
                          std::string_view subject, DataTree& tree, Facts& facts);
/// The same of a text that is at hand.
const DataNode* parse_tree(std::string_view text, const std::string& path, std::string_view subject,
                           DataTree& tree, Facts& facts);

}  // namespace plimsoll::podman
