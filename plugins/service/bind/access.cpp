#include "plugins/service/bind/access.h"

#include <array>
#include <vector>

#include "plugins/service/bind/addresses.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

constexpr std::size_t kDeepest = 500;
constexpr std::array<std::string_view, 8> kNames = {"key",   "localhost", "address", "localnets",
                                                    "geoip", "network",   "unknown", "any"};

const Node* entries_of(const Node& value) {
  const Node* out = &value;
  while (out->kind == Node::Kind::group && !out->parts.empty()) out = &out->parts.back();
  return out->kind == Node::Kind::list ? out : nullptr;
}

bool is_none(const Node& entry) {
  return entry.kind == Node::Kind::text && entry.word.empty() && iequals(entry.text, "none");
}

Who of_prefix(const Node& node) {
  const auto prefix = prefix_of(node.text);
  if (!prefix) return node.text.find('%') != std::string::npos ? Who::network : Who::unknown;
  if (prefix->address.is_loopback() && prefix->length >= 8) return Who::localhost;
  if (prefix->length == prefix->address.bits()) return Who::address;
  return is_wide(*prefix) ? Who::any : Who::network;
}

}  // namespace

std::string Who::text() const {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if ((kinds_ >> i & 1U) != 0) out.push_back(kNames[i]);
  return out.empty() ? "none" : join(out, " ");
}

Who Who::within(Who other) const {
  Who out;
  for (unsigned a = 1; a <= any; a <<= 1U)
    for (unsigned b = 1; b <= any; b <<= 1U)
      if ((kinds_ & a) != 0 && (other.kinds_ & b) != 0) out |= static_cast<Kind>(a < b ? a : b);
  return out;
}

Access::Access(const Configuration& configuration) {
  const Block& top = configuration.top;
  for (const Setting* one = top.find("acl"); one != nullptr; one = top.next(*one))
    acls_.emplace(name_of(one->value), one);
}

Who Access::of(const Node& list) {
  const Node* entries = entries_of(list);
  return entries == nullptr ? Who::unknown : admitted(*entries);
}

/// The list that an entry is, or names.
const Node* Access::list_of(const Node& entry) const {
  if (entry.kind == Node::Kind::list) return &entry;
  if (entry.kind != Node::Kind::text || !entry.word.empty()) return nullptr;
  const auto named = acls_.find(entry.text);
  return named == acls_.end() ? nullptr : entries_of(named->second->value);
}

/// Whom a list lets in: those whom an entry without `!` matches before another one does.
Who Access::admitted(const Node& entries) {
  // A list that leads to itself stops named; it is unknown until it is worked out.
  const auto [known, is_new] = admitted_.emplace(&entries, Who::unknown);
  if (!is_new || depth_ > kDeepest) return known->second;
  ++depth_;
  Who out;
  Who left = Who::any;
  for (const Node& entry : entries.parts) {
    const bool is_negated = entry.kind == Node::Kind::negated;
    const Node& inner = is_negated ? entry.parts[0] : entry;
    // `none` is `!any`.
    if (is_negated == is_none(inner))
      out |= (is_none(inner) ? Who(Who::any) : matched(inner)).within(left);
    left = is_none(inner) ? Who() : left.within(escaping(inner));
    if (left.is_nobody()) break;
  }
  --depth_;
  return admitted_[&entries] = out;
}

/// About whom a list within another says nothing: those whom an entry with `!` matches first, and
/// those whom none does.
Who Access::passed_over(const Node& entries) {
  const auto [known, is_new] = passed_over_.emplace(&entries, Who::any);
  if (!is_new || depth_ > kDeepest) return known->second;
  ++depth_;
  Who out;
  Who left = Who::any;
  for (const Node& entry : entries.parts) {
    const bool is_negated = entry.kind == Node::Kind::negated;
    const Node& inner = is_negated ? entry.parts[0] : entry;
    if (is_negated != is_none(inner))
      out |= (is_none(inner) ? Who(Who::any) : matched(inner)).within(left);
    left = is_none(inner) ? Who() : left.within(escaping(inner));
    if (left.is_nobody()) break;
  }
  out |= left;
  --depth_;
  return passed_over_[&entries] = out;
}

/// Whom an entry matches, be there a `!` before it or not.
Who Access::matched(const Node& entry) {
  if (const Node* list = list_of(entry)) return admitted(*list);
  if (entry.kind == Node::Kind::prefix) return of_prefix(entry);
  if (entry.kind == Node::Kind::group) return Who::geoip;
  if (entry.kind != Node::Kind::text) return Who::unknown;
  if (entry.word == "key") return Who::key;
  if (iequals(entry.text, "any")) return Who::any;
  if (iequals(entry.text, "localhost")) return Who::localhost;
  if (iequals(entry.text, "localnets")) return Who::localnets;
  return Who::unknown;
}

/// Who goes on to the entry behind it. Without some of all they are many still.
Who Access::escaping(const Node& entry) {
  if (const Node* list = list_of(entry)) return passed_over(*list);
  const bool is_everybody =
      entry.kind == Node::Kind::text && entry.word.empty() && iequals(entry.text, "any");
  return is_everybody ? Who() : Who(Who::any);
}

}  // namespace plimsoll::bind
