#!/usr/bin/env python3
"""Writes syscall_table.cpp from the tables of audit's ausyscall(8): `make_syscall_table.py > syscall_table.cpp`.

What has to agree is checked by tests/differential/audit-syscalls.py."""
import subprocess

MACHINES = ["x86_64", "i386", "aarch64", "arm"]
HEAD = """// Written by make_syscall_table.py from what ausyscall(8) of Debian 12 dumps (audit 3.0.9).
#include "plugins/os/audit-rules/audit_syscalls.h"

namespace plimsoll::audit {
namespace {

// By name: the numbers of %s; -1: not there.
constexpr Syscall kTable[] = {
"""
TAIL = """};

}  // namespace

std::span<const Syscall> syscall_table() { return kTable; }

}  // namespace plimsoll::audit
"""


def numbers(machine):
    lines = subprocess.run(["ausyscall", machine, "--dump"], check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: int(number) for number, name in (line.split("\t") for line in lines[1:])}


def main():
    tables = [numbers(machine) for machine in MACHINES]
    rows = ['    {"%s", {%s}},\n' % (name, ", ".join(str(table.get(name, -1)) for table in tables)) for name in sorted(set().union(*tables))]
    print(HEAD % ", ".join(MACHINES) + "".join(rows) + TAIL, end="")


if __name__ == "__main__":
    main()
