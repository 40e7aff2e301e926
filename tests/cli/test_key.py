"""Keyrings: made, listed, rotated, retired, refused."""

import base64
import calendar
import json
import os
import re
import subprocess
import time

import pytest
from command import MACAW, error, macaw, new_key, ok, secret_of, warnings

SECRET = bytes.fromhex("8f1d6b3a94c27e05bb1c4d7f60a9e2381754ce9082f3d6ab41097cbe5528d3f6")


@pytest.fixture(name="ring")
def a_ring(tmp_path):
    return tmp_path / "ring.json"


def listed(ring):
    keys = json.loads(ok("key", "list", "--keyring", ring, "--json"))["keys"]
    return {key["kid"]: key for key in keys}


def unix(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def test_a_new_key(ring):
    before = int(time.time())
    done = macaw("key", "new", "--keyring", ring, "--kid", "a")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert ring.stat().st_mode & 0o7777 == 0o600
    key = listed(ring)["a"]
    assert (key["alg"], key["use"], key["state"], key["bits"]) == ("hmac-sha256", "http", "active", 256)
    assert before <= unix(key["created"]) <= time.time()
    assert key["expires"] is None and key["insecure"] is False
    stored = json.loads(ring.read_text())["keys"][0]
    assert stored["kty"] == "oct" and len(base64.urlsafe_b64decode(stored["k"] + "=")) == 32


def test_new_secrets_differ(ring):
    for kid in "abc":
        macaw("key", "new", "--keyring", ring, "--kid", kid)
    assert len({key["fingerprint"] for key in listed(ring).values()}) == 3


def test_an_imported_key(ring, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    new_key(ring, "b", "--alg", "hmac-sha512", "--use", "file", "--secret-file", secret)
    assert base64.urlsafe_b64decode(secret_of(ring, "b") + "=") == SECRET
    key = listed(ring)["b"]
    assert (key["alg"], key["use"], key["bits"]) == ("hmac-sha512", "file", 256)
    error(macaw("key", "new", "--keyring", ring, "--kid", "c", "--secret-file", secret), 2, "k:")
    secret.write_bytes(SECRET + b"\n")
    done = macaw("key", "new", "--keyring", ring, "--kid", "d", "--secret-file", secret)
    assert "newline" in warnings(done)[0]
    error(macaw("key", "new", "--keyring", ring, "--kid", "e", "--secret-file", ring), 2, "keyring")


def test_weak_secrets_are_refused_unless_marked(ring, tmp_path):
    secret = tmp_path / "secret"
    for weak in (b"short", b"your-256-bit-secret"):
        secret.write_bytes(weak)
        arguments = ["key", "new", "--keyring", ring, "--kid", f"w{len(weak)}",
                     "--secret-file", secret]
        done = macaw(*arguments)
        error(done, 2, "--kid")
        assert weak not in done.stderr
        assert macaw(*arguments, "--insecure").returncode == 0
    assert all(key["insecure"] for key in listed(ring).values())
    assert "insecure" in ok("key", "list", "--keyring", ring)


def test_a_forgeable_algorithm_needs_a_marked_key(ring):
    arguments = ["key", "new", "--keyring", ring, "--kid", "old", "--alg", "sha256-suffix"]
    error(macaw(*arguments), 2, "--alg", "sha256-suffix")
    ok(*arguments, "--insecure")


@pytest.mark.parametrize("kid", ["", "a b", "a@b", "ä", "a/b", "k" * 65, "a\n"])
def test_a_kid_has_one_alphabet(ring, kid):
    error(macaw("key", "new", "--keyring", ring, "--kid", kid), 2, "--kid")
    assert not ring.exists()


def test_a_kid_is_given_once(ring):
    new_key(ring, "a")
    before = ring.read_bytes()
    error(macaw("key", "new", "--keyring", ring, "--kid", "a"), 2, "a", "already")
    assert ring.read_bytes() == before


def test_what_is_missing_is_named(ring):
    error(macaw("key", "new", "--kid", "a"), 2, "--keyring", "missing")
    error(macaw("key", "new", "--keyring", ring), 2, "--kid", "missing")
    error(macaw("key", "new", "--keyring", ring, "--kid", "a", "--alg", "md5"), 2, "--alg", "md5")
    error(macaw("key", "new", "--keyring", ring, "--kid", "a", "--use", "Http"), 2, "use")
    for words in (["list"], ["show", "--kid", "a"], ["rotate", "--kid", "b"], ["retire", "--kid", "a"]):
        error(macaw("key", *words, "--keyring", ring), 3, ring.name, "No such file")
    new_key(ring, "a")
    for words in (["show", "--kid", "b"], ["retire", "--kid", "b"]):
        error(macaw("key", *words, "--keyring", ring), 2, "--kid", "no key b")


def test_a_keyring_others_can_read_is_refused(ring):
    new_key(ring, "a")
    for mode in (0o644, 0o660, 0o604, 0o650):
        ring.chmod(mode)
        error(macaw("key", "list", "--keyring", ring), 3, ring.name, "0640")
        error(macaw("key", "new", "--keyring", ring, "--kid", "b"), 3, ring.name)
    ring.chmod(0o640)
    new_key(ring, "b")
    assert ring.stat().st_mode & 0o7777 == 0o640


def test_a_broken_keyring_is_refused_and_kept(ring):
    ring.write_text('{"keys": [{"kty": "oct", "kid": "a"')
    ring.chmod(0o600)
    before = ring.read_bytes()
    error(macaw("key", "list", "--keyring", ring), 2, ring.name)
    error(macaw("key", "new", "--keyring", ring, "--kid", "b"), 2, ring.name)
    assert ring.read_bytes() == before


def test_secrets_are_printed_only_when_asked(ring):
    new_key(ring, "a")
    stored = json.loads(ring.read_text())["keys"][0]["k"]
    outputs = [macaw("key", "list", "--keyring", ring), macaw("key", "list", "--keyring", ring, "--json"),
               macaw("key", "show", "--keyring", ring, "--kid", "a"),
               macaw("key", "show", "--keyring", ring, "--kid", "a", "--json")]
    for done in outputs:
        assert done.returncode == 0
        for spelling in (stored, base64.urlsafe_b64decode(stored + "=").hex()):
            assert spelling.encode() not in done.stdout + done.stderr
    assert secret_of(ring, "a") == stored
    error(macaw("key", "show", "--keyring", ring, "--kid", "a", "--secret", "--json"), 2, "--secret")


def test_list_and_show_for_people(ring):
    new_key(ring, "a")
    lines = ok("key", "list", "--keyring", ring).splitlines()
    assert lines[0].split()[:4] == ["KID", "ALG", "USE", "STATE"]
    assert re.match(r"a +hmac-sha256 +http +active +256 +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", lines[1])
    shown = ok("key", "show", "--keyring", ring, "--kid", "a")
    assert "state        active" in shown
    assert lines[1].split()[-1] in shown


# ---- rotation ----

def test_rotation(ring):
    new_key(ring, "k1", "--alg", "hmac-sha512")
    now = time.time()
    ok("key", "rotate", "--keyring", ring, "--kid", "k2")
    keys = listed(ring)
    assert keys["k1"]["state"] == "verify" and keys["k2"]["state"] == "active"
    assert abs(unix(keys["k1"]["expires"]) - now - 7 * 86400) < 5
    assert (keys["k2"]["alg"], keys["k2"]["use"]) == ("hmac-sha512", "http")
    assert keys["k1"]["fingerprint"] != keys["k2"]["fingerprint"]
    ok("key", "rotate", "--keyring", ring, "--kid", "k3", "--overlap", "90s")
    assert abs(unix(listed(ring)["k2"]["expires"]) - now - 90) < 5
    done = macaw("key", "retire", "--keyring", ring, "--kid", "k2")
    assert done.returncode == 0 and not done.stderr
    assert [key["state"] for key in listed(ring).values()] == ["verify", "retired", "active"]
    error(macaw("key", "rotate", "--keyring", ring, "--kid", "k4", "--from", "k1"), 2, "--from", "verify")
    error(macaw("key", "rotate", "--keyring", ring, "--kid", "k1"), 2, "k1", "already")
    done = macaw("key", "retire", "--keyring", ring, "--kid", "k3")
    assert "no key for http is active" in warnings(done)[0]
    error(macaw("key", "rotate", "--keyring", ring, "--kid", "k4"), 2, "--from", "no key")


def test_a_rotated_key_verifies_and_signs_no_more(ring, tmp_path):
    path = tmp_path / "m"
    path.write_bytes(b"message")
    old = new_key(ring, "k1", "--use", "file")
    tag = ok("tag", "-k", old, path).split()[0]
    ok("key", "rotate", "--keyring", ring, "--kid", "k2", "--use", "file")
    error(macaw("tag", "-k", old, path), 2, "-k", "verify")
    assert macaw("verify", "-qk", old, "-t", tag, path).returncode == 0
    ok("key", "retire", "--keyring", ring, "--kid", "k1")
    error(macaw("verify", "-qk", old, "-t", tag, path), 2, "-k", "retired")


def test_two_active_keys_need_a_name(ring):
    new_key(ring, "a")
    done = macaw("key", "new", "--keyring", ring, "--kid", "b")
    assert "more than one" in warnings(done)[0]
    error(macaw("key", "rotate", "--keyring", ring, "--kid", "c"), 2, "--from", "more than one")
    ok("key", "rotate", "--keyring", ring, "--kid", "c", "--from", "a")
    assert listed(ring)["a"]["state"] == "verify"


@pytest.mark.parametrize("text", ["", "7", "d", "7D", "-1d", "07d", "1.5d", "7 d", "7dd", "99999999w"])
def test_an_overlap_has_one_spelling(ring, text):
    new_key(ring, "a")
    error(macaw("key", "rotate", "--keyring", ring, "--kid", "b", "--overlap", text), 2, "--overlap")
    assert list(listed(ring)) == ["a"]


def test_commands_at_once_lose_no_key(ring):
    """All wait for the same pipe to be closed."""
    script = 'read -r line; exec "$0" "$@" 2>/dev/null'
    read, write = os.pipe()
    running = [subprocess.Popen(["sh", "-c", script, MACAW, "key", "new", "--keyring", ring, "--kid",
                                 f"k{i}"], stdin=read) for i in range(24)]
    os.close(read)
    os.close(write)
    assert [process.wait(timeout=600) for process in running] == [0] * 24
    assert len(listed(ring)) == 24
    assert os.listdir(ring.parent) == [ring.name]
