"""`crontab -n` accepts the crontabs that plimsoll reads to their end, and refuses those that it does not."""
import subprocess

import differential


def field(rng, least, most, names):
    def value():
        if names and rng.random() < 0.3:
            return rng.choice(names)
        return str(rng.choice([rng.randint(least, most)] * 20 + [most + 1, least - 1, "07", "x"]))

    def part():
        text = rng.choice(["*", "*", value(), value(), value() + "-" + value()])
        return text + rng.choice([""] * 16 + ["/2", "/5", "/0", "/", "/x", "/100", "/4294967297", "-", "-9", "?", "/2/x"])
    return ",".join(part() for _ in range(rng.choice([1, 1, 1, 1, 2, 3]))) + rng.choice([""] * 60 + [","])


def line(rng):
    kind = rng.random()
    if kind < 0.15:
        return rng.choice(["# * * * * * x", "", "   ", "\t# c", "SHELL=/bin/sh", " MAILTO = root", "\"A B\" = 'c d'", "'x'=y", "A='b", "A=b c", "PATH=", "A='b' c", "A=\"b\"  ", "A= \"b'\""])
    if kind < 0.3:
        return rng.choice(["@daily", "@reboot", "@weekly ", "@hourly\t", "@midnight", "@yearly", "@annually"] * 3 + ["@Daily", "@never", "@", "@ daily"]) + rng.choice([" x", " y %z", "\tz"] * 4 + [""])
    fields = [field(rng, 0, 59, []), field(rng, 0, 23, []), field(rng, 1, 31, []), field(rng, 1, 12, ["jan", "FEB", "dec", "Mai"]), field(rng, 0, 7, ["sun", "Mon", "SAT", "day"])]
    return rng.choice(["", "", " ", "\t"]) + rng.choice([" ", "\t", "  "]).join(fields) + rng.choice([" echo", "\t/bin/x | y", " a=b %in", " \"x\" # c"] * 6 + ["", " ", " *x"])


def generate(rng, root):
    folder = root / "var/spool/cron/crontabs"
    folder.mkdir(parents=True)
    (folder / "root").write_text("".join(line(rng) + "\n" for _ in range(rng.randint(1, 3))))
    (folder / "root").chmod(0o600)


def oracle(root):
    path = root / "var/spool/cron/crontabs/root"
    if subprocess.run(["crontab", "-n", str(path)], capture_output=True).returncode != 0:
        return ["refused"] if any(l.strip() and not l.strip().startswith("#") for l in path.read_text().splitlines()) else []
    commands = []
    for text in path.read_text().splitlines():
        words = text.split()
        if not words or words[0].startswith("#") or (not words[0].startswith("@") and (len(words) < 5 or not set(words[0][0]) & set("0123456789*"))):
            continue
        commands.append((" ".join(words[:1 if words[0][0] == "@" else 5])))
    return sorted(commands)


def mine(rows):
    return sorted(r["schedule"] for r in rows)


if __name__ == "__main__":
    # A crontab that cron refuses as a whole gives no row; the oracle says so with a word of its own.
    differential.run("cron", generate, lambda root: [] if oracle(root) == ["refused"] else oracle(root), mine, needs=["crontab"])
