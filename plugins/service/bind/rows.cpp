#include "plugins/service/bind/rows.h"

#include <fmt/format.h>

#include "plugins/service/bind/fields.h"
#include "plugins/service/bind/grammar.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

/// Blocks that are scopes of their own; within lists of values (`rate-limit`) they are values.
constexpr std::string_view kScopes =
    "options zone view logging channel controls key server tls http dnssec-policy dlz "
    "statistics-channels";

class Writer {
 public:
  Writer(const Configuration& configuration, Facts& facts)
      : configuration_(configuration), facts_(facts) {}

  void block(const Block& block, const std::string& scope) {
    for (const Setting& one : block.settings) {
      const Block* inner = block_of(one.value);
      if (inner == nullptr || !is_one_of(one.key, kScopes)) {
        facts_.setting(std::string(one.key), printed(one.value), configuration_.origin(one.place),
                       scope);
        continue;
      }
      const std::string_view name = name_of(one.value);
      this->block(*inner, fmt::format("{}{}{}{}{}", scope, scope.empty() ? "" : " > ", one.key,
                                      name.empty() ? "" : " ", name));
    }
  }

 private:
  const Configuration& configuration_;
  Facts& facts_;
};

}  // namespace

void write_settings(const Configuration& configuration, Facts& facts) {
  std::vector<bool> seen(configuration.files.size());
  for (const std::uint32_t index : configuration.begun) {
    if (seen[index]) continue;
    seen[index] = true;
    const std::string& file = configuration.files[index];
    facts.setting("@file", file, {file, 0, 0});
  }
  if (!configuration.refused) Writer(configuration, facts).block(configuration.top, "");
}

void write_refused(const Configuration& configuration, Facts& facts) {
  if (configuration.directory)
    facts.gap(*configuration.directory, {}, Gap::Effect::may_add, {"@refused"});
  if (!configuration.refused) return;
  const Error& why = *configuration.refused;
  facts.setting("@refused", why.what, why.where);
  // Nothing is sure of a server that does not run, but that it does not.
  std::vector<std::string_view> keys = Grammar::get().all_names();
  for (const Field& field : kFields)
    if (field.name[0] == '@' && field.name != "@refused" && field.name != "@version")
      keys.push_back(field.name);
  facts.gap({why.code, "named does not start: " + why.what, why.where}, {},
            Gap::Effect::may_override, std::move(keys));
}

}  // namespace plimsoll::bind
