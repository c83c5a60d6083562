#include "plugins/service/bind/grammar.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <set>

#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

// A form is words with one blank between them:
//   int bool text ...   a leaf
//   { FORMS }           a list in braces, each entry followed by a semicolon
//   =port FORM          a keyword and what follows it
//   ?port FORM          the same, or nothing
//   ( =a FORM =b FORM ) such keywords in any order, each once at most
//   a|b|                one of these words;  ?a|b|  or nothing;  a|b|:FORM  or something else
//   @name               a block
//   acl, remotes        lists that stand in many places

struct LeafName {
  std::string_view name;
  Type::Leaf leaf;
};
constexpr std::array kLeaves = {
    LeafName{"int", Type::Leaf::integer},
    LeafName{"int?", Type::Leaf::maybe_integer},
    LeafName{"bool", Type::Leaf::boolean},
    LeafName{"text", Type::Leaf::text},
    LeafName{"text?", Type::Leaf::maybe_text},
    LeafName{"quoted", Type::Leaf::quoted},
    LeafName{"word", Type::Leaf::word},
    LeafName{"class", Type::Leaf::class_name},
    LeafName{"time", Type::Leaf::time},
    LeafName{"lifetime", Type::Leaf::time_or_unlimited},
    LeafName{"size", Type::Leaf::size},
    LeafName{"size-or-percent", Type::Leaf::size_or_percent},
    LeafName{"percent", Type::Leaf::percent},
    LeafName{"fixed", Type::Leaf::fixed},
    LeafName{"port-range", Type::Leaf::port_range},
    LeafName{"prefix", Type::Leaf::prefix},
    LeafName{"address", Type::Leaf::address},
    LeafName{"address6", Type::Leaf::address6},
    LeafName{"socket", Type::Leaf::socket},
    LeafName{"socket-dscp", Type::Leaf::socket_dscp},
    LeafName{"source4", Type::Leaf::source4},
    LeafName{"source6", Type::Leaf::source6},
    LeafName{"control-address", Type::Leaf::control_address},
    LeafName{"query-source4", Type::Leaf::query_source4},
    LeafName{"query-source6", Type::Leaf::query_source6},
    LeafName{"match", Type::Leaf::match},
    LeafName{"remote", Type::Leaf::remote},
    LeafName{"name-port", Type::Leaf::name_port},
    LeafName{"quoted-or-none", Type::Leaf::quoted_or_none},
    LeafName{"server-id", Type::Leaf::server_id},
    LeafName{"auto-or-bool", Type::Leaf::auto_or_boolean},
    LeafName{"severity", Type::Leaf::severity},
    LeafName{"log-file", Type::Leaf::log_file},
    LeafName{"dnstap-output", Type::Leaf::dnstap_output},
    LeafName{"update-policy", Type::Leaf::update_policy},
    LeafName{"policy-name", Type::Leaf::policy_name},
    LeafName{"one-key", Type::Leaf::one_key},
    LeafName{"braces", Type::Leaf::braces},
    LeafName{"braces?", Type::Leaf::maybe_braces},
    LeafName{"nothing", Type::Leaf::nothing},
};

constexpr std::string_view kAcl = "{ match }";
constexpr std::string_view kRemotes = "?port int ?dscp int { remote ?key text ?tls text }";
constexpr std::string_view kGrant =
    "deny|grant| text "
    "6to4-self|external|krb5-self|krb5-selfsub|krb5-subdomain|krb5-subdomain-self-rhs|ms-self|"
    "ms-selfsub|ms-subdomain|ms-subdomain-self-rhs|name|self|selfsub|selfwild|subdomain|tcp-self|"
    "wildcard|zonesub|";

/// The clause sets of each block; the first that has a name decides what it means.
struct Sets {
  std::string_view block;
  std::string_view tables;
};
constexpr std::array kSets = {
    Sets{"top", "top top-or-view"},
    Sets{"options", "options view zone"},
    Sets{"view", "view-only top-or-view view zone"},
    Sets{"zone", "zone-only zone"},
    Sets{"rate-limit", "rate-limit"},
    Sets{"dns64", "dns64"},
    Sets{"policy", "policy"},
    Sets{"dlz", "dlz"},
    Sets{"key", "key"},
    Sets{"server", "server"},
    Sets{"channel", "channel"},
    Sets{"logging", "logging"},
    Sets{"controls", "controls"},
    Sets{"statistics", "statistics"},
    Sets{"tls", "tls"},
    Sets{"http", "http"},
};

std::vector<std::string_view> alternatives(std::string_view word) {
  std::vector<std::string_view> out = split(word, '|');
  out.erase(std::remove(out.begin(), out.end(), std::string_view()), out.end());
  return out;
}

std::vector<std::string_view> reversed(std::string_view form) {
  std::vector<std::string_view> out = words(form);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

bool Type::has_block() const {
  return kind == Kind::block ||
         std::any_of(parts.begin(), parts.end(), [](const Type& one) { return one.has_block(); });
}

const Clause* BlockKind::named(std::string_view name) const {
  const auto found = clauses.find(name);
  return found == clauses.end() ? nullptr : &found->second;
}

const Grammar& Grammar::get() {
  static const Grammar grammar;
  return grammar;
}

Grammar::Grammar() {
  // Blocks name each other, so that each has its place first.
  for (const Sets& sets : kSets) blocks_[sets.block];
  std::vector<std::string_view> acl = reversed(kAcl);
  match_list_ = parse_one(acl);
  std::vector<std::string_view> grant = reversed(kGrant);
  grant_ = parse(grant, {});
  std::vector<ClauseTable> tables = server_tables();
  for (auto more : {zone_tables(), small_tables()})
    tables.insert(tables.end(), more.begin(), more.end());
  for (const Sets& sets : kSets)
    for (const std::string_view wanted : words(sets.tables)) {
      const auto table = std::find_if(tables.begin(), tables.end(),
                                      [&](const ClauseTable& one) { return one.name == wanted; });
      assert(table != tables.end());
      fill(blocks_[sets.block], *table);
    }
}

void Grammar::fill(BlockKind& kind, const ClauseTable& table) {
  for (std::size_t i = 0; i < table.size; ++i) {
    const ClauseRow& row = table.rows[i];
    if (kind.clauses.count(row.name) != 0) continue;
    Clause clause = compile(row);
    clause.rank = kind.clauses.size();
    kind.clauses.emplace(row.name, std::move(clause));
  }
}

Clause Grammar::compile(const ClauseRow& row) const {
  constexpr std::string_view kZones = "PSMBTRFHDV";
  Clause out;
  out.name = row.name;
  for (const char mark : row.marks) {
    if (mark == '*') out.is_many = true;
    if (mark == '-') out.is_gone = true;
    if (mark == 'x') out.is_missing = true;
    if (const std::size_t zone = kZones.find(mark); zone != std::string_view::npos)
      out.zones = static_cast<std::uint16_t>(out.zones | (1U << zone));
  }
  std::vector<std::string_view> form = reversed(row.form);
  out.type = parse(form, {});
  return out;
}

Type Grammar::parse(std::vector<std::string_view>& words, std::string_view until) const {
  std::vector<Type> parts;
  while (!words.empty() && words.back() != until) parts.push_back(parse_one(words));
  if (!words.empty()) words.pop_back();
  if (parts.size() == 1) return std::move(parts[0]);
  Type out;
  out.kind = parts.empty() ? Type::Kind::leaf : Type::Kind::sequence;
  out.parts = std::move(parts);
  return out;
}

Type Grammar::parse_one(std::vector<std::string_view>& words) const {
  assert(!words.empty());
  const std::string_view word = words.back();
  words.pop_back();
  Type out;
  if (word == "{") {
    out.kind = Type::Kind::list;
    out.parts.push_back(parse(words, "}"));
    return out;
  }
  if (word == "(") {
    out.kind = Type::Kind::any_order;
    while (words.back() != ")") out.parts.push_back(parse_one(words));
    words.pop_back();
    return out;
  }
  if (word == "acl" || word == "remotes") {
    std::vector<std::string_view> form = reversed(word == "acl" ? kAcl : kRemotes);
    return parse(form, {});
  }
  if (word[0] == '@') {
    out.kind = Type::Kind::block;
    out.block = block(word.substr(1));
    assert(out.block != nullptr);
    return out;
  }
  if (const std::size_t colon = word.find("|:"); colon != std::string_view::npos) {
    out.kind = Type::Kind::either;
    out.words = alternatives(word.substr(0, colon));
    words.push_back(word.substr(colon + 2));
    out.parts.push_back(parse_one(words));
    return out;
  }
  if (word.find('|') != std::string_view::npos) {
    const bool is_optional = word[0] == '?';
    out.kind = is_optional ? Type::Kind::maybe : Type::Kind::choice;
    out.words = alternatives(word.substr(is_optional ? 1 : 0));
    return out;
  }
  if (word[0] == '=' || word[0] == '?') {
    out.kind = word[0] == '=' ? Type::Kind::keyword : Type::Kind::optional;
    out.word = word.substr(1);
    out.parts.push_back(parse_one(words));
    return out;
  }
  const auto leaf = std::find_if(kLeaves.begin(), kLeaves.end(),
                                 [&](const LeafName& one) { return one.name == word; });
  assert(leaf != kLeaves.end());
  out.leaf = leaf->leaf;
  return out;
}

const BlockKind* Grammar::block(std::string_view name) const {
  const auto found = blocks_.find(name);
  return found == blocks_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> Grammar::all_names() const {
  std::set<std::string_view> out;
  for (const auto& [name, block] : blocks_)
    for (const auto& [clause, unused] : block.clauses) out.insert(clause);
  return {out.begin(), out.end()};
}

}  // namespace plimsoll::bind
