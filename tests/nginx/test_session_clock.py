"""A clock that is set back or forward: nobody is locked out, nothing that ended is back."""

import pytest

import clocks
import gateway as gw
import logins
import revocations
import sessions
from logins import Browser

pytestmark = pytest.mark.skipif(bool(gw.PRELOAD), reason="preloads a library of its own")


@pytest.fixture
def clock():
    made = clocks.Clock()
    yield made
    made.close()


def start(server, clock):
    server.environment = clock.environment
    return server.start()


def fail(server, user="alice"):
    return Browser(server).log_in(user, "wrong")


def test_nobody_waits_for_a_clock_to_catch_up(gateway, clock):
    server = start(logins.site_of(gateway, http="macaw_session_attempts user=2 address=100;",
                                  start=False), clock)
    clock.set(86400)
    while fail(server).status != 429:  # each makes the next wait longer
        pass
    clock.set(0)
    answer = fail(server)
    assert answer.status == 429 and int(answer.get("Retry-After")) <= 900
    clock.set(1000)
    assert Browser(server).log_in().status == 303


def test_a_clock_that_is_set_back_brings_nobody_back(gateway, clock):
    server = start(revocations.gateway_of(gateway, start=False), clock)
    ended, kept, old = sessions.token(), sessions.token(b"bob"), sessions.token(b"eve", age=600)
    revocations.revoke(server, "sid=" + sessions.read(ended).sid.hex())
    revocations.revoke(server, "subject=eve")
    for ahead, expected in ((0, 200), (-60, 401), (1200, 200), (-86400, 401), (0, 200)):
        clock.set(ahead)
        assert sessions.send(server, "/", cookie=kept).status == expected, ahead
        assert not revocations.passes(server, ended), ahead
        assert not revocations.passes(server, old), ahead
    server.kill_all()
    (server.dir / "control.sock").unlink()
    start(server, clock)
    assert revocations.passes(server, kept)
    assert not revocations.passes(server, ended) and not revocations.passes(server, old)
