"""No replay after reload, restart, crash or configuration test (C16)."""

import os
import signal
import time

import pytest

import rawhttp
import signer
from signer import now, sign, unique

TELL = "add_header X-Test-Reason $macaw_reason always;"
GIF = "location / { empty_gif; } location /wide { macaw_window 900; empty_gif; }"
SAVED = "macaw_replay_zone main 1m save={dir}/state/main.zone;"
SNAPSHOT = "state/main.zone"


def verdict(answer):
    return answer.status, answer.get("X-Test-Reason")


def accepted(server, count=50, skews=(0,), path="/"):
    """Signed requests that have just been accepted: [(target, fields)]."""
    start = now()
    requests = []
    for i in range(count):
        target = unique(path)
        requests.append((target, sign(target, ts=start + skews[i % len(skews)])))
    for target, fields in requests:
        answer = server.send(target, fields)
        assert answer.status == 200, answer
    return requests


def all_refused(server, requests, reasons=("replay", "restarted", "stale")):
    for target, fields in requests:
        answer = server.send(target, fields)
        assert answer.status == 401, (fields, answer)
        assert answer.get("X-Test-Reason") in reasons


@pytest.fixture
def saving(gateway):
    """A gateway whose zone is saved; it is not started yet."""
    server = gateway(GIF, server=TELL, zone=SAVED, workers=2, start=False)
    (server.dir / "state").mkdir(mode=0o700)
    return server


def snapshot(server):
    return server.dir / SNAPSHOT


def test_reload_keeps_the_zone(gateway):
    server = gateway(GIF, server=TELL, workers=2)
    requests = accepted(server, skews=(0, 250))
    assert server.reload()
    all_refused(server, requests, ("replay",))
    accepted(server, 10)
    assert server.reload()
    all_refused(server, requests, ("replay",))


def test_ten_reloads_under_load_accept_no_replay(gateway):
    server = gateway(GIF, server=TELL, workers=2)
    requests = []
    for _ in range(10):
        requests += accepted(server, 20)
        assert server.reload()
        all_refused(server, requests[-40:], ("replay",))


def test_a_clean_restart_takes_over_what_was_saved(saving):
    saving.start()
    requests = accepted(saving, skews=(0, 5, 250))
    assert not snapshot(saving).exists()
    assert saving.stop() == 0
    assert snapshot(saving).exists()
    assert snapshot(saving).stat().st_mode & 0o777 == 0o600
    saving.start()
    all_refused(saving, requests, ("replay",))
    accepted(saving, 5)


def test_the_snapshot_is_gone_while_running(saving):
    """Else a crash would bring back an old state as if it were complete."""
    saving.start()
    accepted(saving, 3)
    saving.stop()
    saving.start()
    assert not snapshot(saving).exists()


def test_a_graceful_stop_saves_too(saving):
    saving.start()
    requests = accepted(saving, 5)
    assert saving.stop(signal.SIGQUIT) == 0
    saving.start()
    all_refused(saving, requests, ("replay",))


def test_after_a_clean_restart_older_timestamps_still_pass(saving):
    """Nothing was lost, so nothing need be refused but what was seen."""
    saving.start()
    time.sleep(2)
    ts = now() - 1
    accepted(saving, 3)
    saving.restart()
    target = unique("/")
    assert saving.get(target, ts=ts).status == 200
    assert verdict(saving.get(target, ts=ts)) == (401, "replay")


def test_several_restarts_accept_no_replay(saving):
    saving.start()
    requests = []
    for _ in range(4):
        requests += accepted(saving, 10, skews=(0, 100, 290))
        saving.restart()
        all_refused(saving, requests, ("replay",))


def test_after_a_crash_no_replay(gateway):
    """Nothing is saved here, so that the second of the start is refused as well."""
    server = gateway(GIF, server=TELL, workers=2, zone="macaw_replay_zone main 1m;")
    time.sleep(1.1)
    requests = accepted(server)
    server.kill_all()
    server.start()
    all_refused(server, requests, ("restarted",))
    time.sleep(1.1)
    all_refused(server, requests, ("restarted",))
    accepted(server, 3)


def test_after_a_crash_no_replay_of_a_request_from_the_future(saving):
    saving.start()
    requests = accepted(saving, 30, skews=(200, 0, 100, 299))
    saving.kill_all()
    saving.start()
    all_refused(saving, requests, ("restarted",))


def test_a_crash_after_a_clean_restart_accepts_no_replay(saving):
    saving.start()
    first = accepted(saving, 10, skews=(0, 200))
    saving.restart()
    second = accepted(saving, 10, skews=(0, 250))
    saving.kill_all()
    saving.start()
    all_refused(saving, first + second)


def test_a_crash_right_after_the_start_keeps_the_mark(saving):
    saving.start()
    requests = accepted(saving, 5, skews=(200,))
    for _ in range(3):
        saving.kill_all()
        saving.start()
    all_refused(saving, requests)


@pytest.mark.parametrize("damage", ("truncated", "flipped", "grown"))
def test_a_damaged_snapshot_is_no_snapshot(saving, damage):
    saving.start()
    requests = accepted(saving, 10, skews=(0, 200))
    saving.stop()
    data = snapshot(saving).read_bytes()
    broken = {"truncated": data[:-1], "flipped": data[:-40] + bytes([data[-40] ^ 1]) + data[-39:],
              "grown": data + b"\0"}[damage]
    snapshot(saving).write_bytes(broken)
    saving.allow(r"main\.zone")
    saving.start()
    all_refused(saving, requests)
    assert "main.zone" in saving.log()


@pytest.mark.parametrize("content", (b"", b"not a table", bytes(range(256)) * 400),
                         ids=("empty", "text", "binary"))
def test_a_file_of_another_kind_stops_the_start_and_is_left_alone(saving, content):
    """The path may be a mistake: better not to start than to remove a stranger's file."""
    snapshot(saving).write_bytes(content)
    saving.allow(r"main\.zone")
    with pytest.raises(RuntimeError, match="main.zone"):
        saving.start()
    assert snapshot(saving).read_bytes() == content


def test_a_snapshot_behind_a_link_stops_the_start(saving):
    """It could not be taken away, and would be there again after a crash."""
    saving.start()
    accepted(saving, 3)
    saving.stop()
    snapshot(saving).rename(saving.dir / "elsewhere")
    snapshot(saving).symlink_to(saving.dir / "elsewhere")
    saving.allow(r"main\.zone")
    with pytest.raises(RuntimeError, match="main.zone"):
        saving.start()


def test_an_old_snapshot_put_back_accepts_no_replay(saving):
    """A backup restored over a newer state."""
    saving.start()
    first = accepted(saving, 5)
    saving.stop()
    old = snapshot(saving).read_bytes()
    saving.start()
    second = accepted(saving, 5, skews=(0, 200))
    saving.kill_all()
    snapshot(saving).write_bytes(old)
    saving.allow(r"main\.zone")
    saving.start()
    all_refused(saving, first + second)


def test_configuration_test_while_running_does_not_eat_the_state(saving):
    saving.start()
    requests = accepted(saving, 10, skews=(0, 200))
    assert saving.test()[0] == 0
    all_refused(saving, requests, ("replay",))
    saving.stop()
    assert saving.test()[0] == 0
    assert snapshot(saving).exists()
    saving.start()
    assert saving.test()[0] == 0
    all_refused(saving, requests, ("replay",))
    saving.kill_all()
    assert saving.test()[0] == 0
    saving.start()
    all_refused(saving, requests)


def test_a_widened_window_at_reload_accepts_no_replay(gateway):
    """What the narrow window has let the table forget must not come back."""
    server = gateway("location / { empty_gif; }", server=TELL + "macaw_window 2;", workers=2)
    requests = accepted(server, 10)
    time.sleep(4.5)
    accepted(server, 10)  # sweeps what has expired
    server.write(servers=server.parts["servers"].replace("macaw_window 2;", "macaw_window 300;"))
    assert server.reload()
    all_refused(server, requests)
    accepted(server, 5)


def test_a_wider_location_of_the_same_zone_accepts_no_replay(gateway):
    """The zone keeps entries for the widest window that uses it."""
    server = gateway("location / { macaw_window 2; empty_gif; } "
                     "location /wide { macaw_window 900; empty_gif; } "
                     "location /last { macaw_window 3; empty_gif; }", server=TELL)
    requests = accepted(server, 5, path="/wide")
    time.sleep(5.5)
    accepted(server, 5)
    all_refused(server, requests, ("replay",))


def test_a_broken_configuration_at_reload_keeps_zone_and_keys(saving):
    saving.start()
    requests = accepted(saving, 5)
    saving.allow(r"\[emerg\]")
    servers = saving.parts["servers"]
    saving.write(servers=servers + "\nserver { macaw_verify nonsense; }")
    assert not saving.reload()
    all_refused(saving, requests, ("replay",))
    accepted(saving, 5)
    saving.write(servers=servers)
    assert saving.reload()
    all_refused(saving, requests, ("replay",))


def test_a_state_folder_that_is_missing_is_said_at_the_start(gateway):
    server = gateway(GIF, zone=SAVED, start=False)
    status, said = server.test()
    if status == 0:
        server.allow(r"state")
        try:
            server.start()
        except RuntimeError as failure:
            assert "state/main.zone" in str(failure)
        else:
            server.get()
            server.stop()
            assert "state/main.zone" in server.log()
    else:
        assert "state/main.zone" in said


def test_pipelined_requests_at_a_clean_stop_are_saved(saving):
    saving.start()
    requests = accepted(saving, 500)
    saving.stop()
    saving.start()
    answers = saving.pipeline([rawhttp.head("GET", t, f) for t, f in requests], depth=100)
    assert {verdict(answer) for answer in answers} == {(401, "replay")}


def test_a_new_key_secret_is_no_new_memory(saving):
    """Renaming a key does not make its old requests acceptable: the secret is the identity."""
    saving.start()
    target = unique("/")
    fields = sign(target)
    assert saving.send(target, fields).status == 200
    renamed = signer.Key("renamed", signer.ALICE.secret)
    signer.write_keyring(saving.keyring, renamed)
    assert saving.reload()
    assert verdict(saving.send(target, fields)) == (401, "replay")
    assert verdict(saving.send(target, {**fields, signer.REQUEST_KID: "renamed"})) \
        == (401, "replay")
