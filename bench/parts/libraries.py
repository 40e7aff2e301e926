"""MACs against other libraries: what the programs on bench.c print, as rows."""

import json
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


def pair_row(line):
    """A line of bench.c: how many times faster macaw is."""
    return Row(line["what"], line["ratio"], line["against"], line["bar"] or None,
               low=line["low"], high=line["high"],
               figures=f"{duration(line['mine_ns'])} : {duration(line['peer_ns'])}")


def measure(program):
    """A part of the benchmarks that is one program."""
    def run(options, say):
        del say
        lines = lines_of([str(options.build / "bench" / program)])
        return [Absent(line["absent"], line["why"]) if "absent" in line else pair_row(line)
                for line in lines]
    return run
