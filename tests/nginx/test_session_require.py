"""Who may pass: macaw_session_require, alone and beside other access modules."""

import urllib.parse

import pytest

import sessions
import signer
from clients import curl
from sessions import COOKIE, reason, send, token, upstream_saw
from signer import sign, unique

LOCATIONS = """
    macaw_keys {keys}; macaw_replay main;
    location / { macaw_session_require 401; proxy_pass {app}; }
    location /page { macaw_session_require /login; proxy_pass {app}; }
    location /page/q { macaw_session_require /login?from=page; proxy_pass {app}; }
    location = /login { macaw_session_require /login; proxy_pass {app}; }
    location /open { proxy_pass {app}; }
    location /both { macaw_session_require 401; macaw_verify x-authorization; proxy_pass {app}; }
    location /either {
        satisfy any; macaw_session_require 401; macaw_verify x-authorization; proxy_pass {app};
    }
    location /password {
        satisfy any; macaw_session_require 401;
        auth_basic realm; auth_basic_user_file {dir}/htpasswd; proxy_pass {app};
    }
    location /return { macaw_session_require 401; return 200 "reached"; }
    location /if { macaw_session_require 401; if ($arg_x) { return 200 "reached"; } proxy_pass {app}; }
    location /dir/ { macaw_session_require 401; index index.html; root {dir}/html; }
    location /try { macaw_session_require 401; try_files /nothing /open/tried; }
    location /named { macaw_session_require 401; error_page 404 = @other; root {dir}/html; }
    location @other { macaw_session_require 401; proxy_pass {app}; }
    location /accel { macaw_session_require 401; proxy_pass {app}; }
    location /inner { internal; macaw_session_require 401; proxy_pass {app}; }
    location /mine {
        macaw_session_require 401; error_page 401 /sorry; proxy_pass {app};
    }
    location = /sorry { macaw_session_use off; return 200 "please log in"; }
    location /loop { macaw_session_require 401; error_page 401 /loop/again; proxy_pass {app}; }
    location /asks { auth_request /check; proxy_pass {app}; }
    location = /check { internal; macaw_session_require 401; return 204; }
    location /asks/either { satisfy any; deny all; auth_request /check/either; proxy_pass {app}; }
    location = /check/either { internal; satisfy any; macaw_session_require 401; return 204; }
    location /ssi.txt { ssi on; ssi_types text/plain; root {dir}/html; }
    location /shut { macaw_session_require 401; proxy_pass {app}; }
    location /delayed { auth_delay 300ms; macaw_session_require 401; proxy_pass {app}; }
"""


@pytest.fixture(scope="module")
def site(module_gateway):
    made = sessions.gateway_of(module_gateway, LOCATIONS, start=False)
    made.file("dir/index.html", "the index\n")
    made.file("ssi.txt", '[<!--# include virtual="/shut" -->]')
    (made.dir / "htpasswd").write_text("bob:{PLAIN}pass\n")
    (made.dir / "htpasswd").chmod(0o644)
    return made.start()


def test_nobody_passes_without_a_session(site):
    answer = send(site)
    assert answer.status == 401
    assert answer.get("Content-Type") == "application/problem+json"
    assert answer.get("Cache-Control") == "no-store"
    assert answer.get("WWW-Authenticate") == "Cookie"
    assert b'"status":401' in answer.body
    assert b"reason" not in answer.body


@pytest.mark.parametrize("cookie", [
    "junk", token(age=1801), token(key=signer.Key("1", use="session")), token(audience="other"),
])
def test_refused_sessions_do_not_pass(site, cookie):
    assert send(site, cookie=cookie).status == 401


def test_a_session_passes(site):
    answer = send(site, cookie=token())
    assert answer.status == 200
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]


def test_a_session_of_nobody_does_not_pass(site, module_gateway):
    """Frameworks give visitors sessions before anybody has logged in."""
    answer = send(site, cookie=token(b""))
    assert (answer.status, reason(answer)) == (401, "ok")
    lenient = sessions.gateway_of(module_gateway, LOCATIONS.split("location /page ")[0],
                                  "allow_no_subject on;")
    assert send(lenient, cookie=token(b"")).status == 200


def test_head(site):
    assert send(site, method="HEAD").status == 401
    assert send(site, cookie=token(), method="HEAD").status == 200


# ---- to the login page ----

NAVIGATE = {"Sec-Fetch-Mode": "navigate", "Accept": "*/*"}
OLD_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("fields", [NAVIGATE, OLD_BROWSER])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_browser_is_sent_to_the_login_page(site, fields, method):
    answer = send(site, "/page/1?a=b&c=%2F", fields=fields, method=method)
    assert answer.status == 303
    location = answer.get("Location")
    assert location.startswith("/login?return=")
    assert urllib.parse.parse_qs(location.split("?")[1]) == {"return": ["/page/1?a=b&c=%2F"]}
    assert answer.get("Cache-Control") == "no-store"
    assert answer.body == b""


def test_a_login_page_with_a_query(site):
    answer = send(site, "/page/q", fields=NAVIGATE)
    assert answer.get("Location") == "/login?from=page&return=%2Fpage%2Fq"


@pytest.mark.parametrize("fields, method", [
    ({"Accept": "application/json"}, "GET"), ({}, "GET"), (OLD_BROWSER, "POST"),
    ({"Sec-Fetch-Mode": "cors", "Accept": "text/html"}, "GET"),
    ({"Sec-Fetch-Mode": "no-cors", "Accept": "text/html"}, "GET"), (NAVIGATE, "DELETE"),
])
def test_programs_are_told_401(site, fields, method):
    answer = send(site, "/page", fields=fields, method=method)
    assert answer.status == 401
    assert answer.get("Location") is None


@pytest.mark.parametrize("target", ["//evil.example/page", "/page\\evil", "/page/" + "x" * 1100])
def test_what_is_no_path_to_return_to_is_left_out(site, module_gateway, target):
    everywhere = sessions.gateway_of(
        module_gateway, "location / { macaw_session_require /login; proxy_pass {app}; }")
    answer = send(everywhere, target, fields=NAVIGATE)
    assert (answer.status, answer.get("Location")) == (303, "/login")


def test_the_login_page_is_not_sent_to_itself(site):
    assert send(site, "/login", fields=NAVIGATE).status == 401


# ---- beside other modules ----

def test_a_signature_and_a_session_are_both_needed(site):
    target = unique("/both")
    assert send(site, target, cookie=token()).status == 401
    assert send(site, target, fields=sign(target)).status == 401
    target = unique("/both")
    assert send(site, target, fields=sign(target), cookie=token()).status == 200


def test_satisfy_any_takes_either(site):
    target = unique("/either")
    answer = send(site, target, cookie=token())
    assert (answer.status, upstream_saw(answer, "X-Macaw-User")) == (200, ["alice"])
    answer = send(site, target, fields=sign(target))
    assert (answer.status, upstream_saw(answer, "X-Macaw-User")) == (200, [])
    assert send(site, target).status == 401


def test_satisfy_any_with_a_password(site):
    url = f"http://127.0.0.1:{site.port}/password"
    assert curl(url).endswith("\n401")
    assert curl("-u", "bob:pass", url).endswith("\n200")
    assert curl("-b", f"{COOKIE}={token()}", url).endswith("\n200")


@pytest.mark.parametrize("path", ["/return", "/if?x=1"])
def test_directives_of_the_rewrite_module_do_not_answer_strangers(site, path):
    assert send(site, path).status == 401
    assert send(site, path, cookie=token()).body == b"reached"


# ---- redirects within nginx ----

@pytest.mark.parametrize("path", ["/dir/", "/try", "/named/x", "/accel?to=/inner/x"])
def test_redirects_within_nginx_keep_the_session(site, path):
    assert send(site, path).status == 401
    assert send(site, path, cookie=token()).status == 200


def test_the_session_is_known_after_a_named_location(site):
    answer = send(site, "/named/x", cookie=token())
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]
    assert upstream_saw(answer, "Cookie") == []


def test_x_accel_redirect_to_an_internal_location(site):
    answer = send(site, "/accel?to=/inner/x", cookie=token())
    assert upstream_saw(answer, "X-Macaw-User") == ["alice"]


def test_error_page_replaces_the_refusal(site):
    answer = send(site, "/mine")
    assert answer.status == 401
    assert answer.body == b"please log in"


def test_an_error_page_that_needs_a_session_ends_in_the_built_in_answer(site):
    answer = send(site, "/loop")
    assert answer.status == 401
    assert b"about:blank" in answer.body


def test_auth_delay(site):
    assert send(site, "/delayed").status == 401
    assert send(site, "/delayed", cookie=token()).status == 200


# ---- subrequests ----

def test_auth_request_asks_for_a_session(site):
    assert send(site, "/asks").status == 401
    assert send(site, "/asks", cookie=token()).status == 200


def test_auth_request_asks_under_satisfy_any_too(site):
    assert send(site, "/asks/either").status == 401
    assert send(site, "/asks/either", cookie=token()).status == 200


def test_what_is_included_is_no_way_around(site):
    assert b"headers" not in send(site, "/ssi.txt").body
    body = send(site, "/ssi.txt", cookie=token()).body
    assert b"X-Macaw-User" in body and b"alice" in body
