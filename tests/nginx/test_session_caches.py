"""Caches that are told apart from others, files that nginx stores, trailers: nothing of one user there."""

import time

import pytest

import envelopes
import sessions
from sessions import send, set_cookies, token
from upstream import Upstream, answer

# Fields that some caches obey instead of Cache-Control (RFC 9213), and what was before it.
TARGETED = ["CDN-Cache-Control", "cdn-cache-control", "Some-CDN-Cache-Control", "Surrogate-Control",
            "Edge-Control"]
LOGIN = "X-Macaw-Login: subject=alice"

LOCATIONS = """
    location / { proxy_pass http://127.0.0.1:{upstream}; }
    location /login/ { macaw_session_login on; proxy_pass http://127.0.0.1:{upstream}; }
    location /stored/ { proxy_store {dir}/html$uri; proxy_pass http://127.0.0.1:{upstream}; }
    location /stored/login { macaw_session_login on; proxy_store {dir}/html$uri;
                             proxy_pass http://127.0.0.1:{upstream}; }
    location /visible/ { macaw_session_use visible; proxy_store {dir}/html$uri;
                         proxy_pass http://127.0.0.1:{upstream}; }
    location /trailer { macaw_session_login on; add_trailer X-Macaw-Login subject=alice;
                        add_trailer x_macaw_logout 1; add_trailer X-Other 1;
                        proxy_pass http://127.0.0.1:{upstream}; }
"""


def route(path):
    kind, _, which = path.strip("/").partition("/")
    fields = [LOGIN] if "login" in path else []
    if kind in ("told", "login"):
        fields.append(f"{TARGETED[int(which)]}: max-age=600")
    elif kind in ("private", "no-store"):
        fields.append(f"{TARGETED[int(which)]}: max-age=600, {kind}")
    elif kind == "sets":
        fields += [f"{TARGETED[int(which)]}: max-age=600", "Set-Cookie: sid=1"]
    return [answer(b"what alice sees", "Expires: Thu, 01 Jan 2037 00:00:00 GMT", *fields)]


@pytest.fixture(scope="module")
def upstream():
    server = Upstream(route)
    yield server
    server.close()


@pytest.fixture(scope="module")
def site(module_gateway, upstream):
    made = sessions.gateway_of(module_gateway, LOCATIONS, "renew 5m;", start=False,
                               http=sessions.define("hidden off;", "visible"),
                               names={"upstream": upstream.port})
    for name in ("stored", "visible"):
        (made.dir / "html" / name).mkdir()
        (made.dir / "html" / name).chmod(0o777)
    return made.start()


@pytest.mark.parametrize("i", range(len(TARGETED)), ids=TARGETED)
def test_what_some_caches_keep_carries_no_renewal(site, i):
    got = send(site, f"/told/{i}", cookie=token(age=400))
    assert set_cookies(got) == [] and got.get_all("Cache-Control") == []
    for word in ("private", "no-store"):
        got = send(site, f"/{word}/{i}", cookie=token(age=400))
        assert len(set_cookies(got)) == 1


@pytest.mark.parametrize("i", range(len(TARGETED)), ids=TARGETED)
def test_a_login_is_kept_by_no_cache(site, i):
    got = send(site, f"/login/{i}")
    assert len(set_cookies(got)) == 1
    assert got.get_all("Cache-Control") == ["no-store"]
    assert got.get(TARGETED[i]) is None and got.get("Expires") is None


def test_a_wrapped_cookie_is_kept_by_no_cache(gateway, upstream):
    server = envelopes.gateway_of(gateway, "location /sets { proxy_pass http://127.0.0.1:{upstream}; }",
                                  names={"upstream": upstream.port})
    for i, name in enumerate(TARGETED):
        got = server.send(f"/sets/{i}")
        assert len(set_cookies(got, "sid")) == 1
        assert got.get_all("Cache-Control") == ["no-store"] and got.get(name) is None


def test_what_a_user_sees_is_stored_as_no_file(site):
    assert send(site, "/stored/page", cookie=token()).status == 200
    assert send(site, "/stored/login").status == 200
    assert send(site, "/visible/page", cookie=token(age=3600)).status == 200
    assert send(site, "/stored/all").status == 200
    assert send(site, "/stored/refused", cookie="junk").status == 200
    stored = site.dir / "html" / "stored"
    end = time.monotonic() + 20
    while len(list(stored.iterdir())) < 2 and time.monotonic() < end:  # after the answer
        time.sleep(0.02)
    assert sorted(path.name for path in stored.iterdir()) == ["all", "refused"]
    assert not list((site.dir / "html" / "visible").iterdir())


def test_words_in_trailers_are_for_nobody(site):
    for version in ("HTTP/1.1", "HTTP/1.0"):
        got = site.send("/trailer", {"TE": "trailers"}, version=version)
        assert got.body == b"what alice sees"
        names = [name.lower() for name, _ in got.fields + got.trailers]
        assert not any("macaw-log" in name.replace("_", "-") for name in names), names
    assert set_cookies(got) == []
