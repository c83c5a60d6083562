#include "scanner/root/directory_root.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "scanner/root/resolve.h"
#include "scanner/root/system.h"

namespace plimsoll {
namespace {

/// Looking at a name costs no permission on it, has no effect on a device and never waits for a
/// FIFO.
constexpr int kLook = O_PATH | O_NOFOLLOW | O_CLOEXEC;
constexpr std::size_t kKernelLinks = 40;  // path_resolution(7)
constexpr std::size_t kLinkBytes = 4096;  // symlink(7): a target is shorter than PATH_MAX

constexpr int kRead = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

Result<Stat> stat_of(const Descriptor& file) {
  struct stat raw {};
  if (::fstat(file.get(), &raw) != 0) return fail(system_error(errno));
  return to_stat(raw);
}

Result<std::string> target_of(const Descriptor& link) {
  char target[kLinkBytes];
  const ssize_t length = ::readlinkat(link.get(), "", target, sizeof target);
  if (length < 0) return fail(system_error(errno));
  return std::string(target, static_cast<std::size_t>(length));
}

/// Stands on directories by descriptor, so that nothing that is renamed or replaced meanwhile can
/// lead elsewhere.
class DescriptorCursor {
 public:
  explicit DescriptorCursor(int top) : top_(top) {}

  Result<FileType> look(const std::string& name, const std::string&) {
    child_ = Descriptor(::openat(here(), name.c_str(), kLook));
    if (!child_) return fail(system_error(errno));
    const auto stat = stat_of(child_);
    if (!stat) return fail(stat.error());
    child_id_ = {stat->device, stat->inode};
    return stat->type;
  }

  Result<std::string> target() { return target_of(child_); }

  Result<void> enter() {
    here_ = std::move(child_);
    trail_.push_back(child_id_);
    return {};
  }

  void top() {
    here_ = Descriptor();
    trail_.clear();
  }

  // The kernel's `..` of a directory that has been moved out of the root meanwhile leads out of it,
  // so the parent must be the very directory that we came through.
  Result<void> up() {
    trail_.pop_back();
    if (trail_.empty()) {
      here_ = Descriptor();
      return {};
    }
    Descriptor parent(::openat(here(), "..", kLook | O_DIRECTORY));
    if (!parent) return fail(system_error(errno));
    const auto stat = stat_of(parent);
    if (!stat) return fail(stat.error());
    if (trail_.back() != Id{stat->device, stat->inode})
      return fail(ErrorCode::failed, "a directory on the way was moved while it was read");
    here_ = std::move(parent);
    return {};
  }

  /// What the cursor stands on.
  Result<Descriptor> take() {
    if (here_) return std::move(here_);
    Descriptor top(::openat(top_, ".", O_PATH | O_CLOEXEC));
    if (!top) return fail(system_error(errno));
    return top;
  }

 private:
  using Id = std::pair<std::uint64_t, std::uint64_t>;
  [[nodiscard]] int here() const { return here_ ? here_.get() : top_; }

  int top_;
  Descriptor here_, child_;  // no `here_`: the top
  Id child_id_;
  std::vector<Id> trail_;  // from below the top down to `here_`
};

/// Opens for reading the inode that was looked at and no other: by its descriptor's name in /proc.
Descriptor reopen(const Descriptor& looked_at) {
  return Descriptor(::open(descriptor_path(looked_at.get()).c_str(), kRead));
}

int open_in_root(int top, const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something on the way was renamed during the resolution of a `..`.
  for (int tries = 0; tries < 8; ++tries) {
    const long fd = ::syscall(SYS_openat2, top, path.c_str(), &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) return static_cast<int>(fd);
  }
  return -1;
}

Result<std::string> read_all(const Descriptor& file, std::size_t expected, std::size_t cap) {
  std::string text;
  text.resize(std::min(cap, std::max<std::size_t>(expected + 1, 4096)));
  std::size_t size = 0;
  for (;;) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error(errno));
    size += static_cast<std::size_t>(got);
    // A short read that ends where the file ended is its end; files of /proc have no size to tell.
    if (got == 0 || (size == expected && size < text.size())) break;
    if (size == text.size()) {
      if (size >= cap) break;
      text.resize(std::min(cap, size * 2));
    }
  }
  text.resize(size);
  text.shrink_to_fit();
  return text;
}

}  // namespace

DirectoryRoot::DirectoryRoot(Descriptor top, bool live, Limits limits, Resolution resolution)
    : Root(limits),
      top_(std::move(top)),
      live_(live),
      // The kernel's cap on links is fixed.
      in_kernel_(resolution == Resolution::kernel && limits.link_depth == kKernelLinks) {}

Result<Descriptor> DirectoryRoot::locate(const std::string& path, bool follow) const {
  if (in_kernel_.load(std::memory_order_relaxed)) {
    Descriptor found(open_in_root(top_.get(), path, follow ? O_PATH | O_CLOEXEC : kLook));
    if (found) return found;
    const int number = errno;
    if (number == ELOOP)
      return fail(ErrorCode::link_loop,
                  fmt::format("more than {} symbolic links on the way", limits().link_depth));
    const bool refused = number == ENOSYS || number == EPERM || number == E2BIG || number == EINVAL;
    if (!refused && number != EAGAIN) return fail(system_error(number));
    if (refused) in_kernel_.store(false, std::memory_order_relaxed);
  }
  DescriptorCursor cursor(top_.get());
  const auto resolved = resolve_path(cursor, path, limits(), {.follow_last = follow});
  if (!resolved) return fail(resolved.error());
  return cursor.take();
}

Result<Stat> DirectoryRoot::do_stat(const std::string& path, bool follow) const {
  const auto found = locate(path, follow);
  if (!found) return fail(found.error());
  return stat_of(*found);
}

Result<std::string> DirectoryRoot::do_readlink(const std::string& path) const {
  const auto found = locate(path, false);
  if (!found) return fail(found.error());
  const auto stat = stat_of(*found);
  if (!stat) return fail(stat.error());
  if (stat->type != FileType::symlink) return fail(ErrorCode::wrong_type, "not a symbolic link");
  return target_of(*found);
}

/// Most paths that are asked for lie in few directories, so those are walked part by part once, and
/// the kernel is asked for the last part.
std::optional<std::string> DirectoryRoot::resolve_in_known_directory(
    const std::string& path) const {
  const std::string name(base_name(path));
  if (!in_kernel_.load(std::memory_order_relaxed) || name.empty() || name == "..") return {};
  const auto found = locate(path, false);
  if (!found) return {};
  const auto stat = stat_of(*found);
  if (!stat || stat->type == FileType::symlink) return {};
  const std::string parent(parent_path(path));
  const std::lock_guard lock(resolved_mutex_);
  auto known = resolved_directories_.find(parent);
  if (known == resolved_directories_.end()) {
    DescriptorCursor cursor(top_.get());
    auto resolved = resolve_path(cursor, parent, limits(), {});
    if (!resolved) return {};
    known = resolved_directories_.emplace(parent, std::move(*resolved)).first;
  }
  std::string canonical = join_path(known->second, name);
  if (canonical.size() >= limits().path_bytes) return {};
  return canonical;
}

Result<std::string> DirectoryRoot::do_resolve(const std::string& path, bool may_be_missing) const {
  if (auto canonical = resolve_in_known_directory(path)) return std::move(*canonical);
  DescriptorCursor cursor(top_.get());
  return resolve_path(cursor, path, limits(), {.may_be_missing = may_be_missing});
}

Result<std::vector<DirEntry>> DirectoryRoot::do_list(const std::string& path) const {
  const auto found = locate(path, true);
  if (!found) return fail(found.error());
  const int fd = ::openat(found->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno == ENOTDIR) return fail(ErrorCode::wrong_type, "not a directory");
  if (fd < 0) return fail(system_error(errno));
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::fdopendir(fd), ::closedir);
  if (dir == nullptr) return fail(system_error(errno));
  std::vector<DirEntry> entries;
  errno = 0;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (entries.size() == limits().directory_entries)
      return fail(ErrorCode::limit,
                  fmt::format("more than {} entries in a directory", limits().directory_entries));
    entries.push_back(
        {std::string(name), type_of_mode(static_cast<mode_t>(DTTOIF(entry->d_type)))});
  }
  if (errno != 0) return fail(system_error(errno));
  return entries;
}

/// For hosts without /proc: the file once more by its canonical path, if it still is the one that
/// was looked at.
Descriptor DirectoryRoot::open_again(const std::string& path, const Stat& seen) const {
  const auto canonical = do_resolve(path, false);
  if (!canonical) return {};
  const auto parent = locate(std::string(parent_path(*canonical)), false);
  if (!parent) return {};
  Descriptor file(
      ::openat(parent->get(), std::string(base_name(*canonical)).c_str(), kRead | O_NOFOLLOW));
  const auto stat = stat_of(file);
  const bool same = stat && stat->device == seen.device && stat->inode == seen.inode;
  return same ? std::move(file) : Descriptor();
}

Result<Root::Opened> DirectoryRoot::do_open(const std::string& path) const {
  auto found = locate(path, true);
  if (!found) return fail(found.error());
  const auto stat = stat_of(*found);
  if (!stat) return fail(stat.error());
  if (stat->type != FileType::regular)
    return fail(ErrorCode::wrong_type, "not a regular file, so it is not opened");
  const auto file = std::make_shared<Descriptor>(reopen(*found));
  if (!*file && errno == ENOENT) *file = open_again(path, *stat);
  if (!*file) return fail(system_error(errno));
  return Opened{*stat, [file, size = stat->size](std::size_t cap) {
                  return read_all(*file, static_cast<std::size_t>(size), cap);
                }};
}

Result<std::string> DirectoryRoot::do_xattr(const std::string& path, std::string_view name) const {
  const auto found = locate(path, false);
  if (!found) return fail(found.error());
  std::string value(65536, '\0');  // xattr(7): no value is longer
  // O_PATH descriptors refuse fgetxattr(2); their name in /proc does not.
  const ssize_t length = ::getxattr(descriptor_path(found->get()).c_str(),
                                    std::string(name).c_str(), value.data(), value.size());
  if (length < 0) {
    if (errno == ENODATA || errno == ENOTSUP) return std::string{};
    return fail(system_error(errno));
  }
  value.resize(static_cast<std::size_t>(length));
  value.shrink_to_fit();
  return value;
}

Result<std::unique_ptr<DirectoryRoot>> DirectoryRoot::open(const std::string& path, Limits limits,
                                                           Resolution resolution) {
  Descriptor top(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top) {
    const Error error = system_error(errno);
    return fail(error.code, "cannot open the root: " + error.what, {path});
  }
  struct stat mine {};
  struct stat host {};
  const bool live = ::fstat(top.get(), &mine) == 0 && ::stat("/", &host) == 0 &&
                    mine.st_dev == host.st_dev && mine.st_ino == host.st_ino;
  return std::make_unique<DirectoryRoot>(std::move(top), live, limits, resolution);
}

bool is_archive(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, 263> head{};
  const ssize_t got = file ? ::pread(file.get(), head.data(), head.size(), 0) : -1;
  const std::string_view bytes(head.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return bytes.starts_with("\x1f\x8b") || bytes.starts_with("\x28\xb5\x2f\xfd") ||
         (bytes.size() == head.size() && bytes.substr(257, 5) == "ustar");
}

Result<std::unique_ptr<Root>> Root::tree(const std::string& path, Limits limits) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return fail(system_error(errno));
  const bool is_file = S_ISREG(status.st_mode);
  if (!is_file && !S_ISDIR(status.st_mode))
    return fail(ErrorCode::wrong_type, "neither a directory nor a regular file");
  const auto slash = path.find_last_of('/');
  const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  auto root = directory(is_file ? parent : path, limits);
  if (!root) return root;
  (*root)->is_source_tree_ = true;
  if (is_file) (*root)->only_file_ = "/" + path.substr(slash + 1);
  return root;
}

Result<std::unique_ptr<Root>> Root::directory(const std::string& path, Limits limits) {
  auto root = DirectoryRoot::open(path, limits);
  if (!root) return fail(root.error());
  return std::unique_ptr<Root>(std::move(*root));
}

}  // namespace plimsoll
