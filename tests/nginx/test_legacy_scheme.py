"""The scheme of source 002 as printed, SHA-256(message ‖ key): verified, behind a switch (C3)."""

import pytest

import signer
from signer import ALICE, Key, now, sign, unique

# A key belongs to one algorithm, and what the source does has a name of its own.
README = Key("readme", b"your_secret_key", "sha256-suffix", members={"insecure": True})
RETIRING = README.with_members(state="verify")
SAME_SECRET = Key("readme", b"your_secret_key")
SHORT = Key("short", b"tooshort", members={"insecure": True})

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
            macaw_keys {dir}/moving.json;
            macaw_verify x-authorization x-authorization-legacy;
            empty_gif;
        }
        location /moved {
            macaw_insecure_legacy on;
            macaw_keys {dir}/moving.json;
            macaw_verify x-authorization-legacy x-authorization;
            empty_gif;
        }
    """, server=TELL, start=False)


@pytest.fixture(scope="module", autouse=True)
def started(legacy):
    signer.write_keyring(legacy.dir / "readme.json", README)
    signer.write_keyring(legacy.dir / "moving.json", ALICE, RETIRING)
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
    answer = legacy.get(unique("/old"), key=SAME_SECRET)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "mismatch")


def test_legacy_is_refused_where_it_is_not_named(legacy):
    answer = legacy.get(unique("/"), key=ALICE, legacy=True)
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "mismatch")
    for kid in (True, None):
        assert legacy.get(unique("/"), key=README, legacy=True, kid=kid).status == 401


def test_legacy_never_signs_a_response(legacy):
    answer = legacy.get(unique("/old"), key=README, legacy=True)
    assert answer.status == 200
    assert answer.get(signer.RESPONSE_MAC) is None


@pytest.mark.parametrize("path", ("/moving", "/moved"))
def test_both_schemes_pass_side_by_side_in_either_order(legacy, path):
    """They use the same headers; each key verifies under its own algorithm alone."""
    for kid in (True, None):
        sound = legacy.get(unique(path), kid=kid)
        assert (sound.status, sound.get("X-Test-Scheme")) == (200, "x-authorization")
        old = legacy.get(unique(path), key=README, legacy=True, kid=kid)
        assert (old.status, old.get("X-Test-Scheme")) == (200, "x-authorization-legacy")
        assert legacy.get(unique(path), legacy=True, kid=kid).status == 401
        assert legacy.get(unique(path), key=SAME_SECRET, kid=kid).status == 401


def test_a_legacy_key_never_verifies_the_sound_scheme(gateway):
    """Nor does any key that is marked insecure, without the switch."""
    server = gateway("location / { empty_gif; }", server=TELL, keys=(ALICE, README, SHORT))
    for key in (SAME_SECRET, SHORT):
        for kid in (True, None):
            assert server.get(key=key, kid=kid).status == 401
    assert server.get(kid=True).status == 200


def test_a_short_key_passes_behind_the_switch_only(gateway):
    server = gateway("location / { macaw_insecure_legacy on; empty_gif; }", server=TELL,
                     keys=(ALICE, SHORT))
    assert server.get(key=SHORT, kid=True).status == 200


def test_body_and_method_are_uncovered_here_too(legacy):
    for method, body in (("POST", None), ("GET", b"x"), ("DELETE", None)):
        target = unique("/old")
        answer = legacy.send(target, sign(target, key=README, legacy=True), method, body)
        assert (answer.status, answer.get("X-Test-Reason")) == (401, "uncovered")
