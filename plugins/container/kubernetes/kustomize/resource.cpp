#include "plugins/container/kubernetes/kustomize/resource.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::kubernetes::kustomize {
namespace {

// Kinds of Kubernetes itself that no namespace holds.
constexpr std::array<std::string_view, 24> kClusterWide = {"APIService",
                                                           "CSIDriver",
                                                           "CSINode",
                                                           "CertificateSigningRequest",
                                                           "ClusterRole",
                                                           "ClusterRoleBinding",
                                                           "ComponentStatus",
                                                           "CustomResourceDefinition",
                                                           "FlowSchema",
                                                           "IngressClass",
                                                           "MutatingWebhookConfiguration",
                                                           "Namespace",
                                                           "Node",
                                                           "PersistentVolume",
                                                           "PodSecurityPolicy",
                                                           "PriorityClass",
                                                           "PriorityLevelConfiguration",
                                                           "RuntimeClass",
                                                           "SelfSubjectAccessReview",
                                                           "StorageClass",
                                                           "ValidatingAdmissionPolicy",
                                                           "ValidatingAdmissionPolicyBinding",
                                                           "ValidatingWebhookConfiguration",
                                                           "VolumeAttachment"};

bool is_same(const Id& id, const Id& wanted) {
  return id.kind == wanted.kind && id.name == wanted.name &&
         (wanted.group.empty() || id.group == wanted.group) &&
         (wanted.version.empty() || id.version == wanted.version) &&
         (is_cluster_wide(id.kind) || space_or_default(id.space) == space_or_default(wanted.space));
}

/// `a=b,c==d,e!=f,g,!h`: labels are equal, or not, or there, or not there.
bool selects(const std::string& selector, Node have) {
  if (selector.empty()) return true;
  for (const std::string_view part : split(selector, ',')) {
    const std::string_view term = trim(part);
    const bool is_negated = term.find("!=") != std::string_view::npos;
    const std::size_t at = term.find_first_of("!=");
    const std::string_view key = trim(term.substr(0, at));
    if (at == std::string_view::npos || key.empty()) {
      const bool must_lack = term.starts_with('!');
      if ((field(have, trim(term.substr(must_lack ? 1 : 0))) != nullptr) == must_lack) return false;
      continue;
    }
    std::string_view value = term.substr(at + (is_negated ? 2 : 1));
    if (value.starts_with('=')) value.remove_prefix(1);
    const Node there = field(have, key);
    if ((there != nullptr && there->text == trim(value)) == is_negated) return false;
  }
  return true;
}

}  // namespace

std::string_view space_or_default(std::string_view space) {
  return space.empty() ? std::string_view("default") : space;
}

bool is_cluster_wide(std::string_view kind) {
  return std::find(kClusterWide.begin(), kClusterWide.end(), kind) != kClusterWide.end();
}

Id id_of(Node root) {
  Id id;
  const std::string version = text_of(field(root, "apiVersion"));
  const std::size_t slash = version.find('/');
  if (slash != std::string::npos) id.group = version.substr(0, slash);
  id.version = version.substr(slash == std::string::npos ? 0 : slash + 1);
  id.kind = text_of(field(root, "kind"));
  id.name = text_of(field(root, {"metadata", "name"}));
  id.space = text_of(field(root, {"metadata", "namespace"}));
  return id;
}

Id Resource::id() const { return id_of(root); }

bool Resource::answers_to(const Id& wanted) const {
  return is_same(id(), wanted) || std::any_of(former.begin(), former.end(),
                                              [&](const Id& one) { return is_same(one, wanted); });
}

WholeMatch::WholeMatch(std::string expression) : expression_(std::move(expression)) {
  if (expression_.empty()) return;
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  compiled_ = std::make_shared<const RE2>(expression_, options);
}

bool WholeMatch::matches(std::string_view text) const {
  if (compiled_ == nullptr || expression_ == text) return true;
  return compiled_->ok() && RE2::FullMatch(text, *compiled_);
}

Target::Target(Node selector)
    : group_(text_of(field(selector, "group"))),
      version_(text_of(field(selector, "version"))),
      kind_(text_of(field(selector, "kind"))),
      name_(text_of(field(selector, "name"))),
      space_(text_of(field(selector, "namespace"))),
      labels_(text_of(field(selector, "labelSelector"))),
      annotations_(text_of(field(selector, "annotationSelector"))) {}

bool Target::matches(const Id& id) const {
  return group_.matches(id.group) && version_.matches(id.version) && kind_.matches(id.kind) &&
         name_.matches(id.name) && space_.matches(space_or_default(id.space));
}

bool Target::is_understood() const {
  return labels_.find('(') == std::string::npos && annotations_.find('(') == std::string::npos;
}

bool Target::selects(const Resource& resource) const {
  const bool is_named =
      matches(resource.id()) || std::any_of(resource.former.begin(), resource.former.end(),
                                            [&](const Id& one) { return matches(one); });
  return is_named && kustomize::selects(labels_, field(resource.root, {"metadata", "labels"})) &&
         kustomize::selects(annotations_, field(resource.root, {"metadata", "annotations"}));
}

Node change_at(Nodes& nodes, Node node, std::span<const std::string_view> path, bool create,
               const Change& change) {
  if (node != nullptr && node->is_sequence()) {
    std::vector<DataEntry> entries(node->entries.begin(), node->entries.end());
    bool any = false;
    for (DataEntry& entry : entries) {
      const Node changed = change_at(nodes, entry.value, path, create, change);
      any = any || changed != entry.value;
      entry.value = changed;
    }
    return any ? nodes.sequence(entries, node) : node;
  }
  if (path.empty()) {
    const Node changed = change(node);
    return changed == nullptr ? node : changed;
  }
  if (node != nullptr && !node->is_mapping() && !node->is_null()) return node;
  const Node there = field(node, path.front());
  if (there == nullptr && !create) return node;
  const Node below = change_at(nodes, there, path.subspan(1), create, change);
  return below == there || below == nullptr ? node : nodes.with(node, path.front(), below);
}

std::vector<std::string_view> path_parts(std::string_view path) { return split(path, '/'); }

}  // namespace plimsoll::kubernetes::kustomize
