#include "plugins/service/samba/finish.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "plugins/service/samba/role.h"
#include "plugins/service/samba/substitution.h"
#include "plugins/service/samba/words.h"
#include "scanner/base/text.h"

namespace plimsoll::samba {
namespace {

constexpr std::size_t kMostHomes = 1000;
constexpr std::size_t kLongestName = 4096;
constexpr std::size_t kLongestServices = 64U << 10U;

/// Overrules what a section has.
void overrule(Configuration& configuration, std::size_t section, std::string_view key,
              std::string value, const Origin& origin, std::string why) {
  const Parameter& parameter = ParameterTable::get().at(key);
  SettingPtr& place = parameter.is_local ? configuration.sections[section].locals[parameter.index]
                                         : configuration.globals[parameter.index];
  if (place->held.text == value) return;
  replace(place, {std::move(value), {}, false}, origin, section, std::move(why));
}

std::string unquoted(const std::string& text) {
  const std::string_view inner = trim(text, "\"");
  return std::string(inner.find('"') == std::string_view::npos ? inner : std::string_view(text));
}

using Homes = std::map<std::string_view, std::string_view>;

Homes homes_of(std::string_view passwd) {
  constexpr std::size_t kHome = 5;
  Homes out;
  for (const Line& line : lines(passwd)) {
    const auto columns = split(line.text, ':');
    if (columns.size() > kHome) out.emplace(columns[0], columns[kHome]);
  }
  return out;
}

/// Get_Pwnam: the name in lower case, as it is, or in capitals.
std::optional<std::string> home_of(const Homes& homes, const std::string& user) {
  for (const std::string& name : {lower(user), user, upper(user)})
    if (const auto found = homes.find(name); found != homes.end())
      return std::string(found->second);
  return std::nullopt;
}

/// lp_servicenumber: sections by their names, with variables filled in.
std::map<std::string, std::size_t> places(const Configuration& configuration) {
  std::map<std::string, std::size_t> out;
  for (std::size_t i = 1; i < configuration.sections.size(); ++i) {
    const Section& section = configuration.sections[i];
    if (section.value("-valid") != "Yes" || section.name.size() > kLongestName) continue;
    out[lower(substitute(section.name, configuration).text)] = i;
  }
  return out;
}

/// lp_add_home.
void add_home(Configuration& configuration, std::size_t homes, const std::string& user,
              const std::string& home) {
  const ParameterTable& table = ParameterTable::get();
  const Origin origin = configuration.setting("auto services").origin;
  const Section& global = configuration.global();
  Section out = configuration.sections[homes];
  out.name = user;
  out.origin = origin;
  const auto set = [&](std::string_view key, std::string value) {
    replace(out.locals[table.at(key).index], {std::move(value), {}, false}, origin,
            configuration.sections.size());
  };
  const std::string& path = out.value("path");
  const std::string global_path = unquoted(substitute(global.value("path"), configuration).text);
  if (path.empty() || iequals(path, global_path)) set("path", home);
  if (out.value("comment").empty()) set("comment", "Home directory of " + user);
  for (const std::string_view key : {"browseable", "access based share enum"}) {
    const std::size_t index = table.at(key).index;
    out.locals[index] = global.locals[index];
  }
  configuration.sections.push_back(std::move(out));
}

void add_homes(const Root& root, Configuration& configuration) {
  const Setting& setting = configuration.setting("auto services");
  const auto gap = [&](ErrorCode code, std::string what) {
    configuration.gaps.push_back(
        {{code, std::move(what), setting.origin}, {}, Gap::Effect::may_add});
  };
  if (setting.held.text.empty()) return;
  auto known = places(configuration);
  const auto homes = known.find("homes");
  if (homes == known.end()) return;
  if (setting.held.text.size() > kLongestServices)
    return gap(ErrorCode::limit,
               fmt::format("`auto services` of more than {} bytes", kLongestServices));
  const auto passwd = root.read("/etc/passwd");
  if (!passwd) return gap(passwd.error().code, "homes of `auto services`: " + passwd.error().what);
  const Homes all = homes_of(*passwd);
  const std::string services = unquoted(substitute(setting.held.text, configuration).text);
  std::size_t count = 0;
  for (const std::string_view user : words(services, " \t,;\n\r")) {
    if (++count > kMostHomes)
      return gap(ErrorCode::limit, fmt::format("more than {} of `auto services`", kMostHomes));
    if (known.count(lower(user)) != 0) continue;
    const auto home = home_of(all, std::string(user));
    if (home && !home->empty()) {
      known[lower(user)] = configuration.sections.size();
      add_home(configuration, homes->second, std::string(user), *home);
    } else if (!home) {
      gap(ErrorCode::not_found,
          fmt::format("no user `{}` in /etc/passwd to share the home of", user));
    }
  }
}

void settle_controller(Configuration& configuration) {
  const Origin& origin = configuration.setting("server role").origin;
  overrule(configuration, 0, "passdb backend", "samba_dsdb", origin,
           "a domain controller has its own");
  constexpr std::pair<std::string_view, std::string_view> kOptions[] = {
      {"winbindd:use external pipes", "true"}, {"rpc_server:default", "external"},
      {"rpc_server:svcctl", "embedded"},       {"rpc_server:srvsvc", "embedded"},
      {"rpc_server:eventlog", "embedded"},     {"rpc_server:ntsvcs", "embedded"},
      {"rpc_server:winreg", "embedded"},       {"rpc_server:spoolss", "embedded"},
      {"rpc_daemon:spoolssd", "embedded"},     {"rpc_server:tcpip", "no"}};
  for (const auto& [key, value] : kOptions)
    set_option(configuration.global(), key, std::string(value), origin, 0);
}

}  // namespace

void add_section(Configuration& configuration, const std::string& name, const Origin& origin) {
  Section out;
  out.name = name;
  out.origin = origin;
  out.locals = configuration.global().locals;
  out.is_own.resize(out.locals.size());
  configuration.sections.push_back(std::move(out));
}

void settle_global(Configuration& configuration) {
  if (server_role(configuration) != kDomainController) return;
  const Origin& origin = configuration.setting("server role").origin;
  const Section& global = configuration.global();
  if (global.setting("vfs objects").held.is_null) {
    std::string modules = "dfs_samba4 acl_xattr";
    if (global.option_index.count("xattr_tdb:file") != 0)
      modules += " xattr_tdb";
    else if (global.option_index.count("posix:eadb") != 0)
      modules += " posix_eadb";
    overrule(configuration, 0, "vfs objects", modules, origin, {});
  }
  for (const std::string_view key : {"map hidden", "map system", "map archive"})
    overrule(configuration, 0, key, "No", origin, "a domain controller does not map attributes");
  overrule(configuration, 0, "map readonly", "no", origin,
           "a domain controller does not map attributes");
  overrule(configuration, 0, "store dos attributes", "Yes", origin,
           "a domain controller stores attributes");
}

void settle_section(Configuration& configuration, std::size_t number) {
  const Section& section = configuration.sections[number];
  const std::string word = folded(section.name);
  const Origin origin = section.origin;
  if (word == "printers") {
    overrule(configuration, number, "printable", "Yes", origin, "[printers] is always printable");
    overrule(configuration, number, "browseable", "No", origin, "[printers] is never listed");
  }
  if (section.value("path").empty() && word != "homes" && section.value("msdfs proxy").empty())
    overrule(configuration, number, "available", "No", origin,
             "a share without a path is not available");
}

void settle_all(const Root& root, Configuration& configuration) {
  add_homes(root, configuration);
  // set_allowed_client_auth
  if (configuration.value("client ntlmv2 auth") == "Yes")
    overrule(configuration, 0, "client lanman auth", "No",
             configuration.setting("client ntlmv2 auth").origin,
             "`client NTLMv2 auth` takes its place");
  if (configuration.value("client lanman auth") == "No")
    overrule(configuration, 0, "client plaintext auth", "No",
             configuration.setting("client lanman auth").origin,
             "it has no effect without `client lanman auth`");
  if (server_role(configuration) == kDomainController) settle_controller(configuration);
}

}  // namespace plimsoll::samba
