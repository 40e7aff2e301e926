"""Session cookies that Flask itself sets, with and without Flask-Login."""

import base64
import datetime
import hashlib
import json
import time
import uuid
import zlib

import flask
import flask_login
import pytest
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from session_cli import ENOTFOUND, Refused, Session, accepted, key

SECRET = "a secret of an application"
NOW = 1800000000
MONTH = 31 * 86400


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: NOW)


def application(**members):
    app = flask.Flask("tests")
    app.secret_key = SECRET
    for name, value in members.items():
        setattr(app, name, value)

    @app.post("/set")
    def store():
        flask.session.update(flask.request.get_json())
        return "", 204

    return app


def cookie_of(response):
    """As the browser gets it."""
    name, _, value = response.headers["Set-Cookie"].split(";")[0].partition("=")
    assert response.status_code == 204 and name == "session"
    return value


def session_cookie(data, **members):
    return cookie_of(application(**members).test_client().post("/set", json=data))


def serializer(app=None, interface=SecureCookieSessionInterface):
    return interface().get_signing_serializer(app or application())


@pytest.fixture
def flask_session():
    with Session("flask", SECRET, now=NOW) as session:
        yield session


def test_what_the_application_stored(flask_session):
    answer = flask_session.verify(session_cookie({"_user_id": "alice", "cart": [1, 2]}))
    assert answer["valid"] and answer["subject"] == b"alice"
    assert answer["payload"] == b'{"_user_id":"alice","cart":[1,2]}'
    assert answer["issued"] == NOW and answer["expires"] == NOW + MONTH


def test_a_session_of_nobody(flask_session):
    answer = flask_session.verify(session_cookie({"cart": []}))
    assert answer["valid"] and answer["subject"] == b""


def test_flask_login(flask_session):
    app = application()
    manager = flask_login.LoginManager(app)

    class User(flask_login.UserMixin):
        id = "u-4711"

    manager.user_loader(lambda identity: User())

    @app.post("/login")
    def login():
        flask_login.login_user(User())
        return "", 204

    @app.post("/logout")
    def logout():
        flask_login.logout_user()
        flask.session["seen"] = True
        return "", 204

    client = app.test_client()
    answer = flask_session.verify(cookie_of(client.post("/login")))
    assert answer["valid"] and answer["subject"] == b"u-4711"
    answer = flask_session.verify(cookie_of(client.post("/logout")))
    assert answer["valid"] and answer["subject"] == b""


def test_packed_content(flask_session):
    cookie = session_cookie({"_user_id": "alice", "text": "again and " * 100})
    assert cookie.startswith(".")
    answer = flask_session.verify(cookie)
    assert answer["valid"] and answer["subject"] == b"alice" and len(answer["payload"]) > 1000
    assert accepted(flask_session, cookie) == []


@pytest.mark.parametrize("data", [{"_user_id": "alice"}, {"_user_id": "al\u00e9\U0001f600"},
                                  {"_user_id": 10**60, "x": 1.5}], ids=["text", "unicode", "huge"])
def test_every_mutation_is_refused(flask_session, data):
    cookie = session_cookie(data)
    answer = flask_session.verify(cookie)
    assert answer["subject"].decode() == str(data["_user_id"])
    assert accepted(flask_session, cookie) == []


def test_flask_takes_other_spellings_and_we_do_not(flask_session):
    """The last character of a MAC of 20 bytes has two bits to spare."""
    cookie = serializer().dumps({"_user_id": "alice"})
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = alphabet.index(cookie[-1])
    others = [cookie[:-1] + alphabet[place + n] for n in (1, 2, 3)] + [cookie + "=", cookie + "=="]
    for other in others:
        assert serializer().loads(other) == {"_user_id": "alice"}
        assert flask_session.reason(other) == "malformed"


def test_types_that_json_lacks():
    data = {"user": uuid.UUID(int=99), "at": datetime.datetime(2026, 1, 2), "pair": (1, "two"),
            "raw": b"\0\1"}
    app = application()
    cookie = serializer(app).dumps(data)
    with Session("flask", SECRET, now=NOW, subject="/user/ u") as session:
        answer = session.verify(cookie)
        assert answer["valid"] and answer["subject"].decode() == data["user"].hex
        assert session.member(answer["payload"], "/pair/ t/1") == (0, b"two")
        assert session.member(answer["payload"], "/at/ d") == (0, b"Fri, 02 Jan 2026 00:00:00 GMT")
    with Session("flask", SECRET, now=NOW, subject="/user") as session:
        assert session.reason(cookie) == "content"


def test_ages(monkeypatch, flask_session):
    cookie = serializer().dumps({"_user_id": "alice"})
    for age, reason, ours in ((-1, "early", None), (0, "ok", True), (MONTH - 1, "ok", True),
                              (MONTH, "expired", True), (MONTH + 1, "expired", None)):
        assert flask_session.reason(cookie, now=NOW + age) == reason
        monkeypatch.setattr(time, "time", lambda age=age: NOW + age)
        try:
            theirs = serializer().loads(cookie, max_age=MONTH) is not None
        except Exception:
            theirs = None
        assert theirs == ours, "docs/foreign-cookies.md says what differs: one second"


def test_a_definition_without_age_is_refused():
    with pytest.raises(Refused, match="max age"):
        Session("flask", SECRET, max_age=-1)


def test_the_derived_key_suffices(flask_session):
    app = application()
    derived = flask_session.derive(SECRET)
    assert derived == serializer(app).make_signer().derive_key()
    cookie = session_cookie({"_user_id": "alice"})
    with Session("flask", key(derived, form="derived"), now=NOW) as session:
        assert session.verify(cookie)["valid"]
    with Session("flask", derived, now=NOW) as session:
        assert session.reason(cookie) == "mismatch"
    # Other tokens of the same secret: another salt, another derivation.
    other = URLSafeTimedSerializer(SECRET, salt="cookie-session")
    assert flask_session.reason(other.dumps({"_user_id": "alice"})) == "mismatch"


def test_a_keyring_of_the_derived_key(tmp_path, flask_session):
    ring = tmp_path / "edge.jwks"
    ring.write_text(json.dumps({"keys": [
        {"kty": "oct", "kid": "app", "alg": "hmac-sha1", "use": "session",
         "k": b64(flask_session.derive(SECRET)).decode()}]}))
    ring.chmod(0o600)
    with Session("flask", keyring=ring, use="session", now=NOW) as session:
        answer = session.verify(session_cookie({"_user_id": "alice"}))
        assert answer["valid"] and answer["kid"] == "app"
    with pytest.raises(Refused) as refused:
        Session("flask", keyring=ring, use="other")
    assert refused.value.status == ENOTFOUND


def test_an_interface_with_another_digest_and_salt():
    class Interface(SecureCookieSessionInterface):
        digest_method = staticmethod(hashlib.sha256)
        salt = "mine"

    cookie = session_cookie({"_user_id": "alice"}, session_interface=Interface())
    with Session("flask", key(SECRET, alg="hmac-sha256"), now=NOW, salt="mine") as session:
        assert session.verify(cookie)["valid"]
        assert session.derive(SECRET, alg="hmac-sha256") == serializer(
            interface=Interface).make_signer().derive_key()
    with Session("flask", SECRET, now=NOW, salt="mine") as session:
        assert session.reason(cookie) == "algorithm"
    with Session("flask", key(SECRET, alg="hmac-sha256"), now=NOW) as session:
        assert session.reason(cookie) == "mismatch"


def test_old_secrets_still_verify():
    cookie = session_cookie({"_user_id": "alice"})
    new = key("the new secret", kid="new", iat=NOW - 10)
    with Session("flask", new, key(SECRET, kid="old", state="verify"), now=NOW) as session:
        answer = session.verify(cookie)
        assert answer["valid"] and answer["kid"] == "old"
    with Session("flask", new, key(SECRET, kid="old", state="retired"), now=NOW) as session:
        assert session.reason(cookie) == "mismatch"


def signed_by_flask(content):
    """Authentic content that Flask's serializer would not write."""
    return serializer().make_signer().sign(content)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@pytest.mark.parametrize("content", [
    b64(b"not json"), b64(b'{"_user_id":NaN}'), b64(b'{"_user_id":"a","_user_id":"b"}'),
    b64(b'{"_user_id":"a\\u0000b"}'), b64(b'{"_user_id":"a\\r\\nX: y"}'), b64(b'{"_user_id":[1]}'),
    b64(b'{"_user_id":true}'), b64(b'{"_user_id":1.5}'), b64(b'{"_user_id":"\\ud800"}'),
    b64(b'{"_user_id":"' + b"a" * 256 + b'"}'), b64(b'{"_user_id":"\xe9"}'),
    b64(b'{"_user_id":1,"x":' + b"[" * 32 + b"]" * 32 + b"}"), b64(b'{"a":1}')[:-1] + b"B",
    b64(b'{"_user_id":"a"}') + b"==", b".", b"." + b64(b'{"a":1}'),
    b"." + b64(zlib.compress(b'{"a":1}')[:-1]), b"." + b64(zlib.compress(b'{"a":1}') + b"x"),
    b"." + b64(zlib.compress(b'{"a":1}')[:-1] + b"\0"), b""])
def test_authentic_content_that_is_none(flask_session, content):
    answer = flask_session.verify(signed_by_flask(content))
    assert answer["authentic"] and answer["reason"] == "content" and answer["subject"] == b""


@pytest.mark.parametrize("content", [
    b64(b'{"_user_id":null}'), b64(b'{"_user_id":""}'), b64(b'{}'), b64(b'[]'), b64(b'5'),
    b64(b'{"_user_id":"' + b"a" * 255 + b'"}'), b64(b'{"x":' + b"[" * 31 + b"]" * 31 + b"}"),
    b"." + b64(zlib.compress(b'{"a":1}', 0))])
def test_authentic_content_that_is_unusual(flask_session, content):
    assert flask_session.verify(signed_by_flask(content))["valid"]


def padded(size):
    """JSON of that many bytes."""
    return b'{"_user_id":"u","x":"' + b"a" * (size - 23) + b'"}'


def test_bombs(flask_session):
    def bomb(size):
        return signed_by_flask(b"." + b64(zlib.compress(padded(size), 9)))

    answer = flask_session.verify(bomb(16384))
    assert answer["valid"] and answer["subject"] == b"u" and len(answer["payload"]) == 16384
    for size in (16385, 20000, 100000, 2000000):
        token = bomb(size)
        assert len(token) < 4000
        answer = flask_session.verify(token)
        assert answer["reason"] == "content" and "16384" in answer["detail"]
        assert answer["payload"] == b"" or len(answer["payload"]) < 4000
    # Nothing is unpacked for who cannot sign.
    token = bomb(2000000)
    other = b"A" if token[-2:-1] != b"A" else b"B"
    assert flask_session.reason(token[:-2] + other + token[-1:]) == "mismatch"


def test_length(flask_session):
    def of(size):
        return signed_by_flask(b64(padded(size)))

    longest = max(size for size in range(2900, 3100) if len(of(size)) <= 4096)
    assert flask_session.verify(of(longest))["valid"]
    assert flask_session.reason(of(longest + 3)) == "malformed"
    assert flask_session.reason(b"") == "missing"


def test_shape(flask_session):
    cookie = session_cookie({"_user_id": "alice"})
    assert flask_session.looks_like(cookie)
    header, time_part, mac = cookie.split(".")
    for other in (cookie[:-1], f"{header}.{mac}", f"x{header}.{time_part}.{mac}", "a.b.c",
                  f"{header}.{header}.{mac}", cookie + ".x"):
        assert not flask_session.looks_like(other), other
