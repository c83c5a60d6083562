#include "plugins/service/redis/rows.h"

#include <fmt/format.h>

#include <set>

#include "plugins/service/redis/commands.h"
#include "scanner/base/text.h"
#include "scanner/probe/open_mode.h"

namespace plimsoll::redis {
namespace {

/// Words as one value; one that is empty or has blanks stands in quotes.
std::string in_line(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  for (const std::string& one : arguments)
    out.push_back(one.empty() || one.find_first_of(kBlanks) != std::string::npos
                      ? fmt::format("\"{}\"", one)
                      : one);
  return join(out, " ");
}

/// What of the category `dangerous` a user may give under a name of its own. A command whose parts
/// are more than it goes by these.
std::string dangerous(const Configuration& configuration, const User& user) {
  const CommandTable& table = CommandTable::of(configuration.version);
  std::vector<std::string> out;
  for (const std::size_t index : table.members(*category_named("dangerous"))) {
    const Command& command = table.all()[index];
    if (!command.parts.empty()) continue;
    if (table.called(configuration.commands, command.name) != command.name) continue;
    for (const Selector& selector : user.selectors()) {
      if (!selector.allows(index)) continue;
      out.emplace_back(command.name);
      break;
    }
  }
  return join(out, " ");
}

}  // namespace

void write_settings(const Configuration& configuration, Facts& facts) {
  for (const Origin& file : configuration.files) facts.setting("@file", file.file, file);
  for (const auto& [name, setting] : configuration.settings) {
    Fact& fact = facts.setting(std::string(name), setting.value, setting.origin);
    fact.shadowed = setting.earlier;
  }
  if (!configuration.value("masterauth").empty())
    facts.setting("@masterauth", "set", configuration.origin("masterauth"));
  for (const OtherLine& line : configuration.others)
    facts.setting(line.key, in_line(line.arguments), line.origin);
}

void write_defaults(const Configuration& configuration, Facts& facts) {
  if (configuration.value("masterauth").empty())
    facts.setting("@masterauth", "unset", configuration.origin("masterauth"));
  for (const Option& option : OptionTable::of(configuration.version).all()) {
    if (option.hidden || configuration.settings.count(option.name) != 0) continue;
    const std::string_view value =
        option.kind == Kind::dir ? configuration.directory : option.fallback;
    facts.setting(std::string(option.name), std::string(value), {});
  }
}

void write_users(const Configuration& configuration, const Users& users, Facts& facts) {
  if (!users.acl_file.empty()) facts.setting("@file", users.acl_file, {users.acl_file, 0, 0});
  for (const auto& [name, user] : users.all) {
    const std::string scope = "user " + name;
    const auto put = [&, &owner = user](std::string key, std::string value) {
      facts.setting(std::move(key), std::move(value), owner.origin, scope);
    };
    const Selector& own = user.selectors()[0];
    put("state", user.is_on() ? "on" : "off");
    put("nopass", user.needs_no_password() ? "yes" : "no");
    put("passwords", std::to_string(user.passwords()));
    if (const auto length = user.shortest_password())
      put("@password-length", std::to_string(*length));
    if (!user.sanitize().empty()) put("sanitize-payload", std::string(user.sanitize()));
    put("keys", own.keys());
    put("channels", own.channels());
    put("commands", own.commands());
    for (std::size_t i = 1; i < user.selectors().size(); ++i)
      put("selector", user.selectors()[i].text());
    put("@dangerous", dangerous(configuration, user));
  }
}

void write_modes(const Root& root, const Configuration& configuration, const Users& users,
                 Facts& facts) {
  std::set<std::string> files;
  for (const Origin& file : configuration.files) files.insert(file.file);
  if (!users.acl_file.empty()) files.insert(users.acl_file);
  for (const std::string& file : files)
    tell_open_mode(root, "@readable-config", file, 0640, {}, facts);
  if (configuration.directory != "/")
    tell_open_mode(root, "@open-datadir", configuration.directory, 0770, {}, facts);
}

}  // namespace plimsoll::redis
