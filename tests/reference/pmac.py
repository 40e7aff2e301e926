#!/usr/bin/python3
"""The PMACs, from their definitions, with integers as polynomials over GF(2).

pmac           J. Black, P. Rogaway, Eurocrypt 2002: Z_i = g_i L, where g_1, g_2, … is the
               Gray code; L = E(0); a whole last block is masked with x^-1 L.
pmac1          P. Rogaway, Asiacrypt 2004: Z_i = 2^i L; the last block, the m-th, with
               2^m 3 L if it is whole and 2^m 9 L if not.
pmac_counter   P(k1, i) = k1 i for the i-th block; every message padded with 10…0; the last
               block unmasked; E under k2; the key is k1 || k2.

Run as a program, it prints tests/vectors/pmac-lengths.txt: algorithm, length, tag. Key
byte i is 7 i + 1, message byte i is i modulo 251.
"""

import functools
import operator

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

DEGREE = 128
MODULUS = 1 << 128 | 0b10000111
X = 2


def times(a, b):
    """The product of two polynomials modulo MODULUS."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a, b = a << 1, b >> 1
    while product.bit_length() > DEGREE:
        product ^= MODULUS << product.bit_length() - DEGREE - 1
    return product


def power(a, n):
    """a^n."""
    if n == 0:
        return 1
    half = power(times(a, a), n // 2)
    return times(half, a) if n % 2 else half


INVERSE_OF_X = power(X, 2 ** DEGREE - 2)
assert times(X, INVERSE_OF_X) == 1


def gray(i):
    """The i-th word of the reflected code: the words so far, then the same backwards with
    one more bit."""
    if i == 0:
        return 0
    top = i.bit_length() - 1
    return 1 << top | gray(2 ** (top + 1) - 1 - i)


def number(block):
    return int.from_bytes(block, "big")


class Blocks:
    """AES on lists of numbers."""

    def __init__(self, key):
        self.cipher = Cipher(algorithms.AES(key), modes.ECB())

    def encrypt(self, values):
        encryptor = self.cipher.encryptor()
        out = encryptor.update(b"".join(value.to_bytes(16, "big") for value in values))
        return [number(out[at:at + 16]) for at in range(0, len(out), 16)]


def total(values):
    return functools.reduce(operator.xor, values, 0)


def padded(part):
    return number(part + b"\x80" + bytes(15 - len(part)))


def split(message):
    """All blocks but the last, and the last: at most 16 bytes, none only if all is none."""
    parts = [message[at:at + 16] for at in range(0, len(message), 16)] or [b""]
    return [number(part) for part in parts[:-1]], parts[-1]


def pmac(key, message):
    aes = Blocks(key)
    unit = aes.encrypt([0])[0]
    inner, last = split(message)
    terms = aes.encrypt([block ^ times(gray(i), unit) for i, block in enumerate(inner, 1)])
    end = number(last) ^ times(unit, INVERSE_OF_X) if len(last) == 16 else padded(last)
    return aes.encrypt([total(terms) ^ end])[0].to_bytes(16, "big")


def pmac1(key, message):
    aes = Blocks(key)
    unit = aes.encrypt([0])[0]
    inner, last = split(message)
    masks = [times(X, unit)]
    while len(masks) <= len(inner):
        masks.append(times(X, masks[-1]))
    assert masks[-1] == times(power(X, len(inner) + 1), unit)
    terms = aes.encrypt([block ^ mask for block, mask in zip(inner, masks)])
    whole = len(last) == 16
    end = (number(last) if whole else padded(last)) ^ times(masks[-1], 3 if whole else times(3, 3))
    return aes.encrypt([total(terms) ^ end])[0].to_bytes(16, "big")


def pmac_counter(key, message):
    k1, aes = number(key[:16]), Blocks(key[16:])
    ones = message + b"\x80" + bytes(-(len(message) + 1) % 16)
    inner, last = split(ones)
    terms = aes.encrypt([block ^ times(i, k1) for i, block in enumerate(inner, 1)])
    return aes.encrypt([total(terms) ^ number(last)])[0].to_bytes(16, "big")


ALGORITHMS = {
    "pmac-aes128": (pmac, 16), "pmac-aes192": (pmac, 24), "pmac-aes256": (pmac, 32),
    "pmac1-aes128": (pmac1, 16), "pmac1-aes192": (pmac1, 24), "pmac1-aes256": (pmac1, 32),
    "pmac-counter-aes128": (pmac_counter, 32),
}


def lengths():
    """All where padding changes, some of the rest, and where a table of masks may end."""
    yield from range(0, 68)
    yield from range(70, 1026, 13)
    for blocks in (64, 255, 256, 257, 258, 511, 512, 513, 1024, 4096):
        yield from (16 * blocks - 1, 16 * blocks, 16 * blocks + 1)
    yield 2 ** 20 + 1


def main():
    key = bytes((7 * i + 1) & 255 for i in range(32))
    message = bytes(i % 251 for i in range(2 ** 20 + 1))
    print("# tests/reference/pmac.py, with the AES of Python's cryptography")
    for name, (function, key_len) in ALGORITHMS.items():
        for length in lengths():
            print(name, length, function(key[:key_len], message[:length]).hex())


if __name__ == "__main__":
    main()
