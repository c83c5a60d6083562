#include "plugins/service/samba/text_lines.h"

#include <algorithm>

#include "plugins/service/samba/words.h"

namespace plimsoll::samba {
namespace {

/// There is one blank at most on either side.
std::string_view trim_one(std::string_view text) {
  if (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  if (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

void TextLines::end_line() {
  at_ = std::min(at_ + 1, text_.size());
  line_begin_ = at_;
  ++number_;
}

bool TextLines::skip_to_content() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '#' || c == ';') {
      at_ = std::min(text_.find('\n', at_), text_.size());
      if (at_ == text_.size()) return false;
    } else if (!is_space(c)) {
      return true;
    }
    if (text_[at_] == '\n')
      end_line();
    else
      ++at_;
  }
  return false;
}

/// Adds a letter; false where it ends the line.
bool TextLines::take(char c, TextLine& out) {
  std::string& text = out.text;
  const auto ends_with_space = [&] { return !text.empty() && is_space(text.back()); };
  if (c == '\n') {
    if (text.ends_with('\\')) {
      text.pop_back();
      return true;
    }
    // Blanks behind the backslash are one by now.
    if (text.size() < 2 || text[text.size() - 2] != '\\' || !ends_with_space()) return false;
    text.resize(text.size() - 2);
    return true;
  }
  if (ends_with_space() && is_space(c)) return true;
  if (has_equals_ && !has_value_ && !is_space(c)) {
    has_value_ = true;
    if (number_ == out.number) out.column = static_cast<std::uint32_t>(at_ - line_begin_ + 1);
  }
  has_equals_ = has_equals_ || c == '=';
  text += c;
  return true;
}

std::optional<TextLine> TextLines::next() {
  if (!skip_to_content()) return std::nullopt;
  TextLine out{{}, number_, static_cast<std::uint32_t>(at_ - line_begin_ + 1)};
  has_equals_ = has_value_ = false;
  for (bool goes_on = true; goes_on && at_ < text_.size();) {
    const char c = text_[at_];
    goes_on = take(c, out);
    if (c == '\n')
      end_line();
    else
      ++at_;
  }
  out.text.resize(std::min(out.text.find('\0'), out.text.size()));
  return out;
}

std::optional<std::string> section_name(std::string_view line) {
  const std::size_t end = line.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(line.substr(1, end - 1));
}

std::optional<Assignment> assignment(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  Assignment out;
  out.is_nameless = equals == 0;
  out.name = trim_one(line.substr(0, equals));
  out.value = trim_one(line.substr(equals + 1));
  return out;
}

}  // namespace plimsoll::samba
