#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll::systemd {

/// Where the system manager looks for unit files, highest priority first (systemd.unit(5)).
std::span<const std::string_view> unit_directories();

/// Whether a file or link of that name lies in a unit directory: a unit without one does not exist,
/// and no index is needed to say so.
bool has_unit_file(const Root& root, std::string_view name);

/// systemd.unit(5), "Aliases": both names of one type and kind; an instance may lead to a template.
bool is_valid_alias(std::string_view source, std::string_view target);

/// A unit as its names lead to it.
struct Unit {
  std::string name;                ///< its own: that of its file, the instance filled in
  std::string fragment;            ///< the file, as a link in a unit directory leads to it
  std::vector<std::string> names;  ///< all names, its own first: drop-ins of each count
  bool masked = false;             ///< the file is empty or a link to /dev/null
};

/// A link in a `.wants` or `.requires` directory.
struct DependencyLink {
  std::string owner;  ///< `multi-user.target`
  std::string name;   ///< the unit that it names
  std::string path;
};

/// The names of all unit files of a root, their aliases and drop-in directories. Lists each unit
/// directory once; reads no unit file.
class UnitIndex {
 public:
  explicit UnitIndex(const Root& root);

  /// The unit that a name stands for, through aliases and templates; nothing when it has no file.
  [[nodiscard]] std::optional<Unit> find(std::string_view name) const;
  /// The own names of all units: those with a file, and the instances that links name.
  [[nodiscard]] std::vector<std::string> all() const;
  /// Drop-ins of a unit in the order in which they are read.
  [[nodiscard]] std::vector<std::string> drop_ins(const Unit& unit) const;
  /// Those drop-ins whose [Install] section counts: not of prefixes, types or aliases.
  [[nodiscard]] std::vector<std::string> install_drop_ins(const Unit& unit) const;

  /// Links in effect: of equal ones the directory of highest priority decides.
  [[nodiscard]] const std::vector<DependencyLink>& links() const { return links_; }
  /// Directories that exist and could not be listed.
  [[nodiscard]] const std::vector<Error>& errors() const { return errors_; }

  /// What a directory holds, listed once; nothing where there is none.
  [[nodiscard]] const std::vector<DirEntry>& entries(const std::string& directory) const;
  /// Where a link leads, links in the parents resolved, its last part left as it is.
  [[nodiscard]] std::string link_destination(std::string_view link) const;
  [[nodiscard]] bool is_in_unit_directory(std::string_view path) const;
  /// An empty file, or a link to /dev/null or another device: a mask.
  [[nodiscard]] bool is_null_or_empty(const std::string& path) const;
  /// Counts what is read for all units together, as one drop-in may be read for each of them; an
  /// error of kind `limit` once that is too much.
  [[nodiscard]] std::optional<Error> count(const std::string& path, std::size_t bytes) const;

 private:
  struct Place {
    std::size_t rank;  ///< of the unit directory
    std::string path;
  };
  struct File {
    bool exists = false;         ///< links followed
    bool null_or_empty = false;  ///< also where the link that says so leads to nothing
  };
  [[nodiscard]] const File& file_at(const std::string& path) const;
  static bool is_null_or_empty(const Stat& stat);
  void scan(std::size_t rank, const std::string& directory);
  void add_unit_file(const std::string& directory, const DirEntry& entry, FileType type);
  void add_links(const std::string& directory, const std::string& name);
  void build_aliases();
  [[nodiscard]] const std::string* fragment_of(std::string_view name) const;
  void add_names(std::string_view name, std::string_view instance, const std::string* fragment,
                 std::vector<std::string>& names) const;
  void places(const std::vector<std::string>& directories, std::vector<std::string>& out) const;
  [[nodiscard]] std::vector<std::string> files_in(const std::vector<std::string>& places) const;

  const Root& root_;
  std::vector<std::string> search_path_;  ///< as named and as resolved
  std::set<std::string> seen_;            ///< names of all files, also of links that lead nowhere
  std::map<std::string, std::string, std::less<>> ids_;  ///< name → path, or the name it aliases
  std::map<std::string, std::vector<std::string>, std::less<>> aliases_;  ///< own name → all names
  std::map<std::string, std::vector<Place>, std::less<>> drop_in_dirs_;   ///< by directory name
  bool has_prefix_dirs_ = false;  ///< there is some `foo-.service.d`
  std::vector<DependencyLink> links_;
  std::map<std::pair<std::string, std::string>, bool> seen_links_;
  mutable std::map<std::string, std::vector<DirEntry>, std::less<>> listed_;
  mutable std::map<std::string, File, std::less<>> files_;
  mutable std::vector<Error> errors_;
  mutable std::size_t bytes_ = 0;
};

}  // namespace plimsoll::systemd
