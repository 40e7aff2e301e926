"""What nginx does before, after and beside the check (pitfalls 1 to 3, 6, 7, 13, 19)."""

import base64
import json
import socket
import subprocess
import threading
import time

import pytest

import rawhttp
import signer
from gateway import numbers_in
from signer import BOB, sign, unique

TELL = """
    add_header X-Test-Reason $macaw_reason always;
    add_header X-Test-Result $macaw_result always;
    add_header X-Test-Key-Id $macaw_key_id always;
"""

LOCATIONS = """
    # answers of the rewrite phase
    location /return { return 200 "secret text\\n"; }
    location /return-redirect { return 302 /elsewhere; }
    location /rewrite-redirect { rewrite ^ /elsewhere redirect; }
    location /if-return { if ($arg_a) { return 200 "secret text\\n"; } empty_gif; }
    location /if-gif { if ($arg_a) { set $b 1; } empty_gif; }
    location /nested { location /nested/return { return 200 "secret text\\n"; } }
    location /rewrite-last { rewrite ^ /static/page.html last; }
    location /rewrite-break { rewrite ^ /static/page.html break; root {dir}/html; }
    location /set { set $a 1; empty_gif; }

    # internal redirects
    location /static/ { root {dir}/html; }
    location /index/ { alias {dir}/html/static/; index page.html; }
    location /try { try_files /missing.html /static/page.html =404; }
    location /try-named { try_files /missing.html @named; }
    location /error { error_page 404 /static/page.html; root {dir}/html; }
    location /error-named { error_page 404 = @named; root {dir}/html; }
    location /error-200 { error_page 404 =200 /static/page.html; root {dir}/html; }
    location /upstream-error { proxy_pass {app}/status/500; proxy_intercept_errors on;
                               error_page 500 = @named; }
    location /accel { proxy_pass {app}; }
    location /internal/ { internal; alias {dir}/html/static/; }
    location /to-bob { try_files /missing.html /bob/page.html; }
    location /bob/ { macaw_allow_key bob; alias {dir}/html/static/; }
    location /open-to-protected { macaw_verify off; try_files /missing.html /static/page.html; }
    location /open-rewrite { macaw_verify off; rewrite ^ /return last; }
    location /open-error { macaw_verify off; error_page 404 = @named; root {dir}/html; }
    location /protected-to-open { try_files /missing.html /open/page.html; }
    location /open/ { macaw_verify off; alias {dir}/html/static/; }
    location @named { empty_gif; }

    # other access modules
    location /deny { deny all; empty_gif; }
    location /any { satisfy any; auth_basic zone; auth_basic_user_file {dir}/users; empty_gif; }
    location /all { auth_basic zone; auth_basic_user_file {dir}/users; empty_gif; }
    location /any-ip { satisfy any; allow 127.0.0.1; deny all; empty_gif; }
    location /asks { auth_request /auth-open; empty_gif; }
    location /auth-open { macaw_verify off; proxy_pass {app}/status/204;
                          proxy_pass_request_body off; proxy_set_header Content-Length ""; }
    location /denied { auth_request /auth-deny; empty_gif; }
    location /auth-deny { macaw_verify off; proxy_pass {app}/status/403; }
    location /ask-either {
        macaw_verify off; satisfy any; deny all; auth_request /auth-either; empty_gif;
    }
    location = /auth-either { internal; satisfy any; proxy_pass {app}/status/204; }
    location /ask-protected { macaw_verify off; auth_request /auth-protected; empty_gif; }
    location /auth-protected { proxy_pass {app}/status/204; }

    # subrequests
    location /mirrored { mirror /copy; proxy_pass {app}; }
    location /copy { internal; proxy_pass {app}/mirror$request_uri; }
    location /ssi/ { ssi on; ssi_types text/plain text/html; alias {dir}/html/ssi/; }
    location /seen { macaw_verify off; proxy_pass {app}; }
    location /part { proxy_pass {app}/example/users?user=part; }

    # pages for refusals
    location /page-401 { error_page 401 /refusal.html; empty_gif; }
    location /page-401-named { error_page 401 = @refusal; empty_gif; }
    location /page-401-302 { error_page 401 =302 http://login.test/; empty_gif; }
    location /page-all { error_page 400 401 503 /refusal.html; empty_gif; }
    location = /refusal.html { macaw_verify off; root {dir}/html; }
    location /page-protected { error_page 401 /static/page.html; empty_gif; }
    location /page-loop { error_page 401 /page-loop/again; empty_gif; }
    location @refusal { macaw_verify off; return 403 "named refusal\\n"; }
    location /limit-except { limit_except GET { deny all; } macaw_allow_uncovered method;
                             empty_gif; }
"""


@pytest.fixture(scope="module")
def server(module_gateway):
    made = module_gateway(LOCATIONS, server=TELL, keys=(signer.ALICE, BOB), workers=2, start=False)
    made.file("static/page.html", "the page\n")
    made.file("refusal.html", "our own refusal\n")
    made.file("ssi/page.html", '<!--#include virtual="/part" -->|'
                               '<!--#include virtual="/static/page.html" -->')
    password = subprocess.run(["openssl", "passwd", "-apr1", "basic-pass"], check=True,
                              capture_output=True, text=True).stdout
    users = made.dir / "users"
    users.write_text(f"user:{password}")
    users.chmod(0o644)
    return made.start()


BASIC = {"Authorization": "Basic " + base64.b64encode(b"user:basic-pass").decode()}


def get(server, target, **how):
    return server.get(target, kid=True, **how)


def passes_once(server, path, status, body=None):
    """Signed: passes, though nginx runs phases twice. Again: a replay. Unsigned: refused."""
    target = unique(path)
    fields = sign(target, kid=True)
    stranger = server.send(target)
    assert (stranger.status, stranger.get("X-Test-Reason")) == (401, "missing")
    answer = server.send(target, fields)
    assert answer.status == status, answer
    assert answer.get("X-Test-Reason") == "ok"
    assert answer.get("X-Test-Key-Id") == "alice"
    if body is not None:
        assert answer.body == body
    again = server.send(target, fields)
    assert (again.status, again.get("X-Test-Reason")) == (401, "replay")
    changed = server.send(target + "0", fields)
    assert (changed.status, changed.get("X-Test-Reason")) == (401, "mismatch")


PAGE = b"the page\n"


# ---- pitfall 1: the rewrite phase answers first ----

def test_return_in_a_protected_location_is_checked(server):
    passes_once(server, "/return", 200, b"secret text\n")


def test_return_of_a_redirect_is_checked(server):
    passes_once(server, "/return-redirect", 302)


def test_rewrite_redirect_is_checked(server):
    passes_once(server, "/rewrite-redirect", 302)


def test_return_in_an_if_is_checked(server):
    passes_once(server, "/if-return?a=1", 200, b"secret text\n")
    passes_once(server, "/if-return", 200)


def test_a_location_made_by_if_is_checked(server):
    passes_once(server, "/if-gif?a=1", 200)
    passes_once(server, "/if-gif", 200)


def test_return_in_a_nested_location_is_checked(server):
    passes_once(server, "/nested/return", 200, b"secret text\n")


def test_set_changes_nothing(server):
    passes_once(server, "/set", 200)


# ---- pitfalls 2 to 4: internal redirects ----

def test_index_is_not_taken_for_a_replay(server):
    passes_once(server, "/index/", 200, PAGE)


def test_try_files_is_not_taken_for_a_replay(server):
    passes_once(server, "/try", 200, PAGE)


def test_try_files_to_a_named_location(server):
    passes_once(server, "/try-named", 200)


def test_error_page_is_not_taken_for_a_replay(server):
    """And the status stays what it was."""
    passes_once(server, "/error", 404, PAGE)
    passes_once(server, "/error-200", 200, PAGE)


def test_error_page_to_a_named_location(server):
    passes_once(server, "/error-named", 200)


def test_an_intercepted_upstream_error(server):
    passes_once(server, "/upstream-error", 200)


def test_x_accel_redirect_is_not_taken_for_a_replay(server):
    passes_once(server, "/accel?to=/internal/page.html", 200, PAGE)
    passes_once(server, "/accel?to=/static/page.html", 200, PAGE)


def test_rewrite_last_is_not_taken_for_a_replay(server):
    passes_once(server, "/rewrite-last", 200, PAGE)


def test_rewrite_break(server):
    passes_once(server, "/rewrite-break", 200, PAGE)


def test_the_mac_is_over_the_target_sent_not_over_a_rewritten_one(server):
    """Pitfall 4: r->uri is another after the rewrite."""
    serial = unique("")
    fields = sign("/static/page.html" + serial, kid=True)
    assert server.send("/rewrite-last" + serial, fields).status == 401
    assert server.send("/try" + serial, fields).status == 401


def test_error_page_does_not_change_the_method_that_was_judged(server):
    """Pitfall 3: nginx turns the method into GET for the page."""
    answer = server.send(unique("/error"), {}, "POST")
    assert answer.status == 401
    answer = server.get(unique("/error"), kid=True, method="POST")
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "uncovered")


def test_a_head_through_error_page(server):
    target = unique("/error")
    answer = server.get(target, kid=True, method="HEAD")
    assert (answer.status, answer.get("X-Test-Reason")) == (404, "ok")


def test_a_redirect_to_a_stricter_location_is_checked_there(server):
    """alice passes the first location, bob alone the second."""
    answer = get(server, unique("/to-bob"))
    assert answer.status == 401
    assert answer.get("X-Test-Reason") == "key-not-allowed"
    assert server.get(unique("/to-bob"), key=BOB, kid=True).body == PAGE


def test_a_redirect_from_an_open_to_a_protected_location_is_checked(server):
    for path in ("/open-to-protected", "/open-rewrite", "/open-error"):
        target = unique(path)
        fields = sign(target, kid=True)
        stranger = server.send(target)
        assert stranger.status == 401, path
        assert server.send(target, fields).status == 200, path
        assert server.send(target, fields).status == 401, path


def test_a_redirect_from_a_protected_to_an_open_location_was_checked(server):
    target = unique("/protected-to-open")
    fields = sign(target, kid=True)
    assert server.send(target).status == 401
    assert server.send(target, fields).body == PAGE
    assert server.send(target, fields).status == 401


def test_an_internal_location_is_not_for_clients(server):
    assert get(server, unique("/internal/page.html")).status == 404
    assert server.send(unique("/internal/page.html")).status in (401, 404)


# ---- pitfall 7: other access modules ----

def test_deny_still_denies_a_signed_request(server):
    assert get(server, unique("/deny")).status == 403
    assert server.send(unique("/deny")).status in (401, 403)


def test_satisfy_any_takes_a_password_or_a_signature(server):
    assert server.send(unique("/any"), BASIC).status == 200
    target = unique("/any")
    fields = sign(target, kid=True)
    assert server.send(target, fields).status == 200
    assert server.send(target, fields).status == 401  # the replay has neither
    assert server.send(unique("/any")).status == 401
    assert server.send(unique("/any"), sign("/other", kid=True)).status == 401
    assert server.send(unique("/any"), {"Authorization": "Basic dXNlcjp4"}).status == 401


def test_satisfy_any_with_an_address(server):
    assert server.send(unique("/any-ip")).status == 200


def test_satisfy_all_takes_a_password_and_a_signature(server):
    assert server.send(unique("/all"), BASIC).status == 401
    assert get(server, unique("/all")).status == 401
    assert server.get(unique("/all"), kid=True, fields=BASIC).status == 200


def test_auth_request_after_the_check(server):
    passes_once(server, "/asks", 200)
    assert get(server, unique("/denied")).status == 403
    assert server.send(unique("/denied")).status == 401


def test_auth_request_to_a_protected_location_under_satisfy_any(server):
    target = unique("/ask-either")
    assert server.send(target).status == 401
    assert server.send(target, sign(target, kid=True)).status == 200


def test_auth_request_to_a_protected_location_is_no_way_around(server):
    """Pitfall 6: the access phase skips subrequests."""
    target = unique("/ask-protected")
    fields = sign(target, kid=True)
    assert server.send(target).status in (401, 403)
    assert server.send(target, fields).status == 200


def test_limit_except_and_the_check_both_hold(server):
    assert get(server, unique("/limit-except")).status == 200
    assert get(server, unique("/limit-except"), method="DELETE").status == 403
    assert server.send(unique("/limit-except")).status == 401


# ---- pitfall 6: subrequests ----

def test_mirror_is_not_taken_for_a_replay(server):
    passes_once(server, "/mirrored", 200)


def test_a_mirror_copies_no_refused_request(server):
    target = unique("/mirrored")
    assert server.send(target).status == 401
    assert server.send(f"/seen?target=/mirror{target}").body == b'{"count":0}\n'
    fields = sign(target, kid=True)
    assert server.send(target, fields).status == 200
    end = time.monotonic() + 5  # the copy goes out in the background
    while server.send(f"/seen?target=/mirror{target}").body == b'{"count":0}\n':
        assert time.monotonic() < end
    assert server.send(f"/seen?target=/mirror{target}").body == b'{"count":1}\n'


def test_ssi_parts_are_not_taken_for_replays(server):
    target = unique("/ssi/page.html")
    fields = sign(target, kid=True)
    assert server.send(target).status == 401
    answer = server.send(target, fields)
    assert answer.status == 200
    assert answer.body == b'{"result": "ok", "users": "part", "sub": 2840345654}|the page\n'
    assert server.send(target, fields).status == 401


# ---- pitfall 19: the refusal itself ----

def test_error_page_401_replaces_the_refusal(server):
    answer = server.send(unique("/page-401"))
    assert (answer.status, answer.body) == (401, b"our own refusal\n")
    assert answer.get("X-Test-Reason") == "missing"
    answer = server.send(unique("/page-all"), {signer.REQUEST_MAC: "x"})
    assert (answer.status, answer.body) == (400, b"our own refusal\n")


def test_error_page_401_to_a_named_location(server):
    answer = server.send(unique("/page-401-named"))
    assert (answer.status, answer.body) == (403, b"named refusal\n")


def test_error_page_401_as_a_redirect(server):
    answer = server.send(unique("/page-401-302"))
    assert (answer.status, answer.get("Location")) == (302, "http://login.test/")


def test_error_page_401_in_a_protected_location_does_not_loop(server):
    for path in ("/page-protected", "/page-loop"):
        answer = server.send(unique(path))
        assert answer.status == 401, path
        assert answer.body != PAGE or path == "/page-protected"


def test_a_refusal_page_is_no_way_to_the_content(server):
    for path in ("/page-401", "/page-all", "/page-loop", "/page-protected"):
        assert not server.send(unique(path)).body.startswith(b"GIF")


def test_the_challenge_names_the_scheme(server):
    challenge = server.send(unique("/static/page.html")).get("WWW-Authenticate")
    assert "x-authorization" in challenge.lower()


def test_a_signed_request_costs_one_entry_whatever_runs_inside(gateway):
    """Subrequests and redirects claim nothing of their own."""
    inside = gateway("""
        location / { try_files /missing /static/page.html; }
        location /static/ { root {dir}/html; }
        location = /status { macaw_verify off; macaw_status; }
    """)
    inside.file("static/page.html", "the page\n")
    for _ in range(5):
        assert inside.get(unique("/")).status == 200
    status = json.loads(inside.send("/status").body)
    claimed = [value for name, value in numbers_in(status) if name.endswith("claimed")]
    assert claimed == [5], status


def test_auth_delay_holds_back_a_refusal(gateway):
    """Pitfall 19: nginx delays a 401 of the access phase, the worker stays free meanwhile."""
    slow = gateway("location / { auth_delay 1s; empty_gif; }")
    with slow.connect() as connection:
        start = time.monotonic()
        connection.send(rawhttp.head("GET", unique("/")))
        assert slow.get(unique("/")).status == 200
        others = time.monotonic() - start
        assert connection.receive().status == 401
        assert time.monotonic() - start > max(0.8, others)


def test_early_hints_of_the_upstream_end_in_no_wrong_mac(gateway):
    """Pitfall 20: this nginx takes 103 for the final answer; nothing false may come of it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def upstream():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                               b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    thread = threading.Thread(target=upstream)
    thread.start()
    server = gateway("location / { proxy_pass http://127.0.0.1:{upstream}; }",
                     server="macaw_sign_response on;",
                     names={"upstream": listener.getsockname()[1]})
    target = unique("/")
    with server.connect() as connection:
        connection.send(rawhttp.head("GET", target, {**sign(target), "Connection": "close"}))
        answer = connection.receive()
    thread.join()
    listener.close()
    assert answer is None or signer.check_response(answer) in ("ok", "missing")
