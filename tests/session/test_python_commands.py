"""The commands on cookies of Python's frameworks: derive the key, verify with it alone."""

import base64
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
                          timeout=600, check=False)


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
    assert verify("tornado", secret, versions, "--name", "user", "--kid", "3")[0] == 0
    status, report = verify("tornado", secret, versions, "--name", "user", "--kid", "4")
    assert status == 1 and report["reason"] == "unknown-key"


def test_ages(secret):
    token, now = TimestampSigner(SECRET).sign("alice").decode(), int(time.time())
    for more, status in ((("--max-age", "3600"), 0), (("--max-age", "3600", "--now", now + 9000), 1),
                         (("--now", now - 9000), 1), (("--now", now + 10**8), 0)):
        assert verify("itsdangerous-timestamp", secret, token, *more)[0] == status


def test_a_gateways_keyring(secret, tmp_path):
    ring = tmp_path / "ring.jwks"
    assert macaw("key", "derive", "--for", "flask", "--from", secret, "--keyring", ring, "--kid",
                 "app").returncode == 0
    status, report = verify("flask", f"app@{ring}", flask_cookie({"_user_id": "alice"}))
    assert status == 0 and report["subject"] == "alice" and report["key_id"] == "app"
