#include <array>

#include "plugins/os/account/login_shell.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"path", Type::text, "the shell as it is listed"},
    Field{"exists", Type::boolean, "there is a regular file of that path"},
    Field{"login_shell", Type::boolean, "it lets somebody in: it is not nologin or false"},
};
constexpr std::array<std::string_view, 1> kFiles = {"/etc/shells"};

Facts read_shell_list(const Request& request) {
  Facts facts;
  const auto text = request.root.read(kFiles[0]);
  if (!text) {
    if (text.error().code != ErrorCode::not_found)
      facts.gap(text.error());
    else
      facts.not_applicable = "there is no /etc/shells";
    return facts;
  }
  for (const Line& line : lines(*text)) {
    const std::string_view path = listed_shell(line.text);
    if (path.empty()) continue;
    const auto stat = request.root.stat(path);
    facts.row(
        {std::string(path), stat && stat->type == FileType::regular, LoginShells::lets_in(path)},
        {std::string(kFiles[0]), line.number, 1});
  }
  return facts;
}

}  // namespace

extern const Probe shell_probe;
const Probe shell_probe{
    .name = "shell",
    .group = "os",
    .summary = "the shells that /etc/shells calls valid",
    .semantics = "shells(5), getusershell(3)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_shell_list,
    .files = kFiles,
};

}  // namespace plimsoll
