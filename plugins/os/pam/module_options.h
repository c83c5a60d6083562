#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/pam/pam_stack.h"
#include "scanner/base/fact.h"

namespace plimsoll {

/// A line of a PAM stack that calls a certain module.
struct PamModuleCall {
  std::string scope;  ///< the file, then the job; `#2` behind for the second such line of a file
  PamType type = PamType::auth;
  std::vector<std::string> arguments;
  Origin origin;
};

/// Every line that calls the module, once however many services include it, in order of files and
/// lines. `job` tells which of several jobs the module does on a line.
std::vector<PamModuleCall> pam_module_calls(
    const Root& root, Facts& facts, std::string_view module,
    std::string_view (*job)(const PamModuleCall&) = nullptr);

/// Settings by name, as they stand after each assignment so far; what was overridden is kept.
class OptionValues {
 public:
  void set_default(std::string_view key, std::string value);
  void assign(std::string_view key, std::string value, Origin origin, std::string_view why);
  [[nodiscard]] const Fact* find(std::string_view key) const;
  void add_to(Facts& facts, const std::string& scope) const;

 private:
  std::map<std::string, Fact, std::less<>> by_key_;
};

struct OptionLine {
  std::string_view name, value;
};

/// One line of pwquality.conf(5), faillock.conf(5) and pwhistory.conf(5): a name and, behind blanks
/// or one `=`, a value; `#` begins a comment anywhere. Empty when there is neither.
std::optional<OptionLine> option_line(std::string_view line);
/// `name=value` or `name`, as an argument of a module.
OptionLine option_argument(std::string_view argument);

}  // namespace plimsoll
