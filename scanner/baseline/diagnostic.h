#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/origin.h"

namespace plimsoll {

/// One thing that is wrong with a baseline, a configuration or an option, as people are to read it.
struct Diagnostic {
  std::string what;       ///< starts in lower case, no full stop, values in backquotes
  Origin where;           ///< no file: an option of the command line
  std::string help;       ///< what to do; may be empty
  std::string line;       ///< the text of the line at fault; empty when there is none to show
  std::size_t width = 1;  ///< bytes to underline
  bool is_warning = false;
};

using Diagnostics = std::vector<Diagnostic>;

/// `error: WHAT`, `  --> file:line:column`, the line with carets below, `   = help: HELP`. Scanned
/// or given text is escaped. Ends in a line break.
std::string render(const Diagnostic& diagnostic);
std::string render(const Diagnostics& diagnostics);
bool has_errors(const Diagnostics& diagnostics);

/// Collects what is wrong with one file; knows its lines. Keeps the first hundred: past that, the
/// file is something else.
class Complaints {
 public:
  Complaints(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

  Diagnostic& error(std::uint32_t line, std::uint32_t column, std::string what,
                    std::string help = {});
  Diagnostic& warning(std::uint32_t line, std::uint32_t column, std::string what,
                      std::string help = {});
  /// The one that was made last; there must be one.
  Diagnostic& last() { return *last_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const Diagnostics& all() const { return diagnostics_; }
  [[nodiscard]] Diagnostics take() { return std::move(diagnostics_); }

 private:
  std::string_view text_;
  std::string file_;
  Diagnostics diagnostics_;
  Diagnostic beyond_;  ///< what is not kept any more
  Diagnostic* last_ = &beyond_;
};

}  // namespace plimsoll
