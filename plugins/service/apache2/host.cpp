#include "plugins/service/apache2/host.h"

#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/shell_assignment.h"

namespace plimsoll::apache2 {
namespace {

struct Home {
  std::string_view file, server_root;
};
/// Debian's packages, those of Fedora and its kin, httpd as it comes and as its image has it.
constexpr std::array kHomes = {
    Home{"/etc/apache2/apache2.conf", "/etc/apache2"},
    Home{"/etc/httpd/conf/httpd.conf", "/etc/httpd"},
    Home{"/usr/local/apache2/conf/httpd.conf", "/usr/local/apache2"},
};

using Names = std::map<std::string, std::string, std::less<>>;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// `$NAME` and `${NAME}` by what the script assigned before; envvars is run without any of its own.
std::string expanded(std::string_view text, const Names& known) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      out += text[at++];
      continue;
    }
    const bool has_brace = text.substr(at + 1).starts_with('{');
    std::size_t end = at + (has_brace ? 2 : 1);
    const std::size_t start = end;
    while (end < text.size() && is_name(text[end])) ++end;
    const auto found = known.find(text.substr(start, end - start));
    if (found != known.end() && out.size() < 4096) out += found->second;
    at = end + (has_brace && end < text.size() && text[end] == '}' ? 1 : 0);
  }
  return out;
}

/// envvars(5) of Debian: a script that apache2ctl reads. Its one condition is about the names of
/// further instances.
void read_envvars(const Root& root, Variables& variables, Facts& facts) {
  const auto text = root.read("/etc/apache2/envvars");
  if (!text) {
    if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
    return;
  }
  const ShellScript script = read_shell(*text);
  if (script.broken_at != 0)
    facts.gap({ErrorCode::invalid,
               "a quote that nothing closes",
               {"/etc/apache2/envvars", script.broken_at}});
  Names known;
  for (const ShellCommand& command : script.commands) {
    if (command.conditional) continue;
    for (const ShellAssignment& one : shell_assignments(command)) {
      if (one.has_value) known[one.name] = expanded(one.value, known);
      if (one.exported) variables.environment[one.name] = known[one.name];
    }
  }
  for (auto& [name, value] : variables.environment) value = known[name];
}

/// `-D NAME` of what apache2ctl hands on.
void read_defines(Variables& variables) {
  const auto found = variables.environment.find("APACHE_ARGUMENTS");
  if (found == variables.environment.end()) return;
  const auto given = words(found->second);
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i].starts_with("-D")) continue;
    const std::string_view name = given[i].size() > 2    ? given[i].substr(2)
                                  : i + 1 < given.size() ? given[i + 1]
                                                         : std::string_view();
    if (!name.empty()) variables.define(std::string(name), nullptr);
  }
}

}  // namespace

std::optional<Source> host_source(const Root& root, Facts& facts) {
  for (const Home& home : kHomes) {
    const auto there = root.lstat(home.file);
    if (!there && there.error().code == ErrorCode::not_found) continue;
    Source out;
    out.path = std::string(home.file);
    out.server_root = std::string(home.server_root);
    if (&home == &kHomes.front()) read_envvars(root, out.variables, facts);
    read_defines(out.variables);
    return out;
  }
  return std::nullopt;
}

}  // namespace plimsoll::apache2
