"""The packaged nginx with the module, started in a folder of its own.

As root the workers run as nginx's own unprivileged user, so the folder is
traversable by others; as an ordinary user everything runs as that user.
"""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import rawhttp
import signer
from signer import ALICE, unique

sys.path.append(str(Path(__file__).resolve().parents[1]))
from ports import free_port  # noqa: E402  (tests/ports.py)

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("MACAW_BUILD", REPOSITORY / "build")).resolve()
MODULE = BUILD / "nginx" / "ngx_http_macaw_module.so"
MACAW = BUILD / "macaw"
NGINX = os.environ.get("MACAW_NGINX", "/usr/sbin/nginx")
PRELOAD = os.environ.get("MACAW_NGINX_PRELOAD", "")

# What a log must never hold. "signal 9" is a test's own doing, 11 and 6 are not.
ALARMS = re.compile(
    r"\[(alert|emerg|crit)\]|AddressSanitizer|LeakSanitizer|runtime error:|"
    r"UndefinedBehaviorSanitizer|on signal (4|6|7|8|11)\b")
# On SIGTERM a master kills workers that need more than a second to end: the machine's doing.
TOLD_TO_END = re.compile(r" (\d+)#\d+: signal 15 \(SIGTERM\) received")
ENDED_LATE = re.compile(r" (\d+)#\d+: worker process \d+ exited on signal 9")
HEX = re.compile(r"[0-9a-f]{64,128}", re.IGNORECASE)

TEMPLATE = """\
load_module {module};
worker_processes {workers};
daemon off;
pid nginx.pid;
error_log error.log info;
{main}
events {{ worker_connections {connections}; }}
http {{
    client_body_temp_path tmp-body;
    proxy_temp_path tmp-proxy;
    fastcgi_temp_path tmp-fastcgi;
    uwsgi_temp_path tmp-uwsgi;
    scgi_temp_path tmp-scgi;
    default_type text/plain;
    # One line of JSON a request, with every variable of the module.
    log_format check escape=json '{{"method":"$request_method","uri":"$request_uri",'
        '"status":"$status","result":"$macaw_result","reason":"$macaw_reason",'
        '"kid":"$macaw_key_id","scheme":"$macaw_scheme","skew":"$macaw_skew","pid":"$pid"}}';
    access_log {access};
{http}
{servers}
}}
"""


def runs(pid):
    """Whether a thread of the process is there and no zombie: the last one closes its files."""
    try:
        states = [stat.read_text().rsplit(")", 1)[1].split()[0]
                  for stat in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:
        return Path(f"/proc/{pid}/task").exists() and runs(pid)
    return any(state not in "ZX" for state in states)


def base64url(data):
    return signer.base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def secrets_in(text):
    """The secrets and MACs of this run that a text reveals."""
    found = []
    for secret in set(signer.secrets_made):
        spellings = [secret.hex(), secret.hex().upper(), base64url(secret)]
        try:
            spellings.append(secret.decode("ascii"))
        except UnicodeDecodeError:
            spellings.append(secret.decode("latin-1"))
        found += [s for s in spellings if s in text]
    found += [m for m in HEX.findall(text) if m.lower() in signer.macs_made]
    return found


def numbers_in(value, path=""):
    """(path, number) of every number in a JSON value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from numbers_in(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from numbers_in(inner, f"{path}/{i}")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, value


class Gateway:
    """
    http, server, locations: configuration at that level. {keys}, {dir}, {port},
    {app} and what `names` holds are filled in; braces of nginx are written singly
    and stay. servers replaces the one default server, zone the one default replay
    zone, which is saved: a zone that is not refuses the second of its start.
    """

    def __init__(self, locations="", server="", http="", *, servers=None, main="", keys=(ALICE,),
                 workers=1, size="1m", zone=None, names=None, connections=512,
                 access="access.log check", verify=True):
        self.dir = Path(tempfile.mkdtemp(prefix="macaw-gw-"))
        self.dir.chmod(0o711)
        (self.dir / "html").mkdir(mode=0o755)
        self.keyring = self.dir / "keys.json"
        if keys is not None:
            signer.write_keyring(self.keyring, *keys)
        self.port = free_port()
        self.names = {"keys": self.keyring, "dir": self.dir, "port": self.port, **(names or {})}
        if servers is None:
            protection = "macaw_keys {keys}; macaw_verify x-authorization; macaw_replay main;"
            servers = ("server {\nlisten 127.0.0.1:{port};\nroot {dir}/html;\n"
                       + (protection if verify else "") + "\n" + server + "\n" + locations + "\n}")
        if zone is None:
            zone = f"macaw_replay_zone main {size} save={{dir}}/main.zone;"
        self.parts = {"workers": workers, "main": main, "connections": connections,
                      "http": zone + "\n" + http, "servers": servers, "access": access}
        self.process = None
        self.checked = {}         # log: how far the check at the end of a test has read it
        self.told_to_end = set()  # masters, as their log names them
        self.allowed = []         # patterns of alarms a test provokes on purpose
        self.write()

    # ---- configuration ----

    def fill(self, text):
        for name, value in self.names.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def write(self, **parts):
        """Write nginx.conf, with some parts replaced."""
        self.parts.update(parts)
        filled = {name: self.fill(str(value)) for name, value in self.parts.items()}
        self.conf = self.dir / "nginx.conf"
        self.conf.write_text(TEMPLATE.format(module=MODULE, **filled))

    def file(self, name, content):
        path = self.dir / "html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(signer.to_bytes(content))
        path.chmod(0o644)
        return path

    # ---- life ----

    def environment(self):
        environment = {**os.environ}
        if PRELOAD:
            environment["LD_PRELOAD"] = PRELOAD
        return environment

    def command(self, *arguments):
        return [NGINX, "-e", "stderr", "-p", f"{self.dir}/", "-c", str(self.conf), *arguments]

    def test(self):
        """nginx -t: (exit status, what it said)."""
        done = subprocess.run(self.command("-t"), env=self.environment(), capture_output=True,
                              text=True, timeout=300, check=False)
        return done.returncode, done.stderr

    def start(self, timeout=60):
        with open(self.dir / "stderr.log", "ab") as stderr:
            self.process = subprocess.Popen(self.command(), env=self.environment(),
                                            stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr)
        end = time.monotonic() + timeout
        while True:
            if self.process.poll() is not None:
                self.process = None
                raise RuntimeError(f"nginx did not start: {self.log()}")
            try:
                # It listens before its modules are ready, and writes its pid after.
                if int((self.dir / "nginx.pid").read_text() or 0) == self.process.pid \
                        and len(self.workers_now()) == self.parts["workers"]:
                    socket.create_connection(self.address, 1).close()
                    return self
            except OSError:
                pass
            if time.monotonic() > end:
                raise TimeoutError(f"nginx did not start: {self.log()}")
            time.sleep(0.01)

    def send_signal(self, number):
        self.process.send_signal(number)

    def children(self, master=None):
        """Process ids of all that the master has forked."""
        master = master or self.process.pid
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children")
                .read_text().split()]

    def workers_now(self, master=None):
        """
        Process ids of the workers that take connections, as far as a moment shows: the kernel
        may leave one out while another comes or goes, and a new one is not called so at first.
        """
        pids = []
        for pid in self.children(master):
            try:
                title = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if b"worker process" in title and b"shutting down" not in title:
                pids.append(pid)
        return pids

    def workers(self, *, after=(), timeout=60):
        """The workers, once there are as many as configured and none of those in `after`."""
        end = time.monotonic() + timeout
        while True:
            pids = self.workers_now()
            if len(pids) == self.parts["workers"] and not set(pids) & set(after):
                return pids
            if time.monotonic() > end:
                raise TimeoutError(f"workers: {pids}: {self.log()[-4000:]}")
            time.sleep(0.01)

    def kill_worker(self):
        """SIGKILL to one of the workers, which nginx will report; its process id."""
        self.allow("exited on signal 9")
        victim = random.choice(self.workers())
        os.kill(victim, signal.SIGKILL)
        return victim

    def reload(self, timeout=60):
        """SIGHUP, then wait for new workers (True) or for a refusal (False)."""
        before = set(self.workers_now())
        refusals = self.log().count("[emerg]")
        self.send_signal(signal.SIGHUP)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            workers = set(self.workers_now())
            if len(workers) == self.parts["workers"] and not workers & before:
                return True
            if self.log().count("[emerg]") > refusals:
                return False
            time.sleep(0.01)
        raise TimeoutError("reload")

    def stop(self, how=signal.SIGTERM, timeout=60):
        """End nginx; its exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill_all()
            raise
        self.process = None
        return status

    def kill_all(self):
        """SIGKILL to master and workers: a machine that loses its power."""
        os.kill(self.process.pid, signal.SIGSTOP)  # no new worker in between
        pids = self.children()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.process = None
        for pid in pids:
            while runs(pid):
                time.sleep(0.005)

    def restart(self):
        self.stop()
        return self.start()

    def close(self):
        try:
            if self.process is not None:
                self.stop()
            self.check_logs()
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    # ---- logs ----

    def log(self):
        text = ""
        for name in ("error.log", "stderr.log"):
            path = self.dir / name
            if path.exists():
                text += path.read_text("utf-8", "replace")
        return text

    def allow(self, pattern):
        """A test that provokes an alarm on purpose says which."""
        self.allowed.append(re.compile(pattern))

    def new_text(self, name):
        """Whole lines of a log that were not there the last time."""
        path = self.dir / name
        if not path.exists():
            return ""
        with open(path, "rb") as log:
            log.seek(self.checked.get(name, 0))
            data = log.read()
        data = data[:data.rfind(b"\n") + 1]
        self.checked[name] = self.checked.get(name, 0) + len(data)
        return data.decode("utf-8", "replace")

    def is_alarm(self, line):
        if told := TOLD_TO_END.search(line):
            self.told_to_end.add(told[1])
        late = ENDED_LATE.search(line)
        return ALARMS.search(line) and not (late and late[1] in self.told_to_end) \
            and not any(pattern.search(line) for pattern in self.allowed)

    def check_logs(self):
        """No alarm and no secret in any log since the last check."""
        text = "".join(self.new_text(name) for name in ("error.log", "stderr.log"))
        for line in text.splitlines():
            if self.is_alarm(line):
                raise AssertionError(f"alarm in the log: {line}\n{text[-4000:]}")
        # nginx itself quotes a header line it drops, and what was meant as a MAC with it.
        text = re.sub(r"client sent invalid header line: .*", "", text)
        text += self.new_text("access.log")
        revealed = secrets_in(text)
        assert not revealed, f"secrets in the log: {revealed}"

    def wait_log(self, pattern, timeout=30):
        """Wait until the error log has a line that matches; that line."""
        end = time.monotonic() + timeout
        while True:
            for line in self.log().splitlines():
                if re.search(pattern, line):
                    return line
            if time.monotonic() > end:
                raise AssertionError(f"no log line matches {pattern!r}:\n{self.log()[-4000:]}")
            time.sleep(0.02)

    def access(self, uri, timeout=30):
        """The access log's record of the last request for that target."""
        end = time.monotonic() + timeout
        while True:
            lines = (self.dir / "access.log").read_text("utf-8", "replace").splitlines()
            for line in reversed(lines):
                if uri in line:
                    record = json.loads(line)
                    if record["uri"] == uri:
                        return record
            if time.monotonic() > end:
                raise AssertionError(f"no access log line for {uri}: {lines[-5:]}")
            time.sleep(0.02)

    # ---- requests ----

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    def raw(self, data, method="GET", timeout=30):
        return rawhttp.exchange(self.address, data, method, timeout)

    def connect(self, timeout=30):
        return rawhttp.Connection(self.address, timeout=timeout)

    def send(self, target, fields=None, method="GET", body=None, version="HTTP/1.1"):
        """A request with exactly these fields, unsigned unless they sign it."""
        fields = list((fields or {}).items()) if not isinstance(fields, list) else list(fields)
        if body is not None and not any(n.lower() == "transfer-encoding" for n, _ in fields):
            fields.append(("Content-Length", str(len(body))))
        data = rawhttp.head(method, target, fields, version)
        return self.raw(data + (body or b""), method)

    def pipeline(self, requests, depth=50):
        """The responses to many requests on one connection, in order."""
        responses = []
        with self.connect() as connection:
            for start in range(0, len(requests), depth):
                batch = requests[start:start + depth]
                connection.send(b"".join(batch))
                responses += [connection.receive() for _ in batch]
        return responses

    def get(self, target=None, *, fields=None, method="GET", body=None, **how):
        """A correctly signed request; how goes to signer.sign."""
        target = unique() if target is None else target
        return self.send(target, {**signer.sign(target, **how), **(fields or {})}, method, body)
