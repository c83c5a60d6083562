#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/cli/options.h"

namespace plimsoll {

/// The text report and all of report_formats().
std::vector<std::string_view> scan_formats();
inline constexpr std::string_view kFactsFormats[] = {"table", "jsonl"};
inline constexpr std::string_view kRulesFormats[] = {"text", "json", "ids"};
inline constexpr std::string_view kProbesFormats[] = {"text", "json", "names"};
inline constexpr std::string_view kListFormats[] = {"text", "json"};
inline constexpr std::string_view kSeverities[] = {"info", "low", "medium", "high", "critical"};
inline constexpr std::string_view kColors[] = {"auto", "always", "never"};

/// Turns the texts of a command line into values and remembers the first that is wrong.
class Checks {
 public:
  struct Problem {
    std::string what, help;
  };

  /// `value` when it is among `allowed`; otherwise a problem that names the nearest.
  std::string one_of(std::string_view option, const std::string& value,
                     std::span<const std::string_view> allowed);
  Severity severity(std::string_view option, const std::string& value);
  Color color(const std::string& value);
  unsigned jobs(const std::string& value);
  /// `NAME=VALUE`, both sides as they stand; `shape` is how the help spells it.
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view option,
                                                         const std::vector<std::string>& values,
                                                         std::string_view shape);
  std::vector<std::pair<std::string, std::string>> outputs(const std::vector<std::string>& values);
  std::map<std::string, std::string, std::less<>> context(const std::vector<std::string>& values);
  /// `a,b` and repeated options as one list, empty pieces dropped.
  static std::vector<std::string> list(const std::vector<std::string>& values);
  /// An argument or option that no command knows.
  void unexpected(const std::string& argument, std::span<const std::string> options);

  void problem(std::string what, std::string help = {});
  [[nodiscard]] const std::optional<Problem>& first_problem() const { return problem_; }

 private:
  std::optional<Problem> problem_;
};

}  // namespace plimsoll
