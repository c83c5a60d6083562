#include "plugins/service/mysql/options.h"

namespace plimsoll::mysql {

// MariaDB 10.11: options of the plug-ins that are built in, and of those that no longer mean
// anything.
std::string_view plugin_options() {
  return R"(aria-block-size natural^ must 4 4096 32768 1024
aria-checkpoint-interval natural^ must 4 0 4294967295
aria-checkpoint-log-activity natural^ must 4 0 4294967295
aria-encrypt-tables boolean^ may 4
aria-force-start-after-recovery-failures natural^ must 4 0 255
aria-group-commit choice^ must 4 0 0 1 - none,hard,soft
aria-group-commit-interval natural^ must 4 0 4294967295
aria-log-dir-path text^ must 4
aria-log-file-size natural^ must 4 8388608 4294967295 8192
aria-log-purge-type choice^ must 4 0 0 1 - immediate,external,at_flush
aria-max-sort-file-size natural^ must 4 0 9223372036854775807 1048576
aria-page-checksum boolean^ must 4
aria-pagecache-age-threshold natural^ must 4 100 18446744073709551615 100
aria-pagecache-buffer-size natural^ must 4 131072 18446744073709551615
aria-pagecache-division-limit natural^ must 4 1 100
aria-pagecache-file-hash-size natural^ must 4 128 16384
aria-recover-options set^ may 4 0 0 1 - NORMAL,BACKUP,FORCE,QUICK,OFF
aria-repair-threads natural^ must 4 1 128
aria-sort-buffer-size natural^ must 4 16352 1152921504606846975
aria-stats-method choice^ must 4 0 0 1 - nulls_unequal,nulls_equal,nulls_ignored
aria-sync-log-dir choice^ must 4 0 0 1 - NEVER,NEWFILE,ALWAYS
binlog-checksum choice^ must 3 0 0 1 - NONE,CRC32
binlog-optimize-thread-scheduling boolean^ must 3
feedback choice! may 20 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
feedback-http-proxy text^ must 20
feedback-send-retry-wait natural^ must 20 1 86400
feedback-send-timeout natural^ must 20 1 86400
feedback-url text^ must 20
feedback-user-info text^ must 20
innodb choice! may 7 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-adaptive-flushing boolean^ none 7
innodb-adaptive-flushing-lwm real^ must 7 0.0 70.0
innodb-adaptive-hash-index boolean^ may 7
innodb-adaptive-hash-index-parts natural^ may 7 1 512
innodb-alter-copy-bulk boolean^ none 7
innodb-autoextend-increment natural^ must 7 1 1000
innodb-autoinc-lock-mode integer^ must 7 0 2
innodb-buf-dump-status-frequency natural^ must 7 0 100
innodb-buffer-page choice! may 37 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-buffer-page-lru choice! may 19 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-buffer-pool-chunk-size natural^ must 7 0 18446744073709551615 1048576
innodb-buffer-pool-dump-at-shutdown boolean^ must 7
innodb-buffer-pool-dump-now boolean^ must 7
innodb-buffer-pool-dump-pct natural^ must 7 1 100
innodb-buffer-pool-filename text^ must 7
innodb-buffer-pool-in-core-dump boolean^ may 7
innodb-buffer-pool-load-abort boolean^ must 7
innodb-buffer-pool-load-at-startup boolean^ must 7
innodb-buffer-pool-load-now boolean^ must 7
innodb-buffer-pool-size natural^ must 7 2097152 18446744073701163008 1048576
innodb-buffer-pool-size-auto-min natural^ must 7 0 18446744073701163008 8388608
innodb-buffer-pool-size-max natural^ must 7 8388608 18446744073701163008 8388608
innodb-buffer-pool-stats choice! may 28 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-change-buffer-max-size natural^ must 7 0 50
innodb-change-buffering choice^ must 7 0 0 1 - none,inserts,deletes,changes,purges,all
innodb-checksum-algorithm choice^ must 7 0 0 1 - crc32,strict_crc32,full_crc32,strict_full_crc32
innodb-cmp choice! may 14 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-cmp-per-index choice! may 11 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-cmp-per-index-enabled boolean^ may 7
innodb-cmp-per-index-reset choice! may 25 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-cmp-reset choice! may 16 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-cmpmem choice! may 23 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-cmpmem-reset choice! may 31 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-compression-algorithm choice^ may 7 0 0 1 - none,zlib,lz4,lzo,lzma,bzip2,snappy
innodb-compression-default boolean^ may 7
innodb-compression-failure-threshold-pct natural^ may 7 0 100
innodb-compression-level natural^ must 7 0 9
innodb-compression-pad-pct-max natural^ may 7 0 75
innodb-data-file-path text^ must 7
innodb-data-home-dir text^ must 7
innodb-deadlock-detect boolean^ none 7
innodb-deadlock-report choice^ must 7 0 0 1 - off,basic,full
innodb-default-encryption-key-id natural^ must 7 1 4294967295
innodb-default-row-format choice^ must 7 0 0 1 - redundant,compact,dynamic
innodb-defragment boolean^ must 7
innodb-defragment-fill-factor real^ must 7 0.7 1.0
innodb-defragment-fill-factor-n-recs natural^ must 7 1 100
innodb-defragment-frequency natural^ must 7 1 1000
innodb-defragment-n-pages natural^ must 7 2 32
innodb-defragment-stats-accuracy natural^ must 7 0 4294967295
innodb-disable-sort-file-cache boolean^ may 7
innodb-doublewrite boolean^ none 7
innodb-encrypt-log boolean^ may 7
innodb-encrypt-tables choice^ may 7 0 0 1 - OFF,ON,FORCE
innodb-encrypt-temporary-tables boolean^ may 7
innodb-encryption-rotate-key-age natural^ must 7 0 4294967295
innodb-encryption-rotation-iops natural^ must 7 0 4294967295
innodb-encryption-threads natural^ must 7 0 255
innodb-fast-shutdown natural^ may 7 0 3
innodb-fatal-semaphore-wait-threshold natural^ must 7 1 4294967295
innodb-file-per-table boolean^ none 7
innodb-fill-factor natural^ must 7 10 100
innodb-flush-log-at-timeout natural^ may 7 0 2700
innodb-flush-log-at-trx-commit natural^ may 7 0 3
innodb-flush-method choice^ must 7 0 0 1 - fsync,O_DSYNC,littlesync,nosync,O_DIRECT,O_DIRECT_NO_FSYNC
innodb-flush-neighbors natural^ may 7 0 2
innodb-flush-sync boolean^ none 7
innodb-flushing-avg-loops natural^ must 7 1 1000
innodb-force-primary-key boolean^ may 7
innodb-force-recovery natural^ must 7 0 6
innodb-ft-aux-table text^ must 7
innodb-ft-being-deleted choice! may 29 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-ft-cache-size natural^ must 7 1600000 1099511627776
innodb-ft-config choice! may 8 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-ft-default-stopword choice! may 32 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-ft-deleted choice! may 13 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-ft-enable-diag-print boolean^ may 7
innodb-ft-enable-stopword boolean^ may 7
innodb-ft-index-cache choice! may 27 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-ft-index-table choice! may 22 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-ft-max-token-size natural^ must 7 10 84
innodb-ft-min-token-size natural^ must 7 1 16
innodb-ft-num-word-optimize natural^ may 7 1000 10000
innodb-ft-result-cache-limit natural^ must 7 1000000 18446744073709551615
innodb-ft-server-stopword-table text^ may 7
innodb-ft-sort-pll-degree natural^ must 7 1 16
innodb-ft-total-cache-size natural^ must 7 32000000 1099511627776
innodb-ft-user-stopword-table text^ may 7
innodb-immediate-scrub-data-uncompressed boolean^ must 7
innodb-instant-alter-column-allowed choice^ must 7 0 0 1 - never,add_last,add_drop_reorder
innodb-io-capacity natural^ must 7 100 4294967295
innodb-io-capacity-max natural^ must 7 100 4294967295
innodb-linux-aio choice^ must 7 0 0 1 - auto,io_uring,aio
innodb-lock-wait-timeout natural^ must 7 0 100000000
innodb-lock-waits choice! may 41 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-locks choice! may 21 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-log-buffer-size natural^ must 7 2097152 2147479552 4096
innodb-log-checkpoint-now boolean^ may 7
innodb-log-file-buffering boolean^ may 7
innodb-log-file-mmap boolean^ may 7
innodb-log-file-size natural^ must 7 4194304 18446744073709551615 4096
innodb-log-group-home-dir text^ must 7
innodb-log-spin-wait-delay natural^ may 7 0 6000
innodb-log-write-ahead-size natural^ must 7 512 4096
innodb-lru-scan-depth natural^ must 7 100 18446744073709551615
innodb-max-dirty-pages-pct real^ must 7 0.0 99.999
innodb-max-dirty-pages-pct-lwm real^ must 7 0.0 99.999
innodb-max-purge-lag natural^ must 7 0 18446744073709551615
innodb-max-purge-lag-delay natural^ must 7 0 10000000
innodb-max-purge-lag-wait natural^ must 7 0 4294967295
innodb-max-undo-log-size natural^ may 7 10485760 281474976710656
innodb-metrics choice! may 12 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-monitor-disable text^ must 7
innodb-monitor-enable text^ must 7
innodb-monitor-reset text^ must 7
innodb-monitor-reset-all text^ must 7
innodb-numa-interleave boolean^ none 7
innodb-old-blocks-pct natural^ must 7 5 95
innodb-old-blocks-time natural^ must 7 0 4294967295
innodb-online-alter-log-max-size natural^ must 7 65536 18446744073709551615
innodb-open-files natural^ must 7 0 9223372036854775807
innodb-optimize-fulltext-only boolean^ none 7
innodb-page-size natural^ may 7 4096 65536
innodb-prefix-index-cluster-optimization boolean^ may 7
innodb-print-all-deadlocks boolean^ may 7
innodb-purge-batch-size natural^ may 7 1 5000
innodb-purge-threads natural^ may 7 1 32
innodb-random-read-ahead boolean^ none 7
innodb-read-ahead-threshold natural^ must 7 0 64
innodb-read-io-threads natural^ must 7 1 64
innodb-read-only boolean^ may 7
innodb-read-only-compressed boolean^ may 7
innodb-rollback-on-timeout boolean^ may 7
innodb-snapshot-isolation boolean^ may 7
innodb-sort-buffer-size natural^ must 7 65536 67108864
innodb-spin-wait-delay natural^ may 7 0 6000
innodb-stats-auto-recalc boolean^ may 7
innodb-stats-include-delete-marked boolean^ may 7
innodb-stats-method choice^ must 7 0 0 1 - nulls_equal,nulls_unequal,nulls_ignored
innodb-stats-modified-counter natural^ must 7 0 18446744073709551615
innodb-stats-on-metadata boolean^ may 7
innodb-stats-persistent boolean^ may 7
innodb-stats-persistent-sample-pages natural^ must 7 1 4294967295
innodb-stats-traditional boolean^ must 7
innodb-stats-transient-sample-pages natural^ must 7 1 4294967295
innodb-status-file boolean^ may 7
innodb-status-output boolean^ may 7
innodb-status-output-locks boolean^ may 7
innodb-strict-mode boolean^ may 7
innodb-sync-spin-loops natural^ must 7 0 18446744073709551615
innodb-sys-columns choice! may 34 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-sys-fields choice! may 18 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-sys-foreign choice! may 30 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-sys-foreign-cols choice! may 26 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-sys-indexes choice! may 36 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-sys-tables choice! may 33 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-sys-tablespaces choice! may 35 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-sys-tablestats choice! may 9 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-sys-virtual choice! may 38 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-table-locks boolean^ may 7
innodb-tablespaces-encryption choice! may 40 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-temp-data-file-path text^ must 7
innodb-tmpdir text^ may 7
innodb-trx choice! may 10 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
innodb-undo-directory text^ must 7
innodb-undo-log-truncate boolean^ may 7
innodb-undo-tablespaces natural^ must 7 0 127
innodb-use-atomic-writes boolean^ none 7
innodb-use-native-aio boolean^ none 7
innodb-write-io-threads natural^ must 7 2 64
myisam-block-size natural^ must 2 1024 16384 1024
myisam-data-pointer-size natural^ must 2 2 7
myisam-max-sort-file-size natural^ must 2 0 9223372036854775807 1048576
myisam-mmap-size natural^ must 2 7 18446744073709551615
myisam-recover-options set^ may 2 0 0 1 - DEFAULT,BACKUP,FORCE,QUICK,BACKUP_ALL,OFF
myisam-repair-threads natural^ must 2 1 18446744073709551615
myisam-sort-buffer-size natural^ must 2 4096 1152921504606846975
myisam-stats-method choice^ must 2 0 0 1 - NULLS_UNEQUAL,NULLS_EQUAL,NULLS_IGNORED
myisam-use-mmap boolean^ none 2
partition choice! may 5 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
sequence choice! may 6 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
thread-pool-groups choice! may 24 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
thread-pool-queues choice! may 17 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
thread-pool-stats choice! may 42 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
thread-pool-waits choice! may 15 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
unix-socket choice! may 43 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
user-variables choice! may 39 0 0 1 - OFF,ON,FORCE,FORCE_PLUS_PERMANENT
abort-slave-event-count removed! may 44
binlog-max-flush-queue-time removed! may 44
binlog-order-commits removed! may 44
binlog-rows-query-log-events removed! may 44
default-authentication-plugin removed! may 44
disconnect-slave-event-count removed! may 44
end-markers-in-json removed! may 44
exit-info removed! may 44
innodb-adaptive-max-sleep-delay removed! may 44
innodb-background-scrub-data-check-interval removed! may 44
innodb-background-scrub-data-compressed removed! may 44
innodb-background-scrub-data-interval removed! may 44
innodb-background-scrub-data-uncompressed removed! may 44
innodb-buffer-pool-instances removed! may 44
innodb-commit-concurrency removed! may 44
innodb-concurrency-tickets removed! may 44
innodb-file-format removed! may 44
innodb-force-load-corrupted removed! may 44
innodb-idle-flush-pct removed! may 44
innodb-large-prefix removed! may 44
innodb-lock-schedule-algorithm removed! may 44
innodb-locks-unsafe-for-binlog removed! may 44
innodb-log-checksums removed! may 44
innodb-log-compressed-pages removed! may 44
innodb-log-files-in-group removed! may 44
innodb-log-optimize-ddl removed! may 44
innodb-lru-flush-size removed! may 44
innodb-page-cleaners removed! may 44
innodb-purge-rseg-truncate-frequency removed! may 44
innodb-replication-delay removed! may 44
innodb-rollback-segments removed! may 44
innodb-scrub-log removed! may 44
innodb-scrub-log-speed removed! may 44
innodb-stats-sample-pages removed! may 44
innodb-sync-array-size removed! may 44
innodb-thread-concurrency removed! may 44
innodb-thread-sleep-delay removed! may 44
innodb-undo-logs removed! may 44
log-bin-use-v1-row-events removed! may 44
log-raw removed! may 44
log-throttle-queries-not-using-indexes removed! may 44
master-info-repository removed! may 44
max-binlog-dump-events removed! may 44
max-long-data-size removed! may 44
multi-range-count removed! may 44
new removed! may 44
optimizer-trace-features removed! may 44
optimizer-trace-limit removed! may 44
optimizer-trace-offset removed! may 44
relay-log-info-repository removed! may 44
rpl-stop-slave-timeout removed! may 44
server-id-bits removed! may 44
sha256-password-private-key-path removed! may 44
sha256-password-public-key-path removed! may 44
show-compatibility-56 removed! may 44
skip-bdb removed! may 44
slave-allow-batching removed! may 44
slave-checkpoint-group removed! may 44
slave-checkpoint-period removed! may 44
slave-pending-jobs-size-max removed! may 44
slave-rows-search-algorithms removed! may 44
sporadic-binlog-dump-fail removed! may 44
super-large-pages removed! may 44
thread-concurrency removed! may 44
timed-mutexes removed! may 44
validate-user-plugins removed! may 44
)";
}

}  // namespace plimsoll::mysql
