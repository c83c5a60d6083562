#include "scanner/formats/systemd/exec_command.h"

#include <fmt/format.h>

#include <utility>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/env_file.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd {
namespace {

using Environment = std::map<std::string, ExecText, std::less<>>;

std::vector<std::string> words_of(std::string_view text, WordSyntax syntax) {
  std::vector<std::string> out;
  WordReader reader(text, syntax);
  std::string word;
  while (reader.next(word) == WordReader::Got::word) out.push_back(std::exchange(word, {}));
  return out;
}

void assign(std::string_view text, const Origin& origin, Environment& environment) {
  const auto equals = text.find('=');
  if (equals != std::string_view::npos)
    environment[std::string(text.substr(0, equals))] = {std::string(text.substr(equals + 1)),
                                                        origin};
}

void read_files(const Root& root, const Assignment& setting, const std::string& unit,
                ExecCommand& out) {
  const std::string value = expand(setting.value, unit).value_or(setting.value);
  const bool is_optional = value.starts_with('-');
  const Root::Glob files = root.glob(std::string_view(value).substr(is_optional ? 1 : 0));
  out.errors.insert(out.errors.end(), files.errors.begin(), files.errors.end());
  if (files.paths.empty() && files.errors.empty() && !is_optional)
    out.errors.push_back({ErrorCode::invalid,
                          fmt::format("the unit does not start: there is no `{}`", value),
                          setting.origin});
  for (const std::string& path : files.paths) {
    const auto text = root.read(path);
    if (!text) {
      out.errors.push_back(text.error());
      continue;
    }
    for (EnvAssignment& found : parse_env_file(*text))
      out.environment[std::move(found.name)] = {std::move(found.value), {path, found.line, 0}};
  }
}

/// systemd.exec(5): files beat Environment=, whatever their order, and UnsetEnvironment= beats
/// both.
void read_environment(const Root& root, const LoadedUnit& loaded, const std::string& unit,
                      ExecCommand& out) {
  constexpr WordSyntax kWords{.unquote = true, .c_escapes = true};
  const auto each = [&](std::string_view key, const auto& use) {
    for (const Setting& setting : loaded.settings)
      if (setting.assignment.section == "Service" && setting.directive->key() == key)
        use(setting.assignment);
  };
  each("Environment", [&](const Assignment& setting) {
    for (const std::string& word : words_of(setting.value, kWords))
      assign(expand(word, unit).value_or(word), setting.origin, out.environment);
  });
  each("EnvironmentFile", [&](const Assignment& setting) { read_files(root, setting, unit, out); });
  each("UnsetEnvironment", [&](const Assignment& setting) {
    for (const std::string& word : words_of(setting.value, kWords))
      out.environment.erase(word.substr(0, word.find('=')));
  });
}

/// `${NAME}` inside a word keeps the value whole, `$$` is a dollar sign, `$NAME` stays.
std::string fill(std::string_view word, const Environment& environment) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char next = i + 1 < word.size() ? word[i + 1] : '\0';
    if (word[i] != '$' || (next != '$' && next != '{')) {
      out += word[i];
    } else if (next == '$') {
      out += word[++i];
    } else if (const auto end = word.find('}', i); end == std::string_view::npos) {
      return out.append(word.substr(i));
    } else {
      const auto found = environment.find(word.substr(i + 2, end - i - 2));
      if (found != environment.end()) out += found->second.text;
      i = end;
    }
  }
  return out;
}

/// A word that begins with `$` names a variable with all that follows; its value is split at
/// blanks, and is nothing when it is not set.
void add_word(const std::string& word, const Origin& origin, ExecCommand& out) {
  const bool is_variable =
      word.starts_with('$') && !word.starts_with("${") && !word.starts_with("$$");
  if (!is_variable) {
    out.words.push_back({fill(word, out.environment), origin});
    return;
  }
  const auto found = out.environment.find(std::string_view(word).substr(1));
  if (found == out.environment.end()) return;
  for (std::string& part : words_of(found->second.text, {.unquote = true, .relaxed = true}))
    out.words.push_back({std::move(part), found->second.origin});
}

const Assignment* first_command(const LoadedUnit& loaded) {
  for (const Setting& setting : loaded.settings)
    if (setting.assignment.section == "Service" && setting.directive->key() == "ExecStart")
      return &setting.assignment;
  return nullptr;
}

}  // namespace

std::optional<ExecCommand> exec_start(const Root& root, const LoadedUnit& loaded,
                                      const std::string& unit) {
  const Assignment* exec = first_command(loaded);
  if (exec == nullptr) return std::nullopt;
  ExecCommand out;
  read_environment(root, loaded, unit, out);
  std::string_view value = exec->value;
  const std::string_view marks = value.substr(0, value.find_first_not_of("-@:+!"));
  value.remove_prefix(marks.size());
  const bool is_plain = marks.find(':') != std::string_view::npos;
  for (std::string& word : words_of(value, {.unquote = true, .c_escapes = true, .relaxed = true})) {
    if (word == ";") break;
    if (word == "\\;") word = ";";
    word = expand(word, unit).value_or(word);
    // systemd.service(5): the program itself is never a variable.
    if (is_plain || out.words.empty())
      out.words.push_back({std::move(word), exec->origin});
    else
      add_word(word, exec->origin, out);
  }
  // `@`: the word behind the program is only what it is called.
  if (marks.find('@') != std::string_view::npos && out.words.size() > 1)
    out.words.erase(out.words.begin() + 1);
  if (out.words.empty()) return std::nullopt;
  return out;
}

}  // namespace plimsoll::systemd
