#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scanner/base/origin.h"
#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll::sudoers {

/// One element of a list of users, hosts, commands or groups.
struct Member {
  enum class Type : std::uint8_t { name, alias, all, command, myself };
  Type type = Type::name;
  std::string text;    ///< unquoted; empty for all and myself
  std::string digest;  ///< `sha256:...`, several joined with a comma and a blank
  bool negated = false;
};
using Members = std::vector<Member>;

/// One setting of a Defaults line.
struct DefaultsEntry {
  char scope_kind = 0;  ///< `:` `@` `!` `>` or 0
  Members scope;
  std::string name;
  std::string value;
  char op = 0;  ///< `=` `+` `-`, `!` for a negated flag, 0 for a bare one
  Origin origin;
};

/// Tags by name; an absent one is not said.
enum class Said : std::uint8_t { unsaid, no, yes, implied };
struct Tags {
  /// In the order of kTagNames.
  Said said[8] = {};
};

/// One command of a rule with what holds for it after inheritance.
struct CommandSpec {
  Members runas_users;
  Members runas_groups;
  bool runas_users_given = false;
  bool runas_groups_given = false;
  Tags tags;     ///< as sudo has them: an implied SETENV ends what was said before it
  Tags written;  ///< as they read: each holds until another one takes it back
  Member command;
};

/// The part of a rule for one list of hosts.
struct Rule {
  Members users;
  Members hosts;
  std::vector<CommandSpec> commands;
  Origin origin;
};

enum class AliasKind : std::uint8_t { user, host, command, runas };

/// All that the files say, in reading order.
struct Policy {
  std::vector<std::variant<DefaultsEntry, Rule>> entries;
  std::map<std::pair<AliasKind, std::string>, Members> aliases;
  std::vector<std::string> files;
  std::vector<std::string> skipped;  ///< files in included directories that sudo passes over
  std::vector<Error> errors;
};

/// Reads /etc/sudoers and what it includes.
Policy parse(const Root& root, const std::string& main_file);

/// Names of a tag that is on, and of one that is off (`NOPASSWD` and `PASSWD` are one tag).
std::string_view tag_name(std::size_t index, bool on);

}  // namespace plimsoll::sudoers
