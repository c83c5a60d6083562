#include "plugins/service/mysql/options.h"

namespace plimsoll::mysql {

// MariaDB 10.11: options of the server itself and of its performance schema. The columns are those
// that options.h names.
std::string_view server_options() {
  return R"(allow-suspicious-udfs boolean! may 1
alter-algorithm choice may 1 0 0 1 - DEFAULT,COPY,INPLACE,NOCOPY,INSTANT
analyze-max-length natural must 1 32 4294967295
analyze-sample-percentage real! must 1 0.0 100.0
ansi action! none 1
auto-increment-increment natural may 1 1 65535
auto-increment-offset natural may 1 1 65535
autocommit boolean^ may 1
automatic-sp-privileges boolean! may 1
back-log natural@! must 1 0 65535
basedir text! must 1
big-tables boolean! may 1
bind-address text! must 1
binlog-alter-two-phase boolean! may 1
binlog-annotate-row-events boolean! may 1
binlog-cache-size natural! must 1 4096 18446744073709551615 4096
binlog-commit-wait-count natural! must 1 0 18446744073709551615
binlog-commit-wait-usec natural! must 1 0 18446744073709551615
binlog-direct-non-transactional-updates boolean! may 1
binlog-do-db text*! must 1
binlog-expire-logs-seconds natural! must 1 0 8553600
binlog-file-cache-size natural! must 1 8192 18446744073709551615 4096
binlog-format choice must 1 0 0 1 - MIXED,STATEMENT,ROW
binlog-ignore-db text*! must 1
binlog-row-event-max-size natural^ must 1 256 4294967294 256
binlog-row-image choice must 1 0 0 1 - MINIMAL,NOBLOB,FULL
binlog-row-metadata choice! must 1 0 0 1 - NO_LOG,MINIMAL,FULL
binlog-stmt-cache-size natural! must 1 4096 18446744073709551615 4096
bootstrap action! none 1
bulk-insert-buffer-size natural must 1 0 18446744073709551615
character-set-client-handshake boolean^ none 1
character-set-filesystem text^ must 1
character-set-server text^ must 1
character-sets-dir text! must 1
chroot text^ must 1
collation-server text^ must 1
column-compression-threshold natural must 1 0 4294967295
column-compression-zlib-level natural must 1 0 9
column-compression-zlib-strategy choice must 1 0 0 1 - DEFAULT_STRATEGY,FILTERED,HUFFMAN_ONLY,RLE,FIXED
column-compression-zlib-wrap boolean! may 1
completion-type choice must 1 0 0 1 - NO_CHAIN,CHAIN,RELEASE
concurrent-insert choice! may 1 0 0 1 - NEVER,AUTO,ALWAYS
connect-timeout natural! must 1 2 31536000
console boolean^ none 1
core-file bit! may 1
datadir text! must 1
date-format text! must 1
datetime-format text! must 1
deadlock-search-depth-long natural must 1 0 33
deadlock-search-depth-short natural must 1 0 32
deadlock-timeout-long natural must 1 0 4294967295
deadlock-timeout-short natural must 1 0 4294967295
debug text^ may 1
debug-abort-slave-event-count integer^ must 1 0 2147483647
debug-disconnect-slave-event-count integer^ must 1 0 2147483647
debug-exit-info integer*! may 1 0 9223372036854775807
debug-gdb boolean^ none 1
debug-max-binlog-dump-events integer^ must 1 0 2147483647
debug-no-sync boolean^ none 1
debug-no-thread-alarm boolean! may 1
debug-sporadic-binlog-dump-fail boolean^ none 1
default-password-lifetime natural! must 1 0 4294967295
default-regex-flags set must 1 0 0 1 - DOTALL,DUPNAMES,EXTENDED,EXTENDED_MORE,EXTRA,MULTILINE,UNGREEDY
default-storage-engine text! must 1
default-time-zone text^ must 1
default-tmp-storage-engine text! must 1
default-week-format natural must 1 0 7
delay-key-write choice! may 1 0 0 1 - OFF,ON,ALL
delayed-insert-limit natural! must 1 1 4294967295
delayed-insert-timeout natural! must 1 1 31536000
delayed-queue-size natural! must 1 1 4294967295
des-key-file text^ must 1
disconnect-on-expired-password boolean! may 1
div-precision-increment natural must 1 0 38
encrypt-binlog boolean! may 1
encrypt-tmp-disk-tables boolean! may 1
encrypt-tmp-files boolean! may 1
enforce-storage-engine text! must 1
eq-range-index-dive-limit natural must 1 0 4294967295
event-scheduler choice! may 1 0 0 1 - OFF,ON,DISABLED,ORIGINAL
expensive-subquery-limit natural must 1 0 18446744073709551615
expire-logs-days real! must 1 0.0 99.0
explicit-defaults-for-timestamp bit! may 1
external-locking boolean^ none 1
extra-max-connections natural! must 1 1 100000
extra-port natural! must 1 0 65535
flashback boolean^ none 1
flush boolean! may 1
flush-time natural! must 1 0 31536000
ft-boolean-syntax text! must 1
ft-max-word-len natural! must 1 10 84
ft-min-word-len natural! must 1 1 84
ft-query-expansion-limit natural! must 1 0 1000
ft-stopword-file text! must 1
gdb boolean^ none 1 0 0 1 debug-gdb
general-log boolean! may 1
general-log-file text! must 1
getopt-prefix-matching boolean^ none 0
group-concat-max-len natural must 1 4 1073741824
gtid-cleanup-batch-size natural! must 1 0 2147483647
gtid-domain-id natural must 1 0 4294967295
gtid-ignore-duplicates boolean! may 1
gtid-pos-auto-engines text! must 1
gtid-strict-mode boolean! may 1
help boolean^ none 1
histogram-size natural must 1 0 255
histogram-type choice must 1 0 0 1 - SINGLE_PREC_HB,DOUBLE_PREC_HB,JSON_HB
host-cache-size natural@! must 1 0 65536
idle-readonly-transaction-timeout natural must 1 0 31536000
idle-transaction-timeout natural must 1 0 31536000
idle-write-transaction-timeout natural must 1 0 31536000
ignore-builtin-innodb boolean! may 1
ignore-db-dirs text! must 1
in-predicate-conversion-threshold natural must 1 0 4294967295
init-connect text! must 1
init-file text! must 1
init-rpl-role choice^ must 1 0 0 1 - MASTER,SLAVE
init-slave text! must 1
interactive-timeout natural must 1 1 31536000
join-buffer-size natural must 1 128 18446744073709551615 128
join-buffer-space-limit natural must 1 2048 18446744073709551615 2048
join-cache-level natural must 1 0 8
keep-files-on-create boolean! may 1
key-buffer-size natural! must 1 0 18446744073709551615 4096
key-cache-age-threshold natural! must 1 100 4294967295 100
key-cache-block-size natural! must 1 512 16384 512
key-cache-division-limit natural! must 1 1 100
key-cache-file-hash-size natural! must 1 128 16384
key-cache-segments natural! must 1 0 64
language text*! must 1
large-pages boolean! may 1
lc-messages text^ must 1
lc-messages-dir text! must 1
lc-time-names text^ must 1
local-infile boolean! may 1
lock-wait-timeout natural must 1 0 31536000
log-basename text^ must 1
log-bin text^ may 1
log-bin-compress boolean! may 1
log-bin-compress-min-len natural! may 1 10 1024
log-bin-index text^ must 1
log-bin-trust-function-creators boolean! may 1
log-ddl-recovery text^ must 1
log-disabled-statements set must 1 0 0 1 - slave,sp
log-error text! may 1
log-isam text^ may 1
log-output set! must 1 0 0 1 - NONE,FILE,TABLE
log-queries-not-using-indexes bit! may 1
log-short-format boolean^ none 1
log-slave-updates boolean! may 1
log-slow-admin-statements bit! may 1 0 0 -1
log-slow-disabled-statements set must 1 0 0 1 - admin,call,slave,sp
log-slow-filter set must 1 0 0 1 - admin,filesort,filesort_on_disk,filesort_priority_queue,full_join,full_scan,not_using_index,query_cache,query_cache_miss,tmp_table,tmp_table_on_disk
log-slow-max-warnings natural must 1 0 1000
log-slow-min-examined-row-limit natural must 1 0 4294967295
log-slow-query boolean! may 1
log-slow-query-file text! must 1
log-slow-query-time real! must 1 0.0 31536000.0
log-slow-rate-limit natural must 1 1 4294967295
log-slow-slave-statements bit! may 1 0 0 -1
log-slow-verbosity set must 1 0 0 1 - innodb,query_plan,explain,engine,warnings,full
log-tc text^ must 1
log-tc-size natural! must 1 12288 18446744073709551615 4096
log-warnings natural may 1 0 4294967295
long-query-time real! must 1 0.0 31536000.0 1 log-slow-query-time
low-priority-updates boolean! may 1
lower-case-table-names natural! may 1 0 2
master-info-file text^ must 1
master-retry-count natural^ must 1 0 18446744073709551615
master-verify-checksum boolean! may 1
max-allowed-packet natural must 1 1024 1073741824 1024
max-binlog-cache-size natural! must 1 4096 18446744073709551615 4096
max-binlog-size natural! must 1 4096 1073741824 4096
max-binlog-stmt-cache-size natural! must 1 4096 18446744073709551615 4096
max-connect-errors natural! must 1 1 4294967295
max-connections natural! must 0 10 100000
max-delayed-threads natural must 1 0 16384
max-digest-length natural! must 1 0 1048576
max-error-count natural must 1 0 65535
max-heap-table-size natural must 1 16384 18446744073709551615 1024
max-join-size natural must 1 1 18446744073709551615
max-length-for-sort-data natural must 1 4 8388608
max-password-errors natural! must 1 1 4294967295
max-prepared-stmt-count natural! must 1 0 4294967295
max-recursive-iterations natural may 1 0 4294967295
max-relay-log-size natural must 1 0 1073741824 4096
max-rowid-filter-size natural must 1 1024 18446744073709551615
max-seeks-for-key natural must 1 1 4294967295
max-session-mem-used natural must 1 8192 18446744073709551615
max-sort-length natural must 1 64 8388608
max-sp-recursion-depth natural may 1 0 255
max-statement-time real! must 1 0.0 31536000.0
max-tmp-tables natural must 1 1 4294967295
max-user-connections integer must 1 -1 2147483647
max-write-lock-count natural! must 1 1 4294967295
memlock boolean^ none 1
metadata-locks-cache-size natural! must 1 1 1048576
metadata-locks-hash-instances natural! must 1 1 1024
min-examined-row-limit natural must 1 0 4294967295 1 log-slow-min-examined-row-limit
mrr-buffer-size natural must 1 8192 2147483647
mysql56-temporal-format boolean! may 1
net-buffer-length natural must 1 1024 1048576 1024
net-read-timeout natural must 1 1 31536000
net-retry-count natural must 1 1 4294967295
net-write-timeout natural must 1 1 31536000
note-verbosity set must 1 0 0 1 - basic,unusable_keys,explain
old boolean! may 1
old-alter-table choice may 1 0 0 1 alter-algorithm DEFAULT,COPY,INPLACE,NOCOPY,INSTANT
old-mode set must 1 0 0 1 - NO_DUP_KEY_WARNINGS_WITH_IGNORE,NO_PROGRESS_INFO,ZERO_DATE_TIME_CAST,UTF8_IS_UTF8MB3,IGNORE_INDEX_ONLY_FOR_JOIN,COMPAT_5_1_CHECKSUM,NO_NULL_COLLATION_IDS
old-passwords boolean! may 1
old-style-user-limits boolean^ none 1
open-files-limit natural@! must 1 0 4294967295
optimizer-adjust-secondary-key-costs set must 1 0 0 1 - adjust_secondary_key_cost,disable_max_seek,disable_forced_index_in_group_by,fix_innodb_cardinality,fix_reuse_range_for_ref,fix_card_multiplier,fix_derived_table_read_cost,fix_order_by_index_choice
optimizer-extra-pruning-depth natural must 1 0 62
optimizer-join-limit-pref-ratio natural must 1 0 4294967295
optimizer-max-sel-arg-weight natural must 1 0 4294967295
optimizer-max-sel-args natural must 1 0 4294967295
optimizer-prune-level natural must 1 0 2
optimizer-search-depth natural must 1 0 62
optimizer-selectivity-sampling-limit natural must 1 10 4294967295
optimizer-switch flags! must 1 0 0 1 - index_merge,index_merge_union,index_merge_sort_union,index_merge_intersection,index_merge_sort_intersection,engine_condition_pushdown,index_condition_pushdown,derived_merge,derived_with_keys,firstmatch,loosescan,materialization,in_to_exists,semijoin,partial_match_rowid_merge,partial_match_table_scan,subquery_cache,mrr,mrr_cost_based,mrr_sort_keys,outer_join_with_cache,semijoin_with_cache,join_cache_incremental,join_cache_hashed,join_cache_bka,optimize_join_buffer_size,table_elimination,extended_keys,exists_to_in,orderby_uses_equalities,condition_pushdown_for_derived,split_materialized,condition_pushdown_for_subquery,rowid_filter,condition_pushdown_from_having,not_null_range_scan,hash_join_cardinality,cset_narrowing,default index_merge=on,index_merge_union=on,index_merge_sort_union=on,index_merge_intersection=on,index_merge_sort_intersection=off,engine_condition_pushdown=off,index_condition_pushdown=on,derived_merge=on,derived_with_keys=on,firstmatch=on,loosescan=on,materialization=on,in_to_exists=on,semijoin=on,partial_match_rowid_merge=on,partial_match_table_scan=on,subquery_cache=on,mrr=off,mrr_cost_based=off,mrr_sort_keys=off,outer_join_with_cache=on,semijoin_with_cache=on,join_cache_incremental=on,join_cache_hashed=on,join_cache_bka=on,optimize_join_buffer_size=on,table_elimination=on,extended_keys=on,exists_to_in=on,orderby_uses_equalities=on,condition_pushdown_for_derived=on,split_materialized=on,condition_pushdown_for_subquery=on,rowid_filter=on,condition_pushdown_from_having=on
optimizer-trace flags! must 1 0 0 1 - enabled,default 
optimizer-trace-max-mem-size natural must 1 0 18446744073709551615
optimizer-use-condition-selectivity natural must 1 1 5
performance-schema boolean! may 0
performance-schema-accounts-size integer! must 0 -1 1048576
performance-schema-consumer-events-stages-current boolean^ may 0
performance-schema-consumer-events-stages-history boolean^ may 0
performance-schema-consumer-events-stages-history-long boolean^ may 0
performance-schema-consumer-events-statements-current boolean^ may 0
performance-schema-consumer-events-statements-history boolean^ may 0
performance-schema-consumer-events-statements-history-long boolean^ may 0
performance-schema-consumer-events-transactions-current boolean^ may 0
performance-schema-consumer-events-transactions-history boolean^ may 0
performance-schema-consumer-events-transactions-history-long boolean^ may 0
performance-schema-consumer-events-waits-current boolean^ may 0
performance-schema-consumer-events-waits-history boolean^ may 0
performance-schema-consumer-events-waits-history-long boolean^ may 0
performance-schema-consumer-global-instrumentation boolean^ may 0
performance-schema-consumer-statements-digest boolean^ may 0
performance-schema-consumer-thread-instrumentation boolean^ may 0
performance-schema-digests-size integer! must 0 -1 1048576
performance-schema-events-stages-history-long-size integer! must 0 -1 1048576
performance-schema-events-stages-history-size integer! must 0 -1 1024
performance-schema-events-statements-history-long-size integer! must 0 -1 1048576
performance-schema-events-statements-history-size integer! must 0 -1 1024
performance-schema-events-transactions-history-long-size integer! must 0 -1 1048576
performance-schema-events-transactions-history-size integer! must 0 -1 1024
performance-schema-events-waits-history-long-size integer! must 0 -1 1048576
performance-schema-events-waits-history-size integer! must 0 -1 1024
performance-schema-hosts-size integer! must 0 -1 1048576
performance-schema-instrument text^ may 0
performance-schema-max-cond-classes natural! must 0 0 256
performance-schema-max-cond-instances integer! must 0 -1 1048576
performance-schema-max-digest-length integer! must 0 0 1048576
performance-schema-max-file-classes natural! must 0 0 256
performance-schema-max-file-handles natural! must 0 0 1048576
performance-schema-max-file-instances integer! must 0 -1 1048576
performance-schema-max-index-stat integer! must 0 -1 1048576
performance-schema-max-memory-classes natural! must 0 0 1024
performance-schema-max-metadata-locks integer! must 0 -1 104857600
performance-schema-max-mutex-classes natural! must 0 0 256
performance-schema-max-mutex-instances integer! must 0 -1 104857600
performance-schema-max-prepared-statements-instances integer! must 0 -1 1048576
performance-schema-max-program-instances integer! must 0 -1 1048576
performance-schema-max-rwlock-classes natural! must 0 0 256
performance-schema-max-rwlock-instances integer! must 0 -1 104857600
performance-schema-max-socket-classes natural! must 0 0 256
performance-schema-max-socket-instances integer! must 0 -1 1048576
performance-schema-max-sql-text-length integer! must 0 0 1048576
performance-schema-max-stage-classes natural! must 0 0 256
performance-schema-max-statement-classes natural! must 0 0 256
performance-schema-max-statement-stack natural! must 0 1 256
performance-schema-max-table-handles integer! must 0 -1 1048576
performance-schema-max-table-instances integer! must 0 -1 1048576
performance-schema-max-table-lock-stat integer! must 0 -1 1048576
performance-schema-max-thread-classes natural! must 0 0 256
performance-schema-max-thread-instances integer! must 0 -1 1048576
performance-schema-session-connect-attrs-size integer! must 0 -1 1048576
performance-schema-setup-actors-size integer! must 0 -1 1024
performance-schema-setup-objects-size integer! must 0 -1 1048576
performance-schema-users-size integer! must 0 -1 1048576
pid-file text! must 1
plugin-dir text! must 1
plugin-load text*! must 1
plugin-load-add text*! must 1
plugin-maturity choice! must 1 0 0 1 - unknown,experimental,alpha,beta,gamma,stable
port natural! must 1 0 65535
port-open-timeout natural^ must 1 0 4294967295
preload-buffer-size natural must 1 1024 1073741824
profiling-history-size natural must 1 0 100
progress-report-time natural must 1 0 4294967295
proxy-protocol-networks text! must 1
query-alloc-block-size natural must 1 1024 4294967295 1024
query-cache-limit natural! must 1 0 4294967295
query-cache-min-res-unit natural! must 1 0 4294967295 8
query-cache-size natural! must 1 0 18446744073709551615 1024
query-cache-strip-comments boolean! may 1
query-cache-type choice must 1 0 0 1 - OFF,ON,DEMAND
query-cache-wlock-invalidate boolean! may 1
query-prealloc-size natural must 1 1024 4294967295 1024
range-alloc-block-size natural must 1 4096 4294967295 1024
read-binlog-speed-limit natural! must 1 0 18446744073709551615
read-buffer-size natural must 1 8192 2147483647 4096
read-only boolean! may 1
read-rnd-buffer-size natural must 1 1 2147483647
relay-log text! must 1
relay-log-index text^ must 1
relay-log-info-file text! must 1
relay-log-purge boolean! may 1
relay-log-recovery boolean! may 1
relay-log-space-limit natural! must 1 0 18446744073709551615
replicate-annotate-row-events boolean! may 1
replicate-do-db text*! must 1
replicate-do-table text*! must 1
replicate-events-marked-for-skip choice! must 1 0 0 1 - REPLICATE,FILTER_ON_SLAVE,FILTER_ON_MASTER
replicate-ignore-db text*! must 1
replicate-ignore-table text*! must 1
replicate-rewrite-db text*! must 1
replicate-same-server-id boolean^ none 1
replicate-wild-do-table text*! must 1
replicate-wild-ignore-table text*! must 1
report-host text! must 1
report-password text! must 1
report-port natural! must 1 0 4294967295
report-user text! must 1
require-secure-transport boolean! may 1
rowid-merge-buff-size natural must 1 0 9223372036854775807
rpl-semi-sync-master-enabled boolean! may 1
rpl-semi-sync-master-timeout natural! must 1 0 18446744073709551615
rpl-semi-sync-master-trace-level natural! must 1 0 18446744073709551615
rpl-semi-sync-master-wait-no-slave boolean! may 1
rpl-semi-sync-master-wait-point choice! must 1 0 0 1 - AFTER_SYNC,AFTER_COMMIT
rpl-semi-sync-slave-delay-master boolean! may 1
rpl-semi-sync-slave-enabled boolean! may 1
rpl-semi-sync-slave-kill-conn-timeout natural! may 1 0 4294967295
rpl-semi-sync-slave-trace-level natural! must 1 0 18446744073709551615
safe-mode action! none 1
safe-user-create boolean^ none 1
secure-auth boolean! may 1
secure-file-priv text! must 1
secure-timestamp choice! must 1 0 0 1 - NO,SUPER,REPLICATION,YES
server-id natural must 1 1 4294967295
session-track-schema boolean! may 1
session-track-state-change boolean! may 1
session-track-system-variables text! must 1
session-track-transaction-info choice must 1 0 0 1 - OFF,STATE,CHARACTERISTICS
show-slave-auth-info boolean^ none 1
silent-startup boolean^ none 1
skip-grant-tables boolean! may 1
skip-host-cache action! none 1
skip-name-resolve boolean! may 1
skip-networking boolean! may 1
skip-show-database boolean! may 1
skip-slave-start boolean^ none 1
slave-compressed-protocol boolean! may 1
slave-ddl-exec-mode choice! must 1 0 0 1 - STRICT,IDEMPOTENT
slave-domain-parallel-threads natural! must 1 0 16383
slave-exec-mode choice! must 1 0 0 1 - STRICT,IDEMPOTENT
slave-load-tmpdir text! must 1
slave-max-allowed-packet natural! must 1 1024 1073741824 1024
slave-max-statement-time real! must 1 0.0 31536000.0
slave-net-timeout natural! must 1 1 31536000
slave-parallel-max-queued natural! must 1 0 2147483647
slave-parallel-mode choice^ must 1 0 0 1 - none,minimal,conservative,optimistic,aggressive
slave-parallel-threads natural! must 1 0 16383
slave-parallel-workers natural! must 1 0 16383 1 slave-parallel-threads
slave-run-triggers-for-rbr choice! must 1 0 0 1 - NO,YES,LOGGING,ENFORCE
slave-skip-errors text! must 1
slave-sql-verify-checksum boolean! may 1
slave-transaction-retries natural! must 1 0 4294967295
slave-transaction-retry-errors text! must 1
slave-transaction-retry-interval natural! must 1 0 3600
slave-type-conversions set! must 1 0 0 1 - ALL_LOSSY,ALL_NON_LOSSY
slow-launch-time natural! must 1 0 31536000
slow-query-log boolean! may 1 0 0 1 log-slow-query
slow-query-log-file text! must 1 0 0 1 log-slow-query-file
socket text! must 1
sort-buffer-size natural must 1 1024 18446744073709551615
sql-mode set must 1 0 0 1 - REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,IGNORE_BAD_TABLE_OPTIONS,ONLY_FULL_GROUP_BY,NO_UNSIGNED_SUBTRACTION,NO_DIR_IN_CREATE,POSTGRESQL,ORACLE,MSSQL,DB2,MAXDB,NO_KEY_OPTIONS,NO_TABLE_OPTIONS,NO_FIELD_OPTIONS,MYSQL323,MYSQL40,ANSI,NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ALLOW_INVALID_DATES,ERROR_FOR_DIVISION_BY_ZERO,TRADITIONAL,NO_AUTO_CREATE_USER,HIGH_NOT_PRECEDENCE,NO_ENGINE_SUBSTITUTION,PAD_CHAR_TO_FULL_LENGTH,EMPTY_STRING_IS_NULL,SIMULTANEOUS_ASSIGNMENT,TIME_ROUND_FRACTIONAL
sql-safe-updates bit! may 1
ssl boolean^ may 1
ssl-ca text! must 1
ssl-capath text! must 1
ssl-cert text! must 1
ssl-cipher text! must 1
ssl-crl text! must 1
ssl-crlpath text! must 1
ssl-key text! must 1
stack-trace boolean^ none 1
standard-compliant-cte boolean! may 1
stored-program-cache natural! must 1 0 524288
strict-password-validation boolean! may 1
symbolic-links boolean^ none 1
sync-binlog natural! must 1 0 4294967295
sync-frm boolean! may 1
sync-master-info natural! must 1 0 4294967295
sync-relay-log natural! must 1 0 4294967295
sync-relay-log-info natural! must 1 0 4294967295
sysdate-is-now boolean! none 1
system-versioning-alter-history choice must 1 0 0 1 - ERROR,KEEP
system-versioning-insert-history bit! may 1
table-cache natural^ must 1 1 524288
table-definition-cache natural! must 1 400 2097152
table-open-cache natural! must 1 10 1048576 1 table-cache
table-open-cache-instances natural! must 1 1 64
tc-heuristic-recover choice^ must 1 0 0 1 - OFF,COMMIT,ROLLBACK
tcp-keepalive-interval integer@! must 1 0 2147483
tcp-keepalive-probes integer@! must 1 0 2147483
tcp-keepalive-time integer@! must 1 0 2147483
tcp-nodelay boolean! may 1
temp-pool boolean^ none 1
thread-cache-size natural! must 1 0 16384
thread-handling choice! must 1 0 0 1 - one-thread-per-connection,no-threads,pool-of-threads
thread-pool-dedicated-listener boolean! may 1
thread-pool-exact-stats boolean! may 1
thread-pool-idle-timeout natural! must 1 1 4294967295
thread-pool-max-threads natural! must 1 1 65536
thread-pool-oversubscribe natural! must 1 1 1000
thread-pool-prio-kickup-timer natural! must 1 0 4294967295
thread-pool-priority choice must 1 0 0 1 - high,low,auto
thread-pool-size natural! must 1 1 100000
thread-pool-stall-limit natural! must 1 1 4294967295
thread-stack natural! must 1 131072 18446744073709551615 1024
time-format text! must 1
tls-version set! must 1 0 0 1 - TLSv1.0,TLSv1.1,TLSv1.2,TLSv1.3
tmp-disk-table-size natural must 1 1024 18446744073709551615
tmp-memory-table-size natural must 1 0 18446744073709551615 16384
tmp-table-size natural must 1 0 18446744073709551615 16384 tmp-memory-table-size
tmpdir text! must 1
transaction-alloc-block-size natural must 1 1024 134217728 1024
transaction-isolation choice^ must 1 0 0 1 - READ-UNCOMMITTED,READ-COMMITTED,REPEATABLE-READ,SERIALIZABLE
transaction-prealloc-size natural must 1 1024 134217728 1024
transaction-read-only boolean^ may 1
updatable-views-with-limit choice must 1 0 0 1 - NO,YES
use-stat-tables choice must 1 0 0 1 - NEVER,COMPLEMENTARY,PREFERABLY,COMPLEMENTARY_FOR_QUERIES,PREFERABLY_FOR_QUERIES
user text*! must 1
userstat boolean! may 1
verbose boolean^ none 1
version text*! may 1
wait-timeout natural must 1 1 31536000
wsrep-OSU-method choice may 1 0 0 1 - TOI,RSU
wsrep-SR-store choice! must 1 0 0 1 - none,table
wsrep-allowlist text! must 1
wsrep-auto-increment-control boolean! may 1
wsrep-causal-reads boolean! may 1
wsrep-certification-rules choice! must 1 0 0 1 - strict,optimized
wsrep-certify-nonPK boolean! may 1
wsrep-cluster-address text! must 1
wsrep-cluster-name text! must 1
wsrep-convert-LOCK-to-trx boolean! may 1
wsrep-data-home-dir text! must 1
wsrep-dbug-option text! must 1
wsrep-debug choice! must 1 0 0 1 - NONE,SERVER,TRANSACTION,STREAMING,CLIENT
wsrep-desync boolean! may 1
wsrep-dirty-reads boolean! may 1
wsrep-drupal-282555-workaround boolean! may 1
wsrep-forced-binlog-format choice! must 1 0 0 1 - MIXED,STATEMENT,ROW,NONE
wsrep-gtid-domain-id natural! must 1 0 4294967295
wsrep-gtid-mode boolean! may 1
wsrep-ignore-apply-errors natural! must 1 0 7
wsrep-load-data-splitting boolean! may 1
wsrep-log-conflicts boolean! may 1
wsrep-max-ws-rows natural! must 1 0 1048576
wsrep-max-ws-size natural! must 1 1024 2147483647
wsrep-mode set! must 1 0 0 1 - STRICT_REPLICATION,BINLOG_ROW_FORMAT_ONLY,REQUIRED_PRIMARY_KEY,REPLICATE_MYISAM,REPLICATE_ARIA,DISALLOW_LOCAL_GTID,BF_ABORT_MARIABACKUP
wsrep-mysql-replication-bundle natural! must 1 0 1000
wsrep-new-cluster boolean^ none 1
wsrep-node-address text! must 1
wsrep-node-incoming-address text! must 1
wsrep-node-name text! must 1
wsrep-notify-cmd text! must 1
wsrep-on boolean! may 1
wsrep-provider text! must 1
wsrep-provider-options text! must 1
wsrep-recover boolean! may 1
wsrep-reject-queries choice! may 1 0 0 1 - NONE,ALL,ALL_KILL
wsrep-restart-slave boolean! may 1
wsrep-retry-autocommit natural must 1 0 10000
wsrep-slave-FK-checks boolean! may 1
wsrep-slave-UK-checks boolean! may 1
wsrep-slave-threads natural! must 1 1 512
wsrep-sst-auth text! must 1
wsrep-sst-donor text! must 1
wsrep-sst-donor-rejects-queries boolean! may 1
wsrep-sst-method text! must 1
wsrep-sst-receive-address text! must 1
wsrep-start-position text! must 1
wsrep-status-file text! must 1
wsrep-sync-wait natural may 1 0 15
wsrep-trx-fragment-size natural must 1 0 2147483647
wsrep-trx-fragment-unit choice must 1 0 0 1 - bytes,rows,statements
)";
}

}  // namespace plimsoll::mysql
