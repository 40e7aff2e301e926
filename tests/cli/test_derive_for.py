"""macaw key derive --for: the key of a framework's sessions, for an edge that must not
have the framework's secret. Checklist: E13, A21."""

import base64
import hashlib
import hmac
import json

import pytest
from command import error, macaw, ok, secret_of

SECRET = b"an application's secret, of no use at the edge 4f1c"
SALT = "django.contrib.sessions.backends.signed_cookies"
NOW = 1700000000


@pytest.fixture(name="secret")
def a_secret(tmp_path):
    path = tmp_path / "secret"
    path.write_bytes(SECRET)
    return path


def rails(salt, length, name="sha256"):
    return hashlib.pbkdf2_hmac(name, SECRET, salt, 1000, length)


KEYS = [
    (["flask"], hmac.digest(SECRET, b"cookie-session", "sha1")),
    (["flask", "--salt", "other"], hmac.digest(SECRET, b"other", "sha1")),
    (["django", "--salt", SALT], hashlib.sha256(SALT.encode() + b"signer" + SECRET).digest()),
    (["django"], hashlib.sha256(b"django.core.signingsigner" + SECRET).digest()),
    (["django", "--salt", "x", "--alg", "hmac-sha1"], hashlib.sha1(b"xsigner" + SECRET).digest()),
    (["itsdangerous"], hashlib.sha1(b"itsdangeroussigner" + SECRET).digest()),
    (["itsdangerous", "--salt", "in"], hashlib.sha1(b"insigner" + SECRET).digest()),
    (["itsdangerous-signer"], hashlib.sha1(b"itsdangerous.Signersigner" + SECRET).digest()),
    (["itsdangerous-timestamp", "--alg", "hmac-sha512"],
     hashlib.sha512(b"itsdangerous.Signersigner" + SECRET).digest()),
    (["starlette"], hashlib.sha1(b"itsdangerous.Signersigner" + SECRET).digest()),
    (["django-cookie", "--name", "prefs", "--salt", "s"],
     hashlib.sha256(b"prefsssigner" + b"django.http.cookies" + SECRET).digest()),
    (["rails"], rails(b"authenticated encrypted cookie", 32)),
    (["rails", "--kdf", "sha1"], rails(b"authenticated encrypted cookie", 32, "sha1")),
    (["rails-encrypted"], rails(b"authenticated encrypted cookie", 32)),
    (["rails-signed", "--kdf", "sha256"], rails(b"signed cookie", 64)),
]


@pytest.mark.parametrize("arguments, want", KEYS, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_the_key_of_the_framework(arguments, want, secret):
    assert ok("key", "derive", "--from", secret, "--hex", "--for", *arguments) == want.hex() + "\n"


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def flask_token():
    key = hmac.digest(SECRET, b"cookie-session", "sha1")
    value = f"{b64(json.dumps({'_user_id': 'alice'}).encode())}.{b64(NOW.to_bytes(4, 'big'))}"
    return f"{value}.{b64(hmac.digest(key, value.encode(), 'sha1'))}"


def test_the_edge_verifies_with_the_derived_key_alone(secret, tmp_path):
    ring, raw = tmp_path / "ring", tmp_path / "raw"
    derive = ["key", "derive", "--from", secret, "--for", "flask"]
    ok(*derive, "--keyring", ring, "--kid", "flask")
    ok(*derive, "-o", raw)
    verify = ["cookie", "verify", "--scheme", "flask", "--now", NOW + 5, flask_token()]
    for key in (["-k", f"flask@{ring}"], ["-k", raw, "--derived"], ["-k", secret]):
        assert json.loads(ok(*verify, *key))["subject"] == "alice"
    assert macaw(*verify, "-k", raw).returncode == 1
    (entry,) = json.loads(ok("key", "list", "--keyring", ring, "--json"))["keys"]
    assert (entry["alg"], entry["use"]) == ("hmac-sha1", "session")
    assert SECRET not in ring.read_bytes() and b64(SECRET).encode() not in ring.read_bytes()


def test_a_cipher_key_in_a_keyring(secret, tmp_path):
    ring = tmp_path / "ring"
    ok("key", "derive", "--from", secret, "--for", "rails", "--keyring", ring, "--kid", "r", "--use", "web")
    (entry,) = json.loads(ok("key", "list", "--keyring", ring, "--json"))["keys"]
    assert (entry["alg"], entry["use"]) == ("A256GCM", "web")
    assert base64.urlsafe_b64decode(secret_of(ring, "r") + "=") == rails(b"authenticated encrypted cookie", 32)


def test_another_algorithm(secret, tmp_path):
    ring = tmp_path / "ring"
    ok("key", "derive", "--from", secret, "--for", "rails-signed", "--keyring", ring, "--kid", "r",
       "--alg", "hmac-sha256")
    assert secret_of(ring, "r") == b64(rails(b"signed cookie", 64))
    (entry,) = json.loads(ok("key", "list", "--keyring", ring, "--json"))["keys"]
    assert entry["alg"] == "hmac-sha256"


@pytest.mark.parametrize("more, words", [
    (["--for", "nonsense", "--hex"], ["--for", "nonsense"]), (["--for", "express", "--hex"], ["--for"]),
    (["--for", "flask"], ["-o"]), (["--for", "flask", "--hex", "--label", "l"], ["--label"]),
    (["--for", "flask", "--hex", "--alg", "cmac-aes128"], ["--alg"]),
    (["--for", "flask", "--hex", "--length", "9"], ["--length"]),
    (["--for", "rails", "--hex", "--kdf", "hkdf"], ["--kdf"]),
    (["--for", "flask", "--keyring", "x", "--kid", "k", "--key-alg", "cmac-aes128"], ["--key-alg"]),
    (["--for", "flask", "--hex", "--kdf", "sha1"], ["--kdf", "rails"]),
    (["--for", "itsdangerous", "--hex", "--salt", "itsdangerous.Signer"], ["--for", "salt"]),
    (["--label", "x", "--hex", "--name", "who"], ["--name", "--for"]),
    (["--for", "django-cookie", "--hex"], ["--name"]),
    (["--for", "flask", "--name", "a b", "--hex"], ["--for"])])
def test_wrong_use(secret, more, words):
    error(macaw("key", "derive", "--from", secret, *more), 2, *words)
