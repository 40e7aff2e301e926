"""Instructions a request costs nginx, counted by valgrind: no clock, so no noise.

nginx runs twice under callgrind, for N and for 2N requests on one kept connection;
the difference over N is the cost of one request, starting and ending taken out.
valgrind shows programs no SHA instructions, so hashing here is libcrypto's other
code, and a real CPU that has them does less than is counted.
"""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import gateway as gw
import sessions
import signer

REQUESTS = 1000
FRESH = 1.1  # seconds: a new zone refuses what was signed in the second of its start
VALGRIND = shutil.which("valgrind")
ANNOTATE = shutil.which("callgrind_annotate")

CONF = """\
load_module {module};
master_process off;
daemon off;
pid nginx.pid;
error_log stderr crit;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path tmp-body;
    proxy_temp_path tmp-proxy;
    fastcgi_temp_path tmp-fastcgi;
    uwsgi_temp_path tmp-uwsgi;
    scgi_temp_path tmp-scgi;
    access_log off;
    keepalive_requests 1000000;
    macaw_replay_zone cost 4m;
    {http}
    server {{
        listen unix:{socket};
        location / {{
            empty_gif;
            {location}
        }}
    }}
}}
"""

# Several rows of one function: of its recursion, of its copies. A bare address is
# only told from others by the file it is in.
NAME = re.compile(r"^(?!0x)(\S+?)(?:'\d+)?(?:\.(?:isra|constprop|part)\.\d+)*(?: \[.*\])?$")


@dataclass(frozen=True)
class Case:
    """What a location checks; its requests carry a signature, or a session cookie."""

    location: str
    http: str = ""
    cookie: str = ""

    def plain(self):
        """The same requests, unchecked."""
        return replace(self, location="", http="")


VERIFY = Case("macaw_keys {keys}; macaw_verify x-authorization; macaw_replay cost; "
              "macaw_window 300;")
SIGN = Case(VERIFY.location + " macaw_sign_response on;")
SESSION = Case("macaw_session_use cost; macaw_session_require 401;",
               "macaw_session cost { scheme sc1-mac; keys {keys}; renew off; }",
               f"{sessions.COOKIE}={sessions.token(ttl=86400, cap=86400)}")


def request(case, target):
    fields = {"Cookie": case.cookie} if case.cookie else signer.sign(target)
    lines = [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: cost", *lines, "", ""]).encode()


def read_response(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or b"\r\n\r\n"
    length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", data)[1])
    rest = length - len(data.split(b"\r\n\r\n", 1)[1])
    while rest > 0:
        rest -= len(connection.recv(65536))
    return data


def connect(path, process, log, timeout=600):
    end = time.monotonic() + timeout
    while True:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        try:
            connection.connect(str(path))
            return connection
        except OSError:
            connection.close()
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("nginx does not start under valgrind:\n"
                                   + log.read_text("utf-8", "replace")[-2000:]) from None
            time.sleep(0.05)


def serve(path, process, log, count, case):
    """Send count good requests; where they are checked, also some that must be refused."""
    with connect(path, process, log) as connection:
        time.sleep(FRESH)

        def answer(data):
            connection.sendall(data)
            return read_response(connection).split()[1]

        # A zone without a snapshot refuses its first second; one with it would
        # save at the end what was claimed, and that would be counted.
        time.sleep(1.5)
        for _ in range(count):
            last = request(case, signer.unique("/cost"))
            assert answer(last) == b"200", "a good request is refused"
        if case.location:
            assert answer(b"GET /cost HTTP/1.1\r\nHost: cost\r\n\r\n") == b"401", "unsigned"
            assert case.cookie or answer(last) == b"401", "replayed"


def end(process, timeout=600):
    """SIGTERM until it ends: nginx can miss one that comes just before it waits for events."""
    for _ in range(timeout):
        process.terminate()
        try:
            return process.wait(1)
        except subprocess.TimeoutExpired:
            pass
    raise RuntimeError("nginx does not end under valgrind")


def run(folder, case, count):
    """Instructions by function of one life of nginx with count requests."""
    path = folder / "socket"
    path.unlink(missing_ok=True)
    keys = signer.write_keyring(folder / "keys.json", signer.ALICE, sessions.KEY)
    conf = folder / "nginx.conf"
    conf.write_text(CONF.format(module=gw.MODULE, socket=path,
                                http=case.http.replace("{keys}", str(keys)),
                                location=case.location.replace("{keys}", str(keys))))
    out = folder / "callgrind.out"
    command = [VALGRIND, "--tool=callgrind", f"--callgrind-out-file={out}",
               gw.NGINX, "-e", "stderr", "-p", f"{folder}/", "-c", str(conf)]
    log = folder / "log"
    with open(log, "wb") as out_log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out_log,
                                   stderr=out_log)
    try:
        serve(path, process, log, count, case)
        end(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return by_function(out)


def by_function(out):
    """{function: instructions of its own}; the sum is the program's."""
    text = subprocess.run([ANNOTATE, "--auto=no", "--threshold=100", str(out)],
                          capture_output=True, text=True, timeout=600, check=True).stdout
    counts = Counter()
    for number, name in re.findall(r"^ *([\d,]+) \([^)]*\) +(?:\S*?:)?(.+)$", text, re.MULTILINE):
        counts[NAME.sub(r"\1", name)] += int(number.replace(",", ""))
    total = counts.pop("PROGRAM TOTALS")
    counts["(others)"] = total - counts.total()
    return counts


def instructions(case, requests=REQUESTS):
    """{function: instructions a request}."""
    folder = Path(tempfile.mkdtemp(prefix="macaw-cost-"))
    try:
        once = run(folder, case, requests)
        twice = run(folder, case, 2 * requests)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {name: (twice[name] - once[name]) / requests for name in twice | once}


def added(case):
    """(instructions a request that a check adds to the plain one, by function)."""
    plain = instructions(case.plain())
    checked = instructions(case)
    by_name = {name: checked.get(name, 0) - plain.get(name, 0) for name in plain | checked}
    return sum(by_name.values()), by_name


def table(by_name, lines=40):
    rows = sorted(by_name.items(), key=lambda row: -abs(row[1]))[:lines]
    return "\n".join(f"{count:9.0f}  {name}" for name, count in rows)
