"""The table of docs/algorithms.md says of every algorithm what the registry says. Checklist:
D1, D28."""

import re
from pathlib import Path

from registry import ALGORITHMS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/algorithms.md"


def rows():
    """Name, key, nonce, tag, least and kind of each algorithm; one value can be for all."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for left, right in re.findall(r"^\| (`[a-z].*`) \| (.+) \|$", text, re.MULTILINE):
        names, columns = re.findall(r"`(\S+)`", left), right.split(" | ")
        if not columns[1].isdigit():
            continue  # another table
        cells = [cell.split(", ") for cell in columns[:4]]
        assert all(len(cell) in (1, len(names)) for cell in cells), names
        for i, name in enumerate(names):
            yield name, (*(cell[i % len(cell)] for cell in cells), columns[4])


def expected(a):
    properties = set(a["properties"])
    kind = ("PRF" if "prf" in properties else "one message" if "one-time" in properties
            else "nonce")
    if "fixed-size" in properties and not a["name"].startswith("prf-"):
        kind += ", one length"
    key = str(a["key_min"]) if a["key_min"] == a["key_max"] else f"{a['key_safe']}+"
    return key, str(a["nonce"]), str(a["tag"]), str(a["tag_min"]), kind


def test_the_table_is_the_registry():
    found = list(rows())
    assert len(found) == len(dict(found))
    assert dict(found) == {name: expected(a) for name, a in ALGORITHMS.items()}
