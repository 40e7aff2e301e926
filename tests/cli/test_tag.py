"""tag and verify: values, forms of KEY, files, refusals."""

import hashlib
import hmac
import json
import os
import subprocess

import pytest
from command import MACAW, error, macaw, new_key, ok, warnings

KEY = hashlib.sha256(b"a key of these tests").digest()
HEX = "hex:" + KEY.hex()
ALGORITHMS = [a["name"] for a in json.loads(ok("algorithms", "--json"))["algorithms"]]
HMACS = [name for name in ALGORITHMS if name.startswith("hmac-")]
DIGEST = {"hmac-sha512-256": "sha512-256"}  # as openssl spells it
SIZES = [0, 1, 55, 56, 63, 64, 65, 71, 72, 111, 112, 127, 128, 129, 135, 136, 137, 4096, 262143,
         262144, 262145]


def content(size):
    return (hashlib.sha256(b"content").digest() * (size // 32 + 1))[:size]


def openssl_hmac(alg, path, key=KEY):
    digest = DIGEST.get(alg, alg.removeprefix("hmac-"))
    done = subprocess.run(["openssl", "dgst", f"-{digest}", "-mac", "HMAC", "-macopt",
                           f"hexkey:{key.hex()}", str(path)], capture_output=True, check=True)
    return done.stdout.decode().split("= ")[1].strip()


def test_the_value_of_the_sources():
    done = macaw("tag", "-a", "hmac-sha256", "-k", "hex:736563726574", stdin=b"this_is_a_message")
    assert done.returncode == 0
    assert done.stdout == b"ce9bd7b7da5bff9e1f79afce1409cebb4e3ae30f20b9e19518fc9d312b11083f  -\n"
    assert warnings(done), "a key of 6 bytes deserves a warning"


@pytest.mark.parametrize("alg", HMACS)
def test_tags_are_those_of_openssl(alg, tmp_path):
    for size in SIZES:
        path = tmp_path / "message"
        path.write_bytes(content(size))
        expected = openssl_hmac(alg, path)
        assert ok("tag", "-a", alg, "-k", HEX, path) == f"{expected}  {path}\n", size
        assert ok("verify", "-a", alg, "-k", HEX, "-t", expected, path) == f"{path}: verified\n"


@pytest.mark.parametrize("alg", HMACS)
def test_a_changed_message_key_or_tag_is_refused(alg, tmp_path):
    path = tmp_path / "message"
    path.write_bytes(content(1000))
    tag = openssl_hmac(alg, path)
    assert macaw("verify", "-qa", alg, "-k", HEX, "-t", tag, path).returncode == 0
    for i in range(0, len(tag), 7):
        wrong = tag[:i] + "0123456789abcdef"[int(tag[i], 16) ^ 1] + tag[i + 1:]
        error(macaw("verify", "-a", alg, "-k", HEX, "-t", wrong, path), 1, "not verified")
    other = "hex:" + bytes(reversed(KEY)).hex()
    assert macaw("verify", "-a", alg, "-k", other, "-t", tag, path).returncode == 1
    path.write_bytes(content(1001))
    quiet = macaw("verify", "--quiet", "-a", alg, "-k", HEX, "-t", tag, path)
    assert (quiet.returncode, quiet.stdout) == (1, b"")
    assert not [line for line in quiet.stderr.splitlines() if b"warning" not in line]


@pytest.mark.parametrize("alg", ["hmac-md5", "hmac-sha1"])
def test_old_hashes_warn(alg):
    done = macaw("tag", "-a", alg, "-k", HEX)
    assert done.returncode == 0 and alg in warnings(done)[0]
    assert not warnings(macaw("tag", "-a", "hmac-sha256", "-k", HEX))


# ---- lengths ----

def test_a_shorter_tag_is_the_left_part(tmp_path):
    path = tmp_path / "m"
    path.write_bytes(b"x")
    full = openssl_hmac("hmac-sha256", path)
    for length in (8, 16, 31, 32):
        tag = full[:2 * length]
        assert ok("tag", "-a", "hmac-sha256", "-k", HEX, "-l", length, path).startswith(tag + "  ")
        assert macaw("verify", "-a", "hmac-sha256", "-k", HEX, "-l", length, "-t", tag,
                     path).returncode == 0
    # The length belongs to the key: a prefix is no tag of the full length.
    error(macaw("verify", "-a", "hmac-sha256", "-k", HEX, "-t", full[:32], path), 2, "-t", "64", "32")
    error(macaw("verify", "-a", "hmac-sha256", "-k", HEX, "-t", "", path), 2, "-t")


def test_a_tag_that_can_be_guessed_needs_a_word():
    error(macaw("tag", "-a", "hmac-sha256", "-k", HEX, "-l", "7"), 2, "-l", "--short-tag")
    assert ok("tag", "-a", "hmac-sha256", "-k", HEX, "-l", "4", "--short-tag")[8:] == "  -\n"
    error(macaw("tag", "-a", "hmac-sha256", "-k", HEX, "-l", "33"), 2, "-l", "32")


@pytest.mark.parametrize("length", ["0", "-1", "08", "8 ", "x", "", "99999999999999999999"])
def test_a_length_has_one_spelling(length):
    error(macaw("tag", "-a", "hmac-sha256", "-k", HEX, "-l", length), 2, "-l", "number")


@pytest.mark.parametrize("tag, offset", [("0g", 1), ("AB", 0), ("abc", 3), (" ab", 0), ("zz", 0)])
def test_a_tag_that_is_not_hex_names_the_byte(tag, offset):
    error(macaw("verify", "-a", "hmac-sha256", "-k", HEX, "-t", tag), 2, "-t", f"byte {offset}:")


# ---- keys ----

def test_a_key_file_is_its_bytes(tmp_path):
    key = tmp_path / "key"
    key.write_bytes(KEY)
    expected = ok("tag", "-a", "hmac-sha256", "-k", HEX)
    done = macaw("tag", "-a", "hmac-sha256", "-k", key)
    assert done.stdout.decode() == expected and not done.stderr
    key.write_bytes(KEY + b"\n")
    done = macaw("tag", "-a", "hmac-sha256", "-k", key)
    assert done.returncode == 0 and done.stdout.decode() != expected
    assert "newline" in warnings(done)[0]


def test_a_path_may_look_like_anything_behind_a_dot(tmp_path):
    for name in ("hex:00", "kid@ring", "@"):
        (tmp_path / name).write_bytes(KEY)
        assert ok("tag", "-a", "hmac-sha256", "-k", f"./{name}", cwd=tmp_path) == \
            ok("tag", "-a", "hmac-sha256", "-k", HEX)


@pytest.mark.parametrize("key, words", [
    ("hex:0g", ["byte 5"]), ("hex:AB", ["byte 4"]), ("hex:abc", ["byte 7"]),
    ("no such file", ["No such file"]), ("a b@ring", ["key id"]), ("@ring", ["key id"]),
    ("k" * 65 + "@ring", ["key id"])])
def test_a_wrong_key_names_the_option_and_no_secret(key, words):
    status = 3 if words == ["No such file"] else 2
    line = error(macaw("tag", "-a", "hmac-sha256", "-k", key), status, "-k", *words)
    assert key not in line and key.split("@")[0].removeprefix("hex:") not in line.split(": ", 2)[2] or key[0] == "@"


def test_a_keyring_is_not_a_key_file(tmp_path):
    ring = tmp_path / "ring.json"
    new_key(ring)
    error(macaw("tag", "-a", "hmac-sha256", "-k", ring), 2, "-k", "KID@FILE")


def test_a_key_of_a_keyring(tmp_path):
    ring, secret = tmp_path / "ring@2.json", tmp_path / "secret"
    secret.write_bytes(KEY)
    name = new_key(ring, "files", "--use", "file", "--secret-file", secret)
    expected = ok("tag", "-a", "hmac-sha256", "-k", HEX, "-l", "16")
    for arguments in (["-a", "hmac-sha256"], []):
        done = macaw("tag", *arguments, "-k", name, "-l", "16")
        assert done.stdout.decode() == expected and not done.stderr
    error(macaw("tag", "-a", "hmac-sha512", "-k", name), 2, "-a", "hmac-sha256 only")
    error(macaw("tag", "-k", f"nobody@{ring}"), 2, "-k", "nobody")
    error(macaw("tag", "-k", "files@/nonexistent"), 3, "/nonexistent")


def test_a_key_for_requests_is_not_for_files(tmp_path):
    done = macaw("tag", "-k", new_key(tmp_path / "ring.json"))
    assert done.returncode == 0 and "--use file" in warnings(done)[0]


def test_a_published_key_is_warned_about():
    done = macaw("tag", "-a", "hmac-sha256", "-k", "hex:" + b"your-256-bit-secret".hex())
    assert done.returncode == 0 and "published" in warnings(done)[0]


def test_what_is_missing_is_named():
    error(macaw("tag", "-a", "hmac-sha256"), 2, "-k", "missing")
    error(macaw("tag", "-k", HEX), 2, "-a", "missing")
    error(macaw("verify", "-a", "hmac-sha256", "-k", HEX), 2, "-t", "missing")
    error(macaw("tag", "-a", "hmac-sha257", "-k", HEX), 2, "-a", "hmac-sha257")
    error(macaw("tag", "-a", "hmac-sha256", "-k", HEX, "-n", "00"), 2, "-n", "no nonce")
    error(macaw("tag", "-a", "hmac-sha256", "-k", HEX, "-n", "0"), 2, "-n", "byte 1")


def test_the_digits_of_a_key_leave_the_list_of_processes():
    read, write = os.pipe()
    with subprocess.Popen([MACAW, "tag", "-a", "hmac-sha256", "-k", HEX], stdin=read,
                          stdout=subprocess.PIPE) as process:
        os.write(write, b"x" * 65536)  # once it reads, the key has been taken
        while True:
            with open(f"/proc/{process.pid}/wchan", encoding="ascii") as waits:
                if "pipe" in waits.read():
                    break
            if process.poll() is not None:
                break
        with open(f"/proc/{process.pid}/cmdline", "rb") as arguments:
            shown = arguments.read()
        os.close(write)
        os.close(read)
        process.communicate(timeout=30)
    assert b"hex:xxxx" in shown and KEY.hex().encode() not in shown


# ---- algorithms that take not every message ----

FIXED = [name for name in ALGORITHMS if name.startswith(("prf-", "cbc-mac-aes"))]


@pytest.mark.parametrize("alg", FIXED)
def test_messages_of_one_length_only(alg, tmp_path):
    for name, size in (("a", 16), ("b", 16), ("c", 32)):
        (tmp_path / name).write_bytes(bytes(size))
    key = "hex:" + KEY.hex()[:{"128": 32, "192": 48, "256": 64}[alg[-3:]]]
    done = macaw("tag", "-a", alg, "-k", key, "a", "b", "c", cwd=tmp_path)
    tags = [line.split()[0] for line in done.stdout.splitlines()]
    assert done.returncode == 2 and len(tags) == 2 and tags[0] == tags[1]
    assert done.stderr.decode().splitlines()[-1].startswith("macaw: c: ")


# ---- files ----

def test_several_files_and_standard_input(tmp_path):
    (tmp_path / "a").write_bytes(b"A")
    (tmp_path / "b").write_bytes(b"B")
    lines = ok("tag", "-a", "hmac-sha256", "a", "-", "b", "-k", HEX, cwd=tmp_path, stdin=b"S").splitlines()
    assert lines == [f"{hmac.new(KEY, data, 'sha256').hexdigest()}  {name}"
                     for data, name in ((b"A", "a"), (b"S", "-"), (b"B", "b"))]


@pytest.mark.parametrize("name", ["new\nline", "back\\slash", "carriage\rreturn", "plain", " -n", "ä"])
def test_names_are_written_as_sha256sum_writes_them(name, tmp_path):
    (tmp_path / name).write_bytes(b"x")
    theirs = subprocess.run(["sha256sum", "--", name], cwd=tmp_path, capture_output=True, check=True)
    sha = hashlib.sha256(b"x").hexdigest().encode()
    mac = hmac.new(KEY, b"x", "sha256").hexdigest().encode()
    ours = macaw("tag", "-a", "hmac-sha256", "-k", HEX, "--", name, cwd=tmp_path).stdout
    if b"\r" not in theirs.stdout:  # older ones leave it as it is
        assert ours == theirs.stdout.replace(sha, mac)
    assert ours.count(b"\n") == 1


def test_what_cannot_be_read_is_named_and_the_rest_is_done(tmp_path):
    (tmp_path / "a").write_bytes(b"A")
    done = macaw("tag", "-a", "hmac-sha256", "-k", HEX, "none", "a", ".", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stdout.decode().endswith("  a\n")
    assert done.stderr.decode().splitlines() == [
        "macaw: none: No such file or directory", "macaw: .: Is a directory"]
    error(macaw("tag", "-a", "hmac-sha256", "-k", HEX, "none", "a", cwd=tmp_path), 3, "none")
    error(macaw("verify", "-a", "hmac-sha256", "-k", HEX, "-t", "00" * 32, "none"), 3, "none")


def test_no_progress_in_a_pipe_and_constant_memory(tmp_path):
    """A file of 1 GiB, sparse: four times the memory the process may have."""
    path = tmp_path / "large"
    with open(path, "wb") as file:
        file.truncate(1 << 30)
    limited = ["sh", "-c", 'ulimit -v 262144; exec "$0" "$@"', MACAW]
    done = subprocess.run([*limited, "tag", "-a", "hmac-sha256", "-k", HEX, path],
                          capture_output=True, timeout=600, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    mac = hmac.new(KEY, digestmod="sha256")
    for _ in range(1 << 10):
        mac.update(bytes(1 << 20))
    assert done.stdout.decode() == f"{mac.hexdigest()}  {path}\n"


# ---- algorithms ----

def test_the_list_of_algorithms():
    listed = json.loads(ok("algorithms", "--json"))["algorithms"]
    text = ok("algorithms")
    for alg in listed:
        assert f"\n{alg['name']} " in text
        assert alg["tag_min"] <= alg["tag"] <= 64 and alg["key_min"] <= alg["key_safe"]
        assert alg["standard"] and alg["kernels"]
        assert any(kernel["available"] for kernel in alg["kernels"])
        assert alg["advice"] or "legacy" not in alg["properties"]
    assert {"hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sha3-512"} <= set(ALGORITHMS)


def test_bench_measures_each_kernel():
    rows = json.loads(ok("bench", "--json", "hmac-sha256"))["kernels"]
    assert rows and all(row["ns_16"] > 0 and row["mb_per_s_16384"] > 0 for row in rows)
    assert ok("bench", "hmac-sha256").count("hmac-sha256") == len(rows)
    error(macaw("bench", "hmac-sha257"), 2, "hmac-sha257")
