"""Tokens of itsdangerous: which class made one belongs to the definition."""

import hashlib
import time

import pytest
from itsdangerous import (BadSignature, Signer, TimestampSigner, URLSafeSerializer,
                          URLSafeTimedSerializer)
from itsdangerous.encoding import base64_encode, int_to_bytes
from session_cli import Refused, Session, accepted, key

SECRET = "a secret of an application"
NOW = 1800000000
KINDS = ("itsdangerous", "itsdangerous-timestamp", "itsdangerous-signer")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: NOW)


def open_session(scheme, *keys, **settings):
    return Session(scheme, *(keys or (SECRET,)), **{"now": NOW, **settings})


@pytest.mark.parametrize("data", [{"user": "alice"}, {"user": "al\u00e9\U0001f600"},
                                  {"user": "b" * 255, "x": "y" * 500}, {"user": 10**40}],
                         ids=["text", "unicode", "packed", "huge"])
@pytest.mark.parametrize("salt", [None, "login"])
def test_serializer(data, salt):
    more = {} if salt is None else {"salt": salt}
    serializer = URLSafeTimedSerializer(SECRET, **more)
    token = serializer.dumps(data)
    with open_session("itsdangerous", subject="/user", **more) as session:
        answer = session.verify(token)
        assert answer["valid"] and answer["issued"] == NOW and answer["expires"] == 0
        assert answer["subject"].decode() == str(data["user"])
        assert accepted(session, token) == []
        assert session.derive(SECRET) == serializer.make_signer().derive_key()
    with open_session("itsdangerous", salt="other") as session:
        assert session.reason(token) == "mismatch"
    with open_session("itsdangerous", "another secret", **more) as session:
        assert session.reason(token) == "mismatch"


@pytest.mark.parametrize("scheme,kind", [("itsdangerous-timestamp", TimestampSigner),
                                         ("itsdangerous-signer", Signer)])
@pytest.mark.parametrize("value", ["alice", "al.ice", "al\u00e9\U0001f600", "", "a" * 255, "a:b=c/d",
                                   "alice@example.org", '"quoted', "."])
def test_signers(scheme, kind, value):
    signer = kind(SECRET)
    token = signer.sign(value)
    with open_session(scheme) as session:
        answer = session.verify(token)
        assert answer["valid"] and answer["subject"].decode() == value
        assert answer["payload"].decode() == value
        assert accepted(session, token) == []
        assert session.derive(SECRET) == signer.derive_key()
        assert session.verify(b'"' + token + b'"')["sid"] == answer["sid"]
    with open_session(scheme, salt="other") as session:
        assert session.reason(token) == "mismatch"


@pytest.mark.parametrize("value", ["a" * 256, "line\nfeed", "nul\0", b"\xff\xfe", "\x7f"])
def test_values_that_are_no_subject(value):
    with open_session("itsdangerous-signer") as session:
        answer = session.verify(Signer(SECRET).sign(value))
        assert answer["valid"] and answer["subject"] == b""
        assert answer["payload"] == (value if isinstance(value, bytes) else value.encode())


def test_a_pointer_reads_the_value_as_json():
    with open_session("itsdangerous-signer", subject="/user") as session:
        assert session.verify(Signer(SECRET).sign('{"user": "x"}'))["subject"] == b"x"
        assert session.reason(Signer(SECRET).sign("alice")) == "content"


# ---- confusion of classes ----

def test_classes_that_the_library_confuses():
    """Signer and TimestampSigner share salt and key unless told otherwise."""
    timed, plain = TimestampSigner(SECRET), Signer(SECRET)
    stamp = base64_encode(int_to_bytes(NOW)).decode()
    assert plain.unsign(timed.sign("alice")) == b"alice." + stamp.encode()
    assert timed.unsign(plain.sign(f"alice.{stamp}"), max_age=10) == b"alice"
    assert timed.unsign(plain.sign("mallory.AAAAAQ")) == b"mallory"

    with open_session("itsdangerous-signer") as session:
        assert session.reason(timed.sign("alice")) == "malformed"
        assert session.reason(plain.sign(f"alice.{stamp}")) == "malformed"
        assert session.verify(plain.sign("alice.smith"))["valid"]
        assert session.verify(plain.sign("v1.2"))["valid"]
    with open_session("itsdangerous-timestamp") as session:
        assert session.reason(plain.sign("alice")) == "malformed"
        assert session.reason(plain.sign("mallory.AAAAAQ")) == "malformed"
        assert session.reason(plain.sign("mallory.AQ")) == "malformed"


def test_a_signer_makes_no_serializers_token():
    """Whoever may have any text signed by a Signer could otherwise choose the session."""
    chosen = URLSafeTimedSerializer("anything").dumps({"user": "admin"}).rsplit(".", 1)[0]
    forged = Signer(SECRET).sign(chosen)
    shared = URLSafeTimedSerializer(SECRET, salt="itsdangerous.Signer")
    assert shared.loads(forged) == {"user": "admin"}
    with open_session("itsdangerous", subject="/user") as session:
        assert session.reason(forged) == "mismatch"
    with pytest.raises(Refused, match="salt"):
        open_session("itsdangerous", salt="itsdangerous.Signer")


def test_a_token_without_time():
    token = URLSafeSerializer(SECRET).dumps({"user": "alice"})
    with open_session("itsdangerous") as session:
        assert session.reason(token) == "malformed"
    with open_session("itsdangerous-signer", salt="itsdangerous") as session:
        assert session.verify(token, now=1)["valid"]


# ---- times ----

class At(TimestampSigner):
    """Signs at a time of our choice, canonical or not."""

    def sign_at(self, value, stamp):
        return self.sep.join((text := value + self.sep + stamp, self.get_signature(text)))


def stamped(raw, value=b"alice"):
    return At(SECRET).sign_at(value, base64_encode(raw))


@pytest.mark.parametrize("raw", [b"", b"\0", int_to_bytes(999999999), b"\0" + int_to_bytes(NOW),
                                 int_to_bytes(253402300800), b"\xff" * 8, b"\xff" * 5, b"\1" * 9,
                                 int_to_bytes(NOW - 1293840000)],
                         ids=["none", "zero", "before 2001", "leading zero", "year 10000",
                              "64 bits", "40 bits", "72 bits", "counted from 2011"])
def test_times_that_are_none(raw):
    with open_session("itsdangerous-timestamp") as session:
        assert session.reason(stamped(raw)) == "malformed"


def test_times_in_another_spelling():
    stamp = base64_encode(int_to_bytes(NOW))
    with open_session("itsdangerous-timestamp") as session:
        assert session.verify(At(SECRET).sign_at(b"alice", stamp))["valid"]
        for other in (stamp[:-1] + bytes([stamp[-1] + 1]), stamp + b"=", stamp + b"==",
                      b" " + stamp, stamp + b"\n", b"AA" + stamp):
            assert session.reason(At(SECRET).sign_at(b"alice", other)) == "malformed"


def test_the_last_time_there_is():
    with open_session("itsdangerous-timestamp", now=253402300799) as session:
        assert session.verify(stamped(int_to_bytes(253402300799)))["valid"]
        assert session.reason(stamped(int_to_bytes(253402300799)), now=NOW) == "early"


@pytest.mark.parametrize("max_age,leeway", [(60, 0), (60, 10), (1, 0)])
def test_ages(max_age, leeway):
    token = TimestampSigner(SECRET).sign("alice")
    with open_session("itsdangerous-timestamp", max_age=max_age, leeway=leeway) as session:
        assert session.verify(token)["expires"] == NOW + max_age
        for moment, reason in ((-leeway - 1, "early"), (-leeway, "ok"), (0, "ok"),
                               (max_age + leeway - 1, "ok"), (max_age + leeway, "expired")):
            assert session.reason(token, now=NOW + moment) == reason, moment
        wrong = token[:-1] + (b"A" if token[-1:] != b"A" else b"Q")
        assert session.reason(wrong, now=NOW + 10**6) in ("mismatch", "malformed")


# ---- keys ----

@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_digests(digest):
    signer = TimestampSigner(SECRET, digest_method=getattr(hashlib, digest))
    token = signer.sign("alice")
    with open_session("itsdangerous-timestamp", key(SECRET, alg=f"hmac-{digest}")) as session:
        assert session.verify(token)["valid"]
        assert accepted(session, token) == []
        assert session.derive(SECRET, alg=f"hmac-{digest}") == signer.derive_key()
    other = "sha1" if digest != "sha1" else "sha256"
    with open_session("itsdangerous-timestamp", key(SECRET, alg=f"hmac-{other}")) as session:
        assert session.reason(token) == "algorithm"


@pytest.mark.parametrize("derivation", ["hmac", "concat", "none"])
def test_other_derivations_come_as_derived_keys(derivation):
    signer = TimestampSigner(SECRET, key_derivation=derivation)
    with open_session("itsdangerous-timestamp", key(signer.derive_key(), form="derived")) as session:
        assert session.verify(signer.sign("alice"))["valid"]
    with open_session("itsdangerous-timestamp") as session:
        assert session.reason(signer.sign("alice")) == "mismatch"


def test_a_list_of_secrets():
    """The library signs with the last and takes all; here the newest is active."""
    both = URLSafeTimedSerializer(["old", "new"])
    keys = (key("new", kid="new", iat=2), key("old", kid="old", iat=1, state="verify"))
    with open_session("itsdangerous", *keys) as session:
        assert session.verify(both.dumps({}))["kid"] == "new"
        assert session.verify(URLSafeTimedSerializer("old").dumps({}))["kid"] == "old"
        assert session.reason(URLSafeTimedSerializer("older").dumps({})) == "mismatch"


@pytest.mark.parametrize("scheme", KINDS)
def test_shapes(scheme):
    tokens = {"itsdangerous": URLSafeTimedSerializer(SECRET).dumps({"user": "alice"}),
              "itsdangerous-timestamp": TimestampSigner(SECRET).sign("al ice"),
              "itsdangerous-signer": Signer(SECRET).sign("alice")}
    with open_session(scheme) as session:
        for kind, token in tokens.items():
            like = kind == scheme or (kind, scheme) == ("itsdangerous", "itsdangerous-timestamp")
            assert session.looks_like(token) == like, kind
        for other in ("", ".", "..", "a.b", "a.b.c", "alice", tokens[scheme][:-1]):
            assert not session.looks_like(other)


def test_the_library_refuses_what_we_refuse():
    """A check of this file's own signatures."""
    with pytest.raises(BadSignature):
        TimestampSigner(SECRET).unsign(Signer(SECRET).sign("alice"))
