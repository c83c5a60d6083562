#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "scanner/formats/systemd/unit_index.h"
#include "scanner/probe/probe.h"

namespace plimsoll::systemd_security {

/// What starts services: links to them, and socket units that are themselves started.
class Starters {
 public:
  Starters(const Root& root, const systemd::UnitIndex& index);

  /// Whether a link, or a socket that is started, starts it.
  [[nodiscard]] bool starts(const systemd::Unit& unit) const;
  /// Where started sockets listen for it on the network, as they write it; loopback left out.
  [[nodiscard]] std::vector<std::string> listens(const systemd::Unit& unit) const;
  /// Socket units that could not be read.
  [[nodiscard]] const std::vector<Error>& errors() const { return errors_; }

 private:
  void add_socket(const Root& root, const systemd::UnitIndex& index, const systemd::Unit& unit);

  std::set<std::string, std::less<>> linked_;
  std::map<std::string, std::vector<std::string>, std::less<>> sockets_;  ///< service → addresses
  std::vector<Error> errors_;
};

}  // namespace plimsoll::systemd_security
