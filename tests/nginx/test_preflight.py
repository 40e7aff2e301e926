"""A browser's preflight carries no credentials: exactly its form may pass."""

import pytest

import rawhttp
from signer import sign, unique

FORM = {"Origin": "https://app.test", "Access-Control-Request-Method": "POST"}
TELL = """
    add_header X-Test-Reason $macaw_reason always;
    add_header X-Test-Result $macaw_result always;
"""


@pytest.fixture(scope="module")
def server(module_gateway):
    return module_gateway("""
        location / { proxy_pass {app}; }
        location /cors { macaw_preflight on; proxy_pass {app}; }
    """, server=TELL)


def test_the_exact_form_passes_unsigned_where_it_is_switched_on(server):
    answer = server.send(unique("/cors"), FORM, "OPTIONS")
    assert (answer.status, answer.get("X-Test-Result")) == (200, "preflight")
    wanted = {**FORM, "Access-Control-Request-Headers": "x-authorization-timestamp"}
    assert server.send(unique("/cors"), wanted, "OPTIONS").status == 200


def test_it_is_off_by_default(server):
    answer = server.send(unique("/"), FORM, "OPTIONS")
    assert (answer.status, answer.get("X-Test-Reason")) == (401, "missing")


def test_a_preflight_needs_both_headers(server):
    for name in FORM:
        rest = {n: v for n, v in FORM.items() if n != name}
        assert server.send(unique("/cors"), rest, "OPTIONS").status == 401
    assert server.send(unique("/cors"), {}, "OPTIONS").status == 401


def test_an_empty_header_is_none(server):
    for name in FORM:
        assert server.send(unique("/cors"), {**FORM, name: ""}, "OPTIONS").status == 401


@pytest.mark.parametrize("method", ("GET", "POST", "HEAD", "DELETE", "PUT", "OPTION"))
def test_another_method_is_no_preflight(server, method):
    assert server.send(unique("/cors"), FORM, method).status in (400, 401)


def test_a_preflight_has_no_body(server):
    assert server.send(unique("/cors"), FORM, "OPTIONS", b"x").status == 401
    data = rawhttp.head("OPTIONS", unique("/cors"), {**FORM, "Transfer-Encoding": "chunked"})
    assert server.raw(data + b"1\r\nx\r\n0\r\n\r\n").status == 401
    assert server.raw(data + b"0\r\n\r\n").status == 401
    assert server.send(unique("/cors"), FORM, "OPTIONS", b"").status == 200


def test_a_method_override_makes_no_preflight(server):
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert server.send(unique("/cors"), {**FORM, name: "OPTIONS"}, "GET").status == 401


def test_a_preflight_names_no_key(server):
    target = unique("/cors")
    server.send(target, FORM, "OPTIONS")
    record = server.access(target)
    assert (record["result"], record["kid"]) == ("preflight", "")


def test_preflights_are_no_replays(server):
    target = unique("/cors")
    for _ in range(3):
        assert server.send(target, FORM, "OPTIONS").status == 200


def test_a_signed_request_in_the_same_place_is_checked(server):
    target = unique("/cors")
    assert server.send(target).status == 401
    fields = sign(target)
    assert server.send(target, fields).status == 200
    assert server.send(target, fields).status == 401
