#include "plugins/service/apache2/modules.h"

#include <fmt/format.h>

#include <array>
#include <tuple>

#include "scanner/base/text.h"

namespace plimsoll::apache2 {
namespace {

constexpr std::string_view kBuiltIn =
    "core.c mod_so.c http_core.c mod_watchdog.c mod_log_config.c mod_logio.c mod_version.c "
    "mod_unixd.c core_module so_module http_module watchdog_module log_config_module logio_module "
    "version_module unixd_module";

/// The source file that a module of that name is made from.
std::string source_of(std::string_view module) {
  const std::string_view stem = module.substr(0, module.rfind("_module"));
  if (stem.starts_with("mpm_")) return fmt::format("{}.c", stem.substr(4));
  if (stem == "ldap") return "util_ldap.c";
  return fmt::format("mod_{}.c", stem);
}

using Version = std::tuple<int, int, int>;

std::optional<Version> read_version(std::string_view text) {
  std::array<int, 3> parts{};
  const auto pieces = split(text, '.');
  if (text.empty() || pieces.size() > parts.size()) return std::nullopt;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].empty() && i + 1 == pieces.size() && i > 0) continue;
    if (pieces[i].find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    const auto number = to_integer(pieces[i]);
    if (!number || *number > 1'000'000) return std::nullopt;
    parts[i] = static_cast<int>(*number);
  }
  return Version{parts[0], parts[1], parts[2]};
}

std::optional<bool> compare(char sign, bool or_equal, const Version& own, const Version& other) {
  if (sign == '=') return own == other;
  if (sign == '<') return own < other || (or_equal && own == other);
  if (sign == '>') return own > other || (or_equal && own == other);
  return std::nullopt;
}

}  // namespace

void add_module(Tree& tree, const std::string& name, Origin origin) {
  if (!tree.loaded.insert(name).second) return;
  tree.loaded.insert(source_of(name));
  tree.modules.push_back({name, std::move(origin)});
}

bool is_loaded(const Tree& tree, std::string_view module) {
  return is_one_of(module, kBuiltIn) || tree.loaded.count(std::string(module)) > 0;
}

std::optional<bool> version_holds(std::vector<std::string> words, int patch) {
  // The `>` of the section stands alone, or at the end of the last word.
  if (words.empty() || words.size() > 3 || !words.back().ends_with('>')) return std::nullopt;
  words.back().pop_back();
  if (words.back().empty()) words.pop_back();
  if (words.empty() || words.size() > 2) return std::nullopt;
  std::string_view sign = words.size() == 2 ? std::string_view(words[0]) : "=";
  const bool is_negated = sign.starts_with('!');
  if (is_negated) sign = sign.size() > 1 ? sign.substr(1) : "=";
  if (sign.empty() || sign.size() > 2 || (sign.size() == 2 && sign[1] != '=')) return std::nullopt;
  const auto other = read_version(words.back());
  if (!other) return std::nullopt;
  const auto holds = compare(sign[0], sign.size() == 2, Version{2, 4, patch}, *other);
  if (!holds) return std::nullopt;
  return *holds != is_negated;
}

}  // namespace plimsoll::apache2
