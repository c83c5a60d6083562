#include "scanner/formats/openssh/authorized_keys.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::openssh {
namespace {

constexpr std::string_view kKeyBlanks = " \t";  // isspace(3) does not decide here
constexpr std::size_t kLongestHost = 1025;      // NI_MAXHOST

/// Names without a value, in the order in which sshd tries them; `no-` may stand before some.
struct Flag {
  std::string_view name;
  bool negatable;
};
constexpr std::array kFlags = {
    Flag{"restrict", false},       Flag{"cert-authority", false},
    Flag{"port-forwarding", true}, Flag{"agent-forwarding", true},
    Flag{"x11-forwarding", true},  Flag{"touch-required", true},
    Flag{"verify-required", true}, Flag{"pty", true},
    Flag{"user-rc", true},
};

bool in_range(std::string_view digits, std::int64_t least, std::int64_t most) {
  const auto number = to_integer(digits);
  return number && *number >= least && *number <= most;
}

bool all_of(std::string_view text, bool (*holds)(char)) {
  return std::all_of(text.begin(), text.end(), holds);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// YYYYMMDD[HHMM[SS]], and `Z` or `UTC` behind it.
bool is_time(std::string_view text) {
  for (const std::string_view zone : {"Z", "UTC"})
    if (text.size() > zone.size() && iequals(text.substr(text.size() - zone.size()), zone)) {
      text.remove_suffix(zone.size());
      break;
    }
  if ((text.size() != 8 && text.size() != 12 && text.size() != 14) || !all_of(text, is_digit))
    return false;
  if (!in_range(text.substr(0, 4), 1970, 9999) || !in_range(text.substr(4, 2), 1, 12) ||
      !in_range(text.substr(6, 2), 1, 31))
    return false;
  if (text.size() >= 12 &&
      !(in_range(text.substr(8, 2), 0, 23) && in_range(text.substr(10, 2), 0, 59)))
    return false;
  return text.size() < 14 || in_range(text.substr(12, 2), 0, 60);
}

bool is_environment(std::string_view text) {
  const auto equals = text.find('=');
  return equals != std::string_view::npos && equals > 0 && all_of(text.substr(0, equals), is_word);
}

/// A number, `*` or the name of a service; which names there are is not known, so any will do.
bool is_port(std::string_view text) {
  if (text == "*") return true;
  if (all_of(text, is_digit)) return in_range(text, 1, 65535);
  return all_of(text, [](char c) { return is_word(c) || c == '-' || c == '+' || c == '.'; });
}

/// `HOST:PORT`, `[HOST]:PORT`, `HOST/PORT`.
bool is_permission(std::string_view text, bool bare_port) {
  const bool bare = bare_port && text.find(':') == std::string_view::npos;
  std::string_view port = text;
  if (!bare) {
    std::size_t end = text.find_first_of(":/");
    if (text.starts_with('[')) {
      end = text.find(']');
      if (end == std::string_view::npos) return false;
      ++end;
      if (end < text.size() && text[end] != ':' && text[end] != '/') return false;
    }
    if (end == std::string_view::npos || end >= text.size() || end >= kLongestHost) return false;
    port = text.substr(end + 1);
  }
  return is_port(port);
}

bool is_tunnel(std::string_view text) {
  return iequals(text, "any") || (!text.empty() && in_range(text, 0, 0x7fffffff - 2));
}

/// Names with a value, and what it must be.
struct Valued {
  std::string_view name;
  bool once;
  bool (*is_valid)(std::string_view);
};
constexpr std::array kValued = {
    Valued{"command", true, [](std::string_view) { return true; }},
    Valued{"principals", true, [](std::string_view) { return true; }},
    Valued{"from", true, [](std::string_view) { return true; }},
    Valued{"expiry-time", false, is_time},
    Valued{"environment", false, is_environment},
    Valued{"permitopen", false, [](std::string_view text) { return is_permission(text, false); }},
    Valued{"permitlisten", false, [](std::string_view text) { return is_permission(text, true); }},
    Valued{"tunnel", false, is_tunnel},
};

class OptionReader {
 public:
  explicit OptionReader(std::string_view text) : rest_(text) {}

  std::optional<std::vector<std::string>> read() {
    while (!at_end()) {
      // A comma without an option is nothing.
      if (rest_.front() != ',' && !flag() && !valued()) return std::nullopt;
      if (at_end()) break;
      if (rest_.front() != ',') return std::nullopt;
      rest_.remove_prefix(1);
      if (rest_.empty()) return std::nullopt;
    }
    return std::move(options_);
  }

 private:
  [[nodiscard]] bool at_end() const {
    return rest_.empty() || kKeyBlanks.find(rest_.front()) != std::string_view::npos;
  }

  bool flag() {
    for (const Flag& flag : kFlags) {
      const bool negated = flag.negatable && istarts_with(rest_, "no-");
      const std::string_view name = rest_.substr(negated ? 3 : 0);
      if (!istarts_with(name, flag.name)) continue;
      options_.push_back((negated ? "no-" : "") + std::string(flag.name));
      rest_ = name.substr(flag.name.size());
      return true;
    }
    return false;
  }

  bool valued() {
    for (const Valued& option : kValued) {
      const std::size_t length = option.name.size();
      if (!istarts_with(rest_, option.name) || rest_.size() <= length || rest_[length] != '=')
        continue;
      rest_.remove_prefix(length + 1);
      const std::string prefix = std::string(option.name) + "=";
      const auto value = unquote();
      if (!value || !option.is_valid(*value) || (option.once && has(prefix))) return false;
      options_.push_back(prefix + *value);
      return true;
    }
    return false;
  }

  /// A value stands in double quotes; `\"` is one of its own.
  std::optional<std::string> unquote() {
    if (!rest_.starts_with('"')) return std::nullopt;
    std::string out;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != '"'; ++at) {
      if (rest_.substr(at).starts_with("\\\"")) ++at;
      out += rest_[at];
    }
    if (at >= rest_.size()) return std::nullopt;
    rest_.remove_prefix(at + 1);
    return out;
  }

  [[nodiscard]] bool has(std::string_view prefix) const {
    return std::any_of(options_.begin(), options_.end(),
                       [&](const std::string& option) { return option.starts_with(prefix); });
  }

  std::string_view rest_;
  std::vector<std::string> options_;
};

/// Where the options end: at a blank outside quotes. Empty when a quote never closes.
std::optional<std::size_t> end_of_options(std::string_view text) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!quoted && kKeyBlanks.find(text[at]) != std::string_view::npos) break;
    if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '"')
      ++at;
    else if (text[at] == '"')
      quoted = !quoted;
  }
  if (at >= text.size() && quoted) return std::nullopt;
  return std::min(at, text.size());
}

}  // namespace

std::optional<std::vector<std::string>> parse_key_options(std::string_view text) {
  return OptionReader(text).read();
}

std::optional<AuthorizedKey> parse_authorized_key(std::string_view line) {
  line = trim_left(line.substr(0, line.find('\0')), kKeyBlanks);
  if (line.empty() || line.front() == '#') return std::nullopt;
  if (auto key = read_public_key(line)) return AuthorizedKey{std::move(*key), {}, 0};
  const auto end = end_of_options(line);
  if (!end) return std::nullopt;
  auto key = read_public_key(trim_left(line.substr(*end), kKeyBlanks));
  if (!key) return std::nullopt;
  auto options = parse_key_options(line);
  if (!options) return std::nullopt;
  return AuthorizedKey{std::move(*key), std::move(*options), 0};
}

}  // namespace plimsoll::openssh
