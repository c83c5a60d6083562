#include "scanner/root/root.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

#include "scanner/base/sha256.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

/// Readers keep some hundred bytes of each line: no file that people write has as many as fit into
/// Limits::file_bytes.
constexpr std::ptrdiff_t kMostLines = 1 << 20;

constexpr std::size_t kGlobPaths = 1U << 16U;  // that one pattern matches
constexpr std::size_t kKeptPaths = 64;         // of a pattern whose paths are remembered
constexpr std::size_t kKeptPatterns = 1U << 12U;
constexpr std::size_t kGlobLooks = 1U << 19U;  // at paths and directories, for all patterns

bool has_wildcard(std::string_view part) {
  return part.find_first_of("*?[\\") != std::string_view::npos;
}

}  // namespace

/// The bytes of one file, whatever path led to it.
struct Root::Content {
  std::once_flag once;
  Result<std::string> text = std::string{};
};

/// What reading one path came to.
struct Root::Named {
  std::once_flag once;
  Content* content = nullptr;
  std::optional<Error> error;  ///< why the path could not be opened
};

struct Root::Cache {
  std::mutex mutex;  ///< guards the maps and the count; what they hold is filled under its own flag
  std::map<std::string, Named, std::less<>> by_path;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Content> by_inode;
  std::map<std::string, std::string, std::less<>> read_once;  ///< path to SHA-256
  std::size_t bytes_read = 0;
  struct Derived {
    std::once_flag once;
    std::shared_ptr<const void> value;
  };
  std::map<std::type_index, Derived> derived;
  std::map<std::string, Glob, std::less<>> globs;  ///< patterns of few paths: they are asked again
  std::atomic<std::size_t> glob_looks = 0;
};

Root::Root(Limits limits) : limits_(limits), cache_(std::make_unique<Cache>()) {}
Root::~Root() = default;

std::string normal_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : words(path, "/")) {
    if (part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string out;
  for (const std::string_view part : parts) out.append("/").append(part);
  return out.empty() ? "/" : out;
}

std::string join_path(std::string_view dir, std::string_view name) {
  if (name.starts_with('/')) return std::string(name);
  std::string out(dir);
  if (!out.ends_with('/')) out += '/';
  return out.append(name);
}

std::optional<std::string> path_beside(std::string_view file, std::string_view name) {
  if (name.empty() || name.starts_with('/') || name.starts_with('~') ||
      name.find("://") != std::string_view::npos || name.find('\0') != std::string_view::npos)
    return std::nullopt;
  // normal_path stops at the root: what would go above it is not this tree's.
  const std::string path = fmt::format("{}/{}", parent_path(file), name);
  std::ptrdiff_t depth = 0;
  for (const std::string_view part : split(path, '/')) {
    if (part == "..")
      --depth;
    else if (!part.empty() && part != ".")
      ++depth;
    if (depth < 0) return std::nullopt;
  }
  return normal_path(path);
}

std::string_view parent_path(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return slash == 0 || slash == std::string_view::npos ? std::string_view("/")
                                                       : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

namespace {

/// Without empty parts and `.`, with a leading slash. `..` stays: what is above a link is known
/// only when it has been followed.
std::string tidy_path(std::string_view path) {
  std::string out;
  out.reserve(path.size() + 1);
  std::size_t at = 0;
  while (at < path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (!part.empty() && part != ".") out.append("/").append(part);
    at = end + 1;
  }
  return out.empty() ? "/" : out;
}

Result<std::string> checked_path(std::string_view path, const Limits& limits) {
  std::string tidy = tidy_path(path);
  if (tidy.find('\0') != std::string::npos)
    return fail(ErrorCode::not_found, "a path with a NUL byte names nothing", {std::move(tidy)});
  if (tidy.size() >= limits.path_bytes)
    return fail(ErrorCode::limit, fmt::format("path longer than {} bytes", limits.path_bytes),
                {std::move(tidy)});
  return tidy;
}

/// The answer to a question about `path`, with the place added to an error.
template <class T>
Result<T> at_path(Result<T> result, std::string_view path) {
  if (!result) result.error().where = {normal_path(path)};
  return result;
}

}  // namespace

Result<std::string> Root::resolve(std::string_view path, bool may_be_missing) const {
  const auto tidy = checked_path(path, limits_);
  if (!tidy) return fail(tidy.error());
  return at_path(do_resolve(*tidy, may_be_missing), *tidy);
}

Result<std::string> Root::read_whole(const Opened& file) const {
  const auto too_large = [&] {
    return fail(ErrorCode::limit,
                fmt::format("larger than the cap of {} bytes a file", limits_.file_bytes));
  };
  // The size that stat(2) tells refuses a huge file at once; files of /proc have none, and others
  // grow, so the bytes that come are counted too.
  if (file.stat.size > limits_.file_bytes) return too_large();
  auto text = file.read(limits_.file_bytes + 1);
  if (text && text->size() > limits_.file_bytes) return too_large();
  if (text && text->size() > std::size_t{kMostLines} &&
      std::count(text->begin(), text->end(), '\n') > kMostLines)
    return fail(ErrorCode::limit, fmt::format("more than the cap of {} lines a file", kMostLines));
  return text;
}

void Root::fill(const Opened& file, Content& content) const {
  auto text = read_whole(file);
  const std::lock_guard lock(cache_->mutex);
  if (text && text->size() > limits_.total_bytes - cache_->bytes_read) {
    content.text = fail(ErrorCode::limit,
                        fmt::format("the cap of {} bytes a scan is used up", limits_.total_bytes));
  } else {
    if (text) cache_->bytes_read += text->size();
    content.text = std::move(text);
  }
}

void Root::load(const std::string& path, Named& named) const {
  const auto file = do_open(path);
  if (!file) {
    named.error = file.error();
    return;
  }
  {
    const std::lock_guard lock(cache_->mutex);
    named.content = &cache_->by_inode[{file->stat.device, file->stat.inode}];
  }
  std::call_once(named.content->once, [&] { fill(*file, *named.content); });
}

Result<std::string_view> Root::read(std::string_view path) const {
  const auto tidy = checked_path(path, limits_);
  if (!tidy) return fail(tidy.error());
  Named* named = nullptr;
  {
    const std::lock_guard lock(cache_->mutex);
    named = &cache_->by_path[*tidy];
  }
  std::call_once(named->once, [&] { load(*tidy, *named); });
  const Origin where{normal_path(*tidy)};
  if (named->error) return fail(named->error->code, named->error->what, where);
  const auto& text = named->content->text;
  if (!text) return fail(text.error().code, text.error().what, where);
  return std::string_view(*text);
}

Result<std::string> Root::read_now(std::string_view path) const {
  const auto tidy = checked_path(path, limits_);
  if (!tidy) return fail(tidy.error());
  const auto file = do_open(*tidy);
  auto text = file ? read_whole(*file) : Result<std::string>(fail(file.error()));
  return at_path(std::move(text), *tidy);
}

Result<std::string> Root::read_once(std::string_view path) const {
  auto text = read_now(path);
  if (!text) return text;
  std::string digest = sha256_hex(*text);
  const std::lock_guard lock(cache_->mutex);
  cache_->read_once.insert_or_assign(normal_path(path), std::move(digest));
  return text;
}

Result<Stat> Root::stat(std::string_view path) const {
  const auto tidy = checked_path(path, limits_);
  if (!tidy) return fail(tidy.error());
  return at_path(do_stat(*tidy, true), *tidy);
}

Result<Stat> Root::lstat(std::string_view path) const {
  const auto tidy = checked_path(path, limits_);
  if (!tidy) return fail(tidy.error());
  return at_path(do_stat(*tidy, false), *tidy);
}

Result<std::vector<DirEntry>> Root::list(std::string_view path) const {
  const auto tidy = checked_path(path, limits_);
  if (!tidy) return fail(tidy.error());
  auto entries = at_path(do_list(*tidy), *tidy);
  if (entries)
    std::sort(entries->begin(), entries->end(),
              [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
  return entries;
}

Result<std::string> Root::readlink(std::string_view path) const {
  const auto tidy = checked_path(path, limits_);
  if (!tidy) return fail(tidy.error());
  return at_path(do_readlink(*tidy), *tidy);
}

Result<bool> Root::read_members(const std::vector<std::string>&, const MemberTaker&) const {
  return fail(ErrorCode::unsupported, "no archive of an image");
}

bool Root::exists(std::string_view path) const { return stat(path).has_value(); }

Result<std::string> Root::xattr(std::string_view path, std::string_view name) const {
  const auto tidy = checked_path(path, limits_);
  if (!tidy) return fail(tidy.error());
  return at_path(do_xattr(*tidy, name), *tidy);
}

Root::Glob Root::glob(std::string_view pattern) const {
  {
    const std::lock_guard lock(cache_->mutex);
    if (const auto known = cache_->globs.find(pattern); known != cache_->globs.end())
      return known->second;
  }
  Glob found = look_up(pattern);
  if (found.paths.size() <= kKeptPaths && found.errors.empty()) {
    const std::lock_guard lock(cache_->mutex);
    if (cache_->globs.size() < kKeptPatterns) cache_->globs.emplace(pattern, found);
  }
  return found;
}

Root::Glob Root::look_up(std::string_view pattern) const {
  Glob out;
  std::vector<std::string> found{""};
  const auto parts = words(pattern, "/");
  for (const std::string_view part : parts) {
    std::vector<std::string> next;
    for (const std::string& dir : found) {
      if (++cache_->glob_looks > kGlobLooks) {
        out.errors.push_back(
            {ErrorCode::limit,
             fmt::format("more than {} places are looked at for patterns, the last "
                         "of them `{}`",
                         kGlobLooks, pattern),
             {dir}});
        return out;
      }
      if (!has_wildcard(part)) {
        std::string path = dir + "/" + std::string(part);
        if (lstat(path)) next.push_back(std::move(path));
        continue;
      }
      const auto entries = list(dir.empty() ? "/" : dir);
      if (!entries) {
        const ErrorCode code = entries.error().code;
        if (code != ErrorCode::not_found && code != ErrorCode::wrong_type)
          out.errors.push_back(entries.error());
        continue;
      }
      for (const DirEntry& entry : *entries)
        if (name_matches(part, entry.name)) next.push_back(dir + "/" + entry.name);
      if (next.size() > kGlobPaths) {
        out.errors.push_back({ErrorCode::limit,
                              fmt::format("more than {} paths match `{}`", kGlobPaths, pattern),
                              {dir}});
        return out;
      }
    }
    found = std::move(next);
  }
  if (parts.empty()) return out;
  if (!pattern.ends_with('/')) {
    std::sort(found.begin(), found.end());
  } else {
    std::erase_if(found, [&](const std::string& path) {
      const auto there = stat(path);
      return !there || there->type != FileType::directory;
    });
    // glob(3) sorts what it returns, and that has the slash.
    std::sort(found.begin(), found.end(),
              [](const std::string& a, const std::string& b) { return a + '/' < b + '/'; });
  }
  out.paths = std::move(found);
  return out;
}

// systemd's conf-files and kmod alike: a link to /dev/null and an empty file say "nothing here, and
// nothing from further down either".
bool Root::masks(const std::string& path) const {
  if (const auto target = readlink(path);
      target && normal_path(join_path(parent_path(path), *target)) == "/dev/null")
    return true;  // also where the root has no /dev
  if (const auto target = resolve(path, true); target && *target == "/dev/null") return true;
  const auto there = stat(path);
  return there && there->type == FileType::regular && there->size == 0;
}

Root::DropIns Root::drop_ins(std::span<const std::string_view> directories,
                             std::string_view suffix) const {
  DropIns out;
  struct Found {
    std::string path;
    FileType type;
  };
  std::map<std::string, Found> by_name;
  for (const std::string_view directory : directories) {
    const auto entries = list(directory);
    if (!entries) {
      const ErrorCode code = entries.error().code;
      if (code != ErrorCode::not_found && code != ErrorCode::wrong_type)
        out.errors.push_back(entries.error());
      continue;
    }
    // Whatever its kind, an entry hides its namesakes: systemd looks at names only.
    for (const DirEntry& entry : *entries)
      if (!entry.name.starts_with('.') && entry.name.ends_with(suffix))
        by_name.try_emplace(entry.name,
                            Found{join_path(normal_path(directory), entry.name), entry.type});
  }
  for (auto& [name, found] : by_name) {
    const auto there = stat(found.path);
    if (there && there->type == FileType::directory) continue;
    const bool masked = found.type == FileType::regular
                            ? there && there->type == FileType::regular && there->size == 0
                            : masks(found.path);
    if (!masked) out.files.push_back(std::move(found.path));
  }
  return out;
}

const void* Root::derive(std::type_index type,
                         const std::function<std::shared_ptr<const void>()>& make) const {
  Cache::Derived* derived = nullptr;
  {
    const std::lock_guard lock(cache_->mutex);
    derived = &cache_->derived[type];
  }
  std::call_once(derived->once, [&] { derived->value = make(); });
  return derived->value.get();
}

std::vector<FileRead> Root::files_read() const {
  std::vector<FileRead> out;
  std::map<const Content*, std::string> digests;
  const std::lock_guard lock(cache_->mutex);
  for (const auto& [path, named] : cache_->by_path) {
    if (named.content == nullptr || !named.content->text) continue;
    std::string& digest = digests[named.content];
    if (digest.empty()) digest = sha256_hex(*named.content->text);
    out.push_back({path, digest});
  }
  if (cache_->read_once.empty()) return out;
  for (const auto& [path, digest] : cache_->read_once)
    if (!cache_->by_path.contains(path)) out.push_back({path, digest});
  std::sort(out.begin(), out.end(),
            [](const FileRead& a, const FileRead& b) { return a.path < b.path; });
  return out;
}

}  // namespace plimsoll
