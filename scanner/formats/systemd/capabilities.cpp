#include "scanner/formats/systemd/capabilities.h"

#include <algorithm>
#include <string>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd {

std::optional<unsigned> capability(std::string_view name) {
  if (const auto number = signed_number(name)) {
    if (*number < 0 || *number > 63) return {};
    return static_cast<unsigned>(*number);
  }
  if (!istarts_with(name, "cap_")) return {};
  const std::string plain = upper(name.substr(4));
  const auto* const found = std::find(kCapabilities.begin(), kCapabilities.end(), plain);
  if (found == kCapabilities.end()) return {};
  return static_cast<unsigned>(found - kCapabilities.begin());
}

std::uint64_t capability_bits(std::string_view list) {
  WordReader reader(list, {.unquote = true});
  std::uint64_t bits = 0;
  std::string word;
  while (reader.next(word) == WordReader::Got::word)
    if (const auto number = capability(word)) bits |= std::uint64_t{1} << *number;
  return bits;
}

}  // namespace plimsoll::systemd
