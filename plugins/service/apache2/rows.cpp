#include "plugins/service/apache2/rows.h"

#include <fmt/format.h>

#include <array>
#include <unordered_map>

#include "scanner/base/text.h"

namespace plimsoll::apache2 {
namespace {

constexpr std::string_view kLastCounts =
    "adddefaultcharset allowoverride documentroot fileetag hostnamelookups keepalive "
    "keepalivetimeout limitrequestbody limitrequestfields maxkeepaliverequests serveradmin "
    "servername serversignature servertokens timeout traceenable usecanonicalname";
/// Longer than any path; what comes behind tells no section from another.
constexpr std::size_t kLongestScope = 4096;
constexpr std::size_t kMostBytes = 64U << 20U;

struct Default {
  std::string_view key, value;
};
/// httpd's manual, "core" and "mpm_common"; mod_log_config, mod_proxy.
constexpr std::array kDefaults = {
    Default{"adddefaultcharset", "Off"},
    Default{"fileetag", "MTime Size"},
    Default{"hostnamelookups", "Off"},
    Default{"httpprotocoloptions", "Strict LenientMethods Allow0.9"},
    Default{"keepalive", "On"},
    Default{"keepalivetimeout", "5"},
    Default{"limitrequestbody", "1073741824"},
    Default{"limitrequestfields", "100"},
    Default{"limitrequestfieldsize", "8190"},
    Default{"limitrequestline", "8190"},
    Default{"loglevel", "warn"},
    Default{"maxkeepaliverequests", "100"},
    Default{"serversignature", "Off"},
    Default{"servertokens", "Full"},
    Default{"timeout", "60"},
    Default{"traceenable", "On"},
    Default{"usecanonicalname", "Off"},
};

class Writer {
 public:
  Writer(const Tree& tree, bool is_apart, Facts& facts)
      : tree_(tree), is_apart_(is_apart), facts_(facts) {}

  void run() {
    walk(tree_.top, {}, {});
    std::size_t kept = 0;
    for (std::size_t i = 0; i < facts_.rows.size(); ++i) {
      if (i >= is_lost_.size() || is_lost_[i]) continue;
      if (kept != i) facts_.rows[kept] = std::move(facts_.rows[i]);
      ++kept;
    }
    facts_.rows.resize(kept);
  }

 private:
  void walk(const Directive& section, const std::string& scope, const std::string& identity) {
    for (const Directive& one : section.children) {
      if (bytes_ > kMostBytes) return;
      if (!one.is_section()) {
        write(one, scope, identity);
        continue;
      }
      if (one.children.empty()) continue;
      const std::string inner = scope_within(scope, one);
      bytes_ += inner.size();
      std::string own = scope_within(identity, one);
      if (is_apart_ && one.name == "<virtualhost") own += fmt::format(" #{}", ++hosts_);
      walk(one, inner, own);
    }
  }

  void write(const Directive& one, const std::string& scope, const std::string& identity) {
    std::string value = value_of(one);
    bytes_ += sizeof(Fact) + scope.size() + value.size();
    if (bytes_ > kMostBytes)
      return facts_.gap({ErrorCode::limit,
                         fmt::format("more than {} MiB of settings", kMostBytes >> 20U),
                         tree_.origin(one)});
    Fact& fact = facts_.setting(one.name, std::move(value), tree_.origin(one), scope);
    is_lost_.resize(facts_.rows.size(), false);
    if (!is_one_of(one.name, kLastCounts)) return;
    const std::size_t at = facts_.rows.size() - 1;
    const auto [place, is_new] = last_.try_emplace(identity + '\n' + one.name, at);
    if (is_new) return;
    Fact& before = facts_.rows[place->second];
    fact.shadowed = std::move(before.shadowed);
    fact.shadowed.push_back(
        {std::move(before.value), std::move(before.origin), "a later line sets it again"});
    is_lost_[place->second] = true;
    place->second = at;
  }

  const Tree& tree_;
  bool is_apart_;
  Facts& facts_;
  std::vector<bool> is_lost_;
  std::unordered_map<std::string, std::size_t> last_;
  std::size_t bytes_ = 0, hosts_ = 0;
};

}  // namespace

std::string scope_within(const std::string& parent, const Directive& section) {
  std::string own = section.name.substr(1);
  for (const std::string& word : all_words(std::string_view(section.args).substr(0, kLongestScope)))
    (own += ' ') += word;
  return parent.empty() ? own : parent + " > " + own;
}

std::string value_of(const Directive& directive) {
  if (directive.args.find_first_of("\"'") == std::string::npos) return directive.args;
  return join(all_words(directive.args), " ");
}

void write_rows(const Tree& tree, bool is_apart, Facts& facts) {
  Facts own;
  Writer(tree, is_apart, own).run();
  facts.rows.insert(facts.rows.end(), std::make_move_iterator(own.rows.begin()),
                    std::make_move_iterator(own.rows.end()));
  facts.gaps.insert(facts.gaps.end(), own.gaps.begin(), own.gaps.end());
}

void write_defaults(Facts& facts) {
  for (const Default& one : kDefaults)
    if (facts.find(one.key) == nullptr)
      facts.setting(std::string(one.key), std::string(one.value), {});
}

}  // namespace plimsoll::apache2
