#include "scanner/root/root.h"

#include <fmt/format.h>
#include <nettle/sha2.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

std::string sha256_hex(std::string_view text) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, text.size(), reinterpret_cast<const std::uint8_t*>(text.data()));
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest;
  sha256_digest(&context, digest.size(), digest.data());
  std::string hex;
  for (const std::uint8_t byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

constexpr std::size_t kGlobPaths = 1U << 16U;

bool has_wildcard(std::string_view part) {
  return part.find_first_of("*?[\\") != std::string_view::npos;
}

}  // namespace

struct Root::Cached {
  std::once_flag once;
  Result<std::string> text = std::string{};
};

Root::Root(Limits limits) : limits_(limits) {}
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

std::string_view parent_path(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return slash == 0 || slash == std::string_view::npos ? std::string_view("/")
                                                       : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

// Resolution in user space: component by component, each link spliced in where it stands
// (path_resolution(7)), except that the top of the root is where absolute targets begin and where
// `..` ends.
Result<std::string> Root::walk_path(std::string_view path, bool follow_last,
                                    bool may_be_missing) const {
  if (path.find('\0') != std::string_view::npos)
    return fail(ErrorCode::not_found, "a path with a NUL byte names nothing", {std::string(path)});
  std::vector<std::string> pending;  // parts still to walk, the next one last
  const auto push_parts = [&pending](std::string_view text) {
    const auto parts = words(text, "/");
    for (auto it = parts.rbegin(); it != parts.rend(); ++it) pending.emplace_back(*it);
  };
  push_parts(path);
  std::string at;  // canonical so far; empty is the top
  std::size_t links = 0;
  while (!pending.empty()) {
    const std::string part = std::move(pending.back());
    pending.pop_back();
    if (part == ".") continue;
    if (part == "..") {
      at.resize(at.empty() ? 0 : at.find_last_of('/'));
      continue;
    }
    std::string next = at + "/" + part;
    if (next.size() > limits_.path_bytes)
      return fail(ErrorCode::limit, fmt::format("path longer than {} bytes", limits_.path_bytes),
                  {normal_path(path)});
    const auto stat = stat_node(next);
    if (!stat) {
      if (stat.error().code == ErrorCode::not_found && may_be_missing && pending.empty())
        return next;
      return fail(stat.error().code, stat.error().what, {normal_path(path)});
    }
    if (stat->type == FileType::symlink && (follow_last || !pending.empty())) {
      if (++links > limits_.link_depth)
        return fail(ErrorCode::link_loop,
                    fmt::format("more than {} symbolic links on the way", limits_.link_depth),
                    {normal_path(path)});
      const auto target = link_target(next);
      if (!target) return fail(target.error());
      if (target->starts_with('/')) at.clear();
      push_parts(*target);
      continue;
    }
    if (stat->type != FileType::directory && !pending.empty())
      return fail(ErrorCode::not_found, "a parent is not a directory", {normal_path(path)});
    at = std::move(next);
  }
  return at.empty() ? std::string("/") : at;
}

Result<std::string> Root::resolve(std::string_view path, bool may_be_missing) const {
  return walk_path(path, true, may_be_missing);
}

Result<std::string_view> Root::read(std::string_view path) const {
  const auto real = walk_path(path, true, false);
  if (!real) return fail(real.error());
  const auto stat = stat_node(*real);
  if (!stat) return fail(stat.error());
  const Origin where{normal_path(path)};
  if (stat->type != FileType::regular)
    return fail(ErrorCode::wrong_type, "not a regular file, so it is not opened", where);
  Cached* cached = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = files_[*real];
    if (!slot) slot = std::make_unique<Cached>();
    cached = slot.get();
  }
  std::call_once(cached->once, [&] {
    auto text = read_node(*real, limits_.file_bytes + 1);
    const std::lock_guard lock(mutex_);
    if (text && text->size() > limits_.file_bytes) {
      cached->text =
          fail(ErrorCode::limit,
               fmt::format("larger than the cap of {} bytes a file", limits_.file_bytes), where);
    } else if (text && (bytes_read_ += text->size()) > limits_.total_bytes) {
      cached->text =
          fail(ErrorCode::limit,
               fmt::format("the cap of {} bytes a scan is used up", limits_.total_bytes), where);
    } else {
      cached->text = std::move(text);
    }
  });
  if (!cached->text) return fail(cached->text.error().code, cached->text.error().what, where);
  return std::string_view(*cached->text);
}

Result<Stat> Root::stat(std::string_view path) const {
  const auto real = walk_path(path, true, false);
  if (!real) return fail(real.error());
  return stat_node(*real);
}

Result<Stat> Root::lstat(std::string_view path) const {
  const auto real = walk_path(path, false, false);
  if (!real) return fail(real.error());
  return stat_node(*real);
}

Result<std::vector<DirEntry>> Root::list(std::string_view path) const {
  const auto real = walk_path(path, true, false);
  if (!real) return fail(real.error());
  const auto stat = stat_node(*real);
  if (!stat) return fail(stat.error());
  if (stat->type != FileType::directory)
    return fail(ErrorCode::wrong_type, "not a directory", {normal_path(path)});
  auto entries = list_node(*real);
  if (!entries) return fail(entries.error().code, entries.error().what, {normal_path(path)});
  std::sort(entries->begin(), entries->end(),
            [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
  return entries;
}

Result<std::string> Root::readlink(std::string_view path) const {
  const auto real = walk_path(path, false, false);
  if (!real) return fail(real.error());
  const auto stat = stat_node(*real);
  if (!stat) return fail(stat.error());
  if (stat->type != FileType::symlink)
    return fail(ErrorCode::wrong_type, "not a symbolic link", {normal_path(path)});
  return link_target(*real);
}

bool Root::exists(std::string_view path) const { return walk_path(path, true, false).has_value(); }

Result<std::string> Root::xattr(std::string_view path, std::string_view name) const {
  const auto real = walk_path(path, false, false);
  if (!real) return fail(real.error());
  return xattr_node(*real, name);
}

Root::Glob Root::glob(std::string_view pattern) const {
  Glob out;
  std::vector<std::string> found{""};
  const auto parts = words(pattern, "/");
  for (const std::string_view part : parts) {
    std::vector<std::string> next;
    for (const std::string& dir : found) {
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
  std::sort(found.begin(), found.end());
  out.paths = std::move(found);
  return out;
}

Root::DropIns Root::drop_ins(std::span<const std::string_view> directories,
                             std::string_view suffix) const {
  DropIns out;
  std::map<std::string, std::string> by_name;
  for (const std::string_view directory : directories) {
    const auto entries = list(directory);
    if (!entries) {
      const ErrorCode code = entries.error().code;
      if (code != ErrorCode::not_found && code != ErrorCode::wrong_type)
        out.errors.push_back(entries.error());
      continue;
    }
    for (const DirEntry& entry : *entries)
      if (entry.name.ends_with(suffix) && entry.name.size() > suffix.size())
        by_name.try_emplace(entry.name, join_path(normal_path(directory), entry.name));
  }
  for (auto& [name, path] : by_name) {
    const auto target = resolve(path, true);
    if (target && *target == "/dev/null") continue;  // masked
    const auto stat = this->stat(path);
    if (stat && stat->type == FileType::directory) continue;
    if (stat && stat->type == FileType::regular && stat->size == 0) continue;
    out.files.push_back(std::move(path));
  }
  return out;
}

std::vector<FileRead> Root::files_read() const {
  std::vector<FileRead> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [path, cached] : files_)
    if (cached->text) out.push_back({path, sha256_hex(*cached->text)});
  std::sort(out.begin(), out.end(),
            [](const FileRead& a, const FileRead& b) { return a.path < b.path; });
  return out;
}

namespace {

/// Matches one bracket expression at `pattern[at]`; moves `at` past it. False and at unchanged when
/// it never closes.
bool match_bracket(std::string_view pattern, std::size_t& at, char c, bool& matched) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool hit = false;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) {
      at = i + 1;
      matched = hit != negated;
      return true;
    }
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const char low = pattern[i++];
    char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      high = pattern[i + 1];
      i += 2;
    }
    if (static_cast<unsigned char>(low) <= static_cast<unsigned char>(c) &&
        static_cast<unsigned char>(c) <= static_cast<unsigned char>(high))
      hit = true;
  }
  return false;
}

}  // namespace

bool name_matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("\\."))
    return false;
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;  // where to resume after the last star
  std::size_t mark = 0;
  while (n < name.size()) {
    bool ok = false;
    if (p < pattern.size()) {
      if (pattern[p] == '*') {
        star = ++p;
        mark = n;
        continue;
      }
      std::size_t next = p;
      bool matched = false;
      if (pattern[p] == '?') {
        ok = true;
        next = p + 1;
      } else if (pattern[p] == '[' && match_bracket(pattern, next, name[n], matched)) {
        ok = matched;
      } else {
        if (pattern[p] == '\\' && p + 1 < pattern.size()) next = p + 1;
        ok = pattern[next] == name[n];
        ++next;
      }
      if (ok) {
        p = next;
        ++n;
      }
    }
    if (!ok) {
      if (star == std::string_view::npos) return false;
      p = star;
      n = ++mark;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace plimsoll
