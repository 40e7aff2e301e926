"""Servers for the tests of the gateway; see gateway.py for what they are."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import gateway as gw
import rawhttp

HERE = Path(__file__).resolve().parent

_open = []  # gateways whose logs are looked at after every test


def pytest_collection_modifyitems(items):
    if not gw.MODULE.exists():
        for item in items:
            if HERE in Path(str(item.fspath)).parents:
                item.add_marker(pytest.mark.skip(reason=f"no module at {gw.MODULE}"))


@pytest.fixture(scope="session")
def app():
    """The Flask application under gunicorn on a unix socket: nginx's proxy_pass value."""
    folder = Path(tempfile.mkdtemp(prefix="macaw-app-"))
    folder.chmod(0o711)
    socket_path = folder / "app.sock"
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"unix:{socket_path}", "--umask", "0",
             "--workers", "1", "--threads", "8", "--keep-alive", "5", "--chdir", str(HERE),
             "app:app"],
            stdout=log, stderr=log, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    try:
        end = time.monotonic() + 90
        while True:
            try:
                rawhttp.Connection(str(socket_path)).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError((folder / "log").read_text()) from None
                time.sleep(0.05)
        yield f"http://unix:{socket_path}:"
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _factory(app_url):
    made = []

    def make(*args, start=True, names=None, **kwargs):
        server = gw.Gateway(*args, names={"app": app_url, **(names or {})}, **kwargs)
        made.append(server)
        _open.append(server)
        return server.start() if start else server

    return make, made


def _close(made):
    failures = []
    for server in made:
        try:
            server.close()
        except AssertionError as failure:
            failures.append(failure)
        _open.remove(server)
    if failures:
        raise failures[0]


@pytest.fixture
def gateway(app):
    """Makes gateways that end with the test."""
    make, made = _factory(app)
    yield make
    _close(made)


@pytest.fixture(scope="session")
def session_gateway(app):
    """Makes gateways that end with the session."""
    make, made = _factory(app)
    yield make
    _close(made)


@pytest.fixture(scope="module")
def module_gateway(app):
    """Makes gateways that end with the test file."""
    make, made = _factory(app)
    yield make
    _close(made)


# Every answer tells what the module thought, so that a test need not read the log.
TELL = """
    add_header X-Test-Result $macaw_result always;
    add_header X-Test-Reason $macaw_reason always;
    add_header X-Test-Key-Id $macaw_key_id always;
    add_header X-Test-Scheme $macaw_scheme always;
    add_header X-Test-Skew $macaw_skew always;
"""

PROTECTED = """
    location / {
        proxy_pass {app};
        proxy_set_header X-Macaw-Key-Id $macaw_key_id;
        proxy_set_header X-Macaw-Result $macaw_result;
    }
    location /gif { empty_gif; }
    location /no-replay { macaw_replay off; empty_gif; }
    location /open { macaw_verify off; proxy_pass {app}; }
    location /method { macaw_allow_uncovered method; proxy_pass {app}; }
    location /body { macaw_allow_uncovered body; proxy_pass {app}; }
    location /both { macaw_allow_uncovered method body; proxy_pass {app}; }
    location /none { macaw_allow_uncovered none; proxy_pass {app}; }
"""


@pytest.fixture(scope="session")
def protected(session_gateway):
    """The gateway most tests share: 2 workers, ALICE's key, the application behind it."""
    return session_gateway(PROTECTED, server=TELL + "large_client_header_buffers 4 16k;",
                           workers=2)


@pytest.fixture(autouse=True)
def logs_are_clean():
    """After every test: no alarm, no sanitizer report and no secret in any log."""
    yield
    for server in _open:
        server.check_logs()
