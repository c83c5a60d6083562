#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/apt/tree.h"
#include "scanner/root/root.h"

namespace plimsoll::apt {

class FileParser;

/// The files of a directory that count, in the order of their bytes; nothing when it cannot be
/// listed. A name has letters, digits, `-`, `_`, `.` and (no manual says so) `:`, and one of these
/// extensions (`.conf`; empty for none).
std::optional<std::vector<std::string>> files_in(const Root& root, Facts& facts,
                                                 const std::string& directory,
                                                 std::span<const std::string_view> extensions);

/// Reads files of options into a tree, as ReadConfigFile() and ReadConfigDir() of apt do. What
/// makes apt refuse its configuration becomes a gap.
class Reader {
 public:
  Reader(const Root& root, Facts& facts) : root_(root), facts_(facts) {}

  /// False when apt stops within the file. `from` is the line that includes it.
  bool read_file(Tree& tree, const std::string& path, const Origin& from = {}, unsigned depth = 0);
  /// The files of a directory whose names count, in the order of their bytes.
  bool read_directory(Tree& tree, const std::string& path, const Origin& from = {},
                      unsigned depth = 0);
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

 private:
  friend class FileParser;
  bool refuse(std::string why, const Origin& where);

  const Root& root_;
  Facts& facts_;
  std::vector<std::string> files_;
};

}  // namespace plimsoll::apt
