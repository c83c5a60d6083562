#include "scanner/root/directory_root.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace plimsoll {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> system_error(int number, const std::string& path) {
  ErrorCode code = ErrorCode::failed;
  if (number == ENOENT || number == ENOTDIR) code = ErrorCode::not_found;
  if (number == EACCES || number == EPERM) code = ErrorCode::denied;
  if (number == ELOOP) code = ErrorCode::link_loop;
  return fail(code, std::strerror(number), {path});
}

/// Opens below the top without following any link: canonical paths have none, and one swapped in
/// since is refused.
int open_below(int top, const std::string& path, unsigned flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, top, path.c_str(), &how, sizeof how));
}

FileType type_of(unsigned mode) {
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

}  // namespace

DirectoryRoot::~DirectoryRoot() { ::close(top_); }

Result<Stat> DirectoryRoot::stat_node(const std::string& path) const {
  const Descriptor fd(open_below(top_, path, O_PATH | O_NOFOLLOW));
  if (fd.get() < 0) return system_error(errno, path);
  struct stat raw {};
  if (::fstat(fd.get(), &raw) != 0) return system_error(errno, path);
  return Stat{type_of(raw.st_mode),
              raw.st_mode & 07777U,
              raw.st_uid,
              raw.st_gid,
              static_cast<std::uint64_t>(raw.st_size),
              raw.st_mtim.tv_sec,
              raw.st_ino,
              static_cast<std::uint32_t>(raw.st_nlink),
              raw.st_dev};
}

Result<std::string> DirectoryRoot::link_target(const std::string& path) const {
  const Descriptor fd(open_below(top_, path, O_PATH | O_NOFOLLOW));
  if (fd.get() < 0) return system_error(errno, path);
  char target[4096];
  const ssize_t length = ::readlinkat(fd.get(), "", target, sizeof target);
  if (length < 0) return system_error(errno, path);
  return std::string(target, static_cast<std::size_t>(length));
}

Result<std::vector<DirEntry>> DirectoryRoot::list_node(const std::string& path) const {
  const int fd = open_below(top_, path, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return system_error(errno, path);
  DIR* dir = ::fdopendir(fd);
  if (dir == nullptr) return system_error(errno, path);
  std::vector<DirEntry> entries;
  bool full = false;
  while (const dirent* entry = ::readdir(dir)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (entries.size() == limits().directory_entries) {
      full = true;
      break;
    }
    entries.push_back({std::string(name), type_of(DTTOIF(entry->d_type))});
  }
  ::closedir(dir);
  if (full)
    return fail(ErrorCode::limit,
                fmt::format("more than {} entries in a directory", limits().directory_entries),
                {path});
  return entries;
}

Result<std::string> DirectoryRoot::read_node(const std::string& path, std::size_t cap) const {
  const Descriptor fd(open_below(top_, path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  if (fd.get() < 0) return system_error(errno, path);
  struct stat raw {};
  if (::fstat(fd.get(), &raw) != 0) return system_error(errno, path);
  if (!S_ISREG(raw.st_mode))
    return fail(ErrorCode::wrong_type, "not a regular file, so it is not opened", {path});
  std::string text;
  text.resize(std::min(cap, static_cast<std::size_t>(raw.st_size) + 1));
  std::size_t size = 0;
  for (;;) {
    if (size == text.size()) {
      if (size >= cap) break;
      text.resize(std::min(cap, std::max<std::size_t>(4096, size * 2)));
    }
    const ssize_t got = ::read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(errno, path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

Result<std::string> DirectoryRoot::xattr_node(const std::string& path,
                                              std::string_view name) const {
  const Descriptor fd(open_below(top_, path, O_PATH | O_NOFOLLOW));
  if (fd.get() < 0) return system_error(errno, path);
  // O_PATH descriptors refuse fgetxattr(2); the link in /proc names exactly this inode.
  const std::string self = fmt::format("/proc/self/fd/{}", fd.get());
  std::string value(256, '\0');
  const ssize_t length =
      ::getxattr(self.c_str(), std::string(name).c_str(), value.data(), value.size());
  if (length < 0) {
    if (errno == ENODATA || errno == ENOTSUP) return std::string{};
    return system_error(errno, path);
  }
  value.resize(static_cast<std::size_t>(length));
  return value;
}

Result<std::unique_ptr<Root>> Root::directory(const std::string& path, Limits limits) {
  const int top = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (top < 0)
    return fail(ErrorCode::failed, fmt::format("cannot open the root: {}", std::strerror(errno)),
                {path});
  struct stat mine {};
  struct stat host {};
  const bool live = ::fstat(top, &mine) == 0 && ::stat("/", &host) == 0 &&
                    mine.st_dev == host.st_dev && mine.st_ino == host.st_ino;
  return std::unique_ptr<Root>(std::make_unique<DirectoryRoot>(top, live, limits));
}

}  // namespace plimsoll
