"""A finite family of MACs measured by its definitions, with fractions, for comparison.

A family is (keys, messages, tags, key weights, message weights, h) with h[k][x] a tag
0 … m-1. Entropies are dictionaries prime -> fraction: sums of multiples of log2(prime).
Nothing here is fast, and nothing is shared with the program."""

import hashlib
import hmac
import itertools
import math
import re
from collections import defaultdict
from fractions import Fraction


class Family:
    def __init__(self, h, m, key_weights=None, message_weights=None):
        self.h = h
        self.l, self.n, self.m = len(h), len(h[0]), m
        self.kw = key_weights or [1] * self.l
        self.xw = message_weights or [1] * self.n
        self.pk = [Fraction(w, sum(self.kw)) for w in self.kw]
        self.px = [Fraction(w, sum(self.xw)) for w in self.xw]


# ---- exact logarithms ----

def log2_vector(q):
    """log2 of a positive fraction as prime -> exponent."""
    vector = defaultdict(Fraction)
    for number, sign in ((q.numerator, 1), (q.denominator, -1)):
        prime = 2
        while number > 1:
            while number % prime == 0:
                vector[prime] += sign
                number //= prime
            prime += 1
    return vector


def add(into, other, factor=1):
    for prime, exponent in other.items():
        into[prime] += factor * exponent
    return into


def clean(vector):
    return {prime: exponent for prime, exponent in vector.items() if exponent}


def entropy(distribution):
    """-sum p log2 p of an iterable of probabilities."""
    total = defaultdict(Fraction)
    counts = defaultdict(int)
    for p in distribution:
        counts[p] += 1
    for p, times in counts.items():
        if p:
            add(total, log2_vector(p), -p * times)
    return clean(total)


def minus(a, b):
    return clean(add(defaultdict(Fraction, a), b, -1))


def decimal(vector):
    return math.fsum(float(q) * math.log2(p) for p, q in vector.items())


def parse_exact(text):
    """"2 + 1/2*log2(3) - log2(5)" as a vector."""
    vector = {}
    if text == "0":
        return vector
    for sign, factor, prime in re.findall(
            r"(?:^|(?<= ))(-? ?|\+ )((?:\d+(?:/\d+)?)?)(?:\*?log2\((\d+)\))?(?= |$)", text):
        if not factor and not prime:
            continue
        value = Fraction(factor) if factor else Fraction(1)
        vector[int(prime) if prime else 2] = -value if "-" in sign else value
    return vector


# ---- measures ----

def joint(distribution_of):
    sums = defaultdict(Fraction)
    for outcome, p in distribution_of:
        sums[outcome] += p
    return sums


def measure(f):
    keys, messages = range(f.l), range(f.n)
    single = joint(((x, f.h[k][x]), f.pk[k]) for k in keys for x in messages)
    xy = joint(((x, f.h[k][x]), f.pk[k] * f.px[x]) for k in keys for x in messages)
    y = joint((f.h[k][x], f.pk[k] * f.px[x]) for k in keys for x in messages)
    kxy = [f.pk[k] * f.px[x] for k in keys for x in messages]
    result = {
        "n": f.n, "m": f.m, "l": f.l,
        "alpha": max(single.values()),
        "H_K": entropy(f.pk), "H_X": entropy(f.px), "H_Y": entropy(y.values()),
        "H_XY": entropy(xy.values()),
        "H_K_given_XY": minus(entropy(kxy), entropy(xy.values())),
    }
    if f.n >= 2:
        result.update(measure_pairs(f, single))
    return result


def measure_pairs(f, single):
    pairs = [(x, o) for x in range(f.n) for o in range(f.n) if x != o]
    together = joint(((x, f.h[k][x], o, f.h[k][o]), f.pk[k]) for k in range(f.l) for x, o in pairs)
    chance = {(x, o): f.px[x] * f.px[o] / (1 - f.px[x]) for x, o in pairs}
    m2 = [p * chance[x, o] for (x, _, o, _), p in together.items()]
    km2 = [f.pk[k] * chance[pair] for k in range(f.l) for pair in pairs]
    every = [together.get((x, y, o, z), Fraction(0)) for x, o in pairs
             for y in range(f.m) for z in range(f.m)]
    collisions = max(sum(f.pk[k] for k in range(f.l) if f.h[k][x] == f.h[k][o]) for x, o in pairs)
    deltas = max(sum(f.pk[k] for k in range(f.l) if (f.h[k][o] - f.h[k][x]) % f.m == d)
                 for x, o in pairs for d in range(f.m))
    xors = max(sum(f.pk[k] for k in range(f.l) if f.h[k][o] ^ f.h[k][x] == d)
               for x, o in pairs for d in range(2 * f.m))
    return {
        "beta": max(p / single[x, y] for (x, y, _, _), p in together.items()),
        "two_universal": all(p == Fraction(1, f.m * f.m) for p in every),
        "H_K_given_M2": minus(entropy(km2), entropy(m2)),
        "universal": collisions, "delta_universal": deltas, "xor_universal": xors,
    }


def write_csv(path, f, weights=True):
    lines = ["key," + ("weight," if weights else "") + ",".join(f"x{x}" for x in range(f.n))]
    if weights:
        lines.append("weight,," + ",".join(map(str, f.xw)))
    for k in range(f.l):
        lines.append(f"k{k}," + (f"{f.kw[k]}," if weights else "") + ",".join(map(str, f.h[k])))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# ---- the families of the formulas, again ----

def affine(p, xs=None, nonzero=False):
    xs = range(p) if xs is None else xs
    return Family([[(a * x + b) % p for x in xs] for a in range(nonzero, p) for b in range(p)], p)


def shift(p):
    return Family([[(x + k) % p for x in range(p)] for k in range(p)], p)


def dot(p, d, domain, plus_b=False):
    vectors = list(itertools.product(range(p), repeat=d))
    if domain == "01":
        vectors = list(itertools.product(range(2), repeat=d))
    if domain != "all":
        vectors = [v for v in vectors if any(v)]
    if domain == "projective":
        vectors = [v for v in vectors if next(c for c in v if c) == 1]
    keys = itertools.product(range(p), repeat=d + plus_b)
    return Family([[(sum(a * b for a, b in zip(k, v)) + (k[d] if plus_b else 0)) % p
                    for v in vectors] for k in keys], p)


def poly(q, lengths, monic=False):
    texts = [c for length in lengths for c in itertools.product(range(q), repeat=length)]

    def tag(text, k1, k2):
        terms = list(text) + [1] * monic
        return (sum(c * k1 ** (i + 1) for i, c in enumerate(terms)) + k2) % q
    return Family([[tag(t, k1, k2) for t in texts] for k1 in range(q) for k2 in range(q)], q)


def functions(n, m):
    return Family([list(f) for f in itertools.product(range(m), repeat=n)], m)


def hmac_family(keys, keybytes, messages, bits):
    def tag(k, x):
        digest = hmac.new(k.to_bytes(keybytes, "big"), bytes([x]), hashlib.sha256).digest()
        return int.from_bytes(digest[:2], "big") >> (16 - bits)
    return Family([[tag(k, x) for x in range(messages)] for k in range(keys)], 1 << bits)


def constant(m, n):
    return Family([[0 if x == 0 else (k + x) % m for x in range(n)] for k in range(m)], m)


def truncated(f, m):
    return Family([[y % m for y in row] for row in f.h], m, f.kw, f.xw)


def weighted(f, weigh):
    return Family(f.h, f.m, [weigh(k) for k in range(f.l)], f.xw)
