#include "plugins/container/image/history.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/secrets.h"
#include "scanner/formats/shell_command.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 18> kInstructions = {
    "ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
    "EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR",
};
constexpr std::string_view kShell = "/bin/sh -c ";

bool is_instruction(std::string_view word) {
  return std::find(kInstructions.begin(), kInstructions.end(), word) != kInstructions.end();
}

/// `|2 A=x B=y /bin/sh -c command`: the build arguments of a RUN come first.
std::string_view without_arguments(std::string_view text) {
  if (!text.starts_with('|')) return text;
  const auto shell = text.find(kShell);
  return shell == std::string_view::npos ? text : text.substr(shell);
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

/// The commands of one step, with the questions that are asked of them.
class Step {
 public:
  explicit Step(const std::string& command) : script_(shell::parse(command)) {}

  [[nodiscard]] bool runs(std::string_view program) const {
    return any([&](const shell::Command& one) { return one.name() == program; });
  }
  [[nodiscard]] bool runs(std::string_view program, std::string_view verb) const {
    return any(
        [&](const shell::Command& one) { return one.name() == program && verb_of(one) == verb; });
  }
  [[nodiscard]] bool apt(std::string_view verb) const {
    return runs("apt-get", verb) || runs("apt", verb);
  }
  [[nodiscard]] bool has_option(std::string_view program, std::string_view option) const {
    return any([&](const shell::Command& one) {
      return one.name() == program &&
             std::any_of(one.words.begin(), one.words.end(),
                         [&](const shell::Word& word) { return word.text == option; });
    });
  }
  [[nodiscard]] bool removes(std::string_view path) const {
    return any([&](const shell::Command& one) {
      return one.name() == "rm" &&
             std::any_of(one.words.begin(), one.words.end(), [&](const shell::Word& word) {
               return word.text.starts_with(path) || path.starts_with(word.text + "/");
             });
    });
  }

 private:
  template <class Test>
  [[nodiscard]] bool any(const Test& test) const {
    return std::any_of(script_.commands.begin(), script_.commands.end(), test);
  }
  /// The first word that is no option.
  static std::string_view verb_of(const shell::Command& command) {
    for (std::size_t i = 1; i < command.words.size(); ++i)
      if (!command.words[i].text.starts_with('-')) return command.words[i].text;
    return {};
  }

  shell::Script script_;
};

/// `ADD file:1234 in /`: the builder's way to say that a file or an archive was copied in.
bool is_add(const HistoryStep& step) { return step.name == "ADD"; }

/// `ENV NAME=value` or `ARG NAME=value`.
std::string credential_of(const HistoryStep& step) {
  if (step.name != "ENV" && step.name != "ARG") return {};
  const std::string_view rest = trim(std::string_view(step.instruction).substr(step.name.size()));
  const auto end = rest.find_first_of("= ");
  if (end == std::string_view::npos) return {};
  const std::string_view name = rest.substr(0, end);
  return is_credential(name, trim(rest.substr(end + 1))) ? std::string(name) : std::string();
}

}  // namespace

HistoryStep read_step(std::string_view created_by) {
  std::string_view text = trim(created_by);
  if (const auto comment = text.rfind("# buildkit");
      comment != std::string_view::npos && comment + 10 == text.size())
    text = trim(text.substr(0, comment));
  HistoryStep out;
  const bool is_run = text.starts_with("RUN ");
  std::string_view rest = without_arguments(is_run ? trim(text.substr(4)) : text);
  const bool by_shell = rest.starts_with(kShell);
  if (by_shell) rest = trim(rest.substr(kShell.size()));
  if (rest.starts_with("#(nop)")) {
    out.instruction = trim(rest.substr(6));
    out.name = first_word(out.instruction);
    if (!is_instruction(out.name)) out.name.clear();
  } else if (is_run || by_shell) {
    out.name = "RUN";
    out.command = rest;
    out.instruction = "RUN " + out.command;
  } else {
    out.instruction = text;
    out.name = first_word(text);
    if (!is_instruction(out.name)) out.name.clear();
  }
  return out;
}

std::size_t first_above_base(const std::vector<HistoryStep>& steps) {
  for (std::size_t i = steps.size(); i-- > 0;)
    if (i + 1 < steps.size() && (steps[i].name == "CMD" || steps[i].name == "ENTRYPOINT"))
      return i + 1;
  return 1;
}

std::vector<std::pair<std::string, std::string>> marks_of(const HistoryStep& step,
                                                          bool above_base) {
  std::vector<std::pair<std::string, std::string>> out;
  if (const std::string name = credential_of(step); !name.empty())
    out.emplace_back("credential", name);
  if (above_base && is_add(step)) out.emplace_back("history.add", step.instruction);
  if (step.name != "RUN") return out;
  const Step run(step.command);
  const auto mark = [&](const char* key) { out.emplace_back(key, step.instruction); };
  if (run.runs("sudo")) mark("history.sudo");
  if (run.apt("upgrade") || run.apt("dist-upgrade") || run.apt("full-upgrade") ||
      run.runs("apk", "upgrade") || run.runs("dnf", "upgrade") || run.runs("yum", "update"))
    mark("history.upgrade");
  const bool apt_installs = run.apt("install") || run.apt("upgrade") || run.apt("dist-upgrade");
  if ((run.apt("update") && !apt_installs) ||
      (run.runs("apk", "update") && !run.runs("apk", "add")))
    mark("history.update-alone");
  if (run.runs("apk", "add") && !run.has_option("apk", "--no-cache") &&
      !run.removes("/var/cache/apk/"))
    mark("history.apk-cache");
  if (run.apt("update") && apt_installs && !run.removes("/var/lib/apt/lists/"))
    mark("history.apt-lists");
  return out;
}

bool is_credential(std::string_view name, std::string_view value) {
  return names_secret(name) && may_be_secret(value) && !value.starts_with('$');
}

}  // namespace plimsoll
