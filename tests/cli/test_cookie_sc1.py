"""sc1 against the implementation in Python, both ways, with sessions that are new on
each run. Checklist: E4, E16, E23."""

import base64
import hashlib
import json
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from command import macaw, ok

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))
import sc1  # noqa: E402

NOW = 1700000000
ROUNDS = 40


@pytest.fixture(name="rng")
def a_rng():
    seed = random.SystemRandom().getrandbits(64)
    print("seed", seed)
    return random.Random(seed)


def text(rng, longest):
    return "".join(rng.choice("aZ0 |.-_~é€🦜\"'\\{") for _ in range(rng.randrange(longest)))


def keys(scheme, rng, tmp_path):
    """(bytes, file) to issue with, (bytes, file) to verify with."""
    private = rng.randbytes(32)
    public = sc1.public_of(private) if scheme == "sc1-ed25519" else private
    out = []
    for name, data in (("private", private), ("public", public)):
        path = tmp_path / name
        path.write_bytes(data)
        out.append((data, path))
    return out


def session(rng):
    cap = rng.choice([1, 60, 43200, 2**24 - 1])
    ttl = rng.randint(1, 2**24 - 1)
    login = NOW - rng.randrange(cap)
    data = text(rng, 60).encode()
    return sc1.Claims(login, NOW, ttl, cap, rng.randrange(65536), rng.randrange(65536), rng.randbytes(12),
                      text(rng, 40).encode(), {sc1.DATA: data} if data else {}, rng.randbytes(32))


def context(rng):
    return sc1.Context(rng.choice([b"macaw-session", b"__Host-s", b"a"]),
                       *(text(rng, 20).encode() for _ in range(3)))


def options(bound, kid):
    return ["--kid", kid, "--name", bound.name.decode(), "--purpose", bound.purpose.decode(),
            "--audience", bound.audience.decode(), "--bind", bound.bind.decode(), "--now", NOW]


def expected_payload(data):
    try:
        value = json.loads(data)
        return value if isinstance(value, (dict, list)) else data
    except ValueError:
        return data


def assert_says(report, claims, scheme):
    assert report["valid"], report
    assert report["key_id"] == claims.kid
    assert report["session_id"] == claims.sid.hex()
    assert (report["login"], report["issued"]) == (claims.login, claims.issued)
    assert (report["expires"], report["cap"]) == (claims.expires, claims.end)
    assert report["generation"] == claims.generation
    if scheme == "sc1-handle":
        assert report["handle"] == hashlib.sha256(claims.handle).hexdigest()
        assert "subject" not in report
    else:
        assert report.get("subject", "") == claims.subject.decode()
        data = claims.fields.get(sc1.DATA, b"").decode()
        assert report.get("payload", "") == expected_payload(data)


@pytest.mark.parametrize("scheme", sc1.TYPES)
def test_macaw_reads_what_python_writes(scheme, rng, tmp_path):
    (private, _), (_, file) = keys(scheme, rng, tmp_path)
    for _ in range(ROUNDS):
        claims, bound = session(rng), context(rng)
        token = sc1.issue(scheme, private, bound, claims, rng.randbytes(16))
        done = macaw("cookie", "verify", "--scheme", scheme, "-k", file, *options(bound, claims.kid),
                     "--", token)
        assert_says(json.loads(done.stdout), claims, scheme)


@pytest.mark.parametrize("scheme", sc1.TYPES)
def test_python_reads_what_macaw_writes(scheme, rng, tmp_path):
    (_, file), (public, _) = keys(scheme, rng, tmp_path)
    for _ in range(ROUNDS):
        claims, bound = session(rng), context(rng)
        token = ok("cookie", "issue", "--scheme", scheme, "-k", file, *options(bound, claims.kid),
                   "--subject", claims.subject.decode(), "--data", claims.fields.get(1, b"").decode(),
                   "--login", claims.login, "--ttl", claims.ttl, "--cap", claims.cap,
                   "--generation", claims.generation, "--session-id", claims.sid.hex()).strip()
        got = sc1.verify(scheme, {claims.kid: public}, bound, token, NOW)
        if scheme == "sc1-handle":
            assert len(got.handle) == 32
            assert replace(got, handle=b"") == replace(claims, handle=b"", subject=b"", fields={})
        else:
            assert replace(got, handle=b"") == replace(claims, handle=b"")


@pytest.mark.parametrize("scheme", sc1.TYPES)
def test_both_refuse_the_same(scheme, rng, tmp_path):
    """One changed character somewhere, and each part of the context changed."""
    (private, _), (public, file) = keys(scheme, rng, tmp_path)
    claims, bound = session(rng), replace(context(rng), audience=b"shop")
    token = sc1.issue(scheme, private, bound, claims, rng.randbytes(16))

    def both(text, where, kid):
        done = macaw("cookie", "verify", "--scheme", scheme, "-k", file, *options(where, kid), "--", text)
        with pytest.raises(sc1.Refused) as refused:
            sc1.verify(scheme, {kid: public}, where, text, NOW)
        report = json.loads(done.stdout)
        assert done.returncode == 1 and report["reason"] == str(refused.value), (text, report)

    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for _ in range(ROUNDS):
        at = rng.randrange(len(token))
        other = rng.choice([c for c in alphabet if c != token[at]])
        both(token[:at] + other + token[at + 1:], bound, claims.kid)
    for member in ("name", "purpose", "audience", "bind"):
        both(token, replace(bound, **{member: getattr(bound, member) + b"x"}), claims.kid)
    both(token, bound, claims.kid ^ 1)


def test_a_handle_is_only_stored_as_its_hash(tmp_path):
    (tmp_path / "key").write_bytes(sc1.MASTER)
    token = ok("cookie", "issue", "--scheme", "sc1-handle", "-k", tmp_path / "key", "--now", NOW).strip()
    secret = base64.urlsafe_b64decode(token[1:])[32:64]
    report = json.loads(ok("cookie", "verify", "--scheme", "sc1-handle", "-k", tmp_path / "key", "--now",
                           NOW, token))
    assert report["handle"] == hashlib.sha256(secret).hexdigest()
    assert secret.hex() not in json.dumps(report)
