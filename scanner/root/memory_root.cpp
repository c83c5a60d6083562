#include "scanner/root/memory_root.h"

namespace plimsoll {

Stat MemoryRoot::directory_stat() {
  Stat stat;
  stat.type = FileType::directory;
  stat.mode = 0755;
  return stat;
}

MemoryRoot::Node& MemoryRoot::place(std::string_view path, Node node) {
  const std::string normal = normal_path(path);
  for (std::string_view parent = parent_path(normal); parent != "/"; parent = parent_path(parent))
    nodes_.try_emplace(std::string(parent), Node{directory_stat(), {}});
  node.stat.inode = nodes_.size() + 1;
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

Result<const MemoryRoot::Node*> MemoryRoot::node_at(const std::string& path) const {
  const auto found = nodes_.find(path);
  if (found == nodes_.end()) return fail(ErrorCode::not_found, "no such file or directory", {path});
  return &found->second;
}

Result<Stat> MemoryRoot::stat_node(const std::string& path) const {
  const auto node = node_at(path);
  if (!node) return fail(node.error());
  return (*node)->stat;
}

Result<std::string> MemoryRoot::link_target(const std::string& path) const {
  const auto node = node_at(path);
  if (!node) return fail(node.error());
  return (*node)->content;
}

Result<std::vector<DirEntry>> MemoryRoot::list_node(const std::string& path) const {
  const auto node = node_at(path);
  if (!node) return fail(node.error());
  if ((*node)->denied) return fail(ErrorCode::denied, "permission denied", {path});
  const std::string prefix = path == "/" ? path : path + "/";
  std::vector<DirEntry> entries;
  for (auto it = nodes_.upper_bound(prefix); it != nodes_.end() && it->first.starts_with(prefix);
       ++it) {
    const std::string_view name = std::string_view(it->first).substr(prefix.size());
    if (name.find('/') == std::string_view::npos)
      entries.push_back({std::string(name), it->second.stat.type});
  }
  return entries;
}

Result<std::string> MemoryRoot::read_node(const std::string& path, std::size_t cap) const {
  const auto node = node_at(path);
  if (!node) return fail(node.error());
  if ((*node)->denied) return fail(ErrorCode::denied, "permission denied", {path});
  return (*node)->content.substr(0, cap);
}

Result<std::string> MemoryRoot::xattr_node(const std::string& path, std::string_view name) const {
  const auto node = node_at(path);
  if (!node) return fail(node.error());
  const auto found = (*node)->xattrs.find(name);
  return found == (*node)->xattrs.end() ? std::string{} : found->second;
}

std::unique_ptr<Root> Root::in_memory(const std::map<std::string, std::string>& files) {
  auto root = std::make_unique<MemoryRoot>();
  for (const auto& [path, text] : files) root->add_file(path, text);
  return root;
}

}  // namespace plimsoll
