"""Session tokens of the kind sc1, from docs/sc1.md alone.

    python3 sc1.py        prints tests/vectors/sc1.txt
"""

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass, field, replace

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TYPES = {"sc1-mac": 1, "sc1-aead": 2, "sc1-ed25519": 3, "sc1-handle": 4}
MAC_LENGTH = {1: 32, 2: 16, 3: 64, 4: 32}
HEADER, SALT, HANDLE = 32, 16, 32
DATA, CHAIN, CRITICAL = 0x01, 0x81, 0x80


class Refused(Exception):
    """The first word says at which step."""


@dataclass(frozen=True)
class Context:
    name: bytes = b"macaw-session"
    purpose: bytes = b"session"
    audience: bytes = b""
    bind: bytes = b""

    def of(self, number):
        return b"sc1\0" + bytes([number]) + lp(self.purpose) + lp(self.name) + lp(self.audience)


@dataclass(frozen=True)
class Claims:
    login: int
    issued: int
    ttl: int
    cap: int
    kid: int = 0
    generation: int = 0
    sid: bytes = bytes(12)
    subject: bytes = b""
    fields: dict = field(default_factory=dict)
    handle: bytes = b""

    @property
    def end(self):
        return self.login + self.cap

    @property
    def expires(self):
        return min(self.issued + self.ttl, self.end)


def lp(data):
    return struct.pack(">H", len(data)) + data


def hkdf(master, info, length):
    """RFC 5869 with SHA-256 and without salt."""
    prk = hmac.digest(bytes(32), master, "sha256")
    out, block, count = b"", b"", 0
    while len(out) < length:
        count += 1
        block = hmac.digest(prk, block + info + bytes([count]), "sha256")
        out += block
    return out[:length]


def encode(blob):
    return "1" + base64.urlsafe_b64encode(blob).rstrip(b"=").decode()


def decode(token):
    if len(token) > 4000 or not token.startswith("1"):
        raise Refused("malformed")
    text = token[1:]
    try:
        blob = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise Refused("malformed") from None
    if encode(blob) != token:
        raise Refused("malformed")
    return blob


# ---- writing ----

def header(number, claims):
    return (bytes([number, 0]) + struct.pack(">H", claims.kid) + claims.login.to_bytes(5, "big")
            + (claims.issued - claims.login).to_bytes(3, "big") + claims.ttl.to_bytes(3, "big")
            + claims.cap.to_bytes(3, "big") + struct.pack(">H", claims.generation) + claims.sid)


def body(claims):
    out = bytes([len(claims.subject)]) + claims.subject
    for tag in sorted(claims.fields):
        out += bytes([tag]) + lp(claims.fields[tag])
    return out


def token_key(master, context, salt):
    out = hkdf(master, context.of(2) + lp(salt), 44)
    return out[:32], out[32:]


def mac(number, master, context, covered):
    key = hkdf(master, context.of(number), 32)
    return hmac.digest(key, lp(context.bind) + covered, "sha256")


def signed(context, covered):
    return lp(context.of(3)) + lp(context.bind) + covered


def seal_raw(scheme, key, context, head, content, salt=b""):
    """Authenticate any header and content, right or wrong."""
    number = TYPES[scheme]
    if number == 2:
        secret, nonce = token_key(key, context, salt)
        sealed = AESGCM(secret).encrypt(nonce, content, lp(context.bind) + head + salt)
        return encode(head + salt + sealed)
    covered = head + content
    if number == 3:
        return encode(covered + Ed25519PrivateKey.from_private_bytes(key).sign(signed(context, covered)))
    return encode(covered + mac(number, key, context, covered))


def issue(scheme, key, context, claims, salt=b""):
    number = TYPES[scheme]
    content = claims.handle if number == 4 else body(claims)
    return seal_raw(scheme, key, context, header(number, claims), content, salt)


# ---- reading ----

def open_blob(number, key, context, blob):
    """The content, authenticated."""
    head, length = blob[:HEADER], MAC_LENGTH[number]
    covered, tag = blob[:-length], blob[-length:]
    if number == 2:
        salt = blob[HEADER:HEADER + SALT]
        secret, nonce = token_key(key, context, salt)
        try:
            return AESGCM(secret).decrypt(nonce, blob[HEADER + SALT:], lp(context.bind) + head + salt)
        except InvalidTag:
            raise Refused("mismatch") from None
    if number == 3:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(tag, signed(context, covered))
        except InvalidSignature:
            raise Refused("mismatch") from None
    elif not hmac.compare_digest(tag, mac(number, key, context, covered)):
        raise Refused("mismatch")
    return covered[HEADER:]


def parse_header(head):
    number = lambda at, n: int.from_bytes(head[at:at + n], "big")
    login, since, ttl, cap = number(4, 5), number(9, 3), number(12, 3), number(15, 3)
    if login == 0 or ttl == 0 or since >= cap:
        raise Refused("content")
    return Claims(login, login + since, ttl, cap, number(2, 2), number(18, 2), head[20:32])


def is_utf8(data):
    try:
        data.decode()
        return True
    except UnicodeDecodeError:
        return False


def parse_body(content):
    size = content[0]
    subject, rest, last, fields = content[1:1 + size], content[1 + size:], -1, {}
    if len(subject) < size or any(c < 0x20 or c == 0x7f for c in subject) or not is_utf8(subject):
        raise Refused("content")
    while rest:
        tag, length = rest[0], int.from_bytes(rest[1:3], "big")
        value = rest[3:3 + length]
        if len(rest) < 3 or len(value) < length or tag <= last:
            raise Refused("content")
        if tag == DATA and not value or tag == CHAIN and len(value) != 32:
            raise Refused("content")
        if tag > CRITICAL - 1 and tag != CHAIN:
            raise Refused("content")
        fields[tag], rest, last = value, rest[3 + length:], tag
    return subject, fields


def verify(scheme, keys, context, token, now):
    """keys: number to master key, or to public key. Returns the claims."""
    number, blob = TYPES[scheme], decode(token)
    least = HEADER + MAC_LENGTH[number] + {1: 1, 2: SALT + 1, 3: 1, 4: HANDLE}[number]
    if len(blob) < HEADER or not 1 <= blob[0] <= 4:
        raise Refused("malformed")
    if blob[0] != number:
        raise Refused("algorithm")
    if blob[1] != 0 or len(blob) < least or number == 4 and len(blob) > least:
        raise Refused("malformed")
    kid = int.from_bytes(blob[2:4], "big")
    if kid not in keys:
        raise Refused("unknown-key")
    content = open_blob(number, keys[kid], context, blob)
    claims = parse_header(blob[:HEADER])
    if number == 4:
        claims = replace(claims, handle=hashlib.sha256(content).digest())
    else:
        subject, fields = parse_body(content)
        claims = replace(claims, subject=subject, fields=fields)
    if claims.issued > now:
        raise Refused("early")
    if now >= claims.end:
        raise Refused("ended")
    if now >= claims.expires:
        raise Refused("expired")
    return claims


def public_of(private):
    public = Ed25519PrivateKey.from_private_bytes(private).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


# ---- vectors ----

MASTER = bytes(range(0x40, 0x60))
PRIVATE = bytes(range(0xa0, 0xc0))
EXTRA = {1: b"", 2: bytes(range(16)), 3: public_of(PRIVATE), 4: bytes(range(0x80, 0xa0))}
SID = bytes(range(0xe0, 0xec))
LOGIN = 1700000000

CONTEXTS = [
    Context(),
    Context(b"__Host-session", b"session", b"shop.example", b""),
    Context(b"sid", b"login", b"", b"192.0.2.7"),
    Context(b"a", b"", b"\xc3\xa9", bytes(range(256)) * 4),
]

CLAIMS = [
    Claims(LOGIN, LOGIN, 3600, 43200, 0, 0, SID, b"alice@example.com"),
    Claims(LOGIN, LOGIN + 7200, 3600, 43200, 7, 3, SID, b"alice@example.com", {DATA: b'{"role":"ed"}'}),
    Claims(LOGIN, LOGIN + 43199, 43200, 43200, 65535, 65535, SID, b"", {CHAIN: bytes(range(32))}),
    Claims(1, 1 + 16777214, 16777215, 16777215, 1, 1, bytes(12), b"\xf0\x9f\xa6\x9c" * 63,
           {DATA: bytes(range(256)), CHAIN: bytes(32)}),
    Claims(2**40 - 1, 2**40 - 1, 1, 1, 10, 0, b"\xff" * 12, b"u"),
]


def text_of(value):
    return value.hex() or "-"


def line(scheme, context, claims):
    number = TYPES[scheme]
    key, extra = PRIVATE if number == 3 else MASTER, EXTRA[number]
    if number == 4:
        claims = replace(claims, subject=b"", fields={}, handle=extra)
    token = issue(scheme, key, context, claims, salt=extra if number == 2 else b"")
    names = [context.name, context.purpose, context.audience, context.bind]
    times = [claims.kid, claims.login, claims.issued, claims.ttl, claims.cap, claims.generation]
    content = [claims.sid, claims.subject, claims.fields.get(DATA, b""), claims.fields.get(CHAIN, b"")]
    print(scheme, text_of(key), *map(text_of, names), *times, *map(text_of, content),
          text_of(extra), token)


def main():
    print("# sc1 session tokens, printed by tests/reference/sc1.py; bytes are in hex, - is none.")
    print("# scheme, key, cookie name, purpose, audience, client binding, key id, login, issued,")
    print("# ttl, cap, generation, session id, subject, data, chain; salt of aead, public key of")
    print("# ed25519 or secret of a handle; token")
    for scheme in TYPES:
        for context in CONTEXTS:
            for claims in CLAIMS:
                line(scheme, context, claims)


if __name__ == "__main__":
    main()
