#include "scanner/formats/openssh/host_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "scanner/base/text.h"

namespace plimsoll::openssh {
namespace {

/// Names for a root that has no /etc/services at all, such as a source tree.
constexpr std::array<std::pair<std::string_view, int>, 8> kWellKnown = {{{"ftp", 21},
                                                                         {"ssh", 22},
                                                                         {"telnet", 23},
                                                                         {"smtp", 25},
                                                                         {"http", 80},
                                                                         {"pop3", 110},
                                                                         {"https", 443},
                                                                         {"ldap", 389}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::string_view> HostFiles::read(std::string_view path, bool needed) {
  const auto text = root_.read(path);
  if (text) return *text;
  if (needed) errors_.push_back(text.error());
  return std::nullopt;
}

void HostFiles::load_users() {
  if (std::exchange(users_loaded_, true)) return;
  const auto text = read("/etc/passwd", true);
  if (!text) return;
  for (const Line& line : lines(*text)) {
    const auto fields = split(line.text, ':');
    if (fields.size() < 7 || fields[0].empty()) continue;
    users_.try_emplace(std::string(fields[0]),
                       User{std::string(fields[5]), std::string(fields[3])});
  }
}

void HostFiles::load_groups() {
  if (std::exchange(groups_loaded_, true)) return;
  const auto text = read("/etc/group", true);
  if (!text) return;
  for (const Line& line : lines(*text)) {
    const auto fields = split(line.text, ':');
    if (fields.size() < 4 || fields[0].empty()) continue;
    Group group{std::string(fields[0]), std::string(fields[2]), {}};
    for (const std::string_view member : words(fields[3], ",")) group.members.emplace_back(member);
    groups_.push_back(std::move(group));
  }
}

std::optional<std::string> HostFiles::home(const std::string& user) {
  // sshd runs as root; a tree without accounts still has that one.
  if (user.empty() && !root_.exists("/etc/passwd")) return "/root";
  load_users();
  const auto found = users_.find(user.empty() ? "root" : user);
  if (found == users_.end()) return std::nullopt;
  return found->second.home;
}

std::optional<std::vector<std::string>> HostFiles::groups_of(const std::string& user) {
  load_users();
  const auto found = users_.find(user);
  if (found == users_.end()) return std::nullopt;
  load_groups();
  std::vector<std::string> out;
  for (const Group& group : groups_) {
    if (group.gid != found->second.gid &&
        std::find(group.members.begin(), group.members.end(), user) == group.members.end())
      continue;
    // getgrgid(3) gives the first name of a number.
    const auto first = std::find_if(groups_.begin(), groups_.end(),
                                    [&](const Group& other) { return other.gid == group.gid; });
    out.push_back(first->name);
  }
  return out;
}

std::optional<int> HostFiles::port(std::string_view text) {
  if (const auto number = bounded_number(text, 0, 65535)) return static_cast<int>(*number);
  const auto services = read("/etc/services", false);
  if (!services) {
    const auto* known = std::find_if(kWellKnown.begin(), kWellKnown.end(),
                                     [&](const auto& pair) { return pair.first == text; });
    return known == kWellKnown.end() ? std::nullopt : std::optional(known->second);
  }
  for (const Line& line : lines(*services)) {
    const auto fields = words(line.text.substr(0, line.text.find('#')));
    if (fields.size() < 2 || !fields[1].ends_with("/tcp")) continue;
    if (fields[0] != text && std::find(fields.begin() + 2, fields.end(), text) == fields.end())
      continue;
    const auto number = to_integer(fields[1].substr(0, fields[1].size() - 4));
    if (number && *number >= 0 && *number <= 65535) return static_cast<int>(*number);
  }
  return std::nullopt;
}

std::vector<std::string> HostFiles::addresses(std::string_view name) {
  std::vector<std::string> out;
  const auto hosts = read("/etc/hosts", false);
  if (!hosts && name == "localhost") return {"127.0.0.1"};
  if (!hosts) return out;
  for (const Line& line : lines(*hosts)) {
    const auto fields = words(line.text.substr(0, line.text.find('#')));
    const bool named = std::any_of(fields.begin() + (fields.empty() ? 0 : 1), fields.end(),
                                   [&](std::string_view field) { return iequals(field, name); });
    if (named) out.emplace_back(fields[0]);
  }
  return out;
}

std::optional<std::string> HostFiles::expand_tilde(std::string_view path) {
  if (!path.starts_with('~')) return std::string(path);
  const auto slash = std::min(path.find('/'), path.size());
  auto base = home(std::string(path.substr(1, slash - 1)));
  if (!base) return std::nullopt;
  if (base->empty() || base->back() != '/') *base += '/';
  return *base + std::string(trim_left(path.substr(slash), "/"));
}

std::optional<long long> bounded_number(std::string_view text, long long least, long long most) {
  text = trim_left(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  const std::string_view digits = trim_left(text, "0");
  constexpr std::size_t kMostDigits = 18;
  if (digits.size() > kMostDigits) return std::nullopt;
  const long long value = digits.empty() ? 0 : to_integer(digits).value_or(0);
  const long long number = negative ? -value : value;
  if (number < least || number > most) return std::nullopt;
  return number;
}

std::optional<int> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  long long total = 0;
  while (!text.empty()) {
    const std::size_t blanks = std::min(text.find_first_not_of(kBlanks), text.size());
    const std::size_t sign =
        blanks + (blanks < text.size() && (text[blanks] == '+' || text[blanks] == '-'));
    std::size_t end = sign;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end == sign) return std::nullopt;
    const auto number = bounded_number(text.substr(0, end), 0, INT_MAX);
    if (!number) return std::nullopt;
    long long unit = 1;
    if (end < text.size()) {
      switch (text[end]) {
        case 's':
        case 'S':
          unit = 1;
          break;
        case 'm':
        case 'M':
          unit = 60;
          break;
        case 'h':
        case 'H':
          unit = 3600;
          break;
        case 'd':
        case 'D':
          unit = 86400;
          break;
        case 'w':
        case 'W':
          unit = 604800;
          break;
        default:
          return std::nullopt;
      }
      ++end;
    }
    total += *number * unit;
    if (total > INT_MAX) return std::nullopt;
    text.remove_prefix(end);
  }
  return static_cast<int>(total);
}

std::optional<long long> parse_scaled(std::string_view text) {
  text = trim_left(text);
  long long sign = 1;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
  }
  constexpr std::size_t kMostDigits = 18;
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end > kMostDigits) return std::nullopt;
  const long long whole = end == 0 ? 0 : to_integer(text.substr(0, end)).value_or(0);
  text.remove_prefix(end);
  std::string_view fraction;
  if (text.starts_with('.')) {
    end = 1;
    while (end < text.size() && is_digit(text[end])) ++end;
    fraction = text.substr(1, std::min<std::size_t>(end - 1, 6));
    text.remove_prefix(end);
  }
  if (text.empty()) return sign * whole;  // a fraction without a unit is dropped
  const auto power = std::string_view("bkmgtpe").find(lower(text.substr(0, 1)));
  if (power == std::string_view::npos) return std::nullopt;
  const auto is_alnum = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (text.size() > 1 && is_alnum(text[1])) return std::nullopt;
  const long long unit = 1LL << (10U * static_cast<unsigned>(power));
  if (whole > LLONG_MAX / unit - 1) return std::nullopt;
  long long part = fraction.empty() ? 0 : to_integer(fraction).value_or(0);
  __extension__ typedef __int128 Wide;
  Wide scaled = static_cast<Wide>(part) * unit;
  for (std::size_t i = 0; i < fraction.size(); ++i) scaled /= 10;
  return sign * (whole * unit + static_cast<long long>(scaled));
}

std::optional<std::string> parse_ip_qos(std::string_view text) {
  constexpr int kNone = INT_MAX;
  // The first name of a number is the one that the dump prints.
  constexpr std::array<std::pair<std::string_view, int>, 26> kNames = {{
      {"none", kNone},      {"af11", 0x28},        {"af12", 0x30}, {"af13", 0x38},
      {"af21", 0x48},       {"af22", 0x50},        {"af23", 0x58}, {"af31", 0x68},
      {"af32", 0x70},       {"af33", 0x78},        {"af41", 0x88}, {"af42", 0x90},
      {"af43", 0x98},       {"cs0", 0x00},         {"cs1", 0x20},  {"cs2", 0x40},
      {"cs3", 0x60},        {"cs4", 0x80},         {"cs5", 0xa0},  {"cs6", 0xc0},
      {"cs7", 0xe0},        {"ef", 0xb8},          {"le", 0x04},   {"lowdelay", 0x10},
      {"throughput", 0x08}, {"reliability", 0x04},
  }};
  const std::string number(text);
  const auto* named = std::find_if(kNames.begin(), kNames.end(),
                                   [&](const auto& pair) { return iequals(pair.first, text); });
  char* end = nullptr;
  const long value = named != kNames.end() ? named->second : std::strtol(number.c_str(), &end, 0);
  if (named == kNames.end() && (number.empty() || *end != '\0' || value < 0 || value > 255))
    return std::nullopt;
  for (const auto& [name, known] : kNames)
    if (known == value) return std::string(name);
  constexpr std::string_view kHex = "0123456789abcdef";
  return std::string("0x") + kHex[static_cast<std::size_t>(value) / 16] +
         kHex[static_cast<std::size_t>(value) % 16];
}

std::optional<HostPort> split_host_port(std::string_view text) {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    ++end;
  } else {
    end = std::min(text.find_first_of(":/"), text.size());
  }
  std::string_view host = text.substr(0, end);
  HostPort out;
  if (end < text.size()) {
    if (text[end] != ':') return std::nullopt;
    out.port = std::string(text.substr(end + 1));
  }
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  out.host = std::string(host);
  return out;
}

}  // namespace plimsoll::openssh
