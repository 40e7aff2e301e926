"""The keyed hash table, and floods of chosen keys: what bench/table.c prints."""

import subprocess

from report import Row

FLOODED = {"unkeyed": "chained table, 31 h + c", "seeded": "chained table, 31 h + c from a random seed",
           "siphash": "chained table, SipHash-2-4", "table": "keyed table"}


def figures_of(program):
    out = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    if out.returncode != 0:
        raise RuntimeError(f"table: {out.stderr.strip()}")
    return {name: float(value) for name, value, _ in
            (line.split() for line in out.stdout.splitlines())}


def entry_rows(mine, hash_name, words):
    table = f"keyed table, {words}, 700,000 entries"
    memory = f"one memory access {mine['memory.access']:.0f} ns"
    bars = hash_name == "2_4"
    get = f"table.{hash_name}."
    return [
        Row(f"{table}: look-up", mine[get + "single"], "the bar alone", 130 if bars else None,
            False, "ns", figures=memory),
        Row(f"{table}: look-up in batches of 16", mine[get + "batch"], "the bar alone",
            40 if bars else None, False, "ns", figures=memory),
        Row(f"{table}: insertion, growth included", mine[get + "insert"], "", None, False, "ns"),
        Row(f"{table}: longest insertion", mine[get + "longest_insert"], "", None, False, "µs")]


def measure(options, say):
    del say
    mine = figures_of(options.build / "bench" / "table")
    rows = entry_rows(mine, "2_4", "SipHash-2-4") + entry_rows(mine, "1_3", "SipHash-1-3")
    for name, words in FLOODED.items():
        attack, plain = mine[f"flood.{name}.attack"], mine[f"flood.{name}.random"]
        rows.append(Row(f"8,192 chosen keys into a {words}", attack / plain, "random keys",
                        1.1 if name == "table" else None, False,
                        figures=f"{attack:.0f} : {plain:.0f} ns an insertion"))
    return rows
