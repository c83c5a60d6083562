#include "plugins/service/postgresql/modes.h"

#include "plugins/service/postgres/cluster.h"
#include "scanner/probe/open_mode.h"

namespace plimsoll::postgres {
void write_modes(const Root& root, const Cluster& cluster, Facts& facts) {
  // initdb(1), --allow-group-access: the group may read.
  tell_open_mode(root, "@open-datadir", normal_path(cluster.data_directory), 0750, cluster.scope,
                 facts);
  tell_open_mode(root, "@open-hba", cluster.place("hba_file", "pg_hba.conf"), 0640, cluster.scope,
                 facts);
  tell_open_mode(root, "@open-hba", cluster.place("ident_file", "pg_ident.conf"), 0640,
                 cluster.scope, facts);
  // 20.9.5: a key of root's may be read by a group; relative paths begin at the data.
  const Setting* key = cluster.find("ssl_key_file");
  tell_open_mode(root, "@readable-key",
                 join_path(cluster.data_directory, key == nullptr ? "server.key" : key->value),
                 0640, cluster.scope, facts);
}

}  // namespace plimsoll::postgres
