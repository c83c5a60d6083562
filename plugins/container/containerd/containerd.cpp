#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/container/containerd/config.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/formats/systemd/exec_command.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace containerd {
namespace {

constexpr std::string_view kMain = "/etc/containerd/config.toml";
constexpr std::array<std::string_view, 3> kFiles = {kMain, "/etc/containerd/conf.d/10-local.toml",
                                                    "/etc/systemd/system/containerd.service"};
constexpr std::array<std::string_view, 3> kPrograms = {
    "/usr/bin/containerd", "/usr/local/bin/containerd", "/usr/sbin/containerd"};
constexpr std::string_view kCri = "io.containerd.grpc.v1.cri";
constexpr std::size_t kDepth = 60;
constexpr std::size_t kRows = 100'000;

constexpr std::array kFields = {
    Field{"address", Type::text, "scope: grpc, ttrpc, debug, metrics; where it listens"},
    Field{"tcp_address", Type::text, "scope grpc: a TCP address besides; empty: none"},
    Field{"tcp_tls_ca", Type::text, "scope grpc: authorities for certificates of clients"},
    Field{"uid", Type::integer, "who owns the socket"},
    Field{"gid", Type::integer, "whose group it has"},
    Field{"level", Type::text, "scope debug: of the log"},
    Field{"root", Type::text, "where data are kept"},
    Field{"state", Type::text, "where what is gone with the next boot is kept"},
    Field{"disabled_plugins", Type::list, "URIs of plug-ins that are off"},
    Field{"enable_selinux", Type::boolean, "of the plug-in cri: containers get labels"},
    Field{"disable_apparmor", Type::boolean, "of cri: profiles are not applied"},
    Field{"disable_tcp_service", Type::boolean, "of cri: it is not served over TCP"},
    Field{"stream_server_address", Type::text, "of cri: where exec, attach and ports are streamed"},
    Field{"enable_tls_streaming", Type::boolean, "of cri: these are encrypted"},
    Field{"unset_seccomp_profile", Type::text,
          "of cri: the profile of containers that name none; empty: none"},
    Field{"config_path", Type::text, "scope … > registry: directories of hosts.toml"},
    Field{"insecure_skip_verify", Type::boolean, "of a registry: any certificate will do"},
    Field{"endpoint", Type::list, "of a registry: where it is reached"},
    Field{"skip_verify", Type::boolean,
          "scope hosts > REGISTRY > URL: any certificate will do (hosts.toml)"},
    Field{"server", Type::text, "scope hosts > REGISTRY: where it is in the end"},
    Field{"@version", Type::text, "the version that the package database names"},
    Field{"@ignored", Type::text, "a name that containerd passes over"},
    Field{"@file", Type::text, "the files read, in reading order"},
};

/// A default that is told where nothing else is said.
struct Default {
  std::string_view scope, key, value;
};
constexpr std::array kDefaults = {
    Default{"", "root", "/var/lib/containerd"},
    Default{"", "state", "/run/containerd"},
    Default{"", "oom_score", "0"},
    Default{"grpc", "address", "/run/containerd/containerd.sock"},
    Default{"grpc", "uid", "0"},
    Default{"grpc", "gid", "0"},
    Default{"grpc", "tcp_address", ""},
    Default{"grpc", "tcp_tls_ca", ""},
    Default{"grpc", "tcp_tls_cert", ""},
    Default{"grpc", "tcp_tls_key", ""},
    Default{"debug", "address", ""},
    Default{"debug", "uid", "0"},
    Default{"debug", "gid", "0"},
    Default{"debug", "level", ""},
    Default{"metrics", "address", ""},
};
/// Of the plug-in cri, scopes below it.
constexpr std::array kCriDefaults = {
    Default{"", "enable_selinux", "false"},
    Default{"", "disable_apparmor", "false"},
    Default{"", "disable_tcp_service", "true"},
    Default{"", "stream_server_address", "127.0.0.1"},
    Default{"", "stream_server_port", "0"},
    Default{"", "enable_tls_streaming", "false"},
    Default{"", "unset_seccomp_profile", ""},
    Default{"", "enable_unprivileged_ports", "false"},
    Default{"", "enable_unprivileged_icmp", "false"},
    Default{"", "restrict_oom_score_adj", "false"},
    Default{"containerd", "no_pivot", "false"},
    Default{"containerd", "default_runtime_name", "runc"},
    Default{"containerd", "snapshotter", "overlayfs"},
};

std::string below(std::string_view scope, std::string_view name) {
  if (scope.empty() || name.empty()) return std::string(scope.empty() ? name : scope);
  return fmt::format("{} > {}", scope, name);
}

class Writer {
 public:
  explicit Writer(Facts& facts) : facts_(facts) {}

  void table(const Value& table, const std::string& scope, std::size_t depth = 0) {
    for (const auto& [name, value] : table.members) {
      if (facts_.rows.size() > kRows || depth > kDepth) return limit(value.origin);
      member(value, name, scope, depth);
    }
  }

  void add_default(const std::string& scope, std::string_view key, std::string_view value) {
    if (facts_.find(key, scope) == nullptr)
      facts_.setting(std::string(key), std::string(value), {}, scope);
  }

 private:
  void member(const Value& value, const std::string& name, const std::string& scope,
              std::size_t depth) {
    if (value.is_table()) return table(value, below(scope, name), depth + 1);
    if (value.kind == Value::Kind::scalar) {
      facts_.setting(name, value.text, value.origin, scope);
      return;
    }
    for (const Value& item : value.items)
      if (item.is_table())
        table(item, below(scope, name), depth + 1);
      else
        facts_.setting(name, item.text, item.origin, scope);
  }

  void limit(const Origin& origin) {
    if (!limited_)
      facts_.gap({ErrorCode::limit, "more tables and values than are read here", origin});
    limited_ = true;
  }

  Facts& facts_;
  bool limited_ = false;
};

/// What flags of the daemon say.
struct Flags {
  struct Override {
    std::string_view scope, key;
    systemd::ExecText value;
  };
  std::string config = std::string(kMain);
  bool names_config = false;
  std::vector<Override> overrides;
};

void apply_flag(std::string_view name, const systemd::ExecText& value, Flags& out) {
  if (name == "config" || name == "c") {
    out.config = value.text;
    out.names_config = true;
    return;
  }
  constexpr std::array<std::array<std::string_view, 3>, 6> kFlags = {
      {{"address", "grpc", "address"},
       {"a", "grpc", "address"},
       {"log-level", "debug", "level"},
       {"l", "debug", "level"},
       {"root", "", "root"},
       {"state", "", "state"}}};
  for (const auto& [flag, scope, key] : kFlags)
    if (flag == name) out.overrides.push_back({scope, key, value});
}

/// containerd(8), with Go's flags: `-c FILE`, `--config=FILE`.
void read_flags(const std::vector<systemd::ExecText>& words, Flags& out) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i].text;
    if (!word.starts_with('-') || word == "--") return;
    const std::string_view text = word.substr(word.starts_with("--") ? 2 : 1);
    const auto equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    if (equals != std::string_view::npos)
      apply_flag(name, {std::string(text.substr(equals + 1)), words[i].origin}, out);
    else if (is_one_of(name, "config c address a log-level l root state") && i + 1 < words.size())
      apply_flag(name, words[++i], out);
  }
}

bool read_unit(const Root& root, Flags& flags, Facts& facts) {
  if (!systemd::has_unit_file(root, "containerd.service")) return false;
  const systemd::UnitIndex index(root);
  const auto unit = index.find("containerd.service");
  if (!unit) return false;
  if (unit->masked) return true;
  const systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
  for (const Error& error : loaded.errors) facts.gap(error);
  if (loaded.refused) facts.gap(*loaded.refused);
  const auto command = systemd::exec_start(root, loaded, "containerd.service");
  if (!command) return true;
  for (const Error& error : command->errors) facts.gap(error);
  if (base_name(command->words[0].text) != "containerd") {
    facts.gap({ErrorCode::unsupported,
               "containerd.service starts containerd by a program of its own, whose flags for it "
               "cannot be told",
               command->words[0].origin});
    return true;
  }
  read_flags(command->words, flags);
  return true;
}

int read_version(const Root& root, Facts& facts) {
  for (const std::string_view package : {"containerd.io", "containerd"})
    if (const auto version = installed_version(root, package)) {
      facts.setting("@version", *version, {"/var/lib/dpkg/status", 0, 0});
      const auto colon = version->find(':');
      const std::string text = version->substr(colon == std::string::npos ? 0 : colon + 1);
      return text.starts_with("1.") || text.starts_with("0.") ? 1 : 2;
    }
  return 2;
}

bool is_disabled(const Config& config, std::string_view uri) {
  const Value* list = config.top.find("disabled_plugins");
  return list != nullptr &&
         std::any_of(list->items.begin(), list->items.end(), [&](const Value& item) {
           return (config.version < 2 ? plugin_uri(item.text) : item.text) == uri;
         });
}

/// containerd's docs/hosts.md: each directory is named after a registry.
void read_hosts(const Root& root, std::string_view directories, Facts& facts) {
  Writer writer(facts);
  for (const std::string_view directory : split(directories, ':')) {
    if (!directory.starts_with('/')) continue;
    const Root::Glob found = root.glob(fmt::format("{}/*/hosts.toml", directory));
    for (const Error& error : found.errors) facts.gap(error);
    for (const std::string& path : found.paths) {
      const auto text = root.read(path);
      if (!text) {
        facts.gap(text.error());
        continue;
      }
      facts.setting("@file", path, {path, 0, 0});
      const DataTree tree = read_toml(*text, path, {.depth = 60, .nodes = 1U << 16U});
      if (tree.error) {
        facts.gap(*tree.error);
        continue;
      }
      Value top = value_of(*tree.documents.front(), path);
      const std::string scope = below("hosts", base_name(parent_path(path)));
      if (const Value* hosts = top.find("host"); hosts != nullptr && hosts->is_table())
        writer.table(*hosts, scope);
      top.members.erase("host");
      writer.table(top, scope);
    }
  }
}

/// The daemon does not start when a plug-in cannot decode what is said of it.
void check_cri(const Value& cri, Facts& facts) {
  for (const Default& known : kCriDefaults) {
    const Value* table = known.scope.empty() ? &cri : cri.find(known.scope);
    const Value* value = table == nullptr ? nullptr : table->find(known.key);
    if (value == nullptr) continue;
    const bool wants_flag = known.value == "true" || known.value == "false";
    const bool is_flag = !value->quoted && (value->text == "true" || value->text == "false");
    if (value->kind != Value::Kind::scalar || (wants_flag ? !is_flag : !value->quoted))
      facts.gap({ErrorCode::invalid,
                 fmt::format("containerd does not start: `{}` has the wrong type", known.key),
                 value->origin});
  }
}

void write_config(Config& config, const Flags& flags, Facts& facts) {
  const bool has_cri = !is_disabled(config, kCri);
  if (Value& plugins = config.top.members["plugins"]; !has_cri)
    plugins.members.erase(std::string(kCri));
  if (const Value* cri = config.top.members["plugins"].find(kCri)) check_cri(*cri, facts);
  for (const Flags::Override& flag : flags.overrides) {
    Value& section = flag.scope.empty() ? config.top : config.top.members[std::string(flag.scope)];
    Value value;
    value.kind = Value::Kind::scalar;
    value.quoted = true;
    value.text = flag.value.text;
    value.origin = flag.value.origin;
    section.members[std::string(flag.key)] = std::move(value);
  }
  Writer writer(facts);
  writer.table(config.top, "");
  for (const Default& each : kDefaults)
    writer.add_default(std::string(each.scope), each.key, each.value);
  if (!has_cri) return;
  // From version 3 on the parts of cri are plug-ins of their own, and keep their keys.
  const bool is_split = config.top.find("plugins")->find("io.containerd.cri.v1.runtime") != nullptr;
  const std::string cri =
      below("plugins", is_split ? std::string_view("io.containerd.cri.v1.runtime") : kCri);
  for (const Default& each : kCriDefaults)
    writer.add_default(below(cri, each.scope), each.key, each.value);
}

std::string hosts_directories(const Facts& facts, int major) {
  for (const Fact& fact : facts.rows)
    if (fact.key == "config_path" && fact.scope.ends_with("registry") && !fact.value.empty())
      return fact.value;
  return major >= 2 ? "/etc/containerd/certs.d:/etc/docker/certs.d" : "";
}

Facts read(const Request& request) {
  const Root& root = request.root;
  Facts facts;
  Flags flags;
  const bool has_unit = read_unit(root, flags, facts);
  const bool has_program =
      std::any_of(kPrograms.begin(), kPrograms.end(),
                  [&](std::string_view program) { return root.exists(program); });
  const auto main = root.stat(kMain);
  const bool has_file = main || main.error().code != ErrorCode::not_found;
  if (!has_unit && !has_program && (!has_file || root.exists("/var/lib/dpkg/status"))) {
    facts.not_applicable = "there is no containerd, no containerd.service and no config.toml";
    return facts;
  }
  const int major = read_version(root, facts);
  Config config = load_config(root, normal_path(flags.config), flags.names_config, major);
  for (const std::string& file : config.files) facts.setting("@file", file, {file, 0, 0});
  for (Error& error : config.errors) facts.gap(std::move(error));
  for (Value& name : config.ignored)
    facts.setting("@ignored", std::move(name.text), std::move(name.origin));
  write_config(config, flags, facts);
  read_hosts(root, hosts_directories(facts, major), facts);
  return facts;
}

}  // namespace
}  // namespace containerd

extern const Probe containerd_probe;
const Probe containerd_probe{
    .name = "containerd",
    .group = "container",
    .summary = "containerd as config.toml, its imports and its flags configure it",
    .semantics = "containerd-config.toml(5), containerd(8), systemd.service(5)",
    .shape = Shape::settings,
    .fields = containerd::kFields,
    .read = containerd::read,
    .files = containerd::kFiles,
};

}  // namespace plimsoll
