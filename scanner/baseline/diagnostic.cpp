#include "scanner/baseline/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kMostKept = 100;
constexpr std::size_t kWidestExcerpt = 160;  // bytes of a line that are shown

std::string_view nth_line(std::string_view text, std::uint32_t number) {
  for (; number > 1; --number) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return trim_right(text.substr(0, text.find('\n')), "\r");
}

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

/// How much of a line to underline: the bare word, the quoted text or the one character that starts
/// there.
std::size_t width_at(std::string_view line, std::uint32_t column) {
  if (column == 0 || column > line.size()) return 1;
  const std::string_view rest = line.substr(column - 1);
  if (rest.front() == '"' || rest.front() == '\'') {
    const auto end = rest.find(rest.front(), 1);
    return end == std::string_view::npos ? rest.size() : end + 1;
  }
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_bare);
  return std::max<std::size_t>(1, static_cast<std::size_t>(end - rest.begin()));
}

/// Characters, not bytes: what comes before the caret is counted as it is seen.
std::size_t seen_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string excerpt(const Diagnostic& diagnostic) {
  const std::size_t column = diagnostic.where.column;
  if (diagnostic.line.empty() || column == 0 || column > diagnostic.line.size()) return {};
  // A long line (the row of a family) is shown from shortly before the fault.
  const std::size_t start = column > kWidestExcerpt / 2 ? column - kWidestExcerpt / 4 : 0;
  const std::string_view line = std::string_view(diagnostic.line).substr(start, kWidestExcerpt);
  std::string shown = printable(line.substr(0, column - 1 - start));
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  const std::string number = std::to_string(diagnostic.where.line);
  const std::string margin(number.size() + 2, ' ');
  const std::size_t width = std::min(diagnostic.width, line.size() - (column - 1 - start));
  const std::string_view marked = line.substr(column - 1 - start, width);
  return fmt::format("{0}|\n {1} | {2}{3}\n{0}| {4}{5}\n{0}|\n", margin, number, shown,
                     printable(line.substr(column - 1 - start)),
                     std::string(seen_width(shown), ' '),
                     std::string(std::max<std::size_t>(1, seen_width(printable(marked))), '^'));
}

}  // namespace

std::string render(const Diagnostic& diagnostic) {
  std::string out = fmt::format("{}: {}\n", diagnostic.is_warning ? "warning" : "error",
                                printable(diagnostic.what));
  const Origin& where = diagnostic.where;
  if (!where.file.empty()) {
    out += "  --> " + printable(where.file);
    if (where.line > 0) out += fmt::format(":{}", where.line);
    if (where.line > 0 && where.column > 0) out += fmt::format(":{}", where.column);
    out += '\n' + excerpt(diagnostic);
  }
  if (!diagnostic.help.empty()) out += fmt::format("   = help: {}\n", printable(diagnostic.help));
  return out;
}

std::string render(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) out += render(diagnostic);
  return out;
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& diagnostic) { return !diagnostic.is_warning; });
}

Diagnostic& Complaints::error(std::uint32_t line, std::uint32_t column, std::string what,
                              std::string help) {
  last_ = &beyond_;
  if (diagnostics_.size() == kMostKept) return *last_;
  const std::string_view text = line > 0 ? nth_line(text_, line) : std::string_view{};
  diagnostics_.push_back({std::move(what),
                          {file_, line, column},
                          std::move(help),
                          std::string(text),
                          width_at(text, column)});
  last_ = &diagnostics_.back();
  return *last_;
}

Diagnostic& Complaints::warning(std::uint32_t line, std::uint32_t column, std::string what,
                                std::string help) {
  Diagnostic& made = error(line, column, std::move(what), std::move(help));
  made.is_warning = true;
  return made;
}

}  // namespace plimsoll
