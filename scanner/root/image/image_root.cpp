#include "scanner/root/image/image_root.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kMostEntries = 2U << 20U;  ///< of all layers together
constexpr std::size_t kLargestKept = 1U << 20U;  ///< one content that is kept
constexpr std::size_t kMostKept = 96U << 20U;    ///< all of them together
constexpr int kMostReadAgain = 32;
constexpr std::string_view kWhiteout = ".wh.", kOpaque = ".wh..wh..opq";

// Where configuration lives. Other files are read again from their layer when a probe asks for one.
constexpr std::array<std::string_view, 14> kLikely = {
    "/etc/",
    "/boot/config-",
    "/boot/grub/",
    "/usr/lib/systemd/",
    "/lib/systemd/",
    "/usr/lib/sysctl",
    "/lib/sysctl",
    "/usr/lib/modprobe",
    "/lib/modprobe",
    "/usr/lib/os-release",
    "/usr/etc/",
    "/usr/local/etc/",
    "/var/lib/dpkg/status",
    "/var/spool/cron/",
};

bool is_likely(std::string_view path, const TarEntry& entry) {
  if (entry.stat.size > kLargestKept && !path.starts_with("/var/lib/dpkg/status")) return false;
  const bool is_dot_file = base_name(path).starts_with('.');
  return std::any_of(kLikely.begin(), kLikely.end(),
                     [&](std::string_view prefix) { return path.starts_with(prefix); }) ||
         ((path.starts_with("/root/") || path.starts_with("/home/")) &&
          (is_dot_file || path.find("/.ssh/") != std::string_view::npos));
}

}  // namespace

ImageRoot::ImageRoot(ImageArchive archive, DescribeImage describe, Limits limits)
    : MemoryRoot(limits), archive_(std::move(archive)), describe_(describe) {}

Result<bool> ImageRoot::read_layer(ByteSource& tar, Layer& out) {
  TarReader reader(tar);
  for (;;) {
    auto entry = reader.next();
    if (!entry) return fail(entry.error());
    if (!*entry) return true;
    if (++entries_ > kMostEntries)
      return fail(ErrorCode::limit,
                  fmt::format("more than {} entries in all layers", kMostEntries));
    Found found{std::move(**entry), {}, false};
    const Stat& stat = found.entry.stat;
    if (stat.type == FileType::regular && !found.entry.is_hard_link && !found.entry.is_sparse &&
        is_likely(normal_path(found.entry.name), found.entry) &&
        kept_bytes_ + stat.size <= kMostKept && stat.size <= limits().file_bytes) {
      auto content = reader.content(static_cast<std::size_t>(stat.size));
      if (!content) return fail(content.error());
      kept_bytes_ += content->size();
      found.content = std::move(*content);
      found.is_kept = true;
    }
    out.push_back(std::move(found));
  }
}

Result<bool> ImageRoot::load() {
  if (auto described = archive_.read(describe_); !described) return described;
  std::vector<Layer> layers(archive_.description().layers.size());
  const auto done = archive_.each_layer([&](std::size_t index, ByteSource& tar) -> Result<bool> {
    auto read = read_layer(tar, layers[index]);
    if (!read)
      return fail(read.error().code,
                  fmt::format("layer `{}`: {}", archive_.description().layers[index].name,
                              read.error().what));
    return read;
  });
  // What the archive says of itself still holds, and is answered; of the files nothing is known.
  if (!done) return give_up(done.error()), true;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    merge(layers[i], static_cast<std::uint32_t>(i + 1));
    layers[i] = Layer();
  }
  return true;
}

// Whiteouts speak of the layers below only, wherever they stand among the entries of their own: so
// they come first.
void ImageRoot::merge(const Layer& layer, std::uint32_t number) {
  last_parent_.clear();
  for (const Found& found : layer) {
    const std::string_view name = base_name(found.entry.name);
    if (!name.starts_with(kWhiteout)) continue;
    const std::string path = place_of(found.entry.name);
    if (name == kOpaque)
      remove_below(std::string(parent_path(path)));
    else
      remove(join_path(parent_path(path), name.substr(kWhiteout.size())));
  }
  for (const Found& found : layer) {
    if (base_name(found.entry.name).starts_with(kWhiteout)) continue;
    const std::string path = place_of(found.entry.name);
    if (path != "/") add(found, path, number);
  }
}

/// Where a member ends up: its directory with the links of the tree so far followed, inside the
/// root, as an unpacking runtime (which changes its root first) has it. What of the directory is
/// not there yet stands behind what is.
std::string ImageRoot::place_of(const std::string& name) {
  const std::string path = normal_path(name);
  const std::string parent(parent_path(path));
  if (parent != last_parent_ || last_parent_.empty()) {
    std::string_view there = parent;
    auto resolved = do_resolve(parent, true);
    while (!resolved && there != "/") {
      there = parent_path(there);
      resolved = do_resolve(std::string(there), true);
    }
    last_parent_ = parent;
    last_resolved_ = resolved ? *resolved : "/";
    if (there.size() < parent.size())
      last_resolved_ = join_path(
          last_resolved_, std::string_view(parent).substr(there == "/" ? 1 : there.size() + 1));
  }
  return join_path(last_resolved_, base_name(path));
}

void ImageRoot::remove_below(const std::string& path) {
  const std::string prefix = path == "/" ? path : path + "/";
  const auto first = nodes().upper_bound(prefix);
  auto last = first;
  while (last != nodes().end() && last->first.starts_with(prefix)) ++last;
  nodes().erase(first, last);
  last_parent_.clear();
}

void ImageRoot::remove(const std::string& path) {
  if (path == "/") return;
  remove_below(path);
  nodes().erase(path);
}

/// A regular file with what is known of its content.
ImageRoot::Node ImageRoot::file_node(const Found& found, std::uint32_t number) {
  const TarEntry& entry = found.entry;
  Node node{entry.stat, found.content};
  node.is_elsewhere = !found.is_kept && entry.stat.size > 0;
  node.content_layer = number;
  node.offset = entry.offset;
  node.denied = entry.is_sparse;
  if (entry.is_sparse) node.content = "a sparse member, whose content is not read";
  return node;
}

/// The same file by another name. Where it is not there the archive is damaged, and nothing is
/// known of the content.
ImageRoot::Node ImageRoot::linked_node(const TarEntry& entry) {
  const auto target = nodes().find(place_of(entry.target));
  last_parent_.clear();
  if (target != nodes().end() && target->second.stat.type == FileType::regular) {
    target->second.stat.links++;
    return target->second;
  }
  Node node{entry.stat, "a hard link to what the archive does not have"};
  node.stat.type = FileType::regular;
  node.denied = true;
  return node;
}

void ImageRoot::add(const Found& found, const std::string& path, std::uint32_t number) {
  const TarEntry& entry = found.entry;
  Node node{entry.stat, entry.target};
  if (entry.is_hard_link)
    node = linked_node(entry);
  else if (entry.stat.type == FileType::regular)
    node = file_node(found, number);
  node.layer = number;
  for (const auto& [key, value] : entry.xattrs) node.xattrs.emplace(key, value);
  // What takes the place of a directory removes all that was in it.
  const auto old = nodes().find(path);
  const bool was_directory = old != nodes().end() && old->second.stat.type == FileType::directory;
  if (was_directory && node.stat.type != FileType::directory) remove(path);
  if (node.stat.type == FileType::symlink) last_parent_.clear();
  make_way(path);
  const std::uint64_t inode = entry.is_hard_link ? node.stat.inode : 0;
  Node& placed = place(path, std::move(node));
  if (inode != 0) placed.stat.inode = inode;
}

/// A member below what has been a file makes a directory of it.
void ImageRoot::make_way(const std::string& path) {
  for (std::string_view parent = parent_path(path); parent != "/"; parent = parent_path(parent)) {
    const auto found = nodes().find(std::string(parent));
    if (found == nodes().end()) continue;
    if (found->second.stat.type == FileType::directory) return;
    nodes().erase(found);
  }
}

Result<Root::Opened> ImageRoot::do_open(const std::string& path) const {
  const auto found = find(path, true);
  if (found && (*found)->second.denied)
    return fail(ErrorCode::unsupported, (*found)->second.content);
  if (!found || !(*found)->second.is_elsewhere) return MemoryRoot::do_open(path);
  const Node& node = (*found)->second;
  return Opened{node.stat, [this, &node](std::size_t cap) { return read_again(node, cap); }};
}

Result<std::string> ImageRoot::read_again(const Node& node, std::size_t cap) const {
  if (read_again_.fetch_add(1) >= kMostReadAgain)
    return fail(
        ErrorCode::limit,
        fmt::format("more than {} files were to be read from their layers again", kMostReadAgain));
  std::string content;
  const auto done = archive_.with_layer(
      node.content_layer - 1, [&](std::size_t, ByteSource& tar) -> Result<bool> {
        const auto there = tar.skip(node.offset);
        if (!there) return there;
        content.resize(static_cast<std::size_t>(std::min<std::uint64_t>(node.stat.size, cap)));
        std::size_t have = 0;
        while (have < content.size()) {
          const auto got = tar.read(content.data() + have, content.size() - have);
          if (!got) return fail(got.error());
          if (*got == 0) return fail(ErrorCode::invalid, "the layer is cut off");
          have += *got;
        }
        return true;
      });
  if (!done) return fail(done.error());
  return content;
}

std::string ImageRoot::made_by(std::string_view path) const {
  const auto found = find(std::string(path), true);
  if (!found || (*found)->second.layer == 0) return {};
  const std::size_t index = (*found)->second.layer - 1;
  const auto& layer = archive_.description().layers.at(index);
  std::string out = fmt::format("layer {}", index + 1);
  if (!layer.instruction.empty()) out += fmt::format(": {}", layer.instruction);
  return out;
}

Result<std::unique_ptr<Root>> Root::image(const std::string& file, DescribeImage describe,
                                          Limits limits) {
  auto archive = ImageArchive::open(file);
  if (!archive) return fail(archive.error());
  return std::unique_ptr<Root>(std::make_unique<ImageRoot>(std::move(*archive), describe, limits));
}

}  // namespace plimsoll
