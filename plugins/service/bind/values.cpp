#include "plugins/service/bind/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::uint64_t number_at(const std::string& text, std::size_t& end) {
  // strtoull(3) as named calls it: a sign wraps around, and too much is the most there is.
  char* stop = nullptr;
  const std::uint64_t value = std::strtoull(text.c_str(), &stop, 10);
  end = static_cast<std::size_t>(stop - text.c_str());
  return value;
}

/// Reads up to `unit`, which ends a part of a duration; what does not stand before it directly is
/// no duration.
bool take_part(const std::string& text, std::size_t& at, std::size_t unit, std::uint64_t& out) {
  char* stop = nullptr;
  errno = 0;
  const long long value = std::strtoll(text.c_str() + at + 1, &stop, 10);
  // The first letter of that kind is compared, not where it stands.
  if (*stop != text[unit] || errno != 0 || value < 0 || value > UINT32_MAX) return false;
  out = static_cast<std::uint64_t>(value);
  at = unit;
  return true;
}

/// lib/isccfg/duration.c, isccfg_duration_fromtext: each unit is looked for by itself.
std::optional<std::uint64_t> iso_seconds(const std::string& text) {
  constexpr std::size_t kLongest = 63;
  constexpr std::uint64_t kDay = 86400;
  if (text.size() > kLongest || (text[0] != 'P' && text[0] != 'p')) return {};
  const auto first = [&](std::string_view letters, std::size_t from) {
    return text.find_first_of(letters, from);
  };
  constexpr std::size_t kNone = std::string::npos;
  const std::size_t time = first("Tt", 0);
  std::size_t at = 0;
  std::uint64_t total = 0;
  bool has_parts = false;
  const auto take = [&](std::size_t unit, std::uint64_t each) {
    std::uint64_t count = 0;
    if (!take_part(text, at, unit, count)) return false;
    total += count * each;
    has_parts = true;
    return true;
  };
  if (const auto x = first("Yy", at); x != kNone && !take(x, 365 * kDay)) return {};
  if (const auto x = first("Mm", at); x != kNone && (time == kNone || x < time))
    if (!take(x, 31 * kDay)) return {};
  if (const auto x = first("Dd", at); x != kNone && !take(x, kDay)) return {};
  if (time != kNone) {
    at = time;
    has_parts = true;
    if (const auto x = first("Hh", at); x != kNone && !take(x, 3600)) return {};
    if (const auto x = first("Mm", at); x != kNone && x > time && !take(x, 60)) return {};
    if (const auto x = first("Ss", at); x != kNone && !take(x, 1)) return {};
  }
  if (const auto x = first("Ww", 0); x != kNone)
    if (has_parts || !take(x, 7 * kDay)) return {};
  if (at + 1 != text.size()) return {};
  return total;
}

/// lib/dns/ttl.c, bind_ttl.
std::optional<std::uint64_t> ttl_seconds(std::string_view text) {
  constexpr std::size_t kLongest = 63;
  if (text.empty() || text.size() > kLongest) return {};
  std::uint64_t total = 0;
  while (!text.empty()) {
    const std::size_t digits = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    const auto number = to_integer(text.substr(0, digits));
    if (digits == 0 || !number || *number > UINT32_MAX) return {};
    const auto count = static_cast<std::uint64_t>(*number);
    text.remove_prefix(digits);
    if (text.empty()) return total == 0 ? std::optional(count) : std::nullopt;
    switch (text[0] | 0x20) {
      case 'w':
        total += count * 604800;
        break;
      case 'd':
        total += count * 86400;
        break;
      case 'h':
        total += count * 3600;
        break;
      case 'm':
        total += count * 60;
        break;
      case 's':
        total += count;
        break;
      default:
        return {};
    }
    text.remove_prefix(1);
  }
  return total;
}

}  // namespace

std::optional<std::uint64_t> size_of(const std::string& text) {
  std::size_t end = 0;
  const std::uint64_t value = number_at(text, end);
  if (end == text.size()) return value;
  if (text.size() < 2 || end + 1 != text.size()) return {};
  std::uint64_t unit = 1024;
  switch (text[end] | 0x20) {
    case 'k':
      break;
    case 'm':
      unit *= 1024;
      break;
    case 'g':
      unit *= 1024ULL * 1024;
      break;
    default:
      return {};
  }
  if (value > UINT64_MAX / unit) return {};
  return value * unit;
}

std::optional<std::uint32_t> percent_of(const std::string& text) {
  std::size_t end = 0;
  const std::uint64_t value = number_at(text, end);
  if (text.substr(end) != "%") return {};
  return static_cast<std::uint32_t>(value);
}

std::optional<std::string> fixed_of(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view rest = point < text.size() ? text.substr(point + 1) : std::string_view();
  const auto are_digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), is_digit);
  };
  if (!are_digits(whole) || !are_digits(rest) || whole.size() + rest.size() == 0 ||
      whole.size() > 5 || rest.size() > 2)
    return {};
  std::string decimals(rest);
  decimals.resize(2, '0');
  return fmt::format("{}.{}", to_integer(whole).value_or(0), decimals);
}

std::optional<std::uint32_t> seconds_of(std::string_view text) {
  if (text.empty()) return {};
  if (const auto iso = iso_seconds(std::string(text)))
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(*iso, UINT32_MAX));
  const auto ttl = ttl_seconds(text);
  if (!ttl || *ttl > UINT32_MAX) return {};
  return static_cast<std::uint32_t>(*ttl);
}

std::optional<bool> boolean_of(std::string_view text) {
  if (iequals(text, "true") || iequals(text, "yes") || text == "1") return true;
  if (iequals(text, "false") || iequals(text, "no") || text == "0") return false;
  return {};
}

}  // namespace plimsoll::bind
