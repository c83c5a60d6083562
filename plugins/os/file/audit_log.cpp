#include "plugins/os/file/audit_log.h"

#include "scanner/base/text.h"

namespace plimsoll::files {

// auditd.conf(5): a keyword, an equal sign and its value; keywords in any case, `#` begins a
// comment at the start of a line, the last line of a keyword stands.
AuditLog read_audit_log(const Root& root) {
  AuditLog log;
  const auto text = root.read("/etc/audit/auditd.conf");
  if (!text) {
    if (text.error().code != ErrorCode::not_found) log.error = text.error();
    return log;
  }
  for (const Line& line : lines(*text)) {
    const std::string_view body = trim(line.text);
    const auto equals = body.find('=');
    if (body.starts_with('#') || equals == std::string_view::npos) continue;
    const std::string_view key = trim(body.substr(0, equals));
    const std::string_view value = trim(body.substr(equals + 1));
    if (iequals(key, "log_file") && value.starts_with('/'))
      log.directory = std::string(parent_path(normal_path(value)));
    if (iequals(key, "log_group") && !value.empty()) log.group = std::string(value);
  }
  log.is_shared = log.group != "root" && log.group != "0";
  return log;
}

}  // namespace plimsoll::files
