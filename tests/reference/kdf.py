"""HKDF, KBKDF in counter mode and HMAC_DRBG from their standards.

    python3 kdf.py        prints tests/vectors/kdf.txt

prf is any function of (key, message); hash names those of HMAC."""

import hashlib
import hmac


def hmac_of(name):
    return lambda key, message: hmac.digest(key, message, name)


def hkdf(prf, salt, secret, info, length):
    """RFC 5869, sections 2.2 and 2.3."""
    size = len(prf(b"", b""))
    prk = prf(salt or bytes(size), secret)
    out, block, count = b"", b"", 0
    while len(out) < length:
        count += 1
        block = prf(prk, block + info + bytes([count]))
        out += block
    return prk, out[:length]


def kbkdf_raw(prf, key, fixed, length):
    """SP 800-108r1 section 4.1, 32-bit counter before the fixed input."""
    out, count = b"", 0
    while len(out) < length:
        count += 1
        out += prf(key, count.to_bytes(4, "big") + fixed)
    return out[:length]


def kbkdf(prf, key, label, context, length):
    fixed = label + b"\0" + context + (8 * length).to_bytes(4, "big")
    return kbkdf_raw(prf, key, fixed, length)


class Drbg:
    """SP 800-90A section 10.1.2."""

    def __init__(self, prf, entropy, nonce=b"", personalization=b""):
        size = len(prf(b"", b""))
        self.prf, self.key, self.value = prf, b"\x00" * size, b"\x01" * size
        self.update(entropy + nonce + personalization)

    def update(self, provided):
        for mark in (b"\x00", b"\x01") if provided else (b"\x00",):
            self.key = self.prf(self.key, self.value + mark + provided)
            self.value = self.prf(self.key, self.value)

    def reseed(self, entropy, additional=b""):
        self.update(entropy + additional)

    def generate(self, length, additional=b""):
        if additional:
            self.update(additional)
        out = b""
        while len(out) < length:
            self.value = self.prf(self.key, self.value)
            out += self.value
        self.update(additional)
        return out[:length]


# RFC 5869, appendix A: hash, salt, secret, info, output length.
RFC5869 = [
    ("sha256", bytes(range(13)), b"\x0b" * 22, bytes(range(0xf0, 0xfa)), 42),
    ("sha256", bytes(range(0x60, 0xb0)), bytes(range(0x50)), bytes(range(0xb0, 0x100)), 82),
    ("sha256", b"", b"\x0b" * 22, b"", 42),
    ("sha1", bytes(range(13)), b"\x0b" * 11, bytes(range(0xf0, 0xfa)), 42),
    ("sha1", bytes(range(0x60, 0xb0)), bytes(range(0x50)), bytes(range(0xb0, 0x100)), 82),
    ("sha1", b"", b"\x0b" * 22, b"", 42),
    ("sha1", b"", b"\x0c" * 22, b"", 42),
]

# CAVP HMAC_DRBG.rsp, [SHA-256] without prediction resistance, reseed or inputs, count 0.
CAVP = ("ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488",
        "659ba96c601dc69fc902940805ec0ca8")

HASHES = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-256"]


def pattern(start, size):
    return bytes((start + 7 * i) % 256 for i in range(size))


def alg(name):
    return "hmac-" + name


def line(*fields):
    print(*(field if isinstance(field, str) else field.hex() or "-" for field in fields))


def print_hkdf():
    print("# hkdf: algorithm, salt, secret, info, PRK, output")
    print("# RFC 5869 appendix A, recomputed")
    for name, salt, secret, info, length in RFC5869:
        line("hkdf", alg(name), salt, secret, info,
             *hkdf(hmac_of(name), salt, secret, info, length))
    print("# each hash around the length of its tag, from the definition")
    for name in HASHES:
        prf = hmac_of(name.replace("sha3-", "sha3_"))
        size = len(prf(b"", b""))
        for length in (1, size - 1, size, size + 1, 2 * size, 3 * size + 5):
            line("hkdf", alg(name), pattern(3, 9), pattern(50, 33), b"label",
                 *hkdf(prf, pattern(3, 9), pattern(50, 33), b"label", length))


def print_kbkdf():
    print("# kbkdf: algorithm, key, label, context, output; from the definition")
    for name in HASHES:
        prf = hmac_of(name.replace("sha3-", "sha3_"))
        size = len(prf(b"", b""))
        for length in (1, size, size + 1, 5 * size - 1):
            for context in (b"", pattern(9, 12)):
                line("kbkdf", alg(name), pattern(1, 24), b"label", context,
                     kbkdf(prf, pattern(1, 24), b"label", context, length))
    from cryptography.hazmat.primitives.cmac import CMAC
    from cryptography.hazmat.primitives.ciphers.algorithms import AES

    def cmac(key, message):
        mac = CMAC(AES(key))
        mac.update(message)
        return mac.finalize()
    for size in (16, 24, 32):
        for length in (1, 16, 17, 79):
            line("kbkdf", f"cmac-aes{8 * size}", pattern(1, size), b"label", pattern(9, 12),
                 kbkdf(cmac, pattern(1, size), b"label", pattern(9, 12), length))


def print_drbg():
    print("# drbg: algorithm, entropy, nonce, personalization, reseed entropy (- is no reseed),")
    print("# additional input of each call, output of the second call")
    entropy, nonce = map(bytes.fromhex, CAVP)
    drbg = Drbg(hmac_of("sha256"), entropy, nonce)
    drbg.generate(128)
    print("# CAVP HMAC_DRBG, SHA-256, no reseed, count 0")
    line("drbg", alg("sha256"), entropy, nonce, b"", b"", b"", drbg.generate(128))
    print("# from the definition")
    for name in HASHES:
        prf = hmac_of(name.replace("sha3-", "sha3_"))
        size = len(prf(b"", b""))
        for fresh, more in ((b"", b""), (b"", pattern(8, 21)), (pattern(4, 32), b""),
                            (pattern(4, 32), pattern(8, 21))):
            for personal in (b"", pattern(5, 11)):
                drbg = Drbg(prf, pattern(2, 32), pattern(6, 16), personal)
                if fresh:
                    drbg.reseed(fresh, more)
                length = 2 * size + 3
                drbg.generate(length, more)
                line("drbg", alg(name), pattern(2, 32), pattern(6, 16), personal, fresh, more,
                     drbg.generate(length, more))


def main():
    print("# Key derivation and random bytes, printed by tests/reference/kdf.py; - is empty.")
    print_hkdf()
    print_kbkdf()
    print_drbg()


if __name__ == "__main__":
    main()
