#include "plugins/service/postgresql/claim.h"

#include "plugins/service/postgres/settings_line.h"
#include "plugins/service/postgresql/parameters.h"
#include "scanner/base/text.h"

namespace plimsoll::postgres {

bool is_named_so(std::string_view path) {
  if (!path.ends_with(".conf")) return false;
  const std::string name = lower(base_name(path));
  if (name.find("hba") != std::string::npos || name.find("ident") != std::string::npos)
    return false;
  const std::string whole = lower(path);
  return whole.find("postgres") != std::string::npos || whole.find("pgsql") != std::string::npos ||
         whole.find("pgdata") != std::string::npos;
}

bool looks_so(const Document& document) {
  if (is_one_of(base_name(document.path), "postgresql.conf postgresql.auto.conf")) return true;
  constexpr unsigned kEnough = 2;
  unsigned found = 0;
  for (const Line& line : lines(document.text)) {
    const SettingsLine read = read_settings_line(line.text);
    if (!read.assignment || !is_parameter(lower(read.assignment->name))) continue;
    // A word with an underscore is hardly one of another program.
    found += read.assignment->name.find('_') != std::string::npos ? kEnough : 1;
    if (found >= kEnough) return true;
  }
  return false;
}

}  // namespace plimsoll::postgres
