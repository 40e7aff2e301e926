"""Responses: what is signed, over which bytes, and what happens when it cannot be.

Every MAC is recomputed here with Python's hmac over the bytes that arrived.
"""

import gzip
import json
import random
import subprocess
import time
from pathlib import Path

import pytest

import gateway as gw
import h2client
import rawhttp
import signer
from signer import ALICE, BOB, RESPONSE_MAC, RESPONSE_TIME, unique
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
             chunk(b"data: 1\n\n"), 0.8, chunk(b"data: 2\n\n"), END],
    "/accel-no": [chunked_head("Content-Type: text/plain", "X-Accel-Buffering: no"),
                  chunk(b"one\n"), 0.8, chunk(b"two\n"), END],
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
    location /pages/ { error_page 404 =404 /files/missing.html; error_page 401 /files/401.html; }
    location /named/ { error_page 404 @named; }
    location @named { return 404 "named\\n"; }
    location /try/ { try_files /none$uri /files/a.txt; }
    location /return/ { return 200 "returned\\n"; }
    location /move/ { rewrite ^ /files/a.txt last; }
    location /redirect/ { return 302 /elsewhere; }
    location /old/ { rewrite ^ /files/a.txt permanent; }
    location /hidden/ { internal; alias {dir}/html/files/; }
    location /cache/ { proxy_cache store; proxy_cache_key static;
                       proxy_pass http://127.0.0.1:{up}/; add_header X-Cache $upstream_cache_status; }
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
    location /error/ { proxy_pass http://127.0.0.1:1/; error_page 502 =502 /files/missing.html; }
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
    assert response.body == (b'{"type":"about:blank","title":"Response cannot be authenticated",'
                             b'"status":502,"detail":"%s"}\n' % why.encode())
    assert response.get("Content-Encoding") is None and response.get("Set-Cookie") is None
    assert response.get_all("Content-Length") == [str(len(response.body))]
    assert response.get("Connection", "close") == "close"  # HTTP/2 has none
    return check(response)


# ---- what is signed ----

@pytest.mark.parametrize("size", SIZES[:-1])
def test_files_of_every_size_up_to_the_limit(g, size):
    response = check(g.get(unique(f"/files/{size}")))
    assert response.status == 200 and response.body == BIG[:size]
    assert response.get_all("Content-Length") == [str(size)]


@pytest.mark.parametrize("size", [0, 1, 1000, 4096, 30000, LIMIT - 1, LIMIT])
@pytest.mark.parametrize("chunked", ["", "&chunked=1"])
def test_application_with_and_without_a_length(g, size, chunked):
    response = check(g.get(unique(f"/big?size={size}{chunked}")))
    assert len(response.body) == size
    assert response.get_all("Content-Length") == [str(size)]
    assert response.get("Transfer-Encoding") is None


def test_the_time_is_that_of_the_server(g):
    before = int(time.time())
    stamp = check(g.get(unique("/files/1"))).get(RESPONSE_TIME)
    assert before - 1 <= int(stamp) <= int(time.time()) + 1


def test_the_key_of_the_request_signs(g):
    check(g.get(unique("/files/1000"), key=BOB, kid=True), key=BOB)
    assert signer.check_response(g.get(unique("/files/1000"), key=BOB, kid=True), ALICE) == "mismatch"


def test_body_in_two_reads(g):
    assert check(g.get(unique("/up/two"))).body == b"abc"


def test_body_of_many_chunks(g):
    assert check(g.get(unique("/up/pieces"))).body == BIG[:50000]


def test_body_until_the_connection_closes(g):
    assert check(g.get(unique("/up/to-the-end"))).body == b"until closed"


def test_upstream_that_sends_more_than_its_length(g):
    assert check(g.get(unique("/up/extra"))).body == b"exact"


def test_unbuffered_with_a_length(g):
    assert check(g.get(unique("/up-nobuf/small"))).body == b"small\n"
    assert check(g.get(unique("/up-nobuf/two"))).body == b"abc"


@pytest.mark.parametrize("target, length", [
    ("/files/1000", "1000"), ("/files/big", str(len(BIG))), ("/up/head", "1234"),
    ("/files/0", "0"), ("/trailer/big", str(len(BIG))), ("/refuse/big", str(len(BIG)))])
def test_head(g, target, length):
    response = check(g.get(unique(target), method="HEAD"))
    assert response.status == 200 and response.get_all("Content-Length") == [length]


def test_head_of_an_application(g):
    response = check(g.get(unique("/example/users"), method="HEAD"))
    assert response.status == 200


@pytest.mark.parametrize("target, status", [
    ("/status/204", 204), ("/up/no-content", 204), ("/status/304", 304), ("/status/404", 404),
    ("/status/500", 500), ("/status/201", 201), ("/up/small", 200), ("/files/none", 404)])
def test_statuses(g, target, status):
    assert check(g.get(unique(target))).status == status


def test_not_modified(g):
    modified = g.get(unique("/files/1000")).get("Last-Modified")
    response = check(g.get(unique("/files/1000"), fields={"If-Modified-Since": modified}))
    assert response.status == 304 and response.body == b""
    response = check(g.get(unique("/files/1000"), fields={"If-Match": '"other"'}))
    assert response.status == 412


def test_single_range(g):
    response = check(g.get(unique("/files/4096"), fields={"Range": "bytes=100-299"}))
    assert response.status == 206 and response.body == BIG[100:300]


def test_range_of_a_file_over_the_limit(g):
    response = check(g.get(unique("/files/big"), fields={"Range": "bytes=4000000-4000999"}))
    assert response.status == 206 and response.body == BIG[4000000:4001000]


def test_several_ranges(g):
    response = check(g.get(unique("/files/4096"), fields={"Range": "bytes=0-9,20-29"}))
    assert response.status == 206
    assert response.get("Content-Type").startswith("multipart/byteranges")
    assert BIG[20:30] in response.body


def test_range_not_satisfiable(g):
    assert check(g.get(unique("/files/1000"), fields={"Range": "bytes=5000-"})).status == 416


@pytest.mark.parametrize("target", ["/gz/text", "/gz/1000", "/gz-up/pieces"])
def test_the_mac_covers_the_compressed_bytes(g, target):
    response = check(g.get(unique(target), fields={"Accept-Encoding": "gzip"}))
    assert response.get("Content-Encoding") == "gzip"
    plain = check(g.get(unique(target)))
    assert gzip.decompress(response.body) == plain.body
    assert response.get_all("Content-Length") == [str(len(response.body))]


def test_subrequests_are_merged(g):
    response = check(g.get(unique("/ssi/page")))
    assert response.body == b"[small\n|contents of a\n]" * 3


def test_slices(g):
    assert check(g.get(unique("/slice/30000"))).status == 404
    assert check(g.get(unique("/slice/4097"))).body == BIG[:4097]
    assert check(g.get(unique("/slice/65536"))).body == BIG[:65536]
    assert check(g.get(unique("/slice/4097"), fields={"Range": "bytes=1000-3000"})).body \
        == BIG[1000:3001]


def test_changed_and_added_content(g):
    assert check(g.get(unique("/sub/text"))).body == b"compress you, " * 3000
    response = check(g.get(unique("/more/1000")))
    assert response.body == b"contents of a\n" + BIG[:1000] + b"small\n"


@pytest.mark.parametrize("where", ["threads", "direct"])
def test_ways_to_read_a_file(g, where):
    for size in SIZES[:-1]:
        assert check(g.get(unique(f"/{where}/{size}"))).body == BIG[:size]
    assert check_unsigned(g.get(unique(f"/{where}/big")), "too-large").body == BIG


def test_dav(g):
    assert check(g.get(unique("/dav/a"), method="PUT", body=b"x" * 100)).status == 201
    assert check(g.get(unique("/dav/a"), method="PUT", body=b"y" * 100)).status == 204
    assert check(g.get(unique("/dav/a"))).body == b"y" * 100
    assert check(g.get(unique("/dav/b/"), method="MKCOL")).status == 201
    assert check(g.get(unique("/dav/b/"), method="MKCOL")).status == 405
    assert check(g.get(unique("/dav/a"), method="DELETE")).status == 204


def test_mirrored_requests(g):
    assert check(g.get(unique("/mirror/1000"))).body == BIG[:1000]


def test_tls(g):
    with rawhttp.Connection(("127.0.0.1", g.names["tls"]), tls=True) as connection:
        for method, path, status in MIXED:
            connection.send(signed_head(method, unique(path)))
            check_mixed(connection.receive(method), path, status)
        connection.send(signed_head("GET", unique("/refuse/big")))
        check_refused(connection.receive(), "too-large")


def test_auth_request(g):
    assert check(g.get(unique("/auth/1000"))).body == BIG[:1000]
    assert check(g.get(unique("/auth-no/1000"))).status == 403


def test_error_pages(g):
    response = check(g.get(unique("/pages/none")))
    assert response.status == 404 and response.body == b"<p>nothing here</p>\n"
    assert check(g.get(unique("/named/none"))).body == b"named\n"
    assert check(g.get(unique("/error/"))).body == b"<p>nothing here</p>\n"


def test_internal_redirects(g):
    assert check(g.get(unique("/try/x"))).body == b"contents of a\n"
    assert check(g.get(unique("/move/x"))).body == b"contents of a\n"
    target = "/accel?to=/hidden/4096"
    assert check(g.get(unique(target))).body == BIG[:4096]


def test_added_headers_and_trailers(g):
    response = g.get(unique("/added/1000"))
    assert response.get("X-Added") == "yes"
    assert signer.check_response(response) == "ok"
    assert response.trailers == [("X-Tail", "end")]


@pytest.mark.parametrize("target", ["/return/", "/redirect/", "/old/"])
def test_answers_of_the_rewrite_phase(g, target):
    check(g.get(unique(target)))
    assert check_unsigned(g.send(unique(target))).status == 401


def test_http_10(g):
    target = unique("/up/pieces")
    response = check(g.send(target, signer.sign(target), version="HTTP/1.0"))
    assert response.body == BIG[:50000]


def test_cache_miss_and_hit(g):
    for state in ["MISS", "HIT", "HIT"]:
        response = check(g.get(unique("/cache/cached")))
        assert response.get("X-Cache") == state
        assert response.body == b"from the cache\n" * 100


# ---- what is not ----

def test_fields_of_the_upstream_are_removed(g):
    response = check(g.get(unique("/up/forged")))
    assert len(response.get_all(RESPONSE_MAC)) == 1
    response = check_unsigned(g.send(unique("/observe-up/forged")))
    assert response.body == b"forged\n"


def test_own_fields_in_a_trailer_are_removed(g):
    response = g.get(unique("/own-trailer/1000"))
    assert signer.check_response(response) == "ok"
    assert response.trailers == [("X-Tail", "end")]
    check_trailer(g.get(unique("/trailer-tail/big")))
    response = check_unsigned(g.get(unique("/unsigned-tail/big")), "too-large")
    assert response.trailers == [] and response.body == BIG


def test_signing_can_be_switched_off(g):
    check_unsigned(g.get(unique("/plain/1000")))


@pytest.mark.parametrize("change", ["missing", "mac", "key", "kid"])
@pytest.mark.parametrize("where", ["/files/1000", "/observe/1000"])
def test_no_mac_for_a_request_that_has_none(g, where, change):
    target = unique(where)
    fields = signer.sign(target)
    if change == "missing":
        fields = {}
    elif change == "mac":
        fields[signer.REQUEST_MAC] = "0" * 64
    elif change == "key":
        fields = signer.sign(target, key=signer.Key("mallory"))
    else:
        fields = signer.sign(target, key=ALICE)
        fields[signer.REQUEST_KID] = "bob"
    response = check_unsigned(g.send(target, fields))
    assert response.status == (200 if where.startswith("/observe") else 401)


def test_refusals_of_a_right_mac_are_signed(g):
    assert check(g.get(unique("/files/1000"), ts=signer.now() - 1000)).status == 401
    assert check(g.get(unique("/files/1000"), ts=signer.now() + 1000)).status == 401
    target = unique("/only-bob/1000")
    assert check(g.get(target)).status == 401
    target = unique("/files/1000")
    fields = signer.sign(target)
    assert check(g.send(target, fields)).status == 200
    assert check(g.send(target, fields)).status == 401


def test_refusals_behind_an_error_page_are_signed_over_that_page(g):
    response = check(g.get(unique("/pages/x"), ts=signer.now() - 1000))
    assert response.status == 401 and response.body == b"<p>go away</p>\n"


def test_observed_requests(g):
    assert check(g.get(unique("/observe/1000"))).body == BIG[:1000]
    response = check(g.get(unique("/observe/1000"), ts=signer.now() - 1000))
    assert response.status == 200


def test_legacy_requests_get_no_mac(gateway):
    key = signer.Key("old", signer.os.urandom(32), "sha256-suffix", members={"insecure": True})
    g = gateway(keys=[key], verify=False, server="""
        macaw_insecure_legacy on; macaw_keys {keys}; macaw_verify x-authorization-legacy;
        macaw_replay main; macaw_sign_response on;""")
    g.file("a", "x")
    target = unique("/a")
    response = check_unsigned(g.send(target, signer.sign(target, key=key, legacy=True)), "scheme")
    assert response.status == 200


def test_a_key_that_only_verifies_signs_its_responses(gateway):
    old = signer.Key("old", members={"state": "verify"})
    g = gateway("macaw_sign_response on;", keys=[ALICE, old])
    g.file("a", "x")
    check(g.get(unique("/a"), key=old), key=old)
    check(g.get(unique("/a")), key=ALICE)


def test_sha512(gateway):
    key = signer.Key("long", signer.os.urandom(64), "hmac-sha512")
    g = gateway("macaw_sign_response on;", keys=[key])
    g.file("a", "x" * 5000)
    assert len(check(g.get(unique("/a"), key=key), key=key).get(RESPONSE_MAC)) == 128


# ---- over the limit ----

OVER = ["/{}/65537", "/{}/big", "/{}-app/big?size=65537", "/{}-app/big?size=3000000",
        "/{}-app/big?size=65537&chunked=1", "/{}-app/big?size=3000000&chunked=1",
        "/{}-up/pieces-over"]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT])
def test_up_to_the_limit_every_policy_signs_in_the_header(g, policy, size):
    assert check(g.get(unique(f"/{policy}/{size}"))).body == BIG[:size]
    response = check(g.get(unique(f"/{policy}-app/big?size={size}&chunked=1")))
    assert len(response.body) == size


@pytest.mark.parametrize("target", OVER)
def test_over_unsigned(g, target):
    response = check_unsigned(g.get(unique(target.format("unsigned"))), "too-large")
    assert response.status == 200 and len(response.body) > LIMIT and not response.truncated


@pytest.mark.parametrize("target", OVER + ["/{}-up/encoded", "/{}-up/infinite",
                                           "/{}-up/over-silent", "/{}-gz/big", "/{}-tail/big"])
def test_over_refuse(g, target):
    with g.connect() as connection:
        path = unique(target.format("refuse"))
        fields = {**signer.sign(path), "Accept-Encoding": "gzip"}
        connection.send(rawhttp.head("GET", path, fields))
        check_refused(connection.receive(), "too-large")
        assert connection.at_end()


@pytest.mark.parametrize("target", OVER)
def test_over_trailer(g, target):
    path = target.format("trailer")
    response = check_trailer(g.get(unique(path)))
    assert response.body == check_unsigned(g.get(unique(target.format("unsigned"))),
                                           "too-large").body
    assert response.get("Transfer-Encoding") == "chunked"
    assert response.get("Content-Length") is None


def test_over_with_gzip(g):
    fields = {"Accept-Encoding": "gzip"}
    response = check_trailer(g.get(unique("/trailer-gz/big"), fields=fields))
    assert gzip.decompress(response.body) == BIG
    response = check_unsigned(g.get(unique("/unsigned-gz/big"), fields=fields), "too-large")
    assert gzip.decompress(response.body) == BIG


def test_over_ranges(g):
    response = g.get(unique("/trailer/big"), fields={"Range": "bytes=0-99999,200000-299999"})
    assert check_trailer(response).status == 206
    response = g.get(unique("/unsigned/big"), fields={"Range": "bytes=1-2000000"})
    assert check_unsigned(response, "too-large").body == BIG[1:2000001]


def test_no_trailer_for_http_10(g):
    target = unique("/trailer/big")
    response = check_unsigned(g.send(target, signer.sign(target), version="HTTP/1.0"), "too-large")
    assert response.body == BIG


def test_no_trailer_without_chunked(gateway):
    g = gateway("macaw_sign_response on; chunked_transfer_encoding off; "
                "macaw_response_buffer 1k over=trailer;")
    g.file("a", "x" * 5000)
    assert check_unsigned(g.get(unique("/a")), "too-large").body == b"x" * 5000


def test_a_limit_of_one_byte_refuses_its_own_error_page_once(gateway):
    g = gateway("macaw_sign_response on; macaw_response_buffer 1 over=refuse;")
    g.file("a", "xx")
    g.file("b", "x")
    check_refused(g.get(unique("/a")), "too-large")
    check_refused(g.get(unique("/none")), "too-large")
    assert check(g.get(unique("/b"))).body == b"x"


# ---- streams ----

STREAMS = ["/{}-up/sse", "/{}-up/accel-no"]


def seconds_to_content(g, target):
    """Until the header and the first piece of the content have arrived."""
    start = time.monotonic()
    with g.connect() as connection:
        connection.send(signed_head("GET", target))
        while connection.file.readline() != b"\r\n":
            pass
        connection.file.readline()
        connection.file.readline()
        return time.monotonic() - start


@pytest.mark.parametrize("target", STREAMS)
@pytest.mark.parametrize("policy", ["unsigned", "trailer"])
def test_streams_are_not_delayed(g, target, policy):
    assert seconds_to_content(g, unique(target.format(policy))) < 0.5


@pytest.mark.parametrize("target", STREAMS)
def test_streams(g, target):
    response = check_unsigned(g.get(unique(target.format("unsigned"))), "streaming")
    assert len(check_trailer(g.get(unique(target.format("trailer")))).body) == len(response.body)
    start = time.monotonic()
    check_refused(g.get(unique(target.format("refuse"))), "streaming")
    assert time.monotonic() - start < 0.5


def test_unbuffered_application(g):
    response = g.get(unique("/app-nobuf/stream?count=3&delay=0.01"))
    assert check_unsigned(response, "streaming").body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"


@pytest.mark.parametrize("policy", ["unsigned", "trailer"])
def test_upgraded_connections(g, policy):
    target = unique(f"/{policy}-upgrade/")
    with g.connect() as connection:
        connection.send(signed_head("GET", target, {"Connection": "upgrade", "Upgrade": "echo"}))
        connection.file.readline()
        fields = dict(connection._fields())
        assert fields[MARK] == "streaming" and "Trailer" not in fields
        assert connection.file.read(9) == b"raw bytes"


def test_upgrade_refused(g):
    target = unique("/refuse-upgrade/")
    with g.connect() as connection:
        connection.send(signed_head("GET", target, {"Connection": "upgrade", "Upgrade": "echo"}))
        check_refused(connection.receive(), "streaming")
        assert connection.at_end()


# ---- broken upstreams ----

@pytest.mark.parametrize("where", ["/up", "/up-nobuf", "/unsigned-up", "/refuse-up", "/trailer-up"])
@pytest.mark.parametrize("route", ["cut-length", "cut-chunked", "cut-late"])
def test_truncated_while_held(g, where, route):
    if where == "/up-nobuf" and route != "cut-length":
        pytest.skip("not held")
    start = time.monotonic()
    with g.connect() as connection:
        target = unique(f"{where}/{route}")
        connection.send(signed_head("GET", target))
        check_refused(connection.receive(), "truncated")
        assert connection.at_end()
    assert time.monotonic() - start < 1


@pytest.mark.parametrize("route", ["cut-chunked", "cut-late"])
def test_truncated_under_gzip(g, route):
    response = g.get(unique(f"/gz-up/{route}"), fields={"Accept-Encoding": "gzip"})
    check_refused(response, "truncated")


@pytest.mark.parametrize("route", ["cut-over", "cut-length-over"])
@pytest.mark.parametrize("policy", ["unsigned", "trailer"])
def test_truncated_after_the_header(g, policy, route):
    response = g.get(unique(f"/{policy}-up/{route}"))
    assert response.truncated and response.trailers == []
    assert response.get(RESPONSE_MAC) is None


def test_truncated_fragment(g):
    check_refused(g.get(unique("/ssi/cut")), "truncated")


def test_truncated_fragment_after_the_header(g):
    """nginx ends such a page properly; it gets no MAC all the same."""
    response = g.get(unique("/trailer-ssi/big-cut"))
    assert not response.truncated and response.body.endswith(b"|half] end")
    assert response.get("Trailer") and response.trailers == []


def test_silent_upstream(g):
    start = time.monotonic()
    check_refused(g.get(unique("/up-short/silent")), "truncated")
    assert time.monotonic() - start < 2


def test_truncated_without_a_mac_is_as_ever(g):
    response = check_unsigned(g.send(unique("/observe-up/cut-length")))
    assert response.status == 200 and response.truncated


def test_client_that_leaves_while_its_response_is_held(g, up):
    up.left.clear()
    target = unique("/up/slow")
    with g.connect() as connection:
        connection.send(signed_head("GET", target))
        time.sleep(0.2)
    assert up.left.wait(5), "the upstream connection stayed open"
    check(g.get(unique("/files/1")))


def test_file_that_shrinks_is_never_signed_short(g):
    """nginx reports the file it sent as truncated; the response must not pass."""
    path = g.file("files/shrinks", BIG[:60000])
    check(g.get(unique("/files/shrinks")))
    with open(path, "r+b") as file:
        file.truncate(100)
    assert check(g.get(unique("/files/shrinks"))).body == BIG[:100]


LUA = """
    macaw_sign_response on; macaw_response_buffer 64k over=trailer; lua_socket_log_errors off;
    send_timeout 3s;
    location /good { content_by_lua_block {
        ngx.print("one ") ngx.flush(true) ngx.print("two") ngx.flush(true) } }
    location /short { content_by_lua_block { ngx.header.content_length = 100 ngx.print("half") } }
    location /long { content_by_lua_block { ngx.header.content_length = 4 ngx.print("too long") } }
"""


@pytest.fixture(scope="module")
def lua(module_gateway):
    """Producers in Lua, which send what they like."""
    modules = Path("/usr/lib/nginx/modules")
    if not (modules / "ngx_http_lua_module.so").exists():
        pytest.skip("no Lua module")
    return module_gateway(LUA, main=f"load_module {modules}/ndk_http_module.so;\n"
                                    f"load_module {modules}/ngx_http_lua_module.so;")


def test_a_producer_that_waits_for_its_flush(lua):
    start = time.monotonic()
    assert check(lua.get(unique("/good"))).body == b"one two"
    assert time.monotonic() - start < 1


@pytest.mark.parametrize("target", ["/short", "/long"])
def test_a_producer_that_breaks_its_own_length(lua, target):
    check_refused(lua.get(unique(target)), "truncated")


# ---- connections ----

MIXED = [("GET", "/files/1000", 200), ("HEAD", "/files/1000", 200), ("GET", "/status/204", 204),
         ("GET", "/big?size=30000&chunked=1", 200), ("GET", "/unsigned/big", 200),
         ("GET", "/trailer/big", 200), ("GET", "/files/0", 200), ("GET", "/files/none", 404),
         ("HEAD", "/trailer/big", 200), ("GET", "/up/two", 200), ("GET", "/ssi/page", 200),
         ("GET", "/status/304", 304), ("GET", "/slowly/65536", 200), ("GET", "/files/4097", 200)]


def signed_head(method, target, fields=None):
    return rawhttp.head(method, target, {**signer.sign(target), **(fields or {})})


def check_mixed(response, target, status):
    assert response.status == status
    assert response.get("Connection") == "keep-alive"
    if target.startswith("/unsigned"):
        check_unsigned(response, "too-large")
    else:
        assert signer.check_response(response) == "ok", (target, response)
    assert not response.truncated


def test_keepalive(g):
    with g.connect() as connection:
        for method, path, status in MIXED * 2:
            target = unique(path)
            connection.send(signed_head(method, target))
            check_mixed(connection.receive(method), path, status)


def test_pipelining(g):
    with g.connect(timeout=20) as connection:
        connection.send(b"".join(signed_head(method, unique(path)) for method, path, _ in MIXED))
        for method, path, status in MIXED:
            check_mixed(connection.receive(method), path, status)


def test_slow_reader(g):
    for policy, verify in [("trailer", check_trailer), ("unsigned", None)]:
        with g.connect(timeout=20) as connection:
            connection.sock.setsockopt(rawhttp.socket.SOL_SOCKET, rawhttp.socket.SO_RCVBUF, 65536)
            connection.send(signed_head("GET", unique(f"/{policy}/big")))
            time.sleep(0.3)
            response = connection.receive()
            assert response.body == BIG
            if verify:
                verify(response)


def test_counters(gateway):
    g = gateway("""
        location /u { macaw_response_buffer 10 over=unsigned; return 200 "12345678901"; }
        location /r { macaw_response_buffer 10 over=refuse; return 200 "12345678901"; }
        location /t { macaw_response_buffer 10 over=trailer; return 200 "12345678901"; }
        location /s { return 200 "signed"; }
        location = /status { macaw_verify off; macaw_status; }
        """, server="macaw_sign_response on;")
    for path, times in [("/u", 1), ("/r", 2), ("/t", 3), ("/s", 4)]:
        for _ in range(times):
            g.get(unique(path))
    assert json.loads(g.send("/status").body)["responses"] == {
        "signed": 4 + 2, "unsigned": 1, "refused": 2, "trailer": 3}


def test_many_at_once(g):
    connections = [g.connect() for _ in range(50)]
    for connection in connections:
        connection.send(signed_head("GET", unique("/up/two")))
    for connection in connections:
        assert check(connection.receive()).body == b"abc"
        connection.close()


def memory(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def test_memory_stays_within_the_limit(gateway, up):
    g = gateway("""macaw_sign_response on; macaw_response_buffer 64k over=trailer;
                   proxy_http_version 1.1; proxy_max_temp_file_size 0;
                   location / { proxy_pass {app}; }""")
    check(g.get(unique("/big?size=10")))
    before = memory(g.workers()[0])
    for _ in range(3):
        response = check_trailer(g.get(unique("/big?size=50000000&chunked=1")))
        assert len(response.body) == 50_000_000
    assert memory(g.workers()[0]) - before < 8_000_000


# ---- HTTP/2 ----

def h2_get(g, target, method="GET", fields=None, **how):
    return h2client.exchange(("127.0.0.1", g.names["h2port"]), target,
                             {**signer.sign(target, **how), **(fields or {})}, method)


@pytest.mark.parametrize("target, status", [
    ("/files/0", 200), ("/files/1000", 200), ("/files/65536", 200), ("/up/pieces", 200),
    ("/status/204", 204), ("/files/none", 404), ("/ssi/page", 200), ("/up/to-the-end", 200)])
def test_h2(g, target, status):
    response = check(h2_get(g, unique(target)))
    assert response.status == status and response.trailers == []


def test_h2_head_and_range(g):
    assert check(h2_get(g, unique("/files/1000"), "HEAD")).get("Content-Length") == "1000"
    response = check(h2_get(g, unique("/files/4096"), fields={"range": "bytes=1-20"}))
    assert response.status == 206 and response.body == BIG[1:21]


def test_h2_over(g):
    assert check_trailer(h2_get(g, unique("/trailer/big"))).body == BIG
    check_trailer(h2_get(g, unique("/trailer-up/pieces-over")))
    assert check_unsigned(h2_get(g, unique("/unsigned/big")), "too-large").body == BIG
    check_refused(h2_get(g, unique("/refuse/big")), "too-large")
    check_refused(h2_get(g, unique("/refuse-up/infinite")), "too-large")


def test_h2_truncated(g):
    check_refused(h2_get(g, unique("/up/cut-chunked")), "truncated")
    response = h2_get(g, unique("/trailer-up/cut-over"))
    assert response.truncated and response.trailers == []
