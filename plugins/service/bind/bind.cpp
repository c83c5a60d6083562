#include <array>

#include "plugins/service/bind/checks.h"
#include "plugins/service/bind/claim.h"
#include "plugins/service/bind/configuration.h"
#include "plugins/service/bind/effective.h"
#include "plugins/service/bind/fields.h"
#include "plugins/service/bind/host.h"
#include "plugins/service/bind/rows.h"
#include "scanner/formats/template_marks.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace bind {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {
    "/etc/bind/named.conf", "/etc/bind/named.conf.options", "/etc/bind/named.conf.local"};

Facts not_there(std::string why) {
  Facts facts;
  facts.not_applicable = std::move(why);
  return facts;
}

void write_all(const Configuration& configuration, Facts& facts) {
  for (const Error& error : configuration.gaps) facts.gap(error);
  write_settings(configuration, facts);
  write_effective(configuration, facts);
  write_refused(configuration, facts);
}

Facts read_document(const Request& request) {
  const Document& document = *request.document;
  if (has_template_marks(document.text, true)) return passed_over_template(document.path);
  Configuration configuration;
  configuration.is_document = true;
  load_document(request.root, document.path, document.text, configuration);
  Facts facts;
  write_all(configuration, facts);
  // What an include would add is known by these keys alone: others say what stands there.
  for (const Error& error : configuration.missing)
    facts.gap(error, {}, Gap::Effect::may_add, {"@control-remote", "@statistics-remote"});
  return facts;
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(request);
  Facts facts;
  const Host host = read_host(request.root, facts);
  Configuration configuration;
  configuration.version = host.version;
  configuration.chroot = host.chroot;
  const auto file = request.root.stat(configuration.chroot + normal_path(host.file));
  const bool has_file = file.has_value() || file.error().code != ErrorCode::not_found;
  if (!host.has_server && !has_file) return not_there("no server of BIND is installed");
  load_file(request.root, host.file, configuration);
  if (configuration.is_strict() && !configuration.refused && configuration.gaps.empty())
    check(configuration);
  write_all(configuration, facts);
  write_host(request.root, host, configuration, facts);
  return facts;
}

}  // namespace
}  // namespace bind

extern const Probe bind_probe;
const Probe bind_probe{
    .name = "bind",
    .group = "service",
    .summary = "statements of BIND's name server, and what they come to",
    .semantics = "BIND 9.18: named.conf(5), named-checkconf(8)",
    .shape = Shape::settings,
    .fields = bind::kFields,
    .read = bind::read,
    .files = bind::kFiles,
    .documents = {.by_name = bind::is_named_so,
                  .by_text = bind::looks_so,
                  .called = "named.conf",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
