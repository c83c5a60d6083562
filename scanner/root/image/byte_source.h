#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "scanner/base/result.h"

namespace plimsoll {

/// Bytes one after the other.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills up to `size` bytes; 0 is the end. Fails with `invalid` when the bytes are damaged.
  virtual Result<std::size_t> read(char* out, std::size_t size) = 0;
  /// Passes over so many bytes; false when there are fewer. A file is not read for it.
  virtual Result<bool> skip(std::uint64_t size);
};

/// A range of an open file; the descriptor outlives it.
std::unique_ptr<ByteSource> file_range(int fd, std::uint64_t offset, std::uint64_t size);

/// How many bytes may still come out of packed streams, all of one archive together: a few
/// megabytes can unpack to terabytes.
struct UnpackBudget {
  std::atomic<std::int64_t> left = std::int64_t{64} << 30U;
};

/// What is inside: gzip and zstd are recognised by their first bytes and unpacked as they are read,
/// all else comes as it is.
///
/// gzip is inflated by ISA-L where its shared library is installed (`prepare_inflate` looks for
/// it), else by zlib, which is four times slower.
Result<std::unique_ptr<ByteSource>> unpacked(std::unique_ptr<ByteSource> packed,
                                             UnpackBudget& budget);

/// Loads ISA-L if there is one. Before the sandbox is entered: afterwards no library can be opened.
void prepare_inflate();

}  // namespace plimsoll
