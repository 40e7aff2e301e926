"""Tickets of mod_auth_tkt: made by its own Apache::AuthTkt, also shown to Apache itself."""

import base64
import hashlib
import json
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest
from apache import Apache
from session_cli import Refused, Session, accepted, key

PERL = Path("/usr/share/doc/libapache2-mod-auth-tkt/examples/cgi")
NOW = 1700000000
SECRET = "bcc2f6f5-6be1-4c5c-9c0e-c1b8a5a9a2f3"
HASHES = {"MD5": ("hmac-md5", hashlib.md5), "SHA256": ("hmac-sha256", hashlib.sha256),
          "SHA512": ("hmac-sha512", hashlib.sha512)}


def ticket(uid, tokens=b"", data=b"", ts=NOW, ip="0.0.0.0", digest="MD5", secret=SECRET.encode()):
    """Written from the module's description."""
    h = HASHES[digest][1]
    first = h(socket.inet_aton(ip) + struct.pack(">I", ts) + secret + uid + b"\0" + tokens + b"\0" + data)
    second = h(first.hexdigest().encode() + secret).hexdigest()
    return second.encode() + b"%08x" % ts + uid + b"!" + (tokens + b"!" if tokens else b"") + data


def by_perl(digest, **fields):
    """What the module's own Perl class makes."""
    if not PERL.exists():
        pytest.skip("libapache2-mod-auth-tkt is not installed, or without its examples")
    words = ", ".join(f"{name} => {json.dumps(str(value)).replace('@', chr(92) + '@')}"
                      for name, value in fields.items())
    script = (f"use Apache::AuthTkt; print Apache::AuthTkt->new(secret => '{SECRET}', "
              f"digest_type => '{digest}')->ticket({words});")
    done = subprocess.run(["perl", f"-I{PERL}", "-e", script], capture_output=True, check=True)
    return done.stdout


def open_session(digest="MD5", now=NOW, secret=SECRET, **settings):
    return Session("auth-tkt", key(secret, alg=HASHES[digest][0]), now=now, **settings)


@pytest.fixture(name="session")
def a_session():
    with open_session() as session:
        yield session


@pytest.mark.parametrize("digest", HASHES)
@pytest.mark.parametrize("fields", [
    {"uid": "alice"}, {"uid": "al ice", "tokens": "a,b", "data": "x=1!y"}, {"uid": "a@b.example", "data": "d"},
    {"uid": "0123abcd", "ip_addr": "203.0.113.7"}], ids=str)
def test_tickets_of_the_perl_class(digest, fields):
    bind = fields.get("ip_addr", "")
    for base in (0, 1):
        token = by_perl(digest, ts=NOW, base64=base, **{"ip_addr": "0.0.0.0", **fields})
        with open_session(digest) as session:
            answer = session.verify(token, bind=bind)
            assert answer["valid"], answer
            assert answer["subject"] == fields["uid"].encode()
            assert answer["data"] == fields.get("tokens", "").encode()
            assert answer["payload"] == fields.get("data", "").encode()
            assert (answer["issued"], answer["expires"]) == (NOW, NOW + 7200)
            assert session.looks_like(token)
            assert session.reason(token, bind="203.0.113.8") == "mismatch"
            assert not bind or session.reason(token) == "mismatch"


def test_it_makes_what_the_description_says():
    assert by_perl("SHA256", ts=NOW, uid="u", tokens="t", data="d", base64=0, ip_addr="1.2.3.4") == \
        ticket(b"u", b"t", b"d", ip="1.2.3.4", digest="SHA256")


@pytest.mark.parametrize("digest", HASHES)
def test_every_mutation_is_refused(digest):
    plain = ticket(b"alice", b"a,b", b"data", digest=digest)
    with open_session(digest) as session:
        assert accepted(session, plain) == []
        assert accepted(session, base64.b64encode(plain)) == []


def test_other_hashes_do_not_verify():
    for digest in HASHES:
        for other in HASHES:
            with open_session(other) as session:
                token = ticket(b"alice", digest=digest)
                assert session.reason(token) == ("ok" if digest == other else "mismatch")


def test_fields_cannot_be_shifted(session):
    """The digest separates its fields; splitting the text at another place is another ticket."""
    good = ticket(b"alice", b"admin", b"x")
    assert session.verify(good)["valid"]
    for wrong in (good.replace(b"alice!", b"ali!ce"), good.replace(b"alice!admin!", b"aliceadmin!"),
                  good.replace(b"admin!x", b"adminx"), good.replace(b"admin!x", b"!adminx")):
        assert session.reason(wrong) == "mismatch"
    assert session.verify(ticket(b"alice", b"", b"x"))["data"] == b""


def test_times(session):
    token = ticket(b"alice")
    for at, reason in ((NOW - 1, "early"), (NOW, "ok"), (NOW + 7199, "ok"), (NOW + 7200, "expired")):
        assert session.reason(token, now=at) == reason
    with open_session(max_age=60) as short:
        assert short.reason(token, now=NOW + 59) == "ok" and short.reason(token, now=NOW + 60) == "expired"
    with open_session(max_age=-1) as endless:
        assert endless.verify(token, now=NOW + 10**8)["valid"]
    assert session.reason(ticket(b"alice", ts=0xffffffff)) == "early"


@pytest.mark.parametrize("token", [
    b"", b"!", b"a!", b"x" * 41, b"0" * 40 + b"!", b"0" * 40 + b"a", b"0" * 39 + b"!", b"!" * 200,
    ticket(b"alice").upper(), ticket(b"alice").replace(b"!", b"%21"), b'"' + ticket(b"alice") + b'"',
    base64.b64encode(ticket(b"alice")).rstrip(b"="), base64.urlsafe_b64encode(ticket(b"al\xff\xfe\xfd")),
    base64.b64encode(base64.b64encode(ticket(b"alice"))), ticket(b""), ticket(b"a\0b")])
def test_other_shapes(session, token):
    answer = session.verify(token)
    assert answer["reason"] in ("missing", "malformed", "mismatch") and not answer["authentic"]


def test_users_that_are_none(session):
    for uid in (b"a\nb", b"\xff", b"a" * 256):
        assert session.reason(ticket(uid)) == "content"


@pytest.mark.parametrize("bind", ["::1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", " 1.2.3.4", "1.2.3.4 ",
                                  "1.2.3.-4", "0x1.2.3.4", "1.2.3."])
def test_addresses_have_one_spelling(session, bind):
    assert session.reason(ticket(b"alice", ip="1.2.3.4"), bind=bind) == "mismatch"
    assert session.verify(ticket(b"alice", ip="1.2.3.4"), bind="1.2.3.4")["valid"]


def test_what_it_takes():
    for bad in (key(SECRET, alg="hmac-sha1"), key(SECRET, form="public"), key(b"x" * 129)):
        with pytest.raises(Refused):
            Session("auth-tkt", bad)
    with pytest.raises(Refused, match="JSON"):
        open_session(subject="/user")
    with Session("auth-tkt", key(b"x" * 128), now=NOW) as session:
        assert session.verify(ticket(b"a", secret=b"x" * 128))["valid"]


def test_apache_reads_them_alike():
    """What macaw accepts Apache accepts as the same user; what Apache refuses macaw refuses."""
    now = int(time.time())
    server = f'TKTAuthSecret "{SECRET}"\nTKTAuthDigestType SHA256'
    with Apache("auth_tkt", server, "AuthType None\nTKTAuthIgnoreIP on\nTKTAuthCookieName t") as apache, \
            open_session("SHA256", now=now) as session:
        good = ticket(b"alice", b"a,b", b"d", ts=now - 5, digest="SHA256")
        for token in (good, base64.b64encode(good), ticket(b"bob!x"[:3], data=b"y", ts=now - 9, digest="SHA256")):
            assert apache.user(b"t=" + token).encode() == session.verify(token)["subject"] != b""
        old = ticket(b"alice", ts=now - 7300, digest="SHA256")
        for token in (old, good[:-1], good[:10] + b"0" + good[11:], ticket(b"alice", ts=now, digest="MD5"),
                      ticket(b"alice", ts=now, secret=b"other", digest="SHA256"), base64.b64encode(good)[4:]):
            if token != good:
                assert apache.user(b"t=" + token) is None and not session.verify(token)["valid"], token
