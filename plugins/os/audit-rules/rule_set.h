#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/os/audit-rules/rule_files.h"
#include "plugins/os/audit-rules/rule_parser.h"

/// What the kernel holds after auditctl has sent it one line after the other.
namespace plimsoll::audit {

struct Loaded {
  Command command;
  Origin origin;
  std::size_t line = 0;    ///< place among all lines
  std::string_view state;  ///< `effective`, `shadowed`, `disabled`, `not-loaded`
  std::string detail;      ///< why it is not effective
  bool gone = false;       ///< removed by a later line
  /// Earlier `never` rules that take its events, of the ABIs and system calls that they name.
  std::vector<const Loaded*> takers;

  /// The first of them for that ABI and system call (empty where the rule has none), or null.
  [[nodiscard]] const Loaded* taker(const std::string& arch, const std::string& syscall) const;
};

struct Control {
  std::string option, value;
  Origin origin;
  bool sent = true;  ///< auditctl got as far as this line
};

struct Fault {
  std::string text, why;
  Origin origin;
};

/// The lines of a file of rules, carried out. auditctl(8): it stops at the first line that it or
/// the kernel refuses, unless `-i` or `-c` stands before.
class RuleSet {
 public:
  RuleSet(const Root& root, const Names& names) : root_(root), names_(names) {}
  void take(const RuleLine& line);
  /// Decides which rules have an effect, after the last line.
  void finish(Facts& facts);

  [[nodiscard]] std::vector<Loaded>& rules() { return rules_; }
  [[nodiscard]] const std::vector<Control>& controls() const { return controls_; }
  [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }

 private:
  void place(Command& command) const;
  void add(Command command, const RuleLine& line);
  void remove(const Command& command, const RuleLine& line);
  void remove_all(const Command& command);
  void control(const Command& command, const RuleLine& line);
  void fault(const RuleLine& line, std::string why);

  const Root& root_;
  const Names& names_;
  std::vector<Loaded> rules_;
  std::unordered_map<std::string, std::size_t> by_identity_;
  std::vector<Control> controls_;
  std::vector<Fault> faults_;
  std::size_t count_ = 0;
  std::size_t removals_ = 0;
  std::optional<Origin> unknown_calls_;
  bool go_on_ = false;  ///< after `-i` or `-c`
  bool stopped_ = false;
  bool locked_ = false;  ///< after `-e 2`
};

}  // namespace plimsoll::audit
