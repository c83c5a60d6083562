#include "scanner/formats/systemd/unit_file.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::systemd {
namespace {

constexpr std::string_view kSpace = " \t\n\r";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kLongestLine = 1U << 20U;

/// Cuts a text at `\n`, `\r` and NUL. Different ones in a row end one line together, the same one
/// twice makes an empty line between; a NUL ends any such group.
class LineCutter {
 public:
  explicit LineCutter(std::string_view text) : rest_(text) {}

  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const auto end = std::min(rest_.find_first_of(std::string_view("\n\r\0", 3)), rest_.size());
    line = rest_.substr(0, end);
    std::size_t at = end;
    unsigned seen = 0;
    while (at < rest_.size()) {
      const unsigned kind = rest_[at] == '\n'   ? 1U
                            : rest_[at] == '\r' ? 2U
                            : rest_[at] == '\0' ? 4U
                                                : 0U;
      if (kind == 0 || (seen & kind) != 0 || (seen & 4U) != 0) break;
      seen |= kind;
      ++at;
    }
    rest_.remove_prefix(at);
    return true;
  }

 private:
  std::string_view rest_;
};

/// Whether the last byte is a backslash that no other one escapes.
bool is_continued(std::string_view text) {
  const auto last = text.find_last_not_of('\\');
  const std::size_t run = text.size() - (last == std::string_view::npos ? 0 : last + 1);
  return run % 2 == 1;
}

/// Section names may hold no control characters, quotes or backslashes.
bool is_safe(std::string_view name) {
  return std::none_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == '"' || c == '\'' || c == '\\';
  });
}

/// The state that outlives a line: which section it stands in.
class Reader {
 public:
  Reader(const std::string& path, std::span<const std::string_view> sections,
         const std::function<Next(Assignment)>& take)
      : path_(path), sections_(sections), take_(take) {}

  /// One logical line. True when the rest of the file does not count any more.
  bool line(std::string_view text, std::uint32_t number) {
    text = trim(text, kSpace);
    if (text.empty()) return false;
    if (valid_utf8(text) != text) return give_up("a line is not valid UTF-8", number);
    if (text.front() == '[') return header(text, number);
    const auto equals = text.find('=');
    if (!in_section_ || equals == std::string_view::npos || equals == 0) return false;
    Assignment found{section_,
                     std::string(trim(text.substr(0, equals), kSpace)),
                     std::string(trim(text.substr(equals + 1), kSpace)),
                     {path_, number, 1}};
    return take_(std::move(found)) == Next::stop;
  }

  bool give_up(std::string why, std::uint32_t number) {
    error_ = Error{ErrorCode::invalid, std::move(why), {path_, number}};
    return true;
  }

  std::optional<Error> error() { return std::move(error_); }

 private:
  bool header(std::string_view text, std::uint32_t number) {
    if (text.back() != ']') return give_up("a section header is not closed", number);
    const std::string_view name = text.substr(1, text.size() - 2);
    if (!is_safe(name)) return give_up("a section header holds forbidden characters", number);
    in_section_ = std::find(sections_.begin(), sections_.end(), name) != sections_.end();
    section_ = name;
    return false;
  }

  const std::string& path_;
  std::span<const std::string_view> sections_;
  const std::function<Next(Assignment)>& take_;
  std::string section_;
  bool in_section_ = false;
  std::optional<Error> error_;
};

}  // namespace

std::optional<Error> parse_unit_file(std::string_view text, const std::string& path,
                                     std::span<const std::string_view> sections,
                                     const std::function<Next(Assignment)>& take) {
  Reader reader(path, sections, take);
  LineCutter cutter(text);
  std::string pending;  // the logical line so far, while it is continued
  std::uint32_t number = 0;
  std::uint32_t start = 0;
  bool continued = false;
  bool mark_seen = false;
  for (std::string_view line; cutter.next(line);) {
    ++number;
    // read_line refuses a line that reaches the limit
    if (line.size() >= kLongestLine || pending.size() + line.size() > kLongestLine) {
      reader.give_up("a line is longer than 1 MiB", number);
      return reader.error();
    }
    // systemd.syntax(7): comment lines are skipped, also in the middle of a continuation
    const std::string_view body = trim_left(line, kSpace);
    if (body.starts_with('#') || body.starts_with(';')) continue;
    if (!mark_seen && line.starts_with(kByteOrderMark)) {
      line.remove_prefix(kByteOrderMark.size());
      mark_seen = true;
    }
    if (!continued) {
      pending.clear();
      start = number;
    }
    pending += line;
    continued = is_continued(pending);
    if (continued) {
      pending.back() = ' ';
      continue;
    }
    if (reader.line(pending, start)) return reader.error();
    pending.clear();
  }
  if (continued) reader.line(pending, start);
  return reader.error();
}

}  // namespace plimsoll::systemd
