#include "scanner/base/nearest.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kLongestName = 128;  // the distance costs the product of both lengths

/// Optimal string alignment: insert, delete, replace, swap two neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

template <class Names>
std::string nearest(std::string_view name, const Names& candidates) {
  const std::string wanted = lower(name.substr(0, kLongestName));
  std::string best;
  std::size_t best_distance = kLongestName;
  for (const auto& candidate : candidates) {
    if (candidate.size() > kLongestName || wanted.empty()) continue;
    const std::string offered = lower(candidate);
    const bool is_start = wanted.size() >= 3 && offered.starts_with(wanted);
    const std::size_t away = is_start ? 1 : distance(wanted, offered);
    const std::size_t allowed =
        std::max<std::size_t>(1, std::max(wanted.size(), offered.size()) / 3);
    if (away <= allowed && away < best_distance) {
      best = candidate;
      best_distance = away;
    }
  }
  return best;
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string_view> candidates) {
  return nearest(name, candidates);
}

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
  return nearest(name, candidates);
}

}  // namespace plimsoll
