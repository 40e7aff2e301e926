"""macaw key derive and macaw key audit. Checklist: A17, C15, E13."""

import base64
import hmac
import json
import os
import time

import pytest
from command import error, macaw, new_key, ok, secret_of, warnings

SECRET = bytes.fromhex("8f1d6b3a94c27e05bb1c4d7f60a9e2381754ce9082f3d6ab41097cbe5528d3f6")


@pytest.fixture(name="master")
def a_master(tmp_path):
    path = tmp_path / "master"
    path.write_bytes(SECRET)
    path.chmod(0o600)
    return path


def hkdf(secret, label, length, salt=b"", name="sha256"):
    prk, out, block, i = hmac.digest(salt, secret, name), b"", b"", 0
    while len(out) < length:
        i += 1
        block = hmac.digest(prk, block + label + bytes([i]), name)
        out += block
    return out[:length]


def kbkdf(secret, label, length, name="sha256"):
    fixed, out, i = label + b"\0" + (8 * length).to_bytes(4, "big"), b"", 0
    while len(out) < length:
        i += 1
        out += hmac.digest(secret, i.to_bytes(4, "big") + fixed, name)
    return out[:length]


@pytest.mark.parametrize("length", [1, 31, 32, 33, 64, 100, 8160])
def test_the_bytes_are_those_of_the_standards(master, length):
    common = ["key", "derive", "--from", master, "--label", "api v1", "--length", length, "--hex"]
    assert ok(*common) == hkdf(SECRET, b"api v1", length).hex() + "\n"
    assert ok(*common, "--salt", "hex:00ff") == hkdf(SECRET, b"api v1", length, b"\0\xff").hex() + "\n"
    assert ok(*common, "--alg", "hmac-sha512") == hkdf(SECRET, b"api v1", length, name="sha512").hex() + "\n"
    assert ok(*common, "--kdf", "kbkdf") == kbkdf(SECRET, b"api v1", length).hex() + "\n"


def test_kbkdf_over_cmac(tmp_path):
    key = tmp_path / "key"
    key.write_bytes(SECRET[:16])
    derive = ["key", "derive", "--from", key, "--kdf", "kbkdf", "--label", "l", "--hex"]
    cmac = ok("tag", "-a", "cmac-aes128", "-k", key, stdin=b"\0\0\0\1l\0\0\0\0\x80").split()[0]
    assert ok(*derive, "--alg", "cmac-aes128", "--length", 16) == cmac + "\n"
    error(macaw(*derive, "--alg", "cmac-aes256"), 2, "--from", "16 bytes", "32")
    error(macaw(*derive, "--alg", "poly-onetime"), 2, "--from")
    error(macaw(*derive, "--alg", "prf-aes128"), 2, "--alg", "any length")
    error(macaw("key", "derive", "--from", key, "--label", "l", "--hex", "--alg", "cmac-aes128"),
          2, "--alg", "HMAC")


def test_a_file_is_made_and_never_replaced(master, tmp_path):
    out = tmp_path / "out"
    derive = ["key", "derive", "--from", master, "--label", "x", "-o", out]
    done = macaw(*derive)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert out.stat().st_mode & 0o7777 == 0o600
    assert out.read_bytes() == hkdf(SECRET, b"x", 32)
    error(macaw(*derive), 2, "-o", "exists")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert macaw(*derive[:-1], tmp_path / "link").returncode != 0
    assert not (tmp_path / "elsewhere").exists()
    error(macaw(*derive[:-1], tmp_path / "no/out"), 3, "no/out")


def test_into_a_keyring_and_from_one(tmp_path):
    ring, derived = tmp_path / "ring.json", tmp_path / "derived.json"
    source = new_key(ring, "master", "--use", "derive")
    secret = base64.urlsafe_b64decode(secret_of(ring, "master") + "=")
    done = macaw("key", "derive", "--from", source, "--label", "a", "--keyring", derived, "--kid", "a",
                 "--key-alg", "cmac-aes128", "--use", "file")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert base64.urlsafe_b64decode(secret_of(derived, "a") + "==") == hkdf(secret, b"a", 16)
    (key,) = json.loads(ok("key", "list", "--keyring", derived, "--json"))["keys"]
    assert (key["alg"], key["use"], key["state"]) == ("cmac-aes128", "file", "active")
    again = ["key", "derive", "--from", source, "--label", "a", "--length", 16, "--keyring", derived]
    error(macaw(*again, "--kid", "b", "--key-alg", "cmac-aes128"), 2, "--kid")
    done = macaw("key", "derive", "--from", source, "--label", "a", "--kdf", "kbkdf", "--hex")
    assert done.returncode == 0 and "no tags" in warnings(done)[0]
    ok("key", "retire", "--keyring", ring, "--kid", "master")
    error(macaw(*again, "--kid", "c"), 2, "--from", "retired")


@pytest.mark.parametrize("more, words", [
    ([], ["-o"]), (["--hex", "-o", "x"], ["-o"]), (["--keyring", "x"], ["--kid"]),
    (["--hex", "--kid", "x"], ["--kid"]), (["--hex", "--use", "file"], ["--use"]),
    (["--hex", "--kdf", "pbkdf"], ["--kdf"]), (["--hex", "--salt", "00"], ["--salt"]),
    (["--hex", "--salt", "hex:0"], ["--salt"]), (["--hex", "--length", "0"], ["--length"]),
    (["--hex", "--length", "8161"], ["--length", "8160"]), (["--hex", "--alg", "none"], ["--alg"]),
    (["--hex", "--kdf", "kbkdf", "--salt", "hex:00"], ["--salt"]), (["--hex", "x"], ["x"])])
def test_wrong_use(master, more, words):
    error(macaw("key", "derive", "--from", master, "--label", "l", *more), 2, *words)


def test_label_and_key_must_be_there(master):
    error(macaw("key", "derive", "--from", master, "--hex"), 2, "--label")
    error(macaw("key", "derive", "--from", master, "--label", "", "--hex"), 2, "--label")
    error(macaw("key", "derive", "--label", "l", "--hex"), 2, "--from")
    error(macaw("key", "derive", "--from", "/nonexistent", "--label", "l", "--hex"), 3, "--from")


# ---- audit ----

def audit(*arguments):
    """Findings of the keys and of the whole, and the keys; no secret is printed."""
    done = macaw("key", "audit", *arguments, "--json")
    report = json.loads(done.stdout)
    found = [text for key in report["keys"] for text in key["findings"]] + report["findings"]
    assert done.returncode == (1 if found else 0), done
    assert macaw("key", "audit", *arguments).stdout.decode().count("finding: ") == len(found)
    return found, report["keys"]


@pytest.mark.parametrize("size", [16, 17, 24, 32, 64, 255, 4096])
def test_random_keys_are_good(size):
    """Also those that end like a line."""
    for _ in range(20):
        secret = os.urandom(size - 1) + b"\n"
        found, (key,) = audit(f"hex:{secret.hex()}")
        assert not found and key["entropy_bits"] == 8 * size, secret.hex()


@pytest.mark.parametrize("secret, kind, word", [
    (b"tiny", "words", "short"), (b"", "empty", "short"),
    (b"correct horse battery staple and more", "words", "guessable"),
    (b"ThisIsMySuperLongSecretPassphrase", "words", "guessable"),
    (b"a" * 64, None, "guessable"), (b"\0\1" * 32, "a pattern", "guessable"),
    (b"\x10" * 40 + bytes(range(100, 130)), "a pattern", "guessable"),
    (b"2024-01-01 12:34", "text", "guessable"), (b"0123456789abcdef", "hexadecimal digits", "guessable"),
    (b"your_secret_key_here", None, "published")])
def test_what_is_found_in_a_key(secret, kind, word):
    found, (key,) = audit(f"hex:{secret.hex()}")
    assert any(text.startswith(word) for text in found), found
    assert kind is None or key["looks_like"] == kind


def test_text_taken_for_bytes(master):
    for text, kind in ((os.urandom(32).hex(), "hexadecimal digits"),
                       (base64.b64encode(os.urandom(33)).decode(), "base64 text")):
        master.write_text(text)
        found, (key,) = audit(master)
        assert not found and key["looks_like"] == kind and "decodes" in key["note"]
    master.write_bytes(SECRET.hex().encode() + b"\n")
    assert "newline" in audit(master)[1][0]["note"]
    master.write_bytes(SECRET + b"\n")
    assert audit(master)[1][0]["note"] is None


def test_the_mode_of_a_file(master):
    master.chmod(0o640)
    assert not audit(master)[0]
    master.chmod(0o644)
    assert "0644" in audit(master)[0][0]


def test_the_algorithm_decides_what_is_short():
    secret = f"hex:{SECRET[:16].hex()}"
    assert not audit(secret, "--alg", "cmac-aes128")[0]
    assert "algorithm: " in audit(secret, "--alg", "hmac-md5")[0][0]
    assert audit(secret, "--alg", "blake2s")[1][0]["safe_bits"] == 128
    error(macaw("key", "audit", secret, "--alg", "none"), 2, "--alg")


def edit(ring, kid, **members):
    """Change the file as an editor would."""
    doc = json.loads(ring.read_text())
    for key in doc["keys"]:
        if key["kid"] == kid:
            key.update(members)
    ring.write_text(json.dumps(doc))


@pytest.mark.parametrize("members, word", [
    ({"exp": 1000000000}, "expired"), ({"state": "verify"}, "endless"),
    ({"sign_until": 1000000000}, "endless"), ({"state": "pending"}, "never becomes active"),
    ({"iat": 4000000000}, "future"), ({"insecure": True}, "insecure"), ({"alg": "hmac-sha1"}, "algorithm")])
def test_what_is_found_in_an_entry(tmp_path, members, word):
    ring = tmp_path / "ring.json"
    new_key(ring, "good")
    new_key(ring, "bad", "--use", "file")
    assert not audit("--keyring", ring)[0]
    edit(ring, "bad", **members)
    found, keys = audit("--keyring", ring)
    assert any(word in text for text in found), found
    assert {key["kid"]: bool(key["findings"]) for key in keys} == {"good": False, "bad": True}
    assert word in " ".join(audit(f"bad@{ring}")[0]) and not audit(f"good@{ring}")[0]


def test_what_is_found_in_a_keyring(tmp_path):
    ring = tmp_path / "ring.json"
    new_key(ring, "a")
    new_key(ring, "b")
    assert audit("--keyring", ring)[0] == [
        "more than one key for http is active: messages must name their key"]
    edit(ring, "a", state="verify", exp=int(time.time()) + 1000)
    assert not audit("--keyring", ring)[0]
    edit(ring, "b", state="retired")
    assert audit("--keyring", ring)[0] == ["no key for http is active now"]
    edit(ring, "b", state="active")
    ring.chmod(0o644)
    assert audit("--keyring", ring)[0][0].startswith("mode 0644")
    ring.chmod(0o600)
    edit(ring, "b", k=base64.urlsafe_b64encode(b"your-256-bit-secret").decode().rstrip("="))
    assert audit("--keyring", ring)[0][0].startswith("refused as a keyring: ")
    ring.write_text("{")
    error(macaw("key", "audit", "--keyring", ring), 2, "ring.json")
    error(macaw("key", "audit", "--keyring", tmp_path / "no"), 3, "no")
    error(macaw("key", "audit"), 2, "KEY")
    error(macaw("key", "audit", "--keyring", ring, "x"), 2, "x")
