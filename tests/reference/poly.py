"""The polynomial MACs from their definitions, with Python's big integers.

Run as a program it prints tests/vectors/poly.txt.
"""

import random

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

Q = 2**128 + 51


def aes(key, block):
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def blocks_of(message):
    """m[1] .. m[L]: a 1 bit, zeros up to whole blocks, each block a number."""
    padded = message + b"\x80" + bytes(-(len(message) + 1) % 16)
    return [int.from_bytes(padded[i:i + 16], "big") for i in range(0, len(padded), 16)]


def polynomial(message, x):
    """x^(L+1) + m[L] x^L + ... + m[1] x modulo q, term by term."""
    blocks = blocks_of(message)
    total = pow(x, len(blocks) + 1, Q)
    for i, block in enumerate(blocks, 1):
        total += block * pow(x, i, Q)
    return total % Q


def poly_onetime(key, message):
    k1, k2 = int.from_bytes(key[:16], "big"), int.from_bytes(key[16:], "big")
    return ((polynomial(message, k1) + k2) % Q).to_bytes(17, "big")


def cw_aes128(key, nonce, message):
    k_a = aes(key[:16], bytes(16))
    k_b = aes(key[:16], bytes(15) + b"\x01")
    mask = (aes(k_a, nonce) + aes(k_b, nonce))[:17]
    return bytes(a ^ b for a, b in zip(mask, poly_onetime(key[16:], message)))


def poly1305(key, message):
    """RFC 8439 section 2.5."""
    r = int.from_bytes(key[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    total = 0
    for i in range(0, len(message), 16):
        total = (total + int.from_bytes(message[i:i + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def poly1305_aes(key, nonce, message):
    """Bernstein 2005: key is k, then r."""
    return poly1305(key[16:] + aes(key[:16], nonce), message)


# ---- vectors: what is likely to go wrong with carries and reductions ----

EDGES = [0, 1, 2, 50, 51, 52, 2**64 - 1, 2**64, 2**127, 2**128 - 52, 2**128 - 51, 2**128 - 1]
SUMS = [0, 1, Q - 1, 2**128 - 1, 2**128, 2**128 + 1, 2**128 + 50, 2**127, 2**64 - 1]


def square_root(a):
    """q is 3 modulo 4. Of the two roots the one that is a square itself."""
    root = pow(a, (Q + 1) // 4, Q)
    return root if root * root % Q == a else None


def root_of(value, n):
    while n > 1 and value is not None:
        value, n = square_root(value), n // 2
    return value


def points(n):
    """Up to three points whose n-th power is one of the 51 values over 2^128."""
    found = [root for root in (root_of(value, n) for value in range(2**128, Q))
             if root is not None and root < 2**128]
    assert all(pow(x, n, Q) >= 2**128 for x in found)
    return found[:3]


def line(k1, k2, message):
    key = k1.to_bytes(16, "big") + k2.to_bytes(16, "big")
    return f"{key.hex()} {message.hex() or '-'} {poly_onetime(key, message).hex()}"


def with_sum(k1, target, message):
    """k2 so that the tag is target, where 16 bytes can say it."""
    k2 = (target - polynomial(message, k1)) % Q
    return [line(k1, k2, message)] if k2 < 2**128 else []


def with_states(k1, targets, length):
    """A message of whole blocks for which Horner's rule passes through the targets."""
    state, blocks = (k1 + 2**127) % Q, []  # x + m[L], the padding block
    for i in range(length):
        block = (targets[i % len(targets)] - state * k1) % Q
        block = min(block, 2**128 - 1)
        state = (state * k1 + block) % Q
        blocks.insert(0, block)
    return b"".join(block.to_bytes(16, "big") for block in blocks)


def vectors():
    rng = random.Random(2**128 + 51)
    for k1 in EDGES:
        for k2 in EDGES:
            yield line(k1, k2, b"")
            yield line(k1, k2, b"\xff" * 47)
        yield line(k1, 2**128 - 1, b"\xff" * 640)
        yield line(k1, 0, bytes(656))
    for n in (2, 4, 8, 16, 32):
        for k1 in points(n):
            for size in (31, 32, 127, 128, 512, 640, 1030):
                yield line(k1, rng.getrandbits(128), rng.randbytes(size))
    for target in SUMS:
        for size in (0, 5, 16, 48, 700):
            yield from with_sum(rng.getrandbits(128), target, rng.randbytes(size))
    for k1 in EDGES[2:] + [rng.getrandbits(128) for _ in range(4)]:
        yield line(k1, rng.getrandbits(128), with_states(k1, SUMS, 18))
        yield line(k1, rng.getrandbits(128), with_states(k1, SUMS, 80))
    for size in [*range(0, 100), *range(100, 1100, 37)]:
        yield line(rng.getrandbits(128), rng.getrandbits(128), rng.randbytes(size))


if __name__ == "__main__":
    print("# poly-onetime: key, message, tag; from tests/reference/poly.py, which says what each is for.")
    for text in vectors():
        print(text)
