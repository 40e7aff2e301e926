"""macaw lab serve: what it answers, and what it refuses."""

import http.client
import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from laboratory import MACAW, cards, lab


class Server:
    def __enter__(self):
        self.process = subprocess.Popen([MACAW, "lab", "serve", "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        self.host = self.url.removeprefix("http://").removesuffix("/")
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, path, method="GET", body=None, **headers):
        """Status, headers, content."""
        connection = http.client.HTTPConnection(self.host, timeout=600)
        fields = {"Host": self.host, **{name.replace("_", "-"): value
                                        for name, value in headers.items()}}
        connection.request(method, path, body, fields)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def run(self, **what):
        status, _, content = self.ask("/api/run", "POST", json.dumps(what),
                                      Content_Type="application/json")
        return status, json.loads(content)


@pytest.fixture(scope="module", name="server")
def _server():
    with Server() as server:
        yield server


def test_the_page_and_its_policy(server):
    for path, kind in (("/", "text/html"), ("/lab.js", "text/javascript"),
                       ("/lab.css", "text/css")):
        status, headers, content = server.ask(path)
        assert status == 200 and headers["Content-Type"].startswith(kind) and len(content) > 500
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
    page = server.ask("/")[2].decode()
    assert "<script>" not in page and " style=" not in page and "onclick" not in page


def test_all_cards(server):
    assert [card["card"] for card in json.loads(server.ask("/api/cards")[2])] == cards()


def test_a_run_is_that_of_the_command(server):
    status, ran = server.run(card="cbc-two-block", seed=3, repeat=2,
                             options={"message": "Pay 7 to Eve", "key": "hex:" + "11" * 16})
    assert status == 200 and ran["ok"] is True
    trace = ran["cases"][0]["trace"]
    assert any("<svg" in event.get("svg", "") for event in trace)
    asked = next(event for event in trace if event["event"] == "ask")
    assert bytes.fromhex(asked["values"][0]["hex"]).startswith(b"Pay 7 to Eve")
    done = lab("run", "cbc-two-block", "--json", "--seed", 3, "--repeat", 2, "-o",
               "message=Pay 7 to Eve", "-o", "key=hex:" + "11" * 16)
    own = json.loads(done.stdout)["cases"][0]["trace"]
    for event in trace:
        event.pop("svg", None)
    assert trace == own


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost", "127.0.0.1", ""])
def test_other_names_are_refused(server, host):
    assert server.ask("/", Host=host)[0] in (400, 421)
    assert server.ask("/api/run", "POST", "{}", Host=host,
                      Content_Type="application/json")[0] in (400, 421)


def test_localhost_is_a_name(server):
    assert server.ask("/", Host="localhost:" + server.host.rpartition(":")[2])[0] == 200


@pytest.mark.parametrize("headers", [
    {"Content_Type": "text/plain"}, {},
    {"Content_Type": "application/json", "Origin": "http://evil.example"},
    {"Content_Type": "application/json", "Origin": "null"}])
def test_other_pages_cannot_run(server, headers):
    body = json.dumps({"card": "cbc-two-block"})
    assert server.ask("/api/run", "POST", body, **headers)[0] == 403


@pytest.mark.parametrize("what", [
    {}, {"card": "no-such"}, {"card": "--all"}, {"card": 5}, {"card": "cbc-two-block", "seed": -1},
    {"card": "cbc-two-block", "repeat": 0}, {"card": "cbc-two-block", "options": {"no": "x"}},
    {"card": "cbc-two-block", "options": {"a=b": "x"}},
    {"card": "cbc-two-block", "options": {"message": 5}},
    {"card": "cbc-two-block", "options": {"key": "hex:zz"}},
    {"card": "cbc-two-block", "options": {"message": "x" * 2000}},
    {"card": "birthday", "options": {"cipher": "none"}}])
def test_wrong_runs_are_refused(server, what):
    status, answer = server.run(**what)
    assert status == 400 and answer["error"]


def test_other_requests(server):
    assert server.ask("/nothing")[0] == 404
    assert server.ask("/../etc/passwd")[0] == 404
    assert server.ask("/nothing", "POST", "{}")[0] == 404
    assert server.ask("/", "DELETE")[0] == 405
    assert server.ask("/api/run", "POST", "nonsense", Content_Type="application/json")[0] == 400
    assert server.ask("/api/run", "POST", "x" * 100000, Content_Type="application/json")[0] == 413


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(how):
    with Server() as server:
        assert server.ask("/")[0] == 200
        server.process.send_signal(how)
        assert server.process.wait(60) == 0


def wait_for_runs(server, count):
    """Until so many are at work: each is a process."""
    end = time.monotonic() + 60
    while True:
        tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")
        if sum(len(children.read_text().split()) for children in tasks) >= count:
            return
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_ends_while_a_run_is_at_work():
    with Server() as server:
        connection = http.client.HTTPConnection(server.host, timeout=600)
        connection.request("POST", "/api/run", json.dumps({"card": "birthday", "repeat": 5000}),
                           {"Content-Type": "application/json"})
        wait_for_runs(server, 1)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(60) == 0
        connection.close()


def test_four_runs_at_a_time():
    with Server() as server:
        connections = []
        for _ in range(6):
            connection = http.client.HTTPConnection(server.host, timeout=90)
            connection.request("POST", "/api/run", json.dumps({"card": "birthday",
                                                               "repeat": 5000}),
                               {"Content-Type": "application/json"})
            connections.append(connection)
        wait_for_runs(server, 4)
        assert server.run(card="cbc-two-block")[0] == 503
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(60) == 0
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("listen", ["", "127.0.0.1", "x:1", "127.0.0.1:70000", "::1:80", "[x]:1"])
def test_wrong_addresses(listen):
    done = lab("serve", "--listen", listen, timeout=20)
    assert done.returncode == 2 and done.stderr.startswith("macaw: --listen: ")


def test_an_address_in_use_is_named(server):
    done = lab("serve", "--listen", server.host, timeout=20)
    port = server.host.rpartition(":")[2]
    assert done.returncode == 3
    assert done.stderr == f"macaw: --listen: 127.0.0.1 port {port}: Address already in use\n"
