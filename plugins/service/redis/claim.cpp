#include "plugins/service/redis/claim.h"

#include "plugins/service/redis/options.h"
#include "plugins/service/redis/words.h"
#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

bool is_known(std::string_view name) {
  return OptionTable::of(Version::v7).named(name) != nullptr ||
         OptionTable::of(Version::v8).named(name) != nullptr ||
         is_one_of(name, "include rename-command user loadmodule");
}

}  // namespace

bool is_named_so(std::string_view path) {
  if (!path.ends_with(".conf")) return false;
  const std::string whole = lower(path);
  if (base_name(whole).find("sentinel") != std::string_view::npos) return false;
  return whole.find("redis") != std::string::npos || whole.find("valkey") != std::string::npos;
}

bool looks_so(const Document& document) {
  constexpr std::size_t kMostWords = 200;
  std::size_t known = 0;
  std::size_t strange = 0;
  for (const Line& line : lines(document.text)) {
    const std::string_view text = trim(line.text, " \t\r\n");
    if (text.empty() || text[0] == '#') continue;
    if (known + strange >= kMostWords) break;
    const std::string_view word = text.substr(0, text.find_first_of(" \t"));
    // `sentinel monitor`: the other program of the same family.
    if (iequals(word, "sentinel")) return false;
    ++(is_known(lower(word)) ? known : strange);
  }
  return known > strange;
}

}  // namespace plimsoll::redis
