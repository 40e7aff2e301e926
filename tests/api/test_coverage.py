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


def test_every_item_of_the_texts_has_a_row():
    last = {"A": 23, "B": 49, "C": 17, "D": 45, "E": 35}
    assert {item for item, _ in rows()} == {
        f"{text}{number}" for text, n in last.items() for number in range(1, n + 1)}


def test_every_attack_that_is_named_exists():
    named = set(re.findall(r"`macaw lab run ([\w-]+)`", TABLE))
    there = set(re.findall(r'\.name = "([\w-]+)"', "".join(
        path.read_text() for path in (ROOT / "lab/attacks").glob("*.c"))))
    assert named and named <= there, named - there


def test_every_python_test_that_is_named_exists():
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", TABLE)
    assert named
    for file, test in named:
        assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text(), f"{file}::{test}"


CORRECTIONS = re.sub(r'"\s*\n\s*"', "", (ROOT / "lab/report/corrections.c").read_text())


def test_what_the_corrections_name_exists():
    units = re.findall(r'\btest (\w+): (\w+)', CORRECTIONS)
    assert len(units) > 10
    for file, test in units:
        text = (ROOT / f"tests/unit/test_{file}.c").read_text()
        assert re.search(rf"unit_test\w*\({test}\b", text), f"{file}: {test}"
    for file, test in re.findall(r'\btest ([\w/]+\.py)(?:::|: )(test_\w+)', CORRECTIONS):
        assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text(), f"{file}::{test}"
    pages = re.findall(r'"([\w-]+\.md)"', CORRECTIONS)
    assert pages and all((ROOT / "docs" / page).exists() for page in pages)
