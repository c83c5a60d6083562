"""PostgreSQL and plimsoll agree on what configuration files say: `pg_file_settings` has every line that the server reads.

Compared are the last line of each name, with its place, and whether the server would take the files. They lie twice: below the root, and with the names of that place in
their includes where the server finds them."""
import shutil

import differential
import postgres_server

SERVER = None
NAMES = ["port", "Port", "ssl", "SSL", "fsync", "log_connections", "listen_addresses", "log_line_prefix", "search_path", "DateStyle", "work_mem", "shared_buffers", "custom.option", "Custom.Option",
         "a.b", "log_statement", "max_connections", "wal_level", "unix_socket_permissions", "hba_file", "archive_command", "statement_timeout", "log_destination", "sort_mem", "x1.y_2", "role"]
ODD_NAMES = ["no_such", "log-statement", "'port'", "1port", "a.b.c", "\ufeffport", "port=", "=", ".a", "a.", "_x._y", "é.ü", "$a", "-", "ssl.", '"ssl"', "port,", "\fport", "ssl:x"]
VALUES = ["on", "off", "5432", "'*'", "'a b'", "'it''s'", "'it\\'s'", "'a\\nb\\t'", "'\\101\\60x'", "'\\1234'", "'\\8\\q'", "''", "'a#b'", "'a' # b", "5#c", "1min", "100MB", "8 kB", "0x1F", "0X1F", "-1", "+5", "1.5", ".5", ".",
          "1e5", "1.5e3", "1.5e+3x", "1.e", "a.b", "a.b.c", "a-b", "a:b/c", "a.-b", "_a", "-a", "/abs", "scram-sha-256", "TLSv1.2", "'unfinished", "'a'b'", "'a''", "'a\\'", "a b", "on on", "on,off", "", "=", "= on", "'x'y", "x'y'", "5x6", "5_",
          "\"q\"", "$libdir", "'$libdir'", "é", "'é'", "'a\\\\'", "'\\\\''", "'a'''", "''''", "'%m [%p] '", "on;", "0600", "on\v", "1min2", "--", "+", "-.5", "'\\", "''''''", "\ttrue\t", "it''s", "127.0.0.1", "::1", "a@b", "0x", "0xg", "1.5MB"]
ODD_LINES = ["# port = 1", "   # x", "", "  ", "\t", "\r", "port", "= 5", "port = ", "'", "\v", "include", "include = ''", "include = ' '", "include_dir ''", "include a.b", "port = 5 \\", "\\", "ssl on\\"]


def line(rng):
    kind = rng.random()
    if kind < 0.10:
        return rng.choice(ODD_LINES[:7] if rng.random() < 0.8 else ODD_LINES)
    name = rng.choice(NAMES) if rng.random() < 0.98 else rng.choice(ODD_NAMES)
    value = rng.choice(VALUES[:19] if rng.random() < 0.75 else VALUES)
    return rng.choice(["", "", " ", "\t", "\r"]) + name + rng.choice([" = ", "=", " ", "\t", " =", "= ", " =\t", "\r=\r"]) + value + rng.choice(["", "", "", " ", " # note", "#x", "\t\r"])


def text_of(rng, includes):
    out = [line(rng) for _ in range(rng.randint(0, 5))]
    for one in includes:
        if rng.random() < 0.4:
            out.insert(rng.randint(0, len(out)), one)
    end = rng.choice(["\n", "\n", "\n", "\r\n"])
    return end.join(out) + rng.choice([end, end, ""])


def directive(rng, kind, name):
    kind = "".join(c.upper() if rng.random() < 0.1 else c for c in kind)
    return rng.choice(["", "", " "]) + kind + rng.choice([" = ", " ", "="]) + rng.choice(["'%s'", "'%s'", "'%s' # x"]) % name


def generate(rng, root):
    names = rng.sample(["a.conf", "b.conf", "B.conf", "10.conf", "9.conf", ".hidden.conf", "c.cnf", "d.conf~", ".conf", "x.y.conf", "e.CONF", "é.conf"], rng.randint(0, 5))
    files = {"conf/conf.d/" + name: text_of(rng, []) for name in names}
    files["conf/one.conf"] = text_of(rng, [directive(rng, "include", "conf.d/a.conf")] if rng.random() < 0.1 else [])
    files["conf/sub/two"] = text_of(rng, [directive(rng, "include", "../one.conf"), directive(rng, "include_if_exists", "three")])
    files["conf/loop.conf"] = "port = 1\n" + directive(rng, "include", rng.choice(["loop.conf", "./loop2.conf"])) + "\n"
    files["conf/loop2.conf"] = "port = 2\ninclude 'loop.conf'\n"
    includes = [directive(rng, "include_dir", rng.choice(["conf.d", "@conf/conf.d", "conf.d/", "./conf.d"])), directive(rng, "include", rng.choice(["one.conf", "@conf/one.conf"])), directive(rng, "include", "sub/two"),
                directive(rng, "include_if_exists", rng.choice(["none.conf", "one.conf"]))]
    if rng.random() < 0.06:
        includes.append(directive(rng, *rng.choice([("include", "none.conf"), ("include", "loop.conf"), ("include_dir", "none"), ("include", "conf.d"), ("include_if_exists", "loop.conf"), ("include_dir", "one.conf")])))
    files["conf/postgresql.conf"] = text_of(rng, includes)
    files["data/postgresql.auto.conf"] = text_of(rng, []) if rng.random() < 0.6 else ""
    shutil.rmtree(SERVER.conf)
    for place, prefix in ((root, None), (SERVER.top, str(SERVER.top))):
        for name, text in files.items():
            file = place / name
            if prefix is None:
                file = place / name.replace("conf/", "etc/postgresql/15/main/", 1).replace("data/", "var/lib/postgresql/15/main/", 1)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.replace("@conf", "%s/conf" % prefix if prefix else "/etc/postgresql/15/main").encode())
        (place / ("etc/postgresql/15/main" if prefix is None else "conf") / "conf.d").mkdir(exist_ok=True)


def place(path):
    path = path.replace(str(SERVER.conf), "/etc/postgresql/15/main").replace(str(SERVER.data), "/var/lib/postgresql/15/main")
    return path


def lower(name):
    return name.encode("latin-1").lower().decode("latin-1")


def oracle(root):
    fields = SERVER.ask("select sourcefile, sourceline, name, replace(setting, '%s', ''), case error when 'setting could not be applied' then '' else error end from pg_file_settings order by seqno" % SERVER.top)
    rows = [fields[i:i + 5] for i in range(0, len(fields), 5)]
    found = {lower(row[2]): (lower(row[2]), row[3], place(row[0]), int(row[1])) for row in rows if row[2]}
    # A line that cannot be read ends what the view has of a file.
    if any(row[4] and "unrecognized" not in row[4] for row in rows):
        return [("refused", True)]
    return sorted(found.values()) + [("refused", any(row[4] for row in rows))]


def mine(rows):
    found = [(row["key"], row["value"].encode().decode("latin-1"), row["origin"]["file"].encode().decode("latin-1"), row["origin"]["line"]) for row in rows if not row["key"].startswith("@") and row["origin"].get("file")]
    refused = [row["value"] for row in rows if row["key"] == "@refused"]
    if refused and "no parameter" not in refused[0]:
        return [("refused", True)]
    return sorted((key.encode().decode("latin-1"), *rest) for key, *rest in found) + [("refused", bool(refused))]


if __name__ == "__main__":
    SERVER = postgres_server.Server()
    differential.run("postgresql", generate, oracle, mine)
