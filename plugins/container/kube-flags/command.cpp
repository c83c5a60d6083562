#include "plugins/container/kube-flags/command.h"

#include <utility>

#include "scanner/base/text.h"
#include "scanner/formats/shell_command.h"

namespace plimsoll::kube {
namespace {

Command command_at(std::vector<Argument> words, std::size_t program) {
  Command out;
  out.path = std::move(words[program].text);
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(program) + 1);
  out.arguments = std::move(words);
  return out;
}

/// Programs that start the one that they are given, with the words behind it.
bool is_starter(std::string_view name) {
  return is_one_of(name,
                   "go-runner tini tini-static dumb-init catatonit s6-setuidgid su-exec gosu "
                   "setpriv chroot nsenter unshare flock timeout nice ionice chrt taskset numactl "
                   "setsid stdbuf systemd-run");
}

/// The word that names the program behind one that starts it; 0 where there is none.
std::size_t started_word(const std::vector<Argument>& words, std::string_view program) {
  const bool is_known = is_starter(base_name(words[0].text));
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i].text;
    // The name alone is also an argument of pgrep and kubectl; a path is told from it.
    if (base_name(word) == program && (is_known || word.starts_with('/'))) return i;
  }
  return 0;
}

shell::Variables texts_of(const std::map<std::string, Argument, std::less<>>& environment) {
  shell::Variables out;
  for (const auto& [name, value] : environment)
    if (!value.open) out.emplace(name, value.text);
  return out;
}

Command from_script(const shell::Command& command, std::size_t program, const Origin& origin) {
  Command out;
  out.path = command.words[program].text;
  for (std::size_t i = program + 1; i < command.words.size(); ++i)
    out.arguments.push_back({command.words[i].text, origin, command.words[i].open});
  return out;
}

/// What a shell script or a wrapper runs; its words stand where the script does.
std::vector<Command> scripted(const std::vector<Argument>& words, std::string_view program,
                              const std::map<std::string, Argument, std::less<>>& environment) {
  std::vector<std::string> texts;
  std::string_view all_of_it;
  for (const Argument& word : words) {
    texts.push_back(word.text);
    if (word.text.find(program) != std::string::npos) all_of_it = word.text;
  }
  std::vector<Command> found;
  if (all_of_it.empty()) return found;
  const shell::Script script = shell::parse_exec(texts, texts_of(environment));
  const Origin& origin = words.back().origin;
  for (const shell::Command& command : script.commands) {
    std::vector<Argument> plain;
    for (const shell::Word& word : command.words) plain.push_back({word.text, origin});
    if (plain.empty()) continue;
    std::size_t at = plain[0].text == "exec" ? 1 : 0;
    if (at >= plain.size()) continue;
    if (base_name(plain[at].text) != program) at = started_word(plain, program);
    if (base_name(plain[at].text) != program) continue;
    found.push_back(from_script(command, at, origin));
  }
  return found;
}

}  // namespace

std::vector<Command> commands_of(std::vector<Argument> words, std::string_view program,
                                 const std::map<std::string, Argument, std::less<>>& environment) {
  if (words.empty()) return {};
  const std::string_view name = base_name(words[0].text);
  std::size_t at = 0;
  if (name == "hyperkube")
    at = words.size() > 1 && words[1].text == program ? 1 : 0;
  else if (name != program)
    at = started_word(words, program);
  if (at == 0 && name != program) return scripted(words, program, environment);
  std::vector<Command> out;
  out.push_back(command_at(std::move(words), at));
  return out;
}

}  // namespace plimsoll::kube
