#include <fmt/format.h>

#include <array>

#include "plugins/service/redis/claim.h"
#include "plugins/service/redis/exposure.h"
#include "plugins/service/redis/fields.h"
#include "plugins/service/redis/host.h"
#include "plugins/service/redis/loader.h"
#include "plugins/service/redis/rows.h"
#include "plugins/service/redis/settle.h"
#include "plugins/service/redis/users.h"
#include "scanner/formats/template_marks.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace redis {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {"/etc/redis/redis.conf", "/etc/redis/users.acl",
                                                    "/etc/redis/conf.d/site.conf"};

void write_refused(const std::optional<Error>& refused, Facts& facts) {
  if (!refused || facts.find("@refused") != nullptr) return;
  facts.setting("@refused", refused->what, refused->where);
  // Nothing is sure of a server that does not run, but that it does not.
  std::vector<std::string_view> keys;
  for (const Field& field : kFields)
    if (field.name != "@refused") keys.push_back(field.name);
  for (const Version version : {Version::v7, Version::v8})
    for (const Option& option : OptionTable::of(version).all()) keys.push_back(option.name);
  facts.gap({refused->code, "the server does not start: " + refused->what, refused->where}, {},
            Gap::Effect::may_override, std::move(keys));
}

Facts not_there(std::string why) {
  Facts facts;
  facts.not_applicable = std::move(why);
  return facts;
}

/// What the document sets may be set again by what lies elsewhere.
void doubt(const std::vector<Error>& errors, Facts& facts) {
  std::vector<std::string_view> keys;
  for (const Field& field : kFields)
    if (field.name[0] == '@' || facts.find(field.name) != nullptr) keys.push_back(field.name);
  for (const Error& error : errors) facts.gap(error, {}, Gap::Effect::may_add, keys);
}

void write_default_user(const Users& users, Facts& facts) {
  const auto user = users.all.find("default");
  if (user != users.all.end())
    facts.setting("@default-user", std::string(default_user(user->second)), user->second.origin);
}

Facts read_document(const Request& request) {
  const Document& document = *request.document;
  if (has_template_marks(document.text, true)) return passed_over_template(document.path);
  Configuration configuration;
  // The newer version has all names of the other.
  configuration.version = Version::v8;
  load_document({request.root, true}, std::string(document.path), document.text, configuration);
  const Users users = document_users(configuration);
  Facts facts;
  write_settings(configuration, facts);
  write_users(configuration, users, facts);
  write_default_user(users, facts);
  doubt(configuration.gaps, facts);
  for (const Error& error : users.gaps) facts.gap(error);
  write_refused(configuration.refused, facts);
  write_refused(users.refused, facts);
  return facts;
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(request);
  Facts facts;
  const Host host = read_host(request.root, facts);
  if (host.is_sentinel) return not_there("the unit starts Redis Sentinel, which is not read");
  const auto file = request.root.stat(host.file);
  const bool has_file = file.has_value() || file.error().code != ErrorCode::not_found;
  if (!host.has_server && !has_file) return not_there("no server of Redis is installed");
  Configuration configuration;
  configuration.version = host.version;
  configuration.directory = host.directory;
  load_files({request.root, false}, host.file, host.options, configuration);
  check_start(configuration);
  for (const Error& error : configuration.gaps) facts.gap(error);
  const Users users = configuration.refused ? Users{} : load_users(request.root, configuration);
  for (const Error& error : users.gaps) facts.gap(error);
  write_settings(configuration, facts);
  write_refused(configuration.refused, facts);
  write_refused(users.refused, facts);
  write_defaults(configuration, facts);
  write_users(configuration, users, facts);
  write_default_user(users, facts);
  write_exposure(configuration, users, facts);
  write_modes(request.root, configuration, users, facts);
  return facts;
}

}  // namespace
}  // namespace redis

extern const Probe redis_probe;
const Probe redis_probe{
    .name = "redis",
    .group = "service",
    .summary = "parameters and users of Redis, as the server reads its files",
    .semantics = "Redis 7.0: redis.conf, CONFIG GET, ACL LIST",
    .shape = Shape::settings,
    .fields = redis::kFields,
    .read = redis::read,
    .files = redis::kFiles,
    .documents = {.by_name = redis::is_named_so,
                  .by_text = redis::looks_so,
                  .called = "redis.conf",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
