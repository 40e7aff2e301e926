"""Applications as they are, behind envelopes: their logout becomes one."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import rawhttp
from envelopes import gateway_of

APPS = Path(__file__).resolve().parent / "apps"
NODE = "/usr/share/nodejs"


def flask_command(socket):
    return [sys.executable, "-m", "gunicorn", "--bind", f"unix:{socket}", "--umask", "0",
            "--chdir", APPS, "flask_app:app"]


def express_command(socket):
    if not all(Path(NODE, name).exists() for name in ("express", "cookies")):
        pytest.skip("no node-express, node-cookies")
    return ["node", APPS / "express_app.js", socket]


KINDS = {"flask": (flask_command, ["session"]),
         "express": (express_command, ["session", "session.sig"])}


@pytest.fixture(name="site", params=KINDS)
def a_site(request, gateway):
    """(gateway, the application's address, its cookies)"""
    command, cookies = KINDS[request.param]
    folder = Path(tempfile.mkdtemp(prefix="macaw-app-"))
    folder.chmod(0o711)
    path = str(folder / "app.sock")
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(list(map(str, command(path))), stdout=log, stderr=log,
                                   env={**os.environ, "NODE_PATH": NODE,
                                        "PYTHONDONTWRITEBYTECODE": "1"})
    try:
        end = time.monotonic() + 90
        while not answers(path):
            assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.05)
        yield gateway_of(gateway, f"location /site/ {{ proxy_pass http://unix:{path}:/; }}",
                         listed=" ".join(cookies)), path, cookies
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def answers(path):
    try:
        return rawhttp.exchange(path, rawhttp.head("GET", "/me")).status == 200
    except OSError:
        return False


class Jar(dict):
    """A browser's cookies."""

    def get_page(self, send, target):
        fields = [("Cookie", "; ".join(f"{n}={v}" for n, v in self.items()))] if self else []
        answer = send(target, fields)
        for line in answer.get_all("Set-Cookie"):
            name, _, value = line.split(";")[0].partition("=")
            if not value or "Max-Age=0" in line or "1970" in line:
                self.pop(name, None)
            else:
                self[name] = value
        return json.loads(answer.body)


def test_an_application_as_it_is(site):
    server, path, cookies = site

    def direct(target, fields):
        return rawhttp.exchange(path, rawhttp.head("GET", target, fields))

    # By itself: a copy of its cookie outlives its logout.
    jar = Jar()
    jar.get_page(direct, "/login?user=alice")
    copy = Jar(jar)
    jar.get_page(direct, "/logout")
    assert Jar(copy).get_page(direct, "/me")["user"] == "alice"
    # Behind the gateway that copy is nothing, and nor is one of an envelope after the logout.
    assert Jar(copy).get_page(server.send, "/site/me") == {"user": None, "raw": ""}
    jar = Jar()
    jar.get_page(server.send, "/site/login?user=bob")
    assert sorted(jar) == sorted(cookies)
    told = jar.get_page(server.send, "/site/me")
    assert told["user"] == "bob" and all(value not in told["raw"] for value in jar.values())
    wrapped = Jar(jar)
    assert Jar(wrapped).get_page(server.send, "/site/me")["user"] == "bob"
    jar.get_page(server.send, "/site/logout")
    assert not jar
    assert Jar(wrapped).get_page(server.send, "/site/me") == {"user": None, "raw": ""}
    # Nor does the application itself take an envelope.
    assert Jar(wrapped).get_page(direct, "/me")["user"] is None
