#include <algorithm>
#include <array>

#include "plugins/container/compose/loader.h"
#include "plugins/container/compose/service.h"
#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace compose {
namespace {

constexpr std::array<std::string_view, 3> kFiles = {"/app/compose.yaml", "/app/docker-compose.yml",
                                                    "/app/web.compose.yaml"};

bool is_yaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

bool is_named_so(std::string_view path) {
  const std::string_view name = base_name(path);
  return is_default_file(name) || name.starts_with("docker-compose") ||
         name.starts_with("compose.") || name.ends_with(".compose.yaml") ||
         name.ends_with(".compose.yml");
}

bool says_what_it_runs(const DataEntry& service) {
  return service.value->find("image") != nullptr || service.value->find("build") != nullptr;
}

bool by_text(const Document& document) {
  if (is_named_so(document.path)) return true;
  // What has no such key at its left edge is not parsed for a guess.
  if (!has_line_starting(document.text, "services:") ||
      has_line_starting(document.text, "apiVersion:"))
    return false;
  const DataTree tree = read_yaml(document.text, document.path, {.depth = 100, .nodes = 1U << 18U});
  if (tree.error || tree.documents.size() != 1) return false;
  const DataNode* services = tree.documents.front()->find("services");
  return services != nullptr && services->is_mapping() && !services->entries.empty() &&
         std::all_of(services->entries.begin(), services->entries.end(), says_what_it_runs);
}

Facts read(const Request& request) {
  Facts facts;
  const Document& document = *request.document;
  if (is_override_in_use(request.root, document.path) &&
      request.root.only_file() != document.path) {
    facts.not_applicable = "it is merged into the file beside it";
    return facts;
  }
  Loader loader(request.root, facts);
  const Node project = loader.load(document.path, document.text);
  write_settings(project, request, facts);
  return facts;
}

}  // namespace
}  // namespace compose

extern const Probe compose_probe;
const Probe compose_probe{
    .name = "compose",
    .group = "container",
    .summary = "services of a Compose project as they are run: merged, extended, interpolated",
    .semantics = "Compose specification",
    .shape = Shape::settings,
    .fields = compose::kFields,
    .read = compose::read,
    .files = compose::kFiles,
    .documents = {compose::is_yaml, compose::by_text, "Compose file"},
};

}  // namespace plimsoll
