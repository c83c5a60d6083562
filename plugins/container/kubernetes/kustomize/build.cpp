#include "plugins/container/kubernetes/kustomize/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "plugins/container/kubernetes/kustomize/generate.h"
#include "plugins/container/kubernetes/kustomize/json_patch.h"
#include "plugins/container/kubernetes/kustomize/kustomization.h"
#include "plugins/container/kubernetes/kustomize/replacements.h"
#include "plugins/container/kubernetes/kustomize/strategic_merge.h"
#include "plugins/container/kubernetes/kustomize/vars.h"
#include "scanner/base/text.h"

namespace plimsoll::kubernetes::kustomize {
namespace {

constexpr std::size_t kMostFiles = 2048;
constexpr std::size_t kMostResources = 1U << 14U;
constexpr unsigned kDeepest = 32;
constexpr unsigned kMostDirectories = 512;
constexpr DataLimits kLimits = {.depth = 100, .nodes = 1U << 20U};

/// One kustomization while it is worked out.
struct Level {
  std::string path;
  Node root = nullptr;
  Resources& all;
  unsigned depth = 0;
};

class Builder {
 public:
  Builder(const Root& root, Build& out) : root_(root), out_(out), nodes_(*out.nodes) {}

  void run(std::string_view path, std::string_view text) {
    Resources all;
    const bool done = open(std::string(path), text, all, 0);
    if (done) {
      follow_former_names(nodes_, all);
      put_values_of_variables(std::string(path), all);
      drop_local(all);
    }
    if (nodes_.is_exhausted()) refuse(ErrorCode::limit, {}, std::string(path), 0);
    if (done && !refused_) out_.resources = std::move(all);
  }

 private:
  // --- what goes wrong

  bool refuse(ErrorCode code, std::string what, const std::string& file, std::uint32_t line) {
    // What was left out for want of room looks as if it were missing.
    if (nodes_.is_exhausted())
      code = ErrorCode::limit, what = "more values than can be put together";
    if (!refused_)
      out_.gaps.push_back(
          {{code, std::move(what), {file, line, 0}}, {}, Gap::Effect::may_override});
    refused_ = true;
    return false;
  }

  bool refuse(std::string what, const Level& level, Node at) {
    return refuse(ErrorCode::invalid, fmt::format("kustomize refuses it: {}", what),
                  file_of(level, at), at == nullptr ? 0 : at->line);
  }

  /// More objects there may be than are told.
  void lack(ErrorCode code, std::string what, const Level& level, Node at) {
    lacks_ = true;
    out_.gaps.push_back(
        {{code, std::move(what), {file_of(level, at), at->line, 0}}, {}, Gap::Effect::may_add});
  }

  [[nodiscard]] std::string file_of(const Level& level, Node at) const {
    return at == nullptr ? level.path : out_.files[at->file].path;
  }

  // --- files

  /// The documents of a text; null when it cannot be read as YAML (or JSON, which is YAML).
  const DataTree* parse(std::string_view text, SourceFile file) {
    if (out_.files.size() >= kMostFiles) {
      refuse(ErrorCode::limit, fmt::format("more than {} files in one build", kMostFiles),
             file.path, 0);
      return nullptr;
    }
    const auto number = static_cast<std::uint16_t>(out_.files.size());
    out_.trees.push_back(read_yaml(text, file.path, kLimits, number));
    if (out_.trees.back().error) {
      const Error& error = *out_.trees.back().error;
      refuse(error.code, error.what, file.path, error.where.line);
      return nullptr;
    }
    out_.files.push_back(std::move(file));
    return &out_.trees.back();
  }

  const DataTree* parse_file(const std::string& path, const Level& level, Node at) {
    const auto text = root_.read_once(path);
    if (text) return parse(*text, {path});
    refuse(text.error().code, text.error().what, file_of(level, at), at == nullptr ? 0 : at->line);
    return nullptr;
  }

  /// A patch that stands in the kustomization, as text in YAML: a block begins on the next line.
  const DataTree* parse_inline(Node text, const Level& level) {
    const bool is_block = text->text.find('\n') != std::string_view::npos;
    const std::uint32_t before = text->line - (is_block || text->line == 0 ? 0 : 1);
    return parse(std::string(before, '\n').append(text->text), {file_of(level, text), false});
  }

  const DataTree* parse_named(Node name, const Level& level) {
    const auto path = path_beside(level.path, name->text);
    if (path) return parse_file(*path, level, name);
    lack(ErrorCode::not_found, fmt::format("`{}` lies outside of what is scanned", name->text),
         level, name);
    return nullptr;
  }

  // --- one kustomization

  bool open(const std::string& path, std::string_view text, Resources& all, unsigned depth) {
    const std::string directory(parent_path(path));
    if (depth > kDeepest || ++directories_ > kMostDirectories)
      return refuse(ErrorCode::limit, "more kustomizations in each other than are followed", path,
                    0);
    if (!open_.insert(directory).second)
      return refuse(ErrorCode::invalid, "kustomize refuses it: it is among its own bases", path, 0);
    const DataTree* tree = parse(text, {path});
    bool done = false;
    if (tree != nullptr) {
      const Node root = tree->documents.empty() ? nullptr : tree->documents.front();
      if (root != nullptr && root->is_mapping())
        done = work(Level{path, root, all, depth});
      else
        refuse(ErrorCode::invalid, "kustomize refuses it: it is empty", path, 0);
    }
    open_.erase(directory);
    return done && !refused_;
  }

  bool work(Level level) {
    note_what_is_not_run(level);
    return gather(level, "resources") && gather(level, "bases") && gather(level, "components") &&
           generate(level, "configMapGenerator", "ConfigMap") &&
           generate(level, "secretGenerator", "Secret") && are_different(level) && patch(level) &&
           transform(level) && bind_variables(level);
  }

  /// Two objects of one kind, name and namespace cannot both be built.
  bool are_different(Level& level) {
    std::set<std::string> seen;
    for (const Resource& resource : level.all) {
      const Id id = resource.id();
      const std::string_view space = id.space.empty() ? "default" : std::string_view(id.space);
      const bool has_space = !is_cluster_wide(id.kind);
      if (!id.name.empty() && !seen.insert(fmt::format("{}/{}/{}/{}/{}", id.group, id.version,
                                                       id.kind, has_space ? space : "", id.name))
                                   .second)
        return refuse(fmt::format("{} `{}` is there twice", id.kind, id.name), level,
                      resource.root);
    }
    return true;
  }

  bool gather(Level& level, std::string_view key) {
    for (const DataEntry& entry : items(field(level.root, key)))
      if (entry.value->is_scalar() && !gather_one(level, entry.value, key == "components"))
        return false;
    return true;
  }

  bool gather_one(Level& level, Node name, bool is_component) {
    const auto path = path_beside(level.path, name->text);
    const bool is_elsewhere = is_remote(name->text) && (!path || !root_.exists(*path));
    if (is_elsewhere || !path) {
      lack(
          ErrorCode::not_found,
          fmt::format("`{}` lies {}", name->text,
                      is_elsewhere ? "elsewhere and is not fetched" : "outside of what is scanned"),
          level, name);
      return true;
    }
    const auto there = root_.stat(*path);
    if (!there) return refuse(fmt::format("`{}` is not there", name->text), level, name);
    if (there->type == FileType::directory)
      return gather_directory(level, *path, name, is_component);
    const DataTree* tree = parse_file(*path, level, name);
    if (tree == nullptr) return false;
    for (const Node document : tree->documents)
      if (!add(level, document, 0)) return false;
    return true;
  }

  /// A component works on what is there already, a base is worked out by itself.
  bool gather_directory(Level& level, const std::string& directory, Node name, bool is_component) {
    const std::string path = kustomization_in(root_, directory);
    if (path.empty())
      return refuse(fmt::format("`{}` has no kustomization", name->text), level, name);
    const auto text = root_.read_once(path);
    if (!text) return refuse(text.error().code, text.error().what, path, 0);
    if (is_component) return open(path, *text, level.all, level.depth + 1);
    Resources base;
    if (!open(path, *text, base, level.depth + 1)) return false;
    for (Resource& resource : base)
      if (!append(level, std::move(resource))) return false;
    return true;
  }

  bool add(Level& level, Node document, unsigned depth) {
    constexpr unsigned kDeepestList = 8;
    if (document->is_null()) return true;
    const std::string kind = text_of(field(document, "kind"));
    if (kind.empty()) return refuse("an object has no kind", level, document);
    if (kind.ends_with("List") && field(document, "items") != nullptr && depth < kDeepestList) {
      for (const DataEntry& entry : items(field(document, "items")))
        if (!add(level, entry.value, depth + 1)) return false;
      return true;
    }
    return append(level, Resource{document, {}, {}});
  }

  bool append(Level& level, Resource resource) {
    if (level.all.size() >= kMostResources)
      return refuse(ErrorCode::limit, fmt::format("more than {} objects", kMostResources),
                    level.path, 0);
    level.all.push_back(std::move(resource));
    return true;
  }

  // --- generators

  bool generate(Level& level, std::string_view key, std::string_view kind) {
    for (const DataEntry& entry : items(field(level.root, key))) {
      Resource made =
          generated(nodes_, kind, entry.value, field(level.root, "generatorOptions"),
                    [&](std::string_view name) { return read_source(level, entry.value, name); });
      const std::string behavior = text_of(field(entry.value, "behavior"));
      if (behavior.empty() || behavior == "create") {
        if (!append(level, std::move(made))) return false;
        continue;
      }
      const Id wanted = made.id();
      const auto base = std::find_if(level.all.begin(), level.all.end(),
                                     [&](const Resource& one) { return one.answers_to(wanted); });
      if (base != level.all.end())
        put_on_top(*base, made, kind == "Secret" ? "stringData" : "data", behavior == "merge");
      else if (!lacks_)
        return refuse(fmt::format("there is no {} `{}` to {}", kind, wanted.name, behavior), level,
                      entry.value);
    }
    return true;
  }

  void put_on_top(Resource& base, const Resource& made, std::string_view key, bool merges) {
    Node data = field(made.root, key);
    if (merges) {
      Node joined = field(base.root, key);
      for (const DataEntry& entry : pairs(data))
        joined = nodes_.with(joined, entry.key->text, entry.value);
      data = joined;
    }
    if (data != nullptr) base.root = nodes_.with(base.root, key, data);
    base.doubts.insert(base.doubts.end(), made.doubts.begin(), made.doubts.end());
  }

  Result<std::string> read_source(const Level& level, Node at, std::string_view name) {
    const auto path = path_beside(level.path, name);
    auto text =
        path ? root_.read_once(*path)
             : Result<std::string>(fail(ErrorCode::not_found,
                                        fmt::format("`{}` lies outside of what is scanned", name)));
    if (!text) text.error().where = {file_of(level, at), at->line, 0};
    return text;
  }

  /// Plug-ins and charts are programs: what they would make or change is not known.
  void note_what_is_not_run(Level& level) {
    for (const std::string_view key : {"helmCharts", "helmChartInflationGenerator", "generators"})
      if (const Node list = field(level.root, key); !items(list).empty())
        lack(ErrorCode::unsupported, fmt::format("what `{}` makes is not worked out", key), level,
             list);
    for (const std::string_view key : {"transformers", "configurations", "openapi"})
      if (const Node list = field(level.root, key); list != nullptr && !list->entries.empty())
        out_.gaps.push_back({{ErrorCode::unsupported,
                              fmt::format("what `{}` changes is not worked out", key),
                              {file_of(level, list), list->line, 0}},
                             {},
                             Gap::Effect::may_override});
  }

  // --- patches

  bool patch(Level& level) {
    for (const DataEntry& entry : items(field(level.root, "patchesStrategicMerge")))
      if (!patch_with(level, entry.value, nullptr, nullptr)) return false;
    for (const DataEntry& entry : items(field(level.root, "patches"))) {
      const Node text = entry.value->is_scalar() ? entry.value : patch_text(entry.value);
      if (text == nullptr)
        return refuse("a patch has neither `path` nor `patch`", level, entry.value);
      if (!patch_with(level, text, field(entry.value, "target"), field(entry.value, "options")))
        return false;
    }
    return true;
  }

  static Node patch_text(Node entry) {
    const Node path = field(entry, "path");
    return path != nullptr ? path : field(entry, "patch");
  }

  bool patch_with(Level& level, Node text, Node target, Node options) {
    const DataTree* tree =
        is_inline(text->text) ? parse_inline(text, level) : parse_named(text, level);
    if (tree == nullptr) return !refused_;
    if (tree->documents.empty()) return true;
    for (const Node document : tree->documents) {
      if (document->is_null()) continue;
      const bool done = target != nullptr ? patch_selected(level, document, target, options)
                                          : patch_named(level, document, options);
      if (!done) return false;
    }
    return true;
  }

  bool patch_selected(Level& level, Node patch, Node selector, Node options) {
    const Target target(selector);
    if (!target.is_understood()) {
      out_.gaps.push_back({{ErrorCode::unsupported,
                            "which objects a selector with sets selects is not worked out",
                            {file_of(level, selector), selector->line, 0}},
                           {},
                           Gap::Effect::may_override});
      return true;
    }
    nodes_.spend(level.all.size());
    for (Resource& resource : level.all) {
      if (nodes_.is_exhausted()) return false;
      if (!target.selects(resource)) continue;
      if (!patch->is_sequence())
        apply(resource, patch, options);
      else if (!apply_json(level, resource, patch))
        return false;
    }
    drop_removed(level);
    return true;
  }

  /// A patch that names its object.
  bool patch_named(Level& level, Node patch, Node options) {
    if (!patch->is_mapping()) return refuse("a JSON patch has no target", level, patch);
    const Id wanted = id_of(patch);
    bool any = false;
    nodes_.spend(level.all.size());
    for (Resource& resource : level.all) {
      if (nodes_.is_exhausted()) return false;
      if (!resource.answers_to(wanted)) continue;
      any = true;
      apply(resource, patch, options);
    }
    drop_removed(level);
    return any || lacks_ ||
           refuse(fmt::format("no object is called {} `{}`", wanted.kind, wanted.name), level,
                  patch);
  }

  /// Kind, name and namespace stay unless the options say otherwise.
  void apply(Resource& resource, Node patch, Node options) {
    const Node before = resource.root;
    resource.remember();
    Node after = strategic_merge(nodes_, before, patch);
    if (after != nullptr) {
      if (!is_true(field(options, "allowKindChange")))
        for (const std::string_view key : {"apiVersion", "kind"}) after = kept(after, before, key);
      Node metadata = field(after, "metadata");
      const Node had = field(before, "metadata");
      metadata = kept(metadata, had, "namespace");
      if (!is_true(field(options, "allowNameChange"))) metadata = kept(metadata, had, "name");
      if (metadata != field(after, "metadata")) after = nodes_.with(after, "metadata", metadata);
    }
    resource.root = after;
  }

  Node kept(Node after, Node before, std::string_view key) {
    const Node value = field(before, key);
    if (value == field(after, key)) return after;
    return value == nullptr ? nodes_.without(after, key) : nodes_.with(after, key, value);
  }

  bool apply_json(Level& level, Resource& resource, Node patch) {
    std::string problem;
    resource.remember();
    const auto after = json_patch(nodes_, resource.root, patch, problem);
    if (!after) return refuse(problem, level, patch);
    resource.root = *after;
    return true;
  }

  static void drop_removed(Level& level) {
    std::erase_if(level.all, [](const Resource& one) { return one.root == nullptr; });
  }

  // --- fields that change every resource

  bool transform(Level& level) {
    const Node root = level.root;
    if (const Node space = field(root, "namespace")) set_namespace(nodes_, level.all, space);
    const std::string prefix = text_of(field(root, "namePrefix"));
    const std::string suffix = text_of(field(root, "nameSuffix"));
    if (!prefix.empty() || !suffix.empty()) rename(nodes_, level.all, prefix, suffix);
    for (const DataEntry& entry : items(field(root, "labels"))) label(level, entry.value);
    if (const Node labels = field(root, "commonLabels"))
      add_labels(nodes_, level.all, labels, LabelReach::selectors);
    if (const Node annotations = field(root, "commonAnnotations"))
      add_annotations(nodes_, level.all, annotations);
    for (const DataEntry& entry : items(field(root, "patchesJson6902")))
      if (!patch_json(level, entry.value)) return false;
    for (const DataEntry& entry : items(field(root, "replicas")))
      if (!set_replicas(nodes_, level.all, entry.value) && !lacks_)
        return refuse(fmt::format("`replicas` names `{}`, which is not there",
                                  text_of(field(entry.value, "name"))),
                      level, entry.value);
    for (const DataEntry& entry : items(field(root, "images")))
      set_image(nodes_, level.all, entry.value);
    // Names in replacements are as they are when references have followed.
    const Node replacements = field(root, "replacements");
    if (replacements != nullptr) follow_former_names(nodes_, level.all);
    for (const DataEntry& entry : items(replacements))
      if (!replace_with(level, entry.value)) return false;
    return true;
  }

  /// An entry is the replacement itself, or names a file of one or of a list of them.
  bool replace_with(Level& level, Node entry) {
    const Node path = field(entry, "path");
    if (path == nullptr) return replace_one(level, entry);
    const DataTree* tree = parse_named(path, level);
    if (tree == nullptr) return !refused_;
    for (const Node document : tree->documents) {
      if (document->is_mapping() && !replace_one(level, document)) return false;
      for (const DataEntry& one : items(document))
        if (!replace_one(level, one.value)) return false;
    }
    return true;
  }

  bool replace_one(Level& level, Node replacement) {
    std::string problem;
    if (replace(nodes_, level.all, replacement, problem)) return true;
    if (problem.empty() && lacks_) return true;
    return refuse(problem.empty() ? "the source of a replacement is not there" : problem, level,
                  replacement);
  }

  bool bind_variables(Level& level) {
    const Node list = field(level.root, "vars");
    nodes_.spend(items(list).size() * level.all.size());
    if (nodes_.is_exhausted()) return false;
    std::string problem;
    return variables_.bind(level.all, list, problem) || refuse(problem, level, list);
  }

  void put_values_of_variables(const std::string& path, Resources& all) {
    std::string problem;
    if (variables_.resolve(nodes_, all, problem)) return;
    if (problem.empty() && lacks_)
      out_.gaps.push_back({{ErrorCode::unsupported, "the values of `vars` are not known", {path}},
                           {},
                           Gap::Effect::may_override});
    else
      refuse(ErrorCode::invalid,
             fmt::format("kustomize refuses it: {}",
                         problem.empty() ? "the object of one of `vars` is not there" : problem),
             path, 0);
  }

  void label(Level& level, Node entry) {
    const Node labels = field(entry, "pairs");
    if (labels == nullptr) return;
    add_labels(nodes_, level.all, labels,
               is_true(field(entry, "includeSelectors"))   ? LabelReach::selectors
               : is_true(field(entry, "includeTemplates")) ? LabelReach::templates
                                                           : LabelReach::metadata);
  }

  bool patch_json(Level& level, Node entry) {
    const Node text = patch_text(entry), target = field(entry, "target");
    if (text == nullptr || target == nullptr)
      return refuse("a JSON patch has no target", level, entry);
    return patch_with(level, text, target, nullptr);
  }

  /// Configuration of tools, not of the cluster.
  static void drop_local(Resources& all) {
    std::erase_if(all, [](const Resource& one) {
      const Node mark =
          field(one.root, {"metadata", "annotations", "config.kubernetes.io/local-config"});
      return mark != nullptr && mark->text != "false";
    });
  }

  const Root& root_;
  Build& out_;
  Nodes& nodes_;
  std::set<std::string> open_;  ///< directories that are being worked out
  Variables variables_;
  unsigned directories_ = 0;
  bool refused_ = false, lacks_ = false;
};

}  // namespace

Build build(const Root& root, std::string_view path, std::string_view text) {
  Build out;
  out.nodes = std::make_unique<Nodes>();
  Builder(root, out).run(path, text);
  return out;
}

}  // namespace plimsoll::kubernetes::kustomize
