#include "scanner/root/image/archive.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <numeric>

#include "scanner/root/system.h"

namespace plimsoll {
namespace {

constexpr std::size_t kLargestJson = 4U << 20U;
constexpr std::size_t kAllJson = 32U << 20U;  ///< all texts that are kept of one archive
constexpr std::size_t kMostMembers = 1U << 16U;
constexpr std::size_t kPiece = 1U << 18U;  ///< of a member that is read whole

bool may_be_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

/// A source that ends after so many bytes of another, and counts them.
class Part : public ByteSource {
 public:
  Part(ByteSource& whole, std::uint64_t size, std::uint64_t& taken)
      : whole_(whole), size_(size), taken_(taken) {}
  Result<std::size_t> read(char* out, std::size_t size) override {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - taken_));
    if (wanted == 0) return std::size_t{0};
    const auto got = whole_.read(out, wanted);
    if (got) taken_ += *got;
    return got;
  }
  Result<bool> skip(std::uint64_t size) override {
    if (size > size_ - taken_) return false;
    taken_ += size;
    return whole_.skip(size);
  }

 private:
  ByteSource& whole_;
  std::uint64_t size_;
  std::uint64_t& taken_;
};

Result<bool> cut_off() { return fail(ErrorCode::invalid, "the archive is cut off"); }

}  // namespace

std::unique_ptr<ByteSource> ImageArchive::raw() const { return file_range(file_.get(), 0, size_); }

Result<ImageArchive> ImageArchive::open(const std::string& file) {
  prepare_inflate();
  ImageArchive out;
  out.file_ = Descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (!out.file_ || ::fstat(out.file_.get(), &status) != 0) return fail(system_error(errno));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::wrong_type, "not a regular file");
  out.size_ = static_cast<std::uint64_t>(status.st_size);
  return out;
}

Result<bool> ImageArchive::read(DescribeImage describe_image) {
  auto done = scan();
  return done ? describe(describe_image) : done;
}

/// Notes where the members are and keeps the small ones, among them all JSON.
Result<bool> ImageArchive::scan() {
  auto source = unpacked(raw(), *budget_);
  if (!source) return fail(source.error());
  TarReader reader(**source);
  std::size_t kept = 0;
  for (std::size_t count = 0; count < kMostMembers; ++count) {
    auto entry = reader.next();
    if (!entry) return fail(entry.error());
    if (!*entry) return true;
    const std::string path = normal_path((*entry)->name);
    const std::string name = path.substr(1);
    if ((*entry)->is_hard_link) links_[name] = normal_path((*entry)->target).substr(1);
    if ((*entry)->stat.type == FileType::symlink)
      links_[name] = normal_path(join_path(parent_path(path), (*entry)->target)).substr(1);
    if ((*entry)->stat.type != FileType::regular || (*entry)->is_hard_link) continue;
    const std::uint64_t size = (*entry)->stat.size;
    members_[name] = {(*entry)->offset, size};
    if (size > kLargestJson || kept + size > kAllJson) continue;
    auto text = reader.content(kLargestJson);
    if (!text) return fail(text.error());
    if (!may_be_json(*text)) continue;
    kept += text->size();
    texts_[name] = std::move(*text);
  }
  return fail(ErrorCode::limit, fmt::format("more than {} members", kMostMembers));
}

const ImageArchive::Member* ImageArchive::member(const std::string& name) const {
  const auto link = links_.find(name);
  const auto found = members_.find(link == links_.end() ? name : link->second);
  return found == members_.end() ? nullptr : &found->second;
}

Result<bool> ImageArchive::describe(DescribeImage describe_image) {
  auto described = describe_image([&](const std::string& name) -> Result<std::string> {
    const auto found = texts_.find(name);
    if (found != texts_.end()) return found->second;
    if (member(name) == nullptr) return fail(ErrorCode::not_found, "it is not in the archive");
    return fail(ErrorCode::invalid,
                fmt::format("`{}` is not JSON of at most {} bytes", name, kLargestJson));
  });
  if (!described)
    return fail(described.error().code, "no image archive: " + described.error().what);
  description_ = std::move(*described);
  texts_.clear();
  for (const ImageDescription::Layer& layer : description_.layers)
    if (member(layer.name) == nullptr)
      return fail(ErrorCode::invalid,
                  fmt::format("the layer `{}` is not in the archive", layer.name));
  return true;
}

Result<bool> ImageArchive::use(std::size_t index, ByteSource& outer, std::uint64_t& position,
                               const UseLayer& use_layer) const {
  const Member& at = *member(description_.layers[index].name);
  const auto there = outer.skip(at.offset - position);
  if (!there || !*there) return there ? cut_off() : there;
  std::uint64_t taken = 0;
  auto tar = unpacked(std::make_unique<Part>(outer, at.size, taken), *budget_);
  auto done = tar ? use_layer(index, **tar) : Result<bool>(fail(tar.error()));
  position = at.offset + taken;
  return done;
}

Result<bool> ImageArchive::with_layer(std::size_t index, const UseLayer& use_layer) const {
  auto outer = unpacked(raw(), *budget_);
  if (!outer) return fail(outer.error());
  std::uint64_t position = 0;
  return use(index, **outer, position, use_layer);
}

Result<bool> ImageArchive::each_layer(const UseLayer& use_layer) const {
  std::vector<std::size_t> order(description_.layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return member(description_.layers[a].name)->offset <
           member(description_.layers[b].name)->offset;
  });
  auto outer = unpacked(raw(), *budget_);
  if (!outer) return fail(outer.error());
  std::uint64_t position = 0;
  for (const std::size_t index : order) {
    // One layer may stand there twice: then it is behind us.
    const bool is_behind = member(description_.layers[index].name)->offset < position;
    auto done = is_behind ? with_layer(index, use_layer) : use(index, **outer, position, use_layer);
    if (!done) return done;
  }
  return true;
}

Result<bool> ImageArchive::read_members(const std::vector<std::string>& names,
                                        const MemberTaker& take) const {
  // Each once, in the order of the archive.
  std::map<std::uint64_t, const std::string*> order;
  for (const std::string& name : names)
    if (const Member* at = member(name)) order.emplace(at->offset, &name);
  auto outer = unpacked(raw(), *budget_);
  if (!outer) return fail(outer.error());
  std::vector<char> piece(kPiece);
  std::uint64_t position = 0;
  for (const auto& [offset, name] : order) {
    const auto there = (*outer)->skip(offset - position);
    if (!there || !*there) return there ? cut_off() : there;
    std::uint64_t left = member(*name)->size;
    position = offset + left;
    while (left > 0) {
      const auto got = (*outer)->read(
          piece.data(), static_cast<std::size_t>(std::min<std::uint64_t>(left, kPiece)));
      if (!got || *got == 0) return got ? cut_off() : Result<bool>(fail(got.error()));
      take(*name, {piece.data(), *got});
      left -= *got;
    }
  }
  return true;
}

}  // namespace plimsoll
