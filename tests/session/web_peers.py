"""Cookies made by the web frameworks themselves: Rails, Express, cookie-session, gorilla."""

import fcntl
import functools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from session_cli import BUILD

PEERS = Path(__file__).resolve().parent / "peers"
NPM = Path(__file__).resolve().parent / "npm"
MADE = BUILD.resolve() / "tests" / "peers"
DEBIAN = "/usr/share/nodejs"
NO_NETWORK = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH"
                        r"|ETIMEDOUT|ERR_SOCKET_TIMEOUT")


def run(command, ask, **environment):
    """One request to a program, its answer."""
    made = subprocess.run(command, input=json.dumps(ask), text=True, capture_output=True,
                          timeout=600, env={**os.environ, **environment})
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def rails(secret, **ask):
    return run(["ruby", PEERS / "rails.rb"], {"secret": secret, **ask})


def express(secrets, **ask):
    more = {"EXPRESS_SESSION": str(npm("express-session"))} if "session" in ask else {}
    return run(["node", PEERS / "express.js"], {"secrets": secrets, **ask}, NODE_PATH=DEBIAN, **more)


def cookie_session(keys, package=None, **ask):
    more = {} if package is None else {"COOKIE_SESSION": str(package)}
    return run(["node", PEERS / "cookie_session.js"], {"keys": keys, **ask}, NODE_PATH=DEBIAN,
               **more)["cookies"]


class Lock:
    """One process at a time; pytest may run in several."""

    def __init__(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(path, "w")

    def __enter__(self):
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *exception):
        self.file.close()


def npm(package):
    """The folder of a package from the lock file."""
    missing = npm_missing()
    if missing is not None:
        pytest.skip(f"{missing}, and Debian does not package {package}")
    return MADE / "npm" / "node_modules" / package


@functools.cache
def npm_missing():
    """Install the lock file's packages into the build folder, once; why not, or None."""
    if shutil.which("npm") is None:
        return "npm is not installed"
    with Lock(MADE / "npm.lock"):
        lock = (NPM / "package-lock.json").read_bytes()
        stamp = MADE / "npm" / "installed"
        if stamp.exists() and stamp.read_bytes() == lock:
            return None
        missing = install(lock)
        if missing is None:
            stamp.write_bytes(lock)
        return missing


def install(lock):
    folder = MADE / "npm"
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_bytes((NPM / "package.json").read_bytes())
    (folder / "package-lock.json").write_bytes(lock)
    made = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
         "--fetch-retries=1", "--fetch-timeout=30000"],
        cwd=folder, capture_output=True, text=True, timeout=600)
    if made.returncode != 0 and NO_NETWORK.search(made.stderr):
        return "npm has no network"
    assert made.returncode == 0, made.stderr
    return None


@functools.cache
def gorilla_program():
    program = MADE / "gorilla"
    with Lock(MADE / "gorilla.lock"):
        subprocess.run(["go", "build", "-o", program, PEERS / "gorilla.go"], check=True, timeout=600,
                       env={**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode",
                            "GOFLAGS": "", "GOCACHE": str(MADE / "go-cache")})
    return program


def gorilla(name, hash_key, value=None, **ask):
    """The value of a cookie; decode asks gorilla's own verdict of one instead."""
    ask = {key.replace("_", ""): given for key, given in ask.items()}
    answer = run([gorilla_program()], {"name": name, "hashkey": hash_key.hex(), "value": value, **ask})
    if "error" in answer:
        return answer["error"]
    return answer["value"]
