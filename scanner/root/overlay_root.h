#pragma once

#include <string>

#include "scanner/root/root.h"

namespace plimsoll {

/// Another root with one file changed, to see what an edit would come to. Nothing is written, and
/// what the other root has read is not read again. It must outlive this one.
class OverlayRoot : public Root {
 public:
  /// `file` must be there; every path that leads to it leads to `text`.
  OverlayRoot(const Root& base, std::string_view file, std::string text);

  [[nodiscard]] bool is_live() const override { return base_.is_live(); }
  [[nodiscard]] const ImageDescription* image() const override { return base_.image(); }

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
  const Root& base_;
  std::string file_;  ///< canonical
  std::string text_;
};

}  // namespace plimsoll
