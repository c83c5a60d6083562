#pragma once

#include <map>
#include <string>

#include "scanner/root/root.h"

namespace plimsoll {

/// A tree held in memory, for tests, rule examples and fuzzing. Missing parents are made as
/// directories, 0755.
class MemoryRoot : public Root {
 public:
  /// When every file here was last written, for probes that compare dates with a file's own:
  /// 2026-01-01, day 20454.
  static constexpr std::int64_t kFileTime = 1767225600;

  explicit MemoryRoot(Limits limits = {});

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
  void set_source_tree(bool is_one) { is_source_tree_ = is_one; }
  [[nodiscard]] bool is_live() const override { return live_; }

 protected:
  [[nodiscard]] Result<Stat> do_stat(const std::string& path, bool follow) const override;
  [[nodiscard]] Result<Opened> do_open(const std::string& path) const override;
  [[nodiscard]] Result<std::vector<DirEntry>> do_list(const std::string& path) const override;
  [[nodiscard]] Result<std::string> do_readlink(const std::string& path) const override;
  [[nodiscard]] Result<std::string> do_resolve(const std::string& path,
                                               bool may_be_missing) const override;
  [[nodiscard]] Result<std::string> do_xattr(const std::string& path,
                                             std::string_view name) const override;

  struct Node {
    Stat stat;
    std::string content;  ///< text of a file, target of a link
    std::map<std::string, std::string, std::less<>> xattrs = {};
    bool denied = false;
    // Of an image:
    std::uint32_t layer = 0;          ///< the number of the layer that has it, from 1
    bool is_elsewhere = false;        ///< the content was not kept: it is in the archive
    std::uint32_t content_layer = 0;  ///< there: in this layer
    std::uint64_t offset = 0;         ///< and it begins here, in the unpacked layer
  };
  using Nodes = std::map<std::string, Node>;
  static Stat directory_stat();
  Node& place(std::string_view path, Node node);
  [[nodiscard]] Result<Nodes::const_iterator> find(const std::string& path, bool follow) const;
  /// From now on every question fails with this: what the tree lacks is not known.
  void give_up(Error why) { damage_ = std::move(why); }
  [[nodiscard]] const Nodes& nodes() const { return nodes_; }
  Nodes& nodes() { return nodes_; }

 private:
  class Cursor;

  Nodes nodes_;  ///< by canonical path; ordered, so that a directory's entries follow it
  std::uint64_t inodes_ = 0;
  bool live_ = false;
  std::optional<Error> damage_;
};

}  // namespace plimsoll
