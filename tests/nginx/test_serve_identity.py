"""macaw serve in front of the Flask application: who the client is, only the gateway says."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

import gateway as gw
import rawhttp
import signer
from signer import ALICE, BOB, sign, unique


class Serve:
    """macaw serve with a keyring and a state folder of its own."""

    def __init__(self, upstream, *options):
        self.dir = Path(tempfile.mkdtemp(prefix="macaw-serve-"))
        self.dir.chmod(0o755)
        self.keyring = signer.write_keyring(self.dir / "keys.json", ALICE, BOB, mode=0o600)
        self.state = self.dir / "state"
        self.address = ("127.0.0.1", gw.free_port())
        self.command = [gw.MACAW, "serve", "--upstream", upstream, "--listen",
                        "127.0.0.1:%d" % self.address[1], "--keys", str(self.keyring),
                        "--state", str(self.state), "--workers", "2", *options]
        self.process = None

    def start(self):
        environment = {**os.environ}
        if gw.PRELOAD:
            environment["LD_PRELOAD"] = gw.PRELOAD
        with open(self.dir / "output", "ab") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=output,
                                            stdin=subprocess.DEVNULL, env=environment)
        end = time.monotonic() + 90
        while True:
            try:
                # Somebody else may have taken the port during a restart: ours refuses.
                if self.send("/ready", {}).status == 401:
                    return self
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(self.logs())
            time.sleep(0.02)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(60)

    def logs(self):
        text = (self.dir / "output").read_text("utf-8", "replace")
        for path in self.state.rglob("*.log") if self.state.exists() else ():
            text += path.read_text("utf-8", "replace")
        return text

    def send(self, target, fields, method="GET"):
        return rawhttp.exchange(self.address, rawhttp.head(method, target, fields), method)

    def close(self):
        try:
            if self.process is not None and self.process.poll() is None:
                self.stop()
            late = r".*worker process \d+ exited on signal 9"  # nginx waits no longer for it
            assert not gw.ALARMS.search(re.sub(late, "", self.logs())), self.logs()
            assert not gw.secrets_in(self.logs())
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)


def serve_exists():
    if not gw.MACAW.exists():
        return False
    done = subprocess.run([gw.MACAW, "serve", "--help"], capture_output=True, check=False)
    return done.returncode == 0


pytestmark = pytest.mark.skipif(not serve_exists(), reason="no macaw serve in this build")


@pytest.fixture(scope="module")
def tcp_upstream(app):
    """The application on a port, through a plain nginx, for a URL that every command takes."""
    relay = gw.Gateway("location / { proxy_pass {app}; }",
                       server="underscores_in_headers on; ignore_invalid_headers off;",
                       verify=False, zone="", names={"app": app}).start()
    yield f"http://127.0.0.1:{relay.port}"
    relay.close()


@pytest.fixture(scope="module")
def serve(tcp_upstream):
    served = Serve(tcp_upstream).start()
    yield served
    served.close()


SPELLINGS = ("X-Macaw-Key-Id", "x-macaw-key-id", "X_Macaw_Key_Id", "x_macaw_key_id",
             "X-Macaw_Key-Id", "X_Macaw-Key-Id", "X-Macaw-Key_Id", "X.Macaw.Key.Id",
             "X-Macaw-Key-Id ", "X-MACAW-KEY-ID", "HTTP_X_MACAW_KEY_ID", "X-Macaw-Result",
             "X_Macaw_Result", "x-macaw_result", "X-Macaw_Result")


def identity(answer):
    """What the application sees under any spelling of the gateway's headers."""
    return {name.lower().replace("_", "-").strip(): value
            for name, value in json.loads(answer.body)["headers"]
            if "macaw" in name.lower()}


def test_the_application_learns_the_key_id(serve):
    target = unique("/echo")
    answer = serve.send(target, sign(target, kid=True))
    assert answer.status == 200
    assert identity(answer) == {"x-macaw-key-id": "alice", "x-macaw-result": "ok"}


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("first", (True, False))
def test_a_clients_own_copy_never_reaches_the_application(serve, name, first):
    target = unique("/echo")
    spoof, signed = [(name, "spoofed")], list(sign(target, kid=True).items())
    answer = serve.send(target, spoof + signed if first else signed + spoof)
    if answer.status == 400:  # nginx refuses a name with a space
        return
    assert answer.status == 200
    assert identity(answer).get("x-macaw-key-id") == "alice"
    assert b"spoofed" not in answer.body or name == "HTTP_X_MACAW_KEY_ID"
    assert "spoofed" not in identity(answer).values()


def test_an_unsigned_request_does_not_reach_the_application(serve):
    target = unique("/echo")
    assert serve.send(target, {"X-Macaw-Key-Id": "alice", "X-Macaw-Result": "ok"}).status == 401


def test_the_application_sees_the_target_as_sent(serve):
    for path in ("/echo/%75sers//x/./y", "/echo/a%2Fb", "/echo?a=%20+&&b", "/echo/~;x=1"):
        target = unique(path)
        answer = serve.send(target, sign(target, kid=True))
        assert json.loads(answer.body)["target"] == target


def test_the_status_is_on_a_private_socket_only(serve):
    sockets = [path for path in serve.state.rglob("*") if path.is_socket()]
    assert sockets
    for path in sockets:
        assert path.stat().st_mode & 0o777 == 0o600
    answer = rawhttp.exchange(str(sockets[0]), rawhttp.head("GET", "/"))
    if answer.status == 404:
        answer = rawhttp.exchange(str(sockets[0]), rawhttp.head("GET", "/status"))
    assert answer.status == 200
    for path in ("/status", "/macaw_status", "/metrics", "/macaw/status"):
        got = serve.send(path, sign(unique(path)))
        assert b"claimed" not in got.body


def test_no_replay_after_a_restart_of_serve(tcp_upstream):
    served = Serve(tcp_upstream).start()
    try:
        requests = []
        for skew in (0, 200, 100):
            target = unique("/echo")
            fields = sign(target, ts=signer.now() + skew, kid=True)
            answer = served.send(target, fields)
            assert answer.status == 200
            assert identity(answer)["x-macaw-key-id"] == "alice"
            requests.append((target, fields))
        assert served.stop() == 0
        served.start()
        for target, fields in requests:
            assert served.send(target, fields).status == 401
    finally:
        served.close()


def test_stopping_leaves_no_process(tcp_upstream):
    served = Serve(tcp_upstream).start()
    try:
        assert served.stop(signal.SIGINT) in (0, -signal.SIGINT, 130)
        left = subprocess.run(["pgrep", "-f", str(served.state)], capture_output=True, text=True,
                              check=False).stdout
        assert left == ""
    finally:
        served.close()
