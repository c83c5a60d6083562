#include "plugins/service/mysql/host.h"

#include <algorithm>
#include <array>

#include "plugins/service/mysql/options.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/formats/systemd/unit_command.h"

namespace plimsoll::mysql {
namespace {

constexpr std::array<std::string_view, 3> kUnits = {"mariadb.service", "mysql.service",
                                                    "mysqld.service"};
constexpr std::array<std::string_view, 4> kPrograms = {
    "/usr/sbin/mariadbd", "/usr/sbin/mysqld", "/usr/libexec/mysqld", "/usr/libexec/mariadbd"};

bool takes_next(std::string_view name) {
  std::string dashed(name);
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  const Option* option = OptionTable::get().named(dashed);
  return option != nullptr && option->takes == Takes::value;
}

/// `--name`, `--name=value`, `--name value`; options of one letter are `-u NAME`.
void read_words(const std::vector<systemd::ExecText>& words, Host& host) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string_view word = words[i].text;
    Argument argument{{}, {}, {}, words[i].origin};
    if (word.starts_with("-u") && i + 1 < words.size()) {
      argument.name = "user";
      argument.value = word.size() > 2 ? std::string(word.substr(2)) : words[++i].text;
    } else if (word.starts_with("--")) {
      word.remove_prefix(2);
      const std::size_t equals = word.find('=');
      argument.name = word.substr(0, equals);
      if (equals != std::string_view::npos) argument.value = word.substr(equals + 1);
      if (!argument.value && takes_next(argument.name) && i + 1 < words.size())
        argument.value = words[++i].text;
    } else {
      continue;
    }
    host.arguments.push_back(std::move(argument));
  }
}

/// Options about option files stand first, and are not seen by the others.
void take_file_options(Host& host) {
  std::vector<Argument> rest;
  for (Argument& argument : host.arguments) {
    const std::string value = argument.value.value_or("");
    if (argument.name == "defaults-file")
      host.files = {value};
    else if (argument.name == "defaults-extra-file")
      host.files.push_back(value);
    else if (argument.name == "defaults-group-suffix")
      host.group_suffix = lower(value);
    else if (argument.name == "no-defaults")
      host.files.clear();
    else
      rest.push_back(std::move(argument));
  }
  host.arguments = std::move(rest);
}

}  // namespace

Host read_host(const Root& root, Facts& facts) {
  Host out;
  out.files = {"/etc/my.cnf", "/etc/mysql/my.cnf"};
  out.has_packages = root.exists("/var/lib/dpkg/status");
  for (const std::string_view name : {"mysql-server-core-8.0", "mysql-community-server-core"})
    out.is_mysql = out.is_mysql || installed_version(root, name).has_value();
  out.has_server =
      out.is_mysql || std::any_of(kPrograms.begin(), kPrograms.end(),
                                  [&](std::string_view path) { return root.exists(path); });
  for (const std::string_view name : {"mariadb-server", "mariadb-server-core"})
    out.has_server = out.has_server || installed_version(root, name).has_value();
  if (const auto started = systemd::unit_command(root, kUnits, facts))
    read_words(started->command.words, out);
  take_file_options(out);
  return out;
}

}  // namespace plimsoll::mysql
