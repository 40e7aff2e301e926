"""macaw cookie verify and inspect on tokens of other people's libraries: recognised
without a key, verified with the secret, and the reason found where they are refused."""

import base64
import hashlib
import hmac
import json
import struct
import time
import urllib.parse

import pytest
from command import macaw
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

flask_sessions = pytest.importorskip("flask.sessions")
itsdangerous = pytest.importorskip("itsdangerous")
jwt = pytest.importorskip("jwt")
signing = pytest.importorskip("django.core.signing")
tornado = pytest.importorskip("tornado.web")

SECRET = "an application's secret that only it should know 81c2"
NOW = int(time.time())


def flask():
    import flask as module
    app = module.Flask("test")
    app.secret_key = SECRET
    serializer = flask_sessions.SecureCookieSessionInterface().get_signing_serializer(app)
    return serializer.dumps({"_user_id": "alice"})


def django():
    from django.conf import settings
    if not settings.configured:
        settings.configure(SECRET_KEY=SECRET)
    return signing.dumps({"_auth_user_id": "alice"}, key=SECRET, salt="s")


def starlette():
    data = base64.b64encode(json.dumps({"user": "alice"}).encode())
    return itsdangerous.TimestampSigner(SECRET).sign(data).decode()


def express():
    mac = base64.b64encode(hmac.digest(SECRET.encode(), b"alice", "sha256")).decode().rstrip("=")
    return urllib.parse.quote(f"s:alice.{mac}", safe="-_.!~*'()")


def rails(inner, digest="sha1"):
    key = hashlib.pbkdf2_hmac("sha256", SECRET.encode(), b"signed cookie", 1000, 64)
    envelope = {"_rails": {"message": base64.b64encode(inner).decode(), "exp": None, "pur": "cookie.user"}}
    data = base64.b64encode(json.dumps(envelope, separators=(",", ":")).encode())
    mac = hmac.new(key, data, digest).hexdigest()
    return urllib.parse.quote(f"{data.decode()}--{mac}", safe="*-._")


def gorilla():
    value = base64.urlsafe_b64encode(b'"alice"')
    mac = hmac.digest(SECRET.encode(), b"user|%d|" % NOW + value, "sha256")
    return base64.urlsafe_b64encode(b"%d|%s|" % (NOW, value) + mac).decode()


def tkt(digest):
    d0 = digest(struct.pack(">II", 0, NOW) + SECRET.encode() + b"alice\0\0data").hexdigest()
    return digest(d0.encode() + SECRET.encode()).hexdigest() + f"{NOW:08x}alice!data"


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def pae(*parts):
    return struct.pack("<Q", len(parts)) + b"".join(struct.pack("<Q", len(p)) + p for p in parts)


TOKENS = {
    "flask": (flask, [], "alice"),
    "itsdangerous": (lambda: itsdangerous.URLSafeTimedSerializer(SECRET).dumps(["alice"]), [], None),
    "itsdangerous-timestamp": (lambda: itsdangerous.TimestampSigner(SECRET).sign(b"alice").decode(), [], "alice"),
    "starlette": (starlette, ["--subject-pointer", "/user"], "alice"),
    "django": (django, ["--salt", "s"], "alice"),
    "express": (express, [], "alice"),
    "rails-signed": (lambda: rails(b'"alice"'), ["--name", "user"], "alice"),
    "tornado": (lambda: tornado.create_signed_value(SECRET, "user", "alice").decode(), ["--name", "user"], "alice"),
    "gorilla": (gorilla, ["--name", "user", "--subject-pointer", ""], "alice"),
    "jwt": (lambda: jwt.encode({"sub": "alice", "exp": NOW + 3600}, SECRET, algorithm="HS256"), [], "alice"),
    "auth-tkt": (lambda: tkt(hashlib.md5), [], "alice"),
}


@pytest.fixture(name="secret")
def a_secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET)
    return path


def run(command, *arguments):
    done = macaw("cookie", command, *arguments)
    return json.loads(done.stdout), done.returncode


def inspect(token, *more):
    return run("inspect", "--json", *more, "--", token)[0]


@pytest.mark.parametrize("scheme", TOKENS)
def test_it_is_recognised_and_read_without_a_key(scheme):
    make, options, subject = TOKENS[scheme]
    best = inspect(make(), *options)["candidates"][0]
    assert best["scheme"] == scheme
    assert best["verified"] is False and best.get("subject") == subject
    assert "issued" not in best or 0 <= best["age"] <= time.time() - NOW + 1


@pytest.mark.parametrize("scheme", TOKENS)
def test_it_is_verified_with_the_secret(scheme, secret):
    make, options, subject = TOKENS[scheme]
    report, status = run("verify", "--scheme", scheme, "-k", secret, *options, make())
    assert (status, report["valid"], report.get("subject")) == (0, True, subject)


@pytest.mark.parametrize("scheme", TOKENS)
def test_a_changed_one_is_refused_and_says_nothing(scheme, secret):
    make, options, _ = TOKENS[scheme]
    token = make()
    for at in range(0, len(token), 3):
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1:]
        report, status = run("verify", "--scheme", scheme, "-k", secret, *options, "--", other)
        assert status == 1 and not report["valid"] and "subject" not in report, other


@pytest.mark.parametrize("scheme", TOKENS)
def test_a_newline_in_the_secret_file_is_found(scheme, tmp_path):
    make, options, _ = TOKENS[scheme]
    (tmp_path / "secret").write_text(SECRET + "\n")
    verdict = inspect(make(), "-k", tmp_path / "secret", "--scheme", scheme, *options)["verdict"]
    assert verdict["valid"] is False
    assert len(verdict["hints"]) == 1 and "newline" in verdict["hints"][0]


def test_express_before_it_is_escaped(tmp_path):
    """Whose MAC has the signs that base64url has not."""
    values = (f"user{i}" for i in range(1000))
    macs = ((value, base64.b64encode(hmac.digest(SECRET.encode(), value.encode(), "sha256")).decode()[:43])
            for value in values)
    value, mac = next((value, mac) for value, mac in macs if "+" in mac and "/" in mac)
    (tmp_path / "secret").write_text(SECRET + "\n")
    for token in (f"{value}.{mac}", f"s:{value}.{mac}"):
        best = inspect(token)["candidates"][0]
        assert (best["scheme"], best["payload"]) == ("express", value)
        hints = inspect(token, "-k", tmp_path / "secret")["verdict"]["hints"]
        assert any("newline" in hint for hint in hints), hints


@pytest.mark.parametrize("scheme, given, words", [
    ("django", [], ["none of"]),
    ("tornado", ["--name", "__Secure-user"], ["name user"]),
    ("jwt", ["--alg", "HS512"], ["hmac-sha256"]),
    ("flask", ["--salt", "other"], ["cookie-session"]),
])
def test_what_was_given_wrong(scheme, given, words, secret):
    verdict = inspect(TOKENS[scheme][0](), "-k", secret, "--scheme", scheme, *given)["verdict"]
    assert verdict["valid"] is False
    for word, hint in zip(words, verdict["hints"], strict=True):
        assert word in hint


def test_what_rails_says_inside_is_authentic(secret):
    verdict = inspect(TOKENS["rails-signed"][0](), "-k", secret, "--name", "other")["verdict"]
    assert (verdict["valid"], verdict["authentic"]) == (False, True)


@pytest.mark.parametrize("digest", [hashlib.sha256, hashlib.sha512])
def test_tickets_with_a_longer_digest(digest, secret):
    token = tkt(digest)
    assert inspect(token)["candidates"][0]["subject"] == "alice"
    report, _ = run("verify", "--scheme", "auth-tkt", "-k", secret, "--digest", digest().name, token)
    assert report["valid"]
    assert "hmac-" + digest().name in inspect(token, "-k", secret)["verdict"]["hints"][0]


def test_the_id_of_the_key_is_the_one_a_jwt_names(secret):
    token = jwt.encode({"sub": "alice", "exp": NOW + 3600}, SECRET, algorithm="HS256", headers={"kid": "k1"})
    report, _ = run("verify", "--scheme", "jwt", "-k", secret, token)
    assert report["valid"] and report["key_id"] == "k1"
    report, _ = run("verify", "--scheme", "jwt", "-k", secret, "--kid", "k2", token)
    assert report["reason"] == "unknown-key"


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_the_hash_of_a_secret_in_a_file_is_the_one_a_jwt_names(alg, secret):
    token = jwt.encode({"sub": "alice", "exp": NOW + 3600}, SECRET, algorithm=alg)
    report, status = run("verify", "--scheme", "jwt", "-k", secret, token)
    assert (status, report.get("subject")) == (0, "alice")
    for other in {"HS256", "HS384", "HS512"} - {alg}:
        report, status = run("verify", "--scheme", "jwt", "-k", secret, "--alg", other, token)
        assert (status, report["reason"]) == (1, "algorithm")


def test_marshal_is_named_and_not_decoded(secret):
    token = rails(b"\x04\x08{\x06I\"\tuser\x06:\x06EFI\"\nalice\x06;\0T")
    report, status = run("verify", "--scheme", "rails-signed", "-k", secret, "--name", "user", token)
    assert status == 1 and report["reason"] == "content" and "Marshal" in report["detail"]


# ---- keys of pairs and ciphers ----

def pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM,
                                         serialization.PublicFormat.SubjectPublicKeyInfo)


def raw(key):
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@pytest.mark.parametrize("encode", [raw, pem])
def test_paseto(encode, tmp_path):
    key = ed25519.Ed25519PrivateKey.generate()
    message = b'{"sub":"alice","exp":"2999-01-01T00:00:00Z"}'
    token = "v4.public." + b64(message + key.sign(pae(b"v4.public.", message, b"", b"")))
    (tmp_path / "public").write_bytes(encode(key))
    best = inspect(token)["candidates"][0]
    assert (best["scheme"], best["subject"]) == ("paseto-v4-public", "alice")
    report, status = run("verify", "--scheme", "paseto-v4-public", "-k", tmp_path / "public", token)
    assert (status, report["subject"]) == (0, "alice")


@pytest.mark.parametrize("alg, make", [("RS256", lambda: rsa.generate_private_key(65537, 2048)),
                                       ("ES256", lambda: ec.generate_private_key(ec.SECP256R1())),
                                       ("EdDSA", ed25519.Ed25519PrivateKey.generate)])
def test_a_jwt_of_a_pair(alg, make, tmp_path, secret):
    key = make()
    (tmp_path / "public").write_bytes(pem(key))
    token = jwt.encode({"sub": "alice", "exp": NOW + 3600}, key, algorithm=alg)
    report, status = run("verify", "--scheme", "jwt", "-k", tmp_path / "public", token)
    assert (status, report["subject"]) == (0, "alice")
    report, status = run("verify", "--scheme", "jwt", "-k", secret, token)
    assert (status, report["reason"]) == (1, "algorithm")
    # the public key as an HMAC secret: the oldest trick
    forged = b64(b'{"alg":"HS256"}') + "." + b64(b'{"sub":"admin","exp":%d}' % (NOW + 3600))
    forged += "." + b64(hmac.digest(pem(key), forged.encode(), "sha256"))
    report, status = run("verify", "--scheme", "jwt", "-k", tmp_path / "public", forged)
    assert (status, report["reason"]) == (1, "algorithm")


@pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.SHA256()])
def test_a_ticket_that_was_signed(digest, tmp_path):
    key = rsa.generate_private_key(65537, 2048)
    text = f"uid=alice;validuntil={NOW + 3600}"
    signature = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), digest)).decode()
    token = urllib.parse.quote(f"{text};sig={signature}", safe="")
    (tmp_path / "public").write_bytes(pem(key))
    assert inspect(token)["candidates"][0]["subject"] == "alice"
    report, _ = run("verify", "--scheme", "auth-pubtkt", "-k", tmp_path / "public", "--digest", digest.name,
                    token)
    assert report["valid"] and report["expires"] == NOW + 3600
    report, _ = run("verify", "--scheme", "auth-pubtkt", "-k", tmp_path / "public", "--digest", digest.name,
                    f"{text};sig={signature}")
    assert report["valid"]


def test_the_encrypted_session_of_rails(secret, tmp_path):
    key = hashlib.pbkdf2_hmac("sha256", SECRET.encode(), b"authenticated encrypted cookie", 1000, 32)
    inner = base64.b64encode(b'{"user":"alice"}').decode()
    envelope = json.dumps({"_rails": {"message": inner, "exp": None, "pur": "cookie._app"}},
                          separators=(",", ":")).encode()
    sealed = AESGCM(key).encrypt(b"123456789012", envelope, b"")
    parts = (sealed[:-16], b"123456789012", sealed[-16:])
    token = urllib.parse.quote("--".join(base64.b64encode(p).decode() for p in parts), safe="*-._")
    context = ("--name", "_app", "--subject-pointer", "/user")
    best = inspect(token)["candidates"][0]
    assert best["scheme"] == "rails-encrypted" and "payload" not in best
    for options in ([], ["--kdf", "sha256"]):
        report, _ = run("verify", "--scheme", "rails-encrypted", "-k", secret, *context, *options, token)
        assert report["subject"] == "alice"
    report, _ = run("verify", "--scheme", "rails-encrypted", "-k", secret, *context, "--kdf", "sha1", token)
    assert report["reason"] == "mismatch"
    (tmp_path / "derived").write_bytes(key)
    report, _ = run("verify", "--scheme", "rails-encrypted", "-k", tmp_path / "derived", "--derived", *context,
                    token)
    assert report["valid"]


def test_encrypted_content_of_gorilla(secret, tmp_path):
    block = bytes(range(100, 132))
    (tmp_path / "block").write_bytes(block)
    cipher = Cipher(algorithms.AES(block), modes.CTR(bytes(16))).encryptor()
    value = base64.urlsafe_b64encode(bytes(16) + cipher.update(b'{"user":"alice"}'))
    mac = hmac.digest(SECRET.encode(), b"s|%d|" % NOW + value, "sha256")
    token = base64.urlsafe_b64encode(b"%d|%s|" % (NOW, value) + mac).decode()
    verify = ("verify", "--scheme", "gorilla", "-k", secret, "--name", "s", "--subject-pointer", "/user")
    report, _ = run(*verify, "--block-key", tmp_path / "block", token)
    assert report["subject"] == "alice" and report["payload"] == {"user": "alice"}
    report, _ = run(*verify, token)
    assert report["reason"] == "content"
