#include "plugins/service/mysql/claim.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::mysql {

bool is_named_so(std::string_view path) { return path.ends_with(".cnf"); }

bool is_server_group(std::string_view group) {
  if (is_one_of(group, "mysqld server mariadb mariadbd client-server galera")) return true;
  for (const std::string_view name : {"mysqld-", "mariadb-", "mariadbd-"}) {
    if (!group.starts_with(name)) continue;
    const std::string_view version = group.substr(name.size());
    return !version.empty() && version.find_first_not_of("0123456789.") == std::string_view::npos;
  }
  return false;
}

bool looks_so(const Document& document) {
  if (is_one_of(base_name(document.path), "my.cnf .my.cnf mysqld.cnf mariadb.cnf")) return true;
  for (const Line& line : lines(document.text)) {
    const std::string_view text = trim_left(line.text);
    const std::size_t end = text.find(']');
    if (text.empty() || text[0] != '[' || end == std::string_view::npos) continue;
    const std::string group = lower(trim_right(text.substr(1, end - 1)));
    // `server` alone is a section of many programs.
    if (group != "server" && is_server_group(group)) return true;
  }
  return false;
}

}  // namespace plimsoll::mysql
