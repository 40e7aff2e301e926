"""Responses that end too early: never a MAC, never a client that hangs."""

import os
import time
from pathlib import Path

import pytest

from responses import BIG, check, check_refused, check_unsigned, g, signed_head, up
from signer import RESPONSE_MAC, unique


@pytest.mark.parametrize("target", [
    f"/{where}/{route}" for where in ["up", "unsigned-up", "refuse-up", "trailer-up"]
    for route in ["cut-length", "cut-chunked", "cut-late"]] + ["/up-nobuf/cut-length"])
def test_truncated_while_held(g, target):
    start = time.monotonic()
    with g.connect() as connection:
        target = unique(target)
        connection.send(signed_head("GET", target))
        check_refused(connection.receive(), "truncated")
        assert connection.at_end()
    assert time.monotonic() - start < 20, "no timeout of nginx ended it"


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
    assert time.monotonic() - start < 20, "its own timeout did not end it"


def test_truncated_without_a_mac_is_as_ever(g):
    response = check_unsigned(g.send(unique("/observe-up/cut-length")))
    assert response.status == 200 and response.truncated


def test_client_that_leaves_while_its_response_is_held(g, up):
    up.left.clear()
    target = unique("/up/slow")
    with g.connect() as connection:
        connection.send(signed_head("GET", target))
        time.sleep(0.2)
    assert up.left.wait(18), "the upstream connection stayed open"
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
    send_timeout 30s;
    location /good { content_by_lua_block {
        ngx.print("one ") ngx.flush(true) ngx.print("two") ngx.flush(true) } }
    location /short { content_by_lua_block { ngx.header.content_length = 100 ngx.print("half") } }
    location /long { content_by_lua_block { ngx.header.content_length = 4 ngx.print("too long") } }
"""


@pytest.fixture(scope="module")
def lua(module_gateway):
    """Producers in Lua, which send what they like."""
    modules = Path("/usr/lib/nginx/modules")
    if "MACAW_NGINX" in os.environ or not (modules / "ngx_http_lua_module.so").exists():
        pytest.skip("no Lua module for this nginx")
    return module_gateway(LUA, main=f"load_module {modules}/ndk_http_module.so;\n"
                                    f"load_module {modules}/ngx_http_lua_module.so;")


def test_a_producer_that_waits_for_its_flush(lua):
    start = time.monotonic()
    assert check(lua.get(unique("/good"))).body == b"one two"
    assert time.monotonic() - start < 20, "it waited for send_timeout"


@pytest.mark.parametrize("target", ["/short", "/long"])
def test_a_producer_that_breaks_its_own_length(lua, target):
    check_refused(lua.get(unique(target)), "truncated")
