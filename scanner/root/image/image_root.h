#pragma once

#include <atomic>
#include <mutex>

#include "scanner/root/image/archive.h"
#include "scanner/root/memory_root.h"

namespace plimsoll {

/// The merged file system of an image, as the OCI image-spec (layer.md) has it: each layer adds,
/// replaces and, by whiteouts, removes. The tree is held in memory; of contents what a scan is
/// likely to ask for, the rest is read again from the archive when it is asked for.
class ImageRoot : public MemoryRoot {
 public:
  ImageRoot(ImageArchive archive, DescribeImage describe, Limits limits);
  /// Reads all layers once. Fails when this is no image; one whose layers are damaged is loaded, and
  /// every file of it is an error.
  Result<bool> load() override;

  [[nodiscard]] const ImageDescription* image() const override { return &archive_.description(); }
  [[nodiscard]] Result<bool> read_members(const std::vector<std::string>& names,
                                          const MemberTaker& take) const override {
    return archive_.read_members(names, take);
  }
  [[nodiscard]] std::string made_by(std::string_view path) const override;

 protected:
  [[nodiscard]] Result<Opened> do_open(const std::string& path) const override;

 private:
  struct Found {
    TarEntry entry;
    std::string content;
    bool is_kept = false;
  };
  using Layer = std::vector<Found>;
  Result<bool> read_layer(ByteSource& tar, Layer& out);
  void merge(const Layer& layer, std::uint32_t number);
  void add(const Found& found, const std::string& path, std::uint32_t number);
  void make_way(const std::string& path);
  void remove(const std::string& path);
  void remove_below(const std::string& path);
  static Node file_node(const Found& found, std::uint32_t number);
  Node linked_node(const TarEntry& entry);
  std::string place_of(const std::string& name);
  [[nodiscard]] Result<std::string> read_again(const Node& node, std::size_t cap) const;

  ImageArchive archive_;
  DescribeImage describe_;
  std::size_t entries_ = 0, kept_bytes_ = 0;
  std::string last_parent_, last_resolved_;  ///< of `place_of`: members of one directory follow
  mutable std::atomic<int> read_again_{0};
};

}  // namespace plimsoll
