"""Tornado's signed cookies, version 2."""

import pytest
import tornado.httputil
import tornado.web
from session_cli import Session, accepted, key
from tornado.web import create_signed_value, decode_signed_value

SECRET = "a secret of an application"
NOW = 1800000000
MONTH = 31 * 86400


def signed(value, name="user", secret=SECRET, now=NOW, **more):
    return create_signed_value(secret, name, value, clock=lambda: now, **more).decode()


def open_session(*keys, **settings):
    return Session("tornado", *(keys or (SECRET,)),
                   **{"now": NOW, "cookie_name": "user", **settings})


@pytest.mark.parametrize("value", ["alice", "a", "", "al\u00e9\U0001f600", "b" * 255, "x|y:z=1"])
def test_values(value):
    cookie = signed(value)
    with open_session() as session:
        answer = session.verify(cookie)
        assert answer["valid"] and answer["subject"].decode() == value
        assert answer["issued"] == NOW and answer["expires"] == NOW + MONTH
        assert accepted(session, cookie) == []
        assert session.looks_like(cookie)


def test_what_a_handler_sends():
    """Python puts the cookie in quotes, and the browser sends them back."""
    class Handler(tornado.web.RequestHandler):
        def data_received(self, chunk):
            pass

    class Connection:
        context = None

        def set_close_callback(self, callback):
            pass

    application = tornado.web.Application(cookie_secret=SECRET)
    request = tornado.httputil.HTTPServerRequest(method="GET", uri="/", connection=Connection())
    handler = Handler(application, request)
    handler.set_secure_cookie("user", "alice")
    sent = handler._new_cookie["user"].OutputString().split(";")[0].partition("=")[2]
    assert sent.startswith('"') and sent.endswith('"')
    with open_session(max_age=-1, now=4000000000) as session:
        answer, bare = session.verify(sent), session.verify(sent[1:-1])
        assert answer["valid"] and answer["subject"] == b"alice"
        assert bare["valid"] and bare["sid"] == answer["sid"]
        assert accepted(session, sent) == []
        assert session.looks_like(sent)
        for other in (f'"{sent}"', sent[1:], sent[:-1], '"', '""'):
            assert session.reason(other) == "malformed"


def test_a_pointer_reads_the_value_as_json():
    with open_session(subject="/id") as session:
        assert session.verify(signed('{"id": 5}'))["subject"] == b"5"
        assert session.reason(signed("alice")) == "content"


def test_the_name_is_part_of_it():
    with open_session() as session:
        for name in ("User", "use", "user2", ""):
            answer = session.verify(signed("alice", name=name))
            assert answer["reason"] == "mismatch" and not answer["authentic"]


def test_ages():
    cookie = signed("alice")
    with open_session() as session:
        for moment, reason in ((-1, "early"), (0, "ok"), (MONTH - 1, "ok"), (MONTH, "expired")):
            assert session.reason(cookie, now=NOW + moment) == reason
    # Tornado lets the last second pass, and the future.
    for moment, ours in ((MONTH, b"alice"), (MONTH + 1, None), (-10**6, b"alice")):
        assert decode_signed_value(SECRET, "user", cookie,
                                   clock=lambda moment=moment: NOW + moment) == ours


# ---- key versions ----

def test_versions_name_keys():
    secrets = {0: "zero", 1: "one", 12: "twelve"}
    keys = [key(secret, kid=str(version)) for version, secret in secrets.items()]
    with open_session(*keys) as session:
        for version, secret in secrets.items():
            cookie = signed("alice", secret=secrets, key_version=version)
            answer = session.verify(cookie)
            assert answer["valid"] and answer["kid"] == str(version)
            other = signed("alice", secret={version: "wrong"}, key_version=version)
            assert session.reason(other) == "mismatch"
        # The right secret under another version's number is the wrong key.
        swapped = signed("alice", secret={1: "twelve"}, key_version=1)
        assert session.reason(swapped) == "mismatch"
        assert session.reason(signed("alice", secret={2: "one"}, key_version=2)) == "unknown-key"
    with open_session(key("one", kid="1", state="retired")) as session:
        assert session.reason(signed("alice", secret={1: "one"}, key_version=1)) == "key-state"


def test_version_0_is_a_single_secret():
    with open_session(key(SECRET, kid="main")) as session:
        answer = session.verify(signed("alice"))
        assert answer["valid"] and answer["kid"] == "main"
        assert session.reason(signed("alice", secret={3: SECRET}, key_version=3)) == "unknown-key"
    with open_session(key("other", kid="0"), key(SECRET, kid="main")) as session:
        assert session.reason(signed("alice")) == "mismatch"


def test_nothing_is_derived():
    with open_session() as session:
        assert session.derive(SECRET) is None


# ---- spelling ----

def sign(text):
    return text + tornado.web._create_signature_v2(SECRET, text.encode()).decode()


FINE = f"2|1:0|10:{NOW}|4:user|8:YWxpY2U=|"


@pytest.mark.parametrize("text", [
    FINE.replace("1:0", "2:00"), FINE.replace("1:0", "01:0"), FINE.replace("1:0", "+1:0"),
    FINE.replace("1:0", " 1:0"), FINE.replace("1:0", "2:+0"), FINE.replace("1:0", "0:"),
    FINE.replace(f"10:{NOW}", f"11:0{NOW}"), FINE.replace(f"10:{NOW}", f"11:+{NOW}"),
    FINE.replace(f"10:{NOW}", f"12:{NOW}.0"), FINE.replace(f"10:{NOW}", "1:0"),
    FINE.replace(f"10:{NOW}", "12:253402300800"), FINE.replace(f"10:{NOW}", "20:" + "9" * 20),
    FINE.replace("4:user", "04:user"), FINE.replace("4:user", "5:user"),
    FINE.replace("4:user", "3:user"), FINE.replace("8:YWx", "9:YWx"),
    FINE.replace("8:YWx", "99999999999999999999:YWx"), FINE[:-1], FINE + "0:|", "3" + FINE[1:],
    "02" + FINE[1:]])
def test_other_spellings_are_refused(text):
    with open_session() as session:
        assert session.verify(sign(FINE))["valid"]
        assert session.reason(sign(text)) == "malformed"


def test_some_of_them_tornado_takes():
    for text in (FINE.replace("1:0", "+1:0"), FINE.replace(f"10:{NOW}", f"11:0{NOW}")):
        assert decode_signed_value(SECRET, "user", sign(text), clock=lambda: NOW) == b"alice"


@pytest.mark.parametrize("value", ["9:YWxpY2U==", "7:YWxpY2U", "8:YWxpY2V=", "8:YWxp\nY2U"])
def test_values_that_are_no_base64(value):
    with open_session() as session:
        answer = session.verify(sign(FINE.replace("8:YWxpY2U=", value)))
        assert answer["authentic"] and answer["reason"] == "content"


def test_version_1_is_refused():
    """Its fields are not delimited under the MAC; Tornado still takes it unless told not to."""
    old = signed("alice", version=1)
    assert decode_signed_value(SECRET, "user", old, clock=lambda: NOW) == b"alice"
    with open_session() as session:
        assert session.reason(old) == "malformed"
        assert not session.looks_like(old)


def test_upper_case_hex_is_refused():
    cookie = signed("alice")
    with open_session() as session:
        assert session.reason(cookie[:-64] + cookie[-64:].upper()) == "malformed"
