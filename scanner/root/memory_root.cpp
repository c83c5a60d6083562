#include "scanner/root/memory_root.h"

#include <fmt/format.h>

#include "scanner/root/resolve.h"

namespace plimsoll {

MemoryRoot::MemoryRoot(Limits limits) : Root(limits) {
  nodes_["/"] = {directory_stat(), {}};
  nodes_["/"].stat.inode = ++inodes_;
}

Stat MemoryRoot::directory_stat() {
  Stat stat;
  stat.type = FileType::directory;
  stat.mode = 0755;
  return stat;
}

MemoryRoot::Node& MemoryRoot::place(std::string_view path, Node node) {
  const std::string normal = normal_path(path);
  for (std::string_view parent = parent_path(normal); parent != "/"; parent = parent_path(parent))
    if (const auto [made, is_new] =
            nodes_.try_emplace(std::string(parent), Node{directory_stat(), {}});
        is_new)
      made->second.stat.inode = ++inodes_;
  node.stat.inode = ++inodes_;
  Node& placed = nodes_[normal];
  placed = std::move(node);
  return placed;
}

void MemoryRoot::add_file(std::string_view path, std::string text, std::uint32_t mode,
                          std::uint32_t uid, std::uint32_t gid) {
  Stat stat;
  stat.type = FileType::regular;
  stat.mode = mode;
  stat.uid = uid;
  stat.gid = gid;
  stat.size = text.size();
  stat.mtime = kFileTime;
  place(path, {stat, std::move(text)});
}

void MemoryRoot::add_directory(std::string_view path, std::uint32_t mode, std::uint32_t uid,
                               std::uint32_t gid) {
  Stat stat = directory_stat();
  stat.mode = mode;
  stat.uid = uid;
  stat.gid = gid;
  place(path, {stat, {}});
}

void MemoryRoot::add_link(std::string_view path, std::string target) {
  Stat stat;
  stat.type = FileType::symlink;
  stat.mode = 0777;
  stat.size = target.size();
  place(path, {stat, std::move(target)});
}

void MemoryRoot::add_special(std::string_view path, FileType type) {
  Stat stat;
  stat.type = type;
  stat.mode = 0644;
  place(path, {stat, {}});
}

void MemoryRoot::set_xattr(std::string_view path, std::string name, std::string value) {
  const auto found = nodes_.find(normal_path(path));
  if (found != nodes_.end()) found->second.xattrs[std::move(name)] = std::move(value);
}

void MemoryRoot::deny(std::string_view path) {
  const auto found = nodes_.find(normal_path(path));
  if (found != nodes_.end()) found->second.denied = true;
}

/// Stands on a canonical path.
class MemoryRoot::Cursor {
 public:
  explicit Cursor(const Nodes& nodes) : nodes_(nodes) {}
  Result<FileType> look(const std::string&, const std::string& path) {
    child_ = nodes_.find(path);
    if (child_ == nodes_.end()) return fail(ErrorCode::not_found, "no such file or directory");
    return child_->second.stat.type;
  }
  Result<std::string> target() { return child_->second.content; }
  // `look` is handed the whole path, so there is no place to keep.
  Result<void> enter() { return {}; }
  Result<void> up() { return {}; }
  void top() {}

 private:
  const Nodes& nodes_;
  Nodes::const_iterator child_;
};

Result<MemoryRoot::Nodes::const_iterator> MemoryRoot::find(const std::string& path,
                                                           bool follow) const {
  if (damage_) return fail(*damage_);
  Cursor cursor(nodes_);
  const auto resolved = resolve_path(cursor, path, limits(), {.follow_last = follow});
  if (!resolved) return fail(resolved.error());
  return nodes_.find(*resolved);
}

Result<std::string> MemoryRoot::do_resolve(const std::string& path, bool may_be_missing) const {
  if (damage_) return fail(*damage_);
  Cursor cursor(nodes_);
  return resolve_path(cursor, path, limits(), {.may_be_missing = may_be_missing});
}

Result<Stat> MemoryRoot::do_stat(const std::string& path, bool follow) const {
  const auto found = find(path, follow);
  if (!found) return fail(found.error());
  return (*found)->second.stat;
}

Result<std::string> MemoryRoot::do_readlink(const std::string& path) const {
  const auto found = find(path, false);
  if (!found) return fail(found.error());
  const Node& node = (*found)->second;
  if (node.stat.type != FileType::symlink)
    return fail(ErrorCode::wrong_type, "not a symbolic link");
  return node.content;
}

Result<std::vector<DirEntry>> MemoryRoot::do_list(const std::string& path) const {
  const auto found = find(path, true);
  if (!found) return fail(found.error());
  const auto& [where, node] = **found;
  if (node.stat.type != FileType::directory) return fail(ErrorCode::wrong_type, "not a directory");
  if (node.denied) return fail(ErrorCode::denied, "permission denied");
  const std::string prefix = where == "/" ? where : where + "/";
  std::vector<DirEntry> entries;
  for (auto it = nodes_.upper_bound(prefix); it != nodes_.end() && it->first.starts_with(prefix);) {
    const std::string_view name = std::string_view(it->first).substr(prefix.size());
    const auto slash = name.find('/');
    if (slash == std::string_view::npos) {
      entries.push_back({std::string(name), it->second.stat.type});
      ++it;
    } else {  // below a child: on to what follows all of that; `0` is the byte after `/`
      it = nodes_.lower_bound(prefix + std::string(name.substr(0, slash)) + '0');
    }
  }
  if (entries.size() > limits().directory_entries)
    return fail(ErrorCode::limit,
                fmt::format("more than {} entries in a directory", limits().directory_entries));
  return entries;
}

Result<Root::Opened> MemoryRoot::do_open(const std::string& path) const {
  const auto found = find(path, true);
  if (!found) return fail(found.error());
  const Node& node = (*found)->second;
  if (node.stat.type != FileType::regular)
    return fail(ErrorCode::wrong_type, "not a regular file, so it is not opened");
  if (node.denied) return fail(ErrorCode::denied, "permission denied");
  return Opened{node.stat, [&node](std::size_t cap) -> Result<std::string> {
                  return node.content.substr(0, cap);
                }};
}

Result<std::string> MemoryRoot::do_xattr(const std::string& path, std::string_view name) const {
  const auto node = find(path, false);
  if (!node) return fail(node.error());
  const auto& xattrs = (*node)->second.xattrs;
  const auto found = xattrs.find(name);
  return found == xattrs.end() ? std::string{} : found->second;
}

std::unique_ptr<Root> Root::in_memory(const std::map<std::string, std::string>& files) {
  auto root = std::make_unique<MemoryRoot>();
  for (const auto& [path, text] : files) root->add_file(path, text);
  return root;
}

}  // namespace plimsoll
