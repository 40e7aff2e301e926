"""What was accepted once is refused ever after, from any worker (A10, A15, C16)."""

import json
import threading
import time

import rawhttp
import signer
from gateway import numbers_in
from signer import now, sign, unique

TELL = "add_header X-Test-Reason $macaw_reason always;"


def verdict(answer):
    return answer.status, answer.get("X-Test-Reason")


def test_a_repeat_is_refused_and_told_when_to_sign_again(protected):
    target = unique("/gif")
    fields = sign(target)
    assert protected.send(target, fields).status == 200
    answer = protected.send(target, fields)
    assert verdict(answer) == (401, "replay")
    assert answer.get("Retry-After") == "1"


def test_only_a_replay_is_told_to_retry(protected):
    target = unique("/gif")
    for fields in ({}, sign(target + "0"), sign(target, kid="nobody")):
        assert protected.send(target, fields).get("Retry-After") is None


def test_repeats_are_refused_by_every_worker_on_new_connections(protected):
    target = unique("/gif")
    fields = sign(target)
    assert protected.send(target, fields).status == 200
    pids = set()
    for i in range(200):
        assert protected.send(target, fields).status == 401
        if i % 20 == 0:
            pids.add(protected.access(target)["pid"])
        if len(pids) == 2 and i > 20:
            break


def test_a_repeat_on_the_same_connection_is_refused(protected):
    target = unique("/gif")
    data = rawhttp.head("GET", target, sign(target))
    assert [a.status for a in protected.pipeline([data] * 5)] == [200] + [401] * 4


def test_a_repeat_in_other_clothes_is_refused(protected):
    """Header order, case, other headers, HTTP version, key id: the message is the same."""
    target = unique("/gif")
    fields = sign(target)
    assert protected.send(target, fields).status == 200
    for other in (dict(reversed(fields.items())), {n.lower(): v for n, v in fields.items()},
                  {**fields, "Cookie": "a=b", "User-Agent": "other"},
                  {**fields, signer.REQUEST_KID: "alice"}):
        assert verdict(protected.send(target, other)) == (401, "replay")
        assert protected.send(target, other, version="HTTP/1.0").status == 401
    assert verdict(protected.send(target, fields, "HEAD")) == (401, "replay")


def test_the_same_target_in_another_second_is_another_message(protected):
    target = unique("/gif")
    start = now()
    for ts in range(start, start + 20):
        assert protected.get(target, ts=ts).status == 200
    for ts in range(start, start + 20):
        assert protected.get(target, ts=ts).status == 401


def test_of_many_at_once_exactly_one_passes(protected):
    """The claim is atomic over both workers."""
    for _ in range(40):
        target = unique("/gif")
        data = rawhttp.head("GET", target, sign(target))
        connections = [protected.connect() for _ in range(8)]
        barrier = threading.Barrier(len(connections))
        statuses = []

        def send(connection):
            barrier.wait()
            connection.send(data)
            statuses.append(connection.receive().status)

        threads = [threading.Thread(target=send, args=(c,)) for c in connections]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for connection in connections:
            connection.close()
        assert sorted(statuses) == [200] + [401] * 7


def test_replay_off_lets_repeats_pass_and_still_checks(protected):
    target = unique("/no-replay")
    fields = sign(target)
    assert [protected.send(target, fields).status for _ in range(3)] == [200] * 3
    assert protected.send(target + "0", fields).status == 401


def test_two_zones_remember_apart(gateway):
    server = gateway("location / { empty_gif; } location /b { macaw_replay second; empty_gif; }",
                     server=TELL, http="macaw_replay_zone second 1m save={dir}/second.zone;")
    for path in ("/", "/b"):
        target = unique(path)
        fields = sign(target)
        assert server.send(target, fields).status == 200
        assert verdict(server.send(target, fields)) == (401, "replay")


def test_an_expired_entry_frees_its_room_but_the_request_stays_refused(gateway):
    server = gateway("location / { empty_gif; }", server=TELL + "macaw_window 2;")
    target = unique("/")
    fields = sign(target)
    assert server.send(target, fields).status == 200
    assert verdict(server.send(target, fields)) == (401, "replay")
    for _ in range(5):
        time.sleep(1)
        assert server.send(target, fields).status == 401
    assert verdict(server.send(target, fields)) == (401, "stale")


def test_an_early_request_is_remembered_until_its_own_time_has_passed(gateway):
    """An entry that forgot at now + window would let an early request in twice."""
    server = gateway("location / { empty_gif; }", server=TELL + "macaw_window 3;")
    target = unique("/")
    ts = now() + 3
    fields = sign(target, ts=ts)
    assert server.send(target, fields).status == 200
    while now() <= ts + 5:
        assert server.send(target, fields).status == 401
        time.sleep(0.5)


TINY = "macaw_replay_zone main 64k save={dir}/main.zone{how};"


def fill(server, count=12000):
    """Statuses of many distinct signed requests."""
    start = now()
    requests = []
    for i in range(count):
        target = f"/fill/{i}"
        requests.append((target, sign(target, ts=start)))
    answers = server.pipeline([rawhttp.head("GET", t, f) for t, f in requests], depth=100)
    return requests, answers


def test_a_full_table_refuses_with_503_and_forgets_nothing(gateway):
    """Pitfall 17: evicting a live entry would open a hole."""
    server = gateway("location / { empty_gif; }", server=TELL + "keepalive_requests 100000;",
                     zone=TINY.replace("{how}", ""))
    requests, answers = fill(server)
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {200, 503}
    full = answers[statuses.index(503)]
    assert full.get("X-Test-Reason") == "store-full"
    assert statuses.index(503) > 1000
    passed = [request for request, status in zip(requests, statuses) if status == 200]
    again = server.pipeline([rawhttp.head("GET", t, f) for t, f in passed], depth=100)
    assert {verdict(answer) for answer in again} == {(401, "replay")}
    server.allow(r"\[crit\].*full|\[alert\].*full")


def test_full_accept_lets_pass_and_counts(gateway):
    server = gateway("location / { empty_gif; } location = /status "
                     "{ macaw_verify off; macaw_status json; }",
                     server=TELL + "keepalive_requests 100000;",
                     zone=TINY.replace("{how}", " full=accept"))
    _, answers = fill(server)
    assert {answer.status for answer in answers} == {200}
    status = json.loads(server.send("/status").body)
    counts = [value for name, value in numbers_in(status) if "full" in name and value]
    assert counts, status
    server.allow(r"\[crit\].*full|\[alert\].*full")


def test_a_forgery_takes_no_room(gateway):
    """Only messages whose MAC verified are remembered."""
    server = gateway("location / { empty_gif; }", server=TELL + "keepalive_requests 100000;",
                     zone=TINY.replace("{how}", ""))
    forged = []
    for i in range(12000):
        fields = {signer.REQUEST_MAC: f"{i:064x}", signer.REQUEST_TIME: str(now())}
        forged.append(rawhttp.head("GET", f"/{i}", fields))
    assert {a.status for a in server.pipeline(forged, depth=100)} == {401}
    assert server.get().status == 200


def test_an_early_request_may_be_sent_again_when_its_time_has_come(gateway):
    server = gateway("location / { empty_gif; }", server=TELL + "macaw_window 2;")
    target = unique("/")
    fields = sign(target, ts=now() + 5)
    assert verdict(server.send(target, fields)) == (401, "early")
    time.sleep(4)
    assert server.send(target, fields).status == 200
    assert verdict(server.send(target, fields)) == (401, "replay")
