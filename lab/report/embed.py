#!/usr/bin/env python3
"""embed.py NAME FILE OUTPUT: a text file as a C string."""
import sys

name, source, output = sys.argv[1:]
with open(source, encoding="utf-8") as text, open(output, "w", encoding="utf-8") as out:
    out.write(f"extern const char {name}[];\nconst char {name}[] =\n")
    for line in text:
        line = line.rstrip("\n").replace("\\", "\\\\").replace('"', '\\"')
        out.write(f'    "{line}\\n"\n')
    out.write("    ;\n")
