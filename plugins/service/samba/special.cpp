#include "plugins/service/samba/special.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "plugins/service/samba/letters.h"
#include "plugins/service/samba/words.h"
#include "scanner/base/text.h"

namespace plimsoll::samba {
namespace {

constexpr long kHighestPort = 65535;

tl::unexpected<Error> invalid(const Name& name, const std::string& text) {
  return fail(ErrorCode::invalid,
              fmt::format("invalid value `{}` for parameter `{}`", text, name.parameter->label));
}

Result<Held> dos_charset(const std::string& text) {
  // It would have to be one of single bytes.
  const bool is_utf8 = iequals(text, "utf8") || iequals(text, "utf-8");
  return Held{is_utf8 ? "CP850" : text, {}, false};
}

Result<Held> realm(const Name& name, const std::string& text) {
  auto capitals = upper_letters(text);
  if (!capitals) return invalid(name, text);
  return Held{std::move(*capitals), {}, false};
}

Result<Held> resolve_order(const Name& name, const std::string& text, const Held& current) {
  const auto given = list_words(text);
  const bool is_valid =
      !given.empty() && std::all_of(given.begin(), given.end(), [](const auto& one) {
        return is_one_of(one, "lmhosts wins host bcast");
      });
  return is_valid ? take_value(name, text, current) : Result<Held>(invalid(name, text));
}

bool is_port(const std::string& word) {
  char* end = nullptr;
  const auto port = static_cast<int>(std::strtol(word.c_str(), &end, 10));
  return *end == '\0' && port > 0 && port <= kHighestPort;
}

Result<Held> ports(const Name& name, const std::string& text, const Held& current) {
  const auto given = list_words(text);
  if (text.empty() || !std::all_of(given.begin(), given.end(), is_port)) return invalid(name, text);
  return take_value(name, text, current);
}

Result<Held> port_range(const Name& name, const std::string& text) {
  constexpr long kLowest = 1024;
  // sscanf(3) with `%d - %d`: blanks may stand anywhere before numbers and the sign.
  char* end = nullptr;
  const char* at = text.c_str();
  const auto number = [&]() -> std::optional<int> {
    const auto value = static_cast<int>(std::strtol(at, &end, 10));
    if (end == at) return std::nullopt;
    at = end;
    return value;
  };
  const auto low = number();
  while (is_space(*at)) ++at;
  if (!low || *at != '-') return invalid(name, text);
  ++at;
  const auto high = number();
  if (!high || *low > *high || *low < kLowest || *high > kHighestPort) return invalid(name, text);
  return Held{text, {}, false};
}

Result<Held> max_credits(const std::string& text) {
  constexpr int kDefault = 8192;
  const int value = loose_integer(text);
  return Held{std::to_string(value > 0 ? value : kDefault), {}, false};
}

std::optional<std::uint32_t> encryption_type(std::string_view word, bool of_sessions) {
  struct Type {
    std::string_view names;
    std::uint32_t bit;
  };
  // MS-KILE 2.2.7. The last one is of session keys, which only the defaults of a domain name.
  constexpr std::uint32_t kSession = 0x20;
  constexpr Type kTypes[] = {{"arcfour-hmac-md5 rc4-hmac", 0x4},
                             {"aes128-cts-hmac-sha1-96 aes128-cts", 0x8},
                             {"aes256-cts-hmac-sha1-96 aes256-cts", 0x10},
                             {"aes256-cts-hmac-sha1-96-sk aes256-cts-sk", kSession}};
  const std::string wanted = folded(word);
  for (const Type& type : kTypes)
    if (is_one_of(wanted, type.names) && (of_sessions || type.bit != kSession)) return type.bit;
  const bool is_hex = word.starts_with('0') &&
                      ((word.size() > 1 && word[1] == 'x') || (word.size() > 2 && word[2] == 'X'));
  const std::string digits(is_hex ? word.substr(2) : word);
  char* end = nullptr;
  errno = 0;
  const auto bits = std::strtoul(digits.c_str(), &end, is_hex ? 16 : 10);
  if (errno != 0 || end == digits.c_str() || *end != '\0' || digits.find('-') != std::string::npos)
    return std::nullopt;
  return static_cast<std::uint32_t>(bits);
}

Result<Held> encryption_types(const Name& name, const std::string& text) {
  std::uint32_t out = 0;
  for (const std::string_view word : words(text, " \t,\n\r")) {
    const auto bits = encryption_type(word, name.parameter->key.starts_with("kdc default"));
    if (!bits) return invalid(name, text);
    out |= *bits;
  }
  return Held{std::to_string(static_cast<std::int32_t>(out)), {}, false};
}

}  // namespace

Result<Held> take_special(const Name& name, const std::string& text, const Held& current) {
  const std::string_view key = name.parameter->key;
  if (key == "dos charset") return dos_charset(text);
  if (key == "realm") return realm(name, text);
  if (key == "name resolve order") return resolve_order(name, text, current);
  if (key == "smb ports") return ports(name, text, current);
  if (key == "rpc server dynamic port range") return port_range(name, text);
  if (key == "smb2 max credits") return max_credits(text);
  if (key.ends_with("supported enctypes")) return encryption_types(name, text);
  return take_value(name, text, current);
}

std::vector<std::pair<std::string_view, std::string_view>> printer_commands(
    std::string_view printing) {
  using Commands = std::vector<std::pair<std::string_view, std::string_view>>;
  if (is_one_of(printing, "bsd aix nt os2"))
    return {{"lpq command", "lpq -P'%p'"},
            {"lprm command", "lprm -P'%p' %j"},
            {"print command", "lpr -r -P'%p' %s"}};
  if (is_one_of(printing, "lprng plp"))
    return {{"lpq command", "lpq -P'%p'"},
            {"lprm command", "lprm -P'%p' %j"},
            {"print command", "lpr -r -P'%p' %s"},
            {"queuepause command", "lpc stop '%p'"},
            {"queueresume command", "lpc start '%p'"},
            {"lppause command", "lpc hold '%p' %j"},
            {"lpresume command", "lpc release '%p' %j"}};
  if (is_one_of(printing, "cups iprint"))
    return {{"lpq command", "%p"},      {"lprm command", ""},     {"print command", ""},
            {"lppause command", ""},    {"lpresume command", ""}, {"queuepause command", ""},
            {"queueresume command", ""}};
  if (is_one_of(printing, "sysv hpux"))
    return {{"lpq command", "lpstat -o%p"},
            {"lprm command", "cancel %p-%j"},
            {"print command", "lp -c -d%p %s; rm %s"},
            {"queuepause command", "disable %p"},
            {"queueresume command", "enable %p"},
            {"lppause command", "lp -i %p-%j -H hold"},
            {"lpresume command", "lp -i %p-%j -H resume"}};
  if (printing == "qnx")
    return {{"lpq command", "lpq -P%p"},
            {"lprm command", "lprm -P%p %j"},
            {"print command", "lp -r -P%p %s"}};
  return Commands();
}

}  // namespace plimsoll::samba
