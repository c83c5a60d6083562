#pragma once

#include <bitset>
#include <string_view>

namespace plimsoll::nginx {

using Bytes = std::bitset<256>;

Bytes bytes_of(std::string_view text);
Bytes bytes_between(unsigned from, unsigned to);
Bytes every_byte();
inline bool has(const Bytes& bytes, char c) { return bytes[static_cast<unsigned char>(c)]; }

/// Reads the parts of a PCRE expression that match one byte.
class ClassReader {
 protected:
  explicit ClassReader(std::string_view text) : text_(text) {}

  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  /// What a backslash and this character match; they have been taken.
  Bytes class_of_escape(char c);
  /// `[...]`; the bracket has been taken.
  Bytes bracket();

  std::string_view text_;
  std::size_t at_ = 0;
  bool is_understood_ = true;

 private:
  Bytes hexadecimal();
  Bytes bracket_member();
};

}  // namespace plimsoll::nginx
