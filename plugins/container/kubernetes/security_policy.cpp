// PodSecurityPolicy was removed in 1.25; manifests for older clusters still hold it.
#include <algorithm>

#include "plugins/container/kubernetes/objects.h"

namespace plimsoll::kubernetes {
namespace {

/// Whether a rule on users keeps user 0 out.
bool keeps_root_out(Node rule) {
  const std::string name = text_of(field(rule, "rule"));
  if (name == "MustRunAsNonRoot") return true;
  const auto ranges = items(field(rule, "ranges"));
  return name == "MustRunAs" && !ranges.empty() &&
         std::all_of(ranges.begin(), ranges.end(), [](const DataEntry& range) {
           const Node least = field(range.value, "min");
           return least != nullptr && least->as_integer().value_or(0) > 0;
         });
}

void write_rows(Writer& writer, std::string_view key, Node list) {
  Writer::Rows rows(writer, key);
  for (const DataEntry& entry : items(list)) rows.add(text_of(entry.value), entry.value);
}

void write_psp(Writer& writer, const Object& object) {
  const auto put = [&](std::string_view key, std::string_view name, std::string_view otherwise) {
    writer.put(key, field(object.spec, name), otherwise);
  };
  put("psp.privileged", "privileged", "false");
  put("psp.hostpid", "hostPID", "false");
  put("psp.hostipc", "hostIPC", "false");
  put("psp.hostnetwork", "hostNetwork", "false");
  put("psp.allowprivilegeescalation", "allowPrivilegeEscalation", "true");
  const Node users = field(object.spec, "runAsUser");
  if (users == nullptr)
    writer.unset("psp.root", "yes");
  else
    writer.set("psp.root", keeps_root_out(users) ? "no" : "yes", users);
  write_rows(writer, "psp.allowedcapabilities", field(object.spec, "allowedCapabilities"));
  const Node drop = field(object.spec, "requiredDropCapabilities");
  write_rows(writer, "psp.requireddropcapabilities", drop);
  const auto all = items(drop);
  const bool drops_raw = std::any_of(all.begin(), all.end(), [](const DataEntry& entry) {
    return entry.value->text == "ALL" || entry.value->text == "NET_RAW";
  });
  writer.set("psp.drops-net-raw", drops_raw ? "yes" : "no", drop != nullptr ? drop : object.root);
  writer.put("psp.seccomp",
             field(object.metadata,
                   {"annotations", "seccomp.security.alpha.kubernetes.io/allowedProfileNames"}),
             "unset");
}

}  // namespace

void write_security_policy(Writer& writer, const Object& object) {
  if (object.kind == "PodSecurityPolicy") write_psp(writer, object);
  if (object.kind == "SecurityContextConstraints")
    writer.put("scc.allowprivilegedcontainer", field(object.root, "allowPrivilegedContainer"),
               "false");
}

}  // namespace plimsoll::kubernetes
