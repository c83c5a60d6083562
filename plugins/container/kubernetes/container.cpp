// What a container runs, what it may use and how it is watched.
#include <fmt/format.h>

#include <array>

#include "plugins/container/kubernetes/words.h"
#include "plugins/container/kubernetes/workload.h"
#include "scanner/formats/image_reference.h"

namespace plimsoll::kubernetes {
namespace {

constexpr std::string_view kUnset = "unset";

// --- image

/// SetDefaults_Container: Always for `latest`, which an image without tag is, unless a digest is
/// given.
void write_image(Writer& writer, const Container& container) {
  const Node image = field(container.root, "image");
  const Node policy = field(container.root, "imagePullPolicy");
  writer.put("image", image, kUnset);
  if (image == nullptr) return;
  const ImageReference parts = read_image_reference(text_of(image));
  const bool is_latest = parts.digest.empty() && (parts.tag.empty() || parts.tag == "latest");
  writer.set("image.registry", parts.registry, image);
  writer.set("image.repository", parts.repository, image);
  writer.set("image.tag", parts.tag.empty() ? kNone : std::string_view(parts.tag), image);
  writer.set("image.digest", parts.digest.empty() ? kNone : std::string_view(parts.digest), image);
  writer.set("image.pinned",
             !parts.digest.empty() ? "digest"
             : is_latest           ? "latest"
                                   : "tag",
             image);
  writer.put("imagepullpolicy", policy, is_latest ? "Always" : "IfNotPresent");
  const bool always = policy != nullptr ? text_of(policy) == "Always" : is_latest;
  writer.set("image.refresh",
             !parts.digest.empty() ? "digest"
             : always              ? "always"
             : is_latest           ? "latest-from-cache"
                                   : "tag-from-cache",
             policy != nullptr ? policy : image);
  // The project ended in March 2026; until then CVE-2025-1974 was mended in 1.11.5 and 1.12.1.
  const bool is_controller = parts.repository.ends_with("ingress-nginx/controller") ||
                             parts.repository.ends_with("nginx-ingress-controller") ||
                             parts.repository.ends_with("ingress-nginx/controller-chroot");
  writer.set("ingress-nginx", is_controller ? std::string_view(parts.tag) : kNone, image);
}

// --- resources

/// A request that is not written is the limit, where there is one (API reference, Container).
void write_resources(Writer& writer, const Container& container) {
  const Node resources = field(container.root, "resources");
  const Node limits = field(resources, "limits"), requests = field(resources, "requests");
  for (const std::string_view name : {"cpu", "memory", "ephemeral-storage"}) {
    const Node limit = field(limits, name), request = field(requests, name);
    writer.put("resources.limits." + std::string(name), limit, kUnset);
    const std::string otherwise = limit == nullptr ? std::string(kUnset) : text_of(limit);
    writer.put("resources.requests." + std::string(name), request, otherwise);
  }
}

// --- network

void write_ports(Writer& writer, const Container& container) {
  Writer::Rows host_ports(writer, "ports.hostport");
  for (const DataEntry& entry : items(field(container.root, "ports"))) {
    if (const Node port = field(entry.value, "containerPort"))
      writer.put("ports.containerport", port, {});
    const Node host = field(entry.value, "hostPort");
    if (host != nullptr && host->as_integer() != 0) host_ports.add(text_of(host), host);
  }
}

// --- probes

std::string_view handler_of(Node probe) {
  for (const std::string_view name : {"httpGet", "exec", "tcpSocket", "grpc"})
    if (field(probe, name) != nullptr) return name;
  return "empty";
}

/// Pod Security Standards, baseline from 1.34: a handler with a host of its own is asked from the
/// node.
void write_hosts(Writer& writer, const Container& container) {
  Writer::Rows rows(writer, "probes.host");
  const auto look_at = [&](Node handler) {
    for (const std::string_view name : {"httpGet", "tcpSocket"})
      if (const Node host = field(handler, {name, "host"}); host != nullptr && !host->text.empty())
        rows.add(text_of(host), host);
  };
  for (const std::string_view name : {"livenessProbe", "readinessProbe", "startupProbe"})
    look_at(field(container.root, name));
  for (const std::string_view name : {"postStart", "preStop"})
    look_at(field(container.root, {"lifecycle", name}));
}

/// Whether the port that a handler asks is one of the container's, by number or name; empty where
/// none is asked. What listens on UDP answers neither HTTP nor TCP.
std::string_view port_of(Node probe, const Container& container) {
  Node port = nullptr;
  for (const std::string_view name : {"httpGet", "tcpSocket", "grpc"})
    if (const Node found = field(probe, {name, "port"})) port = found;
  if (port == nullptr) return {};
  for (const DataEntry& entry : items(field(container.root, "ports"))) {
    const Node protocol = field(entry.value, "protocol");
    const Node number = field(entry.value, "containerPort"), name = field(entry.value, "name");
    const bool is_it = (number != nullptr && number->text == port->text) ||
                       (name != nullptr && name->text == port->text);
    if (is_it && (protocol == nullptr || protocol->text == "TCP")) return "listed";
  }
  return "missing";
}

/// Only a container that stays is watched: not of a job, no init and no ephemeral container.
void write_probes(Writer& writer, const Pod& pod, const Container& container) {
  write_hosts(writer, container);
  const bool stays = container.kind == Container::Kind::ordinary && !pod.parts.runs_to_completion;
  if (!stays) return;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kProbes = {{
      {"livenessprobe", "livenessProbe"},
      {"readinessprobe", "readinessProbe"},
      {"startupprobe", "startupProbe"},
  }};
  for (const auto& [key, name] : kProbes) {
    const Node probe = field(container.root, name);
    if (probe == nullptr) {
      writer.unset(key, kNone);
      continue;
    }
    writer.set(key, handler_of(probe), probe);
    if (const std::string_view port = port_of(probe, container); !port.empty())
      writer.set(fmt::format("{}.port", key), port, probe);
  }
}

// --- mounts

void write_mounts(Writer& writer, const Pod& pod, const Container& container) {
  Writer::Rows writable(writer, "volumemounts.hostpath.writable");
  for (const DataEntry& entry : items(field(container.root, "volumeMounts"))) {
    const Node name = field(entry.value, "name");
    if (name == nullptr || is_true(field(entry.value, "readOnly"))) continue;
    const auto found = pod.host_paths.find(name->text);
    if (found != pod.host_paths.end())
      writable.add(clean_path(text_of(found->second)), entry.value);
  }
}

std::string_view word_of(Container::Kind kind) {
  switch (kind) {
    case Container::Kind::init:
      return "init";
    case Container::Kind::sidecar:
      return "sidecar";
    case Container::Kind::ephemeral:
      return "ephemeral";
    case Container::Kind::ordinary:
      break;
  }
  return "ordinary";
}

}  // namespace

void write_container(Writer& writer, const Pod& pod, const Container& container) {
  writer.set("container", word_of(container.kind), container.root);
  write_image(writer, container);
  write_security(writer, pod, container);
  // The API knows neither for ephemeral containers.
  if (container.kind != Container::Kind::ephemeral) {
    write_resources(writer, container);
    write_ports(writer, container);
  }
  write_probes(writer, pod, container);
  write_mounts(writer, pod, container);
  write_program(writer, container);
}

}  // namespace plimsoll::kubernetes
