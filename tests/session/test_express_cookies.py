"""Signed cookies of Express: res.cookie, the id of express-session, cookie-session."""

import base64
import hashlib
import hmac
from urllib.parse import quote, unquote

import pytest
from session_cli import EARG, Refused, Session, accepted, key, mutations
from web_peers import cookie_session, express, npm

SECRET = "a secret of express, not published"
OTHER = "another secret of express, not published"
VALUES = {"user": "alice", "marks": "a-_.!~*'()b", "text": "al ice+/=&;é\u20ac\U0001f600", "dots": "a.b.c",
          "number": 42, "cart": {"user": {"id": 7}, "note": "é;\""}, "empty": ""}
JS_KEEPS = "-_.!~*'()"


def sign(value, secret=SECRET):
    """What cookie-signature does, for values that Express would not send."""
    mac = base64.b64encode(hmac.digest(secret.encode(), value, "sha256")).rstrip(b"=")
    return quote(b"s:" + value + b"." + mac, safe=JS_KEEPS)


@pytest.fixture(scope="module")
def made():
    return express([SECRET], signed=VALUES)["cookies"]


def test_values(made):
    with Session("express", SECRET) as session:
        for name, value in VALUES.items():
            answer = session.verify(made[name])
            assert answer["valid"], (name, answer)
            if name != "cart":
                assert answer["subject"] == answer["payload"] == str(value).encode()
        answer = session.verify(made["cart"])
        assert (answer["subject"], answer["payload"]) == (b"", '{"user":{"id":7},"note":"é;\\""}'.encode())
        assert (answer["issued"], answer["expires"]) == (0, 0)


def test_member_of_json(made):
    with Session("express", SECRET, subject="/user/id") as session:
        assert session.verify(made["cart"])["subject"] == b"7"
        assert session.reason(made["user"]) == "content"


def test_the_test_signs_as_express(made):
    for name, value in VALUES.items():
        if name != "cart":
            assert made[name] == sign(str(value).encode())


def test_express_reads_the_same(made):
    """Express accepts what macaw accepts and nothing that macaw refuses."""
    cookies = {"good": made["user"], "other": sign(b"alice", OTHER), "short": made["user"][:-1]}
    seen = express([SECRET], cookie="; ".join(f"{n}={v}" for n, v in cookies.items()))["seen"]
    with Session("express", SECRET) as session:
        assert {n: session.verify(v)["valid"] for n, v in cookies.items()} == {
            n: seen[n] == "alice" for n in cookies}


def test_session_id():
    made = express([SECRET], session={"user": "alice"})
    with Session("express", SECRET) as session:
        answer = session.verify(made["cookies"]["connect.sid"])
        assert answer["subject"] == made["session_id"].encode()


def test_rotation():
    """Express signs with the first of its secrets and reads with all."""
    old, new = express([SECRET], signed={"u": "a"}), express([OTHER, SECRET], signed={"u": "a"})
    keys = [key(OTHER, kid="new"), key(SECRET, kid="old", state="verify")]
    with Session("express", *keys) as session:
        assert session.verify(old["cookies"]["u"])["kid"] == "old"
        assert session.verify(new["cookies"]["u"])["kid"] == "new"
    with Session("express", OTHER) as session:
        assert session.reason(old["cookies"]["u"]) == "mismatch"
    retired = [key(OTHER, kid="new"), key(SECRET, kid="old", state="retired")]
    with Session("express", *retired) as session:
        assert session.reason(old["cookies"]["u"]) == "mismatch"


def test_no_other_text_verifies(made):
    with Session("express", SECRET) as session:
        for name in ("user", "text", "cart"):
            assert accepted(session, made[name]) == []


@pytest.mark.parametrize("other", [
    lambda text: unquote(text), lambda text: text.replace("%3A", ":"),
    lambda text: text.replace("%3A", "%3a"), lambda text: text.replace("s%3A", "%73%3A"),
    lambda text: text.replace(".", "%2E"), lambda text: text[4:], lambda text: text + "%3D",
    lambda text: text + "=", lambda text: text + "%", lambda text: text + "%2",
    lambda text: text.replace("s%3A", "s%3As%3A"), lambda text: text.replace("s%3A", "S%3A"),
    lambda text: "%22" + text + "%22", lambda text: '"' + text + '"',
])
def test_one_spelling(other):
    text = sign(b"alice")
    with Session("express", SECRET) as session:
        assert session.reason(text) == "ok"
        assert session.reason(other(text)) in ("malformed", "mismatch")


def test_json_prefix():
    with Session("express", SECRET) as session:
        for value in (b"j:", b"j:nonsense", b'j:{"a":1', b'j:{"a":1}x', b"j:" + b"[" * 900):
            assert session.reason(sign(value)) == "content", value
        assert session.reason(sign(b"j:" + b"[" * 32 + b"]" * 32)) == "ok"
        # Unsigned JSON cookies begin with j: and are nobody's word.
        assert session.reason("j%3A%7B%22user%22%3A1%7D") == "malformed"
        assert session.verify(sign(b"J:{}"))["subject"] == b"J:{}"
    with Session("express", SECRET, subject="/u") as session:
        assert session.reason(sign(b'j:{"u":1,"u":2}')) == "content"
        assert session.verify(sign(b'j:{"u":null}'))["subject"] == b""
        assert session.reason(sign(b'j:{"u":"a\\u000ab"}')) == "content"


def test_subjects_fit_into_a_header():
    with Session("express", SECRET) as session:
        for value in (b"a\nb", b"a\0b", b"a\x7f", b"\xff\xfe", b"x" * 256):
            answer = session.verify(sign(value))
            assert (answer["valid"], answer["subject"]) == (True, b"")
        assert session.verify(sign(b"x" * 255))["subject"] == b"x" * 255


def test_too_long():
    with Session("express", SECRET) as session:
        for length in range(4020, 4070):
            text = sign(b"x" * length)
            assert session.reason(text) == ("ok" if len(text) <= 4096 else "malformed")


# ---- cookie-session ----

SESSION = {"passport": {"user": "alice"}, "note": "é?>~"}


@pytest.mark.parametrize("digest", [None, "sha1", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("packaged", [True, False])
def test_cookie_session(digest, packaged):
    package = None if packaged else npm("cookie-session")
    made = cookie_session([SECRET], package, session=SESSION, digest=digest, name="s")
    with Session("cookie-session", key(SECRET, alg="hmac-" + (digest or "sha1")),
                 cookie_name="s") as session:
        answer = session.verify(made["s"], signature=made["s.sig"])
        assert (answer["reason"], answer["subject"]) == ("ok", b"alice")
        assert base64.b64encode(answer["payload"]).decode() == made["s"]
    if digest not in (None, "sha1"):
        with Session("cookie-session", SECRET, cookie_name="s") as session:
            assert session.reason(made["s"], signature=made["s.sig"]) == "algorithm"


@pytest.fixture(scope="module")
def pair():
    made = cookie_session([SECRET], session=SESSION)
    return made["session"], made["session.sig"]


def two(*keys, **more):
    return Session("cookie-session", *keys, **{"cookie_name": "session", **more})


def test_both_cookies_are_needed(pair):
    with two(SECRET) as session:
        text, signature = pair
        assert session.reason(text, signature=signature) == "ok"
        assert session.reason(text) == "malformed"
        assert session.reason(b"", signature=signature) == "missing"
        assert session.reason(signature, signature=text) in ("malformed", "algorithm")


def test_another_name_or_key(pair):
    for name in ("sessio", "session2", "session.sig", "Session"):
        with two(SECRET, cookie_name=name) as session:
            assert session.reason(pair[0], signature=pair[1]) == "mismatch"
    with two(OTHER) as session:
        assert session.reason(pair[0], signature=pair[1]) == "mismatch"
    with two(key(OTHER, kid="new"), key(SECRET, kid="old", state="verify")) as session:
        assert session.verify(pair[0], signature=pair[1])["kid"] == "old"


def test_no_other_pair_verifies(pair):
    with two(SECRET) as session:
        assert accepted(session, pair[0], signature=pair[1]) == []
        text, signature = pair
        assert [other for other in mutations(signature)
                if session.verify(text, signature=other)["authentic"]] == []


def test_signature_of_another_session(pair):
    other = cookie_session([SECRET], session={"passport": {"user": "bob"}})
    with two(SECRET) as session:
        assert session.reason(other["session"], signature=other["session.sig"]) == "ok"
        assert session.reason(other["session"], signature=pair[1]) == "mismatch"
        assert session.reason(pair[0], signature=other["session.sig"]) == "mismatch"


def keygrip(text, secret=SECRET):
    mac = hmac.digest(secret.encode(), b"session=" + text, "sha1")
    return base64.urlsafe_b64encode(mac).rstrip(b"=")


def test_content_that_is_no_session():
    with two(SECRET) as session:
        for content in (b"no JSON", b"{", b'{"a":1}{"b":2}', b"\xff", b""):
            text = base64.b64encode(content)
            expected = "content" if text else "missing"
            assert session.reason(text, signature=keygrip(text)) == expected
        for text in (b"eyJh", b"e30", b"e30=", b"e3A=", b"e30=\n", b"e31=", b"_30="):
            expected = "ok" if text == b"e30=" else "content" if text in (b"eyJh", b"e3A=") else "malformed"
            assert session.reason(text, signature=keygrip(text)) == expected, text
        text = base64.b64encode(b'{"a":"' + b"x" * 3064 + b'"}')
        assert len(text) == 4096 and session.reason(text, signature=keygrip(text)) == "ok"
        assert session.reason(text + b"AAAA", signature=keygrip(text + b"AAAA")) == "malformed"
        assert session.reason(b"e30=", signature=b"a" * 4097) == "malformed"


def test_shapes(made, pair):
    with Session("express", SECRET) as one, two(SECRET) as other:
        for text in made.values():
            assert one.looks_like(text) and not other.looks_like(text)
        assert other.looks_like(pair[0]) and not one.looks_like(pair[0])
        for text in ("s%3A", "s:a.b", "e30=", "eyJ", "eyJh.eyJh", "a.b"):
            assert not one.looks_like(text) and not other.looks_like(text)


@pytest.mark.parametrize("scheme, secret", [
    ("express", key(SECRET, alg="hmac-sha1")), ("express", key(SECRET, form="derived")),
    ("express", key(SECRET, form="public")), ("cookie-session", key(SECRET, alg="hmac-md5")),
    ("cookie-session", key(b"")),
])
def test_keys_refused(scheme, secret):
    with pytest.raises(Refused) as refused:
        Session(scheme, secret)
    assert refused.value.status == EARG


def test_identity_is_not_the_spelling(made):
    """The session id of a cookie without one is a hash of what its MAC covers."""
    with Session("express", SECRET) as session:
        assert session.verify(made["user"])["sid"] == hashlib.sha256(b"express\0alice").digest()[:12]
