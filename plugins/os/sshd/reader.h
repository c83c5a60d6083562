#pragma once

#include "scanner/probe/probe.h"

namespace plimsoll::sshd {

/// Reads the server's configuration from `main_file` on: the rows of `sshd -T` with their origins,
/// and those of every Match block; or, with a context, of the connection it describes.
/// `other_version` names an installed version whose lists of algorithms and keywords are not those
/// known here; empty when they are.
void read_configuration(const Request& request, const std::string& main_file,
                        const std::string& other_version, Facts& facts);

}  // namespace plimsoll::sshd
