"""The commands on cookies of Python's frameworks: derive the key, verify with it alone."""

import base64
import hashlib
import hmac
import json
import subprocess
import time

import pytest
import tornado.web
from django.conf import settings
from django.core import signing
from itsdangerous import Signer, TimestampSigner, URLSafeTimedSerializer
from session_cli import BUILD
from test_django_cookies import SESSIONS, signed_cookie
from test_flask_cookies import session_cookie as flask_cookie

SECRET = "a secret of an application"  # of both imports as well


def macaw(*arguments):
    return subprocess.run([BUILD / "macaw", *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, check=False)


def verify(scheme, key, token, *more):
    """(status, report) of macaw cookie verify."""
    done = macaw("cookie", "verify", "--scheme", scheme, "-k", key, *more, "--", token)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(name="secret")
def a_secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET)
    path.chmod(0o600)
    return path


def starlette():
    return TimestampSigner(SECRET).sign(base64.b64encode(b'{"user": "alice"}')).decode()


# Scheme, a cookie of alice, its context; deriving takes the same but for the pointer.
CASES = {
    "flask": (lambda: flask_cookie({"_user_id": "alice"}), (), ()),
    "starlette": (starlette, (), ("--subject-pointer", "/user")),
    "itsdangerous": (lambda: URLSafeTimedSerializer(SECRET, salt="s").dumps({"user": "alice"}),
                     ("--salt", "s"), ("--subject-pointer", "/user")),
    "itsdangerous-timestamp": (lambda: TimestampSigner(SECRET).sign("alice").decode(), (), ()),
    "itsdangerous-signer": (lambda: Signer(SECRET).sign("alice").decode(), (), ()),
    "django": (lambda: signing.dumps({"_auth_user_id": "alice"}, salt=SESSIONS),
               ("--salt", SESSIONS), ()),
    "django-cookie": (lambda: signed_cookie("who", "alice", "s").value,
                      ("--name", "who", "--salt", "s"), ()),
}


@pytest.mark.parametrize("scheme", CASES)
def test_a_gateway_with_the_derived_key(scheme, secret, tmp_path):
    assert settings.SECRET_KEY == SECRET
    make, context, pointer = CASES[scheme]
    token, derived = make(), tmp_path / "derived"
    assert macaw("key", "derive", "--for", scheme, "--from", secret, *context, "-o",
                 derived).returncode == 0
    for key, more in ((secret, ()), (derived, ("--derived",))):
        status, report = verify(scheme, key, token, *context, *pointer, *more)
        assert status == 0 and report["valid"] and report["subject"] == "alice"
        changed = token[:-1] + ("A" if token[-1] != "A" else "Q")
        status, report = verify(scheme, key, changed, *context, *pointer, *more)
        assert status == 1 and not report["valid"] and "subject" not in report
    status, report = verify(scheme, derived, token, *context, *pointer)
    assert status == 1 and report["reason"] == "mismatch"


def test_tornado(secret):
    token = tornado.web.create_signed_value(SECRET, "user", "alice").decode()
    status, report = verify("tornado", secret, token, "--name", "user")
    assert status == 0 and report["subject"] == "alice"
    assert verify("tornado", secret, token, "--name", "other")[0] == 1
    old = tornado.web.create_signed_value(SECRET, "user", "alice", version=1).decode()
    assert verify("tornado", secret, old, "--name", "user")[1]["reason"] == "malformed"
    versions = tornado.web.create_signed_value({3: SECRET}, "user", "alice", key_version=3).decode()
    assert verify("tornado", secret, versions, "--name", "user")[1]["reason"] == "unknown-key"
    assert verify("tornado", secret, versions, "--name", "user", "--kid", "3")[0] == 0


def test_ages(secret):
    token, now = TimestampSigner(SECRET).sign("alice").decode(), int(time.time())
    for more, status in ((("--max-age", "60"), 0), (("--max-age", "60", "--now", now + 70), 1),
                         (("--now", now - 70), 1), (("--now", now + 10**8), 0)):
        assert verify("itsdangerous-timestamp", secret, token, *more)[0] == status


# ---- derive ----

def derived(*arguments):
    done = macaw("key", "derive", *arguments, "--hex")
    assert done.returncode == 0, done.stderr
    return bytes.fromhex(done.stdout)


def test_the_formulas(secret):
    def of(*more):
        return derived("--from", secret, "--for", *more)

    raw = SECRET.encode()
    assert of("flask") == hmac.digest(raw, b"cookie-session", "sha1")
    assert of("flask", "--alg", "hmac-sha256") == hmac.digest(raw, b"cookie-session", "sha256")
    assert of("itsdangerous") == hashlib.sha1(b"itsdangerous" + b"signer" + raw).digest()
    assert of("starlette") == hashlib.sha1(b"itsdangerous.Signer" + b"signer" + raw).digest()
    assert of("django") == hashlib.sha256(b"django.core.signing" + b"signer" + raw).digest()
    assert of("django", "--alg", "hmac-sha1", "--salt", "x") == hashlib.sha1(b"xsigner" + raw).digest()
    assert of("django-cookie", "--name", "n", "--salt", "s") == hashlib.sha256(
        b"nssigner" + b"django.http.cookies" + raw).digest()
    for kdf, more in (("sha256", ()), ("sha256", ("--kdf", "sha256")), ("sha1", ("--kdf", "sha1"))):
        for scheme, salt, length in (("rails", b"authenticated encrypted cookie", 32),
                                     ("rails-signed", b"signed cookie", 64)):
            assert of(scheme, *more) == hashlib.pbkdf2_hmac(kdf, raw, salt, 1000, length)


def test_into_a_keyring(secret, tmp_path):
    ring = tmp_path / "ring.jwks"
    for scheme, alg, use in (("flask", "hmac-sha1", "session"), ("django", "hmac-sha256", "session"),
                             ("rails", "A256GCM", "edge")):
        more = () if use == "session" else ("--use", use)
        assert macaw("key", "derive", "--for", scheme, "--from", secret, "--keyring", ring, "--kid",
                     scheme, *more).returncode == 0
        keys = {key["kid"]: key for key in json.loads(ring.read_text())["keys"]}
        assert (keys[scheme]["alg"], keys[scheme]["use"]) == (alg, use)
    status, report = verify("flask", f"flask@{ring}", flask_cookie({"_user_id": "alice"}))
    assert status == 0 and report["subject"] == "alice" and report["key_id"] == "flask"


@pytest.mark.parametrize("arguments,words", [
    (("--for", "tornado"), ("--for", "tornado derives no key")),
    (("--for", "nothing"), ("--for", "nothing derives no key")),
    (("--for", "flask", "--label", "x"), ("--label", "not together with --for")),
    (("--for", "flask", "--length", "20"), ("--length", "not together with --for")),
    (("--for", "flask", "--kdf", "sha1"), ("--kdf", "rails")),
    (("--for", "rails", "--kdf", "hkdf"), ("--kdf", "sha256")),
    (("--for", "flask", "--alg", "hmac-md5"), ("--alg", "hmac-md5")),
    (("--for", "django-cookie"), ("--name", "missing")),
    (("--for", "itsdangerous", "--salt", "itsdangerous.Signer"), ("--for", "salt")),
    (("--label", "x", "--name", "who"), ("--name", "--for")),
    ((), ("--label", "missing")),
])
def test_wrong_options(secret, arguments, words):
    done = macaw("key", "derive", "--from", secret, "--hex", *arguments)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert all(word in done.stderr for word in words), done.stderr
    assert SECRET not in done.stderr
