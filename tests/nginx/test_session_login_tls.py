"""The login page over TLS, with the cookies of its defaults."""

import pytest

import logins
import rawhttp
import sessions
from gateway import free_port
from logins import HOST, Browser

LISTEN = """
    listen 127.0.0.1:{tls} ssl;
    ssl_certificate {pem}/cert.pem;
    ssl_certificate_key {pem}/key.pem;
    location = /mirrored { mirror /login; mirror_request_body on; proxy_pass {app}/echo; }
"""
HTTPS = {"Origin": f"https://{HOST}"}


class Tls:
    def __init__(self, port):
        self.address = ("127.0.0.1", port)

    def send(self, target, fields, method="GET", body=None):
        if body is not None:
            fields = {**fields, "Content-Length": str(len(body))}
        return rawhttp.exchange(self.address, rawhttp.head(method, target, fields) + (body or b""),
                                method, tls=True)


@pytest.fixture(scope="module")
def site(module_gateway, tmp_path_factory):
    folder = sessions.certificate(tmp_path_factory.mktemp("tls"))
    made = logins.site_of(module_gateway, definition="", listen=LISTEN,
                          names={"pem": folder, "tls": free_port()})
    return made


@pytest.fixture
def browser(site):
    return Browser(Tls(site.names["tls"]))


def test_every_cookie_is_for_this_host_and_tls_only(browser):
    lines = browser.open().get_all("Set-Cookie")
    lines += browser.log_in(same=HTTPS).get_all("Set-Cookie")
    assert [line.partition("=")[0] for line in lines] == \
        ["__Host-macaw-session-login", "__Host-macaw-session"]
    for line in lines:
        assert "; Secure" in line and "; HttpOnly" in line and "; Path=/" in line
        assert "Domain" not in line
    assert browser.user() == "alice"
    assert browser.post({}, "/logout", same=HTTPS).status == 303
    assert browser.user() is None


def test_a_page_that_came_over_plain_http_does_not_vouch(browser):
    browser.open()
    assert browser.log_in(same={"Origin": f"http://{HOST}"}).status == 403


def test_a_copy_of_a_request_logs_nobody_in(site, browser):
    """mirror makes a subrequest with the method and the body of the request."""
    browser.open()
    form = {**browser.hidden(), "username": "alice", "password": logins.PASSWORD}
    answer = browser.post(form, "/mirrored", same=HTTPS)
    assert answer.status == 200
    assert "login of alice" not in site.log()[-600:]
    assert browser.log_in(same=HTTPS).status == 303
