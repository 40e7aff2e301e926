"""Session cookies made by an implementation of their own, and gateways that take them."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import rawhttp
import signer

sys.path.append(str(Path(__file__).resolve().parents[1] / "reference"))
import sc1  # noqa: E402  (tests/reference/sc1.py)

COOKIE = "__Host-macaw-session"
KEY = signer.Key("1", use="session")
OLD = signer.Key("2", use="session", members={"state": "verify"})
GONE = signer.Key("3", use="session", members={"state": "retired"})
LATER = signer.Key("4", use="session", members={"state": "pending"})
OTHER_USE = signer.Key("5", use="http")
RING = [KEY, OLD, GONE, LATER, OTHER_USE]

TELL = "".join(f"add_header X-Test-{name.title()} $macaw_{variable} always;\n" for name, variable in [
    ("user", "user"), ("id", "session_id"), ("expires", "session_expires"),
    ("login", "session_login"), ("reason", "session_reason"), ("scheme", "session_scheme"),
    ("name", "session_name"), ("data", "session_data"), ("csrf", "csrf_token"),
    ("key", "session_cache_key")])

DEFINITION = "macaw_session main { scheme sc1-mac; keys {sessions}; OPTIONS }"


def define(options="", name="main", scheme="sc1-mac"):
    return (DEFINITION.replace("OPTIONS", options).replace("main", name)
            .replace("sc1-mac", scheme))


def token(subject=b"alice", key=KEY, scheme="sc1-mac", *, age=0, since=None, ttl=1800, cap=43200,
          name=COOKIE, purpose="session", audience="", bind=b"", sid=None, generation=0,
          data=None, kid=None):
    """A token issued age seconds ago, of a login since seconds ago."""
    issued = int(time.time()) - age
    login = issued if since is None else int(time.time()) - since
    context = sc1.Context(name.encode(), purpose.encode(), audience.encode(), bind)
    claims = sc1.Claims(login, issued, ttl, cap, int(key.kid) if kid is None else kid, generation,
                        os.urandom(12) if sid is None else sid, subject,
                        {} if data is None else {sc1.DATA: data})
    return sc1.issue(scheme, key.secret, context, claims, salt=os.urandom(16))


def read(text, key=KEY, scheme="sc1-mac", name=COOKIE, purpose="session", audience="", bind=b""):
    """The claims of a token that the gateway made."""
    context = sc1.Context(name.encode(), purpose.encode(), audience.encode(), bind)
    return sc1.verify(scheme, {int(key.kid): key.secret}, context, text, int(time.time()))


def gateway_of(make, locations, options="", *, scheme="sc1-mac", server="", http="", keys=RING,
               **how):
    """A gateway with one definition, used in the whole server; verify= as for Gateway."""
    ring = "ring-%s.json" % os.urandom(4).hex()
    names = how.pop("names", {})
    start = how.pop("start", True)
    made = make(locations, server="macaw_session_use main;\n" + TELL + server,
                http=define(options, scheme=scheme) + http, verify=False, start=False,
                names={"sessions": "{dir}/" + ring, **names}, **how)
    # {dir} is known only now.
    made.names["sessions"] = made.dir / ring
    signer.write_keyring(made.dir / ring, *keys)
    made.write()
    return made.start() if start else made


def send(server, target="/echo", cookie=None, fields=None, method="GET", body=None, name=COOKIE):
    """A request with a session cookie, or with the Cookie fields that fields has."""
    pairs = list(fields.items()) if isinstance(fields, dict) else list(fields or [])
    if cookie is not None:
        pairs.append(("Cookie", f"{name}={cookie}"))
    return server.send(target, pairs, method=method, body=body)


def upstream_saw(response, name):
    """The values of a header field that reached the application, which echoed it."""
    return [value for field, value in json.loads(response.body)["headers"]
            if field.lower() == name.lower()]


def reason(response):
    return response.get("X-Test-Reason")


def set_cookies(response, name=COOKIE):
    """[(value, attributes)] of Set-Cookie fields of that name."""
    found = []
    for line in response.get_all("Set-Cookie"):
        first, *attributes = line.split("; ")
        key, _, value = first.partition("=")
        if key == name:
            found.append((value, attributes))
    return found


def certificate(folder):
    """cert.pem and key.pem for gateway.test."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=gateway.test",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                   check=True, capture_output=True)
    return folder


def counters(server, path="/counters"):
    return json.loads(rawhttp.exchange(server.address, rawhttp.head("GET", path)).body)["sessions"]


def fresh(text):
    """Whether a text is what the module prints for a session id."""
    return bool(re.fullmatch(r"[0-9a-f]{24}", text or ""))
