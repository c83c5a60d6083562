#pragma once

#include <string>

#include "scanner/root/root.h"

namespace plimsoll {

/// A directory of this host as a root; `/` is the live host.
class DirectoryRoot : public Root {
 public:
  DirectoryRoot(int top, bool live, Limits limits) : Root(limits), top_(top), live_(live) {}
  ~DirectoryRoot() override;

  [[nodiscard]] bool is_live() const override { return live_; }
  [[nodiscard]] int top_fd() const override { return top_; }

 protected:
  [[nodiscard]] Result<Stat> stat_node(const std::string& path) const override;
  [[nodiscard]] Result<std::string> link_target(const std::string& path) const override;
  [[nodiscard]] Result<std::vector<DirEntry>> list_node(const std::string& path) const override;
  [[nodiscard]] Result<std::string> read_node(const std::string& path,
                                              std::size_t cap) const override;
  [[nodiscard]] Result<std::string> xattr_node(const std::string& path,
                                               std::string_view name) const override;

 private:
  int top_;
  bool live_;
};

}  // namespace plimsoll
