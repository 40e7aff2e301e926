"""The login page of the gateway itself: what it shows, and whom it lets in."""

import base64
import hashlib
import hmac
import os
import pathlib
import re
import time

import pytest

import h2client
import logins
import rawhttp
import sessions
import signer
from sessions import sc1
from gateway import free_port
from logins import FORM_COOKIE, PASSWORD, SAME, Browser, alert

NASTY = '"><script>alert(1)</script>&amp;'
MORE = """
    location = /nasty { macaw_session_login_page main htpasswd={users} 'title=A <b> & "B"'; }
    location = /styled { macaw_session_login_page main htpasswd={users} style=page.css; }
    location = /failed { error_page 404 = /login; return 404; }
    location /status { macaw_session_use off; macaw_status; }
"""


@pytest.fixture(scope="module")
def site(module_gateway):
    signer.secrets_made.extend(word.encode() for word in logins.USERS.values())
    h2port = free_port()
    made = logins.site_of(module_gateway, more=MORE, listen="listen 127.0.0.1:{h2port} http2;",
                          names={"h2port": h2port}, start=False,
                          http="macaw_session_attempts user=1000 address=1000;")
    made.h2port = h2port
    (made.dir / "page.css").write_text("main{color:green}")
    return made.start()


@pytest.fixture
def browser(site):
    return Browser(site)


# ---- the page ----

def test_the_page_is_html_that_nobody_stores_or_frames(browser):
    answer = browser.open()
    assert answer.status == 200
    assert answer.get("Content-Type") == "text/html; charset=utf-8"
    assert answer.get_all("Cache-Control") == ["no-store"]
    assert answer.get("X-Content-Type-Options") == "nosniff"
    assert answer.get("Referrer-Policy") == "same-origin"
    policy = answer.get("Content-Security-Policy")
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "script-src" not in policy
    assert b"<script" not in answer.body and b" style=" not in answer.body


def test_the_page_has_labels_and_what_password_managers_look_for(browser):
    browser.open()
    for name, use in (("username", "username"), ("password", "current-password")):
        assert f'<label for="{name}">' in browser.page
        field = re.search(f'<input id="{name}"[^>]*>', browser.page).group()
        assert f'autocomplete="{use}"' in field and "required" in field
    assert '<html lang="en">' in browser.page
    assert 'id="username"' in browser.page[:browser.page.index("autofocus")]
    assert "alert" not in re.sub("<style>.*</style>", "", browser.page, flags=re.S)


def test_nothing_in_the_page_comes_from_elsewhere(browser):
    browser.open()
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<link|<img", browser.page)


def test_head_is_get_without_a_body(browser):
    whole = browser.open()
    answer = browser.send("/login", "HEAD")
    assert answer.status == 200 and answer.body == b""
    assert answer.get("Content-Length") == str(len(whole.body))


def test_a_title_is_text(browser):
    browser.open("/nasty")
    assert "<h1>A &lt;b&gt; &amp; &quot;B&quot;</h1>" in browser.page
    assert "<title>A &lt;b&gt; &amp; &quot;B&quot;</title>" in browser.page


def test_a_style_of_one_s_own_has_its_hash_in_the_policy(browser):
    answer = browser.open("/styled")
    assert "<style>main{color:green}</style>" in browser.page
    assert "sha256-" in answer.get("Content-Security-Policy")
    assert answer.get("Content-Security-Policy") != \
        browser.open().get("Content-Security-Policy")


def test_the_page_as_an_error_page_posts_to_itself(browser):
    answer = browser.open("/failed")
    assert b'action="/login"' in answer.body
    assert browser.log_in().status == 303


# ---- in ----

def test_a_login(browser):
    answer = browser.open("/private/page?x=1&y=2")
    assert answer.status == 401, "no browser that navigates"
    answer = browser.send("/private/page?x=1&y=2", fields={"Accept": "text/html"})
    assert answer.status == 303
    answer = browser.log_in(target=answer.get("Location"))
    assert answer.status == 303
    assert answer.get("Location") == "/private/page?x=1&y=2"
    assert answer.get_all("Cache-Control") == ["no-store"]
    assert [v for v, _ in sessions.set_cookies(answer, logins.COOKIE)]
    assert browser.user() == "alice"
    browser.open()
    assert "logged in as <strong>alice</strong>" in browser.page
    assert 'type="password"' not in browser.page


def test_without_a_way_back_to_the_top(browser):
    assert browser.log_in().get("Location") == "/"


def test_a_login_makes_a_session_of_its_own(browser):
    browser.log_in()
    first = browser.cookies[logins.COOKIE]
    browser.page = None
    browser.cookies.pop(FORM_COOKIE, None)
    page = Browser(browser.server)
    page.open()
    browser.cookies[FORM_COOKIE] = page.cookies[FORM_COOKIE]
    assert browser.post({**page.hidden(), "username": "bob",
                         "password": logins.USERS["bob"]}).status == 303
    assert browser.cookies[logins.COOKIE] != first
    assert browser.user() == "bob"


def test_a_login_keeps_a_session_id_that_was_planted_out(browser):
    planted = sessions.token(name=logins.COOKIE, subject=b"mallory")
    browser.open()
    browser.cookies[logins.COOKIE] = planted
    browser.post({**browser.hidden(), "username": "alice", "password": PASSWORD})
    assert browser.user() == "alice"
    made = sessions.read(browser.cookies[logins.COOKIE], name=logins.COOKIE)
    assert made.sid != sessions.read(planted, name=logins.COOKIE).sid


@pytest.mark.parametrize("user, password", [
    ("alice", "wrong"), ("alice", PASSWORD + " "), ("alice", PASSWORD[:-1]), ("alice", ""),
    ("Alice", PASSWORD), ("nobody", PASSWORD), ("", PASSWORD), ("bob", PASSWORD),
    ("alice\n", PASSWORD), ("alice", "x" * 511), ("alice", "x" * 512), ("x" * 255, "x"),
    ("x" * 256, "x"), ("alice:", PASSWORD), ("alice", PASSWORD.upper()),
])
def test_wrong_user_and_wrong_password_look_the_same(browser, user, password):
    answer = browser.log_in(user, password)
    assert answer.status == 401
    assert answer.get("WWW-Authenticate") == "Cookie"
    assert alert(answer) == "User name or password is wrong."
    assert logins.COOKIE not in browser.cookies
    assert browser.user() is None
    page = answer.body.decode()
    assert page.count('aria-describedby="error"') == 2 and 'role="alert"' in page
    if 0 < len(user) < 256:
        assert 'required autofocus aria-invalid' in page, "the cursor is in the password"


def test_what_was_typed_is_escaped_and_the_password_never_shown(browser):
    answer = browser.log_in(NASTY, NASTY)
    assert NASTY.encode() not in answer.body and b"<script" not in answer.body
    assert answer.body.count(b"&quot;&gt;&lt;script&gt;") == 1


def test_a_name_that_is_nobody_s_is_not_logged(site, browser):
    typed = "a password in the wrong field " + os.urandom(4).hex()
    browser.log_in(typed, "x")
    browser.log_in("bob", "x")
    site.wait_log("wrong password for bob")
    assert typed.split()[-1] not in site.log()
    site.wait_log(r"wrong password for \(nobody\)")


# ---- the way back ----

@pytest.mark.parametrize("path", [
    "//evil.example/", "https://evil.example/", "/\\evil.example", "evil", "", "/a b", "/\r\nX: y",
    "javascript:alert(1)", "/" + "a" * 1024, "\\\\evil", "/ä",
])
def test_no_way_back_leads_elsewhere(browser, path):
    from urllib.parse import quote
    browser.open("/login?return=" + quote(path, safe=""))
    assert "return" not in browser.hidden()
    answer = browser.post({**browser.hidden(), "return": path, "username": "alice",
                           "password": PASSWORD})
    assert answer.status == 303
    assert answer.get_all("Location") == ["/"]
    assert answer.get("X") is None


def test_a_way_back_survives_mistakes_and_is_escaped(browser):
    path = "/page?a=1&b=%22%3E'\"<i>"
    from urllib.parse import quote
    browser.open("/login?return=" + quote(path, safe=""))
    assert browser.hidden()["return"] == path
    answer = browser.log_in(password="wrong")
    assert browser.hidden()["return"] == path
    assert b"<i>" not in answer.body
    assert browser.log_in().get("Location") == path


# ---- cross-site ----

CROSS = [{}, {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
         {"Sec-Fetch-Site": "same-site"}, {**SAME, "Sec-Fetch-Site": "cross-site"}]


@pytest.mark.parametrize("fields", CROSS, ids=str)
def test_another_site_cannot_log_a_visitor_in(browser, fields):
    browser.open()
    answer = browser.post({**browser.hidden(), "username": "alice", "password": PASSWORD},
                          same=fields)
    assert answer.status == 403
    assert "login page of this site" in alert(answer)
    assert logins.COOKIE not in browser.cookies
    assert browser.log_in().status == 303, "the page that came back works"


def form(browser, **change):
    fields = {**browser.hidden(), "username": "alice", "password": PASSWORD, **change}
    return {name: value for name, value in fields.items() if value is not None}


def test_a_form_of_another_browser_is_refused(site, browser):
    other = Browser(site)
    other.open()
    browser.open()
    answer = browser.post(form(browser, token=other.hidden()["token"]))
    assert answer.status == 403 and "open for too long" in alert(answer)
    assert logins.COOKIE not in browser.cookies


@pytest.mark.parametrize("token", [None, "", "A" * 64, "A" * 63])
def test_a_form_without_its_token_is_refused(browser, token):
    browser.open()
    assert browser.post(form(browser, token=token)).status == 403


def test_a_form_without_its_cookie_is_refused(browser):
    browser.open()
    browser.cookies.clear()
    answer = browser.post(form(browser))
    assert answer.status == 403 and "cookies" in alert(answer)


def test_every_change_of_the_token_and_its_cookie_is_refused(browser):
    browser.open()
    token, cookie = browser.hidden()["token"], browser.cookies[FORM_COOKIE]
    for i in range(0, len(token), 7):
        other = token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1:]
        assert browser.post(form(browser, token=other)).status == 403, i
    for other in [cookie[:i] + ("0" if cookie[i] != "0" else "1") + cookie[i + 1:]
                  for i in range(0, len(cookie), 5)] + [cookie.upper() + "A", cookie[:-1], cookie + "0"]:
        answer = browser.send("/login", "POST", b"token=" + token.encode(),
                              {**SAME, "Content-Type": "application/x-www-form-urlencoded",
                               "Cookie": f"{FORM_COOKIE}={other}"})
        assert answer.status == 403, other


def test_two_cookies_of_the_form_are_none(browser):
    browser.open()
    cookie = browser.cookies[FORM_COOKIE]
    answer = browser.send("/login", "POST", b"token=" + browser.hidden()["token"].encode(),
                          {**SAME, "Content-Type": "application/x-www-form-urlencoded",
                           "Cookie": f"{FORM_COOKIE}={cookie}; {FORM_COOKIE}={cookie}"})
    assert answer.status == 403


def test_two_cookies_in_two_fields_are_none_either(site, browser):
    browser.open()
    cookie = browser.cookies[FORM_COOKIE]
    body = b"token=" + browser.hidden()["token"].encode()
    fields = [*SAME.items(), ("Host", logins.HOST), ("Cookie", "a=b"),
              ("Content-Type", "application/x-www-form-urlencoded"),
              ("Cookie", f"{FORM_COOKIE}={cookie}")]
    assert site.send("/login", fields, "POST", body).status == 401, "one is good"
    fields.append(("Cookie", f"{FORM_COOKIE}={cookie}"))
    assert site.send("/login", fields, "POST", body).status == 403


def test_a_page_gets_old(site):
    """The cookie says when it was made, and the token is bound to that."""
    browser = Browser(site)
    browser.open()
    for age in (3700, -120):
        old = "%010x" % (int(time.time()) - age) + os.urandom(12).hex()
        browser.cookies[FORM_COOKIE] = old
        answer = browser.open()
        assert browser.cookies[FORM_COOKIE] != old, "a new one is made"
        assert answer.get_all("Set-Cookie")
    kept = browser.cookies[FORM_COOKIE]
    assert not browser.open().get_all("Set-Cookie")
    assert browser.cookies[FORM_COOKIE] == kept


def form_token(cookie):
    """The token for a cookie of the form, made by an implementation of its own."""
    info = b"sc1-csrf\0" + b"".join(map(sc1.lp, (b"session", logins.COOKIE.encode(), b"")))
    key = sc1.hkdf(sessions.KEY.secret, info, 32)
    head = int(sessions.KEY.kid).to_bytes(2, "big") + os.urandom(14)
    sid = hashlib.sha256(b"macaw: before login\0" + cookie.encode()).digest()[:12]
    tag = hmac.new(key, head + sid, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(head + tag).decode()


@pytest.mark.parametrize("age, status", [(0, 303), (3500, 303), (3660, 403), (-30, 303),
                                         (-120, 403)])
def test_how_long_a_page_may_stay_open(site, age, status):
    browser = Browser(site)
    cookie = "%010x" % (int(time.time()) - age) + os.urandom(12).hex()
    browser.cookies[FORM_COOKIE] = cookie
    answer = browser.post({"token": form_token(cookie), "username": "alice", "password": PASSWORD})
    assert answer.status == status


def test_a_token_of_the_form_is_none_of_a_session(site):
    """Whoever sets the form's cookie to somebody's session id gets no token of that session."""
    victim, thief = Browser(site), Browser(site)
    victim.log_in()
    sid = sessions.read(victim.cookies[logins.COOKIE], name=logins.COOKIE).sid
    thief.cookies[FORM_COOKIE] = "%010x" % int(time.time()) + sid.hex()
    thief.open()
    answer = victim.post({"csrf": thief.hidden()["token"]}, "/logout", same={})
    assert answer.status == 403
    assert victim.user() == "alice"


def test_two_pages_at_once_both_work(browser):
    browser.open()
    first = browser.hidden()
    browser.open()
    assert browser.hidden()["token"] != first["token"], "masked"
    assert browser.post({**first, "username": "alice", "password": PASSWORD}).status == 303


def test_the_form_s_cookie_is_for_this_host_and_no_script(site):
    answer = Browser(site).open()
    [line] = answer.get_all("Set-Cookie")
    assert "HttpOnly" in line and "SameSite=Lax" in line and "Max-Age=3600" in line


# ---- what is no form ----

@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(browser, method):
    answer = browser.send("/login", method)
    assert answer.status == 405 and answer.get("Allow") == "GET, HEAD, POST"


@pytest.mark.parametrize("kind", [None, "text/plain", "multipart/form-data; boundary=x",
                                  "application/json", "application/x-www-form-urlencodedx"])
def test_other_content_types(browser, kind):
    browser.open()
    assert browser.post(form(browser), content_type=kind).status == 415


def test_a_charset_is_no_other_content_type(browser):
    browser.open()
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    assert browser.post(form(browser), content_type=kind).status == 303


@pytest.mark.parametrize("body", [
    b"username=a&username=b", b"username", b"=", b"&", b"username=a&", b"&username=a", b"other=1",
    b"username=%", b"username=%4", b"username=%zz", b"username=%00", b"username=a%00b",
    b"username=a\0b", b"user%6eame=a", b"username=a&&password=b", b"USERNAME=a",
])
def test_what_is_not_the_form_is_refused(browser, body):
    browser.open()
    assert browser.post({}, body=body).status == 400


def test_an_empty_form_is_refused(browser):
    browser.open()
    assert browser.post({}, body=b"").status == 403


def test_size(browser):
    browser.open()
    body = b"username=" + b"a" * (8192 - 9)
    assert browser.post({}, body=body).status == 403
    assert browser.post({}, body=body + b"a").status == 413


def test_bodies_of_unknown_length_are_refused(site):
    data = rawhttp.head("POST", "/login", {
        "Transfer-Encoding": "chunked", **SAME,
        "Content-Type": "application/x-www-form-urlencoded"}) + b"1\r\na\r\n0\r\n\r\n"
    assert site.raw(data, "POST").status == 411


def test_a_body_in_many_pieces(site, browser):
    import urllib.parse
    browser.open()
    body = urllib.parse.urlencode(form(browser)).encode()
    head = rawhttp.head("POST", "/login", {
        **SAME, "Cookie": f"{FORM_COOKIE}={browser.cookies[FORM_COOKIE]}",
        "Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))})
    with site.connect() as connection:
        connection.send(head + body[:5])
        for i in range(5, len(body), 40):
            time.sleep(0.005)
            connection.send(body[i:i + 40])
        assert connection.receive("POST").status == 303
    assert not list((site.dir / "tmp-body").glob("*")) if (site.dir / "tmp-body").exists() else True


def test_a_slow_body_costs_a_timeout_only(gateway):
    site = logins.site_of(gateway, server="client_body_timeout 1s;")
    with site.connect() as connection:
        connection.send(rawhttp.head("POST", "/login", {
            **SAME, "Content-Type": "application/x-www-form-urlencoded", "Content-Length": "50"})
            + b"user")
        assert Browser(site).log_in().status == 303
        answer = connection.receive("POST")
        assert answer is None or answer.status == 408


# ---- HTTP/2 ----

def test_http2(site, browser):
    address = ("127.0.0.1", site.h2port)
    page = h2client.exchange(address, "/login")
    assert page.status == 200 and page.get("content-security-policy")
    head = h2client.exchange(address, "/login", method="HEAD")
    assert head.status == 200 and head.body == b""
    browser.keep(page)
    import urllib.parse
    body = urllib.parse.urlencode(form(browser)).encode()
    fields = {**SAME, "Content-Type": "application/x-www-form-urlencoded",
              "Cookie": f"{FORM_COOKIE}={browser.cookies[FORM_COOKIE]}"}
    answer = h2client.exchange(address, "/login", {**fields, "Content-Length": str(len(body))},
                               method="POST", body=body)
    assert answer.status == 303 and sessions.set_cookies(answer, logins.COOKIE)
    assert h2client.exchange(address, "/login", fields, method="POST", body=body).status == 411


# ---- counters ----

def test_counters(site, browser):
    before = sessions.counters(site, "/status")["events"]
    browser.log_in(password="wrong")
    browser.log_in()
    browser.post({}, body=b"token=x", same={})
    after = sessions.counters(site, "/status")["events"]
    assert {n: after[n] - before[n] for n in after if after[n] != before[n]} == \
        {"login": 1, "login-refused": 1, "cross-site": 1}


def test_the_locations_that_the_documentation_prints(gateway):
    text = (pathlib.Path(__file__).parents[2] / "docs" / "sessions.md").read_text(encoding="utf-8")
    block = text.split("A site without a login gets one:")[1].split("```nginx\n")[1].split("```")[0]
    for printed, here in (("/etc/macaw/users", "{users}"), (" site", " main"),
                          ("http://app", "{app}")):
        assert printed in block
        block = block.replace(printed, here)
    made = sessions.gateway_of(gateway, block, logins.PLAIN, names={"users": "{dir}/users"},
                               start=False)
    users = made.dir / "users"
    made.names["users"] = users
    users.write_text(logins.lines())
    users.chmod(0o640)
    made.write()
    browser = Browser(made.start())
    assert "Willow &amp; Sons" in browser.open().body.decode()
    assert browser.log_in().status == 303
