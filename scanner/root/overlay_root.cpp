#include "scanner/root/overlay_root.h"

#include <utility>

namespace plimsoll {

OverlayRoot::OverlayRoot(const Root& base, std::string_view file, std::string text)
    : Root(base.limits()),
      base_(base),
      file_(base.resolve(file).value_or(normal_path(file))),
      text_(std::move(text)) {
  is_source_tree_ = base.is_source_tree();
  only_file_ = base.only_file();
}

Result<Stat> OverlayRoot::do_stat(const std::string& path, bool follow) const {
  auto there = follow ? base_.stat(path) : base_.lstat(path);
  if (!there || there->type != FileType::regular) return there;
  if (base_.resolve(path).value_or(std::string()) == file_) there->size = text_.size();
  return there;
}

Result<Root::Opened> OverlayRoot::do_open(const std::string& path) const {
  const auto there = base_.stat(path);
  if (!there) return fail(there.error());
  if (base_.resolve(path).value_or(std::string()) == file_) {
    Stat stat = *there;
    stat.size = text_.size();
    return Opened{stat,
                  [this](std::size_t cap) -> Result<std::string> { return text_.substr(0, cap); }};
  }
  return Opened{*there, [this, path](std::size_t cap) -> Result<std::string> {
                  const auto text = base_.read(path);
                  if (!text) return fail(text.error());
                  return std::string(text->substr(0, cap));
                }};
}

Result<std::vector<DirEntry>> OverlayRoot::do_list(const std::string& path) const {
  return base_.list(path);
}

Result<std::string> OverlayRoot::do_readlink(const std::string& path) const {
  return base_.readlink(path);
}

Result<std::string> OverlayRoot::do_resolve(const std::string& path, bool may_be_missing) const {
  return base_.resolve(path, may_be_missing);
}

Result<std::string> OverlayRoot::do_xattr(const std::string& path, std::string_view name) const {
  return base_.xattr(path, name);
}

}  // namespace plimsoll
