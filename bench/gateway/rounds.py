"""Load on every variant in turn, round after round, and the ratios within a round."""

import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import signed
import variants as variants_module
from servers import HERE

CONNECTIONS = 64
RECORDS = 250_000  # for each second of load: more than one worker answers


class Bench:
    """All servers of one set of rounds. cpus: worker, backend, then those of the load."""

    def __init__(self, module, cpus, seconds):
        self.cpus = cpus
        self.seconds = seconds
        self.key = os.urandom(32)
        self.folder = Path(tempfile.mkdtemp(prefix="macaw-bench-"))
        self.folder.chmod(0o711)
        ring, self.cookie = variants_module.session_cookie(module.parents[1] / "macaw", self.folder,
                                                           self.key)
        self.variants, self.backend = variants_module.make(self.folder, module, self.key, cpus[0],
                                                           cpus[1], ring)

    def load(self, server, records, length):
        """One run of wrk: its figures and the worker's CPU time."""
        threads = min(2, len(self.cpus) - 2)
        before = server.cpu_seconds()
        out = subprocess.run(
            ["taskset", "-c", ",".join(map(str, self.cpus[2:])), "wrk", "-t", str(threads),
             "-c", str(CONNECTIONS), "-d", f"{self.seconds}s", "-s", str(HERE / "load.lua"),
             f"http://127.0.0.1:{server.port}", "--", str(records), str(length), str(threads)],
            capture_output=True, text=True, timeout=self.seconds * 10 + 30, check=True).stdout
        figures = json.loads(out.strip().splitlines()[-1])
        cpu = server.cpu_seconds() - before
        if figures["refused"] or not figures["requests"]:
            raise RuntimeError(f"{server.name}: {figures['refused']} of {figures['requests']} "
                               "requests refused")
        return {"rps": figures["requests"] / figures["us"] * 1e6,
                "cpu_us": cpu / figures["requests"] * 1e6,
                "busy": cpu / figures["us"] * 1e6,
                "p50_ms": figures["p50_us"] / 1e3, "p99_ms": figures["p99_us"] / 1e3}

    def round(self, order):
        """Fresh requests, then every variant once."""
        common, kong = self.folder / "x-authorization", self.folder / "kong"
        count = RECORDS * self.seconds
        common_length = signed.x_authorization(common, self.key, count)
        kong_length = signed.kong(kong, self.key, variants_module.KID, count // 2)
        session = self.folder / "session"
        records = {"kong": (kong, kong_length),
                   "proxy-session": (session, signed.session(session, self.cookie, count))}
        return {name: self.load(self.variants[name], *records.get(name, (common, common_length)))
                for name in order}

    def run(self, rounds, progress):
        """A list of rounds, each {variant: figures}; every second one the other way round.

        A first one warms up and is not counted: it touches the memory of the tables."""
        names = list(self.variants)
        for server in [self.backend, *self.variants.values()]:
            server.start()
        time.sleep(1.1)  # a new zone refuses what was signed in the second of its start
        done = []
        for i in range(rounds + 1):
            progress(f"gateway, round {i} of {rounds}")
            done.append(self.round(names if i % 2 == 0 else names[::-1]))
        return done[1:]

    def close(self):
        for server in [*self.variants.values(), self.backend]:
            server.close()
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


def median(rounds, name, figure):
    return statistics.median(one[name][figure] for one in rounds)


def ratio(rounds, name, other, figure):
    """Median over rounds of name's figure to other's, with the lowest and the highest."""
    values = sorted(one[name][figure] / one[other][figure] for one in rounds)
    return statistics.median(values), values[0], values[-1]


def difference(rounds, name, other, figure):
    values = sorted(one[name][figure] - one[other][figure] for one in rounds)
    return statistics.median(values), values[0], values[-1]
