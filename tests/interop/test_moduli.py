"""The edges of both moduli, through the public interface: messages are solved for, so that
sums and tags land on values where a carry or a reduction goes wrong. Checklist: D35."""

import pytest
from library import Key, kernels
from poly import Q, aes, blocks_of, cw_aes128, poly1305, poly1305_aes, poly_onetime
from registry import ONE_TIME, random_key, rng_of, seed

P = 2**130 - 5
CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffff

# Around 0, 2^128 and 2^130, limbs of 26, 32, 44, 52 and 64 bits full or empty, and q, p.
VALUES = sorted({(sign * base + step) for base in (0, 2**26, 2**32, 2**44, 2**52, 2**64, 2**104,
                                                   2**127, 2**128, 2**129, 2**130)
                 for sign in (1, -1) for step in range(-6, 7)} | {51, 52, 2**128 + 50, 2**128 + 52})
EDGES_Q = sorted({v % Q for v in VALUES} | {Q - 1, Q - 2, Q - 51, Q - 52})
EDGES_P = sorted({v % P for v in VALUES} | {P - 1, P - 2, P - 5})
LENGTHS = (0, 1, 2, 7, 8, 9, 16, 31, 33, 64, 65)  # whole blocks that lead up to the solved one
KEYS_Q = (0, 1, 2, 50, 51, 52, 2**64 - 1, 2**64, 2**127, 2**128 - 51, 2**128 - 2, 2**128 - 1)


def big(value):
    return value.to_bytes(16, "big")


def tagged(name, kernel, secret, nonce, message):
    return Key(name, secret, kernel).tag(nonce, message)


def every_kernel(*names):
    return pytest.mark.parametrize("name, kernel", [
        (name, kernel) for name in names for kernel in kernels(name)
        if Key(name, random_key(rng_of("probe"), name), kernel).available])


# ---- q = 2^128 + 51 ----

def solved_q(rng, x, k2, edge, more):
    """A message whose polynomial, k2 added, is edge: block 1 of 2 + more is what is left."""
    rest = rng.randbytes(16 * more)
    others = blocks_of(bytes(16) + rest)
    value = pow(x, len(others) + 1, Q) + sum(m * pow(x, i, Q) for i, m in enumerate(others, 1))
    first = (edge - k2 - value) * pow(x, -1, Q) % Q
    assert first < 2**128, "one in 2^122"
    return big(first) + rest


@every_kernel("poly-onetime")
def test_tags_on_the_edges_of_q(name, kernel):
    rng = rng_of("q", kernel)
    for edge in EDGES_Q:
        for more in LENGTHS:
            x, k2 = rng.choice((1, 2, 2**128 - 1, rng.getrandbits(128))), rng.getrandbits(128)
            message = solved_q(rng, x, k2, edge, more)
            got = tagged(name, kernel, big(x) + big(k2), None, message)
            assert got == edge.to_bytes(17, "big"), (seed(), edge, more)


def steered_q(rng, x, count):
    """Blocks, last first, each chosen so that Horner's sum before it is multiplied is an
    edge where a block can do that."""
    blocks, total = [], (x + (1 << 127)) * x % Q
    for _ in range(count):
        wanted = [(edge - total) % Q for edge in rng.sample(EDGES_Q, 8)]
        block = next((b for b in wanted if b < 2**128), 0)
        blocks.append(block)
        total = (total + block) * x % Q
    return b"".join(map(big, reversed(blocks)))


@every_kernel("poly-onetime", "cw-aes128")
def test_sums_on_the_edges_of_q(name, kernel):
    rng = rng_of("sums", name, kernel)
    for x in KEYS_Q + tuple(rng.getrandbits(128) for _ in range(20)):
        for count in LENGTHS:
            message = steered_q(rng, x, count) + rng.choice((b"", b"\xff" * 15))
            secret = big(x) + big(rng.choice(KEYS_Q))
            if name in ONE_TIME:
                got = tagged(name, kernel, secret, None, message)
                want = poly_onetime(secret, message)
            else:
                secret, nonce = rng.randbytes(16) + secret, rng.randbytes(16)
                got = tagged(name, kernel, secret, nonce, message)
                want = cw_aes128(secret, nonce, message)
            assert got == want, (seed(), x, count)


@every_kernel("poly-onetime", "cw-aes128")
def test_extreme_messages_modulo_q(name, kernel):
    rng = rng_of("extreme", name, kernel)
    for k1 in KEYS_Q:
        for k2 in KEYS_Q:
            for fill in (b"\x00", b"\xff"):
                secret, message = big(k1) + big(k2), fill * rng.choice((0, 15, 16, 31, 160, 1025))
                if name in ONE_TIME:
                    assert (tagged(name, kernel, secret, None, message)
                            == poly_onetime(secret, message)), (seed(), k1, k2)
                else:
                    secret = bytes(16) + secret
                    assert (tagged(name, kernel, secret, bytes(16), message)
                            == cw_aes128(secret, bytes(16), message)), (seed(), k1, k2)


# ---- p = 2^130 - 5 ----

def solved_p(rng, r, edge, more):
    """A message after which the accumulator is edge: its last block is what is left."""
    for _ in range(200):
        head = rng.randbytes(16 * more)
        total = 0
        for i in range(0, len(head), 16):
            total = (total + int.from_bytes(head[i:i + 16] + b"\x01", "little")) * r % P
        last = (edge * pow(r, -1, P) - total - 2**128) % P
        if last < 2**128:
            return head + last.to_bytes(16, "little")
    return None


def keys_p(rng):
    yield from (4 << 96 & CLAMP, 1, 2, CLAMP, CLAMP & 2**64 - 1, CLAMP >> 64 << 64)
    for _ in range(4):
        yield rng.getrandbits(128) & CLAMP


@every_kernel("poly1305", "poly1305-aes")
def test_tags_on_the_edges_of_p(name, kernel):
    rng, solved = rng_of("p", name, kernel), 0
    for edge in EDGES_P:
        for r in keys_p(rng):
            s, more = rng.choice((0, 1, 5, 2**128 - 5, 2**128 - 1)), rng.choice(LENGTHS[1:])
            message = solved_p(rng, r, edge, more) if r else None
            if message is None:
                continue
            solved += 1
            low = r.to_bytes(16, "little")
            if name in ONE_TIME:
                secret, nonce = low + s.to_bytes(16, "little"), None
            else:
                secret, nonce = rng.randbytes(16) + low, rng.randbytes(16)
                s = int.from_bytes(aes(secret[:16], nonce), "little")
            want = ((edge + s) % 2**128).to_bytes(16, "little")
            assert tagged(name, kernel, secret, nonce, message) == want, (seed(), edge, r, more)
    assert solved > len(EDGES_P) * 5


@every_kernel("poly1305", "poly1305-aes")
def test_extreme_messages_modulo_p(name, kernel):
    rng = rng_of("extreme", name, kernel)
    for r in (0, 2**128 - 1, *keys_p(rng)):
        for s in (0, 1, 2**128 - 1):
            for size in (0, 1, 15, 16, 17, 64, 255, 256, 1025):
                for fill in (b"\x00", b"\xff"):
                    low, high = r.to_bytes(16, "little"), s.to_bytes(16, "little")
                    if name in ONE_TIME:
                        got = tagged(name, kernel, low + high, None, fill * size)
                        want = poly1305(low + high, fill * size)
                    else:
                        got = tagged(name, kernel, high + low, high, fill * size)
                        want = poly1305_aes(high + low, high, fill * size)
                    assert got == want, (seed(), r, s, size)
