"""A gateway that signs responses of every kind, and what a client finds in them.

Every MAC is recomputed with Python's hmac over the bytes that arrived.
"""

import json
import random
import subprocess

import pytest

import gateway as gw
import rawhttp
import signer
from signer import ALICE, BOB, RESPONSE_MAC, RESPONSE_TIME
from upstream import END, Upstream, answer, chunk, chunked_head

LIMIT = 64 * 1024
MARK = "X-Macaw-Unsigned"
POLICIES = ["unsigned", "refuse", "trailer"]

random.seed(7)
BIG = random.randbytes(5_000_000)
SIZES = [0, 1, 1000, 4096, 4097, LIMIT - 1, LIMIT, LIMIT + 1]

UPSTREAM_ROUTES = {
    "/small": [answer(b"small\n")],
    "/two": [answer(b"abc"[:1], length=3), 0.1, b"bc"],
    "/cut-length": [answer(b"half", "Content-Type: text/plain", length=1000)],
    "/cut-chunked": [chunked_head("Content-Type: text/plain"), chunk(b"half")],
    "/cut-late": [chunked_head(), chunk(b"x" * 30000), 0.3],
    "/cut-over": [chunked_head(), chunk(BIG[:2 * LIMIT]), 0.3],
    "/cut-length-over": [answer(BIG[:2 * LIMIT], length=4 * LIMIT)],
    "/silent": [answer(b"half", length=1000), "wait"],
    "/extra": [answer(b"exact, then more", length=5)],
    "/slow": [chunked_head("Content-Type: text/plain"), chunk(b"first"), "wait"],
    "/sse": [chunked_head("Content-Type: text/event-stream; charset=utf-8"),
             chunk(b"data: 1\n\n"), 0.1, chunk(b"data: 2\n\n"), END],
    "/accel-no": [chunked_head("Content-Type: text/plain", "X-Accel-Buffering: no"),
                  chunk(b"one\n"), 0.1, chunk(b"two\n"), END],
    "/sse-open": [chunked_head("Content-Type: text/event-stream"), chunk(b"data: 1\n\n"), "wait"],
    "/accel-no-open": [chunked_head("Content-Type: text/plain", "X-Accel-Buffering: no"),
                       chunk(b"one\n"), "wait"],
    "/pieces": [chunked_head(), *[chunk(BIG[i * 1000:i * 1000 + 1000]) for i in range(50)], END],
    "/pieces-over": [chunked_head(), *[chunk(BIG[i * 1000:i * 1000 + 1000]) for i in range(200)],
                     END],
    "/to-the-end": [b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil closed"],
    "/forged": [answer(b"forged\n", f"{RESPONSE_MAC}: {'0' * 64}", f"{RESPONSE_TIME}: 1711662980",
                       "x-response-content-hmac: 11", f"{MARK}: too-large")],
    "/upgrade": [b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n"
                 b"Upgrade: echo\r\n\r\n", b"raw bytes", "wait"],
    "/head": [b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"],
    "/encoded": [answer(b"not really gzip" * 10000, "Content-Encoding: gzip", "Set-Cookie: a=b")],
    "/infinite": [chunked_head(), *[chunk(BIG[:100000])] * 40, "wait"],
    "/over-silent": [chunked_head(), chunk(BIG[:100000]), "wait"],
    "/cached": [answer(b"from the cache\n" * 100, "Cache-Control: max-age=60",
                       f"{RESPONSE_MAC}: {'2' * 64}")],
    "/no-content": [b"HTTP/1.1 204 No Content\r\n\r\n"],
}

SERVER = """
    listen 127.0.0.1:{h2port} http2;
    listen 127.0.0.1:{tls} ssl;
    ssl_certificate {dir}/cert.pem;
    ssl_certificate_key {dir}/key.pem;
    macaw_sign_response on;
    macaw_response_buffer 64k;
    sendfile on;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_read_timeout 3s;
    location / { proxy_pass {app}; }
    location /files/ { }
    location /up/ { proxy_pass http://127.0.0.1:{up}/; }
    location /up-nobuf/ { proxy_pass http://127.0.0.1:{up}/; proxy_buffering off; }
    location /app-nobuf/ { proxy_pass {app}/; proxy_buffering off; }
    location /up-short/ { proxy_pass http://127.0.0.1:{up}/; proxy_read_timeout 300ms; }
    location /gz/ { gzip on; gzip_min_length 1; gzip_types *; alias {dir}/html/files/; }
    location /gz-up/ { gzip on; gzip_min_length 1; gzip_types *;
                       proxy_pass http://127.0.0.1:{up}/; }
    location /ssi/ { ssi on; ssi_types *; }
    location /part/ { proxy_pass http://127.0.0.1:{up}/; }
    location /auth/ { auth_request /allowed; alias {dir}/html/files/; }
    location /auth-no/ { auth_request /forbidden; alias {dir}/html/files/; }
    location = /allowed { internal; macaw_verify off; proxy_pass {app}/status/200; }
    location = /forbidden { internal; macaw_verify off; proxy_pass {app}/status/403; }
    location /pages/ { error_page 404 =404 /files/missing.html;
                       error_page 401 /files/401.html; }
    location = /files/401.html { macaw_verify off; }
    location /named/ { error_page 404 @named; }
    location @named { return 404 "named\\n"; }
    location /try/ { try_files /none$uri /files/a.txt; }
    location /return/ { return 200 "returned\\n"; }
    location /move/ { rewrite ^ /files/a.txt last; }
    location /redirect/ { return 302 /elsewhere; }
    location /old/ { rewrite ^ /files/a.txt permanent; }
    location /hidden/ { internal; alias {dir}/html/files/; }
    location /cache/ { proxy_cache store; proxy_cache_key static;
                       proxy_pass http://127.0.0.1:{up}/;
                       add_header X-Cache $upstream_cache_status; }
    location /added/ { alias {dir}/html/files/; add_header X-Added yes; add_trailer X-Tail end; }
    location /observe/ { macaw_mode observe; alias {dir}/html/files/; }
    location /observe-up/ { macaw_mode observe; proxy_pass http://127.0.0.1:{up}/; }
    location /own-trailer/ { add_trailer X-Response-Content-HMAC forged; add_trailer X-Tail end;
                             alias {dir}/html/files/; }
    location /raw/ { macaw_verify off; alias {dir}/html/files/; }
    location /slice/ { slice 1k; proxy_set_header Range $slice_range;
                       proxy_pass http://127.0.0.1:{port}/raw/; }
    location /sub/ { sub_filter me you; sub_filter_once off; sub_filter_types *;
                     alias {dir}/html/files/; }
    location /more/ { addition_types *; add_before_body /files/a.txt; add_after_body /part/small;
                      alias {dir}/html/files/; }
    location /threads/ { aio threads; alias {dir}/html/files/; }
    location /direct/ { directio 1; output_buffers 1 3k; alias {dir}/html/files/; }
    location /dav/ { dav_methods PUT DELETE MKCOL; macaw_allow_uncovered method body; }
    location /mirror/ { mirror /part/slow; alias {dir}/html/files/; }
    location /plain/ { macaw_sign_response off; alias {dir}/html/files/; }
    location /only-bob/ { macaw_allow_key bob; alias {dir}/html/files/; }
    location /slowly/ { limit_rate 200k; alias {dir}/html/files/; }
    location /upgrade/ { proxy_pass http://127.0.0.1:{up}/upgrade; proxy_set_header Upgrade echo;
                         proxy_set_header Connection upgrade; }
    location /error/ { proxy_pass http://127.0.0.1:1/;
                       error_page 502 =502 /files/missing.html; }
"""

POLICY = """
    location /POLICY/ { macaw_response_buffer 64k over=POLICY; alias {dir}/html/files/; }
    location /POLICY-up/ { macaw_response_buffer 64k over=POLICY;
                           proxy_pass http://127.0.0.1:{up}/; }
    location /POLICY-app/ { macaw_response_buffer 64k over=POLICY; proxy_pass {app}/; }
    location /POLICY-gz/ { macaw_response_buffer 64k over=POLICY; gzip on; gzip_min_length 1;
                           gzip_types *; alias {dir}/html/files/; }
    location /POLICY-tail/ { macaw_response_buffer 64k over=POLICY; alias {dir}/html/files/;
                             add_trailer X-Response-Content-HMAC forged; }
    location /POLICY-ssi/ { macaw_response_buffer 64k over=POLICY; ssi on; ssi_types *;
                            alias {dir}/html/ssi/; }
    location /POLICY-upgrade/ { macaw_response_buffer 64k over=POLICY;
                                proxy_pass http://127.0.0.1:{up}/upgrade;
                                proxy_set_header Upgrade echo;
                                proxy_set_header Connection upgrade; }
"""


@pytest.fixture(scope="module")
def up():
    upstream = Upstream(UPSTREAM_ROUTES)
    yield upstream
    upstream.close()


@pytest.fixture(scope="module")
def g(module_gateway, up):
    server = module_gateway(
        SERVER + "".join(POLICY.replace("POLICY", policy) for policy in POLICIES),
        keys=[ALICE, BOB.with_members(state="verify")],
        http="proxy_cache_path {dir}/cache keys_zone=store:1m;",
        names={"h2port": gw.free_port(), "tls": gw.free_port(), "up": up.port}, start=False)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=gateway.test",
                    "-keyout", server.dir / "key.pem", "-out", server.dir / "cert.pem"],
                   check=True, capture_output=True)
    (server.dir / "html" / "dav").mkdir()
    (server.dir / "html" / "dav").chmod(0o777)
    for size in SIZES:
        server.file(f"files/{size}", BIG[:size])
    server.file("files/big", BIG)
    server.file("files/a.txt", "contents of a\n")
    server.file("files/text", b"compress me, " * 3000)
    server.file("files/missing.html", "<p>nothing here</p>\n")
    server.file("files/401.html", "<p>go away</p>\n")
    server.file("ssi/page", '[<!--#include virtual="/part/small" -->|'
                            '<!--#include virtual="/files/a.txt" -->]' * 3)
    server.file("ssi/big-cut", '[<!--#include virtual="/part/pieces-over" -->|'
                               '<!--#include virtual="/part/cut-length" -->] end')
    server.file("ssi/cut", '[<!--#include virtual="/part/cut-length" -->] end')
    return server.start()


def check(response, key=ALICE):
    """A signed response, its MAC in the header."""
    assert response is not None, "no response"
    assert signer.check_response(response, key) == "ok", response
    assert response.get(MARK) is None
    assert not response.truncated
    assert response.get(RESPONSE_MAC) not in [v for _, v in response.trailers]
    return response


def check_unsigned(response, mark=None):
    assert response.get_all(RESPONSE_MAC) == [], response
    assert response.get_all(RESPONSE_TIME) == []
    assert response.get_all(MARK) == ([mark] if mark else [])
    return response


def check_trailer(response, key=ALICE):
    """A response whose MAC came after the content."""
    assert [n.lower() for n, _ in response.trailers] == [RESPONSE_MAC.lower(),
                                                         RESPONSE_TIME.lower()]
    assert response.get("Trailer").lower() == f"{RESPONSE_MAC}, {RESPONSE_TIME}".lower()
    assert signer.check_response(response, key) == "ok"
    assert response.get(MARK) is None and not response.truncated
    return response


def check_refused(response, why):
    """The 502 that takes the place of a response."""
    assert response is not None and response.status == 502, response
    assert response.get("Content-Type") == "application/problem+json"
    assert json.loads(response.body) == {
        "type": "about:blank", "title": "Bad Gateway", "status": 502,
        "detail": f"the response cannot be authenticated: {why}"}
    assert response.get("Content-Encoding") is None and response.get("Set-Cookie") is None
    assert response.get_all("Content-Length") == [str(len(response.body))]
    assert response.get("Connection", "close") == "close"  # HTTP/2 has none
    return check(response)


def signed_head(method, target, fields=None):
    return rawhttp.head(method, target, {**signer.sign(target), **(fields or {})})
