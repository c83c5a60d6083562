#pragma once

#include <string>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::firewall {

/// Something that a zone lets in.
struct ZoneEntry {
  std::string service;   ///< the service that names the ports; empty for a port of the zone's own
  std::string protocol;  ///< empty for a service whose file is not there
  std::string port;
  std::vector<std::string> sources;
  Origin origin;
};

struct Zone {
  std::string name;
  bool is_default = false;
  std::string target;  ///< `default`, `ACCEPT`, `DROP`, `%%REJECT%%`
  std::vector<std::string> interfaces;
  std::vector<std::string> sources;
  std::vector<ZoneEntry> entries;  ///< of the default zone only
  Origin origin;
};

/// The zones of firewalld: firewalld.conf(5), firewalld.zone(5), firewalld.service(5). A file in
/// /etc/firewalld stands for its namesake in /usr/lib/firewalld. What could not be read is a gap
/// about `subject`.
std::vector<Zone> read_zones(const Root& root, const std::string& subject, Facts& facts);

}  // namespace plimsoll::firewall
