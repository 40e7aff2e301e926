"""Responses: over which bytes the MAC is, whatever made them."""

import gzip
import time

import pytest

import signer
from responses import BIG, LIMIT, SIZES, check, check_unsigned, g, up
from signer import ALICE, BOB, RESPONSE_TIME, unique


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
    response = g.get(unique("/files/1000"), key=BOB, kid=True)
    assert signer.check_response(response, ALICE) == "mismatch"


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
