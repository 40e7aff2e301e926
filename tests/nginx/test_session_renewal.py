"""Renewal: the same session, a later end, never beyond the cap; and what caches may keep."""

import os
import time

import pytest

import sessions
from sessions import KEY, OLD, read, reason, send, set_cookies, token
from upstream import Upstream, answer

LOCATIONS = """
    location / { proxy_pass {app}; }
    location /need { macaw_session_require 401; proxy_pass {app}; }
    location /raw/ { proxy_pass http://127.0.0.1:{upstream}; }
    location /never { macaw_session_use never; proxy_pass {app}; }
    location /foreign { macaw_session_use aead; proxy_pass {app}; }
    location /shared {
        proxy_pass http://127.0.0.1:{upstream}/raw/page; proxy_cache pages; proxy_cache_key same;
        add_header X-Cache $upstream_cache_status always;
    }
    location /own {
        proxy_pass http://127.0.0.1:{upstream}/raw/page; proxy_cache pages;
        proxy_cache_key "own$macaw_session_cache_key";
        add_header X-Cache $upstream_cache_status always;
    }
    location /told {
        proxy_pass http://127.0.0.1:{upstream}/raw/page; proxy_cache pages; proxy_cache_key told;
        add_header X-Cache $upstream_cache_status always;
        add_header X-Key $macaw_session_cache_key always;
    }
    location /visible {
        macaw_session_use visible;
        proxy_pass http://127.0.0.1:{upstream}/raw/page; proxy_cache pages;
        proxy_cache_key "visible$macaw_session_cache_key";
        add_header X-Cache $upstream_cache_status always;
    }
    location /stale {
        proxy_pass {app}/set; proxy_cache pages; proxy_cache_key stale; proxy_cache_valid 1s;
        proxy_cache_use_stale updating; proxy_cache_background_update on;
        add_header X-Cache $upstream_cache_status always;
    }
    location /status { macaw_session_use off; macaw_status; }
    location /with-parts { ssi on; ssi_types *; proxy_pass http://127.0.0.1:{upstream}/raw/parts;
                           proxy_cache pages; proxy_cache_key $uri$macaw_session_cache_key; }
    location /handed-on { proxy_pass http://127.0.0.1:{upstream}/raw/handed-on;
                          proxy_cache pages; proxy_cache_key $uri$macaw_session_cache_key; }
    location /part { proxy_pass http://127.0.0.1:{upstream}/raw/page; proxy_cache pages;
                     proxy_cache_key $uri; add_header X-Cache $upstream_cache_status always; }
"""

MORE = ("proxy_cache_path {dir}/cache keys_zone=pages:1m;\n"
        + sessions.define("renew off;", "never")
        + sessions.define("hidden off;", "visible")
        + sessions.define("", "aead", "sc1-aead sc1-mac"))

ROUTES = {
    "/raw/plain": [answer(b"x")],
    "/raw/max-age": [answer(b"x", "Cache-Control: max-age=60")],
    "/raw/private": [answer(b"x", "Cache-Control: max-age=60, Private")],
    "/raw/no-store": [answer(b"x", "Cache-Control: no-store")],
    "/raw/private-field": [answer(b"x", 'Cache-Control: private="Set-Cookie"')],
    "/raw/public": [answer(b"x", "Cache-Control: max-age=60, public")],
    "/raw/s-maxage": [answer(b"x", "Cache-Control: s-maxage=60")],
    "/raw/not-modified": [b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n"],
    "/raw/error": [answer(b"x", status="500 Oops")],
    "/raw/page": [answer(b"a page", "Cache-Control: max-age=60")],
    "/raw/page/1": [answer(b"a page", "Cache-Control: max-age=60")],
    "/raw/page/2": [answer(b"a page", "Cache-Control: max-age=60")],
    "/raw/parts": [answer(b'[<!--#include virtual="/part/1" -->]', "Cache-Control: max-age=60")],
    "/raw/handed-on": [answer(b"", "X-Accel-Redirect: /part/2", "Cache-Control: max-age=60")],
}


@pytest.fixture(scope="module")
def upstream():
    server = Upstream(ROUTES)
    yield server
    server.close()


@pytest.fixture(scope="module")
def site(module_gateway, upstream):
    return sessions.gateway_of(module_gateway, LOCATIONS, "idle 30m; lifetime 12h; renew 5m;",
                               http=MORE, names={"upstream": upstream.port})


def test_an_older_session_is_renewed(site):
    sid, now = os.urandom(12), int(time.time())
    got = send(site, cookie=token(age=301, since=1000, sid=sid, data=b"blue", generation=3))
    [(text, attributes)] = set_cookies(got)
    claims = read(text)
    assert (claims.sid, claims.subject, claims.generation) == (sid, b"alice", 3)
    assert claims.fields == {sessions.sc1.DATA: b"blue"}
    assert abs(claims.login - (now - 1000)) <= 2
    assert abs(claims.issued - now) <= 2
    assert claims.ttl == 1800 and claims.cap == 43200
    assert attributes == ["Path=/", "Max-Age=1800", "Secure", "HttpOnly", "SameSite=Lax"]
    assert got.get_all("Cache-Control") == ["private"]


def test_a_young_session_is_not(site):
    assert set_cookies(send(site, cookie=token(age=290))) == []


def test_renewal_never_goes_beyond_the_cap(site):
    [(text, attributes)] = set_cookies(send(site, cookie=token(age=400, since=43200 - 100)))
    claims = read(text)
    assert claims.end - time.time() <= 100
    assert claims.expires <= claims.end
    assert int(attributes[1].removeprefix("Max-Age=")) <= 1800


def test_a_shorter_idle_time_stays_shorter(site):
    [(text, _)] = set_cookies(send(site, cookie=token(age=310, ttl=600)))
    assert read(text).ttl == 600


def test_a_rotated_key_is_replaced_at_renewal(site):
    [(text, _)] = set_cookies(send(site, cookie=token(age=400, key=OLD)))
    assert read(text, key=KEY).kid == int(KEY.kid)


def test_tabs_that_renew_at_once_do_not_disturb_each_other(site):
    old = token(age=400)
    renewed = [set_cookies(send(site, cookie=old))[0][0] for _ in range(5)]
    for text in [old, *renewed]:
        assert reason(send(site, cookie=text)) == "ok"
    assert len({read(text).sid for text in renewed}) == 1


@pytest.mark.parametrize("path, method", [("/need", "GET"), ("/need", "HEAD"), ("/raw/error", "GET"),
                                          ("/raw/plain", "HEAD")])
def test_where_it_is_renewed(site, path, method):
    assert len(set_cookies(send(site, path, cookie=token(age=400), method=method))) == 1


@pytest.mark.parametrize("path", ["/never", "/raw/not-modified"])
def test_where_it_is_not(site, path):
    assert set_cookies(send(site, path, cookie=token(age=400))) == []


def test_a_refused_session_is_not_renewed(site):
    for text in ("junk", token(age=1801), token(age=400, audience="x")):
        assert set_cookies(send(site, cookie=text)) == []


def test_only_the_scheme_that_issues_is_renewed(site):
    assert set_cookies(send(site, "/foreign", cookie=token(age=400))) == []
    aead = token(age=400, scheme="sc1-aead")
    [(text, _)] = set_cookies(send(site, "/foreign", cookie=aead))
    assert read(text, scheme="sc1-aead").subject == b"alice"


def test_a_renewed_token_stays_bound_to_its_client(gateway):
    server = sessions.gateway_of(gateway, "location / { proxy_pass {app}; }",
                                 "renew 5m; bind $http_x_client;")
    mine = {"X-Client": "mine"}
    got = send(server, cookie=token(age=400, bind=b"mine"), fields=mine)
    [(text, _)] = set_cookies(got)
    assert read(text, bind=b"mine").subject == b"alice"
    assert reason(send(server, cookie=text, fields=mine)) == "ok"
    for fields in ({"X-Client": "other"}, {}):
        assert reason(send(server, cookie=text, fields=fields)) == "mismatch"


# ---- shared caches ----

@pytest.mark.parametrize("path, expected", [
    ("/raw/plain", ["private"]), ("/raw/max-age", ["max-age=60", "private"]),
    ("/raw/private", ["max-age=60, Private"]), ("/raw/no-store", ["no-store"]),
    ("/raw/private-field", ['private="Set-Cookie"', "private"]),
])
def test_a_renewed_cookie_is_for_one_client(site, path, expected):
    got = send(site, path, cookie=token(age=400))
    assert len(set_cookies(got)) == 1
    assert got.get_all("Cache-Control") == expected


@pytest.mark.parametrize("path", ["/raw/public", "/raw/s-maxage"])
def test_what_is_for_everybody_carries_no_cookie(site, path):
    got = send(site, path, cookie=token(age=400))
    assert set_cookies(got) == []
    assert "private" not in ",".join(got.get_all("Cache-Control"))


def test_answers_without_a_renewal_keep_their_caching(site):
    assert send(site, "/raw/max-age", cookie=token()).get_all("Cache-Control") == ["max-age=60"]


def test_nginx_does_not_store_a_user_s_page_for_everybody(site):
    for _ in range(2):
        assert send(site, "/shared", cookie=token()).get("X-Cache") == "MISS"
    assert send(site, "/shared").get("X-Cache") == "MISS"
    assert send(site, "/shared").get("X-Cache") == "HIT"


def test_a_cache_key_that_tells_users_apart(site):
    alice, bob = token(b"alice"), token(b"bob")
    assert send(site, "/own", cookie=alice).get("X-Cache") == "MISS"
    assert send(site, "/own", cookie=alice).get("X-Cache") == "HIT"
    assert send(site, "/own", cookie=bob).get("X-Cache") == "MISS"
    assert send(site, "/own").get("X-Cache") == "MISS"
    assert send(site, "/own", cookie="junk").get("X-Cache") == "HIT"


def test_a_renewed_cookie_is_not_stored_with_the_page(site):
    alice = token(age=400)
    assert len(set_cookies(send(site, "/own", cookie=alice))) == 1
    got = send(site, "/own", cookie=alice)
    assert (got.get("X-Cache"), len(set_cookies(got))) == ("HIT", 1)


def test_a_background_update_does_not_store_a_user_s_page(site):
    """nginx asks again on behalf of whoever came first after the expiry."""
    assert send(site, "/stale?X-Marker=anonymous").get("X-Cache") == "MISS"
    time.sleep(2.1)
    assert send(site, "/stale?X-Marker=of-alice", cookie=token()).get("X-Cache") == "STALE"
    time.sleep(0.5)
    assert send(site, "/stale?X-Marker=none").get("X-Marker") != "of-alice"


def test_counters_for_prometheus(site):
    send(site, cookie=token())
    text = send(site, "/status?format=prometheus").body.decode()
    count = int(text.split('macaw_sessions_total{reason="ok"} ')[1].split("\n")[0])
    assert count > 0
    assert 'macaw_session_events_total{event="renewed"} ' in text
    used = text.split('macaw_key_verified_total{key="1"} ')[1].split("\n")[0]
    assert int(used) > 0


def test_renewals_are_counted(site):
    before = sessions.counters(site, "/status")
    send(site, cookie=token(age=400))
    send(site, cookie="junk")
    after = sessions.counters(site, "/status")
    assert after["events"]["renewed"] - before["events"]["renewed"] == 1
    assert after["judged"]["ok"] - before["judged"]["ok"] == 1
    assert after["judged"]["malformed"] - before["judged"]["malformed"] == 1


def cached(site, path, **how):
    return send(site, path, **how).get("X-Cache")


def test_a_variable_beside_the_cache_key_is_not_in_it(site):
    assert [cached(site, "/told", cookie=token()) for _ in range(2)] == ["MISS", "MISS"]
    assert [cached(site, "/told") for _ in range(2)] == ["MISS", "HIT"]


def test_a_cache_key_of_one_location_says_nothing_about_another_s(site):
    """A page whose key tells users apart, and a part of it, or what it hands on to, whose key does not."""
    for page, part in (("/with-parts", "/part/1"), ("/handed-on", "/part/2")):
        got = send(site, page, cookie=token())
        assert got.body.strip(b"[]") == b"a page"
        assert [cached(site, part) for _ in range(2)] == ["MISS", "HIT"], page


def test_what_an_application_makes_of_a_refused_cookie_is_not_for_others(site):
    old = token(age=3600)
    assert [cached(site, "/visible", cookie=old) for _ in range(2)] == ["MISS", "MISS"]
    assert [cached(site, "/visible") for _ in range(2)] == ["MISS", "HIT"]
    assert [cached(site, "/visible", cookie=token(sid=b"s" * 12)) for _ in range(2)] == ["MISS",
                                                                                     "HIT"]
