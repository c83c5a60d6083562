#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "plugins/service/bind/configuration.h"

namespace plimsoll::bind {

/// Compares names as named does: in any case.
struct AnyCase {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};

/// What statements are called, to look them up by it.
using ByName = std::map<std::string, const Setting*, AnyCase>;

/// What named checks when it has read its files (lib/bind9/check.c of 9.18). The first thing that
/// it refuses becomes Configuration::refused.
class Checker {
 public:
  explicit Checker(Configuration& configuration);
  void run();

 private:
  enum class Level : std::uint8_t { top, options, view, zone };
  struct View {
    std::string name;
    const Block* block = nullptr;  ///< null where there are no views
    unsigned class_number = 1;
    /// Zones by their names: hint, redirect and others, which do not collide.
    std::map<std::pair<std::string, int>, const Setting*> zones;
  };
  struct ZoneContext {
    const View& view;
    const Setting& setting;
    const Block& block;
    unsigned kind;       ///< of Zone
    std::string name;    ///< as written
    std::string domain;  ///< as domain_name gives it; empty where it is none
    bool has_policy = false;
    bool has_updates = false;
  };

  void refuse(const Node& where, std::string what);
  void refuse(const Setting& where, std::string what);

  // checks.cpp: statements outside of zones
  void views();
  void view(View& view);
  void logging();
  void controls();
  void remote_lists();
  void tls();
  void http();
  void acl_names();
  void keys(const Block& block, std::set<std::string>& known);
  void key(const Setting& setting);
  using KeyUses = std::map<std::string, const Node*>;
  KeyUses servers(const Block& block);
  void server_keys(const KeyUses& uses, const std::set<std::string>& known);
  void server(const Setting& setting);
  void control_keys(const Node& control);

  // check_lists.cpp: address match lists and lists of servers
  void acl(const Node& list);
  void acl_entry(const Node& entry);
  void acl_of(const Block* zone, const Block* view, std::string_view key);
  std::size_t remotes(std::string_view kind, const Node& list);
  void remote(const Node& entry);
  void too_deep(const Node& where);
  void listeners(const Block& block, std::string_view key);
  const ByName& remote_names(std::string_view kind) const;

  // check_options.cpp: values of options, views and zones
  void options(const Block& block, Level level);
  void ranges(const Block& block, Level level);
  void option_names(const Block& block);
  void secrets(const Block& block);
  void forwarding(const Block& block, const Node* global);
  void dual_stack(const Block& block);
  void ordering(const Block& block);
  void dns64(const Block& block);
  void rate_limit(const Block& block);
  void nonzero(const Block& block);
  void response_zones(const Block& block, const View& view);
  void check_names(const Block& block);

  // check_keys.cpp: trust anchors, policies of DNSSEC
  void policies();
  void policy(const Setting& setting, const Block& block);
  struct Anchors {
    std::map<std::string, const Node*> fixed, initial;  ///< by their names
  };
  void anchor(const Node& entry, bool is_old);
  Anchors anchors(const Block* block);
  void trust_anchors(const View& view);

  // check_zone.cpp
  void zone(View& view, const Setting& setting);
  void zone_name(View& view, ZoneContext& zone);
  void zone_policy(ZoneContext& zone);
  void zone_servers(const ZoneContext& zone);
  void zone_updates(ZoneContext& zone);
  void zone_signing(const ZoneContext& zone);
  void zone_files(const ZoneContext& zone);
  void update_policy(const Node& policy);
  void grant(const Node& grant);

  /// Of a zone, its view, or `options`: the first that has it.
  [[nodiscard]] const Node* effective(const Block* zone, const Block* view,
                                      std::string_view key) const;
  [[nodiscard]] bool admits_nobody(const Node& list) const;

  Configuration& configuration_;
  const Block* options_;
  std::uint64_t dns_port_ = 53;
  ByName acls_, keys_, tls_, http_, primaries_, agents_;
  std::set<std::string, std::less<>> policies_;
  std::set<std::string> top_keys_;  ///< outside of views
  Anchors top_anchors_;
  KeyUses top_uses_;  ///< of keys by servers outside of views, of which there is none outside
  std::set<const Node*> checked_;               ///< lists
  std::map<const Node*, std::size_t> counted_;  ///< lists of servers, with what they come to
  std::size_t depth_ = 0;
  std::set<std::string> resolving_;             ///< names of lists that are being looked into
  std::set<std::string> in_view_;               ///< `zone/class/view` that `in-view` may name
  std::map<std::string, bool, AnyCase> files_;  ///< of zones: whether they are written to
};

/// Sets Configuration::refused where 9.18 does not start with the files.
void check(Configuration& configuration);

}  // namespace plimsoll::bind
