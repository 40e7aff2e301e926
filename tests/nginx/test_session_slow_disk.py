"""A worker that is told to end waits for the disk: who logs out is answered."""

import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

import gateway as gw
import rawhttp
import revocations
import sessions

SLOW_DISK = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>
static int sync_file(long number, int fd)
{
    while (access(FLAG, F_OK) == 0) {
        usleep(10000);
    }
    return (int)syscall(number, fd);
}
int fsync(int fd) { return sync_file(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_file(SYS_fdatasync, fd); }
"""
LOCATIONS = revocations.LOCATIONS + "location = /logout { macaw_session_logout main; }"


@pytest.fixture
def disk():
    """The library, and the file that holds syncs up while it is there; workers can enter."""
    with tempfile.TemporaryDirectory(prefix="macaw-slow-") as name:
        folder = Path(name)
        os.chmod(folder, 0o755)
        (folder / "slow.c").write_text(SLOW_DISK)
        subprocess.run(["cc", "-shared", "-fPIC", f'-DFLAG="{folder}/slow"', "-o", folder / "slow.so",
                        folder / "slow.c"], check=True)
        yield folder
        (folder / "slow").unlink(missing_ok=True)


@pytest.mark.skipif(bool(gw.PRELOAD), reason="preloads a library of its own")
@pytest.mark.parametrize("how", ["control", "logout"])
def test_a_reload_does_not_cut_off_who_waits_for_the_disk(gateway, disk, how):
    server = revocations.gateway_of(gateway, locations=LOCATIONS, start=False)
    server.environment = lambda: {**os.environ, "LD_PRELOAD": str(disk / "slow.so")}
    server.start()
    token = sessions.token()
    sid = sessions.read(token).sid.hex()
    fields = {"Cookie": f"{sessions.COOKIE}={token}", "Origin": "https://gateway.test",
              "Content-Length": "0"}
    address, request = {
        "control": (server.socket, rawhttp.head("POST", f"/revoke?sid={sid}")),
        "logout": (server.address, rawhttp.head("POST", "/logout", fields)),
    }[how]
    answers = []
    (disk / "slow").touch()
    waiter = threading.Thread(target=lambda: answers.append(rawhttp.exchange(address, request, timeout=30)))
    waiter.start()
    while revocations.passes(server, token):  # until it is revoked in memory
        time.sleep(0.02)
    assert server.reload()
    server.wait_log("gracefully shutting down")
    time.sleep(0.2)
    assert not answers
    (disk / "slow").unlink()
    waiter.join(30)
    assert answers[0] is not None and answers[0].status == (200 if how == "control" else 303)
    assert sid in [entry.get("sid") for entry in revocations.listed(server)]
