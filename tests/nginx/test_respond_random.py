"""Many responses of random size, pieces and fate at once: each is signed, marked or cut off."""

import random
import threading

import pytest

import signer
from responses import BIG, LIMIT, MARK, POLICIES, signed_head
from signer import unique
from upstream import END, Upstream, chunk, chunked_head

CLIENTS = 8
REQUESTS = 150  # for each client
LENGTHS = [0, 1, 1000, 4096, 10000, LIMIT - 1, LIMIT, LIMIT + 1, 200000]

LOCATIONS = "".join("""
    location /POLICY/ { macaw_response_buffer 64k over=POLICY; proxy_pass http://127.0.0.1:{up}; }
    location /POLICY/direct/ { proxy_buffering off; macaw_response_buffer 64k over=POLICY;
                               proxy_pass http://127.0.0.1:{up}; }
    location /POLICY/packed/ { gzip on; gzip_min_length 1; gzip_types *;
                               macaw_response_buffer 64k over=POLICY;
                               proxy_pass http://127.0.0.1:{up}; }
""".replace("POLICY", policy) for policy in POLICIES)


def content(chance):
    return BIG[:chance.choice(LENGTHS)]


def steps(path):
    """A response that depends on its path only: framing, pieces, pauses, often cut short."""
    chance = random.Random(path)
    body = content(chance)
    pieces, at = [], 0
    while at < len(body):
        size = chance.choice([100, 1000, 5000, 40000]) if len(pieces) < 50 else len(body)
        pieces.append(body[at:at + size])
        at += size
    cut = pieces and chance.random() < 0.15
    sent = pieces[:len(pieces) // 2] if cut else pieces
    accel = ["X-Accel-Buffering: no"] if chance.random() < 0.3 else []
    if chance.random() < 0.5:
        yield chunked_head(*accel)
        yield from pauses(chance, [chunk(piece) for piece in sent] + ([] if cut else [END]))
    else:
        head = ["HTTP/1.1 200 OK", *accel, f"Content-Length: {len(body)}"]
        yield "\r\n".join(head).encode() + b"\r\n\r\n"
        yield from pauses(chance, sent)


def pauses(chance, pieces):
    for piece in pieces:
        yield piece
        if chance.random() < 0.1:
            yield chance.random() * 0.01


@pytest.fixture
def g(gateway):
    upstream = Upstream(steps)
    yield gateway(LOCATIONS, workers=2, names={"up": upstream.port},
                  zone="macaw_replay_zone main 4m;",
                  server="macaw_sign_response on; proxy_http_version 1.1; "
                         "keepalive_requests 100000;")
    upstream.close()


def fate(response):
    """What became of a response; anything else than these must not happen."""
    verdict = signer.check_response(response)
    if verdict == "ok" and not response.truncated and not response.get(MARK):
        return "trailer" if response.trailers else f"signed {response.status}"
    if verdict == "missing" and response.truncated:
        return "cut off"
    if verdict == "missing" and response.get(MARK) in ("too-large", "streaming"):
        return response.get(MARK)
    raise AssertionError(f"{verdict}: {response}")


def one_client(g, seed, fates, failures):
    chance = random.Random(seed)
    connection = g.connect()
    try:
        for _ in range(REQUESTS):
            folder = chance.choice(["", "direct/", "packed/"])
            path = unique(f"/{chance.choice(POLICIES)}/{folder}{chance.randrange(1000)}")
            method = chance.choice(["GET", "GET", "GET", "HEAD"])
            fields = chance.choice([{}, {"Accept-Encoding": "gzip"}, {"Range": "bytes=10-99,0-4"}])
            connection.send(signed_head(method, path, fields))
            leave = chance.random() < 0.02
            response = None if leave else connection.receive(method)
            if response is not None:
                fates.append(fate(response))
                if response.status == 200 and method == "GET" and not fields:
                    whole = content(random.Random(path.partition("?")[0]))
                    assert response.body == whole or response.truncated
            if response is None or response.truncated or response.get("Connection") == "close":
                connection.close()
                connection = g.connect()
            if response is None and not leave:
                fates.append("closed")
    except Exception as failure:
        failures.append(failure)
    finally:
        connection.close()


def test_random_responses(g):
    while g.get(unique("/unsigned/0")).status == 401:  # the zone's first second
        pass
    fates, failures = [], []
    clients = [threading.Thread(target=one_client, args=(g, seed, fates, failures))
               for seed in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failures:
        raise failures[0]
    for expected in ["signed 200", "signed 502", "trailer", "cut off", "too-large", "streaming"]:
        assert expected in fates
    assert fates.count("closed") == 0
