"""What django.core.signing makes: dumps, sessions in cookies, set_signed_cookie."""

import hashlib
import time
from importlib import import_module

import django
import pytest
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from session_cli import Session, accepted, key

SECRET = "a secret of an application"
NOW = 1800000000
FORTNIGHT = 14 * 86400
SESSIONS = "django.contrib.sessions.backends.signed_cookies"

if not settings.configured:
    settings.configure(SECRET_KEY=SECRET, USE_TZ=True, SESSION_ENGINE=SESSIONS,
                       INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes",
                                       "django.contrib.sessions"],
                       DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3",
                                              "NAME": ":memory:"}})
    django.setup()


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: NOW)


def open_session(scheme="django", *keys, **more):
    return Session(scheme, *(keys or (SECRET,)), **{"now": NOW, **more})


# ---- dumps ----

@pytest.mark.parametrize("user", ["alice", "al\u00e9\U0001f600", "b" * 255, 7, 10**50, None])
@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("salt", [None, "login"])
def test_dumps(user, compress, salt):
    more = {} if salt is None else {"salt": salt}
    token = signing.dumps({"_auth_user_id": user, "x": "y" * 40}, compress=compress, **more)
    with open_session(**more) as session:
        answer = session.verify(token)
        assert answer["valid"] and answer["issued"] == NOW
        assert answer["subject"].decode() == ("" if user is None else str(user))
        assert accepted(session, token) == []
        assert session.looks_like(token)
    with open_session(salt="other") as session:
        assert session.reason(token) == "mismatch"
    with open_session("django", "another secret", **more) as session:
        assert session.reason(token) == "mismatch"


def test_tokens_of_another_purpose_are_nobodys():
    """dumps with its default salt may be anything: only what names a user has a subject."""
    with open_session() as session:
        answer = session.verify(signing.dumps({"confirm": "alice@example.org"}))
        assert answer["valid"] and answer["subject"] == b""
    with open_session(salt=SESSIONS) as session:
        assert session.reason(signing.dumps({"_auth_user_id": "1"})) == "mismatch"


# ---- sessions ----

def test_a_login():
    """The real session backend and django.contrib.auth."""
    from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, BACKEND_SESSION_KEY
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = "42", "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = "0" * 64
    store.save()
    with open_session(salt=SESSIONS) as session:
        answer = session.verify(store.session_key)
        assert answer["valid"] and answer["subject"] == b"42"
        assert answer["expires"] == NOW + settings.SESSION_COOKIE_AGE == NOW + FORTNIGHT
        assert accepted(session, store.session_key) == []
        assert session.member(answer["payload"], "/_auth_user_backend")[1].endswith(b"ModelBackend")


def test_a_login_through_django():
    """login() of django.contrib.auth, as a view would call it."""
    from django.contrib.auth import login
    from django.contrib.auth.models import User
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    user = User(pk=4711, username="alice")
    user.set_unusable_password()
    user.save = lambda *args, **kwargs: None  # last_login: there is no database
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.save()
    with open_session(salt=SESSIONS) as session:
        answer = session.verify(request.session.session_key)
        assert answer["valid"] and answer["subject"] == b"4711"


def test_a_pickled_session():
    """Authentic, but not unpickled."""
    from django.contrib.sessions.serializers import PickleSerializer
    token = signing.dumps({"_auth_user_id": "1"}, salt=SESSIONS, serializer=PickleSerializer)
    with open_session(salt=SESSIONS) as session:
        answer = session.verify(token)
        assert answer["authentic"] and answer["reason"] == "content" and answer["subject"] == b""


# ---- set_signed_cookie ----

def signed_cookie(name, value, salt=""):
    response = HttpResponse()
    response.set_signed_cookie(name, value, salt=salt)
    return response.cookies[name]


@pytest.mark.parametrize("value", ["alice", "", "a:b:c", "al\u00e9\U0001f600", "b" * 255,
                                   "alice@example.org", 7])
@pytest.mark.parametrize("salt", ["", ".login"])
def test_signed_cookies(value, salt):
    cookie = signed_cookie("who", value, salt).value
    with open_session("django-cookie", cookie_name="who", salt=salt) as session:
        answer = session.verify(cookie)
        assert answer["valid"] and answer["subject"].decode() == str(value)
        assert answer["issued"] == NOW and answer["expires"] == 0
        assert accepted(session, cookie) == []
        assert session.looks_like(cookie)
    for other in ({"cookie_name": "whose", "salt": salt}, {"cookie_name": "who", "salt": salt + "x"},
                  {"cookie_name": "WHO", "salt": salt}):
        with open_session("django-cookie", **other) as session:
            assert session.reason(cookie) == "mismatch"


def test_a_signed_cookie_in_quotes():
    cookie = signed_cookie("who", "alice@example.org")
    sent = cookie.OutputString().split(";")[0].partition("=")[2]
    assert sent == f'"{cookie.value}"'
    with open_session("django-cookie", cookie_name="who") as session:
        assert session.verify(sent)["subject"] == b"alice@example.org"
        assert session.verify(sent)["sid"] == session.verify(cookie.value)["sid"]
        assert accepted(session, sent) == []


def test_name_and_salt_run_together():
    """Django's doing, named in docs/foreign-cookies.md; its reader agrees."""
    cookie = signed_cookie("pre", "alice", "fs-admin").value
    request = HttpRequest()
    request.COOKIES["prefs"] = cookie
    assert request.get_signed_cookie("prefs", salt="-admin") == "alice"
    with open_session("django-cookie", cookie_name="prefs", salt="-admin") as session:
        assert session.verify(cookie)["valid"]


def test_a_pointer_reads_the_value_as_json():
    with open_session("django-cookie", cookie_name="who", subject="/id") as session:
        assert session.verify(signed_cookie("who", '{"id":"x"}').value)["subject"] == b"x"
        assert session.reason(signed_cookie("who", "alice").value) == "content"


# ---- times ----

def signed_at(moment, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: moment)
    return signing.dumps({"_auth_user_id": "1"})


def test_ages(monkeypatch):
    token = signed_at(NOW, monkeypatch)
    with open_session() as session:
        for moment, reason in ((-1, "early"), (0, "ok"), (FORTNIGHT - 1, "ok"),
                               (FORTNIGHT, "expired")):
            assert session.reason(token, now=NOW + moment) == reason
    monkeypatch.setattr(time, "time", lambda: NOW - 10**6)
    assert signing.loads(token, max_age=FORTNIGHT), "Django lets the future pass"
    with open_session(max_age=-1) as session:
        assert session.reason(token, now=NOW * 50) == "ok"


@pytest.mark.parametrize("moment", [1, 61, 62, 3843, 916132832, 253402300799])
def test_every_length_of_time(moment, monkeypatch):
    token = signed_at(moment, monkeypatch)
    with open_session(now=moment) as session:
        assert session.verify(token)["issued"] == moment


@pytest.mark.parametrize("stamp", ["", "0", "01yyyy", "-1yyyy", "1yy yy", "1yyyy\n", "4ZzzzzzZ",
                                   "99999999", "1yyyy+", "1yyyy_", "1yyyy\u00e9"])
def test_times_that_are_none(stamp):
    signer = signing.Signer(salt="django.core.signing")
    token = signer.sign(f"e30:{stamp}")
    with open_session() as session:
        assert session.reason(token) == "malformed"
        assert session.verify(signer.sign("e30:1xq6xA"))["authentic"]


# ---- keys ----

def test_the_derived_keys_suffice():
    token = signing.dumps({"_auth_user_id": "1"}, salt=SESSIONS)
    with open_session(salt=SESSIONS) as session:
        derived = session.derive(SECRET)
    # As django.utils.crypto.salted_hmac makes it.
    assert derived == hashlib.sha256((SESSIONS + "signer" + SECRET).encode()).digest()
    with open_session("django", key(derived, form="derived"), salt=SESSIONS) as session:
        assert session.verify(token)["valid"]
        assert session.reason(signing.dumps({"_auth_user_id": "1"})) == "mismatch"
    cookie = signed_cookie("who", "alice", "s").value
    with open_session("django-cookie", cookie_name="who", salt="s") as session:
        derived = session.derive(SECRET)
    with open_session("django-cookie", key(derived, form="derived"), cookie_name="who") as session:
        assert session.verify(cookie)["valid"]


def test_sha1_belongs_to_the_key():
    old = signing.TimestampSigner(salt="django.core.signing", algorithm="sha1")
    token, new = old.sign_object({"_auth_user_id": "1"}), signing.dumps({"_auth_user_id": "1"})
    with open_session() as session:
        assert session.reason(token) == "algorithm"
    with open_session("django", key(SECRET, alg="hmac-sha1")) as session:
        assert session.verify(token)["valid"]
        assert accepted(session, token) == []
        assert session.reason(new) == "algorithm"
    with open_session("django", key(SECRET, kid="new"), key(SECRET, kid="old", alg="hmac-sha1",
                                                          state="verify")) as session:
        assert session.verify(token)["kid"] == "old" and session.verify(new)["kid"] == "new"


def test_a_secret_of_bytes():
    token = signing.TimestampSigner(b"\xff\0secret", salt="x").sign_object({})
    with open_session("django", b"\xff\0secret", salt="x") as session:
        assert session.verify(token)["valid"]


# ---- spelling and shape ----

def test_one_spelling():
    token = signing.dumps({"_auth_user_id": "1"})
    with open_session() as session:
        for other in (token + "=", token + "\n", " " + token, token.replace(":", "%3A"),
                      token.rsplit(":", 1)[0], "." + token):
            assert not session.verify(other)["authentic"]
        # Authentic text that loads() takes as well: stray bits, padding.
        signer = signing.TimestampSigner(salt="django.core.signing")
        assert session.reason(signer.sign("eyJhIjoxfR")) == "content"
        assert session.reason(signer.sign("eyJhIjoxfQ==")) == "content"
        assert session.verify(signer.sign("eyJhIjoxfQ"))["valid"]


def test_shape():
    with open_session() as session:
        for other in ("", ":", "a:b", "a:b:c", "alice", "e30:1xq6xA:" + "A" * 42):
            assert not session.looks_like(other)
