"""request: what it sends, and that it believes nothing unsigned."""

import json
import os
import re
import time

import pytest
from answers import answer, chunked, secret, serving, signed_headers
from command import SCHEME, error, free_port, macaw, new_key

CONTENT = b'{"result": "ok"}'


@pytest.fixture(name="ring", scope="module")
def a_ring(tmp_path_factory):
    ring = tmp_path_factory.mktemp("request") / "ring.json"
    new_key(ring, "alice")
    new_key(ring, "bob", "--alg", "hmac-sha512")
    return ring


@pytest.fixture(name="key", scope="module")
def a_key(ring):
    return secret(ring.read_text(), "alice")


def request(ring, url, *more, kid="alice", **kinds):
    return macaw("request", *SCHEME, "-k", f"{kid}@{ring}", *more, url, **kinds)


def refused(done, *words):
    """Nothing of the content is delivered."""
    assert CONTENT not in done.stdout
    return error(done, 1, "response", *words)


def good(key, content=CONTENT, **more):
    return lambda: answer(headers=signed_headers(key, content), content=content, **more)


# ---- a good answer ----

def test_a_signed_answer_is_delivered_with_a_report(ring, key):
    with serving(good(key)) as server:
        done = request(ring, server.url + "/a/../b?c=%7e#f")
    assert (done.returncode, done.stdout) == (0, CONTENT)
    lines = done.stderr.decode().splitlines()
    assert lines[0] == "Server response HMAC verification successful"
    assert re.fullmatch(r"Response timestamp: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", lines[2])
    assert re.fullmatch(r"Current time: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", lines[3])
    assert re.fullmatch(r"Time difference: [01]", lines[4])
    assert "neither the status nor the request" in lines[5] and len(lines) == 6
    head, _ = server.requests[0]
    assert head.startswith(b"GET /a/../b?c=%7e HTTP/1.1\r\n")
    assert b"\r\nAccept-Encoding: identity\r\n" in head
    assert b"\r\nX-Authorization-Key-Id: alice\r\n" in head


def test_another_algorithm(ring):
    bob = secret(ring.read_text(), "bob")
    headers = signed_headers(bob, CONTENT, digest="sha512")
    with serving(answer(headers=headers, content=CONTENT)) as server:
        assert request(ring, server.url, kid="bob").returncode == 0
        refused(request(ring, server.url))  # 128 digits are no MAC of alice's


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3000000])
def test_contents_of_any_size(ring, key, size, tmp_path):
    content = os.urandom(size)
    out = tmp_path / "out"
    with serving(good(key, content)) as server:
        done = request(ring, server.url, "-o", out)
        assert (done.returncode, done.stdout, out.read_bytes()) == (0, b"", content)
        assert request(ring, server.url, "-o", "-").stdout == content


def test_the_mac_in_a_trailer(ring, key):
    content = os.urandom(20000)
    with serving(lambda: chunked([], content, signed_headers(key, content))) as server:
        done = request(ring, server.url)
    assert (done.returncode, done.stdout) == (0, content)


def test_a_trailer_like_a_status_line(ring, key):
    """It ends no header: the fields before it still count, so the MAC is there twice."""
    content = os.urandom(2000)
    lines = signed_headers(key, content)
    with serving(lambda: chunked(lines, content, ["HTTP/1.1: 200", *lines])) as server:
        refused(request(ring, server.url))
    with serving(lambda: chunked(lines, content, ["HTTP/1.1: 200"])) as server:
        assert request(ring, server.url).returncode == 0


def test_a_header_line_without_end(ring):
    with serving(answer(headers=["X-Long: " + "a" * 2_000_000])) as server:
        done = request(ring, server.url)
    assert done.returncode == 1 and b"header" in done.stderr


def test_an_answer_to_head(ring, key):
    """Content-Length speaks of what a GET would get; what was sent is nothing."""
    headers = [*signed_headers(key, b""), "Content-Length: 16"]
    with serving(answer(headers=headers, length=False)) as server:
        done = request(ring, server.url, "-X", "HEAD")
    assert (done.returncode, done.stdout) == (0, b"")


def test_interim_answers_do_not_count(ring, key):
    interim = b"HTTP/1.1 103 Early\r\nX-Response-Content-HMAC: 00\r\n\r\n"
    with serving(lambda: interim + good(key)()) as server:
        assert request(ring, server.url).returncode == 0


def test_redirects_are_not_followed(ring, key):
    with serving(lambda: answer(302, ["Location: /other", *signed_headers(key, b"")])) as server:
        done = request(ring, server.url)
    assert done.returncode == 0 and len(server.requests) == 1


def test_include_and_verbose(ring, key):
    with serving(good(key)) as server:
        done = request(ring, server.url, "-iv")
    head, _, content = done.stdout.partition(b"\n\n")
    assert content == CONTENT and head.startswith(b"HTTP 200\nX-Response-Content-HMAC: ")
    shown = done.stderr.decode()
    assert "> GET /\n" in shown and "> X-Authorization-Timestamp: " in shown
    assert "< HTTP/1.1 200 X\n" in shown
    assert json.loads(ring.read_text())["keys"][0]["k"] not in shown


# ---- what is not believed ----

def test_an_unsigned_answer(ring, tmp_path):
    out = tmp_path / "out"
    with serving(answer(content=CONTENT)) as server:
        refused(request(ring, server.url, "-o", out), "not signed", "200")
    assert not out.exists()


@pytest.mark.parametrize("status", [200, 401, 502])
def test_a_mark_is_no_signature(ring, status):
    marked = answer(status, ["X-Response-Content-HMAC: unsigned"], CONTENT)
    with serving(marked) as server:
        refused(request(ring, server.url), str(status))


def test_every_changed_byte_is_noticed(ring, key):
    for i in range(len(CONTENT)):
        changed = CONTENT[:i] + bytes([CONTENT[i] ^ 1]) + CONTENT[i + 1:]
        with serving(answer(headers=signed_headers(key, CONTENT), content=changed)) as server:
            done = request(ring, server.url)
        refused(done, "mismatch")
        assert not done.stdout


def test_a_changed_time_or_mac_is_noticed(ring, key):
    mac, stamp = signed_headers(key, CONTENT)
    other = stamp[:-1] + str((int(stamp[-1]) + 1) % 10)
    wrong = mac[:-1] + ("0" if mac[-1] != "0" else "1")
    upper = mac.split(": ")[0] + ": " + mac.split(": ")[1].upper()
    for headers in ([mac, other], [wrong, stamp], [upper, stamp], [mac], [stamp], [mac, stamp, mac],
                    [mac, stamp, stamp], [mac[:-2], stamp]):
        with serving(answer(headers=headers, content=CONTENT)) as server:
            refused(request(ring, server.url))


def test_another_client_s_key(ring):
    bob = secret(ring.read_text(), "bob")
    with serving(answer(headers=signed_headers(bob, CONTENT), content=CONTENT)) as server:
        refused(request(ring, server.url), "mismatch")


@pytest.mark.parametrize("skew, window, verified", [
    (0, [], True), (290, [], True), (-290, [], True), (310, [], False), (-310, [], False),
    (20, ["--window", "10"], False), (-20, ["--window", "10"], False), (3600, ["--window", "4000"], True)])
def test_the_window(ring, key, skew, window, verified):
    headers = signed_headers(key, CONTENT, timestamp=int(time.time()) - skew)
    with serving(answer(headers=headers, content=CONTENT)) as server:
        done = request(ring, server.url, *window)
    if verified:
        assert done.returncode == 0
    else:
        refused(done, "window")


def test_a_truncated_answer_is_no_answer(ring, key):
    whole = good(key)()
    with serving(whole[:-3]) as server:
        done = request(ring, server.url)
    error(done, 3, server.url)
    assert not done.stdout


def test_an_endless_answer_ends(ring, key):
    content = bytes(100000)
    with serving(good(key, content)) as server:
        error(request(ring, server.url, "--max-filesize", "99999"), 1, "--max-filesize")
        assert request(ring, server.url, "--max-filesize", "100000").returncode == 0


def test_an_endless_header_ends(ring):
    many = [f"X-Field-{i}: {'x' * 100}" for i in range(300)]
    with serving(answer(headers=many, content=CONTENT)) as server:
        error(request(ring, server.url), 1, "header")


def test_no_server(ring):
    url = f"http://127.0.0.1:{free_port()}"
    error(request(ring, url), 3, url)
    error(request(ring, "https://127.0.0.1:9/", "--cacert", "/nonexistent"), 3)


# ---- refusals ----

def problem(key, status=401, more=(), **members):
    content = json.dumps({"type": "about:blank", "status": status, **members}).encode()
    return lambda: answer(status, ["Content-Type: application/problem+json", *more,
                                   *signed_headers(key, content)], content)


def test_a_signed_refusal_says_why(ring, key):
    with serving(problem(key, reason="stale", detail="301 s\nold")) as server:
        done = request(ring, server.url)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1] == "macaw: response: status 401: stale: 301 s\\x0aold"
    assert json.loads(done.stdout)["reason"] == "stale"


def test_a_verified_error_is_delivered_and_fails(ring, key):
    with serving(lambda: answer(404, signed_headers(key, b"none"), b"none")) as server:
        done = request(ring, server.url)
    assert (done.returncode, done.stdout) == (1, b"none")


def test_a_replay_is_signed_again_in_a_later_second(ring, key):
    replay = problem(key, more=["Retry-After: 1"], reason="replay")
    with serving(replay, replay, good(key)) as server:
        done = request(ring, server.url)
    assert (done.returncode, done.stdout) == (0, CONTENT)
    stamps = [re.search(rb"X-Authorization-Timestamp: (\d+)", head)[1] for head, _ in server.requests]
    assert len(stamps) == len(set(stamps)) == 3 and stamps == sorted(stamps)


def test_a_stranger_cannot_have_it_sent_again(ring, key):
    content = b"{}"
    forged = signed_headers(bytes(32), content)
    for headers in ([], forged, signed_headers(key, content, timestamp=int(time.time()) - 400)):
        with serving(lambda: answer(401, ["Retry-After: 1", *headers], content), good(key)) as server:
            assert request(ring, server.url).returncode == 1
            assert len(server.requests) == 1


def test_header_fields_cannot_command_a_terminal(ring, key):
    field = "X-Note: \x1b]0;owned\x07 \u009b31m"
    with serving(lambda: answer(200, [field, *signed_headers(key, b"x")], b"x")) as server:
        done = request(ring, server.url, "-i", "-v")
    assert done.returncode == 0
    shown = b"X-Note: \\x1b]0;owned\\x07 \\xc2\\x9b31m"
    assert shown in done.stdout and b"< " + shown in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


def test_it_gives_up_after_three_times(ring, key):
    with serving(problem(key, more=["Retry-After: 1"], reason="replay")) as server:
        assert request(ring, server.url).returncode == 1
        assert len(server.requests) == 4
        assert request(ring, server.url, "--now", "1711662980").returncode == 1
        assert len(server.requests) == 5


def test_other_refusals_are_not_repeated(ring, key):
    for more in ([], ["Retry-After: 10"]):
        with serving(problem(key, more=more)) as server:
            request(ring, server.url)
            assert len(server.requests) == 1


# ---- bodies and headers ----

@pytest.mark.parametrize("data, body", [
    ("a=b", b"a=b"), ("", b""), ("@FILE", b"line\r\nline\n\0\xff"), ("@-", b"from standard input\n")])
def test_a_body_is_sent_as_it_is(ring, key, tmp_path, data, body):
    path = tmp_path / "body"
    path.write_bytes(body)
    with serving(good(key)) as server:
        done = request(ring, server.url, "--allow-uncovered", "-d", data.replace("FILE", str(path)),
                       stdin=body)
    assert done.returncode == 0
    head, sent = server.requests[0]
    assert head.startswith(b"POST / ") and sent == body
    assert b"Content-Type: application/octet-stream" in head


def test_a_method_and_headers_of_one_s_own(ring, key):
    with serving(good(key)) as server:
        done = request(ring, server.url, "--allow-uncovered", "-X", "PUT", "-d", "{}", "-H",
                       "Content-Type: application/json", "-H", "X-Other:  two ")
    assert done.returncode == 0
    head, _ = server.requests[0]
    assert head.startswith(b"PUT / ") and head.count(b"Content-Type: ") == 1
    assert b"Content-Type: application/json\r\n" in head and b"X-Other:  two" in head


@pytest.mark.parametrize("line", ["", "X", ": x", "X:", "X: a\r\nY: b", "@/etc/passwd",
                                  "X-Authorization-Timestamp: 1711662980",
                                  "x-authorization-key-id: bob", "Accept-Encoding: gzip"])
def test_headers_that_are_refused(ring, line):
    error(request(ring, "http://127.0.0.1:9/", "-H", line), 2, "-H")


def test_uncovered_requests_are_not_sent(ring, key):
    with serving(good(key)) as server:
        error(request(ring, server.url, "-X", "POST"), 2, "-X")
        error(request(ring, server.url, "-d", "x"), 2, "-d")
        assert not server.requests


def test_a_full_disk(ring, key):
    with serving(good(key)) as server:
        done = request(ring, server.url, "-o", "/nonexistent/x")
        assert done.returncode == 3 and b"\nmacaw: /nonexistent/x: No such file" in done.stderr
        done = request(ring, server.url, "-o", "/dev/full")
        assert done.returncode == 3 and b"No space left" in done.stderr
        assert request(ring, server.url, env={"TMPDIR": "/nonexistent"}).returncode == 3
