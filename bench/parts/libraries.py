"""MACs against other libraries: what the programs on bench.c print, as rows."""

import json
import statistics
import subprocess
from pathlib import Path

from report import Absent, Row


def lines_of(command, **how):
    """The JSON lines that a program of bench/ prints."""
    out = subprocess.run(command, capture_output=True, text=True, check=False, **how)
    if out.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name}: {out.stderr.strip()}")
    return [json.loads(line) for line in out.stdout.splitlines()]


def duration(ns):
    return f"{ns:.0f} ns" if ns < 10_000 else f"{ns / 1000:.0f} µs"


def pair_row(lines):
    """A line of bench.c, from each process: how many times faster macaw is."""
    def median(figure):
        return statistics.median(line[figure] for line in lines)

    if len(lines) > 1:
        low, high = (choose(line["ratio"] for line in lines) for choose in (min, max))
    else:
        low, high = lines[0]["low"], lines[0]["high"]
    return Row(lines[0]["what"], median("ratio"), lines[0]["against"], lines[0]["bar"] or None,
               low=low, high=high,
               figures=f"{duration(median('mine_ns'))} : {duration(median('peer_ns'))}")


def measure(program, processes=1):
    """A part of the benchmarks that is one program, run so many times.

    Where the system puts stack and heap moves a short message by a tenth and more,
    the same way for all windows of one process; several processes average it."""
    def run(options, say):
        runs = []
        for i in range(processes):
            say(f"{program}, process {i + 1} of {processes}")
            runs.append(lines_of([str(options.build / "bench" / program)]))
        return [Absent(lines[0]["absent"], lines[0]["why"]) if "absent" in lines[0]
                else pair_row(lines) for lines in zip(*runs, strict=True)]
    return run
