#include <fmt/format.h>

#include <array>

#include "plugins/service/apache2/analysis.h"
#include "plugins/service/apache2/claim.h"
#include "plugins/service/apache2/fields.h"
#include "plugins/service/apache2/host.h"
#include "plugins/service/apache2/rows.h"
#include "plugins/service/apache2/tree.h"
#include "scanner/base/text.h"
#include "scanner/formats/template_marks.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace apache2 {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {"/etc/apache2/apache2.conf",
                                                    "/etc/apache2/sites-enabled/000-default.conf",
                                                    "/etc/apache2/envvars"};

/// What rests on something not being there at all, in files that are not there to be read.
void doubt_absence(const Tree& tree, Facts& facts) {
  if (tree.missing.empty()) return;
  std::vector<std::string_view> keys = {"@root_access", "@hidden_files", "@no_access_log",
                                        "@missing_header", "@hsts_age"};
  for (const Field& field : kFields) {
    const Fact* found = facts.find(field.name);
    if (found != nullptr && found->origin.is_default()) keys.push_back(field.name);
  }
  facts.gap(tree.missing.front(), {}, Gap::Effect::may_override, std::move(keys));
}

Facts write(const Tree& tree, bool is_whole, const Request& request) {
  Facts facts;
  for (const Error& error : tree.errors) facts.gap(error);
  for (const Error& error : tree.missing) facts.gap(error, {}, Gap::Effect::may_add);
  for (const std::string& file : tree.files) facts.setting("@file", file, {file});
  for (const LoadedModule& module : tree.modules)
    facts.setting("@module", module.name, module.origin);
  if (!tree.refused.what.empty()) facts.setting("@refused", tree.refused.what, tree.refused.where);
  if (tree.files.empty()) return facts;  // the gap says why
  if (tree.is_broken && !request.selections.empty()) return facts;
  write_rows(tree, !request.selections.empty(), facts);
  if (is_whole) write_defaults(facts);
  if (!tree.is_broken)
    write_analysis(request.root, tree, request.document != nullptr, is_whole, facts);
  if (is_whole) doubt_absence(tree, facts);
  return facts;
}

Facts read_document(const Request& request) {
  const Document& document = *request.document;
  Source source;
  source.path = document.path;
  source.text = document.text;
  source.is_document = true;
  const Tree tree = load(request.root, source);
  if (tree.is_broken &&
      (has_template_marks(document.text) || contains(document.text, "<?")))
    return passed_over_template(document.path);
  return write(tree, is_main(document.path), request);
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(request);
  Facts facts;
  const auto source = host_source(request.root, facts);
  if (!source) {
    facts.not_applicable = "Apache httpd is not installed: there is no /etc/apache2/apache2.conf";
    return facts;
  }
  Facts found = write(load(request.root, *source), true, request);
  found.gaps.insert(found.gaps.begin(), facts.gaps.begin(), facts.gaps.end());
  return found;
}

}  // namespace
}  // namespace apache2

extern const Probe apache2_probe;
const Probe apache2_probe{
    .name = "apache2",
    .group = "service",
    .summary = "Apache httpd: its directives after includes, conditions, variables and macros",
    .semantics = "apache2(8), httpd manual: Configuration Files, Configuration Sections",
    .shape = Shape::settings,
    .fields = apache2::kFields,
    .read = apache2::read,
    .files = apache2::kFiles,
    .documents = {apache2::is_named_so, apache2::looks_so, "httpd.conf", nullptr, true},
};

}  // namespace plimsoll
