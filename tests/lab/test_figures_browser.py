"""The figures as Chromium lays them out: nothing is cut, and no text lies on another."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "nginx"))
import chromium  # noqa: E402

REASON = chromium.missing()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

LOOK = """
const wrong = [];
const boxOf = (e) => { const b = e.getBBox();
  return {l: b.x, t: b.y, r: b.x + b.width, b: b.y + b.height, e}; };
const meet = (p, q, by) => p.l + by < q.r && q.l + by < p.r && p.t + by < q.b && q.t + by < p.b;
const inside = (p, q) => p.l >= q.l && p.r <= q.r && p.t >= q.t - 2 && p.b <= q.b + 2;
document.querySelectorAll("details").forEach((e) => e.open = true);
for (const svg of document.querySelectorAll("svg.diagram")) {
  const say = (what, ...es) => wrong.push([svg.querySelector("title").textContent, what,
                                           ...es.map((e) => e.textContent)]);
  const view = svg.viewBox.baseVal;
  const sheet = {l: 0, t: 0, r: view.width, b: view.height};
  const texts = [...svg.querySelectorAll("text")].filter((e) => e.textContent).map(boxOf);
  const boxes = [...svg.querySelectorAll("rect.box, rect.party")].map(boxOf);
  boxes.forEach((box, i) => {
    if (!inside(box, sheet)) say("box is cut", box.e.parentNode);
    for (const other of boxes.slice(i + 1))
      if (meet(box, other, 1)) say("box over box", box.e.parentNode);
  });
  texts.forEach((text, i) => {
    if (!inside(text, sheet)) say("cut", text.e);
    for (const box of boxes)
      if (meet(text, box, 1) && !inside(text, box)) say("over the edge of a box", text.e);
    for (const other of texts.slice(i + 1)) if (meet(text, other, 3)) say("over", text.e, other.e);
  });
}
return [document.querySelectorAll("svg.diagram").length, wrong];
"""


@pytest.fixture(scope="module", name="browser")
def _browser():
    driver = chromium.start()
    yield driver
    chromium.end(driver)


@pytest.fixture(name="page")
def _page(folder):
    return (folder / "index.html").as_uri()


def test_nothing_is_cut_or_covered(browser, page):
    browser.set_window_size(1300, 900)
    browser.get(page)
    number, wrong = browser.execute_script(LOOK)
    assert number > 100
    assert wrong == []


WIDTHS = """
document.querySelectorAll("details").forEach((e) => e.open = true);
return [...document.querySelectorAll("svg.diagram")].map((svg) =>
  [svg.querySelector("title").textContent, svg.getBoundingClientRect().width,
   svg.viewBox.baseVal.width]);
"""


@pytest.mark.parametrize("width", [1300, 400])
def test_figures_are_large_enough_to_read(browser, page, width):
    """Text of 11 px is 7 px at least; what is wider than the window scrolls."""
    browser.set_window_size(width, 900)
    browser.get(page)
    for title, seen, own in browser.execute_script(WIDTHS):
        assert seen > 0.63 * own, (title, seen, own)
