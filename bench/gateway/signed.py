"""Files of signed requests: records of one length, each request different."""

import base64
import hmac
import time
from email.utils import formatdate


def x_authorization(path, key, count):
    """Requests of the scheme x-authorization; the length of a record."""
    timestamp = b"%d" % time.time()
    head = b" HTTP/1.1\r\nHost: bench\r\nX-Authorization-Content-HMAC: "
    tail = b"\r\nX-Authorization-Timestamp: " + timestamp + b"\r\n\r\n"
    with open(path, "wb", buffering=1 << 20) as out:
        for i in range(count):
            target = b"/bench?n=%09d" % i
            mac = hmac.digest(key, target + timestamp, "sha256").hex().encode()
            out.write(b"GET " + target + head + mac + tail)
    return path.stat().st_size // count


def kong(path, key, user, count):
    """Requests as Kong's hmac-auth wants them: date and @request-target signed."""
    date = formatdate(usegmt=True).encode()
    head = (b" HTTP/1.1\r\nHost: bench\r\nDate: " + date + b"\r\nAuthorization: hmac username=\""
            + user.encode() + b"\", algorithm=\"hmac-sha256\", headers=\"date @request-target\", "
            b"signature=\"")
    with open(path, "wb", buffering=1 << 20) as out:
        for i in range(count):
            target = b"/bench?n=%09d" % i
            message = b"date: " + date + b"\n@request-target: get " + target
            mac = base64.b64encode(hmac.digest(key, message, "sha256"))
            out.write(b"GET " + target + head + mac + b"\"\r\n\r\n")
    return path.stat().st_size // count


def session(path, cookie, count):
    """Requests of somebody who is logged in."""
    tail = b" HTTP/1.1\r\nHost: bench\r\nCookie: " + cookie + b"\r\n\r\n"
    with open(path, "wb", buffering=1 << 20) as out:
        for i in range(count):
            out.write(b"GET /bench?n=%09d" % i + tail)
    return path.stat().st_size // count
