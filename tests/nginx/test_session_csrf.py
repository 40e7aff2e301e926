"""Requests that another site made a browser send (E33)."""

import pytest

import sessions
from h2client import exchange as h2_exchange
from sessions import COOKIE, reason, send, token, upstream_saw
from gateway import free_port

LOCATIONS = """
    listen 127.0.0.1:{h2port} http2;
    location / { macaw_session_require 401; proxy_pass {app}; }
    location /lax { macaw_session_require 401; macaw_session_csrf off; proxy_pass {app}; }
    location /optional { macaw_session_csrf on; proxy_pass {app}; }
    location /others {
        macaw_session_require 401;
        macaw_session_csrf on origin=https://admin.example:8443 header=X-Token; proxy_pass {app};
    }
    location /either {
        satisfy any; macaw_session_require 401; allow 127.0.0.1; deny all; proxy_pass {app};
    }
    location /tls { macaw_session_require 401; proxy_pass {app}; }
    location /status { macaw_session_use off; macaw_status; }
"""


@pytest.fixture(scope="module")
def site(module_gateway):
    h2port = free_port()
    made = sessions.gateway_of(module_gateway, LOCATIONS, names={"h2port": h2port})
    made.h2port = h2port
    return made


def post(site, fields=None, path="/echo", method="POST", cookie=None):
    return send(site, path, cookie=cookie or token(), method=method, body=b"x=1",
                fields={"Host": "shop.example", **(fields or {})})


SAME = {"Origin": "http://shop.example"}


@pytest.mark.parametrize("fields", [
    SAME, {"Origin": "http://shop.example:80"}, {"Origin": "https://shop.example"},
    {"Origin": "HTTP://SHOP.example".lower()}, {"Sec-Fetch-Site": "same-origin"},
    {**SAME, "Sec-Fetch-Site": "same-origin"},
    {"Host": "shop.example:8080", "Origin": "http://shop.example:8080"},
])
def test_a_page_of_this_site_may_post(site, fields):
    answer = post(site, fields)
    assert answer.status == 200
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]


REFUSED = [
    {}, {"Origin": "null"}, {"Origin": ""}, {"Origin": "http://evil.example"},
    {"Origin": "http://shop.example.evil.example"}, {"Origin": "http://evil.shop.example"},
    {"Origin": "http://shop.example:8080"}, {"Origin": "http://shop.example@evil.example"},
    {"Origin": "shop.example"}, {"Origin": "ftp://shop.example"},
    {"Origin": "http://shop.example/"}, {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "Same-Origin"}, {**SAME, "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    {"Referer": "http://shop.example/page"}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "A" * 64},
    {**SAME, "X-CSRF-Token": "A" * 64},
]


@pytest.mark.parametrize("fields", REFUSED, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_everything_else_may_not(site, fields, method):
    answer = post(site, fields, method=method)
    assert answer.status == 403
    assert answer.get("Content-Type") == "application/problem+json"
    assert answer.get("Cache-Control") == "no-store"
    assert reason(answer) == "cross-site"
    assert answer.get("X-Test-User") is None


def test_two_origins_are_none(site):
    pairs = [("Host", "shop.example"), ("Origin", "http://shop.example"),
             ("Origin", "http://shop.example"), ("Cookie", f"{COOKIE}={token()}")]
    assert site.send("/echo", pairs, method="POST", body=b"").status == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_safe_methods_need_no_proof(site, method):
    assert send(site, cookie=token(), method=method).status == 200


def test_a_websocket_is_no_reading(site):
    shake = {"Host": "shop.example", "Upgrade": "WebSocket", "Connection": "upgrade"}
    assert send(site, cookie=token(), fields=shake).status == 403
    assert send(site, cookie=token(), fields={**shake, **SAME}).status == 200
    twice = [*shake.items(), ("Upgrade", "x")]
    assert send(site, cookie=token(), fields=twice).status == 403


def test_over_http2(site):
    fields = {"cookie": f"{COOKIE}={token()}"}
    address = ("127.0.0.1", site.h2port)
    assert h2_exchange(address, "/echo", fields, method="POST").status == 403
    fields["origin"] = "http://gateway.test"
    assert h2_exchange(address, "/echo", fields, method="POST").status == 200


# ---- tokens ----

def test_the_token_of_the_session(site):
    cookie = token()
    text = send(site, cookie=cookie).get("X-Test-Csrf")
    assert post(site, {"X-CSRF-Token": text}, cookie=cookie).status == 200
    assert post(site, {"X-CSRF-Token": text, "Origin": "http://evil.example"},
                cookie=cookie).status == 200
    assert post(site, {"X-CSRF-Token": text}).status == 403  # of another session


def test_the_token_survives_a_renewal(site):
    sid = bytes(range(12))
    text = send(site, cookie=token(sid=sid, age=400)).get("X-Test-Csrf")
    assert post(site, {"X-CSRF-Token": text}, cookie=token(sid=sid)).status == 200


def test_every_print_of_the_token_differs(site):
    cookie = token()
    texts = {send(site, cookie=cookie).get("X-Test-Csrf") for _ in range(5)}
    assert len(texts) == 5


def test_each_changed_character_of_the_token_is_refused(site):
    cookie = token()
    text = send(site, cookie=cookie).get("X-Test-Csrf")
    for i in range(len(text)):
        wrong = text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1:]
        assert post(site, {"X-CSRF-Token": wrong}, cookie=cookie).status == 403


def test_a_response_header_with_the_token(site):
    cookie = token()
    got = send(site, "/others", cookie=cookie)
    assert got.get_all("Cache-Control") == ["private"]
    assert post(site, {"X-CSRF-Token": got.get("X-Token")}, "/others", cookie=cookie).status == 200
    assert send(site, cookie=cookie).get("X-Token") is None


# ---- where it counts ----

def test_origins_that_are_allowed(site):
    assert post(site, {"Origin": "https://admin.example:8443"}, "/others").status == 200
    assert post(site, {"Origin": "https://admin.example"}, "/others").status == 403
    assert post(site, {"Origin": "https://admin.example:8443"}).status == 403


def test_it_can_be_switched_off(site):
    assert post(site, path="/lax").status == 200


def test_without_a_session_there_is_nothing_to_protect(site):
    assert site.send("/optional", {"Host": "x"}, method="POST", body=b"").status == 200
    assert post(site, path="/optional").status == 403
    assert post(site, SAME, path="/optional").status == 200
    assert site.send("/echo", {"Host": "x"}, method="POST", body=b"").status == 401


def test_who_is_let_in_otherwise_comes_without_the_session(site):
    answer = post(site, path="/either")
    assert answer.status == 200
    assert upstream_saw(answer, "X-Macaw-User") == []
    assert upstream_saw(answer, "Cookie") == []
    assert upstream_saw(post(site, SAME, path="/either"), "X-Macaw-User") == ["alice"]


def test_refusals_are_counted_and_logged(site):
    before = sessions.counters(site, "/status")["events"]["cross-site"]
    post(site)
    assert sessions.counters(site, "/status")["events"]["cross-site"] - before == 1
    site.wait_log(r'\[warn\].*macaw: session "main" refused: cross-site: no X-CSRF-Token')
