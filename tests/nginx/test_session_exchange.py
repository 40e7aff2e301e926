"""A login server's cookie, or a framework's, verified once and replaced by one of the gateway."""

import base64
import hmac
import json
import os
import time

import flask
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import revocations
import sessions
from sessions import read, send, set_cookies, token, upstream_saw
from signer import Key

PRIVATE = os.urandom(32)
PUBLIC = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes(
    Encoding.Raw, PublicFormat.Raw)
LOGIN = "__Host-login"
OWN = "local"
SECRET = "the secret of an application, which the gateway never sees"
FLASK = Key("flask", hmac.digest(SECRET.encode(), b"cookie-session", "sha1"), alg="hmac-sha1",
            use="flask")
JWT_KEY = Key("jwt-1", os.urandom(32), use="jwt")


class Signer:
    """A login server's key, as sessions.token wants one."""

    kid, secret = "9", PRIVATE


DEFINITIONS = """
    macaw_session_zone name=kept:1m save={dir}/revoked;
    server { listen unix:{socket}; location / { macaw_session_control zone=kept; } }
    macaw_session login { scheme sc1-ed25519; keys {sessions} use=login; cookie COOKIE; }
    macaw_session flask { scheme flask; keys {sessions} use=flask; cookie session; secure off;
                          subject /_user_id; hidden off; }
    macaw_session jwt { scheme jwt; keys {sessions} use=jwt; cookie jwt; }
""".replace("COOKIE", LOGIN)
PLACES = """
    location / { macaw_session_require 401; proxy_pass {app}; }
    location /out { macaw_session_login on; proxy_pass {app}/set?X-Macaw-Logout=1; }
    location /csrf { macaw_session_require 401; macaw_session_csrf on header=X-CSRF-Token;
                     proxy_pass {app}/echo; }
"""


def site_of(make, exchange="login flask jwt", schemes="sc1-mac", options=""):
    socket = f"/tmp/macaw-exchange-{os.getpid()}-{os.urandom(4).hex()}"
    ring = "ring.json"
    main = (f"macaw_session main {{ scheme {schemes}; keys {{sessions}}; zone kept; secure off;"
            f" cookie {OWN}; exchange {exchange}; {options} }}")
    made = make(PLACES, verify=False, start=False, http=DEFINITIONS + main,
                server="macaw_session_use main;" + sessions.TELL,
                names={"sessions": "{dir}/" + ring, "socket": socket})
    made.names["sessions"] = made.dir / ring
    sessions.signer.write_keyring(made.dir / ring, *sessions.RING, FLASK, JWT_KEY)
    whole = json.loads((made.dir / ring).read_text())
    whole["keys"].append({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": Signer.kid,
                          "use": "login",
                          "x": base64.urlsafe_b64encode(PUBLIC).rstrip(b"=").decode()})
    (made.dir / ring).write_text(json.dumps(whole))
    made.socket = socket
    made.write()
    return made


@pytest.fixture(name="site", scope="module")
def a_site(module_gateway):
    return site_of(module_gateway).start()


def login_token(**how):
    return token(key=Signer, scheme="sc1-ed25519", name=LOGIN, **how)


def own(response):
    """The claims of the cookie that the gateway gave."""
    [(text, attributes)] = set_cookies(response, OWN)
    return text, read(text, name=OWN), attributes


def test_verified_once_and_replaced(site):
    original = login_token(age=20, since=100, ttl=600, cap=900, generation=7, data=b"own data")
    response = send(site, cookie=original, name=LOGIN)
    assert response.status == 200 and upstream_saw(response, "X-Macaw-User") == ["alice"]
    text, claims, attributes = own(response)
    assert claims.sid.hex() == upstream_saw(response, "X-Macaw-Session-Id")[0]
    assert 100 <= time.time() - claims.login < 160
    assert (claims.subject, claims.generation) == (b"alice", 7)
    assert claims.fields == {sessions.sc1.DATA: b"own data"}
    # Never longer than the original: its idle time ends 580 s from now, before its cap.
    assert 520 <= claims.login + claims.cap - time.time() <= 581
    assert response.get_all("Cache-Control") == ["no-store"]
    assert any(520 <= int(a[8:]) <= 580 for a in attributes if a.startswith("Max-Age="))
    # From then on the own one is enough, alone or beside the other; nothing is exchanged again.
    for cookies in (f"{OWN}={text}", f"{OWN}={text}; {LOGIN}={original}"):
        again = send(site, fields={"Cookie": cookies})
        assert again.status == 200 and set_cookies(again, OWN) == []
        assert again.get("X-Test-Scheme") == "sc1-mac"
        assert upstream_saw(again, "Cookie") == []
        assert upstream_saw(again, "X-Macaw-Session-Id") == [claims.sid.hex()]


def test_an_own_cookie_that_is_over_is_replaced_by_the_other(site):
    original = login_token()
    for old in ("nonsense", token(name=OWN, age=100, ttl=50), token(name=OWN, key=sessions.GONE)):
        response = send(site, fields={"Cookie": f"{OWN}={old}; {LOGIN}={original}"})
        assert response.status == 200 and own(response)[1].subject == b"alice"


@pytest.mark.parametrize("how", [
    {"age": 100, "ttl": 50}, {"audience": "other"}, {"purpose": "other"}, {"name": "other"},
    {"subject": b""}, {"since": 43300, "cap": 90000}, {"age": -60, "since": -60}])
def test_what_is_not_exchanged(site, how):
    how = {"name": LOGIN, **how}
    original = token(key=Signer, scheme="sc1-ed25519", **how)
    response = send(site, cookie=original, name=LOGIN)
    assert response.status == 401 and set_cookies(response, OWN) == []


def test_every_change_is_refused(site):
    original = login_token()
    for i in range(0, len(original), 7):
        changed = original[:i] + ("A" if original[i] != "A" else "B") + original[i + 1:]
        assert send(site, cookie=changed, name=LOGIN).status == 401, i


def flask_cookie(user):
    app = flask.Flask("tests")
    app.secret_key = SECRET
    return flask.sessions.SecureCookieSessionInterface().get_signing_serializer(app).dumps(
        {"_user_id": user})


def test_a_framework(site):
    cookie = flask_cookie("alice")
    response = send(site, cookie=cookie, name="session")
    text, claims, _ = own(response)
    assert (response.status, claims.subject) == (200, b"alice")
    assert upstream_saw(response, "X-Macaw-Session-Id") == [claims.sid.hex()]
    # The same token is the same session, whoever exchanges it; the application keeps its own.
    assert own(send(site, cookie=cookie, name="session"))[1].sid == claims.sid
    assert upstream_saw(response, "Cookie") == [f"session={cookie}"]
    made = jwt.encode({"sub": "bob", "exp": int(time.time()) + 60}, JWT_KEY.secret, "HS256",
                      headers={"kid": JWT_KEY.kid})
    _, claims, _ = own(send(site, cookie=made, name="jwt"))
    assert claims.subject == b"bob" and claims.login + claims.cap <= time.time() + 61


def test_revoked_originals_are_not_exchanged(site):
    original = login_token(subject=b"mallory")
    text, claims, _ = own(send(site, cookie=original, name=LOGIN))
    revocations.revoke(site, "sid=" + claims.sid.hex())
    for name, cookie in ((LOGIN, original), (OWN, text)):
        assert send(site, cookie=cookie, name=name).status == 401, name
    original = login_token(subject=b"trent", age=5, since=5)
    text, _, _ = own(send(site, cookie=original, name=LOGIN))
    revocations.revoke(site, "subject=trent")
    for name, cookie in ((LOGIN, original), (OWN, text)):
        assert send(site, cookie=cookie, name=name).status == 401, name


def test_a_logout_ends_the_original_as_well(site):
    original = login_token(cap=80000, ttl=70000)
    text, claims, _ = own(send(site, cookie=original, name=LOGIN))
    out = site.send("/out", [("Cookie", f"{OWN}={text}; {LOGIN}={original}")])
    assert out.status == 200
    for name, cookie in ((LOGIN, original), (OWN, text)):
        assert send(site, cookie=cookie, name=name).status == 401, name
    # As long as the original could be exchanged again.
    [entry] = [e for e in revocations.listed(site) if e.get("sid") == claims.sid.hex()]
    assert entry["until"] is None or entry["until"] > time.time() + 70000
    # Before it was ever exchanged, too.
    original = login_token()
    site.send("/out", [("Cookie", f"{LOGIN}={original}")])
    assert send(site, cookie=original, name=LOGIN).status == 401


@pytest.fixture(scope="module", params=["disk", "memory"])
def kept(request, module_gateway, site):
    if request.param == "disk":
        return site
    made = site_of(module_gateway)
    made.write(http=made.parts["http"].replace("save={dir}/revoked", ""))
    return made.start()


@pytest.mark.parametrize("mine", ["valid", "over", "junk"])
def test_a_logout_leaves_no_other_login_to_come_back_with(kept, mine):
    """Somebody else logged in at the login server since this site's own cookie was made."""
    own_cookie = {"valid": token(name=OWN), "over": token(name=OWN, age=3600), "junk": "junk"}[mine]
    original, third = login_token(subject=b"bob"), flask_cookie("carol")
    others = f"{LOGIN}={original}; session={third}"
    assert send(kept, "/out", fields={"Cookie": f"{OWN}={own_cookie}; {others}"}).status == 200
    assert send(kept, fields={"Cookie": others}).status == 401
    assert len(revocations.listed(kept)) >= 2


def test_tokens_against_csrf_survive_the_exchange(site):
    original = login_token()
    first = send(site, "/csrf", cookie=original, name=LOGIN)
    csrf = first.get("X-CSRF-Token")
    text = own(first)[0]
    for name, cookie in ((LOGIN, original), (OWN, text)):
        good = send(site, "/csrf", name=name, method="POST", body=b"x", fields={
            "Cookie": f"{name}={cookie}", "X-CSRF-Token": csrf})
        assert good.status == 200, good
        bad = send(site, "/csrf", name=name, method="POST", body=b"x", fields={
            "Cookie": f"{name}={cookie}"})
        assert bad.status == 403 and set_cookies(bad, OWN) == []


def test_what_anybody_may_have_carries_no_cookie(site):
    response = site.send("/set?Cache-Control=public", [("Cookie", f"{LOGIN}={login_token()}")])
    assert response.status == 200 and set_cookies(response, OWN) == []


def test_the_other_cookie_can_be_removed(gateway):
    site = site_of(gateway, "login flask remove").start()
    response = send(site, cookie=login_token(), name=LOGIN)
    assert own(response)[1].subject == b"alice"
    assert set_cookies(response, LOGIN)[0][0] == ""
    assert "Max-Age=0" in set_cookies(response, LOGIN)[0][1]


def test_schemes_of_one_definition(gateway):
    """One cookie name: the replacement takes the original's place."""
    site = site_of(gateway, "sc1-ed25519", "sc1-mac sc1-ed25519",
                   "keys {sessions} use=login for=sc1-ed25519;").start()
    original = token(key=Signer, scheme="sc1-ed25519", name=OWN, age=10, ttl=100, cap=200)
    response = send(site, cookie=original, name=OWN)
    text, claims, _ = own(response)
    assert claims.sid.hex() == upstream_saw(response, "X-Macaw-Session-Id")[0]
    assert claims.login + claims.cap <= time.time() + 91
    assert set_cookies(send(site, cookie=text, name=OWN), OWN) == []


@pytest.mark.parametrize("exchange, schemes, why", [
    ("nobody", "sc1-mac", "neither a macaw_session before this"),
    ("main", "sc1-mac", "neither a macaw_session before this"),
    ("sc1-mac", "sc1-mac", "neither a macaw_session before this"),
    ("login login", "sc1-mac", "is there twice"),
    ("login", "sc1-handle", "is not sc1-mac or sc1-aead")])
def test_refused_when_loaded(gateway, exchange, schemes, why):
    status, said = site_of(gateway, exchange, schemes).test()
    assert status != 0 and why in said
