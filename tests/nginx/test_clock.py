"""The acceptance window, its edges, and what the log says about a wrong clock (C13, C17)."""

import time

import pytest

from signer import now, sign, unique

SERVER = """
server {
    listen 127.0.0.1:{port};
    macaw_keys {keys}; macaw_verify x-authorization; macaw_replay off;
    add_header X-Test-Reason $macaw_reason always;
    add_header X-Test-Skew $macaw_skew always;
    location / { empty_gif; }
    location /narrow { macaw_window 5; empty_gif; }
    location /wide { macaw_window 3600; empty_gif; }
}
"""


@pytest.fixture(scope="module")
def clock(module_gateway):
    """Without replay memory, which would refuse timestamps from before its start."""
    return module_gateway(servers=SERVER)


def second_begins():
    """Wait where a second is old, so that both ends see the same one."""
    if time.time() % 1 > 0.6:
        time.sleep(1.02 - time.time() % 1)
    return now()


def at(server, skew, path="/"):
    """The answer to a request whose timestamp is skew seconds behind the clock."""
    for _ in range(60):
        start = second_begins()
        target = unique(path)
        answer = server.get(target, ts=start - skew)
        if now() == start:
            return answer, target
    raise TimeoutError("the machine is too slow for this test")


@pytest.mark.parametrize("skew", (300, -300, 299, -299, 0, 1, -1))
def test_within_the_window(clock, skew):
    answer, _ = at(clock, skew)
    assert answer.status == 200
    assert answer.get("X-Test-Skew") == str(skew)


@pytest.mark.parametrize("skew, reason, words", (
    (301, "stale", "301 s old"), (-301, "early", "301 s"), (302, "stale", "302 s old")))
def test_outside_the_window_the_log_names_the_skew(clock, skew, reason, words):
    answer, _ = at(clock, skew)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, reason)
    assert answer.get("X-Test-Skew") == str(skew)
    clock.wait_log(words)


@pytest.mark.parametrize("skew, hours", (
    (9 * 3600, "9 h"), (-9 * 3600, "9 h"), (3600, "1 h"), (-5 * 3600 - 1800, "5 h 30 min"),
    (5 * 3600 + 2700, "5 h 45 min"), (1800, "30 min"), (14 * 3600 + 1, "14 h")))
def test_a_skew_of_whole_quarters_is_named_a_time_zone_bug(clock, skew, hours):
    """The sample of source 002 is 9 h off."""
    offset = len(clock.log())
    answer, _ = at(clock, skew)
    assert answer.status == 401
    line = clock.wait_log(r"time.?zone")
    assert "zone" in line
    assert hours in clock.log()[offset:]


@pytest.mark.parametrize("skew", (301, 900, 1234, 5000, 3600 + 60))
def test_other_skews_are_not_named_a_time_zone_bug(clock, skew):
    offset = len(clock.log())
    answer, _ = at(clock, skew)
    assert answer.get("X-Test-Reason") == "stale"
    clock.wait_log(f"{skew} s old")
    assert "zone" not in clock.log()[offset:].lower()


@pytest.mark.parametrize("path, window", (("/narrow", 5), ("/wide", 3600)))
def test_the_window_is_per_location_and_exact(clock, path, window):
    for skew, status in ((window, 200), (window + 1, 401), (-window, 200), (-window - 1, 401)):
        assert at(clock, skew, path)[0].status == status, skew


@pytest.mark.parametrize("ts", (1000000000, 4294967295, 4294967296, 9999999999, 2147483648))
def test_timestamps_far_away_are_refused(clock, ts):
    answer = clock.get(unique("/"), ts=ts)
    assert answer.status in (400, 401)
    assert answer.get("X-Test-Reason") in ("stale", "early", "malformed")


def test_a_wrong_mac_says_nothing_about_the_clock(clock):
    """Freshness is judged from a signed value only."""
    target = unique("/")
    answer = clock.send(target, sign(target + "0", ts=now() - 9 * 3600))
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "mismatch")


def test_a_stale_request_is_told_the_servers_time(clock):
    answer, _ = at(clock, 400)
    assert answer.get("Date")


def test_from_before_the_replay_memory_began(gateway):
    """A fresh zone cannot know what was accepted before it."""
    server = gateway("location / { empty_gif; add_header X-Test-Reason $macaw_reason always; }",
                     zone="macaw_replay_zone main 1m;")
    time.sleep(1.1)
    answer = server.get(unique("/"), ts=now() - 100)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "restarted")
    assert server.get(unique("/"), ts=now() + 100).status == 200
