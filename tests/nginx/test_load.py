"""100,000 signed requests at full load: none lost, none wrongly refused, no replay accepted."""

import multiprocessing
import re
import socket
import time

import rawhttp
from gateway import PRELOAD
from signer import now, sign

REQUESTS = 20_000 if PRELOAD else 100_000
CLIENTS = 2       # processes
CONNECTIONS = 16  # of each
DEPTH = 32        # requests under way on a connection

STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


def client(address, number, requests, results):
    """Send all requests, DEPTH at a time on each connection; report the statuses in order."""
    requests = requests[number::CLIENTS]
    sockets = [socket.create_connection(address, 30) for _ in range(CONNECTIONS)]
    statuses = []
    position = 0
    while position < len(requests):
        waiting = []
        for sock in sockets:
            batch = requests[position:position + DEPTH]
            position += len(batch)
            if batch:
                sock.sendall(b"".join(batch))
                waiting.append((sock, len(batch)))
        for sock, count in waiting:
            statuses += receive(sock, count)
    results.put((number, statuses))


def receive(sock, count):
    """count statuses; "Server:" follows each status line, so none is cut in two."""
    data = b""
    while data.count(b"\r\nServer:") < count or not data.endswith(END):
        part = sock.recv(262144)
        if not part:
            break
        data += part
    return [int(status) for status in STATUS.findall(data)]


# Both the gif and a refusal end in bytes of their own.
END = (b"\x3b", b"}\n", b"}")


def storm(server, requests):
    results = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=client,
                                         args=(server.address, i, requests, results))
                 for i in range(CLIENTS)]
    start = time.monotonic()
    for process in processes:
        process.start()
    by_client = dict(results.get(timeout=600) for _ in processes)
    for process in processes:
        process.join(60)
    seconds = time.monotonic() - start
    statuses = [status for i in range(CLIENTS) for status in by_client[i]]
    return statuses, seconds


def test_none_lost_none_refused_no_replay_accepted(gateway):
    server = gateway("location / { empty_gif; }", workers=2, size="16m",
                     server="keepalive_requests 1000000;", access="off", connections=1024)
    start = now()
    requests = []
    for i in range(REQUESTS):
        target = f"/load/{i}"
        requests.append(rawhttp.head("GET", target, sign(target, ts=start + i % 60)))
    statuses, seconds = storm(server, requests)
    print(f"\n{REQUESTS / seconds:.0f} fresh requests a second", end="")
    assert len(statuses) == REQUESTS
    assert set(statuses) == {200}
    statuses, seconds = storm(server, requests)
    print(f", {REQUESTS / seconds:.0f} replays a second")
    assert len(statuses) == REQUESTS
    assert set(statuses) == {401}
