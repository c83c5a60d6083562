#include "plugins/service/bind/dns_names.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestName = 255;  // with a length before each label, and one for the root

constexpr std::string_view kRecordTypes =
    "a ns md mf cname soa mb mg mr null wks ptr hinfo minfo mx txt rp afsdb x25 isdn rt nsap "
    "nsap-ptr sig key px gpos aaaa loc nxt eid nimloc srv atma naptr kx cert a6 dname sink opt apl "
    "ds sshfp ipseckey rrsig nsec dnskey dhcid nsec3 nsec3param tlsa smimea hip ninfo rkey talink "
    "cds cdnskey openpgpkey csync zonemd svcb https dsync hhit brid spf uinfo uid gid unspec nid "
    "l32 l64 lp eui48 eui64 tkey tsig ixfr axfr mailb maila any uri caa avc doa amtrelay resinfo "
    "wallet ta dlv keydata";

struct Named {
  std::string_view name;
  unsigned number;
};
constexpr std::array kAlgorithms = {
    Named{"rsamd5", 1},           Named{"dh", 2},           Named{"dsa", 3},
    Named{"rsasha1", 5},          Named{"nsec3dsa", 6},     Named{"nsec3rsasha1", 7},
    Named{"rsasha256", 8},        Named{"rsasha512", 10},   Named{"eccgost", 12},
    Named{"ecdsap256sha256", 13}, Named{"ecdsa256", 13},    Named{"ecdsap384sha384", 14},
    Named{"ecdsa384", 14},        Named{"ed25519", 15},     Named{"ed448", 16},
    Named{"indirect", 252},       Named{"privatedns", 253}, Named{"privateoid", 254},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A number of up to 255, which stands for itself: nothing where the text does not begin with a
/// digit, and is a name therefore.
std::optional<bool> is_byte(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return {};
  const auto value = to_integer(text);
  return value && *value <= 255;
}

/// `TYPE5`, `CLASS5`: up to 65535.
std::optional<unsigned> numbered(std::string_view text, std::string_view word) {
  if (!istarts_with(text, word)) return {};
  const std::string_view digits = text.substr(word.size());
  if (digits.empty() || digits.size() > 5 || !std::all_of(digits.begin(), digits.end(), is_digit))
    return {};
  const auto value = to_integer(digits);
  if (!value || *value > 65535) return {};
  return static_cast<unsigned>(*value);
}

/// One byte of a label at `at`, which moves behind it; nothing for a bad escape.
std::optional<char> label_byte(std::string_view text, std::size_t& at) {
  if (text[at] != '\\') return text[at++];
  if (++at == text.size()) return {};
  if (!is_digit(text[at])) return text[at++];
  const std::string_view digits = text.substr(at, 3);
  if (digits.size() < 3 || !std::all_of(digits.begin(), digits.end(), is_digit)) return {};
  at += 3;
  const auto value = to_integer(digits);
  if (!value || *value > 255) return {};
  return static_cast<char>(*value);
}

}  // namespace

std::optional<std::string> domain_name(std::string_view text) {
  if (text == "." || text == "@") return ".";
  if (text.empty() || text.size() > 4 * kLongestName) return {};
  std::string out;
  std::size_t label = 0;
  std::size_t wire = 1;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '.') {
      if (label == 0) return {};
      label = 0;
      if (++at < text.size()) out += '.';
      continue;
    }
    // A label that begins with `\[` was a string of bits once.
    if (label == 0 && text.substr(at).starts_with("\\[")) return {};
    const auto byte = label_byte(text, at);
    if (!byte || label == kLongestLabel) return {};
    wire += label++ == 0 ? 2 : 1;
    if (*byte == '.' || *byte == '\\') out += '\\';
    out += *byte;
  }
  if (wire > kLongestName) return {};
  return lower(out);
}

bool is_below(std::string_view name, std::string_view zone) {
  if (zone == "." || name == zone) return true;
  return name.size() > zone.size() && name.ends_with(zone) &&
         name[name.size() - zone.size() - 1] == '.';
}

bool is_record_type(std::string_view text) {
  return is_one_of(lower(text), kRecordTypes) || numbered(text, "type").has_value();
}

std::optional<unsigned> class_number(std::string_view text) {
  constexpr std::array kClasses = {Named{"in", 1},    Named{"ch", 3},       Named{"chaos", 3},
                                   Named{"hs", 4},    Named{"hesiod", 4},   Named{"none", 254},
                                   Named{"any", 255}, Named{"reserved0", 0}};
  for (const Named& one : kClasses)
    if (iequals(one.name, text)) return one.number;
  return numbered(text, "class");
}

std::optional<unsigned> algorithm_number(std::string_view text) {
  if (const auto number = is_byte(text))
    return *number ? std::optional(static_cast<unsigned>(to_integer(text).value_or(0)))
                   : std::nullopt;
  for (const Named& one : kAlgorithms)
    if (iequals(one.name, text)) return one.number;
  return {};
}

bool is_digest(std::string_view text) {
  if (const auto number = is_byte(text)) return *number;
  return is_one_of(lower(text), "sha-1 sha1 sha-256 sha256 gost sha-384 sha384");
}

std::optional<std::size_t> base64_length(std::string_view text) {
  std::array<int, 4> group{};
  std::size_t digits = 0;
  std::size_t bytes = 0;
  bool has_end = false;
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  constexpr int kPad = 64;
  for (const char c : text) {
    if (kBlanks.substr(0, 4).find(c) != std::string_view::npos) continue;
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos || has_end) return {};
    group[digits++] = static_cast<int>(value);
    if (digits < group.size()) continue;
    digits = 0;
    if (group[0] == kPad || group[1] == kPad || (group[2] == kPad && group[3] != kPad)) return {};
    // What the end leaves over is zero.
    if (group[2] == kPad && (group[1] & 0xf) != 0) return {};
    if (group[3] == kPad && (group[2] & 0x3) != 0) return {};
    has_end = group[3] == kPad;
    bytes += group[2] == kPad ? 1 : group[3] == kPad ? 2 : 3;
  }
  if (digits != 0) return {};
  return bytes;
}

std::optional<std::size_t> hex_length(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (kBlanks.substr(0, 4).find(c) != std::string_view::npos) continue;
    const bool is_hex = is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    if (!is_hex) return {};
    ++digits;
  }
  if (digits % 2 != 0) return {};
  return digits / 2;
}

}  // namespace plimsoll::bind
