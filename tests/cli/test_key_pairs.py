"""Keys that are no MACs: pairs, public keys of others, cipher keys."""

import base64
import json
import os
import subprocess

import pytest
from command import error, macaw, ok, warnings


@pytest.fixture(name="login")
def a_keyring(tmp_path):
    return tmp_path / "login.jwks"


@pytest.fixture(name="edges")
def a_public_keyring(tmp_path):
    return tmp_path / "edges.jwks"


def new(login, kid, *more):
    ok("key", "new", "-a", "EdDSA", "--kid", kid, "--keyring", login, *more)


def members(path):
    return {key["kid"]: key for key in json.loads(path.read_text())["keys"]}


def listed(path):
    return {key["kid"]: key for key in json.loads(ok("key", "list", "--keyring", path, "--json"))["keys"]}


def pem(tmp_path, *arguments):
    """A key made by openssl; the names of its private and public files."""
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-out", private, *arguments], check=True,
                   capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return private, public


def test_a_pair_and_its_public_part(login, edges):
    new(login, "7", "--use", "session", "--public", edges)
    secret, public = members(login)["7"], members(edges)["7"]
    assert (secret["kty"], secret["crv"], secret["alg"], secret["use"]) == \
        ("OKP", "Ed25519", "EdDSA", "session")
    assert len(base64.urlsafe_b64decode(secret["d"] + "=")) == 32
    assert "d" not in public and public["x"] == secret["x"]
    assert secret["d"] not in edges.read_text()
    assert login.stat().st_mode & 0o777 == edges.stat().st_mode & 0o777 == 0o600
    shown = listed(login)["7"], listed(edges)["7"]
    assert [key["part"] for key in shown] == ["private", "public"]
    assert shown[0]["fingerprint"] == shown[1]["fingerprint"]
    assert ok("key", "show", "--keyring", login, "--kid", "7", "--secret").strip() == secret["d"]
    error(macaw("key", "show", "--keyring", edges, "--kid", "7", "--secret"), 2, "--secret", "public")
    for words in (["list"], ["show", "--kid", "7"], ["list", "--json"]):
        assert secret["d"] not in ok("key", *words, "--keyring", login)


def test_rotation_and_retirement_reach_the_public_keyring(login, edges):
    new(login, "1", "--public", edges)
    ok("key", "rotate", "--use", "session", "--kid", "2", "--overlap", "1h", "--keyring", login,
       "--public", edges)
    keys = listed(edges)
    assert [key["state"] for key in keys.values()] == ["verify", "active"]
    assert keys["1"]["expires"] == listed(login)["1"]["expires"] is not None
    done = macaw("key", "retire", "--kid", "2", "--keyring", login, "--public", edges)
    assert done.returncode == 0 and "no key for session" in warnings(done)[0]
    assert [key["state"] for key in listed(edges).values()] == ["verify", "retired"]
    error(macaw("key", "rotate", "--use", "session", "--kid", "3", "--keyring", edges), 2, "--from")
    error(macaw("key", "rotate", "--from", "2", "--kid", "3", "--keyring", edges), 2, "public")


def test_publishing_keeps_keys_from_elsewhere(login, edges, tmp_path):
    new(tmp_path / "other.jwks", "x", "--public", edges)
    new(login, "1", "--use", "session")
    new(login, "2", "--use", "else")
    ok("key", "public", "--keyring", login, "--public", edges, "--use", "session")
    assert list(listed(edges)) == ["x", "1"]
    ok("key", "public", "--keyring", login, "--public", edges)
    assert list(listed(edges)) == ["x", "1", "2"]
    before = edges.read_bytes()
    new(tmp_path / "third.jwks", "1")
    error(macaw("key", "public", "--keyring", tmp_path / "third.jwks", "--public", edges), 2, "1",
          "another key")
    assert edges.read_bytes() == before
    error(macaw("key", "public", "--keyring", login), 2, "--public", "missing")


@pytest.mark.parametrize("alg, bits, arguments", [
    ("EdDSA", 256, ["-algorithm", "ED25519"]),
    ("ES256", 256, ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    ("RS256", 2048, ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])])
def test_public_keys_of_others(login, tmp_path, alg, bits, arguments):
    private, public = pem(tmp_path, *arguments)
    done = macaw("key", "new", "--alg", alg, "--kid", "idp", "--keyring", login, "--public-key", public)
    assert (done.returncode, done.stderr) == (0, b"")
    key = listed(login)["idp"]
    assert (key["alg"], key["bits"], key["part"], key["use"]) == (alg, bits, "public", "session")
    done = macaw("key", "new", "--alg", alg, "--kid", "own", "--keyring", tmp_path / "own.jwks",
                 "--secret-file", private)
    if alg == "EdDSA":
        assert (done.returncode, done.stderr) == (0, b"")
        assert members(tmp_path / "own.jwks")["own"]["x"] == members(login)["idp"]["x"]
    else:
        error(done, 2, "private key")
    error(macaw("key", "new", "--alg", alg, "--kid", "b", "--keyring", login, "--public-key", private),
          2, "no public key")


def test_short_rsa_and_other_curves_are_refused(login, tmp_path):
    _, public = pem(tmp_path, "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
    arguments = ["key", "new", "--alg", "RS256", "--kid", "a", "--keyring", login, "--public-key", public]
    error(macaw(*arguments), 2, "1024 bits")
    ok(*arguments, "--insecure")
    _, public = pem(tmp_path, "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
    error(macaw("key", "new", "--alg", "ES256", "--kid", "b", "--keyring", login, "--public-key",
                public), 2, "not on P-256")
    error(macaw("key", "new", "--alg", "RS256", "--kid", "b", "--keyring", login, "--public-key",
                public), 2, "type RSA")


def test_a_cipher_key(login, tmp_path):
    ok("key", "new", "--alg", "A256GCM", "--kid", "c", "--keyring", login)
    assert listed(login)["c"]["part"] == "secret"
    secret = tmp_path / "secret"
    secret.write_bytes(os.urandom(31))
    error(macaw("key", "new", "--alg", "A256GCM", "--kid", "d", "--keyring", login, "--secret-file",
                secret), 2, "32 bytes")
    ok("key", "public", "--keyring", login, "--public", tmp_path / "none.jwks")
    assert members(tmp_path / "none.jwks") == {}


def test_options_that_do_not_go_together(login, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(os.urandom(32))
    base = ["key", "new", "--keyring", login, "--kid", "a"]
    error(macaw(*base, "--public", tmp_path / "y"), 2, "--public", "MAC")
    error(macaw(*base, "--public-key", path), 2, "--public-key", "MAC")
    error(macaw(*base, "-a", "EdDSA", "--public-key", path, "--secret-file", path), 2, "not together")
    error(macaw(*base, "-a", "ES256"), 2, "only verifies")
    assert not login.exists()


def test_a_key_that_is_no_mac_makes_no_tags(login):
    new(login, "7")
    error(macaw("tag", "-k", f"7@{login}"), 2, "EdDSA", "no MAC")


def test_keys_of_other_kinds_are_counted_and_kept(login):
    new(login, "7")
    document = json.loads(login.read_text())
    document["keys"].append({"kty": "EC", "crv": "P-521", "kid": "z", "use": "session", "x": "AA"})
    login.write_text(json.dumps(document))
    assert "and 1 of other kinds" in ok("key", "list", "--keyring", login)
    new(login, "8", "--use", "other")
    assert members(login)["z"]["crv"] == "P-521"
    done = macaw("key", "audit", "--keyring", login)
    assert done.returncode == 0 and b"private key of 256 bits" in done.stdout
