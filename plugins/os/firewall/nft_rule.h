#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/os/firewall/nft_input.h"
#include "plugins/os/firewall/nft_values.h"
#include "plugins/os/firewall/ruleset.h"

namespace plimsoll::firewall {

/// Reads rules: what they ask, what becomes of the packet, and their text as `nft list ruleset`
/// has it. What it does not understand makes the input fail as `unsupported`.
class NftRuleReader {
 public:
  NftRuleReader(NftInput& input, Services& services) : in_(input), services_(services) {}

  /// Up to the separator, which stays. `family` is that of the table.
  Rule read(std::string_view family);

 private:
  struct Selector {
    std::string text;
    std::vector<std::string> parts;  ///< of a concatenation
  };
  struct Element {
    std::vector<Scalar> parts;
  };

  void statement();
  bool simple_statement(const Token& at);
  void verdict(Verdict& verdict);
  void counter();
  void log();
  void log_flags(std::string& flags);
  void limit();
  void reject();
  void set_statement();
  void rest_of_rule(std::string_view word);
  void comment();

  void match();
  Selector selector();
  std::string selector_part();
  std::string ct_selector();
  std::string fib_selector();
  std::string raw_selector();
  bool assignment(const Selector& selector);
  void masked(const Selector& selector);
  std::string mask_expression();
  void compare(const Selector& selector);
  void verdict_map(const Selector& selector);
  void right_side(const Selector& selector, Condition& condition, std::string_view sign);
  void set_elements(const Selector& selector, std::vector<Element>& elements, std::size_t depth);
  std::string set_text(std::vector<Element> elements, Condition& condition);
  Element element(const Selector& selector);
  std::optional<Scalar> value(ValueKind kind);
  void add(std::string text);
  void add_condition(Condition condition, std::string text);
  void follow_header(const Token& header);
  void follow_value(const Condition& condition);
  void drop_implied(std::string_view key);

  NftInput& in_;
  Services& services_;
  std::string_view family_;
  std::string network_;    ///< what the rule has said of the packet so far: `ip`, `ip6`
  std::string transport_;  ///< `tcp`
  /// Which of the texts the listing leaves out when a selector of that header follows.
  std::optional<std::pair<std::size_t, std::string>> implied_network_, implied_transport_;
  Rule rule_;
  std::vector<std::string> texts_;
};

}  // namespace plimsoll::firewall
