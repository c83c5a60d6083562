#include "plugins/os/account/login_shell.h"

#include "scanner/base/text.h"

namespace plimsoll {

std::string_view listed_shell(std::string_view line) {
  const auto start = line.find_first_of("/#");
  if (start == std::string_view::npos || line[start] == '#') return {};
  const std::string_view shell = line.substr(start);
  return shell.substr(0, shell.find_first_of("# \t\n\v\f\r"));
}

LoginShells LoginShells::read(const Root& root, Facts& facts) {
  LoginShells out;
  const auto text = root.read("/etc/shells");
  if (!text) {
    // getusershell(3): without the file there are these two.
    out.listed_ = {"/bin/sh", "/bin/csh"};
    if (text.error().code != ErrorCode::not_found)
      facts.gap(text.error(), {}, Gap::Effect::may_override, {"shell_listed"});
    return out;
  }
  for (const Line& line : lines(*text)) {
    const std::string_view shell = listed_shell(line.text);
    // getusershell(3) of the C library passes over a `/` at the very end of the file.
    if (shell == "/" && shell.data() + 1 == text->data() + text->size()) continue;
    if (!shell.empty()) out.listed_.insert(shell);
  }
  return out;
}

bool LoginShells::lists(std::string_view shell) const {
  return listed_.contains(shell.empty() ? "/bin/sh" : shell);
}

bool LoginShells::lets_in(std::string_view shell) {
  const std::string_view name = base_name(shell);
  return name != "nologin" && name != "false";
}

UidRange UidRange::read(const Root& root, Facts& facts) {
  UidRange out;
  const auto text = root.read("/etc/login.defs");
  if (!text) {
    if (text.error().code != ErrorCode::not_found)
      facts.gap(text.error(), {}, Gap::Effect::may_override, {"is_system"});
    return out;
  }
  for (const Line& line : lines(*text)) {
    const auto parts = words(line.text, " \t\"\r");
    if (parts.size() < 2 || parts[0].starts_with('#')) continue;
    // login.defs(5): of two lines with one name the later stands.
    if (parts[0] != "UID_MIN") continue;
    if (const auto number = to_integer(parts[1])) out.least = *number;
  }
  return out;
}

}  // namespace plimsoll
