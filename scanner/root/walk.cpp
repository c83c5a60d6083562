#include "scanner/root/walk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "scanner/base/text.h"
#include "scanner/root/descriptor.h"
#include "scanner/root/mounts.h"
#include "scanner/root/system.h"

namespace plimsoll {
namespace {

constexpr std::size_t kErrors = 1000;
/// Directories kept open so that their children open with one call; RLIMIT_NOFILE is often 1024.
constexpr int kOpenDirectories = 256;
/// A directory with more children than this waits until those are done, and with more than that
/// waiting in all, after fewer: what waits must not grow with the tree.
constexpr std::size_t kBatch = 4096;
constexpr std::size_t kWaiting = 32768;
constexpr std::size_t kSmallBatch = 16;
constexpr std::size_t kBuffer = 65536;
constexpr std::size_t kAttribute = 65536;  // xattr(7): no value is longer

constexpr int kOpen = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kPass = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// A directory that waits for its turn, is being read, or is kept open for its children.
struct Directory {
  explicit Directory(std::atomic<int>& count) : open_count(count) {}
  ~Directory() { close(); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  void take(Descriptor opened) {
    fd = std::move(opened);
    ++open_count;
  }
  void close() {
    if (!fd) return;
    fd = Descriptor();
    --open_count;
  }

  std::atomic<int>& open_count;
  std::shared_ptr<Directory> parent;  // null for a start
  std::string path;
  std::uint64_t device = 0;
  Descriptor fd;
  std::int64_t position = 0;  // where to go on reading
};
using DirectoryPtr = std::shared_ptr<Directory>;

/// linux_dirent64, as getdents64(2) lays it out.
struct RawEntry {
  std::uint64_t inode;
  std::int64_t next;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};
constexpr std::size_t kNameOffset = 19;

std::string child_path(std::string_view directory, std::string_view name) {
  std::string path;
  path.reserve(directory.size() + name.size() + 1);
  if (directory != "/") path += directory;
  if (!name.empty() || path.empty()) path.append("/").append(name);
  return path;
}

/// Opens a directory by its canonical path, part by part and never through a link.
Descriptor open_from_top(int top, std::string_view path, int flags) {
  Descriptor here(::openat(top, ".", path == "/" ? flags : kPass));
  const auto parts = words(path, "/");
  for (std::size_t i = 0; i < parts.size() && here; ++i)
    here = Descriptor(
        ::openat(here.get(), std::string(parts[i]).c_str(), i + 1 == parts.size() ? flags : kPass));
  return here;
}

bool has_vanished(int number) { return number == ENOENT || number == ENOTDIR || number == ELOOP; }

bool look_at(int directory, const char* name, Stat& stat) {
  struct stat raw {};
  if (::fstatat(directory, name, &raw, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH) != 0)
    return false;
  stat = to_stat(raw);
  return true;
}

std::uint64_t magic_of(int fd) {
  struct statfs raw {};
  return ::fstatfs(fd, &raw) == 0 ? static_cast<std::uint32_t>(raw.f_type) : 0;
}

/// Errors and skipped mount points, from all threads.
class Findings {
 public:
  void error(Error error, std::string path) {
    const std::lock_guard lock(mutex_);
    error.where = {std::move(path)};
    if (report_.errors.size() < kErrors)
      report_.errors.push_back(std::move(error));
    else
      ++more_;
  }
  void skipped(std::string path) {
    const std::lock_guard lock(mutex_);
    report_.skipped.push_back(std::move(path));
  }
  void count(std::uint64_t entries) {
    const std::lock_guard lock(mutex_);
    report_.entries += entries;
  }
  WalkReport take() {
    const auto by_path = [](const Error& a, const Error& b) { return a.where.file < b.where.file; };
    std::sort(report_.errors.begin(), report_.errors.end(), by_path);
    std::sort(report_.skipped.begin(), report_.skipped.end());
    if (more_ > 0)
      report_.errors.push_back(
          {ErrorCode::limit, fmt::format("{} more places could not be looked at", more_), {}});
    return std::move(report_);
  }

 private:
  std::mutex mutex_;
  WalkReport report_;
  std::uint64_t more_ = 0;
};

/// The directories that wait, newest first, so that few do.
class Queue {
 public:
  /// Blocks until there is one; null when all work is done. Each one taken is to be `finish`ed.
  DirectoryPtr take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return !waiting_.empty() || busy_ == 0; });
    if (waiting_.empty()) return nullptr;
    DirectoryPtr next = std::move(waiting_.back());
    waiting_.pop_back();
    ++busy_;
    return next;
  }
  void finish(std::vector<DirectoryPtr>& found) {
    const std::lock_guard lock(mutex_);
    for (DirectoryPtr& directory : found) waiting_.push_back(std::move(directory));
    --busy_;
    size_.store(waiting_.size(), std::memory_order_relaxed);
    if (!found.empty() || busy_ == 0) wake_.notify_all();
    found.clear();
  }
  void add(DirectoryPtr directory) { waiting_.push_back(std::move(directory)); }
  [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<DirectoryPtr> waiting_;
  std::size_t busy_ = 0;
  std::atomic<std::size_t> size_{0};
};

/// The walk of a root that has descriptors.
class Walk {
 public:
  Walk(const Root& root, const WalkOptions& options, const WalkVisitor& visit)
      : root_(root), options_(options), visit_(visit), mounts_(mount_table(root)) {
    for (const auto& [point, walked] : mounts_)
      if (!walked) foreign_parents_.emplace_back(parent_path(point));
    std::sort(foreign_parents_.begin(), foreign_parents_.end());
  }

  WalkReport run() {
    top_magic_ = magic_of(root_.top_fd());
    for (const std::string& start : options_.starts) begin(start);
    std::vector<std::thread> threads;
    for (unsigned worker = 1; worker < options_.jobs; ++worker) {
      try {
        threads.emplace_back([this, worker] { work(worker); });
      } catch (const std::system_error&) {
        break;  // no thread to be had: the others do it all
      }
    }
    work(0);
    for (std::thread& thread : threads) thread.join();
    return findings_.take();
  }

 private:
  void begin(const std::string& start) {
    Descriptor fd = open_from_top(root_.top_fd(), start, kOpen);
    Stat stat;
    if (!fd || !look_at(fd.get(), "", stat)) {
      if (!has_vanished(errno)) findings_.error(system_error(errno), start);
      return;
    }
    if (start == "/" && (options_.types & bit(FileType::directory)) != 0)
      visit_({root_, start, "", stat}, 0);
    auto directory = std::make_shared<Directory>(open_);
    directory->path = start;
    directory->device = stat.device;
    directory->take(std::move(fd));
    queue_.add(std::move(directory));
  }

  void work(unsigned worker) {
    const auto buffer = std::make_unique<char[]>(kBuffer);
    std::vector<DirectoryPtr> found;
    std::uint64_t entries = 0;
    while (DirectoryPtr directory = queue_.take()) {
      if (open(*directory)) {
        const bool complete = read(directory, buffer.get(), worker, found, entries);
        // An unfinished one waits below its children, open, so that its position stays valid.
        if (!complete) found.insert(found.begin(), directory);
        if (complete && (found.empty() || open_ > kOpenDirectories)) directory->close();
      }
      directory.reset();
      queue_.finish(found);
    }
    findings_.count(entries);
  }

  bool open(Directory& directory) {
    if (directory.fd) return true;
    const Directory* parent = directory.parent.get();
    Descriptor fd =
        parent != nullptr && parent->fd
            ? Descriptor(
                  ::openat(parent->fd.get(), std::string(base_name(directory.path)).c_str(), kOpen))
            : open_from_top(root_.top_fd(), directory.path, kOpen);
    if (!fd) {
      if (!has_vanished(errno)) findings_.error(system_error(errno), directory.path);
      return false;
    }
    directory.take(std::move(fd));
    if (parent == nullptr || directory.device == parent->device || is_walked(directory))
      return true;
    findings_.skipped(directory.path);
    directory.close();
    return false;
  }

  // Where the mount table knows the point, its word stands; else the kernel's magic number decides.
  // More of the very kind that the root itself lies on is never foreign: it was asked for.
  [[nodiscard]] bool is_walked(const Directory& directory) const {
    if (const auto mount = mounts_.find(directory.path); mount != mounts_.end())
      return mount->second;
    const std::uint64_t magic = magic_of(directory.fd.get());
    return magic == top_magic_ || !is_foreign_magic(magic);
  }

  /// False when it stopped in the middle.
  bool read(const DirectoryPtr& directory, char* buffer, unsigned worker,
            std::vector<DirectoryPtr>& found, std::uint64_t& entries) {
    const int fd = directory->fd.get();
    if (directory->position != 0) ::lseek(fd, directory->position, SEEK_SET);
    const bool has_foreign =
        std::binary_search(foreign_parents_.begin(), foreign_parents_.end(), directory->path);
    for (;;) {
      const long got = ::syscall(SYS_getdents64, fd, buffer, kBuffer);
      if (got < 0 && errno != ENOENT) findings_.error(system_error(errno), directory->path);
      if (got <= 0) return true;
      for (long at = 0; at < got;) {
        RawEntry entry;
        std::memcpy(&entry, buffer + at, kNameOffset);
        const char* name = buffer + at + kNameOffset;
        at += entry.length;
        if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0))) continue;
        ++entries;
        if (has_foreign && is_foreign_mount(*directory, name)) continue;
        meet(directory, name, entry.type, worker, found);
        if (found.size() >= (queue_.size() < kWaiting ? kBatch : kSmallBatch)) {
          directory->position = entry.next;
          return false;
        }
      }
    }
  }

  bool is_foreign_mount(const Directory& directory, const char* name) {
    std::string path = child_path(directory.path, name);
    const auto mount = mounts_.find(path);
    if (mount == mounts_.end() || mount->second) return false;
    findings_.skipped(std::move(path));
    return true;
  }

  void meet(const DirectoryPtr& directory, const char* name, unsigned char d_type, unsigned worker,
            std::vector<DirectoryPtr>& found) {
    const FileType hint = type_of_mode(static_cast<unsigned>(d_type) << 12U);
    const bool wanted = hint == FileType::unknown || (options_.types & bit(hint)) != 0;
    if (!wanted && hint != FileType::directory) return;
    Stat stat;
    if (!look_at(directory->fd.get(), name, stat)) {
      if (!has_vanished(errno))
        findings_.error(system_error(errno), child_path(directory->path, name));
      return;
    }
    if ((options_.types & bit(stat.type)) != 0)
      visit_({root_, directory->path, name, stat, directory->fd.get()}, worker);
    if (stat.type != FileType::directory) return;
    auto child = std::make_shared<Directory>(open_);
    child->path = child_path(directory->path, name);
    child->device = stat.device;
    child->parent = directory;
    const std::size_t most = root_.limits().path_bytes;
    if (child->path.size() < most)
      found.push_back(std::move(child));
    else
      findings_.error({ErrorCode::limit, fmt::format("path longer than {} bytes", most), {}},
                      std::move(child->path));
  }

  const Root& root_;
  const WalkOptions& options_;
  const WalkVisitor& visit_;
  const std::map<std::string, bool, std::less<>> mounts_;
  std::vector<std::string> foreign_parents_;  // sorted: directories with mount points to leave out
  std::uint64_t top_magic_ = 0;
  std::atomic<int> open_{0};
  Queue queue_;
  Findings findings_;
};

/// The walk of a root that has none: by its own `list` and `lstat`.
WalkReport walk_by_path(const Root& root, const WalkOptions& options, const WalkVisitor& visit) {
  Findings findings;
  std::uint64_t entries = 0;
  std::vector<std::string> waiting(options.starts.rbegin(), options.starts.rend());
  const auto meet = [&](const std::string& directory, std::string_view name) {
    const auto stat = root.lstat(child_path(directory, name));
    if (stat && (options.types & bit(stat->type)) != 0) visit({root, directory, name, *stat}, 0);
    if (!stat && stat.error().code != ErrorCode::not_found)
      findings.error(stat.error(), child_path(directory, name));
  };
  if (std::find(waiting.begin(), waiting.end(), "/") != waiting.end()) meet("/", "");
  while (!waiting.empty()) {
    const std::string directory = std::move(waiting.back());
    waiting.pop_back();
    const auto list = root.list(directory);
    if (!list) {
      if (list.error().code != ErrorCode::not_found) findings.error(list.error(), directory);
      continue;
    }
    entries += list->size();
    for (const DirEntry& entry : *list) meet(directory, entry.name);
    for (auto entry = list->rbegin(); entry != list->rend(); ++entry)
      if (entry->type == FileType::directory) waiting.push_back(child_path(directory, entry->name));
  }
  findings.count(entries);
  return findings.take();
}

}  // namespace

std::string WalkEntry::path() const { return child_path(directory, name); }

Result<std::string> WalkEntry::xattr(const char* attribute) const {
  if (directory_fd < 0) return root.xattr(path(), attribute);
  const std::string self = descriptor_path(directory_fd).append("/").append(name);
  thread_local std::string value(kAttribute, '\0');
  const ssize_t length = ::lgetxattr(self.c_str(), attribute, value.data(), value.size());
  if (length >= 0) return value.substr(0, static_cast<std::size_t>(length));
  if (errno == ENODATA || errno == ENOTSUP) return std::string{};
  Error error = system_error(errno);
  error.where = {path()};
  return fail(std::move(error));
}

WalkReport walk(const Root& root, const WalkOptions& options, const WalkVisitor& visit) {
  if (root.top_fd() < 0) return walk_by_path(root, options, visit);
  return Walk(root, options, visit).run();
}

}  // namespace plimsoll
