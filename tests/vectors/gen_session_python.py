#!/usr/bin/python3
"""Print session-python.txt: cookies made by the libraries themselves, at a fixed time."""

import base64
import hashlib
import json
import time
import uuid

T = 1700000000
KEY = "a secret of an application"
time.time = lambda: T + 0.5  # before the libraries take it

# pylint: disable=wrong-import-position
import django
import flask
import itsdangerous
import starlette
import tornado
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Signer, TimestampSigner, URLSafeTimedSerializer
from starlette.middleware.sessions import SessionMiddleware
from tornado.web import create_signed_value

settings.configure(SECRET_KEY=KEY)
SESSIONS = "django.contrib.sessions.backends.signed_cookies"


def line(scheme, token, derived, name="-", salt="-", pointer="-", subject="-", alg="-"):
    token = token.decode() if isinstance(token, bytes) else token
    print(scheme, alg, name, salt, pointer, subject, derived.hex() if derived else "-", token,
          sep="\t")


def flasks():
    app = flask.Flask("x")
    app.secret_key = KEY
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    derived = serializer.make_signer().derive_key()
    for data, pointer, subject in (
            ({"_user_id": "alice", "_fresh": True}, "-", "alice"),
            ({"_user_id": 42}, "-", "42"),
            ({"who": {"id": "al\u00e9\U0001f600"}}, "/who/id", "al\u00e9\U0001f600"),
            ({"u": uuid.UUID(int=7)}, "/u/ u", uuid.UUID(int=7).hex),
            ({"_user_id": "b" * 200, "cart": list(range(100))}, "-", "b" * 200),
            ({"cart": []}, "-", "-")):
        line("flask", serializer.dumps(data), derived, pointer=pointer, subject=subject)


def itsdangerouses():
    for salt, more in ((None, {}), ("login", {})):
        serializer = URLSafeTimedSerializer(KEY, **({"salt": salt} if salt else {}), **more)
        line("itsdangerous", serializer.dumps({"user": "alice"}),
             serializer.make_signer().derive_key(), salt=salt or "-", pointer="/user",
             subject="alice")
    for scheme, kind in (("itsdangerous-timestamp", TimestampSigner),
                         ("itsdangerous-signer", Signer)):
        for salt in ("itsdangerous.Signer", "login"):
            signer = kind(KEY, salt=salt)
            line(scheme, signer.sign("al.ice"), signer.derive_key(), salt=salt, subject="al.ice")
    signer = TimestampSigner(KEY, digest_method=hashlib.sha512)
    line("itsdangerous-timestamp", signer.sign("alice"), signer.derive_key(), alg="hmac-sha512",
         subject="alice")


def starlettes():
    signer = SessionMiddleware(None, KEY).signer
    for data in ({"user": "alice"}, {"user": "al\u00e9>?>?"}):
        line("starlette", signer.sign(base64.b64encode(json.dumps(data).encode())),
             signer.derive_key(), pointer="/user", subject=data["user"])


def djangos():
    def key(salt, prefix="", digest=hashlib.sha256):
        return digest((salt + "signer" + prefix + KEY).encode()).digest()

    line("django", signing.dumps({"_auth_user_id": "7"}), key("django.core.signing"), subject="7")
    for n in (1, 100):
        line("django", signing.dumps({"_auth_user_id": "8", "x": "y" * n}, salt=SESSIONS,
                                     compress=True),
             key(SESSIONS), salt=SESSIONS, subject="8")
    old = signing.TimestampSigner(salt="old", algorithm="sha1")
    line("django", old.sign_object({"_auth_user_id": "9"}), key("old", digest=hashlib.sha1),
         salt="old", alg="hmac-sha1", subject="9")
    response = HttpResponse()
    for name, salt, value in (("who", "", "alice"), ("who", "-admin", "al:ice@example.org")):
        response.set_signed_cookie(name, value, salt=salt)
        line("django-cookie", response.cookies[name].value,
             key(name + salt, "django.http.cookies"), name=name, salt=salt or "-", subject=value)


def tornados():
    for value in ("alice", "al", "a", ""):
        line("tornado", create_signed_value(KEY, "user", value), None, name="user",
             subject=value or "-")
    line("tornado", create_signed_value({3: KEY}, "user", '{"id":5}', key_version=3), None,
         name="user", pointer="/id", subject="5")


print("# Made by gen_session_python.py at", T, "under the key:", KEY)
print("#", "itsdangerous", itsdangerous.__version__, "Flask", flask.__version__, "Starlette",
      starlette.__version__, "Django", django.__version__, "Tornado", tornado.version)
print("# scheme, algorithm, name, salt, pointer, subject, derived key, token; a tab between; - is none")
flasks()
itsdangerouses()
starlettes()
djangos()
tornados()
