#include "scanner/formats/properties.h"

#include <fmt/format.h>

#include <optional>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kMostEntries = 1U << 16U;
constexpr std::string_view kLineBlanks = " \t\f";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }
bool is_comment(char c) { return c == '#' || c == '!'; }

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6U));
  } else {
    if (c < 0x10000) {
      put(0xE0 | (c >> 12U));
    } else {
      put(0xF0 | (c >> 18U));
      put(0x80 | ((c >> 12U) & 0x3FU));
    }
    put(0x80 | ((c >> 6U) & 0x3FU));
  }
  put(0x80 | (c & 0x3FU));
}

/// Java's text is UTF-16: a pair of surrogates is one character, half a pair is none.
class Utf16 {
 public:
  explicit Utf16(std::string& out) : out_(out) {}
  ~Utf16() { drop_half(); }
  Utf16(const Utf16&) = delete;
  Utf16& operator=(const Utf16&) = delete;

  void add(char32_t unit) {
    const bool is_low = unit >= 0xDC00 && unit < 0xE000;
    if (high_ != 0 && is_low) {
      append_utf8(out_, 0x10000 + ((high_ - 0xD800) << 10U) + (unit - 0xDC00));
      high_ = 0;
      return;
    }
    drop_half();
    if (unit >= 0xD800 && unit < 0xDC00)
      high_ = unit;
    else
      append_utf8(out_, is_low ? 0xFFFD : unit);
  }

 private:
  void drop_half() {
    if (high_ != 0) append_utf8(out_, 0xFFFD);
    high_ = 0;
  }
  std::string& out_;
  char32_t high_ = 0;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Four digits after `\u`, or nothing.
std::optional<char32_t> unicode_at(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  char32_t unit = 0;
  for (const char c : text.substr(0, 4)) {
    if (hex_digit(c) < 0) return std::nullopt;
    unit = unit * 16 + static_cast<char32_t>(hex_digit(c));
  }
  return unit;
}

/// False when a `\u` is malformed.
bool unescape(std::string_view text, std::string& out) {
  Utf16 units(out);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      if (text[i] != '\\') units.add(static_cast<unsigned char>(text[i]));
      continue;
    }
    const char c = text[++i];
    if (c == 'u') {
      const auto unit = unicode_at(text.substr(i + 1));
      if (!unit) return false;
      units.add(*unit);
      i += 4;
      continue;
    }
    const std::size_t known = std::string_view("trnf").find(c);
    units.add(static_cast<unsigned char>(known == std::string_view::npos ? c : "\t\r\n\f"[known]));
  }
  return true;
}

class Reader {
 public:
  Reader(std::string_view text, std::string_view file, PropertySeparators separators)
      : text_(text), file_(file), separates_(separators == PropertySeparators::documents) {}

  Properties run() {
    while (at_ < text_.size() && out_.entries.size() < kMostEntries) read_logical_line();
    if (at_ < text_.size())
      out_.errors.push_back({ErrorCode::limit,
                             fmt::format("more than {} properties", kMostEntries),
                             {std::string(file_), number_}});
    out_.documents = document_ + 1;
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string_view natural_line() const {
    std::size_t end = at_;
    while (end < text_.size() && !is_line_end(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  /// Past a natural line and its end: `\n`, `\r` or `\r\n`.
  void go_past(std::string_view line) {
    at_ += line.size();
    if (at_ < text_.size())
      at_ += text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n' ? 2 : 1;
    ++number_;
  }

  void read_logical_line() {
    const std::string_view line = natural_line();
    const std::size_t start = line.find_first_not_of(kLineBlanks);
    if (start != std::string_view::npos && is_comment(line[start])) {
      note_comment(line, start);
      return go_past(line);
    }
    comment_before_ = 0;
    if (start == std::string_view::npos) return go_past(line);
    const std::uint32_t number = number_;
    read_assignment(gather(line), number, static_cast<std::uint32_t>(start + 1));
  }

  /// Continuations joined. An odd number of backslashes at the end of a line takes the next one
  /// without the blanks at its beginning, be it empty or a comment.
  std::string gather(std::string_view line) {
    std::string out;
    for (;;) {
      const std::string_view part = trim_left(line, kLineBlanks);
      const std::size_t last = part.find_last_not_of('\\');
      const std::size_t slashes = part.size() - (last == std::string_view::npos ? 0 : last + 1);
      go_past(line);
      out.append(part.substr(0, part.size() - slashes % 2));
      if (slashes % 2 == 0 || at_ >= text_.size()) return out;
      line = natural_line();
    }
  }

  void read_assignment(std::string_view line, std::uint32_t number, std::uint32_t column) {
    std::size_t end = 0;
    bool escaped = false;
    for (; end < line.size(); ++end) {
      const char c = line[end];
      if (!escaped && (c == '=' || c == ':' || is_blank(c))) break;
      escaped = c == '\\' && !escaped;
    }
    std::string_view rest = trim_left(line.substr(end), kLineBlanks);
    if (!rest.empty() && (rest[0] == '=' || rest[0] == ':'))
      rest = trim_left(rest.substr(1), kLineBlanks);
    Property entry{{}, {}, number, column, document_};
    if (!unescape(line.substr(0, end), entry.key) || !unescape(rest, entry.value)) {
      if (out_.errors.empty())
        out_.errors.push_back({ErrorCode::invalid,
                               "malformed \\uxxxx encoding",
                               {std::string(file_), number, column}});
      return;
    }
    if (line.empty()) return;
    is_empty_ = false;
    out_.entries.push_back(std::move(entry));
  }

  /// Spring Boot, "Working With Multi-Document Files": no blank before the separator, and no
  /// comment of the same kind in the line before; one right after it takes it back.
  void note_comment(std::string_view line, std::size_t start) {
    const char sign = line[start];
    const bool separates = separates_ && start == 0 && comment_before_ != sign &&
                           line.substr(1, 3) == "---" &&
                           trim_left(line.substr(4), kLineBlanks).empty();
    if (separates) {
      if (!is_empty_) ++document_;
      is_empty_ = true;
      return;
    }
    if (is_empty_ && document_ > 0) {
      --document_;
      is_empty_ = false;
    }
    comment_before_ = sign;
  }

  std::string_view text_, file_;
  bool separates_;
  std::size_t at_ = 0;
  std::uint32_t number_ = 1;
  std::uint32_t document_ = 0;
  bool is_empty_ = true;     ///< the document has no entry yet
  char comment_before_ = 0;  ///< the sign of the comment in the line before
  Properties out_;
};

}  // namespace

Properties read_properties(std::string_view text, std::string_view file,
                           PropertySeparators separators) {
  return Reader(text, file, separators).run();
}

}  // namespace plimsoll
