"""Session tokens of the library, through build/tests/session-verify.

    with Session("flask", b"secret", now=1700000000) as session:
        assert session.verify(cookie)["valid"]

A Session is one definition with its keys; every question is answered by the library itself.
"""

import json
import os
import subprocess
from pathlib import Path

BUILD = Path(os.environ.get("MACAW_BUILD", Path(__file__).resolve().parents[2] / "build"))
PROGRAM = BUILD.resolve() / "tests" / "session-verify"
BYTES = ("subject", "payload", "data", "sid", "chain", "handle", "key", "value", "token")

OK, EARG, ELIMIT, EFORMAT, ENOTFOUND, EEXIST = 0, -2, -5, -7, -8, -9


class Refused(Exception):
    """The definition or one of its keys was refused; status and why."""

    def __init__(self, answer):
        super().__init__(answer["why"])
        self.status = answer["status"]


def as_bytes(value):
    return value.encode() if isinstance(value, str) else bytes(value)


def key(secret, **members):
    """A key of a definition: form ("raw", "derived", "public", "private"), kid, alg, state, …"""
    if "block_key" in members:
        members["block_key"] = as_bytes(members["block_key"]).hex()
    return {"secret": as_bytes(secret).hex(), **members}


class Session:
    """A definition: scheme, its key or keys, the clock, and members of macaw_session_config
    (cookie_name, purpose, audience, issuer, salt, kdf, subject, max_age, leeway, allow_no_expiry),
    keyring and use, verifiers (user to 32 bytes)."""

    def __init__(self, scheme, *keys, now=0, verifiers=None, **settings):
        self.now = now
        self.process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        if verifiers is not None:
            settings["verifiers"] = {user: as_bytes(v).hex() for user, v in verifiers.items()}
        if "keyring" in settings:
            settings["keyring"] = str(settings["keyring"])
        answer = self.ask(scheme=scheme, **settings,
                          keys=[one if isinstance(one, dict) else key(one) for one in keys])
        if answer["status"] != OK:
            self.close()
            raise Refused(answer)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=600)
        self.process.stdout.close()

    def ask(self, **question):
        """One line to the program, its answer with bytes in place of hex."""
        print(json.dumps(question), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        assert line, f"session-verify ended with status {self.process.wait(timeout=600)}"
        answer = json.loads(line)
        return {name: bytes.fromhex(value) if name in BYTES else value
                for name, value in answer.items()}

    def verify(self, token, signature=b"", bind=b"", now=None):
        """What macaw_session_claims says, and "valid"."""
        return self.ask(op="verify", token=as_bytes(token).hex(),
                        signature=as_bytes(signature).hex(), bind=as_bytes(bind).hex(),
                        now=self.now if now is None else now)

    def authentic(self, tokens, signature=b"", bind=b"", now=None):
        """Those of many tokens whose MAC or signature verifies."""
        found = []
        for i in range(0, len(tokens), 100):
            answer = self.ask(op="authentic", tokens=[one.hex() for one in tokens[i:i + 100]],
                              signature=as_bytes(signature).hex(), bind=as_bytes(bind).hex(),
                              now=self.now if now is None else now)
            found += [bytes.fromhex(one) for one in answer["authentic"]]
        return found

    def reason(self, token, **more):
        return self.verify(token, **more)["reason"]

    def derive(self, secret, alg=None):
        """The derived key; None if the scheme does not derive."""
        more = {} if alg is None else {"alg": alg}
        answer = self.ask(op="derive", secret=as_bytes(secret).hex(), **more)
        return answer["key"] if answer["status"] == OK else None

    def member(self, payload, pointer, **more):
        """(status, text) of macaw_session_member."""
        answer = self.ask(op="member", payload=as_bytes(payload).hex(), pointer=pointer, **more)
        return answer["status"], answer["value"]

    def looks_like(self, token):
        return self.ask(op="looks_like", token=as_bytes(token).hex())["looks_like"]

    def issue(self, **grant):
        """(status, token); grant are the members of macaw_session_grant."""
        for name in ("subject", "sid", "bind", "data", "chain", "handle", "auth"):
            if name in grant:
                grant[name] = as_bytes(grant[name]).hex()
        answer = self.ask(op="issue", **grant)
        return answer["status"], answer["token"]


def mutations(token):
    """Every other text that one changed, left out, doubled or added character makes."""
    token = as_bytes(token)
    others = b"AaZz09-_=.|:+/% \n\0\x80"
    made = set()
    for i, old in enumerate(token):
        near = bytes({old ^ 1, old ^ 2, old ^ 4, old ^ 32, (old + 1) % 256, (old - 1) % 256})
        made.update(token[:i] + bytes([new]) + token[i + 1:] for new in others + near)
        made.add(token[:i] + token[i + 1:])
        made.add(token[:i] + bytes([old]) + token[i:])
    made.update(token + bytes([new]) for new in range(256))
    made.update(token[:-1] + bytes([new]) for new in range(256))
    made.update(bytes([new]) + token for new in others)
    made.discard(token)
    return sorted(made)


def accepted(session, token, **more):
    """The mutations of a token that verify; a token that stands must itself be valid."""
    answer = session.verify(token, **more)
    assert answer["valid"], answer
    return session.authentic(mutations(token), **more)
