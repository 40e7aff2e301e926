"""Responses that do not fit, and those that cannot wait."""

import gzip
import time

import pytest

import rawhttp
import signer
from responses import (BIG, LIMIT, MARK, POLICIES, check, check_refused, check_trailer,
                       check_unsigned, g, signed_head, up)
from signer import unique


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


STREAMS = ["/{}-up/sse", "/{}-up/accel-no"]


@pytest.mark.parametrize("target", STREAMS)
@pytest.mark.parametrize("policy", ["unsigned", "trailer"])
def test_streams_are_not_delayed(g, target, policy):
    """The application ends its response no sooner than in 20 s."""
    start = time.monotonic()
    with g.connect() as connection:
        connection.send(signed_head("GET", unique(target.format(policy) + "-open")))
        while connection.file.readline() != b"\r\n":
            pass
        assert connection.file.readline() and connection.file.readline()
    assert time.monotonic() - start < 15


@pytest.mark.parametrize("target", STREAMS)
def test_streams(g, target):
    response = check_unsigned(g.get(unique(target.format("unsigned"))), "streaming")
    assert len(check_trailer(g.get(unique(target.format("trailer")))).body) == len(response.body)
    start = time.monotonic()
    check_refused(g.get(unique(target.format("refuse") + "-open")), "streaming")
    assert time.monotonic() - start < 15


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
