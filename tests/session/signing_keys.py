"""Keys and hand-made tokens for the tests of signed formats."""

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

SECRET = hashlib.sha512(b"a secret of these tests").digest()
P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551

PAIRS = {
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "RS256": rsa.generate_private_key(65537, 2048),
    "DSA": dsa.generate_private_key(2048),
}
MACS = {"HS256": "hmac-sha256", "HS384": "hmac-sha384", "HS512": "hmac-sha512"}
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def pem_of(private):
    """The public key as PEM."""
    return private.public_key().public_bytes(serialization.Encoding.PEM,
                                             serialization.PublicFormat.SubjectPublicKeyInfo)


def private_pem(private):
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                 serialization.NoEncryption())


def raw_of(private):
    """The 32 bytes of an Ed25519 public key."""
    return private.public_key().public_bytes(serialization.Encoding.Raw,
                                             serialization.PublicFormat.Raw)


def key_of(alg, **members):
    """What session_cli.Session takes to verify this algorithm of JWT."""
    if alg in MACS:
        return {"secret": SECRET.hex(), "alg": MACS[alg], **members}
    return {"secret": pem_of(PAIRS[alg]).hex(), "form": "public", **members}


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def b64u_decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def as_json(value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def sign(alg, message):
    """The bytes of a signature of JWS."""
    if alg in MACS:
        return hmac.new(SECRET, message, HASHES[alg]).digest()
    if alg == "EdDSA":
        return PAIRS[alg].sign(message)
    if alg == "RS256":
        return PAIRS[alg].sign(message, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(PAIRS[alg].sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def jwt(claims, header=None, alg="HS256"):
    """A token of any header and claims, dictionaries or the bytes of them."""
    text = b64u(as_json({"alg": alg} if header is None else header)) + "." + b64u(as_json(claims))
    return text + "." + b64u(sign(alg, text.encode()))
