#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/formats/dpkg_status.h"
#include "scanner/root/stream.h"

namespace plimsoll {

/// A path as dpkg's database spells it (`usr/bin/x`, `./usr/bin/x`, `/usr/bin/x/`) with one leading
/// slash and none at the end.
std::string dpkg_path(std::string_view written);

/// The name by which dpkg tells a package from all others: `bash`, `libc6:amd64`.
std::string full_name(const DpkgPackage& package);

/// Files whose place was given to something else: dpkg-divert(1).
class DpkgDiversions {
 public:
  /// /var/lib/dpkg/diversions; that there is none is no error.
  static Result<DpkgDiversions> read(const Root& root);
  /// Where a file lies that the package lists: elsewhere when another package, or the
  /// administrator, has diverted it.
  [[nodiscard]] std::string_view place_of(std::string_view path, std::string_view package) const;

  struct Diversion {
    std::string place, package;
  };
  [[nodiscard]] const auto& all() const { return by_path_; }

 private:
  std::map<std::string, Diversion, std::less<>> by_path_;
};

/// What dpkg keeps of each package in files of its own: /var/lib/dpkg/info, and beside the stanza
/// in /var/lib/dpkg/status.d for images that were made without dpkg.
class DpkgInfo {
 public:
  explicit DpkgInfo(const Root& root);
  /// Why the folder could not be listed, unless it is not there.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  /// The text of a file of this package, or nothing when there is none. `kind` is `list`,
  /// `md5sums`. It is not kept, and no evidence.
  [[nodiscard]] std::optional<Result<std::string>> read(const DpkgPackage& package,
                                                        std::string_view kind);
  /// Where that file is or would be.
  [[nodiscard]] std::string path_of(const DpkgPackage& package, std::string_view kind) const;

 private:
  FileStream stream_;
  std::set<std::string, std::less<>> names_;
  std::optional<Error> error_;
};

/// Whether the package comes from status.d: it has a list of sums and no list of files.
bool has_sums_only(const DpkgPackage& package);

/// What is wrong with an unpacked package that has no list of its files.
Error missing_list(std::string file);

/// The lines of a `list` file in its order; dpkg_path() makes paths of them. Where the format is
/// violated dpkg stops, and so does this, with the reason; `file` is for its place.
std::optional<Error> each_listed(std::string_view text, const std::string& file,
                                 const std::function<void(std::string_view line)>& take);
/// The same of a `md5sums` file: the sum (any 32 bytes, as written) and what dpkg_path() takes.
std::optional<Error> each_sum(
    std::string_view text, const std::string& file,
    const std::function<void(std::string_view sum, std::string_view line)>& take);

/// Path → sum of a package's conffiles, by its stanza. A sum may be a word (`newconffile`).
std::map<std::string, std::string_view, std::less<>> conffiles_of(const DpkgPackage& package);

/// Which files belong to packages.
struct Packaged {
  bool has_database = false;
  std::vector<bool> is_packaged;  ///< in the order of the question
  std::vector<Error> errors;      ///< lists that could not be read: what is false may be true
};
/// Looks for files, by their canonical paths, in the lists of all packages. Reads each list once
/// and keeps none of it. A list may name a file by a path through links (/bin/su on a merged /usr).
Packaged find_packaged(const Root& root, const std::vector<std::string>& paths);

}  // namespace plimsoll
