#include "plugins/service/redis/config_text.h"

#include <algorithm>

#include "plugins/service/redis/words.h"

namespace plimsoll::redis {

void ConfigText::add(const std::string& path, std::string_view text) {
  std::uint32_t number = 1;
  while (!text.empty()) {
    const std::size_t end = text.substr(0, piece_).find('\n');
    const bool has_end = end != std::string_view::npos;
    const std::size_t size = has_end ? end + 1 : std::min(piece_, text.size());
    std::string_view piece = c_text(text.substr(0, size));
    const bool closes = piece.ends_with('\n');
    if (closes) piece.remove_suffix(1);
    if (!is_open_) lines_.push_back({{}, {path, number, 1}});
    lines_.back().text += piece;
    is_open_ = !closes;
    if (has_end) ++number;
    text.remove_prefix(size);
  }
}

}  // namespace plimsoll::redis
