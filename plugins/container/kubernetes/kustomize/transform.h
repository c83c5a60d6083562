#pragma once

#include <string>
#include <vector>

#include "plugins/container/kubernetes/kustomize/resource.h"

namespace plimsoll::kubernetes::kustomize {

using Resources = std::vector<Resource>;

// The fields of a kustomization that change every resource, one function each ("The Kustomization
// File", kubectl reference; which fields of which kinds: kustomize's default transformer
// configuration).

/// `namespace`: of all that have one, of Namespace objects, of the accounts that bindings name.
void set_namespace(Nodes& nodes, Resources& all, Node space);
/// `namePrefix`, `nameSuffix`, and the references to what is renamed.
void rename(Nodes& nodes, Resources& all, std::string_view prefix, std::string_view suffix);
/// References by a name that an object had before: what an overlay says of a base.
void follow_former_names(Nodes& nodes, Resources& all);
/// `commonLabels`, and `labels` with `includeSelectors`.
enum class LabelReach : std::uint8_t { metadata, templates, selectors };
void add_labels(Nodes& nodes, Resources& all, Node labels, LabelReach reach);
/// `commonAnnotations`.
void add_annotations(Nodes& nodes, Resources& all, Node annotations);
/// One of `replicas`. False when there is nothing of that name.
bool set_replicas(Nodes& nodes, Resources& all, Node entry);
/// One of `images`.
void set_image(Nodes& nodes, Resources& all, Node entry);

}  // namespace plimsoll::kubernetes::kustomize
