#include "plugins/container/image/digests.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scanner/base/sha256.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/probe/deep_reading.h"
#include "scanner/root/stream.h"

namespace plimsoll {
namespace {

constexpr std::string_view kBlobs = "blobs/sha256/";
constexpr std::uint64_t kLargest = std::uint64_t{64} << 30U;

bool is_sum(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The digest that a name holds: `blobs/sha256/SUM`, `SUM.json`, `SUM/layer.tar` do not differ
/// here.
std::string sum_in(std::string_view name) {
  if (name.starts_with(kBlobs)) name.remove_prefix(kBlobs.size());
  if (name.ends_with(".json")) name.remove_suffix(5);
  return is_sum(name) ? std::string(name) : std::string();
}

std::vector<std::string> diff_ids(const ImageDescription& image) {
  std::vector<std::string> out;
  const DataTree tree = read_json(image.config, image.config_path);
  if (tree.error) return out;
  const DataNode* ids = tree.documents.front()->find({"rootfs", "diff_ids"});
  if (ids == nullptr) return out;
  for (const DataEntry& one : ids->entries) {
    const std::string_view text = one.value->text;
    out.emplace_back(text.starts_with("sha256:") ? text.substr(7) : std::string_view());
  }
  return out;
}

/// Name to the digest that it should have; empty where nothing says one.
std::map<std::string, std::string> wanted(const ImageDescription& image) {
  std::map<std::string, std::string> out;
  if (!image.manifest_path.empty()) out[image.manifest_path] = sum_in(image.manifest_path);
  out[image.config_path] = sum_in(image.config_path);
  const std::vector<std::string> ids = diff_ids(image);
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const std::string& name = image.layers[i].name;
    const bool is_blob = name.starts_with(kBlobs);
    out[name] = is_blob ? sum_in(name) : i < ids.size() ? ids[i] : std::string();
  }
  return out;
}

/// A packed layer that is not named by its digest: the diff_id is that of the unpacked one.
bool is_packed(std::string_view piece) {
  return piece.starts_with("\x1f\x8b") || piece.starts_with("\x28\xb5\x2f\xfd");
}

class Sums {
 public:
  void take(const std::string& name, std::string_view piece) {
    Sum& sum = sums_[name];
    if (sum.size == 0) sum.is_packed = is_packed(piece);
    sum.size += piece.size();
    sum.sum.add(piece);
    deep_reading().bytes += piece.size();
  }

  void judge(const std::string& name, const std::string& digest, Digests& out) {
    ++deep_reading().files;
    const auto found = sums_.find(name);
    const bool is_blob = name.starts_with(kBlobs);
    if (digest.empty() || (found != sums_.end() && found->second.is_packed && !is_blob)) {
      out.error = Error{ErrorCode::unsupported, "nothing says its digest", {"/" + name}};
      return;
    }
    // An empty member was never handed over.
    const std::string have = found == sums_.end() ? sha256_hex("") : found->second.sum.hex();
    if (have != digest) out.altered.push_back(name);
  }

 private:
  struct Sum {
    Sha256 sum;
    std::uint64_t size = 0;
    bool is_packed = false;
  };
  std::map<std::string, Sum> sums_;
};

/// From the archive, or from the directory into which one was unpacked.
Result<bool> read_all(const Root& root, const std::vector<std::string>& names, Sums& sums) {
  const auto take = [&](const std::string& name, std::string_view piece) {
    sums.take(name, piece);
  };
  if (root.image() != nullptr) return root.read_members(names, take);
  FileStream stream(root);
  for (const std::string& name : names) {
    const auto done =
        stream.read("/" + name, kLargest, [&](std::string_view piece) { take(name, piece); });
    if (!done) return fail(done.error());
  }
  return true;
}

}  // namespace

Digests check_digests(const Root& root, const ImageDescription& image) {
  Digests out;
  const auto digests = wanted(image);
  std::vector<std::string> names;
  for (const auto& [name, digest] : digests) names.push_back(name);
  Sums sums;
  const auto done = read_all(root, names, sums);
  if (!done) {
    out.error = done.error();
    return out;
  }
  deep_reading().planned += names.size();
  for (const auto& [name, digest] : digests) sums.judge(name, digest, out);
  return out;
}

}  // namespace plimsoll
