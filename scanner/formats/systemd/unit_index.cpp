#include "scanner/formats/systemd/unit_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/unit_name.h"

namespace plimsoll::systemd {
namespace {

constexpr std::array<std::string_view, 13> kUnitDirectories = {
    "/etc/systemd/system.control",   "/run/systemd/system.control",  "/run/systemd/transient",
    "/run/systemd/generator.early",  "/etc/systemd/system",          "/etc/systemd/system.attached",
    "/run/systemd/system",           "/run/systemd/system.attached", "/run/systemd/generator",
    "/usr/local/lib/systemd/system", "/lib/systemd/system",          "/usr/lib/systemd/system",
    "/run/systemd/generator.late"};

constexpr std::size_t kBytes = 32U << 20U;  // ours: a host has some 300 KiB
constexpr int kMostHops = 8;                // systemd follows that many aliases of aliases

bool may_alias(std::string_view type) {
  return type == "service" || type == "socket" || type == "target" || type == "device" ||
         type == "timer" || type == "path";
}

bool is_below(std::string_view path, std::string_view directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

/// `foo.service.d` → `foo.service`; empty when the directory belongs to no unit or type.
std::string_view owner_of(std::string_view directory, std::string_view suffix) {
  if (!directory.ends_with(suffix)) return {};
  directory.remove_suffix(suffix.size());
  return is_unit_name(directory) || is_unit_type(directory) ? directory : std::string_view{};
}

/// The next shorter prefix that ends in a dash: `a-b-c` → `a-b-`, `a-b-` → `a-`; empty at the end.
std::string_view dash_prefix(std::string_view prefix) {
  for (bool chopped = false;; chopped = true) {
    const auto dash = prefix.rfind('-');
    if (dash == std::string_view::npos || dash == 0) return {};
    if (dash + 1 < prefix.size() || chopped) return prefix.substr(0, dash + 1);
    prefix = prefix.substr(0, dash);
  }
}

/// Drop-in directories of one name, the most specific first: its own, its template's, those of its
/// prefixes (systemd.unit(5): `foo-.service.d` counts for `foo-bar.service`).
void directories_of(const std::string& name, bool with_prefixes, std::vector<std::string>& out) {
  out.push_back(name + ".d");
  const bool is_instance = classify(name) == NameKind::instance;
  if (is_instance) directories_of(template_of(name), with_prefixes, out);
  if (!with_prefixes) return;
  const std::string_view prefix = dash_prefix(prefix_of(name));
  if (prefix.empty()) return;
  std::string shorter(prefix);
  if (is_instance) shorter.append("@").append(instance_of(name));
  shorter.append(".").append(type_of(name));
  if (is_unit_name(shorter)) directories_of(shorter, with_prefixes, out);
}

}  // namespace

bool is_valid_alias(std::string_view source, std::string_view target) {
  const NameKind from = classify(source);
  const NameKind to = classify(target);
  if (from == NameKind::invalid || to == NameKind::invalid || source == target) return false;
  const std::string_view type = type_of(source);
  if (!may_alias(type) || type != type_of(target)) return false;
  if (from != NameKind::plain && type == "device") return false;
  if (from == NameKind::instance && to == NameKind::unit_template) return true;
  if (from != to) return false;
  return to != NameKind::instance || instance_of(source) == instance_of(target);
}

std::span<const std::string_view> unit_directories() { return kUnitDirectories; }

bool has_unit_file(const Root& root, std::string_view name) {
  return std::any_of(kUnitDirectories.begin(), kUnitDirectories.end(),
                     [&](std::string_view directory) {
                       const auto there = root.lstat(join_path(directory, name));
                       return there || there.error().code != ErrorCode::not_found;
                     });
}

UnitIndex::UnitIndex(const Root& root) : root_(root) {
  std::vector<std::pair<std::size_t, std::string>> to_scan;
  std::set<std::string> seen;
  for (std::size_t rank = 0; rank < kUnitDirectories.size(); ++rank) {
    const std::string directory(kUnitDirectories[rank]);
    search_path_.push_back(directory);
    const auto real = root.resolve(directory);
    if (!real) continue;
    search_path_.push_back(*real);
    if (seen.insert(*real).second) to_scan.emplace_back(rank, directory);
  }
  for (const auto& [rank, directory] : to_scan) scan(rank, directory);
  build_aliases();
}

const std::vector<DirEntry>& UnitIndex::entries(const std::string& directory) const {
  const auto [slot, added] = listed_.try_emplace(directory);
  if (added) {
    auto listed = root_.list(directory);
    if (listed)
      slot->second = std::move(*listed);
    else if (listed.error().code != ErrorCode::not_found &&
             listed.error().code != ErrorCode::wrong_type)
      errors_.push_back(listed.error());
  }
  return slot->second;
}

void UnitIndex::scan(std::size_t rank, const std::string& directory) {
  for (const DirEntry& entry : entries(directory)) {
    FileType type = entry.type;
    if (type == FileType::unknown) {
      const auto stat = root_.lstat(join_path(directory, entry.name));
      if (stat) type = stat->type;
    }
    if (type == FileType::regular || type == FileType::symlink)
      add_unit_file(directory, entry, type);
    if (type != FileType::directory && type != FileType::symlink) continue;
    if (!owner_of(entry.name, ".d").empty()) {
      drop_in_dirs_[entry.name].push_back({rank, join_path(directory, entry.name)});
      const std::string_view owner = owner_of(entry.name, ".d");
      if (is_unit_name(owner) && prefix_of(owner).ends_with('-')) has_prefix_dirs_ = true;
    }
    add_links(directory, entry.name);
  }
}

void UnitIndex::add_unit_file(const std::string& directory, const DirEntry& entry, FileType type) {
  if (!is_unit_name(entry.name)) return;
  seen_.insert(entry.name);
  if (ids_.contains(entry.name)) return;
  std::string path = join_path(directory, entry.name);
  if (type == FileType::regular) {
    ids_.emplace(entry.name, std::move(path));
    return;
  }
  const std::string destination = link_destination(path);
  if (destination.empty()) return;
  // A link to a place outside the unit directories is a linked unit file, or a mask.
  if (!is_in_unit_directory(destination))
    ids_.emplace(entry.name, std::move(path));
  else if (is_valid_alias(entry.name, base_name(destination)))
    ids_.emplace(entry.name, std::string(base_name(destination)));
}

std::string UnitIndex::link_destination(std::string_view link) const {
  const auto target = root_.readlink(link);
  if (!target || target->empty()) return {};
  const auto directory = root_.resolve(parent_path(link), true);
  const std::string path = join_path(directory ? *directory : parent_path(link), *target);
  const std::string_view trimmed = trim_right(path, "/");
  const std::string_view last = base_name(trimmed);
  // `..` behind a link leads elsewhere than by text, so the parents are resolved before it is cut.
  const auto parent = root_.resolve(parent_path(trimmed), true);
  if (!parent || last == "." || last == "..") return normal_path(path);
  return join_path(*parent, last);
}

bool UnitIndex::is_in_unit_directory(std::string_view path) const {
  return std::any_of(search_path_.begin(), search_path_.end(),
                     [&](const std::string& directory) { return is_below(path, directory); });
}

void UnitIndex::add_links(const std::string& directory, const std::string& name) {
  std::string_view owner = owner_of(name, ".wants");
  if (owner.empty()) owner = owner_of(name, ".requires");
  if (owner.empty()) return;
  const std::string folder = join_path(directory, name);
  for (const DirEntry& entry : entries(folder)) {
    if (entry.name.starts_with('.') || !is_unit_name(entry.name)) continue;
    // One of the same name in a directory of higher priority hides this one, also when it is no
    // link.
    if (!seen_links_.emplace(std::pair(name, entry.name), true).second) continue;
    std::string path = join_path(folder, entry.name);
    const auto target = root_.readlink(path);
    if (!target || *target == "/dev/null") continue;
    links_.push_back({std::string(owner), entry.name, std::move(path)});
  }
}

/// What is at a path. Asked for again by each name of a unit, so the answer is kept.
const UnitIndex::File& UnitIndex::file_at(const std::string& path) const {
  const auto [slot, added] = files_.try_emplace(path);
  File& file = slot->second;
  if (!added) return file;
  const auto own = root_.lstat(path);
  if (!own) return file;
  if (own->type != FileType::symlink) {
    file.exists = true;
    file.null_or_empty = is_null_or_empty(*own);
    return file;
  }
  const auto behind = root_.stat(path);
  file.exists = behind.has_value();
  // An offline root may lack the device, and even /dev.
  const auto target = root_.readlink(path);
  const auto real = root_.resolve(path, true);
  file.null_or_empty =
      (target && normal_path(join_path(parent_path(path), *target)) == "/dev/null") ||
      (real && *real == "/dev/null") || (behind && is_null_or_empty(*behind));
  return file;
}

bool UnitIndex::is_null_or_empty(const Stat& stat) {
  if (stat.type == FileType::regular) return stat.size == 0;
  return stat.type == FileType::character_device || stat.type == FileType::block_device;
}

bool UnitIndex::is_null_or_empty(const std::string& path) const {
  return file_at(path).null_or_empty;
}

const std::string* UnitIndex::fragment_of(std::string_view name) const {
  auto found = ids_.find(name);
  if (found == ids_.end()) return nullptr;
  for (int hop = 0; hop < kMostHops; ++hop) {
    if (found->second.starts_with('/')) return &found->second;
    auto next = ids_.find(found->second);
    if (next == ids_.end() && classify(found->second) == NameKind::instance)
      next = ids_.find(template_of(found->second));
    if (next == ids_.end()) return nullptr;
    found = next;
  }
  return nullptr;
}

void UnitIndex::build_aliases() {
  for (const auto& [name, target] : ids_) {
    const std::string* fragment = fragment_of(name);
    if (fragment == nullptr || !file_at(*fragment).exists || is_null_or_empty(*fragment)) continue;
    std::string own(base_name(*fragment));
    if (classify(own) == NameKind::unit_template && classify(name) == NameKind::instance)
      own = instantiate(own, instance_of(name));
    aliases_[own].push_back(name);
  }
}

/// Adds a name and its aliases; those of a template with the instance filled in, unless that
/// instance has a file of its own elsewhere.
void UnitIndex::add_names(std::string_view name, std::string_view instance,
                          const std::string* fragment, std::vector<std::string>& names) const {
  const auto add = [&](std::string_view more) {
    if (std::find(names.begin(), names.end(), more) == names.end()) names.emplace_back(more);
  };
  if (instance.empty() || classify(name) != NameKind::unit_template) add(name);
  const auto found = aliases_.find(name);
  if (found == aliases_.end()) return;
  for (const std::string& alias : found->second) {
    if (instance.empty() || classify(alias) != NameKind::unit_template) {
      add(alias);
      continue;
    }
    const std::string filled = instantiate(alias, instance);
    const std::string* other = fragment_of(filled);
    if (other == nullptr || fragment == nullptr || base_name(*other) == base_name(*fragment))
      add(filled);
  }
}

std::optional<Unit> UnitIndex::find(std::string_view name) const {
  if (!is_unit_name(name)) return {};
  const std::string_view instance = instance_of(name);
  const std::string* fragment = fragment_of(name);
  if (fragment == nullptr && !instance.empty()) fragment = fragment_of(template_of(name));
  if (fragment == nullptr) return {};
  Unit unit;
  unit.fragment = *fragment;
  unit.name = base_name(*fragment);
  if (!instance.empty() && classify(unit.name) == NameKind::unit_template)
    unit.name = instantiate(unit.name, instance);
  unit.masked = is_null_or_empty(unit.fragment);
  if (!unit.masked && !file_at(unit.fragment).exists) return {};
  unit.names.push_back(unit.name);
  add_names(name, instance, nullptr, unit.names);
  add_names(base_name(*fragment), instance, fragment, unit.names);
  std::sort(unit.names.begin() + 1, unit.names.end());
  return unit;
}

std::vector<std::string> UnitIndex::all() const {
  std::set<std::string> names;
  const auto add = [&](const std::string& name) {
    if (const auto unit = find(name)) names.insert(unit->name);
  };
  for (const std::string& name : seen_) add(name);
  for (const DependencyLink& link : links_)
    if (classify(link.name) == NameKind::instance) add(link.name);
  return {names.begin(), names.end()};
}

/// Appends the existing ones of the named directories: all of a unit directory before the next.
void UnitIndex::places(const std::vector<std::string>& directories,
                       std::vector<std::string>& out) const {
  std::vector<std::vector<const std::string*>> by_rank(kUnitDirectories.size());
  for (const std::string& directory : directories) {
    const auto found = drop_in_dirs_.find(directory);
    if (found == drop_in_dirs_.end()) continue;
    for (const Place& place : found->second) by_rank[place.rank].push_back(&place.path);
  }
  for (const auto& paths : by_rank)
    for (const std::string* path : paths) out.push_back(*path);
}

std::vector<std::string> UnitIndex::files_in(const std::vector<std::string>& places) const {
  std::map<std::string, std::string> by_name;  // files are read in order of their names
  for (const std::string& place : places)
    for (const DirEntry& entry : entries(place))
      if (entry.name.ends_with(".conf") && !entry.name.starts_with('.'))
        by_name.try_emplace(entry.name, join_path(place, entry.name));
  std::vector<std::string> files;
  files.reserve(by_name.size());
  for (auto& [name, path] : by_name) files.push_back(std::move(path));
  return files;
}

std::vector<std::string> UnitIndex::drop_ins(const Unit& unit) const {
  std::vector<std::string> found;
  for (const std::string& name : unit.names) {
    std::vector<std::string> directories;
    directories_of(name, has_prefix_dirs_, directories);
    places(directories, found);
  }
  places({std::string(type_of(unit.name)) + ".d"}, found);
  return files_in(found);
}

std::vector<std::string> UnitIndex::install_drop_ins(const Unit& unit) const {
  std::vector<std::string> found;
  places({unit.name + ".d"}, found);
  if (classify(unit.name) == NameKind::instance) places({template_of(unit.name) + ".d"}, found);
  return files_in(found);
}

std::optional<Error> UnitIndex::count(const std::string& path, std::size_t bytes) const {
  if (bytes_ > kBytes || (bytes_ += bytes) > kBytes)
    return Error{
        ErrorCode::limit,
        fmt::format("units with all their drop-ins come to more than {} MiB", kBytes >> 20U),
        {path}};
  return std::nullopt;
}

}  // namespace plimsoll::systemd
