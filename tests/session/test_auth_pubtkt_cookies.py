"""Tickets of mod_auth_pubtkt: signed by openssl as its login pages do, also shown to Apache itself."""

import base64
import subprocess
import time
import urllib.parse

import pytest
from apache import Apache
from cryptography.hazmat.primitives import hashes
from session_cli import Refused, Session, accepted, key
from signing_keys import PAIRS, pem_of, private_pem

NOW = 1700000000
FIELDS = f"uid=alice;validuntil={NOW + 60};graceperiod={NOW};tokens=a,b;udata=x y"
DIGESTS = ["SHA1", "SHA224", "SHA256", "SHA384", "SHA512"]


@pytest.fixture(name="private", scope="module")
def the_private_keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pubtkt")
    for alg in ("RS256", "DSA"):
        (folder / alg).write_bytes(private_pem(PAIRS[alg]))
    return folder


def signature(text, private, alg="RS256", digest="SHA1"):
    return subprocess.run(["openssl", "dgst", f"-{digest.lower()}", "-binary", "-sign", private / alg],
                          input=text.encode(), capture_output=True, check=True).stdout


def plain(text, *more):
    return text + ";sig=" + base64.b64encode(signature(text, *more)).decode()


def ticket(text, *more):
    """As PHP's setcookie and Python's quote_plus write it."""
    return urllib.parse.quote_plus(plain(text, *more))


def open_session(alg="RS256", digest=None, now=NOW, **settings):
    more = {} if digest is None else {"alg": digest}
    return Session("auth-pubtkt", key(pem_of(PAIRS[alg]), form="public", **more), now=now, **settings)


@pytest.mark.parametrize("alg", ["RS256", "DSA"])
@pytest.mark.parametrize("digest", DIGESTS)
def test_tickets(private, alg, digest):
    token = ticket(FIELDS, private, alg, digest)
    with open_session(alg, digest) as session:
        answer = session.verify(token)
        assert answer["valid"], answer
        assert (answer["subject"], answer["expires"], answer["data"], answer["payload"]) == \
            (b"alice", NOW + 60, b"a,b", b"x y")
        assert session.looks_like(token)
        assert session.reason(token, now=NOW + 59) == "ok"
        assert session.reason(token, now=NOW + 60) == "expired"
    other = "SHA256" if digest != "SHA256" else "SHA1"
    with open_session(alg, other) as session:
        assert session.reason(token) == "mismatch"


@pytest.mark.parametrize("alg", ["RS256", "DSA"])
def test_sha1_unless_the_key_says_otherwise(private, alg):
    with open_session(alg) as session:
        assert session.verify(ticket(FIELDS, private, alg, "SHA1"))["valid"]
        assert session.reason(ticket(FIELDS, private, alg, "SHA256")) == "mismatch"
    with open_session("RS256", "RS256") as session:
        assert session.verify(ticket(FIELDS, private, "RS256", "SHA256"))["valid"]


@pytest.mark.parametrize("alg", ["RS256", "DSA"])
def test_every_mutation_is_refused(private, alg):
    with open_session(alg) as session:
        assert accepted(session, ticket(FIELDS, private, alg)) == []


def test_the_sibling_of_a_dsa_signature_is_the_same_session(private):
    with open_session("DSA") as session:
        one, two = (session.verify(ticket(FIELDS, private, "DSA")) for _ in range(2))
        assert one["valid"] and one["sid"] == two["sid"]


def test_spellings(private):
    text = plain(FIELDS, private)
    with open_session() as session:
        for good in (urllib.parse.quote_plus(text), urllib.parse.quote(text, safe=""),
                     urllib.parse.quote(text, safe="=/"), urllib.parse.quote_plus(text, safe="=/:@-_.!~*'()")):
            assert session.verify(good)["valid"], good
        encoded = urllib.parse.quote_plus(text)
        for bad in (text, encoded.replace("%3D", "%3d"), encoded.replace("alice", "%61lice"), encoded + "%",
                    encoded + "%3", encoded + "%00", encoded.replace("+", " "), encoded.replace("%2C", ","),
                    '"' + encoded + '"', encoded.replace("%3D%3D", "").rstrip("%3D"), encoded + "%0A",
                    urllib.parse.quote_plus(text + "\n"), urllib.parse.quote_plus(text + ";x=y"),
                    urllib.parse.quote_plus(encoded)):
            if bad != encoded:
                answer = session.verify(bad)
                assert answer["reason"] in ("malformed", "mismatch") and not answer["authentic"], bad


@pytest.mark.parametrize("text, reason", [
    (f"uid=a;validuntil={NOW + 1}", "ok"), (f"validuntil={NOW + 1};uid=a", "ok"),
    (f"uid=a;validuntil={NOW}", "expired"), ("uid=a", "no-expiry"), ("uid=a;validuntil=", "content"),
    ("uid=a;validuntil=0", "content"), ("uid=a;validuntil=1e10", "content"), ("uid=a;validuntil=-1", "content"),
    (f"uid=a;validuntil=0{NOW + 9}", "content"), (f"validuntil={NOW + 1}", "content"),
    (f"uid=;validuntil={NOW + 1}", "content"), (f"uid=a;validuntil={NOW + 1};uid=b", "content"),
    (f"uid=a;validuntil={NOW + 1};udata=x;uid=root", "content"),
    (f"uid=a;validuntil=1;validuntil={NOW + 1}", "content"), (f"uid=a;validuntil={NOW + 1};x", "content"),
    (f"uid=a;validuntil={NOW + 1};", "content"), (f";uid=a;validuntil={NOW + 1}", "content"),
    (f"UID=a;validuntil={NOW + 1}", "content"), (f"uid=a;validuntil={NOW + 1};bauth=AAAA;new=1", "ok"),
    (f"uid=a\nb;validuntil={NOW + 1}", "content"), (f"uid=a;validuntil={NOW + 1};udata=a=b=c", "ok")])
def test_fields(private, text, reason):
    with open_session() as session:
        assert session.reason(ticket(text, private)) == reason


def test_addresses(private):
    token = ticket(f"uid=a;cip=203.0.113.7;validuntil={NOW + 1}", private)
    with open_session() as session:
        assert session.verify(token, bind="203.0.113.7")["valid"]
        assert session.reason(token, bind="203.0.113.8") == "mismatch"
        assert session.reason(token) == "mismatch"
        assert session.verify(ticket(f"uid=a;cip=;validuntil={NOW + 1}", private), bind="::1")["valid"]
        assert session.verify(ticket(f"uid=a;cip=2001:db8::1;validuntil={NOW + 1}", private),
                              bind="2001:db8::1")["valid"]


def rsa_block(digest_info, size=256):
    """A number whose signature is what a careless verifier takes for PKCS #1 v1.5."""
    return b"\0\1" + b"\xff" * (size - 3 - len(digest_info)) + b"\0" + digest_info


def test_padding_has_one_form(private):
    """Signed with the private key as a bare power: a DigestInfo with something before or behind."""
    numbers = PAIRS["RS256"].private_numbers()
    n, d = numbers.public_numbers.n, numbers.d
    digest = hashes.Hash(hashes.SHA1())
    digest.update(FIELDS.encode())
    info = bytes.fromhex("3021300906052b0e03021a05000414") + digest.finalize()
    no_null = bytes.fromhex("301f300706052b0e03021a0414") + info[-20:]
    with open_session() as session:
        for block, good in [(rsa_block(info), True), (rsa_block(info + b"\0"), False),
                            (rsa_block(b"\0" + info), False), (rsa_block(no_null), False),
                            (rsa_block(info[-20:]), False), (rsa_block(b""), False),
                            (b"\0\1" + b"\xff" * 8 + b"\0" + info + b"\7" * (256 - 11 - len(info)), False),
                            (b"\0\2" + b"\xff" * (253 - len(info)) + b"\0" + info, False)]:
            made = pow(int.from_bytes(block, "big"), d, n).to_bytes(256, "big")
            text = FIELDS + ";sig=" + base64.b64encode(made).decode()
            assert session.verify(urllib.parse.quote_plus(text))["valid"] == good


def test_keys_that_it_takes(tmp_path):
    for alg in ("EdDSA", "ES256"):
        with pytest.raises(Refused, match="neither of RSA nor of DSA"):
            open_session(alg)
    with pytest.raises(Refused):
        Session("auth-pubtkt", key(b"secret"))
    with pytest.raises(Refused):
        open_session(digest="MD5")
    subprocess.run(["openssl", "genrsa", "-out", tmp_path / "k", "512"], check=True, capture_output=True)
    public = subprocess.run(["openssl", "rsa", "-in", tmp_path / "k", "-pubout"], check=True,
                            capture_output=True).stdout
    with pytest.raises(Refused, match="512 bits"):
        Session("auth-pubtkt", key(public, form="public"))


@pytest.mark.parametrize("digest", ["SHA1", "SHA256"])
def test_apache_reads_them_alike(private, digest):
    now, rsa = int(time.time()), (private, "RS256", digest)
    other = (private, "RS256", "SHA512")
    with Apache("auth_pubtkt", f"TKTAuthPublicKey {{folder}}/public\nTKTAuthDigest {digest}",
                "AuthType mod_auth_pubtkt\nTKTAuthCookieName t",
                public=pem_of(PAIRS["RS256"])) as apache, \
            open_session(digest=digest, now=now) as session:
        good = [ticket(text, *rsa) for text in
                (f"uid=alice;validuntil={now + 60};graceperiod=;tokens=;udata=",
                 f"uid=bob;cip=127.0.0.1;validuntil={now + 60};tokens=a,b;udata=x y",
                 f"udata=;validuntil={now + 60};uid=carol")]
        for token in good:
            assert apache.user(f"t={token}").encode() == \
                session.verify(token, bind="127.0.0.1")["subject"] != b""
        for bad in (good[0].replace("alice", "bob"), ticket(f"uid=a;validuntil={now - 9}", *rsa),
                    ticket(f"uid=a;cip=1.2.3.4;validuntil={now + 60}", *rsa), ticket("uid=a", *rsa),
                    ticket(f"validuntil={now + 60}", *rsa), good[0][:-20],
                    ticket(f"uid=a;validuntil={now + 60}", *other)):
            assert apache.user(f"t={bad}") is None
            assert not session.verify(bad, bind="127.0.0.1")["valid"]
