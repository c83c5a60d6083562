#include "scanner/formats/image_description.h"

#include <fmt/format.h>

#include <map>

#include "scanner/formats/data/data_tree.h"

namespace plimsoll {
namespace {

constexpr std::size_t kMostHops = 16;  ///< index to index to manifest
constexpr std::size_t kMostLayers = 1024;

/// `sha256:abc` is the member `blobs/sha256/abc`.
std::string blob_of(std::string_view digest) {
  const auto colon = digest.find(':');
  if (colon == std::string_view::npos) return {};
  return fmt::format("blobs/{}/{}", digest.substr(0, colon), digest.substr(colon + 1));
}

std::string text_of(const DataNode* node) {
  return node != nullptr && node->is_scalar() ? std::string(node->text) : std::string();
}

Result<DataTree> parsed(const std::string& text, const std::string& name) {
  DataTree tree = read_json(text, name);
  if (tree.error) return fail(ErrorCode::invalid, fmt::format("{}: {}", name, tree.error->what));
  return tree;
}

/// The instructions of the history that made a layer each, in order.
std::vector<std::string> instructions_of(const std::string& config) {
  std::vector<std::string> out;
  const DataTree tree = read_json(config, "config");
  if (tree.error) return out;
  const DataNode* history = tree.documents.front()->find("history");
  if (history == nullptr) return out;
  for (const DataEntry& entry : history->entries) {
    const DataNode* empty = entry.value->find("empty_layer");
    if (empty == nullptr || !empty->as_bool().value_or(false))
      out.push_back(text_of(entry.value->find("created_by")));
  }
  return out;
}

class Describer {
 public:
  explicit Describer(const ImageMember& member) : member_(member) {}

  Result<ImageDescription> describe() {
    const auto manifest = member_("manifest.json");
    if (manifest) return from_docker(*manifest);
    if (manifest.error().code != ErrorCode::not_found) return fail(manifest.error());
    const auto index = member_("index.json");
    if (index) return from_index(*index);
    if (index.error().code != ErrorCode::not_found) return fail(index.error());
    return fail(ErrorCode::not_found, "neither `manifest.json` nor `index.json` is there");
  }

 private:
  /// A verdict on one of them would look like a verdict on all.
  static tl::unexpected<Error> several(std::size_t count) {
    return fail(
        ErrorCode::unsupported,
        fmt::format("it holds {} images: save one at a time, or pick one with `skopeo copy`",
                    count));
  }

  /// What a builder tells of an image and its making is no image (BuildKit, attestation storage).
  static bool is_attestation(const DataNode& manifest) {
    return text_of(manifest.find({"annotations", "vnd.docker.reference.type"})) ==
           "attestation-manifest";
  }

  Result<ImageDescription> from_docker(const std::string& text) {
    const auto tree = parsed(text, "manifest.json");
    if (!tree) return fail(tree.error());
    const DataNode& images = *tree->documents.front();
    if (!images.is_sequence() || images.entries.empty())
      return fail(ErrorCode::invalid, "manifest.json lists no image");
    if (images.entries.size() > 1) return several(images.entries.size());
    const DataNode& image = *images.entries.front().value;
    if (const DataNode* tags = image.find("RepoTags"); tags != nullptr)
      for (const DataEntry& tag : tags->entries) out_.tags.push_back(text_of(tag.value));
    if (const DataNode* layers = image.find("Layers"); layers != nullptr)
      for (const DataEntry& layer : layers->entries)
        out_.layers.push_back({normal_path(text_of(layer.value)).substr(1), {}});
    return with_config(text_of(image.find("Config")));
  }

  Result<ImageDescription> from_index(std::string text) {
    std::string name = "index.json";
    for (std::size_t hops = 0; hops < kMostHops; ++hops) {
      const auto tree = parsed(text, name);
      if (!tree) return fail(tree.error());
      const DataNode& top = *tree->documents.front();
      const DataNode* manifests = top.find("manifests");
      if (manifests == nullptr) return from_manifest(top);
      // One image may stand there several times, with a name each.
      std::map<std::string, std::string> images;
      for (const DataEntry& one : manifests->entries) {
        std::string blob = blob_of(text_of(one.value->find("digest")));
        if (is_attestation(*one.value)) continue;
        auto there = member_(blob);
        if (!there) continue;
        add_tag(*one.value);
        images.emplace(std::move(blob), std::move(*there));
      }
      if (images.size() > 1) return several(images.size());
      if (images.empty())
        return fail(ErrorCode::invalid, "the index names no manifest that is there");
      name = images.begin()->first;
      out_.manifest_path = name;
      text = std::move(images.begin()->second);
    }
    return fail(ErrorCode::limit, "indexes lead to indexes without an end");
  }

  void add_tag(const DataNode& manifest) {
    for (const char* key : {"io.containerd.image.name", "org.opencontainers.image.ref.name"})
      if (const DataNode* tag = manifest.find({"annotations", key})) {
        out_.tags.push_back(text_of(tag));
        return;
      }
  }

  Result<ImageDescription> from_manifest(const DataNode& manifest) {
    if (const DataNode* layers = manifest.find("layers"); layers != nullptr)
      for (const DataEntry& layer : layers->entries)
        out_.layers.push_back({blob_of(text_of(layer.value->find("digest"))), {}});
    return with_config(blob_of(text_of(manifest.find({"config", "digest"}))));
  }

  Result<ImageDescription> with_config(std::string name) {
    if (out_.layers.size() > kMostLayers)
      return fail(ErrorCode::limit, fmt::format("more than {} layers", kMostLayers));
    auto config = member_(name);
    if (!config)
      return fail(ErrorCode::invalid,
                  fmt::format("its configuration `{}`: {}", name, config.error().what));
    const auto sound = parsed(*config, name);
    if (!sound) return fail(sound.error());
    out_.config_path = std::move(name);
    out_.config = std::move(*config);
    const auto made_by = instructions_of(out_.config);
    for (std::size_t i = 0; i < made_by.size() && made_by.size() == out_.layers.size(); ++i)
      out_.layers[i].instruction = made_by[i];
    return std::move(out_);
  }

  const ImageMember& member_;
  ImageDescription out_;
};

}  // namespace

Result<ImageDescription> describe_image(const ImageMember& member) {
  return Describer(member).describe();
}

}  // namespace plimsoll
