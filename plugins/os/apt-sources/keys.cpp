#include "plugins/os/apt-sources/source.h"
#include "scanner/base/text.h"

namespace plimsoll::apt {
namespace {

/// All 40 digits, with a `!` behind them for this key without its subkeys.
bool is_fingerprint(std::string_view key) {
  if (key.size() == 41 && key.ends_with('!')) key.remove_suffix(1);
  return key.size() == 40 && key.find_first_not_of("0123456789ABCDEF") == key.npos;
}

/// sources.list(5), Signed-By: an empty line of the key is written as a dot.
std::string key_text(std::string_view text) {
  std::string out;
  for (const Line& line : lines(text)) {
    const std::string_view stripped = trim(line.text);
    if (stripped != ".") out += stripped;
    out += '\n';
  }
  return out;
}

}  // namespace

std::optional<std::string> normal_keys(std::string_view keys) {
  if (keys.find("-----BEGIN PGP PUBLIC KEY BLOCK-----") != keys.npos) return key_text(keys);
  std::vector<std::string> found;
  for (const std::string_view key : words(keys, " \t\r\n\v\f,")) {
    found.push_back(key.starts_with('/') ? std::string(key) : upper(key));
    if (!key.starts_with('/') && !is_fingerprint(found.back())) return {};
  }
  if (found.empty() && !keys.empty()) return {};
  return join(found, ",");
}

}  // namespace plimsoll::apt
