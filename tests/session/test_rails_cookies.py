"""Signed and encrypted cookies of Rails, made by ActionDispatch's middlewares."""

import base64
import hashlib
import hmac
import json
import subprocess
import time
from urllib.parse import quote, unquote

import pytest
from session_cli import BUILD, EARG, Refused, Session, accepted, key
from web_peers import rails

SECRET = "6f1c3e5a" * 16
OTHER = "other secret, not a published one"
END = 1900000000
NOW = END - 1000
WARDEN = {"warden.user.user.key": [[4711], "$2a$10$abcdefghijkl"], "note": "é&<>\u2028"}


def signed(**more):
    return Session("rails-signed", SECRET, **{"cookie_name": "user_id", "now": NOW, **more})


def sealed(**more):
    return Session("rails-encrypted", SECRET, **{"cookie_name": "_app_session", "now": NOW, **more})


@pytest.fixture(scope="module")
def made():
    return rails(SECRET, kdf="SHA256", session=WARDEN,
                 signed={"user_id": {"value": 42, "expires": END}, "plain": {"value": "alice"},
                         "token": {"value": [[7], "x"]}},
                 encrypted={"who": {"value": {"user": "bob"}, "expires": END}},
                 verifier71={"v71": {"value": {"id": "u,\"pur\":\"cookie.v72\"}}"}, "expires": END},
                             "v72": {"value": "z"}, "v73": {"value": 1, "purpose": "login"}})


@pytest.mark.parametrize("kdf", ["SHA1", "SHA256"])
@pytest.mark.parametrize("digest", [None, "SHA256", "SHA384", "SHA512"])
def test_signed_under_every_hash(kdf, digest):
    answer = rails(SECRET, kdf=kdf, digest=digest, signed={"user_id": {"value": 42}})
    cookie, derived = answer["cookies"]["user_id"], bytes.fromhex(answer["derived"]["signed"])
    alg = "hmac-" + (digest or "SHA1").lower()
    named, wrong = "hmac-" + kdf.lower(), "hmac-sha1" if kdf == "SHA256" else "hmac-sha256"
    for settings, secret in (({}, key(SECRET, alg=alg)), ({"kdf": named}, key(SECRET, alg=alg)),
                             ({}, key(derived, form="derived", alg=alg))):
        with Session("rails-signed", secret, cookie_name="user_id", now=NOW, **settings) as session:
            answer = session.verify(cookie)
            assert (answer["reason"], answer["subject"], answer["expires"]) == ("ok", b"42", 0)
    with Session("rails-signed", key(SECRET, alg=alg), cookie_name="user_id", kdf=wrong) as session:
        assert session.reason(cookie) == "mismatch"
    with Session("rails-signed", SECRET, cookie_name="user_id", kdf=named) as session:
        assert session.derive(SECRET) == derived
        assert session.reason(cookie) == ("ok" if digest is None else "algorithm")


@pytest.mark.parametrize("kdf", ["SHA1", "SHA256"])
def test_session_under_every_hash(kdf):
    answer = rails(SECRET, kdf=kdf, session=WARDEN)
    cookie, derived = answer["cookies"]["_app_session"], bytes.fromhex(answer["derived"]["encrypted"])
    for settings, secret in (({}, SECRET), ({"kdf": "hmac-" + kdf.lower()}, SECRET),
                             ({}, key(derived, form="derived"))):
        with Session("rails-encrypted", secret, cookie_name="_app_session", **settings) as session:
            answer = session.verify(cookie)
            assert (answer["reason"], answer["subject"]) == ("ok", b"4711")
    wrong = "hmac-sha1" if kdf == "SHA256" else "hmac-sha256"
    with Session("rails-encrypted", SECRET, cookie_name="_app_session", kdf=wrong) as session:
        assert session.reason(cookie) == "mismatch"
        assert session.derive(SECRET) != derived


def test_a_named_kdf_derives(made):
    with sealed() as session:
        assert session.derive(SECRET).hex() == made["derived"]["encrypted"]
    with sealed(salt="another salt") as session:
        assert session.derive(SECRET) == hashlib.pbkdf2_hmac("sha256", SECRET.encode(),
                                                             b"another salt", 1000, 32)


def test_payload_and_identity(made):
    with sealed() as session:
        answer = session.verify(made["cookies"]["_app_session"])
        content = json.loads(answer["payload"])
        assert {**content, **WARDEN} == content
        # One session, however often the application writes it anew.
        digest = hashlib.sha256(b"rails-encrypted\0" + content["session_id"].encode()).digest()
        assert answer["sid"] == digest[:12]
    with sealed(cookie_name="who", subject="/user") as session:
        answer = session.verify(made["cookies"]["who"])
        assert (answer["subject"], answer["expires"]) == (b"bob", END)


def test_subject_of_a_signed_value(made):
    with signed(cookie_name="plain") as session:
        assert session.verify(made["cookies"]["plain"])["subject"] == b"alice"
    with signed(cookie_name="token", subject="/0/0") as session:
        assert session.verify(made["cookies"]["token"])["subject"] == b"7"
    with signed(cookie_name="token") as session:
        assert session.reason(made["cookies"]["token"]) == "content"


def test_expiry(made):
    with signed() as session:
        cookie = made["cookies"]["user_id"]
        assert session.verify(cookie, now=END - 1)["valid"]
        assert session.reason(cookie, now=END) == "expired"
        broken = cookie[:-1] + ("0" if cookie[-1] != "0" else "1")
        assert session.reason(broken, now=END) == "mismatch"
    with signed(leeway=60) as session:
        assert session.verify(cookie, now=END + 59)["valid"]
        assert session.reason(cookie, now=END + 60) == "expired"
    with sealed(cookie_name="who") as session:
        assert session.verify(made["cookies"]["who"], now=END - 1)["valid"]
        assert session.reason(made["cookies"]["who"], now=END) == "expired"


def test_session_that_expires():
    cookie = rails(SECRET, session=WARDEN, expire_after=3600)["cookies"]["_app_session"]
    with sealed() as session:
        assert 3500 < session.verify(cookie, now=1)["expires"] - time.time() < 3700


def test_made_as_another_cookie(made):
    for scheme, name in (("rails-signed", "user_id"), ("rails-encrypted", "who")):
        for other in ("user_i", "user_id2", "USER_ID", "x.user_id", "macaw-session"):
            with Session(scheme, SECRET, cookie_name=other, now=NOW) as session:
                answer = session.verify(made["cookies"][name])
                assert (answer["reason"], answer["authentic"]) == ("mismatch", True)
    with signed() as session:
        for name in ("who", "_app_session"):
            assert session.reason(made["cookies"][name]) == "malformed"
    with sealed() as session:
        assert session.reason(made["cookies"]["user_id"]) == "malformed"


def test_another_secret(made):
    for scheme, name in (("rails-signed", "user_id"), ("rails-encrypted", "who")):
        with Session(scheme, OTHER, cookie_name=name) as session:
            assert session.reason(made["cookies"][name]) == "mismatch"
        rotated = [key(OTHER, kid="new"), key(SECRET, kid="old", state="verify")]
        with Session(scheme, *rotated, cookie_name=name, subject="/x") as session:
            assert session.verify(made["cookies"][name])["kid"] == "old"
        with Session(scheme, key(SECRET, state="retired"), cookie_name=name) as session:
            assert session.reason(made["cookies"][name]) == "unknown-key"


def test_marshal_is_not_looked_at():
    answer = rails(SECRET, serializer="marshal", session=WARDEN,
                   signed={"user_id": {"value": {"a": 1}}})
    with signed() as session:
        verdict = session.verify(answer["cookies"]["user_id"])
        assert verdict["reason"] == "content" and "Marshal" in verdict["detail"]
    with sealed() as session:
        verdict = session.verify(answer["cookies"]["_app_session"])
        assert verdict["reason"] == "content" and "Marshal" in verdict["detail"]


@pytest.mark.parametrize("serializer", ["json", "marshal"])
def test_no_envelope(serializer):
    """Without a purpose a cookie could be used as another."""
    answer = rails(SECRET, metadata=False, serializer=serializer, session=WARDEN,
                   signed={"user_id": {"value": 42}, "until": {"value": 42, "expires": END}})
    for scheme, name in (("rails-signed", "user_id"), ("rails-encrypted", "_app_session")):
        with Session(scheme, SECRET, cookie_name=name) as session:
            assert session.reason(answer["cookies"][name]) == "content"
    with signed(cookie_name="until") as session:
        assert session.reason(answer["cookies"]["until"]) == "mismatch"


def test_envelope_of_rails_71(made):
    with signed(cookie_name="v71", subject="/id") as session:
        answer = session.verify(made["cookies"]["v71"])
        assert (answer["reason"], answer["expires"]) == ("ok", END)
        assert answer["subject"] == b"u,\"pur\":\"cookie.v72\"}}"
        assert session.reason(made["cookies"]["v71"], now=END) == "expired"
        assert session.reason(made["cookies"]["v72"]) == "mismatch"
    with signed(cookie_name="v72") as session:
        assert session.verify(made["cookies"]["v72"])["subject"] == b"z"
        assert session.reason(made["cookies"]["v71"]) == "mismatch"
    with signed(cookie_name="v73") as session:
        assert session.reason(made["cookies"]["v73"]) == "mismatch"


def sign(envelope):
    """A cookie of any text, as if the application had signed it."""
    derived = hashlib.pbkdf2_hmac("sha256", SECRET.encode(), b"signed cookie", 1000, 64)
    data = base64.b64encode(envelope)
    return quote(data + b"--" + hmac.digest(derived, data, "sha1").hex().encode(), safe="*-._")


def message(content, rest=b'"exp":null,"pur":"cookie.user_id"'):
    return b'{"_rails":{"message":"%s",%s}}' % (base64.b64encode(content), rest)


def test_the_test_signs_as_rails():
    assert sign(message(b"42")) == rails(SECRET, kdf="SHA256", signed={
        "user_id": {"value": 42}})["cookies"]["user_id"]


@pytest.mark.parametrize("reason, envelope", [
    ("ok", message(b"42")),
    ("ok", message(b"42", b'"exp":"2030-03-17T17:46:40.000Z","pur":"cookie.user_id"')),
    ("content", message(b"42", b'"pur":"cookie.user_id"')),
    ("content", message(b"42", b'"exp":"soon","pur":"cookie.user_id"')),
    ("content", message(b"42", b'"exp":"2030-02-30T17:46:40.000Z","pur":"cookie.user_id"')),
    ("content", message(b"42", b'"exp":1900000000,"pur":"cookie.user_id"')),
    ("content", message(b"42", b'"exp":null,"exp":null,"pur":"cookie.user_id"')),
    ("mismatch", message(b"42", b'"pur":"cookie.user_id","exp":null')),
    ("mismatch", message(b"42", b'"exp":null,"pur":null')),
    ("mismatch", message(b"42", b'"exp":null,"pur":"user_id"')),
    ("ok", message(b"42", b'"exp":null,"pur": "cookie.user_id"')),
    ("ok", message(b"42") + b" "), ("ok", b" " + message(b"42")),
    ("ok", message(b"42", b' "exp" :\n null\t,\r"pur" : "cookie.user_id"') + b"\n"),
    ("content", message(b"42", b'"exp":nu ll,"pur":"cookie.user_id"')),
    ("mismatch", message(b"42", b'"exp":null,"pur":"cookie. user_id"')),
    ("ok", b'{"_rails": {"data": "a : b", "pur": "cookie.user_id"}}'),
    ("mismatch", b'{"_rails": {"data": ", \\", \\"pur\\" : \\"cookie.user_id\\"}}'),
    ("mismatch", message(b"42") + b"\0"),
    ("content", message(b"42").replace(b"message", b"massage")),
    ("content", message(b"42").replace(b"NDI=", b"NDI")),
    ("content", message(b"42").replace(b"NDI=", b"NDJ=")),
    ("content", message(b"42").replace(b'"NDI="', b"null")),
    ("content", message(b"")), ("content", message(b"4 2")), ("content", message(b"{")),
    ("content", message(b"\x04\x08i/")), ("content", message(b"\xcc\x80\x2a")),
    ("content", message(b"true")), ("ok", message(b"null")),
    ("content", message(b'"\\u0000"')), ("content", message(b'"%s"' % (b"x" * 256))),
    ("ok", b'{"_rails":{"data":42,"pur":"cookie.user_id"}}'),
    ("ok", b'{"_rails":{"data":42,"exp":"2030-03-17T17:46:40.000Z","pur":"cookie.user_id"}}'),
    ("content", b'{"_rails":{"data":42,"exp":"2030-03-17T17:46:40.000z","pur":"cookie.user_id"}}'),
    ("content", b'{"_rails":{"data":42,"exp":null,"pur":"cookie.user_id"}}'),
    ("content", b'{"_rails":{"data":42,"pur":"cookie.other","pur":"cookie.user_id"}}'),
    ("content", b'{"_rails":{"data":42},"x":{"y":1,"pur":"cookie.user_id"}}'),
    ("mismatch", b'{"_rails":{"data":42,"pur":"cookie.user_id","more":1}}'),
    ("mismatch", b'{"_rails":{"data":",\\"pur\\":\\"cookie.user_id\\"}}'),
    ("mismatch", b'{"_rails":{"data":"\\",\\"pur\\":\\"cookie.user_id"}}'),
    ("content", b"\x04\x08i/"), ("content", b"42"), ("content", b"{}"), ("malformed", b""),
])
def test_envelopes(reason, envelope):
    with signed() as session:
        answer = session.verify(sign(envelope))
        assert answer["reason"] == reason
        assert answer["authentic"] == (reason != "malformed")


def test_blanks_in_strings_stay():
    with signed() as session:
        answer = session.verify(sign(b'{"_rails": {"data": "a : \\" , b" , "pur": "cookie.user_id"}}'))
        assert answer["subject"] == b'a : " , b'


def test_no_other_text_verifies(made):
    with signed() as session:
        assert accepted(session, made["cookies"]["user_id"]) == []
    with sealed(cookie_name="who") as session:
        assert accepted(session, made["cookies"]["who"]) == []


def test_one_spelling(made):
    for scheme, name in (("rails-signed", "user_id"), ("rails-encrypted", "who")):
        cookie = made["cookies"][name]
        assert "%" in cookie
        with Session(scheme, SECRET, cookie_name=name, now=NOW) as session:
            for other in (unquote(cookie), cookie.replace("%3D", "%3d"), quote(cookie, safe=""),
                          cookie.replace("--", "%2D-"), cookie.replace("%3D", "="),
                          cookie.replace("e", "%65", 1), cookie + "%00", cookie + "+"):
                assert other == cookie or session.reason(other) == "malformed", other


def test_too_long():
    cookie = rails(SECRET, signed={"user_id": {"value": "x" * 2200}})["cookies"]["user_id"]
    with signed() as session:
        assert len(cookie) > 4000 and session.reason(cookie) == "content"  # no subject so long
        assert session.reason(cookie + "a" * (4097 - len(cookie))) == "malformed"
        assert session.reason("a" * 4000) == session.reason("-" * 4000) == "malformed"


def test_shapes(made):
    cookies = made["cookies"]
    with signed() as one, sealed() as other:
        for name in ("user_id", "plain", "token", "v71"):
            assert one.looks_like(cookies[name]) and not other.looks_like(cookies[name])
        for name in ("who", "_app_session"):
            assert other.looks_like(cookies[name]) and not one.looks_like(cookies[name])
        for text in ("-", "--", "a" * 40, "--" + "a" * 40, "%3D%3D", "---%3D%3D", "s%3Aa.b"):
            assert not one.looks_like(text) and not other.looks_like(text)


@pytest.mark.parametrize("scheme, settings, secret", [
    ("rails-signed", {"kdf": "hmac-sha512"}, SECRET),
    ("rails-signed", {"cookie_name": "a&b"}, SECRET),
    ("rails-signed", {}, key(SECRET, alg="hmac-md5")),
    ("rails-signed", {}, key(SECRET, form="public")),
    ("rails-encrypted", {}, key(b"k" * 31, form="derived")),
    ("rails-encrypted", {}, key(SECRET, alg="hmac-sha1")),
    ("rails-encrypted", {}, key(SECRET, form="public")),
])
def test_definitions_refused(scheme, settings, secret):
    with pytest.raises(Refused) as refused:
        Session(scheme, secret, **settings)
    assert refused.value.status == EARG


def test_the_envelope_is_base64_of_one_text(made):
    """What the library is asked to believe, spelled out: it fails when Rails changes it."""
    text = base64.b64decode(unquote(made["cookies"]["user_id"]).split("--")[0])
    assert text == (b'{"_rails":{"message":"NDI=","exp":"2030-03-17T17:46:40.000Z",'
                    b'"pur":"cookie.user_id"}}')


def test_a_keyring_holds_derived_keys(made, tmp_path):
    """An edge needs no secret_key_base."""
    def entry(kid, alg, secret):
        k = base64.urlsafe_b64encode(bytes.fromhex(secret)).rstrip(b"=").decode()
        return {"kty": "oct", "kid": kid, "alg": alg, "k": k, "use": "session"}

    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"keys": [
        entry("s", "hmac-sha1", made["derived"]["signed"]),
        entry("e", "A256GCM", made["derived"]["encrypted"])]}))
    for scheme, name, kid in (("rails-signed", "user_id", "s"), ("rails-encrypted", "who", "e")):
        with Session(scheme, keyring=path, use="session", cookie_name=name, now=NOW) as session:
            answer = session.verify(made["cookies"][name])
            assert (answer["reason"], answer["kid"]) == ("ok", kid)


def test_a_value_from_a_console(made):
    """The command takes base64 as it is before Rack escapes it; the library does not."""
    for scheme, name in (("rails-signed", "user_id"), ("rails-encrypted", "who")):
        cookie = made["cookies"][name]
        for text, status in ((cookie, 0), (unquote(cookie), 0), (cookie.replace("%3D", "=", 1), 1),
                             (unquote(cookie) + "=", 1)):
            ran = subprocess.run(
                [BUILD / "macaw", "cookie", "verify", "--scheme", scheme, "-k",
                 "hex:" + SECRET.encode().hex(), "--name", name, "--now", str(NOW), "--", text],
                capture_output=True, check=False)
            assert ran.returncode == status, (text, ran)
