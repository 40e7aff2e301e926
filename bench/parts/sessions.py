"""Session tokens against the libraries that make them, verified in turn.

Each library is a process that makes one token and verifies it as often as asked;
macaw verifies the same token beside it, and a native one of the same user. Windows
of CPU time, alternating, on one processor.
"""

import json
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

from report import Absent, Row

HERE = Path(__file__).resolve().parents[1]
NPM = HERE.parent / "tests" / "session" / "npm"
KEY = bytes(range(48, 112)).hex()  # ASCII: some take text only
PAIRS = 41
WINDOW_NS = 20e6

PYTHON = ["/usr/bin/python3", HERE / "session" / "peer.py"]
NODE = ["node", HERE / "session" / "peer.js"]

# The bar of speed is for the native token, against a library's own.
LIBRARIES = {  # name: bar
    "flask": None, "itsdangerous": None, "pyjwt": 20, "jsonwebtoken": 20,
    "cookie-signature": None, "gorilla": 10,
}


class Missing(Exception):
    pass


def go_program(build):
    if shutil.which("go") is None:
        raise Missing("golang-go is not installed")
    program = build / "bench" / "session_peer"
    done = subprocess.run(
        ["go", "build", "-o", program, HERE / "session" / "peer.go"], capture_output=True,
        text=True, check=False,
        env={**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
             "GOCACHE": str(build / "bench" / "go-cache")})
    if done.returncode != 0:
        raise Missing("golang-github-gorilla-securecookie-dev is not installed")
    return [program]


def npm_folder(build):
    """jsonwebtoken is no Debian package: the version of the tests, from npm."""
    folder = build / "bench" / "npm"
    if not (folder / "node_modules" / "jsonwebtoken").exists():
        if shutil.which("npm") is None:
            raise Missing("npm is not installed")
        shutil.copytree(NPM, folder, dirs_exist_ok=True)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
             "--fetch-retries=1", "--fetch-timeout=30000"],
            cwd=folder, capture_output=True, check=False)
        if done.returncode != 0:
            raise Missing("npm cannot install it")
    return folder / "node_modules"


def command_of(library, build):
    """The command, and where it finds its libraries."""
    if library == "gorilla":
        return go_program(build), {}
    if library in ("jsonwebtoken", "cookie-signature"):
        if shutil.which("node") is None:
            raise Missing("nodejs is not installed")
        path = npm_folder(build) if library == "jsonwebtoken" else "/usr/share/nodejs"
        return [*NODE, library], {"NODE_PATH": str(path)}
    return [*PYTHON, library], {}


class Side:
    """A process that verifies one token as often as asked."""

    def __init__(self, command, ask, cpu, **environment):
        self.process = subprocess.Popen(
            ["taskset", "-c", str(cpu), *map(str, command)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **environment})
        self.answer = json.loads(self.ask(json.dumps(ask)))
        self.count = 1
        while self.window() * self.count < WINDOW_NS:
            self.count *= 2

    def ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise Missing(self.process.stderr.read().strip().splitlines()[-1])
        return answer

    def window(self):
        """Nanoseconds of one verification."""
        return float(self.ask(self.count)) / self.count

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def compare(what, against, mine, peer, bar):
    for _ in range(5):  # compilers of the other side's language warm up
        mine.window()
        peer.window()
    pairs = [(mine.window(), peer.window()) for _ in range(PAIRS)]
    ratios = sorted(b / a for a, b in pairs)
    ours, theirs = (statistics.median(column) for column in zip(*pairs))
    return Row(what, statistics.median(ratios), against, bar, low=ratios[PAIRS // 4],
               high=ratios[-1 - PAIRS // 4], figures=f"{ours:.0f} : {theirs:,.0f} ns")


def native(program, cpu):
    return Side([program], {"scheme": "sc1-mac", "key": KEY, "kid": "1", "now": int(time.time())},
                cpu)


def rows_of(library, bar, program, cpu, build):
    command, environment = command_of(library, build)
    peer = Side(command, {"key": KEY}, cpu, **environment)
    version = peer.answer.pop("version")
    same = Side([program], {"key": KEY, "now": int(time.time()), **peer.answer}, cpu)
    sc1 = native(program, cpu)
    try:
        scheme = peer.answer["scheme"]
        yield compare(f"session token, {scheme}: verify", version, same, peer, None)
        yield compare(f"session token, sc1-mac: verify, against {scheme}", version, sc1, peer, bar)
    finally:
        for side in (peer, same, sc1):
            side.close()


def rate(program, cpu):
    side = native(program, cpu)
    times = sorted(side.window() for _ in range(PAIRS))
    side.close()
    figures = [1000 / at for at in (times[-1 - PAIRS // 4], times[PAIRS // 2], times[PAIRS // 4])]
    return Row("session token, sc1-mac: verifications a second", figures[1], "the bar alone", 1.5,
               True, "M", figures[0], figures[2], f"{times[PAIRS // 2]:.0f} ns")


def measure(options, say):
    program = options.build / "bench" / "session"
    cpu = int(os.environ.get("BENCH_CPU", max(os.sched_getaffinity(0))))
    results = [rate(program, cpu)]
    for library, bar in LIBRARIES.items():
        say(f"sessions: {library}")
        try:
            results += rows_of(library, bar, program, cpu, options.build)
        except Missing as missing:
            results.append(Absent(f"session tokens of {library}", str(missing)))
    return results
