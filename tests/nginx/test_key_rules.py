"""Which key verifies: ids, rotation, states and dates (C1, C15, E20)."""

import os
import time

import pytest

import signer
from signer import ALICE, BOB, Key, now, sign, unique

TELL = """
    add_header X-Test-Reason $macaw_reason always;
    add_header X-Test-Key-Id $macaw_key_id always;
"""
LOCATIONS = """
    location / { empty_gif; }
    location /alice { macaw_allow_key alice; empty_gif; }
    location /team { macaw_allow_key alice bob; empty_gif; }
"""
GIF = "location / { empty_gif; }"
CAROL = Key("carol")
NAMESAKE = Key("alice2")
SESSION = Key("session-key", use="session")
STRONG = Key("strong", alg="hmac-sha512", secret=os.urandom(64))


def verdict(answer):
    return answer.status, answer.get("X-Test-Reason")


@pytest.fixture(scope="module")
def clients(module_gateway):
    """Three active clients, one key of another purpose, one of SHA-512."""
    return module_gateway(LOCATIONS, server=TELL,
                          keys=(ALICE, BOB, CAROL, NAMESAKE, SESSION, STRONG))


def test_each_client_has_a_key(clients):
    for key in (ALICE, BOB, CAROL, STRONG):
        answer = clients.get(key=key, kid=True)
        assert (answer.status, answer.get("X-Test-Key-Id")) == (200, key.kid)


def test_the_key_of_another_client_fails_under_this_ones_id(clients):
    answer = clients.get(key=ALICE, kid="bob")
    assert verdict(answer) == (401, "mismatch")
    assert answer.get("X-Test-Key-Id") is None


def test_an_unknown_key_id(clients):
    answer = clients.get(kid="mallory")
    assert verdict(answer) == (401, "unknown-key")
    assert answer.get("X-Test-Key-Id") is None


def test_key_ids_have_case_and_no_prefixes(clients):
    for kid in ("Alice", "ALICE", "alic", "alicea", "alice.", "-alice"):
        assert verdict(clients.get(kid=kid)) == (401, "unknown-key"), kid


def test_without_an_id_several_active_keys_are_none(clients):
    assert verdict(clients.get()) == (401, "unknown-key")


def test_a_key_of_another_purpose_never_verifies(clients):
    answer = clients.get(key=SESSION, kid=True)
    assert answer.status == 401
    assert answer.get("X-Test-Reason") in ("unknown-key", "key-state", "key-not-allowed")


def test_the_length_of_the_mac_is_that_of_the_keys_algorithm(clients):
    target = unique()
    fields = sign(target, key=STRONG, kid=True)
    for digits in (64, 96):
        short = {**fields, signer.REQUEST_MAC: fields[signer.REQUEST_MAC][:digits]}
        assert verdict(clients.send(target, short)) == (401, "algorithm")
    # SHA-256 under the very secret of the SHA-512 key
    weaker = sign(target, key=Key("strong", STRONG.secret), kid=True)
    assert verdict(clients.send(target, weaker)) == (401, "algorithm")
    assert clients.send(target, fields).status == 200


def test_allow_key_admits_the_named_keys_only(clients):
    assert clients.get(unique("/alice"), kid=True).status == 200
    answer = clients.get(unique("/alice"), key=BOB, kid=True)
    assert verdict(answer) == (401, "key-not-allowed")
    assert answer.get("X-Test-Key-Id") == "bob"  # its MAC was right, so the log may name it
    for key, status in ((ALICE, 200), (BOB, 200), (CAROL, 401), (NAMESAKE, 401)):
        assert clients.get(unique("/team"), key=key, kid=True).status == status


def test_a_refused_place_does_not_spend_the_request(clients):
    """The same request cannot be moved anyway: the target is under the MAC."""
    target = unique("/alice")
    fields = sign(target, key=BOB, kid=True)
    assert verdict(clients.send(target, fields)) == (401, "key-not-allowed")
    assert verdict(clients.send(target, fields)) == (401, "key-not-allowed")


def test_two_clients_may_send_the_same_target_in_the_same_second(clients):
    target = unique()
    ts = now()
    for key in (ALICE, BOB):
        assert clients.get(target, ts=ts, key=key, kid=True).status == 200
        assert verdict(clients.get(target, ts=ts, key=key, kid=True)) == (401, "replay")


def rotated():
    new = Key("new", members={"iat": now() - 10})
    old = [Key(f"old{i}", members={"state": "verify", "iat": now() - 1000 * (i + 1)})
           for i in range(5)]
    return new, old


def test_rotation_breaks_no_client_without_key_id(gateway):
    new, old = rotated()
    server = gateway(GIF, server=TELL, keys=(*old, new))
    assert server.get(key=new).status == 200
    for key in old[:4]:
        answer = server.get(key=key)
        assert (answer.status, answer.get("X-Test-Key-Id")) == (200, key.kid)


def test_at_most_four_old_keys_are_tried_but_each_can_be_named(gateway):
    new, old = rotated()
    server = gateway(GIF, server=TELL, keys=(*old, new))
    assert verdict(server.get(key=old[4])) == (401, "mismatch")
    assert server.get(key=old[4], kid=True).status == 200


def test_a_replay_under_another_spelling_of_the_key_is_a_replay(gateway):
    """With and without key id, the same MAC is the same message."""
    server = gateway(GIF, server=TELL)
    target, ts = unique(), now()
    assert server.get(target, ts=ts).status == 200
    assert verdict(server.get(target, ts=ts, kid=True)) == (401, "replay")


def test_pending_and_retired_keys_do_not_verify(gateway):
    pending = Key("pending", members={"state": "pending"})
    retired = Key("retired", members={"state": "retired"})
    server = gateway(GIF, server=TELL, keys=(ALICE, pending, retired))
    for key in (pending, retired):
        assert verdict(server.get(key=key, kid=True)) == (401, "key-state")
        assert verdict(server.get(key=key)) == (401, "mismatch")
    assert server.get().status == 200


def before_a_date(ask):
    """
    The answer that ask(date) gave before that date, and the date: the nearest of some, the
    others are for a machine that is too slow for it. Returns when the date has come.
    """
    for seconds in (3, 10, 30, 90):
        date = now() + seconds
        answer = ask(date)
        if time.time() < date:
            time.sleep(max(0, date - time.time()) + 0.1)
            return answer
    raise TimeoutError("the machine is too slow for this test")


def test_a_key_becomes_active_at_its_date_without_reload(gateway):
    def ask(date):
        nonlocal server, soon
        soon = Key("soon", members={"state": "pending", "nbf": date})
        server = gateway(GIF, server=TELL, keys=(ALICE, soon))
        return server.get(key=soon, kid=True)

    server = soon = None
    assert verdict(before_a_date(ask)) == (401, "key-state")
    assert server.get(key=soon, kid=True).status == 200


def test_a_key_ends_at_its_date_without_reload(gateway):
    def ask(date):
        nonlocal server, ending
        ending = Key("ending", members={"exp": date})
        server = gateway(GIF, server=TELL, keys=(ending,))
        return server.get(key=ending)

    server = ending = None
    assert before_a_date(ask).status == 200
    assert verdict(server.get(key=ending, kid=True)) == (401, "key-state")
    assert verdict(server.get(key=ending)) == (401, "unknown-key")


def test_a_key_that_stops_signing_still_verifies(gateway):
    """After sign_until there is one active key again, so no id is needed."""
    def ask(date):
        nonlocal server, turning
        turning = Key("turning", members={"sign_until": date, "iat": now() - 100})
        server = gateway(GIF, server=TELL, keys=(turning, new))
        return server.get(key=new)

    server = turning = None
    new = Key("new", members={"iat": now()})
    assert verdict(before_a_date(ask)) == (401, "unknown-key")
    assert server.get(key=new).status == 200
    assert server.get(key=turning).status == 200


def test_a_new_keyring_comes_with_a_reload(gateway):
    server = gateway(GIF, server=TELL, workers=2)
    assert server.get(key=BOB, kid=True).status == 401
    signer.write_keyring(server.keyring, BOB)
    assert server.get(kid=True).status == 200  # not before the reload
    assert server.reload()
    assert server.get(key=BOB, kid=True).status == 200
    assert verdict(server.get(kid=True)) == (401, "unknown-key")


@pytest.mark.parametrize("broken", ("", "{", "[]", '{"keys": 1}', '{"keys": []} x'))
def test_a_broken_keyring_at_reload_keeps_the_old_one(gateway, broken):
    server = gateway(GIF, server=TELL)
    server.allow(r"\[emerg\].*keys\.json|\[emerg\].*macaw_keys")
    server.keyring.write_text(broken)
    assert not server.reload()
    assert server.get().status == 200
    signer.write_keyring(server.keyring, BOB)
    assert server.reload()
    assert server.get(key=BOB).status == 200


def test_two_keyrings_in_two_locations(gateway):
    server = gateway("""
        location / { empty_gif; }
        location /other { macaw_keys {dir}/other.json; empty_gif; }
    """, server=TELL, start=False)
    signer.write_keyring(server.dir / "other.json", BOB)
    server.start()
    assert server.get(unique("/")).status == 200
    assert server.get(unique("/"), key=BOB).status == 401
    assert server.get(unique("/other")).status == 401
    assert server.get(unique("/other"), key=BOB).status == 200


def test_the_key_file_is_read_by_the_master_alone(gateway):
    """Mode 0600: workers of another user could not read it themselves."""
    server = gateway(GIF, server=TELL, start=False)
    server.keyring.chmod(0o600)
    server.start()
    assert server.get().status == 200


def test_secrets_are_in_no_environment_and_no_argument(gateway):
    server = gateway(GIF, server=TELL)
    for pid in (server.process.pid, *server.workers()):
        for name in ("environ", "cmdline"):
            with open(f"/proc/{pid}/{name}", "rb") as data:
                text = data.read()
            assert ALICE.secret not in text
            assert ALICE.secret.hex().encode() not in text
