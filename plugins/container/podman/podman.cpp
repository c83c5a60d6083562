#include <algorithm>
#include <array>

#include "plugins/container/podman/configs.h"
#include "scanner/base/text.h"
#include "scanner/formats/dpkg_status.h"
#include "scanner/formats/systemd/exec_command.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace podman {
namespace {

constexpr std::array<std::string_view, 4> kFiles = {
    "/etc/containers/containers.conf", "/etc/containers/registries.conf",
    "/etc/containers/policy.json", "/etc/containers/storage.conf"};
constexpr std::array<std::string_view, 4> kPrograms = {"/usr/bin/podman", "/usr/bin/buildah",
                                                       "/usr/bin/skopeo", "/usr/local/bin/podman"};

constexpr std::array kFields = {
    Field{"apparmor_profile", Type::text, "scope containers: of containers; `unconfined`: none"},
    Field{"default_capabilities", Type::set, "scope containers: what every container begins with"},
    Field{"devices", Type::list, "scope containers: devices that every container gets"},
    Field{"volumes", Type::list, "scope containers: what every container has mounted"},
    Field{"env_host", Type::boolean, "scope containers: variables of the host are handed in"},
    Field{"label", Type::boolean, "scope containers: SELinux separates containers"},
    Field{"netns", Type::text, "scope containers: `private`, `host`, ..."},
    Field{"pidns", Type::text, "scope containers: `private` or `host`"},
    Field{"ipcns", Type::text, "scope containers: `shareable`, `private`, `host`, ..."},
    Field{"utsns", Type::text, "scope containers: `private` or `host`"},
    Field{"cgroupns", Type::text, "scope containers: `private` or `host`"},
    Field{"pids_limit", Type::integer,
          "scope containers: processes of one; 0 and less: any number"},
    Field{"privileged", Type::boolean, "scope containers: all are privileged"},
    Field{"seccomp_profile", Type::text, "scope containers: a file, `unconfined`; empty: built in"},
    Field{"userns", Type::text, "scope containers: `auto`, `host`, ...; empty: the host's"},
    Field{"runtime", Type::text, "scope engine: the program that starts containers"},
    Field{"image_default_transport", Type::text, "scope engine: where images are looked for"},
    Field{"no_pivot_root", Type::boolean, "scope engine: the old root stays mounted"},
    Field{"unqualified-search-registries", Type::list,
          "scope registries: where images without a registry are looked for"},
    Field{"short-name-mode", Type::text, "scope registries: `enforcing`, `permissive`, `disabled`"},
    Field{"location", Type::text, "scope registries > PREFIX: where images are in the end"},
    Field{"insecure", Type::boolean,
          "scope registries > PREFIX, or … > mirror PLACE: no certificate is checked"},
    Field{"blocked", Type::boolean, "scope registries > PREFIX: nothing is pulled"},
    Field{"mirror-by-digest-only", Type::boolean,
          "scope registries > PREFIX: mirrors give only what is named by its digest"},
    Field{"requirement", Type::list,
          "scope policy, or policy > TRANSPORT > SCOPE, `*` for all: what an image must satisfy"},
    Field{"accepts", Type::text,
          "there: `anything`, `signed` or `nothing`, as all requirements have it"},
    Field{"driver", Type::text, "scope storage: how layers are put together"},
    Field{"graphroot", Type::text, "scope storage: where images and containers are kept"},
    Field{"runroot", Type::text, "scope storage: the same of what a boot does away with"},
    Field{"@remote-api", Type::text, "where podman.socket or podman.service listens on a port"},
    Field{"@version", Type::text, "the version that the package database names"},
    Field{"@ignored", Type::text, "a name that podman passes over"},
    Field{"@file", Type::text, "the files read, in reading order"},
};

/// containers.conf(5): what the distribution says, the administrator, drop-ins; from podman 5 on
/// also root as a user.
void read_containers_conf(const Root& root, Version version, Facts& facts) {
  const bool is_new = version.is_at_least(5, 0);
  ContainersConf conf(version);
  const auto add = [&](const std::string& file, bool must_exist) {
    DataTree tree;
    if (const DataNode* top = read_tree(root, file, must_exist, "", tree, facts))
      conf.add(*top, file, facts);
  };
  const auto add_with_drop_ins = [&](const std::string& file) {
    add(file, false);
    for (const std::string& drop_in : conf_files(root, file + ".d", is_new, "", facts))
      add(drop_in, !is_new);
  };
  add("/usr/share/containers/containers.conf", false);
  add_with_drop_ins("/etc/containers/containers.conf");
  if (is_new) add_with_drop_ins("/root/.config/containers/containers.conf");
  conf.write(&root, facts);
}

/// containers-registries.conf(5): a file of the user, here root, stands for that of the host and
/// its drop-ins; drop-ins of the user are read after those of the host.
void read_registries(const Root& root, Facts& facts) {
  constexpr const char* kScope = "registries";
  Registries registries;
  const auto add = [&](const std::string& file, bool is_drop_in) {
    DataTree tree;
    if (const DataNode* top = read_tree(root, file, is_drop_in, kScope, tree, facts))
      registries.add(*top, file, is_drop_in, facts);
  };
  const std::string of_host = "/etc/containers/registries.conf";
  const std::string of_user = "/root/.config/containers/registries.conf";
  const bool has_own = root.exists(of_user);
  add(has_own ? of_user : of_host, false);
  for (const std::string& base : {of_host, of_user})
    if (base == of_user || !has_own)
      for (const std::string& file : conf_files(root, base + ".d", false, kScope, facts))
        add(file, true);
  registries.write(facts);
}

void read_policy(const Root& root, Version version, Facts& facts) {
  const std::string path = "/etc/containers/policy.json";
  const auto text = root.read(path);
  if (text) {
    facts.setting("@file", path, {path, 0, 0});
    write_policy(*text, path, version, facts);
  } else if (text.error().code != ErrorCode::not_found) {
    facts.gap(text.error(), "policy");
  }
}

/// containers-storage.conf(5): the file of the administrator replaces that of the distribution.
void read_storage(const Root& root, Facts& facts) {
  for (const char* path : {"/etc/containers/storage.conf", "/usr/share/containers/storage.conf"}) {
    const auto there = root.stat(path);
    if (!there && there.error().code == ErrorCode::not_found) continue;
    DataTree tree;
    if (const DataNode* top = read_tree(root, path, false, "storage", tree, facts))
      write_storage(*top, path, facts);
    return;
  }
  facts.setting("graphroot", "/var/lib/containers/storage", {}, "storage");
  facts.setting("runroot", "/run/containers/storage", {}, "storage");
}

/// podman-system-service(1): `podman system service tcp:ADDRESS`, or a socket unit on a port.
void read_units(const Root& root, Facts& facts) {
  const systemd::UnitIndex index(root);
  const auto load = [&](const char* name) -> std::optional<systemd::LoadedUnit> {
    const auto unit = index.find(name);
    if (!unit || unit->masked) return {};
    systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
    for (const Error& error : loaded.errors)
      facts.gap(error, {}, Gap::Effect::may_override, {"@remote-api"});
    return loaded;
  };
  if (const auto socket = load("podman.socket"))
    for (const systemd::Setting& setting : socket->settings) {
      const std::string& value = setting.assignment.value;
      if (setting.directive->key() == "ListenStream" && !value.starts_with('/') &&
          !value.starts_with('%') && !value.starts_with('@'))
        facts.setting("@remote-api", value, setting.assignment.origin);
    }
  const auto service = load("podman.service");
  if (!service) return;
  if (const auto command = systemd::exec_start(root, *service, "podman.service"))
    for (const systemd::ExecText& word : command->words)
      if (word.text.starts_with("tcp:")) facts.setting("@remote-api", word.text, word.origin);
}

bool is_installed(const Root& root) {
  const auto exists = [&](std::string_view path) { return root.exists(path); };
  if (std::any_of(kPrograms.begin(), kPrograms.end(), exists)) return true;
  return !root.exists("/var/lib/dpkg/status") &&
         std::any_of(kFiles.begin(), kFiles.end(), [&](std::string_view path) {
           const auto stat = root.stat(path);
           return stat || stat.error().code != ErrorCode::not_found;
         });
}

Version read_version(const Root& root, Facts& facts) {
  const auto text = installed_version(root, "podman");
  if (!text) return {};
  facts.setting("@version", *text, {"/var/lib/dpkg/status", 0, 0});
  const auto colon = text->find(':');
  const auto numbers = split(std::string_view(*text).substr(colon + 1), '.');
  const auto major = to_integer(numbers[0]);
  const auto minor = numbers.size() < 2 ? std::nullopt : to_integer(numbers[1]);
  if (!major || !minor) return {};
  return {static_cast<int>(std::min<std::int64_t>(*major, 999)),
          static_cast<int>(std::min<std::int64_t>(*minor, 999))};
}

Facts read_document(const Document& document) {
  Facts facts;
  const std::string path(document.path);
  const std::string_view name = base_name(path);
  DataTree tree;
  if (name == "policy.json") {
    write_policy(document.text, path, {}, facts);
  } else if (const DataNode* top = parse_tree(document.text, path, "", tree, facts)) {
    if (name == "registries.conf") {
      Registries registries;
      registries.add(*top, path, false, facts);
      registries.write(facts);
    } else {
      ContainersConf conf(Version{});
      conf.add(*top, path, facts);
      conf.write(nullptr, facts);
    }
  }
  return facts;
}

Facts read(const Request& request) {
  if (request.document != nullptr) return read_document(*request.document);
  Facts facts;
  if (!is_installed(request.root)) {
    facts.not_applicable = "there is neither podman, buildah nor skopeo";
    return facts;
  }
  const Version version = read_version(request.root, facts);
  read_containers_conf(request.root, version, facts);
  read_registries(request.root, facts);
  read_policy(request.root, version, facts);
  read_storage(request.root, facts);
  read_units(request.root, facts);
  return facts;
}

bool by_name(std::string_view path) {
  return is_one_of(base_name(path), "containers.conf registries.conf policy.json");
}

/// Other programs have files of these names, too.
bool by_text(const Document& document) {
  const auto has = [&](std::string_view word) { return contains(document.text, word); };
  const std::string_view name = base_name(document.path);
  if (name == "policy.json")
    return has("\"default\"") && (has("insecureAcceptAnything") || has("\"reject\"") ||
                                  has("\"signedBy\"") || has("\"sigstoreSigned\""));
  if (name == "registries.conf")
    return has("[[registry]]") || has("unqualified-search-registries") || has("[registries.");
  return has("[containers]") || has("[engine]") || has("[network]");
}

}  // namespace
}  // namespace podman

extern const Probe podman_probe;
const Probe podman_probe{
    .name = "podman",
    .group = "container",
    .summary = "podman, buildah and skopeo: containers.conf, registries, policy and storage",
    .semantics =
        "containers.conf(5), containers-registries.conf(5), containers-policy.json(5), "
        "containers-storage.conf(5)",
    .shape = Shape::settings,
    .fields = podman::kFields,
    .read = podman::read,
    .files = podman::kFiles,
    .documents = {.by_name = podman::by_name,
                  .by_text = podman::by_text,
                  .called = "containers.conf",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
