#!/usr/bin/env python3
"""Turn text files into a C file of strings: embed.py OUTPUT FILE..."""

import pathlib
import re
import sys


def main(output, *files):
    lines = ['#include "serve/embedded.h"\n']
    for name in map(pathlib.Path, files):
        symbol = "embedded_" + re.sub(r"\W", "_", name.name)
        data = name.read_bytes() + b"\0"
        rows = [data[i:i + 16] for i in range(0, len(data), 16)]
        body = "\n".join("    " + " ".join(f"{byte}," for byte in row) for row in rows)
        lines.append(f"\nconst char {symbol}[] = {{\n{body}\n}};\n")
    pathlib.Path(output).write_text("".join(lines), encoding="ascii")


main(*sys.argv[1:])
