#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "plugins/container/podman/configs.h"
#include "plugins/container/podman/options.h"
#include "scanner/base/text.h"

namespace plimsoll::podman {
namespace {

using Type = Option::Type;

bool is_text(const DataNode& node) { return node.is_scalar() && !node.plain; }

bool is_number(const DataNode& node, std::int64_t least = INT64_MIN,
               std::int64_t most = INT64_MAX) {
  if (!node.is_scalar() || !node.plain) return false;
  const auto value = to_integer(node.text);
  return value && *value >= least && *value <= most;
}

bool fits(Type type, const DataNode& node) {
  const auto all = [&](bool (*is)(const DataNode&)) {
    return std::all_of(node.entries.begin(), node.entries.end(),
                       [&](const DataEntry& entry) { return is(*entry.value); });
  };
  switch (type) {
    case Type::text:
      return is_text(node);
    case Type::number:
    case Type::word:
      return is_number(node);
    case Type::natural:
      return is_number(node, 0, UINT32_MAX);
    case Type::half:
      return is_number(node, 0, UINT16_MAX);
    case Type::flag:
      return node.is_scalar() && node.plain && is_one_of(node.text, "true false");
    case Type::size:
      return node.is_scalar();
    case Type::list:
      return node.is_sequence();
    case Type::texts:
      return node.is_mapping() && all(is_text);
    case Type::lists:
      return node.is_mapping() && all([](const DataNode& each) { return each.is_sequence(); });
    case Type::any:
      break;
  }
  return true;
}

/// `/dev/sda`, `/dev/sda:/dev/xvda`, `/dev/sda:rw`, `/dev/sda:/dev/xvda:rwm`.
bool is_device(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, ':');
  const auto is_mode = [](std::string_view mode) {
    return !mode.empty() && mode.find_first_not_of("rwm") == std::string_view::npos &&
           std::count(mode.begin(), mode.end(), 'r') <= 1 &&
           std::count(mode.begin(), mode.end(), 'w') <= 1 &&
           std::count(mode.begin(), mode.end(), 'm') <= 1;
  };
  if (parts.size() > 3 || !parts[0].starts_with("/dev/")) return false;
  if (parts.size() == 3 && !is_mode(parts[2])) return false;
  return parts.size() == 1 || is_mode(parts[1]) || parts[1].starts_with('/');
}

bool is_umask(std::string_view text) {
  return !text.empty() && text.size() <= 4 &&
         text.find_first_not_of("01234567") == std::string_view::npos;
}

/// What podman checks once all files are read: it stops at a value that it cannot work with.
bool is_valid(std::string_view key, const std::string& value) {
  if (key == "devices") return is_device(value);
  if (key == "umask") return is_umask(value);
  if (key == "log_size_max") {
    const auto size = to_integer(value);
    return size && (*size < 0 || *size >= 8192);
  }
  if (key == "pull_policy")
    return value.empty() ||
           is_one_of(lower(value), "always missing ifnotpresent newer ifnewer never");
  if (key == "image_volume_mode") return value.empty() || is_one_of(value, "bind tmpfs ignore");
  if (is_one_of(key, "static_dir tmp_dir volume_path"))
    return value.empty() || value.starts_with('/');
  return true;
}

std::string capability(std::string_view name) {
  const std::string in_capitals = upper(name);
  return in_capitals.starts_with("CAP_") ? in_capitals : "CAP_" + in_capitals;
}

/// A scalar as podman has it.
std::string value_of(const Option* option, const DataNode& node) {
  const auto number = to_integer(node.text);
  return option != nullptr && option->type == Type::word && number
             ? std::to_string(static_cast<std::uint64_t>(*number))
             : std::string(node.text);
}

std::string spelled(std::string_view key, std::string_view value) {
  return key == "default_capabilities" ? capability(value) : std::string(value);
}

/// podman takes the first of these that is there.
std::string default_runtime(const Root& root) {
  constexpr std::array<std::string_view, 5> kDirectories = {"/usr/bin/", "/usr/sbin/",
                                                            "/usr/local/bin/", "/usr/local/sbin/",
                                                            "/usr/lib/cri-o-runc/sbin/"};
  for (const std::string_view name : {"crun", "runc"})
    for (const std::string_view directory : kDirectories)
      if (root.exists(fmt::format("{}{}", directory, name))) return std::string(name);
  return "";
}

std::string default_seccomp_profile(const Root& root) {
  for (const char* path : {"/etc/containers/seccomp.json", "/usr/share/containers/seccomp.json"})
    if (root.exists(path)) return path;
  return "";
}

}  // namespace

void ContainersConf::add(const DataNode& top, const std::string& path, Facts& facts) {
  Source source(path);
  std::set<std::pair<std::string, std::string>> seen;
  for (const DataEntry& entry : top.entries) {
    const std::string table = lower(entry.key->text);
    const bool is_known = is_one_of(table, kTables);
    if (is_known && !entry.value->is_mapping()) source.wrong_type(entry);
    if (!is_known && !version_.is_at_least(4, 4)) {
      source.pass_over(*entry.key, std::string(entry.key->text));
      continue;
    }
    for (const DataEntry& each : entry.value->entries) {
      if (each.key == nullptr) break;
      if (!seen.emplace(table, lower(each.key->text)).second) source.two_spellings(*each.key);
      option(entry, each, source);
    }
  }
  if (source.refused()) facts.gap(*source.refused());
  for (const Item& name : source.ignored()) facts.setting("@ignored", name.text, name.origin);
}

void ContainersConf::option(const DataEntry& in, const DataEntry& entry, Source& source) {
  const DataNode& value = *entry.value;
  const std::string table = lower(in.key->text);
  const std::string key = lower(entry.key->text);
  const Option* option = find_option(table, key);
  const bool is_known = option != nullptr && version_.is_at_least(4, option->since_minor);
  if (!is_known && !version_.is_at_least(4, 4))
    return source.pass_over(*entry.key, fmt::format("{}.{}", in.key->text, entry.key->text));
  if (is_known && !fits(option->type, value)) return source.wrong_type(entry);
  if (value.is_scalar())
    settings_.set(table, key, {{value_of(option, value), source.at(*entry.key)}});
  else if (value.is_sequence())
    list(table, key, entry, source);
  else
    collection(table, entry, source);
}

/// A table such as engine.runtimes: later files add to it, and each name is replaced as a whole.
void ContainersConf::collection(const std::string& table, const DataEntry& entry, Source& source) {
  const std::string scope = fmt::format("{} > {}", table, lower(entry.key->text));
  for (const DataEntry& each : entry.value->entries) {
    const std::string name(each.key->text);
    if (each.value->is_scalar())
      settings_.set(scope, name, {{std::string(each.value->text), source.at(*each.key)}});
    else if (each.value->is_sequence())
      list(scope, name, each, source);
  }
}

/// From podman 4.8 on a table `{append = true}` in a list keeps what there was, and so do later
/// files until one says false. Before, it is an element of the wrong type.
bool ContainersConf::appends(const std::string& table, const std::string& key, const DataNode& list,
                             Source& source) {
  const Option* option = find_option(table, key);
  bool& appends = appends_[{table, key}];
  for (const DataEntry& entry : list.entries) {
    const DataNode* append = entry.value->find("append");
    if (append != nullptr && version_.is_at_least(4, 8))
      appends = append->text == "true";
    else if (option != nullptr && option->type != Type::any && !is_text(*entry.value))
      source.refuse(*entry.value, fmt::format("`{}` has an element of the wrong type", key));
  }
  return appends;
}

void ContainersConf::list(const std::string& table, const std::string& key, const DataEntry& entry,
                          Source& source) {
  std::vector<Item> items;
  for (const DataEntry& each : entry.value->entries)
    if (each.value->is_scalar())
      items.push_back({spelled(key, each.value->text), source.at(*each.value)});
  if (!appends(table, key, *entry.value, source))
    return settings_.set(table, key, std::move(items));
  if (!settings_.has(table, key) && key == "default_capabilities")
    for (const std::string_view word : words(default_capabilities(version_)))
      settings_.append(table, key, {{std::string(word), {}}});
  settings_.append(table, key, std::move(items));
}

void ContainersConf::add_default(const Option& option, const Root* root, Facts& facts) const {
  const std::string table(option.table), key(option.key);
  const auto tell = [&](std::string_view value) {
    facts.setting(key, std::string(value), {}, table);
  };
  if (key == "default_capabilities") {
    for (const std::string_view word : words(default_capabilities(version_))) tell(word);
  } else if (key == "apparmor_profile") {
    tell(version_.is_at_least(4, 4) ? "containers-default" : "containers-default-0.50.1");
  } else if (key == "seccomp_profile") {
    tell(root == nullptr ? "" : default_seccomp_profile(*root));
  } else if (key == "runtime") {
    const std::string runtime = root == nullptr ? "" : default_runtime(*root);
    if (!runtime.empty()) tell(runtime);
  } else if (option.type == Type::list) {
    for (const std::string_view word : words(option.fallback)) tell(word);
  } else if (option.fallback.data() != nullptr) {
    tell(option.fallback);
  }
}

void ContainersConf::write(const Root* root, Facts& facts) const {
  settings_.write(facts);
  for (const Option& each : options()) {
    const std::string table(each.table), key(each.key);
    if (!settings_.has(table, key)) {
      if (version_.is_at_least(4, each.since_minor)) add_default(each, root, facts);
      continue;
    }
    for (const Item& item : settings_.items(table, key))
      if (!is_valid(key, item.text))
        facts.gap({ErrorCode::invalid,
                   fmt::format("podman does not start with this value of `{}`", key), item.origin});
  }
}

}  // namespace plimsoll::podman
