#include <array>

#include "plugins/os/kernel-cmdline/boot_entries.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 2> kConfigs = {"/boot/grub/grub.cfg",
                                                      "/boot/grub2/grub.cfg"};
constexpr std::array<std::string_view, 2> kEnvironments = {"/boot/grub/grubenv",
                                                           "/boot/grub2/grubenv"};
constexpr std::size_t kDepth = 64;  // braces within braces
constexpr std::size_t kEntries = 4096;

/// GRUB's `linux` joins its words with blanks and quotes a word that holds one.
void parse_words(const std::vector<ShellWord>& command, std::size_t first, const Origin& origin,
                 std::vector<KernelArgument>& out) {
  std::string line;
  for (std::size_t i = first; i < command.size(); ++i) {
    const std::string& text = command[i].text;
    const bool quote = text.find(' ') != std::string::npos;
    line.append(i == first ? "" : " ")
        .append(quote ? "\"" : "")
        .append(text)
        .append(quote ? "\"" : "");
  }
  parse_command_line(line, origin, out);
}

bool boots_linux(const std::vector<ShellWord>& command) {
  if (command.size() < 2) return false;
  const std::string& name = command.front().text;
  const std::string_view file = base_name(command[1].text);
  if (name == "linux" || name == "linuxefi" || name == "linux16")
    return !file.starts_with("memtest");
  // Xen: the kernel is the module of that name.
  return (name == "module" || name == "module2") &&
         (file.starts_with("vmlinu") || file.starts_with("kernel-"));
}

class GrubConfig {
 public:
  GrubConfig(std::string file, ShellVariables variables, Facts& facts)
      : file_(std::move(file)), variables_(std::move(variables)), facts_(facts) {}

  void read(std::string_view text) {
    ShellReader reader(text, variables_);
    std::vector<ShellWord> command;
    while (reader.next(command)) {
      if (blocks_.size() > kDepth || entries.size() >= kEntries) {
        facts_.gap({ErrorCode::limit,
                    "more than 64 nested blocks or 4096 entries",
                    {file_, command.front().line, 1}});
        return;
      }
      statement(command);
    }
    if (reader.gave_up())
      facts_.gap({ErrorCode::limit, "variables grow past 4 MiB", {file_, 0, 0}});
  }

  std::vector<BootEntry> entries;

 private:
  /// A brace opens and closes wherever it stands as a word of its own.
  void statement(std::vector<ShellWord>& command) {
    std::vector<ShellWord> rest;
    for (ShellWord& word : command) {
      if (word.text == "{" && !word.quoted) {
        blocks_.push_back(title(rest));
        rest.clear();
      } else if (word.text == "}" && !word.quoted) {
        simple(rest);
        rest.clear();
        if (!blocks_.empty()) blocks_.pop_back();
      } else {
        rest.push_back(std::move(word));
      }
    }
    simple(rest);
  }

  static std::string title(const std::vector<ShellWord>& command) {
    if (command.size() < 2) return {};
    const std::string& name = command.front().text;
    return name == "menuentry" || name == "submenu" ? command[1].text : std::string{};
  }

  void simple(const std::vector<ShellWord>& command) {
    if (command.empty()) return;
    const std::string& name = command.front().text;
    const Origin origin{file_, command.front().line, 1};
    if (name == "set" && command.size() > 1 && command[1].equals != std::string::npos) {
      set(command[1], origin);
    } else if ((name == "password" || name == "password_pbkdf2") && command.size() > 2) {
      facts_.setting("@password", name == "password" ? "plain" : "pbkdf2", origin, command[1].text);
    } else if (boots_linux(command)) {
      BootEntry entry{scope(), origin, {}};
      parse_words(command, 2, origin, entry.arguments);
      entries.push_back(std::move(entry));
    }
  }

  void set(const ShellWord& word, const Origin& origin) {
    std::string name = word.text.substr(0, word.equals);
    std::string value = word.text.substr(word.equals + 1);
    if (name == "superusers" && !value.empty()) facts_.setting("@superusers", value, origin);
    variables_.insert_or_assign(std::move(name), std::move(value));
  }

  [[nodiscard]] std::string scope() const {
    std::string out;
    for (const std::string& block : blocks_) {
      if (block.empty()) continue;
      if (!out.empty()) out += " > ";
      out += block;
    }
    return out.empty() ? "grub.cfg" : out;
  }

  std::string file_;
  ShellVariables variables_;
  Facts& facts_;
  std::vector<std::string> blocks_;  ///< titles of the open blocks; empty for other kinds
};

}  // namespace

ShellVariables read_grub_environment(const Root& root, Facts& facts) {
  ShellVariables out;
  for (const std::string_view file : kEnvironments) {
    const auto text = root.read(file);
    if (!text) {
      if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
      continue;
    }
    for (const Line& line : lines(*text)) {
      const auto equals = line.text.find('=');
      if (line.text.starts_with('#') || equals == std::string_view::npos) continue;
      out.insert_or_assign(std::string(line.text.substr(0, equals)),
                           std::string(line.text.substr(equals + 1)));
    }
  }
  return out;
}

std::vector<BootEntry> read_grub_config(const Root& root, const ShellVariables& variables,
                                        Facts& facts) {
  std::vector<BootEntry> out;
  for (const std::string_view file : kConfigs) {
    const auto text = root.read(file);
    if (!text) {
      if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
      continue;
    }
    GrubConfig config(std::string(file), variables, facts);
    config.read(*text);
    for (BootEntry& entry : config.entries) out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace plimsoll
