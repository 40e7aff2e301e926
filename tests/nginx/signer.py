"""The x-authorization scheme in plain Python, written from its description alone.

It shares nothing with the C code, so that the two can disagree.
"""

import base64
import hashlib
import hmac
import itertools
import json
import os
import time
from dataclasses import dataclass, field

REQUEST_MAC = "X-Authorization-Content-HMAC"
REQUEST_TIME = "X-Authorization-Timestamp"
REQUEST_KID = "X-Authorization-Key-Id"
RESPONSE_MAC = "X-Response-Content-HMAC"
RESPONSE_TIME = "X-Response-Content-TimeStamp"

DIGESTS = {"hmac-sha256": "sha256", "hmac-sha384": "sha384", "hmac-sha512": "sha512"}

secrets_made = []   # every secret a test ever used: none may appear in a log
macs_made = set()   # every MAC a test ever computed, lower-case hex


@dataclass(frozen=True)
class Key:
    """One entry of a keyring; members holds further JWK members."""

    kid: str
    secret: bytes = None
    alg: str = "hmac-sha256"
    use: str = "http"
    members: dict = field(default_factory=dict, hash=False)

    def __post_init__(self):
        if self.secret is None:
            object.__setattr__(self, "secret", os.urandom(32))
        secrets_made.append(self.secret)

    def jwk(self):
        k = base64.urlsafe_b64encode(self.secret).rstrip(b"=").decode()
        return {"kty": "oct", "kid": self.kid, "alg": self.alg, "k": k, "use": self.use,
                **self.members}

    def with_members(self, **members):
        return Key(self.kid, self.secret, self.alg, self.use, {**self.members, **members})


ALICE = Key("alice")
BOB = Key("bob")


def keyring(*keys):
    return json.dumps({"keys": [key.jwk() for key in keys]}, indent=1)


def write_keyring(path, *keys, mode=0o640):
    """Replace the file in one step, as an editor or a deployment would."""
    temporary = f"{path}.new"
    with open(temporary, "w", encoding="ascii") as out:
        os.fchmod(out.fileno(), mode)
        out.write(keyring(*keys))
    os.rename(temporary, path)
    return path


def to_bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


def mac_hex(key, message):
    mac = hmac.new(key.secret, message, DIGESTS[key.alg]).hexdigest()
    macs_made.add(mac)
    return mac


def request_mac(target, ts, key=ALICE):
    return mac_hex(key, to_bytes(target) + str(ts).encode())


def legacy_mac(target, ts, key):
    mac = hashlib.sha256(to_bytes(target) + str(ts).encode() + key.secret).hexdigest()
    macs_made.add(mac)
    return mac


def now():
    return int(time.time())


def sign(target, ts=None, key=ALICE, kid=None, legacy=False):
    """The header fields of a correct request, as a dict.

    kid: True names the key, a string is sent as it is, None leaves it out.
    """
    ts = now() if ts is None else ts
    mac = (legacy_mac if legacy else request_mac)(target, ts, key)
    fields = {REQUEST_MAC: mac, REQUEST_TIME: str(ts)}
    if kid:
        fields[REQUEST_KID] = key.kid if kid is True else kid
    return fields


def check_response(response, key=ALICE, window=300):
    """What a client finds: ok, missing, mismatch, stale or malformed."""
    macs = response.get_all(RESPONSE_MAC)
    times = response.get_all(RESPONSE_TIME)
    if not macs or not times:
        return "missing"
    if len(macs) > 1 or len(times) > 1 or len(times[0]) != 10 or not times[0].isdigit():
        return "malformed"
    expected = mac_hex(key, times[0].encode() + b"|" + response.body)
    if not hmac.compare_digest(expected, macs[0]):
        return "mismatch"
    return "ok" if abs(now() - int(times[0])) <= window else "stale"


_serial = itertools.count(int(time.time() * 1000) % 10**9)


def unique(path="/echo"):
    """A target no test has used before, so that only meant repeats are repeats."""
    return f"{path}{'&' if '?' in path else '?'}n={next(_serial)}"
