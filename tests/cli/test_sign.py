"""sign: header lines and the target exactly as given."""

import base64
import hmac
import http.server
import subprocess
import threading

import pytest
from command import MACAW, SCHEME, error, macaw, new_key, ok, secret_of, warnings

NOW = 1711662980


@pytest.fixture(name="key", scope="module")
def a_key(tmp_path_factory):
    return new_key(tmp_path_factory.mktemp("sign") / "ring.json", "alice")


def secret(key):
    kid, ring = key.split("@")
    return base64.urlsafe_b64decode(secret_of(ring, kid) + "=")


def sign(key, url, *more):
    lines = ok("sign", *SCHEME, "-k", key, "--now", NOW, url, *more).splitlines()
    return dict(line.split(": ") for line in lines)


@pytest.mark.parametrize("rest, target", [
    ("", "/"), ("/", "/"), ("?q=1", "/?q=1"), ("#x", "/"), ("/a#b?c", "/a"), ("/a?b#c", "/a?b"),
    ("/a/../b//c/./d", "/a/../b//c/./d"), ("/%75sers", "/%75sers"), ("/a?", "/a?"),
    ("/a?b=c&d=%2f;[x]{y}|^`<>\"'", "/a?b=c&d=%2f;[x]{y}|^`<>\"'"), ("/a?b=/../@:?", "/a?b=/../@:?"),
    ("/example/users?user=test&institutionID=999", "/example/users?user=test&institutionID=999")])
@pytest.mark.parametrize("origin", ["http://localhost", "https://h.example:8443", "HTTP://[::1]:80"])
def test_the_target_is_signed_as_given(key, origin, rest, target):
    expected = hmac.new(secret(key), f"{target}{NOW}".encode(), "sha256").hexdigest()
    assert sign(key, origin + rest) == {"X-Authorization-Content-HMAC": expected,
                                        "X-Authorization-Timestamp": str(NOW),
                                        "X-Authorization-Key-Id": "alice"}


def test_the_key_id_can_be_left_out(key):
    assert "X-Authorization-Key-Id" not in sign(key, "http://h/", "--no-key-id")


@pytest.mark.parametrize("url, offset", [
    ("http://h/a b", 10), ("http://h/ä", 9), ("http://h/\n", 9), ("http://h/a\x7f", 10),
    ("http://user@h/", 11), ("http:///x", 7), ("ftp://h/", 0), ("/path", 0), ("", 0), ("http:/h", 0)])
def test_a_url_that_cannot_be_sent_names_the_byte(key, url, offset):
    error(macaw("sign", *SCHEME, "-k", key, url), 2, "URL", f"byte {offset}")


def test_what_curl_would_change_is_warned_about(key):
    def said(url):
        return b" ".join(line.encode() for line in warnings(
            macaw("sign", *SCHEME, "-k", key, url)))
    for path in ("/a/../b", "/a/.", "/..", "/a/%2E%2e/b", "/.?x", "/a/.%2e"):
        assert b"--path-as-is" in said("http://h" + path), path
    for path in ("/", "/a/..b", "/a?x=/../", "/...", "/.a/b"):
        assert not said("http://h" + path), path
    assert b"--globoff" in said("http://h/?a[1]=2")


@pytest.mark.parametrize("more, what", [
    (["-X", "POST"], "-X"), (["-X", "DELETE"], "-X"), (["-d", "body"], "-d"), (["-d", "@/dev/null"], "-X"),
    (["-X", "GET", "-d", "x"], "-d"), (["-X", "get"], "-X")])
def test_what_the_scheme_does_not_cover_needs_a_word(key, more, what):
    error(macaw("sign", *SCHEME, "-k", key, "http://h/", *more), 2, what, "--allow-uncovered")
    sign(key, "http://h/", "--allow-uncovered", *more)


def test_head_is_covered_like_get(key):
    sign(key, "http://h/", "-X", "HEAD")


@pytest.mark.parametrize("method", ["", "GET /", "G\n", "(x)"])
def test_a_method_is_a_token(key, method):
    error(macaw("sign", *SCHEME, "-k", key, "http://h/", "-X", method), 2, "-X", "byte")


@pytest.mark.parametrize("now", ["0", "999999999", "10000000000", "-1711662980", "01711662980", "now"])
def test_the_time_has_ten_digits(key, now):
    error(macaw("sign", *SCHEME, "-k", key, "--now", now, "http://h/"), 2, "--now")


def test_what_is_missing_or_wrong_is_named(key, tmp_path):
    error(macaw("sign", "-k", key, "http://h/"), 2, "--scheme", "missing")
    error(macaw("sign", "--scheme", "hmac", "-k", key, "http://h/"), 2, "--scheme", "hmac")
    error(macaw("sign", "--scheme", "x-authorization-legacy", "-k", key, "http://h/"), 2, "--scheme",
          "only verifies")
    error(macaw("sign", *SCHEME, "http://h/"), 2, "-k", "missing")
    error(macaw("sign", *SCHEME, "-k", key), 2, "URL", "missing")
    error(macaw("sign", *SCHEME, "-k", "hex:00", "http://h/"), 2, "-k", "KID@KEYRING")
    error(macaw("sign", *SCHEME, "-k", key, "-d", "@/nonexistent", "http://h/"), 3, "-d", "No such file")
    ring = tmp_path / "ring.json"
    error(macaw("sign", *SCHEME, "-k", new_key(ring, "f", "--use", "file"), "http://h/"), 2, "-k", "file")
    retired = new_key(ring, "r")
    ok("key", "retire", "--keyring", ring, "--kid", "r")
    error(macaw("sign", *SCHEME, "-k", retired, "http://h/"), 2, "-k", "retired")
    error(macaw("sign", *SCHEME, "-k", new_key(ring, "m", "--alg", "hmac-md5"), "http://h/"), 2, "-k",
          "hmac-md5")


def test_curl_takes_the_lines(key):
    seen = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            seen.update(self.headers, path=self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/x?y=1"
        command = f'"$0" sign {" ".join(SCHEME)} -k "$1" "$2" | curl -fsS -H @- "$2"'
        subprocess.run(["sh", "-c", command, MACAW, key, url], check=True, timeout=30)
        server.shutdown()
    assert seen["path"] == "/x?y=1"
    assert seen["X-Authorization-Key-Id"] == "alice" and len(seen["X-Authorization-Content-HMAC"]) == 64
