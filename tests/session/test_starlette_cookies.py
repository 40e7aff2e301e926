"""Session cookies of Starlette's SessionMiddleware, which FastAPI uses as well."""

import time

import pytest
from itsdangerous import Signer, TimestampSigner
from session_cli import Session, accepted, key
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

SECRET = "a secret of an application"
NOW = 1800000000
FORTNIGHT = 14 * 86400


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: NOW)


def set_cookie(data, **settings):
    async def store(request):
        request.session.update(await request.json())
        return Response(status_code=204)

    app = Starlette(routes=[Route("/", store, methods=["POST"])],
                    middleware=[Middleware(SessionMiddleware, secret_key=SECRET, **settings)])
    response = TestClient(app).post("/", json=data)
    assert response.status_code == 204
    return response.headers["set-cookie"]


def session_cookie(data):
    name, _, value = set_cookie(data).split(";")[0].partition("=")
    assert name == "session"
    return value


def open_session(*keys, **settings):
    return Session("starlette", *(keys or (SECRET,)), **{"now": NOW, "subject": "/user", **settings})


@pytest.mark.parametrize("user", ["alice", "al\u00e9\U0001f600", "b" * 255, "?>?>?>~~~", 7, 10**50])
def test_what_the_application_stored(user):
    cookie = session_cookie({"user": user, "cart": [1]})
    with open_session() as session:
        answer = session.verify(cookie)
        assert answer["valid"] and answer["subject"].decode() == str(user)
        assert answer["issued"] == NOW and answer["expires"] == NOW + FORTNIGHT
        assert accepted(session, cookie) == []
        assert session.looks_like(cookie)


def test_paddings():
    """Ordinary base64, with one, two and no signs of padding."""
    cookies = [session_cookie({"user": "a" * n}) for n in range(1, 4)]
    assert sorted(cookie.split(".")[0].count("=") for cookie in cookies) == [0, 1, 2]
    with open_session() as session:
        assert all(session.verify(cookie)["valid"] for cookie in cookies)


def test_the_middlewares_own_figures():
    assert f"Max-Age={FORTNIGHT}" in set_cookie({"user": "alice"})
    with open_session() as session:
        cookie = session_cookie({"user": "alice"})
        assert session.reason(cookie, now=NOW - 1) == "early"
        assert session.reason(cookie, now=NOW + FORTNIGHT - 1) == "ok"
        assert session.reason(cookie, now=NOW + FORTNIGHT) == "expired"
    with open_session(max_age=-1) as session:
        assert session.reason(cookie, now=NOW * 100) == "ok"


def test_the_derived_key_suffices():
    cookie = session_cookie({"user": "alice"})
    with open_session() as session:
        derived = session.derive(SECRET)
    assert derived == SessionMiddleware(None, SECRET).signer.derive_key()
    with open_session(key(derived, form="derived")) as session:
        assert session.verify(cookie)["valid"]
    with open_session("another secret") as session:
        assert session.reason(cookie) == "mismatch"


@pytest.mark.parametrize("value", ["alice", "", "eyJ1c2VyIjoiYSJ9Cg", "eyJ1c2VyIjoiYSJ9\n",
                                   "eyJ1c2VyIjoiYSJ9eyJ1c2VyIjoiYSJ9", "eyJ1c2VyIjogImFiIn0",
                                   "eyJ1c2VyIjogImFiIn1=", "bnVsbA==x"])
def test_what_other_signers_of_the_secret_make(value):
    """Starlette has no salt of its own: the content must still be a session's."""
    with open_session() as session:
        answer = session.verify(TimestampSigner(SECRET).sign(value))
        assert answer["authentic"] and answer["reason"] == "content"
        assert session.reason(Signer(SECRET).sign("eyJ1c2VyIjoiYSJ9")) == "malformed"


def test_a_cleared_session():
    """Starlette says "null", without a MAC."""
    with open_session() as session:
        assert session.reason("null") == "malformed"
        assert not session.looks_like("null")
