#include "plugins/container/kubernetes/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace plimsoll::kubernetes {

Node field(Node node, std::string_view key) {
  if (node == nullptr) return nullptr;
  const Node found = node->find(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

Node field(Node node, std::initializer_list<std::string_view> path) {
  for (const std::string_view key : path) node = field(node, key);
  return node;
}

std::string text_of(Node node) {
  if (node == nullptr || !node->is_scalar()) return {};
  if (const auto truth = node->as_bool()) return *truth ? "true" : "false";
  return std::string(node->text);
}

std::string name_of(Node node) {
  constexpr std::size_t kLongest = 253;
  std::string name = text_of(node);
  if (name.size() > kLongest) name.replace(kLongest, std::string::npos, "...");
  return name;
}

bool is_true(Node node) { return node != nullptr && node->as_bool().value_or(false); }

bool is_false(Node node) { return node != nullptr && !node->as_bool().value_or(true); }

std::span<const DataEntry> items(Node node) {
  if (node == nullptr || !node->is_sequence()) return {};
  return node->entries;
}

std::span<const DataEntry> pairs(Node node) {
  if (node == nullptr || !node->is_mapping()) return {};
  return node->entries;
}

PodTemplate pod_of(const Object& object) {
  constexpr std::array<std::string_view, 8> kControllers = {
      "Deployment", "DaemonSet", "StatefulSet",      "ReplicaSet",
      "Job",        "Rollout",   "DeploymentConfig", "ReplicationController"};
  if (object.kind == "Pod") return {object.metadata, object.spec, false, true};
  Node pod = nullptr;
  const bool is_scheduled = object.kind == "CronJob" || object.kind == "ScheduledJob";
  if (is_scheduled)
    pod = field(object.spec, {"jobTemplate", "spec", "template"});
  else if (object.kind == "PodTemplate")
    pod = field(object.root, "template");
  else if (std::find(kControllers.begin(), kControllers.end(), object.kind) != kControllers.end())
    pod = field(object.spec, "template");
  else
    return {};
  return {field(pod, "metadata"), field(pod, "spec"), is_scheduled || object.kind == "Job", true};
}

Writer Writer::below(std::string_view name) const {
  return {*facts_, *files_, fmt::format("{} > {}", scope_, name)};
}

Origin origin_of(const SourceFiles& files, Node place) {
  if (place == nullptr || place->file >= files.size()) return {};
  const SourceFile& file = files[place->file];
  return {file.path, place->line, file.has_columns ? place->column : 0};
}

void Writer::set(std::string_view key, std::string_view value, Node place) {
  facts_->setting(std::string(key), std::string(value), origin(place), scope_);
}

void Writer::unset(std::string_view key, std::string_view value) {
  facts_->setting(std::string(key), std::string(value), {}, scope_);
}

void Writer::put(std::string_view key, Node node, std::string_view otherwise) {
  if (node == nullptr)
    unset(key, otherwise);
  else
    set(key, text_of(node), node);
}

}  // namespace plimsoll::kubernetes
