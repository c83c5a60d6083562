"""firewalld.conf: which zone firewalld's own reader (package python3-firewall) takes for the default one."""
import pathlib
import sys

import differential

sys.path.insert(0, "/usr/lib/python3/dist-packages")
try:
    from firewall.core.io.firewalld_conf import firewalld_conf
    from firewall.core.logger import log
except ImportError:
    print("python3-firewall is not installed")
    sys.exit(77)
log.error = log.warning = lambda *_: None

ZONES = ["block", "drop", "external", "home", "public", "trusted", "work"]
VALUES = ZONES + ["Public", "nowhere", "\"home\"", "'home'", "home # c", "home;", "", " ", "a=b", "home\\", "h\u00e9", "ho me"]


def line(rng):
    key = rng.choice(["DefaultZone"] * 6 + ["defaultzone", "DefaultZones", "Default Zone", "LogDenied", "MinimalMark", ""])
    sign = rng.choice(["=", "=", "=", " = ", "\t=", "==", ":", " "])
    text = rng.choice(["", "", "", "  ", "\t", "#", ";", " # ", "\ufeff", "\x1f"]) + key + sign + rng.choice(VALUES) + rng.choice(["", "", " ", "\x1c", "\t"])
    return text.encode() + rng.choice([b"\n"] * 12 + [b"\r\n", b"\r", b"\n\n", b"\x0b", b"\x0c", b"\x00\n"] + ([b"\xff\n"] if rng.random() < 0.2 else []))


def generate(rng, root):
    (root / "etc/firewalld").mkdir(parents=True)
    if rng.random() < 0.95:
        (root / "etc/firewalld/firewalld.conf").write_bytes(b"".join(line(rng) for _ in range(rng.randint(0, 6))))
    (root / "usr/lib/firewalld/zones").mkdir(parents=True)
    # firewalld does not start without block, drop and trusted.
    for zone in ZONES:
        if zone in ("block", "drop", "trusted") or rng.random() < 0.7:
            folder = root / "usr/lib/firewalld/zones"
            if rng.random() < 0.2:
                folder = root / "etc/firewalld/zones"
                folder.mkdir(exist_ok=True)
            (folder / (zone + ".xml")).write_text("<zone/>")


def oracle(root):
    conf = firewalld_conf(str(root / "etc/firewalld/firewalld.conf"))
    try:
        conf.read()
        zone = conf.get("DefaultZone")
    except Exception:
        zone = "public"  # what the daemon begins with
    there = {path.stem for path in pathlib.Path(root).glob("*/**/zones/*.xml")}
    return [next(each for each in (zone, "public", "external", "block") if each in there)]


def mine(rows):
    return [row["zone"] for row in rows if row["item"] == "default-zone"]


differential.run("firewall", generate, oracle, mine)
