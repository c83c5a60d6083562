#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/container/docker-daemon/address.h"
#include "plugins/container/docker-daemon/daemon_json.h"
#include "plugins/container/docker-daemon/flags.h"
#include "plugins/container/docker-daemon/merge.h"
#include "plugins/container/docker-daemon/state.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/exec_command.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace docker {
namespace {

constexpr std::string_view kMain = "/etc/docker/daemon.json";
constexpr std::array<std::string_view, 4> kFiles = {kMain, "/etc/systemd/system/docker.service",
                                                    "/etc/systemd/system/docker.socket",
                                                    "/etc/default/docker"};
constexpr std::array<std::string_view, 3> kPrograms = {"/usr/sbin/dockerd", "/usr/bin/dockerd",
                                                       "/usr/local/bin/dockerd"};

constexpr std::array kFields = {
    Field{"hosts", Type::list, "where the daemon listens, as it writes it: unix://, fd://, tcp://"},
    Field{"tls", Type::boolean, "connections over TCP are encrypted"},
    Field{"tlsverify", Type::boolean, "a client must show a certificate of `tlscacert`"},
    Field{"tlscacert", Type::text, "file with the authorities that sign certificates of clients"},
    Field{"tlscert", Type::text, "file with the certificate of the daemon"},
    Field{"tlskey", Type::text, "file with its key"},
    Field{"icc", Type::boolean, "containers on the default bridge may talk to each other"},
    Field{"log-level", Type::text, "panic fatal error warn info debug trace"},
    Field{"log-driver", Type::text, "where containers log to"},
    Field{"iptables", Type::boolean, "the daemon writes rules of the firewall"},
    Field{"ip6tables", Type::boolean, "the same for IPv6"},
    Field{"insecure-registries", Type::set, "registries that need neither TLS nor a certificate"},
    Field{"registry-mirrors", Type::list, "registries that are asked before Docker Hub"},
    Field{"storage-driver", Type::text, "empty: the best one that works"},
    Field{"storage-opts", Type::list, "options of the storage driver"},
    Field{"userns-remap", Type::text, "whose ids root in containers has outside; empty: root's"},
    Field{"cgroup-parent", Type::text, "empty: the daemon's own choice"},
    Field{"authorization-plugins", Type::list, "plug-ins that allow or deny requests"},
    Field{"no-new-privileges", Type::boolean, "containers cannot gain rights by set-id programs"},
    Field{"live-restore", Type::boolean, "containers go on while the daemon is down"},
    Field{"userland-proxy", Type::boolean, "ports are forwarded by a program of their own"},
    Field{"seccomp-profile", Type::text, "`builtin`, `unconfined` or a file"},
    Field{"experimental", Type::boolean, "experimental features are on"},
    Field{"selinux-enabled", Type::boolean, "containers get labels of their own"},
    Field{"data-root", Type::text, "where images and containers are kept"},
    Field{"default-address-pools", Type::list, "`base=NET,size=BITS`"},
    Field{"group", Type::text, "the group that owns the socket"},
    Field{"rootless", Type::boolean, "the daemon was told that it runs without root"},
    Field{"@user", Type::text, "the user that docker.service runs the daemon as"},
    Field{"@remote-api", Type::text,
          "scope: an address that is no socket file; plain, tls, mutual-tls, or "
          "public-authorities: tlsverify without tlscacert trusts the system's"},
    Field{"@listen", Type::text, "where docker.socket listens in place of `fd://`"},
    Field{"@seccomp-default-action", Type::text,
          "what the profile does with a system call that it does not name"},
    Field{"@swarm", Type::text, "`active` or `inactive`"},
    Field{"@swarm-role", Type::text, "`manager` or `worker`"},
    Field{"@swarm-autolock", Type::boolean, "the key of a manager is encrypted on disk"},
    Field{"@data-root-separate", Type::boolean, "`data-root` is a mount point itself"},
    Field{"@tlscacert-mode", Type::mode, "scope: the file that `tlscacert` names; its permissions"},
    Field{"@tlscacert-owner", Type::text, "its owner and group: `0:0`"},
    Field{"@tlscert-mode", Type::mode, "the same of the file that `tlscert` names"},
    Field{"@tlscert-owner", Type::text, "its owner and group"},
    Field{"@tlskey-mode", Type::mode, "the same of the file that `tlskey` names"},
    Field{"@tlskey-owner", Type::text, "its owner and group"},
    Field{"@content-trust", Type::text, "DOCKER_CONTENT_TRUST in /etc/environment"},
    Field{"@data-root-mount", Type::text, "the mount point whose file system holds `data-root`"},
    Field{"@ignored", Type::text, "a name in daemon.json that is accepted and not read"},
    Field{"@version", Type::text, "the version that the package database names"},
    Field{"@file", Type::text, "a file that was read"},
};

/// What is known of the daemon before its file is read.
struct Daemon {
  int version = kNewest;
  Flags flags;
  std::vector<systemd::ExecText> sockets;  ///< ListenStream= of docker.socket
};

int major_version(const std::string& version) {
  const auto colon = version.find(':');
  const std::string text = version.substr(colon == std::string::npos ? 0 : colon + 1);
  const auto major =
      to_integer(std::string_view(text).substr(0, text.find_first_not_of("0123456789")));
  return major && *major > 0 && *major < 100 ? static_cast<int>(*major) : kNewest;
}

void read_version(const Root& root, Daemon& daemon, Facts& facts) {
  for (const std::string_view package : {"docker-ce", "docker.io", "moby-engine"})
    if (const auto version = installed_version(root, package)) {
      daemon.version = major_version(*version);
      facts.setting("@version", *version, {"/var/lib/dpkg/status", 0, 0});
      return;
    }
}

void add_unit_errors(const systemd::LoadedUnit& unit, Facts& facts) {
  for (const Error& error : unit.errors) facts.gap(error);
  if (unit.refused) facts.gap(*unit.refused);
}

void read_service(const Root& root, const systemd::UnitIndex& index, Daemon& daemon, Facts& facts) {
  daemon.flags = parse_flags({}, daemon.version);
  const auto unit = index.find("docker.service");
  if (!unit || unit->masked) return;
  const systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
  add_unit_errors(loaded, facts);
  for (const std::string& file : loaded.files) facts.setting("@file", file, {file, 0, 0});
  if (const systemd::Setting* user = loaded.find("Service", "User"))
    facts.setting("@user", user->assignment.value, user->assignment.origin);
  else
    facts.setting("@user", "root", {});
  const auto command = systemd::exec_start(root, loaded, "docker.service");
  if (!command) return;
  for (const Error& error : command->errors) facts.gap(error);
  if (base_name(command->words[0].text) != "dockerd")
    return facts.gap({ErrorCode::unsupported,
                      "docker.service starts dockerd by a program of its own, whose flags for it "
                      "cannot be told",
                      command->words[0].origin});
  daemon.flags = parse_flags(std::span(command->words).subspan(1), daemon.version);
  for (const Error& error : daemon.flags.refusals) facts.gap(error);
}

void read_socket(const Root& root, const systemd::UnitIndex& index, Daemon& daemon, Facts& facts) {
  const auto unit = index.find("docker.socket");
  if (!unit || unit->masked) return;
  const systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
  add_unit_errors(loaded, facts);
  for (const systemd::Setting& setting : loaded.settings)
    if (setting.directive->key() == "ListenStream")
      daemon.sockets.push_back({setting.assignment.value, setting.assignment.origin});
}

/// dockerd does not start when a file that it was told of is missing; the usual one may be.
Values read_file(const Root& root, const Daemon& daemon, Facts& facts) {
  const std::string path = normal_path(daemon.flags.config_file);
  const auto text = root.read(path);
  if (!text) {
    const bool is_missing = text.error().code == ErrorCode::not_found;
    if (is_missing && daemon.flags.names_config_file)
      facts.gap({ErrorCode::invalid, fmt::format("dockerd does not start: there is no `{}`", path),
                 daemon.flags.config_file_origin});
    else if (!is_missing)
      facts.gap(text.error());
    return Values(options().size());
  }
  facts.setting("@file", path, {path, 0, 0});
  DaemonJson json = read_daemon_json(*text, path, daemon.flags.values, daemon.version);
  for (Error& error : json.refusals) facts.gap(std::move(error));
  for (Item& item : json.ignored)
    facts.setting("@ignored", std::move(item.name), std::move(item.origin));
  return std::move(json.values);
}

void write_options(const Merged& merged, int version, Facts& facts) {
  for (const Option& option : options()) {
    const Given& given = merged.values[index_of(option)];
    const bool apart = option.key == "hosts" || option.key == "tls" || option.key == "tlsverify";
    if (!option.is_known(version) || option.kind == Kind::opaque || apart) continue;
    const std::string key(option.key);
    if (option.is_scalar() && given.items.empty()) {
      facts.setting(key, std::string(option.fallback), {});
      continue;
    }
    const bool has_names =
        !option.is_scalar() && option.kind != Kind::list && option.kind != Kind::pools;
    for (const Item& item : given.items) {
      if (!has_names)
        facts.setting(key, item.text, item.origin);
      else
        facts.setting(item.name, item.text, item.origin,
                      item.scope.empty() ? key : fmt::format("{} > {}", key, item.scope));
    }
  }
}

/// Whether and how connections are encrypted.
struct Encryption {
  bool tls = false, verify = false;
  std::string ca;

  [[nodiscard]] const char* word() const {
    if (!tls) return "plain";
    if (!verify) return "tls";
    // crypto/tls: without authorities of its own a server trusts those of the system.
    return ca.empty() ? "public-authorities" : "mutual-tls";
  }
};

/// dockerd: whoever names tlsverify, be it as false, has tls; and who has tls verifies unless he
/// says otherwise.
Encryption write_tls(const Merged& merged, int version, Facts& facts) {
  const Given& tls = merged.of("tls", version);
  const Given& verify = merged.of("tlsverify", version);
  Encryption out;
  out.tls = verify.is_set || (tls.is_set && merged.is_true("tls", version));
  out.verify = verify.is_set ? merged.is_true("tlsverify", version) : out.tls;
  out.ca = merged.text("tlscacert", version);
  const Origin& why = tls.is_set && !verify.is_set ? tls.origin : verify.origin;
  facts.setting("tls", out.tls ? "true" : "false", why);
  facts.setting("tlsverify", out.verify ? "true" : "false", why);
  return out;
}

void write_remote(const std::string& address, const Encryption& encryption, const Origin& origin,
                  Facts& facts) {
  facts.setting("@remote-api", encryption.word(), origin, address);
}

void write_hosts(const Merged& merged, const Encryption& encryption, const Daemon& daemon,
                 Facts& facts) {
  std::vector<systemd::ExecText> hosts;
  for (const Item& item : merged.of("hosts", daemon.version).items)
    if (auto host = normal_host(item.text, encryption.tls))
      hosts.push_back({std::move(*host), item.origin});
  if (hosts.empty()) hosts.push_back({*normal_host("", encryption.tls), {}});
  const auto by_text = [](const auto& a, const auto& b) { return a.text < b.text; };
  std::stable_sort(hosts.begin(), hosts.end(), by_text);
  hosts.erase(std::unique(hosts.begin(), hosts.end(),
                          [](const auto& a, const auto& b) { return a.text == b.text; }),
              hosts.end());
  bool has_fd = false;
  for (const systemd::ExecText& host : hosts) {
    facts.setting("hosts", host.text, host.origin);
    has_fd = has_fd || host.text.starts_with("fd://");
    if (is_tcp(host.text)) write_remote(host.text, encryption, host.origin, facts);
  }
  if (!has_fd) return;
  for (const systemd::ExecText& socket : daemon.sockets) {
    facts.setting("@listen", socket.text, socket.origin);
    // systemd.socket(5): a path, an abstract name, or a port of the network.
    if (!socket.text.starts_with('/') && !socket.text.starts_with('@'))
      write_remote(socket.text, encryption, socket.origin, facts);
  }
}

/// The flags' tlscert and the like are in ~/.docker when a flag asks for TLS.
void add_tls_defaults(const Root& root, Daemon& daemon) {
  Values& values = daemon.flags.values;
  const auto of = [&](std::string_view key) -> Given& {
    return values[index_of(*option_of_key(key, daemon.version, false))];
  };
  const Given& tls = of("tls");
  const bool asked = of("tlsverify").is_set || (tls.is_set && !tls.is_zero(Kind::boolean));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kNames = {
      {{"tlscacert", "/root/.docker/ca.pem"},
       {"tlscert", "/root/.docker/cert.pem"},
       {"tlskey", "/root/.docker/key.pem"}}};
  for (const auto& [key, path] : kNames) {
    Given& given = of(key);
    if (!asked) {
      given.items.clear();  // without TLS they mean nothing, and dockerd drops them
    } else if (!given.is_set && (key == "tlscacert" || root.exists(path))) {
      given.items = {{{}, std::string(path), {}}};
    }
  }
}

/// What follows from the options, for a host and for a file in a tree.
Merged write_configuration(const Values& file, const Daemon& daemon, Facts& facts) {
  Merged merged = merge(file, daemon.flags.values, daemon.version);
  for (const Error& error : merged.refusals) facts.gap(error);
  const Encryption encryption = write_tls(merged, daemon.version, facts);
  write_hosts(merged, encryption, daemon, facts);
  write_options(merged, daemon.version, facts);
  return merged;
}

Facts read_document(const Document& document) {
  Facts facts;
  Daemon daemon;
  daemon.flags = parse_flags({}, daemon.version);
  DaemonJson json =
      read_daemon_json(document.text, document.path, daemon.flags.values, daemon.version);
  for (Error& error : json.refusals) facts.gap(std::move(error));
  for (Item& item : json.ignored)
    facts.setting("@ignored", std::move(item.name), std::move(item.origin));
  write_configuration(json.values, daemon, facts);
  return facts;
}

/// A daemon.json that somebody left behind says nothing where a package database knows the system
/// and no daemon is there.
bool is_installed(const Root& root) {
  if (systemd::has_unit_file(root, "docker.service")) return true;
  for (const std::string_view program : kPrograms)
    if (root.exists(program)) return true;
  const auto file = root.stat(kMain);
  const bool has_file = file || file.error().code != ErrorCode::not_found;
  return has_file && !root.exists("/var/lib/dpkg/status");
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(*request.document);
  const Root& root = request.root;
  Facts facts;
  if (!is_installed(root)) {
    facts.not_applicable = "there is no dockerd, no docker.service and no daemon.json";
    return facts;
  }
  const systemd::UnitIndex index(root);
  for (const Error& error : index.errors()) facts.gap(error);
  Daemon daemon;
  read_version(root, daemon, facts);
  read_service(root, index, daemon, facts);
  read_socket(root, index, daemon, facts);
  add_tls_defaults(root, daemon);
  const Merged merged = write_configuration(read_file(root, daemon, facts), daemon, facts);
  const std::string data_root = merged.text("data-root", daemon.version);
  write_swarm(root, data_root, facts);
  for (const std::string_view key : {"tlscacert", "tlscert", "tlskey"})
    write_file_rights(root, merged.text(key, daemon.version), key, facts);
  write_content_trust(root, facts);
  write_mount(root, index, data_root, facts);
  write_seccomp(root, merged.text("seccomp-profile", daemon.version),
                merged.of("seccomp-profile", daemon.version).origin, facts);
  return facts;
}

bool by_name(std::string_view path) { return base_name(path) == "daemon.json"; }

/// Other programs have a daemon.json, too.
bool by_text(const Document& document) {
  return std::any_of(options().begin(), options().end(), [&](const Option& option) {
    return option.kind != Kind::opaque &&
           document.text.find(fmt::format("\"{}\"", option.key)) != std::string_view::npos;
  });
}

}  // namespace
}  // namespace docker

extern const Probe docker_daemon_probe;
const Probe docker_daemon_probe{
    .name = "docker-daemon",
    .group = "container",
    .summary = "dockerd as its flags and daemon.json configure it",
    .semantics = "dockerd(8), systemd.service(5)",
    .shape = Shape::settings,
    .fields = docker::kFields,
    .read = docker::read,
    .files = docker::kFiles,
    .documents = {.by_name = docker::by_name,
                  .by_text = docker::by_text,
                  .called = "daemon.json",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
