"""mariadbd and plimsoll agree on what option files say.

`mariadbd --verbose --help` prints every variable after the files are read. Compared is every variable that either of the two
says was set; the files lie twice, below the root and, with the names of that place in their includes, where mariadbd finds them."""
import re
import resource
import subprocess

import differential

# Of the machine: the limit of open files bounds them, or a host name stands in them.
OF_MACHINE = {"version", "server-uid", "table-open-cache", "table-cache", "table-open-cache-instances", "open-files-limit", "host-cache-size", "slave-load-tmpdir", "help", "verbose",
              "aria-log-dir-path", "wsrep-data-home-dir", "log-bin-index"}
MANY = 1 << 20  # open files; with fewer, mariadbd lowers max-connections
BASE = {}
SIZES = ["key_buffer_size", "max_allowed_packet", "sort_buffer_size", "innodb_buffer_pool_size", "innodb_log_file_size", "max_heap_table_size", "tmp_table_size", "query_cache_size",
         "thread_stack", "net_buffer_length", "bulk_insert_buffer_size", "max_binlog_size", "binlog_cache_size", "read_buffer_size", "aria_pagecache_buffer_size", "join_buffer_size",
         "innodb_log_buffer_size", "max_join_size", "group_concat_max_len"]
NUMBERS = ["port", "max_connections", "back_log", "max_connect_errors", "wait_timeout", "interactive_timeout", "thread_cache_size", "server_id", "max_user_connections", "log_warnings",
           "default_week_format", "expire_logs_days", "long_query_time", "binlog_expire_logs_seconds", "innodb_lock_wait_timeout", "innodb_flush_log_at_trx_commit", "slave_net_timeout",
           "innodb_max_dirty_pages_pct", "default_password_lifetime", "max_password_errors", "lock_wait_timeout", "open_files_limit", "extra_port", "sync_binlog", "max_statement_time"]
FLAGS = ["local_infile", "skip_name_resolve", "skip_networking", "skip_grant_tables", "symbolic_links", "general_log", "slow_query_log", "require_secure_transport", "skip_show_database",
         "innodb_file_per_table", "allow_suspicious_udfs", "safe_user_create", "secure_auth", "log_bin_trust_function_creators", "automatic_sp_privileges", "old_passwords", "autocommit", "ssl",
         "log_slow_query", "innodb", "read_only", "binlog_encryption", "strict_password_validation", "low_priority_updates", "external_locking", "innodb_strict_mode", "aria_page_checksum",
         "disconnect_on_expired_password", "character_set_client_handshake", "myisam_use_mmap", "performance_schema", "log_queries_not_using_indexes", "getopt_prefix_matching"]
TEXTS = ["socket", "pid_file", "datadir", "tmpdir", "log_error", "general_log_file", "slow_query_log_file", "ssl_ca", "ssl_cert", "ssl_key", "ssl_cipher", "bind_address", "init_connect",
         "init_file", "log_bin", "relay_log", "plugin_dir", "report_host", "default_storage_engine", "ssl_crl", "innodb_data_file_path", "user", "chroot_", "server_audit_file_path"]
WORDS = {"sql_mode": ["ANSI", "strict_all_tables,no_zero_date", "TRADITIONAL", "", "0", "5", "STRICT_TRANS", "oracle,NO_ENGINE_SUBSTITUTION", "strict_all_tables,", "no", "MYSQL40", "db2"],
         "binlog_format": ["ROW", "row", "1", "mix", "STATEMENT", "3", ""], "transaction_isolation": ["READ-COMMITTED", "serializable", "read-", "2", "REPEATABLE-READ"],
         "event_scheduler": ["on", "OFF", "DISABLED", "0", "dis"], "log_output": ["FILE", "table,file", "NONE", "2", "all"], "tls_version": ["TLSv1.2", "TLSv1.2,TLSv1.3", "TLSv1.1,", "tlsv1.3", "4"],
         "concurrent_insert": ["2", "AUTO", "al", "never"], "optimizer_switch": ["mrr=on", "default", "index_merge=off,mrr=on", "mrr=default", "x=on", "not_null_range_scan=on", "mrr=o"],
         "myisam_recover_options": ["BACKUP,FORCE", "off", "default", "3"], "completion_type": ["1", "CHAIN", "rel"], "delay_key_write": ["on", "ALL", "0"],
         "innodb_flush_method": ["O_DIRECT", "fsync", "1", "o_d"], "secure_file_priv": ["", "/tmp", "/tmp/", "/usr/../tmp"], "lower_case_table_names": ["0", "1", "2", "7"],
         "character_set_server": ["utf8mb4", "latin1", "UTF8"], "slave_parallel_mode": ["none", "optimistic", "3"], "query_cache_type": ["ON", "2", "demand"],
         "enforce_storage_engine": ["InnoDB", ""], "ansi": [None], "skip_host_cache": [None], "old": [None, "0"], "log_slow_verbosity": ["query_plan,explain", "all", "", "1"]}
GROUPS = ["mysqld", "server", "mysqld-10.11", "mariadb", "mariadb-10.11", "mariadbd", "mariadbd-10.11", "client-server", "galera", "MySQLd", " mysqld", "mysqld ", "client", "mysqld-8.0",
          "mariadb-10.6", "mysql", "mysqldump", "mysqld_safe", "embedded", "mariadb-10.11 ", "mysqld] # comment", "mysqld-5.7"]


def value_of(rng, name):
    if name in WORDS:
        return rng.choice(WORDS[name])
    if name in SIZES:
        return rng.choice(["%d" % rng.randint(0, 10 ** rng.randint(1, 11)), "%d%s" % (rng.randint(0, 300), rng.choice("kKmMgGtTpPeE")), "1M # ok", "16Mx", "0", "", "1.5G", "+5", " 7"])
    if name in NUMBERS:
        return rng.choice(["0", "1", "10", "100", "3307", "65536", "99999999", "2K", "-1", "1.5", "007", "0x10", "5 ", "", "12abc", "18446744073709551615", "+3"][: 11 if rng.random() < 0.8 else None])
    if name in FLAGS:
        return rng.choice([None, None, "0", "1", "ON", "off", "true", "FALSE", "yes", "no", "", "2", "1x", "On"])
    return rng.choice(["/run/x.sock", "rel/name", '"/a b#c"', "'/x' # y", "/x # y", "a\\sb", "/v\\\\w\\x", "a\\tb", '"unfinished', "'it\\'s'", "", '""', "x=y", "/dir/", "foo.bar", "127.0.0.1", "*", "a;b", "'a\"b'",
                       "\\", "a'b#c'd", "/var/log/mysql/x.log"])


def spelled(rng, name):
    name = "".join(rng.choice("_-") if c == "_" and rng.random() < 0.5 else c for c in name)
    kind = rng.random()
    if kind < 0.05:
        return name[: -rng.randint(1, 5)]
    if kind < 0.25:
        return rng.choice(["skip-", "disable_", "enable-", "loose-", "loose_", "skip-", "maximum-", "loose-skip-", "skip_loose-", "autoset-", "disable-skip-", "enable_loose-"]) + name
    if kind < 0.28:
        return rng.choice(["default.", "hot.", "x.", "DEFAULT."]) + name
    return name


def option(rng):
    kind = rng.random()
    if kind < 0.06:
        return rng.choice(["# ", "; ", "  #", "\t;", "#", ";"]) + "port = 1"
    if kind < 0.09:
        return rng.choice(["", " ", "\t", "loose-unknown-thing = 1", "loose_no_such", "log-raw", "default-authentication-plugin=x", "thread_concurrency = 8", "innodb_buffer_pool_instances=8", "skip-bdb"])
    if kind < 0.10:
        return rng.choice(["unknown-thing = 1", "perf=1", "port 5", "=1", "!foo", "Port=5", "no=1"])
    pool = rng.choice([SIZES, NUMBERS, FLAGS, FLAGS, TEXTS, list(WORDS)])
    name = rng.choice(pool)
    text = value_of(rng, name)
    if name == "ansi" or text is None:
        return rng.choice(["", " "]) + spelled(rng, name) + rng.choice(["", " ", " # comment"])
    return rng.choice(["", "", " ", "\t"]) + spelled(rng, name) + rng.choice(["=", " = ", "= ", " =", "\t=\t"]) + text + rng.choice(["", "", "", " ", " # note", "\t"])


def text_of(rng, includes, top):
    out = []
    if not top and rng.random() < 0.05:
        out.append("port = 4")
    for _ in range(rng.randint(1, 4)):
        out.append("[%s]" % rng.choice(GROUPS[:7] if rng.random() < 0.7 else GROUPS))
        for _ in range(rng.randint(0, 3)):
            out.append(option(rng))
        if includes and rng.random() < 0.35:
            out.append(rng.choice(["", "", " ", "! "[:1]]).replace("!", "") + rng.choice(["!", "!", "! "]) + includes.pop())
    if rng.random() < 0.02:
        out.insert(rng.randint(0, len(out)), rng.choice(["[mysqld", "!include", "\ufeff", "!includedir /nowhere/at/all", "[]"]))
    end = rng.choice(["\n", "\n", "\n", "\r\n"])
    return end.join(out) + rng.choice([end, end, end, ""])


def generate(rng, root):
    real = root.parent / "real"
    files = {"etc/mysql/conf.d/%s" % name: text_of(rng, [], False) for name in rng.sample(["a.cnf", "b.cnf", "B.cnf", "z.cnf", ".hidden.cnf", "c.conf", "d.cnf~", "x.y.cnf", "10.cnf", "9.cnf"], rng.randint(0, 4))}
    files["etc/mysql/one.cnf"] = text_of(rng, [], False)
    files["etc/mysql/two.txt"] = text_of(rng, ["include @/etc/mysql/one.cnf"], False)
    files["etc/mysql/loop.cnf"] = "[mysqld]\n" + option(rng) + "\n!include @/etc/mysql/loop.cnf\n" + option(rng) + "\n"
    includes = ["includedir @/etc/mysql/conf.d/", "include @/etc/mysql/one.cnf", "include @/etc/mysql/two.txt", "include @/etc/mysql/missing.cnf", "includedir\t@/etc/mysql/conf.d", "include @/etc/mysql/loop.cnf"]
    rng.shuffle(includes)
    files["etc/mysql/my.cnf"] = text_of(rng, includes, True)
    open_file = rng.choice(sorted(files)) if rng.random() < 0.1 else None
    for place, prefix in ((root, ""), (real, str(real))):
        (place / "etc/mysql/conf.d").mkdir(parents=True)
        for name, text in files.items():
            (place / name).write_bytes(text.replace("@", prefix).encode())
            (place / name).chmod(0o666 if name == open_file else 0o644)


def allow_many_files():
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (MANY, MANY))
    except (ValueError, OSError):
        OF_MACHINE.update(("max-connections", "back-log", "thread-cache-size"))


def dump(file):
    done = subprocess.run(["mariadbd", "--defaults-file=%s" % file, "--verbose", "--help"], capture_output=True, timeout=60)
    text = done.stdout.decode(errors="replace")
    at = re.search(r"\n-{60} -+\n", text)
    if done.returncode or not at or b"Parsing options for plugin" in done.stderr:
        return None
    rows = {}
    # A value with a line feed goes on in the next line.
    for name, value in re.findall(r"(?ms)^([a-z][a-z0-9-]*) +(?<=^.{61})(.*?)$(?=\n[a-z][a-z0-9-]* {2}|\n[a-z0-9-]{58,} |\n\n|\n)", text[at.end():].split("\n\nTo see what")[0]):
        rows[name] = value
    return rows


def plain(value):
    value = "" if value == "(No default value)" else value
    return value.rstrip("/") if value.startswith("/") else value


def oracle(root):
    if not BASE:
        empty = root.parent / "empty.cnf"
        empty.write_text("[mysqld]\n")
        BASE.update(dump(empty))
    rows = dump(root.parent / "real/etc/mysql/my.cnf")
    if rows is None:
        return None
    # Names that are not given are those of the machine.
    name_here = BASE["pid-file"].rsplit("/", 1)[-1][:-4]
    rows = {name: value for name, value in rows.items() if not (name == "pid-file" and value.endswith("/%s.pid" % name_here)) and value != name_here + "-bin"}
    return sorted((name, plain(value)) for name, value in rows.items() if name not in OF_MACHINE and plain(value) != plain(BASE[name]) and name not in FOLLOWING and not name.startswith("performance-schema-"))


# These follow from others, and the files do not set them; so do the sizes of the performance schema.
FOLLOWING = {"collation-server"}
# The dump says ON for a plug-in whatever the files say.
PLUGINS = {"innodb"}


def mine(rows):
    """What plimsoll says, as far as it differs from what stands without any file."""
    found = {row["key"]: row["value"] for row in rows if not row["key"].startswith("@")}
    refused = [("@refused", row["value"]) for row in rows if row["key"] == "@refused"]
    return sorted([(name, plain(value)) for name, value in found.items() if name in BASE and name not in OF_MACHINE | PLUGINS and plain(value) != plain(BASE[name])] + refused)


if __name__ == "__main__":
    allow_many_files()
    differential.run("mysql", generate, oracle, mine, needs=["mariadbd"])
