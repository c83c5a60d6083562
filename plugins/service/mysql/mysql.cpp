#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/service/mysql/claim.h"
#include "plugins/service/mysql/fields.h"
#include "plugins/service/mysql/host.h"
#include "plugins/service/mysql/modes.h"
#include "plugins/service/mysql/settle.h"
#include "scanner/base/text.h"
#include "scanner/formats/template_marks.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace mysql {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {
    "/etc/mysql/my.cnf", "/etc/mysql/mariadb.conf.d/50-server.cnf", "/etc/my.cnf"};

// `mariadbd --verbose --help` names them.
constexpr std::string_view kMariaGroups =
    "mysqld server mysqld-10.11 mariadb mariadb-10.11 mariadbd mariadbd-10.11 client-server galera";
constexpr std::string_view kMysqlGroups = "mysqld server mysqld-8.0";
// Of a document nobody knows who will read it.
constexpr std::string_view kAnyGroups =
    "mysqld server mariadb mariadbd client-server galera mysqld-5.5 mysqld-5.6 mysqld-5.7 "
    "mysqld-8.0 mysqld-8.1 mysqld-8.2 mysqld-8.3 mysqld-8.4 mysqld-9.0 mysqld-10.3 mysqld-10.4 "
    "mysqld-10.5 mysqld-10.6 mysqld-10.11 mysqld-11.4 mysqld-11.8 mariadb-10.3 mariadb-10.4 "
    "mariadb-10.5 mariadb-10.6 mariadb-10.11 mariadb-11.4 mariadb-11.8 mariadbd-10.6 "
    "mariadbd-10.11 mariadbd-11.4 mariadbd-11.8";

enum class Server : std::uint8_t { mariadb, mysql, any };

void put(const std::string& key, const Variable& variable, Facts& facts) {
  Fact& fact = facts.setting(key, variable.value, variable.origin);
  fact.shadowed = variable.earlier;
}

/// Every name of every variable that is set, as the dump has it.
void write_variables(const Variables& variables, Server server, Facts& facts) {
  for (const Option& option : OptionTable::get().all()) {
    const Variable* found = variables.find(option.slot());
    if (found != nullptr) put(std::string(option.name), *found, facts);
  }
  for (const auto& [name, variable] : variables.unknown) {
    const Option* option = OptionTable::get().named(name);
    if (server != Server::mariadb || option == nullptr) put(name, variable, facts);
  }
}

void write_defaults(const Variables& variables, Facts& facts) {
  for (const Default& one : kDefaults) {
    const Option* option = OptionTable::get().named(one.key);
    if (variables.find(option->slot()) == nullptr)
      facts.setting(std::string(one.key), std::string(one.value), {});
  }
}

/// Where passwords of clients stand; the passwords themselves are nobody's business.
void write_passwords(const OptionFiles& files, Facts& facts) {
  for (const Argument& argument : files.others)
    if (is_one_of(argument.name, "password loose-password") && !argument.value.value_or("").empty())
      facts.setting("@password", "written in the file", argument.origin, argument.group);
}

void write_refusals(const OptionFiles& files, const Variables& variables, Server server,
                    Facts& facts) {
  if (files.fatal) {
    facts.setting("@refused", files.fatal->what, files.fatal->where);
    facts.gap(*files.fatal);
    return;
  }
  if (server == Server::mysql) return;
  // The plug-in that a file loads, or the table mysql.plugin, may bring an option along.
  const bool has_plugins = variables.find("plugin-load") != nullptr ||
                           variables.find("plugin-load-add") != nullptr || server == Server::any;
  for (const Error& error : variables.refused) {
    if (has_plugins && error.code == ErrorCode::unsupported) continue;
    facts.setting("@refused", error.what, error.where);
    return;
  }
}

/// A document whose includes lie elsewhere: they may replace what it sets, and nothing else is said
/// of it.
void doubt(const OptionFiles& files, const Variables& variables, Facts& facts) {
  std::vector<std::string_view> keys = {"@file"};
  for (const Option& option : OptionTable::get().all())
    if (variables.find(option.slot()) != nullptr) keys.push_back(option.name);
  for (const Field& field : kFields)
    if (variables.unknown.find(field.name) != variables.unknown.end()) keys.push_back(field.name);
  for (const Error& error : files.gaps) facts.gap(error, {}, Gap::Effect::may_add, keys);
}

Facts write(OptionFiles files, const std::vector<Argument>& command_line, Server server) {
  Facts facts;
  for (const Origin& file : files.files) facts.setting("@file", file.file, file);
  if (server != Server::any)
    for (const Error& error : files.gaps) facts.gap(error);
  files.arguments.insert(files.arguments.end(), command_line.begin(), command_line.end());
  Variables variables = take_arguments(files.arguments);
  settle(variables);
  if (server == Server::any) doubt(files, variables, facts);
  write_refusals(files, variables, server, facts);
  write_passwords(files, facts);
  write_variables(variables, server, facts);
  if (server == Server::mariadb) write_defaults(variables, facts);
  return facts;
}

Facts not_there(std::string why, bool passed_over) {
  Facts facts;
  facts.not_applicable = std::move(why);
  facts.passed_over = passed_over;
  return facts;
}

Facts read_document(const Request& request) {
  const Document& document = *request.document;
  if (has_template_marks(document.text, true)) return passed_over_template(document.path);
  OptionFiles files;
  read_option_text(request.root, std::string(document.path), document.text,
                   {words(kAnyGroups), true}, files);
  return write(std::move(files), {}, Server::any);
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(request);
  Facts facts;
  const Host host = read_host(request.root, facts);
  const Server server = host.is_mysql ? Server::mysql : Server::mariadb;
  std::vector<std::string> groups;
  for (const std::string_view group : words(host.is_mysql ? kMysqlGroups : kMariaGroups)) {
    groups.emplace_back(group);
    if (!host.group_suffix.empty()) groups.push_back(std::string(group) + host.group_suffix);
  }
  OptionFiles files;
  for (const std::string& file : host.files)
    if (!files.fatal)
      read_option_file(request.root, file, {{groups.begin(), groups.end()}, false}, files);
  const bool is_meant =
      !files.gaps.empty() ||
      std::any_of(files.arguments.begin(), files.arguments.end(),
                  [](const Argument& one) { return one.group != "client-server"; });
  const bool has_files = std::any_of(host.files.begin(), host.files.end(),
                                     [&](const auto& file) { return request.root.exists(file); });
  if (!host.has_server && !is_meant && (host.has_packages || !has_files))
    return not_there("no server of MariaDB or MySQL is installed", false);
  const std::vector<Origin> read = files.files;
  Facts found = write(std::move(files), host.arguments, server);
  write_modes(request.root, read, found);
  found.gaps.insert(found.gaps.begin(), facts.gaps.begin(), facts.gaps.end());
  return found;
}

}  // namespace
}  // namespace mysql

extern const Probe mysql_probe;
const Probe mysql_probe{
    .name = "mysql",
    .group = "service",
    .summary = "variables of MariaDB and MySQL, as the server reads its option files",
    .semantics = "mariadbd(8), my_print_defaults(1)",
    .shape = Shape::settings,
    .fields = mysql::kFields,
    .read = mysql::read,
    .files = mysql::kFiles,
    .documents = {.by_name = mysql::is_named_so,
                  .by_text = mysql::looks_so,
                  .called = "MySQL option file",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
