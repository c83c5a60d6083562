#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "plugins/os/ssh/configuration.h"
#include "scanner/base/text.h"
#include "scanner/formats/openssh/algorithms.h"
#include "scanner/formats/openssh/syntax.h"
#include "scanner/probe/matcher.h"

namespace plimsoll::ssh {
namespace {

constexpr std::size_t kRows = 1U << 17U;
constexpr std::size_t kPairs = 4096;                      // rows of values that two lines make
constexpr std::size_t kPatternsTried = 4U * 1024 * 1024;  // `SendEnv -PATTERN`
constexpr std::size_t kShadowed = 64;                     // of one row

constexpr std::string_view kFirstStands = "the first value stands";
constexpr std::string_view kLastStands = "the last value stands, wherever its line is";

/// What ssh forgets again when the value that stands is `none` (fill_default_options).
constexpr std::array<std::string_view, 9> kForgotten = {
    "controlpath", "knownhostscommand", "localcommand",    "pkcs11provider",     "proxycommand",
    "proxyjump",   "remotecommand",     "revokedhostkeys", "securitykeyprovider"};

constexpr std::string_view kUserHosts = "~/.ssh/known_hosts";

bool is_forgotten(std::string_view key) {
  return std::find(kForgotten.begin(), kForgotten.end(), key) != kForgotten.end();
}

/// ProxyCommand and ProxyJump are decided together.
std::string_view decided_as(std::string_view key) {
  return key == "proxyjump" ? "proxycommand" : key;
}

struct Row {
  std::size_t order = 0;  ///< of the line that it comes from
  std::string key, value;
  Origin where;
  std::size_t scope = 0;  ///< index into Configuration::scopes
  std::size_t also = 0;   ///< of a value that two lines make: what must hold besides
  std::vector<Shadowed> shadowed = {};
};

class Settling {
 public:
  Settling(const Configuration& configuration, std::string_view other_version, Facts& facts)
      : all_(configuration), other_version_(other_version), facts_(facts) {}

  void run() {
    read_lines();
    settle_rekey();
    settle_agent();
    settle_everywhere(syslog_, true);
    settle_everywhere(masks_, false);
    settle_send_env();
    forget_none();
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const Row& a, const Row& b) { return a.order < b.order; });
    for (Row& row : rows_) emit(row);
    emit_defaults();
  }

 private:
  using Lines = std::vector<std::size_t>;

  [[nodiscard]] const Scope& scope_of(std::size_t line) const {
    return all_.scopes[all_.settings[line].scope];
  }

  // --- which line decides

  void read_lines() {
    for (std::size_t line = 0; line < all_.settings.size(); ++line) {
      const Setting& setting = all_.settings[line];
      switch (setting.keyword.kind) {
        case Kind::rekey:
          rekeys_.push_back(line);
          break;
        case Kind::agent:
          agents_.push_back(line);
          break;
        case Kind::facility:
          syslog_.push_back(line);
          break;
        case Kind::mask:
          masks_.push_back(line);
          break;
        case Kind::environment_names:
          sent_.push_back(line);
          break;
        case Kind::item:
        case Kind::forward:
          take(line, fmt::format("{} {}", setting.keyword.key, setting.values.front()));
          break;
        case Kind::file:
          add(row_of(line, setting.values.front()));
          break;
        default:
          take(line, decided_as(setting.keyword.key));
      }
    }
  }

  /// The row that decides for every host of the scope, if one line does.
  [[nodiscard]] std::optional<std::size_t> decided(std::string_view name,
                                                   const Scope& scope) const {
    std::string path = std::string(name) + '\n';
    for (std::size_t i = 0;; ++i) {
      if (const auto found = deciding_.find(path); found != deciding_.end()) return found->second;
      if (i == scope.conditions.size()) return std::nullopt;
      path += fmt::format("{} ", scope.conditions[i]);
    }
  }
  [[nodiscard]] bool is_settled(std::string_view name) const {
    return decided(decided_as(name), {}).has_value();
  }

  void decide(std::string_view name, const Scope& scope, std::size_t row) {
    std::string path = std::string(name) + '\n';
    for (const std::uint32_t condition : scope.conditions) path += fmt::format("{} ", condition);
    deciding_.emplace(std::move(path), row);
  }

  /// The first line stands, for the hosts of its scope (ssh_config(5)).
  void take(std::size_t line, std::string_view name) {
    const Setting& setting = all_.settings[line];
    if (const auto row = decided(name, scope_of(line)))
      return shadow(*row, line, join(setting.values, " "), kFirstStands);
    decide(name, scope_of(line), rows_.size());
    for (const std::string& value : setting.values) add(row_of(line, value));
  }

  [[nodiscard]] Row row_of(std::size_t line, std::string value) const {
    const Setting& setting = all_.settings[line];
    return {line, std::string(setting.keyword.key), std::move(value), setting.where, setting.scope};
  }

  void add(Row row) {
    if (rows_.size() < kRows) {
      rows_.push_back(std::move(row));
    } else if (!std::exchange(full_, true)) {
      facts_.gap({ErrorCode::limit, fmt::format("more than {} settings", kRows), row.where});
    }
  }

  void shadow(std::size_t row, std::size_t line, std::string value, std::string_view why) {
    if (row >= rows_.size() || rows_[row].shadowed.size() >= kShadowed) return;
    rows_[row].shadowed.push_back({std::move(value), all_.settings[line].where, std::string(why)});
  }

  // --- keywords with rules of their own

  /// A value that two lines make: it stands for the hosts that both scopes hold for.
  void add_pair(Row row, std::size_t scope, std::string value) {
    if (++pairs_ == kPairs)
      facts_.gap({ErrorCode::limit, fmt::format("more than {} pairs of lines", kPairs), row.where});
    if (pairs_ >= kPairs) return;
    row.value = std::move(value);
    (encloses(all_.scopes[row.scope], all_.scopes[scope]) ? row.scope : row.also) = scope;
    add(std::move(row));
  }

  /// readconf.c, oRekeyLimit: the amount and the time are two settings, each with its first value.
  void settle_rekey() {
    Lines timed;
    for (const std::size_t line : rekeys_) {
      if (all_.settings[line].values.size() < 2 || decided("rekeylimit time", scope_of(line)))
        continue;
      decide("rekeylimit time", scope_of(line), 0);
      timed.push_back(line);
    }
    for (const std::size_t line : rekeys_) {
      const std::vector<std::string>& values = all_.settings[line].values;
      if (const auto row = decided("rekeylimit", scope_of(line))) {
        shadow(*row, line, join(values, " "), kFirstStands);
        continue;
      }
      const std::string time = add_rekey_pairs(line, timed);
      decide("rekeylimit", scope_of(line), rows_.size());
      add(row_of(line, values[0] + " " + time));
    }
  }

  /// The rows for hosts that take the time from a later line; returns it for all others.
  std::string add_rekey_pairs(std::size_t line, const Lines& timed) {
    const std::string& amount = all_.settings[line].values[0];
    for (auto at = std::lower_bound(timed.begin(), timed.end(), line); at != timed.end(); ++at) {
      const Setting& later = all_.settings[*at];
      if (encloses(scope_of(*at), scope_of(line))) return later.values[1];
      if (pairs_ >= kPairs) break;
      add_pair(row_of(line, {}), later.scope, amount + " " + later.values[1]);
    }
    return "0";
  }

  /// readconf.c, oForwardAgent: a socket is a setting of its own, which the dump tells rather than
  /// the flag.
  void settle_agent() {
    const auto is_flag = [&](std::size_t line) {
      const std::string& value = all_.settings[line].values.front();
      return value == "yes" || value == "no";
    };
    for (const bool flags : {false, true})
      for (const std::size_t line : agents_)
        if (is_flag(line) == flags) {
          const std::size_t before = rows_.size();
          take(line, "forwardagent");
          if (!flags && rows_.size() > before) rows_.back().order = agents_.front();
        }
  }

  /// readconf.c, oLogFacility and oStreamLocalBindMask: blocks that do not hold count as well.
  void settle_everywhere(const Lines& lines, bool first) {
    if (lines.empty()) return;
    const std::size_t standing = first ? lines.front() : lines.back();
    Row row = row_of(standing, all_.settings[standing].values.front());
    row.scope = 0;
    decide(row.key, {}, rows_.size());
    add(std::move(row));
    for (const std::size_t line : lines)
      if (line != standing)
        shadow(rows_.size() - 1, line, all_.settings[line].values.front(),
               first ? kFirstStands : kLastStands);
  }

  /// ssh_config(5) SendEnv: `-PATTERN` takes names away that were given before. It is a row itself
  /// where some hosts lose by it what others keep.
  void settle_send_env() {
    std::vector<Row> sent;
    std::size_t tried = 0;
    for (const std::size_t line : sent_) {
      for (const std::string& value : all_.settings[line].values) {
        if (value.starts_with('-') && (tried += sent.size()) > kPatternsTried)
          return facts_.gap({ErrorCode::limit, "too many patterns of SendEnv to carry out",
                             all_.settings[line].where});
        const bool tell = !value.starts_with('-') || take_away(value.substr(1), line, sent);
        if (tell && sent.size() <= kRows) sent.push_back(row_of(line, value));
      }
    }
    for (Row& row : sent) add(std::move(row));
  }

  /// Whether names are left that only some hosts lose.
  bool take_away(const std::string& pattern, std::size_t line, std::vector<Row>& sent) const {
    bool left = false;
    std::erase_if(sent, [&](const Row& row) {
      if (row.value.starts_with('-') || !openssh::matches_pattern(row.value, pattern)) return false;
      const bool gone = encloses(scope_of(line), all_.scopes[row.scope]);
      left = left || !gone;
      return gone;
    });
    return left;
  }

  /// A `none` that hides nothing behind it is what ssh does without the line.
  void forget_none() {
    std::map<std::string_view, bool> hides;
    for (const Keyword& keyword : keywords())
      if (!keyword.fallback.empty() && !is_settled(keyword.key)) hides[keyword.key] = true;
    std::vector<bool> drop(rows_.size());
    for (std::size_t i = rows_.size(); i-- > 0;) {
      Row& row = rows_[i];
      if (!is_forgotten(row.key)) continue;
      bool& seen = hides[decided_as(row.key)];
      if (!iequals(row.value, "none")) {
        seen = true;
      } else {
        row.value = "none";
        drop[i] = !seen;
      }
    }
    std::size_t at = 0;
    std::erase_if(rows_, [&](const Row&) { return drop[at++]; });
  }

  [[nodiscard]] std::string scope_text(std::size_t scope, std::size_t also) const {
    const std::string& text = all_.scopes[scope].text;
    if (also == 0) return text;
    return (text.empty() ? text : text + " && ") + all_.scopes[also].text;
  }

  void emit(Row& row) {
    Fact& fact = facts_.setting(row.key, row.value, row.where, scope_text(row.scope, row.also));
    fact.shadowed = std::move(row.shadowed);
    fact.everywhere = row.scope != 0 && row.also == 0 && is_everywhere(row);
  }

  // --- what stands where no line does

  void emit_default(std::string_view key, std::string_view value, std::size_t scope = 0,
                    std::size_t also = 0) {
    facts_.setting(std::string(key), std::string(value), {}, scope_text(scope, also));
  }

  void emit_defaults() {
    if (!is_settled("gssapikexalgorithms"))
      emit_default("gssapikexalgorithms", openssh::default_gss_kex());
    std::set<std::string_view> done;
    for (const Keyword& keyword : keywords()) {
      if (keyword.fallback.empty() || keyword.kind == Kind::algorithms) continue;
      if (is_settled(keyword.key) || !done.insert(keyword.key).second) continue;
      if (keyword.key == "serveraliveinterval" && default_alive_interval()) continue;
      if (keyword.key == "updatehostkeys" && default_updates()) continue;
      emit_default(keyword.key, default_of(keyword));
    }
    if (other_version_.empty()) emit_default_lists();
  }

  /// Defaults that were others before OpenSSH 8.5 (its release notes).
  [[nodiscard]] std::string_view default_of(const Keyword& keyword) const {
    if (is_older()) {
      if (keyword.key == "checkhostip") return "yes";
      if (keyword.key == "updatehostkeys") return "false";
    }
    return keyword.fallback;
  }
  [[nodiscard]] bool is_older() const {
    return !other_version_.empty() && compare_versions(other_version_, "1:8.5") < 0;
  }

  [[nodiscard]] std::vector<const Row*> rows_of(std::string_view key) const {
    std::vector<const Row*> out;
    for (const Row& row : rows_)
      if (row.key == key) out.push_back(&row);
    return out;
  }
  [[nodiscard]] bool is_everywhere(const Row& row) const {
    return all_.scopes[row.scope].conditions.empty();
  }

  /// fill_default_options: five minutes in batch mode. Whether that leaves no host.
  bool default_alive_interval() {
    for (const Row* row : rows_of("batchmode")) {
      emit_default("serveraliveinterval", row->value == "yes" ? "300" : "0", row->scope);
      if (is_everywhere(*row)) return true;
    }
    return false;
  }

  /// fill_default_options: on, unless VerifyHostKeyDNS is or the user's file is not the usual one.
  bool default_updates() {
    if (is_older()) return false;
    for (const Row* checked : rows_of("verifyhostkeydns")) {
      const bool open = checked->value == "false";
      if (!open || !default_updates_by_file(checked->scope))
        emit_default("updatehostkeys", open ? "true" : "false", checked->scope);
      if (is_everywhere(*checked)) return true;
    }
    return default_updates_by_file(0);
  }

  bool default_updates_by_file(std::size_t scope) {
    for (const Row* file : rows_of("userknownhostsfile")) {
      if (++pairs_ >= kPairs) return false;
      emit_default("updatehostkeys", file->value == kUserHosts ? "true" : "false", scope,
                   file->scope);
      if (is_everywhere(*file)) return true;
    }
    return false;
  }

  void emit_default_lists() {
    using openssh::Algorithms;
    constexpr std::array<std::pair<std::string_view, Algorithms>, 7> kLists = {{
        {"ciphers", Algorithms::ciphers},
        {"macs", Algorithms::macs},
        {"kexalgorithms", Algorithms::kex},
        {"hostkeyalgorithms", Algorithms::keys},
        {"casignaturealgorithms", Algorithms::ca_signatures},
        {"hostbasedacceptedalgorithms", Algorithms::keys},
        {"pubkeyacceptedalgorithms", Algorithms::keys},
    }};
    for (const auto& [key, which] : kLists)
      if (!is_settled(key))
        emit_default(key, openssh::join_names(openssh::algorithms(which).defaults));
  }

  const Configuration& all_;
  std::string_view other_version_;
  Facts& facts_;
  std::vector<Row> rows_;
  std::unordered_map<std::string, std::size_t> deciding_;  ///< by name and conditions
  Lines rekeys_, agents_, syslog_, masks_, sent_;
  std::size_t pairs_ = 0;
  bool full_ = false;
};

}  // namespace

bool encloses(const Scope& outer, const Scope& inner) {
  return outer.conditions.size() <= inner.conditions.size() &&
         std::equal(outer.conditions.begin(), outer.conditions.end(), inner.conditions.begin());
}

void settle(const Configuration& configuration, std::string_view other_version, Facts& facts) {
  Settling(configuration, other_version, facts).run();
}

}  // namespace plimsoll::ssh
