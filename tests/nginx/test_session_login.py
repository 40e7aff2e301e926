"""Login and logout by the application: one response header, heard where it may be (E27)."""

import time
from urllib.parse import quote

import pytest

import gateway as gw
import sessions
from h2client import exchange as h2_exchange
from sessions import read, send, set_cookies, token
from upstream import Upstream, answer, chunk, chunked_head, END

LOCATIONS = """
    proxy_cache_path {dir}/cache keys_zone=pages:1m;
    server {
        listen 127.0.0.1:{port};
        listen 127.0.0.1:{h2port} http2;
        macaw_session_use main;
        add_header X-Test-Added 1 always;
        location / { proxy_pass {app}; }
        location /login { macaw_session_login on; proxy_pass {app}/set; }
        location /raw/ { macaw_session_login on; proxy_pass http://127.0.0.1:{upstream}; }
        location /nested {
            macaw_session_login on;
            location /nested/in { proxy_pass {app}/set; }
            location /nested/off { macaw_session_use off; proxy_pass {app}/set; }
            location /nested/not { macaw_session_login off; proxy_pass {app}/set; }
        }
        location /off { macaw_session_use off; proxy_pass {app}/set; }
        location /cached {
            macaw_session_login on; proxy_pass {app}/set;
            proxy_cache pages; proxy_cache_valid any 1m; proxy_cache_key $uri$is_args$args;
            proxy_ignore_headers Set-Cookie Cache-Control;
            add_header X-Cache $upstream_cache_status always;
        }
        location /preloaded {
            proxy_pass {app}/set; proxy_cache pages; proxy_cache_valid any 1m;
            proxy_cache_key shared;
        }
        location /then {
            macaw_session_login on; proxy_pass {app}/set; proxy_cache pages;
            proxy_cache_valid any 1m; proxy_cache_key shared;
            add_header X-Cache $upstream_cache_status always;
        }
        location /accel { macaw_session_login on; proxy_pass {app}/set; }
        location /inner { internal; macaw_session_login on; proxy_pass {app}/echo; }
        location /page { internal; macaw_session_login on; return 200 "page"; }
        location /static {
            macaw_session_login on; add_header X-Macaw-Login subject=mallory always;
            return 200 "static";
        }
        location /hidden {
            macaw_session_login on; proxy_hide_header X-Macaw-Login; proxy_pass {app}/set;
        }
        location /asks { auth_request /login; proxy_pass {app}/echo; }
        location /intercepted {
            macaw_session_login on; proxy_intercept_errors on; error_page 500 /echo;
            proxy_pass http://127.0.0.1:{upstream};
        }
        location /status { macaw_session_use off; macaw_status; }
    }
"""

ROUTES = {
    "/raw/two": [answer(b"x", "X-Macaw-Login: subject=a", "X-Macaw-Login: subject=b")],
    "/raw/both": [answer(b"x", "X-Macaw-Login: subject=a", "X-Macaw-Logout: 1")],
    "/raw/slow": [chunked_head("X-Macaw-Login: subject=alice"), chunk(b"one "), 0.2, chunk(b"two"),
                  END],
    "/raw/500": [answer(b"x", "X-Macaw-Login: subject=a", status="500 Oops")],
    "/raw/404": [answer(b"x", "X-Macaw-Login: subject=a", status="404 None")],
    "/raw/302": [answer(b"", "X-Macaw-Login: subject=alice", "Location: /home",
                        status="302 Found")],
    "/raw/204": [b"HTTP/1.1 204 No Content\r\nx-macaw-login: subject=alice\r\n\r\n"],
    "/raw/underscore": [answer(b"x", "X_Macaw_Login: subject=alice")],
    "/raw/cache": [answer(b"x", "X-Macaw-Login: subject=alice", "Cache-Control: public, max-age=60",
                          "Expires: Thu, 01 Jan 2037 00:00:00 GMT", "Pragma: cache",
                          "ETag: \"x\"")],
    "/raw/cookies": [answer(b"x", "X-Macaw-Login: subject=alice", "Set-Cookie: theme=dark")],
    "/intercepted": [answer(b"x", "X-Macaw-Login: subject=a", status="500 Oops")],
}


@pytest.fixture(scope="module")
def upstream():
    server = Upstream(ROUTES)
    yield server
    server.close()


@pytest.fixture(scope="module")
def site(module_gateway, upstream):
    h2port = gw.free_port()
    made = module_gateway(servers=LOCATIONS, http=sessions.define("lifetime 12h; idle 30m;"),
                          start=False, names={"sessions": "{dir}/ring.json", "h2port": h2port,
                                              "upstream": upstream.port})
    made.names["sessions"] = made.dir / "ring.json"
    sessions.signer.write_keyring(made.dir / "ring.json", *sessions.RING)
    made.write()
    made.h2port = h2port
    return made.start()


def login(site, value, path="/login", **how):
    return send(site, f"{path}?X-Macaw-Login={quote(value)}", **how)


def silent(response):
    """Nothing of the conversation between application and gateway is seen by a client."""
    return not any(n.lower().replace("_", "-").startswith(("x-macaw-login", "x-macaw-logout"))
                   for n, _ in response.fields)


def test_the_application_logs_in(site):
    before = int(time.time())
    got = login(site, "subject=alice")
    assert (got.status, got.body) == (200, b"set\n")
    assert silent(got)
    [(text, attributes)] = set_cookies(got)
    assert attributes == ["Path=/", "Max-Age=1800", "Secure", "HttpOnly", "SameSite=Lax"]
    claims = read(text)
    assert (claims.subject, claims.ttl, claims.cap, claims.generation) == (b"alice", 1800, 43200, 0)
    assert before <= claims.login == claims.issued <= time.time()
    assert got.get_all("Cache-Control") == ["no-store"]
    assert send(site, "/echo", cookie=text).status == 200


@pytest.mark.parametrize("value, expected", [
    ("subject=alice; lifetime=1h", (b"alice", 1800, 3600, 0, None)),
    ("subject=alice; lifetime=600s", (b"alice", 600, 600, 0, None)),
    ("subject=alice; lifetime=30d", (b"alice", 1800, 43200, 0, None)),
    ("subject=a%20b%25; idle=5m; generation=7", (b"a b%", 300, 43200, 7, None)),
    ("data=%7B%22role%22%3A%22ed%22%7D; subject=%C3%A4", ("ä".encode(), 1800, 43200, 0,
                                                          b'{"role":"ed"}')),
    ("subject=" + "x" * 255, (b"x" * 255, 1800, 43200, 0, None)),
])
def test_what_the_application_may_say(site, value, expected):
    [(text, _)] = set_cookies(login(site, value))
    claims = read(text)
    assert (claims.subject, claims.ttl, claims.cap, claims.generation,
            claims.fields.get(sessions.sc1.DATA)) == expected


@pytest.mark.parametrize("value", [
    "", "alice", "subject=", "lifetime=1h", "subject=alice;lifetime=1h", "subject=alice; ",
    "subject=alice;  lifetime=1h", "subject=alice; lifetime=1", "subject=alice; lifetime=0h",
    "subject=alice; lifetime=01h", "subject=alice; lifetime=-1h", "subject=alice; lifetime=1y",
    "subject=alice; subject=bob", "subject=alice; admin=1", "subject=a b", "subject=a%2",
    "subject=a%zz", "subject=a%c3%a4", "Subject=alice", "subject=alice; generation=65536",
    "subject=alice; lifetime=999999999d", "subject=" + "x" * 256, "subject=alice; data=",
    "subject=%0D%0ASet-Cookie:%20a=b", ";", "subject=alice; lifetime=1h; lifetime=1h",
    "subject=alice; data=" + "x" * 3100,
])
def test_what_is_not_understood_logs_nobody_in(site, value):
    got = login(site, value)
    assert got.status in (500, 502)
    assert set_cookies(got) == []
    assert silent(got)
    assert b"set\n" not in got.body


def test_a_login_never_keeps_a_session_id(site):
    """Session fixation: what was there before the login does not survive it."""
    sid = bytes(12)
    [(text, _)] = set_cookies(login(site, "subject=alice", cookie=token(b"mallory", sid=sid)))
    assert read(text).subject == b"alice"
    assert read(text).sid != sid
    [(again, _)] = set_cookies(login(site, "subject=alice", cookie=text))
    assert read(again).sid != read(text).sid


@pytest.mark.parametrize("path", ["/raw/302", "/raw/204", "/raw/slow", "/raw/cookies"])
def test_answers_of_other_kinds(site, path):
    got = send(site, path)
    [(text, _)] = set_cookies(got)
    assert read(text).subject == b"alice"
    assert silent(got)
    assert got.get_all("Cache-Control") == ["no-store"]
    if path.endswith("slow"):
        assert got.body == b"one two"
    if path.endswith("cookies"):
        assert "theme=dark" in got.get_all("Set-Cookie")


def test_a_login_replaces_every_word_on_caching(site):
    got = send(site, "/raw/cache")
    assert got.get_all("Cache-Control") == ["no-store"]
    assert got.get("Expires") is None and got.get("Pragma") is None


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_other_methods(site, method):
    got = login(site, "subject=alice", path="/login", method="HEAD") if method == "HEAD" \
        else send(site, "/raw/302", method="POST", body=b"x=1")
    assert len(set_cookies(got)) == 1


def test_over_http2(site):
    got = h2_exchange(("127.0.0.1", site.h2port), "/login?X-Macaw-Login=subject%3Dalice")
    assert got.status == 200
    assert len(set_cookies(got)) == 1
    assert silent(got)



@pytest.mark.parametrize("value, why", [
    ("subject=", "subject= is not"), ("subject=a; lifetime=8 h", "lifetime= is not a number"),
    ("subject=a; idle=0s", "idle= is not"), ("subject=a; generation=x", "generation= is not"),
    ("subject=a; data=%", "data= is not"), ("subject=a; subject=secret", "twice"),
    ("user=secret", "none of subject="), ("lifetime=1h", "subject= is missing"),
    ("subject=secret;lifetime=1h", "no blank"),
])
def test_the_log_says_what_is_wrong_and_no_value(site, value, why):
    before = site.log().count("not understood")
    login(site, value)
    lines = [line for line in site.log().splitlines() if "not understood" in line]
    assert len(lines) == before + 1
    said = lines[-1].split("not understood: ")[1].split("; nothing is changed")[0]
    assert why in said and "secret" not in said


# ---- where it is not heard ----

@pytest.mark.parametrize("path", ["/set", "/off", "/nested/off", "/nested/not"])
def test_elsewhere_it_is_stripped_and_not_heard(site, path):
    got = login(site, "subject=alice", path=path)
    assert got.status == 200
    assert set_cookies(got) == []
    assert silent(got)


@pytest.mark.parametrize("path", ["/raw/two", "/raw/both"])
def test_contradictory_words_log_nobody_in(site, path):
    got = send(site, path)
    assert (got.status, set_cookies(got)) == (502, [])
    assert silent(got)


@pytest.mark.parametrize("path", ["/raw/500", "/raw/404", "/intercepted"])
def test_errors_log_nobody_in(site, path):
    got = send(site, path)
    assert set_cookies(got) == []
    assert silent(got)


def test_another_spelling_is_not_heard(site):
    got = send(site, "/raw/underscore")
    assert set_cookies(got) == []
    assert silent(got)


def test_a_header_that_nginx_adds_is_not_heard(site):
    got = send(site, "/static")
    assert (got.body, set_cookies(got)) == (b"static", [])
    assert silent(got)


@pytest.mark.parametrize("to", ["/inner", "/page"])
def test_x_accel_redirect_is_not_heard(site, to):
    got = send(site, f"/accel?X-Macaw-Login=subject%3Dalice&X-Accel-Redirect={to}")
    assert got.status == 200
    assert set_cookies(got) == []
    assert silent(got)


def test_a_subrequest_is_not_heard(site):
    got = send(site, "/asks?X-Macaw-Login=subject%3Dalice")
    assert set_cookies(got) == []
    assert silent(got)


def test_an_answer_with_a_login_is_not_cached(site):
    for _ in range(2):
        got = login(site, "subject=alice; lifetime=2h", path="/cached")
        assert got.get("X-Cache") == "MISS"
        assert len(set_cookies(got)) == 1


def test_a_cached_login_is_not_heard(site):
    """Stored where it was not heard, it must not speak where it would be."""
    got = login(site, "subject=mallory", path="/preloaded")
    assert (got.status, set_cookies(got)) == (200, [])
    got = send(site, "/then")
    assert got.get("X-Cache") == "HIT"
    assert set_cookies(got) == []
    assert silent(got)


def test_a_nested_location_inherits(site):
    assert len(set_cookies(login(site, "subject=alice", path="/nested/in"))) == 1


# ---- logout ----

@pytest.mark.parametrize("value", ["1", "all"])
def test_logout_removes_the_cookie(site, value):
    got = send(site, f"/login?X-Macaw-Logout={value}", cookie=token())
    [(text, attributes)] = set_cookies(got)
    assert (text, got.status) == ("", 200)
    assert attributes == ["Path=/", "Max-Age=0", "Secure", "HttpOnly", "SameSite=Lax"]
    assert got.get_all("Cache-Control") == ["no-store"]
    assert silent(got)


def test_logout_without_a_session(site):
    [(text, _)] = set_cookies(send(site, "/login?X-Macaw-Logout=1"))
    assert text == ""


@pytest.mark.parametrize("value", ["", "0", "2", "All", "1, all", "yes"])
def test_a_logout_that_is_not_understood(site, value):
    got = send(site, f"/login?X-Macaw-Logout={quote(value)}", cookie=token())
    assert got.status == 502
    assert set_cookies(got) == []


def test_logins_are_counted(site):
    before = sessions.counters(site, "/status")["events"]
    login(site, "subject=alice")
    send(site, "/login?X-Macaw-Logout=1", cookie=token())
    send(site, "/login?X-Macaw-Logout=all", cookie=token())
    after = sessions.counters(site, "/status")["events"]
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "login": 1, "logout": 1, "logout-all": 1}
