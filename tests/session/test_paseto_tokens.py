"""PASETO v4.public: the official vectors, the npm package, hand-made tokens."""

import json
import struct

import pytest
from session_cli import Refused, Session, accepted, key
from signing_keys import PAIRS, as_json, b64u, b64u_decode, pem_of, private_pem, raw_of
from web_peers import PEERS, npm, run

NOW = 1700000000
PAIR = PAIRS["EdDSA"]
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
CLAIMS = {"sub": "alice", "iat": "2023-11-14T22:00:00Z", "exp": "2023-11-14T23:00:00+00:00"}
EXPIRES = 1700002800


def pae(*pieces):
    return struct.pack("<Q", len(pieces)) + b"".join(struct.pack("<Q", len(p)) + p for p in pieces)


def paseto(claims, footer=b"", implicit=b"", head=b"v4.public."):
    message = as_json(claims)
    signature = PAIR.sign(pae(head, message, footer, implicit))
    return head.decode() + b64u(message + signature) + ("." + b64u(footer) if footer else "")


def open_session(*keys, now=NOW, **settings):
    return Session("paseto-v4-public", *(keys or (key(raw_of(PAIR), form="public"),)), now=now, **settings)


@pytest.fixture(name="session")
def a_session():
    with open_session() as session:
        yield session


# ---- the official vectors: paseto-standard/test-vectors, v4.json ----

PUBLIC = bytes.fromhex("1eb9dbbbbc047c03fd70604e0071f0987e16b28b757225c11f00415d0e20b1a2")
MESSAGE = "eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAyMi0wMS0wMVQwMDowMDowMCswMDowMCJ9"
FOOTER = ".eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9"
KID = "zVhMiPBP9fRf2snEcT7gFTioeA9COcNy9DfgL1W60haN"
VECTORS = [
    ("4-S-1", "bg_XBBzds8lTZShVlwwKSgeKpLT3yukTw6JUz3W4h_ExsQV-P0V54zemZDcAxFaSeef1QlXEFtkqxT1ciiQEDA", "", b""),
    ("4-S-2", "v3Jt8mx_TdM2ceTGoqwrh4yDFn0XsHvvV_D0DtwQxVrJEBMl0F2caAdgnpKlt4p7xBnx1HcO-SPo8FPp214HDw", FOOTER, b""),
    ("4-S-3", "NPWciuD3d0o5eXJXG5pJy-DiVEoyPYWs1YSTwWHNJq6DZD3je5gf-0M4JR9ipdUSJbIovzmBECeaWmaqcaP0DQ", FOOTER,
     b'{"test-vector":"4-S-3"}')]


@pytest.mark.parametrize("name, signature, footer, implicit", VECTORS, ids=[v[0] for v in VECTORS])
def test_official_vectors(name, signature, footer, implicit):
    token = "v4.public." + MESSAGE + signature + footer
    with open_session(key(PUBLIC, form="public", kid=KID), now=1640995199) as session:
        answer = session.verify(token, bind=implicit)
        assert answer["valid"], (name, answer)
        assert json.loads(answer["payload"])["data"] == "this is a signed message"
        assert answer["expires"] == 1640995200 and answer["kid"] == KID
        assert session.reason(token, bind=implicit, now=1640995200) == "expired"
        assert session.reason(token, bind=implicit + b"x") == "mismatch"
        if implicit:
            assert session.reason(token) == "mismatch"
        assert session.looks_like(token)
        assert accepted(session, token, bind=implicit) == []
    with open_session(key(PUBLIC, form="public", kid="other"), now=1640995199) as session:
        assert session.reason(token, bind=implicit) == ("unknown-key" if footer else "ok")


@pytest.mark.parametrize("token", [
    "v4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAr68PS4AXe7If_ZgesdkUMvSwscFlAl1pk5HC0e8kApe",
    "v3.public." + MESSAGE + VECTORS[0][1], "v2.public." + MESSAGE + VECTORS[0][1],
    "V4.public." + MESSAGE + VECTORS[0][1], MESSAGE + VECTORS[0][1], "v4.public.", "v4.public.AAAA",
    "v4.public." + MESSAGE + VECTORS[0][1] + ".", "v4.public." + MESSAGE + VECTORS[0][1] + ".AAAA.AAAA",
    "v4.public." + b64u(bytes(64)), "v4.public.." + b64u(b"x")])
def test_other_shapes(session, token):
    assert session.reason(token) == "malformed"


# ---- the package of npm ----

def by_npm(claims, **options):
    return run(["node", PEERS / "jose.js"], {"paseto": True, "claims": claims, "options": options,
                                             "key": private_pem(PAIR).decode()},
               LIBRARY=str(npm("paseto")))["token"]


@pytest.mark.parametrize("options", [{}, {"footer": json.dumps({"kid": "k4.pid.x"})}, {"footer": "no JSON"},
                                     {"assertion": "203.0.113.7"}], ids=str)
def test_tokens_of_npm(options):
    token = by_npm({**CLAIMS, "exp": "2023-11-14T23:00:00.000Z"}, **options)
    kid = {"kid": "k4.pid.x"} if "footer" in options and "kid" in options["footer"] else {}
    with open_session(key(pem_of(PAIR), form="public", **kid)) as session:
        answer = session.verify(token, bind=options.get("assertion", ""))
        assert answer["valid"], answer
        assert (answer["subject"], answer["expires"]) == (b"alice", EXPIRES)


# ---- hand-made ----

def test_every_mutation_is_refused(session):
    assert accepted(session, paseto(CLAIMS)) == []
    assert accepted(session, paseto(CLAIMS, b"a footer")) == []


def test_the_footer_and_the_claims_cannot_be_shifted(session):
    """PAE: a byte that moves from one piece to the next is another message."""
    message = as_json(CLAIMS)
    signature = PAIR.sign(pae(b"v4.public.", message, b"ab", b""))
    for footer, bind in ((b"a", b"b"), (b"", b"ab"), (b"abc", b"")):
        text = "v4.public." + b64u(message + signature) + ("." + b64u(footer) if footer else "")
        assert session.reason(text, bind=bind) == "mismatch"


def test_signatures_have_one_spelling(session):
    token = paseto(CLAIMS)
    body = b64u_decode(token.split(".")[2])
    s = int.from_bytes(body[-32:], "little") + ED25519_ORDER
    assert session.reason("v4.public." + b64u(body[:-32] + s.to_bytes(32, "little"))) == "mismatch"
    assert session.reason("v4.public." + b64u(body[:-64] + bytes(64))) == "mismatch"


@pytest.mark.parametrize("footer, reason", [
    (b'{"kid":"a"}', "ok"), (b'{"kid":"b"}', "unknown-key"), (b'{"kid":7}', "malformed"),
    (b'{"kid":""}', "malformed"), (b'{"kid":"a","kid":"a"}', "malformed"), (b'{"x":1,"x":2}', "malformed"),
    (b'{"kid":"a"', "malformed"), (b"{", "malformed"), (b'["kid"]', "ok"), (b"kid", "ok"), (b'{"wpk":"x"}', "ok"),
    (b"x" * 1000, "ok"), (b"x" * 1001, "malformed"), (b"{" + b'"x":' * 30 + b"1}", "malformed")])
def test_footers(footer, reason):
    with open_session(key(raw_of(PAIR), form="public", kid="a")) as session:
        assert session.reason(paseto(CLAIMS, footer)) == reason


@pytest.mark.parametrize("claims, reason", [
    ({"exp": "2023-11-14T22:13:20Z"}, "expired"), ({"exp": "2023-11-14T22:13:21Z"}, "ok"),
    ({"exp": "2023-11-14T22:13:20.999Z"}, "expired"), ({"exp": "2023-11-14T23:13:21+01:00"}, "ok"),
    ({"exp": 1700000060}, "content"), ({"exp": "2023-11-14 23:00:00Z"}, "content"), ({"exp": ""}, "content"),
    ({"exp": "2023-11-14T23:00:00"}, "content"), ({"exp": "2023-02-29T00:00:00Z"}, "content"),
    ({"exp": None}, "content"), ({"nbf": "2023-11-14T22:13:20Z"}, "ok"), ({"nbf": "2023-11-14T22:13:21Z"}, "early"),
    ({"iat": "2023-11-14T22:13:21Z"}, "early"), ({"exp": "1969-01-01T00:00:00Z"}, "expired"),
    ({"aud": "shop"}, "mismatch"), ({"sub": ["a"]}, "content")])
def test_claims(session, claims, reason):
    assert session.reason(paseto({**CLAIMS, **claims})) == reason


def test_a_token_must_end(session):
    assert session.reason(paseto({"sub": "a"})) == "no-expiry"
    with open_session(allow_no_expiry=True) as more:
        assert more.verify(paseto({"sub": "a"}))["valid"]


def test_context():
    with open_session(audience="shop", issuer="login") as session:
        good = {**CLAIMS, "aud": "shop", "iss": "login"}
        assert session.reason(paseto(good)) == "ok"
        for wrong in ({"aud": "x"}, {"aud": None}, {"iss": "x"}, {"aud": ["shop"]}):
            assert session.reason(paseto({**good, **wrong})) in ("mismatch", "content")
        assert session.reason(paseto({**CLAIMS, "aud": "shop"})) == "mismatch"
        assert session.reason(paseto({**CLAIMS, "iss": "login"})) == "mismatch"


@pytest.mark.parametrize("claims", [b"", b"[]", b'{"exp":"2023-11-14T23:00:00Z","exp":"2023-11-14T23:00:00Z"}',
                                    b'{"a":1,"a":1,"exp":"2023-11-14T23:00:00Z"}'])
def test_claims_that_are_none(session, claims):
    answer = session.verify(paseto(claims))
    assert answer["reason"] == ("content" if claims else "malformed")


def test_keys_of_other_types():
    for alg in ("ES256", "RS256"):
        with pytest.raises(Refused, match="Ed25519"):
            open_session(key(pem_of(PAIRS[alg]), form="public"))
    with pytest.raises(Refused):
        open_session(key(raw_of(PAIR)))
    with pytest.raises(Refused, match="no public key of Ed25519"):
        open_session(key(bytes(32), form="public"))
