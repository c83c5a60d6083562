// Security contexts: a field of the container beats the same field of the pod; some exist at one
// level only (Kubernetes API reference, SecurityContext and PodSecurityContext).
#include <algorithm>
#include <array>

#include "plugins/container/kubernetes/workload.h"
#include "scanner/base/text.h"

namespace plimsoll::kubernetes {
namespace {

constexpr std::string_view kUnset = "unset";
constexpr std::string_view kSeccompPod = "seccomp.security.alpha.kubernetes.io/pod";
constexpr std::string_view kSeccompContainer = "container.seccomp.security.alpha.kubernetes.io/";
constexpr std::string_view kAppArmor = "container.apparmor.security.beta.kubernetes.io/";
/// Above it, ids collide with no account of an ordinary host.
constexpr std::int64_t kHighId = 10000;

// What a container keeps when nothing is written: the defaults of containerd, CRI-O and Docker.
constexpr std::array<std::string_view, 14> kDefaultCapabilities = {
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER", "FSETID",  "KILL",   "MKNOD",
    "NET_BIND_SERVICE", "NET_RAW", "SETFCAP",      "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"};

Node effective(const Pod& pod, const Container& container, std::string_view key) {
  const Node own = field(container.security, key);
  return own != nullptr ? own : field(pod.security, key);
}

Node effective(const Pod& pod, const Container& container,
               std::initializer_list<std::string_view> path) {
  const Node own = field(container.security, path);
  return own != nullptr ? own : field(pod.security, path);
}

/// `RuntimeDefault`, `Localhost`, `Unconfined`, or the text itself where it is none of them.
std::string profile_of_annotation(std::string_view value) {
  if (value == "runtime/default" || value == "docker/default") return "RuntimeDefault";
  if (value.starts_with("localhost/")) return "Localhost";
  return value == "unconfined" ? "Unconfined" : std::string(value);
}

// --- users and groups

std::string_view class_of(Node id) {
  if (id == nullptr) return "image";
  const auto number = id->as_integer();
  if (!number) return "invalid";
  return *number == 0 ? "root" : *number > kHighId ? "high" : "low";
}

void write_class(Writer& writer, std::string_view key, Node id) {
  if (id == nullptr)
    writer.unset(key, "image");
  else
    writer.set(key, class_of(id), id);
}

/// The kubelet looks at runAsNonRoot only where the image decides the user; with a user that is
/// given it refuses to start user 0.
void write_root(Writer& writer, Node user, Node non_root) {
  if (user != nullptr)
    writer.set("runs-as-root", class_of(user) == "root" ? "yes" : "no", user);
  else if (is_true(non_root))
    writer.set("runs-as-root", "no", non_root);
  else if (non_root != nullptr)
    writer.set("runs-as-root", "unknown", non_root);
  else
    writer.unset("runs-as-root", "unknown");
}

void write_users(Writer& writer, const Pod& pod, const Container& container) {
  const Node non_root = effective(pod, container, "runAsNonRoot");
  writer.put("securitycontext.runasnonroot", non_root, "false");
  if (pod.is_windows) {
    writer.put("securitycontext.windowsoptions.runasusername",
               effective(pod, container, {"windowsOptions", "runAsUserName"}), kUnset);
    return;
  }
  const Node user = effective(pod, container, "runAsUser");
  const Node group = effective(pod, container, "runAsGroup");
  if (user != nullptr) writer.put("securitycontext.runasuser", user, {});
  if (group != nullptr) writer.put("securitycontext.runasgroup", group, {});
  write_root(writer, user, non_root);
  write_class(writer, "runasuser.class", user);
  write_class(writer, "runasgroup.class", group);
}

// --- capabilities

/// `cap_net_raw` and `NET_RAW` are one; `ALL` is all of them.
std::string canonical(std::string_view name) {
  std::string out = upper(name);
  return out.starts_with("CAP_") ? out.substr(4) : out;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> names_in(Node list) {
  std::vector<std::string> out;
  for (const DataEntry& entry : items(list)) out.push_back(canonical(text_of(entry.value)));
  return out;
}

// Runtimes take `ALL` of both lists first, then add single ones, then drop single ones.
std::vector<std::string> remaining(const std::vector<std::string>& add,
                                   const std::vector<std::string>& drop) {
  std::vector<std::string> out(kDefaultCapabilities.begin(), kDefaultCapabilities.end());
  if (has(add, "ALL")) out = {"ALL"};
  if (has(drop, "ALL")) out.clear();
  for (const std::string& name : add)
    if (name != "ALL" && !has(out, name)) out.push_back(name);
  std::erase_if(out, [&](const std::string& name) { return name != "ALL" && has(drop, name); });
  std::sort(out.begin(), out.end());
  return out;
}

void write_list(Writer& writer, std::string_view key, Node list) {
  Writer::Rows rows(writer, key);
  for (const DataEntry& entry : items(list)) rows.add(canonical(text_of(entry.value)), entry.value);
}

void write_capabilities(Writer& writer, const Container& container) {
  const Node lists = field(container.security, "capabilities");
  const Node add = field(lists, "add"), drop = field(lists, "drop");
  write_list(writer, "capabilities.add", add);
  write_list(writer, "capabilities.drop", drop);
  // The standards compare the spelling; a runtime knows no CAP_CHOWN and no `all` of its own.
  for (const DataEntry& entry : items(add))
    writer.set("capabilities.add.literal", text_of(entry.value), entry.value);
  const auto is_all = [](const DataEntry& entry) { return text_of(entry.value) == "ALL"; };
  const auto dropped = items(drop);
  const auto all = std::find_if(dropped.begin(), dropped.end(), is_all);
  if (all != dropped.end())
    writer.set("capabilities.drop.literal-all", "yes", all->value);
  else if (drop != nullptr)
    writer.set("capabilities.drop.literal-all", "no", drop);
  else
    writer.unset("capabilities.drop.literal-all", "no");
  const Node privileged = field(container.security, "privileged");
  if (is_true(privileged))
    writer.set("capabilities.effective", "ALL", privileged);
  else if (lists != nullptr)
    writer.set("capabilities.effective", join(remaining(names_in(add), names_in(drop)), ","),
               lists);
  else
    writer.unset("capabilities.effective", join(remaining({}, {}), ","));
}

// --- profiles

struct Profile {
  std::string value;
  Node place = nullptr;
};

void put(Writer& writer, std::string_view key, const Profile& profile) {
  if (profile.place == nullptr)
    writer.unset(key, profile.value);
  else
    writer.set(key, profile.value, profile.place);
}

Node annotation_of(const Pod& pod, std::string_view prefix, std::string_view name) {
  return field(pod.annotations, std::string(prefix) + std::string(name));
}

Profile seccomp_of(const Pod& pod, const Container& container) {
  if (const Node type = effective(pod, container, {"seccompProfile", "type"}))
    return {text_of(type), type};
  Node old = annotation_of(pod, kSeccompContainer, container.name);
  if (old == nullptr) old = field(pod.annotations, kSeccompPod);
  if (old != nullptr) return {profile_of_annotation(text_of(old)), old};
  return {std::string(kUnset)};
}

// The annotation becomes the field of its container, so it beats the pod's field.
Profile apparmor_of(const Pod& pod, const Container& container) {
  Node type = field(container.security, {"appArmorProfile", "type"});
  if (type != nullptr) return {text_of(type), type};
  if (const Node old = annotation_of(pod, kAppArmor, container.name))
    return {profile_of_annotation(text_of(old)), old};
  type = field(pod.security, {"appArmorProfile", "type"});
  if (type != nullptr) return {text_of(type), type};
  return {std::string(kUnset)};
}

bool confines(const Profile& profile) {
  return profile.value == "RuntimeDefault" || profile.value == "Localhost";
}

void write_hardening(Writer& writer, const Pod& pod, const Container& container,
                     const Profile& seccomp, const Profile& apparmor) {
  const Node selinux = effective(pod, container, "seLinuxOptions");
  const Node drop = field(container.security, {"capabilities", "drop"});
  if (confines(seccomp))
    writer.set("linux-hardening", "profile", seccomp.place);
  else if (confines(apparmor))
    writer.set("linux-hardening", "profile", apparmor.place);
  else if (!pairs(selinux).empty())
    writer.set("linux-hardening", "profile", selinux);
  else if (!items(drop).empty())
    writer.set("linux-hardening", "capabilities", drop);
  else
    writer.unset("linux-hardening", "none");
}

void write_profiles(Writer& writer, const Pod& pod, const Container& container) {
  const Profile seccomp = seccomp_of(pod, container);
  const Profile apparmor = apparmor_of(pod, container);
  put(writer, "seccomp", seccomp);
  writer.put("securitycontext.seccompprofile.type",
             effective(pod, container, {"seccompProfile", "type"}), kUnset);
  put(writer, "apparmor", apparmor);
  for (const std::string_view name : {"type", "user", "role"})
    writer.put(std::string("securitycontext.selinuxoptions.") + std::string(name),
               effective(pod, container, {"seLinuxOptions", name}), kUnset);
  write_hardening(writer, pod, container, seccomp, apparmor);
}

std::string_view where_set(const Pod& pod, const Container& container) {
  const bool own = !pairs(container.security).empty();
  const bool shared = !pairs(pod.security).empty();
  return own && shared ? "both" : own ? "container" : shared ? "pod" : "none";
}

/// The API server refuses an AppArmor annotation of a container that is not there.
void write_stray(Writer& writer, const Pod& pod) {
  const auto is_there = [&](std::string_view name) {
    for (const std::string_view key : {"containers", "initContainers", "ephemeralContainers"})
      for (const DataEntry& entry : items(field(pod.parts.spec, key)))
        if (text_of(field(entry.value, "name")) == name) return true;
    return false;
  };
  Writer::Rows rows(writer, "apparmor.annotation.stray");
  for (const DataEntry& entry : pairs(pod.annotations)) {
    if (!entry.key->text.starts_with(kAppArmor)) continue;
    const std::string_view name = entry.key->text.substr(kAppArmor.size());
    if (!is_there(name)) rows.add(name, entry.key);
  }
}

void write_groups(Writer& writer, const Pod& pod) {
  Writer::Rows rows(writer, "groups.root");
  for (const std::string_view name : {"runAsGroup", "fsGroup"})
    if (const Node id = field(pod.security, name); id != nullptr && id->as_integer() == 0)
      rows.add(name, id);
  for (const DataEntry& entry : items(field(pod.security, "supplementalGroups")))
    if (entry.value->as_integer() == 0) rows.add("supplementalGroups", entry.value);
}

}  // namespace

void write_security(Writer& writer, const Pod& pod, const Container& container) {
  const std::string_view set = where_set(pod, container);
  if (container.security == nullptr)
    writer.unset("securitycontext", set);
  else
    writer.set("securitycontext", set, container.security);
  write_users(writer, pod, container);
  writer.put("securitycontext.windowsoptions.hostprocess",
             effective(pod, container, {"windowsOptions", "hostProcess"}), "false");
  // The API refuses the other fields where spec.os.name is windows: they mean nothing there.
  if (pod.is_windows) return;
  const auto own = [&](std::string_view key) { return field(container.security, key); };
  writer.put("securitycontext.privileged", own("privileged"), "false");
  writer.put("securitycontext.allowprivilegeescalation", own("allowPrivilegeEscalation"), "true");
  writer.put("securitycontext.readonlyrootfilesystem", own("readOnlyRootFilesystem"), "false");
  writer.put("securitycontext.procmount", own("procMount"), "Default");
  if (const Node group = own("runAsGroup"); group != nullptr && group->as_integer() == 0)
    writer.set("groups.root", "runAsGroup", group);
  write_capabilities(writer, container);
  write_profiles(writer, pod, container);
}

void write_pod_security(Writer& writer, const Pod& pod) {
  writer.put("podsecuritycontext.runasnonroot", field(pod.security, "runAsNonRoot"), kUnset);
  writer.put("podsecuritycontext.hostprocess",
             field(pod.security, {"windowsOptions", "hostProcess"}), "false");
  if (pod.is_windows) return;
  if (const Node user = field(pod.security, "runAsUser"))
    writer.put("podsecuritycontext.runasuser", user, {});
  writer.put("podsecuritycontext.seccompprofile.type",
             field(pod.security, {"seccompProfile", "type"}), kUnset);
  writer.put("podsecuritycontext.apparmorprofile.type",
             field(pod.security, {"appArmorProfile", "type"}), kUnset);
  for (const std::string_view name : {"type", "user", "role"})
    writer.put(std::string("podsecuritycontext.selinuxoptions.") + std::string(name),
               field(pod.security, {"seLinuxOptions", name}), kUnset);
  writer.put("podsecuritycontext.fsgroup", field(pod.security, "fsGroup"), kUnset);
  {
    Writer::Rows rows(writer, "podsecuritycontext.supplementalgroups");
    for (const DataEntry& entry : items(field(pod.security, "supplementalGroups")))
      rows.add(text_of(entry.value), entry.value);
  }
  {
    Writer::Rows rows(writer, "podsecuritycontext.sysctls");
    for (const DataEntry& entry : items(field(pod.security, "sysctls")))
      rows.add(text_of(field(entry.value, "name")), entry.value);
  }
  {
    Writer::Rows rows(writer, "apparmor.annotation");
    for (const DataEntry& entry : pairs(pod.annotations))
      if (entry.key->text.starts_with(kAppArmor))
        rows.add(profile_of_annotation(text_of(entry.value)), entry.value);
  }
  write_stray(writer, pod);
  Writer::Rows rows(writer, "seccomp.annotation");
  for (const DataEntry& entry : pairs(pod.annotations))
    if (entry.key->text == kSeccompPod || entry.key->text.starts_with(kSeccompContainer))
      rows.add(text_of(entry.value), entry.value);
  write_groups(writer, pod);
}

}  // namespace plimsoll::kubernetes
