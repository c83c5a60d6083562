#include "plugins/os/rsyslog/messages.h"

#include <algorithm>
#include <array>
#include <optional>

#include "scanner/base/text.h"

namespace plimsoll::rsyslog {
namespace {

// In the order of their numbers (syslog(3)); 12 to 15 have none here.
constexpr std::array<std::string_view, 24> kFacilities = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "",       "",       "",       "",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};
constexpr std::array<std::string_view, 8> kSeverities = {"emerg",   "alert",  "crit", "err",
                                                         "warning", "notice", "info", "debug"};
constexpr std::uint8_t kEvery = 0xff;
constexpr std::size_t kMostCalls = 1000;
constexpr int kRounds = 16;  // rulesets that call each other, one after the other

/// A bit for each severity.
using Selected = std::array<std::uint8_t, kFacilities.size()>;

template <std::size_t N>
std::optional<std::size_t> index_in(const std::array<std::string_view, N>& names,
                                    std::string_view name) {
  const auto found = std::find_if(names.begin(), names.end(), [&](std::string_view one) {
    return !one.empty() && iequals(one, name);
  });
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

/// rsyslog.conf(5), "SELECTORS": `*`, `none`, and a severity for itself and those above it, with
/// `=` for itself alone and `!` for all but these.
bool apply(std::string_view priority, std::uint8_t& severities) {
  if (priority == "*") return severities = kEvery, true;
  if (iequals(priority, "none")) return severities = 0, true;
  const bool takes_away = priority.starts_with('!');
  if (takes_away) priority.remove_prefix(1);
  const bool is_alone = priority.starts_with('=');
  if (is_alone) priority.remove_prefix(1);
  constexpr std::array<std::array<std::string_view, 2>, 3> kOldNames = {
      {{"panic", "emerg"}, {"error", "err"}, {"warn", "warning"}}};
  for (const auto& [old, name] : kOldNames)
    if (iequals(priority, old)) priority = name;
  const auto severity = index_in(kSeverities, priority);
  if (!severity) return false;
  const unsigned up_to = (2U << *severity) - 1;
  const auto meant = static_cast<std::uint8_t>(is_alone ? 1U << *severity : up_to);
  severities = static_cast<std::uint8_t>(takes_away ? severities & ~meant : severities | meant);
  return true;
}

bool apply_part(std::string_view part, Selected& selected) {
  const std::size_t dot = part.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view priority = trim(part.substr(dot + 1));
  for (const std::string_view one : split(part.substr(0, dot), ',')) {
    const std::string_view name = trim(one);
    if (name == "*") {
      for (std::uint8_t& severities : selected)
        if (!apply(priority, severities)) return false;
      continue;
    }
    const auto facility = index_in(kFacilities, iequals(name, "security") ? "auth" : name);
    if (!facility || !apply(priority, selected[*facility])) return false;
  }
  return true;
}

}  // namespace

std::string_view share_name(Share share) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "some", "rest", "all"};
  return kNames[static_cast<std::size_t>(share)];
}

Share share_of_filter(std::string_view filter) {
  Selected selected{};
  for (const std::string_view part : split(trim(filter), ';'))
    if (!part.empty() && !apply_part(part, selected)) return Share::some;
  const auto has = [&](std::uint8_t what) {
    return std::all_of(selected.begin(), selected.end(),
                       [&](std::uint8_t one) { return one == what; });
  };
  return has(kEvery) ? Share::all : has(0) ? Share::none : Share::some;
}

Share share_of_filters(std::span<const std::string> filters) {
  Share out = Share::all;
  for (const std::string& filter : filters) out = std::min(out, share_of_filter(filter));
  return out;
}

Share Messages::at(const std::string& ruleset, std::span<const std::string> filters) const {
  const auto left = left_.find(ruleset);
  return std::min(share_of_filters(filters), left == left_.end() ? Share::all : left->second);
}

void Messages::discard(const std::string& ruleset, std::span<const std::string> filters) {
  const Share gone = share_of_filters(filters);
  if (gone == Share::none) return;
  Share& left = left_.try_emplace(ruleset, Share::all).first->second;
  left = std::min(left, gone == Share::all ? Share::none : Share::rest);
}

void Messages::add(Call call) {
  if (calls_.size() < kMostCalls)
    calls_.push_back(std::move(call));
  else
    calls_are_lost_ = true;
}

void Messages::call(const std::string& from, const std::string& to, Share share) {
  add({from, to, share});
}

void Messages::give(const std::string& ruleset, Share share) { add({"", ruleset, share, false}); }

Share Messages::left_by(const Call& call) const {
  if (!call.comes_back || call.share == Share::none) return Share::all;
  Share kept = Share::all;
  if (call.to.empty()) {  // any of them
    if (!left_.empty()) kept = Share::rest;
  } else if (const auto found = kept_.find(call.to);
             found != kept_.end() && !queued_.contains(call.to)) {
    kept = found->second;
  }
  return kept == Share::none && call.share != Share::all ? Share::rest : kept;
}

Share Messages::after_calls(const std::string& ruleset, std::size_t calls) const {
  Share left = calls_are_lost_ ? Share::some : Share::all;
  if (const auto found = lowered_.find(ruleset); found != lowered_.end())
    for (const auto& [behind, share] : found->second)
      if (behind <= calls) left = std::min(left, share);
  return left;
}

void Messages::settle() {
  kept_ = left_;
  for (bool changes = true; changes;) {  // each change lowers one of them: there is an end
    changes = false;
    for (const Call& call : calls_) {
      if (!call.comes_back) continue;
      Share& kept = kept_.try_emplace(call.from, Share::all).first->second;
      const Share left = std::min(kept, left_by(call));
      changes = changes || left != kept;
      kept = left;
    }
  }
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    Call& call = calls_[i];
    if (!call.comes_back) continue;
    auto& lowered = lowered_[call.from];
    const Share before = lowered.empty() ? Share::all : lowered.back().second;
    call.share = std::min(call.share, before);
    if (const Share left = left_by(call); left < before) lowered.emplace_back(i + 1, left);
  }
  given_ = {{"", Share::all}};
  for (int round = 0; round < kRounds; ++round)
    for (const Call& call : calls_) {
      const auto from = given_.find(call.from);
      if (from == given_.end()) continue;
      Share& to = given_.try_emplace(call.to, Share::none).first->second;
      to = std::max(to, std::min(from->second, call.share));
    }
}

Share Messages::of_ruleset(const std::string& name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? Share::none : found->second;
}

}  // namespace plimsoll::rsyslog
