"""One row for each comparison: what, the figure, the bar, met or short, against what."""

import platform
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Row:
    what: str
    value: float
    against: str
    bar: float = None
    least: bool = True     # the bar is to be reached, else not to be exceeded
    unit: str = "x"
    low: float = None      # how far the value moved in this run
    high: float = None
    figures: str = ""      # the absolute values behind it

    @property
    def verdict(self):
        if self.bar is None:
            return ""
        met = self.value >= self.bar if self.least else self.value <= self.bar
        return "met" if met else "short"


@dataclass
class Absent:
    what: str
    why: str


def number(value):
    if value is None:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 0.1 else f"{value:.2f}"


def cells(row):
    sign = "≥" if row.least else "≤"
    spread = f"{number(row.low)} … {number(row.high)}" if row.low is not None else ""
    return [row.what, f"{number(row.value)} {row.unit}",
            f"{sign} {number(row.bar)}" if row.bar is not None else "", row.verdict,
            row.against, spread, row.figures]


HEAD = ["what", "figure", "bar", "", "against", "in this run", "absolute"]


def table(rows):
    lines = [HEAD] + [cells(row) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
                     for line in lines)


def cpu_model():
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def cpu_flags():
    """Those of its instruction sets that matter to MACs."""
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^flags\s*: (.*)$", text, re.MULTILINE)
    have = set(found[1].split()) if found else set()
    return [flag for flag in ("aes", "vaes", "vpclmulqdq", "sha_ni", "avx2", "avx512f",
                              "avx512ifma") if flag in have]
