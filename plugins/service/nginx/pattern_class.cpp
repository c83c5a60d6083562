#include "plugins/service/nginx/pattern_class.h"

#include <cctype>

#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

Bytes digits() { return bytes_between('0', '9'); }
Bytes word_bytes() {
  return bytes_between('a', 'z') | bytes_between('A', 'Z') | digits() | bytes_of("_");
}
Bytes space() { return bytes_of(" \t\n\v\f\r"); }

/// `[:name:]`; an unknown one is anything.
Bytes posix(std::string_view name) {
  if (name == "alpha") return bytes_between('a', 'z') | bytes_between('A', 'Z');
  if (name == "alnum") return bytes_between('a', 'z') | bytes_between('A', 'Z') | digits();
  if (name == "digit") return digits();
  if (name == "xdigit") return digits() | bytes_between('a', 'f') | bytes_between('A', 'F');
  if (name == "lower") return bytes_between('a', 'z');
  if (name == "upper") return bytes_between('A', 'Z');
  if (name == "word") return word_bytes();
  if (name == "space") return space();
  if (name == "blank") return bytes_of(" \t");
  if (name == "punct")
    return bytes_between(33, 47) | bytes_between(58, 64) | bytes_between(91, 96) |
           bytes_between(123, 126);
  if (name == "graph") return bytes_between(33, 126);
  if (name == "print") return bytes_between(32, 126);
  if (name == "cntrl") return bytes_between(0, 31) | bytes_between(127, 127);
  return every_byte();
}

int lowest(const Bytes& bytes) {
  for (int i = 0; i < 256; ++i)
    if (bytes[static_cast<std::size_t>(i)]) return i;
  return -1;
}

}  // namespace

Bytes bytes_of(std::string_view text) {
  Bytes out;
  for (const char c : text) out.set(static_cast<unsigned char>(c));
  return out;
}

Bytes bytes_between(unsigned from, unsigned to) {
  Bytes out;
  for (unsigned i = from; i <= to && i < 256; ++i) out.set(i);
  return out;
}

Bytes every_byte() { return Bytes().set(); }

/// What follows a backslash, outside and inside brackets; none where it matches no byte.
Bytes ClassReader::class_of_escape(char c) {
  switch (c) {
    case 'd':
      return digits();
    case 'D':
      return ~digits();
    case 'w':
      return word_bytes();
    case 'W':
      return ~word_bytes();
    case 's':
      return space();
    case 'S':
      return ~space();
    case 'h':
      return bytes_of(" \t") | bytes_between(0xa0, 0xa0);
    case 'H':
      return ~(bytes_of(" \t") | bytes_between(0xa0, 0xa0));
    case 'v':
      return bytes_between(10, 13) | bytes_between(0x85, 0x85);
    case 'V':
      return ~(bytes_between(10, 13) | bytes_between(0x85, 0x85));
    case 'R':
      return bytes_between(10, 13) | bytes_between(0x85, 0x85);
    case 'N':
      return every_byte().reset('\n');
    case 'n':
      return bytes_of("\n");
    case 'r':
      return bytes_of("\r");
    case 't':
      return bytes_of("\t");
    case 'f':
      return bytes_of("\f");
    case 'e':
      return bytes_of("\x1b");
    case 'a':
      return bytes_of("\a");
    case 'x':
      return hexadecimal();
    case 'X':
    case 'C':
    case 'p':
    case 'P':
    case 'c':
    case 'o':
      return every_byte();
    default:
      return bytes_of({&c, 1});
  }
}

Bytes ClassReader::hexadecimal() {
  const bool braced = peek() == '{';
  const std::size_t start = at_ + (braced ? 1 : 0);
  std::size_t end = start;
  while (end < text_.size() && std::isxdigit(static_cast<unsigned char>(text_[end])) != 0 &&
         (braced || end < start + 2))
    ++end;
  const auto value = to_integer(text_.substr(start, end - start), 16);
  at_ = end + (braced && end < text_.size() && text_[end] == '}' ? 1 : 0);
  if (value && *value > 255) return bytes_between(128, 255);
  return bytes_between(static_cast<unsigned>(value.value_or(0)),
                       static_cast<unsigned>(value.value_or(0)));
}

Bytes ClassReader::bracket() {
  const bool is_negated = peek() == '^';
  if (is_negated) ++at_;
  Bytes out;
  bool is_first = true;
  int previous = -1;
  while (at_ < text_.size() && (text_[at_] != ']' || is_first)) {
    is_first = false;
    if (text_.substr(at_).starts_with("[:")) {
      const std::size_t end = text_.find(":]", at_ + 2);
      if (end != std::string_view::npos) {
        const std::string_view name = text_.substr(at_ + 2, end - at_ - 2);
        out |= name.starts_with('^') ? ~posix(name.substr(1)) : posix(name);
        at_ = end + 2;
        previous = -1;
        continue;
      }
    }
    const bool is_range =
        text_[at_] == '-' && previous >= 0 && peek(1) != ']' && at_ + 1 < text_.size();
    if (is_range) ++at_;
    const Bytes one = bracket_member();
    const int value = one.count() == 1 ? lowest(one) : -1;
    out |= is_range && value >= 0
               ? bytes_between(static_cast<unsigned>(previous), static_cast<unsigned>(value))
               : one;
    previous = is_range ? -1 : value;
  }
  if (at_ >= text_.size()) is_understood_ = false;
  ++at_;
  return is_negated ? ~out : out;
}

Bytes ClassReader::bracket_member() {
  const char c = text_[at_++];
  if (c != '\\' || at_ >= text_.size()) return bytes_of({&c, 1});
  const char next = text_[at_++];
  if (next == 'b') return bytes_of("\b");
  if (next == 'p' || next == 'P' || next == 'Q') is_understood_ = false;
  return next == '0' ? bytes_between(0, 0) : class_of_escape(next);
}

}  // namespace plimsoll::nginx
