#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::redis {

/// The words of a line: blanks part them, `"..."` has escapes (`\n`, `\xHH`), `'...'` only `\'`
/// (sds.c, sdssplitargs). Nothing where a quote does not close, or something follows on it.
std::optional<std::vector<std::string>> split_words(std::string_view line);

/// What the C library sees of a text: all before its first NUL.
std::string_view c_text(std::string_view text);
/// strcasecmp(3) finds no difference.
bool c_equals(std::string_view text, std::string_view word);
/// isspace(3) in the C locale.
bool is_blank(char c);

}  // namespace plimsoll::redis
