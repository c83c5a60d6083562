"""For programs that look for their configuration nowhere but below `/`: the program and its libraries are copied once, linked
into each case's root, and run there by chroot(8)."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


class Staged:
    def __init__(self, program):
        self.program = program
        if os.geteuid() != 0:
            print("chroot(2) needs root")
            sys.exit(77)
        if not os.path.exists(program):
            print("%s is not installed" % program)
            sys.exit(77)
        self._folder = tempfile.TemporaryDirectory(prefix="differential-")
        libraries = re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", program], capture_output=True, text=True).stdout)
        for path in {program, *libraries}:
            copy = pathlib.Path(self._folder.name) / path.lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(os.path.realpath(path), copy)

    def put_into(self, root):
        """Hard links, so that a case costs no copy; and /dev/null, which links in configurations lead to."""
        stage = pathlib.Path(self._folder.name)
        for path in stage.rglob("*"):
            copy = root / path.relative_to(stage)
            if path.is_dir():
                copy.mkdir(exist_ok=True)
            else:
                os.link(path, copy)
        (root / "dev").mkdir()
        os.mknod(root / "dev/null", 0o20666, os.makedev(1, 3))

    def run(self, root, *arguments, **environment):
        return subprocess.run(["chroot", str(root), self.program, *arguments], capture_output=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, **environment})
