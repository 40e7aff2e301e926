"""Request framing: what is not covered must not slip in behind what is."""

import rawhttp
from signer import sign, unique


def seen(server, target):
    return server.get(unique(f"/seen?target={target}")).body != b'{"count":0}\n'


def test_a_signed_request_hidden_in_a_refused_body_is_not_run(protected):
    hidden = unique("/echo")
    inner = rawhttp.head("GET", hidden, sign(hidden))
    target = unique("/echo")
    outer = rawhttp.head("POST", target, {**sign(target), "Content-Length": str(len(inner))})
    with protected.connect() as connection:
        connection.send(outer + inner)
        assert connection.receive().status == 401
        after = unique("/echo")
        connection.send(rawhttp.head("GET", after, {**sign(after), "Connection": "close"}))
        answer = connection.receive()
        assert answer is None or answer.status == 200
        assert answer is None or connection.at_end()
    assert not seen(protected, hidden)


def test_a_chunked_body_of_a_refused_request_is_not_run(protected):
    hidden = unique("/echo")
    inner = rawhttp.head("GET", hidden, sign(hidden))
    target = unique("/echo")
    outer = rawhttp.head("GET", target, {**sign(target), "Transfer-Encoding": "chunked"})
    with protected.connect() as connection:
        connection.send(outer + b"%x\r\n" % len(inner) + inner + b"\r\n0\r\n\r\n")
        assert connection.receive().status == 401
    assert not seen(protected, hidden)


def test_length_and_chunked_together_never_pass(protected):
    for target in (unique("/echo"), unique("/both")):
        for pairs in ([("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
                      [("Transfer-Encoding", "chunked"), ("Content-Length", "5")],
                      [("Content-Length", "0"), ("Transfer-Encoding", "chunked")]):
            data = rawhttp.head("GET", target, [*sign(target).items(), *pairs])
            assert protected.raw(data + b"0\r\n\r\n").status in (400, 401)


def test_odd_codings_never_pass(protected):
    for coding in ("identity", "gzip", "gzip, chunked", "chunked, chunked", "xchunked", "chunked "
                   "x", "\x0bchunked"):
        target = unique("/both")
        data = rawhttp.head("GET", target, {**sign(target), "Transfer-Encoding": coding})
        answer = protected.raw(data + b"0\r\n\r\n")
        assert answer.status in (400, 401, 501), coding


def test_odd_lengths_never_pass(protected):
    for length in ("-1", "+5", "5, 5", "0x5", "5 5", "99999999999999999999", "five", "5;"):
        target = unique("/both")
        data = rawhttp.head("GET", target, {**sign(target), "Content-Length": length})
        answer = protected.raw(data + b"hello")
        assert answer.status in (400, 401, 413), length


def test_two_lengths_never_pass(protected):
    target = unique("/both")
    pairs = [*sign(target).items(), ("Content-Length", "0"), ("Content-Length", "5")]
    assert protected.raw(rawhttp.head("GET", target, pairs) + b"hello").status in (400, 401)


def test_pipelined_requests_are_judged_one_by_one(protected):
    targets = [unique("/gif") for _ in range(20)]
    requests = []
    for i, target in enumerate(targets):
        requests.append(rawhttp.head("GET", target, sign(target) if i % 2 else {}))
    statuses = [answer.status for answer in protected.pipeline(requests)]
    assert statuses == [401, 200] * 10


def test_credentials_do_not_outlive_their_request(protected):
    target = unique("/gif")
    with protected.connect() as connection:
        connection.send(rawhttp.head("GET", target, sign(target)))
        assert connection.receive().get("X-Test-Key-Id") == "alice"
        connection.send(rawhttp.head("GET", unique("/gif")))
        answer = connection.receive()
        assert (answer.status, answer.get("X-Test-Key-Id")) == (401, None)


def test_a_header_that_comes_byte_by_byte(protected):
    target = unique("/gif")
    data = rawhttp.head("GET", target, sign(target))
    with protected.connect() as connection:
        for i in range(len(data)):
            connection.send(data[i:i + 1])
        assert connection.receive().status == 200


def test_a_header_that_crosses_buffers(protected):
    """The credentials in front of and behind nginx's first buffer of 1 KiB."""
    for padding in range(700, 1100, 13):
        target = unique("/gif")
        pairs = [("X-Padding", "p" * padding), *sign(target, kid=True).items()]
        assert protected.send(target, pairs).status == 200
    for padding in range(700, 1100, 13):
        target = unique("/gif?" + "p" * padding)
        assert protected.get(target, kid=True).status == 200


def test_an_unfinished_request_claims_nothing(protected):
    target = unique("/gif")
    data = rawhttp.head("GET", target, sign(target))
    with protected.connect() as connection:
        connection.send(data[:-2])
    assert protected.raw(data).status == 200
