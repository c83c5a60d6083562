#include "scanner/root/system.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "scanner/base/text.h"

namespace plimsoll {

Error system_error(int number) {
  ErrorCode code = ErrorCode::failed;
  if (number == ENOENT || number == ENOTDIR) code = ErrorCode::not_found;
  if (number == EACCES || number == EPERM) code = ErrorCode::denied;
  if (number == ELOOP) code = ErrorCode::link_loop;
  const char* words = ::strerrordesc_np(number);
  std::string what = words == nullptr ? "error " + std::to_string(number) : words;
  what.replace(0, 1, lower(what.substr(0, 1)));
  return {code, std::move(what), {}};
}

FileType type_of_mode(unsigned mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileType::regular;
    case S_IFDIR:
      return FileType::directory;
    case S_IFLNK:
      return FileType::symlink;
    case S_IFIFO:
      return FileType::fifo;
    case S_IFSOCK:
      return FileType::socket;
    case S_IFCHR:
      return FileType::character_device;
    case S_IFBLK:
      return FileType::block_device;
    default:
      return FileType::unknown;
  }
}

Stat to_stat(const struct ::stat& raw) {
  return {type_of_mode(raw.st_mode),
          raw.st_mode & 07777U,
          raw.st_uid,
          raw.st_gid,
          static_cast<std::uint64_t>(raw.st_size),
          raw.st_mtim.tv_sec,
          raw.st_ino,
          static_cast<std::uint32_t>(raw.st_nlink),
          raw.st_dev};
}

std::string descriptor_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace plimsoll
