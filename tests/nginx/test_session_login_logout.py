"""Logout by the gateway itself."""

import time

import pytest

import gateway as gw
import h2client
import logins
import rawhttp
import sessions
from logins import HOST, SAME, Browser

ZONE = "macaw_session_zone name=sessions:1m;"
MORE = """
    location = /everywhere { macaw_session_logout main all return=/bye; }
    location = /status { macaw_session_use off; macaw_status; }
"""


# Who was logged out everywhere cannot log in within the same second: every test of it
# has users of its own.
USERS = {name: name * 2 for name in ("carol", "dave", "erin", "frank")}


@pytest.fixture(scope="module")
def site(module_gateway):
    return logins.site_of(module_gateway, more=MORE, http=ZONE, options="zone sessions;", workers=2,
                          listen="listen 127.0.0.1:{h2port} http2;", names={"h2port": gw.free_port()},
                          file=logins.lines({**logins.USERS, **USERS}))


def enter(site, user):
    browser = Browser(site)
    assert browser.log_in(user, USERS[user]).status == 303
    return browser


@pytest.fixture
def browser(site):
    browser = Browser(site)
    assert browser.log_in().status == 303
    return browser


def copied(browser):
    """A thief's copy of the cookie."""
    thief = Browser(browser.server)
    thief.cookies = dict(browser.cookies)
    return thief


def test_a_logout_ends_the_session_and_every_copy(browser):
    thief = copied(browser)
    assert thief.user() == "alice"
    answer = browser.post({}, "/logout")
    assert answer.status == 303 and answer.get_all("Location") == ["/"]
    assert answer.get_all("Cache-Control") == ["no-store"]
    assert logins.COOKIE not in browser.cookies
    for _ in range(8):  # in every worker
        assert thief.user() is None


def test_a_logout_ends_one_session_and_everywhere_all(site):
    browser, other, third = (enter(site, "carol") for _ in range(3))
    browser.post({}, "/logout")
    assert browser.user() is None and other.user() == third.user() == "carol"
    answer = other.post({}, "/everywhere")
    assert answer.status == 303 and answer.get("Location") == "/bye"
    assert third.user() is None and other.user() is None


def test_in_the_second_of_a_logout_everywhere_the_page_asks_to_wait(site):
    browser = enter(site, "frank")
    for _ in range(40):  # the second may end in between
        assert browser.post({}, "/everywhere").status == 303
        answer = browser.log_in("frank", USERS["frank"])
        if answer.status != 303:
            break
    assert answer.status == 503 and answer.get("Retry-After") == "1"
    assert "logged out everywhere a moment ago" in logins.alert(answer)
    assert logins.COOKIE not in browser.cookies
    time.sleep(1.1)
    assert browser.log_in("frank", USERS["frank"]).status == 303 and browser.user() == "frank"


def test_from_the_login_page(site, browser):
    copy, other, another = copied(browser), enter(site, "dave"), enter(site, "dave")
    browser.open()
    assert browser.page.count("<button") == 2
    answer = browser.post({**browser.hidden(), "action": "logout"})
    assert answer.status == 303 and answer.get("Location") == "/login"
    assert copy.user() is None and other.user() == "dave"
    other.open()
    assert other.post({**other.hidden(), "action": "logout-all"}).status == 303
    assert another.user() is None


@pytest.mark.parametrize("action", ["", "login", "LOGOUT", "logout-al"])
def test_other_actions_are_refused(browser, action):
    browser.open()
    assert browser.post({**browser.hidden(), "action": action}).status == 400
    assert browser.user() == "alice"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_other_methods(browser, method):
    answer = browser.send("/logout", method)
    assert answer.status == 405 and answer.get("Allow") == "POST"
    assert browser.user() == "alice"


CROSS = [{}, {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
         {"X-CSRF-Token": "A" * 64}, {**SAME, "X-CSRF-Token": "A" * 64}]


@pytest.mark.parametrize("target", ["/logout", "/everywhere", "/login"])
@pytest.mark.parametrize("fields", CROSS, ids=str)
def test_another_site_cannot_log_a_visitor_out(browser, fields, target):
    form = {"action": "logout"} if target == "/login" else {}
    assert browser.post(form, target, same=fields).status == 403
    assert browser.user() == "alice"


def csrf_of(browser):
    browser.open()
    return browser.hidden()["csrf"]


def test_a_token_in_the_form_or_the_header_does_as_well(site):
    for how in ("form", "header"):
        browser = Browser(site)
        browser.log_in()
        token = csrf_of(browser)
        form, fields = ({"csrf": token}, {}) if how == "form" else ({}, {"X-CSRF-Token": token})
        assert browser.post(form, "/logout", same=fields).status == 303
        assert browser.user() is None


def test_a_wrong_token_in_the_form_is_refused_wherever_it_comes_from(site, browser):
    other = Browser(site)
    other.log_in()
    for token in (csrf_of(other), "A" * 64, "x"):
        assert browser.post({"csrf": token}, "/logout").status == 403
    assert browser.user() == "alice"


@pytest.mark.parametrize("body, kind, status", [
    (b"", None, 303), (b"x", "text/plain", 415), (b"other=1", None, 400),
    (b"csrf=a&csrf=b", None, 400), (b"csrf=" + b"a" * 8192, None, 413),
], ids=["empty", "text", "other", "twice", "long"])
def test_bodies(browser, body, kind, status):
    kind = kind or "application/x-www-form-urlencoded"
    assert browser.post({}, "/logout", body=body, content_type=kind).status == status


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1", "HTTP/2"])
def test_a_post_without_a_body(site, browser, version):
    fields = {**SAME, "Host": HOST, "Cookie": f"{logins.COOKIE}={browser.cookies[logins.COOKIE]}"}
    if version == "HTTP/2":
        address = ("127.0.0.1", site.names["h2port"])
        fields.pop("Host")
        answer = h2client.exchange(address, "/logout", fields, method="POST")
    else:
        answer = site.raw(rawhttp.head("POST", "/logout", fields, version), "POST")
    assert answer.status == 303
    assert browser.user() is None


def test_nobody_may_log_out_too(site):
    browser = Browser(site)
    assert browser.post({}, "/logout").status == 303
    browser.cookies[logins.COOKIE] = "junk"
    assert browser.post({}, "/logout").status == 303
    assert logins.COOKIE not in browser.cookies


def test_a_cookie_of_tls_is_removed_with_its_attributes(site, browser):
    answer = browser.post({}, "/logout")
    [(value, attributes)] = sessions.set_cookies(answer, logins.COOKIE)
    assert value == "" and {"Max-Age=0", "Path=/", "HttpOnly"} <= set(attributes)


@pytest.mark.parametrize("words, why", [
    ("nobody", 'no macaw_session "nobody"'), ("main return=http://x/", "not all or return="),
    ("main return=//x", "not all or return="), ("main all all", "not all or return="),
    ("main return=/a return=/b", "not all or return="), ("main everywhere", "not all or return="),
    ("main; macaw_session_require 401", "nobody could log in"),
])
def test_the_directive(gateway, words, why):
    made = logins.site_of(gateway, start=False,
                          more="location /x { macaw_session_logout " + words + "; }")
    status, said = made.test()
    assert status != 0 and why in said, said


def test_without_a_zone_a_copy_lives_on_and_that_is_said(gateway):
    site = logins.site_of(gateway)
    assert "stays valid after a logout" in site.log()
    browser = Browser(site, {"Host": HOST})
    browser.log_in()
    thief = copied(browser)
    browser.open()
    assert "Log out everywhere" not in browser.page
    browser.post({}, "/logout")
    assert browser.user() is None and thief.user() == "alice"


def test_counters(site, browser):
    before = sessions.counters(site, "/status")["events"]
    browser.post({}, "/logout", same={})
    browser.post({}, "/logout")
    after = sessions.counters(site, "/status")["events"]
    assert {n: after[n] - before[n] for n in after if after[n] != before[n]} == \
        {"logout": 1, "cross-site": 1}
