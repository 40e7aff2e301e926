"""Cookies that web frameworks made, at the gateway: the right user passes, a change does not (E18)."""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from pathlib import Path

import django
import flask
import jwt
import pytest
from django.conf import settings
from django.core import signing
from itsdangerous import TimestampSigner

import rawhttp
import sessions
from sessions import reason, send, set_cookies, token, upstream_saw
from signer import Key

sys.path.append(str(Path(__file__).resolve().parents[1] / "session"))
import web_peers  # noqa: E402  (tests/session/web_peers.py)

SECRET = "the secret of an application, which the gateway never sees"
JWT_KEY = Key("jwt-1", os.urandom(32), use="jwt")
EXPRESS_SECRET = "an express secret of forty characters, ok"
TWO_SECRET = "another secret, for two cookies, no shorter"
RAILS_SECRET = "6f1c3e5a" * 16


def derived(scheme, secret, alg):
    """Only what the framework derives lies on the gateway: it forges no other token."""
    return Key(scheme, secret, alg=alg, use=scheme)


FLASK = derived("flask", hmac.digest(SECRET.encode(), b"cookie-session", "sha1"), "hmac-sha1")
STARLETTE = derived("starlette", hashlib.sha1(b"itsdangerous.Signersigner" + SECRET.encode())
                    .digest(), "hmac-sha1")
DJANGO = derived("django", hashlib.sha256(
    b"django.contrib.sessions.backends.signed_cookiessigner" + SECRET.encode()).digest(),
    "hmac-sha256")
EXPRESS = derived("express", EXPRESS_SECRET.encode(), "hmac-sha256")
TWO = derived("cookie-session", TWO_SECRET.encode(), "hmac-sha1")
RAILS = derived("rails-encrypted", hashlib.pbkdf2_hmac(
    "sha256", RAILS_SECRET.encode(), b"authenticated encrypted cookie", 1000, 32), "A256GCM")


def definition(scheme, options="", keys=None):
    return (f"macaw_session {scheme} {{ scheme {scheme}; keys {{sessions}} use={scheme}; "
            f"cookie {scheme}; {options} }}\n")


DEFINITIONS = "".join([
    definition("flask"), definition("jwt"), definition("starlette", "subject /user;"),
    definition("django", "salt django.contrib.sessions.backends.signed_cookies;"),
    definition("express"), definition("cookie-session", "subject /user;"),
    definition("rails-encrypted", "subject /user;")])

SCHEMES = ["flask", "jwt", "starlette", "django", "express", "cookie-session", "rails-encrypted"]

LOCATIONS = "".join(f"""
    location /{scheme} {{
        macaw_session_use {scheme}; macaw_session_require 401; proxy_pass {{app}};
        add_header X-Claim "$macaw_claim_role|$macaw_claim_list|$macaw_claim_none" always;
        {sessions.TELL}
    }}
""" for scheme in SCHEMES)


@pytest.fixture(scope="module")
def site(module_gateway):
    keys = [*sessions.RING, FLASK, STARLETTE, DJANGO, EXPRESS, TWO, JWT_KEY]
    made = sessions.gateway_of(module_gateway, LOCATIONS, http=DEFINITIONS, keys=keys, start=False)
    path = made.names["sessions"]
    ring = json.loads(path.read_text())
    ring["keys"].append({"kty": "oct", "kid": "rails", "alg": "A256GCM", "use": "rails-encrypted",
                         "k": base64.urlsafe_b64encode(RAILS.secret).rstrip(b"=").decode()})
    path.write_text(json.dumps(ring))
    return made.start()


def flask_cookie(data):
    app = flask.Flask("tests")
    app.secret_key = SECRET
    return flask.sessions.SecureCookieSessionInterface().get_signing_serializer(app).dumps(data)


def starlette_cookie(data):
    return TimestampSigner(SECRET).sign(base64.b64encode(json.dumps(data).encode())).decode()


def django_cookie(data):
    if not settings.configured:
        settings.configure(SECRET_KEY=SECRET)
        django.setup()
    return signing.dumps(data, key=SECRET, salt="django.contrib.sessions.backends.signed_cookies",
                         compress=True)


def express_cookie():
    mac = base64.b64encode(hmac.digest(EXPRESS_SECRET.encode(), b"session-id", "sha256"))
    return "s%3Asession-id." + mac.rstrip(b"=").decode().replace("+", "%2B").replace("/", "%2F")


def jwt_cookie(**claims):
    claims = {"sub": "alice", "exp": int(time.time()) + 600, "role": "editor", **claims}
    return jwt.encode(claims, JWT_KEY.secret, "HS256", headers={"kid": JWT_KEY.kid})


def rails_cookie():
    made = web_peers.rails(RAILS_SECRET, kdf="SHA256", encrypted={
        "rails-encrypted": {"value": {"user": "alice", "role": "editor"},
                            "expires": int(time.time()) + 600}})
    return made["cookies"]["rails-encrypted"]


MAKERS = {
    "flask": lambda: flask_cookie({"_user_id": "alice", "role": "editor"}),
    "jwt": jwt_cookie,
    "starlette": lambda: starlette_cookie({"user": "alice", "role": "editor"}),
    "django": lambda: django_cookie({"_auth_user_id": "alice", "role": "editor"}),
    "rails-encrypted": rails_cookie,
}


@pytest.mark.parametrize("scheme", MAKERS)
def test_the_right_user_passes(site, scheme):
    answer = send(site, f"/{scheme}", cookie=MAKERS[scheme](), name=scheme)
    assert (answer.status, reason(answer)) == (200, "ok")
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]
    assert sessions.fresh(upstream_saw(answer, "X-Macaw-Session-Id")[0])
    assert answer.get("X-Test-Scheme") == scheme
    assert upstream_saw(answer, "Cookie") == []
    assert set_cookies(answer, scheme) == []


@pytest.mark.parametrize("scheme", MAKERS)
def test_every_change_is_refused(site, scheme):
    text = MAKERS[scheme]()
    requests = []
    for i, c in enumerate(text):
        wrong = text[:i] + ("A" if c != "A" else "B") + text[i + 1:]
        requests.append(rawhttp.head("GET", f"/{scheme}", [("Cookie", f"{scheme}={wrong}")]))
    assert {answer.status for answer in site.pipeline(requests)} == {401}


@pytest.mark.parametrize("scheme", MAKERS)
def test_claims(site, scheme):
    answer = send(site, f"/{scheme}", cookie=MAKERS[scheme](), name=scheme)
    assert answer.get("X-Claim") == "editor||"
    answer = send(site, f"/{scheme}", cookie="junk", name=scheme)
    assert answer.get("X-Claim") == "||"


def test_claims_need_no_printable_text(site):
    answer = send(site, "/jwt", cookie=jwt_cookie(role="a\r\nX-Evil: 1", list=[1]), name="jwt")
    assert answer.get("X-Claim") == "a%0D%0AX-Evil:%201||"


def test_express_signs_a_value_whatever_it_means(site):
    answer = send(site, "/express", cookie=express_cookie(), name="express")
    assert answer.status == 200
    assert upstream_saw(answer, "X-Macaw-User") == ["session-id"]
    assert send(site, "/express", cookie=express_cookie()[:-1] + "x", name="express").status == 401


def test_a_visitor_of_flask_is_nobody(site):
    assert send(site, "/flask", cookie=flask_cookie({"cart": []}), name="flask").status == 401


def test_cookie_session_has_two_cookies(site):
    data = base64.b64encode(b'{"user":"alice"}').decode()
    mac = base64.urlsafe_b64encode(hmac.digest(
        TWO_SECRET.encode(), f"cookie-session={data}".encode(), "sha1")).rstrip(b"=").decode()
    both = f"cookie-session={data}; cookie-session.sig={mac}; a=b"
    answer = send(site, "/cookie-session", fields={"Cookie": both})
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]
    assert upstream_saw(answer, "Cookie") == ["a=b"]
    for wrong in (f"cookie-session={data}", both.replace(mac, mac[::-1]),
                  both + f"; cookie-session.sig={mac}"):
        assert send(site, "/cookie-session", fields={"Cookie": wrong}).status == 401


@pytest.mark.parametrize("claims, expected", [
    ({"exp": int(time.time()) - 5}, "expired"), ({"nbf": int(time.time()) + 500}, "early"),
    ({"exp": None}, "no-expiry"),
])
def test_dates_of_a_jwt(site, claims, expected):
    claims = {name: value for name, value in {"sub": "alice", "exp": int(time.time()) + 600,
                                              **claims}.items() if value is not None}
    text = jwt.encode(claims, JWT_KEY.secret, "HS256", headers={"kid": JWT_KEY.kid})
    assert reason(send(site, "/jwt", cookie=text, name="jwt")) == expected


def test_algorithms_of_a_jwt_belong_to_the_key(site):
    none = jwt.encode({"sub": "alice", "exp": int(time.time()) + 60}, None, "none",
                      headers={"kid": JWT_KEY.kid})
    longer = jwt.encode({"sub": "alice", "exp": int(time.time()) + 60}, JWT_KEY.secret, "HS512",
                        headers={"kid": JWT_KEY.kid})
    for text in (none, longer):
        assert send(site, "/jwt", cookie=text, name="jwt").status == 401


def test_a_session_s_own_token_does_not_pass_for_another_scheme(site):
    for scheme in SCHEMES:
        assert send(site, f"/{scheme}", cookie=token(), name=scheme).status == 401
