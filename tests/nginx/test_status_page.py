"""macaw_status counts rightly, as JSON and for Prometheus."""

import json
import re

import pytest

import gateway as gw
import signer
from gateway import numbers_in
from signer import ALICE, BOB, now, sign, unique

LOCATIONS = """
    location / { empty_gif; }
    location = /status { macaw_verify off; macaw_status; }
    location = /status/json { macaw_verify off; macaw_status json; }
    location = /status/metrics { macaw_verify off; macaw_status prometheus; }
    location = /status/protected { macaw_status json; }
"""

SAMPLE = re.compile(r'^([a-z_][a-z0-9_]*)(?:\{([^}]*)\})? (-?[0-9.e+]+)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


@pytest.fixture
def server(gateway):
    return gateway(LOCATIONS, keys=(ALICE, BOB), workers=2)


def metrics(text):
    """Prometheus text as {(name, labels): value}; every sample has HELP and TYPE before it."""
    found, described = {}, set()
    for line in text.splitlines():
        if line.startswith("# "):
            kind, name = line.split(" ")[1:3]
            assert kind in ("HELP", "TYPE"), line
            described.add((kind, name))
            continue
        match = SAMPLE.match(line)
        assert match, line
        name, labels, value = match.groups()
        family = name if ("TYPE", name) in described else re.sub("_(bucket|sum|count)$", "", name)
        assert ("TYPE", family) in described and ("HELP", family) in described, name
        key = (name, tuple(sorted(LABEL.findall(labels or ""))))
        assert key not in found, key
        found[key] = float(value)
    assert text.endswith("\n")
    return found


def traffic(server):
    """Known numbers of everything."""
    for _ in range(7):
        assert server.get(unique("/"), kid=True).status == 200
    for _ in range(3):
        assert server.get(unique("/"), key=BOB, kid=True).status == 200
    for _ in range(4):
        assert server.send(unique("/")).status == 401
    target = unique("/")
    fields = sign(target, kid=True)
    assert [server.send(target, fields).status for _ in range(3)] == [200, 401, 401]
    for _ in range(5):
        assert server.send(unique("/"), sign("/x", kid=True)).status == 401
    assert server.send(unique("/"), {signer.REQUEST_MAC: "x"}).status == 400
    assert server.get(unique("/"), kid=True, method="POST").status == 401
    assert server.get(unique("/"), kid="mallory").status == 401
    assert server.get(unique("/"), kid=True, ts=now() + 1000).status == 401


EXPECTED = {"ok": 11, "missing": 4, "replay": 2, "mismatch": 5, "malformed": 1, "uncovered": 1,
            "unknown-key": 1, "early": 1}


def reasons_in(value):
    """{reason: count} wherever the JSON holds them."""
    totals = {}
    for name, count in numbers_in(value):
        last = name.rsplit("/", 1)[1]
        if last in EXPECTED and "key" not in name.split("/")[1:-1] and "keys" not in name:
            totals[last] = totals.get(last, 0) + count
    return totals


def test_json_counts_by_reason(server):
    traffic(server)
    answer = server.send("/status/json")
    assert answer.status == 200
    assert answer.get("Content-Type").startswith("application/json")
    status = json.loads(answer.body)
    assert reasons_in(status) == EXPECTED, status


def test_json_counts_by_key(server):
    traffic(server)
    text = server.send("/status").body.decode()
    status = json.loads(text)
    assert "alice" in text and "bob" in text
    assert "mallory" not in text  # a name that strangers choose is not a key
    by_key = [(name, count) for name, count in numbers_in(status)
              if "bob" in name and count == 3]
    assert by_key or [entry for entry in find_dicts(status)
                      if "bob" in entry.values() and 3 in entry.values()], status


def find_dicts(value):
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from find_dicts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from find_dicts(inner)


def test_json_shows_the_replay_table(server):
    traffic(server)
    status = json.loads(server.send("/status").body)
    numbers = {name.rsplit("/", 1)[1]: value for name, value in numbers_in(status) if "main" in name
               or "zone" in name}
    if not numbers:
        numbers = {name.rsplit("/", 1)[1]: value for name, value in numbers_in(status)}
    assert numbers["claimed"] == 11, status
    assert numbers["seen"] == 2
    assert numbers["live"] == 11
    assert numbers["capacity"] > 10000


def test_prometheus_says_the_same(server):
    traffic(server)
    answer = server.send("/status/metrics")
    assert answer.status == 200
    assert answer.get("Content-Type").startswith("text/plain")
    found = metrics(answer.body.decode())
    by_reason = {}
    for (_, labels), value in found.items():
        named = dict(labels)
        if "reason" in named and not {"key", "kid", "key_id"} & set(named):
            by_reason[named["reason"]] = by_reason.get(named["reason"], 0) + value
    if not by_reason:  # one family by key and reason together
        for (_, labels), value in found.items():
            reason = dict(labels).get("reason")
            if reason:
                by_reason[reason] = by_reason.get(reason, 0) + value
    assert {reason: n for reason, n in by_reason.items() if n} == EXPECTED, found
    assert all(name.startswith("macaw_") for name, _ in found)


def test_counters_survive_a_reload(server):
    traffic(server)
    assert server.reload()
    assert reasons_in(json.loads(server.send("/status").body)) == EXPECTED


def test_counters_of_a_key_survive_a_changed_keyring(server):
    traffic(server)
    signer.write_keyring(server.keyring, signer.Key("carol"), BOB, ALICE)
    assert server.reload()
    for _ in range(2):
        assert server.get(unique("/"), key=BOB, kid=True).status == 200
    text = server.send("/status").body.decode()
    status = json.loads(text)
    assert [1 for name, count in numbers_in(status) if "bob" in name and count in (2, 5)] or \
        [1 for entry in find_dicts(status)
         if "bob" in entry.values() and {2, 5} & set(map(str_int, entry.values()))], status


def str_int(value):
    return value if isinstance(value, int) else None


def test_the_status_can_be_protected_itself(server):
    assert server.send("/status/protected").status == 401
    assert server.get("/status/protected", kid=True).status == 200


def test_the_status_shows_no_secret(server):
    traffic(server)
    for path in ("/status", "/status/metrics"):
        assert not gw.secrets_in(server.send(path).body.decode())


def test_the_status_answers_get_and_head_only(server):
    assert server.send("/status", method="HEAD").status == 200
    assert server.send("/status", method="HEAD").body == b""
    assert server.send("/status", method="POST", body=b"x").status == 405


def test_the_status_is_not_cached(server):
    assert "no-" in (server.send("/status").get("Cache-Control") or "")


def test_observed_refusals_are_counted(gateway):
    server = gateway("location / { macaw_mode observe; empty_gif; } "
                     "location = /status { macaw_verify off; macaw_status; }")
    for _ in range(3):
        assert server.send(unique("/")).status == 200
    status = json.loads(server.send("/status").body)
    assert {reason: n for reason, n in reasons_in(status).items() if n} == {"missing": 3}, status
