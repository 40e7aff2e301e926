"""JSON Web Tokens: of PyJWT, python-jose and Authlib, and hand-made ones that no library makes."""

import hmac
import json
import subprocess

import jwt as pyjwt
import pytest
from authlib.jose import jwt as authlib_jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from session_cli import BUILD, Refused, Session, accepted, key
from signing_keys import (HASHES, MACS, P256_ORDER, PAIRS, SECRET, b64u, b64u_decode, jwt, key_of, pem_of,
                          private_pem, raw_of)
from web_peers import PEERS, npm, run

NOW = 1700000000
ALGS = [*MACS, "EdDSA", "ES256", "RS256"]
CLAIMS = {"sub": "alice", "iat": NOW - 60, "exp": NOW + 60}


def open_session(*keys, now=NOW, **settings):
    if not keys and "keyring" not in settings:
        keys = (key_of("HS256"),)
    return Session("jwt", *keys, now=now, **settings)


@pytest.fixture(name="hs")
def a_session():
    with open_session() as session:
        yield session


def secret_for(alg):
    return SECRET if alg in MACS else PAIRS[alg]


# ---- what libraries make ----

def by_pyjwt(alg, claims, headers):
    return pyjwt.encode(claims, secret_for(alg), algorithm=alg, headers=headers)


def by_jose(alg, claims, headers):
    secret = SECRET if alg in MACS else private_pem(PAIRS[alg]).decode()
    jose = pytest.importorskip("jose.jwt")  # Debian 13 has no python-jose
    return jose.encode(claims, secret, algorithm=alg, headers=headers)


def by_authlib(alg, claims, headers):
    secret = SECRET if alg in MACS else private_pem(PAIRS[alg])
    return authlib_jwt.encode({"alg": alg, **headers}, claims, secret).decode()


def by_npm(alg, claims, headers):
    secret = {"secret": SECRET.hex()} if alg in MACS else {"key": private_pem(PAIRS[alg]).decode()}
    return run(["node", PEERS / "jose.js"], {"claims": claims, **secret, "options": {
        "algorithm": alg, "header": headers}}, LIBRARY=str(npm("jsonwebtoken")))["token"]


LIBRARIES = [(make, alg) for make in (by_pyjwt, by_jose, by_authlib, by_npm) for alg in ALGS
             if make not in (by_jose, by_npm) or alg != "EdDSA"]  # which these have not


@pytest.mark.parametrize("make, alg", LIBRARIES)
def test_tokens_of_libraries(make, alg):
    token = make(alg, {**CLAIMS, "aud": ["other", "shop"], "iss": "login"}, {"kid": "7"})
    with open_session(key_of(alg, kid="7"), audience="shop", issuer="login") as session:
        answer = session.verify(token)
        assert answer["valid"], answer
        assert (answer["subject"], answer["kid"]) == (b"alice", "7")
        assert (answer["issued"], answer["expires"]) == (NOW - 60, NOW + 60)
        assert json.loads(answer["payload"])["iss"] == "login"
        assert session.looks_like(token)
        assert session.reason(token, now=NOW + 60) == "expired"
        assert session.reason(token, now=NOW - 61) == "early"


@pytest.mark.parametrize("alg", ALGS)
def test_every_mutation_is_refused(alg):
    with open_session(key_of(alg)) as session:
        assert accepted(session, jwt(CLAIMS, alg=alg)) == []


@pytest.mark.parametrize("alg", ALGS)
def test_every_other_last_character_is_refused(alg):
    """base64url of other spare bits: the spelling that many libraries accept."""
    token = jwt(CLAIMS, alg=alg)
    with open_session(key_of(alg)) as session:
        for tail in ("=", "==", "\n", " ", "A"):
            assert session.reason(token + tail) in ("malformed", "mismatch")
        padded = ".".join(part + "=" * (-len(part) % 4) for part in token.split("."))
        assert padded == token or session.reason(padded) == "malformed"


def test_the_public_key_as_32_bytes():
    with open_session(key(raw_of(PAIRS["EdDSA"]), form="public")) as session:
        assert session.verify(jwt(CLAIMS, alg="EdDSA"))["valid"]


# ---- the algorithm belongs to the key ----

@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("named", [*ALGS, "none", "None", "nOnE", "NONE", "hs256", "HS256 ", "", "PS256", "ES384"])
def test_the_header_must_name_the_keys_algorithm(alg, named):
    if alg == named:
        return
    with open_session(key_of(alg)) as session:
        assert session.reason(jwt(CLAIMS, {"alg": named}, alg)) == "algorithm"


@pytest.mark.parametrize("named", ["none", "None", "nOnE", "HS256"])
def test_unsigned_tokens(hs, named):
    unsigned = ".".join([b64u(json.dumps({"alg": named}).encode()), b64u(json.dumps(CLAIMS).encode()), ""])
    answer = hs.verify(unsigned)
    assert answer["reason"] == ("malformed" if named == "HS256" else "algorithm")
    assert not answer["authentic"]
    assert hs.reason(unsigned[:-1]) == "malformed"


@pytest.mark.parametrize("alg", ["EdDSA", "ES256", "RS256"])
@pytest.mark.parametrize("mac", MACS)
def test_a_mac_under_the_public_key_is_no_signature(alg, mac):
    text = b64u(json.dumps({"alg": mac}).encode()) + "." + b64u(json.dumps(CLAIMS).encode())
    for secret in (pem_of(PAIRS[alg]), pem_of(PAIRS[alg]).strip()):
        forged = text + "." + b64u(hmac.new(secret, text.encode(), HASHES[mac]).digest())
        with open_session(key_of(alg)) as session:
            assert session.reason(forged) == "algorithm"
        with open_session(key_of(alg), key_of(mac)) as session:
            assert session.reason(forged) == "mismatch"


@pytest.mark.parametrize("secret", [pem_of(PAIRS["RS256"]), b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA"])
def test_a_public_key_is_no_secret(secret):
    with pytest.raises(Refused, match="is no secret"):
        open_session(key(secret))


def test_keys_of_the_wrong_type():
    for alg, named in [("EdDSA", "ES256"), ("ES256", "RS256"), ("RS256", "EdDSA")]:
        with pytest.raises(Refused, match="type"):
            open_session({**key_of(alg), "alg": named})
    for bad in (key(b"\1" + b"\0" * 31, form="public"), key(SECRET, form="public"),
                key(pem_of(PAIRS["DSA"]), form="public"), key(SECRET, alg="EdDSA"),
                key(SECRET, form="private"), key(SECRET, alg="hmac-sha1"), key(SECRET, form="derived")):
        with pytest.raises(Refused):
            open_session(bad)


def test_short_rsa_keys_are_refused(tmp_path):
    subprocess.run(["openssl", "genrsa", "-out", tmp_path / "k", "1024"], check=True, capture_output=True)
    public = subprocess.run(["openssl", "rsa", "-in", tmp_path / "k", "-pubout"], check=True,
                            capture_output=True).stdout
    with pytest.raises(Refused, match="1024 bits"):
        open_session(key(public, form="public"))


# ---- signatures ----

def with_signature(token, signature):
    return token.rsplit(".", 1)[0] + "." + b64u(signature)


def test_ecdsa_signatures():
    token = jwt(CLAIMS, alg="ES256")
    signature = b64u_decode(token.rsplit(".", 1)[1])
    r, s = signature[:32], signature[32:]
    order = P256_ORDER.to_bytes(32, "big")
    with open_session(key_of("ES256")) as session:
        for wrong in (bytes(64), r + bytes(32), bytes(32) + s, order + order, r + order, b"\xff" * 64,
                      signature[:-1], signature + b"\0", b"\0" + signature, bytes(32) + signature,
                      b"\0" + r + b"\0" + s, b"", bytes(1), bytes(512)):
            answer = session.verify(with_signature(token, wrong))
            assert answer["reason"] in ("mismatch", "malformed") and not answer["authentic"], wrong
        der = PAIRS["ES256"].sign(token.rsplit(".", 1)[0].encode(), ec.ECDSA(hashes.SHA256()))
        assert session.reason(with_signature(token, der)) == "mismatch"


def test_the_sibling_of_an_ecdsa_signature_is_the_same_session():
    """s and n - s both verify: what names a session must not depend on it."""
    token = jwt(CLAIMS, alg="ES256")
    signature = b64u_decode(token.rsplit(".", 1)[1])
    other = (P256_ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    with open_session(key_of("ES256")) as session:
        one, two = session.verify(token), session.verify(with_signature(token, signature[:32] + other))
        assert one["valid"] and two["valid"] and one["sid"] == two["sid"]
        again = jwt(CLAIMS, alg="ES256")
        assert again != token and session.verify(again)["sid"] == one["sid"]
        assert session.verify(jwt({**CLAIMS, "jti": "2"}, alg="ES256"))["sid"] != one["sid"]


def test_small_numbers_in_ecdsa_signatures():
    """r or s below 2^248: shorter in DER, still 32 bytes here."""
    found = set()
    with open_session(key_of("ES256")) as session:
        for i in range(4000):
            token = jwt({**CLAIMS, "jti": i}, alg="ES256")
            signature = b64u_decode(token.rsplit(".", 1)[1])
            short = {n for n in (0, 32) if signature[n] == 0}
            if short - found:
                found |= short
                assert session.verify(token)["valid"]
            if len(found) == 2:
                return
    assert found == {0, 32}


@pytest.mark.parametrize("alg", ["EdDSA", "RS256"])
def test_signatures_of_other_lengths(alg):
    token = jwt(CLAIMS, alg=alg)
    signature = b64u_decode(token.rsplit(".", 1)[1])
    with open_session(key_of(alg)) as session:
        for wrong in (b"\0" + signature, signature + b"\0", signature[:-1], bytes(len(signature)), bytes(512)):
            assert session.reason(with_signature(token, wrong)) == "mismatch"
        assert session.reason(with_signature(token, bytes(513))) == "malformed"


def test_a_mac_cut_short(hs):
    token = jwt(CLAIMS)
    signature = b64u_decode(token.rsplit(".", 1)[1])
    for n in (1, 16, 31):
        assert hs.reason(with_signature(token, signature[:n])) == "mismatch"


# ---- headers ----

def test_which_headers_are_read(hs):
    for good in ({"alg": "HS256", "typ": "JWT"}, {"typ": "at+jwt", "alg": "HS256", "x": {"y": [1]}},
                 {"alg": "HS256", "jwk": {"kty": "oct", "k": "AA"}, "jku": "http://127.0.0.1:9/",
                  "x5u": "http://127.0.0.1:9/", "x5c": ["AA"], "x5t": "AA"},
                 b'{\r\n "alg" : "HS256" }', b'{"\\u0061lg":"HS256"}', {"alg": "HS256", "cty": "json"}):
        assert hs.verify(jwt(CLAIMS, good))["valid"], good


@pytest.mark.parametrize("bad, why", [
    ({"alg": "HS256", "crit": ["exp"]}, "crit"), ({"alg": "HS256", "crit": []}, "crit"),
    ({"alg": "HS256", "b64": False}, "b64"), ({"alg": "HS256", "b64": False, "crit": ["b64"]}, "crit"),
    ({"alg": "HS256", "cty": "JWT"}, "another token"), ({"alg": "HS256", "cty": "jwt"}, "another token"),
    ({"alg": "HS256", "enc": "A128GCM"}, "JWE"), ({"typ": "JWT"}, "no algorithm"),
    ({"alg": ["HS256"]}, "no algorithm"), ({"alg": None}, "no algorithm"), ({"alg": 7}, "no algorithm"),
    ({"alg": "HS256", "kid": 7}, "kid"), ({"alg": "HS256", "kid": ""}, "kid"),
    (b'{"alg":"HS256","alg":"HS256"}', "twice"), (b'{"alg":"HS256","x":1,"x":2}', "twice"),
    (b'{"alg":"HS256","x":1,"\\u0078":2}', "twice"), (b'{"alg":"none","\\u0061lg":"HS256"}', "twice"),
    (b'["alg"]', "JSON"), (b'"HS256"', "JSON"), (b"", "JSON"), (b"{}x", "JSON"), (b'{"alg":"HS256",}', "JSON"),
    (b"\xef\xbb\xbf" + b'{"alg":"HS256"}', "JSON"), (b'{"alg":"HS256","x":"\xff"}', "JSON"),
    ({"alg": "HS256", **{f"m{i}": i for i in range(64)}}, "64 members"),
    ({"alg": "HS256", "x": json.loads("[" * 40 + "]" * 40)}, "JSON")])
def test_which_headers_are_refused(hs, bad, why):
    answer = hs.verify(jwt(CLAIMS, bad))
    assert answer["reason"] == "malformed" and why in answer["detail"], answer
    assert not answer["authentic"]


def test_a_key_is_found_by_its_id():
    other = bytes(reversed(SECRET))
    with open_session(key(other, kid="a"), key(SECRET, kid="b"), key(SECRET[:40], kid="old", state="retired"),
                      key(SECRET[:41], kid="new", state="pending")) as session:
        assert session.verify(jwt(CLAIMS, {"alg": "HS256", "kid": "b"}))["kid"] == "b"
        assert session.reason(jwt(CLAIMS, {"alg": "HS256", "kid": "a"})) == "mismatch"
        assert session.verify(jwt(CLAIMS, b'{"alg":"HS256","kid":"\\u0062"}'))["kid"] == "b"
        for kid in ("c", "B", "b ", "../b", "b\0", "x" * 300, "' OR 1=1"):
            assert session.reason(jwt(CLAIMS, {"alg": "HS256", "kid": kid})) == "unknown-key"
        for kid in ("old", "new"):
            assert session.reason(jwt(CLAIMS, {"alg": "HS256", "kid": kid})) == "key-state"
        assert session.verify(jwt(CLAIMS))["kid"] == "b"
        assert session.reason(jwt(CLAIMS).replace(".", "x", 1)) == "malformed"


@pytest.mark.parametrize("token, why", [
    ("a.b.c.d.e", "JWE"), ("a.b", "header, claims"), ("a", "header"), ("a.b.c.d", "header"), ("..", "JSON"),
    ("....", "JWE"), (".", "header")])
def test_other_shapes(hs, token, why):
    answer = hs.verify(token)
    assert answer["reason"] == "malformed" and why in answer["detail"]
    assert not hs.looks_like(token)


# ---- claims ----

def reason_of(session, claims, **more):
    return session.reason(jwt(claims), **more)


def test_a_token_must_end(hs):
    assert reason_of(hs, {"sub": "a"}) == "no-expiry"
    assert reason_of(hs, {"sub": "a", "exp": NOW}) == "expired"
    assert reason_of(hs, {"sub": "a", "exp": NOW + 1}) == "ok"
    with open_session(allow_no_expiry=True) as session:
        assert reason_of(session, {"sub": "a"}) == "ok"
        assert reason_of(session, {"sub": "a", "exp": NOW}) == "expired"
    with open_session(allow_no_expiry=True, max_age=100) as session:
        assert reason_of(session, {"sub": "a", "iat": NOW - 99}) == "ok"
        assert reason_of(session, {"sub": "a", "iat": NOW - 100}) == "expired"
        assert reason_of(session, {"sub": "a"}) == "content"


@pytest.mark.parametrize("claims, reason", [
    ({"exp": 0}, "expired"), ({"exp": -5}, "expired"), ({"exp": -0.5}, "expired"), ({"exp": None}, "content"),
    ({"exp": str(NOW + 9)}, "content"), ({"exp": True}, "content"), ({"exp": []}, "content"),
    ({"exp": NOW + 0.9}, "expired"), ({"exp": NOW + 1.0}, "ok"), ({"exp": 1.8e9}, "ok"),
    ({"exp": NOW * 1000}, "content"), ({"exp": 1e300}, "content"), ({"exp": 253402300799}, "ok"),
    ({"exp": 253402300800}, "content"), ({"exp": 9, "nbf": "x"}, "content"),
    ({"nbf": NOW}, "ok"), ({"nbf": NOW + 1}, "early"), ({"nbf": NOW + 0.9}, "ok"), ({"nbf": NOW + 1.1}, "early"),
    ({"iat": NOW}, "ok"), ({"iat": NOW + 0.9}, "ok"), ({"iat": NOW + 1}, "early"), ({"iat": None}, "content"),
    ({"nbf": -1, "iat": 0}, "ok")])
def test_dates(hs, claims, reason):
    assert reason_of(hs, {"exp": NOW + 60, "sub": "a", **claims}) == reason


@pytest.mark.parametrize("spelled, reason", [
    (b"1700000000.999999999999999999999999", "expired"), (b"17e8", "expired"), (b"17.00000001E+8", "ok"),
    (b"1700000001e0", "ok"), (b"1700000001000e-3", "ok"), (b"0.1700000001e10", "ok"),
    (b"17000000005e-1", "expired"), (b"1e99999999999999999999", "content"), (b"1e-99999999999999999999", "expired"),
    (b"0e999999", "expired"), (b"0.0000000000000000000000000000000000001e+46", "expired"),
    (b"01700000001", "content"), (b"+1700000001", "content"), (b"0x7fffffff", "content"), (b"NaN", "content"),
    (b"Infinity", "content"), (b"1700000001.", "content"), (b"1700000001e", "content")])
def test_numbers_of_json(hs, spelled, reason):
    assert reason_of(hs, b'{"exp":' + spelled + b"}") == reason


def test_leeway():
    with open_session(leeway=30) as session:
        for claims, reason in [({"exp": NOW - 29}, "ok"), ({"exp": NOW - 30}, "expired"),
                               ({"nbf": NOW + 30}, "ok"), ({"nbf": NOW + 31}, "early"),
                               ({"iat": NOW + 30}, "ok"), ({"iat": NOW + 31}, "early")]:
            assert reason_of(session, {"exp": NOW + 60, **claims}) == reason


@pytest.mark.parametrize("aud, reason", [
    ("shop", "ok"), (["shop"], "ok"), (["a", "shop", "b"], "ok"), ("Shop", "mismatch"), ("sho", "mismatch"),
    ("shop ", "mismatch"), ([], "mismatch"), (["shopping"], "mismatch"), (None, "content"), (7, "content"),
    (["shop", 7], "content"), ([["shop"]], "content"), ({"0": "shop"}, "content"), ("", "mismatch"),
    (["x"] * 64, "mismatch"), (["x"] * 63 + ["shop"], "ok"), (["x"] * 64 + ["shop"], "content")])
def test_audiences(aud, reason):
    with open_session(audience="shop") as session:
        assert reason_of(session, {"exp": NOW + 60, "aud": aud}) == reason


def test_an_audience_that_is_missing():
    with open_session(audience="shop") as session:
        assert reason_of(session, {"exp": NOW + 60}) == "mismatch"
        assert reason_of(session, b'{"exp":1700000060,"aud":"sh\\u006fp"}') == "ok"
    with open_session() as session:
        for aud in ("shop", [], "", ["a"]):
            assert reason_of(session, {"exp": NOW + 60, "aud": aud}) == "mismatch"


@pytest.mark.parametrize("iss, reason", [("login", "ok"), ("Login", "mismatch"), (["login"], "content"),
                                         (None, "content"), ("login\0", "mismatch")])
def test_issuers(iss, reason):
    with open_session(issuer="login") as session:
        assert reason_of(session, {"exp": NOW + 60, "iss": iss}) == reason
        assert reason_of(session, {"exp": NOW + 60}) == "mismatch"


def test_another_context_outranks_a_past_date():
    with open_session(audience="shop", issuer="login") as session:
        assert reason_of(session, {"exp": 1, "aud": "x", "iss": "login"}) == "mismatch"


@pytest.mark.parametrize("claims", [b"", b"[]", b'"x"', b"7", b"{", b'{"exp":1700000060,"exp":1700000060}',
                                    b'{"exp":1700000060,"a":1,"a":1}', b'{"exp":1700000060} x',
                                    b'{"exp":1700000060,"sub":["a"]}', b'{"exp":1700000060,"sub":"a\\n"}',
                                    b'{"exp":1700000060,"sub":"' + b"a" * 256 + b'"}',
                                    b'{"exp":1700000060,"sub":"\\ud800"}', b'{"exp":1700000060,"x":"\xff"}',
                                    b'{"exp":1700000060,"x":' + b"[" * 40 + b"]" * 40 + b"}"])
def test_claims_that_are_none(hs, claims):
    answer = hs.verify(jwt(claims))
    assert answer["reason"] == "content" and answer["authentic"]


def test_subjects(hs):
    assert hs.verify(jwt({"exp": NOW + 60}))["subject"] == b""
    assert hs.verify(jwt({"exp": NOW + 60, "sub": "a\u00fc\u20ac"}))["subject"] == "a\u00fc\u20ac".encode()
    with open_session(subject="/user/id") as session:
        assert session.verify(jwt({**CLAIMS, "user": {"id": 42}}))["subject"] == b"42"


def test_the_signature_outranks_everything(hs):
    token = jwt({"exp": 1, "aud": "x"})
    assert hs.reason(token[:-3] + ("AAA" if token[-3:] != "AAA" else "BBA")) in ("mismatch", "malformed")
    assert hs.verify(token)["authentic"] and hs.reason(token) == "mismatch"


def test_a_nested_token_is_not_opened(hs):
    inner = jwt(CLAIMS)
    assert hs.reason(jwt(inner.encode(), {"alg": "HS256", "cty": "JWT"})) == "malformed"
    assert hs.reason(jwt(inner.encode())) == "content"


# ---- keyrings ----

def macaw(*arguments):
    subprocess.run([BUILD / "macaw", *arguments], check=True, capture_output=True)


def test_keys_out_of_a_keyring(tmp_path):
    ring, secret = tmp_path / "k.jwks", tmp_path / "secret"
    secret.write_bytes(SECRET)
    base = ["key", "new", "--keyring", ring, "--use", "jwt"]
    macaw(*base, "--kid", "mac", "--secret-file", secret)
    for alg in ("EdDSA", "ES256", "RS256"):
        secret.write_bytes(pem_of(PAIRS[alg]))
        macaw(*base, "--alg", alg, "--kid", alg, "--public-key", secret)
    macaw("key", "new", "--keyring", ring, "--use", "other", "--kid", "x", "-a", "EdDSA")
    with open_session(keyring=ring, use="jwt") as session:
        for alg in ("HS256", "EdDSA", "ES256", "RS256"):
            assert session.verify(jwt(CLAIMS, alg=alg))["valid"], alg
            kid = "mac" if alg == "HS256" else alg
            assert session.verify(jwt(CLAIMS, {"alg": alg, "kid": kid}, alg))["valid"]
        assert session.reason(jwt(CLAIMS, {"alg": "HS256", "kid": "ES256"})) == "algorithm"
        assert session.reason(jwt(CLAIMS, {"alg": "EdDSA", "kid": "x"}, "EdDSA")) == "unknown-key"
    macaw("key", "retire", "--keyring", ring, "--kid", "ES256")
    with open_session(keyring=ring, use="jwt") as session:
        assert session.reason(jwt(CLAIMS, {"alg": "ES256", "kid": "ES256"}, "ES256")) == "key-state"
    with pytest.raises(Refused, match="no key for nothing"):
        open_session(keyring=ring, use="nothing")
