#include "plugins/container/compose/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "plugins/container/compose/forms.h"
#include "scanner/base/text.h"

namespace plimsoll::compose {
namespace {

constexpr DataLimits kLimits{.depth = 100, .nodes = 1U << 18U};
constexpr std::size_t kMostCopied = 1U << 19U;  ///< nodes that `extends` may copy
constexpr unsigned kDeepestExtends = 32;
constexpr unsigned kMostIncludes = 64;
constexpr unsigned kDeepestInclude = 16;
constexpr std::size_t kMostFiles = 64;

// compose-go looks for them in this order and takes the first of each.
constexpr std::array<std::string_view, 4> kDefaultFiles = {
    "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"};
constexpr std::array<std::string_view, 4> kOverrideFiles = {
    "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml",
    "docker-compose.override.yaml"};

template <std::size_t N>
std::string first_beside(const Root& root, std::string_view path,
                         const std::array<std::string_view, N>& names) {
  for (const std::string_view name : names)
    if (std::string there = join_path(parent_path(path), name); root.exists(there)) return there;
  return {};
}

Node::Tag tag_of(std::string_view tag) {
  if (tag == "!reset") return Node::Tag::reset;
  if (tag == "!override") return Node::Tag::replace;
  return Node::Tag::none;
}

std::size_t size_of(const Node& node) {
  std::size_t size = 1;
  for (const Node& entry : node.entries) size += size_of(entry);
  return size;
}

/// A service that says neither what it runs: only an override.
bool is_mapping_of_services(const Node& project) {
  return !project.entries.empty() &&
         std::all_of(project.entries.begin(), project.entries.end(), [](const Node& entry) {
           return entry.find("image") != nullptr || entry.find("build") != nullptr;
         });
}

/// The first Compose format had the services at its top.
void lift_services(Node& project) {
  if (!project.is_map() || project.find("services") != nullptr || !is_mapping_of_services(project))
    return;
  Node top = at_place_of(project, Node::Kind::map);
  Node services = std::move(project);
  services.key = "services";
  top.entries.push_back(std::move(services));
  project = std::move(top);
}

}  // namespace

bool is_default_file(std::string_view name) {
  return std::find(kDefaultFiles.begin(), kDefaultFiles.end(), name) != kDefaultFiles.end();
}

bool is_override_in_use(const Root& root, std::string_view path) {
  return first_beside(root, path, kOverrideFiles) == path &&
         !first_beside(root, path, kDefaultFiles).empty();
}

void Loader::gap(ErrorCode code, std::string what, const Node& at, const std::string& subject,
                 Gap::Effect effect) {
  facts_.gap({code, std::move(what), at.origin()}, subject, effect);
}

// --- one file

void Loader::copy_text(const DataNode& from, Node& to, const Variables& variables) {
  if (from.is_null() && from.text.empty()) return;
  if (from.is_null() && from.text.find('$') == std::string_view::npos) return;
  to.kind = Node::Kind::scalar;
  if (from.text.find('$') == std::string_view::npos) {
    to.text = to.literal = from.text;
    return;
  }
  Expansion expansion = expand(from.text, variables);
  to.text = std::move(expansion.text);
  to.literal = std::move(expansion.literal);
  to.open = expansion.open;
  if (!expansion.problem.empty()) gap(ErrorCode::invalid, std::move(expansion.problem), to, {});
}

void Loader::copy_entries(const DataNode& from, Node& to, const Variables& variables) {
  std::unordered_map<std::string_view, std::size_t> seen;
  for (const DataEntry& entry : from.entries) {
    if (entry.key != nullptr && !entry.key->is_scalar()) continue;
    const std::string_view key = entry.key == nullptr ? std::string_view() : entry.key->text;
    Node made = copy(*entry.value, to.file, key, variables);
    if (entry.key != nullptr && !made.is_scalar()) {
      made.line = entry.key->line;
      made.column = entry.key->column;
    }
    if (entry.key == nullptr) {
      to.entries.push_back(std::move(made));
      continue;
    }
    const auto [place, is_new] = seen.emplace(key, to.entries.size());
    if (is_new) {
      to.entries.push_back(std::move(made));
      continue;
    }
    gap(ErrorCode::invalid,
        fmt::format("the key `{}` is there twice; docker compose refuses it", printable(key)), made,
        {});
    to.entries[place->second] = std::move(made);
  }
}

Node Loader::copy(const DataNode& from, std::string_view file, std::string_view key,
                  const Variables& variables) {
  Node to;
  to.file = file;
  to.key = key;
  to.line = from.line;
  to.column = from.column;
  to.tag = tag_of(from.tag);
  if (from.is_scalar()) {
    copy_text(from, to, variables);
    return to;
  }
  to.kind = from.is_mapping() ? Node::Kind::map : Node::Kind::list;
  to.entries.reserve(from.entries.size());
  copy_entries(from, to, variables);
  return to;
}

Loader::File& Loader::parse(const std::string& path, std::string_view text,
                            const Variables& variables) {
  std::unique_ptr<File>& file = files_[path];
  file = std::make_unique<File>();
  file->path = path;
  const std::string& name = *names_.insert(path).first;
  const DataTree tree = read_yaml(text, path, kLimits);
  if (tree.error) facts_.gap(*tree.error);
  if (tree.documents.size() > 1)
    facts_.gap({ErrorCode::unsupported, "only the first document of the file is read", {path}});
  if (!tree.documents.empty()) file->project = copy(*tree.documents.front(), name, {}, variables);
  lift_services(file->project);
  Node* services = file->project.find("services");
  if (services == nullptr || !services->is_map()) return *file;
  for (std::size_t i = 0; i < services->entries.size(); ++i) {
    make_long(services->entries[i]);
    file->services.emplace(services->entries[i].key, i);
  }
  return *file;
}

Variables Loader::variables_beside(std::string_view path, Variables start) {
  const std::string env = join_path(parent_path(path), ".env");
  if (!root_.exists(env)) return start;
  const auto text = root_.read(env);
  if (text)
    read_env_file(*text, start);
  else
    facts_.gap(text.error());
  return start;
}

Loader::File* Loader::open(const std::string& path, const Variables& variables, const Node& because,
                           const std::string& subject) {
  if (const auto found = files_.find(path); found != files_.end()) return found->second.get();
  if (files_.size() >= kMostFiles) {
    gap(ErrorCode::limit, fmt::format("more than {} files in one project", kMostFiles), because,
        subject);
    return nullptr;
  }
  const auto text = root_.read(path);
  if (!text) {
    gap(text.error().code, fmt::format("{}: {}", path, text.error().what), because, subject);
    return nullptr;
  }
  return &parse(path, *text, variables);
}

// --- extends

bool Loader::is_affordable(const Node& node, const std::string& subject) {
  copied_ += size_of(node);
  if (copied_ <= kMostCopied) return true;
  gap(ErrorCode::limit, "`extends` copies more than half a million values", node, subject);
  return false;
}

Node* Loader::extend(File& file, const std::string& name, const Variables& variables,
                     unsigned depth) {
  const auto place = file.services.find(name);
  if (place == file.services.end()) return nullptr;
  Node& service = file.project.find("services")->entries[place->second];
  int& state = file.state[name];
  const Node* found = service.find("extends");
  if (state == 2 || found == nullptr) return &service;
  const std::string subject = "service " + name;
  const Node extends = *found;
  if (state == 1 || depth > kDeepestExtends) {
    gap(ErrorCode::invalid,
        state == 1 ? "`extends` leads back to the service itself" : "`extends` is nested too deep",
        extends, subject);
    return &service;
  }
  state = 1;
  File* from = &file;
  if (const std::string_view other = extends.text_of("file"); !other.empty()) {
    const auto path = path_beside(extends.file, other);
    if (!path)
      gap(ErrorCode::not_found, fmt::format("`{}` lies outside of the tree", printable(other)),
          extends, subject);
    from = path ? open(*path, variables, extends, subject) : nullptr;
  }
  const std::string base_name(extends.text_of("service"));
  const Node* base = from == nullptr ? nullptr : extend(*from, base_name, variables, depth + 1);
  if (from != nullptr && base == nullptr)
    gap(ErrorCode::invalid, fmt::format("no service `{}` in {}", printable(base_name), from->path),
        extends, subject);
  service.erase("extends");
  if (base != nullptr && is_affordable(*base, subject)) {
    Node merged = *base;
    merged.key = name;
    merged.line = service.line;
    merged.column = service.column;
    merged.file = service.file;
    merge(merged, std::move(service), {});
    file.project.find("services")->entries[place->second] = std::move(merged);
  }
  file.state[name] = 2;
  return &file.project.find("services")->entries[place->second];
}

void Loader::extend_all(File& file, const Variables& variables) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : file.services) names.push_back(name);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) extend(file, name, variables, 0);
}

// --- include, override

void Loader::add_missing(Node& project, Node&& other) {
  for (Node& section : other.entries) {
    if (!section.is_map() || section.key == "include") continue;
    Node* mine = project.find(section.key);
    if (mine == nullptr) {
      project.entries.push_back(std::move(section));
      continue;
    }
    std::unordered_set<std::string> known;
    for (const Node& entry : mine->entries) known.insert(entry.key);
    for (Node& entry : section.entries) {
      if (!known.contains(entry.key))
        mine->entries.push_back(std::move(entry));
      else if (section.key == "services")
        gap(ErrorCode::invalid,
            fmt::format("the service `{}` is included, and is there already", printable(entry.key)),
            entry, "service " + entry.key);
    }
  }
}

void Loader::include(File& into, const Node& entry, const Variables& variables, unsigned depth) {
  Node one = at_place_of(entry, Node::Kind::map);
  if (entry.is_scalar()) one.set("path", entry.text);
  if (entry.is_map()) one = entry;
  Node* paths = one.find("path");
  if (paths == nullptr) return;
  Node list = paths->is_list() ? *paths : at_place_of(*paths, Node::Kind::list);
  if (paths->is_scalar()) list.entries.push_back(*paths);
  Node project;
  for (const Node& item : list.entries) {
    const auto path = path_beside(into.path, item.text);
    if (!path || ++included_ > kMostIncludes || depth > kDeepestInclude) {
      gap(path ? ErrorCode::limit : ErrorCode::not_found,
          path ? "too many files are included"
               : fmt::format("`{}` is not in the tree", printable(item.text)),
          item, {}, Gap::Effect::may_add);
      continue;
    }
    if (files_.contains(*path)) {
      gap(ErrorCode::invalid, fmt::format("{} is included again", *path), item, {},
          Gap::Effect::may_add);
      continue;
    }
    const Variables theirs = variables_beside(*path, variables);
    File* file = open(*path, theirs, item, {});
    if (file == nullptr) continue;
    extend_all(*file, theirs);
    include_all(*file, theirs, depth + 1);
    if (project.is_map())
      merge(project, file->project, "project");
    else
      project = file->project;
  }
  if (project.is_map()) add_missing(into.project, std::move(project));
}

void Loader::include_all(File& file, const Variables& variables, unsigned depth) {
  const Node* found = file.project.find("include");
  if (found == nullptr) return;
  const Node list = *found;
  if (list.is_scalar()) return include(file, list, variables, depth);
  for (const Node& entry : list.entries) include(file, entry, variables, depth);
}

namespace {

/// Services of another file of the same project are merged one by one, so that paths begin there.
void merge_projects(Node& base, Node over) {
  Node services = at_place_of(over, Node::Kind::map);
  if (Node* theirs = over.find("services")) services = std::move(*theirs);
  over.erase("services");
  merge(base, std::move(over), "project");
  Node* mine = base.find("services");
  if (mine == nullptr || !services.is_map()) return;
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < mine->entries.size(); ++i) known.emplace(mine->entries[i].key, i);
  for (Node& service : services.entries) {
    const auto found = known.find(service.key);
    if (found != known.end())
      merge(mine->entries[found->second], std::move(service), {});
    else if (service.tag != Node::Tag::reset)
      mine->entries.push_back(std::move(service));
  }
}

}  // namespace

void Loader::override_with(Node& project, std::string_view path, const Variables& variables) {
  const Node nowhere;
  File* file = open(std::string(path), variables, project, {});
  if (file == nullptr) return;
  extend_all(*file, variables);
  include_all(*file, variables, 0);
  merge_projects(project, file->project);
}

Node Loader::load(std::string_view path, std::string_view text) {
  const Variables variables = variables_beside(path, {});
  File& file = parse(std::string(path), text, variables);
  extend_all(file, variables);
  include_all(file, variables, 0);
  Node project = file.project;
  // Without -f the program reads one default file and the override beside it.
  if (first_beside(root_, path, kDefaultFiles) == path)
    if (const std::string over = first_beside(root_, path, kOverrideFiles); !over.empty())
      override_with(project, over, variables);
  return project;
}

}  // namespace plimsoll::compose
