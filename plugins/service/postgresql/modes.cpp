#include "plugins/service/postgresql/modes.h"

#include <fmt/format.h>

#include "plugins/service/postgres/cluster.h"

namespace plimsoll::postgres {
namespace {

/// Tells of a path that is there and has a bit beyond `allowed`; what cannot be looked at is a gap.
void look(const Root& root, const Cluster& cluster, std::string_view key, const std::string& path,
          unsigned allowed, Facts& facts) {
  const auto stat = root.stat(path);
  if (!stat) {
    if (stat.error().code != ErrorCode::not_found)
      facts.gap(stat.error(), {}, Gap::Effect::may_add, {key});
    return;
  }
  if ((stat->mode & 0777U & ~allowed) != 0)
    facts.setting(std::string(key), fmt::format("{} has the mode {:04o}", path, stat->mode),
                  {path, 0, 0}, cluster.scope);
}

}  // namespace

void write_modes(const Root& root, const Cluster& cluster, Facts& facts) {
  // initdb(1), --allow-group-access: the group may read.
  look(root, cluster, "@open-datadir", normal_path(cluster.data_directory), 0750, facts);
  look(root, cluster, "@open-hba", cluster.place("hba_file", "pg_hba.conf"), 0640, facts);
  look(root, cluster, "@open-hba", cluster.place("ident_file", "pg_ident.conf"), 0640, facts);
  // 20.9.5: a key of root's may be read by a group; relative paths begin at the data.
  const Setting* key = cluster.find("ssl_key_file");
  look(root, cluster, "@readable-key",
       join_path(cluster.data_directory, key == nullptr ? "server.key" : key->value), 0640, facts);
}

}  // namespace plimsoll::postgres
