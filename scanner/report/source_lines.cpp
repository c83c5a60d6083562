#include "scanner/report/source_lines.h"

#include <algorithm>
#include <array>

namespace plimsoll {
namespace {

// Password hashes: a report is mailed, archived, pasted.
constexpr std::array<std::string_view, 2> kSecret = {"/etc/shadow", "/etc/gshadow"};

bool is_secret(std::string_view file) {
  return std::any_of(kSecret.begin(), kSecret.end(),
                     [&](std::string_view secret) { return file.starts_with(secret); });
}

std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts = {0};
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos;)
    starts.push_back(++at);
  return starts;
}

}  // namespace

std::optional<std::string> SourceLines::line(const Origin& origin) {
  if (origin.line == 0 || is_secret(origin.file)) return std::nullopt;
  if (origin.file != file_) {
    const auto text = root_.read(origin.file);
    file_ = origin.file;
    text_ = text ? *text : std::string_view();
    starts_ = text ? line_starts(text_) : std::vector<std::size_t>();
  }
  if (origin.line > starts_.size()) return std::nullopt;
  const std::size_t start = starts_[origin.line - 1];
  const std::string_view rest = text_.substr(start);
  return std::string(rest.substr(0, rest.find('\n')));
}

}  // namespace plimsoll
