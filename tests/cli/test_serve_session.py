"""serve: people log in, and a logout is one: for copies, in every worker, after a restart."""

import json
import os
import re
import signal
import stat
import subprocess
import urllib.parse
from pathlib import Path

import pytest
from command import error, free_port, macaw, ok
from gateway import Serve, wait_until

WORKERS = ["--workers", "4"]


@pytest.fixture(name="state")
def a_state(tmp_path):
    return tmp_path / "state"


@pytest.fixture(name="demo")
def a_demo(state):
    with Serve(state, "--demo", *WORKERS) as gateway:
        yield gateway


def curl(*arguments):
    done = subprocess.run(["curl", "-sS", "--max-time", "60", *map(str, arguments)],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    return done.stdout


def status_of(*arguments):
    return curl("-o", "/dev/null", "-w", "%{http_code}", *arguments)


def password_of(gateway):
    return re.search(r"^  password: (\S+)$", gateway.out, re.MULTILINE).group(1)


class Browser:
    """curl with a jar; the last answer's status in .status."""

    def __init__(self, gateway, folder, *options, scheme="http"):
        self.url = f"{scheme}://127.0.0.1:{gateway.port}"
        self.jar = folder / f"jar-{os.urandom(4).hex()}"
        self.options = ["-b", self.jar, "-c", self.jar, *options]
        self.status = None

    def get(self, path, *more):
        text = curl(*self.options, *more, "-w", "\n%{http_code} %{redirect_url}", self.url + path)
        body, last = text.rsplit("\n", 1)
        self.status, self.to = last.split(" ", 1)
        return body

    def post(self, path, **fields):
        return self.get(path, "-H", f"Origin: {self.url}", "--data",
                        urllib.parse.urlencode(fields))

    def log_in(self, user, password, back="/"):
        page = self.get(f"/login?return={back}")
        token = re.search(r'name="token" value="([^"]+)"', page).group(1)
        return self.post("/login", **{"token": token, "username": user, "password": password,
                                      "return": back})

    def cookie(self, name="macaw-session"):
        for line in self.jar.read_text(encoding="ascii").splitlines():
            words = line.split("\t")
            if len(words) == 7 and words[5] == name:
                return words[6]
        return None


def in_every_worker(gateway, cookie, connections=48):
    """The statuses of a copy of a cookie, over as many connections."""
    urls = [gateway.url + "/example/me"] * connections
    config = "".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in urls)
    done = subprocess.run(["curl", "-sS", "--max-time", "60", "-H", "Connection: close",
                           "-b", f"macaw-session={cookie}", "-w", "%{http_code}\n", "-K", "-"],
                          input=config, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def logged_in(gateway, folder):
    browser = Browser(gateway, folder)
    browser.log_in("demo", password_of(gateway))
    assert browser.status == "303" and browser.to == browser.url + "/", browser.status
    return browser


# ---- the demonstration ----

def test_the_demonstration_has_a_login_page(demo, tmp_path):
    assert f"log in with a browser: {demo.url}/login" in demo.out
    assert "without Secure and __Host-" in demo.out
    browser = Browser(demo, tmp_path)
    assert "You are logged in" not in browser.get("/")
    browser.get("/example/me", "-H", "Accept: text/html")
    assert (browser.status, browser.to) == ("303", browser.url + "/login?return=%2Fexample%2Fme")
    assert status_of(demo.url + "/example/me") == "401"
    browser = logged_in(demo, tmp_path)
    assert '<strong id="user">demo</strong>' in browser.get("/")
    assert json.loads(browser.get("/example/me")) == {"result": "ok", "user": "demo"}
    # Pages are for one person; nothing may keep them.
    for path in ("/", "/example/me"):
        assert re.search("(?mi)^cache-control: no-store\r?$", browser.get(path, "-i"))


def test_a_wrong_password_lets_nobody_in(demo, tmp_path):
    browser = Browser(demo, tmp_path)
    assert 'role="alert"' in browser.log_in("demo", "wrong")
    assert browser.status == "401" and browser.cookie() is None
    browser.get("/example/me")
    assert browser.status == "401"


def test_a_logout_makes_a_copied_cookie_worthless(state, tmp_path):
    """At once and in every worker, after a restart, and after everything was killed."""
    with Serve(state, "--demo", *WORKERS) as gateway:
        stays, leaves = logged_in(gateway, tmp_path), logged_in(gateway, tmp_path)
        kept, copy = stays.cookie(), leaves.cookie()
        assert in_every_worker(gateway, copy) == {"200"}
        csrf = re.search(r'name="csrf" value="([^"]+)"', leaves.get("/")).group(1)
        # The page's form, from a browser that says nothing about where it comes from.
        leaves.get("/logout", "--data", f"csrf={csrf}")
        assert leaves.status == "303" and leaves.cookie() is None
        assert in_every_worker(gateway, copy) == {"401"}
        assert in_every_worker(gateway, kept) == {"200"}
        assert 'id="user"' not in leaves.get("/")
    with Serve(state, "--demo", *WORKERS) as gateway:
        assert in_every_worker(gateway, copy) == {"401"}
        assert in_every_worker(gateway, kept) == {"200"}
        Browser.get(stays_at(stays, gateway), "/")
        stays.post("/logout")
        assert stays.status == "303"
        os.killpg(gateway.master, signal.SIGKILL)
        assert gateway.finish()[0] == 3
        gateway.err = ""
    with Serve(state, "--demo", *WORKERS) as gateway:
        assert in_every_worker(gateway, copy) == {"401"}
        assert in_every_worker(gateway, kept) == {"401"}


def stays_at(browser, gateway):
    browser.url = gateway.url
    return browser


def test_other_sites_log_nobody_out(demo, tmp_path):
    browser = logged_in(demo, tmp_path)
    for fields in (["-H", "Origin: http://evil.test"], []):
        browser.get("/logout", *fields, "--data", "x=1")
        assert browser.status in ("403", "400")
        browser.get("/logout", *fields, "-X", "POST", "-H", "Content-Length: 0")
        assert browser.status in ("403", "400")
    browser.get("/logout")
    assert browser.status == "405"
    assert in_every_worker(demo, browser.cookie(), 4) == {"200"}


def test_the_cookie_is_of_this_gateway_alone(demo, tmp_path):
    cookie = logged_in(demo, tmp_path).cookie()
    ring = json.loads((demo.state / "session-keys.json").read_text(encoding="ascii"))["keys"][0]
    key = tmp_path / "key"
    key.write_bytes(__import__("base64").urlsafe_b64decode(ring["k"] + "="))
    key.chmod(0o600)

    def verify(**context):
        words = [w for name, value in context.items() for w in (f"--{name}", value)]
        done = macaw("cookie", "verify", "--scheme", "sc1-mac", "-k", key, "--kid", ring["kid"],
                     *words, cookie)
        return done.returncode, json.loads(done.stdout)

    own = {"name": "macaw-session", "audience": "macaw-serve"}
    status, told = verify(**own)
    assert (status, told["subject"]) == (0, "demo")
    for wrong in ({"audience": "other"}, {"audience": ""}, {"name": "__Host-macaw-session"}):
        status, told = verify(**{**own, **wrong})
        assert (status, told["valid"]) == (1, False), wrong
    # Nor does another gateway take it, whose keys are its own.
    with Serve(tmp_path / "other", "--demo") as other:
        assert in_every_worker(other, cookie, 4) == {"401"}


def test_signed_requests_work_beside_sessions(demo, tmp_path):
    browser = logged_in(demo, tmp_path)
    done = demo.request()
    assert (done.returncode, json.loads(done.stdout)["users"]) == (0, "test")
    # A session is no signature, and a signature is no session.
    browser.get("/example/users?user=test")
    assert browser.status == "401"
    assert demo.request("/example/me").returncode == 1


def test_sessions_are_ended_from_the_shell(demo, tmp_path):
    socket = demo.state / "control.sock"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    browser = logged_in(demo, tmp_path)
    ok("session", "revoke", "--socket", socket, "--subject", "demo")
    assert in_every_worker(demo, browser.cookie()) == {"401"}
    assert '"demo"' in ok("session", "list", "--socket", socket, "--json")
    # Without options where the state folder is the usual one.
    home = tmp_path / "home"
    with Serve(home / "macaw", "--demo", env={"XDG_STATE_HOME": str(home)}) as gateway:
        browser = logged_in(gateway, tmp_path)
        ok("session", "revoke", "--subject", "demo", env={"XDG_STATE_HOME": str(home)})
        assert in_every_worker(gateway, browser.cookie(), 4) == {"401"}


def test_the_password_is_new_at_each_start_and_a_secret(state):
    seen = set()
    for _ in range(2):
        with Serve(state, "--demo") as gateway:
            word = password_of(gateway)
            seen.add(word)
            assert re.fullmatch("([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}", word)
            for name in ("users", "session-keys.json", "logouts"):
                assert stat.S_IMODE((state / name).stat().st_mode) == 0o600, name
            assert re.fullmatch(r"demo:\$y\$\S+\n", (state / "users").read_text(encoding="ascii"))
            assert word not in curl(gateway.url) + (state / "nginx.conf").read_text() + gateway.err
    assert len(seen) == 2


def test_a_demonstration_that_others_reach_has_no_login_page(state):
    done = macaw("serve", "--print-config", "--demo", "--state", state, "--listen", "*:8080")
    assert b"no login page" in done.stderr and b"login_page" not in done.stdout


# ---- an application of one's own ----

@pytest.fixture(name="users")
def a_file_of_users(tmp_path):
    path = tmp_path / "htpasswd"
    made = subprocess.run(["openssl", "passwd", "-6", "-salt", "saltsalt", "-stdin"], check=True,
                          input="open sesame", capture_output=True, text=True).stdout
    path.write_text(f"alice:{made}", encoding="ascii")
    path.chmod(0o640)
    return path


def test_an_application_with_a_login_page_in_front(state, users, tmp_path):
    with Serve(tmp_path / "app", "--demo") as app:
        with Serve(state, "--upstream", app.url, "--login", "--htpasswd", users) as gateway:
            assert f"users: {users}" in gateway.out and "password:" not in gateway.out
            browser = Browser(gateway, tmp_path)
            browser.get("/", "-H", "Accept: text/html")
            assert (browser.status, browser.to) == ("303", f"{gateway.url}/login?return=%2F")
            assert gateway.request("/", kid="demo", ring=app.state / "keys.json").returncode == 1
            browser.log_in("alice", "open sesame", "/example/users?user=a")
            assert browser.to == f"{gateway.url}/example/users?user=a"
            # The application's own answer: the demonstration wants a signature there.
            browser.get("/example/users?user=a")
            assert browser.status == "401"
            assert "This is a macaw gateway" in browser.get("/")
            assert not (state / "keys.json").exists() and not (state / "users").exists()
        app.err = gateway.err = ""


def test_a_user_is_made_where_no_file_is_named(state, tmp_path):
    with Serve(tmp_path / "app", "--demo") as app, \
            Serve(state, "--upstream", app.url, "--login") as gateway:
        assert "  user: user\n" in gateway.out
        browser = Browser(gateway, tmp_path)
        browser.log_in("user", password_of(gateway))
        assert browser.status == "303" and "macaw gateway" in browser.get("/")


def test_over_tls_the_cookie_is_of_one_host_alone(state, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem",
                    "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    with Serve(state, "--demo", "--tls-cert", tmp_path / "cert.pem", "--tls-key",
               tmp_path / "key.pem") as gateway:
        assert "without Secure" not in gateway.out
        browser = Browser(gateway, tmp_path, "--cacert", tmp_path / "cert.pem", scheme="https")
        browser.log_in("demo", password_of(gateway))
        assert browser.status == "303"
        assert browser.cookie("__Host-macaw-session") and not browser.cookie()
        assert 'id="user">demo<' in browser.get("/")


@pytest.mark.parametrize("arguments, what", [
    (["--demo", "--login"], "--login"),
    (["--upstream", "http://h", "--login", "--listen", "*:8080"], "--login"),
    (["--upstream", "http://h", "--login", "--keys", "x"], "--keys"),
    (["--upstream", "http://h", "--login", "--scheme", "x-authorization"], "--scheme"),
    (["--upstream", "http://h", "--login", "--window", "60"], "--window"),
    (["--upstream", "http://h", "--login", "--allow-uncovered"], "--allow-uncovered"),
    (["--upstream", "http://h", "--login", "--insecure-legacy"], "--insecure-legacy"),
    (["--upstream", "http://h", "--htpasswd", "x"], "--htpasswd"),
    (["--upstream", "http://h", "--session-keys", "x"], "--session-keys"),
    (["--demo", "--upstream", "http://h", "--htpasswd", "x"], "--htpasswd"),
    (["--upstream", "http://h", "--login", "--htpasswd", ""], "--htpasswd")])
def test_options_that_are_refused_together(arguments, what, tmp_path):
    error(macaw("serve", *arguments, cwd=tmp_path), 2, what)


def test_the_configuration_shows_it_all(state, users, tmp_path):
    text = ok("serve", "--print-config", "--upstream", "http://127.0.0.1:5000", "--state", state,
              "--login", "--htpasswd", users, "--session-keys", tmp_path / "ring.json")
    assert not state.exists()
    for line in ("macaw_session_require /login;", f'"htpasswd={users}"', "secure   off;",
                 f'keys     "{tmp_path}/ring.json";', "macaw_session_logout people;",
                 "macaw_session_control zone=logouts;"):
        assert line in text, line
    for absent in ("macaw_keys", "macaw_replay", "macaw_key_id", "demo", "@"):
        assert absent not in text, absent


def test_a_file_of_users_that_nginx_refuses(state, users):
    users.write_text("alice:$apr1$x$y\n", encoding="ascii")
    done = macaw("serve", "--upstream", "http://127.0.0.1:9", "--login", "--htpasswd", users,
                 "--state", state, "--listen", f"127.0.0.1:{free_port()}")
    assert done.returncode == 3 and str(users).encode() in done.stderr
