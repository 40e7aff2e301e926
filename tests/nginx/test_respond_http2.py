"""Signed responses over HTTP/2."""

import pytest

import h2client
import signer
from responses import BIG, check, check_refused, check_trailer, check_unsigned, g, up
from signer import unique


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
