#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "scanner/root/descriptor.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// A directory of this host as a root; `/` is the live host.
class DirectoryRoot : public Root {
 public:
  /// Who keeps paths inside the root: the kernel (openat2(2), Linux 5.6) or the same rules in user
  /// space. The kernel's way falls back by itself where there is none or a filter refuses it.
  enum class Resolution { kernel, user_space };

  DirectoryRoot(Descriptor top, bool live, Limits limits,
                Resolution resolution = Resolution::kernel);
  static Result<std::unique_ptr<DirectoryRoot>> open(const std::string& path, Limits limits = {},
                                                     Resolution resolution = Resolution::kernel);

  [[nodiscard]] bool is_live() const override { return live_; }
  [[nodiscard]] int top_fd() const override { return top_.get(); }

 protected:
  [[nodiscard]] Result<Stat> do_stat(const std::string& path, bool follow) const override;
  [[nodiscard]] Result<Opened> do_open(const std::string& path) const override;
  [[nodiscard]] Result<std::vector<DirEntry>> do_list(const std::string& path) const override;
  [[nodiscard]] Result<std::string> do_readlink(const std::string& path) const override;
  [[nodiscard]] Result<std::string> do_resolve(const std::string& path,
                                               bool may_be_missing) const override;
  [[nodiscard]] Result<std::string> do_xattr(const std::string& path,
                                             std::string_view name) const override;

 private:
  [[nodiscard]] Result<Descriptor> locate(const std::string& path, bool follow) const;

  [[nodiscard]] std::optional<std::string> resolve_in_known_directory(
      const std::string& path) const;
  [[nodiscard]] Descriptor open_again(const std::string& path, const Stat& seen) const;

  Descriptor top_;
  bool live_;
  mutable std::atomic<bool> in_kernel_;
  mutable std::mutex resolved_mutex_;
  mutable std::map<std::string, std::string> resolved_directories_;  ///< as asked for, canonical
};

}  // namespace plimsoll
