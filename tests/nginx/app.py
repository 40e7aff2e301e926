"""The application behind the gateway: a real Flask program that knows nothing of MACs."""

import base64
import time

from flask import Flask, Response, request

app = Flask(__name__)
seen = []  # targets that reached the application; it runs as one process


@app.before_request
def note():
    if request.path != "/seen":
        seen.append(request.environ.get("RAW_URI"))


@app.get("/seen")
def seen_targets():
    return {"count": seen.count(request.args["target"])}


@app.get("/example/users")
def users():
    body = '{"result": "ok", "users": "%s", "sub": 2840345654}' % request.args.get("user", "")
    return Response(body + "", content_type="text/html; charset=utf-8")


@app.route("/echo", methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@app.route("/<path:_path>", methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@app.route("/", methods=["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def echo(_path=""):
    return {
        "method": request.method,
        "target": request.environ.get("RAW_URI"),
        "headers": [[name, value] for name, value in request.headers.items()],
        "body": base64.b64encode(request.get_data()).decode(),
    }


@app.route("/big")
def big():
    """size bytes with a length, or chunked=1 in pieces without one."""
    size = int(request.args.get("size", 100000))
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    if "chunked" not in request.args:
        return Response(data, content_type="application/octet-stream")
    pieces = (data[i:i + 1000] for i in range(0, size, 1000))
    return Response(pieces, content_type="application/octet-stream")


@app.route("/stream")
def stream():
    """count pieces, delay seconds apart; type, length, accel and cut from the query."""
    count = int(request.args.get("count", 5))
    delay = float(request.args.get("delay", 0.1))
    cut = int(request.args.get("cut", -1))

    def pieces():
        for i in range(count):
            if i == cut:
                raise ConnectionAbortedError  # the body ends before its end
            yield b"data: %d\n\n" % i
            time.sleep(delay)

    response = Response(pieces(), content_type=request.args.get("type", "text/plain"))
    if "length" in request.args:
        response.headers["Content-Length"] = request.args["length"]
    if "accel" in request.args:
        response.headers["X-Accel-Buffering"] = request.args["accel"]
    return response


@app.route("/status/<int:code>", methods=["GET", "HEAD", "POST"])
def status(code):
    body = b"" if code in (204, 304) else b"status %d\n" % code
    return Response(body, status=code, content_type="text/plain")


@app.route("/accel")
def accel():
    """Hand over to another location of the gateway."""
    return Response("", headers={"X-Accel-Redirect": request.args["to"]})


@app.route("/set")
def set_fields():
    """Any response header from the query: /set?X-Response-Content-HMAC=1"""
    return Response("set\n", headers=list(request.args.items(multi=True)))
