#include "scanner/formats/shell_words.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::shell {
namespace {

/// A program that runs the command in its arguments.
struct Wrapper {
  std::string_view name;
  std::string_view valued;  ///< short options that take a value
  std::string_view longs;   ///< long options that take their value as the next word, blanks between
  std::size_t operands = 0;  ///< how many operands stand before the command
  bool assignments = false;  ///< NAME=VALUE operands stand before the command
};

constexpr std::array kWrappers = {
    Wrapper{"builtin", "", "", 0, false},
    Wrapper{"chroot", "", "userspec groups", 1, false},
    Wrapper{"chrt", "pTDP", "", 1, false},
    Wrapper{"command", "", "", 0, false},
    Wrapper{"doas", "Cu", "", 0, false},
    Wrapper{"env", "uCS", "unset chdir split-string", 0, true},
    Wrapper{"eatmydata", "", "", 0, false},
    Wrapper{"exec", "a", "", 0, false},
    Wrapper{"fakeroot", "lfisb", "", 0, false},
    Wrapper{"gosu", "", "", 1, false},
    Wrapper{"ionice", "cnpPu", "class classdata", 0, false},
    Wrapper{"nice", "n", "adjustment", 0, false},
    Wrapper{"nohup", "", "", 0, false},
    Wrapper{"runuser", "ugG", "user group supp-group", 0, false},
    Wrapper{"setarch", "", "", 1, false},
    Wrapper{"setsid", "", "", 0, false},
    Wrapper{"stdbuf", "ioe", "input output error", 0, false},
    Wrapper{"su-exec", "", "", 1, false},
    Wrapper{"sudo", "ugpChrtTUDR", "user group prompt chdir host role type chroot", 0, true},
    Wrapper{"time", "fo", "format output", 0, false},
    Wrapper{"timeout", "ks", "kill-after signal", 1, false},
    Wrapper{"unbuffer", "", "", 0, false},
    Wrapper{"xargs", "EIILPadns", "arg-file delimiter max-args max-procs replace max-lines", 0,
            false},
};

constexpr std::array<std::string_view, 9> kShells = {"ash",  "bash",  "busybox-sh", "dash", "ksh",
                                                     "mksh", "rbash", "sh",         "zsh"};

bool takes_next_word(const Wrapper& wrapper, std::string_view option) {
  if (option.starts_with("--")) {
    const auto names = words(wrapper.longs, " ");
    return std::find(names.begin(), names.end(), option.substr(2)) != names.end();
  }
  // In a cluster the first option that takes a value takes the rest; an empty rest is the next
  // word.
  const std::size_t at = option.find_first_of(wrapper.valued, 1);
  return !wrapper.valued.empty() && at == option.size() - 1;
}

bool is_assignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  return equals != std::string_view::npos && equals > 0;
}

Wrapped after_options(const Wrapper& wrapper, const std::vector<Word>& given) {
  std::size_t i = 1;
  for (; i < given.size() && given[i].text.size() > 1 && given[i].text[0] == '-'; ++i) {
    if (given[i].text == "--") {
      ++i;
      break;
    }
    if (takes_next_word(wrapper, given[i].text)) ++i;
  }
  while (wrapper.assignments && i < given.size() && is_assignment(given[i].text)) ++i;
  i += wrapper.operands;
  return {i < given.size() ? i : 0, {}};
}

/// The word after a `-c`, alone or in a cluster (`-euxc`, `-o pipefail -c`).
Wrapped script_of_shell(const std::vector<Word>& given) {
  bool is_command = false;
  for (std::size_t i = 1; i < given.size(); ++i) {
    const std::string& word = given[i].text;
    const bool option = word.size() > 1 && (word[0] == '-' || word[0] == '+');
    if (!option || word == "--") {
      const std::size_t script = word == "--" ? i + 1 : i;
      return is_command && script < given.size() ? Wrapped{0, script} : Wrapped{};
    }
    if (word.starts_with("--")) continue;
    is_command = is_command || word.find('c', 1) != std::string::npos;
    if (word.back() == 'o' || word.back() == 'O') ++i;
  }
  return {};
}

/// su(1): the command is the value of -c.
Wrapped script_of_su(const std::vector<Word>& given) {
  for (std::size_t i = 1; i + 1 < given.size(); ++i)
    if (given[i].text == "-c" || given[i].text == "--command") return {0, i + 1};
  return {};
}

}  // namespace

bool is_shell(std::string_view name) {
  return std::find(kShells.begin(), kShells.end(), name) != kShells.end();
}

bool reads_program(const Command& command) {
  if (!is_shell(command.name())) return false;
  for (std::size_t i = 1; i < command.words.size(); ++i) {
    const std::string& word = command.words[i].text;
    if (word == "-" || word == "/dev/stdin") return true;
    if (word.empty() || (word[0] != '-' && word[0] != '+')) return false;
    if (word.starts_with("--")) continue;
    if (word.find('c', 1) != std::string::npos) return false;
    if (word.find('s', 1) != std::string::npos) return true;
    if (word.back() == 'o' || word.back() == 'O') ++i;
  }
  return true;
}

Wrapped wrapped_command(const Command& command) {
  const std::string_view name = command.name();
  if (is_shell(name)) return script_of_shell(command.words);
  if (name == "su") return script_of_su(command.words);
  if (name == "eval" && command.words.size() > 1) return {0, 1};
  if (name == "busybox") return {command.words.size() > 1 ? 1U : 0U, {}};
  const auto found = std::lower_bound(
      kWrappers.begin(), kWrappers.end(), name,
      [](const Wrapper& wrapper, std::string_view wanted) { return wrapper.name < wanted; });
  if (found == kWrappers.end() || found->name != name) return {};
  return after_options(*found, command.words);
}

}  // namespace plimsoll::shell
