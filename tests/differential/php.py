"""PHP and plimsoll agree on what php.ini and the files of its scan directory come to: ini_get_all() of the command line program."""
import json
import os
import subprocess

import differential

KEYS = ["memory_limit", "expose_php", "allow_url_include", "allow_url_fopen", "error_reporting", "open_basedir", "short_open_tag", "log_errors", "session.cookie_httponly", "session.cookie_samesite",
        "session.name", "session.sid_length", "session.sid_bits_per_character", "session.use_strict_mode", "user_agent", "from", "default_charset", "disable_functions", "upload_max_filesize",
        "max_input_vars", "max_input_nesting_level", "session.cookie_lifetime", "arg_separator.output", "include_path", "variables_order", "syslog.filter", "enable_dl", "file_uploads", "default_mimetype"]
DEFAULTS = ["allow_url_fopen", "allow_url_include", "disable_functions", "enable_dl", "error_reporting", "expose_php", "file_uploads", "log_errors", "memory_limit", "open_basedir",
            "session.cookie_httponly", "session.cookie_samesite", "session.cookie_secure", "session.use_only_cookies", "session.use_strict_mode", "short_open_tag"]
FREE = ["user_agent", "from", "default_mimetype", "session.cookie_samesite", "error_reporting", "upload_max_filesize", "own", "other", "own.x"]
WORDS = ["abc", "0", "1", "-1", "64", "128M", "1G", "1.5", ".5", "5.", "-7", "on", "Off", "YES", "no", "none", "NULL", "true", "False", "only", "E_ALL", "E_NOTICE", "E_STRICT", "PHP_VERSION", "PHP_OS", "M_PI", "PHP_SAPI",
         "e_all", "PHP_INT_MAX", "99999999999", "a{b}", "a:b", "/tmp:/srv", "x@y", "a+b", "#x", "[x", "x]", "a,b", "<?", "*", "caf\u00e9", "0x10", "\\", "a\\b", "$x", "a$b", "$", "PHP_EOL", "E_ALLx", "-"]
QUOTED = ["", "a b", ";x", "E_ALL", "\\\"", "\\\\", "\\n", "\\'", "\\$x", "$", "${own}", "a${memory_limit}b", "x=y", "'", "[a]", "\n", "\r\n", "on", "a\\", "\t"]


def gap(rng):
    return rng.choice(["", "", " ", "\t", "  ", " \t"])


def text(rng):
    kind = rng.random()
    if kind < 0.45:
        return rng.choice(WORDS)
    if kind < 0.62:
        return '"%s"' % "".join(rng.choice(QUOTED) for _ in range(rng.randint(0, 3)))
    if kind < 0.72:
        return "'%s'" % rng.choice(["", "a b", ";", '"', "\\", "${own}", "\n", "E_ALL", "a=b"])
    if kind < 0.9:
        return "${%s%s%s}" % (gap(rng).replace("\t", " "), rng.choice(["own", "other", "memory_limit", "display_errors", "nothing", "E_ALL", "own.x", "HOME"]), gap(rng).replace("\t", " "))
    return rng.choice(["${}", "${own", "$", "'", '"', "=", ")", "(", "|", "${a\tb}", "${a;b}", "$\\", "!", "~"])


def expression(rng, depth=0):
    kind = rng.random()
    if depth > 3 or kind < 0.35:
        return "".join(text(rng) + rng.choice(["", "", " "]) for _ in range(rng.choice([1, 1, 1, 2])))
    if kind < 0.7:
        return expression(rng, depth + 1) + gap(rng) + rng.choice("|&^") + gap(rng) + expression(rng, depth + 1)
    if kind < 0.85:
        return rng.choice("~!") + gap(rng) + expression(rng, depth + 1)
    return "(" + gap(rng) + expression(rng, depth + 1) + gap(rng) + ")"


def sensible(rng):
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(["On", "Off", "1", "0", "yes", "no", "None", "true", "64M", "1M", "2M", "-1", "abc", "22", "256", "257", "5", "7", "", '""', "E_ALL & ~E_NOTICE", "E_ALL & ~E_DEPRECATED & ~E_STRICT", "E_ALL|E_STRICT"])
    if kind < 0.6:
        return " ".join(text(rng) for _ in range(rng.choice([1, 2, 2, 3])))
    return expression(rng) if kind < 0.8 else text(rng)


def line(rng):
    kind = rng.random()
    if kind < 0.05:
        return rng.choice([";", "#", " ;", "\t;", "; a '"]) + "user_agent = 1"
    if kind < 0.12:
        return rng.choice(["[PHP]", "[PATH=/srv]", "[HOST=example.org]", "[PATH]", "[pathx]", "[]", "[Session] ", "[a] b", '["a b"]', "['x']", "[${own}]", "[a;b]", "[ a", "[a]user_agent = z"])
    if kind < 0.16:
        return rng.choice(["memory_limit", "", " ", "\t", "own\tuser_agent = 3", "own[] = 1", "own[a b] = 2", 'own["x"] = 3', "other[E_ALL]=4", "]", "on = 1", "null", "yes", "only = 1", " on = 1", "= 1", "own", "own[a", "own[a] x"])
    key = rng.choice(FREE + KEYS)
    if rng.random() < 0.04:
        key = key.upper()
    return gap(rng) + key + gap(rng) + "=" + gap(rng) + sensible(rng) + rng.choice(["", "", "", " ", "\t", " ; comment", ";x = y"])


def write(rng, path, least, most):
    ends = rng.choice(["\n", "\n", "\n", "\r\n", "\r"])
    content = ends.join(line(rng) for _ in range(rng.randint(least, most))) + rng.choice(["", ends])
    if rng.random() < 0.03:
        content = "\ufeff" + content
    if rng.random() < 0.03:
        content = content.replace("b", "\0", 1)
    path.write_text(content, newline="")


def generate(rng, root):
    folder = root / "etc/php/8.2/cli"
    (folder / "conf.d").mkdir(parents=True)
    if rng.random() < 0.95:
        write(rng, folder / "php.ini", 0, 9)
    for name in rng.sample(["10-a.ini", "20-b.ini", "99-z.ini", ".ini", "A.ini", "b.conf", ".x.ini", "c.ini~"], rng.choice([0, 0, 1, 2, 4])):
        write(rng, folder / "conf.d" / name, 1, 5)


def oracle(root):
    folder = root / "etc/php/8.2/cli"
    script = 'echo "@@", json_encode(ini_get_all(null, false), JSON_INVALID_UTF8_SUBSTITUTE);'
    where = ["-c", folder / "php.ini"] if (folder / "php.ini").exists() else ["-n"]
    if where == ["-n"]:
        (folder / "empty").write_text("")
        where = ["-c", folder / "empty"]
    done = subprocess.run(["php", *where, "-r", script], capture_output=True, stdin=subprocess.DEVNULL,
                          env={"PATH": os.environ["PATH"], "PHP_INI_SCAN_DIR": str(folder / "conf.d"), "LC_ALL": "C"})
    try:
        found = json.loads(done.stdout.decode(errors="replace").rpartition("@@")[2])
    except ValueError:
        return None
    return sorted((key.lower(), value or "") for key, value in found.items() if key in KEYS + DEFAULTS)


def mine(rows):
    mentioned = {row["key"]: row["value"] for row in rows if not row["key"].startswith("@")}
    return sorted((key, mentioned.get(key, BUILTIN[key])) for key in set(KEYS + DEFAULTS))


def builtin():
    done = subprocess.run(["php", "-n", "-r", "echo json_encode(ini_get_all(null, false));"], capture_output=True)
    return {key: value or "" for key, value in json.loads(done.stdout).items() if key in KEYS + DEFAULTS}


try:
    BUILTIN = builtin()
except (FileNotFoundError, ValueError):
    BUILTIN = {}
differential.run("php", generate, oracle, mine, needs=["php"])
