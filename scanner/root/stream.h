#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "scanner/root/descriptor.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// Hands over the bytes of regular files piece by piece and keeps none: for files that are too
/// large or too many for Root::read. By the same rules: links in the parents resolve inside the
/// root, and nothing but a regular file is opened. Such a file is no evidence: files_read() does
/// not list it (a root without descriptors, in memory or of an image, reads it as any
/// other, and refuses what is larger than its own cap). One object a thread; files of one
/// directory in a row are found fastest.
class FileStream {
 public:
  using Taker = std::function<void(std::string_view piece)>;

  explicit FileStream(const Root& root);
  /// A link in the last place is not followed: `wrong_type`. More than `cap` bytes are a `limit`,
  /// which for most files their size tells before the first piece. Returns how many there were.
  Result<std::uint64_t> read(const std::string& path, std::uint64_t cap, const Taker& take);

 private:
  Result<void> go_to(std::string_view directory);
  Result<Descriptor> open(const std::string& name, std::uint64_t cap, std::uint64_t& size) const;
  [[nodiscard]] Result<std::uint64_t> read_kept(const std::string& path, std::uint64_t cap,
                                                const Taker& take) const;

  const Root& root_;
  std::string at_;  ///< the directory that is open; empty: none
  Descriptor directory_;
  std::unique_ptr<char[]> buffer_;
};

}  // namespace plimsoll
