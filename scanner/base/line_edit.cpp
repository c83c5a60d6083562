#include "scanner/base/line_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace plimsoll {
namespace {

constexpr std::size_t kContext = 3;

/// The lines with their ends. An empty text has none.
std::vector<std::string_view> whole_lines(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

/// A text before and after, as lines: `before` is what goes in the middle.
struct Parts {
  std::vector<std::string_view> all;
  std::size_t begin = 0, end = 0;  ///< the lines that are removed
  std::vector<std::string> added;  ///< with their ends
};

std::string_view end_of(std::string_view line) {
  if (line.ends_with("\r\n")) return "\r\n";
  return line.ends_with('\n') ? "\n" : "";
}

std::optional<Parts> parts_of(std::string_view text, const LineEdit& edit) {
  Parts out{whole_lines(text), edit.line - 1, 0, {}};
  out.end = out.begin + edit.removed;
  if (edit.line == 0 || out.end > out.all.size()) return std::nullopt;
  // What follows a line without an end would be joined to it.
  if (out.begin > 0 && end_of(out.all[out.begin - 1]).empty()) return std::nullopt;
  const bool is_last = out.end == out.all.size() && out.end > out.begin;
  const std::string_view usual =
      out.all.empty() || end_of(out.all.front()).empty() ? "\n" : end_of(out.all.front());
  for (const std::string& line : edit.added) out.added.push_back(line + std::string(usual));
  if (is_last && !out.added.empty()) {
    std::string& last = out.added.back();
    last.resize(last.size() - usual.size());
    last += end_of(out.all.back());
  }
  return out;
}

void add_lines(std::string& out, char sign, const auto& lines, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    out += sign;
    out += lines[i];
    if (!std::string_view(lines[i]).ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

/// `begin` counts from 0. A range without lines names the line before it (GNU diff manual,
/// "Detailed Description of Unified Format").
std::string range(std::size_t begin, std::size_t count) {
  if (count == 1) return fmt::format("{}", begin + 1);
  return fmt::format("{},{}", count == 0 ? begin : begin + 1, count);
}

/// The lines that a diff shows: those that change, and those around them.
struct Window {
  std::size_t begin, end;
};

std::optional<Window> window_of(const Parts& parts, IsHidden is_hidden) {
  const auto above = [&](std::size_t i) {
    return i == 0 ? std::string_view() : std::string_view(parts.all[i - 1]);
  };
  const auto hidden = [&](std::size_t i) { return is_hidden(parts.all[i], above(i)); };
  for (std::size_t i = parts.begin; i < parts.end; ++i)
    if (hidden(i)) return std::nullopt;
  std::string_view before = above(parts.begin);
  for (const std::string& line : parts.added)
    if (is_hidden(line, std::exchange(before, line))) return std::nullopt;
  Window out{parts.begin, parts.end};
  const std::size_t first = parts.begin - std::min(parts.begin, kContext);
  while (out.begin > first && !hidden(out.begin - 1)) --out.begin;
  const std::size_t last = std::min(parts.end + kContext, parts.all.size());
  while (out.end < last && !hidden(out.end)) ++out.end;
  // git takes a change with nothing below it for one at the end of the file.
  if (out.end == parts.end && out.end < parts.all.size()) return std::nullopt;
  return out;
}

std::string unified(const Parts& parts, const Window& window, std::string_view path) {
  const auto [begin, end] = window;
  const std::size_t kept = (parts.begin - begin) + (end - parts.end);
  std::string out = fmt::format("--- a/{0}\n+++ b/{0}\n@@ -{1} +{2} @@\n", path,
                                range(begin, kept + parts.end - parts.begin),
                                range(begin, kept + parts.added.size()));
  add_lines(out, ' ', parts.all, begin, parts.begin);
  add_lines(out, '-', parts.all, parts.begin, parts.end);
  add_lines(out, '+', parts.added, 0, parts.added.size());
  add_lines(out, ' ', parts.all, parts.end, end);
  return out;
}

}  // namespace

std::string_view line_of(std::string_view text, std::uint32_t number) {
  std::size_t begin = 0;
  for (std::uint32_t i = 1; i < number; ++i) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return {};
    begin = end + 1;
  }
  std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<std::string> applied(std::string_view text, const LineEdit& edit) {
  const auto parts = parts_of(text, edit);
  if (!parts) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < parts->begin; ++i) out += parts->all[i];
  for (const std::string& line : parts->added) out += line;
  for (std::size_t i = parts->end; i < parts->all.size(); ++i) out += parts->all[i];
  return out;
}

std::optional<ShownEdit> shown_edit(std::string_view text, const LineEdit& edit,
                                    std::string_view path, IsHidden is_hidden) {
  const auto parts = parts_of(text, edit);
  const bool is_nameable = std::all_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' && c != '"' && c != '\\' && c != '\x7f';
  });
  if (!parts || !is_nameable) return std::nullopt;
  const auto window = window_of(*parts, is_hidden);
  if (!window) return std::nullopt;
  if (path.starts_with('/')) path.remove_prefix(1);
  ShownEdit out{edit.line, edit.removed, {}, unified(*parts, *window, path)};
  for (const std::string& line : parts->added) out.inserted += line;
  return out;
}

}  // namespace plimsoll
