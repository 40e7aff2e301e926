"""A key, nonce or tag of a wrong length is refused with status 2 and one line that says
what is expected. Warnings are lines of their own."""

import os
import re

import pytest
from registry import (ALGORITHMS, FIXED, NONCED, ONE_TIME, command, one_block, random_key,
                      random_nonce, rng_of)


def refused(done, option, expected):
    lines = [line for line in done.stderr.splitlines() if ": warning: " not in line]
    assert done.returncode == 2 and done.stdout == "" and len(lines) == 1, done
    assert lines[0].startswith(f"macaw: {option}: "), done
    assert re.search(rf"\b{expected}\b", lines[0].removeprefix(f"macaw: {option}: ")), done


@pytest.fixture
def key_of(tmp_path):
    """The name of a file with a key."""
    def make(secret):
        (tmp_path / "key").write_bytes(secret)
        return tmp_path / "key"
    return make


def good(name, key_of):
    return "-a", name, "-k", key_of(random_key(rng_of("refusals", name), name))


@pytest.mark.parametrize("name", ALGORITHMS)
def test_keys(name, key_of):
    a = ALGORITHMS[name]
    if a["key_min"] > 0:
        short = key_of(os.urandom(a["key_min"] - 1))
        refused(command("tag", "-a", name, "-k", short), "-k", a["key_min"])
    long = key_of(os.urandom(a["key_max"] + 1))
    refused(command("tag", "-a", name, "-k", long), "-k", a["key_max"])


@pytest.mark.parametrize("name", NONCED)
def test_nonces(name, key_of):
    right, tag = ALGORITHMS[name]["nonce"], "00" * ALGORITHMS[name]["tag"]
    for size in (0, 1, right - 1, right + 1, 64, 65, 1000):
        nonce = ("-n", "ab" * size)
        refused(command("tag", *good(name, key_of), *nonce), "-n", f"{right} bytes")
        refused(command("verify", *good(name, key_of), *nonce, "-t", tag), "-n", f"{right} bytes")
    refused(command("verify", *good(name, key_of), "-t", tag), "-n", f"missing; .* {right} bytes")


@pytest.mark.parametrize("name", [name for name in ALGORITHMS if name not in NONCED])
def test_a_nonce_where_none_is_taken(name, key_of):
    for size in (1, 12, 65):
        refused(command("tag", *good(name, key_of), "-n", "ab" * size), "-n", "takes no nonce")


@pytest.mark.parametrize("name", ALGORITHMS)
def test_tags(name, key_of):
    a, rng = ALGORITHMS[name], rng_of("tags", name)
    options = good(name, key_of) + (("-n", random_nonce(rng, name).hex()) if a["nonce"] else ())
    for size in (a["tag"] - 1, a["tag"] + 1, 0, 1):
        refused(command("verify", *options, "-t", "ab" * size), "-t", f"{2 * a['tag']} digits")
    refused(command("tag", *options, "-l", a["tag"] + 1), "-l", min(a["tag"], 64))
    refused(command("tag", *options, "-l", a["tag_min"] - 1), "-l", f"under {a['tag_min']} bytes")
    refused(command("tag", *options, "-l", "0"), "-l", "from 1 to 64")


@pytest.mark.parametrize("name", FIXED)
def test_messages(name, key_of, tmp_path):
    for size in (15, 16, 17):
        (tmp_path / str(size)).write_bytes(bytes(size))
    for size in (15, 17):
        if one_block(name):
            done = command("tag", *good(name, key_of), size, cwd=tmp_path)
            refused(done, size, "16 bytes only")
        else:
            done = command("tag", *good(name, key_of), 16, size, cwd=tmp_path)
            assert done.stdout.endswith("  16\n") and done.stdout.count("\n") == 1
            done.stdout = ""
            refused(done, size, "same length")


@pytest.mark.parametrize("name", ONE_TIME)
def test_a_one_time_key_for_two_files(name, key_of, tmp_path):
    (tmp_path / "m").touch()
    refused(command("tag", *good(name, key_of), "m", "m", cwd=tmp_path), name, "one FILE")
