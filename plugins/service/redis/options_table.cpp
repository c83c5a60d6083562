#include "plugins/service/redis/options.h"

namespace plimsoll::redis {

// Columns: versions (`*` both), name, older name, kind (`~` hidden), default, least, most, words.
std::string_view option_rows() {
  return R"(*|acl-pubsub-default||word|resetchannels|||allchannels resetchannels
*|aclfile||text
*|acllog-max-len||integer|128|0|9223372036854775807
*|active-defrag-cycle-max||integer|25|1|99
*|active-defrag-cycle-min||integer|1|1|99
*|active-defrag-ignore-bytes||natural_size|104857600|1|9223372036854775807
*|active-defrag-max-scan-fields||integer|1000|1|9223372036854775807
*|active-defrag-threshold-lower||integer|10|0|1000
*|active-defrag-threshold-upper||integer|100|0|1000
*|active-expire-effort||integer|1|1|10
*|activedefrag||yesno|no
*|activerehashing||yesno|yes
*|always-show-logo||yesno|no
7|aof-disable-auto-gc||yesno|no
8|aof-disable-auto-gc||yesno~|no
*|aof-load-truncated||yesno|yes
8|aof-rewrite-cpulist|aof_rewrite_cpulist|text
*|aof-rewrite-incremental-fsync||yesno|yes
*|aof-timestamp-enabled||yesno|no
*|aof-use-rdb-preamble||yesno|yes
7|aof_rewrite_cpulist||text
*|appenddirname||text|appendonlydir
*|appendfilename||text|appendonly.aof
*|appendfsync||word|everysec|||everysec always no
*|appendonly||yesno|no
*|auto-aof-rewrite-min-size||size|67108864|0|9223372036854775807
*|auto-aof-rewrite-percentage||integer|100|0|2147483647
8|bgsave-cpulist|bgsave_cpulist|text
7|bgsave_cpulist||text
*|bind||bind|* -::*
*|bind-source-addr||text
8|bio-cpulist|bio_cpulist|text
7|bio_cpulist||text
*|busy-reply-threshold|lua-time-limit|integer|5000|0|9223372036854775807
8|client-default-resp||natural~|2|2|3
*|client-output-buffer-limit||limits|normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60
*|client-query-buffer-limit||natural_size|1073741824|1048576|9223372036854775807
*|cluster-allow-pubsubshard-when-down||yesno|yes
*|cluster-allow-reads-when-down||yesno|no
*|cluster-allow-replica-migration||yesno|yes
*|cluster-announce-bus-port||integer|0|0|65535
*|cluster-announce-hostname||text
8|cluster-announce-human-nodename||text
*|cluster-announce-ip||text
*|cluster-announce-port||integer|0|0|65535
*|cluster-announce-tls-port||integer|0|0|65535
8|cluster-compatibility-sample-ratio||integer|0|0|100
*|cluster-config-file||text|nodes.conf
*|cluster-enabled||yesno|no
*|cluster-link-sendbuf-limit||natural_size|0|0|18446744073709551615
*|cluster-migration-barrier||integer|1|0|2147483647
*|cluster-node-timeout||integer|15000|0|9223372036854775807
8|cluster-ping-interval||integer~|0|0|9223372036854775807
*|cluster-port||integer|0|0|65535
*|cluster-preferred-endpoint-type||word|ip|||ip hostname unknown-endpoint
*|cluster-replica-no-failover|cluster-slave-no-failover|yesno|no
*|cluster-replica-validity-factor|cluster-slave-validity-factor|integer|10|0|2147483647
*|cluster-require-full-coverage||yesno|yes
*|crash-log-enabled||yesno|yes
*|crash-memcheck-enabled||yesno|yes
*|daemonize||yesno|no
*|databases||integer|16|1|2147483647
*|dbfilename||text|dump.rdb
*|dir||dir
*|disable-thp||yesno|yes
*|dynamic-hz||yesno|yes
*|enable-debug-command||word|no|||no yes local
*|enable-module-command||word|no|||no yes local
*|enable-protected-configs||word|no|||no yes local
*|hash-max-listpack-entries|hash-max-ziplist-entries|natural|512|0|9223372036854775807
*|hash-max-listpack-value|hash-max-ziplist-value|natural_size|64|0|9223372036854775807
8|hide-user-data-from-log||yesno|no
*|hll-sparse-max-bytes||natural_size|3000|0|9223372036854775807
*|hz||integer|10|0|2147483647
*|ignore-warnings||text
*|io-threads||integer|1|1|128
7|io-threads-do-reads||yesno|no
*|jemalloc-bg-thread||yesno|yes
*|key-load-delay||integer~|0|-2147483648|2147483647
*|latency-monitor-threshold||integer|0|0|9223372036854775807
*|latency-tracking||yesno|yes
*|latency-tracking-info-percentiles||percentiles|50 99 99.9
*|lazyfree-lazy-eviction||yesno|no
*|lazyfree-lazy-expire||yesno|no
*|lazyfree-lazy-server-del||yesno|no
*|lazyfree-lazy-user-del||yesno|no
*|lazyfree-lazy-user-flush||yesno|no
*|lfu-decay-time||integer|1|0|2147483647
*|lfu-log-factor||integer|10|0|2147483647
*|list-compress-depth||integer|0|0|2147483647
*|list-max-listpack-size|list-max-ziplist-size|integer|-2|-2147483648|2147483647
7|loading-process-events-interval-bytes||integer~|2097152|1024|2147483647
8|loading-process-events-interval-bytes||integer~|524288|1024|2147483647
8|locale-collate||text
*|logfile||text
7|loglevel||word|notice|||debug verbose notice warning
8|loglevel||word|notice|||debug verbose notice warning nothing
*|masterauth||bytes
*|masteruser||text
8|max-new-connections-per-cycle||natural|10|1|1000
8|max-new-tls-connections-per-cycle||natural|1|1|1000
*|maxclients||natural|10000|1|4294967295
*|maxmemory||natural_size|0|0|18446744073709551615
*|maxmemory-clients||share|0|-100|9223372036854775807
*|maxmemory-eviction-tenacity||integer|10|0|100
*|maxmemory-policy||word|noeviction|||volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu allkeys-random noeviction
7|maxmemory-samples||integer|5|1|2147483647
8|maxmemory-samples||integer|5|1|64
*|min-replicas-max-lag|min-slaves-max-lag|integer|10|0|2147483647
*|min-replicas-to-write|min-slaves-to-write|integer|0|0|2147483647
*|no-appendfsync-on-rewrite||yesno|no
*|notify-keyspace-events||events
*|oom-score-adj||word|no|||no yes relative=yes absolute
*|oom-score-adj-values||scores|0 200 800
*|pidfile||text
*|port||integer|6379|0|65535
*|proc-title-template||text|{title} {listen-addr} {server-mode}
*|propagation-error-behavior||word|ignore|||ignore panic panic-on-replicas
*|protected-mode||yesno|yes
*|proto-max-bulk-len||size|536870912|1048576|9223372036854775807
*|rdb-del-sync-files||yesno|no
*|rdb-key-save-delay||integer~|0|-2147483648|2147483647
*|rdb-save-incremental-fsync||yesno|yes
*|rdbchecksum||yesno|yes
*|rdbcompression||yesno|yes
*|repl-backlog-size||size|1048576|1|9223372036854775807
*|repl-backlog-ttl||integer|3600|0|9223372036854775807
*|repl-disable-tcp-nodelay||yesno|no
*|repl-diskless-load||word|disabled|||disabled on-empty-db swapdb
*|repl-diskless-sync||yesno|yes
*|repl-diskless-sync-delay||integer|5|0|2147483647
*|repl-diskless-sync-max-replicas||integer|0|0|2147483647
*|repl-ping-replica-period|repl-ping-slave-period|integer|10|1|2147483647
8|repl-rdb-channel||yesno~|yes
*|repl-timeout||integer|60|1|2147483647
*|replica-announce-ip|slave-announce-ip|text
*|replica-announce-port|slave-announce-port|integer|0|0|65535
*|replica-announced||yesno|yes
8|replica-full-sync-buffer-limit||size|0|0|9223372036854775807
*|replica-ignore-disk-write-errors||yesno|no
*|replica-ignore-maxmemory|slave-ignore-maxmemory|yesno|yes
*|replica-lazy-flush|slave-lazy-flush|yesno|no
*|replica-priority|slave-priority|integer|100|0|2147483647
*|replica-read-only|slave-read-only|yesno|yes
*|replica-serve-stale-data|slave-serve-stale-data|yesno|yes
*|replicaof|slaveof|replica
8|req-res-logfile||text~
*|requirepass||bytes
*|sanitize-dump-payload||word|no|||no yes clients
*|save||save|3600 1 300 100 60 10000
8|server-cpulist|server_cpulist|text
7|server_cpulist||text
*|set-max-intset-entries||natural|512|0|9223372036854775807
8|set-max-listpack-entries||natural|128|0|9223372036854775807
8|set-max-listpack-value||natural|64|0|9223372036854775807
*|set-proc-title||yesno|yes
*|shutdown-on-sigint||words|default|||default save nosave now force
*|shutdown-on-sigterm||words|default|||default save nosave now force
*|shutdown-timeout||integer|10|0|2147483647
*|slowlog-log-slower-than||integer|10000|-1|9223372036854775807
*|slowlog-max-len||integer|128|0|9223372036854775807
*|socket-mark-id||natural|0|0|4294967295
*|stop-writes-on-bgsave-error||yesno|yes
*|stream-node-max-bytes||natural_size|4096|0|9223372036854775807
*|stream-node-max-entries||integer|100|0|9223372036854775807
*|supervised||word|no|||upstart systemd auto no
*|syslog-enabled||yesno|no
*|syslog-facility||word|local0|||user local0 local1 local2 local3 local4 local5 local6 local7
*|syslog-ident||text|redis
*|tcp-backlog||integer|511|0|2147483647
*|tcp-keepalive||integer|300|0|2147483647
*|timeout||integer|0|0|2147483647
*|tls-auth-clients||word|yes|||no yes optional
*|tls-ca-cert-dir||text
*|tls-ca-cert-file||text
*|tls-cert-file||text
*|tls-ciphers||text
*|tls-ciphersuites||text
*|tls-client-cert-file||text
*|tls-client-key-file||text
*|tls-client-key-file-pass||text
*|tls-cluster||yesno|no
*|tls-dh-params-file||text
*|tls-key-file||text
*|tls-key-file-pass||text
*|tls-port||integer|0|0|65535
*|tls-prefer-server-ciphers||yesno|no
*|tls-protocols||text
*|tls-replication||yesno|no
*|tls-session-cache-size||integer|20480|0|2147483647
*|tls-session-cache-timeout||integer|300|0|2147483647
*|tls-session-caching||yesno|yes
*|tracking-table-max-keys||natural|1000000|0|9223372036854775807
*|unixsocket||text
*|unixsocketperm||octal|0|0|511
*|use-exit-on-panic||yesno~|no
*|watchdog-period||integer~|0|0|2147483647
*|zset-max-listpack-entries|zset-max-ziplist-entries|natural|128|0|9223372036854775807
*|zset-max-listpack-value|zset-max-ziplist-value|natural_size|64|0|9223372036854775807)";
}

}  // namespace plimsoll::redis
