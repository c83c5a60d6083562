#include "plugins/container/containerd/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <set>

#include "scanner/base/text.h"

namespace plimsoll::containerd {
namespace {

constexpr std::size_t kFiles = 200;
constexpr DataLimits kLimits{.depth = 60, .nodes = 1U << 18U};

/// An option of the daemon itself; all others belong to plug-ins.
struct Option {
  std::string_view section, name;
  enum class Type : std::uint8_t { text, number, flag, texts } type = Type::text;
};
using Type = Option::Type;

// containerd-config.toml(5); services/server/config of 1.6 and 2.
constexpr std::array kOptions = {
    Option{"", "version", Type::number},
    Option{"", "root"},
    Option{"", "state"},
    Option{"", "temp"},
    Option{"", "plugin_dir"},
    Option{"", "oom_score", Type::number},
    Option{"", "disabled_plugins", Type::texts},
    Option{"", "required_plugins", Type::texts},
    Option{"", "imports", Type::texts},
    Option{"grpc", "address"},
    Option{"grpc", "tcp_address"},
    Option{"grpc", "tcp_tls_ca"},
    Option{"grpc", "tcp_tls_cert"},
    Option{"grpc", "tcp_tls_key"},
    Option{"grpc", "tcp_tls_common_name"},
    Option{"grpc", "uid", Type::number},
    Option{"grpc", "gid", Type::number},
    Option{"grpc", "max_recv_message_size", Type::number},
    Option{"grpc", "max_send_message_size", Type::number},
    Option{"ttrpc", "address"},
    Option{"ttrpc", "uid", Type::number},
    Option{"ttrpc", "gid", Type::number},
    Option{"debug", "address"},
    Option{"debug", "uid", Type::number},
    Option{"debug", "gid", Type::number},
    Option{"debug", "level"},
    Option{"debug", "format"},
    Option{"metrics", "address"},
    Option{"metrics", "grpc_histogram", Type::flag},
    Option{"cgroup", "path"},
};
constexpr std::string_view kSections = "grpc ttrpc debug metrics cgroup";
constexpr std::string_view kMaps = "plugins proxy_plugins timeouts stream_processors";

const Option* option(std::string_view section, std::string_view name) {
  for (const Option& each : kOptions)
    if (each.section == section && iequals(each.name, name)) return &each;
  return nullptr;
}

bool fits(Type type, const Value& value) {
  const bool is_scalar = value.kind == Value::Kind::scalar;
  switch (type) {
    case Type::text:
      return is_scalar && value.quoted;
    case Type::number:
      return is_scalar && !value.quoted && to_integer(value.text).has_value();
    case Type::flag:
      return is_scalar && !value.quoted && (value.text == "true" || value.text == "false");
    case Type::texts:
      return value.kind == Value::Kind::list &&
             std::all_of(value.items.begin(), value.items.end(),
                         [](const Value& item) { return fits(Type::text, item); });
  }
  return false;
}

class Loader {
 public:
  Loader(const Root& root, int major) : root_(root), major_(major) {}

  Config load(const std::string& path, bool must_exist) {
    pending_.push_back(path);
    while (!pending_.empty()) {
      const std::string next = std::move(pending_.front());
      pending_.pop_front();
      if (!seen_.insert(next).second) continue;
      if (seen_.size() > kFiles) {
        error(ErrorCode::limit, fmt::format("more than {} files", kFiles), {next, 0, 0});
        break;
      }
      read(next, must_exist || seen_.size() > 1);
    }
    check();
    return std::move(out_);
  }

 private:
  void error(ErrorCode code, std::string what, Origin origin) {
    out_.errors.push_back({code, std::move(what), std::move(origin)});
  }
  void refuse(const std::string& why, const Origin& origin) {
    error(ErrorCode::invalid, "containerd does not start: " + why, origin);
  }

  void read(const std::string& path, bool must_exist) {
    const auto text = root_.read(path);
    if (!text) {
      if (text.error().code != ErrorCode::not_found)
        out_.errors.push_back(text.error());
      else if (must_exist)
        refuse("there is no such file", {path, 0, 0});
      return;
    }
    out_.files.push_back(path);
    const DataTree tree = read_toml(*text, path, kLimits);
    if (tree.error) {
      if (tree.error->code == ErrorCode::invalid)
        refuse(tree.error->what, tree.error->where);
      else
        out_.errors.push_back(*tree.error);
      return;
    }
    merge(normal(value_of(*tree.documents.front(), path), path), path);
  }

  /// Options under their own names, checked; what is none goes to `ignored`.
  Value normal(Value table, const std::string& path) {
    Value out;
    for (auto& [name, value] : table.members) {
      const std::string known = lower(name);
      if (is_one_of(known, kSections) || is_one_of(known, kMaps)) {
        if (!value.is_table())
          refuse(fmt::format("`{}` is no table", name), value.origin);
        else if (is_one_of(known, kMaps))
          out.members[known] = std::move(value);
        else
          section(known, value, out.members[known]);
      } else {
        keep(option("", name), name, value, out);
      }
    }
    // 2 brings each file to the newest format before it is merged, 1 looks at the result.
    if (major_ >= 2 && version_of(out) < 2) rename_plugins(out);
    out.origin = {path, 0, 0};
    return out;
  }

  /// Format 1 has short names. containerd 1 then looks for these alone, 2 also knows the long ones.
  void rename_plugins(Value& table) {
    Value named;
    for (auto& [name, value] : table.members["plugins"].members) {
      if (major_ >= 2 || name.find('.') == std::string::npos)
        named.members[plugin_uri(name)] = std::move(value);
      else
        ignore(name, std::move(value));
    }
    table.members["plugins"] = std::move(named);
  }

  void ignore(const std::string& name, Value value) {
    value.text = name;
    if (out_.ignored.size() < kFiles) out_.ignored.push_back(std::move(value));
  }

  static int version_of(const Value& table) {
    const Value* version = table.find("version");
    if (version == nullptr) return 1;
    const auto number = to_integer(version->text);
    return number && *number > 0 && *number < 100 ? static_cast<int>(*number) : 1;
  }

  void section(const std::string& name, Value& table, Value& out) {
    for (auto& [key, value] : table.members) keep(option(name, key), key, value, out);
  }

  void keep(const Option* known, const std::string& name, Value& value, Value& out) {
    if (known == nullptr) {
      ignore(name, std::move(value));
    } else if (!fits(known->type, value)) {
      refuse(fmt::format("`{}` has the wrong type", name), value.origin);
    } else {
      out.members[std::string(known->name)] = std::move(value);
    }
  }

  void merge(Value from, const std::string& path) {
    out_.version = std::max(out_.version, version_of(from));
    if (const Value* imports = from.find("imports"))
      for (const Value& item : imports->items) add_import(item.text, path);
    for (auto& [name, value] : from.members) {
      if (name == "imports" || name == "version") continue;
      Value& to = value.is_table() ? out_.top.members[name] : out_.top;
      if (name == "plugins")
        merge_plugins(to, value);
      else if (is_one_of(name, kMaps))
        for (auto& [key, each] : value.members) to.members[key] = std::move(each);
      else if (value.is_table())
        for (auto& [key, each] : value.members) override_with(key, each, to);
      else
        override_with(name, value, out_.top);
    }
  }

  /// mergo: what is empty overrides nothing, not even a default, and lists grow; from 2 on each
  /// element is there once.
  void override_with(const std::string& name, Value& from, Value& table) const {
    if (from.is_zero()) return;
    Value& to = table.members[name];
    if (from.kind == Value::Kind::list) {
      to.kind = Value::Kind::list;
      for (Value& item : from.items) {
        const bool known =
            major_ >= 2 && std::any_of(to.items.begin(), to.items.end(),
                                       [&](const Value& each) { return each.text == item.text; });
        if (!known) to.items.push_back(std::move(item));
      }
    } else {
      to = std::move(from);
    }
  }

  /// Before 2.0 a later file replaces all that is said of a plug-in.
  void merge_plugins(Value& to, Value& from) const {
    for (auto& [name, plugin] : from.members) {
      if (major_ < 2 || to.members.find(name) == to.members.end())
        to.members[name] = std::move(plugin);
      else
        merge_tables(to.members[name], plugin);
    }
  }

  static void merge_tables(Value& to, Value& from) {
    for (auto& [name, value] : from.members) {
      const auto found = to.members.find(name);
      if (found != to.members.end() && found->second.is_table() && value.is_table())
        merge_tables(found->second, value);
      else
        to.members[name] = std::move(value);
    }
  }

  /// Before 2.0 a pattern that is no absolute path begins where the daemon was started: at `/`.
  void add_import(const std::string& import, const std::string& parent) {
    const bool is_pattern = import.find('*') != std::string::npos;
    const std::string base(is_pattern && major_ < 2 ? "/" : parent_path(parent));
    const std::string path = normal_path(join_path(base, import));
    if (!is_pattern) {
      pending_.push_back(path);
      return;
    }
    const Root::Glob found = root_.glob(path);
    pending_.insert(pending_.end(), found.paths.begin(), found.paths.end());
    out_.errors.insert(out_.errors.end(), found.errors.begin(), found.errors.end());
  }

  static bool is_uri(std::string_view name) {
    return std::count(name.begin(), name.end(), '.') >= 3;
  }

  /// ValidateV2 of 1.x, ValidateVersion of 2.
  void check() {
    if (major_ >= 2 && out_.version > 4)
      refuse(fmt::format("version {} of the format is unknown", out_.version),
             {out_.files.empty() ? std::string() : out_.files.front(), 0, 0});
    if (out_.version < 2) return rename_plugins(out_.top);
    for (const std::string_view name : {"disabled_plugins", "required_plugins"})
      if (const Value* list = out_.top.find(name))
        for (const Value& item : list->items)
          if (major_ < 2 ? !is_uri(item.text) : item.text.find('.') == std::string::npos)
            refuse(fmt::format("`{}` names no plug-in by its URI", item.text), item.origin);
    const Value* plugins = out_.top.find("plugins");
    if (plugins == nullptr || major_ >= 2) return;
    for (const auto& [name, plugin] : plugins->members)
      if (!is_uri(name))
        refuse(fmt::format("`{}` names no plug-in by its URI", name), plugin.origin);
  }

  const Root& root_;
  int major_;
  Config out_;
  std::deque<std::string> pending_;
  std::set<std::string, std::less<>> seen_;
};

}  // namespace

std::string plugin_uri(const std::string& name) {
  if (name.find('.') != std::string::npos) return name;
  struct Known {
    std::string_view name, kind;
  };
  constexpr std::array kKnown = {
      Known{"cgroups", "monitor.v1"},        Known{"linux", "runtime.v1"},
      Known{"scheduler", "gc.v1"},           Known{"bolt", "metadata.v1"},
      Known{"task", "runtime.v2"},           Known{"opt", "internal.v1"},
      Known{"restart", "internal.v1"},       Known{"tracing", "internal.v1"},
      Known{"otlp", "tracing.processor.v1"}, Known{"aufs", "snapshotter.v1"},
      Known{"btrfs", "snapshotter.v1"},      Known{"devmapper", "snapshotter.v1"},
      Known{"native", "snapshotter.v1"},     Known{"overlayfs", "snapshotter.v1"},
      Known{"zfs", "snapshotter.v1"},
  };
  for (const Known& known : kKnown)
    if (known.name == name) return fmt::format("io.containerd.{}.{}", known.kind, name);
  return fmt::format("io.containerd.{}.{}", name.ends_with("-service") ? "service.v1" : "grpc.v1",
                     name);
}

Config load_config(const Root& root, const std::string& path, bool must_exist, int major) {
  return Loader(root, major).load(path, must_exist);
}

}  // namespace plimsoll::containerd
