#include "plugins/os/aide/attributes.h"

#include <array>

#include "scanner/base/text.h"

namespace plimsoll::aide {
namespace {

constexpr std::array<std::string_view, 23> kPlain = {
    "l",    "p",       "u",          "g",     "s",   "a",      "c",       "m",
    "i",    "b",       "n",          "ftype", "acl", "xattrs", "selinux", "e2fsattrs",
    "caps", "growing", "compressed", "S",     "I",   "ANF",    "ARF"};
// Those that Debian's build, with libmhash, has.
constexpr std::array<std::string_view, 11> kHashes = {"md5",    "sha1",  "sha256",   "sha512",
                                                      "rmd160", "tiger", "crc32",    "crc32b",
                                                      "haval",  "gost",  "whirlpool"};
constexpr std::array<std::string_view, 2> kMissing = {"stribog256", "stribog512"};

struct Default {
  std::string_view name, expression;
};
// aide.conf(5), "Default groups"; each is made of those before it.
constexpr std::array<Default, 4> kDefaults = {{{"X", "acl+selinux+xattrs+e2fsattrs+caps"},
                                               {"R", "p+ftype+i+l+n+u+g+s+m+c+md5+X"},
                                               {"L", "p+ftype+i+l+n+u+g+X"},
                                               {">", "p+ftype+l+u+g+i+n+s+growing+X"}}};

}  // namespace

Groups::Groups() {
  for (const std::string_view name : kPlain) define(std::string(name), {std::string(name)});
  Attributes hashes;
  for (const std::string_view name : kHashes) {
    define(std::string(name), {std::string(name)});
    hashes.emplace(name);
  }
  for (const std::string_view name : kMissing) define(std::string(name), {});
  define("H", std::move(hashes));
  define("E", {});
  for (const Default& group : kDefaults)
    if (auto attributes = evaluate(group.expression))
      define(std::string(group.name), std::move(*attributes));
}

std::optional<Attributes> Groups::evaluate(std::string_view expression) const {
  Attributes out;
  char sign = '+';
  while (true) {
    const auto end = expression.find_first_of("+-");
    const auto group = groups_.find(trim(expression.substr(0, end), " \t"));
    if (group == groups_.end()) return std::nullopt;
    if (sign == '+')
      out.insert(group->second.begin(), group->second.end());
    else
      for (const std::string& name : group->second) out.erase(name);
    if (end == std::string_view::npos) return out;
    sign = expression[end];
    expression.remove_prefix(end + 1);
  }
}

}  // namespace plimsoll::aide
