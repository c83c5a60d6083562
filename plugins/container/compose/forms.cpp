#include "plugins/container/compose/forms.h"

#include <algorithm>
#include <map>

#include "scanner/base/text.h"

namespace plimsoll::compose {
namespace {

using Kind = Node::Kind;

/// `NAME=value`, `NAME: value` or `NAME` alone, which has no value.
void list_to_map(Node* node, std::string_view separators = "=") {
  if (node == nullptr || !node->is_list()) return;
  Node map = at_place_of(*node, Kind::map);
  for (Node& item : node->entries) {
    const std::size_t at = item.text.find_first_of(separators);
    Node value = at_place_of(item, at == std::string::npos ? Kind::null : Kind::scalar);
    value.tag = Node::Tag::none;
    value.key = trim(std::string_view(item.text).substr(0, at));
    if (at != std::string::npos) {
      value.text = item.text.substr(at + 1);
      const std::size_t in_literal = item.literal.find_first_of(separators);
      if (in_literal != std::string::npos) value.literal = item.literal.substr(in_literal + 1);
    }
    map.entries.push_back(std::move(value));
  }
  *node = std::move(map);
}

void scalar_to_list(Node* node) {
  if (node == nullptr || !node->is_scalar()) return;
  Node list = at_place_of(*node, Kind::list);
  node->key.clear();
  node->tag = Node::Tag::none;
  list.entries.push_back(std::move(*node));
  *node = std::move(list);
}

/// A scalar as a map with that one key.
void scalar_to_map(Node* node, std::string_view key) {
  if (node == nullptr || !node->is_scalar()) return;
  Node map = at_place_of(*node, Kind::map);
  node->key = key;
  node->tag = Node::Tag::none;
  map.entries.push_back(std::move(*node));
  *node = std::move(map);
}

/// Names in a list as maps that hold the defaults.
void names_to_maps(Node* node) {
  if (node == nullptr || !node->is_list()) return;
  Node map = at_place_of(*node, Kind::map);
  for (const Node& item : node->entries) {
    Node value = at_place_of(item, Kind::map);
    value.key = item.text;
    value.tag = Node::Tag::none;
    map.entries.push_back(std::move(value));
  }
  *node = std::move(map);
}

template <class Write>
void each_scalar(Node* list, Write write) {
  if (list == nullptr || !list->is_list()) return;
  for (Node& item : list->entries) {
    if (!item.is_scalar()) continue;
    Node map = at_place_of(item, Kind::map);
    write(item.text, map);
    item = std::move(map);
  }
}

/// `[[ip:]published:]target[/protocol]`; ports may be ranges.
void write_port(std::string_view text, Node& map) {
  const std::size_t slash = text.rfind('/');
  map.set("protocol", slash == std::string_view::npos ? "tcp" : text.substr(slash + 1));
  text = text.substr(0, slash);
  const std::size_t target = text.rfind(':');
  map.set("target", target == std::string_view::npos ? text : text.substr(target + 1));
  if (target == std::string_view::npos) return;
  text = text.substr(0, target);
  const std::size_t published = text.rfind(':');
  const bool has_ip = published != std::string_view::npos;
  // `address::target`: the engine takes any free port.
  const std::string_view host_port = has_ip ? text.substr(published + 1) : text;
  if (!host_port.empty()) map.set("published", host_port);
  if (has_ip) map.set("host_ip", trim(text.substr(0, published), "[]"));
}

bool is_drive(std::string_view part) {
  return part.size() == 1 &&
         ((part[0] >= 'a' && part[0] <= 'z') || (part[0] >= 'A' && part[0] <= 'Z'));
}

/// The parts between colons; a drive letter of Windows and its colon stay together.
std::vector<std::string> volume_parts(std::string_view text) {
  std::vector<std::string> out;
  bool after_drive = false;
  for (const std::string_view part : split(text, ':')) {
    if (after_drive)
      out.back() += ":" + std::string(part);
    else
      out.emplace_back(part);
    after_drive = !after_drive && is_drive(part);
  }
  return out;
}

void write_volume_option(std::string_view option, Node& map) {
  if (option == "ro") map.set("read_only", "true");
  if (option == "nocopy") map.set("volume.nocopy", "true");
  if (option == "z" || option == "Z") map.set("bind.selinux", option);
  if (is_one_of(option, "shared rshared slave rslave private rprivate"))
    map.set("bind.propagation", option);
}

/// `[source:]target[:options]`
void write_volume(std::string_view text, Node& map) {
  const std::vector<std::string> parts = volume_parts(text);
  const std::string& source = parts.front();
  const bool is_path = source.starts_with('.') || source.starts_with('/') ||
                       source.starts_with('~') || (source.size() > 2 && source[1] == ':');
  map.set("type", parts.size() > 1 && is_path ? "bind" : "volume");
  if (parts.size() > 1) map.set("source", source);
  map.set("target", parts.size() > 1 ? parts[1] : source);
  if (parts.size() > 2)
    for (const std::string_view option : split(parts[2], ',')) write_volume_option(option, map);
}

/// The maps below a long form as keys with dots, so that both forms are alike.
void flatten(Node& map, std::string_view name) {
  const Node* below = map.find(name);
  if (below == nullptr || !below->is_map()) return;
  std::vector<Node> inner = below->entries;
  map.erase(name);
  for (Node& one : inner) {
    one.key = std::string(name) + "." + one.key;
    map.entries.push_back(std::move(one));
  }
}

void make_volumes_long(Node* list) {
  each_scalar(list, write_volume);
  if (list == nullptr || !list->is_list()) return;
  for (Node& item : list->entries)
    for (const std::string_view name : {"bind", "volume", "tmpfs"}) flatten(item, name);
}

void write_device(std::string_view text, Node& map) {
  const std::vector<std::string_view> parts = split(text, ':');
  map.set("source", parts[0]);
  map.set("target", parts.size() > 1 ? parts[1] : parts[0]);
  map.set("permissions", parts.size() > 2 ? parts[2] : "rwm");
}

void make_healthcheck_long(Node* health) {
  Node* test = health == nullptr ? nullptr : health->find("test");
  if (test == nullptr || !test->is_scalar()) return;
  Node shell = at_place_of(*test, Kind::scalar);
  shell.key.clear();
  shell.text = shell.literal = "CMD-SHELL";
  scalar_to_list(test);
  test->entries.insert(test->entries.begin(), std::move(shell));
}

// --- merging

// Compose specification, Merge: these are replaced as a whole.
bool is_replaced(std::string_view path) {
  return is_one_of(path, "command entrypoint healthcheck.test");
}

/// What tells the items of a list apart where the specification says that they are unique.
std::string item_key(const Node& item, std::string_view path) {
  if (item.is_scalar())
    return is_one_of(path,
                     "cap_add cap_drop security_opt dns dns_search dns_opt expose external_links "
                     "links profiles tmpfs")
               ? item.text
               : std::string();
  const auto part = [&](std::string_view name) { return std::string(item.text_of(name)); };
  if (path == "volumes" || path == "devices") return part("target");
  if (path == "ports") {
    const std::string protocol = part("protocol");
    return part("host_ip") + ":" + part("published") + ":" + part("target") + "/" +
           (protocol.empty() ? "tcp" : protocol);
  }
  if (path == "secrets" || path == "configs")
    return item.find("target") != nullptr ? part("target") : part("source");
  return {};
}

void merge_lists(Node& base, Node over, std::string_view path) {
  if (is_replaced(path)) {
    base = std::move(over);
    return;
  }
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < base.entries.size(); ++i)
    if (std::string key = item_key(base.entries[i], path); !key.empty()) known.emplace(key, i);
  for (Node& item : over.entries) {
    const std::string key = item_key(item, path);
    const auto found = key.empty() ? known.end() : known.find(key);
    if (found != known.end())
      base.entries[found->second] = std::move(item);
    else
      base.entries.push_back(std::move(item));
  }
}

void merge_maps(Node& base, Node over, std::string_view path) {
  // Options belong to a driver: those of another one do not stay.
  if (path == "logging" && base.find("driver") != nullptr && over.find("driver") != nullptr &&
      base.text_of("driver") != over.text_of("driver"))
    base.entries.clear();
  std::map<std::string, std::size_t, std::less<>> known;
  for (std::size_t i = 0; i < base.entries.size(); ++i) known.emplace(base.entries[i].key, i);
  for (Node& entry : over.entries) {
    const auto found = known.find(entry.key);
    const std::string below = path.empty() ? entry.key : std::string(path) + "." + entry.key;
    if (found != known.end())
      merge(base.entries[found->second], std::move(entry), below);
    else if (entry.tag != Node::Tag::reset)
      base.entries.push_back(std::move(entry));
  }
}

}  // namespace

void make_long(Node& service) {
  for (const std::string_view name : {"environment", "labels", "annotations", "sysctls"})
    list_to_map(service.find(name));
  list_to_map(service.find("extra_hosts"), "=:");
  for (const std::string_view name : {"dns", "dns_search", "tmpfs", "env_file", "label_file"})
    scalar_to_list(service.find(name));
  for (const std::string_view name : {"depends_on", "networks"}) names_to_maps(service.find(name));
  scalar_to_map(service.find("build"), "context");
  scalar_to_map(service.find("extends"), "service");
  if (Node* build = service.find("build")) {
    list_to_map(build->find("args"));
    list_to_map(build->find("labels"));
  }
  if (Node* ulimits = service.find("ulimits"))
    for (Node& limit : ulimits->entries)
      if (limit.is_scalar()) {
        const std::string both = limit.text;
        scalar_to_map(&limit, "soft");
        limit.set("hard", both);
      }
  each_scalar(service.find("ports"), write_port);
  make_volumes_long(service.find("volumes"));
  each_scalar(service.find("devices"), write_device);
  for (const std::string_view name : {"secrets", "configs"})
    each_scalar(service.find(name),
                [](std::string_view text, Node& map) { map.set("source", text); });
  each_scalar(service.find("env_file"),
              [](std::string_view text, Node& map) { map.set("path", text); });
  make_healthcheck_long(service.find("healthcheck"));
}

void merge(Node& base, Node over, std::string_view path) {
  if (over.tag == Node::Tag::reset) {
    base = at_place_of(over, Kind::null);
    base.tag = Node::Tag::none;
  } else if (over.tag == Node::Tag::replace) {
    base = std::move(over);
    base.tag = Node::Tag::none;
  } else if (base.is_map() && over.is_map()) {
    merge_maps(base, std::move(over), path);
  } else if (base.is_list() && over.is_list()) {
    merge_lists(base, std::move(over), path);
  } else if (over.kind != Kind::null || base.is_scalar()) {
    base = std::move(over);
  }
}

}  // namespace plimsoll::compose
