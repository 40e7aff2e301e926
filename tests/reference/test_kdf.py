"""Derivation against the definitions and python3-cryptography, with inputs that are
new on each run; and the lines of tests/vectors/kdf.txt are what the definitions give."""

import ctypes
import random
import subprocess
import sys
from pathlib import Path

import kdf
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFHMAC, CounterLocation, Mode
from library import LIBRARY

HERE = Path(__file__).resolve().parent
HASHES = {"sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256,
          "sha384": hashes.SHA384, "sha512": hashes.SHA512, "sha3-256": hashes.SHA3_256}


def sized(data):
    return data, ctypes.c_size_t(len(data))


def alg(name):
    return ctypes.c_void_p(LIBRARY.macaw_alg_find(f"hmac-{name}".encode()))


def hkdf(name, salt, secret, label, length):
    out = ctypes.create_string_buffer(length)
    assert LIBRARY.macaw_hkdf(alg(name), *sized(salt), *sized(secret), label, out,
                              ctypes.c_size_t(length)) == 0
    return out.raw


def kbkdf(name, key, label, context, length):
    out = ctypes.create_string_buffer(length)
    assert LIBRARY.macaw_kbkdf_counter(alg(name), *sized(key), *sized(label), *sized(context), out,
                                       ctypes.c_size_t(length)) == 0
    return out.raw


def test_the_vectors_are_printed_by_the_reference():
    printed = subprocess.run([sys.executable, HERE / "kdf.py"], check=True, capture_output=True,
                             text=True).stdout
    assert printed == (HERE.parent / "vectors/kdf.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HASHES)
def test_hkdf(name):
    seed = random.SystemRandom().getrandbits(64)
    rng, prf = random.Random(seed), kdf.hmac_of(name.replace("-", "_"))
    for length in range(1, 300):
        salt, secret = rng.randbytes(rng.randrange(200)), rng.randbytes(rng.randrange(200))
        want = HKDF(HASHES[name](), length, salt, b"label").derive(secret)
        assert kdf.hkdf(prf, salt, secret, b"label", length)[1] == want, (seed, length)
        assert hkdf(name, salt, secret, b"label", length) == want, (seed, length)


@pytest.mark.parametrize("name", HASHES)
def test_kbkdf(name):
    seed = random.SystemRandom().getrandbits(64)
    rng, prf = random.Random(seed), kdf.hmac_of(name.replace("-", "_"))
    for length in range(1, 300):
        key, label = rng.randbytes(rng.randrange(1, 200)), rng.randbytes(rng.randrange(1, 40))
        context = rng.randbytes(rng.randrange(1, 40))
        want = KBKDFHMAC(HASHES[name](), Mode.CounterMode, length, 4, 4,
                         CounterLocation.BeforeFixed, label, context, None).derive(key)
        assert kdf.kbkdf(prf, key, label, context, length) == want, (seed, length)
        assert kbkdf(name, key, label, context, length) == want, (seed, length)
