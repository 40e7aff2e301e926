"""The table of docs/algorithms.md says of every algorithm what the registry says. Checklist:
D1, D28."""

import re
from pathlib import Path

from registry import ALGORITHMS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/algorithms.md"


def rows():
    """Name, key, nonce, tag, least and kind of each algorithm; one value can be for all."""
    table = re.findall(r"^\| (`[a-z].*`) \| (.+) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    for names, rest in table:
        cells = [cell.split(", ") for cell in rest.split(" | ")[:4]]
        if len(cells) == 4 and rest.split(" | ")[1].isdigit():
            names = re.findall(r"`(\S+)`", names)
            for i, name in enumerate(names):
                one = [cell[i if len(cell) == len(names) else 0] for cell in cells]
                assert all(len(cell) in (1, len(names)) for cell in cells), names
                yield name, (*one, rest.split(" | ")[4])


def expected(a):
    properties = set(a["properties"])
    kind = ("PRF" if "prf" in properties else "one message" if "one-time" in properties else "nonce")
    if "fixed-size" in properties and not a["name"].startswith("prf-"):
        kind += ", one length"
    key = str(a["key_min"]) if a["key_min"] == a["key_max"] else f"{a['key_safe']}+"
    return key, str(a["nonce"]), str(a["tag"]), str(a["tag_min"]), kind


def test_the_table_is_the_registry():
    found = list(rows())
    assert len(found) == len(dict(found))
    assert dict(found) == {name: expected(a) for name, a in ALGORITHMS.items()}
