#include "scanner/root/image/byte_source.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "scanner/root/image/inflate.h"
#include "scanner/root/system.h"

namespace plimsoll {
namespace {

constexpr std::size_t kSkipBuffer = 256U << 10U;

class FileRange : public ByteSource {
 public:
  FileRange(int fd, std::uint64_t offset, std::uint64_t size)
      : fd_(fd), offset_(offset), left_(size) {}

  Result<std::size_t> read(char* out, std::size_t size) override {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    if (wanted == 0) return std::size_t{0};
    ssize_t got = 0;
    do got = ::pread(fd_, out, wanted, static_cast<off_t>(offset_));
    while (got < 0 && errno == EINTR);
    if (got < 0) return fail(system_error(errno));
    offset_ += static_cast<std::uint64_t>(got);
    left_ -= static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
  Result<bool> skip(std::uint64_t size) override {
    if (size > left_) return false;
    offset_ += size;
    left_ -= size;
    return true;
  }

 private:
  int fd_;
  std::uint64_t offset_, left_;
};

/// The bytes that were looked at to tell the format, and then the rest.
class Again : public ByteSource {
 public:
  Again(std::string head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  Result<std::size_t> read(char* out, std::size_t size) override {
    if (at_ == head_.size()) return rest_->read(out, size);
    const std::size_t got = std::min(size, head_.size() - at_);
    std::memcpy(out, head_.data() + at_, got);
    at_ += got;
    return got;
  }
  Result<bool> skip(std::uint64_t size) override {
    const auto here = std::min<std::uint64_t>(size, head_.size() - at_);
    at_ += static_cast<std::size_t>(here);
    return rest_->skip(size - here);
  }

 private:
  std::string head_;
  std::size_t at_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

/// Ends with an error when more comes out than may.
class Bounded : public ByteSource {
 public:
  Bounded(std::unique_ptr<ByteSource> source, UnpackBudget& budget)
      : source_(std::move(source)), budget_(budget) {}

  Result<std::size_t> read(char* out, std::size_t size) override {
    auto got = source_->read(out, size);
    if (!got) return got;
    const auto size_got = static_cast<std::int64_t>(*got);
    if (budget_.left.fetch_sub(size_got) < size_got)
      return fail(ErrorCode::limit, "unpacked, it is larger than the cap of 64 GiB");
    return got;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  UnpackBudget& budget_;
};

}  // namespace

Result<bool> ByteSource::skip(std::uint64_t size) {
  if (size == 0) return true;
  std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, kSkipBuffer)));
  while (size > 0) {
    const auto got =
        read(buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size())));
    if (!got) return fail(got.error());
    if (*got == 0) return false;
    size -= *got;
  }
  return true;
}

std::unique_ptr<ByteSource> file_range(int fd, std::uint64_t offset, std::uint64_t size) {
  return std::make_unique<FileRange>(fd, offset, size);
}

Result<std::unique_ptr<ByteSource>> unpacked(std::unique_ptr<ByteSource> packed,
                                             UnpackBudget& budget) {
  std::string head(4, '\0');
  std::size_t have = 0;
  while (have < head.size()) {
    const auto got = packed->read(head.data() + have, head.size() - have);
    if (!got) return fail(got.error());
    if (*got == 0) break;
    have += *got;
  }
  head.resize(have);
  const std::string magic = head;
  auto whole = std::make_unique<Again>(std::move(head), std::move(packed));
  const auto bounded = [&](std::unique_ptr<ByteSource> source) -> std::unique_ptr<ByteSource> {
    return std::make_unique<Bounded>(std::move(source), budget);
  };
  if (magic.starts_with("\x1f\x8b")) return bounded(inflated(std::move(whole)));
  if (magic == "\x28\xb5\x2f\xfd") return bounded(unzstd(std::move(whole)));
  return std::unique_ptr<ByteSource>(std::move(whole));
}

}  // namespace plimsoll
