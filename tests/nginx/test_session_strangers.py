"""Requests that nginx could not take, and values that it keeps: no way around the list of headers."""

import pytest

import envelopes
import sessions
from sessions import token, upstream_saw

LOCATIONS = """
    error_page 400 =200 /page;
    error_page 494 =200 @named;
    location /page { proxy_pass {app}; }
    location @named { proxy_pass {app}; }
"""
BROKEN = {
    "two hosts": b"GET /x HTTP/1.1\r\nHost: a\r\n{fields}Host: b\r\n\r\n",
    "no length": b"GET /x HTTP/1.1\r\nHost: a\r\n{fields}Content-Length: x\r\n\r\n",
    "no host": b"GET /x HTTP/1.1\r\n{fields}\r\n",
    "too long": b"GET /x HTTP/1.1\r\nHost: a\r\n{fields}Y: " + b"y" * 40000 + b"\r\n\r\n",
}


@pytest.fixture(scope="module", params=["macaw_session_use main;", "macaw_session_use off;",
                                        "macaw_session_use main; set $a $macaw_user;"])
def site(module_gateway, request):
    locations = LOCATIONS.replace("location /page {", "location /page { " + request.param)
    return sessions.gateway_of(module_gateway, locations.replace("set $a $macaw_user;", ""),
                               server="set $b $macaw_user;" if "$macaw" in request.param else "")


@pytest.mark.parametrize("name", BROKEN)
def test_an_error_page_is_no_way_for_an_identity(site, name):
    """nginx runs it without the phase in which requests are otherwise cleaned."""
    for field in (b"X-Macaw-User: admin\r\n", b"x_macaw_user: admin\r\nX-Macaw-Session-Id: 1\r\n"):
        answer = site.raw(BROKEN[name].replace(b"{fields}", field))
        assert answer.status == 200, answer
        assert "admin" not in answer.body.decode()
        assert upstream_saw(answer, "Host") == ["localhost"]


def test_who_is_logged_in_stays_so_on_an_error_page(site):
    answer = site.raw(b"GET /x HTTP/1.1\r\nHost: a\r\nX-Macaw-User: admin\r\nCookie: "
                      + f"{sessions.COOKIE}={token()}\r\nHost: b\r\n\r\n".encode())
    assert upstream_saw(answer, "X-Macaw-User") in (["alice"], [])


# ---- parts of parts ----

def test_a_part_of_a_part_has_its_own_location_s_identity(gateway):
    """The page and the innermost part use no sessions, the part between them does."""
    site = sessions.gateway_of(gateway, """
        ssi on; ssi_types text/plain;
        location = /page.txt { macaw_session_use off; root {dir}/html; }
        location = /part.txt { root {dir}/html; }
        location = /off { macaw_session_use off; proxy_pass {app}/echo; }
        location = /on { proxy_pass {app}/echo; }
    """, start=False)
    site.file("page.txt", '<!--# include virtual="/part.txt" -->')
    for inner, expected in (("off", [False]), ("on", [True])):
        site.file("part.txt", f'<!--# include virtual="/{inner}" -->')
        if site.process is None:
            site.start()
        answer = sessions.send(site, "/page.txt", cookie=token())
        assert ["alice" == name for name in upstream_saw(answer, "X-Macaw-User") or [None]] == expected
        assert bool(upstream_saw(answer, "Cookie")) != expected[0]


# ---- $http_cookie, $cookie_NAME ----

KEPT = """
    location / { proxy_pass {app}; }
    location /said { proxy_set_header Cookie $http_cookie; proxy_set_header X-One $cookie_sid;
                     proxy_pass {app}/echo; }
    location /asks { auth_request /answer; proxy_set_header Cookie $http_cookie; proxy_pass {app}/echo; }
    location = /answer { internal; macaw_session_use off; macaw_session_wrap off;
                         proxy_set_header Cookie $http_cookie; proxy_pass {app}/status/204; }
"""


@pytest.fixture(scope="module")
def kept(module_gateway):
    """A server that looks at cookies before any location is known."""
    return envelopes.gateway_of(
        module_gateway, KEPT.replace("location / { proxy_pass {app}; }", "", 1) + """
        if ($http_cookie ~ never) { return 403; }
        if ($cookie_sid = never) { return 403; }""")


@pytest.mark.parametrize("path", ["/said", "/asks"])
def test_a_variable_read_before_is_read_again(kept, path):
    mine = sessions.token(name="macaw-session")
    answer = kept.send(path, [("Cookie", f"a=1; sid=forged; macaw-session={mine}")])
    assert upstream_saw(answer, "Cookie") == ["a=1"], answer
    assert not upstream_saw(answer, "X-One")
    answer = kept.send(path, [("Cookie", f"sid={envelopes.token('v')}")])
    assert upstream_saw(answer, "Cookie") == ["sid=v"]
