#include "scanner/formats/systemd/enablement.h"

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/unit_name.h"

namespace plimsoll::systemd {
namespace {

constexpr std::string_view kConfig = "/etc/systemd/system";
constexpr int kMostLinks = 64;

bool is_runtime(std::string_view path) { return path.starts_with("/run/"); }

bool is_generated(std::string_view directory) {
  return directory == "/run/systemd/generator" || directory == "/run/systemd/generator.early" ||
         directory == "/run/systemd/generator.late";
}

bool is_below(std::string_view path, std::string_view directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

}  // namespace

/// The names under which `systemctl enable` would link a unit.
struct Enablement::Names {
  std::string_view name;
  std::vector<std::string> known;  ///< its own, those of Alias=, and of DefaultInstance=
  bool has_rules = false;          ///< Alias=, WantedBy= or RequiredBy= says where to link it
  bool has_also = false;

  Names(std::string_view own, const LoadedUnit& loaded) : name(own) {
    known.emplace_back(own);
    for (const Setting& setting : loaded.settings) {
      if (setting.assignment.section != "Install") continue;
      const std::string_view key = setting.directive->name;
      if (key == "Also") {
        has_also = true;
      } else if (key == "DefaultInstance") {
        known.push_back(instantiate(own, setting.assignment.value));
      } else {
        has_rules = true;
        if (key != "Alias") continue;
        for (const std::string_view alias : words(setting.assignment.value))
          known.emplace_back(trim(alias, "\"'"));
      }
    }
  }
  [[nodiscard]] bool knows(const std::string& link) const {
    return std::find(known.begin(), known.end(), link) != known.end();
  }
};

Enablement::Enablement(const Root& root, const UnitIndex& index) : root_(root), index_(index) {
  for (const std::string_view directory : unit_directories()) {
    Links links;
    links.directory = directory;
    scan(links.directory, links);
    links_.push_back(std::move(links));
  }
}

void Enablement::scan(const std::string& directory, Links& links) const {
  for (const DirEntry& entry : index_.entries(directory)) {
    const std::string path = join_path(directory, entry.name);
    if (entry.name.starts_with('.')) continue;
    if (entry.type == FileType::symlink) {
      const auto target = root_.readlink(path);
      if (!target) continue;
      std::string last(base_name(*target));
      links.by_target[last].push_back(entry.name);
      links.targets.emplace(entry.name, std::move(last));
    }
    if (entry.type != FileType::directory ||
        !(entry.name.ends_with(".wants") || entry.name.ends_with(".requires")))
      continue;
    for (const DirEntry& link : index_.entries(path)) {
      if (link.type != FileType::symlink || link.name.starts_with('.')) continue;
      if (classify(link.name) == NameKind::instance)
        links.instances[template_of(link.name)].insert(link.name);
      links.wanted.insert(link.name);
    }
  }
}

/// Finds the file of that name and follows links to it. False where systemctl gives an error.
bool Enablement::follow(const std::string& name, Found& found) const {
  for (int hop = 0; hop < kMostLinks; ++hop) {
    const auto stat = root_.lstat(found.path);
    if (!stat) return false;
    if (stat->type == FileType::regular) {
      found.masked = stat->size == 0;
      return true;
    }
    if (stat->type != FileType::symlink) return false;
    const std::string target = index_.link_destination(found.path);
    if (index_.is_in_unit_directory(target)) {
      // An alias; of the own name it is an error, and an instance may lead to its template.
      const std::string_view last = base_name(target);
      if (!is_valid_alias(base_name(found.path), last)) return false;
      const bool own_template = classify(name) == NameKind::instance && template_of(name) == last;
      if (!own_template && last != name) return search(std::string(last), found);
    } else if (index_.is_null_or_empty(found.path)) {
      found.masked = true;
      return true;
    }
    found.path = target;
  }
  return false;
}

bool Enablement::search(const std::string& name, Found& found) const {
  std::vector<std::string> candidates = {name};
  if (classify(name) == NameKind::instance) candidates.push_back(template_of(name));
  for (const std::string& candidate : candidates)
    for (const std::string_view directory : unit_directories()) {
      std::string path = join_path(directory, candidate);
      if (!root_.lstat(path)) continue;
      found.path = std::move(path);
      return follow(name, found);
    }
  return false;
}

/// Whether a directory holds a link for the unit; with `known_only`, one that `systemctl enable`
/// would make. Links of the unit's own name that lie below its file are overridden by it.
Enablement::Link Enablement::find_link(const Links& links, const Names& names, bool known_only,
                                       bool ignore_same_name) {
  if (links.wanted.contains(names.name)) return Link::other_name;
  if (const auto found = links.instances.find(names.name); found != links.instances.end()) {
    const auto& instances = found->second;
    if (!known_only || std::any_of(instances.begin(), instances.end(),
                                   [&](const std::string& name) { return names.knows(name); }))
      return Link::other_name;
  }
  Link result = Link::none;
  const auto own = links.targets.find(names.name);
  if (own != links.targets.end()) {
    if (own->second == names.name && !ignore_same_name)
      result = Link::same_name;
    else if (own->second == names.name || !ignore_same_name)
      return Link::other_name;
  }
  const auto others = links.by_target.find(names.name);
  if (others == links.by_target.end()) return result;
  for (const std::string& link : others->second)
    if (link != names.name && (!known_only || names.knows(link))) return Link::other_name;
  return result;
}

std::string Enablement::linked_state(const Names& names, const std::string& path,
                                     bool known_only) const {
  bool at_runtime = false;
  bool somewhere = false;
  bool linked = false;
  bool linked_at_runtime = false;
  bool ignore_same_name = false;
  for (const Links& links : links_) {
    const bool is_config = links.directory == kConfig;
    const bool runtime = is_runtime(links.directory);
    const Link link = find_link(links, names, known_only, ignore_same_name);
    if (link == Link::other_name) {
      if (is_config) return "enabled";
      (runtime ? at_runtime : somewhere) = true;
    } else if (link == Link::same_name) {
      if (is_config) linked = true;
      if (runtime) linked_at_runtime = true;
    }
    if (is_below(path, links.directory)) ignore_same_name = true;
  }
  if (at_runtime) return "enabled-runtime";
  // An instance that the vendor links is started whether somebody enables it or not.
  if (somewhere && classify(names.name) == NameKind::instance) return "static";
  if (linked) return "linked";
  return linked_at_runtime ? "linked-runtime" : "";
}

std::string Enablement::state(const Unit& unit, const LoadedUnit& loaded) const {
  Found found;
  if (!search(unit.name, found)) return {};
  if (found.masked) return is_runtime(found.path) ? "masked-runtime" : "masked";
  const std::string directory(parent_path(found.path));
  if (is_generated(directory)) return "generated";
  if (directory == "/run/systemd/transient") return "transient";
  if (loaded.install_broken) return {};
  const Names names(unit.name, loaded);
  if (std::string state = linked_state(names, found.path, true); !state.empty()) return state;
  // Linked under a name that [Install] does not know: it may be in use.
  if (!linked_state(names, found.path, false).empty()) return "indirect";
  if (names.has_rules) return "disabled";
  return names.has_also ? "indirect" : "static";
}

}  // namespace plimsoll::systemd
