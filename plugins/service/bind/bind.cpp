#include <array>

#include "plugins/service/bind/checks.h"
#include "plugins/service/bind/claim.h"
#include "plugins/service/bind/configuration.h"
#include "plugins/service/bind/fields.h"
#include "plugins/service/bind/rows.h"
#include "scanner/formats/template_marks.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace bind {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {
    "/etc/bind/named.conf", "/etc/bind/named.conf.options", "/etc/bind/named.conf.local"};

Facts read(const Request& request) {
  Facts facts;
  Configuration configuration;
  load_file(request.root, "/etc/bind/named.conf", configuration);
  if (configuration.is_strict() && !configuration.refused && configuration.gaps.empty())
    check(configuration);
  for (const Error& error : configuration.gaps) facts.gap(error);
  write_settings(configuration, facts);
  write_refused(configuration, facts);
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
