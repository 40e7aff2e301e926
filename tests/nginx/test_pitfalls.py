"""docs/pitfalls.md has all twenty, and every test it names is there."""

import re

import gateway as gw

DOCUMENT = gw.REPOSITORY / "docs" / "pitfalls.md"
TESTS = gw.REPOSITORY / "tests" / "nginx"


def test_all_twenty_are_answered_by_number():
    numbers = re.findall(r"^\| (\d+) \|", DOCUMENT.read_text(), re.MULTILINE)
    assert numbers == [str(i) for i in range(1, 21)]


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", DOCUMENT.read_text())
    assert len(named) > 20
    for file, test in named:
        assert f"\ndef {test}(" in (TESTS / file).read_text(), f"{file}::{test}"
