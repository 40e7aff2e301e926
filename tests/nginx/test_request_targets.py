"""The target is what was sent, byte for byte, whatever nginx makes of it (C4; pitfalls 4, 5)."""

import pytest

import rawhttp
from signer import sign, unique

AS_SENT = {
    "percent-encoded letter": "/example/%75sers?user=a",
    "percent-encoded slash": "/echo/a%2Fb",
    "lower-case percent": "/echo/a%2fb",
    "dot segments": "/open/../echo/./x",
    "encoded dot segments": "/echo/%2e%2e/echo",
    "double slashes": "/echo//x///y",
    "leading double slash": "//echo",
    "query mark alone": "/echo?",
    "two query marks": "/echo??a=1",
    "query of separators": "/echo?&&==&;",
    "plus and space": "/echo?a=1+1&b=%20",
    "utf-8": "/echo/é?ü=ß",
    "encoded utf-8": "/echo/%C3%A9",
    "reserved": "/echo/!$&'()*+,;=:@~",
    "quotes and braces": "/echo/\"<>[]{}|\\^`",
    "semicolon": "/echo;a=b/x;c",
    "invalid utf-8": "/echo/\xff\xfe",
    "url in query": "/echo?next=http://other.test/?a=b",
    "long": "/gif?" + "a" * 8000,
}


def wire(target):
    """How the target's bytes travel."""
    return target.encode("latin-1") if "\xff" in target else target.encode("utf-8")


def request_bytes(method, target, fields, host="gateway.test"):
    head = rawhttp.head(method, "@@", fields, host=host)
    return head.replace(b"@@", target, 1)


@pytest.mark.parametrize("case", AS_SENT)
def test_the_target_as_sent_is_what_is_signed(protected, case):
    target = AS_SENT[case]
    serial = unique("").lstrip("?")
    if target == "/echo?":  # unique by its path, the query stays empty
        target = f"/echo/{serial}?"
    else:
        target += ("&" if "?" in target else "?") + serial
    data = wire(target)
    assert protected.raw(request_bytes("GET", data, sign(data))).status == 200


def test_an_encoded_path_is_not_its_decoded_twin(protected):
    serial = unique("")
    sent, decoded = f"/example/%75sers{serial}", f"/example/users{serial}"
    assert protected.send(sent, sign(decoded)).status == 401
    assert protected.send(decoded, sign(sent)).status == 401
    assert protected.send(sent, sign(sent)).status == 200


def test_the_normal_form_of_a_path_is_not_what_was_sent(protected):
    serial = unique("")
    for sent in (f"/echo/../echo{serial}", f"//echo{serial}", f"/./echo{serial}"):
        assert protected.send(sent, sign(f"/echo{serial}")).status == 401


def test_a_query_mark_alone_counts(protected):
    path = f"/echo/{unique('').lstrip('?')}"
    assert protected.send(path, sign(path + "?")).status == 401
    assert protected.send(path + "?", sign(path)).status == 401
    assert protected.send(path + "?", sign(path + "?")).status == 200


def test_the_order_of_the_query_counts(protected):
    target = unique("/echo?b=2&a=1")
    assert protected.send(target.replace("b=2&a=1", "a=1&b=2"), sign(target)).status == 401


@pytest.mark.parametrize("authority", ("gateway.test", "evil.test", "user@gateway.test",
                                       "gateway.test:80", "127.0.0.1"))
def test_an_absolute_target_never_passes(protected, authority):
    """Pitfall 5: nginx routes by its authority, not by Host. Signed whole or as its path."""
    target = unique("/echo")
    absolute = f"http://{authority}{target}"
    for signed in (absolute, target, authority + target):
        answer = protected.send(absolute, sign(signed))
        assert answer.status == 400, answer
        assert answer.get("X-Test-Reason") in ("malformed", None)  # None: nginx's own refusal
    assert protected.send(target, sign(target)).status == 200


@pytest.mark.parametrize("line", (
    b"OPTIONS * HTTP/1.1", b"CONNECT gateway.test:443 HTTP/1.1", b"GET * HTTP/1.1",
    b"GET echo HTTP/1.1", b"GET ?a=1 HTTP/1.1", b"GET  HTTP/1.1", b"GET HTTP/1.1",
    b"TRACE /echo HTTP/1.1", b"GET /a b HTTP/1.1", b"GET /echo%00 HTTP/1.1",
    b"GET /%2e%2e/%2e%2e/etc HTTP/1.1", b"GET /../echo HTTP/1.1", b"GET /%zz HTTP/1.1",
    b"GET /echo HTTP/2.0", b"GET /echo HTTP/9.9", b"get /echo HTTP/1.1",
    b"PRI * HTTP/2.0", b"\x16\x03\x01\x02\x00\x01", b"GET /echo HTTP/1.1 HTTP/1.1"))
def test_odd_request_lines_never_pass(protected, line):
    """Signed over the target, over nothing and over the whole line."""
    target = line.split(b" ")[1] if b" " in line else b""
    for signed in (target, b"", line):
        fields = "".join(f"{n}: {v}\r\n" for n, v in sign(signed).items()).encode()
        answer = protected.raw(line + b"\r\nHost: gateway.test\r\n" + fields + b"\r\n")
        assert answer is None or 400 <= answer.status < 500 or answer.status == 505, answer


def test_http_0_9_has_no_credentials(protected):
    answer = protected.raw(b"GET /gif\r\n")
    assert b"GIF" not in answer.body


def test_a_doubled_host_never_fails_the_server(protected):
    target = unique("/gif")
    pairs = [("Host", "gateway.test"), ("Host", "evil.test"), *sign(target).items()]
    assert protected.send(target, pairs).status in (200, 400)


def test_a_target_longer_than_the_buffers_is_a_client_error(protected):
    target = unique("/gif?" + "a" * 70000)
    assert protected.send(target, sign(target)).status == 414


def test_a_fragment_is_not_lost(protected):
    """nginx cuts a fragment from the path; the MAC must not cover less than was sent."""
    target = unique("/echo")
    with_fragment = protected.send(target + "#admin", sign(target))
    whole = protected.send(target + "#admin", sign(target + "#admin"))
    assert with_fragment.status in (400, 401)
    assert whole.status in (200, 400)
