"""Every change of a signed request is refused, and spends nothing (B1, C7, C14)."""

import pytest

import gateway as gw
import rawhttp
import signer
from signer import REQUEST_MAC, REQUEST_TIME, sign, unique

FLIPS = (0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80)
TARGET = "/echo/path%20x?user=test&id=999"


class Client:
    """One keep-alive connection, opened anew where the server closed it."""

    def __init__(self, server):
        self.server = server
        self.connection = None

    def status(self, data):
        for fresh in (False, True):
            if self.connection is None or fresh:
                self.connection = self.server.connect()
            try:
                self.connection.send(data)
                answer = self.connection.receive()
            except ConnectionError:
                answer = None
            if answer is None:
                self.connection = None
                if fresh:
                    return None
                continue
            if answer.get("Connection") == "close":
                self.connection = None
            return answer.status
        return None


def request(target, mac, ts):
    """A request of bytes, so that no byte is out of reach."""
    return (b"GET " + target + b" HTTP/1.1\r\nHost: gateway.test\r\n"
            + REQUEST_MAC.encode() + b": " + mac + b"\r\n"
            + REQUEST_TIME.encode() + b": " + ts + b"\r\n\r\n")


def flips(value):
    for i in range(len(value)):
        for flip in FLIPS:
            yield value[:i] + bytes([value[i] ^ flip]) + value[i + 1:]


def edits(value):
    """Deletions, doublings and swaps."""
    for i in range(len(value)):
        yield value[:i] + value[i + 1:]
        yield value[:i + 1] + value[i:]
        if value[i:i + 1] != value[i + 1:i + 2]:
            yield value[:i] + value[i + 1:i + 2] + value[i:i + 1] + value[i + 2:]


@pytest.fixture
def signed():
    """Target, MAC and timestamp of a correct request."""
    target = unique(TARGET)
    fields = sign(target)
    return target.encode(), fields[REQUEST_MAC].encode(), fields[REQUEST_TIME].encode()


def refuse_all(server, requests):
    client = Client(server)
    refused = 0
    for data in requests:
        status = client.status(data)
        assert status is not None and 400 <= status < 500, (status, data)
        refused += 1
    return refused


def unspent(server, signed):
    """The genuine request still passes: no forgery has burned it."""
    return server.raw(request(*signed)).status == 200


def test_every_changed_byte_of_the_target_is_refused(protected, signed):
    target, mac, ts = signed
    changed = [t for t in [*flips(target), *edits(target)] if t != target]
    assert refuse_all(protected, (request(t, mac, ts) for t in changed)) > 400
    assert unspent(protected, signed)


def test_every_changed_byte_of_the_mac_is_refused(protected, signed):
    target, mac, ts = signed
    changed = [m for m in [*flips(mac), *edits(mac)] if m != mac]
    assert refuse_all(protected, (request(target, m, ts) for m in changed)) > 600
    assert unspent(protected, signed)


def test_every_changed_byte_of_the_timestamp_is_refused(protected, signed):
    target, mac, ts = signed
    changed = [t for t in [*flips(ts), *edits(ts)] if t != ts]
    assert refuse_all(protected, (request(target, mac, t) for t in changed)) > 90
    assert unspent(protected, signed)


def test_a_printable_change_of_the_target_is_a_mismatch(protected):
    target = unique("/echo?user=test")
    fields = sign(target)
    for other in (target.replace("test", "tesT"), target + "&admin=1", target.replace("/e", "/E"),
                  target.replace("=test", "=%74est"), target.replace("?", "?&"), target + "&"):
        answer = protected.send(other, fields)
        assert (answer.status, answer.get("X-Test-Reason")) == (401, "mismatch"), other


def test_another_timestamp_of_the_window_is_a_mismatch(protected):
    target = unique()
    fields = sign(target)
    for skew in (-1, 1, 60, -299, 299):
        fields[REQUEST_TIME] = str(signer.now() + skew + 5)
        answer = protected.send(target, fields)
        assert (answer.status, answer.get("X-Test-Reason")) == (401, "mismatch")


def test_digits_cannot_move_between_target_and_timestamp(protected):
    """The MAC covers target ‖ timestamp without a separator; ten digits exactly."""
    target = unique("/echo?a=1")
    ts = str(signer.now())
    mac = signer.request_mac(target, ts)
    joined = target + ts
    for digits in list(range(1, 10)) + list(range(11, 15)):
        fields = {REQUEST_MAC: mac, REQUEST_TIME: joined[-digits:]}
        answer = protected.send(joined[:-digits], fields)
        assert (answer.status, answer.get("X-Test-Reason")) == (400, "malformed"), digits


def test_a_leading_zero_in_the_timestamp_is_malformed(protected):
    target = unique()
    for ts in ("0" + str(signer.now())[1:], "0" + str(signer.now())):
        answer = protected.send(target, sign(target, ts=ts))
        assert (answer.status, answer.get("X-Test-Reason")) == (400, "malformed")


def test_the_mac_of_a_response_signs_no_request(protected):
    """Timestamp ‖ "|" ‖ content can never begin with a slash."""
    signed = protected.get()
    if signed.get(signer.RESPONSE_MAC) is None:
        signed = None
    target = unique()
    ts = str(signer.now())
    mac = signer.mac_hex(signer.ALICE, f"{ts}|{target}".encode())
    assert protected.send(target, {REQUEST_MAC: mac, REQUEST_TIME: ts}).status == 401


def test_refusals_never_reach_the_application(protected):
    target = unique("/echo")
    fields = sign(target)
    changed = target + "0"
    assert protected.send(changed, fields).status == 401
    assert protected.send(changed).status == 401
    assert protected.send(changed, {**fields, REQUEST_MAC: "0"}).status == 400
    assert protected.get(unique(f"/seen?target={changed}")).body == b'{"count":0}\n'


def test_the_refusal_is_a_problem_document_that_tells_strangers_nothing(protected):
    bodies = set()
    target = unique()
    fields = sign(target)
    wrong = {**fields, REQUEST_MAC: "0" * 64}
    unknown = {**fields, signer.REQUEST_KID: "nobody"}
    for refused in ({}, wrong, unknown):
        answer = protected.send(target, refused)
        assert answer.status == 401
        assert answer.get("Content-Type").startswith("application/problem+json")
        assert answer.get("WWW-Authenticate")
        assert fields[REQUEST_MAC].encode() not in answer.body
        bodies.add(answer.body)
    assert len(bodies) <= 2  # wrong MAC and unknown key look alike


def test_the_check_costs_no_connection(protected):
    """A refusal keeps the connection, so that a client may sign again."""
    with protected.connect() as connection:
        for _ in range(3):
            connection.send(rawhttp.head("GET", unique("/gif")))
            assert connection.receive().status == 401
        target = unique("/gif")
        connection.send(rawhttp.head("GET", target, sign(target)))
        assert connection.receive().status == 200
    assert gw.secrets_in(signer.ALICE.secret.hex())
