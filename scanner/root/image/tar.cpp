#include "scanner/root/image/tar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kLargestHeader =
    1U << 20U;                            ///< of names and attributes that come before a member
constexpr std::size_t kMostHeaders = 16;  ///< in a row
constexpr std::uint64_t kLargestMember = std::uint64_t{1} << 50U;

using Block = std::array<char, kBlock>;

std::string_view field(const Block& block, std::size_t at, std::size_t size) {
  const std::string_view all(block.data() + at, size);
  return all.substr(0, all.find('\0'));
}

/// Octal, or base 256 when the first bit is set.
std::optional<std::uint64_t> number(const Block& block, std::size_t at, std::size_t size) {
  const auto first = static_cast<unsigned char>(block.at(at));
  if ((first & 0x80U) != 0) {
    std::uint64_t value = first & 0x3FU;
    for (std::size_t i = 1; i < size; ++i) {
      if (value > (kLargestMember >> 8U)) return std::nullopt;
      value = value << 8U | static_cast<unsigned char>(block.at(at + i));
    }
    return value;
  }
  const auto text = trim(field(block, at, size), std::string_view(" \0", 2));
  if (text.empty()) return 0;
  const auto value = to_integer(text, 8);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

bool is_zero(const Block& block) {
  return std::all_of(block.begin(), block.end(), [](char c) { return c == 0; });
}

/// The sum of all bytes, those of the sum itself as blanks.
bool has_good_sum(const Block& block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i)
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(block.at(i));
  return number(block, 148, 8) == sum;
}

std::string ustar_name(const Block& block) {
  const auto name = field(block, 0, 100);
  const auto prefix = field(block, 345, 155);
  if (std::string_view(block.data() + 257, 6) != std::string_view("ustar\0", 6) || prefix.empty())
    return std::string(name);
  return fmt::format("{}/{}", prefix, name);
}

FileType type_of(char flag) {
  switch (flag) {
    case '2':
      return FileType::symlink;
    case '3':
      return FileType::character_device;
    case '4':
      return FileType::block_device;
    case '5':
      return FileType::directory;
    case '6':
      return FileType::fifo;
    default:
      return FileType::regular;
  }
}

}  // namespace

/// What extended headers say of the member after them.
struct TarReader::Extended {
  std::map<std::string, std::string> records;

  /// "LENGTH KEY=VALUE\n", one after the other.
  bool add_pax(std::string_view text) {
    while (!text.empty()) {
      const auto blank = text.find(' ');
      const auto length = to_integer(text.substr(0, std::min(blank, text.size())));
      if (blank == std::string_view::npos || !length ||
          *length <= static_cast<std::int64_t>(blank) + 1 ||
          static_cast<std::size_t>(*length) > text.size())
        return false;
      const auto size = static_cast<std::size_t>(*length);
      const std::string_view record = text.substr(blank + 1, size - blank - 2);
      const auto equals = record.find('=');
      if (equals == std::string_view::npos) return false;
      records.insert_or_assign(std::string(record.substr(0, equals)),
                               std::string(record.substr(equals + 1)));
      text.remove_prefix(size);
    }
    return true;
  }

  [[nodiscard]] const std::string* find(const std::string& key) const {
    const auto found = records.find(key);
    return found == records.end() ? nullptr : &found->second;
  }

  [[nodiscard]] std::optional<std::uint64_t> number_of(const std::string& key) const {
    const std::string* text = find(key);
    const auto value =
        text == nullptr ? std::nullopt : to_integer(text->substr(0, text->find('.')));
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
  }
};

Result<bool> TarReader::fill() {
  if (at_ < have_) return true;
  const auto got = source_.read(buffer_.data(), buffer_.size());
  if (!got) return fail(got.error());
  at_ = 0;
  have_ = *got;
  return have_ > 0;
}

Result<bool> TarReader::take(char* out, std::size_t size) {
  while (size > 0) {
    const auto more = fill();
    if (!more) return more;
    if (!*more) return false;
    const std::size_t piece = std::min(size, have_ - at_);
    std::memcpy(out, buffer_.data() + at_, piece);
    out += piece;
    at_ += piece;
    position_ += piece;
    size -= piece;
  }
  return true;
}

Result<bool> TarReader::skip(std::uint64_t size) {
  const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(size, have_ - at_));
  at_ += here;
  position_ += size;
  return source_.skip(size - here);
}

Result<std::string> TarReader::whole_content(std::uint64_t size) {
  if (size > kLargestHeader)
    return fail(ErrorCode::limit,
                fmt::format("an extended header of more than {} bytes", kLargestHeader));
  content_left_ = size;
  padding_ = (kBlock - size % kBlock) % kBlock;
  return content(kLargestHeader);
}

Result<std::string> TarReader::content(std::size_t cap) {
  std::string out(static_cast<std::size_t>(std::min<std::uint64_t>(content_left_, cap)), '\0');
  const auto whole = take(out.data(), out.size());
  if (!whole) return fail(whole.error());
  if (!*whole) return fail(ErrorCode::invalid, "the archive is cut off");
  content_left_ -= out.size();
  return out;
}

Result<std::optional<TarEntry>> TarReader::next() {
  Extended extended;
  for (std::size_t headers = 0; headers < kMostHeaders; ++headers) {
    const auto skipped = skip(content_left_ + padding_);
    if (!skipped) return fail(skipped.error());
    if (!*skipped) return fail(ErrorCode::invalid, "the archive is cut off");
    content_left_ = padding_ = 0;
    Block block{};
    const auto got = take(block.data(), block.size());
    if (!got) return fail(got.error());
    // The end is two blocks of zeros; archives without them, and with one, are common.
    if (!*got || is_zero(block)) return std::optional<TarEntry>();
    const auto size = number(block, 124, 12);
    if (!has_good_sum(block) || !size || *size > kLargestMember)
      return fail(ErrorCode::invalid, fmt::format("no tar header at byte {}", position_ - kBlock));
    const char flag = block.at(156);
    if (flag == 'x' || flag == 'L' || flag == 'K' || flag == 'g') {
      const auto text = whole_content(*size);
      if (!text) return fail(text.error());
      if (flag == 'x' && !extended.add_pax(*text))
        return fail(ErrorCode::invalid, "a damaged extended header");
      if (flag == 'L') extended.records["path"] = text->substr(0, text->find('\0'));
      if (flag == 'K') extended.records["linkpath"] = text->substr(0, text->find('\0'));
      continue;
    }
    // GNU's sparse header goes on in blocks of its own, as long as their byte 504 is set.
    bool goes_on = flag == 'S' && block.at(482) != 0;
    for (Block more{}; goes_on; goes_on = more.at(504) != 0) {
      const auto extension = take(more.data(), more.size());
      if (!extension) return fail(extension.error());
      if (!*extension) return fail(ErrorCode::invalid, "the archive is cut off");
    }
    TarEntry entry;
    const std::string* path = extended.find("path");
    const std::string* target = extended.find("linkpath");
    entry.name = path != nullptr ? *path : ustar_name(block);
    entry.target = target != nullptr ? *target : std::string(field(block, 157, 100));
    entry.stat.type = type_of(flag);
    // An old archive has directories as files whose names end in a slash.
    if ((flag == '0' || flag == '\0') && entry.name.ends_with('/'))
      entry.stat.type = FileType::directory;
    entry.is_hard_link = flag == '1';
    entry.is_sparse = flag == 'S' || extended.find("GNU.sparse.major") != nullptr ||
                      extended.find("GNU.sparse.size") != nullptr;
    entry.stat.mode = static_cast<std::uint32_t>(number(block, 100, 8).value_or(0)) & 07777U;
    const auto id = [&](const char* key, std::size_t at) {
      return static_cast<std::uint32_t>(
          extended.number_of(key).value_or(number(block, at, 8).value_or(0)));
    };
    entry.stat.uid = id("uid", 108);
    entry.stat.gid = id("gid", 116);
    entry.stat.mtime = static_cast<std::int64_t>(
        extended.number_of("mtime").value_or(number(block, 136, 12).value_or(0)));
    // Only a file has content, whatever size a damaged or hostile header of another type states;
    // GNU tar's own types have, too.
    const bool has_content =
        flag != '1' && flag != '2' && flag != '3' && flag != '4' && flag != '5' && flag != '6';
    const std::uint64_t length = extended.number_of("size").value_or(*size);
    if (length > kLargestMember) return fail(ErrorCode::invalid, "a member of impossible size");
    content_left_ = has_content ? length : 0;
    padding_ = (kBlock - content_left_ % kBlock) % kBlock;
    entry.stat.size = entry.stat.type == FileType::symlink ? entry.target.size() : content_left_;
    entry.offset = position_;
    for (const auto& [key, value] : extended.records)
      if (key.starts_with("SCHILY.xattr.")) entry.xattrs.emplace(key.substr(13), value);
    return std::optional<TarEntry>(std::move(entry));
  }
  return fail(ErrorCode::limit,
              fmt::format("more than {} extended headers in a row", kMostHeaders));
}

}  // namespace plimsoll
