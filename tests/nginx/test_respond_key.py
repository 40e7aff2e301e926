"""Responses: whose requests get a MAC, and who gets none."""

import pytest

import signer
from responses import BIG, check, check_trailer, check_unsigned, g, up
from signer import ALICE, RESPONSE_MAC, unique


def test_fields_of_the_upstream_are_removed(g):
    response = check(g.get(unique("/up/forged")))
    assert len(response.get_all(RESPONSE_MAC)) == 1
    response = check_unsigned(g.send(unique("/observe-up/forged")))
    assert response.body == b"forged\n"


def test_own_fields_in_a_trailer_are_removed(g):
    response = g.get(unique("/own-trailer/1000"))
    assert signer.check_response(response) == "ok"
    assert response.trailers == [("X-Tail", "end")]
    check_trailer(g.get(unique("/trailer-tail/big")))
    response = check_unsigned(g.get(unique("/unsigned-tail/big")), "too-large")
    assert response.trailers == [] and response.body == BIG


def test_signing_can_be_switched_off(g):
    check_unsigned(g.get(unique("/plain/1000")))


@pytest.mark.parametrize("change", ["missing", "mac", "key", "kid"])
@pytest.mark.parametrize("where", ["/files/1000", "/observe/1000"])
def test_no_mac_for_a_request_that_has_none(g, where, change):
    target = unique(where)
    fields = signer.sign(target)
    if change == "missing":
        fields = {}
    elif change == "mac":
        fields[signer.REQUEST_MAC] = "0" * 64
    elif change == "key":
        fields = signer.sign(target, key=signer.Key("mallory"))
    else:
        fields = signer.sign(target, key=ALICE)
        fields[signer.REQUEST_KID] = "bob"
    response = check_unsigned(g.send(target, fields))
    assert response.status == (200 if where.startswith("/observe") else 401)


def test_refusals_of_a_right_mac_are_signed(g):
    assert check(g.get(unique("/files/1000"), ts=signer.now() - 1000)).status == 401
    assert check(g.get(unique("/files/1000"), ts=signer.now() + 1000)).status == 401
    target = unique("/only-bob/1000")
    assert check(g.get(target)).status == 401
    target = unique("/files/1000")
    fields = signer.sign(target)
    assert check(g.send(target, fields)).status == 200
    assert check(g.send(target, fields)).status == 401


def test_refusals_behind_an_error_page_are_signed_over_that_page(g):
    response = check(g.get(unique("/pages/x"), ts=signer.now() - 1000))
    assert response.status == 401 and response.body == b"<p>go away</p>\n"


def test_observed_requests(g):
    assert check(g.get(unique("/observe/1000"))).body == BIG[:1000]
    response = check(g.get(unique("/observe/1000"), ts=signer.now() - 1000))
    assert response.status == 200


def test_legacy_requests_get_no_mac(gateway):
    key = signer.Key("old", signer.os.urandom(32), "sha256-suffix", members={"insecure": True})
    g = gateway(keys=[key], verify=False, server="""
        macaw_insecure_legacy on; macaw_keys {keys}; macaw_verify x-authorization-legacy;
        macaw_replay main; macaw_sign_response on;""")
    g.file("a", "x")
    target = unique("/a")
    response = check_unsigned(g.send(target, signer.sign(target, key=key, legacy=True)), "scheme")
    assert response.status == 200


def test_a_key_that_only_verifies_signs_its_responses(gateway):
    old = signer.Key("old", members={"state": "verify"})
    g = gateway("macaw_sign_response on;", keys=[ALICE, old])
    g.file("a", "x")
    check(g.get(unique("/a"), key=old), key=old)
    check(g.get(unique("/a")), key=ALICE)


def test_sha512(gateway):
    key = signer.Key("long", signer.os.urandom(64), "hmac-sha512")
    g = gateway("macaw_sign_response on;", keys=[key])
    g.file("a", "x" * 5000)
    assert len(check(g.get(unique("/a"), key=key), key=key).get(RESPONSE_MAC)) == 128
