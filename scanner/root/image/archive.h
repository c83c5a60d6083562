#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scanner/root/descriptor.h"
#include "scanner/root/image/tar.h"

namespace plimsoll {

/// The outer archive of an image: a tar with layers and JSON files, or such a tar packed as a
/// whole.
class ImageArchive {
 public:
  /// Opens the file; `read` looks into it, inside the sandbox.
  static Result<ImageArchive> open(const std::string& file);
  Result<bool> read(DescribeImage describe);

  [[nodiscard]] const ImageDescription& description() const { return description_; }

  /// Calls `use_layer(index, tar)` once for each layer, in the order in which they stand in the
  /// archive, which need not be theirs.
  using UseLayer = std::function<Result<bool>(std::size_t index, ByteSource& tar)>;
  [[nodiscard]] Result<bool> each_layer(const UseLayer& use_layer) const;
  /// The same for one of them.
  [[nodiscard]] Result<bool> with_layer(std::size_t index, const UseLayer& use_layer) const;

  /// Root::read_members.
  [[nodiscard]] Result<bool> read_members(const std::vector<std::string>& names,
                                          const MemberTaker& take) const;

 private:
  struct Member {
    std::uint64_t offset = 0, size = 0;  ///< in the unpacked outer archive
  };
  Result<bool> scan();
  Result<bool> describe(DescribeImage describe);
  [[nodiscard]] const Member* member(const std::string& name) const;
  [[nodiscard]] std::unique_ptr<ByteSource> raw() const;
  [[nodiscard]] Result<bool> use(std::size_t index, ByteSource& outer, std::uint64_t& position,
                                 const UseLayer& use_layer) const;

  Descriptor file_;
  std::uint64_t size_ = 0;
  std::unique_ptr<UnpackBudget> budget_ = std::make_unique<UnpackBudget>();
  std::map<std::string, Member> members_;
  std::map<std::string, std::string> links_;  ///< old `docker save` has equal layers as links
  std::map<std::string, std::string> texts_;  ///< small members: what may be JSON
  ImageDescription description_;
};

}  // namespace plimsoll
