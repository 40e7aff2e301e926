"""A session cookie at the gateway: who is behind it, and what the application learns (E16)."""

import base64
import json
import os
import time

import pytest

import rawhttp
import sessions
from sessions import COOKIE, GONE, KEY, LATER, OLD, OTHER_USE, reason, send, token, upstream_saw
from signer import Key

LOCATIONS = """
    location / { proxy_pass {app}; }
    location /off { macaw_session_use off; proxy_pass {app}; }
    location /shown { macaw_session_use shown; proxy_pass {app}; }
    location /both { macaw_session_use second main; proxy_pass {app}; }
    location /crossing { rewrite ^ /both/then last; }
    location /rewritten { rewrite ^ /off/then last; }
    location /set { set $who $macaw_user; return 200 "$who"; }
"""

MORE = (sessions.define("hidden off;", "shown")
        + sessions.define("cookie second; purpose second;", "second"))


@pytest.fixture(scope="module")
def site(module_gateway):
    return sessions.gateway_of(module_gateway, LOCATIONS, http=MORE,
                               server="underscores_in_headers on; ignore_invalid_headers off;"
                                      "large_client_header_buffers 4 16k;")


def test_the_application_learns_who_it_is(site):
    sid = os.urandom(12)
    answer = send(site, cookie=token(sid=sid))
    assert answer.status == 200
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]
    assert upstream_saw(answer, "X-Macaw-Session-Id") == [sid.hex()]
    assert upstream_saw(answer, "X-Macaw-Session-Data") == []
    assert upstream_saw(answer, "Cookie") == []


def test_variables_of_a_session(site):
    sid, now = os.urandom(12), int(time.time())
    answer = send(site, cookie=token(sid=sid, age=60, since=90, data=b"blue"))
    told = {name: answer.get(f"X-Test-{name}") for name in
            ("User", "Id", "Reason", "Scheme", "Name", "Data", "Key")}
    assert told == {"User": "alice", "Id": sid.hex(), "Reason": "ok", "Scheme": "sc1-mac",
                    "Name": "main", "Data": "blue", "Key": sid.hex()}
    assert abs(int(answer.get("X-Test-Expires")) - (now - 60 + 1800)) <= 2
    assert abs(int(answer.get("X-Test-Login")) - (now - 90)) <= 2
    assert len(answer.get("X-Test-Csrf")) == 64


def test_without_a_cookie_nobody_is_known(site):
    answer = send(site)
    assert answer.status == 200
    assert reason(answer) == "missing"
    for name in ("User", "Id", "Expires", "Login", "Scheme", "Name", "Data", "Csrf"):
        assert answer.get(f"X-Test-{name}") is None
    assert answer.get("X-Test-Key") == "-"
    assert upstream_saw(answer, "X-Macaw-User") == []


@pytest.mark.parametrize("key, expected", [
    (KEY, "ok"), (OLD, "ok"), (GONE, "key-state"), (LATER, "key-state"),
    (OTHER_USE, "unknown-key"), (Key("9", use="session"), "unknown-key"),
    (Key("1", use="session"), "mismatch"),
])
def test_states_of_keys(site, key, expected):
    assert reason(send(site, cookie=token(key=key))) == expected


@pytest.mark.parametrize("context, expected", [
    ({"audience": "elsewhere"}, "mismatch"), ({"purpose": "reset"}, "mismatch"),
    ({"name": "macaw-session"}, "mismatch"), ({"bind": b"x"}, "mismatch"),
    ({"scheme": "sc1-aead"}, "algorithm"),
])
def test_tokens_for_something_else_are_refused(site, context, expected):
    answer = send(site, cookie=token(**context))
    assert reason(answer) in (expected, "malformed")
    assert upstream_saw(answer, "X-Macaw-User") == []


@pytest.mark.parametrize("times, expected", [
    ({"age": 1799, "ttl": 1802}, "ok"), ({"age": 1801}, "expired"), ({"age": -60}, "early"),
    ({"age": 10, "since": 43201}, "ended"),
])
def test_times(site, times, expected):
    assert reason(send(site, cookie=token(**times))) == expected


def test_every_changed_character_is_refused(site):
    text = token()
    requests = []
    for i, c in enumerate(text):
        for other in "A_" if c not in "A_" else "Bz":
            requests.append(rawhttp.head("GET", "/off", [
                ("Cookie", f"{COOKIE}={text[:i]}{other}{text[i + 1:]}")]).replace(
                    b"/off", b"/echo", 1))
    for answer in site.pipeline(requests):
        assert reason(answer) != "ok"
        assert upstream_saw(answer, "X-Macaw-User") == []


@pytest.mark.parametrize("spoiled", [
    lambda t: t + "=", lambda t: t + "%3D", lambda t: t[:-1], lambda t: t + "A",
    lambda t: f'"{t}"', lambda t: t.replace("1", "2", 1), lambda t: "", lambda t: "1",
    lambda t: t + "A" * 4000, lambda t: "%31" + t[1:],
])
def test_other_spellings_are_refused(site, spoiled):
    answer = send(site, cookie=spoiled(token()))
    assert reason(answer) in ("malformed", "missing", "mismatch")
    assert upstream_saw(answer, "X-Macaw-User") == []
    assert upstream_saw(answer, "Cookie") == []


# ---- cookies ----

def test_other_cookies_stay_byte_for_byte(site):
    answer = send(site, fields=[("Cookie", f'a="b c"; x=1;{COOKIE}={token()};  y==;z')])
    assert upstream_saw(answer, "Cookie") == ['a="b c"; x=1;  y==;z']
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]


@pytest.mark.parametrize("fields", [
    [("Cookie", "{n}={a}; {n}={b}")], [("Cookie", "{n}={a}"), ("Cookie", "{n}={b}")],
    [("Cookie", "{n}={a}; {n}={a}")], [("Cookie", "{n}=; {n}={a}")],
    [("Cookie", "{n}={a};{n} = {b}")],
])
def test_a_second_cookie_of_the_name_spoils_both(site, fields):
    """A site next door can set one (cookie tossing): nobody knows which is meant."""
    a, b = token(), token(b"mallory")
    pairs = [(name, value.replace("{n}", COOKIE).replace("{a}", a).replace("{b}", b))
             for name, value in fields]
    answer = send(site, fields=pairs)
    assert reason(answer) == "malformed"
    assert upstream_saw(answer, "X-Macaw-User") == []
    assert upstream_saw(answer, "Cookie") == []


def test_several_cookie_fields(site):
    answer = send(site, fields=[("Cookie", "a=1"), ("Cookie", f"{COOKIE}={token()}"),
                                ("cookie", "b=2")])
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]
    assert "; ".join(upstream_saw(answer, "Cookie")).replace(",", "; ") == "a=1; b=2"


def test_names_are_compared_byte_for_byte(site):
    assert reason(send(site, cookie=token(), name=COOKIE.lower())) == "missing"


def test_a_cookie_that_is_not_hidden_reaches_the_application(site):
    text = token()
    answer = send(site, "/shown", cookie=text)
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]
    assert upstream_saw(answer, "Cookie") == [f"{COOKIE}={text}"]


def test_where_sessions_are_off_nothing_is_touched(site):
    text = token()
    answer = send(site, "/off", cookie=text)
    assert upstream_saw(answer, "Cookie") == [f"{COOKIE}={text}"]
    assert upstream_saw(answer, "X-Macaw-User") == []
    assert reason(answer) is None


def test_a_rewrite_into_another_location_starts_again(site):
    text = token()
    answer = send(site, "/rewritten", cookie=text)
    assert upstream_saw(answer, "Cookie") == [f"{COOKIE}={text}"]
    assert upstream_saw(answer, "X-Macaw-User") == []


def test_the_first_definition_that_verifies_wins(site):
    second = token(b"bob", name="second", purpose="second")
    both = [("Cookie", f"{COOKIE}={token()}; second={second}; other=1")]
    answer = send(site, "/both", fields=both)
    assert (answer.get("X-Test-Name"), answer.get("X-Test-User")) == ("second", "bob")
    assert upstream_saw(answer, "Cookie") == ["other=1"]
    answer = send(site, "/both", fields=[("Cookie", f"{COOKIE}={token()}; second=junk")])
    assert (answer.get("X-Test-Name"), answer.get("X-Test-User")) == ("main", "alice")
    assert upstream_saw(answer, "Cookie") == []


def test_a_rewrite_to_another_definition_judges_by_that(site):
    second = token(b"bob", name="second", purpose="second")
    both = [("Cookie", f"{COOKIE}={token()}; second={second}")]
    answer = send(site, "/crossing", fields=both)
    assert (answer.get("X-Test-Name"), answer.get("X-Test-User")) == ("second", "bob")
    assert upstream_saw(answer, "X-Macaw-User") == ["bob"]


# ---- what clients may not say ----

@pytest.mark.parametrize("name", [
    "X-Macaw-User", "x-macaw-user", "X_Macaw_User", "X-Macaw_User", "X.Macaw.User",
    "X-Macaw-Session-Id", "X-Macaw-Session", "X_MACAW_SESSION_DATA", "X-Macaw-Anything",
])
@pytest.mark.parametrize("path", ["/echo", "/off"])
def test_identity_from_clients_never_arrives(site, name, path):
    for cookie in (None, token(), "junk"):
        answer = send(site, path, cookie=cookie, fields=[(name, "mallory"), ("X-Other", "1")])
        seen = [value for field, value in json.loads(answer.body)["headers"]
                if "macaw" in field.lower() and "session" not in value]
        assert "mallory" not in seen
        assert upstream_saw(answer, "X-Other") == ["1"]


def test_identity_from_clients_is_no_variable_either(module_gateway):
    site = sessions.gateway_of(module_gateway, 'location / { return 200 "[$http_x_macaw_user]"; }')
    assert send(site, fields={"X-Macaw-User": "mallory"}).body == b"[]"


# ---- subjects ----

@pytest.mark.parametrize("subject, printed", [
    (b"alice@example.com", "alice@example.com"), (b"a b", "a%20b"), ("ä".encode(), "%C3%A4"),
    (b"100%", "100%25"), (b"\\\"',;", "\\\"',;"), (b"x" * 255, "x" * 255),
])
def test_subjects_in_a_header_are_unambiguous(site, subject, printed):
    answer = send(site, cookie=token(subject))
    assert upstream_saw(answer, "X-Macaw-User") == [printed]
    assert answer.get("X-Test-User") == printed


def test_control_bytes_in_a_subject_are_refused(site):
    answer = send(site, cookie=token(b"a\r\nX-Macaw-Session-Id: 1"))
    assert reason(answer) == "content"
    assert upstream_saw(answer, "X-Macaw-User") == []


def test_variables_in_the_rewrite_phase(site):
    assert send(site, "/set", cookie=token()).body == b"alice"


# ---- other servers ----

def test_another_gateway_with_the_same_keys_takes_the_cookie(site, module_gateway):
    other = sessions.gateway_of(module_gateway, LOCATIONS.split("location /off")[0])
    text = token()
    for server in (site, other):
        assert reason(send(server, cookie=text)) == "ok"


def test_another_audience_does_not(module_gateway):
    other = sessions.gateway_of(module_gateway, "location / { proxy_pass {app}; }",
                                "audience shop.example;")
    assert reason(send(other, cookie=token())) == "mismatch"
    assert reason(send(other, cookie=token(audience="shop.example"))) == "ok"


@pytest.mark.parametrize("scheme", ["sc1-mac", "sc1-aead"])
def test_binding_to_a_variable(module_gateway, scheme):
    site = sessions.gateway_of(module_gateway, "location / { proxy_pass {app}; }",
                               "bind $http_x_client;", scheme=scheme)
    text = token(bind=b"laptop", scheme=scheme)
    assert reason(send(site, cookie=text, fields={"X-Client": "laptop"})) == "ok"
    assert reason(send(site, cookie=text, fields={"X-Client": "phone"})) == "mismatch"
    assert reason(send(site, cookie=text)) == "mismatch"


def test_several_schemes_in_one_definition(module_gateway):
    site = sessions.gateway_of(module_gateway, "location / { proxy_pass {app}; }",
                               scheme="sc1-aead sc1-mac")
    for scheme in ("sc1-aead", "sc1-mac"):
        answer = send(site, cookie=token(scheme=scheme, data=b"{}"))
        assert (reason(answer), answer.get("X-Test-Scheme")) == ("ok", scheme)
        assert answer.get("X-Test-Data") == "{}"
    wrong = token(scheme="sc1-mac", key=Key("1", use="session"))
    assert reason(send(site, cookie=wrong)) == "mismatch"
    assert reason(send(site, cookie="junk")) == "malformed"


def test_the_reference_agrees(site):
    assert sessions.read(token()).subject == b"alice"
    assert base64.urlsafe_b64decode(token()[1:] + "==")[0] == sessions.sc1.TYPES["sc1-mac"]
    assert reason(send(site, cookie=token())) == "ok"


def test_no_spelling_that_cgi_takes_for_ours_arrives(gateway):
    """Where nginx is told to pass on every name; programs behind read what is no letter as "_"."""
    site = sessions.gateway_of(gateway, "location / { proxy_pass {app}; }",
                               server="ignore_invalid_headers off; underscores_in_headers on;")
    spellings = [f"X{c}Macaw{c}User" for c in "-_.!~+*'|^"]
    answer = send(site, fields=[(name, "root") for name in spellings] + [("X-Macawuser", "kept")])
    assert answer.status == 200 and b"root" not in answer.body and b"kept" in answer.body
