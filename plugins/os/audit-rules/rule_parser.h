#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/audit-rules/audit_syscalls.h"

/// One line of a rules file as auditctl(8) takes it.
namespace plimsoll::audit {

/// Names that auditctl turns into numbers, and what it knows of paths. Filled from the root.
struct Names {
  std::map<std::string, std::string, std::less<>> users;   ///< name → uid
  std::map<std::string, std::string, std::less<>> groups;  ///< name → gid
  Host host{Machine::x86_64, Machine::i386};
  bool knows_calls = true;  ///< else names of system calls are taken as they stand
};

struct Command {
  enum class Kind : std::uint8_t {
    nothing,     ///< blank or a comment
    control,     ///< sets something, or has no effect on rules
    add,         ///< -a, -A, -w
    remove,      ///< -d, -W
    remove_all,  ///< -D; with `keys` those with that key
    invalid      ///< auditctl or the kernel refuses it
  };
  Kind kind = Kind::nothing;

  // control
  struct Option {
    std::string name;  ///< `-e`, `--backlog_wait_time`
    std::string value;
  };
  std::vector<Option> options;  ///< a line may have several

  // rules
  bool prepend = false;
  std::string list;
  std::string action;
  std::vector<std::string> syscalls;  ///< sorted; `all`
  std::vector<std::string> arch;      ///< the ABIs that it applies to: b32, b64
  bool never_holds = false;           ///< its `arch` conditions leave no ABI
  bool has_unknown_calls = false;     ///< of a machine whose calls are not known
  std::vector<std::string> filters;   ///< canonical, in the order of the line
  std::string watch;                  ///< path or directory; empty: none
  std::string target;                 ///< where that leads, links resolved; RuleSet fills it in
  enum class Reach : std::uint8_t { unknown, file, tree } reach = Reach::unknown;
  std::string perm;  ///< sorted letters of `rwxa`; empty: none given
  std::vector<std::string> keys;
  /// What the kernel compares to tell one rule from another.
  std::string identity;

  std::string fault;  ///< invalid: why
};

Command parse_rule(std::string_view line, const Names& names);

}  // namespace plimsoll::audit
