#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner/root/image/byte_source.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// One member of a tar archive, as its header and the extended headers before it have it.
struct TarEntry {
  std::string name;    ///< as it is written there; may begin with `/`, hold `..`, end in `/`
  std::string target;  ///< of a link
  Stat stat;
  bool is_hard_link = false;  ///< `target` is a name in the same archive
  bool is_sparse = false;     ///< its bytes in the archive are not its content
  std::map<std::string, std::string> xattrs;
  std::uint64_t offset = 0;  ///< where its content begins, in bytes of the unpacked archive
};

/// Reads an archive once, front to back: POSIX ustar and pax (IEEE Std 1003.1-2017, pax, "ustar
/// Interchange Format" and "pax Interchange Format") and GNU's long names and numbers (tar.info,
/// "GNU tar and POSIX tar"). A damaged header ends it with an error.
class TarReader {
 public:
  explicit TarReader(ByteSource& source) : source_(source), buffer_(kBuffer) {}

  /// The next member; empty at the end. Content that was not read is passed over.
  Result<std::optional<TarEntry>> next();
  /// The content of the member that `next` gave, at most `cap` bytes of it.
  Result<std::string> content(std::size_t cap);

 private:
  static constexpr std::size_t kBuffer = 256U << 10U;
  struct Extended;
  Result<bool> fill();
  Result<bool> take(char* out, std::size_t size);
  Result<bool> skip(std::uint64_t size);
  Result<std::string> whole_content(std::uint64_t size);

  ByteSource& source_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, have_ = 0;
  std::uint64_t position_ = 0;      ///< in the unpacked archive
  std::uint64_t content_left_ = 0;  ///< of the current member
  std::uint64_t padding_ = 0;       ///< after it
};

}  // namespace plimsoll
