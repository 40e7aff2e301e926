"""Gateways that wrap an application's cookies, and what they make of them."""

import struct
import time
from urllib.parse import quote

import revocations
import sessions
from sessions import upstream_saw

LISTED = "sid prefs"


def gateway_of(make, more="", *, listed=LISTED, options="secure off; cookie macaw-session;",
               zone="save={dir}/revoked", **how):
    """Wraps, and knows sessions, in the whole server."""
    locations = """
        location / { proxy_pass {app}; }
        location = /counters { macaw_status; }
        """ + more
    made = revocations.gateway_of(make, zone, locations=locations, options=options,
                                  server=f"macaw_session_wrap main {listed};", **how)
    return made


def token(value, *, name="sid", path="/", same_site=0, persistent=False, end=0, **how):
    """An envelope as the module makes it, by an implementation of its own."""
    data = (bytes([same_site | (4 if persistent else 0)]) + struct.pack(">Q", end)[3:]
            + bytes([len(path)]) + path.encode() + value.encode("latin-1"))
    return sessions.token(how.pop("subject", b""), name=name,
                          purpose=how.pop("purpose", "envelope"), data=data, **how)


def content(text, *, name="sid", **how):
    """(claims, value, path, same_site, persistent, end) of an envelope."""
    claims = sessions.read(text, name=name, purpose="envelope", **how)
    data = claims.fields[sessions.sc1.DATA]
    end = int.from_bytes(data[1:6], "big")
    path = data[7:7 + data[6]].decode()
    return claims, data[7 + data[6]:].decode("latin-1"), path, data[0] & 3, bool(data[0] & 4), end


def sets(server, *lines, cookie=None, fields=(), more=""):
    """A response in which the application sends these Set-Cookie lines."""
    query = "&".join("Set-Cookie=" + quote(line) for line in lines)
    sent = list(fields) + ([("Cookie", cookie)] if cookie is not None else [])
    return server.send(f"/set?{query}{more}", sent)


def lines(response):
    return response.get_all("Set-Cookie")


def first(response, name="sid"):
    """(value, attributes) of the first Set-Cookie of that name."""
    return sessions.set_cookies(response, name)[0]


def seen(server, *cookies, target="/echo", fields=()):
    """The cookies that the application got, in the order of its own parser's pairs."""
    answer = server.send(target, list(fields) + [("Cookie", c) for c in cookies])
    assert answer.status == 200, answer
    got = "; ".join(upstream_saw(answer, "Cookie"))
    return got


def ago(seconds):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() - seconds))
