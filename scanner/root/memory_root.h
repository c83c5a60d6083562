#pragma once

#include <map>
#include <string>

#include "scanner/root/root.h"

namespace plimsoll {

/// A tree held in memory, for tests, rule examples and fuzzing. Missing parents are made as
/// directories, 0755.
class MemoryRoot : public Root {
 public:
  explicit MemoryRoot(Limits limits = {}) : Root(limits) { nodes_["/"] = {directory_stat(), {}}; }

  void add_file(std::string_view path, std::string text, std::uint32_t mode = 0644,
                std::uint32_t uid = 0, std::uint32_t gid = 0);
  void add_directory(std::string_view path, std::uint32_t mode = 0755, std::uint32_t uid = 0,
                     std::uint32_t gid = 0);
  void add_link(std::string_view path, std::string target);
  /// A FIFO, device or socket.
  void add_special(std::string_view path, FileType type);
  void set_xattr(std::string_view path, std::string name, std::string value);
  /// From now on reading (or listing) this path fails with `denied`.
  void deny(std::string_view path);
  void set_live(bool live) { live_ = live; }
  [[nodiscard]] bool is_live() const override { return live_; }

 protected:
  [[nodiscard]] Result<Stat> stat_node(const std::string& path) const override;
  [[nodiscard]] Result<std::string> link_target(const std::string& path) const override;
  [[nodiscard]] Result<std::vector<DirEntry>> list_node(const std::string& path) const override;
  [[nodiscard]] Result<std::string> read_node(const std::string& path,
                                              std::size_t cap) const override;
  [[nodiscard]] Result<std::string> xattr_node(const std::string& path,
                                               std::string_view name) const override;

 private:
  struct Node {
    Stat stat;
    std::string content;  ///< text of a file, target of a link
    std::map<std::string, std::string, std::less<>> xattrs = {};
    bool denied = false;
  };
  static Stat directory_stat();
  Node& place(std::string_view path, Node node);
  [[nodiscard]] Result<const Node*> node_at(const std::string& path) const;

  std::map<std::string, Node>
      nodes_;  ///< by canonical path; ordered, so that a directory's entries follow it
  bool live_ = false;
};

}  // namespace plimsoll
