"""An upgrade of the running binary (USR2), which has two masters for a while (pitfall 16)."""

import os
import signal
import subprocess
import time

import pytest

from gateway import runs
from signer import now, sign, unique

TELL = "add_header X-Test-Reason $macaw_reason always;"


class Upgraded:
    """A gateway that runs as a daemon, as USR2 asks of it."""

    def __init__(self, server):
        self.server = server
        self.masters = []
        server.conf.write_text(server.conf.read_text().replace("daemon off;", "daemon on;"))

    def start(self, crashed=None):
        """crashed: the process id that its pid file may still hold."""
        server = self.server
        with open(server.dir / "stderr.log", "ab") as stderr:
            subprocess.run(server.command(), stdout=stderr, stderr=stderr, check=True,
                           stdin=subprocess.DEVNULL, env=server.environment())
        self.masters.append(self.pid_in("nginx.pid", crashed))
        return self

    def pid_in(self, name, other_than=None):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                pid = int((self.server.dir / name).read_text())
                workers = self.server.workers_now(pid)
                if pid != other_than and len(workers) == self.server.parts["workers"]:
                    return pid
            except (OSError, ValueError):
                pass
            time.sleep(0.02)
        raise TimeoutError(self.server.log())

    def upgrade(self):
        """The new master's process id; both run."""
        os.kill(self.masters[-1], signal.SIGUSR2)
        self.masters.append(self.pid_in("nginx.pid", self.masters[-1]))
        return self.masters[-1]

    def end(self, pid, how=signal.SIGQUIT):
        os.kill(pid, how)
        end = time.monotonic() + 60
        while runs(pid):
            assert time.monotonic() < end, self.server.log()
            time.sleep(0.02)
        self.masters.remove(pid)

    def crash(self, pid):
        """SIGKILL to a master and its workers."""
        os.kill(pid, signal.SIGSTOP)  # no new worker in between
        workers = self.server.children(pid)
        for process in (pid, *workers):
            os.kill(process, signal.SIGKILL)
        for process in (pid, *workers):
            while runs(process):
                time.sleep(0.02)
        self.masters.remove(pid)


@pytest.fixture
def upgraded(gateway):
    server = gateway("location / { empty_gif; }", server=TELL, workers=2, start=False,
                     main="env LD_PRELOAD; env ASAN_OPTIONS; env UBSAN_OPTIONS;")
    running = Upgraded(server).start()
    yield running
    for pid in list(running.masters):
        if runs(pid):
            running.end(pid, signal.SIGTERM)


def accepted(server, skew):
    target = unique("/")
    fields = sign(target, ts=now() + skew)
    assert server.send(target, fields).status == 200
    return target, fields


def refused(server, requests):
    for target, fields in requests:
        answer = server.send(target, fields)
        assert answer.status == 401, answer
        assert answer.get("X-Test-Reason") in ("replay", "restarted")


def test_after_an_upgrade_no_replay_of_what_came_before(upgraded):
    server = upgraded.server
    requests = [accepted(server, 0), accepted(server, 200)]
    old = upgraded.masters[0]
    upgraded.upgrade()
    upgraded.end(old)
    refused(server, requests)


def test_the_master_that_leaves_saves_nothing_over_the_one_that_stays(upgraded):
    """Its snapshot would be taken for the whole truth after a crash of the other."""
    server = upgraded.server
    requests = [accepted(server, 0)]
    old = upgraded.masters[0]
    new = upgraded.upgrade()
    upgraded.end(old)
    assert not (server.dir / "main.zone").exists()
    requests += [accepted(server, 5), accepted(server, 100)]
    upgraded.crash(new)
    upgraded.start(new)
    refused(server, requests)


def test_an_upgrade_taken_back_saves_nothing_over_the_one_that_stays(upgraded):
    server = upgraded.server
    requests = [accepted(server, 0)]
    old = upgraded.masters[0]
    new = upgraded.upgrade()
    upgraded.end(new)
    assert not (server.dir / "main.zone").exists()
    requests.append(accepted(server, 5))
    upgraded.crash(old)
    upgraded.start(old)
    refused(server, requests)


def test_the_last_of_them_saves(upgraded):
    server = upgraded.server
    old = upgraded.masters[0]
    new = upgraded.upgrade()
    upgraded.end(old)
    time.sleep(1.1)
    requests = [accepted(server, 0)]
    upgraded.end(new)
    assert (server.dir / "main.zone").exists()
    upgraded.start()
    refused(server, requests)
