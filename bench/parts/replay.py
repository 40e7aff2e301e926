"""The replay table: what bench/replay.c prints, with Redis doing the same beside it."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from report import Absent, Row

# Above 2^31 redis-benchmark makes one key of all; far more keys than claims, so that
# nearly every one is fresh.
REDIS_KEYS = 2_000_000_000
REDIS_CLAIMS = 300_000
REDIS_KEEP_MS = 302_000


class Redis:
    """A server without persistence on a unix socket, in a folder of its own."""

    def __init__(self, cpus):
        self.dir = Path(tempfile.mkdtemp(prefix="macaw-bench-"))
        self.socket = self.dir / "redis.sock"
        self.client_cpu = str(cpus[-1])
        self.process = subprocess.Popen(
            ["taskset", "-c", str(cpus[0]), "redis-server", "--port", "0", "--unixsocket",
             str(self.socket), "--save", "", "--appendonly", "no", "--dir", str(self.dir)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while not self.socket.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("redis-server does not start")
            time.sleep(0.02)

    def info(self, section, name):
        text = self.cli("INFO", section)
        return re.search(rf"^{name}:(\S+)", text, re.MULTILINE)[1]

    def cli(self, *command):
        return subprocess.run(["redis-cli", "-s", str(self.socket), *command], check=True,
                              capture_output=True, text=True, timeout=30).stdout

    def claims(self, pipeline):
        """Claims a second over 50 connections, pipeline of them in flight on each."""
        out = subprocess.run(
            ["taskset", "-c", self.client_cpu, "redis-benchmark", "-s", str(self.socket), "-c",
             "50", "-P", str(pipeline), "-n", str(REDIS_CLAIMS), "-r", str(REDIS_KEYS), "-q",
             "SET", "claim:__rand_int__", "1", "NX", "PX", str(REDIS_KEEP_MS)],
            check=True, capture_output=True, text=True, timeout=120).stdout
        return float(re.findall(r"([\d.]+) requests per second", out)[-1])

    def bytes_per_entry(self):
        used = [int(self.info("memory", name)) for name in ("used_memory", "used_memory_startup")]
        return (used[0] - used[1]) / int(self.cli("DBSIZE"))

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.dir, ignore_errors=True)


def measure_redis():
    """{figure: value}, empty without Redis."""
    if not all(shutil.which(name) for name in ("redis-server", "redis-benchmark", "redis-cli")):
        return {}
    redis = Redis(sorted(os.sched_getaffinity(0)))
    try:
        return {"version": redis.info("server", "redis_version"), "single": redis.claims(1),
                "pipelined": redis.claims(32), "bytes": redis.bytes_per_entry()}
    finally:
        redis.close()


def figures_of(program):
    """What replay.c prints, a name, a value and a unit a line."""
    out = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    if out.returncode != 0:
        raise RuntimeError(f"replay: {out.stderr.strip()}")
    return {name: float(value) for name, value, _ in
            (line.split() for line in out.stdout.splitlines())}


def millions(value):
    return f"{value / 1e6:.2f} M/s"


def measure(options, say):
    del say
    mine = figures_of(options.build / "bench" / "replay")
    redis = measure_redis()
    name = f"Redis {redis['version']} SET NX PX" if redis else "the bar alone"
    live = f"replay table, {mine['replay.live'] / 1e6:.0f} M live entries"
    by_name = {key.removeprefix("replay.claims."): value for key, value in mine.items()}
    rows = []
    for what, figure, bar, other, how in (
            ("one process, one by one", "single", 2.5, "single", "50 connections"),
            ("one process, batches of 32", "batch32", 5.0, "pipelined", "50 connections, 32 deep"),
            ("4 processes, one by one", "4_processes", 8.0, "single", "50 connections"),
            ("4 processes, batches of 32", "4_processes_batch32", None, "pipelined",
             "50 connections, 32 deep")):
        beside = [f"Redis {millions(redis[other])}"] if redis else []
        if figure + "_cpu" in by_name:
            beside.append(f"by CPU time {millions(by_name[figure + '_cpu'])}")
        rows.append(Row(f"{live}: claims, {what}", by_name[figure] / 1e6,
                        f"{name}, {how}" if redis else name, bar, True, "M/s",
                        figures="; ".join(beside)))
    rows.append(Row(f"{live}: memory an entry", mine["replay.bytes_per_entry"],
                    name, 26, False, "B",
                    figures=f"Redis {redis['bytes']:.0f} B" if redis else ""))
    rows.append(Row(f"{live}: fresh claims refused", mine["replay.refused"], "none allowed", 0,
                    False, ""))
    return rows if redis else rows + [Absent("Redis", "redis-server is not installed")]
