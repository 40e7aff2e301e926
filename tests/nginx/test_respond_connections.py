"""Responses on one connection after another, and the resources they take."""

import json
import time
from pathlib import Path

import rawhttp
import signer
from responses import (BIG, check, check_refused, check_trailer, check_unsigned, g,
                       signed_head, up)
from signer import unique


MIXED = [("GET", "/files/1000", 200), ("HEAD", "/files/1000", 200), ("GET", "/status/204", 204),
         ("GET", "/big?size=30000&chunked=1", 200), ("GET", "/unsigned/big", 200),
         ("GET", "/trailer/big", 200), ("GET", "/files/0", 200), ("GET", "/files/none", 404),
         ("HEAD", "/trailer/big", 200), ("GET", "/up/two", 200), ("GET", "/ssi/page", 200),
         ("GET", "/status/304", 304), ("GET", "/slowly/65536", 200), ("GET", "/files/4097", 200)]


def check_mixed(response, target, status):
    assert response.status == status
    assert response.get("Connection") == "keep-alive"
    if target.startswith("/unsigned"):
        check_unsigned(response, "too-large")
    else:
        assert signer.check_response(response) == "ok", (target, response)
    assert not response.truncated


def test_keepalive(g):
    with g.connect() as connection:
        for method, path, status in MIXED * 2:
            target = unique(path)
            connection.send(signed_head(method, target))
            check_mixed(connection.receive(method), path, status)


def test_pipelining(g):
    with g.connect(timeout=20) as connection:
        connection.send(b"".join(signed_head(method, unique(path)) for method, path, _ in MIXED))
        for method, path, status in MIXED:
            check_mixed(connection.receive(method), path, status)


def test_slow_reader(g):
    for policy, verify in [("trailer", check_trailer), ("unsigned", None)]:
        with g.connect(timeout=20) as connection:
            connection.sock.setsockopt(rawhttp.socket.SOL_SOCKET, rawhttp.socket.SO_RCVBUF, 65536)
            connection.send(signed_head("GET", unique(f"/{policy}/big")))
            time.sleep(0.3)
            response = connection.receive()
            assert response.body == BIG
            if verify:
                verify(response)


def test_counters(gateway):
    g = gateway("""
        location /u { macaw_response_buffer 10 over=unsigned; return 200 "12345678901"; }
        location /r { macaw_response_buffer 10 over=refuse; return 200 "12345678901"; }
        location /t { macaw_response_buffer 10 over=trailer; return 200 "12345678901"; }
        location /s { return 200 "signed"; }
        location = /status { macaw_verify off; macaw_status; }
        """, server="macaw_sign_response on;")
    for path, times in [("/u", 1), ("/r", 2), ("/t", 3), ("/s", 4)]:
        for _ in range(times):
            g.get(unique(path))
    assert json.loads(g.send("/status").body)["responses"] == {
        "signed": 4 + 2, "unsigned": 1, "refused": 2, "trailer": 3}


def test_many_at_once(g):
    connections = [g.connect() for _ in range(50)]
    for connection in connections:
        connection.send(signed_head("GET", unique("/up/two")))
    for connection in connections:
        assert check(connection.receive()).body == b"abc"
        connection.close()


def memory(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def test_memory_stays_within_the_limit(gateway, up):
    g = gateway("""macaw_sign_response on; macaw_response_buffer 64k over=trailer;
                   proxy_http_version 1.1; proxy_max_temp_file_size 0;
                   location / { proxy_pass {app}; }""")
    check(g.get(unique("/big?size=10")))
    before = memory(g.workers()[0])
    for _ in range(3):
        response = check_trailer(g.get(unique("/big?size=50000000&chunked=1")))
        assert len(response.body) == 50_000_000
    assert memory(g.workers()[0]) - before < 8_000_000


def test_tls(g):
    with rawhttp.Connection(("127.0.0.1", g.names["tls"]), tls=True) as connection:
        for method, path, status in MIXED:
            connection.send(signed_head(method, unique(path)))
            check_mixed(connection.receive(method), path, status)
        connection.send(signed_head("GET", unique("/refuse/big")))
        check_refused(connection.receive(), "too-large")
