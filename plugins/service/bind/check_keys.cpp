#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "plugins/service/bind/checks.h"
#include "plugins/service/bind/dns_names.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

/// Seconds of a policy's statement, or what stands for it where it is not written.
std::uint64_t seconds(const Block& policy, std::string_view key, std::uint64_t otherwise) {
  const Node* value = policy.value(key);
  return value == nullptr ? otherwise : value->number;
}

constexpr std::uint64_t kHour = 3600;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kMostIterations = 150;

}  // namespace

/// `name TYPE number number number "data"`; old ones have no type.
void Checker::anchor(const Node& entry, bool is_old) {
  constexpr std::size_t kLongest = 4096;
  const std::size_t first = is_old ? 1 : 2;
  const bool is_digest = !is_old && lower(entry.parts[1].text).ends_with("-ds");
  if (!domain_name(entry.parts[0].text))
    refuse(entry, fmt::format("`{}` is no name", entry.parts[0].text));
  if (entry.parts[first].number > 65535 || entry.parts[first + 1].number > 255 ||
      entry.parts[first + 2].number > 255)
    refuse(entry, "a number of a trust anchor is too large");
  const std::string& data = entry.parts[first + 3].text;
  const auto length = is_digest ? hex_length(data) : base64_length(data);
  if (!length || *length > kLongest) refuse(entry, "the data of a trust anchor cannot be read");
}

Checker::Anchors Checker::anchors(const Block* block) {
  Anchors out;
  if (block == nullptr) return out;
  for (const std::string_view key : {"trusted-keys", "managed-keys", "trust-anchors"})
    each(*block, key, [&](const Setting& one) {
      for (const Node& entry : one.value.parts) {
        const bool is_old = key == "trusted-keys";
        anchor(entry, is_old);
        const bool is_initial = !is_old && istarts_with(entry.parts[1].text, "initial-");
        if (const auto name = domain_name(entry.parts[0].text))
          (is_initial ? out.initial : out.fixed).emplace(*name, &entry);
      }
    });
  return out;
}

/// A name has anchors that stay or such that begin, here and outside together.
void Checker::trust_anchors(const View& view) {
  const Block& top = configuration_.top;
  const Anchors own = anchors(view.block);
  const auto has = [&](std::string_view key) {
    return top.find(key) != nullptr || (view.block != nullptr && view.block->find(key) != nullptr);
  };
  if (has("managed-keys") && has("trust-anchors")) {
    const Setting* old = top.find("managed-keys");
    refuse(old != nullptr ? *old : *view.block->find("managed-keys"),
           "managed-keys and trust-anchors");
  }
  const auto clash = [&](const Anchors& fixed, const Anchors& initial) {
    for (const auto& [name, entry] : initial.initial)
      if (fixed.fixed.count(name) != 0)
        refuse(*entry, fmt::format("`{}` has a static trust anchor as well", name));
  };
  clash(own, own);
  clash(top_anchors_, own);
  if (view.block == nullptr) clash(top_anchors_, top_anchors_);
  for (const auto& [name, entry] : own.fixed)
    if (top_anchors_.initial.count(name) != 0)
      refuse(*entry, fmt::format("`{}` has an initial trust anchor as well", name));
  const Node* validation = effective(nullptr, view.block, "dnssec-validation");
  if (validation == nullptr || validation->kind == Node::Kind::boolean) return;
  for (const Anchors* anchors : {&own, &std::as_const(top_anchors_)})
    if (const auto root = anchors->fixed.find("."); root != anchors->fixed.end())
      refuse(*root->second, "a static trust anchor of the root beside dnssec-validation auto");
}

/// cfg_kasp_fromconfig of lib/isccfg/kaspconf.c.
void Checker::policies() {
  each(configuration_.top, "dnssec-policy", [&](const Setting& one) {
    const std::string name(name_of(one.value));
    if (is_one_of(name, "none default insecure") || !policies_.insert(name).second)
      return refuse(one, fmt::format("dnssec-policy `{}` is there already", name));
    policy(one, *block_of(one.value));
  });
}

void Checker::policy(const Setting& setting, const Block& block) {
  const std::uint64_t jitter = seconds(block, "signatures-jitter", 12 * kHour);
  const std::uint64_t refresh = seconds(block, "signatures-refresh", 5 * kDay);
  const std::uint64_t validity = seconds(block, "signatures-validity", 14 * kDay);
  const std::uint64_t of_keys = seconds(block, "signatures-validity-dnskey", 14 * kDay);
  for (const std::uint64_t one : {validity, of_keys})
    if (static_cast<double>(refresh) >= static_cast<double>(one) * 0.9 || jitter > one)
      refuse(setting, "signatures are refreshed too late, or jitter too much");
  const std::uint64_t ttl = seconds(block, "max-zone-ttl", kDay);
  const std::uint64_t delay = seconds(block, "zone-propagation-delay", 300);
  const std::uint64_t retire = seconds(block, "retire-safety", kHour);
  const std::uint64_t published =
      seconds(block, "dnskey-ttl", kHour) + seconds(block, "publish-safety", kHour) + delay;
  const std::uint64_t parent = seconds(block, "parent-ds-ttl", kDay) + retire +
                               seconds(block, "parent-propagation-delay", kHour);
  const std::uint64_t zone = validity - std::min(refresh, validity) + ttl + retire + delay;
  std::map<unsigned, std::pair<bool, bool>> roles;  // of an algorithm: of keys and of zones
  const Node* keys = block.value("keys");
  std::uint64_t is_bad_for_nsec3 = 0;
  for (std::size_t i = 0; keys != nullptr && i < keys->parts.size(); ++i) {
    const Node& key = keys->parts[i];
    const bool of_key = key.parts[0].text == "csk" || key.parts[0].text == "ksk";
    const bool of_zone = key.parts[0].text == "csk" || key.parts[0].text == "zsk";
    const std::uint64_t lifetime = key.parts[2].number;
    if (lifetime > 0 && ((of_key && lifetime <= std::max(published, parent)) ||
                         (of_zone && lifetime <= std::max(published, zone))))
      refuse(key, "a key lives shorter than it takes to replace it");
    const auto algorithm = algorithm_number(key.parts[3].text);
    if (!algorithm) return refuse(key, fmt::format("no algorithm `{}`", key.parts[3].text));
    const Node& length = key.parts[4];
    const bool is_rsa = *algorithm == 5 || *algorithm == 7 || *algorithm == 8 || *algorithm == 10;
    if (is_rsa && length.is_there() && (length.number < 1024 || length.number > 4096))
      refuse(key, "the length of a key is out of range");
    if (*algorithm == 1 || *algorithm == 2 || *algorithm == 3 || *algorithm == 5)
      is_bad_for_nsec3 = *algorithm;
    roles[*algorithm].first |= of_key;
    roles[*algorithm].second |= of_zone;
  }
  for (const auto& [algorithm, role] : roles)
    if (role.first != role.second)
      refuse(*keys, fmt::format("algorithm {} has keys for one of two roles", algorithm));
  const Node* nsec3 = block.value("nsec3param");
  if (nsec3 == nullptr) return;
  const Node* iterations = nsec3->part("iterations");
  const Node* salt = nsec3->part("salt-length");
  if (is_bad_for_nsec3 != 0 || (iterations != nullptr && iterations->number > kMostIterations) ||
      (salt != nullptr && salt->number > 255))
    refuse(*nsec3, "nsec3param is out of range, or for an algorithm without it");
}

}  // namespace plimsoll::bind
