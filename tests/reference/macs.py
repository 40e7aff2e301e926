"""GMAC, KMAC and SipHash from their definitions; BLAKE2 is Python's own."""

import functools
import hashlib

from poly import aes

# ---- GMAC: SP 800-38D sections 6.3 to 6.5, bit 0 of a block is its leftmost ----

R = 0xe1 << 120


def times(x, y):
    z = 0
    for i in range(127, -1, -1):
        if x >> i & 1:
            z ^= y
        y = y >> 1 ^ (R if y & 1 else 0)
    return z


def gmac(key, nonce, message):
    h = int.from_bytes(aes(key, bytes(16)), "big")
    padded = message + bytes(-len(message) % 16) + (8 * len(message)).to_bytes(8, "big") + bytes(8)
    s = 0
    for i in range(0, len(padded), 16):
        s = times(s ^ int.from_bytes(padded[i:i + 16], "big"), h)
    mask = aes(key, nonce + b"\0\0\0\1")
    return bytes(a ^ b for a, b in zip(s.to_bytes(16, "big"), mask))


# ---- KMAC: FIPS 202 section 3 and SP 800-185 section 4 ----

def rotate(x, n):
    n %= 64
    return (x << n | x >> (64 - n)) & (2**64 - 1)


def round_constants():
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for j in range(7):
            constant |= (register & 1) << ((1 << j) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


CONSTANTS = round_constants()


def keccak_f(a):
    for constant in CONSTANTS:
        column = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        change = [column[x - 1] ^ rotate(column[(x + 1) % 5], 1) for x in range(5)]
        a = [[lane ^ change[x] for lane in a[x]] for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        b[0][0], x, y = a[0][0], 1, 0
        for t in range(24):
            b[y][(2 * x + 3 * y) % 5] = rotate(a[x][y], (t + 1) * (t + 2) // 2)
            x, y = y, (2 * x + 3 * y) % 5
        a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]) for y in range(5)]
             for x in range(5)]
        a[0][0] ^= constant
    return a


@functools.lru_cache(maxsize=256)
def absorb(rate, padded):
    """The state after these blocks; messages with the same beginning share the work."""
    if not padded:
        return [[0] * 5 for _ in range(5)]
    a, last = [list(lanes) for lanes in absorb(rate, padded[:-rate])], padded[-rate:]
    for j in range(rate // 8):
        a[j % 5][j // 5] ^= int.from_bytes(last[8 * j:8 * j + 8], "little")
    return keccak_f(a)


def keccak(rate, message, suffix, size):
    padded = bytearray(message + bytes([suffix]))
    padded += bytes(-len(padded) % rate)
    padded[-1] ^= 0x80
    a = absorb(rate, bytes(padded))
    out = b"".join(a[j % 5][j // 5].to_bytes(8, "little") for j in range(rate // 8))
    while len(out) < size:
        a = keccak_f(a)
        out += b"".join(a[j % 5][j // 5].to_bytes(8, "little") for j in range(rate // 8))
    return out[:size]


def number(x):
    return x.to_bytes(max(1, (x.bit_length() + 7) // 8), "big")


def left(x):
    return bytes([len(number(x))]) + number(x)


def right(x):
    return number(x) + bytes([len(number(x))])


def text(s):
    return left(8 * len(s)) + s


def pad(s, width):
    s = left(width) + s
    return s + bytes(-len(s) % width)


def kmac(rate, size, key, message):
    return keccak(rate, pad(text(b"KMAC") + text(b""), rate) + pad(text(key), rate) + message
                  + right(8 * size), 0x04, size)


def kmac128(key, message):
    return kmac(168, 32, key, message)


def kmac256(key, message):
    return kmac(136, 64, key, message)


# ---- SipHash ----

def siphash(c, d, size, key, message):
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
         k1 ^ 0x7465646279746573]
    if size == 16:
        v[1] ^= 0xee

    def rounds(n):
        for _ in range(n):
            for a, b, turn in ((0, 1, 13), (2, 3, 16), (2, 1, 17), (0, 3, 21)):
                v[a] = (v[a] + v[b]) % 2**64
                v[b] = rotate(v[b], turn) ^ v[a]
                if turn in (13, 17):
                    v[a] = rotate(v[a], 32)

    padded = message + bytes(-(len(message) + 1) % 8) + bytes([len(message) % 256])
    for i in range(0, len(padded), 8):
        word = int.from_bytes(padded[i:i + 8], "little")
        v[3] ^= word
        rounds(c)
        v[0] ^= word
    v[2] ^= 0xee if size == 16 else 0xff
    rounds(d)
    out = (v[0] ^ v[1] ^ v[2] ^ v[3]).to_bytes(8, "little")
    if size == 16:
        v[1] ^= 0xdd
        rounds(d)
        out += (v[0] ^ v[1] ^ v[2] ^ v[3]).to_bytes(8, "little")
    return out


def blake2b(key, message):
    return hashlib.blake2b(message, key=key).digest()


def blake2s(key, message):
    return hashlib.blake2s(message, key=key).digest()
