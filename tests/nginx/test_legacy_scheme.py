"""The scheme of source 002 as printed, SHA-256(message ‖ key): verified, behind a switch (C3)."""

import pytest

import signer
from signer import ALICE, Key, now, sign, unique

README = Key("readme", b"your_secret_key", members={"insecure": True})

TELL = """
    add_header X-Test-Reason $macaw_reason always;
    add_header X-Test-Scheme $macaw_scheme always;
"""


@pytest.fixture(scope="module")
def legacy(module_gateway):
    return module_gateway("""
        location / { empty_gif; }
        location /old {
            macaw_insecure_legacy on;
            macaw_keys {dir}/readme.json;
            macaw_verify x-authorization-legacy;
            macaw_sign_response on;
            empty_gif;
        }
        location /moving {
            macaw_insecure_legacy on;
            macaw_verify x-authorization x-authorization-legacy;
            empty_gif;
        }
    """, server=TELL, start=False)


@pytest.fixture(scope="module", autouse=True)
def started(legacy):
    signer.write_keyring(legacy.dir / "readme.json", README)
    legacy.start()


def test_the_printed_sample_is_what_the_signer_makes():
    """So that what these tests send is what the source sends (C6)."""
    target = "/example/users?user=test&institutionID=999&signature=7e745d74b69b7f62e8e2"
    assert signer.legacy_mac(target, 1711662980, README) \
        == "1c73495878ccea24af9dd281a4c883c40a3551ba799d30f4ad7d9afb6a60fbd4"


def test_a_legacy_client_passes_where_it_is_switched_on(legacy):
    answer = legacy.get(unique("/old"), key=README, legacy=True)
    assert (answer.status, answer.get("X-Test-Scheme")) == (200, "x-authorization-legacy")


def test_the_printed_sample_is_9_hours_and_years_old(legacy):
    target = "/old"
    answer = legacy.get(target, ts=1711662980, key=README, legacy=True)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "stale")


def test_a_legacy_replay_is_refused(legacy):
    target, ts = unique("/old"), now()
    assert legacy.get(target, ts=ts, key=README, legacy=True).status == 200
    answer = legacy.get(target, ts=ts, key=README, legacy=True)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "replay")


def test_every_changed_byte_is_refused(legacy):
    target = unique("/old?a=1")
    fields = sign(target, key=README, legacy=True)
    mac = fields[signer.REQUEST_MAC]
    assert legacy.send(target + "1", fields).status == 401
    for i in range(64):
        flipped = mac[:i] + ("0" if mac[i] != "0" else "1") + mac[i + 1:]
        assert legacy.send(target, {**fields, signer.REQUEST_MAC: flipped}).status == 401
    assert legacy.send(target, fields).status == 200


def test_a_real_hmac_is_no_legacy_mac(legacy):
    answer = legacy.get(unique("/old"), key=README)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "mismatch")


def test_legacy_is_refused_where_it_is_not_named(legacy):
    answer = legacy.get(unique("/"), key=ALICE, legacy=True)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "mismatch")


def test_legacy_never_signs_a_response(legacy):
    answer = legacy.get(unique("/old"), key=README, legacy=True)
    assert answer.status == 200
    assert answer.get(signer.RESPONSE_MAC) is None


def test_the_sound_scheme_beside_the_legacy_one(legacy):
    answer = legacy.get(unique("/moving"))
    assert (answer.status, answer.get("X-Test-Scheme")) == (200, "x-authorization")


def test_a_moving_client_may_use_either_scheme(legacy):
    """Both use the same headers, so the second is tried where the first does not match."""
    answer = legacy.get(unique("/moving"), legacy=True)
    assert (answer.status, answer.get("X-Test-Scheme")) == (200, "x-authorization-legacy")


def test_an_insecure_key_is_refused_without_the_switch(gateway):
    server = gateway("location / { empty_gif; }", server=TELL, keys=(ALICE, README))
    for kid in (True, None):
        assert server.get(key=README, kid=kid).status == 401
    assert server.get(kid=True).status == 200


def test_body_and_method_are_uncovered_here_too(legacy):
    for method, body in (("POST", None), ("GET", b"x"), ("DELETE", None)):
        target = unique("/old")
        answer = legacy.send(target, sign(target, key=README, legacy=True), method, body)
        assert (answer.status, answer.get("X-Test-Reason")) == (401, "uncovered")
