#include "plugins/os/pam/pam_paths.h"

#include <algorithm>
#include <unordered_map>

namespace plimsoll {
namespace {

/// What libpam thinks of the stack so far. Only the first positive status can be success, and a
/// negative impression never turns positive but by `reset`.
enum Impression : std::uint8_t { undefined, success, other_status, negative };

/// A point on the way: about to run a handler. `saved` holds, two bits a substack level, the
/// impression from before it, to which `reset` returns.
struct State {
  std::size_t at = 0;
  std::uint64_t saved = 0;
  Impression impression = undefined;
};

constexpr std::size_t kMaxStates = 20000;
constexpr std::size_t kMaxWork = 1'000'000;
constexpr std::size_t kEnd = static_cast<std::size_t>(-1);

struct Outcome {
  PamAction action;
  bool succeeded;  ///< the module returned PAM_SUCCESS
  bool failed;     ///< neither success nor a request for a new password nor PAM_IGNORE
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// pam_deny(8): what it returns for each type.
std::size_t denial(PamType type) {
  switch (type) {
    case PamType::password:
      return kPamAuthtokErr;
    case PamType::session:
      return kPamSessionErr;
    case PamType::auth:
    case PamType::account:
      return kPamAuthErr;
  }
  return kPamAuthErr;
}

Outcome outcome_of(const PamHandler& handler, std::size_t value) {
  const bool failed = value != kPamSuccess && value != kPamNewAuthtokReqd && value != kPamIgnore;
  return {handler.actions[value], value == kPamSuccess, failed};
}

/// The different ways in which a handler can end.
std::vector<Outcome> outcomes(const PamHandler& handler, PamType type, PamCaller caller) {
  if (handler.kind == PamHandler::Kind::must_fail) return {outcome_of(handler, kPamPermDenied)};
  if (handler.module == "pam_permit.so") return {outcome_of(handler, kPamSuccess)};
  if (handler.module == "pam_deny.so") return {outcome_of(handler, denial(type))};
  // pam_rootok(8): whoever is not root gets PAM_AUTH_ERR.
  if (handler.module == "pam_rootok.so" && caller == PamCaller::user)
    return {outcome_of(handler, kPamAuthErr)};
  std::vector<Outcome> out;
  for (std::size_t value = 0; value < kPamReturns; ++value) {
    const Outcome outcome = outcome_of(handler, value);
    if (std::find(out.begin(), out.end(), outcome) == out.end()) out.push_back(outcome);
  }
  return out;
}

class Walker {
 public:
  Walker(const PamStack& stack, PamType type, PamCaller caller) : stack_(stack) {
    for (const PamHandler& handler : stack) {
      outcomes_.push_back(outcomes(handler, type, caller));
      for (const Outcome& outcome : outcomes_.back())
        if (outcome.action == kPamReset) resets_ |= 3ULL << (2 * handler.level);
    }
  }

  struct Edge {
    std::size_t to;  ///< a state, or kEnd
    bool succeeds;   ///< with kEnd: the request is granted
    bool failed;     ///< the handler had failed
  };
  struct Node {
    State state;
    std::vector<Edge> edges;
    bool reaches_success = false;
  };

  /// Every state that can be reached, and the ways between them. False when there are too many.
  bool explore() {
    if (stack_.empty()) return true;
    node_of(enter({}, 0, 0, undefined));
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_.size() > kMaxStates) return false;
      const State state = nodes_[i].state;
      std::vector<Edge> edges;
      for (const Outcome& outcome : outcomes_of(state.at)) edges.push_back(follow(state, outcome));
      nodes_[i].edges = std::move(edges);
    }
    mark_successful();
    return nodes_.size() * stack_.size() <= kMaxWork;
  }

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }

 private:
  [[nodiscard]] std::vector<Outcome> outcomes_of(std::size_t at) const {
    if (stack_[at].kind == PamHandler::Kind::substack) return {{kPamIgnored, false, false}};
    return outcomes_[at];
  }

  /// The state at handler `at`, coming from one at level `from`. Entering a deeper level saves the
  /// impression; leaving one forgets what was saved for it.
  [[nodiscard]] State enter(std::uint64_t saved, std::size_t at, unsigned from,
                            Impression impression) const {
    const unsigned level = stack_[at].level;
    if (level > from) {
      const unsigned shift = 2 * level;
      saved = (saved & ~(3ULL << shift)) | (static_cast<std::uint64_t>(impression) << shift);
    }
    const std::uint64_t kept = (4ULL << (2 * level)) - 1;
    return {at, saved & kept & resets_, impression};
  }

  std::size_t node_of(const State& state) {
    const std::uint64_t key = (static_cast<std::uint64_t>(state.at) << 2U) | state.impression;
    const auto [found, added] = index_[state.saved].try_emplace(key, nodes_.size());
    if (added) nodes_.push_back({state, {}, false});
    return found->second;
  }

  /// The last handler that `count` jumps skip: each takes one module, or a substack as a whole.
  std::size_t jump(std::size_t at, PamAction& count) const {
    const unsigned level = stack_[at].level;
    while (at + 1 < stack_.size() && stack_[at + 1].level >= level && count > 0) {
      do ++at;
      while (at + 1 < stack_.size() && stack_[at + 1].level > level);
      --count;
    }
    return at;
  }

  [[nodiscard]] std::size_t end_of_level(std::size_t at) const {
    const unsigned level = stack_[at].level;
    while (at + 1 < stack_.size() && stack_[at + 1].level >= level) ++at;
    return at;
  }

  Edge follow(const State& state, const Outcome& outcome) {
    const unsigned level = stack_[state.at].level;
    std::size_t last = state.at;
    Impression impression = state.impression;
    PamAction action = outcome.action;
    switch (action) {
      case kPamIgnored:
        break;
      case kPamReset:
        impression = static_cast<Impression>((state.saved >> (2 * level)) & 3U);
        break;
      case kPamOk:
      case kPamDone:
        // A status other than success stays, and so does a failure.
        if (impression == undefined || impression == success)
          impression = outcome.succeeded ? success : other_status;
        if (action == kPamDone && impression != negative) last = end_of_level(last);
        break;
      case kPamBad:
      case kPamDie:
        impression = negative;
        if (action == kPamDie) last = end_of_level(last);
        break;
      default:
        last = jump(last, action);
        if (action > 0) impression = negative;  // "bad jump in stack"
        break;
    }
    const std::size_t next = last + 1;
    if (next == stack_.size()) return {kEnd, impression == success, outcome.failed};
    return {node_of(enter(state.saved, next, level, impression)), false, outcome.failed};
  }

  /// From which states there is a way to success, found backwards.
  void mark_successful() {
    std::vector<std::vector<std::size_t>> sources(nodes_.size());
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      for (const Edge& edge : nodes_[i].edges) {
        if (edge.to != kEnd)
          sources[edge.to].push_back(i);
        else if (edge.succeeds)
          open.push_back(i);
      }
    while (!open.empty()) {
      const std::size_t node = open.back();
      open.pop_back();
      if (nodes_[node].reaches_success) continue;
      nodes_[node].reaches_success = true;
      open.insert(open.end(), sources[node].begin(), sources[node].end());
    }
  }

  const PamStack& stack_;
  std::vector<std::vector<Outcome>> outcomes_;
  std::uint64_t resets_ =
      0;  ///< levels in which something resets: only there matters what was saved
  std::vector<Node> nodes_;
  std::unordered_map<std::uint64_t, std::unordered_map<std::uint64_t, std::size_t>> index_;
};

/// Walks all states from the start, but never past handler `barred`. Tells whether success was
/// reached; `seen` marks the states on the way.
bool reaches_without(const std::vector<Walker::Node>& nodes, std::size_t barred,
                     std::vector<char>& seen) {
  seen.assign(nodes.size(), 0);
  std::vector<std::size_t> open{0};
  bool found = false;
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    if (seen[at] != 0 || nodes[at].state.at == barred) continue;
    seen[at] = 1;
    for (const Walker::Edge& edge : nodes[at].edges) {
      if (edge.to != kEnd)
        open.push_back(edge.to);
      else
        found = found || edge.succeeds;
    }
  }
  return found;
}

bool failure_denies(const Walker::Node& node, const std::vector<Walker::Node>& nodes) {
  return std::none_of(node.edges.begin(), node.edges.end(), [&](const Walker::Edge& edge) {
    return edge.failed && (edge.to == kEnd ? edge.succeeds : nodes[edge.to].reaches_success);
  });
}

PamPosition describe(const PamStack& stack, const std::vector<Walker::Node>& nodes, std::size_t at,
                     std::vector<char>& seen) {
  PamPosition out;
  out.on_every_success = !reaches_without(nodes, at, seen);
  std::set<std::string> earlier;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const PamHandler& handler = stack[nodes[i].state.at];
    if (nodes[i].state.at == at)
      out.failure_denies = out.failure_denies && failure_denies(nodes[i], nodes);
    else if (nodes[i].reaches_success && handler.kind == PamHandler::Kind::module)
      (seen[i] != 0 ? earlier : out.before).insert(handler.module);
  }
  for (const std::string& module : earlier) out.before.erase(module);
  return out;
}

}  // namespace

PamPaths analyse_pam_stack(const PamStack& stack, PamType type, PamCaller caller) {
  PamPaths out;
  Walker walker(stack, type, caller);
  if (!walker.explore()) {
    out.bounded = false;
    return out;
  }
  const auto& nodes = walker.nodes();
  out.can_succeed = !nodes.empty() && nodes.front().reaches_success;
  std::vector<char> seen;
  for (std::size_t at = 0; at < stack.size(); ++at)
    out.positions.push_back(describe(stack, nodes, at, seen));
  return out;
}

}  // namespace plimsoll
