"""A client that sends the bytes it is told to and shows the bytes that come back."""

import socket
import ssl


class Response:
    def __init__(self, status, reason, fields, body, trailers=(), truncated=False):
        self.status = status
        self.reason = reason
        self.fields = fields        # list of (name, value), as sent
        self.body = body
        self.trailers = list(trailers)
        self.truncated = truncated  # the connection ended before the message did

    def get_all(self, name):
        return [v for n, v in self.fields + self.trailers if n.lower() == name.lower()]

    def get(self, name, default=None):
        values = self.get_all(name)
        return values[0] if values else default

    def __repr__(self):
        return f"<{self.status} {self.fields} {self.body[:200]!r}>"


class Connection:
    """One connection; address is (host, port) or the path of a unix socket."""

    def __init__(self, address, tls=False, timeout=30):
        if isinstance(address, str):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(timeout)
            self.sock.connect(address)
        else:
            self.sock = socket.create_connection(address, timeout)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.sock = context.wrap_socket(self.sock)
        self.file = self.sock.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def at_end(self):
        """True once the peer has closed and nothing is left to read."""
        try:
            return self.file.read(1) == b""
        except ConnectionError:
            return True

    def receive(self, method="GET"):
        """The next final response, or None if the peer closed without one."""
        while True:
            line = self.file.readline()
            if not line:
                return None
            if not line.startswith(b"HTTP/"):  # HTTP/0.9: the body alone
                return Response(0, "", [], line + self.file.read())
            _, status, *reason = line.decode("latin-1").rstrip("\r\n").split(" ", 2)
            fields = self._fields()
            if int(status) >= 200 or int(status) == 101:
                break
        response = Response(int(status), reason[0] if reason else "", fields, b"")
        if method != "HEAD" and response.status not in (204, 304):
            self._body(response)
        return response

    def _fields(self):
        fields = []
        while True:
            line = self.file.readline()
            if line in (b"\r\n", b"\n", b""):
                return fields
            name, _, value = line.decode("latin-1").rstrip("\r\n").partition(":")
            fields.append((name, value.strip()))

    def _body(self, response):
        coding = response.get("Transfer-Encoding")
        length = response.get("Content-Length")
        if coding == "chunked":
            self._chunks(response)
        elif length is not None:
            response.body = self._read(int(length))
            response.truncated = len(response.body) < int(length)
        else:
            response.body = self._read(None)

    def _read(self, length):
        parts, got = [], 0
        try:
            while length is None or got < length:
                part = self.file.read1(65536 if length is None else min(65536, length - got))
                if not part:
                    break
                parts.append(part)
                got += len(part)
        except ConnectionError:
            pass
        return b"".join(parts)

    def _chunks(self, response):
        parts = []
        while True:
            try:
                size = int(self.file.readline().split(b";")[0] or b"-1", 16)
            except (ConnectionError, ValueError):
                size = -1
            if size < 0:
                response.truncated = True
                break
            if size == 0:
                response.trailers = self._fields()
                break
            part = self._read(size)
            parts.append(part)
            if len(part) < size:
                response.truncated = True
                break
            self.file.readline()
        response.body = b"".join(parts)


def head(method, target, fields=None, version="HTTP/1.1", host="gateway.test"):
    """The head of a request; fields is a dict or a list of pairs. host None: no Host."""
    pairs = list(fields.items()) if isinstance(fields, dict) else list(fields or [])
    lines = [f"{method} {target} {version}"]
    if host is not None and not any(n.lower() == "host" for n, _ in pairs):
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in pairs]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def exchange(address, data, method="GET", timeout=30, tls=False):
    """Send bytes on a new connection, read one response."""
    with Connection(address, tls=tls, timeout=timeout) as connection:
        connection.send(data)
        return connection.receive(method)
