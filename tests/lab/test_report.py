"""macaw lab report: the page and the folder."""

import csv
import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest
from laboratory import cards, lab

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Elements that nest, ids, and where links go."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.headings, self.tags = [], [], [], [], []
        self.loads = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.loads += [values[name] for name in ("src", "href", "xlink:href", "action", "srcset")
                       if name in values and tag != "a"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag


@pytest.fixture(scope="module", name="text")
def _text(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module", name="page")
def _page(text):
    return Page(text)


def test_elements_nest_and_ids_are_unique(page):
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) <= {f"#{one}" for one in page.ids}


def test_nothing_is_loaded(text, page):
    assert page.loads == ["data:,"]
    assert "<script" not in text and "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_it_is_small(text):
    assert len(text.encode()) < 3 * 1024 * 1024


def test_headings_are_in_order(page):
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:]))


def test_it_has_landmarks_and_a_way_past_them(page):
    tags = [tag for tag, _ in page.tags]
    assert all(tags.count(tag) == 1 for tag in ("header", "main", "footer"))
    assert page.links[0] == "#main"
    assert ("html", {"lang": "en"}) in page.tags


def test_tables_say_what_they_are(text):
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        assert "<caption>" in table and 'scope="col"' in table


def test_drawings_say_what_they_are(text):
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) > 20
    for drawing in drawings:
        if 'aria-hidden="true"' not in drawing:
            assert 'role="img"' in drawing and "<title" in drawing and "<desc" in drawing


def test_every_attack_is_there(page):
    assert {f"card-{name}" for name in cards()} <= set(page.ids)


def test_the_corrections(text, page, folder):
    numbers = [one for one in page.ids if one.startswith("correction-")]
    assert numbers == [f"correction-{i}" for i in range(1, 64)]
    assert text.count(">Right: ") == 63 and text.count(">Shown by: ") == 63
    with open(folder / "corrections.csv", encoding="utf-8", newline="") as rows:
        assert len(list(csv.DictReader(rows))) == 63


def test_the_birthday_curve(text, folder):
    for bits in (16, 20, 24, 32):
        assert f'id="birthday-{bits}-' in text
        with open(folder / f"birthday-{bits}.csv", encoding="utf-8", newline="") as rows:
            points = list(csv.DictReader(rows))
        assert sum(point["series"].startswith("measured") for point in points) >= 5


def test_text_of_others_is_escaped(folder, tmp_path):
    results = json.loads((folder / "results.json").read_text())
    results["cards"][0]["title"] = "<b>&'\""
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(results))
    done = lab("report", "--from", changed)
    assert "<b>&" not in done.stdout.replace('<b aria', "") and "&lt;b&gt;&amp;&#39;" in done.stdout


def test_results_give_the_page_again(folder, text):
    assert lab("report", "--from", folder / "results.json").stdout == text


def test_a_seed_gives_the_same_page():
    pages = [lab("report", "--seed", 7, "--repeat", 3, "cbc-two-block", "zero-padding").stdout
             for _ in range(2)]
    assert pages[0] == pages[1] and len(Page(pages[0]).ids) > 50
    assert lab("report", "--seed", 8, "--repeat", 3, "cbc-two-block").stdout not in pages


def test_files_of_a_folder_stand_alone(folder):
    drawings = list(folder.glob("*.svg"))
    assert len(drawings) > 15
    for drawing in drawings:
        root = ElementTree.parse(drawing).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.find("{http://www.w3.org/2000/svg}style") is not None
    for name in ("attacks", "matrix", "families"):
        with open(folder / f"{name}.csv", encoding="utf-8", newline="") as rows:
            assert len(list(csv.DictReader(rows))) >= 15


def test_a_real_run_is_drawn(folder):
    """The bytes in the diagram are those of the run."""
    results = json.loads((folder / "results.json").read_text())
    one = next(card for card in results["cards"] if card["card"] == "cbc-two-block")["cases"][0]
    number, figure = next((i + 1, event) for i, event in enumerate(one["trace"])
                          if event["event"] == "figure")
    drawing = (folder / f"cbc-two-block-1-{number}.svg").read_text()
    for row in figure["cells"]:
        for cell in row:
            assert cell["hex"][:16] in drawing or bytes.fromhex(cell["hex"]).decode() in drawing


@pytest.mark.parametrize("arguments", [
    ["--output", "x", "--folder", "y"], ["nothing"], ["--repeat", "0"],
    ["--from", "x", "cbc-two-block"], ["--seed", "-1"]])
def test_wrong_use(arguments):
    done = lab("report", *arguments)
    assert done.returncode == 2 and done.stderr.startswith("macaw: ") and done.stdout == ""


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cards": 1}'])
def test_other_files_are_no_results(tmp_path, content):
    (tmp_path / "x").write_text(content)
    assert lab("report", "--from", tmp_path / "x").returncode == 2


def test_corrections_name_the_runs_that_show_them(text, folder):
    with open(folder / "corrections.csv", encoding="utf-8", newline="") as rows:
        corrections = list(csv.DictReader(rows))
    linked = [name for row in corrections for name in row["attacks"].split()]
    assert len(linked) > 40 and set(linked) <= set(cards())
    of = {row["items"]: row["attacks"] for row in corrections}
    assert ">24. CMAC under a key that also encrypts</a>" in text
    assert of["D25, D27"] == "cmac-zero" and of["D42"] == "equal-pads"


def test_families_that_corrections_name_show_them():
    """Hashing modulo q suits masks that are added, not those that are xored."""
    family = json.loads(lab("family", "dot:p=5,d=1,domain=nonzero", "--json").stdout)
    assert family["delta_universal"]["holds"] and not family["xor_universal"]["holds"]
