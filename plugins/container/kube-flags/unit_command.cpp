#include "plugins/container/kube-flags/unit_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plugins/container/kube-flags/command.h"
#include "plugins/container/kube-flags/environment_file.h"
#include "scanner/base/text.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::kube {
namespace {

using systemd::WordReader;
constexpr systemd::WordSyntax kQuoted{.unquote = true, .c_escapes = true, .relaxed = true};

std::vector<std::string> quoted_words(std::string_view text) {
  std::vector<std::string> out;
  WordReader reader(text, kQuoted);
  std::string word;
  while (reader.next(word) == WordReader::Got::word) out.push_back(std::exchange(word, {}));
  return out;
}

void assign(std::string_view text, const Origin& origin, Launch& launch) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return;
  launch.environment[std::string(text.substr(0, equals))] = {std::string(text.substr(equals + 1)),
                                                             origin};
}

void take_environment_file(const Root& root, const systemd::Assignment& assignment,
                           Launch& launch) {
  std::string_view value = assignment.value;
  const bool is_optional = value.starts_with('-');
  if (is_optional) value.remove_prefix(1);
  const Root::Glob files = root.glob(value);
  for (const std::string& path : files.paths) {
    const auto text = root.read(path);
    if (!text) {
      launch.doubts.push_back(text.error());
      continue;
    }
    for (Variable& found : read_environment_file(*text))
      launch.environment[std::move(found.name)] = {std::move(found.value), {path, found.line}};
  }
  if (files.paths.empty() && files.errors.empty() && !is_optional)
    launch.doubts.push_back({ErrorCode::not_found,
                             fmt::format("the unit does not start without {}", value),
                             assignment.origin});
  launch.doubts.insert(launch.doubts.end(), files.errors.begin(), files.errors.end());
}

/// EnvironmentFile= beats Environment=, whatever their order (systemd.exec(5)).
void read_environment(const Root& root, const systemd::LoadedUnit& unit, const std::string& name,
                      Launch& launch) {
  for (const systemd::Setting& setting : unit.settings)
    if (setting.directive->key() == "Environment")
      for (const std::string& word : quoted_words(setting.assignment.value))
        assign(systemd::expand(word, name).value_or(word), setting.assignment.origin, launch);
  for (const systemd::Setting& setting : unit.settings)
    if (setting.directive->key() == "EnvironmentFile")
      take_environment_file(root, setting.assignment, launch);
}

std::string_view variable(const Launch& launch, std::string_view name) {
  const auto found = launch.environment.find(name);
  return found == launch.environment.end() ? std::string_view{} : found->second.text;
}

/// `${NAME}` inside a word keeps the value whole; `$$` is a dollar sign.
std::string fill(std::string_view word, const Launch& launch) {
  std::string out;
  const std::size_t last = word.rfind('}');
  for (std::size_t i = 0; i < word.size(); ++i) {
    const std::string_view rest = word.substr(i);
    if (rest.starts_with("$$")) {
      out += word[++i];
    } else if (rest.starts_with("${") && last != std::string_view::npos && last > i) {
      const std::size_t end = word.find('}', i);
      out += variable(launch, word.substr(i + 2, end - i - 2));
      i = end;
    } else {
      out += word[i];
    }
  }
  return out;
}

/// `$NAME` as a word of its own is split at blanks, and is nothing when it is not set.
void add_word(const std::string& word, const Origin& origin, const Launch& launch,
              std::vector<Argument>& out) {
  const std::string_view name = std::string_view(word).substr(word.starts_with('$') ? 1 : 0);
  if (!word.starts_with('$') || !systemd::is_variable_name(name)) {
    out.push_back({fill(word, launch), origin});
    return;
  }
  const auto found = launch.environment.find(name);
  if (found == launch.environment.end()) return;
  for (std::string& part : quoted_words(found->second.text))
    out.push_back({std::move(part), found->second.origin});
}

/// systemd.service(5), "Command lines": `@` hands over a name of its own, `:` leaves variables as
/// they are written.
std::vector<Argument> command_words(const systemd::Assignment& exec, const std::string& unit,
                                    const Launch& launch) {
  std::string_view value = exec.value;
  bool has_own_name = false, is_literal = false;
  for (; !value.empty() && std::string_view("-@:+!").find(value[0]) != std::string_view::npos;
       value.remove_prefix(1)) {
    has_own_name = has_own_name || value[0] == '@';
    is_literal = is_literal || value[0] == ':';
  }
  std::vector<Argument> out;
  for (const std::string& word : quoted_words(value)) {
    std::string expanded = systemd::expand(word, unit).value_or(word);
    if (is_literal)
      out.push_back({std::move(expanded), exec.origin});
    else
      add_word(expanded, exec.origin, launch, out);
  }
  if (has_own_name && out.size() > 1) out.erase(out.begin() + 1);
  return out;
}

/// `/opt/v1.23.1/kubelet`
std::string release_in(std::string_view path) {
  for (const std::string_view part : split(path, '/'))
    if (std::string release = release_of(part); !release.empty()) return release;
  return {};
}

/// Most nodes have one of the units that are asked for; the index lists them all.
bool has_unit(const Root& root, std::string_view name) {
  const auto directories = systemd::unit_directories();
  return std::any_of(directories.begin(), directories.end(), [&](std::string_view directory) {
    const auto there = root.lstat(join_path(directory, name));
    return there || there.error().code != ErrorCode::not_found;
  });
}

}  // namespace

void add_unit(const Root& root, std::string_view unit_name, std::string_view program,
              Launches& launches) {
  if (!has_unit(root, unit_name)) return;
  const systemd::UnitIndex index(root);
  const std::string name(unit_name);
  const auto unit = index.find(name);
  if (!unit || unit->masked) return;
  systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
  for (Error& error : loaded.errors) launches.errors.push_back(std::move(error));
  if (loaded.refused) launches.errors.push_back(*loaded.refused);
  const systemd::Setting* exec = loaded.find("Service", "ExecStart");
  if (exec == nullptr) return;
  Launch launch;
  launch.origin = {unit->fragment, 0, 0};
  read_environment(root, loaded, name, launch);
  auto commands =
      commands_of(command_words(exec->assignment, name, launch), program, launch.environment);
  for (Command& command : commands) {
    launch.version = release_in(command.path);
    launch.arguments = std::move(command.arguments);
    launches.found.push_back(launch);
  }
  if (commands.empty())
    launches.errors.push_back({ErrorCode::unsupported,
                               fmt::format("the unit starts {} by a program of its own, whose "
                                           "flags for it cannot be told",
                                           program),
                               exec->assignment.origin});
}

}  // namespace plimsoll::kube
