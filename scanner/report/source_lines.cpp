#include "scanner/report/source_lines.h"

#include <algorithm>
#include <array>

#include "scanner/formats/redact.h"

namespace plimsoll {
namespace {

// Password hashes: a report is mailed, archived, pasted.
constexpr std::array<std::string_view, 2> kSecret = {"/etc/shadow", "/etc/gshadow"};

bool is_secret(std::string_view file) {
  return std::any_of(kSecret.begin(), kSecret.end(),
                     [&](std::string_view secret) { return file.starts_with(secret); });
}

/// `column`: from 1, 0 when nobody knows.
SourceLine shown_line(std::string_view line, std::string_view before, std::uint32_t column) {
  const auto secrets = secrets_in(line, before);
  if (secrets.empty()) return {std::string(line), column, false};
  std::size_t at = column;
  for (const Secret& secret : secrets) {
    if (secret.begin + 1 >= column) break;
    at -= std::min<std::size_t>(secret.end + 1, column) - secret.begin - 1;
    if (secret.end < column) at += kRedacted.size();
  }
  return {redacted(line, before), static_cast<std::uint32_t>(at), true};
}

std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts = {0};
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos;)
    starts.push_back(++at);
  return starts;
}

}  // namespace

std::string_view SourceLines::text_of(std::uint32_t line) const {
  if (line == 0 || line > starts_.size()) return {};
  const std::string_view rest = text_.substr(starts_[line - 1]);
  return rest.substr(0, rest.find('\n'));
}

std::optional<SourceLine> SourceLines::line(const Origin& origin) {
  if (origin.line == 0 || is_secret(origin.file)) return std::nullopt;
  if (origin.file != file_) {
    const auto text = root_.read(origin.file);
    file_ = origin.file;
    text_ = text ? *text : std::string_view();
    starts_ = text ? line_starts(text_) : std::vector<std::size_t>();
  }
  if (origin.line > starts_.size()) return std::nullopt;
  return shown_line(text_of(origin.line), text_of(origin.line - 1), origin.column);
}

}  // namespace plimsoll
