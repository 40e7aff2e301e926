"""The file of users, and hashing beside the worker."""

import os
import shutil
import signal
import statistics
import subprocess
import threading
import time
import urllib.parse

import pytest

import h2client
import logins
import rawhttp
import sessions
from gateway import free_port
from logins import FORM_COOKIE, KINDS, PASSWORD, SAME, Browser, alert

EASY = "macaw_session_attempts user=1000 address=1000;"
SLOW = logins.crypt(PASSWORD, "$6$rounds=1000000$abcdefgh")  # about half a second
QUICK = f"alice:{logins.crypt(PASSWORD)}\n"


def site_of(gateway, file, **how):
    how.setdefault("more", "location /gif { macaw_session_use off; empty_gif; }")
    return logins.site_of(gateway, file=file, http=EASY, **how)


# ---- kinds ----

@pytest.mark.parametrize("kind", KINDS)
def test_kinds(gateway, kind):
    site = site_of(gateway, logins.lines(setting=KINDS[kind]))
    assert Browser(site).log_in().status == 303
    for wrong in ("wrong", PASSWORD[:-1], PASSWORD + "x"):
        assert Browser(site).log_in(password=wrong).status == 401


def htpasswd(*options):
    return subprocess.run(["htpasswd", "-nbB", *options, "alice", PASSWORD], check=True,
                          capture_output=True, text=True).stdout


def mkpasswd(method, *options):
    made = subprocess.run(["mkpasswd", "-m", method, *options, PASSWORD], check=True,
                          capture_output=True, text=True).stdout
    return f"alice:{made}"


TOOLS = {
    "htpasswd -B": lambda: htpasswd(), "htpasswd -B -C 10": lambda: htpasswd("-C", "10"),
    "mkpasswd yescrypt": lambda: mkpasswd("yescrypt"),
    "mkpasswd yescrypt -R 1": lambda: mkpasswd("yescrypt", "-R", "1"),
    "mkpasswd yescrypt -R 8": lambda: mkpasswd("yescrypt", "-R", "8"),
    "mkpasswd bcrypt": lambda: mkpasswd("bcrypt"),
    "mkpasswd sha-512": lambda: mkpasswd("sha-512"),
    "mkpasswd sha-256": lambda: mkpasswd("sha-256", "-R", "6000"),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_what_the_tools_write(gateway, tool):
    if shutil.which(tool.split()[0]) is None:
        pytest.skip(f"{tool.split()[0]} is not installed")
    site = site_of(gateway, TOOLS[tool]())
    assert Browser(site).log_in().status == 303
    assert Browser(site).log_in(password="wrong").status == 401


def test_users_and_passwords_of_all_kinds(gateway):
    users = {"ä ö@example.org": "pässwörd €", "x" * 255: "y", "Ünïcödé": "a&b=c+d%20<>\"'",
             " space ": "  ", "a,b;c": "z" * 511, "%41": "%", "a+b": "+"}
    site = site_of(gateway, logins.lines(users))
    for user, password in users.items():
        browser = Browser(site)
        assert browser.log_in(user, password).status == 303, user
    assert Browser(site).log_in("A", "%").status == 401


def test_comments_empty_lines_and_line_ends(gateway):
    file = "# users\r\n\r\n\n" + QUICK.replace("\n", "\r\n") + f"bob:{logins.crypt('b')}"
    site = site_of(gateway, file)
    assert Browser(site).log_in().status == 303
    assert Browser(site).log_in("bob", "b").status == 303
    assert Browser(site).log_in("# users", "b").status == 401


# ---- files that are refused ----

MD5 = "$apr1$abcdefgh$" + "a" * 22
REFUSED = {
    f"alice:{MD5}\n": (1, "$apr1$"),
    QUICK + "bob:$1$abcdefgh$" + "a" * 22: (2, "$1$"),
    "alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n": (1, "{SHA}"),
    "alice:{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n": (1, "SHA"),
    "\n\nalice:rqXexS6ZhobKA\n": (3, "DES"),
    "alice:password\n": (1, "in clear"),
    "alice:\n": (1, "in clear"),
    "alice:$2a$05$" + "a" * 53: (1, "not supported"),
    "alice:$7$abc": (1, "not supported"), "alice:$gy$j9T$abc$" + "a" * 43: (1, "not supported"),
    "alice:!" + logins.crypt("x"): (1, "in clear"),
    "alice:$y$jDT$abc$" + "a" * 43: (1, "costs more"),
    "alice:$y$j9U$abc$" + "a" * 43: (1, "costs more"),
    "alice:$y$j9T/$abc$" + "a" * 43: (1, "not spelt"),
    "alice:$y$j9T$abc$" + "a" * 42: (1, "not spelt"),
    "alice:$y$j9T$$" + "a" * 43: (1, "not spelt"),
    "alice:$y$": (1, "not spelt"), "alice:$y$j9": (1, "not spelt"),
    "alice:$y$jzT$a$" + "a" * 43: (1, "not spelt"),
    "alice:$2y$16$" + "a" * 53: (1, "costs more"), "alice:$2y$99$" + "a" * 53: (1, "costs more"),
    "alice:$2y$10$" + "a" * 52: (1, "not spelt"), "alice:$2y$5$" + "a" * 53: (1, "not spelt"),
    "alice:$2y$10$" + "a" * 53 + ":x": (1, "not spelt"),
    "alice:$6$rounds=1000001$abc$" + "a" * 86: (1, "costs more"),
    "alice:$6$rounds=999$abc$" + "a" * 86: (1, "not spelt"),
    "alice:$6$rounds=05000$abc$" + "a" * 86: (1, "not spelt"),
    "alice:$6$rounds=99999999999999999999$abc$" + "a" * 86: (1, "not spelt"),
    "alice:$6$abc$" + "a" * 85: (1, "not spelt"), "alice:$5$abc$" + "a" * 44: (1, "not spelt"),
    "alice:$6$" + "a" * 17 + "$" + "a" * 86: (1, "not spelt"),
    "alice": (1, "NAME:HASH"), QUICK + ":" + logins.crypt("x"): (2, "a name is"),
    "x" * 256 + ":" + logins.crypt("x"): (1, "a name is"),
    "a\tb:" + logins.crypt("x"): (1, "a name is"), "a\0b:" + logins.crypt("x"): (1, "NAME:HASH"),
}


@pytest.mark.parametrize("file", REFUSED, ids=lambda f: repr(f[:24]))
def test_bad_lines(gateway, file):
    line, why = REFUSED[file]
    status, said = site_of(gateway, file, start=False).test()
    assert status != 0
    [error] = [text for text in said.splitlines() if "[emerg]" in text]
    assert f"/users:{line}:" in error and why in error, error
    hashed = file.rsplit(":", 1)[1].strip() if ":" in file else ""
    assert len(hashed) < 12 or hashed not in said, "a hash was printed"
    if "a name" not in why and "NAME" not in why:
        assert "htpasswd -nB" in error and "mkpasswd -m yescrypt" in error


def test_bad_files(gateway):
    for file, why in (("", "no user"), ("# nobody\n", "no user"), (QUICK + QUICK, '"alice" twice'),
                      ("# " + "x" * 1024 * 1024, "1048576 bytes")):
        status, said = site_of(gateway, file, start=False).test()
        assert status != 0 and why in said, said


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604, 0o750, 0o642])
def test_files_that_others_may_read_or_write_are_refused(gateway, mode):
    status, said = site_of(gateway, QUICK, mode=mode, start=False).test()
    assert status != 0 and f"mode {mode:04o}" in said and f"chmod {mode & 0o640:04o}" in said, said


def test_no_file(gateway):
    site = site_of(gateway, QUICK, start=False)
    (site.dir / "users").unlink()
    assert "No such file" in site.test()[1]
    os.mkfifo(site.dir / "users", 0o600)
    assert "not a file" in site.test()[1]


# ---- the directive ----

PAGES = [
    ("main", "say htpasswd"), ("nobody htpasswd={users}", 'no macaw_session "nobody"'),
    ("main htpasswd={users} htpasswd={users}", "each once"), ("main htpasswd=", "not htpasswd="),
    ("main htpasswd={users} colour=red", "not htpasswd="),
    ("main htpasswd={users} style=none.css", "none.css"),
    ("main htpasswd={users} style=bad.css", "would end the style"),
    ("main htpasswd={users} threads=none", 'unknown thread pool "none"'),
    ("main htpasswd={users}; macaw_session_require 401", "nobody could log in"),
    ("main htpasswd={users}; macaw_session_logout main", "already"),
    ("foreign htpasswd={users}", "issues nothing"),
]


@pytest.mark.parametrize("words, why", PAGES)
def test_the_directive(gateway, words, why):
    foreign = "macaw_session foreign { scheme flask; keys {sessions} use=flask; cookie x; }"
    site = logins.site_of(gateway, start=False, names={"foreign": foreign},
                          more="location /x { macaw_session_login_page " + words + "; }",
                          http=foreign if "foreign" in words else "",
                          keys=[*sessions.RING, sessions.signer.Key("f", use="flask")])
    (site.dir / "bad.css").write_text("</style>")
    status, said = site.test()
    assert status != 0 and why in said, said


def test_a_thread_pool_of_its_own(gateway):
    site = site_of(gateway, QUICK, page="threads=logins", main="thread_pool logins threads=1;")
    assert Browser(site).log_in().status == 303


# ---- reloads ----

def test_a_reload_reads_the_file_anew(gateway):
    site = site_of(gateway, QUICK)
    (site.dir / "users").write_text(logins.lines({"carol": "new"}))
    assert Browser(site).log_in().status == 303
    assert site.reload()
    assert Browser(site).log_in().status == 401
    assert Browser(site).log_in("carol", "new").status == 303


def test_a_reload_of_a_bad_file_keeps_what_runs(gateway):
    site = site_of(gateway, QUICK)
    site.allow(r"\[emerg\].*macaw_session_login_page")
    (site.dir / "users").write_text("alice:password\n")
    assert not site.reload()
    assert Browser(site).log_in().status == 303


# ---- beside the worker ----

class Later(threading.Thread):
    """A login that goes on."""

    def __init__(self, site, password=PASSWORD):
        super().__init__()
        self.browser, self.password, self.answer = Browser(site), password, None
        self.browser.open()
        self.start()

    def run(self):
        self.answer = self.browser.log_in(password=self.password)


def test_a_hash_keeps_no_worker_from_other_requests(gateway):
    site = site_of(gateway, f"alice:{SLOW}\n")
    Browser(site).log_in()
    begin = time.monotonic()
    later = Later(site)
    times = []
    while later.is_alive():
        start = time.monotonic()
        assert site.send("/gif").status == 200
        times.append(time.monotonic() - start)
    took = time.monotonic() - begin
    later.join()
    assert later.answer.status == 303
    assert len(times) > 10 and statistics.median(times) < took / 10, (took, times)


def login_request(site, browser, password=PASSWORD):
    """Its bytes."""
    browser.open()
    body = urllib.parse.urlencode({**browser.hidden(), "username": "alice",
                                   "password": password}).encode()
    return rawhttp.head("POST", "/login", {
        **SAME, "Cookie": f"{FORM_COOKIE}={browser.cookies[FORM_COOKIE]}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body))}) + body


def test_too_many_hashes_are_refused_and_the_rest_done(gateway):
    slow = logins.crypt(PASSWORD, "$6$rounds=200000$abcdefgh")
    site = site_of(gateway, f"alice:{slow}\n", page="threads=logins",
                   main="thread_pool logins threads=2;")
    requests = [login_request(site, Browser(site)) for _ in range(80)]
    connections = [site.connect(timeout=120) for _ in requests]
    for connection, request in zip(connections, requests):
        connection.send(request)
    answers = [connection.receive("POST") for connection in connections]
    for connection in connections:
        connection.close()
    assert {answer.status for answer in answers} == {303, 503}
    refused = next(answer for answer in answers if answer.status == 503)
    assert refused.get("Retry-After") == "2" and "Too many people" in alert(refused)
    assert sum(answer.status == 303 for answer in answers) >= 64


def test_a_client_that_goes_away_while_its_password_is_hashed(gateway):
    site = site_of(gateway, f"alice:{SLOW}\n")
    for _ in range(3):
        request = login_request(site, Browser(site))
        with site.connect() as connection:
            connection.send(request)
            time.sleep(0.05)
    assert Browser(site).log_in().status == 303


def test_an_http2_stream_that_is_reset_while_its_password_is_hashed(gateway):
    h2port = free_port()
    site = site_of(gateway, f"alice:{SLOW}\n", listen="listen 127.0.0.1:{h2port} http2;",
                   names={"h2port": h2port})
    browser = Browser(site)
    browser.open()
    body = ("token=%s&username=alice&password=x" % browser.hidden()["token"]).encode()
    fields = {**SAME, "Content-Type": "application/x-www-form-urlencoded",
              "Cookie": f"{FORM_COOKIE}={browser.cookies[FORM_COOKIE]}",
              "Content-Length": str(len(body))}
    for _ in range(3):
        h2client.give_up(("127.0.0.1", h2port), "/login", fields, "POST", body)
    assert Browser(site).log_in().status == 303
    assert h2client.exchange(("127.0.0.1", h2port), "/login").status == 200


def wait_until_it_hashes(site, since):
    """Until the worker has worked for longer than all but a hash takes."""
    [worker] = site.workers()
    end = time.monotonic() + 60
    while cpu(worker) < since + 0.05:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_reload_while_a_password_is_hashed(gateway):
    site = site_of(gateway, f"alice:{SLOW}\n")
    [worker] = site.workers()
    before = cpu(worker)
    later = [Later(site) for _ in range(8)]
    wait_until_it_hashes(site, before)
    assert site.reload()
    for one in later:
        one.join()
        assert one.answer is not None and one.answer.status == 303


def test_a_worker_that_is_killed_while_a_password_is_hashed(gateway):
    site = site_of(gateway, f"alice:{SLOW}\n")
    requests = [login_request(site, Browser(site)) for _ in range(4)]
    [worker] = site.workers()
    before = cpu(worker)
    connections = [site.connect() for _ in requests]
    for connection, request in zip(connections, requests):
        connection.send(request)
    wait_until_it_hashes(site, before)
    assert site.kill_worker() == worker
    cut = 0
    for connection in connections:
        with connection:
            try:
                cut += connection.receive("POST") is None
            except ConnectionError:  # the worker had not read it
                pass
    assert cut, "none was under way"
    site.workers(after=[worker])
    assert Browser(site).log_in().status == 303


def test_a_stop_while_a_password_is_hashed(gateway):
    site = site_of(gateway, f"alice:{SLOW}\n")
    [worker] = site.workers()
    before = cpu(worker)
    later = Later(site)
    wait_until_it_hashes(site, before)
    assert site.stop(signal.SIGQUIT) == 0
    later.join()
    assert later.answer.status == 303


# ---- what time tells ----

def test_nobody_costs_what_somebody_costs(gateway):
    """Counted in the worker's CPU time, which other processes do not change."""
    site = site_of(gateway, f"alice:{logins.crypt(PASSWORD, '$6$rounds=200000$abcdefgh')}\n")

    def cost(user):
        browser = Browser(site)
        browser.open()
        [worker] = site.workers()
        before = cpu(worker)
        for _ in range(4):
            assert browser.log_in(user, "wrong").status == 401
        return cpu(worker) - before

    somebody, nobody = cost("alice"), cost("nobody")
    assert somebody > 0.1 and 0.6 < nobody / somebody < 1.6, (somebody, nobody)


def cpu(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_nobody_s_password_is_never_right(gateway):
    """The stand-in's own password does not let a stranger in."""
    site = site_of(gateway, QUICK)
    for i in range(20):
        assert Browser(site).log_in(f"nobody-{i}", PASSWORD).status == 401


def test_mixed_kinds_have_a_stand_in_that_stays(gateway):
    file = f"alice:{logins.crypt(PASSWORD)}\nbob:{SLOW}\n"
    site = site_of(gateway, file)

    def took(user):
        browser = Browser(site)
        browser.open()
        [worker] = site.workers()
        before = cpu(worker)
        browser.log_in(user, "wrong")
        return cpu(worker) - before > 0.15

    kinds = {f"nobody-{i}": took(f"nobody-{i}") for i in range(12)}
    assert len(set(kinds.values())) == 2, "some cost what alice costs, some what bob does"
    assert {user: took(user) for user in kinds} == kinds
