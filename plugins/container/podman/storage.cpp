#include <fmt/format.h>

#include "plugins/container/podman/configs.h"
#include "scanner/base/text.h"

namespace plimsoll::podman {
namespace {

constexpr const char* kScope = "storage";

/// Options of storage.options that are no texts; those of the drivers are texts throughout.
constexpr std::string_view kNumbers = "force_mask auto-userns-min-size auto-userns-max-size";
constexpr std::string_view kLists = "additionalimagestores additionallayerstores";

bool fits(std::string_view key, const DataNode& node) {
  if (is_one_of(key, kNumbers)) return node.is_scalar();
  if (is_one_of(key, kLists)) return node.is_sequence();
  if (key == "disable-volatile")
    return node.is_scalar() && node.plain && is_one_of(node.text, "true false");
  return node.is_scalar() && !node.plain;
}

void write_list(const Source& source, const DataEntry& entry, const std::string& scope,
                Facts& facts) {
  for (const DataEntry& each : entry.value->entries)
    if (each.value->is_scalar())
      facts.setting(lower(entry.key->text), std::string(each.value->text), source.at(*each.value),
                    scope);
}

/// A table and, two deep, those in it: storage, storage > options, storage > options > overlay.
void write_table(Source& source, const DataNode& table, const std::string& scope, int depth,
                 Facts& facts) {
  for (const DataEntry& entry : table.entries) {
    const std::string key = lower(entry.key->text);
    const DataNode& value = *entry.value;
    if (value.is_mapping()) {
      if (depth < 3)
        write_table(source, value, fmt::format("{} > {}", scope, key), depth + 1, facts);
      continue;
    }
    if (!fits(key, value)) source.wrong_type(entry);
    if (value.is_sequence()) write_list(source, entry, scope, facts);
    // The old name of the same driver.
    if (value.is_scalar())
      facts.setting(
          key, key == "driver" && value.text == "overlay2" ? "overlay" : std::string(value.text),
          source.at(*entry.key), scope);
  }
}

}  // namespace

void write_storage(const DataNode& top, const std::string& path, Facts& facts) {
  Source source(path);
  if (const DataNode* storage = source.table(top, kScope))
    write_table(source, *storage, kScope, 0, facts);
  for (const char* key : {"runroot", "graphroot"}) {
    const Fact* fact = facts.find(key, kScope);
    if (fact == nullptr || fact->value.empty())
      source.refuse(top, fmt::format("it sets no `{}`", key));
  }
  if (source.refused()) facts.gap(*source.refused(), kScope);
}

}  // namespace plimsoll::podman
