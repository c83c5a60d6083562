#include "plugins/os/account/login_shell.h"

#include "scanner/base/text.h"

namespace plimsoll {

LoginShells LoginShells::read(const Root& root, Facts& facts) {
  LoginShells out;
  const auto text = root.read("/etc/shells");
  if (!text) {
    // getusershell(3): without the file there are these two.
    out.listed_ = {"/bin/sh", "/bin/csh"};
    if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
    return out;
  }
  for (const Line& line : lines(*text)) {
    // getusershell(3) takes the first word that begins with `/`, up to a blank or `#`.
    const auto slash = line.text.find_first_of("/#");
    if (slash == std::string_view::npos || line.text[slash] == '#') continue;
    const std::string_view shell = line.text.substr(slash);
    out.listed_.insert(shell.substr(0, shell.find_first_of("# \t\n\v\f\r")));
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
    if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
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
