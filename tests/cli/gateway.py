"""A gateway started by macaw serve, and what is left of it."""

import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

from command import MACAW, SCHEME, free_port, macaw


def processes(group):
    """Who is in a process group, as pgrep says; the zombies of others do not count."""
    done = subprocess.run(["pgrep", "-g", str(group)], capture_output=True, text=True, check=False)
    alive = []
    for pid in map(int, done.stdout.split()):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        if stat.rsplit(")", 1)[1].split()[0] != "Z":
            alive.append(pid)
    return alive


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def is_written(pid):
    """nginx listens before it writes its pid."""
    return pid.exists() and pid.stat().st_size > 0


def said(err):
    """What nginx said, less the workers that a slow machine kept from ending in time."""
    return re.sub(r".*worker process \d+ exited on signal 9\n", "", err)


class Serve:
    """macaw serve, started; .out and .err grow as it speaks."""

    def __init__(self, state, *arguments, port=None, env=None, cwd=None, **popen):
        self.state = Path(state)
        self.port = port or free_port()
        self.out = self.err = ""
        self.process = subprocess.Popen(
            [MACAW, "serve", "--state", self.state, "--listen", f"127.0.0.1:{self.port}",
             *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(env or {})}, cwd=cwd, **popen)
        self.readers = [threading.Thread(target=self.read, args=(name,), daemon=True)
                        for name in ("out", "err")]
        for reader in self.readers:
            reader.start()
        ready = wait_until(lambda: "Ctrl-C" in self.out or self.process.poll() is not None, 60)
        if not ready or self.process.poll() is not None:
            self.process.terminate()
            raise AssertionError(self.finish())
        pid = self.state / "nginx.pid"
        assert wait_until(lambda: is_written(pid))
        self.master = int(pid.read_text(encoding="ascii"))

    def read(self, name):
        for line in getattr(self.process, "std" + name):
            setattr(self, name, getattr(self, name) + line)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def workers(self):
        return [pid for pid in processes(self.master) if pid != self.master]

    def request(self, path="/example/users?user=test", *more, kid="demo", ring=None, url=None):
        return macaw("request", *SCHEME, "-k", f"{kid}@{ring or self.state / 'keys.json'}", *more,
                     (url or self.url) + path)

    def finish(self):
        """Status, stdout and stderr of a process that ends by itself."""
        status = self.process.wait(timeout=600)
        for reader in self.readers:
            reader.join(timeout=30)
        return status, self.out, self.err

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        status, _, _ = self.finish()
        return status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.finish()
        assert wait_until(lambda: not processes(self.master)), "processes are left"
        assert not re.search(r"\[(alert|emerg|crit)\]", said(self.err)), self.err
