"""A server that answers with prepared bytes, right or wrong."""

import base64
import hmac
import json
import socketserver
import threading
import time
from contextlib import contextmanager


def secret(ring_text, kid):
    keys = {key["kid"]: key["k"] for key in json.loads(ring_text)["keys"]}
    return base64.urlsafe_b64decode(keys[kid] + "==")


def response_mac(key, content, timestamp, digest="sha256"):
    return hmac.new(key, f"{timestamp}|".encode() + content, digest).hexdigest()


def answer(status=200, headers=(), content=b"", length=True):
    """An HTTP/1.1 answer; headers are lines."""
    lines = [f"HTTP/1.1 {status} X", *headers, "Connection: close"]
    if length:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def signed_headers(key, content, timestamp=None, **more):
    timestamp = int(time.time()) if timestamp is None else timestamp
    return [f"X-Response-Content-HMAC: {response_mac(key, content, timestamp, **more)}",
            f"X-Response-Content-TimeStamp: {timestamp}"]


def chunked(headers, content, trailers):
    """An answer whose MAC comes behind the content."""
    head = "\r\n".join(["HTTP/1.1 200 X", *headers, "Transfer-Encoding: chunked", "Connection: close"])
    parts = [content[i:i + 1000] for i in range(0, len(content), 1000)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return head.encode() + b"\r\n\r\n" + body + b"0\r\n" + "\r\n".join(trailers).encode() + b"\r\n\r\n"


class Server(socketserver.ThreadingTCPServer):
    """Gives answers in turn, the last one for ever, and keeps the requests."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answers):
        self.answers = list(answers)
        self.requests = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
        content = self.rfile.read(int(fields.get(b"Content-Length", 0)))
        self.server.requests.append((head, content))
        answers = self.server.answers
        made = answers.pop(0) if len(answers) > 1 else answers[0]
        self.wfile.write(made() if callable(made) else made)


@contextmanager
def serving(*answers):
    with Server(answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(timeout=30)
