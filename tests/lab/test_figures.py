"""The figures of the games: which cards have them, what stands in them, and their forms
as a table and on a terminal."""

import html
import json
import re

import pytest
from laboratory import cards, lab

NONE = {
    "crc-errors": "no game of messages but thousands of random errors: a plot",
    "onetime-bound": "one number that is right for L keys of q: a plot",
    "short-tag": "tags in order until one is right: a plot",
    "timing": "times, not bytes: histograms",
}
KINDS = {"chain", "blocks", "bits", "table", "sequence", "timeline", "string"}
LABELS = {"column": 12, "row": 5}  # characters, where there is room for an arrow's label


@pytest.fixture(scope="module", name="games")
def _games(folder):
    """(card, case) of each game that has a trace."""
    results = json.loads((folder / "results.json").read_text())
    return [(card["card"], case) for card in results["cards"] for case in card["cases"]
            if case.get("trace")]


def figures(trace):
    return [event for event in trace if event["event"] == "figure"]


def every_figure(games):
    return [(name, figure) for name, case in games for figure in figures(case["trace"])]


def first(games, name, role):
    return next(case for card, case in games if card == name and case["role"] == role)


@pytest.mark.parametrize("name", cards())
def test_the_game_that_breaks_has_a_figure(games, name):
    found = figures(first(games, name, "target")["trace"])
    assert (not found) == (name in NONE)


def test_figures_are_whole(games):
    for name, figure in every_figure(games):
        assert figure["kind"] in KINDS and figure["title"], name
        assert len(figure["cells"]) == len(figure["rows"])
        assert all(len(row) == len(figure["columns"]) for row in figure["cells"])
        values = [cell for row in figure["cells"] for cell in row if cell]
        assert values and all(cell["name"] for cell in values), figure["title"]
        for cell in values:
            assert cell["role"] != "hidden" or cell["hex"] == ""


def hidden(figure):
    return sum(cell is not None and cell["role"] == "hidden"
               for row in figure["cells"] for cell in row)


@pytest.mark.parametrize("name", [
    "cbc-two-block", "cbc-splice", "leaked-intermediates", "zero-padding", "cascade-extension",
    "length-extension", "pmac-drawn", "pmac-swap", "cmac-subkeys", "cmac-zero", "sponge-capacity"])
def test_what_was_refused_is_not_drawn_as_known(games, name):
    """What the attacker counted on, and did not come true, is not shown as a value."""
    target, control = (figures(first(games, name, role)["trace"])[0]
                       for role in ("target", "control"))
    assert hidden(control) > hidden(target)


def between(a, b):
    return range(min(a, b) + 1, max(a, b))


def on_the_way(cells, link):
    """What an arrow would run through, in the way trace.h says it goes."""
    (row, column), (to_row, to_column) = link["from"], link["to"]
    if column == to_column:
        return [cells[i][column] for i in between(row, to_row)]
    return [cells[row][i] for i in between(column, to_column)]


def test_arrows_lead_from_box_to_box(games):
    drawn = 0
    for name, figure in every_figure(games):
        cells = figure["cells"]
        for link in figure.get("links", []):
            (row, column), (to_row, to_column) = link["from"], link["to"]
            if cells[row][column] is None or cells[to_row][to_column] is None:
                continue
            assert not any(on_the_way(cells, link)), (name, figure["title"], link)
            place = ("column" if column == to_column else "row" if row == to_row else None)
            assert len(link["label"]) <= LABELS.get(place, 0), (name, link)
            drawn += 1
    assert drawn > 300


def told(trace):
    """All bytes of a game's events but figures, as digits, one string behind the other."""
    values = []
    for event in trace:
        if event["event"] != "figure":
            values += event.get("values", []) + event.get("pieces", []) + event.get("terms", [])
            values += [event["result"]] if "result" in event else []
    return "|".join(value["hex"] for value in values)


def known(cell, bytes_told):
    """Whether the value was told in the game; digits may have been told as text."""
    digits = cell["hex"].encode().hex()
    return cell["hex"] in bytes_told or digits in bytes_told


def test_bytes_are_those_of_the_game(games):
    """What a figure says was answered, or is handed in, stands in the game, too."""
    seen = 0
    for name, case in games:
        bytes_told = told(case["trace"])
        for figure in figures(case["trace"]):
            for cell in (cell for row in figure["cells"] for cell in row if cell):
                if cell["role"] in ("answer", "forged") and 4 <= cell["length"] <= 4096:
                    assert known(cell, bytes_told), (name, figure["title"], cell)
                    seen += 1
    assert seen > 300


def shown(cell):
    """How the table writes a value, as far as it is not cut."""
    if cell["role"] == "hidden":
        return "not known"
    raw = bytes.fromhex(cell["hex"])
    if len(raw) >= 3 and all(0x20 <= byte <= 0x7e for byte in raw):
        return '"' + raw.decode()[:120]
    return cell["hex"][:120]


def on_the_page(games):
    """The figures of the games that the page shows unfolded."""
    ret = []
    for name in cards():
        for role in ("target", "control"):
            found = [case for card, case in games if card == name and case["role"] == role]
            ret += [(name, figure) for figure in figures(found[0]["trace"])] if found else []
    return ret


def test_tables_have_the_same_values(folder, games):
    page = (folder / "index.html").read_text(encoding="utf-8")
    tables = re.findall(r"The diagram as a table</summary>.*?<table><caption>(.*?)</caption>"
                        r"(.*?)</table>", page, re.DOTALL)
    bodies = {}
    for caption, body in tables:
        text = html.unescape(re.sub(r"<.*?>", " ", body))
        bodies.setdefault(html.unescape(caption), []).append(text)
    found = on_the_page(games)
    for name, figure in found:
        values = [text for row in figure["cells"] for cell in row if cell
                  for text in (cell["name"], shown(cell))]
        assert any(all(text in body for text in values) for body in bodies[figure["title"]]), (
            name, figure["title"])
    assert len(found) > 80


def test_drawings_have_a_group_for_each_value(folder, games):
    """The interactive page lets them appear one by one."""
    page = (folder / "index.html").read_text(encoding="utf-8")
    drawings = re.findall(r'<svg class="diagram.*?</svg>', page, re.DOTALL)
    groups = {(html.unescape(re.search(r"<title[^>]*>(.*?)</title>", drawing)[1]),
               drawing.count("<g ")) for drawing in drawings}
    for name, figure in on_the_page(games):
        number = sum(cell is not None and cell["name"] != "->"
                     for row in figure["cells"] for cell in row)
        assert (figure["title"], number) in groups, (name, figure["title"])


@pytest.mark.parametrize("name, lines", [
    ("cbc-splice", ["into the cipher        y1 xor z       = ", "  <- z", "<- y1"]),
    ("key-avalanche", ["key bit 31             "]),
    ("pmac-swap", ["s(x1)          = (not known)"]),
    ("hash-flooding", ["4093 more", "empty"])])
def test_figures_on_a_terminal(name, lines):
    text = lab("run", name, "--repeat", 1).stdout
    for line in lines:
        assert line in text, line
    assert "(empty)" not in re.sub(r"message +=.*", "", text) or name == "hash-flooding"
