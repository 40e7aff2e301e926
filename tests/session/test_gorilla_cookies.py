"""Cookies of gorilla/securecookie, made by it."""

import base64
import hmac
import json

import pytest
from session_cli import EARG, Refused, Session, accepted, key
from web_peers import gorilla

HASH_KEY = bytes(range(40, 104))
OTHER = bytes(range(60, 124))
BLOCK_KEYS = [None, bytes(range(16)), bytes(range(24)), bytes(range(32))]
VALUE = {"user": "alice", "n": 1}
DAY = 86400


def open_one(block_key=None, secret=HASH_KEY, **more):
    """A definition as of the moment a test cookie is made at."""
    made = key(secret) if block_key is None else key(secret, block_key=block_key)
    return Session("gorilla", made, **{"cookie_name": "session", **more})


def make(value=None, block_key=None, **ask):
    if block_key is not None:
        ask["block_key"] = block_key.hex()
    return gorilla("session", HASH_KEY, value or VALUE, **{"serializer": "json", **ask})


def seconds(cookie):
    return int(base64.urlsafe_b64decode(cookie).split(b"|")[0])


def sign(content, at=b"1700000000", secret=HASH_KEY, name=b"session"):
    """What securecookie does, for values that it would not write."""
    text = base64.urlsafe_b64encode(content)
    mac = hmac.digest(secret, name + b"|" + at + b"|" + text, "sha256")
    return base64.urlsafe_b64encode(at + b"|" + text + b"|" + mac)


@pytest.mark.parametrize("block_key", BLOCK_KEYS)
def test_json(block_key):
    cookie = make(block_key=block_key)
    with open_one(block_key, subject="/user", now=seconds(cookie)) as session:
        answer = session.verify(cookie)
        assert (answer["reason"], answer["subject"]) == ("ok", b"alice")
        assert answer["issued"] == seconds(cookie)
        assert answer["expires"] == seconds(cookie) + 30 * DAY
        assert json.loads(answer["payload"]) == VALUE


@pytest.mark.parametrize("block_key", BLOCK_KEYS)
def test_bytes(block_key):
    cookie = make(block_key=block_key, serializer="raw", raw="user 7")
    with open_one(block_key, now=seconds(cookie)) as session:
        answer = session.verify(cookie)
        assert (answer["payload"], answer["subject"]) == (b"user 7", b"")
    with open_one(block_key, now=seconds(cookie), subject="/user") as session:
        assert session.reason(cookie) == "content"


def test_gob_is_not_looked_at():
    cookie = make(serializer="gob")
    with open_one(now=seconds(cookie)) as session:
        answer = session.verify(cookie)
        assert (answer["reason"], answer["subject"]) == ("ok", b"")
        assert b"alice" in answer["payload"]
    with open_one(now=seconds(cookie), subject="/user") as session:
        assert session.reason(cookie) == "content"


@pytest.mark.parametrize("alg", ["sha1", "sha256", "sha512"])
def test_every_hash(alg):
    cookie = make(hash=alg)
    for other in ("sha1", "sha256", "sha512"):
        with Session("gorilla", key(HASH_KEY, alg="hmac-" + other), cookie_name="session",
                     now=seconds(cookie)) as session:
            assert session.reason(cookie) == ("ok" if other == alg else "algorithm")


def test_age():
    cookie = make()
    made = seconds(cookie)
    with open_one() as session:
        assert session.reason(cookie, now=made) == "ok"
        assert session.reason(cookie, now=made - 1) == "early"
        assert session.reason(cookie, now=made + 30 * DAY - 1) == "ok"
        assert session.reason(cookie, now=made + 30 * DAY) == "expired"
        broken = make(value={"user": "bob"})[:8] + cookie[8:-6] + "AAAAA="
        assert session.reason(broken, now=made + 30 * DAY) != "expired"
    with open_one(max_age=60, leeway=5) as session:
        assert session.reason(cookie, now=made - 5) == "ok"
        assert session.reason(cookie, now=made - 6) == "early"
        assert session.reason(cookie, now=made + 64) == "ok"
        assert session.reason(cookie, now=made + 65) == "expired"
    with open_one(max_age=-1) as session:
        assert session.reason(cookie, now=made + 9999 * DAY) == "ok"


def test_another_name_or_key():
    cookie = make()
    for name in ("sessio", "session2", "session|1"):
        with open_one(cookie_name=name, now=seconds(cookie)) as session:
            assert session.reason(cookie) == "mismatch"
    with open_one(secret=OTHER, now=seconds(cookie)) as session:
        assert session.reason(cookie) == "mismatch"
    keys = [key(OTHER, kid="new"), key(HASH_KEY, kid="old", state="verify")]
    with Session("gorilla", *keys, cookie_name="session", now=seconds(cookie)) as session:
        assert session.verify(cookie)["kid"] == "old"


def test_the_block_key_belongs_to_its_hash_key():
    """Rotation changes both keys; each pair stays together."""
    cookie = make(block_key=BLOCK_KEYS[3])
    keys = [key(OTHER, kid="new", block_key=BLOCK_KEYS[1]),
            key(HASH_KEY, kid="old", state="verify", block_key=BLOCK_KEYS[3])]
    with Session("gorilla", *keys, cookie_name="session", subject="/user",
                 now=seconds(cookie)) as session:
        assert session.verify(cookie)["subject"] == b"alice"
    for wrong in (None, BLOCK_KEYS[1], bytes(32)):
        with open_one(wrong, subject="/user", now=seconds(cookie)) as session:
            answer = session.verify(cookie)
            assert (answer["reason"], answer["authentic"]) == ("content", True)


@pytest.mark.parametrize("block_key", BLOCK_KEYS[::3])
def test_no_other_text_verifies(block_key):
    cookie = make(block_key=block_key)
    with open_one(block_key, now=seconds(cookie)) as session:
        assert accepted(session, cookie) == []


def test_one_spelling():
    """gorilla's decoder skips newlines; a second spelling would get past a list of texts."""
    cookie = make(value={"user": "alice2"})
    others = [cookie[:20] + "\n" + cookie[20:], cookie + "\n", cookie.rstrip("="), cookie + "=",
              cookie.rstrip("=") + "===", cookie.replace("=", "%3D"), cookie + "===="]
    assert cookie.endswith("=")
    assert gorilla("session", HASH_KEY, serializer="json", decode=others[0]) == "ok"
    with open_one(now=seconds(cookie)) as session:
        for other in others:
            assert session.reason(other) == "malformed", other


def test_refused_as_gorilla_does():
    cookie = make()
    assert gorilla("session", HASH_KEY, serializer="json", decode=cookie) == "ok"
    assert "not valid" in gorilla("sessions", HASH_KEY, serializer="json", decode=cookie)
    assert "not valid" in gorilla("session", OTHER, serializer="json", decode=cookie)


def test_texts_nobody_writes():
    with open_one(now=1700000000) as session:
        assert session.reason(sign(b"x")) == "ok"
        for at in (b"", b"01700000000", b"+1700000000", b"-1", b"1.7e9", b"1700000000 ",
                   b"9999999999999999"):
            assert session.reason(sign(b"x", at=at)) == "malformed", at
        for text in (b"", b"|", b"||", b"1700000000|eA==", b"1700000000|eA==|", b"no"):
            cookie = base64.urlsafe_b64encode(text)
            assert session.reason(cookie) == ("malformed" if cookie else "missing")
        assert session.reason(base64.urlsafe_b64encode(b"1|eA==|" + b"m" * 65)) == "malformed"
        assert session.reason(base64.urlsafe_b64encode(b"1|eA==|" + b"m" * 64)) == "algorithm"


def test_content_that_is_no_base64():
    """Authentic, but not what securecookie writes."""
    for content in (b"eA", b"eA=\n", b"e+==", b"eB=="):
        text = b"1700000000|" + content
        mac = hmac.digest(HASH_KEY, b"session|" + text, "sha256")
        cookie = base64.urlsafe_b64encode(text + b"|" + mac)
        with open_one(now=1700000000) as session:
            assert session.reason(cookie) == "content"


def test_ciphertext_without_a_counter_block():
    with open_one(BLOCK_KEYS[1], now=1700000000) as session:
        assert session.reason(sign(b"x" * 15)) == "content"
        assert session.verify(sign(b"x" * 16))["payload"] == b""


def test_too_long():
    with open_one(now=1700000000) as session:
        assert session.reason(sign(b"x" * 2187)) == "ok"
        assert session.reason("A" * 4001) == "malformed"
        assert session.reason("A" * 4000) == "malformed"


def test_shape():
    with open_one() as session:
        assert session.looks_like(make()) and session.looks_like(make(block_key=BLOCK_KEYS[3]))
        for text in ("", "A" * 64, "MTcw", "eyJh" * 16, "MTcwMDAwMDAwMHx" * 2):
            assert not session.looks_like(text)


@pytest.mark.parametrize("secret", [
    key(HASH_KEY, form="derived"), key(HASH_KEY, form="public"), key(HASH_KEY, alg="hmac-md5"),
    key(HASH_KEY, block_key=bytes(15)), key(HASH_KEY, block_key=bytes(33)),
])
def test_keys_refused(secret):
    with pytest.raises(Refused) as refused:
        Session("gorilla", secret)
    assert refused.value.status == EARG
