#include "plugins/service/postgres/command_line.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/shell_command.h"

namespace plimsoll::postgres {
namespace {

/// An option of one letter. postgres(1).
struct Letter {
  char letter;
  std::string_view name;
  std::string_view value;  ///< empty: the option takes one
};

constexpr std::array kLetters = {
    Letter{'B', "shared_buffers", ""},
    Letter{'F', "fsync", "false"},
    Letter{'N', "max_connections", ""},
    Letter{'O', "allow_system_table_mods", "true"},
    Letter{'P', "ignore_system_indexes", "true"},
    Letter{'S', "work_mem", ""},
    Letter{'h', "listen_addresses", ""},
    Letter{'i', "listen_addresses", "*"},
    Letter{'k', "unix_socket_directories", ""},
    Letter{'l', "ssl", "true"},
    Letter{'p', "port", ""},
};

void assign(std::string_view text, const Origin& origin, std::vector<Setting>& out) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return;
  std::string name = lower(text.substr(0, equals));
  std::replace(name.begin(), name.end(), '-', '_');
  out.push_back({std::move(name), std::string(text.substr(equals + 1)), origin});
}

/// `-c name=value`, `--name=value`, `-p 5432`, `-il`.
void read_options(const std::vector<std::string>& words, const Origin& origin,
                  std::vector<Setting>& out) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (word.starts_with("--")) {
      assign(word.substr(2), origin, out);
      continue;
    }
    if (!word.starts_with('-')) continue;
    for (word.remove_prefix(1); !word.empty();) {
      const char letter = word[0];
      word.remove_prefix(1);
      const auto* known = std::find_if(kLetters.begin(), kLetters.end(),
                                       [&](const Letter& one) { return one.letter == letter; });
      if (known != kLetters.end() && !known->value.empty()) {
        out.push_back({std::string(known->name), std::string(known->value), origin});
        continue;
      }
      // getopt(3): all others that matter take what follows.
      const std::string_view value = !word.empty()          ? word
                                     : i + 1 < words.size() ? std::string_view(words[++i])
                                                            : "";
      word = {};
      if (letter == 'c')
        assign(value, origin, out);
      else if (known != kLetters.end())
        out.push_back({std::string(known->name), std::string(value), origin});
    }
  }
}

}  // namespace

/// pg_ctlcluster(1): `pg_ctl_options` is cut at blanks, whatever quotes it has; what follows `-o`
/// goes through a shell to the server.
void read_command_line(const Root& root, Cluster& cluster) {
  SettingsFiles read;
  const std::string path = join_path(parent_path(cluster.file), "pg_ctl.conf");
  read_settings_file(root, path, false, {}, read);
  cluster.files.gaps.insert(cluster.files.gaps.end(), read.gaps.begin(), read.gaps.end());
  const Setting* options = last_of(read.settings, "pg_ctl_options");
  if (options == nullptr) return;
  std::string script = "postgres";
  const auto parts = words(options->value);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_next = parts[i] == "-o" || parts[i] == "--options";
    if (is_next && i + 1 < parts.size())
      script.append(" ").append(parts[++i]);
    else if (parts[i].starts_with("--options="))
      script.append(" ").append(parts[i].substr(10));
    else if (parts[i].starts_with("-o"))
      script.append(" ").append(parts[i].substr(2));
  }
  const shell::Script parsed = shell::parse(script);
  std::vector<std::string> given;
  if (!parsed.commands.empty())
    for (const shell::Word& word : parsed.commands.front().words) given.push_back(word.text);
  read_options(given, options->origin, cluster.command_line);
}

}  // namespace plimsoll::postgres
