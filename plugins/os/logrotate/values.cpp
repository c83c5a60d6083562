#include "plugins/os/logrotate/values.h"

#include <algorithm>

#include "plugins/os/account/optional_text.h"
#include "plugins/os/account/user_database.h"
#include "scanner/base/text.h"

namespace plimsoll::logrotate {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 53;

/// The digits of a number by strtol's rules for base 0.
std::optional<std::int64_t> to_magnitude(std::string_view digits) {
  if (digits.empty() || digits.front() == '+' || digits.front() == '-') return std::nullopt;
  if (digits.size() > 2 && digits.front() == '0' && (digits[1] == 'x' || digits[1] == 'X')) {
    digits.remove_prefix(2);
    return digits.front() == '+' || digits.front() == '-' ? std::nullopt : to_integer(digits, 16);
  }
  return to_integer(digits, digits.front() == '0' ? 8 : 10);
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

}  // namespace

std::optional<std::int64_t> to_number(std::string_view text) {
  text = trim_left(text);
  if (text.empty()) return 0;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  const auto number = to_magnitude(text);
  return number && negative ? -*number : number;
}

std::optional<std::int64_t> to_size(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::string_view kUnits = "kMG";
  const char last = text.back() == 'K' ? 'k' : text.back();
  std::int64_t factor = 1;
  if (const auto unit = kUnits.find(last); unit != std::string_view::npos) {
    factor = std::int64_t{1} << (10 * (unit + 1));
    text.remove_suffix(1);
  } else if (last < '0' || last > '9') {
    return std::nullopt;
  }
  const auto number = to_number(text);
  if (!number || *number < 0 || *number > kLargest / factor) return std::nullopt;
  return *number * factor;
}

std::optional<std::vector<std::string>> split_words(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (quote != '\0' && c == quote) {
      quote = '\0';
    } else if (quote == '\0' && kBlanks.find(c) != std::string_view::npos) {
      if (!word.empty()) out.push_back(std::exchange(word, {}));
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\') {
      if (++at >= text.size()) return std::nullopt;
      c = text[at];
      if (quote != '\0' && c != quote) word += '\\';
      word += c;
    } else {
      word += c;
    }
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

Owners::Owners(const Root& root, Facts& facts) {
  for (const PasswdEntry& account : parse_passwd(optional_text(root, "/etc/passwd", facts, {}))) {
    users_.emplace(account.name);
    users_.insert(std::to_string(account.uid));
  }
  for (const GroupEntry& group : parse_group(optional_text(root, "/etc/group", facts, {}))) {
    groups_.emplace(group.name);
    groups_.insert(std::to_string(group.gid));
  }
}

bool read_ownership(std::string_view text, bool with_mode, const Owners& owners,
                    Ownership& ownership) {
  text = trim_left(text);
  if (with_mode) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_octal) - text.begin();
    const std::string_view mode = text.substr(0, static_cast<std::size_t>(end));
    if (!mode.empty()) ownership.mode = mode;
    text.remove_prefix(mode.size());
  }
  const auto parts = words(text);
  if (parts.size() > 2) return false;
  if (!parts.empty()) {
    if (!owners.has_user(parts[0])) return false;
    ownership.owner = parts[0];
  }
  if (parts.size() > 1) {
    if (!owners.has_group(parts[1])) return false;
    ownership.group = parts[1];
  }
  return true;
}

std::string to_text(const Ownership& ownership) {
  std::string out;
  for (const std::string& word : {ownership.mode, ownership.owner, ownership.group}) {
    if (word.empty()) continue;
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

}  // namespace plimsoll::logrotate
