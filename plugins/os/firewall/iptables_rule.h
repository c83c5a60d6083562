#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/os/firewall/nft_values.h"
#include "plugins/os/firewall/ruleset.h"
#include "scanner/base/result.h"

namespace plimsoll::firewall {

/// A word of a line, its quotes resolved.
std::optional<std::vector<std::string>> iptables_words(std::string_view line);

/// Rules from the words behind `-A CHAIN`. Their text is what iptables-save(8) prints behind the
/// chain. A list of addresses makes a rule for each. Fails with what is wrong.
class IptablesRule {
 public:
  IptablesRule(bool is_six, Services& services) : is_six_(is_six), services_(services) {}
  Result<std::vector<Rule>> read(std::string_view table, std::string_view chain,
                                 const std::vector<std::string>& words);

 private:
  struct Address {
    std::string text;   ///< `10.0.0.0/8`
    std::string plain;  ///< as nft spells it
    bool negated = false;
  };
  bool option(std::string name, bool negated);
  bool addresses(bool source, bool negated);
  bool interface(bool incoming, bool negated);
  bool protocol(bool negated);
  bool module_option(const std::string& name, bool negated);
  bool ports(const std::string& name, bool negated);
  bool states(const std::string& name, bool negated);
  bool icmp_type(const std::string& name, bool negated);
  bool limit();
  [[nodiscard]] bool in_module(std::string_view module) const;
  bool tcp_flags(const std::string& name, bool negated);
  bool recent(const std::string& name, bool negated);
  bool other_option(const std::string& name, bool negated);
  bool target(bool jump);
  bool target_options();
  bool value(std::string& text);
  /// The match that an option belongs to; loaded when it is asked for, or again for `-m`.
  std::string& match(const std::string& module, bool again = false);
  void condition(std::string key, bool negated, std::vector<std::string> values,
                 bool readable = true);
  bool wrong(std::string what);
  [[nodiscard]] std::string misplaced(std::string_view table, std::string_view chain) const;
  [[nodiscard]] Rule assembled(const Address& source, const Address& destination) const;

  bool is_six_;
  Services& services_;
  std::vector<std::string> words_;
  std::size_t at_ = 0;
  std::string error_;
  std::string in_, out_, proto_, target_;
  std::vector<std::pair<std::string, std::string>> matches_;  ///< module and text
  std::map<std::size_t, std::array<std::string, 8>> recent_;  ///< by the match's number
  std::string proto_name_;
  std::string target_name_;
  std::vector<Address> sources_, destinations_;
  Rule rule_;
};

}  // namespace plimsoll::firewall
