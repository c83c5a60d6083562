#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::samba {

/// What isspace(3) takes for one in the C locale.
bool is_space(char c);
/// Without any blanks, in lower case: equal where strwicmp says so.
std::string folded(std::string_view text);
/// `yes true on 1` and `no false off 0` (set_boolean); nothing for all else.
std::optional<bool> boolean(std::string_view text);

/// The words of a list: blanks, commas and semicolons part them, quotes hold them together and go
/// away (str_list_make_v3).
std::vector<std::string> list_words(std::string_view text);
/// As testparm prints them: one with a blank stands in quotes.
std::string list_text(const std::vector<std::string>& words, std::string_view separator);

/// strtol(3) in any base, cut down to an int; an empty text is -1 (lp_int).
int loose_integer(const std::string& text);

}  // namespace plimsoll::samba
