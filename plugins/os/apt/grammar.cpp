#include "plugins/os/apt/grammar.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::apt {
namespace {

constexpr std::size_t kPieceBytes = 4095;  // FileFd::ReadLine() has a buffer of 4096 bytes
constexpr std::string_view kTab = "        ";

// A `#` before one of these begins no comment (ReadConfigFile()).
constexpr std::array<std::string_view, 3> kDirectives = {"clear", "include",
                                                         "x-apt-configure-index"};

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

bool is_directive(std::string_view text) {
  return std::any_of(kDirectives.begin(), kDirectives.end(),
                     [&](std::string_view one) { return text.starts_with(one); });
}

/// Where `what` stands with an even number of quotes before it; a directive is passed over.
std::size_t find_outside_quotes(std::string_view line, std::string_view what) {
  std::size_t counted = 0;
  bool quoted = false;
  for (std::size_t at = line.find(what); at != std::string_view::npos;
       at = line.find(what, at + 1)) {
    if (std::count(line.begin() + static_cast<std::ptrdiff_t>(counted),
                   line.begin() + static_cast<std::ptrdiff_t>(at), '"') %
            2 !=
        0)
      quoted = !quoted;
    counted = at;
    if (!quoted && (what != "#" || !is_directive(line.substr(at + 1)))) return at;
  }
  return std::string_view::npos;
}

std::string decoded(std::string_view word) {
  std::string out;
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (word[at] == '%' && at + 2 < word.size()) {
      const std::string_view digits = word.substr(at + 1, 2);
      const bool are_hex = digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos;
      if (const auto byte = are_hex ? to_integer(digits, 16) : std::nullopt) {
        out += static_cast<char>(*byte);
        at += 2;
        continue;
      }
    }
    if (word[at] != '"') out += word[at];
  }
  return out;
}

}  // namespace

std::optional<std::string> LineReader::next_raw() {
  if (text_.empty()) return {};
  number_ = newlines_ + 1;
  std::string line;
  for (bool goes_on = true; goes_on;) {
    // A line that fills its last piece at the end of the file is lost.
    if (text_.empty()) return std::string();
    std::string_view piece = text_.substr(0, kPieceBytes);
    piece = piece.substr(0, std::min(piece.find('\n'), piece.size() - 1) + 1);
    const std::size_t size = piece.size();
    text_.remove_prefix(size);
    if (piece.ends_with('\n')) ++newlines_;
    piece = piece.substr(0, piece.find('\0'));
    line += piece;
    // apt looks one byte too early for the newline, so a full piece always goes on.
    goes_on = piece.size() == kPieceBytes && piece[kPieceBytes - 2] != '\n';
  }
  return line;
}

std::optional<std::string> LineReader::next() {
  const auto line = next_raw();
  if (!line) return {};
  std::string out;
  for (const char c : trim(*line)) c == '\t' ? out += kTab : out += c;
  return out;
}

std::string without_comments(std::string_view line, bool& in_comment) {
  if (in_comment) {
    const std::size_t end = line.find("*/");
    if (end == line.npos) return {};
    line.remove_prefix(end + 2);
    in_comment = false;
  }
  // These go first: a `//` inside of `/* */` takes the end of the comment with it.
  line = line.substr(0, find_outside_quotes(line, "//"));
  line = line.substr(0, find_outside_quotes(line, "#"));
  std::string out;
  for (std::size_t at = find_outside_quotes(line, "/*"); at != line.npos;
       at = find_outside_quotes(line, "/*")) {
    out += line.substr(0, at);
    const std::size_t end = line.find("*/", at + 2);
    in_comment = end == line.npos;
    if (in_comment) return out;
    line.remove_prefix(end + 2);
  }
  out += line;
  return out;
}

std::optional<std::string> take_word(std::string_view& text) {
  std::size_t at = text.find_first_not_of(' ');
  if (at == text.npos) return {};
  for (; at < text.size() && !is_blank(text[at]); ++at) {
    if (text[at] == '"') at = text.find('"', at + 1);
    if (at != text.npos && text[at] == '[') at = text.find(']', at + 1);
    if (at == text.npos) return {};
  }
  std::string word = decoded(text.substr(0, at));
  text = trim_left(text.substr(at));
  return word;
}

std::optional<std::string> take_strings(std::string_view& text) {
  std::size_t at = text.find_first_not_of(' ');
  if (at == text.npos) return {};
  std::string value;
  for (; at < text.size(); ++at) {
    if (text[at] == '"') {
      const std::size_t end = text.find('"', at + 1);
      if (end == text.npos) return {};
      value += text.substr(at + 1, end - at - 1);
      at = end;
    } else if (!is_blank(text[at])) {
      return {};
    } else if (at == 0 || !is_blank(text[at - 1])) {
      value += ' ';
    }
  }
  text = {};
  return value;
}

}  // namespace plimsoll::apt
