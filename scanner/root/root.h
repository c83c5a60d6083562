#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "scanner/base/result.h"
#include "scanner/root/limits.h"

namespace plimsoll {

enum class FileType : std::uint8_t {
  regular,
  directory,
  symlink,
  fifo,
  socket,
  character_device,
  block_device,
  unknown
};

/// What stat(2) tells, as far as rules ask for it.
struct Stat {
  FileType type = FileType::unknown;
  std::uint32_t mode = 0;  ///< permission bits with set-id and sticky: 07777
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;  ///< bytes
  std::int64_t mtime = 0;  ///< seconds since the epoch
  std::uint64_t inode = 0;
  std::uint32_t links = 1;
  std::uint64_t device = 0;
};

struct DirEntry {
  std::string name;
  FileType type = FileType::unknown;  ///< of the entry itself: a link is a link
};

/// Hex SHA-256 and path of a file that the scan read: evidence.
struct FileRead {
  std::string path;
  std::string sha256;
};

/// An image as its archive describes it.
struct ImageDescription {
  std::string manifest_path;      ///< OCI: name of the manifest inside the archive
  std::string config_path;        ///< of the configuration
  std::string config;             ///< its text: JSON (OCI image-spec, config.md)
  std::vector<std::string> tags;  ///< `example/app:1.2`
  struct Layer {
    std::string name;         ///< in the archive
    std::string instruction;  ///< of the history, as far as it can be told
  };
  std::vector<Layer> layers;  ///< the lowest first
};

/// A piece of a member of an image's archive, as it is stored.
using MemberTaker = std::function<void(const std::string& name, std::string_view piece)>;

/// The text of a member of an image's archive or directory, by its name without a leading slash.
using ImageMember = std::function<Result<std::string>(const std::string& name)>;
/// Reads what an image says of itself; describe_image (scanner/formats/image_description.h), which
/// knows JSON as this layer does not.
using DescribeImage = Result<ImageDescription> (*)(const ImageMember& member);

/// The one door to the target: every byte a probe sees comes through here, and nothing outside the
/// root does.
///
/// Paths are absolute inside the root; a missing leading `/` is added, `.` and empty parts are
/// dropped, `..` stops at the root. Symbolic links resolve inside the root, absolute ones from its
/// top. Devices, FIFOs and sockets are never opened. All functions may be called from several
/// threads at once.
class Root {
 public:
  explicit Root(Limits limits = {});
  virtual ~Root();
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  /// Files with their text, for tests and rule examples: `Root::in_memory({{"/etc/x", "text"}})`.
  /// Parent directories are made; files are 0644, directories 0755, all of root:root. See
  /// MemoryRoot for links, modes and faults.
  static std::unique_ptr<Root> in_memory(const std::map<std::string, std::string>& files);
  /// The tree below a directory of this host; `/` is the live host. Fails when it is not a
  /// directory or not readable.
  static Result<std::unique_ptr<Root>> directory(const std::string& path, Limits limits = {});

  /// A source tree: a directory, or one file with its directory around it (then `only_file` names
  /// it).
  static Result<std::unique_ptr<Root>> tree(const std::string& path, Limits limits = {});

  /// The file system of a container image: an archive as `docker save` writes it or in the OCI
  /// image layout, packed or not. Nothing is unpacked to disk.
  static Result<std::unique_ptr<Root>> image(const std::string& file, DescribeImage describe,
                                             Limits limits = {});

  /// The whole text of a regular file. The view lives as long as the Root; a second read costs a
  /// map look-up, also of the same file by another path.
  [[nodiscard]] Result<std::string_view> read(std::string_view path) const;
  /// The text of a regular file that is wanted once and not kept: one of very many. Counts as read,
  /// but not for the cap on all files together.
  [[nodiscard]] Result<std::string> read_once(std::string_view path) const;
  /// The same without a record: for the thousands of small files of /proc, which say something else
  /// a moment later.
  [[nodiscard]] Result<std::string> read_now(std::string_view path) const;
  /// Follows links.
  [[nodiscard]] Result<Stat> stat(std::string_view path) const;
  /// Of the path itself; links in its parents are followed.
  [[nodiscard]] Result<Stat> lstat(std::string_view path) const;
  /// The entries of a directory, sorted by name (bytes), without `.` and `..`.
  [[nodiscard]] Result<std::vector<DirEntry>> list(std::string_view path) const;
  [[nodiscard]] Result<std::string> readlink(std::string_view path) const;
  /// The path with every link resolved, inside the root. The last part need not exist when
  /// `may_be_missing`.
  [[nodiscard]] Result<std::string> resolve(std::string_view path,
                                            bool may_be_missing = false) const;
  /// True when something is there that a `read` or `list` could open (links followed).
  [[nodiscard]] bool exists(std::string_view path) const;
  /// Value of an extended attribute of the path itself (links not followed); empty when it has
  /// none.
  [[nodiscard]] Result<std::string> xattr(std::string_view path, std::string_view name) const;

  struct Glob {
    std::vector<std::string> paths;  ///< sorted as glob(3) does in the C locale
    std::vector<Error> errors;       ///< directories that could not be read, caps reached
  };
  /// Paths that match a glob(3) pattern: `*`, `?`, `[...]`, a leading dot only by a dot; links are
  /// followed, a slash at the end asks for directories. A pattern with few paths is looked up once;
  /// all patterns together look at so many places and no more, which is an error then.
  [[nodiscard]] Glob glob(std::string_view pattern) const;

  struct DropIns {
    std::vector<std::string> files;  ///< in the order in which they are read
    std::vector<Error> errors;       ///< directories that exist and could not be listed
  };
  /// Configuration fragments as systemd, sysctl and modprobe gather them: from every directory
  /// (highest priority first), names ending in `suffix`, one file a name, the earliest directory's;
  /// sorted by name. An empty file or a link to /dev/null hides its namesakes and is left out
  /// itself, and so does a directory of that name. Names with a leading dot do not count.
  [[nodiscard]] DropIns drop_ins(std::span<const std::string_view> directories,
                                 std::string_view suffix) const;

  /// What several probes work out of the same files, made by the first that asks and kept as long
  /// as the Root: `make` sees nothing but the root. One T, one `make`. Others wait while it is
  /// made.
  template <class T>
  const T& derived(T (*make)(const Root&)) const {
    const auto erased = [&] { return std::make_shared<const T>(make(*this)); };
    return *static_cast<const T*>(derive(typeid(T), erased));
  }

  /// True for the running host itself, where /proc and /sys tell the truth about it.
  [[nodiscard]] virtual bool is_live() const { return false; }
  /// What takes reading before anything can be asked; after the process is confined. Once, and only
  /// an image has it.
  [[nodiscard]] virtual Result<bool> load() { return true; }
  /// What an image archive says of itself; null for any other root.
  [[nodiscard]] virtual const ImageDescription* image() const { return nullptr; }
  /// Hands over members of the archive of an image (`names`; members that are not there are passed
  /// over) whole, piece by piece. It reads all of the archive; only an image has them.
  [[nodiscard]] virtual Result<bool> read_members(const std::vector<std::string>& names,
                                                  const MemberTaker& take) const;
  /// Which layer of an image made this file, and by what instruction; empty where that means
  /// nothing.
  [[nodiscard]] virtual std::string made_by(std::string_view) const { return {}; }
  /// Files that something is built or deployed from, wherever they lie; not `/` of a host.
  [[nodiscard]] bool is_source_tree() const { return is_source_tree_; }
  /// The one file of the tree that was asked for, inside the root; empty: the whole tree.
  [[nodiscard]] const std::string& only_file() const { return only_file_; }
  /// A file descriptor on the top directory for the walk, or -1 where there is none (in-memory
  /// trees).
  [[nodiscard]] virtual int top_fd() const { return -1; }
  [[nodiscard]] const Limits& limits() const { return limits_; }

  /// Every file read so far, sorted by path (as it was asked for), with its SHA-256, which is
  /// computed here and only here.
  [[nodiscard]] std::vector<FileRead> files_read() const;

 protected:
  /// A regular file that is open; `read` yields at most so many bytes of it.
  struct Opened {
    Stat stat;  ///< device and inode tell one file from another
    std::function<Result<std::string>(std::size_t cap)> read;
  };
  // The operations themselves, on a path that is absolute, without empty parts and `.`, without a
  // NUL byte and no longer than the cap. The caller adds the place to an error.
  [[nodiscard]] virtual Result<Stat> do_stat(const std::string& path, bool follow) const = 0;
  [[nodiscard]] virtual Result<Opened> do_open(const std::string& path) const = 0;
  [[nodiscard]] virtual Result<std::vector<DirEntry>> do_list(const std::string& path) const = 0;
  [[nodiscard]] virtual Result<std::string> do_readlink(const std::string& path) const = 0;
  [[nodiscard]] virtual Result<std::string> do_resolve(const std::string& path,
                                                       bool may_be_missing) const = 0;
  [[nodiscard]] virtual Result<std::string> do_xattr(const std::string& path,
                                                     std::string_view name) const = 0;

  bool is_source_tree_ = false;
  std::string only_file_;

 private:
  struct Content;  // of one file
  struct Named;    // of one path
  struct Cache;
  void load(const std::string& path, Named& named) const;
  [[nodiscard]] Result<std::string> read_whole(const Opened& file) const;
  void fill(const Opened& file, Content& content) const;
  [[nodiscard]] bool masks(const std::string& path) const;
  [[nodiscard]] Glob look_up(std::string_view pattern) const;
  const void* derive(std::type_index type,
                     const std::function<std::shared_ptr<const void>()>& make) const;

  Limits limits_;
  std::unique_ptr<Cache> cache_;
};

/// Whether a file of this host is a tar, or packed: no source file begins like that, images do.
bool is_archive(const std::string& path);
/// An absolute, normalised spelling: leading `/`, no empty part, no `.`, `..` resolved by text, no
/// trailing `/`.
std::string normal_path(std::string_view path);
/// `dir` and `name` as one path; an absolute `name` stands alone.
std::string join_path(std::string_view dir, std::string_view name);
/// What a file means by the relative name of another: the path beside it. Nothing when that leaves
/// the root by text, or is no relative path (absolute, `~`, an address).
std::optional<std::string> path_beside(std::string_view file, std::string_view name);
std::string_view parent_path(std::string_view path);
std::string_view base_name(std::string_view path);
/// fnmatch(3) on one name, FNM_PERIOD and no FNM_PATHNAME; linear in the text for each star.
bool name_matches(std::string_view pattern, std::string_view name);
/// The same without FNM_PERIOD: a star matches a leading dot, too.
bool path_part_matches(std::string_view pattern, std::string_view name);

}  // namespace plimsoll
