"""serve: nginx started, reloaded, stopped, and nothing left behind."""

import http.server
import json
import os
import pty
import re
import shutil
import signal
import socket
import stat
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import MACAW, SCHEME, error, free_port, macaw, new_key, ok
from gateway import Serve, is_written, processes, said, wait_until

ANSWER = b'{"result": "ok", "users": "test", "sub": 2840345654}'


@pytest.fixture(name="state")
def a_state(tmp_path):
    return tmp_path / "state"


@pytest.fixture(name="demo")
def a_demo(state):
    with Serve(state, "--demo", "--workers", "2") as gateway:
        yield gateway


def curl(*arguments):
    return subprocess.run(["curl", "-sS", "--max-time", "60", *map(str, arguments)],
                          capture_output=True, check=False).stdout


def status_of(*arguments):
    return curl("-o", "/dev/null", "-w", "%{http_code}", *arguments).decode()


def signed_lines(gateway, path, kid="demo"):
    ring = gateway.state / "keys.json"
    return ok("sign", *SCHEME, "-k", f"{kid}@{ring}", gateway.url + path)


def curl_lines(lines):
    return [word for line in lines.splitlines() for word in ("-H", line)]


# ---- the demonstration ----

def test_signed_requests_get_through_and_others_do_not(demo):
    done = demo.request()
    assert (done.returncode, done.stdout) == (0, ANSWER), done
    assert b"verification successful" in done.stderr
    assert status_of(demo.url + "/example/users?user=test") == "401"
    assert demo.request("/other").returncode == 1


def test_the_user_of_the_example_cannot_break_its_json(demo):
    for user in ("a%22b", "a\\", "x" * 65, "%00", ""):
        done = demo.request(f"/example/users?user={user}&n={len(user)}")
        assert json.loads(done.stdout)["users"] == "nobody"
    assert json.loads(demo.request("/example/users?user=A_b.9-").stdout)["users"] == "A_b.9-"


def test_the_page_is_open_and_exactly_that(demo):
    page = curl("-i", demo.url + "/").decode()
    assert page.startswith("HTTP/1.1 200") and "This is a macaw gateway" in page
    assert "Content-Security-Policy: default-src 'none'" in page
    assert f"127.0.0.1:{demo.port}" in page and '<html lang="en">' in page
    assert "@" not in re.sub(r"demo@|-H @-", "", page)
    for path in ("/index.html", "/x", "//x"):
        assert status_of("--path-as-is", demo.url + path) == "401", path


def printed_commands(text):
    return [line.strip() for line in text.splitlines() if line.startswith("    ")]


def test_the_printed_commands_work_when_pasted(demo, tmp_path):
    page = curl(demo.url + "/").decode()
    commands = printed_commands(demo.out)
    assert len(commands) == 5
    for command in commands:
        assert command.replace("&", "&amp;") in page
    results = [subprocess.run(["sh", "-c", command], cwd=Path.cwd(), capture_output=True,
                              text=True, timeout=30, check=False) for command in commands]
    assert results[0].returncode == 0 and ANSWER.decode() in results[0].stdout
    assert "HTTP/1.1 200" in results[1].stdout
    assert "X-Response-Content-HMAC: " in results[1].stdout
    assert "HTTP/1.1 401" in results[2].stdout
    assert results[3].returncode == 0 and not results[3].stderr
    assert json.loads(results[4].stdout)["requests"]["enforce"]["ok"] >= 1


def test_paths_are_relative_to_the_current_folder_and_quoted(tmp_path):
    with Serve(tmp_path / "it's a state", "--demo", cwd=tmp_path) as gateway:
        commands = printed_commands(gateway.out)
        assert "'it'\\''s a state/keys.json'" in commands[0]
        done = subprocess.run(["sh", "-c", commands[0]], cwd=tmp_path, capture_output=True,
                              timeout=30, check=False)
        assert done.returncode == 0, done


# ---- files and secrets ----

def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_the_state_folder_is_closed(demo):
    assert mode(demo.state) == 0o700
    assert mode(demo.state / "status.sock") == 0o600
    assert mode(demo.state / "keys.json") == 0o600
    counters = json.loads(curl("--unix-socket", demo.state / "status.sock", "http://localhost/"))
    assert counters["version"]
    metrics = curl("--unix-socket", demo.state / "status.sock", "http://localhost/metrics")
    assert metrics.startswith(b"# ")
    for path in ("/metrics", "/status"):
        assert status_of(demo.url + path) == "401"


def test_no_secret_leaves_the_keyring(demo):
    for path in ("/example/users?a=1", "/example/users?a=2"):
        demo.request(path)
        curl(*curl_lines(signed_lines(demo, path)), demo.url + path)
    secret = json.loads((demo.state / "keys.json").read_text())["keys"][0]["k"]
    listed = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True)
    texts = [listed.stdout, demo.out, (demo.state / "nginx.conf").read_text(),
             curl(demo.url + "/").decode(),
             curl("--unix-socket", demo.state / "status.sock", "http://localhost/").decode()]
    demo.stop()
    for text in [*texts, demo.err]:
        assert secret not in text


def test_clients_cannot_command_the_operator_s_terminal(demo):
    curl("-H", "Referer: \x1b]0;owned\x07\u009b2J", demo.url + "/secret")
    assert wait_until(lambda: "referrer" in demo.err)
    assert 'referrer: "\\x1b]0;owned\\x07\\xc2\\x9b2J"\n' in demo.err
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u0080-\u009f]", demo.err)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a work folder elsewhere")
def test_root_s_work_folder_goes_with_it(state):
    with Serve(state, "--demo") as gateway:
        conf = (state / "nginx.conf").read_text(encoding="utf-8")
        work = Path(re.search(r'proxy_temp_path "(/run/macaw/[^/]+)/tmp/proxy"', conf)[1])
        assert (work / "html" / "index.html").exists()
        assert gateway.stop() == 0
    assert not work.exists()


def test_a_keyring_is_made_once(state):
    with Serve(state, "--demo"):
        first = (state / "keys.json").read_bytes()
    with Serve(state, "--demo"):
        assert (state / "keys.json").read_bytes() == first


# ---- life and death ----

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly(state, number):
    with Serve(state, "--demo", "--workers", "2") as gateway:
        assert wait_until(lambda: len(gateway.workers()) >= 2)
        assert gateway.stop(number) == 0
        assert not processes(gateway.master)
        assert not said(gateway.err)
        assert not (state / "status.sock").exists() and not (state / "nginx.pid").exists()


@pytest.mark.parametrize("how", ["Ctrl-C", "closed"])
def test_on_a_terminal(state, how):
    """As the leader of the terminal's session, which gets no help from a shell."""
    port = free_port()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(MACAW, [MACAW, "serve", "--demo", "--state", state, "--listen", f"127.0.0.1:{port}"])
    url = f"http://127.0.0.1:{port}/"
    assert wait_until(lambda: is_written(state / "nginx.pid") and status_of(url) == "200")
    master = int((state / "nginx.pid").read_text())
    assert len(processes(master)) >= 2
    if how == "Ctrl-C":
        os.write(terminal, b"\x03")
        wait_until(lambda: os.waitpid(pid, os.WNOHANG) != (0, 0))
    os.close(terminal)
    assert wait_until(lambda: not processes(master))
    if how == "closed":
        os.waitpid(pid, 0)


def test_an_open_connection_does_not_hold_it(state):
    with Serve(state, "--demo") as gateway:
        with socket.create_connection(("127.0.0.1", gateway.port)) as idle:
            idle.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            assert idle.recv(100)
            assert gateway.stop() == 0


def test_killed_it_leaves_nothing_and_starts_again(state):
    with Serve(state, "--demo", "--workers", "2") as gateway:
        gateway.process.kill()
        gateway.process.wait(timeout=600)
        # At once, while the first one's nginx is still ending.
        with Serve(state, "--demo", port=gateway.port) as second:
            assert not processes(gateway.master)
            assert second.request().returncode == 0
            assert mode(state / "status.sock") == 0o600
        gateway.finish()


def test_nginx_killed_ends_it(state):
    with Serve(state, "--demo", "--workers", "2") as gateway:
        os.kill(gateway.master, signal.SIGKILL)
        status, _, err = gateway.finish()
        assert status == 3 and err.splitlines()[-1] == "macaw: nginx: was killed by signal 9"
        assert not processes(gateway.master)


def test_nginx_ended_ends_it(state):
    with Serve(state, "--demo") as gateway:
        os.kill(gateway.master, signal.SIGTERM)
        status, _, err = gateway.finish()
        assert status == 3 and "ended by itself" in err.splitlines()[-1]


def test_a_worker_killed_is_replaced(state):
    with Serve(state, "--demo", "--workers", "1") as gateway:
        assert wait_until(gateway.workers)
        victims = gateway.workers()
        os.kill(victims[0], signal.SIGKILL)
        assert wait_until(lambda: gateway.workers() and not set(gateway.workers()) & set(victims))
        assert gateway.request().returncode == 0
        gateway.stop()


def test_a_port_that_is_taken(state):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = macaw("serve", "--demo", "--state", state, "--listen", f"127.0.0.1:{port}")
    error(done, 3, "--listen", f"127.0.0.1:{port}", "in use")


def test_one_state_folder_one_gateway(demo):
    done = macaw("serve", "--demo", "--state", demo.state, "--listen", f"127.0.0.1:{free_port()}")
    error(done, 3, "--state", "another macaw serve")
    assert demo.request().returncode == 0


def test_a_configuration_nginx_refuses(state, tmp_path):
    for name in ("cert", "key"):
        (tmp_path / name).write_text("no PEM")
    done = macaw("serve", "--demo", "--state", state, "--listen", f"127.0.0.1:{free_port()}",
                 "--tls-cert", tmp_path / "cert", "--tls-key", tmp_path / "key")
    assert done.returncode == 3
    assert b"[emerg]" in done.stderr and b"macaw: nginx: ended by itself" in done.stderr
    assert not (state / "nginx.pid").exists()


def test_the_longest_name_of_a_state_folder(tmp_path):
    """107 bytes for the name of the socket in it."""
    folder = Path(f"/tmp/macaw-long-{os.getpid()}-")
    folder = folder.with_name(folder.name.ljust(107 - len("/tmp//control.sock"), "x"))
    try:
        with Serve(folder, "--demo") as gateway:
            assert mode(folder / "status.sock") == 0o600
            assert gateway.request().returncode == 0
        longer = f"{folder}x"
        error(macaw("serve", "--demo", "--state", longer, "--listen", f"127.0.0.1:{free_port()}"), 2,
              "--state", "107")
    finally:
        shutil.rmtree(folder)
        shutil.rmtree(f"{folder}x", ignore_errors=True)


@pytest.mark.parametrize("variable", ["MACAW_NGINX", "MACAW_MODULE"])
def test_what_cannot_be_started(state, variable):
    done = macaw("serve", "--demo", "--state", state, "--listen", f"127.0.0.1:{free_port()}",
                 env={variable: "/nonexistent"})
    assert done.returncode == 3 and b"/nonexistent" in done.stderr


def test_closed_standard_streams_are_not_taken_for_files(state):
    """The first file opened would otherwise be standard output."""
    port = free_port()
    with subprocess.Popen(["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', MACAW, "serve", "--demo",
                           "--state", state, "--listen", f"127.0.0.1:{port}"]) as process:
        try:
            url = f"http://127.0.0.1:{port}/"
            assert wait_until(lambda: is_written(state / "nginx.pid") and status_of(url) == "200")
            master = int((state / "nginx.pid").read_text())
        finally:
            process.terminate()
    assert process.returncode == 3, "what to try could not be printed"
    assert not processes(master)
    assert (state / "lock").read_bytes() == b""


def test_a_folder_on_the_path_is_not_taken_for_nginx(state, tmp_path):
    (tmp_path / "nginx").mkdir()
    with Serve(state, "--demo", env={"PATH": f"{tmp_path}:{os.environ['PATH']}"}) as gateway:
        assert gateway.request().returncode == 0


def test_it_runs_without_a_path(state):
    with Serve(state, "--demo", env={"PATH": "/nonexistent"}) as gateway:
        assert gateway.request().returncode == 0


# ---- keys ----

def test_keys_are_read_again(state, tmp_path):
    ring = tmp_path / "ring.json"
    new_key(ring, "one")
    with Serve(state, "--demo", "--keys", ring) as gateway:
        assert not (state / "keys.json").exists()
        assert gateway.request(kid="one", ring=ring).returncode == 0
        ok("key", "rotate", "--keyring", ring, "--kid", "two")
        assert gateway.request(kid="two", ring=ring).returncode == 1
        gateway.process.send_signal(signal.SIGHUP)
        assert wait_until(lambda: gateway.request(kid="two", ring=ring).returncode == 0)
        assert mode(state / "status.sock") == 0o600
        ring.write_text("broken")
        gateway.process.send_signal(signal.SIGHUP)
        assert wait_until(lambda: "[emerg]" in gateway.err)
        assert gateway.process.poll() is None  # and goes on with the keys it has
        assert status_of(gateway.url + "/") == "200"
        gateway.stop()
        gateway.err = gateway.err.replace("[emerg]", "")


def test_keyrings_that_are_refused(state, tmp_path):
    ring = tmp_path / "ring.json"
    arguments = ["serve", "--demo", "--state", state, "--listen", f"127.0.0.1:{free_port()}",
                 "--keys", ring]
    error(macaw(*arguments), 3, "ring.json", "No such file")
    new_key(ring, "one")
    ring.chmod(0o644)
    error(macaw(*arguments), 3, "ring.json", "0640")


def test_no_replay_after_a_restart(state):
    path = "/example/users?user=test"
    with Serve(state, "--demo") as gateway:
        lines = signed_lines(gateway, path)
        assert status_of(*curl_lines(lines), gateway.url + path) == "200"
        assert status_of(*curl_lines(lines), gateway.url + path) == "401"
    for kill in (False, True):
        with Serve(state, "--demo") as gateway:
            assert status_of(*curl_lines(lines), gateway.url + path) == "401"
            if kill:
                gateway.process.kill()
    with Serve(state, "--demo") as gateway:
        assert status_of(*curl_lines(lines), gateway.url + path) == "401"


# ---- upstreams ----

class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        seen = json.dumps({"method": self.command, "target": self.path, "body": body.decode("latin-1"),
                           "headers": [[k.lower(), v] for k, v in self.headers.items()]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(seen)))
        self.send_header("X-Response-Content-HMAC", "00" * 32)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(seen)

    do_POST = do_HEAD = do_GET

    def log_message(self, *_):
        pass

    def address_string(self):
        return "unix"


class UnixServer(http.server.ThreadingHTTPServer):
    address_family = socket.AF_UNIX

    def server_bind(self):
        socket.socket.bind(self.socket, self.server_address)
        os.chmod(self.server_address, 0o666)
        self.server_name, self.server_port = "unix", 0


@contextmanager
def echo(address=("127.0.0.1", 0), kind=http.server.ThreadingHTTPServer):
    with kind(address, Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def seen_by(gateway, path, *more):
    done = gateway.request(path, *more, kid="client")
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def test_an_upstream_gets_the_request_as_it_was_sent(state):
    with echo() as server, Serve(state, "--upstream",
                                 f"http://127.0.0.1:{server.server_port}") as gateway:
        for path in ("/", "/a?b=c", "/%7euser/%2e%2F?x=%20+&y", "/a//b/./c?d=/../e", "/a/../b"):
            seen = seen_by(gateway, path)
            assert (seen["method"], seen["target"]) == ("GET", path)
        headers = dict(seen["headers"])
        assert headers["x-macaw-key-id"] == "client" and headers["x-macaw-result"]
        assert headers["host"] == f"127.0.0.1:{gateway.port}"
        assert headers["x-forwarded-for"] == "127.0.0.1"


def test_an_upstream_with_a_base_path(state):
    with echo() as server:
        upstream = f"http://localhost:{server.server_port}/base/"
        with Serve(state, "--upstream", upstream) as gateway:
            for path in ("/", "/a?b=c", "/%7euser/%2F?x=%20+&y"):
                assert seen_by(gateway, path)["target"] == "/base" + path


def test_an_upstream_on_a_unix_socket(state, tmp_path):
    folder = Path(os.path.realpath("/tmp")) / f"macaw-upstream-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        path = str(folder / "app.sock")
        with echo(path, UnixServer), Serve(state, "--upstream", f"unix:{path}") as gateway:
            assert seen_by(gateway, "/a?b")["target"] == "/a?b"
    finally:
        shutil.rmtree(folder)


SPELLINGS = [f"X{a}Macaw{b}{rest}" for a in "-_" for b in "-_"
             for rest in ("Key-Id", "Key_Id", "Result", "key-id", "RESULT")]


def test_a_client_cannot_say_who_it_is(state):
    forged = [word for name in SPELLINGS for word in ("-H", f"{name}: mallory")]
    with echo() as server, Serve(state, "--upstream",
                                 f"http://127.0.0.1:{server.server_port}") as gateway:
        headers = seen_by(gateway, "/", *forged[:60])["headers"]
    assert "mallory" not in json.dumps(headers)
    assert [value for name, value in headers if name.replace("_", "-") == "x-macaw-key-id"] == ["client"]
    assert len([name for name, _ in headers if "result" in name]) == 1


def test_uncovered_requests(state):
    with echo() as server:
        upstream = ["--upstream", f"http://127.0.0.1:{server.server_port}"]
        with Serve(state, *upstream) as gateway:
            done = gateway.request("/", "-X", "POST", "-d", "x", "--allow-uncovered", kid="client")
            assert done.returncode == 1 and b"uncovered" in done.stderr
        with Serve(state, *upstream, "--allow-uncovered") as gateway:
            seen = seen_by(gateway, "/", "-X", "POST", "-d", "x" * 100000, "--allow-uncovered")
            assert (seen["method"], seen["body"]) == ("POST", "x" * 100000)


def test_an_upstream_that_is_down(state):
    with Serve(state, "--upstream", f"http://127.0.0.1:{free_port()}") as gateway:
        done = gateway.request("/", kid="client")
        assert done.returncode == 1 and b"status 502" in done.stderr
        gateway.err = ""


# ---- TLS ----

@pytest.fixture(name="tls", scope="module")
def a_certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout",
                    folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    return folder


def test_tls_and_http2(state, tls):
    with Serve(state, "--demo", "--tls-cert", tls / "cert.pem", "--tls-key", tls / "key.pem") as gateway:
        https = gateway.url.replace("http:", "https:")
        done = gateway.request("/example/users?user=test", "--cacert", tls / "cert.pem", "-v", url=https)
        assert (done.returncode, done.stdout) == (0, ANSWER)
        assert b"< HTTP/2 200" in done.stderr
        error(gateway.request("/example/users", url=https), 3, "certificate")
        assert gateway.request("/example/users").returncode == 1
        version = curl("--cacert", tls / "cert.pem", "--tls-max", "1.1", "-w", "%{http_code}", https)
        assert version == b"000"
        command = printed_commands(gateway.out)[0]
        done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=30, check=False)
        assert done.returncode == 0, done


def test_an_upstream_behind_tls(state, tls, tmp_path):
    """Gateway behind gateway: the certificate is checked."""
    with Serve(state, "--demo", "--tls-cert", tls / "cert.pem", "--tls-key", tls / "key.pem") as inner:
        upstream = ["--upstream", f"https://localhost:{inner.port}", "--keys", state / "keys.json"]
        trusting = {"SSL_CERT_FILE": str(tls / "cert.pem")}
        for env, expected in ((trusting, b"200"), ({}, b"502")):
            with Serve(tmp_path / f"outer{len(env)}", *upstream, env=env) as outer:
                path = f"/example/users?user=test&n={len(env)}"
                lines = ok("sign", *SCHEME, "-k", f"demo@{state / 'keys.json'}", outer.url + path)
                got = curl("-o", "/dev/null", "-w", "%{http_code}", *curl_lines(lines), outer.url + path)
                assert got == expected


# ---- options ----

@pytest.mark.parametrize("arguments, what", [
    ([], "--upstream"), (["--upstream", ""], "--upstream"), (["--upstream", "ftp://h"], "--upstream"),
    (["--upstream", "http://"], "--upstream"), (["--upstream", "http://h:0"], "--upstream"),
    (["--upstream", "http://h:99999"], "--upstream"), (["--upstream", "http://h/a;b"], "--upstream"),
    (["--upstream", "http://h/a?b"], "--upstream"), (["--upstream", "http://u:p@h/"], "--upstream"),
    (["--upstream", "http://h;return 200"], "--upstream"), (["--upstream", "http://h/$host"], "--upstream"),
    (["--upstream", 'http://h/"'], "--upstream"), (["--upstream", "http://h/{}"], "--upstream"),
    (["--upstream", "http://h/\n"], "--upstream"), (["--upstream", "http://[::1"], "--upstream"),
    (["--upstream", "unix:relative"], "--upstream"), (["--upstream", "unix:/a;b"], "--upstream"),
    (["--upstream", "unix:/" + "x" * 200], "--upstream"),
    (["--demo", "--listen", "8080"], "--listen"), (["--demo", "--listen", "127.0.0.1"], "--listen"),
    (["--demo", "--listen", "127.0.0.1:0"], "--listen"), (["--demo", "--listen", "h:1 ssl"], "--listen"),
    (["--demo", "--listen", "example.org:80"], "--listen"), (["--demo", "--listen", "::1:80"], "--listen"),
    (["--demo", "--listen", "127.0.0.1:08080"], "--listen"),
    (["--demo", "--workers", "0"], "--workers"), (["--demo", "--workers", "two"], "--workers"),
    (["--demo", "--window", "0"], "--window"), (["--demo", "--window", "86401"], "--window"),
    (["--demo", "--scheme", "x"], "--scheme"), (["--demo", "--scheme", "x-authorization-legacy"], "--scheme"),
    (["--demo", "--tls-cert", "x"], "--tls-key"), (["--demo", "--tls-key", "x"], "--tls-cert"),
    (["--demo", "--state", "a\"b"], "--state"), (["--demo", "--state", "a$b"], "--state"),
    (["--demo", "--state", "a\nb"], "--state"), (["--demo", "--state", "a\\b"], "--state"),
    (["--demo", "--state", "/tmp/" + "x" * 100], "--state"),
    (["--demo", "--keys", "a\"b"], "--keys"), (["--demo", "--keys", ""], "--keys"),
    (["--demo", "x"], "x"), (["--demo", "--state", "a", "--state", "b"], "--state")])
def test_options_that_are_refused(arguments, what, tmp_path):
    error(macaw("serve", *arguments, cwd=tmp_path), 2, what)


def test_a_state_folder_others_can_write_to(tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    error(macaw("serve", "--demo", "--state", folder, "--listen", f"127.0.0.1:{free_port()}"), 2, "open")
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    error(macaw("serve", "--demo", "--state", link, "--listen", f"127.0.0.1:{free_port()}"), 2, "link")


def config(*arguments, **more):
    return ok("serve", "--print-config", *arguments, **more)


def test_the_configuration_can_be_printed_and_taken_over(state, tmp_path):
    text = config("--upstream", "http://127.0.0.1:5000/api", "--state", state, "--keys",
                  tmp_path / "ring.json", "--window", "60", "--workers", "3")
    assert not state.exists()
    for line in ("macaw_verify x-authorization;", "macaw_window 60s;", "worker_processes 3;",
                 'server "127.0.0.1:5000";', "proxy_pass http://macaw_upstream/api$request_uri;",
                 f'macaw_keys "{tmp_path}/ring.json";', "underscores_in_headers off;"):
        assert line in text
    for absent in ("macaw_allow_uncovered", "insecure", "ssl", "demo.sock", "@"):
        assert absent not in text
    assert not re.search(r"^\s*(return|rewrite)\b", text, re.MULTILINE)
    new_key(tmp_path / "ring.json")
    for folder in re.findall(r'_temp_path "([^"]*)"', text):
        Path(folder).mkdir(parents=True, exist_ok=True)
    state.mkdir(exist_ok=True)
    (state / "copy.conf").write_text(text)
    done = subprocess.run(["/usr/sbin/nginx", "-t", "-e", "stderr", "-c", state / "copy.conf"],
                          capture_output=True, check=False)
    assert done.returncode == 0, done


def test_options_reach_the_configuration(state, tls):
    text = config("--demo", "--state", state, "--allow-uncovered", "--insecure-legacy",
                  "--tls-cert", tls / "cert.pem", "--tls-key", tls / "key.pem", "--listen", "[::1]:8443")
    for line in ("macaw_verify x-authorization x-authorization-legacy;", "macaw_insecure_legacy on;",
                 "macaw_allow_uncovered method body;", "listen [::1]:8443 ssl http2;",
                 "ssl_protocols TLSv1.2 TLSv1.3;"):
        assert line in text
    only = config("--demo", "--state", state, "--insecure-legacy", "--scheme", "x-authorization-legacy")
    assert "macaw_verify x-authorization-legacy;" in only


def test_warnings(state):
    done = macaw("serve", "--print-config", "--demo", "--state", state, "--listen", "*:8080")
    assert done.returncode == 0 and b"without TLS" in done.stderr
    done = macaw("serve", "--print-config", "--demo", "--state", state, "--insecure-legacy")
    assert b"forgeable" in done.stderr


def test_the_default_state_folder(tmp_path):
    assert f'"{tmp_path}/macaw/nginx.pid"' in config("--demo", env={"XDG_STATE_HOME": str(tmp_path)})
    home = {"HOME": str(tmp_path), "XDG_STATE_HOME": ""}
    assert f'"{tmp_path}/.local/state/macaw/nginx.pid"' in config("--demo", env=home)


def test_an_ordinary_user_can_run_it():
    """As root the other tests see only root's way."""
    if os.geteuid() != 0:
        pytest.skip("the other tests run as an ordinary user already")
    try:
        subprocess.run([MACAW, "--version"], user=65534, capture_output=True, check=True)
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("an ordinary user cannot reach the build folder")
    folder = Path("/tmp") / f"macaw-user-{os.getpid()}"
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)
    try:
        with Serve(folder / "state", "--demo", user=65534, group=65534, extra_groups=[]) as gateway:
            for pid in [gateway.master, *gateway.workers()]:
                assert os.stat(f"/proc/{pid}").st_uid == 65534
            assert gateway.request().returncode == 0
            assert mode(folder / "state" / "status.sock") == 0o600
    finally:
        shutil.rmtree(folder)
