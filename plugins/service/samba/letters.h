#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::samba {

/// In small letters, as Samba has them (strlower_m); what is no UTF-8 stays.
std::string lower_letters(std::string_view text);
/// In capitals; nothing where the text is no UTF-8.
std::optional<std::string> upper_letters(std::string_view text);

}  // namespace plimsoll::samba
