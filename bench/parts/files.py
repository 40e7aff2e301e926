"""macaw sum on a large file and on many small ones, beside b3sum and openssl.

Whole commands in turn, elapsed time, everything in memory. Every output is checked
before it counts.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from report import Absent, Row

LARGE = 4 << 30
FILES = 100_000
ROUNDS = 5


def room():
    """A folder in memory."""
    shared = Path("/dev/shm")
    return tempfile.mkdtemp(prefix="macaw-bench-", dir=shared if shared.is_dir() else None)


def size_of_large(folder):
    """4 GiB, or a quarter of it where memory is short."""
    return LARGE if shutil.disk_usage(folder).free > 2 * LARGE else LARGE // 4


def make_files(folder):
    """One large file and 100,000 of up to 8 KiB; their names."""
    large = folder / "large"
    chunk = os.urandom(64 << 20)
    with large.open("wb") as file:
        for _ in range(size_of_large(folder) // len(chunk)):
            file.write(chunk)
    names = []
    for n in range(FILES):
        if n % 1000 == 0:
            (folder / f"{n // 1000:03}").mkdir()
        path = folder / f"{n // 1000:03}/{n:06}"
        path.write_bytes(chunk[n:n + 1 + 37 * n % 8192])
        names.append(str(path))
    return large, names


class Side:
    """A command that prints a line for each file."""

    def __init__(self, command, stdin=b"", env=None, lines=1):
        self.command, self.stdin, self.lines = [str(word) for word in command], stdin, lines
        self.env = {**os.environ, **(env or {})}
        self.times = []

    def run(self):
        start = time.perf_counter()
        done = subprocess.run(self.command, input=self.stdin, env=self.env, capture_output=True,
                              check=True)
        self.times.append(time.perf_counter() - start)
        if done.stdout.count(b"\n") != self.lines:
            raise RuntimeError(f"{self.command[0]}: {done.stderr.decode()[:200]}")


def compare(what, against, mine, peer, bar, rounds=ROUNDS):
    mine.run()
    peer.run()
    mine.times, peer.times = [], []
    for _ in range(rounds):
        mine.run()
        peer.run()
    ratios = sorted(b / a for a, b in zip(mine.times, peer.times))
    return Row(what, statistics.median(ratios), against, bar, low=ratios[len(ratios) // 4],
               high=ratios[-1 - len(ratios) // 4],
               figures=f"{statistics.median(mine.times):.3f} : {statistics.median(peer.times):.3f} s")


def b3sum_rows(macaw, key, large, names):
    version = subprocess.run(["b3sum", "--version"], capture_output=True, text=True,
                             check=True).stdout.strip()
    key32 = bytes(key.read_bytes() * 2)
    gigabytes = large.stat().st_size / (1 << 30)
    script = 'exec b3sum --keyed $(cat "$0") < "$1"'
    listed = large.parent / "list"
    listed.write_text("\n".join(names))
    (large.parent / "key32").write_bytes(key32)
    for threads in (1, os.cpu_count()):
        env = {"RAYON_NUM_THREADS": str(threads)}
        words = f"{threads} thread{'s' if threads > 1 else ''}"
        yield compare(f"macaw sum, a file of {gigabytes:.0f} GiB, {words}", f"{version} --keyed",
                      Side([macaw, "sum", "-k", key, "--threads", threads, large], lines=2),
                      Side(["b3sum", "--keyed", large], key32, env), 1.0)
        yield compare(f"macaw sum, {FILES:,} small files, {words}", f"{version} --keyed",
                      Side([macaw, "sum", "-k", key, "--threads", threads, "--from-list", listed],
                           lines=FILES + 1),
                      Side(["sh", "-c", "ulimit -s unlimited; " + script, listed,
                            large.parent / "key32"], b"", env, FILES), 1.0)


def openssl_rows(macaw, key, large):
    version = " ".join(subprocess.run(["openssl", "version"], capture_output=True, text=True,
                                      check=True).stdout.split()[:2])
    digits = key.read_bytes().hex()
    for alg, options in (("cmac-aes128", ["-mac", "cmac", "-macopt", "cipher:aes-128-cbc"]),
                         ("hmac-sha256", ["-sha256", "-mac", "hmac"])):
        yield compare(f"macaw sum -a {alg}, the same file", f"{version} dgst {' '.join(options)}",
                      Side([macaw, "sum", "-a", alg, "-k", key, large], lines=2),
                      Side(["openssl", "dgst", *options, "-macopt", f"hexkey:{digits}", large]),
                      None, rounds=1)


def measure(options, say):
    folder = Path(room())
    try:
        say("sum: making files")
        large, names = make_files(folder)
        key = folder / "key"
        key.write_bytes(os.urandom(16))
        macaw = options.build / "macaw"
        say("sum")
        rows = list(openssl_rows(macaw, key, large))
        if shutil.which("b3sum"):
            return list(b3sum_rows(macaw, key, large, names)) + rows
        return rows + [Absent("b3sum", "not installed")]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
