"""NMAC over the compression function of SHA-256 (FIPS 180-4 section 6.2.2), from the
definitions: a cascade of compressions under k1, one more under k2."""

from math import isqrt


def primes(n):
    found, candidate = [], 2
    while len(found) < n:
        if all(candidate % p for p in found):
            found.append(candidate)
        candidate += 1
    return found


def cube_root(x):
    low, high = 0, x
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= x else (low, middle - 1)
    return low


MASK = 2**32 - 1
CONSTANTS = [cube_root(p << 96) & MASK for p in primes(64)]
START = [isqrt(p << 64) & MASK for p in primes(8)]


def right(x, n):
    return (x >> n | x << (32 - n)) & MASK


def compress(chain, block):
    """F(chain, block): 32 bytes and 64 bytes to 32 bytes."""
    w = [int.from_bytes(block[i:i + 4], "big") for i in range(0, 64, 4)]
    for t in range(16, 64):
        s0 = right(w[t - 15], 7) ^ right(w[t - 15], 18) ^ w[t - 15] >> 3
        s1 = right(w[t - 2], 17) ^ right(w[t - 2], 19) ^ w[t - 2] >> 10
        w.append((s1 + w[t - 7] + s0 + w[t - 16]) & MASK)
    before = [int.from_bytes(chain[i:i + 4], "big") for i in range(0, 32, 4)]
    a, b, c, d, e, f, g, h = before
    for t in range(64):
        t1 = h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + (e & f ^ ~e & g) + CONSTANTS[t] + w[t]
        t2 = (right(a, 2) ^ right(a, 13) ^ right(a, 22)) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = (t1 + t2) & MASK, a, b, c, (d + t1) & MASK, e, f, g
    after = zip(before, (a, b, c, d, e, f, g, h))
    return b"".join(((x + y) & MASK).to_bytes(4, "big") for x, y in after)


def cascade(key, padded):
    for i in range(0, len(padded), 64):
        key = compress(key, padded[i:i + 64])
    return key


def hash_padded(message, bits):
    """SHA-256's padding for a length that counts what went before the message."""
    return message + b"\x80" + bytes(-(len(message) + 9) % 64) + bits.to_bytes(8, "big")


def nmac(key, message):
    """Both lengths count one block that k1 and k2 stand for."""
    inner = cascade(key[:32], hash_padded(message, 512 + 8 * len(message)))
    return cascade(key[32:], hash_padded(inner, 768))


def nmac_fixpad(key, message):
    """10* padding and no length; the outer block is filled up with zeros."""
    inner = cascade(key[:32], message + b"\x80" + bytes(-(len(message) + 1) % 64))
    return compress(key[32:], inner + bytes(32))


def hmac_keys(secret):
    """k1 || k2 with which NMAC is HMAC-SHA256 under a secret of at most a block."""
    start = b"".join(word.to_bytes(4, "big") for word in START)
    padded = secret + bytes(64 - len(secret))
    return b"".join(compress(start, bytes(b ^ pad for b in padded)) for pad in (0x36, 0x5c))
