#!/usr/bin/python3
"""group: group, gshadow and the primary groups of passwd against glibc's own readers."""
import differential
import user_databases as db


def oracle(root):
    if not (root / "etc" / "group").exists():
        return None
    found = db.entries(root)
    gshadow = db.first(found["gshadow"])
    people = [p for p in found["passwd"] if not db.is_nis(p[0])]
    groups = [g for g in found["group"] if not db.is_nis(g[0])]
    rows = []
    for name, password, gid, members in found["group"]:
        if db.is_nis(name):
            rows.append([name, None, members] + [None] * 8)
            continue
        primary = [p[0] for p in people if p[3] == gid]
        rows.append([name, gid, members, primary, len(set(members + primary)), password == "x", name in gshadow] +
                    (gshadow[name][2:] if name in gshadow else [[], []]) +
                    [db.count((g[2] for g in groups), gid) > 1, db.count((g[0] for g in groups), name) > 1])
    return rows


def mine(rows):
    return [[r["name"], r["gid"], r["members"], r["primary_of"], r["member_count"], r["shadowed"], r["in_gshadow"], r["admins"],
             r["gshadow_members"], r["duplicate_gid"], r["duplicate_name"]] for r in rows]


if __name__ == "__main__":
    db.need_root()
    differential.run("group", db.generate, oracle, mine)
