"""FPM and plimsoll agree on pools: their directives (`php-fpm -tt`) and the settings that a script finds (ini_get_all(), what is disabled), asked over FastCGI."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

import differential

PROGRAM = "php-fpm8.2"
HOME = "/etc/php/8.2/fpm"
DIRECTIVES = ["user", "listen", "listen.mode", "listen.allowed_clients", "security.limit_extensions", "clear_env", "pm.status_path", "ping.path"]
SETTINGS = {
    "memory_limit": ["64M", "1G", "-1", "512M"], "expose_php": ["On", "Off", "1", "0", "abc"], "allow_url_include": ["On", "Off"], "error_reporting": ["E_ALL", "E_ALL & ~E_NOTICE", "22527", "0"],
    "open_basedir": ["/:/tmp", "/"], "session.name": ["12", "ID", "1.5", "x y"], "session.sid_length": ["300", "48", "22", "x"], "session.cookie_path": ["/", "app", ""],
    "error_log": ["syslog", "/dev/null", "SYSLOG", "x.log", "$pool.log"], "zend.assertions": ["-1", "0", "1", "2", "-2", "x"], "phar.readonly": ["On", "Off", "0", "yes", "x", "00"],
    "phar.require_hash": ["On", "Off"], "upload_max_filesize": ["2M", "2G"], "max_input_vars": ["-1", "10", "1000"], "user_agent": ["a b", "$pool", "x$pool/$pool", "${memory_limit}", "é", "", "a${nothing}b"],
    "from": ["1", "none", "null", "\"a;b\"", "'E_ALL'", "E_ALL|1"], "include_path": [".", "", "/x"], "variables_order": ["", "GPCS"], "enable_dl": ["On", "Off"], "short_open_tag": ["0", "1"], "mail.add_x_header": ["On", "Off"],
    "cgi.fix_pathinfo": ["0", "1"], "file_uploads": ["0", "1"], "default_charset": ["x", "UTF-8"], "Memory_limit": ["7M"], "EXPOSE_PHP": ["7"], "nothing.x": ["1"], "own": ["1"],
    "disable_functions": ["exec", "exec,system", "popen passthru", "EXEC", ",", "system", ""], "disable_classes": ["SplStack", "SplHeap,ArrayObject", ""],
}
FUNCTIONS = ["exec", "system", "popen", "passthru"]
CLASSES = ["SplStack", "ArrayObject"]
SCRIPT = """<?php set_error_handler(fn() => throw new Exception());
function is_off($name) { try { new $name; return false; } catch (Throwable $e) { return true; } }
echo "@@", json_encode([ini_get_all(null, false), array_values(array_filter(%s, fn($f) => !function_exists($f))), array_values(array_filter(%s, 'is_off'))], JSON_INVALID_UTF8_SUBSTITUTE);
""" % (json.dumps(FUNCTIONS), json.dumps(CLASSES))
KEYS = sorted(set(key.lower() for key in SETTINGS) - {"nothing.x", "own", "disable_functions", "disable_classes"})


def setting(rng):
    key = rng.choice(sorted(SETTINGS))
    value = rng.choice(SETTINGS[key])
    kind = rng.choice(["php_value", "php_value", "php_admin_value"])
    if rng.random() < 0.15 and key != "open_basedir":  # the script must stay within reach
        kind, value = rng.choice(["php_flag", "php_admin_flag"]), rng.choice(['"on"', '"none"', '"Off"', "", "2"] if rng.random() < 0.1 else ["on", "Off", "1", "0", "no"])
    return "%s[%s]%s=%s%s" % (kind, key, rng.choice(["", " "]), rng.choice(["", " ", "\t"]), value)


def odd(rng):
    return rng.choice(["; comment", "# x", "", " ", "\t", ";php_value[memory_limit] = 1M", "clear_env = no", "Clear_Env = yes", "clear_env = 2", "clear_env = \"false\"", "clear_env = 0", "listen.mode = 0600", "LISTEN.MODE = 0666", "listen.mode =", "listen.mode = 0660 ; x",
                       "security.limit_extensions = .php .inc", "security.limit_extensions = .php", "listen.allowed_clients = 127.0.0.1", "listen.allowed_clients = \"127.0.0.1,::1\"", "pm.status_path = /status", "ping.path = /$pool",
                       "env[A] = b", "env[A] =", "access.suppress_path[] = /x", "access.suppress_path[] = x", "rlimit_core = unlimited", "rlimit_core = -1", "pm.max_requests = 5", "pm.max_requests = 5x", "slowlog = /dev/null",
                       "request_terminate_timeout = 30s", "request_terminate_timeout = 3w", "catch_workers_output = yes", "unknown = 1", "PHP_VALUE[from] = 1", "php_value[] = 1", "php_value[from] = \"a", "php_value[from] = a\"",
                       "php_value[from] = a\rphp_value[user_agent] = b", "php_value[from] = (1", "php_value[from] = 1 = 2", "php_value[\"from\"] = 3", "include = %s/more/*.conf" % HOME, "include = %s/none.conf" % HOME, "user = root",
                       "user = nobody", "[www]", "[WWW]", "[two]", "[global]", "chroot = /", "prefix = /tmp", "pm = static", "PM = ondemand", "php_value[from] = a\0b", "emergency_restart_threshold = 1"])


def some(rng, most):
    return [odd(rng) if rng.random() < 0.05 else setting(rng) for _ in range(rng.randint(0, most))]


def pool(rng, name):
    lines = ["[%s]" % name, "listen = %s/%s.sock" % (HOME, name.lower()), "user = nobody", "pm = static", "pm.max_children = 1"]
    return lines + some(rng, 9)


def generate(rng, root):
    folder = root / HOME.lstrip("/")
    for part in ["conf.d", "pool.d", "more"]:
        (folder / part).mkdir(parents=True)
    ini = ["%s = %s" % (key, rng.choice(SETTINGS[key])) for key in rng.sample(sorted(SETTINGS), rng.randint(0, 5)) if key != "error_log"]
    if rng.random() < 0.8:
        ini.append("extension = phar")
    (folder / "php.ini").write_text("\n".join(ini) + "\n")
    main = ["[global]", "error_log = /dev/null"] + ([odd(rng)] if rng.random() < 0.05 else [])
    names = rng.sample(["www", "two", "a.b", "Three"], rng.choice([1, 1, 2, 3]))
    main.append("include = %s/pool.d/*.conf" % HOME)
    if rng.random() < 0.2:
        main += pool(rng, names.pop()) if len(names) > 1 else []
    for name in names:
        (folder / "pool.d" / (name + ".conf")).write_text("\n".join(pool(rng, name)) + rng.choice(["", "\n"]), newline="")
    if rng.random() < 0.2:
        (folder / "more/x.conf").write_text("\n".join(some(rng, 3)), newline="")
    if rng.random() < 0.1:
        (folder / "more/dir.conf").mkdir()
    (folder / "php-fpm.conf").write_text("\n".join(main) + "\n", newline="")


def record(kind, body):
    return struct.pack(">BBHHBB", 1, kind, 1, len(body), 0, 0) + body


def ask(path, script):
    """The output of a script, by the FastCGI specification, 3.3 and 8."""
    pairs = {b"SCRIPT_FILENAME": script, b"PATH_TRANSLATED": script, b"SCRIPT_NAME": b"/x.php", b"REQUEST_METHOD": b"GET"}
    body = b"".join(bytes([len(key), len(value)]) + key + value for key, value in pairs.items())
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(10)
        link.connect(path)
        link.sendall(record(1, struct.pack(">HB5x", 1, 0)) + record(4, body) + record(4, b"") + record(5, b""))
        stream, output = link.makefile("rb"), b""
        while len(head := stream.read(8)) == 8:
            _, kind, _, size, padding, _ = struct.unpack(">BBHHBB", head)
            content = stream.read(size + padding)[:size]
            if kind == 3:
                break
            output += content if kind == 6 else b""
    return output.decode(errors="replace")


def is_unset_phar(key, value):
    """Rows do not say whether the extension is there where nothing sets its settings."""
    return key.startswith("phar.") and value == "1"


def rows_of(pool, answer, directives):
    values, functions, classes = answer
    rows = [(pool, key, values.get(key) or "") for key in KEYS if key in values and not is_unset_phar(key, values[key])]
    return rows + [(pool, "disable_functions", functions), (pool, "disable_classes", classes)] + [(pool, key, directives[key]) for key in DIRECTIVES]


def dumped(text):
    """The pools of `php-fpm -tt`: name → directives."""
    pools, name = {}, None
    for line in text.splitlines():
        line = line.partition("NOTICE: ")[2]
        if line.startswith("["):
            name = line[1:-1]
            pools[name] = {}
        elif line.startswith("\t") and name is not None:
            key, _, value = line[1:].partition(" = ")
            pools[name][key] = "" if value == "undefined" else value
    pools.pop("global", None)
    for found in pools.values():
        found["listen.mode"] = found["listen.mode"] or "0660"
    return pools


def oracle(root):
    """A copy of the files that names itself where they name /etc/php; it is taken back in what comes out."""
    with tempfile.TemporaryDirectory(prefix="fpm") as temporary:
        copy = pathlib.Path(temporary)
        copy.chmod(0o755)
        folder = copy / "e"
        shutil.copytree(root / HOME.lstrip("/"), folder)
        for file in folder.rglob("*.*"):
            if file.is_file():
                file.write_bytes(file.read_bytes().replace(HOME.encode(), str(folder).encode()))
        script = copy / "x.php"
        script.write_text(SCRIPT)
        command = [PROGRAM, "-R", "-c", folder / "php.ini", "-y", folder / "php-fpm.conf"]
        environment = {"PATH": os.environ["PATH"], "PHP_INI_SCAN_DIR": str(folder / "conf.d"), "LC_ALL": "C"}
        quiet = {"stdin": subprocess.DEVNULL, "env": environment}
        running = subprocess.Popen([*command, "-F"], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **quiet)
        try:
            dump = subprocess.run([*command, "-tt"], capture_output=True, **quiet)
            if dump.returncode != 0:
                return None
            pools = dumped(dump.stderr.decode(errors="replace"))
            rows = []
            for name, directives in pools.items():
                while not os.path.exists(directives["listen"]):
                    if running.poll() is not None:
                        return None
                    time.sleep(0.002)
                answer = ask_soon(directives["listen"], str(script).encode())
                rows += rows_of(name, understood(answer), directives)
        finally:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        return sorted((pool, key, repr(back(value, folder))) for pool, key, value in rows)


def understood(answer):
    try:
        return json.loads(answer.rpartition("@@")[2])
    except ValueError:
        raise RuntimeError("the script answers " + answer[-400:]) from None


def ask_soon(path, script):
    for _ in range(1000):
        try:
            return ask(path, script)
        except ConnectionRefusedError:
            time.sleep(0.002)
    raise RuntimeError("no answer from " + path)


def back(value, folder):
    return value.replace(str(folder), HOME) if isinstance(value, str) else value


def mine(rows):
    by_scope = {}
    for row in rows:
        by_scope.setdefault(row["scope"], {})[row["key"]] = row["value"]
    base = by_scope.get("fpm", {})
    result = []
    for scope, found in by_scope.items():
        if not scope.startswith("fpm > "):
            continue
        values = {**BUILTIN, **base, **found}
        result += [(scope[6:], key, repr(values[key])) for key in KEYS if not is_unset_phar(key, values[key])]
        for key, names in [("disable_functions", FUNCTIONS), ("disable_classes", CLASSES)]:
            off = re.split("[ ,]+", values.get(key, ""))
            result.append((scope[6:], key, repr([name for name in names if name in off])))
        for key in DIRECTIVES:
            result.append((scope[6:], key, repr(found.get(key, ""))))
    return sorted(result)


def builtin():
    done = subprocess.run(["php8.2", "-n", "-r", "echo json_encode(ini_get_all(null, false));"], capture_output=True)
    known = {key.lower(): value or "" for key, value in json.loads(done.stdout).items()}
    return {**known, "cgi.fix_pathinfo": "1", "phar.readonly": "1", "phar.require_hash": "1"}


try:
    BUILTIN = builtin()
except (FileNotFoundError, ValueError):
    BUILTIN = {}
differential.run("php", generate, oracle, mine, needs=[PROGRAM, "php8.2"])
