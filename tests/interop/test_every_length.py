"""Each algorithm equals its peer on every length from 0 to 1025, with keys, nonces and
messages that are new on each run: the library under every kernel, and the command.
Checklist: A13, B33, D17, D45."""

import functools

import pytest
from library import Key, kernels
from peers import PEERS
from registry import (ALGORITHMS, EDGES, FIXED, LONGEST, NONCED, ONE_TIME, REUSABLE, command,
                      lengths, random_key, random_nonce, rng_of, seed)

KEYS = 2


def test_every_algorithm_has_a_peer():
    assert set(ALGORITHMS) <= set(PEERS)


# ---- the library ----

@functools.cache
def cases(name):
    """Some keys; for each, nonce, message and tag of each length."""
    rng, worlds = rng_of("library", name), []
    for _ in range(KEYS):
        key, message = random_key(rng, name), rng.randbytes(LONGEST)
        rest = [(random_nonce(rng, name), message[:n]) for n in lengths(name)]
        worlds.append((key, [(nonce, text, PEERS[name](key, nonce, text)) for nonce, text in rest]))
    return worlds


@pytest.mark.parametrize("name, kernel", [(n, k) for n in ALGORITHMS for k in kernels(n)])
def test_the_library(name, kernel):
    for secret, all_lengths in cases(name):
        key = Key(name, secret, kernel)
        if not key.available:
            pytest.skip("not on this CPU")
        for nonce, message, want in all_lengths:
            if name in ONE_TIME + FIXED:
                key = Key(name, secret, kernel)
            assert key.tag(nonce or None, message) == want, (seed(), len(message))


# ---- the command ----

@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A file for each length; its name is the length."""
    folder, message = tmp_path_factory.mktemp("lengths"), rng_of("files").randbytes(LONGEST)
    for n in range(LONGEST + 1):
        (folder / str(n)).write_bytes(message[:n])
    return folder


def tag(folder, name, key, *arguments):
    """Pairs of nonce, tag and length that the command prints."""
    (folder / "key").write_bytes(key)
    done = command("tag", "-a", name, "-k", "key", *arguments, cwd=folder)
    assert done.returncode == 0, (seed(), done)
    for line in done.stdout.splitlines():
        claim, size = line.split("  ")
        nonce, _, digits = claim.rpartition(":")
        yield bytes.fromhex(nonce), bytes.fromhex(digits), int(size)


def content(folder, size):
    return (folder / str(size)).read_bytes()


@pytest.mark.parametrize("name", REUSABLE)
def test_the_command_on_all_files_at_once(name, folder):
    key, seen = random_key(rng_of("command", name), name), []
    for nonce, got, size in tag(folder, name, key, *range(LONGEST + 1)):
        assert got == PEERS[name](key, nonce, content(folder, size)), (seed(), size)
        seen.append(nonce or size)
    assert len(set(seen)) == LONGEST + 1


@pytest.mark.parametrize("name", NONCED)
def test_the_command_with_a_nonce(name, folder):
    rng = rng_of("nonce", name)
    for size in EDGES:
        key, nonce = random_key(rng, name), random_nonce(rng, name)
        want = PEERS[name](key, nonce, content(folder, size))
        assert list(tag(folder, name, key, "-n", nonce.hex(), size)) == [(b"", want, size)], seed()


@pytest.mark.parametrize("name", ONE_TIME + FIXED)
def test_the_command_with_a_key_for_each_length(name, folder):
    rng = rng_of("fresh", name)
    for size in lengths(name, EDGES):
        key = random_key(rng, name)
        want = PEERS[name](key, b"", content(folder, size))
        assert list(tag(folder, name, key, size)) == [(b"", want, size)], seed()
