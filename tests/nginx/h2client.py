"""HTTP/2 over a plain connection, one request, for comparing with HTTP/1.1."""

import socket
import time

import h2.config
import h2.connection
import h2.events

import rawhttp


def exchange(address, target, fields=None, method="GET", timeout=30, body=None):
    """One request; a rawhttp.Response, truncated where the stream was reset."""
    connection = h2.connection.H2Connection(
        h2.config.H2Configuration(client_side=True, header_encoding="latin-1"))
    with socket.create_connection(address, timeout) as sock:
        connection.initiate_connection()
        connection.send_headers(1, [
            (":method", method), (":scheme", "http"), (":authority", "gateway.test"),
            (":path", target), *((n.lower(), v) for n, v in (fields or {}).items()),
        ], end_stream=body is None)
        if body is not None:
            connection.send_data(1, body, end_stream=True)
        sock.sendall(connection.data_to_send())
        response = rawhttp.Response(0, "", [], b"", truncated=True)
        while not _read(connection, sock, response):
            sock.sendall(connection.data_to_send())
        return response


def _read(connection, sock, response):
    data = sock.recv(65536)
    for event in connection.receive_data(data) if data else []:
        if isinstance(event, h2.events.ResponseReceived):
            pairs = list(event.headers)
            response.status = int(dict(pairs)[":status"])
            response.fields = [(n, v) for n, v in pairs if not n.startswith(":")]
        elif isinstance(event, h2.events.DataReceived):
            response.body += event.data
            connection.acknowledge_received_data(event.flow_controlled_length, 1)
        elif isinstance(event, h2.events.TrailersReceived):
            response.trailers = list(event.headers)
        elif isinstance(event, h2.events.StreamEnded):
            response.truncated = False
            return True
        elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
            return True
    return not data


def give_up(address, target, fields, method, body, after=0.05):
    """Send a request, and reset its stream a moment later."""
    connection = h2.connection.H2Connection(
        h2.config.H2Configuration(client_side=True, header_encoding="latin-1"))
    with socket.create_connection(address, 30) as sock:
        connection.initiate_connection()
        connection.send_headers(1, [
            (":method", method), (":scheme", "http"), (":authority", "gateway.test"),
            (":path", target), *((n.lower(), v) for n, v in fields.items())])
        connection.send_data(1, body, end_stream=True)
        sock.sendall(connection.data_to_send())
        time.sleep(after)
        connection.reset_stream(1)
        sock.sendall(connection.data_to_send())
        time.sleep(after)
