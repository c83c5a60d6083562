#include "plugins/container/compose/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "plugins/container/compose/classes.h"
#include "plugins/container/compose/loader.h"
#include "scanner/base/text.h"
#include "scanner/formats/image_reference.h"

namespace plimsoll::compose {
namespace {

/// Settings of one scope.
class Writer {
 public:
  Writer(Facts& facts, std::string scope) : facts_(facts), scope_(std::move(scope)) {}

  /// A value that `from` gives; null: the default.
  void set(std::string_view key, std::string value, const Node* from) {
    facts_.setting(std::string(key), std::move(value), from == nullptr ? Origin{} : from->origin(),
                   scope_);
    if (from != nullptr && from->open) doubt(key, *from);
  }

  /// What a variable that is not set would have decided.
  void doubt(std::string_view key, const Node& from) {
    const auto field = std::find_if(kFields.begin(), kFields.end(),
                                    [&](const Field& one) { return one.name == key; });
    if (field == kFields.end()) return;
    facts_.gap({ErrorCode::unsupported, "a variable that has no value here decides", from.origin()},
               scope_, Gap::Effect::may_override, {field->name});
  }

  void spell(std::string_view key, const Node& node) {
    if (node.is_scalar()) return set(key, canonical(key, node.text), &node);
    for (const Node& entry : node.entries) {
      if (node.is_map())
        spell(std::string(key) + "." + lower(entry.key), entry);
      else
        spell(key, entry);
    }
  }

  [[nodiscard]] const std::string& scope() const { return scope_; }
  [[nodiscard]] Writer below(std::string_view kind, std::string_view name) const {
    return {facts_, fmt::format("{} > {} {}", scope_, kind, printable(name))};
  }

 private:
  static std::string canonical(std::string_view key, std::string_view text) {
    if (key == "cap_add" || key == "cap_drop") return capability(text);
    if (key == "security_opt") return security_option(text);
    const auto field = std::find_if(kFields.begin(), kFields.end(),
                                    [&](const Field& one) { return one.name == key; });
    const bool is_boolean = field != kFields.end() && field->type == Type::boolean;
    if (const std::string_view word = boolean(text); is_boolean && !word.empty())
      return std::string(word);
    return std::string(text);
  }

  Facts& facts_;
  std::string scope_;
};

const Node* first_of(const Node& node, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const Node* found = node.find(name); found != nullptr && found->kind != Node::Kind::null)
      return found;
  return nullptr;
}

const Node* limit_of(const Node& service, std::string_view name) {
  const Node* found = service.find({"deploy", "resources", "limits", name});
  return found != nullptr && found->is_scalar() ? found : nullptr;
}

class ServiceWriter {
 public:
  ServiceWriter(const Node& project, const Node& service, const Request& request, Facts& facts)
      : project_(project),
        service_(service),
        request_(request),
        out_(facts, "service " + printable(service.key)) {}

  void write() {
    for (const Node& field : service_.entries)
      if (!is_one_of(field.key,
                     "environment ports volumes devices env_file secrets configs build "
                     "networks healthcheck logging extends depends_on"))
        out_.spell(lower(field.key), field);
    write_build();
    write_networks();
    write_rest();
    write_variables("variable", service_.find("environment"));
    write_ports();
    write_mounts();
    write_devices();
    write_files();
    // A file with neither is only half of a service: what it lacks stands elsewhere.
    if (service_.find("image") == nullptr && service_.find("build") == nullptr) return;
    write_defaults();
    write_image();
    write_confinement();
    write_limits();
    write_running();
  }

 private:
  void write_build() {
    const Node* build = service_.find("build");
    out_.set("build", build != nullptr ? "true" : "false", build);
    if (build == nullptr) return;
    for (const Node& field : build->entries)
      if (field.key != "args") out_.spell("build." + lower(field.key), field);
    write_variables("build argument", build->find("args"));
    const Node* privileged = build->find("privileged");
    const Node* entitled = build->find("entitlements");
    const bool insecure = entitled != nullptr && has_item(*entitled, "security.insecure");
    const bool is_on = build->is_true("privileged");
    const Node* why = is_on || privileged != nullptr ? privileged : build;
    out_.set("privileged-build", is_on || insecure ? "true" : "false",
             insecure && !is_on ? entitled : why);
  }

  static bool has_item(const Node& list, std::string_view text) {
    return std::any_of(list.entries.begin(), list.entries.end(),
                       [&](const Node& item) { return item.text == text; });
  }

  void write_networks() {
    const Node* mode = service_.find("network_mode");
    const Node* networks = service_.find("networks");
    bool only_default = true;
    if (networks != nullptr)
      for (const Node& one : networks->entries) {
        only_default = only_default && one.key == "default";
        out_.set("networks", one.key, &one);
      }
    if (service_.find("image") == nullptr && service_.find("build") == nullptr) return;
    if (mode != nullptr && mode->is_scalar()) {
      const bool shared = mode->text.find(':') != std::string::npos;
      out_.set("network",
               shared                                    ? "shared"
               : is_one_of(mode->text, "host none")      ? mode->text
               : is_one_of(mode->text, "bridge default") ? "default"
                                                         : "named",
               mode);
      return;
    }
    const bool named = networks != nullptr && !networks->entries.empty() && !only_default;
    out_.set("network", named ? "named" : "default", named ? networks : &service_);
  }

  void write_rest() {
    if (const Node* health = service_.find("healthcheck"))
      out_.spell("healthcheck.settings", *health);
    if (const Node* logging = service_.find("logging"))
      for (const Node& field : logging->entries) out_.spell("logging." + lower(field.key), field);
    if (const Node* depends = service_.find("depends_on"))
      for (const Node& one : depends->entries) out_.set("depends_on", one.key, &one);
    const Node* sysctls = service_.find("sysctls");
    if (sysctls == nullptr) return;
    for (const Node& one : sysctls->entries)
      out_.below("sysctl", one.key)
          .set("sysctl", is_safe_sysctl(one.key) ? "namespaced" : "other", &one);
  }

  void write_variables(std::string_view kind, const Node* variables) {
    if (variables == nullptr || !variables->is_map()) return;
    for (const Node& one : variables->entries) {
      Writer out = out_.below(kind, one.key);
      if (one.is_scalar()) out.set("value", one.text, &one);
      out_copy(out, "secret", std::string(secret_class(one)), one);
    }
  }

  /// What the text of this file alone says: no variable leaves it in doubt.
  static void out_copy(Writer& out, std::string_view key, std::string value, const Node& from) {
    Node sure = at_place_of(from, Node::Kind::scalar);
    sure.open = false;
    out.set(key, std::move(value), &sure);
  }

  void write_ports() {
    const Node* ports = service_.find("ports");
    if (ports == nullptr) return;
    for (const Node& port : ports->entries) {
      const std::string_view ip = port.text_of("host_ip");
      const std::string_view published = port.text_of("published");
      const std::string_view protocol = port.text_of("protocol");
      Writer out =
          out_.below("port", fmt::format("{}{}{}{}{}/{}", ip, ip.empty() ? "" : ":", published,
                                         published.empty() ? "" : ":", port.text_of("target"),
                                         protocol.empty() ? "tcp" : protocol));
      for (const Node& field : port.entries) out.spell(lower(field.key), field);
      if (protocol.empty()) out.set("protocol", "tcp", nullptr);
      write_port_classes(out, port);
    }
  }

  static void write_port_classes(Writer& out, const Node& port) {
    Node at = at_place_of(port, Node::Kind::scalar);
    for (const Node& field : port.entries) {
      at.open = at.open || field.open;
      if (at.line == 0) at.line = field.line;
    }
    out.set("exposure", std::string(exposure(port.text_of("host_ip"))), &at);
    out.set("port-class",
            std::string(port_class(port.text_of("target"), port.text_of("published"))), &at);
  }

  /// What a named volume really is: the driver `local` can bind a directory of the host.
  [[nodiscard]] std::string_view bound_by_volume(std::string_view name) const {
    const Node* options = project_.find({"volumes", name, "driver_opts"});
    if (options == nullptr) return {};
    const std::vector<std::string_view> how = split(options->text_of("o"), ',');
    const bool binds = std::any_of(how.begin(), how.end(), [](std::string_view option) {
      return option == "bind" || option == "rbind";
    });
    return binds ? options->text_of("device") : std::string_view();
  }

  void write_mounts() {
    const Node* volumes = service_.find("volumes");
    if (volumes == nullptr) return;
    for (const Node& volume : volumes->entries) {
      Writer out = out_.below("mount", volume.text_of("target"));
      for (const Node& field : volume.entries) out.spell(lower(field.key), field);
      if (volume.find("read_only") == nullptr) out.set("read_only", "false", nullptr);
      const Node* source = volume.find("source");
      Node at = at_place_of(volume, Node::Kind::scalar);
      if (source != nullptr) at.open = source->open || volume.open;
      std::string_view host = volume.text_of("source");
      if (volume.text_of("type") == "volume") host = bound_by_volume(host);
      out.set("mount-class", std::string(mount_class(host)), &at);
      const Node* propagation = volume.find("bind.propagation");
      const std::string_view how = volume.text_of("bind.propagation");
      out.set("propagation",
              how.empty()                        ? "default"
              : is_one_of(how, "shared rshared") ? "shared"
                                                 : "other",
              propagation == nullptr ? &volume : propagation);
    }
  }

  void write_devices() {
    const Node* devices = service_.find("devices");
    if (devices == nullptr) return;
    for (const Node& device : devices->entries) {
      Writer out = out_.below("device", device.text_of("source"));
      for (const Node& field : device.entries) out.spell(lower(field.key), field);
      // `vendor.com/class=name` is a device of the Container Device Interface, no path.
      out.set("device-class",
              device.text_of("source").starts_with('/') || device.open ? "device" : "cdi", &device);
    }
  }

  void write_files() {
    if (const Node* files = service_.find("env_file"))
      for (const Node& file : files->entries) {
        const Node* path = file.find("path");
        if (path == nullptr || !path->is_scalar()) continue;
        out_.set("env_file", path->text, path);
        write_readable(*path);
      }
    for (const std::string_view kind : {"secrets", "configs"})
      if (const Node* list = service_.find(kind))
        for (const Node& one : list->entries)
          if (const Node* source = one.find("source")) out_.set(kind, source->text, source);
  }

  void write_readable(const Node& path) {
    const auto there = path_beside(path.file, path.text);
    if (!there) return;
    const auto stat = request_.root.stat(*there);
    if (!stat || stat->type != FileType::regular) return;
    const auto text = request_.root.read(*there);
    Writer out = out_.below("env_file", path.text);
    const bool readable = (stat->mode & 0004U) != 0 && text && has_secret_variables(*text);
    out.set("readable-secrets", readable ? "true" : "false", &path);
  }

  // --- what follows from several fields

  void write_defaults() {
    for (const std::string_view key : {"privileged", "read_only"})
      if (service_.find(key) == nullptr) out_.set(key, "false", nullptr);
    if (service_.find("restart") == nullptr) out_.set("restart", "no", nullptr);
  }

  void write_image() {
    const Node* image = service_.find("image");
    // With both, the image is only what the built one is called.
    if (service_.find("build") != nullptr || image == nullptr) {
      out_.set("image.pin", "built", service_.find("build"));
    } else {
      const ImageReference parts = read_image_reference(image->text);
      const std::string_view pin = !parts.digest.empty()   ? "digest"
                                   : parts.tag.empty()     ? "none"
                                   : parts.tag == "latest" ? "latest"
                                                           : "tag";
      out_.set("image.pin", std::string(pin), image);
      out_.set("image.registry", parts.registry, image);
    }
    const Node* user = first_of(service_, {"user"});
    const std::string_view name = service_.text_of("user");
    const std::string_view who = name.empty() ? "image" : is_root(name) ? "root" : "user";
    out_.set("runs-as", std::string(who), user == nullptr ? &service_ : user);
  }

  void write_confinement() {
    const Node* options = service_.find("security_opt");
    const SecurityOptions found = read_security_options(options);
    const auto at = [&](const Node* node) {
      return node != nullptr ? node : options != nullptr ? options : &service_;
    };
    out_.set("no-new-privileges", found.no_new_privileges ? "true" : "false",
             at(found.no_new_privileges_at));
    out_.set("seccomp", found.seccomp, at(found.seccomp_at));
    out_.set("apparmor", found.apparmor, at(found.apparmor_at));
    out_.set("selinux", found.selinux, at(found.selinux_at));
    const Node* drop = service_.find("cap_drop");
    if (drop == nullptr || drop->entries.empty()) out_.set("cap_drop", "", &service_);
  }

  void write_limit(std::string_view key, const Node* from) {
    const bool none =
        from == nullptr || is_one_of(from->text, "0 -1 0.0") || (from->text.empty() && !from->open);
    out_.set(key, none ? "none" : from->text, from == nullptr ? &service_ : from);
  }

  void write_limits() {
    const auto either = [&](const Node* first, const Node* second) {
      return first != nullptr ? first : second;
    };
    write_limit("memory-limit",
                either(first_of(service_, {"mem_limit"}), limit_of(service_, "memory")));
    write_limit("cpu-limit", either(first_of(service_, {"cpus", "cpu_quota", "cpu_shares"}),
                                    limit_of(service_, "cpus")));
    write_limit("pids-limit",
                either(first_of(service_, {"pids_limit"}), limit_of(service_, "pids")));
    const Node* ulimits = service_.find("ulimits");
    const Node* at = ulimits;
    bool unlimited = false;
    for (const std::string_view name : {"nofile", "nproc"})
      for (const std::string_view side : {"soft", "hard"})
        if (const Node* limit = service_.find({"ulimits", name, side});
            limit != nullptr && limit->text == "-1") {
          unlimited = true;
          at = limit;
        }
    out_.set("ulimit",
             unlimited            ? "unlimited"
             : ulimits != nullptr ? "set"
                                  : "none",
             at == nullptr ? &service_ : at);
  }

  void write_running() {
    const Node* health = service_.find("healthcheck");
    const Node* test = service_.find({"healthcheck", "test"});
    const bool is_off = health != nullptr &&
                        (health->is_true("disable") || (test != nullptr && !test->entries.empty() &&
                                                        test->entries.front().text == "NONE"));
    out_.set("healthcheck",
             is_off            ? "disabled"
             : test != nullptr ? "set"
                               : "image",
             health == nullptr ? &service_ : health);
    write_restart();
    const Node* logging = service_.find("logging");
    const std::string_view driver =
        logging == nullptr ? std::string_view() : logging->text_of("driver");
    const bool to_file = driver.empty() || driver == "json-file";
    const bool sized = service_.find({"logging", "options", "max-size"}) != nullptr;
    out_.set("logging",
             driver == "none"                          ? "off"
             : driver == "local" || (to_file && sized) ? "bounded"
             : to_file                                 ? "unbounded"
                                                       : "remote",
             logging == nullptr ? &service_ : logging);
  }

  // deploy.restart_policy takes the place of restart where it is there.
  void write_restart() {
    const Node* policy = service_.find({"deploy", "restart_policy"});
    const Node* restart = service_.find("restart");
    if (policy != nullptr && policy->is_map()) {
      const std::string_view condition = policy->text_of("condition");
      const bool bounded =
          policy->find("max_attempts") != nullptr && policy->text_of("max_attempts") != "0";
      out_.set("restart-policy",
               condition == "none" ? "no"
               : bounded           ? "bounded"
                                   : "unbounded",
               policy);
      return;
    }
    const std::string_view text = service_.text_of("restart");
    const bool never = text.empty() || text == "no" || text == "false";
    const bool bounded = text.starts_with("on-failure:") && text != "on-failure:0";
    out_.set("restart-policy",
             never     ? "no"
             : bounded ? "bounded"
                       : "unbounded",
             restart == nullptr ? &service_ : restart);
  }

  const Node& project_;
  const Node& service_;
  const Request& request_;
  Writer out_;
};

void write_other(const Node& project, const Request& request, Facts& facts) {
  if (const Node* version = project.find("version")) {
    facts.setting("version", version->text, version->origin());
    facts.setting("obsolete-version", "true", version->origin());
  }
  if (const Node* networks = project.find("networks"))
    for (const Node& network : networks->entries) {
      Writer out(facts, "network " + printable(network.key));
      for (const Node& field : network.entries) out.spell(lower(field.key), field);
      if (network.text_of("driver") != "overlay") continue;
      const Node* encrypted = network.find({"driver_opts", "encrypted"});
      const bool on = encrypted != nullptr && boolean(encrypted->text) != "false";
      out.set("encrypted", on ? "true" : "false", encrypted == nullptr ? &network : encrypted);
    }
  for (const std::string_view kind : {"secrets", "configs", "volumes"}) {
    const Node* section = project.find(kind);
    if (section == nullptr) continue;
    for (const Node& one : section->entries) {
      Writer out(facts, fmt::format("{} {}", kind.substr(0, kind.size() - 1), printable(one.key)));
      for (const Node& field : one.entries) out.spell(lower(field.key), field);
      const Node* file = one.find("file");
      const auto there = kind == "secrets" && file != nullptr
                             ? path_beside(file->file, file->text)
                             : std::nullopt;
      const auto stat =
          there ? request.root.stat(*there) : Result<Stat>(fail(ErrorCode::not_found, ""));
      if (stat && stat->type == FileType::regular)
        out.set("readable-secrets", (stat->mode & 0044U) != 0 ? "true" : "false", file);
    }
  }
}

}  // namespace

void write_settings(const Node& project, const Request& request, Facts& facts) {
  write_other(project, request, facts);
  const Node* services = project.find("services");
  if (services == nullptr || !services->is_map()) return;
  for (const Node& service : services->entries)
    if (service.is_map() && !service.key.starts_with("x-"))
      ServiceWriter(project, service, request, facts).write();
}

}  // namespace plimsoll::compose
