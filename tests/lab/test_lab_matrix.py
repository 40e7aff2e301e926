"""macaw lab matrix: every cell is run, or says why not."""

import pytest
from laboratory import document, lab


@pytest.fixture(scope="module", name="matrix")
def run_matrix():
    return document("matrix")


def cells(matrix):
    for row in matrix["rows"]:
        for cell in row["cells"]:
            yield row, cell


def test_every_cell_has_runs_or_reasons(matrix):
    assert len(matrix["columns"]) == 13 and len(matrix["rows"]) == 10
    for row, cell in cells(matrix):
        assert cell["column"] in matrix["columns"]
        for run in cell["runs"]:
            assert ("reason" in run) != ("verdict" in run), (row["attack"], run)
        if cell["cell"] in "x-b":
            assert any("verdict" in run for run in cell["runs"])
        if cell["cell"] == ".":
            assert cell["runs"] and all("reason" in run for run in cell["runs"])


def test_no_cell_went_wrong(matrix):
    assert not [(row["attack"], cell["runs"]) for row, cell in cells(matrix) if cell["cell"] == "!"]


def test_what_differs_is_explained(matrix):
    differing = [(row["attack"], cell["column"], cell["cell"], cell["expected"])
                 for row, cell in cells(matrix)
                 if cell["cell"] != "?" and not cell["agrees"] and not cell["explained"]]
    assert not differing


def test_the_table_says_the_same(matrix):
    lines = lab("matrix").stdout.splitlines()
    for row in matrix["rows"]:
        letters = "".join(cell["cell"] + " " for cell in row["cells"])
        assert f"{row['attack']:28}{letters}" in lines


ALWAYS_SUBMIT = ("crc-linear", "crc-patch", "short-tag", "iv-change")


def test_what_resists_was_given_a_forgery_to_refuse(matrix):
    idle = [(run["card"], run["construction"], run["fixed"]) for _, cell in cells(matrix)
            for run in cell["runs"] if run.get("verdict") == "resists" and
            run["card"] in ALWAYS_SUBMIT and run["verifications"] == 0]
    assert not idle


def test_a_birthday_asks_for_tags_everywhere(matrix):
    runs = [run for _, cell in cells(matrix) for run in cell["runs"]
            if run["card"] == "birthday" and "verdict" in run]
    assert runs and not [run["construction"] for run in runs if run["queries"] < 64]


def test_what_is_guessed_can_be_guessed(matrix):
    short = [run for _, cell in cells(matrix) for run in cell["runs"]
             if run["card"] == "short-tag" and "verdict" in run]
    assert short and all(run["verdict"] == "broken" for run in short)
