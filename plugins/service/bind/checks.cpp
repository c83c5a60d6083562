#include "plugins/service/bind/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/service/bind/dns_names.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

ByName by_name(const Block& block, std::string_view key) {
  ByName out;
  each(block, key, [&](const Setting& one) { out.emplace(name_of(one.value), &one); });
  return out;
}

}  // namespace

bool AnyCase::operator()(std::string_view a, std::string_view b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return static_cast<unsigned char>(fold(x)) < static_cast<unsigned char>(fold(y));
  });
}

Checker::Checker(Configuration& configuration)
    : configuration_(configuration),
      options_(configuration.options()),
      acls_(by_name(configuration.top, "acl")),
      keys_(by_name(configuration.top, "key")),
      tls_(by_name(configuration.top, "tls")),
      http_(by_name(configuration.top, "http")),
      primaries_(by_name(configuration.top, "primaries")),
      agents_(by_name(configuration.top, "parental-agents")) {
  for (const auto& [name, setting] : by_name(configuration.top, "masters"))
    primaries_.emplace(name, setting);
  if (options_ != nullptr)
    if (const Node* port = options_->value("port"); port != nullptr && port->number < 65535)
      dns_port_ = port->number;
}

void Checker::refuse(const Node& where, std::string what) {
  configuration_.refuse(std::move(what), where.place);
}
void Checker::refuse(const Setting& where, std::string what) {
  configuration_.refuse(std::move(what), where.place);
}

void Checker::run() {
  policies();
  if (options_ != nullptr) options(*options_, Level::options);
  logging();
  controls();
  remote_lists();
  http();
  tls();
  views();
  acl_names();
}

const Node* Checker::effective(const Block* zone, const Block* view, std::string_view key) const {
  for (const Block* block : {zone, view, options_})
    if (block != nullptr)
      if (const Node* found = block->value(key)) return found;
  return nullptr;
}

void Checker::views() {
  const Block& top = configuration_.top;
  keys(top, top_keys_);
  top_anchors_ = anchors(&top);
  top_uses_ = servers(top);
  if (options_ != nullptr) nonzero(*options_);
  if (options_ != nullptr && top.find("view") != nullptr) dual_stack(*options_);
  if (top.find("view") == nullptr) {
    View all;
    view(all);
    return;
  }
  for (const std::string_view key : {"zone", "plugin"})
    if (const Setting* outside = top.find(key))
      refuse(*outside, fmt::format("a {} outside of the views", key));
  std::map<std::pair<std::string, unsigned>, const Setting*> seen;
  std::size_t count = 0;
  each(top, "view", [&](const Setting& one) {
    if (++count > kMostViews || configuration_.refused) return;
    View found;
    found.name = one.value.parts[0].text;
    found.block = block_of(one.value);
    const Node& class_name = one.value.parts[1];
    if (class_name.is_there()) {
      const auto number = class_number(class_name.text);
      if (!number) return refuse(class_name, fmt::format("no class `{}`", class_name.text));
      found.class_number = *number;
    }
    if (!seen.emplace(std::pair(found.name, found.class_number), &one).second)
      return refuse(one, fmt::format("a second view `{}`", found.name));
    if ((iequals(found.name, "_bind") && found.class_number == 3) ||
        (iequals(found.name, "_default") && found.class_number == 1))
      return refuse(one, fmt::format("the view `{}` is built in", found.name));
    view(found);
  });
}

void Checker::view(View& view) {
  const Block& top = configuration_.top;
  const Block& own = view.block == nullptr ? top : *view.block;
  each(own, "zone", [&](const Setting& one) { zone(view, one); });
  const Block* options = view.block == nullptr ? options_ : view.block;
  if (options != nullptr) {
    response_zones(*options, view);
    forwarding(*options, nullptr);
    dual_stack(*options);
    ordering(*options);
    nonzero(*options);
  }
  std::set<std::string> known;
  if (view.block != nullptr) keys(*view.block, known);
  const bool has_servers = view.block != nullptr && view.block->find("server") != nullptr;
  server_keys(has_servers ? servers(*view.block) : top_uses_, known);
  trust_anchors(view);
  if (view.block != nullptr) this->options(*view.block, Level::view);
  if (options_ == nullptr || options_->find("dnstap-output") == nullptr)
    if (const Node* tap = effective(nullptr, view.block, "dnstap"))
      refuse(*tap, "dnstap without dnstap-output");
  for (const std::string_view key :
       {"allow-query", "allow-query-on", "allow-query-cache", "allow-query-cache-on", "blackhole",
        "keep-response-order", "match-clients", "match-destinations", "sortlist", "allow-recursion",
        "allow-recursion-on"})
    acl_of(nullptr, view.block, key);
  const bool has_dns64 = view.block != nullptr && view.block->find("dns64") != nullptr;
  if (has_dns64)
    dns64(*view.block);
  else if (options_ != nullptr)
    dns64(*options_);
  if (const Node* limit = effective(nullptr, view.block, "rate-limit")) rate_limit(*limit->block);
}

void Checker::logging() {
  constexpr std::string_view kCategories =
      "default general sslkeylog client network update queries update-security query-errors "
      "trust-anchor-telemetry serve-stale notify database security dnssec resolver xfer-in "
      "xfer-out dispatch lame-servers delegation-only edns-disabled rpz rate-limit cname spill "
      "dnstap "
      "zoneload nsid rpz-passthru config unmatched _placeholder";
  const Node* found = configuration_.top.value("logging");
  if (found == nullptr) return;
  std::set<std::string, AnyCase> channels = {"default_syslog", "default_stderr", "default_debug",
                                             "null"};
  each(*found->block, "channel", [&](const Setting& one) {
    const Block& channel = *block_of(one.value);
    int places = 0;
    for (const std::string_view place : {"file", "syslog", "null", "stderr"})
      if (channel.find(place) != nullptr) ++places;
    if (places != 1)
      refuse(one, fmt::format("channel `{}` has not one of file, syslog, null and stderr",
                              name_of(one.value)));
    channels.emplace(name_of(one.value));
  });
  each(*found->block, "category", [&](const Setting& one) {
    // The first category has no name, and takes an empty one.
    const std::string_view name = name_of(one.value);
    if (!name.empty() && !is_one_of(name, kCategories))
      refuse(one, fmt::format("no category `{}`", name));
    for (const Node& channel : one.value.parts[1].parts)
      if (channels.count(channel.text) == 0)
        refuse(channel, fmt::format("no channel `{}`", channel.text));
  });
}

void Checker::control_keys(const Node& control) {
  const Node* names = control.part("keys");
  if (names == nullptr) return;
  for (const Node& name : names->parts)
    if (keys_.count(name.text) == 0) refuse(name, fmt::format("no key `{}`", name.text));
}

void Checker::controls() {
  constexpr std::size_t kLongestPath = 107;  // sun_path of a socket's address
  each(configuration_.top, "controls", [&](const Setting& controls) {
    each(*controls.value.block, "inet", [&](const Setting& one) {
      if (const Node* allowed = one.value.part("allow")) acl(*allowed);
      control_keys(one.value);
    });
    each(*controls.value.block, "unix", [&](const Setting& one) {
      if (one.value.parts[0].text.size() > kLongestPath)
        refuse(one, "the path of a socket is too long");
      control_keys(one.value);
    });
  });
}

void Checker::remote_lists() {
  for (const auto& kinds : {std::vector<std::string_view>{"primaries", "masters"},
                            std::vector<std::string_view>{"parental-agents"}}) {
    std::set<std::string, AnyCase> seen;
    for (const std::string_view kind : kinds)
      each(configuration_.top, kind, [&](const Setting& one) {
        if (!seen.emplace(name_of(one.value)).second)
          refuse(one, fmt::format("a second list `{}`", name_of(one.value)));
      });
  }
}

void Checker::http() {
  std::set<std::string, AnyCase> seen;
  each(configuration_.top, "http", [&](const Setting& one) {
    const std::string name(name_of(one.value));
    if (iequals(name, "default") || !seen.insert(name).second)
      refuse(one, fmt::format("http `{}` is there already", name));
    const Node* endpoints = block_of(one.value)->value("endpoints");
    if (endpoints == nullptr) return;
    for (const Node& path : endpoints->parts)
      if (!path.text.starts_with('/') || path.text.starts_with("//") ||
          path.text.find_first_of(" \t\"<>?#\\^`{|}") != std::string::npos)
        refuse(path, fmt::format("`{}` is no path of HTTP", path.text));
  });
}

void Checker::tls() {
  std::set<std::string, AnyCase> seen;
  each(configuration_.top, "tls", [&](const Setting& one) {
    const std::string name(name_of(one.value));
    if (iequals(name, "ephemeral") || iequals(name, "none") || !seen.insert(name).second)
      refuse(one, fmt::format("tls `{}` is there already", name));
    const Block& block = *block_of(one.value);
    if ((block.find("key-file") == nullptr) != (block.find("cert-file") == nullptr))
      refuse(one, "key-file and cert-file go together");
    const Node* protocols = block.value("protocols");
    if (protocols == nullptr) return;
    std::set<std::string> versions;
    for (const Node& version : protocols->parts)
      if (!is_one_of(lower(version.text), "tlsv1.2 tlsv1.3") ||
          !versions.insert(lower(version.text)).second)
        refuse(version, fmt::format("no protocol `{}`, or a second time", version.text));
    if (versions.empty()) refuse(*protocols, "no protocol at all");
  });
}

void Checker::acl_names() {
  std::set<std::string, AnyCase> seen = {"localhost", "localnets", "any", "none"};
  each(configuration_.top, "acl", [&](const Setting& one) {
    if (!seen.emplace(name_of(one.value)).second)
      refuse(one, fmt::format("acl `{}` is there already", name_of(one.value)));
  });
}

void Checker::keys(const Block& block, std::set<std::string>& known) {
  each(block, "key", [&](const Setting& one) {
    const auto name = domain_name(name_of(one.value));
    if (!name) return refuse(one, fmt::format("`{}` is no name for a key", name_of(one.value)));
    key(one);
    if ((&known != &top_keys_ && top_keys_.count(*name) != 0) || !known.insert(*name).second)
      refuse(one, fmt::format("a second key `{}`", *name));
  });
}

void Checker::key(const Setting& setting) {
  constexpr std::size_t kLongestSecret = 1024;
  struct Algorithm {
    std::string_view name;
    unsigned bits;  ///< 0: it cannot be cut
  };
  constexpr std::array kAlgorithms = {Algorithm{"hmac-md5", 128},
                                      Algorithm{"hmac-md5.sig-alg.reg.int", 0},
                                      Algorithm{"hmac-md5.sig-alg.reg.int.", 0},
                                      Algorithm{"hmac-sha1", 160},
                                      Algorithm{"hmac-sha224", 224},
                                      Algorithm{"hmac-sha256", 256},
                                      Algorithm{"hmac-sha384", 384},
                                      Algorithm{"hmac-sha512", 512}};
  const Block& block = *block_of(setting.value);
  const Node* secret = block.value("secret");
  const Node* algorithm = block.value("algorithm");
  if (secret == nullptr || algorithm == nullptr)
    return refuse(setting, "a key has an algorithm and a secret");
  const auto length = base64_length(secret->text);
  if (!length || *length > kLongestSecret) return refuse(*secret, "the secret is not in base64");
  const std::string name = lower(algorithm->text);
  for (const Algorithm& one : kAlgorithms) {
    if (name == one.name) return;
    if (one.bits == 0 || !name.starts_with(one.name) || name[one.name.size()] != '-') continue;
    // `hmac-sha256-128`: so many bits are sent.
    const auto bits = to_integer(name.substr(one.name.size() + 1));
    if (!bits || *bits < 0 || *bits > one.bits || *bits % 8 != 0)
      refuse(*algorithm, fmt::format("no algorithm `{}`", algorithm->text));
    return;
  }
  refuse(*algorithm, fmt::format("no algorithm `{}`", algorithm->text));
}

/// The keys that servers of a block use, as far as they are not those outside of views.
Checker::KeyUses Checker::servers(const Block& block) {
  KeyUses out;
  std::set<std::string> seen;
  each(block, "server", [&](const Setting& one) {
    if (!seen.emplace(name_of(one.value)).second)
      refuse(one, fmt::format("a second server {}", name_of(one.value)));
    server(one);
    const Node* key = block_of(one.value)->value("keys");
    if (key == nullptr) return;
    const auto name = domain_name(key->text);
    if (!name) return refuse(*key, fmt::format("`{}` is no name of a key", key->text));
    if (top_keys_.count(*name) == 0) out.emplace(*name, key);
  });
  return out;
}

/// Servers outside may use keys of each view.
void Checker::server_keys(const KeyUses& uses, const std::set<std::string>& known) {
  for (const auto& [name, key] : uses) {
    if (known.count(name) != 0) continue;
    return refuse(*key, fmt::format("no key `{}`", key->text));
  }
}

void Checker::server(const Setting& setting) {
  struct Source {
    std::string_view v4, v6;
  };
  constexpr std::array kSources = {Source{"transfer-source", "transfer-source-v6"},
                                   Source{"notify-source", "notify-source-v6"},
                                   Source{"query-source", "query-source-v6"}};
  const Block& block = *block_of(setting.value);
  const bool is_v6 = name_of(setting.value).find(':') != std::string_view::npos;
  for (const Source& source : kSources) {
    if (const Setting* wrong = block.find(is_v6 ? source.v4 : source.v6))
      refuse(*wrong, fmt::format("{} of a server of the other family", wrong->key));
    const Node* right = block.value(is_v6 ? source.v6 : source.v4);
    if (right != nullptr && right->number == dns_port_)
      refuse(*right, "a source has the port that is listened on");
  }
}

void check(Configuration& configuration) { Checker(configuration).run(); }

}  // namespace plimsoll::bind
