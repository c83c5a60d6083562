#pragma once

#include <cstddef>
#include <string_view>

// How many bytes at the start of a text one reading of sudo's lexer takes; 0 where it does not fit.
namespace plimsoll::sudoers {

inline bool blank(char c) { return c == ' ' || c == '\t'; }
inline bool digit(char c) { return c >= '0' && c <= '9'; }
inline bool upper_case(char c) { return c >= 'A' && c <= 'Z'; }
inline bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
inline bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

std::size_t blanks(std::string_view text, std::size_t from = 0);
/// `\r\n` or `\n` at that place: its length.
std::size_t newline_at(std::string_view text, std::size_t i);
/// Characters outside `stop`, and backslash pairs whose second is not in `no_escape`.
std::size_t word_length(std::string_view text, std::string_view stop, std::string_view no_escape);
std::size_t word(std::string_view text);
std::size_t word_or_id(std::string_view text);
std::size_t path(std::string_view text);
/// From `^` to the first `$` that no backslash escapes, on one line and without a bare `#`.
std::size_t regex(std::string_view text);
/// An address with or without `/bits` or `/mask`.
std::size_t address(std::string_view text);
/// `Defaults`, with the sign and the first name of whom it is about.
std::size_t defaults_word(std::string_view text);
/// `User_Alias` and its kin, with blanks before it.
std::size_t alias_kind(std::string_view text);
/// A whole line that begins with that word and a blank.
std::size_t line_of(std::string_view text, std::string_view start);
/// `#` and the rest of the line, unless a number follows.
std::size_t comment(std::string_view text);
/// `NOPASSWD:`, blanks before the colon allowed.
std::size_t tag(std::string_view text);
std::size_t exactly(std::string_view text, std::string_view wanted);

}  // namespace plimsoll::sudoers
