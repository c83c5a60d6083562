#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace plimsoll {

// What a shared-object plug-in's process and its host say to each other: frames of a size, a kind
// and a body, in the byte order of the machine, since both ends are the same program.

/// The kinds of frame. Calls are answered by one `answer` each; facts are not answered.
enum class Frame : std::uint8_t {
  hello,    // plug-in: its schema
  refused,  // plug-in: why it cannot be used
  request,  // host: the context; the plug-in reads
  read_file,
  stat,
  lstat,
  list,
  readlink,
  glob,
  answer,  // host: a status, then the result or the reason
  setting,
  row,
  shadow,
  gap,
  not_applicable,
  done,  // plug-in: a status; the request is answered
};

inline constexpr std::size_t kFrameHead = 5;  // 32 bits of body size, 8 of kind

class WireWriter {
 public:
  void u8(std::uint8_t value) { bytes_ += static_cast<char>(value); }
  void u32(std::uint32_t value) { raw(&value, sizeof value); }
  void u64(std::uint64_t value) { raw(&value, sizeof value); }
  void text(std::string_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    bytes_.append(value);
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  /// The body with its head in front.
  [[nodiscard]] std::string frame(Frame kind) const {
    WireWriter out;
    out.u32(static_cast<std::uint32_t>(bytes_.size()));
    out.u8(static_cast<std::uint8_t>(kind));
    return out.bytes_ + bytes_;
  }

 private:
  void raw(const void* value, std::size_t size) {
    bytes_.append(static_cast<const char*>(value), size);
  }
  std::string bytes_;
};

/// Reads what a WireWriter wrote, or anything else: past the end everything is zero and empty, and
/// `ok` is false.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}
  std::uint8_t u8() { return number<std::uint8_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::uint64_t u64() { return number<std::uint64_t>(); }
  std::string_view text() { return take(u32()); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  template <class T>
  T number() {
    T value{};
    const std::string_view bytes = take(sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace plimsoll
