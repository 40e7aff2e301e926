"""The $macaw_ variables: what they say, and that asking costs nothing (C1)."""

import json
import time
from pathlib import Path

import pytest

from signer import ALICE, BOB, now, sign, unique

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "operator-guide.md"
LOCATIONS = """
    location / { empty_gif; }
    location /map { add_header X-Map $client always; empty_gif; }
    location /observe { macaw_mode observe; proxy_pass {app}; proxy_set_header X-Seen
                        "$macaw_result/$macaw_reason/$macaw_key_id"; }
    location /limited { limit_req zone=per_key; limit_req_status 429; empty_gif; }
    location /fair { limit_req zone=fair; limit_req_status 429; empty_gif; }
    location /if { if ($macaw_result = refused) { return 418; } empty_gif; }
    location /off { macaw_verify off; proxy_pass {app};
                    proxy_set_header X-Seen "$macaw_result/$macaw_reason/$macaw_key_id"; }
    location /upstream { proxy_pass {app}; proxy_set_header X-Seen
                         "$macaw_result/$macaw_reason/$macaw_key_id/$macaw_scheme"; }
    location /set { set $early $macaw_key_id; add_header X-Early $early always; empty_gif; }
    location /rewrite { rewrite ^/rewrite/(.*)$ /moved/$macaw_key_id/$1 last; }
    location /moved/ { proxy_pass {app}; }
"""
HTTP = """
    map $macaw_key_id $client { default stranger; alice Alice; bob Bob; }
    limit_req_zone $macaw_key_id zone=per_key:1m rate=1r/m;
"""
HTTP += "".join(line for line in GUIDE.read_text(encoding="utf-8").splitlines(keepends=True)
                if "$macaw_limited" in line).replace("per_key", "fair").replace("50r/s", "1r/m")
TELL = """
    add_header X-Test-Reason $macaw_reason always;
    add_header X-Test-Result $macaw_result always;
    add_header X-Test-Key-Id $macaw_key_id always;
"""


@pytest.fixture(scope="module")
def server(module_gateway):
    return module_gateway(LOCATIONS, server=TELL, http=HTTP, keys=(ALICE, BOB))


def upstream_saw(answer):
    headers = dict(json.loads(answer.body)["headers"])
    return headers.get("X-Seen")


def test_the_access_log_of_an_accepted_request(server):
    target = unique("/")
    assert server.get(target, ts=now() + 100, key=BOB, kid=True).status == 200
    record = server.access(target)
    assert -100 <= int(record["skew"]) <= -1
    del record["pid"], record["skew"]
    assert record == {"method": "GET", "uri": target, "status": "200", "result": "ok",
                      "reason": "ok", "kid": "bob", "scheme": "x-authorization"}


def test_the_access_log_of_refused_requests(server):
    target = unique("/")
    fields = sign(target, kid=True)
    server.send(target)
    record = server.access(target)
    assert (record["result"], record["reason"], record["kid"]) == ("refused", "missing", "")
    server.send(target + "1", fields)
    record = server.access(target + "1")
    assert (record["result"], record["reason"], record["kid"]) == ("refused", "mismatch", "")
    server.send(target, fields)
    server.send(target, fields)
    deadline = time.monotonic() + 30
    while server.access(target)["reason"] != "replay" and time.monotonic() < deadline:
        time.sleep(0.02)
    record = server.access(target)
    assert (record["status"], record["reason"], record["kid"]) == ("401", "replay", "alice")


def test_a_key_id_is_set_only_when_its_mac_verified(server):
    target = unique("/")
    answer = server.send(target, {**sign(target), "X-Authorization-Key-Id": "bob"})
    assert answer.status == 401
    assert server.access(target)["kid"] == ""


def test_off_says_off(server):
    target = unique("/off")
    assert upstream_saw(server.get(target, kid=True)) == "off//"
    assert server.access(target)["result"] == "off"


def test_in_a_map(server):
    assert server.get(unique("/map"), kid=True).get("X-Map") == "Alice"
    assert server.get(unique("/map"), key=BOB, kid=True).get("X-Map") == "Bob"
    assert server.get(unique("/map"), kid="bob").get("X-Map") == "stranger"
    assert server.send(unique("/map")).get("X-Map") == "stranger"


def test_in_proxy_set_header(server):
    assert upstream_saw(server.get(unique("/upstream"), kid=True)) == "ok/ok/alice/x-authorization"


def test_in_the_rewrite_phase(server):
    """Evaluated before the check; the replay entry is claimed once all the same."""
    target = unique("/set")
    fields = sign(target, kid=True)
    answer = server.send(target, fields)
    assert (answer.status, answer.get("X-Early")) == (200, "alice")
    assert server.send(target, fields).status == 401


def test_in_a_rewrite(server):
    target = unique("/rewrite/x")
    fields = sign(target, kid=True)
    assert server.send(target, fields).status == 200
    assert server.send(target, fields).status == 401
    assert server.send(unique("/rewrite/x")).status == 401


def test_in_an_if(server):
    target = unique("/if")
    fields = sign(target, kid=True)
    assert server.send(target, fields).status == 200
    assert server.send(target, fields).status == 401
    assert server.send(target + "1", fields).status in (401, 418)


def test_limit_req_counts_per_key_and_spends_no_replay_entry(server):
    """limit_req runs before the check, and its refusal must not burn the request."""
    first, second = unique("/limited"), unique("/limited")
    assert server.get(first, kid=True).status == 200
    fields = sign(second, kid=True)
    limited = server.send(second, fields)
    assert limited.status == 429
    assert limited.get("X-Test-Key-Id") == "alice"
    assert server.get(unique("/limited"), key=BOB, kid=True).status == 200
    assert server.send(second, fields).status == 429  # not "replay": nothing was claimed


def test_an_old_request_cannot_use_up_a_client_s_rate(server):
    """As the operator's guide limits clients; over the key id alone, one capture would do."""
    old = unique("/fair")
    fields = sign(old, now() - 86400, kid=True)
    assert [server.send(old, fields).status for _ in range(3)] == [401] * 3
    assert server.get(unique("/fair"), kid=True).status == 200
    assert server.get(unique("/fair"), kid=True).status == 429
    assert server.get(unique("/fair"), key=BOB, kid=True).status == 200


def test_a_limited_request_may_pass_later(gateway):
    server = gateway("location / { limit_req zone=k; limit_req_status 429; empty_gif; }",
                     server=TELL, http="limit_req_zone $macaw_key_id zone=k:1m rate=60r/m;")
    for _ in range(50):  # two in a second
        target = unique("/")
        fields = sign(target)
        status = server.send(target, fields).status
        if status == 429:
            break
    assert status == 429
    time.sleep(1.1)
    assert server.send(target, fields).status == 200
    time.sleep(1.1)
    answer = server.send(target, fields)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "replay")


def test_strangers_share_no_bucket_with_a_key(server):
    """Wrong MACs under alice's id must not use up alice's requests."""
    fresh = unique("/limited")
    for _ in range(5):
        assert server.send(fresh, sign(fresh + "x", kid=True)).status == 401


# ---- observe mode ----

def test_observe_passes_unsigned_requests_and_tags_them(server):
    answer = server.send(unique("/observe"))
    assert (answer.status, answer.get("X-Test-Result")) == (200, "refused")
    assert upstream_saw(answer) == "refused/missing/"


def test_observe_passes_wrong_and_malformed_requests_and_tags_them(server):
    target = unique("/observe")
    assert upstream_saw(server.send(target, sign(target + "1", kid=True))) == "refused/mismatch/"
    assert upstream_saw(server.send(target, {"X-Authorization-Timestamp": "x"})) \
        == "refused/malformed/"
    assert upstream_saw(server.send(target, sign(target, ts=now() - 400, kid=True))) \
        == "refused/stale/alice"


def test_observe_tags_right_requests_and_their_replays(server):
    target = unique("/observe")
    fields = sign(target, kid=True)
    assert upstream_saw(server.send(target, fields)) == "ok/ok/alice"
    assert upstream_saw(server.send(target, fields)) == "refused/replay/alice"


def test_observe_passes_bodies(server):
    answer = server.get(unique("/observe"), kid=True, method="POST", body=b"hello")
    assert json.loads(answer.body)["body"] == "aGVsbG8="
    assert upstream_saw(answer) == "refused/uncovered/alice"


def test_observe_logs_what_enforce_would_refuse(server):
    offset = len(server.log())
    target = unique("/observe")
    server.send(target, sign(target, ts=now() - 9 * 3600, kid=True))
    server.wait_log(r"time.?zone")
    assert "9 h" in server.log()[offset:]
