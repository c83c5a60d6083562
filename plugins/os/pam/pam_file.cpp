#include "plugins/os/pam/pam_file.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kBuffer = 1024;
constexpr std::string_view kPamBlanks = " \n\t";

/// What fgets(3) with room for `room` bytes takes off the text.
std::string_view take_chunk(std::string_view& text, std::size_t room) {
  const std::string_view window = text.substr(0, room - 1);
  const auto newline = window.find('\n');
  const auto length = newline == std::string_view::npos ? window.size() : newline + 1;
  const std::string_view chunk = text.substr(0, length);
  text.remove_prefix(length);
  return chunk;
}

}  // namespace

PamLines pam_lines(std::string_view text) {
  PamLines out;
  PamLine line;
  std::size_t used = 0;  // of libpam's buffer, with the blanks before each continued part
  std::uint32_t number = 1;
  while (!text.empty()) {
    if (kBuffer - used <= 1) {
      out.broken = true;
      return out;
    }
    std::string_view chunk = take_chunk(text, kBuffer - used);
    const std::uint32_t here = number;
    number += static_cast<std::uint32_t>(std::count(chunk.begin(), chunk.end(), '\n'));
    chunk = chunk.substr(0, chunk.find('\0'));  // C strings: nothing behind a NUL byte is seen
    const std::string_view body = trim_left(chunk, kPamBlanks);
    // A blank or commented line between continued ones is left out, and the line goes on.
    if (body.empty() || body.front() == '#') continue;
    if (line.text.empty()) line.number = here;
    const auto comment = body.find('#');
    const std::string_view kept = trim_right(body, kPamBlanks);
    if (comment == std::string_view::npos && kept.ends_with('\\')) {
      const std::string_view part = kept.substr(0, kept.size() - 1);
      line.text.append(part).append(" ");
      used += (chunk.size() - body.size()) + part.size() + 1;
      continue;
    }
    line.text += body.substr(0, comment);
    out.lines.push_back(std::move(line));
    line = {};
    used = 0;
  }
  out.broken = !line.text.empty();
  return out;
}

std::optional<std::string> next_pam_word(std::string_view& text) {
  text = trim_left(text, kPamBlanks);
  if (text.empty()) return std::nullopt;
  std::string word;
  std::size_t at = 0;
  if (text.front() == '[') {
    for (at = 1; at < text.size() && text[at] != ']'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == ']') ++at;
      word += text[at];
    }
  } else {
    at = std::min(text.find_first_of(kPamBlanks), text.size());
    word = text.substr(0, at);
  }
  text.remove_prefix(std::min(at + 1, text.size()));
  return word;
}

}  // namespace plimsoll
