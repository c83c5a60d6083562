#include "plugins/container/docker-daemon/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include "scanner/base/text.h"

namespace plimsoll::docker {
namespace {

struct HostPort {
  std::string host, port;
};

/// net.SplitHostPort; empty when the text is no such pair.
std::optional<HostPort> split_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return {};
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return {};
  }
  if (host.find_first_of("[]") != std::string_view::npos) return {};
  return HostPort{std::string(host), std::string(text.substr(colon + 1))};
}

std::string join_host_port(std::string_view host, std::string_view port) {
  const bool is_six = host.find(':') != std::string_view::npos;
  return is_six ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

/// opts.ParseTCPAddr: what is missing is that of localhost:2375.
std::optional<std::string> tcp_host(std::string_view address) {
  if (address.empty()) return "tcp://localhost:2375";
  if (address.find("://") != std::string_view::npos) return {};
  const auto slash = address.find('/');
  const std::string_view path =
      slash == std::string_view::npos ? std::string_view{} : address.substr(slash);
  const std::string_view place = address.substr(0, slash);
  if (place.find_first_of(" \t?#@%") != std::string_view::npos) return {};
  auto pair = split_host_port(place);
  if (!pair) pair = split_host_port(fmt::format("{}:2375", place));
  if (!pair) return {};
  if (pair->host.empty()) pair->host = "localhost";
  if (pair->port.empty()) pair->port = "2375";
  const auto port = to_integer(pair->port);
  if (!port || *port < 0) return {};
  return fmt::format("tcp://{}{}", join_host_port(pair->host, pair->port), path);
}

}  // namespace

bool is_ip_address(std::string_view text) {
  const std::string copy(text);
  in_addr four{};
  in6_addr six{};
  return inet_pton(AF_INET, copy.c_str(), &four) == 1 ||
         inet_pton(AF_INET6, copy.c_str(), &six) == 1;
}

std::optional<std::string> normal_host(std::string_view text, bool tls) {
  text = trim(text);
  if (text.empty()) return tls ? "tcp://localhost:2376" : "unix:///var/run/docker.sock";
  const auto mark = text.find("://");
  const std::string_view protocol = mark == std::string_view::npos ? "tcp" : text.substr(0, mark);
  const std::string_view address = mark == std::string_view::npos ? text : text.substr(mark + 3);
  if (protocol == "tcp") return tcp_host(address);
  if (protocol == "fd") return std::string(text);
  if (protocol != "unix" || address.find("://") != std::string_view::npos) return {};
  return fmt::format("unix://{}", address.empty() ? "/var/run/docker.sock" : address);
}

}  // namespace plimsoll::docker
