#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/container/kubernetes/selector.h"
#include "plugins/container/kubernetes/workload.h"
#include "scanner/probe/together.h"

namespace plimsoll::kubernetes {

/// Where something stands, in one of the files that its notes are of.
struct Place {
  std::uint16_t file = 0;
  std::uint32_t line = 0, column = 0;
};

/// What every object is known by.
struct Named {
  std::string scope, kind, name, space;
  Place place;
};

struct PodNote : Named {
  Labels labels;
  std::string account;
  std::optional<bool> mounts_token;
  Place token_place;
  bool has_spec = false, has_readiness = false, uses_subpath = false;
  std::optional<std::int64_t> replicas;
  Place replicas_place;
};

/// A service, network policy or budget: what selects pods.
struct SelectorNote : Named {
  Selector selector;
  std::string type;                                    ///< of a service
  bool ingress = false, egress = false;                ///< of a policy: isolates in that direction
  bool denies_ingress = false, denies_egress = false;  ///< lets nothing through
  std::string min_available, max_unavailable;          ///< of a budget: a number, or `50%`
};

struct AccountNote : Named {
  std::optional<bool> mounts_token;
  Place token_place;
};

/// An autoscaler, or one backend of an ingress.
struct TargetNote : Named {
  std::string target_kind, target, port;
  std::int64_t min_replicas = 1;  ///< of an autoscaler
};

struct RoleNote : Named {
  std::vector<std::string_view> powers;
};

struct BindingNote : Named {
  std::string role_kind, role;
  std::vector<std::pair<std::string, std::string>> accounts;  ///< namespace, name
  bool everybody = false;  ///< all who are, or are not, authenticated
};

/// What is kept of one document, or of what one kustomization builds, to relate its objects to
/// those of others.
struct Notes {
  SourceFiles files;
  std::vector<PodNote> pods;
  std::vector<SelectorNote> services, policies, budgets;
  std::vector<AccountNote> accounts;
  std::vector<TargetNote> scalers, backends;
  std::vector<RoleNote> roles;
  std::vector<BindingNote> bindings;
  std::vector<Named> namespaces;
  std::vector<std::pair<std::string, std::vector<std::string>>> service_ports;
  std::vector<std::string> kubelets;  ///< versions
};

void note_object(Notes& notes, const Object& object, const Pod& pod);

/// Together::tell.
void relate(const Request& request, std::span<const DocumentNotes> documents,
            const Together::Sink& sink);

}  // namespace plimsoll::kubernetes
