"""The same over HTTP/2, in the clear and under TLS."""

import socket
import subprocess

import httpx
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, ResponseReceived, StreamReset

import gateway as gw
import signer
from clients import SAMPLE, USERS, curl, curl_fields
from signer import sign, unique

SERVERS = """
macaw_keys {keys};
server {
    listen 127.0.0.1:{port} http2;
    macaw_verify x-authorization; macaw_replay main;
    location / { proxy_pass {app}; }
    location /gif { empty_gif; }
}
server {
    listen 127.0.0.1:{tls} ssl http2;
    ssl_certificate {pem}/cert.pem;
    ssl_certificate_key {pem}/key.pem;
    macaw_verify x-authorization; macaw_replay main;
    location / { proxy_pass {app}; }
}
"""


@pytest.fixture(scope="module")
def h2(module_gateway, tmp_path_factory):
    """The same over HTTP/2: in the clear on one port, under TLS on another."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=gateway.test",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                   check=True, capture_output=True)
    tls = gw.free_port()
    server = module_gateway(workers=2, servers=SERVERS, names={"tls": tls, "pem": folder})
    server.tls = tls
    return server


def test_curl_over_cleartext_http2(h2):
    target = unique(USERS)
    out = curl("--http2-prior-knowledge", *curl_fields(target),
               f"http://127.0.0.1:{h2.port}{target}")
    assert out == SAMPLE.decode() + "\n200"


def test_curl_over_tls_http2(h2):
    target = unique(USERS)
    out = curl("-k", "--http2", *curl_fields(target), f"https://127.0.0.1:{h2.tls}{target}")
    assert out == SAMPLE.decode() + "\n200"


def test_httpx_over_tls_http2(h2):
    target = unique(USERS)
    with httpx.Client(http2=True, verify=False, timeout=30) as client:
        response = client.get(f"https://127.0.0.1:{h2.tls}{target}", headers=sign(target))
        assert (response.http_version, response.status_code) == ("HTTP/2", 200)
        assert response.content == SAMPLE


def test_a_replay_is_refused_across_http_versions(h2):
    target = unique(USERS)
    fields = curl_fields(target)
    url = f"{h2.port}{target}"
    assert curl("--http2-prior-knowledge", *fields, f"http://127.0.0.1:{url}").endswith("\n200")
    tls = f"https://127.0.0.1:{h2.tls}{target}"
    assert curl("-k", "--http1.1", *fields, tls).endswith("\n401")
    assert curl("-k", "--http2", *fields, tls).endswith("\n401")


def test_unsigned_http2_is_refused(h2):
    assert curl("--http2-prior-knowledge", f"http://127.0.0.1:{h2.port}/gif").endswith("\n401")


def test_http2_wrong_mac_is_refused(h2):
    target = unique(USERS)
    fields = curl_fields(target + "0")
    assert curl("--http2-prior-knowledge", *fields,
                f"http://127.0.0.1:{h2.port}{target}").endswith("\n401")


def frames(server, data, target, fields=None, extra=(), trailers=None):
    """The status of a GET in raw frames; data None ends the stream with the headers."""
    fields = sign(target) if fields is None else fields
    with socket.create_connection(server.address, 10) as sock:
        config = H2Configuration(client_side=True, validate_outbound_headers=False,
                                 normalize_outbound_headers=False)
        connection = H2Connection(config)
        connection.initiate_connection()
        headers = [(":method", "GET"), (":scheme", "http"), (":authority", "gateway.test"),
                   (":path", target)]
        headers += [(name.lower(), value) for name, value in fields.items()] + list(extra)
        connection.send_headers(1, headers, end_stream=data is None)
        sock.sendall(connection.data_to_send())
        for i, part in enumerate(data or []):
            last = i == len(data) - 1 and not trailers
            connection.send_data(1, part, end_stream=last)
        if trailers:
            connection.send_headers(1, list(trailers.items()), end_stream=True)
        sock.sendall(connection.data_to_send())
        while True:
            received = sock.recv(65536)
            if not received:
                return None
            for event in connection.receive_data(received):
                if isinstance(event, ResponseReceived):
                    return int(dict(event.headers)[b":status"])
                if isinstance(event, (StreamReset, ConnectionTerminated)):
                    return None
            sock.sendall(connection.data_to_send())


def test_body_without_a_content_length_is_uncovered(h2):
    target = unique("/gif")
    assert frames(h2, [b"payload"], target) == 401
    assert h2.access(target)["reason"] == "uncovered"


def test_end_of_stream_with_the_headers_is_no_body(h2):
    assert frames(h2, None, unique("/gif")) == 200


def test_content_length_0_with_data_never_passes(h2):
    answer = frames(h2, [b"payload"], unique("/gif"), extra=[("content-length", "0")])
    assert answer in (400, 401, None)


def test_trailers_carry_no_credentials(h2):
    target = unique("/gif")
    fields = {name.lower(): value for name, value in sign(target).items()}
    assert frames(h2, [b"x"], target, fields={}, trailers=fields) in (400, 401)


def test_doubled_fields_are_malformed(h2):
    target = unique("/gif")
    extra = [(signer.REQUEST_TIME.lower(), str(signer.now()))]
    assert frames(h2, None, target, extra=extra) == 400


def test_a_target_without_a_slash_never_passes(h2):
    for target in ("gif" + unique(""), "*", "", "http://gateway.test" + unique("/gif")):
        assert frames(h2, None, target) in (400, 401, 404, None), target


def test_a_fragment_is_part_of_what_was_sent(h2):
    target = unique("/gif")
    assert frames(h2, None, target + "#x", sign(target)) in (400, 401)
