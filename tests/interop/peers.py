"""Every algorithm of the registry a second time: by hashlib and python3-cryptography where
they have it, by their ciphers and a definition where they have not, and by tests/reference
for the rest.

PEERS maps a name to a function of key, nonce and message."""

import hashlib
import hmac

import macs
import nmac
import pmac
import poly
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.poly1305 import Poly1305

AES, TDES = algorithms.AES, algorithms.TripleDES


def run(cipher, key, mode, data, backwards=False):
    pair = Cipher(cipher(key), mode)
    one = pair.decryptor() if backwards else pair.encryptor()
    return one.update(data) + one.finalize()


def block(cipher, key, data, backwards=False):
    return run(cipher, key, modes.ECB(), data, backwards)


def chain(cipher, key, data):
    """The last block of CBC encryption from zero."""
    size = cipher.block_size // 8
    return run(cipher, key, modes.CBC(bytes(size)), data)[-size:]


def zeros(data, size):
    """Padding method 1 of ISO 9797-1: none only for whole blocks, but not for no message."""
    return data + bytes(-len(data) % size) if data else bytes(size)


def ones(data, size):
    """Padding method 2: a 1 bit, then zeros."""
    return data + b"\x80" + bytes(-(len(data) + 1) % size)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def halves(key):
    return key[:len(key) // 2], key[len(key) // 2:]


def hmac_of(name):
    return lambda key, _, message: hmac.digest(key, message, name)


def prf(key, _, message):
    return block(AES, key, message)


def cbc_mac(key, _, message):
    return chain(AES, key, zeros(message, 16))


def ecbc(key, _, message):
    first, second = halves(key)
    return block(AES, second, chain(AES, first, ones(message, 16)))


def cbc_mac_des(key, _, message):
    return chain(TDES, 3 * key, zeros(message, 8))


def retail(key, _, message):
    first, second = halves(key)
    inner = chain(TDES, 3 * first, zeros(message, 8))
    return block(TDES, 3 * first, block(TDES, 3 * second, inner, backwards=True))


def cmac(cipher):
    def tag(key, _, message):
        one = CMAC(cipher(key))
        one.update(message)
        return one.finalize()
    return tag


def xcbc(key, _, message):
    """RFC 3566 section 4."""
    k1, k2, k3 = (block(AES, key, bytes([i]) * 16) for i in (1, 2, 3))
    whole = message and len(message) % 16 == 0
    padded = message if whole else ones(message, 16)
    last = xor(padded[-16:], k2 if whole else k3)
    return chain(AES, k1, padded[:-16] + last)


def without_nonce(function):
    return lambda key, _, message: function(key, message)


def poly1305_aes(key, nonce, message):
    return Poly1305.generate_tag(key[16:] + block(AES, key[:16], nonce), message)


def gmac(key, nonce, message):
    return AESGCM(key).encrypt(nonce, b"", message)


def blake2(kind):
    return lambda key, _, message: kind(message, key=key).digest()


PEERS = {
    **{f"hmac-{name}": hmac_of(name)
       for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
    **{f"hmac-sha3-{bits}": hmac_of(f"sha3_{bits}") for bits in (224, 256, 384, 512)},
    "hmac-sha512-256": hmac_of("sha512_256"),
    **{f"prf-aes{bits}": prf for bits in (128, 192, 256)},
    **{f"cbc-mac-aes{bits}": cbc_mac for bits in (128, 192, 256)},
    **{f"ecbc-aes{bits}": ecbc for bits in (128, 192, 256)},
    **{f"cmac-aes{bits}": cmac(AES) for bits in (128, 192, 256)},
    **{name: without_nonce(function) for name, (function, _) in pmac.ALGORITHMS.items()},
    "cbc-mac-des": cbc_mac_des,
    "retail-mac-des": retail,
    "cmac-des3": cmac(TDES),
    "xcbc-aes128": xcbc,
    "nmac-sha256": without_nonce(nmac.nmac),
    "nmac-sha256-fixpad": without_nonce(nmac.nmac_fixpad),
    "poly-onetime": without_nonce(poly.poly_onetime),
    "cw-aes128": poly.cw_aes128,
    "poly1305": without_nonce(Poly1305.generate_tag),
    "poly1305-aes": poly1305_aes,
    "gmac-aes128": gmac,
    "gmac-aes256": gmac,
    "kmac128": without_nonce(macs.kmac128),
    "kmac256": without_nonce(macs.kmac256),
    "blake2b": blake2(hashlib.blake2b),
    "blake2s": blake2(hashlib.blake2s),
    "siphash-1-3": lambda key, _, message: macs.siphash(1, 3, 8, key, message),
    "siphash-2-4": lambda key, _, message: macs.siphash(2, 4, 8, key, message),
    "siphash-2-4-128": lambda key, _, message: macs.siphash(2, 4, 16, key, message),
}
