#include <fmt/format.h>

#include <algorithm>

#include "plugins/container/dockerfile/builder.h"
#include "scanner/base/text.h"
#include "scanner/formats/secrets.h"

// RUN, CMD, ENTRYPOINT, HEALTHCHECK, SHELL: instructions with commands in them.
namespace plimsoll::dockerfile {

void Builder::run(const Instruction& one, std::size_t row) {
  RunContext context;
  context.pipefail = stage().pipefail;
  const auto pip = scope().known.find("PIP_NO_CACHE_DIR");
  context.pip_cache_off =
      pip != scope().known.end() && is_one_of(lower(pip->second), "1 true on yes");
  for (const std::string& flag : one.flags) run_flag(flag, one, row, context);
  const ExecForm exec = exec_form(one.rest.text);
  const MappedText text = exec.is_json ? one.rest : script_of(one);
  const std::size_t count = script(one, text, exec, context);
  consecutive(one, row, count);
}

void Builder::run_flag(std::string_view flag, const Instruction& one, std::size_t row,
                       RunContext& context) {
  if (flag == "--security=insecure" || flag == "--network=host")
    rows_[row].trait("privileged-build");
  if (!flag.starts_with("--mount=")) return;
  std::string type = "bind", target, source;
  for (const std::string_view part : split(trim(flag.substr(8), "\"'"), ',')) {
    const std::size_t equals = part.find('=');
    const std::string_view key = part.substr(0, equals);
    const std::string value =
        equals == std::string_view::npos ? std::string() : expanded(part.substr(equals + 1)).text;
    if (key == "type") type = lower(value);
    if (is_one_of(key, "target dst destination")) target = value;
    if (is_one_of(key, "source src")) source = value;
  }
  if (type == "cache" || type == "tmpfs") context.caches.push_back(target);
  if (type == "secret") context.secret_mount = true;
  Row made("mount", shortened(fmt::format("RUN {}", flag)), one.line);
  made.set(kName, type).set(kTarget, target).set(kSource, source);
  if (is_engine_socket(target) || is_engine_socket(source)) made.trait("engine-socket");
  add_final(made);
}

bool Builder::is_engine_socket(std::string_view path) {
  return path.find("docker.sock") != std::string_view::npos ||
         path.find("containerd.sock") != std::string_view::npos ||
         path.find("podman.sock") != std::string_view::npos;
}

// "Here-documents": alone, the text is the script; otherwise it is the standard input of a
// command.
MappedText Builder::script_of(const Instruction& one) {
  if (one.heredocs.empty()) return one.rest;
  const Heredoc& first = one.heredocs.front();
  const bool alone = one.heredocs.size() == 1 && one.rest.text.starts_with("<<") &&
                     one.rest.text.find_first_of(" \t;|&>") == std::string::npos;
  MappedText out;
  if (!alone) out = one.rest;
  if (alone && first.text.starts_with("#!") && !is_shell_line(first.text)) return out;
  for (const Heredoc& heredoc : one.heredocs) {
    if (!alone) out.add("\n", heredoc.line);
    for (const Line& line : lines(heredoc.text)) {
      out.add(line.text, heredoc.line + line.number - 1);
      out.text += '\n';
    }
    if (!alone) out.add(heredoc.name, heredoc.line);
  }
  return out;
}

bool Builder::is_shell_line(std::string_view script) {
  for (const std::string_view word : words(script.substr(2, script.find('\n') - 2)))
    if (shell::is_shell(word.substr(word.rfind('/') + 1))) return true;
  return false;
}

std::size_t Builder::script(const Instruction& one, const MappedText& text, const ExecForm& exec,
                            const RunContext& context) {
  if (!exec.is_json && !stage().posix_shell) return 1;
  if (!wanted_.kind("command") && !wanted_.kind("package") && !wanted_.kind("variable") &&
      !wanted_.kind("copy") && !wanted_.kind("instruction"))
    return 0;
  const shell::Script parsed = exec.is_json ? shell::parse_exec(exec.words, scope().known)
                                            : shell::parse(text.text, scope().known);
  std::vector<CommandFacts> facts = describe(parsed, context);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const shell::Command& command = parsed.commands[i];
    command_rows(one, command, exec.is_json ? one.line : text.line_at(command.offset), facts[i]);
  }
  return parsed.commands.size();
}

void Builder::command_rows(const Instruction& one, const shell::Command& command,
                           std::uint32_t line, CommandFacts& facts) {
  if (one.keyword == "RUN") {
    for (const auto& [name, value] : assignments_of(command)) script_variable(name, value, line);
    unpacks(command);
    downloads(command, facts.traits);
  }
  if (command.words.empty()) return;
  std::string said;
  for (const shell::Word& word : command.words) {
    if (said.size() > 120) break;
    said.append(said.empty() ? "" : " ").append(word.text);
  }
  Row row("command", shortened(said), line);
  row.set(kName, std::string(command.name())).set(kForm, one.keyword);
  if (!facts.action.manager.empty()) row.set(kManager, std::string(facts.action.manager));
  row.traits(std::move(facts.traits));
  add_final(row);
  for (const Package& package : facts.action.packages)
    package_row(package, facts.action.manager, line);
}

void Builder::package_row(const Package& package, std::string_view manager, std::uint32_t line) {
  Row row("package", shortened(package.name), line);
  row.set(kName, package.name).set(kManager, std::string(manager)).set(kPinned, package.pinned);
  if (!package.version.empty()) row.set(kVersion, package.version);
  if (!package.pinned) row.trait("unpinned");
  if (package.server) row.trait("ssh-server");
  add_final(row);
}

std::vector<std::pair<std::string, shell::Word>> Builder::assignments_of(
    const shell::Command& command) {
  std::vector<std::pair<std::string, shell::Word>> out;
  if (!command.via.empty()) return out;
  for (const shell::Assignment& one : command.assignments) out.emplace_back(one.name, one.value);
  if (!is_one_of(command.name(), "export env declare")) return out;
  for (std::size_t i = 1; i < command.words.size(); ++i) {
    shell::Word word = command.words[i];
    const std::size_t equals = word.text.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    std::string name = word.text.substr(0, equals);
    word.text.erase(0, equals + 1);
    out.emplace_back(std::move(name), std::move(word));
  }
  return out;
}

void Builder::script_variable(const std::string& name, const shell::Word& value,
                              std::uint32_t line) {
  Row row("variable", shortened(fmt::format("RUN {}", name)), line);
  row.set(kName, name).set(kForm, std::string("RUN")).set(kValue, value.text);
  Traits traits = variable_traits(name, value.text, true);
  if (!value.open && names_secret(name) && may_be_secret(value.text)) traits.emplace_back("secret");
  row.traits(std::move(traits));
  add_final(row);
}

void Builder::downloads(const shell::Command& command, Traits& traits) {
  const bool curl = command.name() == "curl", wget = command.name() == "wget";
  Stage& now = stage();
  now.saw_curl = now.saw_curl || curl;
  now.saw_wget = now.saw_wget || wget;
  if ((curl || wget) && now.saw_curl && now.saw_wget) traits.emplace_back("second-downloader");
}

void Builder::unpacks(const shell::Command& command) {
  auto& archives = stage().archives;
  if (archives.empty() || !unpacks_archive(command)) return;
  for (const shell::Word& word : command.words) {
    const auto found = archives.find(base_name(word.text));
    if (found == archives.end()) continue;
    for (const std::size_t row : found->second) rows_[row].trait("unpacked-later");
    archives.erase(found);
  }
}

void Builder::consecutive(const Instruction& one, std::size_t row, std::size_t count) {
  constexpr std::size_t kShort = 2;
  if (one.trigger) return;
  if (previous_run_ && previous_run_->flags == one.flags && count <= kShort &&
      previous_count_ <= kShort)
    rows_[row].trait("repeated-run");
  previous_run_ = one;
  previous_run_->rest = {};
  previous_run_->heredocs.clear();
  previous_count_ = count;
}

void Builder::program(const Instruction& one, std::size_t row) {
  const ExecForm exec = exec_form(one.rest.text);
  rows_[row].set(kForm, std::string(exec.is_json ? "exec" : "shell"));
  if (!exec.is_json) rows_[row].trait("shell-form");
  if (!one.trigger) override(one.keyword == "CMD" ? stage().cmd_row : stage().entrypoint_row, row);
  run_time_command(one, one.rest, exec);
}

void Builder::override(std::optional<std::size_t>& last, std::size_t row) {
  if (last) rows_[*last].trait("overridden");
  last = row;
}

void Builder::run_time_command(const Instruction& one, const MappedText& text,
                               const ExecForm& exec) {
  RunContext context;
  context.at_run_time = true;
  script(one, text, exec, context);
}

void Builder::healthcheck(const Instruction& one, std::size_t row) {
  const std::string_view text = one.rest.text;
  const bool none = istarts_with(text, "NONE");
  if (!one.trigger) {
    override(stage().healthcheck_row, row);
    stage().healthcheck = !none;
  }
  const std::size_t space = text.find_first_of(" \t");
  if (none || space == std::string_view::npos) return;
  MappedText inner;
  inner.add(trim(text.substr(space)), one.line);
  run_time_command(one, inner, exec_form(inner.text));
}

// "SHELL": the program that RUN, CMD and ENTRYPOINT in shell form are handed to.
void Builder::shell_instruction(const Instruction& one) {
  const ExecForm exec = exec_form(one.rest.text);
  if (one.trigger || exec.words.empty()) return;
  const std::string name = lower(exec.words[0]);
  const std::string_view base = std::string_view(name).substr(name.find_last_of("/\\") + 1);
  stage().posix_shell = shell::is_shell(base);
  stage().pipefail =
      std::find(exec.words.begin(), exec.words.end(), "pipefail") != exec.words.end();
}

}  // namespace plimsoll::dockerfile
