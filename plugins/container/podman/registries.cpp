#include <fmt/format.h>

#include <set>

#include "plugins/container/podman/configs.h"
#include "scanner/base/text.h"

namespace plimsoll::podman {
namespace {

constexpr const char* kScope = "registries";

struct Mirror {
  Item location, insecure, only;
};

/// A [[registry]], or what the old format says of a place.
struct Place {
  Item prefix, location, insecure, blocked, digests_only;
  std::vector<Mirror> mirrors;
};

/// What one file says.
struct File {
  std::vector<Place> places;
  std::optional<std::vector<Item>> search, helpers;
  std::optional<Item> mode;
  std::vector<std::pair<std::string, Item>> aliases;
};

/// A place without its slashes at the end.
void trim_place(Item& place) { place.text = trim_right(place.text, "/"); }

bool has_scheme(const Item& place) {
  return place.text.starts_with("http://") || place.text.starts_with("https://");
}

Item flag_or_false(Source& source, const DataNode& table, std::string_view name) {
  return source.flag(table, name).value_or(Item{"false", {}});
}

Item text_or_empty(Source& source, const DataNode& table, std::string_view name) {
  return source.text(table, name).value_or(Item{"", source.at(table)});
}

void read_mirrors(Source& source, const DataNode& registry, Place& place) {
  const DataNode* mirrors = source.list(registry, "mirror");
  if (mirrors == nullptr) return;
  for (const DataEntry& entry : mirrors->entries) {
    const DataNode& table = *entry.value;
    if (!table.is_mapping()) return source.refuse(table, "`mirror` is no array of tables");
    // The slashes at its end stay: podman trims a copy that it then drops.
    Mirror mirror{text_or_empty(source, table, "location"),
                  flag_or_false(source, table, "insecure"),
                  text_or_empty(source, table, "pull-from-mirror")};
    if (trim_right(mirror.location.text, "/").empty() || has_scheme(mirror.location))
      source.refuse(table, "a mirror has no location, or one with a scheme");
    if (!mirror.only.text.empty() && (place.digests_only.text == "true" ||
                                      !is_one_of(mirror.only.text, "all digest-only tag-only")))
      source.refuse(table, "`pull-from-mirror` says what it cannot");
    source.passes_over(table, "location insecure pull-from-mirror", "registry.mirror.");
    place.mirrors.push_back(std::move(mirror));
  }
}

void read_registry(Source& source, const DataNode& table, File& out) {
  if (!table.is_mapping()) return source.refuse(table, "`registry` is no array of tables");
  Place place{text_or_empty(source, table, "prefix"),
              text_or_empty(source, table, "location"),
              flag_or_false(source, table, "insecure"),
              flag_or_false(source, table, "blocked"),
              flag_or_false(source, table, "mirror-by-digest-only"),
              {}};
  if (const auto only = source.text(table, "pull-from-mirror"); only && !only->text.empty())
    source.refuse(table, "`pull-from-mirror` is for mirrors alone");
  read_mirrors(source, table, place);
  source.passes_over(table,
                     "prefix location insecure blocked mirror-by-digest-only mirror "
                     "pull-from-mirror",
                     "registry.");
  out.places.push_back(std::move(place));
}

/// Version 1: [registries.search], [registries.insecure] and [registries.block], each with a list
/// `registries`. Where all of them are empty the file is of version 2.
bool read_old_format(Source& source, const DataNode& top, File& out) {
  const DataNode* tables = source.table(top, "registries");
  if (tables == nullptr) return false;
  const auto list = [&](std::string_view name) {
    const DataNode* table = source.table(*tables, name);
    return table == nullptr ? std::nullopt : source.texts(*table, "registries");
  };
  out.search = list("search");
  std::map<std::string, std::size_t> known;
  const auto mark = [&](std::string_view name, Item Place::*which) {
    for (Item& item : list(name).value_or(std::vector<Item>{})) {
      trim_place(item);
      const auto [it, is_new] = known.emplace(item.text, out.places.size());
      if (is_new)
        out.places.push_back({item, item, {"false", {}}, {"false", {}}, {"false", {}}, {}});
      out.places[it->second].*which = {"true", item.origin};
    }
  };
  mark("block", &Place::blocked);
  mark("insecure", &Place::insecure);
  return !out.places.empty() || (out.search && !out.search->empty());
}

File read_new_format(Source& source, const DataNode& top) {
  File out;
  if (const DataNode* list = source.list(top, "registry"))
    for (const DataEntry& entry : list->entries) read_registry(source, *entry.value, out);
  out.search = source.texts(top, "unqualified-search-registries");
  out.helpers = source.texts(top, "credential-helpers");
  out.mode = source.text(top, "short-name-mode");
  if (out.mode && out.mode->text.empty()) out.mode.reset();
  if (const DataNode* aliases = source.table(top, "aliases"))
    for (const DataEntry& entry : aliases->entries) {
      if (!entry.value->is_scalar() || entry.value->plain) source.wrong_type(entry);
      out.aliases.emplace_back(entry.key->text,
                               Item{std::string(entry.value->text), source.at(*entry.key)});
    }
  source.passes_over(top,
                     "registry registries unqualified-search-registries credential-helpers "
                     "short-name-mode aliases",
                     "");
  return out;
}

bool is_empty(const File& file) {
  return file.places.empty() && (!file.search || file.search->empty()) &&
         (!file.helpers || file.helpers->empty()) && !file.mode && file.aliases.empty();
}

/// Two tables may name one location, and must then agree on what is dangerous of it.
std::optional<Error> check_places(std::vector<Place>& places) {
  const auto refuse = [](const Item& at, std::string why) {
    return Error{ErrorCode::invalid, "no image is found with this file: " + why, at.origin};
  };
  std::map<std::string, std::pair<std::string, std::string>> marks;
  for (Place& place : places) {
    if (has_scheme(place.location) || has_scheme(place.prefix))
      return refuse(place.location, fmt::format("`{}` begins with a scheme", place.location.text));
    trim_place(place.location);
    const bool has_prefix = !place.prefix.text.empty();
    trim_place(place.prefix);
    if (place.location.text.empty() && (!has_prefix || !place.prefix.text.starts_with("*.")))
      return refuse(place.prefix, "a registry has no location");
    if (!has_prefix) place.prefix = place.location;
    const std::string& where =
        place.location.text.empty() ? place.prefix.text : place.location.text;
    const std::pair marked{place.insecure.text, place.blocked.text};
    if (marks.emplace(where, marked).first->second != marked)
      return refuse(
          place.location,
          fmt::format("`{}` is insecure or blocked in one table, and not in another", where));
  }
  return {};
}

std::optional<Error> check(File& file) {
  if (auto error = check_places(file.places)) return error;
  const auto refuse = [](const Item& at, std::string_view what) {
    return Error{ErrorCode::invalid,
                 fmt::format("no image is found with this file: `{}` is {}", at.text, what),
                 at.origin};
  };
  if (file.search)
    for (Item& item : *file.search) {
      trim_place(item);
      if (!is_domain(item.text)) return refuse(item, "no registry");
    }
  if (file.mode && !is_one_of(file.mode->text, "enforcing permissive disabled"))
    return refuse(*file.mode, "no short-name-mode");
  for (const Place& place : file.places)
    if (place.prefix.text.starts_with("*.") &&
        place.prefix.text.find_first_of("/@:") != std::string::npos)
      return refuse(place.prefix, "no prefix: after `*.` only a domain may stand");
  for (const auto& [name, target] : file.aliases) {
    std::string_view domain;
    const auto is_registry = [&] {
      return domain.find_first_of(".:") != std::string_view::npos || domain == "localhost";
    };
    if (!is_image_name(name, &domain) || is_registry())
      return refuse({name, target.origin}, "no short name");
    if (!target.text.empty() && (!is_image_name(target.text, &domain) || !is_registry()))
      return refuse(target, "no name with a registry");
  }
  return {};
}

void apply_place(Settings& settings, const Place& place) {
  const std::string scope = fmt::format("{} > {}", kScope, place.prefix.text);
  settings.forget(scope);
  settings.set(scope, "location", {place.location});
  settings.set(scope, "insecure", {place.insecure});
  settings.set(scope, "blocked", {place.blocked});
  settings.set(scope, "mirror-by-digest-only", {place.digests_only});
  for (const Mirror& mirror : place.mirrors) {
    const std::string below = fmt::format("{} > mirror {}", scope, mirror.location.text);
    settings.append(below, "insecure", {mirror.insecure});
    if (!mirror.only.text.empty()) settings.append(below, "pull-from-mirror", {mirror.only});
  }
}

void apply(Settings& settings, File& file) {
  if (file.search) settings.set(kScope, "unqualified-search-registries", std::move(*file.search));
  if (file.helpers) settings.set(kScope, "credential-helpers", std::move(*file.helpers));
  if (file.mode) settings.set(kScope, "short-name-mode", {std::move(*file.mode)});
  // Of two tables of one file for one prefix the first counts, of two files the later one.
  std::set<std::string_view> seen;
  for (const Place& place : file.places)
    if (seen.insert(place.prefix.text).second) apply_place(settings, place);
  for (auto& [name, target] : file.aliases)
    settings.set(fmt::format("{} > aliases", kScope), name, {std::move(target)});
}

}  // namespace

void Registries::add(const DataNode& top, const std::string& path, bool is_drop_in, Facts& facts) {
  Source source(path);
  File file = read_new_format(source, top);
  File old;
  if (read_old_format(source, top, old)) {
    if (is_drop_in) source.refuse(top, "the old format is not allowed here");
    if (!is_empty(file)) source.refuse(top, "two formats are mixed");
    file = std::move(old);
  }
  for (const Item& name : source.ignored())
    facts.setting("@ignored", name.text, name.origin, kScope);
  if (source.refused()) return facts.gap(*source.refused(), kScope);
  if (const auto error = check(file)) return facts.gap(*error, kScope);
  apply(settings_, file);
}

void Registries::write(Facts& facts) const {
  settings_.write(facts);
  if (!settings_.has(kScope, "short-name-mode"))
    facts.setting("short-name-mode", "permissive", {}, kScope);
}

}  // namespace plimsoll::podman
