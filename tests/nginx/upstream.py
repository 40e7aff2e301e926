"""An upstream that sends exactly the bytes it is told to, also wrong ones."""

import socket
import threading
import time


class Upstream:
    """
    routes: path -> steps, or a function of the path that makes them. A step is
    bytes to send, a number of seconds to wait, or "wait": until the peer closes.
    The connection closes after the last step.
    """

    def __init__(self, routes):
        self.steps = routes if callable(routes) else routes.__getitem__
        self.left = threading.Event()  # a peer closed while a route waited
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with peer:
            request = b""
            while b"\r\n\r\n" not in request:
                part = peer.recv(65536)
                if not part:
                    return
                request += part
            path = request.split()[1].decode().partition("?")[0]
            try:
                for step in self.steps(path):
                    self._do(peer, step)
            except OSError:
                self.left.set()

    def _do(self, peer, step):
        if isinstance(step, bytes):
            peer.sendall(step)
        elif step == "wait":
            peer.settimeout(20)
            if peer.recv(1) == b"":
                self.left.set()
        else:
            time.sleep(step)


def answer(body, *fields, status="200 OK", length=None):
    """A response with a length; another one than the body's if told so."""
    lines = [f"HTTP/1.1 {status}", *fields,
             f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked_head(*fields):
    return "\r\n".join(["HTTP/1.1 200 OK", *fields,
                        "Transfer-Encoding: chunked"]).encode() + b"\r\n\r\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


END = b"0\r\n\r\n"
