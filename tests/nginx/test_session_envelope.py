"""An unmodified application's cookies, wrapped: no copy outlives the application's own delete."""

import os
import time

import pytest

import envelopes
import gateway as gw
import revocations
import sessions
from envelopes import ago, content, first, gateway_of, lines, seen, sets, token
from h2client import exchange as h2_exchange
from upstream import Upstream, answer


@pytest.fixture(name="server", scope="module")
def a_server(module_gateway):
    return gateway_of(module_gateway)


# ---- out and in ----

def test_a_value_goes_out_wrapped_and_comes_back_as_it_was(server):
    for value in ("abc", "a=b=c", '"quoted, text"', "s%3Ax.y/z+1", "x" * 2700, "two words"):
        response = sets(server, f"sid={value}; Path=/")
        envelope, attributes = first(response)
        assert value not in envelope
        assert content(envelope)[1] == value
        assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(attributes)
        assert not any(a.startswith("Max-Age") for a in attributes)
        assert seen(server, f"sid={envelope}") == f"sid={value}"
        assert response.get("Cache-Control") == "private"


def test_other_cookies_stay_byte_for_byte(server):
    response = sets(server, "theme=dark; Path=/x; Weird", "sid=1", "lang=en; Expires=" + ago(-60))
    assert lines(response)[0] == "theme=dark; Path=/x; Weird"
    assert lines(response)[2].startswith("lang=en; Expires=")
    envelope = first(response)[0]
    others = 'theme="da rk";lang=en ;  x'
    assert seen(server, f"{others}; sid={envelope}; y=1") == f"{others}; y=1; sid=1"
    assert seen(server, others) == others


def test_several_cookies_of_which_each_has_its_own(server):
    response = sets(server, "sid=one", "prefs=two")
    sid, prefs = first(response)[0], first(response, "prefs")[0]
    assert content(sid)[0].sid != content(prefs, name="prefs")[0].sid
    assert seen(server, f"prefs={prefs}; sid={sid}") == "sid=one; prefs=two"
    # In several fields, as HTTP/2 may send them.
    assert seen(server, f"prefs={prefs}", "x=1", f"sid={sid}") == "x=1; sid=one; prefs=two"


REFUSED = {
    "unwrapped": lambda t: "sid=plain",
    "empty": lambda t: "sid=",
    "changed": lambda t: "sid=" + t[:-1] + ("A" if t[-1] != "A" else "B"),
    "cut": lambda t: "sid=" + t[:-4],
    "quoted": lambda t: f'sid="{t}"',
    "doubled": lambda t: f"sid={t}; sid={t}",
    "beside a plain one": lambda t: f"sid=plain; sid={t}",
    "of another cookie": lambda t: "sid=" + token("x", name="prefs"),
    "of another purpose": lambda t: "sid=" + token("x", purpose="session"),
    "of another audience": lambda t: "sid=" + token("x", audience="other"),
    "of a session": lambda t: "sid=" + sessions.token(b"alice", name="macaw-session"),
    "of a key that is retired": lambda t: "sid=" + token("x", key=sessions.GONE),
    "expired": lambda t: "sid=" + token("x", age=100, ttl=50),
    "ended": lambda t: "sid=" + token("x", age=10, since=100, ttl=50, cap=99),
    "from the future": lambda t: "sid=" + token("x", age=-60, since=-60),
    "without content": lambda t: "sid=" + sessions.token(b"", name="sid", purpose="envelope"),
    "with half a content": lambda t: "sid=" + sessions.token(b"", name="sid", purpose="envelope",
                                                            data=b"\0\0\0\0\0\0\x09/"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_is_no_valid_envelope_does_not_arrive(server, how):
    good = token("secret")
    assert seen(server, f"sid={good}") == "sid=secret"
    cookie = REFUSED[how](good)
    assert seen(server, f"a=1; {cookie}; b=2") == "a=1; b=2"
    assert seen(server, cookie) == ""


def test_every_change_of_one_character_is_refused(server):
    good = token("v")
    for i, old in enumerate(good):
        changed = good[:i] + ("A" if old != "A" else "B") + good[i + 1:]
        assert seen(server, f"sid={changed}") == "", i


# ---- attributes ----

@pytest.mark.parametrize("line, expected", [
    ("sid=1", {"Path=/", "HttpOnly", "SameSite=Lax"}),
    ("sid=1; Path=/app", {"Path=/app", "HttpOnly", "SameSite=Lax"}),
    ("sid=1; SameSite=Strict", {"Path=/", "HttpOnly", "SameSite=Strict"}),
    ("sid=1; SameSite=None; Secure", {"Path=/", "HttpOnly", "SameSite=Lax"}),
    ("sid=1; Domain=example.org", {"Path=/", "HttpOnly", "SameSite=Lax"}),
    ("sid=1; Path=relative", {"Path=/", "HttpOnly", "SameSite=Lax"})])
def test_attributes_are_tightened(server, line, expected):
    assert set(first(sets(server, line))[1]) == expected


def test_attributes_of_the_definition(gateway):
    server = gateway_of(gateway, options="cookie x; same_site strict; domain example.org;")
    assert set(first(sets(server, "sid=1; SameSite=Lax; Domain=evil.test"))[1]) == {
        "Path=/", "Domain=example.org", "Secure", "HttpOnly", "SameSite=Strict"}


def age_of(response):
    found = [a for a in first(response)[1] if a.startswith("Max-Age=")]
    return int(found[0][8:]) if found else None


def test_no_envelope_outlives_what_the_application_said(gateway):
    server = gateway_of(gateway, listed="sid idle=1h lifetime=2h")
    for line, most in (("Max-Age=60", 60), ("Expires=" + ago(-60), 60), ("Max-Age=999999", 3600),
                       ("Expires=" + ago(-999999), 3600), ("Max-Age=50; Expires=" + ago(-9), 50),
                       ("Expires=Thu, 31-Dec-2099 23:59:59 GMT", 3600),
                       ("Expires=Thursday, 31-Dec-37 23:59:59 GMT", 3600)):
        response = sets(server, "sid=1; " + line)
        claims = content(first(response)[0])[0]
        assert most - 3 <= age_of(response) <= most, line
        assert most - 3 <= claims.ttl <= most
        assert claims.cap <= 7200
    # Until the browser closes, and no longer than the gateway allows.
    response = sets(server, "sid=1; Expires=nonsense")
    assert age_of(response) is None and content(first(response)[0])[0].ttl == 3600


# ---- set again, renewed ----

def test_set_again_it_is_the_same_session(server):
    old = token("one", age=100, since=1000)
    claims = content(old)[0]
    again = content(first(sets(server, "sid=two", cookie=f"sid={old}"))[0])
    assert (again[0].sid, again[0].login, again[1]) == (claims.sid, claims.login, "two")
    assert again[0].issued >= claims.issued + 100
    # Without a valid one to go on from, it is a new one.
    for before in (None, "sid=plain", "sid=" + token("one", age=100, ttl=50)):
        new = content(first(sets(server, "sid=two", cookie=before))[0])[0]
        assert new.sid != claims.sid and new.login == new.issued


def test_the_lifetime_counts_from_the_first(gateway):
    server = gateway_of(gateway, listed="sid idle=1h lifetime=2h")
    old = token("one", age=10, since=7100, cap=7200)
    claims = content(first(sets(server, "sid=two; Max-Age=9999", cookie=f"sid={old}"))[0])[0]
    assert claims.login + claims.cap <= time.time() + 101 and claims.ttl <= 101


def test_an_old_envelope_is_renewed(server):
    old = token("one", age=600, path="/app", same_site=1, persistent=True,
                end=int(time.time()) + 500)
    response = server.send("/echo", [("Cookie", f"sid={old}")])
    envelope, attributes = first(response)
    claims, value, path, *_ = content(envelope)
    assert (value, path, claims.sid) == ("one", "/app", content(old)[0].sid)
    assert {"Path=/app", "SameSite=Strict", "HttpOnly"} <= set(attributes)
    assert 495 <= age_of(response) <= 500
    assert response.get("Cache-Control") == "private"
    # Not yet; not where anybody may have the answer; not where the application sets it.
    assert lines(server.send("/echo", [("Cookie", f"sid={token('one', age=30)}")])) == []
    assert lines(server.send("/set?Cache-Control=public", [("Cookie", f"sid={old}")])) == []
    assert len(lines(sets(server, "sid=two", cookie=f"sid={old}"))) == 1


# ---- deleted: revoked ----

DELETES = ["sid=; Max-Age=0", "sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "sid=x; Max-Age=0",
           "sid=x; Max-Age=-1", "sid=", 'sid=""; Max-Age=0', "sid=x; Expires=Thu, 01-Jan-1970 00:00:01 GMT",
           "sid=x; Expires=Thu, 01-Jan-70 00:00:01 GMT", "sid=gone; Expires=Sun Nov  6 08:49:37 1994"]


@pytest.mark.parametrize("line", DELETES)
def test_what_the_application_deletes_is_revoked(server, line):
    envelope = token("v", age=3)
    older = token("older", age=30, since=30, sid=content(envelope)[0].sid)
    assert seen(server, f"sid={older}") == "sid=older"
    response = sets(server, line + "; Path=/app", cookie=f"sid={envelope}")
    assert response.status == 200 and response.body == b"set\n"
    assert lines(response) == ["sid=; Path=/app; Max-Age=0; HttpOnly; SameSite=Lax"]
    assert seen(server, f"sid={envelope}") == "" and seen(server, f"sid={older}") == ""
    assert content(envelope)[0].sid.hex() in [e["sid"] for e in revocations.listed(server)
                                              if e["kind"] == "sid"]


def test_two_deleted_in_one_answer(server):
    sid, prefs = token("a"), token("b", name="prefs")
    response = sets(server, "sid=; Max-Age=0", "prefs=; Max-Age=0", "x=y",
                    cookie=f"sid={sid}; prefs={prefs}")
    assert [line.split(";")[0] for line in lines(response)] == ["sid=", "prefs=", "x=y"]
    assert seen(server, f"sid={sid}; prefs={prefs}") == ""


def test_deleted_on_one_path_and_set_on_another(server):
    old = token("a")
    response = sets(server, "sid=; Max-Age=0; Path=/old", "sid=new; Path=/", cookie=f"sid={old}")
    new = sessions.set_cookies(response, "sid")[1][0]
    assert seen(server, f"sid={old}") == "" and seen(server, f"sid={new}") == "sid=new"


def test_revoked_by_its_id_and_after_a_kill(gateway):
    server = gateway_of(gateway, workers=2)
    one, two = token("1"), token("2")
    revocations.revoke(server, "sid=" + content(one)[0].sid.hex())
    sets(server, "sid=; Max-Age=0", cookie=f"sid={two}")
    server.kill_all()
    os.unlink(server.socket)
    server.start()
    for envelope in (one, two):
        assert seen(server, f"sid={envelope}") == ""


class Crumbs:
    """A Cookie field in as many pieces as HTTP/2 allows."""

    def __init__(self, *pieces):
        self.pieces = pieces

    def items(self):
        return [("cookie", piece) for piece in self.pieces]


def test_over_http2(gateway):
    port = gw.free_port()
    server = gateway_of(gateway, http=f"""
        server {{ listen 127.0.0.1:{port} http2; macaw_session_wrap main {envelopes.LISTED};
                  location / {{ proxy_pass {{app}}; }} }}""")
    envelope = first(sets(server, "sid=over h2"))[0]
    target = ("127.0.0.1", port)
    answer_ = h2_exchange(target, "/echo", Crumbs("a=1", f"sid={envelope}", "prefs=x"))
    assert sessions.upstream_saw(answer_, "Cookie") == ["a=1; sid=over h2"]
    answer_ = h2_exchange(target, "/set?Set-Cookie=sid%3D1&Set-Cookie=prefs%3D2")
    assert [content(value.split("=", 1)[1].split(";")[0], name=name)[1] for name, value in
            zip(("sid", "prefs"), answer_.get_all("set-cookie"))] == ["1", "2"]


# ---- caches, sizes, phases ----

CACHED = """
    location /keeps {
        proxy_pass {app}/set; proxy_cache pages; proxy_cache_valid any 1m;
        proxy_cache_key $uri$is_args$args; proxy_ignore_headers Set-Cookie Cache-Control;
        add_header X-Cache $upstream_cache_status always;
    }
    location /kept {
        macaw_session_wrap off;
        proxy_pass {app}/set; proxy_cache pages; proxy_cache_valid any 1m;
        proxy_cache_key shared; proxy_ignore_headers Set-Cookie Cache-Control;
    }
    location /hit {
        proxy_pass {app}/set; proxy_cache pages; proxy_cache_valid any 1m;
        proxy_cache_key shared; proxy_ignore_headers Set-Cookie Cache-Control;
        add_header X-Cache $upstream_cache_status always;
    }
"""


def test_caches(gateway):
    server = gateway_of(gateway, CACHED, http="proxy_cache_path {dir}/cache keys_zone=pages:1m;")
    for _ in range(2):
        response = server.send("/keeps?Set-Cookie=sid%3D1")
        assert response.get("X-Cache") == "MISS" and content(first(response)[0])[1] == "1"
    # What was stored before it was wrapped is nobody's any more, and revokes nothing.
    server.send("/kept?Set-Cookie=sid%3D&Set-Cookie=a%3Db")
    envelope = token("v")
    response = server.send("/hit?", [("Cookie", f"sid={envelope}")])
    assert response.get("X-Cache") == "HIT" and lines(response) == ["a=b"]
    assert seen(server, f"sid={envelope}") == "sid=v"


def test_what_is_called_public_is_not(server):
    response = sets(server, "sid=1", more="&Cache-Control=public,%20max-age=60")
    assert response.get_all("Cache-Control") == ["no-store"]


def test_a_value_that_does_not_fit(gateway):
    server = gateway_of(gateway)
    response = sets(server, "sid=" + "x" * 3000)
    assert response.status == 502 and lines(response) == []
    assert 'cookie "sid" of 3000 bytes cannot be wrapped: it is too long' in server.log()
    assert sets(server, "sid=1; Path=/" + "x" * 300).status == 502


def test_broken_lines_of_an_upstream(gateway):
    routes = {"/raw": [answer(b"x", "Set-Cookie: =nameless", "Set-Cookie: sid", "Set-Cookie:",
                              "set-cookie:   sid  =  spaced  ; PATH=/p ; MAX-AGE = 60")]}
    upstream = Upstream(routes)
    try:
        server = gateway_of(gateway, "location /raw { proxy_pass http://127.0.0.1:%d; }"
                            % upstream.port)
        response = server.send("/raw")
        envelope, attributes = sessions.set_cookies(response, "sid")[-1]
        assert content(envelope)[1] == "spaced" and "Path=/p" in attributes
        assert any(a in attributes for a in ("Max-Age=59", "Max-Age=60"))
    finally:
        upstream.close()


def test_beside_a_session(gateway):
    server = gateway_of(gateway, "location /app { macaw_session_require 401; proxy_pass {app}/echo; }")
    own = sessions.token(name="macaw-session")
    envelope = token("v")
    got = seen(server, f"macaw-session={own}; sid={envelope}; a=1", target="/app")
    assert got == "a=1; sid=v"
    assert server.send("/app", [("Cookie", f"sid={envelope}")]).status == 401


@pytest.mark.parametrize("directive, why", [
    ("macaw_session_wrap nobody sid;", 'no macaw_session "nobody"'),
    ("macaw_session_wrap main;", "say which cookies"),
    ("macaw_session_wrap main sid sid;", 'cookie "sid" twice'),
    ("macaw_session_wrap main sid; macaw_session_wrap main sid;", 'cookie "sid" twice'),
    ("macaw_session_wrap off; macaw_session_wrap main sid;", "off and something else"),
    ("macaw_session_wrap main 'a b';", "no cookie's name"),
    ("macaw_session_wrap main __Host-x;", "browsers refuse"),
    ("macaw_session_wrap main sid idle=0s;", "is not 1s to 194d"),
    ("macaw_session_wrap main sid idle=2h lifetime=1h;", "idle is longer than lifetime"),
    ("macaw_session_wrap main macaw-session; macaw_session_use main;", "which is used here")])
def test_refused_when_loaded(gateway, directive, why):
    server = gateway_of(gateway, f"location /x {{ {directive} }}", start=False)
    status, said = server.test()
    assert status != 0 and why in said


def test_without_a_zone_it_is_warned(gateway):
    server = sessions.gateway_of(gateway, "location / { proxy_pass {app}; }",
                                 "secure off; cookie macaw-session;",
                                 server="macaw_session_wrap main sid;")
    assert "has no zone: a copied cookie stays valid" in server.log()
