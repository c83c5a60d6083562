#!/usr/bin/python3
"""account: passwd, shadow, group and shells against glibc's own readers."""
import os

import differential
import user_databases as db


def oracle(root):
    if not (root / "etc" / "passwd").exists():
        return None
    found = db.entries(root)
    shadow = db.first(found["shadow"])
    people = [p for p in found["passwd"] if not db.is_nis(p[0])]
    groups = [g for g in found["group"] if not db.is_nis(g[0])]
    rows = []
    for name, password, uid, gid, gecos, home, shell in found["passwd"]:
        if db.is_nis(name):
            rows.append([name, None, None, gecos, home, shell] + [None] * 13)
            continue
        ages = shadow[name][2:] if name in shadow else [-1] * 6
        primary = next((g[0] for g in groups if g[2] == gid), None)
        member = [primary] if primary is not None else []
        member += [g[0] for g in groups if name in g[3]]
        rows.append([name, uid, gid, gecos, home, shell, name in shadow,
                     password == "x" or password == "##" + name] +
                    [None if a == -1 else a for a in ages] +
                    [db.count((p[2] for p in people), uid) > 1, db.count((p[0] for p in people), name) > 1,
                     primary, list(dict.fromkeys(member)), (shell or "/bin/sh") in found["shells"]])
    return rows


def mine(rows):
    return [[r["name"], r["uid"], r["gid"], r["gecos"], r["home"], r["shell"], r["in_shadow"], r["shadowed"], r["last_change"],
             r["min_days"], r["max_days"], r["warn_days"], r["inactive_days"], r["expire"], r["duplicate_uid"], r["duplicate_name"],
             r["primary_group"], r["groups"], r["shell_listed"]] for r in rows if r["in_passwd"] is not False]


if __name__ == "__main__":
    db.need_root()
    differential.run("account", db.generate, oracle, mine)
