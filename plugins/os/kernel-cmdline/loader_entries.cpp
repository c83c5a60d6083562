#include <algorithm>
#include <array>

#include "plugins/os/kernel-cmdline/boot_entries.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 3> kFolders = {
    "/boot/loader/entries", "/boot/efi/loader/entries", "/efi/loader/entries"};

/// GRUB's blscfg replaces variables in the options, and splits nothing.
std::string with_variables(std::string_view text, const ShellVariables& variables) {
  std::string out;
  while (!text.empty()) {
    const auto dollar = std::min(text.find('$'), text.size());
    out += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    text.remove_prefix(1);
    const auto end = std::min(text.find_first_of(" \t$"), text.size());
    if (const auto found = variables.find(trim(text.substr(0, end), "{}"));
        found != variables.end())
      out += found->second;
    text.remove_prefix(end);
  }
  return out;
}

/// Boot Loader Specification, type 1: a key, blanks, a value; `options` may stand more than once.
void read_entry(std::string_view text, const std::string& file, const ShellVariables& variables,
                std::vector<BootEntry>& out) {
  BootEntry entry;
  std::string title(base_name(file));
  bool boots = false;
  for (const Line& line : lines(text)) {
    const std::string_view body = trim(line.text);
    const auto end = std::min(body.find_first_of(" \t"), body.size());
    const std::string_view key = body.substr(0, end);
    const std::string_view value = trim(body.substr(end));
    if (key == "title" && !value.empty()) title = value;
    if (key == "linux" || key == "efi") {
      boots = true;
      entry.origin = {file, line.number, 1};
    }
    if (key == "options")
      parse_command_line(with_variables(value, variables), {file, line.number, 1}, entry.arguments);
  }
  entry.scope = std::move(title);
  if (boots) out.push_back(std::move(entry));
}

}  // namespace

std::vector<BootEntry> read_loader_entries(const Root& root, const ShellVariables& variables,
                                           Facts& facts) {
  std::vector<BootEntry> out;
  for (const std::string_view folder : kFolders) {
    const auto entries = root.list(folder);
    if (!entries) {
      if (entries.error().code != ErrorCode::not_found) facts.gap(entries.error());
      continue;
    }
    for (const DirEntry& entry : *entries) {
      if (!entry.name.ends_with(".conf")) continue;
      const std::string file = join_path(folder, entry.name);
      const auto text = root.read(file);
      if (!text) {
        facts.gap(text.error());
      } else {
        read_entry(*text, file, variables, out);
      }
    }
  }
  return out;
}

}  // namespace plimsoll
