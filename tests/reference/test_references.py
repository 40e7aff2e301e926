"""What libcrypto computes for macaw, against the definitions: every length from 0 to 1025,
with keys, nonces and messages that are new on each run. tests/interop does it for every
algorithm, but its peer for these calls libcrypto too."""

import functools
import hmac
import random

import macs
import nmac
import poly
import pytest
from library import Key, kernels

LONGEST = 1025

# Algorithm: key size, nonce size, tag of (key, nonce, message).
ALGORITHMS = {
    "poly1305": (32, 0, lambda key, _, message: poly.poly1305(key, message)),
    "poly1305-aes": (32, 16, poly.poly1305_aes),
    "gmac-aes128": (16, 12, macs.gmac),
    "gmac-aes256": (32, 12, macs.gmac),
}


@functools.cache
def world(name):
    """A seed that a failure prints, and key, nonce, message and tag of each length."""
    seed = random.SystemRandom().getrandbits(64)
    rng = random.Random(seed)
    key_len, nonce_len, tag = ALGORITHMS[name]
    key, message = rng.randbytes(key_len), rng.randbytes(LONGEST)
    cases = [(rng.randbytes(nonce_len), message[:n]) for n in range(LONGEST + 1)]
    return seed, key, [(nonce, text, tag(key, nonce, text)) for nonce, text in cases]


@pytest.mark.parametrize("name, kernel",
                         [(name, kernel) for name in ALGORITHMS for kernel in kernels(name)])
def test_every_length(name, kernel):
    seed, secret, cases = world(name)
    if not Key(name, secret, kernel).available:
        pytest.skip("not on this CPU")
    for nonce, message, expected in cases:
        tag = Key(name, secret, kernel).tag(nonce or None, message)
        assert tag == expected, (seed, len(message))


@pytest.mark.parametrize("secret", [b"", b"Jefe", bytes(range(25)), bytes(64)])
def test_the_nmac_reference_contains_hmac(secret):
    for message in (b"", b"what do ya want for nothing?", bytes(200)):
        expected = hmac.digest(secret, message, "sha256")
        assert nmac.nmac(nmac.hmac_keys(secret), message) == expected
