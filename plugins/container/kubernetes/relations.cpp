// What only the objects of a tree together tell: who selects whom, whose token is mounted, which
// role an account has. Objects find each other by namespace, wherever in the tree they lie.
#include "plugins/container/kubernetes/relations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <utility>

#include "plugins/container/kubernetes/rbac.h"
#include "scanner/base/text.h"

namespace plimsoll::kubernetes {
namespace {

/// How many pairs of selector and labels are compared at most.
constexpr std::size_t kMostComparisons = 4U << 20U;
/// So many facts at a time are held in memory.
constexpr std::size_t kBatch = 4096;

constexpr std::array<std::string_view, 8> kSensitive = {
    "nifi",    "argo-server",          "weave-scope-app",       "kubeflow",
    "jenkins", "kubernetes-dashboard", "prometheus-deployment", "jupyter"};

/// A note and the files that it is from.
template <class Note>
struct Seen {
  const Note* note = nullptr;
  const SourceFiles* files = nullptr;
  const Note* operator->() const { return note; }
};

/// What is found out of one pod by what selects it.
struct PodState {
  bool ingress = false, egress = false, budget = false, service = false;
};

template <class Note>
std::vector<Seen<Note>> all_of(std::span<const DocumentNotes> documents,
                               std::vector<Note> Notes::*member) {
  std::vector<Seen<Note>> out;
  for (const DocumentNotes& document : documents) {
    const auto& notes = *static_cast<const Notes*>(document.notes.get());
    for (const Note& note : notes.*member) out.push_back({&note, &notes.files});
  }
  return out;
}

Origin at(const SourceFiles& files, Place place) {
  const SourceFile& file = files[place.file];
  return {file.path, place.line, file.has_columns ? place.column : 0};
}

/// The pods of a tree, found by a label that a selector asks for.
class Pods {
 public:
  explicit Pods(const std::vector<Seen<PodNote>>& pods) : pods_(pods) {
    for (std::uint32_t i = 0; i < pods.size(); ++i) {
      by_space_[pods[i]->space].push_back(i);
      for (const auto& label : pods[i]->labels)
        by_label_.emplace_back(id(pods[i]->space, label), i);
    }
    std::sort(by_label_.begin(), by_label_.end());
  }

  /// Calls `visit` with each pod that is selected until it returns false.
  template <class Visit>
  void each(const std::string& space, const Selector& selector, Visit visit) {
    const auto one = [&](std::size_t i) {
      if (++comparisons_ > kMostComparisons) return false;
      return !(pods_[i]->space == space && selector.selects(pods_[i]->labels)) || visit(i);
    };
    if (!selector.equal.empty()) {
      for (const Entry& entry : rarest(space, selector))
        if (!one(entry.second)) return;
    } else if (const auto here = by_space_.find(space); here != by_space_.end()) {
      for (const std::size_t i : here->second)
        if (!one(i)) return;
    }
  }
  [[nodiscard]] bool gave_up() const { return comparisons_ > kMostComparisons; }

 private:
  using Entry = std::pair<std::size_t, std::uint32_t>;  ///< hash of namespace and label, pod

  static std::size_t id(const std::string& space, const Labels::value_type& label) {
    const std::hash<std::string> hash;
    return hash(space) * 31 * 31 + hash(label.first) * 31 + hash(label.second);
  }

  /// The pods with the one label that the fewest have.
  [[nodiscard]] std::span<const Entry> rarest(const std::string& space,
                                              const Selector& selector) const {
    std::span<const Entry> best(by_label_);
    for (const auto& label : selector.equal) {
      const std::size_t wanted = id(space, label);
      const auto begin = std::lower_bound(by_label_.begin(), by_label_.end(), Entry{wanted, 0});
      const auto end = std::find_if(begin, by_label_.end(),
                                    [&](const Entry& entry) { return entry.first != wanted; });
      if (static_cast<std::size_t>(end - begin) < best.size()) best = {begin, end};
    }
    return best;
  }

  const std::vector<Seen<PodNote>>& pods_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_space_;
  std::vector<Entry> by_label_;  ///< sorted
  std::size_t comparisons_ = 0;
};

bool has(const std::vector<std::string_view>& powers, std::string_view power) {
  return std::find(powers.begin(), powers.end(), power) != powers.end();
}

/// CVE-2021-25741: mended in 1.19.15, 1.20.11, 1.21.5 and 1.22.2.
bool follows_subpaths_out(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kMended = {
      {{"1.19.", "1.19.15"}, {"1.20.", "1.20.11"}, {"1.21.", "1.21.5"}, {"1.22.", "1.22.2"}}};
  for (const auto& [line, mended] : kMended)
    if (version.starts_with(line)) return compare_versions(version, mended) < 0;
  return compare_versions(version, "1.19") < 0;
}

class Relations {
 public:
  Relations(std::span<const DocumentNotes> documents, const Together::Sink& sink)
      : documents_(documents),
        sink_(sink),
        pods_(all_of(documents, &Notes::pods)),
        index_(pods_),
        states_(pods_.size()) {}

  void tell() {
    index_roles();
    tell_services();
    mark(all_of(documents_, &Notes::policies), [](PodState& state, const SelectorNote& policy) {
      state.ingress = state.ingress || policy.ingress;
      state.egress = state.egress || policy.egress;
    });
    mark(all_of(documents_, &Notes::budgets),
         [](PodState& state, const SelectorNote&) { state.budget = true; });
    tell_policies();
    tell_targets();
    tell_budgets();
    tell_pods();
    tell_namespaces();
    tell_bindings();
    hand_over();
  }

 private:
  void set(const Named& named, const SourceFiles& files, Place place, std::string_view key,
           std::string_view value) {
    facts_.setting(std::string(key), std::string(value), at(files, place), named.scope);
    if (facts_.rows.size() >= kBatch) hand_over();
  }

  void hand_over() {
    if (index_.gave_up())
      facts_.gap({ErrorCode::limit,
                  fmt::format("more than {} selectors and pods to compare", kMostComparisons),
                  {}});
    sink_(std::exchange(facts_, {}));
  }

  // --- what selects pods

  template <class Apply>
  void mark(const std::vector<Seen<SelectorNote>>& notes, Apply apply) {
    for (const auto& note : notes)
      index_.each(note->space, note->selector, [&](std::size_t i) {
        apply(states_[i], *note.note);
        return true;
      });
  }

  bool selects_any(const SelectorNote& note) {
    bool any = false;
    index_.each(note.space, note.selector, [&](std::size_t) { return !(any = true); });
    return any;
  }

  void tell_services() {
    for (const auto& service : all_of(documents_, &Notes::services)) {
      const bool opens = service->type == "NodePort" || service->type == "LoadBalancer";
      std::string_view sensitive = kNone;
      bool any = false;
      index_.each(service->space, service->selector, [&](std::size_t i) {
        any = states_[i].service = true;
        for (const std::string_view word : kSensitive)
          if (opens && pods_[i]->name.find(word) != std::string::npos) sensitive = word;
        return true;
      });
      set(*service.note, *service.files, service->place, "selector.pods", any ? "some" : kNone);
      set(*service.note, *service.files, service->place, "exposes-interface", sensitive);
    }
  }

  void tell_policies() {
    for (const auto& policy : all_of(documents_, &Notes::policies))
      set(*policy.note, *policy.files, policy->place, "podselector.pods",
          policy->selector.is_empty() || selects_any(*policy.note) ? "some" : kNone);
  }

  void tell_namespaces() {
    std::map<std::string, std::pair<bool, bool>, std::less<>> denied;
    for (const auto& policy : all_of(documents_, &Notes::policies)) {
      if (!policy->selector.is_empty()) continue;
      auto& [ingress, egress] = denied[policy->space];
      ingress = ingress || policy->denies_ingress;
      egress = egress || policy->denies_egress;
    }
    for (const auto& space : all_of(documents_, &Notes::namespaces)) {
      const auto [ingress, egress] = denied[space->name];
      set(*space.note, *space.files, space->place, "default-deny", both(ingress, egress));
    }
  }

  static std::string_view both(bool ingress, bool egress) {
    return ingress && egress ? "both" : ingress ? "ingress" : egress ? "egress" : kNone;
  }

  // --- what names its target

  void tell_targets() {
    std::map<std::string, bool, std::less<>> workloads;
    for (const auto& pod : pods_) workloads[pod->space + '/' + pod->kind + '/' + pod->name] = true;
    for (const auto& scaler : all_of(documents_, &Notes::scalers)) {
      const std::string id = scaler->space + '/' + scaler->target_kind + '/' + scaler->target;
      scaled_[id] = scaler->min_replicas;
      set(*scaler.note, *scaler.files, scaler->place, "scaletarget",
          workloads.contains(id) ? "found" : "missing");
    }
    std::map<std::string, const std::vector<std::string>*, std::less<>> ports;
    for (const DocumentNotes& document : documents_)
      for (const auto& [name, list] :
           static_cast<const Notes*>(document.notes.get())->service_ports)
        ports[name] = &list;
    for (const auto& backend : all_of(documents_, &Notes::backends)) {
      const auto found = ports.find(backend->space + '/' + backend->target);
      const bool there =
          found != ports.end() &&
          (backend->port.empty() || std::find(found->second->begin(), found->second->end(),
                                              backend->port) != found->second->end());
      set(*backend.note, *backend.files, backend->place, "backend",
          there ? "found" : "missing " + backend->target);
    }
  }

  /// Whether a node can be emptied of the pods that a budget selects: the API refuses to evict what
  /// would leave too few ("Disruptions"; "Specifying a Disruption Budget").
  void tell_budgets() {
    for (const auto& budget : all_of(documents_, &Notes::budgets)) {
      const std::string& least = budget->min_available;
      const std::string& most = budget->max_unavailable;
      bool is_shut = least == "100%" || most == "0" || most == "0%";
      const auto wanted = to_integer(least);
      index_.each(budget->space, budget->selector, [&](std::size_t i) {
        const std::optional<std::int64_t> replicas = fewest(pods_[i]);
        is_shut = is_shut || (wanted && replicas && *wanted >= *replicas);
        return !is_shut;
      });
      set(*budget.note, *budget.files, budget->place, "evictions", is_shut ? kNone : "possible");
    }
  }

  /// How many replicas of a workload there are at least; nothing of what has none.
  [[nodiscard]] std::optional<std::int64_t> fewest(const Seen<PodNote>& pod) const {
    const auto scaled = scaled_.find(pod->space + '/' + pod->kind + '/' + pod->name);
    if (scaled != scaled_.end()) return scaled->second;
    if (pod->kind != "Deployment" && pod->kind != "StatefulSet" && pod->kind != "ReplicaSet")
      return std::nullopt;
    return pod->replicas.value_or(1);
  }

  // --- accounts and roles

  void index_roles() {
    for (const auto& role : all_of(documents_, &Notes::roles))
      roles_[role_id(*role.note)] = role.note;
    for (const auto& account : all_of(documents_, &Notes::accounts))
      accounts_.insert_or_assign(account->space + '/' + account->name, account);
    for (const auto& binding : all_of(documents_, &Notes::bindings))
      if (const RoleNote* role = role_of(*binding.note))
        for (const auto& [space, name] : binding->accounts) note_power(space + '/' + name, *role);
      else if (binding->role == "cluster-admin")
        for (const auto& [space, name] : binding->accounts) powers_[space + '/' + name] = "admin";
  }

  static std::string role_id(const RoleNote& role) {
    return role.kind == "ClusterRole" ? "/" + role.name : role.space + "/" + role.name;
  }

  [[nodiscard]] const RoleNote* role_of(const BindingNote& binding) const {
    const std::string space = binding.role_kind == "ClusterRole" ? std::string() : binding.space;
    const auto found = roles_.find(space + "/" + binding.role);
    return found == roles_.end() ? nullptr : found->second;
  }

  void note_power(const std::string& account, const RoleNote& role) {
    std::string_view& power = powers_.try_emplace(account, kNone).first->second;
    if (has(role.powers, "everything-core"))
      power = "admin";
    else if (power != "admin" &&
             (has(role.powers, "secrets-read") || has(role.powers, "pods-create") ||
              has(role.powers, "roles-bind") || has(role.powers, "impersonate")))
      power = "takeover";
  }

  void tell_bindings() {
    for (const auto& binding : all_of(documents_, &Notes::bindings)) {
      const RoleNote* role = role_of(*binding.note);
      if (!is_managed_name(binding->name))
        set(*binding.note, *binding.files, binding->place, "roleref.power",
            power_of(*binding.note, role));
      if (binding->everybody)
        set(*binding.note, *binding.files, binding->place, "everybody.power",
            power_of_everybody(role));
    }
  }

  static std::string_view power_of(const BindingNote& binding, const RoleNote* role) {
    if (binding.role == "cluster-admin") return "cluster-admin";
    if (role == nullptr) return kNone;
    return has(role->powers, "everything")                                      ? "everything"
           : has(role->powers, "everything-core")                               ? "everything-core"
           : has(role->powers, "pods-exec") || has(role->powers, "pods-attach") ? "pods-exec"
                                                                                : kNone;
  }

  static std::string_view power_of_everybody(const RoleNote* role) {
    constexpr std::array<std::string_view, 12> kPowers = {
        "everything-core", "secrets-read", "pods-create",   "workloads-create",
        "pods-exec",       "impersonate",  "roles-bind",    "rbac-write",
        "nodes-proxy",     "pods-view",    "tokens-create", "network-write"};
    for (const std::string_view power : kPowers)
      if (role != nullptr && has(role->powers, power)) return power;
    return kNone;
  }

  // --- pods

  void tell_pods() {
    bool old = false;
    for (const DocumentNotes& document : documents_)
      for (const std::string& version : static_cast<const Notes*>(document.notes.get())->kubelets)
        old = old || follows_subpaths_out(version);
    for (std::size_t i = 0; i < pods_.size(); ++i) {
      const auto& pod = pods_[i];
      tell_replicas(pod, states_[i]);
      if (!pod->has_spec) continue;
      const auto tell = [&](std::string_view key, std::string_view value) {
        set(*pod.note, *pod.files, pod->place, key, value);
      };
      tell("networkpolicy", both(states_[i].ingress, states_[i].egress));
      if (states_[i].service) tell("readiness-for-service", pod->has_readiness ? "present" : kNone);
      if (old) tell("subpath-on-old-kubelet", pod->uses_subpath ? "yes" : "no");
      tell_account(pod);
    }
  }

  /// The pod's word beats the account's; both silent, the token is mounted ("Configure Service
  /// Accounts for Pods").
  void tell_account(const Seen<PodNote>& pod) {
    const std::string id = pod->space + '/' + pod->account;
    const auto account = accounts_.find(id);
    const bool known = account != accounts_.end();
    bool mounts = true;
    Origin origin = at(*pod.files, pod->place);
    if (pod->mounts_token) {
      mounts = *pod->mounts_token;
      origin = at(*pod.files, pod->token_place);
    } else if (known && account->second->mounts_token) {
      mounts = *account->second->mounts_token;
      origin = at(*account->second.files, account->second->token_place);
    }
    facts_.setting("automountserviceaccounttoken", mounts ? "true" : "false", origin, pod->scope);
    const auto power = powers_.find(id);
    set(*pod.note, *pod.files, pod->place, "account.power",
        !mounts || power == powers_.end() ? kNone : power->second);
    set(*pod.note, *pod.files, pod->place, "account.default-token",
        mounts && pod->account == "default" ? "mounted" : "no");
    if (pod->account != "default")
      set(*pod.note, *pod.files, pod->place, "account.defined", known ? "yes" : "no");
  }

  /// How many there are of an autoscaled workload is not its own to say.
  void tell_replicas(const Seen<PodNote>& pod, const PodState& state) {
    const bool is_deployment = pod->kind == "Deployment" || pod->kind == "DeploymentConfig";
    if (!is_deployment && pod->kind != "StatefulSet") return;
    const bool scaled = scaled_.contains(pod->space + '/' + pod->kind + '/' + pod->name);
    const bool single = pod->replicas && *pod->replicas < 2 && !scaled;
    if (!single)
      set(*pod.note, *pod.files, pod->place, "poddisruptionbudget",
          state.budget ? "present" : kNone);
    if (scaled)
      set(*pod.note, *pod.files, pod->replicas ? pod->replicas_place : pod->place,
          "replicas.autoscaled", pod->replicas ? "fixed" : "free");
    if (scaled || !is_deployment) return;
    if (pod->replicas)
      set(*pod.note, *pod.files, pod->replicas_place, "replicas", std::to_string(*pod->replicas));
    else
      facts_.setting("replicas", "1", at(*pod.files, pod->place), pod->scope);
  }

  std::span<const DocumentNotes> documents_;
  const Together::Sink& sink_;
  std::vector<Seen<PodNote>> pods_;
  Pods index_;
  std::vector<PodState> states_;
  std::map<std::string, const RoleNote*, std::less<>> roles_;
  std::map<std::string, Seen<AccountNote>, std::less<>> accounts_;
  std::map<std::string, std::string_view, std::less<>> powers_;  ///< of accounts
  std::map<std::string, std::int64_t, std::less<>> scaled_;      ///< the fewest replicas
  Facts facts_;
};

}  // namespace

void relate(const Request&, std::span<const DocumentNotes> documents, const Together::Sink& sink) {
  Relations(documents, sink).tell();
}

}  // namespace plimsoll::kubernetes
