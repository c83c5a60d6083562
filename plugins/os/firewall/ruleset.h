#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/base/origin.h"

namespace plimsoll::firewall {

/// One thing that a rule asks of a packet, in nft's words: `tcp dport != 22`.
struct Condition {
  std::string key;                  ///< `tcp dport`, `iifname`, `ct state`; `limit` for a statement
  bool negated = false;             ///< none of the values
  std::vector<std::string> values;  ///< `22`, `1-1023`, `10.0.0.0/8`, `lo`, `eth*`, `@set`
  bool readable = true;  ///< false: compared in a way (`<`, masks) that only a packet tells
};

/// What becomes of a packet that meets all conditions.
struct Verdict {
  /// accept, drop, reject, return, jump, goto, queue; empty: the next rule is asked.
  std::string word;
  std::string target;  ///< of jump and goto
};

struct Rule {
  std::vector<Condition> conditions;
  Verdict verdict;
  /// Of a verdict map: the further condition and the verdict of each element.
  std::vector<std::pair<Condition, Verdict>> map;
  std::string text;  ///< in the spelling of the program's own listing
  Origin origin;
};

struct Chain {
  std::string name;
  std::string type;  ///< `filter`, `nat`, `route`; empty for a chain that only jumps reach
  std::string hook;  ///< `input`
  std::int64_t priority = 0;
  std::string policy;  ///< `accept` or `drop`; empty without a hook
  Origin origin;       ///< where it begins
  Origin policy_origin;
  std::deque<std::unique_ptr<Rule>> rules;
};

struct Table {
  std::string family;  ///< `inet`, `ip`, `ip6`, `arp`, `bridge`, `netdev`
  std::string name;
  bool dormant = false;  ///< its chains see no packet
  Origin origin;
  std::vector<std::unique_ptr<Chain>> chains;  ///< in the order in which they were made
  std::map<std::string, Chain*, std::less<>> by_name;
  std::set<std::string, std::less<>> sets;  ///< names of its sets and maps

  Chain* find(std::string_view chain) const {
    const auto found = by_name.find(chain);
    return found == by_name.end() ? nullptr : found->second;
  }
  Chain& add(const std::string& chain, Origin where);
  void remove(std::string_view chain);
};

/// Everything that one program loads.
struct Ruleset {
  std::vector<std::unique_ptr<Table>> tables;  ///< in the order in which they were made
  std::map<std::pair<std::string, std::string>, Table*> by_name;

  Table* find(const std::string& family, const std::string& name) const {
    const auto found = by_name.find({family, name});
    return found == by_name.end() ? nullptr : found->second;
  }
  Table& add(const std::string& family, const std::string& name, Origin where);
  void remove(const std::string& family, const std::string& name);
  /// All tables of a family, or all of them when it is empty.
  void clear(std::string_view family);
};

}  // namespace plimsoll::firewall
