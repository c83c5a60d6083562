#!/usr/bin/python3
"""socket: what listens on this host, with the processes behind it, against ss (iproute2).

Processes are started that listen on many addresses, ports and protocols, share sockets, and hold sockets that do not listen. All rows
that belong to them are compared; each socket is a case. (A script of the name socket.py would stand in the way of Python's own module.)

  socket-listeners.py --plimsoll PATH [--cases 300] [--seed 1]     exit 0 without a difference, 77 without ss or the right to look at processes
"""
import argparse
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys

V4 = ["0.0.0.0", "127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1.2.3"]
V6 = ["::", "::1", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::ffff:127.9.8.7"]


def open_one(rng):
    """One socket, listening or not, or None where this host has no such address."""
    family = rng.choice([socket.AF_INET, socket.AF_INET, socket.AF_INET6])
    kind = rng.choice([socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM])
    try:
        made = socket.socket(family, kind)
        made.set_inheritable(True)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        address = rng.choice(V4 if family == socket.AF_INET else V6)
        if family == socket.AF_INET6 and address in ("::", "::1") and rng.random() < 0.5:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if rng.random() < 0.3:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind((address, 0))
        what = rng.random()
        if kind == socket.SOCK_STREAM and what < 0.8:
            made.listen(rng.choice([0, 1, 128]))
        elif kind == socket.SOCK_DGRAM and what < 0.2:
            made.connect((address if address not in ("0.0.0.0", "::", "::ffff:0.0.0.0") else "127.0.0.1" if family == socket.AF_INET
                          else "::1", 9))
        return made
    except OSError:
        return None


def again(one):
    """A second socket on the same address and port, where the first allows that."""
    try:
        if not one.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT):
            return None
        made = socket.socket(one.family, one.type)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if one.family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, one.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
        made.bind(one.getsockname())
        if one.type == socket.SOCK_STREAM:
            made.listen(5)
        return made
    except OSError:
        return None


def name_myself(name):
    with open("/proc/self/comm", "w") as out:
        out.write(name)


def say_and_wait(done):
    os.write(done, b"%d\n" % os.getpid())
    signal.pause()


def hold_sockets(rng, count, number, done):
    """Opens sockets, hands them on to a child, and waits."""
    # ss itself cuts a name at a closing parenthesis, so none has one here; process.py has them.
    name_myself(rng.choice(["listener", "a b", "x (y", ":"]) + str(number))
    mine = [s for s in (open_one(rng) for _ in range(count)) if s]
    mine += [s for s in map(again, mine[:10]) if s]
    clients = []  # connections: on either side a socket that does not listen
    for one in mine[:5]:
        try:
            clients.append(socket.socket(one.family, one.type))
            clients[-1].connect(one.getsockname())
        except OSError:
            pass
    for one in mine[:3]:
        os.dup(one.fileno())
    if os.fork() == 0:
        signal.alarm(120)
        name_myself("heir")
    say_and_wait(done)


def start(rng, count):
    """Processes, some of which hold the same sockets. Returns the children, and the ids of all."""
    ready, done = os.pipe()
    children = []
    for number in range(6):
        seed = rng.random()
        child = os.fork()
        if child == 0:
            signal.alarm(120)
            try:
                hold_sockets(random.Random(seed), count // 6, number, done)
            finally:
                os._exit(1)
        children.append(child)
    os.close(done)
    text = b""
    while text.count(b"\n") < 12:
        more = os.read(ready, 4096)
        if not more:
            sys.exit("a process that should listen has ended")
        text += more
    os.close(ready)
    return children, {int(word) for word in text.split()}


def from_ss(ours):
    text = subprocess.run(["ss", "-H", "-t", "-u", "-l", "-n", "-p"], capture_output=True, text=True, check=True).stdout
    rows = []
    for line in text.splitlines():
        words = line.split(None, 6)
        address, port = words[4].rsplit(":", 1)
        address = address.split("%")[0].strip("[]")
        if address == "*":
            address = "::"
        users = re.findall(r'\("(.*?)",pid=(\d+),fd=\d+\)', words[6] if len(words) > 6 else "")
        pids = sorted({int(pid) for _, pid in users})
        if ours & set(pids):
            first = min((pid for pid in pids if pid != 1), default=1)
            name = next(name for name, pid in users if int(pid) == first)
            rows.append((words[0], address, int(port), pids, name))
    return sorted(rows)


def from_plimsoll(program, ours):
    done = subprocess.run([program, "facts", "socket", "--format", "jsonl"], capture_output=True, text=True, timeout=60)
    if done.returncode not in (0, 3):
        sys.exit("plimsoll: exit %d: %s" % (done.returncode, done.stderr[-300:]))
    rows = []
    for line in done.stdout.splitlines():
        r = json.loads(line)
        pids = sorted(int(pid) for pid in r["pids"] or [])
        if ours & set(pids):
            rows.append((r["protocol"], r["address"], r["port"], pids, r["process"]))
    return sorted(rows)


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--plimsoll", required=True)
    ap.add_argument("--cases", type=int, default=300)
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    if shutil.which("ss") is None:
        print("ss is not installed")
        sys.exit(77)
    compared = different = 0
    for seed in range(a.seed, a.seed + 20):
        children, ours = start(random.Random(seed), 180)
        try:
            wanted, got = from_ss(ours), from_plimsoll(a.plimsoll, ours)
        finally:
            for pid in ours | set(children):
                os.kill(pid, signal.SIGKILL)
            for child in children:
                os.waitpid(child, 0)
        if not wanted:
            print("ss shows no processes here")
            sys.exit(77)
        compared += len(wanted)
        for row in [r for r in wanted if r not in got] + [r for r in got if r not in wanted]:
            different += 1
            if different <= 20:
                print("seed %d: only %s: %s" % (seed, "ss" if row in wanted else "plimsoll", row))
        different += len(wanted) != len(got)
        if compared >= a.cases:
            break
    print("socket: %d compared, %d differences" % (compared, different))
    sys.exit(1 if different or compared < a.cases else 0)


if __name__ == "__main__":
    main()
