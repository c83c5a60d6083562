#pragma once

#include <optional>
#include <string>

#include "scanner/root/root.h"

namespace plimsoll::files {

/// Where auditd writes and who may read it, by auditd.conf(5).
struct AuditLog {
  std::string directory = "/var/log/audit";
  std::string group = "root";
  bool is_shared = false;      ///< `group` is not root
  std::optional<Error> error;  ///< why auditd.conf could not be read though it is there
};

AuditLog read_audit_log(const Root& root);

}  // namespace plimsoll::files
