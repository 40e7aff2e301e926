"""Unsafe or wrong configuration is refused at load time, by name (nginx -t)."""

import json
import os

import pytest

import gateway as gw
import signer
from signer import ALICE, Key

GIF = "location / { empty_gif; }"


def refuses(gateway, words, locations=GIF, **how):
    """nginx -t fails and says all of words in one line."""
    server = gateway(locations, start=False, **how)
    status, said = server.test()
    assert status != 0, said
    lines = [line for line in said.splitlines() if "[emerg]" in line]
    assert any(all(word in line for word in words) for line in lines), said
    assert not gw.secrets_in(said)


def test_a_right_configuration_passes(gateway):
    status, said = gateway(GIF, start=False).test()
    assert status == 0, said
    assert "[warn]" not in said


DIRECTIVES = {
    "verify unknown scheme": "macaw_verify hmac;",
    "verify off and a scheme": "macaw_verify off x-authorization;",
    "verify a scheme twice": "macaw_verify x-authorization x-authorization;",
    "verify without argument": "macaw_verify;",
    "verify twice": "macaw_verify x-authorization; macaw_verify x-authorization;",
    "verify legacy without the switch": "macaw_verify x-authorization-legacy;",
    "verify upper case": "macaw_verify X-Authorization;",
    "window 0": "macaw_window 0;",
    "window negative": "macaw_window -1;",
    "window over a day": "macaw_window 86401;",
    "window over a day in days": "macaw_window 2d;",
    "window of letters": "macaw_window abc;",
    "window empty": "macaw_window '';",
    "window twice": "macaw_window 5; macaw_window 5;",
    "window overflowing": "macaw_window 99999999999999999999;",
    "window in milliseconds": "macaw_window 500ms;",
    "replay of an unknown zone": "macaw_replay nowhere;",
    "replay of an empty name": "macaw_replay '';",
    "replay twice": "macaw_replay main; macaw_replay off;",
    "mode unknown": "macaw_mode watch;",
    "mode empty": "macaw_mode '';",
    "mode twice": "macaw_mode observe; macaw_mode observe;",
    "allow_key unknown": "macaw_allow_key nobody;",
    "allow_key malformed": "macaw_allow_key 'a b';",
    "allow_key without argument": "macaw_allow_key;",
    "allow_uncovered unknown": "macaw_allow_uncovered headers;",
    "allow_uncovered none and another": "macaw_allow_uncovered none body;",
    "allow_uncovered another and none": "macaw_allow_uncovered body none;",
    "allow_uncovered twice": "macaw_allow_uncovered body; macaw_allow_uncovered method;",
    "allow_uncovered a word twice": "macaw_allow_uncovered body body;",
    "insecure_legacy neither on nor off": "macaw_insecure_legacy yes;",
    "preflight neither on nor off": "macaw_preflight 1;",
    "preflight twice": "macaw_preflight on; macaw_preflight off;",
    "sign_response neither on nor off": "macaw_sign_response always;",
    "response_buffer not a size": "macaw_response_buffer big;",
    "response_buffer negative": "macaw_response_buffer -1;",
    "response_buffer over unknown": "macaw_response_buffer 1m over=drop;",
    "response_buffer unknown word": "macaw_response_buffer 1m policy=refuse;",
    "response_buffer over empty": "macaw_response_buffer 1m over=;",
    "status unknown": "macaw_status xml;",
    "keys missing file": "macaw_keys {dir}/missing.json;",
    "keys a folder": "macaw_keys {dir};",
    "keys empty name": "macaw_keys '';",
    "keys twice": "macaw_keys {keys}; macaw_keys {keys};",
}


@pytest.mark.parametrize("case", DIRECTIVES)
def test_a_wrong_directive_is_refused_by_name(gateway, case):
    text = DIRECTIVES[case]
    refuses(gateway, [text.split(";")[0].split(" ")[0]],
            "location / { " + text + " empty_gif; }")


ZONES = {
    "no size": "macaw_replay_zone main;",
    "too small": "macaw_replay_zone main 1k;",
    "size of zero": "macaw_replay_zone main 0;",
    "size of letters": "macaw_replay_zone main big;",
    "size negative": "macaw_replay_zone main -1m;",
    "empty name": "macaw_replay_zone '' 1m;",
    "twice": "macaw_replay_zone main 1m; macaw_replay_zone main 1m;",
    "twice with other sizes": "macaw_replay_zone main 1m; macaw_replay_zone main 2m;",
    "full unknown": "macaw_replay_zone main 1m full=evict;",
    "full empty": "macaw_replay_zone main 1m full=;",
    "full twice": "macaw_replay_zone main 1m full=refuse full=accept;",
    "save empty": "macaw_replay_zone main 1m save=;",
    "save twice": "macaw_replay_zone main 1m save=/tmp/a save=/tmp/b;",
    "unknown word": "macaw_replay_zone main 1m sync=on;",
    "two zones, one file": "macaw_replay_zone main 1m save=z; macaw_replay_zone other 1m save=z;",
    "named off": "macaw_replay_zone off 1m;",
}


@pytest.mark.parametrize("case", ZONES)
def test_a_wrong_zone_is_refused(gateway, case):
    refuses(gateway, ["macaw_replay_zone"], zone=ZONES[case])


def test_a_zone_in_a_server_is_refused(gateway):
    refuses(gateway, ["macaw_replay_zone"], server="macaw_replay_zone other 1m;")


def test_a_scheme_without_keys_is_refused(gateway):
    refuses(gateway, ["macaw_keys"], verify=False,
            server="macaw_verify x-authorization; macaw_replay main;")


def test_a_scheme_without_a_word_on_replay_is_refused(gateway):
    refuses(gateway, ["macaw_replay"], verify=False,
            server="macaw_keys {keys}; macaw_verify x-authorization;")


def ring(**changes):
    return json.dumps({"keys": [{**ALICE.jwk(), **changes}]})


KEYRINGS = {
    "not JSON": "{",
    "an array": "[]",
    "no keys": "{}",
    "trailing bytes": signer.keyring(ALICE) + "x",
    "a kid twice": json.dumps({"keys": [ALICE.jwk(), Key("alice").jwk()]}),
    "a secret twice": json.dumps({"keys": [ALICE.jwk(), Key("b", ALICE.secret).jwk()]}),
    "a short secret": ring(k="c2hvcnQ"),
    "a published secret": ring(k=gw.base64url(b"your_secret_key")),
    "an unknown algorithm": ring(alg="hmac-sha999"),
    "an algorithm of JOSE": ring(alg="none"),
    "an unknown state": ring(state="enabled"),
    "padding in the secret": ring(k=gw.base64url(ALICE.secret) + "="),
    "a date of letters": ring(nbf="tomorrow"),
    "a bad kid": ring(kid="a b"),
    "an empty kid": ring(kid=""),
    "a member twice": signer.keyring(ALICE).replace('"use"', '"kid": "bob", "use"'),
    "latin-1": '{"keys": [], "x": "\xe9"}',
}


@pytest.mark.parametrize("case", KEYRINGS)
def test_a_bad_keyring_is_refused_and_shows_no_secret(gateway, case):
    server = gateway(GIF, start=False)
    server.keyring.write_bytes(KEYRINGS[case].encode("latin-1"))
    status, said = server.test()
    assert status != 0, said
    assert "macaw_keys" in said and "keys.json" in said
    assert not gw.secrets_in(said)


@pytest.mark.parametrize("mode", (0o644, 0o660, 0o666, 0o604, 0o642, 0o777))
def test_a_keyring_that_others_can_read_is_refused(gateway, mode):
    server = gateway(GIF, start=False)
    server.keyring.chmod(mode)
    status, said = server.test()
    assert status != 0
    assert "macaw_keys" in said and "keys.json" in said


@pytest.mark.parametrize("mode", (0o600, 0o640, 0o400, 0o440))
def test_a_keyring_of_a_tight_mode_is_read(gateway, mode):
    server = gateway(GIF, start=False)
    server.keyring.chmod(mode)
    assert server.test()[0] == 0


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_a_keyring_without_read_permission_is_refused(gateway):
    server = gateway(GIF, start=False)
    server.keyring.chmod(0)
    status, said = server.test()
    assert status != 0 and "macaw_keys" in said


def test_a_return_in_a_server_block_is_warned_about(gateway):
    """Pitfall 1: it answers before anything can look at the request."""
    status, said = gateway(GIF, server="return 200;", start=False).test()
    assert status == 0
    assert "[warn]" in said and "return" in said and "macaw_verify" in said


def test_an_insecure_key_that_nothing_accepts_is_warned_about(gateway):
    weak = Key("weak", b"your_secret_key", members={"insecure": True})
    status, said = gateway(GIF, keys=(ALICE, weak), start=False).test()
    assert status == 0
    assert "[warn]" in said and "weak" in said
    assert "your_secret_key" not in said


def test_off_needs_nothing(gateway):
    server = gateway(GIF, verify=False, server="macaw_verify off;", zone="", start=False)
    status, said = server.test()
    assert status == 0, said
