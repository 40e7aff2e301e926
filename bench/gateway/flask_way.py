"""The gateway's check in a Flask application, for gunicorn: one process, so that a
set is enough against replays."""

import hashlib
import hmac
import os
import time

from flask import Flask, Response, abort, request

KEY = bytes.fromhex(os.environ["BENCH_KEY"])
WINDOW = 300
BODY = b"x" * 43  # as many bytes as nginx's empty GIF has

app = Flask(__name__)
seen = set()


@app.before_request
def check():
    mac = request.headers.get("X-Authorization-Content-HMAC", "")
    timestamp = request.headers.get("X-Authorization-Timestamp", "")
    target = request.environ["RAW_URI"]
    expected = hmac.new(KEY, (target + timestamp).encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), mac.encode()):
        abort(401)
    if abs(time.time() - int(timestamp)) > WINDOW:
        abort(401)
    if mac in seen:
        abort(401)
    seen.add(mac)


@app.get("/bench")
def answer():
    return Response(BODY, content_type="image/gif")
