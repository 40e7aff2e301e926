"""What adds up: memory at reloads, state that leaks between requests (pitfalls 13, 14)."""

import re
import threading
from pathlib import Path

import pytest

import gateway as gw
import rawhttp
from signer import ALICE, BOB, Key, sign, unique


def resident(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


@pytest.mark.skipif(gw.PRELOAD != "", reason="sanitizers keep what is freed for a while")
def test_reloads_leak_nothing(gateway):
    """A thousand keys are some hundred kilobytes a load; thirty loads must not add up."""
    keys = [ALICE] + [Key(f"key-{i}") for i in range(1000)]
    server = gateway("location / { empty_gif; } location /b { macaw_window 5; empty_gif; }",
                     keys=keys)
    for _ in range(8):
        assert server.reload()
    before = resident(server.process.pid)
    for _ in range(24):
        assert server.reload()
    grown = resident(server.process.pid) - before
    assert grown < 2000, f"{grown} KiB in 24 reloads"
    assert server.get(kid=True).status == 200


def test_policies_do_not_bleed_between_requests(gateway):
    """Two locations of opposite policies, asked at once: each answers by its own."""
    server = gateway("""
        location /alice { macaw_allow_key alice; macaw_replay off; empty_gif; }
        location /bob { macaw_allow_key bob; macaw_replay off; empty_gif; }
        location /observe { macaw_mode observe; macaw_replay off; empty_gif; }
        location /open { macaw_verify off; empty_gif; }
    """, keys=(ALICE, BOB), workers=2)
    expected = {"/alice": (200, 401, 401), "/bob": (401, 200, 401), "/observe": (200, 200, 200),
                "/open": (200, 200, 200)}
    wrong = []

    def ask(path):
        requests = []
        for _ in range(100):
            target = unique(path)
            for fields in (sign(target, kid=True), sign(target, key=BOB, kid=True), {}):
                requests.append(rawhttp.head("GET", target, fields))
        statuses = [answer.status for answer in server.pipeline(requests, depth=30)]
        if statuses != list(expected[path]) * 100:
            wrong.append((path, statuses))

    threads = [threading.Thread(target=ask, args=(path,)) for path in list(expected) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_reload_under_load_loses_no_request(gateway):
    server = gateway("location / { empty_gif; }", workers=2, size="8m")
    stop = threading.Event()
    statuses = []

    def load():
        while not stop.is_set():
            statuses.append(server.get(unique("/")).status)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        assert server.reload()
    stop.set()
    for thread in threads:
        thread.join()
    assert len(statuses) > 50
    assert set(statuses) == {200}
