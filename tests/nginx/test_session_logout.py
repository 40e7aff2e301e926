"""A logout is a logout: a copied cookie is worthless at once, everywhere, for ever (E5, E17, E27)."""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

import gateway as gw
import rawhttp
import sessions
from h2client import exchange as h2_exchange
from sessions import COOKIE, reason, send, set_cookies, token
from upstream import END, Upstream, answer, chunk, chunked_head

LOCATIONS = """
    listen 127.0.0.1:{h2port} http2;
    location / { macaw_session_require 401; proxy_pass {app}; }
    location /login { macaw_session_login on; macaw_session_csrf off; proxy_pass {app}/set; }
    location /raw/ { macaw_session_login on; proxy_pass http://127.0.0.1:{upstream}; }
    location /unbuffered {
        macaw_session_login on; proxy_buffering off;
        proxy_pass http://127.0.0.1:{upstream}/raw/slow;
    }
    location /status { macaw_session_use off; macaw_status; }
"""

ROUTES = {
    "/raw/slow": [chunked_head("X-Macaw-Logout: 1"), chunk(b"one "), 0.3, chunk(b"two"), END],
    "/raw/pause": [chunked_head("X-Macaw-Logout: 1"), chunk(b"one "), "wait"],
    "/raw/big": [answer(b"x" * 1000000, "X-Macaw-Logout: 1")],
    "/raw/cut": [answer(b"half", "X-Macaw-Logout: 1", length=1000)],
    "/raw/none": [b"HTTP/1.1 204 No Content\r\nX-Macaw-Logout: 1\r\n\r\n"],
}

ZONES = ["macaw_session_zone name=out:1m;", "macaw_session_zone name=out:1m save={dir}/state/out;"]


@pytest.fixture(scope="module")
def upstream():
    server = Upstream(ROUTES)
    yield server
    server.close()


def make_site(make, upstream, zone, options="", environment=None, **how):
    h2port = gw.free_port()
    made = sessions.gateway_of(make, LOCATIONS, "zone out;" + options, workers=2, start=False,
                               names={"upstream": upstream.port, "h2port": h2port}, **how)
    made.write(http=made.parts["http"] + "\n" + zone)
    (made.dir / "state").mkdir(mode=0o777)
    os.chmod(made.dir / "state", 0o777)
    made.h2port = h2port
    if environment is not None:
        made.environment = lambda: environment
    return made.start()


@pytest.fixture(scope="module", params=ZONES, ids=["memory", "disk"])
def site(request, module_gateway, upstream):
    return make_site(module_gateway, upstream, request.param)


def login(site, subject, cookie=None):
    got = send(site, f"/login?X-Macaw-Login=subject%3D{subject}", cookie=cookie)
    assert got.status == 200, got
    [(text, _)] = set_cookies(got)
    return text


def logout(site, cookie, value="1"):
    got = send(site, f"/login?X-Macaw-Logout={value}", cookie=cookie)
    assert got.status == 200, got
    assert set_cookies(got)[0][0] == ""


def refused_everywhere(site, cookie, expected="revoked"):
    """By every worker: each connection may be another's."""
    answers = {(got.status, reason(got)) for got in
               (send(site, "/echo", cookie=cookie) for _ in range(12))}
    assert answers == {(401, expected)}


def test_a_copied_cookie_is_worthless_after_the_logout(site):
    cookie = login(site, "alice")
    assert send(site, cookie=cookie).status == 200
    logout(site, cookie)
    refused_everywhere(site, cookie)


def test_other_sessions_of_the_user_go_on(site):
    one, two = login(site, "bob"), login(site, "bob")
    logout(site, one)
    refused_everywhere(site, one)
    assert send(site, cookie=two).status == 200


def test_logout_everywhere(site):
    one, two, other = login(site, "carol"), login(site, "carol"), login(site, "dave")
    logout(site, one, "all")
    refused_everywhere(site, one)
    refused_everywhere(site, two)
    assert send(site, cookie=other).status == 200
    time.sleep(1.1)
    assert send(site, cookie=login(site, "carol")).status == 200


def test_a_subject_that_was_logged_out_this_second_does_not_come_back_in_it(site):
    """Its new session would be among those that were revoked."""
    start = time.time()
    cookie = login(site, "erin")
    logout(site, cookie, "all")
    got = send(site, "/login?X-Macaw-Login=subject%3Derin")
    if int(start) == int(time.time()):
        assert (got.status, set_cookies(got)) == (503, [])


def test_renewed_tokens_end_with_their_session(site):
    """Time warp: neither an older nor a newer token of the session outlives it."""
    sid = os.urandom(12)
    tokens = [token(sid=sid, age=age, since=600) for age in (0, 100, 500)]
    [(renewed, _)] = set_cookies(send(site, cookie=tokens[2]))
    logout(site, tokens[1])
    for text in [*tokens, renewed]:
        refused_everywhere(site, text)


def test_an_expired_copy_still_ends_the_session(site):
    sid = os.urandom(12)
    live, dead = token(sid=sid), token(sid=sid, age=3000)
    assert reason(send(site, "/login", cookie=dead)) == "expired"
    logout(site, dead)
    refused_everywhere(site, live)


def test_the_session_before_a_login_is_revoked(site):
    """Session fixation: whoever planted it has nothing."""
    planted = token(b"mallory")
    cookie = login(site, "frank", cookie=planted)
    refused_everywhere(site, planted)
    assert send(site, cookie=cookie).status == 200


def test_a_forged_cookie_revokes_nothing(site):
    sid = os.urandom(12)
    logout(site, token(sid=sid, audience="elsewhere"))
    assert send(site, cookie=token(sid=sid)).status == 200


# ---- the response waits for the disk ----

@pytest.mark.parametrize("path, body", [
    ("/raw/slow", b"one two"), ("/unbuffered", b"one two"), ("/raw/big", b"x" * 1000000),
    ("/raw/none", b""),
])
def test_answers_arrive_whole(site, path, body):
    cookie = token()
    got = send(site, path, cookie=cookie)
    assert got.body == body and not got.truncated
    assert set_cookies(got)[0][0] == ""
    assert got.get_all("Cache-Control") == ["no-store"]
    refused_everywhere(site, cookie)


def test_what_waited_for_the_disk_waits_for_nothing_else(site):
    with site.connect() as connection:
        connection.send(rawhttp.head("GET", "/raw/pause", {"Cookie": f"{COOKIE}={token()}"}))
        seen = b""
        while b"one " not in seen:
            part = connection.sock.recv(65536)
            assert part
            seen += part


def test_head(site):
    cookie = token()
    got = send(site, "/login?X-Macaw-Logout=1", cookie=cookie, method="HEAD")
    assert (got.status, got.body) == (200, b"")
    refused_everywhere(site, cookie)


def test_kept_connections(site):
    with site.connect() as connection:
        for _ in range(20):
            cookie = token()
            connection.send(rawhttp.head("GET", "/login?X-Macaw-Logout=1",
                                         {"Cookie": f"{COOKIE}={cookie}"}))
            assert connection.receive().body == b"set\n"
            connection.send(rawhttp.head("GET", "/echo", {"Cookie": f"{COOKIE}={cookie}"}))
            assert connection.receive().status == 401


def test_over_http2(site):
    cookie = token()
    for path in ("/login?X-Macaw-Logout=1", "/raw/slow", "/raw/big"):
        got = h2_exchange(("127.0.0.1", site.h2port), path, {"cookie": f"{COOKIE}={cookie}"})
        assert got.status == 200 and not got.truncated
        refused_everywhere(site, cookie)
        cookie = token()


def test_an_upstream_that_breaks_off(site):
    cookie = token()
    got = send(site, "/raw/cut", cookie=cookie)
    assert got is None or got.truncated
    refused_everywhere(site, cookie)


def test_clients_that_do_not_wait(site):
    cookies = [token() for _ in range(30)]
    for cookie in cookies:
        with site.connect() as connection:
            connection.send(rawhttp.head("GET", "/raw/slow", {"Cookie": f"{COOKIE}={cookie}"}))
            time.sleep(0.01)
    assert send(site, "/status").status == 200
    assert send(site, cookie=token()).status == 200


# ---- what outlives nginx ----

def test_after_a_restart_and_after_a_crash(gateway, upstream):
    site = make_site(gateway, upstream, ZONES[1])
    one, two, three = token(), token(), token(b"bob")
    logout(site, one)
    site.restart()
    refused_everywhere(site, one)
    logout(site, two)
    logout(site, three, "all")
    site.kill_all()
    site.start()
    for text in (one, two, three):
        refused_everywhere(site, text)
    assert send(site, cookie=token()).status == 200


def test_a_reload_forgets_nothing(gateway, upstream):
    for zone in ZONES:
        site = make_site(gateway, upstream, zone)
        cookie = token()
        logout(site, cookie)
        assert site.reload()
        refused_everywhere(site, cookie)


def test_a_killed_worker_forgets_nothing(gateway, upstream):
    site = make_site(gateway, upstream, ZONES[0])
    cookie = token()
    logout(site, cookie)
    site.allow(r"exited on signal 9")
    before = site.workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    site.workers(after=before)
    refused_everywhere(site, cookie)


# ---- when it fails ----

def test_a_full_zone_fails_loudly(gateway, upstream):
    site = make_site(gateway, upstream, "macaw_session_zone name=out:1m subjects=1;")
    site.allow(r"revocation failed")
    logout(site, token(b"alice"), "all")
    cookie = token(b"bob")
    for i in range(2000):
        got = send(site, "/login?X-Macaw-Logout=all", cookie=token(b"user%d" % i))
        if got.status != 200:
            break
    assert (got.status, set_cookies(got)) == (500, [])
    assert send(site, cookie=cookie).status == 200


BROKEN_DISK = """
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
static int sync_file(long number, int fd)
{
    if (access(FLAG, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(number, fd);
}
int fsync(int fd) { return sync_file(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_file(SYS_fdatasync, fd); }
"""


@pytest.fixture
def shared_path():
    """A folder that nginx's workers can enter."""
    with tempfile.TemporaryDirectory(prefix="macaw-disk-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.skipif(bool(gw.PRELOAD), reason="preloads a library of its own")
@pytest.mark.parametrize("path", ["/login?X-Macaw-Logout=1", "/raw/slow", "/raw/big", "/unbuffered"])
def test_a_disk_that_fails_is_no_logout(gateway, upstream, shared_path, path):
    flag, source, library = (shared_path / name for name in ("broken", "disk.c", "disk.so"))
    source.write_text(BROKEN_DISK)
    subprocess.run(["cc", "-shared", "-fPIC", f'-DFLAG="{flag}"', "-o", library, source], check=True)
    site = make_site(gateway, upstream, ZONES[1],
                     environment={**os.environ, "LD_PRELOAD": str(library)})
    site.allow(r"macaw_session_zone")
    cookie, later = token(), token()
    flag.touch()
    with site.connect() as connection:
        connection.send(rawhttp.head("GET", path, {"Cookie": f"{COOKIE}={cookie}"}))
        got = connection.receive()
        assert connection.at_end()  # nothing of the other answer follows
    assert got.status == 500 and not got.truncated
    assert set_cookies(got) == []
    assert b"set" not in got.body and b"one" not in got.body and b"xx" not in got.body
    refused_everywhere(site, cookie)  # for as long as nginx runs
    flag.unlink()
    assert send(site, cookie=later).status == 200


# ---- handles ----

HANDLES = "macaw_session_zone name=out:4m handles=1000 handle_data=1000;"


def test_handles_keep_the_session_at_the_gateway(gateway, upstream):
    site = make_site(gateway, upstream, HANDLES, scheme="sc1-handle")
    cookie = login(site, "alice%3B%20data%3Dblue")
    got = send(site, cookie=cookie)
    assert got.status == 200
    assert sessions.upstream_saw(got, "X-Macaw-User") == ["alice"]
    assert sessions.upstream_saw(got, "X-Macaw-Session-Data") == ["blue"]
    assert b"alice" not in sessions.sc1.decode(cookie)
    logout(site, cookie)
    refused_everywhere(site, cookie, "unknown-session")


def test_a_handle_without_a_record(gateway, upstream):
    site = make_site(gateway, upstream, HANDLES, scheme="sc1-handle")
    context = sessions.sc1.Context(COOKIE.encode())
    now = int(time.time())
    claims = sessions.sc1.Claims(now, now, 1800, 43200, int(sessions.KEY.kid), 0, bytes(12),
                                 handle=os.urandom(32))
    text = sessions.sc1.issue("sc1-handle", sessions.KEY.secret, context, claims)
    refused_everywhere(site, text, "unknown-session")


def test_a_handle_is_renewed(gateway, upstream):
    site = make_site(gateway, upstream, HANDLES, "renew 1s;", scheme="sc1-handle")
    cookie = login(site, "alice")
    time.sleep(2.1)
    got = send(site, cookie=cookie)
    [(renewed, _)] = set_cookies(got)
    assert renewed != cookie
    for text in (cookie, renewed):
        assert sessions.upstream_saw(send(site, cookie=text), "X-Macaw-User") == ["alice"]
    logout(site, cookie)
    refused_everywhere(site, renewed, "unknown-session")
