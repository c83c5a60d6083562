#include <fmt/format.h>

#include <array>
#include <set>

#include "plugins/service/samba/claim.h"
#include "plugins/service/samba/conclusions.h"
#include "plugins/service/samba/fields.h"
#include "plugins/service/samba/finish.h"
#include "plugins/service/samba/host.h"
#include "plugins/service/samba/loader.h"
#include "plugins/service/samba/role.h"
#include "plugins/service/samba/rows.h"
#include "scanner/base/text.h"
#include "scanner/formats/template_marks.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace samba {
namespace {

constexpr std::array<std::string_view, 2> kFiles = {"/etc/samba/smb.conf",
                                                    "/etc/samba/shares.conf"};

std::vector<std::string_view> keys_of_sections() {
  std::vector<std::string_view> out;
  for (const Parameter& parameter : ParameterTable::get().locals()) out.push_back(parameter.key);
  for (const Field& field : kFields)
    if (field.name[0] == '@' && field.name != "@refused" && field.name != "@server")
      out.push_back(field.name);
  return out;
}

std::vector<std::string_view> all_keys() {
  std::vector<std::string_view> out = keys_of_sections();
  for (const Parameter& parameter : ParameterTable::get().globals()) out.push_back(parameter.key);
  return out;
}

/// Nothing is sure of a server that does not run, but that it does not.
void write_refused(const Configuration& configuration, Facts& facts) {
  const Error& refused = *configuration.refused;
  for (const Origin& file : configuration.files) facts.setting("@file", file.file, file);
  facts.setting("@refused", refused.what, refused.where);
  facts.gap({refused.code, "Samba does not load its configuration: " + refused.what, refused.where},
            {}, Gap::Effect::may_override, all_keys());
}

/// Other settings than those that the file gives.
void write_other_sources(const Root& root, const Configuration& configuration, Facts& facts) {
  const Setting& backend = configuration.setting("config backend");
  if (backend.held.text == "registry")
    facts.gap({ErrorCode::unsupported, "all settings are in the registry, which is not read",
               backend.origin});
  const Setting& shares = configuration.setting("registry shares");
  if (shares.held.text == "Yes")
    facts.gap({ErrorCode::unsupported, "shares in the registry, which is not read", shares.origin},
              {}, Gap::Effect::may_override, keys_of_sections());
  const Setting& file = configuration.setting("config file");
  const bool has_other = file.held.text.find('%') != std::string::npos ||
                         (!file.held.text.empty() && root.exists(file.held.text));
  if (has_other && file.held.text != configuration.files.front().file)
    facts.gap({ErrorCode::unsupported,
               fmt::format("smbd goes on to read {}, which testparm does not", file.held.text),
               file.origin});
}

void write_gaps(const Configuration& configuration, Facts& facts) {
  for (const Gap& gap : configuration.gaps)
    facts.gap(gap.error, gap.subject, gap.effect, gap.fields);
}

Facts read_document(const Request& request) {
  const Document& document = *request.document;
  if (has_template_marks(document.text, true)) return passed_over_template(document.path);
  Configuration configuration = begin_configuration(unknown_surroundings());
  load_document({request.root, true}, std::string(document.path), document.text, configuration);
  Facts facts;
  if (!configuration.refused) settle_all(request.root, configuration);
  write_gaps(configuration, facts);
  if (configuration.refused) {
    write_refused(configuration, facts);
    return facts;
  }
  write_settings(configuration, false, facts);
  write_shares(configuration, false, facts);
  const bool says_role = !configuration.setting("server role").origin.is_default() ||
                         !configuration.setting("security").origin.is_default();
  if (says_role)
    facts.setting("@role", std::string(server_role(configuration)),
                  configuration.setting("server role").origin);
  return facts;
}

/// Parameters and defaults are known of two versions. What is set is sure where both have it, and
/// the version is none before them.
void doubt_version(const Host& host, Facts& facts) {
  if (!host.is_other_version) return;
  std::set<std::string_view> sure;
  const ParameterTable& table = ParameterTable::get();
  for (const Fact& fact : facts.rows) {
    const auto name = table.named(fact.key);
    const bool is_in_both = !name || !name->parameter->only;
    if (!fact.origin.is_default() && is_in_both && !host.is_older) sure.insert(fact.key);
  }
  std::vector<std::string_view> keys;
  for (const std::string_view key : all_keys())
    if (sure.count(key) == 0) keys.push_back(key);
  facts.gap({ErrorCode::unsupported,
             fmt::format("parameters of Samba {}: those of 4.17 and 4.22 are known",
                         host.surroundings.version),
             {host.file, 0, 0}},
            {}, Gap::Effect::may_override, std::move(keys));
}

Facts not_there(std::string why) {
  Facts facts;
  facts.not_applicable = std::move(why);
  return facts;
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(request);
  Facts facts;
  const Host host = read_host(request.root, facts);
  const auto file = request.root.stat(host.file);
  const bool has_file = file.has_value() || file.error().code != ErrorCode::not_found;
  if (host.server != Host::Server::yes && !has_file) return not_there("Samba is not configured");
  Configuration configuration = begin_configuration(host.surroundings);
  load_file({request.root, false}, host.file, configuration);
  const bool is_loaded = !configuration.refused && !configuration.files.empty();
  if (is_loaded) settle_all(request.root, configuration);
  write_gaps(configuration, facts);
  facts.setting("@server", host.server == Host::Server::no ? "no" : "yes", {});
  if (configuration.refused) {
    write_refused(configuration, facts);
    return facts;
  }
  if (!is_loaded) return facts;
  write_settings(configuration, true, facts);
  facts.setting("@role", std::string(server_role(configuration)),
                configuration.setting("server role").origin);
  write_shares(configuration, true, facts);
  write_usershares(request.root, configuration, facts);
  write_modes(request.root, configuration, facts);
  write_other_sources(request.root, configuration, facts);
  doubt_version(host, facts);
  return facts;
}

}  // namespace
}  // namespace samba

extern const Probe samba_probe;
const Probe samba_probe{
    .name = "samba",
    .group = "service",
    .summary = "parameters and shares of Samba, as testparm prints them",
    .semantics = "smb.conf(5), testparm(1)",
    .shape = Shape::settings,
    .fields = samba::kFields,
    .read = samba::read,
    .files = samba::kFiles,
    .documents = {.by_name = samba::is_named_so,
                  .by_text = samba::looks_so,
                  .called = "smb.conf",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
