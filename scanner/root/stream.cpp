#include "scanner/root/stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "scanner/base/text.h"
#include "scanner/root/system.h"

namespace plimsoll {
namespace {

/// Pieces that fit the processor's second cache, where the hash that is made of them finds them.
constexpr std::size_t kPiece = 128U << 10U;
constexpr int kPass = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kLook = O_PATH | O_NOFOLLOW | O_CLOEXEC;
constexpr int kRead = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

Result<Stat> stat_of(const Descriptor& file) {
  struct stat raw {};
  if (::fstat(file.get(), &raw) != 0) return fail(system_error(errno));
  return to_stat(raw);
}

tl::unexpected<Error> beyond(std::uint64_t cap) {
  return fail(ErrorCode::limit, fmt::format("larger than the cap of {} bytes", cap));
}

tl::unexpected<Error> not_regular() {
  return fail(ErrorCode::wrong_type, "not a regular file, so it is not opened");
}

/// Opens for reading the inode that was looked at and no other: by its descriptor's name in /proc,
/// or once more by its own name where there is no /proc.
Descriptor reopen(const Descriptor& looked_at, const Stat& seen, int directory,
                  const std::string& name) {
  Descriptor file(::open(descriptor_path(looked_at.get()).c_str(), kRead));
  if (file || errno != ENOENT) return file;
  file = Descriptor(::openat(directory, name.c_str(), kRead | O_NOFOLLOW));
  const auto stat = stat_of(file);
  const bool is_same = stat && stat->device == seen.device && stat->inode == seen.inode;
  return is_same ? std::move(file) : Descriptor();
}

}  // namespace

FileStream::FileStream(const Root& root) : root_(root), buffer_(std::make_unique<char[]>(kPiece)) {}

/// By the canonical path, part by part and never through a link: what is replaced meanwhile cannot
/// lead elsewhere.
Result<void> FileStream::go_to(std::string_view directory) {
  if (at_ == directory) return {};
  at_.clear();
  const auto canonical = root_.resolve(directory);
  if (!canonical) return fail(canonical.error());
  Descriptor here(::openat(root_.top_fd(), ".", kPass));
  for (const std::string_view part : words(*canonical, "/")) {
    if (!here) break;
    here = Descriptor(::openat(here.get(), std::string(part).c_str(), kPass));
  }
  if (!here) return fail(system_error(errno));
  directory_ = std::move(here);
  at_ = directory;
  return {};
}

Result<Descriptor> FileStream::open(const std::string& name, std::uint64_t cap,
                                    std::uint64_t& size) const {
  const Descriptor looked_at(::openat(directory_.get(), name.c_str(), kLook));
  if (!looked_at) return fail(system_error(errno));
  const auto stat = stat_of(looked_at);
  if (!stat) return fail(stat.error());
  if (stat->type != FileType::regular) return not_regular();
  if (stat->size > cap) return beyond(cap);
  size = stat->size;
  Descriptor file = reopen(looked_at, *stat, directory_.get(), name);
  if (!file) return fail(system_error(errno));
  return file;
}

Result<std::uint64_t> FileStream::read_kept(const std::string& path, std::uint64_t cap,
                                            const Taker& take) const {
  const auto stat = root_.lstat(path);
  if (!stat) return fail(stat.error());
  if (stat->type != FileType::regular) return not_regular();
  const auto text = root_.read_once(path);
  if (!text) return fail(text.error());
  if (text->size() > cap) return beyond(cap);
  take(*text);
  return text->size();
}

Result<std::uint64_t> FileStream::read(const std::string& path, std::uint64_t cap,
                                       const Taker& take) {
  const auto at_path = [&](Error error) {
    error.where = {normal_path(path)};
    return fail(std::move(error));
  };
  if (path.find('\0') != std::string::npos || path.size() >= root_.limits().path_bytes ||
      base_name(path) == ".." || base_name(path).empty())
    return at_path({ErrorCode::not_found, "no file has such a path", {}});
  if (root_.top_fd() < 0) {
    auto kept = read_kept(path, cap, take);
    return kept ? kept : at_path(kept.error());
  }
  if (const auto there = go_to(parent_path(path)); !there) return at_path(there.error());
  std::uint64_t expected = 0;
  const auto file = open(std::string(base_name(path)), cap, expected);
  if (!file) return at_path(file.error());
  std::uint64_t size = 0;
  for (;;) {
    const ssize_t got = ::read(file->get(), buffer_.get(), kPiece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return at_path(system_error(errno));
    const auto bytes = static_cast<std::size_t>(got);
    size += bytes;
    if (size > cap) return at_path(beyond(cap).value());
    if (bytes != 0) take({buffer_.get(), bytes});
    if (bytes == 0 || (size == expected && bytes < kPiece)) return size;
  }
}

}  // namespace plimsoll
