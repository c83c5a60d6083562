#!/usr/bin/python3
"""process: the running processes of this host against ps (procps): id, parent, user, name, start and unit; and against what was done
to their programs. Hundreds of processes are started; each is a case.

  process.py --plimsoll PATH [--cases 300] [--seed 1]     exit 0 without a difference, 77 without ps or the right to look at processes
"""
import argparse
import calendar
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

NAMES = ["daemon", "a b", "x) S 1 (y", "(sd-pam)", "back\\slash", "tab-\u00e9", "0123456789abcdefghij", "[kworker]", "-", ":"]
# Groups as a service manager makes them, where this host lets a test make any.
GROUPS = ["system.slice/plimsoll-a.service", "system.slice/system-plimsoll.slice/plimsoll@1.service/inner",
          "user.slice/user-9.slice/user@9.service/app.slice/plimsoll.service", "user.slice/user-9.slice/session-7.scope",
          "plimsoll.slice", "plimsoll-no-unit/x", "_plimsoll.service"]


def make_groups():
    """The hierarchies in which a service manager would put its groups, with these groups; and what was made."""
    tops, made = [], []
    for top in map(pathlib.Path, ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup")):
        if not (top / "cgroup.procs").exists():
            continue
        try:
            for group in GROUPS:
                for place in [top / p for p in reversed(pathlib.PurePath(group).parents)][1:] + [top / group]:
                    if not place.exists():
                        place.mkdir()
                        made.append(place)
            tops.append(top)
        except OSError:
            pass
    return tops, made


def join(tops, group, pid):
    for top in tops:
        try:
            (top / group / "cgroup.procs").write_text(str(pid))
        except OSError:
            pass


def start(rng, folder, number, tops):
    """One process. Returns its id and the state of its program that is wanted."""
    name = rng.choice(NAMES)
    place = folder / str(number)
    place.mkdir(mode=0o755)
    program = place / name
    shutil.copy("/usr/bin/sleep", program)
    as_user = rng.choice([0, 0, 1, 33, 65534, 2147483647])

    def become():
        os.setgroups([])
        if rng.random() < 0.3:
            os.setresuid(as_user, as_user, 0)
        else:
            os.setuid(as_user)

    child = subprocess.Popen([str(program), "120"], preexec_fn=become)
    what = rng.random()
    state = "present"
    if what < 0.25:
        program.unlink()
        state = "deleted"
    elif what < 0.5:
        shutil.copy("/usr/bin/sleep", place / "new")
        os.rename(place / "new", program)
        state = "replaced"
    elif what < 0.6:
        os.rename(program, place / "moved")
    elif what < 0.65:
        child.send_signal(signal.SIGKILL)  # nobody waits for it: a zombie
        time.sleep(0.01)
        state = ""
    if rng.random() < 0.6:
        join(tops, rng.choice(GROUPS), child.pid)
    return child, state


def may_look_at(pid):
    """Without CAP_SYS_PTRACE, as in many containers, even root sees the programs of its own processes alone."""
    try:
        os.readlink("/proc/%d/exe" % pid)
        return True
    except FileNotFoundError:
        return True  # a zombie
    except PermissionError:
        return False


def from_ps(pids):
    rows = {}
    text = subprocess.run(["ps", "-e", "-ww", "-o", "pid=,ppid=,euid=,lstart=,unit=,comm="], capture_output=True, check=True,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}).stdout.decode(errors="replace")
    for line in text.splitlines():
        words = line.split(None, 8)
        if int(words[0]) not in pids:
            continue
        started = calendar.timegm(time.strptime(" ".join(words[3:8]), "%a %b %d %H:%M:%S %Y"))
        unit, name = words[8].split(None, 1)
        rows[int(words[0])] = (int(words[1]), int(words[2]), "" if unit == "-" else unit, name.removesuffix(" <defunct>"), started)
    return rows


def from_plimsoll(program, pids):
    done = subprocess.run([program, "facts", "process", "--format", "jsonl"], capture_output=True, timeout=60)
    if done.returncode not in (0, 3):
        sys.exit("plimsoll: exit %d: %s" % (done.returncode, done.stderr.decode(errors="replace")[-300:]))
    rows = {}
    for line in done.stdout.decode().splitlines():
        r = json.loads(line)
        if r["pid"] in pids:
            started = calendar.timegm(time.strptime(r["started"], "%Y-%m-%dT%H:%M:%SZ"))
            rows[r["pid"]] = ((r["ppid"], r["uid"], r["unit"], r["name"], started), r["executable"], r["executable_state"], r["outdated"])
    return rows


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--plimsoll", required=True)
    ap.add_argument("--cases", type=int, default=300)
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    if shutil.which("ps") is None or os.geteuid() != 0:
        print("ps is not installed, or this is not root")
        sys.exit(77)
    rng = random.Random(a.seed)
    children, differences = {}, []
    tops, made = make_groups()
    # Not below /tmp: programs that run from there are left out of `outdated`.
    with tempfile.TemporaryDirectory(prefix="plimsoll-process-", dir="/usr/local") as folder:
        os.chmod(folder, 0o755)
        try:
            for number in range(a.cases):
                child, state = start(rng, pathlib.Path(folder), number, tops)
                children[child.pid] = (child, state)
            seen = {pid for pid in children if may_look_at(pid)}
            wanted, got = from_ps(children), from_plimsoll(a.plimsoll, children)
        finally:
            for child, _ in children.values():
                child.kill()
                child.wait()
            for place in reversed(made):
                try:
                    place.rmdir()
                except OSError:
                    pass
    for pid, (_, state) in children.items():
        row = got.get(pid)
        if row is None or pid not in wanted:
            differences.append("%d is missing" % pid)
        elif row[0][:4] != wanted[pid][:4] or abs(row[0][4] - wanted[pid][4]) > 1:
            differences.append("ps %s, plimsoll %s" % (wanted[pid], row[0]))
        elif pid not in seen:
            if row[1] is not None:
                differences.append("%d: plimsoll sees what root may not: %s" % (pid, row[1]))
        elif row[2] != state or (row[3] or []) != ([row[1]] if state == "replaced" else []):
            differences.append("%s: wanted %r, plimsoll has %s" % (row[0][3], state, row[1:]))
    print("\n".join(differences[:10]))
    units = sum(1 for row in wanted.values() if row[2])
    print("process: %d compared (%d with a unit, %d with their program), %d differences" %
          (len(wanted), units, len(seen), len(differences)))
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
