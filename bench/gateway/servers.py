"""The servers that are compared: each nginx and gunicorn with one worker on one CPU,
in a folder of its own, ended by the one who started it."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
NGINX = "/usr/sbin/nginx"
NGINX_MODULES = Path("/usr/lib/nginx/modules")
TICKS = os.sysconf("SC_CLK_TCK")

CONF = """\
{modules}
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path tmp-body;
    proxy_temp_path tmp-proxy;
    fastcgi_temp_path tmp-fastcgi;
    uwsgi_temp_path tmp-uwsgi;
    scgi_temp_path tmp-scgi;
    access_log off;
    keepalive_requests 100000000;
    keepalive_timeout 600;
    {http}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            {location}
        }}
    }}
}}
"""


def free_port():
    """Below the range that clients' own ports come from, so that it stays free."""
    while True:
        port = random.randrange(20000, 32768)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Server:
    """A process that serves on self.port, pinned to one CPU; its children work."""

    def __init__(self, name, cpu):
        self.name = name
        self.cpu = cpu
        self.port = free_port()
        self.process = None
        self.dir = Path(tempfile.mkdtemp(prefix="macaw-bench-"))
        self.dir.chmod(0o711)

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {**os.environ}

    def start(self, timeout=20):
        log = self.dir / "log"
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                ["taskset", "-c", str(self.cpu), *self.command()], env=self.environment(),
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.dir)
        end = time.monotonic() + timeout
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.name} does not start: {log.read_text()[-2000:]}")
            time.sleep(0.02)

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return bool(self.workers())
        except OSError:
            return False

    def workers(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def cpu_seconds(self):
        """User and system time of the workers so far."""
        ticks = 0
        for pid in self.workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


class Nginx(Server):
    def __init__(self, name, cpu, location, http="", modules=()):
        super().__init__(name, cpu)
        loads = "\n".join(f"load_module {module};" for module in modules)
        self.conf = self.dir / "nginx.conf"
        self.conf.write_text(CONF.format(modules=loads, http=http, port=self.port,
                                         location=location))

    def command(self):
        return [NGINX, "-e", "stderr", "-p", f"{self.dir}/", "-c", str(self.conf)]


class Gunicorn(Server):
    def __init__(self, name, cpu, app, key):
        super().__init__(name, cpu)
        self.app = app
        self.key = key

    def command(self):
        return [sys.executable, "-m", "gunicorn", "--workers", "1", "--worker-class", "sync",
                "--bind", f"127.0.0.1:{self.port}", "--backlog", "2048", "--chdir", str(HERE),
                "--log-level", "error", f"{self.app}:app"]

    def environment(self):
        return {**os.environ, "BENCH_KEY": self.key.hex(), "PYTHONDONTWRITEBYTECODE": "1"}
