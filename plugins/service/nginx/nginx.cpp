#include <fmt/format.h>

#include <array>

#include "plugins/service/nginx/analysis.h"
#include "plugins/service/nginx/claim.h"
#include "plugins/service/nginx/config.h"
#include "plugins/service/nginx/fields.h"
#include "plugins/service/nginx/host.h"
#include "plugins/service/nginx/settings.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/formats/template_marks.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace nginx {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {
    "/etc/nginx/nginx.conf", "/etc/nginx/conf.d/site.conf", "/etc/nginx/sites-enabled/default"};

/// A file that may be included here can hold anything; these names are known the world over for
/// holding one kind of directive.
std::vector<std::string_view> hidden_by(std::string_view name) {
  const std::string_view base = base_name(name);
  if (base == "mime.types") return {"types"};
  if (base.starts_with("fastcgi")) return {"fastcgi_param"};
  if (base.starts_with("uwsgi_params")) return {"uwsgi_param"};
  if (base.starts_with("scgi_params")) return {"scgi_param"};
  return {};
}

void write_gaps(const Config& config, Facts& facts) {
  for (const Error& error : config.tree.errors) facts.gap(error);
  for (const Block& block : config.blocks)
    for (const Directive* one : block.lines("include"))
      facts.gap({ErrorCode::not_found, fmt::format("{} is not in the tree", one->text()),
                 config.tree.origin(*one)},
                block.scope, Gap::Effect::may_override, hidden_by(one->text()));
}

Facts write(Config config, const Request& request) {
  Facts facts;
  write_gaps(config, facts);
  if (config.tree.is_broken) return facts;
  const bool is_brief = !request.selections.empty();
  write_settings(config, is_brief, facts);
  write_refusals(config, facts);
  Analysis analysis(request.root, config, facts);
  if (!config.is_document)
    for (const std::string_view package : {"nginx", "nginx-core", "nginx-common"})
      if (analysis.version.empty())
        analysis.version = installed_version(request.root, package).value_or("");
  analyse(analysis);
  return facts;
}

Facts read_document(const Request& request) {
  const Document& document = *request.document;
  Source source;
  source.path = document.path;
  source.text = document.text;
  source.prefix = std::string(parent_path(document.path));
  source.is_document = true;
  Tree tree = load(request.root, source);
  if (tree.is_broken && has_template_marks(document.text))
    return passed_over_template(document.path);
  return write(arrange(std::move(tree), true), request);
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(request);
  Facts facts;
  const Source source = host_source(request.root, facts);
  const auto there = request.root.lstat(source.path);
  if (!there && there.error().code == ErrorCode::not_found) {
    facts.not_applicable = fmt::format("nginx is not installed: there is no {}", source.path);
    return facts;
  }
  Facts found = write(arrange(load(request.root, source), false), request);
  found.gaps.insert(found.gaps.begin(), facts.gaps.begin(), facts.gaps.end());
  return found;
}

}  // namespace
}  // namespace nginx

extern const Probe nginx_probe;
const Probe nginx_probe{
    .name = "nginx",
    .group = "service",
    .summary = "what each server and location of nginx does: included, inherited, overridden",
    .semantics = "nginx(8), ngx_http_core_module and its kin",
    .shape = Shape::settings,
    .fields = nginx::kFields,
    .read = nginx::read,
    .files = nginx::kFiles,
    .documents = {nginx::is_named_so, nginx::looks_so, "nginx configuration", nullptr, true},
};

}  // namespace plimsoll
