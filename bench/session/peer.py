"""Tokens of Python's libraries: peer.py LIBRARY, the protocol of ../session.c.

The first line has key (hex); the answer names version and text, a token for the
subject alice@example.org, and what macaw has to know of it."""

import importlib.metadata
import json
import sys
import time

SUBJECT = "alice@example.org"


def flask(key):
    from flask import Flask
    from flask.sessions import SecureCookieSessionInterface
    app = Flask("bench")
    app.secret_key = key
    interface = SecureCookieSessionInterface()
    text = interface.get_signing_serializer(app).dumps({"_user_id": SUBJECT, "_fresh": True})
    max_age = int(app.permanent_session_lifetime.total_seconds())

    def verify():  # as open_session does for every request
        made = interface.get_signing_serializer(app).loads(text, max_age=max_age)
        return made["_user_id"]
    return text, verify, {"scheme": "flask"}, "Flask"


def itsdangerous(key):
    from itsdangerous import URLSafeTimedSerializer
    serializer = URLSafeTimedSerializer(key)
    text = serializer.dumps({"user": SUBJECT})
    return (text, lambda: serializer.loads(text, max_age=86400)["user"],
            {"scheme": "itsdangerous", "subject": "/user"}, "itsdangerous")


def pyjwt(key):
    import jwt
    text = jwt.encode({"sub": SUBJECT, "exp": int(time.time()) + 86400}, key, algorithm="HS256")
    return (text, lambda: jwt.decode(text, key, algorithms=["HS256"])["sub"], {"scheme": "jwt"},
            "PyJWT")


def main():
    ask = json.loads(sys.stdin.readline())
    text, verify, definition, package = {
        "flask": flask, "itsdangerous": itsdangerous, "pyjwt": pyjwt}[sys.argv[1]](
            bytes.fromhex(ask["key"]))
    assert verify() == SUBJECT
    print(json.dumps({"text": text, "version": f"{package} {importlib.metadata.version(package)}",
                      **definition}), flush=True)
    for line in sys.stdin:
        n, start = int(line), time.process_time_ns()
        for _ in range(n):
            verify()
        print(time.process_time_ns() - start, flush=True)


main()
