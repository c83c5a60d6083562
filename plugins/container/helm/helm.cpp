// A Helm chart's own files: Chart.yaml, and the values that its templates are filled with.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/formats/image_reference.h"
#include "scanner/formats/secrets.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

using Node = const DataNode*;

constexpr std::size_t kMostFacts = 1U << 16U;
constexpr DataLimits kLimits = {.depth = 100, .nodes = 1U << 20U};

constexpr std::array kFields = {
    Field{"allowprivilegeescalation", Type::boolean, "of a security context"},
    Field{"apiversion", Type::text, "of Chart.yaml: v2, or v1 of Helm 2"},
    Field{"capabilities.add", Type::text, "a row each, without CAP_ and in capitals"},
    Field{"credential", Type::text, "a literal one: the name that it has in the values"},
    Field{"dependency.repository", Type::text, "of Chart.yaml or requirements.yaml, a row each"},
    Field{"hostipc", Type::boolean, "wherever the values have it"},
    Field{"hostnetwork", Type::boolean, "wherever the values have it"},
    Field{"hostpath", Type::text, "of a volume of that kind, a row each"},
    Field{"hostpid", Type::boolean, "wherever the values have it"},
    Field{"image.tag", Type::text,
          "of an image that the values name; the empty one is the chart's"},
    Field{"privileged", Type::boolean, "of a security context"},
    Field{"readonlyrootfilesystem", Type::boolean, "of a security context"},
    Field{"runasgroup", Type::integer, "of a security context"},
    Field{"runasnonroot", Type::boolean, "of a security context"},
    Field{"runasuser", Type::integer, "of a security context"},
    Field{"seccompprofile.type", Type::text, "RuntimeDefault, Localhost, Unconfined"},
};

constexpr std::array<std::string_view, 3> kFiles = {"/chart/values.yaml", "/chart/Chart.yaml",
                                                    "/chart/charts/sub/values.yaml"};

constexpr std::array<std::string_view, 6> kOfContexts = {"allowPrivilegeEscalation",
                                                         "privileged",
                                                         "readOnlyRootFilesystem",
                                                         "runAsGroup",
                                                         "runAsNonRoot",
                                                         "runAsUser"};
constexpr std::array<std::string_view, 3> kOfHosts = {"hostIPC", "hostNetwork", "hostPID"};

template <std::size_t N>
bool is_among(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// `adminPassword` as `ADMIN_PASSWORD`: the spelling that names of credentials are known in.
std::string as_variable(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    if (is_capital && !out.empty() && out.back() >= 'a' && out.back() <= 'z') out += '_';
    out += c == '-' || c == '.' ? '_' : c;
  }
  return upper(out);
}

/// Names a credential itself, not the Secret that holds one nor the key in it.
bool is_credential_name(std::string_view name) {
  const std::string variable = as_variable(name);
  for (const std::string_view end : {"_NAME", "_REF", "_FILE", "_PATH", "_SECRET_KEY_REF"})
    if (variable.ends_with(end)) return false;
  const bool is_of_secret = variable.starts_with("EXISTING") || variable.starts_with("USE_") ||
                            variable.starts_with("CREATE_");
  const bool is_key_in_secret =
      variable.ends_with("PASSWORD_KEY") || variable.ends_with("TOKEN_KEY");
  return !is_of_secret && !is_key_in_secret && names_secret(variable);
}

/// A text that is filled in later holds nothing.
bool is_literal(std::string_view value) {
  return value.find("{{") == std::string_view::npos && value.find("${") == std::string_view::npos &&
         value.find("<") != 0 && value.find("$(") == std::string_view::npos;
}

std::string text_of(const DataNode& node) {
  if (const auto truth = node.as_bool()) return *truth ? "true" : "false";
  return std::string(node.text);
}

class Values {
 public:
  Values(std::string_view path, Facts& facts) : path_(path), facts_(facts) {}

  /// `over` is what stands on top of these values: the part of the parent chart's that is for this
  /// one. What it sets is told of the parent.
  void read(const DataNode& node, const DataNode* over, const std::string& scope,
            std::string_view name) {
    if (facts_.rows.size() >= kMostFacts) return give_up();
    if (node.is_sequence()) {
      std::size_t i = 0;
      for (const DataEntry& entry : node.entries)
        read_element(*entry.value, fmt::format("{}[{}]", scope, i++), name);
      return;
    }
    if (!node.is_mapping()) return;
    for (const DataEntry& entry : node.entries) {
      if (!entry.key->is_scalar()) continue;
      const DataNode* set = over == nullptr ? nullptr : over->find(entry.key->text);
      if (set != nullptr && !set->is_mapping()) continue;
      take(node, entry, scope, name);
      read(*entry.value, set, below(scope, entry.key->text), entry.key->text);
    }
  }

 private:
  void give_up() {
    if (!full_)
      facts_.gap(
          {ErrorCode::limit, fmt::format("more than {} values", kMostFacts), {std::string(path_)}},
          {}, Gap::Effect::may_add);
    full_ = true;
  }

  static std::string below(const std::string& scope, std::string_view name) {
    return scope.empty() ? std::string(name) : fmt::format("{}.{}", scope, name);
  }

  void tell(std::string key, std::string value, const DataNode& place, const std::string& scope) {
    facts_.setting(std::move(key), std::move(value), {std::string(path_), place.line, place.column},
                   scope);
  }

  /// Elements have the name of their list.
  void read_element(const DataNode& element, const std::string& scope, std::string_view name) {
    read(element, nullptr, scope, name);
  }

  /// One entry of a mapping that is called `under`.
  void take(const DataNode& mapping, const DataEntry& entry, const std::string& scope,
            std::string_view under) {
    const std::string_view name = entry.key->text;
    const DataNode& value = *entry.value;
    if (name == "add" && under == "capabilities") return take_capabilities(value, scope);
    if (!value.is_scalar() || value.is_null()) return;
    const bool in_context = lower(under).find("securitycontext") != std::string::npos;
    if ((in_context && is_among(name, kOfContexts)) || is_among(name, kOfHosts))
      tell(lower(name), text_of(value), value, scope);
    else if (name == "type" && under == "seccompProfile")
      tell("seccompprofile.type", text_of(value), value, scope);
    else if (name == "hostPath" || (name == "path" && under == "hostPath"))
      tell("hostpath", text_of(value), value, scope);
    else
      take_image(mapping, name, value, scope);
    if (is_credential_name(name) && may_be_secret(value.text) && is_literal(value.text))
      tell("credential", std::string(name), value, scope);
  }

  void take_capabilities(const DataNode& list, const std::string& scope) {
    if (!list.is_sequence()) return;
    for (const DataEntry& entry : list.entries) {
      std::string name = upper(entry.value->text);
      if (name.starts_with("CAP_")) name.erase(0, 4);
      tell("capabilities.add", name, *entry.value, scope);
    }
  }

  /// `image: {repository, tag}`, `image: nginx:1`, `image` with `imageTag` beside it.
  void take_image(const DataNode& mapping, std::string_view name, const DataNode& value,
                  const std::string& scope) {
    const bool is_tag = (name == "tag" && mapping.find("repository") != nullptr) ||
                        (name == "imageTag" && mapping.find("image") != nullptr);
    if (is_tag) return tell("image.tag", std::string(value.text), value, scope);
    if (name != "image" || !is_literal(value.text)) return;
    const ImageReference image = read_image_reference(value.text);
    if (image.digest.empty() && !image.tag.empty()) tell("image.tag", image.tag, value, scope);
  }

  std::string_view path_;
  Facts& facts_;
  bool full_ = false;
};

bool is_chart(std::string_view path) { return base_name(path) == "Chart.yaml"; }

/// values.yaml, values-prod.yaml, values.prod.yml, prod.values.yaml
bool is_values(std::string_view path) {
  const std::string_view name = base_name(path);
  const bool is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
  if (!is_yaml) return false;
  const std::string_view stem = name.substr(0, name.rfind('.'));
  return stem == "values" || stem.starts_with("values-") || stem.starts_with("values.") ||
         stem.starts_with("values_") || stem.ends_with("-values") || stem.ends_with(".values") ||
         stem.ends_with("_values");
}

void read_dependencies(const DataNode& root, std::string_view path, Facts& facts) {
  const DataNode* list = root.find("dependencies");
  if (list == nullptr || !list->is_sequence()) return;
  for (const DataEntry& entry : list->entries)
    if (const DataNode* repository = entry.value->find("repository"); repository != nullptr)
      facts.setting("dependency.repository", std::string(repository->text),
                    {std::string(path), repository->line, repository->column},
                    entry.value->find("name") != nullptr
                        ? std::string(entry.value->find("name")->text)
                        : std::string());
}

void read_chart(const DataNode& root, std::string_view path, Facts& facts) {
  if (const DataNode* version = root.find("apiVersion"); version != nullptr && is_chart(path))
    facts.setting("apiversion", std::string(version->text),
                  {std::string(path), version->line, version->column});
  read_dependencies(root, path, facts);
}

/// A chart in `charts/NAME/` has its values under NAME in those of the chart around it.
std::optional<std::string> parent_values(const Root& root, std::string_view path) {
  const std::string_view folder = parent_path(path), charts = parent_path(folder);
  if (base_name(path) != "values.yaml" || base_name(charts) != "charts") return std::nullopt;
  std::string parent = join_path(parent_path(charts), "values.yaml");
  if (!root.exists(parent)) return std::nullopt;
  return parent;
}

Facts read(const Request& request) {
  const std::string_view path = request.document->path;
  Facts facts;
  const DataTree tree = read_yaml(request.document->text, path, kLimits);
  if (tree.error) facts.gap(*tree.error);
  if (tree.documents.empty()) return facts;
  const DataNode& top = *tree.documents.front();
  if (!is_values(path)) {
    read_chart(top, path, facts);
    return facts;
  }
  if (top.find("apiVersion") != nullptr && top.find("kind") != nullptr) {
    facts.not_applicable = fmt::format("{} is a manifest, no values of a chart", path);
    return facts;
  }
  const auto parent = parent_values(request.root, path);
  const auto text = parent ? request.root.read_once(*parent) : Result<std::string>(std::string());
  if (!text) facts.gap(text.error());
  const DataTree around =
      read_yaml(text ? *text : std::string_view(), parent.value_or(""), kLimits);
  const DataNode* over = around.documents.empty()
                             ? nullptr
                             : around.documents.front()->find(base_name(parent_path(path)));
  Values(path, facts).read(top, over, "", "");
  return facts;
}

bool by_name(std::string_view path) {
  return is_chart(path) || is_values(path) || base_name(path) == "requirements.yaml";
}

}  // namespace

extern const Probe helm_probe;
const Probe helm_probe{
    .name = "helm",
    .group = "container",
    .summary = "Helm charts: what their values say of privileges, images and credentials",
    .semantics = "Helm, Charts and Values Files",
    .shape = Shape::settings,
    .fields = kFields,
    .open_keys = false,
    .read = read,
    .files = kFiles,
    .documents = {.by_name = by_name, .called = "Helm chart"},
};

}  // namespace plimsoll
