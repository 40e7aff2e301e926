"""Another key is like another random function: one changed bit of a key changes about half
of the bits of a tag. Checklist: A20."""

import math

import pytest
from library import Key, kernels
from registry import ALGORITHMS, having, one_block, random_key, random_nonce, rng_of, seed

PRFS = having("prf")
SIGMAS = 6.5  # one run in about 10^6 strays so far by chance


def tag(name, key, nonce, message):
    return int.from_bytes(Key(name, key, kernels(name)[-1]).tag(nonce or None, message), "big")


def flips(name, key, nonce, message):
    """For each bit of the key, the bits of the tag that change with it."""
    whole, before = int.from_bytes(key, "big"), tag(name, key, nonce, message)
    return [before ^ tag(name, (whole ^ 1 << bit).to_bytes(len(key), "big"), nonce, message)
            for bit in range(8 * len(key))]


def changed(name):
    """Over more than two blocks: a key of masks has nothing to do in a shorter message."""
    rng = rng_of("avalanche", name)
    message = rng.randbytes(16 if one_block(name) else rng.randrange(33, 200))
    return flips(name, random_key(rng, name), random_nonce(rng, name), message)


@pytest.mark.parametrize("name", PRFS)
def test_half_of_the_tag(name):
    found, size = changed(name), 8 * ALGORITHMS[name]["tag"]
    if "-des" in name:
        assert not any(found[0::8]), "the last bit of each byte of a DES key is parity"
        found = [bits for i, bits in enumerate(found) if i % 8]
    counts = [bits.bit_count() for bits in found]
    assert all(abs(n - size / 2) < SIGMAS * math.sqrt(size) / 2 for n in counts), (seed(), counts)
    room = SIGMAS * math.sqrt(size * len(counts)) / 2
    assert abs(sum(counts) - len(counts) * size / 2) < room, (seed(), sum(counts), len(counts))
    for bit in range(size):
        rate = sum(bits >> bit & 1 for bits in found)
        assert abs(rate - len(found) / 2) < SIGMAS * math.sqrt(len(found)) / 2, (seed(), bit, rate)


# What is added to a polynomial moves the tag by little, and part of Poly1305's r is cleared.
CLEARED = {"poly1305": range(16), "poly1305-aes": range(16, 32)}


@pytest.mark.parametrize("name", [name for name in ALGORITHMS if name not in PRFS])
def test_every_bit_of_the_key_counts(name):
    found = changed(name)[::-1]  # the first bit of the key first
    ignored = [i for i, bits in enumerate(found) if not bits]
    cleared = [8 * byte + bit for i, byte in enumerate(CLEARED.get(name, ()))
               for bit in range(8) if i % 4 == 3 and bit < 4 or i % 4 == 0 and i and bit > 5]
    assert ignored == cleared, seed()
