"""A PostgreSQL server in a folder of its own, which is asked what it makes of its files: it reads them anew for each question."""
import atexit
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
PORT = "5432"
END = "that is all"


class Server:
    """`conf` takes the place of /etc/postgresql/15/main, `data` that of /var/lib/postgresql/15/main."""

    def __init__(self):
        if not (PROGRAMS / "postgres").exists():
            print("postgres is not installed")
            sys.exit(77)
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
        atexit.register(self.stop)
        self.conf, self.data = self.top / "conf", self.top / "data"
        self.conf.mkdir()
        self.user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.user:
            os.chown(self.top, self.user.pw_uid, self.user.pw_gid)
            self.top.chmod(0o755)
        self.process = None
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "test", "--no-sync", "-E", "SQL_ASCII", "--locale=C")
        shutil.copy(self.data / "pg_hba.conf", self.conf)
        (self.conf / "postgresql.conf").write_text("")
        (self.conf / "pg_hba.conf").chmod(0o644)
        self.process = subprocess.Popen([str(PROGRAMS / "postgres"), "-D", str(self.data), "-c", "config_file=%s" % (self.conf / "postgresql.conf"), "-c", "hba_file=%s" % (self.conf / "pg_hba.conf"),
                                         "-c", "ssl=off", "-k", str(self.top), "-h", "", "-p", PORT, "-F"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.identity())
        self.psql = None
        for _ in range(100):
            if (self.top / (".s.PGSQL." + PORT)).exists() and subprocess.run(self.client() + ["-c", "select 1"], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        self.psql = subprocess.Popen(self.client(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def identity(self):
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}

    def run(self, program, *words):
        subprocess.run([str(PROGRAMS / program), *map(str, words)], check=True, stdout=subprocess.DEVNULL, cwd="/", **self.identity())

    def client(self):
        return ["psql", "-XqAt0z", "-h", str(self.top), "-p", PORT, "-U", "test", "postgres"]

    def ask(self, query):
        """The fields of all rows, one after the other."""
        self.psql.stdin.write((query + ";\n\\echo " + END + "\n").encode())
        self.psql.stdin.flush()
        text = b""
        while not text.endswith(END.encode() + b"\n"):
            piece = self.psql.stdout.read1()
            if not piece:
                raise RuntimeError("the server is gone")
            text += piece
        return text[: -len(END) - 1].decode("latin-1").split("\0")[:-1]

    def stop(self):
        if self.process:
            if self.psql:
                self.psql.stdin.close()
                self.psql.wait(30)
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
        shutil.rmtree(self.top, ignore_errors=True)
