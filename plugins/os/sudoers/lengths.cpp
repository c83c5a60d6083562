#include "plugins/os/sudoers/lengths.h"

#include <algorithm>
#include <array>

namespace plimsoll::sudoers {
namespace {

using View = std::string_view;

constexpr std::array<View, 16> kTags = {"NOPASSWD",   "PASSWD",       "NOEXEC",    "EXEC",
                                        "INTERCEPT",  "NOINTERCEPT",  "SETENV",    "NOSETENV",
                                        "LOG_OUTPUT", "NOLOG_OUTPUT", "LOG_INPUT", "NOLOG_INPUT",
                                        "MAIL",       "NOMAIL",       "FOLLOW",    "NOFOLLOW"};

std::size_t number_id(View text) {
  std::size_t i = 1;
  if (!text.starts_with('#')) return 0;
  if (i < text.size() && text[i] == '-') ++i;
  const std::size_t first = i;
  while (i < text.size() && digit(text[i])) ++i;
  return i == first ? 0 : i;
}

std::size_t octets(View text) {
  std::size_t i = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (i >= text.size() || text[i++] != '.')) return 0;
    std::size_t length = 0;
    int value = 0;
    while (length < 3 && i + length < text.size() && digit(text[i + length])) {
      const int next = value * 10 + (text[i + length] - '0');
      if (next > 255) break;
      value = next;
      ++length;
    }
    if (length == 0) return 0;
    i += length;
  }
  return i;
}

/// Groups of hexadecimal digits and colons, possibly ending in an IPv4 address.
std::size_t colons(View text) {
  std::size_t i = 0;
  std::size_t separators = 0;
  while (i < text.size()) {
    std::size_t length = 0;
    while (length < 4 && i + length < text.size() && hex(text[i + length])) ++length;
    if (i + length >= text.size() || text[i + length] != ':' || separators == 7) break;
    i += length + 1;
    ++separators;
  }
  if (separators < 2) return 0;
  if (const std::size_t tail = octets(text.substr(i)); tail > 0) return i + tail;
  std::size_t length = 0;
  while (length < 4 && i + length < text.size() && hex(text[i + length])) ++length;
  return i + length;
}

}  // namespace

std::size_t blanks(View text, std::size_t from) {
  std::size_t i = from;
  while (i < text.size() && blank(text[i])) ++i;
  return i - from;
}

std::size_t newline_at(View text, std::size_t i) {
  if (i < text.size() && text[i] == '\n') return 1;
  if (i + 1 < text.size() && text[i] == '\r' && text[i + 1] == '\n') return 2;
  return 0;
}

std::size_t word_length(View text, View stop, View no_escape) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (text[i] == '\\') {
      if (i + 1 >= text.size() || one_of(text[i + 1], no_escape)) break;
      i += 2;
    } else if (one_of(text[i], stop)) {
      break;
    } else {
      ++i;
    }
  }
  return i;
}

std::size_t word(View text) { return word_length(text, "#>!=:,() \t\r\n\"", "\t\n"); }

std::size_t word_or_id(View text) { return std::max(word(text), number_id(text)); }

std::size_t path(View text) {
  if (!text.starts_with('/')) return 0;
  std::size_t i = 1;
  while (i < text.size()) {
    if (text[i] == '\\') {
      if (i + 1 >= text.size() || !one_of(text[i + 1], ",:= \t#")) break;
      i += 2;
    } else if (one_of(text[i], ",:= \t\r\n#")) {
      break;
    } else {
      ++i;
    }
  }
  return i == 1 ? 0 : i;
}

std::size_t regex(View text) {
  if (!text.starts_with('^')) return 0;
  std::size_t best = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    const bool escapes = c == '\\' && i + 1 < text.size() && one_of(text[i + 1], "#$");
    if (escapes && text[i + 1] == '$') best = i + 2;  // the backslash may be the last of the text
    if (escapes) {
      ++i;
      continue;
    }
    if (c == '$') return i + 1;
    if (c == '#' || c == '\r' || c == '\n') break;
  }
  return best;
}

std::size_t address(View text) {
  const bool v6 = octets(text) == 0;
  const std::size_t length = v6 ? colons(text) : octets(text);
  if (length == 0 || length >= text.size() || text[length] != '/') return length;
  const View after = text.substr(length + 1);
  std::size_t mask = v6 ? colons(after) : octets(after);
  std::size_t bits = 0;
  int value = 0;
  while (bits < 3 && bits < after.size() && digit(after[bits]) &&
         value * 10 + (after[bits] - '0') <= (v6 ? 128 : 32))
    value = value * 10 + (after[bits++] - '0');
  mask = std::max(mask, bits);
  return mask == 0 ? length : length + 1 + mask;
}

std::size_t defaults_word(View text) {
  const std::size_t start = blanks(text);
  constexpr View kWordText = "Defaults";
  if (!text.substr(start).starts_with(kWordText)) return 0;
  const std::size_t plain = start + kWordText.size();
  if (plain >= text.size() || !one_of(text[plain], ":@>!")) return plain;
  std::size_t i = plain + 1 + blanks(text, plain + 1);
  while (i < text.size() && text[i] == '!') ++i;
  if (i < text.size() && text[i] == '"') ++i;
  const std::size_t name = word_or_id(text.substr(i));
  return name == 0 ? plain : i + name;
}

std::size_t alias_kind(View text) {
  const std::size_t start = blanks(text);
  for (const View kind : {"Host_Alias", "Cmnd_Alias", "Cmd_Alias", "User_Alias", "Runas_Alias"})
    if (text.substr(start).starts_with(kind)) return start + kind.size();
  return 0;
}

std::size_t line_of(View text, View start) {
  if (!text.starts_with(start) || blanks(text, start.size()) == 0) return 0;
  const std::size_t end = text.find('\n');
  return end == View::npos ? text.size() : end + 1;
}

std::size_t comment(View text) {
  if (!text.starts_with('#')) return 0;
  if (const std::size_t end = newline_at(text, 1); end > 0) return 1 + end;
  const bool negative = text.size() > 2 && text[1] == '-';
  const char first = negative ? text[2] : text.size() > 1 ? text[1] : '\n';
  if (digit(first) || one_of(first, "\r\n") || (text.size() == 2 && text[1] == '-')) return 1;
  const std::size_t end = text.find('\n');
  return end == View::npos ? text.size() : end + 1;
}

std::size_t tag(View text) {
  for (const View name : kTags) {
    if (!text.starts_with(name)) continue;
    const std::size_t colon = name.size() + blanks(text, name.size());
    if (colon < text.size() && text[colon] == ':') return colon + 1;
  }
  return 0;
}

std::size_t exactly(View text, View wanted) { return text.starts_with(wanted) ? wanted.size() : 0; }

}  // namespace plimsoll::sudoers
