// Names and paths that matter wherever they occur.
#include "plugins/container/kubernetes/words.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::kubernetes {
namespace {

constexpr std::array<std::string_view, 13> kCredentialWords = {
    "password", "passwd",  "passphrase", "pswd",      "secret",     "token",      "bearer",
    "apikey",   "api_key", "api-key",    "accesskey", "access_key", "private_key"};
constexpr std::array<std::string_view, 3> kCredentialNames = {
    "pwd", "google_application_credentials", "oci_cli_key_content"};

constexpr std::array<std::string_view, 9> kSystemTops = {
    "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/root", "/var/lib/kubelet"};
constexpr std::array<std::string_view, 6> kEngineDirectories = {
    "/run/docker",     "/run/containerd",     "/run/crio",
    "/var/lib/docker", "/var/lib/containerd", "/run/k3s/containerd"};
constexpr std::array<std::string_view, 6> kEngineSockets = {
    "/run/docker.sock",     "/run/containerd.sock",  "/run/crio.sock",
    "/run/dockershim.sock", "/run/cri-dockerd.sock", "/run/podman/podman.sock"};
constexpr std::array<std::string_view, 12> kCredentialPaths = {"/etc/kubernetes/azure.json",
                                                               "/.azure/credentials.json",
                                                               "/etc/kubernetes/admin.conf",
                                                               "/.config/gcloud",
                                                               "/.aws/credentials",
                                                               "/.aws/config",
                                                               "/.aws",
                                                               "/.azure",
                                                               "/gcloud",
                                                               "/etc/kubernetes/pki",
                                                               "/var/lib/kubelet/pki",
                                                               "/root/.kube"};

template <std::size_t N>
bool is_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

template <std::size_t N>
bool has_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

bool is_at_or_below(std::string_view path, std::string_view top) {
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

/// `user@example.org`
bool holds_address(std::string_view text) {
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const auto is_name = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '.' || c == '-' || c == '_';
    };
    if (at == 0 || !is_name(text[at - 1])) continue;
    std::size_t end = at + 1;
    while (end < text.size() && is_name(text[end])) ++end;
    const std::size_t dot = text.substr(0, end).rfind('.');
    if (dot != std::string_view::npos && dot > at + 1 && end - dot >= 3 && end - dot <= 5)
      return true;
  }
  return false;
}

template <class Test>
bool some_assignment(std::string_view text, Test test) {
  for (const Line& line : lines(text)) {
    const std::size_t sign = line.text.find_first_of("=:");
    if (sign == std::string_view::npos || trim(line.text.substr(sign + 1)).empty()) continue;
    const std::string_view name = trim(line.text.substr(0, sign), " \t\"'-");
    if (name.size() < 64 && name.find(' ') == std::string_view::npos && test(name)) return true;
  }
  return false;
}

}  // namespace

bool names_a_credential(std::string_view name) {
  const std::string small = lower(name);
  if (has_any(small, kCredentialWords) || is_any(small, kCredentialNames)) return true;
  // AZURE_BATCH_KEY, AZURE_STORAGE_KEY
  return small.starts_with("azure_") && small.ends_with("key");
}

bool holds_private_key(std::string_view value) {
  const std::size_t begin = value.find("-----BEGIN ");
  if (begin == std::string_view::npos) return false;
  const std::string_view line = value.substr(begin, value.find('\n', begin) - begin);
  return line.find("PRIVATE KEY-----") != std::string_view::npos;
}

bool assigns_credential(std::string_view text) {
  return some_assignment(text, [](std::string_view name) { return names_a_credential(name); });
}

bool names_personal(std::string_view name) {
  const std::string small = lower(name);
  constexpr std::array<std::string_view, 4> kWords = {"username", "email", "phone", "iban"};
  return has_any(small, kWords) || small.ends_with("key");
}

bool holds_personal(std::string_view value) {
  return holds_address(value) ||
         some_assignment(value, [](std::string_view name) { return names_personal(name); });
}

std::string clean_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(part);
    else if (!parts.empty())
      parts.pop_back();
  }
  return "/" + join(parts, "/");
}

bool is_engine_socket(std::string_view path) {
  if (path.starts_with("/var/run")) path.remove_prefix(4);  // a link to /run
  return is_any(path, kEngineSockets) ||
         std::any_of(kEngineDirectories.begin(), kEngineDirectories.end(),
                     [&](std::string_view top) { return is_at_or_below(path, top); });
}

bool is_credential_path(std::string_view path) {
  return std::any_of(kCredentialPaths.begin(), kCredentialPaths.end(), [&](std::string_view one) {
    return is_at_or_below(path, one) || path.ends_with(one);
  });
}

bool is_system_path(std::string_view path) {
  if (path == "/" || path == "/var" || path == "/var/run" || path == "/run" || path == "/var/lib")
    return true;
  return is_engine_socket(path) ||
         std::any_of(kSystemTops.begin(), kSystemTops.end(),
                     [&](std::string_view top) { return is_at_or_below(path, top); });
}

}  // namespace plimsoll::kubernetes
