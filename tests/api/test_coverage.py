"""docs/coverage.md names tests that exist."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs/coverage.md").read_text()


def rows():
    return re.findall(r"^\| ([A-E]\d+) \| .+? \| (.+) \|$", TABLE, re.MULTILINE)


def test_no_row_stands_twice_and_each_has_a_proof():
    items = [item for item, _ in rows()]
    assert len(items) == len(set(items)) >= 29
    for item, proof in rows():
        assert re.search(r"`[\w/]+(\.py::|: )\w+`", proof), item


def test_every_unit_test_that_is_named_exists():
    named = re.findall(r"`(\w+): (\w+)`", TABLE)
    assert named
    for file, test in named:
        text = (ROOT / f"tests/unit/test_{file}.c").read_text()
        assert re.search(rf"unit_test\w*\({test}\b", text), f"{file}: {test}"


def test_every_python_test_that_is_named_exists():
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", TABLE)
    assert named
    for file, test in named:
        assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text(), f"{file}::{test}"
