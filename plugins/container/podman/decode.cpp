#include "plugins/container/podman/decode.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::podman {
namespace {

constexpr std::size_t kShadowed = 16;
constexpr DataLimits kLimits{.depth = 40, .nodes = 1U << 17U};

bool is_text(const DataNode& node) { return node.is_scalar() && !node.plain; }

}  // namespace

void Settings::Entry::shadow() {
  for (Item& old : items)
    if (!old.origin.file.empty() && shadowed.size() < kShadowed)
      shadowed.push_back(
          {std::move(old.text), std::move(old.origin), "a later file sets it again"});
  items.clear();
}

void Settings::set(const std::string& scope, const std::string& key, std::vector<Item> items) {
  Entry& entry = entries_[{scope, key}];
  entry.shadow();
  entry.items = std::move(items);
  entry.is_set = true;
}

void Settings::append(const std::string& scope, const std::string& key, std::vector<Item> items) {
  Entry& entry = entries_[{scope, key}];
  for (Item& item : items) entry.items.push_back(std::move(item));
  entry.is_set = true;
}

void Settings::forget(const std::string& scope) {
  const auto empty = [&](const std::string& first, const auto& belongs) {
    for (auto it = entries_.lower_bound({first, ""});
         it != entries_.end() && belongs(it->first.first); ++it) {
      it->second.shadow();
      it->second.is_set = false;
    }
  };
  const std::string below = scope + " > ";
  empty(scope, [&](const std::string& name) { return name == scope; });
  empty(below, [&](const std::string& name) { return name.starts_with(below); });
}

bool Settings::has(const std::string& scope, const std::string& key) const {
  const auto it = entries_.find({scope, key});
  return it != entries_.end() && it->second.is_set;
}

std::span<const Item> Settings::items(const std::string& scope, const std::string& key) const {
  const auto it = entries_.find({scope, key});
  return it == entries_.end() ? std::span<const Item>() : it->second.items;
}

void Settings::write(Facts& facts) const {
  for (const auto& [name, entry] : entries_)
    for (const Item& item : entry.items) {
      Fact& fact = facts.setting(name.second, item.text, item.origin, name.first);
      if (&item == &entry.items.front()) fact.shadowed = entry.shadowed;
    }
}

const DataEntry* Source::member(const DataNode& table, std::string_view name) {
  const DataEntry* found = nullptr;
  for (const DataEntry& entry : table.entries) {
    if (!iequals(entry.key->text, name)) continue;
    if (found != nullptr) two_spellings(*entry.key);
    found = &entry;
  }
  return found;
}

const DataNode* Source::table(const DataNode& in, std::string_view name) {
  const DataEntry* entry = member(in, name);
  if (entry == nullptr) return nullptr;
  if (!entry->value->is_mapping()) return wrong_type(*entry), nullptr;
  return entry->value;
}

const DataNode* Source::list(const DataNode& in, std::string_view name) {
  const DataEntry* entry = member(in, name);
  if (entry == nullptr) return nullptr;
  if (!entry->value->is_sequence()) return wrong_type(*entry), nullptr;
  return entry->value;
}

std::optional<Item> Source::text(const DataNode& in, std::string_view name) {
  const DataEntry* entry = member(in, name);
  if (entry == nullptr) return {};
  if (!is_text(*entry->value)) return wrong_type(*entry), std::nullopt;
  return Item{std::string(entry->value->text), at(*entry->key)};
}

std::optional<Item> Source::flag(const DataNode& in, std::string_view name) {
  const DataEntry* entry = member(in, name);
  if (entry == nullptr) return {};
  const DataNode& value = *entry->value;
  if (!value.is_scalar() || !value.plain || !is_one_of(value.text, "true false"))
    return wrong_type(*entry), std::nullopt;
  return Item{std::string(value.text), at(*entry->key)};
}

std::optional<std::vector<Item>> Source::texts(const DataNode& in, std::string_view name) {
  const DataEntry* entry = member(in, name);
  if (entry == nullptr) return {};
  std::vector<Item> out;
  if (!entry->value->is_sequence()) return wrong_type(*entry), out;
  for (const DataEntry& each : entry->value->entries) {
    if (!is_text(*each.value)) return wrong_type(*entry), out;
    out.push_back({std::string(each.value->text), at(*each.value)});
  }
  return out;
}

void Source::passes_over(const DataNode& table, std::string_view names, const std::string& called) {
  for (const DataEntry& entry : table.entries)
    if (!is_one_of(lower(entry.key->text), names))
      pass_over(*entry.key, fmt::format("{}{}", called, entry.key->text));
}

void Source::pass_over(const DataNode& key, std::string name) {
  ignored_.push_back({std::move(name), at(key)});
}

void Source::refuse(const DataNode& node, std::string why) {
  if (!refused_)
    refused_ = Error{ErrorCode::invalid,
                     fmt::format("podman does not work with this file: {}", why), at(node)};
}

/// Go walks a map in no order: which of the two it reads last cannot be told.
void Source::two_spellings(const DataNode& key) {
  if (!refused_)
    refused_ =
        Error{ErrorCode::unsupported,
              fmt::format("`{}` is there in two spellings, of which any one may count", key.text),
              at(key)};
}

void Source::wrong_type(const DataEntry& entry) {
  refuse(*entry.key, fmt::format("`{}` has the wrong type", entry.key->text));
}

std::vector<std::string> conf_files(const Root& root, const std::string& directory,
                                    bool follows_link, std::string_view subject, Facts& facts) {
  std::vector<std::string> out;
  const auto stat = root.lstat(directory);
  if (!stat && stat.error().code == ErrorCode::not_found) return out;
  // filepath.WalkDir of Go takes a link for a file, whatever it leads to.
  if (stat && !follows_link && stat->type != FileType::directory) return out;
  const auto entries = root.list(directory);
  if (!entries) {
    if (entries.error().code != ErrorCode::not_found)
      facts.gap(entries.error(), std::string(subject));
    return out;
  }
  for (const DirEntry& entry : *entries)
    if (entry.type != FileType::directory && entry.name.ends_with(".conf"))
      out.push_back(join_path(directory, entry.name));
  std::sort(out.begin(), out.end());
  return out;
}

const DataNode* parse_tree(std::string_view text, const std::string& path, std::string_view subject,
                           DataTree& tree, Facts& facts) {
  tree = read_toml(text, path, kLimits);
  if (!tree.error) return tree.documents.front();
  if (tree.error->code == ErrorCode::invalid)
    tree.error->what = "podman does not work with this file: " + tree.error->what;
  facts.gap(*tree.error, std::string(subject));
  return nullptr;
}

const DataNode* read_tree(const Root& root, const std::string& path, bool must_exist,
                          std::string_view subject, DataTree& tree, Facts& facts) {
  const auto text = root.read(path);
  if (!text) {
    if (must_exist || text.error().code != ErrorCode::not_found)
      facts.gap(text.error(), std::string(subject));
    return nullptr;
  }
  facts.setting("@file", path, {path, 0, 0});
  return parse_tree(*text, path, subject, tree, facts);
}

}  // namespace plimsoll::podman
